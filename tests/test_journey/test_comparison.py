"""What only one side knows, and what a proposed state changes."""

from __future__ import annotations

import pandas as pd
import pytest

from cxresearch.journey import (
    blueprint_template,
    compare_maps,
    compare_states,
    empty_cells,
    map_blueprint,
    map_journey,
    render_html,
    render_svg,
)
from cxresearch.model import FrameError, SettingsError


@pytest.fixture
def both(codings, stages, touchpoints, codebook):
    inside = codings[codings["touchpoint"].isin(["portal", "support_line"])].copy()
    extra = inside.iloc[:3].assign(coding=["x1", "x2", "x3"], touchpoint="newsletter")
    staff = pd.concat([inside, extra]).assign(document=lambda t: "e" + t["document"])
    parts = {"stages": stages, "touchpoints": touchpoints, "codebook": codebook}
    outside = map_journey(codings, **parts)
    return map_journey(staff, **parts).described(view="inside_out"), outside


def test_touchpoints_that_only_one_side_speaks_of(both):
    finding = compare_maps(*both)
    seen = finding.table.set_index("touchpoint")["seen_by"].to_dict()
    assert seen == {
        "website": "outside",
        "peer": "outside",
        "own_sheet": "outside",
        "newsletter": "inside",
        "portal": "both",
        "support_line": "both",
    }
    assert "Only the organisation speaks of Newsletter (3)" in finding.sentence("en")
    assert "Vain asiakkaat puhuvat näistä: Verkkosivut (6)" in finding.sentence("fi")
    assert "2/6 kosketuspistettä" in finding.sentence("fi")


def test_curves_are_told_apart_only_when_their_intervals_are(codings, stages, touchpoints):
    parts = {"stages": stages, "touchpoints": touchpoints}
    outside = map_journey(codings[codings["code"] == "pain_waiting"], **parts)
    glad = codings[codings["code"] == "pain_waiting"].assign(valence=2)
    curve = compare_maps(map_journey(glad, **parts), outside).details["curve"]
    support = curve.set_index("stage").loc["support"]
    assert support["apart"]
    assert support["difference"] == pytest.approx(3.75)
    assert not curve.set_index("stage").loc["search", "apart"]


def test_maps_of_other_stages_cant_be_compared(both, codings, stages, touchpoints):
    fewer = stages[stages["stage"] != "advice"]
    other = map_journey(
        codings[codings["stage"] != "advice"], stages=fewer, touchpoints=touchpoints
    )
    with pytest.raises(SettingsError, match="same"):
        compare_maps(both[0], other)


def test_one_side_of_few_people_is_warned_of(both, codings, stages, touchpoints):
    lone = map_journey(
        codings[codings["document"] == "h01"], stages=stages, touchpoints=touchpoints
    )
    assert "only 1 sources" in compare_maps(lone, both[1]).warnings[0].to("en")
    assert compare_maps(*both).warnings == ()


@pytest.fixture
def written() -> pd.DataFrame:
    rows = [
        ("use", "customer_actions", "Lukee hälytyksen", None, None),
        ("Käyttö", " Näkyvä palvelu", "Hälytysviesti", "portal", None),
        ("use", "Support processes", "Hälytyspalvelin", None, None),
        ("support", "onstage", "Asiantuntija vastaa", "support_line", "current"),
        ("renewal", "onstage", "Asiakasvastaava soittaa", None, "proposed"),
        ("support", "backstage", "  ", None, None),
    ]
    return pd.DataFrame(rows, columns=["stage", "lane", "text", "touchpoint", "state"])


def test_a_blueprint_is_read_with_ids_or_names(written, stages, touchpoints):
    blueprint = map_blueprint(written, stages=stages, touchpoints=touchpoints)
    assert blueprint.cell("onstage", "use").texts[0].to("fi") == "Hälytysviesti"
    assert blueprint.cell("onstage", "use").items[0].critical
    assert blueprint.cell("support", "use").texts[0].to("fi") == "Hälytyspalvelin"
    assert blueprint.cell("backstage", "support").empty
    assert "nobody is in the lane “onstage”" in empty_cells(blueprint).sentence("en")


def test_the_lines_of_the_blueprint_are_drawn(written, stages):
    blueprint = map_blueprint(written, stages=stages)
    for text in (render_svg(blueprint), render_svg(blueprint, narrow=True), render_html(blueprint)):
        assert "Näkyvyyden raja" in text
        assert "Vuorovaikutuksen raja" in text
        assert "raja" in text.split("Näkyvyyden raja")[1]


def test_a_proposed_state_is_compared_with_the_current_one(written, stages):
    current = map_blueprint(written, stages=stages)
    proposed = map_blueprint(written, stages=stages, state="proposed")
    finding = compare_states(current, proposed)
    changes = finding.table.set_index("text_fi")["change"].to_dict()
    assert changes == {"Asiakasvastaava soittaa": "added", "Asiantuntija vastaa": "removed"}
    assert finding.details["filled"] == [("onstage", "renewal")]
    assert finding.details["emptied"] == [("onstage", "support")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("stage", "usee"), ("lane", "offstage"), ("state", "future"), ("touchpoint", "fax")],
)
def test_an_unknown_word_is_refused_with_its_row(written, stages, touchpoints, column, value):
    written.loc[1, column] = value
    with pytest.raises(FrameError) as caught:
        map_blueprint(written, stages=stages, touchpoints=touchpoints)
    assert value in caught.value.found
    assert column in caught.value.what


@pytest.mark.parametrize("language", ["fi", "en"])
def test_a_template_filled_in_a_spreadsheet_is_read(stages, tmp_path, language):
    template = blueprint_template(stages, language=language)
    assert map_blueprint(template, stages=stages).cell("onstage", "use").empty
    template.loc[3, "text"] = "Kirjaa haun"
    template.to_excel(tmp_path / "blueprint.xlsx", index=False)
    filled = map_blueprint(pd.read_excel(tmp_path / "blueprint.xlsx"), stages=stages)
    assert filled.cell("backstage", "search").texts[0].to("fi") == "Kirjaa haun"


def test_a_blueprint_needs_its_columns(stages):
    with pytest.raises(FrameError, match="lane, text"):
        map_blueprint(pd.DataFrame({"stage": ["use"]}), stages=stages)
