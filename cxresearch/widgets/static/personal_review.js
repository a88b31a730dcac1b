// Personal words of a text: each in its place, and a person's decision by one key.

import { make, isTyping, withCommand } from "./dom.js";
import { tellFaults } from "./wire.js";
import { Panel, rendering } from "./panel.js";
import { astralIndex, toPoints, toUnits } from "./points.js";

const KINDS = ["person", "organisation", "place", "name", "phone", "email", "address", "postcode", "birth", "url",
  "handle", "customer_number", "hetu", "personnummer", "iban", "card", "business_id", "plate"];
const SOURCES = { added: "added", code: "code", "known name": "known" };

class PersonalReview extends Panel {
  constructor(model, el) {
    super(model);
    this.words = [];
    this.documents = [];
    this.at = 0;
    this.build(model, el);
    this.watch();
    this.open();
  }

  build(model, el) {
    const { texts } = this;
    this.chooser = make("select", { class: "cxc-document", "aria-label": texts("document"),
      onchange: () => this.open(this.chooser.value) });
    this.reading = make("div", { class: "cxc-reading", role: "document", tabindex: "0", "aria-label": texts("personal_text"),
      onclick: (event) => this.onClick(event), onmouseup: () => this.tellSelection() });
    this.card = make("div", { class: "cxc-side" });
    this.search = make("input", { class: "cxc-search", type: "search", placeholder: texts("find_words"), "aria-label": texts("find_words") });
    this.progress = make("span", { class: "cxc-count", role: "status" });
    this.undo = make("button", { type: "button", title: "Ctrl+Z", "aria-label": texts("undo"), onclick: () => this.step("undo") }, "↶");
    this.redo = make("button", { type: "button", title: "Ctrl+Y", "aria-label": texts("redo"), onclick: () => this.step("redo") }, "↷");
    this.status = make("span", { class: "cxc-status" }, texts("opening"));
    this.live = make("div", { class: "cxc-live", "aria-live": "polite" });
    this.alert = make("div", { class: "cxc-alert", role: "alert", hidden: true });
    this.root = make("div", {
      class: "cxc cxc-personal", role: "region", "aria-label": texts("personal_review"), lang: model.get("_language"),
      "data-lm-suppress-shortcuts": "true", style: `height:${model.get("_height")}px`,
    },
    make("div", { class: "cxc-bar" }, this.chooser, make("div", { class: "cxc-find" }, this.search), this.progress,
      make("div", { class: "cxc-buttons" }, this.undo, this.redo)),
    make("div", { class: "cxc-body" }, this.reading, this.card),
    make("div", { class: "cxc-foot" }, make("span", { class: "cxc-recent" }, texts("personal_keys")), this.live, this.alert, this.status));
    this.root.addEventListener("keydown", tellFaults(model, (event) => this.onKey(event)));
    el.append(this.root);
  }

  async open(document) {
    const answer = await this.send("open_personal", document ? { document } : {});
    if (!answer) return;
    this.at = -1;
    this.apply(answer.review);
    this.toNext(0);
    this.paint();
    this.root.setAttribute("data-ready", "true");
  }

  // whole documents come: decisions of others in the same window are not missed
  apply(content) {
    if (this.document && content.document !== this.document && !this.opening(content)) {
      this.documents = content.documents;
      this.drawBar();
      return;
    }
    const kept = this.words[this.at];
    Object.assign(this, { document: content.document, text: content.text, words: content.words, documents: content.documents });
    this.can = { undo: content.can_undo, redo: content.can_redo };
    this.index = astralIndex(this.text, content.points);
    if (kept) this.at = this.words.findIndex((word) => word.start === kept.start && word.end === kept.end);
    this.sure = false;
    this.draw();
  }

  opening(content) {
    return this.chooser.value === content.document || this.at === -1;
  }

  draw() {
    this.drawBar();
    this.drawText();
    this.drawCard();
  }

  drawBar() {
    const { texts } = this;
    this.chooser.replaceChildren(...this.documents.map((row) => make("option", { value: row.document },
      `${row.reviewed ? "✓ " : ""}${row.title}${row.open ? ` (${row.open})` : ""}`)));
    this.chooser.value = this.document;
    const read = this.documents.filter((row) => row.reviewed).length;
    const decided = this.words.filter((word) => word.state).length;
    this.progress.textContent = `${texts("words_decided", { n: decided, all: this.words.length })} · ${texts("documents_read", { n: read, all: this.documents.length })}`;
    this.undo.disabled = !this.can.undo;
    this.redo.disabled = !this.can.redo;
  }

