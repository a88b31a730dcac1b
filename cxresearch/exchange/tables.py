"""Survey, customer and KPI tables from any common file, as columns of strings with line numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ..model import ImportRefusedError, Words, normalise_text
from .delimited import Record, detect_separator, read_records
from .failures import Failure, failures_table
from .limits import MAX_COLUMNS
from .source_text import read_bytes, read_text, sha256_of
from .spreadsheets import read_ods, read_parquet, read_xlsx
from .spss import read_sav

__all__ = ["TABLE_ENDINGS", "Table", "read_table"]

TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".ods", ".parquet", ".sav", ".zsav")
_NUMBER = re.compile(r"^\s*[-+]?\d+([.,]\d+)?\s*%?\s*$")
_IMPORT_ID = re.compile(r'^\s*\{\s*"ImportId"')
_ANSWER_KINDS = {
    "response",
    "open-ended response",
    "vastaus",
    "avoin vastaus",
    "svar",
    "öppet svar",
}


@dataclass(frozen=True)
class Table:
    """A table as it stands in a file, nothing converted.

    Attributes
    ----------
    name : str
        File name.
    frame : pandas.DataFrame
        One row a record, every cell a string; "" where the file has nothing. "NA" and "None" are
        kept as the words they are. Column names are unique: a second `Comments` is `Comments (2)`,
        a nameless third column is `column 3`.
    lines : numpy.ndarray
        The line of the file where each row begins, counted from 1, headers included; the row of
        the sheet; the record number of a Parquet table.
    labels : dict
        Column to the question's text, where a second header row gives it.
    dropped : tuple of (int, str)
        Lines that are no rows: title, header, repeated header.
    failures : pandas.DataFrame
        The contract `failures`: rows left out and cells left empty.
    remarks : pandas.DataFrame
        The same columns: what was read whole, but not as it stood; lines in another encoding,
        short rows, commas taken into the last column.
    reasons : dict
        encoding, separator, sheet, header: why the file was read so.
    encoding, separator, sheet : str or None
        What was used; give them to `read_table` to read the same again.
    sha256 : str
        Hash of the bytes.
    """

    name: str
    frame: pd.DataFrame
    lines: np.ndarray
    labels: dict[str, str]
    dropped: tuple[tuple[int, str], ...]
    failures: pd.DataFrame
    remarks: pd.DataFrame = field(default_factory=lambda: failures_table([]))
    reasons: dict[str, Words] = field(default_factory=dict)
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    sha256: str = ""

    def __len__(self) -> int:
        return len(self.frame)


@dataclass
class _Heading:
    """Header of a table: names, labels, and how many records it took."""

    names: list[str]
    labels: dict[str, str]
    taken: int
    dropped: list[tuple[int, str]]
    cells: list[str]
    reason: Words


def read_table(
    path: str | Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a table from csv, tsv, xlsx, ods, Parquet or SPSS without converting a cell.

    Parameters
    ----------
    path : path
        The file; text tables may have any separator and encoding, quoted line breaks, title lines
        above the header, headers repeated in the middle, two or three header rows as SurveyMonkey
        and Qualtrics write them.
    encoding, separator, sheet : str, optional
        Where known; guessed otherwise, with the reason in `Table.reasons`.

    Returns
    -------
    Table
        Strings, line numbers, labels, failures, remarks, reasons. A row with more cells than the
        header is left out and listed, save where the surplus is clearly a comma in the last,
        open column: then it is joined and listed. Missing cells at the end of a row are empty.

    Raises
    ------
    ImportRefusedError
        The file is empty, binary, damaged, locked, over a limit, holds a NUL or a macro, has no
        header or no such sheet.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".parquet":
        return _from_parquet(path)
    if ending in (".sav", ".zsav"):
        names, columns, labels, failed = read_sav(path)
        reason = Words(fi="SPSS-tiedosto nimilappuineen", en="an SPSS file with its labels")
        return _from_columns(path, names, columns, labels, failed, reason)
    reasons: dict[str, Words] = {}
    remarks: list[Failure] = []
    used: dict[str, str | None] = {"encoding": None, "separator": None, "sheet": None}
    if ending in (".xlsx", ".ods"):
        reader = read_xlsx if ending == ".xlsx" else read_ods
        records, failures, used["sheet"], reasons["sheet"] = reader(path, sheet=sheet)
        records = [Record(r.line, [_clean(c, path.name, r.line) for c in r.cells]) for r in records]
    elif ending in (".xlsm", ".xlsb", ".xls", ".por", ".numbers"):
        raise _not_read(path, ending)
    else:
        records, failures = _from_text(path, (encoding, separator), reasons, used, remarks)
    return _assembled(path, records, (failures, remarks), reasons, used)


def _not_read(path: Path, ending: str) -> ImportRefusedError:
    why = "it may hold macros" if ending in (".xlsm", ".xlsb", ".xls") else "its format is not read"
    return ImportRefusedError(
        f"Tables in {ending} are refused: {why}.",
        expected=", ".join(TABLE_ENDINGS),
        found=ending,
        where=path.name,
        next_step="Save it as xlsx or csv.",
    )


def _clean(cell: str, name: str, line: int) -> str:
    if cell.isascii() and "\0" not in cell and "\r" not in cell:
        return cell
    return normalise_text(cell, where=f"{name}, row {line}")


def _from_text(
    path: Path,
    given: tuple[str | None, str | None],
    reasons: dict[str, Words],
    used: dict[str, str | None],
    remarks: list[Failure],
) -> tuple[list[Record], list[Failure]]:
    encoding, separator = given
    source = read_text(path, encoding=encoding)
    remarks.extend(source.failures)
    reasons["encoding"] = source.reason
    text = source.text
    declared = re.match(r"sep=(.)\n", text)  # Excel's own first line
    if separator is None and declared:
        separator = declared[1]
        text = "\n" + text[declared.end() :]
    one_column = False
    if separator is None:
        separator, reasons["separator"] = detect_separator(text, name=path.name)
        one_column = "one column" in reasons["separator"]["en"]
    else:
        reasons["separator"] = Words(fi="erotin annettu", en="separator given")
    records, failures = read_records(
        text, separator=separator, name=path.name, one_column=one_column
    )
    used["encoding"], used["separator"] = source.encoding, separator
    return records, failures


def _from_parquet(path: Path) -> Table:
    _refuse_other_than_parquet(path)
    names, columns, failures = read_parquet(path)
    reason = Words(fi="Parquet-taulu", en="a Parquet table")
    return _from_columns(path, names, columns, {}, failures, reason)


def _from_columns(
    path: Path, names: list[str], columns: list[list[str]], labels: dict[str, str],
    failures: list[Failure], reason: Words,
) -> Table:  # fmt: skip
    unique = _unique(names)
    cleaned = {
        name: [_clean(c, path.name, i + 1) for i, c in enumerate(column)]
        for name, column in zip(unique, columns, strict=True)
    }
    frame = _frame(cleaned, len(columns[0]) if columns else 0)
    _refuse_without_rows(path, frame)
    return Table(
        path.name,
        frame,
        np.arange(1, len(frame) + 1),
        {new: labels[old] for new, old in zip(unique, names, strict=True) if old in labels},
        (),
        failures_table(failures),
        reasons={"encoding": reason},
        sha256=sha256_of(path),
    )


def _refuse_other_than_parquet(path: Path) -> None:
    """Refuse what is missing, empty, too large or not Parquet before a reader opens it."""
    content = read_bytes(path)
    if content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise ImportRefusedError(
            "This is not a whole Parquet file.",
            expected="PAR1 at both ends",
            found="other bytes",
            where=path.name,
        )


def _frame(columns: dict[str, list[str]], rows: int) -> pd.DataFrame:
    text = "str" if pd.__version__ >= "3" else object
    return pd.DataFrame(
        {name: pd.Series(cells, dtype=text) for name, cells in columns.items()},
        index=range(rows),
    )


def _refuse_without_rows(path: Path, frame: pd.DataFrame) -> None:
    if not len(frame.columns) or not len(frame):
        raise ImportRefusedError(
            "The table has no rows.",
            expected="a header and at least one row",
            found="a header only" if len(frame.columns) else "no columns",
            where=path.name,
            next_step="Check that the right file, or the right sheet, was given.",
        )


def _assembled(
    path: Path,
    records: list[Record],
    told: tuple[list[Failure], list[Failure]],
    reasons: dict[str, Words],
    used: dict[str, str | None],
) -> Table:
    failures, remarks = told
    if not records:
        _refuse_without_rows(path, pd.DataFrame())
    heading = _heading(records)
    reasons["header"] = heading.reason
    repeated = [r.line for r in records[heading.taken :] if _same(r.cells, heading.cells)]
    skip = set(repeated)
    heading.dropped.extend((line, "repeated header") for line in repeated)
    body = [r for r in records[heading.taken :] if r.line not in skip]
    rows = _fitted(body, heading.names, path.name, used["separator"], told)
    columns = zip(*(r.cells for r in rows), strict=True) if rows else [[] for _ in heading.names]
    frame = _frame(
        {name: list(cells) for name, cells in zip(heading.names, columns, strict=True)}, len(rows)
    )
    _refuse_without_rows(path, frame)
    return Table(
        path.name,
        frame,
        np.array([r.line for r in rows], dtype="int64"),
        heading.labels,
        tuple(heading.dropped),
        failures_table(failures),
        failures_table(remarks),
        reasons,
        encoding=used["encoding"],
        separator=used["separator"],
        sheet=used["sheet"],
        sha256=sha256_of(path),
    )


def _same(cells: Sequence[str], header: Sequence[str]) -> bool:
    return len(cells) == len(header) and [c.strip() for c in cells] == header


def _heading(records: list[Record]) -> _Heading:
    sample = records[:300]
    width = Counter(len(r.cells) for r in sample).most_common(1)[0][0]
    dropped: list[tuple[int, str]] = []
    taken = 0
    while taken < min(len(records) - 2, 10) and _is_title(records[taken], width):
        dropped.append((records[taken].line, "title"))
        taken += 1
    header = [c.strip() for c in records[taken].cells]
    if len(header) > MAX_COLUMNS:
        raise ImportRefusedError(
            "The table is too wide.", expected=f"{MAX_COLUMNS:,} columns", found=f"{len(header):,}"
        )
    if _is_data(header, [r.cells for r in records[taken + 1 : taken + 6]]):
        names = [f"column {i + 1}" for i in range(max(width, len(header)))]
        reason = Words(
            fi="ei otsikkoriviä: sarakkeet numeroitu", en="no header row: columns numbered"
        )
        return _Heading(names, {}, taken, dropped, ["\0"], reason)
    dropped.append((records[taken].line, "header"))
    taken += 1
    return _with_more_rows(records, header, taken, dropped)


def _is_title(record: Record, width: int) -> bool:
    filled = [i for i, c in enumerate(record.cells) if c.strip()]
    return width >= 2 and filled == [0] and not _NUMBER.match(record.cells[0])


def _is_data(header: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """Whether the first record is a row already: most of its cells are numbers over numbers."""
    if not following:
        return False
    numeric = [i for i, c in enumerate(header) if _NUMBER.match(c)]
    years = all(re.fullmatch(r"(19|20)\d\d", header[i].strip()) for i in numeric)
    below = [
        i
        for i in numeric
        if all(i < len(r) and (_NUMBER.match(r[i]) or not r[i]) for r in following)
    ]
    return bool(below) and not years and 2 * len(numeric) >= len([c for c in header if c])


def _with_more_rows(
    records: list[Record], header: list[str], taken: int, dropped: list[tuple[int, str]]
) -> _Heading:
    following = records[taken : taken + 2]
    for position, record in enumerate(following):
        if any(_IMPORT_ID.match(c) for c in record.cells):
            rows = following[: position + 1]
            dropped.extend((r.line, "header") for r in rows)
            texts = following[0].cells if position else []
            names = _unique(header)
            labels = {n: t.strip() for n, t in zip(names, texts, strict=False) if t.strip()}
            reason = Words(fi="kolme otsikkoriviä (Qualtrics)", en="three header rows (Qualtrics)")
            return _Heading(names, labels, taken + len(rows), dropped, header, reason)
    if following and _is_second_header(header, following[0].cells):
        second = [c.strip() for c in following[0].cells]
        dropped.append((following[0].line, "header"))
        names = _joined(header, second)
        reason = Words(
            fi="kaksi otsikkoriviä: kysymys ja vaihtoehto",
            en="two header rows: question and option",
        )
        return _Heading(_unique(names), {}, taken + 1, dropped, header, reason)
    reason = Words(
        fi=f"otsikko rivillä {records[taken - 1].line}",
        en=f"header on line {records[taken - 1].line}",
    )
    return _Heading(_unique(header), {}, taken, dropped, header, reason)


def _is_second_header(header: Sequence[str], row: Sequence[str]) -> bool:
    """SurveyMonkey's second row: options under empty header cells, nothing like a value."""
    filled = [c.strip() for c in row if c.strip()]
    if not filled or any(_NUMBER.match(c) for c in filled):
        return False
    under_empty = sum(
        bool(row[i].strip()) for i, name in enumerate(header) if not name and i < len(row)
    )
    if under_empty >= 1 and (not row[0].strip() or len(filled) == len(row)):
        return not row[0].strip()
    return bool(filled) and all(c.lower() in _ANSWER_KINDS for c in filled)


