"""Tables as exports write them: separators, encodings, headers, titles, formulas, limits."""

import csv
import io
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.exchange import delimited, read_table
from cxresearch.exchange.tables import _unique
from cxresearch.model import ImportRefusedError, check_frame, normalise_text


def table_of(tmp_path, content, name="t.csv", **options):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, **options)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_separator_in_any_encoding(tmp_path, separator, encoding):
    rows = [["id", "päivä", "avoin"], ["1", "1.2.2026", 'hyvä "ja"\nhalpa'], ["2", "", "kallis"]]
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    table = table_of(tmp_path, file.getvalue().encode(encoding))
    assert table.frame.columns.tolist() == rows[0]
    assert table.frame.to_numpy().tolist() == rows[1:]
    assert table.lines.tolist() == [2, 4]
    assert table.separator == separator
    check_frame(table.failures, "failures")
    check_frame(table.remarks, "failures")


def test_words_that_mean_missing_elsewhere_stay_words(tmp_path):
    table = table_of(tmp_path, "id,answer\n1,NA\n2,None\n3,null\n4,\n")
    assert table.frame["answer"].tolist() == ["NA", "None", "null", ""]
    assert table.frame["answer"].isna().sum() == 0


def test_a_table_of_one_column(tmp_path):
    table = table_of(tmp_path, "kommentti\nhyvä\nhuono, mutta halpa\n\nok\n")
    assert table.frame["kommentti"].tolist() == ["hyvä", "huono, mutta halpa", "ok"]
    assert table.lines.tolist() == [2, 3, 5]


def test_titles_and_repeated_headers_are_no_rows(tmp_path):
    table = table_of(tmp_path, "Kysely 2026;;\n;;\nid;a;b\n1;2;3\nid;a;b\n4;5;6\n")
    assert table.frame["id"].tolist() == ["1", "4"]
    assert table.dropped == ((1, "title"), (3, "header"), (5, "repeated header"))


def test_names_are_made_unique(tmp_path):
    table = table_of(tmp_path, "id,Comments,Comments, ,Comments\n1,a,b,c,d\n")
    assert table.frame.columns.tolist() == [
        "id",
        "Comments",
        "Comments (2)",
        "column 4",
        "Comments (3)",
    ]


@given(st.lists(st.sampled_from(["a", "a (2)", "", "column 2", "b"]), max_size=8))
def test_names_are_always_unique(names):
    assert len(set(_unique(names))) == len(names)


def test_a_table_without_header_is_numbered(tmp_path):
    table = table_of(tmp_path, "1,5,hyvä\n2,4,huono\n3,3,ok\n")
    assert table.frame.columns.tolist() == ["column 1", "column 2", "column 3"]
    assert len(table) == 3


def test_three_header_rows(tmp_path):
    third = '"{""ImportId"":""a""}","{""ImportId"":""b""}"'
    table = table_of(tmp_path, f"Q1,Q2\nHow likely?,Why?\n{third}\n9,ok\n")
    assert table.labels == {"Q1": "How likely?", "Q2": "Why?"}
    assert table.frame.to_numpy().tolist() == [["9", "ok"]]
    assert table.lines.tolist() == [4]


def test_two_header_rows(tmp_path):
    table = table_of(
        tmp_path,
        "Respondent ID,Channels,,Why?\n"
        ",Phone,Portal,Open-Ended Response\n1,Phone,,a\n2,,Portal,b\n",
    )
    assert table.frame.columns.tolist() == [
        "Respondent ID", "Channels: Phone", "Channels: Portal", "Why?",
    ]  # fmt: skip
    assert len(table) == 2


def test_misfitting_rows_are_told(tmp_path):
    table = table_of(
        tmp_path, "a,b\n1,x\n2,Oli hyvä, mutta kallis\n3,x,y\n4\n5,z\n6,z\n7,z\n8,z\n9,z,\n"
    )
    assert table.frame["b"].tolist() == ["x", "Oli hyvä, mutta kallis", "", "z", "z", "z", "z", "z"]
    assert table.failures[["row", "found"]].to_numpy().tolist() == [
        [4, "3 cells; the row was left out"]
    ]
    assert table.remarks["row"].tolist() == [3, 5]


def test_a_cell_over_the_limit_fails_its_row(tmp_path):
    table = table_of(tmp_path, f'id,text\n1,ok\n2,"{"x" * 2_000_000}"\n3,ok\n')
    assert table.frame["id"].tolist() == ["1", "3"]
    assert table.failures["row"].tolist() == [3]
    assert "2,000,000" in table.failures["found"].iloc[0]
    assert "1,000,000" in table.failures["expected"].iloc[0]


def test_a_quotation_mark_left_open_is_told(tmp_path):
    table = table_of(tmp_path, 'id,text\n1,ok\n2,"auki\n3,a\n4,b\n5,c\n')
    assert table.frame["id"].tolist() == ["1"]
    assert table.failures["row"].tolist() == [3]
    assert "never closed" in table.failures["found"].iloc[0]


