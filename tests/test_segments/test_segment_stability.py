"""Factors, Jaccard, prediction strength, gap, silhouette against reference programs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from cxresearch.segments import (
    MixedFactors,
    bootstrap_jaccard,
    gap_statistic,
    prediction_strength,
    silhouette,
    verdict,
)
from cxresearch.segments.factors import kmeans_labels


@pytest.fixture(scope="module")
def ruspini(known):
    return known("ruspini.csv").to_numpy(float)


def test_factors_of_flower_as_factominer_finds_them(known):
    # FactoMineR 2.7: FAMD(flower, ncp=5); V1-V6 categorical, V7 and V8 numeric
    flower = known("flower.csv")
    types = {**{f"V{i}": "nominal" for i in range(1, 7)}, "V7": "numeric", "V8": "numeric"}
    found = MixedFactors(5, feature_types=types).fit(flower)
    expected = [3.541372156, 2.85411628, 2.742117055, 2.487851425, 2.00973477]
    assert found.eigenvalues_[:5] == pytest.approx(expected, abs=1e-6)
    assert found.eigenvalues_.sum() == pytest.approx(28)
    first = np.abs(found.transform(flower)[0, :3])
    assert first == pytest.approx([2.608280778, 2.177092878, 1.257666661], abs=1e-6)


def test_factors_of_iris_as_factominer_and_prince_find_them(known):
    # FactoMineR 2.7 FAMD(iris); prince 0.23.0 agrees
    iris = known("iris.csv")
    types = dict.fromkeys(iris.columns[:4], "numeric") | {"Species": "nominal"}
    found = MixedFactors(feature_types=types).fit(iris)
    expected = [3.870158529, 1.342224296, 0.5917088209, 0.1542293843, 0.02661201538]
    assert found.eigenvalues_[:5] == pytest.approx(expected, abs=1e-6)
    assert found.transform(iris).var(axis=0) == pytest.approx(found.eigenvalues_[:2])


def test_silhouette_of_kmeans_on_ruspini(ruspini):
    # R kmeans(nstart=100), fpc 2.2-10 cluster.stats(...)$avg.silwidth; k=4 also cluster::pam
    for k, expected in {2: 0.5827264208, 3: 0.632704714, 4: 0.7376569909, 5: 0.7019241414}.items():
        labels = kmeans_labels(ruspini, k, starts=50, random_state=0)
        assert silhouette(ruspini, labels) == pytest.approx(expected, abs=1e-6)
    assert np.isnan(silhouette(ruspini, np.zeros(75, dtype=int)))


# cluster 2.1.4: clusGap(ruspini, kmeans nstart=60, K.max=6, B=100), d.power = 1 and 2; log W is
# fixed up to k = 4, the gap carries Monte Carlo error
@pytest.mark.parametrize(
    ("power", "spread", "gap", "error"),
    [
        (
            1,
            [7.187996857, 6.62849824, 6.26165954, 5.692736352],
            [-0.05267, 0.14249, 0.29221, 0.67244, 0.63321],
            0.08,
        ),
        (
            2,
            [11.71330739, 10.70703315, 10.14767757, 8.770365433],
            [-0.14535, 0.15022, 0.30507, 1.30594, 1.25712],
            0.12,
        ),
    ],
)
def test_gap_of_ruspini_as_clusgap_finds_it(ruspini, power, spread, gap, error):
    found = gap_statistic(ruspini, range(1, 6), power=power, draws=40, random_state=1)
    assert [found[k][0] for k in range(1, 5)] == pytest.approx(spread, abs=1e-6)
    assert [found[k][1] for k in range(1, 6)] == pytest.approx(gap, abs=error)
    assert max(found, key=lambda k: found[k][1]) == 4


def test_prediction_strength_of_ruspini_as_fpc_finds_it(ruspini):
    # fpc 2.2-10: prediction.strength(ruspini, 2, 8, M=50, clustermethod=kmeansCBI); set.seed(3)
    found = prediction_strength(ruspini, range(2, 9), splits=60, random_state=5)
    expected = [0.9680, 0.6674, 0.7012, 0.5134, 0.4143, 0.3204, 0.2534]
    assert list(found.values()) == pytest.approx(expected, abs=0.12)
    assert max(k for k, v in found.items() if v > 0.8) == 2


# fpc 2.2-10: clusterboot(ruspini, B=100, clustermethod=kmeansCBI, krange=k, runs=20, seed=15555)
@pytest.mark.parametrize(
    ("k", "expected", "error"),
    [
        (3, [0.7763, 0.7752, 0.7037], 0.12),
        (4, [1, 1, 1, 1], 0.02),
        (5, [1, 0.9737, 0.9377, 0.9371, 0.7359], 0.12),
    ],
)
def test_jaccard_of_ruspini_as_clusterboot_finds_it(ruspini, k, expected, error):
    labels = kmeans_labels(ruspini, k, starts=30, random_state=0)

    def refit(rows: np.ndarray) -> np.ndarray:
        return kmeans_labels(ruspini[rows], k, starts=10, random_state=0)

    found = bootstrap_jaccard(labels, refit, bootstraps=60, random_state=1).mean(axis=0)
    assert sorted(found, reverse=True) == pytest.approx(expected, abs=error)


def test_adjusted_rand_of_small_pairs():
    # mclust 6.0.0: adjustedRandIndex
    assert adjusted_rand_score([1, 1, 1, 2, 2, 2], [1, 1, 2, 2, 3, 3]) == pytest.approx(0.2424242)
    assert adjusted_rand_score([1, 1, 2, 2], [1, 2, 1, 2]) == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("jaccard", "word"),
    [(0.59, "dissolves"), (0.6, "doubtful"), (0.75, "stable"), (0.85, "very_stable")],
)
def test_verdicts_after_hennig(jaccard, word):
    assert verdict(jaccard) == word
    assert verdict(float("nan")) == "dissolves"


def test_noise_does_not_hold():
    points = np.random.default_rng(0).normal(size=(200, 3))
    labels = kmeans_labels(points, 5, random_state=0)
    found = bootstrap_jaccard(
        labels,
        lambda rows: kmeans_labels(points[rows], 5, starts=3, random_state=0),
        bootstraps=20,
        random_state=0,
    )
    assert found.mean(axis=0).min() < 0.6
