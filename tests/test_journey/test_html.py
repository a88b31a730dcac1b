"""The table version: heads, escaping, quotes behind a click; and both in a real browser."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from cxresearch.journey import map_journey, render_html, render_svg
from cxresearch.model import Words

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def journey(codings, stages, touchpoints, codebook, quotes, scores):
    return map_journey(
        codings,
        stages=stages,
        touchpoints=touchpoints,
        codebook=codebook,
        scores=scores,
        quotes=quotes,
    ).described(title=Words(fi="Polku <b>&</b>", en="Journey"))


class _Heads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))


def parsed(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Heads()
    parser.feed(html)
    return parser.tags


def test_each_lane_and_stage_has_a_head(journey, stages):
    tags = parsed(render_html(journey, language="fi"))
    scopes = [attrs.get("scope") for tag, attrs in tags if tag == "th"]
    assert scopes.count("col") == len(stages)
    assert scopes.count("row") == len(journey.lanes) + 2
    assert scopes.count("colgroup") == 3
    region = next(attrs for tag, attrs in tags if attrs.get("role") == "region")
    assert region["tabindex"] == "0"
    assert region["aria-label"] == "Polku <b>&</b>"
    assert region["lang"] == "fi"


def test_words_are_escaped_and_quotes_stand_behind_a_click(journey):
    html = render_html(journey, language="fi")
    assert "Polku &lt;b&gt;&amp;&lt;/b&gt;" in html
    assert "Jonotin &lt;puhelimessa&gt; vartin &amp; kyllästyin" in html
    assert "<details><summary>Lue sitaatit (2)</summary>" in html
    assert "<script" not in html
    assert "http" not in html


def test_evidence_shows_only_when_asked_for(journey):
    assert "c0" not in render_html(journey, style=False)
    assert 'data-evidence="c0' in render_html(journey, evidence=True)


def test_hidden_numbers_stay_hidden(journey):
    html = render_html(journey.hide_small(5), language="en", style=False)
    assert "&lt;\N{NO-BREAK SPACE}5" in html
    assert "too little data" in html


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_only_the_table_scrolls_and_its_heads_stay(browser, journey, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    meta = '<meta name="viewport" content="width=device-width">'
    page.set_content(f"<!doctype html>{meta}<body>{render_html(journey)}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    head = "document.querySelector('tbody th').getBoundingClientRect().left"
    before = page.evaluate(head)
    page.evaluate("document.querySelector('.cxj').scrollLeft = 200")
    assert abs(page.evaluate(head) - before) <= 4
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("narrow", [False, True])
def test_texts_take_the_room_that_was_measured(browser, journey, narrow):
    page = browser.new_page(viewport={"width": 390 if narrow else 1280, "height": 800})
    page.set_content(f"<body>{render_svg(journey, narrow=narrow)}")
    found = page.evaluate(
        """() => {
          const texts = [...document.querySelectorAll('svg text')];
          const boxes = texts.map(t => t.getBBox());
          const overlaps = [];
          boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
            const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
            const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
            if (w > 0.5 && h > 1) overlaps.push(texts[i].textContent + ' | ' +
              texts[i + 1 + j].textContent);
          }));
          const ratios = texts.map(t => {
            const held = Number(t.getAttribute('textLength'));
            t.removeAttribute('textLength');
            return t.getComputedTextLength() / held;
          });
          return {overlaps, low: Math.min(...ratios), high: Math.max(...ratios)};
        }"""
    )
    assert found["overlaps"] == []
    assert found["low"] > 0.8
    assert found["high"] < 1.35
    page.close()
