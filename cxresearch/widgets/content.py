"""What the coder shows, what an act answers, and who does the acts: all plain data."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ..model import SettingsError

if TYPE_CHECKING:
    from .acts import Act

__all__ = [
    "ActHandler",
    "AutocodePreview",
    "CoderContent",
    "Delta",
    "coding_rows",
    "phase_rows",
    "plain_rows",
]

Row = dict[str, Any]


def plain_rows(table: Any) -> list[Row]:
    """Rows of a table as dicts that JSON can hold.

    Parameters
    ----------
    table : pandas.DataFrame or iterable of mappings
        Missing values (NaN, NA, NaT) become None, numpy numbers plain numbers, times ISO text.

    Returns
    -------
    list of dict
    """
    if hasattr(table, "to_dict") and hasattr(table, "columns"):
        names = [str(name) for name in table.columns]
        columns = [[_plain(v) for v in table[name].tolist()] for name in table.columns]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return [{str(k): _plain(v) for k, v in dict(row).items()} for row in table]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (dt.datetime, dt.date)):
        return None if value != value else value.isoformat()
    if hasattr(value, "item"):
        return _plain(value.item())
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    # NaT differs from itself; pd.NA gives NA, which is neither true nor false
    return str(value) if (value != value) is False else None


@dataclass(frozen=True)
class CoderContent:
    """One document as the coder shows it, with the codebook and what was coded.

    Attributes
    ----------
    document, title, text : str
        The document; `text` is its normalised text, and all places count its code points.
    turns : DataFrame or rows
        Columns of the `turns` contract (`document` may be absent). Without turns the whole text
        is one turn.
    codes : DataFrame or rows
        Columns of the `codebook` contract, in order.
    codings : DataFrame or rows
        Columns of the `codings` contract, of this document and the coders to be shown.
    suggestions : DataFrame or rows
        The same columns with `score`; `coding` is the suggestion's id.
    stages : DataFrame or rows
        Columns of the `stages` contract: phases in their order.
    memos : rows
        Columns `about` (code, document, study), `target`, `text`.
    counts : mapping of str to int
        Codings in the whole study by code.
    unplaced : rows
        Codings of this document that lost their place when its text was edited: `coding`, `code`,
        `coder`, `quote` (the words as they were). A person places them again or removes them.
    choices : mapping of str to sequence of str
        Values that a search of the study can be narrowed to, by `speaker`, `role` and
        `respondent`; a key that is absent is not offered.
    event : int or None
        Number of the newest event that this content shows; with it the window asks for what
        others change. None: nobody else can change anything.
    can_undo, can_redo : bool
        Whether there is an act to take back or to do again.
    """

    document: str
    text: str
    title: str = ""
    turns: Any = ()
    codes: Any = ()
    codings: Any = ()
    suggestions: Any = ()
    stages: Any = ()
    memos: Any = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    unplaced: Any = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    event: int | None = None
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The content as one JSON message; turns travel by column because there are many."""
        turns = _by_column(self.turns, _TURN)
        if not turns["turn"]:
            whole = {"turn": 0, "start": 0, "end": len(self.text)}
            turns = {name: [whole.get(name)] for name in _TURN}
        self._check_turns(turns)
        return {
            "document": self.document,
            "title": self.title or self.document,
            "text": self.text,
            "points": len(self.text),
            "turns": turns,
            "codes": plain_rows(self.codes),
            "codings": coding_rows(self.codings),
            "suggestions": coding_rows(self.suggestions),
            "phases": phase_rows(self.stages),
            "memos": plain_rows(self.memos),
            "counts": dict(self.counts),
            "unplaced": plain_rows(self.unplaced),
            "choices": {name: list(values) for name, values in self.choices.items()},
            "event": self.event,
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }

    def _check_turns(self, turns: Mapping[str, list[Any]]) -> None:
        last = 0
        for turn, start, end in zip(turns["turn"], turns["start"], turns["end"], strict=True):
            if not last <= start <= end <= len(self.text):
                raise SettingsError(
                    "The turns of a document overlap or leave its text.",
                    expected=f"{last} <= start <= end <= {len(self.text)}",
                    found=f"start={start}, end={end}",
                    where=f"{self.document}, turn {turn}",
                    next_step="Sort the turns by their start, and import the document anew.",
                )
            last = end


_TURN = ("turn", "start", "end", "speaker", "role", "seconds")


def _by_column(table: Any, names: Sequence[str]) -> dict[str, list[Any]]:
    """Some columns of a table as plain lists: much faster than rows where there are many."""
    if not hasattr(table, "columns"):
        rows = plain_rows(table)
        return {name: [row.get(name) for row in rows] for name in names}
    return {
        name: _plain_column(table[name]) if name in table.columns else [None] * len(table)
        for name in names
    }


def _plain_column(column: Any) -> list[Any]:
    values: list[Any] = column.tolist()
    return values if getattr(column.dtype, "kind", "O") in "iu" else [_plain(v) for v in values]


