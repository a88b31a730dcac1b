"""Publishing: the bundle of the sample study, and what happens when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.model import ImportRefusedError, UnsafeBundleError
from cxresearch.pages import publish
from cxresearch.pages.gate import Secrets, scan_bundle
from cxresearch.steps import approve_quotes, code, import_sources, link, segment
from cxresearch.study import act, approvals, personal


def bundle_of(study_folder: Path) -> Path:
    with open_study(study_folder, coder="tester") as study:
        return study.folder_published


def prepare(small_study: Path) -> None:
    with open_study(small_study, coder="aino") as study:
        for step in (import_sources, code, segment, link):
            step(study)


def test_the_bundle_holds_what_it_says_and_nothing_else(sample_study: Path) -> None:
    folder = bundle_of(sample_study)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert there == {*manifest["files"], "manifest.json"}
    assert {p.rsplit(".")[-1] for p in there} == {"json", "csv", "ipynb"}
    assert {"content.fi.json", "content.en.json", "findings.ipynb"} <= there


def test_no_raw_word_name_or_contact_is_in_the_bundle(sample_study: Path) -> None:
    with open_study(sample_study, coder="tester") as study:
        held = personal(study)
        texts = study.documents().set_index("document")["text"]
        comments = study.comments().set_index("document")["text"]
        approved = tuple(approvals(study)["published_text"])
        folder = study.folder_published
    is_name = held["field"].isin(["name", "yhteyshenkilo"])
    hidden = Secrets(
        texts=pd.concat([texts, comments]),
        names=tuple(held.loc[is_name, "value"]),
        values=tuple(held.loc[~is_name, "value"]),
        allowed=approved,
    )
    found = scan_bundle(folder, hidden)
    # the codebook's examples are the study's own words
    assert found[found["kind"] != "raw text"].empty, found.to_string()
    assert len(found) == 0, found.to_string()


def test_tables_hide_small_groups(sample_study: Path) -> None:
    for path in (bundle_of(sample_study) / "tables").glob("*.csv"):
        table = pd.read_csv(path)
        for column in [c for c in table.columns if c in ("n", "speakers") or c.startswith("n_")]:
            known = table[column].dropna()
            assert (known >= 5).all(), (path.name, column)


def test_the_small_group_of_four_is_nowhere(sample_study: Path) -> None:
    with open_study(sample_study, coder="tester") as study:
        customers = study.customers()
        folder = study.folder_published
    small = customers["toimiala"].value_counts()
    small = small[small < 5]
    assert len(small) == 1
    for language in ("fi", "en"):
        content = (folder / f"content.{language}.json").read_text(encoding="utf-8")
        assert f": {small.index[0]} " not in content


def test_publishing_twice_changes_nothing(sample_study: Path) -> None:
    with open_study(sample_study, coder="tester") as study:
        report = publish(study)
    assert not report.changed


def test_a_leak_is_refused_and_the_old_bundle_stays(small_study: Path) -> None:
    prepare(small_study)
    with open_study(small_study, coder="aino") as study:
        publish(study)
        before = (study.folder_published / "content.fi.json").read_bytes()
        start = study.text_of("i1").index("Sitten Tuulikki")
        quote = study.text_of("i1")[start : start + 52]
        place = {"document": "i1", "start": start, "end": start + 52}
        # a name that is on nobody's list still stands in the raw text only: the wording is approved
        act(study, "finish_review", document="i1")
        act(study, "approve_quote", **place, published_text=quote)
        act(study, "set_personal", personal=_name("Tuulikki Ristolehto"))
        with pytest.raises(UnsafeBundleError, match="name"):
            publish(study)
        assert (study.folder_published / "content.fi.json").read_bytes() == before
        wording = quote.replace("Tuulikki Ristolehto", "[nimi]")
        act(study, "approve_quote", **place, published_text=wording)
        assert publish(study).changed


def _name(name: str) -> pd.DataFrame:
    return pd.DataFrame(
        [{"owner_kind": "respondent", "owner": "P9", "field": "name", "value": name}]
    )


def test_a_study_without_quotes_says_so(small_study: Path) -> None:
    prepare(small_study)
    with open_study(small_study) as study:
        publish(study)
        content = json.loads((study.folder_published / "content.fi.json").read_text("utf-8"))
    themes = next(s for s in content["sections"] if s["name"] == "themes")
    assert "Yhtään sitaattia ei ole vielä hyväksytty" in themes["parts"]["all"]


def test_interrupted_publishing_leaves_the_last_bundle(small_study: Path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    prepare(small_study)
    with open_study(small_study) as study:
        publish(study)
        study.processed.forget_step("publish")
        (study.folder_published / "content.fi.json").write_text("{}", encoding="utf-8")
        with pytest.raises(KeyboardInterrupt):
            publish(study, progress=stop)
        assert (study.folder_published / "manifest.json").exists()
        assert not list(study.folder_published.parent.glob("*.draft"))
        # a bundle that somebody changed by hand is built again
        publish(study)
        assert (study.folder_published / "content.fi.json").stat().st_size > 1000


def decisions(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "decisions.csv"
    table = pd.DataFrame(rows, columns=["document", "quote", "published", "decision"])
    table.to_csv(path, index=False)
    return path


def test_decisions_are_taken_whole_or_not_at_all(small_study: Path) -> None:
    prepare(small_study)
    good = ("i1", "se oli ihan turhaa aikaa", "se oli ihan turhaa aikaa", "approve")
    lost = ("i1", "tätä ei sanottu", "tätä ei sanottu", "approve")
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError, match=r"row 3"):
            approve_quotes(study, decisions(small_study, good, lost))
        assert approvals(study).empty
        with pytest.raises(ImportRefusedError, match="nobody has reviewed"):
            approve_quotes(study, decisions(small_study, good))
        assert approvals(study).empty
        act(study, "finish_review", document="i1")
        approve_quotes(study, decisions(small_study, good))
        assert approvals(study)["published_text"].tolist() == [good[2]]
        approve_quotes(study, decisions(small_study, (*good[:3], "reject")))
        assert approvals(study).empty
