"""The coder in Chromium: mouse, keys, undo, emoji before the selection, other people's changes."""

from __future__ import annotations

from typing import Any

import pytest

from cxresearch.widgets import Act, Delta, MemoryDesk, TranscriptCoder

pytestmark = pytest.mark.browser

WORDS = (
    "Mitä tapahtui ensin?",
    "Katsoin 👨‍👩‍👧 hintoja ja soitin asiakaspalveluun. Jonotin kauan.",
    "Entä sitten?",
    "Lasku oli väärin 😀 ja soitin taas.",
)


def interview(turns: int = 4) -> MemoryDesk:
    text, rows = "", []
    for i in range(turns):
        text += "Haastattelija: " if i % 2 == 0 else "Asiakas: "
        start = len(text)
        text += WORDS[i % len(WORDS)]
        rows.append({"document": "h1", "turn": i, "start": start, "end": len(text)})
        rows[-1] |= {"speaker": "H" if i % 2 == 0 else "A", "seconds": 5.0 * i}
        text += "\n\n"
    codes = [
        {"code": "billing", "name_fi": "Laskutus", "kind": "theme", "shortcut": "l"},
        {"code": "service", "name_fi": "Asiakaspalvelu", "kind": "theme", "shortcut": "a"},
        {"code": "waiting", "name_fi": "Jonottaminen", "kind": "pain", "parent": "service"},
    ]
    at = text.index("Jonotin kauan")
    guess = {"document": "h1", "start": at, "end": at + 13, "code": "waiting", "score": 0.9}
    guess |= {"coding": "s1", "coder": "rules", "origin": "suggested"}
    phases = ("pre_purchase", "Ennen"), ("purchase", "Osto"), ("post_purchase", "Jälkeen")
    stages = [{"phase": p, "stage": p, "phase_fi": fi} for p, fi in phases]
    return MemoryDesk(
        [{"document": "h1", "text": text}, {"document": "h2", "text": "Toinen lasku."}],
        turns=rows,
        codes=codes,
        suggestions=[guess],
        stages=stages,
        coder="aino",
    )


def point_at(page: Any, words: str, *, end: bool = False) -> dict[str, float]:
    """Where words stand on the screen: left of their first sign, or right of the last."""
    return page.evaluate(
        """([words, end]) => {
          const walker = document.createTreeWalker(document.querySelector(".cxc-stage"), 4);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(words);
            if (at < 0 || !node.cxRow) continue;
            const range = document.createRange();
            range.setStart(node, end ? at + words.length - 1 : at);
            range.setEnd(node, end ? at + words.length : at + 1);
            const rect = range.getBoundingClientRect();
            return { x: end ? rect.right - 1 : rect.left + 1, y: rect.top + rect.height / 2 };
          }
          throw new Error("no such words on the screen: " + words);
        }""",
        [words, end],
    )


def drag(page: Any, first: str, last: str) -> None:
    a, b = point_at(page, first), point_at(page, last, end=True)
    page.mouse.move(a["x"], a["y"])
    page.mouse.down()
    page.mouse.move((a["x"] + b["x"]) / 2, (a["y"] + b["y"]) / 2)
    page.mouse.move(b["x"], b["y"])
    page.mouse.up()


def settled(page: Any) -> None:
    page.wait_for_function("document.querySelector('.cxc-status').textContent.includes('✓')")


def quotes(desk: MemoryDesk) -> list[tuple[str, str]]:
    return [(c["quote"], c["code"]) for c in desk.codings_made()]


def test_mouse_selects_words_after_an_emoji_and_a_key_codes_them(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "soitin asiakas", "asiakaspalveluun")
    page.keyboard.press("a")
    settled(page)
    (coding,) = desk.codings_made()
    assert coding["quote"] == "soitin asiakaspalveluun"
    assert desk.content("h1").text[coding["start"] : coding["end"]] == coding["quote"]
    assert page.locator(".cxc-name.cxc-now").inner_text() == "Asiakaspalvelu"
    assert page.locator("[data-code=service] small").inner_text() == "1 / 1"


def test_a_selection_across_turns_is_one_quotation(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "Jonotin", "Lasku")
    page.keyboard.press("l")
    settled(page)
    assert quotes(desk) == [
        ("Jonotin kauan.\n\nHaastattelija: Entä sitten?\n\nAsiakas: Lasku", "billing")
    ]


