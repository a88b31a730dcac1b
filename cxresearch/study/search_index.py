"""A full-text index beside the study: rebuilt when it is missing, brought up to date when asked.

It stands in data/processed (SQLite FTS5, whatever database the study lives in), holds the texts by
turn, and is as private as they are: `forget_index` removes it, and erasing does so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from . import tables
from .storage import PATIENCE_SECONDS, translated
from .window import edited_comments

if TYPE_CHECKING:
    from .study import Study

__all__ = ["COLUMNS", "forget_index", "searching"]

_FILE = "search.sqlite"
_VERSION = "1"
COLUMNS = ("document", "turn", "start", "end", "speaker", "role", "respondent", "language", "body")
_MADE = f"""
CREATE TABLE about (field TEXT PRIMARY KEY, value TEXT);
CREATE TABLE passage (passage INTEGER PRIMARY KEY, document TEXT, turn INTEGER, start INTEGER,
  "end" INTEGER, speaker TEXT, role TEXT, respondent TEXT, language TEXT, body TEXT, lemmas TEXT,
  survey INTEGER);
CREATE INDEX passage_by_document ON passage (document);
CREATE VIRTUAL TABLE exact USING fts5
  (body, content=passage, content_rowid=passage, tokenize='trigram');
CREATE VIRTUAL TABLE lemma USING fts5
  (lemmas, content=passage, content_rowid=passage, tokenize='unicode61 remove_diacritics 0');
