from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.metrics import PEOPLE, Scale, score
from cxresearch.model import FrameError, SettingsError, Words


def _spread(promoters: int, passives: int, detractors: int) -> list[int]:
    return [10] * promoters + [8] * passives + [3] * detractors


def test_nps_with_its_interval(answers) -> None:
    found = score(answers(_spread(50, 30, 20)), metric="nps")
    row = found.table.iloc[0]
    assert list(found.table) == ["n", "value", "ci_low", "ci_high", "hidden", "metric"]
    assert (row["n"], row["value"]) == (100, 30)
    # adjusted Wald in R 4.2.2, see test_intervals
    assert row["ci_low"] == pytest.approx(14.05113018)
    assert row["ci_high"] == pytest.approx(44.20129701)
    assert "30" in found.sentence("fi")
    assert "14–44" in found.sentence("en")
    assert "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}100" in found.sentence("en")


def test_csat_is_the_top_two_share_and_has_a_mean(answers) -> None:
    values = [1] * 12 + [2] * 18 + [3] * 35 + [4] * 120 + [5] * 78
    table = answers(values, metric="csat")
    row = score(table, metric="csat").table.iloc[0]
    # R 4.2.2 prop.test(198, 263, correct=FALSE): .7528517110 (.6973284845, .8010948136)
    assert row["value"] == pytest.approx(0.7528517110)
    assert row["ci_low"] == pytest.approx(0.6973284845)
    assert row["ci_high"] == pytest.approx(0.8010948136)
    mean = score(table, metric="csat", scale="csat_mean").table.iloc[0]
    assert mean["value"] == pytest.approx(3.88973384)


def test_groups_follow_the_studys_order_and_small_ones_are_hidden(answers) -> None:
    stages = ["use"] * 30 + ["contract"] * 30 + ["renewal"] * 4
    order = pd.CategoricalDtype(["contract", "use", "support", "renewal"], ordered=True)
    table = answers(_spread(34, 20, 10), stage=pd.Series(stages).astype(order))
    found = score(table, metric="nps", by="stage")
    assert found.table["stage"].tolist() == ["contract", "use", "renewal"]
    small = found.table.iloc[2]
    assert small["hidden"]
    assert small[["value", "ci_low", "ci_high"]].isna().all()
    assert any("alle 5" in w.to("fi") for w in found.warnings)
    assert "renewal" not in found.sentence("en")


def test_a_group_of_many_answers_by_few_people_is_hidden(answers) -> None:
    table = answers([9] * 12, respondent=["a", "b", "c"] * 4)
    assert score(table, metric="nps").table["hidden"].tolist() == [True]


def test_by_month_and_channel_in_time_order(answers) -> None:
    days = pd.to_datetime(["2025-03-09", "2025-01-31", "2025-02-01", "2025-01-01"] * 10)
    table = answers([9] * 40, answered_at=days, channel=["phone", "email"] * 20)
    found = score(table, metric="nps", by=["month", "channel"], minimum_cell=1).table
    starts = [f"{d:%Y-%m}" for d in found["month"]]
    assert starts == ["2025-01", "2025-02", "2025-03"]
    assert found["channel"].tolist() == ["email", "phone", "phone"]


def test_weeks_begin_on_monday(answers) -> None:
    table = answers([9, 9], answered_at=pd.to_datetime(["2025-03-09", "2025-03-10"]))
    found = score(table, metric="nps", by="week", minimum_cell=1).table
    assert [d.day_name() for d in found["week"]] == ["Monday", "Monday"]
    assert len(found) == 2


def test_machine_customers_can_be_left_out(answers) -> None:
    table = answers(_spread(20, 0, 20), kind=["customer"] * 20 + ["machine"] * 20)
    assert score(table, metric="nps").table["value"].item() == 0
    assert score(table, metric="nps", kinds=PEOPLE).table["value"].item() == 100
    assert score(table, metric="nps", kinds=["machine"]).table["value"].item() == -100


