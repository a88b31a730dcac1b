"""Where each thing stands on a wide map: stages across, lanes down."""

from __future__ import annotations

from itertools import groupby, pairwise

from .cells import Style, cell_rows, curve_rows, empty_word, is_loud
from .drawing import LINE, Box, Drawing, Row, Text, rows_height, text_row
from .lettering import text_width
from .phrases import DIVIDERS, GROUPS, say
from .spec import Grid, Lane

__all__ = ["curve_scale", "header_rows", "lay_wide", "legend_entries"]

MARGIN = 14.0
LABELS = 122.0
COLUMN_LEAST = 100.0
PAD = 6.0
PLOT = 128.0


def lay_wide(grid: Grid, style: Style, width: float) -> Drawing:
    """The map at about this width; wider where its stages need it."""
    columns = max(len(grid.stages), 1)
    column = max((width - 2 * MARGIN - LABELS) / columns, COLUMN_LEAST)
    drawing = Drawing(2 * MARGIN + LABELS + columns * column)
    y = _header(drawing, grid, style)
    y = _phase_band(drawing, grid, style, y, column)
    y = _stage_heads(drawing, grid, style, y, column)
    for group, lanes in groupby(grid.lanes, key=lambda lane: lane.group):
        if group in GROUPS:
            y = _group_strip(drawing, GROUPS[group].to(style.language), style, y)
        for lane in lanes:
            if grid.kind == "service_blueprint" and lane.lane in DIVIDERS:
                y = _divider(drawing, DIVIDERS[lane.lane].to(style.language), style, y)
            lay = _curve_lane if lane.kind == "curve" else _lane
            y = lay(drawing, lane, grid, style, y, column)
    drawing.height = _footer(drawing, grid, style, y) + MARGIN
    return drawing


def header_rows(grid: Grid, style: Style, width: float) -> list[Row]:
    """Title, and under it whose journey, which state and whose view."""
    language = style.language
    default = say("blueprint" if grid.kind == "service_blueprint" else "journey", language)
    about = [grid.audience.to(language), say(grid.state, language)]
    if grid.kind == "journey_map":
        about.append(say(grid.view, language))
    return [
        text_row(grid.title.to(language) or default, width, style.title, bold=True),
        text_row(
            " · ".join(part for part in about if part), width, style.head, tone="quiet", above=2
        ),
    ]


def _header(drawing: Drawing, grid: Grid, style: Style) -> float:
    width = drawing.width - 2 * MARGIN
    rows = header_rows(grid, style, width)
    box = Box(MARGIN, MARGIN, width, rows_height(rows))
    y = drawing.lay(rows, MARGIN, MARGIN, box) + 6
    return _legend(drawing, legend_entries(grid, style.language), style, y) + 8


def legend_entries(grid: Grid, language: str) -> list[tuple[str, str]]:
    """Mark and words of each entry that the map needs."""
    kinds = {lane.kind for lane in grid.lanes}
    items = [item for lane in grid.lanes for cell in lane.cells for item in cell.items]
    entries: list[tuple[str, str]] = []
    if kinds & {"touchpoints", "themes"}:
        entries.append(("good", say("good", language)))
        entries.append(("neutral", say("legend_neutral", language)))
        entries.append(("bad", say("bad", language)))
        entries.append(("", say("legend_count", language)))
    if any(item.silent for item in items):
        entries.append(("silent", say("legend_silent", language)))
    if any(item.critical for item in items):
        plain = kinds == {"texts"}
        words = say("legend_bold" if plain else "legend_critical", language)
        entries.append(("" if plain else "critical", words))
    if "curve" in kinds:
        entries.append(("band", say("legend_band", language)))
    if any(cell.empty for lane in grid.lanes for cell in lane.cells):
        empty = "legend_unmanaged" if grid.kind == "service_blueprint" else "legend_empty"
        entries.append(("hatch", say(empty, language)))
    return entries


def _legend(drawing: Drawing, entries: list[tuple[str, str]], style: Style, y: float) -> float:
    x, right = MARGIN, drawing.width - MARGIN
    height = style.small * LINE
    for mark, words in entries:
        indent = 18.0 if mark else 0.0
        row = text_row(words, right - MARGIN, style.small, tone="quiet", indent=indent)
        needed = indent + max(text_width(line, style.small) for line in row.lines)
        if x > MARGIN and x + needed > right:
            x, y = MARGIN, y + height + 3
        box = Box(x, y, needed + 0.01, rows_height([row]))
        legend_mark(drawing, mark, Box(x, y, indent, height), style)
        drawing.lay([row], x, y, box)
        y += height * (len(row.lines) - 1)
        x += needed + 16
    return y + height if entries else y


