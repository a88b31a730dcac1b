"""How much a file may hold before it is refused; each limit stands in the error that names it."""

from __future__ import annotations

__all__ = [
    "MAX_ARCHIVE_BYTES",
    "MAX_ARCHIVE_MEMBERS",
    "MAX_ARCHIVE_RATIO",
    "MAX_CELL_CHARACTERS",
    "MAX_COLUMNS",
    "MAX_DOCUMENT_CHARACTERS",
    "MAX_FILE_BYTES",
    "MAX_PAGES",
    "MAX_PAGE_BYTES",
    "MAX_TABLE_CELLS",
]

MAX_FILE_BYTES = 2 * 1024**3
"""A source file larger than this is refused before it is opened."""

MAX_CELL_CHARACTERS = 1_000_000
"""A table cell longer than this fails its row: it is nearly always a quotation mark left open."""

MAX_DOCUMENT_CHARACTERS = 20_000_000
"""A transcript longer than this (some 400 hours of talk) is refused."""

MAX_COLUMNS = 16_384
"""As many columns as a spreadsheet can hold."""

MAX_ARCHIVE_MEMBERS = 10_000
"""Files inside a zip, docx, odt, xlsx or ods."""

MAX_ARCHIVE_BYTES = 1024**3
"""Unpacked size of a zip, docx, odt, xlsx or ods."""

MAX_ARCHIVE_RATIO = 200
"""Unpacked to packed size of a member over 10 MB; real office files stay under 60."""

MAX_PAGES = 5_000
"""Pages of a PDF; a longer one is no transcript."""

MAX_PAGE_BYTES = 2 * 1024**2
"""What one page of a PDF draws, unpacked; a page of text has some ten thousand bytes."""

MAX_TABLE_CELLS = 200_000_000
"""Rows times columns of an SPSS file, known before its values are read."""
