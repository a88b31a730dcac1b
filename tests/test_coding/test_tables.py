import numpy as np
import pandas as pd
import pytest

from cxresearch.coding import (
    c_coefficient,
    code_by_document,
    code_matrix,
    cooccurrence,
    cross_tab,
    near,
    new_codes_by_document,
    retrieve_quotes,
    saturation,
    saturation_by_group,
    theme_table,
)
from cxresearch.model import Code, Codebook, FrameError, Phase, Stage, Words

BOOK = Codebook(
    (
        Code("pain", "pain", Words(fi="Kipu", en="Pain")),
        Code("wait", "pain", Words(fi="Odotus", en="Waiting"), "pain"),
        Code("bill", "pain", Words(fi="Lasku", en="Bill"), "pain"),
        Code("joy", "delight", Words(fi="Ilo", en="Joy")),
    )
)
PHASES = (
    Phase(
        "before", Words(fi="Ennen", en="Before"), (Stage("search", Words(fi="Haku", en="Search")),)
    ),
    Phase("after", Words(fi="Jälkeen", en="After"), (Stage("use", Words(fi="Käyttö", en="Use")),)),
)


def codings(rows):
    frame = pd.DataFrame(
        rows, columns=["document", "start", "end", "code", "coder", "phase", "valence", "turn"]
    )
    frame["coding"] = [f"c{n}" for n in range(len(frame))]
    frame["quote"] = [
        f"quote {d} {a}" for d, a in zip(frame["document"], frame["start"], strict=True)
    ]
    frame["origin"] = "human"
    frame["valence"] = frame["valence"].astype("Int8")
    return frame


SOME = codings(
    [
        ("a", 0, 10, "wait", "x", "after", -2, 1),
        ("a", 0, 10, "bill", "x", "after", -1, 1),
        ("a", 40, 50, "joy", "x", "after", 2, 3),
        ("b", 0, 10, "wait", "x", "after", -1, 0),
        ("b", 5, 9, "joy", "y", None, None, 0),
    ]
)


def test_theme_table_counts_unions_and_keeps_empty_moments():
    found = theme_table(SOME, codebook=BOOK, phases=PHASES)
    row = found.table.set_index(["code", "phase"])
    # one quotation under two codes below is one coding of the code above
    assert row.loc[("pain", "after"), "codings"] == 2
    assert row.loc[("pain", "after"), "documents"] == 2
    assert row.loc[("wait", "after"), "valence"] == -1.5
    assert row.loc[("wait", "after"), "strength"] == 1.5
    assert row.loc[("pain", "after"), "who"] == ["a", "b"]
    assert row.loc[("joy", "no_phase"), "told"] == 0
    assert np.isnan(row.loc[("joy", "no_phase"), "valence"])
    assert found.details["matrix"].columns.tolist() == ["before", "after", "no_phase"]
    assert found.details["silent"] == ["before"]
    assert "Ennen" in found.warnings[0].to("fi")
    quote = row.loc[("wait", "after"), "quotes"][0]
    assert set(quote) == {"quote", "document", "turn", "coder", "valence"}


def test_one_respondent_in_two_documents_counts_once():
    people = pd.DataFrame({"document": ["a", "b"], "respondent": ["r", "r"]})
    found = theme_table(SOME, codebook=BOOK, phases=PHASES, respondents=people)
    row = found.table.set_index(["code", "phase"])
    assert row.loc[("wait", "after"), "documents"] == 2
    assert row.loc[("wait", "after"), "respondents"] == 1


def test_no_codings_are_said_in_words():
    found = theme_table(SOME.head(0), codebook=BOOK, phases=PHASES)
    assert len(found.table) == 0
    assert found.sentence("fi") == "Yhtään koodausta ei ole."


def test_quotes_by_facets_feeling_tree_and_nearness():
    assert len(retrieve_quotes(SOME, code="pain", codebook=BOOK)) == 3
    assert len(retrieve_quotes(SOME, valence="negative")) == 3
    assert len(retrieve_quotes(SOME, valence=[2])) == 1
    assert retrieve_quotes(SOME, coder="y")["document"].tolist() == ["b"]
    beside = retrieve_quotes(SOME, near("wait"), code="joy")
    assert beside["document"].tolist() == ["b"]
    assert {"document", "turn", "coder"} <= set(beside.columns)
    with pytest.raises(FrameError):
        retrieve_quotes(SOME, weather="rain")
    with pytest.raises(FrameError):
        retrieve_quotes(SOME, valence="angry")


