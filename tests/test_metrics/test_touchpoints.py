"""Touchpoints with the customer as the unit: against a plain double loop, and against strangers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import score, shrunken_scores, touchpoint_scores
from cxresearch.model import FrameError, SettingsError, Words


def _loop(table: pd.DataFrame, replicates: int) -> dict[str, tuple[float, float]]:
    """Draws customers one by one and gathers their answers: slow, plain, without a fixed seed."""
    rng = np.random.default_rng()
    of = {
        who: [(r.touchpoint, 100 * ((r.value >= 9) - (r.value <= 6))) for r in rows.itertuples()]
        for who, rows in table.groupby("customer")
    }
    customers, means = list(of), {t: [] for t in table["touchpoint"].unique()}
    for _ in range(replicates):
        got = {t: [] for t in means}
        for number in rng.integers(0, len(customers), len(customers)):
            for touchpoint, points in of[customers[number]]:
                got[touchpoint].append(points)
        for touchpoint, points in got.items():
            means[touchpoint].append(np.mean(points))
    return {t: tuple(np.quantile(m, [0.025, 0.975])) for t, m in means.items()}


@pytest.fixture
def uneven(answers) -> pd.DataFrame:
    """60 customers; some answer once, some many times, and a customer's answers are alike."""
    rng = np.random.default_rng(4)
    rows = []
    for who in range(60):
        mood = rng.normal(7.5, 2)
        for touchpoint, often in zip(
            "abc", (rng.integers(1, 8), rng.integers(0, 3), 1), strict=True
        ):
            for _ in range(often):
                rows.append((f"K{who}", touchpoint, np.clip(round(mood + rng.normal()), 0, 10)))
    who, where, values = zip(*rows, strict=True)
    return answers(values, customer=who, touchpoint=where)


def test_drawing_patterns_is_drawing_customers(uneven) -> None:
    found = touchpoint_scores(uneven, metric="nps").table.set_index("touchpoint")
    slow = _loop(uneven, 3000)
    for touchpoint, (low, high) in slow.items():
        row = found.loc[touchpoint]
        # an end's error is sqrt(.025 * .975 / B) / .0584 = .060 and .049 deviations of the mean
        # (B = 2,000 and 3,000); five errors of the difference and one step of the discrete ends
        slack = 5 * 0.077 * (high - low) / 3.92 + 100 / row["n"]
        assert row["boot_low"] == pytest.approx(low, abs=slack)
        assert row["boot_high"] == pytest.approx(high, abs=slack)
    assert found["customers"].tolist() == [
        uneven.loc[uneven["touchpoint"] == t, "customer"].nunique() for t in found.index
    ]


def _alike(answers, rng: np.random.Generator) -> pd.DataFrame:
    """40 customers of five people each, who all say the same of a touchpoint; the true NPS is 0."""
    values = np.repeat(rng.choice([10, 8, 3], size=(3, 40), p=[0.4, 0.2, 0.4]), 5, axis=1).ravel()
    who = np.tile(np.repeat([f"K{i}" for i in range(40)], 5), 3)
    people = [f"P{i}" for i in range(600)]
    where = np.repeat(list("abc"), 200)
    return answers(values, customer=who, respondent=people, touchpoint=where)


def test_taking_answers_of_a_customer_as_strangers_is_too_narrow(answers) -> None:
    rng = np.random.default_rng(8)
    covered = {"customers": [], "formula": [], "strangers": []}
    for _ in range(40):
        table = _alike(answers, rng)
        own = touchpoint_scores(table, metric="nps").table
        naive = score(table, metric="nps", by="touchpoint").table
        for name, frame, low, high in (
            ("customers", own, "boot_low", "boot_high"),
            ("formula", own, "ci_low", "ci_high"),
            ("strangers", naive, "ci_low", "ci_high"),
        ):
            covered[name] += ((frame[low] <= 0) & (frame[high] >= 0)).tolist()
        width = (own["boot_high"] - own["boot_low"]) / (naive["ci_high"] - naive["ci_low"])
        # five answers alike: the deviation is sqrt(5) = 2.24 times that of strangers
        assert width.between(1.8, 2.7).all()
    assert np.mean(covered["customers"]) > 0.87
    assert np.mean(covered["formula"]) > 0.87
    assert np.mean(covered["strangers"]) < 0.75


