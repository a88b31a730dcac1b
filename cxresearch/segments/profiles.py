"""What sets each group apart: effect sizes against the rest, typical members, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..model import Finding, Words, number, percent, wilson_interval
from .design import level_codes, numbers_of
from .features import Feature, FeatureError, FeatureSet
from .segmentation import UNASSIGNED, Segmentation

__all__ = ["name_proposals", "set_apart", "trait_text", "typical_members"]

_NOTABLE = 0.15
TRAIT_COLUMNS = (
    "group",
    "feature",
    "level",
    "kind",
    "n",
    "value",
    "low",
    "high",
    "rest",
    "ratio",
    "strength",
)


def set_apart(
    customers: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    features: FeatureSet,
    level: str = "segment",
    held_out: FeatureSet | None = None,
) -> Finding:
    """What sets each group apart from the rest, as effect sizes.

    Parameters
    ----------
    customers : pandas.DataFrame
        Contract `customers`.
    membership : pandas.DataFrame
        Contract `membership`; customers without a group are left out.
    features : FeatureSet
        What the groups were made of. They get no p-values: the groups differ in them by
        construction.
    level : str
        `segment` or `profile`. A profile is compared with the rest of its own segment.
    held_out : FeatureSet, optional
        Columns that the groups were not made of; these get p-values, corrected for their number
        (Benjamini-Hochberg).

    Returns
    -------
    Finding
        `table`, one row a group and trait, strongest first inside a group: group; feature; level
        (missing for numbers); kind; n (known values in the group); value (mean; for a feature
        taken as log(1 + x) the back-transformed mean; share 0..1 of a level); low, high (95 %:
        Wilson for shares, t for means); rest (the same for the rest); ratio (lift of a share,
        rate ratio of a count; missing for other numbers); strength (-1..1: correlation of the
        trait with being in the group; comparable between kinds).
        `details["overall"]`, one row a feature: within (the segment whose profiles are compared;
        missing for segments); feature, measure (eta2, cramers_v, rate_ratio of
        the highest to the lowest group), value, held_out, p, p_adjusted (held-out only).

    Raises
    ------
    FeatureError
        No customer of the table has a group, or there is one group only.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953. Benjamini & Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    kept = ["customer", *dict.fromkeys(("segment", level))]
    joined = customers.merge(membership[kept], on="customer", suffixes=("_before", ""))
    joined = joined[joined[level].notna() & (joined[level] != UNASSIGNED)].reset_index(drop=True)
    group = joined[level].astype(str)
    scope = (
        joined["segment"].astype(str) if level == "profile" else pd.Series("", index=group.index)
    )
    if group.nunique() < 2:
        raise FeatureError(
            "There are no two groups to compare.",
            expected=f"at least two values of `{level}`",
            found=str(group.nunique()),
        )
    every = [*features, *(held_out or ())]
    rows: list[dict[str, Any]] = []
    for feature in every:
        for name in sorted(group.unique(), key=_natural):
            inside = (group == name).to_numpy()
            compared = (scope == scope[inside.argmax()]).to_numpy()
            rows += _traits(joined, feature, str(name), inside, compared & ~inside)
    table = pd.DataFrame(rows, columns=list(TRAIT_COLUMNS))
    table["_order"] = table["group"].map(_natural)
    table["_strong"] = -table["strength"].abs().fillna(0)
    table = table.sort_values(["_order", "_strong"], kind="stable")
    table = table.drop(columns=["_order", "_strong"]).reset_index(drop=True)
    overall = pd.concat(
        [
            _overall(joined[(scope == s).to_numpy()], group[scope == s], features, held_out).assign(
                within=s or None
            )
            for s in sorted(scope.unique(), key=_natural)
        ],
        ignore_index=True,
    )
    overall = _corrected(overall)
    return Finding(table, _sentence(overall, every), (), {"overall": overall})


def _natural(name: str) -> tuple[tuple[str, int], ...]:
    return tuple((part[:1], int(part[1:]) if part[1:].isdigit() else 0) for part in name.split("."))


