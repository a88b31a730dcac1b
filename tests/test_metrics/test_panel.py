from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import grunfeld

from cxresearch.metrics import link_panel, within_regression
from cxresearch.model import FrameError


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    # the ten firms of R plm's Grunfeld; statsmodels ships an eleventh
    table = grunfeld.load_pandas().data
    table = table[table["firm"] != "American Steel"]
    return table.rename(columns={"firm": "unit", "year": "period"})


@pytest.mark.parametrize(
    ("two_ways", "kind", "coefficients", "errors"),
    [
        # R plm 2.6-2: plm(inv~value+capital, Grunfeld, model="within", effect=);
        # vcovHC(f, method="arellano", type="HC0"|"sss", cluster="group")
        (False, "hc0", [0.1101238041, 0.3100653413], [0.01434214371, 0.04979260872]),
        (False, "sss", [0.1101238041, 0.3100653413], [0.01515607544, 0.05261839159]),
        (True, "hc0", [0.1177158551, 0.3579162731], [0.009712023687, 0.04293110894]),
        (True, "sss", [0.1177158551, 0.3579162731], [0.01026319124, 0.04536749448]),
    ],
)
def test_fixed_effects_and_clustered_errors_equal_plm(
    firms, two_ways, kind, coefficients, errors
) -> None:
    fit = within_regression(
        firms["invest"].to_numpy(float),
        firms[["value", "capital"]].to_numpy(float),
        pd.factorize(firms["unit"])[0],
        pd.factorize(firms["period"])[0],
        two_ways=two_ways,
        small_sample=kind,
    )
    np.testing.assert_allclose(fit.coefficients, coefficients, atol=1e-9)
    np.testing.assert_allclose(fit.errors, errors, atol=1e-9)


def test_an_unbalanced_panel_equals_dummy_variables(firms) -> None:
    rows = firms.drop(firms.index[[3, 40, 41, 99, 150]])
    unit, period = pd.factorize(rows["unit"])[0], pd.factorize(rows["period"])[0]
    y, x = rows["invest"].to_numpy(float), rows[["value", "capital"]].to_numpy(float)
    dummies = pd.get_dummies(rows[["unit", "period"]].astype(str), dtype=float).to_numpy()
    expected = np.linalg.lstsq(np.column_stack([x, dummies]), y, rcond=None)[0][:2]
    np.testing.assert_allclose(within_regression(y, x, unit, period).coefficients, expected)


def _panel(effect: float, rng: np.random.Generator, shift: int = 0) -> pd.DataFrame:
    months = pd.date_range("2022-01-01", periods=36, freq="MS")
    rows = []
    common = rng.normal(size=36).cumsum()
    for unit in ("South", "West", "East", "North", "Partner"):
        metric = common + rng.normal(size=36) + rng.normal() * 2
        lagged = np.concatenate([np.full(shift, metric.mean()), metric[: 36 - shift]])
        kpi = 2 * common + effect * lagged + rng.normal(size=36) + rng.normal() * 2
        rows.append(pd.DataFrame({"unit": unit, "period": months, "nps": metric, "churn": kpi}))
    return pd.concat(rows, ignore_index=True)


def test_what_all_units_share_is_not_read_as_a_link() -> None:
    found = link_panel(_panel(0.0, np.random.default_rng(1)), metric="nps", kpi="churn")
    row = found.table.iloc[0]
    assert abs(row["coefficient"]) < 0.25
    assert row["p_wild"] > 0.05
    assert found.details["pooled_r"] > 0.3
    assert any("5" in w.to("fi") for w in found.warnings)


def test_an_effect_with_a_lag_is_found_and_the_placebo_stays_quiet() -> None:
    panel = _panel(0.8, np.random.default_rng(2), shift=1)
    found = link_panel(panel, metric="nps", kpi="churn", lag=1).table.set_index("term")
    assert found.loc["nps", "coefficient"] == pytest.approx(0.8, abs=0.2)
    assert found.loc["nps", "p_wild"] < 0.05
    assert found.loc["nps", "n"] == 175
    assert found.loc["placebo", "p"] > 0.05


@pytest.mark.parametrize("lag", [0, 1])
def test_a_metric_that_follows_the_kpi_fails_the_placebo(lag: int) -> None:
    panel = _panel(0.0, np.random.default_rng(3))
    after = panel.groupby("unit")["churn"].shift(1)
    panel["nps"] = after.fillna(after.mean()) + np.random.default_rng(4).normal(size=len(panel))
    found = link_panel(panel, metric="nps", kpi="churn", lag=lag)
    assert found.table.set_index("term").loc["placebo", "p"] < 0.05
    assert any("placebo fails" in w.to("en") for w in found.warnings)


def test_bad_panels_are_refused(firms) -> None:
    with pytest.raises(FrameError, match="twice"):
        link_panel(pd.concat([firms, firms.iloc[:1]]), metric="value", kpi="invest")
    with pytest.raises(FrameError, match="several units"):
        link_panel(firms[firms["period"] == 1940], metric="value", kpi="invest")
    with pytest.raises(FrameError, match="does not vary"):
        link_panel(firms.assign(value=1.0), metric="value", kpi="invest")
    with pytest.raises(FrameError, match="lacks"):
        link_panel(firms, metric="nps", kpi="invest")
