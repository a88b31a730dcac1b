"""What codings say of a place on the journey: how many, by how many people, how good or bad."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

from ..metrics.intervals import mean_interval
from ..model import Codebook, FrameError

__all__ = [
    "check_ids",
    "codebook_table",
    "count_sources",
    "emotional_curve",
    "source_ids",
    "summarise",
]

EVIDENCE_MOST = 500
_QUOTATION = ["document", "start", "end"]


def summarise(codings: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Quotations, sources and mean valence with its 95 % interval for each group of codings.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract "codings". The source is the column `respondent` where the table has one
        (documents stand in where it is empty), else `document`.
    by : sequence of str
        Columns that make the groups; rows where one is empty are left out.

    Returns
    -------
    pandas.DataFrame
        One row a group: the columns of `by`; `n`, distinct quotations; `sources`, distinct people
        or documents; `valued` and `valued_sources`, those of them with a valence; `value`, mean
        valence -2..2; `ci_low` and `ci_high`; `evidence`, ids of the codings (at most 500).

    Notes
    -----
    A quotation that has several codings in the group counts once, with their mean. People say
    several things, and those go together; so the interval takes the source as the unit:
    with k sources, m_i quotations and sum y_i of source i, and mean r = Σy/Σm, the variance is
    k/(k-1) Σ(y_i - r m_i)² / (Σm)², with Student's t of k-1 degrees of freedom (Cochran 1977,
    Sampling Techniques, section 6.4). Checked against statsmodels
    OLS(y, 1).fit(cov_type="cluster", use_t=True). Where all sources agree (or there is one) the
    rule of `metrics.mean_interval` keeps the interval from having no width.
    Not for comparing two stages: the same people speak of both.
    """
    by = list(by)
    rows = codings.dropna(subset=by)
    rows = rows.assign(source=source_ids(rows))
    quotations = _quotations(rows, by)
    grouped = quotations.groupby(by, sort=False, observed=True)
    table = grouped.agg(n=("source", "size"), sources=("source", "nunique")).reset_index()
    table = table.merge(_means(quotations, by), on=by, how="left")
    evidence = rows.groupby(by, sort=False, observed=True)["coding"].agg(
        lambda ids: tuple(map(str, ids.iloc[:EVIDENCE_MOST]))
    )
    return table.merge(evidence.rename("evidence").reset_index(), on=by, how="left")


def count_sources(codings: pd.DataFrame) -> int:
    """Distinct people (or documents) behind the codings."""
    return int(source_ids(codings).nunique())


def source_ids(rows: pd.DataFrame) -> pd.Series:
    """Who speaks in each coding: its respondent where known, else its document."""
    documents = rows["document"].astype(str)
    if "respondent" not in rows.columns:
        return documents
    return rows["respondent"].where(rows["respondent"].notna(), documents).astype(str)


def _quotations(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    if "valence" not in rows.columns:
        rows = rows.assign(valence=np.nan)
    rows = rows.assign(valence=pd.to_numeric(rows["valence"]).astype(float))
    columns = list(dict.fromkeys([*by, "source", *_QUOTATION]))
    return rows.groupby(columns, sort=False, observed=True)["valence"].mean().reset_index()


def _means(quotations: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    known = quotations.dropna(subset=["valence"])
    each = (
        known.groupby([*by, "source"], sort=False, observed=True)["valence"]
        .agg(["size", "sum"])
        .reset_index()
    )
    total = each.groupby(by, sort=False, observed=True).agg(
        valued=("size", "sum"), total=("sum", "sum"), valued_sources=("size", "size")
    )
    total["value"] = total["total"] / total["valued"]
    each = each.merge(total[["value"]].reset_index(), on=by)
    each["apart"] = (each["sum"] - each["value"] * each["size"]) ** 2
    apart = each.groupby(by, sort=False, observed=True)["apart"].sum()
    k = total["valued_sources"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(k / (k - 1) * apart.reindex(total.index).to_numpy()) / total["valued"]
    deviation = np.where(k > 1, error * np.sqrt(k), 0.0)
    low, high = mean_interval(total["value"], deviation, k, bounds=(-2.0, 2.0))
    total = total.assign(ci_low=low, ci_high=high)
    columns = ["valued", "valued_sources", "value", "ci_low", "ci_high"]
    return total[columns].reset_index()


def emotional_curve(
    codings: pd.DataFrame, *, stages: pd.DataFrame, minimum: int = 5
) -> pd.DataFrame:
    """Mean valence at each stage, in the journey's order.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract "codings", with `stage` and `valence`.
    stages : pandas.DataFrame
        The contract "stages".
    minimum : int
        Fewest people or documents for which a value is given.

    Returns
    -------
    pandas.DataFrame
        One row a stage: `stage`, `n` quotations with a valence, `sources`, `value` (-2..2),
        `ci_low`, `ci_high` (95 %, see `summarise`), `hidden` (a value was withheld because of
        `minimum`), `evidence`. A stage that nobody speaks of has n = 0 and no value.
    """
    order = stages.sort_values("position")[["stage"]].reset_index(drop=True)
    if "stage" not in codings.columns or not len(codings):
        found = summarise(codings.assign(stage=None).iloc[:0], ["stage"])
    else:
        known = codings if "valence" in codings.columns else codings.assign(valence=np.nan)
        found = summarise(known[known["valence"].notna()], ["stage"])
    found = found.astype({"stage": str})
    table = order.astype({"stage": str}).merge(found, on="stage", how="left")
    table["n"] = table["n"].fillna(0).astype(int)
    table["sources"] = table["sources"].fillna(0).astype(int)
    table["hidden"] = (table["sources"] > 0) & (table["sources"] < minimum)
    table.loc[table["hidden"], ["value", "ci_low", "ci_high"]] = np.nan
    table["evidence"] = [each if isinstance(each, tuple) else () for each in table["evidence"]]
    columns = ["stage", "n", "sources", "value", "ci_low", "ci_high", "hidden", "evidence"]
    return table[columns]


def codebook_table(codebook: Codebook | pd.DataFrame | None) -> pd.DataFrame:
    """`code`, `kind`, `name_fi`, `name_en` and `parent`, whatever form the codebook has."""
    columns = ["code", "kind", "name_fi", "name_en", "parent"]
    if codebook is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    if isinstance(codebook, pd.DataFrame):
        return codebook.reindex(columns=columns)
    rows = [(c.code, c.kind, c.name.get("fi"), c.name.get("en"), c.parent) for c in codebook]
    return pd.DataFrame(rows, columns=columns)


def check_ids(found: pd.Series, known: Sequence[str], *, column: str) -> None:
    """Refuse ids that the study doesn't have, naming the nearest ones."""
    strange = sorted(set(map(str, found.dropna())) - set(map(str, known)))
    if strange:
        near = get_close_matches(strange[0], list(known), n=3) or list(known)[:8]
        raise FrameError(
            f"Column `{column}` names {len(strange)} {column}(s) that the study doesn't have.",
            expected="one of " + ", ".join(near),
            found=", ".join(strange[:5]),
            next_step="Correct the ids, or add them to study.toml.",
        )
