import numpy as np
import pandas as pd
import pytest

from cxresearch.model import ActRefusedError, DriftError, FrameError, ImportRefusedError
from cxresearch.study import (
    ACTS,
    act,
    approvals,
    codes_of,
    decisions,
    history,
    last_event,
    memos,
    personal,
    sources,
    undo,
    unplaced,
)

# the interview of conftest.py
TEXT = "Lasku oli väärin 😡, soitin heti. Vastaus tuli nopeasti. Lasku korjattiin."


def changed(interview, text, sha256="b" * 64):
    documents = interview["documents"].assign(text=text, sha256=sha256)
    turns = pd.DataFrame([{"document": "h01", "turn": 0, "start": 0, "end": len(text)}])
    return {"documents": documents, "turns": turns}


def places(study):
    return {r.coding: (r.start, r.end, r.quote) for r in study.codings().itertuples()}


class TestDocuments:
    def test_import_gives_back_what_was_given(self, coded, interview):
        there = coded.documents()
        assert there.loc[0, "text"] == TEXT
        assert coded.text_of("h01") == TEXT
        assert coded.turns("h01")["start"].tolist() == interview["turns"]["start"].tolist()
        assert sources(coded)["file"].tolist() == ["h01.txt"]

    def test_importing_again_changes_nothing(self, coded, interview):
        before = last_event(coded)
        done = act(coded, "import_documents", **interview)
        assert (done.event, done.kept) == (None, ("h01",))
        assert last_event(coded) == before

    def test_a_changed_file_is_told_apart_and_left_alone(self, coded, interview):
        done = act(coded, "import_documents", **changed(interview, "Uusi teksti."))
        assert (done.event, done.changed) == (None, ("h01",))
        assert coded.text_of("h01") == TEXT

    def test_replaced_text_takes_its_quotations_along(self, coded, interview):
        new = "Haastattelija: no niin. " + TEXT.replace(" Lasku korjattiin.", "")
        done = act(coded, "import_documents", **changed(interview, new), replace=True)
        assert (done.ids, done.unplaced) == (("h01",), ())
        assert places(coded) == {
            "c1": (24, 29, "Lasku"),
            "c2": (new.index("Vastaus"), new.index("Vastaus") + 7, "Vastaus"),
        }

    def test_words_that_stand_twice_find_their_place_by_what_surrounds_them(self, coded, interview):
        new = "Alku. " + TEXT
        act(coded, "replace_document", **changed(interview, new))
        assert places(coded)["c1"] == (6, 11, "Lasku")

    def test_words_that_are_gone_wait_for_a_decision_and_come_back(self, coded, interview):
        done = act(coded, "replace_document", **changed(interview, "Lasku oli väärin 😡."))
        assert done.unplaced == ("c2",)
        assert list(places(coded)) == ["c1"]
        waiting = unplaced(coded)
        assert waiting[["coding", "quote"]].values.tolist() == [["c2", "Vastaus"]]
        act(coded, "change_coding", coding="c2", start=0, end=5)
        assert places(coded)["c2"] == (0, 5, "Lasku")
        assert unplaced(coded).empty

    def test_uncertain_words_are_never_guessed(self, coded, interview):
        done = act(coded, "replace_document", **changed(interview, "a Lasku b Lasku c"))
        assert set(done.unplaced) == {"c1", "c2"}

    def test_an_edit_moves_quotations_and_turns(self, coded):
        act(coded, "edit_text", document="h01", start=0, end=5, text="Uusi lasku", quote="Lasku")
        assert places(coded)["c1"] == (0, 10, "Uusi lasku")
        assert places(coded)["c2"][2] == "Vastaus"
        assert coded.turns("h01")["end"].tolist()[-1] == len(TEXT) + 5

    def test_an_edit_across_the_end_of_a_quotation_waits_for_a_decision(self, coded):
        done = act(coded, "edit_text", document="h01", start=3, end=9, text="x")
        assert done.unplaced == ("c1",)
        assert places(coded)["c2"][2] == "Vastaus"
        undo(coded)
        assert set(places(coded)) == {"c1", "c2"}

    def test_an_edit_of_what_the_window_does_not_show_is_refused(self, coded):
        with pytest.raises(ActRefusedError, match="window"):
            act(coded, "edit_text", document="h01", start=0, end=5, text="x", quote="Laskx")

    def test_import_never_replaces_what_a_person_edited(self, coded, interview):
        act(coded, "edit_text", document="h01", start=0, end=5, text="Paperi")
        done = act(coded, "import_documents", **changed(interview, "Uusi."), replace=True)
        assert (done.event, done.changed) == (None, ("h01",))

    def test_removing_a_document_takes_all_that_hangs_on_it_and_undo_brings_it_back(self, coded):
        act(coded, "remove_document", document="h01")
        assert coded.documents().empty
        assert coded.codings().empty
        undo(coded)
        assert len(coded.codings()) == 2
        assert coded.text_of("h01") == TEXT

    def test_text_out_of_its_normal_form_is_refused(self, study, interview):
        with pytest.raises(ImportRefusedError, match="NUL"):
            act(study, "import_documents", **changed(interview, "a\0b"))
        with pytest.raises(FrameError, match="normal form"):
            act(study, "import_documents", **changed(interview, "a\u0308"))
        assert study.documents().empty

    def test_a_turn_outside_its_document_is_refused(self, study, interview):
        turns = interview["turns"].assign(end=10**6)
        with pytest.raises(FrameError, match="outside"):
            act(study, "import_documents", documents=interview["documents"], turns=turns)
        assert study.documents().empty


