"""Features of customers: what kind each column is, why, and what to know before clustering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..model import Words, number, percent
from .feature_set import KINDS, OTHER, Feature, FeatureError, FeatureSet, level_text

__all__ = [
    "KINDS",
    "OTHER",
    "Feature",
    "FeatureError",
    "FeatureSet",
    "declare_features",
    "tenure_months",
]

KEYS = ("customer", "respondent")
_SCALE_HINTS = ("nps", "csat", "ces", "score", "answer", "likert", "rating", "readiness")
_RARE_SHARE = 0.01
_RARE_ROWS = 5
_MANY_LEVELS = 30
_SKEWED = 1.5
_DUPLICATE = 0.98


def declare_features(
    table: pd.DataFrame,
    *,
    columns: Sequence[str] | None = None,
    types: Mapping[str, str] | None = None,
    outcomes: Sequence[str] = (),
    personal: Sequence[str] = (),
    labels: Mapping[str, Words] | None = None,
    allow_outcomes: bool = False,
) -> FeatureSet:
    """Say what each column is, and check it, before customers are grouped on it.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer. The columns `customer` and `respondent` are keys, never features.
    columns : sequence of str, optional
        The columns to use; all by default.
    types : mapping, optional
        Column to `numeric`, `log` (numeric after log(1 + x)), `count`, `ordinal` or `nominal`.
        What is not named is inferred; the reason stands in the table.
    outcomes : sequence of str
        KPI outcomes that will be linked with the segments later. They are refused: a group made
        on an outcome differs in it by construction.
    personal : sequence of str
        Columns that identify a person. They are refused always.
    labels : mapping, optional
        `column` or `column=level` to Words. `column=high` and `column=low` name the ends of a
        number ("long-standing", "new"), for the names of groups.
    allow_outcomes : bool
        Let outcomes in all the same, with a warning.

    Returns
    -------
    FeatureSet
        Missing values stay missing. Rare levels (under 1 % or 5 rows) of a nominal column and
        those beyond the 30 commonest gather under `__other__`. Constant and all-missing columns,
        dates and free text are left out with the reason.

    Raises
    ------
    FeatureError
        An outcome, a personal column, an unknown column or type, an infinite number, or nothing
        left to group on.
    """
    wanted = [c for c in (columns if columns is not None else table.columns) if c not in KEYS]
    _refuse(table, wanted, outcomes=outcomes, personal=personal, allow_outcomes=allow_outcomes)
    types = dict(types or {})
    _check_types(types)
    found: list[Feature] = []
    left_out: dict[str, Words] = {}
    warnings: list[Words] = []
    for name in wanted:
        feature = _declare(table[name], str(name), types.get(str(name)), warnings)
        if isinstance(feature, Words):
            left_out[str(name)] = feature
        else:
            found.append(_labelled(feature, labels or {}))
    if not found:
        raise FeatureError(
            "No column is left to group customers on.",
            expected="at least one column that varies",
            found="; ".join(f"{k}: {v.to('en')}" for k, v in left_out.items()) or "no columns",
            next_step="Name other columns, or declare their types.",
        )
    used_outcomes = [c for c in wanted if c in set(outcomes)]
    if used_outcomes:
        warnings.append(_circular(used_outcomes))
    warnings.extend(_near_duplicates(table, found))
    missing = {str(c): float(table[c].isna().mean()) if len(table) else 0.0 for c in wanted}
    warnings.extend(_holes(missing, found))
    return FeatureSet(tuple(found), left_out, tuple(warnings), missing)


def tenure_months(dates: pd.Series, *, at: pd.Timestamp) -> pd.Series:
    """Months from each date to `at` (30.44 days a month); missing stays missing.

    Parameters
    ----------
    dates : pandas.Series
        When each customer began.
    at : pandas.Timestamp
        The day of the study; given, never read from a clock.

    Returns
    -------
    pandas.Series
        Months as numbers; negative where the date lies after `at`.
    """
    return (pd.Timestamp(at) - pd.to_datetime(dates)).dt.total_seconds() / (86400 * 30.4375)


def _refuse(
    table: pd.DataFrame,
    wanted: Sequence[str],
    *,
    outcomes: Sequence[str],
    personal: Sequence[str],
    allow_outcomes: bool,
) -> None:
    absent = [c for c in wanted if c not in table.columns]
    if absent:
        raise FeatureError(
            f"The table has no column {', '.join(map(str, absent))}.",
            expected=", ".join(map(str, absent)),
            found=", ".join(map(str, table.columns)),
            next_step="Check the names of the features.",
        )
    identifying = [c for c in wanted if c in set(personal)]
    if identifying:
        raise FeatureError(
            f"Personal columns can't be features: {', '.join(identifying)}.",
            expected="columns that describe a customer without naming anyone",
            found=", ".join(identifying),
            next_step="Leave these columns out.",
        )
    circular = [c for c in wanted if c in set(outcomes)]
    if circular and not allow_outcomes:
        raise FeatureError(
            f"Outcomes can't be features: {', '.join(circular)}.",
            expected="columns that are not linked with the segments later",
            found=", ".join(circular),
            next_step="Leave them out, or pass allow_outcomes=True and don't link them afterwards.",
        )


def _check_types(types: Mapping[str, str]) -> None:
    for name, kind in types.items():
        if kind not in (*KINDS, "log"):
            raise FeatureError(
                f"`{kind}` is no type of a feature.",
                expected=" | ".join((*KINDS, "log")),
                found=f"{name}: {kind}",
            )


def _declare(
    values: pd.Series, name: str, declared: str | None, warnings: list[Words]
) -> Feature | Words:
    known = values.dropna()
    if not len(known):
        return Words(fi="kaikki arvot puuttuvat", en="every value is missing")
    if declared is None and pd.api.types.is_datetime64_any_dtype(values):
        return Words(
            fi="päivämäärä: muunna kestoksi (tenure_months)",
            en="a date: turn it into a duration with tenure_months",
        )
    if known.dtype.kind in "iuf":
        _numbers(known, name)  # an infinite number is refused even where it is the only one
    if known.nunique() == 1:
        return Words(fi="vakio: sama arvo kaikilla", en="constant: one value for everybody")
    kind, reason = (declared, _declared_reason()) if declared else _infer(known, name)
    if not kind:
        return reason
    if kind in ("ordinal", "nominal"):
        return _with_levels(known, name, kind, reason, warnings)
    return _with_numbers(known, name, kind, reason, warnings)


def _declared_reason() -> Words:
    return Words(fi="ilmoitettu", en="declared")


def _numbers(known: pd.Series, name: str) -> np.ndarray:
    try:
        numbers = known.to_numpy(dtype=float)
    except (TypeError, ValueError) as problem:
        raise FeatureError(
            f"Column `{name}` does not hold numbers.",
            expected="numbers",
            found=str(known.dtype),
            next_step="Declare it nominal or ordinal, or clean the column.",
        ) from problem
    if not np.isfinite(numbers).all():
        raise FeatureError(
            f"Column `{name}` holds infinite numbers.",
            expected="finite numbers or empty cells",
            found=f"{int((~np.isfinite(numbers)).sum())} infinite",
            next_step="Correct them, or leave the cells empty.",
        )
    return numbers


def _infer(known: pd.Series, name: str) -> tuple[str, Words]:
    if isinstance(known.dtype, pd.CategoricalDtype):
        if known.dtype.ordered:
            return "ordinal", Words(fi="järjestetyt luokat", en="ordered categories")
        return "nominal", Words(fi="luokat", en="categories")
    if known.dtype.kind == "b":
        return "nominal", Words(fi="kyllä tai ei", en="yes or no")
    if known.dtype.kind not in "iuf":
        distinct = known.nunique()
        if distinct > max(50, 0.5 * len(known)):
            return "", Words(
                fi=f"tunniste tai vapaa teksti: {number(distinct, 'fi')} eri arvoa",
                en=f"an id or free text: {number(distinct)} different values",
            )
        return "nominal", Words(fi="tekstiä", en="text")
    return _infer_number(_numbers(known, name), name)


def _infer_number(numbers: np.ndarray, name: str) -> tuple[str, Words]:
    whole = bool((numbers % 1 == 0).all())
    low, high, distinct = numbers.min(), numbers.max(), len(np.unique(numbers))
    if whole and distinct == 2 and low == 0 and high == 1:
        return "nominal", Words(fi="kaksi arvoa, 0 ja 1", en="two values, 0 and 1")
    hinted = any(h in name.lower().split("_") for h in _SCALE_HINTS)
    scale = (low >= 1 and high in (4, 5, 7)) or (low >= 0 and high == 10 and distinct >= 9)
    if whole and 3 <= distinct <= 11 and low >= 0 and high <= 10 and (scale or hinted):
        return "ordinal", Words(
            fi=f"kokonaislukuasteikko {low:.0f}–{high:.0f}",
            en=f"a scale of whole numbers, {low:.0f}–{high:.0f}",
        )
    mean = numbers.mean()
    if whole and low >= 0 and mean <= 20 and numbers.var() <= 10 * mean:
        return "count", Words(fi="pieniä lukumääriä", en="small whole numbers from 0")
    if low >= 0 and _skew(numbers) > _SKEWED and abs(_skew(np.log1p(numbers))) < _skew(numbers):
        return "log", Words(fi="vino jakauma: otetaan log(1 + x)", en="skewed: log(1 + x) is taken")
    return "numeric", Words(fi="lukuja", en="numbers")


def _skew(numbers: np.ndarray) -> float:
    centred = numbers - numbers.mean()
    spread = centred.std()
    return float((centred**3).mean() / spread**3) if spread > 0 else 0.0


def _with_numbers(
    known: pd.Series, name: str, kind: str, reason: Words, warnings: list[Words]
) -> Feature:
    numbers = _numbers(known, name)
    if kind == "count" and ((numbers < 0).any() or (numbers % 1 != 0).any()):
        raise FeatureError(
            f"Column `{name}` is declared a count but holds other numbers.",
            expected="whole numbers from 0",
            found=f"{numbers.min():g} … {numbers.max():g}",
            next_step="Declare it numeric or log.",
        )
    if kind == "log" and (numbers < 0).any():
        raise FeatureError(
            f"Column `{name}` is declared log but holds negative numbers.",
            expected="numbers from 0",
            found=f"{numbers.min():g}",
            next_step="Declare it numeric.",
        )
    used = np.log1p(numbers) if kind == "log" else numbers
    if kind in ("numeric", "log") and abs(skew := _skew(used)) > 2:
        warnings.append(
            Words(
                fi=f"{name}: jakauma on vino ({number(skew, 'fi', decimals=1)}); "
                "yksittäiset ääriarvot voivat muodostaa oman ryhmänsä.",
                en=f"{name}: the distribution is skewed ({number(skew, decimals=1)}); "
                "a few extreme values may form a group of their own.",
            )
        )
    return Feature(name, "numeric" if kind == "log" else kind, (), kind == "log", reason)


def _with_levels(
    known: pd.Series, name: str, kind: str, reason: Words, warnings: list[Words]
) -> Feature:
    if isinstance(known.dtype, pd.CategoricalDtype):
        present = set(known.unique())
        ordered: list[Any] = [c for c in known.cat.categories if c in present]
    else:
        ordered = list(known.unique())
        ordered.sort(key=lambda v: (isinstance(v, str), v))
    levels = [level_text(v) for v in ordered]
    if kind == "ordinal":
        if len(levels) > _MANY_LEVELS:
            raise FeatureError(
                f"Column `{name}` has {len(levels)} ordered levels.",
                expected=f"at most {_MANY_LEVELS}",
                found=str(len(levels)),
                next_step="Declare it numeric.",
            )
        return Feature(name, kind, tuple(levels), False, reason)
    shares = known.map(level_text).value_counts(normalize=True)
    enough = max(_RARE_SHARE, _RARE_ROWS / len(known)) if len(known) >= 100 else 0.0
    kept = set(shares[shares >= enough].index[:_MANY_LEVELS])
    if not kept:
        # every level is rare: the commonest stay, or one pooled level would say nothing
        kept = set(shares.index[:_MANY_LEVELS])
    rare = [level for level in levels if level not in kept]
    # two levels are needed at least: one rare level alone stays as it is
    if rare and len(kept) + 1 >= 2 and len(levels) > 2:
        warnings.append(_pooled(name, rare, float(shares[rare].sum())))
        levels = [level for level in levels if level in kept] + [OTHER]
    return Feature(name, kind, tuple(levels), False, reason)


def _pooled(name: str, rare: Sequence[str], share: float) -> Words:
    if len(rare) == 1:
        return Words(
            fi=f"{name}: yksi harvinainen taso siirrettiin ryhmään ”muut” "
            f"({percent(share, 'fi', decimals=1)}).",
            en=f"{name}: one rare level was put under “other” ({percent(share, decimals=1)}).",
        )
    return Words(
        fi=f"{name}: {number(len(rare), 'fi')} harvinaista tasoa yhdistettiin "
        f"(yhteensä {percent(share, 'fi', decimals=1)}).",
        en=f"{name}: {number(len(rare))} rare levels were pooled "
        f"({percent(share, decimals=1)} together).",
    )


def _labelled(feature: Feature, labels: Mapping[str, Words]) -> Feature:
    levels = {
        level: labels[f"{feature.name}={level}"]
        for level in (*feature.levels, "high", "low")
        if f"{feature.name}={level}" in labels
    }
    return Feature(
        feature.name,
        feature.kind,
        feature.levels,
        feature.log,
        feature.reason,
        labels.get(feature.name, Words()),
        levels,
    )


def _circular(names: Sequence[str]) -> Words:
    listed = ", ".join(names)
    return Words(
        fi=f"Tulosmuuttujia on mukana ryhmittelyssä ({listed}): niiden yhteyttä segmentteihin "
        "ei voi enää tulkita.",
        en=f"Outcomes are among the features ({listed}): their link with the segments can't be "
        "read any more.",
    )


def _holes(missing: Mapping[str, float], features: Sequence[Feature]) -> list[Words]:
    return [
        Words(
            fi=f"{f.name}: puuttuu {percent(missing[f.name], 'fi')} vastaajista.",
            en=f"{f.name}: missing for {percent(missing[f.name])} of the customers.",
        )
        for f in features
        if missing[f.name] > 0.5
    ]


def _near_duplicates(table: pd.DataFrame, features: Sequence[Feature]) -> list[Words]:
    sample = table if len(table) <= 5000 else table.iloc[:: len(table) // 5000]
    columns = {}
    for f in features:
        values = sample[f.name]
        columns[f.name] = (
            values.map(level_text, na_action="ignore").astype("category").cat.codes.astype(float)
            if f.kind == "nominal"
            else pd.Series(pd.Categorical(values).codes, index=values.index).astype(float)
        ).where(values.notna())
    ranks = pd.DataFrame(columns).rank()
    found = []
    close = ranks.corr(min_periods=10).abs()
    for i, first in enumerate(features):
        for second in features[i + 1 :]:
            if first.kind == second.kind and close.loc[first.name, second.name] > _DUPLICATE:
                found.append(
                    Words(
                        fi=f"{first.name} ja {second.name} kertovat lähes samaa: asia painottuu "
                        "kahdesti.",
                        en=f"{first.name} and {second.name} say nearly the same: it counts twice.",
                    )
                )
    return found
