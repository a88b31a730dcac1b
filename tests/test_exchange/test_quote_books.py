"""Quote books for reading, and tidy Parquet for other programs."""

import docx
import openpyxl
import pandas as pd
import pytest

from cxresearch.exchange import read_table, write_quote_book, write_tidy_parquet
from cxresearch.model import Code, Codebook, FrameError, ImportRefusedError, Words

BOOK = Codebook(
    (
        Code("z", "theme", Words(fi="Zeta", en="Zed")),
        Code("a", "pain", Words(fi="Alfa", en="Alpha"), parent="z"),
    )
)
CODINGS = pd.DataFrame(
    {
        "document": ["h2", "h1", "h1"],
        "start": [0, 5, 1],
        "quote": ["=HYPERLINK(1)", "toinen\nrivi", "-eka"],
        "code": ["a", "a", "z"],
        "valence": pd.array([1, None, -2], dtype="Int64"),
    }
)


def test_xlsx_in_the_order_of_the_codebook(tmp_path):
    path = write_quote_book(CODINGS, tmp_path / "q.xlsx", codebook=BOOK, language="fi")
    sheet = openpyxl.load_workbook(path)["Sitaatit"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (
        "Teema", "Koodi", "Sävy (−2…2)", "Sitaatti", "Asiakirja", "Puheenvuoro", "Koodaaja",
    )  # fmt: skip
    assert [r[3] for r in rows[1:]] == ["-eka", "toinen\nrivi", "=HYPERLINK(1)"]
    assert [r[1] for r in rows[1:]] == ["Zeta", "Alfa", "Alfa"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_csv_has_no_live_formula(tmp_path):
    path = write_quote_book(CODINGS, tmp_path / "q.csv", language="en")
    table = read_table(path)
    assert table.frame["Quotation"].tolist() == ["toinen\nrivi", "'=HYPERLINK(1)", "'-eka"]


def test_refusals(tmp_path):
    with pytest.raises(ImportRefusedError, match="docx, xlsx or csv"):
        write_quote_book(CODINGS, tmp_path / "q.pdf")
    with pytest.raises(FrameError, match="quote"):
        write_quote_book(CODINGS[["code"]], tmp_path / "q.csv")
    with pytest.raises(FrameError, match="file name"):
        write_tidy_parquet({"../x": CODINGS}, tmp_path)
    with pytest.raises(FrameError, match="Parquet"):
        write_tidy_parquet({"x": pd.DataFrame({"a": pd.Series([1, "b"], dtype=object)})}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_tidy_parquet_comes_back(tmp_path):
    written = write_tidy_parquet({"codings": CODINGS, "empty": pd.DataFrame()}, tmp_path / "tidy")
    assert [p.name for p in written] == ["codings.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(written[0]), CODINGS, check_dtype=False)


def words_of(path):
    return [p.text for p in docx.Document(str(path)).paragraphs]


def test_word_book_has_headings_definitions_and_where_each_quote_stands(tmp_path):
    book = Codebook(
        (
            Code("z", "theme", Words(fi="Zeta", en="Zed")),
            Code("a", "pain", Words(fi="Alfa", en="Alpha"), parent="z", definition="Mitä a on."),
        )
    )
    rows = CODINGS.assign(
        turn=pd.array([3, None, 1], dtype="Int64"), coder=["k1", "k2", "k1"],
        speaker=["Matti", None, "V1"], memo=[None, "mieti \x07tätä", None],
    )  # fmt: skip
    path = write_quote_book(rows, tmp_path / "q.docx", codebook=book, language="fi")
    words = words_of(path)
    assert words[0] == "Sitaattikirja"
    assert words.index("Zeta") < words.index("Alfa") < words.index("Mitä a on.")
    assert "2 sitaattia, 2 dokumenttia" in words
    assert "”=HYPERLINK(1)”" in words
    assert "h2 · puheenvuoro 3 · Matti · sävy +1 · koodaaja k1" in words
    assert "mieti tätä" in words
    assert write_quote_book(rows.head(0), tmp_path / "e.docx", language="en")
    assert "No quotations." in words_of(tmp_path / "e.docx")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["e.docx", "q.docx"]
