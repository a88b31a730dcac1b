"""The network of codes: which stand together in the text, as a circle or, on a phone, as arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import Codebook, Finding
from .figures import INK, LINE, NARROW, SOFT, WIDE, add_title, new_figure, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["network_figure"]

_TEXTS = {
    "fi": {
        "title": "Mitkä koodit kohtaavat",
        "note": "Pisteen koko: sitaatteja. Viivan leveys: kuinka usein koodit kohtaavat; tumma "
        "viiva: suuri osuus niiden sitaateista (c). Väri: pääteema.",
        "none": "Koodit eivät kohtaa toisiaan.",
    },
    "en": {
        "title": "Which codes meet",
        "note": "Size of a dot: quotations. Width of a line: how often two codes meet; dark: a "
        "large share of their quotations (c). Colour: main theme.",
        "none": "No codes meet.",
    },
}
# Okabe and Ito's colours, told apart with any colour vision
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7f7f7f")


def network_figure(
    finding: Finding,
    *,
    codebook: Codebook,
    language: str = "fi",
    narrow: bool = False,
    most: int | None = None,
) -> Figure:
    """Codes as dots, their meetings as lines: wider the more often, darker the closer.

    Parameters
    ----------
    finding : Finding
        What `cooccurrence` gave; of its pairs the most frequent are drawn.
    codebook : Codebook
        For names, and for the colour of the theme at the top.
    language : {"fi", "en"}
        Language of the texts.
    narrow : bool
        For a phone: codes in a column with arcs beside them.
    most : int, optional
        Pairs to draw; 18 when narrow, else 40.

    Returns
    -------
    matplotlib.figure.Figure
        Codes that meet much are neighbours. Where a code stands says nothing else.
    """
    say = _TEXTS.get(language, _TEXTS["en"])
    pairs = finding.table.head(most or (18 if narrow else 40))
    codes = _in_order(pairs)
    names = [codebook[c].name.to(language) if c in codebook else c for c in codes]
    tops, palette = _themes(codes, codebook), _palette(codebook)
    colours = [palette.get(tops[c], _COLOURS[-1]) for c in codes]
    if narrow:
        figure, axes = new_figure(NARROW, 1.8 + 0.3 * max(len(codes), 2))
        _column(axes, pairs, codes, names, colours)
    else:
        figure, axes = new_figure(WIDE, 7.4 if len(codes) > 3 else 3.4)
        _circle(axes, pairs, codes, names, colours)
    axes.set_xticks([])
    if not codes:
        axes.text(0.5, 0.5, say["none"], ha="center", color=SOFT, transform=axes.transAxes)
    add_title(figure, say["title"], narrow=narrow)
    _theme_key(figure, list(tops.values()), codebook, language)
    return figure


def _in_order(pairs: pd.DataFrame) -> list[str]:
    """Codes so that those that meet much stand side by side: Fiedler's order of the network."""
    codes = sorted({*pairs["code_a"], *pairs["code_b"]})
    if len(codes) < 3:
        return codes
    place = {code: n for n, code in enumerate(codes)}
    tie = np.zeros((len(codes), len(codes)))
    a, b = pairs["code_a"].map(place).to_numpy(), pairs["code_b"].map(place).to_numpy()
    np.add.at(tie, (a, b), pairs["n_ab"].to_numpy(float))
    tie = tie + tie.T + 1e-3 * (1 - np.eye(len(codes)))
    _, vectors = np.linalg.eigh(np.diag(tie.sum(axis=1)) - tie)
    second = vectors[:, 1] * (1 if vectors[np.argmax(np.abs(vectors[:, 1])), 1] > 0 else -1)
    return [codes[n] for n in np.argsort(np.round(second, 9), kind="stable")]


def _themes(codes: list[str], codebook: Codebook) -> dict[str, str]:
    """The theme at the top of each code; themes keep their order in the codebook."""
    tops = {}
    for code in codes:
        top = code
        while top in codebook and codebook[top].parent is not None:
            top = str(codebook[top].parent)
        tops[code] = top
    return tops


def _palette(codebook: Codebook) -> dict[str, str]:
    """A colour for each theme at the top, the same in every figure of the study."""
    tops = [c.code for c in codebook.children(None)]
    return {top: _COLOURS[min(n, len(_COLOURS) - 1)] for n, top in enumerate(tops)}


