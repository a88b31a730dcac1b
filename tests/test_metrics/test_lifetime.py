from __future__ import annotations

import importlib.util
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from cxresearch.metrics import (
    BgNbd,
    GammaGamma,
    fit_bg_nbd,
    fit_gamma_gamma,
    lifetime_value,
    purchase_histories,
)
from cxresearch.metrics.lifetime import _bg_nbd_loss, _gamma_gamma_loss
from cxresearch.model import FrameError, SettingsError

# CDNOW customers 1, 1516 (at T=38.86), one who never came back, and 2: x, t_x, T in weeks
X, RECENCY, AGE = np.array(
    [[2, 30.43, 38.86], [26, 30.86, 38.86], [0, 0, 38.86], [1, 1.71, 38.86]]
).T


def test_expectations_equal_btyd() -> None:
    model = BgNbd(0.243, 4.414, 0.793, 2.426)
    # R BTYD 2.4.3 bgnbd.ConditionalExpectedTransactions(T.star=39|52), bgnbd.PAlive,
    # bgnbd.Expectation(t=1,39,52); customer 1 over 39 weeks is 1.23 in Fader, Hardie & Lee 2005
    np.testing.assert_allclose(
        model.expected(X, RECENCY, AGE, 39),
        [1.226028175, 2.549962574, 0.195098052, 0.2031869871],
        atol=1e-8,
    )
    np.testing.assert_allclose(
        model.expected(X, RECENCY, AGE, 52),
        [1.558720806, 3.189974254, 0.2520730223, 0.2598234649],
        atol=1e-8,
    )
    np.testing.assert_allclose(
        model.alive(X, RECENCY, AGE), [0.7265785701, 0.139338022, 1, 0.2121009854], atol=1e-9
    )
    np.testing.assert_allclose(
        model.expected_new([1, 39, 52]), [0.05326789117, 1.196723193, 1.446050595], atol=1e-8
    )
    # R BTYD 2.4.3 spend.expected.value
    np.testing.assert_allclose(
        GammaGamma(6.25, 3.74, 15.44).expected([35, np.nan, 22.35], [3, 0, 2]),
        [35.02791996, 35.2189781, 24.66371391],
        atol=1e-7,
    )


def _cdnow(
    name: str = "cdnow_customers_summary_with_transactions.csv", **how: object
) -> pd.DataFrame | None:
    name = f"lifetimes/datasets/{name}"
    wheel = os.environ.get("CXRESEARCH_LIFETIMES_WHEEL")
    if wheel:
        with zipfile.ZipFile(wheel) as archive:
            return pd.read_csv(io.BytesIO(archive.read(name)), **how)
    found = importlib.util.find_spec("lifetimes")
    if found is None or found.origin is None:
        return None
    return pd.read_csv(Path(found.origin).parents[1] / name, **how)


def test_cdnow_equals_btyd() -> None:
    table = _cdnow()
    if table is None:
        pytest.skip("CDNOW ships in the lifetimes wheel: install it, or name it in the environment")
    x, recency, age = (table[c].to_numpy(float) for c in ("x", "t_x", "T"))
    model = fit_bg_nbd(x, recency, age)
    # R BTYD 2.4.3 bgnbd.EstimateParameters refined by optim BFGS; Fader, Hardie & Lee 2005
    assert model.r == pytest.approx(0.2425928019, abs=1e-4)
    assert model.alpha == pytest.approx(4.413528637, abs=2e-3)
    assert model.a == pytest.approx(0.7928855569, abs=1e-3)
    assert model.b == pytest.approx(2.425751174, abs=5e-3)
    assert model.log_likelihood == pytest.approx(-9582.425561, abs=1e-3)
    spend = fit_gamma_gamma(table["zbar"], x)
    # R BTYD 2.4.3 spend.EstimateParameters refined; Fader & Hardie 2013
    assert spend.p == pytest.approx(6.248782917, abs=2e-3)
    assert spend.q == pytest.approx(3.744579112, abs=2e-3)
    assert spend.gamma == pytest.approx(15.4477575, abs=2e-2)
    assert spend.log_likelihood == pytest.approx(-4055.923244, abs=1e-3)


