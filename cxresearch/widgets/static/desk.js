// What a researcher can do in the coder: each a named act sent to Python, and what the window does
// when the answer comes.

import { toUnits } from "./points.js";
import { fold } from "./dom.js";

const NAME_LENGTH = 60;

// an id for a new code: plain letters of its name, with a number where it is taken
export function codeId(name, taken) {
  const plain = fold(name).replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40) || "code";
  let id = plain;
  for (let n = 2; taken.has(id); n += 1) id = `${plain}_${n}`;
  return id;
}

export class Desk {
  // tell: {say(text), fail(text)}
  constructor(store, wire, texts, tell) {
    Object.assign(this, { store, wire, texts, tell });
  }

  send(act, fields) {
    return this.wire.send(act, fields).catch((refusal) => {
      this.tell.fail(refusal.message);
      return null;
    });
  }

  async open(document) {
    const answer = await this.send("open_document", document ? { document } : {});
    if (answer) {
      this.documents = answer.documents;
      this.store.load(answer.content);
    }
    return answer;
  }

  selected() {
    const { start, end } = this.store.range();
    if (start === end) return null;
    const { index, text } = this.store;
    return { start, end, quote: text.slice(toUnits(index, start), toUnits(index, end)) };
  }

  // blanks at the ends of a selection are a slip of the hand
  trimmed() {
    const found = this.selected();
    if (!found) return null;
    const points = (blanks) => [...blanks].length;
    const before = points(/^\s*/.exec(found.quote)[0]);
    const after = points(/\s*$/.exec(found.quote)[0]);
    const quote = found.quote.trim();
    return quote ? { start: found.start + before, end: found.end - after, quote } : null;
  }

  async codeSelection(code) {
    const place = this.trimmed();
    if (!place) {
      this.tell.fail(this.texts("select_first"));
      return null;
    }
    const same = [...this.store.codings.values()].find(
      (c) => c.code === code && c.start === place.start && c.end === place.end);
    if (same) {
      this.store.activate(same.id);
      this.tell.say(this.texts("has_code", { code: this.store.name(code) }));
      return null;
    }
    const facets = this.store.phaseForNew ? { phase: this.store.phaseForNew } : {};
    const answer = await this.send("add_coding", { document: this.store.document, ...place, code, ...facets });
    if (answer) {
      this.store.used(code);
      this.store.changed("recent");
      this.tell.say(this.texts("coded", { code: this.store.name(code) }));
    }
    return answer;
  }

  async newCode(name, parent = null) {
    const words = name.trim().replace(/\s+/g, " ");
    const there = this.store.codes.find((c) => fold(this.store.name(c.code)) === fold(words));
    if (there) return there.code;
    const code = codeId(words, this.store.byCode);
    const named = { [`name_${this.store.language === "fi" ? "fi" : "en"}`]: words.slice(0, 200) };
    const answer = await this.send("add_code", { code, ...named, ...(parent ? { parent } : {}) });
    return answer ? code : null;
  }

  // a code named by the very words selected
  async inVivo() {
    const place = this.trimmed();
    if (!place) return this.tell.fail(this.texts("select_first"));
    const words = place.quote.replace(/\s+/g, " ");
    const name = words.length > NAME_LENGTH ? `${words.slice(0, NAME_LENGTH - 1).trimEnd()}…` : words;
    const code = await this.newCode(name);
    return code ? this.codeSelection(code) : null;
  }

  change(fields) {
    const mark = this.store.activeMark();
    if (!mark || mark.suggested) {
      this.tell.fail(this.texts("no_coding"));
      return Promise.resolve(null);
    }
    return this.send("change_coding", { coding: mark.id, ...fields });
  }

  async setPhase(phase) {
    const mark = this.store.activeMark();
    if (mark && !mark.suggested) {
      const next = mark.phase === phase ? null : phase;
      if (await this.change({ phase: next })) this.tell.say(next ? this.store.phaseName(next) : this.texts("no_phase"));
      return;
    }
    this.setPhaseForNew(this.store.phaseForNew === phase ? null : phase);
  }

