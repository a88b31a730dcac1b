"""The served page in a real browser: figures seen, filters work, nothing leaves the machine."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from cxresearch import open_study
from cxresearch.pages import served
from cxresearch.study import approvals, personal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed; see `make setup`"),
    # playwright and asyncio leave sockets to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def address(sample_study: Path) -> Iterator[str]:
    with open_study(sample_study, coder="tester") as study:
        folder = study.folder_published
    with served(folder) as there:
        yield there


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Visit:
    """A page with everything that it asked for and received."""

    def __init__(self, browser, address: str, width: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.received: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda r: self._asked(r.url, address))
        self.page.on("websocket", self._opened)
        self.page.goto(address)
        self.page.wait_for_selector("#method-title", timeout=60_000)
        self.received.append(self.page.content())

    def _said(self, message) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _asked(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.outside.append(url)

    def _opened(self, socket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(str(frame)))


@pytest.fixture(scope="module", params=[1280, 390])
def visit(request, browser, address: str) -> Visit:
    return Visit(browser, address, request.param)


def test_axe_finds_no_violation_of_wcag_in_either_language(visit: Visit) -> None:
    from axe_playwright_python.sync_playwright import Axe

    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for button, code in (("In English", "en"), ("Suomeksi", "fi")):
        visit.page.get_by_role("button", name=button).click()
        visit.page.wait_for_function("w => document.querySelector('.cx').lang === w", arg=code)
        found = Axe().run(visit.page, options=rules).response
        faults = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found["violations"]]
        assert faults == []
        assert len(found["passes"]) > 10


def test_every_section_is_there_and_figures_are_seen(visit: Visit) -> None:
    names = ["overview", "journey", "themes", "segments", "metrics", "links", "method"]
    for name in names:
        assert visit.page.locator(f"#{name}-title").is_visible(), name
    # what is folded away has no height before it is opened
    visit.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    pictures = visit.page.locator("figure img")
    assert pictures.count() >= 3
    for i in range(pictures.count()):
        box = pictures.nth(i).bounding_box()
        assert box["height"] > 60
        assert pictures.nth(i).evaluate("p => p.naturalWidth") > 100
        assert len(pictures.nth(i).get_attribute("alt")) > 10


def test_the_map_suits_the_screen(visit: Visit) -> None:
    wide = visit.page.viewport_size["width"] > 600
    assert visit.page.locator(".cx-wide svg").is_visible() == wide
    assert visit.page.locator(".cx-narrow svg").is_visible() != wide


def test_nothing_hangs_over_the_edge(visit: Visit) -> None:
    width = visit.page.viewport_size["width"]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width + 1


def test_facts_on_a_card_stand_below_one_another(visit: Visit) -> None:
    places = visit.page.evaluate(
        """() => [...document.querySelectorAll('#improvements dl')].map(list =>
            [...list.children].map(e => {
                const box = e.getBoundingClientRect(); return [box.top, box.bottom]; }))"""
    )
    assert places
    for boxes in places:
        assert all(above[1] <= below[0] + 1 for above, below in pairwise(boxes))


def test_no_error_and_no_request_leaves_the_machine(visit: Visit) -> None:
    assert visit.errors == []
    assert visit.outside == []


def test_the_page_says_that_it_is_fictional_and_in_which_language(visit: Visit) -> None:
    assert visit.page.evaluate("document.documentElement.lang") == "fi"
    assert "Kuvitteellinen" in visit.page.inner_text("body")
    assert visit.page.locator("main").count() == 1


def test_filter_and_language_change_the_sections_and_keep_each_other(browser, address: str) -> None:
    visit = Visit(browser, address, 1280)
    page = visit.page
    before = page.inner_text("#metrics")
    page.get_by_label("Segmentti", exact=True).select_option(index=1)
    page.wait_for_function("t => document.querySelector('#metrics').innerText !== t", arg=before)
    of_segment = page.inner_text("#metrics")
    page.get_by_role("button", name="In English").click()
    page.wait_for_selector("section#metrics h2:has-text('Experience metrics')")
    assert page.get_by_label("Segment", exact=True).evaluate("s => s.selectedIndex") == 1
    assert "NPS is" in page.inner_text("#metrics")
    page.get_by_role("button", name="Suomeksi").click()
    page.wait_for_function(
        "t => document.querySelector('#metrics').innerText === t", arg=of_segment
    )
    assert visit.errors == []


def raw_pieces(study) -> list[str]:
    """Names and contacts that stand in the raw material, and words drawn from all over it."""
    texts = [" ".join(t.split()) for t in (*study.documents()["text"], *study.comments()["text"])]
    whole = " ".join(texts)
    held = [v for v in personal(study)["value"] if len(v) > 5 and v in whole]
    draw = random.Random(5)
    pieces = []
    for text in texts:
        words = text.split()
        for first in range(0, len(words) - 12, 40):
            start = first + draw.randrange(5)
            pieces.append(" ".join(words[start : start + 7]))
    approved = " ".join([*approvals(study)["quote"], *approvals(study)["published_text"]])
    return [*held, *(p for p in pieces if p not in approved)]


def test_the_browser_never_receives_raw_words(sample_study: Path, browser, address: str) -> None:
    visit = Visit(browser, address, 1280)
    page = visit.page
    for index in range(
        1, page.get_by_label("Segmentti", exact=True).evaluate("s => s.options.length")
    ):
        page.get_by_label("Segmentti", exact=True).select_option(index=index)
        page.wait_for_timeout(150)
    everything = " ".join("\n".join([*visit.received, page.content()]).split())
    with open_study(sample_study, coder="tester") as study:
        canaries = raw_pieces(study)
    assert len(canaries) > 200
    assert [c for c in canaries if c in everything] == []
