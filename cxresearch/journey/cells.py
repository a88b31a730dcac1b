"""What stands in a cell, as rows of measured text: the same for wide and narrow maps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..model import interval, number, percent
from .drawing import Row, text_row
from .lettering import clean, shorten, text_width
from .phrases import say
from .spec import Cell, Grid, Item, Lane

__all__ = [
    "Style",
    "cell_rows",
    "curve_rows",
    "empty_word",
    "is_loud",
    "item_text",
    "loudest_item",
    "metric_text",
    "sign_of",
    "source_text",
]

_QUOTE_MARKS = {"fi": ("”", "”"), "sv": ("”", "”"), "en": ("“", "”")}
_SHARES = ("csat", "goal", "smiley")


@dataclass(frozen=True)
class Style:
    """Sizes of a map, in px, and how much of a cell it shows."""

    language: str
    text: float = 11.0
    small: float = 10.0
    head: float = 12.0
    title: float = 19.0
    most_items: int = 8
    most_quotes: int = 2
    quote_length: int = 150
    loudest: int = 1

    def radius(self, sources: int | None) -> float:
        """Radius of a mark: its area grows with the number of sources."""
        share = math.sqrt((sources or 0) / max(self.loudest, 1))
        return self.text * (0.26 + 0.2 * min(share, 1.0))


def loudest_item(grid: Grid) -> int:
    """The largest number of sources that any item of the map has."""
    counts = [
        item.sources or 0
        for lane in grid.lanes
        if lane.kind in ("touchpoints", "themes")
        for cell in lane.cells
        for item in cell.items
    ]
    return max(counts, default=1) or 1


def sign_of(item: Item) -> str:
    """Which mark an item gets: good, bad, neutral (also when not known) or silent."""
    if item.silent:
        return "silent"
    value = item.value or 0.0
    return "good" if value > 0.25 else "bad" if value < -0.25 else "neutral"


def source_text(count: int, language: str) -> str:
    """`12 lähdettä`, `1 lähde`."""
    return say("source", language) if count == 1 else say("sources", language, k=count)


def item_text(item: Item, language: str, minimum: int) -> tuple[str, str]:
    """The words of an item, and the number of its sources ("" where nobody counted)."""
    words = clean(item.text.to(language))
    if item.hidden:
        return words, f"<\N{NO-BREAK SPACE}{minimum}"
    if item.silent or item.sources is None:
        return words, ""
    return words, number(item.sources, language)


def empty_word(lane: Lane, language: str) -> str:
    """The word for an empty cell of the lane."""
    return say({"metrics": "no_score", "quotes": "no_quote"}.get(lane.kind, "empty"), language)


def is_loud(lane: Lane, grid: Grid) -> bool:
    """Whether an empty cell of the lane is a gap that somebody should manage."""
    return grid.kind == "service_blueprint" or lane.lane == "brand_owned"


def metric_text(item: Item, language: str) -> tuple[str, str]:
    """A score, and its interval with n, as written under the metric's name."""
    if item.hidden or item.value is None or item.low is None or item.high is None:
        return "–", say("few", language)
    if item.unit in _SHARES:
        value = percent(item.value, language)
        span = interval(100 * item.low, 100 * item.high, language) + (
            "%" if language == "en" else "\N{NO-BREAK SPACE}%"
        )
    else:
        decimals = 0 if item.unit == "nps" else 1
        value = number(item.value, language, decimals=decimals, sign=item.unit == "nps")
        span = interval(item.low, item.high, language, decimals=decimals)
    return value, f"{span}, n\N{NO-BREAK SPACE}{number(item.n, language)}"


def cell_rows(cell: Cell, lane: Lane, grid: Grid, style: Style, width: float) -> list[Row]:
    """Rows of the cell's items; none for an empty cell."""
    if lane.kind == "quotes":
        return _quote_rows(cell, style, width)
    if lane.kind == "metrics":
        return _metric_rows(cell, style, width)
    shown = _shown(cell.items, style.most_items)
    rows = [
        _item_row(item, lane, grid, style, width, first=place == 0)
        for place, item in enumerate(shown)
    ]
    left = len(cell.items) - len(shown)
    if left:
        more = say("more", style.language, k=left)
        rows.append(text_row(more, width, style.small, tone="quiet", above=3))
    return rows


