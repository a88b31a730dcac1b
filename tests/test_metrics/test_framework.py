from __future__ import annotations

import pandas as pd
import pytest

from cxresearch.metrics import check_framework, prioritise
from cxresearch.model import FrameError, SettingsError


def test_gaps_of_the_framework_are_listed() -> None:
    chains = [
        ("growth", "renewals rise", "churn", "nps", "survey"),
        ("growth", "fewer calls", "support_hours", "", ""),
        ("growth", "clear invoices", "", "", ""),
        ("", "", "", "csat", "survey"),
    ]
    table = pd.DataFrame(chains, columns=["strategy", "goal", "kpi", "metric", "method"])
    found = check_framework(table, measured=["nps", "csat", "ces"], kpis=["churn"])
    problems = set(zip(found.table["problem"], found.table["what"], strict=True))
    assert problems == {
        ("goal_without_kpi", "clear invoices"),
        ("kpi_without_metric", "support_hours"),
        ("metric_without_goal", "csat"),
        ("measured_but_orphan", "ces"),
        ("kpi_without_data", "support_hours"),
    }
    whole = check_framework(table.iloc[:1])
    assert not len(whole.table)
    with pytest.raises(FrameError, match="lacks"):
        check_framework(table.drop(columns="goal"))


def test_a_rank_says_how_sure_it_is() -> None:
    table = pd.DataFrame(
        {
            "improvement": ["invoice", "queue", "app"],
            "impact": [0.30, 0.29, 0.02],
            "impact_low": [0.20, 0.19, 0.0],
            "impact_high": [0.40, 0.39, 0.04],
            "effort": [2.0, 2.0, 2.0],
        }
    )
    found = prioritise(table).table
    assert found["improvement"].tolist() == ["invoice", "queue", "app"]
    assert found["rank_high"].tolist() == [2, 2, 3]
    assert 0.4 < found["first"].iloc[0] < 0.7
    cheap = prioritise(table.assign(effort=[20, 2, 2])).table
    assert cheap["improvement"].iloc[0] == "queue"
    with pytest.raises(SettingsError, match="above 0"):
        prioritise(table.assign(effort=0))
    with pytest.raises(FrameError, match="hold its value"):
        prioritise(table.assign(impact_high=0.1))
