"""Copies of the study file: by day, by hand, and before each migration."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ..model import StudyFileError
from .storage import Storage, file_storage, read_only_connection, translated
from .tables import METADATA

if TYPE_CHECKING:
    from .study import Study

__all__ = ["backup", "copy_file", "newest_backup"]

KEEP = 5
_STAMP = "%Y%m%d-%H%M%S%f"


def backup(study: Study, *, keep: int = KEEP) -> Path:
    """Copy the study, consistent even while others work on it.

    Parameters
    ----------
    study : Study
    keep : int
        How many copies to keep; the oldest go. Copies made before a migration always stay.

    Returns
    -------
    Path
        A complete study file in `data/studies/backups`, also when the study lives in PostgreSQL.

    Raises
    ------
    StudyFileError
        The disk is full or read-only, or the study is damaged; older copies are unharmed.
    """
    name = study.settings.study.name
    folder = backup_folder(study.settings.data_folder, name)
    moment = dt.datetime.fromisoformat(study.now())
    target = folder / f"{name}.{moment:{_STAMP}}.sqlite"
    if study.storage.path is None:
        _copy_tables(study.storage, target)
    else:
        copy_file(study.storage.path, target)
    for old in _dated(folder, name)[:-keep]:
        old.unlink(missing_ok=True)
    return target


def backup_folder(data: Path, name: str) -> Path:
    """Where copies of a study are kept."""
    return data / "studies" / "backups" / name


def newest_backup(data: Path, name: str) -> Path | None:
    """The newest copy, or None."""
    folder = backup_folder(data, name)
    copies = sorted(folder.glob("*.sqlite"), key=lambda p: p.stat().st_mtime)
    return copies[-1] if copies else None


def last_backup_at(data: Path, name: str) -> str | None:
    """When the newest dated copy was made, as UTC ISO 8601 text; None without copies."""
    copies = _dated(backup_folder(data, name), name)
    if not copies:
        return None
    stamp = copies[-1].name.removeprefix(f"{name}.").removesuffix(".sqlite")
    return dt.datetime.strptime(stamp, _STAMP).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _dated(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}.{'[0-9]' * 8}-*.sqlite"))


def copy_file(path: Path, target: Path) -> None:
    """Copy a SQLite file with its own backup interface, whole or not at all, forced to disk."""
    temporary = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with (
            translated(path.name),
            closing(read_only_connection(path)) as old,
            closing(sqlite3.connect(temporary)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
            state = new.execute("PRAGMA quick_check(1)").fetchone()[0]
        if state != "ok":
            raise StudyFileError(
                "The study file is damaged; no copy was made of it.",
                where=path.name,
                next_step="Put the newest copy from the folder `backups` in its place.",
            )
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise StudyFileError(
            "The study could not be copied.",
            found=error.strerror or type(error).__name__,
            where=target.parent.name,
            next_step="Free space, or give the right to write. The study itself is unharmed.",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _copy_tables(storage: Storage, target: Path) -> None:
    """Copy a study out of PostgreSQL into a study file, from one state of the database."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    copy = file_storage(temporary)
    try:
        with copy.writing() as new, storage.engine.connect() as plain:
            old = plain.execution_options(isolation_level="REPEATABLE READ")
            METADATA.create_all(new)
            new.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table in METADATA.sorted_tables:
                rows = [dict(r) for r in old.execute(sa.select(table)).mappings()]
                if rows:
                    new.execute(sa.insert(table), rows)
        copy.close()
        temporary.replace(target)
    finally:
        copy.close()
        temporary.unlink(missing_ok=True)
