"""What the database library of this Python can do."""

from __future__ import annotations

import sqlite3

__all__ = ["sqlite_abilities"]


def sqlite_abilities() -> tuple[str, bool]:
    """SQLite's version, and whether it has full-text search (FTS5)."""
    connection = sqlite3.connect(":memory:")
    try:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    finally:
        connection.close()
    return sqlite3.sqlite_version, "ENABLE_FTS5" in options
