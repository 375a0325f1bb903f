// A chart as inline SVG: lines with bands, gaps where nothing may be shown, the marker as a labelled rule.
import { h, svg, uid } from "./dom.js";
import { table } from "./cards.js";

const HEIGHT = 240, TOP = 40, BOTTOM = 28, RIGHT = 12;
const LETTER = 6.6; // the width of an average letter at 12 px, to keep labels apart

export function figure(chart, lang) {
  const summary = h("p", { class: "quiet", id: uid("summary") }, chart.summary);
  const drawn = picture(chart, lang, summary.id);
  const asTable = h("div", { hidden: true }, table({ caption: chart.question, ...chart.table }, true));
  const toggle = h("button", { type: "button", class: "link", "aria-expanded": "false", onclick: swap }, "Show as table");
  function swap() {
    asTable.hidden = !asTable.hidden;
    drawn.hidden = !asTable.hidden;
    toggle.setAttribute("aria-expanded", String(!asTable.hidden));
    toggle.textContent = asTable.hidden ? "Show as table" : "Show as picture";
  }
  return h("figure", { class: "chart" }, h("figcaption", null, h("h4", { dir: "auto" }, chart.question)),
    drawn, asTable, summary, chart.notes.map((note) => h("p", { class: "quiet gapnote", dir: "auto" }, note)), toggle);
}

// The picture alone, as wide as there is room. With `bars` each value is a bar; with `named: false` no line bears its name.
export function picture(chart, lang, labelledby) {
  const node = h("div", { class: "picture" });
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now < 1 || now === width) return;
    width = now;
    node.replaceChildren(draw(chart, width, lang, labelledby));
  }).observe(node);
  return node;
}

export const legend = (chart) => h("ul", { class: "legend" }, chart.series.map(({ label }, index) =>
  h("li", { dir: "auto" }, h("span", { class: style(chart, index), "aria-hidden": "true" }, "■ "), label)));

function draw(chart, width, lang, labelledby) {
  const number = new Intl.NumberFormat(lang || "en", { maximumFractionDigits: 2 });
  const ticks = nice(levels(chart));
  const words = ticks.map((tick) => number.format(tick));
  const left = Math.max(...words.map((word) => word.length)) * LETTER + 14;
  const n = chart.x.length;
  const step = chart.bars ? (width - left - RIGHT) / n : (width - left - RIGHT - 16) / Math.max(1, n - 1);
  const x = (index) => left + (chart.bars ? step / 2 : 8) + index * step;
  const [low, high] = [ticks[0], ticks.at(-1)];
  const y = (value) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
  const plot = { chart, width, left, step, x, y, n };
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-labelledby": labelledby },
    svg("text", { x: 0, y: 14, class: "axis" }, chart.unit),
    ticks.map((tick, index) => [
      svg("line", { class: tick === 0 && chart.zero_line ? "zero" : "grid", x1: left, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "axis", x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, words[index]),
    ]),
    gaps(plot), rule(plot), chart.series.map((series, index) => (chart.bars ? bars : line)(plot, series, index)),
    chart.named !== false && labels(plot), along(plot));
}

function levels(chart) {
  const shown = chart.series.flatMap((series) => series.points).filter(Boolean);
  const all = shown.flatMap((point) => [point.value, point.low ?? point.value, point.high ?? point.value]);
  return chart.zero_line || !all.length ? [...all, 0] : all;
}

