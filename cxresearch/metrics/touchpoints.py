"""Touchpoints side by side: shrunken scores, and intervals that resample customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..model import Finding, SettingsError, Words, number
from .grouping import grouped, select_answers
from .index import shrunken_scores
from .scales import Scale, scale_for
from .scores import count_people, format_interval, format_score, people_of, scored, tally
from .suppression import suppress_small

__all__ = ["touchpoint_scores"]

_REPLICATES = 2000
_CELLS = 4_000_000  # numbers drawn at a time: 32 MB
_FEWEST, _FEW = 5, 30


def touchpoint_scores(
    answers: pd.DataFrame,
    *,
    metric: str,
    minimum_cell: int = 5,
    scale: Scale | str | None = None,
    names: Mapping[str, Words] | None = None,
    random_state: int = 0,
) -> Finding:
    """A metric at each touchpoint, the customer being the unit, fit for ranking.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" with `touchpoint`. The unit is the `customer`; where that is empty
        or absent, the `respondent`; where nobody is named, the answer. Empty values and answers
        without a touchpoint are left out and counted in a warning.
    metric, scale
        As in `score`.
    minimum_cell : int
        Touchpoints with fewer respondents are hidden, and as many more as `suppress_small` asks.
    names : mapping, optional
        Names of touchpoints in several languages, for the sentence.
    random_state : int
        Where the draws of customers and of ranks start from.

    Returns
    -------
    Finding
        `table`, one row a touchpoint: `touchpoint`; `n` answers; `customers`; `value` (unit as in
        `score`); `ci_low`, `ci_high`, the formula's 95 % interval with customers as the unit;
        `hidden`; `boot_low`, `boot_high`, the 95 % interval of drawing customers anew; `shrunken`,
        `shrunken_low`, `shrunken_high`, `weight`, `rank`, `rank_low`, `rank_high` as in
        `shrunken_scores`; `metric`. Hidden rows have no figures but `n` and `customers`; rows of
        fewer than 5 (or `minimum_cell`) customers have their value but no interval and no rank;
        `boot_low` and `boot_high` are empty where all draws are alike. `details`: `customers`,
        `replicates`, `patterns` (distinct ways of answering among customers), `common` and
        `between`.

    Raises
    ------
    FrameError
        As in `score`; or fewer than three touchpoints have an interval.
    SettingsError
        The scale isn't known, or `minimum_cell` is below 1.

    Notes
    -----
    Customers who rate several touchpoints, or one of them often, tell less than as many strangers
    would; an interval that takes their answers as independent is too narrow. Here 2,000 times as
    many customers as there are get drawn with replacement, each with all answers (Field & Welsh
    2007, doi:10.1111/j.1467-9868.2007.00593.x), and the interval is percentile. Customers with the
    same number and sum of answers at each touchpoint are one pattern: how often each pattern is
    drawn is multinomial, which is the distribution of drawing customers one by one at a cost that
    follows the patterns. Under some 30 customers a percentile interval is too narrow; a warning
    counts such rows. Shrinking takes the touchpoints' errors as independent, though the same
    customers rate several: ranks are somewhat surer than said where their answers move together.
    Checked against drawing customers in a plain double loop.
    """
    if minimum_cell < 1:
        raise SettingsError(
            "The minimum cell size is a count of people.", expected=">= 1", found=str(minimum_cell)
        )
    chosen = scale_for(metric, scale)
    rows, notes = select_answers(answers, chosen)
    rows, groups, place, left_out = grouped(rows, "touchpoint")
    values, who = rows["value"].to_numpy(float), _customers_of(rows)
    people = count_people(place, people_of(rows), len(groups))
    hidden = suppress_small(groups, people, minimum_cell=minimum_cell) > 0
    table = pd.concat([groups, tally(values, place, len(groups), chosen, who)], axis=1)
    table.insert(2, "customers", count_people(place, who, len(groups)))
    table = table.drop(columns="design_effect").assign(hidden=hidden)
    drawn, patterns = _drawn(scored(values, chosen), place, who, len(groups), random_state)
    table["boot_low"], table["boot_high"] = _ends(drawn)
    fewest = max(_FEWEST, minimum_cell)
    few = (table["customers"] < fewest).to_numpy()
    table.loc[hidden, "value"] = np.nan
    table.loc[hidden | few, ["ci_low", "ci_high", "boot_low", "boot_high"]] = np.nan
    shrunk = shrunken_scores(table, names=names, random_state=random_state)
    details = {
        "scale": chosen,
        "customers": len(np.unique(who)),
        "replicates": _REPLICATES,
        "patterns": patterns,
    }
    return Finding(
        shrunk.table.assign(metric=metric),
        _words(shrunk, chosen, names),
        (*notes, *left_out, *_notes(table, few, fewest)),
        details | shrunk.details,
    )


def _customers_of(rows: pd.DataFrame) -> NDArray[np.intp]:
    """A number for the customer behind each answer; else for the respondent, else the answer."""
    person = people_of(rows)
    if "customer" not in rows.columns:
        return np.unique(person, return_inverse=True)[1]
    codes, known = pd.factorize(rows["customer"])
    return np.unique(np.where(codes >= 0, codes, len(known) + person), return_inverse=True)[1]


def _drawn(
    points: NDArray[np.float64],
    place: NDArray[np.intp],
    who: NDArray[np.intp],
    groups: int,
    random_state: int,
) -> tuple[NDArray[np.float64], int]:
    """The mean of each group in each replicate (NaN where nobody was drawn), and the patterns."""
    people = int(who.max()) + 1
    cell = who * groups + place
    sums = np.bincount(cell, weights=points, minlength=people * groups).reshape(people, groups)
    sizes = np.bincount(cell, minlength=people * groups).reshape(people, groups)
    patterns, counts = np.unique(np.hstack([sums, sizes]), axis=0, return_counts=True)
    rng, shares = np.random.default_rng(random_state), counts / people
    step = max(1, _CELLS // len(counts))
    parts = []
    for start in range(0, _REPLICATES, step):
        times = rng.multinomial(people, shares, size=min(step, _REPLICATES - start))
        totals = times @ patterns
        with np.errstate(invalid="ignore", divide="ignore"):
            parts.append(totals[:, :groups] / totals[:, groups:])
    return np.concatenate(parts), len(counts)


def _ends(drawn: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = np.full(drawn.shape[1], np.nan), np.full(drawn.shape[1], np.nan)
    for group, column in enumerate(drawn.T):
        known = column[~np.isnan(column)]
        # draws that are all alike would claim certainty
        if len(known) and np.ptp(known) > 1e-9:
            low[group], high[group] = np.quantile(known, [0.025, 0.975])
    return low, high


def _words(shrunk: Finding, scale: Scale, names: Mapping[str, Words] | None) -> Words:
    """Highest and lowest by the shrunken score, each with its own figures, and how sure the end."""
    ranked = shrunk.table[shrunk.table["rank"].notna()]
    ends = ranked.loc[ranked["rank"].idxmin()], ranked.loc[ranked["rank"].idxmax()]
    told = {}
    for language in ("fi", "en"):
        high, low = (_told(row, scale, names, language) for row in ends)
        name = scale.name.to(language)
        told[language] = (
            f"{name} on kosketuspisteistä korkein: {high}; matalin: {low}. {shrunk.sentence('fi')}"
            if language == "fi"
            else f"Among touchpoints {name} is highest at {high}, and lowest at {low}. "
            f"{shrunk.sentence('en')}"
        )
    return Words(told)


def _told(
    row: pd.Series[Any], scale: Scale, names: Mapping[str, Words] | None, language: str
) -> str:
    touchpoint = str(row["touchpoint"])
    label = (names or {}).get(touchpoint, Words(touchpoint)).to(language)
    value = format_score(row["value"], scale, language)
    own = ("boot_low", "boot_high") if pd.notna(row["boot_low"]) else ("ci_low", "ci_high")
    ends = format_interval(row[own[0]], row[own[1]], scale, language)
    n, customers = number(row["n"], language), number(row["customers"], language)
    if language == "fi":
        return f"{label} {value} (95 %:n väli {ends}, vastauksia {n}, asiakkaita {customers})"
    return f"{label} {value} (95% interval {ends}, {n} answers of {customers} customers)"


def _notes(table: pd.DataFrame, few: NDArray[np.bool_], fewest: int) -> list[Words]:
    shown = ~table["hidden"].to_numpy()
    small = (table["customers"] < _FEW).to_numpy() & ~few
    told = (
        (~shown, "Piilotettuja kosketuspisteitä", "Touchpoints that are hidden"),
        (
            few & shown,
            f"Kosketuspisteitä, joissa on alle {fewest} asiakasta ja siksi ei väliä eikä sijaa",
            f"Touchpoints of fewer than {fewest} customers, without an interval and a rank",
        ),
        (
            small & shown,
            f"Kosketuspisteitä, joissa on alle {_FEW} asiakasta; niiden asiakkaittain poimittu "
            "väli on liian kapea",
            f"Touchpoints of fewer than {_FEW} customers, whose interval of drawn customers is "
            "too narrow",
        ),
    )
    return [
        Words(fi=f"{fi}: {int(rows.sum())}.", en=f"{en}: {int(rows.sum())}.")
        for rows, fi, en in told
        if rows.any()
    ]
