"""Attributes of documents and respondents as typed variables, out and in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ..model import FRAMES
from .refi_packing import Guids
from .refi_xml import children, clean, element

__all__ = [
    "ReadVariable",
    "Variable",
    "add_values",
    "column_name",
    "typed_column",
    "value_of",
    "variables_of",
]

OWN_TYPE = {
    "Text": "TextValue",
    "Boolean": "BooleanValue",
    "Integer": "IntegerValue",
    "Float": "FloatValue",
    "Date": "DateValue",
    "DateTime": "DateTimeValue",
}


@dataclass(frozen=True)
class Variable:
    """A column as a variable: its key, the name that peers show, the type, a text for each row."""

    key: str
    name: str
    kind: str
    values: tuple[str | None, ...]


def add_values(node: Any, variables: list[Variable], row: int, guids: Guids) -> None:
    """Add a VariableValue for each cell of a row that is not missing."""
    for variable in variables:
        text = variable.values[row]
        if text is not None:
            value = element("VariableValue", node)
            element("VariableRef", value, targetGUID=guids.of("variable", variable.key))
            element(OWN_TYPE[variable.kind], value, text=text)


def variables_of(
    frame: pd.DataFrame, contract: str, *, taken: frozenset[str] = frozenset()
) -> list[Variable]:
    """The columns of documents or respondents as variables; columns without a value are left out.

    Columns of the contract are named `document kind`, `respondent kind`, …: two programs show
    variables of documents and of people in one list, and names in it must differ.
    """
    owner = contract.removesuffix("s")
    own = set(FRAMES[contract].column_names())
    made = []
    for column in frame.columns:
        if column in ("text", owner) or frame[column].isna().all():
            continue
        shared = column in own or column in taken or f"{column}".startswith(f"{owner} ")
        name = f"{owner} {column}" if shared else clean(column)
        kind, values = _typed(frame[column])
        made.append(Variable(f"{contract}/{column}", name, kind, tuple(values)))
    return made


def _typed(column: pd.Series) -> tuple[str, list[str | None]]:
    known = column.dropna()
    letter = column.dtype.kind
    if letter == "O" and pd.api.types.infer_dtype(known, skipna=True) == "boolean":
        letter = "b"
    if letter == "b":
        return "Boolean", _texts(column, lambda v: "true" if v else "false")
    if letter in "iu":
        return "Integer", _texts(column, lambda v: str(int(v)))
    if letter == "f" and bool(np.isfinite(known.to_numpy(dtype=float)).all()):
        return "Float", _texts(column, lambda v: f"{Decimal(repr(float(v))):f}")
    if letter == "M":
        if (known == known.dt.normalize()).all() and known.dt.tz is None:
            return "Date", _texts(column, lambda v: f"{v:%Y-%m-%d}")
        return "DateTime", _texts(column, lambda v: pd.Timestamp(v).isoformat())
    return "Text", _texts(column, clean)


def _texts(column: pd.Series, shown: Any) -> list[str | None]:
    missing = column.isna().tolist()
    return [None if gone else shown(v) for v, gone in zip(column.tolist(), missing, strict=True)]


@dataclass(frozen=True)
class ReadVariable:
    """A variable of a file."""

    guid: str
    name: str
    kind: str


def value_of(node: Any) -> tuple[str, str | None]:
    """The GUID and the text of a VariableValue; None where it has no value."""
    reference = next(children(node, "VariableRef"), None)
    target = "" if reference is None else reference.get("targetGUID", "")
    for child in node:
        if child.tag in OWN_TYPE.values():
            return target, clean(child.text)
    return target, None


def column_name(name: str, kind: str, contract: str, taken: Iterable[str]) -> str:
    """The column for a variable of a file; one that a contract uses otherwise gets `_` after it."""
    owner = contract.removesuffix("s")
    own = {c.name: c.kind for c in FRAMES[contract].columns}
    base = name.removeprefix(f"{owner} ")
    wanted = {"text": ("Text",), "number": ("Float", "Integer")}.get(own.get(base, ""), ())
    if base in own and (base == name or kind not in wanted):
        base += "_"
    if not base or base in ("text", owner):
        base += "_"
    while base in taken:
        base += "_"
    return base


def typed_column(texts: Mapping[int, str | None], rows: int, kind: str) -> tuple[pd.Series, int]:
    """A column from the texts of some rows, and how many could not be read as their type."""
    cells = [texts.get(i) for i in range(rows)]
    column = pd.Series(cells, dtype=object)
    if kind == "Boolean":
        known = {"true": True, "1": True, "false": False, "0": False}
        made = pd.Series([known.get((c or "").strip()) for c in cells], dtype="boolean")
    elif kind == "Integer":
        made = pd.Series([_integer(c) for c in cells], dtype="Int64")
    elif kind == "Float":
        made = pd.Series([_float(c) for c in cells], dtype="float64")
    elif kind in ("Date", "DateTime"):
        made = pd.Series([_time(c) for c in cells], dtype="datetime64[us]")
    else:
        text = "str" if pd.__version__ >= "3" else object
        return column.astype(text), 0
    return made, int((column.notna() & made.isna() & (column != "")).sum())


def _integer(text: str | None) -> int | None:
    text = (text or "").strip()
    if not text.lstrip("+-").isascii() or not text.lstrip("+-").isdigit() or len(text) > 19:
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def _float(text: str | None) -> float | None:
    try:
        return float((text or "").strip().replace(",", "."))
    except ValueError:
        return None


def _time(text: str | None) -> pd.Timestamp | None:
    try:
        at = dt.datetime.fromisoformat((text or "").strip())
        at = at.astimezone(dt.UTC).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None
    return pd.Timestamp(at)
