import pandas as pd
import pytest

from cxresearch.model import SettingsError, Words
from cxresearch.text import (
    VALENCE_ACCURACY,
    Phrase,
    find_phrases,
    index_tokens,
    keyword_figure,
    keyword_in_context,
    keywords,
    lemmatiser,
    valence_caution,
    valence_error,
    valence_of,
)


def hits(text, phrase, language="fi"):
    index = index_tokens([text])
    found = find_phrases(index, lemmatiser(language), [Phrase.parse("x", phrase)])
    return [
        (index.forms[index.form[f]], bool(n))
        for f, n in zip(found["first"], found["negated"], strict=True)
    ]


def test_a_phrase_is_consecutive_lemmas_with_fillers_between():
    assert hits("Tuli taas väärät laskut.", "väärä lasku") == [("väärät", False)]
    assert hits("Väärä ihan siis lasku tuli", "väärä lasku") == [("Väärä", False)]
    assert hits("Väärä summa. Lasku tuli.", "väärä lasku") == []


def test_plus_joins_two_sides_of_one_sentence_in_any_order():
    assert hits("Lasku oli ihan väärin", "väärin + lasku") == [("Lasku", False)]
    assert hits("Lasku. Väärin meni", "väärin + lasku") == []
    far = "Lasku tuli eilen postissa meidän toimistolle Lahteen maanantaina klo kahdeksan väärin"
    assert hits(far, "väärin + lasku") == []


def test_star_is_any_ending_and_a_part_of_a_compound_counts():
    assert hits("hälytysviestejä tulee", "hälytysv*") == [("hälytysviestejä", False)]
    assert hits("Asiakaspalvelusta ei vastattu", "palvelu") == [("Asiakaspalvelusta", False)]


def test_negation_reaches_its_clause_only_and_not_its_own_phrase():
    assert hits("Ei ole helppo käyttää", "helppo käyttää") == [("helppo", True)]
    assert hits("En soittanut, mutta helppo käyttää", "helppo käyttää") == [("helppo", False)]
    assert hits("Kukaan ei vastaa", "ei vastata") == [("ei", False)]


@pytest.mark.parametrize("text", ["", "  ", "* lasku", "lasku + "])
def test_an_empty_phrase_is_refused(text):
    with pytest.raises(SettingsError):
        Phrase.parse("pain", text)


@pytest.mark.parametrize(
    ("text", "language", "sign"),
    [
        ("Palvelu on erinomaista", "fi", 1),
        ("Tosi surkea tuki", "fi", -1),
        ("Ei toimi", "fi", -1),
        ("Ei ole ollut mitään ongelmia", "fi", 1),
        ("The staff were not helpful", "en", -1),
        ("The staff aren’t helpful", "en", -1),
        ("It could be better", "en", -1),
        ("It could not be better", "en", 1),
        ("Mycket bra service", "sv", 1),
        ("👍", "other", 1),
    ],
)
def test_sign_of_a_sentence(text, language, sign):
    value = valence_of(pd.Series([text]), language=language).iloc[0]
    assert value * sign > 0


def test_nobody_can_tell_without_words_of_the_lexicon():
    found = valence_of(pd.Series(["Asensimme sen tiistaina", None, ""]))
    assert found.isna().all()


def test_accuracy_is_stated_with_its_data_for_each_language():
    assert {a.language for a in VALENCE_ACCURACY} == {"fi", "en", "sv"}
    assert all(a.n > 1000 and a.low < a.accuracy < a.high < 1 for a in VALENCE_ACCURACY)


@pytest.mark.parametrize("language", ["fi", "en", "sv", "other"])
def test_the_error_of_valence_can_be_told_in_both_languages(language):
    found = valence_error(language)
    assert {"n", "cant_tell", "accuracy", "low", "high", "macro_f1"} <= set(found.table.columns)
    assert (found.table["language"] == language).all() or language == "other"
    assert "ei osannut sanoa" in found.sentence("fi")
    assert "could not tell" in found.sentence("en")


