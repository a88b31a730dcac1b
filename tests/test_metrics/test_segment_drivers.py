"""Drivers inside groups, weights of an index, names of answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.metrics import answer_name, cx_index, drivers_by_group, index_weights
from cxresearch.model import FrameError, Words


def table() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    group = np.repeat(["one", "two", "tiny"], [200, 200, 8])
    a, b = rng.normal(size=(2, 408))
    weight = np.where(group == "one", 2.0, 0.2)
    y = weight * a + (2.2 - weight) * b + rng.normal(size=408)
    return pd.DataFrame({"a": a, "b": b, "y": y, "segment": group})


def test_each_group_has_drivers_of_its_own() -> None:
    names = {"a": Words(fi="Aa", en="Aye")}
    found = drivers_by_group(table(), target="y", predictors=["a", "b"], names=names)
    first = found.table[found.table["rank"] == 1].set_index("segment")["driver"]
    assert first.to_dict() == {"one": "a", "two": "b"}
    assert "one: Aye (n = 200)" in found.sentence("en")
    assert "tiny" in found.warnings[0].to("en")


def test_no_group_large_enough_is_refused() -> None:
    with pytest.raises(FrameError, match="large enough"):
        drivers_by_group(table().tail(8), target="y", predictors=["a", "b"])
    with pytest.raises(FrameError, match="groups"):
        drivers_by_group(table(), target="y", predictors=["a", "b"], by="colour")


def test_weights_of_an_index_are_shares_of_what_goes_with_the_metric() -> None:
    rng = np.random.default_rng(6)
    ease, care = rng.integers(1, 6, (2, 300))
    nps = np.clip(np.round(1.2 * ease + 0.4 * care + 2 + rng.normal(size=300)), 0, 10)
    long = [
        pd.DataFrame(
            {"response": np.arange(300).astype(str), "question": q, "metric": m, "value": v}
        )
        for q, m, v in (("ease", "ces", ease), ("care", "csat", care), ("nps", "nps", nps))
    ]
    answers = pd.concat(long, ignore_index=True).astype({"value": float})
    found = index_weights(answers, parts=["ease", "care"])
    weights = found.table.set_index("driver")["weight"]
    assert weights.sum() == pytest.approx(1)
    assert weights["ease"] > 3 * weights["care"]
    assert cx_index(answers, weights=weights.to_dict()).details["weights"] == weights.to_dict()
    with pytest.raises(FrameError, match="no answers"):
        index_weights(answers, parts=["ease", "speed"])


def test_a_customer_has_answers_and_no_nps() -> None:
    assert "answer" in answer_name("nps").to("en")
    assert answer_name("smiley").to("en") == "Share of smiling faces"
    assert answer_name("own").to("en") == "own"