def _shown(items: tuple[Item, ...], most: int) -> tuple[Item, ...]:
    """The first items, critical ones always among them, in their order."""
    if len(items) <= most:
        return items
    first = sorted(range(len(items)), key=lambda place: (not items[place].critical, place))
    return tuple(items[place] for place in sorted(first[:most]))


def _item_row(
    item: Item, lane: Lane, grid: Grid, style: Style, width: float, *, first: bool
) -> Row:
    indent = 0.0 if lane.kind == "texts" else style.text * 1.55
    text = _glued(*item_text(item, style.language, grid.minimum), item, style, width - indent)
    above = 0.0 if first else 3.0
    if lane.kind == "texts":
        return text_row(text, width, style.text, bold=item.critical, above=above)
    return text_row(
        text,
        width,
        style.text,
        tone="quiet" if item.silent else "ink",
        bold=item.critical,
        mark=sign_of(item),
        radius=style.radius(item.sources),
        ring=item.critical,
        indent=indent,
        above=above,
        tip=_tip(item, style.language),
    )


def _glued(words: str, count: str, item: Item, style: Style, width: float) -> str:
    """Words and count; the count stays on the line of the last word where both fit on one."""
    if not count:
        return words
    tail = f"\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}{count}"
    last = words.rsplit(" ", 1)[-1] + tail
    if text_width(last, style.text, bold=item.critical) <= width:
        return words + tail
    return f"{words} {tail[1:]}"


def _tip(item: Item, language: str) -> str:
    if item.silent:
        return f"{item.text.to(language)}: {say('silent', language)}"
    if item.sources is None:
        return ""
    parts = [f"{item.text.to(language)}: {source_text(item.sources, language)}, n {item.n}"]
    if item.value is not None and item.low is not None and item.high is not None:
        span = interval(item.low, item.high, language, decimals=1)
        value = number(item.value, language, decimals=1, sign=True)
        parts.append(f"{value} ({say('interval', language, i=span)})")
    return ", ".join(parts)


def _quote_rows(cell: Cell, style: Style, width: float) -> list[Row]:
    opening, closing = _QUOTE_MARKS.get(style.language, ("“", "”"))
    rows = []
    for place, item in enumerate(cell.items[: style.most_quotes]):
        words = item.text.to(style.language)
        said = opening + shorten(words, style.quote_length) + closing
        rows.append(
            text_row(said, width, style.small, italic=True, above=5.0 if place else 0.0, tip=words)
        )
    left = len(cell.items) - style.most_quotes
    if left > 0:
        more = say("more", style.language, k=left)
        rows.append(text_row(more, width, style.small, tone="quiet", above=3))
    return rows


def _metric_rows(cell: Cell, style: Style, width: float) -> list[Row]:
    rows = []
    shown = cell.items[: style.most_items]
    for place, item in enumerate(shown):
        value, span = metric_text(item, style.language)
        name = item.text.to(style.language)
        rows.append(text_row(name, width, style.small, above=6.0 if place else 0.0))
        rows.append(text_row(value, width, style.head, bold=True))
        rows.append(text_row(span, width, style.small, tone="quiet"))
    if len(cell.items) > len(shown):
        more = say("more", style.language, k=len(cell.items) - len(shown))
        rows.append(text_row(more, width, style.small, tone="quiet", above=3))
    return rows


def curve_rows(cell: Cell, style: Style, width: float) -> list[Row]:
    """The numbers under a point of the curve: mean, interval, quotations and sources."""
    language = style.language
    if cell.hidden or (cell.value is None and cell.n):
        return [text_row(say("few", language), width, style.small, tone="quiet")]
    if cell.value is None or cell.low is None or cell.high is None:
        return []
    value = number(cell.value, language, decimals=1, sign=True)
    span = say("interval", language, i=interval(cell.low, cell.high, language, decimals=1))
    base = (
        f"n\N{NO-BREAK SPACE}{number(cell.n, language)}, {source_text(cell.sources or 0, language)}"
    )
    return [
        text_row(value, width, style.head, bold=True),
        text_row(span, width, style.small, tone="quiet"),
        text_row(base, width, style.small, tone="quiet"),
    ]
