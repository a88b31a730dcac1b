"""A map as a matplotlib figure, for png and pdf files; the same layout as the SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model import SettingsError
from .drawing import Drawing, Shape, Text, triangle
from .render_svg import THEMES, draw_map
from .spec import Grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

__all__ = ["render_figure"]

_INCH = 96.0  # CSS px
_POINT = 72.0 / _INCH
_NARROWER = 0.85  # DejaVu Sans is wider than Arial, by which lines are measured
_DOTS = 192  # per inch: at fewer, letters of this size are moved to whole dots and grow wider


def render_figure(
    journey_map: Grid,
    *,
    language: str = "fi",
    width: float | None = None,
    narrow: bool = False,
    theme: str = "light",
    paper: str | None = None,
) -> Figure:
    """A journey map or blueprint as a figure: `figure.savefig("map.pdf")` or `"map.png"`.

    Parameters
    ----------
    journey_map : JourneyMap or ServiceBlueprint
        The map.
    language, width, narrow, theme, paper
        As in `render_svg`; a figure for paper has the sheet's size less its margins.

    Returns
    -------
    matplotlib.figure.Figure
        In DejaVu Sans, which comes with matplotlib, at 192 dots an inch.

    Raises
    ------
    SettingsError
        The theme or the paper isn't known.
    """
    from matplotlib.figure import Figure

    if theme not in THEMES:
        raise SettingsError("The theme isn't known.", expected="light | dark", found=theme)
    drawing = draw_map(journey_map, language=language, width=width, narrow=narrow, paper=paper)
    tones = THEMES[theme]
    scale = 1.0 if paper is None else 404.0 / 25.4 * _INCH / drawing.width
    if paper == "A4":
        scale *= 281.0 / 404.0
    size = (drawing.width * scale / _INCH, drawing.height * scale / _INCH)
    figure = Figure(figsize=size, dpi=_DOTS, facecolor=tones["page"])
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, drawing.width)
    axes.set_ylim(drawing.height, 0)
    axes.set_axis_off()
    _draw(axes, drawing, tones, scale)
    return figure


def _draw(axes: Axes, drawing: Drawing, tones: dict[str, str], scale: float) -> None:
    for order, shape in enumerate(drawing.shapes):
        patch = _patch(shape, tones, scale)
        patch.set_zorder(1 + order * 1e-4)
        axes.add_patch(patch)
    for text in drawing.texts:
        _write(axes, text, tones, scale)


def _patch(shape: Shape, tones: dict[str, str], scale: float) -> Any:
    from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle
    from matplotlib.path import Path

    hatched = shape.fill.startswith("hatch")
    look: dict[str, Any] = {
        "facecolor": tones[shape.fill] if shape.fill and not hatched else "none",
        "edgecolor": tones[shape.stroke] if shape.stroke else "none",
        "linewidth": shape.line * _POINT * scale if shape.stroke else 0.0,
        "alpha": shape.opacity if shape.opacity < 1 else None,
    }
    if hatched:
        look |= {"hatch": "////", "edgecolor": tones[shape.fill + "_line"], "linewidth": 0.0}
    if shape.dash:
        on, off = (float(part) / max(shape.line, 1.0) for part in shape.dash.split())
        look["linestyle"] = (0, (on, off))
    x, y = shape.points[0]
    if shape.kind == "rect":
        return Rectangle((x, y), *shape.points[1], **look)
    if shape.kind == "circle":
        return Circle((x, y), shape.size, **look)
    if shape.kind == "path":
        return PathPatch(Path(shape.points), **look)
    return Polygon(triangle(shape), closed=True, **look)


def _write(axes: Axes, text: Text, tones: dict[str, str], scale: float) -> None:
    from matplotlib.font_manager import FontProperties

    font = FontProperties(
        family="DejaVu Sans",
        weight="bold" if text.bold else "normal",
        style="italic" if text.italic else "normal",
    )
    words, drawn = _in_font(text, font)
    size = text.size * min(_NARROWER, text.width / drawn if drawn > 0 else _NARROWER)
    axes.text(
        text.x,
        text.baseline,
        words.replace("$", r"\$"),
        fontproperties=font,
        fontsize=size * _POINT * scale,
        color=tones[text.tone],
        ha={"start": "left", "middle": "center", "end": "right"}[text.anchor],
        va="baseline",
        zorder=3,
    )


def _in_font(text: Text, font: FontProperties) -> tuple[str, float]:
    """The line with squares for letters that the font lacks, such as emoji, and its px."""
    from matplotlib.font_manager import findfont, get_font
    from matplotlib.ft2font import LoadFlags

    face = get_font(findfont(font))
    words = "".join(c if face.get_char_index(ord(c)) else "\N{WHITE SQUARE}" for c in text.text)
    face.set_size(text.size, 72)
    face.set_text(words, 0.0, flags=LoadFlags.NO_HINTING)
    return words, float(face.get_width_height()[0]) / 64
