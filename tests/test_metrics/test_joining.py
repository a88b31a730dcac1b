from __future__ import annotations

import pandas as pd
import pytest

from cxresearch.metrics import customer_scores, join_customers, join_periods, join_themes
from cxresearch.model import FrameError, SettingsError


def _report(found) -> dict[str, int]:
    table = found.details["report"]
    return dict(zip(table["what"], table["count"], strict=True))


@pytest.fixture
def survey(answers) -> pd.DataFrame:
    days = pd.to_datetime(["2025-01-05", "2025-02-05", "2025-03-05", "2025-01-10"] * 2)
    who = ["a", "a", "b", None, "c", "c", "d", "a"]
    nps = answers([9, 3, 10, 5, 7, 8, 0, 6], customer=who, answered_at=days, touchpoint=None)
    csat = answers([4, 5, 1], metric="csat", customer=["a", "b", "b"], answered_at=days[:3])
    csat["touchpoint"] = ["portal", "portal", "invoice"]
    return pd.concat([nps, csat], ignore_index=True)


def test_one_row_a_customer_with_a_report(survey) -> None:
    found = customer_scores(survey, metrics=["nps", "csat"])
    table = found.table.set_index("customer")
    assert table.loc["a", "nps"] == 6
    assert table.loc["b", "csat"] == 3
    assert pd.isna(table.loc["d", "csat"])
    report = _report(found)
    assert report["without_customer"] == 1
    assert report["customers_with_several"] == 3
    last = customer_scores(survey, metrics=["nps"], take="last").table.set_index("customer")
    assert last.loc["a", "nps"] == 3
    wide = customer_scores(survey, metrics=["csat"], by="touchpoint").table
    assert list(wide) == ["customer", "csat:invoice", "csat:portal"]


def test_answers_after_the_outcome_are_left_out(survey) -> None:
    outcomes = pd.DataFrame(
        {"customer": ["a", "c"], "churned_at": pd.to_datetime(["2025-02-01", None])}
    )
    found = customer_scores(survey, metrics=["nps"], before="churned_at", outcomes=outcomes)
    # a left on 1 February: only the answers of 5 and 10 January count
    assert found.table.set_index("customer").loc["a", "nps"] == pytest.approx(7.5)
    assert _report(found)["after_the_outcome"] == 1
    assert any("outcome" in w.to("en") for w in found.warnings)
    with pytest.raises(SettingsError, match="outcome"):
        customer_scores(survey, metrics=["nps"], before="churned_at")


def test_time_zones_are_brought_to_one(survey) -> None:
    outcomes = pd.DataFrame({"customer": ["a"], "churned_at": pd.to_datetime(["2025-02-05"])})
    zoned = survey.assign(answered_at=survey["answered_at"].dt.tz_localize("Europe/Helsinki"))
    found = customer_scores(zoned, metrics=["nps"], before="churned_at", outcomes=outcomes)
    # midnight in Helsinki is the evening before in UTC, so nothing is dated after the outcome
    assert _report(found)["after_the_outcome"] == 0


def test_matching_customers_is_reported() -> None:
    scores = pd.DataFrame({"customer": ["a", "b", "c"], "nps": [9, 8, 1]})
    customers = pd.DataFrame({"customer": ["a", "b", "b", "x", None], "revenue": range(5)})
    with pytest.raises(FrameError, match="repeat"):
        join_customers(scores, customers)
    found = join_customers(scores, customers, doubled="drop")
    assert found.table["customer"].tolist() == ["a"]
    assert _report(found) == {
        "without_key": 1,
        "doubled": 1,
        "matched": 1,
        "only_in_scores": 2,
        "only_in_customers": 1,
    }
    with pytest.raises(FrameError, match="salt"):
        join_customers(scores, customers.iloc[[3]])


def test_periods_meet_by_unit_and_month(answers) -> None:
    days = pd.to_datetime(["2025-01-05"] * 6 + ["2025-02-05"] * 3 + ["2025-01-20"] * 6)
    table = answers([10] * 6 + [0] * 3 + [0] * 6, answered_at=days, unit=["N"] * 9 + ["S"] * 6)
    kpis = pd.DataFrame(
        {
            "unit": ["N", "N", "S", "W"],
            "period": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-01-01", "2025-01-01"]),
            "kpi": "churn",
            "value": [1.0, 2.0, 3.0, 4.0],
        }
    )
    found = join_periods(table, kpis, metric="nps")
    rows = found.table.set_index(["unit", "period"])
    assert rows.loc[("N", "2025-01-01"), "nps"].item() == 100
    assert pd.isna(rows.loc[("N", "2025-02-01"), "nps"].item())
    assert rows.loc[("S", "2025-01-01"), "churn"].item() == 3
    assert rows.loc[("W", "2025-01-01"), "n"].item() == 0
    assert _report(found) == {"matched": 3, "only_in_answers": 0, "only_in_kpis": 1, "hidden": 1}
    with pytest.raises(FrameError, match="first day"):
        join_periods(table, kpis.assign(period=pd.Timestamp("2025-01-02")).iloc[:1], metric="nps")
    with pytest.raises(FrameError, match="share no unit"):
        join_periods(table, kpis.assign(unit=["E", "F", "G", "H"]), metric="nps")


def test_themes_stand_beside_the_answer_of_the_same_response(answers) -> None:
    survey = answers([9, 2, 8, 10, 1, 5])
    comments = pd.DataFrame(
        {
            "document": [f"d{i}" for i in range(5)],
            "response": [f"nps-{i}" for i in range(5)],
            "question": "why",
            "text": "…",
        }
    )
    codings = pd.DataFrame(
        {
            "coding": [f"k{i}" for i in range(6)],
            "document": ["d0", "d1", "d1", "d4", "interview", "d2"],
            "start": 0,
            "end": 1,
            "quote": "…",
            "code": ["help", "waiting", "waiting", "waiting", "help", "rare"],
            "coder": "x",
            "origin": "human",
        }
    )
    found = join_themes(survey, comments, codings, metric="nps", minimum=2)
    assert found.details["themes"] == ["waiting"]
    assert found.table.set_index("response")["waiting"].tolist() == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert len(found.table) == 5
    report = _report(found)
    assert report["rare_themes"] == 2
    assert report["codings_elsewhere"] == 1
    with pytest.raises(FrameError, match="No coding"):
        join_themes(survey, comments, codings.assign(document="other"), metric="nps")
