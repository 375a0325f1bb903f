// The line one writes in, with the commands it knows. What was typed is kept for each person until it is sent.
import { $, h, uid } from "./dom.js";

const key = (person) => `rapport.draft.${person.id}`;

export class Composer {
  // `send(text)` resolves to true once the line was taken.
  constructor(send) {
    this.line = $("line");
    this.list = $("suggestions");
    this.commands = [];
    this.line.addEventListener("input", () => { this.save(); this.suggest(); });
    this.line.addEventListener("keydown", (event) => this.typed(event));
    this.line.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    $("say").addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = this.line.value.trim();
      if (!text || this.busy) return;
      this.close();
      const person = this.person;
      this.busy = true;
      const taken = await send(text).finally(() => { this.busy = false; });
      if (taken) this.forget(person, text);
      if (person === this.person) this.line.focus();
    });
  }

  be(person, commands, lang) {
    this.person = person;
    this.commands = commands;
    this.list.lang = lang;
    const first = person.name.split(/\s+/u)[0];
    this.line.setAttribute("aria-label", `Write as ${person.name}`);
    this.line.placeholder = this.line.clientWidth < 320 ? "Write, or / for commands" : `Write as ${first}, or type / for commands`;
    this.line.value = sessionStorage.getItem(key(person)) ?? "";
   
    this.close();
  }

  offer(text) {
    this.line.value = text;
    this.save();
   
    this.line.focus();
  }

  save() { sessionStorage.setItem(key(this.person), this.line.value); }

  forget(person, text) {
    if ((sessionStorage.getItem(key(person)) ?? "").trim() === text) sessionStorage.removeItem(key(person));
    if (person !== this.person || this.line.value.trim() !== text) return;
    this.line.value = "";
   
  }

  suggest() {
    const typed = this.line.value.toLocaleLowerCase();
    const matches = typed.startsWith("/")
      ? this.commands.filter(({ usage }) => usage.split(" ")[0].startsWith(typed)) : [];
    if (!matches.length) { this.close(); return; }
    this.list.replaceChildren(...matches.map((command) => h("li", { role: "option", id: uid("command"), "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); this.pick(command); } },
    h("b", null, command.usage), h("span", { class: "quiet" }, command.help))));
    this.matches = matches;
    this.list.hidden = false;
    this.line.setAttribute("aria-expanded", "true");
    this.go(-1);
  }

  go(index) {
    this.at = index;
    [...this.list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === index)));
    const chosen = this.list.children[index];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.line.setAttribute("aria-activedescendant", chosen.id);
    else this.line.removeAttribute("aria-activedescendant");
  }

  pick(command) {
    this.offer(command.usage.includes(" ") ? `${command.usage.split(" ")[0]} ` : command.usage);
    this.close();
  }

  typed(event) {
    const open = !this.list.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const n = this.list.children.length;
      this.go((this.at + (event.key === "ArrowDown" ? 1 : this.at < 0 ? 0 : -1) + n) % n);
    } else if (open && event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (open && (event.key === "Tab" || event.key === "Enter") && this.at >= 0) {
      event.preventDefault();
      this.pick(this.matches[this.at]);
    }
  }

  close() {
    this.list.hidden = true;
    this.line.setAttribute("aria-expanded", "false");
    this.line.removeAttribute("aria-activedescendant");
  }
}
