"""Hand codings in a long csv: each quotation finds its one place, or is listed."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.exchange import code_id, read_codings, write_codings
from cxresearch.exchange.quote_places import TextPlaces
from cxresearch.model import FrameError, ImportRefusedError, check_frame, normalise_text

TEXT = (
    "H: Miten meni?\nV: Lasku tuli väärin,\nkolme kertaa. Joo. "
    "Lasku oli – niinku – outo.\nH: Joo.\n"
)
TEXTS = {"h1": TEXT, "H2_x": "Toinen teksti."}


def codings(tmp_path, content):
    path = tmp_path / "codings.csv"
    path.write_text(content, encoding="utf-8")
    return read_codings(path, pd.Series(TEXTS))


def test_exact_and_loose_quotations_are_placed(tmp_path):
    found, failures = codings(
        tmp_path,
        "document,quote,code,phase,valence,coder,memo,coded_at\n"
        'h1,"Lasku tuli väärin,",pain,post_purchase,-2,ann,"n, 1",2026-01-02T10:00:00\n'
        "H1.txt,lasku tuli väärin kolme kertaa.,pain;Other code,,,bo,,\n"
        "h2_x.docx,Toinen,a,,0,,,1.2.2026\n",
    )
    assert failures.empty
    check_frame(found.assign(coding=range(4)).astype({"coding": str}).assign(coder="x"), "codings")
    assert found["quote"].tolist() == [
        "Lasku tuli väärin,",
        "Lasku tuli väärin,\nkolme kertaa.",
        "Lasku tuli väärin,\nkolme kertaa.",
        "Toinen",
    ]
    assert found["code"].tolist() == ["pain", "pain", "other_code", "a"]
    assert found["document"].tolist() == ["h1", "h1", "h1", "H2_x"]
    assert found["valence"].tolist()[0] == -2
    assert found["valence"].isna().tolist() == [False, True, True, False]
    assert found["coded_at"].iloc[3] == pd.Timestamp("2026-02-01")
    for row in found.itertuples():
        assert TEXTS[row.document][row.start : row.end] == row.quote


def test_what_can_not_be_placed_is_listed(tmp_path):
    found, failures = codings(
        tmp_path,
        "document,quote,code,valence\nh1,Joo.,a,1\nh1,ei tällaista ole,a,1\nh9,Joo.,a,1\n"
        "h1,Miten meni?,a,5\nh1,,a,1\nh1,outo,,1\n",
    )
    check_frame(failures, "failures")
    assert found["quote"].tolist() == ["Miten meni?"]
    assert found["valence"].isna().all()
    told = failures.sort_values("row")[["row", "column", "found"]].to_numpy().tolist()
    assert told == [
        [2, "quote", "words that stand in the document 2 times"],
        [3, "quote", "words that are not in the document"],
        [4, "document", "h9"],
        [5, "valence", "5"],
        [6, "quote", "an empty cell"],
        [7, "code", "an empty cell"],
    ]


def test_offsets_and_occurrence_settle_what_stands_twice(tmp_path):
    second = TEXT.rindex("Joo.")
    found, failures = codings(
        tmp_path,
        "document,start,end,quote,occurrence,code\n"
        f"h1,{second},{second + 4},Joo.,,a\nh1,,,Joo.,1,b\n"
        f"h1,{second},{second + 3},,,c\nh1,5,2,,,d\nh1,0,4,Joo.,,e\n",
    )
    assert found[["start", "code"]].to_numpy().tolist() == [
        [second, "a"], [TEXT.index("Joo."), "b"], [second, "c"],
    ]  # fmt: skip
    assert failures["row"].tolist() == [5, 6]


def test_other_tools_names_of_columns(tmp_path):
    found, _ = codings(tmp_path, "id,document,tag,content\n1,h1.odt,Oma koodi!,Miten meni?\n")
    assert found[["code", "quote"]].to_numpy().tolist() == [["oma_koodi", "Miten meni?"]]


def test_ids_of_codes():
    assert code_id("need-x_1") == "need-x_1"
    assert code_id("Home tab elements useful") == "home_tab_elements_useful"


def test_missing_columns_are_named(tmp_path):
    with pytest.raises(ImportRefusedError, match="code, quote"):
        codings(tmp_path, "document,x\nh1,a\n")
    with pytest.raises(FrameError, match="quote"):
        write_codings(pd.DataFrame({"document": ["a"]}), tmp_path / "c.csv")


def test_a_written_file_comes_back(tmp_path):
    found, _ = codings(
        tmp_path,
        "document,quote,code,phase,stage,touchpoint,valence,coder,memo,coded_at\n"
        'h1,"Lasku tuli väärin,\nkolme kertaa.",pain,p,s,t,-2,ann,'
        '"rivi\ntoinen; ""lain""",2026-01-02T10:00:00\n'
        "h1,Miten meni?,b,,,,,,,\n",
    )
    again, failures = read_codings(write_codings(found, tmp_path / "new.csv"), TEXTS)
    assert failures.empty
    pd.testing.assert_frame_equal(again, found)


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from("abcäö ,.-\n\t\"'🙂é"), min_size=1, max_size=120), st.data())
def test_a_cut_out_quotation_is_always_among_the_places(text, data):
    text = normalise_text(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = TextPlaces(text).find(text[start:end])
    assert (start, end) in found.places
    assert not found.loose


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(["lasku", "tuli", "Väärin", "taas", "é1", "🙂"]), min_size=3, max_size=12
    )
)
def test_white_space_and_punctuation_may_differ(words):
    text = "\n".join(words) + "."
    found = TextPlaces(text).find(", ".join(words).upper())
    if sum(len(w) for w in words if w != "🙂") >= 8:
        assert found.places
        start, end = found.places[0]
        kept = [w for w in words if w != "🙂"]
        assert text[start:end].replace("🙂", "").split() == kept or text[start:end].rstrip(".")
