"""Judging numbers of groups for engines that work on factor scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import check_random_state

from .design import Design
from .factors import MixedFactors
from .features import FeatureSet
from .score_engines import MixedGaussian, MixedWard, ScoreEngine
from .stability import best_matches, bootstrap_jaccard, pairs_kept

__all__ = ["Judged", "Task", "fit_scores", "gaussian_agreement", "judge_scores"]

_FULL_ROWS = 20_000
_SUBSAMPLE = 5_000
_SPLITS = 10
_SPLIT_ROWS = 20


@dataclass(frozen=True)
class Task:
    """What every number of groups is judged on."""

    frame: pd.DataFrame
    features: FeatureSet
    design: Design
    factors: MixedFactors
    scores: np.ndarray
    bootstraps: int
    seed: int


@dataclass(frozen=True)
class Judged:
    """A fitted model, its Jaccard (bootstraps x groups), its prediction strength."""

    model: Any
    jaccard: np.ndarray
    strength: float


def fit_scores(task: Task, k: int, engine: str) -> ScoreEngine:
    """One model on the task's scores, able to place new rows."""
    model = _blank(engine, k, task.seed)
    model.factors_, model.features_ = task.factors, task.features.features
    model.feature_names_in_ = np.asarray(task.features.names, dtype=object)
    model.n_features_in_ = len(task.features)
    return model.fit_scores(task.scores)


def judge_scores(
    task: Task, k: int, engine: str, report: Callable[[str, int], None] | None
) -> Judged:
    """The model with bootstraps of the rows' scores; the factors stay those of all rows."""
    model = fit_scores(task, k, engine)
    random = check_random_state(task.seed + 1000 * k)

    def refit(rows: np.ndarray) -> np.ndarray:
        again = _blank(engine, k, int(random.randint(2**31 - 1)), starts=1)
        return again.fit_scores(task.scores[rows]).labels_

    if len(task.scores) > _FULL_ROWS:
        found = []
        for _ in range(task.bootstraps):
            rows = np.sort(random.choice(len(task.scores), _SUBSAMPLE, replace=False))
            found.append(best_matches(model.labels_[rows], refit(rows), k))
        jaccard = np.vstack(found)
    else:
        jaccard = bootstrap_jaccard(
            model.labels_, refit, bootstraps=task.bootstraps, random_state=random
        )
    if report is not None:
        report(f"k = {k}", task.bootstraps)
    return Judged(model, jaccard, _strength(task, k, engine, random))


def gaussian_agreement(task: Task, k: int, labels: np.ndarray) -> float:
    """Adjusted Rand index with a Gaussian mixture on the scores; on 20,000 rows at most."""
    rows = np.arange(len(task.scores))
    if len(rows) > _FULL_ROWS:
        random = check_random_state(task.seed)
        rows = np.sort(random.choice(len(rows), _FULL_ROWS, replace=False))
    other = MixedGaussian(k, n_starts=2, random_state=task.seed).fit_scores(task.scores[rows])
    return float(adjusted_rand_score(labels[rows], other.labels_))


def _blank(engine: str, k: int, seed: int, starts: int = 5) -> ScoreEngine:
    if engine == "ward":
        return MixedWard(k)
    return MixedGaussian(k, n_starts=starts, random_state=seed)


def _strength(task: Task, k: int, engine: str, random: np.random.RandomState) -> float:
    """Prediction strength over random halvings; missing where halves would be tiny."""
    scores = task.scores
    if len(scores) < max(_SPLIT_ROWS, 4 * k):
        return float("nan")
    if len(scores) > _SUBSAMPLE:
        scores = scores[random.choice(len(scores), _SUBSAMPLE, replace=False)]
    values = []
    for _ in range(_SPLITS):
        order = random.permutation(len(scores))
        halves = [scores[order[: len(order) // 2]], scores[order[len(order) // 2 :]]]
        fits = [_blank(engine, k, task.seed, starts=1).fit_scores(half) for half in halves]
        for test, train in ((0, 1), (1, 0)):
            by_other = fits[train].probabilities(halves[test]).argmax(axis=1)
            values.append(pairs_kept(fits[test].labels_, by_other, k))
    return float(np.mean(values))
