"""Figures of numbers of groups, of sizes with stability, and of what sets groups apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np
import pandas as pd

from ..model import Finding, number, percent
from .features import FeatureSet
from .numbers import HOLDS
from .segmentation import UNASSIGNED, Segmentation
from .stability import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["numbers_figure", "sizes_figure", "traits_figure"]

P = ParamSpec("P")

# Okabe-Ito; the order of the verdicts is also the order of lightness
VERDICT_COLOURS = {
    "very_stable": "#0072B2",
    "stable": "#56B4E9",
    "doubtful": "#E69F00",
    "dissolves": "#D55E00",
}
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#5F6368"
_TEXTS = {
    "fit": {"fi": "Sopivuus (pienempi parempi)", "en": "Fit (lower is better)"},
    "gap": {
        "fi": "Gap-luku ± keskivirhe (suurempi parempi)",
        "en": "Gap ± standard error (higher is better)",
    },
    "jaccard": {
        "fi": "Pysyvyys: kunkin ryhmän Jaccard",
        "en": "Stability: Jaccard of each group",
    },
    "apart": {"fi": "Erottuvuus", "en": "Separation"},
    "smallest": {"fi": "Pienin ryhmä (asiakasta)", "en": "Smallest group (customers)"},
    "silhouette": {"fi": "siluetti", "en": "silhouette"},
    "strength": {"fi": "ennustevahvuus", "en": "prediction strength"},
    "number": {"fi": "Ryhmien määrä", "en": "Number of groups"},
    "candidate": {"fi": "ehdokas", "en": "candidate"},
    "worst": {"fi": "heikoin ryhmä", "en": "weakest group"},
    "limit": {"fi": "raja 0,6", "en": "limit 0.6"},
    "sizes": {"fi": "Segmenttien koko ja pysyvyys", "en": "Size and stability of the segments"},
    "customers": {"fi": "Asiakkaita", "en": "Customers"},
    "unassigned": {"fi": "ei segmenttiä", "en": "unassigned"},
    "traits": {"fi": "Mikä erottaa segmenttejä", "en": "What sets the segments apart"},
    "bar": {
        "fi": "vähemmän kuin muilla   ↔   enemmän kuin muilla",
        "en": "less than the rest   ↔   more than the rest",
    },
}


def _say(key: str, language: str) -> str:
    return _TEXTS[key].get(language, _TEXTS[key]["en"])


def themed(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draws in this room's look and leaves that of the caller's other figures alone."""

    @wraps(draw)
    def drawn(*args: P.args, **given: P.kwargs) -> Figure:
        import matplotlib as mpl
        import seaborn as sns
        from matplotlib import rcsetup

        look = {
            **sns.plotting_context("notebook"),
            **sns.axes_style("whitegrid"),
            "axes.prop_cycle": rcsetup.cycler(color=sns.color_palette("deep")),
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
        }
        with mpl.rc_context(look):
            return draw(*args, **given)

    return drawn


def new_figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


@themed
def numbers_figure(comparison: Finding, *, language: str = "en", narrow: bool = False) -> Figure:
    """How several numbers of groups compare: fit, stability, separation, smallest group.

    Parameters
    ----------
    comparison : Finding
        From `compare_numbers`.
    language : str
        fi or en.
    narrow : bool
        One panel below the other, for a phone.

    Returns
    -------
    matplotlib.figure.Figure
        The candidate is marked in every panel; it is a candidate, not the truth.
    """
    table = comparison.table
    figure = new_figure(4.2 if narrow else 9.5, 11 if narrow else 6.4)
    axes = figure.subplots(4 if narrow else 2, 1 if narrow else 2).ravel()
    candidate = comparison.details.get("candidate")
    if "bic" in table:
        _fit_panel(axes[0], table, language)
    else:
        _gap_panel(axes[0], table, language)
    _stability_panel(axes[1], table, comparison.details.get("jaccard", {}), language)
    _apart_panel(axes[2], table, language)
    axes[3].bar(table["number"], table["smallest"], color=_GREY, width=0.55)
    axes[3].set_title(_say("smallest", language), fontsize=10)
    for ax in axes:
        ax.set_xticks(table["number"])
        ax.grid(axis="x", visible=False)
        if candidate is not None:
            ax.axvspan(candidate - 0.35, candidate + 0.35, color="#F0E442", alpha=0.35, zorder=0)
        ax.set_xlim(table["number"].min() - 0.6, table["number"].max() + 0.6)
    for ax in axes[-1:] if narrow else axes[2:]:
        ax.set_xlabel(_say("number", language))
    if candidate is not None:
        axes[3].annotate(
            _say("candidate", language),
            (candidate, 0.97),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="top",
            fontsize=9,
        )
    return figure


