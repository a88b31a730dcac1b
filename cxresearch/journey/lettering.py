"""How wide a text is, and where it may be broken, so that nothing overlaps or is cut."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .widths import BOLD, PLAIN

__all__ = ["clean", "hyphenated", "shorten", "text_width", "wrap"]

_SOFT = "\N{SOFT HYPHEN}"
_BREAKING = re.compile(r"[ \t\n\r\f\v\u2000-\u200a\u2028\u2029\u3000]+")
_JOINER = "\N{ZERO WIDTH JOINER}"
_JOINTS = tuple("-/_.@")
_VOWELS = frozenset("aeiouyåäöéèáóúíüøæõ")
# characters that XML forbids, and those that turn the direction of the text around them
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """The text without characters that an XML file can't hold, blanks at the ends removed."""
    return _FORBIDDEN.sub("", text).strip()


@lru_cache(maxsize=4096)
def _other_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1250
    return 1000


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in the unit of `size` (px) when set in Arial or a font with its metrics.

    Characters beyond Latin letters get a generous width: 1 em, 1.25 em for wide ones.
    """
    table = BOLD if bold else PLAIN
    total = sum(table.get(c) or _other_width(c) for c in text if c != _SOFT)
    return total * size / 1000


def _clusters(word: str) -> list[str]:
    """Characters with the marks, joiners and selectors that belong to them."""
    found: list[str] = []
    for character in word:
        joins = found and (
            unicodedata.category(character) in ("Mn", "Me")
            or character == _JOINER
            or found[-1].endswith(_JOINER)
            or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}"
            <= character
            <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
        )
        if joins:
            found[-1] += character
        else:
            found.append(character)
    return found


def _syllables(word: str) -> list[str]:
    """Pieces where a Finnish word may be hyphenated: before a consonant and a vowel.

    Marks given in the word win: soft hyphens, and the places after - / _ . @ in ids and
    addresses. At least two characters stay on either side.
    """
    if _SOFT in word:
        return [piece for piece in word.split(_SOFT) if piece]
    pieces = [""]
    letters = _clusters(word)
    for place, letter in enumerate(letters):
        following = letters[place + 1] if place + 1 < len(letters) else ""
        consonant = letter.isalpha() and letter.lower() not in _VOWELS
        syllable = consonant and following.lower() in _VOWELS and len(pieces[-1]) > 1
        joint = pieces[-1][-1:] in _JOINTS and letter not in _JOINTS
        if pieces[-1] and (syllable or joint):
            pieces.append("")
        pieces[-1] += letter
    return [piece for piece in pieces if piece]


def _split_word(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word too long for a line, as pieces that fit, hyphens added where it is broken."""
    lines, line = [], ""
    for piece in _syllables(word):
        tail = "" if piece[-1] in _JOINTS else "-"
        if line and text_width(line + piece + tail, size, bold=bold) > width:
            lines.append(line if line[-1] in _JOINTS else line + "-")
            line = ""
        if text_width(piece + tail, size, bold=bold) > width:
            whole, line = _split_letters(line + piece, width, size, bold)
            lines += whole
        else:
            line += piece
    return [*lines, line] if line else lines


def _split_letters(piece: str, width: float, size: float, bold: bool) -> tuple[list[str], str]:
    lines, line = [], ""
    for letter in _clusters(piece):
        if line and text_width(line + letter, size, bold=bold) > width:
            lines.append(line)
            line = ""
        line += letter
    return lines, line


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of the text, each at most `width` wide (one lone character may be wider).

    Lines break at blanks; a word wider than the line is hyphenated by syllable, and letter by
    letter where even a syllable is too wide. No-break blanks hold. An empty text gives no line.
    """
    lines: list[str] = []
    line = ""
    for word in _BREAKING.split(clean(text)):
        joined = f"{line} {word}" if line else word
        if text_width(joined, size, bold=bold) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        if text_width(word, size, bold=bold) > width:
            *whole, line = _split_word(word, width, size, bold) or [""]
            lines += whole
    if line:
        lines.append(line)
    return [part.replace(_SOFT, "") for part in lines]


def hyphenated(text: str, *, longest: int = 11) -> str:
    """The text with soft hyphens in words longer than `longest`, for a browser to break at."""
    return re.sub(
        rf"[^\W\d_]{{{longest + 1},}}", lambda word: _SOFT.join(_syllables(word[0])), clean(text)
    )


def shorten(text: str, most: int) -> str:
    """The text in at most `most` characters, cut at a blank and ended with `…`."""
    text = clean(text)
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank > most // 2 else cut).rstrip(" ,.;:") + "…"
