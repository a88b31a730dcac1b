"""The inner loop: whom to answer, who does it, until when, and how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import read_table
from ..exchange.quote_books import write_sheets
from ..model import Finding, ImportRefusedError, StudyFileError, Words, number
from ..model.frames import CASE_STATES
from .reports import StepReport
from .scoring import study_names

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["cases_to_answer", "take_cases", "write_cases"]

_TAKEN = ("case", "status", "owner", "root_cause")


def cases_to_answer(
    study: Study, *, today: pd.Timestamp | None = None, all_cases: bool = False
) -> Finding:
    """Disappointed respondents who let us get in touch, each with an owner and a deadline.

    The list names people and holds their own words: it is for those who answer them, and never
    goes into a published bundle.

    Parameters
    ----------
    study : Study
    today : pandas.Timestamp, optional
        The day to judge deadlines by; the study's clock by default.
    all_cases : bool
        Also those that are solved or closed.

    Returns
    -------
    Finding
        `table`, most urgent first: `case` (id of the response), `status`, `owner` (role, in the
        study's first language), `deadline` (days of [loop] after the answer, weekends not
        counted), `late` (the deadline has gone by and nobody has answered), `answered_at`,
        `touchpoint` (the worst one; empty for the relationship), `nps`, `csat` (the worst rating),
        `words` (their open answers), one column for each personal field that the study holds
        (name, e-mail, …), `root_cause`. `details`: `without_consent`, disappointed respondents
        who must not be contacted.

    Raises
    ------
    StudyFileError
        No survey names a consent column, or the import was not run since it does.
    """
    answers = study.answers()
    if not study.processed.count("contact_consents"):
        raise StudyFileError(
            "Nobody is known to have let us get in touch.",
            expected="`consent` of a survey in study.toml, and answers that say yes",
            found="no consents",
            next_step="Name the column of consent in [[surveys]] and run `cxresearch import`.",
        )
    agreed = set(study.read_frame("contact_consents")["response"])
    bad = _disappointed(study, answers)
    table = bad[bad["case"].isin(agreed)].reset_index(drop=True)
    without = len(bad) - len(table)
    table = _with_words(study, _with_state(study, table))
    day = pd.Timestamp(study.now()).tz_localize(None) if today is None else today
    done = table["status"].isin(["solved", "closed"])
    table["late"] = (table["deadline"] < day.normalize()) & (table["status"] == "open")
    shown = table if all_cases else table[~done]
    shown = shown.sort_values(["deadline", "case"], kind="stable", ignore_index=True)
    order = ["case", "status", "owner", "deadline", "late", "answered_at", "touchpoint", "nps"]
    order += ["csat", "words"]
    rest = [c for c in shown.columns if c not in (*order, "root_cause", "respondent", "customer")]
    return Finding(
        shown[[*order, *rest, "root_cause"]],
        _words(table, shown, without),
        (),
        {"without_consent": without, "cases": len(table)},
    )


def _words(table: pd.DataFrame, shown: pd.DataFrame, without: int) -> Words:
    waiting = int(table["status"].isin(["open", "contacted", "not_reached"]).sum())
    late, whole = int(table["late"].sum()), len(table)
    return Words(
        fi=f"Vastattavia on {number(waiting, 'fi')} / {number(whole, 'fi')}, myöhässä "
        f"{number(late, 'fi')}. Pettyneitä, joihin ei saa ottaa yhteyttä: {number(without, 'fi')}.",
        en=f"{number(waiting)} of {number(whole)} cases wait for an answer, {number(late)} are "
        f"late. Disappointed respondents who must not be contacted: {number(without)}.",
    )


def _disappointed(study: Study, answers: pd.DataFrame) -> pd.DataFrame:
    """One row a response with a low NPS or a low rating of a touchpoint; people only."""
    part = study.settings.loop
    kinds = answers["kind"] if "kind" in answers else pd.Series("customer", answers.index)
    people = answers[(kinds != "machine").to_numpy(bool)]
    rated = people[(people["metric"] == "csat") & people["touchpoint"].notna()]
    worst = rated.sort_values("value", kind="stable").drop_duplicates("response")
    worst = worst.set_index("response")
    nps = people[people["metric"] == "nps"].set_index("response")["value"]
    nps = nps[~nps.index.duplicated()]
    columns = ["response", "respondent", "customer", "answered_at"]
    base = people.reindex(columns=columns).drop_duplicates("response")
    base = base.rename(columns={"response": "case"}).reset_index(drop=True)
    base["nps"] = base["case"].map(nps)
    base["csat"] = base["case"].map(worst["value"])
    base["touchpoint"] = base["case"].map(worst["touchpoint"])
    low_rating = base["csat"] <= part.csat_at_most
    base["touchpoint"] = base["touchpoint"].where(low_rating, None)
    return base[(base["nps"] <= part.nps_at_most) | low_rating]


def _with_state(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Owner, deadline and status; what people set in the study wins."""
    from ..study import customer_cases

    part = study.settings.loop
    language = study.settings.study.languages[0]
    owners = {t: Words(texts).to(language) for t, texts in part.owners.items()}
    known = customer_cases(study).set_index("case")
    table = table.copy()
    owner = table["touchpoint"].map(owners).fillna(Words(part.owner).to(language))
    kept = table["case"].map(known["owner"])
    table["owner"] = kept.where(kept.notna(), owner)
    table["status"] = table["case"].map(known["status"]).astype(object).fillna("open")
    table["root_cause"] = table["case"].map(known["root_cause"])
    days = pd.offsets.BusinessDay(part.days)
    dated = pd.to_datetime(table["answered_at"]).dt.normalize()
    table["deadline"] = [d + days if pd.notna(d) else pd.NaT for d in dated]
    return table


