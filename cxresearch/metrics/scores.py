"""Experience metrics with n and a 95 % interval, at any level and for any group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..model import Finding, SettingsError, Words, interval, number, percent
from .grouping import group_label, grouped, select_answers, zeros_missing
from .intervals import mean_interval, nps_interval, wilson
from .scales import Scale, scale_for

__all__ = [
    "count_people",
    "format_interval",
    "format_score",
    "people_of",
    "score",
    "score_words",
    "scored",
    "tally",
]


def score(
    answers: pd.DataFrame,
    *,
    metric: str,
    by: str | Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    minimum_cell: int = 5,
    scale: Scale | str | None = None,
    names: Mapping[str, Words] | None = None,
) -> Finding:
    """An experience metric with its n and 95 % interval, for everyone or for each group.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers": long, one row an answer. Empty values are left out and counted
        in a warning.
    metric : str
        nps, csat, ces, goal, expectation, smiley, score, or question (then `scale` is needed).
    by : str or sequence of str, optional
        Columns that make the groups (phase, stage, touchpoint, segment, kind, wave, unit,
        channel, question or another column of the table), or `week`, `month`, `quarter` of
        `answered_at`. Answers with an empty group are left out and counted in a warning.
    kinds : sequence of str, optional
        Kinds of respondent to keep; `PEOPLE` is everyone but machine customers.
    minimum_cell : int
        Groups of fewer *respondents* than this are hidden: their value and interval are empty.
        Before a table is shown beside its total, see `protect_small`.
    scale : Scale or str, optional
        Another scale than the metric's own: `csat_mean`, `ces7`, or a `Scale`.
    names : mapping, optional
        Names of groups in several languages, for the sentence.

    Returns
    -------
    Finding
        `table`: the group columns; `n` answers; `value` (nps -100..100; csat, goal and smiley a
        share 0..1; ces, expectation and score the mean on their own scale); `ci_low` and
        `ci_high`, the 95 % interval in the same unit; `hidden`; `metric`.
        `details`: `scale`; `respondents`, people in each group; `design_effect`, how many times
        wider the variance is because people answered several times (1 where nobody did);
        `minimum_cell`.

    Raises
    ------
    FrameError
        A column is missing, a value lies outside the scale (the message gives rows), an answer
        is doubled, or there are no answers of the metric.
    SettingsError
        The scale isn't known.

    Notes
    -----
    NPS: adjusted Wald; shares: Wilson; means: t, clipped to the scale (see `intervals`). Where
    people answered several times within a group, the interval is that of n / design effect
    answers, the person being the unit (linearised ratio estimator), and a warning says so.
    """
    _check_minimum(minimum_cell)
    chosen = scale_for(metric, scale)
    rows, notes = select_answers(answers, chosen, kinds)
    notes += zeros_missing(rows, chosen)
    rows, groups, place, left_out = grouped(rows, by)
    who = people_of(rows)
    counted = tally(rows["value"].to_numpy(float), place, len(groups), chosen, who)
    effect = counted.pop("design_effect").to_numpy()
    table = pd.concat([groups, counted], axis=1)
    people = count_people(place, who, len(groups))
    table["hidden"] = people < minimum_cell
    table.loc[table["hidden"], ["value", "ci_low", "ci_high"]] = np.nan
    table["metric"] = metric
    notes += left_out + _group_notes(table, people, minimum_cell)
    group_columns = list(groups.columns)
    return Finding(
        table=table,
        sentences=score_words(table, group_columns, chosen, names),
        warnings=tuple(notes),
        details={
            "scale": chosen,
            "respondents": people,
            "design_effect": effect,
            "minimum_cell": minimum_cell,
        },
    )


def _check_minimum(minimum_cell: int) -> None:
    if minimum_cell < 1:
        raise SettingsError(
            "The minimum cell size is a count of people.", expected=">= 1", found=str(minimum_cell)
        )


def tally(
    values: np.ndarray, place: np.ndarray, groups: int, scale: Scale, who: np.ndarray | None = None
) -> pd.DataFrame:
    """n, value, ci_low, ci_high and design_effect of each group; one pass over the rows.

    `who` numbers the person behind each value; where people answer several times, the interval
    is that of n / design_effect independent answers.
    """
    points = scored(values, scale)
    n = np.bincount(place, minlength=groups).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.bincount(place, weights=points, minlength=groups) / n
        apart = points - value[place]
        spread = np.bincount(place, weights=apart**2, minlength=groups)
        effect = np.ones(groups) if who is None else _design_effect(apart, place, who, n, spread)
        free = n / effect
        if scale.statistic == "nps":
            promoters = np.bincount(place, weights=values >= 9, minlength=groups) / effect
            low, high = nps_interval(promoters, promoters - value / 100 * free, free)
        elif scale.statistic == "top":
            low, high = wilson(value * free, free)
        else:
            deviation = np.sqrt(spread / np.maximum(n - 1, 1))
            low, high = mean_interval(value, deviation, free, bounds=scale.bounds)
    return pd.DataFrame(
        {
            "n": n.astype(np.int64),
            "value": value,
            "ci_low": low,
            "ci_high": high,
            "design_effect": effect,
        }
    )


def scored(values: np.ndarray, scale: Scale) -> np.ndarray:
    """The number whose plain mean is the statistic."""
    if scale.statistic == "nps":
        return 100.0 * (values >= 9) - 100.0 * (values <= 6)
    return (values >= scale.top).astype(float) if scale.statistic == "top" else values


def _design_effect(
    apart: np.ndarray, place: np.ndarray, who: np.ndarray, n: np.ndarray, spread: np.ndarray
) -> np.ndarray:
    """Variance with the person as the unit over the variance of independent answers; at least 1.

    Linearised ratio estimator: sum over people of (sum of their deviations)² times G/(G-1).
    """
    span = int(who.max()) + 1
    pairs, person = np.unique(place * span + who, return_inverse=True)
    totals = np.bincount(person, weights=apart)
    group_of = (pairs // span).astype(np.intp)
    people = np.bincount(group_of, minlength=len(n))
    between = np.bincount(group_of, weights=totals**2, minlength=len(n))
    correction = people / np.maximum(people - 1, 1)
    effect = np.where(spread > 0, correction * between / np.where(spread > 0, spread, 1), 1.0)
    # answers by strangers: exactly independent, whatever the small-sample factor says
    return np.where(people == n, 1.0, np.clip(effect, 1.0, np.maximum(n, 1.0)))


def people_of(rows: pd.DataFrame) -> np.ndarray:
    """A number for the person behind each answer; nobody named is someone of its own."""
    if "respondent" not in rows.columns:
        return np.arange(len(rows))
    codes, known = pd.factorize(rows["respondent"])
    return np.where(codes >= 0, codes, len(known) + np.arange(len(rows)))


def count_people(place: np.ndarray, who: np.ndarray, groups: int) -> np.ndarray:
    """Distinct people in each group."""
    span = int(who.max()) + 1
    return np.bincount((np.unique(place * span + who) // span).astype(np.intp), minlength=groups)


def _group_notes(table: pd.DataFrame, people: np.ndarray, minimum_cell: int) -> list[Words]:
    notes = []
    hidden = int(table["hidden"].sum())
    if hidden:
        notes.append(
            Words(
                fi=f"Piilotettuja ryhmiä, joissa on alle {minimum_cell} vastaajaa: {hidden}.",
                en=(
                    f"Groups hidden because they have fewer than {minimum_cell} respondents: "
                    f"{hidden}."
                ),
            )
        )
    small = int(((table["n"] < 30) & ~table["hidden"]).sum())
    if small:
        notes.append(
            Words(
                fi=f"Alle 30 vastauksen ryhmiä: {small}; niiden luku on vain suuntaa antava.",
                en=f"Groups with fewer than 30 answers: {small}; read their value as a hint only.",
            )
        )
    if (table["n"].to_numpy() > people).any():
        notes.append(
            Words(
                fi=(
                    "Osa on vastannut ryhmässä useammin kuin kerran; luottamusväli on "
                    "laskettu vastaajittain ja on siksi leveämpi."
                ),
                en=(
                    "Some people answered more than once within a group; the interval counts "
                    "people, not answers, and is wider for it."
                ),
            )
        )
    return notes


def format_score(value: float, scale: Scale, language: str) -> str:
    """A value of the metric for a reader: points, per cent, or a mean with two decimals."""
    if scale.statistic == "nps":
        return number(value, language)
    if scale.statistic == "top":
        return percent(value, language)
    return number(value, language, decimals=1 if scale.high > 10 else 2)


def format_interval(low: float, high: float, scale: Scale, language: str) -> str:
    """An interval of the metric for a reader, in the same unit as `format_score`."""
    if scale.statistic == "nps":
        return interval(low, high, language)
    if scale.statistic == "top":
        text = interval(100 * low, 100 * high, language)
        return text + ("\N{NO-BREAK SPACE}%" if language in ("fi", "sv") else "%")
    return interval(low, high, language, decimals=1 if scale.high > 10 else 2)


def _with_interval(row: pd.Series, scale: Scale, language: str) -> str:
    value = format_score(row["value"], scale, language)
    ends = format_interval(row["ci_low"], row["ci_high"], scale, language)
    n = number(row["n"], language)
    level = (
        f"95\N{NO-BREAK SPACE}%:n luottamusväli {ends}"
        if language == "fi"
        else f"95% interval {ends}"
    )
    return f"{value} ({level}, n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n})"


def score_words(
    table: pd.DataFrame,
    group_columns: list[str],
    scale: Scale,
    names: Mapping[str, Words] | None,
) -> Words:
    """The sentence on a table of scores, in both languages; hidden groups are not spoken of."""
    return Words({x: _sentence(table, group_columns, scale, x, names) for x in ("fi", "en")})


def _sentence(
    table: pd.DataFrame,
    group_columns: list[str],
    scale: Scale,
    language: str,
    names: Mapping[str, Words] | None,
) -> str:
    name = scale.name.to(language)
    shown = table[~table["hidden"]]
    if not len(shown):
        return (
            f"{name}: vastaajia on liian vähän, jotta luvun voisi näyttää."
            if language == "fi"
            else f"{name}: too few respondents to show a value."
        )
    verb = "on" if language == "fi" else "is"
    if not group_columns:
        return f"{name} {verb} {_with_interval(shown.iloc[0], scale, language)}."

    def told(row: pd.Series) -> str:
        label = group_label(row[group_columns].to_dict(), language, names)
        return f"{label}: {_with_interval(row, scale, language)}"

    if len(shown) == 1:
        return f"{name}, {told(shown.iloc[0])}."
    best, worst = shown.loc[shown["value"].idxmax()], shown.loc[shown["value"].idxmin()]
    if language == "fi":
        return f"{name} on korkein ryhmässä {told(best)}, ja matalin ryhmässä {told(worst)}."
    return f"{name} is highest in {told(best)}, and lowest in {told(worst)}."
