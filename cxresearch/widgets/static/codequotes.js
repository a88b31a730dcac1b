// All quotations of a code in the study: to read them together, and to split the code.

import { make } from "./dom.js";
import { codeId } from "./desk.js";

export class CodeQuotes {
  // go: {place(hit), back()}
  constructor(store, texts, desk, go) {
    Object.assign(this, { store, texts, desk, go });
    this.element = make("section", { class: "cxc-panel", "aria-label": texts("code_quotes") });
  }

  async show(code) {
    const answer = await this.desk.send("code_quotes", { code });
    if (!answer) return false;
    this.code = code;
    this.draw(answer.hits);
    return true;
  }

  draw(hits) {
    const { store, texts } = this;
    const chosen = new Set();
    const name = make("input", { type: "text", maxlength: "200", "aria-label": texts("name_code"), placeholder: texts("name_code"),
      onkeydown: (event) => {
        if (event.key === "Enter") this.split(chosen, name.value);
      } });
    const go = make("button", { type: "button", disabled: true, onclick: () => this.split(chosen, name.value) }, texts("split_do", { n: 0 }));
    const choose = (id, on) => {
      if (on) chosen.add(id);
      else chosen.delete(id);
      go.textContent = texts("split_do", { n: chosen.size });
      go.disabled = !chosen.size;
    };
    this.element.replaceChildren(
      make("div", { class: "cxc-headline" }, make("h3", {}, texts("quotes_of", { code: store.name(this.code), n: hits.length })),
        make("button", { type: "button", onclick: () => this.go.back() }, texts("close"))),
      make("p", { class: "cxc-none" }, texts("split_note")),
      make("div", { class: "cxc-pair" }, name, go),
      ...hits.map((hit) => make("div", { class: "cxc-choose" },
        make("input", { type: "checkbox", "aria-label": hit.words.slice(0, 80), onchange: (event) => choose(hit.coding, event.target.checked) }),
        make("button", { type: "button", class: "cxc-result", onclick: () => this.go.place(hit) },
          make("small", {}, [hit.title, hit.coder].filter(Boolean).join(" · ")), make("span", {}, hit.words)))));
    name.focus();
  }

  async split(chosen, typed) {
    const words = typed.trim().replace(/\s+/g, " ");
    if (!chosen.size || !words) {
      this.desk.tell.fail(this.texts("split_needs"));
      return;
    }
    const { store } = this;
    const into = codeId(words, store.byCode);
    const done = await this.desk.send("split_code", { code: this.code, into, codings: [...chosen],
      [`name_${store.language === "fi" ? "fi" : "en"}`]: words });
    if (!done) return;
    this.desk.tell.say(this.texts("split_done", { n: chosen.size, code: words }));
    this.go.back();
  }
}
