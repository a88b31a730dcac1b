"""Import: every source of a study, checked whole before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import read_codings
from ..model import FRAMES, ImportRefusedError
from .erased_rows import erased_lines, leave_out_erased
from .marks import settings_mark
from .reading_business import read_customers, read_kpis, read_purchases, read_smileys
from .reading_documents import read_documents, read_people
from .reading_surveys import read_surveys
from .reports import Progress, StepReport, silent
from .sources import Reading, listed_files, merged

if TYPE_CHECKING:
    from ..study import Study, StudySettings

__all__ = ["import_sources", "refusal", "stacked"]

_PROCESSED = (
    "answers",
    "comments",
    "respondents",
    "customers",
    "kpis",
    "choices",
    "contact_consents",
    "purchases",
    "smileys",
)


def import_sources(
    study: Study,
    *,
    good_rows: bool = False,
    replace: bool = False,
    progress: Progress = silent,
) -> StepReport:
    """Read every file that study.toml names into the study.

    Everything is read and checked first; then it is written, or nothing is. Importing again changes
    nothing twice: unchanged files are told by their hash.

    Parameters
    ----------
    study : Study
    good_rows : bool
        Import the good rows of files that have bad ones. Otherwise one bad row stops the import.
    replace : bool
        Give documents whose file has changed their new text; quotations move with it. Otherwise
        they are listed and left as they are.
    progress : callable
        Called with what is being read, how many are done, and of how many.

    Returns
    -------
    StepReport
        `table` is the contract `failures`: rows that were left out and remarks. It is also kept as
        the table `import_failures` of the study.

    Raises
    ------
    ImportRefusedError
        A file can't be read, a column that study.toml names is not there, or rows failed and
        `good_rows` is False (`failures` of the error lists them). Nothing was written.
    StudyBusyError
        Another process is working on the study.
    """
    from ..study import act, customer_keys, fingerprint, long_step

    with long_step(study, "import"):
        mark = fingerprint("import-3", good_rows, replace, *settings_mark(study, "import"))
        if study.step_is_current("import", mark):
            return StepReport("import", ("Import: up to date.",), changed=False)

        def keys(values: pd.Series) -> pd.Series:
            return customer_keys(study, values)

        readings = _read_all(study.settings, keys, progress)
        left_out = leave_out_erased(study, readings)
        hand = _read_hand_codings(study, readings, replace=replace)
        failures = stacked([*(f for r in readings for f in r.failures), *(h[2] for h in hand)])
        if len(failures) and not good_rows:
            raise refusal(failures)
        lines = _write(study, readings, act, replace=replace)
        lines += _write_codings(study, act, hand)
        table = pd.concat([failures, _remarks(readings)], ignore_index=True)
        study.write_frame("import_failures", table)
        frames = ("import_failures", *(n for n in _PROCESSED if study.processed.count(n)))
        study.mark_step("import", mark, {"lines": lines}, frames=frames)
    lines += left_out
    if len(failures):
        lines.append(f"Left out: {len(failures)} row(s) or cell(s); `import_failures` lists them.")
    return StepReport("import", tuple(lines), table=table)


def _read_all(settings: StudySettings, keys, progress: Progress) -> list[Reading]:  # type: ignore[no-untyped-def]
    people = read_people(settings, keys)
    documents = read_documents(settings, people.frames.get("speakers"), progress)
    surveys = read_surveys(settings, keys, progress)
    business = [read_customers(settings, keys), read_purchases(settings, keys), read_kpis(settings)]
    return [people, documents, *surveys, *business, *read_smileys(settings)]


def _remarks(readings: list[Reading]) -> pd.DataFrame:
    return stacked([f for r in readings for f in r.remarks])


def stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Several tables of failures as one; without rows where there are none."""
    filled = [t for t in tables if len(t)]
    if not filled:
        return pd.DataFrame(columns=FRAMES["failures"].column_names())
    return pd.concat(filled, ignore_index=True)


def refusal(failures: pd.DataFrame) -> ImportRefusedError:
    """The error that lists rows which failed; `failures` of it holds them all."""
    shown = [
        f"{row.file}, row {row.row}, column `{row.column}`: found {row.found}, "
        f"expected {row.expected}"
        for row in failures.head(12).itertuples()
    ]
    if len(failures) > len(shown):
        shown.append(f"… and {len(failures) - len(shown)} more")
    error = ImportRefusedError(
        f"{len(failures)} row(s) or cell(s) can't be imported, so nothing was.",
        found="\n            ".join(shown),
        next_step="Correct the file, or import without the failed ones: add --good-rows.",
    )
    error.failures = failures  # type: ignore[attr-defined]
    return error


