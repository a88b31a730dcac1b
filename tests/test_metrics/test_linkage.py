from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxresearch.metrics import (
    link_customers,
    mantel_haenszel,
    partial_spearman,
    rank_correlation,
    simpson_check,
    ten_nps_points,
)
from cxresearch.metrics.correlation import _weighted_spearman, spearman_replicates
from cxresearch.model import FrameError, SettingsError

# R data set attitude (Chatterjee & Price 1977), columns rating, complaints, learning, raises
RATING = "43 63 71 61 81 43 58 71 72 67 64 67 69 68 77 81 74 65 65 50 50 64 53 40 63 66 78 48 85 82"
COMPLAINTS = (
    "51 64 70 63 78 55 67 75 82 61 53 60 62 83 77 90 85 60 70 58 40 61 66 37 54 77 75 57 85 82"
)
LEARNING = (
    "39 54 69 47 66 44 56 55 67 47 58 39 42 45 72 72 69 75 57 54 34 62 50 58 48 63 74 45 71 59"
)
RAISES = "61 63 76 54 71 54 66 70 71 62 58 59 55 59 79 60 79 55 75 64 43 66 63 50 66 88 80 51 77 64"


def _numbers(text: str) -> np.ndarray:
    return np.array(text.split(), float)


def test_spearman_and_kendall_equal_cor_test() -> None:
    found = rank_correlation(_numbers(RATING), _numbers(COMPLAINTS))
    # R 4.2.2 cor.test(rating, complaints, method=, exact=FALSE)
    assert found.rho == pytest.approx(0.8322005623, abs=1e-9)
    assert found.p == pytest.approx(1.193235095e-08, rel=1e-6)
    assert found.tau == pytest.approx(0.6549712082, abs=1e-9)
    assert found.tau_p == pytest.approx(5.518336815e-07, rel=1e-6)
    assert found.ci_low < found.rho < found.ci_high


def test_partial_spearman_equals_ppcor() -> None:
    controls = pd.DataFrame({"learning": _numbers(LEARNING), "raises": _numbers(RAISES)})
    found = partial_spearman(_numbers(RATING), _numbers(COMPLAINTS), controls)
    # R ppcor 1.1 pcor.test(rating, complaints, cbind(learning, raises), "spearman"); its p is
    # normal (7.4e-07), ours t with n - 2 - 2 degrees of freedom
    assert found.rho == pytest.approx(0.6966506386, abs=1e-9)
    statistic = found.rho * np.sqrt(26 / (1 - found.rho**2))
    assert statistic == pytest.approx(4.951467793, abs=1e-6)
    assert found.p == pytest.approx(2 * stats.t.sf(4.951467793, 26), rel=1e-6)


def test_partial_correlation_takes_categories_and_misses_nothing_when_all_is_explained() -> None:
    plan = pd.DataFrame({"plan": ["a", "b", "c"] * 20})
    level = plan["plan"].map({"a": 0.0, "b": 5.0, "c": 9.0}).to_numpy()
    found = partial_spearman(level, level * 2, plan)
    assert np.isnan(found.rho)


def test_counts_as_weights_equal_repeated_rows() -> None:
    x, y, times = np.array([0, 0, 1, 2, 2]), np.array([1, 0, 2, 1, 3]), np.array([3, 1, 4, 2, 2])
    expected = stats.spearmanr(np.repeat(x, times), np.repeat(y, times)).statistic
    found = _weighted_spearman(x, y, times[None, :].astype(float))
    assert found[0] == pytest.approx(expected, abs=1e-12)


def test_bootstrap_by_counts_equals_ranking_resampled_rows() -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(0, 11, 120).astype(float)
    y = np.round(x + rng.normal(0, 4, 120))
    ours = spearman_replicates(x, y, 1500, np.random.default_rng(2))
    rows = rng.integers(0, 120, size=(1500, 120))
    theirs = [stats.spearmanr(x[r], y[r]).statistic for r in rows]
    assert ours.mean() == pytest.approx(np.mean(theirs), abs=0.01)
    assert ours.std() == pytest.approx(np.std(theirs), rel=0.1)


