"""Long steps hold a study for themselves; the holder's death frees it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa

from ..model import StudyBusyError, StudyFileError
from .tables import step_lock

if TYPE_CHECKING:
    from .study import Study

__all__ = ["file_lock", "long_step"]

_STEPS = 0x63787232  # the advisory lock of long steps on PostgreSQL
_FAR = 1 << 30  # Windows locks bytes; one beyond the text leaves the text readable


@contextmanager
def long_step(study: Study, step: str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the study for a long step (import, code, segment, …), alone among processes.

    A step inside a step of the same open study is welcome. Short acts of other processes go on
    meanwhile. The lock belongs to the operating system: when the process dies, also by SIGKILL, it
    is free again.

    Parameters
    ----------
    study : Study
    step : str
        Name shown to others.
    wait : float
        Seconds to wait for another holder before giving up.

    Raises
    ------
    StudyBusyError
        Another process holds the study; names the step, the process, the machine and since when.
    """
    if study.held_steps:
        study.held_steps.append(step)
        try:
            yield
        finally:
            study.held_steps.pop()
        return
    name = study.settings.study.name
    path = study.settings.data_folder / "studies" / f"{name}.lock"
    with file_lock(path, step=step, since=study.now(), wait=wait), _server_lock(study, step):
        study.held_steps.append(step)
        try:
            yield
        finally:
            study.held_steps.pop()


@contextmanager
def file_lock(path: Path, *, step: str, since: str, wait: float) -> Iterator[None]:
    """Hold a lock file; it stays on disk, empty, when it is let go."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab+", buffering=0)
    except OSError as error:
        raise _unwritable(path, error) from None
    with file:
        deadline = time.monotonic() + wait
        while not _taken(file):
            if time.monotonic() >= deadline:
                raise _busy(_holder(file))
            time.sleep(0.05)
        try:
            holder = {"step": step, "pid": os.getpid(), "host": _host(), "since": since}
            try:
                file.truncate(0)
                file.write(json.dumps(holder).encode())
            except OSError as error:
                raise _unwritable(path, error) from None
            yield
        finally:
            file.truncate(0)
            _let_go(file)


def _unwritable(path: Path, error: OSError) -> StudyFileError:
    return StudyFileError(
        "The study's folder can't be written to.",
        found=error.strerror or type(error).__name__,
        where=path.parent.name,
        next_step="Free some space, or give yourself the right to write there. "
        "What was saved before is safe.",
    )


@contextmanager
def _server_lock(study: Study, step: str) -> Iterator[None]:
    """On PostgreSQL other machines see no lock file of ours: hold an advisory lock as well."""
    if study.storage.path is not None:
        yield
        return
    key = sa.func.hashtext(sa.func.current_schema())
    with study.storage.engine.connect() as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_STEPS, key))).scalar():
            row = connection.execute(sa.select(step_lock)).mappings().first()
            raise _busy(dict(row) if row else None)
        try:
            holder = {"step": step, "pid": os.getpid(), "host": _host(), "since": study.now()}
            connection.execute(sa.delete(step_lock))
            connection.execute(sa.insert(step_lock).values(lock="step", **holder))
            connection.commit()
            yield
        finally:
            connection.rollback()
            connection.execute(sa.delete(step_lock))
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_STEPS, key)))
            connection.commit()


def _busy(holder: dict[str, Any] | None) -> StudyBusyError:
    if holder is None:
        found = "another process, which has not said its name yet"
    else:
        found = "{step}, process {pid} on {host}, since {since}".format(**holder)
    return StudyBusyError(
        "Another process is working on this study.",
        expected="one long step at a time",
        found=found,
        next_step="Wait until it is done, or stop that process; then run the same command again.",
    )


def _host() -> str:
    return socket.gethostname()


def _holder(file: IO[bytes]) -> dict[str, Any] | None:
    file.seek(0)
    try:
        return dict(json.loads(file.read()))
    except ValueError:
        return None


if os.name == "posix":
    import fcntl

    def _taken(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

else:
    import msvcrt

    def _taken(file: IO[bytes]) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
