"""Word documents of quotations and tables: plain styles that a person can go on editing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["add_table", "new_document", "plain", "save_document"]

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def plain(value: object) -> str:
    """Text that XML can hold: control characters left out."""
    return _REFUSED.sub("", str(value))


def new_document(title: str, *, landscape: bool = False, language: str = "en") -> Any:
    """An empty A4 document with a title, in the language that the spelling checker shall use."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(18)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    tongue = OxmlElement("w:lang")
    tongue.set(qn("w:val"), {"fi": "fi-FI", "sv": "sv-SE"}.get(language, "en-GB"))
    normal.element.get_or_add_rPr().append(tongue)
    document.core_properties.title = plain(title)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(plain(title), level=0)
    return document


def add_table(
    document: Any,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    widths: Sequence[float],
    merged: Sequence[int] = (),
) -> None:
    """A table with a heading row that repeats on each page.

    `widths` are millimetres. In the columns of `merged` a cell that repeats the one above it, with
    all the columns after it too, becomes one with it.
    """
    from docx.shared import Mm, Pt

    cells = [[plain(v) for v in row] for row in rows]
    table = document.add_table(rows=len(cells) + 1, cols=len(headings))
    table.style = "Table Grid"
    table.autofit = False
    for number, (row, values) in enumerate(zip(table.rows, [list(headings), *cells], strict=True)):
        above = cells[number - 2] if number > 1 else None
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.width = Mm(widths[column])
            joins = column in merged and above is not None and above[column:] == values[column:]
            if column in merged and number:
                _join(cell, first=not joins)
            run = cell.paragraphs[0].add_run("" if joins else value)
            run.font.size = Pt(9)
            run.bold = number == 0
    _repeat(table.rows[0])


def _join(cell: Any, *, first: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:vMerge")
    mark.set(qn("w:val"), "restart" if first else "continue")
    cell._tc.get_or_add_tcPr().append(mark)


def _repeat(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def save_document(document: Any, target: Path) -> Path:
    """Write a document whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(target.suffix + ".part")
    document.save(part)
    part.replace(target)
    return target