def test_purchases_of_cdnow_become_the_published_histories() -> None:
    sales = _cdnow("CDNOW_sample.txt", sep=r"\s+", header=None, dtype=str)
    published = _cdnow()
    if sales is None or published is None:
        pytest.skip("CDNOW ships in the lifetimes wheel: install it, or name it in the environment")
    purchases = pd.DataFrame(
        {
            "purchase": sales.index.astype(str),
            "customer": sales[1],
            "bought_at": pd.to_datetime(sales[2], format="%Y%m%d"),
            "value": sales[4].astype(float),
        }
    )
    found = purchase_histories(purchases, until=pd.Timestamp("1997-09-30"), unit="week").table
    table = found.assign(ID=found["customer"].astype(int)).merge(published, on="ID")
    assert len(table) == 2357
    assert (table["frequency"] == table["x"]).all()
    # the published weeks have two decimals
    for mine, theirs in (("recency", "t_x"), ("age", "T"), ("mean_value", "zbar")):
        assert (table[mine].fillna(0) - table[theirs]).abs().max() < 0.0051
    assert fit_bg_nbd(table["frequency"], table["recency"], table["age"]).r == pytest.approx(
        0.24259, abs=1e-4
    )


def test_gradients_are_those_of_the_likelihoods() -> None:
    x, t, age = np.array([0.0, 1, 3, 8]), np.array([0, 2.0, 5, 9]), np.array([10.0, 9, 8, 10])
    counts = np.array([5, 3, 2, 1])
    at = np.log([0.4, 2.0, 0.7, 2.2])
    gap = optimize.check_grad(
        lambda v: _bg_nbd_loss(v, x, t, age, counts)[0],
        lambda v: _bg_nbd_loss(v, x, t, age, counts)[1],
        at,
    )
    assert gap < 1e-4
    spent, again = np.array([0.5, 1.0, 2.5]), np.array([1.0, 4, 2])
    gap = optimize.check_grad(
        lambda v: _gamma_gamma_loss(v, spent, again, counts[:3])[0],
        lambda v: _gamma_gamma_loss(v, spent, again, counts[:3])[1],
        np.log([4.0, 3.0, 1.2]),
    )
    assert gap < 1e-4


def _simulated(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Buyers drawn from the models' own story: r 0.8, alpha 6, a 1, b 3; p 5, q 4, gamma 20."""
    rate = rng.gamma(0.8, 1 / 6.0, n)
    leave = rng.beta(1.0, 3.0, n)
    age = rng.uniform(30, 52, n)
    rows = []
    for i in range(n):
        now, times = 0.0, []
        while True:
            now += rng.exponential(1 / rate[i])
            if now > age[i]:
                break
            times.append(now)
            if rng.random() < leave[i]:
                break
        value = rng.gamma(5.0, 1 / rng.gamma(4.0, 1 / 20.0), max(len(times), 1)).mean()
        last = times[-1] if times else 0.0
        rows.append((f"c{i}", len(times), last, age[i], value if times else np.nan))
    return pd.DataFrame(rows, columns=["customer", "frequency", "recency", "age", "mean_value"])


def test_what_was_put_in_is_found_again() -> None:
    table = _simulated(6000, np.random.default_rng(4))
    model = fit_bg_nbd(table["frequency"], table["recency"], table["age"])
    assert model.r / model.alpha == pytest.approx(0.8 / 6, rel=0.12)
    assert model.a / (model.a + model.b) == pytest.approx(0.25, abs=0.05)
    # the unit of time is the reader's: in days the same likelihood up to its unit
    days = fit_bg_nbd(table["frequency"], 7 * table["recency"], 7 * table["age"])
    assert days.alpha == pytest.approx(7 * model.alpha, rel=1e-3)
    shift = table["frequency"].sum() * np.log(7)
    assert days.log_likelihood == pytest.approx(model.log_likelihood - shift, abs=0.01)
    found = lifetime_value(table, horizon=26, margin=0.4, discount=0.001)
    mean = found.table["purchase_value"].mean()
    # population mean p gamma / (q - 1)
    assert mean == pytest.approx(5 * 20 / 3, rel=0.1)
    assert (found.table["lifetime_value"] > 0).all()
    assert (found.table["alive"].between(0, 1)).all()
    assert abs(found.details["spend_correlation"]) < 0.2
    assert "viidennes" in found.sentence("fi")


def test_impossible_histories_name_their_rows() -> None:
    with pytest.raises(FrameError, match="rows 1"):
        fit_bg_nbd([1, 2], [3, 12], [10, 10])
    with pytest.raises(FrameError, match="again"):
        fit_bg_nbd([0, 0], [0, 0], [10, 9])
    with pytest.raises(FrameError, match="rows 0"):
        fit_gamma_gamma([-5, 3], [2, 1])
    with pytest.raises(FrameError, match="lacks"):
        lifetime_value(pd.DataFrame({"customer": ["a"]}), horizon=10)
    table = _simulated(5, np.random.default_rng(1))
    with pytest.raises(SettingsError, match="horizon"):
        lifetime_value(table, horizon=0)
