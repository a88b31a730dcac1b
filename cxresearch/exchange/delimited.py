"""Tables in text files: which separator, where the rows begin, which lines are no rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..model import ImportRefusedError, Words
from .failures import Failure
from .limits import MAX_CELL_CHARACTERS

__all__ = ["Record", "detect_separator", "read_records"]

_SEPARATORS = (",", ";", "\t", "|")
_NAMES = {
    ",": ("pilkku", "comma"),
    ";": ("puolipiste", "semicolon"),
    "\t": ("sarkain", "tab"),
    "|": ("pystyviiva", "vertical bar"),
}
_SAMPLE = 300


@dataclass(frozen=True)
class Record:
    """One record of a table: the line where it begins, counted from 1, and its cells."""

    line: int
    cells: list[str]


def _records(text: str, separator: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator)
    line = 1
    for cells in reader:
        yield Record(line, cells)
        line = reader.line_num + 1


def detect_separator(text: str, *, name: str) -> tuple[str, Words]:
    """Find the separator that gives the steadiest number of cells in the first 300 records.

    A file without any steady separator is a table of one column.
    """
    scores: dict[str, tuple[float, int]] = {}
    with _any_cell_size():
        for separator in _SEPARATORS:
            scores[separator] = _steadiness(text, separator)
    best = max(scores, key=lambda s: (round(scores[s][0], 2), scores[s][1]))
    share, width = scores[best]
    if share < 0.5:
        return ",", Words(fi="ei erotinta: yksi sarake", en="no separator: a table of one column")
    fi, en = _NAMES[best]
    return best, Words(
        fi=f"erotin {fi}: {width} saraketta {share:.0%} riveistä".replace("%", " %"),
        en=f"separator {en}: {width} columns in {share:.0%} of the rows",
    )


def _steadiness(text: str, separator: str) -> tuple[float, int]:
    """Share of records as wide as most, or as wide as the first wide one; and that width."""
    try:
        sample = [r.cells for r in islice(_records(text, separator), _SAMPLE)]
    except csv.Error:
        return 0.0, 0
    widths = [len(cells) for cells in sample if any(c.strip() for c in cells)]
    counts = Counter(w for w in widths if w > 1)
    if not counts:
        return 0.0, 0
    width = max(counts, key=lambda w: (counts[w], -w))
    heading = next((w for w in widths if w > 1), width)
    if counts[heading] * 2 >= counts[width]:
        width = heading
    fit = counts[width] / len(widths)
    if widths[0] == 1 and counts[width] * 2 < len(widths):
        return 0.0, 0
    return fit, width


class _any_cell_size:  # noqa: N801  reads as a phrase after `with`
    """Lift the csv module's limit of a cell while reading; our own limit is checked after."""

    def __enter__(self) -> None:
        self._before = csv.field_size_limit(2**31 - 1)

    def __exit__(self, *_: object) -> None:
        csv.field_size_limit(self._before)


def read_records(
    text: str, *, separator: str, name: str, one_column: bool = False
) -> tuple[list[Record], list[Failure]]:
    """Read all records with their line numbers.

    Parameters
    ----------
    text : str
        Normalised text.
    separator : str
        One character.
    name : str
        File name for failures.
    one_column : bool
        The file has no separator: each record is one cell.

    Returns
    -------
    tuple
        Records that are not blank, and failures: cells over `MAX_CELL_CHARACTERS` (their record is
        left out), a quotation mark that is never closed.
    """
    failures: list[Failure] = []
    with _any_cell_size():
        try:
            records = list(_records(text, "\x1f" if one_column else separator))
        except csv.Error as error:
            raise ImportRefusedError(
                "The table can't be taken apart into rows.",
                expected=f"cells separated by {separator!r}",
                found=str(error),
                where=name,
                next_step="Export the table again, as csv in UTF-8 or as xlsx.",
            ) from error
    kept = []
    for record in records:
        if not any(cell and not cell.isspace() for cell in record.cells):
            continue
        if _too_long(record.cells):
            failures.append(_long_cell(record, name))
            continue
        kept.append(record)
    if kept and _open_quotation(text, kept[-1]):
        failures.append(
            Failure(
                name,
                kept[-1].line,
                None,
                "a quotation mark opened on this line is never closed",
                "quotation marks in pairs",
            )
        )
        kept.pop()
    return kept, failures


def _too_long(cells: Sequence[str]) -> bool:
    return max(map(len, cells)) > MAX_CELL_CHARACTERS


def _long_cell(record: Record, name: str) -> Failure:
    position = max(range(len(record.cells)), key=lambda i: len(record.cells[i]))
    return Failure(
        name,
        record.line,
        f"column {position + 1}",
        f"a cell of {len(record.cells[position]):,} characters; the row was left out",
        f"at most {MAX_CELL_CHARACTERS:,} characters in a cell",
    )


def _open_quotation(text: str, last: Record) -> bool:
    """Whether the last record swallowed the rest of the file after an odd quotation mark."""
    if text.count('"') % 2 == 0:
        return False
    return sum(cell.count("\n") for cell in last.cells) >= 2
