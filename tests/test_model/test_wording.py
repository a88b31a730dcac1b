"""Numbers, dates and names as people read them."""

import datetime as dt

import pandas as pd
import pytest

from cxresearch.model import Finding, Words, date, interval, number, p_value, percent


@pytest.mark.parametrize(
    ("value", "language", "decimals", "shown"),
    [
        (1234.5, "en", 1, "1,234.5"),
        (1234.5, "fi", 1, "1\N{NO-BREAK SPACE}234,5"),
        (-7.25, "sv", 1, "\N{MINUS SIGN}7,2"),
        (-0.04, "en", 1, "0.0"),
        (None, "fi", 0, "–"),
        (float("nan"), "en", 0, "–"),
    ],
)
def test_number(value: float | None, language: str, decimals: int, shown: str) -> None:
    assert number(value, language, decimals=decimals) == shown


def test_percent_interval_and_p() -> None:
    assert percent(0.544, "fi") == "54\N{NO-BREAK SPACE}%"
    assert percent(0.544, "en") == "54%"
    assert interval(3, 9) == "3–9"
    assert "…" in interval(-3, 9)
    assert p_value(0.0004, "fi") == "< 0,001"
    assert p_value(0.0314) == "0.031"


def test_dates_by_language() -> None:
    day = dt.date(2026, 11, 4)
    assert [date(day, code) for code in ("fi", "en", "sv")] == [
        "4.11.2026",
        "4 Nov 2026",
        "2026-11-04",
    ]


def test_words_fall_back_to_a_language_there_is() -> None:
    assert Words(fi="polku").to("en") == "polku"
    assert Words(fi="polku", en="path").to("sv") == "path"
    assert Words().to("fi") == ""


def test_a_finding_shows_its_sentence_and_warnings_escaped() -> None:
    finding = Finding(pd.DataFrame({"n": [1]}), Words(en="a < b"), (Words(en="small n"),))
    assert "a &lt; b" in finding._repr_html_()
    assert "small n" in finding._repr_html_()
