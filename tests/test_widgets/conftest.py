"""Headless Chromium with the real Python half behind a plain page: no notebook, no network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

PAGE = """<!doctype html><html lang="fi"><head><meta charset="utf-8"><style>{css}</style></head>
<body style="margin:0" data-jp-theme-light="true"><div id="place"></div></body></html>"""

# a model as anywidget gives it, joined to Python by one exposed function
MODEL = """
async ([source, state]) => {
  const heard = new Map();
  const tell = (answer) => (heard.get("msg:custom") || []).forEach((f) => f(answer));
  const hear = (answers) => answers.forEach(tell);
  const model = {
    get: (name) => state[name],
    on: (name, f) => heard.set(name, [...(heard.get(name) || []), f]),
    off: (name, f) => heard.set(name, (heard.get(name) || []).filter((g) => g !== f)),
    send: async (message) => hear(JSON.parse(await window.toPython(JSON.stringify(message)))),
  };
  window.hear = hear;
  window.model = model;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const module = await import(address);
  const begun = performance.now();
  const el = document.getElementById("place");
  window.dispose = module.default.render({ model, el });
  window.begun = begun;
}
"""


def chromium_path() -> str | None:
    """Where Chromium is installed, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running headless browser; tests skip where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no chromium or chromium-browser on the PATH")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Show a widget on a page of its own and give the page.

    Messages go through the widget's real Python half. `page.faults` gathers errors of the browser.
    """
    pages = []

    def open_page(widget: Any, *, width: int = 1280, css: str = "", wait: str = "") -> Any:
        page = chromium.new_page(viewport={"width": width, "height": 760})
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        outbox: list[Any] = []
        widget.send = lambda message, buffers=None: outbox.append(message)

        def receive(text: str) -> str:
            widget._handle_custom_msg(json.loads(text), [])
            answers, outbox[:] = list(outbox), []
            return json.dumps(answers)

        page.expose_function("toPython", receive)
        page.set_content(PAGE.replace("{css}", str(widget._css) + css))
        state = {name: getattr(widget, name) for name in ("_texts", "_language", "_height")}
        page.evaluate(MODEL, [str(widget._esm), state])
        page.wait_for_selector(wait or '[data-ready="true"]')
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        assert page.faults == []
        page.close()
