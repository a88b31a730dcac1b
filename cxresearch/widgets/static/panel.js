// What the views beside the coder share: the line to Python, what is told below, the theme.

import { Wire, tellFaults } from "./wire.js";
import { textsOf } from "./speaking.js";
import { paint, watchTheme } from "./theme.js";

export class Panel {
  constructor(model) {
    this.model = model;
    this.texts = textsOf(model);
    this.language = model.get("_language");
    this.wire = new Wire(model, {
      delta: (delta) => this.apply(delta),
      pending: (n, refused) => this.showPending(n, refused),
      slow: () => this.fail(this.texts("kernel_silent")),
    });
  }

  // once the view has its root
  watch() {
    this.unwatch = watchTheme(() => this.paint());
  }

  paint() {
    paint(this.root, this);
  }

  apply() {}

  async send(act, fields, take = () => {}) {
    try {
      const answer = await this.wire.send(act, fields);
      take(answer);
      return answer;
    } catch (refusal) {
      this.fail(refusal.message);
      return null;
    }
  }

  say(text) {
    this.live.textContent = text;
  }

  showPending(n, refused) {
    this.status.textContent = this.texts(n ? "saving" : refused ? "not_saved" : "saved");
  }

  fail(text) {
    this.alert.hidden = false;
    this.alert.textContent = text;
  }

  close() {
    this.unwatch();
    this.wire.close();
  }
}

export function rendering(View) {
  return ({ model, el }) => {
    const view = tellFaults(model, () => new View(model, el))();
    return () => view.close();
  };
}
