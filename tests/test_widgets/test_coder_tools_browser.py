"""Editing the text, splitting a code, coding all hits, filters and a second window in Chromium."""

from __future__ import annotations

import os
from typing import Any

import pytest

from cxresearch.widgets import MemoryDesk, TranscriptCoder, read_act
from cxresearch.widgets.acts import CODER_ACTS

from .test_coder_browser import drag, interview, quotes, settled

pytestmark = pytest.mark.browser


def shot(page: Any, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("CX_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def does(desk: MemoryDesk, act: str, **fields: Any) -> None:
    desk.perform(read_act({"id": 1, "act": act, **fields}, CODER_ACTS))


def code(desk: MemoryDesk, words: str, name: str, document: str = "h1") -> None:
    start = desk.content(document).text.index(words)
    place = {"document": document, "start": start, "end": start + len(words)}
    does(desk, "add_coding", **place, code=name)


def test_editing_a_turn_moves_codings_and_lists_what_lost_its_place(show: Any) -> None:
    desk = interview()
    code(desk, "soitin asiakaspalveluun", "service")
    code(desk, "hintoja", "billing")
    code(desk, "oli väärin 😀 ja", "billing")
    page = show(TranscriptCoder(desk))
    drag(page, "Katsoin", "Katsoin")
    page.keyboard.press("Shift+E")
    area = page.locator(".cxc-editor textarea")
    assert area.input_value() == "Katsoin 👨‍👩‍👧 hintoja ja soitin asiakaspalveluun. Jonotin kauan."
    area.fill("Katselin 👨‍👩‍👧 hintoja ja soitin palveluun. Jonotin tosi kauan.")
    shot(page, "edit")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "document.querySelector('.cxc-stage').textContent.includes('tosi kauan')"
    )
    settled(page)
    # a cut across its end would lose it; this one lies inside
    assert quotes(desk)[:2] == [("hintoja", "billing"), ("soitin palveluun", "service")]
    assert page.locator(".cxc-editor").count() == 0

    drag(page, "Lasku", "Lasku")
    page.keyboard.press("Shift+E")
    area.fill("Lasku on väärä 😀 yhä ja soitin taas.")
    assert "1 koodausta menettää" not in page.locator(".cxc-editor").inner_text()
    area.fill("Laskut 😀 ja soitin taas.")
    assert "1 koodausta menettää paikkansa" in page.locator(".cxc-editor").inner_text()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".cxc-waiting")
    assert page.locator(".cxc-waiting blockquote").inner_text() == "oli väärin 😀 ja"
    shot(page, "unplaced")
    drag(page, "😀 ja", "😀 ja")
    page.locator(".cxc-waiting button").first.click()
    page.wait_for_selector(".cxc-waiting", state="detached")
    assert quotes(desk)[-1] == ("😀 ja", "billing")
    for _ in range(10):  # each change of the text and each place is an act of its own
        if page.get_by_label("Kumoa", exact=True).is_disabled():
            break
        page.keyboard.press("Control+z")
        settled(page)
    assert desk.content("h1").text == interview().content("h1").text


def test_a_code_is_split_by_choosing_quotations_of_the_whole_study(show: Any) -> None:
    desk = interview()
    code(desk, "Lasku oli väärin", "billing")
    code(desk, "hintoja", "billing")
    code(desk, "lasku", "billing", "h2")
    page = show(TranscriptCoder(desk))
    page.locator("[data-code=billing]").click()
    page.get_by_role("button", name="Sitaatit, jaa…").click()
    page.wait_for_selector(".cxc-choose")
    assert page.locator(".cxc-choose").count() == 3
    page.locator(".cxc-choose input").nth(1).check()
    page.locator(".cxc-choose input").nth(2).check()
    shot(page, "split")
    page.get_by_label("Uuden koodin nimi").fill("Laskuvirhe")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-code=laskuvirhe]")
    made = [(c["quote"], c["code"]) for c in desk.codings_made()]
    assert made == [
        ("hintoja", "billing"),
        ("Lasku oli väärin", "laskuvirhe"),
        ("lasku", "laskuvirhe"),
    ]
    order = page.eval_on_selector_all("[data-code]", "list => list.map((e) => e.dataset.code)")
    assert order[:2] == ["billing", "laskuvirhe"]
    page.locator(".cxc-text").focus()
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-code=laskuvirhe]", state="detached")
    assert {c["code"] for c in desk.codings_made()} == {"billing"}


def test_all_hits_of_a_lemma_are_coded_after_a_preview_and_undone_at_once(show: Any) -> None:
    desk = interview()
    code(desk, "Lasku oli väärin 😀 ja soitin taas.", "billing")
    page = show(TranscriptCoder(desk))
    page.locator(".cxc-find select").first.select_option("lemma")
    page.locator(".cxc-find select").last.select_option("study")
    page.locator(".cxc-search").fill("laskussa")
    page.wait_for_selector(".cxc-result")
    assert page.locator(".cxc-result mark").all_inner_texts() == ["Lasku", "lasku"]
    page.locator(".cxc-autocode").click()
    page.keyboard.type("lasku")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxc-preview")
    assert "2 kohtaa 2 aineistossa, joista 1" in page.locator(".cxc-preview").inner_text()
    assert desk.codings_made()[-1]["document"] == "h1"
    shot(page, "autocode")
    page.get_by_role("button", name="Koodaa 1 kohtaa").click()
    settled(page)
    assert [(c["document"], c["quote"]) for c in desk.codings_made()][1:] == [
        ("h2", "Toinen lasku.")
    ]
    page.locator(".cxc-text").focus()
    page.keyboard.press("Control+z")
    settled(page)
    assert len(desk.codings_made()) == 1


def test_a_search_is_narrowed_by_speaker_and_code(show: Any) -> None:
    desk = interview()
    code(desk, "soitin asiakaspalveluun", "service")
    page = show(TranscriptCoder(desk))
    page.locator(".cxc-find select").last.select_option("study")
    page.locator(".cxc-search").fill("soitin")
    page.wait_for_function("document.querySelectorAll('.cxc-result').length === 2")
    page.locator(".cxc-filters summary").click()
    page.locator("[data-filter=in_code]").select_option("service")
    page.wait_for_function("document.querySelectorAll('.cxc-result').length === 1")
    shot(page, "filters")
    page.locator("[data-filter=speaker]").select_option("H")
    page.wait_for_function("document.querySelectorAll('.cxc-result').length === 0")


def test_what_another_window_does_arrives_by_itself(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    does(desk, "add_code", code="news", name_fi="Uutta", colour="#0072B2")
    code(desk, "hintoja", "news")
    page.wait_for_selector("[data-code=news]", timeout=6_000)
    assert page.locator(".cxc-names .cxc-name:not(.cxc-guess)").inner_text() == "Uutta"
    assert "toisessa ikkunassa" in page.locator(".cxc-live").inner_text()
    # an act of one's own after somebody else's: neither is lost
    code(desk, "Entä sitten?", "news")
    drag(page, "Jonotin", "Jonotin")
    page.keyboard.press("l")
    page.wait_for_function(
        "document.querySelectorAll('.cxc-names .cxc-name:not(.cxc-guess)').length === 3",
        timeout=6_000,
    )
