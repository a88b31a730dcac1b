"""Figures of coding: themes on the journey, saturation, agreement. For laptop and for phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..model import Codebook, Finding, Phase, number
from .coder_agreement import OVERALL
from .tables import NO_PHASE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["agreement_figure", "saturation_figure", "theme_figure"]

WIDE, NARROW = 9.6, 3.9  # inches; 3.9 in at 100 dpi is a phone's 390 px
INK, SOFT, LINE = "#222222", "#6b6b6b", "#d9d9d9"
# orange to blue through grey: told apart with any colour vision
_VALENCE = ("#C44E00", "#F0A35E", "#C9C9C9", "#7DB3E0", "#00569D")

_TEXTS: dict[str, dict[str, Any]] = {
    "fi": {
        "theme": "Mistä puhutaan ja missä vaiheessa",
        "theme_note": "Pisteen koko ja luku: dokumentteja. Väri: sävy.",
        "worst": "hyvin kielteinen",
        "bad": "kielteinen",
        "good": "myönteinen",
        "best": "hyvin myönteinen",
        "mixed": "neutraali",
        "untold": "sävy ei tiedossa",
        "saturation": "Kyllääntyminen",
        "documents": "Luettuja dokumentteja",
        "codes": "Eri koodeja",
        "orders": "satunnaiset järjestykset (95 %)",
        "own": "oma järjestys",
        "reached": "kyllääntyi: {}",
        "agreement": "Koodaajien yksimielisyys",
        "alpha": "Krippendorffin alfa ja 95 %:n väli",
        "all": "Kaikki koodit",
        "bounds": "0,667 varovainen raja, 0,80 hyvä",
        "no_phase": "ei vaihetta",
        "ac1": "AC1",
        "compared": "Yksikkö",
        "unit": {"character": "merkki", "turn": "puheenvuoro", "document": "teksti"},
    },
    "en": {
        "theme": "What is spoken of, and when",
        "theme_note": "Size of the dot and number: documents. Colour: feeling.",
        "worst": "very negative",
        "bad": "negative",
        "good": "positive",
        "best": "very positive",
        "mixed": "neutral",
        "untold": "feeling unknown",
        "saturation": "Saturation",
        "documents": "Documents read",
        "codes": "Different codes",
        "orders": "random orders (95%)",
        "own": "own order",
        "reached": "saturated: {}",
        "agreement": "Agreement of coders",
        "alpha": "Krippendorff's alpha and 95% interval",
        "all": "All codes",
        "bounds": "0.667 tentative bound, 0.80 good",
        "no_phase": "no phase",
        "ac1": "AC1",
        "compared": "Unit",
        "unit": {"character": "character", "turn": "turn", "document": "text"},
    },
}


def _say(language: str) -> dict[str, Any]:
    return _TEXTS.get(language, _TEXTS["en"])


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure that pyplot does not know of, in the house's plain style."""
    import seaborn as sns
    from matplotlib.figure import Figure

    with sns.axes_style("white", {"font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
        axes = figure.subplots()
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, colors=INK)
    return figure, axes


def add_title(figure: Figure, title: str, *, narrow: bool) -> None:
    """The title at the figure's own left edge, above the labels."""
    figure.suptitle(
        title, x=0.01, ha="left", fontsize=11 if narrow else 13, fontweight="bold", color=INK
    )


def wrapped(text: str, width: int) -> str:
    """A label in lines of so many characters; long words are not broken."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def theme_figure(
    finding: Finding,
    *,
    codebook: Codebook,
    phases: Sequence[Phase],
    language: str = "fi",
    narrow: bool = False,
    most: int | None = None,
) -> Figure:
    """Themes by phase or stage as dots: size and number are documents, colour is the feeling.

    Parameters
    ----------
    finding : Finding
        What `theme_table` gave; its `by` decides phases or stages.
    codebook : Codebook
        Codes in order; only codes without codes below are drawn, grouped by their parents.
    phases : sequence of Phase
        The journey, for order and names. Places without a coding stay, marked empty.
    language : {"fi", "en"}
        Language of the texts.
    narrow : bool
        For a phone: fewer codes, stage names upright.
    most : int, optional
        How many codes; those in most documents are kept. 12 when narrow, else all that occur.

    Returns
    -------
    matplotlib.figure.Figure
    """
    say = _say(language)
    by = "stage" if "stage" in finding.table.columns else "phase"
    names = _place_names(phases, by, language)
    places = [p for p in finding.details["matrix"].columns if p in names]
    if NO_PHASE in finding.details["matrix"].columns:
        places.append(NO_PHASE)
        names[NO_PHASE] = say["no_phase"]
    codes = _drawn_codes(finding, codebook, most or (12 if narrow else None))
    width = NARROW if narrow else WIDE
    figure, axes = new_figure(width, 1.6 + 0.34 * len(codes) + (0.5 if narrow else 0.2))
    _grid(axes, codes, places, finding)
    _dots(axes, finding.table, codes, places, by, narrow=narrow)
    slanted = not narrow and len(places) > 7
    labels = [wrapped(codebook[c].name.to(language), 22 if narrow else 34) for c in codes]
    axes.set_yticks(range(len(codes)), labels, fontsize=7 if narrow else 9)
    axes.set_xticks(
        range(len(places)),
        [names[p] if narrow or slanted else wrapped(names[p], 16) for p in places],
        fontsize=7 if narrow else 8.5,
        rotation=90 if narrow else 38 if slanted else 0,
        ha="right" if slanted else "center",
        rotation_mode="anchor" if slanted else "default",
    )
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.set_ylim(len(codes) - 0.4, -0.6)
    add_title(figure, say["theme"], narrow=narrow)
    caution = finding.details.get("caution")
    note = say["theme_note"] if caution is None else f"{say['theme_note']} {caution.to(language)}"
    _valence_key(figure, say, note, narrow=narrow)
    return figure


def _place_names(phases: Sequence[Phase], by: str, language: str) -> dict[str, str]:
    if by == "phase":
        return {p.phase: p.name.to(language) for p in phases}
    return {s.stage: s.name.to(language) for p in phases for s in p.stages}


def _drawn_codes(finding: Finding, codebook: Codebook, most: int | None) -> list[str]:
    leaves = [c.code for c in codebook if not codebook.children(c.code)]
    total = finding.table.groupby("code")["documents"].sum()
    seen = [c for c in leaves if total.get(c, 0) > 0]
    if most is not None and len(seen) > most:
        kept = set(sorted(seen, key=lambda c: -total[c])[:most])
        seen = [c for c in seen if c in kept]
    return seen or leaves[:1]


def _grid(axes: Axes, codes: list[str], places: list[str], finding: Finding) -> None:
    for row in range(len(codes)):
        axes.axhline(row, color=LINE, linewidth=0.6, zorder=0)
    for column, place in enumerate(places):
        if place in finding.details["silent"]:
            axes.axvspan(column - 0.45, column + 0.45, facecolor="#f6f6f6", zorder=-1, hatch="///",
                         edgecolor="#dddddd", linewidth=0)  # fmt: skip


def _colours(values: np.ndarray) -> list[str]:
    """Five steps from -2 to 2; white where nobody can tell."""
    edges = np.array([-1.25, -0.35, 0.35, 1.25])
    return ["#ffffff" if np.isnan(v) else _VALENCE[int(np.searchsorted(edges, v))] for v in values]


def _dots(
    axes: Axes, table: pd.DataFrame, codes: list[str], places: list[str], by: str,
    *, narrow: bool,
) -> None:  # fmt: skip
    rows = table[table["code"].isin(codes) & table[by].isin(places)]
    if not len(rows):
        return
    x = rows[by].map({p: n for n, p in enumerate(places)}).to_numpy()
    y = rows["code"].map({c: n for n, c in enumerate(codes)}).to_numpy()
    count = rows["documents"].to_numpy(float)
    biggest = 190.0 if narrow else 420.0
    size = biggest * (0.3 + 0.7 * count / count.max())
    colours = _colours(rows["valence"].to_numpy(float))
    axes.scatter(x, y, s=size, c=colours, edgecolors=SOFT, linewidths=0.5, zorder=2)
    for place, row, n, colour in zip(x, y, count, colours, strict=True):
        dark = colour in (_VALENCE[0], _VALENCE[-1])
        axes.text(place, row, f"{n:.0f}", ha="center", va="center", zorder=3,
                  fontsize=6 if narrow else 7.5, color="white" if dark else INK)  # fmt: skip


def _valence_key(figure: Figure, say: dict[str, Any], note: str, *, narrow: bool) -> None:
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], marker="o", linestyle="", markersize=7, markerfacecolor=colour,
               markeredgecolor=SOFT, markeredgewidth=0.5, label=label)
        for colour, label in (
            (_VALENCE[0], say["worst"]), (_VALENCE[1], say["bad"]), (_VALENCE[2], say["mixed"]),
            (_VALENCE[3], say["good"]), (_VALENCE[4], say["best"]), ("#ffffff", say["untold"]),
        )
    ]  # fmt: skip
    figure.legend(
        handles=marks, loc="outside lower left", ncols=2 if narrow else 6, frameon=False,
        fontsize=7 if narrow else 8.5, title=wrapped(note, 48 if narrow else 120),
        title_fontsize=7 if narrow else 8.5, alignment="left", handletextpad=0.2,
    )  # fmt: skip


def saturation_figure(finding: Finding, *, language: str = "fi", narrow: bool = False) -> Figure:
    """Cumulative codes by document, own order over the band of random orders.

    Parameters
    ----------
    finding : Finding
        What `saturation` gave.
    language, narrow
        As in `theme_figure`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    say = _say(language)
    table = finding.table
    figure, axes = new_figure(NARROW if narrow else WIDE * 0.75, 3.0 if narrow else 3.8)
    x = table["position"]
    axes.fill_between(x, table["curve_low"], table["curve_high"], color="#BFD9EE", linewidth=0)
    axes.plot(x, table["cumulative"], color="#00569D", linewidth=2, marker="o", markersize=4)
    axes.bar(x, table["new"], color="#E69F00", width=0.5)
    axes.set_ylim(0, table["cumulative"].max() * 1.18)
    axes.set_xlim(0.4, len(table) + 0.6)
    step = max(1, len(table) // (6 if narrow else 12))
    axes.set_xticks(list(range(1, len(table) + 1, step)))
    axes.tick_params(labelsize=8)
    axes.set_xlabel(say["documents"], fontsize=8.5, color=SOFT)
    axes.set_ylabel(say["codes"], fontsize=8.5, color=SOFT)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    reached = finding.details["reached"]
    if reached is not None:
        axes.axvline(reached, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        late = reached > 0.6 * len(table)
        axes.annotate(
            say["reached"].format(finding.details["notation"]), (reached, axes.get_ylim()[1]),
            xytext=(-5 if late else 5, -2), textcoords="offset points", va="top",
            ha="right" if late else "left", fontsize=8.5, color=INK,
        )  # fmt: skip
    add_title(figure, say["saturation"], narrow=narrow)
    _saturation_key(figure, say, language)
    return figure


def _saturation_key(figure: Figure, say: dict[str, Any], language: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    new = {"fi": "uusia", "en": "new"}.get(language, "new")
    figure.legend(
        handles=[
            Line2D([], [], color="#00569D", marker="o", markersize=4, label=say["own"]),
            Patch(color="#BFD9EE", label=say["orders"]),
            Patch(color="#E69F00", label=new),
        ],
        loc="outside lower left", ncols=3, frameon=False, fontsize=7, columnspacing=1.0,
        handlelength=1.4,
    )  # fmt: skip


def agreement_figure(
    finding: Finding,
    *,
    codebook: Codebook,
    language: str = "fi",
    narrow: bool = False,
) -> Figure:
    """Alpha with its interval by code, AC1 beside it, the two usual bounds marked.

    Parameters
    ----------
    finding : Finding
        What `coder_agreement` gave.
    codebook : Codebook
        For the names and order of codes.
    language, narrow
        As in `theme_figure`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    say = _say(language)
    order = [c.code for c in codebook]
    table = finding.table.assign(
        rank=[
            -1 if c == OVERALL else order.index(c) if c in order else 999
            for c in finding.table["code"]
        ]
    ).sort_values("rank", ignore_index=True)
    figure, axes = new_figure(NARROW if narrow else WIDE * 0.8, 1.7 + 0.27 * len(table))
    y = np.arange(len(table))
    for bound in (0.667, 0.8):
        axes.axvline(bound, color="#9a9a9a", linewidth=0.9, linestyle=(0, (3, 3)), zorder=0)
    axes.hlines(
        y, table["alpha_low"].clip(lower=-0.2), table["alpha_high"], color="#7DB3E0", linewidth=2.2
    )
    axes.scatter(table["alpha"].clip(lower=-0.2), y, color="#00569D", s=32, zorder=3)
    axes.scatter(
        table["ac1"], y, marker="D", s=20, facecolors="white", edgecolors="#C44E00", zorder=2
    )
    names = [say["all"] if c == OVERALL else codebook[c].name.to(language) if c in order else c
             for c in table["code"]]  # fmt: skip
    axes.set_yticks(
        y, [wrapped(n, 21 if narrow else 40) for n in names], fontsize=7 if narrow else 9
    )
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.set_ylim(len(table) - 0.5, -0.6)
    axes.set_xlim(-0.23, 1.04)
    ticks = [0, 0.5, 1] if narrow else [0, 0.25, 0.5, 0.667, 0.8, 1]
    axes.set_xticks(ticks, [number(t, language, decimals=0 if t in (0, 1) else 3 if t == 0.667
    else 2)
                            for t in ticks], fontsize=8)  # fmt: skip
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    add_title(figure, say["agreement"], narrow=narrow)
    _agreement_key(figure, say, str(table["unit"].iloc[0]), narrow=narrow)
    return figure


def _agreement_key(figure: Figure, say: dict[str, Any], unit: str, *, narrow: bool) -> None:
    from matplotlib.lines import Line2D

    figure.legend(
        handles=[
            Line2D([], [], color="#7DB3E0", marker="o", markerfacecolor="#00569D",
                   markeredgecolor="#00569D", markersize=5, linewidth=2.2, label=say["alpha"]),
            Line2D([], [], linestyle="", marker="D", markerfacecolor="white",
                   markeredgecolor="#C44E00", markersize=5, label=say["ac1"]),
            Line2D([], [], color="#9a9a9a", linestyle=(0, (3, 3)), label=say["bounds"]),
        ],
        loc="outside lower left", ncols=1 if narrow else 3, frameon=False,
        fontsize=7 if narrow else 8, alignment="left",
        title=f"{say['compared']}: {say['unit'].get(unit, unit)}",
        title_fontsize=7 if narrow else 8,
    )  # fmt: skip
