"""Transcripts as PDF, web page, ELAN, table and zip; front matter; SPSS files."""

import time
import zipfile

import pandas as pd
import pyreadstat
import pytest

from cxresearch.exchange import (
    front_matter_of,
    inspect_sources,
    people_of_front_matter,
    read_document,
    read_table,
    study_toml,
)
from cxresearch.model import ImportRefusedError


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def said(document, turns):
    return [document.text[a:b] for a, b in zip(turns["start"], turns["end"], strict=True)]


def pdf(pages, *, extra=""):
    """A small PDF: one text object a line, Latin-1 in a standard font."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for lines in pages:
        shown = "".join(
            f"1 0 0 1 50 {780 - 20 * n} Tm ({line}) Tj\n" for n, line in enumerate(lines)
        )
        stream = f"BT /F1 12 Tf {shown} ET"
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 << "
            "/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> "
            f"/Contents {number + 1} 0 R >>",
            f"<< /Length {len(stream.encode('latin-1'))} >>\nstream\n{stream}\nendstream",
        ]
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return made + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size "
        f"{len(objects) + 1} /Root 1 0 R {extra}>>\nstartxref\n{len(made)}\n%%EOF\n"
    ).encode("latin-1")


def test_pdf_lines_are_joined_and_page_numbers_left_out(tmp_path):
    pages = [
        ["Haastattelu 4", "H: Miten asennus", "sujui ja mitä jäi kes-", "ken?", "V: Hyvin.", number]
        for number in ("1 / 3", "2 / 3", "3 / 3")
    ]
    path = tmp_path / "h.pdf"
    path.write_bytes(pdf(pages))
    document, turns, failures = read_document(path)
    assert said(document, turns)[:2] == ["Miten asennus sujui ja mitä jäi kesken?", "Hyvin."]
    assert len(turns) == 6
    assert turns["role"].tolist()[:2] == ["interviewer", "customer"]
    assert "left out" in failures["found"].iloc[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pdf([[""]]), "no text layer"),
        (b"%PDF-1.4\nrubbish", "can't be read"),
        (b"H: hei", "not a PDF"),
        (
            pdf([["x"]], extra="/Encrypt << /Filter /Standard /V 1 /R 2 /O ("
                + "a" * 32 + ") /U (" + "b" * 32 + ") /P -4 >> /ID [(a) (a)] "),
            "password",
        ),
    ],
)  # fmt: skip
def test_pdf_without_words_broken_or_locked_is_refused(tmp_path, content, words):
    path = tmp_path / "h.pdf"
    path.write_bytes(content)
    with pytest.raises(ImportRefusedError, match=words):
        read_document(path)


def test_a_web_page_shows_its_words_only(tmp_path):
    page = (
        "<html><head><meta charset='iso-8859-1'><title>ei tätä</title><style>p{}</style></head>"
        "<body><h1>Haastattelu</h1><script>alert('H: ei')</script>"
        "<p><b>H:</b> Mitä   tapahtui?<p><b>V:</b> Odotin &amp; soitin.<br>Kahdesti.</p>"
        "<p>H: Entä\n sitten?</p><p>V: Ei mitään.</body></html>"
    )
    document, turns, _ = read_document(write(tmp_path / "h.html", page, "cp1252"))
    assert said(document, turns) == [
        "Mitä tapahtui?", "Odotin & soitin.\nKahdesti.", "Entä sitten?", "Ei mitään.",
    ]  # fmt: skip
    assert "alert" not in document.text
    assert "ei tätä" not in document.text


EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+02:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/>
<TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="1500"/><TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="1600"/>
<TIME_SLOT TIME_SLOT_ID="t4"/><TIME_SLOT TIME_SLOT_ID="t5" TIME_VALUE="5000"/></TIME_ORDER>
<TIER TIER_ID="asker" PARTICIPANT="H"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1"
 TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>Mitä tapahtui?</ANNOTATION_VALUE>
</ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="V1"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="t3"
 TIME_SLOT_REF2="t4"><ANNOTATION_VALUE>Odotin.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>
</ANNOTATION><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="t4"
 TIME_SLOT_REF2="t5"><ANNOTATION_VALUE>Tunnin.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>
</ANNOTATION></TIER>
<TIER TIER_ID="V1-en" PARENT_REF="V1"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4"
 ANNOTATION_REF="a2"><ANNOTATION_VALUE>I waited</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
</TIER></ANNOTATION_DOCUMENT>"""


