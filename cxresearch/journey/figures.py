"""Figures of the journey: the emotional curve and the order of improvements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model import Finding, number, percent
from .cells import source_text
from .lettering import wrap
from .phrases import LANES, say
from .spec import JourneyMap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_curve", "plot_priorities"]

GOOD, BAD, NEUTRAL, LINE, BAND = "#0072B2", "#D55E00", "#6B7280", "#22415F", "#B9D3E6"
QUIET = "#545B64"
# DejaVu Sans comes with matplotlib, so that figures look the same everywhere
_FONT = ["DejaVu Sans"]
_WIDER = 1.17  # than Arial, by which texts are measured


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    roomy = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(width, height), layout=roomy)
    axes = figure.subplots()
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    return figure, axes


def _lines(text: str, width: float, size: float) -> str:
    return "\n".join(wrap(text, width, size * _WIDER))


def plot_curve(journey_map: JourneyMap, *, language: str = "fi", narrow: bool = False) -> Figure:
    """The emotional curve alone: mean valence by stage with its 95 % interval and n.

    Parameters
    ----------
    journey_map : JourneyMap
        A map with the lane `curve`.
    language : str
        fi or en.
    narrow : bool
        For phones: stages run downward.

    Returns
    -------
    matplotlib.figure.Figure
        Stages that too few people speak of have no point, and the line is dashed across them. The
        map's notes, such as the error of machine valence, stand below.
    """
    import matplotlib as mpl

    with mpl.rc_context({"font.family": _FONT, "font.size": 10 if narrow else 9.5}):
        cells = journey_map.lane("curve").cells
        count = len(cells)
        size = (3.9, 1.1 + 0.62 * count) if narrow else (max(4.0, 1.6 + 0.95 * count), 3.9)
        figure, axes = _figure(*size)
        known = [
            (place, cell)
            for place, cell in enumerate(cells)
            if cell.value is not None and cell.low is not None and cell.high is not None
        ]
        _draw_curve(axes, known, narrow)
        labels = [
            _label(journey_map, place, language, narrow) for place in range(len(journey_map.stages))
        ]
        _valence_axis(axes, labels, language, narrow)
        title = journey_map.title.to(language) or LANES["curve"].to(language)
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        notes = " ".join(note.to(language) for note in journey_map.notes)
        if notes:
            figure.supxlabel(
                _lines(notes, 92 * size[0], 11), x=0.01, ha="left", fontsize=8, color=QUIET
            )
    return figure


def _label(journey_map: JourneyMap, place: int, language: str, narrow: bool) -> str:
    cell = journey_map.lane("curve").cells[place]
    name = _lines(journey_map.stages[place].name.to(language), 118 if narrow else 84, 12)
    if cell.hidden or (cell.n and cell.value is None):
        base = say("few", language)
    elif cell.empty:
        base = say("empty", language)
    else:
        base = f"n {number(cell.n, language)}, {source_text(cell.sources or 0, language)}"
    return f"{name}\n" + _lines(base, 118 if narrow else 84, 11)


def _draw_curve(axes: Axes, known: list, narrow: bool) -> None:  # type: ignore[type-arg]
    places = np.array([place for place, _ in known], float)
    value, low, high = (
        np.array([getattr(cell, name) for _, cell in known], float)
        for name in ("value", "low", "high")
    )

    def turned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (y, x) if narrow else (x, y)

    for place, one, other in zip(places, low, high, strict=True):
        ends = turned(np.array([place, place]), np.array([one, other]))
        axes.plot(*ends, color=BAND, linewidth=9, solid_capstyle="butt", zorder=1)
    for a in range(len(places) - 1):
        apart = places[a + 1] - places[a] > 1
        piece = turned(places[a : a + 2], value[a : a + 2])
        axes.plot(*piece, color=LINE, linewidth=1.8, linestyle=":" if apart else "-", zorder=2)
    looks = (
        (value > 0.25, GOOD, "^"),
        (value < -0.25, BAD, "v"),
        (abs(value) <= 0.25, NEUTRAL, "o"),
    )
    for chosen, colour, marker in looks:
        axes.scatter(
            *turned(places[chosen], value[chosen]), color=colour, marker=marker, s=62, zorder=3
        )


def _valence_axis(axes: Axes, labels: list[str], language: str, narrow: bool) -> None:
    ticks = [-2, -1, 0, 1, 2]
    names = [number(tick, language, sign=True) for tick in ticks]
    names[0] = f"{names[0]}\n{say('bad', language)}"
    names[-1] = f"{names[-1]}\n{say('good', language)}"
    if narrow:
        names[1] = names[3] = ""
    edge = (-0.6, len(labels) - 0.4)
    places = list(range(len(labels)))
    if narrow:
        axes.set_xlim(-2.15, 2.15)
        axes.set_ylim(edge[1], edge[0])
        axes.set_xticks(ticks, names)
        axes.set_yticks(places, labels, linespacing=1.15)
        axes.grid(axis="x", color="#D5DAE0", linewidth=0.8)
        axes.axvline(0, color=NEUTRAL, linewidth=1)
        axes.xaxis.tick_top()
    else:
        axes.set_ylim(-2.15, 2.15)
        axes.set_xlim(*edge)
        axes.set_yticks(ticks, names)
        axes.set_xticks(places, labels, linespacing=1.2)
        axes.grid(axis="y", color="#D5DAE0", linewidth=0.8)
        axes.axhline(0, color=NEUTRAL, linewidth=1)
    axes.set_axisbelow(True)


def plot_priorities(
    finding: Finding, *, language: str = "fi", narrow: bool = False, most: int = 12
) -> Figure:
    """Ranks of improvements with their 95 % intervals: how sure the order is.

    Parameters
    ----------
    finding : Finding
        What `rank_improvements` gave.
    language : str
        fi or en.
    narrow : bool
        For phones.
    most : int
        How many improvements, the first ones, are drawn.

    Returns
    -------
    matplotlib.figure.Figure
        A dot for the rank, a bar over the ranks of 95 % of repeats, and in words how often it is
        among the first three.
    """
    import matplotlib as mpl

    rows = finding.table.head(most)
    words = {
        "fi": ("Mistä aloittaa", "sija (palkki: 95 % uusinta-aineistoista)", "kolmen kärjessä"),
        "en": ("Where to start", "rank (bar: 95% of resampled data)", "in the first three"),
    }
    title, axis, top = words["fi" if language == "fi" else "en"]
    with mpl.rc_context({"font.family": _FONT, "font.size": 10}):
        names = _improvement_names(rows, language, top, narrow)
        tallest = max(name.count("\n") + 1 for name in names)
        each = max(0.5, 0.19 * tallest + 0.1)
        figure, axes = _figure(3.9 if narrow else 8.0, 1.4 + each * len(rows))
        places = np.arange(len(rows))
        axes.hlines(
            places, rows["rank_low"] - 0.18, rows["rank_high"] + 0.18, color=BAND, linewidth=10
        )
        axes.scatter(rows["rank"], places, color=LINE, s=52, zorder=3)
        if not narrow:
            right = axes.secondary_yaxis("right")
            shares = [f"{percent(share, language)} {top}" for share in rows["top3"]]
            right.set_yticks(places, shares, color=QUIET)
            right.tick_params(length=0)
            right.spines["right"].set_visible(False)
        axes.set_yticks(places, names)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        last = int(max(rows["rank_high"].max(), len(rows)))
        axes.set_xlim(0.6, last + 0.4)
        step = max(1, last // 8)
        axes.set_xticks(range(1, last + 1, step))
        axis = axis.replace(" (", "\n(") if narrow else axis
        figure.supxlabel(axis, fontsize=10, color=QUIET)
        axes.grid(axis="x", color="#E3E7EB", linewidth=0.8)
        axes.set_axisbelow(True)
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure


def _improvement_names(rows: pd.DataFrame, language: str, top: str, narrow: bool) -> list[str]:
    names = rows["name_fi" if language == "fi" else "name_en"]
    if not narrow:
        return [_lines(name, 300, 12) for name in names]
    return [
        f"{_lines(name, 150, 12)}\n{percent(share, language)} {top}"
        for name, share in zip(names, rows["top3"], strict=True)
    ]
