"""What is hidden can't be worked out from the total and the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.metrics import protect_small, score, suppress_small
from cxresearch.model import Finding, FrameError, Words


def groups(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"unit": names})


def test_one_small_group_hides_the_next_smallest_as_well() -> None:
    state = suppress_small(groups(["a", "b", "c"]), [4, 30, 12])
    assert state.tolist() == [1, 0, 2]


def test_two_small_groups_that_are_many_together_need_no_third() -> None:
    assert suppress_small(groups(["a", "b", "c"]), [4, 3, 40]).tolist() == [1, 1, 0]


def test_two_small_groups_that_are_few_together_hide_a_third() -> None:
    assert suppress_small(groups(["a", "b", "c"]), [1, 1, 40]).tolist() == [1, 1, 2]


def test_nothing_small_hides_nothing_and_no_groups_are_one() -> None:
    assert suppress_small(groups(["a", "b"]), [5, 9]).tolist() == [0, 0]
    assert suppress_small(pd.DataFrame(index=[0]), [3]).tolist() == [1]


def test_a_cell_of_a_cross_table_is_protected_in_its_row_and_its_column() -> None:
    cells = pd.DataFrame([(r, c) for r in "xyz" for c in "pqr"], columns=["row", "column"])
    state = suppress_small(cells, [3, 20, 30, 40, 21, 31, 41, 22, 32])
    table = cells.assign(hidden=state > 0)
    for line in ("row", "column"):
        assert (table.groupby(line)["hidden"].sum() != 1).all()


@given(st.lists(st.integers(0, 40), min_size=9, max_size=9), st.integers(2, 8))
def test_no_line_gives_a_small_group_away(sizes: list[int], minimum: int) -> None:
    cells = pd.DataFrame([(r, c) for r in range(3) for c in range(3)], columns=["row", "column"])
    state = suppress_small(cells, sizes, minimum_cell=minimum)
    table = cells.assign(n=sizes, hidden=state > 0)
    assert (state[np.array(sizes) < minimum] == 1).all()
    lines = [table, *(t for c in ("row", "column") for _, t in table.groupby(c))]
    for line in lines:
        hidden = line[line["hidden"] & (line["n"] > 0)]
        shown = line[~line["hidden"]]
        if len(hidden) and len(shown):
            assert len(hidden) >= 2
            assert hidden["n"].sum() >= minimum


def test_scores_that_are_protected_say_so(answers_of_units: pd.DataFrame) -> None:
    plain = score(answers_of_units, metric="csat", by="unit")
    safe = protect_small(plain)
    assert plain.table["hidden"].tolist() == [True, False, False]
    assert safe.table["hidden"].tolist() == [True, False, True]
    assert safe.table.loc[safe.table["hidden"], "value"].isna().all()
    assert "rest" in safe.warnings[-1].to("en")
    assert "c:" not in safe.sentence("en")


@pytest.fixture
def answers_of_units() -> pd.DataFrame:
    units = ["a"] * 3 + ["b"] * 30 + ["c"] * 8
    return pd.DataFrame(
        {
            "response": [f"r{i}" for i in range(len(units))],
            "respondent": [f"p{i}" for i in range(len(units))],
            "question": "q",
            "metric": "csat",
            "value": [1.0 + i % 5 for i in range(len(units))],
            "unit": units,
        }
    )


def test_counts_that_do_not_fit_and_other_findings_are_refused() -> None:
    with pytest.raises(FrameError, match="sizes"):
        suppress_small(groups(["a"]), [1, 2])
    with pytest.raises(FrameError, match="scores"):
        protect_small(Finding(pd.DataFrame(), Words("")))
