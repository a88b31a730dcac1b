"""Parts of the links section: the screen as a figure, ten points, models, value and measures."""

from __future__ import annotations

import html
from collections.abc import Iterable

import pandas as pd

from ..metrics import answer_name, importance_figure, linkage_figure
from ..metrics.asymmetry import KINDS
from ..model import Finding, Words, interval, number, p_value, percent
from . import markup
from .material import Material
from .sections import drawn, heading, interval_column, n_column
from .texts import say

__all__ = [
    "asymmetry",
    "importance",
    "joins",
    "measures",
    "models",
    "screen",
    "segment_drivers",
    "ten_points",
    "time_screen",
    "value",
]


def screen(found: Finding, material: Material, language: str) -> str:
    """The whole screen of metrics and KPIs as a figure."""
    table = found.table[found.table["n"] >= material.minimum_cell]
    if table.empty:
        return ""
    names = dict(material.names) | {m: answer_name(m) for m in table["metric"]}
    return drawn(
        linkage_figure,
        table=table,
        names=names,
        language=language,
        alternative=found.sentence(language),
        caption=say("screen_caption", language),
    )


def ten_points(material: Material, language: str) -> str:
    """What ten points more of NPS would go with, a sentence for each outcome."""
    found = material.findings.get("ten-points")
    if found is None:
        return ""
    rows = found.table
    small = (rows[["n_promoters", "n_detractors"]] < material.minimum_cell).any(axis=1)
    told = [html.escape(str(text)) for text in rows.loc[~small, language]]
    return heading("ten_points", language) + markup.bulleted(told) if told else ""


def models(material: Material, language: str) -> str:
    """Regressions with confounders held equal, time to leaving, and who stays."""
    found = material.findings.get("models")
    if found is None:
        return ""
    table = found.table[found.table["n"] >= material.minimum_cell]
    ends = table[["ratio_low", "ratio_high"]].set_axis(["ci_low", "ci_high"], axis=1)
    shown = pd.DataFrame(
        {
            "metric": [answer_name(str(m)).to(language) for m in table["metric"]],
            "kpi": [_outcome(str(k), material, language) for k in table["kpi"]],
            "family": [say(f"family_{f}", language) for f in table["family"]],
            "n": table["n"],
            "ratio": table["ratio"],
            "interval": interval_column(ends, language, decimals=2),
            "corrected_p": table["p_corrected"],
        }
    )
    listed = markup.table(
        shown,
        headings={n: say(n, language) for n in shown.columns},
        caption=say("models_caption", language),
        formats={
            "n": n_column(language),
            "ratio": lambda v: number(v, language, decimals=2),
            "interval": str,
            "corrected_p": lambda v: p_value(v, language),
        },
    )
    lacking = [html.escape(str(t)) for t in found.table.loc[found.table["n"] == 0, language]]
    inside = markup.finding_sentence(found, language) + listed
    inside += markup.bulleted(lacking) if lacking else ""
    inside += _calibration(material, language) + _retention(material, language)
    return markup.details(say("models", language), inside)


def _outcome(kpi: str, material: Material, language: str) -> str:
    return say("leaving", language) if kpi == "leaving" else material.name(kpi, language)


def _calibration(material: Material, language: str) -> str:
    """Predicted against observed shares of the first yes/no model, that of NPS if there is one."""
    ordered = sorted(
        material.findings.items(), key=lambda pair: not pair[0].startswith("model-nps")
    )
    for name, found in ordered:
        table = found.details.get("calibration") if name.startswith("model-") else None
        if table is None or table["n"].min() < material.minimum_cell:
            continue
        shown = table.assign(interval=_shares(table, language))
        return markup.table(
            shown,
            headings={n: say(n, language) for n in ("predicted", "observed", "interval", "n")},
            caption=say("calibration", language),
            formats={
                "predicted": lambda v: percent(v, language),
                "observed": lambda v: percent(v, language),
                "interval": str,
                "n": n_column(language),
            },
        )
    return ""


