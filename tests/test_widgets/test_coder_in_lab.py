"""The coder in JupyterLab itself: keys stay in the coder, acts reach the kernel, nothing leaks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxresearch.study import act, open_study

from .test_coder_browser import drag

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOKEN = "only-for-this-test"
SAMPLE = Path(__file__).parents[2] / "studies" / "kelohavu" / "codebook.toml"
SETTINGS = """
schema = 1
[study]
name = "lab"
title = {fi = "Koe", en = "Trial"}
[[phases]]
phase = "pre_purchase"
name = {fi = "Ennen ostoa", en = "Before buying"}
[[phases]]
phase = "purchase"
name = {fi = "Ostotapahtuma", en = "Purchase"}
"""
TEXT = "Aino: Eka 👨‍👩‍👧 puhui. Salainen lasku tuli kahdesti, ja jonotin kauan."
CELL = """\
from cxresearch.study import open_study
from cxresearch.steps.coding_desk import open_coder
study = open_study(".", coder="aino")
coder = open_coder(study, height=460)
coder"""

ASK = "print([(c.quote, c.code) for c in study.codings().itertuples()])"


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": source, "metadata": {}, "outputs": []}
        | {"execution_count": None}
        for i, source in enumerate(sources)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def make_study(folder: Path) -> None:
    (folder / "study.toml").write_text(SETTINGS, encoding="utf-8")
    shutil.copy(SAMPLE, folder / "codebook.toml")
    with open_study(folder, coder="aino") as study:
        act(study, "import_codebook")
        documents = pd.DataFrame([{"document": "h1", "kind": "interview", "text": TEXT}])
        start, end = TEXT.index("Eka"), len(TEXT)
        turn = {"document": "h1", "turn": 0, "start": start, "end": end, "speaker": "Aino"}
        act(study, "import_documents", documents=documents, turns=pd.DataFrame([turn]))
        act(study, "change_code", code=str(study.codebook()["code"][0]), shortcut="l")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: Any) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lab")
    for name in ("one", "two"):
        (folder / f"{name}.ipynb").write_text(notebook(CELL, ASK), encoding="utf-8")
    make_study(folder)
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
        page.wait_for_timeout(1_200)
        if page.locator(result).count():
            return
    pytest.fail("the cell gave no result")


def opened(chromium: Any, address: str, name: str) -> Any:
    page = chromium.new_page(viewport={"width": 1280, "height": 820})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    # a busy machine makes Lab ask about kernels and workspaces
    ask = page.locator(".jp-Dialog .jp-mod-accept")
    page.add_locator_handler(ask, lambda button: button.first.click())
    page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    run_cell(page, 0, '.cxc-text[data-ready="true"]')
    return page


@pytest.fixture(scope="module")
def one(chromium: Any, lab: tuple[str, Path]) -> Iterator[Any]:
    """The first window, for all tests: a page and a kernel take their seconds."""
    page = opened(chromium, lab[0], "one")
    yield page
    page.close()


def test_coding_in_lab_by_keys_alone(one: Any, lab: tuple[str, Path]) -> None:
    _, folder = lab
    one.locator(".cxc-text").focus()
    for key in "abddzxx0m":
        one.keyboard.press(key)
    for _ in range(3):
        one.keyboard.press("Control+ArrowRight")
    one.keyboard.press("Control+Shift+ArrowRight")
    one.keyboard.press("l")
    one.wait_for_selector(".cxc-names .cxc-name")
    one.keyboard.press("Control+z")
    one.wait_for_selector(".cxc-names .cxc-name", state="detached")
    one.keyboard.press("Control+y")
    one.wait_for_selector(".cxc-names .cxc-name")
    assert one.locator(".jp-CodeCell").count() == 2

    run_cell(one, 1, ".jp-OutputArea-output pre >> text=lasku")
    if shots := os.environ.get("CX_SCREENSHOTS"):
        one.screenshot(path=f"{shots}/lab-light.png")
    one.locator(".lm-MenuBar-item", has_text="Settings").click()
    one.locator(".lm-Menu-item", has_text="Theme").first.hover()
    one.locator(".lm-Menu-item", has_text="JupyterLab Dark").first.click()
    one.wait_for_selector(".cxc-dark", timeout=20_000)
    if shots:
        one.screenshot(path=f"{shots}/lab-dark.png")

    one.keyboard.press("Control+s")
    one.wait_for_timeout(1500)
    saved = json.loads((folder / "one.ipynb").read_text(encoding="utf-8"))
    assert "Salainen" not in json.dumps(saved["metadata"], ensure_ascii=False)
    outputs = json.dumps(saved["cells"][0]["outputs"], ensure_ascii=False)
    assert "widget-view" in outputs
    assert "Salainen" not in outputs
    one.locator(".cxc-text").focus()
    one.keyboard.press("Control+z")
    one.wait_for_selector(".cxc-names .cxc-name", state="detached")
    assert coded(folder) == []
    assert one.faults == []


def coded(folder: Path) -> list[tuple[str, str]]:
    with open_study(folder, coder="reader") as study:
        return [(row.quote, row.code) for row in study.codings().itertuples()]


def test_two_windows_on_one_study_file(chromium: Any, one: Any, lab: tuple[str, Path]) -> None:
    address, folder = lab
    with open_study(folder, coder="reader") as study:
        first = str(study.codebook()["code"][0])
    two = opened(chromium, address, "two")
    # the mouse, after an emoji of several signs
    drag(one, "lasku tuli", "kahdesti")
    one.keyboard.press("l")
    one.wait_for_selector(".cxc-names .cxc-name")
    one.wait_for_function("document.querySelector('.cxc-status').textContent.includes('✓')")
    assert coded(folder) == [("lasku tuli kahdesti", first)]
    # what is told as saved is on disk, and arrives in the other window
    two.wait_for_selector(".cxc-names .cxc-name", timeout=10_000)
    # a new code without leaving the text, seen in the other window's codebook
    drag(two, "jonotin", "kauan")
    two.keyboard.press("Enter")
    two.keyboard.type("Odottelu aulassa")
    two.keyboard.press("Enter")
    one.wait_for_selector("[data-code=odottelu_aulassa]", timeout=10_000)
    one.wait_for_function("document.querySelectorAll('.cxc-names .cxc-name').length === 2")
    assert sorted(coded(folder)) == [
        ("jonotin kauan", "odottelu_aulassa"),
        ("lasku tuli kahdesti", first),
    ]
    if shots := os.environ.get("CX_SCREENSHOTS"):
        one.screenshot(path=f"{shots}/study-lab.png")
    # the other kernel takes back what the first one did: undo reaches over kernels
    two.locator(".cxc-text").focus()
    for _ in range(3):
        two.keyboard.press("Control+z")
    one.wait_for_selector(".cxc-names .cxc-name", state="detached", timeout=10_000)
    assert coded(folder) == []
    assert one.faults == two.faults == []
    two.close()
