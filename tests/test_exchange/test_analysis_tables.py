"""Tables of an analysis in Word and Excel, as a thesis prints them."""

import docx
import openpyxl
import pandas as pd
import pytest

from cxresearch.coding import content_analysis, theme_table
from cxresearch.exchange import write_content_analysis, write_theme_table
from cxresearch.model import Code, Codebook, FrameError, ImportRefusedError, Phase, Words

ROWS = pd.DataFrame(
    [
        ("h1", 0, 9, "ootin tunnin", "odotti tunnin", "Jonottaminen", "Tuki", "Palvelu"),
        ("h1", 0, 9, "ootin tunnin", "aika hukkaan", "Jonottaminen", "Tuki", "Palvelu"),
        ("h2", 4, 8, "=ei vastata", "ei vastausta", "Vastaamattomuus", "Tuki", "Palvelu"),
        ("h3", 9, 12, "joskus", "ajoittaisuus", None, None, None),
    ],
    columns=["document", "start", "end", "quote", "reduced", "lower", "upper", "main"],
)
BOOK = Codebook((Code("wait", "pain", Words(fi="Odotus", en="Waiting")),))
CODINGS = pd.DataFrame(
    {"coding": ["1", "2"], "document": ["h1", "h2"], "start": [0, 3], "end": [5, 9],
     "quote": ["ootin", "jonossa"], "code": "wait", "coder": "x", "origin": "human",
     "phase": ["buy", None], "valence": pd.array([-2, None], dtype="Int8"),
     "turn": pd.array([4, None], dtype="Int64")}
)  # fmt: skip


def cells(path):
    table = docx.Document(str(path)).tables[0]
    return [[c.text for c in row.cells] for row in table.rows]


def test_content_analysis_in_word_merges_classes_and_counts_unions(tmp_path):
    path = write_content_analysis(content_analysis(ROWS), tmp_path / "a.docx", language="fi")
    rows = cells(path)
    assert rows[0] == [
        "Alkuperäinen ilmaus", "Pelkistetty ilmaus", "Alaluokka", "Yläluokka", "Pääluokka",
    ]  # fmt: skip
    # one original expression reduced twice counts once; the main class has the union of two
    assert rows[1][2:] == ["Jonottaminen (1)", "Tuki (2)", "Palvelu (2)"]
    assert rows[1][0] == "”ootin tunnin” (h1, 0–9)"
    # merged cells read as the cell that they continue
    assert rows[2][2:] == rows[1][2:]
    xml = docx.Document(str(path)).tables[0]._tbl.xml
    assert xml.count('w:vMerge w:val="continue"') == 5
    assert rows[4][2:] == ["", "", ""]


def test_content_analysis_in_excel_has_rows_classes_and_no_formula(tmp_path):
    path = write_content_analysis(content_analysis(ROWS), tmp_path / "a.xlsx", language="en")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Content analysis", "Classes"]
    first = list(book["Content analysis"].iter_rows(values_only=True))
    assert first[0][:5] == (
        "Original expression", "Reduced expression", "Lower class", "Upper class", "Main class",
    )  # fmt: skip
    assert ("=ei vastata", "ei vastausta", "Vastaamattomuus", "Tuki", "Palvelu") in {
        r[:5] for r in first
    }
    assert all(c.data_type != "f" for sheet in book for row in sheet.iter_rows() for c in row)
    classes = {r[1]: r[3] for r in book["Classes"].iter_rows(min_row=2, values_only=True)}
    assert classes == {"Jonottaminen": 1, "Vastaamattomuus": 1, "Tuki": 2, "Palvelu": 2}


def test_themes_with_what_was_said_by_whom_and_how(tmp_path):
    phases = (Phase("buy", Words(fi="Osto", en="Purchase")),)
    themes = theme_table(CODINGS, codebook=BOOK, phases=phases)
    how = {"codebook": BOOK, "phases": phases, "language": "fi"}
    rows = cells(write_theme_table(themes, tmp_path / "t.docx", **how))
    assert rows[1] == [
        "Odotus", "Osto", "1", "1", "1", "−2,0", "2,0", "h1", "”ootin” (h1, 4, x)",
    ]  # fmt: skip
    assert rows[2][1] == "ei vaihetta"
    assert rows[2][5:7] == ["", ""]
    sheet = openpyxl.load_workbook(write_theme_table(themes, tmp_path / "t.xlsx", **how)).active
    assert sheet.cell(2, 9).value == "”ootin” (h1, 4, x)"


def test_other_endings_and_other_findings_are_refused_and_nothing_is_written(tmp_path):
    analysis = content_analysis(ROWS)
    with pytest.raises(ImportRefusedError, match="docx or xlsx"):
        write_content_analysis(analysis, tmp_path / "a.pdf")
    with pytest.raises(FrameError, match="no table of themes"):
        write_theme_table(analysis, tmp_path / "a.docx", codebook=BOOK)
    with pytest.raises(FrameError, match="no content analysis"):
        write_content_analysis(theme_table(CODINGS, codebook=BOOK), tmp_path / "a.docx")
    assert list(tmp_path.iterdir()) == []
