"""Before and after an improvement: what its metric and KPI did, and what that can't tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, Words, check_frame, interval, number, p_value
from .differences import compare_groups
from .scales import Scale, scale_for
from .scores import format_score, score

__all__ = ["kpi_before_after", "metric_before_after"]

_SEASON = 12
_LEAST = 3


def metric_before_after(
    answers: pd.DataFrame,
    since: pd.Timestamp,
    *,
    metric: str,
    scale: Scale | None = None,
    minimum_cell: int = 5,
) -> Finding:
    """An experience metric before and after a day, and the difference with its interval.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" with `answered_at`, of those whom the improvement concerns.
    since : pandas.Timestamp
        The first day on which the improvement held.
    metric, scale, minimum_cell
        As in `score`.

    Returns
    -------
    Finding
        `table`, one row: `measure`, `n_before`, `n_after`, `before`, `after`, `difference` (after
        minus before, in the metric's unit), `ci_low`, `ci_high` (95 %), `p`, `verdict` (better,
        worse, cannot_tell, hidden).

    Raises
    ------
    FrameError
        There are no dated answers on one of the sides.

    Notes
    -----
    Waves before and after differ in other ways than the improvement: without those it did not
    concern for comparison, the difference is no effect of it.
    """
    dated = answers[answers["answered_at"].notna() & (answers["metric"] == metric)]
    late = (dated["answered_at"] >= since).to_numpy(bool)
    if not late.any() or late.all():
        side = "after" if not late.any() else "before"
        raise FrameError(
            f"There are no answers {side} the improvement.",
            expected="dated answers before and after the day",
            found=f"{int((~late).sum())} before, {int(late.sum())} after",
        )
    chosen = scale_for(metric, scale)
    order = pd.CategoricalDtype(["before", "after"], ordered=True)
    dated = dated.assign(
        side=pd.Series(np.where(late, "after", "before"), dated.index).astype(order)
    )
    levels = score(dated, metric=metric, by="side", scale=chosen, minimum_cell=minimum_cell).table
    levels = levels.set_index("side")
    found = compare_groups(
        dated, metric=metric, by="side", scale=chosen, minimum_cell=minimum_cell
    ).table.iloc[0]
    low, high = float(found["ci_low"]), float(found["ci_high"])
    row = {
        "measure": metric,
        "n_before": int(levels.loc["before", "n"]),
        "n_after": int(levels.loc["after", "n"]),
        "before": levels.loc["before", "value"],
        "after": levels.loc["after", "value"],
        "difference": found["difference"],
        "ci_low": low,
        "ci_high": high,
        "p": found["p"],
        "verdict": _verdict(low, high, higher_is_better=chosen.higher_is_better),
    }
    return Finding(pd.DataFrame([row]), Words({x: _metric_told(row, chosen, x) for x in _BOTH}))


_BOTH = ("fi", "en")


def _verdict(low: float, high: float, *, higher_is_better: bool = True) -> str:
    if not np.isfinite(low):
        return "hidden"
    up, down = low > 0, high < 0
    if not (up or down):
        return "cannot_tell"
    return "better" if up == higher_is_better else "worse"


def _metric_told(row: dict, scale: Scale, language: str) -> str:  # type: ignore[type-arg]
    name = scale.name.to(language)
    if row["verdict"] == "hidden":
        return (
            f"{name}: vastaajia on liian vähän ennen tai jälkeen."
            if language == "fi"
            else f"{name}: too few respondents before or after."
        )
    factor = 100 if scale.statistic == "top" else 1
    decimals = 0 if scale.statistic in ("nps", "top") else 2
    before, after = (format_score(float(row[c]), scale, language) for c in ("before", "after"))
    size = number(factor * row["difference"], language, decimals=decimals, sign=True)
    ends = interval(factor * row["ci_low"], factor * row["ci_high"], language, decimals=decimals)
    n = f"{number(row['n_before'], language)} + {number(row['n_after'], language)}"
    unit = _UNITS[scale.statistic][language]
    level = "95 %:n luottamusväli" if language == "fi" else "95% interval"
    words = ("ennen", "jälkeen", "ero") if language == "fi" else ("before", "after", "difference")
    return (
        f"{name}: {words[0]} {before}, {words[1]} {after}; {words[2]} {size}{unit} "
        f"({level} {ends}, n = {n})."
    )


_UNITS = {
    "nps": {"fi": " pistettä", "en": " points"},
    "top": {"fi": " prosenttiyksikköä", "en": " percentage points"},
    "mean": {"fi": "", "en": ""},
}


def kpi_before_after(
    kpis: pd.DataFrame,
    since: pd.Timestamp,
    *,
    kpi: str,
    unit: str | None = None,
    less_is_better: bool = False,
    name: Words | None = None,
) -> Finding:
    """A KPI before and after a day, against the units that the improvement did not concern.

    Parameters
    ----------
    kpis : pandas.DataFrame
        The contract "kpis", by month.
    since : pandas.Timestamp
        The first day on which the improvement held.
    kpi : str
        Which KPI.
    unit : str, optional
        The unit that it concerned; the others are the comparison. None: all units, no comparison.
    less_is_better : bool
        Fewer is better (support hours, churn).
    name : Words, optional
        The KPI's name.

    Returns
    -------
    Finding
        `table`, one row: `measure`, `n_before`, `n_after` (months), `before`, `after` (means a
        month and unit), `difference` (after minus before, a month; less what the comparison did),
        `ci_low`, `ci_high` (95 %), `p`, `compared` (units in the comparison), `verdict`,
        `relative` (difference / what was to be expected after).
        For support hours `-difference` is hours saved a month.

    Raises
    ------
    FrameError
        The KPI or the unit is not there, or a side has fewer than 3 months.

    Notes
    -----
    Months after are compared with the same months of the year before, where there are any, so
    that the season drops out; else with all months before. With a comparison each month's value is
    first divided by the mean of the others' and brought back to the unit's level (a difference in
    differences in ratios); without one the change of everybody is in it. Welch's t over months,
    which takes months as independent: read the interval as a lower bound of doubt.
    """
    check_frame(kpis, "kpis")
    wide = kpis[kpis["kpi"] == kpi].pivot(index="period", columns="unit", values="value")
    if wide.empty or (unit is not None and unit not in wide.columns):
        raise FrameError(
            "There is no such KPI series.",
            expected=f"{kpi} of {unit or 'any unit'}",
            found=", ".join(map(str, wide.columns)) or "no values",
        )
    mine = wide[[unit]].mean(axis=1) if unit else wide.mean(axis=1)
    others = wide.drop(columns=unit) if unit and wide.shape[1] > 1 else wide.iloc[:, :0]
    series = (mine / _others_index(others) if others.shape[1] else mine).dropna()
    after = series[series.index >= since]
    season = after.index - pd.DateOffset(months=_SEASON)
    before = series[series.index < since]
    same = before[before.index.isin(season)]
    before = same if len(same) >= max(_LEAST, len(after) // 2) else before
    if min(len(before), len(after)) < _LEAST:
        raise FrameError(
            "There are too few months before or after the improvement.",
            expected=f"at least {_LEAST} on each side",
            found=f"{len(before)} before, {len(after)} after",
        )
    row = _kpi_row(before, after, kpi, less_is_better) | {"compared": others.shape[1]}
    label = name or Words(kpi)
    return Finding(pd.DataFrame([row]), Words({x: _kpi_told(row, label, x) for x in _BOTH}))


def _others_index(others: pd.DataFrame) -> pd.Series:
    """What the comparison did: the mean over units of each unit's value in shares of its mean."""
    return (others / others.mean()).mean(axis=1)


