"""How many groups: several numbers compared by fit, separation, size and stability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import check_random_state

from ..model import Finding, Words, number
from .design import Design, encode, learn_scaling
from .factors import MixedFactors, kmeans_labels
from .features import FeatureError, FeatureSet, declare_features
from .mixture import MixedLatentClass
from .stability import (
    gap_statistic,
    mixture_jaccard,
    mixture_prediction_strength,
    silhouette,
)
from .threads import one_thread

__all__ = ["compare_numbers"]

HOLDS = 0.6
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Task:
    """What every number of groups is judged on."""

    frame: pd.DataFrame
    features: FeatureSet
    design: Design
    scores: np.ndarray
    bootstraps: int
    minimum_group: int
    seed: int


@one_thread
def compare_numbers(
    table: pd.DataFrame,
    features: FeatureSet | None = None,
    *,
    numbers: Sequence[int] = range(2, 7),
    minimum_group: int = 50,
    bootstraps: int = 100,
    random_state: int = 0,
    progress: Progress | None = None,
) -> Finding:
    """Compare numbers of groups, and propose a candidate with its reason.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer.
    features : FeatureSet, optional
        From `declare_features`; inferred when not given.
    numbers : sequence of int
        Numbers of groups to try.
    minimum_group : int
        A number whose smallest group has fewer customers is no candidate.
    bootstraps : int
        Bootstraps for the Jaccard similarity (subsamples of 5,000 above 20,000 rows).
    random_state : int
        Seed.
    progress : callable, optional
        Called with what is done, how many steps are done, and of how many.

    Returns
    -------
    Finding
        `table`, one row a number: number; log_likelihood; parameters; bic and icl (lower is
        better); silhouette (-1..1) of the classes on the factor scores; gap, gap_error (k-means
        on the scores); prediction_strength (0..1); smallest (customers); jaccard_min,
        jaccard_mean (0..1); engines_ari (agreement with factors + k-means); holds; candidate.
        `details`: candidate (int or None), reason (Words), models, jaccard (number to an array of
        bootstraps x groups), second (number to the labels of the second engine), bic_one.

    Notes
    -----
    The candidate is the number with the smallest BIC among those whose worst group has a mean
    bootstrap Jaccard >= 0.6 (Hennig 2007) and whose smallest group is large enough. Where the
    features are correlated inside groups the criteria disagree, and no rule is right: look at
    the whole table. It is a candidate, nothing more.

    Raises
    ------
    FeatureError
        No number that can be tried with so few rows.
    """
    features = features if features is not None else declare_features(table)
    tried = [k for k in sorted({int(k) for k in numbers}) if 2 <= k <= len(table) // 2]
    if not tried:
        raise FeatureError(
            "There are too few rows for groups.",
            expected=f"at least {2 * max(2, min(map(int, numbers), default=2))} rows",
            found=f"{len(table)} rows, numbers {', '.join(map(str, numbers))}",
            next_step="Ask for fewer groups, or gather more customers.",
        )
    design = encode(table, features.features, learn_scaling(table, features.features))
    scores = MixedFactors(feature_types=features).fit(table).transform(table)
    task = _Task(table, features, design, scores, bootstraps, minimum_group, random_state)
    rows: list[dict[str, Any]] = []
    details: dict[str, Any] = {"models": {}, "jaccard": {}, "second": {}}
    for done, k in enumerate(tried):
        rows.append(_judge(task, k, details, _part(progress, done, len(tried), bootstraps)))
    compared = _with_gap(pd.DataFrame(rows), task, tried)
    one = _fit(task, 1)
    details["bic_one"] = one.bic()
    candidate, reason = _candidate(compared, minimum_group)
    compared["candidate"] = compared["number"] == candidate
    details.update(candidate=candidate, reason=reason)
    return Finding(compared, reason, _cautions(compared, one.bic(), candidate), details)


def _part(
    progress: Progress | None, done: int, tried: int, bootstraps: int
) -> Callable[[str, int], None] | None:
    if progress is None:
        return None

    def report(what: str, step: int) -> None:
        progress(what, done * bootstraps + step, tried * bootstraps)

    return report


def _fit(task: _Task, k: int) -> MixedLatentClass:
    model = MixedLatentClass(k, feature_types=task.features, random_state=task.seed)
    model.features_ = task.features.features
    model.scaling_ = learn_scaling(task.frame, task.features.features)
    model.feature_names_in_ = np.asarray(task.features.names, dtype=object)
    model.n_features_in_ = len(task.features)
    return model._fit_design(task.design, np.ones(task.design.rows))


def _judge(
    task: _Task, k: int, details: dict[str, Any], report: Callable[[str, int], None] | None
) -> dict[str, Any]:
    model = _fit(task, k)
    options = {"smoothing": model.smoothing, "floor": max(model.variance_floor, 1e-9)}
    # a seed of its own for each number: the result for k does not depend on which others are tried
    random = check_random_state(task.seed + 1000 * k)
    jaccard = mixture_jaccard(
        task.design,
        model.labels_,
        k,
        options=options,
        bootstraps=task.bootstraps,
        random_state=random,
        progress=None if report is None else lambda step: report(f"k = {k}", step),
    )
    second = kmeans_labels(task.scores, k, random_state=check_random_state(task.seed + k))
    details["models"][k], details["jaccard"][k] = model, jaccard
    details["second"][k] = second
    sizes = np.bincount(model.labels_, minlength=k)
    worst = jaccard.mean(axis=0)
    return {
        "number": k,
        "log_likelihood": model.log_likelihood_,
        "parameters": model.n_parameters_,
        "bic": model.bic(),
        "icl": model.icl(),
        "silhouette": silhouette(task.scores, model.labels_, random_state=task.seed),
        "prediction_strength": mixture_prediction_strength(
            task.design, k, options=options, random_state=random
        ),
        "smallest": int(sizes.min()),
        "jaccard_min": float(worst.min()),
        "jaccard_mean": float(worst.mean()),
        "engines_ari": float(adjusted_rand_score(model.labels_, second)),
        "holds": bool(worst.min() >= HOLDS),
    }


def _with_gap(compared: pd.DataFrame, task: _Task, tried: Sequence[int]) -> pd.DataFrame:
    random = check_random_state(task.seed)
    points = task.scores
    if len(points) > 2000:
        points = points[np.sort(random.choice(len(points), 2000, replace=False))]
    gaps = gap_statistic(points, tried, draws=20, starts=3, random_state=random)
    compared.insert(6, "gap", [gaps[k][1] for k in tried])
    compared.insert(7, "gap_error", [gaps[k][2] for k in tried])
    return compared


def _candidate(compared: pd.DataFrame, minimum_group: int) -> tuple[int | None, Words]:
    fit = compared[compared["holds"] & (compared["smallest"] >= minimum_group)]
    tried = f"{compared['number'].min()}–{compared['number'].max()}"
    if fit.empty:
        best = compared.loc[compared["jaccard_min"].idxmax()]
        worst = float(best["jaccard_min"])
        return None, Words(
            fi=f"Mikään kokeilluista ryhmämääristä ({tried}) ei kestä: parhaassakin "
            f"({best['number']:.0f} ryhmää) heikoimman ryhmän Jaccard on "
            f"{number(worst, 'fi', decimals=2)} ja pienimmässä ryhmässä on "
            f"{number(best['smallest'], 'fi')} asiakasta.",
            en=f"None of the numbers tried ({tried}) holds: at best ({best['number']:.0f} groups) "
            f"the weakest group has a Jaccard of {number(worst, decimals=2)} and the smallest has "
            f"{number(best['smallest'])} customers.",
        )
    row = fit.loc[fit["bic"].idxmin()]
    k = int(row["number"])
    return k, Words(
        fi=f"Ehdokas on {k} ryhmää: pienin BIC niistä määristä ({tried}), joissa heikoinkin ryhmä "
        f"palaa ravisteltaessa (Jaccard {number(row['jaccard_min'], 'fi', decimals=2)} ≥ 0,60) ja "
        f"pienimmässä ryhmässä on vähintään {number(minimum_group, 'fi')} asiakasta "
        f"(nyt {number(row['smallest'], 'fi')}).",
        en=f"The candidate is {k} groups: the smallest BIC among the numbers ({tried}) in which "
        f"even the weakest group comes back when the data are shaken (Jaccard "
        f"{number(row['jaccard_min'], decimals=2)} ≥ 0.60) and the smallest group has at least "
        f"{number(minimum_group)} customers (here {number(row['smallest'])}).",
    )


def _cautions(compared: pd.DataFrame, bic_one: float, candidate: int | None) -> tuple[Words, ...]:
    found = []
    if compared["bic"].min() >= bic_one:
        found.append(
            Words(
                fi="BIC pitää yhtä ainoaa ryhmää parempana kuin mitään jakoa: aineisto ei pyydä "
                "ryhmiä.",
                en="BIC prefers one single group to any split: the data do not ask for groups.",
            )
        )
    by_bic = int(compared.loc[compared["bic"].idxmin(), "number"])
    if candidate is not None and by_bic != candidate:
        found.append(
            Words(
                fi=f"Pelkkä BIC suosisi {by_bic} ryhmää, mutta ne eivät kestä ravistelua tai jokin "
                "on liian pieni.",
                en=f"BIC alone would favour {by_bic} groups, but they do not hold when shaken, or "
                "one is too small.",
            )
        )
    if candidate is not None and candidate == compared["number"].max() and len(compared) > 1:
        found.append(
            Words(
                fi=f"Ehdokas on suurin kokeilluista määristä ({candidate}): kokeile suurempiakin.",
                en=f"The candidate is the largest number tried ({candidate}): try larger ones too.",
            )
        )
    chosen = compared[compared["number"] == candidate]
    if len(chosen) and chosen["engines_ari"].iloc[0] < 0.4:
        ari = float(chosen["engines_ari"].iloc[0])
        found.append(
            Words(
                fi=f"Toinen menetelmä (faktorit ja k-means) jakaa asiakkaat eri tavoin (ARI "
                f"{number(ari, 'fi', decimals=2)}): tulos riippuu menetelmästä.",
                en=f"The other method (factors and k-means) splits the customers differently (ARI "
                f"{number(ari, decimals=2)}): the result depends on the method.",
            )
        )
    return tuple(found)