def legend_mark(drawing: Drawing, mark: str, box: Box, style: Style) -> None:
    """The sample that stands before the words of a legend's entry."""
    x, y = box.x + 6, box.y + box.height / 2
    if mark in ("hatch", "band"):
        sample = Box(box.x, box.y + 2, 13, box.height - 4)
        tone = "hatch" if mark == "hatch" else "band"
        drawing.rect(sample, fill=tone, stroke="line" if mark == "hatch" else "")
    elif mark == "critical":
        drawing.mark(x, y, "neutral", style.small * 0.3, ring=True)
    elif mark:
        drawing.mark(x, y, mark, style.small * 0.4)


def _place(index: int, column: float) -> float:
    return MARGIN + LABELS + index * column


def _phase_band(drawing: Drawing, grid: Grid, style: Style, y: float, column: float) -> float:
    runs, start = [], 0
    for _, group in groupby(grid.stages, key=lambda stage: stage.phase):
        members = list(group)
        name = members[0].phase_name.to(style.language)
        runs.append((start, len(members), name))
        start += len(members)
    rows = [
        text_row(name, count * column - 2 * PAD - 2, style.head, bold=True, tone="on_phase")
        for _, count, name in runs
    ]
    height = max((row.height for row in rows), default=0) + PAD
    for (first, count, _), row in zip(runs, rows, strict=True):
        box = Box(_place(first, column) + 1, y, count * column - 2, height)
        drawing.rect(box, fill="phase")
        drawing.lay([row], box.x + PAD, y + PAD / 2, box)
    return y + height + 2


def _stage_heads(drawing: Drawing, grid: Grid, style: Style, y: float, column: float) -> float:
    rows = [
        text_row(stage.name.to(style.language), column - 2 * PAD - 2, style.head, bold=True)
        for stage in grid.stages
    ]
    height = max((row.height for row in rows), default=0) + PAD
    for index, row in enumerate(rows):
        box = Box(_place(index, column) + 1, y, column - 2, height)
        drawing.rect(box, fill="head")
        drawing.lay([row], box.x + PAD, y + PAD / 2, box)
        drawing.cells.append(box)
    return y + height + 2


def _group_strip(drawing: Drawing, words: str, style: Style, y: float) -> float:
    row = text_row(words, drawing.width - 2 * MARGIN, style.small, bold=True, tone="quiet")
    box = Box(MARGIN, y + 6, drawing.width - 2 * MARGIN, row.height)
    drawing.lay([row], MARGIN, box.y, box)
    return box.y + row.height + 2


def _divider(drawing: Drawing, words: str, style: Style, y: float) -> float:
    """A line of the blueprint with its name in the column of labels."""
    row = text_row(words, LABELS - PAD, style.small, italic=True, tone="quiet")
    height = max(row.height, 16.0) + 6
    box = Box(MARGIN, y, LABELS, height)
    drawing.lay([row], MARGIN, y + (height - row.height) / 2, box)
    middle = y + height / 2
    ends = ((MARGIN + LABELS, middle), (drawing.width - MARGIN, middle))
    drawing.path(*ends, stroke="ink", line=1.4, dash="7 4")
    return y + height


def _lane_head(
    drawing: Drawing, lane: Lane, style: Style, y: float, height: float, row: Row
) -> None:
    box = Box(MARGIN, y, LABELS - 2, height)
    drawing.rect(box, fill="head")
    drawing.lay([row], box.x + PAD, y + PAD, box)
    drawing.cells.append(box)


def _label_row(lane: Lane, style: Style, *, beside: float = 0.0) -> Row:
    width = LABELS - 2 - 2 * PAD - beside
    return text_row(lane.name.to(style.language), width, style.text, bold=True)


def _lane(drawing: Drawing, lane: Lane, grid: Grid, style: Style, y: float, column: float) -> float:
    inner = column - 2 - 2 * PAD
    label = _label_row(lane, style)
    contents = [cell_rows(cell, lane, grid, style, inner) for cell in lane.cells]
    loud = is_loud(lane, grid)
    strip = style.small * LINE + 2 * PAD
    needs = [
        rows_height(rows) + (strip if cell.empty and rows else 0.0)
        for cell, rows in zip(lane.cells, contents, strict=True)
    ]
    height = max([label.height, 20.0, *needs]) + 2 * PAD
    _lane_head(drawing, lane, style, y, height, label)
    for index, (cell, rows) in enumerate(zip(lane.cells, contents, strict=True)):
        box = Box(_place(index, column) + 1, y, column - 2, height)
        drawing.cells.append(box)
        if cell.empty:
            _empty_cell(drawing, box, rows, style, empty_word(lane, style.language), loud=loud)
        else:
            drawing.rect(box, fill="cell")
            drawing.lay(rows, box.x + PAD, y + PAD, box)
    return y + height + 2


