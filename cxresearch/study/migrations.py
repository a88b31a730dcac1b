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


def privacy_tables(connection: sa.Connection) -> None:
    """Add decisions on personal words, reviews, dates of consent, and what was erased."""
    for name in ("mark", "review", "consent", "gone", "kept_count"):
        METADATA.tables[name].create(connection, checkfirst=True)


def group_names(connection: sa.Connection) -> None:
    """Add the names that people give to segments and profiles."""
    METADATA.tables["group_name"].create(connection, checkfirst=True)


def improvement_tables(connection: sa.Connection) -> None:
    """Add the inner loop's cases and the outer loop's register of improvements."""
    for name in ("customer_case", "improvement"):
        METADATA.tables[name].create(connection, checkfirst=True)


def double_coding(connection: sa.Connection) -> None:
    """Add whose codings are open to all, and what was decided between coders."""
    for name in ("opened", "adjudication"):
        METADATA.tables[name].create(connection, checkfirst=True)


def content_analysis(connection: sa.Connection) -> None:
    """Add reduced expressions and the classes that they are grouped into."""
    for name in ("category", "reduction"):
        METADATA.tables[name].create(connection, checkfirst=True)


def foreign_projects(connection: sa.Connection) -> None:
    """Add what projects of other programs brought and the study does not model."""
    METADATA.tables["foreign_part"].create(connection, checkfirst=True)


# Names never change and none is ever removed. A fresh file gets today's tables at once and all
# names as applied; each later change of `tables.py` adds a step here that makes it in old files.
MIGRATIONS: list[tuple[str, Change]] = [
    ("2026-01-first-tables", first_tables),
    ("2026-11-privacy-tables", privacy_tables),
    ("2026-11-group-names", group_names),
    ("2026-11-improvement-tables", improvement_tables),
    ("2026-11-double-coding", double_coding),
    ("2026-11-content-analysis", content_analysis),
    ("2026-11-foreign-projects", foreign_projects),
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
