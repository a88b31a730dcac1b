"""Names that are given once only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

__all__ = ["FreeNames"]


class FreeNames:
    """Hands out names; one that was given before gets a number: `x (2)`, `x (3)` …

    Parameters
    ----------
    pattern : str
        How the number is joined on.
    taken : iterable of str
        Names that may not be given.
    key : callable
        Two names are alike when their keys are.
    """

    def __init__(
        self,
        pattern: str = "{} ({})",
        *,
        taken: Iterable[str] = (),
        key: Callable[[str], str] = str,
    ) -> None:
        self._pattern = pattern
        self._key = key
        self._taken = {key(t) for t in taken}
        self._numbers: dict[str, int] = {}

    def take(self, name: str) -> str:
        """The name, or the next free one like it."""
        given = name
        number = self._numbers.get(self._key(name), 2)
        while self._key(given) in self._taken:
            given = self._pattern.format(name, number)
            number += 1
        self._numbers[self._key(name)] = number
        self._taken.add(self._key(given))
        return given
