"""Lay surveys, codings, customers and KPIs side by side, with a report of what did not fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, SettingsError, Words, check_frame, number, percent
from .grouping import select_answers
from .scales import Scale, scale_for
from .scores import count_people, people_of, tally

__all__ = ["customer_scores", "join_customers", "join_periods", "join_themes"]

# key of the report, and what a person is told of its count
_OF_SCORES = (
    ("without_customer", "Vastauksia ilman asiakasavainta", "Answers without a customer key"),
    (
        "after_the_outcome",
        "Vastauksia, jotka on annettu vasta tuloksen jälkeen ja jätetty pois",
        "Answers given after the outcome, left out",
    ),
    (
        "undated",
        "Päiväämättömiä vastauksia, joista ei tiedetä, annettiinko ne ennen tulosta",
        "Answers without a day, which may have been given after the outcome",
    ),
)
_OF_JOIN = (
    ("doubled", "Asiakkaita kahteen kertaan", "Customers that stand twice"),
    ("without_key", "Rivejä ilman asiakasavainta", "Rows without a customer key"),
    (
        "only_in_scores",
        "Vastanneita, joita asiakastaulussa ei ole",
        "Answering customers not in the customer table",
    ),
)


def customer_scores(
    answers: pd.DataFrame,
    *,
    metrics: Sequence[str],
    take: str = "mean",
    by: str | None = None,
    before: str | None = None,
    outcomes: pd.DataFrame | None = None,
) -> Finding:
    """One row a customer with each metric as a number, ready to be linked with outcomes.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" with `customer`. Answers without a customer are left out and counted.
    metrics : sequence of str
        Metrics to take.
    take : str
        `mean` of a customer's answers, or the `last` by `answered_at`.
    by : str, optional
        `touchpoint`, `phase` or `stage`: one column each, named `metric:touchpoint`.
    before : str, optional
        Name of a date column in `outcomes` (the day of churn, the first day of the KPI's period):
        answers on or after it are left out and counted. Customers without a date keep theirs.
    outcomes : pandas.DataFrame, optional
        The contract "customers"; needed with `before`.

    Returns
    -------
    Finding
        `table`: `customer` and one column a metric (NaN where the customer did not answer).
        `details["report"]`: `what`, `count` of answers used, without a customer, empty, and of
        customers with several answers; with `before` also of answers dated on or after the
        outcome, and of answers without a day whose customer has an outcome (these are kept).

    Raises
    ------
    FrameError
        A column is missing or an answer lies outside its scale.
    SettingsError
        `take` isn't known, or `before` is given without `outcomes`.
    """
    if take not in ("mean", "last"):
        raise SettingsError("How to take answers isn't known.", expected="mean | last", found=take)
    check_frame(answers, "answers")
    _need(
        answers, ["customer", *([by] if by else []), *(["answered_at"] if take == "last" else [])]
    )
    rows = answers[answers["metric"].isin(list(metrics))]
    report = {"answers": len(rows), "empty": int(rows["value"].isna().sum())}
    rows = rows[rows["value"].notna()]
    report["without_customer"] = int(rows["customer"].isna().sum())
    rows = rows[rows["customer"].notna()]
    if before is not None:
        late, undated = _late(rows, before, outcomes)
        report |= {"after_the_outcome": int(late.sum()), "undated": int(undated.sum())}
        rows = rows[~late]
    for metric in metrics:
        if (rows["metric"] == metric).any() and metric != "question":
            select_answers(rows, _own_scale(metric, rows))
    if by:
        rows = rows[rows[by].notna()]
    name = rows["metric"].astype(str) + (":" + rows[by].astype(str) if by else "")
    rows = rows.assign(column=name)
    if take == "last":
        rows = rows.sort_values("answered_at", kind="stable")
    wide = rows.groupby(["customer", "column"], observed=True)["value"].agg(take).unstack()
    report["used"] = len(rows)
    report["customers"] = len(wide)
    report["customers_with_several"] = int(
        (rows.groupby(["customer", "column"], observed=True).size() > 1)
        .groupby(level=0, observed=True)
        .any()
        .sum()
    )
    table = wide.rename_axis(columns=None).reset_index()
    return Finding(
        table, _scores_sentence(report), _warnings(report, _OF_SCORES), {"report": _frame(report)}
    )


def _own_scale(metric: str, rows: pd.DataFrame) -> Scale:
    """The metric's scale; for CES the 1-7 one where an answer says so."""
    if metric == "ces" and (rows.loc[rows["metric"] == "ces", "value"] > 5).any():
        return scale_for("ces", "ces7")
    return scale_for(metric)


def _need(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    absent = [c for c in columns if c not in frame.columns]
    if absent:
        raise FrameError(
            "The table lacks columns to join by.",
            expected=", ".join(columns),
            found="no " + ", ".join(absent),
        )


def _frame(report: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame({"what": list(report), "count": list(report.values())})


def _naive(times: pd.Series) -> pd.Series:
    """Clock times as written: the zone, where one is given, is dropped after conversion to UTC."""
    when = pd.to_datetime(times)
    return when.dt.tz_convert("UTC").dt.tz_localize(None) if when.dt.tz is not None else when


def _late(
    rows: pd.DataFrame, before: str, outcomes: pd.DataFrame | None
) -> tuple[np.ndarray, np.ndarray]:
    """Which answers came on the day of the outcome or after, and which can't be told."""
    if outcomes is None:
        raise SettingsError(
            "Answers can't be dated against an outcome that isn't given.",
            expected="outcomes with the column named in `before`",
            found="no outcomes",
        )
    check_frame(outcomes, "customers")
    _need(outcomes, [before])
    _need(rows, ["answered_at"])
    limit = rows["customer"].map(outcomes.set_index("customer")[before])
    answered, outcome = _naive(rows["answered_at"]), _naive(limit)
    undated = answered.isna() & outcome.notna()
    return (answered >= outcome).to_numpy(bool), undated.to_numpy(bool)


def _scores_sentence(report: dict[str, int]) -> Words:
    used, customers = report["used"], report["customers"]
    told = Words(
        fi=f"Käytössä on {number(used, 'fi')} vastausta {number(customers, 'fi')} asiakkaalta.",
        en=f"{number(used, 'en')} answers of {number(customers, 'en')} customers are used.",
    )
    late = report.get("after_the_outcome")
    if late is None:
        return told
    more = Words(
        fi=f"Pois jätettiin tuloksen päivänä tai sen jälkeen annetut: {number(late, 'fi')}.",
        en=f"Left out because given on the day of the outcome or later: {number(late, 'en')}.",
    )
    return Words({x: f"{told.to(x)} {more.to(x)}" for x in ("fi", "en")})


def join_customers(
    scores: pd.DataFrame, customers: pd.DataFrame, *, doubled: str = "refuse"
) -> Finding:
    """Metrics and the customer table side by side, one row a customer who is in both.

    Parameters
    ----------
    scores : pandas.DataFrame
        `customer` and one column a metric (see `customer_scores`).
    customers : pandas.DataFrame
        `customer`, attributes and outcomes.
    doubled : str
        What to do with a customer who stands twice in the customer table: `refuse` (default),
        or `drop`, which leaves all rows of such customers out and counts them.

    Returns
    -------
    Finding
        `table`: the joined rows. `details["report"]`: `what`, `count` of matched, only in
        scores, only in customers, doubled, without a key.

    Raises
    ------
    FrameError
        A customer is doubled, a key is empty, or there is no match at all.
    """
    if doubled not in ("refuse", "drop"):
        raise SettingsError("What to do isn't known.", expected="refuse | drop", found=doubled)
    _need(scores, ["customer"])
    _need(customers, ["customer"])
    report = {"without_key": int(customers["customer"].isna().sum()), "doubled": 0}
    table = customers[customers["customer"].notna()]
    twice = table["customer"].duplicated(keep=False)
    report["doubled"] = int(table.loc[twice, "customer"].nunique())
    if doubled == "drop":
        table = table[~twice]
    check_frame(table, "customers")
    check_frame(scores, "customers")
    joined = scores.merge(table, on="customer", how="inner", validate="one_to_one")
    report["matched"] = len(joined)
    report["only_in_scores"] = len(scores) - len(joined)
    report["only_in_customers"] = len(table) - len(joined)
    if len(scores) and not len(joined):
        raise FrameError(
            "No customer is in both tables.",
            expected="the same customer keys on both sides",
            found=f"{len(scores)} and {len(table)} customers, none in common",
            next_step="Check that both keys were hashed with the same salt.",
        )
    share = len(joined) / len(scores) if len(scores) else 0.0
    return Finding(
        joined,
        Words(
            fi=(
                f"{number(len(joined), 'fi')} vastannutta asiakasta ({percent(share, 'fi')}) "
                "löytyi asiakastaulusta."
            ),
            en=(
                f"{number(len(joined), 'en')} answering customers ({percent(share, 'en')}) were "
                "found in the customer table."
            ),
        ),
        _warnings(report, _OF_JOIN),
        {"report": _frame(report)},
    )


def _warnings(report: dict[str, int], told: tuple[tuple[str, str, str], ...]) -> tuple[Words, ...]:
    """What the report counts and is not 0, in both languages."""
    return tuple(
        Words(fi=f"{fi}: {report[key]}.", en=f"{en}: {report[key]}.")
        for key, fi, en in told
        if report.get(key)
    )


def join_periods(
    answers: pd.DataFrame,
    kpis: pd.DataFrame,
    *,
    metric: str,
    period: str = "month",
    minimum_cell: int = 5,
    scale: Scale | str | None = None,
) -> Finding:
    """Metric and KPIs side by side, one row a unit and period.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers" with `answered_at`, and `unit` unless the KPIs have one unit only.
    kpis : pandas.DataFrame
        The contract "kpis": unit, first day of the period, kpi, value.
    metric, scale
        As in `score`.
    period : str
        `week` (from Monday), `month` or `quarter`; the KPI table must use the same.
    minimum_cell : int
        Unit-periods with fewer respondents get no metric.

    Returns
    -------
    Finding
        `table`: `unit`, `period`, `n` answers, the metric under its own name (NaN where hidden
        or nobody answered), and one column a KPI. `details["report"]`: `what`, `count` of
        matched, only in answers, only in KPIs, hidden.

    Raises
    ------
    FrameError
        A column is missing, a KPI's day is not the first of its period, or nothing matches.
    """
    check_frame(kpis, "kpis")
    chosen = scale_for(metric, scale)
    rows, notes = select_answers(answers, chosen)
    units = kpis["unit"].unique()
    _need(rows, ["answered_at", *(["unit"] if len(units) > 1 else [])])
    rows = rows[rows["answered_at"].notna()]
    frame = pd.DataFrame(
        {
            "unit": rows["unit"] if len(units) > 1 else units[0],
            "period": _starts(_naive(rows["answered_at"]), period),
            "value": rows["value"],
            "who": people_of(rows),
        }
    ).dropna()
    place, keys = _numbered(frame)
    counted = tally(frame["value"].to_numpy(float), place, len(keys), chosen)
    mine = keys.assign(n=counted["n"], **{metric: counted["value"]})
    hidden = count_people(place, frame["who"].to_numpy(), len(keys)) < minimum_cell
    mine.loc[hidden, metric] = np.nan
    theirs = _wide_kpis(kpis, period)
    table = mine.merge(theirs, on=["unit", "period"], how="outer", indicator="side")
    sides = table.pop("side")
    report = _period_report(sides, len(mine), len(theirs), period)
    report["hidden"] = int(hidden.sum())
    table["n"] = table["n"].fillna(0).astype(int)
    table = table.sort_values(["unit", "period"]).reset_index(drop=True)
    matched = report["matched"]
    return Finding(
        table,
        Words(
            fi=f"Mittari ja KPI:t on yhdistetty: {matched} yksikkö-jaksoa.",
            en=f"Metric and KPIs are joined over {matched} unit-periods.",
        ),
        tuple(notes),
        {"report": _frame(report)},
    )


def _period_report(sides: pd.Series, mine: int, theirs: int, period: str) -> dict[str, int]:
    report = {
        "matched": int((sides == "both").sum()),
        "only_in_answers": int((sides == "left_only").sum()),
        "only_in_kpis": int((sides == "right_only").sum()),
    }
    if not report["matched"]:
        raise FrameError(
            "Answers and KPIs share no unit and period.",
            expected=f"the same units and {period}s on both sides",
            found=f"{mine} and {theirs} unit-periods, none in common",
        )
    return report


_STARTS = {"week": "W-SUN", "month": "M", "quarter": "Q"}


def _starts(when: pd.Series, period: str) -> pd.Series:
    if period not in _STARTS:
        raise SettingsError(
            "The period isn't known.", expected="week | month | quarter", found=period
        )
    return when.dt.to_period(_STARTS[period]).dt.start_time


def _numbered(frame: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    groups = frame.groupby(["unit", "period"], sort=True)
    keys = groups.size().reset_index()[["unit", "period"]]
    return groups.ngroup().to_numpy(), keys


def _wide_kpis(kpis: pd.DataFrame, period: str) -> pd.DataFrame:
    start = _starts(kpis["period"], period)
    off = kpis["period"] != start
    if off.any():
        raise FrameError(
            "KPI periods don't start where the period starts.",
            expected=f"the first day of the {period}",
            found=", ".join(f"{d:%Y-%m-%d}" for d in kpis.loc[off, "period"].head(3)),
            where="rows " + ", ".join(map(str, kpis.index[off][:5])),
        )
    wide = kpis.pivot(index=["unit", "period"], columns="kpi", values="value")
    return wide.rename_axis(columns=None).reset_index()


def join_themes(
    answers: pd.DataFrame,
    comments: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    metric: str,
    minimum: int = 5,
) -> Finding:
    """The answers of one metric with a true/false column for each theme of the same response.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers".
    comments : pandas.DataFrame
        The contract "comments": which comment belongs to which response.
    codings : pandas.DataFrame
        The contract "codings" of those comments; one origin and coder at a time, or all alike.
    metric : str
        The metric whose answer stands beside the themes.
    minimum : int
        Themes in fewer responses get no column and are counted.

    Returns
    -------
    Finding
        `table`: `response`, `value`, one boolean column a theme (the code's id). Only responses
        with a comment stand here: the rest were not asked by words.
        `details["themes"]`: ids of the columns; `details["report"]`: `what`, `count`.

    Raises
    ------
    FrameError
        A table breaks its contract, or no coding belongs to these comments.
    """
    check_frame(comments, "comments")
    check_frame(codings, "codings")
    rows, notes = select_answers(answers, scale_for(metric))
    of_response = comments.set_index("document")["response"]
    response = codings["document"].map(of_response)
    known = response.notna()
    value = rows.groupby("response", observed=True, sort=False)["value"].mean()
    asked = comments["response"].unique()
    base = value[value.index.isin(asked)]
    pairs = pd.DataFrame({"response": response[known], "code": codings.loc[known, "code"]})
    pairs = pairs[pairs["response"].isin(base.index)].drop_duplicates()
    if not len(pairs):
        raise FrameError(
            "No coding belongs to a comment that stands beside this metric.",
            expected="codings whose document is one of the comments",
            found=f"{len(codings)} codings, {len(comments)} comments, none in common",
        )
    size = pairs["code"].value_counts(sort=False)
    kept = [code for code in size.index if size[code] >= minimum]
    table = base.rename("value").reset_index()
    for code in kept:
        table[code] = table["response"].isin(pairs.loc[pairs["code"] == code, "response"])
    report = {
        "responses": len(table),
        "with_a_theme": int(table[kept].any(axis=1).sum()) if kept else 0,
        "codings_elsewhere": int((~known).sum()),
        "themes": len(kept),
        "rare_themes": len(size) - len(kept),
    }
    return Finding(
        table,
        Words(
            fi=f"{report['responses']} vastausta ja {len(kept)} teemaa on yhdistetty.",
            en=f"{report['responses']} responses and {len(kept)} themes are joined.",
        ),
        tuple(notes),
        {"report": _frame(report), "themes": kept},
    )
