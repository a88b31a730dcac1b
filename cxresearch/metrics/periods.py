"""The link of a metric's series to a KPI's series, without finding lags in noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, interval, number, p_value

__all__ = ["SHORTEST", "cross_correlation", "link_periods"]

SHORTEST = 24
"""Series with fewer common periods are described, not tested."""


def cross_correlation(x: ArrayLike, y: ArrayLike, lags: Sequence[int]) -> NDArray[np.float64]:
    """Correlation of x with y so many periods later.

    Parameters
    ----------
    x, y : array_like
        Series on the same periods; NaN where a period is missing.
    lags : sequence of int
        At lag k the value x[t] stands against y[t + k]: a positive lag means that x leads.

    Returns
    -------
    numpy.ndarray
        One correlation a lag.

    Notes
    -----
    Means, deviations and the divisor are those of the whole series, as in R: equal to
    ccf(x, y) of R 4.2.2 at lag -k. Box & Jenkins (1976).
    """
    a, b = _standard(np.asarray(x, float)), _standard(np.asarray(y, float))
    n = len(a)
    return np.array([_products(a[None], b, k)[0] for k in lags]) / n


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standardised (divisor n), with 0 where a period is missing."""
    known = np.isfinite(values)
    spread = values[known].std() if known.any() else 0.0
    if spread <= 1e-12:
        return np.zeros(len(values))
    scale = np.sqrt(len(values) / known.sum())
    return np.where(known, (values - values[known].mean()) / spread, 0.0) * np.sqrt(scale)