def test_the_shrunken_score_knows_of_customers_too(answers) -> None:
    table = _alike(answers, np.random.default_rng(1))
    found = touchpoint_scores(table, metric="nps")
    naive = shrunken_scores(score(table, metric="nps", by="touchpoint").table).table
    assert found.details["customers"] == 40
    assert found.details["patterns"] <= 27
    assert (found.table["weight"] <= naive["weight"] + 1e-12).all()
    inside = found.table["shrunken"].between(found.table["boot_low"], found.table["boot_high"])
    assert inside.all()


def test_a_start_of_the_draws_gives_the_same_table_again(uneven) -> None:
    first = touchpoint_scores(uneven, metric="nps", random_state=3).table
    again = touchpoint_scores(uneven, metric="nps", random_state=3).table
    other = touchpoint_scores(uneven, metric="nps", random_state=4).table
    columns = ["boot_low", "boot_high", "rank_low", "rank_high"]
    assert first.equals(again)
    assert not first[columns].equals(other[columns])


def test_small_touchpoints_are_hidden_and_one_customer_has_no_interval(uneven, answers) -> None:
    lone = answers([9, 10, 3, 8, 2, 9], customer="K0", touchpoint="lone")
    lone["response"] = [f"lone-{i}" for i in range(6)]
    tiny = answers([9, 1], customer=["K1", "K2"], touchpoint="tiny")
    tiny["response"] = ["tiny-0", "tiny-1"]
    table = pd.concat([uneven, lone, tiny], ignore_index=True)
    names = {t: Words(fi=f"Paikka {t}", en=f"Place {t}") for t in "abc"}
    found = touchpoint_scores(table, metric="nps", names=names)
    rows = found.table.set_index("touchpoint")
    assert rows.loc["tiny", "hidden"]
    assert rows.loc["tiny", ["value", "boot_low", "shrunken"]].isna().all()
    # with it goes what would give it away
    assert rows["hidden"].sum() >= 2
    assert "korkein: Paikka " in found.sentence("fi")
    assert "lowest at Place " in found.sentence("en")
    for text in (found.sentence("fi"), found.sentence("en")):
        assert "nan" not in text
        assert "tiny" not in text
    # six answers may be shown, but are one customer's: there is nothing to draw from
    found = touchpoint_scores(pd.concat([uneven, lone], ignore_index=True), metric="nps")
    row = found.table.set_index("touchpoint").loc["lone"]
    assert row["value"] == pytest.approx(100 * (3 - 2) / 6)
    assert row[["ci_low", "boot_low", "shrunken", "rank"]].isna().all()
    assert "fewer than 5 customers" in " ".join(w.to("en") for w in found.warnings)


def test_where_all_answer_alike_drawing_claims_nothing(uneven) -> None:
    table = uneven.assign(value=uneven["value"].where(uneven["touchpoint"] != "c", 10.0))
    row = touchpoint_scores(table, metric="nps").table.set_index("touchpoint").loc["c"]
    assert row["value"] == 100
    assert np.isnan(row["boot_low"])
    assert row["ci_low"] < 100


def test_two_touchpoints_are_no_order_and_bad_settings_are_refused(uneven) -> None:
    with pytest.raises(FrameError, match="several"):
        touchpoint_scores(uneven[uneven["touchpoint"] != "c"], metric="nps")
    with pytest.raises(SettingsError, match="minimum"):
        touchpoint_scores(uneven, metric="nps", minimum_cell=0)
