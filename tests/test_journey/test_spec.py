"""Maps are frozen, changes give copies, and files keep all of it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pandas as pd
import pytest

from cxresearch.journey import (
    Cell,
    Item,
    JourneyMap,
    Lane,
    ServiceBlueprint,
    StageColumn,
    map_journey,
    read_map_table,
    render_table,
)
from cxresearch.model import FrameError, ImportRefusedError, SettingsError, Words

COLUMNS = tuple(StageColumn(s, Words(fi=s), "p", Words(fi="P")) for s in ("a", "b"))


@pytest.fixture
def small() -> JourneyMap:
    cells = (Cell("a", (Item("x", Words(fi="Äksä"), n=4, sources=3, value=-1.5),)), Cell("b"))
    return JourneyMap(COLUMNS, (Lane("pains", Words(fi="Kivut"), "themes", cells),))


@pytest.fixture
def journey(codings, stages, touchpoints, codebook, quotes, scores):
    return map_journey(
        codings,
        stages=stages,
        touchpoints=touchpoints,
        codebook=codebook,
        scores=scores,
        quotes=quotes,
    )


def test_a_change_gives_a_copy(small):
    filled = small.with_cell("pains", Cell("b", (Item("y", Words("why")),)))
    assert small.cell("pains", "b").empty
    assert not filled.cell("pains", "b").empty
    assert filled.without_lane("pains").lanes == ()
    assert small.described(state="proposed").state == "proposed"
    with pytest.raises(FrozenInstanceError):
        small.state = "proposed"


def test_a_lane_must_have_a_cell_for_each_stage(small):
    with pytest.raises(SettingsError, match="one cell for each stage"):
        small.with_lane(Lane("x", Words("x"), "texts", (Cell("a"),)))
    with pytest.raises(SettingsError, match="one of pains"):
        small.lane("pain")
    with pytest.raises(SettingsError, match="state"):
        small.described(state="future")
    with pytest.raises(SettingsError, match="kind"):
        Lane("x", Words("x"), "sounds", ())


def test_json_keeps_all_of_it(journey):
    assert JourneyMap.from_json(journey.to_json()) == journey


def test_a_file_of_another_kind_or_version_is_refused(journey):
    with pytest.raises(ImportRefusedError, match="something else"):
        ServiceBlueprint.from_json(journey.to_json())
    with pytest.raises(ImportRefusedError, match="another version"):
        JourneyMap.from_json(journey.to_json().replace('"schema": 1', '"schema": 99'))
    with pytest.raises(ImportRefusedError, match="isn't JSON"):
        JourneyMap.from_json("{")
    with pytest.raises(ImportRefusedError, match="something else"):
        JourneyMap.from_json("[]")
    with pytest.raises(ImportRefusedError, match="lacks a part"):
        JourneyMap.from_json('{"kind": "journey_map", "schema": 1}')


def test_small_numbers_are_taken_out(small, journey):
    covered = small.hide_small(5).cell("pains", "a").items[0]
    assert (covered.n, covered.sources, covered.value, covered.hidden) == (None, None, None, True)
    assert not small.hide_small(5).cell("pains", "a").empty
    hidden = journey.hide_small(5)
    left = [
        item.sources
        for lane in hidden.lanes
        for cell in lane.cells
        for item in [*cell.items, cell]
        if item.sources
    ]
    assert left
    assert min(left) >= 5
    assert hidden.cell("curve", "renewal").n is None


def test_evidence_can_be_left_behind(journey):
    assert "c0" in journey.to_json()
    assert '"c0' not in journey.without_evidence().to_json()


@pytest.mark.parametrize("form", ["frame", "csv", "xlsx"])
def test_a_table_goes_to_a_spreadsheet_and_back(journey, form, tmp_path):
    table = render_table(journey)
    if form == "csv":
        table.to_csv(tmp_path / "map.csv", index=False)
        table = pd.read_csv(tmp_path / "map.csv")
    if form == "xlsx":
        table.to_excel(tmp_path / "map.xlsx", index=False)
        table = pd.read_excel(tmp_path / "map.xlsx")
    back = read_map_table(table)
    assert back.stages == journey.stages
    assert back.lanes == journey.lanes


def test_a_table_written_by_hand_needs_three_columns():
    rows = pd.DataFrame({"stage": ["a", "b"], "lane": ["doing", "doing"], "text": ["Soittaa", ""]})
    journey = read_map_table(rows, stages=COLUMNS)
    assert journey.cell("doing", "a").texts[0].to("fi") == "Soittaa"
    assert journey.lane("doing").kind == "texts"
    with pytest.raises(FrameError, match="lane"):
        read_map_table(rows.drop(columns="lane"))
    with pytest.raises(FrameError, match="stage"):
        read_map_table(rows.assign(stage="c"), stages=COLUMNS)
    with pytest.raises(FrameError, match="number"):
        read_map_table(rows.assign(n=["many", None]))
    with pytest.raises(FrameError, match="yes or no"):
        read_map_table(rows.assign(critical=["maybe", None]))


def test_a_hidden_cell_is_not_an_empty_one():
    assert not replace(Cell("a"), hidden=True).empty
