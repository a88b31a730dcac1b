"""Import: whole or not at all, twice is once, and what fails is listed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.model import ImportRefusedError
from cxresearch.steps import import_sources
from cxresearch.study import history, personal


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def nothing_was_imported(study) -> bool:
    frames = (study.documents(), study.answers(), study.comments(), study.customers())
    return all(frame.empty for frame in frames)


def test_everything_arrives_with_its_facets(small_study: Path) -> None:
    with open_study(small_study) as study:
        report = import_sources(study)
        turns, answers, comments = study.turns(), study.answers(), study.comments()
        customers, kpis = study.customers(), study.kpis()
    assert report.changed
    assert len(turns) == 8
    assert set(turns["role"]) == {"interviewer", "customer"}
    assert answers["metric"].value_counts().to_dict() == {"nps": 120, "csat": 120}
    csat = answers[answers["metric"] == "csat"].iloc[0]
    assert (csat["stage"], csat["touchpoint"]) == ("support", "support_line")
    assert answers["answered_at"].max() == pd.Timestamp("2025-04-30")
    assert len(comments) == 120
    assert comments["document"].iloc[0] == "survey/R0/why"
    assert customers["churn"].isin([0.0, 1.0]).all()
    assert len(kpis) == 24


def test_keys_are_pseudonymous_and_personal_columns_stay_in_the_study_file(
    small_study: Path,
) -> None:
    with open_study(small_study) as study:
        import_sources(study)
        assert set(study.answers()["customer"]) == set(study.customers()["customer"])
        held = personal(study)
        processed = b"".join(p.read_bytes() for p in study.folder_processed.rglob("*.parquet"))
        frames = [study.answers(), study.customers(), study.comments(), study.respondents()]
    assert "Kerttu Vaahtomäki" in set(held["value"])
    assert len(held) == 121
    cells = [str(c) for c in pd.concat(frames).to_numpy().ravel()]
    assert not any("K007" in c or "@" in c or "Kerttu" in c for c in cells)
    assert b"esimerkki.example" not in processed


def test_importing_again_changes_nothing(small_study: Path) -> None:
    with open_study(small_study) as study:
        import_sources(study)
        events = len(history(study))
        again = import_sources(study)
        assert not again.changed
        assert len(history(study)) == events
        study.processed.forget_step("import")
        import_sources(study)
        assert len(study.documents()) == 2
        assert len(study.turns()) == 8


def test_a_changed_interview_is_told_apart_and_replaced_only_when_asked(small_study: Path) -> None:
    with open_study(small_study) as study:
        import_sources(study)
        before = study.text_of("i1")
        rewrite(small_study / "raw/interviews/i1.txt", "ihan turhaa", "aivan turhaa")
        report = import_sources(study)
        assert study.text_of("i1") == before
        assert any("i1" in line and "--replace" in line for line in report.lines)
        import_sources(study, replace=True)
        assert "aivan turhaa" in study.text_of("i1")


def test_a_bad_row_stops_the_import_and_names_row_column_found_and_expected(
    small_study: Path,
) -> None:
    rewrite(small_study / "raw/survey.csv", "R5;", "R4;")
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError) as caught:
            import_sources(study)
        assert nothing_was_imported(study)
    for part in ("survey.csv", "row 7", "`id`", "each id once", "--good-rows"):
        assert part in str(caught.value)


def test_good_rows_load_when_chosen_and_the_bad_ones_stay_listed(small_study: Path) -> None:
    rewrite(small_study / "raw/customers.csv", "hoiva,", "hoiva,")
    survey = small_study / "raw" / "survey.csv"
    lines = survey.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(";")
    cells[4] = "99"
    lines[1] = ";".join(cells)
    survey.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError, match="1 row"):
            import_sources(study)
        report = import_sources(study, good_rows=True)
        failures = study.read_frame("import_failures")
        answers = study.answers()
    assert answers["metric"].value_counts()["nps"] == 119
    assert failures[["file", "row", "column", "found"]].iloc[0].tolist() == [
        "survey.csv",
        2,
        "nps",
        "99",
    ]
    assert any("Left out: 1" in line for line in report.lines)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('respondent = "who"', 'respondent = "whom"', "`whom`"),
        ('file = "raw/survey.csv"', 'file = "raw/nothing.csv"', "raw/nothing.csv"),
        ('column = "comment"', 'column = "coment"', "`comment`"),
    ],
)
def test_settings_that_do_not_fit_the_files_are_refused(
    small_study: Path, old: str, new: str, words: str
) -> None:
    rewrite(small_study / "study.toml", old, new)
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError) as caught:
            import_sources(study)
        assert nothing_was_imported(study)
    assert words in str(caught.value)


def test_without_a_respondent_column_each_response_stands_for_itself(small_study: Path) -> None:
    rewrite(small_study / "study.toml", 'respondent = "who"\ncustomer = "who"\n', "")
    with open_study(small_study) as study:
        import_sources(study)
        answers = study.answers()
    assert answers["respondent"].nunique() == 120
    assert (answers["respondent"] == answers["response"]).all()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("survey.csv", b"", "empty"),
        ("survey.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "PNG"),
        ("interviews/i1.txt", b"H: hei\nV: \0", "NUL"),
    ],
)
def test_a_file_that_is_no_text_is_refused(
    small_study: Path, name: str, content: bytes, words: str
) -> None:
    (small_study / "raw" / name).write_bytes(content)
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError, match=words):
            import_sources(study)
        assert nothing_was_imported(study)


def test_a_cell_of_two_megabytes_is_a_listed_failure(small_study: Path) -> None:
    survey = small_study / "raw" / "survey.csv"
    text = survey.read_text(encoding="utf-8")
    survey.write_text(text + f'R999;K001;1.1.2025;1;9;4;"{"a" * 2_000_000}"\n', encoding="utf-8")
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError) as caught:
            import_sources(study)
        assert "aaaa" not in str(caught.value)
        import_sources(study, good_rows=True)
        assert study.comments()["text"].str.len().max() < 1000


def test_interrupted_anywhere_the_study_is_whole_and_the_next_run_goes_on(
    small_study: Path,
) -> None:
    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with open_study(small_study) as study:
        with pytest.raises(KeyboardInterrupt):
            import_sources(study, progress=stop)
        assert nothing_was_imported(study)
        import_sources(study)
        assert len(study.documents()) == 2


def test_a_zip_with_front_matter_comes_in_whole(small_study):
    front = "---\nrespondent: P9\nkind: partner\nala: hoiva\nname: Kerttu Vaahtomäki\n---\n"
    talk = front + "H: Mitä?\nV: {}\n"
    with zipfile.ZipFile(small_study / "raw" / "lisää.zip", "w") as archive:
        archive.writestr("z1.txt", talk.format("Odotin."))
        archive.writestr("sub/z2.md", talk.format("Soitin."))
        archive.writestr("picture.png", "x")
    settings = small_study / "study.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '\n[[documents]]\nfiles = "raw/lisää.zip"\n', "utf-8"
    )
    with open_study(small_study) as study:
        report = import_sources(study)
        documents = study.documents().set_index("document")
        assert documents.loc[["z1", "z2"], "respondent"].tolist() == ["P9", "P9"]
        assert documents.loc["z1", "text"].startswith("H: Mitä?")
        people = study.respondents().set_index("respondent")
        assert people.loc["P9", ["kind", "ala"]].tolist() == ["partner", "hoiva"]
        assert "name" not in people.columns
        assert any(".png" in found for found in report.table["found"])
    assert [p.name for p in (small_study / "raw").glob("z*")] == []
