"""Content analysis by cards: by mouse and by keys, in memory and over a real study."""

from __future__ import annotations

from typing import Any

import pytest

from cxresearch.model import ActRefusedError
from cxresearch.widgets import CardHandler, ContentAnalysisCards, MemoryCards, read_act
from cxresearch.widgets.acts import CARD_ACTS

from .test_coder_tools_browser import shot

SAID = [
    ("q1", "Lasku oli väärin, ja soitin siitä heti.", "billing"),
    ("q2", "Lasku tuli kahdesti.", "billing"),
    ("q3", "Jonotin puoli tuntia.", "waiting"),
    ("q4", "Vastaus tuli samana päivänä.", "waiting"),
]
CODES = [{"code": "billing", "name_fi": "Laskutus"}, {"code": "waiting", "name_fi": "Jono"}]


def desk(*reduced: tuple[str, str]) -> MemoryCards:
    rows = [
        {"coding": name, "document": "h1", "title": "Haastattelu 1", "quote": quote, "code": code}
        for name, quote, code in SAID
    ]
    made = MemoryCards(rows, codes=CODES)
    for coding, words in reduced:
        does(made, "add_reduction", coding=coding, reduced=words)
    return made


ALL = (
    ("q1", "Virheellinen lasku"),
    ("q2", "Kaksi laskua"),
    ("q3", "Pitkä jono"),
    ("q4", "Nopea vastaus"),
)


def does(made: MemoryCards, act: str, **fields: Any) -> None:
    made.perform(read_act({"id": 1, "act": act, **fields}, CARD_ACTS))


def tree(made: MemoryCards) -> dict[str, Any]:
    """Class names with what they hold: cards at the lowest level."""
    content = made.cards()

    def held(row: dict[str, Any]) -> Any:
        below = {c["name"]: held(c) for c in content.classes if c["parent"] == row["category"]}
        cards = [r["reduced"] for r in content.reductions if r["category"] == row["category"]]
        return below or cards

    return {c["name"]: held(c) for c in content.classes if c["parent"] is None}


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("add_reduction", {"coding": "none", "reduced": "x"}),
        ("group_reductions", {"reductions": ["card-1"], "into": "class-3"}),
        ("group_classes", {"categories": ["class-2"], "into": "class-2"}),
        ("group_classes", {"categories": ["class-3"], "into": "class-2"}),
        ("add_class", {"level": "lower", "name": "Laskut", "members": []}),
        ("add_class", {"level": "main", "name": "x", "members": ["class-2"]}),
        ("change_class", {"category": "class-3", "name": "  "}),
        ("remove_class", {"category": "none"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(act: str, fields: Any) -> None:
    made = desk(("q1", "Virheellinen lasku"))
    does(made, "add_class", level="lower", name="Laskut", members=["card-1"])
    does(made, "add_class", level="upper", name="Palvelu", members=["class-2"])
    before = made.cards()
    assert isinstance(made, CardHandler)
    with pytest.raises(ActRefusedError):
        does(made, act, **fields)
    assert made.cards() == before


def test_acts_and_fields_are_those_of_the_study_file() -> None:
    acts = pytest.importorskip("cxresearch.study").ACTS
    for name, kind in CARD_ACTS.items():
        if name not in ("undo", "redo"):
            assert set(kind.fields) == set(acts[name].fields), name


@pytest.mark.browser
def test_from_a_quotation_to_a_main_class_by_keys_alone(show: Any) -> None:
    made = desk()
    page = show(ContentAnalysisCards(made, height=700))
    page.locator(".cxc-source input").first.focus()
    for _, words in ALL:
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        page.wait_for_function("(w) => document.body.textContent.includes(w)", arg=words)
    page.wait_for_selector("text=Kaikki tämän näkymän ilmaukset on pelkistetty.")
    tiles = page.locator(".cxc-tile")
    assert (
        tiles.all_inner_texts()[0] == "Virheellinen lasku\nLasku oli väärin, ja soitin siitä heti."
    )

    tiles.first.focus()
    for key in (" ", "ArrowRight", " ", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("Laskut")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxc-class-lower")
    tiles.first.focus()  # the loose ones stand first
    for key in (" ", "ArrowRight", " ", "m"):
        page.keyboard.press(key)
    page.keyboard.type("Asiointi")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.cxc-class-lower').length === 2")
    for name in ("Laskut", "Asiointi"):
        page.locator(".cxc-class-head", has_text=name).focus()
        page.keyboard.press(" ")
    page.keyboard.press("Enter")
    page.keyboard.type("Palvelu")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxc-class-upper")
    page.locator(".cxc-class-upper > .cxc-class-head").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Luottamus")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxc-class-main")
    shot(page, "cards")
    assert tree(made) == {
        "Luottamus": {
            "Palvelu": {
                "Laskut": ["Virheellinen lasku", "Kaksi laskua"],
                "Asiointi": ["Pitkä jono", "Nopea vastaus"],
            }
        }
    }
    assert "ilmauksia 4" in page.locator(".cxc-class-main > .cxc-class-head").inner_text()

    page.locator(".cxc-class-head", has_text="Asiointi").focus()
    page.keyboard.press("e")
    page.keyboard.type("Yhteydenotto")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Yhteydenotto")
    page.keyboard.press("Delete")
    page.wait_for_selector("text=Yhteydenotto", state="detached")
    assert len(made.cards().reductions) == 4
    page.locator(".cxc-tile").first.focus()
    page.keyboard.press("Control+z")
    page.wait_for_selector("text=Yhteydenotto")
    assert tree(made)["Luottamus"]["Palvelu"]["Yhteydenotto"] == ["Pitkä jono", "Nopea vastaus"]


@pytest.mark.browser
def test_cards_and_classes_are_dragged(show: Any) -> None:
    made = desk(*ALL)
    does(made, "add_class", level="lower", name="Laskut", members=["card-1"])
    does(made, "add_class", level="upper", name="Palvelu", members=[])
    page = show(ContentAnalysisCards(made, language="en", height=700))
    page.locator(".cxc-tile", has_text="Kaksi laskua").drag_to(
        page.locator(".cxc-class-lower", has_text="Laskut")
    )
    page.wait_for_function("document.querySelectorAll('.cxc-class-lower .cxc-tile').length === 2")
    page.locator(".cxc-class-lower > .cxc-class-head").drag_to(page.locator(".cxc-class-upper"))
    page.wait_for_selector(".cxc-class-upper .cxc-class-lower")
    assert tree(made) == {"Palvelu": {"Laskut": ["Virheellinen lasku", "Kaksi laskua"]}}
    page.locator(".cxc-tile", has_text="Kaksi laskua").drag_to(page.locator(".cxc-loose"))
    page.wait_for_function("document.querySelectorAll('.cxc-loose .cxc-tile').length === 3")
    page.locator(".cxc-tile", has_text="Pitkä jono").drag_to(page.locator(".cxc-drop"))
    page.wait_for_selector(".cxc-picker")
    page.keyboard.type("Jonot")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxc-class-lower >> text=Jonot")
    # a card does not go into an upper class
    page.locator(".cxc-tile", has_text="Nopea vastaus").drag_to(
        page.locator(".cxc-class-upper > .cxc-class-head")
    )
    assert tree(made) == {"Palvelu": {"Laskut": ["Virheellinen lasku"]}, "Jonot": ["Pitkä jono"]}