  drawText() {
    const top = this.reading.scrollTop;
    const pieces = [];
    let at = 0;
    this.words.forEach((word, i) => {
      if (word.start < at) return;
      const [start, end] = [toUnits(this.index, word.start), toUnits(this.index, word.end)];
      pieces.push(this.text.slice(toUnits(this.index, at), start));
      const state = word.state || "undecided";
      pieces.push(make("mark", { class: `cxc-word cxc-word-${state}`, style: "color:inherit", "data-at": String(i),
        title: `${this.texts(`state_${state}`)}: ${word.pseudonym}`, "aria-current": String(i === this.at) },
      this.text.slice(start, end)));
      at = word.end;
    });
    pieces.push(this.text.slice(toUnits(this.index, at)));
    this.reading.replaceChildren(...pieces);
    this.reading.scrollTop = top;
    const now = this.reading.querySelector('[aria-current="true"]');
    if (now) now.scrollIntoView({ block: "nearest" });
  }

  drawCard() {
    const { texts } = this;
    const word = this.words[this.at];
    const open = this.words.filter((one) => !one.state).length;
    const row = this.documents.find((one) => one.document === this.document) || {};
    const parts = word ? this.wordParts(word)
      : [make("p", { class: "cxc-none" }, texts(this.words.length ? "words_done" : "no_words"))];
    this.card.replaceChildren(...parts, make("div", { class: "cxc-finish cxc-stack" },
      open === 0 && word ? make("p", { class: "cxc-none" }, texts("words_done")) : "",
      row.reviewed
        ? this.button("read_again", "", false, () => this.reopenDocument())
        : this.button("mark_read", "F", false, () => this.finish(), "cxc-main"),
      row.reviewed ? make("p", { class: "cxc-none" }, texts("was_read")) : ""));
  }

  wordParts(word) {
    const { texts } = this;
    const source = texts(`source_${SOURCES[word.source] || "machine"}`);
    const kinds = KINDS.includes(word.kind) ? KINDS : [...KINDS, word.kind];
    this.kind = make("select", { "aria-label": texts("kind"), onchange: () => this.decide(word.state === "open" ? "open" : "personal", false) },
      kinds.map((kind) => make("option", { value: kind, selected: kind === word.kind }, texts(`kind_${kind}`))));
    const state = word.state || "undecided";
    return [
      make("p", { class: "cxc-big" }, word.quote),
      make("p", { class: "cxc-label" }, `${texts(`state_${state}`)} · ${texts("found_by", { source })}`),
      make("label", { class: "cxc-field" }, make("span", { class: "cxc-label" }, texts("kind")), this.kind),
      make("p", { class: "cxc-none" }, state === "open" ? "" : texts("replaced_by", { pseudonym: word.pseudonym })),
      make("div", { class: "cxc-stack" },
        this.button("personal", "A", state === "personal", () => this.decide("personal", false)),
        this.button("no_secret", "R", state === "open", () => this.decide("open", false)),
        this.button("personal_everywhere", "⇧A", false, () => this.decide("personal", true)),
        this.button("no_secret_everywhere", "⇧R", false, () => this.decide("open", true)),
        word.mark ? this.button("decide_later", "U", false, () => this.reopen()) : ""),
    ];
  }

  button(name, key, pressed, act, kind = "") {
    return make("button", { type: "button", class: kind, "aria-pressed": String(pressed), onclick: act },
      make("span", {}, this.texts(name)), key ? make("kbd", {}, key) : "");
  }

  choose(at) {
    if (!this.words.length) return;
    this.at = Math.max(0, Math.min(at, this.words.length - 1));
    this.clearSelection();
    this.drawText();
    this.drawCard();
  }

  // the next undecided word from here on, else from the start
  toNext(from) {
    const open = this.words.map((word, i) => (word.state ? -1 : i)).filter((i) => i >= 0);
    const next = open.find((i) => i >= from);
    this.at = next !== undefined ? next : open.length ? open[0] : from > 0 ? -1 : 0;
    if (!open.length && from > 0) this.at = -1;
    this.drawText();
    this.drawCard();
  }

