"""Two levels: segments of all customers, and profiles refitted inside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..model import Finding, Words, check_frame, number
from .features import FeatureError, FeatureSet, declare_features
from .mixture import MixedLatentClass
from .numbers import Progress, compare_numbers
from .score_engines import MixedWard
from .segmentation import _GROUPS, Segmentation, data_hash
from .stability import verdict
from .threads import one_thread

__all__ = ["segment_customers"]

_ROWS_A_PARAMETER = 10


@one_thread
def segment_customers(
    customers: pd.DataFrame,
    *,
    level1: Sequence[str] | FeatureSet,
    level2: Sequence[str] | FeatureSet | None = None,
    numbers: Sequence[int] = range(2, 7),
    minimum_group: int = 50,
    bootstraps: int = 100,
    random_state: int = 0,
    engine: str = "latent_class",
    progress: Progress | None = None,
) -> Segmentation:
    """Put customers into segments by value and behaviour, and into profiles by attitude.

    Parameters
    ----------
    customers : pandas.DataFrame
        Contract `customers`, one row a customer. Cells may be empty: missing values are left out
        of the likelihood.
    level1, level2 : sequence of str or FeatureSet
        Columns of the two levels; a FeatureSet where types are declared or outcomes guarded.
    numbers : sequence of int
        Numbers of segments (and of profiles) to compare. A single number is taken as decided.
    minimum_group : int
        Smallest group, in customers, that may be a segment; profiles may be half of it.
    bootstraps : int
        Bootstraps for stability.
    random_state : int
        Seed. The same data and seed give the same segments.
    engine : str
        Of the segments: latent_class; gaussian (features correlated inside groups); ward (a tree;
        interviews of 5 to 50 people, small studies). Profiles are always latent classes.
    progress : callable, optional
        Called with what is done, the step, and the number of steps of this part.

    Returns
    -------
    Segmentation
        Customers of whom no feature is known take no part and stay unassigned. Where no number
        holds, the one whose weakest group is most stable is shown with a warning.
        A segment has no profiles where it has fewer customers than 10 times the parameters of
        two profiles, where one group describes it better (BIC), or where no number holds.

    Raises
    ------
    FeatureError
        Too few rows, no usable column, infinite values.
    FrameError
        A customer without an id or twice.

    Notes
    -----
    Two levels after Walters & Bekker 2017, doi:10.7166/28-3-1846. Groups differ in the features
    that they were made of by construction: p-values for those are not valid.
    """
    check_frame(customers, "customers")
    first = _features(customers, level1)
    told = customers[first.names].notna().any(axis=1).to_numpy()
    fitted = customers[told].reset_index(drop=True)
    found = compare_numbers(
        fitted,
        first,
        numbers=numbers,
        minimum_group=minimum_group,
        bootstraps=bootstraps,
        random_state=random_state,
        engine=engine,
        progress=progress,
    )
    chosen = _choose(found, minimum_group)
    model, worst = _by_size(found, chosen, fitted)
    draft = Segmentation(
        membership=pd.DataFrame(),
        segments=pd.DataFrame({"segment": [f"S{i + 1}" for i in range(chosen)]}),
        profiles=pd.DataFrame(columns=["segment", "profile", *_GROUPS[1:]]),
        refused=pd.DataFrame(columns=["segment", "reason_fi", "reason_en"]),
        comparison=_without_models(found),
        model=model,
        features=first,
        engines_ari=float(found.table.set_index("number").loc[chosen, "engines_ari"]),
        seed=random_state,
        data_hash=data_hash(customers, first.names),
        warnings=(
            *first.warnings,
            *_unknown(int((~told).sum())),
            *found.warnings,
            *_holding(found, len(fitted)),
        ),
    )
    draft = replace(draft, membership=_members(draft, customers, told))
    draft = replace(draft, segments=_group_table(draft.membership, "segment", worst))
    if level2 is None:
        return draft
    return _with_profiles(
        draft,
        customers,
        _features(customers, level2),
        numbers=numbers,
        minimum_group=max(2, minimum_group // 2),
        bootstraps=bootstraps,
        progress=progress,
    )


def _features(customers: pd.DataFrame, level: Sequence[str] | FeatureSet) -> FeatureSet:
    if isinstance(level, FeatureSet):
        return level
    return declare_features(customers, columns=list(level))


def _choose(found: Finding, minimum_group: int) -> int:
    candidate = found.details["candidate"]
    if candidate is not None:
        return int(candidate)
    table = found.table
    big = table[table["smallest"] >= minimum_group]
    pool = big if len(big) else table
    return int(pool.loc[pool["jaccard_min"].idxmax(), "number"])


def _by_size(found: Finding, chosen: int, table: pd.DataFrame) -> tuple[Any, np.ndarray]:
    """The model with classes in descending number of sure members, and their mean Jaccard."""
    model = found.details["models"][chosen]
    likely = model.predict_proba(table)
    sure = likely.max(axis=1) >= 0.6
    size = np.bincount(likely.argmax(axis=1)[sure], minlength=chosen)
    if isinstance(model, MixedWard):
        size = np.bincount(model.labels_, minlength=chosen)
    order = np.argsort(-size, kind="stable")
    model.reorder(order)
    return model, found.details["jaccard"][chosen].mean(axis=0)[order]


def _members(draft: Segmentation, customers: pd.DataFrame, told: np.ndarray) -> pd.DataFrame:
    """By posterior; a tree keeps everybody where it put them, however close the next group is."""
    found = draft.assign(customers)
    if isinstance(draft.model, MixedWard):
        place = draft.model.labels_
        rows = np.flatnonzero(told)
        likely = draft.model.predict_proba(customers.iloc[rows])[np.arange(len(place)), place]
        names = found["segment"].to_numpy(dtype=object)
        names[rows] = draft.segments["segment"].to_numpy()[place]
        sure = found["probability"].to_numpy(dtype=float).copy()
        sure[rows] = np.clip(likely, 0.0, 1.0)
        found = found.assign(
            segment=pd.Series(names, dtype=found["segment"].dtype, index=found.index),
            probability=sure,
        )
    return found


def _without_models(found: Finding) -> Finding:
    kept = {k: v for k, v in found.details.items() if k not in ("models", "second")}
    return replace(found, details=kept)


def _group_table(membership: pd.DataFrame, level: str, worst: np.ndarray) -> pd.DataFrame:
    ids = [f"S{i + 1}" for i in range(len(worst))]
    inside = membership.groupby("segment")["probability"]
    n = inside.size().reindex(ids, fill_value=0).to_numpy()
    return pd.DataFrame(
        {
            level: ids,
            "n": n,
            "share": n / len(membership),
            "probability": inside.mean().reindex(ids).to_numpy(),
            "jaccard": worst,
            "verdict": [verdict(j) for j in worst],
        }
    )


def _unknown(count: int) -> list[Words]:
    if not count:
        return []
    return [
        Words(
            fi=f"Ilman yhtäkään tunnettua piirrettä: {number(count, 'fi')}. He eivät kuulu "
            "mihinkään segmenttiin.",
            en=f"Without any known feature: {number(count)}. They belong to no segment.",
        )
    ]


def _holding(found: Finding, rows: int) -> tuple[Words, ...]:
    warnings = []
    people = found.details["engine"] == "ward"
    if found.details["candidate"] is None:
        warnings.append(
            Words(
                fi="Segmentit eivät kestä: ne näytetään vain katseltaviksi, eikä niiden varaan "
                "pidä rakentaa.",
                en="The segments do not hold: they are shown to be looked at, not to build on.",
            )
        )
    if rows < 200:
        n, m = number(rows, "fi"), number(rows)
        fi = (
            "ihmistä: tämä on näiden ihmisten"
            if people
            else "asiakasta: tämä on näiden asiakkaiden"
        )
        en = "people" if people else "customers"
        warnings.append(
            Words(
                fi=f"Vain {n} {fi} tyypittely, ei arvio perusjoukosta.",
                en=f"Only {m} {en}: this is a typology of these {en}, not a population estimate.",
            )
        )
    return tuple(warnings)


def _with_profiles(
    draft: Segmentation,
    customers: pd.DataFrame,
    features: FeatureSet,
    *,
    numbers: Sequence[int],
    minimum_group: int,
    bootstraps: int,
    progress: Progress | None,
) -> Segmentation:
    models: dict[str, MixedLatentClass] = {}
    stable: dict[str, np.ndarray] = {}
    refused: list[dict[str, str]] = []
    types = {f.name: "log" if f.log else f.kind for f in features}
    labels = {f.name: f.label for f in features if f.label}
    for segment in draft.segments["segment"]:
        inside = customers[(draft.membership["segment"] == segment).to_numpy()]
        result = _profiles(
            inside.reset_index(drop=True),
            types,
            {**labels, **_level_labels(features)},
            numbers=numbers,
            minimum_group=minimum_group,
            bootstraps=bootstraps,
            seed=draft.seed,
            progress=_named(progress, str(segment)),
        )
        if isinstance(result, Words):
            refused.append(
                {"segment": segment, "reason_fi": result.to("fi"), "reason_en": result.to("en")}
            )
        else:
            models[segment], stable[segment] = result
    full = replace(draft, profile_models=models)
    full = replace(full, membership=full.assign(customers))
    return replace(
        full,
        profiles=_profile_table(full.membership, stable),
        refused=pd.DataFrame(refused, columns=["segment", "reason_fi", "reason_en"]),
        data_hash=data_hash(customers, sorted({*draft.features.names, *features.names})),
        warnings=(*full.warnings, *(w for w in features.warnings if w not in full.warnings)),
    )


def _level_labels(features: FeatureSet) -> dict[str, Words]:
    return {f"{f.name}={level}": w for f in features for level, w in f.level_labels.items()}


def _named(progress: Progress | None, segment: str) -> Progress | None:
    if progress is None:
        return None
    return lambda what, step, steps: progress(f"{segment}: {what}", step, steps)


def _parameters(features: FeatureSet, k: int) -> int:
    one = sum(
        len(f.levels) - 1 if f.categorical else 2 if f.kind == "numeric" else 1 for f in features
    )
    return k - 1 + k * one


def _profiles(
    inside: pd.DataFrame,
    types: dict[str, str],
    labels: dict[str, Words],
    *,
    numbers: Sequence[int],
    minimum_group: int,
    bootstraps: int,
    seed: int,
    progress: Progress | None,
) -> tuple[MixedLatentClass, np.ndarray] | Words:
    """Profiles inside one segment, or the reason why there are none."""
    n = len(inside)
    try:
        features = declare_features(inside, columns=list(types), types=types, labels=labels)
    except FeatureError:
        return Words(
            fi="Kaikki piirteet ovat samoja segmentin sisällä.",
            en="Every feature is the same for all inside the segment.",
        )
    needed = _ROWS_A_PARAMETER * _parameters(features, 2)
    fits = [
        k
        for k in numbers
        if n >= _ROWS_A_PARAMETER * _parameters(features, k) and n >= k * minimum_group
    ]
    if not fits:
        needed = max(needed, 2 * minimum_group)
        return Words(
            fi=f"Segmentissä on {number(n, 'fi')} asiakasta; profiileihin tarvittaisiin vähintään "
            f"{number(needed, 'fi')}.",
            en=f"The segment has {number(n)} customers; profiles would need at least "
            f"{number(needed)}.",
        )
    found = compare_numbers(
        inside,
        features,
        numbers=fits,
        minimum_group=minimum_group,
        bootstraps=bootstraps,
        random_state=seed,
        progress=progress,
    )
    candidate = found.details["candidate"]
    if candidate is None:
        return found.sentences
    chosen = found.table.set_index("number").loc[candidate]
    if chosen["bic"] >= found.details["bic_one"]:
        return Words(
            fi="Yksi ryhmä kuvaa segmentin paremmin kuin jako profiileihin (BIC).",
            en="One group describes the segment better than a split into profiles (BIC).",
        )
    return _by_size(found, int(candidate), inside)


def _profile_table(membership: pd.DataFrame, stable: dict[str, np.ndarray]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for segment, worst in stable.items():
        inside = membership[membership["segment"] == segment]
        for i, jaccard in enumerate(worst):
            profile = f"{segment}.P{i + 1}"
            n = int((inside["profile"] == profile).sum())
            rows.append(
                {
                    "segment": segment,
                    "profile": profile,
                    "n": n,
                    "share": n / max(len(inside), 1),
                    "probability": float("nan"),
                    "jaccard": float(jaccard),
                    "verdict": verdict(float(jaccard)),
                }
            )
    return pd.DataFrame(rows, columns=["segment", "profile", *_GROUPS[1:]]).drop(
        columns="probability"
    )
