"""Row changes with their before and after: what makes undo, history and audit possible."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from ..model import ActRefusedError
from .tables import METADATA, WITHHELD, event, event_change

__all__ = ["Ledger", "key_of", "key_text", "keys_changed"]

Row = dict[str, Any]
Key = tuple[Any, ...]
_SOME = 400  # keys in one question; SQLite allows 999 variables in old builds


def key_of(table: sa.Table, row: Mapping[str, Any]) -> Key:
    """The values of the primary key."""
    return tuple(row[name] for name in _key_names(table.name))


@cache
def _key_names(table: str) -> tuple[str, ...]:
    return tuple(METADATA.tables[table].primary_key.columns.keys())


def key_text(key: Key) -> str:
    """A key as the event log writes it."""
    return json.dumps(list(key), ensure_ascii=False)


class Ledger:
    """Applies changes inside one transaction and remembers what they replaced.

    Every act gets one; `close` writes the event. Rows are plain dicts with all columns.
    """

    def __init__(
        self, connection: sa.Connection, *, who: str, at: str, seen: int | None = None
    ) -> None:
        self.connection = connection
        self.who = who
        self.at = at
        self.seen = seen
        self.changes: list[Row] = []
        self.withheld = 0
        # False: the event says how many rows were changed, not what stood in them
        self.keep_values = True

    def rows(self, table: sa.Table, *where: Any) -> list[Row]:
        """Rows as dicts, by primary key."""
        query = sa.select(table).where(*where).order_by(*table.primary_key.columns)
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def rows_by_key(self, table: sa.Table, keys: Sequence[Key]) -> dict[Key, Row]:
        """Those rows of a table that have one of these keys."""
        columns = list(table.primary_key.columns)
        found: dict[Key, Row] = {}
        for at in range(0, len(keys), _SOME):
            some = keys[at : at + _SOME]
            if len(columns) == 1:
                where = columns[0].in_([key[0] for key in some])
            else:
                where = sa.tuple_(*columns).in_(some)
            found |= {key_of(table, row): row for row in self.rows(table, where)}
        return found

    def row(self, table: sa.Table, *key: Any) -> Row | None:
        """One row by its key, or None."""
        found = self.connection.execute(sa.select(table).where(*_is(table, key))).mappings()
        first = found.first()
        return None if first is None else dict(first)

    def insert(self, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> int:
        """Add rows; absent columns become empty."""
        names = [column.name for column in table.columns]
        whole = [{name: row.get(name) for name in names} for row in rows]
        if whole:
            self.connection.execute(sa.insert(table), whole)
            if self._withholds(table):
                self.withheld += len(whole)
            else:
                for row in whole:
                    self._note(table, key_of(table, row), None, row)
        return len(whole)

    def update(self, table: sa.Table, changes: Sequence[tuple[Row, Mapping[str, Any]]]) -> int:
        """Give rows new values; `changes` pairs the row as it stands with what becomes different.

        Values that stay the same are neither written nor noted.
        """
        todo = []
        for row, values in changes:
            different = {n: v for n, v in values.items() if row[n] != v}
            if different:
                todo.append((key_of(table, row), row, different))
        self._refuse_what_others_changed(table, [key for key, _, _ in todo])
        for names, group in groupby(
            sorted(todo, key=lambda t: tuple(t[2])), key=lambda t: tuple(t[2])
        ):
            self._execute_update(table, names, [(key, new) for key, _, new in group])
        for key, row, new in todo:
            self._note(table, key, {name: row[name] for name in new}, new)
        return len(todo)

    def delete(self, table: sa.Table, rows: Sequence[Row]) -> int:
        """Remove rows, keeping each whole in the event."""
        keys = [key_of(table, row) for row in rows]
        self._refuse_what_others_changed(table, keys)
        if keys:
            names = [f"k{i}" for i in range(len(keys[0]))]
            query = sa.delete(table).where(*_is(table, [sa.bindparam(n) for n in names]))
            self.connection.execute(query, [dict(zip(names, key, strict=True)) for key in keys])
            for key, row in zip(keys, rows, strict=True):
                self._note(table, key, row, None)
        return len(keys)

    def close(
        self, act: str, lane: str, *, can_undo: bool = True, undoes: int | None = None
    ) -> int | None:
        """Write the event with all its changes; None when nothing was changed."""
        if not self.changes and not self.withheld:
            return None
        result = self.connection.execute(
            sa.insert(event).values(
                at=self.at,
                who=self.who,
                act=act,
                lane=lane,
                rows=len(self.changes) + self.withheld,
                undoes=undoes,
                can_undo=can_undo and not self.withheld,
            )
        )
        number = int(result.inserted_primary_key[0])  # type: ignore[index]
        if self.changes:
            self.connection.execute(
                sa.insert(event_change),
                [{"event": number, "position": i, **c} for i, c in enumerate(self.changes)],
            )
        return number

    def _execute_update(
        self, table: sa.Table, names: Sequence[str], rows: list[tuple[Key, Row]]
    ) -> None:
        keys = [f"k{i}" for i in range(len(table.primary_key.columns))]
        query = (
            sa.update(table)
            .where(*_is(table, [sa.bindparam(k) for k in keys]))
            .values({name: sa.bindparam(f"v_{name}", type_=table.c[name].type) for name in names})
        )
        self.connection.execute(
            query,
            [
                {**dict(zip(keys, key, strict=True)), **{f"v_{n}": new[n] for n in names}}
                for key, new in rows
            ],
        )

    def _note(self, table: sa.Table, key: Key, before: Row | None, after: Row | None) -> None:
        if self._withholds(table):
            self.withheld += 1
            return
        self.changes.append(
            {
                "table": table.name,
                "key": key_text(key),
                "before": _json_row(before),
                "after": _json_row(after),
            }
        )

    def _withholds(self, table: sa.Table) -> bool:
        return table.name in WITHHELD or not self.keep_values

    def _refuse_what_others_changed(self, table: sa.Table, keys: list[Key]) -> None:
        if self.seen is None or not keys or table.name in WITHHELD:
            return
        by_others = (
            sa.select(event.c.who, event.c.event, event_change.c.key)
            .join_from(event_change, event, event.c.event == event_change.c.event)
            .where(event_change.c.event > self.seen, event.c.who != self.who)
            .where(event_change.c.table == table.name)
        )
        touched = {row.key: row for row in self.connection.execute(by_others)}
        for key in keys:
            if (other := touched.get(key_text(key))) is not None:
                raise ActRefusedError(
                    f"{other.who} has changed this {table.name} meanwhile.",
                    expected=f"as it was at event {self.seen}",
                    found=f"changed in event {other.event}",
                    next_step="Nothing was changed. Look at the new state, then decide again.",
                )


def keys_changed(connection: sa.Connection, table: str, *where: Any) -> set[str]:
    """Keys of a table's rows, as text, that acts have changed which nobody has taken back."""
    change = event_change
    query = (
        sa.select(change.c.key)
        .join_from(change, event, change.c.event == event.c.event)
        .where(change.c.table == table, event.c.undone_by.is_(None), *where)
    )
    return set(connection.execute(query).scalars())


def _is(table: sa.Table, key: Sequence[Any]) -> list[Any]:
    return [c == value for c, value in zip(table.primary_key.columns, key, strict=True)]


def _json_row(row: Row | None) -> Row | None:
    return None if row is None else dict(row)


def table_named(name: str) -> sa.Table:
    """A table of the study by its name."""
    return METADATA.tables[name]
