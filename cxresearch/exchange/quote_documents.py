"""The quote book as a Word document: headings of themes and codes, each quotation placed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..model import Codebook
from .word_documents import new_document, plain, save_document

__all__ = ["write_quotes_docx"]

_WORDS = {
    "fi": {
        "quote": "”{}”", "title": "Sitaattikirja", "none": "Ei sitaatteja.",
        "count": "{q} sitaattia, {d} dokumenttia", "turn": "puheenvuoro {}",
        "coder": "koodaaja {}", "valence": "sävy {}",
    },
    "en": {
        "quote": "“{}”", "title": "Quote book", "none": "No quotations.",
        "count": "{q} quotations, {d} documents", "turn": "turn {}",
        "coder": "coder {}", "valence": "valence {}",
    },
}  # fmt: skip


def write_quotes_docx(
    book: pd.DataFrame, target: Path, *, codebook: Codebook | None, language: str
) -> Path:
    """Write a book of quotations that `quote_books` has put in order and named."""
    say = _WORDS.get(language, _WORDS["en"])
    document = new_document(say["title"], language=language)
    if not len(book):
        document.add_paragraph(say["none"])
    definitions = (
        {c.name.to(language) or c.code: c.definition for c in codebook} if codebook else {}
    )
    theme = None
    for code, quotes in book.groupby("code", sort=False):
        if "theme" in quotes and quotes["theme"].iloc[0] not in ("", theme):
            theme = quotes["theme"].iloc[0]
            document.add_heading(plain(theme), level=1)
        document.add_heading(plain(code), level=2)
        if definitions.get(str(code)):
            document.add_paragraph(plain(definitions[str(code)]))
        count = say["count"].format(q=len(quotes), d=quotes["document"].nunique())
        document.add_paragraph(count)
        for quote in quotes.to_dict("records"):
            _add_quote(document, quote, say)
    return save_document(document, target)


def _add_quote(document: Any, quote: Mapping[str, Any], say: Mapping[str, str]) -> None:
    from docx.shared import Mm, Pt, RGBColor

    words = document.add_paragraph(style="Quote")
    words.paragraph_format.left_indent = Mm(8)
    words.paragraph_format.keep_with_next = True
    words.add_run(say["quote"].format(plain(quote["quote"])))
    parts = [plain(quote["document"])]
    if quote.get("turn", "") != "":
        parts.append(say["turn"].format(int(quote["turn"])))
    parts += [plain(quote[n]) for n in ("speaker", "respondent", "role") if quote.get(n, "") != ""]
    parts += [plain(quote[n]) for n in ("phase", "stage", "touchpoint") if quote.get(n, "") != ""]
    if quote.get("valence", "") != "":
        parts.append(say["valence"].format(f"{int(quote['valence']):+d}".replace("-", "−")))
    if quote.get("coder", "") != "":
        parts.append(say["coder"].format(plain(quote["coder"])))
    source = document.add_paragraph()
    source.paragraph_format.left_indent = Mm(8)
    run = source.add_run(" · ".join(parts))
    run.font.size, run.font.color.rgb = Pt(9), RGBColor(0x55, 0x55, 0x55)
    if quote.get("memo", "") != "":
        memo = document.add_paragraph()
        memo.paragraph_format.left_indent = Mm(8)
        memo.add_run(plain(quote["memo"])).italic = True