def _products(x: NDArray[np.float64], y: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    n = len(y)
    if abs(lag) >= n:
        return np.zeros(len(x))
    return x[:, : n - lag] @ y[lag:] if lag >= 0 else x[:, -lag:] @ y[: n + lag]


def link_periods(
    metric: pd.Series,
    kpi: pd.Series,
    *,
    lags: Sequence[int] = (0, 1, 2, 3),
    transform: str = "difference",
    season: int | None = None,
    correction: str = "max_t",
    replicates: int = 2000,
    random_state: int = 0,
) -> Finding:
    """Does a KPI move so many periods after the metric, beyond what their own habits explain.

    Parameters
    ----------
    metric, kpi : pandas.Series
        Values by period: a DatetimeIndex of first days, or a PeriodIndex; one row a period.
        Periods that are missing stay missing.
    lags : sequence of int
        Fixed before looking. At lag k the metric leads the KPI by k periods; a negative lag is a
        placebo (the KPI leads).
    transform : str
        `difference` (change from the period before), `detrend` (a straight line taken away) or
        `level` (neither; only for series known to be stationary).
    season : int, optional
        Periods in a year (12, 52): the mean of each season's place is taken away. Needs two years.
    correction : str
        Over the lags: `max_t` (permutations of the whitened metric) or `bonferroni`.
    replicates : int
        Permutations, and block-bootstrap resamples for the intervals.
    random_state : int
        Where the draws start from.

    Returns
    -------
    Finding
        `table`, one row a lag: `lag`, `n` pairs, `r` (after transforming and whitening),
        `ci_low`, `ci_high` (95 %, moving-block bootstrap), `p` (permutation), `p_corrected`,
        `naive_r` and `naive_p` (of the untouched series: what a careless test would say).
        Under 24 common periods only `lag`, `n` and `naive_r` are filled: description only.
        `details`: `ar_order`, `ar`, `transform`, `block`, `periods`, `tested`.

    Raises
    ------
    FrameError
        A period is doubled, the index holds no dates, there is one period only, or nothing varies.
    SettingsError
        An option isn't known, or there are no lags.

    Notes
    -----
    Series that remember their past look related when they are not: two independent AR(1) 0.8
    series of 52 weeks have a naive p < .05 in 35 % of pairs, in 57 % for the best of five lags.
    So both series are made stationary and filtered with the autoregression fitted to the metric
    (order by AIC, at most 5), after which a white metric makes the test honest (pre-whitening,
    Box & Jenkins 1976). Newey-West errors alone are not enough at such lengths.
    `benchmarks/false_lags.py` measures the false-positive rate.
    """
    _check(lags, transform, correction)
    x, y = _aligned(metric, kpi)
    common = int((np.isfinite(x) & np.isfinite(y)).sum())
    naive = cross_correlation(x, y, lags)
    pairs = np.array([_pair_count(x, y, k) for k in lags])
    table = pd.DataFrame({"lag": list(lags), "n": pairs, "naive_r": naive})
    table["naive_p"] = np.nan
    if common < SHORTEST:
        return _described(table, common)
    table["naive_p"] = [_pearson_p(r, n) for r, n in zip(naive, pairs, strict=True)]
    x, y = (_stationary(v, transform, season) for v in (x, y))
    order, ar = _autoregression(x)
    x, y = _filtered(x, ar), _filtered(y, ar)
    if not (np.nanstd(x) > 1e-12 and np.nanstd(y) > 1e-12):
        raise FrameError(
            "A series doesn't vary once its trend and habits are taken away.",
            expected="values that change in their own way",
            found="a constant, or an exact line",
        )
    rng = np.random.default_rng(random_state)
    table["n"] = [_pair_count(x, y, k) for k in lags]
    table["r"] = cross_correlation(x, y, lags)
    block = max(2, round(common ** (1 / 3)))
    ends = np.array([_block_interval(x, y, k, block, replicates, rng) for k in lags])
    table["ci_low"], table["ci_high"] = ends[:, 0], ends[:, 1]
    table["p"], joint = _permuted(x, y, lags, replicates, rng, season)
    table["p_corrected"] = joint if correction == "max_t" else np.minimum(1, table["p"] * len(lags))
    details = {"ar_order": order, "ar": ar, "transform": transform, "block": block}
    details |= {"periods": common, "tested": True}
    table = table[["lag", "n", "r", "ci_low", "ci_high", "p", "p_corrected", "naive_r", "naive_p"]]
    return Finding(table, _words(table, common), tuple(_gaps(common, len(x))), details)


def _check(lags: Sequence[int], transform: str, correction: str) -> None:
    if not len(lags):
        raise SettingsError("There are no lags to look at.", expected="for example (0, 1, 2, 3)")
    for found, known in (
        (transform, ("difference", "detrend", "level")),
        (correction, ("max_t", "bonferroni")),
    ):
        if found not in known:
            raise SettingsError("An option isn't known.", expected=" | ".join(known), found=found)


def _aligned(metric: pd.Series, kpi: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both series on one unbroken run of periods, NaN where one is missing."""
    series = []
    for name, values in (("metric", metric), ("kpi", kpi)):
        index = values.index
        if isinstance(index, pd.PeriodIndex):
            index = index.to_timestamp()
        if not isinstance(index, pd.DatetimeIndex):
            raise FrameError(
                f"The {name} series has no dates.",
                expected="a DatetimeIndex or a PeriodIndex",
                found=type(values.index).__name__,
            )
        if index.has_duplicates:
            raise FrameError(
                f"The {name} series has a period twice.",
                expected="one row a period",
                found=f"{index[index.duplicated()][0]:%Y-%m-%d}",
                next_step="Sum or average the units first, or use link_panel.",
            )
        series.append(pd.Series(values.to_numpy(float), index=index.tz_localize(None)).dropna())
    both = series[0].index.intersection(series[1].index)
    if len(both) < 3:
        raise FrameError(
            "The series have too few periods in common.",
            expected="at least 3 common periods",
            found=str(len(both)),
            next_step="Check that both use the first day of the period.",
        )
    every = series[0].index.union(series[1].index)
    every = every[(every >= both.min()) & (every <= both.max())]
    place = _positions(every)
    result = []
    for values in series:
        laid = np.full(place[-1] + 1, np.nan)
        laid[place] = values.reindex(every).to_numpy()
        if np.nanstd(laid) <= 1e-12:
            raise FrameError(
                "A series never varies.", expected="different values", found="one value"
            )
        result.append(laid)
    return result[0], result[1]


def _positions(index: pd.DatetimeIndex) -> NDArray[np.intp]:
    """Places on the time line: equal steps of days where they fit, else months."""
    days = (index - index[0]).days.to_numpy()
    steps = np.diff(days)
    if (steps % steps.min() == 0).all():
        return (days // steps.min()).astype(np.intp)
    months = (index.year * 12 + index.month).to_numpy()
    months = months - months[0]
    step = int(np.gcd.reduce(np.diff(months)))
    if step < 1:
        raise FrameError(
            "The periods are irregular.",
            expected="days, weeks, months or quarters at equal steps",
            found=f"steps of {steps.min()} to {steps.max()} days",
        )
    return (months // step).astype(np.intp)


def _pair_count(x: NDArray[np.float64], y: NDArray[np.float64], lag: int) -> int:
    known = np.isfinite(x).astype(float)
    return int(_products(known[None], np.isfinite(y).astype(float), lag)[0])


def _pearson_p(r: float, n: int) -> float:
    if n < 3 or abs(r) >= 1:
        return np.nan if n < 3 else 0.0
    return float(2 * stats.t.sf(abs(r) * np.sqrt((n - 2) / (1 - r**2)), n - 2))


def _stationary(
    values: NDArray[np.float64], transform: str, season: int | None
) -> NDArray[np.float64]:
    known = np.isfinite(values)
    if season and known.sum() < 2 * season:
        raise SettingsError(
            "The series is too short to take the season away.",
            expected=f"at least {2 * season} periods",
            found=str(int(known.sum())),
        )
    if transform == "difference":
        values = np.diff(values)
    elif transform == "detrend":
        place = np.arange(len(values))
        line = np.polyfit(place[known], values[known], 1)
        values = values - np.polyval(line, place)
    if season:
        place = np.arange(len(values)) % season
        means = np.array([np.nanmean(values[place == s]) for s in range(season)])
        values = values - means[place]
    return values - np.nanmean(values)


def _autoregression(x: NDArray[np.float64], most: int = 5) -> tuple[int, NDArray[np.float64]]:
    """Order (by AIC) and coefficients of the metric's autoregression, by least squares."""
    most = min(most, max(1, int(np.isfinite(x).sum()) // 10))
    past = np.column_stack([x[most - k - 1 : len(x) - k - 1] for k in range(most)])
    now = x[most:]
    whole = np.isfinite(now) & np.isfinite(past).all(axis=1)
    past, now = past[whole], now[whole]
    n = len(now)
    best, chosen = n * np.log(max(float(np.mean(now**2)), 1e-300)), np.empty(0)
    for order in range(1, most + 1):
        fit = np.linalg.lstsq(past[:, :order], now, rcond=None)[0]
        error = float(np.mean((now - past[:, :order] @ fit) ** 2))
        criterion = n * np.log(max(error, 1e-300)) + 2 * order
        if criterion < best:
            best, chosen = criterion, np.asarray(fit, float)
    return len(chosen), chosen


def _filtered(values: NDArray[np.float64], ar: NDArray[np.float64]) -> NDArray[np.float64]:
    result = values[len(ar) :].copy()
    for k, weight in enumerate(ar, start=1):
        result -= weight * values[len(ar) - k : len(values) - k]
    return result


def _permuted(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lags: Sequence[int],
    replicates: int,
    rng: np.random.Generator,
    season: int | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P-values by permuting the white metric: each lag's own, and by the largest over the lags.

    Taking the season away costs as many degrees of freedom as the year has places. What is shuffled
    loses its seasonal means again, so that chance has no more room than the data had.
    """
    a, b = _standard(x), _standard(y)
    known = np.flatnonzero(np.isfinite(x))
    shuffled = np.zeros((replicates, len(a)))
    shuffled[:, known] = rng.permuted(np.tile(a[known], (replicates, 1)), axis=1)
    if season:
        for place in range(season):
            here = known[known % season == place]
            if len(here):
                shuffled[:, here] -= shuffled[:, here].mean(axis=1, keepdims=True)
        spread = np.sqrt((shuffled[:, known] ** 2).mean(axis=1, keepdims=True))
        shuffled *= np.sqrt((a[known] ** 2).mean()) / np.where(spread > 0, spread, 1.0)
    root = np.sqrt([max(_pair_count(x, y, k), 1) for k in lags])
    drawn = np.abs(np.stack([_products(shuffled, b, k) for k in lags], axis=1)) / root
    observed = np.abs(np.array([_products(a[None], b, k)[0] for k in lags])) / root
    own = (1 + (drawn >= observed - 1e-12).sum(axis=0)) / (replicates + 1)
    largest = drawn.max(axis=1)
    joint = (1 + (largest[:, None] >= observed - 1e-12).sum(axis=0)) / (replicates + 1)
    return own, joint


def _block_interval(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lag: int,
    block: int,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    n = len(x)
    a, b = (x[: n - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: n + lag])
    known = np.isfinite(a) & np.isfinite(b)
    a, b = a[known], b[known]
    m = len(a)
    if m < 2 * block:
        return np.nan, np.nan
    starts = rng.integers(0, m - block + 1, size=(replicates, -(-m // block)))
    rows = (starts[:, :, None] + np.arange(block)).reshape(replicates, -1)[:, :m]
    u, v = a[rows], b[rows]
    u = u - u.mean(axis=1, keepdims=True)
    v = v - v.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (u * v).sum(axis=1) / np.sqrt((u**2).sum(axis=1) * (v**2).sum(axis=1))
    low, high = np.nanquantile(r, [0.025, 0.975])
    return float(low), float(high)


def _described(table: pd.DataFrame, common: int) -> Finding:
    columns = ["lag", "n", "r", "ci_low", "ci_high", "p", "p_corrected", "naive_r", "naive_p"]
    table = table.reindex(columns=columns)
    text = Words(
        fi=(
            f"Yhteisiä jaksoja on vain {common}: sarjoja kuvataan, mutta yhteyttä ei testata "
            f"(vähintään {SHORTEST})."
        ),
        en=(
            f"There are only {common} common periods: the series are described, not tested (at "
            f"least {SHORTEST})."
        ),
    )
    return Finding(table, text, (text,), {"periods": common, "tested": False})


def _gaps(common: int, length: int) -> list[Words]:
    missing = length - common
    if missing <= 0.1 * length:
        return []
    return [
        Words(
            fi=f"Jaksoista puuttuu tieto {missing} kohdassa; puuttuvien yli ei ole arvattu.",
            en=f"{missing} periods lack a value; nothing was guessed across the gaps.",
        )
    ]


def _words(table: pd.DataFrame, common: int) -> Words:
    best = table.loc[table["p_corrected"].idxmin()]
    return Words(fi=_tell(best, len(table), common, "fi"), en=_tell(best, len(table), common, "en"))


def _tell(best: pd.Series, lags: int, common: int, language: str) -> str:
    r = number(best["r"], language, decimals=2)
    ends = interval(best["ci_low"], best["ci_high"], language, decimals=2)
    p = p_value(best["p_corrected"], language)
    p = p if p.startswith("<") else f"= {p}"
    lag = int(best["lag"])
    if best["p_corrected"] >= 0.05:
        return (
            f"Muutokset eivät kulje yhdessä millään {lags} viiveestä (pienin korjattu p {p}, "
            f"{common} jaksoa)."
            if language == "fi"
            else (
                f"The changes don't go together at any of {lags} lags (smallest corrected p {p}, "
                f"{common} periods)."
            )
        )
    if language == "fi":
        when = (
            "samalla jaksolla"
            if lag == 0
            else f"{lag} jaksoa myöhemmin"
            if lag > 0
            else f"{-lag} jaksoa aiemmin"
        )
        return (
            f"Mittarin muutoksiin liittyy KPI:n muutos {when} (r = {r}, 95 %:n luottamusväli "
            f"{ends}, "
            f"korjattu p {p}, {common} jaksoa). Yhteys ei kerro syystä."
        )
    when = (
        "in the same period"
        if lag == 0
        else f"{lag} period(s) later"
        if lag > 0
        else f"{-lag} period(s) earlier"
    )
    return (
        f"Changes of the metric go with a change of the KPI {when} (r = {r}, 95% interval {ends}, "
        f"corrected p {p}, {common} periods). Association, not cause."
    )
