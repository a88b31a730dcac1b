"""Traps of real exports, beside the repository where they are kept; skipped where they are not.

The numbers come from the manifest that lies with the files.
"""

from pathlib import Path

import pytest

from cxresearch.exchange import (
    duplicated_ids,
    inspect_sources,
    read_document,
    read_table,
    to_dates,
    to_numbers,
    to_scale,
    unpack,
    write_study_toml,
)
from cxresearch.model import ImportRefusedError
from cxresearch.study.settings import load_settings

DATA = Path(__file__).parents[3] / "shared" / "data"
TRAPS = DATA / "import_traps"
pytestmark = pytest.mark.skipif(
    not TRAPS.exists(), reason="the folder of import traps is not beside the repository"
)
SPEAKERS = {
    "interview.docx": ["H", "V1", "V2"],
    "interview.odt": ["H", "V1", "V2"],
    "interview.rtf": ["H", "V1", "V2"],
    "teams.vtt": ["Haastattelija", "Vieras 1", "Vieras 2"],
    "zoom.vtt": ["Host", "Guest 1", "Guest 2"],
    "youtube.srt": [],
    "whisper.json": [],
}


def columns(name):
    (source,) = inspect_sources([TRAPS / name]).sources
    return {c.column: c for c in source.columns}


@pytest.mark.parametrize("name", sorted(SPEAKERS))
def test_transcripts(name):
    document, turns, _ = read_document(TRAPS / name)
    assert len(turns) == 6
    assert turns["speaker"].dropna().unique().tolist() == SPEAKERS[name]
    words = " ".join(document.text[a:b] for a, b in zip(turns["start"], turns["end"], strict=True))
    assert "Haastattelu 4" not in words
    assert "(nauraa)" not in words
    assert "vastuuta 🙂" in words


def test_times():
    assert read_document(TRAPS / "interview.odt")[1]["seconds"].iloc[0] == 70
    teams = read_document(TRAPS / "teams.vtt")[1]
    assert (teams["seconds"].min(), teams["seconds_end"].max()) == (0, 29)
    overlaps = read_document(TRAPS / "youtube.srt")[2]
    assert "overlap" in overlaps["found"].iloc[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.csv", "empty file"),
        ("nul.csv", "line 3"),
        ("picture.csv", "not text: a PNG picture"),
        ("climbs_out.zip", "leaves the archive"),
    ],
)
def test_refusals(name, said):
    readers = {".zip": lambda path: inspect_sources([path])}
    reader = readers.get(Path(name).suffix, read_table)
    with pytest.raises(ImportRefusedError) as error:
        reader(TRAPS / name)
    assert said in str(error.value)


def test_nothing_is_unpacked_from_an_archive_that_climbs(tmp_path):
    with pytest.raises(ImportRefusedError, match="leaves the archive"):
        unpack(TRAPS / "climbs_out.zip", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "rows", "encoding", "separator"),
    [
        ("likert_words.csv", 25, "utf-8", ","),
        ("mixed_bytes.csv", 20, "mixed", ","),
        ("qualtrics_three_headers.csv", 30, "utf-8", ","),
        ("quoted_newlines.tsv", 12, "utf-8", "\t"),
        ("repeated_headers.csv", 24, "utf-8", ","),
        ("semicolon_cp1252.csv", 40, "windows-1252", ";"),
        ("unicode.csv", 3, "utf-8", ","),
        ("utf16_bom.csv", 30, "utf-16", "\t"),
    ],
)
def test_tables(name, rows, encoding, separator):
    table = read_table(TRAPS / name)
    assert (len(table), table.encoding, table.separator) == (rows, encoding, separator)


def test_mixed_bytes_are_told_line_by_line():
    table = read_table(TRAPS / "mixed_bytes.csv")
    bad = table.remarks[table.remarks["found"].str.contains("not UTF-8")]
    assert bad["row"].tolist() == [2, 6, 10, 14, 18]
    assert "�" not in "".join(table.frame["kommentti"])
    assert table.frame["kommentti"].iloc[0].endswith("Käynti 0")


def test_quoted_newlines():
    answers = read_table(TRAPS / "quoted_newlines.tsv").frame["answer"]
    assert all(a.count("\n") == 2 and a.count("\t") == 1 and '"' in a for a in answers)


