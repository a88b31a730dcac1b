"""What to mend first as a figure: priority with its interval, and how sure each rank is."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import number
from .figure_style import BLUE, GRID, INK, MUTED, blank, require, ticks, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["priority_figure"]


def priority_figure(table: pd.DataFrame, *, language: str = "en", narrow: bool = False) -> Figure:
    """Improvements by priority (impact x experience / effort), each with the interval of its rank.

    Parameters
    ----------
    table : pandas.DataFrame
        `prioritise(...).table`, with `name_fi` and `name_en` where there are names.
    language, narrow
        As in `score_figure`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    FrameError
        The table is not one of priorities, or it is empty.
    """
    require(table, ("improvement", "impact", "effort", "priority", "rank_low", "rank_high"))
    name = f"name_{language}" if f"name_{language}" in table else "improvement"
    labels = [wrapped(str(v), narrow) for v in table[name]]
    lines = sum(1.5 + 0.6 * label.count("\n") for label in labels)
    figure, axes = blank(3.9 if narrow else 8.0, 1.4 + 0.3 * lines)
    place = np.arange(len(table))[::-1]
    axes.hlines(place, table["priority_low"], table["priority_high"], color=BLUE, alpha=0.35, lw=6)
    axes.plot(table["priority"], place, "o", color=BLUE, ms=8, mec="white", zorder=3)
    side = axes.get_yaxis_transform()
    for y, (_, row) in zip(place, table.iterrows(), strict=True):
        low, high = int(row["rank_low"]), int(row["rank_high"])
        span = f"{low}" if low == high else f"{low}–{high}"
        word = ("sija" if language == "fi" else "rank") + f" {span}"
        impact = number(row["impact"], language, decimals=1)
        work = number(row["effort"], language, decimals=0 if row["effort"] % 1 == 0 else 1)
        axes.text(1.02, y + 0.16, word, color=INK, fontsize=9, va="center", transform=side)
        note = f"{impact} / {work}"
        axes.text(1.02, y - 0.2, note, color=MUTED, fontsize=8, va="center", transform=side)
    axes.set_yticks(place, labels)
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.set_xlim(0, 1.06 * float(table["priority_high"].max()))
    decimals = 2 if table["priority_high"].max() < 1 else 1
    ticks(axes.xaxis, lambda v: number(v, language, decimals=decimals))
    axes.grid(axis="x", color=GRID, lw=0.8)
    text = (
        "Piste: vaikutus × kokemus tänään / työmäärä, viiva: 95 %:n väli. Oikealla sijan 95 %:n "
        "väli, vaikutus (NPS-pistettä) ja työmäärä."
        if language == "fi"
        else "Dot: impact × experience today / effort, line: 95% interval. Right: 95% interval of "
        "the rank, impact (points of NPS) and effort."
    )
    note = "\n".join(textwrap.wrap(text, 50 if narrow else 105))
    figure.supxlabel(note, color=MUTED, fontsize=8, x=0.01, ha="left")
    return figure