def test_elan_tiers_become_turns_in_time(tmp_path):
    document, turns, failures = read_document(write(tmp_path / "h.eaf", EAF))
    assert said(document, turns) == ["Mitä tapahtui?", "Odotin. Tunnin."]
    assert turns["speaker"].tolist() == ["H", "V1"]
    assert turns["seconds"].tolist() == [0, 1.6]
    assert turns["seconds_end"].tolist()[1] == 5
    assert "I waited" not in document.text
    assert "1 dependent tier(s); not read" in failures["found"].tolist()


def test_elan_words_below_an_empty_tier_are_read(tmp_path):
    empty = EAF.replace("Odotin.", "").replace("Tunnin.", "")
    document, turns, _ = read_document(write(tmp_path / "h.eaf", empty))
    assert said(document, turns)[1] == "I waited"
    assert turns["seconds"].tolist()[1] == 1.6
    with pytest.raises(ImportRefusedError, match="no words"):
        read_document(
            write(tmp_path / "e.eaf", empty.replace("I waited", "").replace("Mitä tapahtui?", ""))
        )
    bomb = EAF.replace(
        "<ANNOTATION_DOCUMENT", '<!DOCTYPE x [<!ENTITY a "b">]><ANNOTATION_DOCUMENT', 1
    )
    with pytest.raises(ImportRefusedError, match="document type"):
        read_document(write(tmp_path / "b.eaf", bomb))


def test_a_table_of_utterances_is_a_transcript(tmp_path):
    rows = (
        "alku;puhuja;teksti\n00:00:01;Haastattelija;Mitä tapahtui?\n00:00:04;V1;Odotin tunnin.\n"
        '9,5;;Sitten soitin.\n00:00:12;Haastattelija;Ja sitten?\n00:00:15;V1;"Ei; mitään."\n'
    )
    path = write(tmp_path / "h.csv", rows)
    document, turns, _ = read_document(path)
    assert said(document, turns) == [
        "Mitä tapahtui?", "Odotin tunnin. Sitten soitin.", "Ja sitten?", "Ei; mitään.",
    ]  # fmt: skip
    assert turns["seconds"].tolist() == [1, 4, 12, 15]
    guess = inspect_sources([path]).sources[0]
    assert (guess.kind, guess.roles["Haastattelija"]) == ("interview", "interviewer")
    without = write(tmp_path / "w.csv", "speaker,text\nA,yksi\nB,kaksi\nA,kolme\nB,neljä\n")
    assert read_document(without)[1]["seconds"].isna().all()
    with pytest.raises(ImportRefusedError, match="no column holds what was said"):
        read_document(write(tmp_path / "s.csv", "id,nps\n1,2\n2,3\n"))


def test_front_matter_says_who_speaks_and_is_no_text(tmp_path):
    text = (
        "---\ntitle: Toinen haastattelu\nrespondent: P7\nkind: partner\ntoimiala: hoiva\n"
        "email: kerttu@esimerkki.example\n---\n\nH: Mitä?\nV: Ei mitään.\nH: Entä?\nV: Joo.\n"
    )
    path = write(tmp_path / "h.md", text)
    document, turns, _ = read_document(path)
    assert document.text.startswith("H: Mitä?")
    assert document.title == "Toinen haastattelu"
    assert len(turns) == 4
    people, personal = people_of_front_matter({"h": front_matter_of(path)})
    row = people.iloc[0]
    assert (row["respondent"], row["kind"], row["toimiala"]) == ("P7", "partner", "hoiva")
    assert "email" not in people.columns
    assert personal["value"].tolist() == ["kerttu@esimerkki.example"]


