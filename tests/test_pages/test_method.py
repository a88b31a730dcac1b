"""What the page says of itself: who could be known, how far valence can be believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.pages import publish, section_metrics
from cxresearch.pages.content import build_content
from cxresearch.pages.material import Material, gather
from cxresearch.pages.section_method import method_section
from cxresearch.pages.section_metrics import metrics_section
from cxresearch.pages.section_overview import overview_section
from cxresearch.steps import import_sources, small_groups

TOWNS = ("Mutenia", "Nautsinkylä")


@pytest.fixture
def lone_study(small_study: Path) -> Path:
    """The small study; each of the two who were interviewed is from a town of their own."""
    path = small_study / "raw" / "people.csv"
    people = pd.read_csv(path).assign(town=TOWNS)
    people.to_csv(path, index=False)
    settings = small_study / "study.toml"
    known = settings.read_text(encoding="utf-8")
    told = known.replace('personal = ["name"]', 'personal = ["name"]\nattributes = ["town"]')
    settings.write_text(told, encoding="utf-8")
    with open_study(small_study, coder="aino") as study:
        import_sources(study)
    return small_study


def test_how_many_are_rare_is_told_and_never_which(lone_study: Path) -> None:
    with open_study(lone_study) as study:
        found = small_groups(study)
        assert set(TOWNS) <= set(found.table["values"])
        rare = gather(study).counts["rare"]
        assert rare == {
            "combinations": len(found.table),
            "in_rare": found.details["in_rare"],
            "respondents": len(study.respondents()),
            "k": 5,
        }
        publish(study)
        files = [p for p in study.folder_published.rglob("*") if p.is_file()]
    whole = "".join(p.read_text(encoding="utf-8") for p in files)
    assert "Yhdistelmiä ei näytetä" in whole
    assert "The combinations are not shown" in whole
    assert not [t for t in TOWNS if t.casefold() in whole.casefold()]


@pytest.mark.parametrize(
    ("rare", "fi", "en"),
    [
        ((127, 142, 656), "on 127. Ne koskevat 142 vastaajaa", "127. They concern 142 of 656"),
        ((3, 4, 656), "Ne koskevat alle 5 vastaajaa", "They concern under 5 of 656"),
        ((0, 0, 656), "ei ole harvinaisia yhdistelmiä", "make no rare combination"),
    ],
)
def test_few_who_could_be_known_are_not_counted_out(
    lone_study: Path, rare: tuple[int, int, int], fi: str, en: str
) -> None:
    with open_study(lone_study) as study:
        material = gather(study)
    numbers = dict(zip(("combinations", "in_rare", "respondents"), rare, strict=True))
    material = replace(material, counts=material.counts | {"rare": numbers | {"k": 5}})
    for language, told in (("fi", fi), ("en", en)):
        assert told in method_section(material, language).parts[""]


@pytest.fixture(scope="module")
def sample(sample_study: Path) -> Material:
    with open_study(sample_study, coder="tester") as study:
        return gather(study)


def test_sentences_that_tell_a_valence_tell_its_error(sample: Material) -> None:
    for language, valence, error in (
        ("fi", "asteikolla −2…+2", "sävy on suuntaa-antava"),
        ("en", "on −2…+2", "Valence by machine is a rough guide"),
    ):
        told = overview_section(sample, language).parts[""]
        assert told.count(valence) >= 1
        assert told.count(error) == told.count(valence)
    by_hand = replace(sample, codings=sample.codings.assign(origin="human"), maps={})
    assert "suuntaa-antava" not in overview_section(by_hand, "fi").parts[""]


def test_codes_and_columns_go_by_their_names(sample: Material) -> None:
    told = method_section(sample, "en").parts[""]
    odd = sample.findings["agreement"].table.query("paradox")["code"]
    ids = [c for c in odd if "_" in c]
    assert ids
    assert not [c for c in ids if c in told]
    assert sample.name(ids[0], "en") in told


def test_what_people_and_everyone_share_is_drawn_once(
    sample: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    monkeypatch.setattr(
        section_metrics, "drawn", lambda figure, **given: drawn.append(given) or "<figure>"
    )
    parts = metrics_section(sample, "fi").parts
    segments = {key.partition("|")[0] for key in parts}
    assert len(parts) == 3 * len(segments)
    assert len(drawn) <= 2 * len(segments)
    assert "<figure>" in parts["all|all"]
    assert "<figure>" in parts["all|people"]


def test_no_line_ends_between_a_number_and_its_sign(
    sample: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {"method": method_section}
    monkeypatch.setattr("cxresearch.pages.content.SECTIONS", chosen)
    told = build_content(sample, "fi")["sections"][0]["parts"][""]
    assert " %" not in told
    assert "95\N{NO-BREAK SPACE}%:n" in told
    assert "(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}" in told