def test_matrix_and_cross_tab_with_hidden_groups():
    matrix = code_by_document(SOME, codebook=BOOK)
    assert matrix.loc["a"].tolist() == [1, 1, 1, 1]
    assert code_by_document(SOME, codebook=BOOK, binary=False).loc["a", "pain"] == 1
    groups = pd.DataFrame({"document": list("abcdefg"), "industry": ["care"] * 5 + ["retail"] * 2})
    found = cross_tab(SOME, groups, attribute="industry", codebook=BOOK)
    assert found.details["hidden"] == ["retail"]
    row = found.table.set_index("code").loc["wait"]
    assert (row["documents"], row["n"]) == (2, 5)
    # Wilson interval of 2/5; R: prop.test(2, 5, correct = FALSE)$conf.int
    assert row["low"] == pytest.approx(0.1176, abs=1e-4)
    assert row["high"] == pytest.approx(0.7693, abs=1e-4)


def test_comments_without_a_code_are_rows_of_zeros():
    matrix = code_by_document(SOME, codebook=BOOK, documents=["c", "b", "a", "b"])
    assert matrix.index.tolist() == ["c", "b", "a"]
    assert matrix.loc["c"].tolist() == [0, 0, 0, 0]
    assert matrix.loc["b"].tolist() == [1, 1, 0, 1]
    assert set(np.unique(matrix)) == {0, 1}


def test_codes_by_respondent_or_attribute_are_long_with_zeros():
    texts = pd.DataFrame(
        {"document": list("abcd"), "respondent": ["r1", "r1", "r2", None],
         "segment": ["s", "t", "t", "t"]}
    )  # fmt: skip
    cells = code_matrix(SOME, texts, by="respondent", codebook=BOOK).set_index(
        ["code", "respondent"]
    )
    assert len(cells) == 8
    assert cells.loc[("wait", "r1"), "documents"] == 2
    assert cells.loc[("wait", "r2"), "documents"] == 0
    # waiting and billing at one place are one quotation of pain
    assert cells.loc[("pain", "r1"), "quotations"] == 2
    shares = code_matrix(SOME, texts, by="segment", codebook=BOOK).set_index(["code", "segment"])
    assert shares.loc[("joy", "t"), "share"] == pytest.approx(1 / 3)
    assert len(code_matrix(SOME, texts, by="document", codebook=BOOK)) == 16
    with pytest.raises(FrameError, match="group by"):
        code_matrix(SOME, texts, by="weather", codebook=BOOK)


def test_c_coefficient():
    assert c_coefficient(100, 10, 5) == pytest.approx(5 / 105)  # ATLAS.ti 22 manual
    assert c_coefficient(8, 8, 8) == 1
    assert c_coefficient(7, 5, 3) == pytest.approx(1 / 3)
    assert c_coefficient(4, 6, 0) == 0
    assert np.isnan(c_coefficient(0, 0, 0))


def test_codes_that_meet():
    found = cooccurrence(SOME, way="overlap", same_coder=False)
    pairs = {(r.code_a, r.code_b): r.n_ab for r in found.table.itertuples()}
    assert pairs == {("bill", "wait"): 1, ("joy", "wait"): 1}
    assert len(cooccurrence(SOME, way="overlap").table) == 1
    inside = cooccurrence(SOME, way="inclusion", same_coder=False).table
    assert {("wait", "joy")} <= set(zip(inside["code_a"], inside["code_b"], strict=True))
    near = cooccurrence(SOME, way="proximity", distance=30, same_coder=True).table
    assert ("bill", "joy") in set(zip(near["code_a"], near["code_b"], strict=True))
    with pytest.raises(FrameError):
        cooccurrence(SOME, way="magic")