def _fit_panel(ax: Axes, table: pd.DataFrame, language: str) -> None:
    for column, colour, style in (("bic", _BLUE, "o-"), ("icl", _ORANGE, "s--")):
        ax.plot(table["number"], table[column], style, color=colour, label=column.upper())
    ax.yaxis.set_major_formatter(lambda v, _: number(v, language))
    ax.set_title(_say("fit", language), fontsize=10)
    ax.legend(fontsize=8, frameon=False)


def _gap_panel(ax: Axes, table: pd.DataFrame, language: str) -> None:
    ax.errorbar(table["number"], table["gap"], table["gap_error"], fmt="o-", color=_BLUE, capsize=3)
    _decimals(ax, language)
    ax.set_title(_say("gap", language), fontsize=10)


def _stability_panel(
    ax: Axes, table: pd.DataFrame, jaccard: dict[int, np.ndarray], language: str
) -> None:
    for k, values in jaccard.items():
        mean = np.sort(np.asarray(values).mean(axis=0))
        spread = np.linspace(-0.16, 0.16, len(mean)) if len(mean) > 1 else np.zeros(1)
        ax.scatter(k + spread, mean, color=_BLUE, s=22, zorder=3)
    ax.plot(
        table["number"],
        table["jaccard_min"],
        color=_ORANGE,
        linewidth=1.6,
        label=_say("worst", language),
    )
    ax.axhline(HOLDS, color=_GREY, linestyle=":", label=_say("limit", language))
    ax.set_ylim(0, 1.04)
    _decimals(ax, language)
    ax.set_title(_say("jaccard", language), fontsize=10)
    ax.legend(fontsize=8, frameon=False, loc="lower left")


def _apart_panel(ax: Axes, table: pd.DataFrame, language: str) -> None:
    for column, key, colour, style in (
        ("silhouette", "silhouette", _BLUE, "o-"),
        ("prediction_strength", "strength", _ORANGE, "s--"),
    ):
        if column in table:
            ax.plot(table["number"], table[column], style, color=colour, label=_say(key, language))
    ax.set_ylim(min(0.0, float(table["silhouette"].min()) - 0.05), 1.04)
    _decimals(ax, language)
    ax.set_title(_say("apart", language), fontsize=10)
    ax.legend(fontsize=8, frameon=False)


def _decimals(ax: Axes, language: str) -> None:
    ax.yaxis.set_major_formatter(lambda v, _: number(v, language, decimals=1))


