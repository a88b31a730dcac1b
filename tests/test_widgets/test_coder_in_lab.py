"""The coder in JupyterLab itself: keys stay in the coder, acts reach the kernel, nothing leaks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOKEN = "only-for-this-test"
CELL = """\
from cxresearch.widgets import MemoryDesk, TranscriptCoder
text = "Eka 👨‍👩‍👧 puhui. Salainen lasku tuli."
desk = MemoryDesk([{"document": "a", "text": text}], codes=[
    {"code": "billing", "name_fi": "Laskutus", "name_en": "Billing", "shortcut": "l"}])
coder = TranscriptCoder(desk, height=420)
coder"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "id": f"c{i}", "source": source, "metadata": {}, "outputs": []}
        | {"execution_count": None}
        for i, source in enumerate((CELL, "print(desk.codings_made())"))
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: Any) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "coder.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]
    command += ["--allow-root", "--ServerApp.port_retries=0"]
    root = Path(__file__).parents[2]
    env = os.environ | {"PYTHONPATH": str(root), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    env |= {"JUPYTER_RUNTIME_DIR": str(folder / "run"), "IPYTHONDIR": str(folder / "ipython")}
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=env, cwd=folder)
    try:
        for _ in range(240):
            if server.poll() is not None:
                pytest.skip("JupyterLab does not start here")
            try:
                urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=2)
                break
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.25)
        yield address, folder
    finally:
        server.terminate()
        server.wait(timeout=20)


def run_cell(page: Any, number: int, result: str) -> None:
    """Run a cell until its result stays: Lab drops orders while it connects."""
    for _ in range(8):
        page.locator(".jp-CodeCell").nth(number).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        try:
            page.wait_for_selector(result, timeout=8_000)
        except playwright.TimeoutError:
            continue
        page.wait_for_timeout(2_000)
        if page.locator(result).count():
            return
    pytest.fail("the cell gave no result")


def test_coding_in_lab_by_keys_alone(chromium: Any, lab: tuple[str, Path]) -> None:
    address, folder = lab
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}/lab/tree/coder.ipynb?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    run_cell(page, 0, '.cxc-text[data-ready="true"]')

    page.locator(".cxc-text").focus()
    for key in "abddzxx0m":
        page.keyboard.press(key)
    for _ in range(3):
        page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.press("l")
    page.wait_for_selector(".cxc-names .cxc-name")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".cxc-names .cxc-name", state="detached")
    page.keyboard.press("Control+y")
    page.wait_for_selector(".cxc-names .cxc-name")
    assert page.locator(".jp-CodeCell").count() == 2

    run_cell(page, 1, ".jp-OutputArea-output pre >> text=billing")
    said = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output").inner_text()
    assert "'quote': 'lasku'" in said
    if shots := os.environ.get("CX_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/lab-light.png")
    page.locator(".lm-MenuBar-item", has_text="Settings").click()
    page.locator(".lm-Menu-item", has_text="Theme").first.hover()
    page.locator(".lm-Menu-item", has_text="JupyterLab Dark").first.click()
    page.wait_for_selector(".cxc-dark", timeout=20_000)
    if shots:
        page.screenshot(path=f"{shots}/lab-dark.png")

    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    saved = json.loads((folder / "coder.ipynb").read_text(encoding="utf-8"))
    assert "Salainen" not in json.dumps(saved["metadata"], ensure_ascii=False)
    outputs = json.dumps(saved["cells"][0]["outputs"], ensure_ascii=False)
    assert "widget-view" in outputs
    assert "Salainen" not in outputs
    assert faults == []
    page.close()
