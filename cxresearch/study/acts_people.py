"""Acts on respondents, and on what is personal: the latter leaves no copy in the event log."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model import FrameError, check_frame
from . import tables
from .frames import plain_rows
from .ledger import Row, key_of
from .outcome import Outcome
from .registry import Work, an_act
from .tables import names_of

__all__: list[str] = []


@an_act(lane="import")
def set_respondents(work: Work, respondents: pd.DataFrame) -> Outcome:
    """Add or change respondents; columns beyond respondent, kind, customer are attributes.

    Only for people of interviews and notes: thousands of survey respondents go to the Parquet
    table `respondents`. Nobody is removed. Never give names or contacts here.
    """
    check_frame(respondents, "respondents")
    rows = [{"customer": None, **row} for row in plain_rows(respondents)]
    base = tuple(names_of(tables.respondent))
    _upsert(work, tables.respondent, [{n: row[n] for n in base} for row in rows])
    attributes = [
        {"respondent": row["respondent"], "attribute": name, "value": value}
        for row in rows
        for name, value in row.items()
        if name not in base
    ]
    _upsert(work, tables.attribute, attributes)
    return Outcome(None, "", ids=tuple(row["respondent"] for row in rows))


@an_act(lane="import")
def set_personal(work: Work, personal: pd.DataFrame) -> Outcome:
    """Keep personal columns: owner_kind (respondent, response, customer), owner, field, value.

    This is the only table that holds them. The event says how many, never what; it can't be undone.
    """
    _upsert(work, tables.personal, _text_rows(personal, tables.personal))
    return Outcome(None, "")


@an_act(lane="import")
def set_pseudonyms(work: Work, pseudonyms: pd.DataFrame) -> Outcome:
    """Keep which pseudonym stands for whom: entity, kind, pseudonym. No copy in the event log."""
    _upsert(work, tables.pseudonym, _text_rows(pseudonyms, tables.pseudonym))
    return Outcome(None, "")


@an_act()
def forget_personal(work: Work, owner_kind: str, owner: str) -> Outcome:
    """Remove all personal columns of one owner for good; there is no undo."""
    table = tables.personal
    rows = work.ledger.rows(table, table.c.owner_kind == owner_kind, table.c.owner == owner)
    work.ledger.delete(table, rows)
    return Outcome(None, "")


def _text_rows(frame: pd.DataFrame, table: Any) -> list[Row]:
    names = list(names_of(table))
    absent = [n for n in names if n not in frame.columns]
    if absent:
        raise FrameError(
            f"The table of the act lacks {', '.join(absent)}.",
            expected=", ".join(names),
            found=", ".join(map(str, frame.columns)),
        )
    rows = [{n: None if v is None else str(v) for n, v in r.items()} for r in plain_rows(frame)]
    return [{n: row[n] for n in names} for row in rows if all(row[n] for n in names)]


def _upsert(work: Work, table: Any, rows: list[Row]) -> None:
    """Insert rows whose key is new and change those that differ; the last of two alike wins."""
    there = {key_of(table, row): row for row in work.ledger.rows(table)}
    wanted = {key_of(table, row): row for row in rows}
    work.ledger.insert(table, [row for key, row in wanted.items() if key not in there])
    work.ledger.update(table, [(there[k], row) for k, row in wanted.items() if k in there])
