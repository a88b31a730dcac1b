"""Acts of reviewers: decisions on personal words, documents read, quotes kept inside the study."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from ..model import ActRefusedError, FrameError, Quotation, normalise_text
from . import tables
from .anchoring import edited_place, found_again, place_after
from .frames import plain_rows
from .ledger import Row
from .outcome import Outcome
from .registry import Work, an_act
from .scrubbing import Scope, scrub_log
from .tables import names_of

if TYPE_CHECKING:
    from .anchoring import Cut

__all__ = [
    "MARK_STATES",
    "move_marks",
    "refuse_unreviewed",
    "relocate_marks",
    "standing_quote",
    "text_mark",
]

# names decisions on quotes: the same place, the same id
_QUOTES = uuid.uuid5(uuid.NAMESPACE_URL, "cxresearch/quote")
MARK_STATES = ("personal", "open")


def text_mark(text: str) -> str:
    """The hash by which a review knows the text that was read."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@an_act(lane="review")
def decide_passages(work: Work, passages: pd.DataFrame) -> Outcome:
    """Say of passages whether they are personal: document, start, end, kind, state, maybe quote.

    `state` is personal (replaced before anybody else reads it) or open (no secret). A passage that
    was decided before gets the new decision. `quote`, where given, must be the words there.
    """
    rows = _needed(passages, ("document", "start", "end", "kind", "state"))
    texts: dict[str, str] = {}
    there: dict[tuple[str, int, int], Row] = {}
    for name in dict.fromkeys(str(row["document"]) for row in rows):
        texts[name] = text_of(work, name)
        for mark in work.ledger.rows(tables.mark, tables.mark.c.document == name):
            if mark["state"] != "unplaced":
                there[name, mark["start"], mark["end"]] = mark
    fresh: list[Row] = []
    changes: list[tuple[Row, Row]] = []
    ids: list[str] = []
    for row in rows:
        wanted = _decided(work, row, texts[row["document"]])
        known = there.get((wanted["document"], wanted["start"], wanted["end"]))
        if known is None:
            known = {"mark": work.study.new_id(), **wanted}
            fresh.append(known)
            there[wanted["document"], wanted["start"], wanted["end"]] = known
        elif any(known[n] != wanted[n] for n in ("kind", "state", "quote")):
            changes.append((known, wanted))
        ids.append(known["mark"])
    work.ledger.insert(tables.mark, fresh)
    work.ledger.update(tables.mark, changes)
    return Outcome(None, "", ids=tuple(ids))


def _needed(frame: pd.DataFrame, names: Sequence[str]) -> list[Row]:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise FrameError(
            f"The table of the act lacks {', '.join(absent)}.",
            expected=", ".join(names),
            found=", ".join(map(str, frame.columns)),
        )
    return plain_rows(frame)


def _decided(work: Work, row: Row, text: str) -> Row:
    quotation = Quotation.of(row["document"], text, row["start"], row["end"])
    if row.get("quote") is not None and row["quote"] != quotation.quote:
        raise ActRefusedError(
            "The words given are not what stands at their place.",
            where=f"{row['document']}, {row['start']}..{row['end']}",
            next_step="Nothing was changed. Open the document again.",
        )
    if row["state"] not in MARK_STATES:
        raise ActRefusedError("A passage can't have this state.", expected=" | ".join(MARK_STATES))
    return {
        **{name: row[name] for name in ("document", "start", "end", "kind", "state")},
        "quote": quotation.quote,
        "decided_by": work.ledger.who,
        "decided_at": work.ledger.at,
    }


@an_act(lane="review")
def reopen_passages(work: Work, marks: list[str]) -> Outcome:
    """Take decisions on passages away, so that they wait for one again."""
    found = work.ledger.rows_by_key(tables.mark, [(mark,) for mark in marks])
    if len(found) < len(set(marks)):
        raise ActRefusedError("There is no such decision any more.", next_step="Reload.")
    work.ledger.delete(tables.mark, list(found.values()))
    return Outcome(None, "", ids=tuple(marks))


@an_act(lane="review")
def finish_review(work: Work, document: str, text_sha256: str | None = None) -> Outcome:
    """Say that a person has read a document for personal words; its quotes may be approved then.

    It holds for this text only: a changed text has to be read again. `text_sha256`, where given,
    must be the hash of the text as it stands (`text_mark`).
    """
    found = text_mark(text_of(work, document))
    if text_sha256 is not None and text_sha256 != found:
        raise ActRefusedError(
            "The document has changed since it was read.",
            where=document,
            next_step="Nothing was changed. Read it again.",
        )
    _record(work, document, found)
    return Outcome(None, "", ids=(document,))


