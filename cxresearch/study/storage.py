"""Connections and transactions: the only place that knows SQLite from PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from ..model import ActRefusedError, CxresearchError, StudyBusyError, StudyFileError

__all__ = ["Storage", "file_storage", "server_storage", "translated"]

# an act waits this long for another process before it tells the person
PATIENCE_SECONDS = 30.0
# "cxr1" in the header of the file, so that `file` and other programs can tell what it is
APPLICATION_ID = 0x63787231
_ACTS = 0x63787231  # the advisory lock that puts acts in one order on PostgreSQL


class Storage:
    """An engine with two doors: `reading` sees one state, `writing` is all or nothing.

    Attributes
    ----------
    engine : sqlalchemy.Engine
    path : Path or None
        The SQLite file; None on PostgreSQL.
    """

    def __init__(self, engine: sa.Engine, path: Path | None) -> None:
        self.engine = engine
        self.path = path

    @property
    def where(self) -> str:
        """What errors call the place: the file's name, or the server."""
        return self.path.name if self.path else f"PostgreSQL at {self.engine.url.host or 'socket'}"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state."""
        with translated(self.where), self.engine.connect() as connection:
            if self.path is None:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's place from its first moment.

        Committed and on disk when the block ends; undone entirely when anything is raised in it,
        Ctrl-C included.
        """
        with translated(self.where), self.engine.connect() as connection:
            writer = connection.execution_options(cx_write=True)
            with writer.begin():
                if self.path is None:
                    writer.execute(sa.select(sa.func.pg_advisory_xact_lock(_ACTS)))
                yield writer

    def close(self) -> None:
        """Let go of the file or the server."""
        self.engine.dispose()


def file_storage(path: Path) -> Storage:
    """Storage in one SQLite file: WAL, every commit forced to disk, foreign keys kept."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        hide_parameters=True,
        connect_args={"timeout": PATIENCE_SECONDS, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what was erased can't be read any more

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("cx_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return Storage(engine, path)


def server_storage(url: str, name: str) -> Storage:
    """Storage in a PostgreSQL database; each study has a schema of its own name there."""
    try:
        engine = sa.create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"options": f'-csearch_path="{name}" -clock_timeout=30s'},
        )
    except (ImportError, sa.exc.ArgumentError) as error:
        raise StudyFileError(
            "The address of the study's database can't be used.",
            expected="postgresql+psycopg://user@host/database, and the package psycopg",
            found=type(error).__name__,
            next_step="Correct CXRESEARCH_STUDY_URL, or install cxresearch[postgres].",
        ) from None
    return Storage(engine, None)


def read_only_connection(path: Path) -> sqlite3.Connection:
    """A connection that can't change the file, for looking before opening."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=PATIENCE_SECONDS)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the database's errors into errors that a person can act on; no values in them."""
    try:
        yield
    except IntegrityError as error:
        raise ActRefusedError(
            "The act would leave something without what it belongs to, or would double an id.",
            found=_kind_of_conflict(error),
            where=where,
            next_step="Nothing was changed. Reload, and see what others changed meanwhile.",
        ) from None
    except DBAPIError as error:
        raise _explained(str(error.orig), where) from None
    except sqlite3.Error as error:
        raise _explained(str(error), where) from None


def _kind_of_conflict(error: IntegrityError) -> str:
    text = str(error.orig).lower()
    if "foreign key" in text:
        return "a reference to a row that is not there, or that is still used"
    if "unique" in text:
        return "an id that exists already"
    return "a missing value"


def _explained(message: str, where: str) -> CxresearchError:
    lower = message.lower()
    if "locked" in lower or "busy" in lower or "lock timeout" in lower:
        return StudyBusyError(
            "Another process has been writing to the study for a long time.",
            expected=f"a free moment within {PATIENCE_SECONDS:.0f} s",
            found="the study is still held",
            where=where,
            next_step="Nothing was changed. Wait for the other program, then try again.",
        )
    for signs, what, next_step in _FAULTS:
        if any(sign in lower for sign in signs):
            return StudyFileError(what, where=where, found=signs[0], next_step=next_step)
    return StudyFileError(
        "The study's database refused.",
        where=where,
        found=message.splitlines()[0][:120] if "sqlite" in lower else "an error of the database",
        next_step="Nothing was changed. Run `cxresearch doctor`, then try again.",
    )


_FAULTS = (
    (
        ("disk is full", "no space", "too big", "disk quota", "disk full"),
        "The disk is full: this act was not saved. Everything before it is safe.",
        "Free some space, then do the act again.",
    ),
    (
        ("readonly", "read-only", "unable to open", "permission denied"),
        "The study file can't be written here.",
        "Give yourself the right to write to the file and its folder, or copy the study elsewhere.",
    ),
    (
        ("malformed", "not a database", "corrupt"),
        "The study file is damaged.",
        "Keep the damaged file, and put the newest copy from the folder `backups` in its place.",
    ),
    (
        ("disk i/o error",),
        "The disk failed while the study was written: this act was not saved.",
        "Look at the disk's free space and health. Everything before this act is safe.",
    ),
    (
        ("connection", "could not connect", "server closed", "terminating"),
        "The database server can't be reached.",
        "See that it runs and that CXRESEARCH_STUDY_URL is right, then try again.",
    ),
)
