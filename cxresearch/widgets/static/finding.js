// The coder's own search: the browser's would find only the rows that are drawn.

import { make } from "./dom.js";
import { HitList } from "./hitlist.js";
import { toPoints } from "./points.js";

const MOST_HITS = 5000;

function expression(words, how) {
  const plain = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  return new RegExp(how === "regex" ? words : plain, "giu");
}

// places of words in the document, as code points
export function hitsOf(store, words, how) {
  const hits = [];
  for (const found of store.text.matchAll(expression(words, how))) {
    if (!found[0].length) continue;
    const start = toPoints(store.index, found.index);
    hits.push({ start, end: toPoints(store.index, found.index + found[0].length) });
    if (hits.length === MOST_HITS) break;
  }
  return hits;
}

export class Finding {
  constructor(store, texts, desk, go) {
    Object.assign(this, { store, texts, desk, go });
    this.input = make("input", {
      type: "search", class: "cxc-search", placeholder: texts("search"), "aria-label": texts("search"),
      oninput: () => this.soon(), onkeydown: (event) => this.onKey(event),
    });
    this.how = make("select", { "aria-label": texts("search_how"), onchange: () => this.run() },
      ["exact", "lemma", "regex"].map((how) => make("option", { value: how }, texts(`how_${how}`))));
    this.where = make("select", { "aria-label": texts("search_where"), onchange: () => this.run() },
      ["document", "study"].map((where) => make("option", { value: where }, texts(`in_${where}`))));
    this.count = make("span", { class: "cxc-count", role: "status" });
    this.element = make("div", { class: "cxc-find", role: "search" }, this.input, this.how, this.where,
      make("button", { type: "button", title: texts("previous_hit"), "aria-label": texts("previous_hit"), onclick: () => this.step(-1) }, "↑"),
      make("button", { type: "button", title: texts("next_hit"), "aria-label": texts("next_hit"), onclick: () => this.step(1) }, "↓"),
      this.count);
    this.results = new HitList(store, texts, desk, { place: go.place, pick: go.pick, run: () => this.run() });
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), 180);
  }

  onKey(event) {
    event.stopPropagation();
    if (event.key === "Enter") {
      clearTimeout(this.timer);
      if (this.ran === this.query()) this.step(event.shiftKey ? -1 : 1);
      else this.run();
    } else if (event.key === "Escape") {
      this.input.value = "";
      this.run();
      this.go.back();
    } else return;
    event.preventDefault();
  }

  query() {
    return `${this.how.value}/${this.where.value}/${JSON.stringify(this.results.filters)}/${this.input.value}`;
  }

  // lemmas and the whole study are Python's to search
  async run() {
    const words = this.input.value.trim();
    const how = this.how.value;
    const study = this.where.value === "study";
    this.ran = this.query();
    if (!words) {
      this.results.show(null);
      return this.show([]);
    }
    const asked = { words, how, ...this.results.filters, ...(study || this.store.columns ? {} : { document: this.store.document }) };
    if (how !== "lemma" && !study && !this.results.narrowed()) {
      try {
        const hits = hitsOf(this.store, words, how);
        this.results.show(asked, null, !this.store.columns);
        return this.show(hits);
      } catch (fault) {
        if (!(fault instanceof SyntaxError)) throw fault;
        this.show([]);
        this.count.textContent = this.texts("bad_regex");
        return null;
      }
    }
    const answer = await this.desk.send("find", asked);
    if (!answer || this.ran !== this.query()) return null;
    const own = answer.hits.map((hit) => this.store.placeOf(hit)).filter(Boolean);
    // the comments of a grid are no one document: coding all hits there means the whole study
    this.results.show(asked, study ? answer.hits : answer.hits.filter((hit) => this.store.placeOf(hit)), study || !this.store.columns);
    if (study || this.results.narrowed()) this.go.results();
    return this.show(own, study ? answer.hits.length : null);
  }

  show(hits, all = null) {
    const { store } = this;
    store.hits = [...hits].sort((a, b) => a.start - b.start);
    store.hitStarts = Uint32Array.from(store.hits, (hit) => hit.start);
    store.hitAt = -1;
    store.changed("hits");
    this.count.textContent = this.input.value.trim() ? this.texts("hit_count", { n: all ?? hits.length }) : "";
    if (hits.length) this.step(1, true);
    return null;
  }

  // the next hit; at first the one after the caret
  step(by, first = false) {
    const { store } = this;
    if (!store.hits.length) return;
    if (first || store.hitAt < 0) {
      const after = store.hits.findIndex((hit) => hit.start >= store.selection.focus);
      store.hitAt = after < 0 ? 0 : after;
    } else {
      store.hitAt = (store.hitAt + by + store.hits.length) % store.hits.length;
    }
    const hit = store.hits[store.hitAt];
    this.count.textContent = `${store.hitAt + 1} / ${store.hits.length}`;
    store.selection = { anchor: hit.start, focus: hit.end };
    store.changed("selection", "hits", "reveal");
  }
}
