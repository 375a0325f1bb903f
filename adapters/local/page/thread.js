// The conversation: messages at their place, changed where they stand, nothing else moves.
import { $, day, h, hour, refill } from "./dom.js";
import { card, complain, settle } from "./cards.js";
import { Refusal, act } from "./net.js";
import { row } from "./slack.js";

const NEAR = 120; // how close to the end counts as "reading the newest"

export class Thread {
  // `on` has acted(name, message), failed(error), empty(); they belong to the page around. `look` draws for others.
  constructor(on, look) {
    this.on = on;
    this.look = look;
    this.awaited = 0;
    this.node = $("thread");
    this.scroller = $("scroller");
    this.newer = $("newer");
    this.newer.addEventListener("click", () => this.toEnd());
    this.scroller.addEventListener("scroll", () => { if (this.atEnd()) this.newer.hidden = true; }, { passive: true });
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(this.node);
    this.scroller.addEventListener("scroll", () => { this.stuck = this.stuck && this.atEnd(); }, { passive: true });
    this.clear();
  }

  clear() {
    this.messages = new Map();
    this.lastId = 0;
    this.stuck = true;
    this.newer.hidden = true;
    this.node.replaceChildren();
  }

  // Start a conversation, or bring one up to date after the line was lost, without touching what is unchanged.
  show(person, messages, { again = false } = {}) {
    if (!again) this.clear();
    this.person = person;
    const here = new Set(messages.map((message) => message.root));
    this.filling = true;
    for (const root of [...this.messages.keys()]) if (!here.has(root)) this.drop(root);
    this.node.setAttribute("aria-busy", "true");
    messages.forEach((message) => this.take(message));
    this.filling = false;
    this.tidy();
    this.node.removeAttribute("aria-busy");
    if (!messages.length) this.on.empty();
    if (!again && this.node.lastElementChild) this.reveal(this.node.lastElementChild);
  }

  // Take in a new message or a changed one; whatever is older than what stands here is ignored.
  take(message) {
    const before = this.messages.get(message.root);
    this.lastId = Math.max(this.lastId, Number(message.id));
    if (before && Number(before.message.id) >= Number(message.id)) return null;
    if (message.kind === "gone") { this.drop(message.root); return null; }
    this.node.querySelector(".empty")?.remove();
    const node = this.draw(message);
    this.messages.set(message.root, { message, node });
    if (before) before.node.replaceWith(node);
    else this.place(message, node);
    this.tidy();
    return node;
  }

  // Take in what the bot says by itself, without pulling away what is being read.
  hear(message) {
    const end = this.atEnd();
    const fresh = !this.messages.has(message.root);
    const node = this.take(message);
    if (!node || !fresh) return;
    if (end) this.reveal(node);
    else if (message.from === "bot" && !this.awaited) this.newer.hidden = false;
  }

  // Wait for the answer to an act; what comes over the line meanwhile is part of it and needs no announcement.
  async during(person, answered, how) {
    this.awaited += 1;
    try {
      const messages = await answered;
      await this.look.ready(person, messages);
      if (person === this.person) this.answer(messages, how);
    } finally {
      this.awaited -= 1;
    }
  }

  // Take in the answer to what was just done, and go there.
  answer(messages, { focus = true } = {}) {
    const nodes = messages.map((message) => this.take(message) ?? this.messages.get(message.root)?.node).filter(Boolean);
    const last = nodes.at(-1);
    if (!last) return;
    this.reveal(last);
    if (focus) last.focus({ preventScroll: true });
  }

  // A form stands right below the message that opened it; everything else comes last.
  place(message, node) {
    const opener = message.opened_by && this.messages.get(message.opened_by)?.node;
    if (opener) opener.after(node);
    else this.node.append(node);
  }

  drop(root) {
    this.messages.get(root)?.node.remove();
    this.messages.delete(root);
    this.tidy();
    if (!this.messages.size && !this.filling) this.on.empty();
  }

  draw(message) {
    const mine = message.from === "me";
    const node = h("article", { class: `msg ${mine ? "me" : "bot"} ${message.kind}`, tabindex: "-1", lang: message.lang || null,
      "data-root": message.root, "data-id": message.id });
    const shown = this.look.of(message);
    if (shown || (mine && this.look.borrowed)) node.classList.add("their", this.look.name);
    if (mine && this.look.borrowed) node.append(row(message, this.person));
    else if (mine) node.append(h("div", { class: "bubble", dir: "auto" }, message.card.fallback));
    else {
      const acts = this.acts(message, node);
      const { head, node: inside } = shown ? this.look.drawer(message, shown, acts, this.person) : card(message, acts);
      node.append(inside);
      node.setAttribute(head ? "aria-labelledby" : "aria-label", head ? head.id : message.card.fallback);
    }
    return node;
  }

