"""The tree of a small study: who was joined with whom, and where it was cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model import Words, number
from .features import FeatureError
from .figures import new_figure, themed, wrapped
from .score_engines import MixedWard
from .segmentation import UNASSIGNED, Segmentation
from .stability import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["dendrogram_figure"]

_LEAVES = 60
_BRANCHES = 30
_GREY = "#8A8A8A"
_TITLE = Words(fi="Kuka muistuttaa ketä", en="Who is like whom")
_HEIGHT = Words(
    fi="Etäisyys yhdistettäessä (pieni = samanlaisia)",
    en="Distance when joined (small = alike)",
)
_CUT = Words(fi="katkaisu", en="cut")
_TYPOLOGY = Words(
    fi="Näiden ihmisten tyypittely, ei arvio perusjoukosta.",
    en="A typology of these people, not a population estimate.",
)


@themed
def dendrogram_figure(
    segmentation: Segmentation,
    *,
    labels: Mapping[str, str] | None = None,
    language: str = "en",
    narrow: bool = False,
) -> Figure:
    """The merges of a segmentation made with the engine `ward`, coloured by segment.

    Parameters
    ----------
    segmentation : Segmentation
    labels : mapping, optional
        Id of a person or customer to what stands at the leaf; ids by default. Never names.
    language : str
        fi or en.
    narrow : bool
        For a phone.

    Returns
    -------
    matplotlib.figure.Figure
        Up to 60 leaves are named; of a larger tree the last 30 branches, with their sizes. Each
        segment is named with its stability.

    Raises
    ------
    FeatureError
        The segmentation was made by another engine.
    """
    model = segmentation.model
    if not isinstance(model, MixedWard):
        raise FeatureError(
            "Only a segmentation made by the engine `ward` has a tree.",
            found=type(model).__name__,
            next_step='Write engine = "ward" under [segments] in study.toml.',
        )
    from scipy.cluster.hierarchy import dendrogram

    rows = len(model.labels_)
    inside = _node_groups(model)
    colours = _palette(segmentation.number)
    whole = rows <= _LEAVES
    tree = dendrogram(
        model.tree_,
        no_plot=True,
        link_color_func=lambda node: colours[inside[node]] if inside[node] >= 0 else _GREY,
        **({} if whole else {"truncate_mode": "lastp", "p": _BRANCHES}),
    )
    shown = len(tree["leaves"])
    figure = new_figure(4.2 if narrow else 8.6, 1.9 + 0.21 * shown + 0.3 * segmentation.number)
    ax = figure.subplots()
    for up, along, colour in zip(tree["icoord"], tree["dcoord"], tree["color_list"], strict=True):
        ax.plot(along, up, color=colour, linewidth=1.8, solid_joinstyle="round")
    known = segmentation.membership["segment"] != UNASSIGNED
    ids = segmentation.membership.loc[known, "customer"].astype(str).tolist()
    named = labels or {}
    texts = [named.get(ids[leaf], ids[leaf]) for leaf in tree["leaves"]] if whole else tree["ivl"]
    ax.set_yticks(5 + 10 * np.arange(shown), texts, fontsize=8)
    for tick, leaf in zip(ax.get_yticklabels(), tree["leaves"], strict=True):
        group = inside[leaf]
        tick.set_color(colours[group] if group >= 0 else _GREY)
    _cut_line(ax, model, segmentation.number, language)
    ax.set_ylim(0, 10 * shown)
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(lambda v, _: number(v, language, decimals=0 if v >= 10 else 1))
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(_HEIGHT.to(language), fontsize=9)
    _legend(figure, segmentation, colours, language, narrow)
    figure.suptitle(_TITLE.to(language), x=0.01, ha="left", fontsize=11, fontweight="bold")
    return figure


def _node_groups(model: MixedWard) -> list[int]:
    """For each leaf and merge the one segment that all its leaves are in; -1 where they differ."""
    groups = [int(label) for label in model.labels_]
    for first, second, _, _ in model.tree_:
        one, other = groups[int(first)], groups[int(second)]
        groups.append(one if one == other else -1)
    return groups


def _palette(groups: int) -> list[Any]:
    import seaborn as sns

    # yellow on white can't be read
    usable = [c for i, c in enumerate(sns.color_palette("colorblind", 10).as_hex()) if i != 8]
    return [usable[i % len(usable)] for i in range(groups)]


def _cut_line(ax: Axes, model: MixedWard, groups: int, language: str) -> None:
    heights = model.tree_[:, 2]
    if groups < 2 or groups > len(heights):
        return
    cut = float((heights[-groups] + heights[-groups + 1]) / 2)
    ax.axvline(cut, color=_GREY, linestyle=":", linewidth=1.2)
    ax.annotate(
        _CUT.to(language),
        (cut, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(3, -3),
        textcoords="offset points",
        va="top",
        fontsize=8,
        color=_GREY,
    )


def _legend(
    figure: Figure, segmentation: Segmentation, colours: list[Any], language: str, narrow: bool
) -> None:
    from matplotlib.lines import Line2D

    marks, texts = [], []
    for colour, row in zip(colours, segmentation.segments.to_dict("records"), strict=True):
        title = segmentation.title(row["segment"], language)
        name = row["segment"] if title == row["segment"] else f"{row['segment']} {title}"
        held = number(row["jaccard"], language, decimals=2)
        text = f"{name} (n = {row['n']}; {VERDICTS[row['verdict']].to(language)}, Jaccard {held})"
        marks.append(Line2D([], [], color=colour, linewidth=3))
        texts.append(wrapped(text, 44 if narrow else 90))
    marks.append(Line2D([], [], color="none"))
    texts.append(wrapped(_TYPOLOGY.to(language), 44 if narrow else 90))
    figure.legend(marks, texts, loc="outside lower left", frameon=False, fontsize=8)