def test_rank_classes_of_big_tables_keep_the_interval() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=25_000)
    y = 0.3 * x + rng.normal(size=25_000)
    found = rank_correlation(x, y, replicates=200)
    assert found.ci_low < found.rho < found.ci_high
    # a rho of .28 has a standard error of about (1 - rho²) / sqrt(n)
    assert found.ci_high - found.ci_low == pytest.approx(4 * 0.92 / np.sqrt(25_000), rel=0.25)


# R data set UCBAdmissions (Bickel, Hammel & O'Connell 1975): admitted, rejected by department
MEN = [(512, 313), (353, 207), (120, 205), (138, 279), (53, 138), (22, 351)]
WOMEN = [(89, 19), (17, 8), (202, 391), (131, 244), (94, 299), (24, 317)]


def test_mantel_haenszel_equals_r() -> None:
    found = mantel_haenszel(np.stack([MEN, WOMEN], axis=1))
    # R 4.2.2 mantelhaen.test(UCBAdmissions, correct=FALSE)
    assert found.pooled == pytest.approx(1.841080037, abs=1e-9)
    assert found.common == pytest.approx(0.9046968283, abs=1e-9)
    assert (found.ci_low, found.ci_high) == pytest.approx((0.7719073618, 1.060329764), abs=1e-8)
    assert found.statistic == pytest.approx(1.52460666, abs=1e-7)
    assert found.p == pytest.approx(0.2169236971, abs=1e-8)
    assert found.strata[0] == pytest.approx(0.3492120472, abs=1e-9)


def test_the_simpson_flag_sees_the_admissions_turn_round() -> None:
    rows = [
        (sex, admitted, department)
        for department, (men, women) in enumerate(zip(MEN, WOMEN, strict=True))
        for sex, pair in ((1, men), (0, women))
        for admitted, count in ((1, pair[0]), (0, pair[1]))
        for _ in range(count)
    ]
    sex, admitted, department = np.array(rows).T
    found = simpson_check(sex, admitted, department)
    assert found.pooled > 0 > found.within
    # inside the departments women did no worse: the sign differs, but 0 is possible
    assert found.flag == "differs"
    assert len(found.segments) == 6


@pytest.fixture
def firm() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    n = 600
    segment = rng.choice(["care", "grocery", "property"], n)
    level = pd.Series(segment).map({"care": 0, "grocery": 3, "property": 6}).to_numpy()
    nps = np.clip(np.round(level + 2 + rng.normal(0, 1.5, n)), 0, 10)
    keys = [f"c{i}" for i in range(n)]
    scores = pd.DataFrame({"customer": keys, "nps": nps, "csat": rng.integers(1, 6, n)})
    outcomes = pd.DataFrame(
        {
            "customer": [*keys[50:], "x1", "x2"],
            "revenue": np.append(level * 10 - 3 * (nps - level) + rng.normal(0, 5, n), [1, 2])[50:],
            "churned": np.append(rng.random(n) < 0.2, [True, False])[50:],
            "tenure": np.append(rng.gamma(2, 10, n), [1, 2])[50:],
            "segment": np.append(segment, ["care", "care"])[50:],
            "flat": 1.0,
        }
    )
    return scores, outcomes


def test_the_screen_finds_the_link_and_its_turn_inside_segments(firm) -> None:
    scores, outcomes = firm
    found = link_customers(
        scores,
        outcomes,
        kpis=["revenue", "churned", "flat"],
        confounders=["tenure"],
        segment="segment",
        replicates=300,
    )
    top = found.table.iloc[0]
    assert (top["metric"], top["kpi"], top["n"]) == ("nps", "revenue", 550)
    assert top["rho"] > 0.5
    assert top["ci_low"] < top["rho"] < top["ci_high"]
    assert top["simpson"] == "reversed"
    assert (
        found.details["segments"].query("metric == 'nps' and kpi == 'revenue'")["rho"] < 0
    ).all()
    assert "päinvastainen" in found.sentence("fi")
    assert "not cause" in found.sentence("en")
    assert found.details["customers"] == {
        "matched": 550,
        "only_in_scores": 50,
        "only_in_outcomes": 2,
    }
    flat = found.table[found.table["kpi"] == "flat"]
    assert (flat["note"] == "constant").all()
    assert flat["rho"].isna().all()
    assert any("flat" in w.to("en") for w in found.warnings)


