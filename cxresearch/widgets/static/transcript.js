// The transcript: only the rows near the window are drawn; the rest is height.

import { make } from "./dom.js";
import { lastAtMost, toPoints, toUnits } from "./points.js";
import { marksBetween, piecesOf } from "./layout.js";
import { rowAtPoint } from "./rows.js";
import { drawMarks, drawStripes, drawWords } from "./rowmarks.js";

const BEYOND = 300;
const LINE = 26;
const ROW_FRAME = 14;

export class Transcript {
  constructor(store, texts) {
    this.store = store;
    this.texts = texts;
    this.drawn = new Map();
    this.held = false;
    this.stage = make("div", { class: "cxc-stage" });
    this.caret = make("div", { class: "cxc-caret", "aria-hidden": "true" });
    this.spacer = make("div", { class: "cxc-spacer" }, this.stage, this.caret);
    this.element = make("div", {
      class: "cxc-text",
      tabindex: "0",
      role: "application",
      "aria-label": texts("transcript"),
      "aria-describedby": null,
      "data-lm-suppress-shortcuts": "true",
    }, this.spacer);
    this.element.addEventListener("scroll", () => this.soon(), { passive: true });
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.element);
  }

  close() {
    this.resized.disconnect();
    this.showAway(null);
  }

  // while the focus is in the picker or a field, the browser hides its selection: draw it ourselves
  showAway(range) {
    if (!window.Highlight || !CSS.highlights) return;
    const name = "cxc-selection";
    if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
    const shown = CSS.highlights.get(name);
    if (this.away) shown.delete(this.away);
    this.away = range;
    if (range) shown.add(range);
  }

  selectedRange() {
    const { start, end } = this.store.range();
    if (start === end || !this.drawn.size) return null;
    const from = this.nodeAt(start);
    const to = this.nodeAt(end);
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return range;
  }

  soon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  // heights are guessed from the number of signs until a row has been drawn and measured
  fit() {
    const width = this.element.clientWidth;
    if (!width || !this.store.rows) return;
    if (width === this.width && this.heights && this.rows === this.store.rows) {
      this.draw();
      return;
    }
    const keep = this.rows === this.store.rows ? this.firstInView() : null;
    this.width = width;
    this.rows = this.store.rows;
    const bare = !this.store.columns && this.rows.every((row) => !row.speaker && row.seconds === null);
    this.stage.classList.toggle("cxc-bare", bare);
    const perLine = Math.max(20, (width - (width > 720 ? 330 : width > 560 ? 240 : 60)) / 7.1);
    this.heights = Float64Array.from(this.rows, (row) =>
      Math.ceil((row.to - row.from) / perLine || 1) * LINE + (row.first ? ROW_FRAME : 2));
    this.sum();
    this.clear();
    if (keep) this.element.scrollTop = this.tops[keep.at] + keep.down;
    this.draw();
  }

  sum() {
    const tops = this.tops && this.tops.length === this.heights.length + 1
      ? this.tops : new Float64Array(this.heights.length + 1);
    let top = 0;
    for (let i = 0; i < this.heights.length; i += 1) {
      tops[i] = top;
      top += this.heights[i];
    }
    tops[this.heights.length] = top;
    this.tops = tops;
    this.spacer.style.height = `${top}px`;
  }

  firstInView() {
    if (!this.tops) return null;
    const top = this.element.scrollTop;
    const at = this.rowAtHeight(top);
    return { at, down: top - this.tops[at] };
  }

  rowAtHeight(height) {
    return Math.min(this.heights.length - 1, Math.max(0, lastAtMost(this.tops, height, this.heights.length)));
  }

  clear() {
    this.drawn.clear();
    this.stage.replaceChildren();
  }

  // draw what is missing near the window, drop what is far; never drop rows during a drag
  draw(anew = false) {
    if (!this.tops || !this.rows.length) return;
    const keep = this.firstInView();
    const view = this.element.clientHeight;
    let first = this.rowAtHeight(this.element.scrollTop - BEYOND);
    let last = this.rowAtHeight(this.element.scrollTop + view + BEYOND);
    if (this.held) {
      first = Math.min(first, this.first);
      last = Math.max(last, this.last);
    }
    this.first = first;
    this.last = last;
    if (anew) this.clear();
    for (const [at, element] of this.drawn) {
      if (at < first || at > last) {
        element.remove();
        this.drawn.delete(at);
      }
    }
    const fresh = this.addRows(first, last);
    this.measure(fresh, keep);
    this.stage.style.transform = `translateY(${this.tops[first]}px)`;
    if (fresh.length) this.restore();
    else this.placeCaret();
  }

  addRows(first, last) {
    const fresh = [];
    let next = this.stage.firstChild;
    for (let at = first; at <= last; at += 1) {
      const there = this.drawn.get(at);
      if (there) {
        next = there.nextSibling;
        continue;
      }
      const element = this.rowElement(this.rows[at]);
      this.stage.insertBefore(element, next);
      this.drawn.set(at, element);
      fresh.push(at);
    }
    return fresh;
  }

  measure(fresh, keep) {
    let moved = false;
    const measured = fresh.map((at) => this.drawn.get(at).offsetHeight);
    fresh.forEach((at, i) => {
      if (measured[i] && Math.abs(measured[i] - this.heights[at]) > 0.5) {
        this.heights[at] = measured[i];
        moved = true;
      }
    });
    if (!moved) return;
    this.sum();
    const wanted = this.tops[keep.at] + keep.down;
    // what is at the top of the window stays there although rows above turned out taller
    if (Math.abs(wanted - this.element.scrollTop) > 1) this.element.scrollTop = wanted;
  }

  rowElement(row) {
    const { store, texts } = this;
    const marks = marksBetween(store.lanes, row.start, Math.max(row.end, row.start + 1));
    const hits = store.hits.length ? this.hitsIn(row) : [];
    const pieces = piecesOf(row.start, row.end, marks, hits);
    const words = make("div", { class: "cxc-words", lang: store.textLanguage || null });
    const element = make("div", { class: `cxc-row${row.first ? " cxc-first" : ""}` },
      drawStripes(store, row, marks),
      make("div", { class: "cxc-who" }, store.before(row)),
      words,
      drawMarks(store, texts, row, marks));
    drawWords(store, row, pieces, words);
    const deepest = marks.reduce((most, mark) => Math.max(most, mark.lane + 1), 0);
    if (deepest > 2) words.style.lineHeight = `${LINE + (Math.min(deepest, 6) - 2) * 4}px`;
    element.cxRow = row;
    words.cxRow = row;
    return element;
  }

  hitsIn(row) {
    const { hits, hitStarts } = this.store;
    const found = [];
    for (let i = lastAtMost(hitStarts, row.end - 1); i >= 0 && hits[i].end > row.start; i -= 1) found.push(hits[i]);
    return found;
  }

  redraw() {
    this.draw(true);
  }

  // ----- places on the screen

  // the code point of a place in the document tree, or null when it lies elsewhere
  pointOf(node, offset) {
    if (node.nodeType === 3 && node.cxRow) {
      return toPoints(this.store.index, node.cxFrom + offset);
    }
    const element = node.nodeType === 1 ? node : node.parentElement;
    const row = element && element.closest(".cxc-row");
    if (!row || !this.stage.contains(row)) return null;
    const words = row.querySelector(".cxc-words");
    if (words.contains(element)) {
      const child = element.childNodes[offset] || null;
      const text = child && (child.nodeType === 3 ? child : child.firstChild);
      if (text && text.cxRow) return toPoints(this.store.index, text.cxFrom);
      return element === words || !element.lastChild ? row.cxRow.end
        : toPoints(this.store.index, element.lastChild.cxFrom + element.lastChild.length);
    }
    const after = words.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    return after ? row.cxRow.end : row.cxRow.start;
  }

  // the text node and offset of a code point; clamped to the rows that are drawn
  nodeAt(point) {
    let at = rowAtPoint(this.store.rowStarts, point);
    const clampedTo = Math.min(this.last, Math.max(this.first, at));
    const row = this.rows[clampedTo];
    const words = this.drawn.get(clampedTo).querySelector(".cxc-words");
    const wanted = clampedTo < at ? row.end : clampedTo > at ? row.start : Math.min(point, row.end);
    const unit = toUnits(this.store.index, wanted);
    const nodes = words.cxTexts;
    if (!nodes.length) return { node: words, offset: 0, row };
    const found = nodes[Math.max(0, lastAtMost(words.cxFroms, unit))];
    return { node: found, offset: Math.min(found.length, unit - found.cxFrom), row };
  }

  isDrawn(point) {
    return this.drawn.has(rowAtPoint(this.store.rowStarts, point));
  }

  rectAt(point) {
    const { node, offset } = this.nodeAt(point);
    const range = document.createRange();
    if (node.nodeType !== 3) return node.getBoundingClientRect();
    const after = offset < node.length;
    range.setStart(node, after ? offset : Math.max(0, offset - 1));
    range.setEnd(node, after ? offset + 1 : offset);
    const rects = range.getClientRects();
    const rect = after ? rects[rects.length - 1] : rects[rects.length - 1];
    if (!rect) return node.parentElement.getBoundingClientRect();
    return new DOMRect(after ? rect.left : rect.right, rect.top, 0, rect.height);
  }

  pointAtScreen(x, y) {
    if (document.caretPositionFromPoint) {
      const found = document.caretPositionFromPoint(x, y);
      return found && this.element.contains(found.offsetNode) ? this.pointOf(found.offsetNode, found.offset) : null;
    }
    const range = document.caretRangeFromPoint(x, y);
    return range && this.element.contains(range.startContainer)
      ? this.pointOf(range.startContainer, range.startOffset) : null;
  }

  // show the selection of the store as the browser's own
  restore() {
    const { anchor, focus } = this.store.selection;
    const selection = document.getSelection();
    const inside = document.activeElement && this.element.contains(document.activeElement);
    if (!this.held && (inside || (selection.anchorNode && this.element.contains(selection.anchorNode)))) {
      const a = this.nodeAt(anchor);
      const f = this.nodeAt(focus);
      if (selection.anchorNode !== a.node || selection.anchorOffset !== a.offset
          || selection.focusNode !== f.node || selection.focusOffset !== f.offset) {
        selection.setBaseAndExtent(a.node, a.offset, f.node, f.offset);
      }
    }
    this.showAway(this.selectedRange());
    this.placeCaret();
  }

  placeCaret() {
    if (!this.tops) return;
    const { focus } = this.store.selection;
    const at = rowAtPoint(this.store.rowStarts, focus);
    const shown = this.drawn.has(at);
    this.caret.hidden = !shown;
    if (!shown) return;
    const rect = this.rectAt(focus);
    const ground = this.spacer.getBoundingClientRect();
    this.caret.style.transform = `translate(${rect.left - ground.left}px, ${rect.top - ground.top}px)`;
    this.caret.style.height = `${rect.height}px`;
  }

  // bring a place into the window, a third from its top unless it is there already
  reveal(point, always = false) {
    if (!this.tops) return;
    const at = rowAtPoint(this.store.rowStarts, point);
    if (!this.drawn.has(at)) {
      this.element.scrollTop = this.tops[at] - this.element.clientHeight / 3;
      this.draw();
    }
    const view = this.element.getBoundingClientRect();
    const rect = this.rectAt(point);
    if (always || rect.top < view.top + 4 || rect.bottom > view.bottom - 4) {
      const step = always ? rect.top - view.top - view.height / 3
        : rect.top < view.top + 4 ? rect.top - view.top - LINE : rect.bottom - view.bottom + LINE;
      this.element.scrollTop += step;
      this.draw();
    }
  }
}
