"""Themes: what is spoken of, in which phase, by how many, in which tone, in whose words."""

from __future__ import annotations

import html

import pandas as pd

from ..model import number
from . import markup
from .material import Material
from .section_method import suggestion_note, valence_note
from .sections import Section, drawn, filtered, n_column, quotes_html, segment_keys
from .texts import say
from .theme_counts import theme_counts
from .theme_figure import theme_figure

__all__ = ["themes_section"]

_ROWS = 14


def themes_section(material: Material, language: str) -> Section:
    """Theme by phase for everyone and for each segment, with approved quotes to open."""
    parts = {segment: _part(material, segment, language) for segment in segment_keys(material)}
    return Section("themes", say("themes", language), parts, ("segment",))


def _part(material: Material, segment: str, language: str) -> str:
    codings = filtered(material.codings, segment=segment)
    counts = theme_counts(codings, minimum=material.minimum_cell)
    whole = _whole(codings, material)
    if whole.empty:
        return markup.paragraph(say("nothing", language))
    figure = drawn(
        theme_figure,
        counts=counts[counts["code"].isin(whole["code"])],
        order=list(whole["code"]),
        phases=_phases(material),
        names=material.names,
        language=language,
        alternative=_in_words(whole, material, language),
        caption=say("themes_caption", language, minimum=material.minimum_cell),
    )
    return (
        figure
        + markup.paragraph(suggestion_note(material, language), kind="soft")
        + markup.paragraph(valence_note(material, language), kind="soft")
        + _table(whole, material, language)
        + _quotes(material, segment, list(whole["code"]), language)
    )


def _whole(codings: pd.DataFrame, material: Material) -> pd.DataFrame:
    """The themes that most people speak of, over the whole journey."""
    whole = theme_counts(codings.assign(phase=""), minimum=material.minimum_cell)
    whole = whole[~whole["hidden"]]
    return whole.sort_values(["speakers", "quotations"], ascending=False).head(_ROWS)


def _phases(material: Material) -> list[str]:
    return list(dict.fromkeys(material.stages["phase"]))


def _in_words(whole: pd.DataFrame, material: Material, language: str) -> str:
    return "; ".join(
        f"{material.name(row.code, language)} {number(row.speakers, language)}"
        for row in whole.head(6).itertuples()
    )


def _table(whole: pd.DataFrame, material: Material, language: str) -> str:
    shown = pd.DataFrame(
        {
            "theme": [material.name(code, language) for code in whole["code"]],
            "people_n": whole["speakers"],
            "quotes_n": whole["quotations"],
            "valence": whole["valence"],
        }
    )
    return markup.details(
        say("table", language),
        markup.table(
            shown,
            headings={n: say(n, language) for n in ("theme", "people_n", "quotes_n", "valence")},
            caption=say("themes_table", language),
            formats={
                "people_n": n_column(language),
                "quotes_n": n_column(language),
                "valence": lambda v: number(v, language, decimals=2, sign=True),
            },
        ),
    )


def _quotes(material: Material, segment: str, codes: list[str], language: str) -> str:
    quotes = filtered(material.quotes, segment=segment)
    if material.quotes.empty:
        return markup.paragraph(say("no_quotes", language), kind="soft")
    pieces = [f"<h3>{html.escape(say('quotes', language))}</h3>"]
    for code in codes:
        mine = quotes[quotes["code"] == code]
        if len(mine):
            one = "quote_count" if len(mine) > 1 else "one_quote"
            count = say(one, language, n=number(len(mine), language))
            summary = f"{material.name(code, language)} ({count})"
            pieces.append(markup.details(summary, quotes_html(mine, material, language)))
    return "".join(pieces) if len(pieces) > 1 else ""
