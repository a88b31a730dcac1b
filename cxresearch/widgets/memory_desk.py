"""A handler that keeps everything in memory: for trying the coder in a notebook, and for tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import ActRefusedError
from .acts import Act
from .content import CoderContent, Delta, plain_rows
from .grid_content import GridContent
from .memory_acts import DOING, Change, Tables

__all__ = ["MemoryDesk"]

Row = dict[str, Any]
MOST_HITS = 200


@dataclass
class MemoryDesk:
    """Codings kept in memory, with undo and redo; gone when the kernel stops.

    Parameters
    ----------
    texts : DataFrame or rows
        Columns of the `documents` contract; at least `document` and `text`.
    turns, codes, codings, suggestions, stages : DataFrame or rows
        Columns of their contracts.
    closed : DataFrame or rows
        For the survey grid: `document`, then one column a closed answer.
    coder : str
        Who codes.

    Examples
    --------
    >>> desk = MemoryDesk([{"document": "a", "text": "Lasku oli väärin."}],
    ...                   codes=[{"code": "billing", "name_fi": "Laskutus"}])
    >>> from cxresearch.widgets import Act
    >>> done = desk.perform(Act(1, "add_coding", {"document": "a", "start": 0, "end": 5,
    ...                                           "code": "billing"}))
    >>> [(c["coding"], c["quote"]) for c in done.codings]
    [('coding-1', 'Lasku')]
    """

    texts: Any
    turns: Any = ()
    codes: Any = ()
    codings: Any = ()
    suggestions: Any = ()
    stages: Any = ()
    closed: Any = ()
    coder: str = "me"
    _desk: Tables = field(init=False, repr=False)
    _turns: dict[str, list[Row]] = field(init=False, repr=False, default_factory=dict)
    _done: list[list[Change]] = field(init=False, repr=False, default_factory=list)
    _undone: list[list[Change]] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        codes = plain_rows(self.codes)
        rows: dict[str, dict[str, Row]] = {
            "text": {r["document"]: r for r in plain_rows(self.texts)},
            "code": {r["code"]: {**r, "position": i} for i, r in enumerate(codes)},
            "coding": {r["coding"]: r for r in plain_rows(self.codings)},
            "suggestion": {r["coding"]: r for r in plain_rows(self.suggestions)},
            "memo": {},
        }
        self._desk = Tables(rows, self.coder)
        for row in plain_rows(self.turns):
            self._turns.setdefault(row["document"], []).append(row)

    # what the coder asks

    def documents(self) -> list[Row]:
        """Documents with how many codings each has."""
        counts = Counter(c["document"] for c in self._desk.rows["coding"].values())
        return [
            {"document": k, "title": r.get("title") or k, "codings": counts[k]}
            for k, r in self._desk.rows["text"].items()
        ]

    def content(self, document: str) -> CoderContent:
        """One document as it stands."""
        row = self._text(document)
        return CoderContent(
            document=document,
            title=row.get("title") or document,
            text=row["text"],
            turns=self._turns.get(document, ()),
            codes=self._desk.codebook(),
            codings=[c for c in self._desk.rows["coding"].values() if c["document"] == document],
            suggestions=[
                s for s in self._desk.rows["suggestion"].values() if s["document"] == document
            ],
            stages=self.stages,
            memos=list(self._desk.rows["memo"].values()),
            counts=self._desk.counts(),
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def grid(self) -> GridContent:
        """All texts as comments of a survey, beside `closed`."""
        return GridContent(
            comments=list(self._desk.rows["text"].values()),
            closed=self.closed,
            codes=self._desk.codebook(),
            codings=self.codings_made(),
            suggestions=list(self._desk.rows["suggestion"].values()),
            stages=self.stages,
            memos=list(self._desk.rows["memo"].values()),
            counts=self._desk.counts(),
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def find(self, words: str, how: str) -> list[Row]:
        """Places of words in all documents; lemma search is exact search here."""
        try:
            wanted = re.compile(words if how == "regex" else re.escape(words), re.IGNORECASE)
        except re.error as error:
            raise ActRefusedError(
                "The regular expression can't be read.", found=str(error), next_step="Correct it."
            ) from None
        hits: list[Row] = []
        for name, row in self._desk.rows["text"].items():
            text = row["text"]
            for found in wanted.finditer(text):
                a, b = found.span()
                if a < b:
                    hits.append(
                        {
                            "document": name,
                            "title": row.get("title") or name,
                            "start": a,
                            "end": b,
                            "before": text[max(0, a - 40) : a],
                            "words": text[a:b],
                            "after": text[b : b + 40],
                        }
                    )
                if len(hits) == MOST_HITS:
                    return hits
        return hits

    def codings_made(self) -> list[Row]:
        """The codings as rows of the `codings` contract, by document and place."""
        rows = self._desk.rows["coding"].values()
        return sorted(rows, key=lambda r: (r["document"], r["start"], r["end"], r["coding"]))

    # acts

    def perform(self, act: Act) -> Delta:
        """Do an act in memory, or refuse it."""
        if act.act in ("undo", "redo"):
            return self._step_back() if act.act == "undo" else self._step_forward()
        changes = DOING[act.act](self._desk, act)
        for change in changes:
            self._apply(change)
        if changes:
            self._done.append(changes)
            self._undone.clear()
        return self._delta(changes)

    def _step_back(self) -> Delta:
        if not self._done:
            return self._delta([])
        changes = self._done.pop()
        self._undone.append(changes)
        back: list[Change] = [(t, k, new, old) for t, k, old, new in reversed(changes)]
        for change in back:
            self._apply(change)
        return self._delta(back)

    def _step_forward(self) -> Delta:
        if not self._undone:
            return self._delta([])
        changes = self._undone.pop()
        self._done.append(changes)
        for change in changes:
            self._apply(change)
        return self._delta(changes)

    def _apply(self, change: Change) -> None:
        table, key, _, new = change
        if new is None:
            self._desk.rows[table].pop(key, None)
        else:
            self._desk.rows[table][key] = new

    def _delta(self, changes: Sequence[Change]) -> Delta:
        newest = {(t, k): new for t, k, _, new in changes}

        def came(table: str) -> list[Row]:
            return [new for (t, _), new in newest.items() if t == table and new is not None]

        def gone(table: str) -> list[str]:
            return [k for (t, k), new in newest.items() if t == table and new is None]

        counts = self._desk.counts()
        return Delta(
            codings=came("coding"),
            codings_gone=gone("coding"),
            suggestions=came("suggestion"),
            suggestions_gone=gone("suggestion"),
            codes=self._desk.codebook() if any(t == "code" for t, _ in newest) else (),
            memos=[*came("memo"), *self._emptied_memos(gone("memo"))],
            counts={c: counts.get(c, 0) for c in self._desk.rows["code"]},
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    @staticmethod
    def _emptied_memos(keys: Sequence[str]) -> list[Row]:
        return [dict(zip(("about", "target"), k.split("/", 1), strict=True), text="") for k in keys]

    def _text(self, document: str) -> Row:
        found = self._desk.rows["text"].get(document)
        if found is None:
            raise ActRefusedError("There is no such document.", next_step="Choose another.")
        return found
