"""A raw text brought to its stored form, with every place in it carried along."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..model import normalise_text

__all__ = ["MovedText", "move_text"]

Places = NDArray[np.int64]
_LINE_ENDS = re.compile("\\A\ufeff|\r\n?")


@dataclass(frozen=True)
class MovedText:
    """A normalised text and the edits that made it from the raw one.

    `starts` and `ends` are raw places of the pieces that were replaced; `new_starts` and
    `new_ends` are the places of what stands there now.
    """

    text: str
    starts: Places
    ends: Places
    new_starts: Places
    new_ends: Places

    def move(self, places: Places, *, is_end: bool) -> Places:
        """Carry raw places over; one inside a replaced piece goes to the piece's outer edge."""
        if not len(self.starts):
            return places
        last = np.searchsorted(self.starts, places, side="right") - 1
        before = last < 0
        last = np.maximum(last, 0)
        after = places >= self.ends[last]
        moved = places + self.new_ends[last] - self.ends[last]
        at_start = places == self.starts[last]
        edge = self.new_ends[last] if is_end else self.new_starts[last]
        inside = np.where(at_start, self.new_starts[last], edge)
        return np.where(before, places, np.where(after, moved, inside))


def move_text(raw: str, *, where: str = "") -> MovedText:
    """Normalise a text (NFC, LF, no byte-order mark) and remember what moved.

    Raises
    ------
    ImportRefusedError
        The text holds a NUL or a lone surrogate.
    """
    text = normalise_text(raw, where=where)
    if text == raw:
        none = np.empty(0, dtype=np.int64)
        return MovedText(raw, none, none, none, none)
    composed = unicodedata.is_normalized("NFC", raw)
    pattern = _LINE_ENDS if composed else _edits_pattern()  # the second is ten times as slow
    edits = [(m.start(), m.end(), _stored(m)) for m in pattern.finditer(raw)]
    edits = [e for e in edits if raw[e[0] : e[1]] != e[2]]
    starts = np.array([e[0] for e in edits], dtype=np.int64)
    ends = np.array([e[1] for e in edits], dtype=np.int64)
    lengths = np.array([len(e[2]) for e in edits], dtype=np.int64)
    grown = np.cumsum(lengths - (ends - starts))
    new_ends = ends + grown
    return MovedText(text, starts, ends, new_ends - lengths, new_ends)


def _stored(found: re.Match[str]) -> str:
    piece = found.group()
    if piece[0] == "\r":
        return "\n"
    if piece == "\ufeff" and found.start() == 0:
        return ""
    return unicodedata.normalize("NFC", piece)


@lru_cache(maxsize=1)
def _edits_pattern() -> re.Pattern[str]:
    """What normalising may replace: line ends, the mark, letters with the marks that join them."""
    joining, changing = [], []
    for point in range(0x80, 0x30000):
        sign = chr(point)
        if unicodedata.combining(sign):
            joining.append(point)
        elif unicodedata.normalize("NFC", sign) != sign:
            changing.append(point)
        parts = unicodedata.decomposition(sign).split()
        if len(parts) == 2 and parts[0][0] != "<":
            joining.append(int(parts[1], 16))
    joining.extend(range(0x1161, 0x1176))
    joining.extend(range(0x11A8, 0x11C3))
    joins = _class(sorted({p for p in joining if p >= 0x80}))
    return re.compile(
        rf"\A\ufeff|\r\n?|[^\r\n{joins}][{joins}]+|[{joins}]+|[{_class(changing)}]", re.DOTALL
    )


def _class(points: list[int]) -> str:
    pieces, first = [], 0
    for i in range(1, len(points) + 1):
        if i == len(points) or points[i] != points[i - 1] + 1:
            pieces.append(f"\\U{points[first]:08x}-\\U{points[i - 1]:08x}")
            first = i
    return "".join(pieces)
