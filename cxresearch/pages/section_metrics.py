"""Experience metrics: overall, by touchpoint against targets, by wave and segment, the gap."""

from __future__ import annotations

import html

import pandas as pd

from ..metrics import STATUS_WORDS, Scale, protect_small, score, suppress_small
from ..metrics.figures import score_figure
from ..metrics.scores import format_interval, format_score
from ..model import Finding, FrameError, number
from ..steps.scoring import people_only
from . import markup
from .material import EVERYONE, Material
from .parts_metrics import framework, index, promises, smileys, touchpoints, trend, weighted
from .sections import (
    Section,
    drawn,
    filtered,
    heading,
    interval_column,
    kind_keys,
    n_column,
    segment_keys,
)
from .texts import say

__all__ = ["metrics_section"]

_OPEN_ROWS = 12
_SHOWN = ("nps", "csat", "ces", "goal", "smiley", "score")


def metrics_section(material: Material, language: str) -> Section:
    """Metrics for each segment and kind of respondent."""
    parts = {}
    kept_back = _segments_kept_back(material)
    nothing = markup.paragraph(say("nothing", language))
    for segment in segment_keys(material):
        last: pd.Index | None = None
        places = ""
        for kind in kind_keys(material):
            if segment in kept_back:
                parts[f"{segment}|{kind}"] = nothing
                continue
            rows = filtered(material.answers, segment=segment, kind=kind)
            whole = segment == EVERYONE and kind == EVERYONE
            # a headline is of people; machine customers stand beside it and under their own filter
            leading = people_only(rows) if kind == EVERYONE else rows
            # people lead the whole as well: what is the same is drawn once
            if last is None or not leading.index.equals(last):
                last = leading.index
                places = _by_touchpoint(leading, material, language)
                places += _by_wave(leading, material, language)
            told = _headline(leading, rows, material, language) + places
            if whole:
                told += _of_everyone(leading, material, language)
            parts[f"{segment}|{kind}"] = told or nothing
    return Section("metrics", say("metrics", language), parts, ("segment", "kind"))


def _segments_kept_back(material: Material) -> set[str]:
    """Segments without figures: the small, and those that would give away who is in none.

    All segments together and the whole tell how those without a segment answered; where these are
    few, the smallest segment is kept back as well.
    """
    if material.segmentation is None or "respondent" not in material.answers:
        return set()
    people = material.answers.drop_duplicates("respondent")
    shown = material.segment_ids()
    group = people["segment"].where(people["segment"].isin(shown), "none").fillna("none")
    sizes = group.value_counts().reindex([*shown, "none"]).fillna(0).astype(int)
    state = suppress_small(
        pd.DataFrame({"segment": sizes.index}), sizes, minimum_cell=material.minimum_cell
    )
    return {s for s, hidden in zip(sizes.index, state, strict=True) if hidden and s != "none"}


def _of_everyone(rows: pd.DataFrame, material: Material, language: str) -> str:
    """What is shown without a filter only."""
    if not set(_SHOWN) & set(rows["metric"]):
        return _questions(material, language)
    pieces = [touchpoints(material, language)]
    pieces += [trend(material, language), weighted(material, language)]
    pieces += [_by_segment(rows, material, language), index(material, language)]
    pieces += [_targets(material, language), _gap(material, language)]
    pieces += [promises(material, language), smileys(material, language)]
    pieces += [framework(material, language), _questions(material, language)]
    return "".join(pieces)


def _headline(rows: pd.DataFrame, everyone: pd.DataFrame, material: Material, language: str) -> str:
    """Each metric with n and interval; with machine customers beside it where they answered.

    `rows` are those whose figures lead; `everyone` holds machine customers as well.
    """
    metrics = [m for m in _SHOWN if m in set(rows["metric"])]
    if not metrics:
        return ""
    lines, sentence = [], ""
    beside = _machines_may_be_told(rows, everyone, material)
    for metric in metrics:
        found = _scored(rows, metric, material)
        scale = material.scales[metric]
        sentence = sentence or markup.finding_sentence(found, language)
        line = _told(found.table.iloc[0], scale, language)
        if beside and metric in set(everyone["metric"]):
            whole = _scored(everyone, metric, material).table.iloc[0]
            line["with_machines"] = _told(whole, scale, language)["value"]
        lines.append(line)
    names = ["metric", "n", "value", "interval", *(["with_machines"] if beside else [])]
    table = markup.table(
        pd.DataFrame(lines),
        headings={name: say(name, language) for name in names},
        caption=say("metrics_table", language),
        formats=dict.fromkeys(names[2:], str) | {"n": n_column(language)},
    )
    note = markup.paragraph(say("people_first", language), kind="soft") if beside else ""
    return sentence + table + note


