"""Contracts of tables: what passes, and what the refusal says."""

import pandas as pd
import pytest

from cxresearch.model import FRAMES, FrameError, check_frame


def codings(**changes: object) -> pd.DataFrame:
    row = {
        "coding": "c1",
        "document": "d1",
        "start": 0,
        "end": 5,
        "quote": "words",
        "code": "pain",
        "coder": "a",
        "origin": "human",
        "valence": -1,
    }
    return pd.DataFrame([{**row, **changes}])


def test_a_right_table_comes_back_unchanged() -> None:
    frame = codings()
    assert check_frame(frame, "codings") is frame


def test_an_absent_column_is_named_with_what_there_is() -> None:
    with pytest.raises(FrameError, match=r"lacks 1 column.*quote") as caught:
        check_frame(codings().drop(columns="quote"), "codings")
    assert "document" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": -1}, ">= 0"),
        ({"valence": 3}, "<= 2"),
        ({"origin": "robot"}, "human | suggested"),
        ({"code": None}, "a value in each row"),
        ({"start": "zero"}, "integer"),
        ({"coding": 7}, "text"),
    ],
)
def test_a_wrong_cell_is_refused_with_the_rule(changes: dict, words: str) -> None:
    with pytest.raises(FrameError) as caught:
        check_frame(codings(**changes), "codings")
    assert words in str(caught.value)


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(FrameError, match="repeat a key"):
        check_frame(pd.concat([codings(), codings()], ignore_index=True), "codings")


def test_optional_columns_may_be_empty_or_absent() -> None:
    check_frame(codings(valence=None), "codings")
    check_frame(codings().drop(columns="valence"), "codings")


def test_whole_numbers_may_come_as_floats_but_not_halves() -> None:
    check_frame(codings(valence=1.0), "codings")
    with pytest.raises(FrameError):
        check_frame(codings(valence=0.5), "codings")


def test_every_contract_says_what_its_columns_hold_and_has_its_key() -> None:
    for contract in FRAMES.values():
        names = contract.column_names()
        assert set(contract.key) <= set(names), contract.name
        assert len(names) == len(set(names)), contract.name
        assert all(c.what for c in contract.columns), contract.name


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_an_empty_table_with_the_right_columns_passes(name: str) -> None:
    check_frame(pd.DataFrame(columns=FRAMES[name].column_names()), name)
