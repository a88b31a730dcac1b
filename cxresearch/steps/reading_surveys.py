"""Survey responses: closed answers, open comments, respondents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..exchange import (
    Table,
    duplicated_ids,
    split_options,
    to_booleans,
    to_comments,
    to_dates,
    to_scale,
)
from ..model import ImportRefusedError
from ..model.frames import RESPONDENT_KINDS
from ..text import guess_languages
from .reports import Progress
from .sources import Keys, Reading, column_of, read_source

if TYPE_CHECKING:
    from ..study import StudySettings
    from ..study.settings import QuestionPart, SurveyPart

__all__ = ["read_surveys"]

_CARRIED = ("survey", "respondent", "customer", "kind", "wave", "answered_at", "unit", "channel")


def read_surveys(settings: StudySettings, keys: Keys, progress: Progress) -> list[Reading]:
    """Read every survey of study.toml.

    Gives the tables `answers`, `comments`, `respondents`, `choices` (response, question, option),
    `contact_consents` (response, respondent: who may be contacted) and `personal`.
    """
    readings = []
    for done, part in enumerate(settings.surveys, start=1):
        readings.append(_read_survey(settings, part, keys))
        progress("surveys", done, len(settings.surveys))
    return readings


def _read_survey(settings: StudySettings, part: SurveyPart, keys: Keys) -> Reading:
    table = read_source(settings, part.file, sheet=part.sheet)
    reading = Reading(sources=[(part.file, table.sha256, "surveys")])
    reading.failures.append(table.failures)
    reading.remarks.append(table.remarks)
    base = _responses(table, part, keys, reading)
    answers = _answers(table, part, base, reading)
    comments = _comments(settings, table, part, base)
    reading.frames["answers"] = answers
    reading.frames["comments"] = comments
    reading.frames["respondents"] = _respondents(table, part, base)
    reading.frames["choices"] = _choices(table, part, base)
    reading.frames["contact_consents"] = _consents(table, part, base, reading)
    reading.frames["personal"] = _personal(table, part, base)
    reading.lines.append(
        f"Survey {part.survey}: {len(base)} responses of {base['respondent'].nunique()} "
        f"respondents, {len(answers)} answers, {len(comments)} comments."
    )
    return reading


def _responses(table: Table, part: SurveyPart, keys: Keys, reading: Reading) -> pd.DataFrame:
    """One row a response with everything that its answers carry; index as in the table."""
    place = f"[[surveys]] {part.survey}"
    base = pd.DataFrame(index=table.frame.index)
    base["survey"] = part.survey
    base["respondent"], base["customer"] = _who(table, part, keys, place, reading)
    base["response"] = _response_ids(table, part, base, place, reading)
    base["respondent"] = base["respondent"].fillna(base["response"])
    base["kind"] = _kinds(table, part, place)
    for name, column in (("wave", part.wave), ("unit", part.unit), ("channel", part.channel)):
        cells = column_of(table, column, part=place).str.strip() if column else None
        base[name] = None if cells is None else cells.where(cells != "", None)
    base["answered_at"] = pd.Series(pd.NaT, index=base.index, dtype="datetime64[us]")
    if part.answered_at:
        column = column_of(table, part.answered_at, part=place)
        dates = to_dates(column, lines=table.lines, file=table.name)
        reading.failures.append(dates.failures)
        base["answered_at"] = dates.values.astype("datetime64[us]")
    return base


def _who(
    table: Table, part: SurveyPart, keys: Keys, place: str, reading: Reading
) -> tuple[pd.Series, pd.Series]:
    none = pd.Series(None, index=table.frame.index, dtype=object)
    respondent, customer = none, none
    if part.respondent:
        given = column_of(table, part.respondent, part=place).str.strip()
        empty = duplicated_ids(given, lines=table.lines, file=table.name)
        reading.failures.append(empty[empty["found"] == "an empty id"])
        respondent = keys(given.where(given != "", None))
    if part.customer:
        given = column_of(table, part.customer, part=place).str.strip()
        customer = keys(given.where(given != "", None))
    return respondent, customer


def _response_ids(
    table: Table, part: SurveyPart, base: pd.DataFrame, place: str, reading: Reading
) -> pd.Series:
    numbers = pd.Series(table.lines, index=base.index).astype(str)
    if not part.response:
        return part.survey + "." + numbers
    if part.response in (part.respondent, part.customer):
        # the same column twice: a key of a person or firm, so the pseudonymous form is the id
        reading.failures.append(
            duplicated_ids(table.frame[part.response], lines=table.lines, file=table.name)
        )
        return part.survey + "." + base["respondent"].fillna(base["customer"]).fillna(numbers)
    given = column_of(table, part.response, part=place).str.strip()
    repeated = duplicated_ids(given, lines=table.lines, file=table.name)
    reading.failures.append(repeated)
    given = given.mask((given == "") | given.duplicated(), "row-" + numbers)
    return part.survey + "." + given


def _kinds(table: Table, part: SurveyPart, place: str) -> pd.Series:
    if not part.kind:
        return pd.Series("customer", index=table.frame.index)
    given = column_of(table, part.kind, part=place).str.strip()
    known = {**{k: k for k in RESPONDENT_KINDS}, **part.kinds, "": "customer"}
    strange = sorted(set(given) - set(known))
    if strange:
        raise ImportRefusedError(
            "A survey has kinds of respondents that study.toml does not translate.",
            expected=" | ".join(RESPONDENT_KINDS) + ", or an entry under `kinds`",
            found=f"{len(strange)} other value(s)",
            where=f"{table.name}, column {part.kind}",
            next_step='Add for example kinds = { "asiakas" = "customer" } to the survey.',
        )
    return given.map(known)


def _answers(table: Table, part: SurveyPart, base: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    long = []
    for question in part.questions:
        column = column_of(table, question.column, part=f"question `{question.question}`")
        values = _values(column, question, table, reading)
        given = values.notna()
        rows = base.loc[given, ["response", *_CARRIED]].copy()
        rows["question"] = question.question
        rows["metric"] = question.metric
        rows["value"] = values[given].astype(float)
        for name in ("phase", "stage", "touchpoint"):
            rows[name] = getattr(question, name)
        long.append(rows)
    if not long:
        return pd.DataFrame()
    return pd.concat(long, ignore_index=True)


def _values(column: pd.Series, question: QuestionPart, table: Table, reading: Reading) -> pd.Series:
    where: dict[str, Any] = {"lines": table.lines, "file": table.name}
    if (question.low, question.high) == (0, 1):
        found = to_booleans(column, **where)
    else:
        found = to_scale(column, low=question.low, high=question.high, **where)
    reading.failures.append(found.failures)
    return question.low + question.high - found.values if question.reverse else found.values


def _comments(
    settings: StudySettings, table: Table, part: SurveyPart, base: pd.DataFrame
) -> pd.DataFrame:
    phase_of = {s.stage: p.phase for p in settings.phases for s in p.stages}
    long = []
    for question in part.comments:
        column = column_of(table, question.column, part=f"comment `{question.question}`")
        texts = to_comments(column).values
        given = texts.notna()
        rows = base.loc[given, ["response", *_CARRIED]].copy()
        rows["question"] = question.question
        rows["text"] = texts[given]
        rows["document"] = rows["response"].str.replace(".", "/", n=1) + "/" + question.question
        guessed = guess_languages(texts[given])
        if question.language != "auto":
            guessed = guessed.assign(language=question.language, language_confidence=1.0)
        rows[["language", "language_confidence"]] = guessed
        rows["phase"] = question.phase or phase_of.get(question.stage or "")
        rows["stage"], rows["touchpoint"] = question.stage, question.touchpoint
        long.append(rows.drop(columns=["unit", "channel"]))
    return pd.concat(long, ignore_index=True) if long else pd.DataFrame()


def _respondents(table: Table, part: SurveyPart, base: pd.DataFrame) -> pd.DataFrame:
    rows = base[["respondent", "kind", "customer"]].copy()
    for name in part.attributes:
        cells = column_of(table, name, part=f"[[surveys]] {part.survey}").str.strip()
        rows[name] = cells.where(cells != "", None)
    return rows.drop_duplicates("respondent", keep="last").reset_index(drop=True)


def _choices(table: Table, part: SurveyPart, base: pd.DataFrame) -> pd.DataFrame:
    """Chosen options, long: of one cell that lists them, or of one column an option."""
    long = []
    for question, columns in part.multi_choice.items():
        for chosen in _chosen(table, question, columns):
            picked = chosen.astype("boolean").fillna(False).astype(bool).stack()
            picked = picked[picked].index
            rows = base["response"].reindex(picked.get_level_values(0)).to_numpy()
            options = picked.get_level_values(1).astype(str)
            long.append(pd.DataFrame({"response": rows, "question": question, "option": options}))
    empty = pd.DataFrame(columns=["response", "question", "option"])
    return pd.concat(long, ignore_index=True) if long else empty


def _chosen(table: Table, question: str, columns: list[str]) -> list[pd.DataFrame]:
    if question in table.frame.columns:
        return [split_options(table.frame[question])]
    cells = [column_of(table, name, part=f"multi-choice `{question}`") for name in columns]
    return [
        to_booleans(cell).values.to_frame(name) for cell, name in zip(cells, columns, strict=True)
    ]


def _consents(table: Table, part: SurveyPart, base: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Responses whose respondent lets us get in touch about them; an empty cell is a no."""
    if part.consent is None:
        return pd.DataFrame(columns=["response", "respondent"])
    cells = column_of(table, part.consent, part=f"[[surveys]] {part.survey}")
    found = to_booleans(cells, lines=table.lines, file=table.name)
    reading.failures.append(found.failures)
    agreed = found.values.astype("boolean").fillna(False).to_numpy(bool)
    return base.loc[agreed, ["response", "respondent"]].reset_index(drop=True)


def _personal(table: Table, part: SurveyPart, base: pd.DataFrame) -> pd.DataFrame:
    long = []
    for name in part.personal:
        cells = column_of(table, name, part=f"[[surveys]] {part.survey}").str.strip()
        rows = pd.DataFrame({"owner": base["respondent"], "field": name, "value": cells})
        long.append(rows[rows["value"] != ""].drop_duplicates("owner", keep="last"))
    columns = ["owner_kind", "owner", "field", "value"]
    if not long:
        return pd.DataFrame(columns=columns)
    return pd.concat(long, ignore_index=True).assign(owner_kind="respondent")[columns]
