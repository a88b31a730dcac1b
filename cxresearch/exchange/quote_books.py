"""Quotations and tables for people outside the program: quote books and tidy Parquet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..model import Codebook, FrameError, ImportRefusedError
from .quote_documents import write_quotes_docx

__all__ = ["write_quote_book", "write_safe_csv", "write_sheets", "write_tidy_parquet"]

_HEADINGS = {
    "fi": {
        "theme": "Teema", "code": "Koodi", "phase": "Vaihe", "stage": "Alavaihe",
        "touchpoint": "Kosketuspiste", "valence": "Sävy (−2…2)", "quote": "Sitaatti",
        "document": "Asiakirja", "turn": "Puheenvuoro", "speaker": "Puhuja",
        "respondent": "Vastaaja", "role": "Rooli", "coder": "Koodaaja", "memo": "Muistio",
        "sheet": "Sitaatit",
    },
    "en": {
        "theme": "Theme", "code": "Code", "phase": "Phase", "stage": "Stage",
        "touchpoint": "Touchpoint", "valence": "Valence (−2…2)", "quote": "Quotation",
        "document": "Document", "turn": "Turn", "speaker": "Speaker",
        "respondent": "Respondent", "role": "Role", "coder": "Coder", "memo": "Memo",
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
    "turn",
    "speaker",
    "respondent",
    "role",
    "coder",
    "memo",
)
_ALWAYS = ("document", "turn", "coder")
_STARTS_A_FORMULA = re.compile(r"^[=+\-@\t\r]")
_LONGEST_CELL = 32_767


def write_quote_book(
    codings: pd.DataFrame,
    path: str | Path,
    *,
    codebook: Codebook | None = None,
    names: Mapping[str, str] | None = None,
    language: str = "en",
) -> Path:
    """Write quotations by code as docx, xlsx or csv, for reading and printing.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract `codings`: code and quote are needed. Document, turn and coder always have
        their place; phase, stage, touchpoint, valence, speaker, respondent, role and memo are shown
        where there (`coding.add_context` and `coding.retrieve_quotes` give them).
    path : path
        Ends in .docx, .xlsx or .csv.
    codebook : Codebook, optional
        For the names and order of codes; ids in alphabetical order otherwise.
    names : mapping, optional
        What ids of phases, stages and touchpoints are called; ids otherwise.
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
        The ending is none of the three; nothing was written.

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
    called = names or {}
    for facet in {"phase", "stage", "touchpoint"} & set(book.columns):
        book[facet] = [called.get(v, v) for v in book[facet]]
    headings = _HEADINGS.get(language, _HEADINGS["en"])
    ending = target.suffix.lower()
    if ending == ".docx":
        return write_quotes_docx(book, target, codebook=codebook, language=language)
    if ending == ".xlsx":
        return write_sheets({headings["sheet"]: book}, target, headings=headings)
    if ending == ".csv":
        return write_safe_csv(book.rename(columns=headings), target)
    raise ImportRefusedError(
        "A quote book is written as docx, xlsx or csv.",
        expected=".docx, .xlsx or .csv",
        found=target.suffix,
        where=target.name,
    )


def write_safe_csv(table: pd.DataFrame, target: str | Path) -> Path:
    """Write a table as csv in which a spreadsheet finds no formula: such cells get an apostrophe.

    UTF-8 with mark, comma. Gives the path.
    """
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    safe = table.map(_harmless)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return path


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
    for name in _ALWAYS:
        if name not in rows:
            rows[name] = pd.NA
    shown = rows[[c for c in _ORDER if c in rows]].astype(object)
    return shown.where(shown.notna(), "").reset_index(drop=True)


def _harmless(cell: object) -> object:
    """A spreadsheet must not run what a respondent wrote."""
    if isinstance(cell, str) and _STARTS_A_FORMULA.match(cell):
        return "'" + cell
    return cell


def write_sheets(
    sheets: Mapping[str, pd.DataFrame],
    target: Path,
    *,
    headings: Mapping[str, str],
    wide: Sequence[str] = ("quote",),
) -> Path:
    """Write tables as the sheets of a workbook: text stays text, headings frozen and filtered."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, table in sheets.items():
        _fill(workbook.create_sheet(name[:31]), table, headings, wide)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(target.suffix + ".part")
    workbook.save(part)
    part.replace(target)
    return target


def _fill(
    sheet: Any, table: pd.DataFrame, headings: Mapping[str, str], wide: Sequence[str]
) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append([headings.get(c, c) for c in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
    wrapped = Alignment(wrap_text=True, vertical="top")
    shown = table.astype(object).where(table.notna(), "")
    for number, row in enumerate(shown.itertuples(index=False), start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
                cell.data_type = "s"
            else:
                cell.value = value
            cell.alignment = wrapped
    widths = {"memo": 40, "code": 32, "theme": 24, "document": 18} | dict.fromkeys(wide, 80)
    for position, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = widths.get(str(column), 16)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


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