def test_overlap_equals_a_plain_double_loop():
    random = np.random.default_rng(4)
    start = random.integers(0, 300, 120)
    rows = [
        (
            "d",
            int(s),
            int(s + random.integers(1, 40)),
            f"k{random.integers(0, 4)}",
            "x",
            None,
            None,
            0,
        )
        for s in start
    ]
    frame = codings(rows).drop_duplicates(["start", "end", "code"])
    table = cooccurrence(frame).table
    spans = list(zip(frame["start"], frame["end"], frame["code"], strict=True))
    expected: dict[tuple[str, str], int] = {}
    for i, (a, b, p) in enumerate(spans):
        for c, d, q in spans[i + 1 :]:
            if p != q and a < d and c < b:
                key = (min(p, q), max(p, q))
                expected[key] = expected.get(key, 0) + 1
    assert {(r.code_a, r.code_b): r.n_ab for r in table.itertuples()} == expected


def with_new(counts):
    """Documents that each add so many codes never seen before."""
    rows, code = [], 0
    for number, new in enumerate(counts):
        rows.append((f"d{number}", 0, 5, "common", "x", None, None, 0)) if number else None
        for _ in range(new):
            rows.append((f"d{number}", 0, 5, f"k{code}", "x", None, None, 0))
            code += 1
    return codings(rows), [f"d{n}" for n in range(len(counts))]


def test_saturation_by_base_run_and_threshold():
    frame, order = with_new([4, 3, 2, 1, 1, 0, 0, 0])
    frame = frame[frame["code"] != "common"]
    found = saturation(frame, order=order, base=4, run=2, threshold=0.05, bootstraps=100)
    # base 10 codes; runs 1/10, 0, 0: "5+2"
    assert found.details["base_codes"] == 10
    assert found.table["ratio"].dropna().tolist() == [0.1, 0.0, 0.0]
    assert found.details["notation"] == "5+2"
    assert "5+2" in found.sentence("fi")


def test_novel_codes_of_a_published_count():
    # fifteen interviews with novel codes 5 4 3 1 1 1 0 …: cumulative 5 9 12 13 14 15 15 …
    frame, order = with_new([5, 4, 3, 1, 1, 1] + [0] * 9)
    frame = frame[frame["code"] != "common"]
    table = new_codes_by_document(frame, order=order)
    assert table["cumulative"].tolist() == [5, 9, 12, 13, 14] + [15] * 10
    found = saturation(frame, order=order, bootstraps=50)
    assert found.table["ratio"].dropna().head(3).tolist() == pytest.approx([2 / 13, 1 / 13, 0])


def test_unreached_saturation_says_so_and_too_few_documents_are_refused():
    frame, order = with_new([3, 3, 3, 3, 3, 3])
    found = saturation(frame, order=order, bootstraps=20)
    assert found.details["reached"] is None
    assert "ei saavutettu" in found.sentence("fi")
    with pytest.raises(FrameError):
        saturation(frame, order=order[:4])


def test_saturation_of_a_worked_example():
    # by hand from the definitions of Guest, Namey & Chen (2020): base 25, overlapping runs
    frame, order = with_new([12, 6, 4, 3, 2, 1, 1, 0, 0, 0])
    frame = frame[frame["code"] != "common"]
    found = saturation(frame, order=order, base=4, run=2, threshold=0.05, bootstraps=50)
    assert found.details["base_codes"] == 25
    assert found.table["ratio"].dropna().tolist() == pytest.approx([0.12, 0.08, 0.04, 0, 0])
    assert found.details["reached"] == 6
    assert found.details["notation"] == "6+2"
    strict = saturation(frame, order=order, base=4, run=2, threshold=0, bootstraps=50)
    assert strict.details["notation"] == "7+2"


def test_saturation_of_each_group_and_what_each_adds():
    frame, order = with_new([4, 2, 1, 1, 0, 0, 0, 3])
    frame = frame[frame["code"] != "common"]
    texts = pd.DataFrame({"document": order, "segment": ["big"] * 7 + ["small"]})
    found = saturation_by_group(frame, texts, by="segment", bootstraps=20)
    row = found.table.set_index("segment")
    assert row.loc["big", ["documents", "codes", "own", "new"]].tolist() == [7, 8, 8, 8]
    assert row.loc["big", "notation"] == "4+2"
    assert row.loc["small", "own"] == 3
    assert pd.isna(row.loc["small", "notation"])
    assert "small" in found.warnings[0].to("fi")
    curve = found.details["by_document"].set_index("document")
    assert curve.loc[order[-1], "new_in_study"] == 3
    assert curve.loc[order[-1], "position"] == 1
    with pytest.raises(FrameError, match="group by"):
        saturation_by_group(frame, texts, by="kind")
