import json

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxresearch.model import ActRefusedError, DriftError
from cxresearch.study import act, history, last_event, redo, row_history, table_as_of, undo
from cxresearch.study.tables import METADATA, event_change

LOGGED = ("source", "document", "turn", "respondent", "attribute", "code", "coding", "memo")
LOGGED += ("decision", "approval")


def state(study):
    """Everything that people made, as plain values."""
    with study.storage.reading() as connection:
        return {
            name: [
                tuple(map(json.dumps, row))
                for row in connection.execute(
                    sa.select(METADATA.tables[name]).order_by(
                        *METADATA.tables[name].primary_key.columns
                    )
                )
            ]
            for name in LOGGED
        }


def replayed(study):
    """The same, built from nothing but the before and after of every event."""
    rows = {name: {} for name in LOGGED}
    with study.storage.reading() as connection:
        changes = connection.execute(
            sa.select(event_change).order_by(event_change.c.event, event_change.c.position)
        ).mappings()
        for change in changes:
            there = rows[change["table"]]
            key = tuple(json.loads(change["key"]))
            before, after = change["before"], change["after"]
            if before is None:
                assert key not in there
                there[key] = dict(after)
            else:
                assert {n: there[key][n] for n in before} == before
                if after is None:
                    del there[key]
                else:
                    there[key] |= after
    return {
        name: [
            tuple(json.dumps(there[key][c.name]) for c in METADATA.tables[name].columns)
            for key in sorted(there)
        ]
        for name, there in rows.items()
    }


def test_undo_and_redo_work_across_restarts(coded, open_it):
    before = state(coded)
    coded.close()
    again = open_it()
    assert undo(again).act == "add_coding"
    again.close()
    third = open_it()
    assert redo(third).act == "add_coding"
    assert state(third) == before
    assert redo(third).event is None


def test_each_coder_has_an_undo_of_their_own(coded):
    act(coded, "add_coding", document="h01", start=0, end=3, code="speed", who="veikko", coding="v")
    undo(coded)
    assert set(coded.codings()["coding"]) == {"c1", "v"}
    undo(coded, who="veikko")
    assert set(coded.codings()["coding"]) == {"c1"}


def test_the_import_of_a_step_is_not_undone_by_hand(coded):
    while undo(coded).event is not None:
        pass
    assert coded.documents()["document"].tolist() == ["h01"]
    assert undo(coded, lane="import").act == "import_documents"
    assert coded.documents().empty


def test_undo_never_writes_over_what_another_did_since(coded):
    act(coded, "change_coding", coding="c2", valence=1, who="veikko")
    with pytest.raises(ActRefusedError, match="changed since"):
        undo(coded)
    assert coded.codings().set_index("coding").loc["c2", "valence"] == 1


def test_a_code_that_another_uses_stays(coded):
    act(coded, "add_code", code="price")
    act(coded, "add_coding", document="h01", start=0, end=3, code="price", who="veikko")
    with pytest.raises(ActRefusedError, match="used"):
        undo(coded)
    assert "price" in coded.codebook()["code"].tolist()


def test_a_window_that_is_behind_writes_over_nobody(coded):
    seen = last_event(coded)
    act(coded, "change_coding", coding="c1", valence=1, who="veikko")
    with pytest.raises(ActRefusedError, match="veikko"):
        act(coded, "change_coding", coding="c1", valence=2, seen=seen)
    with pytest.raises(ActRefusedError, match="veikko"):
        act(coded, "remove_coding", coding="c1", seen=seen)
    act(coded, "change_coding", coding="c2", valence=2, seen=seen)
    act(coded, "change_coding", coding="c1", valence=2, seen=last_event(coded))


def test_two_people_may_change_different_fields_of_one_coding(coded):
    act(coded, "change_coding", coding="c1", phase="post_purchase", who="veikko")
    act(coded, "change_coding", coding="c1", important=True)
    row = coded.codings().set_index("coding").loc["c1"]
    assert (row["phase"], row["important"], row["valence"]) == ("post_purchase", True, -2)
    undo(coded, who="veikko")
    assert coded.codings().set_index("coding").loc["c1", "important"]


def test_a_new_act_ends_redo(coded):
    undo(coded)
    act(coded, "add_coding", document="h01", start=0, end=3, code="speed")
    assert redo(coded).event is None


def test_the_audit_trail_says_who_and_when_but_not_what(coded):
    trail = history(coded)
    assert trail["act"].tolist() == [
        "import_codebook",
        "import_documents",
        "add_coding",
        "add_coding",
    ]
    assert trail["at"].is_monotonic_increasing
    assert history(coded, since=2)["event"].tolist() == [3, 4]
    assert "Lasku" not in trail.to_csv()


def test_a_codes_definition_has_its_history(coded):
    act(coded, "add_code", code="hinta-määrä", definition="Eka.")
    act(coded, "change_code", code="hinta-määrä", definition="Toka.")
    trail = row_history(coded, "code", "hinta-määrä")
    steps = trail[trail["column"] == "definition"][["before", "after"]]
    assert steps.fillna("").values.tolist() == [["", "Eka."], ["Eka.", "Toka."]]