// Round figures that hold all levels, four or five of them.
function nice(all) {
  let low = Math.min(...all), high = Math.max(...all);
  if (low === high) { low -= 1; high += 1; }
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const ticks = [];
  for (let k = Math.floor(low / step); k <= Math.ceil(high / step); k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

const style = (chart, index) => {
  if (chart.series[index].emphasised) return "s0";
  const other = chart.series.slice(0, index).filter((series) => !series.emphasised).length;
  return chart.series.some((series) => series.emphasised) ? `s${1 + (other % 3)}` : `s${[0, 2, 3, 1][other % 4]}`;
};

// Runs of neighbouring points; a gap ends a run.
function runs(points) {
  const found = [];
  points.forEach((point, index) => {
    if (!point) return;
    if (index && points[index - 1]) found.at(-1).push([index, point]);
    else found.push([[index, point]]);
  });
  return found;
}

function line({ chart, x, y, n }, series, index) {
  const at = ([place, point], level = point.value) => `${x(place).toFixed(1)},${y(level).toFixed(1)}`;
  const marks = n <= 16;
  return svg("g", { class: style(chart, index) }, runs(series.points).map((run) => {
    const bounded = run.every(([, point]) => point.low !== null);
    const up = run.map((spot) => at(spot, spot[1].high)), down = run.map((spot) => at(spot, spot[1].low)).reverse();
    return [
      bounded && run.length > 1 && svg("path", { class: "band", d: `M${up.join("L")}L${down.join("L")}Z` }),
      bounded && run.length === 1 && svg("line", { class: "whisker", x1: x(run[0][0]), x2: x(run[0][0]), y1: y(run[0][1].low), y2: y(run[0][1].high) }),
      svg("polyline", { points: run.map((spot) => at(spot)).join(" ") }),
      (marks || run.length === 1) && run.map(([place, point]) => svg("circle", { cx: x(place), cy: y(point.value), r: series.emphasised ? 3.5 : 2.5 })),
    ];
  }));
}

function bars({ chart, x, y, step }, series, index) {
  const wide = Math.min(40, (step * 0.8) / chart.series.length);
  const left = (place) => x(place) + (index - chart.series.length / 2) * wide;
  return svg("g", { class: style(chart, index) }, series.points.map((point, place) => point && svg("rect", {
    class: "bar", x: left(place), width: wide, y: y(Math.max(point.value, 0)), height: Math.abs(y(point.value) - y(0)) })));
}

// What was withheld between shown points is shaded, and a note says why; before and after there is just nothing.
function gaps({ chart, x, step, n }) {
  if (!chart.notes.length) return null;
  const { points } = chart.series.find((series) => series.emphasised) ?? chart.series[0] ?? { points: [] };
  const first = points.findIndex(Boolean), last = points.findLastIndex(Boolean);
  const whole = [...Array(n).keys()].filter((index) => !points[index] && index > first && index < last);
  const room = Math.min(step, 48);
  return whole.map((index) => svg("rect", { class: "gap", x: x(index) - room / 2, width: room, y: TOP, height: HEIGHT - TOP - BOTTOM }));
}

function rule({ chart, x, width, n }) {
  if (!chart.marker) return null;
  const at = x(chart.marker.index), space = chart.marker.label.length * LETTER + 8;
  const turned = at + space > width;
  const clipped = turned && at < space;
  return [
    svg("line", { class: "rule", x1: at, x2: at, y1: 24, y2: HEIGHT - BOTTOM }),
    svg("text", { class: "ruled", y: 32, x: clipped ? width - 2 : at + (turned ? -6 : 6), "text-anchor": turned ? "end" : "start" }, chart.marker.label),
  ];
}

// Each line bears its name at its end, the higher one above; names are pushed apart where lines end together.
function labels({ chart, x, y, width }) {
  const ends = chart.series.map((series, index) => {
    const place = series.points.findLastIndex(Boolean);
    return place < 0 ? null : { index, series, place, level: y(series.points[place].value) };
  }).filter(Boolean).sort((a, b) => a.level - b.level);
  let floor = -Infinity;
  ends.forEach((end, order) => {
    const above = order < ends.length / 2;
    end.y = Math.max(end.level + (above ? -10 : 20), floor + 15, TOP + 4);
    floor = end.y;
  });
  for (let order = ends.length - 1, roof = HEIGHT - BOTTOM - 4; order >= 0; order--) {
    ends[order].y = Math.min(ends[order].y, roof);
    roof = ends[order].y - 15;
  }
  return ends.map(({ index, series, place, y: at }) => svg("text", {
    class: `name ${style(chart, index)}`, y: at, "text-anchor": "end",
    x: Math.max(x(place), Math.min(width - RIGHT, series.label.length * LETTER + 40)),
  }, series.label));
}

function along({ chart, x, n, step, width }) {
  const widest = Math.max(...chart.x.map((label) => label.length)) * LETTER + 14;
  const every = Math.max(1, Math.ceil(widest / step));
  const places = chart.x.map((label, index) => spot(label, x(index), width, index === 0));
  let free = 0;
  return chart.x.map((label, index) => {
    const { from, to, at, anchor } = places[index];
    const fits = index % every === 0 && from >= free && to + 14 <= places[n - 1].from;
    if (!fits && index !== n - 1) return null;
    free = to + 14;
    return svg("text", { class: "axis", y: HEIGHT - 8, x: at, "text-anchor": anchor }, label);
  });
}

// Where a label stands below its point, turned inwards where it would leave the picture.
function spot(label, x, width, first) {
  const long = label.length * LETTER;
  if (x + long / 2 > width) return { from: width - long, to: width, at: width, anchor: "end" };
  if (first && x - long / 2 < 0) return { from: x, to: x + long, at: x, anchor: "start" };
  return { from: x - long / 2, to: x + long / 2, at: x, anchor: "middle" };
}
