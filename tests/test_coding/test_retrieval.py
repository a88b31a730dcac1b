"""Quotes by facets, joined with and, or, not and nearness, always with where they stand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.coding import add_context, near, retrieve_quotes, where
from cxresearch.model import Code, Codebook, FrameError, Words

BOOK = Codebook(
    (
        Code("pain", "pain", Words(fi="Kipu", en="Pain")),
        Code("wait", "pain", Words(fi="Odotus", en="Waiting"), "pain"),
        Code("bill", "pain", Words(fi="Lasku", en="Bill"), "pain"),
        Code("joy", "delight", Words(fi="Ilo", en="Joy")),
    )
)
COLUMNS = ["document", "start", "end", "code", "coder", "phase", "valence", "turn"]


def frame(rows):
    made = pd.DataFrame(rows, columns=COLUMNS)
    made["coding"] = [f"c{n}" for n in range(len(made))]
    made["quote"] = "sanoja"
    made["origin"] = "human"
    made["valence"] = made["valence"].astype("Int8")
    made["turn"] = made["turn"].astype("Int64")
    return made


SOME = frame(
    [
        ("a", 0, 10, "wait", "x", "after", -2, 0),
        ("a", 12, 20, "joy", "x", "before", 2, 0),
        ("a", 40, 50, "bill", "y", "after", -1, 2),
        ("a", 400, 410, "joy", "y", None, None, 9),
        ("b", 0, 10, "wait", "x", "after", 0, None),
    ]
)


def ids(found):
    return found["coding"].tolist()


def test_and_or_not_with_the_tree_of_codes():
    bad = where(code="pain", valence="negative")
    assert ids(retrieve_quotes(SOME, bad, codebook=BOOK)) == ["c0", "c2"]
    assert ids(retrieve_quotes(SOME, bad & ~where(coder="y"), codebook=BOOK)) == ["c0"]
    assert ids(retrieve_quotes(SOME, bad | where(code="joy"), codebook=BOOK)) == [
        "c0", "c1", "c2", "c3",
    ]  # fmt: skip
    assert ids(retrieve_quotes(SOME, ~bad, codebook=BOOK, document="a")) == ["c1", "c3"]


def test_nearness_by_characters_by_turns_and_by_sharing():
    joy = where(code="joy")
    # c0 ends at 10, c1 starts at 12
    assert ids(retrieve_quotes(SOME, joy & near("wait", within=1))) == []
    assert ids(retrieve_quotes(SOME, joy & near("wait", within=2))) == ["c1"]
    assert ids(retrieve_quotes(SOME, joy & near("bill", turns=2))) == ["c1"]
    assert ids(retrieve_quotes(SOME, joy & near("wait"))) == ["c1"]
    assert ids(retrieve_quotes(SOME, joy & ~near(where(code="pain"), turns=7), codebook=BOOK)) == []
    # a coding is not its own neighbour
    assert ids(retrieve_quotes(SOME, where(code="joy") & near("joy", within=100))) == []
    assert ids(retrieve_quotes(SOME, where(code="joy") & near("joy", within=380))) == ["c1", "c3"]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), within=st.integers(0, 30))
def test_nearness_equals_a_plain_double_loop(seed, within):
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(random.integers(1, 25)):
        start, size = int(random.integers(0, 100)), int(random.integers(1, 20))
        document, code = f"d{random.integers(0, 2)}", str(random.choice(["wait", "joy"]))
        rows.append((document, start, start + size, code, "x", None, None, int(start // 10)))
    codings = frame(rows)
    found = set(ids(retrieve_quotes(codings, near("wait", within=within))))
    shared = set(ids(retrieve_quotes(codings, near("wait"))))
    spans = list(codings.itertuples())
    other = {"far": set(), "share": set()}
    for one in spans:
        for two in spans:
            if one.coding == two.coding or one.document != two.document or two.code != "wait":
                continue
            if max(one.start, two.start) - min(one.end, two.end) <= within:
                other["far"].add(one.coding)
            if (one.start < two.end and two.start < one.end) or one.turn == two.turn:
                other["share"].add(one.coding)
    assert found == other["far"]
    assert shared == other["share"]


def test_feelings_empty_cells_and_functions():
    assert ids(retrieve_quotes(SOME, valence="mixed")) == ["c4"]
    assert ids(retrieve_quotes(SOME, valence="unknown")) == ["c3"]
    assert ids(retrieve_quotes(SOME, phase=None)) == ["c3"]
    assert ids(retrieve_quotes(SOME, turn=lambda turn: turn > 1)) == ["c2", "c3"]
    assert ids(retrieve_quotes(SOME, coder=["y", "z"])) == ["c2", "c3"]


def test_who_spoke_and_what_they_are_like():
    texts = pd.DataFrame(
        {"document": ["a", "b"], "kind": ["interview", "diary"], "respondent": ["r1", None]}
    )
    turns = pd.DataFrame(
        {"document": "a", "turn": [0, 1, 2], "start": [0, 30, 38], "end": [29, 37, 500],
         "speaker": ["Asiakas", "H", "Asiakas 2"], "role": ["customer", "interviewer", "customer"]}
    )  # fmt: skip
    people = pd.DataFrame(
        {"respondent": ["r1"], "kind": ["partner"], "customer": ["k1"], "years": [3.0]}
    )
    rows = add_context(SOME.drop(columns="turn"), texts, turns=turns, respondents=people)
    assert rows["coding"].tolist() == ["c0", "c1", "c2", "c3", "c4"]
    assert rows["turn"].tolist()[:4] == [0, 0, 2, 2]
    assert rows["speaker"].tolist()[:3] == ["Asiakas", "Asiakas", "Asiakas 2"]
    assert "customer" not in rows
    assert rows["document_kind"].tolist()[-1] == "diary"
    chosen = retrieve_quotes(rows, where(kind="partner", years=lambda y: y < 5), speaker="Asiakas")
    assert ids(chosen) == ["c0", "c1"]
    assert chosen.columns.tolist()[:6] == [
        "document", "turn", "speaker", "respondent", "coder", "code",
    ]  # fmt: skip


def test_refusals():
    with pytest.raises(FrameError, match="column"):
        retrieve_quotes(SOME, where(weather="rain"))
    with pytest.raises(FrameError, match="valence"):
        where(valence="angry")
    with pytest.raises(FrameError, match="one measure"):
        near("joy", within=1, turns=1)
    with pytest.raises(FrameError, match="below 0"):
        near("joy", within=-1)
    with pytest.raises(FrameError, match="ids"):
        add_context(SOME, pd.DataFrame({"text": ["x"]}))