CODES = ["billing", "billing-error", "speed", "n0", "n1"]
IDS = [f"k{i}" for i in range(4)]
ids, codes = st.sampled_from(IDS), st.sampled_from(CODES)
start = st.integers(0, 60)
ONE_ACT = st.one_of(
    st.tuples(
        st.just("add_coding"),
        st.fixed_dictionaries(
            {"document": st.just("h01"), "start": start, "code": codes, "coding": ids},
            optional={"valence": st.integers(-2, 2), "memo": st.just("Ä")},
        ),
    ),
    st.tuples(st.just("remove_coding"), st.fixed_dictionaries({"coding": ids})),
    st.tuples(
        st.just("change_coding"),
        st.fixed_dictionaries(
            {"coding": ids},
            optional={"code": codes, "valence": st.none() | st.integers(-2, 2), "start": start},
        ),
    ),
    st.tuples(st.just("add_code"), st.fixed_dictionaries({"code": codes})),
    st.tuples(
        st.just("move_code"),
        st.fixed_dictionaries({"code": codes, "parent": codes}, optional={"before": codes}),
    ),
    st.tuples(
        st.just("merge_codes"),
        st.fixed_dictionaries({"codes": st.lists(codes, max_size=3), "into": codes}),
    ),
    st.tuples(
        st.just("remove_code"),
        st.fixed_dictionaries({"code": codes, "with_codings": st.booleans()}),
    ),
    st.tuples(
        st.just("edit_text"),
        st.fixed_dictionaries(
            {
                "document": st.just("h01"),
                "start": start,
                "cut": st.integers(0, 8),
                "text": st.sampled_from(["", "x", "😡 uusi"]),
            }
        ),
    ),
    st.tuples(
        st.just("set_memo"),
        st.fixed_dictionaries(
            {
                "about": st.just("document"),
                "target": st.just("h01"),
                "text": st.sampled_from(["", "a", "b"]),
            }
        ),
    ),
    st.tuples(st.just("remove_document"), st.fixed_dictionaries({"document": st.just("h01")})),
    st.tuples(st.just("undo"), st.just({})),
    st.tuples(st.just("redo"), st.just({})),
)


def attempt(study, name, fields, who):
    fields = dict(fields)
    if name == "add_coding":
        fields["end"] = fields["start"] + 5
    if name == "edit_text":
        fields["end"] = fields["start"] + fields.pop("cut")
    try:
        if name in ("undo", "redo"):
            return (undo if name == "undo" else redo)(study, who=who)
        return act(study, name, who=who, **fields)
    except (ActRefusedError, DriftError):
        return None


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
@given(st.lists(ONE_ACT, min_size=3, max_size=15))
def test_undoing_all_gives_the_first_state_and_redoing_all_the_last(coded, acts):
    while undo(coded, who="hypo").event is not None:
        pass
    first = state(coded)
    for name, fields in acts:
        attempt(coded, name, fields, "hypo")
        coded.codings()  # raises when words are not at their place
    last = state(coded)
    undone = 0
    while undo(coded, who="hypo").event is not None:
        undone += 1
    assert state(coded) == first
    redone = 0
    while redo(coded, who="hypo").event is not None:
        redone += 1
    # acts that the sequence itself had undone at its end may come back as well
    assert redone >= undone
    if redone == undone:
        assert state(coded) == last
    assert replayed(coded) == state(coded)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
@given(st.lists(st.tuples(ONE_ACT, st.sampled_from(["aino", "veikko"])), min_size=5, max_size=20))
def test_with_two_coders_every_event_replays(coded, acts):
    for (name, fields), who in acts:
        before = state(coded)
        done = attempt(coded, name, fields, who)
        if done is None or done.event is None:
            assert state(coded) == before  # a refusal changes nothing
        coded.codings()
    assert replayed(coded) == state(coded)


def test_a_bulk_import_is_undone_and_redone_whole(coded):
    many = pd.DataFrame({"document": "h01", "start": range(60), "code": "speed"})
    many["end"] = many["start"] + 4
    many["coder"] = "k"
    act(coded, "add_codings", codings=many)
    full = state(coded)
    undo(coded)
    assert len(coded.codings()) == 2
    redo(coded)
    assert state(coded) == full


def test_the_study_as_of_an_event(coded):
    first = coded.codings()["coding"].tolist()
    then = last_event(coded)
    act(coded, "change_coding", coding="c1", valence=2)
    act(coded, "remove_coding", coding="c2")
    act(coded, "add_coding", document="h01", start=0, end=3, code="speed")
    there = table_as_of(coded, "coding", then).set_index("coding")
    assert there.index.tolist() == first
    assert there.loc["c1", "valence"] == -2
    assert table_as_of(coded, "coding", 0).empty
    assert len(table_as_of(coded, "coding", last_event(coded))) == 2
