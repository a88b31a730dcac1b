"""Counts of pressed faces: shares that smile, by place and over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, SettingsError, Words, check_frame, number, percent
from .grouping import group_label
from .intervals import wilson
from .scales import SCALES
from .scores import format_interval
from .targets import control_limits

__all__ = ["smiley_shares", "smiley_trend"]

_CALENDAR = {"week": "W-SUN", "month": "M", "quarter": "Q"}


def smiley_shares(
    counts: pd.DataFrame,
    *,
    by: str | None = "place",
    good: int = 3,
    names: Mapping[str, Words] | None = None,
    minimum_cell: int = 5,
) -> Finding:
    """The share of presses on a smiling face, with Wilson's interval.

    Parameters
    ----------
    counts : pandas.DataFrame
        The contract "smileys": period, unit, place, face (1 = the saddest), count.
    by : str, optional
        `place`, `unit`, `period`, or `week`, `month`, `quarter` of the period; None is everyone.
    good : int
        The lowest face that counts as smiling (3 of 4 faces).
    names : mapping, optional
        Names of places, for the sentence.
    minimum_cell : int
        Groups of fewer presses are hidden.

    Returns
    -------
    Finding
        `table`: the group, `n` presses, `value` (share 0..1), `ci_low`, `ci_high` (95 %),
        `hidden`, `metric` (smiley).

    Raises
    ------
    FrameError
        The table breaks its contract, or nobody pressed anything.
    SettingsError
        The group or the period isn't known.

    Notes
    -----
    A press is no person: one may press ten times, children do so for fun, and nobody knows who
    didn't press. The interval covers chance only.
    """
    check_frame(counts, "smileys")
    rows = counts[counts["count"] > 0]
    if not len(rows):
        raise FrameError("Nobody pressed a face.", expected="counts above 0", found="only zeros")
    key = _group(rows, by)
    pressed = rows["count"].to_numpy(float)
    smiling = pressed * (rows["face"] >= good).to_numpy(float)
    sums = pd.DataFrame({"n": pressed, "good": smiling}).groupby(key.to_numpy(), sort=True).sum()
    low, high = wilson(sums["good"], sums["n"])
    table = pd.DataFrame(
        {
            by or "group": sums.index,
            "n": sums["n"].to_numpy().astype(int),
            "value": (sums["good"] / sums["n"]).to_numpy(),
            "ci_low": low,
            "ci_high": high,
        }
    )
    table["hidden"] = table["n"] < minimum_cell
    table.loc[table["hidden"], ["value", "ci_low", "ci_high"]] = np.nan
    table["metric"] = "smiley"
    told = {x: _sentence(table, by or "group", names, x) for x in ("fi", "en")}
    return Finding(table, Words(told))


def _group(rows: pd.DataFrame, by: str | None) -> pd.Series:
    if by is None:
        return pd.Series("all", index=rows.index)
    if by in _CALENDAR:
        return rows["period"].dt.to_period(_CALENDAR[by]).dt.start_time
    if by not in rows.columns:
        raise SettingsError(
            "Smileys can't be grouped so.",
            expected="place | unit | period | " + " | ".join(_CALENDAR),
            found=by,
        )
    return rows[by]


def _sentence(
    table: pd.DataFrame, by: str, names: Mapping[str, Words] | None, language: str
) -> str:
    shown = table[~table["hidden"].astype(bool)]
    if not len(shown):
        return "Painalluksia on liian vähän." if language == "fi" else "There are too few presses."

    def told(row: pd.Series) -> str:
        label = group_label({by: row[by]}, language, names)
        ends = format_interval(row["ci_low"], row["ci_high"], SCALES["smiley"], language)
        level = "95 %:n luottamusväli" if language == "fi" else "95% interval"
        share = percent(row["value"], language)
        return f"{label} {share} ({level} {ends}, n = {number(row['n'], language)})"

    low, high = shown.loc[shown["value"].idxmin()], shown.loc[shown["value"].idxmax()]
    start = "Hymynaamojen osuus: " if language == "fi" else "Share of smiling faces: "
    if len(shown) == 1:
        return start + told(high) + "."
    words = ("matalin", "korkein") if language == "fi" else ("lowest", "highest")
    return f"{start}{words[0]} {told(low)}, {words[1]} {told(high)}."


def smiley_trend(
    counts: pd.DataFrame, *, period: str = "period", good: int = 3, minimum_cell: int = 5
) -> Finding:
    """The share of smiling faces over time, with control limits.

    Parameters
    ----------
    counts : pandas.DataFrame
        The contract "smileys"; all places and units in it are taken together.
    period : str
        `period` as given, or `week`, `month`, `quarter`.
    good, minimum_cell
        As in `smiley_shares`.

    Returns
    -------
    Finding
        `table` of `control_limits`: the period, `n`, `value`, `ci_low`, `ci_high`, `centre`,
        `lower`, `upper`, `signal`.

    Raises
    ------
    FrameError
        As in `smiley_shares`; also when there is one period only.

    Notes
    -----
    The limits come from how much the share moves from period to period (individuals chart), not
    from the binomial: with thousands of presses binomial limits call ordinary weeks news.
    """
    found = smiley_shares(counts, by=period, good=good, minimum_cell=minimum_cell)
    return control_limits(found.table, period=period)