def _joined(header: Sequence[str], second: Sequence[str]) -> list[str]:
    names: list[str] = []
    question = ""
    width = max(len(header), len(second))
    for i in range(width):
        name = header[i] if i < len(header) else ""
        option = second[i] if i < len(second) else ""
        question = name or question
        plain = not option or option.lower() in _ANSWER_KINDS
        names.append(question if plain else f"{question}: {option}")
    return names


def _unique(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    made: list[str] = []
    for position, raw in enumerate(names, start=1):
        name = " ".join(raw.split()) or f"column {position}"
        seen[name] += 1
        unique = name
        while unique in taken:
            unique = f"{name} ({seen[name]})"
            seen[name] += unique in taken
        taken.add(unique)
        made.append(unique)
    return made


def _fitted(
    body: Sequence[Record],
    names: Sequence[str],
    file: str,
    separator: str | None,
    told: tuple[list[Failure], list[Failure]],
) -> list[Record]:
    """Bring each record to the header's width, telling what did not fit."""
    failures, remarks = told
    width = len(names)
    short = sum(len(r.cells) < width for r in body)
    ragged = separator is None or short * 5 > len(body)
    rows: list[Record] = []
    for record in body:
        cells = record.cells
        if len(cells) == width:
            rows.append(record)
        elif len(cells) < width:
            rows.append(Record(record.line, [*cells, *[""] * (width - len(cells))]))
            if not ragged:
                remarks.append(_misfit(file, record, width, "; the missing cells are empty"))
        elif not any(c.strip() for c in cells[width:]):
            rows.append(Record(record.line, cells[:width]))
        elif separator is not None and all(c[:1] == " " for c in cells[width:]):
            joined = separator.join(cells[width - 1 :])
            rows.append(Record(record.line, [*cells[: width - 1], joined]))
            remarks.append(_misfit(file, record, width, f"; joined into `{names[-1]}`"))
        else:
            failures.append(_misfit(file, record, width, "; the row was left out"))
    return rows


def _misfit(file: str, record: Record, width: int, what: str) -> Failure:
    return Failure(file, record.line, None, f"{len(record.cells)} cells{what}", f"{width} cells")
