"""Paragraphs of web pages and of PDF files that have a text layer."""

from __future__ import annotations

import html
import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..model import ImportRefusedError
from .failures import Failure
from .limits import MAX_DOCUMENT_CHARACTERS, MAX_PAGE_BYTES, MAX_PAGES
from .source_text import SourceText, read_bytes, read_text

__all__ = ["html_paragraphs", "pdf_paragraphs"]

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_UNSEEN = frozenset(
    ["script", "style", "template", "noscript", "head", "title", "svg", "math", "object", "iframe"]
)
_BLOCKS = frozenset(
    """address article aside blockquote body center dd div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr
    ul""".split()  # noqa: SIM905
)
# no "<" inside: a match can't reach beyond the next tag, so that a page is read in one walk
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""")
_SENTENCE_ENDS = re.compile(r"[.!?…:][\"”’')\]]*$")
_PAGE_NUMBER = re.compile(
    r"^\s*(?:(?:sivu|page|sida|s\.|p\.)\s*)?\d{1,4}(?:\s*[/(]\s*\d{1,4}\)?)?\s*$", re.I
)


def html_paragraphs(path: str | Path) -> list[str]:
    """The words of a web page as a reader sees them: no scripts, styles or hidden heads.

    Nothing that the page points to is opened. Each block (paragraph, heading, list item, row of a
    table) is a paragraph, each `<br>` a line.
    """
    page = _Page()
    for kind, piece in _pieces(_html_source(Path(path)).text):
        page.take(kind, piece)
    return page.paragraphs()


def _html_source(path: Path) -> SourceText:
    source = read_text(path)
    declared = _CHARSET.search(read_bytes(path)[:4096])
    if source.encoding in ("utf-8", "utf-16", "utf-32") or declared is None:
        return source
    codec = declared[1].decode("ascii").lower()
    # web pages mean Windows-1252 when they say Latin-1 or ASCII
    codec = "cp1252" if codec in ("iso-8859-1", "latin1", "us-ascii", "ascii") else codec
    try:
        return read_text(path, encoding=codec)
    except ImportRefusedError:
        return source  # the page says something of itself that is not so


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Text, start and end of elements, in one walk: html.parser takes hours on hostile pages.

    What a closing sign is missing for is words; the search for it is not made twice.
    """
    folded = text.lower()
    missing: set[str] = set()
    at = said = 0
    while (at := text.find("<", at)) >= 0:
        stop, kind, name = _next_tag(text, folded, at, missing)
        if stop < 0:
            at += 1
            continue
        if at > said:
            yield "text", text[said:at]
        if kind:
            yield kind, name
        if kind == "start" and name in ("script", "style", "title"):
            stop = _after(folded, f"</{name}", stop, missing)
            stop = len(text) if stop < 0 else stop - len(name) - 2
        at = said = stop
    if said < len(text):
        yield "text", text[said:]


def _next_tag(text: str, folded: str, at: int, missing: set[str]) -> tuple[int, str, str]:
    """Where the tag at a `<` ends (-1: it is none), whether it starts or ends, and its name."""
    if text.startswith("<!--", at):
        return _after(text, "-->", at + 2, missing), "", ""
    if text.startswith(("<!", "<?"), at):
        return _after(text, ">", at, missing), "", ""
    tag = _TAG.match(text, at)
    if tag is None:
        return -1, "", ""
    return tag.end(), "end" if tag[1] else "start", folded[tag.start(2) : tag.end(2)]


def _after(text: str, sign: str, at: int, missing: set[str]) -> int:
    """The place behind the next sign; -1 where there is none, then and ever after."""
    if sign in missing:
        return -1
    found = text.find(sign, at)
    if found < 0:
        missing.add(sign)
        return -1
    return found + len(sign)


class _Page:
    """Gathers the words of a page block by block."""

    def __init__(self) -> None:
        self._blocks: list[list[str]] = [[]]
        self._unseen: list[str] = []
        self._kept_white = 0

    def take(self, kind: str, piece: str) -> None:
        """Take words, or the start or the end of an element."""
        if kind == "text":
            if not self._unseen:
                words = piece if self._kept_white else re.sub(r"[ \t\n\f]+", " ", piece)
                self._blocks[-1].append(html.unescape(words))
            return
        if kind == "start" and piece in _UNSEEN and len(self._unseen) < 100:
            self._unseen.append(piece)
        elif kind == "start" and piece == "body":
            self._unseen.clear()  # a head that was never closed
        elif kind == "end" and piece in self._unseen:
            del self._unseen[self._unseen.index(piece) :]
        if piece in _BLOCKS and self._blocks[-1]:
            self._blocks.append([])
        elif piece == "br":
            self._blocks[-1].append("\n")
        elif kind == "start" and piece in ("td", "th"):
            self._blocks[-1].append("\t")
        if piece == "pre":
            self._kept_white = max(0, self._kept_white + (1 if kind == "start" else -1))

    def paragraphs(self) -> list[str]:
        """What was gathered, without white space at the ends of lines."""
        joined = ("".join(block) for block in self._blocks)
        tidy = ("\n".join(line.strip() for line in text.split("\n")) for text in joined)
        return [text.strip("\n") for text in tidy if text.strip()]


