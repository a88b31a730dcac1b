"""Link: experience scores, and what they have to do with the business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, SettingsError, Words
from .features import feature_labels, key_of_respondents
from .marks import settings_mark
from .reports import Progress, StepReport, silent
from .results import write_finding

if TYPE_CHECKING:
    from ..metrics import Scale
    from ..study import Study

__all__ = ["answers_with_segments", "link", "scale_of"]

_SCORED = ("nps", "csat", "ces", "goal", "expectation", "smiley", "score")
_LEVELS = ("touchpoint", "phase", "segment", "kind", "wave", "unit")
_VERSION = "link-3"
_PLAIN_NAMES = {
    "nps": {"fi": "NPS", "en": "NPS"},
    "csat": {"fi": "CSAT, tyytyväisten osuus", "en": "CSAT, share satisfied"},
    "ces": {"fi": "CES, helppous", "en": "CES, ease"},
    "goal": {"fi": "Tavoitteensa saavuttaneet", "en": "Reached their goal"},
    "expectation": {"fi": "Odotus", "en": "Expectation"},
    "smiley": {"fi": "Hymynaamat", "en": "Smiling faces"},
    "score": {"fi": "Pisteet", "en": "Score"},
}


def link(study: Study, *, progress: Progress = silent) -> StepReport:
    """Score every metric on every level and link metrics with KPIs.

    Writes findings: `score-METRIC` and `score-METRIC-LEVEL`, `targets`, `gap`, `customers` (metric
    against outcome, customer by customer), `periods-METRIC-KPI` and `panel-METRIC-KPI` (month by
    month), `themes-nps` (what goes with themes) and `drivers`. What a study has no data for is
    left out and named in the report.
    """
    from ..study import fingerprint, long_step

    with long_step(study, "link"):
        answers = answers_with_segments(study)
        inputs = (answers, study.customers(), study.kpis(), study.suggestions())
        mark = fingerprint(_VERSION, settings_mark(study, "link"), *inputs)
        if study.step_is_current("link", mark):
            return StepReport("link", ("Scores and links: up to date.",), changed=False)
        lines: list[str] = []
        jobs = (_scores, _targets, _gap, _customers, _series, _themes, _drivers)
        for done, job in enumerate(jobs, start=1):
            lines += job(study, answers)
            progress("scores and links", done, len(jobs))
        study.mark_step("link", mark, {"lines": lines})
    return StepReport("link", tuple(lines))


def answers_with_segments(study: Study) -> pd.DataFrame:
    """The contract `answers` with the segment of each answer's customer."""
    answers = study.answers()
    membership = study.membership()
    if membership.empty or answers.empty:
        return answers.assign(segment=pd.Series(None, index=answers.index, dtype=object))
    keys = answers["customer"].where(
        answers["customer"].notna(), answers["respondent"].map(key_of_respondents(study))
    )
    segments = membership.set_index("customer")["segment"]
    return answers.assign(customer=keys, segment=keys.map(segments))


def _metrics(answers: pd.DataFrame) -> list[str]:
    there = set(answers["metric"])
    return [m for m in _SCORED if m in there]


def _minimum(study: Study) -> int:
    return int(study.settings.study.minimum_cell)


def _names(study: Study) -> dict[str, Words]:
    names = {t.touchpoint: t.name for t in study.settings.encounters()}
    for phase in study.settings.journey():
        names[phase.phase] = phase.name
        names |= {stage.stage: stage.name for stage in phase.stages}
    return names


def _scores(study: Study, answers: pd.DataFrame) -> list[str]:
    from ..metrics import score

    lines = []
    for metric in _metrics(answers):
        rows = answers[answers["metric"] == metric]
        given: dict[str, Any] = {"minimum_cell": _minimum(study), "scale": scale_of(study, metric)}
        found = score(rows, metric=metric, **given)
        write_finding(study, f"score-{metric}", found)
        lines.append(found.sentence("en"))
        for level in _LEVELS:
            if level in rows and rows[level].nunique() >= 1:
                grouped = score(rows, metric=metric, by=level, names=_names(study), **given)
                write_finding(study, f"score-{metric}-{level}", grouped)
    lines += _questions(study, answers)
    return lines or ["Scores: the study has no closed answers."]


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
            minimum_cell=_minimum(study),
            names=feature_labels(study),
        )
        write_finding(study, f"questions-{low:g}-{high:g}", found)
        lines.append(f"{len(found.table)} questions on {span}: {found.sentence('en')}")
    return lines


def _targets(study: Study, answers: pd.DataFrame) -> list[str]:
    from ..metrics import against_targets, score

    targets = {t.touchpoint: t.target for t in study.settings.encounters() if t.target}
    wanted = sorted({t.metric for t in targets.values()} & set(_metrics(answers)))
    tables = []
    for metric in wanted:
        rows = answers[(answers["metric"] == metric) & answers["touchpoint"].notna()]
        if len(rows):
            by_touchpoint = score(
                rows,
                metric=metric,
                by="touchpoint",
                minimum_cell=_minimum(study),
                scale=scale_of(study, metric),
            )
            tables.append(by_touchpoint.table)
    if not tables:
        return []
    found = against_targets(pd.concat(tables, ignore_index=True), targets, names=_names(study))
    write_finding(study, "targets", found)
    return [found.sentence("en")]


