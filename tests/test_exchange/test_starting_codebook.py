"""What a new study starts with: a journey and codes that find something in a stranger's words."""

import re

import pytest

from cxresearch.exchange import default_codebook, default_journey, default_touchpoints
from cxresearch.model.frames import CODE_KINDS, OWNERSHIPS


def test_codes_are_rich_in_three_languages():
    book = default_codebook()
    assert 25 <= len(book) <= 45
    assert {c.kind for c in book} == set(CODE_KINDS)
    for code in book:
        assert code.name["fi"], code.name["en"]
        assert code.definition
        assert set(code.terms) == {"fi", "en", "sv"}
        assert all(len(terms) >= 7 for terms in code.terms.values()), code.code
        assert code.valence in (None, -2, -1, 1, 2)
        assert (code.valence or 0) <= 0 or code.kind == "delight"


@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_terms_are_well_formed(language):
    terms = [t for c in default_codebook() for t in c.terms[language]]
    terms += [t for p in default_journey() for s in p.stages for t in s.cues[language]]
    terms += [t for p in default_touchpoints() for t in p.terms[language]]
    for term in terms:
        assert term == term.strip().lower()
        assert re.fullmatch(r"[\w*'-]+( \+)?( [\w*'-]+( \+)?)*", term), term
        assert not re.search(r"\*\w", term), term


def test_no_term_stands_twice_in_a_code():
    for code in default_codebook():
        for terms in code.terms.values():
            assert len(set(terms)) == len(terms), code.code


def test_the_journey_is_in_order_and_touchpoints_fit_in():
    phases = default_journey()
    assert [p.phase for p in phases] == ["pre_purchase", "purchase", "post_purchase"]
    stages = [s.stage for p in phases for s in p.stages]
    assert len(set(stages)) == len(stages)
    touchpoints = default_touchpoints()
    assert {t.ownership for t in touchpoints} <= set(OWNERSHIPS)
    assert all(set(t.stages) <= set(stages) for t in touchpoints)
