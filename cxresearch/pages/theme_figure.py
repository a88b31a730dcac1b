"""Theme by phase: a circle for how many speak, its colour for the tone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import Words, number
from .texts import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["theme_figure"]

_LIMIT = 1.5


def theme_figure(
    *,
    counts: pd.DataFrame,
    order: Sequence[str],
    phases: Sequence[str],
    names: Mapping[str, Words],
    language: str,
    narrow: bool = False,
) -> Figure:
    """Draw a table of `theme_counts`.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `theme_counts`; hidden cells are drawn as a small cross.
    order, phases : sequence of str
        Codes from top to bottom, phases from left to right.
    names : mapping
        Names of codes and phases.
    language : str
        fi or en.
    narrow : bool
        For a phone: theme names stand above their circles.

    Returns
    -------
    matplotlib.figure.Figure
    """
    import seaborn as sns
    from matplotlib.figure import Figure

    columns = [*phases, ""] if (counts["phase"] == "").any() else list(phases)
    titles = [
        names[p].to(language) if p in names else say("whole_journey", language) for p in columns
    ]
    with sns.axes_style("white"):
        size = (4.4, 1.1 + 0.62 * len(order)) if narrow else (9.6, 1.2 + 0.42 * len(order))
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
    shown = counts[~counts["hidden"] & counts["phase"].isin(columns)]
    x = shown["phase"].map({p: i for i, p in enumerate(columns)})
    y = shown["code"].map({c: i for i, c in enumerate(order)})
    _circles(axes, shown, x.to_numpy(), y.to_numpy(), narrow, language)
    _crosses(axes, counts, columns, order)
    _labels(axes, titles, [_name(names, c, language) for c in order], narrow)
    _colour_bar(figure, axes, language, narrow)
    return figure


def _name(names: Mapping[str, Words], code: str, language: str) -> str:
    return names[code].to(language) if code in names else code


def _circles(
    axes: Axes, shown: pd.DataFrame, x: np.ndarray, y: np.ndarray, narrow: bool, language: str
) -> None:
    most = max(1.0, float(shown["speakers"].max())) if len(shown) else 1.0
    full = 420 if narrow else 620
    area = 60 + full * shown["speakers"].to_numpy(dtype=float) / most
    tone = shown["valence"].to_numpy(dtype=float)
    axes.scatter(
        x,
        y,
        s=area,
        c=np.nan_to_num(tone),
        cmap="PuOr",
        vmin=-_LIMIT,
        vmax=_LIMIT,
        edgecolors="#333333",
        linewidths=0.7,
        plotnonfinite=True,
    )
    for place_x, place_y, n, colour in zip(x, y, shown["speakers"], tone, strict=True):
        dark = abs(np.nan_to_num(colour)) > 0.9
        axes.annotate(
            number(n, language),
            (place_x, place_y),
            ha="center",
            va="center",
            fontsize=7.5 if narrow else 8,
            color="white" if dark else "#111111",
        )


def _crosses(
    axes: Axes, counts: pd.DataFrame, columns: Sequence[str], order: Sequence[str]
) -> None:
    hidden = counts[counts["hidden"] & counts["phase"].isin(columns)]
    axes.scatter(
        hidden["phase"].map({p: i for i, p in enumerate(columns)}),
        hidden["code"].map({c: i for i, c in enumerate(order)}),
        marker="x",
        s=16,
        c="#8a949e",
        linewidths=1,
    )


def _labels(axes: Axes, titles: Sequence[str], rows: Sequence[str], narrow: bool) -> None:
    axes.set_xticks(range(len(titles)), [t.replace(" ", "\n", 1) for t in titles])
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=8.5 if narrow else 9.5)
    axes.set_xlim(-0.6, len(titles) - 0.4)
    axes.set_ylim(len(rows) - 0.4, -0.75 if narrow else -0.6)
    if narrow:
        axes.set_yticks([])
        for i, text in enumerate(rows):
            axes.text(-0.58, i - 0.42, text, fontsize=8.5, ha="left", va="center", weight="bold")
    else:
        axes.set_yticks(range(len(rows)), rows)
    for i in range(len(rows)):
        axes.axhline(i + (0.28 if narrow else 0.5), color="#e3e8ec", linewidth=0.8, zorder=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _colour_bar(figure: Figure, axes: Axes, language: str, narrow: bool) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    tones = ScalarMappable(Normalize(-_LIMIT, _LIMIT), "PuOr")
    bar = figure.colorbar(
        tones, ax=axes, location="bottom", shrink=0.5, aspect=32, pad=0.02, ticks=[-1.2, 0, 1.2]
    )
    bar.ax.set_xticklabels([say(t, language) for t in ("tone_bad", "tone_even", "tone_good")])
    bar.ax.tick_params(labelsize=8, length=0)
    bar.outline.set_visible(False)
    if not narrow:
        bar.set_label(say("valence", language), fontsize=8.5)