def pdf_paragraphs(path: str | Path) -> tuple[list[str], list[Failure]]:
    """The lines of a PDF's text layer, joined to paragraphs; and what was left out.

    Page numbers, and lines that stand at the top or the bottom of most pages, are left out. A line
    that ends inside a sentence goes on with the next one; a word broken at the end of a line is
    joined. Scripts and attachments are not opened.
    """
    name = Path(path).name
    content = read_bytes(path)
    if not content.lstrip().startswith(b"%PDF-"):
        raise ImportRefusedError(
            "This is not a PDF file.",
            expected="%PDF- at the start",
            found="other bytes",
            where=name,
        )
    pages = _pdf_pages(content, name)
    if not any(line.strip() for page in pages for line in page):
        raise ImportRefusedError(
            "The PDF has no text layer: it holds pictures of pages.",
            expected="a PDF with text that can be selected",
            found=f"{len(pages)} page(s) without a word",
            where=name,
            next_step="Recognise its text (OCR), or save the transcript as docx or txt.",
        )
    kept, dropped = _without_margins(pages)
    failures = []
    if dropped:
        failures.append(
            Failure(name, None, None, f"{dropped} page number(s) and running head(s); left out",
                    "words of the text")
        )  # fmt: skip
    return _joined_lines([line for page in kept for line in page]), failures


@contextmanager
def _silent_pdf() -> Iterator[None]:
    """pypdf tells of every small fault of a file on the log; the file may hold names."""
    log = logging.getLogger("pypdf")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)


def _refuse_drawing(page: Any, name: str) -> None:
    """Refuse a page that draws so much that reading it would take minutes."""
    content = page.get("/Contents")
    content = content.get_object() if content is not None else []
    parts = content if isinstance(content, list) else [content]
    size = sum(len(part.get_object().get_data()) for part in parts)
    if size > MAX_PAGE_BYTES:
        raise ImportRefusedError(
            "A page of the PDF draws too much to be a page of text.",
            expected=f"at most {MAX_PAGE_BYTES:,} bytes of drawing",
            found=f"{size:,} bytes",
            where=name,
            next_step="Save the transcript as docx or txt.",
        )


def _pdf_pages(content: bytes, name: str) -> list[list[str]]:
    from pypdf import PdfReader

    pages: list[list[str]] = []
    total = 0
    try:
        with _silent_pdf():
            reader = PdfReader(io.BytesIO(content), strict=False)
            if reader.is_encrypted and not reader.decrypt(""):
                raise ImportRefusedError(
                    "The PDF is locked with a password.",
                    expected="a file without password",
                    found="an encrypted PDF",
                    where=name,
                    next_step="Save a copy without password.",
                )
            if len(reader.pages) > MAX_PAGES:
                raise ImportRefusedError(
                    "The PDF has too many pages.",
                    expected=f"at most {MAX_PAGES:,}",
                    found=f"{len(reader.pages):,}",
                    where=name,
                )
            for page in reader.pages:
                _refuse_drawing(page, name)
                text = page.extract_text().replace("\0", "")
                total += len(text)
                if total > MAX_DOCUMENT_CHARACTERS:
                    break
                pages.append([line.rstrip() for line in text.split("\n")])
    except ImportRefusedError:
        raise
    except Exception as error:  # a damaged PDF may fail in pypdf in any way
        raise ImportRefusedError(
            "The PDF can't be read.",
            expected="a whole PDF file",
            found=type(error).__name__,
            where=name,
            next_step="Open it in its own program and save it again, or save it as docx or txt.",
        ) from error
    return pages


def _without_margins(pages: list[list[str]]) -> tuple[list[list[str]], int]:
    """Pages without page numbers and without lines that most pages start or end with."""
    filled = [[line for line in page if line.strip()] for page in pages]
    edges = Counter(
        line for page in filled for line in {re.sub(r"\d+", "#", e) for e in page[:1] + page[-1:]}
    )
    often = {edge for edge, n in edges.items() if n >= 3 and n * 2 > len(filled)}
    kept, dropped = [], 0
    for page in filled:
        rest = list(page)
        for end in (0, -1):
            while rest and (
                _PAGE_NUMBER.match(rest[end]) or re.sub(r"\d+", "#", rest[end]) in often
            ):
                del rest[end]
                dropped += 1
        kept.append(rest)
    return kept, dropped


def _joined_lines(lines: list[str]) -> list[str]:
    made: list[str] = []
    for line in lines:
        words = line.strip()
        last = made[-1] if made else ""
        if last and words[:1].islower() and not _SENTENCE_ENDS.search(last):
            broken = last.endswith(("-", "\u00ad", "\u2010")) and last[-2:-1].isalpha()
            made[-1] = last[:-1] + words if broken else f"{last} {words}"
        else:
            made.append(words)
    return made
