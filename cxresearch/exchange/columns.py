"""From cells to values: dates, numbers, scales, choices, ids; each decided on the whole column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..model import Words
from .answer_words import LIKERT, NO_WORDS, PROPER_NO, PROPER_YES, folded, is_no_answer
from .failures import Failure, failures_table

__all__ = [
    "Converted",
    "detect_scale",
    "duplicated_ids",
    "option_separator",
    "scale_in_name",
    "split_options",
    "to_booleans",
    "to_comments",
    "to_numbers",
    "to_scale",
]

_NUMBER = re.compile(r"^[-+\N{MINUS SIGN}–]?\d[\d.,'\s\u00a0\u202f]*$|^[-+\N{MINUS SIGN}]?[.,]\d+$")
_EXPONENT = re.compile(r"^[-+]?\d+(?:\.\d+)?[eE][-+]?\d{1,3}$")
_UNIT = re.compile(
    r"^(?:€|\$|£|eur|kr|sek|usd)\s*|\s*(?:€|\$|£|eur|kr|sek|usd|%|kpl|h|min|pv|st)\.?$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\s*(?P<n>-?\d{1,2})\s*(?:[=:.)–—-]+|\s)\s*(?P<word>[^\W\d].*?)\s*$"
    r"|^\s*(?P<word2>[^\W\d].*?)\s*[=:(–—-]\s*(?P<n2>\d{1,2})\s*\)?\s*$",
    re.DOTALL,
)
_SCALE_IN_NAME = re.compile(
    r"(?<![\d.,/])(-?\d{1,2})\s*(?:[-–—_]|\.\.+|…|to|till)\s*(\d{1,2})(?![\d.,/])"
)
_SCALES = ((1, 5), (1, 7), (0, 10), (-2, 2), (-3, 3), (-5, 5))


@dataclass(frozen=True)
class Converted:
    """A column after conversion.

    Attributes
    ----------
    values : pandas.Series
        The values, missing where there is no answer or the cell failed; same index as the column.
    failures : pandas.DataFrame
        The contract `failures`: cells that could not be converted or lie outside the scale.
    reason : Words
        How the column was read and why.
    missing : int
        Cells that said that there is no answer: empty ones and words such as "ei vastausta".
    details : dict
        What the function found besides: decimal, day_first, ambiguous, low, high, labels.
    """

    values: pd.Series
    failures: pd.DataFrame
    reason: Words
    missing: int = 0
    details: dict[str, Any] = field(default_factory=dict)


def shown(cell: str) -> str:
    """A cell as it may stand in a list of failures: numbers and very short marks, never words."""
    cell = cell.strip()
    letters = sum(c.isalpha() for c in cell)
    if len(cell) <= 24 and letters <= 3:
        return cell
    return f"… ({len(cell)} characters)"


def mapped(column: pd.Series, one: Callable[[str], Any]) -> tuple[np.ndarray, list[Any]]:
    """Apply a function once to each different cell: codes of the cells, results by code."""
    codes, cells = pd.factorize(column.fillna("").astype(str), sort=False)
    return codes, [one(cell) for cell in cells]


def failed_rows(
    column: pd.Series,
    bad: np.ndarray,
    *,
    expected: str,
    lines: Sequence[int] | np.ndarray | None,
    file: str,
) -> list[Failure]:
    """A failure for each row where `bad` is true."""
    name = str(column.name)
    rows = np.flatnonzero(bad)
    return [
        Failure(
            file,
            int(lines[int(i)]) if lines is not None else int(i) + 1,
            name,
            shown(str(column.iloc[i])),
            expected,
        )
        for i in rows
    ]


def to_numbers(
    column: pd.Series,
    *,
    decimal: str | None = None,
    lines: Sequence[int] | np.ndarray | None = None,
    file: str = "",
) -> Converted:
    """Read a column of numbers with decimal comma or point, decided on the whole column.

    Parameters
    ----------
    column : pandas.Series
        Strings.
    decimal : {",", "."}, optional
        Where known. Otherwise: the later sign where a cell holds both; a comma that is not
        followed by exactly three digits is a decimal comma; commas always followed by three
        digits are taken for thousands, and `details["ambiguous"]` says so.
    lines, file : optional
        Line of each row and file name, for the failures.

    Returns
    -------
    Converted
        float64; NaN for no answer. `details`: decimal, ambiguous. A unit or sign of currency or %
        around the number is dropped (45 % is 45).
    """
    texts = column.fillna("").astype(str)
    ambiguous = False
    if decimal is None:
        decimal, ambiguous = _decimal_sign(texts)
    sign = decimal
    codes, results = mapped(texts, lambda cell: _number(cell, sign))
    values = np.array([np.nan if r is None or r is False else r for r in results])[codes]
    bad = np.array([r is False for r in results], dtype=bool)[codes]
    empty = np.array([r is None for r in results], dtype=bool)[codes]
    return Converted(
        pd.Series(values, index=column.index, name=column.name, dtype="float64"),
        failures_table(failed_rows(column, bad, expected="a number", lines=lines, file=file)),
        Words(
            fi="lukuja, desimaalimerkki " + ("pilkku" if decimal == "," else "piste"),
            en="numbers, decimal " + ("comma" if decimal == "," else "point"),
        ),
        int(empty.sum()),
        {"decimal": decimal, "ambiguous": ambiguous},
    )


def _decimal_sign(texts: pd.Series) -> tuple[str, bool]:
    cells = [c for c in texts.unique() if "," in c or "." in c]
    commas = points = threes = 0
    for cell in cells:
        bare = _UNIT.sub("", cell.strip())
        if not _NUMBER.match(bare):
            continue
        comma, point = bare.rfind(","), bare.rfind(".")
        if comma >= 0 and point >= 0:
            commas, points = commas + (comma > point), points + (point > comma)
        elif comma >= 0:
            grouped = re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3})+", bare) is not None
            threes, commas = threes + grouped, commas + (not grouped)
        elif bare.count(".") == 1:
            points += 1
    if commas:
        return ",", False
    return ".", bool(threes and not points)


def _number(cell: str, decimal: str) -> float | bool | None:
    """The number; None for no answer; False for what is neither."""
    text = cell.strip()
    if is_no_answer(text):
        return None
    if _EXPONENT.match(text):
        return float(text)
    text = _UNIT.sub("", text).strip()
    if not _NUMBER.match(text):
        return False
    text = re.sub(r"['\s\u00a0\u202f]", "", text).replace("\N{MINUS SIGN}", "-").replace("–", "-")
    thousand = "." if decimal == "," else ","
    if text.count(decimal) > 1:
        return False
    whole, _, part = text.partition(decimal)
    if thousand in part:
        return False
    if thousand in whole and not re.fullmatch(rf"[-+]?\d{{1,3}}(\{thousand}\d{{3}})+", whole):
        # 3.5 in a column of decimal commas is three and a half, written otherwise
        if part or whole.count(thousand) > 1:
            return False
        return float(whole.replace(thousand, "."))
    return float(f"{whole.replace(thousand, '')}.{part or 0}")


def scale_in_name(name: str) -> tuple[int, int] | None:
    """The scale that a name or question states: "0-10", "1–5", "ces_1_5"; None without one."""
    for match in _SCALE_IN_NAME.finditer(name):
        low, high = int(match[1]), int(match[2])
        if low in (0, 1, -2, -3, -5) and high in (2, 3, 4, 5, 6, 7, 9, 10) and high - low >= 2:
            return low, high
    return None


def detect_scale(values: pd.Series, *, name: str = "") -> tuple[int, int] | None:
    """Find the scale of whole-number answers.

    The one stated in `name` where there is; otherwise the smallest of 1-5, 1-7, 0-10, -2..2, -3..3
    and -5..5 that holds all answers, or at least 90 % of them with a gap between its end and the
    strangers (a 9 among 1-5 where nobody gave 6).
    """
    stated = scale_in_name(name)
    known = values.dropna()
    if stated is not None:
        return stated
    if known.empty or (known % 1 != 0).any():
        return None
    counts = Counter(known.astype(int).tolist())
    total = sum(counts.values())
    for low, high in _SCALES:
        outside = {v: n for v, n in counts.items() if not low <= v <= high}
        if not outside:
            return low, high
        edge = counts.get(low - 1, 0) + counts.get(high + 1, 0)
        strange = sum(outside.values())
        if strange <= total * 0.1 and edge <= total * 0.001:
            return low, high
    return None


def to_scale(
    column: pd.Series,
    *,
    low: float | None = None,
    high: float | None = None,
    labels: Mapping[str, float] | None = None,
    lines: Sequence[int] | np.ndarray | None = None,
    file: str = "",
) -> Converted:
    """Read answers on a scale: digits, words, or both mixed in one column.

    Parameters
    ----------
    column : pandas.Series
        Strings such as "4", "4 - melko tyytyväinen", "täysin samaa mieltä", "ei vastausta".
    low, high : float, optional
        Ends of the scale; otherwise from the column's name, the words, or the answers.
    labels : mapping, optional
        Word to number; wins over everything. Labels written with a digit in the column itself
        ("3 - en osaa sanoa") are learnt and come next; then the common words of five steps.
    lines, file : optional
        Line of each row and file name, for the failures.

    Returns
    -------
    Converted
        float64; NaN for no answer and for answers that failed. `details`: low, high, labels (word
        to number as used), worded (rows read from a word alone). "En osaa sanoa" alone is no
        answer unless a label of the column says what number it is.
    """
    texts = column.fillna("").astype(str)
    given = {folded(k): float(v) for k, v in (labels or {}).items()}
    learnt = _learnt_labels(texts)
    family = _family(texts)
    known = {**family, **learnt, **given}
    codes, results = mapped(texts, lambda cell: _step(cell, known, {**learnt, **given}))
    numbers = np.array([np.nan if r is None or r is False else r for r in results])[codes]
    bad = np.array([r is False for r in results], dtype=bool)[codes]
    empty = np.array([r is None for r in results], dtype=bool)[codes]
    values = pd.Series(numbers, index=column.index, name=column.name, dtype="float64")
    found = (low, high) if low is not None and high is not None else None
    found = found or (detect_scale(values, name=str(column.name)))
    failures = failed_rows(column, bad, expected="an answer on the scale", lines=lines, file=file)
    if found is not None:
        outside = np.asarray((values < found[0]) | (values > found[1]))
        expected = f"an answer in {found[0]:g}..{found[1]:g}"
        failures += failed_rows(column, outside, expected=expected, lines=lines, file=file)
        values = values.mask(outside)
    worded = np.array([folded(c) in known for c in pd.unique(texts)], dtype=bool)[codes].sum()
    ends = "" if found is None else f"{found[0]:g}–{found[1]:g}"
    return Converted(
        values,
        failures_table(failures),
        Words(
            fi=f"asteikko {ends or 'ei selvillä'}; sanoina {worded} vastausta",
            en=f"scale {ends or 'not clear'}; {worded} answers in words",
        ),
        int(empty.sum()),
        {
            "low": None if found is None else found[0],
            "high": None if found is None else found[1],
            "labels": {**learnt, **given} or family,
            "worded": int(worded),
        },
    )


def _learnt_labels(texts: pd.Series) -> dict[str, float]:
    found: dict[str, set[float]] = {}
    for cell in texts.unique():
        match = _LABELLED.match(cell)
        if match:
            word = folded(match["word"] or match["word2"])
            found.setdefault(word, set()).add(float(match["n"] or match["n2"]))
    return {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1}


def _family(texts: pd.Series) -> dict[str, float]:
    """The scale in words that covers most of the different worded cells; {} where none does."""
    words = {folded(c) for c in texts.unique()}
    words = {w for w in words if w and not re.match(r"^-?\d", w)}
    best = max(LIKERT, key=lambda scale: len(words & set(scale)))
    covered = words & set(best)
    # "neutral" or "bra" alone says nothing about the column
    if len(covered - {"en osaa sanoa", "neutral", "neutraali"}) < 2:
        return {}
    return {word: float(best[word]) for word in sorted(covered - {"en osaa sanoa"})}


def _step(
    cell: str, known: Mapping[str, float], certain: Mapping[str, float]
) -> float | bool | None:
    word = folded(cell)
    if word in certain:
        return certain[word]
    if is_no_answer(cell):
        return None
    if word in known:
        return known[word]
    match = _LABELLED.match(cell)
    if match:
        return float(match["n"] or match["n2"])
    return _number(cell, "," if "," in cell else ".")


def to_booleans(
    column: pd.Series, *, lines: Sequence[int] | np.ndarray | None = None, file: str = ""
) -> Converted:
    """Read yes and no in Finnish, English and Swedish, 1 and 0, true and false, x and empty.

    Returns
    -------
    Converted
        float64: 1 yes, 0 no, NaN no answer. Where the column holds nothing but one mark (x, or
        the option's own name) and empty cells, empty means no.
    """
    texts = column.fillna("").astype(str)
    words = {folded(c) for c in texts.unique()} - {""}
    only_mark = len(words) == 1 and not words & PROPER_NO

    def one(cell: str) -> float | bool | None:
        word = folded(cell)
        if only_mark:
            return 1.0 if word else 0.0
        if word in PROPER_YES:
            return 1.0
        if word in PROPER_NO:
            return 0.0
        return None if is_no_answer(cell) else False

    codes, results = mapped(texts, one)
    values = np.array([np.nan if r is None or r is False else r for r in results])[codes]
    bad = np.array([r is False for r in results], dtype=bool)[codes]
    return Converted(
        pd.Series(values, index=column.index, name=column.name, dtype="float64"),
        failures_table(failed_rows(column, bad, expected="yes or no", lines=lines, file=file)),
        Words(fi="kyllä tai ei", en="yes or no"),
        int(np.isnan(values).sum() - bad.sum()),
    )


def to_comments(column: pd.Series) -> Converted:
    """Read open answers: white space around is cut, cells that say nothing become missing.

    "NA", "None" and "Nothing." stay: in an open question they are answers. A dash, a question
    mark, "Tyhjä" and the errors of spreadsheets ("#NIMI?") are none.
    """
    text = "str" if pd.__version__ >= "3" else object
    texts = column.fillna("").astype(str).str.strip()
    codes, cells = pd.factorize(texts, sort=False)
    silent = np.array(
        [not c or (len(c) < 20 and folded(c) in NO_WORDS) for c in cells], dtype=bool
    )[codes]
    values = pd.Series(texts.to_numpy(dtype=object), index=column.index, name=column.name)
    values = values.mask(silent, None).astype(text)
    return Converted(
        values,
        failures_table([]),
        Words(fi="avoimia vastauksia", en="open answers"),
        int(silent.sum()),
    )


def duplicated_ids(
    column: pd.Series, *, lines: Sequence[int] | np.ndarray | None = None, file: str = ""
) -> pd.DataFrame:
    """List the rows whose id is empty or stood on an earlier row already (contract `failures`)."""
    ids = column.fillna("").astype(str).str.strip()
    empty = (ids == "").to_numpy()
    again = ids.duplicated().to_numpy() & ~empty
    name = str(column.name)
    first = {value: i for i, value in reversed(list(enumerate(ids)))}
    failures = []
    for i in np.flatnonzero(empty | again):
        line = int(lines[int(i)]) if lines is not None else int(i) + 1
        if empty[i]:
            failures.append(Failure(file, line, name, "an empty id", "an id on each row"))
            continue
        before = first[ids.iloc[i]]
        earlier = int(lines[before]) if lines is not None else before + 1
        failures.append(
            Failure(
                file, line, name, f"an id that stands on line {earlier} already", "each id once"
            )
        )
    return failures_table(failures)


def option_separator(column: pd.Series) -> str | None:
    """The sign between the options of a multi-choice question in one cell; None for other columns.

    A fifth of the answers must hold it, and the options must be few (at most 40), short, and each
    given again and again.
    """
    cells = [c for c in column.fillna("").astype(str) if c.strip()]
    for separator in (";", "|", "\n", ", "):
        with_it = sum(separator in c for c in cells)
        if not cells or with_it < max(3, 0.2 * len(cells)):
            continue
        parts = Counter(p.strip() for c in cells for p in c.split(separator) if p.strip())
        often = sum(n for n in parts.values() if n >= 3)
        if len(parts) <= 40 and max(map(len, parts)) <= 80 and often >= 0.9 * sum(parts.values()):
            return separator
    return None


def split_options(column: pd.Series, *, separator: str | None = None) -> pd.DataFrame:
    """One boolean column for each option of a multi-choice question, in order of first mention.

    A row without any option is missing (`pandas.NA`) in all columns.
    """
    separator = separator or option_separator(column) or ";"
    texts = column.fillna("").astype(str)
    codes, cells = pd.factorize(texts, sort=False)
    split = [[p.strip() for p in c.split(separator) if p.strip()] for c in cells]
    options = list(dict.fromkeys(p for parts in split for p in parts))
    answered = np.array([bool(parts) for parts in split], dtype=bool)[codes]
    made = {}
    for option in options:
        chosen = np.array([option in parts for parts in split], dtype=bool)[codes]
        made[option] = pd.array(np.where(answered, chosen, None), dtype="boolean")
    return pd.DataFrame(made, index=column.index)
