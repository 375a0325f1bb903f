// A card as Teams would get it, drawn from its Adaptive Card in a plain look of our own. Every text becomes a text node.
import { h, uid } from "./dom.js";
import { table } from "./cards.js";
import { legend, picture } from "./chart.js";
import { modal, row } from "./slack.js";

// `shown` is what the door said; `acts` as for a card of ours.
export function teams(message, shown, acts, person) {
  const { body, actions = [] } = shown.card ?? shown.dialog.card.content;
  const place = { acts, lang: message.lang };
  const inside = h("div", { class: "adaptive" }, parts(body, place));
  if (shown.dialog) return modal(message, shown.dialog.title, [inside], actions[0] && { text: actions[0].title }, acts);
  return { head: inside.querySelector("h3"), node: row(message, person, [inside, actions.length > 0 && set({ actions }, place)]) };
}

// Parts that stand below each other; a table takes the words before it for its name.
const parts = (list, place) => list.map((part, index) => {
  const drawn = (PARTS[part.type] ?? unknown)(part, place, list[index - 1]?.text);
  if (["small", "none"].includes(part.spacing)) drawn.classList.add("near");
  if (part.id && !part.type.startsWith("Input.")) drawn.dataset.part = part.id;
  drawn.hidden = part.isVisible === false;
  return drawn;
});

const PARTS = {
  TextBlock: words,
  Container: ({ items }, place) => h("div", { class: "box" }, parts(items, place)),
  ColumnSet: columns,
  ActionSet: set,
  Table: ({ rows: [header, ...rows] }, place, caption) => table({ caption: caption ?? "Table", header: cells(header), rows: rows.map(cells) }, true),
  "Input.ChoiceSet": choices,
  "Input.Text": (part) => written(part),
  "Chart.Line": chart,
  "Chart.VerticalBar": chart,
  "Chart.VerticalBar.Grouped": chart,
};

const unknown = ({ type }) => h("p", { class: "quiet", lang: "en" }, `A part that this page cannot draw: ${type}.`);

function words({ text, style, size, weight, isSubtle }) {
  if (style === "heading") return h("h3", { id: uid("title"), dir: "auto" }, text);
  const looks = [size === "medium" && "lead", isSubtle && "quiet", size === "small" && "fine"].filter(Boolean).join(" ");
  return h("p", { class: looks || null, dir: "auto" }, weight === "bolder" ? h("b", null, text) : text);
}

function columns({ columns: list }, place) {
  const node = h("div", { class: "beside" }, list.map(({ items }) => h("div", null, parts(items, place))));
  node.style.gridTemplateColumns = list.map(({ width }) => `minmax(0, ${width}fr)`).join(" ");
  return node;
}

const cells = ({ cells: list }) => list.map(({ items }) => items.map(({ text }) => text).join(" "));

// --- what is pressed: the act travels in the data of the button, or of what was picked for it ---

function set({ actions }, place) {
  const behind = [];
  const buttons = actions.map((action) => (ACTIONS[action.type] ?? sent)(action, place, behind));
  return h("div", null, h("div", { class: "row" }, buttons), behind);
}

const ACTIONS = {
  "Action.OpenUrl": ({ title, url, style }) => h("a", { class: `button ${looks(style)}`, href: url, target: "_blank", rel: "noopener noreferrer" }, title),
  "Action.ShowCard": asking,
  "Action.ToggleVisibility": ({ title, targetElements }) => h("button", { type: "button", "aria-expanded": "false", onclick: ({ currentTarget }) => {
    const card = currentTarget.closest(".adaptive");
    for (const name of targetElements) toggle(card.querySelector(`[data-part="${CSS.escape(name)}"]`), currentTarget);
  } }, title),
};

const looks = (style) => ({ positive: "primary", destructive: "danger" })[style] ?? "";

function sent({ title, data, style, tooltip }, { acts }) {
  const press = ({ currentTarget }) => {
    const menu = data["rapport.pick"] && currentTarget.closest(".box").querySelector("[data-pick]");
    if (!menu) return tooltip ? acts.tap(data.rapport) : acts.press(data.rapport); // only a question's options have one
    const picked = menu.value ?? menu.querySelector(":checked")?.value;
    return picked && acts.tap(picked);
  };
  return h("button", { type: "button", class: looks(style), "aria-label": tooltip, "data-button": data.rapport, onclick: press }, title);
}

// What is behind a button opens below it; pressing it again is the way back.
function asking({ title, card }, place, behind) {
  const panel = h("div", { class: "box asked", hidden: true }, parts(card.body, place), set(card, place));
  behind.push(panel);
  return h("button", { type: "button", "aria-expanded": "false", onclick: ({ currentTarget }) => toggle(panel, currentTarget) }, title);
}

function toggle(node, button) {
  node.hidden = !node.hidden;
  button.setAttribute("aria-expanded", String(!node.hidden));
}

// --- fields ---

function choices({ id: key, label, style, choices: list, value: known, placeholder }) {
  const pick = key.startsWith("rapport."), name = pick ? null : key;
  if (style !== "expanded") {
    return field(key, label, (common) => h("select", { ...common, name, "data-pick": pick }, h("option", { value: "" }, placeholder),
      list.map(({ title, value }) => h("option", { value, selected: value === known }, title))));
  }
  const said = problem();
  return h("fieldset", { class: "ask", "data-key": key, "data-pick": pick, "aria-describedby": said.id }, h("legend", { class: "stem", dir: "auto" }, label),
    list.map(({ title, value }) => h("label", { class: "pick" }, h("input", { type: "radio", name: name ?? key, value, checked: value === known }), h("span", { dir: "auto" }, title))), said);
}

const written = ({ id: name, label, isMultiline, maxLength: maxlength, placeholder, value }) => field(name, label, (common) => (isMultiline
  ? h("textarea", { ...common, name, rows: "3", maxlength, placeholder }, value) : h("input", { ...common, name, type: "text", maxlength, placeholder, value })));

function field(key, label, make) {
  const id = uid("field"), said = problem();
  return h("div", { class: "ask", "data-key": key }, h("label", { for: id, class: "stem", dir: "auto" }, label), make({ id, "aria-describedby": said.id, dir: "auto" }), said);
}

const problem = () => h("p", { class: "problem", id: uid("problem"), hidden: true });

// --- charts ---

function chart({ type, title, data, xAxisTitle: below, yAxisTitle: unit = "", yMin }, { lang }) {
  const id = uid("title");
  const lines = data[0].values ? data : [{ legend: unit, values: data }];
  const x = lines.map(({ values }) => values.map((point) => point.x)).reduce(merged);
  const at = (values, place) => values.find((point) => point.x === place);
  const series = lines.map(({ legend: label, values }) => ({ label, points: x.map((place) => shown(at(values, place))) }));
  const drawn = { x, series, unit, notes: [], marker: null, zero_line: yMin !== undefined, bars: type !== "Chart.Line", named: false };
  return h("figure", { class: "chart" }, h("figcaption", { id, dir: "auto" }, h("b", null, title)), picture(drawn, lang, id),
    below && h("p", { class: "quiet below", dir: "auto" }, below), series.length > 1 && legend(drawn));
}

const shown = (point) => point && { value: point.y, low: null, high: null };

// The places of two series in one order: what only one has stands behind what precedes it there.
function merged(first, second) {
  const all = [...first];
  second.forEach((place, index) => {
    if (!all.includes(place)) all.splice(index ? all.indexOf(second[index - 1]) + 1 : 0, 0, place);
  });
  return all;
}
