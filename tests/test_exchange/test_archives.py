"""Zip files and office files that want to do harm: refused before anything is written."""

import stat
import zipfile

import pytest

from cxresearch.exchange import SafeArchive, parse_xml, unpack
from cxresearch.exchange import archives as module
from cxresearch.model import ImportRefusedError


def zipped(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../../out.txt", "/etc/out.txt", "a/../../b.txt", "C:/out.txt"])
def test_a_path_that_climbs_out_is_refused_and_nothing_is_written(tmp_path, name):
    path = zipped(tmp_path / "a.zip", {name: "x", "ok.txt": "y"})
    with pytest.raises(ImportRefusedError, match="leaves the archive"):
        unpack(path, tmp_path / "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]


def test_a_good_archive_is_unpacked_whole(tmp_path):
    path = zipped(tmp_path / "a.zip", {"b/h1.txt": "H: hei", ".hidden": "", "__MACOSX/x": ""})
    assert [p.relative_to(tmp_path).as_posix() for p in unpack(path, tmp_path / "new")] == [
        "new/b/h1.txt"
    ]
    assert (tmp_path / "new/b/h1.txt").read_text() == "H: hei"
    with pytest.raises(ImportRefusedError, match="exists already"):
        unpack(path, tmp_path / "new")


def test_a_link_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ImportRefusedError, match="link"):
        unpack(path, tmp_path / "new")


def test_a_member_without_a_name_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"name.txt": "x"})
    # the name's length in both headers becomes 0
    content = path.read_bytes().replace(b"name.txt", b"")
    made = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        at = made.index(mark) + offset
        made[at : at + 2] = b"\x00\x00"
    end = made.index(b"PK\x05\x06")
    start = made.index(b"PK\x01\x02")
    made[end + 12 : end + 16] = (end - start).to_bytes(4, "little")
    made[end + 16 : end + 20] = start.to_bytes(4, "little")
    path.write_bytes(bytes(made))
    with pytest.raises(ImportRefusedError, match="no name"):
        unpack(path, tmp_path / "new")


def test_a_zip_bomb_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"zeros.txt": b"0" * 12_000_000})
    with pytest.raises(ImportRefusedError, match=r"at most 200 : 1"):
        unpack(path, tmp_path / "new")


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [("MAX_ARCHIVE_BYTES", 10, "at most 10 bytes"), ("MAX_ARCHIVE_MEMBERS", 1, "too many files")],
)
def test_limits_of_archives(tmp_path, monkeypatch, limit, value, said):
    path = zipped(tmp_path / "a.zip", {"a.txt": "x" * 50, "b.txt": "y"})
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(ImportRefusedError, match=said):
        SafeArchive(path)


def test_an_archive_in_an_archive_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"b.zip": "x"})
    with pytest.raises(ImportRefusedError, match="another archive"):
        unpack(path, tmp_path / "new")


@pytest.mark.parametrize("member", ["word/vbaProject.bin", "Basic/Standard/Module1.xml"])
def test_macros_are_refused(tmp_path, member):
    path = zipped(tmp_path / "a.docx", {"word/document.xml": "<a/>", member: "x"})
    with pytest.raises(ImportRefusedError, match="macro"):
        SafeArchive(path)


def test_a_damaged_archive_is_refused(tmp_path):
    path = zipped(tmp_path / "a.docx", {"word/document.xml": "<a/>" * 500})
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(ImportRefusedError):
        SafeArchive(path).read("word/document.xml")
    path.write_bytes(bytes(content[:100]))
    with pytest.raises(ImportRefusedError, match="whole"):
        SafeArchive(path)


def test_entities_in_xml_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    with pytest.raises(ImportRefusedError, match="entity"):
        parse_xml(bomb, where="a.xml")
    outside = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    with pytest.raises(ImportRefusedError, match="entity"):
        parse_xml(outside, where="a.xml")
    with pytest.raises(ImportRefusedError, match="broken"):
        parse_xml(b"<a>", where="a.xml")
