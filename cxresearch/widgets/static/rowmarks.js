// What is drawn in one row: the words with their underlines, the stripes at the left margin, the
// names of codes at the right.

import { make } from "./dom.js";
import { toUnits } from "./points.js";

const MOST_LANES = 6;
const MOST_NAMES = 5;

export function colourName(code) {
  return `--cxc-of-${String(code).replace(/[^A-Za-z0-9_-]/g, (sign) => `u${sign.codePointAt(0).toString(16)}`)}`;
}

function lineOf(mark) {
  const colour = `var(${colourName(mark.code)})`;
  return mark.suggested
    ? `repeating-linear-gradient(90deg, ${colour} 0 5px, transparent 5px 9px)`
    : `linear-gradient(${colour}, ${colour})`;
}

// underlines are stacked backgrounds, so that neighbours and nested ones never hide each other
function underline(element, marks) {
  const shown = marks.filter((mark) => mark.lane < MOST_LANES);
  element.style.backgroundImage = shown.map(lineOf).join(",");
  element.style.backgroundSize = "100% 2px";
  element.style.backgroundRepeat = "repeat-x";
  const deepest = Math.max(...shown.map((mark) => mark.lane), 0);
  element.style.paddingBottom = `${2 + deepest * 4}px`;
  element.style.backgroundPosition = shown
    .map((mark) => `0 calc(100% - ${(deepest - mark.lane) * 4}px)`).join(",");
}

export function drawWords(store, row, pieces, words) {
  const texts = [];
  for (const piece of pieces) {
    const from = toUnits(store.index, piece.start);
    const text = document.createTextNode(store.text.slice(from, toUnits(store.index, piece.end)));
    text.cxRow = row;
    text.cxFrom = from;
    texts.push(text);
    if (!piece.marks.length && !piece.hit) {
      words.append(text);
      continue;
    }
    const span = make("span", { class: "cxc-piece" }, text);
    if (piece.marks.length) underline(span, piece.marks);
    const active = piece.marks.find((mark) => mark.id === store.active);
    if (active) {
      span.classList.add("cxc-active");
      span.style.setProperty("--cxc-own", `var(${colourName(active.code)})`);
    }
    if (piece.hit) span.classList.add(piece.hit === store.hits[store.hitAt] ? "cxc-hit-now" : "cxc-hit");
    words.append(span);
  }
  words.cxTexts = texts;
  words.cxFroms = Uint32Array.from(texts, (text) => text.cxFrom);
}

// a stripe covers the share of the row that its quotation covers
export function drawStripes(store, row, marks) {
  const length = Math.max(1, row.end - row.start);
  return make("div", { class: "cxc-stripes", "aria-hidden": "true" },
    marks.filter((mark) => mark.lane < MOST_LANES).map((mark) => {
      const from = Math.max(0, (mark.start - row.start) / length);
      const to = Math.min(1, (mark.end - row.start) / length);
      return make("i", {
        class: `${mark.suggested ? "cxc-guess" : ""}${mark.id === store.active ? " cxc-now" : ""}`,
        title: store.path(mark.code),
        "data-mark": mark.id,
        style: `left:${mark.lane * 6}px;top:${(from * 100).toFixed(1)}%;`
          + `height:max(6px,${((to - from) * 100).toFixed(1)}%);color:var(${colourName(mark.code)})`,
      });
    }));
}

const SIGNS = { "-2": "−−", "-1": "−", 0: "0", 1: "+", 2: "++" };

export function valenceSign(valence) {
  return valence === null || valence === undefined ? "" : SIGNS[valence];
}

// names of the codes whose quotation starts in this row
export function drawMarks(store, texts, row, marks) {
  const starting = marks.filter((mark) => mark.start >= row.start);
  const names = starting.slice(0, MOST_NAMES).map((mark) => nameOf(store, texts, mark));
  const more = starting.length - MOST_NAMES;
  return make("div", { class: "cxc-names" }, names,
    more > 0 ? make("span", { class: "cxc-more" }, texts("more", { n: more })) : null);
}

function nameOf(store, texts, mark) {
  const phase = mark.phase ? store.phaseName(mark.phase) : "";
  const facts = [
    store.path(mark.code), phase, valenceSign(mark.valence),
    mark.suggested && mark.score !== undefined ? texts("score", { n: Math.round(mark.score * 100) }) : "",
    mark.memo || "",
  ].filter(Boolean);
  return make("button", {
    type: "button",
    tabindex: "-1",
    class: `cxc-name${mark.suggested ? " cxc-guess" : ""}${mark.id === store.active ? " cxc-now" : ""}`,
    "data-mark": mark.id,
    title: facts.join("\n"),
    style: `--cxc-own:var(${colourName(mark.code)})`,
  },
  make("i", {}),
  make("span", {}, store.name(mark.code)),
  mark.important ? make("em", { title: texts("important") }, "★") : null,
  mark.memo ? make("em", { title: texts("memo") }, "✎") : null,
  mark.valence !== undefined && mark.valence !== null ? make("em", {}, valenceSign(mark.valence)) : null,
  mark.suggested && mark.score !== undefined ? make("em", {}, `${Math.round(mark.score * 100)} %`) : null);
}
