"""A table of mixed features as one matrix in which every likelihood is linear.

The log-density of a row in a class is a row of this matrix times the class's column of weights:
x squared, x and 1 for a Gaussian, x and 1 for a Poisson, one-hot levels for a multinomial. So one
matrix product gives all log-densities, and one gives all sufficient statistics. A missing value
is a row of zeros in its block: it drops out of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from .feature_set import OTHER, Feature, FeatureError, level_text

__all__ = ["Design", "Scaling", "encode", "learn_scaling", "level_codes", "numbers_of"]

_LARGE = 20_000_000  # cells; above this the matrix is kept in single precision


@dataclass(frozen=True)
class Scaling:
    """Centre and spread of the numeric features, as learnt from the fitted table."""

    centre: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True)
class Design:
    """The matrix with what its columns are.

    `gauss_mask[j]` is the column that says whether numeric feature j is known; column 0 (all
    ones) where nothing is missing. `offset` is the part of the log-density without parameters.
    """

    matrix: np.ndarray
    offset: np.ndarray
    square: slice
    linear: slice
    count: slice
    level: slice
    gauss_mask: np.ndarray
    count_mask: np.ndarray
    level_starts: np.ndarray

    @property
    def rows(self) -> int:
        """Number of customers."""
        return int(self.matrix.shape[0])

    def take(self, rows: np.ndarray) -> Design:
        """Some rows of it."""
        return Design(
            self.matrix[rows],
            self.offset[rows],
            self.square,
            self.linear,
            self.count,
            self.level,
            self.gauss_mask,
            self.count_mask,
            self.level_starts,
        )


def numbers_of(frame: pd.DataFrame, feature: Feature) -> np.ndarray:
    """A numeric or count column as floats, missing as NaN, log(1 + x) where declared."""
    values = frame[feature.name]
    try:
        numbers = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as problem:
        raise FeatureError(
            f"Column `{feature.name}` does not hold numbers.",
            expected=f"numbers ({feature.kind})",
            found=str(values.dtype),
        ) from problem
    known = numbers[~np.isnan(numbers)]
    if np.isinf(known).any():
        raise FeatureError(
            f"Column `{feature.name}` holds infinite numbers (infinity).",
            expected="finite numbers or empty cells",
            found=f"{int(np.isinf(known).sum())} infinite",
        )
    if (feature.log or feature.kind == "count") and len(known) and known.min() < 0:
        raise FeatureError(
            f"Column `{feature.name}` holds negative numbers.",
            expected="numbers from 0",
            found=f"{known.min():g}",
        )
    return np.log1p(numbers) if feature.log else numbers


def level_codes(frame: pd.DataFrame, feature: Feature) -> np.ndarray:
    """Position of each value among the feature's levels; -1 for missing and unseen levels.

    A level never seen goes to the pooled level where there is one, else it counts as missing.
    """
    values = frame[feature.name]
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    place = {level: i for i, level in enumerate(feature.levels)}
    pooled = place.get(OTHER, -1)
    look_up = np.array([place.get(level_text(v), pooled) for v in distinct] + [-1], dtype=np.int64)
    return look_up[codes]


def learn_scaling(
    frame: pd.DataFrame, features: Sequence[Feature], weights: np.ndarray | None = None
) -> Scaling:
    """Mean and standard deviation of the known values of each numeric feature."""
    centre, spread = [], []
    every = np.ones(len(frame)) if weights is None else weights
    for feature in features:
        if feature.kind == "numeric":
            numbers = numbers_of(frame, feature)
            known = ~np.isnan(numbers)
            mass = float(every[known].sum())
            share = every[known] / mass if mass > 0 else every[known]
            mean = float(share @ numbers[known])
            sd = float(np.sqrt(share @ (numbers[known] - mean) ** 2))
            centre.append(mean)
            spread.append(sd if sd > 0 else 1.0)
    return Scaling(np.array(centre), np.array(spread))


def encode(frame: pd.DataFrame, features: Sequence[Feature], scaling: Scaling) -> Design:
    """Write the table as a design; raises FeatureError where a column is absent or not usable."""
    absent = [f.name for f in features if f.name not in frame.columns]
    if absent:
        raise FeatureError(
            f"The table lacks {len(absent)} feature(s): {', '.join(absent)}.",
            expected=", ".join(f.name for f in features),
            found=", ".join(map(str, frame.columns)),
        )
    numeric = [f for f in features if f.kind == "numeric"]
    counts = [f for f in features if f.kind == "count"]
    levelled = [f for f in features if f.categorical]
    g, c, n = len(numeric), len(counts), len(frame)
    starts = np.cumsum([0, *(len(f.levels) for f in levelled)]).astype(int)
    masks = [f.name for f in (*numeric, *counts) if frame[f.name].isna().any()]
    width = 1 + 2 * g + c + starts[-1] + len(masks)
    matrix = np.zeros((n, width), dtype=np.float32 if n * width > _LARGE else np.float64)
    offset = np.zeros(n)
    matrix[:, 0] = 1.0
    first_mask = width - len(masks)
    gauss_mask, count_mask = np.zeros(g, dtype=int), np.zeros(c, dtype=int)
    for j, feature in enumerate(numeric):
        scaled = (numbers_of(frame, feature) - scaling.centre[j]) / scaling.spread[j]
        offset -= np.where(np.isnan(scaled), 0.0, np.log(scaling.spread[j]))
        if feature.name in masks:
            gauss_mask[j] = first_mask + masks.index(feature.name)
            matrix[:, gauss_mask[j]] = ~np.isnan(scaled)
            scaled = np.nan_to_num(scaled, nan=0.0)
        matrix[:, 1 + j] = scaled**2
        matrix[:, 1 + g + j] = scaled
    for j, feature in enumerate(counts):
        numbers = numbers_of(frame, feature)
        if feature.name in masks:
            count_mask[j] = first_mask + masks.index(feature.name)
            matrix[:, count_mask[j]] = ~np.isnan(numbers)
            numbers = np.nan_to_num(numbers, nan=0.0)
        offset -= gammaln(numbers + 1.0)
        matrix[:, 1 + 2 * g + j] = numbers
    first_level = 1 + 2 * g + c
    for start, feature in zip(starts, levelled, strict=False):
        codes = level_codes(frame, feature)
        known = np.flatnonzero(codes >= 0)
        matrix[known, first_level + start + codes[known]] = 1.0
    return Design(
        matrix,
        offset,
        slice(1, 1 + g),
        slice(1 + g, 1 + 2 * g),
        slice(1 + 2 * g, first_level),
        slice(first_level, first_level + int(starts[-1])),
        gauss_mask,
        count_mask,
        starts,
    )
