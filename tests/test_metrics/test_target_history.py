"""Targets at their own cadence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import target_history
from cxresearch.model import FrameError, Target, Words


def answers(*, fall: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = []
    for number, month in enumerate(pd.date_range("2024-01-01", periods=14, freq="MS")):
        good = 0.85 if not (fall and number == 13) else 0.2
        for i in range(60):
            value = 5.0 if rng.random() < good else 2.0
            rows.append(
                (f"r{number}-{i}", f"p{number}-{i}", value, month + pd.Timedelta(days=i % 27))
            )
    frame = pd.DataFrame(rows, columns=["response", "respondent", "value", "answered_at"])
    return frame.assign(question="q", metric="csat", touchpoint="desk")


def test_each_period_is_judged_and_the_latest_told() -> None:
    target = Target("csat", 0.7, "monthly")
    found = target_history(answers(fall=True), target, group="desk", name=Words(en="Desk"))
    table = found.table
    assert len(table) == 14
    assert table["status"].iloc[-1] == "below_sure"
    assert table["signal"].iloc[-1] == "below"
    assert (table["status"].iloc[:-1] == "reached").mean() > 0.8
    assert "Desk: latest period 2025-02" in found.sentence("en")
    assert "below target: sure" in found.sentence("en")


@pytest.mark.parametrize(("cadence", "periods"), [("weekly", 61), ("quarterly", 5), ("yearly", 2)])
def test_cadences(cadence: str, periods: int) -> None:
    table = target_history(answers(), Target("csat", 0.7, cadence), group="desk").table
    assert len(table) == periods


def test_one_period_is_judged_without_limits_and_no_dates_are_refused() -> None:
    one = answers().head(60)
    table = target_history(one, Target("csat", 0.7, "monthly"), group="desk").table
    assert table["centre"].isna().all()
    assert table["status"].iloc[0] in ("reached", "cannot_tell")
    few = target_history(one.head(3), Target("csat", 0.7), group="desk")
    assert "too few" in few.sentence("en")
    with pytest.raises(FrameError, match="dated"):
        target_history(one.assign(answered_at=pd.NaT), Target("csat", 0.7), group="desk")
