// Keys of the transcript. Small letters and digits belong to the codes, digits that no code has to
// the recent codes; what the coder itself does has signs, capitals and named keys.

import { withCommand } from "./dom.js";
import { borderMoved, move } from "./moving.js";

const digit = (event) => (/^Digit[1-9]$/.test(event.code) ? Number(event.code.slice(5)) : 0);

// Alt+arrows move the end of the active coding by a word, with Shift its start; Ctrl: by a sign
function moveBorder(event, { store, desk }) {
  const mark = store.activeMark();
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!mark || mark.suggested || !step) return false;
  const which = event.shiftKey ? "start" : "end";
  desk.moveBorder(which, borderMoved(store, mark[which], step, { which, bySigns: event.ctrlKey }));
  return true;
}

function withAlt(event, work) {
  if (moveBorder(event, work)) return true;
  const phase = work.store.phases[digit(event) - 1];
  if (!phase) return false;
  work.desk.setPhase(phase.phase);
  return true;
}

function withControl(event, work) {
  const key = event.key.toLowerCase();
  if (key === "z") work.desk.step(event.shiftKey ? "redo" : "undo");
  else if (key === "y") work.desk.step("redo");
  else if (key === "f") work.finding.focus();
  else if (key === "a") work.selectTurn();
  else return key === "s";
  return true;
}

function nextPhase({ store, desk }, step) {
  const phases = store.phases.map((p) => p.phase);
  if (!phases.length) return;
  const mark = store.activeMark();
  const now = phases.indexOf(mark && !mark.suggested ? mark.phase : store.phaseForNew);
  desk.setPhase(phases[now < 0 ? (step > 0 ? 0 : phases.length - 1) : (now + step + phases.length) % phases.length]);
}

function valenceBy({ store, desk }, step) {
  const mark = store.activeMark();
  const now = mark && mark.valence !== undefined && mark.valence !== null ? mark.valence : 0;
  const next = Math.max(-2, Math.min(2, now + step));
  if (!mark || mark.valence !== next) desk.setValence(next);
}

// Enter: a code for the selection; accept a suggestion; another code for a coding
function enter(work) {
  const mark = work.store.activeMark();
  if (work.desk.selected()) work.ask.code();
  else if (mark && mark.suggested) work.desk.decide(true);
  else if (mark) work.ask.recode();
  else work.ask.code();
}

const PLAIN = {
  Enter: enter,
  Delete: ({ desk }) => desk.removeActive(),
  Backspace: ({ desk }) => desk.removeActive(),
  Escape: ({ clear }) => clear(),
  "*": ({ desk }) => desk.toggleImportant(),
  "+": (work) => valenceBy(work, 1),
  "-": (work) => valenceBy(work, -1),
  ".": (work) => nextPhase(work, 1),
  ",": (work) => nextPhase(work, -1),
  "/": ({ finding }) => finding.focus(),
  "?": ({ help }) => help(),
  F2: ({ focusMemo }) => focusMemo(),
  E: ({ edit }) => edit(),
  I: ({ desk }) => desk.inVivo(),
  N: ({ ask }) => ask.newCode(),
  R: ({ ask }) => ask.recode(),
  M: ({ focusMemo }) => focusMemo(),
  T: ({ focusTree }) => focusTree(),
};

function plain(event, work) {
  const { store, desk } = work;
  if (event.key === " ") {
    desk.next(event.shiftKey ? -1 : 1);
    return true;
  }
  if (PLAIN[event.key]) {
    PLAIN[event.key](work);
    return true;
  }
  const number = digit(event);
  if (event.shiftKey && number >= 1 && number <= 5) {
    desk.setValence(number - 3);
    return true;
  }
  const code = store.keys.get(event.key) || store.recent[store.recentKeys().indexOf(event.key)];
  if (code) desk.codeSelection(code);
  // letters without a code do nothing here, and nothing in the notebook either
  return event.key.length === 1;
}

export function onTextKey(event, work) {
  if (event.isComposing || event.key === "Dead") return;
  const done = move(work.pane, event, work.goal)
    || (event.altKey && !event.getModifierState("AltGraph") ? withAlt(event, work)
      : withCommand(event) ? withControl(event, work) : plain(event, work));
  if (event.key !== "Tab") event.stopPropagation();
  if (done) event.preventDefault();
}