_CODING = (
    *("coding", "document", "start", "end", "code", "coder", "origin"),
    *("phase", "stage", "touchpoint", "valence", "score", "rule", "memo", "important"),
)


def coding_rows(table: Any) -> list[Row]:
    """Codings for the browser: without quotes (it has the text) and without empty fields."""
    rows = plain_rows(table) if hasattr(table, "columns") else table
    told = (
        {name: _plain(row[name]) for name in _CODING if row.get(name) is not None} for row in rows
    )
    return [{name: value for name, value in row.items() if value is not None} for row in told]


def phase_rows(stages: Any) -> list[Row]:
    """Each phase once, with its names; the order of the rows is the order of the journey."""
    phases: dict[str, Row] = {}
    for row in plain_rows(stages):
        names = {k: row.get(f"phase_{k}") or row["phase"] for k in ("fi", "en")}
        phases.setdefault(row["phase"], {"phase": row["phase"], **names})
    return list(phases.values())


@dataclass(frozen=True)
class Delta:
    """What an act changed; it is on disk when a handler gives this.

    Attributes
    ----------
    codings, suggestions, codes, memos : rows
        Rows that came or changed, whole. Rows of other documents are welcome and are not drawn.
        When `codes` is not empty it is the whole codebook, in order.
    codings_gone, suggestions_gone : sequence of str
        Ids that are no more.
    counts : mapping or None
        Codings in the study by code, for the codes that changed; absent codes stay as they are.
    reload : bool
        The text or very much has changed: the coder asks for the document anew.
    unplaced : rows or None
        Codings that now wait for a place, of all documents, with `document` and the columns of
        `CoderContent.unplaced`; None when that is as before.
    event : int or None
        Number of the newest event that the delta knows of.
    said : mapping
        What was taken back or done again, as people read it: `{"fi": …, "en": …}`.
    can_undo, can_redo : bool
        As they are after the act.
    """

    codings: Any = ()
    codings_gone: Sequence[str] = ()
    suggestions: Any = ()
    suggestions_gone: Sequence[str] = ()
    codes: Any = ()
    memos: Any = ()
    counts: Mapping[str, int] | None = None
    reload: bool = False
    unplaced: Any = None
    event: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The delta as one JSON message."""
        return {
            "codings": coding_rows(self.codings),
            "codings_gone": list(self.codings_gone),
            "suggestions": coding_rows(self.suggestions),
            "suggestions_gone": list(self.suggestions_gone),
            "codes": plain_rows(self.codes),
            "memos": plain_rows(self.memos),
            "counts": dict(self.counts) if self.counts is not None else {},
            "reload": self.reload,
            "unplaced": None if self.unplaced is None else plain_rows(self.unplaced),
            "event": self.event,
            "said": dict(self.said),
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


@dataclass(frozen=True)
class AutocodePreview:
    """What an autocoding would code, before it does.

    Attributes
    ----------
    hits : rows
        Places as `ActHandler.find` gives them, with `coded` (True: the coder has given that place
        the code already, so it stays as it is). The first two hundred are enough.
    documents : rows
        `document`, `title`, `hits` (how many places), for each document with any.
    total, fresh : int
        Places in all, and those that are not coded yet.
    """

    hits: Any = ()
    documents: Any = ()
    total: int = 0
    fresh: int = 0

    def as_message(self) -> Row:
        """The preview as one JSON message."""
        return {
            "hits": plain_rows(self.hits),
            "documents": plain_rows(self.documents),
            "total": self.total,
            "fresh": self.fresh,
        }


@runtime_checkable
class ActHandler(Protocol):
    """Who holds the study and does the acts; the coder knows nothing more of it.

    `perform` returns only when the act is safe on disk. It refuses with a `CxresearchError`: the
    person reads its message, and nothing was changed.
    """

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """Documents to choose from: `document`, `title`, and `codings` (how many)."""
        ...

    def content(self, document: str) -> CoderContent:
        """One document as it stands now."""
        ...

    def perform(self, act: Act) -> Delta:
        """Do the act, or refuse it."""
        ...

    def find(self, words: str, how: str, filters: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        """Places where words stand in the study; `how` is exact, lemma or regex.

        `filters` may name a `document`, `phase`, `in_code`, `speaker`, `role` or `respondent` that
        the place must belong to (phase and code: that a coding touches it).

        Each has `document`, `title`, `start`, `end`, and the words there: `before`, `words`,
        `after`. The first two hundred are enough.
        """
        ...

    def preview_autocode(self, fields: Mapping[str, Any]) -> AutocodePreview:
        """What the act `autocode` with these fields would code; nothing is changed."""
        ...

    def code_quotes(self, code: str) -> Sequence[Mapping[str, Any]]:
        """Quotations of a code in the study, as `find` gives places, with `coding` and `coder`."""
        ...

    def changes_since(self, event: int) -> Delta:
        """What came after an event, whoever did it; its `event` is the newest one."""
        ...
