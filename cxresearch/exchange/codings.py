"""Hand codings as a long csv: one row a quotation and code, in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..model import FrameError, ImportRefusedError
from .columns import shown, to_numbers
from .dates import to_dates
from .drafts import slug_of
from .failures import Failure, failures_table
from .quote_places import TextPlaces
from .tables import Table, read_table

__all__ = ["CODINGS_COLUMNS", "code_id", "read_codings", "write_codings"]

CODINGS_COLUMNS = (
    "document", "start", "end", "quote", "code", "phase", "stage", "touchpoint", "valence", "coder",
    "memo", "coded_at",
)  # fmt: skip
"""Columns of the csv, in the order in which they are written."""

_ALSO = {
    "document": ("dokumentti", "asiakirja", "file", "tiedosto", "source"),
    "quote": ("quotation", "content", "sitaatti", "citat", "segment", "text", "coded text"),
    "code": ("tag", "koodi", "kod", "codes", "theme", "teema"),
    "start": ("begin", "alku"),
    "end": ("loppu",),
    "coder": ("koodaaja", "kodare", "user"),
    "memo": ("muistio", "note", "comment", "huomio"),
    "coded_at": ("time", "created", "date"),
    "occurrence": ("nth", "esiintymä"),
}
_ID = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
_FACETS = ("phase", "stage", "touchpoint", "coder", "memo")


def code_id(name: str) -> str:
    """The id of a code as a codings file names it: an id stays, any other name becomes one."""
    name = " ".join(name.split())
    return name if _ID.match(name) else slug_of(name)


def read_codings(
    path: str | Path, texts: pd.Series | Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read hand codings and find the place of each quotation.

    Parameters
    ----------
    path : path
        A table (csv, tsv, xlsx, ods, parquet) with the columns `document`, `code`, and either
        `quote` or `start` and `end` (code points from 0, end exclusive); optional `occurrence`
        (1, 2 … where the words come several times), `phase`, `stage`, `touchpoint`, `valence`
        (-2…2), `coder`, `memo`, `coded_at`. Common other names (tag, content, koodi, sitaatti) are
        understood.
        Several codes in a cell are separated by `;` or `|`.
    texts : pandas.Series or mapping
        Document id to its normalised text. `document` may also be a file name: its stem is taken.

    Returns
    -------
    codings : pandas.DataFrame
        As the contract `codings`, without `coding` (the study gives ids): document, start, end,
        quote (the exact words of the text), code, origin ("human"), and of the optional columns
        those in the file; missing where a cell is empty.
    failures : pandas.DataFrame
        The contract `failures`: quotations that are not in the text, stand in it several times,
        documents that are not known, values out of range. None of these is guessed at.

    Raises
    ------
    ImportRefusedError
        The table can't be read, or lacks `document`, `code`, or `quote` and `start`/`end`.

    Notes
    -----
    A quotation is looked for exactly, then by its letters and digits alone (white space,
    punctuation and case may differ) at the edges of words.
    """
    table = read_table(path)
    named = _named(table)
    texts = dict(texts.items()) if isinstance(texts, pd.Series) else dict(texts)
    stems = {str(d).casefold(): d for d in texts}
    places: dict[str, TextPlaces] = {}
    rows: list[dict[str, Any]] = []
    failures: list[Failure] = []
    extras = _extras(named, table, failures)
    for i in range(len(named)):
        row = named.iloc[i]
        line = int(table.lines[i])
        document = _document(row["document"], stems)
        if document is None:
            failures.append(
                Failure(
                    table.name, line, "document", shown(row["document"]), "a document of the study"
                )
            )
            continue
        at = places.setdefault(document, TextPlaces(texts[document]))
        span = _span(row, at, table.name, line, failures)
        codes = [code_id(c) for c in re.split(r"[;|]", row["code"]) if c.strip()]
        if not codes:
            failures.append(Failure(table.name, line, "code", "an empty cell", "a code"))
        if span is None:
            continue
        for code in codes:
            place = {"document": document, "start": span[0], "end": span[1]}
            rows.append({**place, "quote": at.text[slice(*span)], "code": code, **extras[i]})
    return _codings(rows, named.columns), failures_table(failures)


def _named(table: Table) -> pd.DataFrame:
    """The file's columns under the contract's names."""
    by_name = {str(c).strip().casefold(): c for c in reversed(list(table.frame.columns))}
    found: dict[str, str] = {}
    for name in (*CODINGS_COLUMNS, "occurrence", "coding", "important"):
        column = next((by_name[n] for n in (name, *_ALSO.get(name, ())) if n in by_name), None)
        if column is not None and column not in found.values():
            found[name] = column
    absent = [n for n in ("document", "code") if n not in found]
    if "quote" not in found and not {"start", "end"} <= set(found):
        absent.append("quote (or start and end)")
    if absent:
        raise ImportRefusedError(
            f"The codings lack {', '.join(absent)}.",
            expected="columns document, code, quote (or start and end)",
            found=", ".join(map(str, table.frame.columns)),
            where=table.name,
            next_step="Rename the columns.",
        )
    named = table.frame[list(found.values())].copy()
    named.columns = list(found)
    return named