def test_a_short_caution_stands_for_machine_valence_only():
    codings = pd.DataFrame(
        {
            "origin": ["suggested", "suggested", "human"],
            "valence": [1, None, -2],
            "language": ["fi", "sv", "en"],
        }
    )
    told = valence_caution(codings)
    assert "suomi 84\N{NO-BREAK SPACE}%)" in told.to("fi")
    assert told.to("en").endswith("(Finnish 84%).")
    assert valence_caution(codings.iloc[1:]) is None
    assert valence_caution(codings.drop(columns="origin")) is None
    of_all = valence_caution(codings.drop(columns="language")).to("en")
    assert "English 80–85%" in of_all
    assert "Swedish 79%" in of_all


def test_what_is_said_with_a_perhaps_weighs_less():
    texts = pd.Series(["Tuki oli erinomainen", "Tuki oli ehkä erinomainen"])
    assert valence_of(texts).tolist() == [2, 1]


def test_key_words_set_groups_apart_and_know_chance():
    texts = pd.DataFrame(
        {
            "document": [f"d{n}" for n in range(60)],
            "text": ["lasku väärin taas lasku"] * 30 + ["hälytys yöllä turhaan hälytys"] * 30,
            "language": "fi",
            "group": ["billing"] * 30 + ["use"] * 30,
        }
    )
    found = keywords(texts, by="group")
    best = found.table.groupby("group")["lemma"].first().to_dict()
    assert best == {"billing": "lasku", "use": "hälytys"}
    assert found.table.groupby("group")["certain"].first().all()
    assert (found.table["low"] < found.table["log_odds"]).all()
    shuffled = texts.assign(group=["billing", "use"] * 30)
    assert not keywords(shuffled, by="group").table["certain"].any()
    assert "Yksikään" in keywords(shuffled, by="group").sentence("fi")


def test_keyword_in_context_finds_every_case_and_gives_its_place():
    texts = pd.DataFrame(
        {"document": ["a", "b"], "text": ["Laskussa oli virhe.", "Kaksi laskuvirhettä!"]}
    )
    found = keyword_in_context(texts, "lasku")
    assert found["match"].tolist() == ["Laskussa", "laskuvirhettä"]
    assert found["right"].tolist() == [" oli virhe.", "!"]
    assert len(keyword_in_context(texts, "lasku", exact=True)) == 1


def test_each_hit_names_the_quotations_it_lies_in():
    texts = pd.DataFrame({"document": ["a"], "text": ["Laskussa oli virhe. Lasku tuli."]})
    codings = pd.DataFrame(
        {"document": "a", "coding": ["c1", "c2"], "code": ["x", "x"], "start": 0, "end": [19, 8]}
    )
    found = keyword_in_context(texts, "lasku", codings=codings)
    assert found["codings"].tolist() == [["c1", "c2"], []]
    assert found["codes"].tolist() == [["x"], []]


def test_quotations_of_one_document_may_belong_to_different_groups():
    texts = pd.DataFrame(
        {
            "document": ["d"] * 60,
            "text": ["lasku väärin"] * 30 + ["The alarm rang"] * 30,
            "language": ["fi"] * 30 + ["en"] * 30,
            "phase": ["post_purchase"] * 30 + ["purchase"] * 30,
        }
    )
    found = keywords(texts, by="phase", minimum=1)
    best = found.table.groupby("phase")["lemma"].agg(set).to_dict()
    assert best == {"post_purchase": {"lasku", "väärin"}, "purchase": {"alarm", "ring"}}


def test_the_figure_of_key_words_has_a_panel_for_each_group_and_fits_a_phone():
    texts = pd.DataFrame(
        {
            "document": range(40),
            "text": ["lasku väärin"] * 20 + ["hälytys yöllä"] * 20,
            "group": ["b"] * 20 + ["a"] * 20,
        }
    )
    found = keywords(texts, by="group")
    names = {"b": Words(fi="Laskutus", en="Billing"), "a": Words(fi="Käyttö", en="Use")}
    figure = keyword_figure(found, by="group", names=names)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[:2] == ["Laskutus", "Käyttö"]
    assert keyword_figure(found, by="group", language="en", narrow=True).get_figwidth() <= 4
