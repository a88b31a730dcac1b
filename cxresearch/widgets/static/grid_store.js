// The store of the survey grid. The comments that are shown, in their order, are joined into one
// text for the transcript to draw; each keeps its own document and its own places for Python.

import { make } from "./dom.js";
import { lastAtMost } from "./points.js";
import { Store } from "./store.js";

export const JOINED = "*";

// does a closed answer fit what was typed: 9, >=9, 0-6, !text, text
export function fits(value, wanted) {
  const words = wanted.trim().toLowerCase().replace(",", ".");
  if (!words) return true;
  if (words.startsWith("!")) return !fits(value, words.slice(1));
  const number = value === null || value === "" ? NaN : Number(value);
  const compared = /^(>=|<=|>|<|=)\s*(-?[\d.]+)$/.exec(words);
  if (compared) {
    const limit = Number(compared[2]);
    const how = { ">=": number >= limit, "<=": number <= limit, ">": number > limit, "<": number < limit, "=": number === limit };
    return how[compared[1]];
  }
  const range = /^(-?[\d.]+)\s*[-–…]\s*(-?[\d.]+)$/.exec(words);
  if (range) return number >= Number(range[1]) && number <= Number(range[2]);
  if (/^-?[\d.]+$/.test(words) && !Number.isNaN(number)) return number === Number(words);
  return String(value ?? "").toLowerCase().includes(words);
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

export class GridStore extends Store {
  takeGrid(grid) {
    this.grid = grid;
    this.columns = grid.columns;
    this.rawCodings = new Map(grid.codings.map((row) => [row.coding, row]));
    this.rawSuggestions = new Map(grid.suggestions.map((row) => [row.coding, row]));
    this.filters = this.filters || grid.columns.map(() => "");
    this.order = this.order || { column: -1, down: false };
    this.arrange();
  }

  chosen() {
    const coded = new Set([...this.rawCodings.values()].map((row) => row.document));
    const rows = this.grid.rows.filter((row) => row.cells.every((cell, i) => fits(cell, this.filters[i]))
      && !(this.onlyUncoded && coded.has(row.document)));
    const { column, down } = this.order;
    if (column < 0) return rows;
    // empty cells stay last whichever way the rows go
    const way = (a, b) => (a === null || b === null || !down ? compare(a, b) : compare(b, a));
    return [...rows].sort((a, b) => way(a.cells[column], b.cells[column]));
  }

  // join the comments that are shown; what is selected stays with its comment where it can
  arrange() {
    const here = this.shown && this.shown[this.rowIndex(this.selection.focus)];
    this.shown = this.chosen();
    this.offsets = new Map();
    const turns = { turn: [], start: [], end: [], speaker: [], role: [], seconds: [] };
    let at = 0;
    this.shown.forEach((row, i) => {
      this.offsets.set(row.document, at);
      turns.turn.push(i);
      turns.start.push(at);
      turns.end.push(at + row.points);
      turns.speaker.push(null);
      turns.role.push(null);
      turns.seconds.push(null);
      at += row.points + 1;
    });
    this.offsetList = Uint32Array.from(turns.start);
    const codings = [...this.rawCodings.values()].map((row) => this.joined(row)).filter(Boolean);
    const suggestions = [...this.rawSuggestions.values()].map((row) => this.joined(row)).filter(Boolean);
    this.load({ ...this.grid, document: JOINED, title: "", text: this.shown.map((row) => row.text).join("\n"),
      points: Math.max(0, at - 1), turns, codings, suggestions });
    const back = here && this.offsets.get(here.document);
    if (back) {
      this.selection = { anchor: back, focus: back };
      this.changed("selection", "reveal");
    }
  }

  joined(row) {
    const offset = this.offsets.get(row.document);
    return offset === undefined ? null : { ...row, document: JOINED, start: row.start + offset, end: row.end + offset };
  }

  rowIndex(point) {
    return Math.max(0, lastAtMost(this.offsetList, point));
  }

  // a range of the joined text as a place in one comment; null when it crosses a border
  local(start, end) {
    const row = this.shown[this.rowIndex(start)];
    if (!row) return null;
    const offset = this.offsets.get(row.document);
    return end - offset > row.points ? null : { document: row.document, start: start - offset, end: end - offset };
  }

  // the whole comment at the caret
  whole() {
    const row = this.shown[this.rowIndex(this.selection.focus)];
    if (!row || !row.text.trim()) return null;
    const start = this.offsets.get(row.document);
    return { start, end: start + row.points, quote: row.text };
  }

  placeOf(hit) {
    return this.joined(hit);
  }

  before(row) {
    if (!row.first) return [];
    return this.shown[row.turn].cells.map((cell, i) => make("span", {
      class: typeof cell === "number" ? "cxc-number" : null, title: `${this.columns[i].title}: ${cell ?? "–"}`,
    }, cell === null ? "–" : String(cell)));
  }

  apply(delta, fresh = null) {
    delta.codings.forEach((row) => this.rawCodings.set(row.coding, row));
    delta.codings_gone.forEach((id) => this.rawCodings.delete(id));
    delta.suggestions.forEach((row) => this.rawSuggestions.set(row.coding, row));
    delta.suggestions_gone.forEach((id) => this.rawSuggestions.delete(id));
    super.apply({
      ...delta,
      codings: delta.codings.map((row) => this.joined(row)).filter(Boolean),
      suggestions: delta.suggestions.map((row) => this.joined(row)).filter(Boolean),
    }, fresh);
    Object.assign(this.grid, { codes: this.codes, counts: this.counts, can_undo: this.can.undo, can_redo: this.can.redo,
      memos: [...this.memos].map(([key, text]) => ({ about: key.split("/")[0], target: key.slice(key.indexOf("/") + 1), text })) });
  }
}
