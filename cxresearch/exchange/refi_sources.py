"""Texts of a project, their selections and codings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from .limits import MAX_DOCUMENT_CHARACTERS
from .refi_desk import Desk
from .refi_facets import settle_facets
from .refi_offsets import Convention, CountedText, decide_conventions
from .refi_project import empty_table
from .refi_text import MovedText, move_text
from .refi_variables import value_of
from .refi_xml import children, clean, dates_of, guid_of, kept

__all__ = ["ReadTexts", "read_sources"]

_UNKNOWN = "unknown"
_MODELLED = {"PlainTextContent", "PlainTextSelection", "NoteRef", "VariableValue"}
_ATTRIBUTES = {
    "richTextPath", "creatingUser", "creationDateTime", "modifyingUser", "modifiedDateTime",
}  # fmt: skip
_NEAR = 2_000


@dataclass(frozen=True)
class ReadTexts:
    """What was read: documents with the values of their variables, codings, the rest."""

    documents: pd.DataFrame
    values: list[dict[str, str | None]]
    codings: pd.DataFrame
    kept: pd.DataFrame
    evidence: pd.DataFrame


@dataclass
class _Source:
    document: str
    node: Any
    raw: str
    selections: list[Any]
    names: list[str]


def read_sources(desk: Desk, root: Any) -> ReadTexts:
    """Read all TextSources that lie in the archive; other sources are kept as they are."""
    sources: list[_Source] = []
    for node in next(children(root, "Sources"), ()):
        source = _opened(desk, node)
        if source is None:
            _keep_source(desk, node)
            continue
        sources.append(source)
        desk.know("document", source.document, node)
        desk.documents[desk.guids["document", source.document]] = source.document
        desk.keep(node, modelled=_MODELLED, attributes=_ATTRIBUTES)
        desk.refer_notes(node, "document", source.document)
    counted = [_counted(s) for s in sources]
    conventions, evidence = decide_conventions(counted, origin=root.get("origin") or "")
    rows: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    loose: list[tuple[tuple[Any, ...], str, Any]] = []
    texts = []
    for source, text in zip(sources, counted, strict=True):
        moved = move_text(source.raw, where=source.document)
        texts.append(moved.text)
        taking = _Taking(desk, source, text, moved, conventions[source.document])
        taking.take(rows, rest, loose)
    for document, start, end, _, facet in settle_facets(rows, loose):
        desk.fail(
            document, facet, f"several values at {start}..{end}", "one value for a place and coder"
        )
    documents = pd.DataFrame(
        {
            "document": _text_column(s.document for s in sources),
            "kind": _text_column("interview" for _ in sources),
            "text": _text_column(texts),
        }
    )
    values = [dict(value_of(v) for v in children(s.node, "VariableValue")) for s in sources]
    left = pd.DataFrame(rest) if rest else empty_table("selections")
    return ReadTexts(documents, values, _codings(rows), left, evidence)


def _text_column(values: Iterable[str | None]) -> pd.Series:
    return pd.Series(list(values), dtype="str" if pd.__version__ >= "3" else object)


def _keep_source(desk: Desk, node: Any) -> None:
    """Keep a picture, PDF or recording, and say how much in it is not shown."""
    if node.tag != "TextSource":
        where = " ".join(clean(node.get("name")).split()) or "a source without name"
        count = sum(1 for n in node.iter("Coding"))
        desk.fail(where, node.tag, f"{count} codings, kept but not shown", "a text")
    desk.sources.append(kept(node))


def _opened(desk: Desk, node: Any) -> _Source | None:
    """A TextSource with its raw text; None where it is none, or its text is not there."""
    if node.tag != "TextSource":
        return None
    name = " ".join(clean(node.get("name")).split()) or _file_name(node.get("plainTextPath"))
    inline = next(children(node, "PlainTextContent"), None)
    member = desk.text_member(node.get("plainTextPath"))
    where = name or "a text without name"
    if inline is None and member is None:
        asked = (node.get("plainTextPath") or "").partition(":")[0]
        found = (
            "no plain text" if not asked else f"a text that is not in the archive ({asked[:10]})"
        )
        count = sum(1 for _ in children(node, "PlainTextSelection"))
        desk.fail(where, "plainTextPath", f"{found}; {count} selections", "a text in the archive")
        return None
    if member is not None:
        raw = desk.raw_text(member, where)
    else:
        raw = "" if inline is None else inline.text or ""
    if len(raw) > MAX_DOCUMENT_CHARACTERS:
        desk.forget(member)
        desk.fail(where, None, f"{len(raw):,} characters", f"at most {MAX_DOCUMENT_CHARACTERS:,}")
        return None
    document = desk.document_names.take(name or f"document {len(desk.documents) + 1}")
    nodes = list(children(node, "PlainTextSelection"))
    selections = [n for n in nodes if _whole(n, "startPosition") and _whole(n, "endPosition")]
    if len(selections) < len(nodes):
        desk.fail(
            document,
            "startPosition",
            f"{len(nodes) - len(selections)} selections without whole numbers",
            "a place in the text",
        )
    return _Source(document, node, raw, selections, [n.get("name") or "" for n in selections])


def _file_name(path: str | None) -> str:
    """The name of the file without its ending, where it is one that people gave."""
    stem = PurePosixPath(clean(path).replace("\\", "/").rpartition("/")[2]).stem
    return "" if guid_of(stem) else " ".join(stem.split())


def _whole(node: Any, attribute: str) -> bool:
    text = (node.get(attribute) or "").strip().lstrip("+-")
    return text.isascii() and text.isdigit() and len(text) <= 15


def _counted(source: _Source) -> CountedText:
    starts = np.array([int(n.get("startPosition")) for n in source.selections], dtype=np.int64)
    ends = np.array([int(n.get("endPosition")) for n in source.selections], dtype=np.int64)
    return CountedText(source.document, source.raw, starts, ends, source.names)


class _Taking:
    """Takes the codings out of one text."""

    def __init__(
        self,
        desk: Desk,
        source: _Source,
        counted: CountedText,
        moved: MovedText,
        convention: Convention,
    ) -> None:
        self.desk = desk
        self.source = source
        self.moved = moved
        self.counted = counted
        reading = counted.of(convention)
        self.starts, self.ends = reading.starts.copy(), reading.ends.copy()
        self.fits = reading.names
        self.lost = 0
        self.comments = 0

    def take(
        self,
        rows: list[dict[str, Any]],
        rest: list[dict[str, Any]],
        loose: list[tuple[tuple[Any, ...], str, Any]],
    ) -> None:
        """Append codings, kept selections, and facets whose selection holds no code."""
        self._find_by_name()
        inside = self.starts >= 0
        first = self.moved.move(self.starts, is_end=False)
        last = self.moved.move(self.ends, is_end=True)
        for i, node in enumerate(self.source.selections):
            if not inside[i]:
                self._out_of_text(node)
                continue
            start, end = int(first[i]), int(last[i])
            codings = list(children(node, "Coding"))
            if start >= end or not codings:
                self._keep(node, start, end, rest, with_codes=bool(codings))
            else:
                self._selection(node, codings, start, end, rows, loose)
        if self.comments:
            self.desk.fail(
                self.source.document,
                "PlainTextSelection",
                f"{self.comments} comments or marks without a code, kept but not shown",
                "a code",
            )
        if self.lost:
            self.desk.fail(
                self.source.document,
                "name",
                f"{self.lost} selections hold other words than their name",
                "the words of the selection",
            )

    def _find_by_name(self) -> None:
        """Look near its place for a selection whose name is not what stands there."""
        named = np.array([len(n) >= 3 for n in self.source.names], dtype=bool)
        if not named.any() or self.fits[named].mean() < 0.5:
            return
        found = 0
        for i in np.flatnonzero(named & ~self.fits & (self.counted.starts != self.counted.ends)):
            name, raw = self.source.names[i], self.source.raw
            at = self.starts[i] if self.starts[i] >= 0 else self.counted.starts[i]
            low = max(0, int(at) - _NEAR)
            there = raw.find(name, low, int(at) + _NEAR + len(name))
            if there < 0 or raw.find(name, there + 1, int(at) + _NEAR + len(name)) >= 0:
                self.lost += 1
                continue
            self.starts[i], self.ends[i] = there, there + len(name)
            found += 1
        if found:
            self.desk.fail(
                self.source.document,
                "startPosition",
                f"{found} selections stood elsewhere and were found by their name",
                "the words of the name at the place",
            )

    def _out_of_text(self, node: Any) -> None:
        self.desk.fail(
            self.source.document,
            "startPosition",
            f"{node.get('startPosition')}..{node.get('endPosition')}",
            f"a place in the text of {len(self.source.raw)} characters",
        )

    def _keep(
        self, node: Any, start: int, end: int, rest: list[dict[str, Any]], *, with_codes: bool
    ) -> None:
        if start >= end:
            self.desk.fail(
                self.source.document,
                "endPosition",
                f"a selection of no length at {start}" + (", with codes" if with_codes else ""),
                "a selection with words",
            )
        elif not with_codes:
            self.comments += 1
        end = max(start, end)
        rest.append(
            {"document": self.source.document, "start": start, "end": end, "xml": kept(node)}
        )
        # the notes are referenced by the kept element itself
        for reference in children(node, "NoteRef"):
            guid = guid_of(reference.get("targetGUID"))
            if guid is not None:
                self.desk.note_targets.setdefault(guid, [])

    def _selection(
        self,
        node: Any,
        codings: list[Any],
        start: int,
        end: int,
        rows: list[dict[str, Any]],
        loose: list[tuple[tuple[Any, ...], str, Any]],
    ) -> None:
        desk, document = self.desk, self.source.document
        memo = next((clean(d.text) for d in children(node, "Description")), "") or None
        by_coder: dict[str, tuple[list[Any], dict[str, Any]]] = {}
        for coding in codings:
            coder = desk.user(coding, "creatingUser") or desk.user(node) or self._unknown()
            reference = next(children(coding, "CodeRef"), None)
            code = guid_of(reference.get("targetGUID")) if reference is not None else None
            mine, facets = by_coder.setdefault(coder, ([], {}))
            if code in desk.facets:
                facet, value = desk.facets[code]
                facets[facet] = value
            elif code in desk.codes:
                mine.append((coding, desk.codes[code]))
            else:
                desk.fail(document, "CodeRef", "a coding of an unknown code", "a code of the file")
        place = {"document": document, "start": start, "end": end}
        for coder, (mine, facets) in by_coder.items():
            if not mine:
                where = (document, start, end, coder)
                loose.extend((where, facet, value) for facet, value in facets.items())
                continue
            selection = desk.fresh(guid_of(node.get("guid")), "selection", *place.values(), coder)
            for coding, code in mine:
                made = self._coding(node, coding, code)
                row = {**place, "quote": self.moved.text[start:end], "code": code, "coder": coder}
                rows.append({**row, **facets, **made, "memo": memo, "selection": selection})
            if len(by_coder) == 1 or selection == guid_of(node.get("guid")):
                self._keep_selection(node, selection)

    def _unknown(self) -> str:
        if _UNKNOWN not in self.desk.users.values():
            self.desk.users[_UNKNOWN] = _UNKNOWN
        return _UNKNOWN

    def _coding(self, node: Any, coding: Any, code: str) -> dict[str, Any]:
        guid = self.desk.fresh(guid_of(coding.get("guid")), "coding", node.get("guid"), code)
        rest = [kept(c) for c in coding if c.tag not in ("CodeRef", "NoteRef")]
        if rest:
            self.desk.children[guid] = rest
        self.desk.refer_notes(coding, "coding", guid)
        dates = (coding.get("creationDateTime"), node.get("creationDateTime"))
        at = next((d for d in (*dates, node.get("modifiedDateTime")) if d), None)
        return {"coding": guid, "coded_at": at}

    def _keep_selection(self, node: Any, selection: str) -> None:
        rest = [kept(c) for c in node if c.tag not in ("Description", "Coding", "NoteRef")]
        if rest:
            self.desk.children[selection] = rest
        changed = {n: node.get(n) for n in ("modifyingUser", "modifiedDateTime") if node.get(n)}
        if "modifyingUser" in changed and self.desk.user(node, "modifyingUser") is None:
            del changed["modifyingUser"]
        if changed:
            self.desk.attributes[selection] = changed
        self.desk.refer_notes(node, "selection", selection)


_COLUMNS = (
    "coding", "document", "start", "end", "quote", "code", "coder", "origin", "phase", "stage",
    "touchpoint", "valence", "important", "memo", "coded_at", "selection",
)  # fmt: skip


def _codings(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Codings with the columns of the contract, those of facets only where one is used."""
    made: dict[str, pd.Series] = {}
    for name in _COLUMNS:
        values = [row.get(name) for row in rows]
        if name in ("start", "end"):
            made[name] = pd.Series(values, dtype="int64")
        elif name == "origin":
            made[name] = _text_column(v or "human" for v in values)
        elif name == "valence":
            made[name] = pd.Series(values, dtype="Int64")
        elif name == "important":
            made[name] = pd.Series([bool(v) for v in values], dtype=bool)
        elif name == "coded_at":
            made[name] = dates_of(values)
        else:
            made[name] = _text_column(values)
    return pd.DataFrame(made)
