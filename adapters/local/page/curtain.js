// Behind the curtain: the clock with its moves, and what the machine holds and will do.
import { $, h, instant, refill } from "./dom.js";

export class Behind {
  constructor(move) {
    this.move = move;
    this.moving = false;
  }

  // `behind` is what the door said about `person`; `clock` where the clock stands.
  show(person, behind, clock) {
    this.moving = clock.moving;
    const first = person.name.split(/\s+/u)[0];
    $("now").textContent = instant(clock.now, person.zone);
    $("now").dateTime = clock.now;
    refill($("quick"), [behind.moves[1], behind.moves.find((way) => way.ahead) ?? behind.moves[2]].map((move) => this.button(move, "quick")));
    refill($("behind"),
      h("h2", { class: "title", tabindex: "-1" }, "Behind the curtain"),
      h("button", { type: "button", class: "close", "data-key": "close", "aria-label": "Close the curtain", onclick: () => this.onclose?.() }, "×"),
      h("section", null, h("h3", null, "Clock"), h("p", { class: "big" }, instant(clock.now, person.zone), h("small", null, ` ${place(person.zone)}`)),
        h("div", { class: "row" }, behind.moves.map((move) => this.button(move, "all"))),
        behind.hint && h("p", { class: "quiet", dir: "auto" }, behind.hint)),
      rows(`Stored about ${first}`, behind.stored, "Nothing yet."),
      rows("This wave", behind.wave, "No wave is open."),
      rows("What the gate will do", behind.gate, "There is nothing to show or withhold yet."),
      rows("Deliveries", behind.deliveries, "Nothing was sent yet."),
      behind.lock && h("section", null, h("p", { class: "lock", dir: "auto" }, behind.lock)));
    this.wire(behind.moves);
  }

  button(move, where) {
    return h("button", { type: "button", "data-key": `${where} ${move.label}`, "data-move": move.label, "aria-disabled": this.moving ? "true" : null }, move.label);
  }

  // Buttons survive a redraw that changes nothing, so their act is looked up when they are pressed.
  wire(moves) {
    for (const button of document.querySelectorAll("[data-move]")) {
      button.onclick = () => { if (!this.moving) this.move(moves.find(({ label }) => label === button.dataset.move)); };
    }
    const close = $("behind").querySelector(".close");
    close.onclick = () => this.onclose?.();
  }
}

const place = (zone) => zone.split("/").at(-1).replaceAll("_", " ");

function rows(title, list, none) {
  return h("section", null, h("h3", { dir: "auto" }, title), list.length
    ? h("dl", null, list.map(({ label, value }) => h("div", null, h("dt", { dir: "auto" }, label), h("dd", { dir: "auto" }, value))))
    : h("p", { class: "quiet" }, none));
}
