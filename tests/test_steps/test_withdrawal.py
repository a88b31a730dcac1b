"""A respondent who withdraws, and texts whose time is up: no byte is left, and work goes on."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.model import ActRefusedError
from cxresearch.pages import publish
from cxresearch.steps import (
    code,
    import_sources,
    link,
    purge_due,
    retention_dates,
    segment,
    withdraw,
)
from cxresearch.study import act, approvals, backup, consents, customer_keys, kept_counts, personal

SECRET = "Kanarianlintu"
SPOKEN = "Kanarialinnun laulu"
TODAY = dt.date(2026, 11, 24)
STEPS = (import_sources, code, segment, link, publish)


@pytest.fixture(scope="module")
def built(make_small_study: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Canaries in an interview, a name, a comment and a contact; all steps done, with a quote."""
    folder = make_small_study(tmp_path_factory.mktemp("planted") / "small", rows=60)
    _plant(folder)
    with open_study(folder, coder="aino") as study:
        for step in STEPS[:-1]:
            step(study)
        start = study.text_of("i1").index(SPOKEN)
        place = {"document": "i1", "start": start, "end": start + len(SPOKEN)}
        act(study, "add_coding", **place, code="help", memo=f"kuka on {SECRET}?")
        act(study, "finish_review", document="i1")
        act(study, "approve_quote", **place, published_text=SPOKEN)
        backup(study)
        publish(study)
        backup(study)
    return folder


def _plant(folder: Path) -> None:
    raw = folder / "raw"
    interview = raw / "interviews" / "i1.txt"
    text = interview.read_text(encoding="utf-8")
    interview.write_text(text + f"\nV: {SPOKEN} oli tuki, sanoi {SECRET}.\n", encoding="utf-8")
    (raw / "people.csv").write_text(
        "document,respondent,kind,name,consent,until\n"
        f"i1,P1,customer,Sirkku {SECRET},2025-03-10,2026-06-30\n"
        "i2,P2,customer,Kerttu Vaahtomäki,2025-03-11,2030-12-31\n",
        encoding="utf-8",
    )
    survey = pd.read_csv(raw / "survey.csv", sep=";")
    survey.loc[3, "comment"] = f"Tuki auttoi, kiittää {SPOKEN}"
    survey.to_csv(raw / "survey.csv", sep=";", index=False)
    customers = pd.read_csv(raw / "customers.csv")
    customers.loc[3, "contact"] = f"{SECRET}@esimerkki.example"
    customers.to_csv(raw / "customers.csv", index=False)
    settings = folder / "study.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace(
        'personal = ["name"]', 'personal = ["name"]\nconsent = "consent"\nkeep_until = "until"'
    )
    text = text.replace("random_state = 7", "random_state = 7\nfull_pipeline = false")
    settings.write_text(text, encoding="utf-8")


@pytest.fixture
def planted(built: Path, tmp_path: Path) -> Path:
    """A copy of the study, to be spoilt."""
    return Path(shutil.copytree(built, tmp_path / "small"))


def holders(folder: Path, *words: str) -> list[str]:
    """Files outside the given material that hold one of the words, in any case."""
    found = []
    for path in folder.joinpath("data").rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [path.name for word in words if word.lower().encode() in content]
    return found


def text_in_parquet(folder: Path) -> str:
    """Parquet is compressed: read it."""
    tables = folder.joinpath("data").rglob("*.parquet")
    return "".join(pd.read_parquet(p).to_csv() for p in tables).lower()


def test_no_byte_of_a_withdrawer_is_left_and_the_study_goes_on(planted: Path) -> None:
    assert holders(planted, SPOKEN)
    assert SPOKEN.lower() in text_in_parquet(planted)
    done = []
    with open_study(planted, coder="aino") as study:
        report = withdraw(study, ["P1", "K003"], progress=lambda *what: done.append(what[1]))
        assert done == [1, 2, 3, 4, 5]
    assert holders(planted, SPOKEN, SECRET, "Kanaria") == []
    assert "kanaria" not in text_in_parquet(planted)
    receipt = next((planted / "data" / "studies" / "receipts").glob("*.txt")).read_text("utf-8")
    assert "2 vastaajaa, 1 aineistoa, 1 avovastausta" in receipt
    assert "1 approved quote(s)" in receipt
    for place in (
        "interviews/i1.txt",
        "people.csv: row 2",
        "survey.csv: row 5",
        "customers.csv: row 5",
    ):
        assert place in receipt, (place, receipt)
    assert SECRET not in str(report)
    with open_study(planted, coder="aino") as study:
        assert not study.folder_published.exists()
        for step in STEPS:
            step(study)
        assert study.documents()["document"].tolist() == ["i2"]
        assert study.respondents()["respondent"].nunique() == 1 + 59
        assert len(study.customers()) == 59
        assert len(study.comments()) == 59
        assert personal(study)["owner"].isin(["P1"]).sum() == 0
        gone = customer_keys(study, pd.Series(["K003"])).iloc[0]
        for name in ("answers", "comments", "customers", "respondents", "membership"):
            assert gone not in study.read_frame(name).to_csv()
    assert holders(planted, SPOKEN, SECRET) == []
    assert "kanaria" not in text_in_parquet(planted)


