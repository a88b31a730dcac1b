"""Code: suggested codings by the codebook's own words, and what all codings say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .marks import settings_mark
from .reports import Progress, StepReport, silent

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["all_codings", "code", "coded_texts"]


def code(study: Study, *, progress: Progress = silent) -> StepReport:
    """Suggest codings for every document and comment; people's codings are not touched.

    Writes the table `suggestions` (contract `codings`, origin `suggested`, with score and rule).
    """
    from ..coding import suggest_codings
    from ..study import codes_of, fingerprint, long_step

    with long_step(study, "code"):
        documents, turns, comments = study.documents(), study.turns(), study.comments()
        codebook = codes_of(study)
        mark = fingerprint(
            "code-1",
            settings_mark(study, "code"),
            [repr(c) for c in codebook],
            documents,
            turns,
            comments,
        )
        if study.step_is_current("code", mark):
            return StepReport("code", ("Suggested codings: up to date.",), changed=False)
        journey = {
            "phases": study.settings.journey(),
            "touchpoints": study.settings.encounters(),
        }
        parts = []
        if len(documents):
            parts.append(suggest_codings(documents, codebook=codebook, turns=turns, **journey))
            progress("suggestions", 1, 2)
        if len(comments):
            parts.append(suggest_codings(comments, codebook=codebook, **journey))
            progress("suggestions", 2, 2)
        found = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        study.write_frame("suggestions", found)
        lines = _lines(found, documents, comments)
        study.mark_step("code", mark, {"lines": lines}, frames=("suggestions",))
    return StepReport("code", tuple(lines), table=found)


def _lines(found: pd.DataFrame, documents: pd.DataFrame, comments: pd.DataFrame) -> list[str]:
    whole = len(documents) + len(comments)
    coded = found["document"].nunique()
    placed = int(found["stage"].notna().sum()) if len(found) else 0
    return [
        f"Suggested codings: {len(found)} of {found['code'].nunique()} codes, in {coded} of "
        f"{whole} documents and comments; {placed} have a stage of the journey."
    ]


def all_codings(study: Study) -> pd.DataFrame:
    """Codings to count: people's where a document was coded by hand, suggestions elsewhere.

    Where several people coded a document their codings stand side by side, unless there is a
    consensus: then only that. Contract `codings`.
    """
    hand = study.codings()
    agreed = set(hand.loc[hand["origin"] == "consensus", "document"])
    hand = hand[~hand["document"].isin(agreed) | (hand["origin"] == "consensus")]
    suggested = study.suggestions()
    suggested = suggested[~suggested["document"].isin(set(hand["document"]))]
    both = [part for part in (hand, suggested) if len(part)]
    return pd.concat(both, ignore_index=True) if both else suggested


def coded_texts(study: Study) -> pd.DataFrame:
    """Documents and comments as one table: document, kind, language, respondent, text."""
    columns = ["document", "kind", "language", "respondent", "text"]
    comments = study.comments().assign(kind="comment")
    both = [f[columns] for f in (study.documents(), comments) if len(f)]
    return pd.concat(both, ignore_index=True) if both else pd.DataFrame(columns=columns)
