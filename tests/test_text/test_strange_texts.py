"""Texts that people never mean to write, in both tiers."""

import pandas as pd
import pytest

from cxresearch.model import ImportRefusedError, normalise_text
from cxresearch.text import (
    find_phrases,
    guess_language,
    keyword_in_context,
    lemma_spans,
    lemmas_of,
    lemmatiser,
    token_table,
    valence_of,
    voikko_available,
)
from cxresearch.text.phrases import Phrase

STRANGE = {
    "a megabyte without a blank": "x" * 1_000_000,
    "only emoji": "👍👍🏽👨‍👩‍👧 🎉",
    "right to left": "שלום עולם مرحبا",
    "zero width": "a\u200bb \u200b\u200d hyvä",
    "NUL": "lasku\x00 väärin",
    "nothing": "",
    "blanks": " \n\t ",
    "one mark": "?",
    "combining": "e\u0301" * 50 + " a\u030a",
}
TIERS = ["fast", pytest.param("full", marks=pytest.mark.skipif(
    not voikko_available(), reason="Voikko with its Finnish vocabulary is absent"))]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.parametrize("tier", TIERS)
def test_tokens_of_any_text_point_back_to_it(text, tier):
    tokens = token_table(pd.DataFrame({"document": ["d"], "text": [text]}), tier=tier)
    for row in tokens.itertuples():
        assert text[row.start : row.end] == row.form
    assert tokens["lemma"].notna().all()
    index = lemmatiser("fi", tier=tier).index([text, "Lasku oli väärin"])
    found = find_phrases(index, lemmatiser("fi"), [Phrase.parse("x", "lasku")])
    assert len(found) >= 1


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.parametrize("language", ["fi", "en", "sv", "other", "xx"])
def test_every_tool_takes_any_text_in_any_language(text, language):
    assert len(lemmas_of([text], language=language)) == 1
    assert isinstance(lemma_spans(text, "lasku", language=language), list)
    assert len(valence_of(pd.Series([text]), language=language)) == 1
    assert guess_language(text)[0] in ("fi", "en", "sv", "other")
    texts = pd.DataFrame({"document": ["d"], "text": [text]})
    assert list(keyword_in_context(texts, "lasku", language=language)["document"]) in ([], ["d"])


def test_signs_that_no_word_is_made_of_keep_their_form_as_lemma():
    tokens = token_table(pd.DataFrame({"document": ["d"], "text": ["👨‍👩‍👧 <3 ?"]}))
    assert tokens["lemma"].tolist() == ["👨‍👩‍👧", "<3", "?"]


@pytest.mark.parametrize("tier", TIERS)
def test_half_a_sign_is_refused_at_import_and_harms_no_tool_that_meets_it(tier):
    text = "lasku \ud800 väärin a\udfffb"
    with pytest.raises(ImportRefusedError, match="lone surrogate"):
        normalise_text(text)
    index = lemmatiser("fi", tier=tier).index([text])
    assert index.lemmas[:3] == ["lasku", "\ud800", "väärin"]
    assert lemma_spans(text, "väärin") == [(8, 14)]
    assert lemmas_of([text])[0].startswith("lasku väärin")
    assert guess_language(text)[0] == "fi"
