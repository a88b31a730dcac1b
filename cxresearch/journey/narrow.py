"""Where each thing stands on a phone: the curve runs downward, then one card for each stage."""

from __future__ import annotations

from itertools import pairwise

from .cells import Style, cell_rows, curve_rows, is_loud
from .drawing import LINE, Box, Drawing, Row, Text, rows_height, text_row
from .layout import header_rows, legend_entries, legend_mark
from .lettering import text_width
from .phrases import DIVIDERS, say
from .spec import Cell, Grid, Lane

__all__ = ["lay_narrow"]

MARGIN = 10.0
PAD = 9.0


def lay_narrow(grid: Grid, style: Style, width: float) -> Drawing:
    """The map in one column of this width (at least 240 px)."""
    drawing = Drawing(max(width, 240.0))
    inner = drawing.width - 2 * MARGIN
    rows = header_rows(grid, style, inner)
    y = drawing.lay(rows, MARGIN, MARGIN, Box(MARGIN, MARGIN, inner, rows_height(rows))) + 8
    y = _legend(drawing, grid, style, y)
    for lane in grid.lanes:
        if lane.kind == "curve":
            y = _curve(drawing, lane, grid, style, y)
    for index in range(len(grid.stages)):
        y = _card(drawing, grid, index, style, y)
    notes = [
        text_row(note.to(style.language), inner, style.small, tone="quiet", above=4)
        for note in grid.notes
    ]
    if notes:
        y = drawing.lay(notes, MARGIN, y, Box(MARGIN, y, inner, rows_height(notes)))
    drawing.height = y + MARGIN
    return drawing


def _legend(drawing: Drawing, grid: Grid, style: Style, y: float) -> float:
    inner = drawing.width - 2 * MARGIN
    for mark, words in legend_entries(grid, style.language):
        row = text_row(words, inner, style.small, tone="quiet", indent=18.0)
        legend_mark(drawing, mark, Box(MARGIN, y, 18, style.small * LINE), style)
        y = drawing.lay([row], MARGIN, y, Box(MARGIN, y, inner, row.height)) + 2
    return y + 8


def _curve(drawing: Drawing, lane: Lane, grid: Grid, style: Style, y: float) -> float:
    """Names at the left, valence from bad to good at the right, one line a stage."""
    inner = drawing.width - 2 * MARGIN
    head = text_row(lane.name.to(style.language), inner, style.head, bold=True)
    y = drawing.lay([head], MARGIN, y, Box(MARGIN, y, inner, head.height)) + 2
    names = inner * 0.52
    left, right = MARGIN + names + 12, drawing.width - MARGIN - 12
    y = _curve_ends(drawing, style, y, left, right)
    top = y
    places: list[tuple[float, float, Cell]] = []
    for column, cell in zip(grid.stages, lane.cells, strict=True):
        rows = [
            text_row(column.name.to(style.language), names - PAD, style.text, bold=True),
            *_numbers(curve_rows(cell, style, 1e6), style, names - PAD),
        ]
        height = rows_height(rows) + PAD
        box = Box(MARGIN, y, names, height)
        drawing.lay(rows, MARGIN, y + PAD / 2, box)
        drawing.cells.append(box)
        plot = Box(MARGIN + names, y, inner - names, height)
        if cell.empty:
            drawing.rect(plot, fill="hatch")
            _empty_plate(drawing, plot, style)
        places.append((0.0, y + height / 2, cell))
        y += height
    for value in (-2, -1, 0, 1, 2):
        x = _across(value, left, right)
        drawing.path((x, top), (x, y), stroke="line", dash="" if value == 0 else "2 4")
    _points(drawing, places, left, right)
    return y + 14


def _numbers(rows: list[Row], style: Style, width: float) -> list[Row]:
    """The mean with its interval on one line, n and sources on the next."""
    words = [line for row in rows for line in row.lines]
    if len(words) == 3:
        words = [f"{words[0]} ({words[1]})", words[2]]
    return [text_row(each, width, style.small, tone="quiet") for each in words]


def _curve_ends(drawing: Drawing, style: Style, y: float, left: float, right: float) -> float:
    line = Box(left - 12, y, right - left + 24, style.small * LINE)
    baseline = y + style.small
    half = line.width / 2
    for key, x, anchor in (("bad", line.x, "start"), ("good", line.x + line.width, "end")):
        words = say(key, style.language)
        if text_width(words, style.small) < half:
            drawing.texts.append(
                Text(x, baseline, words, style.small, line, "quiet", anchor=anchor)
            )
    return y + line.height


