from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import Scale, cx_index, score, shrunken_scores
from cxresearch.model import FrameError, SettingsError, Words


def _parts(answers) -> pd.DataFrame:
    tables = []
    for metric, values in (
        ("goal", [1, 1, 0, 1, 1, 0]),
        ("ces", [5, 4, 1, 3, 5, 2]),
        ("csat", [5, 5, 2, 3, 4, np.nan]),
    ):
        part = answers(values, metric=metric, segment=["a", "b"] * 3)
        tables.append(part.assign(response=[f"r{i}" for i in range(6)]))
    return pd.concat(tables, ignore_index=True)


def test_an_index_weights_parts_on_one_scale(answers) -> None:
    found = cx_index(_parts(answers), weights={"goal": 2, "ces": 1, "csat": 1})
    index = found.details["responses"].set_index("response")["value"]
    # by hand: goal 100, ease (4-1)/4, satisfaction (5-1)/4 with weights .5, .25, .25
    assert index["r1"] == pytest.approx(0.5 * 100 + 0.25 * 75 + 0.25 * 100)
    assert index["r2"] == pytest.approx(0.25 * 25)
    assert found.details["weights"] == {"goal": 0.5, "ces": 0.25, "csat": 0.25}
    assert found.details["left_out"] == 1
    assert found.table["n"].item() == 5
    lenient = cx_index(_parts(answers), weights={"goal": 2, "ces": 1, "csat": 1}, least=0.7)
    rest = lenient.details["responses"].set_index("response")["value"]
    assert rest["r5"] == pytest.approx((2 * 0 + 1 * 25) / 3)
    by = cx_index(_parts(answers), weights={"goal": 1, "ces": 1}, by="segment", minimum_cell=3)
    assert by.table["segment"].tolist() == ["a", "b"]


def test_effort_asked_the_other_way_is_turned_round(answers) -> None:
    effort = Scale("ces", 1, 5, "mean", Words(en="Effort"), higher_is_better=False)
    table = answers([1, 1, 1, 1, 5], metric="ces")
    found = cx_index(table, weights={"ces": 1}, scales={"ces": effort})
    assert found.table["value"].item() == pytest.approx(80)


def test_bad_weights_and_parts_are_refused(answers) -> None:
    table = _parts(answers)
    with pytest.raises(SettingsError, match="above 0"):
        cx_index(table, weights={"goal": -1, "ces": 2})
    with pytest.raises(FrameError, match="no answers"):
        cx_index(table, weights={"emotion": 1})
    with pytest.raises(FrameError, match="outside"):
        cx_index(answers([7, 2], metric="ces"), weights={"ces": 1})


def test_small_groups_are_drawn_to_the_middle(answers) -> None:
    rng = np.random.default_rng(2)
    shares = {"a": (300, 0.7), "b": (300, 0.5), "c": (300, 0.3), "tiny": (6, 0.0)}
    values, labels = [], []
    for name, (n, share) in shares.items():
        values += [10] * round(n * share) + [2] * (n - round(n * share))
        labels += [name] * n
    order = rng.permutation(len(values))
    table = answers(np.array(values)[order], touchpoint=np.array(labels, dtype=object)[order])
    found = shrunken_scores(score(table, metric="nps", by="touchpoint").table)
    rows = found.table.set_index("touchpoint")
    assert rows.loc["tiny", "value"] == -100
    assert rows.loc["tiny", "shrunken"] > -90
    assert rows.loc["tiny", "weight"] < rows.loc["a", "weight"]
    assert rows.loc["a", "shrunken"] == pytest.approx(rows.loc["a", "value"], abs=3)
    assert rows.loc["tiny", "rank_high"] - rows.loc["tiny", "rank_low"] >= 1
    assert rows.loc["a", "rank_high"] == 1
    with pytest.raises(FrameError, match="several"):
        shrunken_scores(score(table, metric="nps").table)
