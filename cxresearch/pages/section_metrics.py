"""Experience metrics: overall, by touchpoint against targets, by wave and segment, the gap."""

from __future__ import annotations

import pandas as pd

from ..metrics import SCALES, STATUS_WORDS, Scale, score
from ..metrics.figures import score_figure
from ..metrics.scores import format_interval, format_score
from ..model import FrameError
from . import markup
from .material import EVERYONE, Material
from .sections import Section, drawn, filtered, kind_keys, n_column, segment_keys
from .texts import say

__all__ = ["metrics_section"]

_SHOWN = ("nps", "csat", "ces", "goal", "smiley", "score")


def metrics_section(material: Material, language: str) -> Section:
    """Metrics for each segment and kind of respondent."""
    parts = {}
    for segment in segment_keys(material):
        for kind in kind_keys(material):
            rows = filtered(material.answers, segment=segment, kind=kind)
            whole = segment == EVERYONE and kind == EVERYONE
            parts[f"{segment}|{kind}"] = _part(rows, material, language, whole=whole)
    return Section("metrics", say("metrics", language), parts, ("segment", "kind"))


def _part(rows: pd.DataFrame, material: Material, language: str, *, whole: bool) -> str:
    metrics = [m for m in _SHOWN if m in set(rows["metric"])]
    if not metrics:
        return markup.paragraph(say("nothing", language))
    pieces = [_headline(rows, metrics, material, language)]
    pieces.append(_by_touchpoint(rows, material, language))
    pieces.append(_by_wave(rows, material, language))
    if whole:
        pieces += [_by_segment(rows, material, language), _targets(material, language)]
        pieces.append(_gap(material, language))
    return "".join(pieces)


def _headline(rows: pd.DataFrame, metrics: list[str], material: Material, language: str) -> str:
    lines, sentence = [], ""
    for metric in metrics:
        found = score(
            rows[rows["metric"] == metric], metric=metric, minimum_cell=material.minimum_cell
        )
        sentence = sentence or markup.finding_sentence(found, language)
        lines.append(_told(found.table.iloc[0], SCALES[metric], language))
    table = markup.table(
        pd.DataFrame(lines),
        headings={name: say(name, language) for name in ("metric", "n", "value", "interval")},
        caption=say("metrics", language),
        formats={"n": n_column(language), "value": str, "interval": str},
    )
    return sentence + table


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
        return score(chosen, metric=metric, by=by, minimum_cell=material.minimum_cell).table
    except FrameError:
        # nothing but hidden or empty groups: there is no table to show
        return None


def _by_touchpoint(rows: pd.DataFrame, material: Material, language: str) -> str:
    found = _grouped(rows, "csat", "touchpoint", material)
    if found is None or found["hidden"].all():
        return ""
    targets = {t.touchpoint: t.target.value for t in material.settings.encounters() if t.target}
    return markup_heading("by_touchpoint", language) + drawn(
        score_figure,
        table=found,
        names={t: material.names[t] for t in found["touchpoint"] if t in material.names},
        targets=targets,
        language=language,
        alternative=_in_words(found, "touchpoint", SCALES["csat"], material, language),
        caption=say("interval", language),
    )


def markup_heading(name: str, language: str) -> str:
    """A third-level heading."""
    return f"<h3>{say(name, language)}</h3>"


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
    return markup_heading("by_wave", language) + _group_table(found, "wave", material, language)


def _by_segment(rows: pd.DataFrame, material: Material, language: str) -> str:
    if material.segmentation is None or "nps" not in set(rows["metric"]):
        return ""
    found = _grouped(rows, "nps", "segment", material)
    if found is None:
        return ""
    found = found[found["segment"].isin(material.segment_ids())]
    return markup_heading("by_segment", language) + _group_table(
        found, "segment", material, language
    )


def _group_table(found: pd.DataFrame, by: str, material: Material, language: str) -> str:
    scale = SCALES["nps"]
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
        scale = SCALES.get(str(row["metric"]))
        if scale is None:
            continue
        hidden = pd.isna(row["value"])
        lines.append(
            {
                "touchpoint": material.name(row["touchpoint"], language),
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
    return markup_heading("targets", language) + markup.finding_sentence(found, language) + table


def _gap(material: Material, language: str) -> str:
    found = material.findings.get("gap")
    if found is None:
        return ""
    scale = SCALES["expectation"]
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
    return markup_heading("gap", language) + markup.finding_sentence(found, language) + table
