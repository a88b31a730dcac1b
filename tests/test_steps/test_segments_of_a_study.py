"""Segments in a study: features from every source, names that stay, new customers, cards."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from docx import Document

from cxresearch import open_study
from cxresearch.cli import main
from cxresearch.model import (
    ActRefusedError,
    CxresearchError,
    ImportRefusedError,
    SettingsError,
)
from cxresearch.pages.material import gather
from cxresearch.pages.section_segments import segments_section
from cxresearch.segments import dendrogram_figure
from cxresearch.steps import (
    assign_customers,
    code,
    compare_customers,
    customer_features,
    import_sources,
    name_group,
    name_groups,
    profile_cards,
    read_finding,
    read_segmentation,
    segment,
    write_profile_cards,
)
from cxresearch.steps.features import feature_columns
from cxresearch.study import act, undo


@pytest.fixture(scope="module")
def done(make_small_study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study with purchases and a question of several answers, segmented."""
    folder = make_small_study(tmp_path_factory.mktemp("segments") / "small")
    raw = folder / "raw"
    bought = pd.DataFrame(
        {
            "who": [f"K{i % 120:03d}" for i in range(360)],
            "day": pd.date_range("2024-01-01", periods=360).strftime("%Y-%m-%d"),
            "sum": [10.0 + i % 7 for i in range(360)],
        }
    )
    bought[bought["who"] != "K119"].to_csv(raw / "bought.csv", index=False)
    survey = pd.read_csv(raw / "survey.csv", sep=";")
    survey["wants"] = ["speed; price" if i % 2 else "price" for i in range(len(survey))]
    survey.loc[5, "comment"] = None
    survey.to_csv(raw / "survey.csv", sep=",", index=False)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    several = 'multi_choice = { wants = ["speed", "price"] }\n\n[[surveys.questions]]\n'
    text = text.replace("[[surveys.questions]]\n", several, 1)
    text += (
        '\n[purchases]\nfile = "raw/bought.csv"\ncustomer = "who"\ndate = "day"\nvalue = "sum"\n'
    )
    (folder / "study.toml").write_text(text, encoding="utf-8")
    with open_study(folder) as study:
        for step in (import_sources, code, segment):
            step(study)
    return folder


def test_features_are_made_of_purchases_choices_themes_and_tone(done: Path) -> None:
    names = [
        "spent",
        "purchases",
        "recency_days",
        "mean_purchase",
        "wants",
        "waiting@use",
        "valence",
    ]
    with open_study(done) as study:
        table = customer_features(study, names)
        last = study.customers()["customer"].iloc[-1]
        spoken = set(study.comments()["respondent"])
        assert len(spoken) == 119
        with pytest.raises(SettingsError, match="waiting@use"):
            customer_features(study, ["waiting@never"])
    assert list(table.columns[1:5]) == names[:4]
    assert feature_columns(table, ["wants"]) == ["wants=price", "wants=speed"]
    assert (table["wants=price"] == "yes").all()
    assert table["wants=speed"].value_counts().to_dict() == {"no": 60, "yes": 60}
    row = table.set_index("customer").loc[last]
    assert row["purchases"] == 0
    assert pd.isna(row["spent"])
    assert table["purchases"].sum() == 357
    first = table.iloc[0]
    assert first["spent"] == pytest.approx(10 + 0 % 7 + 10 + 120 % 7 + 10 + 240 % 7)
    assert first["mean_purchase"] == pytest.approx(first["spent"] / 3)
    assert first["recency_days"] == 358 - 240
    assert table["waiting@use"].max() == 1
    # who said nothing is not known to have no troubles
    assert table["waiting@use"].isna().tolist() == [i == 5 for i in range(120)]
    assert table["valence"].dropna().between(-2, 2).all()


def test_purchases_that_a_study_does_not_have_are_named(small_study: Path) -> None:
    with open_study(small_study) as study:
        import_sources(study)
        with pytest.raises(SettingsError, match="made of purchases"):
            customer_features(study, ["clv"])


def test_a_feature_that_is_an_outcome_in_disguise_is_warned_about(small_study: Path) -> None:
    path = small_study / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('outcomes = ["churn"]', 'outcomes = ["churn", "twin"]')
    path.write_text(text, encoding="utf-8")
    table = pd.read_csv(small_study / "raw" / "customers.csv")
    table.assign(twin=table["sensors"] * 3 + 1).to_csv(
        small_study / "raw" / "customers.csv", index=False
    )
    with open_study(small_study) as study:
        import_sources(study)
        segment(study)
        said = [w.to("en") for w in read_segmentation(study).warnings]
    assert any("nearly the same as the outcome twin" in w for w in said)


