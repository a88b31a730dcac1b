"""What is left on disk after an erasing, and how files that still hold the erased are told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from ..model import StudyBusyError
from . import tables
from .backups import backup, backup_folder
from .customer_key import salt_of
from .frames import frame_of
from .search_index import forget_index
from .storage import translated

if TYPE_CHECKING:
    from .study import Study

__all__ = ["erase_traces", "erased", "erased_keys", "kept_counts", "without_erased"]

_PATIENCE_MS = 3000
_OWNERS = ("document", "respondent", "customer", "response")


def erased_keys(
    study: Study, what: str, ids: Iterable[str], *, connection: sa.Connection | None = None
) -> dict[str, str]:
    """Salted hashes by which erased ids are remembered; no one can turn them back.

    Parameters
    ----------
    study : Study
    what : {"document", "respondent", "customer", "response", "comments_of"}
        What the ids are ids of.
    ids : iterable of str
    connection : sqlalchemy.Connection, optional
        Where an act is under way.
    """
    salt = salt_of(study, connection)
    return {
        one: hashlib.blake2b(f"{what}\x1f{one}".encode(), key=salt, digest_size=16).hexdigest()
        for one in ids
    }


def erased(study: Study) -> pd.DataFrame:
    """What was erased for good: `what`, `key` (salted hash), `reason`, `gone_at` (UTC)."""
    with study.storage.reading() as connection:
        rows = connection.execute(sa.select(tables.gone)).mappings().all()
    return frame_of(rows, tables.gone, times=("gone_at",))


def kept_counts(study: Study) -> pd.DataFrame:
    """How often codes stood in texts that were purged since.

    Returns
    -------
    pandas.DataFrame
        `document` (for comments the survey), `code`, `coder`, `origin`, `phase`, `stage`,
        `touchpoint`, `valence`, `n`. No words, no places.
    """
    query = sa.select(tables.kept_count).order_by(*tables.kept_count.primary_key.columns)
    with study.storage.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return frame_of(rows, tables.kept_count).drop(columns="position")


def without_erased(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """A table without the rows of what was erased for good.

    Rows are told by their columns `document`, `respondent`, `customer`, `response`, by `survey`
    where comments of a survey were purged, and by `owner_kind` with `owner`.
    """
    gone = erased(study)
    if gone.empty or frame.empty:
        return frame
    known = gone.groupby("what")["key"].agg(set).to_dict()
    lost = pd.Series(False, index=frame.index)
    for what in _OWNERS:
        if what in frame and what in known:
            lost |= _among(study, frame[what], what, known[what])
        if "owner_kind" in frame and what in known:
            mine = frame["owner_kind"] == what
            lost |= mine & _among(study, frame["owner"], what, known[what])
    if {"survey", "text"} <= set(frame.columns) and "comments_of" in known:
        lost |= _among(study, frame["survey"], "comments_of", known["comments_of"])
    return frame[~lost].reset_index(drop=True) if lost.any() else frame


def _among(study: Study, ids: pd.Series, what: str, gone: set[str]) -> pd.Series:
    keys = erased_keys(study, what, map(str, ids.dropna().unique()))
    return ids.isin({one for one, key in keys.items() if key in gone})


def erase_traces(study: Study) -> int:
    """After an erasing: rewrite the file, empty its journal, replace all backups by a new one.

    Erased rows are overwritten with zeros at once; what an older state of the file still holds, in
    the write-ahead log, in free pages, in the search index and in backups, goes here.

    Returns
    -------
    int
        How many older backups were deleted; a new one, without the erased, was made first.

    Raises
    ------
    StudyBusyError
        Another program keeps the study file open. What was erased stays erased; do this again.
    StudyFileError
        The disk is full or may not be written to.
    """
    forget_index(study)
    if study.storage.path is None:
        _vacuum_server(study)
    else:
        _vacuum_file(study)
    folder = backup_folder(study.settings.data_folder, study.settings.study.name)
    old = [path for path in folder.glob("*") if path.is_file()]
    kept = backup(study, keep=1)
    for path in old:
        if path != kept:
            path.unlink(missing_ok=True)
    return len([path for path in old if path.suffix == ".sqlite"])


def _vacuum_file(study: Study) -> None:
    study.storage.engine.dispose()  # our own readers must not hold the journal
    empty_journal = "PRAGMA wal_checkpoint(TRUNCATE)"
    with translated(study.storage.where), study.storage.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        connection.rollback()
        raw.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        busy = raw.execute(empty_journal).fetchone()[0]
        if not busy:
            raw.execute("VACUUM")
            busy = raw.execute(empty_journal).fetchone()[0]
        connection.invalidate()  # the next one has the patience of acts again
    if busy:
        raise StudyBusyError(
            "Another program keeps the study file open, so its journal can't be emptied yet.",
            expected="no other notebook or program with this study",
            where=study.storage.where,
            next_step="What was erased stays erased. Close the others, then run this again.",
        )


def _vacuum_server(study: Study) -> None:
    engine = study.storage.engine
    with (
        translated(study.storage.where),
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        for table in tables.METADATA.sorted_tables:
            connection.exec_driver_sql(f'VACUUM (FULL) "{table.name}"')
