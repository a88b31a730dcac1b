"""What goes out to .qdpx comes back: texts, places, codes, coders, facets, memos, attributes."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxresearch.exchange.refi_project import RefiProject
from cxresearch.exchange.refi_read import read_refi_project
from cxresearch.exchange.refi_text import move_text
from cxresearch.exchange.refi_write import write_refi_project
from cxresearch.model import (
    Code,
    Codebook,
    DriftError,
    FrameError,
    SettingsError,
    Words,
    check_frame,
)

SCHEMA = Path(__file__).parents[3] / "shared" / "refi-qda" / "Project.xsd"
FACETS = ["phase", "stage", "touchpoint", "valence", "origin", "important"]
TEXT = "H: Moi 😀\nV: Odotin é 👨\u200d👩\u200d👧 pitkään & <kauan>.\nLoppu öö"

PIECES = [
    "a", "ö", " ", "\n", "\r\n", "\r", "😀", "e\u0301", "\u0301", "👨\u200d👩\u200d👧", "&<\"'>",
    "\u212b", "\u0958", "\t", "\x0b", "\u2028", "sana ", "Å",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)
line = st.text("abcåäö -:&<\"'😀", min_size=1, max_size=8).map(str.strip).filter(bool)
lines = st.lists(line, max_size=3).map("\n".join)
codes = st.lists(
    st.tuples(
        st.sampled_from(["theme", "pain", "value"]),
        st.dictionaries(st.sampled_from(["fi", "en", "sv"]), line, min_size=1),
        st.integers(-1, 4),
        lines,
        lines,
        st.sampled_from([None, "#E69F00", "#abc"]),
        st.sampled_from([None, -2, 0, 2]),
    ),
    min_size=1,
    max_size=6,
)


def _codebook(drawn: list[tuple[Any, ...]]) -> Codebook:
    """Codes in the order of the tree, as a file holds them."""
    made: dict[str, Code] = {}
    for i, (kind, names, above, definition, include, colour, valence) in enumerate(drawn):
        parent = f"k{above % i}" if i and above >= 0 else None
        made[f"k{i}"] = Code(
            f"k{i}", kind, Words({k: " ".join(v.split()) for k, v in names.items()}), parent=parent,
            definition=definition, include=include, colour=colour, valence=valence,
            terms={"fi": ("jono*", "odottaa pitkään")} if valence == 0 else {},
        )  # fmt: skip
    flat = Codebook(tuple(made.values()))
    order = [c for top in flat.children(None) for c in flat.below(top.code)]
    return Codebook(tuple(made[c] for c in order))


@st.composite
def projects(draw: Any) -> RefiProject:
    raw = draw(st.lists(texts, min_size=1, max_size=3))
    codebook = _codebook(draw(codes))
    rows = []
    for i in range(draw(st.integers(0, 8))):
        d = draw(st.integers(0, len(raw) - 1))
        start = draw(st.integers(0, len(raw[d]) - 1))
        end = draw(st.integers(start + 1, len(raw[d])))
        rows.append(
            {
                "coding": f"c{i}",
                "document": f"d{d}",
                "start": start,
                "end": end,
                "quote": raw[d][start:end],
                "code": draw(st.sampled_from([c.code for c in codebook])),
                "coder": draw(st.sampled_from(["anna", "bert"])),
                "origin": draw(st.sampled_from(["human", "human", "suggested", "consensus"])),
                "phase": draw(st.sampled_from([None, "purchase", "use"])),
                "touchpoint": draw(st.sampled_from([None, None, "shop"])),
                "valence": draw(st.sampled_from([None, -2, 1])),
                "important": draw(st.booleans()),
                "memo": draw(st.sampled_from([None, "muistio\n😀", "toinen & <muu>"])),
                "coded_at": draw(st.sampled_from([pd.NaT, pd.Timestamp("2026-03-01 10:00:00.5")])),
            }
        )
    columns = [
        "coding", "document", "start", "end", "quote", "code", "coder", "origin", "phase",
        "touchpoint", "valence", "important", "memo", "coded_at",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.astype({"start": "int64", "end": "int64", "valence": "Int64", "important": bool})
    frame["coded_at"] = pd.to_datetime(frame["coded_at"])
    people = pd.DataFrame(
        {
            "respondent": ["P1", "P2"],
            "kind": ["customer", "machine"],
            "age": pd.Series([draw(st.integers(-(2**40), 2**40)), None], dtype="Int64"),
            "score": [draw(st.floats(allow_nan=False, allow_infinity=False)), None],
            "since": pd.to_datetime(["2026-01-02", None]),
            "city": [draw(line), None],
        }
    )
    memos = pd.DataFrame(
        [(about, target, "cecilia", draw(texts)) for about, target in draw(st.lists(st.sampled_from(
            [("study", ""), ("document", "d0"), ("code", "k0"), ("respondent", "P1")]
        ), max_size=4))],
        columns=["about", "target", "coder", "text"],
    )  # fmt: skip
    documents = pd.DataFrame(
        {
            "document": [f"d{i}" for i in range(len(raw))],
            "kind": "diary",
            "text": raw,
            "respondent": ["P1", *[None] * (len(raw) - 1)],
            "city": [draw(line)] * len(raw),
        }
    )
    sets = pd.DataFrame({"set": ["S", "S"], "about": ["code", "document"], "member": ["k0", "d0"]})
    return RefiProject(
        "Koe", documents, codebook, frame, coders=("zoe",), memos=memos, respondents=people,
        sets=sets, description=draw(lines), created_at=pd.Timestamp("2026-02-03 04:05:06"),
    )  # fmt: skip


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, check_dtype=True)


def facts(codings: pd.DataFrame, documents: pd.DataFrame) -> list[tuple[Any, ...]]:
    """What a coding says, with its place in the stored text, in an order of its own."""
    made = []
    raw = dict(zip(documents["document"], documents["text"], strict=True))
    for row in codings.to_dict("records"):
        moved = move_text(raw[row["document"]])
        place = pd.Series([row["start"], row["end"]]).to_numpy()
        start = int(moved.move(place[:1], is_end=False)[0])
        end = int(moved.move(place[1:], is_end=True)[0])
        rest = [row.get(n) for n in ("code", "coder", *FACETS, "memo", "coded_at")]
        known = tuple(None if v is None or pd.isna(v) else v for v in rest)
        made.append((row["document"], start, end, moved.text[start:end], *known))
    return sorted(made, key=repr)


@pytest.mark.parametrize("profile", ["peers", "nvivo"])
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a project takes minutes
)
@given(project=projects())
def test_out_and_back_twice_gives_equal_projects(project: RefiProject, profile: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second, third = (Path(folder) / f"{i}.qdpx" for i in range(3))
        write_refi_project(first, project, profile=profile)
        if SCHEMA.exists():
            assert_valid(first)
        back, _, failures = read_refi_project(first)
        assert failures.empty
        assert facts(back.codings, back.documents) == facts(project.codings, project.documents)
        assert back.documents["text"].tolist() == [
            move_text(t).text for t in project.documents["text"]
        ]
        assert back.codebook == project.codebook
        assert set(back.coders) >= {"zoe", *project.codings["coder"], *project.memos["coder"]}
        columns = ["respondent", "kind", "age", "score", "since", "city"]
        people = [
            frame[columns].astype({"since": "datetime64[ns]"})
            for frame in (back.respondents, project.respondents)
        ]
        pd.testing.assert_frame_equal(*people, check_dtype=False)
        spoken = [d["respondent"].fillna("").tolist() for d in (back.documents, project.documents)]
        assert spoken[0] == spoken[1]
        assert back.documents["city"].tolist() == project.documents["city"].tolist()
        assert set(back.documents["kind"]) == {"diary"}
        told = zip(back.memos["about"], back.memos["target"], back.memos["text"], strict=True)
        assert sorted(told) == sorted(
            (m.about, m.target, move_text(m.text).text) for m in project.memos.itertuples()
        )
        assert back.description == project.description
        assert back.created_at == project.created_at
        write_refi_project(second, back, profile=profile)
        again, _, failures = read_refi_project(second)
        assert failures.empty
        for name in ("documents", "codings", "memos", "respondents", "sets"):
            same(getattr(back, name), getattr(again, name))
        same(back.extras.selections, again.extras.selections)
        for name in ("guids", "children", "attributes", "sources", "files", "not_codable"):
            assert getattr(back.extras, name) == getattr(again.extras, name), name
        assert (back.coders, back.codebook) == (again.coders, again.codebook)
        write_refi_project(third, again, profile=profile)
        assert second.read_bytes() == third.read_bytes()


def assert_valid(path: Path) -> None:
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    with zipfile.ZipFile(path) as archive:
        tree = etree.fromstring(archive.read("project.qde"))
    assert schema.validate(tree), schema.error_log


def small() -> RefiProject:
    """Two coders on one place, one of them with two codes."""
    rows = [
        ("c1", "Odotin", "wait", "anna", "purchase", -1),
        ("c2", "Odotin", "help", "anna", "purchase", -1),
        ("c3", "Odotin", "wait", "bert", "use", None),
        ("c4", "👨\u200d👩\u200d👧 pitkään", "sub", "bert", None, None),
    ]
    codings = pd.DataFrame(
        [
            {"coding": c, "document": "i1", "start": TEXT.index(q), "end": TEXT.index(q) + len(q),
             "quote": q, "code": k, "coder": who, "origin": "human", "phase": p, "valence": v}
            for c, q, k, who, p, v in rows
        ]
    )  # fmt: skip
    codings["valence"] = codings["valence"].astype("Int64")
    codebook = Codebook(
        (
            Code("wait", "pain", Words(fi="Odotus", en="Waiting"), definition="Jonot"),
            Code("sub", "theme", Words(fi="Ala"), parent="wait"),
            Code("help", "delight", Words(en="Waiting")),
        )
    )
    documents = pd.DataFrame({"document": ["i1"], "kind": ["interview"], "text": [TEXT]})
    return RefiProject("Koe", documents, codebook, codings)


def _xml(path: Path) -> Any:
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("project.qde"))


SPACE = "{urn:QDA-XML:project:1.0}"


def test_the_profile_that_peers_read(tmp_path: Path) -> None:
    path = write_refi_project(tmp_path / "p.qdpx", small())
    root = _xml(path)
    selections = root.findall(f".//{SPACE}PlainTextSelection")
    # one selection a place and coder; its name is the words; places are code points, end exclusive
    assert len(selections) == 3
    for node in selections:
        start, end = int(node.get("startPosition")), int(node.get("endPosition"))
        assert TEXT[start:end] == node.get("name")
        assert {c.get("creatingUser") for c in node.findall(f"{SPACE}Coding")} == {
            node.get("creatingUser")
        }
    names = [n.get("name") for n in root.iter(f"{SPACE}Code")]
    assert len(names) == len({n.casefold() for n in names})
    carried = {r.get("targetGUID") for r in root.iter(f"{SPACE}CodeRef")}
    codable = {n.get("guid") for n in root.iter(f"{SPACE}Code") if n.get("isCodable") == "true"}
    assert carried <= codable
    for node in root.iter():
        assert node.get("guid", "") == node.get("guid", "").lower()
        if node.tag.endswith(("Selection", "Source", "Coding", "Note", "}Project")):
            assert node.get("creationDateTime"), node.tag
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist())[0] == "project.qde"
        text = next(n for n in archive.namelist() if n.endswith(".txt"))
        assert text.startswith("sources/")
        assert archive.read(text) == TEXT.encode()
    assert root.get("origin") == "cxresearch"
    assert root.find(f".//{SPACE}PlainTextContent") is None


def test_the_nvivo_profile(tmp_path: Path) -> None:
    path = write_refi_project(tmp_path / "p.qdpx", small(), profile="nvivo")
    with zipfile.ZipFile(path) as archive:
        content = archive.read(next(n for n in archive.namelist() if n.endswith(".txt")))
    assert content.startswith(b"\xef\xbb\xbf")
    wide = content.decode("utf-8-sig").encode("utf-16-le")
    for node in _xml(path).iter(f"{SPACE}PlainTextSelection"):
        start, end = int(node.get("startPosition")), int(node.get("endPosition"))
        assert wide[2 * start : 2 * end].decode("utf-16-le") == node.get("name")


def test_guids_stay_the_same_and_differ_between_studies(tmp_path: Path) -> None:
    from dataclasses import replace

    one = write_refi_project(tmp_path / "1.qdpx", small())
    two = write_refi_project(tmp_path / "2.qdpx", small())
    assert one.read_bytes() == two.read_bytes()
    other = write_refi_project(tmp_path / "3.qdpx", replace(small(), name="Muu"))
    guids = [{n.get("guid") for n in _xml(p).iter() if n.get("guid")} for p in (one, other)]
    assert not guids[0] & guids[1]


def test_read_tables_keep_their_contracts(tmp_path: Path) -> None:
    project, evidence, _ = read_refi_project(write_refi_project(tmp_path / "p.qdpx", small()))
    check_frame(project.codings, "codings")
    check_frame(project.documents, "documents")
    assert evidence.table["names_fit"].tolist() == [3]
    assert "100 %" in evidence.sentence("fi").replace("\xa0", " ")


def test_facets_parted_from_their_codes_come_together_again(tmp_path: Path) -> None:
    # QualCoder writes one selection for each code: the facet of a place and coder must still be it
    path = write_refi_project(tmp_path / "p.qdpx", small())
    root = _xml(path)
    for source in root.iter(f"{SPACE}TextSource"):
        for node in list(source.iter(f"{SPACE}PlainTextSelection")):
            for i, coding in enumerate(node.findall(f"{SPACE}Coding")[1:]):
                apart = source.makeelement(node.tag, dict(node.attrib))
                apart.set("guid", f"00000000-0000-0000-0000-{i:06d}{node.get('guid')[:6]}")
                apart.append(coding)
                source.insert(1, apart)
    _replace_project(path, root)
    back, _, failures = read_refi_project(path)
    assert failures.empty
    assert len(back.codings) == 4
    by = {(r.code, r.coder): (r.phase, r.valence) for r in back.codings.itertuples()}
    assert by["wait", "anna"] == by["help", "anna"] == ("purchase", -1)
    assert by["wait", "bert"][0] == "use"


def _replace_project(path: Path, root: Any) -> None:
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    members["project.qde"] = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_a_code_renamed_elsewhere_keeps_its_id(tmp_path: Path) -> None:
    path = write_refi_project(tmp_path / "p.qdpx", small())
    root = _xml(path)
    next(n for n in root.iter(f"{SPACE}Code") if n.get("name") == "Waiting").set("name", "Queues")
    _replace_project(path, root)
    back, _, _ = read_refi_project(path)
    assert back.codebook["wait"].name.to("en") == "Queues"
    assert back.codebook["wait"].kind == "pain"


def test_a_quote_that_is_not_at_its_place_is_not_written(tmp_path: Path) -> None:
    project = small()
    project.codings.loc[0, "quote"] = "muuta"
    with pytest.raises(DriftError):
        write_refi_project(tmp_path / "p.qdpx", project)
    assert list(tmp_path.iterdir()) == []


def test_a_coding_of_an_unknown_code_is_refused(tmp_path: Path) -> None:
    project = small()
    project.codings.loc[0, "code"] = "ghost"
    with pytest.raises(FrameError, match="ghost"):
        write_refi_project(tmp_path / "p.qdpx", project)


def test_an_unknown_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="profile"):
        write_refi_project(tmp_path / "p.qdpx", small(), profile="maxqda")
