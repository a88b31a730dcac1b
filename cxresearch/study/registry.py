"""Which acts there are: each a named function with typed fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, ValidationError, validate_call

from ..model import ActRefusedError
from .ledger import Ledger
from .outcome import Outcome

if TYPE_CHECKING:
    from .study import Study

__all__ = ["ACTS", "KEEP", "Act", "Keep", "Work", "an_act", "refuse_unknown"]


class Keep(Enum):
    """The default of fields that an act leaves as they are; None empties a field."""

    KEEP = "keep"


KEEP = Keep.KEEP


class Work:
    """What an act works with: the open study and the ledger of its transaction."""

    def __init__(self, study: Study, ledger: Ledger) -> None:
        self.study = study
        self.ledger = ledger


@dataclass(frozen=True)
class Act:
    """One act of the registry."""

    name: str
    lane: str
    run: Callable[..., Outcome]
    fields: tuple[str, ...]
    what: str

    def call(self, work: Work, fields: dict[str, Any]) -> Outcome:
        """Check the fields' names and kinds, then do the act; values never enter an error."""
        refuse_unknown(fields, self.fields, f"field of `{self.name}`")
        plain = {
            n: v.item() if hasattr(v, "dtype") and not hasattr(v, "columns") and v.ndim == 0 else v
            for n, v in fields.items()
        }
        try:
            return self.run(work, **plain)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors()]
            raise ActRefusedError(
                f"The act `{self.name}` got fields that it can't use.",
                expected=", ".join(self.fields),
                found="; ".join(faults[:5]),
                next_step="Nothing was changed. Correct the fields.",
            ) from None


ACTS: dict[str, Act] = {}


def an_act(lane: str = "hand") -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Register a function as an act under its own name."""

    def register(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
        checked = validate_call(
            config=ConfigDict(arbitrary_types_allowed=True, strict=True, defer_build=True)
        )(function)
        names = tuple(inspect.signature(function).parameters)[1:]
        what = (inspect.getdoc(function) or "").split("\n")[0]
        ACTS[function.__name__] = Act(function.__name__, lane, checked, names, what)
        return function

    return register


def refuse_unknown(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse names that are not known, with the nearest known ones."""
    known = list(known)
    strange = sorted({str(n) for n in names} - set(known))
    if strange:
        near = get_close_matches(strange[0], known, n=3) or known[:12]
        raise ActRefusedError(
            f"There is no {what} called {', '.join(f'`{s[:60]}`' for s in strange[:5])}.",
            expected="one of " + ", ".join(near) if near else "nothing",
            next_step="Nothing was changed.",
        )
