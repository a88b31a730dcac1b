"""Approving quotes: what is checked in Python, and the keys in the browser."""

from __future__ import annotations

from typing import Any

import pytest

from cxresearch.model import SettingsError
from cxresearch.widgets import MemoryReview, QuoteReview


def candidates() -> list[dict[str, Any]]:
    rows = [
        ("Matti Meikäläinen hoiti laskun.", "[H1] hoiti laskun.", "person"),
        ("Jonotin kauan 😀.", "Jonotin kauan 😀.", ""),
        ("Soitin numeroon 040 123 4567 taas.", "Soitin numeroon [puhelin] taas.", "phone"),
    ]
    return [
        {"document": "h1", "start": 100 * i, "end": 100 * i + len(quote), "quote": quote}
        | {"published": published, "note": note, "code_name": "Laskutus"}
        for i, (quote, published, note) in enumerate(rows)
    ]


def sent(review: QuoteReview, **message: Any) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    review.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    review._handle_custom_msg({"id": 1, **message}, [])
    return told[-1]


def test_only_shown_candidates_may_be_approved_and_never_with_empty_words() -> None:
    desk = MemoryReview(candidates())
    review = QuoteReview(desk)
    first = {k: candidates()[0][k] for k in ("document", "start", "end", "quote")}
    early = sent(review, act="approve_quote", published_text="x", **first)
    assert early["ok"] is False
    assert sent(review, act="open_review")["ok"]
    other = {**first, "start": 7, "end": 9}
    assert sent(review, act="approve_quote", published_text="x", **other)["ok"] is False
    assert sent(review, act="approve_quote", published_text=" \n", **first)["ok"] is False
    drifted = {**first, "quote": "aivan muuta"}
    assert sent(review, act="reject_quote", **drifted)["ok"] is False
    assert desk.approved() == []
    answer = sent(review, act="approve_quote", published_text="[H1] hoiti.", **first)
    assert answer["delta"]["candidates"][0]["state"] == "approved"
    assert [row["published"] for row in desk.approved()] == ["[H1] hoiti."]
    assert sent(review, act="undo")["delta"]["candidates"][0]["state"] == ""
    assert desk.approved() == []
    assert sent(review, act="redo")["delta"]["candidates"][0]["published"] == "[H1] hoiti."


def test_widget_state_holds_no_quote_and_height_is_bounded() -> None:
    review = QuoteReview(MemoryReview(candidates()))
    assert "Meikäläinen" not in repr(review.get_state())
    with pytest.raises(SettingsError):
        QuoteReview(MemoryReview(()), height=10)


@pytest.mark.browser
def test_single_keys_decide_edit_and_undo(show: Any) -> None:
    desk = MemoryReview(candidates())
    page = show(QuoteReview(desk))
    assert page.locator(".cxc-said del").inner_text() == "Matti Meikäläinen"
    assert page.locator(".cxc-said ins").inner_text() == "[H1]"
    page.locator(".cxc-quotes").focus()
    page.keyboard.press("a")
    page.wait_for_selector(".cxc-warn")  # the second: nothing was replaced
    page.keyboard.press("r")
    page.wait_for_selector(".cxc-said del:has-text('040')")
    page.keyboard.press("e")
    page.locator(".cxc-card textarea").fill("Soitin numeroon 040 taas.")
    page.keyboard.press("Control+Enter")
    assert "040" in page.locator(".cxc-alert").inner_text()
    page.locator(".cxc-card textarea").fill("Soitin taas.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".cxc-none")
    assert [row["published"] for row in desk.approved()] == ["[H1] hoiti laskun.", "Soitin taas."]
    for left in (1, 1, 0):
        page.keyboard.press("Control+z")
        page.wait_for_function("document.querySelector('.cxc-live').textContent === 'Kumottu'")
        page.wait_for_timeout(60)
        assert len(desk.approved()) == left
    page.keyboard.press("Control+y")
    page.wait_for_timeout(100)
    assert len(desk.approved()) == 1
