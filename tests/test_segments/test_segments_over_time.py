"""Waves compared, movers, and the profile card."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

from cxresearch.model import FrameError, Words
from cxresearch.segments import (
    UNASSIGNED,
    FeatureError,
    Measure,
    Saying,
    card_figure,
    card_html,
    cards_page,
    compare_waves,
    movers_figure,
    profile_card,
    set_apart,
    stability_index,
    typical_members,
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


def _card(customers, segmentation, **more):
    apart = set_apart(customers[0], segmentation.membership, features=segmentation.features)
    return profile_card(
        segmentation, "S1", traits=apart.table, features=segmentation.features, **more
    )


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_a_card_is_drawn_within_its_edges(customers, segmentation, language, narrow):
    long = "Odottaminen ja jonotus tukipuhelimessa (35 / 140 kuullusta) " * 3
    card = _card(
        customers,
        segmentation,
        parts={"needs": [Words(fi=long, en=long)], "pains": [Words(fi="x", en="x")] * 9},
        measures=[Measure(Words(fi="NPS", en="NPS"), Words(fi="12 (2–22)", en="12 (2–22)"), 140)],
        sayings=[Saying("Kukaan ei vastannut. " * 12, Words(fi="haastattelu", en="interview"))],
    )
    figure = card_figure(card, language=language, narrow=narrow)
    figure.canvas.draw()
    box = figure.bbox
    texts = figure.axes[0].texts
    assert any("Jaccard" in t.get_text() for t in texts)
    for text in texts:
        place = text.get_window_extent()
        assert box.x0 <= place.x0
        assert place.x1 <= box.x1, text.get_text()
        assert place.y0 >= box.y0, text.get_text()
    boxes = [t.get_window_extent() for t in texts]
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            beside = one.x1 <= other.x0 or other.x1 <= one.x0
            # letters of two lines may touch, lines may not lie over each other
            shared = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert beside or shared < 0.4 * min(one.height, other.height)


def test_a_page_of_cards_stands_alone_and_escapes(customers, segmentation):
    card = _card(customers, segmentation.named({"S1": Words(fi="<i>Uudet</i>", en="New")}))
    page = cards_page([card], title="Ryhmät & <b>", language="fi")
    assert page.startswith("<!doctype html>")
    assert '<html lang="fi">' in page
    assert "&lt;i&gt;Uudet" in page
    assert "Ryhmät &amp; &lt;b&gt;" in page
    assert "http" not in page


def test_a_group_that_does_not_hold_says_so_on_its_card(customers, segmentation):
    weak = replace(_card(customers, segmentation), jaccard=0.4, verdict="dissolves", n=12)
    assert len(weak.cautions("fi")) == 2
    assert "build on it" in card_html(weak, language="en")
    assert "dissolves" in weak.size_line("en")


@pytest.mark.parametrize("narrow", [False, True])
def test_moves_are_drawn_as_bands_that_add_up(customers, segmentation, narrow):
    later = customers[0].assign(tenure_months=customers[0]["tenure_months"] + 25)
    table = compare_waves(segmentation, customers[0], later).details["moves"]
    figure = movers_figure(table, titles={"S1": "Uudet"}, language="fi", narrow=narrow)
    assert len(figure.axes[0].patches) == len(table)
    words = " ".join(t.get_text() for t in figure.axes[0].texts).replace("\n", " ")
    assert "S1 Uudet" in words
    assert "ennen" in words
    stayed = table.loc[table["segment_before"] == table["segment_after"], "n"].sum()
    assert f"{100 * stayed / table['n'].sum():.0f}" in figure.get_suptitle()
    with pytest.raises(FrameError, match="no moves"):
        movers_figure(table.head(0))


def test_of_whom_nothing_is_known_stays_unassigned_whatever_the_sizes(customers, segmentation):
    blank = customers[0].head(2).copy()
    for name in segmentation.features.names:
        blank[name] = None if blank[name].dtype.kind in "OU" else float("nan")
    sure = segmentation.model.parameters_.reorder([0, 1, 2, 3][: segmentation.number])
    share = [0.97, *[0.03 / (segmentation.number - 1)] * (segmentation.number - 1)]
    lopsided = copy.deepcopy(segmentation.model)
    lopsided.parameters_ = replace(sure, share=np.array([share]))
    assert lopsided.predict_proba(blank).max() > 0.9
    placed = replace(segmentation, model=lopsided).assign(blank)
    assert set(placed["segment"]) == {"unassigned"}


def test_typical_members_of_profiles_are_judged_inside_their_segment(customers, segmentation):
    found = typical_members(segmentation, customers[0], level="profile", number=2)
    members = segmentation.membership.set_index("customer")["profile"]
    assert (found["group"] == found["customer"].map(members)).all()
    segment = str(found["group"].iloc[0]).split(".")[0]
    model = segmentation.profile_models[segment]
    row = customers[0][customers[0]["customer"] == found["customer"].iloc[0]]
    assert found["probability"].iloc[0] == pytest.approx(model.predict_proba(row).max())
