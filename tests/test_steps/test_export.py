"""Exports of a study: formats, and quote books chosen from the shell."""

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from cxresearch.cli import main
from cxresearch.model import StudyFileError
from cxresearch.steps import export, export_quotes


def shell(*words):
    return CliRunner().invoke(main, ["export", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def coded(small_study):
    """The small study with three codings by hand in the first interview."""
    from cxresearch import open_study
    from cxresearch.steps import code, import_sources
    from cxresearch.study import act

    with open_study(small_study, coder="pirjo") as study:
        import_sources(study)
        code(study)
        text = study.documents().set_index("document").loc["i1", "text"]
        for words, name, more in (
            ("soitin tukeen", "waiting", {"phase": "use", "stage": "support", "valence": -1}),
            ("neljäkymmentä minuuttia", "waiting", {"valence": -2}),
            ("auttoi heti", "help", {"phase": "use", "valence": 2}),
        ):
            at = text.index(words)
            act(
                study, "add_coding", document="i1", start=at, end=at + len(words), code=name, **more
            )
    return small_study


def test_each_format_is_written_and_another_is_refused(coded, tmp_path):
    from cxresearch import open_study

    with open_study(coded) as study:
        for form, name in (("docx", "q.docx"), ("gexf", "n.gexf"), ("themes", "t.docx"),
                           ("qdc", "c.qdc"), ("qdpx", "p.qdpx"), ("csv", "c.csv")):  # fmt: skip
            assert export(study, form, tmp_path / name).changed
            assert (tmp_path / name).stat().st_size > 100
        with pytest.raises(StudyFileError, match="no such format"):
            export(study, "pdf", tmp_path / "x.pdf")
    themes = docx.Document(str(tmp_path / "t.docx")).tables[0]
    assert "Odottaminen" in [row.cells[0].text for row in themes.rows]


def test_quotes_chosen_from_the_shell(coded, tmp_path):
    book = tmp_path / "q.xlsx"
    result = shell(coded, "--to", "xlsx", "--output", book, "--where", "valence=negative",
                   "--where", "speaker=V", "--where", "phase!=use")  # fmt: skip
    assert "(1 quotations)" in result.output
    rows = list(openpyxl.load_workbook(book).active.iter_rows(values_only=True))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Sitaatti"] == "neljäkymmentä minuuttia"
    assert (row["Asiakirja"], row["Puhuja"], row["Koodaaja"]) == ("i1", "V", "pirjo")
    assert row["Vastaaja"] == "P1"
    result = shell(coded, "--to", "docx", "--output", tmp_path / "n.docx", "--where", "valence=-1",
                   "--where", "valence=2", "--near", "waiting")  # fmt: skip
    assert "(2 quotations)" in result.output
    words = [p.text for p in docx.Document(str(tmp_path / "n.docx")).paragraphs]
    assert any("Käyttö · Tuki" in line and "koodaaja pirjo" in line for line in words)


def test_conditions_that_cannot_be_read_are_refused_and_nothing_is_written(coded, tmp_path):
    from cxresearch import open_study

    target = tmp_path / "x.docx"
    for words in (("--where", "weather=rain"), ("--where", "phase"), ("--where", "code=absent"),
                  ("--where", "valence=angry"), ("--near", "absent")):  # fmt: skip
        assert shell(coded, "--to", "docx", "--output", target, *words).exit_code == 1, words
    assert shell(coded, "--to", "csv", "--output", target, "--near", "help").exit_code == 2
    with open_study(coded) as study, pytest.raises(StudyFileError, match="can't be read"):
        export_quotes(study, target, wanted=["=x"])
    assert not target.exists()


def test_a_content_analysis_that_was_made_with_cards_goes_into_a_thesis(coded, tmp_path):
    from cxresearch import open_study
    from cxresearch.study import act

    with open_study(coded) as study:
        codings = study.codings().set_index("quote")["coding"]
        act(study, "add_class", level="main", name="Saatavuus")
        reduced = [
            act(study, "add_reduction", coding=codings[words], reduced=simple).id
            for words, simple in (("neljäkymmentä minuuttia", "pitkä jono"),
                                  ("neljäkymmentä minuuttia", "aikaa hukkaan"))
        ]  # fmt: skip
        lower = act(study, "add_class", level="lower", name="Jonottaminen").id
        act(study, "group_reductions", reductions=reduced, into=lower)
    result = shell(coded, "--to", "content", "--output", tmp_path / "c.docx")
    assert result.exit_code == 0, result.output
    assert "1 lower class" in result.output
    rows = [
        [c.text for c in row.cells]
        for row in docx.Document(str(tmp_path / "c.docx")).tables[0].rows
    ]
    # one quotation reduced twice is one original expression of its class
    assert [row[1:3] for row in rows[1:]] == [
        ["pitkä jono", "Jonottaminen (1)"], ["aikaa hukkaan", "Jonottaminen (1)"],
    ] or [row[1:3] for row in rows[1:]] == [
        ["aikaa hukkaan", "Jonottaminen (1)"], ["pitkä jono", "Jonottaminen (1)"],
    ]  # fmt: skip
    assert rows[1][0].startswith("”neljäkymmentä minuuttia” (i1, ")
