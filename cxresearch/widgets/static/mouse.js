// The mouse in the transcript: selecting, choosing a quotation, dragging its borders.

import { make } from "./dom.js";

const SLIP = 4;

// follow the browser's own selection into the store
export function followSelection(pane) {
  const selection = document.getSelection();
  if (!selection.anchorNode || !pane.element.contains(selection.anchorNode)) return;
  if (!pane.element.contains(selection.focusNode)) return;
  const anchor = pane.pointOf(selection.anchorNode, selection.anchorOffset);
  const focus = pane.pointOf(selection.focusNode, selection.focusOffset);
  if (anchor === null || focus === null) return;
  const known = pane.store.selection;
  const clamped = (point) => {
    const { node, offset } = pane.nodeAt(point);
    return pane.pointOf(node, offset);
  };
  // what the window shows of a longer selection is no news
  if (clamped(known.anchor) === anchor && clamped(known.focus) === focus) return;
  pane.store.select(anchor, focus);
}

export class Mouse {
  constructor(pane, desk, picked) {
    Object.assign(this, { pane, desk, picked });
    this.handles = ["start", "end"].map((which) => make("div", {
      class: `cxc-handle cxc-handle-${which}`, "aria-hidden": "true",
      onpointerdown: (event) => this.grab(event, which),
    }));
    pane.spacer.append(...this.handles);
    pane.element.addEventListener("pointerdown", (event) => this.down(event));
    this.up = () => this.release();
    this.selected = () => followSelection(pane);
    document.addEventListener("pointerup", this.up);
    document.addEventListener("selectionchange", this.selected);
  }

  close() {
    document.removeEventListener("pointerup", this.up);
    document.removeEventListener("selectionchange", this.selected);
  }

  down(event) {
    if (event.button !== 0) return;
    const mark = event.target.closest("[data-mark]");
    if (mark) {
      event.preventDefault();
      this.pane.element.focus({ preventScroll: true });
      this.desk.goTo(this.pane.store.mark(mark.dataset.mark));
      return;
    }
    // on words that are selected the browser would drag them away; a new selection is meant
    if (!event.shiftKey) document.getSelection().removeAllRanges();
    // no row may be dropped, and no selection redrawn, while the mouse is down
    this.pane.held = true;
    this.pane.spacer.classList.add("cxc-held");
  }

  release() {
    if (!this.pane.held) return;
    this.pane.held = false;
    this.pane.spacer.classList.remove("cxc-held");
    followSelection(this.pane);
    const { store } = this.pane;
    if (store.selection.anchor === store.selection.focus) this.choose();
    this.pane.draw();
    this.picked();
  }

  // a click takes the shortest quotation there; a second click the next longer one
  choose() {
    const { store } = this.pane;
    const found = store.marksAt(store.selection.focus);
    const again = this.lastPlace === store.selection.focus;
    const at = again ? found.findIndex((mark) => mark.id === store.active) + 1 : 0;
    this.lastPlace = store.selection.focus;
    store.activate(found.length ? found[at % found.length].id : null);
  }

  grab(event, which) {
    event.preventDefault();
    event.stopPropagation();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    let point = null;
    const drag = (moved) => {
      if (Math.abs(moved.clientX - event.clientX) + Math.abs(moved.clientY - event.clientY) < SLIP) return;
      handle.style.pointerEvents = "none";
      const found = this.pane.pointAtScreen(moved.clientX, moved.clientY);
      handle.style.pointerEvents = "";
      if (found === null) return;
      point = found;
      this.placeHandle(handle, which, point);
    };
    const drop = () => {
      handle.removeEventListener("pointermove", drag);
      if (point !== null) this.desk.moveBorder(which, point);
      this.show();
    };
    handle.addEventListener("pointermove", drag);
    handle.addEventListener("pointerup", drop, { once: true });
    handle.addEventListener("pointercancel", drop, { once: true });
  }

  placeHandle(handle, which, point) {
    const rect = this.pane.rectAt(which === "end" && point > 0 ? point - 1 : point);
    const ground = this.pane.spacer.getBoundingClientRect();
    const end = which === "end" ? this.endRect(point) : rect;
    handle.style.transform = `translate(${end.left - ground.left - 5}px, ${end.top - ground.top}px)`;
    handle.style.height = `${end.height + 4}px`;
  }

  // the end of a quotation is drawn after its last sign, not before the next line's first
  endRect(point) {
    const { node, offset } = this.pane.nodeAt(point);
    if (node.nodeType !== 3 || offset === 0) return this.pane.rectAt(point);
    const range = document.createRange();
    range.setStart(node, offset - 1);
    range.setEnd(node, offset);
    const rects = range.getClientRects();
    const last = rects[rects.length - 1];
    return last ? new DOMRect(last.right, last.top, 0, last.height) : this.pane.rectAt(point);
  }

  show() {
    const mark = this.pane.store.activeMark();
    for (const [i, which] of ["start", "end"].entries()) {
      const handle = this.handles[i];
      const shown = mark && !mark.suggested && this.pane.isDrawn(mark[which]);
      handle.hidden = !shown;
      if (shown) this.placeHandle(handle, which, mark[which]);
    }
  }
}
