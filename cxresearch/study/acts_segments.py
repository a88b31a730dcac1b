"""Acts on names that people give to segments and profiles."""

from __future__ import annotations

from ..model import ActRefusedError
from . import tables
from .outcome import Outcome
from .registry import Work, an_act

__all__: list[str] = []

_LONGEST = 120
_LANGUAGES = ("fi", "en", "sv")


@an_act()
def name_group(work: Work, group: str, names: dict[str, str]) -> Outcome:
    """Name a segment or a profile in some languages; no names take the given ones away."""
    strange = sorted(set(names) - set(_LANGUAGES))
    if strange or any(not 0 < len(n.strip()) <= _LONGEST for n in names.values()):
        raise ActRefusedError(
            "The name of a group can't be used.",
            expected=f"1 to {_LONGEST} characters in one of {', '.join(_LANGUAGES)}",
            found=", ".join(strange) or "an empty or a long name",
            where=group[:40],
            next_step="Nothing was changed.",
        )
    there = work.ledger.row(tables.group_name, group)
    values = {"group": group, **{f"name_{x}": None for x in _LANGUAGES}}
    values |= {f"name_{x}": name.strip() for x, name in names.items()}
    if not names:
        work.ledger.delete(tables.group_name, [there] if there else [])
    elif there is None:
        work.ledger.insert(tables.group_name, [values])
    else:
        work.ledger.update(tables.group_name, [(there, values)])
    return Outcome(None, "", ids=(group,))


@an_act(lane="import")
def move_group_names(work: Work, moved: dict[str, str]) -> Outcome:
    """Give names on to the groups that their members are in now: old id to new id.

    The name of a group that is not listed is taken away.
    """
    rows = work.ledger.rows(tables.group_name)
    kept = [{**row, "group": moved[row["group"]]} for row in rows if row["group"] in moved]
    if sorted(map(repr, kept)) != sorted(map(repr, rows)):
        work.ledger.delete(tables.group_name, rows)
        work.ledger.insert(tables.group_name, kept)
    return Outcome(None, "", ids=tuple(row["group"] for row in kept))
