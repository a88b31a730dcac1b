// Type-to-search choice of a code, opened at the selection.

import { make, fold } from "./dom.js";

const MOST_OPTIONS = 60;

function rank(words, name, path) {
  if (!words) return 5;
  if (name.startsWith(words)) return 0;
  if (name.split(/[\s/–-]+/).some((word) => word.startsWith(words))) return 1;
  if (name.includes(words)) return 2;
  if (path.includes(words)) return 3;
  let at = 0;
  for (const sign of words) {
    at = name.indexOf(sign, at) + 1;
    if (!at) return -1;
  }
  return 4;
}

// codes that fit what was typed, best first; recent ones first while nothing is typed
export function matching(store, typed, except = null) {
  const words = fold(typed.trim());
  const recent = new Map(store.recent.map((code, i) => [code, i]));
  const found = [];
  store.tree(true).forEach(({ code }, order) => {
    if (code.code === except) return;
    const names = [code.name_fi, code.name_en, code.name_sv, code.code].filter(Boolean).map(fold);
    const ranks = names.map((name) => rank(words, name, fold(store.path(code.code)))).filter((r) => r >= 0);
    if (ranks.length) found.push({ code, rank: Math.min(...ranks), recent: recent.get(code.code) ?? 99, order });
  });
  found.sort((a, b) => a.rank - b.rank || a.recent - b.recent || a.order - b.order);
  return found.slice(0, MOST_OPTIONS).map((f) => f.code);
}

export class Picker {
  constructor(root, store, texts) {
    Object.assign(this, { root, store, texts });
  }

  // wanted: {title, at, except, create, chosen(code, again), made(name), closed()}
  open(wanted) {
    this.close(false);
    this.wanted = wanted;
    this.list = make("div", { role: "listbox", id: "cxc-options", class: "cxc-options", "aria-label": this.texts("codes") });
    this.input = make("input", {
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "cxc-options",
      "aria-autocomplete": "list", "aria-label": wanted.title, placeholder: wanted.title,
      autocomplete: "off", spellcheck: "false",
      oninput: () => this.fill(),
      onkeydown: (event) => this.onKey(event),
    });
    this.box = make("div", { class: "cxc-picker", "data-lm-suppress-shortcuts": "true" }, this.input, this.list,
      make("div", { class: "cxc-hint" }, this.texts(wanted.create ? "picker_hint" : "picker_hint_short")));
    this.box.addEventListener("focusout", (event) => {
      if (this.box && !this.box.contains(event.relatedTarget)) this.close(false);
    });
    this.root.append(this.box);
    this.place(wanted.at);
    this.fill();
    this.input.focus({ preventScroll: true });
  }

  place(at) {
    const ground = this.root.getBoundingClientRect();
    const { offsetWidth: width } = this.box;
    const height = 320;
    const left = Math.min(Math.max(8, at.left - ground.left), Math.max(8, ground.width - width - 8));
    const under = at.bottom - ground.top + 6;
    const top = under + height > ground.height ? Math.max(8, at.top - ground.top - height - 6) : under;
    this.box.style.left = `${left}px`;
    this.box.style.top = `${top}px`;
  }

  fill() {
    const typed = this.input.value.trim();
    const codes = matching(this.store, typed, this.wanted.except);
    const exact = codes.some((code) => fold(this.store.name(code.code)) === fold(typed));
    this.options = codes.map((code) => ({ code: code.code }));
    if (this.wanted.create && typed && !exact) this.options.push({ name: typed });
    this.list.replaceChildren(...this.options.map((option, i) => this.optionElement(option, i)));
    if (!this.options.length) this.list.append(make("div", { class: "cxc-none" }, this.texts("no_code")));
    this.choose(0);
  }

  optionElement(option, i) {
    const code = option.code ? this.store.byCode.get(option.code) : null;
    const above = code && code.parent ? this.store.path(code.parent) : "";
    return make("div", {
      role: "option", id: `cxc-option-${i}`, class: "cxc-option",
      title: code ? code.definition || null : null,
      onmousedown: (event) => event.preventDefault(),
      onclick: (event) => this.take(option, event.ctrlKey || event.metaKey),
    },
    code ? make("i", { style: `background:var(${this.wanted.colourName(code.code)})` }) : make("i", { class: "cxc-plus" }, "+"),
    make("span", {}, code ? this.store.name(code.code) : this.texts("create", { name: option.name })),
    above ? make("small", {}, above) : null,
    code && code.shortcut ? make("kbd", {}, code.shortcut) : null);
  }

  choose(at) {
    this.at = Math.max(0, Math.min(this.options.length - 1, at));
    [...this.list.children].forEach((element, i) => {
      if (element.getAttribute("role") !== "option") return;
      element.setAttribute("aria-selected", i === this.at ? "true" : "false");
      if (i === this.at) element.scrollIntoView({ block: "nearest" });
    });
    if (this.options.length) this.input.setAttribute("aria-activedescendant", `cxc-option-${this.at}`);
  }

  take(option, again) {
    const { wanted } = this;
    if (!option) return;
    if (again) {
      this.input.select();
    } else {
      this.close(true);
    }
    if (option.code) wanted.chosen(option.code);
    else wanted.made(option.name);
  }

  onKey(event) {
    event.stopPropagation();
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) this.choose(this.at + steps[event.key]);
    else if (event.key === "Enter") this.take(this.options[this.at], event.ctrlKey || event.metaKey);
    else if (event.key === "Escape" || event.key === "Tab") this.close(true);
    else return;
    event.preventDefault();
  }

  close(back) {
    if (!this.box) return;
    const { box } = this;
    this.box = null;
    box.remove();
    if (back && this.wanted.closed) this.wanted.closed();
  }
}
