"""Names in chats, e-mails and the sample study: marked right, and found as README says."""

import sys
from pathlib import Path

import pytest

from cxresearch.text import find_personal

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "raw" / "kelohavu"


@pytest.fixture(scope="module")
def trials():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import name_trials
    finally:
        sys.path.pop(0)
    return name_trials


def hidden(text, spans, **how):
    """Persons' names of a text, and those of them that stay to be read."""
    found = find_personal(text, **how)
    places = list(zip(found["start"], found["end"], strict=True))
    seen = [any(a <= start and end <= b for a, b in places) for start, end, _ in spans]
    return len(seen), seen.count(False)


def test_every_message_holds_names_where_it_says(trials):
    made = trials.messages()
    assert len(made) == 60
    assert len({text for text, _ in made}) == 60
    names = {row for half in (trials._PEOPLE, trials._ABROAD) for row in half.lower().split()}
    for text, spans in made:
        assert spans
        assert "{" not in text
        assert all(text[start:end].lower() in names for start, end, _ in spans)


def test_every_name_written_down_stands_in_its_text(trials):
    texts, comments, people = trials.sample(SAMPLE)
    marked = [text[a:b] for text, spans in (*texts, *comments) for a, b, _ in spans]
    written = [form for forms in trials._SAMPLE.values() for form in forms.split()]
    assert set(written) == set(marked)
    assert sum(bool(spans) for _, spans in texts) == len(texts) == 16
    assert len(people) == 13


@pytest.mark.parametrize("typed", [str, str.lower])
def test_names_in_chats_and_mails_are_hidden(trials, typed):
    counts = [hidden(typed(text), spans) for text, spans in trials.messages()]
    names, left = (sum(column) for column in zip(*counts, strict=True))
    # 98.5 % of the names and 96 % of the texts is what the reader is held to
    assert left <= 0.015 * names
    assert sum(bool(missed) for _, missed in counts) <= 0.04 * len(counts)


def test_no_name_of_the_sample_study_stays_in_its_texts(trials):
    texts, comments, _ = trials.sample(SAMPLE)
    named = [*texts, *((text, spans) for text, spans in comments if spans)]
    assert sum(hidden(text, spans)[1] for text, spans in named) == 0
