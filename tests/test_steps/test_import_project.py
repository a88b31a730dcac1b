"""Projects of other programs come into a study in one act, and leave it with all they brought."""

import json
import sqlite3
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from cxresearch import open_study
from cxresearch.cli import main
from cxresearch.exchange import RefiProject, read_refi_project, write_refi_project
from cxresearch.model import Code, Codebook, ImportRefusedError, Words
from cxresearch.steps import export, import_project
from cxresearch.study import foreign_tables, history, undo

TEXT = "H: Moi 😀, mitä kuuluu?\nV: Odotin pitkään ja hinta nousi.\n"


def refi(path, *, phase="use"):
    rows = [
        {"coding": f"{i:08d}-0000-4000-8000-000000000000", "document": "i9",
         "start": TEXT.index(q), "end": TEXT.index(q) + len(q), "quote": q, "code": code,
         "coder": coder, "origin": "human", "phase": phase, "valence": -1, "memo": memo}
        for i, (q, code, coder, memo) in enumerate(
            [("Odotin", "jono", "anna", "muistio"), ("Odotin", "jono", "bert", None),
             ("hinta", "hinta", "anna", None)]
        )
    ]  # fmt: skip
    project = RefiProject(
        "Other",
        pd.DataFrame({"document": ["i9"], "kind": ["interview"], "text": [TEXT],
                      "respondent": ["P9"]}),
        Codebook(
            (
                Code("jono", "pain", Words(fi="Odottaminen")),
                Code("hinta", "theme", Words(fi="Hinta"), parent="jono", definition="Kaikki."),
            )
        ),
        pd.DataFrame(rows),
        memos=pd.DataFrame({"about": ["document", "study"], "target": ["i9", ""],
                            "coder": ["anna", "anna"], "text": ["doc", "päiväkirja"]}),
        respondents=pd.DataFrame({"respondent": ["P9"], "kind": ["partner"], "ala": ["hoiva"]}),
        sets=pd.DataFrame({"set": ["S"], "about": ["document"], "member": ["i9"]}),
    )  # fmt: skip
    return write_refi_project(path, project)


GRAPH = (
    '<Graphs><Graph guid="11111111-1111-4111-8111-111111111111" name="Kartta"><Vertex '
    'guid="22222222-2222-4222-8222-222222222222" firstX="1" firstY="2" name="v"/></Graph></Graphs>'
)
PICTURE = (
    '<PictureSource guid="33333333-3333-4333-8333-333333333333" name="kuva" '
    'path="internal://33333333-3333-4333-8333-333333333333.png"/>'
)


def with_foreign_things(path):
    """The project with a graph and a picture that cxresearch does not model."""
    with zipfile.ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    xml = members["project.qde"].decode()
    xml = xml.replace("</Sources>", PICTURE + "</Sources>").replace("</Sets>", "</Sets>" + GRAPH)
    members["project.qde"] = xml.encode()
    members["sources/33333333-3333-4333-8333-333333333333.png"] = b"\x89PNG picture"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_project_comes_in_with_one_act_and_goes_with_one_undo(small_study, tmp_path):
    path = refi(tmp_path / "p.qdpx")
    with open_study(small_study, coder="pirjo") as study:
        before = len(study.codebook()), len(study.documents())
        report = import_project(study, path)
        assert "100%" in report.lines[0]
        codings = study.codings()
        # the code that has the same name here is that code; the other is new, below it
        assert codings["code"].tolist() == ["waiting", "waiting", "hinta"]
        assert study.codebook().set_index("code").loc["hinta", "parent"] == "waiting"
        assert codings["coder"].tolist() == ["anna", "bert", "anna"]
        assert codings["phase"].tolist() == ["use"] * 3
        assert codings["memo"].tolist()[0] == "muistio"
        assert study.turns("i9")["role"].tolist() == ["interviewer", "customer"]
        person = study.respondents().set_index("respondent").loc["P9"]
        assert (person["kind"], person["ala"]) == ("partner", "hoiva")
        assert history(study)["act"].tolist().count("import_project") == 1
        again = import_project(study, path)
        assert "0 new coding" in again.lines[-2] or "0 new coding" in again.lines[-1]
        undo(study, lane="import")
        assert (len(study.codebook()), len(study.documents())) == before
        assert len(study.codings()) == 0


