"""A content analysis kept in memory: for trying the cards in a notebook, and for tests."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ..model import ActRefusedError
from .acts import Act
from .cards import CardContent
from .content import plain_rows

__all__ = ["MemoryCards"]

Row = dict[str, Any]
_BELOW = {"upper": "lower", "main": "upper"}


@dataclass
class _Board:
    reductions: dict[str, Row] = field(default_factory=dict)
    classes: dict[str, Row] = field(default_factory=dict)
    made: int = 0


@dataclass
class MemoryCards:
    """Reduced expressions and classes kept in memory, with undo; gone when the kernel stops.

    Parameters
    ----------
    quotations, codes : DataFrame or rows
        As in `CardContent`.

    Examples
    --------
    >>> from cxresearch.widgets import Act
    >>> desk = MemoryCards([{"coding": "c1", "document": "a", "quote": "Lasku oli väärin."}])
    >>> desk.perform(Act(1, "add_reduction", {"coding": "c1", "reduced": "Virheellinen lasku"}))
    >>> [row["reduced"] for row in desk.cards().reductions]
    ['Virheellinen lasku']
    """

    quotations: Any
    codes: Any = ()
    _now: _Board = field(init=False, repr=False, default_factory=_Board)
    _done: list[_Board] = field(init=False, repr=False, default_factory=list)
    _undone: list[_Board] = field(init=False, repr=False, default_factory=list)

    def cards(self) -> CardContent:
        """The analysis as it stands."""
        return CardContent(
            quotations=self.quotations,
            reductions=list(self._now.reductions.values()),
            classes=list(self._now.classes.values()),
            codes=self.codes,
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def perform(self, act: Act) -> None:
        """Do an act in memory, or refuse it."""
        if act.act in ("undo", "redo"):
            undone = act.act == "undo"
            source, target = (self._done, self._undone) if undone else (self._undone, self._done)
            if source:
                target.append(self._now)
                self._now = source.pop()
            return
        board = deepcopy(self._now)
        _DOING[act.act](self, board, act)
        self._done.append(self._now)
        self._undone.clear()
        self._now = board

    def source(self, coding: str) -> Row:
        """The quotation that a card comes from."""
        return _row({row["coding"]: row for row in plain_rows(self.quotations)}, coding)


def _add_reduction(desk: MemoryCards, board: _Board, act: Act) -> None:
    coding = desk.source(act["coding"])["coding"]
    board.made += 1
    name = f"card-{board.made}"
    reduced = _words(act["reduced"], "A reduced expression needs words of its own.")
    board.reductions[name] = {
        "reduction": name, "coding": coding, "reduced": reduced, "category": None
    }  # fmt: skip


def _change_reduction(_desk: MemoryCards, board: _Board, act: Act) -> None:
    words = _words(act["reduced"], "A reduced expression needs words of its own.")
    _row(board.reductions, act["reduction"])["reduced"] = words


def _remove_reduction(_desk: MemoryCards, board: _Board, act: Act) -> None:
    del board.reductions[_row(board.reductions, act["reduction"])["reduction"]]


def _group_reductions(_desk: MemoryCards, board: _Board, act: Act) -> None:
    if act["into"] is not None and _row(board.classes, act["into"])["level"] != "lower":
        raise _misplaced()
    for name in act["reductions"]:
        _row(board.reductions, name)["category"] = act["into"]


def _add_class(_desk: MemoryCards, board: _Board, act: Act) -> None:
    name = _words(act["name"], "A class needs a name of its own.")
    _refuse_taken(board, act["level"], name)
    above = act.get("into")
    if above is not None and _BELOW.get(_row(board.classes, above)["level"]) != act["level"]:
        raise _misplaced()
    board.made += 1
    key = f"class-{board.made}"
    board.classes[key] = {
        "category": key, "level": act["level"], "name": name, "parent": above
    }  # fmt: skip
    for member in act.get("members") or []:
        if act["level"] == "lower":
            _row(board.reductions, member)["category"] = key
        else:
            _hang(board, member, key)


def _hang(board: _Board, name: str, above: str | None) -> None:
    row = _row(board.classes, name)
    if above is not None and _BELOW.get(board.classes[above]["level"]) != row["level"]:
        raise _misplaced()
    row["parent"] = above


def _change_class(_desk: MemoryCards, board: _Board, act: Act) -> None:
    row = _row(board.classes, act["category"])
    name = _words(act["name"], "A class needs a name of its own.")
    if name != row["name"]:
        _refuse_taken(board, row["level"], name)
    row["name"] = name


def _group_classes(_desk: MemoryCards, board: _Board, act: Act) -> None:
    if act["into"] is not None:
        _row(board.classes, act["into"])
    for name in act["categories"]:
        _hang(board, name, act["into"])


def _remove_class(_desk: MemoryCards, board: _Board, act: Act) -> None:
    gone = _row(board.classes, act["category"])["category"]
    del board.classes[gone]
    for row in board.classes.values():
        row["parent"] = None if row["parent"] == gone else row["parent"]
    for row in board.reductions.values():
        row["category"] = None if row["category"] == gone else row["category"]


def _row(rows: dict[str, Row], key: str) -> Row:
    if key not in rows:
        raise ActRefusedError("There is no such card.", next_step="Nothing was changed. Reload.")
    return rows[key]


def _words(text: str, refusal: str) -> str:
    if not text.strip():
        raise ActRefusedError(refusal, next_step="Nothing was changed.")
    return " ".join(text.split())


def _refuse_taken(board: _Board, level: str, name: str) -> None:
    if any(row["level"] == level and row["name"] == name for row in board.classes.values()):
        raise ActRefusedError(
            "A class needs a name of its own.",
            next_step="Nothing was changed. Choose another name.",
        )


def _misplaced() -> ActRefusedError:
    return ActRefusedError("These can't be put into this class.", next_step="Nothing was changed.")


_DOING: dict[str, Callable[[MemoryCards, _Board, Act], None]] = {
    "add_reduction": _add_reduction,
    "change_reduction": _change_reduction,
    "remove_reduction": _remove_reduction,
    "group_reductions": _group_reductions,
    "add_class": _add_class,
    "change_class": _change_class,
    "group_classes": _group_classes,
    "remove_class": _remove_class,
}
