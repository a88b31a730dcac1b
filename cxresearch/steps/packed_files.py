"""Zips of transcripts: unpacked beside nobody's files, for as long as they are read."""

from __future__ import annotations

from pathlib import Path

from ..exchange import (
    SPOKEN_TABLE_ENDINGS,
    TRANSCRIPT_ENDINGS,
    Failure,
    failures_table,
    is_spoken_table,
    read_table,
    unpack,
)
from ..model import ImportRefusedError
from .sources import Reading

__all__ = ["transcripts_in"]


def transcripts_in(path: Path, folder: Path, reading: Reading) -> list[Path]:
    """The file itself, or the transcripts inside a zip; other files inside become remarks.

    Raises
    ------
    ImportRefusedError
        A zip that can't be trusted, or holds no transcript.
    """
    if path.suffix.lower() != ".zip":
        return [path]
    inside = sorted(unpack(path, folder / path.stem))
    wanted = [p for p in inside if _is_transcript(p)]
    if not wanted:
        raise ImportRefusedError(
            "The archive holds no transcripts.",
            expected=", ".join(TRANSCRIPT_ENDINGS),
            found=f"{len(inside)} other file(s)",
            where=path.name,
        )
    told = [
        Failure(path.name, None, None, f"a file in {p.suffix or '(no ending)'}; not read", "words")
        for p in inside
        if p not in wanted
    ]
    reading.remarks.append(failures_table(told))
    return wanted


def _is_transcript(path: Path) -> bool:
    if path.suffix.lower() in SPOKEN_TABLE_ENDINGS:
        return is_spoken_table(read_table(path))
    return path.suffix.lower() in TRANSCRIPT_ENDINGS
