"""Acts on codings, suggestions, approvals and memos."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from ..model import ActRefusedError, DriftError, FrameError, Quotation
from ..model.frames import ORIGINS
from . import tables
from .acts_review import refuse_unreviewed, standing_quote
from .frames import plain_rows
from .ledger import Row
from .outcome import Outcome
from .registry import KEEP, Keep, Work, an_act, refuse_unknown
from .tables import names_of

__all__ = ["coding_id", "coding_rows", "insert_codings"]

# one fixed space of names, so that the same coding imported twice has the same id
_NAMES = uuid.UUID("6f1d9a3e-52c4-5b0e-9a51-0c7d5e8f2b41")
_FACETS = ("phase", "stage", "touchpoint", "valence", "score", "rule", "memo", "important")


def coding_id(row: dict[str, Any]) -> str:
    """The id of an imported coding: always the same for place, code, coder and origin."""
    key = [row[n] for n in ("document", "start", "end", "code", "coder", "origin")]
    return str(uuid.uuid5(_NAMES, "\x1f".join(map(str, key))))


@an_act()
def add_coding(
    work: Work,
    document: str,
    start: int,
    end: int,
    code: str,
    quote: str | None = None,
    phase: str | None = None,
    stage: str | None = None,
    touchpoint: str | None = None,
    valence: int | None = None,
    memo: str | None = None,
    important: bool | None = None,
    origin: Literal["human", "consensus"] = "human",
    coding: str | None = None,
) -> Outcome:
    """Give a code to a range of a document or comment; `quote`, when given, must stand there."""
    fields = dict(locals())
    row = {n: fields[n] for n in names_of(tables.coding) if n in fields}
    row["coding"] = coding or work.study.new_id()
    insert_codings(work, [row])
    return Outcome(None, "", ids=(row["coding"],))


@an_act()
def add_codings(
    work: Work,
    codings: pd.DataFrame,
    coder: str | None = None,
    origin: Literal["human", "consensus"] = "human",
) -> Outcome:
    """Add many codings as one act; those that are there already (same place, code, coder) stay.

    Columns as in the `codings` contract; `document`, `start`, `end`, `code` are needed. `coder` and
    `origin` fill in where the table has no such column; ids follow from the natural key.
    """
    needed = ("document", "start", "end", "code")
    absent = [n for n in needed if n not in codings.columns]
    if absent:
        raise FrameError(
            f"The codings lack {', '.join(absent)}.",
            expected=", ".join(needed),
            found=", ".join(map(str, codings.columns)),
        )
    known = [n for n in names_of(tables.coding) if n in codings.columns and n != "state"]
    rows: dict[str, Row] = {}
    for row in plain_rows(codings[known]):
        row["coder"] = row.get("coder") or coder or work.ledger.who
        row["origin"] = row.get("origin") or origin
        row["coding"] = row.get("coding") or coding_id(row)
        rows.setdefault(row["coding"], row)
    there = set(work.ledger.connection.execute(sa.select(tables.coding.c.coding)).scalars())
    fresh = [row for name, row in rows.items() if name not in there]
    insert_codings(work, fresh)
    return Outcome(
        None,
        "",
        ids=tuple(row["coding"] for row in fresh),
        kept=tuple(name for name in rows if name in there),
    )


@an_act()
def remove_coding(work: Work, coding: str) -> Outcome:
    """Take a coding away."""
    return _remove(work, [coding])


@an_act()
def remove_codings(work: Work, codings: list[str]) -> Outcome:
    """Take many codings away as one act."""
    return _remove(work, codings)


@an_act()
def change_coding(
    work: Work,
    coding: str,
    code: str | Keep = KEEP,
    start: int | Keep = KEEP,
    end: int | Keep = KEEP,
    phase: str | Keep | None = KEEP,
    stage: str | Keep | None = KEEP,
    touchpoint: str | Keep | None = KEEP,
    valence: int | Keep | None = KEEP,
    memo: str | Keep | None = KEEP,
    important: bool | Keep | None = KEEP,
) -> Outcome:
    """Recode, move a boundary, set phase or valence; what is not named stays, None empties.

    Giving `start` and `end` to a coding that had lost its place puts it there.
    """
    fields: Row = {
        n: v for n, v in locals().items() if v is not KEEP and n not in ("work", "coding")
    }
    row = coding_rows(work, [coding])[0]
    _check_facets(work, [fields])
    if "start" in fields or "end" in fields:
        text = _texts(work, [row["document"]])[row["document"]]
        place: Row = {**row, **fields}
        quotation = Quotation.of(row["document"], text, place["start"], place["end"])
        fields |= {"quote": quotation.quote, "state": "placed"}
    work.ledger.update(tables.coding, [(row, fields)])
    return Outcome(None, "", ids=(coding,))


@an_act()
def change_codings(
    work: Work,
    codings: list[str],
    code: str | Keep = KEEP,
    phase: str | Keep | None = KEEP,
    stage: str | Keep | None = KEEP,
    touchpoint: str | Keep | None = KEEP,
    valence: int | Keep | None = KEEP,
    important: bool | Keep | None = KEEP,
) -> Outcome:
    """Recode many codings, or set a facet on them, as one act."""
    fields = {n: v for n, v in locals().items() if v is not KEEP and n not in ("work", "codings")}
    _check_facets(work, [fields])
    rows = coding_rows(work, codings)
    work.ledger.update(tables.coding, [(row, fields) for row in rows])
    return Outcome(None, "", ids=tuple(codings))


@an_act()
def accept_suggestions(
    work: Work,
    suggestions: list[str],
    code: str | None = None,
    phase: str | Keep | None = KEEP,
    valence: int | Keep | None = KEEP,
) -> Outcome:
    """Make codings of one's own from machine suggestions, with changes where they are named."""
    changes: Row = {} if code is None else {"code": code}
    changes |= {n: v for n, v in (("phase", phase), ("valence", valence)) if v is not KEEP}
    rows = []
    for found in _suggestions(work, suggestions):
        row = {n: found.get(n) for n in names_of(tables.coding)} | changes
        row |= {"coder": work.ledger.who, "origin": "human", "coded_at": None}
        rows.append(row | {"coding": coding_id(row)})
    there = work.ledger.rows(tables.coding, tables.coding.c.coding.in_([r["coding"] for r in rows]))
    known = {row["coding"] for row in there}
    insert_codings(work, [row for row in rows if row["coding"] not in known])
    ids = tuple(str(row["coding"]) for row in rows)
    _decide(work, dict(zip(suggestions, ids, strict=True)), "accepted")
    return Outcome(None, "", ids=ids)


