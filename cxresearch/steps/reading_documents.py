"""Interviews, notes and diaries: documents, turns, and who speaks in which."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import read_document, sha256_of
from ..model import ImportRefusedError
from ..model.frames import RESPONDENT_KINDS
from ..text import guess_language
from .reports import Progress
from .sources import Keys, Reading, column_of, listed_files, read_source

if TYPE_CHECKING:
    from ..study import StudySettings
    from ..study.settings import DocumentsPart, RespondentsPart

__all__ = ["read_documents", "read_people"]


def read_people(settings: StudySettings, keys: Keys) -> Reading:
    """Read the tables that say who speaks in which document.

    Gives the tables `speakers` (document, respondent, kind), `respondents` (with attributes) and
    `personal` (owner_kind, owner, field, value).
    """
    reading = Reading()
    speakers, people, personal = [], [], []
    for part in settings.respondents:
        table = read_source(settings, part.file)
        reading.sources.append((part.file, table.sha256, "respondents"))
        reading.failures.append(table.failures)
        reading.remarks.append(table.remarks)
        rows = _people(table, part, keys)
        speakers.append(rows[["document", "respondent", "kind"]])
        known = rows[rows["respondent"].notna()].drop_duplicates("respondent")
        wanted = ["respondent", "kind", "customer", *part.attributes]
        people.append(known[[c for c in wanted if c in known.columns]])
        personal.append(_personal(known, table.frame.loc[known.index], part.personal))
    for name, parts in (("speakers", speakers), ("respondents", people), ("personal", personal)):
        if parts:
            reading.frames[name] = pd.concat(parts, ignore_index=True)
    return reading


def _people(table, part: RespondentsPart, keys: Keys) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    place = "[[respondents]]"
    rows = pd.DataFrame({"document": column_of(table, part.document, part=place)})
    given = column_of(table, part.respondent, part=place).str.strip()
    rows["respondent"] = given.where(given != "", None)
    kinds = column_of(table, part.kind, part=place).str.strip() if part.kind else None
    rows["kind"] = "customer" if kinds is None else kinds.where(kinds != "", "customer")
    strange = sorted(set(rows["kind"]) - set(RESPONDENT_KINDS))
    if strange:
        raise ImportRefusedError(
            "The respondents' table has kinds that are not known.",
            expected=" | ".join(RESPONDENT_KINDS),
            found=", ".join(strange[:5]),
            where=f"{table.name}, column {part.kind}",
        )
    if part.customer:
        rows["customer"] = keys(column_of(table, part.customer, part=place))
    for name in part.attributes:
        cells = column_of(table, name, part=place).str.strip()
        rows[name] = cells.where(cells != "", None)
    return rows


def _personal(known: pd.DataFrame, cells: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    long = [
        pd.DataFrame(
            {
                "owner_kind": "respondent",
                "owner": known["respondent"],
                "field": name,
                "value": cells[name].str.strip(),
            }
        )
        for name in columns
        if name in cells.columns
    ]
    if not long:
        return pd.DataFrame(columns=["owner_kind", "owner", "field", "value"])
    found = pd.concat(long, ignore_index=True)
    return found[found["value"] != ""].reset_index(drop=True)


def read_documents(
    settings: StudySettings, speakers: pd.DataFrame | None, progress: Progress
) -> Reading:
    """Read every document that study.toml names.

    Gives the tables `documents` and `turns`; ids are file stems, with the folder before them where
    two files share a stem.
    """
    jobs = [
        (part, path) for part in settings.documents for path in listed_files(settings, part.files)
    ]
    stems = Counter(path.stem for _, path in jobs)
    who = {} if speakers is None else _speaker_of(speakers)
    reading = Reading()
    documents, turns = [], []
    for done, (part, path) in enumerate(jobs, start=1):
        name = path.stem if stems[path.stem] == 1 else f"{path.parent.name}-{path.stem}"
        one, its_turns, remarks = _read(part, path, name, who.get(path.stem, {}))
        documents.append(one)
        turns.append(its_turns)
        reading.remarks.append(remarks)
        reading.sources.append((str(part.files), sha256_of(path), "documents"))
        progress("documents", done, len(jobs))
    if documents:
        reading.frames["documents"] = pd.DataFrame(documents)
        reading.frames["turns"] = pd.concat(turns, ignore_index=True)
        reading.lines.append(_summary(reading.frames["documents"], reading.frames["turns"]))
    return reading


def _speaker_of(speakers: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Who speaks in a document; where two tables name it, the first counts."""
    return speakers.drop_duplicates("document").set_index("document").to_dict("index")  # type: ignore[return-value]


def _read(
    part: DocumentsPart, path: Path, name: str, speaker: dict[str, str]
) -> tuple[dict[str, object], pd.DataFrame, pd.DataFrame]:
    role = speaker.get("kind") or "customer"
    made, turns, remarks = read_document(
        path, kind=part.kind, roles=part.roles, document=name, default_role=role
    )
    language, confidence = (
        guess_language(_sample(made.text)) if part.language == "auto" else (part.language, 1.0)
    )
    row = {
        "document": made.document,
        "kind": made.kind,
        "text": made.text,
        "title": made.title or name,
        "language": language,
        "language_confidence": confidence,
        "respondent": speaker.get("respondent"),
        "source": made.source,
        "sha256": made.sha256,
    }
    return row, turns, remarks


def _sample(text: str) -> str:
    """Words from the middle: headers are often in another language than the talk."""
    middle = len(text) // 2
    return text[max(0, middle - 120) : middle + 120]


def _summary(documents: pd.DataFrame, turns: pd.DataFrame) -> str:
    kinds = ", ".join(f"{n} {kind}" for kind, n in documents["kind"].value_counts().items())
    languages = ", ".join(f"{n} {x}" for x, n in documents["language"].value_counts().items())
    return f"Documents: {kinds} ({languages}); {len(turns)} turns."
