"""Everything that a findings page is built from, gathered once from the study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..metrics import SCALES, Scale
from ..model import Finding, Words
from ..steps import (
    all_codings,
    answers_with_segments,
    feature_labels,
    key_of_respondents,
    scale_of,
    small_groups,
)

if TYPE_CHECKING:
    from ..journey import JourneyMap
    from ..segments import Segmentation
    from ..study import Study, StudySettings

__all__ = ["EVERYONE", "SCORED", "Material", "gather"]

EVERYONE = "all"
SCORED = ("nps", "csat", "ces", "goal", "expectation", "smiley", "score")


@dataclass(frozen=True)
class Material:
    """What sections read; nothing in here is written to a bundle as it is.

    Attributes
    ----------
    settings : StudySettings
    answers : pandas.DataFrame
        Contract `answers` with `segment`.
    codings : pandas.DataFrame
        Contract `codings`: people's where there are any in the document, suggestions elsewhere,
        with `who` (respondent, else document), `kind` of respondent and `segment`.
    quotes : pandas.DataFrame
        Approved quotes only: document, published, code, phase, stage, touchpoint, valence, kind,
        source (kind of document), language, segment.
    stages, touchpoints, codebook : pandas.DataFrame
        Contracts of those names.
    findings : dict
        Findings of the steps by name.
    segmentation : Segmentation or None
    names : dict
        Id of a phase, stage, touchpoint, code, question or column to its name.
    counts : dict
        How many documents, comments, responses and so on; `rare` holds the numbers of rare
        combinations of attributes, never the combinations.
    scales : dict
        Metric to the scale on which this study asks it.
    maps : dict
        Segment to its journey map, once it has been made: each language shows the same.
    """

    settings: StudySettings
    answers: pd.DataFrame
    codings: pd.DataFrame
    quotes: pd.DataFrame
    stages: pd.DataFrame
    touchpoints: pd.DataFrame
    codebook: pd.DataFrame
    findings: dict[str, Finding]
    segmentation: Segmentation | None
    names: dict[str, Words]
    counts: dict[str, Any] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    maps: dict[str, JourneyMap | None] = field(default_factory=dict)

    @property
    def minimum_cell(self) -> int:
        """Smallest group that may be shown."""
        return int(self.settings.study.minimum_cell)

    @property
    def random_state(self) -> int:
        """Seed of the study."""
        return int(self.settings.study.random_state)

    def name(self, thing: str | None, language: str) -> str:
        """The name of a phase, stage, touchpoint, code, question or column."""
        if thing is None or thing != thing:
            return ""
        return self.names[thing].to(language) if thing in self.names else str(thing)

    def segment_ids(self) -> list[str]:
        """Segments in order of size; none without a segmentation."""
        return [] if self.segmentation is None else list(self.segmentation.segments["segment"])

    def segment_title(self, segment: str, language: str) -> str:
        """The segment's id with its name."""
        if self.segmentation is None:
            return segment
        title = self.segmentation.title(segment, language)
        return segment if title == segment else f"{segment}: {title}"


def gather(study: Study) -> Material:
    """Read a study for publishing."""
    from ..steps import read_finding, read_segmentation

    segmentation = read_segmentation(study) if len(study.membership()) else None
    codings = _with_people(study, all_codings(study), segmentation)
    folder = study.folder_processed / "findings"
    return Material(
        settings=study.settings,
        answers=answers_with_segments(study),
        codings=codings,
        quotes=_quotes(study, codings),
        stages=study.stages(),
        touchpoints=study.touchpoints(),
        codebook=study.codebook(),
        findings={p.stem: read_finding(study, p.stem) for p in sorted(folder.glob("*.json"))},
        segmentation=segmentation,
        names=_names(study),
        counts=_counts(study),
        scales={m: scale_of(study, m) or SCALES[m] for m in SCORED},
    )


def _names(study: Study) -> dict[str, Words]:
    names = feature_labels(study)
    for phase in study.settings.journey():
        names[phase.phase] = phase.name
        names |= {stage.stage: stage.name for stage in phase.stages}
    names |= {t.touchpoint: t.name for t in study.settings.encounters()}
    kpis = study.settings.kpis
    names |= {k: Words(texts) for k, texts in (kpis.names if kpis else {}).items()}
    return names


