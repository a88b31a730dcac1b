"""Parts of the metrics section: trend, weighting, touchpoints, index, promises, framework …"""

from __future__ import annotations

import html

import pandas as pd

from ..metrics import Scale, framework_figure, score_figure, trend_figure
from ..metrics.scores import format_interval, format_score
from ..model import Finding, Words, number, percent
from . import markup
from .material import Material
from .sections import drawn, heading, n_column
from .texts import say

__all__ = ["framework", "index", "promises", "smileys", "touchpoints", "trend", "weighted"]


def trend(material: Material, language: str) -> str:
    """Metrics over time with control limits, so that noise is not read as news."""
    pieces = []
    for name, found in material.findings.items():
        if not name.startswith("trend-") or found.table["centre"].isna().all():
            continue
        metric = name.removeprefix("trend-").removeprefix("kpi-")
        period = "month" if "month" in found.table else "period"
        if name == f"trend-{metric}" and metric != "nps":
            continue
        picture = drawn(
            trend_figure,
            table=found.table,
            period=period,
            scale=material.scales.get(metric),
            language=language,
            alternative=found.sentence(language),
            caption=say("trend_caption", language),
        )
        pieces.append(markup.finding_sentence(found, language) + picture)
    return heading("trend", language) + "".join(pieces) if pieces else ""


def touchpoints(material: Material, language: str) -> str:
    """Touchpoints in the order of their shrunken scores; satisfaction open, the rest to open."""
    pieces = []
    for metric in (m for m in material.scales if f"touchpoints-{m}" in material.findings):
        found = material.findings[f"touchpoints-{metric}"]
        scale = material.scales[metric]
        shown = markup.finding_sentence(found, language) + _ranked(found, scale, material, language)
        folded = metric != "csat"
        pieces.append(markup.details(scale.name.to(language), shown) if folded else shown)
    return heading("touchpoints_ranked", language) + "".join(pieces) if pieces else ""


def _ranked(found: Finding, scale: Scale, material: Material, language: str) -> str:
    lines = []
    for _, row in found.table[~found.table["hidden"].astype(bool)].sort_values("rank").iterrows():
        known = row["customers"] >= material.minimum_cell
        ranks = [number(row[c], language) for c in ("rank", "rank_low", "rank_high")]
        lines.append(
            {
                "touchpoint": material.name(row["touchpoint"], language),
                "n": row["n"],
                "customers_asked": row["customers"] if known else None,
                "value": format_score(row["value"], scale, language),
                "interval": _between(row, "boot", scale, language),
                "shrunken": _or_none(row["shrunken"], scale, language),
                "shrunken_interval": _between(row, "shrunken", scale, language),
                "rank": None if pd.isna(row["rank"]) else f"{ranks[0]} ({ranks[1]}–{ranks[2]})",
            }
        )
    names = list(lines[0])
    return markup.table(
        pd.DataFrame(lines),
        headings={name: say(name, language) for name in names},
        caption=say("touchpoints_ranked_caption", language, metric=scale.name.to(language)),
        formats=dict.fromkeys(names[3:], str)
        | dict.fromkeys(("n", "customers_asked"), n_column(language)),
    )


def _between(row: pd.Series, what: str, scale: Scale, language: str) -> str | None:
    low, high = row[f"{what}_low"], row[f"{what}_high"]
    return None if pd.isna(low) else format_interval(low, high, scale, language)


def _or_none(value: float, scale: Scale, language: str) -> str | None:
    return None if pd.isna(value) else format_score(value, scale, language)


def weighted(material: Material, language: str) -> str:
    """The headline weighted to the customer base, in words."""
    found = material.findings.get("weighted-nps")
    if found is None:
        return ""
    return heading("weighted", language) + markup.finding_sentence(found, language)


