"""Search over a study: by exact words, by lemma, by pattern; the index follows the texts."""

from __future__ import annotations

import re
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.model import ActRefusedError
from cxresearch.study import (
    act,
    erase_traces,
    find_places,
    forget_index,
    preview_autocode,
    undo,
)
from cxresearch.text.patterns import pattern_spans

WORDS = "Laskussa luki väärin. Hänen laskunsa: 😡 laskuvirhe!"


@pytest.fixture
def searched(study):
    documents = pd.DataFrame(
        [
            {"document": "h01", "kind": "interview", "text": WORDS + "\nHyvä.", "language": "fi"},
            {"document": "h02", "kind": "observation", "text": "The invoices came. LASKU tuli.",
             "language": "en", "respondent": "r2"},
        ]
    )  # fmt: skip
    turns = [
        {"document": "h01", "turn": 0, "start": 0, "end": len(WORDS), "speaker": "A"},
        {"document": "h01", "turn": 1, "start": len(WORDS) + 1, "end": len(WORDS) + 6},
    ]
    turns[1] |= {"speaker": "B"}
    act(study, "import_documents", documents=documents, turns=pd.DataFrame(turns))
    comment = {"document": "s/1/q", "response": "1", "question": "q", "text": "laskut sekaisin"}
    study.write_frame("comments", pd.DataFrame([comment | {"language": "fi"}]))
    return study


def words(study, sought, how="exact", **more):
    return find_places(study, sought, how=how, **more)["words"].tolist()


@pytest.mark.parametrize(
    ("sought", "how", "found"),
    [
        ("laskussa", "exact", ["Laskussa"]),
        ("VÄÄRIN", "exact", ["väärin"]),
        ("ä", "exact", ["ä", "ä", "ä", "ä"]),
        ("lasku", "lemma", ["Laskussa", "laskunsa", "laskuvirhe", "LASKU", "laskut"]),
        ("laskuissa", "lemma", ["Laskussa", "laskunsa", "laskuvirhe", "laskut"]),
        ("invoice", "lemma", ["invoices"]),
        (r"lasku\w+", "regex", ["Laskussa", "laskunsa", "laskuvirhe", "laskut"]),
        (r"\d*", "regex", []),
        ('"; DROP TABLE passage; --', "exact", []),
        ('" OR lemma', "lemma", []),
    ],
)
def test_what_is_found(searched, sought, how, found):
    assert words(searched, sought, how) == found


def test_each_place_is_where_its_words_stand(searched):
    found = find_places(searched, "lasku", how="exact")
    for row in found.to_dict("records"):
        text = searched.text_of(row["document"])
        assert text[row["start"] : row["end"]] == row["words"]
        assert (row["before"] + row["words"] + row["after"]) in text
    assert found.loc[0, "turn"] == 0
    assert found["turn"].isna().tolist() == [False, False, False, True, True]


def test_filters_narrow_the_search(searched):
    assert words(searched, "lasku", filters={"document": "h02"}) == ["LASKU"]
    assert words(searched, "lasku", filters={"respondent": "r2"}) == ["LASKU"]
    assert len(words(searched, "lasku", filters={"speaker": "A"})) == 3
    assert words(searched, "hyvä", filters={"speaker": "A"}) == []
    coded = {"document": "h01", "start": 0, "end": 15, "code": "billing"}
    act(searched, "add_coding", **coded, phase="post_purchase")
    assert words(searched, "lasku", filters={"in_code": "billing"}) == ["Lasku"]
    assert words(searched, "lasku", filters={"phase": "post_purchase"}) == ["Lasku"]
    assert words(searched, "lasku", filters={"phase": "pre_purchase"}) == []
    hidden = find_places(searched, "lasku", filters={"in_code": "billing"}, coder="veikko")
    assert hidden.empty


@pytest.mark.parametrize(
    ("sought", "how", "filters", "said"),
    [
        (" ", "exact", {}, "nothing to look for"),
        ("x", "magic", {}, "no way of searching"),
        ("x", "exact", {"sex": "f"}, "no filter"),
        ("(", "regex", {}, "can't be read"),
    ],
)
def test_what_makes_no_sense_is_refused(searched, sought, how, filters, said):
    with pytest.raises(ActRefusedError, match=said):
        find_places(searched, sought, how=how, filters=filters)


def test_a_pattern_that_explodes_is_stopped():
    start = time.monotonic()
    with pytest.raises(ActRefusedError, match="too long"):
        pattern_spans(["a" * 60 + "b"], "(a+)+$", seconds=0.5)
    assert time.monotonic() - start < 5


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4))
def test_places_of_a_pattern_fit_it(texts):
    for text, spans in zip(texts, pattern_spans(texts, r"\w+"), strict=True):
        assert spans == [found.span() for found in re.finditer(r"\w+", text)]


class TestTheIndexFollows:
    def test_an_edit_its_undo_and_a_new_import(self, searched):
        assert len(words(searched, "lasku", "lemma")) == 5
        act(searched, "edit_text", document="h01", start=0, end=8, text="Kirjeessä")
        assert len(words(searched, "lasku", "lemma")) == 4
        assert words(searched, "kirje", "lemma") == ["Kirjeessä"]
        undo(searched)
        assert len(words(searched, "lasku", "lemma")) == 5
        more = {"document": "h03", "kind": "diary", "text": "Kolmas lasku.", "language": "fi"}
        act(searched, "import_documents", documents=pd.DataFrame([more]))
        assert len(words(searched, "lasku", "lemma")) == 6
        act(searched, "remove_document", document="h03")
        assert len(words(searched, "lasku", "lemma")) == 5

    def test_comments_that_are_imported_anew_or_edited(self, searched):
        assert len(words(searched, "laskut")) == 1
        act(searched, "add_coding", document="s/1/q", start=0, end=6, code="billing")
        act(searched, "edit_text", document="s/1/q", start=0, end=6, text="kuitit")
        assert words(searched, "laskut") == []
        assert words(searched, "kuitti", "lemma") == ["kuitit"]

    def test_a_damaged_index_is_made_anew(self, searched):
        before = words(searched, "lasku", "lemma")
        path = searched.processed.folder / "search.sqlite"
        forget_index(searched)
        path.write_bytes(b"not a database, certainly" * 50)
        assert words(searched, "lasku", "lemma") == before

    def test_erasing_leaves_no_word_in_it(self, searched):
        words(searched, "lasku")
        path = searched.processed.folder / "search.sqlite"
        assert path.exists()
        act(searched, "erase_document", document="h01")
        assert words(searched, "väärin") == []
        if searched.storage.path is not None:
            erase_traces(searched)
            assert not path.exists()
        assert words(searched, "väärin") == []


def test_the_preview_says_what_is_coded_already(searched):
    act(searched, "add_coding", document="h01", start=0, end=8, code="billing")
    found = preview_autocode(searched, "lasku", how="lemma", code="billing")
    assert found["coded"].tolist() == [True, False, False, False, False]
