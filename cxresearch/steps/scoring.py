"""The experience in numbers: scores on every level, trends, weighting and the index of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import Finding, FrameError, SettingsError, Words
from .features import feature_labels
from .results import forget_finding, forget_findings, write_finding

if TYPE_CHECKING:
    from ..metrics import Scale
    from ..study import Study

__all__ = [
    "LEVELS",
    "SCORED",
    "metrics_in",
    "minimum_of",
    "people_only",
    "scale_of",
    "study_names",
    "write_index",
    "write_scores",
    "write_touchpoints",
]

SCORED = ("nps", "csat", "ces", "goal", "expectation", "smiley", "score")
LEVELS = ("touchpoint", "phase", "stage", "segment", "profile", "channel", "kind", "wave", "unit")
_PLAIN_NAMES = {
    "nps": {"fi": "NPS", "en": "NPS"},
    "csat": {"fi": "CSAT, tyytyväisten osuus", "en": "CSAT, share satisfied"},
    "ces": {"fi": "CES, helppous", "en": "CES, ease"},
    "goal": {"fi": "Tavoitteensa saavuttaneet", "en": "Reached their goal"},
    "expectation": {"fi": "Odotus", "en": "Expectation"},
    "smiley": {"fi": "Hymynaamat", "en": "Smiling faces"},
    "score": {"fi": "Pisteet", "en": "Score"},
}


def people_only(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers of people: machine customers are left out, unless only they answered.

    A headline that mixes both moves with how many bots were asked; they are shown beside it.
    """
    if "kind" not in answers:
        return answers
    kept = answers[(answers["kind"] != "machine").to_numpy(bool)]
    return kept if len(kept) else answers


def minimum_of(study: Study) -> int:
    """Smallest group that may be shown."""
    return int(study.settings.study.minimum_cell)


def study_names(study: Study) -> dict[str, Words]:
    """Names of touchpoints, phases and stages."""
    names = {t.touchpoint: t.name for t in study.settings.encounters()}
    for phase in study.settings.journey():
        names[phase.phase] = phase.name
        names |= {stage.stage: stage.name for stage in phase.stages}
    return names


def metrics_in(answers: pd.DataFrame) -> list[str]:
    """The metrics that the answers hold, in the usual order."""
    there = set(answers["metric"]) if len(answers) else set()
    return [m for m in SCORED if m in there]


def scale_of(study: Study, metric: str) -> Scale | None:
    """The scale on which study.toml asks a metric, where it is not the metric's usual one.

    Raises
    ------
    SettingsError
        Two questions ask the same metric on different scales.
    """
    from ..metrics import SCALES

    asked = [q for s in study.settings.surveys for q in s.questions if q.metric == metric]
    ends = {(q.low, q.high) for q in asked}
    usual = SCALES[metric]
    if ends <= {(usual.low, usual.high)}:
        return None
    if len(ends) > 1:
        raise SettingsError(
            f"Questions of the metric `{metric}` are asked on different scales.",
            expected="one scale a metric; give the odd ones the metric `question`",
            found=", ".join(f"{low:g}-{high:g}" for low, high in sorted(ends)),
            where="[[surveys.questions]]",
        )
    low, high = ends.pop()
    name = {x: f"{words} ({low:g}–{high:g})" for x, words in _PLAIN_NAMES[metric].items()}
    return replace(usual, low=low, high=high, top=high - 1, name=Words(name))


def write_scores(study: Study, answers: pd.DataFrame) -> list[str]:
    """`score-METRIC` of people, beside machine customers, on every level and month by month."""
    from ..metrics import protect_small, score

    lines = []
    people = people_only(answers)
    for metric in metrics_in(people):
        rows = people[people["metric"] == metric]
        given: dict[str, Any] = {
            "minimum_cell": minimum_of(study),
            "scale": scale_of(study, metric),
        }
        found = score(rows, metric=metric, **given)
        beside = _beside_machines(study, answers, metric, found)
        write_finding(study, f"score-{metric}", beside)
        lines.append(beside.sentence("en"))
        for level in LEVELS:
            source = answers[answers["metric"] == metric] if level == "kind" else rows
            if level in source and source[level].nunique() >= 1:
                names = study_names(study)
                grouped = score(source, metric=metric, by=level, names=names, **given)
                protected = protect_small(grouped, names=names)
                write_finding(study, f"score-{metric}-{level}", protected)
        _trend(study, rows, metric)
        _weighted(study, rows, metric)
    lines += _questions(study, people)
    return lines or ["Scores: the study has no closed answers."]


