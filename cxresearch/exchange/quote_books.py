"""Quotations and tables for people outside the program: quote books and tidy Parquet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..model import Codebook, FrameError, ImportRefusedError

__all__ = ["write_quote_book", "write_tidy_parquet"]

_HEADINGS = {
    "fi": {
        "theme": "Teema", "code": "Koodi", "phase": "Vaihe", "stage": "Alavaihe",
        "touchpoint": "Kosketuspiste", "valence": "Sävy (−2…2)", "quote": "Sitaatti",
        "document": "Asiakirja", "role": "Rooli", "coder": "Koodaaja", "memo": "Muistio",
        "sheet": "Sitaatit",
    },
    "en": {
        "theme": "Theme", "code": "Code", "phase": "Phase", "stage": "Stage",
        "touchpoint": "Touchpoint", "valence": "Valence (−2…2)", "quote": "Quotation",
        "document": "Document", "role": "Role", "coder": "Coder", "memo": "Memo",
        "sheet": "Quotations",
    },
}  # fmt: skip
_ORDER = (
    "theme",
    "code",
    "phase",
    "stage",
    "touchpoint",
    "valence",
    "quote",
    "document",
    "role",
    "coder",
    "memo",
)
_STARTS_A_FORMULA = re.compile(r"^[=+\-@\t\r]")
_LONGEST_CELL = 32_767


def write_quote_book(
    codings: pd.DataFrame,
    path: str | Path,
    *,
    codebook: Codebook | None = None,
    language: str = "en",
) -> Path:
    """Write quotations by code as xlsx or csv, for reading and printing.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract `codings`: code and quote are needed; phase, stage, touchpoint, valence,
        document, role, coder and memo are shown where there.
    path : path
        Ends in .xlsx or .csv.
    codebook : Codebook, optional
        For the names and order of codes; ids in alphabetical order otherwise.
    language : {"fi", "en"}
        Of headings and names.

    Returns
    -------
    Path

    Raises
    ------
    FrameError
        code or quote is absent.
    ImportRefusedError
        The ending is neither xlsx nor csv.

    Notes
    -----
    Cells that a spreadsheet would take for a formula get an apostrophe in csv and are stored as
    text in xlsx. The file holds raw words of respondents: it is not for publishing.
    """
    absent = [n for n in ("code", "quote") if n not in codings.columns]
    if absent:
        raise FrameError(
            f"The codings lack {', '.join(absent)}.",
            expected="code, quote",
            found=", ".join(map(str, codings.columns)),
        )
    target = Path(path)
    book = _book(codings, codebook, language)
    headings = _HEADINGS.get(language, _HEADINGS["en"])
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".csv":
        safe = book.map(_harmless)
        safe.columns = [headings[c] for c in book.columns]
        safe.to_csv(target, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    elif target.suffix.lower() == ".xlsx":
        _write_xlsx(book, target, headings)
    else:
        raise ImportRefusedError(
            "A quote book is written as xlsx or csv.",
            expected=".xlsx or .csv",
            found=target.suffix,
            where=target.name,
        )
    return target


def _book(codings: pd.DataFrame, codebook: Codebook | None, language: str) -> pd.DataFrame:
    rows = codings.copy()
    ids = [c.code for c in codebook] if codebook is not None else sorted(rows["code"].unique())
    position = {code: i for i, code in enumerate(ids)}
    names = (
        {c.code: c.name.to(language) or c.code for c in codebook} if codebook is not None else {}
    )
    parents = {c.code: c.parent for c in codebook} if codebook is not None else {}
    rows["_position"] = rows["code"].map(position).fillna(len(ids))
    by = [c for c in ("_position", "document", "start") if c in rows]
    rows = rows.sort_values(by, kind="stable")
    if any(parents.values()):
        rows["theme"] = [names.get(parents.get(c) or "", "") for c in rows["code"]]
    rows["code"] = [names.get(c, c) for c in rows["code"]]
    shown = rows[[c for c in _ORDER if c in rows]].astype(object)
    return shown.where(shown.notna(), "").reset_index(drop=True)


def _harmless(cell: object) -> object:
    """A spreadsheet must not run what a respondent wrote."""
    if isinstance(cell, str) and _STARTS_A_FORMULA.match(cell):
        return "'" + cell
    return cell


def _write_xlsx(book: pd.DataFrame, target: Path, headings: Mapping[str, str]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    sheet = workbook.active
    sheet.title = headings["sheet"]
    sheet.append([headings[c] for c in book.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(book.itertuples(index=False), start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
                cell.data_type = "s"
            else:
                cell.value = value
            cell.alignment = wrapped
    widths = {"quote": 80, "memo": 40, "code": 32, "theme": 24, "document": 18}
    for position, column in enumerate(book.columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = widths.get(column, 16)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    workbook.save(target)


def write_tidy_parquet(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> list[Path]:
    """Write each table as `folder/name.parquet`: one row an observation, one column a variable.

    Columns that hold nothing but missing values stay; the index is left out. A table without
    columns is left out.

    Returns
    -------
    list of Path
        The files, in the order of the mapping.

    Raises
    ------
    FrameError
        A name is no plain word, or a column mixes kinds that Parquet can't hold together.
    """
    import pyarrow as pa

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name):
            raise FrameError(
                "A table has a name that is no file name.", expected="a-z, 0-9, _", found=name
            )
        if not len(table.columns):
            continue
        place = target / f"{name}.parquet"
        part = place.with_suffix(".parquet.part")
        try:
            table.to_parquet(part, index=False, compression="zstd")
        except (pa.ArrowException, TypeError, ValueError) as error:
            part.unlink(missing_ok=True)
            raise FrameError(
                f"The table `{name}` can't be written as Parquet.",
                expected="one kind of value in each column",
                found=type(error).__name__,
            ) from error
        part.replace(place)
        written.append(place)
    return written