@themed
def sizes_figure(
    segmentation: Segmentation, *, language: str = "en", narrow: bool = False
) -> Figure:
    """How large each segment is and how well it holds (bootstrap Jaccard).

    Parameters
    ----------
    segmentation : Segmentation
    language : str
        fi or en.
    narrow : bool
        For a phone.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = segmentation.segments
    rows = len(table) + 1
    figure = new_figure(4.2 if narrow else 8.6, 1.3 + (0.72 if narrow else 0.55) * rows)
    ax = figure.subplots()
    total = len(segmentation.membership)
    unsure = int((segmentation.membership["segment"] == UNASSIGNED).sum())
    names = [
        wrapped(
            g if segmentation.title(g, language) == g else f"{g} {segmentation.title(g, language)}",
            20 if narrow else 34,
        )
        for g in table["segment"]
    ]
    values = [*table["n"], unsure]
    colours = [*(VERDICT_COLOURS[v] for v in table["verdict"]), "#BDBDBD"]
    ax.barh(range(rows), values, color=colours, height=0.62)
    ax.set_yticks(range(rows), [*names, _say("unassigned", language)], fontsize=9)
    ax.invert_yaxis()
    joint = "\n" if narrow else " · "
    for i, (n, row) in enumerate(zip(values, [*table.to_dict("records"), None], strict=True)):
        text = f"{number(n, language)} ({percent(n / total, language)})"
        if row is not None:
            text += (
                f"{joint}{VERDICTS[row['verdict']].to(language)} "
                f"{number(row['jaccard'], language, decimals=2)}"
            )
        ax.annotate(
            text, (n, i), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5
        )
    ax.set_xlim(0, max(values) * (1.75 if narrow else 1.55))
    ax.xaxis.set_major_formatter(lambda v, _: number(v, language))
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(_say("customers", language))
    figure.suptitle(_say("sizes", language), x=0.01, ha="left", fontsize=11, fontweight="bold")
    return figure


def wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width)) or text


@themed
def traits_figure(
    traits: pd.DataFrame,
    features: FeatureSet,
    *,
    titles: dict[str, str] | None = None,
    rows: int = 14,
    language: str = "en",
    narrow: bool = False,
) -> Figure:
    """What each group has more or less of than the rest, as a heat map with the values in it.

    Parameters
    ----------
    traits : pandas.DataFrame
        The table of `set_apart`.
    features : FeatureSet
        The same features.
    titles : dict, optional
        Group to its heading; ids otherwise.
    rows : int
        Traits shown at most: those that set any group apart most.
    language : str
        fi or en.
    narrow : bool
        For a phone.

    Returns
    -------
    matplotlib.figure.Figure
        Colour is the strength (-1..1), the text the mean or share in the group.
    """
    import seaborn as sns

    table = traits.assign(
        trait=[
            _trait_title(features, f, lv, language)
            for f, lv in zip(traits["feature"], traits["level"], strict=True)
        ],
        shown=[_shown(r, language) for r in traits.to_dict("records")],
    )
    groups = list(dict.fromkeys(table["group"]))
    strongest = table["strength"].abs().groupby(table["trait"], sort=False).max()
    kept = strongest.sort_values(ascending=False, kind="stable").index[:rows]
    strength = table.pivot(index="trait", columns="group", values="strength").loc[kept, groups]
    shown = table.pivot(index="trait", columns="group", values="shown").loc[kept, groups]
    width = (1.7 + 0.7 * len(groups)) if narrow else (3.4 + 1.05 * len(groups))
    figure = new_figure(max(width, 4.2), 1.5 + (0.46 if narrow else 0.36) * len(kept))
    ax = figure.subplots()
    # seaborn's own heat map uses a call that matplotlib is about to drop
    cells = ax.pcolormesh(
        strength.to_numpy(dtype=float),
        cmap=sns.color_palette("vlag", as_cmap=True),
        vmin=-1,
        vmax=1,
        edgecolors="white",
        linewidth=1.5,
    )
    for (i, j), text in np.ndenumerate(shown.to_numpy()):
        dark = abs(strength.iloc[i, j]) > 0.6
        ax.text(
            j + 0.5,
            i + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=7.5 if narrow else 8.5,
            color="white" if dark else "#222222",
        )
    ax.invert_yaxis()
    ax.grid(visible=False)
    bar = figure.colorbar(
        cells, ax=ax, orientation="horizontal", pad=0.02, shrink=0.8, aspect=40, ticks=[]
    )
    bar.set_label(_say("bar", language), fontsize=8.5)
    bar.outline.set_visible(False)
    width = 20 if narrow else 40
    ax.set_yticks(
        np.arange(len(kept)) + 0.5, [wrapped(t, width) for t in kept], fontsize=8, rotation=0
    )
    heads = [wrapped((titles or {}).get(g, g), 9 if narrow else 14) for g in groups]
    ax.set_xticks(np.arange(len(groups)) + 0.5, heads, fontsize=8.5, rotation=0)
    ax.tick_params(axis="x", top=True, bottom=False, labeltop=True, labelbottom=False)
    ax.set(xlabel="", ylabel="")
    figure.suptitle(_say("traits", language), x=0.01, ha="left", fontsize=11, fontweight="bold")
    return figure


def _trait_title(features: FeatureSet, feature: str, level: Any, language: str) -> str:
    found = features[feature]
    if isinstance(level, str):
        return f"{found.title(language)}: {found.level_title(level, language)}"
    return found.title(language)


def _shown(row: dict[str, Any], language: str) -> str:
    if isinstance(row["level"], str):
        return percent(row["value"], language)
    big = abs(row["value"]) >= 100
    return number(row["value"], language, decimals=0 if big else 1)
