// The workbench: puts the transcript, the codebook and the panels together and listens to keys.

import { make, isTyping, withCommand } from "./dom.js";
import { Wire, tellFaults } from "./wire.js";
import { textsOf } from "./speaking.js";
import { Store } from "./store.js";
import { Transcript } from "./transcript.js";
import { Tree } from "./tree.js";
import { Picker } from "./picker.js";
import { CodePanel, CodingPanel, MemoPanel } from "./panels.js";
import { CodeQuotes } from "./codequotes.js";
import { WaitingPanel } from "./waiting.js";
import { Editor } from "./editing.js";
import { Finding } from "./finding.js";
import { Desk } from "./desk.js";
import { Mouse } from "./mouse.js";
import { onTextKey } from "./keys.js";
import { paint, watchTheme } from "./theme.js";
import { colourName } from "./rowmarks.js";

const TABS = ["coding", "code", "memos", "hits", "unplaced"];
const LOOK_AGAIN = 2000;

export class Workbench {
  constructor(model, el) {
    this.model = model;
    this.texts = textsOf(model);
    this.store = this.newStore(model.get("_language"));
    this.wire = new Wire(model, {
      delta: (delta, act) => this.onDelta(delta, act),
      pending: (n, refused) => this.showPending(n, refused),
      slow: () => this.showSlow(),
    });
    const tell = { say: (text) => this.say(text), fail: (text) => this.fail(text) };
    this.desk = this.newDesk(tell);
    this.goal = { x: null };
    this.build(el);
    this.store.onChange(tellFaults(model, (what) => this.onChange(what)));
    this.unwatch = watchTheme(() => paint(this.root, this.store));
    this.desk.open(null).then((answer) => answer && this.pane.element.setAttribute("data-ready", "true"));
    this.looking = setInterval(() => this.lookAround(), LOOK_AGAIN);
  }

  // what other windows have changed meanwhile
  lookAround() {
    const { event } = this.store;
    if (event !== null && event !== undefined && !document.hidden) this.wire.ask("changes_since", { event });
  }

  newStore(language) {
    return new Store(language);
  }

  newDesk(tell) {
    return new Desk(this.store, this.wire, this.texts, tell);
  }

  // what stands between the bar and the transcript: nothing here, a table's head in the grid
  above() {
    return null;
  }

  build(el) {
    const { store, texts, desk } = this;
    this.root = make("div", {
      class: "cxc", role: "region", "aria-label": texts("coder"), lang: store.language,
      "data-lm-suppress-shortcuts": "true", style: `height:${this.model.get("_height")}px`,
    });
    el.append(this.root);
    this.pane = new Transcript(store, texts);
    this.picker = new Picker(this.root, store, texts);
    this.ask = this.questions();
    this.tree = new Tree(store, texts, this.treeActs());
    this.panels = {
      coding: new CodingPanel(store, texts, desk, this.ask),
      code: new CodePanel(store, texts, desk, this.ask),
      memos: new MemoPanel(store, texts, desk),
      unplaced: new WaitingPanel(store, texts, desk, () => this.pane.element.focus({ preventScroll: true })),
    };
    this.quotes = new CodeQuotes(store, texts, desk, {
      place: (hit) => this.goToHit(hit),
      back: () => this.showTab("code"),
    });
    this.editor = new Editor(this.root, store, texts, desk, () => this.pane.element.focus({ preventScroll: true }));
    this.finding = new Finding(store, texts, desk, {
      back: () => this.pane.element.focus(),
      results: () => this.showTab("hits"),
      place: (hit) => this.goToHit(hit),
      pick: (at, chosen) => this.ask.any(at, chosen),
    });
    this.mouse = new Mouse(this.pane, desk, () => this.panels.coding.draw());
    this.main = make("div", { class: "cxc-main-column" }, this.above(), this.pane.element);
    this.root.append(this.bar(), make("div", { class: "cxc-body" }, this.main, this.side()), this.foot());
    this.pane.element.addEventListener("keydown", tellFaults(this.model, (event) => this.onKey(event)));
    this.pane.element.addEventListener("scroll", () => this.mouse.show(), { passive: true });
    this.root.addEventListener("keydown", (event) => this.onRootKey(event));
  }

