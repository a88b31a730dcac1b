import pandas as pd
import pytest

from cxresearch.model import MissingModelError, Phase, Stage, Touchpoint, Words
from cxresearch.text import (
    find_phrases,
    lemmatiser,
    phrases_of,
    read_document_with,
    study_pipeline,
    voikko_available,
)

USE = Stage("use", Words(en="Use"), {"fi": ("hälytys*",), "sv": ("larm",)})
BILLING = Stage("billing", Words(en="Billing"), {"fi": ("lasku",), "sv": ("faktura",)})
PHASES = (Phase("post_purchase", Words(en="After"), (USE, BILLING), {"fi": ("jälkeenpäin",)}),)
INVOICE = {"fi": ("lasku", "saada + maksu"), "sv": ("faktura",)}
VISIT = {"fi": ("asentaja", "asennus käynti"), "sv": ("installatör",)}
TOUCHPOINTS = (
    Touchpoint("invoice", Words(en="Invoice"), "brand_owned", terms=INVOICE),
    Touchpoint("visit", Words(en="Visit"), "partner_owned", terms=VISIT),
)
TEXT = (
    "Haastattelija: Entä lasku?\nMä: Laskussa oli virhe. Ehkä asentaja soitti, mutta hälytys ei "
    "tullut. Saatiin iso maksu."
)


@pytest.fixture(scope="module")
def finnish():
    return study_pipeline("fi", phases=PHASES, touchpoints=TOUCHPOINTS)


@pytest.fixture(scope="module")
def document(finnish):
    cut = TEXT.index("\n")
    turns = pd.DataFrame(
        {"start": [0, cut + 1], "end": [cut, len(TEXT)], "role": ["interviewer", "customer"],
         "speaker": ["H", "A"]}
    )  # fmt: skip
    return read_document_with(finnish, TEXT, turns=turns)


def test_touchpoints_are_entities_with_their_ids(document):
    found = [(e.text, e.ent_id_) for e in document.ents if e.label_ == "TOUCHPOINT"]
    assert found == [
        ("lasku", "invoice"),
        ("Laskussa", "invoice"),
        ("asentaja", "visit"),
        ("Saatiin iso maksu", "invoice"),
    ]


def test_the_ruler_and_the_coder_find_the_same_mentions(finnish, document):
    engine = lemmatiser("fi", tier="full")
    index = engine.index([TEXT])
    terms = [(t.touchpoint, t.terms) for t in TOUCHPOINTS]
    phrases = phrases_of(terms, "fi")
    rows = find_phrases(index, engine, phrases)
    coder = {
        (int(index.start[a]), int(index.end[b]), phrases[n].label)
        for n, a, b in zip(rows["phrase"], rows["first"], rows["last"], strict=True)
    }
    ruler = {(e.start_char, e.end_char, e.ent_id_) for e in document.ents if e.ent_id_}
    assert ruler == coder


def test_cues_scope_valence_and_roles_are_set(document):
    cues = {(s.text.strip(), s._.cx_phase, s._.cx_stage) for s in document.spans["phase_cues"]}
    assert ("Mä: Laskussa oli virhe.", "post_purchase", "billing") in cues
    word = {t.text: t for t in document}
    assert word["tullut"]._.cx_negated
    assert not word["hälytys"]._.cx_negated
    assert word["asentaja"]._.cx_hedged
    grades = {s.text.strip(): s._.cx_valence for s in document.spans["valence"]}
    assert grades["Mä: Laskussa oli virhe."] == -1
    assert [s._.cx_role for s in document.spans["turns"]] == ["interviewer", "customer"]
    assert word["Laskussa"]._.cx_role == "customer"


def test_factories_are_registered_under_their_names(finnish):
    from spacy.language import Language

    names = [n for n in finnish.pipe_names if n.startswith("cxresearch_")]
    assert len(names) == 6
    assert all(Language.has_factory(n) for n in names)


def test_a_language_without_a_model_has_dictionary_lemmas_and_all_components():
    nlp = study_pipeline("sv", phases=PHASES, touchpoints=TOUCHPOINTS, models={"sv": "no_such"})
    document = nlp("Fakturorna var fel. Larmet kom inte.")
    assert document[0].lemma_ == "faktura"
    assert [(e.text, e.ent_id_) for e in document.ents] == [("Fakturorna", "invoice")]
    assert [s._.cx_stage for s in document.spans["phase_cues"]] == ["billing", "use"]


@pytest.mark.skipif(not voikko_available(), reason="Voikko with its Finnish vocabulary is absent")
@pytest.mark.parametrize(
    ("model", "language", "words"),
    [
        ("json", "fi", "is no spaCy model"),
        ("spacy_fi_experimental_web_md", "sv", "of another language"),
    ],
)
def test_a_package_that_is_no_model_of_the_language_is_a_clear_error(model, language, words):
    with pytest.raises(MissingModelError, match=words):
        lemmatiser(language, tier="full", models={language: model}, fallback=False)
    assert lemmatiser(language, tier="full", models={language: model}).tier_in_use.fell_back


@pytest.mark.skipif(not voikko_available(), reason="Voikko with its Finnish vocabulary is absent")
@pytest.mark.parametrize(
    ("text", "word", "lemma"),
    [
        ("Sen mä en oo kertonu kellekään", "kertonu", "kertoa"),
        ("Se oli selkee", "selkee", "selkeä"),
        ("Ne mukaansa ottivat", "mukaansa", "mukaan"),
        ("Vaaleissa äänestettiin", "Vaaleissa", "vaalit"),
    ],
)
def test_context_and_the_spoken_layer_work_together(text, word, lemma):
    tokens = lemmatiser("fi", tier="full").table(pd.DataFrame({"document": ["d"], "text": [text]}))
    assert tokens.set_index("form").loc[word, "lemma"] == lemma
