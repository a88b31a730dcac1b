// What redaction did: the words of two texts side by side, by longest common sequence.

const PART = /[\p{L}\p{N}\p{M}_'’-]+|\s+|[^\p{L}\p{N}\p{M}\s]/gu;
const MOST_WORDS = 1500;

export function wordsOf(text) {
  return text.match(PART) || [];
}

// parts: {kind: "same" | "gone" | "new", text}
export function difference(before, after) {
  const a = wordsOf(before);
  const b = wordsOf(after);
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) {
    return [{ kind: "gone", text: before }, { kind: "new", text: after }];
  }
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  return partsFrom(a, b, table, width);
}

function partsFrom(a, b, table, width) {
  const parts = [];
  const add = (kind, text) => {
    const last = parts[parts.length - 1];
    if (last && last.kind === kind) last.text += text;
    else parts.push({ kind, text });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || table[(i + 1) * width + j] >= table[i * width + j + 1])) {
      add("gone", a[i]);
      i += 1;
    } else {
      add("new", b[j]);
      j += 1;
    }
  }
  return parts;
}

// words that were taken out and nowhere left in: they may not come back by an edit unnoticed
export function removedWords(before, after) {
  const left = new Set(wordsOf(after).map((word) => word.toLowerCase()));
  return difference(before, after).filter((part) => part.kind === "gone")
    .flatMap((part) => wordsOf(part.text))
    .filter((word) => /\p{L}{2}|\p{N}{2}/u.test(word) && !left.has(word.toLowerCase()));
}
