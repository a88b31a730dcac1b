"""The look that the figures of metrics share: sizes, colours, labels, number formats."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..model import FrameError, Words, number, percent
from .scales import SCALES, Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, GRID = "#222222", "#6b6b6b", "#dddddd"
BLUE, ORANGE, GREEN, RED = "#0173b2", "#de8f05", "#029e73", "#d55e00"


def blank(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of so many inches with one quiet axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100, layout="constrained", facecolor="white")
    axes = figure.subplots()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=INK, length=0, labelsize=9)
    axes.set_axisbelow(True)
    return figure, axes


def title(axes: Axes, text: str, narrow: bool) -> None:
    """A title at the left, broken where the figure ends."""
    lines = "\n".join(textwrap.wrap(text, 46 if narrow else 90))
    axes.set_title(lines, loc="left", fontsize=10 if narrow else 12, color=INK, pad=10)


def wrapped(text: str, narrow: bool) -> str:
    """A label broken into lines that fit beside the figure."""
    return "\n".join(textwrap.wrap(text, 17 if narrow else 30)) or text


def named(key: object, language: str, names: Mapping[str, Words] | None) -> str:
    """The study's name for an id, or the id."""
    words = (names or {}).get(str(key))
    return str(key) if words is None else words.to(language)


def value_text(scale: Scale | None, language: str) -> Callable[[float], str]:
    """How values of the metric are written on an axis."""
    if scale is not None and scale.statistic == "top":
        return lambda v: percent(v, language)
    span = 2.0 if scale is None else scale.bounds[1] - scale.bounds[0]
    return lambda v: number(v, language, decimals=1 if span <= 10 else 0)


def ticks(axis: object, write: Callable[[float], str]) -> None:
    """About five ticks, written in the reader's language."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(5))  # type: ignore[attr-defined]
    axis.set_major_formatter(FuncFormatter(lambda v, _: write(v)))  # type: ignore[attr-defined]


def require(table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Refuse a table that can't be drawn."""
    absent = [c for c in columns if c not in table.columns]
    if absent or not len(table):
        raise FrameError(
            "This table can't be drawn.",
            expected=", ".join(columns) + "; at least one row",
            found="no " + (", ".join(absent) or "rows"),
        )


def scale_of(table: pd.DataFrame, scale: Scale | None) -> Scale | None:
    """The scale given, or the metric's own."""
    known = SCALES.get(str(table["metric"].iloc[0])) if "metric" in table.columns else None
    return scale or known
