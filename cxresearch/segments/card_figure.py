"""A profile card as a figure, for slides, posters and png files."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cards import CARD_WORDS, ProfileCard
from .figures import VERDICT_COLOURS, new_figure, themed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["card_figure"]

_LINE = 0.185  # inches from line to line
_INK, _MUTED, _RULE = "#222222", "#5F6368", "#D5D9DD"
_MORE, _LESS = "#0072B2", "#D55E00"
_HALF = 0.3  # inches, half of a strength bar's place


@dataclass(frozen=True)
class _Line:
    """One line of text: its look, whether bars stand beside it, and the bar of this line."""

    text: str
    look: str = "text"
    beside: bool = False
    strength: float | None = None


@themed
def card_figure(card: ProfileCard, *, language: str = "en", narrow: bool = False) -> Figure:
    """Draw a card: who they are, what sets them apart, needs, goals, pains, metrics, words.

    Parameters
    ----------
    card : ProfileCard
    language : str
        fi or en.
    narrow : bool
        One column, for a phone.

    Returns
    -------
    matplotlib.figure.Figure
        As high as its text needs. The band at the top has the colour of the verdict on stability;
        bars beside the traits show how strongly each sets the group apart (blue more, red less).
    """
    width = 4.2 if narrow else 9.6
    letters = 50 if narrow else 60
    sections = _sections(card, language, letters)
    columns = [sections] if narrow else _two_columns(sections)
    heading = textwrap.wrap(card.heading(language), 40 if narrow else 82)
    size = textwrap.wrap(card.size_line(language), letters if narrow else 110)
    notes = [
        line
        for text in card.cautions(language)
        for line in textwrap.wrap(text, letters if narrow else 120)
    ]
    top = 0.3 + 0.27 * len(heading) + _LINE * (len(size) + len(notes)) + 0.2
    quotes = _quotes(card, language, 54 if narrow else 124)
    body = max(sum(len(section) + 0.7 for section in column) for column in columns)
    height = top + _LINE * (body + len(quotes) + 1.2) + 0.1
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    ax.fill_between([0, width], 0, 0.1, color=VERDICT_COLOURS[card.verdict])
    y = 0.32
    for line in heading:
        ax.text(0.2, y, line, fontsize=13, fontweight="bold", color=_INK, va="center")
        y += 0.27
    for line in (*size, *notes):
        weight = "bold" if line in notes else "normal"
        ax.text(0.2, y, line, fontsize=8.5, color=_MUTED, va="center", fontweight=weight)
        y += _LINE
    bottoms = [
        _column(ax, column, left=0.2 + i * width / 2, top=top) for i, column in enumerate(columns)
    ]
    y = max(bottoms)
    for words in quotes:
        _write(ax, words, 0.2, y)
        y += _LINE
    return figure


def _sections(card: ProfileCard, language: str, letters: int) -> list[list[_Line]]:
    found = []
    for position, (title, texts) in enumerate(card.sections(language)):
        lines = [_Line(title, "head")]
        for i, text in enumerate(texts):
            bars = position == 0 and i < len(card.strengths)
            strength = card.strengths[i] if bars else None
            first, *rest = (
                textwrap.wrap(text, letters - 11)
                if bars
                else textwrap.wrap(text, letters, initial_indent="• ", subsequent_indent="   ")
            )
            lines.append(_Line(first, "text", bars, strength))
            lines += [_Line(line, "text", bars) for line in rest]
        found.append(lines)
    return found


def _two_columns(sections: list[list[_Line]]) -> list[list[list[_Line]]]:
    """Cut where the higher of the two columns is lowest; the order is kept."""
    cuts = range(1, len(sections)) if len(sections) > 1 else [1]
    cut = min(
        cuts, key=lambda c: max(sum(map(len, sections[:c])), sum(map(len, sections[c:])) + 1e-3)
    )
    return [sections[:cut], sections[cut:]]


def _quotes(card: ProfileCard, language: str, letters: int) -> list[_Line]:
    if not card.sayings:
        return []
    lines = [_Line(CARD_WORDS["quotes"].to(language), "head")]
    for saying in card.sayings:
        lines += [_Line(t, "quote") for t in textwrap.wrap(f"”{saying.text}”", letters)]
        lines.append(_Line(f"— {saying.where(language)}", "source"))
    return lines


def _column(ax: Axes, sections: list[list[_Line]], *, left: float, top: float) -> float:
    y = top
    for section in sections:
        for line in section:
            _write(ax, line, left, y)
            y += _LINE
        y += 0.7 * _LINE
    return y


def _write(ax: Axes, line: _Line, left: float, y: float) -> None:
    looks = {
        "head": {"fontsize": 9.5, "fontweight": "bold", "color": _INK},
        "text": {"fontsize": 8.5, "color": _INK},
        "quote": {"fontsize": 8.5, "color": _INK, "fontstyle": "italic"},
        "source": {"fontsize": 7.5, "color": _MUTED},
    }
    if line.strength is not None:
        middle = left + _HALF
        end = middle + _HALF * max(-1.0, min(1.0, line.strength))
        ax.plot([middle, middle], [y - 0.07, y + 0.07], color=_RULE, linewidth=1)
        ax.plot(
            [middle, end],
            [y, y],
            color=_MORE if line.strength > 0 else _LESS,
            linewidth=5,
            solid_capstyle="butt",
        )
    shift = 2 * _HALF + 0.08 if line.beside else 0.0
    ax.text(left + shift, y, line.text, va="center", **looks[line.look])  # type: ignore[arg-type]
