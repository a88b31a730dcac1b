"""What is being mended: the register of improvements, their order, and before and after."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd

from ..metrics import priority_figure
from ..model import date, number, percent
from ..steps.improving import STATE_WORDS
from . import markup
from .material import Material
from .sections import Section, drawn, heading, quotes_html
from .texts import say

__all__ = ["improvements_section"]

_QUOTES = 2


def improvements_section(material: Material, language: str) -> Section:
    """Each improvement with root cause, evidence, owner, what was told, and its effect."""
    title = say("improvements", language)
    found = material.findings.get("improvements")
    if found is None:
        return Section(
            "improvements", title, {"": markup.paragraph(say("no_improvements", language))}
        )
    cards = "".join(_card(row, material, language) for row in found.table.to_dict("records"))
    body = (
        markup.finding_sentence(found, language)
        + _priorities(material, language)
        + heading("register", language)
        + f'<div class="cx-cards">{cards}</div>'
    )
    return Section("improvements", title, {"": body})


def _priorities(material: Material, language: str) -> str:
    found = material.findings.get("priorities")
    if found is None:
        return ""
    table = found.table
    lines = pd.DataFrame(
        {
            "rank": table["rank"],
            "improvement": table[f"name_{language}"],
            "impact": [number(v, language, decimals=1) for v in table["impact"]],
            "effort": [number(v, language, decimals=1) for v in table["effort"]],
            "rank_interval": [
                f"{int(a)}–{int(b)}" if a != b else f"{int(a)}"
                for a, b in zip(table["rank_low"], table["rank_high"], strict=True)
            ],
            "first": [percent(v, language) for v in table["first"]],
        }
    )
    shown = markup.table(
        lines,
        headings={n: say(n, language) for n in lines.columns},
        caption=say("priorities_caption", language),
        formats=dict.fromkeys(("impact", "effort", "rank_interval", "first"), str),
    )
    picture = drawn(
        priority_figure,
        table=table,
        language=language,
        alternative=found.sentence(language),
        caption=say("priorities_caption", language),
    )
    return (
        heading("priorities", language)
        + markup.finding_sentence(found, language)
        + picture
        + markup.details(say("table", language), shown)
    )


def _card(row: dict[str, Any], material: Material, language: str) -> str:
    state = STATE_WORDS[str(row["status"])].to(language)
    since = ""
    if row["status"] == "done" and row["done_at"]:
        since = f" {date(pd.Timestamp(row['done_at']).date(), language)}"
    facts = [
        (say("root_cause", language), row[f"root_cause_{language}"]),
        (say("evidence", language), _evidence(row, material, language)),
        (say("owner", language), row[f"owner_{language}"]),
        (say("told_customers", language), row[f"told_customers_{language}"]),
        (say("told_staff", language), row[f"told_staff_{language}"]),
        (say("before_after", language), _effect(row, material, language)),
    ]
    listed = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(str(text))}</dd>"
        for name, text in facts
        if text
    )
    return (
        f'<article class="cx-card"><h4>{html.escape(str(row[f"name_{language}"]))}</h4>'
        f"{markup.paragraph(state + since, kind='soft')}<dl>{listed}</dl>"
        f"{_quotes(row, material, language)}</article>"
    )


def _ids(text: object) -> list[str]:
    return text.split() if isinstance(text, str) else []


def _evidence(row: dict[str, Any], material: Material, language: str) -> str:
    """Figures behind it: how many speak of it, and what goes with it."""
    parts = []
    if row.get("speakers") is not None and row["speakers"] == row["speakers"]:
        speakers, quotations = (number(row[c], language) for c in ("speakers", "quotations"))
        parts.append(say("evidence_counts", language, speakers=speakers, quotations=quotations))
    themes = material.findings.get("themes-nps")
    if themes is not None:
        table = themes.table[themes.table["n"] >= material.minimum_cell].set_index("theme")
        for code in _ids(row["codes"]):
            if code in table.index:
                found = table.loc[code]
                parts.append(
                    say(
                        "evidence_impact",
                        language,
                        points=number(found["removal"], language, decimals=1, sign=True),
                        low=number(found["ci_low"], language, decimals=1),
                        high=number(found["ci_high"], language, decimals=1),
                    )
                )
    targets = material.findings.get("targets")
    if targets is not None:
        below = targets.table[targets.table["status"].isin(["below_sure", "below_likely"])]
        missed = set(below["touchpoint"]) & set(_ids(row["touchpoints"]))
        parts += [
            say("evidence_target", language, place=material.name(t, language)) for t in missed
        ]
    return " ".join(parts)


def _effect(row: dict[str, Any], material: Material, language: str) -> str:
    found = material.findings.get("effects")
    if found is None or found.table.empty:
        return ""
    mine = found.table[found.table["improvement"] == row["improvement"]]
    unit = row["unit"] if isinstance(row["unit"], str) else ""
    start = f"{unit}. " if unit and len(mine) else ""
    return start + " ".join(str(text) for text in mine[language])


def _quotes(row: dict[str, Any], material: Material, language: str) -> str:
    mine = material.quotes[material.quotes["code"].isin(_ids(row["codes"]))]
    return quotes_html(mine, material, language, most=_QUOTES)
