"""Memos as Notes, attached to what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .free_names import FreeNames
from .refi_packing import PROJECT_KEY, Packing
from .refi_text import move_text
from .refi_xml import clean, date_text, element, fragment, guid_of, in_order

__all__ = ["NotesOut"]


class NotesOut:
    """Memos as Notes, and where each is attached."""

    def __init__(self, packing: Packing) -> None:
        self.packing = packing
        self.rows: dict[str, dict[str, Any]] = {}
        self.by_target: dict[tuple[str, str], list[str]] = {}
        self.known: set[str] = set()
        self._links = _linked_pairs(packing.extras.children.get(PROJECT_KEY, ()))
        shared: dict[str, str] = {}
        for number, row in enumerate(packing.project.memos.to_dict("records")):
            wanted = row.get("memo")
            wanted = wanted if isinstance(wanted, str) else None
            about, target = row["about"], row["target"] if isinstance(row["target"], str) else ""
            if wanted is not None and wanted in shared:
                guid = shared[wanted]
            else:
                guid = packing.guids.fresh(wanted, "memo", about, target, row["coder"], number)
                self.rows[guid] = row
                if wanted is not None:
                    shared[wanted] = guid
            self.known.add(guid)
            key = (about, "" if about == "study" else target)
            self.by_target.setdefault(key, []).append(guid)

    def attach(self, node: Any, about: str, target: str) -> None:
        """Reference the notes about a thing from its element."""
        for guid in self.by_target.get((about, target), ()):
            if (guid, node.get("guid")) not in self._links:
                element("NoteRef", node, targetGUID=guid)

    def elements(self) -> Iterator[Any]:
        """The Note elements; their texts become files."""
        free = FreeNames(key=str.casefold)
        for guid, row in self.rows.items():
            coder, at = row["coder"], row.get("written_at")
            node = element(
                "Note",
                guid=guid,
                name=free.take(_title(row)),
                plainTextPath=f"internal://{guid}.txt",
                creatingUser=self.packing.coder_guid(coder) if isinstance(coder, str) else None,
                creationDateTime=date_text(at),
            )
            self.packing.add_extras(node, guid)
            self.packing.write_text(guid, move_text(row["text"], where="a memo").text)
            yield in_order(node)

    def links(self) -> Iterator[Any]:
        """Cases hold no notes in the schema: a Link joins them."""
        people = set(self.packing.project.respondents["respondent"])
        for (about, target), guids in self.by_target.items():
            for guid in guids if about == "respondent" and target in people else ():
                case = self.packing.guids.of("respondent", target)
                yield element(
                    "Link",
                    guid=self.packing.guids.fresh(None, "link", guid, case),
                    direction="OneWay",
                    originGUID=guid,
                    targetGUID=case,
                )


def _linked_pairs(kept: Iterable[str]) -> set[tuple[str, str]]:
    pairs = set()
    for text in kept:
        if text.startswith("<Links"):
            for link in fragment(text):
                origin, target = guid_of(link.get("originGUID")), guid_of(link.get("targetGUID"))
                pairs |= {(origin, target), (target, origin)}
    return pairs  # type: ignore[return-value]


def _title(row: dict[str, Any]) -> str:
    title = row.get("title")
    if isinstance(title, str) and title.strip():
        return clean(title)
    target = row["target"] if isinstance(row["target"], str) else ""
    return clean(f"Memo: {row['about']} {target}".strip())
