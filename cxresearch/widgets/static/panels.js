// The panels at the side: the active coding, the code chosen in the tree, memos.

import { make } from "./dom.js";
import { toUnits } from "./points.js";
import { colourName, valenceSign } from "./rowmarks.js";

const SHORT = 220;

export function quoteOf(store, mark) {
  const { index, text } = store;
  const words = text.slice(toUnits(index, mark.start), toUnits(index, mark.end));
  return words.length > SHORT ? `${words.slice(0, SHORT)}…` : words;
}

// a group of buttons of which at most one is pressed
function choices(label, options, chosen, choose) {
  return make("div", { class: "cxc-field", role: "group", "aria-label": label },
    make("span", { class: "cxc-label" }, label),
    make("div", { class: "cxc-choices" }, options.map(({ value, text, title, key }) => make("button", {
      type: "button", "aria-pressed": String(value === chosen), title: key ? `${title || text} (${key})` : title,
      onclick: () => choose(value),
    }, text))));
}

export class CodingPanel {
  constructor(store, texts, desk, ask) {
    Object.assign(this, { store, texts, desk, ask });
    this.element = make("section", { class: "cxc-panel", "aria-label": texts("coding") });
  }

  draw() {
    const { store, texts } = this;
    const typing = document.activeElement;
    if (typing && typing.tagName === "TEXTAREA" && this.element.contains(typing)
        && typing.dataset.mark === store.active) return;
    const mark = store.activeMark();
    const body = !mark ? [this.emptyNote()] : mark.suggested ? this.suggestion(mark) : this.coding(mark);
    this.element.replaceChildren(...body, ...this.others(mark));
  }

  emptyNote() {
    const place = this.desk.selected();
    const note = place ? "selected_note" : "nothing_note";
    return make("div", {}, make("p", { class: "cxc-none" }, this.texts(note, { n: place ? [...place.quote].length : 0 })),
      this.store.phases.length ? choices(this.texts("phase_new"), this.phaseOptions(), this.store.phaseForNew,
        (phase) => this.desk.setPhaseForNew(phase === this.store.phaseForNew ? null : phase)) : null);
  }

  phaseOptions() {
    return this.store.phases.map((p, i) => ({
      value: p.phase, text: this.store.phaseName(p.phase), key: `Alt+${i + 1}` }));
  }

  head(mark) {
    return make("div", { class: "cxc-head" },
      make("i", { style: `background:var(${colourName(mark.code)})` }),
      make("b", { title: this.store.path(mark.code) }, this.store.name(mark.code)),
      mark.coder ? make("small", {}, mark.coder) : null);
  }

  coding(mark) {
    const { texts, desk } = this;
    const valences = [-2, -1, 0, 1, 2].map((v, i) => ({
      value: v, text: valenceSign(v), title: texts(`valence_${v}`), key: `⇧${i + 1}` }));
    const memo = make("textarea", {
      rows: "3", "data-mark": mark.id, "aria-label": texts("memo_coding"), placeholder: texts("memo_coding"),
      value: mark.memo || "",
      onchange: (event) => desk.send("change_coding", { coding: mark.id, memo: event.target.value || null }),
    });
    return [
      this.head(mark),
      make("blockquote", {}, quoteOf(this.store, mark)),
      this.store.phases.length ? choices(texts("phase"), this.phaseOptions(), mark.phase, (p) => desk.setPhase(p)) : "",
      choices(texts("valence"), valences, mark.valence, (v) => desk.setValence(v)),
      memo,
      make("div", { class: "cxc-buttons" },
        make("button", { type: "button", "aria-pressed": String(Boolean(mark.important)), title: `${texts("important")} (*)`, onclick: () => desk.toggleImportant() }, "★"),
        make("button", { type: "button", title: "⇧R", onclick: (e) => this.ask.recode(e.target) }, texts("recode")),
        make("button", { type: "button", title: "Delete", onclick: () => desk.removeActive() }, texts("remove"))),
    ];
  }

