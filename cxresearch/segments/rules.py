"""Rules of membership in words, from a shallow decision tree, with how often they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..model import Finding, Words, number, percent
from .design import level_codes, numbers_of
from .features import Feature, FeatureError, FeatureSet
from .segmentation import UNASSIGNED

__all__ = ["membership_rules"]

_Column = tuple[Feature, str | None]


def membership_rules(
    customers: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    features: FeatureSet,
    level: str = "segment",
    depth: int = 3,
    random_state: int = 0,
) -> Finding:
    """State in a few conditions who belongs to each group, and how often that holds.

    Parameters
    ----------
    customers, membership : pandas.DataFrame
        Contracts `customers` and `membership`; customers without a group are left out.
    features : FeatureSet
        Columns that the conditions may use.
    level : str
        `segment` or `profile`.
    depth : int
        Conditions a rule at most.
    random_state : int
        Seed of the tree and of the five-fold check.

    Returns
    -------
    Finding
        `table`, one row a rule: group; rule_fi, rule_en; n (customers who meet it); hits (share
        0..1 of these who are in the group); covers (share of the group that meets it). A group
        that no rule points to has none. `details["hit_rate"]`: share of customers whom the rules
        place rightly in folds that they were not made from.

    Notes
    -----
    The rules describe the segmentation roughly, they do not replace it: assign new customers with
    `Segmentation.assign`. A missing value goes the way that fitted best (scikit-learn's trees).
    """
    from sklearn.tree import DecisionTreeClassifier

    joined = customers.merge(membership[["customer", level]], on="customer", suffixes=("_b", ""))
    joined = joined[joined[level].notna() & (joined[level] != UNASSIGNED)].reset_index(drop=True)
    target = joined[level].astype(str).to_numpy()
    if len(set(target)) < 2:
        raise FeatureError("There are no two groups to tell apart.", found=str(len(set(target))))
    matrix, columns = _matrix(joined, features)
    tree = DecisionTreeClassifier(
        max_depth=depth,
        min_samples_leaf=max(5, len(joined) // 200),
        random_state=random_state,
    ).fit(matrix, target)
    leaf = tree.apply(matrix)
    paths = _paths(tree)
    rows = []
    for node, path in paths.items():
        inside = leaf == node
        group = str(tree.classes_[tree.tree_.value[node][0].argmax()])
        hit = inside & (target == group)
        rows.append(
            {
                "group": group,
                "rule_fi": _say(path, columns, "fi"),
                "rule_en": _say(path, columns, "en"),
                "n": int(inside.sum()),
                "hits": float(hit.sum() / inside.sum()),
                "covers": float(hit.sum() / (target == group).sum()),
            }
        )
    table = pd.DataFrame(rows).sort_values(["group", "covers"], ascending=[True, False])
    rate = _hit_rate(tree, matrix, target, random_state)
    return Finding(
        table.reset_index(drop=True), _sentence(rate, len(target)), (), {"hit_rate": rate}
    )


def _matrix(joined: pd.DataFrame, features: FeatureSet) -> tuple[np.ndarray, list[_Column]]:
    parts: list[np.ndarray] = []
    columns: list[_Column] = []
    for feature in features:
        if not feature.categorical:
            numbers = numbers_of(joined, feature)
            parts.append(np.expm1(numbers) if feature.log else numbers)
            columns.append((feature, None))
            continue
        codes = level_codes(joined, feature)
        if feature.kind == "ordinal":
            parts.append(np.where(codes < 0, np.nan, codes))
            columns.append((feature, None))
            continue
        for i, level in enumerate(feature.levels):
            parts.append((codes == i).astype(float))
            columns.append((feature, level))
    return np.column_stack(parts), columns


def _paths(tree: Any) -> dict[int, list[tuple[int, bool, float]]]:
    """Leaf to its conditions: column, whether above the threshold, threshold."""
    nodes = tree.tree_
    found: dict[int, list[tuple[int, bool, float]]] = {}
    open_nodes: list[tuple[int, list[tuple[int, bool, float]]]] = [(0, [])]
    while open_nodes:
        node, path = open_nodes.pop()
        if nodes.children_left[node] == -1:
            found[node] = path
            continue
        column, threshold = int(nodes.feature[node]), float(nodes.threshold[node])
        open_nodes.append((nodes.children_left[node], [*path, (column, False, threshold)]))
        open_nodes.append((nodes.children_right[node], [*path, (column, True, threshold)]))
    return found


def _say(path: list[tuple[int, bool, float]], columns: list[_Column], language: str) -> str:
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    order = list(dict.fromkeys(column for column, _, _ in path))
    for column, above, threshold in path:
        if above:
            low[column] = max(low.get(column, -np.inf), threshold)
        else:
            high[column] = min(high.get(column, np.inf), threshold)
    parts = [_condition(columns[c], low.get(c), high.get(c), language) for c in order]
    return {"fi": " ja "}.get(language, " and ").join(parts)


def _condition(column: _Column, low: float | None, high: float | None, language: str) -> str:
    feature, level = column
    title = feature.title(language)
    if level is not None:
        known = feature.level_title(level, language)
        if low is not None:
            return f"{title} = {known}"
        return f"{title} ≠ {known}"
    first: Any
    last: Any
    if feature.kind == "ordinal":
        first = None if low is None else feature.levels[int(np.floor(low)) + 1]
        last = None if high is None else feature.levels[int(np.floor(high))]
        texts = [None if v is None else feature.level_title(v, language) for v in (first, last)]
    else:
        whole = feature.kind == "count"
        first = None if low is None else np.floor(low) + 1 if whole else low
        last = None if high is None else np.floor(high) if whole else high
        texts = [
            None if v is None else number(v, language, decimals=0 if whole or abs(v) >= 20 else 1)
            for v in (first, last)
        ]
    if texts[0] is not None and texts[1] is not None:
        return f"{title} {texts[0]}–{texts[1]}"
    strict = ">" if feature.kind == "numeric" else "≥"
    return f"{title} {strict} {texts[0]}" if texts[0] is not None else f"{title} ≤ {texts[1]}"


def _hit_rate(tree: Any, matrix: np.ndarray, target: np.ndarray, seed: int) -> float:
    from sklearn.base import clone
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    smallest = int(pd.Series(target).value_counts().min())
    folds = min(5, smallest)
    if folds < 2:
        return float("nan")
    cut = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return float(cross_val_score(clone(tree), matrix, target, cv=cut).mean())


def _sentence(rate: float, n: int) -> Words:
    return Words(
        fi=f"Säännöt sijoittavat oikeaan ryhmään {percent(rate, 'fi')} asiakkaista, joista niitä "
        f"ei tehty (n = {number(n, 'fi')}).",
        en=f"The rules place {percent(rate)} of customers they were not made from in the right "
        f"group (n = {number(n)}).",
    )
