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
