"""Figures of themes and drivers: what goes with a metric, and how surely."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import FrameError, Words, number, percent
from .figure_style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    ORANGE,
    RED,
    blank,
    named,
    require,
    ticks,
    value_text,
    wrapped,
)
from .scales import Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["driver_figure", "importance_figure", "theme_figure"]


def theme_figure(
    table: pd.DataFrame,
    *,
    language: str = "en",
    narrow: bool = False,
    names: Mapping[str, Words] | None = None,
) -> Figure:
    """What each theme goes with: impact by removal and by regression, with intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        `theme_impact(...).table`.
    language, narrow, names
        As in `score_figure`; names of themes.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    FrameError
        The table is not one of themes, or it is empty.
    """
    require(table, ("theme", "removal", "ci_low", "ci_high", "regression", "regression_low"))
    labels = [wrapped(named(t, language, names), narrow) for t in table["theme"]]
    lines = sum(1 + 0.45 * label.count("\n") for label in labels)
    figure, axes = blank(3.9 if narrow else 8.0, 1.5 + 0.44 * lines)
    place = np.arange(len(table))[::-1]
    series = (
        (0.13, "removal", "ci_low", "ci_high", BLUE, "o", ("Poistamalla", "By removal")),
        (
            -0.13,
            "regression",
            "regression_low",
            "regression_high",
            ORANGE,
            "s",
            ("Muut teemat vakioituina", "Other themes held equal"),
        ),
    )
    for shift, value, low, high, colour, mark, label in series:
        axes.hlines(place + shift, table[low], table[high], color=colour, lw=2)
        text = label[0] if language == "fi" else label[1]
        axes.plot(table[value], place + shift, mark, color=colour, ms=6, mec="white", label=text)
    for y, n in zip(place, table["n"], strict=True):
        side = axes.get_yaxis_transform()
        axes.text(1.02, y, f"n={number(n, language)}", transform=side, va="center", fontsize=8)
    axes.axvline(0, color=MUTED, lw=1)
    axes.set_yticks(place, labels)
    axes.set_ylim(-0.7, len(table) - 0.3)
    # ticks may stand at halves
    ticks(axes.xaxis, lambda v: number(v, language, decimals=0 if v % 1 == 0 else 1, sign=True))
    axes.grid(axis="x", color=GRID, lw=0.8)
    note = (
        "Pistettä koko tuloksesta, joka liittyy teemaan (95 %:n luottamusväli)"
        if language == "fi"
        else "Points of the whole score that go with the theme (95% interval)"
    )
    axes.set_xlabel("\n".join(textwrap.wrap(note, 44 if narrow else 100)), color=MUTED, fontsize=8)
    figure.legend(loc="outside upper left", ncols=1 if narrow else 2, frameon=False, fontsize=9)
    return figure


def driver_figure(
    table: pd.DataFrame,
    *,
    language: str = "en",
    narrow: bool = False,
    names: Mapping[str, Words] | None = None,
) -> Figure:
    """Shares of the explained variation, with intervals and the interval of each rank.

    Parameters
    ----------
    table : pandas.DataFrame
        `drivers(...).table`.
    language, narrow, names
        As in `score_figure`; names of drivers.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    FrameError
        The table is not one of drivers, or it is empty.
    """
    require(table, ("driver", "share", "ci_low", "ci_high", "rank_low", "rank_high", "sign"))
    labels = [wrapped(named(d, language, names), narrow) for d in table["driver"]]
    lines = sum(1 + 0.5 * label.count("\n") for label in labels)
    figure, axes = blank(3.9 if narrow else 8.0, 1.4 + 0.36 * lines)
    place = np.arange(len(table))[::-1]
    colours = [BLUE if sign == "+" else RED for sign in table["sign"]]
    axes.barh(place, table["share"], color=colours, height=0.62, alpha=0.85)
    axes.hlines(place, table["ci_low"], table["ci_high"], color=INK, lw=1.4)
    side = axes.get_yaxis_transform()
    for y, (_, row) in zip(place, table.iterrows(), strict=True):
        low, high = int(row["rank_low"]), int(row["rank_high"])
        rank = f"{low}" if low == high else f"{low}–{high}"
        text = f"{'sija' if language == 'fi' else 'rank'} {rank}"
        axes.text(1.02, y, text, transform=side, va="center", fontsize=8, color=INK)
    axes.set_yticks(place, labels)
    axes.set_xlim(0, 1.05 * table["ci_high"].max())
    ticks(axes.xaxis, lambda v: percent(v, language))
    axes.grid(axis="x", color=GRID, lw=0.8)
    note = (
        "Osuus mittarin vaihtelusta; viiva: 95 %:n luottamusväli. Sininen: myönteinen yhteys, "
        "oranssi: kielteinen."
        if language == "fi"
        else "Share of the metric's variation; line: 95% interval. Blue: positive association, "
        "orange: negative."
    )
    axes.set_xlabel("\n".join(textwrap.wrap(note, 44 if narrow else 100)), color=MUTED, fontsize=8)
    return figure


def importance_figure(
    table: pd.DataFrame,
    performance: Mapping[str, float],
    *,
    language: str = "en",
    narrow: bool = False,
    names: Mapping[str, Words] | None = None,
    scale: Scale | None = None,
) -> Figure:
    """Importance against performance: what matters much and goes badly stands top left.

    Parameters
    ----------
    table : pandas.DataFrame
        `drivers(...).table`.
    performance : mapping
        Driver to its score today (mean or share), all in the same unit.
    language, narrow, names, scale
        As in `score_figure`.

    Returns
    -------
    matplotlib.figure.Figure
        Lines stand at the medians; vertical bars are the interval of importance.

    Raises
    ------
    FrameError
        The table is not one of drivers, or no driver has a performance.
    """
    require(table, ("driver", "share", "ci_low", "ci_high"))
    shown = table[table["driver"].isin(list(performance))]
    if not len(shown):
        raise FrameError(
            "No driver has a performance to draw.",
            expected=", ".join(table["driver"].head(5)),
            found=", ".join(list(performance)[:5]) or "none",
        )
    x = shown["driver"].map(dict(performance)).to_numpy(float)
    y = shown["share"].to_numpy(float)
    figure, axes = blank(3.9 if narrow else 7.5, 4.2 if narrow else 5.0)
    axes.vlines(x, shown["ci_low"], shown["ci_high"], color=BLUE, alpha=0.3, lw=1.6)
    # above the names, whose white rims would hide a neighbour's dot
    axes.plot(x, y, "o", color=BLUE, ms=8, mec="white", zorder=6)
    axes.axvline(float(np.median(x)), color=MUTED, lw=1, ls="--")
    axes.axhline(float(np.median(y)), color=MUTED, lw=1, ls="--")
    axes.set_ylim(-0.03 * shown["ci_high"].max(), 1.08 * shown["ci_high"].max())
    room = 0.12 * max(np.ptp(x), 1e-6)
    axes.set_xlim(x.min() - room, x.max() + room * (3.5 if narrow else 2.4))
    _labels(axes, x, y, [wrapped(named(d, language, names), narrow) for d in shown["driver"]])
    axes.text(
        0.01,
        0.99,
        "Paranna ensin" if language == "fi" else "Mend first",
        transform=axes.transAxes,
        va="top",
        color=RED,
        weight="bold",
        fontsize=9,
    )
    ticks(axes.xaxis, value_text(scale, language))
    ticks(axes.yaxis, lambda v: percent(v, language))
    axes.set_xlabel("Tulos nyt" if language == "fi" else "Performance today", fontsize=9)
    axes.set_ylabel(
        "Osuus mittarin vaihtelusta" if language == "fi" else "Share of the metric's variation",
        fontsize=9,
    )
    axes.grid(color=GRID, lw=0.6)
    return figure


def _labels(axes: Axes, x: np.ndarray, y: np.ndarray, texts: list[str]) -> None:
    """Names beside their points, pushed up where they would overlap."""
    from matplotlib.patheffects import withStroke

    wide, tall = np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())
    taken: list[tuple[float, float, float]] = []
    for i in np.argsort(y):
        half = 0.022 * tall * (texts[i].count("\n") + 1)
        height = max(y[i], half)
        while any(abs(height - h) < half + o and abs(x[i] - at) < 0.4 * wide for at, h, o in taken):
            height += 0.01 * tall
        taken.append((x[i], height, half))
        text = axes.text(x[i] + 0.02 * wide, height, texts[i], fontsize=8, va="center", color=INK)
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])
