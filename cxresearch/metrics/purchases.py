"""From purchases to buying histories, and what customers have been worth so far."""

from __future__ import annotations

import pandas as pd

from ..model import Finding, FrameError, SettingsError, Words, check_frame, number
from .ratios import ratio_of_sums

__all__ = ["observed_value", "purchase_histories"]

_DAYS_A_MONTH = 365.25 / 12


def purchase_histories(
    purchases: pd.DataFrame, *, until: pd.Timestamp | None = None, unit: str = "month"
) -> Finding:
    """One row a customer with what BG/NBD and gamma-gamma need.

    Parameters
    ----------
    purchases : pandas.DataFrame
        The contract "purchases".
    until : pandas.Timestamp, optional
        Last day of watching; the last purchase by default. Later purchases are left out and
        counted.
    unit : str
        `month` (365.25 / 12 days), `week` or `day`: the unit of recency and age.

    Returns
    -------
    Finding
        `table`: `customer`; `frequency` (days with a purchase after the first); `recency` (from
        the first to the last); `age` (from the first to `until`); `mean_value` (of those repeat
        days; empty where there are none); `value` (bought in all); `purchases` (how many).
        `details["report"]`: `what`, `count`.

    Raises
    ------
    FrameError
        A row breaks the contract, or nothing was bought until then.
    SettingsError
        The unit isn't known.

    Notes
    -----
    Several purchases on one day are one event, as the models ask; the first day's value is not
    in `mean_value`. A customer whose first purchase is on the last day has an age of half a day.
    """
    check_frame(purchases, "purchases")
    days = {"day": 1.0, "week": 7.0, "month": _DAYS_A_MONTH}
    if unit not in days:
        raise SettingsError("The unit isn't known.", expected=" | ".join(days), found=unit)
    when = purchases["bought_at"].dt.normalize()
    end = when.max() if until is None else pd.Timestamp(until).normalize()
    rows = purchases.assign(day=when)[when <= end]
    if not len(rows):
        raise FrameError("Nothing was bought until that day.", found=f"{end:%Y-%m-%d}")
    daily = rows.groupby(["customer", "day"], sort=True)["value"].sum().reset_index()
    groups = daily.groupby("customer", sort=False)
    first, last = groups["day"].min(), groups["day"].max()
    repeat = daily[daily["day"] > daily["customer"].map(first)].groupby("customer")["value"]
    table = pd.DataFrame(
        {
            "frequency": groups.size() - 1,
            "recency": (last - first).dt.days / days[unit],
            "age": ((end - first).dt.days / days[unit]).clip(lower=0.5 / days[unit]),
            "mean_value": repeat.mean().reindex(first.index),
            "value": groups["value"].sum(),
            "purchases": rows.groupby("customer").size().reindex(first.index),
        }
    ).reset_index()
    late = len(purchases) - len(rows)
    report = pd.DataFrame(
        {
            "what": ["purchases", "after_the_end", "customers", "bought_once"],
            "count": [len(rows), late, len(table), int((table["frequency"] == 0).sum())],
        }
    )
    n = len(rows), len(table)
    words = Words(
        fi=f"{number(n[0], 'fi')} ostoa {number(n[1], 'fi')} asiakkaalta.",
        en=f"{number(n[0], 'en')} purchases of {number(n[1], 'en')} customers.",
    )
    return Finding(table, words, (), {"report": report, "until": str(end.date())})


def observed_value(
    histories: pd.DataFrame,
    *,
    margin: float = 1.0,
    by: str | None = None,
    minimum_cell: int = 5,
) -> Finding:
    """What customers have been worth so far: the margin of what they bought.

    Parameters
    ----------
    histories : pandas.DataFrame
        `purchase_histories(...).table`, with the group column if there is one.
    margin : float
        Share 0..1 of a purchase that is margin.
    by : str, optional
        Column of groups.
    minimum_cell : int
        Groups of fewer customers are hidden.

    Returns
    -------
    Finding
        As `ratio_of_sums`: `value` is the mean margin a customer, with its interval.
    """
    table = histories.assign(margin=margin * histories["value"])
    name = Words(fi="Kate asiakasta kohden tähän asti", en="Margin a customer so far")
    return ratio_of_sums(table, numerator="margin", by=by, name=name, minimum_cell=minimum_cell)