def test_what_is_not_modelled_comes_back_unchanged_and_the_second_trip_is_lossless(
    small_study, tmp_path
):
    first = with_foreign_things(refi(tmp_path / "p.qdpx", phase="unheard_of"))
    with open_study(small_study, coder="pirjo") as study:
        report = import_project(study, first)
        assert any("kept aside" in found for found in report.table["found"])
        assert study.codings()["phase"].isna().all()
        export(study, "qdpx", tmp_path / "out.qdpx")
    with zipfile.ZipFile(tmp_path / "out.qdpx") as archive:
        xml = archive.read("project.qde").decode()
        assert 'name="Kartta"' in xml
        assert 'name="kuva"' in xml
        picture = archive.read("sources/33333333-3333-4333-8333-333333333333.png")
        assert picture == b"\x89PNG picture"
    back, evidence, _ = read_refi_project(tmp_path / "out.qdpx")
    came, _, _ = read_refi_project(first)
    assert evidence.table["share"].iloc[0] == 1
    for name in ("start", "end", "coder", "quote", "phase", "selection", "coding"):
        assert back.codings[name].tolist() == came.codings[name].tolist(), name
    assert back.sets["member"].tolist() == ["i9"]
    assert set(came.memos["memo"]) == set(back.memos["memo"])
    # into another study and out again: the same bytes
    other = tmp_path / "other"
    other.mkdir()
    for name in ("study.toml", "codebook.toml"):
        (other / name).write_bytes((small_study / name).read_bytes())
    with open_study(other, coder="x") as study:
        import_project(study, tmp_path / "out.qdpx")
        export(study, "qdpx", tmp_path / "out2.qdpx")
    assert (tmp_path / "out2.qdpx").read_bytes() == (tmp_path / "out.qdpx").read_bytes()


def test_what_was_kept_goes_when_its_document_is_erased(small_study, tmp_path):
    from cxresearch.study import act, foreign_parts

    with open_study(small_study, coder="pirjo") as study:
        import_project(study, with_foreign_things(refi(tmp_path / "p.qdpx")))
        parts = foreign_parts(study)
        assert parts["document"].notna().any()
        act(study, "erase_document", document="i9")
        left = foreign_parts(study)
        assert left["document"].isna().all()
        assert not any("Odotin" in value for value in left["value"])
        export(study, "qdpx", tmp_path / "left.qdpx")


CONTENTS = "<p>Moi 😀 ääkköset &amp; muu</p><p>Toinen <b>kappale</b> hinnasta.</p>"
WORDS = "Moi 😀 ääkköset & muuToinen kappale hinnasta."


