// The page: who one is, what is said, when it is, what lies behind.
import { $, bdi, face, h } from "./dom.js";
import { Refusal, Unreachable, act, get, listen, post } from "./net.js";
import { Behind } from "./curtain.js";
import { Composer } from "./composer.js";
import { Look } from "./look.js";
import { People, ROLES } from "./people.js";
import { Thread } from "./thread.js";
import { Walk } from "./walk.js";

const WIDE = matchMedia("(min-width: 1100px)");
const state = { person: null, clock: { now: null, moving: false, doing: "" }, line: null, moves: [] };

const look = new Look(redraw);
const thread = new Thread({ acted, failed: complain, empty }, look);
const people = new People((id) => be(id, { view: "chat" }));
const composer = new Composer(say);
const behind = new Behind(move);
const walk = new Walk(people, { be: (id) => be(id, { view: "chat" }), offer: (text) => composer.offer(text), move: nextMove, curtain: openCurtain });

// --- being somebody ---

async function be(id, { view, again = false } = {}) {
  const person = people.find(id) ?? people.list[0];
  if (!person) return;
  if (view) show(view);
  state.person = person;
  state.line?.close();
  people.be(person.id);
  walk.be(person.id);
  const as = { as: person.id };
  try {
    const [{ messages }, { commands, lang }] = await Promise.all([get("messages", as), get("commands", as), peek(person)]);
    await look.ready(person, messages);
    if (state.person !== person) return;
    you(person);
    if (!again) composer.be(person, commands, lang);
    thread.show(person, messages, { again });
    history.replaceState(null, "", `#${encodeURIComponent(person.id)}`);
    follow(person);
  } catch (error) {
    complain(error);
    if (error instanceof Unreachable) setTimeout(() => { if (state.person === person) be(id, { again }); }, 2000);
  }
}

function follow(person) {
  const mine = (use) => (data) => { if (state.person === person) use(data); };
  state.line = listen(person.id, thread.lastId, {
    message: mine((message) => { hear(person, message); peekSoon(); }),
    unread: mine((unread) => people.count(unread)),
    clock: mine(tick),
    lost: mine(() => tell("lost", "Connection lost. Trying again … What you typed is kept.")),
    back: mine(() => { tell("lost", ""); start({ again: true }); }),
  });
}

// Messages are drawn in their order, also where drawing has to wait for how another platform shows them.
let heard = Promise.resolve();
function hear(person, message) {
  if (!look.borrowed) { thread.hear(message); return; }
  heard = heard.then(() => look.ready(person, [message])).then(() => { if (state.person === person) thread.hear(message); });
}

async function redraw() {
  const person = state.person;
  if (!person) return;
  await look.ready(person, [...thread.messages.values()].map(({ message }) => message));
  if (state.person === person) thread.redraw();
}

function you(person) {
  const about = [ROLES[person.role], person.department, person.language].filter(Boolean).join(" · ");
  $("you").replaceChildren(face(person), h("div", null, h("h2", null, h("span", { class: "quiet" }, "You are "), bdi(person.name)), h("p", { class: "quiet" }, bdi(about))));
  document.title = `${person.name} · Rapport`;
}

// --- behind the curtain, and the clock ---

async function peek(person = state.person) {
  const [curtain, clock] = await Promise.all([get("curtain", { as: person.id }), get("clock")]);
  if (state.person !== person) return;
  state.moves = curtain.moves;
  state.hint = curtain.hint;
  state.clock = clock;
  behind.show(person, curtain, clock);
  if (!thread.messages.size && thread.person === person) empty();
}

let soon;
function peekSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => peek().catch(complain), 300);
}

function tick(clock) {
  if (state.clock.moving && !clock.moving) get("people").then((all) => people.set(all.people), complain); // somebody may have joined
  const changed = clock.now !== state.clock.now || clock.moving !== state.clock.moving;
  state.clock = clock;
  tell("doing", clock.moving ? `Moving the clock · ${clock.doing}` : "");
  document.body.classList.toggle("moving", clock.moving);
  if (changed) peekSoon();
}

async function move({ to, advance }) {
  if (state.clock.moving) return;
  tell("oops", "");
  tick({ ...state.clock, moving: true, doing: "one moment" });
  try {
    await post("clock", to ? { to } : { advance });
    walk.did("moved");
  } catch (error) {
    complain(error);
  } finally {
    await get("clock").then(tick, () => tell("doing", ""));
  }
}

// The next thing that happens; else the next working week.
const ahead = () => state.moves.find((way) => way.ahead) ?? state.moves.find((way) => way.to);

function nextMove() {
  return move(ahead());
}

function openCurtain() {
  if (!WIDE.matches) show("curtain");
  $("behind").querySelector(".title")?.focus();
}

// --- what one does ---

async function say(text) {
  const person = state.person;
  tell("oops", "");
  try {
    await thread.during(person, act("say", { as: person.id, text }), { focus: false });
    walk.did("said", { person, text });
    peekSoon();
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

function acted(name, about) {
  tell("oops", "");
  walk.did(name, about);
  peekSoon();
}

function empty() {
  const target = ahead();
  const button = target && h("button", { type: "button", class: "primary", "data-key": "empty", onclick: nextMove }, `Move the clock: ${target.label}`);
  const first = state.person.name.split(/\s+/u)[0];
  thread.teach(state.hint || `Nothing has been said to ${first} yet.`, button);
}

// --- telling ---

let fading;
function complain(error) {
  if (!(error instanceof Refusal) && !(error instanceof Unreachable)) console.error(error);
  tell("oops", error.message);
  if (error instanceof Refusal && error.status === 409) be(state.person.id, { again: true });
  clearTimeout(fading);
  fading = setTimeout(() => tell("oops", ""), 8000);
}

function tell(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

// --- the parts of the page ---

function show(view) {
  document.body.dataset.view = view;
  for (const tab of $("tabs").children) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  $("drawer").setAttribute("aria-expanded", String(view === "curtain"));
}

function closeCurtain() {
  if (document.body.dataset.view !== "curtain") return;
  show("chat");
  if ($("drawer").offsetParent) $("drawer").focus();
}

$("tabs").addEventListener("click", (event) => {
  const { view } = event.target.closest("button")?.dataset ?? {};
  if (view) show(view);
});
$("drawer").addEventListener("click", () => (document.body.dataset.view === "curtain" ? closeCurtain() : openCurtain()));
behind.onclose = closeCurtain;
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeCurtain(); });
addEventListener("hashchange", () => {
  const id = named();
  if (id && id !== state.person?.id) be(id);
});

// Whom the address names, so that a page can be reloaded or linked to.
function named() {
  try { return decodeURIComponent(location.hash.slice(1)); }
  catch { return ""; }
}

// --- beginning, also after the line was lost ---

async function start({ again = false } = {}) {
  try {
    const all = await get("people");
    people.set(all.people);
    look.offer(all.previews);
  } catch (error) {
    complain(error);
    if (error instanceof Unreachable) tell("lost", "The bot is not running. Start it; this page comes back by itself.");
    setTimeout(() => start({ again }), 2000);
    return;
  }
  tell("lost", "");
  if (!again) walk.begin();
  const wanted = state.person?.id ?? named();
  await be(people.find(wanted) ? wanted : (people.featured("employee") ?? people.list[0])?.id, { again });
}

start();
