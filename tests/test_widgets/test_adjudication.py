"""Two coders' codings: what belongs together, and settling it with one key each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.model import SettingsError
from cxresearch.widgets import Adjudication, AdjudicationHandler, MemoryAdjudication, cases_of

from .test_coder_tools_browser import shot

TEXT = "Lasku oli väärin 😀 ja jonotin kauan. Palvelu oli hyvää, kiitos siitä."
CODES = [
    {"code": "billing", "name_fi": "Laskutus", "name_en": "Billing"},
    {"code": "waiting", "name_fi": "Jonottaminen", "name_en": "Waiting"},
    {"code": "service", "name_fi": "Palvelu", "name_en": "Service"},
]


def coding(name: str, coder: str, words: str, code: str, **facets: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    place = {"document": "a", "start": start, "end": start + len(words), "quote": words}
    return {"coding": name, "coder": coder, "origin": "human", "code": code, **place, **facets}


CODINGS = [
    coding("a1", "aino", "Lasku oli väärin", "billing", valence=-2),
    coding("e1", "eero", "Lasku oli väärin", "billing", valence=-2),
    coding("a2", "aino", "jonotin kauan", "waiting"),
    coding("e2", "eero", "jonotin", "waiting"),
    coding("a3", "aino", "Palvelu oli hyvää", "service", valence=2),
    coding("e3", "eero", "Palvelu oli hyvää, kiitos", "billing", valence=2),
    coding("a4", "aino", "kiitos siitä", "service"),
]


def desk() -> MemoryAdjudication:
    stages = [{"phase": "purchase", "stage": "purchase", "phase_fi": "Osto"}]
    return MemoryAdjudication(
        [{"document": "a", "text": TEXT, "title": "Haastattelu 1"}],
        CODINGS,
        ("aino", "eero"),
        codes=CODES,
        stages=stages,
    )


def layer(made: MemoryAdjudication) -> set[tuple[str, str]]:
    return {(TEXT[c["start"] : c["end"]], c["code"]) for c in made.consensus()}


def test_codings_that_belong_together_are_one_case() -> None:
    rows = [{k: v for k, v in c.items() if k != "quote"} for c in CODINGS]
    left, right = ([c for c in rows if c["coder"] == who] for who in ("aino", "eero"))
    told = [(c["kind"], c["left"], c["right"]) for c in cases_of(left, right)]
    assert told == [
        ("same", ["a1"], ["e1"]),
        ("place", ["a2"], ["e2"]),
        ("code", ["a3"], ["e3"]),
        ("alone", ["a4"], []),
    ]


_ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from("xyz")), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(_ROWS, _ROWS)
def test_each_coding_is_in_exactly_one_case(left: list[Any], right: list[Any]) -> None:
    sides = [
        [
            {"coding": f"{who}{i}", "start": a, "end": a + n, "code": code}
            for i, (a, n, code) in enumerate(rows)
        ]
        for who, rows in (("l", left), ("r", right))
    ]
    cases = cases_of(*sides)
    for side, rows in zip(("left", "right"), sides, strict=True):
        found = [name for case in cases for name in case[side]]
        assert sorted(found) == sorted(row["coding"] for row in rows)
    assert all(case["left"] or case["right"] for case in cases)
    assert all((case["kind"] == "alone") != bool(case["left"] and case["right"]) for case in cases)


def test_nothing_to_settle_is_said_at_once() -> None:
    assert isinstance(desk(), AdjudicationHandler)
    with pytest.raises(SettingsError, match="both coders"):
        Adjudication(MemoryAdjudication([], [], ("aino", "eero")))
    assert "Lasku" not in repr(Adjudication(desk()).get_state()).replace("Laskutus", "")


@pytest.mark.browser
def test_one_key_settles_each_case_and_both_originals_stay(show: Any) -> None:
    made = desk()
    page = show(Adjudication(made))
    shot(page, "adjudication")
    page.get_by_role("button", name="Hyväksy yksimieliset (1)").click()
    page.wait_for_function("document.querySelector('.cxc-count').textContent.startsWith('1 /')")
    assert layer(made) == {("Lasku oli väärin", "billing")}

    page.locator(".cxc-quotes").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")  # the right one's borders
    page.wait_for_function("document.querySelector('.cxc-count').textContent.startsWith('2 /')")
    assert ("jonotin", "waiting") in layer(made)
    page.keyboard.press("b")
    page.wait_for_function("document.querySelector('.cxc-count').textContent.startsWith('3 /')")
    page.keyboard.press("n")
    page.wait_for_function("document.querySelector('.cxc-count').textContent.startsWith('4 /')")
    assert layer(made) == {
        ("Lasku oli väärin", "billing"),
        ("jonotin", "waiting"),
        ("Palvelu oli hyvää", "service"),
        ("Palvelu oli hyvää, kiitos", "billing"),
    }
    assert made.codings == CODINGS
    for _ in range(4):
        page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelector('.cxc-count').textContent.startsWith('0 /')")
    assert made.consensus() == []


@pytest.mark.browser
def test_an_edited_coding_goes_to_the_consensus(show: Any) -> None:
    made = desk()
    page = show(Adjudication(made), width=1000)
    page.locator(".cxc-quotes").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    page.wait_for_selector(".cxc-form")
    page.locator("[data-field=code]").select_option("service")
    page.locator("[data-field=phase]").select_option("purchase")
    page.locator("[data-field=valence]").select_option("1")
    page.get_by_label("Loppua sanan verran ⇥").click()
    shot(page, "adjudication_edit")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".cxc-consensus, .cxc-is-approved")
    (row,) = made.consensus()
    assert (row["quote"], TEXT[row["start"] : row["end"]]) == (
        "Palvelu oli hyvää",
        "Palvelu oli hyvää, kiitos",
    )
    assert (row["code"], row["phase"], row["valence"]) == ("service", "purchase", 1)