def test_reading_leaves_the_csv_module_as_it_was(tmp_path):
    before = csv.field_size_limit()
    table_of(tmp_path, "a,b\n1,2\n")
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "empty"),
        ("t.csv", b"id,text\n", "no rows"),
        ("t.csv", b"\x89PNG\r\n\x1a\nxxx", "PNG"),
        ("t.csv", b"id,text\n1,a\n2,b\0c\n", "line 3"),
        ("t.parquet", b"PAR1xxxx", "Parquet"),
        ("t.parquet", b"PAR1xxxxxxPAR1", "Parquet"),
        ("t.xlsx", b"PK\x03\x04xxxx", "whole"),
        ("t.xlsx", b"id,text\n1,a", "whole"),
        ("t.xls", b"x", "refused"),
        ("t.xlsm", b"x", "macros"),
        ("t.sav", b"x", "not an SPSS data file"),
    ],
)
def test_refusals(tmp_path, name, content, said):
    with pytest.raises(ImportRefusedError) as error:
        table_of(tmp_path, content, name)
    assert said in str(error.value)


def workbook(path, rows, *, title="Vastaukset", guide=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if guide:
        book.create_sheet("Ohje").append([guide])
    book.save(path)
    return path


def test_a_workbook_with_title_formula_and_guide(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx",
        [
            ["Kysely", None, None],
            ["id", "arvosana", "pvm"],
            [1, 5.0, pd.Timestamp("2026-03-01")],
            [2, "=1+1", None],
            [3, 4.5, pd.Timestamp("2026-03-02 10:00")],
        ],
        guide="lue tämä",
    )
    table = read_table(path)
    assert table.sheet == "Vastaukset"
    assert table.frame.to_numpy().tolist() == [
        ["1", "5", "2026-03-01"],
        ["2", "", ""],
        ["3", "4.5", "2026-03-02 10:00:00"],
    ]
    assert table.lines.tolist() == [3, 4, 5]
    assert table.failures[["row", "column"]].to_numpy().tolist() == [[4, "B4"]]
    with pytest.raises(ImportRefusedError, match="Ohje"):
        read_table(path, sheet="Toinen")


def test_a_workbook_with_a_document_type_is_refused(tmp_path):
    path = workbook(tmp_path / "t.xlsx", [["id", "a"], [1, 2]])
    evil = tmp_path / "e.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "x">]>' + content
            new.writestr(name, content)
    with pytest.raises(ImportRefusedError, match="entity"):
        read_table(evil)


def test_ods(tmp_path):
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    rows = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p>'
        "</table:table-cell><table:table-cell><text:p>a</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="float" office:value="1"><text:p>1,00'
        '</text:p></table:table-cell><table:table-cell table:formula="of:=1+1"><text:p>2</text:p>'
        "</table:table-cell></table:table-row>"
        '<table:table-row><table:table-cell office:value-type="float" office:value="2"/>'
        "<table:table-cell><text:p>x</text:p><text:p>y</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
        "</table:table-row>"
    )
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" '
        f'xmlns:text="{space}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="A">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("content.xml", content)
    table = read_table(tmp_path / "t.ods")
    assert table.frame.to_numpy().tolist() == [["1", ""], ["2", "x\ny"]]
    assert table.lines.tolist() == [5, 6]
    assert table.failures[["row", "column"]].to_numpy().tolist() == [[5, "column 2"]]


def test_parquet(tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "x": [1.5, None], "b": [True, False], "l": [[1], [2]]})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.frame.to_numpy().tolist() == [["1", "1.5", "1"], ["2", "", "0"]]
    assert table.failures["column"].tolist() == ["l"]


@pytest.mark.parametrize(
    "column",
    [
        # words that are no UTF-8, which Arrow tells only when they are taken out
        pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\x83b")),
        pa.array([2**50], pa.timestamp("ms")),  # a date that no calendar has
    ],
)
def test_a_parquet_cell_that_is_no_value_is_refused(tmp_path, column):
    pq.write_table(pa.table({"id": pa.array([1]), "c": column}), tmp_path / "t.parquet")
    with pytest.raises(ImportRefusedError, match="Parquet table can't be read") as told:
        read_table(tmp_path / "t.parquet")
    assert told.value.where == "t.parquet"


CELLS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r"), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_written_table_comes_back(tmp_path_factory, rows):
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["alpha", "beta", "gamma"], *rows])
    text = normalise_text(file.getvalue())
    records, failures = delimited.read_records(text, separator=",", name="t")
    kept = [r for r in rows if any(c and not c.isspace() for c in r)]
    expected = [[normalise_text(c) for c in row] for row in kept]
    assert [r.cells for r in records[1:]] == expected
    assert not failures
    for record in records:
        assert text.split("\n")[record.line - 1].startswith('"')


def test_a_sheet_that_claims_endless_rows_is_refused(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["id", "nps"])
    workbook.active.append(["a", 9])
    workbook.save(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as old:
        members = {name: old.read(name) for name in old.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].replace(b'r="2"', b'r="999999999"')
    members["xl/worksheets/sheet1.xml"] = sheet
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    with pytest.raises(ImportRefusedError, match="too many rows"):
        read_table(tmp_path / "t.xlsx")
