"""Messages from the browser: what is an act, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.model import ActRefusedError
from cxresearch.widgets import CODER_ACTS, REVIEW_ACTS, Act, read_act

GOOD = {"id": 3, "act": "add_coding", "document": "h1", "start": 0, "end": 4, "code": "billing"}


def test_a_good_message_becomes_an_act_with_only_what_was_sent() -> None:
    act = read_act({**GOOD, "phase": None, "valence": -2}, CODER_ACTS)
    assert (act.id, act.act, act["start"]) == (3, "add_coding", 0)
    assert dict(act.fields) == {
        "document": "h1", "start": 0, "end": 4, "code": "billing", "phase": None, "valence": -2,
    }  # fmt: skip
    with pytest.raises(TypeError):
        act.fields["code"] = "x"  # type: ignore[index]


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "run_sql"},
        {"act": None},
        {"id": None},
        {"id": True},
        {"id": -1},
        {"id": 2**60},
        {"sql": "drop table coding"},
        {"path": "/etc/passwd"},
        {"start": "0"},
        {"start": -1},
        {"start": True},
        {"start": 1.0},
        {"end": None},
        {"code": ""},
        {"code": "  "},
        {"code": ["billing"]},
        {"code": "x" * 301},
        {"code": "a\x00b"},
        {"document": "\ud800"},
        {"valence": 3},
        {"valence": -3},
        {"valence": "1"},
        {"important": 1},
        {"important": None},
        {"memo": "x" * 100_001},
    ],
)
def test_anything_else_is_refused_without_repeating_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ActRefusedError) as refusal:
        read_act({**GOOD, **wrong}, CODER_ACTS)
    assert "Nothing was changed" in refusal.value.message
    for value in wrong.values():
        if isinstance(value, str) and len(value) > 12 and "act" not in wrong:
            assert value not in refusal.value.message


@pytest.mark.parametrize("message", [None, 7, "undo", [], [GOOD]])
def test_what_is_no_message_is_refused(message: object) -> None:
    with pytest.raises(ActRefusedError):
        read_act(message, CODER_ACTS)


def test_each_missing_field_is_named() -> None:
    for name in ("document", "start", "end", "code"):
        message = {k: v for k, v in GOOD.items() if k != name}
        with pytest.raises(ActRefusedError, match=f"`{name}`"):
            read_act(message, CODER_ACTS)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("shortcut", "ä", "A"),
        ("shortcut", "1", "0"),
        ("colour", "#0072B2", "red"),
        ("colour", None, "url(x)"),
        ("kind", "pain", "anything"),
    ],
)
def test_fields_of_codes(field: str, good: Any, bad: Any) -> None:
    head = {"id": 1, "act": "change_code", "code": "billing"}
    assert read_act({**head, field: good}, CODER_ACTS)[field] == good
    with pytest.raises(ActRefusedError):
        read_act({**head, field: bad}, CODER_ACTS)


def test_lists_of_ids() -> None:
    head = {"id": 1, "act": "accept_suggestions"}
    assert read_act({**head, "suggestions": ["a", "b"]}, CODER_ACTS)["suggestions"] == ["a", "b"]
    for wrong in ([], "a", [1], [None], [""], {"a": 1}):
        with pytest.raises(ActRefusedError):
            read_act({**head, "suggestions": wrong}, CODER_ACTS)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted({*CODER_ACTS, *REVIEW_ACTS, "x"})),
    st.dictionaries(
        st.sampled_from(["document", "start", "end", "code", "codes", "into", "text", "x"]), _json
    ),
)
def test_no_message_gets_past_with_an_undeclared_field(act: str, fields: dict[str, Any]) -> None:
    for kinds in (CODER_ACTS, REVIEW_ACTS):
        try:
            read = read_act({"id": 1, "act": act, **fields}, kinds)
        except ActRefusedError:
            continue
        assert isinstance(read, Act)
        assert set(read.fields) <= set(kinds[act].fields)


def test_acts_and_fields_are_those_of_the_study_file() -> None:
    study_acts = pytest.importorskip("cxresearch.study.acts")
    for name, kind in CODER_ACTS.items():
        if name in ("undo", "redo"):
            continue
        known = study_acts.ACTS[name].fields
        assert set(kind.fields) <= set(known), name
    approve = study_acts.ACTS["approve_quote"].fields
    assert set(REVIEW_ACTS["approve_quote"].fields) <= set(approve)
