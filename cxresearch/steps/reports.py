"""What a step says when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["Progress", "StepReport", "silent"]

Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """A progress that shows nothing."""


@dataclass(frozen=True)
class StepReport:
    """A step's outcome.

    Attributes
    ----------
    step : str
        import, code, segment, link, quotes or publish.
    lines : tuple of str
        What happened, for people; never a respondent's words.
    changed : bool
        False when everything was up to date and nothing was done.
    table : pandas.DataFrame
        The step's main table; for import the list of rows that failed (contract `failures`).
    """

    step: str
    lines: tuple[str, ...]
    changed: bool = True
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __str__(self) -> str:
        return "\n".join(self.lines)
