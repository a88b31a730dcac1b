"""The five things to know: one sentence each, with n and interval, and where its evidence is."""

from __future__ import annotations

import html

import pandas as pd

from ..journey import emotional_curve, empty_cells, summarise
from ..model import Words, interval, number
from ..text import valence_caution
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
        ("links", _linked(material)),
        ("themes", _most_spoken(material)),
        ("links", _of(material, "themes-nps")),
        ("improvements", _of(material, "priorities")),
        ("metrics", _of(material, "score-csat")),
        ("metrics", _of(material, "score-score")),
        ("journey", _empty(material)),
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


def _linked(material: Material) -> Words | None:
    """The strongest link, and a warning where it turns round inside segments."""
    found = material.findings.get("customers")
    if found is None:
        return None
    turned = [w for w in found.warnings if "Simpson" in w.to("en")]
    return Words(
        {
            language: " ".join([found.sentences.to(language), *(w.to(language) for w in turned)])
            for language in ("fi", "en")
        }
    )


def _most_spoken(material: Material) -> Words | None:
    """The theme with a dark tone that most people speak of; without one, the commonest theme."""
    if material.codings.empty:
        return None
    counted = summarise(material.codings.assign(respondent=material.codings["who"]), ["code"])
    counted = counted[counted["valued_sources"] >= material.minimum_cell]
    if counted.empty:
        return None
    dark = counted[counted["ci_high"] < 0]
    top = (dark if len(dark) else counted).sort_values("sources", ascending=False).iloc[0]

    def told(language: str) -> tuple[str, str, str, str]:
        return (
            material.name(top["code"], language),
            number(top["sources"], language),
            number(top["value"], language, decimals=2),
            interval(top["ci_low"], top["ci_high"], language, decimals=2),
        )

    fi, en = told("fi"), told("en")
    caution = _caution(material)
    tone = ("Moitteista", "complaint") if len(dark) else ("Teemoista", "theme")
    return Words(
        fi=f"{tone[0]} yleisin on ”{fi[0]}”: {fi[1]} puhujaa, sävy {fi[2]} asteikolla −2…+2 "
        f"(95 %:n väli {fi[3]}).{caution['fi']}",
        en=f"The commonest {tone[1]} is “{en[0]}”: {en[1]} speakers, valence {en[2]} on −2…+2 "
        f"(95% interval {en[3]}).{caution['en']}",
    )


def _caution(material: Material) -> dict[str, str]:
    """The error of machine valence, ready to follow a sentence that tells a valence."""
    caution = valence_caution(material.codings)
    return {x: "" if caution is None else f" {caution.to(x)}" for x in ("fi", "en")}


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
    caution = _caution(material)
    return Words(
        fi=f"Synkimmin puhutaan askeleesta ”{fi[0]}”: sävy {fi[1]} asteikolla −2…+2 "
        f"(95 %:n väli {fi[2]}, {fi[3]} sitaattia, {number(low['sources'], 'fi')} puhujaa)."
        f"{caution['fi']}",
        en=f"People speak most darkly of “{en[0]}”: valence {en[1]} on −2…+2 "
        f"(95% interval {en[2]}, {en[3]} quotations, {number(low['sources'])} speakers)."
        f"{caution['en']}",
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
    parts = (
        (documents, "haastattelua tai muistiinpanoa", "interviews or notes"),
        (counts["responses"], "kyselyvastausta", "survey responses"),
        (counts["comments"], "avovastausta", "open comments"),
    )
    fi = [f"{number(n, 'fi')} {words}" for n, words, _ in parts if n]
    en = [f"{number(n)} {words}" for n, _, words in parts if n]
    return Words(fi=f"Aineistona on {', '.join(fi)}.", en=f"The material: {', '.join(en)}.")


def period(material: Material) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of the answers; None without dates."""
    first, last = material.counts["first_answer"], material.counts["last_answer"]
    return None if first is None else (first, last)
