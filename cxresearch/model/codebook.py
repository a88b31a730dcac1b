"""Codes, phases and stages, and the lexical rules that suggest codings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from .errors import SettingsError
from .wording import Words

__all__ = ["Code", "Codebook", "Phase", "Stage"]

Terms = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Code:
    """One code: what it means, when to use it, and the terms that suggest it.

    `terms` maps a language to phrases of lemmas. A phrase matches consecutive lemmas; `*` at the
    end of a word matches any ending, and ` + ` joins two sides that stand in one sentence, in
    either order.
    `valence` is what a match of this code suggests (-2..2), or None.
    """

    code: str
    kind: str
    name: Words
    parent: str | None = None
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    colour: str | None = None
    shortcut: str | None = None
    valence: int | None = None
    terms: Terms = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A stage inside a phase, with the cues that place a sentence in it."""

    stage: str
    name: Words
    cues: Terms = field(default_factory=dict)


@dataclass(frozen=True)
class Phase:
    """A phase of the journey: ordered stages and cues of its own."""

    phase: str
    name: Words
    stages: tuple[Stage, ...] = ()
    cues: Terms = field(default_factory=dict)


@dataclass(frozen=True)
class Codebook:
    """The study's codes in order; a tree by `parent`."""

    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        ids = {c.code: c for c in self.codes}
        counts = Counter(c.code for c in self.codes)
        doubled = sorted(i for i, count in counts.items() if count > 1)
        if doubled:
            raise SettingsError("Two codes share an id.", found=", ".join(doubled))
        for code in self.codes:
            if code.parent is not None and code.parent not in ids:
                raise SettingsError(
                    f"Code `{code.code}` names a parent that does not exist.",
                    expected=_nearest(code.parent, ids),
                    found=code.parent,
                )
            self._refuse_a_circle(code, ids)

    def _refuse_a_circle(self, code: Code, by_id: Mapping[str, Code]) -> None:
        seen = {code.code}
        above = code.parent
        while above is not None and above in by_id:
            if above in seen:
                raise SettingsError("The codebook has a circle.", found=f"{code.code} … {above}")
            seen.add(above)
            above = by_id[above].parent

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code: object) -> bool:
        return any(c.code == code for c in self.codes)

    def __getitem__(self, code: str) -> Code:
        for candidate in self.codes:
            if candidate.code == code:
                return candidate
        raise SettingsError(
            f"There is no code `{code}`.",
            expected=_nearest(code, [c.code for c in self.codes]),
            found=code,
        )

    def children(self, code: str | None) -> tuple[Code, ...]:
        """The codes right below `code`; those at the top for None."""
        return tuple(c for c in self.codes if c.parent == code)

    def below(self, code: str) -> tuple[str, ...]:
        """The ids of `code` and of every code under it."""
        found = [self[code].code]
        for child in self.children(code):
            found.extend(self.below(child.code))
        return tuple(found)


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(word, known, n=3) or known[:8]
    return "one of " + ", ".join(near)
