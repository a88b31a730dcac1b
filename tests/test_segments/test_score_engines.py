"""Engines on factor scores: Gaussian mixture and Ward, and the trees and numbers they give."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from cxresearch.segments import (
    FeatureError,
    MixedFactors,
    MixedGaussian,
    MixedWard,
    Segmentation,
    SegmentationFileError,
    compare_numbers,
    declare_features,
    dendrogram_figure,
    segment_customers,
    set_apart,
    typical_members,
)
from cxresearch.segments.figures import numbers_figure

from .conftest import LEVEL1, draw_customers


@parametrize_with_checks([MixedGaussian(3, random_state=0), MixedWard(3)])
def test_the_engines_keep_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


def test_gaussian_mixture_of_iris_as_mclust_fits_it(known):
    # mclust 6.0.0: Mclust(iris[,1:4], G=3, modelNames="VVV"); loglik -180.185838743737, df 44,
    # bic -580.839630427708 (its sign), adjustedRandIndex with Species 0.903874231774812
    iris = known("iris.csv")
    numbers = iris.select_dtypes("number").iloc[:, -4:]
    model = MixedGaussian(3, n_components=4, n_starts=20, random_state=0).fit(numbers)
    # scores are standardised and turned: the density changes by the product of the spreads
    shift = len(numbers) * np.log(numbers.std(ddof=0)).sum()
    assert model.log_likelihood_ - shift == pytest.approx(-180.1858, abs=0.6)
    assert model.n_parameters_ == 44
    assert model.bic() + 2 * shift == pytest.approx(580.84, abs=1.2)
    species = iris.select_dtypes(exclude="number").iloc[:, -1]
    assert adjusted_rand_score(species, model.labels_) == pytest.approx(0.9039, abs=0.02)
    assert model.icl() >= model.bic()


def test_ward_cuts_as_scikit_learn_and_scipy_do():
    table, _ = draw_customers(150, seed=3)
    features = declare_features(table.drop(columns="customer"))
    scores = MixedFactors(feature_types=features).fit(table).transform(table)
    for k in (2, 4, 7):
        mine = MixedWard(k, feature_types=features).fit(table)
        referee = AgglomerativeClustering(k, linkage="ward").fit_predict(scores)
        assert adjusted_rand_score(mine.labels_, referee) == 1.0
        assert adjusted_rand_score(mine.labels_, fcluster(mine.tree_, k, "maxclust")) == 1.0
        sizes = np.bincount(mine.labels_)
        assert (np.diff(sizes) <= 0).all()


def test_ward_merges_by_hand():
    # three points on a line, standardised: 0 and 1 merge first, at their distance; then 5 joins at
    # sqrt(2 * 2 * 1 / 3) times its distance from the mean of the two (Ward.D2)
    table = pd.DataFrame({"x": [0.0, 1.0, 5.0]})
    tree = MixedWard(2, n_components=1).fit(table).tree_
    spread = table["x"].std(ddof=0)
    assert tree[:, 2] == pytest.approx([1 / spread, np.sqrt(4 / 3) * 4.5 / spread])


def test_too_many_rows_for_a_tree_are_refused():
    random = np.random.default_rng(0)
    with pytest.raises(FeatureError, match="too many rows"):
        MixedWard(2, max_rows=50).fit(random.normal(size=(51, 2)))


@pytest.mark.parametrize("engine", [MixedGaussian(3, random_state=1), MixedWard(3)])
def test_a_stored_engine_predicts_the_same(engine):
    table, _ = draw_customers(120, seed=2)
    engine.set_params(feature_types=declare_features(table.drop(columns="customer")))
    fitted = engine.fit(table)
    again = type(engine).from_dict(json.loads(json.dumps(fitted.to_dict())))
    np.testing.assert_allclose(again.predict_proba(table), fitted.predict_proba(table))
    np.testing.assert_allclose(again.score_samples(table), fitted.score_samples(table))
    assert np.isfinite(again.score(table))


@pytest.mark.parametrize("engine", ["gaussian", "ward"])
def test_the_groups_put_in_come_out_and_are_kept(engine):
    table, kind = draw_customers(240, seed=5)
    found = segment_customers(
        table,
        level1=LEVEL1,
        numbers=[3, 4],
        minimum_group=10,
        bootstraps=10,
        random_state=1,
        engine=engine,
    )
    codes = pd.factorize(found.membership["segment"])[0]
    assert adjusted_rand_score(kind, codes) > 0.5
    again = Segmentation.from_json(found.to_json())
    pd.testing.assert_frame_equal(again.assign(table), found.assign(table))
    pd.testing.assert_frame_equal(again.segments, found.segments)
    numbers = found.comparison.table
    assert ("bic" in numbers) == (engine == "gaussian")
    assert numbers["gaussian_ari"].between(-1, 1).all()
    assert set(typical_members(found, table)["group"]) == set(found.segments["segment"])
    assert len(set_apart(table, found.membership, features=found.features).table)


def test_correlated_features_are_better_told_apart_by_the_gaussian_mixture():
    # two groups that are long and thin in the same direction: what latent classes can't say
    random = np.random.default_rng(4)
    group = random.integers(0, 2, 500)
    common = random.normal(size=500)
    table = pd.DataFrame(
        {
            "height": common + 0.2 * random.normal(size=500) + 0.7 * group,
            "length": common + 0.2 * random.normal(size=500) - 0.7 * group,
        }
    )
    labels = MixedGaussian(2, n_components=2, random_state=0).fit(table).labels_
    assert adjusted_rand_score(group, labels) > 0.9


def people(n: int, seed: int = 1) -> pd.DataFrame:
    """Interviewed people of two kinds by what they spoke of."""
    random = np.random.default_rng(seed)
    kind = np.arange(n) % 2
    counts = {
        f"theme{j}": random.poisson(np.where((kind == 0) == (j < 3), 5.0, 0.4)) for j in range(6)
    }
    return pd.DataFrame({"customer": [f"H{i:02d}" for i in range(n)], **counts})


@pytest.mark.parametrize("n", [5, 12, 50])
def test_people_of_interviews_get_a_typology_and_no_estimate(n):
    table = people(n)
    found = segment_customers(
        table,
        level1=[c for c in table if c != "customer"],
        minimum_group=2,
        bootstraps=20,
        engine="ward",
    )
    assert found.number == 2
    kinds = found.membership["segment"].to_numpy()
    assert adjusted_rand_score(np.arange(n) % 2, pd.factorize(kinds)[0]) > 0.8
    said = " ".join(w.to("en") for w in found.warnings)
    assert "a typology of these people, not a population estimate" in said
    assert "näiden ihmisten tyypittely" in " ".join(w.to("fi") for w in found.warnings)
    assert f"{n} people" in found.finding().sentence("en")
    # nobody is left over in a tree
    assert "unassigned" not in set(kinds)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("rows", [12, 90])
def test_the_tree_is_drawn_with_stability_and_the_caution(narrow, rows):
    table = people(rows)
    found = segment_customers(
        table,
        level1=["theme0", "theme5"],
        numbers=[2],
        bootstraps=5,
        minimum_group=2,
        engine="ward",
    )
    figure = dendrogram_figure(found, language="fi", narrow=narrow)
    texts = [t.get_text() for legend in figure.legends for t in legend.get_texts()]
    assert any("Jaccard" in t for t in texts)
    assert any("ei arvio" in t.replace("\n", " ") for t in texts)
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert len(labels) == (rows if rows <= 60 else 30)
    assert numbers_figure(found.comparison, language="fi", narrow=narrow).axes


def test_only_a_tree_has_a_dendrogram(segmentation):
    with pytest.raises(FeatureError, match="engine `ward`"):
        dendrogram_figure(segmentation)


def test_engines_that_do_not_exist_are_refused(customers, segmentation):
    with pytest.raises(FeatureError, match="no such engine"):
        compare_numbers(customers[0], segmentation.features, engine="dbscan")
    text = segmentation.to_json().replace('"model": {', '"model": {"engine": "quantum", ', 1)
    with pytest.raises(SegmentationFileError, match="engine that this version"):
        Segmentation.from_json(text)


def test_a_file_of_the_first_schema_is_still_read(customers, segmentation):
    old = json.loads(segmentation.to_json())
    old["schema"] = 1
    del old["proposed"]
    again = Segmentation.from_json(json.dumps(old))
    pd.testing.assert_frame_equal(again.assign(customers[0]), segmentation.membership)
    old["schema"] = 99
    with pytest.raises(SegmentationFileError, match="schema 99"):
        Segmentation.from_json(json.dumps(old))


@pytest.mark.parametrize("engine", ["latent_class", "gaussian", "ward"])
def test_customers_of_whom_nothing_is_known_make_no_group_of_their_own(engine):
    table, _ = draw_customers(200, seed=8)
    blank = table.head(40).assign(customer=[f"x{i}" for i in range(40)])
    both = pd.concat([blank, table], ignore_index=True)
    for name in LEVEL1:
        both[name] = both[name].mask(both.index < 40)
    found = segment_customers(
        both, level1=LEVEL1, numbers=[3], minimum_group=5, bootstraps=3, engine=engine
    )
    assert set(found.membership["segment"].head(40)) == {"unassigned"}
    assert (found.segments["n"] > 0).all()
    assert found.segments["n"].sum() <= 200
    assert any("Without any known feature: 40" in w.to("en") for w in found.warnings)
    # the dendrogram's leaves are those who took part
    if engine == "ward":
        assert dendrogram_figure(found).axes
