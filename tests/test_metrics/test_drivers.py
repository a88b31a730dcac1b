from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.metrics import drivers, johnson_weights, lmg_shares, variance_inflation
from cxresearch.model import FrameError, SettingsError

SWISS = ["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality", "Fertility"]
# correlations of R's data set swiss (n = 47), lower triangle row by row: R 4.2.2 cor(swiss)
SWISS_LOWER = [-0.686542208617, -0.639522518948, 0.698415296288, 0.401095053049, -0.572741806064]
SWISS_LOWER += [-0.153858917091, -0.060858608417, -0.114021596482, -0.099321845821, 0.175495907597]
SWISS_LOWER += [0.353079183620, -0.645882706457, -0.663788857035, 0.463684700652, 0.416556031435]


@pytest.fixture
def swiss(with_correlations) -> pd.DataFrame:
    return with_correlations(SWISS, SWISS_LOWER, 47)


def test_lmg_first_last_and_vif_equal_relaimpo(swiss) -> None:
    found = drivers(swiss, target="Fertility", predictors=SWISS[:-1], replicates=50)
    table = found.table.set_index("driver").loc[SWISS[:-1]]
    # R relaimpo 2.2-7 calc.relimp(lm(Fertility~., swiss), type=c("lmg","first","last"));
    # car 3.1-1 vif
    lmg = [0.05709122077, 0.1711730289, 0.2601346786, 0.1055701504, 0.1127659229]
    first = [0.1246649099, 0.4171644705, 0.4406156467, 0.2150035016, 0.1735189273]
    last = [0.04286960713, 0.007387418515, 0.1619626931, 0.06237262583, 0.05694525873]
    vif = [2.284129378, 3.675419576, 2.774942781, 1.93716038, 1.107542226]
    np.testing.assert_allclose(table["share"], lmg, atol=1e-9)
    np.testing.assert_allclose(table["alone"], first, atol=1e-9)
    np.testing.assert_allclose(table["last"], last, atol=1e-9)
    np.testing.assert_allclose(table["vif"], vif, atol=1e-8)
    assert found.details["r2"] == pytest.approx(0.7067350016, abs=1e-9)
    assert table["part"]["Education"] == pytest.approx(0.3680795178, abs=1e-9)
    # R rwa 0.1.0 raw weights of the same data
    johnson = [0.04841689581, 0.1547082498, 0.2719641046, 0.1146800299, 0.1169657214]
    np.testing.assert_allclose(table["johnson"], johnson, atol=1e-9)
    assert any("Agriculture" in w.to("en") for w in found.warnings)
    assert "71" in found.sentence("fi")
    assert "not cause" in found.sentence("en")


def test_attitude_equals_relaimpo_and_rwa() -> None:
    # correlations of R's data set attitude: complaints privileges learning raises critical
    # advance rating
    lower = [0.558288200727, 0.596735806267, 0.493330965642, 0.669197480598, 0.445477938072]
    lower += [0.640314372822, 0.187714271225, 0.147233135977, 0.115965246490, 0.376882965169]
    lower += [0.224579552889, 0.343293433840, 0.531619788141, 0.574186160521, 0.283343174035]
    lower += [0.825417569542, 0.426116870100, 0.623678164500, 0.590138994878, 0.156439151607]
    lower += [0.155086252601]
    matrix = np.eye(7)
    matrix[np.tril_indices(7, -1)] = lower
    matrix = matrix + matrix.T - np.eye(7)
    lmg = [0.3708161943, 0.05090379297, 0.1557659902, 0.1203450794, 0.006588722546, 0.02818221312]
    weights = [0.3627601997, 0.05600227878, 0.1636109108, 0.1217803997, 0.008255466496]
    weights += [0.02019273716]
    np.testing.assert_allclose(lmg_shares(matrix), lmg, atol=1e-9)
    np.testing.assert_allclose(johnson_weights(matrix), weights, atol=1e-9)
    assert variance_inflation(matrix)[0] == pytest.approx(2.667060308, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10_000))
