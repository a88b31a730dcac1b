"""Waves compared, movers, and the profile card."""

from __future__ import annotations

import numpy as np
import pytest

from cxresearch.model import Words
from cxresearch.segments import (
    UNASSIGNED,
    FeatureError,
    Measure,
    Saying,
    card_html,
    compare_waves,
    profile_card,
    set_apart,
    stability_index,
)

from .conftest import draw_customers


def test_stability_index_by_hand():
    # p = (50.5, 50.5) / 101, q = (75.5, 25.5) / 101
    expected = (75.5 - 50.5) / 101 * np.log(75.5 / 50.5) + (25.5 - 50.5) / 101 * np.log(25.5 / 50.5)
    assert stability_index(np.array([50, 50]), np.array([75, 25])) == pytest.approx(expected)
    assert stability_index(np.array([3, 0]), np.array([3, 0])) == 0


def test_a_wave_like_the_first_does_not_shift(customers, segmentation):
    later, _ = draw_customers(600, seed=77)
    found = compare_waves(segmentation, customers[0], later)
    assert set(found.table["shift"]) == {"none"}
    assert not found.warnings
    shares = found.details["shares"]
    assert shares[["before", "after"]].sum().tolist() == pytest.approx([1, 1])


def test_a_wave_that_changed_is_told(customers, segmentation):
    later = customers[0].assign(
        revenue=customers[0]["revenue"] * 6, purchases=customers[0]["purchases"] + 8
    )
    found = compare_waves(segmentation, customers[0], later)
    shift = found.table.set_index("what")["shift"]
    assert shift["revenue"] == shift["purchases"] == "much"
    assert shift["plan"] == "none"
    assert any("revenue" in w.to("en") for w in found.warnings)
    moved = found.details["moves"]
    assert moved["n"].sum() == len(later)
    assert moved.groupby("segment_before")["share"].sum().to_numpy() == pytest.approx(1)
    assert set(moved["segment_before"]) <= {"S1", "S2", "S3", "S4", UNASSIGNED}


def test_an_empty_wave_is_refused(customers, segmentation):
    with pytest.raises(FeatureError, match="no customers"):
        compare_waves(segmentation, customers[0], customers[0].head(0))


def test_a_card_says_what_is_known_and_what_is_not(customers, segmentation):
    apart = set_apart(customers[0], segmentation.membership, features=segmentation.features)
    card = profile_card(
        segmentation.named({"S1": Words(fi="Uudet <b>", en="New ones")}),
        "S1",
        traits=apart.table,
        features=segmentation.features,
        parts={"needs": [Words(fi="selkeä hinta", en="a clear price")]},
        measures=[Measure(Words(fi="NPS", en="NPS"), Words(fi="12 (2–22)", en="12 (2–22)"), 140)],
        sayings=[Saying("Kukaan ei <vastannut>.", "H3")],
    )
    page = card_html(card, language="fi")
    assert "Uudet &lt;b&gt;" in page
    assert "&lt;vastannut&gt;" in page
    assert "selkeä hinta" in page
    assert "ei tiedossa" in page
    assert "n = 140" in page
    assert "muilla" in page
    assert "<script" not in page
    with pytest.raises(FeatureError, match="no such part"):
        profile_card(
            segmentation, "S1", traits=apart.table, features=segmentation.features, parts={"x": []}
        )
    with pytest.raises(FeatureError, match="no group"):
        profile_card(segmentation, "S9", traits=apart.table, features=segmentation.features)
