"""Expectation-maximisation over a design; several starts or bootstraps run as one batch.

Arrays carry a leading batch axis: parameters are (batch, classes, ...). Every class is given
`smoothing` pseudo-customers spread like the whole table; with 0 the fit is plain maximum
likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .design import Design
from .threads import one_thread

__all__ = [
    "Parameters",
    "Run",
    "fit_batch",
    "maximise",
    "posterior",
    "run_em",
    "start_parameters",
]

_TINY = 1e-10
_CELLS = 400_000  # cells of a chunk of posteriors: stays in the processor's cache


@dataclass(frozen=True)
class Parameters:
    """Class shares, means and variances (standardised), Poisson rates, level probabilities."""

    share: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    rate: np.ndarray
    probability: np.ndarray

    def pick(self, which: np.ndarray | list[int]) -> Parameters:
        """Some members of the batch."""
        return Parameters(
            self.share[which],
            self.mean[which],
            self.variance[which],
            self.rate[which],
            self.probability[which],
        )

    def reorder(self, order: np.ndarray) -> Parameters:
        """The classes of a batch of one in another order."""
        return Parameters(
            self.share[:, order],
            self.mean[:, order],
            self.variance[:, order],
            self.rate[:, order],
            self.probability[:, order],
        )


@dataclass(frozen=True)
class Run:
    """Where each member of a batch ended.

    `objective` is the log-likelihood plus the weight of the pseudo-customers; `gain` the last
    step of it.
    """

    parameters: Parameters
    objective: np.ndarray
    likelihood: np.ndarray
    iterations: int
    converged: np.ndarray


def class_weights(parameters: Parameters, design: Design) -> np.ndarray:
    """Weights (batch, classes, columns) whose product with the matrix is the log-density."""
    p = parameters
    weights = np.zeros((*p.share.shape, design.matrix.shape[1]))
    weights[..., 0] = np.log(np.maximum(p.share, 1e-300))
    weights[..., design.square] = -0.5 / p.variance
    weights[..., design.linear] = p.mean / p.variance
    constant = -0.5 * (p.mean**2 / p.variance + np.log(2 * np.pi * p.variance))
    _add_constant(weights, constant, design.gauss_mask)
    weights[..., design.count] = np.log(p.rate)
    _add_constant(weights, -p.rate, design.count_mask)
    weights[..., design.level] = np.log(np.maximum(p.probability, 1e-12))
    return weights


def _add_constant(weights: np.ndarray, constant: np.ndarray, mask: np.ndarray) -> None:
    whole = mask == 0
    weights[..., 0] += constant[..., whole].sum(axis=-1)
    weights[..., mask[~whole]] = constant[..., ~whole]


def maximise(statistics: np.ndarray, design: Design, *, floor: float) -> Parameters:
    """Parameters that maximise the expected likelihood of these sufficient statistics.

    A class without members takes the distribution of nobody in particular: mean 0, variance 1,
    even levels.
    """
    size = np.maximum(statistics[..., 0], _TINY)
    share = size / size.sum(axis=-1, keepdims=True)
    known = statistics[..., design.gauss_mask]
    safe = np.maximum(known, _TINY)
    mean = np.where(known > _TINY, statistics[..., design.linear] / safe, 0.0)
    variance = np.where(known > _TINY, statistics[..., design.square] / safe - mean**2, 1.0)
    seen = np.maximum(statistics[..., design.count_mask], _TINY)
    rate = np.maximum(statistics[..., design.count] / seen, 1e-8)
    level = statistics[..., design.level] + _TINY
    if level.shape[-1]:
        total = np.add.reduceat(level, design.level_starts[:-1], axis=-1)
        level = level / np.repeat(total, np.diff(design.level_starts), axis=-1)
    return Parameters(share, mean, np.maximum(variance, floor), rate, level)


def _expect(
    weights: np.ndarray, design: Design, row_weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sufficient statistics (batch, classes, columns) and log-likelihood (batch)."""
    batch, classes, width = weights.shape
    statistics = np.zeros((batch * classes, width))
    likelihood = np.zeros(batch)
    flat = weights.reshape(batch * classes, width).astype(design.matrix.dtype)
    step = max(512, _CELLS // (batch * classes))
    for first in range(0, design.rows, step):
        rows = slice(first, first + step)
        part = design.matrix[rows]
        dense = (flat @ part.T).reshape(batch, classes, -1)
        top = dense.max(axis=1)
        dense -= top[:, None]
        np.exp(dense, out=dense)
        total = dense.sum(axis=1)
        weight = row_weights[:, rows]
        dense *= (weight / total)[:, None].astype(dense.dtype, copy=False)
        likelihood += (weight * (top + np.log(total) + design.offset[rows])).sum(axis=1)
        statistics += dense.reshape(batch * classes, -1) @ part
    return statistics.reshape(batch, classes, width), likelihood


@one_thread
def posterior(parameters: Parameters, design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Posteriors (batch, classes, rows) and the log-likelihood of each row (batch, rows)."""
    weights = class_weights(parameters, design)
    batch, classes, width = weights.shape
    flat = weights.reshape(-1, width)
    dense = np.empty((batch, classes, design.rows))
    step = max(512, _CELLS // (batch * classes))
    for first in range(0, design.rows, step):
        rows = slice(first, first + step)
        dense[:, :, rows] = (flat @ design.matrix[rows].T.astype(float)).reshape(batch, classes, -1)
    top = dense.max(axis=1)
    dense -= top[:, None]
    np.exp(dense, out=dense)
    total = dense.sum(axis=1)
    dense /= total[:, None]
    return dense, top + np.log(total) + design.offset


def pseudo_customers(design: Design, row_weights: np.ndarray, smoothing: float) -> np.ndarray:
    """Sufficient statistics (batch, 1, columns) of `smoothing` customers like the whole table."""
    if smoothing == 0:
        return np.zeros((row_weights.shape[0], 1, design.matrix.shape[1]))
    total = row_weights.astype(design.matrix.dtype, copy=False) @ design.matrix
    return (smoothing * total / row_weights.sum(axis=1, keepdims=True))[:, None].astype(float)


@one_thread
def run_em(
    design: Design,
    parameters: Parameters,
    row_weights: np.ndarray,
    *,
    smoothing: float,
    floor: float,
    max_iter: int,
    tol: float,
) -> Run:
    """Iterate until the objective gains less than `tol` a row, or `max_iter` is reached."""
    batch = parameters.share.shape[0]
    extra = pseudo_customers(design, row_weights, smoothing)
    mass = row_weights.sum(axis=1)
    objective, likelihood = np.full(batch, -np.inf), np.full(batch, -np.inf)
    converged = np.zeros(batch, dtype=bool)
    final = Parameters(*(np.array(v) for v in vars(parameters).values()))
    active = np.arange(batch)
    iteration = 0
    for iteration in range(1, max_iter + 1):  # noqa: B007
        current = final.pick(active)
        weights = class_weights(current, design)
        statistics, value = _expect(weights, design, row_weights[active])
        likelihood[active] = value
        value = value + (weights * extra[active]).sum(axis=(1, 2))
        done = value - objective[active] < tol * mass[active]
        objective[active] = value
        converged[active[done]] = True
        moving = ~done
        if not moving.any():
            break
        active = active[moving]
        better = maximise(statistics[moving] + extra[active], design, floor=floor)
        for name, array in vars(final).items():
            array[active] = getattr(better, name)
    return Run(final, objective, likelihood, iteration, converged)


def start_parameters(
    design: Design,
    row_weights: np.ndarray,
    classes: int,
    *,
    smoothing: float,
    floor: float,
    random: np.random.RandomState,
) -> Parameters:
    """One start for each row of `row_weights`: seeds far apart, or random shares, in turn."""
    batch = row_weights.shape[0]
    points = _points(design)
    extra = pseudo_customers(design, row_weights, smoothing)
    statistics = np.zeros((batch, classes, design.matrix.shape[1]))
    for b in range(batch):
        soft = (
            random.dirichlet(np.ones(classes), size=design.rows)
            if b % 4 == 3
            else _near_seeds(points, row_weights[b], classes, random)
        )
        statistics[b] = (soft * row_weights[b][:, None]).T @ design.matrix
    return maximise(statistics + np.maximum(extra, 1e-6 * extra.sum()), design, floor=floor)


def _points(design: Design) -> np.ndarray:
    """Rows as points on one scale: standardised numbers, square-rooted counts, scaled levels."""
    counts = np.sqrt(design.matrix[:, design.count])
    spread = counts.std(axis=0)
    counts = (counts - counts.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    levels = design.matrix[:, design.level]
    share = levels.mean(axis=0)
    levels = (levels - share) / np.sqrt(np.maximum(share, 1e-3))
    return np.hstack([design.matrix[:, design.linear], counts, levels]).astype(float)


def _near_seeds(
    points: np.ndarray, row_weight: np.ndarray, classes: int, random: np.random.RandomState
) -> np.ndarray:
    """Soft membership by the nearest of k-means++ seeds, after two steps of k-means."""
    from sklearn.cluster import kmeans_plusplus

    drawn = np.flatnonzero(row_weight > 0)
    if len(drawn) > 2000:
        drawn = random.choice(drawn, 2000, replace=False)
    centres, _ = kmeans_plusplus(points[drawn], classes, random_state=random)
    label = np.zeros(len(points), dtype=int)
    for _ in range(3):
        distance = (centres**2).sum(axis=1) - 2 * points @ centres.T
        label = distance.argmin(axis=1)
        hard = np.eye(classes)[label] * row_weight[:, None]
        size = hard.sum(axis=0)[:, None]
        centres = np.where(size > 0, hard.T @ points / np.maximum(size, _TINY), centres)
    return 0.9 * np.eye(classes)[label] + 0.1 / classes


@one_thread
def fit_batch(
    design: Design,
    row_weights: np.ndarray,
    classes: int,
    *,
    starts: int,
    smoothing: float,
    floor: float,
    max_iter: int,
    tol: float,
    random: np.random.RandomState,
) -> Run:
    """Fit each row of `row_weights` (a weighting of the customers) from short starts.

    All starts of all weightings run 15 iterations as one batch; the best quarter of each goes on
    until it has converged, and the best of these is given back.
    """
    batch = row_weights.shape[0]
    repeated = np.repeat(row_weights, starts, axis=0)
    first = start_parameters(
        design, repeated, classes, smoothing=smoothing, floor=floor, random=random
    )
    short = run_em(design, first, repeated, smoothing=smoothing, floor=floor, max_iter=15, tol=tol)
    kept = max(1, starts // 4) if batch > 1 else max(min(starts, 3), starts // 4)
    order = np.argsort(-short.objective.reshape(batch, starts), axis=1)[:, :kept]
    chosen = (order + starts * np.arange(batch)[:, None]).ravel()
    full = run_em(
        design,
        short.parameters.pick(chosen),
        np.repeat(row_weights, kept, axis=0),
        smoothing=smoothing,
        floor=floor,
        max_iter=max_iter,
        tol=tol,
    )
    best = full.objective.reshape(batch, kept).argmax(axis=1) + kept * np.arange(batch)
    return Run(
        full.parameters.pick(best),
        full.objective[best],
        full.likelihood[best],
        full.iterations,
        full.converged[best],
    )