def index(material: Material, language: str) -> str:
    """The CX index with its parts and weights."""
    found = material.findings.get("index")
    if found is None:
        return ""
    parts = found.details["parts"]
    table = pd.DataFrame(
        {
            "question": [material.name(q, language) for q in parts["question"]],
            "part": [say(f"part_{p}", language) for p in parts["part"]],
            "weight": parts["weight"],
        }
    )
    shown = markup.table(
        table,
        headings={n: say(n, language) for n in ("question", "part", "weight")},
        caption=say("index_parts", language),
        formats={"weight": lambda v: percent(v, language)},
    )
    by_segment = material.findings.get("index-segment")
    more = "" if by_segment is None else markup.paragraph(by_segment.sentence(language))
    return heading("index", language) + markup.finding_sentence(found, language) + more + shown


def promises(material: Material, language: str) -> str:
    """What was promised against what was lived."""
    found = material.findings.get("promises")
    if found is None or found.table["hidden"].all():
        return ""
    lines = []
    for _, row in found.table[~found.table["hidden"].astype(bool)].iterrows():
        scale = material.scales[str(row["metric"])]
        decimals = 2 if scale.high <= 10 else 1
        lines.append(
            {
                "touchpoint": material.name(row["touchpoint"], language),
                "promise": row[f"promise_{language}"] or None,
                "n": row["n"],
                "difference": number(row["gap"], language, decimals=decimals, sign=True),
                "interval": " … ".join(
                    number(row[c], language, decimals=decimals) for c in ("ci_low", "ci_high")
                ),
                "broken": percent(row["broken"], language),
            }
        )
    names = ("touchpoint", "promise", "n", "difference", "interval", "broken")
    table = markup.table(
        pd.DataFrame(lines),
        headings={n: say(n, language) for n in names},
        caption=say("promises_caption", language),
        formats={"n": n_column(language)}
        | dict.fromkeys(("difference", "interval", "broken"), str),
    )
    return heading("promises", language) + markup.finding_sentence(found, language) + table


def smileys(material: Material, language: str) -> str:
    """Shares of smiling faces by place, and over time for each place."""
    found = material.findings.get("smileys")
    if found is None:
        return ""
    names = {k: Words(v) for k, v in found.details.get("names", {}).items()}
    scale = material.scales["smiley"]
    picture = drawn(
        score_figure,
        table=found.table,
        names=names,
        scale=scale,
        language=language,
        alternative=found.sentence(language),
        caption=say("smileys_caption", language),
    )
    trends = []
    for name, trended in material.findings.items():
        if name.startswith("smileys-"):
            place = name.removeprefix("smileys-")
            label = names.get(place, Words(place)).to(language)
            figure = drawn(
                trend_figure,
                table=trended.table,
                period="period",
                scale=scale,
                language=language,
                alternative=trended.sentence(language),
                caption=say("trend_caption", language),
            )
            inside = markup.finding_sentence(trended, language) + figure
            trends.append(markup.details(label, inside))
    sentence = markup.finding_sentence(found, language)
    return heading("smileys", language) + sentence + picture + "".join(trends)


def framework(material: Material, language: str) -> str:
    """The measurement framework as a figure, and what is missing from it."""
    found = material.findings.get("framework")
    if found is None:
        return ""
    chains = found.details[f"chains_{language}"]
    names = dict(material.names) | {m: s.name for m, s in material.scales.items()}
    picture = drawn(
        framework_figure,
        table=chains,
        names=names,
        language=language,
        alternative=_chains_in_words(chains, names, language),
        caption=say("framework_caption", language),
    )
    gaps = markup.bulleted(
        f"{html.escape(say(f'gap_{row.problem}', language))}: "
        f"{html.escape(_named(getattr(row, f'what_{language}'), names, language))}"
        for row in found.table.itertuples()
    )
    return (
        heading("framework", language)
        + markup.finding_sentence(found, language)
        + picture
        + (gaps if len(found.table) else "")
    )


def _named(thing: str, names: dict[str, Words], language: str) -> str:
    return names[thing].to(language) if thing in names else thing


def _chains_in_words(chains: pd.DataFrame, names: dict[str, Words], language: str) -> str:
    rows = [
        " → ".join(_named(str(v), names, language) for v in row if v)
        for row in chains.itertuples(index=False)
    ]
    return "; ".join(rows)
