"""The five things to know: one sentence each, with n and interval, and where its evidence is."""

from __future__ import annotations

import html

import pandas as pd

from ..journey import emotional_curve, empty_cells
from ..model import Words, interval, number
from . import markup
from .material import Material
from .section_journey import study_map
from .sections import Section
from .texts import say

__all__ = ["overview_section"]

_MOST = 5


def overview_section(material: Material, language: str) -> Section:
    """What a hurried reader should know first."""
    found = [
        ("metrics", _of(material, "score-nps")),
        ("metrics", _of(material, "targets")),
        ("journey", _lowest_stage(material)),
        ("segments", _segments(material)),
        ("links", _of(material, "customers")),
        ("links", _of(material, "themes-nps")),
        ("journey", _empty(material)),
        ("metrics", _of(material, "score-csat")),
        ("method", _material(material)),
    ]
    told = [(section, words) for section, words in found if words is not None][:_MOST]
    items = [
        f"{html.escape(words.to(language))} "
        f'<a href="#{section}">{say("see", language)}: {say(section, language)}</a>'
        for section, words in told
    ]
    body = markup.bulleted(items, ordered=True, kind="five")
    return Section("overview", say("overview", language), {"": body})


def _of(material: Material, name: str) -> Words | None:
    found = material.findings.get(name)
    return None if found is None else found.sentences


def _segments(material: Material) -> Words | None:
    if material.segmentation is None:
        return None
    return material.segmentation.finding().sentences


def _lowest_stage(material: Material) -> Words | None:
    """The stage that people speak of most darkly, where enough of them do."""
    codings = material.codings
    if codings.empty or material.stages.empty:
        return None
    curve = emotional_curve(
        codings.assign(respondent=codings["who"]),
        stages=material.stages,
        minimum=material.minimum_cell,
    )
    curve = curve[curve["value"].notna()]
    if curve.empty:
        return None
    low = curve.loc[curve["value"].idxmin()]

    def told(language: str) -> tuple[str, str, str, str]:
        return (
            material.name(low["stage"], language),
            number(low["value"], language, decimals=2),
            interval(low["ci_low"], low["ci_high"], language, decimals=2),
            number(low["n"], language),
        )

    fi, en = told("fi"), told("en")
    return Words(
        fi=f"Synkimmin puhutaan askeleesta ”{fi[0]}”: sävy {fi[1]} asteikolla −2…+2 "
        f"(95 %:n väli {fi[2]}, {fi[3]} sitaattia, {number(low['sources'], 'fi')} puhujaa).",
        en=f"People speak most darkly of “{en[0]}”: valence {en[1]} on −2…+2 "
        f"(95% interval {en[2]}, {en[3]} quotations, {number(low['sources'])} speakers).",
    )


def _empty(material: Material) -> Words | None:
    if material.codings.empty or material.stages.empty:
        return None
    mapped = study_map(material)
    return None if mapped is None else empty_cells(mapped).sentences


def _material(material: Material) -> Words | None:
    counts = material.counts
    documents = sum(counts["documents"].values())
    if not documents and not counts["comments"]:
        return None
    return Words(
        fi=f"Aineistossa on {number(documents, 'fi')} haastattelua tai muistiinpanoa, "
        f"{number(counts['responses'], 'fi')} kyselyvastausta ja "
        f"{number(counts['comments'], 'fi')} avovastausta.",
        en=f"The material is {number(documents)} interviews or notes, "
        f"{number(counts['responses'])} survey responses and "
        f"{number(counts['comments'])} open comments.",
    )


def period(material: Material) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of the answers; None without dates."""
    first, last = material.counts["first_answer"], material.counts["last_answer"]
    return None if first is None else (first, last)