def _scored(rows: pd.DataFrame, metric: str, material: Material) -> Finding:
    return score(
        rows[rows["metric"] == metric],
        metric=metric,
        minimum_cell=material.minimum_cell,
        scale=material.scales[metric],
    )


def _machines_may_be_told(rows: pd.DataFrame, everyone: pd.DataFrame, material: Material) -> bool:
    """Whether machine customers are enough for two shown numbers not to tell about a few."""
    if len(everyone) == len(rows) or "respondent" not in everyone:
        return False
    machines = everyone[(everyone["kind"] == "machine").to_numpy(bool)]
    return bool(machines["respondent"].nunique() >= material.minimum_cell)


def _told(row: pd.Series, scale: Scale, language: str) -> dict[str, object]:
    hidden = bool(row["hidden"])
    return {
        "metric": scale.name.to(language),
        "n": None if hidden else row["n"],
        "value": None if hidden else format_score(row["value"], scale, language),
        "interval": None
        if hidden
        else format_interval(row["ci_low"], row["ci_high"], scale, language),
    }


def _grouped(rows: pd.DataFrame, metric: str, by: str, material: Material) -> pd.DataFrame | None:
    chosen = rows[(rows["metric"] == metric) & rows[by].notna()]
    if chosen.empty:
        return None
    try:
        found = score(
            chosen,
            metric=metric,
            by=by,
            minimum_cell=material.minimum_cell,
            scale=material.scales[metric],
        )
        return protect_small(found).table
    except FrameError:
        # nothing but hidden or empty groups: there is no table to show
        return None


def _by_touchpoint(rows: pd.DataFrame, material: Material, language: str) -> str:
    found = _grouped(rows, "csat", "touchpoint", material)
    if found is None or found["hidden"].all():
        return ""
    targets = {t.touchpoint: t.target.value for t in material.settings.encounters() if t.target}
    return heading("by_touchpoint", language) + drawn(
        score_figure,
        table=found,
        names={t: material.names[t] for t in found["touchpoint"] if t in material.names},
        targets=targets,
        scale=material.scales["csat"],
        language=language,
        alternative=_in_words(found, "touchpoint", material.scales["csat"], material, language),
        caption=say("touchpoint_caption", language),
    )


def _in_words(found: pd.DataFrame, by: str, scale: Scale, material: Material, language: str) -> str:
    shown = found[~found["hidden"].astype(bool)]
    return "; ".join(
        f"{material.name(row[by], language)} {format_score(row['value'], scale, language)}"
        for _, row in shown.iterrows()
    )


def _by_wave(rows: pd.DataFrame, material: Material, language: str) -> str:
    if "nps" not in set(rows["metric"]):
        return ""
    found = _grouped(rows, "nps", "wave", material)
    if found is None or len(found) < 2:
        return ""
    return heading("by_wave", language) + _group_table(found, "wave", material, language)


def _by_segment(rows: pd.DataFrame, material: Material, language: str) -> str:
    if material.segmentation is None or "nps" not in set(rows["metric"]):
        return ""
    found = _grouped(rows, "nps", "segment", material)
    if found is None:
        return ""
    found = found.set_index("segment").reindex(material.segment_ids()).dropna(how="all")
    found = found.reset_index()
    return heading("by_segment", language) + _group_table(found, "segment", material, language)


