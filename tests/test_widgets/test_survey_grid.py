"""The survey grid: each comment keeps its own places although the browser joins them."""

from __future__ import annotations

from typing import Any

import pytest

from cxresearch.model import SettingsError
from cxresearch.widgets import GridContent, GridHandler, MemoryDesk, SurveyGrid

COMMENTS = [
    ("v1", "Hyvä 😀 palvelu, kiitos!", 10, "Kuopio"),
    ("v2", "Lasku oli väärin.", 2, "Turku"),
    ("v3", "", 7, "Turku"),
    ("v4", "Jonotin 👨‍👩‍👧 kauan.", 0, None),
]


def survey() -> MemoryDesk:
    return MemoryDesk(
        [{"document": d, "text": text} for d, text, _, _ in COMMENTS],
        closed=[{"document": d, "NPS": nps, "Paikka": town} for d, _, nps, town in COMMENTS],
        codes=[
            {"code": "billing", "name_fi": "Laskutus", "kind": "theme", "shortcut": "l"},
            {"code": "service", "name_fi": "Palvelu", "kind": "theme", "shortcut": "p"},
        ],
    )


def sent(grid: SurveyGrid, **message: Any) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    grid.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    grid._handle_custom_msg({"id": 1, **message}, [])
    return told[-1]


def test_places_are_checked_against_the_comment() -> None:
    desk = survey()
    grid = SurveyGrid(desk)
    place = {"document": "v2", "start": 0, "end": 5, "quote": "Lasku"}
    assert sent(grid, act="add_coding", code="billing", **place)["ok"] is False
    opened = sent(grid, act="open_grid")["grid"]
    assert opened["columns"][0] == {"name": "NPS", "title": "NPS"}
    assert opened["rows"][3]["cells"] == [0, None]
    assert opened["rows"][3]["points"] == len(COMMENTS[3][1])
    assert sent(grid, act="add_coding", code="billing", **place)["ok"]
    assert sent(grid, act="add_coding", code="billing", **{**place, "end": 99})["ok"] is False
    assert sent(grid, act="add_coding", code="billing", **{**place, "document": "*"})["ok"] is False
    assert len(desk.codings_made()) == 1
    assert "väärin" not in repr(grid.get_state())
    assert isinstance(desk, GridHandler)


def test_too_many_columns_are_refused() -> None:
    closed = [{"document": "a", **{f"q{i}": 1 for i in range(9)}}]
    content = GridContent([{"document": "a", "text": "x"}], closed=closed)
    with pytest.raises(SettingsError):
        content.as_message()


def settled(page: Any) -> None:
    page.wait_for_function("document.querySelector('.cxc-status').textContent.includes('✓')")


def shown(page: Any) -> list[str]:
    return page.eval_on_selector_all(".cxc-words", "list => list.map((e) => e.textContent)")


@pytest.mark.browser
def test_sort_filter_and_code_in_place(show: Any) -> None:
    desk = survey()
    page = show(SurveyGrid(desk))
    assert shown(page) == [text for _, text, _, _ in COMMENTS]
    page.locator(".cxc-heads button").first.click()  # by NPS, rising
    assert shown(page)[0] == "Jonotin 👨‍👩‍👧 kauan."
    page.locator(".cxc-heads button").first.click()
    assert shown(page)[0] == "Hyvä 😀 palvelu, kiitos!"
    page.locator(".cxc-heads input").first.fill("0-6")
    page.wait_for_function("document.querySelectorAll('.cxc-words').length === 2")
    assert shown(page) == ["Lasku oli väärin.", "Jonotin 👨‍👩‍👧 kauan."]

    page.locator(".cxc-text").focus()
    page.keyboard.press("l")  # no selection: the whole comment
    settled(page)
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Control+Shift+ArrowRight")  # past the family, one word
    page.keyboard.press("p")
    settled(page)
    page.keyboard.press("Shift+Digit1")
    settled(page)
    made = {c["document"]: (c["quote"], c["code"], c.get("valence")) for c in desk.codings_made()}
    assert made == {
        "v2": ("Lasku oli väärin.", "billing", None),
        "v4": ("👨‍👩‍👧 kauan", "service", -2),
    }
    page.keyboard.press("Alt+Shift+ArrowRight")
    settled(page)
    assert [c["quote"] for c in desk.codings_made()][1] == "kauan"

    page.locator(".cxc-heads input").first.fill("")
    page.locator(".cxc-heads input").nth(1).fill("!turku")
    page.wait_for_function("document.querySelector('.cxc-words').textContent.startsWith('Hyv')")
    assert page.locator(".cxc-names .cxc-name").inner_text().startswith("Palvelu")
    page.locator(".cxc-heads-end input").check()
    page.wait_for_function("document.querySelectorAll('.cxc-words').length === 1")
    assert "1 / 4" in page.locator(".cxc-heads-end").inner_text()


@pytest.mark.browser
def test_a_selection_over_two_comments_is_refused(show: Any) -> None:
    desk = survey()
    page = show(SurveyGrid(desk))
    page.locator(".cxc-text").focus()
    page.keyboard.press("Control+Shift+End")
    page.keyboard.press("l")
    page.wait_for_selector(".cxc-alert:not([hidden])")
    assert desk.codings_made() == []


@pytest.mark.browser
def test_suggestions_and_all_hits_are_coded_from_the_grid(show: Any) -> None:
    desk = survey()
    guess = {"document": "v4", "start": 0, "end": 7, "code": "service", "score": 0.7}
    guess |= {"coding": "s1", "coder": "rules", "origin": "suggested"}
    desk = MemoryDesk(desk.texts, closed=desk.closed, codes=desk.codes, suggestions=[guess])
    page = show(SurveyGrid(desk))
    page.locator(".cxc-text").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    settled(page)
    assert [(c["document"], c["quote"]) for c in desk.codings_made()] == [("v4", "Jonotin")]
    page.keyboard.press("/")
    page.keyboard.type("lasku")
    page.wait_for_selector(".cxc-hit-now")
    page.get_by_role("tab", name="Osumat").click()
    assert page.locator(".cxc-autocode").count() == 0  # only the whole study can be meant
    page.locator(".cxc-find select").last.select_option("study")
    page.locator(".cxc-autocode").click()
    page.keyboard.type("laskutus")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Koodaa 1 kohtaa").click()
    page.wait_for_selector(".cxc-names >> text=Laskutus")
    assert [c["quote"] for c in desk.codings_made()] == ["Lasku oli väärin.", "Jonotin"]
