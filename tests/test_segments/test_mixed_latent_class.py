"""The latent class model: known answers, recovery, holes, odd input, estimator contract."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from cxresearch.segments import FeatureError, MixedFactors, MixedLatentClass, declare_features

from .conftest import LEVEL1, draw_customers

# Stouffer & Toby 1951: four dilemmas, answers 1/2, with the number of the 216 who gave them
VALUES = {
    "1111": 20, "1112": 2, "1121": 9, "1122": 2, "1211": 6, "1212": 1, "1221": 4, "1222": 1,
    "2111": 38, "2112": 7, "2121": 24, "2122": 6, "2211": 25, "2212": 6, "2221": 23, "2222": 42,
}  # fmt: skip
PLAIN = {"smoothing": 0, "n_starts": 30, "tol": 1e-11, "max_iter": 20_000, "random_state": 1}


def _values() -> tuple[pd.DataFrame, np.ndarray]:
    table = pd.DataFrame([list(map(int, p)) for p in VALUES], columns=list("ABCD"))
    return table, np.array(list(VALUES.values()))


# R 4.2.2, poLCA 1.6.0.2: poLCA(cbind(A, B, C, D) ~ 1, values, nclass=k, nrep=30,
# maxiter=20000, tol=1e-12); k=2 also stepmix 3.0.0
@pytest.mark.parametrize(
    ("k", "likelihood", "bic", "parameters", "shares"),
    [
        (1, -543.6498248, 1108.800763, 4, [1]),
        (2, -504.4676701, 1057.312846, 9, [0.72075, 0.27925]),
        (3, -503.3011373, 1081.856172, 14, None),
    ],
)
def test_values_as_polca_fits_them(k, likelihood, bic, parameters, shares):
    table, counts = _values()
    model = MixedLatentClass(k, feature_types=dict.fromkeys("ABCD", "nominal"), **PLAIN)
    model.fit(table, sample_weight=counts)
    assert model.log_likelihood_ == pytest.approx(likelihood, abs=1e-3)
    assert model.bic() == pytest.approx(bic, abs=1e-3)
    assert model.n_parameters_ == parameters
    if shares:
        assert model.weights_ == pytest.approx(shares, abs=1e-3)
    if k == 2:
        # entropy R2 of the same poLCA call: 1 - sum(-p log p) / (n log 2)
        assert 1 - model.entropy_ / (216 * np.log(2)) == pytest.approx(0.7192975, abs=1e-3)
        first = model.parameters_.probability[0][:, [0, 2, 4, 6]]
        assert first[0] == pytest.approx([0.28641, 0.67038, 0.64598, 0.86763], abs=1e-3)


# the same program: poLCA(cbind(A, …, G) ~ 1, carcinoma, nclass=k, nrep=30, …)
@pytest.mark.parametrize(
    ("k", "likelihood", "shares"),
    [
        (2, -317.2568373, [0.50121, 0.49879]),
        (3, -293.7049788, [0.44473, 0.37356, 0.18171]),
    ],
)
def test_carcinoma_as_polca_fits_it(known, k, likelihood, shares):
    table = known("carcinoma.csv")
    model = MixedLatentClass(k, feature_types=dict.fromkeys(table, "nominal"), **PLAIN).fit(table)
    assert model.log_likelihood_ == pytest.approx(likelihood, abs=1e-3)
    assert model.weights_ == pytest.approx(shares, abs=1e-3)


# R, mclust 6.0.0: Mclust(iris[, 1:4], G=1:5)$BIC[, "VVI"]; mclust's sign is the opposite.
# At G = 3 mclust stops at a lower maximum (-746.32) than ours (-744.00).
@pytest.mark.parametrize(("k", "bic"), [(1, -1522.120153), (2, -857.5514939)])
def test_iris_as_mclust_fits_it_with_diagonal_covariances(known, k, bic):
    table = known("iris.csv").iloc[:, :4]
    model = MixedLatentClass(k, **PLAIN).fit(table)
    assert -model.bic() == pytest.approx(bic, abs=1e-3)


def test_groups_that_were_put_in_come_out():
    table, kind = draw_customers(1500, seed=5)
    model = MixedLatentClass(4, feature_types=declare_features(table, columns=LEVEL1))
    model.set_params(random_state=0).fit(table)
    assert adjusted_rand_score(kind, model.labels_) > 0.85
    assert model.converged_
    assert (np.diff(model.weights_) <= 0).all()


def test_a_missing_value_is_left_out_of_the_likelihood():
    table, _ = draw_customers(300, seed=2, missing=0)
    features = declare_features(table, columns=LEVEL1)
    model = MixedLatentClass(3, feature_types=features, random_state=0).fit(table)
    row = table.iloc[[0]].astype({"revenue": float})
    by_hand = 0.0
    for k in range(3):
        p = model.parameters_
        share = p.share[0, k]
        j = ["tenure_months", "revenue"].index("tenure_months")
        x = (row["tenure_months"].iloc[0] - model.scaling_.centre[j]) / model.scaling_.spread[j]
        density = np.exp(-0.5 * (x - p.mean[0, k, j]) ** 2 / p.variance[0, k, j])
        density /= np.sqrt(2 * np.pi * p.variance[0, k, j]) * model.scaling_.spread[j]
        by_hand += share * density
    only = row.assign(revenue=np.nan, status=None, plan=None, purchases=np.nan)
    assert model.score_samples(only)[0] == pytest.approx(np.log(by_hand))
    nothing = only.assign(tenure_months=np.nan)
    assert model.predict_proba(nothing)[0] == pytest.approx(model.weights_)


def test_one_class_of_counts_has_the_poisson_likelihood():
    from scipy import stats

    counts = np.random.default_rng(0).poisson(3, 80)
    model = MixedLatentClass(1, feature_types={"x": "count"}, smoothing=0)
    model.fit(pd.DataFrame({"x": counts}))
    expected = stats.poisson(counts.mean()).logpmf(counts).sum()
    assert model.log_likelihood_ == pytest.approx(expected)


def test_the_likelihood_never_falls_without_smoothing():
    from cxresearch.segments.design import encode, learn_scaling
    from cxresearch.segments.em import run_em, start_parameters

    table, _ = draw_customers(200, seed=3)
    features = declare_features(table, columns=LEVEL1).features
    design = encode(table, features, learn_scaling(table, features))
    weights = np.ones((1, 200))
    options = {"smoothing": 0.0, "floor": 1e-3}
    parameters = start_parameters(design, weights, 4, random=np.random.RandomState(0), **options)
    path = []
    for _ in range(30):
        run = run_em(design, parameters, weights, max_iter=1, tol=-np.inf, **options)
        parameters = run.parameters
        path.append(run.likelihood[0])
    assert (np.diff(path) > -1e-8).all()


def test_an_empty_class_does_not_break_the_fit():
    table = pd.DataFrame({"a": list("xy") * 20, "b": [0, 1] * 20})
    model = MixedLatentClass(6, smoothing=0, random_state=0)
    model.set_params(feature_types={"a": "nominal", "b": "nominal"}).fit(table)
    assert np.isfinite(model.predict_proba(table)).all()
    assert np.isfinite(model.log_likelihood_)


def test_far_values_do_not_underflow():
    table = pd.DataFrame({"x": np.r_[np.zeros(50), np.full(50, 1e6)], "y": np.arange(100.0)})
    model = MixedLatentClass(2, random_state=0).fit(table)
    far = pd.DataFrame({"x": [1e9], "y": [-1e9]})
    assert model.predict_proba(far).sum() == pytest.approx(1)
    assert np.isfinite(model.score_samples(far)).all()


def test_an_unseen_level_counts_as_missing():
    table, _ = draw_customers(300, seed=4)
    model = MixedLatentClass(
        2, feature_types=declare_features(table, columns=LEVEL1), random_state=0
    ).fit(table)
    strange = table.head(3).assign(plan="platinum")
    unknown = table.head(3).assign(plan=None)
    assert model.predict_proba(strange) == pytest.approx(model.predict_proba(unknown))


def test_bad_input_is_said_clearly():
    table, _ = draw_customers(50, seed=4)
    features = declare_features(table, columns=LEVEL1)
    with pytest.raises(FeatureError, match="more classes than rows"):
        MixedLatentClass(60, feature_types=features).fit(table)
    with pytest.raises(FeatureError, match="infinite"):
        MixedLatentClass(2, feature_types=features).fit(table.assign(revenue=np.inf))
    with pytest.raises(FeatureError, match="lacks 1 feature"):
        MixedLatentClass(2, feature_types=features).fit(table).predict(table.drop(columns="plan"))


def test_the_same_seed_gives_the_same_and_json_gives_it_back():
    table, _ = draw_customers(400, seed=6)
    model = MixedLatentClass(
        3, feature_types=declare_features(table, columns=LEVEL1), random_state=3
    ).fit(table)
    again = clone(model).fit(table)
    assert (again.predict_proba(table) == model.predict_proba(table)).all()
    back = MixedLatentClass.from_dict(json.loads(json.dumps(model.to_dict())))
    assert (back.predict_proba(table) == model.predict_proba(table)).all()
    assert back.bic() == model.bic()
    assert list(model.get_feature_names_out()) == [f"mixedlatentclass{i}" for i in range(3)]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.floats(0, 0.4))
def test_posteriors_are_shares_whatever_the_table(seed, k, missing):
    table, _ = draw_customers(40, seed=seed, missing=missing)
    features = declare_features(table, columns=LEVEL1)
    likely = (
        MixedLatentClass(k, feature_types=features, random_state=0).fit(table).predict_proba(table)
    )
    assert likely.min() >= 0
    assert likely.sum(axis=1) == pytest.approx(np.ones(40))


@parametrize_with_checks([MixedLatentClass(n_clusters=3, random_state=0), MixedFactors(2)])
def test_the_estimators_keep_the_contract_of_scikit_learn(estimator, check):
    check(estimator)
