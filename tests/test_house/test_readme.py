"""README's ten lines for one's own data are executed; its links and commands exist."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cxresearch.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def own_data_lines() -> list[list[str]]:
    block = re.search(r"<!-- own-data.*?```sh\n(.*?)```", README, flags=re.S).group(1)
    return [shlex.split(line, comments=True) for line in block.splitlines() if line.strip()]


def test_the_block_is_ten_lines_or_fewer() -> None:
    assert 5 <= len(own_data_lines()) <= 10


def test_own_data_gives_own_findings(
    small_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    shutil.copytree(small_study / "raw" / "interviews", desk / "interviews")
    shutil.copy(small_study / "raw" / "survey.csv", desk)
    monkeypatch.chdir(desk)
    for words in own_data_lines():
        assert words[0] == "cxresearch"
        result = CliRunner().invoke(main, words[1:], catch_exceptions=False)
        assert result.exit_code == 0, (words, result.output)
        if "--propose" in words:
            table = desk / "quotes.csv"
            text = table.read_text(encoding="utf-8-sig")
            table.write_text(text.replace(",,", ",approve,", 1), encoding="utf-8-sig")
    content = (desk / "data" / "published" / "interviews" / "content.fi.json").read_text("utf-8")
    assert "NPS" in content
    assert (desk / "data" / "published" / "interviews" / "findings.ipynb").exists()


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"cxresearch ([a-z-]+)", README)) - {"run", "serve"}
    assert named <= set(main.commands)
    assert {"run", "serve"} <= set(main.commands)


@pytest.mark.parametrize(
    "name", re.findall(r"\]\(([\w/.]+)\)|`([\w/]+\.(?:md|ipynb|yml))`", README)
)
def test_files_that_the_readme_names_are_there(name: tuple[str, str]) -> None:
    assert (ROOT / (name[0] or name[1])).exists()
