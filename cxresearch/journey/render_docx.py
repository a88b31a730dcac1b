"""A map as a Word document in A3 landscape, to be printed, written on and edited in a workshop."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model import number
from .cells import Style as CellStyle
from .cells import curve_rows, empty_word, is_loud, item_text, metric_text, sign_of
from .lettering import clean
from .phrases import DIVIDERS, say
from .spec import Cell, Grid, Item, Lane

if TYPE_CHECKING:
    from docx.table import _Cell

__all__ = ["write_docx"]

_MARKS = {"good": "▲", "bad": "▼", "neutral": "●", "silent": "○"}
_HEAD, _PHASE, _EMPTY, _SOFT = "E6EAEF", "22415F", "F3DFCF", "F6F7F9"
_SHEET, _MARGIN, _LABELS = (420.0, 297.0), 12.0, 32.0


def write_docx(journey_map: Grid, path: str | Path, *, language: str = "fi") -> Path:
    """Write a map as a table in Word.

    Parameters
    ----------
    journey_map : JourneyMap or ServiceBlueprint
        The map.
    path : path
        The docx file; one that is there is replaced.
    language : str
        fi or en.

    Returns
    -------
    pathlib.Path
        The file. A3 landscape; the rows of phases and stages repeat on each page; empty cells are
        tinted and say so; quotes are given in full.
    """
    from docx import Document

    document = Document()
    _sheet(document)
    title = journey_map.title.to(language) or say(
        "blueprint" if journey_map.kind == "service_blueprint" else "journey", language
    )
    document.add_heading(clean(title), level=1)
    about = [journey_map.audience.to(language), say(journey_map.state, language)]
    document.add_paragraph(clean(" · ".join(part for part in about if part)))
    _fill(document, journey_map, language)
    for note in journey_map.notes:
        document.add_paragraph(clean(note.to(language)))
    target = Path(path)
    document.save(str(target))
    return target


def _sheet(document: Any) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(side) for side in _SHEET)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(_MARGIN))
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(8)
    style.paragraph_format.space_after = Pt(1)


def _fill(document: Any, grid: Grid, language: str) -> None:
    from docx.shared import Mm

    table = document.add_table(rows=2, cols=len(grid.stages) + 1)
    table.style = "Table Grid"
    table.autofit = False
    across = (_SHEET[0] - 2 * _MARGIN - _LABELS) / max(len(grid.stages), 1)
    _heads(table, grid, language)
    for lane in grid.lanes:
        if grid.kind == "service_blueprint" and lane.lane in DIVIDERS:
            row = table.add_row().cells
            line = row[0].merge(row[-1])
            _write(line, DIVIDERS[lane.lane].to(language), italic=True)
        row = table.add_row().cells
        _write(row[0], lane.name.to(language), bold=True)
        _shade(row[0], _HEAD)
        for place, cell in zip(row[1:], lane.cells, strict=True):
            _cell(place, cell, lane, grid, language)
    for index, column in enumerate(table.columns):
        column.width = Mm(_LABELS if index == 0 else across)


def _heads(table: Any, grid: Grid, language: str) -> None:
    phases, stages = table.rows[0].cells, table.rows[1].cells
    start = 1
    for _, group in groupby(grid.stages, key=lambda column: column.phase):
        members = list(group)
        name = members[0].phase_name.to(language)
        merged = phases[start].merge(phases[start + len(members) - 1])
        _write(merged, name, bold=True, colour="FFFFFF")
        _shade(merged, _PHASE)
        start += len(members)
    for place, column in zip(stages[1:], grid.stages, strict=True):
        _write(place, column.name.to(language), bold=True)
        _shade(place, _HEAD)
    _write(phases[0], say("phase", language), bold=True)
    _write(stages[0], say("stage", language), bold=True)
    for row in table.rows[:2]:
        _repeat(row)


def _cell(place: _Cell, cell: Cell, lane: Lane, grid: Grid, language: str) -> None:
    if cell.empty:
        _write(place, empty_word(lane, language), italic=True)
        _shade(place, _EMPTY if is_loud(lane, grid) else _SOFT)
    if lane.kind == "curve":
        for row in curve_rows(cell, CellStyle(language), 1e6):
            _write(place, " ".join(row.lines), bold=row.bold)
    for item in cell.items:
        if lane.kind == "quotes":
            _write(place, f"”{item.text.to(language)}”", italic=True)
        elif lane.kind == "metrics":
            value, span = metric_text(item, language)
            _write(place, f"{item.text.to(language)}: {value} ({span})")
        else:
            _write(place, _line(item, lane, grid, language), bold=item.critical)


def _line(item: Item, lane: Lane, grid: Grid, language: str) -> str:
    words, count = item_text(item, language, grid.minimum)
    if lane.kind == "texts":
        return words
    value = (
        "" if item.value is None else f" ({number(item.value, language, decimals=1, sign=True)})"
    )
    return f"{_MARKS[sign_of(item)]} {words}{f' · {count}' if count else ''}{value}"


def _write(
    place: _Cell, words: str, *, bold: bool = False, italic: bool = False, colour: str = ""
) -> None:
    from docx.shared import RGBColor

    first = place.paragraphs[0]
    paragraph = place.add_paragraph() if first.runs else first
    run = paragraph.add_run(clean(words))
    run.bold, run.italic = bold, italic
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _shade(place: _Cell, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    place._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """The row stands at the top of each page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
