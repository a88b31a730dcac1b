"""Figures of scores and trends, each with its uncertainty.

Every function here gives a matplotlib Figure that belongs to nobody's pyplot state; `narrow` is
for a phone 390 pixels wide (3.9 inches at 100 dpi). Colours are seaborn's "colorblind" palette.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import Words, number, percent
from .figure_style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    RED,
    blank,
    require,
    scale_of,
    ticks,
    title,
    value_text,
    wrapped,
)
from .grouping import group_label
from .scales import Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["score_figure", "trend_figure"]

_RESULTS = ("n", "value", "ci_low", "ci_high", "hidden", "metric")


def score_figure(
    table: pd.DataFrame,
    *,
    language: str = "en",
    narrow: bool = False,
    names: Mapping[str, Words] | None = None,
    scale: Scale | None = None,
    targets: Mapping[str, float] | None = None,
) -> Figure:
    """Scores of groups as dots with their 95 % intervals and n, in the table's order.

    Parameters
    ----------
    table : pandas.DataFrame
        `score(...).table`.
    language, narrow
        Language of the texts; for a phone.
    names : mapping, optional
        Names of the groups.
    scale : Scale, optional
        How the metric was read, where that was not its usual scale.
    targets : mapping, optional
        Group id to target value: drawn as a mark on the group's line.

    Returns
    -------
    matplotlib.figure.Figure
        Hidden groups keep their line and say why they are empty.

    Raises
    ------
    FrameError
        The table is not one of scores, or it is empty.
    """
    require(table, _RESULTS)
    chosen = scale_of(table, scale)
    groups = [c for c in table.columns if c not in _RESULTS]
    labels = [
        wrapped(group_label(row[groups].to_dict(), language, names) or _all(language), narrow)
        for _, row in table.iterrows()
    ]
    lines = sum(1 + 0.55 * label.count("\n") for label in labels)
    figure, axes = blank(3.9 if narrow else 8.0, 1.25 + 0.36 * lines)
    place = np.arange(len(table))[::-1]
    write = value_text(chosen, language)
    marks: list[float] = []
    for y, (_, row), label in zip(place, table.iterrows(), labels, strict=True):
        _score_line(axes, y, row, write, language)
        key = label if not groups else str(row[groups[0]])
        if targets and key in targets:
            axes.plot(targets[key], y, marker="|", ms=16, mew=2.5, color=ORANGE, zorder=4)
            marks.append(targets[key])
    axes.set_yticks(place, labels)
    axes.set_ylim(-0.7, len(table) - 0.3)
    _span(axes, table, chosen, marks)
    ticks(axes.xaxis, _fine(write, chosen, axes.get_xlim(), language))
    axes.grid(axis="x", color=GRID, lw=0.8)
    name = chosen.name.to(language) if chosen else str(table["metric"].iloc[0])
    axes.set_xlabel(_interval_note(language, bool(targets), narrow), color=MUTED, fontsize=8)
    title(axes, name, narrow)
    return figure


def _fine(
    write: Callable[[float], str], scale: Scale | None, ends: tuple[float, float], language: str
) -> Callable[[float], str]:
    """Shares that hardly differ get a decimal, or neighbouring ticks would read the same."""
    if scale is not None and scale.statistic == "top" and ends[1] - ends[0] < 0.06:
        return lambda v: percent(v, language, decimals=1)
    return write


def _all(language: str) -> str:
    return "Kaikki" if language == "fi" else "Everyone"


def _interval_note(language: str, targets: bool, narrow: bool) -> str:
    text = (
        "Piste: tulos, viiva: 95 %:n luottamusväli, n: vastauksia."
        if language == "fi"
        else "Dot: score, line: 95% interval, n: answers."
    )
    if targets:
        text += " Oranssi: tavoite." if language == "fi" else " Orange: target."
    return "\n".join(textwrap.wrap(text, 44 if narrow else 100))


def _score_line(
    axes: Axes, y: float, row: pd.Series, write: Callable[[float], str], language: str
) -> None:
    # the right margin, in axes units, belongs to n
    side = axes.get_yaxis_transform()
    if row["hidden"]:
        text = "liian vähän vastaajia" if language == "fi" else "too few respondents"
        axes.text(
            0.02, y, text, color=MUTED, va="center", fontsize=8, style="italic", transform=side
        )
        return
    axes.plot([row["ci_low"], row["ci_high"]], [y, y], color=BLUE, lw=2.2, solid_capstyle="round")
    axes.plot(row["value"], y, "o", color=BLUE, ms=7, mec="white", mew=1, zorder=3)
    n = number(row["n"], language)
    note = f"{write(row['value'])}  (n={n})"
    axes.text(1.02, y, note, color=INK, va="center", fontsize=8, transform=side)


def _span(axes: Axes, table: pd.DataFrame, scale: Scale | None, marks: list[float]) -> None:
    shown = table[~table["hidden"].astype(bool)]
    if not len(shown):
        axes.set_xlim(*(scale.bounds if scale else (0, 1)))
        return
    low = min([shown["ci_low"].min(), *marks])
    high = max([shown["ci_high"].max(), *marks])
    room = 0.06 * max(high - low, 1e-6)
    low, high = low - room, high + room
    if scale is not None:
        edge = 0.015 * (scale.bounds[1] - scale.bounds[0])
        low, high = max(low, scale.bounds[0] - edge), min(high, scale.bounds[1] + edge)
    axes.set_xlim(low, high)
    if low < 0 < high:
        axes.axvline(0, color=MUTED, lw=1)


def trend_figure(
    table: pd.DataFrame,
    *,
    period: str = "month",
    language: str = "en",
    narrow: bool = False,
    scale: Scale | None = None,
) -> Figure:
    """A metric over time with control limits; what is out of the ordinary is marked.

    Parameters
    ----------
    table : pandas.DataFrame
        `control_limits(...).table`.
    period : str
        The column of time.
    language, narrow, scale
        As in `score_figure`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    FrameError
        The table has no limits' columns, or it is empty.
    """
    require(table, (period, "value", "centre", "lower", "upper", "signal"))
    chosen = scale_of(table, scale)
    write = value_text(chosen, language)
    figure, axes = blank(3.9 if narrow else 8.0, 3.2 if narrow else 3.6)
    place = np.arange(len(table))
    if table["centre"].notna().any():
        axes.fill_between(place, table["lower"], table["upper"], color=BLUE, alpha=0.10, lw=0)
        axes.plot(place, table["centre"], color=MUTED, lw=1, ls="--")
    if {"ci_low", "ci_high"} <= set(table.columns):
        axes.vlines(place, table["ci_low"], table["ci_high"], color=BLUE, alpha=0.35, lw=1.5)
    axes.plot(place, table["value"], color=BLUE, lw=1.6, marker="o", ms=4)
    news = (table["signal"] != "").to_numpy()
    axes.plot(place[news], table["value"][news], "D", color=RED, ms=8, mec="white", zorder=4)
    axes.margins(y=0.08)
    _time_axis(axes, table[period], language, narrow)
    ticks(axes.yaxis, write)
    axes.grid(axis="y", color=GRID, lw=0.8)
    axes.set_xlabel(_trend_note(language, narrow, bool(news.any())), color=MUTED, fontsize=8)
    title(axes, chosen.name.to(language) if chosen else "", narrow)
    return figure


def _time_axis(axes: Axes, periods: pd.Series, language: str, narrow: bool) -> None:
    step = max(1, int(np.ceil(len(periods) / (5 if narrow else 10))))
    shown = np.arange(0, len(periods), step)
    texts = [group_label({"t": periods.iloc[i]}, language) for i in shown]
    axes.set_xticks(shown, texts)
    axes.set_xlim(-0.5, len(periods) - 0.5)


def _trend_note(language: str, narrow: bool, news: bool) -> str:
    text = (
        "Sininen alue: tavanomainen vaihtelu. Pystyviiva: 95 %:n luottamusväli."
        if language == "fi"
        else "Blue band: ordinary variation. Vertical line: 95% interval."
    )
    if news:
        text += " Vinoneliö: poikkeaa siitä." if language == "fi" else " Diamond: out of it."
    return "\n".join(textwrap.wrap(text, 46 if narrow else 110))
