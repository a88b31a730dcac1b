"""What was erased for good stays out when a source file that still holds it is imported again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..exchange import read_table
from .sources import Reading

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["clean_processed", "erased_lines", "leave_out_erased"]


def leave_out_erased(study: Study, readings: list[Reading]) -> list[str]:
    """Drop rows of people who withdrew and of texts that were purged, before anything is written.

    Returns
    -------
    list of str
        One line when something was left out: how many documents and rows, never whose.
    """
    from ..study import erased, without_erased

    if erased(study).empty:
        return []
    dropped = 0
    for reading in readings:
        for name, frame in reading.frames.items():
            kept = without_erased(study, frame)
            dropped += len(frame) - len(kept)
            reading.frames[name] = kept
    if not dropped:
        return []
    return [
        f"Left out: {dropped} row(s) of people who withdrew or of texts that were purged; "
        "the source files still hold them."
    ]


def erased_lines(study: Study, path: str | Path, *, column: str = "document") -> set[int]:
    """Rows of a table of people's decisions that are about documents which were erased since."""
    from ..study import erased, erased_keys

    gone = erased(study)
    gone = set(gone.loc[gone["what"] == "document", "key"])
    if not gone:
        return set()
    table = read_table(path)
    if column not in table.frame:
        return set()
    stems = table.frame[column].map(lambda cell: Path(cell.strip()).stem)
    keys = erased_keys(study, "document", stems.unique())
    lines = zip(table.lines, stems, strict=True)
    return {int(line) for line, stem in lines if keys[stem] in gone}


def clean_processed(study: Study) -> int:
    """Take the erased out of data/processed; give how many rows of imported tables went.

    Imported tables lose the rows. All that was computed from them (suggestions, segments, findings,
    learned models) is removed: it is made anew by `cxresearch run`, without the erased.
    """
    from ..study import without_erased

    steps = study.processed.steps()
    imported = [n for n in steps.get("import", {}).get("frames", ()) if study.processed.count(n)]
    dropped = 0
    for name in imported:
        frame = study.read_frame(name)
        kept = without_erased(study, frame)
        if len(kept) < len(frame):
            study.write_frame(name, kept)
            dropped += len(frame) - len(kept)
    study.processed.keep_only(steps.get("import", {}).get("frames", ()))
    for step in set(steps) - {"import"}:
        study.processed.forget_step(step)
    return dropped
