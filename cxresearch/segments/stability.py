"""Do groups come back when the data are shaken? Jaccard, prediction strength, gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.utils import check_random_state

from ..model import Words
from .design import Design
from .em import fit_batch, posterior
from .factors import kmeans_labels
from .threads import one_thread

__all__ = [
    "bootstrap_jaccard",
    "gap_statistic",
    "prediction_strength",
    "silhouette",
    "verdict",
]

Random = int | np.random.RandomState | None
_FULL_ROWS = 20_000
_SUBSAMPLE = 5_000
VERDICTS = {
    "dissolves": Words(fi="hajoaa", en="dissolves"),
    "doubtful": Words(fi="epävarma", en="doubtful"),
    "stable": Words(fi="vakaa", en="stable"),
    "very_stable": Words(fi="hyvin vakaa", en="very stable"),
}


def verdict(jaccard: float) -> str:
    """Hennig's reading: dissolves < .6 <= doubtful < .75 <= stable < .85 <= very_stable."""
    if not jaccard >= 0.6:
        return "dissolves"
    if jaccard < 0.75:
        return "doubtful"
    return "stable" if jaccard < 0.85 else "very_stable"


def best_matches(original: np.ndarray, again: np.ndarray, classes: int) -> np.ndarray:
    """For each original group, the Jaccard similarity of its best match; 0 if nobody is drawn."""
    width = int(again.max()) + 1 if len(again) else 1
    both = np.bincount(original * width + again, minlength=classes * width).reshape(classes, width)
    mine, theirs = both.sum(axis=1), both.sum(axis=0)
    union = mine[:, None] + theirs[None, :] - both
    return (both / np.maximum(union, 1)).max(axis=1)


@one_thread
def bootstrap_jaccard(
    labels: np.ndarray,
    refit: Callable[[np.ndarray], np.ndarray],
    *,
    bootstraps: int = 100,
    random_state: Random = None,
) -> np.ndarray:
    """Per-group Jaccard similarity over bootstraps of any clustering (Hennig 2007).

    Parameters
    ----------
    labels : ndarray of int
        Groups 0..k-1 of all rows.
    refit : callable
        Gets the drawn rows (with repetitions) and gives their new groups.
    bootstraps : int
        Draws.
    random_state : int, RandomState or None
        Seed.

    Returns
    -------
    ndarray
        bootstraps x k; the mean of a column is the group's stability. Groups are compared on the
        rows that were drawn, each counted once.

    References
    ----------
    Hennig 2007, doi:10.1016/j.csda.2006.11.025. Checked against fpc 2.2-10
    `clusterboot(ruspini, clustermethod=kmeansCBI, krange=3|4|5)`.
    """
    random = check_random_state(random_state)
    classes = int(labels.max()) + 1
    found = np.empty((bootstraps, classes))
    for b in range(bootstraps):
        rows = random.randint(0, len(labels), len(labels))
        again = np.asarray(refit(rows))
        once, first = np.unique(rows, return_index=True)
        found[b] = best_matches(labels[once], again[first], classes)
    return found


