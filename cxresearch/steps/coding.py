"""Code: suggested codings by the codebook's own words, and what all codings say together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import Finding
from .marks import settings_mark
from .reports import Progress, StepReport, silent
from .results import forget_finding, write_finding
from .tiers import document_reader, write_tiers

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["all_codings", "code", "coded_texts"]

# base of four interviews and a run of two
_SATURATION_FROM = 6


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
            "code-3",
            study.codings(),
            settings_mark(study, "code"),
            [repr(c) for c in codebook],
            documents,
            turns,
            comments,
        )
        if study.step_is_current("code", mark):
            return StepReport("code", ("Suggested codings: up to date.",), changed=False)
        journey: dict[str, Any] = {
            "phases": study.settings.journey(),
            "touchpoints": study.settings.encounters(),
        }
        parts = []
        if len(documents):
            reader = document_reader(study)
            parts.append(
                suggest_codings(documents, codebook=codebook, turns=turns, reader=reader, **journey)
            )
            progress("suggestions", 1, 2)
        if len(comments):
            parts.append(suggest_codings(comments, codebook=codebook, **journey))
            progress("suggestions", 2, 2)
        found = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
        study.write_frame("suggestions", found)
        lines = _lines(found, documents, comments)
        lines += _tiers(study, documents, comments)
        lines += _quality(study, found, documents, turns)
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


def _tiers(study: Study, documents: pd.DataFrame, comments: pd.DataFrame) -> list[str]:
    """What read the words, and where the full tier was asked for in vain."""
    found = write_tiers(study, documents, comments)
    return [found.sentence("en"), *(note.to("en") for note in found.warnings)]


def _quality(
    study: Study, suggested: pd.DataFrame, documents: pd.DataFrame, turns: pd.DataFrame
) -> list[str]:
    """What hand codings say of the suggestions, of each other, and of whether more is needed."""
    from ..coding import check_suggestions, coder_agreement, saturation
    from ..study import codes_of

    hand = study.codings("human")
    interviews = documents.loc[documents["kind"] == "interview", "document"]
    seed = study.settings.study.random_state
    found: dict[str, Finding] = {}
    # codes without terms are never suggested: there is nothing to compare
    comparable = hand[hand["code"].isin({c.code for c in codes_of(study) if c.terms})]
    if len(comparable):
        found["suggestion-check"] = check_suggestions(suggested, comparable)
    if (hand.groupby("document")["coder"].nunique() > 1).any():
        found["agreement"] = coder_agreement(hand, documents, turns=turns, random_state=seed)
    coded = hand if hand["document"].isin(set(interviews)).any() else suggested
    heard = coded[coded["document"].isin(set(interviews))]
    if heard["document"].nunique() >= _SATURATION_FROM:
        found["saturation"] = saturation(
            heard, order=[d for d in interviews if d in set(heard["document"])], random_state=seed
        )
    for name in ("suggestion-check", "agreement", "saturation"):
        if name in found:
            write_finding(study, name, found[name])
        else:
            forget_finding(study, name)
    return [finding.sentence("en") for finding in found.values()]


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
