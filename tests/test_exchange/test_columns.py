"""Columns turned into values, each decided on the whole column."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.exchange import (
    detect_scale,
    duplicated_ids,
    is_no_answer,
    option_separator,
    scale_in_name,
    split_options,
    to_booleans,
    to_comments,
    to_dates,
    to_numbers,
    to_scale,
)
from cxresearch.model import check_frame


def column(*cells, name="c"):
    return pd.Series(list(cells), name=name, dtype=object)


def values(converted):
    return [None if pd.isna(v) else v for v in converted.values]


@pytest.mark.parametrize(
    ("cells", "expected", "decimal"),
    [
        (["298,21", "1 234,5", "-", ""], [298.21, 1234.5, None, None], ","),
        (["1,234.5", "12", "-3.25"], [1234.5, 12, -3.25], "."),
        (["1.234,56", "7"], [1234.56, 7], ","),
        (["3,5", "3.5"], [3.5, 3.5], ","),
        (["45 %", "€ 12", "12,5 €", "7 kpl"], [45, 12, 12.5, 7], ","),
        (["\N{MINUS SIGN}4", "1\xa0000", "2e3"], [-4, 1000, 2000], "."),
        (["1,000", "2,500"], [1000, 2500], "."),
    ],
)
def test_numbers(cells, expected, decimal):
    found = to_numbers(column(*cells))
    assert values(found) == expected
    assert found.details["decimal"] == decimal
    assert found.details["ambiguous"] == (cells == ["1,000", "2,500"])
    assert found.failures.empty


def test_words_among_numbers_fail_without_being_shown():
    found = to_numbers(column("1", "Maija Meikäläinen", "1.2.3"), lines=[2, 3, 4], file="a.csv")
    check_frame(found.failures, "failures")
    assert found.failures["row"].tolist() == [3, 4]
    assert "Maija" not in found.failures["found"].iloc[0]
    assert found.failures["found"].iloc[1] == "1.2.3"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.decimals(-99999, 99999, allow_nan=False, places=2), min_size=1, max_size=5),
    st.sampled_from([",", "."]),
)
def test_numbers_come_back_in_both_notations(numbers, decimal):
    cells = [f"{n:.2f}".replace(".", decimal) for n in numbers]
    assert np.allclose(to_numbers(column(*cells)).values, [float(n) for n in numbers])


DAYS = [dt.datetime(2026, 3, day) for day in (1, 14)]


@pytest.mark.parametrize(
    "cells",
    [
        ["2026-03-01", "2026-03-14"],
        ["1.3.2026", "14.3.2026"],
        ["01.03.26", "14.03.26"],
        ["3/1/2026", "3/14/2026"],
        ["1/3/2026", "14/3/2026"],
        ["1-3-2026", "14-3-2026"],
        ["20260301", "20260314"],
        ["1 March 2026", "14th March 2026"],
        ["Mar 1, 2026", "March 14, 2026"],
        ["1. maaliskuuta 2026", "14. maaliskuuta 2026"],
        ["1 mars 2026", "14 mars 2026"],
        ["2026-03-01", "3/14/2026"],
    ],
)
def test_dates_in_every_notation(cells):
    found = to_dates(column(*cells, ""))
    assert values(found)[:2] == DAYS
    assert found.missing == 1
    assert found.failures.empty
    assert found.values.dtype.kind == "M"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-02-01T10:05:30Z", dt.datetime(2026, 2, 1, 10, 5, 30)),
        ("2026-02-01 10:05:30.123+02:00", dt.datetime(2026, 2, 1, 10, 5, 30)),
        ("1.2.2026 klo 9.05", dt.datetime(2026, 2, 1, 9, 5)),
        ("13/2/2026 12:00 AM", dt.datetime(2026, 2, 13)),
        ("2/13/2026 1:30 PM", dt.datetime(2026, 2, 13, 13, 30)),
        ("2026-03", dt.datetime(2026, 3, 1)),
        ("3/2026", dt.datetime(2026, 3, 1)),
        ("2026M03", dt.datetime(2026, 3, 1)),
        ("2026Q2", dt.datetime(2026, 4, 1)),
        ("K3 2026", None),
        ("maaliskuu 2026", dt.datetime(2026, 3, 1)),
        ("Dec-2025", dt.datetime(2025, 12, 1)),
    ],
)
def test_times_and_periods(cell, expected):
    assert values(to_dates(column(cell))) == [expected or dt.datetime(2026, 7, 1)]


@pytest.mark.parametrize(
    "cell", ["31.2.2026", "2026-13-01", "1234.5", "12", "hello", "1.2.2026 25:00"]
)
def test_what_is_no_date_fails(cell):
    found = to_dates(column(cell))
    assert values(found) == [None]
    assert len(found.failures) == 1


def test_slashes_are_decided_on_the_whole_column():
    month_first = to_dates(column("3/4/2026", "3/5/2026", "3/14/2026"))
    assert month_first.details["day_first"] is False
    assert values(month_first)[0] == dt.datetime(2026, 3, 4)
    forward = to_dates(column("4/3/2026", "5/3/2026", "1/4/2026"))
    assert forward.details == {"day_first": True, "ambiguous": 0, "conflict": 0}
    unclear = to_dates(column("3/4/2026", "3/4/2026"))
    assert unclear.details["ambiguous"] == 1
    assert "not certain" in unclear.reason.to("en")
    conflict = to_dates(column("13/4/2026", "14/4/2026", "3/15/2026"))
    assert conflict.details["conflict"] == 1
    assert values(conflict)[2] is None


def test_digits_and_words_mixed():
    found = to_scale(column("1", "melko tyytyväinen", "5", "Erittäin tyytymätön.", "en osaa sanoa"))
    assert values(found) == [1, 4, 5, 1, None]
    assert found.details["low"], found.details["high"] == (1, 5)
    assert found.details["worded"] == 2
    assert found.missing == 1


def test_labels_with_digits_are_learnt():
    found = to_scale(
        column("5 = erittäin helppo", "1 - vaikea", "3 - en osaa sanoa", "en osaa sanoa")
    )
    assert values(found) == [5, 1, 3, 3]
    assert values(to_scale(column("Very easy (5)", "4: easy", "2"))) == [5, 4, 2]
    assert values(to_scale(column("kelpo", "9"), labels={"kelpo": 7})) == [7, 9]


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (["täysin eri mieltä", "jokseenkin samaa mieltä", "täysin samaa mieltä"], [1, 4, 5]),
        (["Strongly disagree", "Neither agree nor disagree", "Agree"], [1, 3, 4]),
        (["mycket missnöjd", "varken nöjd eller missnöjd", "mycket nöjd"], [1, 3, 5]),
        (["very difficult", "easy"], [1, 4]),
    ],
)
def test_words_in_three_languages(words, steps):
    assert values(to_scale(column(*words))) == steps


def test_answers_out_of_scale_are_listed():
    cells = [str(1 + i % 5) for i in range(40)] + ["9"]
    found = to_scale(column(*cells), lines=range(2, 43), file="a.csv")
    assert (found.details["low"], found.details["high"]) == (1, 5)
    assert found.failures["row"].tolist() == [42]
    assert values(found)[-1] is None


@pytest.mark.parametrize(
    ("numbers", "name", "scale"),
    [
        ([1, 2, 5], "", (1, 5)),
        ([1, 6, 3], "", (1, 7)),
        ([0, 10, 5], "", (0, 10)),
        ([1, 8], "", (0, 10)),
        ([-2, 2], "", (-2, 2)),
        ([1, 2, 3], "Suosittelu 0-10", (0, 10)),
        ([1.5, 2], "", None),
        ([1, 2000], "", None),
    ],
)
def test_scales(numbers, name, scale):
    assert detect_scale(pd.Series(numbers, dtype=float), name=name) == scale


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("suositteluhalukkuus 0-10", (0, 10)),
        ("ces_1_5", (1, 5)),
        ("Rate us (1–7)", (1, 7)),
        ("asteikolla 1...5", (1, 5)),
        ("2024-2025", None),
        ("Q3_1", None),
    ],
)
def test_scales_in_names(name, scale):
    assert scale_in_name(name) == scale


def test_yes_and_no():
    assert values(to_booleans(column("Kyllä", "ei", "Nej", "1", "tyhjä", "ehkä"))) == [
        1, 0, 0, 1, None, None,
    ]  # fmt: skip
    assert values(to_booleans(column("Puhelin", "", "Puhelin"))) == [1, 0, 1]
    assert values(to_booleans(column("x", ""))) == [1, 0]


def test_comments_keep_what_says_something():
    found = to_comments(column(" NA ", "None", "-", "#NIMI?", "", "Tyhjä", "Nothing."))
    assert values(found) == ["NA", "None", None, None, None, None, "Nothing."]
    assert found.missing == 4


@pytest.mark.parametrize(
    "cell", ["", " ", "na", "N/A", "-", "Ei vastausta", "#NIMI?", "vet ej", "Tyhjä"]
)
def test_no_answer(cell):
    assert is_no_answer(cell)


def test_ids_twice_and_empty():
    found = duplicated_ids(column("a", "b", "a", "", "c"), lines=[2, 3, 4, 5, 6], file="f")
    check_frame(found, "failures")
    assert found[["row", "found"]].to_numpy().tolist() == [
        [4, "an id that stands on line 2 already"],
        [5, "an empty id"],
    ]


@pytest.mark.parametrize("separator", [";", "|", ", "])
def test_options_in_one_cell(separator):
    cells = [
        separator.join(p) for p in (["Puhelin", "Portaali"], ["Portaali"], ["Puhelin", "Myyjä"])
    ]
    cells = cells * 4 + [""]
    assert option_separator(column(*cells)) == separator
    found = split_options(column(*cells))
    assert found.columns.tolist() == ["Puhelin", "Portaali", "Myyjä"]
    assert found["Puhelin"].sum() == 8
    assert found.iloc[-1].isna().all()


def test_free_text_has_no_options():
    assert option_separator(column(*[f"hyvä; mutta {i} {i * 7}" for i in range(30)])) is None


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        # Google Forms in Finnish: ap. is before noon, ip. after it
        ("2026/03/02 10:00:11 ap. EET", 10),
        ("2026/03/02 10:00:11 ip. EET", 22),
        ("2026/03/02 12:05:00 ap. UTC+2", 0),
        ("3/2/2026 10:00:00 PM", 22),
    ],
)
def test_halves_of_the_day(cell, hour):
    found = to_dates(pd.Series([cell, cell]))
    assert not len(found.failures)
    assert found.values.iloc[0].hour == hour
