// A card as Slack would get it, drawn from Slack's blocks in a plain look of our own. Every text becomes a text node.
import { face, h, hour, uid } from "./dom.js";
import { filled, table } from "./cards.js";
import { legend, picture } from "./chart.js";

// `shown` is what the door said; `acts` as for a card of ours.
export function slack(message, shown, acts, person) {
  const { blocks, title, submit } = shown.view ?? shown;
  const body = blocks.map((block) => (BLOCKS[block.type] ?? unknown)(block, acts, message.lang));
  if (shown.surface === "modal") return modal(message, title.text, body, submit, acts);
  const head = body.find((node) => node.tagName === "H3");
  if (shown.surface === "home") return { head, node: h("div", { class: "apphome" }, h("p", { class: "tab", lang: "en" }, "Home"), body) };
  return { head, node: row(message, person, body) };
}

// What a person wrote; also the frame of every message.
export function row(message, person, body = [h("p", { class: "bubble", dir: "auto" }, message.card.fallback)]) {
  const mine = message.from === "me";
  return h("div", { class: "said" }, mine ? face(person) : h("span", { class: "face app", "aria-hidden": "true" }, "R"),
    h("div", { class: "blocks" }, message.private && h("p", { class: "quiet", lang: "en" }, "Only visible to you"),
      h("p", { class: "from", lang: "en" }, h("b", null, h("bdi", null, mine ? person.name : "Rapport")), !mine && h("small", { class: "badge" }, "App"), h("small", null, hour(message.at, person.zone))),
      body));
}

export function modal(message, title, body, submit, acts) {
  const head = h("h3", { id: uid("title"), dir: "auto" }, title);
  const close = message.kind === "form" && h("button", { type: "button", class: "close", "aria-label": "Close this form", onclick: () => acts.dismiss() }, "×");
  const form = h("form", { class: "form modal", novalidate: true, "aria-labelledby": head.id, onsubmit: (event) => {
    event.preventDefault();
    acts.submit(filled(form), form);
  } }, h("div", { class: "top" }, head, close), h("div", { class: "blocks" }, body), h("p", { class: "problem", hidden: true }),
  submit && h("div", { class: "foot" }, h("button", { type: "submit", class: "primary" }, submit.text)));
  return { head, node: form };
}

const BLOCKS = {
  header: ({ text }) => h("h3", { id: uid("title"), dir: "auto" }, text.text),
  section: ({ text, fields = [] }) => h("div", { class: "section" }, text && paragraph(text),
    fields.length > 0 && h("div", { class: "fields" }, fields.map(paragraph))),
  rich_text: ({ elements }) => h("div", { class: "rich" }, elements.map(rich)),
  context: ({ elements }) => h("div", { class: "context" }, elements.map((text) => h("p", { class: "quiet", dir: "auto" }, words(text)))),
  divider: () => h("hr"),
  actions: ({ elements }, acts) => h("div", { class: "row" }, elements.map((element) => control(element, acts))),
  input,
  data_visualization: chart,
  data_table: sheet,
  table: sheet,
};

const unknown = ({ type }) => h("p", { class: "quiet", lang: "en" }, `A block that this page cannot draw: ${type}.`);

const paragraph = (text) => h("p", { dir: "auto" }, words(text));

const words = (text) => (text.type === "mrkdwn" ? mrkdwn(text.text) : text.text);

// --- Slack's markup: its marks and its three escapes, nothing that links, mentions or embeds ---