def _traits(
    joined: pd.DataFrame, feature: Feature, name: str, inside: np.ndarray, rest: np.ndarray
) -> list[dict[str, Any]]:
    base = {"group": name, "feature": feature.name, "kind": feature.kind}
    if _as_number(feature):
        values = _values(joined, feature)
        return [{**base, "level": None, **_number_trait(values, feature, inside, rest)}]
    codes = level_codes(joined, feature)
    return [
        {**base, "level": level, **_share_trait(codes, i, inside, rest)}
        for i, level in enumerate(feature.levels)
    ]


def _as_number(feature: Feature) -> bool:
    """Numbers, counts, and scales whose levels are numbers."""
    if feature.kind != "ordinal":
        return feature.kind in ("numeric", "count")
    return all(level.lstrip("-").replace(".", "", 1).isdigit() for level in feature.levels)


def _values(joined: pd.DataFrame, feature: Feature) -> np.ndarray:
    if feature.kind == "ordinal":
        codes = level_codes(joined, feature)
        return np.append(np.array([float(v) for v in feature.levels]), np.nan)[codes]
    return numbers_of(joined, feature)


def _number_trait(
    values: np.ndarray, feature: Feature, inside: np.ndarray, rest: np.ndarray
) -> dict[str, Any]:
    from scipy import stats

    known = ~np.isnan(values)
    mine, others = values[inside & known], values[rest & known]
    n = len(mine)
    if not n or not len(others):
        empty = dict.fromkeys(("value", "low", "high", "rest", "ratio", "strength"), np.nan)
        return {"n": n, **empty}
    mean = mine.mean()
    wide = stats.t.ppf(0.975, n - 1) * mine.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    low, high, other = mean - wide, mean + wide, others.mean()
    if feature.kind == "count":
        low = max(low, 0.0)
    back = np.expm1 if feature.log else (lambda v: v)
    compared = np.sqrt(values) if feature.kind == "count" else values
    ratio = mean / other if feature.kind == "count" and other > 0 else np.nan
    return {
        "n": n,
        "value": float(back(mean)),
        "low": float(back(low)),
        "high": float(back(high)),
        "rest": float(back(other)),
        "ratio": float(ratio),
        "strength": _correlation(compared, inside, (inside | rest) & known),
    }


def _correlation(values: np.ndarray, inside: np.ndarray, used: np.ndarray) -> float:
    x, y = values[used].astype(float), inside[used].astype(float)
    spread = x.std() * y.std()
    return float(((x - x.mean()) * (y - y.mean())).mean() / spread) if spread > 0 else 0.0


def _share_trait(
    codes: np.ndarray, level: int, inside: np.ndarray, rest: np.ndarray
) -> dict[str, Any]:
    known = codes >= 0
    n, others = int((inside & known).sum()), int((rest & known).sum())
    has = codes == level
    share = (has & inside).sum() / n if n else np.nan
    other = (has & rest).sum() / others if others else np.nan
    low, high = wilson_interval(int((has & inside).sum()), n)
    return {
        "n": n,
        "value": float(share),
        "low": low,
        "high": high,
        "rest": float(other),
        "ratio": float(share / other) if others and other > 0 else np.nan,
        "strength": _correlation(has, inside, (inside | rest) & known) if n and others else np.nan,
    }


def _overall(
    joined: pd.DataFrame, group: pd.Series, features: FeatureSet, held_out: FeatureSet | None
) -> pd.DataFrame:
    codes, names = pd.factorize(group, sort=True)
    rows = []
    for feature in features:
        rows.append({**_effect(joined, feature, codes, len(names)), "held_out": False})
        rows[-1]["p"] = np.nan
    for feature in held_out or ():
        rows.append({**_effect(joined, feature, codes, len(names)), "held_out": True})
    return pd.DataFrame(rows)


