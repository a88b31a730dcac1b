"""Who stays: retention curves and churn with what is not yet known taken into account."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, Words, interval, number, percent

__all__ = ["retention_curve"]


def retention_curve(
    table: pd.DataFrame,
    *,
    duration: str,
    left: str,
    by: str | None = None,
    at: Sequence[float] = (),
    minimum_cell: int = 5,
) -> Finding:
    """The share of customers still there as time goes by (Kaplan-Meier), for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer. Rows with a missing duration or end are left out.
    duration : str
        Time from start to leaving, or to the last day of watching; above 0.
    left : str
        true/false or 0/1: did the customer leave (False: still there when watching ended).
    by : str, optional
        Column of groups.
    at : sequence of float
        Times to report; default every time at which somebody left.
    minimum_cell : int
        Groups of fewer customers are left out and named in a warning.

    Returns
    -------
    Finding
        `table`: the group column (if any), `time`, `at_risk`, `left` (in all, until then),
        `retained` (share 0..1), `se` (Greenwood), `ci_low`, `ci_high` (95 %, log-log).
        `details`: `median` by group (NaN where more than half stay), `logrank` (`chi2`, `df`,
        `p`) when there are several groups.

    Raises
    ------
    FrameError
        A column is missing, a duration is not above 0, an end is not 0 or 1, or nobody left.

    Notes
    -----
    Supposes that those who are no longer watched are like the rest. While nobody has left, the
    lower end is Wilson's for none of those still watched, n / (n + z²), or it would claim
    certainty. Checked against R survival
    3.5-3 survfit and survdiff. Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452.
    """
    absent = [c for c in (duration, left, *([by] if by else [])) if c not in table.columns]
    if absent:
        raise FrameError("The table lacks columns.", found="no " + ", ".join(absent))
    data = table[[duration, left, *([by] if by else [])]].dropna()
    time, event = data[duration].to_numpy(float), data[left].to_numpy(float)
    bad = (time <= 0) | ~np.isin(event, (0, 1))
    if bad.any() or not event.any():
        raise FrameError(
            "Retention can't be computed.",
            expected=f"`{duration}` above 0, `{left}` true or false, and somebody who left",
            found=f"{int(bad.sum())} rows that break this" if bad.any() else "nobody left",
            where="rows " + ", ".join(map(str, data.index[bad][:5])) if bad.any() else None,
        )
    groups = data[by].astype(str).to_numpy() if by else np.full(len(data), "all")
    names = [str(g) for g in dict.fromkeys(groups) if (groups == g).sum() >= minimum_cell]
    parts, medians = [], {}
    for name in names:
        mine = groups == name
        curve, medians[name] = _curve(time[mine], event[mine], at)
        parts.append(curve.assign(group=name))
    result = pd.concat(parts, ignore_index=True)
    group = result.pop("group")
    if by:
        result.insert(0, by, group)
    kept = np.isin(groups, names)
    details = {"median": medians}
    if len(names) > 1:
        details["logrank"] = _logrank(time[kept], event[kept], groups[kept])
    hidden = sorted(set(groups) - set(names))
    notes = [
        Words(
            fi=f"Alle {minimum_cell} asiakkaan ryhmiä jätetty pois: {len(hidden)}.",
            en=f"Groups with fewer than {minimum_cell} customers left out: {len(hidden)}.",
        )
    ]
    return Finding(
        result, _words(result, medians, by, len(data)), tuple(notes if hidden else []), details
    )


def _curve(time: np.ndarray, event: np.ndarray, at: Sequence[float]) -> tuple[pd.DataFrame, float]:
    moments = np.unique(time[event == 1])
    risk = len(time) - np.searchsorted(np.sort(time), moments, side="left")
    gone = np.searchsorted(np.sort(time[event == 1]), moments, side="right")
    deaths = np.diff(gone, prepend=0)
    retained = np.cumprod(1 - deaths / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(deaths / (risk * (risk - deaths)))
    shown = np.asarray(at, float) if len(at) else moments
    place = np.searchsorted(moments, shown, side="right") - 1
    start = place < 0
    s = np.where(start, 1.0, retained[place])
    v = np.where(start, 0.0, greenwood[place])
    z = stats.norm.ppf(0.975)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = z * np.sqrt(v) / np.log(s)
        low, high = s ** np.exp(-width), s ** np.exp(width)
        se = s * np.sqrt(v)
    flat = (s >= 1) | (s <= 0)
    watched = len(time) - np.searchsorted(np.sort(time), shown, side="left")
    unseen = np.where(s >= 1, watched / (watched + z**2), s)
    table = pd.DataFrame(
        {
            "time": shown,
            "at_risk": watched,
            "left": np.where(start, 0, gone[place]),
            "retained": s,
            "se": np.where(flat, 0.0, se),
            "ci_low": np.where(flat, unseen, low),
            "ci_high": np.where(flat, s, high),
        }
    )
    half = moments[retained <= 0.5 + 1e-12]
    return table, float(half[0]) if len(half) else np.nan


def _logrank(time: np.ndarray, event: np.ndarray, groups: np.ndarray) -> dict[str, float]:
    names = np.unique(groups)
    moments = np.unique(time[event == 1])
    risk = np.array([(time[groups == g][:, None] >= moments).sum(axis=0) for g in names], float)
    died = np.array(
        [((time == m) & (event == 1) & (groups == g)).sum() for g in names for m in moments], float
    ).reshape(len(names), -1)
    n, d = risk.sum(axis=0), died.sum(axis=0)
    gap = (died - risk * d / n).sum(axis=1)[:-1]
    factor = np.where(n > 1, d * (n - d) / (n**2 * np.maximum(n - 1, 1)), 0)
    covariance = np.diag((factor * risk * n).sum(axis=1)) - (risk * factor) @ risk.T
    chi2 = float(gap @ np.linalg.pinv(covariance[:-1, :-1]) @ gap)
    df = len(names) - 1
    return {"chi2": chi2, "df": df, "p": float(stats.chi2.sf(chi2, df))}


def _words(result: pd.DataFrame, medians: dict[str, float], by: str | None, n: int) -> Words:
    last = result.iloc[-1]
    if by is None:
        share = percent(last["retained"], "fi"), percent(last["retained"], "en")
        time = number(last["time"], "fi"), number(last["time"], "en")
        ends = [
            interval(100 * last["ci_low"], 100 * last["ci_high"], language)
            for language in ("fi", "en")
        ]
        return Words(
            fi=f"Asiakkaista {share[0]} on mukana ajanhetkellä {time[0]} (95 %:n luottamusväli "
            f"{ends[0]} %, n = {number(n, 'fi')}).",
            en=f"{share[1]} of customers are still there at time {time[1]} (95% interval "
            f"{ends[1]}%, n = {number(n, 'en')}).",
        )
    told = {
        language: ", ".join(f"{g}: {number(m, language)}" for g, m in medians.items())
        for language in ("fi", "en")
    }
    return Words(
        fi=f"Mediaaniaika lähtemiseen ryhmittäin (– = yli puolet on yhä mukana, "
        f"n = {number(n, 'fi')}): {told['fi']}.",
        en=f"Median time to leaving by group (– = more than half are still there, "
        f"n = {number(n, 'en')}): {told['en']}.",
    )
