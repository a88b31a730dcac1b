"""Measured against targets and expectations, and trends that tell news from noise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Target, Words, number
from .grouping import group_label, grouped, select_answers
from .intervals import adjust_p
from .scales import SCALES, Scale, scale_for
from .scores import count_people, format_score, people_of

__all__ = ["STATUS_WORDS", "against_targets", "control_limits", "expectation_gap", "target_words"]

STATUS_WORDS: dict[str, Words] = {
    "below_sure": Words(fi="alle tavoitteen: varma", en="below target: sure"),
    "below_likely": Words(fi="alle tavoitteen: todennäköinen", en="below target: likely"),
    "cannot_tell": Words(fi="ei voi sanoa", en="can't tell"),
    "reached": Words(fi="tavoite saavutettu", en="reached"),
    "hidden": Words(fi="liian vähän vastaajia", en="too few respondents"),
    "not_measured": Words(fi="ei mitattu", en="not measured"),
}
"""How each status is said."""


def against_targets(
    table: pd.DataFrame,
    targets: Mapping[str, Target],
    *,
    by: str = "touchpoint",
    names: Mapping[str, Words] | None = None,
) -> Finding:
    """Each touchpoint's metric against its target, and how sure a miss is.

    Parameters
    ----------
    table : pandas.DataFrame
        Tables of `score(..., by=by)`, of one metric or several put under each other.
    targets : mapping
        Touchpoint id to `Target`; the value in the metric's own unit.
    by : str
        The group column that the targets name.
    names : mapping, optional
        Names of the groups in several languages, for the sentence.

    Returns
    -------
    Finding
        `table`, in the order of `targets`: the group, `metric`, `target`, `n`, `value`,
        `ci_low`, `ci_high`, `gap` (value - target), `p_below` (how likely the true value lies on
        the wrong side), `status` (below_sure: the whole 95 % interval misses; below_likely:
        p_below >= 0.8; reached: p_below <= 0.2; else cannot_tell; hidden; not_measured; words in
        `STATUS_WORDS`), `cadence`, `reaction_fi`, `reaction_en` (only where below).

    Raises
    ------
    FrameError
        The table is not that of `score`.

    Notes
    -----
    p_below takes the interval as a normal one: centre (low + high)/2, deviation (high - low)/3.92,
    no prior. For a metric where low is good (`Scale.higher_is_better`), "below" means above.
    """
    wanted = [by, "n", "value", "ci_low", "ci_high", "hidden", "metric"]
    absent = [c for c in wanted if c not in table.columns]
    if absent:
        raise FrameError(
            "The table is not one of scores by touchpoint.",
            expected=", ".join(wanted),
            found="no " + ", ".join(absent),
        )
    result = pd.DataFrame([_against(table, group, target, by) for group, target in targets.items()])
    return Finding(result, target_words(result, by=by, names=names))


def target_words(
    table: pd.DataFrame, *, by: str = "touchpoint", names: Mapping[str, Words] | None = None
) -> Words:
    """The sentence on a table of targets: how many of each status, and the surest miss."""
    return Words({x: _target_sentence(table, by, names, x) for x in ("fi", "en")})


def _against(table: pd.DataFrame, group: str, target: Target, by: str) -> dict[str, object]:
    row: dict[str, object] = {by: group, "metric": target.metric, "target": target.value, "n": 0}
    row |= dict.fromkeys(("value", "ci_low", "ci_high", "gap", "p_below"), np.nan)
    row |= {
        "status": "not_measured",
        "cadence": target.cadence,
        "reaction_fi": "",
        "reaction_en": "",
    }
    found = table[(table[by].astype(str) == str(group)) & (table["metric"] == target.metric)]
    if not len(found):
        return row
    measured = found.iloc[0]
    row["n"] = int(measured["n"])
    if measured["hidden"]:
        return row | {"status": "hidden"}
    value, low, high = (float(measured[c]) for c in ("value", "ci_low", "ci_high"))
    better_high = SCALES[target.metric].higher_is_better if target.metric in SCALES else True
    way = 1 if better_high else -1
    deviation = (high - low) / (2 * stats.norm.ppf(0.975))
    shift = way * (target.value - (low + high) / 2)
    p_below = float(stats.norm.cdf(shift / deviation)) if deviation > 0 else float(shift > 0)
    wholly = high < target.value if better_high else low > target.value
    status = _status(p_below, wholly)
    row |= {"value": value, "ci_low": low, "ci_high": high, "gap": value - target.value}
    row |= {"p_below": p_below, "status": status}
    if status.startswith("below"):
        row |= {"reaction_fi": target.reaction.to("fi"), "reaction_en": target.reaction.to("en")}
    return row


def _status(p_below: float, wholly: bool) -> str:
    if wholly:
        return "below_sure"
    if p_below >= 0.8:
        return "below_likely"
    return "reached" if p_below <= 0.2 else "cannot_tell"


def _named(key: object, names: Mapping[str, Words] | None, language: str) -> str:
    words = (names or {}).get(str(key))
    return str(key) if words is None else words.to(language)


def _in_row(words: str) -> str:
    """A status inside a sentence that has a colon of its own."""
    status, _, how = words.partition(": ")
    return f"{status} ({how})" if how else status


def _target_sentence(
    result: pd.DataFrame, by: str, names: Mapping[str, Words] | None, language: str
) -> str:
    counts = result["status"].value_counts()
    parts = [
        f"{counts[s]} {_in_row(STATUS_WORDS[s].to(language))}"
        for s in STATUS_WORDS
        if counts.get(s, 0)
    ]
    text = ("Tavoitteet: " if language == "fi" else "Targets: ") + ", ".join(parts) + "."
    sure = result[result["status"] == "below_sure"]
    if not len(sure):
        return text
    worst = sure.sort_values(["p_below", "gap"], ascending=[False, True], kind="stable").iloc[0]
    name = _named(worst[by], names, language)
    scale = SCALES.get(str(worst["metric"]))
    if scale is None:
        return text
    value, target = (format_score(float(worst[c]), scale, language) for c in ("value", "target"))
    return text + (
        f" Varmimmin alle jää {name}: {value}, tavoite {target} (n = {worst['n']})."
        if language == "fi"
        else f" Most surely below: {name} at {value}, target {target} (n = {worst['n']})."
    )


def expectation_gap(
    answers: pd.DataFrame,
    *,
    by: str = "touchpoint",
    names: Mapping[str, Words] | None = None,
    experience: str = "csat",
    minimum_cell: int = 5,
    scale: Scale | str | None = None,
    expectation_scale: Scale | str | None = None,
) -> Finding:
    """What was expected against what was lived, for each touchpoint.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" with the metric `expectation` and the metric `experience`.
    by : str
        Group column, usually touchpoint.
    names : mapping, optional
        Names of the groups in several languages, for the sentence.
    experience : str
        Metric of the lived experience, on the same scale as the expectation.
    minimum_cell : int
        Groups with fewer respondents on either side are hidden.
    scale, expectation_scale : Scale or str, optional
        How both are read; default is the mean on 1-5.

    Returns
    -------
    Finding
        `table`, widest shortfall first: the group, `n_expectation`, `n_experience`, `n_pairs`
        (people who answered both), `expectation`, `experience` (means), `gap` (experience -
        expectation; negative = worse than expected), `ci_low`, `ci_high` (95 %), `p`,
        `p_corrected` (Benjamini-Hochberg), `paired`, `hidden`.

    Raises
    ------
    FrameError
        A metric is missing or lies outside its scale.
    SettingsError
        The two scales have different ends.

    Notes
    -----
    Paired t over people who answered both where they are at least half of the smaller side and
    enough for the minimum cell (means and gap are then theirs); else Welch over everyone. A gap
    whose expectation was asked afterwards is coloured by the experience itself.
    """
    lived = scale_for(experience, scale or ("csat_mean" if experience == "csat" else None))
    hoped = scale_for("expectation", expectation_scale)
    if (lived.low, lived.high) != (hoped.low, hoped.high):
        raise SettingsError(
            "Expectation and experience were asked on different scales.",
            expected=f"{hoped.low:g}..{hoped.high:g}",
            found=f"{lived.low:g}..{lived.high:g}",
            next_step="Pass the scales that were asked, or bring both to one scale first.",
        )
    sides, notes = {}, []
    for name, chosen in (("expectation", hoped), ("experience", lived)):
        rows, left = select_answers(answers, chosen)
        kept, groups, place, out = grouped(rows, by)
        label = groups[by].to_numpy()[place]
        sides[name] = kept.assign(group=label)
        notes += left + out
    both = [
        g
        for g in sides["expectation"]["group"].unique()
        if (sides["experience"]["group"] == g).any()
    ]
    if not both:
        raise FrameError(
            f"No {by} has both an expectation and an experience.",
            expected=f"at least one {by} with both",
            found="none in common",
        )
    table = pd.DataFrame([_gap(sides, group, by, lived, minimum_cell) for group in both])
    table["p_corrected"] = adjust_p(table["p"], "bh")
    hidden = table.pop("hidden")
    paired = table.pop("paired")
    table["paired"], table["hidden"] = paired, hidden
    table = table.sort_values("gap", kind="stable", ignore_index=True)
    return Finding(
        table,
        Words({x: _gap_sentence(table, by, names, x) for x in ("fi", "en")}),
        tuple(notes),
    )


def _gap(
    sides: Mapping[str, pd.DataFrame], group: object, by: str, scale: Scale, minimum_cell: int
) -> dict[str, object]:
    hoped, lived = (s.loc[s["group"] == group] for s in sides.values())
    pairs = _pairs(hoped, lived)
    few = min(len(hoped), len(lived))
    people = min(_heads(hoped), _heads(lived))
    row: dict[str, object] = {
        by: group,
        "n_expectation": len(hoped),
        "n_experience": len(lived),
        "n_pairs": len(pairs),
    }
    columns = ("expectation", "experience", "gap", "ci_low", "ci_high", "p")
    if people < max(minimum_cell, 2):
        return row | dict.fromkeys(columns, np.nan) | {"paired": False, "hidden": True}
    paired = len(pairs) >= max(minimum_cell, 2, few / 2)
    if paired:
        gaps = (pairs["lived"] - pairs["hoped"]).to_numpy(float)
        means = pairs["hoped"].mean(), pairs["lived"].mean()
        error, df = gaps.std(ddof=1) / np.sqrt(len(gaps)), len(gaps) - 1
    else:
        a, b = hoped["value"].to_numpy(float), lived["value"].to_numpy(float)
        means = a.mean(), b.mean()
        parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
        error = np.sqrt(parts.sum())
        freedom = (parts**2 / np.array([len(a) - 1, len(b) - 1])).sum()
        df = parts.sum() ** 2 / freedom if freedom > 0 else 1
    gap = means[1] - means[0]
    if error > 0:
        half = stats.t.ppf(0.975, df) * error
        values = (*means, gap, gap - half, gap + half, float(2 * stats.t.sf(abs(gap) / error, df)))
    else:
        # everybody answered alike: a gap without spread has no interval of its own
        values = (*means, gap, np.nan, np.nan, np.nan)
    return row | dict(zip(columns, values, strict=True)) | {"paired": paired, "hidden": False}


def _heads(rows: pd.DataFrame) -> int:
    who = people_of(rows)
    return int(count_people(np.zeros(len(rows), dtype=np.intp), who, 1)[0])


def _pairs(hoped: pd.DataFrame, lived: pd.DataFrame) -> pd.DataFrame:
    if "respondent" not in hoped.columns:
        return pd.DataFrame({"hoped": [], "lived": []})
    means = [
        s[s["respondent"].notna()].groupby("respondent", observed=True)["value"].mean()
        for s in (hoped, lived)
    ]
    return pd.concat(means, axis=1, keys=["hoped", "lived"], join="inner")


def _gap_sentence(
    table: pd.DataFrame, by: str, names: Mapping[str, Words] | None, language: str
) -> str:
    shown = table[~table["hidden"] & table["p_corrected"].notna()]
    clear = shown[(shown["p_corrected"] < 0.05) & (shown["gap"] < 0)]
    if not len(clear):
        return (
            "Missään kohdassa kokemus ei jää odotuksesta niin, että ero erottuisi sattumasta."
            if language == "fi"
            else "Nowhere does the experience fall short of the expectation beyond chance."
        )
    row = clear.iloc[0]
    name = _named(row[by], names, language)
    size = number(row["gap"], language, decimals=2)
    ends = (
        f"{number(row['ci_low'], language, decimals=2)} … "
        f"{number(row['ci_high'], language, decimals=2)}"
    )
    n = int(row["n_pairs"] if row["paired"] else min(row["n_expectation"], row["n_experience"]))
    if language == "fi":
        return (
            f"Kokemus jää eniten odotuksesta kohdassa {name}: ero {size} (95 %:n "
            f"luottamusväli {ends}, n = {n})."
        )
    return (
        f"The experience falls shortest of the expectation at {name}: gap {size} (95% "
        f"interval {ends}, n = {n})."
    )


def control_limits(
    table: pd.DataFrame, *, period: str = "month", baseline: int | None = None, run: int = 8
) -> Finding:
    """A trend with control limits, so that ordinary variation is not read as news.

    Parameters
    ----------
    table : pandas.DataFrame
        `score(..., by=period).table`: the period, `value`, and what else there is. Periods
        without a value (hidden) are left out of the limits.
    period : str
        The column of time.
    baseline : int, optional
        The limits come from the first so many periods; default all.
    run : int
        So many periods in a row on one side of the centre are a signal.

    Returns
    -------
    Finding
        `table` with `centre`, `lower`, `upper` (limits of ordinary variation), and `signal`:
        `above`, `below` (outside the limits), `shift_up`, `shift_down` (the run), or empty.
        Under 8 periods with a value the limits stay empty and a warning says so.

    Raises
    ------
    FrameError
        A column is missing, a period is doubled, or there is one period only.

    Notes
    -----
    Individuals chart: centre ± 3 mR / 1.128, where mR is the mean absolute change from one
    period to the next (Shewhart; Wheeler 1993). Slow drift widens no limits but makes runs.
    """
    absent = [c for c in (period, "value") if c not in table.columns]
    if absent or table[period].duplicated().any():
        raise FrameError(
            "The table is not one of scores by period.",
            expected=f"{period}, value; one row a period",
            found="no " + ", ".join(absent) if absent else "a period twice",
        )
    result = table.sort_values(period, ignore_index=True)
    values = result["value"].to_numpy(float)
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        raise FrameError(
            "A trend needs several periods.",
            expected="at least 2 with a value",
            found=str(len(known)),
        )
    result["centre"] = result["lower"] = result["upper"] = np.nan
    result["signal"] = ""
    base = values[known][:baseline]
    if len(base) < 8:
        text = Words(
            fi=f"Jaksoja on vain {len(base)}: valvontarajoja ei piirretä (vähintään 8).",
            en=f"There are only {len(base)} periods: no control limits (at least 8).",
        )
        return Finding(result, text, (text,))
    centre = base.mean()
    reach = 3 * np.abs(np.diff(base)).mean() / 1.128
    low, high = _clipped(result, centre - reach, centre + reach)
    result["centre"], result["lower"], result["upper"] = centre, low, high
    result.loc[known, "signal"] = _signals(values[known], centre, low, high, run)
    return Finding(result, _trend_words(result, len(known)))


def _clipped(result: pd.DataFrame, low: float, high: float) -> tuple[float, float]:
    scale = SCALES.get(str(result["metric"].iloc[0])) if "metric" in result.columns else None
    if scale is None:
        return low, high
    return max(low, scale.bounds[0]), min(high, scale.bounds[1])


def _signals(values: np.ndarray, centre: float, low: float, high: float, run: int) -> list[str]:
    side = np.sign(values - centre)
    signals, length = [], 0
    for i, value in enumerate(values):
        length = length + 1 if i and side[i] == side[i - 1] and side[i] else 1
        if value > high:
            signals.append("above")
        elif value < low:
            signals.append("below")
        elif length >= run:
            signals.append("shift_up" if side[i] > 0 else "shift_down")
        else:
            signals.append("")
    return signals


def _trend_words(result: pd.DataFrame, periods: int) -> Words:
    news = result[result["signal"] != ""]
    if not len(news):
        return Words(
            fi=f"Vaihtelu on tavanomaista: mikään {periods} jaksosta ei ylitä valvontarajoja.",
            en=f"The variation is ordinary: none of {periods} periods leaves the control limits.",
        )
    when = news.iloc[-1]
    time = result.columns[0]
    said = {
        "above": ("yli ylärajan", "above the upper limit"),
        "below": ("alle alarajan", "below the lower limit"),
        "shift_up": ("pysyvämmin keskitasoa ylempänä", "in a lasting shift upwards"),
        "shift_down": ("pysyvämmin keskitasoa alempana", "in a lasting shift downwards"),
    }[when["signal"]]
    label = {k: group_label({time: when[time]}, k) for k in ("fi", "en")}
    return Words(
        fi=(
            f"Tavanomaisesta poikkeaa {len(news)} / {periods} jaksoa; viimeisin {label['fi']} on "
            f"{said[0]}."
        ),
        en=(
            f"{len(news)} of {periods} periods are out of the ordinary; the latest, "
            f"{label['en']}, is {said[1]}."
        ),
    )
