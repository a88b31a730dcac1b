from itertools import pairwise

import pandas as pd
import pytest

from cxresearch.coding import (
    agreement_figure,
    coder_agreement,
    cooccurrence,
    network_figure,
    saturation,
    saturation_figure,
    theme_figure,
    theme_table,
)
from cxresearch.model import Code, Codebook, Phase, Stage, Words

BOOK = Codebook(
    tuple(
        Code(f"k{n}", "theme", Words(fi=f"Teema numero {n}", en=f"Theme number {n}"))
        for n in range(14)
    )
)
PHASES = (
    Phase(
        "p",
        Words(fi="Vaihe", en="Phase"),
        tuple(
            Stage(f"s{n}", Words(fi=f"Hyvin pitkä vaihe {n}", en=f"A long stage {n}"))
            for n in range(9)
        ),
    ),
)


@pytest.fixture(scope="module")
def codings():
    rows = [
        {"coding": f"{c}{d}{k}", "document": f"d{d}", "start": k, "end": k + 5, "quote": "x",
         "code": f"k{k}", "coder": c, "origin": "human", "phase": "p", "stage": f"s{(d + k) % 8}",
         "valence": k % 5 - 2}
        for c in "ab" for d in range(7) for k in range(14) if (d * k + (c == "b") * d) % 3
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_labels_lie_inside_and_do_not_overlap(codings, language, narrow):
    documents = pd.DataFrame(
        {"document": [f"d{d}" for d in range(7)], "kind": "interview", "text": "x" * 40}
    )
    themes = theme_table(codings, codebook=BOOK, phases=PHASES, by="stage")
    full = saturation(codings, order=[f"d{d}" for d in range(7)], bootstraps=20)
    figures = [
        theme_figure(themes, codebook=BOOK, phases=PHASES, language=language, narrow=narrow),
        saturation_figure(full, language=language, narrow=narrow),
        agreement_figure(
            coder_agreement(codings, documents, unit="document", bootstraps=20),
            codebook=BOOK, language=language, narrow=narrow,
        ),
    ]  # fmt: skip
    for figure in figures:
        figure.draw_without_rendering()
        width = figure.get_size_inches()[0] * figure.dpi
        assert width == (390 if narrow else pytest.approx(width))
        axes = figure.axes[0]
        boxes = [t.get_window_extent() for t in axes.get_yticklabels() if t.get_text()]
        assert all(box.x0 >= -1 for box in boxes)
        for upper, lower in pairwise(boxes):
            assert not upper.overlaps(lower)


def test_silent_stage_stays_on_the_axis(codings):
    themes = theme_table(codings, codebook=BOOK, phases=PHASES, by="stage")
    figure = theme_figure(themes, codebook=BOOK, phases=PHASES, language="en")
    assert "A long stage 8" in [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert themes.details["silent"] == ["s8"]


@pytest.mark.parametrize("narrow", [False, True])
def test_network_names_every_code_once_inside_the_figure(codings, narrow):
    found = cooccurrence(codings, way="proximity", distance=2)
    figure = network_figure(found, codebook=BOOK, language="fi", narrow=narrow, most=60)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    labels = axes.get_yticklabels() if narrow else axes.texts
    assert sorted(t.get_text() for t in labels) == sorted(f"Teema numero {n}" for n in range(14))
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [t.get_window_extent() for t in labels]
    for number, box in enumerate(boxes):
        assert box.x0 >= -1
        assert box.x1 <= width + 1
        assert 0 <= box.y0 < height
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_network_without_meetings_says_so(codings):
    alone = codings[codings["code"] == "k0"]
    figure = network_figure(cooccurrence(alone), codebook=BOOK, language="en")
    assert "No codes meet." in [t.get_text() for t in figure.axes[0].texts]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_theme_figure_tells_the_error_of_machine_valence(codings, narrow):
    def caption(origin):
        themes = theme_table(codings.assign(origin=origin), codebook=BOOK, phases=PHASES)
        figure = theme_figure(themes, codebook=BOOK, phases=PHASES, language="fi", narrow=narrow)
        figure.draw_without_rendering()
        title = figure.legends[0].get_title()
        box = title.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        return " ".join(title.get_text().split())

    assert "suuntaa-antava" in caption("suggested")
    assert "suuntaa-antava" not in caption("human")