def _shares(table: pd.DataFrame, language: str) -> pd.Series:
    ends = interval_column(table, language, factor=100)
    unit = percent(0.5, language).removeprefix("50")
    return ends.map(lambda text: text if text == "–" else f"{text}{unit}")


def _retention(material: Material, language: str) -> str:
    found = material.findings.get("retention")
    if found is None:
        return ""
    table = found.table[found.table["at_risk"] >= material.minimum_cell].copy()
    if table.empty:
        return ""
    names = ["time", "at_risk", "retained", "interval"]
    if "segment" in table:
        names.insert(0, "segment")
        table = table[table["segment"] != "unassigned"]
        table["segment"] = [material.segment_title(s, language) for s in table["segment"]]
    table["interval"] = _shares(table, language)
    return markup.table(
        table,
        headings={n: say(n if n != "time" else "months", language) for n in names},
        caption=say("retention", language),
        formats={
            "time": lambda v: number(v, language),
            "at_risk": n_column(language),
            "retained": lambda v: percent(v, language),
            "interval": str,
        },
    )


def time_screen(material: Material, language: str) -> str:
    """All pairs over time together, corrected for their number."""
    found = material.findings.get("periods")
    return "" if found is None else markup.paragraph(found.sentence(language), kind="lead")


def importance(found: Finding, material: Material, language: str) -> str:
    """Importance against how it goes today."""
    scores = material.findings.get("score-csat-touchpoint")
    if scores is None:
        return ""
    shown = scores.table[~scores.table["hidden"].astype(bool)]
    today = {f"csat:{t}": v for t, v in zip(shown["touchpoint"], shown["value"], strict=True)}
    if not set(today) & set(found.table["driver"]):
        return ""
    names = {f"csat:{k}": words for k, words in material.names.items()}
    picture = drawn(
        importance_figure,
        table=found.table,
        performance=today,
        names=names,
        scale=material.scales["csat"],
        language=language,
        alternative=found.sentence(language),
        caption=say("importance_caption", language),
    )
    return f"<h4>{say('importance', language)}</h4>" + picture


def segment_drivers(material: Material, language: str) -> str:
    """The strongest drivers inside each segment."""
    found = material.findings.get("drivers-segment")
    if found is None:
        return ""
    table = found.table[found.table["n"] >= material.minimum_cell]
    lines = [
        {
            "segment": material.segment_title(str(segment), language),
            "n": rows["n"].iloc[0],
            "explained": percent(rows["r2"].iloc[0], language),
            "strongest": "; ".join(_driver(row, material, language) for row in _first(rows)),
        }
        for segment, rows in table.groupby("segment", sort=True)
    ]
    shown = markup.table(
        pd.DataFrame(lines),
        headings={n: say(n, language) for n in ("segment", "n", "explained", "strongest")},
        caption=say("segment_drivers", language),
        formats={"n": n_column(language), "explained": str},
    )
    return f"<h4>{say('segment_drivers', language)}</h4>" + shown


def _first(rows: pd.DataFrame) -> Iterable[pd.Series]:
    return [row for _, row in rows.sort_values("rank").head(2).iterrows()]


def _driver(row: pd.Series, material: Material, language: str) -> str:
    name = material.name(str(row["driver"]).removeprefix("csat:"), language)
    ends = interval(row["rank_low"], row["rank_high"], language)
    place = say("rank_interval", language)
    return f"{name} {percent(row['part'], language)} ({place} {ends})"


def asymmetry(material: Material, language: str) -> str:
    """Basics and delights: whether a bad score costs more than a good one earns."""
    found = material.findings.get("asymmetry")
    if found is None:
        return ""
    counts = (found.table[["n_low", "n_high"]] >= material.minimum_cell).all(axis=1)
    table = found.table[counts]
    if table.empty:
        return ""
    lines = [
        {
            "touchpoint": material.name(str(row["driver"]).removeprefix("csat:"), language),
            "penalty": _with_ends(row, "penalty", language),
            "reward": _with_ends(row, "reward", language),
            "sort": KINDS[str(row["kind"])].to(language),
        }
        for _, row in table.iterrows()
    ]
    shown = markup.table(
        pd.DataFrame(lines),
        headings={n: say(n, language) for n in ("touchpoint", "penalty", "reward", "sort")},
        caption=say("asymmetry_caption", language),
        formats={"penalty": str, "reward": str},
    )
    return f"<h4>{say('asymmetry', language)}</h4>" + shown


