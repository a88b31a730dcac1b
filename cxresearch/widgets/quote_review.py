"""Approve quotes for readers outside the study, one key each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from ..model import ActRefusedError
from .acts import REVIEW_ACTS, REVIEW_ASKS, Act
from .content import plain_rows
from .sources import joined_script, joined_style
from .window import Window

__all__ = ["MemoryReview", "QuoteReview", "ReviewDelta", "ReviewHandler"]

Row = dict[str, Any]
Place = tuple[str, int, int]
_SHOWN = ("document", "start", "end", "quote", "published", "proposed", "state", "title", "speaker",
          "code", "code_name", "stage", "stage_name", "valence", "note")  # fmt: skip


@dataclass(frozen=True)
class ReviewDelta:
    """What a decision changed: the candidates that are different now, whole."""

    candidates: Any = ()
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The delta as one JSON message."""
        rows = [{k: r[k] for k in _SHOWN if k in r} for r in plain_rows(self.candidates)]
        return {"candidates": rows, "can_undo": self.can_undo, "can_redo": self.can_redo}


class ReviewHandler(Protocol):
    """Who holds the candidates and writes the decisions; refuses with a `CxresearchError`."""

    def review(self) -> ReviewDelta:
        """All candidates as they stand.

        Columns `document`, `start`, `end`, `quote` (the very words), `published` (the words for
        readers), `proposed` (what the machine made of them), `state` (approved, rejected or
        empty), and for the reader's eye `title`, `speaker`, `code_name`, `stage_name`, `note`.
        """
        ...

    def perform(self, act: Act) -> ReviewDelta:
        """Write a decision; when this returns, it is safe."""
        ...


@dataclass
class MemoryReview:
    """Decisions kept in memory, with undo: for trying the widget, and for tests."""

    candidates: Any
    _rows: dict[Place, Row] = field(init=False, repr=False, default_factory=dict)
    _done: list[tuple[Place, Row, Row]] = field(init=False, repr=False, default_factory=list)
    _undone: list[tuple[Place, Row, Row]] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        for row in plain_rows(self.candidates):
            proposed = row.get("proposed") or row["published"]
            self._rows[_place(row)] = {"state": "", **row, "proposed": proposed}

    def review(self) -> ReviewDelta:
        """All candidates."""
        return self._delta(list(self._rows.values()))

    def approved(self) -> list[Row]:
        """The candidates that were approved."""
        return [row for row in self._rows.values() if row["state"] == "approved"]

    def perform(self, act: Act) -> ReviewDelta:
        """Write a decision in memory."""
        if act.act == "undo":
            return self._shift(self._done, self._undone, back=True)
        if act.act == "redo":
            return self._shift(self._undone, self._done, back=False)
        place = _place(act.fields)
        before = self._rows[place]
        if act.act == "approve_quote":
            after = {**before, "state": "approved", "published": act["published_text"]}
        else:
            after = {**before, "state": "rejected"}
        self._rows[place] = after
        self._done.append((place, before, after))
        self._undone.clear()
        return self._delta([after])

    def _shift(self, source: list[Any], target: list[Any], *, back: bool) -> ReviewDelta:
        if not source:
            return self._delta([])
        place, before, after = source.pop()
        target.append((place, before, after))
        self._rows[place] = before if back else after
        return self._delta([self._rows[place]])

    def _delta(self, rows: Sequence[Row]) -> ReviewDelta:
        return ReviewDelta(rows, can_undo=bool(self._done), can_redo=bool(self._undone))


def _place(row: Mapping[str, Any]) -> Place:
    return row["document"], row["start"], row["end"]


class QuoteReview(Window):
    """Decide which quotes may leave the study, and in which words.

    Shows the very words beside the words for readers, with what redaction took out and put in.
    Quotes travel as messages, never as widget state, so a saved notebook holds none of them.

    Parameters
    ----------
    handler : ReviewHandler
        Who holds the candidates.
    language : {"fi", "en"}
        Language of the texts on the screen.
    height : int
        Height in pixels, 280 to 4000.

    Raises
    ------
    SettingsError
        The language is unknown or the height is out of range.
    """

    _esm = joined_script("quote_review")
    _css = joined_style("coder")
    _called = "review"
    _lowest = 280
    _kinds: ClassVar = {**REVIEW_ACTS, **REVIEW_ASKS}

    def __init__(self, handler: ReviewHandler, *, language: str = "fi", height: int = 480) -> None:
        super().__init__(handler, language=language, height=height)
        self._quotes: dict[Place, str] = {}

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act == "open_review":
            review = self._handler.review().as_message()
            self._quotes = {_place(row): row["quote"] for row in review["candidates"]}
            return {"review": review}
        if act.act in ("approve_quote", "reject_quote"):
            act = self._checked(act)
        return {"delta": self._handler.perform(act).as_message()}

    def _checked(self, act: Act) -> Act:
        """Only candidates that are shown may be decided on, with the words that stand there."""
        quote = self._quotes.get(_place(act.fields))
        if quote is None or act.get("quote", quote) != quote:
            raise ActRefusedError(
                "This is not a candidate that the window shows.",
                next_step="Nothing was changed. Open the review again.",
            )
        if act.act == "approve_quote" and not act["published_text"].strip():
            raise ActRefusedError(
                "The published text is empty.", next_step="Write the words, or reject the quote."
            )
        return Act(act.id, act.act, {**act.fields, "quote": quote})
