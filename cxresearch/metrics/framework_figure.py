"""The measurement framework as a figure: strategy, goal, KPI, metric, method, and their gaps."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..model import Words
from .figure_style import BLUE, GRID, INK, MUTED, RED, blank, named, require
from .framework import LEVELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["framework_figure"]

_HEADINGS = {
    "strategy": Words(fi="Strategia", en="Strategy"),
    "goal": Words(fi="Tavoite", en="Goal"),
    "kpi": Words(fi="KPI", en="KPI"),
    "metric": Words(fi="Mittari", en="Metric"),
    "method": Words(fi="Menetelmä", en="Method"),
}
_MISSING = Words(fi="puuttuu", en="missing")
_LINE = 0.19  # inches a line of text
_PAD = 0.16
_GAP = 0.14


def framework_figure(
    table: pd.DataFrame,
    *,
    language: str = "en",
    narrow: bool = False,
    names: Mapping[str, Words] | None = None,
) -> Figure:
    """Chains from strategy to method as boxes joined by lines; what is missing is red and dashed.

    Parameters
    ----------
    table : pandas.DataFrame
        `strategy`, `goal`, `kpi`, `metric`, `method`: one row a chain, cells may be empty.
    language, narrow
        Language of the texts; for a phone, where each chain stands under its goal.
    names : mapping, optional
        Names of KPIs and metrics.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    FrameError
        A column is missing, or there is no chain.
    """
    require(table, LEVELS)
    rows = table[list(LEVELS)].fillna("").astype(str)
    rows = rows.sort_values(list(LEVELS[:2]), kind="stable", ignore_index=True)
    return _under(rows, language, names) if narrow else _beside(rows, language, names)


def _text(value: str, level: str, language: str, names: Mapping[str, Words] | None) -> str:
    if not value:
        return _MISSING.to(language)
    return named(value, language, names) if level in ("kpi", "metric") else value


def _beside(rows: pd.DataFrame, language: str, names: Mapping[str, Words] | None) -> Figure:
    width, column, letters = 8.0, 1.6, 20
    lines = [
        max(len(textwrap.wrap(_text(v, c, language, names), letters)) for c, v in row.items())
        for row in rows.to_dict("records")
    ]
    heights = [n * _LINE + _PAD for n in lines]
    total = sum(heights) + _GAP * len(rows) + 0.4
    figure, axes = blank(width, total)
    _canvas(axes, width, total)
    for place, level in enumerate(LEVELS):
        x = place * column + 0.04
        axes.text(x, total - 0.12, _HEADINGS[level].to(language), color=MUTED, fontsize=9, va="top")
    tops, y = [], total - 0.4
    for height in heights:
        tops.append(y)
        y -= height + _GAP
    middle = {}
    for place, level in enumerate(LEVELS):
        for start, stop in _runs(rows, LEVELS[: place + 1] if place < 2 else None):
            top, bottom = tops[start], tops[stop - 1] - heights[stop - 1]
            value = rows[level].iloc[start]
            box = (place * column + 0.04, bottom, column - 0.28, top - bottom)
            _box(axes, box, _text(value, level, language, names), letters, missing=not value)
            for i in range(start, stop):
                middle[place, i] = (bottom + top) / 2
    for place in range(len(LEVELS) - 1):
        for i in range(len(rows)):
            ends = [(place + 1) * column - 0.24, (place + 1) * column + 0.04]
            axes.plot(ends, [middle[place, i], middle[place + 1, i]], color=MUTED, lw=1, zorder=1)
    return figure


def _runs(rows: pd.DataFrame, keys: tuple[str, ...] | None) -> list[tuple[int, int]]:
    """First row and row after the last of each run of rows alike in `keys`; None is each row."""
    if keys is None:
        return [(i, i + 1) for i in range(len(rows))]
    number = (rows[list(keys)] != rows[list(keys)].shift()).any(axis=1).cumsum()
    return [(int(g.index[0]), int(g.index[-1]) + 1) for _, g in rows.groupby(number)]


def _under(rows: pd.DataFrame, language: str, names: Mapping[str, Words] | None) -> Figure:
    """One block a chain for a phone: each level on lines of its own, indented."""
    blocks = []
    for row in rows.to_dict("records"):
        for level in LEVELS:
            text = _text(row[level], level, language, names)
            heading = _HEADINGS[level].to(language)
            found = textwrap.wrap(f"{heading}: {text}", 46)
            blocks += [(line, not row[level]) for line in found]
        blocks.append(("", False))
    total = len(blocks) * _LINE + 0.2
    figure, axes = blank(3.9, total)
    _canvas(axes, 3.9, total)
    y = total - 0.1
    for line, missing in blocks:
        if line:
            axes.text(0.08, y, line, color=RED if missing else INK, fontsize=8.5, va="top")
        else:
            axes.plot([0.05, 3.85], [y - 0.09, y - 0.09], color=GRID, lw=0.8)
        y -= _LINE
    return figure


def _canvas(axes: Axes, width: float, height: float) -> None:
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()


def _box(
    axes: Axes, box: tuple[float, float, float, float], text: str, letters: int, *, missing: bool
) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y, width, height = box
    colour = RED if missing else BLUE
    patch = FancyBboxPatch(
        (x, y),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.05",
        facecolor="white" if missing else "#eef5fa",
        edgecolor=colour,
        linestyle="--" if missing else "-",
        linewidth=1,
        zorder=2,
    )
    axes.add_patch(patch)
    words = "\n".join(textwrap.wrap(text, letters))
    ink = RED if missing else INK
    axes.text(x + 0.07, y + height / 2, words, fontsize=8, color=ink, va="center", zorder=3)
