"""Rank correlations with bootstrap intervals, and with other things held equal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..model import FrameError
from .bootstrap import bca_levels

__all__ = ["Correlation", "partial_spearman", "rank_correlation"]

_CELLS_AT_ONCE = 2_000_000
_MOST_CELLS = 20_000
_MOST_JACKKNIFED = 2_000


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
    tau_low, tau_high : float
        95 % bootstrap interval of tau-b.
    """

    n: int
    rho: float
    ci_low: float
    ci_high: float
    p: float
    tau: float = np.nan
    tau_p: float = np.nan
    tau_low: float = np.nan
    tau_high: float = np.nan


def rank_correlation(
    x: ArrayLike,
    y: ArrayLike,
    *,
    replicates: int = 1000,
    random_state: int | np.random.Generator = 0,
) -> Correlation:
    """Spearman's rho and Kendall's tau-b with BCa bootstrap intervals.

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
    column, which moves the interval's ends by less than their Monte Carlo error. Tau's replicates
    use at most 100 rank classes a column and are moved to the exact tau.
    BCa or percentile: over 600 draws each of 0-10 answers with a lognormal KPI (n 30, 60, 100; rho
    .3, .6, .8) the 95 % intervals held the truth in .938-.945 (BCa) and .933-.955 (percentile), so
    the choice changes little; BCa mends the bias of rho in small samples, and above 2,000 distinct
    pairs, where none is left, the percentiles are taken.
    """
    a, b = _complete(x, y)
    n = len(a)
    if n < 4 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Correlation(n, np.nan, np.nan, np.nan, np.nan)
    rho = float(np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1])
    tau = stats.kendalltau(a, b, method="asymptotic")
    ends = (np.nan, np.nan), (np.nan, np.nan)
    if replicates:
        rng = np.random.default_rng(random_state)
        ends = _spearman_ends(a, b, rho, replicates, rng), kendall_ends(a, b, replicates, rng)
    (low, high), (tau_low, tau_high) = ends
    shift = float(tau.statistic)
    p = _t_p(rho, n - 2)
    return Correlation(n, rho, low, high, p, shift, float(tau.pvalue), tau_low, tau_high)


def _spearman_ends(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    rho: float,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    drawn = spearman_replicates(a, b, replicates, rng)
    levels = 0.025, 0.975
    x, y, counts = _cells(a, b)
    if len(counts) <= _MOST_JACKKNIFED:
        weights = np.tile(counts.astype(float), (len(counts), 1)) - np.eye(len(counts))
        levels = bca_levels(rho, drawn, _weighted_spearman(x, y, weights), counts, levels)
    # a resample where a column is constant has no correlation: it says nothing either way
    low, high = np.nanquantile(drawn, levels)
    return float(low), float(high)


def _cells(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Distinct pairs as numbers of their levels, and how many there are of each."""
    _, a = np.unique(x, return_inverse=True)
    _, b = np.unique(y, return_inverse=True)
    cells, counts = np.unique(a * (b.max() + 1) + b, return_counts=True)
    first, second = np.divmod(cells, b.max() + 1)
    return first, second, counts


def kendall_ends(
    x: NDArray[np.float64], y: NDArray[np.float64], replicates: int, rng: np.random.Generator
) -> tuple[float, float]:
    """95 % BCa interval of tau-b by counts on a grid of rank classes."""
    a, b, counts = _cells(_classes(x, 100).astype(float), _classes(y, 100).astype(float))
    shape = int(a.max()) + 1, int(b.max()) + 1
    exact = float(stats.kendalltau(x, y, method="asymptotic").statistic)
    n, step = int(counts.sum()), max(1, _CELLS_AT_ONCE // (shape[0] * shape[1]))

    def taus(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        found = []
        for start in range(0, len(weights), step):
            grid = np.zeros((len(weights[start : start + step]), *shape))
            grid[:, a, b] = weights[start : start + step]
            found.append(_grid_tau(grid))
        return np.concatenate(found)

    drawn = taus(rng.multinomial(n, counts / n, size=replicates).astype(float))
    centre = float(taus(counts[None].astype(float))[0])
    levels = 0.025, 0.975
    if len(counts) <= _MOST_JACKKNIFED // 4:
        without = taus(np.tile(counts.astype(float), (len(counts), 1)) - np.eye(len(counts)))
        levels = bca_levels(centre, drawn, without, counts, levels)
    low, high = np.nanquantile(drawn, levels) + (exact - centre)
    return float(max(low, -1.0)), float(min(high, 1.0))


def _grid_tau(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tau-b of each cross-table (replicates x levels x levels)."""
    n = grid.sum(axis=(1, 2))
    below = np.zeros_like(grid)
    below[:, 1:, 1:] = grid.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]
    flipped = grid[:, :, ::-1]
    across = np.zeros_like(grid)
    across[:, 1:, 1:] = flipped.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]
    balance = (grid * below).sum(axis=(1, 2)) - (flipped * across).sum(axis=(1, 2))
    pairs = n * (n - 1) / 2
    tied = [(t * (t - 1) / 2).sum(axis=1) for t in (grid.sum(axis=2), grid.sum(axis=1))]
    with np.errstate(invalid="ignore", divide="ignore"):
        return balance / np.sqrt((pairs - tied[0]) * (pairs - tied[1]))


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
    a, b, counts = _cells(x, y)
    if len(counts) > _MOST_CELLS:
        a, b, counts = _cells(_classes(x).astype(float), _classes(y).astype(float))
    n = int(counts.sum())
    results = np.empty(replicates)
    step = max(1, _CELLS_AT_ONCE // len(counts))
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
