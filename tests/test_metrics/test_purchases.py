"""From purchases to histories, observed value, and models at the end of their range."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import fit_bg_nbd, lifetime_value, observed_value, purchase_histories
from cxresearch.model import FrameError, SettingsError


def purchases() -> pd.DataFrame:
    days = ["2025-01-01", "2025-01-11", "2025-01-11", "2025-01-31", "2025-01-05", "2025-02-10"]
    return pd.DataFrame(
        {
            "purchase": list("123456"),
            "customer": ["a", "a", "a", "a", "b", "c"],
            "bought_at": pd.to_datetime(days),
            "value": [10.0, 20, 4, 30, 7, 9],
        }
    )


def test_histories_count_days_after_the_first() -> None:
    found = purchase_histories(purchases(), until=pd.Timestamp("2025-02-01"), unit="day")
    table = found.table.set_index("customer")
    assert table.loc["a", ["frequency", "recency", "age"]].tolist() == [2, 30, 31]
    # two purchases of a day are one event; the first day's value is not in the mean
    assert table.loc["a", "mean_value"] == pytest.approx((24 + 30) / 2)
    assert table.loc["a", ["value", "purchases"]].tolist() == [64, 4]
    assert table.loc["b", "frequency"] == 0
    assert np.isnan(table.loc["b", "mean_value"])
    assert "c" not in table.index
    report = found.details["report"].set_index("what")["count"]
    assert report.to_dict() == {
        "purchases": 5, "after_the_end": 1, "customers": 2, "bought_once": 1,
    }  # fmt: skip


def test_a_first_purchase_on_the_last_day_has_an_age() -> None:
    table = purchase_histories(purchases()).table
    assert (table["age"] > 0).all()


def test_observed_value_is_the_mean_margin() -> None:
    table = purchase_histories(purchases()).table
    row = observed_value(table, margin=0.5, minimum_cell=2).table.iloc[0]
    assert row["value"] == pytest.approx(0.5 * (64 + 7 + 9) / 3)


def test_bad_purchases_are_refused() -> None:
    with pytest.raises(FrameError, match="value"):
        purchase_histories(purchases().assign(value=-1.0))
    with pytest.raises(FrameError, match="Nothing was bought"):
        purchase_histories(purchases(), until=pd.Timestamp("2020-01-01"))
    with pytest.raises(SettingsError, match="unit"):
        purchase_histories(purchases(), unit="year")


def test_customers_who_all_stay_alike_are_fitted_and_told_of() -> None:
    rng = np.random.default_rng(8)
    rate = rng.gamma(2, 0.2, 400)
    age = np.full(400, 36.0)
    frequency = rng.poisson(rate * age)
    # nobody leaves: the last of x purchases is near the end
    recency = np.where(frequency > 0, age * rng.beta(np.maximum(frequency, 1), 1), 0.0)
    model = fit_bg_nbd(frequency, recency, age)
    assert model.r / model.alpha == pytest.approx(0.4, abs=0.05)
    expected = model.expected(frequency, recency, age, 12.0)
    assert np.isfinite(expected).all()
    # with no leaving the expectation is the gamma-Poisson one
    plain = 12 * (model.r + frequency) / (model.alpha + age)
    assert expected == pytest.approx(plain, rel=0.1)
    table = pd.DataFrame(
        {
            "customer": np.arange(400).astype(str),
            "frequency": frequency,
            "recency": recency,
            "age": age,
            "mean_value": rng.gamma(6, 10, 400),
        }
    )
    notes = [w.to("en") for w in lifetime_value(table, horizon=12).warnings]
    assert any("same small chance" in note for note in notes)
