// Two coders side by side: one key settles each disagreement, both originals stay.

import { make, isTyping, withCommand } from "./dom.js";
import { tellFaults } from "./wire.js";
import { Panel, rendering } from "./panel.js";
import { astralIndex, toPoints, toUnits } from "./points.js";
import { coloursOf } from "./colours.js";
import { colourName, valenceSign } from "./rowmarks.js";
import { nameOfCode, pathOfCode } from "./codenames.js";

const AROUND = 220;
const SIDES = ["left", "right"];
const KINDS = { same: "=", facets: "≈", place: "↔", code: "≠", alone: "○" };
const NEAR_WORD = /[\p{L}\p{N}\p{M}'’]+/gu;

class Settling extends Panel {
  constructor(model, el) {
    super(model);
    this.at = 0;
    this.onlyOpen = false;
    this.build(el);
    this.watch();
    this.ask("open_adjudication", {}).then((answer) => answer && this.root.setAttribute("data-ready", "true"));
  }

  build(el) {
    const { texts } = this;
    this.choice = make("select", { class: "cxc-document", "aria-label": texts("document"),
      onchange: () => this.ask("open_adjudication", { document: this.choice.value }) });
    this.progress = make("span", { class: "cxc-count", role: "status" });
    this.agreed = make("button", { type: "button", onclick: () => this.takeAgreed() });
    const open = make("input", { type: "checkbox", onchange: () => this.filter(open.checked) });
    const button = (name, sign, key, act) => make("button", { type: "button", title: `${texts(name)} (${key})`, "aria-label": texts(name), onclick: act }, sign);
    this.undo = button("undo", "↶", "Ctrl+Z", () => this.ask("undo", {}));
    this.redo = button("redo", "↷", "Ctrl+Y", () => this.ask("redo", {}));
    this.list = make("div", { class: "cxc-quotes", role: "listbox", tabindex: "0", "aria-label": texts("differences") });
    this.card = make("div", { class: "cxc-card", tabindex: "-1" });
    this.alert = make("div", { class: "cxc-alert", role: "alert", hidden: true });
    this.status = make("span", { class: "cxc-status" }, texts("opening"));
    this.root = make("div", { class: "cxc", role: "region", "aria-label": texts("adjudication"), lang: this.language,
      "data-lm-suppress-shortcuts": "true", style: `height:${this.model.get("_height")}px` },
    make("div", { class: "cxc-bar" }, this.choice, make("label", { class: "cxc-check" }, open, texts("only_unsettled")), this.progress,
      make("div", { class: "cxc-buttons" }, this.agreed, this.undo, this.redo)),
    make("div", { class: "cxc-body" }, this.list, this.card),
    make("div", { class: "cxc-foot" }, make("span", { class: "cxc-hint" }, texts("adjudication_keys")), this.alert, this.status));
    this.root.addEventListener("keydown", tellFaults(this.model, (event) => this.onKey(event)));
    el.append(this.root);
  }

  ask(act, fields) {
    return this.send(act, fields, (answer) => {
      if (answer.documents) this.documents = answer.documents;
      this.take(answer.content);
    });
  }

  take(content) {
    const other = !this.content || this.content.document !== content.document;
    const now = other ? null : this.shown[this.at];
    this.content = content;
    this.index = astralIndex(content.text, content.points);
    this.byCode = new Map(content.codes.map((code) => [code.code, code]));
    this.colours = coloursOf(content.codes);
    this.edited = null;
    this.paint();
    this.choice.replaceChildren(...this.documents.map((d) => make("option", { value: d.document, selected: d.document === content.document }, d.title)));
    this.arrange(now);
    this.status.textContent = this.texts("saved");
  }

  filter(onlyOpen) {
    this.onlyOpen = onlyOpen;
    this.arrange(this.shown[this.at]);
  }

  // the cases that are shown; the one that was chosen stays chosen where it can
  arrange(now) {
    this.shown = this.content.cases.filter((c) => !this.onlyOpen || !c.settled);
    const key = (c) => [...c.left, ...c.right].join("|");
    const at = now ? this.shown.findIndex((c) => key(c) === key(now)) : this.shown.findIndex((c) => !c.settled);
    this.at = Math.max(0, at >= 0 ? at : Math.min(this.at, this.shown.length - 1));
    this.draw();
  }

  draw() {
    const { content, texts } = this;
    const settled = content.cases.filter((c) => c.settled).length;
    this.progress.textContent = texts("settled_count", { n: settled, all: content.cases.length });
    const agreed = this.openAgreed().length;
    this.agreed.textContent = texts("take_agreed", { n: agreed });
    this.agreed.disabled = !agreed;
    this.undo.disabled = !content.can_undo;
    this.redo.disabled = !content.can_redo;
    this.list.replaceChildren(...this.shown.map((c, i) => this.line(c, i)));
    if (!this.shown.length) this.list.append(make("p", { class: "cxc-none" }, texts("all_decided")));
    this.drawCard();
  }

  line(c, i) {
    const first = content0(this.content, c);
    const names = [...new Set([...c.left, ...c.right].map((id) => this.content.codings[id].code))];
    return make("div", { class: `cxc-quote${c.settled ? " cxc-is-approved" : ""}`, role: "option", id: `cxc-case-${i}`,
      "aria-selected": String(i === this.at), title: this.texts(`case_${c.kind}`), onclick: () => this.choose(i) },
    make("b", { "aria-label": this.texts(c.settled ? "settled" : `case_${c.kind}`) }, c.settled ? "✓" : KINDS[c.kind]),
    make("span", {}, names.map((name) => this.chip(name)), ` ${this.words(first.start, first.end).slice(0, 90)}`));
  }

  chip(code) {
    return make("i", { class: "cxc-chip", style: `background:var(${colourName(code)})`, title: pathOfCode(this.byCode, code, this.language) });
  }

  choose(i) {
    this.at = Math.max(0, Math.min(this.shown.length - 1, i));
    this.edited = null;
    [...this.list.children].forEach((element, n) => element.setAttribute && element.setAttribute("aria-selected", String(n === this.at)));
    const element = this.list.children[this.at];
    if (element && element.scrollIntoView) element.scrollIntoView({ block: "nearest" });
    this.list.setAttribute("aria-activedescendant", `cxc-case-${this.at}`);
    this.drawCard();
  }

  words(start, end) {
    return this.content.text.slice(toUnits(this.index, start), toUnits(this.index, end));
  }

  drawCard() {
    const c = this.shown[this.at];
    if (!c) {
      this.card.replaceChildren();
      return;
    }
    const { texts } = this;
    const button = (key, name, act, main) => make("button", { type: "button", class: main ? "cxc-main" : null, onclick: act }, make("kbd", {}, key), ` ${texts(name)}`);
    this.card.replaceChildren(
      make("p", { class: "cxc-label" }, texts(`case_${c.kind}`), c.settled ? ` · ${texts("settled")}` : ""),
      this.passage(c),
      make("div", { class: "cxc-two" }, SIDES.map((side, n) => this.side(c, side, this.content.coders[n]))),
      make("div", { class: "cxc-buttons" },
        button("←", "take_left", () => this.settle("left"), c.left.length && !c.settled),
        button("→", "take_right", () => this.settle("right"), c.right.length && !c.left.length && !c.settled),
        button("B", "take_both", () => this.settle("both")),
        button("N", "take_none", () => this.settle("none")),
        button("E", "edit", () => this.edit())),
      this.edited ? this.form() : "",
      this.result(c));
  }

  // the words around, with what each has coded drawn under them
  passage(c) {
    const range = this.edited || c;
    const from = Math.max(0, Math.min(range.start, c.start) - AROUND);
    const to = Math.min(this.content.points, Math.max(range.end, c.end) + AROUND);
    const marks = this.edited ? [{ ...this.edited, side: "edit" }]
      : SIDES.flatMap((side) => c[side].map((id) => ({ ...this.content.codings[id], side })));
    const cuts = [...new Set([from, to, ...marks.flatMap((m) => [m.start, m.end])])].filter((p) => p >= from && p <= to).sort((a, b) => a - b);
    const pieces = cuts.slice(0, -1).map((start, i) => {
      const on = marks.filter((m) => m.start <= start && m.end >= cuts[i + 1]);
      const text = this.words(start, cuts[i + 1]);
      if (!on.length) return text;
      return make("span", { class: on.map((m) => `cxc-by-${m.side}`).join(" "), style: `--cxc-own:var(${colourName(on[0].code)})` }, text);
    });
    this.passageFrom = from;
    this.said = make("p", { class: "cxc-said cxc-passage" }, from > 0 ? "…" : "", ...pieces, to < this.content.points ? "…" : "");
    return this.said;
  }

  side(c, side, coder) {
    const rows = c[side].map((id) => this.facts(this.content.codings[id]));
    return make("section", { class: `cxc-side-card cxc-side-${side}`, "aria-label": coder },
      make("h3", {}, coder), ...(rows.length ? rows : [make("p", { class: "cxc-none" }, this.texts("not_coded"))]));
  }

  facts(row) {
    const phase = this.content.phases.find((p) => p.phase === row.phase);
    const facets = [phase ? phase[this.language] || phase.en : "", valenceSign(row.valence)].filter(Boolean).join(" · ");
    return make("div", { class: "cxc-facts" },
      make("div", { class: "cxc-head" }, make("i", { style: `background:var(${colourName(row.code)})` }),
        make("b", { title: pathOfCode(this.byCode, row.code, this.language) }, nameOfCode(this.byCode, row.code, this.language)),
        facets ? make("small", {}, facets) : null),
      make("blockquote", {}, this.words(row.start, row.end)),
      row.memo ? make("p", { class: "cxc-none" }, `✎ ${row.memo}`) : null);
  }

  result(c) {
    if (!c.settled) return "";
    const rows = c.consensus.map((id) => this.content.consensus[id]).filter(Boolean).map((row) => this.facts(row));
    return make("section", { class: "cxc-side-card cxc-consensus", "aria-label": this.texts("consensus") },
      make("h3", {}, this.texts("consensus")), ...(rows.length ? rows : [make("p", { class: "cxc-none" }, this.texts("nothing_kept"))]));
  }

  openAgreed() {
    return this.content.cases.filter((c) => c.kind === "same" && !c.settled);
  }

  takeAgreed() {
    const take = this.openAgreed().flatMap((c) => [...c.left, ...c.right]);
    if (take.length) this.ask("adjudicate", { take, drop: [] });
  }

  async settle(how) {
    const c = this.shown[this.at];
    if (!c) return;
    const all = [...c.left, ...c.right];
    const take = how === "both" ? all : how === "none" ? [] : c[how];
    if (how !== "none" && !take.length) {
      this.fail(this.texts("not_coded"));
      return;
    }
    if (await this.ask("adjudicate", { take, drop: all.filter((id) => !take.includes(id)) })) this.goOn();
  }

  nextOpen(step) {
    const n = this.shown.length;
    for (let i = 1; i <= n; i += 1) {
      const at = (this.at + step * i + n * i) % n;
      if (!this.shown[at].settled) {
        this.choose(at);
        return;
      }
    }
    this.drawCard();
  }

  // a coding of one of them, to be changed before it goes to the consensus
  edit() {
    const c = this.shown[this.at];
    if (!c) return;
    const base = this.content.codings[c.left[0] || c.right[0]];
    this.edited = { base: base.coding, start: base.start, end: base.end, code: base.code, phase: base.phase ?? null, valence: base.valence ?? null };
    this.drawCard();
    this.card.querySelector(".cxc-form select").focus();
  }

  form() {
    const { texts, edited, content } = this;
    const select = (name, options) => {
      const element = make("select", { "data-field": name, onchange: () => {
        edited[name] = element.value === "" ? null : name === "valence" ? Number(element.value) : element.value;
      } }, options.map(([value, text]) => make("option", { value, selected: String(edited[name] ?? "") === String(value) }, text)));
      return make("label", { class: "cxc-field" }, make("span", { class: "cxc-label" }, texts(name)), element);
    };
    const step = (which, by, sign) => make("button", { type: "button", title: texts(`${which}_by_word`), "aria-label": `${texts(`${which}_by_word`)} ${sign}`,
      onclick: () => this.border(which, by) }, sign);
    return make("div", { class: "cxc-form" },
      select("code", content.codes.map((code) => [code.code, nameOfCode(this.byCode, code.code, this.language)])),
      content.phases.length ? select("phase", [["", texts("no_phase")], ...content.phases.map((p) => [p.phase, p[this.language] || p.en])]) : "",
      select("valence", [["", "–"], ...[-2, -1, 0, 1, 2].map((v) => [v, `${v} ${texts(`valence_${v}`)}`])]),
      make("div", { class: "cxc-field" }, make("span", { class: "cxc-label" }, texts("borders")),
        make("div", { class: "cxc-choices" }, step("start", -1, "⇤"), step("start", 1, "↦"), step("end", -1, "↤"), step("end", 1, "⇥"),
          make("button", { type: "button", onclick: () => this.fromSelection() }, texts("from_selection")))),
      make("div", { class: "cxc-buttons" },
        make("button", { type: "button", class: "cxc-main", onclick: () => this.saveEdited() }, make("kbd", {}, "Ctrl+Enter"), ` ${texts("save_consensus")}`),
        make("button", { type: "button", onclick: () => this.leaveForm() }, texts("cancel"))));
  }

  leaveForm() {
    this.edited = null;
    this.drawCard();
    this.list.focus();
  }

  border(which, by) {
    const { edited, index, content } = this;
    const places = [...content.text.matchAll(NEAR_WORD)].map((w) => toPoints(index, which === "start" ? w.index : w.index + w[0].length));
    const next = by > 0 ? places.find((p) => p > edited[which]) : places.findLast((p) => p < edited[which]);
    const range = { start: edited.start, end: edited.end, [which]: next ?? edited[which] };
    if (range.start < range.end) Object.assign(edited, range);
    this.said.replaceWith(this.passage(this.shown[this.at]));
  }

  // the words selected in the passage become the quotation
  fromSelection() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed || !this.said.contains(selection.anchorNode) || !this.said.contains(selection.focusNode)) {
      this.fail(this.texts("select_in_passage"));
      return;
    }
    const range = selection.getRangeAt(0);
    const before = document.createRange();
    before.setStart(this.said, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const extra = this.passageFrom > 0 ? 1 : 0;
    const start = this.passageFrom + Math.max(0, [...before.toString()].length - extra);
    const end = Math.min(this.content.points, start + [...range.toString()].length);
    Object.assign(this.edited, { start, end });
    this.said.replaceWith(this.passage(this.shown[this.at]));
  }

  async saveEdited() {
    const c = this.shown[this.at];
    const { base, ...changes } = this.edited;
    const drop = [...c.left, ...c.right].filter((id) => id !== base);
    if (await this.ask("adjudicate", { take: [base], drop, ...changes })) {
      this.goOn();
      this.list.focus();
    }
  }

  // where settled ones are hidden, the next one has moved up already
  goOn() {
    const c = this.shown[this.at];
    if (c && !c.settled) this.choose(this.at);
    else this.nextOpen(1);
  }

  onKey(event) {
    this.alert.hidden = true;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (this.edited && event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.saveEdited();
    else if (event.key === "Escape") this.leaveForm();
    else if (withCommand(event) && key === "z") this.ask(event.shiftKey ? "redo" : "undo", {});
    else if (withCommand(event) && key === "y") this.ask("redo", {});
    else if (isTyping(event.target) || event.altKey || event.ctrlKey || event.metaKey || this.edited) {
      event.stopPropagation();
      return;
    } else if (!this.onPlainKey(key, event)) {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  onPlainKey(key, event) {
    const keys = {
      ArrowDown: () => this.choose(this.at + 1), ArrowUp: () => this.choose(this.at - 1),
      Home: () => this.choose(0), End: () => this.choose(this.shown.length - 1),
      ArrowLeft: () => this.settle("left"), ArrowRight: () => this.settle("right"),
      b: () => this.settle("both"), n: () => this.settle("none"), e: () => this.edit(),
    };
    if (key === " " && event.target.tagName !== "BUTTON") this.nextOpen(event.shiftKey ? -1 : 1);
    else if (keys[key]) keys[key]();
    else return false;
    return true;
  }
}

function content0(content, c) {
  return content.codings[c.left[0] || c.right[0]];
}

export default { render: rendering(Settling) };
