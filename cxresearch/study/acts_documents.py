"""Acts on documents: import, replace, edit, remove; quotations keep their words or say so."""

from __future__ import annotations

import json
from typing import Literal

import pandas as pd
import sqlalchemy as sa

from ..model import ActRefusedError, FrameError, check_frame, normalise_text
from . import tables
from .acts_codings import _texts
from .acts_review import move_marks, relocate_marks
from .anchoring import edited_place, found_again
from .frames import plain_rows
from .ledger import Row, key_text, keys_changed
from .outcome import Outcome
from .registry import Work, an_act
from .tables import names_of

__all__: list[str] = []


@an_act(lane="import")
def import_documents(
    work: Work,
    documents: pd.DataFrame,
    turns: pd.DataFrame | None = None,
    replace: bool = False,
) -> Outcome:
    """Take documents and their turns into the study; what is there already stays.

    A document whose `sha256` is the one imported before is kept, whatever else; one whose file has
    changed is listed in `changed` and left alone, unless `replace` is True: then it is in `ids` and
    its quotations move to the new text (see `replace_document`). A document that a person edited
    is never replaced here.
    """
    rows, by_document = _checked(documents, turns)
    there = {r["document"]: r for r in work.ledger.rows(tables.document)}
    fresh: list[Row] = []
    replaced: list[str] = []
    kept: list[str] = []
    changed: list[str] = []
    unplaced: list[str] = []
    for row in rows:
        name = row["document"]
        if name not in there:
            fresh.append(row)
        elif _same(there[name], row):
            kept.append(name)
        elif replace and not _edited_by_hand(work, name):
            unplaced += _replace(work, there[name], row, by_document.get(name, []))
            replaced.append(name)
        else:
            changed.append(name)
    work.ledger.insert(tables.document, fresh)
    names = [row["document"] for row in fresh]
    work.ledger.insert(tables.turn, [t for name in names for t in by_document.get(name, [])])
    ids = (*names, *replaced)
    _record_sources(work, [r for r in rows if r["document"] in ids])
    return Outcome(
        None, "", ids=ids, kept=tuple(kept), changed=tuple(changed), unplaced=tuple(unplaced)
    )


@an_act()
def replace_document(
    work: Work, documents: pd.DataFrame, turns: pd.DataFrame | None = None
) -> Outcome:
    """Give documents a new text; quotations whose exact words are certain to be found move along.

    Those that are not are kept with their words in `unplaced(study)` until a person places them.
    """
    rows, by_document = _checked(documents, turns)
    unplaced: list[str] = []
    for row in rows:
        there = _there(work, row["document"])
        unplaced += _replace(work, there, row, by_document.get(row["document"], []))
    _record_sources(work, rows)
    ids = tuple(row["document"] for row in rows)
    return Outcome(None, "", ids=ids, unplaced=tuple(unplaced))


@an_act()
def edit_text(
    work: Work, document: str, start: int, end: int, text: str, quote: str | None = None
) -> Outcome:
    """Replace `start`..`end` of a document by `text`, a slip of the pen or a name to be hidden.

    Quotations and turns move with it. One that the edit cuts across keeps its words and waits in
    `unplaced(study)`; an approval whose words changed has to be given anew.
    """
    there = _there(work, document)
    old = there["text"]
    if not 0 <= start <= end <= len(old) or (start == end and not text):
        raise ActRefusedError(
            "The edit lies outside the text or changes nothing.",
            expected=f"0 <= start <= end <= {len(old)}",
            found=f"start={start}, end={end}",
        )
    if quote is not None and old[start:end] != quote:
        raise ActRefusedError(
            "The text at this place is not what the window shows.",
            where=f"{document}, {start}..{end}",
            next_step="Nothing was changed. Reload the document, then edit again.",
        )
    new = old[:start] + text + old[end:]
    if normalise_text(new, where=document) != new:
        raise ActRefusedError(
            "The new text has signs that can't stand there.",
            expected="composed letters (NFC) and plain line ends",
            where=document,
        )
    work.ledger.update(tables.document, [(there, {"text": new})])
    move_marks(work, document, new, (start, end), len(text))
    _move_turns(work, document, (start, end), len(text))
    return Outcome(
        None,
        "",
        ids=(document,),
        unplaced=_move_quotes(work, document, new, (start, end), len(text)),
    )


@an_act()
def set_language(
    work: Work, document: str, language: Literal["fi", "en", "sv", "other"]
) -> Outcome:
    """Correct the language that was guessed of a document or a survey comment.

    Its confidence becomes 1, and a later import leaves it alone.
    """
    _texts(work, [document])  # a comment that is touched first is copied into the study file
    row = _there(work, document)
    work.ledger.update(tables.document, [(row, {"language": language, "language_confidence": 1.0})])
    return Outcome(None, "", ids=(document,))


