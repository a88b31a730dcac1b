"""Dates and periods in any of the notations that exports use, decided on the whole column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..model import Words
from .answer_words import is_no_answer
from .columns import Converted, failed_rows, mapped
from .failures import failures_table

__all__ = ["to_dates"]

_TIME = (
    r"(?:(?:[T ,]|\s+klo\s+|\s+kl\.?\s+)\s*(?P<H>\d{1,2})[:.](?P<M>\d{2})"
    r"(?:[:.](?P<S>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|[AaIi][Pp]\.)?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)(?:[+-]\d{1,2})?|[+-]\d{2}:?\d{2}|[A-Z]{3,4})?)?\s*$"
)
_ISO = re.compile(r"^\s*(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME)
_DOTTED = re.compile(r"^\s*(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})" + _TIME)
_SLASHED = re.compile(r"^\s*(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4}|\d{2})" + _TIME)
_COMPACT = re.compile(
    r"^\s*(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])\s*$"
)
_DAY_WORD = re.compile(
    r"^\s*(?:[^\W\d]+,?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<word>[^\W\d]+)\.?,?\s+(?P<y>\d{4})"
    + _TIME
)
_WORD_DAY = re.compile(
    r"^\s*(?:[^\W\d]+,\s+)?(?P<word>[^\W\d]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
    + _TIME
)
_MONTH = re.compile(r"^\s*(?P<y>(?:19|20)\d{2})\s*[-/Mm]\s*(?P<m>\d{1,2})\s*$")
_MONTH_LAST = re.compile(r"^\s*(?P<m>\d{1,2})\s*[-/.]\s*(?P<y>(?:19|20)\d{2})\s*$")
_MONTH_WORD = re.compile(r"^\s*(?P<word>[^\W\d]+)\.?[\s-]+(?P<y>\d{4})\s*$")
_QUARTER = re.compile(
    r"^\s*(?:(?P<y>\d{4})\s*[-/ ]?\s*[QqKk]\s*(?P<q>[1-4])"
    r"|[QqKk]\s*(?P<q2>[1-4])\s*[-/ ]?\s*(?P<y2>\d{4}))\s*$"
)
_NAMES = (
    ("tammi", "jan"), ("helmi", "feb"), ("maalis", "mar"), ("huhti", "apr"),
    ("touko", "may", "maj"),
    ("kesä", "jun"), ("heinä", "jul"), ("elo", "aug"), ("syys", "sep"), ("loka", "oct", "okt"),
    ("marras", "nov"), ("joulu", "dec"),
)  # fmt: skip


@dataclass(frozen=True)
class _Slashed:
    """A date whose day and month only the column can tell apart."""

    a: int
    b: int
    year: int
    time: dt.timedelta

    def read(self, day_first: bool) -> dt.datetime | None:
        day, month = (self.a, self.b) if day_first else (self.b, self.a)
        return _date(self.year, month, day, self.time)


def to_dates(
    column: pd.Series,
    *,
    day_first: bool | None = None,
    lines: Sequence[int] | np.ndarray | None = None,
    file: str = "",
) -> Converted:
    """Read dates and periods: ISO, d.m.Y, m/d/Y or d/m/Y, names of months, 2026-03, 2026Q1.

    Parameters
    ----------
    column : pandas.Series
        Strings; notations may be mixed.
    day_first : bool, optional
        How to read 3/4/2026. Otherwise decided on the whole column: a part over 12 is the day;
        else the reading that runs forward in time row by row; else day first, and
        `details["ambiguous"]` counts these cells.
    lines, file : optional
        Line of each row and file name, for the failures.

    Returns
    -------
    Converted
        datetime64, missing for no answer and failed cells; a month or quarter is its first day; a
        time zone is left out and the clock time kept. `details`: day_first (None where nothing
        depended on it), ambiguous, conflict (cells that only fit the other order; they fail).
    """
    texts = column.fillna("").astype(str)
    codes, results = mapped(texts, _read)
    slashed = [r for r in results if isinstance(r, _Slashed)]
    order, ambiguous = (
        _order(slashed, [results[c] for c in codes]) if day_first is None else (day_first, 0)
    )
    values: list[dt.datetime | None] = []
    bad: list[bool] = []
    for result in results:
        value = result.read(order) if isinstance(result, _Slashed) else result
        values.append(value if isinstance(value, dt.datetime) else None)
        bad.append(value is False or (isinstance(result, _Slashed) and value is None))
    stamps = pd.Series(
        pd.to_datetime(pd.Series(values, dtype=object)).to_numpy()[codes], index=column.index
    )
    failing = np.array(bad, dtype=bool)[codes]
    empty = np.array([r is None for r in results], dtype=bool)[codes]
    which = None if not slashed else order
    return Converted(
        stamps.rename(column.name),
        failures_table(failed_rows(column, failing, expected="a date", lines=lines, file=file)),
        _reason(which, ambiguous),
        int(empty.sum()),
        {
            "day_first": which,
            "ambiguous": ambiguous,
            "conflict": int(sum(isinstance(results[c], _Slashed) for c in codes[failing])),
        },
    )


def _reason(day_first: bool | None, ambiguous: int) -> Words:
    if day_first is None:
        return Words(fi="päivämääriä", en="dates")
    fi, en = ("päivä ensin", "day first") if day_first else ("kuukausi ensin", "month first")
    if ambiguous:
        fi += f" (epäselvä: {ambiguous} arvoa sopisi kumminkin päin)"
        en += f" (not certain: {ambiguous} values would fit either way)"
    return Words(fi=f"päivämääriä, {fi}", en=f"dates, {en}")


def _order(slashed: list[_Slashed], rows: list[object]) -> tuple[bool, int]:
    """Day first or month first, and how many cells stay ambiguous."""
    if not slashed:
        return True, 0
    days = sum(s.a > 12 for s in slashed)
    months = sum(s.b > 12 for s in slashed)
    if days != months:
        return days > months, 0
    unclear = sum(s.a != s.b for s in slashed)
    if not unclear:
        return True, 0
    forward = {order: _runs_forward(rows, order) for order in (True, False)}
    if forward[True] != forward[False]:
        return forward[True], 0
    return True, unclear


def _runs_forward(rows: list[object], day_first: bool) -> bool:
    last: dt.datetime | None = None
    for row in rows:
        value = row.read(day_first) if isinstance(row, _Slashed) else row
        if not isinstance(value, dt.datetime):
            continue
        if last is not None and value < last:
            return False
        last = value
    return True


def _read(cell: str) -> dt.datetime | _Slashed | bool | None:
    if is_no_answer(cell):
        return None
    for pattern in (_ISO, _DOTTED, _COMPACT):
        match = pattern.match(cell)
        if match:
            time = _time(match) if pattern is not _COMPACT else dt.timedelta(0)
            found = (
                None
                if time is None
                else _date(_year(match["y"]), int(match["m"]), int(match["d"]), time)
            )
            return found or False
    match = _SLASHED.match(cell)
    if match:
        time = _time(match)
        if time is None or max(int(match["a"]), int(match["b"])) > 31:
            return False
        return _Slashed(int(match["a"]), int(match["b"]), _year(match["y"]), time)
    return _read_words(cell)


def _read_words(cell: str) -> dt.datetime | bool:
    for pattern in (_DAY_WORD, _WORD_DAY):
        match = pattern.match(cell)
        if match and _month_of(match["word"]):
            time = _time(match)
            if time is not None:
                return (
                    _date(int(match["y"]), _month_of(match["word"]), int(match["d"]), time) or False
                )
    match = _MONTH.match(cell) or _MONTH_LAST.match(cell)
    if match:
        return _date(int(match["y"]), int(match["m"]), 1) or False
    match = _MONTH_WORD.match(cell)
    if match and _month_of(match["word"]):
        return _date(int(match["y"]), _month_of(match["word"]), 1) or False
    match = _QUARTER.match(cell)
    if match:
        return (
            _date(int(match["y"] or match["y2"]), 3 * int(match["q"] or match["q2"]) - 2, 1)
            or False
        )
    return False


def _month_of(word: str) -> int:
    """1..12 for the name of a month in Finnish, English or Swedish; 0 for another word."""
    word = word.casefold()
    for month, starts in enumerate(_NAMES, start=1):
        finnish, *others = starts
        if re.fullmatch(rf"{finnish}(k|kuu|kuuta|kuun|kuussa)?", word):
            return month
        if any(word.startswith(s) and len(word) <= 9 for s in others):
            return month
    return 0


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else 2000 + year if year < 70 else 1900 + year


def _time(match: re.Match[str]) -> dt.timedelta | None:
    """The time of day; zero where none is written; None where it can't be."""
    if match["H"] is None:
        return dt.timedelta(0)
    hour, minute, second = int(match["H"]), int(match["M"]), int(match["S"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0] in "pPiI" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.timedelta(hours=hour, minutes=minute, seconds=second)


def _date(
    year: int, month: int, day: int, time: dt.timedelta = dt.timedelta(0)
) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, day) + time
    except ValueError:
        return None  # 31.2. or month 13: the caller lists it
