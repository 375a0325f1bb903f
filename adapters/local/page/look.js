// Which platform's look the conversation has: ours, or one that the bot can draw for.
import { $ } from "./dom.js";
import { get } from "./net.js";

const KEY = "rapport.look";
const OURS = "rapport";

export class Look {
  // `change` is called once another look is chosen.
  constructor(change) {
    this.name = OURS;
    this.shown = new Map();
    $("look").addEventListener("change", ({ target }) => {
      sessionStorage.setItem(KEY, target.value);
      this.be(target.value);
      change();
    });
  }

  // The bot says which looks it can borrow; without any there is nothing to choose.
  offer(platforms) {
    this.shown.clear();
    $("look").hidden = !platforms.length;
    const kept = sessionStorage.getItem(KEY);
    this.be(platforms.includes(kept) ? kept : OURS);
  }

  be(name) {
    this.name = name;
    $("look").querySelector(`[value="${name}"]`).checked = true;
    $("borrowed").hidden = !this.borrowed;
    document.body.dataset.look = name;
  }

  get borrowed() { return this.name !== OURS; }

  // Fetch what is needed to draw these messages, so that nothing is drawn twice. What cannot be had is drawn as ours.
  async ready(person, messages) {
    if (!this.borrowed) return;
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

  of({ id }) { return this.shown.get(`${this.name} ${id}`); }
}
