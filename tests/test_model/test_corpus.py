"""Quotations keep their words, and texts are normalised once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.model import DriftError, ImportRefusedError, Quotation, normalise_text

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1)


@given(texts, st.data())
def test_a_quotation_holds_exactly_what_stands_there(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quotation = Quotation.of("d", text, start, end)
    assert quotation.check(text).quote == text[start:end]


@given(texts)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert "\r" not in once


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 99)])
def test_a_range_outside_the_text_or_empty_is_refused(start: int, end: int) -> None:
    with pytest.raises(DriftError, match="outside the text or is empty"):
        Quotation.of("d", "kolme", start, end)


def test_words_that_moved_are_reported_with_document_place_and_both_texts() -> None:
    with pytest.raises(DriftError) as caught:
        Quotation("h01", 0, 4, "alku").check("Xalku")
    for part in ("h01", "0..4", "alku", "Xalk"):
        assert part in str(caught.value)


def test_emoji_and_joiners_stay_and_decomposed_letters_become_one() -> None:
    assert normalise_text("👩‍👩‍👧 a\u0308\r\nb\rc") == "👩‍👩‍👧 ä\nb\nc"


@pytest.mark.parametrize("sign", ["\0", "\ud83d"])
def test_what_no_database_can_hold_is_refused_with_its_line(sign: str) -> None:
    with pytest.raises(ImportRefusedError, match="line 2"):
        normalise_text(f"eka\nto{sign}ka", where="f.txt")