def _across(value: float, left: float, right: float) -> float:
    return left + (value + 2) / 4 * (right - left)


def _points(
    drawing: Drawing, places: list[tuple[float, float, Cell]], left: float, right: float
) -> None:
    known = [
        (_across(cell.value, left, right), y, cell, place)
        for place, (_, y, cell) in enumerate(places)
        if cell.value is not None and cell.low is not None and cell.high is not None
    ]
    for _, y, cell, _ in known:
        low, high = (_across(v or 0.0, left, right) for v in (cell.low, cell.high))
        drawing.rect(Box(low, y - 6, max(high - low, 1.0), 12), fill="band")
    for before, after in pairwise(known):
        apart = after[3] - before[3] > 1
        drawing.path(before[:2], after[:2], stroke="curve", line=2.2, dash="3 4" if apart else "")
    for x, y, cell, _ in known:
        value = cell.value or 0.0
        sign = "good" if value > 0.25 else "bad" if value < -0.25 else "neutral"
        drawing.mark(x, y, sign, 5.5)


def _card(drawing: Drawing, grid: Grid, index: int, style: Style, y: float) -> float:
    column, language = grid.stages[index], style.language
    inner = drawing.width - 2 * MARGIN
    head = [
        text_row(column.phase_name.to(language), inner - 2 * PAD, style.small, tone="on_phase"),
        text_row(column.name.to(language), inner - 2 * PAD, style.head, bold=True, tone="on_phase"),
    ]
    box = Box(MARGIN, y, inner, rows_height(head) + PAD)
    drawing.rect(box, fill="phase")
    drawing.lay(head, MARGIN + PAD, y + PAD / 2, box)
    drawing.cells.append(box)
    y += box.height
    quiet: list[str] = []
    for lane in grid.lanes:
        cell = lane.cells[index]
        if lane.kind == "curve":
            continue
        if cell.empty and not is_loud(lane, grid) and not cell.items:
            if lane.kind not in ("quotes", "metrics"):
                quiet.append(lane.name.to(language))
            continue
        y = _card_lane(drawing, grid, lane, cell, style, y)
    if quiet:
        words = say("others_empty", language, k=", ".join(quiet).lower())
        row = text_row(words, inner - 2 * PAD, style.small, tone="quiet", italic=True)
        box = Box(MARGIN, y, inner, row.height + PAD)
        drawing.rect(box, fill="cell")
        drawing.lay([row], MARGIN + PAD, y + PAD / 2, box)
        y += box.height
    return y + 14


def _card_lane(
    drawing: Drawing, grid: Grid, lane: Lane, cell: Cell, style: Style, y: float
) -> float:
    inner = drawing.width - 2 * MARGIN
    width = inner - 2 * PAD
    if grid.kind == "service_blueprint" and lane.lane in DIVIDERS:
        words = DIVIDERS[lane.lane].to(style.language)
        row = text_row(words, width, style.small, italic=True, tone="quiet")
        drawing.path((MARGIN, y + 2), (MARGIN + inner, y + 2), stroke="ink", line=1.4, dash="7 4")
        y = drawing.lay([row], MARGIN + PAD, y + 4, Box(MARGIN, y + 4, inner, row.height)) + 2
    label = text_row(lane.name.to(style.language), width, style.small, bold=True, tone="quiet")
    rows = cell_rows(cell, lane, grid, style, width)
    hatch = 26.0 if cell.empty else 0.0
    box = Box(MARGIN, y, inner, label.height + rows_height(rows) + hatch + PAD)
    drawing.rect(box, fill="cell")
    drawing.cells.append(box)
    after = drawing.lay([label], MARGIN + PAD, y + PAD / 2, box)
    if cell.empty:
        strip = Box(MARGIN + PAD, after + 2, width, hatch - 4)
        drawing.rect(strip, fill="hatch", stroke="line")
        _empty_plate(drawing, strip, style)
        after += hatch
    drawing.lay(rows, MARGIN + PAD, after, box)
    return y + box.height


def _empty_plate(drawing: Drawing, box: Box, style: Style) -> None:
    """The word `empty` on a plate of its own in the middle of the box."""
    words = say("empty", style.language)
    wide, line = text_width(words, style.small) + 10, style.small * LINE
    middle = Box(box.x + (box.width - wide) / 2, box.y + (box.height - line) / 2, wide, line)
    drawing.rect(middle, fill="cell")
    drawing.label(words, middle, size=style.small, tone="quiet")
