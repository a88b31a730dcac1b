"""The command line: every command, its help, and errors as people read them."""

from __future__ import annotations

import re
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
    assert "nobody has reviewed" in call("quotes", small_study, "--propose", table)
    assert "Tuulikki" not in table.read_text(encoding="utf-8-sig")
    words = small_study / "personal.csv"
    assert "keep it private" in call("review", small_study, "--propose", words)
    text = words.read_text(encoding="utf-8-sig")
    assert "Tuulikki Ristolehto" in text
    words.write_text(re.sub(r"(?m)^(i\d),,,,", r"\1,,,reviewed,", text), encoding="utf-8-sig")
    assert "2 document(s) read" in call("review", small_study, "--take", words)
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


def test_dates_small_groups_summary_and_withdrawal(small_study: Path) -> None:
    call("import", small_study)
    assert "keep_until" in call("retention", small_study)
    assert "Nothing is due" in call("retention", small_study, "--purge")
    assert "combinations of attributes are rare" in call("privacy", small_study, "--k", "3")
    summary = small_study / "summary.html"
    assert "Wrote" in call("data-protection", small_study, "--output", summary)
    assert "Tietosuojakooste" in summary.read_text(encoding="utf-8")
    said = call("withdraw", small_study, "P1", "--yes")
    assert "Erased: 1 respondent(s), 1 document(s)" in said
    assert "Receipt: " in said
    assert "no respondent" in call("withdraw", small_study, "P77", "--yes", code=1)


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
