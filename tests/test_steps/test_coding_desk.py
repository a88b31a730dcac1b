"""The desk over a real study: acts are on disk, windows learn of others, work stays blind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxresearch.model import ActRefusedError, CxresearchError, SettingsError
from cxresearch.steps import open_adjudication, open_coder, open_grid
from cxresearch.steps.adjudication_desk import AdjudicationDesk
from cxresearch.steps.coding_desk import StudyDesk
from cxresearch.steps.grid_desk import GridDesk
from cxresearch.study import ACTS, Study, act, last_event, open_study, unplaced
from cxresearch.widgets import CODER_ACTS, Act, Delta

SETTINGS = """
schema = 1
[study]
name = "desk"
title = {fi = "Koe", en = "Trial"}
[[phases]]
phase = "post_purchase"
name = {fi = "Oston jälkeen", en = "After buying"}
"""
CODEBOOK = """
[[codes]]
code = "billing"
kind = "theme"
name = {fi = "Laskutus", en = "Billing"}
[[codes]]
code = "speed"
kind = "delight"
name = {fi = "Nopeus", en = "Speed"}
shortcut = "n"
"""
TEXT = "Laskussa oli virhe 😡. Vastaus tuli nopeasti. Laskunsa hän korjasi."
COMMENT = "kysely/v1/avoin"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Study]]:
    (tmp_path / "study.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    studies: list[Study] = []

    def opener(coder: str = "aino") -> Study:
        studies.append(open_study(tmp_path, coder=coder))
        return studies[-1]

    documents = pd.DataFrame(
        [{"document": "h01", "kind": "interview", "text": TEXT, "language": "fi"}]
    )
    second = TEXT.index("Vastaus")
    turns = pd.DataFrame(
        [
            {"document": "h01", "turn": 0, "start": 0, "end": second - 1, "speaker": "A"},
            {"document": "h01", "turn": 1, "start": second, "end": len(TEXT), "speaker": "B"},
        ]
    )
    first = opener()
    act(first, "import_documents", documents=documents, turns=turns)
    comment = {"document": COMMENT, "response": "v1", "question": "avoin", "survey": "kysely"}
    first.write_frame("comments", pd.DataFrame([{**comment, "text": "Hyvä", "language": "fi"}]))
    answer = {"response": "v1", "question": "nps", "metric": "nps", "value": 9.0}
    first.write_frame("answers", pd.DataFrame([{**answer, "survey": "kysely"}]))
    suggested = {"coding": "s1", "document": "h01", "start": 0, "end": 8, "quote": "Laskussa"}
    suggested |= {"code": "billing", "coder": "rules", "origin": "suggested", "score": 0.7}
    other = suggested | {"coding": "s2", "start": 22, "end": 29, "quote": "Vastaus"}
    first.write_frame("suggestions", pd.DataFrame([suggested | {"rule": "lasku"}, other]))
    yield opener
    for study in studies:
        study.close()


def do(desk: Any, name: str, **fields: Any) -> Delta:
    return desk.perform(Act(1, name, fields))


def code_some(desk: Any, start: int = 0, end: int = 8, code: str = "billing") -> str:
    done = do(desk, "add_coding", document="h01", start=start, end=end, code=code)
    return str(done.codings[0]["coding"])


def test_what_the_window_shows_as_saved_is_in_the_file(opened):
    desk = StudyDesk(opened())
    name = code_some(desk)
    other = open_study(Path(desk.study.settings.root), coder="veikko")
    with other:
        found = other.codings()
    assert found["coding"].tolist() == [name]
    assert found["quote"].tolist() == ["Laskussa"]


def test_undo_and_redo_reach_back_beyond_a_restart(opened):
    study = opened()
    name = code_some(StudyDesk(study))
    study.close()
    desk = StudyDesk(opened())
    assert desk.content("h01").can_undo
    taken_back = do(desk, "undo")
    assert taken_back.codings_gone == [name]
    assert taken_back.said["fi"] == "Kumottu: koodaus"
    assert taken_back.can_redo
    assert do(desk, "redo").codings[0]["coding"] == name


class TestSuggestions:
    def test_an_accepted_one_becomes_a_coding_with_its_rule(self, opened):
        desk = StudyDesk(opened())
        assert [s["coding"] for s in desk.content("h01").suggestions] == ["s1", "s2"]
        done = do(desk, "accept_suggestions", suggestions=["s1"])
        (coding,) = done.codings
        assert (coding["origin"], coding["coder"], coding["rule"]) == ("human", "aino", "lasku")
        assert done.suggestions_gone == ["s1"]

    def test_a_rejected_one_is_not_proposed_again_and_undo_brings_it_back(self, opened):
        study = opened()
        done = do(StudyDesk(study), "reject_suggestions", suggestions=["s2"])
        assert done.suggestions_gone == ["s2"]
        desk = StudyDesk(opened())
        assert [s["coding"] for s in desk.content("h01").suggestions] == ["s1"]
        assert [s["coding"] for s in do(desk, "undo").suggestions] == ["s2"]

    def test_another_coder_decides_for_themselves(self, opened):
        do(StudyDesk(opened()), "reject_suggestions", suggestions=["s2"])
        assert len(StudyDesk(opened("veikko")).content("h01").suggestions) == 2

    def test_one_whose_words_have_changed_is_not_shown(self, opened):
        desk = StudyDesk(opened())
        do(desk, "edit_text", document="h01", start=0, end=1, text="M")
        assert [s["coding"] for s in desk.content("h01").suggestions] == ["s2"]


class TestBlindCoding:
    def test_each_coder_sees_their_own_until_codings_are_opened(self, opened):
        aino, veikko = StudyDesk(opened()), StudyDesk(opened("veikko"))
        seen = veikko.content("h01").event
        code_some(aino)
        assert veikko.content("h01").codings == []
        assert veikko.content("h01").counts == {"billing": 0, "speed": 0}
        assert veikko.documents()[0]["codings"] == 0
        assert veikko.code_quotes("billing") == []
        news = veikko.changes_since(seen)
        assert news.codings == []
        act(aino.study, "open_codings", documents=["h01"])
        assert veikko.changes_since(news.event).reload
        assert len(veikko.content("h01").codings) == 1

    def test_filters_of_the_search_tell_nothing_of_others(self, opened):
        code_some(StudyDesk(opened()))
        veikko = StudyDesk(opened("veikko"))
        assert veikko.find("lasku", "lemma", {"in_code": "billing"}) == []

    def test_an_unknown_document_is_not_opened(self, opened):
        with pytest.raises(ActRefusedError, match="no such document"):
            act(opened(), "open_codings", documents=["h99"])


class TestTwoWindows:
    def test_a_changed_codebook_arrives_in_the_other_window(self, opened):
        aino, veikko = StudyDesk(opened()), StudyDesk(opened("veikko"))
        seen = veikko.content("h01").event
        do(aino, "add_code", code="price", name_fi="Hinta")
        news = veikko.changes_since(seen)
        assert "price" in news.codes["code"].tolist()
        assert news.event == last_event(aino.study)
        assert not len(veikko.changes_since(news.event).codes)

    def test_a_window_that_is_behind_writes_over_nobody(self, opened):
        aino, veikko = StudyDesk(opened()), StudyDesk(opened("veikko"))
        do(aino, "change_code", code="billing", definition="Laskut.")
        with pytest.raises(ActRefusedError, match="aino has changed this code meanwhile"):
            do(veikko, "change_code", code="billing", definition="Muut.")
        veikko.changes_since(veikko.seen)
        do(veikko, "change_code", code="billing", definition="Muut.")

    def test_an_act_tells_of_what_others_did_meanwhile(self, opened):
        aino, veikko = StudyDesk(opened()), StudyDesk(opened("veikko"))
        act(aino.study, "open_codings")
        aino.content("h01")
        veikko.content("h01")
        code_some(aino)
        done = do(veikko, "add_coding", document="h01", start=22, end=29, code="speed")
        assert {row["coder"] for row in done.codings} == {"aino", "veikko"}


class TestEditedText:
    def test_quotations_move_and_those_without_a_place_wait_for_a_decision(self, opened):
        desk = StudyDesk(opened())
        desk.content("h01")
        whole, after = code_some(desk), code_some(desk, 22, 29, "speed")
        done = do(desk, "edit_text", document="h01", start=4, end=12, text="XX", quote=TEXT[4:12])
        assert done.reload
        assert [row["coding"] for row in done.unplaced] == [whole]
        content = desk.content("h01")
        (moved,) = content.codings
        assert (moved["coding"], moved["quote"], moved["start"]) == (after, "Vastaus", 16)
        assert [row["quote"] for row in content.unplaced] == ["Laskussa"]
        placed = do(desk, "change_coding", coding=whole, start=0, end=6)
        assert (placed.codings[0]["quote"], placed.unplaced) == ("LaskXX", [])


FIELDS = {"words": "lasku", "how": "lemma", "code": "billing", "unit": "words"}


class TestAutocode:
    def test_preview_counts_and_the_act_is_undone_at_once(self, opened):
        desk = StudyDesk(opened())
        code_some(desk)
        preview = desk.preview_autocode(FIELDS)
        assert [(h["words"], h["coded"]) for h in preview.hits] == [
            ("Laskussa", True),
            ("Laskunsa", False),
        ]
        assert (preview.total, preview.fresh) == (2, 1)
        assert preview.documents == [{"document": "h01", "title": "h01", "hits": 2}]
        done = do(desk, "autocode", **FIELDS)
        assert [(c["quote"], c["rule"]) for c in done.codings] == [("Laskunsa", "lemma: lasku")]
        assert len(do(desk, "undo").codings_gone) == 1
        assert len(desk.study.codings()) == 1

    @pytest.mark.parametrize(
        ("unit", "words"),
        [("sentence", "Vastaus tuli nopeasti."), ("turn", TEXT[TEXT.index("Vastaus") :])],
    )
    def test_the_sentence_or_turn_around_the_words(self, opened, unit, words):
        desk = StudyDesk(opened())
        done = do(desk, "autocode", words="nopeasti", how="exact", code="speed", unit=unit)
        assert [c["quote"] for c in done.codings] == [words]

    def test_comments_are_coded_too(self, opened):
        desk = StudyDesk(opened())
        done = do(desk, "autocode", words="hyvä", how="exact", code="speed", unit="words")
        assert [c["document"] for c in done.codings] == [COMMENT]


BAD = [
    ("add_coding", {"document": "h01", "start": 0, "end": 5, "code": "nothing"}, "no code"),
    ("add_coding", {"document": "h01", "start": 4, "end": 4, "code": "billing"}, "empty"),
    ("add_coding", {"document": "h01", "start": 0, "end": 999, "code": "billing"}, "outside"),
    ("add_coding", {"document": "h99", "start": 0, "end": 5, "code": "billing"}, "no such doc"),
    ("add_coding", {"document": "h01", "start": 0, "end": 5, "code": "billing", "phase": "x"}, "x"),
    ("add_code", {"code": "price", "shortcut": "n"}, "key is taken"),
    ("change_coding", {"coding": "nothing", "valence": 1}, "no such coding"),
    ("merge_codes", {"codes": ["speed"], "into": "nothing"}, "no code"),
    ("split_code", {"code": "billing", "into": "speed", "codings": []}, "split"),
    ("edit_text", {"document": "h01", "start": 5, "end": 999, "text": "x"}, "outside"),
    ("accept_suggestions", {"suggestions": ["s9"]}, "no such suggestion"),
    ("autocode", {"words": "(", "how": "regex", "code": "speed", "unit": "words"}, "be read"),
]


@pytest.mark.parametrize(("name", "fields", "said"), BAD)
def test_bad_input_is_refused_and_changes_nothing(opened, name, fields, said):
    desk = StudyDesk(opened())
    before = last_event(desk.study)
    with pytest.raises(CxresearchError, match=said):
        do(desk, name, **fields)
    assert last_event(desk.study) == before
    assert desk.study.codings().empty


def test_another_coders_coding_is_not_changed_at_the_desk(opened):
    name = code_some(StudyDesk(opened()))
    veikko = StudyDesk(opened("veikko"))
    act(veikko.study, "open_codings")
    veikko.content("h01")
    for wanted in ("change_coding", "remove_coding"):
        with pytest.raises(ActRefusedError, match="another coder"):
            do(veikko, wanted, coding=name)


def test_everything_the_widget_does_is_an_act_of_the_study_by_the_same_name():
    acts = {name: kind for name, kind in CODER_ACTS.items() if name not in ("undo", "redo")}
    for name, kind in acts.items():
        assert set(kind.fields) <= set(ACTS[name].fields), name


def test_codes_are_split_in_one_act(opened):
    desk = StudyDesk(opened())
    first, second = code_some(desk), code_some(desk, 22, 29)
    split = {"code": "billing", "into": "late-bill", "codings": [second], "name_fi": "Myöhässä"}
    done = do(desk, "split_code", **split)
    assert done.codes["code"].tolist() == ["billing", "late-bill", "speed"]
    assert [(c["coding"], c["code"]) for c in done.codings] == [(second, "late-bill")]
    assert desk.study.codings().set_index("coding")["code"][first] == "billing"
    do(desk, "undo")
    assert desk.study.codebook()["code"].tolist() == ["billing", "speed"]


class TestGrid:
    def test_comments_stand_beside_the_closed_answers(self, opened):
        desk = GridDesk(opened(), "kysely", "avoin")
        message = desk.grid().as_message()
        assert [c["name"] for c in message["columns"]] == ["nps"]
        (row,) = message["rows"]
        assert (row["document"], row["cells"]) == (COMMENT, [9.0])
        done = do(desk, "add_coding", document=COMMENT, start=0, end=4, code="speed")
        assert done.codings[0]["quote"] == "Hyvä"
        assert len(desk.grid().codings) == 1

    def test_no_such_survey_or_column_is_said(self, opened):
        with pytest.raises(SettingsError, match="these comments"):
            open_grid(opened(), "other")
        with pytest.raises(SettingsError, match="these columns"):
            open_grid(opened(), columns=["shoe-size"])


class TestAdjudication:
    @pytest.fixture
    def both(self, opened):
        aino, veikko = StudyDesk(opened()), StudyDesk(opened("veikko"))
        names = code_some(aino), code_some(veikko, 0, 18)
        with pytest.raises(SettingsError, match="open codings of both"):
            open_adjudication(aino.study, ("aino", "veikko"))
        act(aino.study, "open_codings")
        return AdjudicationDesk(aino.study, ("aino", "veikko"), who="tove"), names

    def test_the_taken_one_goes_to_the_consensus_and_both_originals_stay(self, both):
        desk, (left, right) = both
        before = desk.study.codings("human")
        desk.perform(Act(1, "adjudicate", {"take": [right], "drop": [left], "valence": -2}))
        (agreed,) = desk.study.codings("consensus").to_dict("records")
        assert (agreed["start"], agreed["end"], agreed["valence"]) == (0, 18, -2)
        pd.testing.assert_frame_equal(desk.study.codings("human"), before)
        (case,) = desk.content("h01").as_message()["cases"]
        assert (case["kind"], case["settled"]) == ("place", True)
        assert case["consensus"] == [agreed["coding"]]

    def test_deciding_anew_replaces_and_undo_brings_back(self, both):
        desk, (left, right) = both
        desk.perform(Act(1, "adjudicate", {"take": [left], "drop": [right]}))
        desk.perform(Act(2, "adjudicate", {"take": [], "drop": [left, right]}))
        assert desk.study.codings("consensus").empty
        desk.perform(Act(3, "undo", {}))
        assert desk.study.codings("consensus")["end"].tolist() == [8]

    def test_both_taken_as_one_make_one_coding(self, both):
        desk, (left, right) = both
        done = act(desk.study, "adjudicate", take=[left, right], start=0, end=12)
        assert done.id == desk.study.codings("consensus")["coding"].item()
        act(desk.study, "adjudicate", take=[], drop=[left])
        assert len(desk.study.codings("consensus")) == 1  # it still stands on the other

    def test_unclear_decisions_are_refused(self, both):
        desk, (left, _) = both
        with pytest.raises(ActRefusedError, match="not clear"):
            act(desk.study, "adjudicate", take=[left], drop=[left])
        with pytest.raises(ActRefusedError, match="not clear"):
            act(desk.study, "adjudicate")


def test_the_widgets_open_on_a_study(opened):
    study = opened()
    assert open_coder(study, language="en").document == "h01"
    assert open_grid(study).browser_errors == []
    with pytest.raises(CxresearchError, match="no such document"):
        open_coder(study, "h99")


PLACES = st.integers(0, len(TEXT))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    quotations=st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=4),
    edits=st.lists(st.tuples(PLACES, PLACES, st.sampled_from(["", "x", "Kirje "])), max_size=3),
)
def test_no_quotation_is_dropped_or_shifted_in_silence(opened, quotations, edits):
    study = opened()
    desk = StudyDesk(study)
    before = last_event(study)
    names = [
        code_some(desk, min(place), max(place)) for place in quotations if place[0] != place[1]
    ]
    for first, last, text in edits:
        length = len(study.text_of("h01"))
        start, end = min(first, last, length), min(max(first, last), length)
        with suppress(ActRefusedError):  # across two turns, or nothing to change
            do(desk, "edit_text", document="h01", start=start, end=end, text=text)
    placed = study.codings()  # raises where words are not at their place
    lost = unplaced(study)
    assert sorted([*placed["coding"], *lost["coding"]]) == sorted(names)
    assert lost["quote"].str.len().gt(0).all()
    while last_event(study) > before and do(desk, "undo").said:
        pass
    assert study.text_of("h01") == TEXT
    assert study.codings().empty