class TestCodings:
    def test_a_coding_keeps_the_exact_words_behind_an_emoji(self, coded):
        start = TEXT.index("soitin")
        act(coded, "add_coding", document="h01", start=start, end=start + 6, code="speed")
        assert "soitin" in coded.codings()["quote"].tolist()

    def test_the_turn_follows_from_the_place(self, coded):
        assert coded.codings().set_index("coding")["turn"].to_dict() == {"c1": 0, "c2": 1}

    def test_change_keeps_what_is_not_named_and_none_empties(self, coded):
        act(coded, "change_coding", coding="c1", phase="post_purchase")
        row = coded.codings().set_index("coding").loc["c1"]
        assert (row["valence"], row["phase"]) == (-2, "post_purchase")
        act(coded, "change_coding", coding="c1", valence=None)
        assert coded.codings().set_index("coding")["valence"].isna()["c1"]

    def test_numbers_from_a_table_are_welcome(self, coded):
        act(coded, "add_coding", document="h01", start=np.int64(0), end=np.int64(5), code="speed")
        assert len(coded.codings()) == 3

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"code": "billin"}, "one of billing"),
            ({"document": "h99"}, "no such document"),
            ({"phase": "purchase"}, "no phase"),
            ({"stage": "serch"}, "no stage"),
            ({"touchpoint": "desk"}, "no touchpoint"),
            ({"valence": 3}, "range"),
            ({"end": 10_000}, "outside"),
            ({"start": 5, "end": 5}, "empty"),
            ({"start": "0"}, "valid integer"),
            ({"start": True}, "valid integer"),
            ({"colour": "red"}, "no field"),
            ({"quote": "Laskx"}, "not what stands"),
            ({"coding": "c1"}, "id that exists"),
        ],
    )
    def test_a_wrong_coding_is_refused_and_nothing_changes(self, coded, fields, message):
        before = last_event(coded)
        right = {"document": "h01", "start": 0, "end": 5, "code": "billing"}
        with pytest.raises((ActRefusedError, DriftError), match=message):
            act(coded, "add_coding", **(right | fields))
        assert last_event(coded) == before
        assert len(coded.codings()) == 2

    def test_an_unknown_act_is_refused(self, study):
        with pytest.raises(ActRefusedError, match="add_coding"):
            act(study, "add_codin")

    def test_thousands_of_codings_are_one_act_and_one_undo(self, coded):
        many = pd.DataFrame({"document": "h01", "start": range(60)})
        many = many.merge(pd.DataFrame({"code": ["billing", "speed"]}), how="cross")
        many = many.merge(pd.DataFrame({"coder": [f"k{i}" for i in range(25)]}), how="cross")
        many["end"] = many["start"] + 3
        done = act(coded, "add_codings", codings=many)
        assert len(done.ids) == 3000
        assert last_event(coded) == done.event
        again = act(coded, "add_codings", codings=many)
        assert (again.event, len(again.kept)) == (None, 3000)
        undo(coded)
        assert len(coded.codings()) == 2

    def test_one_bad_row_refuses_the_whole_table(self, coded):
        rows = pd.DataFrame(
            {"document": "h01", "start": [0, 1], "end": [3, 4], "code": ["speed", "nope"]}
        )
        with pytest.raises(ActRefusedError, match="nope"):
            act(coded, "add_codings", codings=rows)
        assert len(coded.codings()) == 2

    def test_drift_is_found_on_read(self, coded):
        import sqlalchemy as sa

        from cxresearch.study.tables import document

        with coded.storage.writing() as connection:
            connection.execute(sa.update(document).values(text="x" + TEXT))
        with pytest.raises(DriftError, match=r"h01, 0\.\.5"):
            coded.codings()


