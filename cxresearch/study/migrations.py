"""Bringing older study files up to date: ordered, named steps; the file is copied first."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from .tables import METADATA, migration

__all__ = ["MIGRATIONS", "apply_missing", "missing", "unknown"]

Change = Callable[[sa.Connection], None]


def first_tables(connection: sa.Connection) -> None:
    """Make all tables of the first published version."""
    METADATA.create_all(connection)


def adding(*names: str) -> Change:
    """A step that makes tables which older files have not."""

    def add(connection: sa.Connection) -> None:
        for name in names:
            METADATA.tables[name].create(connection, checkfirst=True)

    return add


# Names never change and none is ever removed. A fresh file gets today's tables at once and all
# names as applied; each later change of `tables.py` adds a step here that makes it in old files.
MIGRATIONS: list[tuple[str, Change]] = [
    ("2026-01-first-tables", first_tables),
    ("2026-11-privacy-tables", adding("mark", "review", "consent", "gone", "kept_count")),
    ("2026-11-group-names", adding("group_name")),
    ("2026-11-improvement-tables", adding("customer_case", "improvement")),
    ("2026-11-double-coding", adding("opened", "adjudication")),
    ("2026-11-content-analysis", adding("category", "reduction")),
    ("2026-11-foreign-projects", adding("foreign_part")),
]


def applied(connection: sa.Connection) -> set[str]:
    """Names of the steps that a file has had; empty for a fresh file."""
    if not sa.inspect(connection).has_table(migration.name):
        return set()
    return set(connection.execute(sa.select(migration.c.migration)).scalars())


def missing(connection: sa.Connection) -> list[tuple[str, Change]]:
    """Steps that a file has not had, in order."""
    done = applied(connection)
    return [(name, change) for name, change in MIGRATIONS if name not in done]


def unknown(names: set[str]) -> set[str]:
    """Steps that a file has had and that this program does not know: the file is newer."""
    return names - {name for name, _ in MIGRATIONS}


def apply_missing(connection: sa.Connection, at: str) -> list[str]:
    """Apply what is missing inside the caller's transaction; give the names."""
    todo = missing(connection)
    fresh = len(todo) == len(MIGRATIONS)
    if fresh:
        METADATA.create_all(connection)
    else:
        for _, change in todo:
            change(connection)
    rows = [{"migration": name, "applied_at": at} for name, _ in todo]
    if rows:
        connection.execute(sa.insert(migration), rows)
    return [name for name, _ in todo]
