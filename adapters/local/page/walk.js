// The first walk: four steps that one can leave at any time and take again.
import { $, h } from "./dom.js";

const KEY = "rapport.walk";

export class Walk {
  // `go` has be(id), offer(text), move(), curtain().
  constructor(people, go) {
    this.people = people;
    this.go = go;
    this.at = -1;
    $("walk-again").addEventListener("click", () => this.start());
  }

  be(id) {
    this.me = id;
    this.draw();
  }

  begin() {
    const kept = localStorage.getItem(KEY);
    this.at = kept === null ? 0 : kept === "left" ? -1 : Number(kept);
    this.draw();
  }

  start() {
    this.to(0);
    $("walk").querySelector("button")?.focus();
  }

  to(step) {
    this.at = step;
    localStorage.setItem(KEY, step < 0 ? "left" : String(step));
    this.draw();
  }

  // Something was done; the walk goes on if it was waiting for that.
  did(name, { person, open = false, text = "" } = {}) {
    const done = [
      name === "answered" && person.role === "employee" && !open,
      name === "moved",
      name === "said" && /^\s*\/?roi/iu.test(text),
      name === "curtain",
    ];
    if (this.at >= 0 && done[this.at]) this.to(this.at + 1);
  }

  steps() {
    const employee = this.people.featured("employee"), manager = this.people.featured("manager");
    if (!employee || !manager) return [];
    const [one, two] = [employee, manager].map((person) => person.name.split(/\s+/u)[0]);
    return [
      [`Answer as ${one}`, "Answer the short survey. If none is open, move the clock to the next one.", this.me === employee.id ? "" : `Be ${one}`, () => this.go.be(employee.id)],
      ["Move the clock", "Time passes here when you say so. Past the close, answers become figures, or stay withheld.", "Move the clock", () => this.go.move()],
      [`Ask as ${two}`, `Be ${two}, who leads ${manager.department}, and ask what the automation changed.`, "Ask /roi-report", async () => {
        await this.go.be(manager.id);
        this.go.offer("/roi-report");
      }],
      ["See what is stored", `Look behind the curtain: what the machine holds about ${one}, and what nobody can link any more.`, `Look at ${one}`, async () => {
        await this.go.be(employee.id);
        this.go.curtain();
        this.did("curtain");
      }],
    ];
  }

  draw() {
    const steps = this.steps();
    const node = $("walk");
    node.hidden = this.at < 0 || !steps.length;
    if (node.hidden) { node.replaceChildren(); return; }
    const leave = h("button", { type: "button", class: "close", "aria-label": this.at < steps.length ? "Leave the walk" : "Close", onclick: () => this.to(-1) }, "×");
    if (this.at >= steps.length) {
      node.replaceChildren(h("div", null, h("h2", null, "That was the first walk"),
        h("p", null, "Be whoever you like. Everything you saw is the product itself; only the people are made up.")), leave);
      return;
    }
    const [title, text, label, does] = steps[this.at];
    node.replaceChildren(
      h("div", null, h("h2", null, h("span", { class: "quiet" }, h("span", { class: "long" }, "First walk, "), `${this.at + 1} of ${steps.length} · `), title), h("p", null, text)),
      h("div", { class: "row" }, label && h("button", { type: "button", onclick: does }, label), leave),
      h("ol", { class: "dots", "aria-hidden": "true" }, steps.map((_, index) => h("li", { class: index < this.at ? "done" : null }))));
  }
}