class TestSuggestions:
    @pytest.fixture
    def suggested(self, coded):
        rows = pd.DataFrame(
            {
                "coding": ["s1", "s2"],
                "document": "h01",
                "start": [0, 6],
                "end": [5, 9],
                "quote": ["Lasku", "oli"],
                "code": "billing",
                "coder": "lexical",
                "origin": "suggested",
                "score": [0.9, 0.4],
                "rule": "fi: lasku*",
            }
        )
        coded.write_frame("suggestions", rows)
        return coded

    def test_they_stay_apart_from_those_of_people(self, suggested):
        assert len(suggested.codings()) == 2
        assert suggested.codings("suggested")["coding"].tolist() == ["s1", "s2"]
        assert suggested.codings("human")["coding"].tolist() == ["c1", "c2"]

    def test_accepting_makes_a_coding_of_ones_own(self, suggested):
        done = act(suggested, "accept_suggestions", suggestions=["s1"], valence=-1)
        row = suggested.codings().set_index("coding").loc[done.id]
        assert (row["coder"], row["origin"], row["valence"]) == ("aino", "human", -1)
        act(suggested, "reject_suggestions", suggestions=["s2"])
        made = decisions(suggested).set_index("suggestion")
        assert made["decision"].to_dict() == {"s1": "accepted", "s2": "rejected"}
        undo(suggested)
        undo(suggested)
        assert decisions(suggested).empty
        assert len(suggested.codings()) == 2

    def test_an_unknown_suggestion_is_refused(self, suggested):
        with pytest.raises(ActRefusedError, match="no such suggestion"):
            act(suggested, "accept_suggestions", suggestions=["s9"])


class TestComments:
    def test_only_comments_that_people_touch_enter_the_study_file(self, coded, comments):
        coded.write_frame("comments", comments)
        assert coded.text_of("s/1/open") == "Hyvä palvelu!"
        act(coded, "add_coding", document="s/1/open", start=0, end=4, code="speed", coding="c3")
        assert "Hyvä" in coded.codings()["quote"].tolist()
        assert coded.documents()["document"].tolist() == ["h01"]

    def test_another_coders_coding_does_not_bar_the_undo(self, coded, comments):
        coded.write_frame("comments", comments)
        act(coded, "add_coding", document="s/1/open", start=0, end=4, code="speed")
        act(coded, "add_coding", document="s/1/open", start=5, end=9, code="speed", who="veikko")
        undo(coded)
        assert coded.codings()["coder"].tolist() == ["aino", "aino", "veikko"]

    def test_codings_follow_a_comment_that_was_imported_anew(self, coded, comments):
        coded.write_frame("comments", comments)
        act(coded, "add_coding", document="s/1/open", start=0, end=4, code="speed", coding="c3")
        comments.loc[0, "text"] = "Oikein Hyvä palvelu!"
        coded.write_frame("comments", comments)
        assert act(coded, "refresh_comments").ids == ("s/1/open",)
        assert places(coded)["c3"] == (7, 11, "Hyvä")


