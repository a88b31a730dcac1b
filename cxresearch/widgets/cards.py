"""Content analysis by moving cards: from words that were said to main categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from .acts import CARD_ACTS, CARD_ASKS, Act
from .content import plain_rows
from .sources import joined_script, joined_style
from .window import Window

__all__ = ["CardContent", "CardHandler", "ContentAnalysisCards"]

Row = dict[str, Any]


@dataclass(frozen=True)
class CardContent:
    """A content analysis as it stands.

    Attributes
    ----------
    quotations : DataFrame or rows
        Original expressions (alkuperäinen ilmaus): `coding`, `document`, `start`, `quote`, `code`,
        and `title` of the document where there is one.
    reductions : DataFrame or rows
        Reduced expressions (pelkistetty ilmaus): `reduction`, `coding` (the quotation that it
        comes from), `reduced`, `category` (the lower class, missing while loose).
    classes : DataFrame or rows
        `category`, `level` (lower: alaluokka, upper: yläluokka, main: pääluokka), `name`,
        `parent` (the class of the level above, missing while loose).
    codes : DataFrame or rows
        Columns of the `codebook` contract: to show the quotations of one code.
    can_undo, can_redo : bool
    """

    quotations: Any
    reductions: Any = ()
    classes: Any = ()
    codes: Any = ()
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The content as one JSON message."""
        return {
            "quotations": plain_rows(self.quotations),
            "reductions": plain_rows(self.reductions),
            "classes": plain_rows(self.classes),
            "codes": plain_rows(self.codes),
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


@runtime_checkable
class CardHandler(Protocol):
    """Who holds the analysis and does the acts; refuses with a `CxresearchError`."""

    def cards(self) -> CardContent:
        """The analysis as it stands now."""
        ...

    def perform(self, act: Act) -> object:
        """Do one of `CARD_ACTS`; when this returns, it is safe."""
        ...


class ContentAnalysisCards(Window):
    """Content analysis after Tuomi & Sarajärvi, by mouse or by keyboard alone.

    Coded quotations are reduced to simpler expressions; these cards are grouped into lower
    classes, those into upper classes, and those into main classes. Each card shows the words that
    it comes from. `study.expressions` and `coding.content_analysis` give the table of the result.

    Parameters
    ----------
    handler : CardHandler
        Who holds the analysis: `MemoryCards` to try things out;
        `cxresearch.steps.open_content_analysis` gives one of a study.
    language : {"fi", "en"}
        Language of the texts on the screen.
    height : int
        Height in pixels, 320 to 4000.

    Raises
    ------
    SettingsError
        The language is unknown or the height is out of range.
    """

    _esm = joined_script("cards")
    _css = joined_style("coder", "boards")
    _called = "board"
    _kinds: ClassVar = {**CARD_ACTS, **CARD_ASKS}

    def __init__(self, handler: CardHandler, *, language: str = "fi", height: int = 640) -> None:
        super().__init__(handler, language=language, height=height)

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act != "open_cards":
            self._handler.perform(act)
        return {"content": self._handler.cards().as_message()}
