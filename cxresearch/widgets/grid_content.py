"""What the survey grid shows, and who does its acts: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ..model import SettingsError
from .content import AutocodePreview, Delta, coding_rows, phase_rows, plain_rows

if TYPE_CHECKING:
    from .acts import Act

__all__ = ["GridContent", "GridHandler"]

MOST_COLUMNS = 8


@dataclass(frozen=True)
class GridContent:
    """Comments of a survey with the closed answers of the same respondents.

    Attributes
    ----------
    comments : DataFrame or rows
        Columns `document` and `text`; one row a comment, in the order to show.
    closed : DataFrame or rows
        `document`, then up to eight columns of closed answers or attributes to show and to
        filter by; a comment without a row here has empty cells.
    titles : mapping of str to str
        Titles of those columns; the column's name where there is none.
    codes, codings, suggestions, stages, memos, counts, choices, event, can_undo, can_redo
        As in `CoderContent`; codings of all the comments.
    """

    comments: Any
    closed: Any = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    codes: Any = ()
    codings: Any = ()
    suggestions: Any = ()
    stages: Any = ()
    memos: Any = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    event: int | None = None
    can_undo: bool = False
    can_redo: bool = False

    def texts(self) -> dict[str, str]:
        """Each comment's text by its id."""
        return {row["document"]: row["text"] for row in plain_rows(self.comments)}

    def as_message(self) -> dict[str, Any]:
        """The content as one JSON message."""
        closed = {row["document"]: row for row in plain_rows(self.closed)}
        names = [n for row in list(closed.values())[:1] for n in row if n != "document"]
        if len(names) > MOST_COLUMNS:
            raise SettingsError(
                "The survey grid has too many columns.",
                expected=f"at most {MOST_COLUMNS}",
                found=str(len(names)),
                next_step="Choose the closed answers that matter for reading the comments.",
            )
        rows = [
            {
                "document": document,
                "text": text,
                "points": len(text),
                "cells": [closed.get(document, {}).get(name) for name in names],
            }
            for document, text in self.texts().items()
        ]
        return {
            "columns": [{"name": n, "title": self.titles.get(n, n)} for n in names],
            "rows": rows,
            "codes": plain_rows(self.codes),
            "codings": coding_rows(self.codings),
            "suggestions": coding_rows(self.suggestions),
            "phases": phase_rows(self.stages),
            "memos": plain_rows(self.memos),
            "counts": dict(self.counts),
            "unplaced": [],
            "choices": {name: list(values) for name, values in self.choices.items()},
            "event": self.event,
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


@runtime_checkable
class GridHandler(Protocol):
    """Who holds the comments and does the acts; refuses with a `CxresearchError`."""

    def grid(self) -> GridContent:
        """The comments as they stand now."""
        ...

    def perform(self, act: Act) -> Delta:
        """Do the act; when this returns, it is safe."""
        ...

    def find(self, words: str, how: str, filters: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """Places of words, as for the coder."""
        ...

    def preview_autocode(self, fields: Mapping[str, Any]) -> AutocodePreview:
        """What an autocoding would code, as for the coder."""
        ...

    def code_quotes(self, code: str) -> Sequence[Mapping[str, Any]]:
        """Quotations of a code, as for the coder."""
        ...

    def changes_since(self, event: int) -> Delta:
        """What came after an event, as for the coder."""
        ...