def _empty_cell(
    drawing: Drawing, box: Box, rows: list[Row], style: Style, words: str, *, loud: bool
) -> None:
    """Hatch and the word; what is planned here, but silent, is still named."""
    drawing.rect(box, fill="cell")
    drawing.rect(box, fill="hatch" if loud else "hatch_soft", stroke="line" if loud else "")
    line = style.small * LINE
    wide = text_width(words, style.small) + 10
    below = rows_height(rows) + (2 * PAD if rows else 0)
    free = Box(box.x, box.y, box.width, box.height - below)
    if rows:
        floor = Box(box.x + 1, box.y + free.height, box.width - 2, below - 1)
        drawing.rect(floor, fill="cell", opacity=0.92)
        drawing.lay(rows, box.x + PAD, floor.y + PAD, box)
    if free.height < line:
        return
    middle = Box(box.x + (box.width - wide) / 2, free.y + (free.height - line) / 2, wide, line)
    drawing.rect(middle, fill="cell")
    drawing.label(words, middle, size=style.small, tone="quiet")


def curve_scale(value: float, top: float, height: float) -> float:
    """Place of a valence -2..2 between the top and the bottom of a plot."""
    return top + (2 - value) / 4 * height


def _curve_lane(
    drawing: Drawing, lane: Lane, grid: Grid, style: Style, y: float, column: float
) -> float:
    inner = column - 2 - 2 * PAD
    label = _label_row(lane, style, beside=30.0)
    numbers = [curve_rows(cell, style, inner) for cell in lane.cells]
    below = max([style.small * LINE, *(rows_height(rows) for rows in numbers)])
    height = max(PLOT + 2 * PAD + below + PAD, label.height + 2 * PAD)
    _lane_head(drawing, lane, style, y, height, label)
    top, plot = y + PAD + 4, PLOT - 8
    for index, (cell, rows) in enumerate(zip(lane.cells, numbers, strict=True)):
        box = Box(_place(index, column) + 1, y, column - 2, height)
        drawing.cells.append(box)
        drawing.rect(box, fill="cell")
        if cell.empty:
            _empty_cell(drawing, box, [], style, say("empty", style.language), loud=True)
        drawing.lay(rows, box.x + PAD, y + PLOT + 2 * PAD, box)
    _curve_axis(drawing, style, top, plot, column * len(lane.cells))
    _curve(drawing, lane, style, top, plot, column)
    return y + height + 2


def _curve_axis(drawing: Drawing, style: Style, top: float, plot: float, width: float) -> None:
    left = MARGIN + LABELS
    labels = Box(MARGIN, top - 8, LABELS - 2, plot + 16)
    signs = {2: "+2", 0: "0", -2: "\N{MINUS SIGN}2"}
    for value in (2, 1, 0, -1, -2):
        y = curve_scale(value, top, plot)
        dash = "" if value == 0 else "2 4"
        drawing.path((left, y), (left + width, y), stroke="line", dash=dash)
        if value in signs:
            line = Box(labels.x, y - style.small * 0.65, labels.width - 5, style.small * LINE)
            _right_label(drawing, signs[value], line, style)


def _right_label(drawing: Drawing, words: str, line: Box, style: Style) -> None:
    x, baseline = line.x + line.width, line.y + line.height / 2 + style.small * 0.35
    drawing.texts.append(Text(x, baseline, words, style.small, line, "quiet", anchor="end"))


def _curve(
    drawing: Drawing, lane: Lane, style: Style, top: float, plot: float, column: float
) -> None:
    """Band, line and points; the line breaks where a stage has no value."""
    points = [
        (_place(index, column) + column / 2, cell)
        for index, cell in enumerate(lane.cells)
        if cell.value is not None and cell.low is not None and cell.high is not None
    ]
    centre = {cell.stage: (x, curve_scale(cell.value or 0.0, top, plot)) for x, cell in points}
    for x, cell in points:
        high, low = (curve_scale(v or 0.0, top, plot) for v in (cell.high, cell.low))
        drawing.rect(Box(x - 7, high, 14, max(low - high, 1.0)), fill="band")
    order = [cell.stage for cell in lane.cells]
    for (_, before), (_, after) in pairwise(points):
        apart = order.index(after.stage) - order.index(before.stage) > 1
        ends = (centre[before.stage], centre[after.stage])
        drawing.path(*ends, stroke="curve", line=2.2, dash="3 4" if apart else "")
    for x, cell in points:
        value = cell.value or 0.0
        sign = "good" if value > 0.25 else "bad" if value < -0.25 else "neutral"
        drawing.mark(x, centre[cell.stage][1], sign, 5.5)


def _footer(drawing: Drawing, grid: Grid, style: Style, y: float) -> float:
    width = drawing.width - 2 * MARGIN
    rows = [
        text_row(note.to(style.language), width, style.small, tone="quiet", above=3)
        for note in grid.notes
    ]
    if rows:
        drawing.lay(rows, MARGIN, y + 4, Box(MARGIN, y + 4, width, rows_height(rows)))
        y += 4 + rows_height(rows)
    return y
