"""Profile cards as files: a web page, a Word document and pictures, in each language."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..exchange.word_documents import new_document, plain, save_document
from ..model import CxresearchError
from .card_figure import card_figure
from .cards import CARD_WORDS, ProfileCard, card_html

__all__ = ["cards_docx", "cards_page", "write_cards"]

_STYLE = """
:root { color-scheme: light dark; --line: #d5d9dd; --soft: #5f6368; --warn: #8a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --line: #45494d; --soft: #b4b8bd; --warn: #f0b060; }
}
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem; }
h1 { font-size: 1.5rem; } h3 { font-size: 1.25rem; margin: 0; } h4 { margin: 0 0 .25rem; }
.cx-cards { display: grid; gap: 1rem; }
.cx-card { border: 1px solid var(--line); border-radius: .5rem; break-inside: avoid;
  padding: 1rem; }
.cx-card section { break-inside: avoid; padding-top: .75rem; }
@media (min-width: 44rem) { .cx-card { columns: 2; column-gap: 2rem; }
  .cx-card h3, .cx-card > p { column-span: all; } }
.cx-card-size, .cx-card-empty, footer { color: var(--soft); margin: .25rem 0; }
.cx-card-warning { color: var(--warn); font-weight: 600; margin: .25rem 0; }
ul { margin: 0; padding-left: 1.2rem; }
blockquote { border-left: 3px solid var(--line); font-style: italic; margin: .5rem 0;
  overflow-wrap: anywhere; padding-left: .75rem; }
footer { font-size: .875rem; font-style: normal; }
"""


def cards_page(cards: Sequence[ProfileCard], *, title: str, language: str = "en") -> str:
    """All cards as one HTML page that stands alone: no script, no other file; prints well."""
    body = "\n".join(card_html(card, language=language) for card in cards)
    name, note = html.escape(title), html.escape(CARD_WORDS["draft"].to(language))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{name}</h1>\n<p>{note}</p>\n<div class="cx-cards">\n{body}\n</div>\n</main>\n'
        "</body>\n</html>\n"
    )


def cards_docx(
    cards: Sequence[ProfileCard], path: str | Path, *, title: str, language: str = "en"
) -> Path:
    """All cards as a Word document, one a page, to be completed and edited by people."""
    document = new_document(title, language=language)
    document.add_paragraph(plain(CARD_WORDS["draft"].to(language)))
    for i, card in enumerate(cards):
        if i:
            document.add_page_break()
        _card(document, card, language)
    return save_document(document, Path(path))


def _card(document: Any, card: ProfileCard, language: str) -> None:
    document.add_heading(plain(card.heading(language)), level=1)
    document.add_paragraph(plain(card.size_line(language)))
    for text in card.cautions(language):
        document.add_paragraph().add_run(plain(text)).bold = True
    nothing = CARD_WORDS["unknown"].to(language)
    for heading, lines in card.sections(language):
        document.add_heading(plain(heading), level=2)
        style = "Normal" if lines == [nothing] else "List Bullet"
        for line in lines:
            document.add_paragraph(plain(line), style=style)
    if card.sayings:
        document.add_heading(plain(CARD_WORDS["quotes"].to(language)), level=2)
    for saying in card.sayings:
        document.add_paragraph(plain(f"”{saying.text}”"), style="Quote")
        document.add_paragraph(plain(f"— {saying.where(language)}"))


def write_cards(
    cards: Sequence[ProfileCard],
    folder: str | Path,
    *,
    title: dict[str, str],
    languages: Sequence[str] = ("fi", "en"),
) -> list[Path]:
    """Write the cards as html, docx, png (wide and narrow) and one csv.

    Parameters
    ----------
    cards : sequence of ProfileCard
    folder : path
        Made when it is not there. Files of these names are replaced.
    title : dict
        Language to the heading of page and document.
    languages : sequence of str
        fi, en.

    Returns
    -------
    list of pathlib.Path
        cards.LANGUAGE.html, cards.LANGUAGE.docx, GROUP.LANGUAGE.png, GROUP.LANGUAGE.narrow.png,
        and cards.csv: group, name_fi, name_en, n, share, jaccard, verdict.

    Raises
    ------
    CxresearchError
        The folder can't be written to. Files are made beside it first, so none is left half-made.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".cards-", dir=target) as draft:
            made = _write_all(cards, Path(draft), title, languages)
            return [path.replace(target / path.name) for path in made]
    except OSError as problem:
        raise CxresearchError(
            "The profile cards could not be written.",
            found=problem.strerror or type(problem).__name__,
            where=target.name,
            next_step="Name another folder, or give the right to write.",
        ) from problem


def _write_all(
    cards: Sequence[ProfileCard], folder: Path, title: dict[str, str], languages: Sequence[str]
) -> list[Path]:
    made = []
    for language in languages:
        heading = title.get(language) or next(iter(title.values()), "")
        page = folder / f"cards.{language}.html"
        page.write_text(cards_page(cards, title=heading, language=language), encoding="utf-8")
        made += [
            page,
            cards_docx(cards, folder / f"cards.{language}.docx", title=heading, language=language),
        ]
        for card in cards:
            for narrow in (False, True):
                name = f"{card.group}.{language}{'.narrow' if narrow else ''}.png"
                figure = card_figure(card, language=language, narrow=narrow)
                figure.savefig(folder / name, dpi=150)
                made.append(folder / name)
    rows = [
        {
            "group": c.group,
            "name_fi": c.name.to("fi"),
            "name_en": c.name.to("en"),
            "n": c.n,
            "share": round(c.share, 4),
            "jaccard": round(c.jaccard, 4),
            "verdict": c.verdict,
        }
        for c in cards
    ]
    pd.DataFrame(rows).to_csv(folder / "cards.csv", index=False, encoding="utf-8-sig")
    return [*made, folder / "cards.csv"]
