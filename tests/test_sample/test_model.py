"""The sample study holds what its README says was put in. What tools find is tested elsewhere."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import spearmanr

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw" / "kelohavu"
STUDY = ROOT / "studies" / "kelohavu"
DRAWN = ("customers", "survey", "kpis", "pulse", "smileys", "purchases", "truth")
OPEN = ["mika_toimi", "mita_parantaa", "tuki_kommentti"]
CODED = {"h01", "h02", "h03", "h05", "h10", "h12"}


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    table = pd.read_csv(RAW / "customers.csv", sep=";", decimal=",", encoding="utf-8-sig")
    return table.merge(pd.read_csv(RAW / "truth.csv"), on="asiakas_id")


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return pd.read_csv(RAW / "survey.csv")


@pytest.fixture(scope="module")
def humans(survey: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    rows = survey[survey["vastaajatyyppi"] == "asiakas"]
    return rows.merge(customers.drop(columns="alue"), on="asiakas_id")


@pytest.fixture(scope="module")
def comments() -> pd.DataFrame:
    return pd.read_csv(RAW / "written_comments.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def people(humans: pd.DataFrame) -> pd.DataFrame:
    """One row a customer who answered."""
    return humans.groupby("asiakas_id").agg(
        nps=("nps", "mean"),
        hours=("tukitunnit_12kk", "first"),
        segment=("segment", "first"),
        left=("poistui", "first"),
    )


def rho(a: pd.Series, b: pd.Series) -> float:
    return float(spearmanr(a, b, nan_policy="omit").statistic)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def text_of(document: str) -> str:
    """Plain text of a document of the sample, whatever its format; every line a paragraph."""
    found = next(p for p in RAW.glob("*/*") if p.stem == document)
    if found.suffix in (".docx", ".odt"):
        inner = "word/document.xml" if found.suffix == ".docx" else "content.xml"
        xml = zipfile.ZipFile(found).read(inner).decode("utf-8")
        text = re.sub(r"<[^>]+>", "", re.sub(r"</(w:p|text:p|text:h)>", "\n", xml))
    else:
        text = found.read_text(encoding="utf-8-sig")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def test_drawing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "draw_sample.py"
    subprocess.run(
        [sys.executable, str(script), "--to", str(tmp_path)], check=True, capture_output=True
    )
    for name in DRAWN:
        assert (tmp_path / f"{name}.csv").read_bytes() == (RAW / f"{name}.csv").read_bytes(), name


def test_sizes(customers: pd.DataFrame, survey: pd.DataFrame) -> None:
    assert len(customers) == 700
    assert len(survey) == 1200
    kinds = survey["vastaajatyyppi"].value_counts().to_dict()
    assert kinds == {"asiakas": 1130, "kone": 40, "kumppani": 30}
    assert sorted(survey["aalto"].unique()) == ["2025-02", "2025-06", "2025-10"]
    assert survey["vastaus_id"].is_unique
    assert set(survey["asiakas_id"].dropna()) <= set(customers["asiakas_id"])
    assert 7500 <= len(rows_of(RAW / "purchases.csv")) <= 9500
    kpis = pd.read_csv(RAW / "kpis.csv")
    assert kpis.groupby("yksikko")["kuukausi"].nunique().tolist() == [36] * 5


def test_segments_have_their_shares_and_differ(customers: pd.DataFrame) -> None:
    shares = customers["segment"].value_counts(normalize=True)
    for segment, share in {"small": 0.36, "careful": 0.30, "managed": 0.22, "mobile": 0.12}.items():
        assert shares[segment] == pytest.approx(share, abs=1e-9)
    sensors = customers.groupby("segment")["antureita"].mean()
    for segment, mean in {"small": 8, "careful": 90, "managed": 25, "mobile": 45}.items():
        assert sensors[segment] == pytest.approx(mean, rel=0.15)
    hours = customers.groupby("segment")["tukitunnit_12kk"].mean()
    assert list(hours.sort_values().index) == ["small", "managed", "mobile", "careful"]
    tenure = customers.groupby("segment")["asiakkuus_kk"].mean()
    assert list(tenure.sort_values().index) == ["mobile", "small", "managed", "careful"]


def test_two_profiles_in_the_two_largest_segments(humans: pd.DataFrame) -> None:
    means = humans.groupby(["segment", "profile"])[["odotus_asennus", "odotus_tuki"]].mean()
    wanted = {
        ("small", "easy_start"): (4.5, 2.4),
        ("small", "fast_help"): (2.4, 4.5),
        ("careful", "demanding"): (4.6, 4.6),
        ("careful", "trusting"): (2.8, 2.8),
    }
    for where, pair in wanted.items():
        assert means.loc[where].tolist() == pytest.approx(pair, abs=0.2)


def test_support_hours_correlation_reverses_inside_segments(people: pd.DataFrame) -> None:
    assert rho(people["nps"], people["hours"]) > 0.25
    for _, group in people.groupby("segment"):
        assert rho(group["nps"], group["hours"]) < -0.2


def test_satisfaction_goes_with_nps_and_against_churn(
    humans: pd.DataFrame, people: pd.DataFrame
) -> None:
    assert rho(humans["nps"], humans["csat_tuki"]) > 0.45
    assert rho(humans["nps"], humans["csat_lasku"]) > 0.15
    assert rho(people["nps"], people["left"] == "kyllä") < -0.1


def test_talk_of_false_alarms_goes_with_lower_answers(
    humans: pd.DataFrame, comments: pd.DataFrame
) -> None:
    spoken = set(comments.loc[comments["themes"].str.contains("pain_false_alarms"), "text"])
    talks = humans[OPEN].isin(spoken).any(axis=1)
    commented = humans[OPEN].notna().any(axis=1)
    assert talks.sum() >= 30
    gap = humans.loc[commented & ~talks, "nps"].mean() - humans.loc[talks, "nps"].mean()
    assert gap > 1.0
    grocery = humans["toimiala"] == "päivittäistavarakauppa"
    assert talks[grocery].mean() > 2 * talks[~grocery].mean()


def test_churn_follows_nps_by_two_months() -> None:
    kpis = pd.read_csv(RAW / "kpis.csv")
    nps, churn = (
        kpis.pivot(index="kuukausi", columns="yksikko", values=name)
        for name in ("nps_kuukausi", "poistuma_osuus")
    )
    by_lag = {}
    for lag in range(7):
        pair = pd.concat(
            [(nps - nps.mean()).shift(lag).unstack(), (churn - churn.mean()).unstack()], axis=1
        )
        by_lag[lag] = rho(*(pair.dropna()[c] for c in pair))
    assert min(by_lag, key=lambda lag: by_lag[lag]) == 2
    assert by_lag[2] < -0.6
    assert max(abs(v) for lag, v in by_lag.items() if lag != 2) < 0.3


def test_monthly_nps_is_that_of_the_pulse() -> None:
    pulse, kpis = pd.read_csv(RAW / "pulse.csv"), pd.read_csv(RAW / "kpis.csv")
    votes = pulse[["arvostelijat", "neutraalit", "suosittelijat"]].sum(axis=1)
    nps = 100 * (pulse["suosittelijat"] - pulse["arvostelijat"]) / votes
    assert nps.tolist() == pytest.approx(kpis["nps_kuukausi"].tolist(), abs=0.006)


def test_support_falls_in_the_last_wave_in_one_unit(humans: pd.DataFrame) -> None:
    last = humans["aalto"] == "2025-10"
    falls = {}
    for unit, rows in humans.groupby("alue"):
        mean = rows.groupby(last)["csat_tuki"].mean()
        falls[unit] = mean[False] - mean[True]
    assert falls.pop("Itä") == pytest.approx(1.1, abs=0.3)
    assert max(abs(v) for v in falls.values()) < 0.3


def test_partners_install_below_target(humans: pd.DataFrame) -> None:
    mean = humans.groupby("kanava")["csat_asennus"].mean()
    assert mean["oma myynti"] == pytest.approx(4.2, abs=0.15)
    assert mean["kumppani"] == pytest.approx(3.4, abs=0.15)


def test_small_group_has_four_customers_and_four_responses(
    customers: pd.DataFrame, humans: pd.DataFrame
) -> None:
    assert (customers["toimiala"] == "muu").sum() == 4
    assert (humans["toimiala"] == "muu").sum() == 4


def test_cells_are_missing_as_designed(customers: pd.DataFrame, humans: pd.DataFrame) -> None:
    holed = [
        "puhelin", "toimiala", "asiakkuus_kk", "palvelutaso", "antureita", "liikevaihto_eur",
        "tukitunnit_12kk",
    ]  # fmt: skip
    missing = customers.isna().mean()
    assert missing[holed].between(0.02, 0.06).all()
    assert missing[["asiakas_id", "poistui", "alue"]].sum() == 0
    assert humans["csat_tuki"].notna().mean() == pytest.approx(0.7, abs=0.05)


def test_machines_answer_in_numbers_and_partners_have_no_customer(survey: pd.DataFrame) -> None:
    machines = survey[survey["vastaajatyyppi"] == "kone"]
    assert machines["odotus_tuki"].isna().all()
    said = pd.concat([machines[column] for column in OPEN]).dropna()
    assert len(said) > 20
    assert said.str.fullmatch(r"[a-z_]+(=[\w.]+(; [a-z_]+=[\w.]+)*)?").all()
    assert survey.loc[survey["vastaajatyyppi"] == "kumppani", "asiakas_id"].isna().all()


def test_comments_are_many_different_and_all_used(comments: pd.DataFrame) -> None:
    assert comments["text"].is_unique
    counts = comments["language"].value_counts()
    assert len(comments) >= 330
    assert counts["fi"] >= 265
    assert counts["en"] >= 40
    assert counts["sv"] >= 25
    used = {row[column] for row in rows_of(RAW / "survey.csv") for column in OPEN} - {""}
    assert used == set(comments["text"])


def test_comments_hold_names_phones_and_an_address(comments: pd.DataFrame) -> None:
    names = ("Pirjo Harmaala", "Keijo Ruskopelto", "Tellervo Pakkalinna")
    for name in names:
        assert comments["text"].str.contains(name, regex=False).sum() == 1
    assert comments["text"].str.contains(r"\d{3} 555 \d{4}").sum() == 2
    assert comments["text"].str.contains("@", regex=False).sum() == 1
    assert comments["text"].str.contains("Heli|Reetta|Camilla|Sanna|Noora").sum() >= 5


def test_themes_differ_by_industry(comments: pd.DataFrame) -> None:
    shares = {}
    for industry, rows in comments.groupby("industry"):
        shares[industry] = rows["themes"].str.split(";").explode().value_counts() / len(rows)
    for industry, theme in (
        ("grocery", "pain_false_alarms"),
        ("care", "need_certainty"),
        ("property", "pain_invoice_errors"),
        ("food_industry", "need_compliance"),
        ("logistics", "pain_battery"),
    ):
        own = shares[industry].get(theme, 0)
        others = [s.get(theme, 0) for name, s in shares.items() if name not in (industry, "any")]
        assert own > max(others), (industry, theme)


def test_interviews_have_their_length_and_languages() -> None:
    documents = sorted(p.stem for p in (RAW / "interviews").iterdir())
    assert len(documents) >= 12
    for document in documents:
        assert 1200 <= len(text_of(document).split()) <= 2500, document
    rows = {r["document"]: r for r in rows_of(RAW / "interviewees.csv")}
    assert set(documents) <= set(rows)
    languages = [rows[d]["language"] for d in documents]
    assert (languages.count("fi"), languages.count("en"), languages.count("sv")) == (9, 2, 1)
    kinds = [rows[d]["kind"] for d in documents]
    assert (kinds.count("partner"), kinds.count("employee")) == (1, 2)


def test_hand_codings_quote_exactly_and_coders_disagree_somewhat() -> None:
    rows = rows_of(RAW / "codings.csv")
    assert {r["document"] for r in rows} == CODED
    texts = {document: text_of(document) for document in CODED}
    for row in rows:
        assert texts[row["document"]].count(row["quote"]) == 1, row["quote"]
        assert 4 <= len(row["quote"].split()) <= 40, row["quote"]
        assert row["valence"] in ("-2", "-1", "0", "1", "2")
    table = pd.DataFrame(rows)
    per_coder = table.groupby(["document", "coder"]).size()
    assert len(per_coder) == 12
    assert per_coder.between(25, 42).all()
    agreement = kappa(rows, texts)
    assert 0.6 <= agreement <= 0.8


def kappa(rows: list[dict[str, str]], texts: dict[str, str]) -> float:
    """Cohen's kappa over sentences x codes: marked or not by each coder."""
    cells = {(a, b): 0 for a in (False, True) for b in (False, True)}
    codes = sorted({r["code"] for r in rows})
    for document, text in texts.items():
        mine = [r for r in rows if r["document"] == document]
        for found in re.finditer(r"[^\n.!?]+[.!?]?", text):
            marked = set()
            for row in mine:
                start = text.index(row["quote"])
                if start < found.end() and start + len(row["quote"]) > found.start():
                    marked.add((row["coder"], row["code"]))
            for code in codes:
                cells[("coder_a", code) in marked, ("coder_b", code) in marked] += 1
    n = sum(cells.values())
    agree = (cells[False, False] + cells[True, True]) / n
    a, b = (
        (cells[True, False] + cells[True, True]) / n,
        (cells[False, True] + cells[True, True]) / n,
    )
    chance = a * b + (1 - a) * (1 - b)
    return (agree - chance) / (1 - chance)


