"""Where the given files still hold somebody: files and row numbers, for deleting by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import read_table
from ..model import CxresearchError
from .sources import Keys, listed_files

if TYPE_CHECKING:
    from ..study import StudySettings

__all__ = ["Wanted", "source_places"]

_MOST_ROWS = 20
# a column, whether its cells are hashed before they are compared, and the ids looked for
_By = tuple[str | None, bool, frozenset[str]]


@dataclass(frozen=True)
class Wanted:
    """Whom to look for: ids as the study knows them, and names that no file name may show."""

    documents: frozenset[str] = frozenset()
    respondents: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    responses: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


def source_places(settings: StudySettings, wanted: Wanted, keys: Keys) -> list[str]:
    """Files and rows of data/raw that hold the wanted.

    Returns
    -------
    list of str
        "interviews/h01.docx", "survey.csv: row 17, 204". A file whose name holds one of the names
        is told by the hash of its content. Files that can't be read any more are passed over.
    """
    found = [_safe_name(path, wanted.names) for path in _documents(settings, wanted)]
    for path, rows in _tables(settings, wanted, keys):
        if rows:
            shown = ", ".join(map(str, rows[:_MOST_ROWS]))
            more = f" … ({len(rows)} rows)" if len(rows) > _MOST_ROWS else ""
            found.append(f"{_safe_name(path, wanted.names)}: row {shown}{more}")
    return list(dict.fromkeys(found))


def _safe_name(path: Path, names: Iterable[str]) -> str:
    parts = [p for name in names for p in name.casefold().split() if len(p) > 3]
    if not any(part in path.name.casefold() for part in parts):
        return f"{path.parent.name}/{path.name}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{path.parent.name}/… (a file named after the person; SHA-256 {digest[:16]})"


def _documents(settings: StudySettings, wanted: Wanted) -> Iterator[Path]:
    for part in settings.documents:
        for path in _there(settings, part.files):
            if {path.stem, f"{path.parent.name}-{path.stem}"} & wanted.documents:
                yield path


def _there(settings: StudySettings, pattern: str | None) -> list[Path]:
    if pattern is None:
        return []
    try:
        return listed_files(settings, pattern)
    except CxresearchError:  # deleted since: nothing is left to be told of
        return []


def _tables(
    settings: StudySettings, wanted: Wanted, keys: Keys
) -> Iterator[tuple[Path, list[int]]]:
    respondents, customers = wanted.respondents, wanted.customers
    by: list[_By]
    for people in settings.respondents:
        by = [(people.respondent, False, respondents), (people.document, False, wanted.documents)]
        yield from _rows(settings, people.file, None, by, keys)
    for survey in settings.surveys:
        own = frozenset(r.partition(".")[2] for r in wanted.responses)
        by = [(survey.respondent, True, respondents), (survey.customer, True, customers)]
        yield from _rows(
            settings, survey.file, survey.sheet, [*by, (survey.response, False, own)], keys
        )
    for part in (settings.customers, settings.purchases):
        if part is not None:
            yield from _rows(
                settings, part.file, part.sheet, [(part.customer, True, customers)], keys
            )
    by_document: list[_By] = [("document", False, wanted.documents)]
    decided = (settings.publish.approvals, settings.privacy.reviewed)
    for file in (*(c.file for c in settings.codings), *decided):
        yield from _rows(settings, file, None, by_document, keys)


def _rows(
    settings: StudySettings,
    file: str | None,
    sheet: str | None,
    by: list[_By],
    keys: Keys,
) -> Iterator[tuple[Path, list[int]]]:
    for path in _there(settings, file)[:1]:
        try:
            table = read_table(path, sheet=sheet)
        except CxresearchError:  # no table any more: the person looks at the file
            continue
        hit = pd.Series(False, index=table.frame.index)
        for column, hashed, ids in by:
            if column in table.frame and ids:
                cells = table.frame[column].str.strip()
                hit |= (keys(cells.where(cells != "", None)) if hashed else cells).isin(ids)
        lines = pd.Series(table.lines, index=table.frame.index)
        yield path, lines[hit].astype(int).tolist()
