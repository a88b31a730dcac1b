"""The link step ranks touchpoints by customers, and leaves out answers given after leaving."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.metrics import touchpoint_scores
from cxresearch.pages.material import gather
from cxresearch.pages.section_metrics import metrics_section
from cxresearch.steps import answers_with_segments, import_sources, link, read_finding

from ..conftest import write_small_study

TOUCHPOINT = """
[[touchpoints]]
touchpoint = "{id}"
name = {{ fi = "{fi}", en = "{en}" }}
ownership = "brand_owned"
channel = "web"
stages = ["quote"]
"""
QUESTION = """
[[surveys.questions]]
column = "{id}"
question = "csat_{id}"
metric = "csat"
low = 1
high = 5
stage = "quote"
touchpoint = "{id}"
"""
MORE = (("portal", "Verkkopalvelu", "Portal"), ("invoice", "Lasku", "Invoice"))
LEFT = pd.Timestamp("2025-03-01")


def _raw(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "raw" / "survey.csv", sep=";")


def ranked_study(folder: Path) -> Path:
    """Two more touchpoints, 40 customers who answer three times, ten of them gone in March."""
    survey = _raw(folder)
    survey["who"] = [f"K{i % 40:03d}" for i in range(len(survey))]
    survey["portal"] = [5 if i % 40 < 30 else 2 for i in range(len(survey))]
    survey["invoice"] = [4 if i % 7 else 1 for i in range(len(survey))]
    survey.to_csv(folder / "raw" / "survey.csv", sep=";", index=False)
    customers = pd.read_csv(folder / "raw" / "customers.csv")
    gone = customers["who"].isin([f"K{i:03d}" for i in range(10)])
    customers["gone_on"] = gone.map({True: f"{LEFT:%d.%m.%Y}", False: ""})
    customers.to_csv(folder / "raw" / "customers.csv", index=False)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("random_state = 7", "random_state = 7\nfull_pipeline = false")
    text = text.replace('outcomes = ["churn"]', 'outcomes = ["churn"]\nleft = "gone_on"')
    asked = "".join(QUESTION.format(id=i) for i, _, _ in MORE)
    text = text.replace("[[surveys.comments]]", asked + "[[surveys.comments]]")
    text += "".join(TOUCHPOINT.format(id=i, fi=fi, en=en) for i, fi, en in MORE)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ranked_study(write_small_study(tmp_path_factory.mktemp("ranked")))


@pytest.fixture(scope="module")
def study(folder: Path) -> Iterator:
    with open_study(folder) as opened:
        import_sources(opened)
        link(opened)
        yield opened


def test_touchpoints_are_ranked_with_customers_as_the_unit(study) -> None:
    found = read_finding(study, "touchpoints-csat")
    rows = found.table.set_index("touchpoint")
    assert rows["n"].tolist() == [120, 120, 120]
    assert rows["customers"].tolist() == [40, 40, 40]
    assert "korkein: Lasku 85" in found.sentence("fi")
    assert "lowest at Support line" in found.sentence("en")
    # a customer says the same of the portal three times: as wide as 40 answers, not as 120
    width = rows.loc["portal", "boot_high"] - rows.loc["portal", "boot_low"]
    assert width == pytest.approx(2 * 1.96 * (0.75 * 0.25 / 40) ** 0.5, rel=0.15)


def test_the_draws_start_from_the_settings_of_the_study(study) -> None:
    kept = read_finding(study, "touchpoints-csat").table
    columns = ["boot_low", "boot_high", "shrunken", "rank_low", "rank_high"]
    answers = answers_with_segments(study)
    again = touchpoint_scores(answers, metric="csat", random_state=7).table
    pd.testing.assert_frame_equal(kept[columns], again[columns])
    other = touchpoint_scores(answers, metric="csat", random_state=0).table
    assert not kept[columns].equals(other[columns])


def test_answers_given_after_leaving_are_left_out_counted_and_told(study, folder: Path) -> None:
    survey = _raw(folder)
    when = pd.to_datetime(survey["date"], format="%d.%m.%Y")
    late = (survey["who"] < "K010") & (when >= LEFT)
    asked = survey.loc[late, ["nps", "support", "portal", "invoice"]].size
    assert asked > 0
    found = read_finding(study, "joins")
    counts = found.table.set_index(["join", "what"])["count"]
    assert counts["answers", "after_the_outcome"] == asked
    assert counts["answers", "used"] == survey[["nps", "support", "portal", "invoice"]].size - asked
    assert f"or later: {asked}." in found.sentence("en")
    assert f"sen jälkeen annetut: {asked}." in found.sentence("fi")


def test_where_nothing_dates_the_outcome_the_report_says_so(small_study: Path) -> None:
    ranked_study(small_study)
    path = small_study / "study.toml"
    text = path.read_text(encoding="utf-8").replace('left = "gone_on"', "")
    path.write_text(text, encoding="utf-8")
    with open_study(small_study) as study:
        import_sources(study)
        link(study)
        found = read_finding(study, "joins")
    assert "after_the_outcome" not in set(found.table["what"])
    assert any("no day" in w.to("en") for w in found.warnings)


def test_where_all_answered_after_leaving_nothing_is_linked(small_study: Path) -> None:
    ranked_study(small_study)
    path = small_study / "raw" / "customers.csv"
    customers = pd.read_csv(path).assign(gone_on="31.12.2024")
    customers.to_csv(path, index=False)
    with open_study(small_study) as study:
        import_sources(study)
        report = "\n".join(link(study).lines)
        names = {p.stem for p in (study.folder_processed / "findings").glob("*.json")}
    assert "not linked. All answers were given after the outcome. (480 answers" in report
    assert not {"customers", "joins", "ten-points"} & names


def test_a_touchpoint_that_all_rate_alike_stops_nothing(small_study: Path) -> None:
    ranked_study(small_study)
    survey = _raw(small_study).assign(invoice=4)
    survey.to_csv(small_study / "raw" / "survey.csv", sep=";", index=False)
    with open_study(small_study) as study:
        import_sources(study)
        report = "\n".join(link(study).lines)
        rows = read_finding(study, "touchpoints-csat").table.set_index("touchpoint")
    assert "drivers: not estimated. A column never varies" in report
    assert rows.loc["invoice", "value"] == 1
    assert pd.isna(rows.loc["invoice", "boot_low"])


@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_page_shows_the_order(study, language: str) -> None:
    page = metrics_section(gather(study), language).parts["all|all"]
    title = {"fi": "Kosketuspisteet järjestyksessä", "en": "Touchpoints in order"}[language]
    names = {"fi": ("Verkkopalvelu", "Lasku"), "en": ("Portal", "Invoice")}[language]
    part = page[page.index(title) :]
    assert all(f'<th scope="row">{name}</th>' in part for name in names)
    assert read_finding(study, "touchpoints-csat").sentence(language)[:40] in part