@pytest.mark.parametrize("text", ["---\nh: hei\nv: moi\n---\n", "---\nH: hei\nV: moi\n", "H: a\n"])
def test_talk_under_a_rule_is_no_front_matter(tmp_path, text):
    assert front_matter_of(write(tmp_path / "h.txt", text)) == {}


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_a_zip_of_interviews_is_looked_into(tmp_path):
    talk = "H: Mitä?\nV: Odotin.\nH: Entä?\nV: Soitin.\n"
    path = zipped(tmp_path / "haastattelut.zip", {"a/h1.txt": talk, "h2.md": talk, "k.png": "x"})
    guess = inspect_sources([path]).sources[0]
    assert (guess.kind, guess.rows) == ("interview", 8)
    survey = {"t.csv": "id;nps;avoin\n" + "".join(f"{i};{i};ihan hyvä\n" for i in range(11))}
    with pytest.raises(ImportRefusedError, match="other files"):
        inspect_sources([zipped(tmp_path / "m.zip", {"h1.txt": talk} | survey)])


def test_lines_that_did_not_fit_are_shown_for_confirmation(tmp_path):
    talk = "H: Mitä?\nV: Odotin.\nH: Entä?\nSirkka: minä vastaan.\nV: Soitin.\nH: Joo.\nV: Niin.\n"
    draft = inspect_sources([write(tmp_path / "h.txt", talk)])
    text = study_toml(draft, root=tmp_path)
    assert "look like a turn but are of no known speaker: 4" in text
    assert "minä vastaan" not in text


@pytest.fixture
def sav(tmp_path):
    size = 30
    frame = pd.DataFrame(
        {
            "vastaaja": [f"v{n}" for n in range(size)],
            "q1": [float(n % 11) for n in range(size)],
            "q2": [float(n % 5 + 1) for n in range(size)],
            "ala": [float(n % 2 + 1) for n in range(size)],
            "avoin": ["Hyvä, mutta hidas ääkkönen"] * 12 + [""] * (size - 12),
        }
    )
    frame.loc[3, "q1"] = None
    words = ["Erittäin tyytymätön", "Tyytymätön", "Ei kumpikaan", "Tyytyväinen",
             "Erittäin tyytyväinen"]  # fmt: skip
    pyreadstat.write_sav(
        frame,
        tmp_path / "k.sav",
        column_labels={"q1": "Kuinka todennäköisesti suosittelisit meitä? (0-10)"},
        variable_value_labels={
            "q1": {0: "en lainkaan", 10: "ehdottomasti"},
            "q2": dict(enumerate(words, start=1)),
            "ala": {1: "hoiva", 2: "kauppa"},
        },
        variable_measure={"q1": "scale", "q2": "ordinal", "ala": "nominal"},
    )
    return tmp_path / "k.sav"


def test_spss_values_labels_and_questions(sav):
    table = read_table(sav)
    row = table.frame.iloc[4]
    # a scale with labels at its ends stays numbers, an ordered one tells both, a class its name
    assert row.tolist()[1:4] == ["4", "5 Erittäin tyytyväinen", "hoiva"]
    assert table.frame["q1"].iloc[3] == ""
    assert table.labels == {"q1": "Kuinka todennäköisesti suosittelisit meitä? (0-10)"}
    guesses = {c.column: c for c in inspect_sources([sav]).sources[0].columns}
    assert (guesses["q1"].role, guesses["q1"].metric) == ("question", "nps")
    assert (guesses["q2"].role, guesses["q2"].low, guesses["q2"].high) == ("question", 1, 5)
    assert guesses["avoin"].role == "comment"


@pytest.mark.parametrize(
    ("name", "packing", "mark", "kind"),
    [
        ("k.sav", {"row_compress": True}, b"$FL2", 1),  # a byte for a small number
        ("k.zsav", {"compress": True}, b"$FL3", 2),  # zlib, as SPSS 21 and later write
    ],
)
def test_packed_spss_files_read_as_the_plain_one(sav, tmp_path, name, packing, mark, kind):
    plain = read_table(sav)
    frame, about = pyreadstat.read_sav(str(sav))
    written = tmp_path / "packed" / name
    written.parent.mkdir()
    pyreadstat.write_sav(
        frame,
        written,
        column_labels=about.column_names_to_labels,
        variable_value_labels=about.variable_value_labels,
        variable_measure=about.variable_measure,
        **packing,
    )
    head = written.read_bytes()
    assert (head[:4], int.from_bytes(head[72:76], "little")) == (mark, kind)
    table = read_table(written)
    pd.testing.assert_frame_equal(table.frame, plain.frame)
    assert table.labels == plain.labels


