"""What a layout gives to a renderer: texts and shapes with places, no markup and no colours."""

from __future__ import annotations

from dataclasses import dataclass, field

from .lettering import text_width, wrap

__all__ = ["LINE", "Box", "Drawing", "Row", "Shape", "Text", "rows_height", "text_row", "triangle"]

LINE = 1.3  # height of a line in sizes; Arial's ascent and descent take 1.12 of it
_ASCENT = 1.03


@dataclass(frozen=True)
class Box:
    """A rectangle in px."""

    x: float
    y: float
    width: float
    height: float

    def inside(self, pad: float) -> Box:
        """The rectangle without its margins."""
        return Box(self.x + pad, self.y + pad, self.width - 2 * pad, self.height - 2 * pad)


@dataclass(frozen=True)
class Text:
    """One line of text. `box` is the cell that must hold it."""

    x: float
    baseline: float
    text: str
    size: float
    box: Box
    tone: str = "ink"
    bold: bool = False
    italic: bool = False
    anchor: str = "start"
    tip: str = ""

    @property
    def width(self) -> float:
        """Its measured width in px."""
        return text_width(self.text, self.size, bold=self.bold)

    @property
    def extent(self) -> Box:
        """The rectangle that its letters take."""
        width = self.width
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left, self.baseline - 0.91 * self.size, width, 1.13 * self.size)


@dataclass(frozen=True)
class Shape:
    """A rectangle, a path or a mark. `fill` and `stroke` name tones, "" is none.

    `kind`: rect (two points: corner and size), path (points in turn), circle, up, down (a mark:
    one point and `size`, its radius).
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    fill: str = ""
    stroke: str = ""
    size: float = 0.0
    line: float = 1.0
    dash: str = ""
    opacity: float = 1.0
    tip: str = ""


@dataclass(frozen=True)
class Row:
    """Lines that stand together in a cell, with a mark before them where `mark` names one."""

    lines: tuple[str, ...]
    size: float
    tone: str = "ink"
    bold: bool = False
    italic: bool = False
    mark: str = ""
    radius: float = 0.0
    ring: bool = False
    indent: float = 0.0
    above: float = 0.0
    tip: str = ""

    @property
    def height(self) -> float:
        """Px it takes, the gap above it included."""
        return self.above + len(self.lines) * self.size * LINE


def rows_height(rows: list[Row] | tuple[Row, ...]) -> float:
    """Px that the rows take one under another."""
    return sum(row.height for row in rows)


@dataclass
class Drawing:
    """Texts and shapes as they are laid, the first at the bottom."""

    width: float
    height: float = 0.0
    shapes: list[Shape] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    cells: list[Box] = field(default_factory=list)

    def rect(self, box: Box, *, fill: str = "", stroke: str = "", **more: object) -> None:
        """A filled or outlined rectangle."""
        points = ((box.x, box.y), (box.width, box.height))
        self.shapes.append(Shape("rect", points, fill, stroke, **more))  # type: ignore[arg-type]

    def path(self, *points: tuple[float, float], **more: object) -> None:
        """A line through the points, or an area when it has a fill."""
        self.shapes.append(Shape("path", points, **more))  # type: ignore[arg-type]

    def mark(self, x: float, y: float, kind: str, radius: float, *, ring: bool = False) -> None:
        """A dot: its form and tone tell good from bad, so that colour isn't needed."""
        if ring:
            self.shapes.append(Shape("circle", ((x, y),), stroke="ink", size=radius + 2.2))
        form, fill, stroke = {
            "good": ("up", "good", ""),
            "bad": ("down", "bad", ""),
            "neutral": ("circle", "neutral", ""),
            "silent": ("circle", "", "quiet"),
        }[kind]
        dash = "2 1.6" if kind == "silent" else ""
        self.shapes.append(Shape(form, ((x, y),), fill, stroke, size=radius, dash=dash))

    def lay(self, rows: list[Row] | tuple[Row, ...], x: float, y: float, box: Box) -> float:
        """Lay rows from the place down inside the box; gives the y below them."""
        for row in rows:
            y += row.above
            if row.mark:
                middle = y + row.size * LINE / 2
                self.mark(x + row.indent / 2 - 1, middle, row.mark, row.radius, ring=row.ring)
            for line in row.lines:
                self.texts.append(
                    Text(
                        x + row.indent,
                        y + row.size * _ASCENT,
                        line,
                        row.size,
                        box,
                        row.tone,
                        row.bold,
                        row.italic,
                        tip=row.tip,
                    )
                )
                y += row.size * LINE
        return y

    def label(
        self, text: str, box: Box, *, size: float, tone: str = "ink", bold: bool = False
    ) -> None:
        """One line in the middle of the box, left out when it would not fit."""
        if text_width(text, size, bold=bold) > box.width or size * LINE > box.height:
            return
        x, middle = box.x + box.width / 2, box.y + box.height / 2
        baseline = middle + size * 0.35
        self.texts.append(Text(x, baseline, text, size, box, tone, bold, anchor="middle"))


def triangle(shape: Shape) -> tuple[tuple[float, float], ...]:
    """The corners of a mark that points up or down."""
    x, y = shape.points[0]
    r = shape.size * 1.18
    up = 1 if shape.kind == "up" else -1
    return ((x, y - up * r), (x + 0.9 * r, y + up * 0.62 * r), (x - 0.9 * r, y + up * 0.62 * r))


def text_row(text: str, width: float, size: float, **more: object) -> Row:
    """A row of one text wrapped to the width (its indent taken off)."""
    indent = float(more.get("indent", 0.0))  # type: ignore[arg-type]
    bold = bool(more.get("bold", False))
    return Row(tuple(wrap(text, width - indent, size, bold=bold)), size, **more)  # type: ignore[arg-type]
