"""The figure of the whole screen of metrics and KPIs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import Words, number
from .figure_style import BLUE, GRID, INK, MUTED, blank, named, require, ticks, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["linkage_figure"]


def linkage_figure(
    table: pd.DataFrame,
    *,
    language: str = "en",
    narrow: bool = False,
    names: Mapping[str, Words] | None = None,
) -> Figure:
    """The whole screen of metrics and KPIs: rho as colour, with its interval in each cell.

    Parameters
    ----------
    table : pandas.DataFrame
        `link_customers(...).table`.
    language, narrow, names
        As in `score_figure`; names of metrics and KPIs.

    Returns
    -------
    matplotlib.figure.Figure
        Cells that do not stand out from chance are pale and grey; `!` marks an association that
        turns round inside segments. The narrow figure puts the pairs under each other.

    Raises
    ------
    FrameError
        The table is not one of links, or it is empty.
    """
    require(table, ("metric", "kpi", "n", "rho", "ci_low", "ci_high", "p_corrected", "simpson"))
    if narrow:
        return _linkage_list(table, language, names)
    import seaborn as sns

    metrics, kpis = (list(dict.fromkeys(table[c])) for c in ("metric", "kpi"))
    cells = table.set_index(["metric", "kpi"])
    width = max(4.6, 2.2 + 1.45 * len(kpis))
    figure, axes = blank(width, 1.6 + 0.75 * len(metrics))
    # what does not stand out from chance keeps a quarter of its colour
    shade = cells["rho"].astype(float) * np.where(cells["p_corrected"] < 0.05, 1, 0.25)
    colours = shade.unstack().reindex(index=metrics, columns=kpis)
    palette = sns.color_palette("vlag_r", as_cmap=True)
    sns.heatmap(colours, ax=axes, cmap=palette, vmin=-0.7, vmax=0.7, cbar=False, lw=2)
    for i, metric in enumerate(metrics):
        for j, kpi in enumerate(kpis):
            if (metric, kpi) in cells.index:
                _cell(axes, j + 0.5, i + 0.5, cells.loc[(metric, kpi)], language)
    for axis, keys in ((axes.xaxis, kpis), (axes.yaxis, metrics)):
        axis.set_ticks(np.arange(len(keys)) + 0.5)
        axis.set_ticklabels([wrapped(named(k, language, names), True) for k in keys], rotation=0)
    axes.set(xlabel="", ylabel="")
    note = _linkage_note(language, table, int(15 * width))
    figure.supxlabel(note, color=MUTED, fontsize=8, x=0.01, ha="left")
    return figure


def _cell(axes: Axes, x: float, y: float, row: pd.Series, language: str) -> None:
    if not np.isfinite(row["rho"]):
        axes.text(x, y, "–", ha="center", va="center", color=MUTED)
        return
    clear = row["p_corrected"] < 0.05
    mark = " !" if row["simpson"] == "reversed" else ""
    ink = "white" if clear and abs(row["rho"]) > 0.5 else INK if clear else MUTED
    text = number(row["rho"], language, decimals=2) + mark
    weight = "bold" if clear else "normal"
    axes.text(x, y - 0.13, text, ha="center", va="center", color=ink, fontsize=11, weight=weight)
    axes.text(x, y + 0.22, _ends(row, language), ha="center", va="center", color=ink, fontsize=7.5)


def _ends(row: pd.Series, language: str) -> str:
    if not np.isfinite(row["ci_low"]):
        return ""
    return " … ".join(number(row[end], language, decimals=2) for end in ("ci_low", "ci_high"))


def _linkage_note(language: str, table: pd.DataFrame, width: int) -> str:
    low, high = int(table["n"].min()), int(table["n"].max())
    n = f"n = {number(low, language)}" + (f"–{number(high, language)}" if high > low else "")
    text = (
        f"Spearmanin ρ ja 95 %:n luottamusväli, {n}. Haalea: ei erotu sattumasta, kun testien "
        "määrä otetaan huomioon."
        if language == "fi"
        else f"Spearman's ρ and 95% interval, {n}. Pale: does not stand out from chance once the "
        "number of tests is counted in."
    )
    if (table["simpson"] == "reversed").any():
        text += (
            " !: kääntyy päinvastaiseksi segmenttien sisällä."
            if language == "fi"
            else " !: turns round inside segments."
        )
    return "\n".join(textwrap.wrap(text, width))


def _linkage_list(table: pd.DataFrame, language: str, names: Mapping[str, Words] | None) -> Figure:
    labels = [
        f"{named(r.metric, language, names)} ×\n{named(r.kpi, language, names)}"
        for r in table.itertuples()
    ]
    figure, axes = blank(3.9, 1.3 + 0.5 * len(table))
    place = np.arange(len(table))[::-1]
    for y, (_, row) in zip(place, table.iterrows(), strict=True):
        clear = row["p_corrected"] < 0.05
        colour = BLUE if clear else MUTED
        if np.isfinite(row["rho"]):
            axes.plot([row["ci_low"], row["ci_high"]], [y, y], color=colour, lw=2.2)
            axes.plot(row["rho"], y, "o", color=colour, ms=7, mec="white", zorder=3)
        text = number(row["rho"], language, decimals=2)
        text += " !" if row["simpson"] == "reversed" else ""
        axes.text(
            1.02,
            y,
            text,
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
            color=colour,
        )
    axes.axvline(0, color=MUTED, lw=1)
    axes.set_yticks(place, labels)
    axes.set_ylim(-0.7, len(table) - 0.3)
    ticks(axes.xaxis, lambda v: number(v, language, decimals=1))
    axes.grid(axis="x", color=GRID, lw=0.8)
    note = _linkage_note(language, table, 50).replace("Haalea", "Harmaa").replace("Pale", "Grey")
    figure.supxlabel(note, color=MUTED, fontsize=8, x=0.01, ha="left")
    return figure
