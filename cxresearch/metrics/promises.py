"""What was promised against what was lived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, number, percent
from .grouping import select_answers
from .intervals import adjust_p, mean_interval, wilson
from .scales import Scale, scale_for
from .scores import count_people, people_of

__all__ = ["Promise", "promise_gap"]


@dataclass(frozen=True)
class Promise:
    """What the organisation promises of an encounter, in the unit of the answers about it.

    Attributes
    ----------
    touchpoint : str
        Where it is promised.
    metric : str
        The metric that asks how it was lived (csat, ces, goal, score).
    value : float
        The answer that a kept promise would get at least: 4 on 1-5, 1 for a goal reached.
    text : Words
        The promise in words.
    """

    touchpoint: str
    metric: str
    value: float
    text: Words = field(default_factory=Words)


def promise_gap(
    answers: pd.DataFrame,
    promises: Sequence[Promise],
    *,
    scales: Mapping[str, Scale] | None = None,
    names: Mapping[str, Words] | None = None,
    minimum_cell: int = 5,
) -> Finding:
    """How far the lived experience stays from what was promised.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" with `touchpoint`.
    promises : sequence of Promise
        What is promised where.
    scales : mapping, optional
        Metric to its scale, where it is not the usual one; shares are read as means of answers.
    names : mapping, optional
        Names of touchpoints, for the sentence.
    minimum_cell : int
        Promises about fewer respondents are hidden.

    Returns
    -------
    Finding
        `table`, most broken first: `touchpoint`, `metric`, `promise_fi`, `promise_en`, `promised`,
        `n` answers, `experience` (mean answer), `gap` (experience - promised; negative = less than
        promised), `ci_low`, `ci_high` (95 %, of the gap), `broken` (share 0..1 of answers below
        the promise), `broken_low`, `broken_high` (Wilson), `p`, `p_corrected`
        (Benjamini-Hochberg; one sample, two-sided t with people as the unit), `hidden`.

    Raises
    ------
    FrameError
        No promise has answers, or an answer lies outside its scale.
    SettingsError
        A promise lies outside the scale of its metric, or there are none.

    Notes
    -----
    A person's answers about one touchpoint are averaged first. Where everybody answered alike there
    is no spread to test with: p stays empty and the interval follows the rule of `mean_interval`.
    """
    if not promises:
        raise SettingsError("There are no promises to look at.", expected="at least one")
    rows = [_row(answers, p, (scales or {}).get(p.metric), minimum_cell) for p in promises]
    table = pd.DataFrame(rows)
    if not table["n"].sum():
        raise FrameError(
            "No promise has answers about how it was lived.",
            expected="answers of the promise's metric at its touchpoint",
            found="none",
        )
    table["p_corrected"] = adjust_p(table["p"], "bh")
    table["hidden"] = table.pop("hidden")
    table = table.sort_values("gap", kind="stable", ignore_index=True)
    return Finding(table, Words({x: _sentence(table, names, x) for x in ("fi", "en")}))


def _row(
    answers: pd.DataFrame, promise: Promise, scale: Scale | None, minimum_cell: int
) -> dict[str, object]:
    chosen = scale_for(promise.metric, scale)
    if not chosen.low <= promise.value <= chosen.high:
        raise SettingsError(
            f"The promise at `{promise.touchpoint}` lies outside the scale of `{promise.metric}`.",
            expected=f"{chosen.low:g}..{chosen.high:g}, an answer",
            found=f"{promise.value:g}",
            where="[[promises]]",
        )
    row: dict[str, object] = {
        "touchpoint": promise.touchpoint,
        "metric": promise.metric,
        "promise_fi": promise.text.to("fi"),
        "promise_en": promise.text.to("en"),
        "promised": promise.value,
        "n": 0,
    }
    empty = ("experience", "gap", "ci_low", "ci_high", "broken", "broken_low", "broken_high", "p")
    row |= dict.fromkeys(empty, np.nan) | {"hidden": True}
    here = answers[(answers["metric"] == promise.metric).to_numpy(bool)]
    here = here[(here["touchpoint"] == promise.touchpoint).to_numpy(bool)]
    if not len(here):
        return row
    kept, _ = select_answers(here, chosen)
    who = people_of(kept)
    row["n"] = len(kept)
    if count_people(np.zeros(len(kept), dtype=np.intp), who, 1)[0] < minimum_cell:
        return row
    each = pd.Series(kept["value"].to_numpy(float)).groupby(who).mean().to_numpy()
    return row | _measured(each, promise.value, chosen) | {"hidden": False}


def _measured(each: np.ndarray, promised: float, scale: Scale) -> dict[str, float]:
    way = 1.0 if scale.higher_is_better else -1.0
    n, mean, spread = (
        len(each),
        float(each.mean()),
        float(each.std(ddof=1)) if len(each) > 1 else 0.0,
    )
    low, high = (float(v) for v in mean_interval(mean, spread, n, bounds=(scale.low, scale.high)))
    broken = int((way * each < way * promised - 1e-12).sum())
    ends = wilson(broken, n)
    gap = mean - promised
    p = float(2 * stats.t.sf(abs(gap) / (spread / np.sqrt(n)), n - 1)) if spread > 1e-12 else np.nan
    return {
        "experience": mean,
        "gap": gap,
        "ci_low": low - promised,
        "ci_high": high - promised,
        "broken": broken / n,
        "broken_low": float(ends[0]),
        "broken_high": float(ends[1]),
        "p": p,
    }


def _sentence(table: pd.DataFrame, names: Mapping[str, Words] | None, language: str) -> str:
    shown = table[~table["hidden"].astype(bool)]
    clear = shown[(shown["p_corrected"] < 0.05) & (shown["ci_high"] < 0)]
    if not len(clear):
        return (
            f"Yksikään {len(shown)} lupauksesta ei petä niin, että ero erottuisi sattumasta."
            if language == "fi"
            else f"None of {len(shown)} promises is broken beyond chance."
        )
    row = clear.iloc[0]
    words = (names or {}).get(str(row["touchpoint"]), Words(str(row["touchpoint"])))
    gap = number(row["gap"], language, decimals=2)
    ends = " … ".join(number(row[c], language, decimals=2) for c in ("ci_low", "ci_high"))
    share = percent(row["broken"], language)
    if language == "fi":
        return (
            f"{len(clear)} / {len(shown)} lupauksesta jää toteutumatta. Eniten kohdassa "
            f"{words.to('fi')}: kokemus on {gap} luvatusta (95 %:n luottamusväli {ends}, "
            f"n = {number(row['n'], 'fi')}), ja {share} vastauksista jää alle lupauksen."
        )
    return (
        f"{len(clear)} of {len(shown)} promises are not kept. Most of all at {words.to('en')}: the "
        f"experience is {gap} from what was promised (95% interval {ends}, "
        f"n = {number(row['n'], 'en')}), and {share} of answers fall short of it."
    )
