"""The audit trail with values: who coded what when, and how a code came to its definition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from .tables import event, event_change

if TYPE_CHECKING:
    from .study import Study

__all__ = ["audit_trail"]

_TABLES = ("coding", "code", "decision", "adjudication", "opened", "memo", "document")
_PLACE = ("document", "start", "end", "code", "coder", "origin")
# what respondents said or researchers noted about them stays in the study
_WITHHELD = {"quote", "memo", "text", "example"}
_COLUMNS = (
    *("event", "at", "who", "act", "undoes", "undone_by", "table", "row", "change"),
    *(*_PLACE, "column", "before", "after"),
)


def audit_trail(study: Study, since: int | None = None) -> pd.DataFrame:
    """Every change of codings, codes, decisions and documents, without respondents' words.

    Parameters
    ----------
    study : Study
    since : int, optional
        Only events after this number.

    Returns
    -------
    pandas.DataFrame
        One row for what was added or removed, and for each column that was changed: `event`, `at`
        (UTC), `who`, `act`, `undoes`, `undone_by` (events; an act that was taken back has one),
        `table`, `row` (its id), `change` (added, changed, removed), `document`, `start`, `end`,
        `code`, `coder`, `origin` of a coding that came or went, `column`, `before`, `after`. Of
        quotes, texts, examples and memos it says only that they changed. Imports of documents
        count as additions; what was erased for good has no values.

    Notes
    -----
    For the history of one code: `audit_trail(study).query("table == 'code' and row == 'billing'")`.
    """
    change = event_change
    query = (
        sa.select(event.c.event, event.c.at, event.c.who, event.c.act, event.c.undoes)
        .add_columns(event.c.undone_by, change.c.table, change.c.key)
        .add_columns(change.c.before, change.c.after)
        .join_from(change, event, event.c.event == change.c.event)
        .where(change.c.table.in_(_TABLES))
        .order_by(event.c.event, change.c.position)
    )
    if since is not None:
        query = query.where(event.c.event > since)
    with study.storage.reading() as connection:
        rows = [line for row in connection.execute(query).mappings() for line in _lines(row)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["at"] = pd.to_datetime(table["at"], format="ISO8601")
    return table.astype(dict.fromkeys(("event", "undoes", "undone_by", "start", "end"), "Int64"))


def _lines(row: Any) -> list[dict[str, Any]]:
    names = ("event", "at", "who", "act", "undoes", "undone_by", "table")
    line = {name: row[name] for name in names}
    line["row"] = "/".join(str(part) for part in json.loads(row["key"]))
    before, after = row["before"], row["after"]
    if before is None or after is None:
        whole = after or before or {}
        kind = "added" if after is not None else "removed"
        kind = "erased" if before is None and after is None else kind
        return [line | {"change": kind} | {n: whole[n] for n in _PLACE if n in whole}]
    return [
        line
        | {"change": "changed", "column": name}
        | {"before": _told(name, before.get(name)), "after": _told(name, after[name])}
        for name in after
    ]


def _told(column: str, value: Any) -> Any:
    return None if value is None else "(words)" if column in _WITHHELD else str(value)
