"""Nothing overlaps, nothing is cut: whatever the words, stages and touchpoints are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxresearch.journey import (
    Cell,
    Item,
    JourneyMap,
    Lane,
    ServiceBlueprint,
    StageColumn,
    map_journey,
    render_svg,
)
from cxresearch.journey.drawing import Drawing
from cxresearch.journey.lettering import hyphenated, shorten, text_width, wrap
from cxresearch.journey.phrases import BLUEPRINT_LANES, LANES
from cxresearch.journey.render_svg import draw_map
from cxresearch.model import SettingsError, Words

LONG = "lentokonesuihkuturbiinimoottoriapumekaanikkoaliupseerioppilas"
TOLERANCE = 0.02
WORDS = st.one_of(
    st.sampled_from(
        [
            LONG,
            "omavalvontasuunnitelmapäivityspalaveripöytäkirja",
            "Kelohavu Portaali",
            "yö",
            "support_line/e-mail@kelohavu.example",
            "WWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
            "päivä\u00adkohtainen\u00adlämpötila",
            "👩‍👩‍👧‍👦 perhe 温度監視システム",
            "a\u00a0b\u00a0c\u00a0d\u00a0e\u00a0f\u00a0g\u00a0h\u00a0i\u00a0j\u00a0k\u00a0l\u00a0m\u00a0n",
        ]
    ),
    st.text(min_size=0, max_size=70),
    st.text("aäoökptslnrm ", min_size=1, max_size=60),
)
VALENCES = st.one_of(st.none(), st.floats(-2, 2))


@st.composite
def items(draw, most: int):
    return tuple(
        Item(
            str(i),
            Words(fi=draw(WORDS)),
            n=draw(st.integers(0, 3000)),
            sources=draw(st.integers(1, 2000)),
            value=draw(VALENCES),
            critical=draw(st.booleans()),
            hidden=draw(st.booleans()),
        )
        for i in range(draw(st.integers(0, most)))
    )


@st.composite
def cells(draw, stage: str, kind: str, most: int):
    if kind != "curve":
        return Cell(stage, draw(items(most)))
    value = draw(VALENCES)
    n = draw(st.integers(1, 999_999)) if value is not None else 0
    low, high = (None, None) if value is None else (max(-2, value - 0.7), min(2, value + 0.4))
    return Cell(stage, n=n, sources=n, value=value, low=low, high=high)


@st.composite
def maps(draw, kind=JourneyMap):
    count = draw(st.integers(1, 14))
    stages = tuple(
        StageColumn(f"s{i}", Words(fi=draw(WORDS)), f"p{i // 3}", Words(fi=draw(WORDS)))
        for i in range(count)
    )
    lanes = []
    blueprint = kind is ServiceBlueprint
    names = BLUEPRINT_LANES if blueprint else LANES
    groups = {"curve": "curve", "quotes": "quotes", "metrics": "metrics"}
    for lane in draw(st.lists(st.sampled_from(sorted(names)), unique=True, max_size=5)):
        form = "texts" if blueprint else groups.get(lane, "touchpoints")
        most = draw(st.sampled_from([0, 2, 3]))
        found = tuple(draw(cells(s.stage, form, most)) for s in stages)
        lanes.append(Lane(lane, Words(fi=draw(WORDS)), form, found, "feel"))
    notes = tuple(Words(fi=draw(WORDS)) for _ in range(draw(st.integers(0, 2))))
    return kind(stages, tuple(lanes), title=Words(fi=draw(WORDS)), notes=notes)


def faults(drawing: Drawing) -> list[str]:
    """What is cut or overlaps on a drawing."""
    found = []
    for text in drawing.texts:
        at, box = text.extent, text.box
        if at.x < box.x - TOLERANCE or at.x + at.width > box.x + box.width + TOLERANCE:
            found.append(f"wide: {text.text!r} {at} {box}")
        if at.y < box.y - TOLERANCE or at.y + at.height > box.y + box.height + TOLERANCE:
            found.append(f"tall: {text.text!r} {at} {box}")
        if at.x + at.width > drawing.width or at.y + at.height > drawing.height or at.x < 0:
            found.append(f"off the page: {text.text!r} {at}")
    found += _overlaps([(t.extent, t.text) for t in drawing.texts])
    return found + _overlaps([(box, "cell") for box in drawing.cells])


def _overlaps(boxes) -> list[str]:
    found = []
    ordered = sorted(boxes, key=lambda pair: pair[0].y)
    for place, (one, words) in enumerate(ordered):
        for other, others in ordered[place + 1 :]:
            if other.y >= one.y + one.height - TOLERANCE:
                break
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            if across > TOLERANCE and min(one.width, other.width) > 0:
                found.append(f"overlap: {words!r} and {others!r}")
    return found


FAST = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@FAST
@given(maps(), st.sampled_from([390.0, 800.0, 1280.0]))
def test_a_wide_map_holds_its_words(journey, width):
    assert faults(draw_map(journey, width=width)) == []


@FAST
@given(maps(), st.sampled_from([240.0, 360.0]))
def test_a_narrow_map_holds_its_words(journey, width):
    drawing = draw_map(journey, width=width, narrow=True)
    assert faults(drawing) == []
    assert drawing.width == width


@settings(FAST, max_examples=15)
@given(maps(kind=ServiceBlueprint), st.booleans())
def test_a_blueprint_holds_its_words(blueprint, narrow):
    assert faults(draw_map(blueprint, narrow=narrow)) == []


@settings(FAST, max_examples=12)
@given(maps())
def test_any_words_give_sound_xml(journey):
    for narrow in (False, True):
        ElementTree.fromstring(render_svg(journey, narrow=narrow))


@pytest.mark.parametrize("count", [0, 1, 60])
@pytest.mark.parametrize("narrow", [False, True])
def test_no_touchpoint_or_sixty_in_one_cell(count, narrow):
    stage = StageColumn("s", Words(fi="Käyttö"), "p", Words(fi="Oston jälkeen"))
    many = tuple(Item(str(i), Words(fi=f"{LONG} {i}"), n=i, sources=i) for i in range(count))
    journey = JourneyMap(
        (stage,), (Lane("brand_owned", LANES["brand_owned"], "touchpoints", (Cell("s", many),)),)
    )
    drawing = draw_map(journey, narrow=narrow)
    assert faults(drawing) == []
    said = " ".join(text.text for text in drawing.texts)
    assert ("muuta" in said) == (count > 8)


def test_the_check_sees_a_cut_text(monkeypatch):
    stage = StageColumn("s", Words(fi=LONG), "p", Words(fi="Vaihe"))
    monkeypatch.setattr("cxresearch.journey.drawing.wrap", lambda text, *_, **__: [text] * 1)
    drawing = draw_map(JourneyMap((stage,)), width=240.0)
    assert any(fault.startswith("wide") for fault in faults(drawing))


@given(st.text(max_size=120), st.floats(30, 400))
@settings(deadline=None, derandomize=True)
def test_wrapped_lines_fit_and_keep_every_letter(text, width):
    lines = wrap(text, width, 11)
    assert all(text_width(line, 11) <= width + 1e-6 for line in lines)
    bare = re.sub(r"[\s\u00ad-]", "", "".join(lines))
    from cxresearch.journey.lettering import clean

    assert bare == re.sub(r"[\s\u00ad-]", "", clean(text))


def test_finnish_words_break_between_syllables():
    assert wrap("omavalvontaraportti", 60, 11) == ["omavalvon-", "taraportti"]
    assert wrap("päivä\u00adkohtainen", 52, 11) == ["päivä-", "kohtainen"]
    assert hyphenated("Kosketuspisteet") == "Ko\u00adsketuspisteet".replace(
        "Ko\u00adsketuspisteet", "Kos\u00adke\u00adtus\u00adpis\u00adteet"
    )
    assert hyphenated("Käyttö") == "Käyttö"


def test_widths_are_those_of_arial():
    # fontTools 4.x, LiberationSans-Regular and -Bold: hmtx of H, e, l, o in 1/2048 em
    assert text_width("Hello", 1000) == pytest.approx(722 + 556 + 222 + 222 + 556)
    assert text_width("Hello", 1000, bold=True) == pytest.approx(722 + 556 + 278 + 278 + 611)
    assert text_width("e\u0301", 1000) == 556


def test_a_long_quote_is_cut_at_a_blank():
    assert shorten("yksi kaksi kolme neljä", 17) == "yksi kaksi…"
    assert shorten("lyhyt", 17) == "lyhyt"


@pytest.fixture
def journey(codings, stages, touchpoints, codebook, quotes, scores):
    return map_journey(
        codings,
        stages=stages,
        touchpoints=touchpoints,
        codebook=codebook,
        scores=scores,
        quotes=quotes,
    )


@pytest.mark.parametrize("language", ["fi", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True])
def test_the_svg_is_sound_named_and_closed_in_itself(journey, language, theme, narrow):
    svg = render_svg(journey, language=language, theme=theme, narrow=narrow)
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    named = root.attrib["aria-labelledby"].split()
    assert root.attrib["role"] == "img"
    assert [root.find(f"{space}{tag}").attrib["id"] for tag in ("title", "desc")] == named
    assert {"fi": "tyhjä", "en": "empty"}[language] in svg
    assert "Jonotin &lt;puhelimessa&gt;" in svg.replace("\n", " ")
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert svg == render_svg(journey, language=language, theme=theme, narrow=narrow)


def test_two_maps_on_one_page_share_no_id(journey):
    one = render_svg(journey, language="fi")
    other = render_svg(journey, language="fi", narrow=True)
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (one, other)]
    assert not ids[0] & ids[1]


def test_a_map_fills_a_landscape_sheet_and_no_more(journey):
    drawing = draw_map(journey, paper="A3")
    assert drawing.height <= drawing.width * 281 / 404
    assert faults(drawing) == []
    assert 'width="404.0mm" height="281.0mm"' in render_svg(journey, paper="A3")
    with pytest.raises(SettingsError, match="paper"):
        render_svg(journey, paper="A5")
    with pytest.raises(SettingsError, match="theme"):
        render_svg(journey, theme="pink")
