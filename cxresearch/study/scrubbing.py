"""Erasing for good: which things are meant, their rows, and what the event log holds of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from . import tables
from .ledger import key_of, key_text
from .tables import METADATA

if TYPE_CHECKING:
    from .ledger import Row
    from .registry import Work

__all__ = ["Scope", "delete_rows", "scrub_log"]

_NONE: frozenset[str] = frozenset()
# what a row may belong to, by the name that the column has in every table; a case is a response's
OWNERS = {
    "document": "documents",
    "respondent": "respondents",
    "customer": "customers",
    "response": "responses",
    "case": "responses",
}
# tables that are no one's, or that tell of the erasing itself
_APART = ("study_info", "migration", "code", "gone", "kept_count", "event", "event_change")
_ERASED = json.dumps(["erased"])
_SOME = 400


@dataclass(frozen=True)
class Scope:
    """What is erased: ids by what they are ids of, and their names and contacts in lower case."""

    documents: frozenset[str] = _NONE
    respondents: frozenset[str] = _NONE
    customers: frozenset[str] = _NONE
    responses: frozenset[str] = _NONE
    suggestions: frozenset[str] = _NONE
    names: frozenset[str] = _NONE
    # people who stay as rows, while what was written about them goes
    spoken_of: frozenset[str] = _NONE
    # filled while rows are deleted: (table, id) of codings, approvals, marks, memos
    hanging: set[tuple[str, str]] = field(default_factory=set)

    def of(self, owner: str) -> frozenset[str]:
        """The ids that a column of this name may hold."""
        return frozenset(getattr(self, OWNERS[owner]))

    def holds(self, row: Mapping[str, Any] | None) -> bool:
        """Whether a row belongs to what is erased, by its own columns."""
        return row is not None and any(row.get(name) in self.of(name) for name in OWNERS)


def delete_rows(work: Work, scope: Scope) -> dict[str, int]:
    """Delete every row of the study file that belongs to the scope; give how many by table."""
    work.ledger.keep_values = False
    counts: dict[str, int] = {}
    for table in reversed(METADATA.sorted_tables):
        if table.name in _APART or table.name in ("memo", "decision", "personal", "pseudonym"):
            continue
        found = _owned(work, table, scope)
        if found:
            if len(table.primary_key.columns) == 1 and table.name not in ("document", "respondent"):
                scope.hanging.update((table.name, str(next(iter(row.values())))) for row in found)
            counts[table.name] = work.ledger.delete(table, found)
    for table, found in _hangers(work, scope):
        if found:
            counts[table.name] = work.ledger.delete(table, found)
    return counts


def _owned(work: Work, table: sa.Table, scope: Scope) -> list[Row]:
    found: dict[tuple[Any, ...], Row] = {}
    keys = [column.name for column in table.primary_key.columns]
    for name in OWNERS:
        if name in table.columns:
            for some in _some(scope.of(name)):
                for row in work.ledger.rows(table, table.c[name].in_(some)):
                    found[tuple(row[k] for k in keys)] = row
    return list(found.values())


def _some(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for at in range(0, len(ordered), _SOME):
        yield ordered[at : at + _SOME]


def _hangers(work: Work, scope: Scope) -> Iterator[tuple[sa.Table, list[Row]]]:
    """Rows that refer by other columns: memos, decisions, personal columns, pseudonyms."""
    codings = {key for table, key in scope.hanging if table == "coding"}
    targets = scope.documents | scope.respondents | scope.spoken_of | codings
    memos = [r for r in work.ledger.rows(tables.memo) if r["target"] in targets]
    yield tables.memo, [r for r in memos if r["about"] in ("document", "coding", "respondent")]
    yield (
        tables.decision,
        [
            row
            for row in work.ledger.rows(tables.decision)
            if row["coding"] in codings or row["suggestion"] in scope.suggestions
        ],
    )
    yield tables.personal, [r for r in work.ledger.rows(tables.personal) if _is_theirs(r, scope)]
    keys = work.ledger.rows(tables.pseudonym) if scope.names else []
    yield tables.pseudonym, [row for row in keys if row["entity"].lower() in scope.names]


def _is_theirs(row: Row, scope: Scope) -> bool:
    mine = row["owner_kind"] in OWNERS and row["owner"] in scope.of(row["owner_kind"])
    return mine or row["value"].lower() in scope.names


def scrub_log(work: Work, scope: Scope) -> int:
    """Empty the before and after of every change that touched the scope; give how many.

    The events stay (who did what when, and how many rows), without words, ids of people, or undo.
    """
    change, event = tables.event_change, tables.event
    gone = {(table, key_text((key,))) for table, key in scope.hanging}
    for table in (tables.coding, tables.approval, tables.mark):
        gone |= {(table.name, key_text(key_of(table, row))) for row in _owned(work, table, scope)}
    for row in _changes(work):  # also what was taken away before the erasing
        if scope.holds(row["before"]) or scope.holds(row["after"]):
            gone.add((row["table"], row["key"]))
    places, numbers = [], set()
    for row in _changes(work):
        if _meant(row, scope, gone):
            places.append({"e": row["event"], "p": row["position"]})
            numbers.add(row["event"])
    if places:
        at = (change.c.event == sa.bindparam("e")) & (change.c.position == sa.bindparam("p"))
        empty = sa.update(change).where(at)
        empty = empty.values(before=sa.null(), after=sa.null(), key=_ERASED)
        work.ledger.connection.execute(empty, places)
        barred = sa.update(event).where(event.c.event == sa.bindparam("e")).values(can_undo=False)
        work.ledger.connection.execute(barred, [{"e": number} for number in sorted(numbers)])
    return len(places)


def _changes(work: Work) -> Iterator[Row]:
    query = sa.select(tables.event_change)
    for row in work.ledger.connection.execute(query).mappings():
        yield dict(row)


def _meant(row: Row, scope: Scope, gone: set[tuple[str, str]]) -> bool:
    if (
        (row["table"], row["key"]) in gone
        or scope.holds(row["before"])
        or scope.holds(row["after"])
    ):
        return True
    if row["key"] == _ERASED:
        return False
    key = [str(part) for part in json.loads(row["key"])]
    if row["table"] == "memo":  # the key of a memo starts with what it is about
        about = scope.documents | scope.respondents | scope.spoken_of
        return ("coding", key_text((key[1],))) in gone or (
            key[0] in ("document", "respondent") and key[1] in about
        )
    if row["table"] in ("document", "turn", "review", "consent"):
        return key[0] in scope.documents
    return row["table"] in ("respondent", "attribute") and key[0] in scope.respondents