def test_names_of_people_win_stay_and_can_be_taken_back(done: Path, tmp_path: Path) -> None:
    with open_study(done, coder="aino") as study:
        proposed = read_segmentation(study).title("S1", "fi")
        assert proposed != "S1"
        name_group(study, "S1", fi="Isot", en="Large ones")
        assert read_segmentation(study).title("S1", "fi") == "Isot"
        study.processed.forget_step("segment")
        segment(study)
        assert read_segmentation(study).title("S1", "en") == "Large ones"
        file = tmp_path / "names.csv"
        file.write_text("group,fi,en\nS2,Pienet,Small ones\nS1,,\n", encoding="utf-8")
        name_groups(study, file)
        found = read_segmentation(study)
        assert (found.title("S2", "fi"), found.title("S1", "fi")) == ("Pienet", proposed)
        file.write_text("group,fi,en\nS2,Toiset,\nS9,Muut,\n", encoding="utf-8")
        with pytest.raises(ImportRefusedError, match="no such group"):
            name_groups(study, file)
        assert read_segmentation(study).title("S2", "fi") == "Pienet"
        with pytest.raises(ActRefusedError):
            name_group(study, "S2", fi=" ")
        with pytest.raises(ActRefusedError):
            name_group(study, "S2", xx="Nimi")
        undo(study)
        act(study, "name_group", group="S2", names={})


def test_a_name_follows_its_members_when_the_groups_change_places(small_study: Path) -> None:
    path = small_study / "raw" / "customers.csv"
    with open_study(small_study) as study:
        import_sources(study)
        segment(study)
        first = read_segmentation(study)
        name_group(study, "S2", fi="Kaupat")
        members = set(first.membership.query("segment == 'S2'")["customer"])
    table = pd.read_csv(path)
    # the first segment loses half of its members, so the second is now the larger
    big = first.membership.query("segment == 'S1'")["customer"]
    assert len(big) >= 60
    kind = "hoiva" if members_are(small_study, members) == "kauppa" else "kauppa"
    gone = table.index[table["industry"] == kind][:25]
    table.drop(index=gone).to_csv(path, index=False)
    text = (small_study / "study.toml").read_text(encoding="utf-8")
    (small_study / "study.toml").write_text(
        text.replace("bootstraps = 10", "bootstraps = 10\nminimum_group = 20"), encoding="utf-8"
    )
    with open_study(small_study) as study:
        import_sources(study)
        lines = " ".join(segment(study).lines)
        found = read_segmentation(study)
        assert found.title("S1", "fi") == "Kaupat"
        assert "S2 is now S1" in lines
        assert "Since the last time" in lines
        drift = read_finding(study, "drift")
        assert set(drift.details["moves"]["segment_before"]) <= {"S1", "S2", "unassigned"}


def members_are(folder: Path, members: set[str]) -> str:
    with open_study(folder) as study:
        rows = study.customers()
    return str(rows.loc[rows["customer"].isin(members), "industry"].mode()[0])


def test_new_customers_are_placed_and_the_shift_is_told(done: Path, tmp_path: Path) -> None:
    table = pd.read_csv(done / "raw" / "customers.csv")
    table["sensors"] = table["sensors"] + 30
    file = tmp_path / "new.csv"
    table.head(50).to_csv(file, index=False)
    out = tmp_path / "out" / "placed.csv"
    with open_study(done) as study:
        report = assign_customers(study, file, out)
        moved = compare_customers(study, file).details["moves"]
    placed = pd.read_csv(out)
    assert list(placed["who"]) == list(table["who"].head(50))
    assert {"segment", "name", "stability", "probability"} <= set(placed)
    assert report.table.set_index("what").loc["sensors", "shift"] == "much"
    assert moved["n"].sum() == 50
    table.rename(columns={"who": "nobody"}).to_csv(file, index=False)
    with open_study(done) as study:
        with pytest.raises(ImportRefusedError, match="does not have"):
            assign_customers(study, file, tmp_path / "no.csv")
        pd.concat([table, table.head(1)]).to_csv(file, index=False)
        with pytest.raises(ImportRefusedError):
            assign_customers(study, file, tmp_path / "no.csv")
        with pytest.raises(ImportRefusedError, match="no such file"):
            assign_customers(study, tmp_path / "absent.csv", tmp_path / "no.csv")
    assert not (tmp_path / "no.csv").exists()


def test_cards_are_written_in_both_languages_with_stability(done: Path, tmp_path: Path) -> None:
    with open_study(done) as study:
        cards = profile_cards(study)
        report = write_profile_cards(study, tmp_path / "cards")
        keys = set(study.membership()["customer"])
    assert [c.group for c in cards][:1] == ["S1"]
    names = {p.name for p in (tmp_path / "cards").iterdir()}
    assert {"cards.fi.html", "cards.en.docx", "S1.fi.png", "S1.en.narrow.png", "cards.csv"} <= names
    assert not [n for n in names if n.startswith(".")]
    page = (tmp_path / "cards" / "cards.fi.html").read_text(encoding="utf-8")
    for words in ("Jaccard", "Kipupisteet", "Tarpeet", "NPS", "kuullusta", "Persoonaluonnos"):
        assert words in page
    assert "<script" not in page
    assert not keys & set(re.findall(r"c[0-9a-f]{16}", page))
    text = "\n".join(p.text for p in Document(tmp_path / "cards" / "cards.en.docx").paragraphs)
    assert "What sets it apart" in text
    assert "stability: very stable" in text
    assert len(report.table) == len(cards)
    pains = " ".join(w.to("en") for c in cards for w in c.parts["pains"])
    assert re.search(r"Waiting \(\d+ of \d+ heard\)", pains)
    measures = {m.name.to("en"): m for m in cards[0].measures}
    assert measures["NPS"].n >= 50
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with open_study(done) as study, pytest.raises(CxresearchError, match="could not be written"):
        write_profile_cards(study, blocked)


