"""A text as a reader sees it, with the way back: signs that can't be seen don't hide a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

__all__ = ["SeenText", "seen_text"]

# zero-width and soft signs, marks of direction, tags of language: unseen, and any may split a name
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# one sign for one sign, so that places stay: dashes, blanks, full-width letters and digits
_ALIKE = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
                             "\u200a\u202f\u205f\u3000\t"), " "),
    **{0xFF01 + n: chr(0x21 + n) for n in range(94)},
}  # fmt: skip


@dataclass(frozen=True)
class SeenText:
    """`seen` without invisible signs, and `places`: where each of its signs stands in the original.

    `places` is None where nothing was left out.
    """

    seen: str
    places: np.ndarray | None
    length: int

    def back(self, start: int, end: int) -> tuple[int, int]:
        """A range of the seen text as a range of the original, invisible signs inside included."""
        if self.places is None:
            return start, end
        if start >= end:
            at = int(self.places[start]) if start < len(self.places) else self.length
            return at, at
        return int(self.places[start]), int(self.places[end - 1]) + 1


def seen_text(text: str, *, alike: bool = False) -> SeenText:
    """Leave out what no reader sees (zero-width signs, soft hyphens, marks of direction).

    `alike` also makes dashes, blanks and full-width signs alike, one sign for one sign.
    """
    plain = text.translate(_ALIKE) if alike else text
    if not _UNSEEN.search(plain):
        return SeenText(plain, None, len(text))
    keep = np.ones(len(plain), dtype=bool)
    for match in _UNSEEN.finditer(plain):
        keep[match.start() : match.end()] = False
    return SeenText(_UNSEEN.sub("", plain), np.flatnonzero(keep), len(text))