def _write(study: Study, readings: list[Reading], act, *, replace: bool) -> list[str]:  # type: ignore[no-untyped-def]
    lines = [line for reading in readings for line in reading.lines]
    documents, turns = merged(readings, "documents"), merged(readings, "turns")
    if documents is not None:
        done = act(study, "import_documents", documents=documents, turns=turns, replace=replace)
        if done.changed and not replace:
            lines.append(
                f"Changed since they were imported, left as they are: {', '.join(done.changed)}. "
                "Import with --replace to take the new text."
            )
        if done.unplaced:
            lines.append(f"{len(done.unplaced)} quotation(s) wait for a place in the new text.")
    consents = _consents(readings, documents)
    if consents is not None:
        act(study, "set_consents", consents=consents)
    for people in (readings[0].frames.get("respondents"), merged(readings[1:], "speaking")):
        if people is not None and len(people):
            act(study, "set_respondents", respondents=people)
    personal = merged(readings, "personal")
    if personal is not None:
        personal = personal[personal["owner"].notna()]
        act(study, "set_personal", personal=personal)
    for name in _PROCESSED:
        frame = merged(readings[1:], name)
        if frame is not None:
            study.write_frame(name, _settled(frame, name))
    if study.processed.count("comments"):
        act(study, "refresh_comments")
    for file, sha256, part in dict.fromkeys(s for r in readings for s in r.sources):
        if part != "documents":
            act(study, "record_source", file=file, sha256=sha256, part=part)
    return lines


def _consents(readings: list[Reading], documents: pd.DataFrame | None) -> pd.DataFrame | None:
    """Dates by document: those of the respondents' table win over those of [[documents]]."""
    found = merged(readings, "consents")
    if found is None or documents is None:
        return None
    found = found[found["document"].isin(set(documents["document"]))]
    # groupby's first takes the first cell that is not empty, column by column
    found = found.astype(object).groupby("document", as_index=False, sort=False).first()
    return found.astype(object).where(found.notna(), None)


def _settled(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """One dtype a column, so that files written from different surveys are alike."""
    frame = frame.copy()
    kinds = {c.name: c.kind for c in FRAMES[name].columns} if name in FRAMES else {}
    for column in frame.columns:
        if kinds.get(column) == "text" or (column not in kinds and frame[column].dtype.kind == "O"):
            frame[column] = (
                frame[column].astype("string").astype(object).where(frame[column].notna(), None)
            )
    if name == "respondents":
        frame = frame.drop_duplicates("respondent", keep="last").reset_index(drop=True)
    return frame


def _read_hand_codings(
    study: Study, readings: list[Reading], *, replace: bool
) -> list[tuple[str | None, pd.DataFrame, pd.DataFrame]]:
    """Find each hand coding's words before anything is written: coder, codings, failures."""
    if not study.settings.codings:
        return []
    texts = _texts(study, readings, replace=replace)
    found = []
    for part in study.settings.codings:
        for path in listed_files(study.settings, part.file):
            codings, failures = read_codings(path, texts)
            failures = failures[~failures["row"].isin(erased_lines(study, path))]
            found.append((part.coder, codings, failures))
    return found


def _texts(study: Study, readings: list[Reading], *, replace: bool) -> pd.Series:
    """Texts as they will stand: what the study has wins, unless changed files replace it."""
    there = study.documents()[["document", "text"]]
    new = [merged(readings, name) for name in ("documents", "comments")]
    frames = [f[["document", "text"]] for f in new if f is not None]
    order = [*frames, there] if replace else [there, *frames]
    whole = pd.concat(order, ignore_index=True).drop_duplicates("document")
    return whole.set_index("document")["text"]


def _write_codings(study: Study, act, hand) -> list[str]:  # type: ignore[no-untyped-def]
    lines = []
    for coder, codings, _ in hand:
        if codings.empty:
            continue
        done = act(study, "add_codings", codings=codings, coder=coder, lane="import")
        coders = codings["coder"].nunique() if "coder" in codings else 1
        lines.append(
            f"Hand codings: {len(done.ids)} new, {len(done.kept)} there already, {coders} coder(s)."
        )
    return lines
