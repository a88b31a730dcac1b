"""Personal words decided by table or by widget, and what only reviewed texts may give."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.model import ActRefusedError, ImportRefusedError, StudyFileError
from cxresearch.pages import publish
from cxresearch.steps import (
    approve_quotes,
    code,
    export,
    import_sources,
    link,
    open_personal_review,
    propose_quotes,
    propose_review,
    pseudonymise_documents,
    segment,
    take_review,
    write_data_protection,
)
from cxresearch.steps.personal_words import PersonalWords
from cxresearch.steps.review_desks import PersonalDesk, QuoteDesk
from cxresearch.study import act, approvals, marks, pseudonyms, reviews, undo
from cxresearch.widgets import Act

NAME = "Tuulikki Ristolehto"
TODAY = dt.date(2026, 11, 24)


@pytest.fixture(scope="module")
def coded(make_small_study: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_small_study(tmp_path_factory.mktemp("review") / "small", rows=60)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("state = 7", "state = 7\nfull_pipeline = false")
    listed = f'\n[privacy]\nknown_names = ["{NAME}"]\n'
    path.write_text(text + listed, encoding="utf-8")
    for file in (folder / "raw" / "interviews").iterdir():
        spoken = file.read_text(encoding="utf-8")
        spoken = spoken.replace(f"Sitten {NAME} auttoi", f"Sitten meitä auttoi {NAME}")
        file.write_text(spoken, encoding="utf-8")
    with open_study(folder, coder="aino") as study:
        import_sources(study)
        code(study)
    return folder


@pytest.fixture
def folder(coded: Path, tmp_path: Path) -> Path:
    return Path(copytree(coded, tmp_path / "small"))


def decisions(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "reviewed.csv"
    columns = ["document", "words", "kind", "decision", "text"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return path


def test_words_are_proposed_decided_and_not_asked_again(folder: Path) -> None:
    with open_study(folder, coder="aino") as study:
        table = propose_review(study, folder / "found.csv").table
        assert NAME in set(table["words"])
        hashes = table[table["words"] == ""].set_index("document")["text"]
        rows = [("i1", NAME, "person", "personal", ""), ("", "Tarjous", "", "open", "")]
        rows += [("i1", "", "", "reviewed", hashes["i1"]), ("i2", "", "", "reviewed", "0" * 16)]
        said = str(take_review(study, decisions(folder, *rows)))
        assert "1 document(s) read" in said
        assert "read them again: i2" in said
        assert marks(study)["state"].value_counts().to_dict() == {"open": 2, "personal": 1}
        before = len(marks(study))
        take_review(study, decisions(folder, *rows))
        assert len(marks(study)) == before
        again = propose_review(study, folder / "found.csv").table
        assert set(again["document"]) == {"i2"}


def test_what_may_be_a_persons_name_stays_hidden_where_organisations_are_shown(
    folder: Path,
) -> None:
    text = "Soitin Thevarkadille eilen."  # read as a company's name rather than a person's
    for shown in ("", "organisations = false\n"):
        path = folder / "study.toml"
        settings = path.read_text(encoding="utf-8")
        path.write_text(settings.replace("[privacy]\n", f"[privacy]\n{shown}"), encoding="utf-8")
        with open_study(folder, coder="aino") as study:
            found = PersonalWords(study).of("i1", text, "fi", marks(study))
        assert found["quote"].tolist() == ["Thevarkadille"]
        assert ("organisation" in set(found["kind"])) is (shown == "")


@pytest.mark.parametrize(
    "row",
    [
        ("i9", "", "", "reviewed", ""),
        ("i1", "sanoja joita ei ole", "", "personal", ""),
        ("i1", NAME, "person", "perhaps", ""),
    ],
)
def test_a_wrong_row_stops_the_whole_table(folder: Path, row: tuple[str, ...]) -> None:
    good = ("i1", "", "", "reviewed", "")
    with open_study(folder, coder="aino") as study:
        with pytest.raises(ImportRefusedError) as caught:
            take_review(study, decisions(folder, good, row))
        assert NAME not in str(caught.value)
        assert reviews(study).empty


def test_the_same_person_has_one_pseudonym_everywhere_and_codings_keep_their_place(
    folder: Path,
) -> None:
    with open_study(folder, coder="aino") as study:
        text = study.text_of("i1")
        start = text.index(f"auttoi {NAME} heti")
        place = {"document": "i1", "start": start, "end": start + len(f"auttoi {NAME} heti")}
        act(study, "add_coding", **place, code="help", coding="c1")
        for name in ("i1", "i2"):
            act(study, "finish_review", document=name)
        assert "2 document(s)" in str(pseudonymise_documents(study))
        key = pseudonyms(study).set_index("entity")["pseudonym"]
        called = key[NAME.lower()]
        for name in ("i1", "i2"):
            assert NAME not in study.text_of(name)
            assert f"auttoi {called} heti" in study.text_of(name)
        assert study.codings()["quote"].tolist() == [f"auttoi {called} heti"]
        assert key["kerttu vaahtomäki"] in ("H1", "H2")  # known from the start
        assert reviews(study)["current"].all()
        assert "Replaced 0" in str(pseudonymise_documents(study))
        undo(study, lane="review")
        undo(study, lane="review")
        assert study.text_of("i1") == text


def test_pseudonymised_for_good_no_byte_of_the_name_is_left(folder: Path) -> None:
    with open_study(folder, coder="aino") as study:
        for name in ("i1", "i2"):
            act(study, "finish_review", document=name)
        pseudonymise_documents(study, for_good=True)
        key = study.storage.path
    raw = b"".join(p.read_bytes() for p in key.parent.rglob("*") if p.is_file())
    assert b"Ristolehto" not in raw  # the key holds it in lower case


def test_the_desk_writes_each_decision_before_it_answers(folder: Path) -> None:
    with open_study(folder, coder="aino") as study:
        desk = PersonalDesk(study)
        word = next(w for w in desk.content("i1").words if w["quote"] == NAME)
        fields = {"document": "i1", **{k: word[k] for k in ("start", "end", "quote", "kind")}}
        answer = desk.perform(
            Act(1, "decide_passages", {**fields, "state": "personal", "everywhere": True})
        )
        assert [w["state"] for w in answer.words if w["quote"] == NAME] == ["personal"]
        assert set(marks(study)["document"]) == {"i1", "i2"}
        assert answer.can_undo
        answer = desk.perform(Act(2, "undo", {"document": "i1"}))
        assert marks(study).empty  # one undo for all places
        assert (answer.can_undo, answer.can_redo) == (False, True)
        desk.perform(Act(3, "redo", {"document": "i1"}))
        assert len(marks(study)) == 2
        done = desk.perform(Act(4, "finish_review", {"document": "i1"}))
        assert [row["reviewed"] for row in done.documents] == [True, False]
        with pytest.raises(ActRefusedError):
            desk.content("i9")
    with open_study(folder, coder="aino") as study:  # another kernel
        assert PersonalDesk(study).content("i1").can_undo
        assert "Ristolehto" not in repr(open_personal_review(study).get_state())


def test_quotes_come_from_reviewed_texts_and_comments_only(folder: Path) -> None:
    with open_study(folder, coder="aino") as study:
        desk = QuoteDesk(study)
        assert not {r["document"] for r in desk.review().candidates} & {"i1", "i2"}
        act(study, "finish_review", document="i1")
        rows = desk.review().candidates
        row = next(r for r in rows if r["document"] == "i1" and NAME in r["quote"])
        assert NAME not in row["published"]
        place = {k: row[k] for k in ("document", "start", "end", "quote")}
        words = {**place, "published_text": row["published"]}
        answer = desk.perform(Act(1, "approve_quote", words))
        assert [r["state"] for r in answer.candidates] == ["approved"]
        assert approvals(study)["published_text"].tolist() == [row["published"]]
        answer = desk.perform(Act(2, "reject_quote", place))
        assert [r["state"] for r in answer.candidates] == ["rejected"]
        assert approvals(study).empty
        assert desk.perform(Act(3, "undo", {})).candidates[0]["state"] == "approved"
        assert desk.perform(Act(4, "undo", {})).candidates[0]["state"] == ""
        assert propose_quotes(study, folder / "quotes.csv").table["document"].isin(["i1"]).any()


def test_summary_holds_numbers_and_nobodys_words(folder: Path) -> None:
    from docx import Document

    with open_study(folder, coder="aino") as study:
        for ending in ("html", "docx"):
            target = folder / f"summary.{ending}"
            write_data_protection(study, target, today=TODAY, language="fi")
        with pytest.raises(StudyFileError, match="docx or html"):
            write_data_protection(study, folder / "summary.txt", today=TODAY)
    text = (folder / "summary.html").read_text(encoding="utf-8")
    document = Document(str(folder / "summary.docx"))
    told = [p.text for p in document.paragraphs]
    told += [c.text for t in document.tables for r in t.rows for c in r.cells]
    for words in ("Tietosuojakooste: Pieni tutkimus", "Haastatteluja", "ei sanottu", "24.11.2026"):
        assert words in text
        assert words in " ".join(told)
    for secret in (NAME, "Vaahtomäki", "esimerkki.example", "tukeen"):
        assert secret not in text + " ".join(told)


@pytest.mark.slow
def test_names_and_raw_words_reach_no_log_page_figure_or_file_for_others(
    make_small_study: Callable[..., Path],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    folder = make_small_study(tmp_path / "small", rows=60)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("state = 7", "state = 7\nfull_pipeline = false"), encoding="utf-8")
    secrets = ("Ristolehto", "Vaahtomäki", "henkilo7@esimerkki", "neljäkymmentä minuuttia, se oli")
    with open_study(folder, coder="aino") as study:
        told = [str(step(study)) for step in (import_sources, code, segment, link)]
        act(study, "finish_review", document="i1")
        propose_quotes(study, folder / "private.csv")
        told.append(str(publish(study)))
        lost = pd.DataFrame([("i1", f"{NAME} poissa", "x", "approve")])
        lost.columns = ["document", "quote", "published", "decision"]
        lost.to_csv(folder / "private2.csv", index=False)
        with pytest.raises(ImportRefusedError) as caught:
            approve_quotes(study, folder / "private2.csv")
        told.append(str(caught.value))
        wrong = decisions(folder, ("i1", f"{NAME} ei", "", "open", ""))
        with pytest.raises(ImportRefusedError) as caught:
            take_review(study, wrong)
        told.append(str(caught.value))
        export(study, "qdc", folder / "codes.qdc")
        told += [study.status().to_csv(), repr(study)]
    out = capfd.readouterr()
    spoken = " ".join([*told, out.out, out.err, caplog.text])
    public = [folder / "codes.qdc", *(folder / "data" / "published").rglob("*")]
    public += [*(folder / "data" / "processed").rglob("*.json")]
    for secret in secrets:
        assert secret not in spoken, secret
        for file in filter(Path.is_file, public):
            assert secret.encode() not in file.read_bytes(), (secret, file.name)
        names = " ".join(p.name for p in folder.rglob("*"))
        assert secret not in names
    tables = (folder / "data" / "processed").rglob("*.parquet")
    kept = "".join(pd.read_parquet(p).to_csv() for p in tables if p.stem != "suggestions")
    assert not any(secret in kept for secret in secrets)
