// The caret and the selection by keyboard: by sign, word, line, row, turn.

import { toPoints, toUnits } from "./points.js";
import { rowAtPoint } from "./rows.js";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const NEAR = 64;

// the next place where a sign as people see it ends or begins (an emoji family is one sign)
function bySign(store, row, unit, step) {
  const text = store.text;
  if (step > 0) {
    const part = text.slice(unit, Math.min(row.to, unit + NEAR));
    const first = graphemes.segment(part)[Symbol.iterator]().next().value;
    return unit + (first ? first.segment.length : 0);
  }
  const from = Math.max(row.from, unit - NEAR);
  let at = from;
  for (const sign of graphemes.segment(text.slice(from, unit))) at = from + sign.index;
  return at;
}

const WORD = /[\p{L}\p{N}\p{M}'’]+/gu;

function byWord(store, row, unit, step) {
  const text = store.text.slice(row.from, row.to);
  const borders = [];
  for (const word of text.matchAll(WORD)) borders.push(row.from + word.index + (step > 0 ? word[0].length : 0));
  if (step > 0) return borders.find((b) => b > unit) ?? row.to;
  return borders.reverse().find((b) => b < unit) ?? row.from;
}

function across(store, at, step) {
  const next = store.rows[at + step];
  if (!next) return null;
  return step > 0 ? next.start : next.end;
}

function withinRow(store, at, point, step) {
  return toPoints(store.index, byWord(store, store.rows[at], toUnits(store.index, point), step));
}

function stepped(store, point, step, by) {
  const at = rowAtPoint(store.rowStarts, point);
  const row = store.rows[at];
  const unit = Math.min(toUnits(store.index, point), row.to);
  if (step > 0 ? unit >= row.to : unit <= row.from) {
    const next = across(store, at, step);
    // by words, the border between rows is no stop of its own
    return next === null ? point : by === byWord ? withinRow(store, at + step, next, step) : next;
  }
  return toPoints(store.index, by(store, row, unit, step));
}

function byLine(pane, point, step, goal) {
  pane.reveal(point);
  const rect = pane.rectAt(point);
  const x = goal.x ?? rect.left;
  goal.x = x;
  for (const lines of [1, 1.6, 2.4, 3.2]) {
    const y = (step > 0 ? rect.bottom : rect.top) + step * rect.height * (lines - 0.5);
    const found = pane.pointAtScreen(x, y);
    if (found !== null && (found - point) * step > 0) return found;
  }
  const at = rowAtPoint(pane.store.rowStarts, point);
  const row = pane.store.rows[at + step];
  return row ? row.start : step > 0 ? pane.store.rows[at].end : pane.store.rows[at].start;
}

function byPage(pane, point, step) {
  const at = rowAtPoint(pane.store.rowStarts, point);
  const aim = pane.tops[at] + step * pane.element.clientHeight * 0.9;
  return pane.store.rows[pane.rowAtHeight(Math.max(0, aim))].start;
}

function edge(store, point, step, whole) {
  const rows = store.rows;
  if (whole) return step > 0 ? rows[rows.length - 1].end : rows[0].start;
  const row = rows[rowAtPoint(store.rowStarts, point)];
  return step > 0 ? row.end : row.start;
}

const MOVES = {
  ArrowLeft: (pane, point, far) => stepped(pane.store, point, -1, far ? byWord : bySign),
  ArrowRight: (pane, point, far) => stepped(pane.store, point, 1, far ? byWord : bySign),
  ArrowUp: (pane, point, far, goal) => far ? edge(pane.store, point - 1, -1, false) : byLine(pane, point, -1, goal),
  ArrowDown: (pane, point, far, goal) => far ? edge(pane.store, point + 1, 1, false) : byLine(pane, point, 1, goal),
  PageUp: (pane, point) => byPage(pane, point, -1),
  PageDown: (pane, point) => byPage(pane, point, 1),
  Home: (pane, point, far) => edge(pane.store, point, -1, far),
  End: (pane, point, far) => edge(pane.store, point, 1, far),
};

// move the caret by a key; with Shift the selection grows. False: not a key of moving
export function move(pane, event, goal) {
  const how = MOVES[event.key];
  if (!how || event.altKey) return false;
  const { store } = pane;
  const { anchor, focus } = store.selection;
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") goal.x = null;
  let to;
  if (anchor !== focus && !event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    to = event.key === "ArrowLeft" ? Math.min(anchor, focus) : Math.max(anchor, focus);
  } else {
    to = how(pane, focus, event.ctrlKey || event.metaKey, goal);
  }
  store.select(event.shiftKey ? anchor : to, to);
  pane.reveal(to);
  return true;
}

// the next place where a word begins (for a start) or ends (for an end), in either direction
function byBorder(which) {
  return (store, row, unit, step) => {
    const borders = [];
    for (const word of store.text.slice(row.from, row.to).matchAll(WORD)) {
      borders.push(row.from + word.index + (which === "end" ? word[0].length : 0));
    }
    return step > 0 ? borders.find((b) => b > unit) ?? row.to : borders.reverse().find((b) => b < unit) ?? row.from;
  };
}

// another border of a coding, a word or a sign further
export function borderMoved(store, point, step, { which, bySigns }) {
  return stepped(store, point, step, bySigns ? bySign : byBorder(which));
}
