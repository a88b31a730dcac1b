"""Where a study stands, and smaller tables of the study file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from . import tables
from .frames import frame_of

if TYPE_CHECKING:
    from .study import Study

__all__ = ["approvals", "decisions", "memos", "personal", "sources", "unplaced"]


def status_table(study: Study) -> pd.DataFrame:
    """The table behind `Study.status`."""
    coding = tables.coding
    counts: list[tuple[str, Any, str]] = [
        ("documents", _count(tables.document, tables.document.c.kind != "comment"), ""),
        ("turns", _count(tables.turn), ""),
        ("respondents", _count(tables.respondent), "of interviews and notes"),
        ("codes", _count(tables.code), ""),
        ("codings", _count(coding, coding.c.state == "placed"), "by people"),
        ("unplaced", _count(coding, coding.c.state == "unplaced"), "wait for a decision"),
        ("memos", _count(tables.memo), ""),
        ("approved quotes", _count(tables.approval, tables.approval.c.state == "placed"), ""),
        ("events", _count(tables.event), "acts and imports"),
    ]
    with study.storage.reading() as connection:
        rows = [
            (part, connection.execute(query).scalar(), None, note) for part, query, note in counts
        ]
        latest = connection.execute(sa.select(sa.func.max(tables.event.c.at))).scalar()
    rows[-1] = (*rows[-1][:2], latest, rows[-1][3])
    for name in study.processed.names():
        rows.append((name, study.processed.count(name), None, "rebuildable"))
    for step, done in study.processed.steps().items():
        note = ", ".join(f"{k} {v}" for k, v in done.get("summary", {}).items())
        rows.append((f"step:{step}", None, done.get("at"), note))
    found = pd.DataFrame(rows, columns=["part", "rows", "changed_at", "note"])
    return found.astype({"rows": "Int64"})


def _count(table: sa.Table, *where: Any) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table).where(*where)


def unplaced(study: Study) -> pd.DataFrame:
    """Codings whose words are no longer where they were, for a person to decide.

    Returns
    -------
    pandas.DataFrame
        Columns of the `codings` contract; `start` and `end` are the last known place, `quote` the
        words that were coded. Place one by `act(study, "change_coding", coding=…, start=…, end=…)`
        or take it away by `remove_coding`.
    """
    found = _read(study, tables.coding, tables.coding.c.state == "unplaced", times=("coded_at",))
    return found.drop(columns="state")


def approvals(study: Study) -> pd.DataFrame:
    """Quotes that may be published, each checked to stand where it was approved.

    Returns
    -------
    pandas.DataFrame
        Columns `approval`, `document`, `start`, `end`, `quote`, `published_text`, `approved_by`,
        `approved_at` (UTC). Only `published_text` may leave the study. An approval whose words have
        changed is left out until it is given anew.
    """
    approval, document = tables.approval, tables.document
    there = sa.func.substr(document.c.text, approval.c.start + 1, approval.c.end - approval.c.start)
    query = (
        sa.select(approval)
        .join_from(approval, document)
        .where(approval.c.state == "placed", there == approval.c.quote)
        .order_by(approval.c.document, approval.c.start, approval.c.end)
    )
    with study.storage.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return frame_of(rows, approval, times=("approved_at",)).drop(columns="state")


def memos(study: Study, about: str | None = None) -> pd.DataFrame:
    """Memos: columns `about`, `target`, `coder`, `text`, `written_at` (UTC)."""
    where = () if about is None else (tables.memo.c.about == about,)
    return _read(study, tables.memo, *where, times=("written_at",))


def decisions(study: Study) -> pd.DataFrame:
    """What people decided on suggestions.

    Columns `suggestion`, `coder`, `decision` (accepted or rejected), `coding`, `decided_at` (UTC).
    """
    return _read(study, tables.decision, times=("decided_at",))


def sources(study: Study) -> pd.DataFrame:
    """Files that were imported: `file`, `part`, `sha256`, `imported_at` (UTC)."""
    return _read(study, tables.source, times=("imported_at",))


def personal(study: Study) -> pd.DataFrame:
    """Personal columns: `owner_kind`, `owner`, `field`, `value`. Never write this to a file."""
    return _read(study, tables.personal)


def pseudonyms(study: Study) -> pd.DataFrame:
    """Who is called what: `entity`, `kind`, `pseudonym`. Never write this to a file."""
    return _read(study, tables.pseudonym)


def _read(study: Study, table: sa.Table, *where: Any, times: tuple[str, ...] = ()) -> pd.DataFrame:
    query = sa.select(table).where(*where).order_by(*table.primary_key.columns)
    with study.storage.reading() as connection:
        return frame_of(connection.execute(query).mappings(), table, times=times)
