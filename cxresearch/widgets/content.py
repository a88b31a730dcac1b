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

__all__ = ["ActHandler", "CoderContent", "Delta", "coding_rows", "phase_rows", "plain_rows"]

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
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The content as one JSON message; turns travel by column because there are many."""
        turns = plain_rows(self.turns)
        if not turns:
            turns = [{"turn": 0, "start": 0, "end": len(self.text)}]
        self._check_turns(turns)
        return {
            "document": self.document,
            "title": self.title or self.document,
            "text": self.text,
            "points": len(self.text),
            "turns": {
                name: [row.get(name) for row in turns]
                for name in ("turn", "start", "end", "speaker", "role", "seconds")
            },
            "codes": plain_rows(self.codes),
            "codings": coding_rows(self.codings),
            "suggestions": coding_rows(self.suggestions),
            "phases": phase_rows(self.stages),
            "memos": plain_rows(self.memos),
            "counts": dict(self.counts),
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }

    def _check_turns(self, turns: Sequence[Row]) -> None:
        last = 0
        for row in turns:
            if not last <= row["start"] <= row["end"] <= len(self.text):
                raise SettingsError(
                    "The turns of a document overlap or leave its text.",
                    expected=f"{last} <= start <= end <= {len(self.text)}",
                    found=f"start={row['start']}, end={row['end']}",
                    where=f"{self.document}, turn {row.get('turn')}",
                    next_step="Sort the turns by their start, and import the document anew.",
                )
            last = row["end"]


_CODING = (
    *("coding", "document", "start", "end", "code", "coder", "origin"),
    *("phase", "stage", "touchpoint", "valence", "score", "rule", "memo", "important"),
)


def coding_rows(table: Any) -> list[Row]:
    """Codings for the browser: without quotes (it has the text) and without empty fields."""
    return [
        {name: row[name] for name in _CODING if row.get(name) is not None}
        for row in plain_rows(table)
    ]


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
    said : mapping
        What was done, in a few words by language, for undo and redo: `{"fi": …, "en": …}`.
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
            "said": dict(self.said),
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
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

    def find(self, words: str, how: str) -> Sequence[Mapping[str, Any]]:
        """Places where words stand in the study; `how` is exact, lemma or regex.

        Each has `document`, `title`, `start`, `end`, and the words there: `before`, `words`,
        `after`. The first two hundred are enough.
        """
        ...
