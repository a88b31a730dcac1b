"""A map as SVG: sharp, with text that can be selected, in one piece of its own."""

from __future__ import annotations

import hashlib
from html import escape

from ..model import SettingsError, number
from .cells import Style, loudest_item
from .drawing import Drawing, Shape, Text, triangle
from .layout import lay_wide
from .lettering import clean
from .narrow import lay_narrow
from .phrases import say
from .spec import Grid

__all__ = ["PAPERS", "THEMES", "draw_map", "render_svg"]

_FONT = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"
# Okabe & Ito's vermilion and blue stay apart for the colour-blind; marks differ in form as well
THEMES: dict[str, dict[str, str]] = {
    "light": {
        "page": "#ffffff", "ink": "#1b1f24", "quiet": "#545b64", "line": "#b3bac2",
        "cell": "#f6f7f9", "head": "#e6eaef", "phase": "#22415f", "on_phase": "#ffffff",
        "good": "#0072b2", "bad": "#d55e00", "neutral": "#6b7280", "band": "#b9d3e6",
        "curve": "#22415f", "hatch_line": "#c98a5a", "hatch_soft_line": "#d9dde2",
    },
    "dark": {
        "page": "#14171b", "ink": "#eef1f4", "quiet": "#aeb6bf", "line": "#59626c",
        "cell": "#1e2329", "head": "#2b323a", "phase": "#a9c7e4", "on_phase": "#0d1a26",
        "good": "#56b4e9", "bad": "#f08a3c", "neutral": "#9aa3ad", "band": "#33536c",
        "curve": "#a9c7e4", "hatch_line": "#8a5a35", "hatch_soft_line": "#2f363e",
    },
}  # fmt: skip
PAPERS = {"A3": (420.0, 297.0), "A4": (297.0, 210.0)}
_PAPER_MARGIN = 8.0


def render_svg(
    journey_map: Grid,
    *,
    language: str = "fi",
    width: float | None = None,
    narrow: bool = False,
    theme: str = "light",
    paper: str | None = None,
) -> str:
    """A journey map or blueprint as one `<svg>` element.

    Parameters
    ----------
    journey_map : JourneyMap or ServiceBlueprint
        The map.
    language : str
        fi or en; names that lack the language fall back to one they have.
    width : float, optional
        Px to fill: 1280 wide, 360 narrow when not given. A wide map of many stages is wider, at
        least 100 px a stage, so let its holder scroll sideways.
    narrow : bool
        For phones: the curve runs downward, and stages follow one another.
    theme : str
        light or dark.
    paper : str, optional
        A3 or A4: the wide map is laid so that it fills a landscape sheet, sized in mm.

    Returns
    -------
    str
        SVG with real text, `<title>`, `<desc>`, role and label; no script, no style sheet, no
        address of anything outside. The same map gives the same bytes.

    Raises
    ------
    SettingsError
        The theme or the paper isn't known.
    """
    if theme not in THEMES:
        raise SettingsError("The theme isn't known.", expected="light | dark", found=theme)
    drawing = draw_map(journey_map, language=language, width=width, narrow=narrow, paper=paper)
    mark = hashlib.sha256(f"{journey_map.to_json()}{language}{narrow}{theme}{width}".encode())
    return _Svg(drawing, THEMES[theme], f"cxj{mark.hexdigest()[:10]}").written(
        journey_map, language, paper
    )


def draw_map(
    journey_map: Grid,
    *,
    language: str = "fi",
    width: float | None = None,
    narrow: bool = False,
    paper: str | None = None,
) -> Drawing:
    """The places of all texts and shapes, before they are written as SVG."""
    loudest = loudest_item(journey_map)
    if narrow:
        style = Style(
            language, 13.0, 12.0, 14.5, 19.0, most_items=6, quote_length=170, loudest=loudest
        )
        return lay_narrow(journey_map, style, width or 360.0)
    style = Style(language, loudest=loudest)
    if paper is None:
        return lay_wide(journey_map, style, width or 1280.0)
    if paper not in PAPERS:
        raise SettingsError("The paper isn't known.", expected=" | ".join(PAPERS), found=paper)
    return _for_paper(journey_map, style, paper)


def _for_paper(journey_map: Grid, style: Style, paper: str) -> Drawing:
    """The narrowest map that isn't taller than the sheet: its letters come out largest."""
    across, down = (side - 2 * _PAPER_MARGIN for side in PAPERS[paper])
    width = 1000.0
    drawing = lay_wide(journey_map, style, width)
    while drawing.height > drawing.width * down / across and width < 6000:
        width = max(width, drawing.width) * 1.06
        drawing = lay_wide(journey_map, style, width)
    return drawing


