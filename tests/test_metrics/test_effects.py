"""Before and after an improvement."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxresearch.metrics import kpi_before_after, metric_before_after
from cxresearch.model import FrameError

SINCE = pd.Timestamp("2025-04-01")


def answers(before: list[float], after: list[float]) -> pd.DataFrame:
    values = [*before, *after]
    when = [pd.Timestamp("2025-02-03")] * len(before) + [pd.Timestamp("2025-05-03")] * len(after)
    return pd.DataFrame(
        {
            "response": [f"r{i}" for i in range(len(values))],
            "respondent": [f"p{i}" for i in range(len(values))],
            "question": "ces",
            "metric": "ces",
            "value": values,
            "answered_at": when,
        }
    )


def test_a_mean_before_and_after_is_welchs_test() -> None:
    before, after = [1, 2, 3, 2, 1, 3, 2, 2], [4, 5, 4, 3, 5, 4, 4, 5]
    row = metric_before_after(answers(before, after), SINCE, metric="ces").table.iloc[0]
    expected = stats.ttest_ind(after, before, equal_var=False)
    assert row["p"] == pytest.approx(expected.pvalue)
    ends = expected.confidence_interval()
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((ends.low, ends.high))
    assert row["verdict"] == "better"
    back = metric_before_after(answers(after, before), SINCE, metric="ces").table.iloc[0]
    assert back["verdict"] == "worse"


def test_nothing_clear_and_too_few_are_said_so() -> None:
    same = metric_before_after(answers([1, 3, 5] * 4, [2, 3, 4] * 4), SINCE, metric="ces")
    assert same.table.loc[0, "verdict"] == "cannot_tell"
    few = metric_before_after(answers([1, 2], [4] * 9), SINCE, metric="ces")
    assert few.table.loc[0, "verdict"] == "hidden"
    assert "too few" in few.sentence("en")
    with pytest.raises(FrameError, match="after"):
        metric_before_after(answers([1] * 6, []), SINCE, metric="ces")


def series(*, drop: float = 1.0, shared: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for month in pd.date_range("2023-01-01", "2025-10-01", freq="MS"):
        season = 1 + 0.3 * np.sin(2 * np.pi * month.month / 12)
        late = month >= SINCE
        for unit in ("a", "b", "c", "d"):
            value = 100 * season * (1 + 0.02 * rng.normal()) * (shared if late else 1)
            rows.append((unit, month, "hours", value * (drop if late and unit == "a" else 1)))
    return pd.DataFrame(rows, columns=["unit", "period", "kpi", "value"])


def test_a_planted_saving_is_found_against_the_other_units() -> None:
    found = kpi_before_after(series(drop=0.8), SINCE, kpi="hours", unit="a", less_is_better=True)
    row = found.table.iloc[0]
    assert row["relative"] == pytest.approx(-0.2, abs=0.03)
    assert row["verdict"] == "better"
    assert (row["n_before"], row["n_after"], row["compared"]) == (7, 7, 3)
    assert "no proof" in found.sentence("en")


def test_what_all_units_share_is_no_effect() -> None:
    row = kpi_before_after(series(shared=0.7), SINCE, kpi="hours", unit="a").table.iloc[0]
    assert row["verdict"] == "cannot_tell"
    alone = kpi_before_after(series(shared=0.7), SINCE, kpi="hours").table.iloc[0]
    assert (alone["verdict"], alone["compared"]) == ("worse", 0)


def test_unknown_series_and_too_few_months_are_refused() -> None:
    with pytest.raises(FrameError, match="no such KPI"):
        kpi_before_after(series(), SINCE, kpi="calls")
    with pytest.raises(FrameError, match="no such KPI"):
        kpi_before_after(series(), SINCE, kpi="hours", unit="z")
    with pytest.raises(FrameError, match="too few months"):
        kpi_before_after(series(), pd.Timestamp("2025-10-01"), kpi="hours")
