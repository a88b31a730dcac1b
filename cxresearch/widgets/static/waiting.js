// Quotations that lost their place when the text was edited: each waits for a person's decision.

import { make } from "./dom.js";
import { colourName } from "./rowmarks.js";

export class WaitingPanel {
  // back: where the focus goes when a row and its buttons are gone
  constructor(store, texts, desk, back) {
    Object.assign(this, { store, texts, desk, back });
    this.element = make("section", { class: "cxc-panel", "aria-label": texts("unplaced") });
  }

  draw() {
    const { store, texts, desk } = this;
    const rows = store.unplaced.map((row) => make("div", { class: "cxc-waiting", "data-coding": row.coding },
      make("div", { class: "cxc-head" }, make("i", { style: `background:var(${colourName(row.code)})` }),
        make("b", {}, store.name(row.code)), row.coder ? make("small", {}, row.coder) : null),
      make("blockquote", {}, row.quote),
      make("div", { class: "cxc-buttons" },
        make("button", { type: "button", onclick: () => this.place(row) }, texts("place_here")),
        make("button", { type: "button", onclick: () => this.remove(row) }, texts("remove")))));
    this.element.replaceChildren(
      make("p", { class: "cxc-none" }, texts(rows.length ? "unplaced_note" : "unplaced_none")), ...rows);
  }

  // the words selected in the text become the quotation's new place
  async place(row) {
    const place = this.desk.trimmed();
    if (!place) {
      this.desk.tell.fail(this.texts("select_first"));
      return;
    }
    const done = await this.desk.send("change_coding", { coding: row.coding, start: place.start, end: place.end });
    if (done) this.desk.tell.say(this.texts("placed", { code: this.store.name(row.code) }));
    this.back();
  }

  async remove(row) {
    const done = await this.desk.send("remove_coding", { coding: row.coding });
    if (done) this.desk.tell.say(this.texts("removed", { code: this.store.name(row.code) }));
    this.back();
  }
}