def test_shares_equal_the_mean_gain_over_all_orders(p: int, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(30, p + 1)) @ np.random.default_rng(
        seed + 1
    ).normal(size=(p + 1, p + 1))
    matrix = np.corrcoef(rows.T)

    def r2(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        part = matrix[np.ix_(chosen, chosen)]
        return float(matrix[-1, chosen] @ np.linalg.solve(part, matrix[chosen, -1]))

    orders = list(permutations(range(p)))
    expected = np.zeros(p)
    for order in orders:
        for place, driver in enumerate(order):
            expected[driver] += r2(order[: place + 1]) - r2(order[:place])
    np.testing.assert_allclose(lmg_shares(matrix), expected / len(orders), atol=1e-7)
    assert johnson_weights(matrix).sum() == pytest.approx(r2(tuple(range(p))), abs=1e-7)


def test_twenty_drivers_are_exact_and_more_use_johnson() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 24))
    table = pd.DataFrame(x, columns=[f"d{i}" for i in range(24)])
    table["y"] = x[:, 0] * 2 + x[:, 1] + rng.normal(size=300)
    matrix = np.corrcoef(table[[f"d{i}" for i in range(20)] + ["y"]].to_numpy().T)
    shares = lmg_shares(matrix)
    inner = matrix[:-1, :-1]
    assert shares.sum() == pytest.approx(matrix[-1, :-1] @ np.linalg.solve(inner, matrix[:-1, -1]))
    found = drivers(table, target="y", predictors=[f"d{i}" for i in range(24)], replicates=100)
    assert found.details["method"] == "johnson"
    assert found.table["driver"].tolist()[:2] == ["d0", "d1"]
    assert found.table["rank_high"].iloc[0] == 1
    with pytest.raises(SettingsError, match="20"):
        lmg_shares(np.eye(23))


def test_twin_drivers_share_equally_and_are_warned_of() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    table = pd.DataFrame({"a": x, "twin": x, "b": rng.normal(size=200)})
    table["y"] = x + rng.normal(size=200)
    found = drivers(table, target="y", predictors=["a", "twin", "b"], replicates=50)
    shares = found.table.set_index("driver")["share"]
    assert shares["a"] == pytest.approx(shares["twin"])
    assert found.table.set_index("driver").loc["a", "vif"] == np.inf
    assert any("twin" in w.to("fi") for w in found.warnings)


def test_many_rows_use_blocks_and_agree_with_the_rows() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(21_000, 2))
    table = pd.DataFrame({"a": x[:, 0], "b": x[:, 1]})
    table["y"] = 0.6 * table["a"] + rng.normal(size=21_000)
    big = drivers(table, target="y", predictors=["a", "b"], replicates=200).table.iloc[0]
    small = drivers(table.iloc[:20_000], target="y", predictors=["a", "b"], replicates=100)
    row = small.table.iloc[0]
    width = big["ci_high"] - big["ci_low"]
    assert width == pytest.approx(row["ci_high"] - row["ci_low"], rel=0.35)


def test_missing_rows_are_counted_and_bad_columns_refused() -> None:
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.normal(size=(40, 3)), columns=["a", "b", "y"])
    holes = table.copy()
    holes.loc[[1, 5], "a"] = np.nan
    found = drivers(holes, target="y", predictors=["a", "b"], replicates=20)
    assert found.details["n"] == 38
    assert any("2" in w.to("en") for w in found.warnings)
    for bad, message in (
        (table.assign(a=1.0), "varies"),
        (table.assign(a="x"), "numbers"),
        (table.drop(columns="a"), "lacks"),
        (table.iloc[:2], "too few"),
    ):
        with pytest.raises(FrameError, match=message):
            drivers(bad, target="y", predictors=["a", "b"], replicates=5)
