"""Bytes from strangers: encodings told apart, nothing replaced in silence, refusals."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.exchange import decode, read_text, sha256_of
from cxresearch.exchange import source_text as module
from cxresearch.model import ImportRefusedError, normalise_text

FINNISH = "Hyvää päivää, Åsa!\nLasku oli 12 € väärin.\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (FINNISH.encode(), "utf-8"),
        (codecs.BOM_UTF8 + FINNISH.encode(), "utf-8"),
        (FINNISH.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + FINNISH.encode("utf-16-be"), "utf-16"),
        (FINNISH.encode("utf-16-le"), "utf-16"),
        (FINNISH.encode("utf-32"), "utf-32"),
        (FINNISH.encode("cp1252"), "windows-1252"),
        (FINNISH.replace("€", "e").encode("latin-1"), "windows-1252"),
    ],
)
def test_each_encoding_gives_the_same_text(content, encoding):
    found = decode(content, name="a.txt")
    assert found.encoding == encoding
    assert found.text.replace("€", "e") == FINNISH.replace("€", "e")
    assert not found.failures
    assert found.reason.to("fi")
    assert found.reason.to("en")


def test_lines_in_another_encoding_are_listed_one_by_one():
    content = "eka ä\n".encode() + "toka ä\n".encode("latin-1") + "kolmas ä\n".encode()
    found = decode(content, name="a.csv")
    assert found.text == "eka ä\ntoka ä\nkolmas ä\n"
    assert found.encoding == "mixed"
    assert [f.row for f in found.failures] == [2]
    assert "windows-1252" in found.failures[0].found
    assert "\ufffd" not in found.text


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_any_text_comes_back_whole(text, codec):
    text = "a " + text
    assert decode(text.encode(codec), name="x").text == normalise_text(text)


def test_newlines_are_told_and_normalised():
    assert decode(b"a\r\nb", name="x").newline == "CRLF"
    assert decode(b"a\rb", name="x").newline == "CR"
    assert decode(b"a\r\nb\rc\n", name="x").text == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "white space"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "PNG picture"),
        (b"PK\x03\x04" + b"x" * 50, "zip archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1abc", "old Office file"),
        (b"RIFF\0\0\0\0WAVEfmt ", "sound recording"),
        (b"id,text\n1,ok\n2,a\0b\n", "line 3"),
        (bytes(range(1, 9)) * 40, "binary"),
        (b"\xff\xfea\0b", "utf-16"),
    ],
)
def test_what_is_no_text_is_refused_with_its_name(tmp_path, content, said):
    path = tmp_path / "survey.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefusedError) as error:
        read_text(path)
    assert said in str(error.value)
    assert "survey.csv" in str(error.value)


def test_limits_stand_in_the_error(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 50)
    with pytest.raises(ImportRefusedError, match="at most 50 bytes"):
        read_text(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ImportRefusedError, match="can't be opened"):
        read_text(tmp_path / "no.txt")
    with pytest.raises(ImportRefusedError, match="folder"):
        read_text(tmp_path)


def test_hash_is_of_the_bytes(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    # printf abc | sha256sum
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read_text(path).sha256 == sha256_of(path)