def mixture_jaccard(
    design: Design,
    labels: np.ndarray,
    classes: int,
    *,
    options: dict[str, float],
    bootstraps: int,
    random_state: Random,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """`bootstrap_jaccard` of the latent class model; batches of bootstraps are fitted together.

    A bootstrap is a weighting of the rows. Each is refitted from fresh starts, never from the
    solution that is tested. Above 20,000 rows each draw is a subsample of 5,000.
    """
    random = check_random_state(random_state)
    rows = design.rows
    found = []
    if rows > _FULL_ROWS:
        for done in range(bootstraps):
            drawn = np.sort(random.choice(rows, _SUBSAMPLE, replace=False))
            found.append(
                _compare(
                    design.take(drawn),
                    np.ones((1, _SUBSAMPLE)),
                    labels[drawn],
                    classes,
                    options,
                    random,
                )
            )
            if progress:
                progress(done + 1)
        return np.vstack(found)
    batch = int(np.clip(200_000 // (4 * classes * rows), 1, 20))
    for first in range(0, bootstraps, batch):
        size = min(batch, bootstraps - first)
        weights = random.multinomial(rows, np.full(rows, 1 / rows), size=size).astype(float)
        found.append(_compare(design, weights, labels, classes, options, random))
        if progress:
            progress(first + size)
    return np.vstack(found)


def _refit(
    design: Design,
    weights: np.ndarray,
    classes: int,
    options: dict[str, float],
    random: np.random.RandomState,
) -> np.ndarray:
    run = fit_batch(
        design,
        weights,
        classes,
        starts=4,
        smoothing=options["smoothing"],
        floor=options["floor"],
        max_iter=100,
        tol=1e-5,
        random=random,
    )
    return posterior(run.parameters, design)[0].argmax(axis=1)


def _compare(
    design: Design,
    weights: np.ndarray,
    labels: np.ndarray,
    classes: int,
    options: dict[str, float],
    random: np.random.RandomState,
) -> np.ndarray:
    again = _refit(design, weights, classes, options, random)
    return np.array(
        [
            best_matches(labels[w > 0], new[w > 0], classes)
            for w, new in zip(weights, again, strict=True)
        ]
    )


def pairs_kept(test: np.ndarray, by_other: np.ndarray, classes: int) -> float:
    """Smallest share, over groups, of pairs that the other half's model keeps together."""
    both = np.zeros((classes, classes))
    np.add.at(both, (test, by_other), 1)
    size = both.sum(axis=1)
    pairs = size * (size - 1)
    kept = (both * (both - 1)).sum(axis=1)
    # a group of one has no pair that could be torn apart
    return float(np.where(pairs > 0, kept / np.maximum(pairs, 1), 1.0)[size > 0].min())


@one_thread
def prediction_strength(
    points: np.ndarray,
    numbers: Sequence[int],
    *,
    splits: int = 50,
    starts: int = 1,
    random_state: Random = None,
) -> dict[int, float]:
    """Prediction strength of k-means (Tibshirani & Walther 2005), mean over random halvings.

    Parameters
    ----------
    points : ndarray
        Rows x coordinates.
    numbers : sequence of int
        Numbers of groups.
    splits : int
        Halvings; each is used in both directions.
    starts : int
        Starts of k-means. 1 is a single random start, as the referee does it; local optima then
        lower the strength. With more, the best of k-means++ starts is taken.
    random_state : int, RandomState or None
        Seed.

    Returns
    -------
    dict
        Number of groups to strength 0..1. The authors take the largest number above .8; that
        rule is cautious (it says 2 on ruspini, where silhouette and gap say 4).

    References
    ----------
    doi:10.1198/106186005X59243. Checked against fpc 2.2-10 `prediction.strength(ruspini, 2, 8,
    M=50, clustermethod=kmeansCBI)`.
    """
    from sklearn.cluster import KMeans

    random = check_random_state(random_state)
    init = "random" if starts == 1 else "k-means++"
    found = {}
    for k in numbers:
        values = []
        for _ in range(splits):
            order = random.permutation(len(points))
            halves = order[: len(points) // 2], order[len(points) // 2 :]
            fits = [
                KMeans(k, init=init, n_init=starts, random_state=random).fit(points[h])
                for h in halves
            ]
            for test, train in ((0, 1), (1, 0)):
                by_other = fits[train].predict(points[halves[test]])
                values.append(pairs_kept(fits[test].labels_, by_other, k))
        found[k] = float(np.mean(values))
    return found


def mixture_prediction_strength(
    design: Design,
    classes: int,
    *,
    options: dict[str, float],
    splits: int = 10,
    random_state: Random,
) -> float:
    """Prediction strength of the latent class model; above 5,000 rows on a subsample."""
    random = check_random_state(random_state)
    part = design
    if design.rows > _SUBSAMPLE:
        part = design.take(np.sort(random.choice(design.rows, _SUBSAMPLE, replace=False)))
    values = []
    batch = int(np.clip(200_000 // (8 * classes * part.rows), 1, splits))
    for first in range(0, splits, batch):
        size = min(batch, splits - first)
        half = np.zeros((size, part.rows))
        for row in half:
            row[random.permutation(part.rows)[: part.rows // 2]] = 1.0
        new = _refit(part, np.vstack([half, 1 - half]), classes, options, random)
        for b in range(size):
            for test, train, inside in (
                (new[b], new[size + b], half[b] > 0),
                (new[size + b], new[b], half[b] == 0),
            ):
                values.append(pairs_kept(test[inside], train[inside], classes))
    return float(np.mean(values))


@one_thread
def gap_statistic(
    points: np.ndarray,
    numbers: Sequence[int],
    *,
    draws: int = 50,
    power: int = 2,
    starts: int = 10,
    random_state: Random = None,
) -> dict[int, tuple[float, float, float]]:
    """Gap between the spread inside k-means groups and that of data without groups.

    Parameters
    ----------
    points : ndarray
        Rows x coordinates; with power=1 all pairwise distances are taken, so a few thousand rows.
    numbers : sequence of int
        Numbers of groups.
    draws : int
        Reference tables, uniform in the box along the principal axes.
    power : int
        2: squared distances (Tibshirani et al. 2001); 1: distances (clusGap's default).
    starts : int
        Starts of k-means.
    random_state : int, RandomState or None
        Seed.

    Returns
    -------
    dict
        Number to (log W, gap, standard error of the gap). W is half the sum over groups of the
        distances of unordered pairs divided by the group's size, as in `cluster::clusGap`.

    References
    ----------
    doi:10.1111/1467-9868.00293. Checked against cluster 2.1.4 `clusGap(ruspini, kmeans,
    K.max=6, B=100, d.power=1|2)`.
    """
    random = check_random_state(random_state)
    centre = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - centre, full_matrices=False)
    turned = (points - centre) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    real = [_log_spread(points, k, power, starts, random) for k in numbers]
    reference = np.empty((draws, len(numbers)))
    for b in range(draws):
        table = random.uniform(low, high, size=turned.shape)
        reference[b] = [_log_spread(table, k, power, starts, random) for k in numbers]
    expected = reference.mean(axis=0)
    error = reference.std(axis=0) * np.sqrt(1 + 1 / draws)
    return {
        k: (real[i], float(expected[i] - real[i]), float(error[i])) for i, k in enumerate(numbers)
    }


def _log_spread(
    points: np.ndarray, classes: int, power: int, starts: int, random: np.random.RandomState
) -> float:
    labels = (
        np.zeros(len(points), dtype=int)
        if classes == 1
        else kmeans_labels(points, classes, starts=starts, random_state=random)
    )
    total = 0.0
    for group in range(classes):
        inside = points[labels == group]
        if power == 2:
            total += ((inside - inside.mean(axis=0)) ** 2).sum() if len(inside) else 0.0
        elif len(inside) > 1:
            from scipy.spatial.distance import pdist

            total += float((pdist(inside) ** power).sum() / len(inside))
    return float(np.log(max(total / 2, 1e-300)))


def silhouette(points: np.ndarray, labels: np.ndarray, *, random_state: Random = None) -> float:
    """Mean silhouette width -1..1; above 5,000 rows on a random subsample. NaN for one group."""
    from sklearn.metrics import silhouette_score

    random = check_random_state(random_state)
    if len(points) > _SUBSAMPLE:
        rows = random.choice(len(points), _SUBSAMPLE, replace=False)
        points, labels = points[rows], labels[rows]
    distinct = len(np.unique(labels))
    if not 2 <= distinct < len(points):
        return float("nan")
    return float(silhouette_score(points, labels))
