"""Finding the words of a quotation in a text, exactly or by their letters alone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

__all__ = ["TextPlaces"]

_SHORTEST_LOOSE = 8


@dataclass(frozen=True)
class Found:
    """Places of a quotation; `loose` where white space and punctuation had to be ignored."""

    places: tuple[tuple[int, int], ...]
    loose: bool = False


class TextPlaces:
    """A text made ready for finding many quotations.

    A quotation is looked for as it is; where it is not there, by its letters and digits alone, in
    lower case, so that line breaks, tabs, dashes and quotation marks may differ.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._bare: str | None = None
        self._where = np.empty(0, dtype=np.int64)

    def find(self, quote: str) -> Found:
        """All places of a quotation, overlapping ones too."""
        exact = _all_places(self.text, quote)
        if exact:
            return Found(tuple((at, at + len(quote)) for at in exact))
        bare = "".join(_bare(c) for c in quote)
        if len(bare) < _SHORTEST_LOOSE:
            return Found(())
        if self._bare is None:
            self._make_bare()
        places = []
        for at in _all_places(self._bare or "", bare):
            start = int(self._where[at])
            end = int(self._where[at + len(bare) - 1]) + 1
            if self._is_whole(at, len(bare)):
                places.append((start, self._with_tail(end, quote)))
        return Found(tuple(places), loose=True)

    def _make_bare(self) -> None:
        pieces, where = [], []
        for offset, sign in enumerate(self.text):
            bare = _bare(sign)
            if bare:
                pieces.append(bare)
                where.extend([offset] * len(bare))
        self._bare = "".join(pieces)
        self._where = np.array(where, dtype=np.int64)

    def _is_whole(self, at: int, length: int) -> bool:
        """Whether the match starts and ends at the edge of a word."""
        start, end = int(self._where[at]), int(self._where[at + length - 1]) + 1
        before = start > 0 and self.text[start - 1].isalnum()
        after = end < len(self.text) and self.text[end].isalnum()
        return not before and not after

    def _with_tail(self, end: int, quote: str) -> int:
        """Take the punctuation at the end of the quotation along where the text has it too."""
        tail = quote[len(quote.rstrip("".join({c for c in quote if not c.isalnum()}))) :]
        for sign in tail.strip():
            if end < len(self.text) and self.text[end] == sign:
                end += 1
            else:
                break
        return end


def _bare(sign: str) -> str:
    """A letter or digit in lower case without its accents; "" for anything else."""
    if not sign.isalnum():
        return ""
    plain = unicodedata.normalize("NFKD", sign.casefold())
    return "".join(c for c in plain if c.isalnum())


def _all_places(text: str, words: str) -> list[int]:
    if not words:
        return []
    places = []
    at = text.find(words)
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    return places
