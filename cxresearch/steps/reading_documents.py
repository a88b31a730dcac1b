"""Interviews, notes and diaries: documents, turns, and who speaks in which."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import (
    front_matter_of,
    people_of_front_matter,
    read_document,
    sha256_of,
    to_dates,
)
from ..model import ImportRefusedError
from ..model.frames import RESPONDENT_KINDS
from ..text import guess_language
from .packed_files import transcripts_in
from .reports import Progress
from .sources import Keys, Reading, column_of, listed_files, read_source

if TYPE_CHECKING:
    from ..study import StudySettings
    from ..study.settings import DocumentsPart, RespondentsPart

__all__ = ["read_documents", "read_people"]


def read_people(settings: StudySettings, keys: Keys) -> Reading:
    """Read the tables that say who speaks in which document.

    Gives the tables `speakers` (document, respondent, kind), `respondents` (with attributes),
    `personal` (owner_kind, owner, field, value) and `consents` (document, consented_on,
    keep_until).
    """
    reading = Reading()
    speakers, people, personal, consents = [], [], [], []
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
        consents.append(_consents(table, part, reading))
    named = (("respondents", people), ("personal", personal), ("consents", consents))
    for name, parts in (("speakers", speakers), *named):
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


def _consents(table, part: RespondentsPart, reading: Reading) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Dates of consent and of the last day of keeping, as ISO text; a wrong date is a failure."""
    place = "[[respondents]]"
    dates = pd.DataFrame({"document": column_of(table, part.document, part=place)})
    for name, column in (("consented_on", part.consent), ("keep_until", part.keep_until)):
        dates[name] = None
        if column:
            cells = column_of(table, column, part=place)
            found = to_dates(cells, lines=table.lines, file=table.name)
            reading.failures.append(found.failures)
            days = found.values.dt.strftime("%Y-%m-%d")
            dates[name] = days.astype(object).where(found.values.notna(), None)
    given = dates["consented_on"].notna() | dates["keep_until"].notna()
    return dates[given & (dates["document"] != "")].drop_duplicates("document")


def read_documents(
    settings: StudySettings, speakers: pd.DataFrame | None, progress: Progress
) -> Reading:
    """Read every document that study.toml names.

    Gives the tables `documents` and `turns`; ids are file stems, with the folder before them where
    two files share a stem. A zip is unpacked to a folder that is gone afterwards. People whom only
    the front matter of a document names are in `speaking`, their personal columns in `personal`.
    """
    with tempfile.TemporaryDirectory(prefix="cxresearch-") as scratch:
        reading = Reading()
        jobs = [
            (part, path)
            for number, part in enumerate(settings.documents)
            for found in listed_files(settings, part.files)
            for path in transcripts_in(found, Path(scratch) / str(number), reading)
        ]
        _read_jobs(reading, jobs, speakers, progress)
        return reading


def _read_jobs(
    reading: Reading,
    jobs: list[tuple[DocumentsPart, Path]],
    speakers: pd.DataFrame | None,
    progress: Progress,
) -> None:
    stems = Counter(path.stem for _, path in jobs)
    who = {} if speakers is None else _speaker_of(speakers)
    told = _speaking(reading, [path for _, path in jobs if path.stem not in who], speakers)
    documents, turns, consents = [], [], []
    for done, (part, path) in enumerate(jobs, start=1):
        name = path.stem if stems[path.stem] == 1 else f"{path.parent.name}-{path.stem}"
        speaker = who.get(path.stem) or told.get(str(path)) or {}
        one, its_turns, remarks = _read(part, path, name, speaker)
        documents.append(one)
        turns.append(its_turns)
        if part.consent or part.keep_until:
            days = {"consented_on": part.consent, "keep_until": part.keep_until}
            texts = {k: day.isoformat() if day else None for k, day in days.items()}
            consents.append({"document": name, **texts})
        reading.remarks.append(remarks)
        reading.sources.append((str(part.files), sha256_of(path), "documents"))
        progress("documents", done, len(jobs))
    if documents:
        reading.frames["documents"] = pd.DataFrame(documents)
        reading.frames["turns"] = pd.concat(turns, ignore_index=True)
        reading.lines.append(_summary(reading.frames["documents"], reading.frames["turns"]))
    if consents:
        reading.frames["consents"] = pd.DataFrame(consents)


def _speaking(
    reading: Reading, paths: list[Path], speakers: pd.DataFrame | None
) -> dict[str, dict[str, str]]:
    """Who speaks by front matter, where no table says it: by path, and as tables of the reading."""
    fronts = {str(path): front_matter_of(path) for path in paths}
    people, personal = people_of_front_matter(fronts)
    # a respondent that front matter does not name is called as the file
    people["respondent"] = [
        Path(d).stem if r == d else r
        for d, r in zip(people["document"], people["respondent"], strict=True)
    ]
    personal["owner"] = [Path(o).stem if o in fronts else o for o in personal["owner"]]
    known = set() if speakers is None else set(speakers["respondent"])
    new = people[~people["respondent"].isin(known)].drop(columns="document")
    if len(new):
        reading.frames["speaking"] = new.groupby("respondent", as_index=False, sort=False).first()
    if len(personal):
        reading.frames["personal"] = personal.drop_duplicates(["owner", "field"])
    return people.set_index("document")[["respondent", "kind"]].to_dict("index")  # type: ignore[return-value]


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
