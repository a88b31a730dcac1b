from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import churn_after_answer, model_outcome
from cxresearch.metrics.outcomes import _cox
from cxresearch.model import FrameError, SettingsError

ROSSI = Path(__file__).parents[3] / "shared" / "known_answers" / "csv" / "rossi.csv"
# R data set UCBAdmissions: admitted, rejected of departments A to F
MEN = [(512, 313), (353, 207), (120, 205), (138, 279), (53, 138), (22, 351)]
WOMEN = [(89, 19), (17, 8), (202, 391), (131, 244), (94, 299), (24, 317)]
# R data set warpbreaks: nine looms each of wool A at tension L, M, H, then wool B
BREAKS = "26 30 54 25 70 52 51 26 67 18 21 29 17 12 18 35 30 36 36 21 24 18 10 43 28 15 26 "
BREAKS += "27 14 29 19 29 31 41 20 44 42 26 19 16 39 28 21 39 29 20 21 24 17 13 15 15 16 28"


def test_logit_with_robust_errors_equals_glm_and_sandwich() -> None:
    rows = [
        (sex, "ABCDEF"[d], admitted)
        for d, pairs in enumerate(zip(MEN, WOMEN, strict=True))
        for sex, pair in zip(("Male", "Women"), pairs, strict=True)
        for admitted, count in zip((1, 0), pair, strict=True)
        for _ in range(count)
    ]
    table = pd.DataFrame(rows, columns=["sex", "department", "admitted"])
    found = model_outcome(table, outcome="admitted", predictors=["sex", "department"])
    # R 4.2.2 glm(admitted ~ Gender + Dept, binomial), sandwich 3.0-2 sandwich()
    coefficients = [0.5820513953, 0.09987008816, -0.04339793121, -1.262598022, -1.294606469]
    coefficients += [-1.739305738, -3.306480056]
    errors = [0.06913928068, 0.08031158646, 0.1098562024, 0.1061532022, 0.105128015]
    errors += [0.1262554987, 0.1691973063]
    np.testing.assert_allclose(found.table["coefficient"], coefficients, atol=1e-6)
    np.testing.assert_allclose(found.table["se"], errors, atol=1e-6)
    assert found.details["log_likelihood"] == pytest.approx(-2593.744247, abs=1e-5)
    calibration = found.details["calibration"]
    assert calibration["n"].sum() == 4526
    assert ((calibration["predicted"] - calibration["observed"]).abs() < 0.15).all()
    assert "odds ratio" in found.sentence("en")


def test_poisson_with_robust_errors_equals_glm_and_sandwich() -> None:
    table = pd.DataFrame(
        {
            "breaks": [int(b) for b in BREAKS.split()],
            "wool": ["A"] * 27 + ["B"] * 27,
            "tension": pd.Categorical((["L"] * 9 + ["M"] * 9 + ["H"] * 9) * 2, list("LMH")),
        }
    )
    found = model_outcome(table, outcome="breaks", predictors=["wool", "tension"], family="poisson")
    # R 4.2.2 glm(breaks ~ wool + tension, poisson, warpbreaks), sandwich 3.0-2 sandwich()
    expected = [3.691963145, -0.2059884426, -0.3213204316, -0.5184884965]
    errors = [0.116578215, 0.1043213833, 0.12895605, 0.1249244903]
    np.testing.assert_allclose(found.table["coefficient"], expected, atol=1e-6)
    np.testing.assert_allclose(found.table["se"], errors, atol=1e-6)
    assert found.details["log_likelihood"] == pytest.approx(-242.5279832, abs=1e-5)


