"""How many groups: several numbers compared by fit, separation, size and stability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import check_random_state

from ..model import Finding, Words, number
from .design import encode, learn_scaling
from .factors import MixedFactors, kmeans_labels
from .features import FeatureError, FeatureSet, declare_features
from .mixture import MixedLatentClass
from .score_numbers import Judged, Task, fit_scores, gaussian_agreement, judge_scores
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


ENGINES = ("latent_class", "gaussian", "ward")


@one_thread
def compare_numbers(
    table: pd.DataFrame,
    features: FeatureSet | None = None,
    *,
    numbers: Sequence[int] = range(2, 7),
    minimum_group: int = 50,
    bootstraps: int = 100,
    random_state: int = 0,
    engine: str = "latent_class",
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
    engine : str
        latent_class; gaussian (a Gaussian mixture on factor scores, for features that are
        correlated inside groups); ward (a tree, for studies of up to 5,000 rows).
    progress : callable, optional
        Called with what is done, how many steps are done, and of how many.

    Returns
    -------
    Finding
        `table`, one row a number: number; log_likelihood; parameters; bic and icl (lower is
        better); silhouette (-1..1) of the classes on the factor scores; gap, gap_error (k-means
        on the scores); prediction_strength (0..1); smallest (customers); jaccard_min,
        jaccard_mean (0..1); engines_ari (agreement with factors + k-means); gaussian_ari (with
        factors + Gaussian mixture; up to 20,000 rows); holds; candidate. The engine `ward` has
        no likelihood: its table lacks the columns up to icl. With too few rows to be halved (under
        20) there is no prediction_strength.
        `details`: candidate (int or None), reason (Words), models, jaccard (number to an array of
        bootstraps x groups), second (number to the labels of the second engine), bic_one.

    Notes
    -----
    The candidate is the number with the smallest BIC among those whose worst group has a mean
    bootstrap Jaccard >= 0.6 (Hennig 2007) and whose smallest group is large enough; with `ward`,
    the one with the largest silhouette among these. Where the
    features are correlated inside groups the criteria disagree, and no rule is right: look at
    the whole table. It is a candidate, nothing more.

    Raises
    ------
    FeatureError
        No number that can be tried with so few rows, or there is no such engine.
    """
    if engine not in ENGINES:
        raise FeatureError(
            "There is no such engine.", expected=", ".join(ENGINES), found=str(engine)
        )
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
    factors = MixedFactors(feature_types=features).fit(table)
    scores = factors.transform(table)
    task = Task(table, features, design, factors, scores, bootstraps, random_state)
    rows: list[dict[str, Any]] = []
    details: dict[str, Any] = {"models": {}, "jaccard": {}, "second": {}, "engine": engine}
    for done, k in enumerate(tried):
        report = _part(progress, done, len(tried), bootstraps)
        fitted = (
            _judge_classes(task, k, report)
            if engine == "latent_class"
            else judge_scores(task, k, engine, report)
        )
        rows.append(_judge(task, k, fitted, details))
    compared = _with_gap(pd.DataFrame(rows), task, tried)
    if compared["prediction_strength"].isna().all():
        compared = compared.drop(columns="prediction_strength")
    if engine != "ward":
        one = _fit(task, 1) if engine == "latent_class" else fit_scores(task, 1, engine)
        details["bic_one"] = one.bic()
    candidate, reason = _candidate(compared, minimum_group)
    compared["candidate"] = compared["number"] == candidate
    details.update(candidate=candidate, reason=reason)
    cautions = _cautions(compared, details.get("bic_one"), candidate)
    return Finding(compared, reason, cautions, details)


def _part(
    progress: Progress | None, done: int, tried: int, bootstraps: int
) -> Callable[[str, int], None] | None:
    if progress is None:
        return None

    def report(what: str, step: int) -> None:
        progress(what, done * bootstraps + step, tried * bootstraps)

    return report


def _fit(task: Task, k: int) -> MixedLatentClass:
    model = MixedLatentClass(k, feature_types=task.features, random_state=task.seed)
    model.features_ = task.features.features
    model.scaling_ = learn_scaling(task.frame, task.features.features)
    model.feature_names_in_ = np.asarray(task.features.names, dtype=object)
    model.n_features_in_ = len(task.features)
    return model._fit_design(task.design, np.ones(task.design.rows))


def _judge_classes(task: Task, k: int, report: Callable[[str, int], None] | None) -> Judged:
    """The latent class model, its Jaccard over bootstraps, its prediction strength."""
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
    strength = mixture_prediction_strength(task.design, k, options=options, random_state=random)
    return Judged(model, jaccard, strength)


