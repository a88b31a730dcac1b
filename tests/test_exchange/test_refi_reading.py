"""Projects of other programs: how places are counted, what is missing, what has to be kept."""

from __future__ import annotations

import io
import itertools
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from cxresearch.exchange.refi_read import read_refi_project
from cxresearch.exchange.refi_write import write_refi_project
from cxresearch.model import ImportRefusedError

SCHEMA = Path(__file__).parents[3] / "shared" / "refi-qda" / "Project.xsd"
LINES = [
    "H: Moi 😀, miten meni?",
    "V: Odotin é 👨\u200d👩\u200d👧 pitkään & <kauan>, todella kauan.",
    "",
    "H: Entä äänen laatu? 😀",
    "V: Hyvä, kiitos. Öljynvaihto sujui, ja hinta oli sopiva.",
]
QUOTES = [
    "Odotin é 👨\u200d👩\u200d👧 pitkään",
    "kauan.\n\nH: Entä",
    "äänen laatu? 😀",
    "Hyvä",
    "hinta oli sopiva",
]
ANNA, BERT = (f"aaaaaaaa-0000-0000-0000-00000000000{i}" for i in (1, 2))
CODE = "cccccccc-0000-0000-0000-000000000001"
DOCUMENT = "dddddddd-0000-0000-0000-000000000001"


def counted(raw: str, unit: str, newline: str, bom: str) -> list[int]:
    """The place of each code point of a raw text as some program counts."""
    places = [0]
    for i, sign in enumerate(raw):
        width = {"code points": 1, "UTF-16 units": len(sign.encode("utf-16-le")) // 2,
                 "UTF-8 bytes": len(sign.encode())}[unit]  # fmt: skip
        if newline == "CRLF as 1" and raw[i : i + 2] == "\r\n":
            width = 0
        if newline == "LF as 2" and sign == "\n":
            width = 2
        if sign == "\ufeff" and bom == "not counted":
            width = 0
        places.append(places[-1] + width)
    return places


def selection(number: int, start: int, end: int, name: str = "", coder: str = ANNA) -> str:
    return (
        f'<PlainTextSelection guid="eeeeeeee-0000-0000-0000-{number:012d}" name={quoteattr(name)} '
        f'startPosition="{start}" endPosition="{end}" creatingUser="{coder}" '
        f'creationDateTime="2026-01-02T03:04:05Z">'
        f'<Coding guid="ffffffff-0000-0000-0000-{number:012d}" creatingUser="{coder}">'
        f'<CodeRef targetGUID="{CODE}"/></Coding></PlainTextSelection>'
    )


def project(sources: str, *, origin: str = "", more: str = "", codes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project name="P" origin="{origin}" '
        f'xmlns="urn:QDA-XML:project:1.0"><Users><User guid="{ANNA}" name="Anna"/>'
        f'<User guid="{BERT}" name="Bert"/></Users><CodeBook><Codes>'
        f'<Code guid="{CODE}" name="Odotus" isCodable="true" color="#FF0000"/>{codes}'
        f"</Codes></CodeBook><Sources>{sources}</Sources>{more}</Project>"
    ).encode()


def text_source(selections: str, *, attributes: str = "", content: str = "") -> str:
    path = "" if content else f'plainTextPath="internal://{DOCUMENT}.txt"'
    start = f'<TextSource guid="{DOCUMENT}" name="i1" {path} {attributes}>'
    return f"{start}{content}{selections}</TextSource>"


