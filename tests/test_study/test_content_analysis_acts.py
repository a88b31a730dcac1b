"""A content analysis kept in the study file: reduced, grouped, undone, and always traceable."""

from __future__ import annotations

from typing import Any

import pytest

from cxresearch.coding import content_analysis
from cxresearch.model import ActRefusedError
from cxresearch.study import Study, act, categories, expressions, table_as_of, undo

from .conftest import TEXT


def coded(study: Study, words: str, code: str = "billing") -> str:
    start = TEXT.index(words)
    end = start + len(words)
    return act(study, "add_coding", document="h01", start=start, end=end, code=code).id


def reduced(study: Study, words: str, expression: str) -> str:
    return act(study, "add_reduction", coding=coded(study, words), reduced=expression).id


@pytest.fixture
def cards(study: Study, interview: dict[str, Any]) -> Study:
    act(study, "import_codebook")
    act(study, "import_documents", **interview)
    return study


def test_from_words_to_a_main_class_and_back_to_the_words(cards: Study) -> None:
    wrong = reduced(cards, "Lasku oli väärin 😡", "Virheellinen lasku")
    mended = reduced(cards, "Lasku korjattiin", "Virhe korjattiin")
    quick = reduced(cards, "Vastaus tuli nopeasti", "Nopea vastaus")
    bills = act(cards, "add_class", level="lower", name="Laskut", members=[wrong, mended]).id
    speed = act(cards, "add_class", level="lower", name="Nopeus", members=[quick]).id
    upper = act(cards, "add_class", level="upper", name="Palvelu", members=[bills, speed]).id
    act(cards, "add_class", level="main", name="Luottamus", members=[upper])

    finding = content_analysis(expressions(cards))
    classes = finding.details["classes"].set_index(["level", "name"])
    assert classes.loc[("lower", "Laskut"), "expressions"] == 2
    assert classes.loc[("main", "Luottamus"), "expressions"] == 3
    for row in finding.table.itertuples():
        assert TEXT[row.start : row.end] == row.quote
    assert finding.details["loose"].empty

    # a class that goes leaves its cards behind; undo brings it back with them
    before = expressions(cards)
    act(cards, "remove_class", category=bills)
    loose = expressions(cards).set_index("reduction")["lower"].isna()
    assert loose.to_dict() == {wrong: True, mended: True, quick: False}
    undo(cards, lane="content")
    assert expressions(cards).equals(before)


def test_undo_takes_back_each_step_and_leaves_the_codings(cards: Study) -> None:
    first = reduced(cards, "Lasku oli väärin", "Virheellinen lasku")
    number = act(cards, "add_class", level="lower", name="Laskut", members=[first]).event
    act(cards, "change_class", category=categories(cards)["category"][0], name="Laskuvirheet")
    act(cards, "change_reduction", reduction=first, reduced="Väärä lasku")
    act(cards, "group_reductions", reductions=[first], into=None)
    for _ in range(3):
        undo(cards, lane="content")
    (row,) = expressions(cards).to_dict("records")
    assert (row["reduced"], row["lower"]) == ("Virheellinen lasku", "Laskut")
    assert list(table_as_of(cards, "category", number)["name"]) == ["Laskut"]
    undo(cards, lane="content")
    undo(cards, lane="content")
    assert expressions(cards).empty
    assert len(cards.codings()) == 1


def test_an_edit_of_the_text_moves_the_words_with_the_card(cards: Study) -> None:
    reduced(cards, "Lasku korjattiin", "Virhe korjattiin")
    act(cards, "edit_text", document="h01", start=0, end=5, text="Faktura")
    (row,) = expressions(cards).to_dict("records")
    assert row["quote"] == "Lasku korjattiin"
    assert row["start"] == TEXT.index("Lasku korjattiin") + 2


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("add_reduction", {"coding": "none", "reduced": "x"}),
        ("add_reduction", {"coding": "the coding", "reduced": "  "}),
        ("change_reduction", {"reduction": "none", "reduced": "x"}),
        ("group_reductions", {"reductions": ["the card"], "into": "the upper class"}),
        ("group_reductions", {"reductions": ["none"], "into": "the lower class"}),
        ("group_classes", {"categories": ["the upper class"], "into": "the lower class"}),
        ("group_classes", {"categories": ["the lower class"], "into": "the lower class"}),
        ("add_class", {"level": "lower", "name": "Laskut"}),
        ("add_class", {"level": "main", "name": "Uusi", "members": ["the lower class"]}),
        ("add_class", {"level": "lower", "name": "Uusi", "into": "the lower class"}),
        ("add_class", {"level": "lowest", "name": "Uusi"}),
        ("change_class", {"category": "the lower class", "name": " "}),
        ("remove_class", {"category": "none"}),
        ("remove_coding", {"coding": "the coding"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    cards: Study, name: str, fields: dict[str, Any]
) -> None:
    coding = coded(cards, "Lasku oli väärin")
    card = act(cards, "add_reduction", coding=coding, reduced="Virheellinen lasku").id
    lower = act(cards, "add_class", level="lower", name="Laskut", members=[card]).id
    upper = act(cards, "add_class", level="upper", name="Palvelu", members=[lower]).id
    ids = {"the coding": coding, "the card": card} | {
        "the lower class": lower,
        "the upper class": upper,
    }

    def known(value: Any) -> Any:
        return [known(v) for v in value] if isinstance(value, list) else ids.get(value, value)

    before = expressions(cards), categories(cards)
    with pytest.raises(ActRefusedError):
        act(cards, name, **{key: known(value) for key, value in fields.items()})
    assert before[0].equals(expressions(cards))
    assert before[1].equals(categories(cards))


def test_a_document_that_is_removed_takes_its_cards_along_and_undo_brings_them_back(
    cards: Study,
) -> None:
    reduced(cards, "Lasku oli väärin", "Virheellinen lasku")
    before = expressions(cards)
    act(cards, "remove_document", document="h01")
    assert expressions(cards).empty
    undo(cards)
    assert expressions(cards).equals(before)
