"""Retention: until when each text may be kept, and the purge of those whose time is up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from ..model import Words
from .erased_rows import clean_processed
from .names_known import known_names
from .receipts import write_receipt
from .reports import Progress, StepReport, silent
from .source_rows import Wanted, source_places
from .withdrawal import take_down_bundle

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["purge_due", "retention_dates"]

_FACETS = ["document", "code", "phase", "stage", "touchpoint", "valence"]
_STEPS = 5


def retention_dates(study: Study, *, today: dt.date) -> pd.DataFrame:
    """Until when each document, and the comments of each survey, may be kept.

    A document's own day comes from the columns that `[[respondents]]` names, else from
    `[[documents]]`; a survey's from `[[surveys]]`; where there is none, `[privacy] keep_until`
    counts.

    Parameters
    ----------
    study : Study
    today : datetime.date
        The day to compare with.

    Returns
    -------
    pandas.DataFrame
        `what` (document or comments), `id` (document or survey), `texts` (how many),
        `consented_on`, `keep_until` (dates; missing where unknown), `days_left` (0 on the last
        day; missing without a day) and `due` (True once the last day is over). Soonest first.
    """
    from ..study import consents

    default = study.settings.privacy.keep_until
    documents = study.documents()[["document"]].merge(consents(study), on="document", how="left")
    rows = [
        ("document", row.document, 1, row.consented_on, row.keep_until)
        for row in documents.itertuples()
    ]
    comments = study.comments()
    sizes = comments["survey"].value_counts() if "survey" in comments else pd.Series(dtype=int)
    for part in study.settings.surveys:
        if sizes.get(part.survey, 0):
            rows.append(("comments", part.survey, int(sizes[part.survey]), None, part.keep_until))
    columns = ["what", "id", "texts", "consented_on", "keep_until"]
    found = pd.DataFrame(rows, columns=columns)
    for name in ("consented_on", "keep_until"):
        found[name] = pd.to_datetime(found[name].astype(object), format="ISO8601")
    if default is not None:
        found["keep_until"] = found["keep_until"].fillna(pd.Timestamp(default))
    left = (found["keep_until"] - pd.Timestamp(today)).dt.days
    found["days_left"] = left.astype("Int64")
    found["due"] = (found["days_left"] < 0).fillna(False).astype(bool)
    return found.sort_values(["keep_until", "id"], kind="stable", ignore_index=True)


def purge_due(study: Study, *, today: dt.date, progress: Progress = silent) -> StepReport:
    """Erase the texts whose last day is over; how often they were coded is kept.

    Documents with turns, codings, memos and approved quotes, and all comments of a survey that is
    due, leave the study file and its event log, its journal, its backups, data/processed and, where
    it holds quotes, the published bundle. Closed answers stay: they are numbers. Counts of codings
    by code, phase and valence stay in `kept_counts(study)`. Names and contacts of respondents who
    have no text left go too. Later imports leave purged texts out.

    Parameters
    ----------
    study : Study
    today : datetime.date
    progress : callable

    Returns
    -------
    StepReport
        What went, the receipt's file, and which source files still hold the texts. Run again after
        an interruption: it goes on.

    Raises
    ------
    StudyBusyError
        Another program works on the study or keeps its file open.
    """
    from ..study import act, customer_keys, erase_traces, long_step

    with long_step(study, "retention"):
        due = retention_dates(study, today=today).query("due")
        documents = due.loc[due["what"] == "document", "id"].tolist()
        surveys = due.loc[due["what"] == "comments", "id"].tolist()
        lines = _lines(study, due, documents)
        wanted = Wanted(documents=frozenset(documents), names=_names(study))
        places = source_places(study.settings, wanted, lambda v: customer_keys(study, v))
        lines += [_place_line(place) for place in places]
        quoted = due.empty or _quoted(study, documents, surveys)
        progress("retention", 1, _STEPS)
        if len(due):
            suggested = _suggested(study, documents, surveys)
            fields = {"documents": documents, "surveys": surveys, "suggested": suggested}
            act(study, "purge_documents", **fields)
        elif not _unfinished(study):
            return StepReport("retention", ("Nothing is due.",), changed=False)
        progress("retention", 2, _STEPS)
        clean_processed(study)
        progress("retention", 3, _STEPS)
        lines.append(take_down_bundle(study, always=quoted))
        progress("retention", 4, _STEPS)
        copies = erase_traces(study)
        progress("retention", 5, _STEPS)
        lines.append(
            Words(
                fi=f"Varmuuskopiot: {copies} vanhaa poistettu, 1 uusi tehty.",
                en=f"Backups: {copies} older one(s) deleted, 1 new one made.",
            )
        )
        receipt = write_receipt(study, "retention", lines)
    told = [line.to("en") for line in lines]
    return StepReport("retention", (*told, f"Receipt: {receipt}", "Next: cxresearch run"))


def _lines(study: Study, due: pd.DataFrame, documents: list[str]) -> list[Words]:
    comments = int(due.loc[due["what"] == "comments", "texts"].sum())
    codings = study.codings()
    coded = int(codings["document"].isin(documents).sum())
    return [
        Words(
            fi=f"Poistettu: {len(documents)} aineistoa ja {comments} avovastausta; {coded} "
            "koodauksen määrät säilyivät.",
            en=f"Purged: {len(documents)} document(s) and {comments} comment(s); the counts of "
            f"{coded} coding(s) were kept.",
        )
    ]


def _quoted(study: Study, documents: list[str], surveys: list[str]) -> bool:
    from ..study import quote_decisions

    decided = quote_decisions(study)
    approved = decided.loc[decided["state"] == "placed", "document"]
    source = approved.str.partition("/")[0] if len(approved) else approved
    return bool((approved.isin(documents) | source.isin(surveys)).any())


def _names(study: Study) -> tuple[str, ...]:
    return tuple(known_names(study))


def _place_line(place: str) -> Words:
    return Words(
        fi=f"Poista käsin lähdeaineistosta: {place}",
        en=f"Delete by hand from the source files: {place}",
    )


def _suggested(study: Study, documents: list[str], surveys: list[str]) -> pd.DataFrame:
    """How often the machine suggested what in the texts that go; comments by survey."""
    found = study.suggestions()
    source = found["document"].str.partition("/")[0] if len(found) else found["document"]
    mine = found[found["document"].isin(documents) | source.isin(surveys)]
    mine = mine.assign(document=source.reindex(mine.index))
    return mine.groupby(_FACETS, dropna=False).size().rename("n").reset_index()


def _unfinished(study: Study) -> bool:
    """Whether an earlier purge was broken off: erased rows, and computed results from before."""
    from ..study import erased

    gone = erased(study)
    last = gone.loc[gone["reason"] == "retention", "gone_at"].max()
    folder = study.settings.data_folder / "studies" / "receipts"
    stamps = [p.stem.rpartition("-")[2] for p in folder.glob(f"{study.settings.study.name}-ret*")]
    return bool(pd.notna(last) and last.strftime("%Y%m%d%H%M%S") > max(stamps, default="")[:14])
