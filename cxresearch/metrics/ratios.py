"""Business measures that are a ratio of sums: share of wallet, conversion, average purchase."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, Words, interval, number, percent

__all__ = ["ratio_of_sums"]


def ratio_of_sums(
    table: pd.DataFrame,
    *,
    numerator: str,
    denominator: str | None = None,
    by: str | None = None,
    share: bool = False,
    name: Words | None = None,
    minimum_cell: int = 5,
) -> Finding:
    """A ratio of two sums with its interval, for everyone and for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer (or a unit and month): what they bring to both sums.
    numerator, denominator : str
        Numeric columns; without a denominator it is the mean of the numerator. Share of wallet:
        bought from us over bought in all. Conversion: orders over requests. Average purchase:
        revenue over purchases. Support hours a customer: hours, no denominator.
    by : str, optional
        Column of groups; rows without one are left out of them.
    share : bool
        The numerator is part of the denominator: the interval is clipped to 0..1, and a row whose
        numerator is the larger is refused.
    name : Words, optional
        What the measure is called in the sentence.
    minimum_cell : int
        Groups of fewer rows are hidden.

    Returns
    -------
    Finding
        `table`: the group (`all` first), `n` rows used, `numerator`, `denominator` (sums), `value`,
        `ci_low`, `ci_high` (95 %), `hidden`. Rows where one side is missing are left out and
        counted in a warning.

    Raises
    ------
    FrameError
        A column is missing, holds text, or negative numbers; a share above 1 (rows are named);
        nothing is left, or the denominator sums to 0.

    Notes
    -----
    Ratio of sums, not mean of ratios: large customers count by their size. The interval is the
    linearised ratio estimator with the row as the unit: variance n/(n-1) Σ(yᵢ - R xᵢ)² / (Σ xᵢ)²
    and Student's t of n - 1 degrees of freedom (Cochran 1977, Sampling Techniques, section 6.4).
    Without a denominator that is the t interval of scipy.stats.ttest_1samp.
    """
    data, left_out = _checked(table, numerator, denominator, by, share)
    groups: list[tuple[object, np.ndarray]] = [("all", np.ones(len(data), dtype=bool))]
    if by is not None:
        groups += [(g, (data["group"] == g).to_numpy(bool)) for g in _order(data["group"])]
    rows = [_row(g, data[mine], minimum_cell, share, by or "group") for g, mine in groups]
    result = pd.DataFrame(rows)
    notes = []
    if left_out:
        notes.append(
            Words(
                fi=f"Rivejä, joista luku puuttui ja jotka jäivät pois: {number(left_out, 'fi')}.",
                en=f"Rows without the number, left out: {number(left_out, 'en')}.",
            )
        )
    label = name or Words(numerator if denominator is None else f"{numerator} / {denominator}")
    told = {x: _sentence(result, by or "group", label, share, x) for x in ("fi", "en")}
    return Finding(result, Words(told), tuple(notes), {"share": share})


def _order(column: pd.Series) -> list[object]:
    return sorted(column.dropna().unique(), key=str)


def _checked(
    table: pd.DataFrame, numerator: str, denominator: str | None, by: str | None, share: bool
) -> tuple[pd.DataFrame, int]:
    names = [c for c in (numerator, denominator) if c is not None]
    absent = [c for c in (*names, *([by] if by else [])) if c not in table.columns]
    if absent:
        raise FrameError(
            "The table lacks columns of a measure.",
            expected=", ".join([*names, *([by] if by else [])]),
            found="no " + ", ".join(absent),
        )
    for name in names:
        if not pd.api.types.is_numeric_dtype(table[name]):
            raise FrameError(
                f"Column `{name}` should hold numbers.",
                expected="numbers",
                found=str(table[name].dtype),
            )
    data = pd.DataFrame(
        {
            "y": table[numerator].astype(float),
            "x": table[denominator].astype(float) if denominator else 1.0,
            "group": table[by] if by else "all",
        }
    )
    known = data[["y", "x"]].notna().all(axis=1)
    data = data[known]
    bad = (data["x"] < 0) | ((data["y"] < 0) | (data["y"] > data["x"] + 1e-9) if share else False)
    if bad.any() or not len(data) or data["x"].sum() <= 0:
        raise FrameError(
            f"`{numerator}` over `{denominator}` can't be computed.",
            expected="a part and its whole: 0 <= part <= whole"
            if share
            else "a denominator of 0 or above, not all 0",
            found=f"{int(bad.sum())} rows that break this" if bad.any() else "nothing to divide by",
            where="rows " + ", ".join(map(str, data.index[bad][:5])) if bad.any() else None,
            next_step="Correct these rows, or empty them.",
        )
    return data, int((~known).sum())


def _row(
    group: object, data: pd.DataFrame, minimum_cell: int, share: bool, column: str
) -> dict[str, object]:
    n = len(data)
    row: dict[str, object] = {column: group, "n": n, "numerator": np.nan, "denominator": np.nan}
    row |= {"value": np.nan, "ci_low": np.nan, "ci_high": np.nan, "hidden": True}
    y, x = data["y"].to_numpy(), data["x"].to_numpy()
    if n < max(minimum_cell, 2) or x.sum() <= 0:
        return row
    ratio = y.sum() / x.sum()
    error = np.sqrt(n / (n - 1) * ((y - ratio * x) ** 2).sum()) / x.sum()
    half = stats.t.ppf(0.975, n - 1) * error
    low, high = ratio - half, ratio + half
    if share:
        low, high = max(low, 0.0), min(high, 1.0)
    row |= {"numerator": float(y.sum()), "denominator": float(x.sum()), "value": float(ratio)}
    return row | {"ci_low": float(low), "ci_high": float(high), "hidden": False}


def _sentence(table: pd.DataFrame, column: str, name: Words, share: bool, language: str) -> str:
    decimals = 0 if table["value"].abs().max() >= 100 else 2

    def written(value: float) -> str:
        return percent(value, language) if share else number(value, language, decimals=decimals)

    def told(row: pd.Series) -> str:
        factor = 100 if share else 1
        low, high = factor * row["ci_low"], factor * row["ci_high"]
        ends = interval(low, high, language, decimals=0 if share else decimals)
        ends += percent(0.5, language).removeprefix("50") if share else ""
        level = "95 %:n luottamusväli" if language == "fi" else "95% interval"
        return f"{written(row['value'])} ({level} {ends}, n = {number(row['n'], language)})"

    first, label = table.iloc[0], name.to(language)
    if first["hidden"]:
        return f"{label}: rivejä on liian vähän." if language == "fi" else f"{label}: too few rows."
    text = f"{label}: {told(first)}."
    shown = table.iloc[1:]
    shown = shown[~shown["hidden"].astype(bool)]
    if len(shown) < 2:
        return text
    best, worst = shown.loc[shown["value"].idxmax()], shown.loc[shown["value"].idxmin()]
    if language == "fi":
        return text + (
            f" Suurin: {best[column]} {told(best)}; pienin: {worst[column]} {told(worst)}."
        )
    return text + f" Highest: {best[column]} {told(best)}; lowest: {worst[column]} {told(worst)}."
