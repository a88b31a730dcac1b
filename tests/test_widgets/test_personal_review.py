"""Review of personal words: what is checked in Python, and keys, mouse and undo in the browser."""

from __future__ import annotations

from typing import Any

import pytest

from cxresearch.model import SettingsError
from cxresearch.widgets import MemoryPersonal, PersonalReview

TEXTS = {
    "h1": "H: 😀 Kuka vastasi?\n\nV: Maija Virtanen vastasi heti. Soitin Virtaselle, ja Onni "
    "auttoi. Kirjoitin myös osoitteeseen tuki.\n",
    "h2": "V: Maija Virtanen tuli paikalle. Muuta en muista.\n",
}


def found() -> list[dict[str, Any]]:
    wanted = (("h1", "Maija Virtanen", "H1"), ("h1", "Virtaselle", "H1:lle"), ("h1", "Onni", "H2"),
              ("h2", "Maija Virtanen", "H1"))  # fmt: skip
    rows = []
    for document, words, pseudonym in wanted:
        start = TEXTS[document].index(words)
        row = {"document": document, "start": start, "end": start + len(words)}
        rows.append({**row, "kind": "person", "source": "first name", "pseudonym": pseudonym})
    return rows


def sent(review: PersonalReview, **message: Any) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    review.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    review._handle_custom_msg({"id": 1, **message}, [])
    return told[-1]


def test_only_words_of_an_open_document_may_be_decided_on() -> None:
    desk = MemoryPersonal(TEXTS, found())
    review = PersonalReview(desk)
    first = {k: found()[0][k] for k in ("document", "start", "end", "kind")}
    decide = {"act": "decide_passages", "state": "personal", **first}
    assert sent(review, **decide)["ok"] is False  # not opened yet
    assert sent(review, act="open_personal")["review"]["document"] == "h1"
    assert sent(review, **decide, quote="muuta")["ok"] is False
    assert sent(review, **{**decide, "state": "perhaps"})["ok"] is False
    assert sent(review, **{**decide, "document": "h2"})["ok"] is False
    assert sent(review, act="finish_review", document="h2")["ok"] is False
    assert all(not word["state"] for word in desk.content("h1").words)
    answer = sent(review, **decide)["delta"]
    assert answer["words"][0]["state"] == "personal"
    assert answer["documents"][0]["open"] == 2
    assert sent(review, act="undo", document="h1")["delta"]["words"][0]["state"] == ""
    assert sent(review, act="redo", document="h1")["delta"]["words"][0]["state"] == "personal"


def test_widget_state_holds_no_text_and_height_is_bounded() -> None:
    review = PersonalReview(MemoryPersonal(TEXTS, found()))
    assert "Virtanen" not in repr(review.get_state())
    with pytest.raises(SettingsError):
        PersonalReview(MemoryPersonal(TEXTS), height=10)


def states(desk: MemoryPersonal, document: str = "h1") -> list[str]:
    return [word["state"] for word in desk.content(document).words]


def said(page: Any, words: str) -> None:
    page.wait_for_function(f"document.querySelector('.cxc-live').textContent.includes({words!r})")


@pytest.mark.browser
def test_one_key_each_with_undo_and_everywhere(show: Any) -> None:
    desk = MemoryPersonal(TEXTS, found())
    page = show(PersonalReview(desk))
    page.locator(".cxc-reading").focus()
    assert page.locator('[aria-current="true"]').inner_text() == "Maija Virtanen"
    page.keyboard.press("Shift+A")
    said(page, "henkilötieto")
    assert states(desk) == ["personal", "", ""]
    assert states(desk, "h2") == ["personal"]
    page.keyboard.press("a")
    said(page, "Virtaselle")
    page.keyboard.press("r")
    said(page, "Onni")
    assert states(desk) == ["personal", "personal", "open"]
    page.keyboard.press("Control+z")
    said(page, "Kumottu")
    page.wait_for_function("document.querySelectorAll('.cxc-word-undecided').length === 1")
    assert states(desk) == ["personal", "personal", ""]
    page.keyboard.press("f")  # one word is undecided: asks first
    assert "päättämättä" in page.locator(".cxc-alert").inner_text()
    assert desk.documents()[0]["reviewed"] is False
    page.keyboard.press("f")
    page.wait_for_function("document.querySelector('.cxc-document').value === 'h2'")
    assert desk.documents()[0]["reviewed"] is True
    assert "1 / 2" in page.locator(".cxc-count").inner_text()


@pytest.mark.browser
def test_missed_words_are_added_by_selecting_or_by_searching(show: Any) -> None:
    desk = MemoryPersonal(TEXTS, found())
    page = show(PersonalReview(desk))
    word = page.locator(".cxc-reading")
    word.focus()
    page.keyboard.press("/")
    page.keyboard.type("osoitteeseen tuki")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    said(page, "osoitteeseen tuki")
    added = [w for w in desk.content("h1").words if w["source"] == "added"]
    assert [w["quote"] for w in added] == ["osoitteeseen tuki"]  # after an emoji: code points
    select = """() => {
      const text = document.querySelector('.cxc-reading').firstChild;
      const at = text.data.indexOf('vastasi');
      const range = document.createRange();
      range.setStart(text, at); range.setEnd(text, at + 7);
      getSelection().removeAllRanges(); getSelection().addRange(range);
    }"""
    page.evaluate(select)
    page.keyboard.press("a")
    said(page, "vastasi")
    assert {w["quote"] for w in desk.content("h1").words} >= {"vastasi", "osoitteeseen tuki"}
    page.keyboard.press("Control+z")
    said(page, "Kumottu")
    assert "vastasi" not in {w["quote"] for w in desk.content("h1").words}