def test_keyboard_alone_selects_codes_and_sets_facets(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    page.locator(".cxc-text").focus()
    page.keyboard.press("Control+ArrowDown")  # the end of this row
    page.keyboard.press("ArrowRight")  # the next turn
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("jono")
    page.keyboard.press("Enter")
    settled(page)
    for key in ("Alt+2", "Shift+Digit1", "*"):
        page.keyboard.press(key)
        settled(page)
    (coding,) = desk.codings_made()
    assert (coding["quote"], coding["code"]) == ("Katsoin", "waiting")
    assert (coding["phase"], coding["valence"], coding["important"]) == ("purchase", -2, True)
    page.keyboard.press("+")
    settled(page)
    page.keyboard.press(".")
    settled(page)
    (coding,) = desk.codings_made()
    assert (coding["phase"], coding["valence"]) == ("post_purchase", -1)


def test_borders_move_by_words_and_signs_and_undo_goes_all_the_way(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "soitin asiakas", "soitin")
    page.keyboard.press("l")
    settled(page)
    page.keyboard.press("Alt+ArrowRight")
    settled(page)
    assert quotes(desk) == [("soitin asiakaspalveluun", "billing")]
    page.keyboard.press("Alt+Control+ArrowRight")
    settled(page)
    page.keyboard.press("Alt+Shift+ArrowLeft")
    settled(page)
    assert quotes(desk) == [("ja soitin asiakaspalveluun.", "billing")]
    for _ in range(4):
        page.keyboard.press("Control+z")
        settled(page)
    assert quotes(desk) == []
    for _ in range(4):
        page.keyboard.press("Control+y")
        settled(page)
    assert quotes(desk) == [("ja soitin asiakaspalveluun.", "billing")]
    page.keyboard.press("Control+z")
    settled(page)
    assert quotes(desk) == [("soitin asiakaspalveluun.", "billing")]


def test_a_new_selection_starts_on_words_that_are_selected(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "soitin asiakas", "soitin")
    drag(page, "soitin asiakas", "asiakaspalveluun")  # the browser itself would drag words away
    page.keyboard.press("a")
    settled(page)
    assert quotes(desk) == [("soitin asiakaspalveluun", "service")]


def test_a_codes_own_digit_goes_before_the_recent_codes(show: Any) -> None:
    desk = interview()
    desk.perform(Act(1, "change_code", {"code": "waiting", "shortcut": "1"}))
    page = show(TranscriptCoder(desk))
    for words, key in (("hintoja", "l"), ("Jonotin", "1"), ("Lasku", "3")):
        drag(page, words, words)
        page.keyboard.press(key)
        settled(page)
    assert quotes(desk) == [("hintoja", "billing"), ("Jonotin", "waiting"), ("Lasku", "billing")]
    keys = page.locator(".cxc-foot .cxc-recent kbd").all_inner_texts()
    assert keys == ["2", "3"]


def test_codes_are_dragged_in_the_tree(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    page.locator("[data-code=waiting]").drag_to(page.locator("[data-code=billing]"))
    page.wait_for_selector("[data-code=waiting][aria-level='2']")
    assert [c["parent"] for c in desk.content("h1").codes if c["code"] == "waiting"] == ["billing"]
    top = {"x": 60, "y": 2}
    page.locator("[data-code=service]").drag_to(
        page.locator("[data-code=billing]"), target_position=top
    )
    page.wait_for_function("document.querySelector('[data-code]').dataset.code === 'service'")
    assert [c["code"] for c in desk.content("h1").codes] == ["service", "billing", "waiting"]


def test_dragging_a_handle_moves_the_border(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "soitin asiakas", "soitin")
    page.keyboard.press("l")
    settled(page)
    handle = page.locator(".cxc-handle-end").bounding_box()
    target = point_at(page, "palveluun", end=True)
    page.mouse.move(handle["x"] + 5, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(target["x"] - 20, target["y"])
    page.mouse.move(target["x"] + 1, target["y"])
    page.mouse.up()
    settled(page)
    assert quotes(desk) == [("soitin asiakaspalveluun", "billing")]


def test_in_vivo_new_code_recent_and_overlap(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "soitin taas", "taas")
    page.keyboard.press("Shift+I")
    page.wait_for_selector("[data-code=soitin_taas]")
    settled(page)
    drag(page, "Lasku oli", "soitin taas")
    page.keyboard.press("Enter")
    page.keyboard.type("Harmi")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-code=harmi]")
    page.wait_for_selector(".cxc-now")
    settled(page)
    drag(page, "hintoja", "hintoja")
    page.keyboard.press("2")
    settled(page)
    assert quotes(desk) == [
        ("hintoja", "soitin_taas"),
        ("Lasku oli väärin 😀 ja soitin taas", "harmi"),
        ("soitin taas", "soitin_taas"),
    ]
    piece = page.locator(".cxc-piece", has_text="soitin taas").last
    assert piece.evaluate("e => e.style.backgroundImage.split('gradient').length - 1") == 2


def test_suggestions_by_keys(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    page.locator(".cxc-text").focus()
    page.keyboard.press("Space")
    assert "90" in page.locator(".cxc-panels").inner_text()
    page.keyboard.press("Enter")
    settled(page)
    assert quotes(desk) == [("Jonotin kauan", "waiting")]
    page.keyboard.press("Control+z")
    settled(page)
    assert quotes(desk) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    page.keyboard.press("Delete")
    settled(page)
    assert page.locator(".cxc-guess").count() == 0
    assert quotes(desk) == []


def test_remove_recode_and_memo(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    drag(page, "soitin asiakas", "soitin")
    page.keyboard.press("l")
    settled(page)
    page.keyboard.press("Shift+R")
    page.keyboard.type("jonot")
    page.keyboard.press("Enter")
    settled(page)
    page.keyboard.press("F2")
    page.keyboard.type("muistettavaa")
    page.keyboard.press("Escape")
    settled(page)
    (coding,) = desk.codings_made()
    assert (coding["code"], coding["memo"]) == ("waiting", "muistettavaa")
    page.keyboard.press("Delete")
    settled(page)
    assert quotes(desk) == []


def test_tree_by_keys_moves_merges_and_removes_codes(show: Any) -> None:
    desk = interview()
    page = show(TranscriptCoder(desk))
    page.locator(".cxc-text").focus()
    page.keyboard.press("Shift+T")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowRight")  # service goes under billing
    page.wait_for_selector("[data-code=service][aria-level='2']")
    assert page.evaluate("document.activeElement.dataset.code") == "service"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowLeft")  # waiting out of service
    page.wait_for_selector("[data-code=waiting][aria-level='2']")
    page.keyboard.press("Delete")
    page.wait_for_selector("[data-code=waiting]", state="detached")
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-code=waiting]")


def test_search_finds_rows_that_are_not_drawn(show: Any) -> None:
    desk = interview(400)
    page = show(TranscriptCoder(desk))
    assert page.locator(".cxc-row").count() < 80
    page.locator(".cxc-text").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("asiakaspalveluun")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cxc-hit-now")
    assert page.locator(".cxc-count").inner_text() == "1 / 100"
    for _ in range(60):
        page.keyboard.press("Enter")
    assert page.locator(".cxc-count").inner_text() == "61 / 100"
    page.keyboard.press("Escape")
    page.locator(".cxc-find select").last.select_option("study")
    page.locator(".cxc-search").fill("Toinen")
    page.locator(".cxc-result").click()
    page.wait_for_function("document.querySelector('.cxc-document').value === 'h2'")


def test_what_others_change_appears_and_a_refusal_changes_nothing(show: Any) -> None:
    desk = interview()
    coder = TranscriptCoder(desk)
    page = show(coder)
    row = {"coding": "x", "document": "h1", "start": 15, "end": 19, "code": "billing"}
    told: list[Any] = []
    coder.send = lambda message, buffers=None: told.append(message)
    coder.show(Delta(codings=[{**row, "coder": "eero", "origin": "human"}], counts={"billing": 1}))
    page.evaluate("(m) => window.hear(m)", told)
    assert page.locator(".cxc-names .cxc-name:not(.cxc-guess)").inner_text() == "Laskutus"
    page.locator(".cxc-text").focus()
    page.keyboard.press("l")
    assert page.locator(".cxc-alert").is_visible()
    assert desk.codings_made() == []


def test_every_row_that_is_drawn_reads_as_the_text(show: Any) -> None:
    desk = interview(60)
    page = show(TranscriptCoder(desk))
    shown = page.eval_on_selector_all(".cxc-words", "list => list.map((e) => e.textContent)")
    assert shown == [WORDS[i % 4] for i in range(len(shown))]


def test_closing_lets_go_of_the_page(show: Any) -> None:
    page = show(TranscriptCoder(interview()))
    page.evaluate("window.dispose()")
    drag(page, "Mitä", "ensin")
    page.keyboard.press("l")
