"""Codebooks out and in: .qdc, Taguette's tags, and the network of codes."""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as Plain
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.exchange.defaults import default_codebook
from cxresearch.exchange.gexf import write_gexf
from cxresearch.exchange.refi_codebook import read_refi_codebook, write_refi_codebook
from cxresearch.exchange.taguette import read_taguette_codebook, write_taguette_codebook
from cxresearch.model import Code, Codebook, FrameError, ImportRefusedError, Words

SHARED = Path(__file__).parents[3] / "shared"
SCHEMA = SHARED / "refi-qda" / "Codebook.xsd"

TREE = Codebook(
    (
        Code("before", "theme", Words(fi="Ennen ostoa", en="Before buying")),
        Code(
            "compare",
            "need",
            Words(fi="Vertailu"),
            parent="before",
            definition="Vertaa\n– – –\nKind: ei tämä\n– – – hinnoilla",
            include="hinta\nInclude: myös tämä",
            exclude="laatu",
            example="”kolme tarjousta”",
            colour="#0072B2",
            shortcut="v",
            valence=1,
            terms={"fi": ("vertailla", "kolme tarjous*")},
        ),
        Code("after", "theme", Words(fi="Ennen ostoa")),
    )
)


def test_a_codebook_comes_back_whole(tmp_path: Path) -> None:
    path = write_refi_codebook(tmp_path / "c.qdc", TREE, name="Koe")
    assert read_refi_codebook(path) == TREE
    names = [n.get("name") for n in Plain.parse(path).getroot().iter() if n.get("name")]
    assert names == ["Before buying", "Vertailu", "Ennen ostoa"]


def test_the_codebook_that_studies_start_with_comes_back(tmp_path: Path) -> None:
    book = default_codebook()
    back = read_refi_codebook(write_refi_codebook(tmp_path / "c.qdc", book))
    assert {c.code: c for c in back} == {c.code: c for c in book}


@pytest.mark.skipif(not SCHEMA.exists(), reason="the official schema is not beside the repository")
def test_a_codebook_is_valid(tmp_path: Path) -> None:
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    for number, book in enumerate((TREE, default_codebook())):
        path = write_refi_codebook(tmp_path / f"{number}.qdc", book)
        assert schema.validate(etree.parse(str(path))), schema.error_log


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(max_examples=150, deadline=None)
@given(definition=words, include=words, example=words)
def test_any_words_come_back(definition: str, include: str, example: str) -> None:
    code = Code("k", "pain", Words(fi="K"), definition=definition, include=include, example=example)
    with tempfile.TemporaryDirectory() as folder:
        back = read_refi_codebook(write_refi_codebook(Path(folder) / "c.qdc", Codebook((code,))))
    for field in ("definition", "include", "example"):
        assert getattr(back["k"], field) == _in_xml(getattr(code, field))


