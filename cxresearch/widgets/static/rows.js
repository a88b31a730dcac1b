// Rows of the transcript: a turn, or a part of a long turn, so that no row is a wall of text.

import { toPoints, toUnits, lastAtMost } from "./points.js";

const LONG = 1200;

// where to cut a text from `from` on: after a line end, else after a sentence, else at a blank
function cutAfter(text, from, to) {
  const line = text.indexOf("\n", from);
  const stop = line >= 0 && line < to ? line + 1 : to;
  if (stop - from <= LONG) return stop;
  const part = text.slice(from, from + LONG);
  const sentence = Math.max(part.lastIndexOf(". "), part.lastIndexOf("? "), part.lastIndexOf("! "));
  if (sentence > LONG / 3) return from + sentence + 2;
  const blank = part.lastIndexOf(" ");
  if (blank > 0) return from + blank + 1;
  return from + LONG - (/[\ud800-\udbff]$/.test(part) ? 1 : 0);
}

export function rowsOf(content, index) {
  const { text, turns } = content;
  const rows = [];
  for (let i = 0; i < turns.start.length; i += 1) {
    const last = toUnits(index, turns.end[i]);
    let from = toUnits(index, turns.start[i]);
    let first = true;
    while (from < last || first) {
      const to = from < last ? cutAfter(text, from, last) : last;
      rows.push({
        at: rows.length,
        from,
        to,
        start: toPoints(index, from),
        end: toPoints(index, to),
        turn: turns.turn[i],
        speaker: turns.speaker[i],
        role: turns.role[i],
        seconds: turns.seconds[i],
        first,
      });
      first = false;
      from = to;
    }
  }
  return rows;
}

// the row that holds a code point; between rows the one before
export function rowAtPoint(starts, point) {
  return Math.max(0, lastAtMost(starts, point));
}