@an_act()
def remove_document(work: Work, document: str) -> Outcome:
    """Remove a document with its turns, codings, memos and approvals; undo brings all back."""
    _remove(work, document)
    return Outcome(None, "", ids=(document,))


@an_act()
def erase_document(work: Work, document: str) -> Outcome:
    """Remove a document for good, also from the event log: its speaker has withdrawn consent.

    The log keeps that something was done, not what. There is no undo. Copies in `backups` still
    hold the document: `erase_traces(study)` replaces them.
    """
    work.ledger.keep_values = False
    _scrub_log(work, document, _remove(work, document))
    return Outcome(None, "", ids=(document,))


@an_act(lane="import")
def refresh_comments(work: Work) -> Outcome:
    """After survey comments were imported anew: move the codings of those whose text changed."""
    ids, unplaced = [], []
    touched = work.ledger.rows(tables.document, tables.document.c.kind == "comment")
    found = work.study.processed.find_rows("comments", "document", [r["document"] for r in touched])
    texts = {row["document"]: row["text"] for row in found}
    for row in touched:
        new = texts.get(row["document"], row["text"])
        if new != row["text"]:
            unplaced += _replace(work, row, {**row, "text": new}, [])
            ids.append(row["document"])
    return Outcome(None, "", ids=tuple(ids), unplaced=tuple(unplaced))


@an_act(lane="import")
def record_source(work: Work, file: str, sha256: str, part: str) -> Outcome:
    """Write down which file a part of the study was read from, so that a change is told apart."""
    _upsert_source(work, file, sha256, part)
    return Outcome(None, "", ids=(file,))


def _remove(work: Work, name: str) -> list[str]:
    """Delete a document with all that hangs on it; give the ids of its codings and approvals."""
    there = _there(work, name)
    codings = work.ledger.rows(tables.coding, tables.coding.c.document == name)
    approvals = work.ledger.rows(tables.approval, tables.approval.c.document == name)
    ids = [row["coding"] for row in codings]
    about = tables.memo.c.about.in_(("document", "coding"))
    of_file = tables.source.c.part == "documents"
    for table, where in (
        (tables.memo, about & tables.memo.c.target.in_([name, *ids])),
        (tables.turn, tables.turn.c.document == name),
        (tables.reduction, tables.reduction.c.document == name),
        (tables.mark, tables.mark.c.document == name),
        (tables.review, tables.review.c.document == name),
        (tables.consent, tables.consent.c.document == name),
        (tables.foreign_part, tables.foreign_part.c.document == name),
        (tables.source, of_file & (tables.source.c.file == there["source"])),
    ):
        work.ledger.delete(table, work.ledger.rows(table, where))
    work.ledger.delete(tables.approval, approvals)
    work.ledger.delete(tables.coding, codings)
    work.ledger.delete(tables.document, [there])
    return [*ids, *(row["approval"] for row in approvals)]


def _scrub_log(work: Work, name: str, ids: list[str]) -> None:
    """Empty the before and after of all changes that ever touched a document or its codings."""
    change, event = tables.event_change, tables.event
    held = (
        "document", "turn", "coding", "approval", "memo", "mark", "review", "consent", "reduction",
        "foreign_part",
    )  # fmt: skip
    found = work.ledger.connection.execute(sa.select(change).where(change.c.table.in_(held)))
    rows = [dict(row) for row in found.mappings()]
    gone = {("document", name), *(("coding", i) for i in ids), *(("approval", i) for i in ids)}
    for row in rows:  # also what was taken away before the erasing
        if name in {(row[side] or {}).get("document") for side in ("before", "after")}:
            gone.add((row["table"], *json.loads(row["key"])))
    for row in rows:
        key = json.loads(row["key"])
        # the key of a memo starts with what it is about
        whose = tuple(key[:2]) if row["table"] == "memo" else (row["table"], *key)
        if whose in gone:
            at = (change.c.event == row["event"]) & (change.c.position == row["position"])
            empty = sa.update(change).where(at).values(before=None, after=None)
            work.ledger.connection.execute(empty)
            barred = sa.update(event).where(event.c.event == row["event"])
            work.ledger.connection.execute(barred.values(can_undo=False))


def _there(work: Work, name: str) -> Row:
    row = work.ledger.row(tables.document, name)
    if row is None:
        raise ActRefusedError(
            "The study has no such document.",
            expected="an id from study.documents()",
            found=name[:80],
            next_step="Nothing was changed. Run the import, or correct the id.",
        )
    return row