def _in_xml(text: str) -> str:
    """XML 1.0 holds no control signs; line ends become LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text
    )


def test_an_empty_codebook_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="no codes"):
        write_refi_codebook(tmp_path / "c.qdc", Codebook(()))


def test_a_codebook_of_taguette_with_empty_sets_becomes_a_tree(tmp_path: Path) -> None:
    path = tmp_path / "t.qdc"
    path.write_text(
        '<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette 1.5">'
        '<Codes><Code guid="0D62985D-B147-4D01-A9B5-CAE5DCD98342" name="Ennen ostoa.Vertailu" '
        'isCodable="true"/></Codes><Sets/></CodeBook>',
        encoding="utf-8",
    )
    book = read_refi_codebook(path, language="fi")
    assert [(c.name.to("fi"), c.parent) for c in book] == [
        ("Ennen ostoa", None),
        ("Vertailu", "ennen_ostoa"),
    ]


def test_another_version_and_codes_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "o.qdc"
    path.write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:0:4"><Codes>'
        '<Code guid="a" name="Hinta" isCodable="false"><Description>d</Description>'
        '<Code guid="a" name="Hinta" isCodable="true" color="red"/></Code></Codes></CodeBook>'
    )
    book = read_refi_codebook(path)
    assert [(c.code, c.parent, c.definition, c.colour) for c in book] == [
        ("hinta", None, "d", None),
        ("hinta_2", "hinta", "", None),
    ]


@pytest.mark.parametrize(
    "content",
    ["<Project/>", "<CodeBook>", '<!DOCTYPE a [<!ENTITY b "c">]><CodeBook>&b;</CodeBook>', "x"],
)
def test_what_is_no_codebook_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "c.qdc"
    path.write_text(content)
    with pytest.raises(ImportRefusedError):
        read_refi_codebook(path)


def test_too_many_codes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.qdc"
    code = '<Code guid="a" name="x" isCodable="true"/>'
    path.write_text(f"<CodeBook><Codes>{code * 10_001}</Codes></CodeBook>")
    with pytest.raises(ImportRefusedError, match="too many codes"):
        read_refi_codebook(path)


def test_tags_of_taguette_out_and_in(tmp_path: Path) -> None:
    codings = pd.DataFrame(
        {"document": "a", "start": [0, 0, 4], "end": [2, 2, 6], "code": "compare"}
    )
    path = write_taguette_codebook(tmp_path / "t.csv", TREE, codings=codings, language="fi")
    lines = path.read_bytes().decode().split("\r\n")
    assert lines[0] == "tag,description,number of highlights"
    assert lines[1] == "Ennen ostoa,,0"
    assert lines[2].startswith("Ennen ostoa.Vertailu,")
    back = read_taguette_codebook(path, language="fi")
    assert [(c.name.to("fi"), c.parent) for c in back] == [
        ("Ennen ostoa", None),
        ("Vertailu", "ennen_ostoa"),
        ("Ennen ostoa (2)", None),
    ]
    assert back.codes[1].definition.startswith("Vertaa")


def test_a_genuine_codebook_of_taguette() -> None:
    path = SHARED / "data" / "usability_interviews_coded" / "codebook_20220303_8.csv"
    if not path.exists():
        pytest.skip("the coded interviews are not beside the repository")
    book = read_taguette_codebook(path)
    assert len(book) == 22
    assert all(c.definition and c.parent is None for c in book)


def test_a_table_without_tags_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ImportRefusedError, match="no column of tags"):
        read_taguette_codebook(path)


GEXF = "{http://gexf.net/1.3}"


def test_the_network_of_codes(tmp_path: Path) -> None:
    pairs = pd.DataFrame(
        {"code_a": ["after"], "code_b": ["compare"], "n_a": [4], "n_b": [7], "n_ab": [3],
         "documents": [2], "c": [0.375]}
    )  # fmt: skip
    path = write_gexf(tmp_path / "n.gexf", TREE, pairs, language="fi", hierarchy=True)
    root = Plain.parse(path).getroot()
    labels = {n.get("id"): n.get("label") for n in root.iter(f"{GEXF}node")}
    assert labels == {"before": "Ennen ostoa", "compare": "Vertailu", "after": "Ennen ostoa (2)"}
    edges = [(e.get("source"), e.get("target"), e.get("weight")) for e in root.iter(f"{GEXF}edge")]
    assert edges == [("after", "compare", "3"), ("compare", "before", "1")]
    colour = root.find(".//{http://gexf.net/1.3/viz}color")
    assert colour is not None
    assert colour.attrib == {"r": "0", "g": "114", "b": "178"}
    values = {
        v.get("for"): v.get("value") for v in root.find(f".//{GEXF}edge").iter(f"{GEXF}attvalue")
    }
    assert values == {
        "edge_relation": "meets",
        "edge_n_ab": "3",
        "edge_documents": "2",
        "edge_c": "0.375",
    }


def test_a_network_of_unknown_codes_is_refused(tmp_path: Path) -> None:
    pairs = pd.DataFrame({"code_a": ["ghost"], "code_b": ["after"], "n_ab": [1]})
    with pytest.raises(FrameError, match="ghost"):
        write_gexf(tmp_path / "n.gexf", TREE, pairs)
