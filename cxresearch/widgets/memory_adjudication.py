"""Adjudication kept in memory: for trying the view in a notebook, and for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..model import ActRefusedError
from .acts import Act
from .adjudication import AdjudicationContent
from .content import plain_rows

__all__ = ["MemoryAdjudication"]

Row = dict[str, Any]
State = tuple[dict[str, Row], dict[str, Row]]


@dataclass
class MemoryAdjudication:
    """Consensus of two coders kept in memory, with undo; gone when the kernel stops.

    Parameters
    ----------
    texts, codings, codes, stages, turns : DataFrame or rows
        Columns of their contracts; `codings` of both coders.
    coders : tuple of str
        Left and right.
    """

    texts: Any
    codings: Any
    coders: tuple[str, str]
    codes: Any = ()
    stages: Any = ()
    turns: Any = ()
    # decisions by original, consensus codings by id
    _now: State = field(init=False, repr=False, default_factory=lambda: ({}, {}))
    _done: list[State] = field(init=False, repr=False, default_factory=list)
    _undone: list[State] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        self._rows = {row["coding"]: row for row in plain_rows(self.codings)}

    def documents(self) -> list[Row]:
        """Documents in which either has coded."""
        coded = {row["document"] for row in self._rows.values()}
        return [
            {"document": row["document"], "title": row.get("title") or row["document"]}
            for row in plain_rows(self.texts)
            if row["document"] in coded
        ]

    def content(self, document: str) -> AdjudicationContent:
        """One document with its codings and decisions."""
        texts = {row["document"]: row for row in plain_rows(self.texts)}
        decisions, layer = self._now

        def of(coder: str) -> list[Row]:
            rows = self._rows.values()
            return [r for r in rows if r["document"] == document and r["coder"] == coder]

        return AdjudicationContent(
            document=document,
            title=texts[document].get("title") or document,
            text=texts[document]["text"],
            left_coder=self.coders[0],
            right_coder=self.coders[1],
            left=of(self.coders[0]),
            right=of(self.coders[1]),
            consensus=[row for row in layer.values() if row["document"] == document],
            decisions=list(decisions.values()),
            turns=[t for t in plain_rows(self.turns) if t["document"] == document],
            codes=self.codes,
            stages=self.stages,
            can_undo=bool(self._done),
            can_redo=bool(self._undone),
        )

    def consensus(self) -> list[Row]:
        """The codings of the consensus layer."""
        return list(self._now[1].values())

    def perform(self, act: Act) -> None:
        """Do an act in memory, or refuse it."""
        if act.act == "adjudicate":
            after = self._settled(act)
            self._done.append(self._now)
            self._undone.clear()
            self._now = after
            return
        source, target = self._done, self._undone
        if act.act == "redo":
            source, target = target, source
        if source:
            target.append(self._now)
            self._now = source.pop()

    def _settled(self, act: Act) -> State:
        take, drop = act["take"], act["drop"]
        if not {*take, *drop} <= set(self._rows) or set(take) & set(drop) or not [*take, *drop]:
            raise ActRefusedError(
                "It is not clear what was decided.", next_step="Nothing was changed."
            )
        changes = {k: v for k, v in act.fields.items() if k not in ("take", "drop")}
        decisions, layer = dict(self._now[0]), dict(self._now[1])
        for name in [*take, *drop]:
            decisions[name] = {"original": name, "decision": "dropped", "coding": None}
        for name in take:
            row = {**self._rows[name], **changes, "coder": "consensus", "origin": "consensus"}
            facts = ("document", "start", "end", "code", "phase", "valence")
            row["coding"] = "/".join(str(row.get(n)) for n in facts)
            layer[row["coding"]] = row
            decisions[name] = {"original": name, "decision": "taken", "coding": row["coding"]}
        held = {row["coding"] for row in decisions.values()}
        return decisions, {name: row for name, row in layer.items() if name in held}
