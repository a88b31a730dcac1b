from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import penalty_reward
from cxresearch.model import FrameError, SettingsError


def test_basics_delights_and_straight_ones_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(1, 6, size=(1500, 4))
    low, high = x <= 2, x >= 5
    y = -3 * low[:, 0] + 3 * high[:, 1] + 1.5 * high[:, 2] - 1.5 * low[:, 2]
    table = pd.DataFrame(x, columns=["invoice", "expert", "portal", "newsletter"])
    table["y"] = y + rng.normal(size=1500)
    found = penalty_reward(table, target="y", predictors=list(table.columns[:4]))
    kinds = found.table.set_index("driver")["kind"].to_dict()
    assert kinds["invoice"] == "basic"
    assert kinds["expert"] == "delight"
    assert kinds["portal"] == "performance"
    assert kinds["newsletter"] == "unclear"
    row = found.table.iloc[0]
    assert row["penalty_low"] < -3 < row["penalty_high"]
    assert "invoice" in found.sentence("fi")
    with pytest.raises(FrameError, match="few"):
        penalty_reward(table.assign(invoice=3), target="y", predictors=["invoice"])
    with pytest.raises(SettingsError, match="below"):
        penalty_reward(table, target="y", predictors=["invoice"], low=5, high=2)