def _theme_key(figure: Figure, tops: list[str], codebook: Codebook, language: str) -> None:
    from matplotlib.lines import Line2D

    palette = _palette(codebook)
    marks = [
        Line2D([], [], marker="o", linestyle="", color=palette[top], markersize=7,
               label=codebook[top].name.to(language))
        for top in palette if top in tops
    ]  # fmt: skip
    narrow = figure.get_size_inches()[0] <= NARROW
    note = _TEXTS.get(language, _TEXTS["en"])["note"]
    legend = figure.legend(
        handles=marks, loc="outside lower left", ncols=2 if narrow else 7, frameon=False,
        fontsize=7 if narrow else 8, handletextpad=0.1, columnspacing=1.2, alignment="left",
        title=wrapped(note, 56 if narrow else 130), title_fontsize=7 if narrow else 8,
    )  # fmt: skip
    legend.get_title().set_color(SOFT)


def _sizes(pairs: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Quotations of each code."""
    counts = dict(zip(pairs["code_a"], pairs["n_a"], strict=True))
    counts |= dict(zip(pairs["code_b"], pairs["n_b"], strict=True))
    return np.array([counts[c] for c in codes], dtype=float)


def _lines(pairs: pd.DataFrame, widest: float) -> list[tuple[str, str, float, str]]:
    """Ends, width and grey of each line; rare pairs first, so that frequent ones lie on top."""
    most = max(float(pairs["n_ab"].max()), 1.0) if len(pairs) else 1.0
    found = []
    for a, b, n, c in zip(pairs["code_a"], pairs["code_b"], pairs["n_ab"], pairs["c"], strict=True):
        shade = 0.78 - 0.6 * min(1.0, float(c) / 0.4) if np.isfinite(c) else 0.78
        found.append((a, b, 0.6 + widest * n / most, str(round(shade, 3))))
    return found[::-1]


def _circle(
    axes: Axes, pairs: pd.DataFrame, codes: list[str], names: list[str], colours: list[str]
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    angle = np.pi / 2 - 2 * np.pi * np.arange(len(codes)) / max(len(codes), 1)
    x, y = np.cos(angle), np.sin(angle)
    at = {code: (x[n], y[n]) for n, code in enumerate(codes)}
    for a, b, width, grey in _lines(pairs, 7):
        middle = (0.15 * (at[a][0] + at[b][0]), 0.15 * (at[a][1] + at[b][1]))
        path = Path([at[a], middle, at[b]], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        axes.add_patch(
            PathPatch(path, facecolor="none", edgecolor=grey, linewidth=width, capstyle="round")
        )
    size = _sizes(pairs, codes)
    if len(codes):
        axes.scatter(x, y, s=40 + 360 * size / size.max(), c=colours, edgecolors="white", zorder=3)
    for n, name in enumerate(names):
        side = "left" if x[n] > 0.05 else "right" if x[n] < -0.05 else "center"
        axes.text(1.1 * x[n], 1.1 * y[n], wrapped(name, 26), ha=side, color=INK, fontsize=8.5,
                  va="center" if abs(x[n]) > 0.05 else "bottom" if y[n] > 0 else "top")  # fmt: skip
    axes.set_xlim(-1.95, 1.95)
    axes.set_ylim(-1.28, 1.28)
    axes.set_yticks([])
    axes.set_aspect("equal")


def _column(
    axes: Axes, pairs: pd.DataFrame, codes: list[str], names: list[str], colours: list[str]
) -> None:
    from matplotlib.patches import Arc

    place = {code: n for n, code in enumerate(codes)}
    for a, b, width, grey in _lines(pairs, 5):
        low, high = sorted((place[a], place[b]))
        reach = (high - low) / max(len(codes) - 1, 1)
        axes.add_patch(Arc((0, (low + high) / 2), 0.3 + 1.7 * reach, high - low, theta1=-90,
                           theta2=90, edgecolor=grey, linewidth=width))  # fmt: skip
    size = _sizes(pairs, codes)
    if len(codes):
        axes.scatter(np.zeros(len(codes)), range(len(codes)), s=15 + 105 * size / size.max(),
                     c=colours, edgecolors="white", zorder=3)  # fmt: skip
    axes.set_yticks(range(len(codes)), [wrapped(n, 24) for n in names], fontsize=7)
    axes.tick_params(axis="y", pad=6)
    axes.set_xlim(-0.08, 1.05)
    axes.set_ylim(len(codes) - 0.4, -0.6)
    axes.axvline(0, color=LINE, linewidth=0.6, zorder=0)
