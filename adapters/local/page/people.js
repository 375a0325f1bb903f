// Whom one can be: those worth being first, then everybody, with a search.
import { $, bdi, face, h } from "./dom.js";

const SHOWN = 150; // a company of thousands is searched, not scrolled
export const ROLES = { employee: "", manager: "Manager", hr_admin: "HR", owner: "Owner" };

export class People {
  constructor(choose) {
    this.choose = choose;
    this.list = [];
    this.unread = {};
    $("find").addEventListener("input", () => this.draw());
    $("find").addEventListener("keydown", (event) => {
      if (event.key === "Enter") $("people").querySelector(".person")?.click();
    });
  }

  set(list) {
    this.list = list;
    this.unread = Object.fromEntries(list.map((person) => [person.id, person.unread]));
    this.draw();
  }

  find(id) { return this.list.find((person) => person.id === id); }

  featured(role, other) {
    const is = (person) => person.role === role && person.id !== other;
    return this.list.find((person) => person.featured && is(person)) ?? this.list.find(is);
  }

  be(id) {
    this.me = id;
    this.draw();
  }

  count(unread) {
    this.unread = unread;
    for (const row of $("people").querySelectorAll(".person")) mark(row, unread[row.dataset.id]);
    const all = Object.entries(unread).filter(([id, n]) => n && id !== this.me).length;
    $("all-unread").hidden = !all;
    $("all-unread").replaceChildren(String(all), h("span", { class: "hidden" }, " people have something new"));
  }

  draw() {
    const wanted = plain($("find").value);
    const matches = this.list.filter((person) => !wanted || plain(`${person.name} ${person.department} ${ROLES[person.role]} ${person.language} ${person.headline}`).includes(wanted));
    const first = wanted ? [] : matches.filter((person) => person.featured);
    const rest = wanted ? matches : matches.filter((person) => !person.featured);
    const focused = document.activeElement?.dataset?.id;
    $("people").replaceChildren(...[
      first.length && this.section("Be someone", first),
      rest.length && this.section(wanted ? `${rest.length} found` : `Everyone else (${rest.length})`, rest),
      !matches.length && h("p", { class: "quiet pad" }, "Nobody is called that. Try a name, a department or a language."),
    ].filter(Boolean));
    if (focused) $("people").querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    this.count(this.unread);
  }

  section(title, people) {
    const more = people.length - SHOWN;
    return h("section", { "aria-label": title }, h("h2", null, title),
      h("ul", null, people.slice(0, SHOWN).map((person) => h("li", null, this.row(person)))),
      more > 0 && h("p", { class: "quiet pad" }, `And ${more} more: find them by name, department or language.`));
  }

  row(person) {
    const about = person.headline || [ROLES[person.role], person.department].filter(Boolean).join(" · ");
    return h("button", { type: "button", class: "person", "data-id": person.id, "aria-current": person.id === this.me ? "true" : null,
      onclick: () => this.choose(person.id) },
    face(person), h("span", { class: "name" }, bdi(person.name), h("small", null, bdi(about), person.language && ` · ${person.language}`)),
    h("span", { class: "count", hidden: true }));
  }
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();

function mark(row, n) {
  const count = row.querySelector(".count");
  count.hidden = !n;
  count.replaceChildren(String(n ?? ""), h("span", { class: "hidden" }, " new"));
}
