"""How fast the published page is: first visit and warm visits, filter change, bytes sent.

    python benchmarks/findings_page.py [BUNDLE] [--visits 5]

BUNDLE is data/published/kelohavu after `make findings SERVE=0`. Needs Debian's chromium. As a
peer the same bundle is opened as a plain file without Voila: the time of drawing alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from cxresearch.pages import served


def visit(browser: Browser, address: str) -> tuple[float, float, int]:
    """Seconds until every section is there, seconds of a filter change, bytes of the page."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    received: list[int] = []
    page.on("response", lambda r: received.append(int(r.headers.get("content-length", 0))))
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("#method-title")
    ready = time.perf_counter() - start
    before = page.inner_text("#metrics")
    start = time.perf_counter()
    page.get_by_label("Segmentti", exact=True).select_option(index=1)
    page.wait_for_function("t => document.querySelector('#metrics').innerText !== t", arg=before)
    changed = time.perf_counter() - start
    page.close()
    return ready, changed, sum(received)


def plain(browser: Browser, bundle: Path) -> float:
    """The same content as one static file: what drawing alone costs."""
    content = json.loads((bundle / "content.fi.json").read_text(encoding="utf-8"))
    parts = [next(iter(s["parts"].values())) for s in content["sections"] if s["parts"]]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "page.html"
        end = '<p id="end">.</p>'
        file.write_text("<meta charset=utf-8>" + "".join(parts) + end, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        start = time.perf_counter()
        page.goto(file.as_uri())
        page.wait_for_selector("#end")
        seconds = time.perf_counter() - start
        page.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", nargs="?", type=Path, default=Path("data/published/kelohavu"))
    parser.add_argument("--visits", type=int, default=5)
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with served(given.bundle) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        first, _, size = visit(browser, address)
        warm = [visit(browser, address) for _ in range(given.visits)]
        static = statistics.median(plain(browser, given.bundle) for _ in range(3))
        browser.close()
    ready = statistics.median(w[0] for w in warm)
    changed = statistics.median(w[1] for w in warm)
    print(f"first visit {first:.2f} s; warm {ready:.2f} s (median of {given.visits})")
    print(f"filter change {changed * 1000:.0f} ms; {size / 2**20:.2f} MB by content-length")
    print(f"as a static file {static:.2f} s; ratio warm/static {ready / static:.1f}")


if __name__ == "__main__":
    main()
