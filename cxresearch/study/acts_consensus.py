"""Acts of double coding: open codings to all coders, and settle what they coded differently."""

from __future__ import annotations

import uuid

from ..model import ActRefusedError
from . import tables
from .acts_codings import coding_rows, insert_codings
from .ledger import Row
from .outcome import Outcome
from .registry import KEEP, Keep, Work, an_act
from .tables import names_of

__all__ = ["EVERY_DOCUMENT"]

EVERY_DOCUMENT = "*"
# names consensus codings: the same place, code and facets, the same id
_CONSENSUS = uuid.uuid5(uuid.NAMESPACE_URL, "cxresearch/consensus")
_WHAT = ("document", "start", "end", "code", "phase", "stage", "touchpoint", "valence")


@an_act()
def open_codings(work: Work, documents: list[str] | None = None) -> Outcome:
    """Let every coder see the codings of all on these documents (None: on every document).

    Until then each coder's window shows only their own. Open them when both have coded.
    """
    wanted = list(dict.fromkeys([EVERY_DOCUMENT] if documents is None else documents))
    known = tables.document.c.document
    there = {row["document"] for row in work.ledger.rows(tables.document, known.in_(wanted))}
    absent = [name for name in wanted if name not in there and name != EVERY_DOCUMENT]
    if absent:
        raise ActRefusedError(
            f"The study has no such document: {len(absent)} id(s).",
            found=", ".join(name[:60] for name in absent[:5]),
            next_step="Nothing was changed. Correct the ids.",
        )
    done = {row["document"] for row in work.ledger.rows(tables.opened)}
    values: Row = {"opened_by": work.ledger.who, "opened_at": work.ledger.at}
    fresh = [name for name in wanted if name not in done]
    work.ledger.insert(tables.opened, [{"document": name, **values} for name in fresh])
    return Outcome(None, "", ids=tuple(fresh))


@an_act()
def adjudicate(
    work: Work,
    take: list[str] | None = None,
    drop: list[str] | None = None,
    start: int | Keep = KEEP,
    end: int | Keep = KEEP,
    code: str | Keep = KEEP,
    phase: str | Keep | None = KEEP,
    stage: str | Keep | None = KEEP,
    touchpoint: str | Keep | None = KEEP,
    valence: int | Keep | None = KEEP,
    memo: str | Keep | None = KEEP,
) -> Outcome:
    """Settle coders' codings: each of `take` goes to the consensus layer, those of `drop` do not.

    The originals stay as they are. Fields that are named are changed in the consensus coding only;
    codings that come out alike become one. Deciding anew replaces what was decided before.
    """
    fields = {n: v for n, v in locals().items() if v is not KEEP}
    changes = {n: v for n, v in fields.items() if n not in ("work", "take", "drop")}
    taken, dropped = list(dict.fromkeys(take or [])), list(dict.fromkeys(drop or []))
    _refuse_confusion(taken, dropped)
    originals = {row["coding"]: row for row in coding_rows(work, [*taken, *dropped])}
    foreign = [name for name, row in originals.items() if row["origin"] != "human"]
    if foreign or any(row["state"] != "placed" for row in originals.values()):
        raise ActRefusedError(
            "Only coders' own codings that stand at their place can be settled.",
            found="a coding of the consensus layer" if foreign else "a coding without its place",
            next_step="Nothing was changed. Place or choose others.",
        )
    layer = {name: _consensus(work, originals[name], changes) for name in taken}
    _unsettle(work, list(originals), keep={str(row["coding"]) for row in layer.values()})
    there = {row["coding"] for row in work.ledger.rows(tables.coding, _among(layer))}
    fresh = {row["coding"]: row for row in layer.values() if row["coding"] not in there}
    insert_codings(work, list(fresh.values()))
    decided: Row = {"decided_by": work.ledger.who, "decided_at": work.ledger.at}
    rows = [
        {"original": n, "decision": "taken", "coding": row["coding"]} for n, row in layer.items()
    ]
    rows += [{"original": n, "decision": "dropped", "coding": None} for n in dropped]
    _write(work, [row | decided for row in rows])
    return Outcome(None, "", ids=tuple(dict.fromkeys(row["coding"] for row in layer.values())))


def _refuse_confusion(taken: list[str], dropped: list[str]) -> None:
    both = set(taken) & set(dropped)
    if both or not (taken or dropped):
        raise ActRefusedError(
            "It is not clear what was decided.",
            expected="codings to take, to drop, or both; none of them twice",
            found=f"{len(both)} in both" if both else "no coding",
            next_step="Nothing was changed.",
        )


def _consensus(work: Work, original: Row, changes: Row) -> Row:
    """The consensus coding that an original becomes."""
    names = ("document", "start", "end", "code", "memo", "important")
    row = {n: original[n] for n in (*_WHAT, *names)} | changes
    row |= {"origin": "consensus", "coder": work.ledger.who}
    key = "\x1f".join(str(row[n]) for n in _WHAT)
    return row | {"coding": str(uuid.uuid5(_CONSENSUS, key))}


def _among(layer: dict[str, Row]):  # type: ignore[no-untyped-def]
    return tables.coding.c.coding.in_([row["coding"] for row in layer.values()])


def _unsettle(work: Work, originals: list[str], *, keep: set[str]) -> None:
    """Take away consensus codings that only stood on these originals' earlier decisions."""
    table = tables.adjudication
    before = work.ledger.rows(table, table.c.original.in_(originals))
    made = {row["coding"] for row in before if row["coding"]} - keep
    held = work.ledger.rows(table, table.c.coding.in_(made), table.c.original.not_in(originals))
    gone = made - {row["coding"] for row in held}
    work.ledger.delete(
        tables.coding, work.ledger.rows(tables.coding, tables.coding.c.coding.in_(gone))
    )


def _write(work: Work, rows: list[Row]) -> None:
    table = tables.adjudication
    names = [n for n in names_of(table) if n not in ("original", "decided_by", "decided_at")]
    there = work.ledger.rows_by_key(table, [(row["original"],) for row in rows])
    fresh = [row for row in rows if (row["original"],) not in there]
    pairs = [
        (there[row["original"],], row)
        for row in rows
        if (row["original"],) in there and any(there[row["original"],][n] != row[n] for n in names)
    ]
    work.ledger.insert(table, fresh)
    work.ledger.update(table, pairs)
