"""A figure of key words: what sets each group apart, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..model import Finding, Words, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["keyword_figure"]

_SURE, _UNSURE = "#0072B2", "#8a949e"
_AXIS = Words(
    fi="tavallisempi ryhmässä kuin muilla (log-vedonlyöntisuhde, 95 %)",
    en="commoner in the group than elsewhere (log odds, 95%)",
)
_SHORT_AXIS = Words(fi="log-vedonlyöntisuhde, 95 %", en="log odds, 95%")
_KEY = Words(
    fi="sininen: kestää monen testin korjauksen; suluissa sanan esiintymät ryhmässä",
    en="blue: stands correction for many tests; in brackets, times in the group",
)


def keyword_figure(
    finding: Finding,
    *,
    by: str,
    names: Mapping[str, Words] | None = None,
    language: str = "fi",
    most: int = 8,
    narrow: bool = False,
) -> Figure:
    """Key words of each group with their log odds and 95 % intervals, one panel a group.

    Parameters
    ----------
    finding : Finding
        What `keywords` gave.
    by : str
        The group's column in it.
    names : mapping, optional
        Group to its name. Panels come in the order of the names, else by name.
    language : str
        Language of the texts in the figure; words stand in their own.
    most : int
        Words shown for each group.
    narrow : bool
        One column of panels, for a phone.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    table = finding.table
    present = list(dict.fromkeys(table[by]))
    order = [g for g in (names or {}) if g in present] or sorted(present, key=str)
    columns = 1 if narrow else min(3, max(len(order), 1))
    lines = -(-max(len(order), 1) // columns)
    width = 3.9 if narrow else 3.6 * columns
    figure = Figure(figsize=(width, lines * (0.75 + 0.27 * most) + 0.5), layout="constrained")
    panels = figure.subplots(lines, columns, squeeze=False, sharex=True).ravel()
    for axes, group in zip(panels, order, strict=False):
        rows = table[table[by] == group].head(most)
        title = names[group].to(language) if names and group in names else str(group)
        _panel(axes, rows, title, most, language)
    for axes in panels[len(order) :]:
        axes.set_axis_off()
    figure.supxlabel((_SHORT_AXIS if narrow else _AXIS).to(language), fontsize=9)
    if not narrow:
        figure.suptitle(_KEY.to(language), fontsize=8.5, color="#555555")
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, title: str, most: int, language: str) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        colour = _SURE if row["certain"] else _UNSURE
        axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=1.6)
        axes.plot(row["log_odds"], place, "o", color=colour, markersize=5)
    labels = [
        f"{lemma} ({number(count, language)})"
        for lemma, count in zip(rows["lemma"], rows["count"], strict=True)
    ]
    axes.set_yticks(range(len(rows)), labels, fontsize=8.5)
    axes.set_ylim(most - 0.4, -0.6)
    axes.axvline(0, color="#cccccc", linewidth=0.8, zorder=0)
    axes.set_title(title, fontsize=10, loc="left")
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