@pytest.mark.skipif(not ROSSI.exists(), reason="the reference data rossi is not here")
def test_cox_equals_coxph() -> None:
    table = pd.read_csv(ROSSI)
    design = table[["fin", "age", "race", "wexp", "mar", "paro", "prio"]]
    found, likelihood = _cox(table["week"].to_numpy(float), table["arrest"].to_numpy(float), design)
    # R survival 3.5-3 coxph(Surv(week, arrest) ~ ., ties="efron")
    coefficients = [-0.3794221665, -0.05743774268, 0.3138997878, -0.1497956977, -0.4337038779]
    coefficients += [-0.0848710825, 0.09149708099]
    errors = [0.1913794807, 0.0219994706, 0.3079927766, 0.2122242962, 0.3818680577]
    errors += [0.1957566719, 0.02864854996]
    np.testing.assert_allclose(found["coefficient"], coefficients, atol=1e-5)
    np.testing.assert_allclose(found["se"], errors, atol=1e-5)
    assert likelihood == pytest.approx(-658.7476594, abs=1e-5)
    # cox.zph: age and wexp drift, prio does not
    drift = found.set_index("term")["ph_p"]
    assert drift["age"] < 0.05
    assert drift["prio"] > 0.2


def _base(n: int, rng: np.random.Generator) -> pd.DataFrame:
    nps = rng.integers(0, 11, n).astype(float)
    answered = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 60, n), "D")
    days = rng.exponential(300 * np.exp(0.15 * nps))
    left = pd.Series(answered + pd.to_timedelta(np.ceil(days), "D"))
    until = pd.Timestamp("2026-01-01")
    return pd.DataFrame(
        {
            "nps": nps,
            "answered_at": answered,
            "left_at": left.where(left <= until),
            "observed_until": until,
        }
    )


def test_only_leaving_after_the_answer_counts() -> None:
    table = _base(600, np.random.default_rng(3))
    table.loc[:9, "left_at"] = table.loc[:9, "answered_at"] - pd.Timedelta(days=5)
    found = churn_after_answer(table, predictors=["nps"])
    assert found.details["left_before"] == 10
    assert found.details["n"] == 590
    row = found.table.iloc[0]
    # put in: the hazard falls by exp(-0.15) a point
    assert row["ratio_low"] < np.exp(-0.15) < row["ratio_high"]
    assert row["ratio"] < 1
    assert "riskisuhde" in found.sentence("fi")


def test_too_few_events_separation_and_text_are_refused() -> None:
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"nps": rng.integers(0, 11, 100), "churned": [True] * 9 + [False] * 91})
    with pytest.raises(SettingsError, match="too few events"):
        model_outcome(table, outcome="churned", predictors=["nps"])
    parted = table.assign(churned=table["nps"] > 5)
    with pytest.raises(FrameError, match="separation"):
        model_outcome(parted, outcome="churned", predictors=["nps"])
    half = table.assign(churned=rng.random(100) < 0.5)
    with pytest.raises(FrameError, match="combination"):
        model_outcome(
            half.assign(twin=2 * half["nps"]), outcome="churned", predictors=["nps", "twin"]
        )
    text = half.assign(charges=[" "] + [f"{v:.1f}" for v in rng.normal(size=99)])
    with pytest.raises(FrameError, match="rows 0"):
        model_outcome(text, outcome="churned", predictors=["charges"])
    with pytest.raises(FrameError, match="one value only"):
        model_outcome(table.assign(churned=False), outcome="churned", predictors=["nps"])
    with pytest.raises(FrameError, match="family gamma"):
        model_outcome(table.assign(y=-1.0), outcome="y", predictors=["nps"], family="gamma")
    with pytest.raises(FrameError, match="dates"):
        churn_after_answer(table, predictors=["nps"])


def test_money_goes_with_a_metric_by_a_ratio() -> None:
    rng = np.random.default_rng(6)
    nps = rng.integers(0, 11, 400)
    revenue = rng.gamma(3, np.exp(4 + 0.05 * nps) / 3)
    table = pd.DataFrame({"nps": nps, "revenue": revenue})
    found = model_outcome(table, outcome="revenue", predictors=["nps"], family="gamma")
    row = found.table.set_index("term").loc["nps"]
    assert row["ratio_low"] < np.exp(0.05) < row["ratio_high"]