def _with_people(
    study: Study, codings: pd.DataFrame, segmentation: Segmentation | None
) -> pd.DataFrame:
    """Who said it, of which kind and in which segment; the document stands in for nobody."""
    documents = study.documents()[["document", "respondent", "kind", "language"]]
    comments = study.comments().reindex(columns=["document", "respondent", "language"])
    comments = comments.assign(kind="comment")
    texts = pd.concat([f for f in (documents, comments) if len(f)] or [documents])
    texts = texts.rename(columns={"kind": "source"}).drop_duplicates("document")
    found = codings.merge(texts, on="document", how="left")
    people = study.respondents().set_index("respondent")["kind"]
    found["kind"] = found["respondent"].map(people)
    found["who"] = found["respondent"].where(found["respondent"].notna(), found["document"])
    found["segment"] = None
    if segmentation is not None:
        keys = found["respondent"].map(key_of_respondents(study))
        members = segmentation.membership.set_index("customer")["segment"]
        found["segment"] = keys.map(members)
    return found


def _quotes(study: Study, codings: pd.DataFrame) -> pd.DataFrame:
    """Approved quotes with the facets of the codings that they overlap, people's first."""
    from ..study import approvals

    columns = ["document", "start", "end", "published", "code", "phase", "stage", "touchpoint"]
    columns += ["valence", "kind", "source", "language", "segment"]
    approved = approvals(study).rename(columns={"published_text": "published"})
    if approved.empty:
        return pd.DataFrame(columns=columns)
    facts = ["code", "phase", "stage", "touchpoint", "valence", "kind", "source", "language"]
    there = codings[["document", "start", "end", "origin", "segment", *facts]]
    pairs = approved[["approval", "document", "start", "end", "published"]].merge(
        there, on="document", how="left", suffixes=("", "_coding")
    )
    overlaps = (pairs["start_coding"] < pairs["end"]) & (pairs["end_coding"] > pairs["start"])
    shared = pairs[["end", "end_coding"]].min(axis=1) - pairs[["start", "start_coding"]].max(axis=1)
    pairs["_rank"] = (~overlaps).astype(int) * 10 + (pairs["origin"] != "human").astype(int)
    pairs["_shared"] = -shared.fillna(0)
    best = pairs.sort_values(["approval", "_rank", "_shared"], kind="stable")
    best = best.drop_duplicates("approval")
    outside = best["_rank"] >= 10
    for name in ("code", "phase", "stage", "touchpoint", "valence"):
        best[name] = best[name].mask(outside)
    return best[columns].sort_values(["document", "start"]).reset_index(drop=True)


def _counts(study: Study) -> dict[str, Any]:
    documents, answers, comments = study.documents(), study.answers(), study.comments()
    hand = study.codings()
    dates = answers["answered_at"].dropna() if "answered_at" in answers else pd.Series(dtype=object)
    return {
        "documents": documents["kind"].value_counts().to_dict(),
        "languages": documents["language"].value_counts().to_dict(),
        "comments": len(comments),
        "comment_languages": comments["language"].value_counts().to_dict() if len(comments) else {},
        "responses": int(answers["response"].nunique()),
        "respondents": int(study.respondents()["respondent"].nunique()),
        "customers": len(study.customers()),
        "hand_codings": len(hand),
        "coders": int(hand["coder"].nunique()),
        "suggestions": len(study.suggestions()),
        "first_answer": dates.min() if len(dates) else None,
        "last_answer": dates.max() if len(dates) else None,
        "kpi_periods": int(study.kpis()["period"].nunique()),
        "rare": _rare(study),
    }


def _rare(study: Study) -> dict[str, int]:
    """How far respondents could be known by their attributes: numbers and nothing else."""
    found = small_groups(study)
    facts = {name: int(found.details[name]) for name in ("in_rare", "respondents", "k")}
    return {"combinations": len(found.table), **facts}
