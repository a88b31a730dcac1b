// Quotes for readers outside the study: what was replaced, and a person's decision by one key.

import { make, isTyping, withCommand } from "./dom.js";
import { tellFaults } from "./wire.js";
import { difference, removedWords, wordsOf } from "./difference.js";
import { Panel, rendering } from "./panel.js";

const SIGN = { approved: "✓", rejected: "✗" };
const keyOf = (row) => `${row.document}\u0000${row.start}\u0000${row.end}`;

class QuoteReview extends Panel {
  constructor(model, el) {
    super(model);
    this.rows = [];
    this.at = 0;
    this.only = "open";
    this.build(model, el);
    this.watch();
    this.send("open_review", {}).then((answer) => answer && this.load(answer.review));
  }

  build(model, el) {
    const { texts } = this;
    this.list = make("div", { class: "cxc-quotes", role: "listbox", tabindex: "0", "aria-label": texts("quotes"),
      onclick: (event) => this.onListClick(event) });
    this.card = make("div", { class: "cxc-card" });
    this.status = make("span", { class: "cxc-status" }, texts("opening"));
    this.progress = make("span", { class: "cxc-count", role: "status" });
    this.filter = make("select", { "aria-label": texts("show"), onchange: () => {
      this.only = this.filter.value;
      this.choose(0);
    } }, ["open", "all", "approved", "rejected"].map((only) => make("option", { value: only }, texts(`only_${only}`))));
    this.undo = make("button", { type: "button", title: "Ctrl+Z", "aria-label": texts("undo"), onclick: () => this.step("undo") }, "↶");
    this.redo = make("button", { type: "button", title: "Ctrl+Y", "aria-label": texts("redo"), onclick: () => this.step("redo") }, "↷");
    this.live = make("div", { class: "cxc-live", "aria-live": "polite" });
    this.alert = make("div", { class: "cxc-alert", role: "alert", hidden: true });
    this.root = make("div", {
      class: "cxc cxc-review", role: "region", "aria-label": texts("quote_review"), lang: model.get("_language"),
      "data-lm-suppress-shortcuts": "true", style: `height:${model.get("_height")}px`,
    },
    make("div", { class: "cxc-bar" }, this.filter, this.progress, make("div", { class: "cxc-buttons" }, this.undo, this.redo)),
    make("div", { class: "cxc-body" }, this.list, this.card),
    make("div", { class: "cxc-foot" }, make("span", { class: "cxc-recent" }, texts("review_keys")), this.live, this.alert, this.status));
    this.root.addEventListener("keydown", tellFaults(model, (event) => this.onKey(event)));
    el.append(this.root);
  }

  load(review) {
    this.rows = review.candidates;
    this.can = { undo: review.can_undo, redo: review.can_redo };
    this.paint();
    this.draw();
    this.root.setAttribute("data-ready", "true");
  }

  apply(delta) {
    const fresh = new Map(delta.candidates.map((row) => [keyOf(row), row]));
    this.rows = this.rows.map((row) => fresh.get(keyOf(row)) || row);
    this.can = { undo: delta.can_undo, redo: delta.can_redo };
    this.draw();
  }

  // the row just decided stays in view until one moves on, so that the eye keeps its place
  shown() {
    return this.rows.filter((row) => this.only === "all" || (row.state || "open") === this.only
      || (this.stay && keyOf(row) === this.stay));
  }

  now() {
    return this.shown()[this.at];
  }

  draw() {
    const rows = this.shown();
    this.at = Math.max(0, Math.min(this.at, rows.length - 1));
    this.list.replaceChildren(...rows.map((row, i) => make("div", {
      role: "option", id: `cxc-quote-${i}`, "data-at": String(i), "aria-selected": String(i === this.at),
      class: `cxc-quote cxc-is-${row.state || "open"}`,
    }, make("b", { "aria-hidden": "true" }, SIGN[row.state] || "○"), make("span", {}, row.published || row.quote))));
    this.list.setAttribute("aria-activedescendant", rows.length ? `cxc-quote-${this.at}` : "");
    const chosen = this.list.children[this.at];
    if (chosen) chosen.scrollIntoView({ block: "nearest" });
    const done = this.rows.filter((row) => row.state).length;
    this.progress.textContent = this.texts("decided", { n: done, all: this.rows.length });
    this.undo.disabled = !this.can.undo;
    this.redo.disabled = !this.can.redo;
    this.drawCard(rows[this.at]);
  }

