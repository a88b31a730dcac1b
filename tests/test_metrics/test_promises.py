"""Promise against experience."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxresearch.metrics import Promise, promise_gap
from cxresearch.model import FrameError, SettingsError, Words


def answers(values: list[float], *, touchpoint: str = "desk", metric: str = "csat") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "response": [f"{touchpoint}{metric}{i}" for i in range(len(values))],
            "respondent": [f"p{i}" for i in range(len(values))],
            "question": metric,
            "metric": metric,
            "touchpoint": touchpoint,
            "value": values,
        }
    )


def test_gap_is_a_one_sample_t_test_and_the_broken_share_has_wilsons_interval() -> None:
    values = [1, 2, 3, 3, 4, 4, 5, 5, 2, 3]
    found = promise_gap(answers(values), [Promise("desk", "csat", 4, Words(fi="a", en="b"))])
    row = found.table.iloc[0]
    # scipy.stats.ttest_1samp(values, 4)
    expected = stats.ttest_1samp(values, 4)
    assert row["p"] == pytest.approx(expected.pvalue)
    ends = expected.confidence_interval()
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((ends.low - 4, ends.high - 4))
    assert row["gap"] == pytest.approx(np.mean(values) - 4)
    assert row["broken"] == 0.6
    expected_share = proportion_confint(6, 10, method="wilson")
    assert (row["broken_low"], row["broken_high"]) == pytest.approx(expected_share)
    assert row["promise_en"] == "b"


def test_a_person_counts_once_and_small_groups_are_hidden() -> None:
    many = answers([1, 5, 1, 5, 1, 5])
    many["respondent"] = ["a", "a", "b", "b", "c", "c"]
    found = promise_gap(many, [Promise("desk", "csat", 3)], minimum_cell=5)
    assert found.table.loc[0, "hidden"]
    assert np.isnan(found.table.loc[0, "gap"])
    shown = promise_gap(many, [Promise("desk", "csat", 3)], minimum_cell=3).table.iloc[0]
    assert shown["gap"] == 0


def test_alike_answers_give_an_interval_by_rule_and_no_p() -> None:
    row = promise_gap(answers([5] * 8), [Promise("desk", "csat", 4)]).table.iloc[0]
    assert np.isnan(row["p"])
    assert row["ci_low"] < row["gap"] == row["ci_high"] == 1


def test_the_most_broken_comes_first_and_is_told() -> None:
    both = pd.concat([answers([3, 4] * 10), answers([1, 2] * 10, touchpoint="line")])
    found = promise_gap(
        both,
        [Promise("desk", "csat", 3), Promise("line", "csat", 4)],
        names={"line": Words(fi="Puhelin", en="Phone")},
    )
    assert found.table["touchpoint"].tolist() == ["line", "desk"]
    assert "Puhelin" in found.sentence("fi")
    assert "1 of 2 promises" in found.sentence("en")


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="outside"):
        promise_gap(answers([3] * 6), [Promise("desk", "csat", 9)])
    with pytest.raises(FrameError, match="No promise"):
        promise_gap(answers([3] * 6), [Promise("door", "csat", 4)])
    with pytest.raises(SettingsError, match="no promises"):
        promise_gap(answers([3] * 6), [])
    with pytest.raises(FrameError, match="outside its scale"):
        promise_gap(answers([3, 9] * 3), [Promise("desk", "csat", 4)])