def write_touchpoints(study: Study, answers: pd.DataFrame) -> list[str]:
    """`touchpoints-METRIC`: people's scores shrunken, the customer being the unit.

    Written where three touchpoints or more can be told apart.
    """
    from ..metrics import touchpoint_scores

    forget_findings(study, "touchpoints-")
    people, lines = people_only(answers), []
    for metric in metrics_in(people):
        rows = people[people["metric"] == metric]
        if "touchpoint" not in rows or rows["touchpoint"].nunique() < 2:
            continue
        try:
            found = touchpoint_scores(
                rows,
                metric=metric,
                scale=scale_of(study, metric),
                minimum_cell=minimum_of(study),
                names=study_names(study),
                random_state=study.settings.study.random_state,
            )
        except FrameError as error:
            name = _PLAIN_NAMES[metric]["en"]
            lines.append(f"{name} by touchpoint: not ranked. It takes {error.expected}.")
            continue
        write_finding(study, f"touchpoints-{metric}", found)
        lines.append(found.sentence("en"))
    return lines


def _beside_machines(study: Study, answers: pd.DataFrame, metric: str, people: Finding) -> Finding:
    """The headline of people; where machine customers answered, the figures with them beside it."""
    from ..metrics import score

    rows = answers[answers["metric"] == metric]
    machines = rows[(rows["kind"] == "machine").to_numpy(bool)] if "kind" in rows else rows[:0]
    alone = len(machines) == len(rows)
    who = machines["respondent"].nunique()
    if alone or who < minimum_of(study):
        return people
    given: dict[str, Any] = {"minimum_cell": minimum_of(study), "scale": scale_of(study, metric)}
    tables = {
        "people": people.table,
        "everyone": score(rows, metric=metric, **given).table,
        "machine": score(machines, metric=metric, **given).table,
    }
    table = pd.concat([t.assign(group=k) for k, t in tables.items()], ignore_index=True)
    write_finding(study, f"score-{metric}-machines", Finding(table, people.sentences))
    both = tables["everyone"].iloc[0]
    told = {}
    for language in ("fi", "en"):
        with_them = _value(both, people.details["scale"], language)
        told[language] = (
            f"{people.sentence('fi')} Luvussa ovat vain ihmiset; koneasiakkaat mukaan lukien se "
            f"on {with_them}."
            if language == "fi"
            else f"{people.sentence('en')} People only; with machine customers it is {with_them}."
        )
    return Finding(people.table, Words(told), people.warnings, people.details)


def _value(row: pd.Series, scale: Scale, language: str) -> str:
    from ..metrics.scores import format_interval, format_score

    value = format_score(row["value"], scale, language)
    return f"{value} ({format_interval(row['ci_low'], row['ci_high'], scale, language)})"


def _trend(study: Study, rows: pd.DataFrame, metric: str) -> None:
    """`trend-METRIC`: month by month with control limits, where there are three months or more."""
    from ..metrics import control_limits, score

    name = f"trend-{metric}"
    dated = rows[rows["answered_at"].notna()] if "answered_at" in rows else rows[:0]
    if dated.empty or dated["answered_at"].dt.to_period("M").nunique() < 3:
        forget_finding(study, name)
        return
    monthly = score(
        dated,
        metric=metric,
        by="month",
        minimum_cell=minimum_of(study),
        scale=scale_of(study, metric),
    ).table
    if monthly["value"].notna().sum() < 3:
        forget_finding(study, name)
        return
    write_finding(study, name, control_limits(monthly))


def _weighted(study: Study, rows: pd.DataFrame, metric: str) -> None:
    """`weighted-METRIC`: raked to the customer base's shares, beside the unweighted figure."""
    from ..metrics import weighted_score

    columns = study.settings.link.weight_by
    customers = study.customers()
    name = f"weighted-{metric}"
    if not columns or customers.empty or rows["customer"].isna().all():
        forget_finding(study, name)
        return
    absent = [c for c in columns if c not in customers]
    if absent:
        raise SettingsError(
            "study.toml weights by a column that the customer table does not have.",
            expected=", ".join(map(str, customers.columns[1:])),
            found=", ".join(absent),
            where="[link] weight_by",
        )
    about = customers.set_index("customer")[list(columns)]
    joined = rows.assign(**{str(c): rows["customer"].map(about[c]) for c in columns})
    known = joined[joined[list(columns)].notna().all(axis=1)]
    targets, known, left_out = _margins(customers, known, list(columns))
    if known.empty:
        forget_finding(study, name)
        return
    try:
        found = weighted_score(known, metric=metric, targets=targets, scale=scale_of(study, metric))
    except (FrameError, SettingsError) as error:
        words = Words(
            fi=f"Painotettua lukua ei ole: {error.what}", en=f"Not weighted: {error.what}"
        )
        write_finding(study, name, Finding(pd.DataFrame(), words, (words,)))
        return
    notes = [*found.warnings, *_weighting_notes(len(rows) - len(known), left_out)]
    details = {k: v for k, v in found.details.items() if k != "weights"}
    write_finding(study, name, Finding(found.table, found.sentences, tuple(notes), details))


