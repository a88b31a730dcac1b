"""Drivers inside each segment: does the same thing matter to everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..model import Finding, FrameError, Words
from .drivers import drivers

__all__ = ["drivers_by_group"]

_ROWS_PER_DRIVER = 10


def drivers_by_group(
    table: pd.DataFrame,
    *,
    target: str,
    predictors: Sequence[str],
    by: str = "segment",
    names: Mapping[str, Words] | None = None,
    random_state: int = 0,
) -> Finding:
    """Drivers of a metric inside each group, side by side.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer, with the group column; rows without a group are left out.
    target, predictors, names, random_state
        As in `drivers`.
    by : str
        Column of groups.

    Returns
    -------
    Finding
        `table`: the group, `n`, `r2`, and the columns of `drivers`, strongest first inside each
        group. Groups with fewer than 10 complete rows a driver, or where a column never varies,
        are left out and named in a warning.

    Raises
    ------
    FrameError
        A column is missing, or no group is large enough.

    Notes
    -----
    Groups that were made from the drivers themselves vary less in them, so their shares shrink.
    Intervals of groups overlap widely: a different order is no difference until they part.
    """
    if by not in table.columns:
        raise FrameError("The table has no such groups.", expected=by, found="no such column")
    parts, small = [], []
    columns = [*predictors, target]
    for group, rows in table[table[by].notna()].groupby(by, sort=True):
        kept = rows[columns].dropna()
        if len(kept) < _ROWS_PER_DRIVER * len(predictors) or (kept.nunique() < 2).any():
            small.append(str(group))
            continue
        found = drivers(
            rows, target=target, predictors=predictors, names=names, random_state=random_state
        )
        part = found.table.copy()
        part.insert(0, by, group)
        part.insert(1, "n", found.details["n"])
        part.insert(2, "r2", found.details["r2"])
        parts.append(part)
    if not parts:
        raise FrameError(
            "No group is large enough for drivers of its own.",
            expected=f"at least {_ROWS_PER_DRIVER} complete rows a driver in a group",
            found=f"{len(small)} smaller groups",
        )
    result = pd.concat(parts, ignore_index=True)
    told = {x: _sentence(result, by, names, x) for x in ("fi", "en")}
    notes = [
        Words(
            fi=f"Liian pieniä ryhmiä omille ajureille: {', '.join(small)}.",
            en=f"Groups too small for drivers of their own: {', '.join(small)}.",
        )
    ]
    return Finding(result, Words(told), tuple(notes if small else []))


def _sentence(
    result: pd.DataFrame, by: str, names: Mapping[str, Words] | None, language: str
) -> str:
    top = result[result["rank"] == 1]
    words = []
    for row in top.itertuples():
        name = (names or {}).get(row.driver, Words(str(row.driver))).to(language)
        words.append(f"{getattr(row, by)}: {name} (n = {row.n})")
    start = "Eniten yhteydessä ryhmittäin: " if language == "fi" else "Strongest driver by group: "
    same = top["driver"].nunique() == 1
    if language == "fi":
        end = " Sama kaikissa." if same and len(top) > 1 else ""
    else:
        end = " The same in all." if same and len(top) > 1 else ""
    return start + "; ".join(words) + "." + end