def taguette(path, *, highlights=(("ääkköset", 1), ("kappale hinnasta", 2), ("muuToinen", 1))):
    """A database with the tables and the counting of Taguette: UTF-8 bytes of the words alone."""
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT, description TEXT, created TEXT);
        CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, description TEXT, filename TEXT,
          created TEXT, project_id INTEGER, text_direction TEXT, contents TEXT);
        CREATE TABLE highlights (id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER,
          end_offset INTEGER, snippet TEXT);
        CREATE TABLE tags (id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT, description TEXT);
        CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);
        CREATE TABLE commands (id INTEGER PRIMARY KEY, date TEXT, user_login TEXT,
          project_id INTEGER, document_id INTEGER, payload TEXT);
    """)
    connection.execute("INSERT INTO projects VALUES (1, 'Tutkimus', '', '2026-01-01')")
    connection.execute(
        "INSERT INTO documents VALUES (1, 'haastattelu.txt', '', '', '', 1, 'LEFT_TO_RIGHT', ?)",
        (CONTENTS,),
    )
    connection.executemany(
        "INSERT INTO tags VALUES (?, 1, ?, ?)",
        [(1, "Ennen ostoa", "ennen"), (2, "Ennen ostoa.Vertailu", "")],
    )
    for number, (words, tag) in enumerate(highlights, start=1):
        at = WORDS.index(words)
        start = len(WORDS[:at].encode())
        place = (number, 1, start, start + len(words.encode()), words)
        connection.execute("INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", place)
        connection.execute("INSERT INTO highlight_tags VALUES (?, ?)", (number, tag))
        payload = json.dumps({"type": "highlight_add", "highlight_id": number})
        row = ("2026-02-03 10:00:00", "maija", payload)
        connection.execute(
            "INSERT INTO commands (date, user_login, project_id, payload) VALUES (?, ?, 1, ?)", row
        )
    connection.commit()
    connection.close()
    return path


def test_taguettes_database_with_bytes_as_places(small_study, tmp_path):
    with open_study(small_study, coder="pirjo") as study:
        report = import_project(study, taguette(tmp_path / "t.sqlite3"))
        text = study.documents().set_index("document").loc["haastattelu", "text"]
        assert text == "Moi 😀 ääkköset & muu\nToinen kappale hinnasta.\n"
        codings = study.codings().sort_values("start")
        assert codings["quote"].tolist() == ["ääkköset", "muu\nToinen", "kappale hinnasta"]
        assert set(codings["coder"]) == {"maija"}
        codes = study.codebook().set_index("code")
        assert codes.loc["ennen_ostoa_vertailu", "parent"] == "ennen_ostoa"
        assert codes.loc["ennen_ostoa", "definition"] == "ennen"
        assert report.lines[0] == "Read as a project of Taguette."


def qualcoder(folder):
    folder.mkdir()
    connection = sqlite3.connect(folder / "data.qda")
    connection.executescript("""
        CREATE TABLE project (memo TEXT);
        CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT, mediapath TEXT,
          memo TEXT, owner TEXT, date TEXT);
        CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER,
          owner TEXT, date TEXT, color TEXT);
        CREATE TABLE code_cat (catid INTEGER PRIMARY KEY, name TEXT, owner TEXT, date TEXT,
          memo TEXT, supercatid INTEGER);
        CREATE TABLE code_text (cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER, pos1 INTEGER,
          owner TEXT, date TEXT, memo TEXT, avid INTEGER, important INTEGER);
        CREATE TABLE cases (caseid INTEGER PRIMARY KEY, name TEXT, memo TEXT);
        CREATE TABLE case_text (caseid INTEGER, fid INTEGER, pos0 INTEGER, pos1 INTEGER);
        CREATE TABLE attribute_type (name TEXT, caseOrFile TEXT, valuetype TEXT);
        CREATE TABLE attribute (name TEXT, attr_type TEXT, value TEXT, id INTEGER);
        CREATE TABLE journal (jid INTEGER, name TEXT, jentry TEXT, date TEXT, owner TEXT);
        INSERT INTO code_cat VALUES (1, 'Kipupisteet', 'a', '', '', NULL);
        INSERT INTO code_name VALUES (1, 'Jono', 'odotusta', 1, 'a', '', '#E69F00');
        INSERT INTO cases VALUES (1, 'Asiakas 1', '');
        INSERT INTO case_text VALUES (1, 1, 0, 10);
        INSERT INTO attribute_type VALUES ('ikä', 'case', 'numeric');
        INSERT INTO attribute VALUES ('ikä', 'case', '44', 1);
        INSERT INTO journal VALUES (1, 'Päivä 1', 'Mietin.', '', 'anna');
        INSERT INTO source VALUES (2, 'kuva.png', NULL, '/images/kuva.png', '', 'a', '');
    """)
    connection.execute(
        "INSERT INTO source VALUES (1, 'h1.txt', ?, NULL, 'hyvä', 'anna', '')", (TEXT,)
    )
    for quote, owner in (("Odotin", "anna"), ("hinta", "bert")):
        at = TEXT.index(quote)
        connection.execute(
            "INSERT INTO code_text VALUES (1, 1, ?, ?, ?, ?, '2026-01-02 10:00:00', 'm', NULL, 1)",
            (quote, at, at + len(quote), owner),
        )
    connection.execute("INSERT INTO code_text VALUES (1, 1, 'x', 900, 901, 'a', '', '', NULL, 0)")
    connection.commit()
    connection.close()
    return folder


def test_qualcoders_folder_with_cases_and_places_outside_told(small_study, tmp_path):
    folder = qualcoder(tmp_path / "p.qda")
    before = sorted(p.name for p in folder.iterdir())
    result = CliRunner().invoke(
        main, ["import-project", str(folder), str(small_study)], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert "2 new coding(s) of 2 coder(s)" in result.output
    assert "outside its text" in result.output
    # read only: not even a journal is left beside it
    assert sorted(p.name for p in folder.iterdir()) == before
    with open_study(small_study) as study:
        codings = study.codings()
        assert codings["quote"].tolist() == ["Odotin", "hinta"]
        assert codings["important"].tolist() == [True, True]
        codes = study.codebook().set_index("code")
        assert codes.loc["jono", ["parent", "colour"]].tolist() == ["kipupisteet", "#E69F00"]
        person = study.respondents().set_index("respondent").loc["Asiakas 1"]
        assert person["ikä"] == 44
        assert study.documents().set_index("document").loc["h1", "respondent"] == "Asiakas 1"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p.write_bytes(b"not a database"), "no SQLite database"),
        (lambda p: sqlite3.connect(p).execute("CREATE TABLE x (a)").close(), "not known"),
        (
            lambda p: taguette(p) and sqlite3.connect(p).executescript(
                "ALTER TABLE tags RENAME TO t; CREATE VIEW tags AS WITH RECURSIVE n(i) AS (SELECT 1"
                " UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS path, 1 AS project_id FROM n;"
            ).connection.close(),
            "not known",
        ),
        (
            lambda p: taguette(p) and sqlite3.connect(p).executescript(
                "INSERT INTO projects VALUES (2, 'b', '', '');"
            ).connection.close(),
            "no single Taguette project",
        ),
        (
            lambda p: taguette(p) and sqlite3.connect(p).executescript(
                "UPDATE highlights SET start_offset = 'x';"
            ).connection.close(),
            "cells that can't be used",
        ),
    ],
)  # fmt: skip
def test_hostile_and_foreign_databases_are_refused_and_nothing_changes(
    small_study, tmp_path, make, words
):
    path = tmp_path / "t.sqlite3"
    make(path)
    with open_study(small_study) as study:
        before = len(history(study))
        with pytest.raises(ImportRefusedError, match=words):
            import_project(study, path)
        assert len(history(study)) == before


def test_a_question_that_never_ends_is_stopped(tmp_path):
    path = taguette(tmp_path / "t.sqlite3")
    connection = sqlite3.connect(path)
    rows = ((n, 1, 0, 1, "x") for n in range(10, 60_000))
    connection.executemany("INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    with pytest.raises(ImportRefusedError, match="can't be read"):
        foreign_tables(path, seconds=-1)


def test_a_study_may_begin_with_another_programs_project(tmp_path, monkeypatch):
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    refi(desk / "p.qdpx", phase="purchase")
    for words in (
        ["init", "p.qdpx"],
        ["import-project", "p.qdpx"],
        ["import"],
        ["code"],
        ["status"],
    ):
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        assert result.exit_code == 0, (words, result.output)
    with open_study(desk) as study:
        assert study.codings("human")["quote"].tolist() == ["Odotin", "Odotin", "hinta"]
        assert study.codings("human")["phase"].tolist() == ["purchase"] * 3
