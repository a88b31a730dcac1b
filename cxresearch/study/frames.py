"""From rows to tables with the kinds that the column contracts ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import sqlalchemy as sa

from ..model import FRAMES, Column

__all__ = ["empty_frame", "frame_of", "plain_rows"]

# the dtype of text columns: pandas 3 has one of its own, pandas 2 keeps objects
TEXT = "str" if int(pd.__version__.split(".")[0]) >= 3 else "object"
_KINDS = {
    "text": TEXT,
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "time": "datetime64[ns]",
}


def empty_frame(name: str) -> pd.DataFrame:
    """A table without rows that has every column of the contract with its kind."""
    return pd.DataFrame({c.name: pd.Series([], dtype=_dtype(c)) for c in FRAMES[name].columns})


def _dtype(column: Column) -> str:
    if not column.missing and column.kind in ("integer", "boolean"):
        return "int64" if column.kind == "integer" else "bool"
    return _KINDS[column.kind]


def frame_of(
    rows: Iterable[sa.RowMapping] | Iterable[dict[str, Any]],
    table: sa.Table,
    *,
    times: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Rows of a database table as a DataFrame; `times` become timestamps (UTC, without zone)."""
    kept: list[Any] = list(rows)
    return pd.DataFrame(
        {
            c.name: _column(
                [row[c.name] for row in kept], c.type, c.name in times, may_miss=bool(c.nullable)
            )
            for c in table.columns
        }
    )


def _column(values: list[Any], kind: Any, is_time: bool, *, may_miss: bool) -> pd.Series:
    if is_time:
        times = pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601")
        return times.dt.tz_localize(None).astype("datetime64[ns]")
    if isinstance(kind, sa.Boolean):
        return pd.Series(values, dtype="boolean")
    if isinstance(kind, sa.Integer):
        return pd.Series(values, dtype="Int64" if may_miss else "int64")
    if isinstance(kind, sa.Float):
        return pd.Series(values, dtype="float64")
    return pd.Series(values, dtype="object" if isinstance(kind, sa.JSON) else TEXT)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A DataFrame as dicts of plain Python values; every empty cell is None, times are ISO text."""
    columns = {}
    for name in map(str, frame.columns):
        series = frame[name]
        if series.dtype.kind == "M":
            columns[name] = [iso(v) for v in series]
        else:
            values, missing = series.tolist(), series.isna().tolist()
            if series.dtype.kind in "fO" and not isinstance(series.dtype, pd.StringDtype):
                values = [_plain(v) for v in values]
            columns[name] = [None if m else v for v, m in zip(values, missing, strict=True)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def iso(moment: Any) -> str | None:
    """A moment as UTC ISO 8601 text; a moment without zone counts as UTC."""
    if pd.isna(moment):
        return None
    stamp = pd.Timestamp(moment)
    stamp = stamp.tz_localize("UTC") if stamp.tz is None else stamp.tz_convert("UTC")
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
