"""Basics and delights: does a bad score cost more than a good one earns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words
from .intervals import adjust_p

__all__ = ["penalty_reward"]

KINDS = {
    "basic": Words(fi="perusvaatimus", en="basic"),
    "delight": Words(fi="ilahduttaja", en="delight"),
    "performance": Words(fi="suoraviivainen", en="performance"),
    "unclear": Words(fi="ei erotu", en="unclear"),
}


def penalty_reward(
    table: pd.DataFrame,
    *,
    target: str,
    predictors: Sequence[str],
    low: float = 2,
    high: float = 5,
) -> Finding:
    """What a low and what a high rating of each touchpoint goes with (Kano-like asymmetry).

    Parameters
    ----------
    table : pandas.DataFrame
        One row a response. Rows with anything missing are left out.
    target : str
        Numeric column of the overall metric.
    predictors : sequence of str
        Ratings of touchpoints on one scale.
    low, high : float
        A rating at or below `low` is low, at or above `high` is high; between is neutral.

    Returns
    -------
    Finding
        `table`: `driver`, `n_low`, `n_high`, `penalty` (target points that go with a low rating
        against a neutral one; negative = cost), `penalty_low`, `penalty_high`, `reward`,
        `reward_low`, `reward_high` (95 %, HC1), `asymmetry` (reward + penalty; negative = a
        basic), `p`, `p_corrected` (of the asymmetry, Benjamini-Hochberg), `kind`: basic (the
        penalty is clear and larger), delight (the reward is), performance (both are clear and no
        asymmetry is), unclear.

    Raises
    ------
    FrameError
        A column is missing, or a predictor lacks low, high or neutral ratings (5 of each).
    SettingsError
        `low` is not below `high`.

    Notes
    -----
    Penalty-reward contrast analysis: one regression on low and high marks of all predictors.
    Brandt (1987); Matzler & Sauerwein (2002), doi:10.1108/09564230210445078. Association only.
    """
    if not low < high:
        raise SettingsError("A low rating must be below a high one.", found=f"{low:g}, {high:g}")
    absent = [c for c in (target, *predictors) if c not in table.columns]
    if absent:
        raise FrameError(
            "The table lacks columns.", expected=target, found="no " + ", ".join(absent)
        )
    data = table[[target, *predictors]].astype(float).dropna()
    marks = {
        p: ((data[p] <= low).to_numpy(float), (data[p] >= high).to_numpy(float)) for p in predictors
    }
    for name, (bad, good) in marks.items():
        counts = int(bad.sum()), int(good.sum()), int(len(data) - bad.sum() - good.sum())
        if min(counts) < 5:
            raise FrameError(
                f"`{name}` has too few ratings of one kind.",
                expected="at least 5 low, 5 high and 5 between",
                found=f"{counts[0]} low, {counts[1]} high, {counts[2]} between",
            )
    design = np.column_stack([np.ones(len(data)), *(m for pair in marks.values() for m in pair)])
    slopes, covariance = _robust(design, data[target].to_numpy(float))
    rows = []
    for i, name in enumerate(predictors):
        where = [1 + 2 * i, 2 + 2 * i]
        rows.append(_row(name, marks[name], slopes[where], covariance[np.ix_(where, where)]))
    result = pd.DataFrame(rows)
    result["p_corrected"] = adjust_p(result["p"], "bh")
    result["kind"] = [_kind(row) for _, row in result.iterrows()]
    return Finding(result, _words(result))


def _robust(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inverse = np.linalg.pinv(x.T @ x, hermitian=True)
    slopes = inverse @ (x.T @ y)
    left = y - x @ slopes
    n, k = x.shape
    return slopes, inverse @ (x.T @ (x * (left**2)[:, None])) @ inverse * n / max(n - k, 1)


def _row(
    name: str, marks: tuple[np.ndarray, np.ndarray], slopes: np.ndarray, covariance: np.ndarray
) -> dict[str, object]:
    half = stats.norm.ppf(0.975) * np.sqrt(np.diag(covariance))
    error = np.sqrt(max(covariance.sum(), 1e-300))
    return {
        "driver": name,
        "n_low": int(marks[0].sum()),
        "n_high": int(marks[1].sum()),
        "penalty": slopes[0],
        "penalty_low": slopes[0] - half[0],
        "penalty_high": slopes[0] + half[0],
        "reward": slopes[1],
        "reward_low": slopes[1] - half[1],
        "reward_high": slopes[1] + half[1],
        "asymmetry": slopes.sum(),
        "p": float(2 * stats.norm.sf(abs(slopes.sum()) / error)),
    }


def _kind(row: pd.Series) -> str:
    costs, earns = row["penalty_high"] < 0, row["reward_low"] > 0
    if row["p_corrected"] < 0.05 and (costs or earns):
        return "basic" if row["asymmetry"] < 0 else "delight"
    return "performance" if costs and earns else "unclear"


def _words(result: pd.DataFrame) -> Words:
    def told(language: str) -> str:
        parts = []
        for kind in ("basic", "delight", "performance"):
            drivers = result.loc[result["kind"] == kind, "driver"]
            if len(drivers):
                parts.append(f"{KINDS[kind].to(language)}: {', '.join(drivers)}")
        nothing = "mikään ei erotu" if language == "fi" else "nothing stands out"
        return "; ".join(parts) or nothing

    fi, en = told("fi"), told("en")
    return Words(fi=fi[0].upper() + fi[1:] + ".", en=en[0].upper() + en[1:] + ".")