class TestCodebook:
    def test_the_file_is_taken_in_when_the_study_is_opened(self, study):
        assert study.codebook()["code"].tolist() == ["billing-error", "billing", "speed"]
        assert codes_of(study)["billing"].terms == {"fi": ("lasku*",)}
        assert codes_of(study) == study.settings.codes

    def test_the_files_news_come_in_but_never_over_a_persons_work(self, study, open_it):
        act(study, "change_code", code="speed", definition="Mine.")
        path = study.settings.root / "codebook.toml"
        new = path.read_text("utf-8").replace("Nopeus", "Vauhti").replace("Laskutus", "Laskut")
        new += '[[codes]]\ncode = "new"\nkind = "need"\nname = {en = "New"}\n'
        path.write_text(new, encoding="utf-8")
        again = open_it().codebook().set_index("code")
        assert again.loc[["billing", "speed"], "name_fi"].tolist() == ["Laskut", "Nopeus"]
        assert again.loc["speed", "definition"] == "Mine."
        assert "new" in again.index

    def test_merging_moves_codings_and_children_and_undo_restores_all(self, coded):
        act(coded, "add_coding", document="h01", start=0, end=5, code="speed", coding="twin")
        act(coded, "merge_codes", codes=["billing"], into="speed")
        assert coded.codebook()["code"].tolist() == ["billing-error", "speed"]
        assert coded.codebook().set_index("code").loc["billing-error", "parent"] == "speed"
        assert len(coded.codings()) == 2  # one place, one coder, one code: one coding
        undo(coded)
        assert coded.codings().set_index("coding")["code"].to_dict() == {
            "c1": "billing",
            "twin": "speed",
            "c2": "speed",
        }
        assert len(coded.codebook()) == 3

    def test_a_code_is_moved_in_tree_and_order(self, study):
        act(study, "move_code", code="speed", parent="billing", before="billing-error")
        there = study.codebook()
        assert there["code"].tolist() == ["speed", "billing-error", "billing"]
        assert there.set_index("code").loc["speed", "parent"] == "billing"

    @pytest.mark.parametrize(
        ("name", "fields", "message"),
        [
            ("move_code", {"code": "billing", "parent": "billing-error"}, "under itself"),
            ("move_code", {"code": "billing", "parent": "nope"}, "no code"),
            ("add_code", {"code": "billing"}, "in use"),
            ("add_code", {"code": "x", "shortcut": "s"}, "taken"),
            ("add_code", {"code": "x", "kind": "thema"}, "theme"),
            ("merge_codes", {"codes": ["billing"], "into": "billing-error"}, "below it"),
            ("remove_code", {"code": "billing"}, "in use"),
        ],
    )
    def test_what_would_break_the_tree_is_refused(self, coded, name, fields, message):
        before = last_event(coded)
        with pytest.raises(ActRefusedError, match=message):
            act(coded, name, **fields)
        assert last_event(coded) == before

    def test_a_code_goes_with_those_below_it(self, coded):
        act(coded, "remove_code", code="billing", with_codings=True)
        assert coded.codebook()["code"].tolist() == ["speed"]
        assert coded.codings()["coding"].tolist() == ["c2"]


class TestPeople:
    def test_attributes_become_columns(self, study):
        people = pd.DataFrame(
            {
                "respondent": ["p1", "p2"],
                "kind": ["customer", "partner"],
                "customer": ["c12", None],
                "industry": ["Sähkö", None],
                "years": [3, 12],
            }
        )
        act(study, "set_respondents", respondents=people)
        there = study.respondents()
        assert there["years"].tolist() == [3, 12]
        assert there["industry"].tolist()[0] == "Sähkö"
        assert act(study, "set_respondents", respondents=people).event is None

    def test_survey_respondents_join_them(self, study):
        people = pd.DataFrame({"respondent": ["p1"], "kind": ["customer"]})
        act(study, "set_respondents", respondents=people)
        survey = pd.DataFrame({"respondent": ["p1", "r1"], "kind": ["expert", "machine"]})
        study.write_frame("respondents", survey)
        there = study.respondents().set_index("respondent")["kind"].to_dict()
        assert there == {"p1": "customer", "r1": "machine"}

    def test_personal_columns_are_kept_once_and_never_in_the_event_log(self, study):
        rows = pd.DataFrame(
            {
                "owner_kind": "respondent",
                "owner": ["p1", "p1"],
                "field": ["name", "phone"],
                "value": ["Helmi Kuusinen", "040 123 4567"],
            }
        )
        done = act(study, "set_personal", personal=rows)
        assert (done.rows, len(personal(study))) == (2, 2)
        assert "Helmi" not in history(study).to_csv()
        with study.storage.reading() as connection:
            import sqlalchemy as sa

            from cxresearch.study.tables import event_change

            log = str(connection.execute(sa.select(event_change)).all())
        assert "Helmi" not in log
        act(study, "forget_personal", owner_kind="respondent", owner="p1")
        assert personal(study).empty

    def test_what_kept_no_copy_says_that_it_cant_be_undone(self, study):
        rows = pd.DataFrame(
            {"owner_kind": ["respondent"], "owner": ["p"], "field": ["name"], "value": ["Helmi"]}
        )
        act(study, "set_personal", personal=rows, lane="hand")
        with pytest.raises(ActRefusedError, match="can't be undone") as caught:
            undo(study)
        assert "Helmi" not in str(caught.value)


