"""Factor analysis of mixed data, and k-means on its scores: the second engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .design import level_codes, numbers_of
from .features import Feature, FeatureError, FeatureSet
from .mixed_input import MixedInput
from .threads import one_thread

__all__ = ["MixedFactors", "kmeans_labels", "quietly"]


class MixedFactors(  # type: ignore[misc]
    MixedInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Principal scores of mixed features (FAMD): numbers and categories on one footing.

    Numeric features are standardised with the population standard deviation, counts after
    log(1 + x), ordinal ones by the position of their level; indicators of a nominal feature are
    centred and divided by the square root of their share (Pagès 2004).

    Parameters
    ----------
    n_components : int or None
        Number of scores; None keeps eigenvalues above 1 (2 at least, 10 at most).
    feature_types : FeatureSet, mapping of column to type, or None
        As in `MixedLatentClass`.

    Attributes
    ----------
    eigenvalues_ : ndarray
        All eigenvalues, descending. Their sum is the total inertia.
    axes_ : ndarray
        Columns of the coded table x components.

    Notes
    -----
    A missing value takes the feature's mean, which is the origin of the scores: scores of rows
    with many holes are drawn to the middle. The latent class model does not need that.
    Eigenvalues and scores checked against FactoMineR 2.7 `FAMD(flower)`, `FAMD(iris)`.
    """

    def __init__(
        self,
        n_components: int | None = None,
        *,
        feature_types: FeatureSet | Mapping[str, str] | None = None,
    ) -> None:
        self.n_components = n_components
        self.feature_types = feature_types

    def fit(self, X: Any, y: Any = None) -> MixedFactors:
        """Find the axes by an eigen decomposition of the (columns x columns) covariance."""
        frame = self._frame(X, reset=True)
        self.features_ = self._declare(frame)
        self._learn(frame)
        coded = self._coded(frame)
        cov = np.zeros((coded.shape[1], coded.shape[1]))
        for first in range(0, len(coded), 100_000):
            part = coded[first : first + 100_000].astype(float)
            cov += part.T @ part
        values, vectors = np.linalg.eigh(cov / len(coded))
        self.eigenvalues_ = np.maximum(values[::-1], 0.0)
        rank = max(1, int((self.eigenvalues_ > 1e-10).sum()))
        wanted = self.n_components
        if wanted is None:
            wanted = int(np.clip((self.eigenvalues_ > 1 + 1e-9).sum(), 2, 10))
        kept = min(int(wanted), rank)
        axes = vectors[:, ::-1][:, :kept]
        # a sign that does not depend on the eigen solver: the largest loading is positive
        turn = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(kept)])
        self.axes_ = axes * np.where(turn == 0, 1.0, turn)
        self._n_features_out = kept
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Scores: rows x components, with variance equal to the eigenvalue."""
        check_is_fitted(self, "axes_")
        coded = self._coded(self._frame(X, reset=False))
        return np.vstack(
            [
                coded[first : first + 100_000].astype(float) @ self.axes_
                for first in range(0, len(coded), 100_000)
            ]
        )

    @staticmethod
    def _number(frame: pd.DataFrame, feature: Feature) -> np.ndarray:
        if feature.kind == "ordinal":
            codes = level_codes(frame, feature).astype(float)
            codes[codes < 0] = np.nan
            return codes
        numbers = numbers_of(frame, feature)
        return np.log1p(numbers) if feature.kind == "count" else numbers

    def _learn(self, frame: pd.DataFrame) -> None:
        self._centre: dict[str, float] = {}
        self._spread: dict[str, float] = {}
        self._share: dict[str, np.ndarray] = {}
        for feature in self.features_:
            if feature.kind == "nominal":
                codes = level_codes(frame, feature)
                seen = np.bincount(codes[codes >= 0], minlength=len(feature.levels))
                self._share[feature.name] = seen / max(seen.sum(), 1)
                continue
            numbers = self._number(frame, feature)
            known = numbers[~np.isnan(numbers)]
            self._centre[feature.name] = float(known.mean()) if len(known) else 0.0
            spread = float(known.std()) if len(known) else 0.0
            self._spread[feature.name] = spread if spread > 0 else 1.0

    def _coded(self, frame: pd.DataFrame) -> np.ndarray:
        absent = [f.name for f in self.features_ if f.name not in frame.columns]
        if absent:
            raise FeatureError(f"The table lacks features: {', '.join(absent)}.")
        blocks = []
        kind = np.float32 if len(frame) > 200_000 else np.float64
        for feature in self.features_:
            if feature.kind != "nominal":
                centre, spread = self._centre[feature.name], self._spread[feature.name]
                scaled = (self._number(frame, feature) - centre) / spread
                blocks.append(np.nan_to_num(scaled, nan=0.0)[:, None].astype(kind))
                continue
            share = self._share[feature.name]
            codes = level_codes(frame, feature)
            # one row a level, and a last row of zeros for a missing value (code -1)
            rows = (np.eye(len(share)) - share) / np.sqrt(np.where(share > 0, share, 1.0))
            blocks.append(np.vstack([rows, np.zeros(len(share))]).astype(kind)[codes])
        return np.hstack(blocks)

    def to_dict(self) -> dict[str, Any]:
        """The fitted axes as plain data for JSON."""
        check_is_fitted(self, "axes_")
        return {
            "features": [f.to_dict() for f in self.features_],
            "centre": self._centre,
            "spread": self._spread,
            "share": {k: v.tolist() for k, v in self._share.items()},
            "eigenvalues": self.eigenvalues_.tolist(),
            "axes": self.axes_.tolist(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MixedFactors:
        """The axes that `to_dict` wrote; they give the same scores."""
        features = tuple(Feature.from_dict(f) for f in data["features"])
        found = cls(len(data["axes"][0]), feature_types=FeatureSet(features))
        found.features_ = features
        found._centre, found._spread = dict(data["centre"]), dict(data["spread"])
        found._share = {k: np.array(v, dtype=float) for k, v in data["share"].items()}
        found.eigenvalues_ = np.array(data["eigenvalues"], dtype=float)
        found.axes_ = np.array(data["axes"], dtype=float)
        found.feature_names_in_ = np.asarray([f.name for f in features], dtype=object)
        found.n_features_in_ = len(features)
        found._n_features_out = found.axes_.shape[1]
        return found


@one_thread
def kmeans_labels(
    points: np.ndarray, classes: int, *, starts: int = 10, random_state: Any = None
) -> np.ndarray:
    """Labels of k-means; above 20,000 rows the starts run on a random subsample."""
    from sklearn.cluster import KMeans

    random = check_random_state(random_state)
    if len(points) <= 20_000:
        return quietly(KMeans(classes, n_init=starts, random_state=random), points).labels_
    rows = random.choice(len(points), 20_000, replace=False)
    first = quietly(KMeans(classes, n_init=starts, random_state=random), points[rows])
    full = KMeans(classes, init=first.cluster_centers_, n_init=1, max_iter=30, random_state=random)
    return quietly(full, points).labels_


def quietly(model: Any, points: np.ndarray) -> Any:
    """Fit; that equal rows make fewer groups than were asked for is seen in the groups."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(points)
