"""Sheets of xlsx and ods workbooks, and Parquet tables, as records of strings."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..model import ImportRefusedError, Words
from .archives import SafeArchive
from .delimited import Record
from .failures import Failure
from .limits import MAX_CELL_CHARACTERS, MAX_COLUMNS
from .office_text import odf_words

__all__ = ["cell_text", "read_ods", "read_parquet", "read_xlsx"]

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_FORMULA = "a formula; the cell was left empty"
_VALUE = "a value"
_MAX_ROWS = 1_048_576  # of a sheet, by the format
# what openpyxl raises on damaged files
_DAMAGED = (
    KeyError, ValueError, TypeError, OSError, SyntaxError, IndexError, AttributeError, EOFError,
    OverflowError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def cell_text(value: object) -> str:
    """A cell's value as a csv export would hold it: 5 not 5.0, ISO dates, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return (
            ""
            if value != value
            else str(int(value))
            if value.is_integer() and abs(value) < 1e15
            else repr(value)
        )
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time(0) and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)


def read_xlsx(
    path: str | Path, *, sheet: str | None = None
) -> tuple[list[Record], list[Failure], str, Words]:
    """Read one sheet; formulas are never evaluated: their cells are empty and listed.

    Returns
    -------
    tuple
        Records (line = row of the sheet), failures, the sheet's name, and why this sheet.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    archive = SafeArchive(path)
    for member in archive.names:
        if member.endswith((".xml", ".rels")) and b"<!" in archive.read(member)[:4096].replace(
            b"\0", b""
        ):
            _refuse_declarations(archive, member)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(archive.content), read_only=True, data_only=False, keep_links=False
        )
    except (*_DAMAGED, InvalidFileException) as error:
        raise _broken(archive.name, error) from error
    try:
        names = [s.title for s in book.worksheets]
        chosen, reason = _chosen(names, sheet, archive.name, lambda n: _xlsx_size(book[n]))
        failures: list[Failure] = []
        records: list[Record] = []
        book[chosen].reset_dimensions()
        for number, cells in enumerate(book[chosen].iter_rows(), start=1):
            if number > _MAX_ROWS:
                raise _too_many_rows(archive.name)
            if not cells:  # openpyxl gives rows that the file leaves out as empty ones
                continue
            record = _xlsx_record(cells, archive.name, failures, len(records))
            if record is not None:
                records.append(record)
        return records, failures, chosen, reason
    except _DAMAGED as error:
        raise _broken(archive.name, error) from error
    finally:
        book.close()


def _too_many_rows(name: str) -> ImportRefusedError:
    return ImportRefusedError(
        "The sheet has too many rows.", expected=f"at most {_MAX_ROWS:,}", found="more", where=name
    )


def _refuse_declarations(archive: SafeArchive, member: str) -> None:
    if any(
        mark in archive.read(member).replace(b"\0", b"") for mark in (b"<!DOCTYPE", b"<!ENTITY")
    ):
        archive.xml(member)


def _broken(name: str, error: Exception) -> ImportRefusedError:
    return ImportRefusedError(
        "The workbook can't be read.",
        expected="a whole xlsx workbook",
        found=f"{type(error).__name__}",
        where=name,
        next_step="Open it in its own program and save it again as xlsx or csv.",
    )


def _xlsx_size(sheet: Any) -> tuple[int, int]:
    rows = columns = 0
    for row in sheet.iter_rows(max_row=200, values_only=True):
        filled = sum(value is not None for value in row)
        rows += filled > 0
        columns = max(columns, filled)
    return rows, columns


def _xlsx_record(
    cells: tuple[Any, ...], name: str, failures: list[Failure], position: int
) -> Record | None:
    texts: list[str] = []
    line = next((c.row for c in cells if getattr(c, "row", None)), position + 1)
    if len(cells) > MAX_COLUMNS:
        raise ImportRefusedError(
            "The sheet is too wide.",
            expected=f"{MAX_COLUMNS:,} columns",
            found=f"{len(cells):,}",
            where=name,
        )
    for cell in cells:
        if cell.data_type == "f":
            failures.append(Failure(name, line, cell.coordinate, _FORMULA, _VALUE))
            texts.append("")
        elif cell.data_type == "e":
            failures.append(
                Failure(
                    name,
                    line,
                    cell.coordinate,
                    f"an error of the spreadsheet ({cell.value})",
                    _VALUE,
                )
            )
            texts.append("")
        else:
            texts.append(cell_text(cell.value))
    while texts and not texts[-1]:
        texts.pop()
    return Record(line, texts) if any(t.strip() for t in texts) else None


def _chosen(names: list[str], sheet: str | None, file: str, size: Any) -> tuple[str, Words]:
    if not names:
        raise ImportRefusedError(
            "The workbook has no sheet with cells.", found="no sheet", where=file
        )
    if sheet is not None:
        if sheet not in names:
            raise ImportRefusedError(
                f"There is no sheet `{sheet}`.",
                expected="one of " + ", ".join(names),
                found=sheet,
                where=file,
                next_step="Correct `sheet` in study.toml.",
            )
        return sheet, Words(fi="välilehti annettu asetuksissa", en="sheet given in the settings")
    if len(names) == 1:
        return names[0], Words(fi=f"ainoa välilehti {names[0]}", en=f"the only sheet, {names[0]}")
    sizes = {name: size(name) for name in names}
    # a cover or guide sheet is narrow; the data has most cells
    best = max(names, key=lambda n: (sizes[n][0] * sizes[n][1], -names.index(n)))
    return best, Words(
        fi=f"välilehti {best}: eniten soluja {len(names)} välilehdestä",
        en=f"sheet {best}: most cells among {len(names)} sheets",
    )


def read_ods(
    path: str | Path, *, sheet: str | None = None
) -> tuple[list[Record], list[Failure], str, Words]:
    """Read one sheet of an ods; see `read_xlsx`."""
    archive = SafeArchive(path)
    body = archive.xml("content.xml").find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
    sheets = (
        {} if body is None else {t.get(f"{_TABLE}name", ""): t for t in body.iter(f"{_TABLE}table")}
    )
    chosen, reason = _chosen(
        list(sheets),
        sheet,
        archive.name,
        lambda n: (sum(1 for _ in sheets[n].iter(f"{_TEXT}p")), 1),
    )
    records: list[Record] = []
    failures: list[Failure] = []
    line = 0
    for row in sheets[chosen].iter(f"{_TABLE}table-row"):
        repeats = _repeats(row, "number-rows-repeated")
        cells = _ods_cells(row, archive.name, line + 1, failures)
        if cells:
            # a filled row repeated more often than a sheet can hold is not believed
            for step in range(min(repeats, _MAX_ROWS)):
                records.append(Record(line + 1 + step, list(cells)))
                if len(records) > _MAX_ROWS:
                    raise _too_many_rows(archive.name)
        line += repeats
    return records, failures, chosen, reason


def _repeats(element: Any, name: str) -> int:
    count = element.get(f"{_TABLE}{name}", "1")
    return int(count) if count.isdigit() and len(count) < 9 else 1


def _ods_cells(row: Any, name: str, line: int, failures: list[Failure]) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        text = _ods_value(cell)
        if cell.get(f"{_TABLE}formula"):
            failures.append(Failure(name, line, f"column {len(cells) + 1}", _FORMULA, _VALUE))
            text = ""
        cells.extend([text] * min(_repeats(cell, "number-columns-repeated"), MAX_COLUMNS))
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise ImportRefusedError(
                "The sheet is too wide.",
                expected=f"{MAX_COLUMNS:,} columns",
                found="more",
                where=name,
            )
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _ods_value(cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        # a damaged number falls through to the text that the cell shows
        with suppress(ValueError):
            return cell_text(float(cell.get(f"{_OFFICE}value", "")))
    if kind == "date":
        return str(cell.get(f"{_OFFICE}date-value", "")).replace("T00:00:00", "").replace("T", " ")
    if kind == "boolean":
        return "1" if cell.get(f"{_OFFICE}boolean-value") == "true" else "0"
    return "\n".join(odf_words(p) for p in cell.findall(f"{_TEXT}p"))


def read_parquet(path: str | Path) -> tuple[list[str], list[list[str]], list[Failure]]:
    """Read a flat Parquet table: column names, columns of strings, failures for nested columns."""
    import pyarrow as pa

    name = Path(path).name
    try:
        names, columns, failures = _parquet_columns(path, name)
    # ValueError: words that are no UTF-8, dates that no calendar has
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise ImportRefusedError(
            "The Parquet table can't be read.",
            expected="a whole Parquet file",
            found=type(error).__name__,
            where=name,
            next_step="Write the file again in its own program, or export it as csv.",
        ) from error
    for position, column in enumerate(columns):
        for row, text in enumerate(column):
            if len(text) > MAX_CELL_CHARACTERS:
                failures.append(
                    Failure(
                        name,
                        row + 1,
                        names[position],
                        f"a cell of {len(text):,} characters; left empty",
                        f"at most {MAX_CELL_CHARACTERS:,} characters in a cell",
                    )
                )
                column[row] = ""
    return names, columns, failures


def _parquet_columns(
    path: str | Path, name: str
) -> tuple[list[str], list[list[str]], list[Failure]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    names: list[str] = []
    columns: list[list[str]] = []
    failures: list[Failure] = []
    for field in table.schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            failures.append(
                Failure(name, None, field.name, f"a column of {field.type}", "plain values")
            )
            continue
        texts = [cell_text(v) for v in table.column(field.name).to_pylist()]
        names.append(field.name)
        columns.append(texts)
    return names, columns, failures
