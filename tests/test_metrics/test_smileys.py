"""Smiley terminals: shares with Wilson's interval, and weeks that are news."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from cxresearch.metrics import smiley_shares, smiley_trend
from cxresearch.model import FrameError, SettingsError


def counts(*, fall: bool = False) -> pd.DataFrame:
    rows = []
    for number, week in enumerate(pd.date_range("2025-01-06", periods=16, freq="7D")):
        for place, base in (("desk", 60), ("door", 3)):
            good = base - (30 if fall and number == 15 and place == "desk" else number % 3)
            for face, count in ((4, good), (3, 10), (2, 8), (1, 2)):
                rows.append(("all", place, week, face, count))
    return pd.DataFrame(rows, columns=["unit", "place", "period", "face", "count"])


def test_the_share_that_smiles_has_wilsons_interval() -> None:
    one = pd.DataFrame(
        {
            "unit": "all",
            "place": "desk",
            "period": pd.Timestamp("2025-01-06"),
            "face": [4, 3, 2, 1],
            "count": [30, 10, 6, 4],
        }
    )
    row = smiley_shares(one).table.iloc[0]
    assert (row["n"], row["value"]) == (50, 0.8)
    expected = proportion_confint(40, 50, method="wilson")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(expected)


def test_places_and_calendar_periods() -> None:
    by_place = smiley_shares(counts()).table
    assert by_place["place"].tolist() == ["desk", "door"]
    assert len(smiley_shares(counts(), by="week").table) == 16
    assert len(smiley_shares(counts(), by="month").table) == 4
    assert smiley_shares(counts(), by=None).table["n"].iloc[0] == counts()["count"].sum()


def test_only_what_is_out_of_the_ordinary_is_news() -> None:
    desk = counts()[counts()["place"] == "desk"]
    assert (smiley_trend(desk).table["signal"] == "").all()
    fallen = counts(fall=True)
    found = smiley_trend(fallen[fallen["place"] == "desk"])
    assert found.table["signal"].iloc[-1] == "below"


def test_small_places_are_hidden_and_bad_tables_refused() -> None:
    few = counts().head(4).assign(count=[1, 1, 1, 1])
    assert smiley_shares(few).table.loc[0, "hidden"]
    with pytest.raises(FrameError, match="Nobody"):
        smiley_shares(counts().assign(count=0))
    with pytest.raises(FrameError, match="count"):
        smiley_shares(counts().assign(count=-1))
    with pytest.raises(SettingsError, match="grouped"):
        smiley_shares(counts(), by="colour")
