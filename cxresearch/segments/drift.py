"""Segments over time: how the customers shift between two waves, and who moves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..model import Finding, Words, check_frame, number, percent
from .design import level_codes, numbers_of
from .features import Feature, FeatureError
from .segmentation import UNASSIGNED, Segmentation

__all__ = ["compare_waves", "moves", "stability_index"]

_BINS = 10
_SOME, _MUCH = 0.1, 0.25


def stability_index(before: np.ndarray, after: np.ndarray) -> float:
    """Population stability index of two rows of counts.

    PSI = sum((q - p) log(q / p)) over the cells; half a customer is added to each cell, so that
    an empty one stays finite. Under 0.1 is read as no shift, 0.1-0.25 some, over 0.25 much: a
    rule of thumb of credit scoring, not a test.
    """
    p, q = np.asarray(before, float) + 0.5, np.asarray(after, float) + 0.5
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def compare_waves(segmentation: Segmentation, before: pd.DataFrame, after: pd.DataFrame) -> Finding:
    """Whether a later wave of customers still fits the segments.

    Parameters
    ----------
    segmentation : Segmentation
        Its model assigns both waves.
    before, after : pandas.DataFrame
        Contract `customers` with the features; the waves may share customers or not.

    Returns
    -------
    Finding
        `table`, one row a thing that may shift: what (`segments`, or a feature), psi, shift
        (none, some, much). Numbers are cut at the deciles of the first wave; missing is a cell of
        its own. `details`: shares (segment, before, after as shares of the wave, unassigned
        included), likelihood (mean log-likelihood a customer, before and after), moves (see
        `moves`), membership_before, membership_after.

    Raises
    ------
    FeatureError
        A wave is empty, or lacks a feature.
    """
    if not len(before) or not len(after):
        raise FeatureError("A wave has no customers.", expected="two waves with customers")
    members = segmentation.assign(before), segmentation.assign(after)
    order = [*segmentation.segments["segment"], UNASSIGNED]
    counts = [m["segment"].value_counts().reindex(order, fill_value=0) for m in members]
    rows = [{"what": "segments", "psi": stability_index(*(c.to_numpy() for c in counts))}]
    for feature in segmentation.model.features_:
        cells = _cells(before, after, feature)
        rows.append({"what": feature.name, "psi": stability_index(*cells)})
    table = pd.DataFrame(rows)
    table["shift"] = np.select(
        [table["psi"] < _SOME, table["psi"] < _MUCH], ["none", "some"], "much"
    )
    shares = pd.DataFrame(
        {
            "segment": order,
            "before": counts[0].to_numpy() / len(before),
            "after": counts[1].to_numpy() / len(after),
        }
    )
    likelihood = tuple(segmentation.model.score(w) for w in (before, after))
    details = {
        "shares": shares,
        "likelihood": likelihood,
        "moves": moves(*members),
        "membership_before": members[0],
        "membership_after": members[1],
    }
    return Finding(table, _sentence(table, shares), _warn(table, shares), details)


def moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Customers of both waves by the segment that they were in and are in.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Contract `membership`.

    Returns
    -------
    pandas.DataFrame
        segment_before, segment_after, n, share (of those who were in segment_before).
    """
    check_frame(before, "membership")
    check_frame(after, "membership")
    both = before[["customer", "segment"]].merge(
        after[["customer", "segment"]], on="customer", suffixes=("_before", "_after")
    )
    keys = ["segment_before", "segment_after"]
    table = both.groupby(keys).size().rename("n").reset_index()
    table["share"] = table["n"] / table.groupby("segment_before")["n"].transform("sum")
    return table


def _cells(
    before: pd.DataFrame, after: pd.DataFrame, feature: Feature
) -> tuple[np.ndarray, np.ndarray]:
    if feature.categorical:
        codes = [level_codes(w, feature) for w in (before, after)]
        width = len(feature.levels)
    else:
        numbers = [numbers_of(w, feature) for w in (before, after)]
        known = numbers[0][~np.isnan(numbers[0])]
        inner = np.linspace(0, 1, _BINS + 1)[1:-1]
        edges = np.unique(np.quantile(known, inner)) if len(known) else np.array([])
        codes = [
            np.where(np.isnan(n), -1, np.searchsorted(edges, n, side="right")) for n in numbers
        ]
        width = len(edges) + 1
    first, second = (np.bincount(np.asarray(c) + 1, minlength=width + 1) for c in codes)
    used = (first + second) > 0
    return first[used], second[used]


def _sentence(table: pd.DataFrame, shares: pd.DataFrame) -> Words:
    psi = float(table["psi"].iloc[0])
    first, last = shares.iloc[-1][["before", "after"]]
    return Words(
        fi=f"Segmenttien osuuksien muutos (PSI) on {number(psi, 'fi', decimals=2)}; ilman "
        f"segmenttiä jää nyt {percent(last, 'fi')} asiakkaista (ennen {percent(first, 'fi')}).",
        en=f"The shift of the segments' shares (PSI) is {number(psi, decimals=2)}; "
        f"{percent(last)} of the customers are now unassigned ({percent(first)} before).",
    )


def _warn(table: pd.DataFrame, shares: pd.DataFrame) -> tuple[Words, ...]:
    found = []
    moved = table[(table["shift"] == "much") & (table["what"] != "segments")]["what"]
    if len(moved):
        names = ", ".join(moved)
        found.append(
            Words(
                fi=f"Paljon muuttuneita piirteitä: {names}.", en=f"Features that shifted: {names}."
            )
        )
    first, last = shares.iloc[-1][["before", "after"]]
    if table["shift"].iloc[0] == "much" or last > first + 0.1:
        found.append(
            Words(
                fi="Segmentit eivät enää kuvaa asiakkaita hyvin: harkitse ryhmittelyn tekemistä "
                "uudelleen.",
                en="The segments no longer describe the customers well: consider making them anew.",
            )
        )
    return tuple(found)
