"""How numbers, dates and names are written for people, in the study's languages."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["LANGUAGES", "Finding", "Words", "date", "interval", "number", "p_value", "percent"]

LANGUAGES = ("fi", "en", "sv")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUS = "\N{MINUS SIGN}"
_NARROW = "\N{NO-BREAK SPACE}"


class Words(Mapping[str, str]):
    """A text in several languages; falls back to English, Finnish, Swedish, then what there is."""

    def __init__(self, texts: Mapping[str, str] | str | None = None, **by_language: str) -> None:
        given = {"en": texts} if isinstance(texts, str) else dict(texts or {})
        self._texts: dict[str, str] = {**given, **by_language}

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"Words({self._texts!r})"

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._texts.items())))

    def to(self, language: str) -> str:
        """The text in `language`, or in the nearest language there is; "" when there is none."""
        for candidate in (language, "en", "fi", "sv", *self._texts):
            if self._texts.get(candidate):
                return self._texts[candidate]
        return ""


def _comma(language: str) -> bool:
    return language in ("fi", "sv")


def number(
    value: float | None, language: str = "en", *, decimals: int = 0, sign: bool = False
) -> str:
    """A number by locale: 1 234,5 in Finnish and Swedish, 1,234.5 in English; "–" if missing."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{abs(round(value, decimals)):,.{decimals}f}"
    if _comma(language):
        text = text.replace(",", _NARROW).replace(".", ",")
    negative = round(value, decimals) < 0
    return (_MINUS if negative else "+" if sign and round(value, decimals) > 0 else "") + text


def percent(share: float | None, language: str = "en", *, decimals: int = 0) -> str:
    """A share 0..1 as a percentage: 54 % in Finnish and Swedish, 54% in English."""
    text = number(None if share is None else share * 100, language, decimals=decimals)
    return text if text == "–" else text + (f"{_NARROW}%" if _comma(language) else "%")


def interval(low: float, high: float, language: str = "en", *, decimals: int = 0) -> str:
    """An interval: `12–34`; with `…` between where an end is negative, to keep signs readable."""
    dash = "\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}" if low < 0 or high < 0 else "–"
    return (
        number(low, language, decimals=decimals) + dash + number(high, language, decimals=decimals)
    )


def p_value(p: float, language: str = "en") -> str:
    """A p-value to three decimals, `< 0.001` below that."""
    if p < 0.001:
        return f"< {number(0.001, language, decimals=3)}"
    return number(p, language, decimals=3)


def date(value: dt.date, language: str = "en") -> str:
    """A date: 24.11.2026 in Finnish, 2026-11-24 in Swedish, 24 Nov 2026 in English."""
    if language == "fi":
        return f"{value.day}.{value.month}.{value.year}"
    if language == "sv":
        return value.isoformat()[:10]
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


@dataclass(frozen=True)
class Finding:
    """What an analysis gives: a table, and the same in one plain sentence per language.

    Attributes
    ----------
    table : pandas.DataFrame
        The numbers; columns are documented by the function that made it.
    sentences : Words
        One sentence (or two) with n and interval, in Finnish and English.
    warnings : tuple of Words
        What a reader must know: small n, hidden groups, fallbacks.
    details : dict
        Further tables or numbers named by the function that made it.
    """

    table: Any
    sentences: Words
    warnings: tuple[Words, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """The sentence in the reader's language."""
        return self.sentences.to(language)

    def _repr_html_(self) -> str:
        import html

        notes = "".join(f"<p><em>{html.escape(w.to('en'))}</em></p>" for w in self.warnings)
        sentence = html.escape(self.sentence())
        return f"<p><strong>{sentence}</strong></p>{notes}{self.table.to_html(border=0)}"
