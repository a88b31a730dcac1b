// The line to Python: each act has a number; its answer brings the number back. Nothing counts as
// saved before the answer.

const PATIENCE = 4000;

export class Wire {
  constructor(model, heard) {
    this.model = model;
    this.heard = heard;
    this.asking = null;
    this.waiting = new Map();
    // windows that share a widget hear each other's answers: numbers start far apart
    this.next = Math.floor(Math.random() * 2 ** 40) * 1024;
    this.receive = (message) => this.onMessage(message);
    model.on("msg:custom", this.receive);
  }

  send(act, fields = {}) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.heard.slow(act), PATIENCE);
      this.waiting.set(id, { resolve, reject, timer, act });
      this.heard.pending(this.waiting.size);
      this.model.send({ id, act, ...fields });
    });
  }

  // a question in the background: nobody waits for it, and nothing hangs on it
  ask(act, fields) {
    if (this.waiting.size || this.asking) return;
    const id = this.next++;
    this.asking = id;
    this.model.send({ id, act, ...fields });
  }

  onMessage(message) {
    if (!message || message.cx !== 1) return;
    const asked = this.waiting.get(message.id);
    const looked = message.id !== null && message.id === this.asking;
    if (looked) this.asking = null;
    if (message.ok && message.delta) this.heard.delta(message.delta, asked ? asked.act : looked ? message.act : null);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.waiting.delete(message.id);
    this.heard.pending(this.waiting.size, !message.ok);
    if (message.ok) asked.resolve(message);
    else asked.reject(new Error(message.error));
  }

  close() {
    this.model.off("msg:custom", this.receive);
    for (const asked of this.waiting.values()) clearTimeout(asked.timer);
  }
}

// tell the notebook of faults in our own code, without what people said
export function tellFaults(model, work) {
  return (...values) => {
    try {
      return work(...values);
    } catch (fault) {
      const where = String(fault.stack || "").split("\n").slice(0, 4).join(" | ");
      model.send({ id: 0, act: "browser_error", what: `${fault.name}: ${where}`.slice(0, 900) });
      throw fault;
    }
  };
}
