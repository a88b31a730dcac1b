from hypothesis import given
from hypothesis import strategies as st

from cxresearch.study.anchoring import edited_place, found_again

letters = st.text(alphabet="ab 😡", max_size=40)


def quoted(text, start, length):
    return text[start : start + length]


@given(letters, letters, st.integers(0, 30), st.integers(1, 10))
def test_a_found_place_has_the_exact_words(old, new, start, length):
    quote = quoted(old, start, length)
    if quote:
        place = found_again(old, start, start + len(quote), quote, new)
        if place is not None:
            assert new[place : place + len(quote)] == quote


@given(st.text(alphabet="xyz", max_size=50), st.text(alphabet="xyz", max_size=50))
def test_words_that_are_there_once_are_found(before, after):
    assert found_again("", 0, 5, "Lasku", before + "Lasku" + after) == len(before)


def test_the_same_words_in_the_same_surroundings_are_not_guessed():
    old = "no niin, Lasku oli taas väärin, sanoi hän silloin"
    new = old + " ja " + old + "."
    assert found_again(old, 9, 14, "Lasku", new) is None


def test_surroundings_decide_between_two_places():
    old = "Ensin tuli Lasku postissa kotiin asti. Myöhemmin tuli Lasku sähköpostiin."
    new = "Alussa. " + old
    second = old.rindex("Lasku")
    assert found_again(old, second, second + 5, "Lasku", new) == new.rindex("Lasku")


@given(
    st.text(alphabet="abcdef", min_size=1, max_size=30),
    st.integers(0, 30),
    st.integers(0, 8),
    st.text(alphabet="XYZ", max_size=6),
    st.integers(0, 29),
    st.integers(1, 10),
)
def test_an_edit_changes_only_the_words_it_touches(text, first, cut, added, start, length):
    first = min(first, len(text))
    last = min(first + cut, len(text))
    quote = quoted(text, start, length)
    if not quote:
        return
    end = start + len(quote)
    new = text[:first] + added + text[last:]
    place = edited_place(start, end, (first, last), len(added))
    if end <= first or start >= last:
        assert new[place[0] : place[1]] == quote
    elif start <= first and last <= end:
        wanted = text[start:first] + added + text[last:end]
        assert (place is None) == (wanted == "")
        if place is not None:
            assert new[place[0] : place[1]] == wanted
    else:
        assert place is None
