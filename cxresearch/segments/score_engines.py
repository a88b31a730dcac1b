"""Engines on factor scores: a Gaussian mixture for correlated features, Ward for small studies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .factors import MixedFactors, quietly
from .features import FeatureError, FeatureSet
from .mixed_input import MixedInput
from .threads import one_thread

__all__ = ["WARD_ROWS", "MixedGaussian", "MixedWard", "ScoreEngine"]

WARD_ROWS = 5000
_START_ROWS = 20_000


class ScoreEngine(  # type: ignore[misc]
    MixedInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator
):
    """Groups of rows on the scores of `MixedFactors`; what both engines share."""

    n_clusters: int
    n_components: int | None
    random_state: Any

    def fit(self, X: Any, y: Any = None) -> ScoreEngine:
        """Find the factors and the groups; raises FeatureError where that can't be done."""
        frame = self._frame(X, reset=True)
        self._check_size(len(frame), self.n_clusters)
        self.features_ = self._declare(frame)
        self.factors_ = MixedFactors(
            self.n_components, feature_types=FeatureSet(self.features_)
        ).fit(frame)
        return self.fit_scores(self.factors_.transform(frame))

    def fit_scores(self, scores: np.ndarray) -> ScoreEngine:
        """Find the groups on scores that are there already."""
        self._group(scores)
        size = np.bincount(self.labels_, minlength=self.n_clusters)
        self._n_features_out = self.n_clusters
        self.reorder(np.argsort(-size, kind="stable"))
        return self

    def _group(self, scores: np.ndarray) -> None:
        raise NotImplementedError

    def _log_density(self, scores: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def reorder(self, order: np.ndarray) -> None:
        """Put the classes in another order: `order` lists the old places."""
        raise NotImplementedError

    def scores_of(self, X: Any) -> np.ndarray:
        """Factor scores of rows."""
        check_is_fitted(self, "means_")
        return self.factors_.transform(self._frame(X, reset=False))

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """How surely each row of scores belongs to each class: rows x classes."""
        log = self._log_density(scores)
        log -= log.max(axis=1, keepdims=True)
        likely = np.exp(log)
        return likely / likely.sum(axis=1, keepdims=True)

    def predict_proba(self, X: Any) -> np.ndarray:
        """How surely each row belongs to each class: rows x classes."""
        return self.probabilities(self.scores_of(X))

    def transform(self, X: Any) -> np.ndarray:
        """The same, as features for a next step."""
        return self.predict_proba(X)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class."""
        return self.predict_proba(X).argmax(axis=1)

    def score_samples(self, X: Any) -> np.ndarray:
        """Log-density of each row's scores: the higher, the more typical."""
        from scipy.special import logsumexp

        return np.asarray(logsumexp(self._log_density(self.scores_of(X)), axis=1))

    def score(self, X: Any, y: Any = None) -> float:
        """Mean of `score_samples`."""
        return float(self.score_samples(X).mean())


class MixedGaussian(ScoreEngine):
    """Gaussian mixture on factor scores: for numeric features that go together inside groups.

    Parameters
    ----------
    n_clusters : int
        Number of classes.
    n_components : int or None
        Factor scores; None keeps eigenvalues above 1 (2 at least, 10 at most).
    feature_types : FeatureSet, mapping of column to type, or None
        As in `MixedLatentClass`.
    n_starts : int
        Starts; above 20,000 rows they run on a random subsample.
    random_state : int, RandomState or None
        Seed.

    Attributes
    ----------
    features_ : tuple of Feature
    factors_ : MixedFactors
    labels_ : ndarray of int
        Classes in descending size.
    weights_, means_, covariances_ : ndarray
        Of the mixture, on the scores; every class has a full covariance.
    log_likelihood_ : float
        Of the scores, not of the features: BIC compares numbers of classes, not engines.
    n_parameters_ : int

    Notes
    -----
    Missing values count as average (see `MixedFactors`). Where features are independent inside
    groups the latent class model recovers more. Checked against mclust 6.0.0 `Mclust(iris[,1:4],
    G=3, modelNames="VVV")` with all four scores.

    References
    ----------
    Fraley & Raftery 2002, doi:10.1198/016214502760047131.
    """

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        n_components: int | None = None,
        feature_types: FeatureSet | Mapping[str, str] | None = None,
        n_starts: int = 5,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_components = n_components
        self.feature_types = feature_types
        self.n_starts = n_starts
        self.random_state = random_state

    weights_: np.ndarray
    means_: np.ndarray
    covariances_: np.ndarray

    @one_thread
    def _group(self, scores: np.ndarray) -> None:
        random = check_random_state(self.random_state)
        part = scores
        if len(scores) > _START_ROWS:
            part = scores[random.choice(len(scores), _START_ROWS, replace=False)]
        spread = scores.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        best, kept = -np.inf, None
        # k-means starts the mixture; on scores of equal spread it sees groups that lie side by
        # side along a long common factor, on the scores as they are those along it
        for scale in (np.ones_like(spread), spread):
            model = _mixture(part / scale, self.n_clusters, self.n_starts, random)
            self._take(model, scale)
            if kept is None or self._likelihood(part) > best:
                best, kept = self._likelihood(part), (model, scale)
        self._take(*kept)  # type: ignore[misc]
        if part is not scores:
            again = _mixture(scores, self.n_clusters, 1, random, start=self)
            self._take(again, np.ones_like(spread))
        self.labels_ = self.probabilities(scores).argmax(axis=1)
        self.log_likelihood_ = self._likelihood(scores)
        self.n_rows_ = len(scores)
        likely = np.maximum(self.probabilities(scores), 1e-300)
        self.entropy_ = float(-(likely * np.log(likely)).sum())

    def _take(self, model: Any, scale: np.ndarray) -> None:
        self.weights_, self.means_ = model.weights_, model.means_ * scale
        self.covariances_ = model.covariances_ * np.outer(scale, scale)

    def _likelihood(self, scores: np.ndarray) -> float:
        from scipy.special import logsumexp

        return float(logsumexp(self._log_density(scores), axis=1).sum())

    def _log_density(self, scores: np.ndarray) -> np.ndarray:
        found = np.empty((len(scores), len(self.weights_)))
        for k, (weight, mean, wide) in enumerate(
            zip(self.weights_, self.means_, self.covariances_, strict=True)
        ):
            root = np.linalg.cholesky(wide)
            apart = np.linalg.solve(root, (scores - mean).T)
            size = len(mean) * np.log(2 * np.pi) + 2 * np.log(np.diag(root)).sum()
            found[:, k] = np.log(max(weight, 1e-300)) - 0.5 * ((apart**2).sum(axis=0) + size)
        return found

    def reorder(self, order: np.ndarray) -> None:
        """Put the classes in another order: `order` lists the old places."""
        self.weights_, self.means_ = self.weights_[order], self.means_[order]
        self.covariances_ = self.covariances_[order]
        self.labels_ = np.argsort(order)[self.labels_]

    @property
    def n_parameters_(self) -> int:
        """Free parameters of the mixture."""
        d = self.means_.shape[1]
        return self.n_clusters - 1 + self.n_clusters * (d + d * (d + 1) // 2)

    def bic(self) -> float:
        """BIC of the scores; lower is better."""
        return -2 * self.log_likelihood_ + self.n_parameters_ * float(np.log(self.n_rows_))

    def icl(self) -> float:
        """BIC plus twice the entropy of the posteriors."""
        return self.bic() + 2 * self.entropy_

    def to_dict(self) -> dict[str, Any]:
        """The fitted model as plain data for JSON."""
        check_is_fitted(self, "means_")
        return {
            "engine": "gaussian",
            "factors": self.factors_.to_dict(),
            "weights": self.weights_.tolist(),
            "means": self.means_.tolist(),
            "covariances": self.covariances_.tolist(),
            "log_likelihood": self.log_likelihood_,
            "entropy": self.entropy_,
            "rows": self.n_rows_,
            "seed": self.random_state if isinstance(self.random_state, int) else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MixedGaussian:
        """The model that `to_dict` wrote; it predicts the same."""
        model = cls(len(data["means"]), random_state=data["seed"])
        _with_factors(model, data)
        model.weights_ = np.array(data["weights"], dtype=float)
        model.covariances_ = np.array(data["covariances"], dtype=float)
        model.log_likelihood_, model.entropy_ = data["log_likelihood"], data["entropy"]
        model.n_rows_ = data["rows"]
        return model


class MixedWard(ScoreEngine):
    """Ward's hierarchical grouping on factor scores, with the tree that a dendrogram shows.

    For small studies: interviews of 5 to 50 people, or a few thousand rows at most.

    Parameters
    ----------
    n_clusters : int
        Where the tree is cut.
    n_components : int or None
        Factor scores; None keeps eigenvalues above 1 (2 at least, 10 at most).
    feature_types : FeatureSet, mapping of column to type, or None
        As in `MixedLatentClass`.
    max_rows : int
        More rows than this are refused: the cost grows with their square.

    Attributes
    ----------
    features_ : tuple of Feature
    factors_ : MixedFactors
    tree_ : ndarray
        The merges, as `scipy.cluster.hierarchy.linkage` writes them.
    labels_ : ndarray of int
        Where the tree puts the fitted rows; classes in descending size.
    means_ : ndarray
        Mean score of each class.
    spread_ : float
        Standard deviation inside classes.

    Notes
    -----
    New rows go to the nearest mean. Their probabilities read the distance as if classes were
    round and of one width (softmax of minus half the squared distance over `spread_` squared);
    they come from no fitted model. Groups checked against scikit-learn 1.9
    `AgglomerativeClustering(linkage="ward")` on the same scores.

    References
    ----------
    Murtagh & Legendre 2014, doi:10.1007/s00357-014-9161-z.
    """

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        n_components: int | None = None,
        feature_types: FeatureSet | Mapping[str, str] | None = None,
        max_rows: int = WARD_ROWS,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_components = n_components
        self.feature_types = feature_types
        self.max_rows = max_rows

    def _group(self, scores: np.ndarray) -> None:
        from scipy.cluster.hierarchy import cut_tree, linkage

        if len(scores) > self.max_rows:
            raise FeatureError(
                "There are too many rows for a tree of all of them.",
                expected=f"at most {self.max_rows} rows",
                found=f"{len(scores)} rows",
                next_step="Use the latent class engine: it has no such limit.",
            )
        if len(scores) == 1:
            self.tree_, self.labels_ = np.empty((0, 4)), np.zeros(1, dtype=int)
        else:
            self.tree_ = linkage(scores, "ward")
            self.labels_ = cut_tree(self.tree_, self.n_clusters).ravel().astype(int)
        self.means_ = np.array(
            [scores[self.labels_ == k].mean(axis=0) for k in range(self.n_clusters)]
        )
        inside = ((scores - self.means_[self.labels_]) ** 2).sum()
        freedom = max(len(scores) - self.n_clusters, 1) * scores.shape[1]
        whole = max(float(scores.var(axis=0).mean()), 1e-12)
        self.spread_ = float(np.sqrt(max(inside / freedom, 1e-3 * whole)))

    def _log_density(self, scores: np.ndarray) -> np.ndarray:
        apart = ((scores[:, None, :] - self.means_[None]) ** 2).sum(axis=2)
        return -0.5 * apart / self.spread_**2

    def reorder(self, order: np.ndarray) -> None:
        """Put the classes in another order: `order` lists the old places."""
        self.means_ = self.means_[order]
        self.labels_ = np.argsort(order)[self.labels_]

    def to_dict(self) -> dict[str, Any]:
        """The fitted tree and means as plain data for JSON."""
        check_is_fitted(self, "means_")
        return {
            "engine": "ward",
            "factors": self.factors_.to_dict(),
            "means": self.means_.tolist(),
            "spread": self.spread_,
            "tree": self.tree_.tolist(),
            "labels": self.labels_.tolist(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MixedWard:
        """The model that `to_dict` wrote; it predicts the same."""
        model = cls(len(data["means"]))
        _with_factors(model, data)
        model.spread_ = data["spread"]
        model.tree_ = np.array(data["tree"], dtype=float).reshape(-1, 4)
        model.labels_ = np.array(data["labels"], dtype=int)
        return model


def _mixture(
    points: np.ndarray,
    classes: int,
    starts: int,
    random: np.random.RandomState,
    start: MixedGaussian | None = None,
) -> Any:
    from sklearn.mixture import GaussianMixture

    # a floor that follows the scores: a class of equal rows keeps some width
    settings: dict[str, Any] = {"reg_covar": max(1e-3 * float(points.var(axis=0).mean()), 1e-9)}
    if start is not None:
        settings |= {
            "weights_init": start.weights_,
            "means_init": start.means_,
            "precisions_init": np.linalg.inv(start.covariances_),
        }
    model = GaussianMixture(
        classes, n_init=starts, max_iter=300, tol=1e-4, random_state=random, **settings
    )
    return quietly(model, points)


def _with_factors(model: ScoreEngine, data: Mapping[str, Any]) -> None:
    model.factors_ = MixedFactors.from_dict(data["factors"])
    model.features_ = model.factors_.features_
    model.means_ = np.array(data["means"], dtype=float)
    model.feature_names_in_ = model.factors_.feature_names_in_
    model.n_features_in_ = model.factors_.n_features_in_
    model._n_features_out = len(model.means_)
