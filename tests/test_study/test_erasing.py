"""Erasing for good: nobody's words are left in the file, its journal or its backups."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from cxresearch.model import ActRefusedError, StudyBusyError
from cxresearch.study import (
    Study,
    act,
    approvals,
    backup,
    consents,
    erase_traces,
    erased,
    history,
    kept_counts,
    marks,
    personal,
    pseudonyms,
    redo,
    undo,
    without_erased,
)
from cxresearch.study.tables import METADATA

CANARY = "Kanarianlintu Sirkutin"
WORDS = f"Minä olen {CANARY} ja lasku oli väärin. Kiitos kuitenkin avusta."


@pytest.fixture
def with_withdrawer(coded: Study) -> Study:
    """A second interview, of somebody with a name, memos, approvals and deleted codings."""
    study = coded
    document = {"document": "h02", "kind": "interview", "text": WORDS, "respondent": "R2"}
    document |= {"language": "fi", "source": "h02.txt", "sha256": "b" * 64, "title": CANARY}
    act(study, "import_documents", documents=pd.DataFrame([document]))
    people = pd.DataFrame({"respondent": ["R1", "R2"], "kind": "customer", "plan": ["a", "b"]})
    act(study, "set_respondents", respondents=people)
    name = {"owner_kind": ["respondent"], "owner": ["R2"], "field": ["name"], "value": [CANARY]}
    act(study, "set_personal", personal=pd.DataFrame(name))
    key = {"entity": [CANARY.lower()], "kind": ["person"], "pseudonym": ["H1"]}
    act(study, "set_pseudonyms", pseudonyms=pd.DataFrame(key))
    at = WORDS.index("Kana")
    place = {"document": "h02", "start": at, "end": at + len(CANARY)}
    act(
        study,
        "decide_passages",
        passages=pd.DataFrame([{**place, "kind": "person", "state": "open"}]),
    )
    act(study, "finish_review", document="h02")
    act(study, "add_coding", **place, code="speed", coding="x1", memo=f"muistio {CANARY}")
    act(study, "change_coding", coding="x1", memo=f"toinen {CANARY}")
    act(study, "add_coding", **place, code="billing", coding="x2")
    act(study, "remove_coding", coding="x2")
    act(study, "approve_quote", **place, published_text=f"Julki {CANARY}")
    act(study, "reject_quote", document="h02", start=0, end=at + len(CANARY))
    act(study, "set_memo", about="document", target="h02", text=f"Tapasin {CANARY}.")
    act(study, "set_memo", about="respondent", target="R2", text=f"Soita {CANARY}.")
    act(study, "set_memo", about="document", target="h01", text="Jää tänne.")
    act(study, "add_coding", document="h01", start=10, end=16, code="speed", coding="c3")
    return study


def withdraw(study: Study) -> None:
    act(study, "erase_people", respondents=["R2"], documents=["h02"], customers=[], responses=[],
        suggestions=[], names=[CANARY])  # fmt: skip


def everything(study: Study) -> str:
    with study.storage.reading() as connection:
        return "".join(str(connection.execute(sa.select(t)).all()) for t in METADATA.sorted_tables)


def files_with(folder: Path, words: str) -> list[str]:
    raw = words.encode()
    return [p.name for p in folder.rglob("*") if p.is_file() and raw in p.read_bytes()]


def test_everything_of_a_person_goes_and_nothing_of_others(with_withdrawer):
    study = with_withdrawer
    assert CANARY in everything(study)
    withdraw(study)
    assert "Sirkut" not in everything(study)
    assert "sirkut" not in everything(study)
    assert "R2" not in everything(study)
    assert personal(study).empty
    assert pseudonyms(study).empty
    assert marks(study).empty
    assert approvals(study).empty
    assert study.documents()["document"].tolist() == ["h01"]
    assert study.respondents()["respondent"].tolist() == ["R1"]
    assert sorted(study.codings()["coding"]) == ["c1", "c2", "c3"]


def test_what_others_did_can_still_be_undone(with_withdrawer):
    study = with_withdrawer
    withdraw(study)
    with pytest.raises(ActRefusedError, match="can't be undone"):
        undo(study)
    other = undo(study, who="veikko")
    assert other.event is None
    act(study, "add_coding", document="h01", start=20, end=26, code="speed", who="veikko")
    assert undo(study, who="veikko").act == "add_coding"
    assert redo(study, who="veikko").act == "add_coding"


def test_the_log_keeps_who_did_what_when_without_words(with_withdrawer):
    study = with_withdrawer
    before = history(study)
    withdraw(study)
    after = history(study)
    assert after["act"].tolist() == [*before["act"], "erase_people"]
    assert after["who"].notna().all()


def test_no_file_holds_a_trace_after_cleaning(with_withdrawer):
    study = with_withdrawer
    folder = study.settings.data_folder / "studies"
    backup(study)
    backup(study)
    assert files_with(folder, CANARY)
    withdraw(study)
    assert erase_traces(study) == 2
    assert files_with(folder, CANARY) == []
    assert files_with(folder, "Sirkut") == []
    copies = list((folder / "backups").rglob("*.sqlite"))
    assert len(copies) == 1
    with sqlite3.connect(copies[0]) as copy:
        assert copy.execute("SELECT count(*) FROM document").fetchone() == (1,)


def test_an_open_reader_is_named_as_the_hindrance(with_withdrawer):
    study = with_withdrawer
    if study.storage.path is None:
        pytest.skip("SQLite keeps a journal for readers")
    reader = sqlite3.connect(study.storage.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM document").fetchone()
    withdraw(study)
    with pytest.raises(StudyBusyError, match="open"):
        erase_traces(study)
    reader.close()
    assert erase_traces(study) >= 0
    assert files_with(study.settings.data_folder / "studies", CANARY) == []


def test_source_tables_lose_the_rows_of_the_erased(with_withdrawer):
    study = with_withdrawer
    act(study, "erase_people", respondents=["R2"], documents=["h02"], customers=["k2"],
        responses=["s.2"], suggestions=[], names=[])  # fmt: skip
    frame = pd.DataFrame({"respondent": ["R1", "R2", None], "customer": ["k1", "k9", "k2"]})
    assert without_erased(study, frame)["respondent"].tolist() == ["R1"]
    choices = pd.DataFrame({"response": ["s.1", "s.2"], "option": ["a", "b"]})
    assert without_erased(study, choices)["option"].tolist() == ["a"]
    held = pd.DataFrame({"owner_kind": ["respondent", "customer"], "owner": ["R2", "R2"]})
    assert without_erased(study, held)["owner_kind"].tolist() == ["customer"]
    apart = pd.DataFrame({"unit": ["R2"]})
    assert without_erased(study, apart) is apart
    assert set(erased(study)["reason"]) == {"withdrawal"}
    assert "R2" not in str(erased(study).to_dict())


def test_purged_texts_leave_their_counts(with_withdrawer):
    study = with_withdrawer
    guessed = pd.DataFrame([{"document": "s/1/open", "code": "speed", "n": 4}])
    act(study, "purge_documents", documents=["h02"], surveys=["s"], suggested=guessed)
    assert "Sirkut" not in everything(study)
    counts = kept_counts(study).set_index(["document", "code"])["n"]
    assert counts.to_dict() == {("h02", "speed"): 1, ("s", "speed"): 4}
    assert study.respondents()["respondent"].tolist() == ["R1", "R2"]  # who spoke is no text
    assert personal(study).empty
    frame = pd.DataFrame({"document": ["s/9/open"], "survey": ["s"], "text": ["uusi"]})
    assert without_erased(study, frame).empty
    act(study, "purge_documents", documents=["h01"], surveys=[], suggested=guessed.iloc[:0])
    assert kept_counts(study)["n"].tolist() == [1, 2, 1, 4]


def test_dates_of_consent_are_kept_and_wrong_ones_refused(coded):
    dates = pd.DataFrame(
        {"document": ["h01"], "consented_on": ["2025-03-10"], "keep_until": [None]}
    )
    act(coded, "set_consents", consents=dates)
    act(coded, "set_consents", consents=dates.assign(keep_until="2030-12-31"))
    assert consents(coded).to_numpy().tolist() == [["h01", "2025-03-10", "2030-12-31"]]
    with pytest.raises(Exception, match="no date"):
        act(coded, "set_consents", consents=dates.assign(keep_until="soon"))
    assert consents(coded)["keep_until"].tolist() == ["2030-12-31"]


def test_an_older_file_gets_the_new_tables(study_folder):
    from cxresearch.study import open_study

    with open_study(study_folder, coder="aino") as study:
        path = study.storage.path
    with sqlite3.connect(path) as old:
        for name in ("mark", "review", "consent", "gone", "kept_count"):
            old.execute(f"DROP TABLE {name}")
        old.execute("DELETE FROM migration WHERE migration LIKE '2026-11%'")
    with open_study(study_folder, coder="aino") as study:
        assert marks(study).empty
        assert kept_counts(study).empty
    assert list(path.parent.glob("backups/*/*before-2026-11*"))