def _kpi_row(
    before: pd.Series, after: pd.Series, kpi: str, less_is_better: bool
) -> dict[str, object]:
    a, b = after.to_numpy(float), before.to_numpy(float)
    gap = a.mean() - b.mean()
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    error = float(np.sqrt(parts.sum()))
    low = high = p = np.nan
    if error > 0:
        df = parts.sum() ** 2 / (parts**2 / np.array([len(a) - 1, len(b) - 1])).sum()
        half = float(stats.t.ppf(0.975, df)) * error
        low, high, p = gap - half, gap + half, float(2 * stats.t.sf(abs(gap) / error, df))
    return {
        "measure": kpi,
        "n_before": len(b),
        "n_after": len(a),
        "before": b.mean(),
        "after": a.mean(),
        "difference": gap,
        "ci_low": low,
        "ci_high": high,
        "p": p,
        "relative": gap / b.mean() if b.mean() else np.nan,
        "verdict": _verdict(low, high, higher_is_better=not less_is_better),
    }


def _kpi_told(row: dict, name: Words, language: str) -> str:  # type: ignore[type-arg]
    decimals = 0 if abs(row["before"]) >= 100 else 1 if abs(row["before"]) >= 1 else 4
    before, after = (number(row[c], language, decimals=decimals) for c in ("before", "after"))
    size = number(row["difference"], language, decimals=decimals, sign=True)
    ends = interval(row["ci_low"], row["ci_high"], language, decimals=decimals)
    n = f"{row['n_before']} + {row['n_after']}"
    p = p_value(row["p"], language) if np.isfinite(row["p"]) else "–"
    p = p if p.startswith("<") else f"= {p}"
    others = row["compared"]
    if language == "fi":
        text = f"{name.to('fi')}: ennen {before}, jälkeen {after} kuukaudessa"
        text += f", kun muiden {others} yksikön muutos on otettu pois" if others else ""
        return (
            f"{text}; ero {size} (95 %:n luottamusväli {ends}, p {p}, n = {n} kuukautta). "
            "Ero ei todista, että parannus sen sai aikaan."
        )
    text = f"{name.to('en')}: before {before}, after {after} a month"
    text += f", with the change of {others} other units taken away" if others else ""
    return (
        f"{text}; difference {size} (95% interval {ends}, p {p}, n = {n} months). "
        "That is no proof that the improvement brought it about."
    )
