"""What one coder's window shows of a study, and what has changed since it was shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from . import tables
from .history import standing_act, undone_act
from .ledger import Ledger, Row, table_named

if TYPE_CHECKING:
    from .study import Study

__all__ = [
    "Changes",
    "adjudications",
    "changes_since",
    "counts_seen",
    "decided",
    "edited_comments",
    "open_documents",
    "search_choices",
    "seen_codings",
    "titles",
    "undo_state",
]

# what a window shows row by row; of other tables it is enough to know that they changed
_SOME = 400  # ids in one question; more are picked out afterwards
_SHOWN = ("coding", "code", "memo", "decision", "adjudication")


@dataclass(frozen=True)
class Changes:
    """Rows that differ since an event.

    Attributes
    ----------
    last : int
        The newest event; ask from here the next time.
    rows : dict of str to dict
        By table (coding, code, memo, decision, adjudication), then by key: the row as it stands
        now, or None when it is no more.
    touched : dict of str to set
        Keys of every table that was changed, documents and turns too.
    """

    last: int
    rows: dict[str, dict[tuple[Any, ...], Row | None]] = field(default_factory=dict)
    touched: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)


def changes_since(study: Study, number: int) -> Changes:
    """What anybody has changed after an event; cheap when nothing was.

    Parameters
    ----------
    study : Study
    number : int
        The newest event that the window shows; see `last_event`.

    Returns
    -------
    Changes
        Rows of all coders: who may see them is told by `seen_codings`.
    """
    change = tables.event_change
    with study.storage.reading() as connection:
        last = connection.execute(sa.select(sa.func.max(tables.event.c.event))).scalar() or 0
        if last <= number:
            return Changes(int(last))
        # no DISTINCT: it would make SQLite walk the whole index by row
        query = sa.select(change.c.table, change.c.key).where(change.c.event > number)
        touched: dict[str, set[tuple[Any, ...]]] = {}
        for row in connection.execute(query):
            touched.setdefault(row.table, set()).add(tuple(json.loads(row.key)))
        ledger = Ledger(connection, who="", at="")
        rows: dict[str, dict[tuple[Any, ...], Row | None]] = {}
        for name in _SHOWN:
            if name in touched:
                there = ledger.rows_by_key(table_named(name), sorted(touched[name]))
                rows[name] = {key: there.get(key) for key in touched[name]}
    return Changes(int(last), rows, touched)


def open_documents(study: Study) -> set[str]:
    """Documents whose codings all coders may see; `*` stands for every document."""
    with study.storage.reading() as connection:
        return set(connection.execute(sa.select(tables.opened.c.document)).scalars())


def seen_codings(
    study: Study,
    coder: str | None,
    documents: Iterable[str] | None = None,
    *,
    ids: Iterable[str] | None = None,
    state: str | None = "placed",
) -> list[Row]:
    """Codings that a coder may see: their own, and everybody's where codings have been opened.

    Parameters
    ----------
    study : Study
    coder : str or None
        Who looks; None sees the codings of all.
    documents : iterable of str, optional
        Only of these; of all when not given.
    ids : iterable of str, optional
        Only codings with these ids.
    state : {"placed", "unplaced"}, optional
        Those at their place, or those that wait for a decision since the text changed; None: both.

    Returns
    -------
    list of dict
        Rows of the table `coding` by document and place.
    """
    coding = tables.coding
    where = [_seen(coder)] if state is None else [coding.c.state == state, _seen(coder)]
    chosen = [(c, set(v)) for c, v in (("document", documents), ("coding", ids)) if v is not None]
    where += [coding.c[name].in_(values) for name, values in chosen if len(values) <= _SOME]
    query = sa.select(coding).where(*where)
    query = query.order_by(coding.c.document, coding.c.start, coding.c.end, coding.c.coding)
    with study.storage.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [row for row in rows if all(row[name] in values for name, values in chosen)]


def counts_seen(study: Study, coder: str, *, by: str = "code") -> dict[str, int]:
    """How many codings that a coder may see each code has, or each document (by="document")."""
    coding = tables.coding
    whole = tables.code.c.code if by == "code" else tables.document.c.document
    query = sa.select(coding.c[by], sa.func.count()).where(coding.c.state == "placed")
    with study.storage.reading() as connection:
        found = dict.fromkeys(connection.execute(sa.select(whole)).scalars(), 0)
        rows = connection.execute(query.where(_seen(coder)).group_by(coding.c[by]))
        return found | {str(name): int(n) for name, n in rows}


def _seen(coder: str | None) -> Any:
    if coder is None:
        return sa.true()
    opened, coding = tables.opened, tables.coding
    # a constant on each side of the `or`, so that the index by coder or document can be used
    everything = sa.exists().where(opened.c.document == "*")
    these = coding.c.document.in_(sa.select(opened.c.document))
    return sa.or_(coding.c.coder == coder, these, everything)


def decided(study: Study, coder: str) -> set[str]:
    """Suggestions that a coder has accepted or rejected: they are not proposed to them again."""
    query = sa.select(tables.decision.c.suggestion).where(tables.decision.c.coder == coder)
    with study.storage.reading() as connection:
        return set(connection.execute(query).scalars())


def undo_state(study: Study, who: str, *, lane: str = "hand") -> tuple[bool, bool]:
    """Whether a person has an act to take back, and one to do again."""
    with study.storage.reading() as connection:
        back = connection.execute(standing_act(who, lane)).first()
        again = connection.execute(undone_act(who, lane)).first()
    return back is not None, again is not None


def edited_comments(study: Study) -> dict[str, str]:
    """Texts of survey comments that stand in the study file: coded, and perhaps edited since."""
    document = tables.document
    query = sa.select(document.c.document, document.c.text).where(document.c.kind == "comment")
    with study.storage.reading() as connection:
        return {row.document: row.text for row in connection.execute(query)}


def adjudications(study: Study) -> list[Row]:
    """What was decided about coders' codings: `original`, `decision`, `coding`, who and when."""
    query = sa.select(tables.adjudication).order_by(tables.adjudication.c.original)
    with study.storage.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def titles(study: Study) -> dict[str, str]:
    """Titles of interviews, notes, diaries and workshops, by id; without reading their texts."""
    document = tables.document
    query = sa.select(document.c.document, document.c.title).where(document.c.kind != "comment")
    with study.storage.reading() as connection:
        rows = connection.execute(query.order_by(document.c.document)).all()
    return {row.document: row.title or row.document for row in rows}


def search_choices(study: Study) -> dict[str, list[str]]:
    """What a search can be narrowed to: values of `speaker`, `role` and `respondent`."""
    columns = (tables.turn.c.speaker, tables.turn.c.role, tables.document.c.respondent)
    found = {}
    with study.storage.reading() as connection:
        for column in columns:
            query = sa.select(column).where(column.is_not(None)).distinct()
            if column.table is tables.document:
                query = query.where(tables.document.c.kind != "comment")
            found[column.name] = sorted(connection.execute(query).scalars())
    return found
