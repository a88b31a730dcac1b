"""Rank correlations with bootstrap intervals, and with other things held equal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..model import FrameError

__all__ = ["Correlation", "partial_spearman", "rank_correlation"]

_CELLS_AT_ONCE = 2_000_000
_MOST_CELLS = 20_000


@dataclass(frozen=True)
class Correlation:
    """A rank correlation of two columns.

    Attributes
    ----------
    n : int
        Complete pairs.
    rho, ci_low, ci_high : float
        Spearman's rho, -1..1, and its 95 % interval; NaN where a column is constant or n < 4.
    p : float
        Two-sided, from t with n - 2 (- controls) degrees of freedom.
    tau, tau_p : float
        Kendall's tau-b and its p from the tie-corrected normal; NaN for partial correlations.
    """

    n: int
    rho: float
    ci_low: float
    ci_high: float
    p: float
    tau: float = np.nan
    tau_p: float = np.nan


def rank_correlation(
    x: ArrayLike,
    y: ArrayLike,
    *,
    replicates: int = 1000,
    random_state: int | np.random.Generator = 0,
) -> Correlation:
    """Spearman's rho with a percentile bootstrap interval, and Kendall's tau-b.

    Parameters
    ----------
    x, y : array_like
        Numbers of the same length; pairs with a missing value are left out.
    replicates : int
        Bootstrap resamples of pairs; 0 leaves the interval empty.
    random_state : int or numpy.random.Generator
        Where the draws start from.

    Returns
    -------
    Correlation
        All NaN but n where a column is constant or there are fewer than 4 pairs.

    Notes
    -----
    Checked against R 4.2.2 cor.test(method="spearman"|"kendall", exact=FALSE). Pairs are
    resampled by the counts of distinct pairs (a multinomial draw), and ranked anew in each
    replicate. Above 20,000 distinct pairs the replicates (not rho itself) use 200 rank classes a
    column, which moves the interval's ends by less than their Monte Carlo error.
    """
    a, b = _complete(x, y)
    n = len(a)
    if n < 4 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Correlation(n, np.nan, np.nan, np.nan, np.nan)
    rho = float(np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1])
    tau = stats.kendalltau(a, b, method="asymptotic")
    low = high = np.nan
    if replicates:
        drawn = spearman_replicates(a, b, replicates, np.random.default_rng(random_state))
        # a resample where a column is constant has no correlation: it says nothing either way
        low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Correlation(
        n, rho, float(low), float(high), _t_p(rho, n - 2), float(tau.statistic), float(tau.pvalue)
    )


def _complete(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = np.asarray(x, float), np.asarray(y, float)
    if a.shape != b.shape:
        raise FrameError(
            "Two columns to correlate have different lengths.",
            expected=f"{len(a)} rows",
            found=f"{len(b)} rows",
        )
    known = np.isfinite(a) & np.isfinite(b)
    return a[known], b[known]


def _t_p(rho: float, df: int) -> float:
    if df < 1:
        return np.nan
    if abs(rho) >= 1:
        return 0.0
    return float(2 * stats.t.sf(abs(rho) * np.sqrt(df / (1 - rho**2)), df))


def spearman_replicates(
    x: NDArray[np.float64], y: NDArray[np.float64], replicates: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Spearman's rho of bootstrap resamples of the pairs, by counts of distinct pairs."""
    _, a = np.unique(x, return_inverse=True)
    _, b = np.unique(y, return_inverse=True)
    cells, counts = np.unique(a * (b.max() + 1) + b, return_counts=True)
    if len(cells) > _MOST_CELLS:
        a, b = _classes(x), _classes(y)
        cells, counts = np.unique(a * (b.max() + 1) + b, return_counts=True)
    a, b = np.divmod(cells, b.max() + 1)
    n = int(counts.sum())
    results = np.empty(replicates)
    step = max(1, _CELLS_AT_ONCE // len(cells))
    for start in range(0, replicates, step):
        stop = min(start + step, replicates)
        weights = rng.multinomial(n, counts / n, size=stop - start).astype(float)
        results[start:stop] = _weighted_spearman(a, b, weights)
    return results


def _classes(values: NDArray[np.float64], most: int = 200) -> NDArray[np.intp]:
    levels, place = np.unique(values, return_inverse=True)
    if len(levels) <= most:
        return place
    ranks = stats.rankdata(values)
    return np.unique(np.floor(most * (ranks - 0.5) / len(values)), return_inverse=True)[1]


def _weighted_spearman(
    a: NDArray[np.intp], b: NDArray[np.intp], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    n = weights.sum(axis=1, keepdims=True)
    x, y = (_weighted_ranks(codes, weights) - (n + 1) / 2 for codes in (a, b))
    wx, wy = weights * x, weights * y
    with np.errstate(invalid="ignore", divide="ignore"):
        return (wx * y).sum(axis=1) / np.sqrt((wx * x).sum(axis=1) * (wy * y).sum(axis=1))


def _weighted_ranks(codes: NDArray[np.intp], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mid-ranks of each cell in each replicate."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    level = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks = level.cumsum(axis=1) - (level - 1) / 2
    return ranks[:, np.unique(codes, return_inverse=True)[1]]


def partial_spearman(x: ArrayLike, y: ArrayLike, controls: pd.DataFrame) -> Correlation:
    """Spearman's correlation with the controls held equal.

    Parameters
    ----------
    x, y : array_like
        Numbers.
    controls : pandas.DataFrame
        One row each; numbers enter as ranks, text and categories as 0/1 columns. Rows with
        anything missing are left out.

    Returns
    -------
    Correlation
        tau is left empty; the interval is Fisher's z with n - 3 - (number of control columns).
        All NaN but n where nothing is left to vary.

    Notes
    -----
    The correlation of what is left of both ranks after a linear regression on the controls.
    Checked against R ppcor 1.1 pcor.test(method="spearman"). A control that is itself a result of
    the experience (a mediator) should not be held equal.
    """
    frame = pd.DataFrame({"x": np.asarray(x, float), "y": np.asarray(y, float)})
    frame = pd.concat([frame, controls.reset_index(drop=True).add_prefix("c_")], axis=1).dropna()
    n = len(frame)
    design = [np.ones(n)]
    for name in frame.columns[2:]:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) and column.dtype.kind != "b":
            design.append(stats.rankdata(column))
        else:
            design.extend(pd.get_dummies(column, drop_first=True, dtype=float).to_numpy().T)
    matrix = np.column_stack(design)
    held = int(np.linalg.matrix_rank(matrix)) - 1 if n else 0
    if n - held < 4 or frame["x"].nunique() < 2 or frame["y"].nunique() < 2:
        return Correlation(n, np.nan, np.nan, np.nan, np.nan)
    both = np.column_stack([stats.rankdata(frame["x"]), stats.rankdata(frame["y"])])
    both -= matrix @ np.linalg.lstsq(matrix, both, rcond=None)[0]
    scale = np.sqrt((both**2).sum(axis=0))
    if (scale < 1e-9 * n).any():
        return Correlation(n, np.nan, np.nan, np.nan, np.nan)
    rho = float(np.clip(both[:, 0] @ both[:, 1] / scale.prod(), -1, 1))
    low, high = fisher_interval(rho, n - held)
    return Correlation(n, rho, low, high, _t_p(rho, n - 2 - held))


def fisher_interval(r: float, n: float) -> tuple[float, float]:
    """95 % interval of a correlation by Fisher's z; empty for n < 4."""
    if n < 4 or not np.isfinite(r):
        return np.nan, np.nan
    z, half = np.arctanh(np.clip(r, -0.9999999, 0.9999999)), stats.norm.ppf(0.975) / np.sqrt(n - 3)
    return float(np.tanh(z - half)), float(np.tanh(z + half))
