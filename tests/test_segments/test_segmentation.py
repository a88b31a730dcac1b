"""Two levels from table to saved model: what was put in, what is refused, what is explained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cxresearch.model import FrameError, Words, check_frame
from cxresearch.segments import (
    UNASSIGNED,
    FeatureError,
    MixedGaussian,
    MixedWard,
    Segmentation,
    SegmentationFileError,
    compare_numbers,
    declare_features,
    membership_rules,
    name_proposals,
    segment_customers,
    set_apart,
    trait_text,
    typical_members,
)
from cxresearch.segments.figures import numbers_figure, sizes_figure, traits_figure

from .conftest import LEVEL1, LEVEL2, draw_customers


def test_segments_that_were_put_in_come_out(customers, segmentation):
    table, kind = customers
    members = check_frame(segmentation.membership, "membership")
    assert segmentation.number == 4
    assert segmentation.comparison.details["candidate"] == 4
    sure = (members["segment"] != UNASSIGNED).to_numpy()
    assert adjusted_rand_score(kind[sure], members["segment"][sure]) > 0.85
    assert list(members["customer"]) == list(table["customer"])
    assert segmentation.segments["n"].is_monotonic_decreasing
    assert (segmentation.segments["jaccard"] > 0.75).all()
    assert 0 < segmentation.engines_ari <= 1


def test_profiles_are_inside_segments_or_refused_with_a_reason(segmentation):
    members = segmentation.membership
    known = members[members["profile"].notna()]
    assert (known["profile"].str.split(".").str[0] == known["segment"]).all()
    assert {"S1.P1", "S1.P2"} <= set(segmentation.profiles["profile"])
    small = segmentation.refused.set_index("segment")
    assert "S4" in small.index
    assert "customers" in small.loc["S4", "reason_en"]
    assert set(small.index) | set(segmentation.profiles["segment"]) == {"S1", "S2", "S3", "S4"}


def test_the_same_data_and_seed_give_the_same(customers, segmentation):
    again = segment_customers(
        customers[0],
        level1=LEVEL1,
        level2=LEVEL2,
        numbers=range(2, 6),
        minimum_group=40,
        bootstraps=10,
        random_state=1,
    )
    assert again.to_json() == segmentation.to_json()


def test_json_gives_it_all_back(customers, segmentation):
    named = segmentation.named({"S1": Words(fi="Uudet", en="New ones")})
    text = named.to_json()
    back = Segmentation.from_json(text)
    assert back.to_json() == text
    assert back.title("S1", "fi") == "Uudet"
    pd.testing.assert_frame_equal(back.assign(customers[0]), segmentation.membership)
    assert "k00001" not in segmentation.to_json(members=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "no saved segmentation"),
        ('{"what": "cxresearch segmentation", "schema": 99}', "another version"),
    ],
)
def test_a_file_that_is_no_segmentation_says_why(text, message):
    with pytest.raises(SegmentationFileError, match=message):
        Segmentation.from_json(text)


def test_the_hash_follows_the_data(customers, segmentation):
    from cxresearch.segments.segmentation import data_hash

    table = customers[0]
    columns = sorted({*LEVEL1, *LEVEL2})
    assert data_hash(table, columns) == segmentation.data_hash
    assert data_hash(table.assign(purchases=table["purchases"] + 1), columns) != (
        segmentation.data_hash
    )


def test_noise_is_not_sold_as_segments():
    random = np.random.default_rng(3)
    table = pd.DataFrame(random.normal(size=(300, 4)), columns=list("abcd"))
    table.insert(0, "customer", [f"c{i}" for i in range(300)])
    found = segment_customers(
        table, level1=list("abcd"), numbers=[2, 3, 4], bootstraps=10, random_state=0
    )
    said = " ".join(w.to("en") for w in found.warnings)
    assert found.comparison.details["candidate"] is None
    assert "do not hold" in said
    assert "do not ask for groups" in said


def test_bad_input():
    table, _ = draw_customers(60, seed=9)
    with pytest.raises(FrameError, match="repeat a key"):
        segment_customers(pd.concat([table, table]), level1=LEVEL1)
    with pytest.raises(FeatureError):
        segment_customers(table.head(1), level1=LEVEL1)
    with pytest.raises(FeatureError, match="too few rows"):
        compare_numbers(table, declare_features(table, columns=LEVEL1), numbers=[50])
    with pytest.raises(FeatureError, match="infinite"):
        segment_customers(table.assign(revenue=np.inf), level1=LEVEL1)
    with pytest.raises(FeatureError, match="every value is missing"):
        segment_customers(table.assign(revenue=np.nan), level1=["revenue"])
    with pytest.raises(FrameError, match="lacks"):
        segment_customers(table.drop(columns="customer"), level1=LEVEL1)


@pytest.mark.parametrize("engine", ["gaussian", "ward"])
def test_bad_input_of_the_other_engines(engine):
    table, _ = draw_customers(60, seed=9)
    more = {"engine": engine, "bootstraps": 2, "numbers": [2], "minimum_group": 2}
    with pytest.raises(FrameError, match="repeat a key"):
        segment_customers(pd.concat([table, table]), level1=LEVEL1, **more)
    with pytest.raises(FeatureError, match="No column is left"):
        segment_customers(table.head(1), level1=LEVEL1, **more)
    with pytest.raises(FeatureError, match="infinite"):
        segment_customers(table.assign(revenue=np.inf), level1=LEVEL1, **more)
    with pytest.raises(FeatureError, match="every value is missing"):
        segment_customers(table.assign(revenue=np.nan), level1=["revenue"], **more)
    with pytest.raises(FeatureError, match="more classes than rows"):
        (MixedWard if engine == "ward" else MixedGaussian)(9).fit(np.arange(8.0).reshape(4, 2))
    found = segment_customers(table, level1=LEVEL1, **more)
    strange = found.assign(table.assign(status="never seen"))
    assert strange["probability"].notna().all()
    with pytest.raises(FrameError, match="lacks"):
        found.assign(table.drop(columns="status"))


def test_a_customer_without_any_known_feature_is_unassigned(customers, segmentation):
    blank = customers[0].head(1).copy()
    for column in LEVEL1:
        blank[column] = None
    found = segmentation.assign(blank)
    assert found["segment"].iloc[0] == UNASSIGNED


def test_progress_is_told(customers):
    steps: list[tuple[str, int, int]] = []
    compare_numbers(
        customers[0].head(100),
        declare_features(customers[0], columns=LEVEL1),
        numbers=[2, 3],
        bootstraps=4,
        progress=lambda *step: steps.append(step),
    )
    assert steps[-1][1:] == (8, 8)
    assert [s[1] for s in steps] == sorted(s[1] for s in steps)


def test_what_sets_groups_apart_with_intervals_against_the_rest(customers, segmentation):
    table = customers[0]
    features = segmentation.features
    held_out = declare_features(table, columns=LEVEL2)
    found = set_apart(table, segmentation.membership, features=features, held_out=held_out)
    row = found.table[(found.table["group"] == "S1") & (found.table["level"] == "new")].iloc[0]
    members = table.merge(segmentation.membership, on="customer")
    members = members[(members["segment"] != UNASSIGNED) & members["status"].notna()]
    mine = members[members["segment"] == "S1"]["status"] == "new"
    rest = members[members["segment"] != "S1"]["status"] == "new"
    assert row["value"] == pytest.approx(mine.mean())
    assert row["ratio"] == pytest.approx(mine.mean() / rest.mean())
    assert row["strength"] == pytest.approx(
        np.corrcoef(members["segment"] == "S1", members["status"] == "new")[0, 1]
    )
    overall = found.details["overall"].set_index("feature")
    assert overall.loc[LEVEL1, "p"].isna().all(), "no p-value for what the groups were made of"
    assert overall.loc[LEVEL2, "p_adjusted"].between(0, 1).all()
    assert (overall.loc[LEVEL2, "p_adjusted"] >= overall.loc[LEVEL2, "p"]).all()
    assert overall.loc["revenue", "measure"] == "eta2"


def test_wilson_interval():
    from cxresearch.model import wilson_interval as wilson

    # R 4.2.2: prop.test(7, 20, correct=FALSE)$conf.int
    assert wilson(7, 20) == pytest.approx((0.1811918, 0.5671457), abs=1e-6)
    assert wilson(0, 10)[0] == 0.0
    assert all(np.isnan(wilson(0, 0)))


def test_names_differ_and_can_be_said_in_both_languages(customers, segmentation):
    apart = set_apart(customers[0], segmentation.membership, features=segmentation.features)
    names = name_proposals(apart.table, segmentation.features)
    assert set(names) == {"S1", "S2", "S3", "S4"}
    for language in ("fi", "en"):
        assert len({w.to(language) for w in names.values()}) == 4
    text = trait_text(apart.table.iloc[0].to_dict(), segmentation.features, "fi")
    assert "muilla" in text


def test_typical_members_are_members(customers, segmentation):
    found = typical_members(segmentation, customers[0], number=2)
    joined = found.merge(segmentation.membership, on="customer")
    assert (joined["group"] == joined["segment"]).all()
    assert list(found["rank"]) == [1, 2] * 4


def test_rules_say_how_often_they_hold(customers, segmentation):
    found = membership_rules(
        customers[0], segmentation.membership, features=segmentation.features, random_state=0
    )
    assert found.table["hits"].between(0, 1).all()
    assert found.details["hit_rate"] > 0.7
    assert found.table["rule_fi"].str.contains(" ja ").any()


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_figures_are_drawn(customers, segmentation, language, narrow):
    apart = set_apart(customers[0], segmentation.membership, features=segmentation.features)
    for figure in (
        numbers_figure(segmentation.comparison, language=language, narrow=narrow),
        sizes_figure(segmentation, language=language, narrow=narrow),
        traits_figure(apart.table, segmentation.features, language=language, narrow=narrow),
    ):
        figure.draw_without_rendering()
        assert figure.get_figwidth() <= (4.7 if narrow else 12)