def _judge(task: Task, k: int, fitted: Judged, details: dict[str, Any]) -> dict[str, Any]:
    model = fitted.model
    second = kmeans_labels(task.scores, k, random_state=check_random_state(task.seed + k))
    details["models"][k], details["jaccard"][k] = model, fitted.jaccard
    details["second"][k] = second
    sizes = np.bincount(model.labels_, minlength=k)
    worst = fitted.jaccard.mean(axis=0)
    likelihood = {
        "log_likelihood": getattr(model, "log_likelihood_", None),
        "parameters": getattr(model, "n_parameters_", None),
        "bic": model.bic() if hasattr(model, "bic") else None,
        "icl": model.icl() if hasattr(model, "icl") else None,
    }
    return {
        "number": k,
        **{name: value for name, value in likelihood.items() if value is not None},
        "silhouette": silhouette(task.scores, model.labels_, random_state=task.seed),
        "prediction_strength": fitted.strength,
        "smallest": int(sizes.min()),
        "jaccard_min": float(worst.min()),
        "jaccard_mean": float(worst.mean()),
        "engines_ari": float(adjusted_rand_score(model.labels_, second)),
        "gaussian_ari": gaussian_agreement(task, k, model.labels_),
        "holds": bool(worst.min() >= HOLDS),
    }


def _with_gap(compared: pd.DataFrame, task: Task, tried: Sequence[int]) -> pd.DataFrame:
    random = check_random_state(task.seed)
    points = task.scores
    if len(points) > 2000:
        points = points[np.sort(random.choice(len(points), 2000, replace=False))]
    gaps = gap_statistic(points, tried, draws=20, starts=3, random_state=random)
    after = list(compared.columns).index("silhouette") + 1
    compared.insert(after, "gap", [gaps[k][1] for k in tried])
    compared.insert(after + 1, "gap_error", [gaps[k][2] for k in tried])
    return compared


def _candidate(compared: pd.DataFrame, minimum_group: int) -> tuple[int | None, Words]:
    fit = compared[compared["holds"] & (compared["smallest"] >= minimum_group)]
    ends = dict.fromkeys((compared["number"].min(), compared["number"].max()))
    tried = "–".join(map(str, ends))
    if fit.empty:
        best = compared.loc[compared["jaccard_min"].idxmax()]
        worst = float(best["jaccard_min"])
        return None, Words(
            fi=f"Mikään kokeilluista ryhmämääristä ({tried}) ei kestä: parhaassakin "
            f"({best['number']:.0f} ryhmää) heikoimman ryhmän Jaccard on "
            f"{number(worst, 'fi', decimals=2)} ja pienimmässä ryhmässä on "
            f"{_members(best['smallest'], 'fi')}. Vaatimus on Jaccard ≥ 0,60 ja vähintään "
            f"{number(minimum_group, 'fi')} jäsentä.",
            en=f"None of the numbers tried ({tried}) holds: at best ({best['number']:.0f} groups) "
            f"the weakest group has a Jaccard of {number(worst, decimals=2)} and the smallest has "
            f"{_members(best['smallest'], 'en')}. A Jaccard of 0.60 and {number(minimum_group)} "
            "members are asked for.",
        )
    by_fit = "bic" in fit
    row = fit.loc[fit["bic"].idxmin() if by_fit else fit["silhouette"].idxmax()]
    k = int(row["number"])
    best_fi, best_en = (
        ("pienin BIC", "the smallest BIC")
        if by_fit
        else ("suurin siluetti", "the largest silhouette")
    )
    return k, Words(
        fi=f"Ehdokas on {k} ryhmää: {best_fi} niistä määristä ({tried}), joissa heikoinkin ryhmä "
        f"palaa ravisteltaessa (Jaccard {number(row['jaccard_min'], 'fi', decimals=2)} ≥ 0,60) ja "
        f"pienimmässä ryhmässä on vähintään {number(minimum_group, 'fi')} jäsentä "
        f"(nyt {number(row['smallest'], 'fi')}).",
        en=f"The candidate is {k} groups: {best_en} among the numbers ({tried}) in which "
        f"even the weakest group comes back when the data are shaken (Jaccard "
        f"{number(row['jaccard_min'], decimals=2)} ≥ 0.60) and the smallest group has at least "
        f"{number(minimum_group)} members (here {number(row['smallest'])}).",
    )


def _members(n: float, language: str) -> str:
    if n == 1:
        return {"fi": "yksi jäsen"}.get(language, "one member")
    return f"{number(n, language)} {({'fi': 'jäsentä'}).get(language, 'members')}"


def _cautions(
    compared: pd.DataFrame, bic_one: float | None, candidate: int | None
) -> tuple[Words, ...]:
    found = [] if bic_one is None else _cautions_of_fit(compared, bic_one, candidate)
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


def _cautions_of_fit(compared: pd.DataFrame, bic_one: float, candidate: int | None) -> list[Words]:
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
    return found
