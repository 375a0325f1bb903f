// Cards as DOM. Whatever a card holds is shown as plain text.
import { h, uid } from "./dom.js";
import { figure } from "./chart.js";

// Draw the inside of a card. `acts` has press(button), tap(button), submit(values, form), dismiss().
export function card(message, acts) {
  const { title, elements, submit } = message.card;
  const head = title && h("h3", { id: uid("title"), dir: "auto" }, title);
  const body = elements.map((element) => draw(element, message, acts));
  if (!submit && message.kind !== "form") return { head, node: h("div", { class: "card" }, head, body) };
  const close = message.kind === "form" && h("button", { type: "button", class: "close", "aria-label": "Close this form", onclick: () => acts.dismiss() }, "×");
  const send = submit && h("div", { class: "row" }, h("button", { type: "submit", class: submit.style }, submit.label));
  const form = h("form", { class: "card form", novalidate: true, "aria-labelledby": head?.id, onsubmit: (event) => {
    event.preventDefault();
    acts.submit(filled(form), form);
  } }, close, head, body, h("p", { class: "problem", hidden: true }), send);
  return { head, node: form };
}

export const filled = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));

function draw(element, message, acts) {
  switch (element.kind) {
    case "text": return h("p", { class: element.lead ? "lead" : null, dir: "auto" }, element.body);
    case "note": return h("p", { class: "quiet note", dir: "auto" }, element.body);
    case "facts": return facts(element);
    case "buttons": return h("div", { class: "row" }, element.items.map((item) => button(item, acts)));
    case "ask": return element.tap ? tapped(element, acts) : asked(element);
    case "table": return table(element);
    case "chart": return figure(element, message.lang);
    default: return h("p", { class: "quiet" }, message.card.fallback);
  }
}

const facts = ({ items }) => h("dl", { class: "facts" }, items.map((fact) => h("div", null,
  h("dt", { dir: "auto" }, fact.label), h("dd", { dir: "auto" }, h("b", null, whole(fact.value)), fact.detail && h("small", null, fact.detail)))));

// A figure never breaks inside, also where the rules of line breaking would part "+" and "€31,000".
const whole = (value) => value.split(" ").flatMap((word, index) => [index > 0 && " ", h("span", null, word)]);

const button = (item, acts) => item.link ? h("a", { class: `button ${item.style}`, href: item.link, target: "_blank", rel: "noopener noreferrer" }, item.label) : h("button", { type: "button", class: item.style, "data-button": item.button,
  onclick: () => acts.press(item.button) }, item.label);

export function table({ caption, header, rows }, hiddenCaption = false) {
  return h("div", { class: "sheet", tabindex: "0", role: "group", "aria-label": caption },
    h("table", null, h("caption", { class: hiddenCaption ? "hidden" : null, dir: "auto" }, caption),
      h("thead", null, h("tr", null, header.map((cell) => h("th", { scope: "col" }, cell || h("span", { class: "hidden" }, "Row"))))),
      h("tbody", null, rows.map((row) => h("tr", null, row.map((cell, index) =>
        h(index ? "td" : "th", { scope: index ? null : "row", dir: "auto" }, cell)))))));
}

// A scale shows its numbers, and its words where it has any; a choice shows its words.
function points({ format, options }) {
  const wordless = options.every((option) => option.label === option.value);
  return options.map((option, index) => ({
    ...option, number: wordless ? option.label : format === "scale" ? String(index + 1) : "", words: wordless ? "" : option.label,
  }));
}

const point = ({ number, words }) => [number && h("b", null, number), words && h("span", { dir: "auto" }, words)];

function shape(response) {
  if (response.format === "choice") return "choice";
  return points(response).some(({ words }) => words) ? "scale worded" : response.options.length > 7 ? "scale long" : "scale";
}

const ends = (response) => {
  const first = response.options?.[0]?.label, last = response.options?.at(-1)?.label;
  if (response.format !== "scale" || (first === response.low_label && last === response.high_label)) return null;
  return h("div", { class: "ends", "aria-hidden": "true" }, h("span", null, response.low_label), h("span", null, response.high_label));
};

// What a screen reader hears of a point: its number, and at the ends of a wordless scale what they mean.
function spoken({ options, format, low_label: low, high_label: high }, { number, words }, index) {
  const end = format === "scale" && !words && (index === 0 ? low : index === options.length - 1 ? high : "");
  return [number, words, end].filter(Boolean).join(", ");
}

function tapped({ stem, hint, response }, acts) {
  const id = uid("stem");
  return h("div", { class: "ask", role: "group", "aria-labelledby": id },
    h("p", { id, class: "stem", dir: "auto" }, stem), hint && h("p", { class: "quiet" }, hint),
    h("div", { class: shape(response) }, points(response).map((option, index) => h("button", {
      type: "button", class: "point", "data-button": option.button, "aria-label": spoken(response, option, index),
      onclick: () => acts.tap(option.button),
    }, point(option)))), ends(response));
}

function asked({ key, stem, hint, value, response }) {
  const hints = uid("hint");
  const problem = h("p", { class: "problem", id: uid("problem"), hidden: true });
  const described = `${problem.id}${hint ? ` ${hints}` : ""}`;
  const small = hint && h("p", { class: "quiet", id: hints, dir: "auto" }, hint);
  if (response.format === "text") return written({ key, stem, value, response, small, problem, described });
  const undo = h("button", { type: "button", class: "link undo", hidden: true, onclick: () => unpick(group, undo) }, "Clear this answer");
  const group = h("fieldset", { class: "ask", "data-key": key, "aria-describedby": described, onchange: () => { undo.hidden = false; } },
    h("legend", { class: "stem", dir: "auto" }, stem), small,
    h("div", { class: shape(response) }, points(response).map((option, index) => h("label", { class: "point" },
      h("input", { type: "radio", name: key, value: option.value, checked: option.value === value, "aria-label": spoken(response, option, index) }),
      point(option)))), ends(response), undo, problem);
  return group;
}

// Skipping is always possible, also after a hasty tap.
function unpick(group, undo) {
  const inputs = group.querySelectorAll("input");
  inputs.forEach((input) => { input.checked = false; });
  inputs[0].focus();
  undo.hidden = true;
}

function written({ key, stem, value, response, small, problem, described }) {
  const id = uid("field"), left = h("span", { class: "quiet left" });
  const count = () => { left.textContent = `${area.value.length} of ${response.limit}`; left.hidden = area.value.length < response.limit * 0.8; };
  const area = h("textarea", { id, name: key, rows: "3", maxlength: response.limit, "aria-describedby": described, dir: "auto", oninput: count }, value);
  count();
  return h("div", { class: "ask", "data-key": key }, h("label", { for: id, class: "stem", dir: "auto" }, stem), small, area, left, problem);
}

// Show what is wrong beside each field and go to the first; what has no field stands above the button.
export function complain(form, fields, message) {
  settle(form);
  let first;
  for (const [key, sentence] of Object.entries(fields)) {
    const ask = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const spot = ask?.querySelector(".problem") ?? form.querySelector(":scope > .problem");
    spot.textContent = sentence;
    spot.hidden = false;
    const field = ask?.querySelector("input, textarea, select");
    field?.setAttribute("aria-invalid", "true");
    first ??= field;
  }
  if (!Object.keys(fields).length) {
    const spot = form.querySelector(":scope > .problem");
    spot.textContent = message;
    spot.hidden = false;
  }
  first?.focus();
}

export function settle(form) {
  form.querySelectorAll(".problem").forEach((node) => { node.hidden = true; });
  form.querySelectorAll("[aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
}
