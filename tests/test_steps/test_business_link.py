"""From study.toml to findings: index, framework, targets, promises, measures, value, models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxresearch import open_study
from cxresearch.model import ImportRefusedError, SettingsError
from cxresearch.steps import import_sources, link, read_finding

from ..conftest import write_small_study

PARTS = """
[purchases]
file = "raw/purchases.csv"
customer = "who"
date = "day"
value = "euros"
margin = 0.5

[[smileys]]
file = "raw/smileys.csv"
period = "month"
place = "place"
faces = ["sad", "glum", "glad", "happy"]
touchpoints = { desk = "support_line" }

[index]
parts = [
  { question = "nps", part = "emotion", weight = 3 },
  { question = "csat_support", part = "ease" },
]

[[framework]]
strategy = { en = "Stay" }
goal = { en = "Keep customers" }
kpi = "revenue"
metric = "nps"
method = { en = "Survey" }
[[framework]]
goal = { en = "Grow" }

[[targets]]
metric = "nps"
value = 20
cadence = "quarterly"

[[promises]]
touchpoint = "support_line"
value = 4
text = { en = "We answer" }

[[measures]]
measure = "wallet"
kind = "share_of_wallet"
name = { en = "Share of wallet" }
numerator = "spent"
denominator = "spent_in_all"
by = "industry"
[[measures]]
measure = "basket"
kind = "average_purchase"
name = { en = "Average purchase" }
source = "purchases"
numerator = "value"
denominator = "purchases"
[[measures]]
measure = "revenue"
name = { en = "Revenue a month" }
source = "kpis"
numerator = "revenue"

