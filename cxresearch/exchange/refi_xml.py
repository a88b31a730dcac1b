"""Words of the REFI-QDA schema: element order, ids, dates, characters that XML can hold."""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as Plain
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from ..model import ImportRefusedError
from .archives import parse_xml

__all__ = [
    "CODEBOOK_SPACE",
    "NO_DATE",
    "PROJECT_SPACE",
    "bare",
    "children",
    "clean",
    "date_text",
    "dates_of",
    "element",
    "fragment",
    "guid_for",
    "guid_of",
    "in_order",
    "kept",
    "to_bytes",
]

PROJECT_SPACE = "urn:QDA-XML:project:1.0"
CODEBOOK_SPACE = "urn:QDA-XML:codebook:1.0"
NO_DATE = "1970-01-01T00:00:00Z"
"""Stands where the date is not known: peers want a date on everything. Read back as missing."""

_OURS = uuid.UUID("5f0c7a52-6a3c-5d0e-9f0b-1c2f6f5b7d11")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_DEPTH = 60

# children in the order of the schema's sequences
_ORDER = {
    "Project": "Users CodeBook Variables Cases Sources Notes Links Sets Graphs Description NoteRef",
    "Code": "Description NoteRef Code",
    "Case": "Description CodeRef VariableValue SourceRef SelectionRef",
    "Variable": "Description",
    "TextSource": "Description PlainTextContent PlainTextSelection Coding NoteRef VariableValue",
    "Note": "Description PlainTextContent PlainTextSelection Coding NoteRef VariableValue",
    "PlainTextSelection": "Description Coding NoteRef",
    "Coding": "CodeRef NoteRef",
    "Set": "Description MemberCode MemberSource MemberNote",
    "Link": "NoteRef",
}


def bare(root: Any, *, where: str) -> Any:
    """Take the REFI-QDA namespace off all tags, whatever its version; too deep a tree is refused.

    A code branch deeper than 60 levels is nobody's codebook.
    """
    level = [root]
    for _ in range(_MAX_DEPTH):
        below = []
        for node in level:
            tag = node.tag
            if isinstance(tag, str) and tag.startswith("{urn:QDA-XML"):
                node.tag = tag.partition("}")[2]
            below.extend(node)
        if not below:
            return root
        level = below
    raise ImportRefusedError(
        "The XML is nested too deeply.",
        expected=f"at most {_MAX_DEPTH} levels",
        found="more levels",
        where=where,
    )


def children(node: Any, tag: str) -> Iterator[Any]:
    """The children with a tag; nothing for None."""
    return iter(()) if node is None else (c for c in node if c.tag == tag)


def clean(text: object) -> str:
    """A text as XML can hold it: LF, signs that XML forbids become U+FFFD, missing is empty."""
    if not isinstance(text, str):
        if text is None or text is pd.NA or text is pd.NaT or text != text:
            return ""
        text = str(text)
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def guid_of(text: str | None) -> str | None:
    """A GUID in lower case without braces; None where there is none."""
    found = (text or "").strip().strip("{}").lower()
    return found if _GUID.fullmatch(found) else None


def guid_for(*parts: object) -> str:
    """The same GUID for the same parts, at each export."""
    return str(uuid.uuid5(_OURS, "\x1f".join(map(str, parts))))


def date_text(value: object) -> str:
    """A time as xsd:dateTime in UTC; `NO_DATE` where it is missing."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return NO_DATE
    at = pd.Timestamp(value)  # type: ignore[arg-type]
    at = at if at.tzinfo is None else at.tz_convert("UTC").tz_localize(None)
    return at.isoformat() + "Z"


def dates_of(texts: Iterable[str | None]) -> pd.Series:
    """Times in UTC without a zone, to the microsecond; missing where none is right."""
    values = pd.Series([None if t in (None, NO_DATE) else t for t in texts], dtype=object)
    made = pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
    return made.dt.tz_localize(None).astype("datetime64[us]")


def element(tag: str, parent: Any = None, text: str = "", **attributes: str | None) -> Any:
    """A new element; attributes that are None are left out."""
    given = {name: value for name, value in attributes.items() if value is not None}
    made = Plain.Element(tag, given) if parent is None else Plain.SubElement(parent, tag, given)
    if text:
        made.text = text
    return made


def kept(node: Any) -> str:
    """An element that is not modelled, as text to be written back."""
    node.tail = None
    return Plain.tostring(node, encoding="unicode")


def fragment(text: str) -> Any:
    """A kept element as a tree again."""
    return parse_xml(text.encode(), where="kept XML")


def in_order(node: Any) -> Any:
    """Sort the children as the schema wants them; unknown ones go last. Stable."""
    order = {tag: i for i, tag in enumerate(_ORDER[node.tag].split())}
    node[:] = sorted(node, key=lambda child: order.get(child.tag, 99))
    return node


def to_bytes(root: Any, namespace: str) -> bytes:
    """The tree as UTF-8 XML in its namespace."""
    root.set("xmlns", namespace)
    # by way of text: writing bytes piece by piece takes twice as long
    text = Plain.tostring(root, encoding="unicode")
    start = "<?xml version='1.0' encoding='utf-8'?>\n"
    return (start + text).encode("utf-8", "xmlcharrefreplace")
