from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxresearch.metrics import adjust_p, mean_interval, nps_interval, wilson
from cxresearch.model import SettingsError


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "low", "high"),
    [
        # R 4.2.2: a=n+3; p=(promoters+3/4)/a; d=(detractors+3/4)/a;
        # p-d+c(-1,1)*qnorm(.975)*sqrt((p+d-(p-d)^2)/a), times 100 (Lewis & Sauro 2021)
        (50, 30, 20, 14.05113018, 44.20129701),
        (250, 150, 100, 22.99634458, 36.64580253),
        (8, 1, 1, 14.73171635, 92.96059134),
        (13, 8, 9, -16.37197763, 40.61440187),
        # unclipped 106.3426023
        (10, 0, 0, 47.50355154, 100.0),
    ],
)
def test_nps_interval_is_the_adjusted_wald(promoters, passives, detractors, low, high) -> None:
    found = nps_interval(promoters, detractors, promoters + passives + detractors)
    np.testing.assert_allclose(found, (low, high), atol=1e-6)


@pytest.mark.parametrize(("n", "coverage"), [(10, 0.9441542144), (20, 0.9562819797)])
def test_nps_interval_covers_as_often_as_enumeration_says(n: int, coverage: float) -> None:
    # exact enumeration of the trinomial in R 4.2.2 at detractors/passives/promoters .05/.15/.80
    cells = np.array([(d, p, n - d - p) for d in range(n + 1) for p in range(n + 1 - d)])
    chance = stats.multinomial.pmf(cells, n, [0.05, 0.15, 0.80])
    low, high = nps_interval(cells[:, 2], cells[:, 0], n)
    hit = (low <= 75 + 1e-9) & (high >= 75 - 1e-9)
    assert chance[hit].sum() == pytest.approx(coverage, abs=1e-6)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        # R 4.2.2 prop.test(x, n, correct=FALSE)$conf.int
        (15, 20, 0.5312991224, 0.8881382986),
        (0, 10, 0.0, 0.2775327999),
        (10, 10, 0.7224672001, 1.0),
        (198, 263, 0.6973284845, 0.8010948136),
    ],
)
def test_wilson_equals_prop_test(x: int, n: int, low: float, high: float) -> None:
    np.testing.assert_allclose(wilson(x, n), (low, high), atol=1e-9)


@given(st.integers(1, 400), st.data())
def test_intervals_hold_the_value_and_stay_on_the_scale(n: int, data: st.DataObject) -> None:
    detractors = data.draw(st.integers(0, n))
    promoters = data.draw(st.integers(0, n - detractors))
    low, high = nps_interval(promoters, detractors, n)
    assert -100 <= low <= high <= 100
    if n >= 3:
        # the interval is centred on the adjusted score, but never misses the observed one
        assert low - 1e-9 <= 100 * (promoters - detractors) / n <= high + 1e-9
    low, high = wilson(promoters, n)
    assert 0 <= low <= promoters / n <= high <= 1


def test_mean_interval_claims_no_certainty_when_all_answers_are_alike() -> None:
    low, high = mean_interval(5.0, 0.0, 10, bounds=(1, 5))
    # Wilson's upper limit of 0 in 10 is .2775: the mean could be 5 - 4 * .2775
    assert low == pytest.approx(5 - 4 * 0.2775327999)
    assert high == 5


def test_mean_interval_is_students() -> None:
    values = np.array([1, 2, 2, 4, 5, 3, 3, 2])
    low, high = mean_interval(values.mean(), values.std(ddof=1), len(values), bounds=(1, 5))
    ends = stats.t.interval(0.95, 7, loc=values.mean(), scale=stats.sem(values))
    np.testing.assert_allclose((low, high), ends)


# the p-values of Benjamini & Hochberg's tool; R 4.2.2 p.adjust(p, "BH"|"holm"|"BY")
P = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251]
P += [0.269, 0.275, 0.34, 0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.94, 0.942, 0.975, 0.986]
BH = [0.025, 0.1, 0.21, 0.21, 0.21, 0.25, 0.2642857143, *[0.4910714286] * 7, 0.5328125]
BH += [0.5328125, 0.5647058824, 0.7815789474, 0.7815789474, 0.87, 0.9071428571, *[0.986] * 4]
HOLM = [0.025, 0.192, 0.897, 0.902, 0.902, *[1.0] * 20]
BY = [0.09539895444, 0.3815958178, *[0.8013512173] * 3, 0.9539895444, *[1.0] * 19]


@pytest.mark.parametrize(("method", "expected"), [("bh", BH), ("holm", HOLM), ("by", BY)])
def test_corrections_equal_p_adjust(method: str, expected: list[float]) -> None:
    shuffled = np.random.default_rng(1).permutation(len(P))
    found = adjust_p(np.array(P)[shuffled], method)
    np.testing.assert_allclose(found, np.array(expected)[shuffled], atol=1e-9)


def test_a_missing_p_is_no_test() -> None:
    # R 4.2.2 p.adjust(c(.01,.02,.03,.04,NA,.05,.01), "BH")
    found = adjust_p([0.01, 0.02, 0.03, 0.04, np.nan, 0.05, 0.01], "bh")
    np.testing.assert_allclose(found, [0.03, 0.04, 0.045, 0.048, np.nan, 0.05, 0.03], atol=1e-12)


def test_an_unknown_correction_is_refused() -> None:
    with pytest.raises(SettingsError, match="holm"):
        adjust_p([0.1], "sidak-ish")
