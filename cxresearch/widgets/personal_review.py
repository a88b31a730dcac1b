"""Review a text for personal words: each in its place, one key each, before publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from ..model import ActRefusedError
from .acts import PERSONAL_ACTS, PERSONAL_ASKS, Act
from .content import plain_rows
from .sources import joined_script, joined_style
from .window import Window
from .wire import with_own_quote

__all__ = ["MemoryPersonal", "PersonalDelta", "PersonalHandler", "PersonalReview", "personal_rows"]

Row = dict[str, Any]
_WORD = ("start", "end", "quote", "kind", "source", "state", "mark", "pseudonym")


def personal_rows(words: Any) -> list[Row]:
    """Personal words of a document as the window shows them, without what it need not know."""
    return [{name: row.get(name) for name in _WORD} for row in plain_rows(words)]


@dataclass(frozen=True)
class PersonalDelta:
    """A document as it stands: its text, its personal words, and how far the review is.

    `words` have `start`, `end` (code points), `quote`, `kind`, `source`, `state` ("" undecided,
    personal, open, replaced), `mark` (id of the decision, or empty) and `pseudonym`. `documents`
    have `document`, `title`, `open` (undecided words), `words` and `reviewed`.
    """

    document: str
    text: str
    words: Sequence[Row] = ()
    documents: Sequence[Row] = ()
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The delta as one JSON message; `points` is the text's length in code points."""
        return {
            "document": self.document,
            "text": self.text,
            "points": len(self.text),
            "words": list(self.words),
            "documents": list(self.documents),
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


class PersonalHandler(Protocol):
    """Who holds the texts and writes the decisions; refuses with a `CxresearchError`."""

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """Documents to review, in order; see `PersonalDelta`."""
        ...

    def content(self, document: str) -> PersonalDelta:
        """One document as it stands now."""
        ...

    def perform(self, act: Act) -> PersonalDelta:
        """Write a decision and give the shown document anew; when this returns, it is safe."""
        ...


@dataclass
class MemoryPersonal:
    """A review kept in memory, with undo: for trying the widget, and for tests.

    `texts` are texts by document, `found` what a machine found in them: rows with `document`,
    `start`, `end`, `kind`, `source`, `pseudonym`.
    """

    texts: Mapping[str, str]
    found: Sequence[Mapping[str, Any]] = ()
    _state: dict[tuple[str, int, int], Row] = field(default_factory=dict)
    _read: frozenset[str] = frozenset()
    _done: list[Any] = field(default_factory=list)
    _undone: list[Any] = field(default_factory=list)

    def documents(self) -> list[Row]:
        """Documents with how many words wait."""
        rows = []
        for name in self.texts:
            words = self._words(name)
            waiting = sum(not word["state"] for word in words)
            read = name in self._read
            rows.append({"document": name, "title": name, "open": waiting, "words": len(words),
                         "reviewed": read})  # fmt: skip
        return rows

    def content(self, document: str) -> PersonalDelta:
        """One document."""
        return PersonalDelta(
            document,
            self.texts[document],
            self._words(document),
            self.documents(),
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def perform(self, act: Act) -> PersonalDelta:
        """Write a decision in memory."""
        if act.act in ("undo", "redo"):
            source, target = (self._done, self._undone)[:: 1 if act.act == "undo" else -1]
            if source:
                target.append((dict(self._state), self._read))
                self._state, self._read = source.pop()
            return self.content(act["document"])
        self._done.append((dict(self._state), self._read))
        self._undone.clear()
        if act.act == "decide_passages":
            self._decide(act)
        elif act.act == "reopen_passages":
            gone = set(act["marks"])
            self._state = {k: row for k, row in self._state.items() if row["mark"] not in gone}
        else:
            one = frozenset([act["document"]])
            self._read = self._read | one if act.act == "finish_review" else self._read - one
        return self.content(act["document"])

    def _decide(self, act: Act) -> None:
        places = [(act["document"], act["start"], act["end"])]
        if act.get("everywhere"):
            places += [
                (row["document"], row["start"], row["end"])
                for row in self.found
                if self.texts[row["document"]][row["start"] : row["end"]] == act["quote"]
            ]
        for place in places:
            mark = "m" + "-".join(map(str, place))
            self._state[place] = {"state": act["state"], "kind": act["kind"], "mark": mark}

    def _words(self, document: str) -> list[Row]:
        rows: dict[tuple[str, int, int], Row] = {
            (row["document"], row["start"], row["end"]): {"state": "", "mark": "", **row}
            for row in self.found
            if row["document"] == document
        }
        for place, decided in self._state.items():
            if place[0] == document:
                fresh = {"start": place[1], "end": place[2], "source": "added", "pseudonym": "[H]"}
                rows[place] = {**rows.get(place, fresh), **decided}
        text = self.texts[document]
        quoted = [{**row, "quote": text[row["start"] : row["end"]]} for row in rows.values()]
        return sorted(personal_rows(quoted), key=lambda row: row["start"])


class PersonalReview(Window):
    """Decide which words of a text are personal, and say which documents have been read.

    Texts travel as messages, never as widget state, so a saved notebook holds none of them.

    Parameters
    ----------
    handler : PersonalHandler
        Who holds the texts.
    language : {"fi", "en"}
        Language of the texts on the screen.
    height : int
        Height in pixels, 320 to 4000.

    Raises
    ------
    SettingsError
        The language is unknown or the height is out of range.
    """

    _esm = joined_script("personal_review")
    _css = joined_style("coder", "personal_review")
    _called = "review"
    _kinds: ClassVar = {**PERSONAL_ACTS, **PERSONAL_ASKS}

    def __init__(
        self, handler: PersonalHandler, *, language: str = "fi", height: int = 560
    ) -> None:
        super().__init__(handler, language=language, height=height)
        self._shown: dict[str, str] = {}

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act == "open_personal":
            return {"review": self._told(self._handler.content(self._named(act)))}
        if act.act == "decide_passages":
            act = with_own_quote(act, self._shown)
        elif act["document"] not in self._shown:
            raise ActRefusedError(
                "This document is not open.", next_step="Nothing was changed. Open it first."
            )
        return {"delta": self._told(self._handler.perform(act))}

    def _named(self, act: Act) -> str:
        """The document asked for; else the first that waits, else the first of all."""
        rows = self._handler.documents()
        if act.get("document") is not None:
            return str(act["document"])
        if not rows:
            raise ActRefusedError("The study has no documents to review.")
        waiting = [row for row in rows if not row["reviewed"]]
        return str((waiting or rows)[0]["document"])

    def _told(self, content: PersonalDelta) -> Row:
        self._shown[content.document] = content.text
        return content.as_message()
