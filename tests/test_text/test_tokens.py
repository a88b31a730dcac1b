import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.text import index_tokens, sentence_spans, token_spans


def words(text):
    return [text[a:b] for a, b, _ in token_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("liha-tuotteet, EU:n", ["liha-tuotteet", ",", "EU:n"]),
        ("👍🏽 👨‍👩‍👧 :) <3", ["👍🏽", "👨‍👩‍👧", ":)", "<3"]),
        ("3,5 astetta klo 12:30", ["3,5", "astetta", "klo", "12:30"]),
        ("ks. www.esim.fi/a?b=1 nyt", ["ks", ".", "www.esim.fi/a?b=1", "nyt"]),
        ("don't it’s", ["don't", "it’s"]),
    ],
)
def test_words_emoji_numbers_and_links_stay_whole(text, expected):
    assert words(text) == expected


@given(st.text(max_size=200))
def test_tokens_lose_nothing_but_blanks_and_come_in_order(text):
    spans = token_spans(text)
    covered = set()
    last = 0
    for start, end, _ in spans:
        assert last <= start < end
        covered |= set(range(start, end))
        last = end
    left = [c for n, c in enumerate(text) if n not in covered]
    # what no token takes is blank, or a sign that joins to letters only (marks, joiners, controls)
    assert not [c for c in left if c.isalnum() and c.isascii()]


def test_sentences_end_where_people_hear_them_end():
    text = 'No joo. Mä oon esim. esimies... oota. Se on 2. kerros!\nUusi rivi "Niin." Ja loppu'
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "No joo.",
        "Mä oon esim. esimies... oota.",
        "Se on 2. kerros!",
        'Uusi rivi "Niin."',
        "Ja loppu",
    ]


def test_a_lower_case_comment_is_cut_at_its_full_stops():
    text = "ihan ok. laskut väärin. kiitos"
    assert len(sentence_spans(text)) == 3


def test_a_turn_without_full_stops_is_cut_at_commas():
    text = ", ".join(["ja sitten me mentiin sinne varastolle katsomaan sitä anturia"] * 20)
    spans = sentence_spans(text)
    assert max(len(text[a:b].split()) for a, b in spans) < 60
    assert len(spans) > 3


@pytest.mark.parametrize("text", ["a" * 1_000_000, "a." * 300_000, "@a" * 300_000, "👍" * 200_000])
def test_monsters_take_linear_time(text):
    assert len(index_tokens([text])) >= 1


def test_right_to_left_zero_width_and_empty_texts_pass():
    index = index_tokens(["", "שלום עולם", "a\u200bb", "   "])
    assert index.text.tolist() == [1, 1, 2, 2] or len(index) >= 3


def test_token_table_counts_sentences_within_each_document():
    frame = index_tokens(["Yksi. Kaksi.", "", "Kolme."]).frame(["a", "b", "c"])
    assert frame["document"].unique().tolist() == ["a", "c"]
    assert frame.loc[frame["document"] == "c", "sentence"].tolist() == [0, 0]
    assert frame.loc[frame["form"] == "Kaksi", "sentence"].tolist() == [1]