class _Svg:
    """Writes a drawing; ids carry a prefix so that several maps fit on a page."""

    def __init__(self, drawing: Drawing, theme: dict[str, str], prefix: str) -> None:
        self.drawing = drawing
        self.theme = theme
        self.prefix = prefix

    def written(self, grid: Grid, language: str, paper: str | None) -> str:
        width, height = self.drawing.width, self.drawing.height
        size = f'width="{width:.0f}" height="{height:.0f}"'
        if paper is not None:
            across, down = PAPERS[paper]
            size = f'width="{across - 2 * _PAPER_MARGIN}mm" height="{down - 2 * _PAPER_MARGIN}mm"'
        default = say("blueprint" if grid.kind == "service_blueprint" else "journey", language)
        title = grid.title.to(language) or default
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.2f} {height:.2f}"'
            f' role="img" aria-labelledby="{self.prefix}-t {self.prefix}-d" lang="{language}"'
            f' font-family="{_FONT}">',
            f'<title id="{self.prefix}-t">{_text(title)}</title>',
            f'<desc id="{self.prefix}-d">{_text(describe(grid, language))}</desc>',
            self._patterns(),
            f'<rect width="100%" height="100%" fill="{self.theme["page"]}"/>',
            *map(self._shape, self.drawing.shapes),
            *map(self._line, self.drawing.texts),
            "</svg>",
        ]
        return "\n".join(parts)

    def _patterns(self) -> str:
        made = [
            f'<pattern id="{self.prefix}-{name}" width="7" height="7" patternUnits='
            f'"userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7" stroke='
            f'"{self.theme[name + "_line"]}" stroke-width="{line}"/></pattern>'
            for name, line in (("hatch", "2.4"), ("hatch_soft", "2"))
        ]
        return f"<defs>{''.join(made)}</defs>"

    def _tone(self, name: str) -> str:
        if not name:
            return "none"
        return f"url(#{self.prefix}-{name})" if name.startswith("hatch") else self.theme[name]

    def _shape(self, shape: Shape) -> str:
        look = f'fill="{self._tone(shape.fill)}"'
        if shape.stroke:
            look += f' stroke="{self._tone(shape.stroke)}" stroke-width="{shape.line:g}"'
        if shape.dash:
            look += f' stroke-dasharray="{shape.dash}"'
        if shape.opacity < 1:
            look += f' opacity="{shape.opacity:g}"'
        x, y = shape.points[0]
        if shape.kind == "rect":
            w, h = shape.points[1]
            return f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" rx="2" {look}/>'
        if shape.kind == "circle":
            return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{shape.size:.2f}" {look}/>'
        points = shape.points if shape.kind == "path" else triangle(shape)
        close = "Z" if shape.kind != "path" else ""
        line = " ".join(f"{px:.2f},{py:.2f}" for px, py in points)
        return f'<path d="M{line}{close}" stroke-linecap="round" {look}/>'

    def _line(self, text: Text) -> str:
        look = f'font-size="{text.size:g}" fill="{self.theme[text.tone]}"'
        look += ' font-weight="700"' if text.bold else ""
        look += ' font-style="italic"' if text.italic else ""
        look += f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
        # holds the measured width where another font must stand in, so that nothing is cut
        look += f' textLength="{text.width:.2f}" lengthAdjust="spacingAndGlyphs"'
        tip = f"<title>{_text(text.tip)}</title>" if text.tip else ""
        place = f'x="{text.x:.2f}" y="{text.baseline:.2f}"'
        return f"<text {place} {look}>{tip}{_text(text.text)}</text>"


def _text(text: str) -> str:
    return escape(clean(text), quote=True)


def describe(grid: Grid, language: str) -> str:
    """One or two sentences, and the map's notes, for those who don't see the picture."""
    sentence = ""
    for lane in grid.lanes:
        known = [cell for cell in lane.cells if cell.value is not None]
        if lane.kind == "curve" and known:
            best = max(known, key=lambda cell: cell.value or 0.0)
            worst = min(known, key=lambda cell: cell.value or 0.0)
            names = {column.stage: column.name.to(language) for column in grid.stages}
            sentence = say(
                "desc_curve",
                language,
                b=names[best.stage],
                bv=number(best.value, language, decimals=1, sign=True),
                w=names[worst.stage],
                wv=number(worst.value, language, decimals=1, sign=True),
            )
    told = say("desc", language, k=len(grid.stages), l=len(grid.lanes), e=sentence)
    return " ".join([told, *(note.to(language) for note in grid.notes)])
