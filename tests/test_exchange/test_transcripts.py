"""Who says what: turns, speakers, roles and times in every transcript format."""

import json
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.exchange import find_turns, read_document
from cxresearch.exchange.speakers import guess_roles, parse_line, seconds_of
from cxresearch.model import ImportRefusedError, check_frame


def read(tmp_path, text, *, name="h1.txt", **options):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_document(path, **options)


def said(document, turns):
    return [document.text[a:b] for a, b in zip(turns["start"], turns["end"], strict=True)]


SPOKEN = [
    ("H", "Miten päädyitte meille?"),
    ("V1", "No mä kyselin tutuilta: Pekka suositteli 🙂."),
    ("V2", "Joo, ja hinta ratkas."),
    ("H", "Entä käyttöönotto?"),
    ("V1", "Se oli sekava."),
]


def test_labels_at_the_start_of_lines(tmp_path):
    text = "Haastattelu 4, 12.3.2026\n\n" + "\n\n".join(f"{s}: {w}" for s, w in SPOKEN)
    document, turns, failures = read(tmp_path, text + "\n(nauraa)\n")
    check_frame(turns, "turns")
    check_frame(failures, "failures")
    assert list(zip(turns["speaker"], said(document, turns), strict=True)) == SPOKEN
    assert turns["role"].tolist() == [
        "interviewer",
        "customer",
        "customer",
        "interviewer",
        "customer",
    ]
    assert document.title == "Haastattelu 4, 12.3.2026"
    assert failures.empty


@pytest.mark.parametrize(
    ("form", "seconds"),
    [
        ("{s}: {w}", None),
        ("**{s}:** {w}", None),
        ("**{s}**: {w}", None),
        ("[00:01:05] {s}: {w}", 65.0),
        ("{s}: [00:01:05] {w}", 65.0),
        ("{s} (01:05): {w}", 65.0),
        ("{s} (01:05):\n{w}", 65.0),
        ("{s}:\t\n\t{w}", None),
    ],
)
def test_every_form_of_a_label(tmp_path, form, seconds):
    text = "\n\n".join(form.format(s=s, w=w) for s, w in SPOKEN)
    document, turns, _ = read(tmp_path, text, name="h.md")
    assert list(zip(turns["speaker"], said(document, turns), strict=True)) == SPOKEN
    if seconds is None:
        assert turns["seconds"].isna().all()
    else:
        assert (turns["seconds"] == seconds).all()


def test_lines_without_label_go_on_and_remarks_do_not_count(tmp_path):
    text = (
        "H: Mitä?\n(tauko)\nV: Ensin yksi.\nSitten toinen.\n\n[puhelin soi]\n"
        "Ja kolmas.\nH: Selvä.\nV: Joo."
    )
    document, turns, _ = read(tmp_path, text)
    assert said(document, turns)[0] == "Mitä?"
    assert said(document, turns)[1] == "Ensin yksi.\nSitten toinen.\n\n[puhelin soi]\nJa kolmas."


def test_a_colon_inside_a_sentence_is_no_speaker(tmp_path):
    text = (
        "Tutkimus: asiakaskokemus\nPäivä: 1.1.2026\n\n"
        "H: Mitä sitten?\nV: Hän sanoi näin: älä osta.\n"
        "Ongelma: hinta oli korkea.\nKello 12:30 lähdin.\n"
        "Https://example.org oli rikki\nH: Ai.\nV: Niin."
    )
    document, turns, failures = read(tmp_path, text)
    assert turns["speaker"].tolist() == ["H", "V", "H", "V"]
    assert "Ongelma: hinta" in said(document, turns)[1]
    assert failures["row"].tolist() == [6]


def test_header_lines_with_known_labels_are_not_turns(tmp_path):
    text = "Interviewer: Anna B\nParticipant: site manager\n\nI: Hello?\nP: Hi.\nI: So?\nP: Well."
    _, turns, _ = read(tmp_path, text)
    assert turns["speaker"].tolist() == ["I", "P", "I", "P"]


