"""The measurement framework (strategy, goal, KPI, metric, method) and what to mend first."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words

__all__ = ["check_framework", "prioritise"]

LEVELS = ("strategy", "goal", "kpi", "metric", "method")


def check_framework(
    table: pd.DataFrame, *, measured: Iterable[str] = (), kpis: Iterable[str] = ()
) -> Finding:
    """Gaps in the measurement framework: goals nobody measures, metrics that serve no goal.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a chain: `strategy`, `goal`, `kpi`, `metric`, `method`; cells may be empty.
    measured : iterable of str
        Metrics that the study's answers hold.
    kpis : iterable of str
        KPIs that the study's KPI table holds.

    Returns
    -------
    Finding
        `table`: `problem` (goal_without_kpi, kpi_without_metric, metric_without_method,
        metric_without_goal, goal_without_strategy, metric_not_measured, measured_but_orphan,
        kpi_without_data, kpi_orphan), `what` (the goal, KPI or metric). No rows when all holds.

    Raises
    ------
    FrameError
        A column is missing.
    """
    absent = [c for c in LEVELS if c not in table.columns]
    if absent:
        raise FrameError(
            "The framework lacks columns.",
            expected=", ".join(LEVELS),
            found="no " + ", ".join(absent),
        )
    text = {c: table[c].fillna("").astype(str).str.strip() for c in LEVELS}
    named = {c: {v for v in text[c] if v} for c in LEVELS}
    found: list[tuple[str, str]] = []
    for problem, one, other in (
        ("goal_without_strategy", "goal", "strategy"),
        ("goal_without_kpi", "goal", "kpi"),
        ("kpi_without_metric", "kpi", "metric"),
        ("metric_without_method", "metric", "method"),
        ("metric_without_goal", "metric", "goal"),
    ):
        served = set(text[one][text[other] != ""])
        found += [(problem, what) for what in sorted(named[one] - served)]
    measured, kpis = set(measured), set(kpis)
    if measured:
        found += [("metric_not_measured", m) for m in sorted(named["metric"] - measured)]
        found += [("measured_but_orphan", m) for m in sorted(measured - named["metric"])]
    if kpis:
        found += [("kpi_without_data", k) for k in sorted(named["kpi"] - kpis)]
        found += [("kpi_orphan", k) for k in sorted(kpis - named["kpi"])]
    result = pd.DataFrame(found, columns=["problem", "what"])
    goals, gaps = len(named["goal"]), len(result)
    return Finding(result, framework_words(goals, gaps))


def framework_words(goals: int, gaps: int) -> Words:
    """The sentence on a framework: how many goals, how many gaps."""
    return Words(
        fi=f"Mittauskehikossa on {goals} tavoitetta; puutteita: {gaps}.",
        en=f"The measurement framework has {goals} goals; gaps: {gaps}.",
    )


def prioritise(table: pd.DataFrame, *, draws: int = 4000, random_state: int = 0) -> Finding:
    """Improvements ranked by impact for effort, and how sure the rank is.

    Parameters
    ----------
    table : pandas.DataFrame
        One row an improvement: `improvement`, `impact` (share or points from drivers, themes or
        gaps; higher = more to win), `impact_low`, `impact_high` (95 %), `effort` (entered by
        people, above 0: days, or 1-5), and optionally `experience` 0..1 (how bad it is today; 1 =
        worst; default 1).
    draws : int
        Draws for the rank intervals.
    random_state : int
        Where they start from.

    Returns
    -------
    Finding
        `table`, best first: the given columns, `priority` (impact x experience / effort),
        `priority_low`, `priority_high`, `rank`, `rank_low`, `rank_high` (95 %), `first` (0..1, how
        often it comes first).

    Raises
    ------
    FrameError
        A column is missing, empty, or an interval does not hold its value.
    SettingsError
        An effort is not above 0.

    Notes
    -----
    Impacts are drawn as normal with the deviation of their intervals, cut at 0; effort and
    experience are taken as certain. Impact is association: a rank is where to look first.
    """
    wanted = ["improvement", "impact", "impact_low", "impact_high", "effort"]
    absent = [c for c in wanted if c not in table.columns]
    if absent or table[wanted].isna().any(axis=None) or not len(table):
        raise FrameError(
            "The improvements can't be ranked.",
            expected=", ".join(wanted) + "; none empty",
            found="no " + ", ".join(absent) if absent else "empty cells",
        )
    impact, low, high, effort = (table[c].to_numpy(float) for c in wanted[1:])
    if (effort <= 0).any():
        raise SettingsError("An effort must be above 0.", found=f"{effort.min():g}")
    if ((low > impact + 1e-12) | (high < impact - 1e-12)).any():
        raise FrameError(
            "An interval of impact doesn't hold its value.", expected="low <= impact <= high"
        )
    bad = table["experience"].to_numpy(float) if "experience" in table.columns else 1.0
    factor = bad / effort
    error = (high - low) / (2 * stats.norm.ppf(0.975))
    rng = np.random.default_rng(random_state)
    drawn = np.maximum(impact + error * rng.normal(size=(draws, len(impact))), 0) * factor
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    result = table.assign(
        priority=impact * factor,
        priority_low=np.quantile(drawn, 0.025, axis=0),
        priority_high=np.quantile(drawn, 0.975, axis=0),
        rank_low=np.quantile(ranks, 0.025, axis=0, method="lower"),
        rank_high=np.quantile(ranks, 0.975, axis=0, method="higher"),
        first=(ranks == 1).mean(axis=0),
    ).sort_values("priority", ascending=False, kind="stable", ignore_index=True)
    result.insert(result.columns.get_loc("rank_low"), "rank", np.arange(1, len(result) + 1))
    top = result.iloc[0]
    span = f"{int(top['rank_low'])}–{int(top['rank_high'])}"
    return Finding(
        result,
        Words(
            fi=f"Ensimmäiseksi: {top['improvement']} (sijan 95 %:n väli {span}).",
            en=f"First: {top['improvement']} (95% interval of its rank {span}).",
        ),
    )
