// Which platform's look the conversation has: ours, or one that the bot can draw for.
import { $ } from "./dom.js";
import { get } from "./net.js";

const KEY = "rapport.look";
const OURS = "rapport";

export class Look {
  // `change` is called once another look is chosen, and draws everything in it.
  constructor(change) {
    this.name = OURS;
    this.shown = new Map();
    this.drawers = {};
    $("look").addEventListener("change", async ({ target }) => {
      sessionStorage.setItem(KEY, target.value);
      this.choose(target.value);
      await change();
      this.wear();
    });
  }

  // The bot says which looks it can borrow; without any there is nothing to choose.
  offer(platforms) {
    this.shown.clear();
    $("look").hidden = !platforms.length;
    for (const input of this.inputs) input.parentElement.hidden = input.value !== OURS && !platforms.includes(input.value);
    const kept = sessionStorage.getItem(KEY);
    this.choose(platforms.includes(kept) ? kept : OURS);
    this.wear();
  }

  choose(name) {
    this.name = name;
    const input = this.inputs.find(({ value }) => value === name);
    input.checked = true;
    $("borrowed").hidden = !this.borrowed;
    $("borrowed").textContent = `An approximation; ${input.parentElement.textContent} draws it in its own way.`;
  }

  get inputs() { return [...$("look").querySelectorAll("input")]; }

  // The page around changes with what it shows, not before.
  wear() { document.body.dataset.look = this.name; }

  get borrowed() { return this.name !== OURS; }

  // Fetch what is needed to draw these messages, so that nothing is drawn twice. What cannot be had is drawn as ours.
  async ready(person, messages) {
    if (!this.borrowed) return;
    const { name } = this;
    this.drawers[name] ??= (await import(`./${name}.js`))[name]; // only who looks pays for it
    const wanted = messages.filter(({ from, kind }) => from === "bot" && kind !== "gone");
    await Promise.all(wanted.map(({ id }) => this.fetch(person, id)));
  }

  async fetch(person, id) {
    const key = `${this.name} ${id}`;
    if (this.shown.has(key)) return;
    try {
      this.shown.set(key, await get("preview", { as: person.id, message: id, platform: this.name }));
    } catch (error) {
      console.warn(error.message);
    }
  }

  // What draws a message that `of` knows.
  get drawer() { return this.drawers[this.name]; }

  of({ id }) { return this.shown.get(`${this.name} ${id}`); }
}