def test_a_moderator_alone_is_marked(tmp_path):
    text = "\n".join(
        [
            "1 Log in.",
            "I am in now.",
            "It was easy.",
            "MODERATOR: Please go on.",
            " 1.a Was it clear?",
            "Yes it was clear.",
            "(reads the page)",
            "I would change one thing.",
            "That is all.",
        ]
    )
    document, turns, _ = read(tmp_path, text)
    assert said(document, turns) == [
        "I am in now.\nIt was easy.",
        "Please go on.",
        "Yes it was clear.",
        "I would change one thing.\nThat is all.",
    ]
    assert turns["role"].tolist() == ["customer", "interviewer", "customer", "customer"]


def test_notes_are_paragraphs_of_nobody(tmp_path):
    document, turns, _ = read(
        tmp_path, "Huomio: hidas.\n\nToinen kappale\njatkuu.", kind="observation"
    )
    assert said(document, turns) == ["Huomio: hidas.", "Toinen kappale\njatkuu."]
    assert turns["speaker"].isna().all()
    assert set(turns["role"]) == {"observer"}


def test_roles_given_win_and_names_are_speakers(tmp_path):
    text = "Liisa: Hei.\nDan: Hello?\nLiisa: Joo."
    _, turns, failures = read(tmp_path, text, roles={"Liisa": "partner", "Dan": "interviewer"})
    assert turns["role"].tolist() == ["partner", "interviewer", "partner"]
    assert failures.empty


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        (["H", "V"], ["interviewer", "customer"]),
        (["I", "IP"], ["interviewer", "customer"]),
        (["K", "V"], ["interviewer", "customer"]),
        (["F", "S"], ["interviewer", "customer"]),
        (["Intervjuare", "Deltagare 2"], ["interviewer", "customer"]),
        (["MODERATOR", "P12"], ["interviewer", "customer"]),
        (["Haastattelija", "Kumppani", "Asiantuntija"], ["interviewer", "partner", "expert"]),
        (["Dan", "Participant"], ["interviewer", "customer"]),
    ],
)
def test_roles_from_labels(labels, roles):
    found, _ = guess_roles(labels)
    assert [found[label] for label in labels] == roles


def test_the_one_who_asks_is_guessed_only_when_clear():
    found, unsure = guess_roles(["Ann", "Bob"], questions={"Ann": 0.8, "Bob": 0.1})
    assert found == {"Ann": "interviewer", "Bob": "customer"}
    assert unsure == ["Ann", "Bob"]
    found, _ = guess_roles(["Ann", "Bob"], questions={"Ann": 0.4, "Bob": 0.3})
    assert set(found.values()) == {"customer"}


def test_docx_with_deleted_words_and_a_table(tmp_path):
    made = docx.Document()
    for speaker, words in SPOKEN:
        made.add_paragraph(f"{speaker}: {words}")
    made.add_table(1, 1).cell(0, 0).text = "V2: Taulukossa."
    made.save(tmp_path / "h.docx")
    document, turns, _ = read_document(tmp_path / "h.docx")
    assert said(document, turns) == [w for _, w in SPOKEN] + ["Taulukossa."]


def test_odt_spaces_and_notes(tmp_path):
    body = (
        '<text:p>H: Yksi<text:s text:c="2"/>kaksi<text:note>'
        "<text:p>ei</text:p></text:note>?</text:p>"
        "<text:p>V: Joo<text:line-break/>niin.</text:p>"
        "<text:p>H: Ok?</text:p><text:p>V: On.</text:p>"
    )
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        f"{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "h.odt", "w") as archive:
        archive.writestr("content.xml", content)
    document, turns, _ = read_document(tmp_path / "h.odt")
    assert said(document, turns) == ["Yksi  kaksi?", "Joo\nniin.", "Ok?", "On."]


def test_rtf_escapes(tmp_path):
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator X;}\f0 H: P\'e4iv\'e4\'e4"
        r"?\par V: Hyv\u228?\u228? \u-10179?\u-8638? {\b lihava} \emdash  loppu.\par"
        r" H: Ai?\par V: Joo.}"
    )
    (tmp_path / "h.rtf").write_text(source, encoding="ascii")
    document, turns, _ = read_document(tmp_path / "h.rtf")
    assert said(document, turns) == ["Päivää?", "Hyvää 🙂 lihava — loppu.", "Ai?", "Joo."]


