"""Latent classes of customers on mixed features, fitted by EM."""

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
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from .design import Design, Scaling, encode, learn_scaling
from .em import Parameters, fit_batch, posterior, run_em
from .features import Feature, FeatureSet
from .mixed_input import MixedInput

__all__ = ["MixedLatentClass"]


class MixedLatentClass(  # type: ignore[misc]
    MixedInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator
):
    r"""Latent class model of mixed features: who belongs together, and how surely.

    Inside a class the features are taken to be independent: numeric ones Gaussian, counts
    Poisson, ordinal and nominal ones multinomial. A missing value is left out of the likelihood
    (missing at random); nothing is imputed.

    Parameters
    ----------
    n_clusters : int
        Number of classes.
    feature_types : FeatureSet, mapping of column to type, or None
        What each column is. None: inferred from a DataFrame by `declare_features`; all numeric
        for an array.
    n_starts : int
        Short starts; the best go on.
    max_iter : int
        Iterations at most.
    tol : float
        Stop when the log-likelihood gains less than this a row.
    smoothing : float
        Pseudo-customers, spread like the whole table, that each class is given. 0 is plain
        maximum likelihood (and matches poLCA).
    variance_floor : float
        Smallest variance inside a class as a share of the feature's variance.
    start_rows : int
        Above this many rows the starts run on a random subsample of this size.
    random_state : int, RandomState or None
        Seed.

    Attributes
    ----------
    features_ : tuple of Feature
    labels_ : ndarray of int
        Class of the highest posterior; classes stand in descending share.
    weights_ : ndarray
        Class shares.
    log_likelihood_ : float
        In the units of the data (log(1 + x) where a feature is taken so).
    n_parameters_, n_iter_ : int
    converged_ : bool

    Notes
    -----
    :math:`f(x) = \sum_k \pi_k \prod_j f_j(x_j \mid \theta_{kj})`. BIC is
    :math:`-2\log L + p \log n` (lower is better; mclust writes the opposite sign); ICL adds twice
    the entropy of the posteriors.

    Don't use it where numeric features are strongly correlated inside groups (body sizes, say):
    it then splits one group into several. The second engine, `MixedFactors` with k-means, is run
    beside it for that reason.

    Checked against poLCA 1.6.0.2 (values, carcinoma; `smoothing=0`) and mclust 6.0.0 (iris, VVI).

    References
    ----------
    Vermunt & Magidson 2002, Latent class cluster analysis. Hunt & Jorgensen 2011,
    doi:10.1002/widm.33. Linzer & Lewis 2011, doi:10.18637/jss.v042.i10.
    """

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        feature_types: FeatureSet | Mapping[str, str] | None = None,
        n_starts: int = 12,
        max_iter: int = 1000,
        tol: float = 1e-6,
        smoothing: float = 1.0,
        variance_floor: float = 1e-3,
        start_rows: int = 20_000,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.feature_types = feature_types
        self.n_starts = n_starts
        self.max_iter = max_iter
        self.tol = tol
        self.smoothing = smoothing
        self.variance_floor = variance_floor
        self.start_rows = start_rows
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> MixedLatentClass:
        """Fit the classes.

        Parameters
        ----------
        X : DataFrame or array
            One row a customer; cells may be empty.
        y : ignored
        sample_weight : array, optional
            How many customers each row stands for.

        Returns
        -------
        MixedLatentClass
            Itself.

        Raises
        ------
        FeatureError
            More classes than rows, infinite numbers, a column that can't be a feature.
        """
        frame = self._frame(X, reset=True)
        weights = _check_sample_weight(sample_weight, np.empty((len(frame), 1)))
        self._check_size(len(frame), self.n_clusters)
        self.features_ = self._declare(frame)
        self.scaling_ = learn_scaling(frame, self.features_, weights)
        return self._fit_design(encode(frame, self.features_, self.scaling_), weights)

    def _fit_design(self, design: Design, weights: np.ndarray) -> MixedLatentClass:
        random = check_random_state(self.random_state)
        options: dict[str, Any] = {
            "smoothing": self.smoothing,
            "floor": max(self.variance_floor, 1e-9),
            "max_iter": self.max_iter,
            "tol": self.tol,
        }
        part, part_weights = design, weights
        if design.rows > self.start_rows:
            rows = np.sort(random.choice(design.rows, self.start_rows, replace=False))
            part, part_weights = design.take(rows), weights[rows]
        run = fit_batch(
            part,
            part_weights[None],
            self.n_clusters,
            starts=self.n_starts,
            random=random,
            **options,
        )
        self.n_iter_ = run.iterations
        if part is not design:
            run = run_em(design, run.parameters, weights[None], **options)
            self.n_iter_ = run.iterations
        order = np.argsort(-run.parameters.share[0], kind="stable")
        self.parameters_ = run.parameters.reorder(order)
        self.converged_ = bool(run.converged[0])
        self.weights_ = self.parameters_.share[0]
        self._n_features_out = self.n_clusters
        self._read_off(design, weights)
        return self

    def _read_off(self, design: Design, weights: np.ndarray) -> None:
        likely, row = posterior(self.parameters_, design)
        self.labels_ = likely[0].argmax(axis=0)
        self.log_likelihood_ = float((row[0] * weights).sum())
        certain = np.maximum(likely[0], 1e-300)
        self.entropy_ = float(-(certain * np.log(certain) * weights).sum())
        self.n_rows_ = float(weights.sum())

    def _design(self, X: Any) -> Design:
        check_is_fitted(self, "parameters_")
        return encode(self._frame(X, reset=False), self.features_, self.scaling_)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Posterior of each class: rows x classes. A level never seen counts as missing."""
        design = self._design(X)
        return posterior(self.parameters_, design)[0][0].T

    def transform(self, X: Any) -> np.ndarray:
        """The posteriors, as features for a next step."""
        return self.predict_proba(X)

    def predict(self, X: Any) -> np.ndarray:
        """The class of the highest posterior."""
        return self.predict_proba(X).argmax(axis=1)

    def score_samples(self, X: Any) -> np.ndarray:
        """Log-likelihood of each row."""
        design = self._design(X)
        return posterior(self.parameters_, design)[1][0]

    def score(self, X: Any, y: Any = None) -> float:
        """Mean log-likelihood a row."""
        return float(self.score_samples(X).mean())

    @property
    def n_parameters_(self) -> int:
        """Free parameters."""
        levels = sum(len(f.levels) - 1 for f in self.features_ if f.categorical)
        numbers = sum({"numeric": 2, "count": 1}.get(f.kind, 0) for f in self.features_)
        return self.n_clusters - 1 + self.n_clusters * (levels + numbers)

    def bic(self, X: Any = None) -> float:
        """BIC of the fitted data (X=None) or of another table; lower is better."""
        rows, value = self._likelihood(X)
        return -2 * value + self.n_parameters_ * float(np.log(rows))

    def icl(self, X: Any = None) -> float:
        """BIC plus twice the entropy of the posteriors: asks for groups that lie apart."""
        if X is None:
            return self.bic() + 2 * self.entropy_
        likely = np.maximum(self.predict_proba(X), 1e-300)
        return self.bic(X) - 2 * float((likely * np.log(likely)).sum())

    def _likelihood(self, X: Any) -> tuple[float, float]:
        check_is_fitted(self, "parameters_")
        if X is None:
            return self.n_rows_, self.log_likelihood_
        row = self.score_samples(X)
        return float(len(row)), float(row.sum())

    def reorder(self, order: np.ndarray) -> None:
        """Put the classes in another order: `order` lists the old places."""
        self.parameters_ = self.parameters_.reorder(order)
        self.weights_ = self.parameters_.share[0]
        self.labels_ = np.argsort(order)[self.labels_]

    def to_dict(self) -> dict[str, Any]:
        """The fitted model as plain data for JSON."""
        check_is_fitted(self, "parameters_")
        return {
            "features": [f.to_dict() for f in self.features_],
            "centre": self.scaling_.centre.tolist(),
            "spread": self.scaling_.spread.tolist(),
            "parameters": {k: v[0].tolist() for k, v in vars(self.parameters_).items()},
            "options": {
                k: v
                for k, v in self.get_params(deep=False).items()
                if k not in ("feature_types", "random_state")
            },
            "seed": self.random_state if isinstance(self.random_state, int) else None,
            "log_likelihood": self.log_likelihood_,
            "entropy": self.entropy_,
            "rows": self.n_rows_,
            "iterations": self.n_iter_,
            "converged": self.converged_,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MixedLatentClass:
        """The model that `to_dict` wrote; it predicts the same."""
        features = tuple(Feature.from_dict(f) for f in data["features"])
        model = cls(
            **data["options"], feature_types=FeatureSet(features), random_state=data["seed"]
        )
        model.features_ = features
        model.scaling_ = Scaling(np.array(data["centre"]), np.array(data["spread"]))
        classes = len(data["parameters"]["share"])
        model.parameters_ = Parameters(
            **{
                k: np.array(v, dtype=float).reshape(1, classes, -1)[..., 0]
                if k == "share"
                else np.array(v, dtype=float).reshape(1, classes, -1)
                for k, v in data["parameters"].items()
            }
        )
        model.weights_ = model.parameters_.share[0]
        model.feature_names_in_ = np.asarray([f.name for f in features], dtype=object)
        model.n_features_in_ = len(features)
        model._n_features_out = classes
        model.log_likelihood_, model.entropy_ = data["log_likelihood"], data["entropy"]
        model.n_rows_, model.n_iter_ = data["rows"], data["iterations"]
        model.converged_ = data["converged"]
        return model
