"""Acts on the codebook: import, add, change, move, merge, remove codes."""

from __future__ import annotations

from typing import Any, Literal

from ..model import ActRefusedError, Code
from ..model.frames import CODE_KINDS
from . import tables
from .acts_codings import coding_rows
from .ledger import Row, key_text, keys_changed
from .outcome import Outcome
from .registry import KEEP, Keep, Work, an_act, refuse_unknown

__all__ = ["parents_first"]

Kind = Literal[CODE_KINDS]  # type: ignore[valid-type]


@an_act(lane="import")
def import_codebook(work: Work) -> Outcome:
    """Take the codebook file into the study.

    New codes are added; a code that nobody has edited here follows the file; one that a person has
    edited is listed in `kept`. A code that left the file stays, for codings may stand on it.
    """
    there = {row["code"]: row for row in work.ledger.rows(tables.code)}
    edited = _edited_by_hand(work)
    fresh: list[Row] = []
    changes: list[tuple[Row, Row]] = []
    kept: list[str] = []
    start = 1 + max((row["position"] for row in there.values()), default=-1)
    for code in work.study.settings.codes:
        row = _row_of(code)
        if code.code not in there:
            fresh.append(row | {"position": start + len(fresh)})
        elif code.code in edited:
            kept.append(code.code)
        else:
            changes.append((there[code.code], row))
    work.ledger.insert(tables.code, parents_first(fresh))
    before = len(work.ledger.changes)
    work.ledger.update(tables.code, changes)
    moved = [change["key"] for change in work.ledger.changes[before:]]
    ids = [r["code"] for r in fresh] + [r["code"] for r, _ in changes if _key(r["code"]) in moved]
    return Outcome(None, "", ids=tuple(ids), kept=tuple(kept))


@an_act()
def add_code(
    work: Work,
    code: str,
    kind: Kind = "theme",
    name_fi: str | None = None,
    name_en: str | None = None,
    name_sv: str | None = None,
    parent: str | None = None,
    definition: str | None = None,
    include: str | None = None,
    exclude: str | None = None,
    example: str | None = None,
    colour: str | None = None,
    shortcut: str | None = None,
) -> Outcome:
    """Add a code at the end of its siblings; the id may not be in use."""
    fields = {n: v for n, v in locals().items() if n != "work"}
    rows = _all(work)
    if not code.strip() or code in rows:
        raise ActRefusedError(
            "A new code needs an id of its own.",
            found=f"`{code[:60]}`" + (" is in use" if code in rows else " is empty"),
            next_step="Nothing was changed. Choose another id.",
        )
    _check_parent(rows, code, parent)
    _check_shortcut(rows, code, shortcut)
    position = 1 + max((row["position"] for row in rows.values()), default=-1)
    work.ledger.insert(tables.code, [fields | {"position": position}])
    return Outcome(None, "", ids=(code,))


@an_act()
def change_code(
    work: Work,
    code: str,
    kind: Kind | Keep = KEEP,
    name_fi: str | Keep | None = KEEP,
    name_en: str | Keep | None = KEEP,
    name_sv: str | Keep | None = KEEP,
    definition: str | Keep | None = KEEP,
    include: str | Keep | None = KEEP,
    exclude: str | Keep | None = KEEP,
    example: str | Keep | None = KEEP,
    colour: str | Keep | None = KEEP,
    shortcut: str | Keep | None = KEEP,
    terms: dict[str, list[str]] | Keep | None = KEEP,
) -> Outcome:
    """Rename a code or change its definition, colour, key or terms; what is not named stays."""
    fields = {n: v for n, v in locals().items() if v is not KEEP and n not in ("work", "code")}
    rows = _all(work)
    if fields.get("shortcut"):
        _check_shortcut(rows, code, fields["shortcut"])
    work.ledger.update(tables.code, [(_there(rows, code), fields)])
    return Outcome(None, "", ids=(code,))


@an_act()
def move_code(
    work: Work, code: str, parent: str | Keep | None = KEEP, before: str | None = None
) -> Outcome:
    """Hang a code under another parent (None: at the top), or put it right before another code."""
    rows = _all(work)
    row = _there(rows, code)
    changes: list[tuple[Row, Row]] = []
    if parent is not KEEP:
        _check_parent(rows, code, parent)  # type: ignore[arg-type]
        changes.append((row, {"parent": parent}))
    if before is not None and before != code:
        _there(rows, before)
        order = sorted(rows, key=lambda name: (rows[name]["position"], name))
        order.remove(code)
        order.insert(order.index(before), code)
        moved = {name: {"position": at} for at, name in enumerate(order)}
        if changes:
            moved[code] |= changes.pop()[1]
        changes = [(rows[name], values) for name, values in moved.items()]
    work.ledger.update(tables.code, changes)
    return Outcome(None, "", ids=(code,))


@an_act()
def merge_codes(work: Work, codes: list[str], into: str) -> Outcome:
    """Give all codings of some codes to another, move their children under it, and remove them.

    Where the same coder had coded the same place with both, one coding remains.
    """
    rows = _all(work)
    target = _there(rows, into)
    gone = [_there(rows, name) for name in dict.fromkeys(codes) if name != into]
    names = {row["code"] for row in gone}
    if _ancestors(rows, target["parent"]) & names:
        raise ActRefusedError(
            "A code can't be merged into one of the codes below it.",
            found=into,
            next_step="Nothing was changed. Move the code up first, then merge.",
        )
    coding = tables.coding
    standing = {_place(r) for r in work.ledger.rows(coding, coding.c.code == into)}
    moved: list[Row] = []
    doubled: list[Row] = []
    for row in work.ledger.rows(coding, coding.c.code.in_(names)):
        (doubled if _place(row) in standing else moved).append(row)
        standing.add(_place(row))
    work.ledger.update(coding, [(row, {"code": into}) for row in moved])
    work.ledger.delete(coding, doubled)
    children = [r for r in rows.values() if r["parent"] in names and r["code"] not in names]
    work.ledger.update(tables.code, [(row, {"parent": into}) for row in children])
    _delete_codes(work, gone)
    return Outcome(None, "", ids=(into,), kept=tuple(row["coding"] for row in moved))


