"""The inner loop and the outer loop, from study.toml to files and findings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from cxresearch import open_study
from cxresearch.cli import main
from cxresearch.model import ActRefusedError, ImportRefusedError, StudyFileError
from cxresearch.steps import (
    cases_to_answer,
    code,
    import_sources,
    link,
    read_finding,
    take_cases,
    write_cases,
)
from cxresearch.study import act, customer_cases, improvements, undo

from ..conftest import write_small_study
from .test_business_link import PARTS, prepared

LOOPS = (
    PARTS
    + """
[loop]
days = 2
owner = { fi = "palvelu", en = "service" }
owners = { support_line = { fi = "tuki", en = "support" } }

[[improvements]]
improvement = "queue"
name = { fi = "Lyhyempi jono", en = "A shorter queue" }
root_cause = { en = "Too few people at noon" }
codes = ["waiting"]
touchpoints = ["support_line"]
effort = 2
owner = { en = "support lead" }
status = "done"
done_at = 2025-03-01
told_customers = { en = "Newsletter" }
metric = "csat"
kpi = "revenue"

[[improvements]]
improvement = "guide"
name = { en = "A guide" }
codes = ["waiting"]
touchpoints = ["support_line"]
effort = 4
"""
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that was imported; to be copied, never opened."""
    folder = prepared(write_small_study(tmp_path_factory.mktemp("once") / "small"), toml=LOOPS)
    with open_study(folder) as study:
        import_sources(study)
    return folder


