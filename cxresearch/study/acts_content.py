"""Acts of content analysis: reduce what was said, group it, and group the groups."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from ..model import ActRefusedError
from . import tables
from .acts_codings import coding_rows
from .ledger import Row
from .outcome import Outcome
from .registry import Work, an_act

__all__ = ["LEVELS"]

LEVELS = ("lower", "upper", "main")
Level = Literal["lower", "upper", "main"]
_LONGEST = 200
_LANE = "content"


@an_act(lane=_LANE)
def add_reduction(work: Work, coding: str, reduced: str) -> Outcome:
    """Reduce words that were coded to a simpler expression; one quotation may give several."""
    source = coding_rows(work, [coding])[0]
    name = work.study.new_id()
    row: Row = {
        "reduction": name,
        "coding": coding,
        "document": source["document"],
        "reduced": _words(reduced, "A reduced expression needs words of its own."),
        "category": None,
        "reduced_by": work.ledger.who,
        "position": _last(work, tables.reduction) + 1,
    }
    work.ledger.insert(tables.reduction, [row])
    return Outcome(None, "", ids=(name,))


@an_act(lane=_LANE)
def change_reduction(work: Work, reduction: str, reduced: str) -> Outcome:
    """Word a reduced expression anew."""
    words = _words(reduced, "A reduced expression needs words of its own.")
    (row,) = _there(work, tables.reduction, [reduction])
    work.ledger.update(tables.reduction, [(row, {"reduced": words})])
    return Outcome(None, "", ids=(reduction,))


@an_act(lane=_LANE)
def remove_reduction(work: Work, reduction: str) -> Outcome:
    """Remove a reduced expression; the quotation that it came from stays."""
    work.ledger.delete(tables.reduction, _there(work, tables.reduction, [reduction]))
    return Outcome(None, "", ids=(reduction,))


@an_act(lane=_LANE)
def group_reductions(work: Work, reductions: list[str], into: str | None = None) -> Outcome:
    """Put reduced expressions into a lower class (None: out of any); each is in one at most."""
    rows = _there(work, tables.reduction, reductions)
    if into is not None:
        _refuse_level(_there(work, tables.category, [into])[0]["level"], "lower")
    work.ledger.update(tables.reduction, [(row, {"category": into}) for row in rows])
    return Outcome(None, "", ids=tuple(reductions))


@an_act(lane=_LANE)
def add_class(
    work: Work, level: Level, name: str, members: list[str] | None = None, into: str | None = None
) -> Outcome:
    """Make a class of `members`: reduced expressions, or classes of the level below.

    `into` is the class of the level above that it stands in.
    """
    words = _words(name, "A class needs a name of its own.")
    _refuse_taken(work, level, words)
    if into is not None:
        above = _there(work, tables.category, [into])[0]["level"]
        _refuse_level(_below(above), level)
    key = work.study.new_id()
    row: Row = {"category": key, "level": level, "name": words, "parent": into}
    position = _last(work, tables.category) + 1
    work.ledger.insert(tables.category, [row | {"position": position}])
    if level == "lower":
        held = _there(work, tables.reduction, members or [])
        work.ledger.update(tables.reduction, [(r, {"category": key}) for r in held])
    else:
        held = _there(work, tables.category, members or [])
        for r in held:
            _refuse_level(r["level"], _below(level))
        work.ledger.update(tables.category, [(r, {"parent": key}) for r in held])
    return Outcome(None, "", ids=(key,))


@an_act(lane=_LANE)
def change_class(work: Work, category: str, name: str) -> Outcome:
    """Name a class anew; two classes of one level may not share a name."""
    words = _words(name, "A class needs a name of its own.")
    (row,) = _there(work, tables.category, [category])
    if words != row["name"]:
        _refuse_taken(work, row["level"], words)
    work.ledger.update(tables.category, [(row, {"name": words})])
    return Outcome(None, "", ids=(category,))


@an_act(lane=_LANE)
def group_classes(work: Work, categories: list[str], into: str | None = None) -> Outcome:
    """Put classes into one of the level above (None: out of any)."""
    rows = _there(work, tables.category, categories)
    if into is not None:
        level = _there(work, tables.category, [into])[0]["level"]
        for row in rows:
            _refuse_level(row["level"], _below(level))
    work.ledger.update(tables.category, [(row, {"parent": into}) for row in rows])
    return Outcome(None, "", ids=tuple(categories))


@an_act(lane=_LANE)
def remove_class(work: Work, category: str) -> Outcome:
    """Remove a class; what it held becomes loose, and nothing that was reduced is lost."""
    rows = _there(work, tables.category, [category])
    held = work.ledger.rows(tables.reduction, tables.reduction.c.category == category)
    below = work.ledger.rows(tables.category, tables.category.c.parent == category)
    work.ledger.update(tables.reduction, [(row, {"category": None}) for row in held])
    work.ledger.update(tables.category, [(row, {"parent": None}) for row in below])
    work.ledger.delete(tables.category, rows)
    return Outcome(None, "", ids=(category,))


def _words(text: str, refusal: str) -> str:
    words = " ".join(text.split())
    if not 0 < len(words) <= _LONGEST:
        raise ActRefusedError(
            refusal,
            expected=f"1 to {_LONGEST} characters",
            found=f"{len(words)} characters",
            next_step="Nothing was changed.",
        )
    return words


def _refuse_taken(work: Work, level: str, name: str) -> None:
    category = tables.category
    if work.ledger.rows(category, category.c.level == level, category.c.name == name):
        raise ActRefusedError(
            "A class needs a name of its own.",
            found="a class of this level has the name already",
            next_step="Nothing was changed. Choose another name.",
        )


def _below(level: str) -> str | None:
    at = LEVELS.index(level)
    return LEVELS[at - 1] if at else None


def _refuse_level(found: str | None, wanted: str | None) -> None:
    if found != wanted or wanted is None:
        raise ActRefusedError(
            "These can't be put into this class.",
            expected="reduced expressions into a lower class, lower into upper, upper into main",
            found=f"{found or 'nothing'} for {wanted or 'nothing'}",
            next_step="Nothing was changed.",
        )


def _there(work: Work, table: sa.Table, ids: list[str]) -> list[Row]:
    wanted = list(dict.fromkeys(ids))
    found = work.ledger.rows_by_key(table, [(name,) for name in wanted])
    absent = [name for name in wanted if (name,) not in found]
    if absent:
        raise ActRefusedError(
            f"The study has no such {table.name}: {len(absent)} id(s).",
            found=", ".join(name[:60] for name in absent[:5]),
            next_step="Nothing was changed. Reload, or correct the ids.",
        )
    return [found[name,] for name in wanted]


def _last(work: Work, table: sa.Table) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(table.c.position), -1))
    return int(work.ledger.connection.execute(query).scalar() or 0)
