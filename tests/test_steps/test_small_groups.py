"""Rare combinations of attributes among respondents."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.model import SettingsError
from cxresearch.steps import rare_combinations


def people(**columns: list[object]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    base = {"respondent": [f"r{i}" for i in range(n)], "kind": ["customer"] * n}
    return pd.DataFrame({**base, **columns})


def test_a_rare_combination_is_told_by_its_fewest_attributes() -> None:
    town = ["Turku"] * 6 + ["Oulu"] * 6 + ["Inari"]
    trade = ["food", "care"] * 6 + ["food"]
    found = rare_combinations(people(town=town, trade=trade), k=3)
    assert found.table.to_numpy().tolist() == [["town", "Inari", 1]]
    assert found.details["in_rare"] == 1
    # pycanon 1.3.6: anonymity.k_anonymity(data, ["kind", "town", "trade"]) gives 1
    assert found.details["smallest"] == 1
    found = rare_combinations(people(town=town[:-1], trade=trade[:-1]), k=4)
    assert set(found.table["attributes"]) == {"town + trade"}
    assert found.details["smallest"] == 3
    assert "12" in found.sentence("fi")
    assert "100%" in found.sentence("en")


def test_missing_matches_nothing_and_numbers_are_named_as_left_out() -> None:
    frame = people(town=["Turku"] * 5 + [None], sensors=[1, 2, 3, 4, 5, 6])
    found = rare_combinations(frame)
    assert found.table.empty
    assert found.details["left_out"] == ["sensors"]
    assert "sensors" in found.warnings[0].to("en")
    assert len(rare_combinations(frame, attributes=["sensors"]).table) == 6


def test_wrong_wishes_are_refused() -> None:
    frame = people(town=["Turku"] * 3)
    for wrong in ({"k": 1}, {"most_attributes": 9}, {"attributes": ["twon"]}):
        with pytest.raises(SettingsError):
            rare_combinations(frame, **wrong)


cell = st.sampled_from(["a", "b", "c", None])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=25), st.integers(2, 5))
def test_everybody_in_a_rare_group_is_counted(rows: list[tuple[object, ...]], k: int) -> None:
    frame = people(**{n: [row[i] for row in rows] for i, n in enumerate("xyz")})
    found = rare_combinations(frame, attributes=list("xyz"), k=k)
    exposed = set()
    for size in (1, 2, 3):
        for places in combinations(range(3), size):
            facts = [tuple(row[p] for p in places) for row in rows]
            for i, fact in enumerate(facts):
                if None not in fact and facts.count(fact) < k:
                    exposed.add(i)
    assert found.details["in_rare"] == len(exposed)
    assert (found.table["n"] < k).all()