def archive(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def written(
    path: Path,
    raw: str,
    sources: str,
    *,
    qde: str = "project.qde",
    folder: str = "sources",
    **more: str,
) -> Path:
    members = {qde: project(sources, **more), f"{folder}/{DOCUMENT}.txt": raw.encode()}
    return archive(path, members)


CONVENTIONS = [
    (unit, ending, newline, mark, bom, end)
    for unit, (ending, newline), (mark, bom), end in itertools.product(
        ["code points", "UTF-16 units", "UTF-8 bytes"],
        [
            ("\n", "as in the file"),
            ("\r\n", "as in the file"),
            ("\r\n", "CRLF as 1"),
            ("\n", "LF as 2"),
        ],
        [("", "not counted"), ("\ufeff", "not counted"), ("\ufeff", "counted")],
        ["exclusive", "inclusive"],
    )
]


@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
@pytest.mark.parametrize(
    ("unit", "ending", "newline", "mark", "bom", "end"),
    CONVENTIONS,
    ids=["-".join(map(repr, c)).replace("'", "") for c in CONVENTIONS],
)
def test_every_way_of_counting_is_found_out(
    tmp_path: Path, unit: str, ending: str, newline: str, mark: str, bom: str, end: str, named: bool
) -> None:
    raw = mark + ending.join(LINES)
    places = counted(raw, unit, newline, bom)
    nodes = []
    for number, quote in enumerate(QUOTES):
        words = quote.replace("\n", ending)
        at = raw.index(words)
        last = places[at + len(words)] - (end == "inclusive")
        nodes.append(selection(number, places[at], last, quote if named else ""))
    path = written(tmp_path / "p.qdpx", raw, text_source("".join(nodes)))
    back, evidence, failures = read_refi_project(path)
    assert back.codings["quote"].tolist() == QUOTES
    assert failures.empty
    assert back.documents["text"].tolist() == ["\n".join(LINES)]
    row = evidence.table.iloc[0]
    assert (row["unit"], row["bom"], row["end"]) == (unit, bom, end)
    assert row["decided_by"] == ("names" if named else "edges")
    assert row["share"] == 1
    assert not row["tied"]


def test_a_merged_project_may_count_each_text_its_own_way(tmp_path: Path) -> None:
    raw = "\n".join(LINES)
    sources = []
    for number, unit in enumerate(["code points", "UTF-16 units"]):
        places = counted(raw, unit, "as in the file", "not counted")
        nodes = "".join(
            selection(10 * number + i, places[raw.index(q)], places[raw.index(q) + len(q)], q)
            for i, q in enumerate(QUOTES)
        )
        guid = f"dddddddd-0000-0000-0000-00000000000{number + 1}"
        sources.append(
            f'<TextSource guid="{guid}" name="i{number}" plainTextPath="internal://{DOCUMENT}.txt">'
            f"{nodes}</TextSource>"
        )
    back, evidence, _ = read_refi_project(written(tmp_path / "p.qdpx", raw, "".join(sources)))
    assert back.codings["quote"].tolist() == QUOTES * 2
    assert evidence.table["unit"].tolist() == ["code points", "UTF-16 units"]


def test_a_selection_that_moved_is_found_by_its_name(tmp_path: Path) -> None:
    raw = "\n".join(LINES)
    nodes = [selection(i, raw.index(q), raw.index(q) + len(q), q) for i, q in enumerate(QUOTES[:4])]
    at = raw.index(QUOTES[4])
    nodes.append(selection(9, at - 3, at - 3 + len(QUOTES[4]), QUOTES[4]))
    back, _, failures = read_refi_project(
        written(tmp_path / "p.qdpx", raw, text_source("".join(nodes)))
    )
    assert back.codings["quote"].tolist() == QUOTES
    assert failures["found"].tolist() == [
        "1 selections stood elsewhere and were found by their name"
    ]


def test_names_that_are_no_quotations_do_not_decide(tmp_path: Path) -> None:
    # a program that names selections after lines of its own: the edges of words decide
    raw = "\n".join(LINES)
    nodes = [
        selection(i, raw.index(q), raw.index(q) + len(q) - 1, f"line:{i}")
        for i, q in enumerate(QUOTES)
    ]
    back, evidence, _ = read_refi_project(
        written(tmp_path / "p.qdpx", raw, text_source("".join(nodes)))
    )
    assert back.codings["quote"].tolist() == QUOTES
    assert evidence.table["end"].tolist() == ["inclusive"]


def test_one_name_that_fits_by_chance_does_not_decide(tmp_path: Path) -> None:
    raw = "\n".join(LINES)
    nodes = [
        selection(i, raw.index(q), raw.index(q) + len(q), f"line:{i}") for i, q in enumerate(QUOTES)
    ]
    at = raw.index("hinta oli sopiva")
    nodes += [selection(8, at, at + 4, "hinta"), selection(9, at + 6, at + 9, "line:9")]
    path = written(tmp_path / "p.qdpx", raw, text_source("".join(nodes)))
    back, evidence, _ = read_refi_project(path)
    assert evidence.table["end"].tolist() == ["exclusive"]
    assert back.codings["quote"].tolist() == [*QUOTES, "hint", "oli"]


@pytest.mark.parametrize("end", ["exclusive", "inclusive"])
@pytest.mark.parametrize("unit", ["code points", "UTF-16 units", "UTF-8 bytes"])
def test_careless_selections_without_names_still_tell(tmp_path: Path, unit: str, end: str) -> None:
    # as in an export of NVivo: CRLF, a mark, many emoji, and every tenth edge inside a word
    draw = random.Random(5)
    words = [
        draw.choice(["asiakas", "hyvä", "😀", "äänen", "ei", "nopea,", "tuli."]) for _ in range(900)
    ]
    raw = "\ufeff" + "\r\n".join(" ".join(words[i : i + 9]) for i in range(0, 900, 9))
    places = counted(raw, unit, "as in the file", "not counted")
    edges = [i for i in range(2, len(raw)) if raw[i - 1] in " \n" and raw[i] not in " \r\n"]
    quotes, nodes = [], []
    for number in range(120):
        start = draw.choice(edges[:-80])
        finish = edges[edges.index(start) + draw.randint(1, 60)] - 1
        finish -= raw[finish - 1 : finish + 1] == "\r\n"
        if number % 10 == 0:
            start, finish = start + 1, finish + 3
        quotes.append(raw[start:finish].replace("\r\n", "\n"))
        nodes.append(selection(number, places[start], places[finish] - (end == "inclusive")))
    path = written(tmp_path / "p.qdpx", raw, text_source("".join(nodes)), origin="NVivo 12")
    back, evidence, _ = read_refi_project(path)
    row = evidence.table.iloc[0]
    assert (row["unit"], row["newline"], row["end"]) == (unit, "as in the file", end)
    assert row["share"] > 0.85
    assert row["other_share"] < row["share"]
    assert back.codings["quote"].tolist() == quotes


@pytest.mark.parametrize("folder", ["sources", "Sources"])
@pytest.mark.parametrize("qde", ["project.qde", "Oma hanke.qde", "deep/project.qde"])
def test_names_of_files_and_folders_may_differ(tmp_path: Path, qde: str, folder: str) -> None:
    raw = "\n".join(LINES)
    at = raw.index("Hyvä")
    sources = text_source(selection(1, at, at + 4, "Hyvä"))
    path = written(tmp_path / "p.qdpx", raw, sources, qde=qde, folder=folder)
    back, _, _ = read_refi_project(path)
    assert back.codings["quote"].tolist() == ["Hyvä"]


def test_braces_missing_users_and_dates_and_inline_text(tmp_path: Path) -> None:
    text = "Hyvä palvelu"
    upper = "{" + DOCUMENT.upper() + "}"
    content = (
        '<?xml version="1.0"?><Project name="P" xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes>'
        f'<Code guid="{{{CODE.upper()}}}" name="Laatu" isCodable="true"/></Codes></CodeBook>'
        f'<Sources><TextSource guid="{upper}"><PlainTextContent>{text}</PlainTextContent>'
        f'<PlainTextSelection guid="{{EEEEEEEE-0000-0000-0000-000000000001}}" startPosition="0" '
        f'endPosition="4"><Coding guid="FFFFFFFF-0000-0000-0000-000000000001">'
        f'<CodeRef targetGUID="{CODE}"/></Coding></PlainTextSelection></TextSource></Sources>'
        "</Project>"
    )
    back, _, failures = read_refi_project(
        archive(tmp_path / "p.qdpx", {"project.qde": content.encode()})
    )
    row = back.codings.iloc[0]
    assert (row["quote"], row["coder"], row["code"]) == ("Hyvä", "unknown", "laatu")
    assert back.codings["coded_at"].isna().all()
    assert back.extras.guids["document", "document 1"] == DOCUMENT
    assert failures.empty
    write_refi_project(tmp_path / "q.qdpx", back)
    assert read_refi_project(tmp_path / "q.qdpx")[0].codings["quote"].tolist() == ["Hyvä"]


def test_selections_without_length_or_outside_are_told(tmp_path: Path) -> None:
    raw = "\n".join(LINES)
    nodes = selection(1, 3, 3) + selection(2, 5, 99_999) + selection(3, 3, 6, "Moi")
    path = written(tmp_path / "p.qdpx", raw, text_source(nodes))
    back, _, failures = read_refi_project(path)
    assert back.codings["quote"].tolist() == ["Moi"]
    assert failures["column"].tolist() == ["endPosition", "startPosition"]
    assert failures["found"].tolist() == ["a selection of no length at 3, with codes", "5..99999"]
    again, _, _ = read_refi_project(write_refi_project(tmp_path / "q.qdpx", back))
    assert again.extras.selections[["start", "end"]].to_numpy().tolist() == [[3, 3]]


PICTURE = (
    '<PictureSource guid="bbbbbbbb-0000-0000-0000-000000000001" name="Kuva" path="internal://k.png">'
    '<PictureSelection guid="bbbbbbbb-0000-0000-0000-000000000002" firstX="1" firstY="2" '
    'secondX="3" secondY="4"><Coding guid="bbbbbbbb-0000-0000-0000-000000000003">'
    f'<CodeRef targetGUID="{CODE}"/></Coding></PictureSelection></PictureSource>'
)
GRAPH = (
    '<Graphs><Graph guid="99999999-0000-0000-0000-000000000001" name="Kartta">'
    f'<Vertex guid="99999999-0000-0000-0000-000000000002" representedGUID="{CODE}" firstX="1" '
    'firstY="2" shape="Oval"/></Graph></Graphs>'
)
LINK = (
    f'<Links><Link guid="99999999-0000-0000-0000-000000000003" originGUID="{DOCUMENT}" '
    f'targetGUID="{CODE}" direction="OneWay" name="liittyy"/></Links>'
)
COMMENT = (
    '<PlainTextSelection guid="eeeeeeee-0000-0000-0000-000000000077" startPosition="3" '
    'endPosition="6"><Description>huomio</Description></PlainTextSelection>'
)


def test_what_is_not_modelled_is_written_back_unchanged(tmp_path: Path) -> None:
    raw = "\n".join(LINES)
    at = raw.index("Hyvä")
    whole = (
        '<Coding guid="bbbbbbbb-0000-0000-0000-000000000009">'
        f'<CodeRef targetGUID="{CODE}"/></Coding>'
    )
    rich = 'richTextPath="internal://rich.docx" modifiedDateTime="2026-02-01T00:00:00Z"'
    sources = text_source(selection(1, at, at + 4, "Hyvä") + COMMENT + whole, attributes=rich)
    members = {
        "project.qde": project(sources + PICTURE, more=LINK + GRAPH),
        f"sources/{DOCUMENT}.txt": raw.encode(),
        "sources/rich.docx": b"PK docx",
        "sources/k.png": b"\x89PNG picture",
    }
    path = archive(tmp_path / "p.qdpx", members)
    back, _, failures = read_refi_project(path)
    assert failures[["column", "found"]].to_numpy().tolist() == [
        ["PictureSource", "1 codings, kept but not shown"],
        ["PlainTextSelection", "1 comments or marks without a code, kept but not shown"],
    ]
    assert len(back.codings) == 1
    out = write_refi_project(tmp_path / "q.qdpx", back)
    with zipfile.ZipFile(out) as made:
        assert made.read("sources/rich.docx") == b"PK docx"
        assert made.read("sources/k.png") == b"\x89PNG picture"
        xml = made.read("project.qde")
    assert _elements(xml) >= _elements(
        project(text_source(COMMENT + whole, attributes=rich) + PICTURE, more=LINK + GRAPH)
    ) - {("Project", ()), ("Code", ())}
    if SCHEMA.exists():
        from lxml import etree

        schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
        assert schema.validate(etree.fromstring(xml)), schema.error_log


def _elements(xml: bytes) -> set[Any]:
    """Elements with their attributes, those that only cxresearch words left out."""
    import xml.etree.ElementTree as Plain

    made = set()
    for node in Plain.fromstring(xml).iter():
        tag = node.tag.partition("}")[2]
        if tag in ("Project", "Code", "TextSource"):
            given = {
                k: v for k, v in node.attrib.items() if k in ("richTextPath", "modifiedDateTime")
            }
        else:
            given = node.attrib
        made.add((tag, tuple(sorted(given.items()))))
    return made


@pytest.mark.parametrize(
    "path",
    ["absolute:///etc/passwd", "relative:///other.txt", "internal://absent.txt", "../../x.txt"],
)
def test_a_text_outside_the_archive_is_not_opened_but_kept(tmp_path: Path, path: str) -> None:
    source = (
        f'<TextSource guid="{DOCUMENT}" name="ulkona" plainTextPath="{path}">'
        f"{selection(1, 0, 4)}</TextSource>"
    )
    back, _, failures = read_refi_project(
        archive(
            tmp_path / "p.qdpx", {"a.qde": project(source), "y/passwd": b"root", "other.txt": b"x"}
        )
    )
    assert back.documents.empty
    assert failures["column"].tolist() == ["plainTextPath"]
    assert "1 selections" in failures["found"].iloc[0]
    assert path.split("/")[-1] in back.extras.sources[0]


def test_cases_sets_and_notes_of_others(tmp_path: Path) -> None:
    raw = "\n".join(LINES)
    variable = "11111111-0000-0000-0000-000000000001"
    note = "22222222-0000-0000-0000-000000000001"
    value = (
        f'<VariableValue><VariableRef targetGUID="{variable}"/>'
        "<IntegerValue>41</IntegerValue></VariableValue>"
    )
    more = (
        f'<Cases><Case guid="33333333-0000-0000-0000-000000000001" name="P1">{value}'
        f'<SourceRef targetGUID="{DOCUMENT}"/></Case></Cases>'
    )
    variables = (
        f'<Variables><Variable guid="{variable}" name="kind" typeOfVariable="Integer"/></Variables>'
    )
    rest = (
        f'<Notes><Note guid="{note}" name="Loki"><PlainTextContent>teksti</PlainTextContent></Note>'
        f"</Notes><Links><Link guid='22222222-0000-0000-0000-000000000009' originGUID='{note}' "
        f"targetGUID='33333333-0000-0000-0000-000000000001'/></Links>"
        f'<Sets><Set guid="44444444-0000-0000-0000-000000000001" name="Joukko">'
        f'<MemberSource targetGUID="{DOCUMENT}"/></Set></Sets>'
    )
    whole = project(text_source(""), more=rest).replace(
        b"<Sources>", (variables + more).encode() + b"<Sources>"
    )
    members = {"project.qde": whole, f"sources/{DOCUMENT}.txt": raw.encode()}
    back, _, failures = read_refi_project(archive(tmp_path / "p.qdpx", members))
    assert failures.empty
    # `kind` belongs to the contract: the variable of that name gets a `_`
    assert back.respondents.to_dict("records") == [
        {"respondent": "P1", "kind": "customer", "kind_": 41}
    ]
    assert back.documents["respondent"].tolist() == ["P1"]
    memo = back.memos.iloc[0]
    assert (memo["about"], memo["target"], memo["text"]) == ("respondent", "P1", "teksti")
    assert back.sets["member"].tolist() == ["i1"]
    again, _, _ = read_refi_project(write_refi_project(tmp_path / "q.qdpx", back))
    assert again.respondents.equals(back.respondents)
    assert again.extras.attributes[variable] == {"name": "kind"}


def test_a_case_that_is_a_code_tells_who_speaks(tmp_path: Path) -> None:
    # NVivo: what a case says is coded with a code of the same GUID
    raw = "\n".join(LINES)
    case = f'<Cases><Case guid="{CODE}" name="P7"><Description>rivi</Description></Case></Cases>'
    whole = project(text_source(selection(1, 0, len(raw)))).replace(
        b"<Sources>", case.encode() + b"<Sources>"
    )
    members = {"project.qde": whole, f"sources/{DOCUMENT}.txt": raw.encode()}
    back, _, _ = read_refi_project(archive(tmp_path / "p.qdpx", members))
    assert back.documents["respondent"].tolist() == ["P7"]
    assert back.codings["code"].tolist() == ["odotus"]
    path = write_refi_project(tmp_path / "q.qdpx", back)
    with zipfile.ZipFile(path) as made:
        xml = made.read("project.qde").decode()
    assert f'<Case guid="{CODE}"' in xml
    assert f'<Code guid="{CODE}"' in xml
    assert xml.count("<Description>rivi</Description>") == 1


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"a.txt": b"x"}, "no single"),
        ({"a.qde": b"<Project/>", "b.qde": b"<Project/>"}, "no single"),
        ({"a.qde": b"<CodeBook/>"}, "not a REFI-QDA project"),
        ({"a.qde": b"<Project>"}, "broken"),
        ({"a.qde": b'<!DOCTYPE x [<!ENTITY e "x">]><Project>&e;</Project>'}, "declares"),
        ({"a.qde": b"<Project>" + b"<a>" * 100 + b"</a>" * 100 + b"</Project>"}, "too deeply"),
        ({"../a.qde": b"<Project/>"}, "leaves the archive"),
    ],
)
def test_what_is_no_project_is_refused(
    tmp_path: Path, members: dict[str, bytes], what: str
) -> None:
    with pytest.raises(ImportRefusedError, match=what):
        read_refi_project(archive(tmp_path / "p.qdpx", members))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.qdpx").write_bytes(io.BytesIO(b"not a zip").getvalue())
    with pytest.raises(ImportRefusedError):
        read_refi_project(tmp_path / "p.qdpx")