def test_the_shell_names_places_and_writes_cards(done: Path, tmp_path: Path) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "placed.csv"
    names.write_text("group,fi,en\nS1,Ykköset,First\n", encoding="utf-8")
    new = str(done / "raw" / "customers.csv")
    run = CliRunner().invoke
    shown = run(
        main, ["segment", str(done), "--names", str(names), "--assign", new, "--output", str(out)]
    )
    assert shown.exit_code == 0, shown.output
    assert "1 group(s) named" in shown.output
    assert "Ykköset" in out.read_text(encoding="utf-8-sig")
    assert run(main, ["segment", str(done), "--assign", new]).exit_code == 2
    cards = run(main, ["export", str(done), "--to", "cards", "--output", str(tmp_path / "c")])
    assert cards.exit_code == 0, cards.output
    assert (tmp_path / "c" / "cards.csv").exists()


@pytest.fixture
def interviews(small_study: Path) -> Path:
    """Eight interviews of two kinds of people, and nothing else."""
    text = (small_study / "study.toml").read_text(encoding="utf-8")
    head = text.split("[[surveys]]")[0]
    (small_study / "study.toml").write_text(head + "[segments]\nbootstraps = 10\n", "utf-8")
    folder = small_study / "raw" / "interviews"
    waits = "Jouduin odottamaan. Taas jono. Piti jonottaa tuntikausia. Jono oli pitkä."
    helps = "Hän auttoi heti. Apu tuli nopeasti. Tosi ystävällinen apu. Taas auttoi."
    for n in range(1, 9):
        said = " ".join([waits if n % 2 else helps] * (2 + n % 3))
        (folder / f"i{n}.txt").write_text(f"H: Kerro.\n\nV: {said}\n", encoding="utf-8")
    people = "".join(f"i{n},P{n},customer,\n" for n in range(1, 9))
    (small_study / "raw" / "people.csv").write_text(
        "document,respondent,kind,name\n" + people, encoding="utf-8"
    )
    return small_study


def test_interviews_alone_give_a_typology_of_these_people(interviews: Path) -> None:
    with open_study(interviews) as study:
        for step in (import_sources, code):
            step(study)
        report = segment(study)
        found = read_segmentation(study)
        page = segments_section(gather(study), "fi").parts[""]
        cards = profile_cards(study)
    assert "8 people" in report.lines[0]
    kinds = found.membership.set_index("customer")["segment"]
    assert kinds.nunique() == 2
    assert len({kinds[f"P{n}"] for n in (1, 3, 5, 7)}) == 1
    assert any("ei arvio perusjoukosta" in w.to("fi") for w in found.warnings)
    assert dendrogram_figure(found, language="fi").axes
    # groups of four are under the smallest cell of five: the page tells of them, not about them
    assert "alle 5" in page
    assert "S1:" not in page
    assert "P1" not in page
    assert not any(c.measures or c.sayings for c in cards)


def test_four_interviews_are_too_few(interviews: Path) -> None:
    for n in range(5, 9):
        (interviews / "raw" / "interviews" / f"i{n}.txt").unlink()
    people = "document,respondent,kind,name\n" + "".join(
        f"i{n},P{n},customer,\n" for n in (1, 2, 3, 4)
    )
    (interviews / "raw" / "people.csv").write_text(people, encoding="utf-8")
    with open_study(interviews) as study:
        for step in (import_sources, code):
            step(study)
        assert "none" in segment(study).lines[0]


def test_the_page_names_profiles_and_tells_how_well_they_hold(sample_study: Path) -> None:
    with open_study(sample_study) as study:
        found = read_segmentation(study)
        page = segments_section(gather(study), "en").parts[""]
    for row in found.profiles.itertuples():
        title = found.title(str(row.profile), "en")
        assert title != row.profile
        assert f"{row.profile} {title}" in page
    assert page.count("Jaccard") >= len(found.segments)


def test_a_customer_of_whom_nothing_is_known_is_unassigned(done: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    pd.DataFrame(
        {"who": ["K900"], "industry": [""], "sensors": [""], "churn": ["ei"], "contact": [""]}
    ).to_csv(file, index=False)
    with open_study(done) as study:
        report = assign_customers(study, file, tmp_path / "placed.csv")
    assert pd.read_csv(tmp_path / "placed.csv")["segment"].tolist() == ["unassigned"]
    assert report.lines
