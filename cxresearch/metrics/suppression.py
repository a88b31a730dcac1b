"""Hiding small groups so that they can't be worked out from what is shown beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words
from .scores import score_words

__all__ = ["protect_small", "suppress_small"]


def suppress_small(
    groups: pd.DataFrame, people: Sequence[int] | np.ndarray, *, minimum_cell: int = 5
) -> np.ndarray:
    """Which groups to hide: the small ones, and as many more as it takes to keep them hidden.

    Parameters
    ----------
    groups : pandas.DataFrame
        The group columns, one row a group; no column is one group (everyone).
    people : sequence of int
        Respondents in each group.
    minimum_cell : int
        A group of fewer people is small.

    Returns
    -------
    numpy.ndarray
        Integers: 0 shown, 1 small (primary), 2 hidden only to protect a small one (secondary).

    Raises
    ------
    FrameError
        There is not one count a group.

    Notes
    -----
    A reader who knows the total and every group but one knows that one too. So along each line of
    the table (all groups; for two and more columns also each row, column and plane), what is
    hidden must be at least two groups and together at least `minimum_cell` people; else the
    smallest shown groups of the line are hidden as well. It is repeated until nothing changes.
    Groups without people hide nothing. Where two groups remain, both are hidden. Hundepool et al.
    (2012), Statistical Disclosure Control, chapter 4, doi:10.1002/9781118348239.
    """
    size = np.asarray(people, dtype=np.int64)
    if len(size) != len(groups):
        raise FrameError(
            "Groups and their sizes don't match.",
            expected=f"{len(groups)} counts",
            found=str(len(size)),
        )
    state = np.where(size < minimum_cell, 1, 0)
    if not groups.shape[1]:
        return state
    lines = _lines(groups)
    changed = True
    while changed:
        changed = False
        for line in lines:
            more = _more(state[line], size[line], minimum_cell)
            if len(more):
                state[line[more]] = 2
                changed = True
    return state


def _lines(groups: pd.DataFrame) -> list[np.ndarray]:
    """Positions of the groups that add up to a total: all, and those alike in some columns."""
    names = list(groups.columns)
    found = [np.arange(len(groups))]
    for name in names if len(names) > 1 else []:
        for _, rows in groups.groupby(
            name, sort=False, dropna=False, observed=True
        ).indices.items():
            found.append(np.asarray(rows))
    return found


def _more(state: np.ndarray, size: np.ndarray, minimum_cell: int) -> np.ndarray:
    """Positions in a line of the groups to hide in addition, smallest first."""
    hidden = (state > 0) & (size > 0)
    if not (hidden & (state == 1)).any() and not (state == 2).any():
        return np.empty(0, dtype=np.intp)
    count, together = int(hidden.sum()), int(size[hidden].sum())
    shown = np.flatnonzero(state == 0)
    order = shown[np.argsort(size[shown], kind="stable")]
    taken = 0
    while taken < len(order) and count and (count < 2 or together < minimum_cell):
        together += int(size[order[taken]])
        count += 1
        taken += 1
    return order[:taken]


_RESULTS = ("n", "value", "ci_low", "ci_high", "hidden", "metric")


def protect_small(found: Finding, *, names: Mapping[str, Words] | None = None) -> Finding:
    """A table of scores that may be shown beside its total: small groups can't be worked out.

    Parameters
    ----------
    found : Finding
        What `score(..., by=...)` gave.
    names : mapping, optional
        Names of groups in several languages, for the sentence.

    Returns
    -------
    Finding
        The same, with the groups that `suppress_small` adds hidden as well; the sentence speaks of
        shown groups only where more were hidden. `details["protecting"]`: which of the hidden
        groups protect a smaller one.

    Raises
    ------
    FrameError
        The finding is not one of `score`.
    """
    if "minimum_cell" not in found.details:
        raise FrameError("This is no finding of scores.", expected="what `score` gave")
    table = found.table.copy()
    groups = table[[c for c in table.columns if c not in _RESULTS]]
    state = suppress_small(
        groups, found.details["respondents"], minimum_cell=found.details["minimum_cell"]
    )
    more = state == 2
    details = found.details | {"protecting": more}
    if not more.any():
        return Finding(table, found.sentences, found.warnings, details)
    table["hidden"] = state > 0
    table.loc[more, ["value", "ci_low", "ci_high"]] = np.nan
    count = int(more.sum())
    note = Words(
        fi=f"Lisäksi piilotettu, jotta pieniä ryhmiä ei voi laskea muista: {count}.",
        en=f"Hidden as well, so that small groups can't be worked out from the rest: {count}.",
    )
    words = score_words(table, list(groups.columns), details["scale"], names)
    return Finding(table, words, (*found.warnings, note), details)