  setPhaseForNew(phase) {
    this.store.phaseForNew = phase;
    this.store.changed("selection");
    this.tell.say(this.texts("phase_for_new", { phase: phase ? this.store.phaseName(phase) : this.texts("none") }));
  }

  async setValence(valence) {
    const mark = this.store.activeMark();
    const next = mark && mark.valence === valence ? null : valence;
    if (await this.change({ valence: next })) this.tell.say(this.texts("valence_said", { n: next === null ? "–" : next }));
  }

  async toggleImportant() {
    const mark = this.store.activeMark();
    await this.change({ important: !(mark && mark.important) });
  }

  async moveBorder(which, point) {
    const mark = this.store.activeMark();
    if (!mark || mark.suggested) return;
    const start = which === "start" ? point : mark.start;
    const end = which === "end" ? point : mark.end;
    if (start < end && (start !== mark.start || end !== mark.end)) await this.change({ start, end });
  }

  async removeActive() {
    const mark = this.store.activeMark();
    if (!mark) return;
    if (mark.suggested) {
      await this.decide(false);
      return;
    }
    if (await this.send("remove_coding", { coding: mark.id })) {
      this.tell.say(this.texts("removed", { code: this.store.name(mark.code) }));
    }
  }

  // accept or reject the active suggestion and go on to the next
  async decide(accepted) {
    const mark = this.store.activeMark();
    if (!mark || !mark.suggested) return;
    const next = this.neighbour(1, (m) => m.suggested);
    const extra = accepted && this.store.phaseForNew ? { phase: this.store.phaseForNew } : {};
    const done = await this.send(accepted ? "accept_suggestions" : "reject_suggestions", {
      suggestions: [mark.id], ...extra });
    if (!done) return;
    if (accepted) this.store.used(mark.code);
    this.tell.say(this.texts(accepted ? "accepted" : "rejected", { code: this.store.name(mark.code) }));
    if (next && next.id !== mark.id) this.goTo(next);
  }

  // the next or previous quotation after the active one, or after the caret
  neighbour(step, wanted = () => true) {
    const all = this.store.lanes.sorted.filter(wanted);
    if (!all.length) return null;
    const now = this.store.activeMark();
    const at = now ? all.indexOf(now) : -1;
    if (at >= 0) return all[(at + step + all.length) % all.length];
    const point = now ? now.start : this.store.selection.focus;
    if (step > 0) return all.find((m) => m.start >= point) || all[0];
    return all.filter((m) => m.start < point).pop() || all[all.length - 1];
  }

  next(step) {
    const now = this.store.activeMark();
    const found = this.neighbour(step, now && now.suggested ? (m) => m.suggested : undefined);
    if (found) this.goTo(found);
  }

  nextOfCode(code) {
    const found = this.neighbour(1, (m) => m.code === code);
    if (found) this.goTo(found);
    else this.tell.say(this.texts("none_here", { code: this.store.name(code) }));
  }

  goTo(mark) {
    this.store.active = mark.id;
    this.store.selection = { anchor: mark.start, focus: mark.start };
    this.store.changed("selection", "reveal");
    this.tell.say(this.describe(mark));
  }

  describe(mark) {
    const { index, text } = this.store;
    const words = text.slice(toUnits(index, mark.start), toUnits(index, Math.min(mark.end, mark.start + 200)));
    const kind = this.texts(mark.suggested ? "suggestion" : "coding");
    return `${kind}: ${this.store.path(mark.code)}. ${words}`;
  }

  async step(act) {
    const answer = await this.send(act, {});
    if (!answer) return;
    const said = answer.delta.said[this.store.language] || answer.delta.said.en;
    this.tell.say(said || this.texts(act === "undo" ? "undone" : "redone"));
  }

  changeCode(code, fields) {
    return this.send("change_code", { code, ...fields });
  }

  moveCode(code, { parent, before }) {
    const now = this.store.byCode.get(code);
    const fields = { code };
    if (parent !== undefined && parent !== (now.parent || null)) fields.parent = parent;
    if (before !== undefined) fields.before = before;
    return this.send("move_code", fields);
  }

  memo(about, target, text) {
    return this.send("set_memo", { about, target, text });
  }
}