def _checked(
    documents: pd.DataFrame, turns: pd.DataFrame | None
) -> tuple[list[Row], dict[str, list[Row]]]:
    check_frame(documents, "documents")
    names = [c.name for c in tables.document.columns if c.name in documents.columns]
    rows = [{**dict.fromkeys(names_of(tables.document)), **r} for r in plain_rows(documents[names])]
    for row in rows:
        if normalise_text(row["text"], where=row["document"]) != row["text"]:
            raise FrameError(
                "A document's text is not in its normal form.",
                expected="text that went through normalise_text",
                where=row["document"],
            )
    by_document: dict[str, list[Row]] = {}
    if turns is not None and len(turns):
        check_frame(turns, "turns")
        lengths = {row["document"]: len(row["text"]) for row in rows}
        kept = [c.name for c in tables.turn.columns if c.name in turns.columns]
        for row in plain_rows(turns[kept]):
            if not 0 <= row["start"] <= row["end"] <= lengths.get(row["document"], -1):
                raise FrameError(
                    "A turn lies outside its document.",
                    expected=f"end <= {lengths.get(row['document'], 'a document in this import')}",
                    found=f"start={row['start']}, end={row['end']}",
                    where=f"{row['document']}, turn {row['turn']}",
                )
            by_document.setdefault(row["document"], []).append(row)
    return rows, by_document


def _same(there: Row, row: Row) -> bool:
    if there["sha256"] is not None and row["sha256"] is not None:
        return bool(there["sha256"] == row["sha256"])
    return bool(there["text"] == row["text"])


def _edited_by_hand(work: Work, name: str) -> bool:
    this = (tables.event.c.act == "edit_text", tables.event_change.c.key == key_text((name,)))
    return bool(keys_changed(work.ledger.connection, "document", *this))


def _replace(work: Work, there: Row, row: Row, turns: list[Row]) -> list[str]:
    name, old, new = there["document"], there["text"], row["text"]
    if there["language_confidence"] == 1.0:  # given or corrected by hand: a guess does not undo it
        row = {**row, "language": there["language"], "language_confidence": 1.0}
    work.ledger.update(tables.document, [(there, row)])
    relocate_marks(work, name, old, new)
    before = work.ledger.rows(tables.turn, tables.turn.c.document == name)
    whole = [{**dict.fromkeys(names_of(tables.turn)), **t} for t in turns]
    if before != whole:
        work.ledger.delete(tables.turn, before)
        work.ledger.insert(tables.turn, whole)
    unplaced = []
    for table, key in ((tables.coding, "coding"), (tables.approval, "approval")):
        changes: list[tuple[Row, Row]] = []
        standing = (table.c.document == name, table.c.state != "rejected")
        for quotation in work.ledger.rows(table, *standing):
            start, end, quote = quotation["start"], quotation["end"], quotation["quote"]
            known = old if quotation["state"] == "placed" else None
            place = found_again(known, start, end, quote, new)
            if place is None:
                unplaced.append(quotation[key])
                changes.append((quotation, {"state": "unplaced"}))
            else:
                values = {"start": place, "end": place + len(quote), "state": "placed"}
                changes.append((quotation, values))
        work.ledger.update(table, changes)
    return unplaced


def _move_turns(work: Work, name: str, cut: tuple[int, int], added: int) -> None:
    changes = []
    for row in work.ledger.rows(tables.turn, tables.turn.c.document == name):
        first, last = cut
        inside = row["start"] <= first and last <= row["end"]
        if inside:  # words added at either end of a turn belong to it
            place: tuple[int, int] | None = (row["start"], row["end"] + added - (last - first))
        else:
            place = edited_place(row["start"], row["end"], cut, added)
        if place is None:
            raise ActRefusedError(
                "The edit would cut across the border of a turn.",
                where=f"{name}, turn {row['turn']}",
                next_step="Nothing was changed. Edit one turn at a time.",
            )
        changes.append((row, {"start": place[0], "end": place[1]}))
    work.ledger.update(tables.turn, changes)


def _move_quotes(
    work: Work, name: str, new: str, cut: tuple[int, int], added: int
) -> tuple[str, ...]:
    unplaced = []
    for table, key in ((tables.coding, "coding"), (tables.approval, "approval")):
        changes: list[tuple[Row, Row]] = []
        for row in work.ledger.rows(table, table.c.document == name, table.c.state == "placed"):
            place = edited_place(row["start"], row["end"], cut, added)
            words = new[place[0] : place[1]] if place else ""
            if place is None or (table is tables.approval and words != row["quote"]):
                unplaced.append(row[key])
                changes.append((row, {"state": "unplaced"}))
            else:
                changes.append((row, {"start": place[0], "end": place[1], "quote": words}))
        work.ledger.update(table, changes)
    return tuple(unplaced)


def _record_sources(work: Work, rows: list[Row]) -> None:
    for file, sha256 in sorted({(r["source"], r["sha256"]) for r in rows if r["source"]}):
        if sha256:
            _upsert_source(work, file, sha256, "documents")


def _upsert_source(work: Work, file: str, sha256: str, part: str) -> None:
    there = work.ledger.row(tables.source, file, part)
    values = {"file": file, "part": part, "sha256": sha256, "imported_at": work.ledger.at}
    if there is None:
        work.ledger.insert(tables.source, [values])
    elif there["sha256"] != sha256:
        work.ledger.update(tables.source, [(there, values)])
