"""Drivers: how much of a metric's variation each theme or touchpoint goes with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..model import Finding, FrameError, SettingsError, Words, interval, number, percent

__all__ = ["drivers", "johnson_weights", "lmg_shares", "subset_r2", "variance_inflation"]

MOST_EXACT = 20
"""LMG shares are exact up to this many drivers; above it Johnson's weights are used."""
_BLOCKS = 1000
Shares = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def subset_r2(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """R² of the regression on every subset of drivers, from one correlation matrix.

    Parameters
    ----------
    correlation : numpy.ndarray of shape (..., p + 1, p + 1)
        Correlations; the target stands last. Leading axes (bootstrap replicates) are kept.

    Returns
    -------
    numpy.ndarray of shape (..., 2 ** p)
        R² of subset s, whose highest bit says whether the first driver is in it.

    Notes
    -----
    Drivers are taken one at a time; each step doubles the set of residual matrices, either
    leaving the driver out or sweeping it, and drops its row. What is kept shrinks as the number
    grows, so that 2^20 subsets need about 2^20 times 6 numbers of work in all and no refit.
    A driver that is an exact combination of those swept adds nothing.
    """
    state = np.asarray(correlation, float)[..., None, :, :]
    p = state.shape[-1] - 1
    for _ in range(p):
        pivot = state[..., :1, :1]
        column = state[..., 1:, :1]
        rest = state[..., 1:, 1:]
        usable = pivot > 1e-10
        swept = rest - np.where(
            usable, column * column.swapaxes(-1, -2) / np.where(usable, pivot, 1), 0
        )
        state = np.stack([rest, swept], axis=-3).reshape(*rest.shape[:-3], -1, *rest.shape[-2:])
    return 1 - state[..., 0, 0] / np.asarray(correlation, float)[..., -1:, -1]


def lmg_shares(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """LMG (Shapley) shares of R²: each driver's gain in R², averaged over all orders of entry.

    Parameters
    ----------
    correlation : numpy.ndarray of shape (..., p + 1, p + 1)
        Correlations; the target stands last. p is at most 20.

    Returns
    -------
    numpy.ndarray of shape (..., p)
        Shares in the drivers' order; they sum to R².

    Notes
    -----
    Exact. Checked against R relaimpo 2.2-7 calc.relimp(type="lmg"). Lindeman, Merenda & Gold
    (1980); Grömping (2006), doi:10.18637/jss.v017.i01.
    """
    p = np.shape(correlation)[-1] - 1
    if not 1 <= p <= MOST_EXACT:
        raise SettingsError(
            "Exact shares need 1 to 20 drivers.",
            expected=f"1..{MOST_EXACT}",
            found=str(p),
            next_step="Use johnson_weights, or leave drivers out.",
        )
    r2 = subset_r2(correlation)
    size = _bit_counts(p)
    # weight of a coalition of s drivers: s! (p - 1 - s)! / p!
    weight = np.array([1 / (p * _choose(p - 1, s)) for s in range(p)] + [0.0])[size]
    shares = []
    for j in range(p):
        shape = (*r2.shape[:-1], 2**j, 2, 2 ** (p - 1 - j))
        gain = r2.reshape(shape)
        w = weight.reshape(shape[-3:])[:, 0, :]
        shares.append(((gain[..., 1, :] - gain[..., 0, :]) * w).sum(axis=(-1, -2)))
    return np.stack(shares, axis=-1)


def _bit_counts(p: int) -> NDArray[np.intp]:
    counts = np.zeros(1, dtype=np.intp)
    for _ in range(p):
        counts = np.concatenate([counts, counts + 1])
    return counts


def _choose(n: int, k: int) -> float:
    return float(np.prod([(n - i) / (i + 1) for i in range(k)]))


def johnson_weights(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Johnson's relative weights: shares of R² through the nearest orthogonal drivers.

    Parameters
    ----------
    correlation : numpy.ndarray of shape (..., p + 1, p + 1)
        Correlations; the target stands last.

    Returns
    -------
    numpy.ndarray of shape (..., p)
        Raw weights; they sum to R².

    Notes
    -----
    With V D V' the eigenvalues of the drivers' correlations, Λ = V D^½ V' and β = Λ⁻¹ r:
    weights = Λ² β². Checked against R rwa 0.1.0. Johnson (2000),
    doi:10.1207/S15327906MBR3501_1.
    """
    matrix = np.asarray(correlation, float)
    values, vectors = np.linalg.eigh(matrix[..., :-1, :-1])
    root = np.sqrt(np.maximum(values, 0))
    inverse = np.where(root > 1e-7, 1 / np.maximum(root, 1e-7), 0)
    turned = vectors.swapaxes(-1, -2)
    half = (vectors * root[..., None, :]) @ turned
    beta = ((vectors * inverse[..., None, :]) @ turned) @ matrix[..., :-1, -1:]
    return (half**2 @ beta**2)[..., 0]


def variance_inflation(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance inflation factor of each driver (1 = not collinear; inf = exactly determined).

    Parameters
    ----------
    correlation : numpy.ndarray of shape (p + 1, p + 1)
        Correlations; the target stands last.
    """
    matrix = np.asarray(correlation, float)[:-1, :-1]
    p = len(matrix)
    result = np.empty(p)
    for j in range(p):
        others = np.delete(np.arange(p), j)
        part = matrix[np.ix_(others, others)]
        fit = np.linalg.lstsq(part, matrix[others, j], rcond=1e-12)[0]
        left = 1 - matrix[others, j] @ fit if p > 1 else 1.0
        result[j] = 1 / left if left > 1e-10 else np.inf
    return result


def drivers(
    table: pd.DataFrame,
    *,
    target: str,
    predictors: Sequence[str],
    names: Mapping[str, Words] | None = None,
    replicates: int = 500,
    random_state: int = 0,
) -> Finding:
    """Which themes or touchpoint ratings a metric goes with most, and how sure the order is.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a response (or a customer). Rows with anything missing are left out and counted.
    target : str
        Numeric column: the metric's answer (0-10, 1-5).
    predictors : sequence of str
        Numeric or true/false columns: ratings of touchpoints, themes spoken of. 1 to 60.
    names : mapping, optional
        Names of the drivers, for the sentence.
    replicates : int
        Bootstrap resamples of rows; fewer are drawn above 14 drivers, and a warning says so.
    random_state : int
        Where the draws start from.

    Returns
    -------
    Finding
        `table`, most important first: `driver`; `share` of R² (LMG up to 20 drivers, Johnson's
        weight above; they sum to R²), `ci_low`, `ci_high` (95 %, bootstrap); `part` (share / R²);
        `rank`, `rank_low`, `rank_high`; `beta` (standardised coefficient with all drivers);
        `sign` of the plain correlation (`+`, `-`); `alone` (R² of the driver by itself); `last`
        (gain when entered last); `johnson`; `vif`.
        `details`: `r2`, `r2_low`, `r2_high`, `n`, `method`.

    Raises
    ------
    FrameError
        A column is missing, holds text, or never varies; or there are too few rows (fewer than
        drivers + 2).

    Notes
    -----
    Everything comes from one correlation matrix; the bootstrap resamples rows (above 20,000 rows,
    1,000 random blocks of rows). Shares say how a metric's variation goes with the drivers; they
    are no effects, and a driver that was not asked is not there. LMG: Grömping (2006),
    doi:10.18637/jss.v017.i01; Johnson (2000), doi:10.1207/S15327906MBR3501_1.
    """
    data, left_out = _numbers(table, [*predictors, target])
    p, n = len(predictors), len(data)
    method = "lmg" if p <= MOST_EXACT else "johnson"
    share_of = lmg_shares if method == "lmg" else johnson_weights
    observed = _correlations(_moments(data)[None])[0]
    share = share_of(observed)
    drawn, count = _replicated(data, share_of, replicates, p, np.random.default_rng(random_state))
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    last, beta = _last_and_beta(observed)
    r2, r2s = float(share.sum()), drawn.sum(axis=1)
    result = pd.DataFrame(
        {
            "driver": list(predictors),
            "share": share,
            "ci_low": np.quantile(drawn, 0.025, axis=0),
            "ci_high": np.quantile(drawn, 0.975, axis=0),
            "part": share / r2 if r2 > 1e-12 else np.nan,
            "rank": (-share).argsort().argsort() + 1,
            "rank_low": np.quantile(ranks, 0.025, axis=0, method="lower"),
            "rank_high": np.quantile(ranks, 0.975, axis=0, method="higher"),
            "beta": beta,
            "sign": np.where(observed[:-1, -1] >= 0, "+", "-"),
            "alone": observed[:-1, -1] ** 2,
            "last": last,
            "johnson": johnson_weights(observed),
            "vif": variance_inflation(observed),
        }
    ).sort_values("rank", kind="stable", ignore_index=True)
    ends = np.quantile(r2s, [0.025, 0.975])
    details = {"r2": r2, "r2_low": ends[0], "r2_high": ends[1], "n": n, "method": method}
    return Finding(
        result,
        Words(
            fi=_sentence(result, details, names, "fi"), en=_sentence(result, details, names, "en")
        ),
        tuple(_warnings(result, left_out, n, count, replicates)),
        details,
    )


def _numbers(table: pd.DataFrame, columns: Sequence[str]) -> tuple[NDArray[np.float64], int]:
    absent = [c for c in columns if c not in table.columns]
    if absent or len(columns) < 2:
        raise FrameError(
            "The table lacks the target or a driver.",
            expected=", ".join(columns),
            found="no " + ", ".join(absent) if absent else "no drivers",
        )
    for name in columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            bad = table.index[
                pd.to_numeric(table[name], errors="coerce").isna() & table[name].notna()
            ]
            raise FrameError(
                f"Column `{name}` should hold numbers.",
                expected="numbers, or true and false",
                found=f"{table[name].dtype}, {len(bad)} cells that are no number",
                where="rows " + ", ".join(map(str, bad[:5])),
            )
    data = table[list(columns)].astype(float).to_numpy()
    known = np.isfinite(data).all(axis=1)
    kept = data[known]
    if len(kept) < len(columns) + 1:
        raise FrameError(
            "There are too few complete rows for so many drivers.",
            expected=f"at least {len(columns) + 1}",
            found=str(len(kept)),
        )
    flat = [name for name, spread in zip(columns, np.ptp(kept, axis=0), strict=True) if spread == 0]
    if flat:
        raise FrameError(
            "A column never varies, so nothing can go with it.",
            expected="at least two different values",
            found="one value in " + ", ".join(flat),
            next_step="Leave it out.",
        )
    return (kept - kept.mean(axis=0)) / kept.std(axis=0), int((~known).sum())


def _moments(
    data: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Sums of products of the columns and a column of ones (the last)."""
    with_ones = np.column_stack([data, np.ones(len(data))])
    weighted = with_ones if weights is None else with_ones * weights[:, None]
    return weighted.T @ with_ones


def _correlations(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlations from sums of products; a constant column correlates with nothing."""
    n = moments[:, -1:, -1:]
    mean = moments[:, :-1, -1:] / n
    covariance = moments[:, :-1, :-1] / n - mean * mean.swapaxes(-1, -2)
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    scale = np.sqrt(np.where(variance > 1e-12, variance, np.inf))
    result = covariance / (scale[:, :, None] * scale[:, None, :])
    k = result.shape[-1]
    result[:, np.arange(k), np.arange(k)] = 1.0
    return result


def _replicated(
    data: NDArray[np.float64], share_of: Shares, replicates: int, p: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], int]:
    count = replicates if p <= 14 or p > MOST_EXACT else max(20, min(replicates, 2 ** (22 - p)))
    n = len(data)
    if n > 20_000:
        parts = np.array_split(rng.permutation(n), _BLOCKS)
        blocks = np.stack([_moments(data[rows]) for rows in parts])
        draws = rng.multinomial(_BLOCKS, np.full(_BLOCKS, 1 / _BLOCKS), size=count).astype(float)
        moments = np.tensordot(draws, blocks, axes=1)
    else:
        draws = rng.multinomial(n, np.full(n, 1 / n), size=count)
        moments = np.stack([_moments(data, w) for w in draws])
    step = max(1, 2**20 // 2 ** min(p, MOST_EXACT))
    matrices = _correlations(moments)
    shares = [share_of(matrices[i : i + step]) for i in range(0, count, step)]
    return np.concatenate(shares), count


def _last_and_beta(
    correlation: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gain of each driver when it enters last, and standardised coefficients."""
    inner, outer = correlation[:-1, :-1], correlation[:-1, -1]
    inverse = np.linalg.pinv(inner, rcond=1e-10, hermitian=True)
    beta = inverse @ outer
    r2 = outer @ beta
    last = np.empty(len(beta))
    for j in range(len(beta)):
        others = np.delete(np.arange(len(beta)), j)
        part = np.linalg.pinv(inner[np.ix_(others, others)], rcond=1e-10, hermitian=True)
        last[j] = r2 - outer[others] @ part @ outer[others]
    return last, beta


def _warnings(
    result: pd.DataFrame, left_out: int, n: int, count: int, replicates: int
) -> list[Words]:
    close = ", ".join(result.loc[result["vif"] > 5, "driver"])
    sign = np.where(result["sign"] == "+", 1, -1)
    turned = ", ".join(result.loc[np.sign(result["beta"]) * sign < 0, "driver"])
    told = (
        (
            left_out > 0,
            f"Rivejä, joista puuttui jotakin ja jotka jäivät pois: {left_out}.",
            f"Rows with something missing, left out: {left_out}.",
        ),
        (
            close,
            "Nämä ajurit kulkevat yhdessä (VIF > 5), joten niiden osuuksia ei voi erottaa "
            f"varmasti: {close}.",
            "These drivers move together (VIF > 5), so their shares can't be told apart "
            f"surely: {close}.",
        ),
        (
            turned,
            f"Regressiokertoimen etumerkki on eri kuin yksinkertaisen yhteyden: {turned}.",
            f"The regression coefficient's sign differs from the plain association's: {turned}.",
        ),
        (
            n < 10 * len(result),
            f"Rivejä on alle 10 ajuria kohden (n = {n}).",
            f"There are fewer than 10 rows per driver (n = {n}).",
        ),
        (
            count < replicates,
            f"Luottamusvälit perustuvat {count} uudelleenotantaan.",
            f"The intervals rest on {count} resamples.",
        ),
    )
    return [Words(fi=fi, en=en) for holds, fi, en in told if holds]


def _sentence(
    result: pd.DataFrame, details: dict, names: Mapping[str, Words] | None, language: str
) -> str:
    top = result.iloc[0]
    name = (names or {}).get(top["driver"], Words(str(top["driver"]))).to(language)
    r2 = percent(details["r2"], language)
    r2_ends = interval(100 * details["r2_low"], 100 * details["r2_high"], language)
    part = percent(top["part"], language)
    low, high = int(top["rank_low"]), int(top["rank_high"])
    n = number(details["n"], language)
    if language == "fi":
        place = "sija 1 on vakaa" if high == 1 else f"sijan 95 %:n väli {low}–{high}"
        return (
            f"Ajurit selittävät {r2} vaihtelusta (95 %:n luottamusväli {r2_ends} %, n = "
            f"{n}). Eniten "
            f"yhteydessä on {name}: {part} selitetystä osuudesta ({place}). Yhteys ei kerro syystä."
        )
    place = "its first place is stable" if high == 1 else f"95% interval of its rank {low}–{high}"
    return (
        f"The drivers go with {r2} of the variation (95% interval {r2_ends}%, n = {n}). {name} "
        f"goes with most of it: {part} of the explained part ({place}). Association, not cause."
    )