def _corrected(table: pd.DataFrame) -> pd.DataFrame:
    """Benjamini-Hochberg over all held-out tests, whichever segment they stand in."""
    table["p_adjusted"] = np.nan
    tested = table["held_out"] & table["p"].notna()
    if tested.any():
        from statsmodels.stats.multitest import multipletests

        table.loc[tested, "p_adjusted"] = multipletests(
            table.loc[tested, "p"].to_numpy(), method="fdr_bh"
        )[1]
    return table[["within", "feature", "measure", "value", "held_out", "p", "p_adjusted"]]


def _effect(
    joined: pd.DataFrame, feature: Feature, codes: np.ndarray, groups: int
) -> dict[str, Any]:
    from scipy import stats

    if _as_number(feature):
        values = _values(joined, feature)
        known = ~np.isnan(values)
        parts = [values[known & (codes == g)] for g in range(groups)]
        parts = [p for p in parts if len(p)]
        together = np.concatenate(parts) if parts else np.array([])
        total = ((together - together.mean()) ** 2).sum() if len(together) else 0.0
        # groups are compared by ranks: skewed numbers are the rule
        p = stats.kruskal(*parts).pvalue if len(parts) > 1 and total > 0 else np.nan
        if feature.kind == "count":
            means = [part.mean() for part in parts]
            value = max(means) / min(means) if means and min(means) > 0 else np.nan
            return {"feature": feature.name, "measure": "rate_ratio", "value": value, "p": p}
        between = sum(len(q) * (q.mean() - together.mean()) ** 2 for q in parts)
        value = between / total if total > 0 else 0.0
        return {"feature": feature.name, "measure": "eta2", "value": float(value), "p": p}
    found = level_codes(joined, feature)
    cross = np.zeros((groups, len(feature.levels)))
    np.add.at(cross, (codes[found >= 0], found[found >= 0]), 1)
    cross = cross[cross.sum(axis=1) > 0][:, cross.sum(axis=0) > 0]
    if min(cross.shape) < 2:
        return {"feature": feature.name, "measure": "cramers_v", "value": 0.0, "p": np.nan}
    chi2, p, _, _ = stats.chi2_contingency(cross, correction=False)
    value = float(np.sqrt(chi2 / (cross.sum() * (min(cross.shape) - 1))))
    return {"feature": feature.name, "measure": "cramers_v", "value": value, "p": float(p)}


def _sentence(overall: pd.DataFrame, features: list[Feature]) -> Words:
    by_name = {f.name: f for f in features}
    score = np.where(
        overall["measure"] == "eta2",
        np.sqrt(overall["value"].clip(lower=0)),
        np.where(
            overall["measure"] == "cramers_v",
            overall["value"],
            np.tanh(np.log(overall["value"]) / 2),
        ),
    )
    top = overall.assign(score=score).sort_values("score", ascending=False)["feature"].head(3)
    texts = {
        language: ", ".join(by_name[n].title(language) for n in top) for language in ("fi", "en")
    }
    return Words(
        fi=f"Ryhmiä erottavat eniten: {texts['fi']}.",
        en=f"The groups differ most in: {texts['en']}.",
    )


def trait_text(trait: Mapping[str, Any], features: FeatureSet, language: str = "en") -> str:
    """One trait in words: value with its interval, against the rest."""
    feature = features[str(trait["feature"])]
    rest = {"fi": "muilla"}.get(language, "the rest")
    if isinstance(trait["level"], str):
        shown = percent(trait["value"], language)
        span = f"{number(100 * trait['low'], language)}–{percent(trait['high'], language)}"
        name = f"{feature.title(language)}: {feature.level_title(trait['level'], language)}"
        return f"{name} {shown} ({span}; {rest} {percent(trait['rest'], language)})"
    decimals = 0 if abs(trait["value"]) >= 100 else 1
    shown, low, high, other = (
        number(trait[c], language, decimals=decimals) for c in ("value", "low", "high", "rest")
    )
    return f"{feature.title(language)} {shown} ({low}–{high}; {rest} {other})"