def _gap(study: Study, answers: pd.DataFrame) -> list[str]:
    from ..metrics import expectation_gap

    both = answers[answers["metric"].isin(["expectation", "csat"]) & answers["touchpoint"].notna()]
    if both["metric"].nunique() < 2:
        return []
    found = expectation_gap(both, minimum_cell=_minimum(study), names=_names(study))
    write_finding(study, "gap", found)
    return [found.sentence("en")]


def _customers(study: Study, answers: pd.DataFrame) -> list[str]:
    """Each metric against each outcome over customers, with the Simpson check by segment."""
    from ..metrics import SCALES, customer_scores, link_customers

    part = study.settings.customers
    if part is None or not part.outcomes or answers["customer"].isna().all():
        return []
    metrics = [m for m in _metrics(answers) if m != "expectation"]
    scores = customer_scores(answers[answers["customer"].notna()], metrics=metrics).table
    outcomes = study.customers()
    segments = study.membership().set_index("customer")["segment"]
    outcomes = outcomes.assign(segment=outcomes["customer"].map(segments))
    numeric = [k for k in part.outcomes if outcomes[k].dtype.kind in "iufb"]
    found = link_customers(
        scores,
        outcomes,
        kpis=numeric,
        confounders=[c for c in study.settings.link.confounders if c in outcomes],
        segment="segment" if len(segments) else None,
        names={**feature_labels(study), **{m: SCALES[m].name for m in metrics}},
        random_state=study.settings.study.random_state,
    )
    write_finding(study, "customers", found)
    return [found.sentence("en")]


def _series(study: Study, answers: pd.DataFrame) -> list[str]:
    """Monthly metrics of the KPI table against its KPIs: over time, and inside units."""
    from ..metrics import link_panel, link_periods

    part = study.settings.kpis
    kpis = study.kpis()
    if part is None or not part.metrics or kpis.empty:
        return []
    wide = kpis.pivot(index=["unit", "period"], columns="kpi", values="value").reset_index()
    seed, lags = study.settings.study.random_state, study.settings.link.lags
    lines = []
    for metric in part.metrics:
        for kpi in [k for k in wide.columns if k not in ("unit", "period", *part.metrics)]:
            mean = wide.groupby("period")[[metric, kpi]].mean()
            over_time = link_periods(
                mean[metric], mean[kpi], lags=lags, season=12, random_state=seed
            )
            write_finding(study, f"periods-{metric}-{kpi}", over_time)
            lines.append(f"{metric} and {kpi}: {over_time.sentence('en')}")
            if wide["unit"].nunique() < 2:
                continue
            best = [
                link_panel(wide, metric=metric, kpi=kpi, lag=lag, random_state=seed)
                for lag in lags
                if lag >= 0
            ]
            write_finding(study, f"panel-{metric}-{kpi}", _over_lags(best, lags))
    return lines


def _over_lags(found: Sequence[Finding], lags: Sequence[int]) -> Finding:
    """Panel results of several lags under each other, p corrected for their number."""
    used = [lag for lag in lags if lag >= 0]
    tables = [f.table[f.table["term"] != "placebo"].iloc[[0]] for f in found]
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "lag", used)
    p = table["p_wild"].where(table["p_wild"].notna(), table["p"])
    table["p_corrected"] = np.minimum(p * len(used), 1.0)
    strongest = int(table["p_corrected"].argmin())
    return Finding(table, found[strongest].sentences, found[strongest].warnings)


def _themes(study: Study, answers: pd.DataFrame) -> list[str]:
    from ..metrics import join_themes, theme_impact

    comments, suggestions = study.comments(), study.suggestions()
    mine = suggestions[suggestions["document"].isin(comments["document"])]
    if "nps" not in set(answers["metric"]) or mine.empty:
        return []
    try:
        joined = join_themes(
            answers, comments, mine, metric="nps", minimum=max(10, _minimum(study))
        )
        themes = joined.details["themes"]
        if not themes:
            return []
        found = theme_impact(
            joined.table,
            themes=themes,
            names=feature_labels(study),
            random_state=study.settings.study.random_state,
        )
    except FrameError as error:
        return [f"Themes and NPS: not linked. {error.what}"]
    write_finding(study, "themes-nps", found)
    return [found.sentence("en")]


def _drivers(study: Study, answers: pd.DataFrame) -> list[str]:
    """Which touchpoint ratings NPS goes with, over customers who rated them all."""
    from ..metrics import customer_scores, drivers

    rated = answers[(answers["metric"] == "csat") & answers["touchpoint"].notna()]
    if "nps" not in set(answers["metric"]) or rated["touchpoint"].nunique() < 2:
        return []
    who = "customer" if answers["customer"].notna().any() else "respondent"
    keyed = answers.assign(customer=answers[who])
    keyed = keyed[keyed["customer"].notna()]
    ratings = customer_scores(
        keyed[(keyed["metric"] == "csat") & keyed["touchpoint"].notna()],
        metrics=["csat"],
        by="touchpoint",
    ).table
    nps = customer_scores(keyed[keyed["metric"] == "nps"], metrics=["nps"]).table
    wide = ratings.merge(nps, on="customer")
    predictors = [c for c in ratings.columns if c != "customer"]
    names = {f"csat:{name}": words for name, words in _names(study).items()}
    if len(wide.dropna()) < 10 * len(predictors):
        return [
            "Drivers of NPS: not estimated, because only "
            f"{len(wide.dropna())} customers rated every touchpoint."
        ]
    found = drivers(
        wide,
        target="nps",
        predictors=predictors,
        names=names,
        random_state=study.settings.study.random_state,
    )
    write_finding(study, "drivers", found)
    return [found.sentence("en")]
