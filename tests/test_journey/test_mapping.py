"""Codings become a map; what nobody speaks of stays visible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from cxresearch.journey import (
    emotional_curve,
    empty_cells,
    map_journey,
    plot_curve,
    render_figure,
    render_html,
    render_svg,
    summarise,
    text_lane,
)
from cxresearch.model import FrameError, SettingsError, Words


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


def test_touchpoints_stand_by_ownership_and_stage(journey):
    line = journey.cell("brand_owned", "support").items[0]
    assert (line.key, line.n, line.sources, line.critical) == ("support_line", 15, 8, True)
    assert [i.key for i in journey.cell("customer_owned", "use").items] == ["own_sheet"]
    assert journey.cell("brand_owned", "advice").empty


def test_a_planned_touchpoint_that_nobody_mentions_is_silent_and_its_cell_empty(journey):
    cell = journey.cell("brand_owned", "renewal")
    assert [item.key for item in cell.items] == ["newsletter"]
    assert cell.items[0].silent
    assert cell.items[0].planned
    assert cell.empty


def test_pains_are_ranked_by_sources(codings, stages, touchpoints, codebook):
    more = codings.assign(stage="support")
    journey = map_journey(more, stages=stages, touchpoints=touchpoints, codebook=codebook)
    pains = journey.cell("pains", "support").items
    assert [(p.key, p.sources) for p in pains] == [("pain_waiting", 8), ("pain_login", 4)]


def test_without_a_codebook_valence_tells_pains_from_delights(codings, stages, touchpoints):
    journey = map_journey(codings, stages=stages, touchpoints=touchpoints)
    assert [i.key for i in journey.cell("delights", "advice").items] == ["value_trust"]
    assert "pain_waiting" in [i.key for i in journey.cell("pains", "support").items]


def test_a_valence_of_too_few_people_is_withheld(journey):
    renewal = journey.cell("curve", "renewal")
    assert (renewal.n, renewal.sources, renewal.value, renewal.hidden) == (2, 2, None, True)
    assert journey.cell("curve", "contract").empty


def test_a_score_stands_at_its_stage_or_at_its_touchpoints_first_stage(journey):
    items = {i.key: i for i in journey.cell("metrics", "use").items}
    assert items["nps"].value == 23
    assert items["csat/portal"].critical
    hidden = journey.cell("metrics", "renewal").items[0]
    assert hidden.hidden
    assert hidden.value is None


def test_only_approved_words_reach_the_map(journey):
    assert "kanarialintu" not in journey.to_json()
    assert [i.text.to("fi")[:7] for i in journey.cell("quotes", "support").items] == [
        "Jonotin",
        "Ihminen",
    ]


def test_codings_without_a_stage_are_counted_and_a_lone_stage_is_taken_from_its_phase(
    codings, stages, touchpoints
):
    lost = codings.assign(stage=None, phase="post")
    journey = map_journey(lost, stages=stages, touchpoints=touchpoints)
    assert f"{len(lost)} of {len(lost)} codings" in journey.notes[0].to("en")
    found = map_journey(lost.assign(phase="buy"), stages=stages, touchpoints=touchpoints)
    assert found.cell("curve", "contract").n == len(lost)


def test_touchpoints_without_any_place_are_named(journey):
    assert any("Trade fair" in note.to("en") for note in journey.notes)


def test_several_codes_on_one_quotation_count_once(codings):
    doubled = pd.concat([codings, codings.assign(coding=codings["coding"] + "b", code="x")])
    once, twice = summarise(codings, ["stage"]), summarise(doubled, ["stage"])
    pd.testing.assert_frame_equal(once.drop(columns="evidence"), twice.drop(columns="evidence"))


def test_the_interval_takes_the_source_as_the_unit():
    # statsmodels 0.15.0: OLS(valence, np.ones(20)).fit(cov_type="cluster",
    #   cov_kwds={"groups": document}, use_t=True).conf_int() -> [-0.728724, 0.828724]
    valence = np.random.default_rng(1).integers(-2, 3, 60)[::3]
    rows = pd.DataFrame(
        {
            "coding": [f"c{i}" for i in range(20)],
            "document": [f"d{(3 * i) % 9}" for i in range(20)],
            "start": range(20),
            "end": range(1, 21),
            "stage": "a",
            "valence": valence,
        }
    )
    found = summarise(rows, ["stage"]).iloc[0]
    assert found[["n", "sources"]].tolist() == [20, 3]
    assert found["value"] == pytest.approx(0.05)
    assert found["ci_low"] == pytest.approx(-0.728724, abs=1e-6)
    assert found["ci_high"] == pytest.approx(0.828724, abs=1e-6)


def test_one_quotation_a_source_gives_students_t(codings):
    # scipy 1.17.1: stats.t.interval(0.95, 7, np.mean(v), stats.sem(v)),
    #   v = [-2, -2, -1, -2, -2, -2, -1, -2] -> (-2.137002, -1.362998), clipped to -2
    rows = codings[(codings["code"] == "pain_waiting") & (codings["stage"] == "support")]
    found = summarise(rows, ["stage"]).iloc[0]
    assert found["value"] == pytest.approx(-1.75)
    assert found["ci_low"] == -2
    assert found["ci_high"] == pytest.approx(-1.362998, abs=1e-6)


def test_respondents_take_the_place_of_documents(codings):
    people = codings.assign(respondent="r1")
    assert set(summarise(people, ["stage"])["sources"]) == {1}


def test_the_curve_has_each_stage_in_order_even_without_codings(codings, stages):
    curve = emotional_curve(codings.iloc[:0], stages=stages)
    assert curve["stage"].tolist() == stages["stage"].tolist()
    assert curve["n"].sum() == 0
    mixed = emotional_curve(codings, stages=stages.iloc[::-1])
    assert mixed["stage"].tolist() == stages["stage"].tolist()


def test_empty_stages_are_told_in_a_sentence(journey):
    finding = empty_cells(journey)
    assert finding.sentence("en").startswith(
        "In 3 of 6 stages nobody speaks of brand-owned touchpoints: Recommendations, Contract and"
    )
    assert "Polun 6 kohdasta 3" in finding.sentence("fi")
    assert "Uusiminen" in finding.sentence("fi")
    # 1 - 0.05 ** (1 / 8) = 0.3123
    assert finding.details["unheard"] == pytest.approx(0.3123, abs=1e-4)
    assert "31%" in finding.warnings[0].to("en")


def test_a_lane_of_own_words(journey):
    changed = text_lane(
        journey, {"use": [Words(fi="Lukee raportin")]}, lane="doing", name=Words(fi="Toiminta")
    )
    assert changed.cell("doing", "use").texts[0].to("fi") == "Lukee raportin"
    assert changed.cell("doing", "search").empty
    with pytest.raises(FrameError, match="stage"):
        text_lane(journey, {"usee": []}, lane="doing", name=Words("x"))


def test_unknown_ids_are_refused_with_the_nearest(codings, stages, touchpoints):
    with pytest.raises(FrameError, match="support"):
        map_journey(codings.assign(stage="suport"), stages=stages, touchpoints=touchpoints)
    with pytest.raises(FrameError, match="portal"):
        map_journey(codings.assign(touchpoint="portall"), stages=stages, touchpoints=touchpoints)
    with pytest.raises(SettingsError):
        map_journey(codings, stages=stages, touchpoints=touchpoints, minimum=0)
    with pytest.raises(FrameError, match="published"):
        map_journey(
            codings,
            stages=stages,
            touchpoints=touchpoints,
            quotes=pd.DataFrame({"document": ["a"], "quote": ["b"]}),
        )


def test_an_empty_study_still_gives_a_map(codings, stages, touchpoints):
    journey = map_journey(codings.iloc[:0], stages=stages, touchpoints=touchpoints)
    assert all(cell.empty for lane in journey.lanes for cell in lane.cells)


@pytest.mark.parametrize(("language", "told"), [("fi", "suuntaa-antava"), ("en", "a rough guide")])
def test_machine_valence_is_drawn_with_its_error(codings, stages, touchpoints, language, told):
    def written(origin):
        journey = map_journey(codings.assign(origin=origin), stages=stages, touchpoints=touchpoints)
        figures = [
            make(journey, language=language, narrow=narrow)
            for make in (plot_curve, render_figure)
            for narrow in (False, True)
        ]
        pages = [render_svg(journey, language=language, narrow=n) for n in (False, True)]
        said = [" ".join(t.get_text() for t in f.findobj(Text)) for f in figures]
        return [*pages, render_html(journey, language=language), *said]

    assert all(told in " ".join(text.split()) for text in written("suggested"))
    assert not any(told in " ".join(text.split()) for text in written("human"))


def test_the_notes_of_the_curve_stay_inside_the_figure(codings, stages, touchpoints):
    journey = map_journey(
        codings.assign(origin="suggested"), stages=stages, touchpoints=touchpoints
    )
    for narrow in (False, True):
        figure = plot_curve(journey, language="fi", narrow=narrow)
        figure.draw_without_rendering()
        box = figure._supxlabel.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y1 <= min(a.get_tightbbox().y0 for a in figure.axes) + 1