def test_unicode_is_kept():
    text = read_table(TRAPS / "unicode.csv").frame["text"]
    assert "👩‍👩‍👧" in text.iloc[0]
    assert "🇫🇮" in text.iloc[0]
    assert text.iloc[1] == "ä vs ä"


def test_repeated_headers():
    table = read_table(TRAPS / "repeated_headers.csv")
    assert [line for line, why in table.dropped if why == "repeated header"] == [10, 19]
    twice = duplicated_ids(table.frame["id"], lines=table.lines)
    assert table.frame["id"][table.lines == twice["row"].iloc[0]].tolist() == ["R007"]
    dates = to_dates(table.frame["date"])
    assert dates.values.notna().all()
    assert dates.values.is_monotonic_increasing
    assert dates.details["day_first"] is False
    outside = to_scale(table.frame["ces_1_5"], lines=table.lines).failures["row"]
    assert table.frame["id"][[line in set(outside) for line in table.lines]].tolist() == [
        "R005", "R017",
    ]  # fmt: skip


def test_likert_words():
    frame = read_table(TRAPS / "likert_words.csv").frame
    for name in ("tyytyväisyys", "helppous"):
        found = to_scale(frame[name])
        assert (found.details["low"], found.details["high"]) == (1, 5)
        assert found.failures.empty
        assert found.values.dropna().isin([1, 2, 3, 4, 5]).all()


def test_semicolon_cp1252():
    frame = read_table(TRAPS / "semicolon_cp1252.csv").frame
    rating = to_scale(frame["suositteluhalukkuus 0-10"])
    assert rating.missing == 15
    assert rating.failures.empty
    assert to_numbers(frame["kulutus €"]).details["decimal"] == ","
    assert to_dates(frame["päivä"]).values.iloc[12].month == 1
    roles = {n: c.role for n, c in columns("semicolon_cp1252.csv").items()}
    assert roles["vastaajaID"] == "respondent"
    assert roles["avoin vastaus"] == "comment"


def test_qualtrics():
    found = columns("qualtrics_three_headers.csv")
    assert found["ResponseId"].role == "response"
    assert (found["Q1"].role, found["Q1"].low, found["Q1"].high) == ("question", 0, 10)
    assert found["Q2"].role == "comment"
    assert found["Q3"].options == ("Q3_1", "Q3_2")
    table = read_table(TRAPS / "qualtrics_three_headers.csv")
    assert (to_numbers(table.frame["Progress"]).values < 100).sum() == 5


def test_options_and_formulas():
    table = read_table(TRAPS / "options_and_formulas.xlsx")
    assert (len(table), table.sheet) == (20, "Vastaukset")
    assert table.failures["column"].tolist() == ["E7", "F12"]
    assert table.frame.loc[table.lines == 7, "Arvosana"].tolist() == [""]
    assert not table.frame.map(lambda c: c.startswith("=")).any().any()
    assert len(columns("options_and_formulas.xlsx")["Kanavat"].options) == 3


@pytest.mark.parametrize(
    "name",
    [
        "import_traps",
        "nhs_px_phase1",
        "podcast_metamuse",
        "pdpilot_interviews",
        "usability_interviews_coded",
        "yle_vaalikone_2015",
    ],
)
def test_whole_folders_give_settings_that_load(name, tmp_path):
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not beside the repository")
    write_study_toml(inspect_sources([DATA / name]), tmp_path)
    settings = load_settings(tmp_path)
    assert settings.surveys or settings.documents


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("podcast_metamuse/10-tools-for-thought.txt", 62),
        ("podcast_metamuse/33-cities.txt", 110),
        ("podcast_metamuse/34-bring-your-own-client.txt", 104),
        ("podcast_metamuse/37-visual-programming.txt", 86),
        ("pdpilot_interviews/P1.txt", 94),
        ("pdpilot_interviews/P2.txt", 165),
        ("pdpilot_interviews/P3.txt", 122),
        ("pdpilot_interviews/P4.txt", 111),
    ],
)
def test_turns_counted_by_hand(name, turns):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    assert len(read_document(path)[1]) == turns
