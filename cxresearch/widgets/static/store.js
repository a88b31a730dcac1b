// What the coder knows: the document, the codebook, what is coded, what is selected. It changes by
// deltas from Python only; the selection and what is active are the window's own.

import { clockOf, make } from "./dom.js";
import { astralIndex } from "./points.js";
import { rowsOf } from "./rows.js";
import { lanesOf, marksBetween } from "./layout.js";
import { coloursOf } from "./colours.js";
import { nameOfCode, pathOfCode } from "./codenames.js";

const RECENT = 9;

export class Store {
  constructor(language) {
    this.language = language;
    this.listeners = [];
    this.recent = [];
    this.folded = new Set();
    this.phaseForNew = null;
    this.choices = {};
    this.unplaced = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  // what: "all" (a new document), "marks", "codes", "selection", "memos", "hits"
  changed(...what) {
    const set = new Set(what);
    for (const listener of this.listeners) listener(set);
  }

  load(content) {
    const same = this.document === content.document && !this.columns;
    const { selection, active } = this;
    this.document = content.document;
    this.title = content.title;
    this.text = content.text;
    this.points = content.points;
    this.index = astralIndex(content.text, content.points);
    this.rows = rowsOf(content, this.index);
    this.rowStarts = Uint32Array.from(this.rows, (row) => row.start);
    this.phases = content.phases;
    this.codings = new Map();
    this.suggestions = new Map();
    content.codings.forEach((row) => this.put(this.codings, row, false));
    content.suggestions.forEach((row) => this.put(this.suggestions, row, true));
    this.memos = new Map(content.memos.map((m) => [`${m.about}/${m.target}`, m.text]));
    this.counts = content.counts;
    this.can = { undo: content.can_undo, redo: content.can_redo };
    const at = this.rows.length ? this.rows[0].start : 0;
    this.selection = { anchor: at, focus: at };
    this.active = null;
    this.event = content.event;
    this.unplaced = content.unplaced;
    this.choices = content.choices;
    // a document that is read anew stays where the person was
    if (same) {
      const last = this.rows.length ? this.rows[this.rows.length - 1].end : 0;
      this.selection = { anchor: Math.min(selection.anchor, last), focus: Math.min(selection.focus, last) };
      if (this.mark(active)) this.active = active;
    }
    this.hits = [];
    this.hitAt = -1;
    this.takeCodes(content.codes);
    this.lay();
    this.changed("all");
  }

  put(where, row, suggested) {
    where.set(row.coding, { ...row, id: row.coding, suggested });
  }

  takeCodes(codes) {
    this.codes = codes;
    this.byCode = new Map(codes.map((code) => [code.code, code]));
    this.children = new Map();
    for (const code of codes) {
      const above = this.byCode.has(code.parent) ? code.parent : null;
      if (!this.children.has(above)) this.children.set(above, []);
      this.children.get(above).push(code);
    }
    this.keys = new Map(codes.filter((c) => c.shortcut).map((c) => [c.shortcut, c.code]));
    this.colours = coloursOf(codes);
    this.recent = this.recent.filter((code) => this.byCode.has(code));
  }

  lay() {
    this.lanes = lanesOf([...this.codings.values(), ...this.suggestions.values()]);
    this.here = new Map();
    for (const row of this.codings.values()) this.here.set(row.code, (this.here.get(row.code) || 0) + 1);
  }

  // what others did between two acts of this window is asked for later, from the older event on
  heardOf(event, asked) {
    if (this.event === null || event === null || event === undefined) return;
    if (asked || event === this.event + 1) this.event = event;
  }

  // fresh: a coding that becomes the active one, drawn in the same go
  apply(delta, fresh = null) {
    const own = (row) => row.document === this.document;
    delta.codings.filter(own).forEach((row) => this.put(this.codings, row, false));
    delta.codings_gone.forEach((id) => this.codings.delete(id));
    delta.suggestions.filter(own).forEach((row) => this.put(this.suggestions, row, true));
    delta.suggestions_gone.forEach((id) => this.suggestions.delete(id));
    delta.memos.forEach((m) => this.memos.set(`${m.about}/${m.target}`, m.text));
    if (delta.unplaced) this.unplaced = delta.unplaced.filter(own);
    Object.assign(this.counts, delta.counts);
    this.can = { undo: delta.can_undo, redo: delta.can_redo };
    if (delta.codes.length) this.takeCodes(delta.codes);
    this.lay();
    if (fresh && this.mark(fresh)) this.active = fresh;
    if (this.active && !this.mark(this.active)) this.active = null;
    this.changed("marks", "memos", ...(delta.codes.length ? ["codes"] : []));
  }

  // a hit of the study's search as a place of what is shown, or null
  placeOf(hit) {
    return hit.document === this.document ? hit : null;
  }

  // what stands before the words of a row
  before(row) {
    if (!row.first) return [];
    return [make("b", { title: row.speaker || "" }, row.speaker || ""), make("span", {}, clockOf(row.seconds))];
  }

  mark(id) {
    return this.codings.get(id) || this.suggestions.get(id) || null;
  }

  activeMark() {
    return this.active ? this.mark(this.active) : null;
  }

  name(code) {
    return nameOfCode(this.byCode, code, this.language);
  }

  path(code) {
    return pathOfCode(this.byCode, code, this.language);
  }

  phaseName(phase) {
    const found = this.phases.find((p) => p.phase === phase);
    return found ? found[this.language] || found.en : phase || "";
  }

  // places are code points
  range() {
    const { anchor, focus } = this.selection;
    return { start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
  }

  select(anchor, focus, quiet = false) {
    if (anchor === this.selection.anchor && focus === this.selection.focus) return;
    this.selection = { anchor, focus };
    if (!quiet) this.changed("selection");
  }

  activate(id) {
    if (id === this.active) return;
    this.active = id;
    this.changed("selection");
  }

  // all quotations at a place, the shortest first
  marksAt(point) {
    const found = marksBetween(this.lanes, point, point + 1);
    return found.sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  used(code) {
    this.recent = [code, ...this.recent.filter((c) => c !== code)].slice(0, RECENT);
  }

  // the digits that choose the recent codes: those that are no code's own key
  recentKeys() {
    return [..."123456789"].filter((digit) => !this.keys.has(digit));
  }

  // codes in the order of the tree, with their level; folded ones leave out what is below
  tree(all = false) {
    const found = [];
    const walk = (above, level) => {
      for (const code of this.children.get(above) || []) {
        const below = this.children.get(code.code) || [];
        found.push({ code, level, below: below.length, of: this.children.get(above).length });
        if (all || !this.folded.has(code.code)) walk(code.code, level + 1);
      }
    };
    walk(null, 1);
    return found;
  }
}