def name_proposals(traits: pd.DataFrame, features: FeatureSet) -> dict[str, Words]:
    """A name for each group from its strongest traits; people edit it.

    Parameters
    ----------
    traits : pandas.DataFrame
        The table of `set_apart`.
    features : FeatureSet
        The same features.

    Returns
    -------
    dict
        Group to Words. Two traits, a third where two groups would share a name; a group without
        a notable trait (strength under 0.15) is called average.
    """
    chosen = {str(group): _best_traits(part) for group, part in traits.groupby("group", sort=False)}
    names: dict[str, Words] = {}
    for group, best in chosen.items():
        for count in (2, 3, 4):
            words = Words(
                {
                    language: _join([_short(t, features, language) for t in best[:count]], language)
                    for language in ("fi", "en")
                }
            )
            if words.to("en") not in {w.to("en") for w in names.values()}:
                break
        names[group] = words
    return names


def _best_traits(part: pd.DataFrame) -> list[dict[str, Any]]:
    best: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in part.to_dict("records"):
        over = row["strength"] > 0 if isinstance(row["level"], str) else True
        if abs(row["strength"]) >= _NOTABLE and over and row["feature"] not in seen:
            seen.add(row["feature"])
            best.append(row)
    return best


def _short(trait: Mapping[str, Any], features: FeatureSet, language: str) -> str:
    feature = features[str(trait["feature"])]
    title = feature.title(language).split(" (")[0]
    if isinstance(trait["level"], str):
        return f"{title}: {feature.level_title(trait['level'], language)}"
    high = trait["strength"] > 0
    own = feature.level_labels.get("high" if high else "low")
    if own:
        return own.to(language)
    if language == "fi":
        if feature.kind == "count":
            return f"{title}: {'paljon' if high else 'vähän'}"
        return f"{title}: {'korkea' if high else 'matala'} taso"
    return f"{title}: {'high' if high else 'low'}"


def _join(parts: list[str], language: str) -> str:
    # titles of questions begin with a capital, which has no place inside a name
    later = [p[:1].lower() + p[1:] if p[1:2].islower() else p for p in parts[1:]]
    text = " · ".join([*parts[:1], *later]) or {"fi": "lähellä keskiarvoa"}.get(
        language, "close to the average"
    )
    return text[:1].upper() + text[1:]


def typical_members(
    segmentation: Segmentation, customers: pd.DataFrame, *, level: str = "segment", number: int = 3
) -> pd.DataFrame:
    """The most typical members of each group.

    Parameters
    ----------
    segmentation : Segmentation
    customers : pandas.DataFrame
        The customers that it was made of, with the features.
    level : str
        `segment` or `profile`.
    number : int
        Members a group.

    Returns
    -------
    pandas.DataFrame
        group, rank (1 = most typical), customer, probability (of the group; of a profile inside
        its segment), log_likelihood. Surest first; among
        equally sure ones (to two decimals) the one whose values are most common in the group.
    """
    joined = segmentation.membership.merge(customers, on="customer", suffixes=("", "_before"))
    likely = pd.Series(segmentation.model.score_samples(joined), index=joined.index)
    sure = joined["probability"].astype(float)
    if level == "profile":
        for segment, model in segmentation.profile_models.items():
            rows = joined.index[(joined["segment"] == segment) & joined["profile"].notna()]
            if len(rows):
                likely[rows] = model.score_samples(joined.loc[rows])
                sure[rows] = model.predict_proba(joined.loc[rows]).max(axis=1)
    table = pd.DataFrame(
        {
            "group": joined[level],
            "customer": joined["customer"],
            "probability": sure,
            "log_likelihood": likely,
            "_sure": sure.round(2),
        }
    )
    table = table[table["group"].notna() & (table["group"] != UNASSIGNED)]
    table = table.sort_values(
        ["group", "_sure", "log_likelihood", "customer"],
        ascending=[True, False, False, True],
        kind="stable",
    )
    table["rank"] = table.groupby("group").cumcount() + 1
    kept = table[table["rank"] <= number]
    columns = ["group", "rank", "customer", "probability", "log_likelihood"]
    return kept[columns].reset_index(drop=True)