INSERT INTO about VALUES ('version', '{_VERSION}');
"""
_INSERT = f"""
INSERT INTO passage ({", ".join(f'"{name}"' for name in COLUMNS)}, lemmas, survey)
VALUES ({", ".join("?" * (len(COLUMNS) + 2))})
"""
Passage = tuple[Any, ...]


@contextmanager
def searching(study: Study) -> Iterator[sqlite3.Connection]:
    """The index as it should be now; other processes may use it meanwhile.

    An index that is damaged or of another version is made anew.
    """
    path = study.processed.folder / _FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with translated(path.name):
        try:
            connection = _current(study, path)
        except sqlite3.OperationalError:
            raise  # held for long, no room, not allowed: rebuilding would not help
        except sqlite3.DatabaseError:
            _remove(path)
            connection = _current(study, path)
        with closing(connection):
            yield connection


def forget_index(study: Study) -> None:
    """Remove the index with all words in it; the next search makes it anew."""
    _remove(study.processed.folder / _FILE)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _current(study: Study, path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # it can be rebuilt
        connection.execute("PRAGMA secure_delete = ON")
        if _news(study, connection):
            connection.execute("BEGIN IMMEDIATE")
            try:
                # looked at again: another process may have done it while we waited
                _bring_up_to_date(study, connection, _news(study, connection))
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _news(study: Study, connection: sqlite3.Connection) -> dict[str, str]:
    """What the index should say of itself, where it does not yet."""
    wanted = {"version": _VERSION, **_state(study)}
    known = _known(connection)
    if known.get("version") != _VERSION:
        return wanted
    return {field: value for field, value in wanted.items() if known.get(field) != value}


def _known(connection: sqlite3.Connection) -> dict[str, str]:
    there = "SELECT count(*) FROM sqlite_master WHERE name = 'about'"
    if not connection.execute(there).fetchone()[0]:
        return {}
    return dict(connection.execute("SELECT field, value FROM about").fetchall())


def _state(study: Study) -> dict[str, str]:
    """The newest change of a text in the study file, and which comments there are."""
    event, change = tables.event, tables.event_change
    texts = change.c.table.in_(("document", "turn"))
    with study.storage.reading() as connection:
        newest = sa.select(sa.func.max(change.c.event)).where(texts)
        text = connection.execute(newest).scalar() or 0
        at = connection.execute(sa.select(event.c.at).where(event.c.event == text)).scalar()
        # an erasing says nothing of what it erased
        silent = sa.select(sa.func.max(event.c.event)).where(event.c.can_undo.is_(False))
        erased = connection.execute(silent).scalar() or 0
    comments = study.processed.folder / "comments.parquet"
    mark = ""
    if comments.exists():
        found = comments.stat()
        mark = f"{found.st_mtime_ns} {found.st_size}"
    return {"texts": f"{text} {at or ''}", "comments": mark, "erased": str(erased)}


def _bring_up_to_date(study: Study, connection: sqlite3.Connection, news: dict[str, str]) -> None:
    if not news:
        return
    known = _known(connection)
    changed = _changed_documents(study, known.get("texts", ""))
    if changed is None or {"version", "erased"} & set(news):
        # before anything is read: what comes later is told by the next search
        news = {"version": _VERSION, **_state(study)}
        _make_anew(connection)
        _add(connection, _of_documents(study, None), survey=False)
    elif changed:
        of_survey = (
            "SELECT 1 FROM passage WHERE survey AND document IN (SELECT value FROM json_each(?))"
        )
        if connection.execute(of_survey, (json.dumps(changed),)).fetchone():
            news = {**news, "comments": _state(study)["comments"]}
        _take_out(connection, "document IN (SELECT value FROM json_each(?))", json.dumps(changed))
        _add(connection, _of_documents(study, changed), survey=False)
    if "comments" in news:
        _take_out(connection, "survey = ?", 1)
        _add(connection, _of_comments(study), survey=True)
    connection.executemany("REPLACE INTO about VALUES (?, ?)", news.items())


def _make_anew(connection: sqlite3.Connection) -> None:
    for name in ("exact", "lemma", "passage", "about"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in _MADE.strip().split(";\n"):
        connection.execute(statement)


def _changed_documents(study: Study, known: str) -> list[str] | None:
    """Documents whose text or turns changed; None where the index is of another state."""
    number, _, at = known.partition(" ")
    event, change = tables.event, tables.event_change
    query = (
        sa.select(change.c.key)
        .where(change.c.event > int(number or 0), change.c.table.in_(("document", "turn")))
        .distinct()
    )
    with study.storage.reading() as connection:
        there = sa.select(event.c.at).where(event.c.event == int(number or 0))
        if not number or (connection.execute(there).scalar() or "") != at:
            return None
        return sorted({json.loads(key)[0] for key in connection.execute(query).scalars()})


def _take_out(connection: sqlite3.Connection, where: str, value: Any) -> None:
    query = f"SELECT passage, body, lemmas FROM passage WHERE {where}"
    gone = connection.execute(query, (value,)).fetchall()
    connection.executemany(
        "INSERT INTO exact (exact, rowid, body) VALUES ('delete', ?, ?)",
        [(passage, body) for passage, body, _ in gone],
    )
    connection.executemany(
        "INSERT INTO lemma (lemma, rowid, lemmas) VALUES ('delete', ?, ?)",
        [(passage, lemmas) for passage, _, lemmas in gone],
    )
    connection.executemany("DELETE FROM passage WHERE passage = ?", [(p,) for p, _, _ in gone])


def _add(connection: sqlite3.Connection, passages: Iterable[Passage], *, survey: bool) -> None:
    from ..text import lemmas_of

    rows = list(passages)
    top = connection.execute("SELECT coalesce(max(passage), 0) FROM passage").fetchone()[0]
    for language in sorted({row[-2] or "other" for row in rows}):
        some = [row for row in rows if (row[-2] or "other") == language]
        lemmas = lemmas_of([row[-1] for row in some], language=language)
        connection.executemany(
            _INSERT, [(*row, found, survey) for row, found in zip(some, lemmas, strict=True)]
        )
    for table, column in (("exact", "body"), ("lemma", "lemmas")):
        connection.execute(
            f"INSERT INTO {table} (rowid, {column}) "
            f"SELECT passage, {column} FROM passage WHERE passage > ?",
            (top,),
        )


def _of_documents(study: Study, names: Sequence[str] | None) -> Iterator[Passage]:
    """Turns of documents, and what stands between turns; a document without turns is one."""
    document, turn = tables.document, tables.turn
    with study.storage.reading() as connection:
        rows = connection.execute(sa.select(document).where(document.c.kind != "comment"))
        wanted = None if names is None else set(names)
        chosen = [r for r in rows.mappings() if wanted is None or r["document"] in wanted]
        turns: dict[str, list[Any]] = {}
        ordered = sa.select(turn).order_by(turn.c.document, turn.c.start)
        for row in connection.execute(ordered).mappings():
            turns.setdefault(row["document"], []).append(row)
    for row in chosen:
        name, text = row["document"], row["text"]
        last = 0
        for part in [*turns.get(name, ()), None]:
            gap = (last, len(text) if part is None else part["start"])
            if text[slice(*gap)].strip():
                yield _passage(row, text, *gap)
            if part is not None:
                yield _passage(row, text, part["start"], part["end"], part)
                last = max(last, part["end"])


def _passage(row: Any, text: str, start: int, end: int, turn: Any = None) -> Passage:
    said = (None, None, None) if turn is None else (turn["turn"], turn["speaker"], turn["role"])
    return (
        row["document"], said[0], start, end, said[1], said[2], row["respondent"],
        row["language"], text[start:end],
    )  # fmt: skip


def _of_comments(study: Study) -> Iterator[Passage]:
    """Survey comments; one that a person has edited counts as it stands in the study file."""
    edited = edited_comments(study)
    comments = study.comments()
    columns = ("document", "respondent", "language", "text")
    absent = [None] * len(comments)
    values = [comments[n].tolist() if n in comments else absent for n in columns]
    for name, respondent, language, given in zip(*values, strict=True):
        text = edited.get(name, given)
        whose = respondent if isinstance(respondent, str) else None
        spoken = language if isinstance(language, str) else None
        yield (name, None, 0, len(text), None, None, whose, spoken, text)