def _record(work: Work, document: str, found: str) -> None:
    values = {"text_sha256": found, "reviewed_by": work.ledger.who, "reviewed_at": work.ledger.at}
    there = work.ledger.row(tables.review, document)
    if there is None:
        work.ledger.insert(tables.review, [{"document": document, **values}])
    elif there["text_sha256"] != found:
        work.ledger.update(tables.review, [(there, values)])


@an_act(lane="review")
def reopen_review(work: Work, document: str) -> Outcome:
    """Say that a document has to be read again; its approved quotes are not published meanwhile."""
    there = work.ledger.row(tables.review, document)
    if there is not None:
        work.ledger.delete(tables.review, [there])
    return Outcome(None, "", ids=(document,))


@an_act(lane="review")
def reject_quote(
    work: Work, document: str, start: int, end: int, quote: str | None = None
) -> Outcome:
    """Keep a quote inside the study; an approval that it had is taken back."""
    row = {"document": document, "start": start, "end": end, "quote": quote}
    quotation = Quotation.of(document, text_of(work, document), start, end)
    if quote is not None and quote != quotation.quote:
        _decided(work, {**row, "kind": "", "state": ""}, text_of(work, document))
    name, standing = standing_quote(work, document, start, end)
    values: Row = {
        "approval": name,
        **row,
        "quote": quotation.quote,
        "published_text": "",
        "approved_by": work.ledger.who,
        "approved_at": work.ledger.at,
        "state": "rejected",
    }
    if standing is None:
        own_copy(work, document)
        work.ledger.insert(tables.approval, [values])
    elif standing["state"] != "rejected":
        work.ledger.update(tables.approval, [(standing, values)])
    return Outcome(None, "", ids=(str(values["approval"]),))


@an_act(lane="review")
def replace_passages(
    work: Work, document: str, passages: pd.DataFrame, for_good: bool = False
) -> Outcome:
    """Replace passages (start, end, text) of a document, all in one act; quotations move along.

    Turns, codings, approvals and marks keep their place; a border that stood inside replaced words
    goes to the border of what stands there now. A document that was reviewed stays so. With
    `for_good` the old words leave the event log too: the document's history can't be undone.
    """
    there = work.ledger.row(tables.document, document)
    if there is None:
        raise ActRefusedError("The study has no such document.", found=document[:80])
    old = there["text"]
    cuts = _cuts(_needed(passages, ("start", "end", "text")), old, document)
    if not cuts:
        return Outcome(None, "", ids=())
    new = old
    for first, last, words in reversed(cuts):
        new = new[:first] + words + new[last:]
    if normalise_text(new, where=document) != new:
        raise ActRefusedError("The new words have signs that can't stand there.", where=document)
    review = work.ledger.row(tables.review, document)
    work.ledger.keep_values = not for_good
    work.ledger.update(tables.document, [(there, {"text": new})])
    for table in (tables.turn, tables.coding, tables.approval, tables.mark):
        _move_all(work, table, document, new, cuts)
    if review is not None and review["text_sha256"] == text_mark(old):
        work.ledger.update(tables.review, [(review, {"text_sha256": text_mark(new)})])
    if for_good:
        scrub_log(work, Scope(documents=frozenset([document])))
    return Outcome(None, "", ids=(document,))


def _cuts(rows: list[Row], text: str, document: str) -> list[Cut]:
    cuts = sorted((row["start"], row["end"], row["text"] or "") for row in rows)
    borders = [(0, 0, ""), *cuts, (len(text), len(text), "")]
    bad = any(b[0] < a[1] for a, b in pairwise(borders))
    if bad or any(first >= last for first, last, _ in cuts):
        raise ActRefusedError(
            "Passages to be replaced overlap, are empty or lie outside the text.", where=document
        )
    return cuts


def _move_all(work: Work, table, document: str, new: str, cuts: list[Cut]) -> None:  # type: ignore[no-untyped-def]
    changes: list[tuple[Row, Row]] = []
    for row in work.ledger.rows(table, table.c.document == document):
        if row.get("state") in ("unplaced", "rejected"):
            continue
        start, end = place_after(row["start"], row["end"], cuts)
        values: Row = {"start": start, "end": end}
        if "quote" in row:
            values["quote"] = new[start:end]
        if table is tables.mark and (row["start"], row["end"]) in {c[:2] for c in cuts}:
            values["state"] = "replaced"
        changes.append((row, values))
    work.ledger.update(table, changes)


