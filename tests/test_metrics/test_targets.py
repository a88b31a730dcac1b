from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import against_targets, control_limits, expectation_gap, score
from cxresearch.model import FrameError, SettingsError, Target, Words


def test_how_sure_a_miss_is(answers) -> None:
    places = {
        "portal": [10] * 80 + [3] * 20,
        "invoice": [10] * 20 + [3] * 80,
        "support_line": [10] * 50 + [8] * 20 + [3] * 35,
        "app": [10, 3, 8],
    }
    values = [v for given in places.values() for v in given]
    labels = [name for name, given in places.items() for _ in given]
    table = score(answers(values, touchpoint=labels), metric="nps", by="touchpoint").table
    react = Words(fi="Korjataan laskupohja.", en="Mend the invoice template.")
    targets = {
        "portal": Target("nps", 30),
        "invoice": Target("nps", 30, "weekly", react),
        "support_line": Target("nps", 25),
        "app": Target("nps", 0),
        "fair": Target("nps", 0),
    }
    found = against_targets(table, targets)
    status = found.table.set_index("touchpoint")["status"].to_dict()
    assert status == {
        "portal": "reached",
        "invoice": "below_sure",
        "support_line": "below_likely",
        "app": "hidden",
        "fair": "not_measured",
    }
    missed = found.table.set_index("touchpoint").loc["invoice"]
    assert missed["reaction_en"] == "Mend the invoice template."
    assert missed["p_below"] > 0.999
    assert "varma" in found.sentence("fi")
    nearly = against_targets(table, {"support_line": Target("nps", 15)})
    assert nearly.table["status"].item() == "cannot_tell"
    with pytest.raises(FrameError, match="scores"):
        against_targets(table.drop(columns="hidden"), targets)


def test_expectation_against_experience_is_paired_where_it_can_be(answers) -> None:
    people = [f"p{i}" for i in range(40)]
    hoped = answers([5, 4] * 20, metric="expectation", respondent=people, touchpoint="support_line")
    lived = answers([3, 3, 4, 3] * 10, metric="csat", respondent=people, touchpoint="support_line")
    strangers = [f"q{i}" for i in range(40)]
    other = pd.concat(
        [
            answers([3, 4] * 20, metric="expectation", respondent=people, touchpoint="portal"),
            answers([3, 4] * 20, metric="csat", respondent=strangers, touchpoint="portal"),
        ]
    )
    other["response"] = other["response"] + "-portal"
    found = expectation_gap(pd.concat([hoped, lived, other], ignore_index=True))
    table = found.table.set_index("touchpoint")
    assert table.loc["support_line", "gap"] == pytest.approx(-1.25)
    assert table.loc["support_line", "paired"]
    assert table.loc["support_line", "ci_high"] < 0
    assert not table.loc["portal", "paired"]
    assert table.loc["portal", "gap"] == 0
    assert found.table["touchpoint"].iloc[0] == "support_line"
    assert "support_line" in found.sentence("fi")
    with pytest.raises(SettingsError, match="scales"):
        expectation_gap(
            pd.concat([hoped, answers([9] * 5, touchpoint="support_line")]), experience="nps"
        )


def _months(values: list[float]) -> pd.DataFrame:
    start = pd.date_range("2024-01-01", periods=len(values), freq="MS")
    return pd.DataFrame({"month": start, "value": values, "metric": "nps"})


def test_ordinary_variation_is_no_news() -> None:
    found = control_limits(_months([30, 34, 29, 33, 31, 35, 30, 32, 28, 33]))
    assert (found.table["signal"] == "").all()
    # by hand: mean 31.5, mean moving range 3.78, limits 31.5 ± 2.66 * 3.78
    changes = np.abs(np.diff([30, 34, 29, 33, 31, 35, 30, 32, 28, 33])).mean()
    assert found.table["upper"].iloc[0] == pytest.approx(31.5 + 3 * changes / 1.128)
    assert "tavanomaista" in found.sentence("fi")


def test_a_fall_and_a_lasting_shift_are_news() -> None:
    calm = [30.0, 34, 29, 33, 31, 35, 30, 32]
    fall = control_limits(_months([*calm, 5]), baseline=8)
    assert fall.table["signal"].iloc[-1] == "below"
    shifted = control_limits(_months([*calm, *[35.0, 36, 35, 36, 35, 36, 35, 36]]), baseline=8)
    assert shifted.table["signal"].iloc[-1] == "shift_up"
    assert "2025-04" in shifted.sentence("en")


def test_short_or_empty_trends_say_so() -> None:
    short = control_limits(_months([30, 31, 32]))
    assert short.table["upper"].isna().all()
    assert short.warnings
    with pytest.raises(FrameError, match="several periods"):
        control_limits(_months([30]))
    with pytest.raises(FrameError, match="twice"):
        control_limits(pd.concat([_months([30, 31])] * 2))
