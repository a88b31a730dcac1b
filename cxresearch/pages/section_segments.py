"""Who the customers are: segments with their stability, what sets each apart, their profiles."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pandas as pd

from ..model import number, percent
from ..segments.figures import sizes_figure
from ..segments.profiles import trait_text
from ..segments.stability import VERDICTS
from . import markup
from .material import Material
from .sections import Section, by_name, drawn, quotes_html
from .texts import say

if TYPE_CHECKING:
    from ..segments import Segmentation

__all__ = ["segments_section"]

_TRAITS = 5
_NOTABLE = 0.1


def segments_section(material: Material, language: str) -> Section:
    """One card a segment; a study without segments says so."""
    title = say("segments", language)
    if material.segmentation is None:
        text = markup.paragraph(say("no_segments", language))
        return Section("segments", title, {"": text})
    found = material.segmentation
    columns = [feature.name for feature in found.features]
    pieces = [
        by_name(markup.finding_sentence(found.finding(), language), columns, material, language),
        markup.paragraph(
            say("engines", language, ari=number(found.engines_ari, language, decimals=2))
        ),
        _sizes(material, language),
        '<div class="cx-cards">',
        *(_card(material, segment, language) for segment in _shown(material)),
        "</div>",
    ]
    return Section("segments", title, {"": "".join(pieces)})


def _shown(material: Material) -> list[str]:
    """Segments that are large enough to be shown."""
    table = material.segmentation.segments  # type: ignore[union-attr]
    return list(table.loc[table["n"] >= material.minimum_cell, "segment"])


def _sizes(material: Material, language: str) -> str:
    """The figure of sizes; where a segment is too small to be shown, a sentence instead."""
    if len(_shown(material)) < len(material.segment_ids()):
        least = number(material.minimum_cell, language)
        return markup.paragraph(say("segments_hidden", language, least=least), kind="soft")
    return drawn(
        sizes_figure,
        segmentation=material.segmentation,
        language=language,
        alternative=_sizes_in_words(material, language),
        caption=say("segments_caption", language),
    )


def _sizes_in_words(material: Material, language: str) -> str:
    rows = material.segmentation.segments.itertuples()  # type: ignore[union-attr]
    return "; ".join(
        f"{material.segment_title(r.segment, language)}: {number(r.n, language)}" for r in rows
    )


def _card(material: Material, segment: str, language: str) -> str:
    found = material.segmentation
    row = found.segments.set_index("segment").loc[segment]  # type: ignore[union-attr]
    held = (
        f"{VERDICTS[row['verdict']].to(language)}, "
        f"Jaccard {number(row['jaccard'], language, decimals=2)}"
    )
    size = f"{number(row['n'], language)} ({percent(row['share'], language)})"
    pieces = [
        f'<article class="cx-card"><h3>{html.escape(material.segment_title(segment, language))}'
        f"</h3>{markup.paragraph(f'{size} · {held}', kind='soft')}"
    ]
    traits = _traits(material, segment, language)
    if traits:
        pieces.append(f"<h4>{say('sets_apart', language)}</h4>{markup.bulleted(traits)}")
    pieces.append(_profiles(material, segment, language))
    words = quotes_html(
        material.quotes[material.quotes["segment"] == segment], material, language, most=2
    )
    if words:
        pieces.append(f"<h4>{say('quotes', language)}</h4>{words}")
    return "".join(pieces) + "</article>"


def _traits(material: Material, segment: str, language: str) -> list[str]:
    apart = material.findings.get("apart")
    if apart is None or material.segmentation is None:
        return []
    mine = apart.table[apart.table["group"] == segment]
    mine = mine[(mine["strength"] > _NOTABLE) | mine["level"].isna()]
    mine = mine[mine["strength"].abs() > _NOTABLE].drop_duplicates("feature")
    small = mine["level"].notna() & (mine["value"] * mine["n"] < material.minimum_cell)
    shown = mine[~small].head(_TRAITS).to_dict("records")
    return [
        html.escape(trait_text(trait, material.segmentation.features, language)) for trait in shown
    ]


def _profile_title(found: Segmentation, profile: str, language: str) -> str:
    title = found.title(profile, language)
    return profile if title == profile else f"{profile} {title}"


def _profiles(material: Material, segment: str, language: str) -> str:
    found = material.segmentation
    if found is None:
        return ""
    mine = found.profiles[found.profiles["segment"] == segment]
    if len(mine):
        lines = [
            html.escape(
                f"{_profile_title(found, str(row.profile), language)}: {number(row.n, language)} "
                f"({VERDICTS[row.verdict].to(language)}, "
                f"{number(row.jaccard, language, decimals=2)})"
            )
            for row in mine.itertuples()
            if row.n >= material.minimum_cell
        ]
        return f"<h4>{say('profiles', language)}</h4>{markup.bulleted(lines)}"
    reasons = found.refused[found.refused["segment"] == segment]
    if reasons.empty:
        return ""
    reason = str(pd.Series(reasons.iloc[0])[f"reason_{language}"])
    return markup.paragraph(say("no_profiles", language, reason=reason), kind="soft")
