"""Which files a study is made of, and what was read from them."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import Table, read_table
from ..model import ImportRefusedError

if TYPE_CHECKING:
    from ..study import StudySettings

__all__ = ["Keys", "Reading", "column_of", "listed_files", "merged", "read_source"]

Keys = Callable[[pd.Series], pd.Series]
"""Turns customer or respondent keys as given into pseudonymous ones; missing stays missing."""


@dataclass
class Reading:
    """What one part of study.toml gave: tables by name, and what failed.

    `failures` lists rows or cells that are lost when the rest is taken; `remarks` lists what was
    read but should be looked at. Both follow the contract `failures`.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    failures: list[pd.DataFrame] = field(default_factory=list)
    remarks: list[pd.DataFrame] = field(default_factory=list)
    sources: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def merged(readings: Iterable[Reading], name: str) -> pd.DataFrame | None:
    """One table of that name from several readings; None where none has it."""
    found = [r.frames[name] for r in readings if name in r.frames and len(r.frames[name])]
    return pd.concat(found, ignore_index=True) if found else None


def listed_files(settings: StudySettings, pattern: str) -> list[Path]:
    """The files that a path, folder or pattern in study.toml names, in order; none is refused."""
    whole = settings.root / pattern
    if whole.is_dir():
        whole = whole / "*"
    found = sorted(Path(p) for p in glob.glob(str(whole), recursive=True))  # noqa: PTH207
    files = [p for p in found if p.is_file() and not p.name.startswith((".", "~$"))]
    if not files:
        raise ImportRefusedError(
            "study.toml names files that are not there.",
            expected=f"files that match {pattern}",
            found=f"nothing in {settings.root}",
            next_step="Correct `files` or `file` in study.toml; paths start from its folder.",
        )
    return files


def read_source(settings: StudySettings, file: str, *, sheet: str | None = None) -> Table:
    """Read the one table that study.toml names."""
    files = listed_files(settings, file)
    return read_table(files[0], sheet=sheet)


def column_of(table: Table, name: str, *, part: str) -> pd.Series:
    """A column by the name that study.toml gives; a miss lists the near ones."""
    if name in table.frame.columns:
        return table.frame[name]
    there = [str(c) for c in table.frame.columns]
    near = get_close_matches(name, there, n=4, cutoff=0.5) or there[:12]
    raise ImportRefusedError(
        f"{part} names a column that the file does not have.",
        expected=f"a column `{name}`",
        found="columns " + ", ".join(f"`{c[:60]}`" for c in near) + (" …" if there != near else ""),
        where=table.name,
        next_step="Correct the column in study.toml.",
    )
