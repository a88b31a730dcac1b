"""Aggregated tables of a bundle: no row of a person, no group under the minimum cell size."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..metrics import protect_small, score
from ..steps.scoring import people_only
from .material import SCORED, Material
from .theme_counts import theme_counts

__all__ = ["public_tables"]

_LEVELS = ("touchpoint", "phase", "segment", "wave", "unit")
_PUBLIC_FINDINGS = (
    *("targets", "gap", "promises", "customers", "themes-nps", "drivers", "drivers-segment"),
    *("segments", "priorities", "framework"),
)


def public_tables(material: Material) -> dict[str, pd.DataFrame]:
    """Tables by file name: scores on every level, themes by phase, and what the steps found."""
    tables = {"scores": _scores(material), "themes": _themes(material)}
    for name in _PUBLIC_FINDINGS:
        if name in material.findings:
            tables[name] = _large_enough(material.findings[name].table, material.minimum_cell)
    for name, found in material.findings.items():
        if name.startswith(("periods-", "panel-")):
            tables[name] = found.table
    return {name: table for name, table in tables.items() if len(table)}


def _scores(material: Material) -> pd.DataFrame:
    rows = []
    for metric in [m for m in SCORED if m in set(material.answers["metric"])]:
        mine = people_only(material.answers[material.answers["metric"] == metric])
        given: dict[str, Any] = {
            "minimum_cell": material.minimum_cell,
            "scale": material.scales[metric],
        }
        whole = score(mine, metric=metric, **given).table
        rows.append(whole.assign(level="all", group="all"))
        for level in _LEVELS:
            if level in mine and mine[level].notna().any():
                part = protect_small(score(mine, metric=metric, by=level, **given))
                rows.append(part.table.rename(columns={level: "group"}).assign(level=level))
    if not rows:
        return pd.DataFrame()
    table = pd.concat(rows, ignore_index=True)
    # a hidden group's size is hidden as well
    table["n"] = table["n"].mask(table["hidden"].astype(bool))
    return table[["metric", "level", "group", "n", "value", "ci_low", "ci_high", "hidden"]]


def _themes(material: Material) -> pd.DataFrame:
    if material.codings.empty:
        return pd.DataFrame()
    return theme_counts(material.codings, minimum=material.minimum_cell)


def _large_enough(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    counts = [c for c in table.columns if c == "n" or c.startswith("n_")]
    small = (table[counts] < minimum).any(axis=1) if counts else pd.Series(False, table.index)
    return table[~small]
