"""A handler that keeps everything in memory: for trying the coder in a notebook, and for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..model import ActRefusedError
from .acts import Act
from .content import AutocodePreview, CoderContent, Delta, plain_rows
from .grid_content import GridContent
from .memory_acts import DOING, Change, Tables, in_text_order
from .memory_search import autocode_places, code_quote_rows, hit_row, places_of

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
    _done: list[list[Change]] = field(init=False, repr=False, default_factory=list)
    _undone: list[list[Change]] = field(init=False, repr=False, default_factory=list)
    # all that ever happened, undoing too: what another window asks for
    _events: list[list[Change]] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        codes = plain_rows(self.codes)
        rows: dict[str, dict[str, Row]] = {
            "text": {r["document"]: r for r in plain_rows(self.texts)},
            "code": {r["code"]: {**r, "position": i} for i, r in enumerate(codes)},
            "coding": {r["coding"]: r for r in plain_rows(self.codings)},
            "suggestion": {r["coding"]: r for r in plain_rows(self.suggestions)},
            "turn": {f"{r['document']}/{r['turn']}": r for r in plain_rows(self.turns)},
            "memo": {},
        }
        self._desk = Tables(rows, self.coder)

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
            turns=self._desk.turns_of(document),
            codes=self._desk.codebook(),
            codings=self._of("coding", document),
            suggestions=self._of("suggestion", document),
            stages=self.stages,
            memos=list(self._desk.rows["memo"].values()),
            counts=self._desk.counts(),
            unplaced=[r for r in self._unplaced() if r["document"] == document],
            choices=self._choices(),
            event=len(self._events),
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
            choices=self._choices(),
            event=len(self._events),
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def find(self, words: str, how: str, filters: Mapping[str, str] | None = None) -> list[Row]:
        """Places of words in all documents; lemmas are Finnish ones."""
        found = places_of(self._desk, words, how, filters or {})
        return [hit_row(self._desk, place) for place in islice(found, MOST_HITS)]

    def preview_autocode(self, fields: Mapping[str, Any]) -> AutocodePreview:
        """What `autocode` with these fields would code."""
        found = autocode_places(self._desk, fields)
        counts = Counter(place[0] for place, _ in found)
        texts = self._desk.rows["text"]
        return AutocodePreview(
            hits=[hit_row(self._desk, p) | {"coded": there} for p, there in found[:MOST_HITS]],
            documents=[
                {"document": name, "title": texts[name].get("title") or name, "hits": n}
                for name, n in counts.items()
            ],
            total=len(found),
            fresh=sum(not there for _, there in found),
        )

    def code_quotes(self, code: str) -> list[Row]:
        """Quotations of a code in all documents."""
        return code_quote_rows(self._desk, code)

    def changes_since(self, event: int) -> Delta:
        """What was done after an event; here only this kernel can do anything."""
        return self._delta([change for changes in self._events[event:] for change in changes])

    def codings_made(self) -> list[Row]:
        """The codings as rows of the `codings` contract, by document and place."""
        return in_text_order(self._desk.rows["coding"].values())

    # acts

    def perform(self, act: Act) -> Delta:
        """Do an act in memory, or refuse it."""
        if act.act in ("undo", "redo"):
            return self._step_back() if act.act == "undo" else self._step_forward()
        changes = self._autocode(act) if act.act == "autocode" else DOING[act.act](self._desk, act)
        self._apply_all(changes)
        if changes:
            self._done.append(changes)
            self._undone.clear()
        return self._delta(changes)

    def _autocode(self, act: Act) -> list[Change]:
        fresh = [place for place, there in autocode_places(self._desk, act.fields) if not there]
        changes: list[Change] = []
        for document, start, end in fresh:
            fields = {"document": document, "start": start, "end": end, "code": act["code"]}
            changes += DOING["add_coding"](self._desk, Act(act.id, "add_coding", fields))
        return changes

    def _step_back(self) -> Delta:
        if not self._done:
            return self._delta([])
        changes = self._done.pop()
        self._undone.append(changes)
        back: list[Change] = [(t, k, new, old) for t, k, old, new in reversed(changes)]
        self._apply_all(back)
        return self._delta(back)

    def _step_forward(self) -> Delta:
        if not self._undone:
            return self._delta([])
        changes = self._undone.pop()
        self._done.append(changes)
        self._apply_all(changes)
        return self._delta(changes)

    def _apply_all(self, changes: list[Change]) -> None:
        for table, key, _, new in changes:
            if new is None:
                self._desk.rows[table].pop(key, None)
            else:
                self._desk.rows[table][key] = new
        if changes:
            self._events.append(changes)

    def _delta(self, changes: Sequence[Change]) -> Delta:
        newest = {(t, k): new for t, k, _, new in changes}

        def came(table: str) -> list[Row]:
            rows = [new for (t, _), new in newest.items() if t == table and new is not None]
            return [row for row in rows if row.get("state") != "unplaced"]

        def gone(table: str) -> list[str]:
            there = {row.get("coding") for row in came(table)}
            return [k for (t, k), _ in newest.items() if t == table and k not in there]

        counts = self._desk.counts()
        tables = {t for t, _ in newest}
        emptied = [k for (t, k), new in newest.items() if t == "memo" and new is None]
        return Delta(
            codings=came("coding"),
            codings_gone=gone("coding"),
            suggestions=came("suggestion"),
            suggestions_gone=gone("suggestion"),
            codes=self._desk.codebook() if "code" in tables else (),
            memos=[*came("memo"), *self._emptied_memos(emptied)],
            counts={c: counts.get(c, 0) for c in self._desk.rows["code"]},
            reload="text" in tables,
            unplaced=self._unplaced() if "coding" in tables else None,
            event=len(self._events),
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def _of(self, table: str, document: str) -> list[Row]:
        rows = self._desk.rows[table].values()
        return [r for r in rows if r["document"] == document and r.get("state") != "unplaced"]

    def _unplaced(self) -> list[Row]:
        names = ("coding", "document", "code", "coder", "quote")
        rows = self._desk.rows["coding"].values()
        return [{n: r.get(n) for n in names} for r in rows if r.get("state") == "unplaced"]

    def _choices(self) -> dict[str, list[str]]:
        rows = self._desk.rows
        found = {
            "speaker": [t.get("speaker") for t in rows["turn"].values()],
            "role": [t.get("role") for t in rows["turn"].values()],
            "respondent": [t.get("respondent") for t in rows["text"].values()],
        }
        return {name: sorted({v for v in values if v}) for name, values in found.items()}

    @staticmethod
    def _emptied_memos(keys: Sequence[str]) -> list[Row]:
        return [dict(zip(("about", "target"), k.split("/", 1), strict=True), text="") for k in keys]

    def _text(self, document: str) -> Row:
        found = self._desk.rows["text"].get(document)
        if found is None:
            raise ActRefusedError("There is no such document.", next_step="Choose another.")
        return found
