"""Pointing at one's own files: guesses with reasons, and a study.toml that can be loaded."""

import shutil

import pandas as pd
import pytest

from cxresearch.exchange import inspect_sources, study_toml, write_study_toml
from cxresearch.exchange.drafts import slug_of, unique_slugs
from cxresearch.model import ImportRefusedError, SettingsError
from cxresearch.study.settings import load_settings

COMMENTS = [
    "Palvelu oli nopeaa ja ystävällistä, kiitos siitä.",
    "Lasku tuli väärin kolmatta kertaa peräkkäin.",
    "Kukaan ei vastannut puhelimeen kahteen päivään.",
    "Asennus sujui hyvin ja ajallaan, ei moitittavaa.",
    "Hinta nousi taas ilman mitään selitystä.",
    "Portaali kaatuilee joka maanantai aamulla.",
]


def survey():
    n = 60
    return pd.DataFrame(
        {
            "VastausID": [f"R{i:03d}" for i in range(n)],
            "Asiakasnumero": [f"A{i % 40}" for i in range(n)],
            "Vastattu": [f"{1 + i % 28}.3.2026" for i in range(n)],
            "Kuinka todennäköisesti suosittelisit meitä? (0-10)": [i % 11 for i in range(n)],
            "Tyytyväisyys tukeen": [
                f"{1 + i % 5} - x" if i % 7 else "en osaa sanoa" for i in range(n)
            ],
            "Asioinnin helppous 1-5": [1 + i % 5 for i in range(n)],
            "Hoituiko asiasi?": ["Kyllä" if i % 3 else "Ei" for i in range(n)],
            "Kanavat": ["Puhelin;Portaali" if i % 2 else "Myyjä" for i in range(n)],
            "Toimiala": [["kauppa", "hoiva", "teollisuus"][i % 3] for i in range(n)],
            "Henkilöstömäärä": [10 * (i % 9) for i in range(n)],
            "Sähköposti": [f"nimi{i}@esimerkki.invalid" for i in range(n)],
            "Vapaa sana": [COMMENTS[i % 6] + f" {i}" for i in range(n)],
            "Tyhjä sarake": ["" for i in range(n)],
        }
    )


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "oma aineisto"
    (place / "haastattelut").mkdir(parents=True)
    survey().to_csv(place / "kysely 2026.csv", sep=";", index=False, encoding="cp1252")
    for name in ("h1", "h2"):
        (place / "haastattelut" / f"{name}.txt").write_text(
            "H: Miten päädyitte meille?\nV: Tuttu suositteli teitä lämpimästi.\n"
            "H: Entä sitten?\nV: Hyvin meni.\n"
        )
    pd.DataFrame(
        {"Asiakasnumero": [f"A{i}" for i in range(40)],
         "Yrityksen nimi": [f"Oy {i}" for i in range(40)],
         "Toimiala": ["kauppa", "hoiva"] * 20, "Liikevaihto": [f"{i},5" for i in range(40)],
         "Tyytyväisyys": [1 + i % 5 for i in range(40)]}
    ).to_csv(place / "asiakkaat.csv", index=False)  # fmt: skip
    pd.DataFrame(
        {"kuukausi": [f"{1 + i % 12}/2025" for i in range(24)],
         "yksikkö": ["Etelä"] * 12 + ["Pohjoinen"] * 12,
         "liikevaihto": [100.5 + i for i in range(24)], "poistuma": [i % 7 for i in range(24)]}
    ).to_csv(place / "mittarit.csv", index=False)  # fmt: skip
    (place / "koodaukset.csv").write_text("document,quote,code\nh1,Tuttu suositteli,Oma koodi\n")
    (place / "kuva.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    (place / "README.md").write_text("tietoa")
    (place / ".hidden.txt").write_text("H: ei\nV: ei\n")
    return place


def test_every_file_is_told_apart(folder):
    draft = inspect_sources([folder])
    kinds = {s.path.rsplit("/", 1)[-1]: s.kind for s in draft.sources}
    assert kinds == {
        "README.md": "unknown", "asiakkaat.csv": "customers", "h1.txt": "interview",
        "h2.txt": "interview",
        "koodaukset.csv": "codings", "kuva.csv": "refused", "kysely 2026.csv": "survey",
        "mittarit.csv": "kpis",
    }  # fmt: skip
    for source in draft.sources:
        assert source.reason.to("fi")
        assert source.reason.to("en")
        assert 0 <= source.confidence <= 1


def test_every_column_of_a_survey_is_guessed(folder):
    (source,) = inspect_sources([folder]).of_kind("survey")
    roles = {c.column: (c.role, c.metric, c.low, c.high) for c in source.columns}
    assert roles == {
        "VastausID": ("response", None, None, None),
        "Asiakasnumero": ("customer", None, None, None),
        "Vastattu": ("date", None, None, None),
        "Kuinka todennäköisesti suosittelisit meitä? (0-10)": ("question", "nps", 0, 10),
        "Tyytyväisyys tukeen": ("question", "csat", 1, 5),
        "Asioinnin helppous 1-5": ("question", "ces", 1, 5),
        "Hoituiko asiasi?": ("question", "goal", 0, 1),
        "Kanavat": ("multi_choice", None, None, None),
        "Toimiala": ("attribute", None, None, None),
        "Henkilöstömäärä": ("attribute", None, None, None),
        "Sähköposti": ("personal", None, None, None),
        "Vapaa sana": ("comment", None, None, None),
        "Tyhjä sarake": ("unused", None, None, None),
    }
    (comment,) = source.columns_as("comment")
    assert comment.language == "fi"
    assert all(c.reason.to("fi") and c.reason.to("en") for c in source.columns)


def test_what_is_written_can_be_loaded(folder, tmp_path):
    draft = inspect_sources([folder])
    written = write_study_toml(draft, tmp_path / "tutkimus" / "study.toml")
    assert [p.name for p in written] == ["study.toml", "codebook.toml"]
    settings = load_settings(tmp_path / "tutkimus")
    assert settings.study.name == "oma_aineisto"
    (one,) = settings.surveys
    assert (settings.root / one.file).exists()
    assert one.response == "VastausID"
    assert one.customer == "Asiakasnumero"
    assert one.answered_at == "Vastattu"
    assert one.personal == ["Sähköposti"]
    assert one.multi_choice == {"Kanavat": ["Myyjä", "Puhelin", "Portaali"]}
    assert [q.question for q in one.questions] == ["nps", "csat", "ces", "hoituiko_asiasi"]
    assert settings.customers.outcomes == ["Liikevaihto"]
    assert settings.customers.personal == ["Yrityksen nimi"]
    assert settings.kpis.columns == ["liikevaihto", "poistuma"]
    assert settings.kpis.unit == "yksikkö"
    (documents,) = settings.documents
    assert documents.files.endswith("haastattelut/*.txt")
    assert documents.roles == {"H": "interviewer", "V": "customer"}
    assert "oma_koodi" in settings.codes
    assert len(settings.codes) > 30
    assert len(settings.phases) == 3


@pytest.mark.parametrize(("language", "words"), [("fi", "Kyselyt"), ("en", "Surveys")])
def test_comments_are_in_the_language_of_the_reader(folder, language, words):
    text = study_toml(inspect_sources([folder]), root=folder, language=language)
    assert words in text
    assert "PNG" in text


def test_nothing_is_written_over(folder, tmp_path):
    draft = inspect_sources([folder])
    write_study_toml(draft, tmp_path)
    (tmp_path / "codebook.toml").write_text("# mine\n")
    with pytest.raises(SettingsError, match="already"):
        write_study_toml(draft, tmp_path)
    assert [p.name for p in write_study_toml(draft, tmp_path, overwrite=True)] == ["study.toml"]
    assert (tmp_path / "codebook.toml").read_text() == "# mine\n"


def test_values_never_reach_the_settings(folder):
    text = study_toml(inspect_sources([folder]), root=folder)
    for secret in ("esimerkki.invalid", "kaatuilee", "Oy 1", "lämpimästi"):
        assert secret not in text


def test_one_text_in_two_formats_is_taken_once(tmp_path):
    for ending in ("txt", "md"):
        (tmp_path / f"h1.{ending}").write_text("H: Mitä?\nV: Niin.\nH: Ai?\nV: Joo.\n")
    assert sorted(s.kind for s in inspect_sources([tmp_path]).sources) == ["duplicate", "interview"]


def test_refusals(tmp_path):
    with pytest.raises(ImportRefusedError, match="no such file"):
        inspect_sources([tmp_path / "no.csv"])
    with pytest.raises(ImportRefusedError, match="no files"):
        inspect_sources([tmp_path])
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ImportRefusedError, match="empty"):
        inspect_sources([tmp_path / "empty.csv"])
    (tmp_path / "x.bin").write_text("x")
    with pytest.raises(SettingsError, match="None of the files"):
        write_study_toml(inspect_sources([tmp_path]), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_strange_names_survive(tmp_path):
    place = tmp_path / 'a "b" [c] é'
    place.mkdir()
    frame = survey().rename(columns={"Vapaa sana": 'Miksi "näin"?\\ <sub>2</sub>'})
    frame.to_csv(place / "k [1].csv", index=False)
    write_study_toml(inspect_sources([place]), tmp_path / "s")
    settings = load_settings(tmp_path / "s")
    (comment,) = settings.surveys[0].comments
    assert comment.column == 'Miksi "näin"?\\ <sub>2</sub>'
    assert len(list(settings.root.glob(settings.surveys[0].file))) == 1 or settings.surveys[0].file
    shutil.rmtree(place)


def test_ids():
    assert slug_of("Kuinka tyytyväinen olit?") == "kuinka_tyytyvainen_olit"
    assert slug_of("123|<sub>Åäö</sub>") == "123_aao"
    assert slug_of("???") == "question"
    assert unique_slugs(["a", "A", "a!"]) == ["a", "a_2", "a_3"]


def rows_of(head, row, size=20):
    return "\n".join([head, *(row.format(i=i, n=i % 11, y="Kyllä" if i % 3 else "Ei",
                              k=i % 5 + 1)
                              for i in range(size))]) + "\n"  # fmt: skip


def test_columns_as_limesurvey_names_them(tmp_path):
    head = (
        "id. Response ID,Q1. Suosittelisitko meitä? (0-10),Q2[SQ001]. Kanavat [Puhelin],"
        "Q2[SQ002]. Kanavat [Chat],Q3. Vapaa palaute"
    )
    path = tmp_path / "lime.csv"
    path.write_text(rows_of(head, '{i},{n},{y},{y},"Sana {i} ja monta muuta, kiitos."'), "utf-8")
    guesses = inspect_sources([path]).sources[0].columns
    assert [g.role for g in guesses] == ["response", "question", "multi_choice", "comment"]
    assert guesses[2].column == "Kanavat"
    assert guesses[2].options == ("Q2[SQ001]. Kanavat [Puhelin]", "Q2[SQ002]. Kanavat [Chat]")


def test_two_header_rows_as_webropol_writes_them(tmp_path):
    head = (
        "Vastaajan ID;Vastausaika;1. Suosittelisitko meitä?;2. Mitä kanavia?;;3. Arvioi;\n"
        ";;;Puhelin;Chat;Tuki;Laskutus"
    )
    path = tmp_path / "w.csv"
    path.write_text(rows_of(head, "{i};{k}.3.2026 10:00;{n};1;1;{k};{k}"), "utf-8")
    guesses = {g.column: g for g in inspect_sources([path]).sources[0].columns}
    assert guesses["1. Suosittelisitko meitä?"].metric == "nps"
    assert (guesses["3. Arvioi: Tuki"].low, guesses["3. Arvioi: Tuki"].high) == (1, 5)
    assert guesses["2. Mitä kanavia?"].role == "multi_choice"
    assert guesses["Vastausaika"].role == "date"
