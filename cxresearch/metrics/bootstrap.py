"""Bootstrap by counts: answers on a scale are resampled as a multinomial draw, never row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..model import SettingsError

__all__ = ["BootstrapInterval", "bootstrap_counts"]

Statistic = Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class BootstrapInterval:
    """A statistic with its bootstrap interval.

    Attributes
    ----------
    value : float
        The statistic of the data.
    ci_low, ci_high : float
        The interval, in the statistic's unit.
    n : int
        Answers used.
    replicates : numpy.ndarray
        The statistic of each replicate.
    """

    value: float
    ci_low: float
    ci_high: float
    n: int
    replicates: NDArray[np.float64]


def bootstrap_counts(
    values: ArrayLike,
    statistic: str | Statistic = "nps",
    *,
    replicates: int = 2000,
    confidence: float = 0.95,
    method: str = "percentile",
    random_state: int | np.random.Generator = 0,
) -> BootstrapInterval:
    """Bootstrap interval of a statistic that depends on the data through counts.

    Parameters
    ----------
    values : array_like
        Answers; missing ones are left out.
    statistic : str or callable
        `nps` (points), `mean`, `median`, `std`, or a function of (levels, counts) that gives one
        number a row: levels are the k distinct values in rising order, counts has one row a
        replicate and k columns.
    replicates : int
        How many resamples.
    confidence : float
        0..1.
    method : str
        `percentile`, or `bca` (bias-corrected and accelerated), which is better for skewed
        statistics of few answers and the same for many.
    random_state : int or numpy.random.Generator
        Where the draws start from.

    Returns
    -------
    BootstrapInterval

    Raises
    ------
    SettingsError
        No values, an unknown statistic or an unknown method.

    Notes
    -----
    Resampling n rows with replacement and counting the levels *is* a multinomial draw with the
    observed shares, so the distribution is exactly that of row resampling, at a cost that does
    not grow with n after one count. It pays where there are few distinct values. When several
    answers come from one person, resample people instead. Efron (1979), doi:10.1214/aos/1176344552.
    BCa: Efron (1987), doi:10.1080/01621459.1987.10478410; the jackknife leaves out one answer of
    each level, which is the whole jackknife, for answers of a level are alike. Checked against
    scipy.stats.bootstrap(method="BCa").
    """
    if method not in ("percentile", "bca"):
        raise SettingsError(
            "The kind of bootstrap isn't known.", expected="percentile | bca", found=method
        )
    levels, counts = count_levels(values)
    n = int(counts.sum())
    if n == 0:
        raise SettingsError(
            "There is nothing to resample.", expected="at least one answer", found="none"
        )
    function = _STATISTICS.get(statistic) if isinstance(statistic, str) else statistic
    if function is None:
        raise SettingsError(
            "The statistic isn't known.",
            expected=" | ".join(_STATISTICS) + " or a function",
            found=str(statistic),
        )
    rng = np.random.default_rng(random_state)
    drawn = rng.multinomial(n, counts / n, size=replicates)
    results = np.asarray(function(levels, drawn), dtype=np.float64)
    value = float(np.asarray(function(levels, counts[None, :]))[0])
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    if method == "bca" and n > 1:
        without = np.asarray(function(levels, counts - np.eye(len(levels), dtype=np.int64)), float)
        ends = bca_levels(value, results, without, counts, ends)
    low, high = np.quantile(results, ends)
    return BootstrapInterval(value, float(low), float(high), n, results)


def bca_levels(
    value: float,
    drawn: NDArray[np.float64],
    without: NDArray[np.float64],
    weights: NDArray[np.int64] | NDArray[np.float64],
    ends: tuple[float, float],
) -> tuple[float, float]:
    """The quantiles of the replicates that BCa takes for the nominal `ends`.

    `without` is the statistic with one observation of each distinct kind left out, `weights` how
    many there are of the kind. Replicates equal to the value count half. Where all replicates lie
    on one side, or the jackknife doesn't vary, the nominal ends stay.
    """
    known = drawn[np.isfinite(drawn)]
    share = (np.mean(known < value) + np.mean(known <= value)) / 2 if len(known) else 0.5
    usable = np.isfinite(without)
    w = np.asarray(weights, float)[usable]
    if not 0 < share < 1 or not w.sum():
        return ends
    bias = stats.norm.ppf(share)
    apart = (w @ without[usable]) / w.sum() - without[usable]
    spread = float(w @ apart**2)
    bend = float(w @ apart**3) / (6 * spread**1.5) if spread > 0 else 0.0
    z = bias + stats.norm.ppf(ends)
    low, high = stats.norm.cdf(bias + z / (1 - bend * z))
    return (float(low), float(high)) if 0 < low < high < 1 else ends


def count_levels(values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distinct values in rising order and how often each occurs; missing ones are left out."""
    given = np.asarray(values)
    if given.dtype.kind not in "iub":
        given = given.astype(float)
        given = given[~np.isnan(given)]
    if not len(given):
        return np.empty(0), np.empty(0, dtype=np.int64)
    low, high = given.min(), given.max()
    if high - low <= 1000 and (given.dtype.kind in "iub" or float(low).is_integer()):
        whole = given.astype(np.int64)
        if given.dtype.kind in "iub" or np.array_equal(whole, given):
            counts = np.bincount(whole - int(low))
            used = np.flatnonzero(counts)
            return used.astype(float) + float(low), counts[used].astype(np.int64)
    levels, counts = np.unique(given, return_counts=True)
    return levels.astype(float), counts.astype(np.int64)


def _nps(levels: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    return counts @ (100.0 * (levels >= 9) - 100.0 * (levels <= 6)) / counts.sum(axis=1)


def _mean(levels: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    return counts @ levels / counts.sum(axis=1)


def _std(levels: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    n = counts.sum(axis=1)
    centred = levels - levels.mean()
    mean = counts @ centred / n
    spread = np.maximum(counts @ centred**2 - n * mean**2, 0)
    return np.sqrt(spread / np.maximum(n - 1, 1))


def _median(levels: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    reached = counts.cumsum(axis=1)
    n = reached[:, -1]
    lower = (reached > ((n - 1) // 2)[:, None]).argmax(axis=1)
    upper = (reached > (n // 2)[:, None]).argmax(axis=1)
    return (levels[lower] + levels[upper]) / 2


_STATISTICS: dict[str, Statistic] = {"nps": _nps, "mean": _mean, "median": _median, "std": _std}
