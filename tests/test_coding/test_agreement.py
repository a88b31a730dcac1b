import time

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.coding import (
    agreement_of_ratings,
    coder_agreement,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    unitising_alpha,
    valence_ratings,
)
from cxresearch.model import FrameError

_ = np.nan
A = [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _]
B = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3]
C = [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _]
D = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _]
FOUR = pd.DataFrame({"A": A, "B": B, "C": C, "D": D})
# Gwet's four raters: the same, but unit 12's lone 3 belongs to rater C
GWET = pd.DataFrame({"A": A, "B": [*B[:-1], _], "C": [*C[:-1], 3], "D": D})


def from_cells(cells):
    """Two raters from a square table of counts."""
    return pd.DataFrame(
        [(i, j) for i, row in enumerate(cells) for j, n in enumerate(row) for _ in range(n)]
    )


@pytest.mark.parametrize(
    ("level", "value"),
    # R irr 0.84.1: kripp.alpha(t(x), method=level)$value; R icr: krippalpha gives the same
    [
        ("nominal", 0.743421052631579),
        ("ordinal", 0.815387503754881),
        ("interval", 0.849107142857143),
        ("ratio", 0.797402774711612),
    ],
)
def test_alpha_of_krippendorffs_four_observers_with_gaps(level, value):
    assert krippendorff_alpha(FOUR, level=level) == pytest.approx(value, abs=1e-12)


def test_alpha_of_two_small_published_tables():
    # Krippendorff, Computing Krippendorff's alpha-reliability: .095 and .692
    binary = pd.DataFrame({"a": list("0100000010"), "b": list("1110010000")})
    words = pd.DataFrame({"a": list("aabbdcccedda"), "b": list("babbbccceddd")})
    assert krippendorff_alpha(binary) == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha(words) == pytest.approx(0.692, abs=5e-4)


def test_gwets_four_raters():
    # R irrCAC: gwet.ac1.raw, fleiss.kappa.raw, pa.coeff.raw, krippen.alpha.raw on cac.raw4raters
    assert gwet_ac1(GWET) == pytest.approx(0.77544, abs=5e-6)
    assert fleiss_kappa(GWET) == pytest.approx(0.76117, abs=5e-6)
    assert percent_agreement(GWET) == pytest.approx(0.818181818181818, abs=1e-12)
    assert krippendorff_alpha(GWET) == pytest.approx(0.74342, abs=5e-6)


@pytest.mark.parametrize(
    ("weights", "ac", "fleiss", "percent"),
    # R irrCAC 1.0: gwet.ac1.raw, fleiss.kappa.raw, pa.coeff.raw on cac.raw4raters, weights = ...
    [("linear", 0.85874, 0.81794, 0.939393939), ("quadratic", 0.914, 0.86494, 0.975378788)],
)
def test_weighted_agreement_of_gwets_four_raters(weights, ac, fleiss, percent):
    assert gwet_ac1(GWET, weights=weights) == pytest.approx(ac, abs=6e-6)
    assert fleiss_kappa(GWET, weights=weights) == pytest.approx(fleiss, abs=6e-6)
    assert percent_agreement(GWET, weights=weights) == pytest.approx(percent, abs=1e-9)


