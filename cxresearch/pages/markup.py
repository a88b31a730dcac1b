"""Small pieces of HTML for findings pages: tables, sentences, quotes, figures; all escaped."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..model import Finding, Words

__all__ = [
    "bulleted",
    "details",
    "figure",
    "finding_sentence",
    "paragraph",
    "quote",
    "table",
    "warnings_of",
]

Formatter = Callable[[Any], str]


def paragraph(text: str, *, kind: str = "") -> str:
    """A paragraph; `kind` is a class without its `cx-` prefix."""
    attribute = f' class="cx-{kind}"' if kind else ""
    return f"<p{attribute}>{html.escape(text)}</p>"


def warnings_of(finding: Finding, language: str) -> str:
    """The warnings of a finding, each on a line of its own."""
    return "".join(paragraph(w.to(language), kind="warn") for w in finding.warnings)


def finding_sentence(finding: Finding, language: str) -> str:
    """A finding's sentence and its warnings."""
    return paragraph(finding.sentence(language), kind="lead") + warnings_of(finding, language)


def table(
    frame: pd.DataFrame,
    *,
    headings: Mapping[str, str],
    caption: str,
    formats: Mapping[str, Formatter] | None = None,
) -> str:
    """A table with a caption; columns are those of `headings`, in that order.

    Columns with a formatter are numbers: they align to the right.
    """
    formats = formats or {}
    numeric = {name: ' class="cx-number"' if name in formats else "" for name in headings}
    head = "".join(
        f'<th scope="col"{numeric[name]}>{html.escape(text)}</th>'
        for name, text in headings.items()
    )
    rows = "".join(
        f"<tr>{_row(row, list(headings), formats, numeric)}</tr>"
        for row in frame.to_dict("records")
    )
    return (
        f'<div class="cx-scroll" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f"<table><caption class='cx-soft'>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(
    row: Mapping[str, Any],
    names: Sequence[str],
    formats: Mapping[str, Formatter],
    numeric: Mapping[str, str],
) -> str:
    cells = []
    for position, name in enumerate(names):
        value = row.get(name)
        shown = "–" if _missing(value) else formats.get(name, str)(value)
        tag, scope = ("th", ' scope="row"') if position == 0 else ("td", "")
        cells.append(f"<{tag}{scope}{numeric[name]}>{html.escape(shown)}</{tag}>")
    return "".join(cells)


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str | Words) and bool(pd.isna(value)))


def quote(text: str, *, source: str, language: str | None = None) -> str:
    """An approved quote with where it comes from."""
    attribute = f' lang="{html.escape(language)}"' if language in ("fi", "en", "sv") else ""
    return (
        f"<blockquote{attribute}>{html.escape(text)}"
        f"<footer>{html.escape(source)}</footer></blockquote>"
    )


def details(summary: str, inside: str) -> str:
    """Something to open: the summary is text, the inside is HTML."""
    return f"<details><summary>{html.escape(summary)}</summary>{inside}</details>"


def bulleted(items: Iterable[str], *, ordered: bool = False, kind: str = "") -> str:
    """A list of ready HTML items."""
    tag = "ol" if ordered else "ul"
    attribute = f' class="cx-{kind}"' if kind else ""
    return f"<{tag}{attribute}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>"


def figure(wide: bytes, narrow: bytes | None, *, alternative: str, caption: str) -> str:
    """A figure that is drawn once for wide screens and once for phones.

    `wide` and `narrow` are SVG or PNG bytes; they travel inside the page, so that no other
    address is asked for anything.
    """
    source = (
        f'<source media="(max-width: 600px)" srcset="{_data_address(narrow)}">' if narrow else ""
    )
    return (
        f"<figure><picture>{source}"
        f'<img src="{_data_address(wide)}" alt="{html.escape(alternative)}"></picture>'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )


def _data_address(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"
