"""What a column is taken for, what is refused, and that holes stay holes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.model import CxresearchError, Words
from cxresearch.segments import FeatureError, declare_features, tenure_months


def _table(n: int = 200) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "customer": [f"c{i}" for i in range(n)],
            "plan": random.choice(["basic", "plus", "pro"], n),
            "easy": random.integers(1, 6, n),
            "nps": random.integers(0, 11, n),
            "purchases": random.poisson(2, n),
            "revenue": np.exp(random.normal(8, 1.2, n)),
            "size": random.normal(50, 5, n),
            "portal": random.random(n) < 0.4,
        }
    )


def test_types_are_inferred_with_a_reason():
    found = declare_features(_table())
    kinds = {f.name: ("log" if f.log else f.kind) for f in found}
    assert kinds == {
        "plan": "nominal",
        "easy": "ordinal",
        "nps": "ordinal",
        "purchases": "count",
        "revenue": "log",
        "size": "numeric",
        "portal": "nominal",
    }
    table = found.table("fi")
    assert (table["reason"].str.len() > 0).all()
    assert found["easy"].levels == ("1", "2", "3", "4", "5")
    assert "features go into the grouping" in found.finding().sentence("en")


def test_declared_types_win_and_labels_are_kept():
    labels = {"plan": Words(fi="palvelutaso", en="plan"), "plan=pro": Words(fi="huippu", en="top")}
    found = declare_features(_table(), types={"easy": "numeric"}, labels=labels)
    assert found["easy"].kind == "numeric"
    assert found["plan"].title("fi") == "palvelutaso"
    assert found["plan"].level_title("pro", "fi") == "huippu"


def test_outcomes_are_refused_unless_overridden():
    with pytest.raises(FeatureError, match="Outcomes can't be features"):
        declare_features(_table(), outcomes=["revenue"])
    found = declare_features(_table(), outcomes=["revenue"], allow_outcomes=True)
    assert any("revenue" in w.to("en") for w in found.warnings)


def test_personal_columns_are_refused_always():
    with pytest.raises(FeatureError, match="Personal columns") as caught:
        declare_features(_table(), personal=["plan"], allow_outcomes=True)
    assert isinstance(caught.value, CxresearchError)


def test_constant_all_missing_date_and_id_columns_are_left_out_with_the_reason():
    table = _table().assign(
        country="FI",
        empty=np.nan,
        since=pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(200), unit="D"),
        note=[f"text {i}" for i in range(200)],
    )
    found = declare_features(table)
    assert set(found.left_out) == {"country", "empty", "since", "note"}
    assert not found.table().set_index("feature").loc["country", "used"]


def test_ten_thousand_levels_are_no_feature_and_many_are_pooled():
    n = 12_000
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "town": [f"t{i % 10_000}" for i in range(n)],
            "trade": random.choice([f"s{i}" for i in range(400)], n),
            "size": random.normal(size=n),
        }
    )
    found = declare_features(table)
    assert "town" in found.left_out
    assert len(found["trade"].levels) <= 31
    with pytest.raises(FeatureError, match="infinite"):
        declare_features(table.assign(size=np.inf))


def test_rare_levels_are_pooled_and_said():
    table = _table().assign(plan=["rare"] * 2 + ["basic"] * 100 + ["pro"] * 98)
    found = declare_features(table)
    assert found["plan"].levels == ("basic", "pro", "__other__")
    assert any("one rare level was put under" in w.to("en") for w in found.warnings)
    assert any("yksi harvinainen taso" in w.to("fi") for w in found.warnings)


def test_near_duplicates_and_holes_are_warned_about():
    table = _table()
    table["twin"] = table["size"] * 2 + 1
    table.loc[:149, "purchases"] = np.nan
    texts = " ".join(w.to("en") for w in declare_features(table).warnings)
    assert "size and twin say nearly the same" in texts
    assert "purchases: missing for 75%" in texts


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"size": "count"}, "declared a count"),
        ({"plan": "numeric"}, "does not hold numbers"),
        ({"size": "gaussian"}, "no type of a feature"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(types, message):
    with pytest.raises(FeatureError, match=message):
        declare_features(_table(), types=types)


def test_nothing_left_to_group_on():
    with pytest.raises(FeatureError, match="No column is left"):
        declare_features(pd.DataFrame({"customer": ["a", "b"], "x": [1, 1]}))
    with pytest.raises(FeatureError, match="has no column nowhere"):
        declare_features(_table(), columns=["nowhere"])


def test_tenure_counts_from_the_day_that_is_given():
    months = tenure_months(
        pd.Series([pd.Timestamp("2024-01-01"), pd.NaT]), at=pd.Timestamp("2025-01-01")
    )
    assert months[0] == pytest.approx(366 / 30.4375)
    assert np.isnan(months[1])
