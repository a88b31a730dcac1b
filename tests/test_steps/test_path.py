"""The path of a study, step by step: each is skipped when current and resumes when stopped."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxresearch import open_study
from cxresearch.model import SettingsError, StudyBusyError
from cxresearch.steps import (
    all_codings,
    code,
    customer_features,
    feature_labels,
    import_sources,
    link,
    read_finding,
    read_segmentation,
    segment,
    write_finding,
)
from cxresearch.study import act

from ..conftest import write_small_study

STEPS = (import_sources, code, segment, link)


def run(study) -> list:
    return [step(study) for step in STEPS]


def _light(folder: Path) -> Path:
    """Without the full pipeline, whose model takes longer to load than all steps take to run."""
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("random_state = 7", "random_state = 7\nfull_pipeline = false")
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def small_study(small_study: Path) -> Path:
    return _light(small_study)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that went through every step once; to be copied, never opened."""
    folder = _light(write_small_study(tmp_path_factory.mktemp("path") / "small"))
    with open_study(folder) as study:
        assert all(r.changed for r in run(study))
    return folder


@pytest.fixture(scope="module")
def done(once: Path) -> Iterator:
    """A study that has gone through every step, for tests that change nothing in it."""
    with open_study(shutil.copytree(once, once.parent / "shared" / "small")) as study:
        yield study


@pytest.fixture
def own(once: Path, tmp_path: Path) -> Path:
    """The folder of a study that has gone through every step, for a test to change."""
    return shutil.copytree(once, tmp_path / "own" / "small")


def test_a_second_run_does_nothing(own: Path) -> None:
    with open_study(own) as study:
        assert not any(r.changed for r in run(study))


def test_only_what_depends_on_a_change_runs_again(own: Path) -> None:
    text = (own / "codebook.toml").read_text(encoding="utf-8")
    (own / "codebook.toml").write_text(text.replace('"apu"', '"apu", "hyvä"'), "utf-8")
    with open_study(own) as study:
        changed = [r.changed for r in run(study)]
    assert changed[:3] == [False, True, False]


def test_suggestions_carry_rule_score_and_facets_and_stay_apart_from_people(done) -> None:
    found = done.suggestions()
    assert set(found["origin"]) == {"suggested"}
    assert set(found["code"]) == {"waiting", "help"}
    assert found["rule"].str.len().min() > 5
    assert found["score"].between(0, 1).all()
    interview = found[found["document"] == "i1"]
    assert set(interview["stage"].dropna()) >= {"support"}
    assert done.codings().empty
    first = interview.iloc[0]
    text = done.text_of("i1")
    assert text[first["start"] : first["end"]] == first["quote"]


def test_people_win_in_documents_that_they_coded(own: Path) -> None:
    with open_study(own, coder="aino") as study:
        start = study.text_of("i1").index("soitin tukeen")
        act(study, "add_coding", document="i1", start=start, end=start + 13, code="help")
        both = all_codings(study)
    assert both.loc[both["document"] == "i1", "origin"].tolist() == ["human"]
    assert set(both.loc[both["document"] == "i2", "origin"]) == {"suggested"}


def test_the_planted_groups_are_found_and_kept(done) -> None:
    found = read_segmentation(done)
    assert found.number == 2
    joined = done.membership().merge(done.customers(), on="customer")
    assert joined.groupby("segment")["industry"].nunique().max() == 1
    assert found.segments["jaccard"].min() > 0.9


def test_features_come_from_columns_questions_and_codes(done) -> None:
    table = customer_features(done, ["sensors", "csat_support", "waiting"])
    spoken = done.suggestions().query("code == 'waiting'")["document"].nunique()
    assert list(table.columns) == ["customer", "sensors", "csat_support", "waiting"]
    assert table["waiting"].sum() == spoken - 2  # the two interviews are of nobody's customers
    with pytest.raises(SettingsError, match="sensors"):
        customer_features(done, ["sensor"])


def test_a_code_named_in_one_language_is_called_by_that_name(small_study: Path) -> None:
    path = small_study / "codebook.toml"
    text = path.read_text(encoding="utf-8").replace(
        '{ fi = "Apu", en = "Help" }', '{ en = "Help" }'
    )
    path.write_text(text, encoding="utf-8")
    with open_study(small_study) as study:
        assert feature_labels(study)["help"].to("fi") == "Help"


def test_scores_and_links_are_findings_with_sentences(done) -> None:
    nps = read_finding(done, "score-nps")
    assert nps.table["n"].iloc[0] == 120
    assert "NPS" in nps.sentence("fi")
    customers = read_finding(done, "customers")
    assert set(customers.table["kpi"]) == {"churn"}
    targets = read_finding(done, "targets")
    assert targets.table["touchpoint"].tolist() == ["support_line"]


def test_a_finding_comes_back_as_it_was(done) -> None:
    before = read_finding(done, "score-nps-wave")
    write_finding(done, "copy", before)
    after = read_finding(done, "copy")
    assert after.table.equals(before.table)
    assert dict(after.sentences) == dict(before.sentences)
    assert [dict(w) for w in after.warnings] == [dict(w) for w in before.warnings]


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda s: s.__name__)
def test_interrupted_in_a_step_the_earlier_ones_are_kept(small_study: Path, step) -> None:
    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with open_study(small_study) as study:
        for earlier in STEPS[: STEPS.index(step)]:
            earlier(study)
        before = study.status().to_dict()
        with pytest.raises(KeyboardInterrupt):
            step(study, progress=stop)
        assert study.processed.steps().get(step.__name__) is None
        assert study.status().to_dict() == before or step is link
        assert step(study).changed


HOLDER = """
import sys
from cxresearch import open_study
from cxresearch.study import long_step
with open_study(sys.argv[1]) as study, long_step(study, "import"):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_works_on_the_study(small_study: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(small_study)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout.readline() == "ready\n"
        with open_study(small_study) as study, pytest.raises(StudyBusyError, match="import"):
            import_sources(study)
        holder.stdin.close()
        holder.wait(timeout=30)
    with open_study(small_study) as study:
        assert import_sources(study).changed
