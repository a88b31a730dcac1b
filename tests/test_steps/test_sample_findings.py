"""What the tool finds in the sample study is what was put in (data/raw/kelohavu/README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cxresearch import open_study
from cxresearch.metrics import compare_groups, score
from cxresearch.steps import answers_with_segments, read_finding, read_segmentation
from cxresearch.study import customer_keys


@pytest.fixture(scope="module")
def study(sample_study: Path) -> Iterator:
    with open_study(sample_study, coder="tester") as opened:
        yield opened


@pytest.fixture(scope="module")
def truth(study, sample_study: Path) -> pd.DataFrame:
    raw = sample_study.parents[1] / "data" / "raw" / "kelohavu"
    table = pd.read_csv(raw / "truth.csv", dtype=str)
    return table.assign(customer=customer_keys(study, table["asiakas_id"]))


def test_all_material_is_there(study) -> None:
    documents = study.documents()
    kinds = documents["kind"].value_counts().to_dict()
    assert kinds == {"interview": 12, "observation": 2, "diary": 1, "workshop": 1}
    interviews = documents[documents["kind"] == "interview"]
    assert interviews["language"].value_counts().to_dict() == {"fi": 9, "en": 2, "sv": 1}
    assert study.answers()["response"].nunique() == 1200
    assert len(study.customers()) == 700
    assert study.read_frame("import_failures").query("expected != ''")["column"].isna().all()


def test_four_segments_come_back(study, truth: pd.DataFrame) -> None:
    found = read_segmentation(study)
    assert found.number == 4
    joined = study.membership().merge(truth, on="customer", suffixes=("", "_true"))
    assert adjusted_rand_score(joined["segment_true"], joined["segment"]) > 0.85
    assert found.segments["jaccard"].min() > 0.75


def test_attitude_profiles_are_found_in_the_two_largest(study, truth: pd.DataFrame) -> None:
    members = study.membership().merge(truth, on="customer", suffixes=("", "_true"))
    for segment in ("S1", "S2"):
        inside = members[(members["segment"] == segment) & members["profile"].notna()]
        assert inside["profile"].nunique() == 2
        assert adjusted_rand_score(inside["profile_true"], inside["profile"]) > 0.5


def test_the_reversed_correlation_is_flagged(study) -> None:
    table = read_finding(study, "customers").table.set_index(["metric", "kpi"])
    row = table.loc[("nps", "tukitunnit_12kk")]
    assert row["rho"] > 0.2
    assert row["simpson"] == "reversed"
    assert "Simpson" in read_finding(study, "customers").warnings[-1].to("fi")


def test_satisfaction_goes_with_staying(study) -> None:
    table = read_finding(study, "customers").table.set_index(["metric", "kpi"])
    row = table.loc[("nps", "poistui")]
    assert row["ci_high"] < 0
    assert row["p_corrected"] < 0.01


def test_churn_follows_nps_by_two_months_and_unrelated_kpis_do_not(study) -> None:
    found = read_finding(study, "periods-nps_kuukausi-poistuma_osuus").table
    assert int(found.loc[found["p_corrected"].idxmin(), "lag"]) == 2
    assert found.loc[found["lag"] == 2, "p_corrected"].iloc[0] < 0.01
    assert found.loc[found["lag"] != 2, "p_corrected"].min() > 0.05
    panel = read_finding(study, "panel-nps_kuukausi-poistuma_osuus").table
    assert int(panel.loc[panel["p_corrected"].idxmin(), "lag"]) == 2
    for kpi in ("liikevaihto_keur", "uudet_tilaukset", "tukitunnit"):
        assert read_finding(study, f"periods-nps_kuukausi-{kpi}").table["p_corrected"].min() > 0.05


def test_installation_is_surely_below_its_target(study) -> None:
    table = read_finding(study, "targets").table.set_index("touchpoint")
    assert table.loc["installation_visit", "status"] == "below_sure"


def test_support_falls_in_the_east_in_the_last_wave(study) -> None:
    answers = answers_with_segments(study)
    support = answers[(answers["metric"] == "csat") & (answers["touchpoint"] == "support_line")]
    by_unit = {}
    for unit, rows in support.groupby("unit"):
        table = compare_groups(rows, metric="csat", by="wave", pairs="successive").table
        by_unit[unit] = table.iloc[-1]
    assert by_unit["Itä"]["difference"] < -0.2
    assert by_unit["Itä"]["p_corrected"] < 0.05
    others = [row["p_corrected"] for unit, row in by_unit.items() if unit != "Itä"]
    assert min(others) > 0.01


def test_the_small_group_is_hidden(study) -> None:
    answers = answers_with_segments(study)
    industry = study.customers().set_index("customer")["toimiala"]
    nps = answers[answers["metric"] == "nps"]
    nps = nps.assign(industry=nps["customer"].map(industry))
    table = score(nps, metric="nps", by="industry").table.set_index("industry")
    assert table.loc["muu", "hidden"]
    assert pd.isna(table.loc["muu", "value"])
    assert not table.drop(index="muu")["hidden"].any()


def test_false_alarms_and_errors_go_with_a_lower_nps_and_experts_with_a_higher(study) -> None:
    table = read_finding(study, "themes-nps").table.set_index("theme")
    for theme in ("pain_false_alarms", "pain_invoice_errors"):
        assert table.loc[theme, "removal"] < 0
    assert table.loc["delight_expert_help", "ci_low"] > 0


def test_two_coders_agree_as_people_do(study) -> None:
    row = read_finding(study, "agreement").table.set_index("code").loc["all"]
    assert 0.6 < row["alpha"] < 0.85
    assert row["coders"] == 2


def test_support_is_the_main_driver(study) -> None:
    table = read_finding(study, "drivers").table
    assert table["driver"].iloc[0] == "csat:support_line"


def test_the_guide_saved_support_hours_in_the_west(study) -> None:
    table = read_finding(study, "effects").table.set_index("measure")
    assert table.loc["tukitunnit", "verdict"] == "better"
    assert -0.30 < table.loc["tukitunnit", "relative"] < -0.12
    assert table.loc["csat", "verdict"] == "cannot_tell"


def test_wallet_conversion_and_value_are_those_put_in(study) -> None:
    wallet = read_finding(study, "measure-share_of_wallet").table.set_index("segment")["value"]
    assert 0.45 < wallet["all"] < 0.6
    assert wallet.drop(["all", "unassigned"], errors="ignore").between(0.35, 0.75).all()
    conversion = read_finding(study, "measure-conversion").table.set_index("unit").loc["all"]
    assert conversion["ci_low"] < 1 / 3 < conversion["ci_high"] + 0.01
    expected = read_finding(study, "value-expected").table.set_index("segment")["value"]
    # the careful are the largest and buy most
    assert expected.drop("all").idxmax() == "S2"


def test_headlines_are_of_people_with_machines_beside(study) -> None:
    table = read_finding(study, "score-nps-machines").table.set_index("group")
    assert table.loc["people", "n"] == read_finding(study, "score-nps").table["n"].iloc[0] == 1142
    assert table.loc["everyone", "value"] < table.loc["people", "value"]


def test_the_priorities_say_how_sure_they_are(study) -> None:
    table = read_finding(study, "priorities").table
    assert table["improvement"].iloc[0] == "invoice_check"
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert 0 < table["first"].iloc[0] < 1


def test_only_one_series_stands_out_over_the_whole_screen(study) -> None:
    table = read_finding(study, "periods").table.set_index("kpi")
    assert table.index[table["p_screen"] < 0.05].tolist() == ["poistuma_osuus"]
    assert table.loc["poistuma_osuus", "lag"] == 2


def test_machine_customers_can_be_left_out(study) -> None:
    answers = answers_with_segments(study)
    nps = answers[answers["metric"] == "nps"]
    everyone = score(nps, metric="nps").table["n"].iloc[0]
    people = score(nps[nps["kind"] != "machine"], metric="nps").table["n"].iloc[0]
    assert 30 <= everyone - people <= 40
