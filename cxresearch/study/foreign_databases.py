"""Databases of other coding programs, opened for reading only: Taguette and QualCoder."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from ..model import ImportRefusedError

__all__ = ["foreign_tables"]

# program -> its tables and the columns that are read; those after `|` may be absent
_PROGRAMS: Mapping[str, Mapping[str, str]] = {
    "taguette": {
        "projects": "id name | description created",
        "documents": "id name contents project_id | description filename created",
        "highlights": "id document_id start_offset end_offset | snippet",
        "tags": "id path project_id | description",
        "highlight_tags": "highlight_id tag_id",
    },
    "qualcoder": {
        "source": "id name fulltext | mediapath memo owner date",
        "code_name": "cid name | memo catid owner date color supercid",
        "code_cat": "catid name | memo supercatid",
        "code_text": "cid fid pos0 pos1 | ctid seltext owner date memo important",
        "cases": "caseid name | memo",
        "case_text": "caseid fid | pos0 pos1",
    },
}
_OPTIONAL: Mapping[str, Mapping[str, str]] = {
    "taguette": {"commands": "date user_login project_id document_id payload"},
    "qualcoder": {
        "attribute": "name attr_type value id",
        "attribute_type": "name | valuetype caseOrFile",
        "journal": "name jentry | owner date",
        "project": "memo",
        "annotation": "fid pos0 pos1 memo | owner date",
    },
}
_MAGIC = b"SQLite format 3\0"
_MAX_BYTES = 1024**3
_MAX_ROWS = 2_000_000
_MAX_CELL = 100_000_000
_SECONDS = 60.0


def foreign_tables(
    path: str | Path, *, seconds: float = _SECONDS
) -> tuple[str, dict[str, pd.DataFrame]]:
    """Read the tables of another program's database as they are.

    Parameters
    ----------
    path : path
        A .sqlite3 of Taguette, or a .qda folder of QualCoder (or the data.qda inside it). It is
        opened read-only; nothing is written to it or beside it.
    seconds : float
        How long one question to the file may take.

    Returns
    -------
    program : str
        taguette or qualcoder.
    tables : dict of pandas.DataFrame
        By the names of the program, with the columns that are known; absent ones are empty.

    Raises
    ------
    ImportRefusedError
        No such database, damaged, of another program, larger than 1 GB, or made to last: a view in
        place of a table, or a question that takes too long.
    """
    file = Path(path)
    file = file / "data.qda" if file.is_dir() else file
    _check_file(file)
    address = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(address, uri=True)
    except sqlite3.Error as error:
        raise _damaged(file, error) from error
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
        return _read(connection, file, seconds)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
        raise _damaged(file, error) from error
    finally:
        connection.close()


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise ImportRefusedError(
            "There is no such database.",
            expected="a .sqlite3 of Taguette or a .qda folder of QualCoder",
            found="nothing",
            where=file.name,
        )
    with file.open("rb") as opened:
        start = opened.read(len(_MAGIC))
    if start != _MAGIC or file.stat().st_size > _MAX_BYTES:
        raise ImportRefusedError(
            "This is no SQLite database that can be read.",
            expected=f"an SQLite file of at most {_MAX_BYTES:,} bytes",
            found="other bytes" if start != _MAGIC else f"{file.stat().st_size:,} bytes",
            where=file.name,
        )


def _damaged(file: Path, error: Exception) -> ImportRefusedError:
    return ImportRefusedError(
        "The database can't be read.",
        expected="a whole database of Taguette or QualCoder",
        found=type(error).__name__,
        where=file.name,
        next_step="Open it in its own program, or export the project as REFI-QDA.",
    )


def _read(
    connection: sqlite3.Connection, file: Path, seconds: float
) -> tuple[str, dict[str, pd.DataFrame]]:
    query = "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
    kinds = dict(connection.execute(query).fetchall())
    for program, wanted in _PROGRAMS.items():
        if set(wanted) <= {name for name, kind in kinds.items() if kind == "table"}:
            known = {**wanted, **{n: c for n, c in _OPTIONAL[program].items() if n in kinds}}
            found = {
                name: _table(connection, name, columns, file, seconds)
                for name, columns in known.items()
                if kinds[name] == "table"
            }
            return program, found
    raise ImportRefusedError(
        "The database is of a program that is not known.",
        expected="the tables of Taguette (documents, highlights, tags) or QualCoder (source, "
        "code_text, code_name)",
        found=f"{len(kinds)} other table(s)",
        where=file.name,
    )


def _table(
    connection: sqlite3.Connection, name: str, columns: str, file: Path, seconds: float
) -> pd.DataFrame:
    needed, _, maybe = columns.partition("|")
    there = {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')}
    absent = [c for c in needed.split() if c not in there]
    if absent:
        raise ImportRefusedError(
            "A table of the database lacks columns.",
            expected=f"{name}: {', '.join(needed.split())}",
            found=f"no {', '.join(absent)}",
            where=file.name,
            next_step="Open the project in the newest version of its program, and save it.",
        )
    wanted = [c for c in (needed + maybe).split() if c in there]
    until = time.monotonic() + seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > until), 10_000)
    listed = ", ".join(f'"{c}"' for c in wanted)
    rows = connection.execute(f'SELECT {listed} FROM "{name}" LIMIT {_MAX_ROWS + 1}').fetchall()
    if len(rows) > _MAX_ROWS:
        raise ImportRefusedError(
            "A table of the database is too long.",
            expected=f"at most {_MAX_ROWS:,} rows",
            found="more",
            where=file.name,
        )
    frame = pd.DataFrame(rows, columns=wanted, dtype=object)
    for column in (needed + maybe).split():
        if column not in frame.columns:
            frame[column] = None
    return frame
