"""What every section of a findings page shares: its shape, filters and small parts."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import interval, number
from . import markup
from .material import EVERYONE, Material
from .texts import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "KINDS",
    "Section",
    "by_name",
    "drawn",
    "filtered",
    "heading",
    "interval_column",
    "kind_keys",
    "n_column",
    "quotes_html",
    "segment_keys",
]

KINDS = (EVERYONE, "people", "machine")


@dataclass(frozen=True)
class Section:
    """A section in one language: HTML for each choice of the filters that it listens to.

    `parts` is keyed by the choices joined with `|`, in the order of `listens`; a section that
    listens to nothing has the one key "".
    """

    name: str
    title: str
    parts: dict[str, str]
    listens: tuple[str, ...] = ()


def segment_keys(material: Material) -> list[str]:
    """Choices of the segment filter."""
    return [EVERYONE, *material.segment_ids()]


def kind_keys(material: Material) -> list[str]:
    """Choices of the respondents' filter.

    Machine customers can be told apart only where both they and the people are enough: otherwise
    the difference of two shown numbers would tell about a few.
    """
    kinds = material.answers["kind"] if "kind" in material.answers else pd.Series(dtype=object)
    who = material.answers.reindex(columns=["respondent"])["respondent"]
    machines = who[kinds == "machine"].nunique()
    people = who[kinds != "machine"].nunique()
    return list(KINDS) if min(machines, people) >= material.minimum_cell else [EVERYONE]


def filtered(frame: pd.DataFrame, *, segment: str = EVERYONE, kind: str = EVERYONE) -> pd.DataFrame:
    """The rows of a segment and of people, machines or all."""
    if segment != EVERYONE:
        frame = frame[frame["segment"] == segment]
    if kind == "people":
        frame = frame[frame["kind"] != "machine"]
    elif kind == "machine":
        frame = frame[frame["kind"] == "machine"]
    return frame


def drawn(
    figure: Callable[..., Figure], *, alternative: str, caption: str, language: str, **given: object
) -> str:
    """Draw a figure for wide screens and for phones and put both into the page."""
    pictures = []
    for narrow in (False, True):
        pictures.append(_svg(figure(language=language, narrow=narrow, **given)))
    return markup.figure(pictures[0], pictures[1], alternative=alternative, caption=caption)


def _svg(figure: Figure) -> bytes:
    import matplotlib as mpl

    sink = io.BytesIO()
    look: dict[Any, object] = {
        # real text: sharp, small, and read by screen readers that look into pictures
        "svg.fonttype": "none",
        "svg.hashsalt": "cxresearch",
        # the font by which lines are measured comes first; Verdana has its widths
        "font.sans-serif": ["DejaVu Sans", "Verdana"],
    }
    with mpl.rc_context(look):
        figure.savefig(sink, format="svg", bbox_inches="tight", metadata={"Date": None})
    return sink.getvalue()


def heading(name: str, language: str) -> str:
    """A third-level heading with a text of the pages."""
    return f"<h3>{say(name, language)}</h3>"


def by_name(told: str, ids: Iterable[str], material: Material, language: str) -> str:
    """HTML with things by the names that readers know, not by their ids."""
    for one in ids:
        name = html.escape(material.name(one, language)).replace("\\", r"\\")
        told = re.sub(rf"(?<=[ ,>]){re.escape(one)}(?=[ ,:])", name, told)
    return told


def n_column(language: str) -> Callable[[object], str]:
    """Writes a count."""
    return lambda value: number(float(value), language)  # type: ignore[arg-type]


def interval_column(
    frame: pd.DataFrame, language: str, *, decimals: int = 0, factor: float = 1.0
) -> pd.Series:
    """`ci_low` and `ci_high` as one readable column; a dash where hidden."""
    return pd.Series(
        [
            "–"
            if pd.isna(low) or pd.isna(high)
            else interval(low * factor, high * factor, language, decimals=decimals)
            for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
        ],
        index=frame.index,
        dtype=object,
    )


def quotes_html(quotes: pd.DataFrame, material: Material, language: str, *, most: int = 6) -> str:
    """Approved quotes, strongest feeling first, each with who speaks and where it was said."""
    if quotes.empty:
        return ""
    strength = quotes["valence"].astype(float).abs().fillna(0)
    chosen = quotes.assign(_strength=strength).sort_values("_strength", ascending=False)
    return "".join(
        markup.quote(
            f"”{row.published}”" if language == "fi" else f"“{row.published}”",
            source=_speaker(row, material, language),
            language=row.language,
        )
        for row in chosen.head(most).itertuples()
    )


def _speaker(row, material: Material, language: str) -> str:  # type: ignore[no-untyped-def]
    parts = []
    if row.kind == row.kind and row.kind:
        parts.append(say(f"kind_{row.kind}", language))
    if row.source == row.source and row.source:
        parts.append(say(f"source_{row.source}", language))
    stage = material.name(row.stage, language)
    return " · ".join([*parts, stage] if stage else parts)