@an_act()
def reject_suggestions(work: Work, suggestions: list[str]) -> Outcome:
    """Say that machine suggestions are wrong, so that they are not shown again."""
    _suggestions(work, suggestions)
    _decide(work, dict.fromkeys(suggestions), "rejected")
    return Outcome(None, "", ids=tuple(suggestions))


@an_act()
def approve_quote(
    work: Work, document: str, start: int, end: int, published_text: str, quote: str | None = None
) -> Outcome:
    """Approve words for readers outside the study, in the form in which they may be published."""
    text = _texts(work, [document])[document]
    quotation = Quotation.of(document, text, start, end)
    _agree(quotation, quote)
    if not published_text.strip():
        raise ActRefusedError("The published text is empty.", expected="pseudonymised words")
    refuse_unreviewed(work, document, (start, end), published_text)
    name, there = standing_quote(work, document, start, end)
    values: Row = {
        "approval": name,
        "document": document,
        "start": start,
        "end": end,
        "quote": quotation.quote,
        "published_text": published_text,
        "approved_by": work.ledger.who,
        "approved_at": work.ledger.at,
        "state": "placed",
    }
    if there is None:
        work.ledger.insert(tables.approval, [values])
    elif any(there[n] != values[n] for n in ("quote", "published_text", "state")):
        work.ledger.update(tables.approval, [(there, values)])
    return Outcome(None, "", ids=(str(values["approval"]),))


@an_act()
def withdraw_quote(work: Work, approval: str) -> Outcome:
    """Take an approval back: the quote leaves the next published bundle."""
    there = work.ledger.row(tables.approval, approval)
    if there is None:
        raise ActRefusedError("There is no such approval.", found=approval[:80])
    work.ledger.delete(tables.approval, [there])
    return Outcome(None, "", ids=(approval,))


@an_act()
def set_memo(
    work: Work, about: Literal["study", "document", "code", "respondent"], target: str, text: str
) -> Outcome:
    """Write the coder's memo on a thing; an empty text removes it. A coding has its own field."""
    there = work.ledger.row(tables.memo, about, target, work.ledger.who)
    values = {"text": text, "written_at": work.ledger.at}
    key = {"about": about, "target": target, "coder": work.ledger.who}
    if there is None and text:
        work.ledger.insert(tables.memo, [{**key, **values}])
    elif there is not None and not text:
        work.ledger.delete(tables.memo, [there])
    elif there is not None and there["text"] != text:
        work.ledger.update(tables.memo, [(there, values)])
    return Outcome(None, "", ids=(target,))


