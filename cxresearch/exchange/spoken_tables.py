"""Transcripts in tables: one row an utterance, with columns of the speaker and of the words."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ..model import ImportRefusedError
from .captions import Cue
from .failures import Failure
from .speakers import seconds_of
from .tables import Table, read_table

__all__ = ["SPOKEN_TABLE_ENDINGS", "is_spoken_table", "read_spoken_table"]

SPOKEN_TABLE_ENDINGS = (".csv", ".tsv", ".xlsx", ".ods")
_SPEAKER = re.compile(
    r"^(speaker|puhuja|talare|who|kuka|vem|participant|osallistuja|role|rooli|speaker.?name)$", re.I
)
_WORDS = re.compile(
    r"^(text|teksti|words|utterance|transcript|transcription|puhe|puheenvuoro|sanottu|content|"
    r"yttrande|said|turn|litterointi|litteraatti)$",
    re.I,
)
_START = re.compile(r"^(start|begin|start.?time|time|timestamp|aika|alku|alkuaika|tid|from)$", re.I)
_END = re.compile(r"^(end|end.?time|loppu|loppuaika|slut|stop|to)$", re.I)
_SECONDS = re.compile(r"^\d{1,6}(?:[.,]\d+)?$")


def _column(table: Table, pattern: re.Pattern[str]) -> str | None:
    return next((str(c) for c in table.frame.columns if pattern.match(str(c).strip())), None)


def is_spoken_table(table: Table) -> bool:
    """Whether a table is a transcript: a few speakers come again and again beside their words."""
    speaker, words = _column(table, _SPEAKER), _column(table, _WORDS)
    if speaker is None or words is None or speaker == words:
        return False
    who = table.frame[speaker].str.strip()
    different = who[who != ""].nunique()
    return 1 <= different <= 20 and different * 2 <= max(len(table), 2)


def read_spoken_table(path: str | Path) -> tuple[list[Cue], list[Failure]]:
    """Read a transcript from csv, tsv, xlsx or ods as cues, in the order of the rows.

    Parameters
    ----------
    path : path
        A table with a column of words (`text`, `teksti`, `utterance`, `puhe` …) and, where it has
        them, of speakers (`speaker`, `puhuja` …) and of times (`start`, `end`, `aika`: seconds or
        hh:mm:ss).

    Returns
    -------
    tuple
        Cues, and failures: rows without words, rows that the table's reader left out or remarked.
        An empty speaker is the one before.

    Raises
    ------
    ImportRefusedError
        No column of words, or no words; whatever `read_table` refuses.
    """
    table = read_table(path)
    words = _column(table, _WORDS)
    if words is None:
        raise ImportRefusedError(
            "The table is no transcript: no column holds what was said.",
            expected="a column `text` (teksti, utterance, puhe), and `speaker` (puhuja)",
            found=", ".join(f"`{str(c)[:40]}`" for c in list(table.frame.columns)[:8]),
            where=table.name,
            next_step="Name the columns so, or give the file as a survey.",
        )
    frame = table.frame
    speaker = _column(table, _SPEAKER)
    who = frame[speaker].str.strip() if speaker else pd.Series("", index=frame.index)
    start, end = _seconds(frame, _column(table, _START)), _seconds(frame, _column(table, _END))
    failures = [Failure(*row) for row in _told(table)]
    cues: list[Cue] = []
    at, last = 0.0, ""
    for row in range(len(frame)):
        said = " ".join(frame[words].iloc[row].split())
        last = who.iloc[row] or last
        begun = start[row]
        at = at if begun is None else begun
        if said:
            cues.append(Cue(at, max(at, end[row] or at), said, last or None))
        else:
            failures.append(Failure(table.name, int(table.lines[row]), words, "no words", "words"))
    if not cues:
        raise ImportRefusedError(
            "The table holds no words.", expected="words", found="none", where=table.name
        )
    return cues, failures


def _told(table: Table) -> list[tuple]:  # type: ignore[type-arg]
    both = pd.concat([table.failures, table.remarks], ignore_index=True).astype(object)
    return list(both.where(both.notna(), None).itertuples(index=False, name=None))


def _seconds(frame: pd.DataFrame, column: str | None) -> list[float | None]:
    if column is None:
        return [None] * len(frame)
    return [
        float(cell.replace(",", ".")) if _SECONDS.match(cell) else seconds_of(cell)
        for cell in frame[column].str.strip()
    ]
