"""Acts that erase for good: people who withdraw, texts whose time is up; and dates of consent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd

from ..model import FrameError
from . import tables
from .erasing import erased_keys
from .frames import plain_rows
from .ledger import Row, key_of
from .outcome import Outcome
from .registry import Work, an_act
from .scrubbing import Scope, delete_rows, scrub_log

__all__: list[str] = []

_COUNTED = ("code", "coder", "origin", "phase", "stage", "touchpoint", "valence")


@an_act(lane="import")
def set_consents(work: Work, consents: pd.DataFrame) -> Outcome:
    """Write down when consent was given and until when a document may be kept.

    Columns `document`, `consented_on`, `keep_until` (ISO dates; may be empty).
    """
    rows = []
    for row in plain_rows(consents):
        values = {name: row.get(name) for name in ("document", "consented_on", "keep_until")}
        for name in ("consented_on", "keep_until"):
            _refuse_no_date(values[name], name)
        rows.append(values)
    there = {key_of(tables.consent, row): row for row in work.ledger.rows(tables.consent)}
    wanted = {(row["document"],): row for row in rows}
    work.ledger.insert(tables.consent, [r for key, r in wanted.items() if key not in there])
    work.ledger.update(tables.consent, [(there[k], r) for k, r in wanted.items() if k in there])
    return Outcome(None, "", ids=tuple(str(row["document"]) for row in rows))


def _refuse_no_date(value: str | None, name: str) -> None:
    try:
        if value is not None:
            dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise FrameError(
            f"A cell of `{name}` is no date.", expected="YYYY-MM-DD", found="something else"
        ) from None


@an_act()
def erase_people(
    work: Work,
    respondents: list[str],
    documents: list[str],
    customers: list[str],
    responses: list[str],
    suggestions: list[str],
    names: list[str],
) -> Outcome:
    """Erase everything of people who withdraw, from the tables and from the event log; no undo.

    `documents` are their interviews, notes and comments; `customers` those customer keys that are
    theirs alone; `names` their names and contacts, in the pseudonym key and among the personal
    columns of a customer that others share. A salted hash of each id stays in the
    table `gone`, so that the next import leaves out what a source file still holds of them.
    """
    scope = Scope(
        documents=frozenset(documents) | _their_documents(work, respondents),
        respondents=frozenset(respondents),
        customers=frozenset(customers),
        responses=frozenset(responses),
        suggestions=frozenset(suggestions),
        names=frozenset(name.lower() for name in names),
    )
    _remember(work, "document", documents, "withdrawal")
    _remember(work, "respondent", respondents, "withdrawal")
    _remember(work, "customer", customers, "withdrawal")
    _remember(work, "response", responses, "withdrawal")
    delete_rows(work, scope)
    scrub_log(work, scope)
    return Outcome(None, "")


@an_act()
def purge_documents(
    work: Work, documents: list[str], surveys: list[str], suggested: pd.DataFrame
) -> Outcome:
    """Erase texts whose time is up: documents, and all comments of surveys; counts stay; no undo.

    How often each code stood in them goes to `kept_counts`, with `suggested` (document, code,
    phase, stage, touchpoint, valence, n) for what the machine had suggested. Personal columns of
    respondents who have no text left go as well, with memos on them and their entries in the
    pseudonym key.
    """
    comments = [
        row["document"]
        for row in work.ledger.rows(tables.document, tables.document.c.kind == "comment")
        if row["document"].partition("/")[0] in surveys
    ]
    whole = frozenset([*documents, *comments])
    _count(work, whole, suggested)
    _remember(work, "document", documents, "retention")
    _remember(work, "comments_of", surveys, "retention")
    rows = work.ledger.rows(tables.document)
    left = {row["respondent"] for row in rows if row["document"] not in whole}
    silent = {row["respondent"] for row in rows if row["document"] in whole} - left - {None}
    scope = Scope(documents=whole, spoken_of=frozenset(silent))
    delete_rows(work, scope)
    scrub_log(work, scope)
    _forget_contacts(work, silent)
    return Outcome(None, "", ids=tuple(documents))


def _forget_contacts(work: Work, owners: set[str]) -> None:
    rows = work.ledger.rows(tables.personal, tables.personal.c.owner_kind == "respondent")
    mine = [row for row in rows if row["owner"] in owners]
    values = {row["value"].lower() for row in mine}
    work.ledger.delete(tables.personal, mine)
    key = work.ledger.rows(tables.pseudonym)
    work.ledger.delete(tables.pseudonym, [row for row in key if row["entity"].lower() in values])


def _their_documents(work: Work, respondents: list[str]) -> frozenset[str]:
    people = set(respondents)
    rows = work.ledger.rows(tables.document)
    return frozenset(row["document"] for row in rows if row["respondent"] in people)


def _remember(work: Work, what: str, ids: list[str], reason: str) -> None:
    keys = erased_keys(work.study, what, ids, connection=work.ledger.connection)
    there = {(row["what"], row["key"]) for row in work.ledger.rows(tables.gone)}
    fresh = [key for key in dict.fromkeys(keys.values()) if (what, key) not in there]
    rows = [{"what": what, "key": k, "reason": reason, "gone_at": work.ledger.at} for k in fresh]
    work.ledger.insert(tables.gone, rows)


def _count(work: Work, documents: frozenset[str], suggested: pd.DataFrame) -> None:
    """Count codings by their facets; comments are counted by survey."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for row in work.ledger.rows(tables.coding):
        if row["document"] in documents:
            counts[_source(row["document"]), *(row[name] for name in _COUNTED)] += 1
    for row in plain_rows(suggested):
        facets = {"coder": "machine", "origin": "suggested", **row}
        counts[_source(row["document"]), *(facets.get(name) for name in _COUNTED)] += row["n"]
    used: Counter[str] = Counter(row["document"] for row in work.ledger.rows(tables.kept_count))
    rows: list[Row] = []
    for key, n in sorted(counts.items(), key=lambda item: str(item[0])):
        name = key[0]
        facets = dict(zip(_COUNTED, key[1:], strict=True))
        rows.append({"document": name, "position": used[name], **facets, "n": n})
        used[name] += 1
    work.ledger.insert(tables.kept_count, rows)


def _source(document: str) -> str:
    return document.partition("/")[0]
