"""Rows and files that an import could not take, or read only with a remark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

__all__ = ["Failure", "failures_table"]


class Failure(NamedTuple):
    """One remark of an import. `found` never holds personal text; `row` is the line in the file."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str


def failures_table(failures: Iterable[Failure]) -> pd.DataFrame:
    """Give failures as the table `failures` of the contracts: file, row, column, found, expected.

    `row` is a nullable integer; `column` is missing where a whole line or file failed.
    """
    rows = list(failures)
    table = pd.DataFrame(rows, columns=list(Failure._fields))
    for name in ("file", "column", "found", "expected"):
        table[name] = table[name].astype("str" if pd.__version__ >= "3" else object)
    table["row"] = table["row"].astype("Int64")
    return table
