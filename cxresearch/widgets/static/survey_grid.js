// The survey grid: one respondent a row, closed answers beside the comment, coded in place.

import { make } from "./dom.js";
import { tellFaults } from "./wire.js";
import { Desk } from "./desk.js";
import { GridStore, JOINED } from "./grid_store.js";
import { Workbench } from "./workbench.js";

class GridDesk extends Desk {
  async open() {
    const answer = await this.send("open_grid", {});
    if (answer) {
      this.documents = [];
      this.store.takeGrid(answer.grid);
    }
    return answer;
  }

  // without a selection a code goes to the whole comment
  trimmed() {
    return super.trimmed() || this.store.whole();
  }

  send(act, fields) {
    if (fields.start === undefined) return super.send(act, fields);
    const place = this.store.local(fields.start, fields.end);
    if (!place) {
      this.tell.fail(this.texts("one_comment"));
      return Promise.resolve(null);
    }
    const { document, ...range } = place;
    return super.send(act, { ...fields, ...range, ...(fields.document === JOINED ? { document } : {}) });
  }
}

class Grid extends Workbench {
  newStore(language) {
    return new GridStore(language);
  }

  newDesk(tell) {
    return new GridDesk(this.store, this.wire, this.texts, tell);
  }

  above() {
    this.root.classList.add("cxc-grid");
    this.heads = make("div", { class: "cxc-heads" });
    this.shownCount = make("span", { role: "status" });
    const uncoded = make("input", { type: "checkbox", onchange: (event) => {
      this.store.onlyUncoded = event.target.checked;
      this.store.arrange();
    } });
    return make("div", { class: "cxc-head-row" }, this.heads, make("div", { class: "cxc-heads-end" },
      make("label", {}, uncoded, this.texts("only_uncoded")), this.shownCount));
  }

  bar() {
    const bar = super.bar();
    this.choice.remove();
    this.pen.remove();
    return bar;
  }

  drawHeads() {
    const { store, texts } = this;
    this.root.style.setProperty("--cxc-columns", String(store.columns.length));
    const titles = store.columns.map((column, i) => make("button", {
      type: "button", title: texts("sort_by", { title: column.title }), "data-column": String(i),
      onclick: () => this.sortBy(i),
    }, column.title));
    const filters = store.columns.map((column, i) => make("input", {
      type: "text", "aria-label": texts("filter_by", { title: column.title }), placeholder: "…", title: texts("filter_how"),
      oninput: (event) => this.filterSoon(i, event.target.value),
    }));
    this.heads.replaceChildren(...titles, ...filters);
  }

  sortBy(column) {
    const { order } = this.store;
    if (order.column !== column) this.store.order = { column, down: false };
    else if (!order.down) this.store.order = { column, down: true };
    else this.store.order = { column: -1, down: false };
    this.store.arrange();
  }

  filterSoon(column, words) {
    this.store.filters[column] = words;
    clearTimeout(this.filterTimer);
    this.filterTimer = setTimeout(() => this.store.arrange(), 200);
  }

  showDocuments() {
    const { store } = this;
    if (this.heads.children.length !== store.columns.length * 2) this.drawHeads();
    for (const button of this.heads.querySelectorAll("button")) {
      const i = Number(button.dataset.column);
      const sorted = store.order.column === i;
      button.textContent = store.columns[i].title + (sorted ? (store.order.down ? " ↓" : " ↑") : "");
      button.setAttribute("aria-pressed", String(sorted));
    }
    this.shownCount.textContent = this.texts("rows_shown", { n: store.shown.length, all: store.grid.rows.length });
    this.status.textContent = this.texts("saved");
  }
}

function render({ model, el }) {
  const grid = tellFaults(model, () => new Grid(model, el))();
  return () => grid.close();
}

export default { render };