def test_import_says_that_source_files_still_hold_the_erased(planted: Path) -> None:
    with open_study(planted, coder="aino") as study:
        withdraw(study, ["P1"])
        study.processed.forget_step("import")
        lines = str(import_sources(study))
        assert "Left out" in lines
        assert study.documents()["document"].tolist() == ["i2"]


def test_again_and_unknown_ids(planted: Path) -> None:
    with open_study(planted, coder="aino") as study:
        before = len(study.documents())
        with pytest.raises(ActRefusedError, match="1 of 2"):
            withdraw(study, ["P1", "Pekka Pouta"])
        assert len(study.documents()) == before
        withdraw(study, ["P1"])
        assert "cleaned again" in str(withdraw(study, ["P1"]))


def test_broken_off_at_any_point_it_goes_on(planted: Path) -> None:
    for stop in (1, 2, 3, 4):

        def interrupt(what: str, done: int, total: int, stop: int = stop) -> None:
            if done == stop:
                raise KeyboardInterrupt

        with open_study(planted, coder="aino") as study, pytest.raises(KeyboardInterrupt):
            withdraw(study, ["P1"], progress=interrupt)
    with open_study(planted, coder="aino") as study:
        withdraw(study, ["P1"])
        withdraw(study, ["K003"])
    assert holders(planted, SPOKEN, SECRET) == []


def test_a_customer_whom_others_share_stays(planted: Path) -> None:
    raw = planted / "raw" / "survey.csv"
    survey = pd.read_csv(raw, sep=";")
    survey["firm"] = survey["who"].replace({"K004": "K003"})
    survey.to_csv(raw, sep=";", index=False)
    settings = planted / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('customer = "who"\nanswered', 'customer = "firm"\nanswered'))
    with open_study(planted, coder="aino") as study:
        import_sources(study)
        report = str(withdraw(study, ["K003"]))
        assert "1 customer row(s) stay" in report
        assert "page is stale" in report  # it holds no quote of theirs
        assert "stale" in study.status().set_index("part").loc["published page", "note"]
        assert len(study.customers()) == 60
        report = str(withdraw(study, ["K004"], whole_customer=True))
        assert "1 customer row(s)." in report
        assert len(study.customers()) == 59


def test_dates_come_from_the_files_and_the_last_day_still_counts(planted: Path) -> None:
    with open_study(planted, coder="aino") as study:
        assert len(consents(study)) == 2
        table = retention_dates(study, today=dt.date(2026, 6, 30)).set_index("id")
        assert table.loc["i1", "days_left"] == 0
        assert not table["due"].any()
        assert pd.isna(table.loc["survey", "keep_until"])
        table = retention_dates(study, today=dt.date(2026, 7, 1)).set_index("id")
        assert table["due"].to_dict() == {"i1": True, "i2": False, "survey": False}


def test_purged_texts_are_nowhere_and_their_counts_stay(planted: Path) -> None:
    settings = planted / "study.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace('wave = "wave"', 'wave = "wave"\nkeep_until = 2026-01-31')
    settings.write_text(text, encoding="utf-8")
    with open_study(planted, coder="aino") as study:
        suggested = study.suggestions()
        machine = int(suggested["document"].str.startswith(("i1", "survey/")).sum())
        report = purge_due(study, today=TODAY)
        assert "Purged: 1 document(s) and 60 comment(s)" in str(report)
        counts = kept_counts(study).groupby("origin")["n"].sum()
        assert counts.to_dict() == {"human": 1, "suggested": machine}
        assert approvals(study).empty
        assert purge_due(study, today=TODAY).changed is False
        owners = personal(study)
        assert "P1" not in set(owners["owner"])
        assert len(study.answers()) == 120
    assert SPOKEN.lower() not in text_in_parquet(planted)
    assert holders(planted, SPOKEN) == []
    with open_study(planted, coder="aino") as study:
        study.processed.forget_step("import")
        import_sources(study)
        assert study.documents()["document"].tolist() == ["i2"]
        assert study.comments().empty


def test_a_wrong_date_stops_the_import(planted: Path) -> None:
    people = planted / "raw" / "people.csv"
    people.write_text(people.read_text("utf-8").replace("2026-06-30", "joskus"), encoding="utf-8")
    with open_study(planted, coder="aino") as study, pytest.raises(Exception, match=r"people\.csv"):
        import_sources(study)