# R irr: the first two raters of data(anxiety), twenty persons on 1..6
ANXIETY = pd.DataFrame({
    "a": [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    "b": [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
})  # fmt: skip


def test_weighted_kappa_with_the_whole_scale():
    # R irr 0.84.1: kappa2(anxiety[, 1:2], weight = "unweighted" | "equal" | "squared")
    scale = [1, 2, 3, 4, 5, 6]
    for weights, value in (
        ("identity", 0.119496855), ("linear", 0.189189189), ("quadratic", 0.296765120),
    ):  # fmt: skip
        found = cohen_kappa(ANXIETY, weights=weights, categories=scale)
        assert found == pytest.approx(value, abs=1e-8)
    with pytest.raises(FrameError, match="scale"):
        cohen_kappa(ANXIETY, categories=[1, 2, 3])
    with pytest.raises(FrameError, match="weights"):
        cohen_kappa(ANXIETY, weights="cubic")


def test_words_are_weighted_by_their_place_on_the_scale():
    words = ANXIETY.replace(dict(enumerate("_abcdef")))
    assert cohen_kappa(words, weights="linear") == pytest.approx(0.189189189, abs=1e-8)


@pytest.mark.parametrize(
    ("cells", "kappa", "ac1"),
    [
        ([[20, 5], [10, 15]], 0.4, None),  # Cohen's worked table
        ([[40, 9], [6, 45]], 0.6995192307692307, None),  # Feinstein & Cicchetti (1990)
        ([[80, 10], [5, 5]], 0.3181818181818181, None),  # the same, skewed: the paradox
        ([[118, 5], [2, 0]], -0.0233918, 0.9407763),  # Gwet; R irrCAC gwet.ac1.table
    ],
)
def test_kappa_and_ac1_of_published_tables(cells, kappa, ac1):
    ratings = from_cells(cells)
    assert cohen_kappa(ratings) == pytest.approx(kappa, abs=1e-6)
    if ac1 is not None:
        assert gwet_ac1(ratings) == pytest.approx(ac1, abs=1e-6)


def test_fleiss_kappa_of_his_table():
    # Fleiss (1971); R irr: kappam.fleiss gives 0.2099
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    rows = [[k for k, n in enumerate(row) for _ in range(n)] for row in counts]
    assert fleiss_kappa(pd.DataFrame(rows)) == pytest.approx(0.2099307, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    level=st.sampled_from(["nominal", "ordinal", "interval", "ratio"]),
    gaps=st.sampled_from([0.0, 0.2, 0.5]),
)
def test_alpha_equals_the_package_krippendorff_on_random_ratings(seed, level, gaps):
    random = np.random.default_rng(seed)
    ratings = random.integers(0, 5, (25, random.integers(2, 6))).astype(float)
    ratings[random.random(ratings.shape) < gaps] = np.nan
    paired = (np.isfinite(ratings).sum(axis=1) >= 2).any()
    if len(np.unique(ratings[np.isfinite(ratings)])) < 2 or not paired:
        return
    ours = krippendorff_alpha(ratings, level=level)
    if np.isfinite(ours):
        theirs = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement=level)
        assert ours == pytest.approx(theirs, abs=1e-10)


def test_alpha_of_a_million_units_is_quick_and_the_packages_own():
    random = np.random.default_rng(1)
    ratings = random.integers(0, 4, (300_000, 3)).astype(float)
    ratings[random.random(ratings.shape) < 0.1] = np.nan
    began = time.process_time()
    ours = krippendorff_alpha(ratings)
    assert time.process_time() - began < 3
    theirs = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement="nominal")
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_no_variation_is_not_a_number_and_not_a_crash():
    same = pd.DataFrame({"a": [1, 1, 1], "b": [1, 1, 1]})
    assert np.isnan(krippendorff_alpha(same))
    assert np.isnan(cohen_kappa(same))
    assert percent_agreement(same) == 1


