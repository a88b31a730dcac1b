"""Maps as files for meetings: png, pdf and Word."""

from __future__ import annotations

import pytest

from cxresearch.journey import map_blueprint, map_journey, render_figure, write_docx
from cxresearch.model import SettingsError, Words


@pytest.fixture
def journey(codings, stages, touchpoints, codebook, quotes, scores):
    return map_journey(
        codings,
        stages=stages,
        touchpoints=touchpoints,
        codebook=codebook,
        scores=scores,
        quotes=quotes.assign(published=["Maksoi 5 $ ja 6 $ 😡", "温度 on_hyvä"]),
    )


def test_a_figure_is_as_large_as_its_map_and_takes_any_letter(journey, tmp_path):
    figure = render_figure(journey, language="fi", width=900)
    assert figure.get_size_inches()[0] == pytest.approx(900 / 96)
    figure.savefig(tmp_path / "map.png", dpi=48)
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    words = {text.get_text() for text in figure.axes[0].texts}
    assert any(r"5 \$ ja 6" in word for word in words)
    assert any("□□ on_hyvä" in word for word in words)


def test_a_figure_for_paper_has_the_sheets_size(journey, tmp_path):
    figure = render_figure(journey, paper="A3")
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(404)
    assert height <= 281
    figure.savefig(tmp_path / "map.pdf")
    assert (tmp_path / "map.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(SettingsError, match="theme"):
        render_figure(journey, theme="pink")


def test_a_word_table_for_the_workshop(journey, stages, tmp_path):
    from docx import Document

    path = write_docx(journey.described(title=Words(fi="Polku")), tmp_path / "map.docx")
    document = Document(str(path))
    table = document.tables[0]
    assert document.paragraphs[0].text == "Polku"
    assert len(table.columns) == len(stages) + 1
    assert len(table.rows) == len(journey.lanes) + 2
    text = "\n".join(cell.text for row in table.rows for cell in row.cells)
    assert "tyhjä" in text
    assert "▼ Odottaminen · 8 (−1,8)" in text
    assert "Tyytyväisyys (CSAT): Portaali: 62 %" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "kanarialintu" not in text


def test_a_blueprint_in_word_has_its_lines(stages, tmp_path):
    import pandas as pd
    from docx import Document

    rows = pd.DataFrame({"stage": ["use"], "lane": ["onstage"], "text": ["Hälytys"]})
    path = write_docx(map_blueprint(rows, stages=stages), tmp_path / "b.docx", language="en")
    words = [row.cells[0].text for row in Document(str(path)).tables[0].rows]
    assert "Line of visibility" in words
    assert words.index("Line of visibility") + 1 == words.index("Backstage")
