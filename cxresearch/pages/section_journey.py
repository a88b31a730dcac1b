"""The journey map, drawn for wide screens and for phones, and the cells where nobody is."""

from __future__ import annotations

import html

import pandas as pd

from ..journey import JourneyMap, empty_cells, map_journey, render_svg
from ..metrics import score
from ..model import FRAMES
from . import markup
from .material import EVERYONE, Material
from .sections import Section, filtered, segment_keys
from .texts import say

__all__ = ["journey_section", "study_map"]

# a speaker's kind is no code's kind: only the contract's columns go on
_CODING_COLUMNS = [*FRAMES["codings"].column_names(), "respondent", "language"]


def journey_section(material: Material, language: str) -> Section:
    """The map for everyone and for each segment that has said enough."""
    title = say("journey", language)
    if material.stages.empty or material.codings.empty:
        text = markup.paragraph(say("nothing", language))
        return Section("journey", title, {"": text})
    parts = {}
    for segment in segment_keys(material):
        mapped = study_map(material, segment)
        if mapped is not None:
            parts[segment] = _part(mapped, language)
    return Section("journey", title, parts, ("segment",))


def study_map(material: Material, segment: str = EVERYONE) -> JourneyMap | None:
    """The journey map of everyone or of a segment; None where too few people have spoken."""
    if segment not in material.maps:
        material.maps[segment] = _made(material, segment)
    return material.maps[segment]


def _made(material: Material, segment: str) -> JourneyMap | None:
    codings = filtered(material.codings, segment=segment)
    codings = codings[codings["stage"].notna()]
    if codings["who"].nunique() < material.minimum_cell:
        return None
    quotes = filtered(material.quotes, segment=segment)
    mapped = map_journey(
        codings.assign(respondent=codings["who"]).reindex(columns=_CODING_COLUMNS),
        stages=material.stages,
        touchpoints=material.touchpoints,
        codebook=material.codebook,
        scores=_scores(material, segment),
        quotes=quotes[quotes["stage"].notna()],
        minimum=material.minimum_cell,
    )
    return mapped.hide_small(material.minimum_cell).without_evidence()


def _scores(material: Material, segment: str) -> pd.DataFrame | None:
    rows = filtered(material.answers, segment=segment)
    rows = rows[rows["metric"].isin(["csat", "ces", "goal"]) & rows["touchpoint"].notna()]
    tables = [
        score(
            part,
            metric=str(metric),
            by="touchpoint",
            minimum_cell=material.minimum_cell,
            scale=material.scales[str(metric)],
        ).table
        for metric, part in rows.groupby("metric")
    ]
    shown = [t[~t["hidden"].astype(bool)] for t in tables]
    return pd.concat(shown, ignore_index=True) if any(len(t) for t in shown) else None


def _part(mapped: JourneyMap, language: str) -> str:
    wide = render_svg(mapped, language=language, width=1150)
    narrow = render_svg(mapped, language=language, width=340, narrow=True)
    empty = empty_cells(mapped)
    label = html.escape(say("map_caption", language))
    return (
        markup.finding_sentence(empty, language)
        + '<figure class="cx-map cx-wide cx-scroll" tabindex="0" role="region" '
        f'aria-label="{label}">{wide}</figure>'
        f'<figure class="cx-map cx-narrow">{narrow}</figure>'
        + markup.paragraph(say("map_caption", language), kind="soft")
    )