def insert_codings(work: Work, rows: list[Row]) -> None:
    """Check places, words, codes and facets of new codings, then insert them."""
    _check_facets(work, rows)
    texts = _texts(work, dict.fromkeys(row["document"] for row in rows))
    for row in rows:
        quotation = Quotation.of(row["document"], texts[row["document"]], row["start"], row["end"])
        _agree(quotation, row.get("quote"))
        row["quote"] = quotation.quote
        row["state"] = "placed"
        row["coder"] = row.get("coder") or work.ledger.who
        row["coded_at"] = row.get("coded_at") or work.ledger.at
        if row.get("important") is not None:
            row["important"] = bool(row["important"])
    work.ledger.insert(tables.coding, rows)


def _agree(quotation: Quotation, quote: str | None) -> None:
    if quote is not None and quote != quotation.quote:
        raise DriftError(
            "The quote given is not what stands at its place.",
            where=f"{quotation.document}, {quotation.start}..{quotation.end}",
            next_step="Nothing was changed. Reload the document, then select the words again.",
        )


def _texts(work: Work, documents: Iterable[str]) -> dict[str, str]:
    """Texts of documents; a survey comment that is touched first is copied into the study file."""
    wanted = list(documents)
    query = sa.select(tables.document.c.document, tables.document.c.text)
    if len(wanted) <= 500:
        query = query.where(tables.document.c.document.in_(wanted))
    texts = {row.document: row.text for row in work.ledger.connection.execute(query)}
    absent = [name for name in wanted if name not in texts]
    if absent:
        found = work.study.processed.find_rows("comments", "document", absent)
        columns = ("document", "text", "language", "language_confidence", "respondent")
        copies = [{"kind": "comment", **{n: row.get(n) for n in columns}} for row in found]
        if copies:
            # a copy of what was given, not an act: it stays when the coding is undone, because
            # other coders' codings may stand on it
            work.ledger.connection.execute(sa.insert(tables.document), copies)
        texts |= {row["document"]: row["text"] for row in copies}
    _refuse_absent("document", wanted, texts)
    return texts


def _check_facets(work: Work, rows: list[Row]) -> None:
    codes = set(work.ledger.connection.execute(sa.select(tables.code.c.code)).scalars())
    phases = [p.phase for p in work.study.settings.journey()]
    stages = [s.stage for p in work.study.settings.journey() for s in p.stages]
    touchpoints = [t.touchpoint for t in work.study.settings.encounters()]
    known = (
        ("code", sorted(codes)),
        ("phase", phases),
        # a phase without stages of its own stands for its only stage
        ("stage", [*stages, *phases]),
        ("touchpoint", touchpoints),
        ("origin", ORIGINS),
    )
    for name, allowed in known:
        refuse_unknown({r[name] for r in rows if r.get(name) is not None}, allowed, name)
    for row in rows:
        for name, low, high in (("valence", -2, 2), ("score", 0, 1)):
            value = row.get(name)
            if value is not None and not low <= value <= high:
                raise ActRefusedError(
                    f"The {name} lies outside its range.",
                    expected=f"{low} … {high}",
                    found=str(value),
                    next_step="Nothing was changed.",
                )


def coding_rows(work: Work, codings: list[str]) -> list[Row]:
    """Rows of codings, each once, in the order asked; unknown ids are refused."""
    found: dict[str, Row] = {}
    for at in range(0, len(codings), 500):
        some = tables.coding.c.coding.in_(codings[at : at + 500])
        found |= {row["coding"]: row for row in work.ledger.rows(tables.coding, some)}
    _refuse_absent("coding", codings, found)
    return [found[name] for name in dict.fromkeys(codings)]


def _remove(work: Work, codings: list[str]) -> Outcome:
    work.ledger.delete(tables.coding, coding_rows(work, codings))
    return Outcome(None, "", ids=tuple(codings))


def _suggestions(work: Work, suggestions: list[str]) -> list[Row]:
    found = work.study.processed.find_rows("suggestions", "coding", suggestions)
    rows = {row["coding"]: row for row in found}
    _refuse_absent("suggestion", suggestions, rows)
    return [rows[name] for name in suggestions]


def _decide(work: Work, codings: dict[str, str | None], decision: str) -> None:
    for suggestion, coding in codings.items():
        there = work.ledger.row(tables.decision, suggestion, work.ledger.who)
        values = {"decision": decision, "coding": coding, "decided_at": work.ledger.at}
        key = {"suggestion": suggestion, "coder": work.ledger.who}
        if there is None:
            work.ledger.insert(tables.decision, [{**key, **values}])
        elif there["decision"] != decision or there["coding"] != coding:
            work.ledger.update(tables.decision, [(there, values)])


def _refuse_absent(what: str, wanted: Iterable[str], found: Iterable[str]) -> None:
    known = set(found)
    absent = [name for name in wanted if name not in known]
    if absent:
        raise ActRefusedError(
            f"The study has no such {what}: {len(absent)} id(s).",
            found=", ".join(name[:60] for name in absent[:5]),
            next_step="Nothing was changed. Reload, or correct the ids.",
        )
