"""What a visitor could try against a served bundle; the notebook here is made leaky on purpose."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from cxresearch.model import StudyFileError
from cxresearch.pages import served

SECRET = "Raaka sana jota kukaan ei saa lukea"
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose notebook reads outside, starts a program and raises with a secret inside."""
    base = tmp_path_factory.mktemp("leaky")
    (base / "raw.txt").write_text(SECRET, encoding="utf-8")
    (base / "raw.png").write_bytes(b"\x89PNG\r\n\x1a\n" + SECRET.encode())
    folder = base / "bundle"
    folder.mkdir()
    shutil.copy(base / "raw.png", folder / "raw.png")
    cells = [
        "print('inside:', open('manifest.json').read()[:1])",
        f"print(open({str(base / 'raw.txt')!r}).read())",
        f"raise ValueError({SECRET!r})",
        "import subprocess; print(subprocess.run(['cat', '../raw.txt'], capture_output=True))",
        "import os; print('env', sorted(os.environ.items()))",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "p", "language": "python"}
    for cell in made.cells:
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(made, folder / "findings.ipynb")
    (folder / "manifest.json").write_text(json.dumps({"languages": ["fi"]}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(leaky: Path) -> Iterator[str]:
    with served(leaky) as there:
        yield there


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8", errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", errors="replace")


def test_a_kernel_reads_its_bundle_and_nothing_outside(address: str) -> None:
    status, page = get(address)
    assert status == 200
    assert "inside: {" in page
    assert SECRET not in page
    assert page.count("(PermissionError)") == 2


def test_an_exception_shows_its_type_only(address: str) -> None:
    _, page = get(address)
    assert "(ValueError)" in page
    assert "Traceback" not in page
    assert SECRET not in page


def test_the_environment_of_who_serves_does_not_reach_a_kernel(
    leaky: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN_OF_MINE", "1")
    with served(leaky) as there:
        _, page = get(there)
    assert "CXRESEARCH_BUNDLE" in page
    assert "SECRET_TOKEN_OF_MINE" not in page


def test_no_visitor_sees_the_address_of_an_earlier_one(address: str) -> None:
    # kernels wait ready-made: the second and third visit get what the first one left
    for visitor in ("?visitor=ALICE&token=alicesecret", "", "", ""):
        _, page = get(address + visitor)
        assert "alicesecret" not in page


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/raw.png",
        "voila/files/../raw.txt",
        "voila/files/%2e%2e/raw.txt",
        "voila/files/manifest.json",
        "voila/files/findings.ipynb",
        "voila/render/findings.ipynb",
        "voila/api/contents",
        "api/contents",
        "tree",
    ],
)
def test_no_file_and_no_list_of_files_is_given(address: str, path: str) -> None:
    status, page = get(address + path)
    assert SECRET not in page
    assert status in (400, 403, 404, 405), status


@pytest.mark.parametrize("query", ["?template=lab", "?template=../../..", "?theme=dark"])
def test_templates_and_themes_are_not_for_visitors(address: str, query: str) -> None:
    status, page = get(address + query)
    assert status == 200
    assert "jsdelivr" not in page
    assert SECRET not in page


def test_with_a_token_nobody_comes_in_without_it(leaky: Path) -> None:
    with served(leaky, token="avain") as there:
        plain = there.partition("?")[0]
        _, refused = get(plain)
        assert "inside:" not in refused
        _, welcome = get(there)
        assert "inside:" in welcome


def test_a_folder_that_is_no_bundle_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="no published bundle"), served(tmp_path):
        pass