def _with_ends(row: pd.Series, name: str, language: str) -> str:
    ends = interval(row[f"{name}_low"], row[f"{name}_high"], language, decimals=1)
    return f"{number(row[name], language, decimals=1, sign=True)} ({ends})"


def value(material: Material, language: str) -> str:
    """Lifetime value so far and to come, for everyone and by segment."""
    observed, expected = (
        material.findings.get(f"value-{name}") for name in ("observed", "expected")
    )
    if observed is None:
        return ""
    pieces = [heading("value_of_customers", language), markup.finding_sentence(observed, language)]
    if expected is not None:
        fitted = len(expected.table) > 0
        said = expected.sentence(language)
        pieces.append(
            markup.finding_sentence(expected, language) if fitted else markup.paragraph(said)
        )
    both = [
        f.table.assign(what=say(key, language))
        for f, key in ((observed, "value_observed"), (expected, "value_expected"))
        if f is not None and len(f.table)
    ]
    pieces.append(_ratio_table(pd.concat(both), material, language, say("value_caption", language)))
    return "".join(pieces)


def _ratio_table(
    table: pd.DataFrame, material: Material, language: str, caption: str, *, share: bool = False
) -> str:
    group = next((c for c in ("segment", "unit", "group") if c in table), table.columns[0])
    shown = table[~table["hidden"].astype(bool) & (table[group] != "unassigned")].copy()
    decimals = 0 if shown["value"].abs().max() >= 100 else 2
    titles = [_group(str(g), group, material, language) for g in shown[group]]
    shown["group"] = titles
    if share:
        shown["interval"] = _shares(shown, language)
        shown["value"] = [percent(v, language) for v in shown["value"]]
    else:
        shown["interval"] = interval_column(shown, language, decimals=decimals)
        shown["value"] = [number(v, language, decimals=decimals) for v in shown["value"]]
    names = [*(["what"] if "what" in shown else []), "group", "n", "value", "interval"]
    return markup.table(
        shown,
        headings={n: say(n, language) for n in names},
        caption=caption,
        formats={"n": n_column(language), "value": str, "interval": str},
    )


def _group(name: str, column: str, material: Material, language: str) -> str:
    if name == "all":
        return say("everyone", language)
    return material.segment_title(name, language) if column == "segment" else name


def measures(material: Material, language: str) -> str:
    """Share of wallet, conversion, average purchase and what else study.toml measures."""
    pieces = []
    for name, found in material.findings.items():
        if not name.startswith("measure-"):
            continue
        label = Words(found.details["name"]).to(language)
        table = _ratio_table(
            found.table, material, language, label, share=bool(found.details["share"])
        )
        pieces.append(markup.paragraph(found.sentence(language), kind="lead"))
        pieces.append(markup.details(label, table))
    return heading("measures", language) + "".join(pieces) if pieces else ""


def joins(material: Material, language: str) -> str:
    """What could be joined with what, and what was left out."""
    found = material.findings.get("joins")
    if found is None:
        return ""
    rows = [
        {
            "join": say(f"join_{join}", language),
            "what": say(f"joined_{what}", language),
            "n": size,
        }
        for join, what, size in found.table[["join", "what", "count"]].itertuples(index=False)
        if size == 0 or size >= material.minimum_cell
    ]
    table = markup.table(
        pd.DataFrame(rows),
        headings={n: say(n, language) for n in ("join", "what", "n")},
        caption=say("joins", language),
        formats={"n": n_column(language)},
    )
    return markup.details(say("joins", language), table)
