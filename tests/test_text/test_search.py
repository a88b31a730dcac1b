import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.model import SettingsError
from cxresearch.text import lemma_query, lemma_spans, lemmas_of


def words(text, query, **options):
    return [text[a:b] for a, b in lemma_spans(text, query, **options)]


def test_a_lemma_finds_its_forms_and_compounds_at_their_places():
    text = "Laskussa oli virhe 👍, laskunsa tuli. Laskuvirhe! Lasketaan."
    assert words(text, "lasku") == ["Laskussa", "laskunsa", "Laskuvirhe"]
    assert words(text, "laskuissa") == ["Laskussa", "laskunsa", "Laskuvirhe"]
    assert words(text, "lasku", exact=True) == ["Laskussa", "laskunsa"]
    assert words(text, "lask*") == ["Laskussa", "laskunsa", "Laskuvirhe", "Lasketaan"]
    assert words("Invoices were late", "invoice", language="en") == ["Invoices"]


def test_signs_that_nobody_sees_do_not_hide_a_word():
    assert lemma_spans("asia\u00adkas\u00adpalve\u200blussa", "palvelu") == [(0, 20)]


def test_words_for_an_index_hold_lemmas_and_parts_and_no_marks():
    found = lemmas_of(["Asiakaspalvelussa jonotettiin!", "", "👍"])
    assert found == ["asiakaspalvelu asiakas palvelu jonottaa", "", "👍"]
    assert lemmas_of(["Asiakaspalvelussa"], parts=False) == ["asiakaspalvelu"]


def test_a_query_is_brought_to_lemmas_but_its_signs_stay():
    assert lemma_query("väärissä laskuissa + hälyt*") == "väärä lasku + hälyt*"


@pytest.mark.parametrize("query", ["", "  ", "*", "lasku + "])
def test_an_empty_query_is_refused(query):
    with pytest.raises(SettingsError):
        lemma_spans("Lasku tuli", query)


@given(st.text(max_size=80))
def test_spans_lie_in_the_text_and_in_order(text):
    found = lemma_spans(text, "lasku")
    assert found == sorted(set(found))
    assert all(0 <= a < b <= len(text) for a, b in found)