def _weighting_notes(lacking: int, left_out: list[str]) -> list[Words]:
    told = (
        (
            lacking,
            f"Vastauksia ilman painotukseen tarvittavaa tietoa: {lacking}.",
            f"Answers that lack what is needed for weighting: {lacking}.",
        ),
        (
            left_out,
            f"Liian pieniä ryhmiä painotukseen, jätetty pois: {', '.join(left_out)}.",
            f"Groups too small for weighting, left out: {', '.join(left_out)}.",
        ),
    )
    return [Words(fi=fi, en=en) for holds, fi, en in told if holds]


def _margins(
    customers: pd.DataFrame, rows: pd.DataFrame, columns: list[str], least: int = 5
) -> tuple[dict[str, dict[str, float]], pd.DataFrame, list[str]]:
    """Shares of the customer base; categories with fewer than five answers are left out of both."""
    base, left_out = customers, []
    for column in columns:
        answered = rows[column].astype(str).value_counts()
        for category in base[column].dropna().astype(str).unique():
            if answered.get(category, 0) < least:
                left_out.append(str(category))
                base = base[base[column].astype(str) != category]
                rows = rows[rows[column].astype(str) != category]
    targets = {
        c: {str(k): float(v) for k, v in base[c].dropna().astype(str).value_counts().items()}
        for c in columns
    }
    return targets, rows, sorted(set(left_out))


def _questions(study: Study, answers: pd.DataFrame) -> list[str]:
    """The mean of each question that feeds no metric, in groups of one scale."""
    from ..metrics import Scale, score

    asked = {
        q.question: q for s in study.settings.surveys for q in s.questions if q.metric == "question"
    }
    lines = []
    for low, high in sorted({(q.low, q.high) for q in asked.values()}):
        mine = {name for name, q in asked.items() if (q.low, q.high) == (low, high)}
        rows = answers[answers["question"].isin(mine)]
        if rows.empty:
            continue
        span = f"{low:g}–{high:g}"
        name = Words(fi=f"Keskiarvo ({span})", en=f"Mean ({span})")
        scale = Scale("question", low, high, "mean", name, whole=False)
        found = score(
            rows,
            metric="question",
            by="question",
            scale=scale,
            minimum_cell=minimum_of(study),
            names=feature_labels(study),
        )
        write_finding(study, f"questions-{low:g}-{high:g}", found)
        lines.append(f"{len(found.table)} questions on {span}: {found.sentence('en')}")
    return lines


def write_index(study: Study, answers: pd.DataFrame) -> list[str]:
    """`index` and `index-LEVEL`: the CX index as [index] of study.toml says."""
    from ..metrics import cx_index, protect_small

    forget_findings(study, "index")
    part = study.settings.index
    if part is None:
        return []
    people = people_only(answers)
    name = Words(part.name or {"fi": "CX-indeksi", "en": "CX index"})
    try:
        weights, basis = _index_weights(study, people)
        given: dict[str, Any] = {"weights": weights, "scales": _asked_scales(study, people)}
        given |= {"least": part.least, "minimum_cell": minimum_of(study)}
        whole = _renamed(cx_index(people, **given), name)
    except FrameError as error:
        return [f"{name.to('en')}: not computed. {error.what} ({error.expected})"]
    meaning = {p.question: p.part for p in part.parts}
    used = whole.details["weights"]
    columns = {"question": list(used), "part": [meaning[q] for q in used]}
    parts = pd.DataFrame(columns | {"weight": list(used.values()), "basis": basis})
    write_finding(
        study, "index", Finding(whole.table, whole.sentences, whole.warnings, {"parts": parts})
    )
    for level in ("segment", "wave", "unit"):
        if level in people and people[level].notna().any():
            shown = _renamed(protect_small(cx_index(people, by=level, **given)), name)
            write_finding(study, f"index-{level}", Finding(shown.table, shown.sentences))
    return [whole.sentence("en")]


def _index_weights(study: Study, people: pd.DataFrame) -> tuple[dict[str, float], str]:
    """Weights as given, or as shares of what goes with a metric; and which of the two."""
    from ..metrics import index_weights

    part = study.settings.index
    weights = {p.question: p.weight for p in part.parts} if part else {}
    if part is None or part.estimate is None:
        return weights, "given"
    seed = study.settings.study.random_state
    found = index_weights(people, parts=list(weights), target=part.estimate, random_state=seed)
    estimated = dict(zip(found.table["driver"], found.table["weight"], strict=True))
    return estimated, f"estimated from {part.estimate}"


def _asked_scales(study: Study, people: pd.DataFrame) -> dict[str, Scale]:
    """Question to its scale, where study.toml asks its metric on another than the usual one."""
    scales = {m: s for m in metrics_in(people) if (s := scale_of(study, m)) is not None}
    asked = [q for s in study.settings.surveys for q in s.questions]
    return {q.question: scales[q.metric] for q in asked if q.metric in scales}


def _renamed(found: Finding, name: Words) -> Finding:
    """A score's sentence under the index's own name."""
    scale = found.details["scale"]
    told = {x: found.sentence(x).replace(scale.name.to(x), name.to(x), 1) for x in ("fi", "en")}
    return Finding(found.table, Words(told), found.warnings, found.details)
