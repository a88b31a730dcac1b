// Content analysis: quotations are reduced to cards, cards are grouped into classes of three levels.

import { make, fold, isTyping, withCommand } from "./dom.js";
import { tellFaults } from "./wire.js";
import { Panel, rendering } from "./panel.js";
import { coloursOf } from "./colours.js";
import { colourName } from "./rowmarks.js";
import { nameOfCode } from "./codenames.js";
import { Picker } from "./picker.js";

const ABOVE = { card: "lower", lower: "upper", upper: "main" };
const BELOW = { lower: "card", upper: "lower", main: "upper" };
const MOST_SOURCES = 80;

// the classes of one level as the picker knows codes
class ClassChoice {
  constructor(board, level) {
    this.rows = board.content.classes.filter((c) => c.level === level);
    this.byCode = new Map(this.rows.map((c) => [c.category, { code: c.category, name_fi: c.name }]));
    this.recent = [];
  }

  tree() {
    return [...this.byCode.values()].map((code) => ({ code, level: 1, below: 0, of: this.byCode.size }));
  }

  name(code) {
    const found = this.byCode.get(code);
    return found ? found.name_fi : code;
  }

  path(code) {
    return this.name(code);
  }
}

class Board extends Panel {
  constructor(model, el) {
    super(model);
    this.marked = new Set();
    this.only = "";
    this.unreduced = true;
    this.build(el);
    this.watch();
    this.ask("open_cards", {}).then((answer) => answer && this.root.setAttribute("data-ready", "true"));
  }

  build(el) {
    const { texts } = this;
    const button = (name, sign, key, act) => make("button", { type: "button", title: `${texts(name)} (${key})`, "aria-label": texts(name), onclick: act }, sign);
    this.undo = button("undo", "↶", "Ctrl+Z", () => this.ask("undo", {}));
    this.redo = button("redo", "↷", "Ctrl+Y", () => this.ask("redo", {}));
    this.group = make("button", { type: "button", title: "M", onclick: (event) => this.move(event.currentTarget) }, texts("group_cards"));
    this.progress = make("span", { class: "cxc-count", role: "status" });
    this.codeChoice = make("select", { "aria-label": texts("code"), onchange: () => {
      this.only = this.codeChoice.value;
      this.drawSources();
    } });
    const open = make("input", { type: "checkbox", checked: true, onchange: () => {
      this.unreduced = open.checked;
      this.drawSources();
    } });
    this.sources = make("div", { class: "cxc-source-list" });
    this.board = make("div", { class: "cxc-board", role: "group", "aria-label": texts("classes"),
      onclick: (event) => this.onClick(event), ondragstart: (event) => this.onDragStart(event), ondragover: (event) => this.onDragOver(event),
      ondragleave: () => this.aim(null), ondrop: (event) => this.onDrop(event), ondragend: () => this.aim(null) });
    this.alert = make("div", { class: "cxc-alert", role: "alert", hidden: true });
    this.live = make("div", { class: "cxc-live", "aria-live": "polite" });
    this.status = make("span", { class: "cxc-status" }, texts("opening"));
    this.root = make("div", { class: "cxc cxc-cards", role: "region", "aria-label": texts("content_analysis"), lang: this.language,
      "data-lm-suppress-shortcuts": "true", style: `height:${this.model.get("_height")}px` },
    make("div", { class: "cxc-bar" }, this.progress, make("div", { class: "cxc-buttons" }, this.group, this.undo, this.redo)),
    make("div", { class: "cxc-body" },
      make("section", { class: "cxc-sources", "aria-label": texts("original_expressions") },
        make("div", { class: "cxc-sources-head" }, make("h3", {}, texts("original_expressions")), this.codeChoice,
          make("label", { class: "cxc-check" }, open, texts("only_unreduced"))), this.sources),
      this.board),
    make("div", { class: "cxc-foot" }, make("span", { class: "cxc-hint cxc-recent" }, texts("cards_keys")), this.live, this.alert, this.status));
    el.append(this.root);
    this.root.addEventListener("keydown", tellFaults(this.model, (event) => this.onKey(event)));
  }

  ask(act, fields) {
    return this.send(act, fields, (answer) => this.take(answer.content));
  }