class TestNotesAndApprovals:
    def test_memos_are_written_changed_and_removed(self, coded):
        act(coded, "set_memo", about="document", target="h01", text="Tärkeä.")
        act(coded, "set_memo", about="document", target="h01", text="Tärkeä!")
        assert memos(coded, "document")["text"].tolist() == ["Tärkeä!"]
        act(coded, "set_memo", about="document", target="h01", text="")
        assert memos(coded).empty

    def test_an_approval_holds_only_as_long_as_its_words(self, coded):
        words = {"document": "h01", "start": 0, "end": 16}
        act(coded, "finish_review", document="h01")
        act(coded, "approve_quote", **words, published_text="Lasku oli väärin")
        there = approvals(coded)
        assert there["published_text"].tolist() == ["Lasku oli väärin"]
        assert there["approved_by"].tolist() == ["aino"]
        act(coded, "edit_text", document="h01", start=0, end=5, text="Paperi")
        assert approvals(coded).empty
        undo(coded)
        assert len(approvals(coded)) == 1
        act(coded, "withdraw_quote", approval=there.loc[0, "approval"])
        assert approvals(coded).empty

    def test_empty_published_words_are_refused(self, coded):
        with pytest.raises(ActRefusedError, match="empty"):
            act(coded, "approve_quote", document="h01", start=0, end=5, published_text=" ")


def test_each_act_says_what_it_does():
    for name, one in ACTS.items():
        assert one.what.endswith((".", ";", ",", "along.")), name
        assert one.lane in ("hand", "review", "import", "loop", "content")


def test_a_wrong_field_never_shows_its_value(coded):
    with pytest.raises(ActRefusedError) as caught:
        act(coded, "add_coding", document="h01", start="Helmi Kuusinen", end=3, code="billing")
    assert "Helmi" not in str(caught.value)


def test_a_guessed_language_is_corrected_by_hand_and_can_be_undone(coded, interview):
    act(coded, "set_language", document="h01", language="sv")
    row = coded.documents().set_index("document").loc["h01"]
    assert (row["language"], row["language_confidence"]) == ("sv", 1.0)
    changed = interview["documents"].assign(
        sha256="b" * 64, text=interview["documents"]["text"] + "!"
    )
    act(coded, "import_documents", documents=changed, turns=interview["turns"], replace=True)
    assert coded.documents().set_index("document").loc["h01", "language"] == "sv"
    undo(coded)
    undo(coded)
    assert coded.documents().set_index("document").loc["h01", "language"] == "fi"
    with pytest.raises(ActRefusedError):
        act(coded, "set_language", document="h01", language="klingon")
    with pytest.raises(ActRefusedError):
        act(coded, "set_language", document="nowhere", language="fi")


def test_the_language_of_a_comment_stays_corrected(study, comments):
    study.write_frame("comments", comments)
    name = comments["document"].iloc[0]
    act(study, "set_language", document=name, language="en")
    found = study.comments().set_index("document")
    assert (found.loc[name, "language"], found.loc[name, "language_confidence"]) == ("en", 1.0)
    assert len(found) == len(comments)