def test_one_rater_and_words_at_ratio_level_are_refused():
    with pytest.raises(FrameError):
        krippendorff_alpha(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(FrameError):
        krippendorff_alpha(pd.DataFrame({"a": ["x", "y"], "b": ["x", "z"]}), level="ratio")


def test_the_paradox_is_explained_with_both_figures():
    found = agreement_of_ratings(from_cells([[118, 5], [2, 0]]), bootstraps=200)
    assert found.details["paradox"]
    assert "AC1" in found.warnings[0].to("fi")
    assert "0,94" in found.warnings[0].to("fi")
    calm = agreement_of_ratings(from_cells([[40, 9], [6, 45]]), bootstraps=200)
    assert not calm.details["paradox"]
    row = calm.table.set_index("measure").loc["alpha"]
    assert row["low"] < row["value"] < row["high"]
    assert calm.table["n"].tolist() == [100] * 5


def test_bootstrap_by_patterns_has_the_spread_of_resampled_units():
    ratings = from_cells([[40, 9], [6, 45]])
    found = agreement_of_ratings(ratings, bootstraps=2000, random_state=1)
    row = found.table.set_index("measure").loc["percent"]
    # the share 0.85 of 100 units: +-1.96 * sqrt(.85 * .15 / 100)
    assert row["low"] == pytest.approx(0.78, abs=0.015)
    assert row["high"] == pytest.approx(0.92, abs=0.015)


@pytest.mark.parametrize(
    ("spans", "length", "alpha", "relevance", "observed", "expected"),
    # computed from the equations of Krippendorff et al. (2016), doi 10.1007/s11135-015-0266-1,
    # and with a second program where it reads the case
    [
        (
            [("Alex", "1", 2, 5), ("Paul", "1", 2, 5), ("Paul", "2", 10, 20), ("Susan", "2", 2, 5),
             ("Susan", "2", 15, 20)],
            60, 0.3982981423791395, 0.5238010446343782, 26.0, 43.21076903901286,
        ),
        (
            [("c1", "k", 3, 15), ("c1", "k", 22, 53), ("c2", "k", 3, 10), ("c2", "k", 22, 53),
             ("c3", "k", 22, 46)],
            56, 0.5645448655652737, 0.5645448655652737, 38.0, 87.26501766784452,
        ),
        (
            [("i", "c", 225, 295), ("i", "c", 370, 400), ("j", "c", 220, 300), ("j", "c", 355, 375),
             ("j", "c", 400, 420)],
            450, 0.5859893048128343, 0.5859893048128342, 140.0, 338.1555153707053,
        ),
        (
            [("a", "need", 10, 40), ("a", "pain", 60, 90), ("b", "need", 12, 40),
             ("b", "pain", 60, 100)],
            120, 0.8551206784083496, 0.8140904017857143, 24.0, 165.65511031067086,
        ),
    ],
)  # fmt: skip
def test_alpha_for_unitising(spans, length, alpha, relevance, observed, expected):
    frame = pd.DataFrame(spans, columns=["coder", "code", "start", "end"])
    found = unitising_alpha(frame, length=length)
    assert found["alpha"] == pytest.approx(alpha, abs=1e-12)
    assert found["observed"] == pytest.approx(observed)
    assert found["expected"] == pytest.approx(expected)
    found = unitising_alpha(frame, length=length, relevance=True)
    assert found["alpha"] == pytest.approx(relevance, abs=1e-12)


def test_impossible_spans_are_refused():
    spans = pd.DataFrame(
        [("a", "x", 0, 9), ("b", "x", 2, 5)], columns=["coder", "code", "start", "end"]
    )
    with pytest.raises(FrameError):
        unitising_alpha(spans, length=5)
    with pytest.raises(FrameError):
        unitising_alpha(spans[spans["coder"] == "a"], length=50)
    both = pd.concat([spans, pd.DataFrame([("a", "y", 3, 6)], columns=spans.columns)])
    with pytest.raises(FrameError):
        unitising_alpha(both, length=50)


def study(spans, length):
    text = "x" * length
    documents = pd.DataFrame({"document": ["d", "e"], "kind": "interview", "text": [text, text]})
    rows = [
        {"coding": str(n), "document": d, "start": a, "end": b, "quote": text[a:b], "code": code,
         "coder": coder, "origin": "human"}
        for n, (d, coder, code, a, b) in enumerate(spans)
    ]  # fmt: skip
    return pd.DataFrame(rows), documents


def test_kappa_by_character_counts_uncoded_text_too():
    # 1,000 characters: each coder 100, both 50: Cohen's kappa .4444 (not .2987, which leaves the
    # uncoded text out)
    codings, documents = study([("d", "a", "k", 0, 100), ("d", "b", "k", 50, 150)], 1000)
    found = coder_agreement(codings, documents, unit="character")
    row = found.table.set_index("code").loc["k"]
    assert row["kappa"] == pytest.approx(0.4444, abs=5e-5)
    assert row["n"] == 1000
    assert row["prevalence"] == pytest.approx(0.1)
    # 50 both, 100 one of them, 850 none: 90 % agree
    assert row["percent"] == pytest.approx(0.9)


def test_an_unshared_document_is_left_out_and_turns_are_units():
    codings, documents = study(
        [
            ("d", "a", "k", 0, 10),
            ("d", "b", "k", 2, 12),
            ("d", "b", "z", 60, 70),
            ("e", "a", "k", 0, 9),
        ],
        100,
    )
    turns = pd.DataFrame(
        {"document": "d", "turn": [0, 1, 2], "start": [0, 30, 60], "end": [30, 60, 100],
         "role": ["customer", "interviewer", "customer"]}
    )  # fmt: skip
    found = coder_agreement(codings, documents, turns=turns, unit="turn", bootstraps=50)
    table = found.table.set_index("code")
    assert found.details["documents"] == ["d"]
    assert table.loc["k", "n"] == 2
    assert table.loc["k", "percent"] == 1
    assert table.loc["z", "percent"] == 0.5
    assert table.loc["all", "n"] == 4


def test_one_coder_alone_has_no_agreement():
    codings, documents = study([("d", "a", "k", 0, 10), ("e", "b", "k", 0, 10)], 50)
    with pytest.raises(FrameError) as error:
        coder_agreement(codings, documents)
    assert "second person" in str(error.value)


def test_feelings_that_coders_heard_in_the_same_turn():
    codings, _ = study(
        [("d", "a", "k", 0, 5), ("d", "a", "k", 6, 9), ("d", "b", "k", 2, 8), ("d", "a", "z", 0, 5),
         ("e", "a", "k", 0, 5), ("e", "b", "k", 0, 5)],
        20,
    )  # fmt: skip
    codings["turn"] = [1, 1, 1, 1, 0, 0]
    codings["valence"] = pd.array([-2, -1, -1, 2, 2, None], dtype="Int8")
    ratings = valence_ratings(codings)
    assert ratings.index.tolist() == [("d", 1, "k")]
    assert ratings.loc[("d", 1, "k")].tolist() == [-1.5, -1]
    with pytest.raises(FrameError, match="two coders"):
        valence_ratings(codings[codings["coder"] == "a"])
    with pytest.raises(FrameError, match="no valence"):
        valence_ratings(codings.drop(columns="valence"))
