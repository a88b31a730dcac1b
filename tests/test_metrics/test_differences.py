from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cxresearch.metrics import compare_groups
from cxresearch.model import SettingsError


def test_shares_are_tested_as_prop_test_does(answers) -> None:
    values = [5] * 56 + [2] * 14 + [5] * 48 + [2] * 32
    table = answers(values, metric="csat", wave=["2"] * 70 + ["1"] * 80)
    row = compare_groups(table, metric="csat", by="wave", pairs="successive").table.iloc[0]
    # R 4.2.2 prop.test(c(56,48), c(70,80), correct=FALSE): p 0.008045081368, difference .2
    assert row["p"] == pytest.approx(0.008045081368, abs=1e-10)
    assert row["difference"] == pytest.approx(0.2)
    # Newcombe (1998) method 10 by hand from both Wilson intervals
    assert 0.05 < row["ci_low"] < 0.07
    assert 0.33 < row["ci_high"] < 0.345


def test_means_are_tested_as_welch_does(answers) -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(1, 6, 40), rng.integers(2, 6, 60)
    table = answers([*a, *b], metric="ces", segment=["a"] * 40 + ["b"] * 60)
    row = compare_groups(table, metric="ces", by="segment").table.iloc[0]
    expected = stats.ttest_ind(b, a, equal_var=False)
    assert row["p"] == pytest.approx(expected.pvalue)
    ends = expected.confidence_interval()
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((ends.low, ends.high))


def test_many_comparisons_are_corrected_and_small_groups_hidden(answers) -> None:
    rng = np.random.default_rng(4)
    values = [*rng.integers(0, 11, 150), *[10] * 50, 9, 9]
    table = answers(values, segment=["a"] * 50 + ["b"] * 50 + ["c"] * 50 + ["d"] * 50 + ["e"] * 2)
    found = compare_groups(table, metric="nps", by="segment")
    result = found.table
    assert len(result) == 10
    hidden = result[result["hidden"]]
    assert set(hidden["group"]) | set(hidden["against"]) >= {"e"}
    assert hidden[["difference", "p", "p_corrected"]].isna().all(axis=None)
    shown = result[~result["hidden"]]
    assert (shown["p_corrected"] >= shown["p"]).all()
    assert shown.loc[shown["group"] == "d", "p_corrected"].max() < 0.05
    assert "d" in found.sentence("en")


def test_nps_difference_keeps_its_level_under_no_difference(answers) -> None:
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(300):
        values = rng.choice([10, 8, 3], size=120, p=[0.5, 0.3, 0.2])
        table = answers(values, segment=["a"] * 60 + ["b"] * 60)
        hits += compare_groups(table, metric="nps", by="segment").table["p"].item() < 0.05
    assert hits / 300 < 0.09


def test_two_constant_groups_get_no_p_and_one_group_is_refused(answers) -> None:
    table = answers([5] * 20, metric="ces", segment=["a"] * 10 + ["b"] * 10)
    row = compare_groups(table, metric="ces", by="segment").table.iloc[0]
    assert np.isnan(row["p"])
    assert row["difference"] == 0
    with pytest.raises(SettingsError, match="one group"):
        compare_groups(table.assign(segment="a"), metric="ces", by="segment")


def test_people_count_not_answers(answers) -> None:
    values = np.repeat([10, 10, 9, 10, 3, 10, 2, 8, 3, 2, 10, 1], 10)
    people = np.repeat([f"p{i}" for i in range(12)], 10)
    segment = ["a"] * 60 + ["b"] * 60
    apart = compare_groups(answers(values, segment=segment), metric="nps", by="segment").table
    table = answers(values, segment=segment, respondent=people)
    same = compare_groups(table, metric="nps", by="segment").table
    assert same["n"].item() == apart["n"].item() == 60
    assert same["difference"].item() == pytest.approx(apart["difference"].item())
    assert apart["p"].item() < 0.001
    assert same["p"].item() > 0.01
    few = compare_groups(table, metric="nps", by="segment", minimum_cell=7).table
    assert few["hidden"].all()
