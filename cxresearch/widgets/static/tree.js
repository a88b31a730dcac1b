// The codebook as a tree with live counts; keyboard and drag change its order.

import { make, fold } from "./dom.js";
import { colourName } from "./rowmarks.js";

export class Tree {
  constructor(store, texts, acts) {
    Object.assign(this, { store, texts, acts });
    this.current = null;
    this.element = make("div", {
      role: "tree", class: "cxc-tree", "aria-label": texts("codebook"),
      onkeydown: (event) => this.onKey(event),
      onclick: (event) => this.onClick(event),
      ondragstart: (event) => this.onDragStart(event),
      ondragover: (event) => this.onDragOver(event),
      ondragleave: () => this.mark(null),
      ondrop: (event) => this.onDrop(event),
    });
  }

  draw() {
    const { store, texts } = this;
    const focused = this.element.contains(document.activeElement);
    this.items = store.tree();
    if (!this.items.some(({ code }) => code.code === this.current)) {
      this.current = this.items.length ? this.items[0].code.code : null;
    }
    const rows = this.items.map((item) => this.itemElement(item));
    this.element.replaceChildren(...(rows.length ? rows : [make("p", { class: "cxc-none" }, texts("no_codes"))]));
    if (focused) this.focus(this.current);
  }

  itemElement({ code, level, below }) {
    const { store, texts } = this;
    const open = !store.folded.has(code.code);
    const here = store.here.get(code.code) || 0;
    const all = store.counts[code.code] || 0;
    return make("div", {
      role: "treeitem", class: "cxc-code", "data-code": code.code, draggable: "true",
      "aria-level": level, "aria-expanded": below ? String(open) : null,
      "aria-selected": code.code === this.current ? "true" : "false",
      tabindex: code.code === this.current ? "0" : "-1",
      title: code.definition || null,
      style: `padding-left:${(level - 1) * 16 + 4}px`,
    },
    make("b", { class: "cxc-fold", "aria-hidden": "true" }, below ? (open ? "▾" : "▸") : ""),
    make("i", { style: `background:var(${colourName(code.code)})` }),
    make("span", {}, store.name(code.code)),
    code.shortcut ? make("kbd", {}, code.shortcut) : null,
    make("small", { title: texts("count_title", { here, all }) }, `${here} / ${all}`));
  }

  // only the counts: after each act on codings
  count() {
    for (const element of this.element.children) {
      const code = element.dataset.code;
      const small = element.querySelector("small");
      if (!code || !small) continue;
      const here = this.store.here.get(code) || 0;
      const all = this.store.counts[code] || 0;
      small.textContent = `${here} / ${all}`;
      small.title = this.texts("count_title", { here, all });
    }
  }

  elementOf(code) {
    return [...this.element.children].find((element) => element.dataset.code === code);
  }

  choose(code) {
    const old = this.elementOf(this.current);
    if (old) {
      old.tabIndex = -1;
      old.setAttribute("aria-selected", "false");
    }
    this.current = code;
    const now = this.elementOf(code);
    if (now) {
      now.tabIndex = 0;
      now.setAttribute("aria-selected", "true");
    }
    this.acts.showCode(code);
  }

  focus(code) {
    const element = this.elementOf(code);
    if (element) element.focus();
  }

  fold(code, folded) {
    if (folded) this.store.folded.add(code);
    else this.store.folded.delete(code);
    this.draw();
  }

  onClick(event) {
    const element = event.target.closest("[data-code]");
    if (!element) return;
    const { code } = element.dataset;
    this.choose(code);
    if (event.target.closest(".cxc-fold") && element.hasAttribute("aria-expanded")) {
      this.fold(code, !this.store.folded.has(code));
      this.focus(code);
      return;
    }
    element.focus();
    if (event.detail === 2) this.acts.codeSelection(code);
  }

  onKey(event) {
    const at = this.items.findIndex(({ code }) => code.code === this.current);
    if (at < 0) return;
    const done = event.altKey ? this.rearrange(event.key, at) : this.walk(event, at);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  walk(event, at) {
    const { code, below, level } = this.items[at];
    const folded = this.store.folded.has(code.code);
    const go = (to) => {
      const item = this.items[Math.max(0, Math.min(this.items.length - 1, to))];
      this.choose(item.code.code);
      this.focus(item.code.code);
    };
    const keys = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(this.items.length - 1),
      ArrowRight: () => (below && folded ? this.fold(code.code, false) : below && go(at + 1)),
      ArrowLeft: () => (below && !folded ? this.fold(code.code, true)
        : level > 1 && go(this.items.findIndex((i) => i.code.code === code.parent))),
      Enter: () => this.acts.codeSelection(code.code),
      " ": () => this.acts.nextOfCode(code.code),
      F2: () => this.acts.editCode(code.code),
      Delete: () => this.acts.removeCode(code.code),
    };
    if (event.ctrlKey || event.metaKey) return false;
    if (keys[event.key]) keys[event.key]();
    else if (event.key.length === 1 && /\p{L}/u.test(event.key)) this.jump(event.key, at, go);
    else return false;
    return true;
  }

  jump(letter, at, go) {
    const order = [...this.items.keys()].map((i) => (at + 1 + i) % this.items.length);
    const found = order.find((i) => fold(this.store.name(this.items[i].code.code)).startsWith(fold(letter)));
    if (found !== undefined) go(found);
  }

  // Alt+arrows: up and down among siblings, right under the one above, left out again
  rearrange(key, at) {
    const { code } = this.items[at];
    const siblings = this.store.children.get(this.store.byCode.has(code.parent) ? code.parent : null);
    const place = siblings.indexOf(code);
    if (key === "ArrowUp" && place > 0) this.acts.moveCode(code.code, { before: siblings[place - 1].code });
    else if (key === "ArrowDown" && place + 1 < siblings.length) {
      this.acts.moveCode(siblings[place + 1].code, { before: code.code });
    } else if (key === "ArrowRight" && place > 0) {
      this.store.folded.delete(siblings[place - 1].code);
      this.acts.moveCode(code.code, { parent: siblings[place - 1].code });
    } else if (key === "ArrowLeft" && code.parent) {
      this.acts.moveCode(code.code, { parent: this.store.byCode.get(code.parent).parent || null });
    } else return key.startsWith("Arrow");
    return true;
  }

  onDragStart(event) {
    const element = event.target.closest("[data-code]");
    this.dragged = element.dataset.code;
    event.dataTransfer.setData("text/plain", this.dragged);
    event.dataTransfer.effectAllowed = "move";
  }

  // the upper third of a code: before it; the rest: under it
  dropPlace(event) {
    const element = event.target.closest("[data-code]");
    if (!element || !this.dragged || element.dataset.code === this.dragged) return null;
    const rect = element.getBoundingClientRect();
    return { element, before: event.clientY - rect.top < rect.height / 3 };
  }

  mark(place) {
    for (const element of this.element.children) element.classList.remove("cxc-before", "cxc-into");
    if (place) place.element.classList.add(place.before ? "cxc-before" : "cxc-into");
  }

  onDragOver(event) {
    const place = this.dropPlace(event);
    this.mark(place);
    if (place) event.preventDefault();
  }

  onDrop(event) {
    const place = this.dropPlace(event);
    this.mark(null);
    if (!place) return;
    event.preventDefault();
    const target = this.store.byCode.get(place.element.dataset.code);
    if (place.before) this.acts.moveCode(this.dragged, { parent: target.parent || null, before: target.code });
    else this.acts.moveCode(this.dragged, { parent: target.code });
    this.dragged = null;
  }
}