  bar() {
    const { texts, desk } = this;
    this.choice = make("select", { class: "cxc-document", "aria-label": texts("document"),
      onchange: () => this.openDocument(this.choice.value) });
    const button = (name, sign, key, act) => make("button", {
      type: "button", title: `${texts(name)} (${key})`, "aria-label": texts(name), onclick: act }, sign);
    this.undo = button("undo", "↶", "Ctrl+Z", () => desk.step("undo"));
    this.redo = button("redo", "↷", "Ctrl+Y", () => desk.step("redo"));
    this.pen = button("edit_text", "✎", "⇧E", () => this.edit());
    return make("div", { class: "cxc-bar" }, this.choice, this.finding.element,
      make("div", { class: "cxc-buttons" }, this.pen, this.undo, this.redo, button("help", "?", "?", () => this.help())));
  }

  side() {
    const { texts } = this;
    this.tabs = TABS.map((tab) => make("button", {
      type: "button", role: "tab", "aria-selected": "false", onclick: () => this.showTab(tab) }, texts(tab)));
    this.panel = make("div", { class: "cxc-panels", role: "tabpanel" });
    const side = make("div", { class: "cxc-side" },
      make("div", { class: "cxc-headline" }, make("h3", {}, texts("codebook")),
        make("button", { type: "button", title: "⇧N", onclick: (e) => this.ask.newCode(e.target) }, texts("new_code"))),
      this.tree.element,
      make("div", { class: "cxc-tabs", role: "tablist", onkeydown: (event) => this.onTabKey(event) }, this.tabs),
      this.panel);
    this.showTab("coding");
    return side;
  }

  foot() {
    this.recentList = make("div", { class: "cxc-recent", role: "group", "aria-label": this.texts("recent") });
    this.status = make("span", { class: "cxc-status" }, this.texts("opening"));
    this.live = make("div", { class: "cxc-live", "aria-live": "polite" });
    this.alert = make("div", { class: "cxc-alert", role: "alert", hidden: true });
    return make("div", { class: "cxc-foot" }, this.recentList, this.live, this.alert, this.status);
  }

  showTab(tab) {
    this.tab = tab;
    this.tabs.forEach((button, i) => {
      button.setAttribute("aria-selected", String(TABS[i] === tab));
      button.tabIndex = TABS[i] === tab ? 0 : -1;
    });
    const panel = tab === "hits" ? this.finding.results : this.panels[tab];
    this.panel.replaceChildren(panel.element);
    if (!this.store.document) return;
    if (tab === "hits") panel.drawFilters();
    else panel.draw();
  }

  // the tab of quotations without a place is there only while there are any
  countUnplaced() {
    const { length } = this.store.unplaced;
    const button = this.tabs[TABS.indexOf("unplaced")];
    button.hidden = !length;
    button.textContent = `${this.texts("unplaced")} ${length}`;
    if (length > (this.waitingShown || 0) && this.tab !== "unplaced") this.showTab("unplaced");
    if (!length && this.tab === "unplaced") this.showTab("coding");
    this.waitingShown = length;
  }

  onTabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const shown = TABS.filter((_, i) => !this.tabs[i].hidden);
    const tab = shown[(shown.indexOf(this.tab) + step + shown.length) % shown.length];
    this.showTab(tab);
    this.tabs[TABS.indexOf(tab)].focus();
  }

  // what a code is asked for, and where the question opens
  questions() {
    const { texts, desk, store } = this;
    const open = (at, question) => this.picker.open({
      at: at ? at.getBoundingClientRect() : this.pane.rectAt(store.range().end),
      colourName, closed: () => this.pane.element.focus({ preventScroll: true }), ...question });
    return {
      code: () => {
        if (!desk.trimmed()) return this.fail(texts("select_first"));
        return open(null, { title: texts("pick_code"), create: true,
          chosen: (code) => desk.codeSelection(code),
          made: async (name) => {
            const code = await desk.newCode(name);
            if (code) desk.codeSelection(code);
          } });
      },
      recode: (at) => {
        const mark = store.activeMark();
        if (!mark || mark.suggested) return this.fail(texts("no_coding"));
        return open(at, { title: texts("pick_recode"), create: true, except: mark.code,
          chosen: (code) => desk.change({ code }),
          made: async (name) => {
            const code = await desk.newCode(name);
            if (code) desk.change({ code });
          } });
      },
      any: (at, chosen) => open(at, { title: texts("pick_autocode"), create: true, chosen,
        made: async (name) => {
          const code = await desk.newCode(name);
          if (code) chosen(code);
        } }),
      quotes: async (code) => {
        if (await this.quotes.show(code)) this.panel.replaceChildren(this.quotes.element);
      },
      newCode: (at, parent = null) => open(at, { title: texts("name_code"), create: true,
        chosen: (code) => this.editCode(code), made: (name) => this.makeCode(name, parent) }),
      merge: (at, code) => open(at, { title: texts("pick_merge", { code: store.name(code) }), except: code,
        chosen: (into) => desk.send("merge_codes", { codes: [code], into }) }),
      removeCode: (code) => this.removeCode(code),
    };
  }

  async makeCode(name, parent) {
    const selected = this.desk.selected();
    const code = await this.desk.newCode(name, parent);
    if (code && selected && !parent) await this.desk.codeSelection(code);
  }

  treeActs() {
    return {
      showCode: (code) => this.showCode(code),
      codeSelection: (code) => this.desk.codeSelection(code),
      nextOfCode: (code) => this.desk.nextOfCode(code),
      editCode: (code) => this.editCode(code),
      removeCode: (code) => this.removeCode(code),
      moveCode: (code, place) => this.desk.moveCode(code, place),
    };
  }

  showCode(code) {
    this.panels.code.show(code);
    if (this.tab !== "code") this.showTab("code");
  }

  editCode(code) {
    this.tree.choose(code);
    this.panels.code.element.querySelector("[data-name]").select();
  }

  // codings go with the code only after a second, plain question
  async removeCode(code) {
    const used = this.store.counts[code] || 0;
    if (used && !this.sure(`remove ${code}`, this.texts("sure_remove", { code: this.store.name(code), n: used }))) return;
    await this.desk.send("remove_code", { code, ...(used ? { with_codings: true } : {}) });
  }

  // the same question asked twice within some seconds is an answer
  sure(question, text) {
    const again = this.asked === question;
    this.asked = again ? null : question;
    clearTimeout(this.askedTimer);
    if (!again) {
      this.askedTimer = setTimeout(() => { this.asked = null; }, 6000);
      this.fail(text);
    }
    return again;
  }

  async openDocument(document) {
    await this.desk.open(document);
    this.finding.run();
    this.pane.element.focus();
  }

  async goToHit(hit) {
    if (!this.store.placeOf(hit)) await this.desk.open(hit.document);
    const place = this.store.placeOf(hit);
    if (!place) return;
    this.store.selection = { anchor: place.start, focus: place.end };
    this.store.changed("selection", "reveal");
    this.pane.element.focus({ preventScroll: true });
  }

  onKey(event) {
    this.hideAlert();
    onTextKey(event, {
      store: this.store, pane: this.pane, desk: this.desk, ask: this.ask, finding: this.finding, goal: this.goal,
      help: () => this.help(),
      clear: () => this.clear(),
      focusTree: () => this.tree.focus(this.tree.current),
      focusMemo: () => this.focusMemo(),
      selectTurn: () => this.selectTurn(),
      edit: () => this.edit(),
    });
  }

  // correct the words of the row at the caret
  edit() {
    const { store, pane } = this;
    if (store.columns) return;
    const { focus } = store.selection;
    pane.reveal(focus);
    this.editor.open(store.rows[Math.max(0, store.rows.findLastIndex((row) => row.start <= focus))], pane.rectAt(focus));
  }

  // keys that work anywhere in the coder; a field that is being written in keeps its own
  onRootKey(event) {
    if (withCommand(event) && event.key.toLowerCase() === "f") this.finding.focus();
    else if (isTyping(event.target)) {
      if (event.key === "Escape") this.pane.element.focus();
      event.stopPropagation();
      return;
    } else if (withCommand(event) && event.key.toLowerCase() === "z") this.desk.step(event.shiftKey ? "redo" : "undo");
    else if (withCommand(event) && event.key.toLowerCase() === "y") this.desk.step("redo");
    else if (event.key === "Escape") this.pane.element.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  clear() {
    const { focus } = this.store.selection;
    this.store.active = null;
    this.store.selection = { anchor: focus, focus };
    this.store.changed("selection");
  }

  selectTurn() {
    const { store } = this;
    const at = store.rows.findLastIndex((row) => row.start <= store.selection.focus);
    const { turn } = store.rows[at];
    const rows = store.rows.filter((row) => row.turn === turn);
    store.select(rows[0].start, rows[rows.length - 1].end);
  }

  focusMemo() {
    const mark = this.store.activeMark();
    this.showTab(mark && !mark.suggested ? "coding" : "memos");
    const area = this.panel.querySelector("textarea");
    if (area) area.focus();
  }

  // act: the act of this window that it answers, or null when somebody else did something
  onDelta(delta, act) {
    const looked = act === "changes_since";
    if (looked && delta.event === this.store.event) return;
    this.store.heardOf(delta.event, looked);
    if (looked && delta.codes.length) this.say(this.texts("changed_elsewhere"));
    const fresh = act === "add_coding" && delta.codings.length ? delta.codings[0].coding : null;
    if (delta.reload) this.desk.open(this.store.document);
    else if (this.store.document) this.store.apply(delta, fresh);
  }

  onChange(what) {
    if (what.has("recent")) {
      this.showFoot();
      return;
    }
    const all = what.has("all");
    if (all || what.has("codes")) {
      paint(this.root, this.store);
      this.tree.draw();
      this.panels.code.draw();
    }
    if (all) {
      this.showDocuments();
      this.pane.clear();
      if (this.documentDrawn !== this.store.document || this.store.columns) this.pane.element.scrollTop = 0;
      this.documentDrawn = this.store.document;
      this.pane.fit();
      if (this.tab === "hits") this.finding.results.drawFilters();
    } else if (what.has("marks") || what.has("codes") || what.has("hits") || this.activeDrawn !== this.store.active) {
      this.pane.redraw();
    }
    const wasActive = this.activeDrawn;
    this.activeDrawn = this.store.active;
    if (what.has("reveal")) this.pane.reveal(this.store.selection.focus);
    this.pane.restore();
    this.mouse.show();
    if (what.has("marks")) this.tree.count();
    if (all || what.has("marks")) this.countUnplaced();
    if (this.tab !== "hits" && this.tab !== "code") this.panels[this.tab].draw();
    if (this.store.active && this.store.active !== wasActive && this.tab === "code") this.showTab("coding");
    this.showFoot();
  }

  showDocuments() {
    this.choice.replaceChildren(...this.desk.documents.map((d) => make("option", {
      value: d.document, selected: d.document === this.store.document }, d.title || d.document)));
    this.choice.value = this.store.document;
    this.status.textContent = this.texts("saved");
  }

  showFoot() {
    const { store } = this;
    this.undo.disabled = !store.can.undo;
    this.redo.disabled = !store.can.redo;
    const phase = store.phaseForNew ? [make("span", { class: "cxc-sticky" },
      this.texts("phase_for_new", { phase: store.phaseName(store.phaseForNew) }))] : [];
    const digits = store.recentKeys();
    this.recentList.replaceChildren(...phase, ...store.recent.map((code, i) => make("button", {
      type: "button", class: "cxc-name", tabindex: "-1", style: `--cxc-own:var(${colourName(code)})`,
      onclick: () => this.desk.codeSelection(code),
    }, digits[i] ? make("kbd", {}, digits[i]) : null, make("span", {}, store.name(code)))));
  }

  showPending(n, refused = false) {
    if (n) this.status.textContent = this.texts("saving");
    else this.status.textContent = this.texts(refused ? "not_saved" : "saved");
    if (!n && this.slow) this.hideAlert();
    this.status.classList.toggle("cxc-busy", n > 0);
  }

  showSlow() {
    this.fail(this.texts("kernel_silent"));
    this.slow = true;
  }

  say(text) {
    this.live.textContent = text;
  }

  fail(text) {
    this.slow = false;
    this.alert.hidden = false;
    this.alert.textContent = text;
    clearTimeout(this.alertTimer);
    this.alertTimer = setTimeout(() => this.hideAlert(), 12000);
  }

  hideAlert() {
    if (!this.alert.hidden) this.alert.hidden = true;
  }

  help() {
    const lines = this.texts("keys").split("\n").map((line) => line.split("|"));
    const close = () => {
      dialog.remove();
      this.pane.element.focus();
    };
    const dialog = make("div", { class: "cxc-help", role: "dialog", "aria-modal": "true", "aria-label": this.texts("help"), tabindex: "-1" },
      make("h3", {}, this.texts("help")),
      make("dl", {}, lines.flatMap(([keys, what]) => [
        make("dt", {}, keys.split(" ").map((key) => make("kbd", {}, key))), make("dd", {}, what)])),
      make("button", { type: "button", onclick: close }, this.texts("close")));
    dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || event.key === "?") close();
      if (event.key === "Tab") event.preventDefault();
    });
    this.root.append(dialog);
    dialog.querySelector("button").focus();
  }

  close() {
    clearInterval(this.looking);
    this.unwatch();
    this.wire.close();
    this.mouse.close();
    this.pane.close();
  }
}
