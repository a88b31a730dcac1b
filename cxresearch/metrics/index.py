"""One number out of several: the CX index, and scores shrunken towards what is common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, check_frame, number
from .drivers import drivers
from .scales import SCALES, Scale
from .scores import score

__all__ = ["cx_index", "index_weights", "shrunken_scores"]


def cx_index(
    answers: pd.DataFrame,
    *,
    weights: Mapping[str, float],
    scales: Mapping[str, Scale] | None = None,
    by: str | None = None,
    least: float = 1.0,
    minimum_cell: int = 5,
) -> Finding:
    """A weighted mix of questions as one 0-100 score a response, then as a score of groups.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers".
    weights : mapping
        Question id (or metric) to weight: need fulfilment, ease, emotion, efficiency. They are
        normalised to sum to 1. Take them from theory, or from `drivers(...)` on another sample.
    scales : mapping, optional
        Question or metric to its `Scale`, where it is not the metric's own. A scale where low is
        good is turned round.
    by : str, optional
        Groups, as in `score`.
    least : float
        A response counts when the parts it answered carry at least this share of the weight (1 =
        all parts); its weights are then normalised over those parts.
    minimum_cell : int
        As in `score`.

    Returns
    -------
    Finding
        As `score`: `value` is the mean index 0..100. `details`: `weights` (normalised),
        `responses` (one row a response: a table in the contract "answers", metric score),
        `left_out` (responses without enough parts).

    Raises
    ------
    FrameError
        A part is not among the answers or lies outside its scale, or no response is complete.
    SettingsError
        Weights are not above 0, or a part has no scale.

    Notes
    -----
    Each part is brought to 0-100 by the ends of its scale, 100 being good, so that no part counts
    more for having a longer scale.
    """
    check_frame(answers, "answers")
    total = sum(weights.values())
    if not weights or min(weights.values()) <= 0:
        raise SettingsError("Weights of the index must be above 0.", found=str(dict(weights)))
    share = {part: weight / total for part, weight in weights.items()}
    parts = pd.concat([_part(answers, p, (scales or {}).get(p)) for p in share], axis=1)
    parts.columns = list(share)
    present = parts.notna() * np.array(list(share.values()))
    covered = present.sum(axis=1)
    kept = covered >= least - 1e-9
    if not kept.any():
        raise FrameError(
            "No response answered enough parts of the index.",
            expected=f"parts that carry {least:g} of the weight",
            found=f"at most {covered.max():.2g}",
        )
    value = (parts.fillna(0) * present).sum(axis=1)[kept] / covered[kept]
    responses = _responses(answers, value)
    result = score(responses, metric="score", by=by, minimum_cell=minimum_cell)
    left_out = int((~kept).sum())
    notes = [
        Words(
            fi=f"Vastauksia, joista puuttui osia ja jotka jäivät pois indeksistä: {left_out}.",
            en=f"Responses that lack parts and are left out of the index: {left_out}.",
        )
    ]
    return Finding(
        result.table,
        result.sentences,
        (*result.warnings, *(notes if left_out else [])),
        result.details | {"weights": share, "responses": responses, "left_out": left_out},
    )


def index_weights(
    answers: pd.DataFrame, *, parts: Sequence[str], target: str = "nps", random_state: int = 0
) -> Finding:
    """Weights of an index taken from the data: each part's share of what goes with a metric.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers".
    parts : sequence of str
        Question ids (or metrics), as in `cx_index`.
    target : str
        The metric (or question) whose variation is shared out.
    random_state : int
        Where the bootstrap of the intervals starts from.

    Returns
    -------
    Finding
        `table` of `drivers` over responses that have all parts and the target, with `weight`
        (`part`, shares of R², at least 0.01, normalised to 1).

    Raises
    ------
    FrameError
        A part has no answers, or too few responses have all of them.

    Notes
    -----
    Weights fitted and used on the same answers flatter the index: its relation with the target is
    then no evidence. Keep them fixed over waves, or the index moves because its weights do.
    """
    wide = pd.concat(
        [_values_of(answers, part) for part in (*parts, target)], axis=1, keys=[*parts, target]
    )
    found = drivers(wide.dropna(), target=target, predictors=parts, random_state=random_state)
    weight = found.table["part"].fillna(0).clip(lower=0.01)
    table = found.table.assign(weight=weight / weight.sum())
    return Finding(table, found.sentences, found.warnings, found.details)


def _values_of(answers: pd.DataFrame, part: str) -> pd.Series:
    rows = answers[(answers["question"] == part) | (answers["metric"] == part)]
    rows = rows[rows["value"].notna()]
    if not len(rows):
        raise FrameError(
            "A part of the index has no answers.", expected=f"answers to `{part}`", found="none"
        )
    return rows.groupby("response", observed=True)["value"].mean()


def _part(answers: pd.DataFrame, part: str, scale: Scale | None) -> pd.Series:
    rows = answers[(answers["question"] == part) | (answers["metric"] == part)]
    rows = rows[rows["value"].notna()]
    if not len(rows):
        raise FrameError(
            "A part of the index has no answers.", expected=f"answers to `{part}`", found="none"
        )
    metric = str(rows["metric"].iloc[0])
    chosen = scale or SCALES.get(metric)
    if chosen is None:
        raise SettingsError(
            f"The part `{part}` has no scale.",
            expected="a Scale in `scales`",
            found=f"metric {metric}",
        )
    values = rows["value"].to_numpy(float)
    bad = (values < chosen.low) | (values > chosen.high)
    if bad.any():
        raise FrameError(
            f"Answers to `{part}` lie outside its scale.",
            expected=f"{chosen.low:g}..{chosen.high:g}",
            found=f"{int(bad.sum())} answers",
            where="rows " + ", ".join(map(str, rows.index[bad][:5])),
        )
    good = (rows["value"] - chosen.low) / (chosen.high - chosen.low)
    if not chosen.higher_is_better:
        good = 1 - good
    return (100 * good).groupby(rows["response"]).mean()


def _responses(answers: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    """One row a response, with what it says of itself the same on all its rows."""
    first = answers.drop_duplicates("response").set_index("response")
    about = [c for c in first.columns if c not in ("question", "metric", "value")]
    table = first.loc[value.index, about].assign(question="cx_index", metric="score", value=value)
    return table.rename_axis("response").reset_index()


def shrunken_scores(
    table: pd.DataFrame, *, names: Mapping[str, Words] | None = None, random_state: int = 0
) -> Finding:
    """Scores of touchpoints drawn towards their common mean as far as their n is small.

    Parameters
    ----------
    table : pandas.DataFrame
        `score(..., by=...).table`: groups with `value`, `ci_low`, `ci_high`, `hidden`.
    names : mapping, optional
        Names of groups in several languages, for the sentence.
    random_state : int
        Where the draws of ranks start from.

    Returns
    -------
    Finding
        `table` with `shrunken` (the value to rank by), `shrunken_low`, `shrunken_high` (95 %),
        `weight` (0..1, how much of the group's own value is in it), `rank` (1 = highest),
        `rank_low`, `rank_high`. Hidden groups and those without an interval stay empty.
        `details`: `common` mean, `between` deviation.

    Raises
    ------
    FrameError
        Fewer than three groups have a value and an interval.

    Notes
    -----
    Random effects: deviation between groups by DerSimonian & Laird (1986),
    doi:10.1016/0197-2456(86)90046-2; what enters is the centre of each interval (for NPS and
    shares the adjusted estimate) and its width / 3.92 as the error.
    Rank intervals come from 4,000 normal draws. A raw rank of small groups puts
    the smallest at both ends.
    """
    result = table.copy()
    known = result[["value", "ci_low", "ci_high"]].notna().all(axis=1)
    shown = (~result["hidden"].astype(bool) & known).to_numpy()
    if shown.sum() < 3:
        raise FrameError(
            "Shrinking needs several groups.",
            expected="at least 3 groups with a value",
            found=str(int(shown.sum())),
        )
    value = ((result["ci_low"] + result["ci_high"]) / 2).to_numpy(float)[shown]
    width = (result["ci_high"] - result["ci_low"]).to_numpy(float)[shown]
    variance = np.maximum((width / (2 * stats.norm.ppf(0.975))) ** 2, 1e-12)
    between = _between(value, variance)
    weight = between / (between + variance)
    total = 1 / (between + variance)
    common = float(total @ value / total.sum())
    drawn = weight * value + (1 - weight) * common
    # the common mean is itself uncertain
    error = np.sqrt(weight * variance + (1 - weight) ** 2 / total.sum())
    half = stats.norm.ppf(0.975) * error
    draws = drawn + error * np.random.default_rng(random_state).normal(size=(4000, len(drawn)))
    ranks = (-draws).argsort(axis=1).argsort(axis=1) + 1
    columns = {
        "shrunken": drawn,
        "shrunken_low": drawn - half,
        "shrunken_high": drawn + half,
        "weight": weight,
        "rank": (-drawn).argsort().argsort() + 1.0,
        "rank_low": np.quantile(ranks, 0.025, axis=0, method="lower").astype(float),
        "rank_high": np.quantile(ranks, 0.975, axis=0, method="higher").astype(float),
    }
    for name, numbers in columns.items():
        result[name] = np.nan
        result.loc[shown, name] = numbers
    details = {"common": common, "between": float(between**0.5)}
    return Finding(result, _words(result, names), (), details)


def _between(value: np.ndarray, variance: np.ndarray) -> float:
    w = 1 / variance
    mean = w @ value / w.sum()
    q = w @ (value - mean) ** 2
    return float(max(0.0, (q - (len(value) - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def _words(result: pd.DataFrame, names: Mapping[str, Words] | None) -> Words:
    row = result.loc[result["rank"].idxmax()]
    group = str(row[result.columns[0]])
    label = (names or {}).get(group, Words(group))
    low, high = int(row["rank_low"]), int(row["rank_high"])
    count = int(result["rank"].notna().sum())
    n = number(row["n"], "fi"), number(row["n"], "en")
    return Words(
        fi=(
            f"Kun pienten ryhmien satunnaisuus otetaan huomioon, matalin on {label.to('fi')} "
            f"(sijan 95 %:n väli {low}–{high} / {count}, n = {n[0]})."
        ),
        en=(
            f"With the chance of small groups taken into account, {label.to('en')} is lowest "
            f"(95% interval of its rank {low}–{high} of {count}, n = {n[1]})."
        ),
    )
