"""What this machine has, and what it lacks for the full experience."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

import pandas as pd

__all__ = ["examine_machine"]

_NEEDED_GIB = 2.0


def examine_machine(folder: str | Path = ".") -> pd.DataFrame:
    """Look at the machine.

    Parameters
    ----------
    folder : path
        Where studies live: it must be writable and have room.

    Returns
    -------
    pandas.DataFrame
        Columns `part`, `state` (ok, limited, missing), `found`, `next_step` (empty when ok).
        "limited" means that everything runs, some of it in a simpler way.
    """
    rows = [
        _python(),
        _packages(),
        _search(),
        _folder(Path(folder)),
        _disk(Path(folder)),
        _finnish(),
        _browser(),
        _memory(),
    ]
    return pd.DataFrame(rows, columns=["part", "state", "found", "next_step"])


def _python() -> tuple[str, str, str, str]:
    found = f"{platform.python_version()} at {sys.prefix}"
    return ("Python", "ok", found, "")


def _packages() -> tuple[str, str, str, str]:
    wanted = importlib.metadata.requires("cxresearch") or ()
    names = [_name(r) for r in wanted if "extra" not in r]
    absent = []
    for name in names:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
    if absent:
        return ("packages", "missing", f"absent: {', '.join(absent)}", "Run `make setup`.")
    return ("packages", "ok", f"{len(names)} of {len(names)}", "")


def _name(requirement: str) -> str:
    for position, sign in enumerate(requirement):
        if not (sign.isalnum() or sign in "-_."):
            return requirement[:position]
    return requirement


def _search() -> tuple[str, str, str, str]:
    from ..study.machine import sqlite_abilities

    version, searches = sqlite_abilities()
    found = f"SQLite {version}"
    if searches:
        return ("study file", "ok", f"{found} with full-text search", "")
    return ("study file", "limited", f"{found} without FTS5", "Search is slower on this Python.")


def _folder(folder: Path) -> tuple[str, str, str, str]:
    if os.access(folder, os.W_OK):
        return ("folder", "ok", f"{folder.resolve()} can be written to", "")
    next_step = "Choose another folder, or ask for the right to write there."
    return ("folder", "missing", f"{folder.resolve()} can't be written to", next_step)


def _disk(folder: Path) -> tuple[str, str, str, str]:
    free = shutil.disk_usage(folder).free / 2**30
    if free >= _NEEDED_GIB:
        return ("disk", "ok", f"{free:.0f} GiB free", "")
    return ("disk", "limited", f"{free:.1f} GiB free", f"Free at least {_NEEDED_GIB:.0f} GiB.")


def _finnish() -> tuple[str, str, str, str]:
    from ..text import voikko_available

    model = importlib.util.find_spec("spacy_fi_experimental_web_md") is not None
    if model and voikko_available():
        return ("Finnish", "ok", "full pipeline and Voikko", "")
    lacking = "Voikko" if model else "the spaCy pipeline"
    next_step = "Debian: apt-get install libvoikko1 voikko-fi; conda: libvoikko."
    return ("Finnish", "limited", f"without {lacking}: the fast tier is used", next_step)


def _browser() -> tuple[str, str, str, str]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return ("browser for tests", "ok", found, "")
    next_step = "Debian: apt-get install chromium. Only browser tests need it."
    return ("browser for tests", "limited", "no chromium", next_step)


def _memory() -> tuple[str, str, str, str]:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return ("memory", "limited", "unknown on this system", "4 GiB are enough for most studies.")
    state = "ok" if total >= 4 else "limited"
    return ("memory", state, f"{total:.0f} GiB", "" if state == "ok" else "Close other programs.")
