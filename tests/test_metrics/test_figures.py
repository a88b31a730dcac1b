from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cxresearch.metrics import (
    control_limits,
    driver_figure,
    drivers,
    framework_figure,
    importance_figure,
    link_customers,
    linkage_figure,
    prioritise,
    priority_figure,
    score,
    score_figure,
    theme_figure,
    theme_impact,
    trend_figure,
)
from cxresearch.model import FrameError, Words

NAMES = {
    "portal": Words(fi="Asiakasportaali", en="Customer portal"),
    "invoice": Words(fi="Lasku", en="Invoice"),
    "nps": Words(fi="Suositteluaste", en="Recommendation"),
}


def _texts(figure) -> str:
    figure.canvas.draw()
    return " ".join(t.get_text() for t in figure.findobj(match=lambda a: hasattr(a, "get_text")))


@pytest.fixture
def tables(answers) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(0)
    n = 240
    frame = answers(
        rng.integers(0, 11, n),
        touchpoint=["portal", "invoice"] * 118 + ["app"] * 4,
        answered_at=pd.to_datetime("2024-01-15") + pd.to_timedelta(30 * (np.arange(n) % 12), "D"),
    )
    keys = [f"c{i}" for i in range(n)]
    scores = pd.DataFrame({"customer": keys, "nps": frame["value"], "csat": rng.integers(1, 6, n)})
    outcomes = pd.DataFrame({"customer": keys, "revenue": frame["value"] + rng.normal(size=n)})
    outcomes["calls"] = rng.normal(size=n)
    x = pd.DataFrame(rng.normal(size=(n, 2)), columns=["portal", "invoice"])
    x["y"] = x["portal"] - x["invoice"] + rng.normal(size=n)
    marks = pd.DataFrame({"value": frame["value"], "portal": frame["touchpoint"] == "portal"})
    return {
        "score": score(frame, metric="nps", by="touchpoint").table,
        "trend": control_limits(score(frame, metric="nps", by="month").table).table,
        "link": link_customers(scores, outcomes, kpis=["revenue", "calls"], replicates=50).table,
        "drivers": drivers(x, target="y", predictors=["portal", "invoice"], replicates=50).table,
        "themes": theme_impact(marks, themes=["portal"], replicates=50).table,
    }


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_figures_speak_the_language_and_fit_a_phone(tables, language: str, narrow: bool) -> None:
    options = {"language": language, "narrow": narrow}
    figures = {
        "score": score_figure(tables["score"], names=NAMES, **options),
        "trend": trend_figure(tables["trend"], **options),
        "link": linkage_figure(tables["link"], names=NAMES, **options),
        "drivers": driver_figure(tables["drivers"], names=NAMES, **options),
        "themes": theme_figure(tables["themes"], names=NAMES, **options),
        "importance": importance_figure(
            tables["drivers"], {"portal": 3.9, "invoice": 2.5}, names=NAMES, **options
        ),
    }
    for name, figure in figures.items():
        width, _ = figure.get_size_inches() * figure.dpi
        if narrow:
            assert width <= 390, name
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        box = figure.get_tightbbox(canvas.get_renderer())
        assert box.x1 <= figure.get_size_inches()[0] + 0.02, name
        assert box.x0 >= -0.02, name
    said = _texts(figures["score"])
    assert NAMES["invoice"].to(language) in said
    assert ("liian vähän vastaajia" if language == "fi" else "too few respondents") in said
    assert NAMES["nps"].to(language) in _texts(figures["link"])
    assert ("Tulos nyt" if language == "fi" else "Performance today") in _texts(
        figures["importance"]
    )
    assert not plt.get_fignums()


def test_a_target_far_from_the_scores_is_inside_the_figure(tables) -> None:
    low, high = score_figure(tables["score"], targets={"portal": 80.0}).axes[0].get_xlim()
    assert low < tables["score"]["ci_low"].min()
    assert high > 80.0


def test_ticks_at_halves_are_not_rounded_to_a_neighbour(tables) -> None:
    axis = theme_figure(tables["themes"]).axes[0].xaxis
    write = axis.get_major_formatter()
    assert [write(v) for v in (2.0, 2.5)] == ["+2", "+2.5"]


def test_a_table_of_another_kind_is_refused(tables) -> None:
    for draw, wrong in (
        (score_figure, "drivers"),
        (trend_figure, "score"),
        (linkage_figure, "score"),
        (driver_figure, "score"),
        (theme_figure, "score"),
    ):
        with pytest.raises(FrameError, match="drawn"):
            draw(tables[wrong])
    with pytest.raises(FrameError, match="performance"):
        importance_figure(tables["drivers"], {"other": 1.0})


@pytest.mark.parametrize("narrow", [False, True])
def test_the_framework_is_drawn_with_its_gaps(narrow: bool) -> None:
    chains = pd.DataFrame(
        {
            "strategy": ["Grow", "Grow"],
            "goal": ["Orders", "Trust"],
            "kpi": ["orders", ""],
            "metric": ["nps", "nps"],
            "method": ["Survey", ""],
        }
    )
    text = _texts(framework_figure(chains, narrow=narrow, names=NAMES))
    for word in ("Grow", "Orders", "Recommendation", "missing"):
        assert word in text
    assert "puuttuu" in _texts(framework_figure(chains, narrow=narrow, language="fi"))
    with pytest.raises(FrameError, match="drawn"):
        framework_figure(chains.head(0))


@pytest.mark.parametrize("narrow", [False, True])
def test_priorities_are_drawn_with_how_sure_each_rank_is(narrow: bool) -> None:
    plan = pd.DataFrame(
        {
            "improvement": ["queue", "guide"],
            "name_fi": ["Jono", "Ohje"],
            "impact": [3.0, 2.9],
            "impact_low": [2.0, 0.1],
            "impact_high": [4.0, 5.7],
            "effort": [2.0, 2.0],
        }
    )
    table = prioritise(plan).table
    text = _texts(priority_figure(table, narrow=narrow))
    assert "rank 1–2" in text
    assert "queue" in text
    assert "Jono" in _texts(priority_figure(table, narrow=narrow, language="fi"))
    with pytest.raises(FrameError, match="drawn"):
        priority_figure(table.head(0))


def test_ticks_of_shares_that_hardly_differ_are_told_apart() -> None:
    table = pd.DataFrame(
        {
            "place": ["a", "b"],
            "n": [20000, 20000],
            "value": [0.715, 0.721],
            "ci_low": [0.709, 0.715],
            "ci_high": [0.721, 0.727],
            "hidden": False,
            "metric": "smiley",
        }
    )
    figure = score_figure(table)
    figure.canvas.draw()
    ticks = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert len(set(ticks)) == len(ticks)