def _document(cell: str, stems: Mapping[str, str]) -> str | None:
    cell = cell.strip().casefold()
    for candidate in (cell, Path(cell).stem, cell.replace("\\", "/").rsplit("/", 1)[-1]):
        if candidate in stems:
            return stems[candidate]
    return None


def _span(
    row: pd.Series, at: TextPlaces, file: str, line: int, failures: list[Failure]
) -> tuple[int, int] | None:
    quote = str(row.get("quote", "")).strip()
    start, end = (_whole(row.get(name, "")) for name in ("start", "end"))
    if start is not None and end is not None:
        if not 0 <= start < end <= len(at.text):
            failures.append(
                Failure(file, line, "start", f"{start}..{end}", f"a place in 0..{len(at.text)}")
            )
            return None
        if not quote or at.text[start:end].strip() == quote:
            return start, end
        if (start, end) in at.find(quote).places:
            return start, end
    if not quote:
        failures.append(Failure(file, line, "quote", "an empty cell", "the words of the quotation"))
        return None
    found = at.find(quote)
    nth = _whole(row.get("occurrence", ""))
    if nth is not None and 1 <= nth <= len(found.places):
        return found.places[nth - 1]
    if len(found.places) == 1:
        return found.places[0]
    told = (
        "words that are not in the document"
        if not found.places
        else f"words that stand in the document {len(found.places)} times"
    )
    wanted = "words of the document" if not found.places else "start and end, or occurrence"
    failures.append(Failure(file, line, "quote", told, wanted))
    return None


def _whole(cell: object) -> int | None:
    text = str(cell).strip()
    return int(text) if re.fullmatch(r"\d{1,9}(\.0)?", text.split(".")[0]) else None


def _extras(named: pd.DataFrame, table: Table, failures: list[Failure]) -> list[dict[str, Any]]:
    """The optional cells of each row: facets, valence, time."""
    made: list[dict[str, Any]] = [{} for _ in range(len(named))]
    for name in _FACETS:
        if name in named:
            for row, cell in zip(made, named[name], strict=True):
                row[name] = cell.strip() or None
    if "coding" in named:
        for row, cell in zip(made, named["coding"], strict=True):
            row["coding"] = cell.strip() or None
    where: dict[str, Any] = {"lines": table.lines, "file": table.name}
    if "valence" in named:
        numbers = to_numbers(named["valence"], **where)
        outside = ~numbers.values.between(-2, 2) & numbers.values.notna()
        outside |= numbers.values % 1 > 0
        failures.extend(Failure(*f) for f in numbers.failures.itertuples(index=False))
        for i in np.flatnonzero(outside):
            failures.append(
                Failure(
                    table.name,
                    int(table.lines[i]),
                    "valence",
                    f"{numbers.values.iloc[i]:g}",
                    "-2…2",
                )
            )
        for row, value in zip(made, numbers.values.mask(outside), strict=True):
            row["valence"] = None if np.isnan(value) else int(value)
    if "coded_at" in named:
        dates = to_dates(named["coded_at"], **where)
        failures.extend(Failure(*f) for f in dates.failures.itertuples(index=False))
        for row, value in zip(made, dates.values, strict=True):
            row["coded_at"] = value
    return made


def _codings(rows: list[dict[str, Any]], columns: pd.Index) -> pd.DataFrame:
    text = "str" if pd.__version__ >= "3" else object
    order = [
        n for n in ("coding", *CODINGS_COLUMNS) if n in columns or n in ("start", "end", "quote")
    ]
    frame = pd.DataFrame(rows, columns=order)
    for name in order:
        if name in ("start", "end"):
            frame[name] = frame[name].astype("int64")
        elif name == "valence":
            frame[name] = frame[name].astype("Int64")
        elif name == "coded_at":
            frame[name] = pd.to_datetime(frame[name])
        else:
            frame[name] = frame[name].astype(text)
    frame["origin"] = pd.Series(["human"] * len(frame), dtype=text)
    key = [n for n in ("document", "start", "end", "code", "coder") if n in frame]
    return frame.drop_duplicates(key).reset_index(drop=True)


def write_codings(codings: pd.DataFrame, path: str | Path) -> Path:
    """Write codings as the csv that `read_codings` reads: UTF-8 with mark, comma, one row a coding.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract `codings`. `score`, `rule` and other columns are left out; suggestions are
        written too, with their `coder`.
    path : path
        File to write.

    Returns
    -------
    Path

    Raises
    ------
    FrameError
        document, start, end, quote or code is absent.
    """
    absent = [n for n in ("document", "start", "end", "quote", "code") if n not in codings.columns]
    if absent:
        raise FrameError(
            f"The codings lack {', '.join(absent)}.",
            expected=", ".join(CODINGS_COLUMNS),
            found=", ".join(map(str, codings.columns)),
        )
    columns = [n for n in CODINGS_COLUMNS if n in codings.columns]
    rows = codings[columns].copy()
    if "coded_at" in rows:
        rows["coded_at"] = pd.to_datetime(rows["coded_at"]).dt.strftime("%Y-%m-%dT%H:%M:%S")
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(target, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return target