  suggestion(mark) {
    const { texts, desk } = this;
    return [
      this.head(mark),
      make("p", { class: "cxc-none" }, texts("suggested", {
        n: mark.score === undefined ? "–" : Math.round(mark.score * 100), rule: mark.rule || "" })),
      make("blockquote", {}, quoteOf(this.store, mark)),
      make("div", { class: "cxc-buttons" },
        make("button", { type: "button", class: "cxc-main", title: "Enter", onclick: () => desk.decide(true) }, texts("accept")),
        make("button", { type: "button", title: "Delete", onclick: () => desk.decide(false) }, texts("reject")),
        make("button", { type: "button", onclick: () => desk.next(1) }, texts("skip"))),
    ];
  }

  // what else is coded at the caret
  others(mark) {
    const point = mark ? mark.start : this.store.selection.focus;
    const found = this.store.marksAt(point).filter((m) => m !== mark).slice(0, 12);
    if (!found.length) return [];
    return [make("div", { class: "cxc-others" },
      make("span", { class: "cxc-label" }, this.texts("also_here")),
      found.map((m) => make("button", {
        type: "button", class: `cxc-name${m.suggested ? " cxc-guess" : ""}`, style: `--cxc-own:var(${colourName(m.code)})`,
        title: this.store.path(m.code), onclick: () => this.store.activate(m.id),
      }, make("i", {}), make("span", {}, this.store.name(m.code)))))];
  }
}

const CODE_FIELDS = ["definition", "include", "exclude", "example"];

export class CodePanel {
  constructor(store, texts, desk, ask) {
    Object.assign(this, { store, texts, desk, ask });
    this.code = null;
    this.element = make("section", { class: "cxc-panel", "aria-label": texts("code") });
  }

  show(code) {
    this.code = code;
    this.draw();
  }

  draw() {
    if (this.element.contains(document.activeElement) && document.activeElement.matches("input, textarea")) return;
    const code = this.store.byCode.get(this.code);
    this.element.replaceChildren(...(code ? this.form(code) : [make("p", { class: "cxc-none" }, this.texts("choose_code"))]));
  }

  field(code, name, element) {
    element.addEventListener("change", () => this.desk.changeCode(code.code, { [name]: element.value.trim() || null }));
    return make("label", { class: "cxc-field" }, make("span", { class: "cxc-label" }, this.texts(name)), element);
  }

  form(code) {
    const { texts } = this;
    const name = `name_${this.store.language === "fi" ? "fi" : "en"}`;
    const memo = make("textarea", { rows: "2", value: this.store.memos.get(`code/${code.code}`) || "",
      onchange: (event) => this.desk.memo("code", code.code, event.target.value) });
    return [
      this.field(code, name, make("input", { type: "text", maxlength: "200", "data-name": "", value: code[name] || this.store.name(code.code) })),
      make("div", { class: "cxc-pair" },
        this.field(code, "shortcut", make("input", { type: "text", maxlength: "1", pattern: "[a-zåäö1-9]", value: code.shortcut || "" })),
        this.field(code, "colour", make("input", { type: "color", value: this.store.colours.get(code.code) }))),
      ...CODE_FIELDS.map((field) => this.field(code, field, make("textarea", { rows: field === "definition" ? "3" : "1", value: code[field] || "" }))),
      make("label", { class: "cxc-field" }, make("span", { class: "cxc-label" }, texts("memo")), memo),
      make("div", { class: "cxc-buttons" },
        make("button", { type: "button", onclick: (e) => this.ask.newCode(e.target, code.code) }, texts("new_below")),
        make("button", { type: "button", onclick: (e) => this.ask.merge(e.target, code.code) }, texts("merge")),
        make("button", { type: "button", onclick: () => this.ask.quotes(code.code) }, texts("split")),
        make("button", { type: "button", onclick: () => this.ask.removeCode(code.code) }, texts("remove"))),
    ];
  }
}

export class MemoPanel {
  constructor(store, texts, desk) {
    Object.assign(this, { store, texts, desk });
    this.element = make("section", { class: "cxc-panel", "aria-label": texts("memos") });
  }

  draw() {
    if (this.element.contains(document.activeElement)) return;
    const area = (about, target, label) => make("label", { class: "cxc-field" },
      make("span", { class: "cxc-label" }, label),
      make("textarea", { rows: "7", value: this.store.memos.get(`${about}/${target}`) || "",
        onchange: (event) => this.desk.memo(about, target, event.target.value) }));
    this.element.replaceChildren(
      this.store.columns ? "" : area("document", this.store.document, this.texts("memo_document", { title: this.store.title })),
      area("study", "study", this.texts("memo_study")));
  }
}