def test_vtt_voices_merge_into_turns(tmp_path):
    text = (
        "WEBVTT\n\nNOTE made up\n\n1\n00:00:00.000 --> 00:00:02.000\n<v Anna>Hei, miten</v>\n\n"
        "00:00:02.000 --> 00:00:03.500\n<v Anna>menee?</v>\n\n00:00:04.000 --> 00:00:06.000\n"
        "<v.loud Vieras 1>Hyvin &amp; <i>nopeasti</i>.</v>\n"
    )
    document, turns, failures = read(tmp_path, text, name="t.vtt")
    assert document.text == "Anna: Hei, miten menee?\n\nVieras 1: Hyvin & nopeasti.\n"
    assert said(document, turns) == ["Hei, miten menee?", "Hyvin & nopeasti."]
    assert turns["seconds"].tolist() == [0.0, 4.0]
    assert turns["seconds_end"].tolist() == [3.5, 6.0]
    assert "a label without known role" in failures["found"].iloc[0]


def test_srt_without_speakers_and_rolling_lines(tmp_path):
    text = (
        "1\n00:00:00,000 --> 00:00:03,000\nensimmäinen rivi\n\n"
        "2\n00:00:02,500 --> 00:00:05,000\nensimmäinen rivi jatkuu näin.\n\n"
        "3\n00:00:06,000 --> 00:00:07,000\nToinen lause.\n\nroskaa\n"
    )
    document, turns, failures = read(tmp_path, text, name="t.srt")
    assert said(document, turns) == ["ensimmäinen rivi jatkuu näin.", "Toinen lause."]
    assert turns["speaker"].isna().all()
    assert {"1 cue(s) overlap; kept in order of start", "a block without a time line"} <= set(
        failures["found"]
    )


def test_whisper_json(tmp_path):
    segments = [
        {"start": 0.0, "end": 2.0, "text": " Mitä kuuluu?", "speaker": "SPEAKER_00"},
        {"start": 2.0, "end": 4.0, "text": " Hyvää", "speaker": "SPEAKER_01"},
        {"start": 4.0, "end": 5.0, "text": " kuuluu.", "speaker": "SPEAKER_01"},
        {"start": "x", "text": "rikki"},
    ]
    document, turns, failures = read(tmp_path, json.dumps({"segments": segments}), name="w.json")
    assert said(document, turns) == ["Mitä kuuluu?", "Hyvää kuuluu."]
    assert "segments[3]" in failures["column"].tolist()
    with pytest.raises(ImportRefusedError, match="Whisper"):
        read(tmp_path, '{"a": 1}', name="x.json")


@pytest.mark.parametrize("name", ["h.doc", "h.pages"])
def test_formats_that_are_not_read_say_what_to_do(tmp_path, name):
    with pytest.raises(ImportRefusedError, match="save it as docx or txt"):
        read(tmp_path, "H: hei", name=name)


@pytest.mark.parametrize(
    ("time", "seconds"),
    [("01:05", 65), ("(1:02:03)", 3723), ("00:00:01.500", 1.5), ("00:00:01,500", 1.5), ("x", None)],
)
def test_times(time, seconds):
    assert seconds_of(time) == seconds


@pytest.mark.parametrize(
    "line", ["ja sitten: niin", "12:30 lähdin", "a:b", "https://x.fi", "Kuule, minä: joo", ":-)"]
)
def test_lines_that_are_no_labels(line):
    assert parse_line(line) is None


WORDS = st.text(
    st.characters(
        blacklist_categories=["Cs", "Cc"], blacklist_characters=":#*()[]_=-<>\u2028\u2029"
    ),
    min_size=1,
    max_size=40,
).filter(lambda t: t.strip() == t and any(c.isalpha() for c in t) and "  " not in t)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["H", "V1", "V2"]), WORDS), min_size=1, max_size=8))
def test_turns_give_back_the_words_said(spoken):
    from cxresearch.model import normalise_text

    text = normalise_text("\n\n".join(f"{s}: {w}" for s, w in spoken))
    turns, _ = find_turns(text)
    assert [(t.speaker, text[t.start : t.end]) for t in turns] == [
        (s, normalise_text(w).strip()) for s, w in spoken
    ]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_turns_of_any_text_are_in_order_and_never_empty(text):
    from cxresearch.model import normalise_text

    text = normalise_text(text.replace("\0", "").encode("utf-8", "ignore").decode())
    turns, _ = find_turns(text)
    last = 0
    for number, turn in enumerate(turns):
        assert turn.turn == number
        assert last <= turn.start < turn.end <= len(text)
        assert text[turn.start : turn.end].strip()
        last = turn.end
