"""Does an association hold inside the segments, or does it turn round there (Simpson's paradox)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from ..model import FrameError
from .correlation import fisher_interval, rank_correlation

__all__ = ["MantelHaenszel", "SimpsonCheck", "mantel_haenszel", "simpson_check"]


@dataclass(frozen=True)
class SimpsonCheck:
    """An association over everyone, and inside the segments.

    Attributes
    ----------
    flag : str
        `reversed`: the sign over everyone and the sign inside the segments differ, and both
        intervals leave out 0; `differs`: the signs differ, but one of them may be 0; `agrees`:
        the signs are the same; `unclear`: both may be 0; `not_checked`: fewer than two segments
        with enough customers.
    pooled, pooled_low, pooled_high : float
        Spearman's rho over everyone, Fisher's interval.
    within, within_low, within_high : float
        The common rho inside segments: mean of Fisher's z weighted by n - 3.
    segments : pandas.DataFrame
        `segment`, `n`, `rho`, `ci_low`, `ci_high`; empty below the smallest n.
    """

    flag: str
    pooled: float
    pooled_low: float
    pooled_high: float
    within: float
    within_low: float
    within_high: float
    segments: pd.DataFrame


def simpson_check(
    x: ArrayLike, y: ArrayLike, segment: ArrayLike, *, minimum: int = 10
) -> SimpsonCheck:
    """Compare Spearman's rho over everyone with that inside each segment.

    Parameters
    ----------
    x, y : array_like
        Metric and KPI; rows with a missing value are left out.
    segment : array_like
        The segment of each row; rows without one are left out.
    minimum : int
        Segments with fewer complete rows get no rho.

    Returns
    -------
    SimpsonCheck

    Notes
    -----
    The pooled rho is taken over the same rows as the segments, so that the two are comparable.
    Simpson (1951), doi:10.1111/j.2517-6161.1951.tb00088.x.
    """
    frame = pd.DataFrame(
        {
            "x": np.asarray(x, float),
            "y": np.asarray(y, float),
            "segment": np.asarray(segment, object),
        }
    ).dropna()
    rows = []
    for name, part in frame.groupby("segment", sort=True):
        n = len(part)
        rho = rank_correlation(part["x"], part["y"], replicates=0).rho if n >= minimum else np.nan
        low, high = fisher_interval(rho, n)
        rows.append({"segment": name, "n": n, "rho": rho, "ci_low": low, "ci_high": high})
    table = pd.DataFrame(rows, columns=["segment", "n", "rho", "ci_low", "ci_high"])
    pooled = rank_correlation(frame["x"], frame["y"], replicates=0)
    low, high = fisher_interval(pooled.rho, pooled.n)
    usable = table[table["rho"].notna() & (table["n"] > 3)]
    if len(usable) < 2 or not np.isfinite(pooled.rho):
        return SimpsonCheck("not_checked", pooled.rho, low, high, np.nan, np.nan, np.nan, table)
    weights = usable["n"].to_numpy(float) - 3
    z = np.arctanh(np.clip(usable["rho"].to_numpy(), -0.9999999, 0.9999999))
    common = float(weights @ z / weights.sum())
    half = stats.norm.ppf(0.975) / np.sqrt(weights.sum())
    within = [float(np.tanh(v)) for v in (common, common - half, common + half)]
    flag = _flag(pooled.rho, (low, high), within)
    mean, mean_low, mean_high = within
    return SimpsonCheck(flag, pooled.rho, low, high, mean, mean_low, mean_high, table)


def _flag(pooled: float, ends: tuple[float, float], within: list[float]) -> str:
    clear = [low * high > 0 for low, high in (ends, within[1:])]
    if not any(clear):
        return "unclear"
    if np.sign(pooled) == np.sign(within[0]):
        return "agrees"
    return "reversed" if all(clear) else "differs"


@dataclass(frozen=True)
class MantelHaenszel:
    """Odds ratios of two yes/no questions, over everyone and inside strata.

    Attributes
    ----------
    pooled : float
        Odds ratio over everyone, strata ignored.
    common, ci_low, ci_high : float
        Mantel-Haenszel odds ratio and its 95 % interval (Robins-Breslow-Greenland variance).
    statistic, p : float
        Chi-square test of the common odds ratio = 1, without continuity correction.
    strata : numpy.ndarray
        Odds ratio of each stratum.
    """

    pooled: float
    common: float
    ci_low: float
    ci_high: float
    statistic: float
    p: float
    strata: np.ndarray


def mantel_haenszel(tables: ArrayLike) -> MantelHaenszel:
    """The odds ratio of a 2 x 2 table with strata (segments) held equal.

    Parameters
    ----------
    tables : array_like of shape (strata, 2, 2)
        Counts; each stratum [[a, b], [c, d]].

    Returns
    -------
    MantelHaenszel

    Raises
    ------
    FrameError
        The shape is wrong, or no stratum has both answers.

    Notes
    -----
    Checked against R 4.2.2 mantelhaen.test(x, correct=FALSE). Mantel & Haenszel (1959),
    doi:10.1093/jnci/22.4.719; Robins, Breslow & Greenland (1986), doi:10.2307/2531052.
    """
    counts = np.asarray(tables, float)
    if counts.ndim != 3 or counts.shape[1:] != (2, 2):
        raise FrameError(
            "The counts don't make 2 x 2 tables.",
            expected="shape (strata, 2, 2)",
            found=str(counts.shape),
        )
    counts = counts[counts.sum(axis=(1, 2)) > 1]
    a, b, c, d = counts[:, 0, 0], counts[:, 0, 1], counts[:, 1, 0], counts[:, 1, 1]
    n = a + b + c + d
    r, s = a * d / n, b * c / n
    if r.sum() == 0 or s.sum() == 0:
        raise FrameError(
            "The common odds ratio can't be computed.",
            expected="both answers in both groups of some stratum",
            found="an empty diagonal in every stratum",
        )
    common = r.sum() / s.sum()
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    expected = (a + b) * (a + c) / n
    spread = (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))
    statistic = float((a.sum() - expected.sum()) ** 2 / spread.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        strata = a * d / (b * c)
        pooled = a.sum() * d.sum() / (b.sum() * c.sum())
    return MantelHaenszel(
        float(pooled),
        float(common),
        float(common * np.exp(-half)),
        float(common * np.exp(half)),
        statistic,
        float(stats.chi2.sf(statistic, 1)),
        strata,
    )