  // code points of what is selected in the text, or null
  selection() {
    const chosen = window.getSelection();
    if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
    const range = chosen.getRangeAt(0);
    if (!this.reading.contains(range.startContainer) || !this.reading.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(this.reading);
    before.setEnd(range.startContainer, range.startOffset);
    let start = before.toString().length;
    let words = range.toString();
    start += words.length - words.trimStart().length;
    words = words.trim();
    if (!words) return null;
    return { start: toPoints(this.index, start), end: toPoints(this.index, start + words.length), quote: words };
  }

  clearSelection() {
    const chosen = window.getSelection();
    if (chosen && this.reading.contains(chosen.anchorNode)) chosen.removeAllRanges();
  }

  tellSelection() {
    const chosen = this.selection();
    if (chosen) this.live.textContent = this.texts("selected_words", { words: chosen.quote.slice(0, 60) });
  }

  async decide(state, everywhere) {
    const chosen = this.selection();
    const word = chosen || this.words[this.at];
    if (!word) {
      this.fail(this.texts("nothing_chosen"));
      return;
    }
    const kind = chosen ? "person" : this.kind.value;
    const from = this.at;
    const { start, end, quote } = word;
    const answer = await this.send("decide_passages", { document: this.document, start, end, quote, kind, state, everywhere });
    if (!answer) return;
    this.clearSelection();
    this.live.textContent = `${this.texts(`state_${state}`)}: ${quote.slice(0, 60)}`;
    const place = this.words.findIndex((one) => one.start === start && one.end === end);
    this.toNext(chosen ? Math.max(0, from) : place + 1);
    this.reading.focus();
  }

  async reopen() {
    const word = this.words[this.at];
    if (word && word.mark) await this.send("reopen_passages", { document: this.document, marks: [word.mark] });
  }

  async finish() {
    const open = this.words.filter((word) => !word.state).length;
    if (open && !this.sure) {
      this.sure = true;
      this.fail(this.texts("undecided_left", { n: open }));
      return;
    }
    if (!(await this.send("finish_review", { document: this.document }))) return;
    this.live.textContent = this.texts("was_read");
    const waiting = this.documents.find((row) => !row.reviewed);
    if (waiting) {
      await this.open(waiting.document);
      this.reading.scrollTop = 0;
    }
    this.reading.focus();
  }

  async reopenDocument() {
    await this.send("reopen_review", { document: this.document });
  }

  async step(act) {
    const answer = await this.send(act, { document: this.document });
    if (answer) this.live.textContent = this.texts(act === "undo" ? "undone" : "redone");
    if (this.at < 0) this.toNext(0);
  }

  // select the next place of typed words, so that A takes them
  find() {
    const wanted = this.search.value.trim();
    if (!wanted) return;
    const from = this.hit && this.hit.wanted === wanted ? this.hit.at + 1 : 0;
    const low = this.text.toLowerCase();
    let at = low.indexOf(wanted.toLowerCase(), from);
    if (at < 0) at = low.indexOf(wanted.toLowerCase());
    if (at < 0) {
      this.fail(this.texts("words_not_here"));
      return;
    }
    this.hit = { wanted, at };
    const range = document.createRange();
    const [first, last] = [this.place(at), this.place(at + wanted.length)];
    range.setStart(first.node, first.offset);
    range.setEnd(last.node, last.offset);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
    const box = range.startContainer.parentElement;
    if (box !== this.reading) box.scrollIntoView({ block: "center" });
    else this.reading.scrollTop += range.getBoundingClientRect().top - this.reading.getBoundingClientRect().top - this.reading.clientHeight / 2;
    this.reading.focus({ preventScroll: true });
    this.tellSelection();
  }

  place(unit) {
    const walker = document.createTreeWalker(this.reading, NodeFilter.SHOW_TEXT);
    let left = unit;
    let node = walker.nextNode();
    while (node && left > node.data.length) {
      left -= node.data.length;
      node = walker.nextNode();
    }
    return { node, offset: left };
  }

  onClick(event) {
    const element = event.target.closest("[data-at]");
    if (element && !this.selection()) this.choose(Number(element.dataset.at));
  }

  onKey(event) {
    this.alert.hidden = true;
    const command = withCommand(event);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isTyping(event.target)) {
      event.stopPropagation();
      if (event.target !== this.search) return;
      if (key === "Enter") this.find();
      else if (key === "Escape") this.reading.focus();
      else return;
      event.preventDefault();
      return;
    }
    if (event.target.tagName === "BUTTON" && (key === "Enter" || key === " ")) return;
    const everywhere = event.shiftKey;
    const acts = command
      ? { z: () => this.step(event.shiftKey ? "redo" : "undo"), y: () => this.step("redo") }
      : {
        a: () => this.decide("personal", everywhere), Enter: () => this.decide("personal", everywhere),
        r: () => this.decide("open", everywhere), Delete: () => this.decide("open", everywhere),
        u: () => this.reopen(), f: () => this.finish(), "/": () => this.search.focus(),
        " ": () => (everywhere ? this.choose(this.at - 1) : this.choose(this.at + 1)),
        ArrowDown: () => this.choose(this.at + 1), ArrowRight: () => this.choose(this.at + 1),
        ArrowUp: () => this.choose(this.at - 1), ArrowLeft: () => this.choose(this.at - 1),
        Home: () => this.choose(0), End: () => this.choose(this.words.length - 1),
      };
    // Shift with arrows selects words, as everywhere
    if (event.shiftKey && (key.startsWith("Arrow") || key === "Home" || key === "End")) return;
    if (key !== "Tab") event.stopPropagation();
    if (!acts[key]) return;
    acts[key]();
    event.preventDefault();
  }
}

export default { render: rendering(PersonalReview) };
