"""Targets at their cadence: each week, month or quarter against the target, and news from noise."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..model import Finding, FrameError, Target, Words, date
from .grouping import group_label
from .scales import SCALES, Scale
from .scores import format_score, score
from .targets import STATUS_WORDS, against_targets, control_limits

__all__ = ["target_history"]

_PERIODS = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}


def target_history(
    answers: pd.DataFrame,
    target: Target,
    *,
    group: str,
    scale: Scale | None = None,
    name: Words | None = None,
    minimum_cell: int = 5,
) -> Finding:
    """One target at its own cadence: was it reached in each period, and is the latest news.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" of the target's metric at its touchpoint, with `answered_at`.
    target : Target
        Its cadence says the period: weekly, monthly, quarterly or yearly.
    group : str
        Id of what the target is about, for the table.
    scale : Scale, optional
        How the metric is read, where not its usual scale.
    name : Words, optional
        Name of the group, for the sentence.
    minimum_cell : int
        Periods with fewer respondents are hidden.

    Returns
    -------
    Finding
        `table`, one row a period with answers: `group`, `metric`, `period` (first day), `n`,
        `value`, `ci_low`, `ci_high` (95 %), `target`, `p_below`, `status` (as in
        `against_targets`), `centre`, `lower`, `upper`, `signal` (as in `control_limits`; empty
        under 8 periods), `hidden`.

    Raises
    ------
    FrameError
        There are no dated answers.
    """
    dated = answers[answers["answered_at"].notna()]
    if not len(dated):
        raise FrameError(
            "A target needs dated answers to be looked at over time.",
            expected="answered_at",
            found="no dates",
        )
    period = _PERIODS[target.cadence]
    if period == "year":
        first = dated["answered_at"].dt.to_period("Y").dt.start_time
        dated = dated.assign(year=pd.Categorical(first, ordered=True))
    scored = score(
        dated, metric=target.metric, by=period, scale=scale, minimum_cell=minimum_cell
    ).table
    scored = scored.assign(group=scored[period].astype(str))
    judged = against_targets(scored, dict.fromkeys(scored["group"], target), by="group").table
    table = scored.rename(columns={period: "period"}).drop(columns="group")
    table[["target", "p_below", "status"]] = judged[["target", "p_below", "status"]].to_numpy()
    table["period"] = pd.to_datetime(table["period"].astype(object))
    table["target"] = table["target"].astype(float)
    table["p_below"] = table["p_below"].astype(float)
    notes: tuple[Words, ...] = ()
    if table["value"].notna().sum() >= 2:
        limits = control_limits(table, period="period")
        table, notes = limits.table, limits.warnings
    else:
        table = table.assign(centre=float("nan"), lower=float("nan"), upper=float("nan"), signal="")
    table.insert(0, "group", group)
    order = ["group", "metric", "period", "n", "value", "ci_low", "ci_high", "target", "p_below"]
    table = table[[*order, "status", "centre", "lower", "upper", "signal", "hidden"]]
    names = {group: name} if name is not None else {}
    told = {x: _sentence(table, period, scale, names, x) for x in ("fi", "en")}
    return Finding(table, Words(told), notes)


def _sentence(
    table: pd.DataFrame,
    period: str,
    scale: Scale | None,
    names: Mapping[str, Words],
    language: str,
) -> str:
    group = str(table["group"].iloc[0])
    name = names.get(group, Words(group)).to(language)
    shown = table[table["value"].notna()]
    if not len(shown):
        return (
            f"{name}: vastaajia on liian vähän jokaisella jaksolla."
            if language == "fi"
            else f"{name}: too few respondents in every period."
        )
    last = shown.iloc[-1]
    chosen = scale or SCALES[str(last["metric"])]
    when = date(last["period"].date(), language) if period == "week" else ""
    when = when or group_label({"t": last["period"]}, language)
    value, goal = (format_score(float(last[c]), chosen, language) for c in ("value", "target"))
    state = STATUS_WORDS[str(last["status"])].to(language)
    missed = int(shown["status"].astype(str).str.startswith("below").sum())
    if language == "fi":
        return (
            f"{name}: viimeisin jakso {when} {value}, tavoite {goal} ({state}, n = {last['n']}); "
            f"alle tavoitteen {missed} / {len(shown)} jaksosta."
        )
    return (
        f"{name}: latest period {when} {value}, target {goal} ({state}, n = {last['n']}); below "
        f"target in {missed} of {len(shown)} periods."
    )