def test_answers_without_a_group_are_counted_not_lost_silently(answers) -> None:
    table = answers([9] * 20, touchpoint=["portal"] * 12 + [None] * 8)
    found = score(table, metric="nps", by="touchpoint")
    assert found.table["n"].tolist() == [12]
    assert any("8" in w.to("en") for w in found.warnings)


def test_repeated_answers_of_one_person_widen_the_interval(answers) -> None:
    values = np.repeat([10, 10, 2, 8, 10, 1, 9, 3], 10)
    people = np.repeat([f"p{i}" for i in range(8)], 10)
    apart = score(answers(values), metric="nps").table.iloc[0]
    found = score(answers(values, respondent=people), metric="nps")
    same = found.table.iloc[0]
    assert same["value"] == apart["value"]
    assert same["ci_high"] - same["ci_low"] > 2 * (apart["ci_high"] - apart["ci_low"])
    # ten identical answers each: 10 * G/(G-1)
    assert found.details["design_effect"][0] == pytest.approx(10 * 8 / 7)
    assert any("more than once" in w.to("en") for w in found.warnings)


@pytest.mark.parametrize(
    ("metric", "values"),
    [("nps", [10, 11]), ("nps", [-1, 5]), ("nps", [7.5, 8]), ("csat", [0, 3]), ("goal", [1, 2])],
)
def test_a_value_outside_the_scale_names_its_rows(answers, metric: str, values) -> None:
    with pytest.raises(FrameError) as caught:
        score(answers(values, metric=metric), metric=metric)
    assert "rows" in caught.value.message
    assert "expected" in caught.value.message


def test_ces_on_seven_points_says_which_scale_to_pass(answers) -> None:
    table = answers([1, 7, 6, 5, 5, 6], metric="ces")
    with pytest.raises(FrameError, match="scale"):
        score(table, metric="ces")
    assert score(table, metric="ces", scale="ces7").table["value"].item() == 5


def test_a_question_on_one_to_ten_is_doubted(answers) -> None:
    table = answers([1, 2, 9, 10, 8] * 20)
    assert any("1–10" in w.to("fi") for w in score(table, metric="nps").warnings)
    with_zero = answers([0, 2, 9, 10, 8] * 20)
    assert not any("1–10" in w.to("fi") for w in score(with_zero, metric="nps").warnings)


def test_text_among_numbers_doubled_answers_and_no_answers_are_refused(answers) -> None:
    table = answers([9, 8])
    with pytest.raises(FrameError, match="value"):
        score(table.assign(value=["9", "eight"]), metric="nps")
    with pytest.raises(FrameError, match="repeat"):
        score(pd.concat([table, table]), metric="nps")
    with pytest.raises(FrameError, match="no answers"):
        score(table, metric="csat")
    with pytest.raises(FrameError, match="segment"):
        score(table, metric="nps", by="segment")


def test_everyone_hidden_still_says_so(answers) -> None:
    found = score(answers([9, 10]), metric="nps")
    assert found.table["hidden"].all()
    assert "too few" in found.sentence("en")


def test_a_scale_of_ones_own(answers) -> None:
    day = Scale("score", 0, 10, "mean", Words(fi="Työpäivä", en="Workday"), whole=False)
    found = score(answers([7.5, 8, 9, 6, 7], metric="score"), metric="score", scale=day)
    assert found.table["value"].item() == pytest.approx(7.5)
    assert found.sentence("fi").startswith("Työpäivä")
    with pytest.raises(SettingsError, match="another metric"):
        score(answers([7]), metric="nps", scale=day)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=5, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values: list[int], random) -> None:
    frame = pd.DataFrame(
        {
            "response": [f"r{i}" for i in range(len(values))],
            "question": "q",
            "metric": "nps",
            "value": np.asarray(values, float),
            "respondent": [f"p{i % 7}" for i in range(len(values))],
        }
    )
    rows = list(range(len(values)))
    random.shuffle(rows)
    one = score(frame, metric="nps").table
    other = score(frame.iloc[rows], metric="nps").table
    pd.testing.assert_frame_equal(one, other)
    shown = one[~one["hidden"]]
    assert (shown["ci_low"] <= shown["ci_high"]).all()
