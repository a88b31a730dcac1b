"""The command line: every command, its help, and errors as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cxresearch import __version__
from cxresearch.cli import main


def call(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_says_what_it_does(command: str) -> None:
    shown = call(command, "--help")
    assert main.commands[command].help
    assert "Usage:" in shown


def test_version() -> None:
    assert __version__ in call("--version")


def test_the_whole_path_and_again(small_study: Path) -> None:
    first = call("run", small_study)
    for word in ("Documents: 2 interview", "Suggested codings", "Segments:", "NPS is", "Bundle:"):
        assert word in first
    second = call("run", small_study)
    assert second.count("up to date") == 5


def test_steps_one_by_one_and_status(small_study: Path) -> None:
    assert "Survey survey: 120 responses" in call("import", small_study)
    assert "Suggested codings" in call("code", small_study)
    assert "Segments:" in call("segment", small_study)
    assert "NPS is" in call("link", small_study)
    assert "Bundle" in call("publish", small_study)
    shown = call("status", small_study)
    for word in ("documents", "comments", "step:publish"):
        assert word in shown


def test_quotes_are_proposed_reviewed_and_approved(small_study: Path) -> None:
    call("run", small_study)
    table = small_study / "quotes.csv"
    assert "keep it private" in call("quotes", small_study, "--propose", table)
    text = table.read_text(encoding="utf-8-sig")
    assert "Tuulikki Ristolehto auttoi" in text  # the raw words, for the one who decides
    lines = text.splitlines()
    assert len(lines) > 3
    table.write_text(text.replace(",,", ",approve,", 1), encoding="utf-8-sig")
    assert "1 approved" in call("quotes", small_study, "--approve", table)
    assert "1 approved quotes" in call("publish", small_study)


def test_an_error_is_said_without_a_traceback(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["status", str(tmp_path)])
    assert result.exit_code == 1
    assert "There is no study.toml here" in result.output
    assert "cxresearch init" in result.output
    assert "Traceback" not in result.output


def test_undo_takes_back_an_act_by_hand(small_study: Path) -> None:
    from cxresearch import open_study
    from cxresearch.study import act

    call("import", small_study)
    with open_study(small_study) as study:
        act(study, "add_coding", document="i1", start=0, end=12, code="help")
    assert "Undone: add_coding" in call("undo", small_study)
    with open_study(small_study) as study:
        assert study.codings().empty


def test_doctor_names_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = call("doctor")
    for part in ("Python", "packages", "study file", "Finnish", "disk"):
        assert part in shown


def test_init_writes_settings_that_run(small_study: Path, tmp_path: Path) -> None:
    target = tmp_path / "own" / "study.toml"
    target.parent.mkdir()
    shown = call("init", small_study / "raw", "--to", target, "--name", "own")
    assert "study.toml" in shown
    text = target.read_text(encoding="utf-8")
    assert text.count("#") > 10
    assert "Bundle" in call("run", target)
    result = CliRunner().invoke(main, ["init", str(small_study / "raw"), "--to", str(target)])
    assert result.exit_code == 1
    assert "--force" in result.output
