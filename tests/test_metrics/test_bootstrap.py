from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cxresearch.metrics import bootstrap_counts
from cxresearch.model import SettingsError


def test_counts_give_the_distribution_of_row_resampling() -> None:
    rng = np.random.default_rng(2)
    values = rng.choice([0, 3, 6, 7, 8, 9, 10], size=200)

    def nps(rows: np.ndarray) -> np.ndarray:
        return 100 * ((rows >= 9).mean(axis=-1) - (rows <= 6).mean(axis=-1))

    by_rows = nps(rng.choice(values, size=(6000, 200)))
    by_counts = bootstrap_counts(values, "nps", replicates=6000, random_state=3)
    assert by_counts.value == pytest.approx(nps(values))
    quantiles = [0.025, 0.25, 0.5, 0.75, 0.975]
    one, other = np.quantile(by_rows, quantiles), np.quantile(by_counts.replicates, quantiles)
    # Monte Carlo error of an extreme quantile of 6,000 is about 0.2 points here
    np.testing.assert_allclose(one, other, atol=1.01)
    assert stats.ks_2samp(by_rows, by_counts.replicates + 1e-9 * one[0]).statistic < 0.04


@pytest.mark.parametrize("name", ["mean", "median", "std"])
def test_statistics_are_those_of_numpy(name: str) -> None:
    values = np.array([1, 5, 5, 2, 3, 3, 4, 4, 4, 1], dtype=float)
    expected = {"mean": np.mean, "median": np.median, "std": lambda v: np.std(v, ddof=1)}[name]
    found = bootstrap_counts(np.append(values, np.nan), name, replicates=50)
    assert found.value == pytest.approx(expected(values))
    assert found.n == 10
    assert found.ci_low <= found.value <= found.ci_high


def test_a_statistic_of_ones_own_and_the_same_seed_the_same_result() -> None:
    def tops(levels: np.ndarray, counts: np.ndarray) -> np.ndarray:
        return counts @ (levels >= 4) / counts.sum(axis=1)

    values = np.array([1.5, 4.5, 4.0, 2.0, 5.0] * 8)
    one = bootstrap_counts(values, tops, random_state=9)
    other = bootstrap_counts(values, tops, random_state=9)
    assert one.value == pytest.approx(0.6)
    np.testing.assert_array_equal(one.replicates, other.replicates)


def test_nothing_and_the_unknown_are_refused() -> None:
    with pytest.raises(SettingsError, match="resample"):
        bootstrap_counts([np.nan])
    with pytest.raises(SettingsError, match="median"):
        bootstrap_counts([1, 2], "mode")


@pytest.mark.parametrize("statistic", ["mean", "std"])
def test_bca_is_that_of_scipy(statistic: str) -> None:
    values = np.random.default_rng(3).geometric(0.3, 60).astype(float)
    ours = bootstrap_counts(values, statistic, replicates=20_000, method="bca", random_state=1)
    function = {"mean": np.mean, "std": lambda v, axis: np.std(v, axis=axis, ddof=1)}[statistic]
    # scipy.stats.bootstrap((values,), …, method="BCa", n_resamples=20000)
    theirs = stats.bootstrap(
        (values,), function, n_resamples=20_000, method="BCa", rng=np.random.default_rng(2)
    ).confidence_interval
    assert (ours.ci_low, ours.ci_high) == pytest.approx((theirs.low, theirs.high), abs=0.04)
    plain = bootstrap_counts(values, statistic, replicates=20_000, random_state=1)
    assert abs(ours.ci_high - plain.ci_high) > 0.04


def test_bca_without_spread_keeps_the_percentiles_and_other_methods_are_refused() -> None:
    same = bootstrap_counts([7.0] * 20, "mean", method="bca")
    assert (same.ci_low, same.value, same.ci_high) == (7, 7, 7)
    with pytest.raises(SettingsError, match="percentile"):
        bootstrap_counts([1.0, 2.0], "mean", method="studentised")
