"""Who moved between segments from one wave to the next, as bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import FrameError, Words, number, percent
from .figures import new_figure, themed, wrapped
from .segmentation import UNASSIGNED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["movers_figure"]

_COLUMNS = ("segment_before", "segment_after", "n")
_GAP = 0.03  # of the whole height, between bars
_TITLE = Words(fi="Ketkä siirtyivät segmentistä toiseen", en="Who moved between segments")
_BEFORE = Words(fi="ennen", en="before")
_AFTER = Words(fi="nyt", en="now")
_UNASSIGNED = Words(fi="ei segmenttiä", en="unassigned")
_STAYED = Words(fi="Samassa segmentissä pysyi", en="Stayed in the same segment")


@themed
def movers_figure(
    moves: pd.DataFrame,
    *,
    titles: Mapping[str, str] | None = None,
    waves: tuple[str, str] | None = None,
    minimum: int = 1,
    language: str = "en",
    narrow: bool = False,
) -> Figure:
    """Customers of two waves by the segment they were in and are in.

    Parameters
    ----------
    moves : pandas.DataFrame
        From `moves`, or `details["moves"]` of `compare_waves`.
    titles : mapping, optional
        Segment to its heading; ids otherwise.
    waves : tuple of str, optional
        What stands above each side.
    minimum : int
        Bands of fewer customers are drawn without their number.
    language : str
        fi or en.
    narrow : bool
        For a phone.

    Returns
    -------
    matplotlib.figure.Figure
        Bars are segments, bands the customers; those who stayed are grey, movers have the colour
        of the segment that they left.

    Raises
    ------
    FrameError
        A column is absent or nobody is in both waves.
    """
    absent = [c for c in _COLUMNS if c not in moves.columns]
    if absent or not len(moves) or moves["n"].sum() <= 0:
        raise FrameError(
            "There are no moves to draw.",
            expected=", ".join(_COLUMNS) + "; customers who are in both waves",
            found="no " + (", ".join(absent) or "customers in both waves"),
        )
    order = _order(moves)
    labels = {
        segment: wrapped(_heading(segment, titles, language), 16 if narrow else 26)
        for segment in order
    }
    inches = 0.95 * len(order) + 1.2
    line = (0.125 if narrow else 0.145) / inches  # height of a line where all customers are 1
    sizes = [moves.groupby(f"segment_{side}")["n"].sum() for side in ("before", "after")]
    total = int(moves["n"].sum())
    slots = {
        segment: max(
            *(float(s.get(segment, 0)) / total for s in sizes),
            line * (labels[segment].count("\n") + 2),
        )
        for segment in order
    }
    whole = sum(slots.values()) + _GAP * (len(order) - 1)
    figure = new_figure(4.2 if narrow else 8.6, 0.9 + inches * whole)
    ax = figure.subplots()
    left, right = (_bars(side / total, slots, whole) for side in sizes)
    colours = _colours(order)
    _bands(ax, moves, (left, right), colours, minimum=minimum, language=language)
    for bars, place, side in ((left, 0.0, "right"), (right, 1.0, "left")):
        for segment, (low, high) in bars.items():
            ax.fill_between([place - 0.012, place + 0.012], low, high, color=colours[segment])
            n = number(round((high - low) * total), language)
            ax.text(
                place + (-0.03 if side == "right" else 0.03),
                high - 0.002,
                f"{labels[segment]}\n{n}",
                ha=side,
                va="top",
                fontsize=7.5 if narrow else 8.5,
            )
    heads = waves or (_BEFORE.to(language), _AFTER.to(language))
    for place, head in zip((0.0, 1.0), heads, strict=True):
        ax.text(place, whole + 0.02, head, ha="center", fontsize=9.5, fontweight="bold")
    ax.set_xlim(-0.62 if narrow else -0.42, 1.62 if narrow else 1.42)
    ax.set_ylim(-0.01, whole + 0.08)
    ax.axis("off")
    stayed = int(moves.loc[moves["segment_before"] == moves["segment_after"], "n"].sum())
    share = percent(stayed / total, language)
    subtitle = f"{_STAYED.to(language)} {share} (n = {number(total, language)})"
    figure.suptitle(
        f"{_TITLE.to(language)}\n{subtitle}", x=0.01, ha="left", fontsize=10.5, fontweight="bold"
    )
    return figure


def _order(moves: pd.DataFrame) -> list[str]:
    """Segments by number, unassigned last."""
    there = set(moves["segment_before"]) | set(moves["segment_after"])
    return sorted(there, key=lambda s: (s == UNASSIGNED, len(s), s))


def _colours(order: list[str]) -> dict[str, Any]:
    import seaborn as sns

    usable = [c for i, c in enumerate(sns.color_palette("colorblind", 10).as_hex()) if i != 8]
    found = {segment: usable[i % len(usable)] for i, segment in enumerate(order)}
    return {**found, UNASSIGNED: "#8A8A8A"}


def _bars(
    sizes: pd.Series, slots: Mapping[str, float], whole: float
) -> dict[str, tuple[float, float]]:
    """Bottom and top of each segment's bar, at the top of its slot; the first stands highest."""
    bars, top = {}, whole
    for segment, slot in slots.items():
        size = float(sizes.get(segment, 0))
        if size > 0:
            bars[segment] = (top - size, top)
        top -= slot + _GAP
    return bars


def _heading(segment: str, titles: Mapping[str, str] | None, language: str) -> str:
    name = _UNASSIGNED.to(language) if segment == UNASSIGNED else segment
    title = (titles or {}).get(segment, name)
    return title if title.startswith(name) else f"{name} {title}"


def _bands(
    ax: Axes,
    moves: pd.DataFrame,
    bars: tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]],
    colours: dict[str, Any],
    *,
    minimum: int,
    language: str,
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rank = {segment: i for i, segment in enumerate(_order(moves))}
    total = float(moves["n"].sum())
    at = [{segment: ends[1] for segment, ends in side.items()} for side in bars]
    rows = sorted(
        moves.to_dict("records"),
        key=lambda r: (rank[r["segment_before"]], rank[r["segment_after"]]),
    )
    curve = Path.CURVE4
    for row in rows:
        first, last, size = row["segment_before"], row["segment_after"], row["n"] / total
        if size <= 0:
            continue
        a, b = at[0][first], at[1][last]
        at[0][first], at[1][last] = a - size, b - size
        points = [
            *((0.012, a), (0.5, a), (0.5, b), (0.988, b)),
            *((0.988, b - size), (0.5, b - size), (0.5, a - size), (0.012, a - size)),
        ]
        codes = [Path.MOVETO, curve, curve, curve, Path.LINETO, curve, curve, curve]
        stayed = first == last
        colour = "#C9CED3" if stayed else colours[first]
        ax.add_patch(
            PathPatch(
                Path(points, codes), facecolor=colour, alpha=0.75 if stayed else 0.55, linewidth=0
            )
        )
        if size >= 0.02 and row["n"] >= minimum and not stayed:
            ax.text(
                0.13,
                0.93 * (a - size / 2) + 0.07 * (b - size / 2),
                number(row["n"], language),
                fontsize=7,
                ha="center",
                va="center",
            )
