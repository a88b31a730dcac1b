"""Paragraphs of docx, odt and rtf files, read by their own small readers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..model import ImportRefusedError
from .archives import SafeArchive
from .source_text import read_bytes

__all__ = ["docx_paragraphs", "odt_paragraphs", "rtf_paragraphs"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DEEPEST = 200  # marks of a text inside each other; real documents stay under 20
# what Word keeps beside the words: deleted text, alternative drawings, field codes
_DOCX_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_MC}Fallback"}
_DOCX_SIGNS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
}
_ODT_SKIPPED = {
    f"{_OFFICE}annotation",
    f"{_TEXT}tracked-changes",
    f"{_TEXT}note",
    f"{_TEXT}ruby-text",
}


def docx_paragraphs(path: str | Path) -> list[str]:
    """The paragraphs of a docx in reading order, tables included; deleted text is left out."""
    archive = SafeArchive(path)
    body = archive.xml("word/document.xml").find(f"{_W}body")
    if body is None:
        return []
    return [_docx_words(p) for p in _topmost(body, f"{_W}p", _DOCX_SKIPPED)]


def _topmost(element: Any, tag: str, skipped: set[str]) -> list[Any]:
    found: list[Any] = []
    waiting = list(reversed(list(element)))
    while waiting:
        current = waiting.pop()
        if current.tag in skipped:
            continue
        if current.tag == tag:
            found.append(current)
        else:
            waiting.extend(reversed(list(current)))
    return found


def _docx_words(paragraph: Any) -> str:
    pieces: list[str] = []
    waiting = list(reversed(list(paragraph)))
    while waiting:
        current = waiting.pop()
        if current.tag in _DOCX_SKIPPED:
            continue
        if current.tag == f"{_W}t":
            pieces.append(current.text or "")
        elif current.tag in _DOCX_SIGNS:
            pieces.append(_DOCX_SIGNS[current.tag])
        else:
            waiting.extend(reversed(list(current)))
    return "".join(pieces)


def odt_paragraphs(path: str | Path) -> list[str]:
    """The paragraphs and headings of an odt in reading order; comments and notes are left out."""
    archive = SafeArchive(path)
    body = archive.xml("content.xml").find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise ImportRefusedError(
            "The file holds no text document.",
            expected="an odt with a text body",
            found="another kind of document",
            where=archive.name,
        )
    paragraphs: list[str] = []
    waiting = list(reversed(list(body)))
    while waiting:
        current = waiting.pop()
        if current.tag in _ODT_SKIPPED:
            continue
        if current.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            paragraphs.append(odf_words(current))
        else:
            waiting.extend(reversed(list(current)))
    return paragraphs


def odf_words(element: Any, *, depth: int = 0) -> str:
    """The words of one ODF paragraph, with its spaces, tabs and line breaks."""
    if depth > _DEEPEST:
        raise ImportRefusedError(
            "The text is nested too deeply.",
            expected=f"at most {_DEEPEST} marks inside each other",
            found="more",
        )
    pieces = [_odf_white(element.text)]
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            pieces.append(" " * min(int(count) if count.isdigit() else 1, 1000))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif child.tag not in _ODT_SKIPPED:
            pieces.append(odf_words(child, depth=depth + 1))
        pieces.append(_odf_white(child.tail))
    return "".join(pieces)


def _odf_white(text: str | None) -> str:
    # ODF collapses white space that is written as itself
    return re.sub(r"[ \t\r\n]+", " ", text or "")


_RTF_TOKEN = re.compile(
    r"\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]+)(?P<number>-?\d{1,10})? ?|"
    r"\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)
_RTF_SKIPPED = frozenset(
    """fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr
    footnote annotation themedata colorschememapping latentstyles datastore listtable
    listoverridetable generator xmlnstbl fldinst bkmkstart bkmkend rsidtbl""".split()  # noqa: SIM905
)
_RTF_SIGNS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "cell": "\t", "tab": "\t",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip
_RTF_ESCAPED = {"~": "\xa0", "_": "-", "-": "", "\n": "\n", "\r": "\n"}


def rtf_paragraphs(path: str | Path) -> list[str]:
    """The paragraphs of an rtf: Unicode escapes (pairs too), code page bytes; no pictures."""
    name = Path(path).name
    content = read_bytes(path)
    if not content.lstrip().startswith(b"{\\rtf"):
        raise ImportRefusedError(
            "This is not an rtf file.",
            expected="{\\rtf at the start",
            found="other bytes",
            where=name,
        )
    if re.search(rb"\\bin\d", content):
        raise ImportRefusedError(
            "The rtf holds embedded binary data.",
            expected="text only",
            found="\\bin",
            where=name,
            next_step="Save it as docx, odt or txt.",
        )
    reader = _RtfReader(content.decode("latin-1"), name)
    return reader.read().split("\n")


class _RtfReader:
    """Walks through the tokens of an rtf with a stack of groups."""

    def __init__(self, source: str, name: str) -> None:
        self._source = source
        page = re.search(r"\\ansicpg(\d{3,5})", source[:2000])
        self._codec = _known_codec(f"cp{page.group(1)}" if page else "cp1252", name)
        self._pieces: list[str] = []
        self._bytes = bytearray()
        self._stack: list[tuple[bool, int]] = []
        self._skipping = False
        self._fallback = 1  # signs to skip after a \\u escape
        self._to_skip = 0

    def read(self) -> str:
        for token in _RTF_TOKEN.finditer(self._source):
            if token["brace"]:
                self._brace(token["brace"])
            elif token["word"]:
                self._word(token["word"], token["number"])
            elif token["hex"]:
                self._byte(int(token["hex"], 16))
            elif token["sign"]:
                self._sign(token["sign"])
            elif token["text"]:
                self._text(token["text"])
        self._flush()
        joined = "".join(self._pieces)
        # two \\u escapes may be the halves of one character
        return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")

    def _brace(self, brace: str) -> None:
        self._flush()
        self._to_skip = 0
        if brace == "{":
            self._stack.append((self._skipping, self._fallback))
        elif self._stack:
            self._skipping, self._fallback = self._stack.pop()

    def _word(self, word: str, number: str | None) -> None:
        if word == "uc":
            self._fallback = min(int(number or 1), 8)
        elif word in _RTF_SKIPPED:
            self._skipping = True
        elif word == "u" and number:
            self._flush()
            if not self._skipping:
                self._pieces.append(chr(int(number) % 65536))
            self._to_skip = self._fallback
        elif word in _RTF_SIGNS:
            self._add(_RTF_SIGNS[word])

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif not self._skipping:
            self._bytes.append(value)

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._skipping = True
        elif self._to_skip:
            self._to_skip -= 1
        else:
            self._add(_RTF_ESCAPED.get(sign, sign))

    def _text(self, text: str) -> None:
        dropped = min(self._to_skip, len(text))
        self._to_skip -= dropped
        self._add(text[dropped:].encode("latin-1").decode(self._codec, "surrogateescape"))

    def _add(self, text: str) -> None:
        self._flush()
        if not self._skipping:
            self._pieces.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._pieces.append(self._bytes.decode(self._codec, "surrogateescape"))
            self._bytes.clear()


def _known_codec(codec: str, name: str) -> str:
    import codecs

    codec = {"cp10000": "mac_roman", "cp65001": "utf-8"}.get(codec, codec)
    try:
        return codecs.lookup(codec).name
    except LookupError:
        raise ImportRefusedError(
            "The rtf names a code page that is not known.",
            expected="a code page such as 1252",
            found=codec,
            where=name,
            next_step="Save it as docx, odt or txt.",
        ) from None
