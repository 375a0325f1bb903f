// Building blocks. Nothing here ever parses markup: every text becomes a text node.

// Characters that turn the direction of the text after them; isolation alone would let them turn their own line.
const OVERRIDES = /[\u202a-\u202e]/g;

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

// Make an element: h("p", {class: "quiet", onclick: f}, "text", child, …). Null and false children are left out.
export const h = (tag, props, ...children) => put(document.createElement(tag), props, children);

export const svg = (tag, props, ...children) => put(document.createElementNS(SVG, tag), props, children);

function put(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  const shown = children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
  node.append(...shown.map((child) => (typeof child === "string" ? child.replace(OVERRIDES, "") : child)));
  return node;
}

// A name or a sentence that somebody else chose: isolated, so that it cannot turn the text around it.
export const bdi = (text) => h("bdi", null, text);

let last = 0;
export const uid = (name) => `${name}-${++last}`;

// Replace what a node holds, but leave it alone when nothing changed, so that focus and selection survive.
export function refill(node, ...children) {
  const fresh = h("div", null, ...children);
  const [now, then] = [[...fresh.childNodes], node.childNodes];
  if (now.length === then.length && now.every((child, index) => child.isEqualNode(then[index]))) return;
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const place = node.scrollTop;
  node.replaceChildren(...now);
  node.scrollTop = place;
  if (focused) node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export function initials(name) {
  const words = name.split(/\s+/u).map((word) => word.match(/\p{L}/u)?.[0]).filter(Boolean);
  return ((words[0] ?? "?") + (words.length > 1 ? words.at(-1) : "")).toLocaleUpperCase();
}

export function face(person) {
  let sum = 0;
  for (const letter of person.id) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return h("span", { class: `face tint${sum % 5}`, "aria-hidden": "true" }, initials(person.name));
}

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    let made;
    try { made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }); }
    catch { made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }); }
    formats.set(key, made);
  }
  return formats.get(key);
}

const HOUR = { hour: "2-digit", minute: "2-digit" };
export const hour = (at, zone) => format(zone, HOUR).format(new Date(at));
export const day = (at, zone) => format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(new Date(at));
export const instant = (at, zone) => format(zone, { weekday: "short", day: "numeric", month: "short", year: "numeric", ...HOUR }).format(new Date(at));