@an_act()
def split_code(
    work: Work,
    code: str,
    into: str,
    codings: list[str],
    name_fi: str | None = None,
    name_en: str | None = None,
    name_sv: str | None = None,
) -> Outcome:
    """Give some codings of a code to a new code, which stands right after it in the tree."""
    rows = _all(work)
    row = _there(rows, code)
    chosen = coding_rows(work, codings)
    strange = [one for one in chosen if one["code"] != code]
    if not into.strip() or into in rows or strange or not chosen:
        taken = f"`{into[:60]}` is in use" if into in rows else "no coding, or no id"
        raise ActRefusedError(
            "The code can't be split like this.",
            expected="a new id, and codings of the code that is split",
            found=f"{len(strange)} coding(s) of other codes" if strange else taken,
            next_step="Nothing was changed.",
        )
    after = [r for r in rows.values() if r["position"] > row["position"]]
    work.ledger.update(tables.code, [(r, {"position": r["position"] + 1}) for r in after])
    fresh = {n: row[n] for n in ("kind", "parent")} | {"code": into, "name_fi": name_fi}
    fresh |= {"name_en": name_en, "name_sv": name_sv, "position": row["position"] + 1}
    work.ledger.insert(tables.code, [fresh])
    work.ledger.update(tables.coding, [(one, {"code": into}) for one in chosen])
    ids = tuple(one["coding"] for one in chosen)
    return Outcome(None, "", ids=(into,), kept=ids)


@an_act()
def remove_code(work: Work, code: str, with_codings: bool = False) -> Outcome:
    """Remove a code and the codes below it; refused while codings use them, unless told to."""
    rows = _all(work)
    _there(rows, code)
    gone = [r for r in rows.values() if code in {r["code"], *_ancestors(rows, r["parent"])}]
    names = [row["code"] for row in gone]
    used = work.ledger.rows(tables.coding, tables.coding.c.code.in_(names))
    if used and not with_codings:
        raise ActRefusedError(
            "The code is in use.",
            expected="no codings, or with_codings=True",
            found=f"{len(used)} coding(s)",
            next_step="Nothing was changed. Merge it into another code, or remove both.",
        )
    work.ledger.delete(tables.coding, used)
    _delete_codes(work, gone)
    return Outcome(None, "", ids=tuple(names))


def _delete_codes(work: Work, rows: list[Row]) -> None:
    memos = tables.memo.c.about == "code"
    names = tables.memo.c.target.in_([row["code"] for row in rows])
    work.ledger.delete(tables.memo, work.ledger.rows(tables.memo, memos, names))
    work.ledger.delete(tables.code, parents_first(rows)[::-1])


def _row_of(code: Code) -> Row:
    fields: Row = {n: getattr(code, n) for n in ("code", "kind", "parent", "colour", "shortcut")}
    fields |= {n: getattr(code, n) or None for n in ("definition", "include", "exclude", "example")}
    fields |= {f"name_{x}": code.name.get(x) for x in ("fi", "en", "sv")}
    terms = {language: list(words) for language, words in code.terms.items()}
    return fields | {"valence": code.valence, "terms": terms or None}


def _all(work: Work) -> dict[str, Row]:
    return {row["code"]: row for row in work.ledger.rows(tables.code)}


def _there(rows: dict[str, Row], code: str) -> Row:
    refuse_unknown([code], rows, "code")
    return rows[code]


def _key(code: str) -> str:
    return key_text((code,))


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(row[n] for n in ("document", "start", "end", "coder", "origin", "state", "quote"))


def _ancestors(rows: dict[str, Row], parent: str | None) -> set[str]:
    found: set[str] = set()
    while parent is not None and parent not in found:
        found.add(parent)
        parent = rows[parent]["parent"]
    return found


def _check_parent(rows: dict[str, Row], code: str, parent: str | None) -> None:
    if parent is None:
        return
    _there(rows, parent)
    if code in {parent, *_ancestors(rows, parent)}:
        raise ActRefusedError(
            "A code can't hang under itself or under a code below it.",
            found=f"{code} under {parent}",
            next_step="Nothing was changed.",
        )


def _check_shortcut(rows: dict[str, Row], code: str, shortcut: str | None) -> None:
    holder = next(
        (r["code"] for r in rows.values() if shortcut and r["shortcut"] == shortcut), None
    )
    if holder not in (None, code):
        raise ActRefusedError(
            "The key is taken by another code.",
            found=f"`{shortcut}` belongs to `{holder}`",
            next_step="Nothing was changed. Choose another key.",
        )


def parents_first(rows: list[Row]) -> list[Row]:
    """Order codes so that each comes after its parent."""
    waiting = {row["code"]: row for row in rows}
    ordered: list[Row] = []
    while waiting:
        ready = [r for r in waiting.values() if r["parent"] not in waiting]
        ordered += ready
        for row in ready:
            del waiting[row["code"]]
    return ordered


def _edited_by_hand(work: Work) -> set[str]:
    by_hand = (tables.event.c.lane == "hand", tables.event.c.undoes.is_(None))
    touched = keys_changed(work.ledger.connection, "code", *by_hand)
    codes = work.ledger.rows(tables.code)
    return {row["code"] for row in codes if _key(row["code"]) in touched}