def move_marks(work: Work, document: str, new: str, cut: tuple[int, int], added: int) -> None:
    """After an edit: decisions move along; one whose words changed waits for a decision again."""
    changes: list[tuple[Row, Row]] = []
    for row in work.ledger.rows(tables.mark, tables.mark.c.document == document):
        place = edited_place(row["start"], row["end"], cut, added)
        same = place is not None and new[place[0] : place[1]] == row["quote"]
        if place is None or not same:
            changes.append((row, {"state": "unplaced"}))
        else:
            changes.append((row, {"start": place[0], "end": place[1]}))
    work.ledger.update(tables.mark, changes)


def relocate_marks(work: Work, document: str, old: str, new: str) -> None:
    """After a document's text was replaced: decisions go where their words certainly stand."""
    changes: list[tuple[Row, Row]] = []
    for row in work.ledger.rows(tables.mark, tables.mark.c.document == document):
        if row["state"] == "unplaced":
            continue
        place = found_again(old, row["start"], row["end"], row["quote"], new)
        if place is None:
            changes.append((row, {"state": "unplaced"}))
        else:
            changes.append((row, {"start": place, "end": place + len(row["quote"])}))
    work.ledger.update(tables.mark, changes)


def refuse_unreviewed(work: Work, document: str, place: tuple[int, int], published: str) -> None:
    """Refuse to approve words of a document that nobody has read, or that hold personal words.

    A survey comment is one short answer, shown whole beside its published form: whoever approves a
    quote of it has read it, and the review is written down.
    """
    text = text_of(work, document)
    there = work.ledger.row(tables.review, document)
    if there is None or there["text_sha256"] != text_mark(text):
        row = work.ledger.row(tables.document, document)
        if row is not None and row["kind"] != "comment":
            raise ActRefusedError(
                "Nobody has reviewed this document for personal words, or its text has changed "
                "since; its quotes can't be published.",
                where=document,
                next_step="Review it first: open_personal_review(study), or `cxresearch review`.",
            )
        _record(work, document, text_mark(text))
    marks = work.ledger.rows(
        tables.mark, tables.mark.c.document == document, tables.mark.c.state == "personal"
    )
    inside = [m for m in marks if m["start"] < place[1] and place[0] < m["end"]]
    if any(mark["quote"].casefold() in published.casefold() for mark in inside):
        raise ActRefusedError(
            "The published text still has words that the review calls personal.",
            where=f"{document}, {place[0]}..{place[1]}",
            next_step="Nothing was changed. Replace them, or change the decision on them.",
        )


def text_of(work: Work, document: str) -> str:
    """The text of a document or survey comment, or a refusal."""
    row = work.ledger.row(tables.document, document)
    if row is not None:
        return str(row["text"])
    found = work.study.processed.find_rows("comments", "document", [document])
    if not found:
        raise ActRefusedError(
            "The study has no such document.",
            expected="an id from study.documents() or study.comments()",
            found=document[:80],
            next_step="Nothing was changed.",
        )
    return str(found[0]["text"])


def own_copy(work: Work, document: str) -> None:
    """Copy a survey comment into the study file before something refers to it."""
    if work.ledger.row(tables.document, document) is None:
        found = work.study.processed.find_rows("comments", "document", [document])[0]
        copy = {name: found.get(name) for name in names_of(tables.document)}
        work.ledger.connection.execute(tables.document.insert(), [{**copy, "kind": "comment"}])


def standing_quote(work: Work, document: str, start: int, end: int) -> tuple[str, Row | None]:
    """The id of the decision on a quote, and the decision there is: approved or rejected."""
    approval = tables.approval
    found = work.ledger.rows(
        approval, approval.c.document == document, approval.c.start == start, approval.c.end == end
    )
    standing = [row for row in found if row["state"] != "unplaced"] or found
    if standing:
        return standing[0]["approval"], standing[0]
    name = str(uuid.uuid5(_QUOTES, f"{document}\x1f{start}\x1f{end}"))
    taken = work.ledger.row(approval, name) is not None  # by a quote that has moved since
    return (work.study.new_id() if taken else name), None