  // Draw everything anew in another look: what was filled in stays, and so does the message that is being read.
  redraw() {
    const top = ({ node }) => node.getBoundingClientRect().top;
    const edge = this.scroller.getBoundingClientRect().top;
    const all = [...this.messages.values()].sort((a, b) => top(a) - top(b));
    const read = all.find((kept) => top(kept) >= edge) ?? all.at(-1);
    const place = read && top(read);
    this.node.setAttribute("aria-busy", "true");
    for (const kept of all) {
      const node = this.draw(kept.message);
      keep(kept.node.querySelector("form"), node.querySelector("form"));
      kept.node.replaceWith(node);
      kept.node = node;
    }
    this.tidy();
    this.node.removeAttribute("aria-busy");
    if (this.stuck) this.toEnd();
    else if (read) this.scroller.scrollTop += top(read) - place;
  }

  acts(message, node) {
    const send = (name, path, more, form) => this.send(name, path, { as: this.person.id, message: message.id, ...more }, { node, form });
    return {
      press: (button) => send("pressed", "press", { button }),
      tap: (button) => send("answered", "press", { button }),
      submit: (values, form) => send("answered", "submit", { values }, form),
      dismiss: () => send("dismissed", "dismiss", {}),
    };
  }

  async send(name, path, body, { node, form }) {
    if (node.getAttribute("aria-busy")) return;
    node.setAttribute("aria-busy", "true");
    if (form) settle(form);
    const person = this.person;
    try {
      await this.during(person, act(path, body));
      this.on.acted(name, { person, open: this.node.querySelector(".form") !== null });
    } catch (error) {
      if (form && error instanceof Refusal && error.status === 422) complain(form, error.fields, error.message);
      else this.on.failed(error);
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  // Day separators and "who, when" lines follow from the messages. Only what differs is touched: whatever is
  // added here is read aloud.
  tidy() {
    if (this.filling) return;
    let lastDay = "", lastBy = "";
    for (const node of this.node.querySelectorAll(":scope > .msg")) {
      const { message } = this.messages.get(node.dataset.root);
      const date = day(message.at, this.person.zone), by = node.matches(".their") ? "" : byLine(message, this.person.zone);
      const before = node.previousElementSibling;
      line(before?.matches(".day") ? before : null, date === lastDay ? "" : date, (made) => node.before(made), "day");
      line(node.querySelector(":scope > .by"), by === lastBy && date === lastDay ? "" : by, (made) => node.prepend(made), "by");
      [lastDay, lastBy] = [date, by];
    }
    for (const node of this.node.querySelectorAll(":scope > .day")) if (!node.nextElementSibling?.matches(".msg")) node.remove();
  }

  atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR;
  }

  toEnd() {
    this.stuck = true;
    this.newer.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // Show a message whole, or from its top if it is taller than the window.
  reveal(node) {
    const room = this.scroller.clientHeight;
    const top = node.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    this.stuck = node === this.node.lastElementChild && node.offsetHeight < room - 32;
    if (this.stuck) this.toEnd();
    else if (top < 0 || node.offsetHeight > room - 32) this.scroller.scrollTop += top - 16;
    else if (top + node.offsetHeight > room) this.scroller.scrollTop += top + node.offsetHeight - room + 16;
  }

  teach(hint, button) {
    refill(this.node, h("div", { class: "empty" }, h("p", null, hint), button));
  }
}

// Keep, change, remove or add one line of text.
function line(node, text, add, name) {
  if (node?.textContent === text) return;
  if (node && text) node.textContent = text;
  else if (node) node.remove();
  else if (text) add(h("p", { class: name, lang: "en" }, text));
}

function keep(from, to) {
  if (!from || !to) return;
  for (const [name, value] of new FormData(from)) {
    const field = to.elements.namedItem(name);
    if (field) field.value = value;
  }
}

function byLine(message, zone) {
  if (message.from === "me") return `You · ${hour(message.at, zone)}`;
  return `Rapport · bot · ${hour(message.at, zone)}${message.private ? " · only you can see this" : ""}`;
}
