"""Ratios of sums: share of wallet, conversion, average purchase."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxresearch.metrics import ratio_of_sums
from cxresearch.model import FrameError, Words

TABLE = pd.DataFrame(
    {
        "ours": [10.0, 20, 5, 0, 40, 8],
        "all": [20.0, 25, 30, 10, 50, 16],
        "unit": ["a", "a", "a", "b", "b", "b"],
    }
)


def test_ratio_and_its_linearised_error() -> None:
    row = ratio_of_sums(TABLE, numerator="ours", denominator="all", minimum_cell=2).table.iloc[0]
    assert row["value"] == pytest.approx(83 / 151)
    # Cochran (1977), formula 6.9 without the finite population, worked out by hand; t of 5 degrees
    left = TABLE["ours"] - 83 / 151 * TABLE["all"]
    error = np.sqrt(6 / 5 * (left**2).sum()) / 151
    assert row["ci_high"] - row["value"] == pytest.approx(stats.t.ppf(0.975, 5) * error)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    held = []
    for _ in range(400):
        whole = rng.gamma(2, 50, 60)
        table = pd.DataFrame({"whole": whole, "part": whole * rng.beta(6, 4, 60)})
        row = ratio_of_sums(table, numerator="part", denominator="whole", share=True).table.iloc[0]
        held.append(row["ci_low"] <= 0.6 <= row["ci_high"])
    assert 0.92 < np.mean(held) < 0.975


def test_without_a_denominator_it_is_the_mean_with_students_t() -> None:
    row = ratio_of_sums(TABLE, numerator="all").table.iloc[0]
    ends = stats.ttest_1samp(TABLE["all"], 0).confidence_interval()
    assert row["value"] == pytest.approx(TABLE["all"].mean())
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((ends.low, ends.high))


def test_groups_stand_after_everyone_and_small_ones_are_hidden() -> None:
    found = ratio_of_sums(
        TABLE,
        numerator="ours",
        denominator="all",
        by="unit",
        share=True,
        minimum_cell=3,
        name=Words(fi="Osuus", en="Share"),
    )
    assert found.table["unit"].tolist() == ["all", "a", "b"]
    assert found.table["ci_low"].min() >= 0
    assert found.table["ci_high"].max() <= 1
    assert "Highest: b" in found.sentence("en")
    hidden = ratio_of_sums(TABLE, numerator="ours", by="unit", minimum_cell=4).table
    assert hidden["hidden"].tolist() == [False, True, True]
    assert hidden.loc[1:, "value"].isna().all()


def test_rows_without_a_number_are_left_out_and_counted() -> None:
    holes = TABLE.assign(ours=[np.nan, 20, 5, 0, 40, 8])
    found = ratio_of_sums(holes, numerator="ours", denominator="all")
    assert found.table.loc[0, "n"] == 5
    assert "left out: 1" in found.warnings[0].to("en")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ours": [30.0, 20, 5, 0, 40, 8]}, "rows 0"),
        ({"ours": [-1.0, 20, 5, 0, 40, 8]}, "rows 0"),
        ({"all": [0.0] * 6, "ours": [0.0] * 6}, "nothing to divide by"),
        ({"ours": list("abcdef")}, "should hold numbers"),
    ],
)
def test_impossible_numbers_are_refused_with_rows(change: dict, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        ratio_of_sums(TABLE.assign(**change), numerator="ours", denominator="all", share=True)
    with pytest.raises(FrameError, match="no nothing"):
        ratio_of_sums(TABLE, numerator="nothing")
