from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import cross_correlation, link_periods
from cxresearch.model import FrameError, SettingsError

BJSALES = Path(__file__).parents[3] / "shared" / "known_answers" / "csv" / "bjsales.csv"


def _weeks(values: np.ndarray) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2024-01-01", periods=len(values), freq="W-MON"))


def _ar(phi: float, n: int, rng: np.random.Generator) -> np.ndarray:
    values = np.zeros(n + 100)
    noise = rng.normal(size=n + 100)
    for t in range(1, n + 100):
        values[t] = phi * values[t - 1] + noise[t]
    return values[100:]


@pytest.mark.skipif(not BJSALES.exists(), reason="the reference series BJsales is not here")
def test_cross_correlation_equals_ccf() -> None:
    table = pd.read_csv(BJSALES)
    # R 4.2.2 ccf(BJsales.lead, BJsales): at R's lag -3, 0 and 1 (ours 3, 0, -1)
    np.testing.assert_allclose(
        cross_correlation(table["lead"], table["sales"], [3, 0, -1]),
        [0.9404871484, 0.9513027509, 0.9268596887],
        atol=1e-9,
    )
    # ccf(diff(BJsales.lead), diff(BJsales)): at R's lag -3, -2, 0
    np.testing.assert_allclose(
        cross_correlation(np.diff(table["lead"]), np.diff(table["sales"]), [3, 2, 0]),
        [0.7200704083, -0.3802914955, -0.003170340046],
        atol=1e-9,
    )
    index = pd.date_range("2000-01-01", periods=150, freq="MS")
    found = link_periods(
        pd.Series(table["lead"].to_numpy(), index=index),
        pd.Series(table["sales"].to_numpy(), index=index),
        lags=range(6),
        replicates=500,
    )
    # Box & Jenkins 1976: the lead series leads by three periods
    best = found.table.loc[found.table["p_corrected"].idxmin()]
    assert best["lag"] == 3
    assert found.table["p_corrected"].iloc[:3].min() > 0.05
    assert "3" in found.sentence("fi")


def test_a_lag_put_in_is_found_and_only_there() -> None:
    rng = np.random.default_rng(7)
    metric = _ar(0.6, 80, rng)
    kpi = np.roll(metric, 2) * 0.8 + _ar(0.5, 80, rng) * 0.6
    found = link_periods(_weeks(metric), _weeks(kpi), lags=(-1, 0, 1, 2, 3), replicates=500).table
    strongest = found.loc[found["r"].abs().idxmax()]
    assert strongest["lag"] == 2
    assert strongest["p_corrected"] < 0.01
    assert strongest["ci_low"] > 0
    assert found.loc[found["lag"] == -1, "p_corrected"].item() > 0.05


@pytest.mark.parametrize("correction", ["max_t", "bonferroni"])
def test_lags_are_not_found_in_noise(correction: str) -> None:
    rng = np.random.default_rng(21)
    naive = honest = 0
    for i in range(120):
        found = link_periods(
            _weeks(_ar(0.8, 52, rng)),
            _weeks(_ar(0.8, 52, rng)),
            lags=(0, 1, 2, 3, 4),
            correction=correction,
            replicates=200,
            random_state=i,
        ).table
        naive += found["naive_p"].min() < 0.05
        honest += found["p_corrected"].min() < 0.05
    # published in research on this design: naive best of five 57 %, honest about 5 %
    assert naive / 120 > 0.4
    assert honest / 120 < 0.11


def test_a_season_both_share_is_no_link() -> None:
    rng = np.random.default_rng(3)
    months = pd.date_range("2020-01-01", periods=60, freq="MS")
    season = 3 * np.sin(2 * np.pi * np.arange(60) / 12)
    one = pd.Series(season + rng.normal(size=60), index=months)
    other = pd.Series(season + rng.normal(size=60), index=months)
    blind = link_periods(one, other, lags=(0,), transform="level", replicates=300).table
    seeing = link_periods(one, other, lags=(0,), transform="level", season=12, replicates=300)
    assert blind["naive_p"].item() < 0.001
    assert seeing.table["p"].item() > 0.05


def test_under_24_periods_there_is_description_only() -> None:
    rng = np.random.default_rng(5)
    found = link_periods(_weeks(rng.normal(size=20)), _weeks(rng.normal(size=20)))
    assert found.table[["r", "p", "p_corrected", "ci_low", "naive_p"]].isna().all(axis=None)
    assert found.table["naive_r"].notna().all()
    assert not found.details["tested"]
    assert "20" in found.sentence("fi")


def test_gaps_stay_gaps() -> None:
    rng = np.random.default_rng(6)
    one, other = _weeks(rng.normal(size=60)), _weeks(rng.normal(size=60))
    found = link_periods(one.drop(one.index[20:30]), other, lags=(0, 1), replicates=200)
    assert found.table["n"].max() < 50
    assert found.warnings


def test_bad_series_are_refused() -> None:
    rng = np.random.default_rng(8)
    good = _weeks(rng.normal(size=40))
    with pytest.raises(FrameError, match="twice"):
        link_periods(pd.concat([good, good.iloc[:1]]), good)
    with pytest.raises(FrameError, match="dates"):
        link_periods(good.reset_index(drop=True), good)
    with pytest.raises(FrameError, match="in common"):
        link_periods(good.iloc[:1], good)
    with pytest.raises(FrameError, match="varies"):
        link_periods(good * 0 + 3, good)
    with pytest.raises(SettingsError, match="season"):
        link_periods(good, good.shift(1, freq="W-MON"), season=52)
    with pytest.raises(SettingsError, match="max_t"):
        link_periods(good, good, correction="none")


def test_taking_the_season_away_leaves_chance_no_more_room() -> None:
    # 36 months, 12 seasonal means from each series: a test that forgets them errs in 17 % of pairs
    rng = np.random.default_rng(1)
    index = pd.date_range("2022-01-01", periods=36, freq="MS")
    found = 0
    for i in range(150):
        metric, kpi = (pd.Series(rng.normal(size=36), index) for _ in range(2))
        table = link_periods(
            metric, kpi, lags=(0, 1, 2, 3), season=12, replicates=300, random_state=i
        ).table
        found += bool((table["p_corrected"] < 0.05).any())
    assert found / 150 <= 0.10
