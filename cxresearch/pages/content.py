"""A findings page in one language: heading, filters, sections; all HTML made in advance."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from ..model import Words
from . import markup
from .material import EVERYONE, Material
from .section_improvements import improvements_section
from .section_journey import journey_section
from .section_links import links_section
from .section_method import method_section
from .section_metrics import metrics_section
from .section_overview import overview_section
from .section_segments import segments_section
from .section_themes import themes_section
from .sections import Section, kind_keys, segment_keys
from .texts import say

__all__ = ["SECTIONS", "build_content"]

SECTIONS: dict[str, Callable[[Material, str], Section]] = {
    "overview": overview_section,
    "journey": journey_section,
    "themes": themes_section,
    "segments": segments_section,
    "metrics": metrics_section,
    "links": links_section,
    "improvements": improvements_section,
    "method": method_section,
}


def build_content(
    material: Material, language: str, *, progress: Callable[[str], None] = lambda name: None
) -> dict[str, Any]:
    """The page as plain data: what `pages.findings` shows and the bundle keeps as JSON."""
    sections = []
    for name, make in SECTIONS.items():
        sections.append(make(material, language))
        progress(name)
    return {
        "language_name": say("language_name", language),
        "heading": _heading(material, sections, language),
        "nothing": markup.paragraph(say("nothing", language)),
        "filters": _filters(material, language),
        "sections": [
            {
                "name": section.name,
                "title": html.escape(section.title),
                "listens": list(section.listens),
                "parts": {key: _unbroken(part) for key, part in section.parts.items()},
            }
            for section in sections
        ],
    }


def _unbroken(part: str) -> str:
    """No line ends between a number and its %, nor inside `n = 12`."""
    gap = "\N{NO-BREAK SPACE}"
    return re.sub(r"\bn = ", f"n{gap}={gap}", part.replace(" %", f"{gap}%"))


def _heading(material: Material, sections: list[Section], language: str) -> str:
    study = material.settings.study
    title = html.escape(Words(study.title).to(language) or study.name)
    notice = Words(study.notice).to(language)
    shown = markup.paragraph(notice, kind="notice") if notice else ""
    links = markup.bulleted(
        f'<a href="#{section.name}">{html.escape(section.title)}</a>' for section in sections
    )
    contents = html.escape(say("contents", language))
    return f'<h1>{title}</h1>{shown}<nav aria-label="{contents}">{links}</nav>'


def _filters(material: Material, language: str) -> dict[str, Any]:
    def segment_label(segment: str) -> str:
        if segment == EVERYONE:
            return say("all_segments", language)
        return material.segment_title(segment, language)

    kinds = {EVERYONE: "all_kinds", "people": "people", "machine": "machine"}
    options = {
        "segment": [[s, segment_label(s)] for s in segment_keys(material)],
        "kind": [[k, say(kinds[k], language)] for k in kind_keys(material)],
    }
    return {n: {"label": say(n, language), "options": given} for n, given in options.items()}