def _group_table(found: pd.DataFrame, by: str, material: Material, language: str) -> str:
    scale = material.scales["nps"]
    lines = []
    for _, row in found.iterrows():
        name = (
            material.segment_title(str(row[by]), language)
            if by == "segment"
            else material.name(str(row[by]), language)
        )
        lines.append({by: name, **_told(row, scale, language)})
    return markup.table(
        pd.DataFrame(lines),
        headings={n: say(n, language) for n in (by, "n", "value", "interval")},
        caption=f"NPS, {say(by, language).lower()}",
        formats={"n": n_column(language), "value": str, "interval": str},
    )


def _targets(material: Material, language: str) -> str:
    found = material.findings.get("targets")
    if found is None:
        return ""
    lines = []
    for _, row in found.table.iterrows():
        scale = material.scales.get(str(row["metric"]))
        if scale is None:
            continue
        hidden = pd.isna(row["value"])
        lines.append(
            {
                "touchpoint": _aimed_at(row, material, language),
                "metric": scale.name.to(language),
                "n": None if hidden else row["n"],
                "value": None if hidden else format_score(row["value"], scale, language),
                "interval": None
                if hidden
                else format_interval(row["ci_low"], row["ci_high"], scale, language),
                "target": format_score(row["target"], scale, language),
                "state": STATUS_WORDS[row["status"]].to(language),
                "reaction": row[f"reaction_{language}"] or None,
            }
        )
    names = ("touchpoint", "metric", "n", "value", "interval", "target", "state", "reaction")
    table = markup.table(
        pd.DataFrame(lines),
        headings={name: say(name, language) for name in names},
        caption=say("targets", language),
        formats={"n": n_column(language), "value": str, "interval": str, "target": str},
    )
    at_cadence = markup.bulleted(
        html.escape(f.sentence(language))
        for name, f in material.findings.items()
        if name.startswith("target-")
    )
    latest = markup.details(say("targets_latest", language), at_cadence)
    return heading("targets", language) + markup.finding_sentence(found, language) + table + latest


def _aimed_at(row: pd.Series, material: Material, language: str) -> str:
    if row.get("level", "touchpoint") == "relationship":
        return say("relationship", language)
    return material.name(row["touchpoint"], language)


def _gap(material: Material, language: str) -> str:
    found = material.findings.get("gap")
    if found is None:
        return ""
    scale = material.scales["expectation"]
    lines = [
        {
            "touchpoint": material.name(row["touchpoint"], language),
            "n": row["n_pairs"] if row["paired"] else row["n_experience"],
            "expectation": format_score(row["expectation"], scale, language),
            "experience": format_score(row["experience"], scale, language),
            "difference": format_score(row["gap"], scale, language),
            "interval": format_interval(row["ci_low"], row["ci_high"], scale, language),
        }
        for _, row in found.table.iterrows()
        if not row["hidden"]
    ]
    if not lines:
        return ""
    names = ("touchpoint", "n", "expectation", "experience", "difference", "interval")
    table = markup.table(
        pd.DataFrame(lines),
        headings={name: say(name, language) for name in names},
        caption=say("gap", language),
        formats=dict.fromkeys(names[1:], str) | {"n": n_column(language)},
    )
    return heading("gap", language) + markup.finding_sentence(found, language) + table


def _questions(material: Material, language: str) -> str:
    """Means of questions that feed no metric, lowest first; many of them open as a table."""
    pieces = []
    for name, found in material.findings.items():
        if not name.startswith("questions-"):
            continue
        table = found.table[~found.table["hidden"].astype(bool)].sort_values("value")
        if table.empty:
            continue
        table = table.assign(
            question=[material.name(q, language) for q in table["question"]],
            interval=interval_column(table, language, decimals=2),
        )
        shown = markup.table(
            table,
            headings={n: say(n, language) for n in ("question", "n", "value", "interval")},
            caption=say("questions", language, scale=name.removeprefix("questions-")),
            formats={
                "n": n_column(language),
                "value": lambda v: number(v, language, decimals=2),
                "interval": str,
            },
        )
        title = say("questions", language, scale=name.removeprefix("questions-"))
        many = len(table) > _OPEN_ROWS
        pieces.append(markup.details(title, shown) if many else f"<h3>{title}</h3>{shown}")
    return "".join(pieces)