@pytest.mark.parametrize("measure", ["nominal", "unknown"])
def test_spss_file_as_limesurvey_names_its_variables(tmp_path, measure):
    # brackets become underscores; the option stands before the question in the variable's label
    size = 24
    ticks = {
        "Q2_SQ001": [float(n % 3 > 0) for n in range(size)],
        "Q2_SQ002": [float(n % 2) for n in range(size)],
    }
    marks = {name: [float(n * k % 5 + 1) for n in range(size)]
             for k, name in enumerate(("Q3_SQ001", "Q3_SQ002"), start=1)}  # fmt: skip
    pyreadstat.write_sav(
        pd.DataFrame({"id": [float(n + 1) for n in range(size)], **ticks, **marks}),
        tmp_path / "lime.zsav",
        compress=True,
        column_labels={"Q2_SQ001": "[Puhelin] Kanavat", "Q2_SQ002": "[Chat] Kanavat",
                       "Q3_SQ001": "[Tuki] Arvioi", "Q3_SQ002": "[Laskutus] Arvioi"},
        variable_value_labels={name: {1: "Yes", 0: "Not Selected"} for name in ticks},
        variable_measure=dict.fromkeys(ticks, measure),
    )  # fmt: skip
    assert read_table(tmp_path / "lime.zsav").frame["Q2_SQ002"].tolist()[:2] == [
        "Not Selected",
        "Yes",
    ]
    guesses = inspect_sources([tmp_path / "lime.zsav"]).sources[0].columns
    assert [g.role for g in guesses] == ["response", "multi_choice", "question", "question"]
    assert (guesses[1].options, guesses[1].text) == (("Q2_SQ001", "Q2_SQ002"), "Kanavat")


def test_a_damaged_spss_file_is_refused(sav, tmp_path):
    content = sav.read_bytes()
    (tmp_path / "d.sav").write_bytes(content[: len(content) // 3])
    with pytest.raises(ImportRefusedError, match="SPSS"):
        read_table(tmp_path / "d.sav")
    # a header that promises a billion rows would take the memory for them
    (tmp_path / "m.sav").write_bytes(content[:80] + b"\xff\xff\xff\x3f" + content[84:])
    with pytest.raises(ImportRefusedError, match="shorter than it says"):
        read_table(tmp_path / "m.sav")


ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def test_texts_nested_without_end_are_refused(tmp_path):
    nested = "<text:span>" * 5000 + "x" + "</text:span>" * 5000
    content = (
        f"<office:document-content {ODF}><office:body><office:text><text:p>{nested}</text:p>"
        "</office:text></office:body></office:document-content>"
    )
    with pytest.raises(ImportRefusedError, match="nested too deeply"):
        read_document(zipped(tmp_path / "d.odt", {"content.xml": content}))
    chain = "".join(f'<TIER TIER_ID="t{i}" PARENT_REF="t{i - 1}"/>' for i in range(1, 5000))
    eaf = f'<ANNOTATION_DOCUMENT><TIER TIER_ID="t0"/>{chain}</ANNOTATION_DOCUMENT>'
    with pytest.raises(ImportRefusedError, match="no words"):
        read_document(write(tmp_path / "c.eaf", eaf))


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a '", '<a "x', "</", "<div>", "<style></styl", "&"]
)
def test_a_page_made_to_take_hours_is_read_in_one_walk(tmp_path, piece):
    path = write(tmp_path / "h.html", "<p>H: Mitä?</p>" + piece * 60_000)
    began = time.process_time()
    document, _, _ = read_document(path)
    assert time.process_time() - began < 3
    assert document.text.startswith("H: Mitä?")


def test_a_page_of_a_pdf_that_unpacks_to_much_is_refused(tmp_path):
    line = "x" * 1000
    path = tmp_path / "h.pdf"
    path.write_bytes(pdf([[line] * 2200]))
    with pytest.raises(ImportRefusedError, match="draws too much"):
        read_document(path)
