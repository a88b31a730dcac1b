// Correcting the text of a turn after it was coded: quotations move along, and the person sees
// beforehand which of them would lose their place.

import { make } from "./dom.js";
import { difference } from "./difference.js";
import { toPoints } from "./points.js";

const lengthOf = (text) => [...text].length;

function sharedStart(a, b) {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
  return n;
}

// the places where two texts differ, as code points of the old one, the last one first
export function editsBetween(before, after) {
  const edits = [];
  let at = 0;
  let open = null;
  for (const part of difference(before, after)) {
    if (part.kind === "same") {
      open = null;
    } else {
      if (!open) edits.push(open = { start: at, gone: "", text: "" });
      if (part.kind === "gone") open.gone += part.text;
      else open.text += part.text;
    }
    if (part.kind !== "new") at += lengthOf(part.text);
  }
  return edits.map(narrowed).reverse();
}

// only the signs that differ, so that a slip of one letter touches no border of a quotation
function narrowed({ start, gone, text }) {
  const a = [...gone];
  const b = [...text];
  const first = sharedStart(a, b);
  const last = sharedStart(a.slice(first).reverse(), b.slice(first).reverse());
  return { start: start + first, end: start + a.length - last, quote: a.slice(first, a.length - last).join(""),
    text: b.slice(first, b.length - last).join("") };
}

// quotations that an edit would cut through, or leave without a word
function loses(mark, { start, end, text }) {
  if (mark.end <= start || mark.start >= end) return false;
  const inside = mark.start <= start && end <= mark.end;
  return !inside || mark.end - mark.start - (end - start) + lengthOf(text) <= 0;
}

export class Editor {
  constructor(root, store, texts, desk, back) {
    Object.assign(this, { root, store, texts, desk, back });
  }

  // row: the row of the transcript to be edited; at: its place on the screen
  open(row, at) {
    this.close();
    this.row = row;
    this.before = this.store.text.slice(row.from, row.to);
    this.area = make("textarea", { "aria-label": this.texts("edit_text"), value: this.before, spellcheck: "true",
      oninput: () => this.tell(), onkeydown: (event) => this.onKey(event) });
    this.note = make("p", { class: "cxc-none", role: "status" });
    this.box = make("div", { class: "cxc-editor", role: "dialog", "aria-label": this.texts("edit_text"),
      "data-lm-suppress-shortcuts": "true" },
    make("h3", {}, this.texts("edit_text")), this.area, this.note,
    make("div", { class: "cxc-buttons" },
      make("button", { type: "button", class: "cxc-main", onclick: () => this.save() }, this.texts("save")),
      make("button", { type: "button", onclick: () => this.leave() }, this.texts("cancel"))));
    this.root.append(this.box);
    const ground = this.root.getBoundingClientRect();
    this.box.style.top = `${Math.max(8, Math.min(at.top - ground.top - 8, ground.height - this.box.offsetHeight - 8))}px`;
    this.area.style.height = `${Math.min(260, this.area.scrollHeight + 6)}px`;
    this.tell();
    this.area.focus();
  }

  edits() {
    const after = this.area.value.replace(/\r\n?/g, "\n").normalize("NFC");
    const base = toPoints(this.store.index, this.row.from);
    return editsBetween(this.before, after).map((edit) => ({ ...edit, start: edit.start + base, end: edit.end + base }));
  }

  tell() {
    const edits = this.edits();
    const marks = [...this.store.codings.values()];
    const lost = marks.filter((mark) => edits.some((edit) => loses(mark, edit))).length;
    this.note.textContent = !edits.length ? this.texts("edit_hint")
      : this.texts(lost ? "edit_loses" : "edit_keeps", { n: edits.length, lost });
    this.note.classList.toggle("cxc-warn", lost > 0);
  }

  // the last place first, so that the places before it stay where they are
  async save() {
    const { document } = this.store;
    const edits = this.edits();
    this.close();
    for (const edit of edits) {
      if (!await this.desk.send("edit_text", { document, ...edit })) break;
    }
    this.back();
  }

  leave() {
    this.close();
    this.back();
  }

  onKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.save();
    else return;
    event.preventDefault();
  }

  close() {
    if (this.box) this.box.remove();
    this.box = null;
  }
}
