"""How many speak of a theme in a phase, and in which tone; small cells hidden."""

from __future__ import annotations

import pandas as pd

__all__ = ["theme_counts"]


def theme_counts(codings: pd.DataFrame, *, minimum: int, by: str = "phase") -> pd.DataFrame:
    """Theme x phase with distinct speakers, quotations and mean valence.

    Parameters
    ----------
    codings : pandas.DataFrame
        Contract `codings` with `who`.
    minimum : int
        Cells with fewer speakers are hidden: their numbers are empty.
    by : str
        `phase` or `stage`; codings without one stand under "" (whole journey).

    Returns
    -------
    pandas.DataFrame
        `code`, the column of `by`, `speakers`, `quotations`, `valence` (mean -2..2; empty where no
        coding has one), `by_hand` (share of quotations coded by a person), `hidden`.
    """
    rows = codings.assign(**{by: codings[by].fillna("")})
    grouped = rows.groupby(["code", by], sort=False)
    table = grouped.agg(
        speakers=("who", "nunique"),
        valence=("valence", "mean"),
        by_hand=("origin", lambda o: (o != "suggested").mean()),
    )
    places = rows.drop_duplicates(["code", by, "document", "start", "end"])
    table["quotations"] = places.groupby(["code", by], sort=False).size()
    table = table.reset_index()
    table["hidden"] = table["speakers"] < minimum
    for name in ("speakers", "quotations", "valence", "by_hand"):
        table[name] = table[name].astype(float).mask(table["hidden"])
    columns = ["code", by, "speakers", "quotations", "valence", "by_hand", "hidden"]
    return table[columns].sort_values(["code", by], ignore_index=True)
