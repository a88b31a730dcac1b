import pandas as pd
import pytest

from cxresearch.text import guess_language, guess_languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Turhia hälytyksiä koko ajan, ei jaksa enää", "fi"),
        ("The alarm saved our stock last summer", "en"),
        ("Larmet räddade våra varor i somras", "sv"),
        ("Das ist eine sehr gute Firma und ich bin zufrieden", "other"),
        ("Väga hea teenindus, aitäh teile kõigile", "other"),
        ("hyvä", "fi"),
        ("bra", "sv"),
        ("good", "en"),
        ("hirvee jono puhelimessa", "fi"),
    ],
)
def test_language_of_a_text(text, language):
    assert guess_language(text)[0] == language


@pytest.mark.parametrize("text", ["", "👍", "12345", "- -", "!!!"])
def test_a_text_without_letters_is_other_with_no_confidence(text):
    assert guess_language(text) == ("other", 0.0)


def test_two_letters_are_never_sure():
    language, confidence = guess_language("ok")
    assert language == "other"
    assert confidence < 0.5


def test_unsure_comments_lean_on_their_column_and_keep_low_confidence():
    texts = pd.Series(
        ["Very good service today", "I am happy with the alarms"] * 5 + ["No", "ok", None]
    )
    found = guess_languages(texts)
    assert found["language"].iloc[10:12].tolist() == ["en", "en"]
    assert (found["language_confidence"].iloc[10:12] < 0.5).all()
    assert found["language"].iloc[12] == "other"
    assert guess_languages(texts, lean=False)["language"].iloc[10] == "other"


def test_index_is_kept():
    texts = pd.Series(["hyvä palvelu", "hyvä palvelu"], index=[7, 3])
    assert guess_languages(texts).index.tolist() == [7, 3]
