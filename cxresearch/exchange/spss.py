"""SPSS data files: values as people read them, questions from the variable labels."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..model import ImportRefusedError
from .failures import Failure
from .limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_TABLE_CELLS
from .source_text import read_bytes
from .spreadsheets import cell_text

__all__ = ["read_sav"]


def read_sav(
    path: str | Path,
) -> tuple[list[str], list[list[str]], dict[str, str], list[Failure]]:
    """Read a .sav or .zsav of SPSS: names, columns of strings, labels of variables, failures.

    A value with a label becomes the label where the variable is nominal or only 0 and 1 have one;
    number and label ("4 Melko tyytyväinen") where it is ordered and each of its values has one; the
    number otherwise (a scale with labels at its ends). System- and user-missing values are empty
    cells.

    Raises
    ------
    ImportRefusedError
        No SPSS file, a damaged or locked one, or more cells than `MAX_TABLE_CELLS`.
    """
    name = Path(path).name
    content = read_bytes(path)
    if content[:4] not in (b"$FL2", b"$FL3"):
        raise ImportRefusedError(
            "This is not an SPSS data file.",
            expected="$FL2 or $FL3 at the start",
            found="other bytes",
            where=name,
        )
    _check_promise(content, name)
    about = _read(path, name, only_about=True)[1]
    _check_size(about, name)
    frame, about = _read(path, name)
    labels = {n: t.strip() for n, t in about.column_names_to_labels.items() if t and t.strip()}
    failures: list[Failure] = []
    columns = []
    for column in frame.columns:
        named = about.variable_value_labels.get(column, {})
        cells = _cells(frame[column], named, about.variable_measure.get(column, "unknown"))
        columns.append(_within_limit(cells, name, column, failures))
    return list(map(str, frame.columns)), columns, labels, failures


def _check_promise(content: bytes, name: str) -> None:
    """Refuse a header that promises more cells than the file can hold, before memory is taken."""
    order = "<" if content[64:68] in (b"\2\0\0\0", b"\3\0\0\0") else ">"
    if len(content) < 84:
        return
    wide, packed, _, long = struct.unpack(f"{order}4i", content[68:84])
    # eight bytes a cell, one where packed by bytes; the packing of .zsav has no such bound
    room = len(content) if packed == 1 else len(content) // 8
    if packed in (0, 1) and wide > 0 and long > 0 and wide * long > room:
        raise ImportRefusedError(
            "The SPSS file is damaged: it is shorter than it says.",
            expected=f"{wide * long:,} cells",
            found=f"room for {room:,}",
            where=name,
        )


def _read(path: str | Path, name: str, *, only_about: bool = False) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    try:
        return pyreadstat.read_sav(
            str(path), metadataonly=only_about, dates_as_pandas_datetime=False
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError,
            LookupError, TypeError, MemoryError) as error:  # fmt: skip
        raise ImportRefusedError(
            "The SPSS file can't be read.",
            expected="a whole .sav or .zsav without password",
            found=type(error).__name__,
            where=name,
            next_step="Open it in its own program and save it again, or export it as csv.",
        ) from error


def _check_size(about: Any, name: str) -> None:
    wide, long = about.number_columns or 0, about.number_rows or 0
    if wide > MAX_COLUMNS or wide * long > MAX_TABLE_CELLS:
        raise ImportRefusedError(
            "The SPSS file is too large.",
            expected=f"at most {MAX_COLUMNS:,} columns and {MAX_TABLE_CELLS:,} cells",
            found=f"{wide:,} columns, {wide * long:,} cells",
            where=name,
        )


def _cells(values: pd.Series, named: Mapping[Any, str], measure: str) -> list[str]:
    present = values.dropna().unique().tolist()
    whole = bool(named) and all(v in named for v in present)
    two = whole and set(named) == {0, 1}  # yes and no are no scale, whatever the file says
    made = {}
    for value in present:
        text = cell_text(value)
        label = str(named.get(value, "")).strip()
        if label and (measure == "nominal" or two or not text.strip()):
            text = label
        elif label and whole and measure in ("ordinal", "scale", "unknown"):
            # a label that tells the number already is not told it twice
            text = label if label.startswith(text) else f"{text} {label}"
        made[value] = text
    return ["" if pd.isna(v) else made[v] for v in values]


def _within_limit(cells: list[str], name: str, column: str, failures: list[Failure]) -> list[str]:
    for row, text in enumerate(cells):
        if len(text) > MAX_CELL_CHARACTERS:
            failures.append(
                Failure(
                    name,
                    row + 1,
                    column,
                    f"a cell of {len(text):,} characters; left empty",
                    f"at most {MAX_CELL_CHARACTERS:,} characters in a cell",
                )
            )
            cells[row] = ""
    return cells
