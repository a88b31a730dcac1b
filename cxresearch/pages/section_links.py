"""Experience and the business: what goes with what, how surely, and with which guards."""

from __future__ import annotations

import html

import pandas as pd

from ..metrics import CONTEXT, SCALES, answer_name
from ..model import Finding, number, p_value, percent
from . import markup
from .material import Material
from .parts_links import (
    asymmetry,
    importance,
    joins,
    measures,
    models,
    screen,
    segment_drivers,
    ten_points,
    time_screen,
    value,
)
from .sections import Section, heading, interval_column, n_column
from .texts import say

__all__ = ["links_section"]


def links_section(material: Material, language: str) -> Section:
    """Customer level, month by month, themes and drivers; each with its own guards."""
    pieces = [
        _customers(material, language),
        ten_points(material, language),
        models(material, language),
        _series(material, language),
        _themes(material, language),
        _drivers(material, language),
        value(material, language),
        measures(material, language),
        joins(material, language),
    ]
    body = "".join(pieces)
    if not body:
        text = markup.paragraph(say("no_links", language))
        return Section("links", say("links", language), {"": text})
    evidence = markup.bulleted(
        f"{html.escape(words.to(language))} <small>{html.escape(source)}</small>"
        for source, words in CONTEXT
    )
    body = markup.paragraph(say("association", language), kind="notice") + body
    body += markup.details(say("context", language), evidence)
    return Section("links", say("links", language), {"": body})


def _metric(name: str, material: Material, language: str) -> str:
    return answer_name(name).to(language) if name in SCALES else material.name(name, language)


def _customers(material: Material, language: str) -> str:
    found = material.findings.get("customers")
    if found is None:
        return ""
    table = found.table[found.table["n"] >= material.minimum_cell].copy()
    table["metric"] = [_metric(m, material, language) for m in table["metric"]]
    table["kpi"] = [material.name(k, language) for k in table["kpi"]]
    table["interval"] = interval_column(table, language, decimals=2)
    table["simpson"] = [say(f"simpson_{s}", language) for s in table["simpson"]]
    names = ("metric", "kpi", "n", "correlation", "interval", "corrected_p", "simpson")
    shown = markup.table(
        table.rename(columns={"rho": "correlation", "p_corrected": "corrected_p"}),
        headings={name: say(name, language) for name in names},
        caption=say("customers_link", language),
        formats={
            "n": n_column(language),
            "correlation": lambda v: number(v, language, decimals=2),
            "interval": str,
            "corrected_p": lambda v: p_value(v, language),
        },
    )
    return (
        heading("customers_link", language)
        + markup.finding_sentence(found, language)
        + screen(found, material, language)
        + markup.details(say("table", language), shown)
    )


def _series(material: Material, language: str) -> str:
    """The metric kept month by month against each KPI; only the sentences and the lag tables."""
    pieces = []
    for name, found in material.findings.items():
        if name.startswith("periods-"):
            key = name.removeprefix("periods-")
            title = _pair(key, material, language)
            panel = material.findings.get(f"panel-{key}")
            inside = markup.finding_sentence(found, language) + _lags(found, "r", title, language)
            if panel is not None:
                within = say("panel_link", language)
                inside += f"<h4>{within}</h4>{markup.finding_sentence(panel, language)}"
                inside += _lags(panel, "coefficient", f"{title}: {within}", language)
            pieces.append(markup.details(title, inside))
    whole = time_screen(material, language)
    return heading("period_link", language) + whole + "".join(pieces) if pieces else ""


def _pair(key: str, material: Material, language: str) -> str:
    part = material.settings.kpis
    for metric in part.metrics if part else ():
        if key.startswith(f"{metric}-"):
            kpi = key.removeprefix(f"{metric}-")
            return f"{material.name(metric, language)} – {material.name(kpi, language)}"
    return key


def _lags(found: Finding, value: str, title: str, language: str) -> str:
    table = found.table
    if value not in table or table[value].isna().all():
        return ""
    table = table.assign(interval=interval_column(table, language, decimals=3))
    return markup.table(
        table.rename(columns={value: "value", "p_corrected": "corrected_p"}),
        headings={
            name: say(name, language) for name in ("lag", "n", "value", "interval", "corrected_p")
        },
        caption=title,
        formats={
            "lag": lambda v: number(v, language),
            "n": n_column(language),
            "value": lambda v: number(v, language, decimals=3),
            "interval": str,
            "corrected_p": lambda v: p_value(v, language),
        },
    )


def _themes(material: Material, language: str) -> str:
    found = material.findings.get("themes-nps")
    if found is None:
        return ""
    table = found.table[found.table["n"] >= material.minimum_cell].copy()
    table["theme"] = [material.name(t, language) for t in table["theme"]]
    table["interval"] = interval_column(table, language, decimals=1)
    ends = table[["regression_low", "regression_high"]].set_axis(["ci_low", "ci_high"], axis=1)
    table["regression_interval"] = interval_column(ends, language, decimals=1)
    table["share"] = [percent(s, language) for s in table["share"]]
    names = ("theme", "n", "share", "removal", "interval", "formula", "regression")
    formats: dict[str, markup.Formatter] = dict.fromkeys(
        ("removal", "formula", "regression"), lambda v: number(v, language, decimals=1, sign=True)
    )
    formats |= {"n": n_column(language), "share": str, "interval": str, "regression_interval": str}
    shown = markup.table(
        pd.concat([table.head(8), table.iloc[8:].tail(5)]),
        headings={name: say(name, language) for name in (*names, "regression_interval")},
        caption=say("theme_definitions", language),
        formats=formats,
    )
    return heading("themes_nps", language) + markup.finding_sentence(found, language) + shown


def _drivers(material: Material, language: str) -> str:
    found = material.findings.get("drivers")
    if found is None:
        return ""
    table = found.table.copy()
    table["touchpoint"] = [
        material.name(d.removeprefix("csat:"), language) for d in table["driver"]
    ]
    table["interval"] = [
        f"{number(100 * low, language)}–{percent(high, language)}"
        for low, high in zip(table["ci_low"], table["ci_high"], strict=True)
    ]
    shown = markup.table(
        table.rename(columns={"share": "driver_share"}),
        headings={name: say(name, language) for name in ("touchpoint", "driver_share", "interval")},
        caption=say("drivers", language),
        formats={"driver_share": lambda v: percent(v, language), "interval": str},
    )
    return (
        heading("drivers", language)
        + markup.finding_sentence(found, language)
        + shown
        + importance(found, material, language)
        + segment_drivers(material, language)
        + asymmetry(material, language)
    )