def test_the_correction_counts_every_test_of_the_screen(firm) -> None:
    scores, outcomes = firm
    table = link_customers(scores, outcomes, kpis=["revenue", "churned"], replicates=0).table
    order = table.sort_values("p")
    expected = order["p"] * 4 / np.arange(1, 5)
    assert order["p_corrected"].iloc[-1] == pytest.approx(expected.iloc[-1])
    assert (order["p_corrected"] >= order["p"]).all()


def test_few_customers_give_no_p_value(firm) -> None:
    scores, outcomes = firm
    few = link_customers(scores.iloc[50:75], outcomes, kpis=["revenue"], replicates=100)
    assert (few.table["note"] == "too_few").all()
    assert few.table["p"].isna().all()
    some = link_customers(scores.iloc[50:120], outcomes, kpis=["revenue"], replicates=100)
    assert (some.table["note"] == "few").all()
    assert some.table["p"].notna().all()
    assert any("100" in w.to("fi") for w in some.warnings)


def test_bad_tables_are_refused_with_rows(firm) -> None:
    scores, outcomes = firm
    with pytest.raises(FrameError, match="rows") as caught:
        link_customers(
            scores,
            outcomes.assign(revenue=outcomes["revenue"].astype(str) + " €"),
            kpis=["revenue"],
        )
    # no cell of a customer is quoted
    assert "€" not in caught.value.message
    with pytest.raises(FrameError, match="salt"):
        link_customers(scores.assign(customer=scores["customer"] + "z"), outcomes, kpis=["revenue"])
    with pytest.raises(FrameError, match="repeat"):
        link_customers(pd.concat([scores, scores]), outcomes, kpis=["revenue"])
    with pytest.raises(FrameError, match="margin"):
        link_customers(scores, outcomes, kpis=["margin"])
    with pytest.raises(SettingsError, match="held equal"):
        link_customers(scores, outcomes, kpis=["revenue"], confounders=["revenue"])


def test_noise_is_found_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(60):
        keys = [f"c{i}" for i in range(80)]
        scores = pd.DataFrame(rng.integers(0, 11, (80, 3)), columns=["a", "b", "c"])
        outcomes = pd.DataFrame(rng.normal(size=(80, 4)), columns=list("wxyz"))
        scores["customer"], outcomes["customer"] = keys, keys
        table = link_customers(scores, outcomes, kpis=list("wxyz"), replicates=0).table
        hits += (table["p_corrected"] < 0.05).any()
    assert hits <= 8


def test_ten_points_are_five_per_cent_of_customers_moved() -> None:
    answers = np.array([10] * 40 + [7] * 20 + [2] * 40)
    revenue = np.array([200.0, 220.0] * 20 + [100.0] * 20 + [90.0, 110.0] * 20)
    row = ten_nps_points(answers, revenue).table.iloc[0]
    # by hand: 5 customers of 100 move, each worth 210 - 100 more on average
    assert row["change"] == pytest.approx(0.05 * 110)
    assert row["ci_low"] < row["change"] < row["ci_high"]
    with pytest.raises(FrameError, match="at least 5"):
        ten_nps_points([10] * 10, np.arange(10.0))
    with pytest.raises(FrameError, match="scale"):
        ten_nps_points([11] * 10, np.arange(10.0))


def test_kendalls_tau_has_an_interval_from_resampled_rows() -> None:
    rng = np.random.default_rng(11)
    x = rng.integers(0, 11, 120).astype(float)
    y = np.round(x + rng.normal(0, 4, 120))
    found = rank_correlation(x, y, replicates=4000, random_state=1)
    rows = rng.integers(0, 120, (1500, 120))
    # the referee resamples rows and asks scipy.stats.kendalltau each time
    drawn = [stats.kendalltau(x[r], y[r]).statistic for r in rows]
    assert (found.tau_low, found.tau_high) == pytest.approx(
        np.quantile(drawn, [0.025, 0.975]), abs=0.02
    )
    assert found.tau_low < found.tau < found.tau_high
