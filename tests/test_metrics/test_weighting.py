from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import kish_n, rake, weighted_score
from cxresearch.model import FrameError, SettingsError

SEX = list("ffmfmffmffmfffmffmff")
AGE = list("yoymmoyoomyomooymmoo")
ANSWER = [9, 10, 7, 8, 6, 10, 3, 9, 10, 5, 8, 9, 10, 7, 4, 9, 8, 6, 10, 9]
GOAL = {"sex": {"f": 10, "m": 10}, "age": {"y": 6, "m": 8, "o": 6}}


def test_raking_equals_survey_and_anesrake() -> None:
    weights = rake(pd.DataFrame({"sex": SEX, "age": AGE}), GOAL)
    # R survey 4.1-1 rake(design, list(~sex,~age), margins, control=list(epsilon=1e-10));
    # anesrake 0.80 agrees
    expected = {
        ("f", "y"): 0.8181392968,
        ("f", "o"): 0.5293939613,
        ("m", "y"): 1.772791055,
        ("f", "m"): 0.959956095,
        ("m", "m"): 2.08008781,
        ("m", "o"): 1.147121135,
    }
    np.testing.assert_allclose(
        weights, [expected[pair] for pair in zip(SEX, AGE, strict=True)], atol=1e-8
    )
    assert weights.sum() == pytest.approx(20)
    assert kish_n(weights) == pytest.approx(15.85614987)
    assert kish_n([1, 2, 3, 4]) == pytest.approx(3.333333333)


def test_a_weighted_mean_and_its_error_stand_beside_the_plain_one(answers) -> None:
    table = answers(ANSWER, metric="score", sex=SEX, age=AGE)
    found = weighted_score(table, metric="score", targets=GOAL)
    plain, raked = found.table.iloc[0], found.table.iloc[1]
    assert plain["value"] == pytest.approx(7.85)
    # R survey 4.1-1 svymean(~nps, raked): mean 7.390783298, SE 0.401411138
    assert raked["value"] == pytest.approx(7.390783298)
    assert (raked["ci_high"] - raked["ci_low"]) / 2 == pytest.approx(1.959963985 * 0.401411138)
    assert raked["n_effective"] == pytest.approx(15.85614987)
    assert "16" in found.sentence("fi")


def test_weighting_by_what_does_not_fit_is_refused() -> None:
    table = pd.DataFrame({"sex": SEX, "age": AGE})
    with pytest.raises(FrameError, match="one side only"):
        rake(table, {"sex": {"f": 1, "m": 1, "x": 1}})
    with pytest.raises(FrameError, match="empty"):
        rake(table.assign(sex=[None, *SEX[1:]]), {"sex": {"f": 1, "m": 1}})
    with pytest.raises(FrameError, match="lack"):
        rake(table, {"region": {"a": 1}})
    twins = table.assign(twin=table["sex"])
    with pytest.raises(SettingsError, match="at once"):
        rake(twins, {"sex": {"f": 1, "m": 1}, "twin": {"f": 1, "m": 3}}, rounds=50)
