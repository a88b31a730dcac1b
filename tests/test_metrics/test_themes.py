from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.metrics import theme_impact
from cxresearch.model import FrameError, SettingsError


def _table(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    waiting = rng.random(n) < 0.25
    invoice = np.where(waiting, rng.random(n) < 0.6, rng.random(n) < 0.1)
    value = np.clip(np.round(8.5 - 4 * waiting + rng.normal(0, 1.5, n)), 0, 10)
    return pd.DataFrame({"value": value, "waiting": waiting, "invoice": invoice})


def test_the_definitions_stand_side_by_side() -> None:
    found = theme_impact(_table(), themes=["waiting", "invoice"], replicates=300)
    table = found.table.set_index("theme")
    assert found.table["theme"].iloc[0] == "waiting"
    assert table.loc["waiting", "ci_high"] < 0
    # invoices hurt only because they go with waiting: held equal, nothing is left
    assert table.loc["invoice", "removal"] < 0
    low, high = table.loc["invoice", ["regression_low", "regression_high"]]
    assert low < 0 < high
    np.testing.assert_allclose(table["removal"], table["formula"])
    assert "waiting" in found.sentence("en")
    assert "yhteys ei kerro syystä" in found.sentence("fi")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5000))
def test_removal_is_what_removing_the_comments_does(seed: int) -> None:
    table = _table(60, seed)
    if table["waiting"].sum() in (0, 60):
        return
    row = theme_impact(table, themes=["waiting"], replicates=20).table.iloc[0]

    def nps(values: pd.Series) -> float:
        return 100 * ((values >= 9).mean() - (values <= 6).mean())

    expected = nps(table["value"]) - nps(table.loc[~table["waiting"], "value"])
    assert row["removal"] == pytest.approx(expected)


def test_the_bootstrap_equals_resampling_rows() -> None:
    table = _table(150)
    rng = np.random.default_rng(9)
    scored = (100 * (table["value"] >= 9) - 100 * (table["value"] <= 6)).to_numpy(float)
    mark = table["waiting"].to_numpy(bool)
    drawn = []
    for _ in range(2000):
        rows = rng.integers(0, 150, 150)
        drawn.append(scored[rows].mean() - scored[rows][~mark[rows]].mean())
    row = theme_impact(table, themes=["waiting"], replicates=2000).table.iloc[0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), abs=1.5)


def test_bad_tables_are_refused() -> None:
    table = _table(50)
    with pytest.raises(FrameError, match="rows"):
        theme_impact(table.assign(value=11), themes=["waiting"])
    with pytest.raises(FrameError, match="set apart"):
        theme_impact(table.assign(waiting=True), themes=["waiting"])
    with pytest.raises(FrameError, match="lacks"):
        theme_impact(table, themes=["billing"])
    with pytest.raises(FrameError, match="true or false"):
        theme_impact(table.assign(waiting=2), themes=["waiting"])
    with pytest.raises(SettingsError, match="nps"):
        theme_impact(table, themes=["waiting"], statistic="median")