  drawCard(row) {
    const { texts } = this;
    if (!row) {
      this.card.replaceChildren(make("p", { class: "cxc-none" }, texts(this.rows.length ? "all_decided" : "no_quotes")));
      return;
    }
    const parts = difference(row.quote, row.published);
    const side = (kinds) => parts.filter((part) => kinds.includes(part.kind)).map((part) => (
      part.kind === "same" ? part.text : make(part.kind === "gone" ? "del" : "ins", {}, part.text)));
    this.wording = make("textarea", { rows: "4", hidden: true, "aria-label": texts("published"), value: row.published });
    this.published = make("p", { class: "cxc-said" }, side(["same", "new"]));
    const facts = [row.title || row.document, row.speaker, row.code_name || row.code, row.stage_name || row.stage, row.note].filter(Boolean);
    this.card.replaceChildren(
      make("p", { class: "cxc-label" }, facts.join(" · ")),
      make("h3", {}, texts("raw_words")), make("p", { class: "cxc-said" }, side(["same", "gone"])),
      make("h3", {}, texts("published")), this.published, this.wording,
      parts.every((part) => part.kind === "same") ? make("p", { class: "cxc-warn" }, `⚠ ${texts("nothing_replaced")}`) : "",
      make("div", { class: "cxc-buttons" },
        this.button("approve", "A", row.state === "approved", () => this.approve()),
        this.button("keep_inside", "R", row.state === "rejected", () => this.reject()),
        this.button("edit", "E", false, () => this.edit()),
        this.button("skip", texts("space"), false, () => this.choose(this.at + 1))));
  }

  button(name, key, pressed, act) {
    return make("button", { type: "button", "aria-pressed": String(pressed), onclick: act }, this.texts(name), " ", make("kbd", {}, key));
  }

  choose(at) {
    const wanted = this.shown()[at];
    this.stay = null;
    const rows = this.shown();
    this.at = wanted ? Math.max(0, rows.indexOf(wanted)) : Math.min(at, rows.length - 1);
    this.draw();
  }

  place(row) {
    return { document: row.document, start: row.start, end: row.end, quote: row.quote };
  }

  async approve() {
    const row = this.now();
    if (!row) return;
    const words = this.wording.hidden ? row.published : this.wording.value.trim();
    const back = this.broughtBack(row, words);
    if (back.length && this.asked !== words) {
      this.asked = words;
      this.fail(this.texts("brought_back", { words: back.join(", ") }));
      return;
    }
    this.asked = null;
    await this.decide("approve_quote", { ...this.place(row), published_text: words }, "approved_said");
  }

  // words that the machine took out and the editor has written again
  broughtBack(row, words) {
    const gone = new Set(removedWords(row.quote, row.proposed || row.published).map((word) => word.toLowerCase()));
    return [...new Set(wordsOf(words).filter((word) => gone.has(word.toLowerCase())))];
  }

  reject() {
    const row = this.now();
    return row ? this.decide("reject_quote", this.place(row), "kept_inside") : null;
  }

  async decide(act, fields, said) {
    const wanted = this.shown()[this.at + 1];
    if (!(await this.send(act, fields))) return;
    this.live.textContent = this.texts(said);
    const rows = this.shown();
    const next = wanted ? rows.findIndex((row) => keyOf(row) === keyOf(wanted)) : rows.length - 1;
    this.at = Math.max(0, next);
    this.draw();
    this.list.focus();
  }

  async step(act) {
    const answer = await this.send(act, {});
    if (!answer) return;
    const [row] = answer.delta.candidates;
    if (row) {
      this.stay = keyOf(row);
      this.at = Math.max(0, this.shown().findIndex((r) => keyOf(r) === keyOf(row)));
      this.draw();
    }
    this.live.textContent = this.texts(act === "undo" ? "undone" : "redone");
  }

  edit() {
    if (!this.now()) return;
    this.wording.hidden = false;
    this.published.hidden = true;
    this.wording.focus();
  }

  onListClick(event) {
    const element = event.target.closest("[data-at]");
    if (element) this.choose(Number(element.dataset.at));
    this.list.focus();
  }

  onKey(event) {
    this.alert.hidden = true;
    const command = withCommand(event);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isTyping(event.target)) {
      event.stopPropagation();
      if (event.target !== this.wording) return;
      if (key === "Escape") this.draw();
      else if (key === "Enter" && command) this.approve();
      else return;
      if (key === "Escape") this.list.focus();
      event.preventDefault();
      return;
    }
    if (event.target.tagName === "BUTTON" && (key === "Enter" || key === " ")) return;
    const acts = command
      ? { z: () => this.step(event.shiftKey ? "redo" : "undo"), y: () => this.step("redo") }
      : {
        a: () => this.approve(), Enter: () => this.approve(), r: () => this.reject(), Delete: () => this.reject(),
        e: () => this.edit(), u: () => this.step("undo"), " ": () => this.choose(this.at + 1),
        ArrowDown: () => this.choose(this.at + 1), ArrowUp: () => this.choose(Math.max(0, this.at - 1)),
        Home: () => this.choose(0), End: () => this.choose(this.shown().length - 1),
      };
    if (key !== "Tab") event.stopPropagation();
    if (!acts[key]) return;
    acts[key]();
    event.preventDefault();
  }
}

export default { render: rendering(QuoteReview) };