[link]
confounders = ["sensors"]
weight_by = ["industry"]
"""


def prepared(folder: Path, *, toml: str = PARTS) -> Path:
    """The small study with machine customers, purchases, smileys and dates of leaving."""
    rng = np.random.default_rng(5)
    raw = folder / "raw"
    survey = pd.read_csv(raw / "survey.csv", sep=";")
    bots = survey.head(12).assign(id=[f"B{i}" for i in range(12)], nps=0, support=1)
    bots["who"] = [f"M{i}" for i in range(12)]
    survey = survey.assign(type="customer")
    both = pd.concat([survey, bots.assign(type="machine", comment="")], ignore_index=True)
    both["contact"] = np.where(np.arange(len(both)) % 3 == 0, "no", "yes")
    both.to_csv(raw / "survey.csv", sep=";", index=False)
    customers = pd.read_csv(raw / "customers.csv")
    n = len(customers)
    customers["spent_in_all"] = rng.gamma(3, 100, n).round(2)
    customers["spent"] = (customers["spent_in_all"] * rng.beta(5, 5, n)).round(2)
    gone = rng.random(n) < 0.5
    days = pd.Timestamp("2025-06-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    customers["left"] = np.where(gone, pd.Series(days).dt.strftime("%d.%m.%Y"), "")
    customers["started"] = "1.1.2023"
    customers.to_csv(raw / "customers.csv", index=False)
    busy, dear = rng.gamma(1.5, 1, n), rng.gamma(4, 10, n)
    place = rng.choice(n, 900, p=busy / busy.sum())
    bought = pd.DataFrame({"who": customers["who"].to_numpy()[place]})
    bought["day"] = pd.to_datetime("2024-01-01") + pd.to_timedelta(rng.integers(0, 600, 900), "D")
    bought["euros"] = (dear[place] * rng.gamma(5, 0.2, 900)).round(2)
    bought.to_csv(raw / "purchases.csv", index=False)
    months = pd.date_range("2024-01-01", periods=12, freq="MS").strftime("%Y-%m")
    faces = pd.DataFrame({"month": months, "place": "desk"})
    for name, mean in (("sad", 3), ("glum", 6), ("glad", 20), ("happy", 40)):
        faces[name] = rng.poisson(mean, 12)
    faces.to_csv(raw / "smileys.csv", index=False)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('wave = "wave"', 'wave = "wave"\nkind = "type"\nconsent = "contact"')
    text = text.replace(
        'outcomes = ["churn"]',
        'outcomes = ["churn", "spent", "spent_in_all"]\n'
        'left = "left"\nstarted = "started"\nobserved_until = 2025-12-31',
    )
    text = text.replace("random_state = 7", "random_state = 7\nfull_pipeline = false")
    (folder / "study.toml").write_text(text + toml, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    folder = prepared(write_small_study(tmp_path_factory.mktemp("business")))
    with open_study(folder) as opened:
        import_sources(opened)
        link(opened)
        yield opened


def test_a_headline_is_of_people_and_machines_stand_beside_it(study) -> None:
    found = read_finding(study, "score-nps")
    assert found.table["n"].iloc[0] == 120
    assert "with machine customers it is" in found.sentence("en")
    beside = read_finding(study, "score-nps-machines").table.set_index("group")
    assert beside.loc["people", "n"] + beside.loc["machine", "n"] == beside.loc["everyone", "n"]
    assert beside.loc["machine", "value"] == -100
    assert beside.loc["everyone", "value"] < beside.loc["people", "value"]
    assert read_finding(study, "score-nps-wave").table["n"].sum() == 120


def test_the_index_keeps_its_weights_and_says_where_they_come_from(study) -> None:
    found = read_finding(study, "index")
    parts = found.details["parts"].set_index("question")
    assert parts["weight"].to_dict() == {"nps": 0.75, "csat_support": 0.25}
    assert set(parts["basis"]) == {"given"}
    assert found.sentence("fi").startswith("CX-indeksi")


def test_the_framework_shows_its_gaps(study) -> None:
    found = read_finding(study, "framework")
    gaps = set(zip(found.table["problem"], found.table["what"], strict=True))
    assert {("goal_without_kpi", "Grow"), ("goal_without_strategy", "Grow")} <= gaps
    assert ("measured_but_orphan", "csat") in gaps
    assert len(found.details["chains_en"]) == 2


def test_targets_stand_at_every_level_and_at_their_cadence(study) -> None:
    table = read_finding(study, "targets").table
    assert table["touchpoint"].tolist() == ["support_line", "all"]
    assert table["level"].tolist() == ["touchpoint", "relationship"]
    assert len(read_finding(study, "target-02").table) == 2
    assert len(read_finding(study, "target-01").table) == 4


def test_promises_are_held_against_experience(study) -> None:
    row = read_finding(study, "promises").table.iloc[0]
    assert row["promise_en"] == "We answer"
    assert row["ci_high"] < 0


def test_measures_and_value(study) -> None:
    wallet = read_finding(study, "measure-wallet").table
    assert wallet["industry"].tolist() == ["all", "hoiva", "kauppa"]
    assert wallet["value"].between(0.4, 0.6).all()
    basket = read_finding(study, "measure-basket").table.iloc[0]
    bought = study.read_frame("purchases")
    assert basket["value"] == pytest.approx(bought["value"].mean())
    assert read_finding(study, "measure-revenue").table["n"].iloc[0] == 24
    observed = read_finding(study, "value-observed").table.iloc[0]
    assert observed["value"] == pytest.approx(
        0.5 * bought["value"].sum() / bought["customer"].nunique()
    )
    assert read_finding(study, "value-expected").table["value"].iloc[0] > 0


def test_smileys_go_to_their_touchpoint_with_limits(study) -> None:
    found = read_finding(study, "smileys").table
    assert found["place"].tolist() == ["support_line"]
    assert 0.8 < found["value"].iloc[0] < 0.95
    assert read_finding(study, "smileys-support_line").table["centre"].notna().all()


def test_models_hold_confounders_equal_and_leaving_is_counted_after_the_answer(study) -> None:
    table = read_finding(study, "models").table.set_index(["metric", "kpi"])
    assert table.loc[("nps", "churn"), "family"] == "logit"
    assert table.loc[("nps", "spent"), "family"] == "gamma"
    assert table.loc[("nps", "leaving"), "n"] > 30
    assert (table["p_corrected"].dropna() >= table["p"].dropna() - 1e-12).all()
    survival = read_finding(study, "survival-nps")
    assert survival.details["events"] >= 20
    assert read_finding(study, "retention").table["retained"].between(0, 1).all()
    assert read_finding(study, "model-nps-churn").details["calibration"]["n"].sum() > 80


def test_joins_are_reported_and_weighting_stands_beside(study) -> None:
    joins = read_finding(study, "joins").table.set_index(["join", "what"])["count"]
    assert joins["customers", "matched"] == 120
    assert joins["purchases", "buyers_unknown"] == 0
    weighted = read_finding(study, "weighted-nps").table
    assert weighted["weighting"].tolist() == ["none", "raked"]
    assert "ten points" in read_finding(study, "ten-points").sentence("en").lower()


def test_no_finding_shows_an_empty_number_without_saying_why(study) -> None:
    folder = study.folder_processed / "findings"
    for path in folder.glob("*.json"):
        found = read_finding(study, path.stem)
        assert found.sentence("fi"), path.stem
        for text in (found.sentence("fi"), found.sentence("en")):
            assert "nan" not in text.lower().split(), (path.stem, text)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("purchases.csv", ("euros", "ten"), "expected"),
        ("purchases.csv", ("euros", "-5"), "0 or more"),
        ("purchases.csv", ("day", ""), "a day"),
        ("smileys.csv", ("glad", "2.5"), "a count"),
        ("smileys.csv", ("month", "2024-02"), "once"),
    ],
)
def test_bad_business_rows_are_named_and_nothing_is_imported(
    small_study: Path, file: str, change: tuple[str, str], message: str
) -> None:
    prepared(small_study)
    path = small_study / "raw" / file
    table = pd.read_csv(path, dtype=str)
    table.loc[3, change[0]] = change[1]
    table.to_csv(path, index=False)
    with open_study(small_study) as study:
        with pytest.raises(ImportRefusedError, match=message) as caught:
            import_sources(study)
        assert "row 5" in str(caught.value)
        assert study.answers().empty
        report = import_sources(study, good_rows=True)
    assert report.changed


def test_a_measure_of_a_missing_column_is_refused_by_name(small_study: Path) -> None:
    prepared(small_study, toml=PARTS.replace('numerator = "spent"', 'numerator = "spend"'))
    with open_study(small_study) as study:
        import_sources(study)
        with pytest.raises(SettingsError, match="wallet"):
            link(study)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ('[[promises]]\ntouchpoint = "door"\nvalue = 4\n', "door"),
        ('[[targets]]\nmetric = "nps"\nvalue = 1\nlevel = "phase"\ngroup = "usage"\n', "usage"),
        ('[[targets]]\nmetric = "nps"\nvalue = 1\nlevel = "phase"\n', "group"),
        ('[index]\nparts = [{ question = "nps", weight = 0 }]\n', "weight"),
        ('[[improvements]]\nimprovement = "a"\nname = {}\nstatus = "done"\n', "done_at"),
        ("[loop.owners]\ndoor = {}\n", "door"),
        ('[[smileys]]\nfile = "a"\nperiod = "b"\nfaces = ["x", "y"]\nsmiling = 2\n', "smiling"),
    ],
)
def test_settings_that_can_not_be_are_refused(small_study: Path, part: str, message: str) -> None:
    path = small_study / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + part, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        open_study(small_study)


def test_a_study_of_machines_only_is_about_machines(small_study: Path) -> None:
    prepared(small_study)
    path = small_study / "raw" / "survey.csv"
    table = pd.read_csv(path, sep=";")
    table[table["type"] == "machine"].to_csv(path, sep=";", index=False)
    with open_study(small_study) as study:
        import_sources(study)
        link(study)
        found = read_finding(study, "score-nps")
    assert found.table["n"].iloc[0] == 12
    assert "People only" not in found.sentence("en")


def test_data_that_can_not_carry_an_analysis_are_told_of_and_never_empty(small_study: Path) -> None:
    prepared(small_study)
    survey = pd.read_csv(small_study / "raw" / "survey.csv", sep=";")
    survey.assign(nps=7).to_csv(small_study / "raw" / "survey.csv", sep=";", index=False)
    customers = pd.read_csv(small_study / "raw" / "customers.csv")
    support = survey.set_index("who")["support"].reindex(customers["who"])
    customers["churn"] = np.where(support.to_numpy() > 3, "yes", "no")
    customers.to_csv(small_study / "raw" / "customers.csv", index=False)
    kpis = pd.read_csv(small_study / "raw" / "kpis.csv").head(2).assign(pulse=[1, 2])
    kpis.to_csv(small_study / "raw" / "kpis.csv", index=False)
    toml = small_study / "study.toml"
    text = toml.read_text(encoding="utf-8").replace(
        'columns = ["revenue"]', 'columns = ["revenue"]\nmetrics = ["pulse"]'
    )
    toml.write_text(text, encoding="utf-8")
    with open_study(small_study) as study:
        import_sources(study)
        report = "\n".join(link(study).lines)
        linked = read_finding(study, "customers").table
        assert set(linked.loc[linked["metric"] == "nps", "note"]) == {"constant"}
        separated = read_finding(study, "model-csat-churn")
        assert separated.table.empty
        assert "perfect separation" in separated.sentence("en")
        models = read_finding(study, "models").table.set_index(["metric", "kpi"])
        assert models.loc[("csat", "churn"), "n"] == 0
        assert "too few periods" in report.lower() or "not linked over time" in report
        assert "ten-points" not in {p.stem for p in study.folder_processed.rglob("*.json")}
    assert "nan" not in report.lower().split()