def _with_words(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Their own words, the name of the touchpoint, and how to reach them."""
    from ..study import personal

    comments = study.comments()
    said = comments.groupby("response", sort=False)["text"].agg("\n".join)
    table["words"] = table["case"].map(said).fillna("") if len(comments) else ""
    language = study.settings.study.languages[0]
    names = {t: w.to(language) for t, w in study_names(study).items()}
    table["touchpoint"] = table["touchpoint"].map(names).fillna("")
    held = personal(study)
    for kind in ("respondent", "customer"):
        mine = held[held["owner_kind"] == kind]
        for field, rows in mine.groupby("field", sort=True):
            contact = rows.set_index("owner")["value"]
            values = table[kind].map(contact)
            table[field] = table[field].fillna(values) if field in table else values
    return table


def write_cases(study: Study, target: str | Path, *, all_cases: bool = False) -> StepReport:
    """Write the list of customers to answer as xlsx or csv.

    It holds names, contacts and people's own words: give it to those who answer, keep it off
    shared places, and delete it when the cases are closed. Fill in `status`, `owner` and
    `root_cause`, and give it back to `take_cases`.

    Raises
    ------
    StudyFileError
        As in `cases_to_answer`; also when the file's ending is neither xlsx nor csv.
    """
    path = Path(target)
    found = cases_to_answer(study, all_cases=all_cases)
    table = found.table.copy()
    for name in ("deadline", "answered_at"):
        table[name] = pd.to_datetime(table[name]).dt.strftime("%Y-%m-%d")
    if path.suffix == ".xlsx":
        write_sheets({"cases": table}, path, headings={}, wide=("words",))
    elif path.suffix == ".csv":
        path.parent.mkdir(parents=True, exist_ok=True)
        _harmless(table).to_csv(path, index=False, encoding="utf-8-sig")
    else:
        raise StudyFileError(
            "The list of cases can't be written so.",
            expected="a name that ends in .xlsx or .csv",
            found=path.suffix or path.name,
        )
    lines = (
        found.sentence("en"),
        f"Wrote {len(table)} cases to {path}. It holds names and raw words: keep it private.",
    )
    return StepReport("loop", lines, table=found.table)


def _harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Cells that a spreadsheet would run as a formula start with an apostrophe."""
    table = table.copy()
    for name in ("words", *[c for c in table.columns if table[c].dtype.kind in "OU"]):
        text = table[name].astype("string")
        risky = text.str.match(r"^[=+\-@\t\r]").fillna(False)
        table[name] = text.mask(risky, "'" + text)
    return table


def take_cases(study: Study, source: str | Path) -> StepReport:
    """Take statuses, owners and root causes back from a filled-in list; all or nothing.

    Raises
    ------
    ImportRefusedError
        The column `case` or `status` is absent, or a status is not one of the known words; rows
        are named. Nothing was changed.
    ActRefusedError
        A case or a root cause (a code) does not exist.
    """
    from ..study import act, customer_cases

    table = read_table(source)
    frame = table.frame
    absent = [c for c in ("case", "status") if c not in frame]
    strange = [] if absent else sorted(set(frame["status"].str.strip()) - {*CASE_STATES, ""})
    if absent or strange:
        lines = pd.Series(table.lines, index=frame.index)
        rows = [] if absent else lines[frame["status"].str.strip().isin(strange)].head(5).tolist()
        raise ImportRefusedError(
            "The list of cases can't be taken.",
            expected="columns case and status; " + " | ".join(CASE_STATES),
            found="no " + ", ".join(absent) if absent else ", ".join(s[:30] for s in strange[:5]),
            where=f"{table.name}, rows {', '.join(map(str, rows))}" if rows else table.name,
        )
    columns = [c for c in _TAKEN if c in frame]
    known = cases_to_answer(study, all_cases=True).table.set_index("case")
    before = customer_cases(study).set_index("case")
    wanted = []
    for row in frame[columns].to_dict("records"):
        values = {k: v.strip() for k, v in row.items() if v.strip()}
        case = values.pop("case", "")
        there = {**known.loc[case, list(values)].to_dict()} if case in known.index else {}
        changed = {k: v for k, v in values.items() if there.get(k) != v}
        if case and (changed or case not in known.index):
            wanted.append((case, changed))
    _refuse_unknown_cases(wanted, known, table.name)
    for case, changed in wanted:
        act(study, "set_case", case=case, **changed)
    fresh = sum(case not in before.index for case, _ in wanted)
    line = f"Cases: {len(wanted)} changed, {fresh} of them for the first time."
    return StepReport("loop", (line,), changed=bool(wanted))


def _refuse_unknown_cases(
    wanted: list[tuple[str, dict[str, str]]], known: pd.DataFrame, name: str
) -> None:
    strange = [case for case, _ in wanted if case not in known.index]
    if strange:
        raise ImportRefusedError(
            "The list names cases that the study does not have.",
            expected="ids as `cxresearch loop` wrote them",
            found=f"{len(strange)} unknown id(s)",
            where=name,
            next_step="Nothing was changed.",
        )