  take(content) {
    this.content = content;
    this.quotes = new Map(content.quotations.map((q) => [q.coding, q]));
    this.byCode = new Map(content.codes.map((code) => [code.code, code]));
    this.colours = coloursOf(content.codes);
    this.reduced = new Map();
    for (const r of content.reductions) this.reduced.set(r.coding, [...(this.reduced.get(r.coding) || []), r]);
    const there = new Set([...content.reductions.map((r) => r.reduction), ...content.classes.map((c) => c.category)]);
    this.marked = new Set([...this.marked].filter((id) => there.has(id)));
    this.paint();
    this.undo.disabled = !content.can_undo;
    this.redo.disabled = !content.can_redo;
    this.drawCodes();
    this.drawSources();
    this.drawBoard();
    this.status.textContent = this.texts("saved");
  }

  // ----- the words that were said

  drawCodes() {
    const used = new Set(this.content.quotations.map((q) => q.code));
    const name = (code) => nameOfCode(this.byCode, code, this.language);
    this.codeChoice.replaceChildren(make("option", { value: "" }, this.texts("all_codes")),
      ...[...used].filter(Boolean).map((code) => make("option", { value: code, selected: code === this.only }, name(code))));
  }

  drawSources() {
    const typing = this.sources.contains(document.activeElement) ? document.activeElement.dataset.coding : null;
    const rows = this.content.quotations.filter((q) => (!this.only || q.code === this.only)
      && (!this.unreduced || !this.reduced.has(q.coding) || q.coding === typing));
    this.sources.replaceChildren(...rows.slice(0, MOST_SOURCES).map((q) => this.source(q)));
    if (rows.length > MOST_SOURCES) this.sources.append(make("p", { class: "cxc-none" }, this.texts("more", { n: rows.length - MOST_SOURCES })));
    if (!rows.length) this.sources.append(make("p", { class: "cxc-none" }, this.texts(this.content.quotations.length ? "all_reduced" : "no_quotations")));
    if (typing) {
      const field = [...this.sources.querySelectorAll("input")].find((input) => input.dataset.coding === typing);
      if (field) field.focus();
    }
  }

  source(q) {
    const input = make("input", { type: "text", maxlength: "200", "data-coding": q.coding, "aria-label": `${this.texts("reduce")}: ${q.quote.slice(0, 60)}`,
      placeholder: this.texts("reduce"), onkeydown: (event) => this.onReduceKey(event, q, input) });
    const own = (this.reduced.get(q.coding) || []).map((r) => make("li", {}, r.reduced));
    return make("div", { class: "cxc-source", style: q.code ? `--cxc-own:var(${colourName(q.code)})` : null },
      make("blockquote", {}, q.quote), make("small", {}, q.title || q.document), own.length ? make("ul", {}, own) : null, input);
  }