const MARK = /(?<![\p{L}\p{N}*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu;
const TAGS = { "*": "b", "_": "i", "~": "s", "`": "code" };
const ESCAPED = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (found) => ESCAPED[found]);

function mrkdwn(written) {
  const parts = [];
  let from = 0;
  for (const found of written.matchAll(MARK)) {
    parts.push(unescape(written.slice(from, found.index)), h(TAGS[found[1]], null, unescape(found[2])));
    from = found.index + found[0].length;
  }
  return [...parts, unescape(written.slice(from))];
}

const STYLES = { code: "code", bold: "b", italic: "i", strike: "s" };
const runs = ({ elements }) => elements.map(({ text = "", style = {} }) =>
  Object.keys(STYLES).filter((name) => style[name]).reduce((inside, name) => h(STYLES[name], null, inside), text));

function rich(part) {
  if (part.type === "rich_text_list") return h(part.style === "ordered" ? "ol" : "ul", null, part.elements.map((item) => h("li", { dir: "auto" }, runs(item))));
  return h(part.type === "rich_text_preformatted" ? "pre" : "p", { dir: "auto" }, runs(part));
}

// --- what is pressed and picked: the act travels in `value`, as it would through Slack ---

function control(element, acts) {
  if (element.type === "static_select") return menu(element, acts);
  const { value, text, style, confirm, accessibility_label: spoken } = element;
  const press = () => (spoken ? acts.tap(value) : acts.press(value)); // only a question's options are spoken differently
  return h("button", { type: "button", class: style, "aria-label": spoken, "data-button": value,
    onclick: (event) => (confirm ? ask(confirm, press, event.currentTarget) : press()) }, text.text);
}

// A menu acts when something is picked; by keyboard with Enter, so that one can walk through it.
function menu(element, acts) {
  let walking = false;
  const act = () => select.value && acts.tap(select.value);
  const select = h("select", { "aria-label": element.placeholder.text, onpointerdown: () => { walking = false; },
    onkeydown: ({ key }) => { walking = key !== "Enter"; if (!walking) act(); },
    onchange: () => { if (!walking) act(); } }, options(element));
  return select;
}

function options({ placeholder, options: listed, option_groups: groups, initial_option: initial }) {
  const option = ({ text, value }) => h("option", { value, selected: value === initial?.value }, text.text);
  return [h("option", { value: "" }, placeholder.text),
    groups ? groups.map((group) => h("optgroup", { label: group.label.text }, group.options.map(option))) : listed.map(option)];
}

function ask({ title, text, confirm, deny }, act, button) {
  const id = uid("confirm");
  const dialog = h("dialog", { "aria-labelledby": id, lang: button.closest("[lang]").lang, onclose: () => {
    dialog.remove();
    if (dialog.returnValue === "yes") act();
  } }, h("form", { method: "dialog" }, h("h3", { id, dir: "auto" }, title.text), h("p", { dir: "auto" }, text.text),
    h("div", { class: "foot" }, h("button", { value: "no" }, deny.text), h("button", { value: "yes", class: "danger" }, confirm.text))));
  document.body.append(dialog);
  dialog.showModal();
}

function input({ block_id: key, label, hint, optional, element }) {
  const problem = h("p", { class: "problem", id: uid("problem"), hidden: true });
  const small = hint && h("p", { class: "quiet", id: uid("hint"), dir: "auto" }, hint.text);
  const described = [problem.id, small?.id].filter(Boolean).join(" ");
  const stem = [label.text, optional && h("span", { class: "quiet", lang: "en" }, " (optional)")];
  if (element.type === "radio_buttons") {
    return h("fieldset", { class: "ask", "data-key": key, "aria-describedby": described }, h("legend", { class: "stem", dir: "auto" }, stem),
      element.options.map(({ text, value }) => h("label", { class: "pick" },
        h("input", { type: "radio", name: key, value, checked: value === element.initial_option?.value }), h("span", { dir: "auto" }, text.text))), small, problem);
  }
  const common = { id: uid("field"), name: key, "aria-describedby": described, dir: "auto" };
  return h("div", { class: "ask", "data-key": key }, h("label", { for: common.id, class: "stem", dir: "auto" }, stem), field(element, common), small, problem);
}

function field(element, common) {
  const { max_length: maxlength, initial_value: value } = element;
  if (element.type === "static_select") return h("select", common, options(element));
  if (element.multiline) return h("textarea", { ...common, rows: "3", maxlength }, value);
  return h("input", { ...common, type: "text", maxlength, value });
}

// --- figures ---

function chart({ title, chart: { type, series, axis_config: { categories, x_label: below, y_label: unit = "" } } }, acts, lang) {
  const id = uid("title"), bars = type !== "line";
  const lines = series.map(({ name, data }) => ({ label: name, points: data.map(({ value }) => ({ value, low: null, high: null })) }));
  const drawn = { x: categories, series: lines, unit, notes: [], marker: null, zero_line: bars, bars, named: false };
  return h("figure", { class: "chart" }, h("figcaption", { id, dir: "auto" }, h("b", null, title)), picture(drawn, lang, id),
    below && h("p", { class: "quiet below", dir: "auto" }, below), legend(drawn));
}

const cell = (inside) => inside.text ?? inside.elements?.flatMap(runs) ?? "";

function sheet({ caption = "Table", rows: [header, ...rows] }) {
  return table({ caption, header: header.map(cell), rows: rows.map((cells) => cells.map(cell)) });
}