def test_study_settings_load_and_know_every_code_and_column() -> None:
    from cxresearch.study.settings import load_settings

    settings = load_settings(STUDY)
    codings = pd.read_csv(RAW / "codings.csv")
    assert set(codings["code"]) <= {c.code for c in settings.codes.codes}
    stages = {s.stage: p.phase for p in settings.journey() for s in p.stages}
    with_stage = codings.dropna(subset="stage")
    assert (with_stage["stage"].map(stages) == with_stage["phase"]).all()
    assert set(codings["touchpoint"].dropna()) <= {t.touchpoint for t in settings.encounters()}
    header = set(rows_of(RAW / "survey.csv")[0])
    survey = settings.surveys[0]
    assert {q.column for q in (*survey.questions, *survey.comments)} <= header


def test_decisions_on_quotes_hold_exact_words_and_publish_no_name(comments: pd.DataFrame) -> None:
    rows = rows_of(STUDY / "approved_quotes.csv")
    decisions = [r["decision"] for r in rows]
    assert decisions.count("approve") >= 40
    assert decisions.count("reject") == 5
    named = {r["name"].split()[i] for r in rows_of(RAW / "interviewees.csv") for i in (0, -1)}
    for row in rows:
        if row["document"]:
            assert text_of(row["document"]).count(row["quote"]) == 1, row["quote"]
        else:
            assert comments["text"].str.contains(row["quote"], regex=False).sum() == 1, row["quote"]
        if row["decision"] == "approve":
            assert not named & set(re.findall(r"\w+", row["published"]))
            assert "555" not in row["published"]
        else:
            assert row["note"]
