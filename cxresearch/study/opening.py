"""Opening a study: the only door, and it never harms what it can't read."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import sqlite3
import uuid
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from ..model import CxresearchError, StudyBusyError, StudyFileError
from . import migrations
from .acts import act
from .backups import backup, backup_folder, copy_file, last_backup_at, newest_backup
from .customer_key import new_salt
from .locking import file_lock
from .processed import fingerprint
from .settings import StudySettings, load_settings
from .storage import APPLICATION_ID, Storage, file_storage, read_only_connection, server_storage
from .study import Study
from .tables import SCHEMA, code, event, study_info

__all__ = ["open_study"]

URL = "CXRESEARCH_STUDY_URL"
CODER = "CXRESEARCH_CODER"
_CODEBOOK = "codebook file"  # who takes in the news of that file


def open_study(
    where: str | Path = ".",
    *,
    create: bool = True,
    coder: str | None = None,
    url: str | None = None,
    now: Callable[[], str] | None = None,
    new_id: Callable[[], str] | None = None,
) -> Study:
    """Open the study that a study.toml describes.

    The study file is `<data>/studies/NAME.sqlite`, or a PostgreSQL database. A file of an older
    version is copied and then brought up to date; the codebook file is taken in when it has
    changed; once a day a backup is made.

    Parameters
    ----------
    where : path
        A study.toml, or a folder that holds one.
    create : bool
        Make the study file when there is none.
    coder : str, optional
        Who acts in this session; else the environment's CXRESEARCH_CODER, else the user's name.
    url : str, optional
        `postgresql+psycopg://user@host/database`; else the environment's CXRESEARCH_STUDY_URL;
        without either the study is a SQLite file. Each study has a schema of its own name there.
    now : callable, optional
        Clock that gives UTC as ISO 8601 text; for tests and for rebuilding samples.
    new_id : callable, optional
        Maker of ids for acts by hand; random UUIDs without it.

    Returns
    -------
    Study
        Close it, or use it in a `with` block.

    Raises
    ------
    SettingsError
        study.toml or the codebook is wrong.
    StudyFileError
        No file and `create` is False; the file is damaged, newer than this program, belongs to
        another study, or its folder can't be written to. Nothing was changed; the newest copy is
        named.
    StudyBusyError
        Another process has been opening the study for half a minute.

    Examples
    --------
    >>> from cxresearch import open_study
    >>> with open_study("studies/kelohavu", coder="aino") as study:  # doctest: +SKIP
    ...     print(study.status())
    """
    settings = load_settings(where)
    now = now or _utc_now
    storage = _storage(settings, url or os.environ.get(URL), create, now)
    study = Study(
        settings,
        storage,
        coder=coder or os.environ.get(CODER) or _user(),
        now=now,
        new_id=new_id or (lambda: str(uuid.uuid4())),
    )
    try:
        _take_in_codebook(study)
        _backup_when_due(study)
    except BaseException:
        study.close()
        raise
    return study


def _utc_now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "coder"


def _storage(
    settings: StudySettings, url: str | None, create: bool, now: Callable[[], str]
) -> Storage:
    name = settings.study.name
    folder = settings.data_folder / "studies"
    path = folder / f"{name}.sqlite"
    if url is None and not create and not path.exists():
        raise StudyFileError(
            "There is no study file yet.",
            expected=f"{path.name} in {folder.name}/",
            found="nothing",
            next_step="Run `cxresearch import`, or open the study with create=True.",
        )
    lock = folder / f".{name}.open.lock"
    with file_lock(lock, step="open", since=now(), wait=30.0):
        if url is not None:
            storage = server_storage(url, name)
            _make_schema(storage, name)
        else:
            _look_before_opening(path, settings)
            storage = file_storage(path)
        try:
            _prepare(storage, settings, now)
        except BaseException:
            storage.close()
            raise
    return storage


def _make_schema(storage: Storage, name: str) -> None:
    with storage.writing() as connection:
        connection.execute(sa.schema.CreateSchema(name, if_not_exists=True))


def _look_before_opening(path: Path, settings: StudySettings) -> None:
    """Refuse a damaged, foreign or newer file without changing a byte of it."""
    copy = newest_backup(settings.data_folder, settings.study.name)
    if not path.exists():
        return
    rescue = (
        f"Put the newest copy, backups/{copy.parent.name}/{copy.name}, in its place."
        if copy
        else "No copy has been made yet: keep the file."
    )
    try:
        names = _migrations_inside(path)
    except sqlite3.OperationalError as error:
        raise _cant_open(path, error) from None
    except sqlite3.DatabaseError:
        names = set()
    if names is None and copy is None:
        return  # what is left when the making of a study was broken off
    if not names:
        raise StudyFileError(
            "The study file is damaged, or is no study file.",
            expected="a study file of cxresearch",
            where=path.name,
            next_step=f"It was not touched. {rescue}",
        )
    if newer := migrations.unknown(names):
        raise StudyFileError(
            "The study file was written by a newer version of cxresearch.",
            expected=f"schema {SCHEMA}",
            found=", ".join(sorted(newer)),
            where=path.name,
            next_step="It was not touched. Update cxresearch, then open it again.",
        )


def _migrations_inside(path: Path) -> set[str] | None:
    """The migrations that a file has had: none when it is no study, None when it has no tables."""
    with closing(read_only_connection(path)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return None
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            return set()
        there = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'"
        if not connection.execute(there).fetchone()[0]:
            return set()
        return {row[0] for row in connection.execute("SELECT migration FROM migration")}


def _cant_open(path: Path, error: sqlite3.OperationalError) -> CxresearchError:
    if "locked" in str(error):
        return StudyBusyError(
            "Another process holds the study file.",
            where=path.name,
            next_step="Close the other program, then try again.",
        )
    return StudyFileError(
        "The study file can't be opened.",
        found=str(error),
        where=path.name,
        next_step="Give yourself the right to read and write the file and its folder.",
    )


def _prepare(storage: Storage, settings: StudySettings, now: Callable[[], str]) -> None:
    """Make or migrate the tables, and see that the file belongs to this study."""
    name = settings.study.name
    if storage.path is not None:
        _use_wal(storage)
    with storage.reading() as connection:
        done = migrations.applied(connection)
        todo = migrations.missing(connection)
    if newer := migrations.unknown(done):  # on PostgreSQL nobody has looked before
        raise StudyFileError(
            "The study's database was written by a newer version of cxresearch.",
            found=", ".join(sorted(newer)),
            where=storage.where,
            next_step="It was not touched. Update cxresearch, then open it again.",
        )
    if todo and done and storage.path is not None:
        folder = backup_folder(settings.data_folder, name)
        copy_file(storage.path, folder / f"{name}.before-{todo[0][0]}.sqlite")
    if todo:
        with storage.writing() as connection:
            fresh = not migrations.applied(connection)  # looked at again, now that it is ours
            migrations.apply_missing(connection, now())
            if fresh:
                _sign(connection, name, now())
    with storage.reading() as connection:
        query = sa.select(study_info.c.value).where(study_info.c.field == "name")
        there = connection.execute(query).scalar()
    if there != name:
        raise StudyFileError(
            "The study file belongs to another study.",
            expected=name,
            found=str(there),
            where=storage.where,
            next_step="It was not touched. Give the study its own name in study.toml.",
        )


def _use_wal(storage: Storage) -> None:
    with storage.reading() as connection:
        raw = connection.connection.dbapi_connection
        connection.rollback()
        raw.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr]


def _sign(connection: sa.Connection, name: str, at: str) -> None:
    fields = {
        "schema": str(SCHEMA),
        "name": name,
        "created": at,
        "customer_salt": new_salt(),
    }
    connection.execute(sa.insert(study_info), [{"field": f, "value": v} for f, v in fields.items()])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _take_in_codebook(study: Study) -> None:
    """Bring the codebook file's news into the study, once for each version of the file."""
    mark = fingerprint([repr(c) for c in study.settings.codes])
    where = study_info.c.field == "codebook"
    with study.storage.reading() as connection:
        known = connection.execute(sa.select(study_info.c.value).where(where)).scalar()
        empty = connection.execute(sa.select(sa.func.count()).select_from(code)).scalar() == 0
    if known == mark or (empty and not len(study.settings.codes)):
        return
    act(study, "import_codebook", who=_CODEBOOK)
    with study.storage.writing() as connection:
        connection.execute(sa.delete(study_info).where(where))
        connection.execute(sa.insert(study_info).values(field="codebook", value=mark))


def _backup_when_due(study: Study) -> None:
    """A copy on the first opening of a day, when something was changed since the last."""
    if study.storage.path is None:
        return
    latest = sa.select(sa.func.max(event.c.at)).where(event.c.who != _CODEBOOK)
    with study.storage.reading() as connection:
        changed = connection.execute(latest).scalar()
    made = last_backup_at(study.settings.data_folder, study.settings.study.name)
    if changed is None or (made is not None and (changed < made or study.now()[:10] <= made[:10])):
        return
    try:
        backup(study)
    except StudyFileError as error:
        # the study itself can be worked on; a person must know that today has no copy
        warnings.warn(f"No backup was made today. {error.message}", stacklevel=3)
