import pandas as pd
import pytest

from cxresearch.model import FRAMES, StudyFileError, check_frame
from cxresearch.study import act

FRAME_METHODS = {
    "documents": "documents",
    "turns": "turns",
    "respondents": "respondents",
    "codebook": "codebook",
    "codings": "codings",
    "suggestions": "codings",
    "stages": "stages",
    "touchpoints": "touchpoints",
    "comments": "comments",
    "answers": "answers",
    "customers": "customers",
    "kpis": "kpis",
    "membership": "membership",
}


@pytest.mark.parametrize(("method", "contract"), FRAME_METHODS.items())
def test_an_empty_study_has_every_table_with_the_columns_of_its_contract(study, method, contract):
    frame = getattr(study, method)()
    check_frame(frame, contract)
    wanted = FRAMES[contract].column_names()
    assert [c for c in wanted if c not in frame.columns] == []


def test_an_empty_and_a_full_table_have_the_same_kinds(coded):
    full, empty = coded.codings(), coded.suggestions()
    for name in FRAMES["codings"].column_names():
        assert full[name].dtype == empty[name].dtype, name


def test_stages_are_in_the_order_of_the_journey(study):
    there = study.stages()
    assert there["stage"].tolist() == ["search", "post_purchase"]
    assert there["position"].tolist() == [0, 1]
    # a phase without stages is its own only stage
    assert there.loc[1, ["phase", "stage_fi"]].tolist() == ["post_purchase", "Oston jälkeen"]


def test_touchpoints_are_in_the_studys_order(study):
    there = study.touchpoints()
    assert there.loc[0, ["touchpoint", "ownership", "stages"]].tolist() == [
        "portal",
        "brand_owned",
        "search",
    ]


def test_times_are_utc_without_zone_and_fit_a_spreadsheet(coded):
    assert coded.codings()["coded_at"].dt.tz is None


def test_a_time_with_a_zone_is_brought_to_utc(coded):
    rows = pd.DataFrame(
        {
            "document": "h01",
            "start": [0],
            "end": [4],
            "code": "speed",
            "coder": "k",
            "coded_at": pd.to_datetime(["2026-03-01T12:00:00+02:00"]),
        }
    )
    done = act(coded, "add_codings", codings=rows)
    coded_at = coded.codings().set_index("coding").loc[done.id, "coded_at"]
    assert coded_at == pd.Timestamp("2026-03-01T10:00:00")


def test_an_unknown_document_has_no_text(study):
    with pytest.raises(StudyFileError, match="no such document"):
        study.text_of("h99")


def test_status_counts_what_there_is(coded, comments):
    coded.write_frame("comments", comments)
    coded.mark_step("import", "f" * 64, {"comments": 2}, frames=("comments",))
    there = coded.status().set_index("part")
    assert there.loc[["documents", "turns", "codings", "comments"], "rows"].tolist() == [1, 2, 2, 2]
    assert there.loc["step:import", "note"] == "comments 2"
    assert "Lasku" not in there.to_csv()