  // Enter keeps the card; the next quotation is at hand
  async onReduceKey(event, q, input) {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.stepSource(input, step);
    } else if (event.key === "Enter" && input.value.trim()) {
      event.preventDefault();
      const next = this.neighbour(input, 1);
      if (!await this.ask("add_reduction", { coding: q.coding, reduced: input.value })) return;
      this.say(this.texts("card_made"));
      const others = [...this.sources.querySelectorAll("input")].filter((other) => other.dataset.coding !== q.coding);
      const field = others.find((other) => other.dataset.coding === next) || others[0];
      if (field) field.focus();
      else this.focusTile(0);
      this.drawSources();
    } else if (event.key === "Escape") {
      this.focusTile(0);
    }
  }

  neighbour(input, step) {
    const all = [...this.sources.querySelectorAll("input")];
    const found = all[all.indexOf(input) + step];
    return found ? found.dataset.coding : null;
  }

  stepSource(input, step) {
    const all = [...this.sources.querySelectorAll("input")];
    const next = all[all.indexOf(input) + step];
    if (next) next.focus();
  }

  // ----- the board

  drawBoard() {
    const { content, texts } = this;
    const kept = this.board.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const of = (level) => content.classes.filter((c) => c.level === level);
    const loose = content.reductions.filter((r) => !r.category);
    const part = (title, nodes) => (nodes.length ? [make("h3", {}, title), ...nodes] : []);
    this.board.replaceChildren(
      make("h3", {}, texts("loose_cards", { n: loose.length })),
      make("div", { class: "cxc-loose", "data-drop": "card" }, loose.length ? loose.map((r) => this.tile(r)) : make("span", { class: "cxc-none" }, texts(content.reductions.length ? "no_loose" : "no_cards"))),
      make("div", { class: "cxc-drop", "data-new": "" }, texts("drop_new")),
      ...part(texts("main_classes"), of("main").map((c) => this.box(c))),
      ...part(texts("upper_classes"), of("upper").filter((c) => !c.parent).map((c) => this.box(c))),
      ...part(texts("lower_classes"), of("lower").filter((c) => !c.parent).map((c) => this.box(c))));
    const tiles = this.tiles();
    const now = tiles.find((tile) => tile.dataset.id === kept) || tiles[0];
    for (const tile of tiles) tile.tabIndex = tile === now ? 0 : -1;
    if (kept && now) now.focus();
    this.progress.textContent = texts("cards_count", { said: this.reduced.size, cards: content.reductions.length,
      lower: of("lower").length, upper: of("upper").length, main: of("main").length });
    this.group.disabled = !this.marked.size;
    this.group.textContent = texts("group_cards", { n: this.marked.size });
  }

  tile(r) {
    const q = this.quotes.get(r.coding);
    return make("div", { class: `cxc-tile${this.marked.has(r.reduction) ? " cxc-marked" : ""}`, role: "button", draggable: "true", tabindex: "-1",
      "data-id": r.reduction, "data-kind": "card", "aria-pressed": String(this.marked.has(r.reduction)) },
    make("span", {}, r.reduced), make("q", { title: q ? q.title || q.document : "" }, q ? q.quote : "–"));
  }

  box(c) {
    const { content } = this;
    const inner = c.level === "lower"
      ? [make("div", { class: "cxc-lower-cards" }, content.reductions.filter((r) => r.category === c.category).map((r) => this.tile(r)))]
      : content.classes.filter((b) => b.parent === c.category).map((b) => this.box(b));
    return make("section", { class: `cxc-class cxc-class-${c.level}`, "data-drop": BELOW[c.level], "data-class": c.category, "aria-label": c.name },
      make("div", { class: `cxc-class-head${this.marked.has(c.category) ? " cxc-marked" : ""}`, role: "button", draggable: "true", tabindex: "-1",
        "data-id": c.category, "data-kind": c.level, "aria-pressed": String(this.marked.has(c.category)) },
      make("b", {}, c.name), make("small", {}, `${this.texts(`level_${c.level}`)} · ${this.texts("quotes_count", { n: this.quotesIn(c).size })}`)), ...inner);
  }

  // a class counts the union of its quotations: one that was reduced twice counts once
  quotesIn(c) {
    if (c.level === "lower") return new Set(this.content.reductions.filter((r) => r.category === c.category).map((r) => r.coding));
    return new Set(this.content.classes.filter((b) => b.parent === c.category).flatMap((b) => [...this.quotesIn(b)]));
  }

  tiles() {
    return [...this.board.querySelectorAll("[data-id]")];
  }

  focusTile(at) {
    const tiles = this.tiles();
    const tile = tiles[Math.max(0, Math.min(tiles.length - 1, at))];
    if (!tile) return;
    for (const other of tiles) other.tabIndex = other === tile ? 0 : -1;
    tile.focus();
    tile.scrollIntoView({ block: "nearest" });
  }

  onClick(event) {
    const tile = event.target.closest("[data-id]");
    if (!tile || isTyping(event.target)) return;
    this.focusTile(this.tiles().indexOf(tile));
    this.mark(tile.dataset.id);
  }

  // only things of one kind are marked together, for they go to one place
  mark(id) {
    if (this.marked.has(id)) this.marked.delete(id);
    else {
      const kind = this.kindOf(id);
      this.marked = new Set([...this.marked].filter((other) => this.kindOf(other) === kind));
      this.marked.add(id);
    }
    this.drawBoard();
  }

  kindOf(id) {
    const found = this.content.classes.find((c) => c.category === id);
    return found ? found.level : "card";
  }

  put(ids, into) {
    const kind = this.kindOf(ids[0]);
    this.marked.clear();
    return kind === "card" ? this.ask("group_reductions", { reductions: ids, into }) : this.ask("group_classes", { categories: ids, into });
  }

  make(ids, name) {
    const level = ABOVE[this.kindOf(ids[0])];
    this.marked.clear();
    return this.ask("add_class", { level, name, members: ids });
  }

  chosen() {
    const tile = document.activeElement && document.activeElement.closest ? document.activeElement.closest("[data-id]") : null;
    return this.marked.size ? [...this.marked] : tile && this.board.contains(tile) ? [tile.dataset.id] : [];
  }

  // type-to-search: into a class that is there, or into a new one
  move(at) {
    const ids = this.chosen();
    const level = ids.length ? ABOVE[this.kindOf(ids[0])] : null;
    if (!level) {
      this.fail(this.texts(ids.length ? "main_stays" : "mark_first"));
      return;
    }
    const back = () => this.focusTile(this.tiles().findIndex((tile) => tile.dataset.id === ids[0]));
    const choice = new ClassChoice(this, level);
    new Picker(this.root, choice, this.texts).open({ title: this.texts(`into_${level}`), at: at.getBoundingClientRect(), create: true,
      colourName: () => "--cxc-brand", closed: back,
      chosen: async (into) => {
        await this.put(ids, into);
        back();
      },
      made: async (name) => {
        const same = choice.rows.find((c) => fold(c.name) === fold(name));
        await (same ? this.put(ids, same.category) : this.make(ids, name));
        back();
      } });
  }

  // word a card or a class anew, in its place
  reword(tile) {
    const { id, kind } = tile.dataset;
    const label = tile.querySelector("span, b");
    const input = make("input", { type: "text", class: "cxc-wording", maxlength: "200", value: label.textContent, "aria-label": this.texts("reword") });
    let left = false;
    const leave = async (keep) => {
      if (left) return;
      left = true;
      const words = input.value.trim();
      if (keep && words && words !== label.textContent) {
        await (kind === "card" ? this.ask("change_reduction", { reduction: id, reduced: words }) : this.ask("change_class", { category: id, name: words }));
      }
      this.drawBoard();
      this.focusTile(this.tiles().findIndex((other) => other.dataset.id === id));
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") leave(event.key === "Enter");
    });
    input.addEventListener("blur", () => leave(true));
    label.replaceWith(input);
    input.select();
  }

  remove(tile) {
    const { id, kind } = tile.dataset;
    return kind === "card" ? this.ask("remove_reduction", { reduction: id }) : this.ask("remove_class", { category: id });
  }

  // ----- keys

  onKey(event) {
    this.alert.hidden = true;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isTyping(event.target)) {
      event.stopPropagation();
      return;
    }
    if (withCommand(event) && key === "z") this.ask(event.shiftKey ? "redo" : "undo", {});
    else if (withCommand(event) && key === "y") this.ask("redo", {});
    else if (event.altKey || event.ctrlKey || event.metaKey || !this.onTileKey(event, key)) {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  onTileKey(event, key) {
    const tile = event.target.closest("[data-id]");
    if (!tile || !this.board.contains(tile)) return false;
    const at = this.tiles().indexOf(tile);
    const keys = {
      ArrowRight: () => this.focusTile(at + 1), ArrowDown: () => this.focusTile(at + 1),
      ArrowLeft: () => this.focusTile(at - 1), ArrowUp: () => this.focusTile(at - 1),
      Home: () => this.focusTile(0), End: () => this.focusTile(Infinity),
      " ": () => this.mark(tile.dataset.id), Enter: () => this.move(tile), m: () => this.move(tile),
      o: () => this.chosen().length && this.put(this.chosen(), null),
      F2: () => this.reword(tile), e: () => this.reword(tile), Delete: () => this.remove(tile),
      Escape: () => {
        this.marked.clear();
        this.drawBoard();
      },
    };
    if (!keys[key]) return false;
    keys[key]();
    return true;
  }

  // ----- dragging

  onDragStart(event) {
    const tile = event.target.closest("[data-id]");
    if (!tile) return;
    const { id } = tile.dataset;
    this.dragged = this.marked.has(id) ? [...this.marked] : [id];
    event.dataTransfer.setData("text/plain", id);
    event.dataTransfer.effectAllowed = "move";
  }

  // where what is dragged may go: a class of the level above, out of any, or a new class
  target(event) {
    if (!this.dragged) return null;
    const kind = this.kindOf(this.dragged[0]);
    const fresh = event.target.closest("[data-new]");
    if (fresh) return ABOVE[kind] ? fresh : null;
    for (let at = event.target.closest("[data-drop]"); at; at = at.parentElement.closest("[data-drop]")) {
      if (at.dataset.drop === kind) return at;
    }
    return event.target === this.board && kind !== "main" ? this.board : null;
  }

  aim(element) {
    for (const other of this.root.querySelectorAll(".cxc-aim")) other.classList.remove("cxc-aim");
    if (element) element.classList.add("cxc-aim");
  }

  onDragOver(event) {
    const element = this.target(event);
    this.aim(element);
    if (element) event.preventDefault();
  }

  onDrop(event) {
    const element = this.target(event);
    this.aim(null);
    if (!element) return;
    event.preventDefault();
    const ids = this.dragged;
    this.dragged = null;
    if (element.dataset.new !== undefined) {
      this.marked = new Set(ids);
      this.drawBoard();
      this.move(this.board.querySelector("[data-new]"));
    } else {
      this.put(ids, element.dataset.class || null);
    }
  }
}

export default { render: rendering(Board) };
