"""Documents and codings as TextSources with selections, in the units of the profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..model import DriftError
from .refi_packing import Packing
from .refi_text import move_text
from .refi_variables import Variable, add_values
from .refi_write_notes import NotesOut
from .refi_xml import clean, date_text, element, fragment, in_order

__all__ = ["source_elements"]


def source_elements(
    packing: Packing,
    notes: NotesOut,
    variables: list[Variable],
    facets: list[tuple[str, ...]],
) -> Iterator[Any]:
    """The TextSource of each document with its selections, then the sources that were kept."""
    project, guids = packing.project, packing.guids
    codings, selections = project.codings, packing.extras.selections
    rows_of = codings.groupby("document", sort=False).indices
    kept_of = selections.groupby("document", sort=False).indices
    records = codings.to_dict("records")
    for row, (document, raw) in enumerate(
        zip(project.documents["document"], project.documents["text"], strict=True)
    ):
        mine = [(records[i], facets[i]) for i in map(int, rows_of.get(document, ()))]
        node = _source(packing, document)
        source = _Source(packing, notes, document, raw)
        node.extend(list(source.selections(mine)))
        node.extend(list(source.kept(selections.iloc[kept_of.get(document, [])])))
        packing.write_text(guids.of("document", document), source.text)
        notes.attach(node, "document", document)
        add_values(node, variables, row, guids)
        yield in_order(node)
    yield from (fragment(text) for text in packing.extras.sources)


def _source(packing: Packing, document: str) -> Any:
    guid = packing.guids.of("document", document)
    node = element(
        "TextSource",
        guid=guid,
        name=clean(document),
        plainTextPath=f"internal://{guid}.txt",
        creatingUser=packing.first_coder,
        creationDateTime=packing.created,
    )
    return packing.add_extras(node, guid)


class _Source:
    """One text with its selections, in the units of the profile."""

    def __init__(self, packing: Packing, notes: NotesOut, document: str, raw: str) -> None:
        self.packing = packing
        self.notes = notes
        self.document = document
        self.raw = raw
        self.moved = move_text(raw, where=document)
        self.text = self.moved.text
        self._counted = _nvivo_places(self.text) if packing.nvivo else None

    def selections(self, rows: list[tuple[dict[str, Any], tuple[str, ...]]]) -> Iterator[Any]:
        """One PlainTextSelection for the codings that share place, coder, facets and memo."""
        self._check_quotes(row for row, _ in rows)
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row, facets in rows:
            memo = clean(row.get("memo"))
            wanted = row.get("selection")
            wanted = wanted if isinstance(wanted, str) else ""
            key = (row["start"], row["end"], row["coder"], facets, memo, wanted)
            groups.setdefault(key, []).append(row)
        starts, ends = self._places([k[0] for k in groups], [k[1] for k in groups])
        for (key, group), start, end in zip(groups.items(), starts, ends, strict=True):
            yield self._selection(key, group, int(start), int(end))

    def _check_quotes(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            if self.raw[row["start"] : row["end"]] != row["quote"]:
                raise DriftError(
                    "The words of a quotation are not at their place.",
                    where=f"{self.document}, {row['start']}..{row['end']}",
                    next_step="Open the document and place the quotation again.",
                )

    def _places(self, starts: list[int], ends: list[int]) -> tuple[Any, Any]:
        first = self.moved.move(np.array(starts, dtype=np.int64), is_end=False)
        last = self.moved.move(np.array(ends, dtype=np.int64), is_end=True)
        return first, last

    def _counted_as(self, place: int) -> str:
        return str(place if self._counted is None else int(self._counted[place]))

    def _selection(
        self, key: tuple[Any, ...], group: list[dict[str, Any]], start: int, end: int
    ) -> Any:
        *_, coder, facets, memo, wanted = key
        packing = self.packing
        place = ("selection", self.document, start, end, coder, facets)
        guid = packing.guids.fresh(wanted, *place)
        user = packing.coder_guid(coder)
        node = element(
            "PlainTextSelection",
            guid=guid,
            name=clean(self.text[start:end]),
            startPosition=self._counted_as(start),
            endPosition=self._counted_as(end),
            creatingUser=user,
            creationDateTime=date_text(group[0].get("coded_at")),
        )
        packing.add_extras(node, guid)
        if memo:
            element("Description", node, text=memo)
        for row in group:
            self._coding(node, row, user, place)
        for name in facets:
            coding = element(
                "Coding",
                node,
                guid=packing.guids.fresh(None, "facet", guid, name),
                creatingUser=user,
                creationDateTime=node.get("creationDateTime"),
            )
            element("CodeRef", coding, targetGUID=packing.guids.of("facet", name))
        self.notes.attach(node, "selection", guid)
        return in_order(node)

    def _coding(self, node: Any, row: dict[str, Any], user: str, place: tuple[Any, ...]) -> None:
        packing = self.packing
        guid = packing.guids.fresh(row["coding"], "coding", row["coding"])
        coding = element(
            "Coding",
            node,
            guid=guid,
            creatingUser=user,
            creationDateTime=date_text(row.get("coded_at")),
        )
        element("CodeRef", coding, targetGUID=packing.code_guids[row["code"]])
        packing.add_extras(coding, guid)
        self.notes.attach(coding, "coding", row["coding"])

    def kept(self, selections: pd.DataFrame) -> Iterator[Any]:
        """Selections that are not codings, at the place where their words stand now."""
        starts, ends = self._places(selections["start"].tolist(), selections["end"].tolist())
        for text, start, end in zip(selections["xml"], starts, ends, strict=True):
            node = fragment(text)
            node.set("startPosition", self._counted_as(int(start)))
            node.set("endPosition", self._counted_as(int(end)))
            yield node


def _nvivo_places(text: str) -> Any:
    """UTF-16 units before each code point, a line end counting two."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    widths = 1 + (points > 0xFFFF).astype(np.int64) + (points == 10)
    return np.concatenate([[0], np.cumsum(widths)])
