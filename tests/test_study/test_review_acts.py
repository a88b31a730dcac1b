"""Decisions on personal words: kept with their place, undone apart, asked for before publishing."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxresearch.model import ActRefusedError
from cxresearch.study import (
    act,
    approvals,
    history,
    marks,
    quote_decisions,
    redo,
    reviews,
    undo,
)
from cxresearch.study.anchoring import place_after

FIRST = {"document": "h01", "start": 0, "end": 5}


def passages(*rows, state: str = "personal") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["start", "end"])
    return table.assign(document="h01", kind="person", state=state)


def test_a_decision_is_kept_changed_and_undone_apart_from_codings(coded):
    act(coded, "decide_passages", passages=passages((0, 5)))
    act(coded, "add_coding", **FIRST, code="speed", coding="later")
    assert marks(coded)[["quote", "state"]].to_numpy().tolist() == [["Lasku", "personal"]]
    act(coded, "decide_passages", passages=passages((0, 5), state="open"))
    assert marks(coded)["state"].tolist() == ["open"]
    assert undo(coded, lane="review").act == "decide_passages"
    assert marks(coded)["state"].tolist() == ["personal"]
    assert redo(coded, lane="review").act == "decide_passages"
    act(coded, "reopen_passages", marks=marks(coded)["mark"].tolist())
    assert marks(coded).empty
    assert "later" in set(coded.codings()["coding"])


def test_many_passages_are_decided_by_one_act(coded):
    done = act(coded, "decide_passages", passages=passages((0, 5), (10, 16), (20, 26)))
    assert done.rows == 3
    undo(coded, lane="review")
    assert marks(coded).empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "perhaps"},
        {"end": 10_000},
        {"quote": "not these words"},
        {"document": "nowhere"},
    ],
)
def test_a_wrong_decision_changes_nothing(coded, wrong):
    table = passages((0, 5)).assign(**wrong)
    before = len(history(coded))
    with pytest.raises(Exception, match=r"."):
        act(coded, "decide_passages", passages=table)
    assert marks(coded).empty
    assert len(history(coded)) == before


def test_quotes_of_a_document_that_nobody_read_are_refused(coded):
    with pytest.raises(ActRefusedError, match="Nobody has reviewed"):
        act(coded, "approve_quote", **FIRST, published_text="Lasku")
    assert approvals(coded).empty


def test_a_changed_text_has_to_be_read_again_and_its_quotes_wait(coded):
    act(coded, "finish_review", document="h01")
    act(coded, "approve_quote", **FIRST, published_text="Lasku")
    assert len(approvals(coded)) == 1
    act(coded, "edit_text", document="h01", start=len(coded.text_of("h01")) - 1,
        end=len(coded.text_of("h01")), text="!")  # fmt: skip
    assert approvals(coded).empty
    assert reviews(coded)["current"].tolist() == [False]
    assert quote_decisions(coded)["reviewed"].tolist() == [False]
    act(coded, "finish_review", document="h01")
    assert len(approvals(coded)) == 1
    act(coded, "reopen_review", document="h01")
    assert approvals(coded).empty


def test_words_called_personal_may_not_be_published(coded):
    act(coded, "decide_passages", passages=passages((0, 5)))
    act(coded, "finish_review", document="h01")
    place = {"document": "h01", "start": 0, "end": 16}
    with pytest.raises(ActRefusedError, match="personal"):
        act(coded, "approve_quote", **place, published_text="lasku oli väärin")
    act(coded, "approve_quote", **place, published_text="[X] oli väärin")
    assert len(approvals(coded)) == 1


def test_approving_a_comment_is_reading_it(coded, comments):
    coded.write_frame("comments", comments)
    place = {"document": "s/1/open", "start": 0, "end": 13}
    act(coded, "approve_quote", **place, published_text="Hyvä palvelu!")
    assert reviews(coded)["document"].tolist() == ["s/1/open"]
    assert len(approvals(coded)) == 1


def test_a_rejected_quote_is_remembered_and_leaves_the_approved(coded):
    act(coded, "finish_review", document="h01")
    act(coded, "approve_quote", **FIRST, published_text="Lasku")
    act(coded, "reject_quote", **FIRST, quote="Lasku")
    assert approvals(coded).empty
    assert quote_decisions(coded)["state"].tolist() == ["rejected"]
    undo(coded, lane="review")
    assert len(approvals(coded)) == 1
    act(coded, "reject_quote", document="h01", start=10, end=16)
    assert len(quote_decisions(coded)) == 2
    with pytest.raises(ActRefusedError):
        act(coded, "reject_quote", document="h01", start=10, end=16, quote="muuta")


def test_a_review_must_be_of_the_text_that_was_read(coded):
    with pytest.raises(ActRefusedError, match="changed since"):
        act(coded, "finish_review", document="h01", text_sha256="0" * 64)
    with pytest.raises(ActRefusedError, match="no such document"):
        act(coded, "finish_review", document="h99")


def test_quotations_keep_their_place_when_names_are_replaced_after_coding(coded):
    text = coded.text_of("h01")
    reply = text.index("Vastaus")
    act(coded, "decide_passages", passages=passages((0, 5), (reply, reply + 7)))
    act(coded, "finish_review", document="h01")
    cuts = pd.DataFrame({"start": [0, reply], "end": [5, reply + 7], "text": ["[yritys 1]", "H1"]})
    act(coded, "replace_passages", document="h01", passages=cuts)
    new = coded.text_of("h01")
    assert new == "[yritys 1]" + text[5:reply] + "H1" + text[reply + 7 :]
    codings = coded.codings().set_index("coding")["quote"]
    assert codings.to_dict() == {"c1": "[yritys 1]", "c2": "H1"}
    assert coded.turns().iloc[-1]["end"] == len(new)
    assert new[coded.turns().iloc[1]["start"] :].startswith("H1")
    assert marks(coded)["state"].tolist() == ["replaced", "replaced"]
    assert reviews(coded)["current"].all()
    undo(coded, lane="review")
    assert coded.text_of("h01") == text
    assert coded.codings()["quote"].tolist() == ["Lasku", "Vastaus"]


def test_replaced_for_good_the_old_words_are_nowhere(coded):
    text = coded.text_of("h01")
    act(coded, "edit_text", document="h01", start=0, end=5, text="Salaisuus")
    act(coded, "add_coding", document="h01", start=0, end=9, code="speed", coding="c3")
    cut = pd.DataFrame({"start": [0], "end": [9], "text": ["H1"]})
    act(coded, "replace_passages", document="h01", passages=cut, for_good=True)
    assert coded.text_of("h01") == "H1" + text[5:]
    assert coded.codings().set_index("coding").loc["c3", "quote"] == "H1"
    with pytest.raises(ActRefusedError, match="can't be undone"):
        undo(coded, lane="review")
    if coded.storage.path is not None:
        coded.close()
        files = coded.storage.path.parent.glob("*.sqlite*")
        assert all(b"Salaisuus" not in path.read_bytes() for path in files)


@pytest.mark.parametrize("bad", [[(0, 5), (3, 8)], [(5, 5)], [(0, 10_000)]])
def test_passages_that_overlap_or_lie_outside_are_refused(coded, bad):
    cuts = pd.DataFrame([(a, b, "X") for a, b in bad], columns=["start", "end", "text"])
    before = coded.text_of("h01")
    with pytest.raises(ActRefusedError, match="overlap"):
        act(coded, "replace_passages", document="h01", passages=cuts)
    assert coded.text_of("h01") == before


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_range_after_replacing_holds_the_same_words_with_replacements(data):
    text = data.draw(st.text("abc ÄÖ😀", min_size=2, max_size=60))
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = [(a, b) for a, b in zip(places[::2], places[1::2], strict=False) if a < b]
    cuts = [(a, b, data.draw(st.sampled_from(["", "H1", "[yritys 12]"]))) for a, b in pairs]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    pieces, at = [], 0
    for first, last, words in cuts:
        pieces += [text[at:first], words]
        at = last
    new = "".join([*pieces, text[at:]])
    a, b = place_after(start, end, cuts)
    # what is wanted, told without arithmetic: widen the range to the borders of cuts, then replace
    for first, last, _ in cuts:
        start = first if first < start < last else start
        end = last if first < end < last else end
    wanted, at = "", start
    for first, last, words in cuts:
        if start <= first and last <= end:
            wanted += text[at:first] + words
            at = last
    wanted += text[at:end]
    assert new[a:b] == wanted
