"""What to begin with, and how sure that is; what each segment needs and values."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cxresearch.journey import (
    draft_propositions,
    map_journey,
    plot_curve,
    plot_priorities,
    rank_improvements,
)
from cxresearch.model import FrameError, SettingsError


@pytest.fixture
def plan() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "improvement": ["call_back", "single_login", "renewal_call"],
            "name_fi": ["Soittopyyntö", "Yksi kirjautuminen", "Soitto ennen uusimista"],
            "name_en": ["Call-back", "Single login", "A call before renewal"],
            "codes": ["pain_waiting", "pain_login", "pain_waiting"],
            "stages": ["support", None, "renewal"],
            "effort": [2.0, 4.0, 1.0],
        }
    )


def test_pain_is_the_mean_of_each_sources_worst_complaint(codings, plan):
    # by hand: 8 sources; support waiting 2+2+1+2+2+2+1+2 = 14; login 1+2+1+1 = 5; renewal 2+2 = 4
    table = rank_improvements(codings, improvements=plan).table.set_index("improvement")
    assert table.loc["call_back", "pain"] == pytest.approx(14 / 8)
    assert table.loc["single_login", "pain"] == pytest.approx(5 / 8)
    assert table.loc["renewal_call", "pain"] == pytest.approx(4 / 8)
    # impact in shares of the largest, over effort: 1/2, (5/14)/4, (4/14)/1
    assert table["priority"].tolist() == pytest.approx([0.5, 4 / 14, 5 / 14 / 4])
    assert table["rank"].tolist() == [1, 2, 3]


def test_the_rank_says_how_sure_it_is(codings, plan):
    finding = rank_improvements(codings, improvements=plan)
    first = finding.table.iloc[0]
    assert first["top3"] == 1
    assert (finding.table["rank_low"] <= finding.table["rank"]).all()
    assert (finding.table["rank_high"] >= finding.table["rank"]).all()
    again = rank_improvements(codings, improvements=plan, random_state=0)
    pd.testing.assert_frame_equal(finding.table, again.table)
    assert "“Call-back” comes first: 8 of 8 sources" in finding.sentence("en")
    assert "Soittopyyntö" in finding.sentence("fi")
    assert "8 sources" in finding.warnings[-1].to("en")


def test_a_tie_is_called_uncertain(codings, plan):
    twins = plan.assign(codes="pain_login", stages=None, effort=1.0)
    finding = rank_improvements(codings, improvements=twins)
    assert finding.table["rank"].tolist() == [1, 1, 1]
    assert finding.table["ahead"].iloc[0] == 0.5
    assert "uncertain" in finding.sentence("en")


def test_without_improvements_the_pains_themselves_are_ranked(codings, codebook):
    heading = pd.DataFrame({"code": ["pain"], "kind": ["pain"]})
    tree = pd.concat([heading, codebook.assign(parent="pain")])
    finding = rank_improvements(codings, codebook=tree)
    assert finding.table["improvement"].tolist() == ["pain_waiting", "pain_login"]
    assert "No efforts" in finding.warnings[0].to("en")


def test_a_signal_can_lift_an_improvement(codings, plan):
    signals = pd.DataFrame(
        {
            "improvement": ["single_login"],
            "part": ["driver"],
            "value": [0.6],
            "ci_low": [0.5],
            "ci_high": [0.7],
        }
    )
    weights = {"pain": 0.0, "driver": 1.0}
    found = rank_improvements(codings, improvements=plan, signals=signals, weights=weights)
    assert found.table["improvement"].iloc[0] == "single_login"
    assert found.table["driver"].tolist() == [0.6, 0.0, 0.0]


def test_an_unknown_effort_is_the_median_and_warned_about(codings, plan):
    plan.loc[0, "effort"] = None
    finding = rank_improvements(codings, improvements=plan)
    assert any("call_back" in note.to("en") for note in finding.warnings)
    table = finding.table.set_index("improvement")
    assert table.loc["call_back", "priority"] == pytest.approx(1 / 2.5)


def test_plans_that_cant_be_ranked_are_refused(codings, codebook, plan):
    with pytest.raises(FrameError, match="above 0"):
        rank_improvements(codings, improvements=plan.assign(effort=0))
    with pytest.raises(FrameError, match="share an id"):
        rank_improvements(codings, improvements=plan.assign(improvement="a"))
    with pytest.raises(FrameError, match="code"):
        rank_improvements(codings, improvements=plan.assign(codes="pain_x"), codebook=codebook)
    with pytest.raises(FrameError, match="valence"):
        rank_improvements(codings.drop(columns="valence"), improvements=plan)
    with pytest.raises(SettingsError, match="nothing to rank"):
        rank_improvements(codings)
    with pytest.raises(SettingsError, match="weight"):
        rank_improvements(codings, improvements=plan, weights={"price": 1.0})


@pytest.fixture
def segments() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": [f"h{i:02d}" for i in range(8)],
            "segment": ["care"] * 6 + ["logistics"] * 2,
            "segment_fi": ["Hoiva"] * 6 + ["Logistiikka"] * 2,
            "segment_en": ["Care"] * 6 + ["Logistics"] * 2,
        }
    )


def test_a_proposition_names_what_the_segment_speaks_of(codings, segments, codebook, quotes):
    finding = draft_propositions(codings, segments=segments, codebook=codebook, quotes=quotes)
    table = finding.table.set_index("code")
    need = table.loc["need_certainty"]
    assert (need["sources"], need["n"], need["strength"]) == (6, 6, "strong")
    # R 4.2.2: prop.test(6, 6, correct = FALSE)$conf.int -> 0.6096657 1.0000000
    assert need["ci_low"] == pytest.approx(0.6096657, abs=1e-6)
    assert table.loc["expect_fast", "met"] == -1
    assert table.loc["expect_fast", "strength"] == "thin"
    assert table.loc["delight_help", "quote"] == "Ihminen tiesi heti"
    assert finding.sentence("en").startswith("Care (n = 6) needs: Certainty (100%)")
    assert "Hoiva (n = 6) tarvitsee: Varmuus" in finding.sentence("fi")
    assert "logistics" in finding.warnings[0].to("en")


def test_what_sets_a_segment_apart_is_corrected_for_many_tests(codings, segments, codebook):
    finding = draft_propositions(codings, segments=segments, codebook=codebook, minimum=1)
    assert set(finding.table["segment"]) == {"care", "logistics"}
    assert not finding.table["sets_apart"].any()
    none = draft_propositions(codings, segments=segments, codebook=codebook, minimum=99)
    assert none.table.empty
    assert "No segment" in none.sentence("en")
    doubled = pd.concat([segments, segments])
    with pytest.raises(FrameError, match="two segments"):
        draft_propositions(codings, segments=doubled, codebook=codebook)


@pytest.mark.parametrize("language", ["fi", "en"])
@pytest.mark.parametrize("narrow", [False, True])
def test_figures_speak_the_readers_language_and_cut_nothing(
    codings, stages, touchpoints, codebook, plan, language, narrow
):
    journey = map_journey(codings, stages=stages, touchpoints=touchpoints, codebook=codebook)
    ranked = rank_improvements(codings, improvements=plan)
    stage, first = {"fi": ("Tukipyynnöt", "Soittopyyntö"), "en": ("Support", "Call-back")}[language]
    for word, figure in (
        (stage, plot_curve(journey, language=language, narrow=narrow)),
        (first, plot_priorities(ranked, language=language, narrow=narrow)),
    ):
        FigureCanvasAgg(figure).draw()
        axes = figure.axes[0]
        labels = [t for t in [*axes.get_xticklabels(), *axes.get_yticklabels()] if t.get_text()]
        assert any(word in label.get_text() for label in labels)
        for label in labels:
            box = label.get_window_extent()
            assert box.x0 >= -1
            assert box.y0 >= -1
            assert box.x1 <= figure.bbox.x1 + 1
