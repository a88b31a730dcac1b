// The panel of hits: what a search is narrowed to, where the words stand, and coding all of them.

import { make } from "./dom.js";

const UNITS = ["words", "sentence", "turn"];

export class HitList {
  // go: {place(hit), run(), pick(at, chosen)}
  constructor(store, texts, desk, go) {
    Object.assign(this, { store, texts, desk, go });
    this.unit = "sentence";
    this.filters = {};
    this.choices = make("details", { class: "cxc-filters" });
    this.bar = make("div", { class: "cxc-buttons" });
    this.list = make("div", { class: "cxc-panel" }, make("p", { class: "cxc-none" }, texts("hits_note")));
    this.element = make("section", { class: "cxc-panel cxc-results", "aria-label": texts("hits") },
      this.choices, this.bar, this.list);
  }

  // the kinds of filter that this study has values for
  kinds() {
    const { store, texts } = this;
    const plain = (values) => (values || []).map((value) => [value, value]);
    return [
      ["phase", texts("phase"), store.phases.map((p) => [p.phase, store.phaseName(p.phase)])],
      ["in_code", texts("code"), store.tree(true).map(({ code, level }) => [code.code, "  ".repeat(level - 1) + store.name(code.code)])],
      ["speaker", texts("speaker"), plain(store.choices.speaker)],
      ["role", texts("role"), plain(store.choices.role)],
      ["respondent", texts("respondent"), plain(store.choices.respondent)],
    ].filter(([, , values]) => values.length);
  }

  drawFilters() {
    if (this.choices.contains(document.activeElement)) return;
    const fields = this.kinds().map(([name, title, values]) => {
      const chosen = this.filters[name] || "";
      const select = make("select", { "data-filter": name, onchange: () => this.narrow(name, select.value) },
        make("option", { value: "" }, this.texts("any")),
        values.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
      return make("label", { class: "cxc-field" }, make("span", { class: "cxc-label" }, title), select);
    });
    const n = Object.keys(this.filters).length;
    this.choices.replaceChildren(make("summary", {}, this.texts("narrow") + (n ? ` (${n})` : "")), make("div", { class: "cxc-filter-fields" }, fields));
  }

  narrow(name, value) {
    if (value) this.filters[name] = value;
    else delete this.filters[name];
    this.choices.querySelector("summary").textContent = this.texts("narrow")
      + (Object.keys(this.filters).length ? ` (${Object.keys(this.filters).length})` : "");
    this.go.run();
  }

  narrowed() {
    return Object.keys(this.filters).length > 0;
  }

  // query: what was searched for, {words, how, …filters}; null when nothing was
  show(query, hits, codable = true) {
    this.query = query;
    this.bar.replaceChildren(query && codable ? make("button", { type: "button", class: "cxc-autocode",
      onclick: (event) => this.go.pick(event.currentTarget, (code) => this.preview(code)) }, this.texts("code_hits")) : "");
    if (!query) this.list.replaceChildren(make("p", { class: "cxc-none" }, this.texts("hits_note")));
    else if (!hits) this.list.replaceChildren();
    else this.list.replaceChildren(...this.rows(hits));
  }

  rows(hits) {
    if (!hits.length) return [make("p", { class: "cxc-none" }, this.texts("hit_count", { n: 0 }))];
    return hits.map((hit) => make("button", {
      type: "button", class: `cxc-result${hit.coded ? " cxc-coded" : ""}`, onclick: () => this.go.place(hit) },
    make("small", {}, hit.title, hit.coded ? ` · ${this.texts("coded_already")}` : ""),
    make("span", {}, `…${hit.before}`, make("mark", {}, hit.words), `${hit.after}…`)));
  }

  // what coding all hits would do; nothing is coded before a person says so
  async preview(code) {
    const fields = { ...this.query, code, unit: this.unit };
    const answer = await this.desk.send("preview_autocode", fields);
    if (!answer) return;
    const { preview } = answer;
    const unit = make("select", { "aria-label": this.texts("unit"), onchange: () => {
      this.unit = unit.value;
      this.preview(code);
    } }, UNITS.map((u) => make("option", { value: u, selected: u === this.unit }, this.texts(`unit_${u}`))));
    const go = make("button", { type: "button", class: "cxc-main", disabled: !preview.fresh,
      onclick: () => this.autocode(fields, preview.fresh) }, this.texts("autocode_do", { n: preview.fresh }));
    this.list.replaceChildren(
      make("p", { class: "cxc-preview", role: "status" }, this.texts("autocode_preview", {
        code: this.store.name(code), n: preview.total, documents: preview.documents.length, old: preview.total - preview.fresh })),
      make("label", { class: "cxc-field" }, make("span", { class: "cxc-label" }, this.texts("unit")), unit),
      make("div", { class: "cxc-buttons" }, go,
        make("button", { type: "button", onclick: () => this.go.run() }, this.texts("cancel"))),
      make("table", { class: "cxc-counts" }, preview.documents.map((d) => make("tr", {},
        make("th", { scope: "row" }, d.title), make("td", {}, String(d.hits))))),
      ...this.rows(preview.hits));
    (preview.fresh ? go : unit).focus();
  }

  async autocode(fields, n) {
    if (!await this.desk.send("autocode", fields)) return;
    this.store.used(fields.code);
    this.store.changed("recent");
    this.desk.tell.say(this.texts("autocoded", { n, code: this.store.name(fields.code) }));
    this.go.run();
  }
}