@pytest.fixture
def ready(imported: Path, tmp_path: Path) -> Path:
    """The folder of an imported study for a test to change."""
    return shutil.copytree(imported, tmp_path / "ready" / "small")


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A linked study for tests that change nothing in it."""
    folder = write_small_study(tmp_path_factory.mktemp("loops"))
    with open_study(prepared(folder, toml=LOOPS)) as study:
        for step in (import_sources, code, link):
            step(study)
        yield study


def test_the_list_has_the_disappointed_with_consent_and_nobody_else(linked) -> None:
    found = cases_to_answer(linked, today=pd.Timestamp("2025-02-01"))
    answers = linked.answers()
    agreed = set(linked.read_frame("contact_consents")["response"])
    table = found.table
    wide = answers.pivot_table(index="response", columns="question", values="value")
    bad = wide[(wide["nps"] <= 6) | (wide["csat_support"] <= 2)]
    people = set(answers.loc[answers["kind"] != "machine", "response"])
    assert set(table["case"]) == set(bad.index) & agreed & people
    assert found.details["without_consent"] == len((set(bad.index) & people) - agreed)
    assert set(table.loc[table["csat"] <= 2, "owner"]) == {"tuki"}
    assert set(table.loc[table["csat"] > 2, "owner"]) == {"palvelu"}
    assert table["contact"].str.endswith(".example").all()
    assert table["words"].str.len().min() > 5
    late = table[table["late"]]
    assert (late["deadline"] < pd.Timestamp("2025-02-01")).all()
    assert (table["deadline"].map(lambda day: day.weekday()) < 5).all()


def test_statuses_come_back_from_the_filled_in_list(ready: Path, tmp_path: Path) -> None:
    listed = tmp_path / "cases.csv"
    with open_study(ready) as study:
        write_cases(study, listed)
        table = pd.read_csv(listed, dtype=str, keep_default_na=False)
        table.loc[0, ["status", "root_cause"]] = ["solved", "waiting"]
        table.loc[1, "status"] = "contacted"
        table.to_csv(listed, index=False)
        assert "2 changed" in take_cases(study, listed).lines[0]
        kept = customer_cases(study).set_index("case")
        assert kept.loc[table.loc[0, "case"], ["status", "root_cause"]].tolist() == [
            "solved", "waiting",
        ]  # fmt: skip
        assert table.loc[0, "case"] not in set(cases_to_answer(study).table["case"])
        assert table.loc[0, "case"] in set(cases_to_answer(study, all_cases=True).table["case"])
        assert not take_cases(study, listed).changed
        undo(study, lane="loop")
        assert len(customer_cases(study)) == 1


def test_a_workbook_keeps_words_as_text(ready: Path, tmp_path: Path) -> None:
    with open_study(ready) as study:
        write_cases(study, tmp_path / "cases.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "cases.xlsx").active
    assert sheet["A1"].value == "case"
    assert sheet.max_row > 10
    with open_study(ready) as study, pytest.raises(StudyFileError, match="xlsx"):
        write_cases(study, tmp_path / "cases.doc")


def test_words_that_a_spreadsheet_would_run_are_made_harmless(ready: Path, tmp_path: Path) -> None:
    path = ready / "raw" / "survey.csv"
    survey = pd.read_csv(path, sep=";")
    survey.loc[survey["nps"] <= 6, "comment"] = "=1+1"
    survey.to_csv(path, sep=";", index=False)
    with open_study(ready) as study:
        import_sources(study)
        write_cases(study, tmp_path / "cases.csv")
    words = pd.read_csv(tmp_path / "cases.csv")["words"].dropna()
    assert not words.str.startswith("=").any()
    assert words.str.startswith("'=").any()


def test_a_bad_list_changes_nothing(ready: Path, tmp_path: Path) -> None:
    listed = tmp_path / "cases.csv"
    with open_study(ready) as study:
        write_cases(study, listed)
        table = pd.read_csv(listed, dtype=str, keep_default_na=False)
        table.assign(status="maybe").to_csv(listed, index=False)
        with pytest.raises(ImportRefusedError, match="maybe"):
            take_cases(study, listed)
        table.loc[0, "status"] = "solved"
        table.loc[1, "case"] = "survey.X"
        table.to_csv(listed, index=False)
        with pytest.raises(ImportRefusedError, match="does not have"):
            take_cases(study, listed)
        table.drop(columns="status").to_csv(listed, index=False)
        with pytest.raises(ImportRefusedError, match="status"):
            take_cases(study, listed)
        assert customer_cases(study).empty


def test_without_consents_nobody_is_listed(small_study: Path) -> None:
    with open_study(small_study) as study:
        import_sources(study)
        with pytest.raises(StudyFileError, match="get in touch"):
            cases_to_answer(study)
        with pytest.raises(ActRefusedError, match="no such case"):
            act(study, "set_case", case="survey.R1", status="solved")


def test_the_command_shows_no_words_and_writes_the_list(ready: Path, tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["loop", str(ready)], catch_exceptions=False)
    assert shown.exit_code == 0
    assert "cases wait for an answer" in shown.output
    assert "jonottamaan" not in shown.output
    assert ".example" not in shown.output
    target = str(tmp_path / "cases.csv")
    for words in (["--output", target], ["--take", target]):
        done = CliRunner().invoke(main, ["loop", str(ready), *words], catch_exceptions=False)
        assert done.exit_code == 0


def test_the_register_has_evidence_effects_and_an_order(linked) -> None:
    study = linked
    table = read_finding(study, "improvements").table.set_index("improvement")
    assert table.loc["queue", "speakers"] >= 5
    assert table.loc["queue", "told_customers_en"] == "Newsletter"
    gaps = " ".join(w.to("en") for w in read_finding(study, "improvements").warnings)
    assert "Staff not told: A shorter queue" in gaps
    effects = read_finding(study, "effects").table.set_index("measure")
    assert effects.loc["csat", "n_before"] + effects.loc["csat", "n_after"] == 120
    assert effects.loc["revenue", "verdict"] == "not_measured"
    ranked = read_finding(study, "priorities").table
    assert ranked["improvement"].tolist() == ["guide"]


def test_the_register_lives_on_in_the_study(ready: Path) -> None:
    with open_study(ready) as study:
        link(study)
        act(study, "change_improvement", improvement="guide", status="started", effort=1)
        act(
            study,
            "add_improvement",
            improvement="chat",
            name={"fi": "Chat"},
            codes=["help"],
            touchpoints=["support_line"],
        )
        assert link(study).changed
        kept = improvements(study).set_index("improvement")
        assert kept.loc["guide", ["status", "effort"]].tolist() == ["started", 1.0]
        assert kept.index.tolist() == ["queue", "guide", "chat"]
        assert not link(study).changed
        act(study, "remove_improvement", improvement="chat")
        undo(study, lane="loop")
        assert "chat" in set(improvements(study)["improvement"])


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("change_improvement", {"improvement": "nothing", "status": "done"}, "nothing"),
        ("change_improvement", {"improvement": "guide", "status": "done"}, "day"),
        ("change_improvement", {"improvement": "guide", "status": "soon"}, "status"),
        ("change_improvement", {"improvement": "guide", "codes": ["none"]}, "none"),
        ("change_improvement", {"improvement": "guide", "touchpoints": ["door"]}, "door"),
        ("change_improvement", {"improvement": "guide", "effort": -1.0}, "effort"),
        ("change_improvement", {"improvement": "guide", "done_at": "soon"}, "ISO day"),
        ("change_improvement", {"improvement": "guide", "metric": "joy"}, "joy"),
        ("add_improvement", {"improvement": "guide", "name": {"en": "x"}}, "id of its own"),
        ("add_improvement", {"improvement": "new", "name": {}}, "no name"),
    ],
)
def test_acts_that_can_not_be_change_nothing(linked, name: str, fields: dict, message: str) -> None:
    before = improvements(linked).astype(str)
    with pytest.raises(ActRefusedError, match=message):
        act(linked, name, **fields)
    assert improvements(linked).astype(str).equals(before)


def test_the_published_page_has_the_register_and_no_case(linked) -> None:
    from cxresearch.pages import publish

    publish(linked)
    cases = cases_to_answer(linked).table
    files = [p for p in linked.folder_published.rglob("*") if p.is_file()]
    texts = "".join(p.read_text(encoding="utf-8") for p in files)
    assert "A shorter queue" in texts
    assert "Too few people at noon" in texts
    for column in ("case", "contact"):
        assert not [v for v in cases[column] if v in texts]
