"""Non-response: rake answers to known totals, and say what that costs in effective answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, number
from .grouping import select_answers
from .scales import Scale, scale_for
from .scores import format_interval, format_score, people_of, scored, tally

__all__ = ["kish_n", "rake", "weighted_score"]


def kish_n(weights: ArrayLike) -> float:
    """Kish's effective sample size: (sum w)² / sum w².

    Kish (1965), Survey Sampling.
    """
    w = np.asarray(weights, float)
    return float(w.sum() ** 2 / (w**2).sum())


def rake(
    table: pd.DataFrame,
    targets: Mapping[str, Mapping[str, float]],
    *,
    base: ArrayLike | None = None,
    tolerance: float = 1e-10,
    rounds: int = 1000,
) -> NDArray[np.float64]:
    """Weights that make the answers' margins equal the customer base's (raking).

    Parameters
    ----------
    table : pandas.DataFrame
        One row an answer (or a customer), with the columns named in `targets`, none empty.
    targets : mapping
        Column to {category: total or share of the customer base}. Totals are brought to one sum.
    base : array_like, optional
        Weights to start from; 1 by default.
    tolerance : float
        Largest relative difference of any margin at the end.
    rounds : int
        After so many rounds without reaching it, the targets can't all be met.

    Returns
    -------
    numpy.ndarray
        One weight a row; they sum to the number of rows (or to the sum of `base`).

    Raises
    ------
    FrameError
        A column is missing or has empty cells, or a category stands on one side only.
    SettingsError
        The margins contradict each other (no convergence).

    Notes
    -----
    Checked against R survey 4.1-1 rake(epsilon=1e-10) and anesrake 0.80. Deville & Särndal
    (1992), doi:10.1080/01621459.1992.10475217. Raking mends what the chosen columns explain of
    who answers, and nothing else.
    """
    weights = np.ones(len(table)) if base is None else np.asarray(base, float).copy()
    size = weights.sum()
    margins = [_margin(table, column, goal, size) for column, goal in targets.items()]
    for _ in range(rounds):
        worst = 0.0
        for place, total in margins:
            now = np.bincount(place, weights=weights, minlength=len(total))
            worst = max(worst, float(np.abs(now / total - 1).max()))
            weights *= (total / now)[place]
        if worst < tolerance:
            return weights
    raise SettingsError(
        "The targets can't all be met at once.",
        expected=f"margins within {tolerance:g} after {rounds} rounds",
        found=f"a difference of {worst:.2g}",
        next_step="Join rare categories, or leave a column out.",
    )


def _margin(
    table: pd.DataFrame, column: str, goal: Mapping[str, float], size: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    if column not in table.columns:
        raise FrameError(
            "The answers lack a column to weight by.",
            expected=column,
            found=", ".join(map(str, table.columns)),
        )
    values = table[column]
    if values.isna().any():
        rows = values.index[values.isna()]
        raise FrameError(
            f"Column `{column}` has empty cells, so these answers can't be weighted.",
            expected="a category in each row",
            found=f"{len(rows)} empty",
            where="rows " + ", ".join(map(str, rows[:5])),
        )
    names = [str(c) for c in goal]
    known = set(values.astype(str))
    odd = sorted(known.symmetric_difference(names))
    total = np.array(list(goal.values()), float)
    if odd or not (total > 0).all():
        raise FrameError(
            f"The categories of `{column}` and its targets differ.",
            expected=", ".join(names) + "; each target above 0",
            found="on one side only: " + (", ".join(odd[:5]) or "none; a target is 0"),
            next_step="Join the category with another, or give it a target.",
        )
    place = pd.Categorical(values.astype(str), categories=names).codes.astype(np.intp)
    return place, total / total.sum() * size


def weighted_score(
    answers: pd.DataFrame,
    *,
    metric: str,
    targets: Mapping[str, Mapping[str, float]],
    scale: Scale | str | None = None,
) -> Finding:
    """A metric weighted to the customer base, beside the unweighted figure.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers", with the columns named in `targets`.
    metric, scale
        As in `score`.
    targets : mapping
        As in `rake`.

    Returns
    -------
    Finding
        `table`, two rows (`weighting` none, raked): `n`, `n_effective` (Kish), `value`,
        `ci_low`, `ci_high`, `metric`. `details["weights"]`: one weight an answer.

    Raises
    ------
    FrameError, SettingsError
        As in `score` and `rake`.

    Notes
    -----
    The raked interval is normal, with the variance of what the raking columns leave unexplained
    (residuals of the regression on them, weighted), as in R survey 4.1-1 svymean(rake(...)); both
    intervals take the person as the unit where people answered several times.
    """
    chosen = scale_for(metric, scale)
    rows, notes = select_answers(answers, chosen)
    weights = rake(rows, targets)
    values = rows["value"].to_numpy(float)
    who = people_of(rows)
    plain = tally(values, np.zeros(len(rows), dtype=np.intp), 1, chosen, who).iloc[0]
    value, error = _raked_mean(scored(values, chosen), weights, rows, list(targets), who)
    half = stats.norm.ppf(0.975) * error
    low, high = chosen.bounds
    table = pd.DataFrame(
        {
            "weighting": ["none", "raked"],
            "n": len(rows),
            "n_effective": [float(len(rows)), kish_n(weights)],
            "value": [plain["value"], value],
            "ci_low": [plain["ci_low"], max(value - half, low)],
            "ci_high": [plain["ci_high"], min(value + half, high)],
            "metric": metric,
        }
    )
    return Finding(
        table,
        Words(fi=_sentence(table, chosen, "fi"), en=_sentence(table, chosen, "en")),
        tuple(notes),
        {"weights": weights, "scale": chosen},
    )


def _raked_mean(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    rows: pd.DataFrame,
    columns: list[str],
    who: NDArray[np.intp],
) -> tuple[float, float]:
    """Weighted mean and its linearised error.

    Residuals of the plain regression on the raking columns, times the weights, as survey does, and
    summed over the answers of a person.
    """
    mean = float(weights @ values / weights.sum())
    design = pd.get_dummies(rows[columns].astype(str), dtype=float).to_numpy()
    fit = np.linalg.lstsq(design, values - mean, rcond=None)[0]
    left = weights * (values - mean - design @ fit) / weights.sum()
    left = np.bincount(np.unique(who, return_inverse=True)[1], weights=left)
    n = len(left)
    return mean, float(np.sqrt(n / max(n - 1, 1) * ((left - left.mean()) ** 2).sum()))


def _sentence(table: pd.DataFrame, scale: Scale, language: str) -> str:
    plain, raked = table.iloc[0], table.iloc[1]
    told = [
        f"{format_score(row['value'], scale, language)} "
        f"({format_interval(row['ci_low'], row['ci_high'], scale, language)})"
        for row in (raked, plain)
    ]
    n = number(raked["n"], language), number(raked["n_effective"], language)
    name = scale.name.to(language)
    if language == "fi":
        return (
            f"{name} on asiakaskuntaan painotettuna {told[0]} ja painottamatta {told[1]}; "
            f"{n[0]} vastausta vastaa {n[1]} painottamatonta (95 %:n luottamusvälit)."
        )
    return (
        f"{name} is {told[0]} weighted to the customer base and {told[1]} unweighted; "
        f"{n[0]} answers are worth {n[1]} (95% intervals)."
    )
