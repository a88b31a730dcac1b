"""Documents, turns and quotations. Offsets are code points, end exclusive."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import DriftError, ImportRefusedError

__all__ = ["Document", "Quotation", "Turn", "moved_range", "normalise_text"]

_REFUSED = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """One interview, note, diary or open comment with its normalised text."""

    document: str
    kind: str
    text: str
    title: str = ""
    language: str | None = None
    language_confidence: float | None = None
    respondent: str | None = None
    source: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Turn:
    """What one speaker says before the next one speaks; `start`..`end` are the words said."""

    turn: int
    start: int
    end: int
    speaker: str | None = None
    role: str | None = None
    seconds: float | None = None
    seconds_end: float | None = None


@dataclass(frozen=True)
class Quotation:
    """A range of one document, with the exact words kept beside the offsets."""

    document: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, document: str, text: str, start: int, end: int) -> Quotation:
        """Cut a quotation out of a text; an empty or outlying range is refused."""
        if not 0 <= start < end <= len(text):
            raise DriftError(
                f"A quotation of `{document}` lies outside the text or is empty.",
                expected=f"0 <= start < end <= {len(text)}",
                found=f"start={start}, end={end}",
                next_step="Select the words again.",
            )
        return cls(document, start, end, text[start:end])

    def check(self, text: str) -> Quotation:
        """Give the quotation back, or say that the words have moved away from their place."""
        there = text[self.start : self.end]
        if there != self.quote:
            raise DriftError(
                "The words of a quotation are not at their place any more.",
                expected=self.quote,
                found=there,
                where=f"{self.document}, {self.start}..{self.end}",
                next_step="Open the document and place the quotation again.",
            )
        return self


def normalise_text(text: str, *, where: str = "") -> str:
    """Bring a text to its stored form: NFC, LF line ends, no byte-order mark.

    A NUL or a lone surrogate is refused with its position: PostgreSQL and UTF-8 can't hold them.
    Nothing else is changed: zero-width joiners and emoji stay as they are.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    refused = _REFUSED.search(text)
    if refused is not None:
        sign, offset = refused.group(), refused.start()
        name = "a NUL character (U+0000)" if sign == "\0" else f"a lone surrogate U+{ord(sign):04X}"
        line = text.count("\n", 0, offset) + 1
        raise ImportRefusedError(
            f"The text holds {name}.",
            expected="text without NUL or lone surrogates",
            found=f"{name} at character {offset}, line {line}",
            where=where or None,
            next_step="Save the file again as UTF-8 text from the program that made it.",
        )
    return unicodedata.normalize("NFC", text)


def moved_range(start: int, end: int, cuts: Iterable[tuple[int, int, int]]) -> tuple[int, int]:
    """Where a range of a text stands after parts of the text were replaced.

    Parameters
    ----------
    start, end : int
        A range of the old text (code points, end exclusive).
    cuts : iterable of tuple of int
        What was replaced, in order and without overlap: first code point, the one after the last,
        and how many stand there now.

    Returns
    -------
    tuple of int
        The range in the new text. Words replaced inside the range stay inside. A border that stands
        inside replaced words moves outwards, to the border of what replaces them.
    """
    moved = [start, end]
    shift = 0
    for first, last, length in cuts:
        for side, place in enumerate((start, end)):
            if place >= last:
                moved[side] = place + shift + length - (last - first)
            elif place > first:
                moved[side] = first + shift + (length if side else 0)
        shift += length - (last - first)
    return moved[0], moved[1]
