"""From the table of answers to the rows and groups of one metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..model import FrameError, Words, check_frame
from .scales import Scale

__all__ = ["group_label", "grouped", "select_answers", "zeros_missing"]

_CALENDAR = {"week": "W-SUN", "month": "M", "quarter": "Q"}
_IN_TIME = ("wave", *_CALENDAR)


def select_answers(
    answers: pd.DataFrame, scale: Scale, kinds: Sequence[str] | None = None
) -> tuple[pd.DataFrame, list[Words]]:
    """The answered rows of one metric, checked against its scale, and what was left out."""
    check_frame(answers, "answers")
    rows = answers[(answers["metric"] == scale.metric).to_numpy(bool)]
    if not len(rows):
        known = ", ".join(sorted(map(str, answers["metric"].dropna().unique()))) or "none"
        raise FrameError(
            f"There are no answers of the metric `{scale.metric}`.",
            expected=scale.metric,
            found=known,
            next_step="Say in study.toml which question feeds the metric.",
        )
    notes: list[Words] = []
    if kinds is not None:
        rows = _of_kinds(rows, kinds)
    empty = int(rows["value"].isna().sum())
    if empty:
        rows = rows[rows["value"].notna()]
        notes.append(
            Words(
                fi=f"Tyhjiä vastauksia, joita ei laskettu mukaan: {empty}.",
                en=f"Empty answers, not counted: {empty}.",
            )
        )
    _check_scale(rows, scale)
    return rows, notes


def _of_kinds(rows: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    if "kind" not in rows.columns:
        raise FrameError(
            "The answers don't say what kind of respondent gave them.",
            expected="a column `kind`",
            found=", ".join(map(str, rows.columns)),
            next_step="Join the respondents' kinds first, or leave `kinds` out.",
        )
    kept = rows[rows["kind"].isin(wanted)]
    if not len(kept):
        raise FrameError(
            "No answer comes from the kinds asked for.",
            expected=", ".join(wanted),
            found=", ".join(sorted(map(str, rows["kind"].dropna().unique()))) or "no kinds",
        )
    return kept


def _check_scale(rows: pd.DataFrame, scale: Scale) -> None:
    values = rows["value"].to_numpy(float)
    bad = (values < scale.low) | (values > scale.high) | ~np.isfinite(values)
    if scale.whole:
        bad |= values != np.floor(values)
    if bad.any():
        where = rows.index[bad]
        found = ", ".join(f"{v:g}" for v in np.unique(values[bad])[:5])
        kind = "whole numbers " if scale.whole else "numbers "
        raise FrameError(
            f"{int(bad.sum())} answer(s) of `{scale.metric}` lie outside its scale.",
            expected=f"{kind}{scale.low:g}..{scale.high:g}",
            found=found,
            where="rows " + ", ".join(map(str, where[:5])) + (" …" if len(where) > 5 else ""),
            next_step="Correct the rows, or pass the scale that was asked (scale=…).",
        )


def zeros_missing(rows: pd.DataFrame, scale: Scale) -> list[Words]:
    """Warn where a 0-10 question looks as if it had been asked as 1-10.

    The rule: at least 50 answers in one question and wave, a 1 among them, but no 0.
    """
    if (scale.low, scale.high) != (0, 10):
        return []
    where = [c for c in ("question", "wave") if c in rows.columns]
    shape = rows.groupby(where, dropna=False, observed=True)["value"].agg(["size", "min"])
    doubtful = shape[(shape["size"] >= 50) & (shape["min"] == 1)]
    return [
        Words(
            fi=(
                f"Kysymyksessä {_key_text(key)} ei ole yhtään nollaa ({size} vastausta): "
                "tarkista, kysyttiinkö asteikolla 1–10."
            ),
            en=(
                f"Question {_key_text(key)} has no 0 among {size} answers: "
                "check whether it was asked on 1–10."
            ),
        )
        for key, size in doubtful["size"].items()
    ]


def _key_text(key: object) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return " / ".join(str(part) for part in parts if not pd.isna(part))


def grouped(
    rows: pd.DataFrame, by: str | Sequence[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, list[Words]]:
    """Lay rows into groups.

    Returns the rows kept, one row a group with its columns, the group number of each kept row
    and what was left out. Groups stand in the order of a categorical column; else waves and
    calendar periods in time, and other groups as they first appear in the table.
    """
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    columns = pd.DataFrame({name: _group_column(rows, name) for name in names}, index=rows.index)
    empty = columns.isna().any(axis=1).to_numpy(bool)
    notes: list[Words] = []
    if empty.any():
        rows, columns = rows[~empty], columns[~empty]
        notes.append(_left_out(int(empty.sum()), names))
    if not names:
        return rows, pd.DataFrame(index=[0]), np.zeros(len(rows), dtype=np.intp), notes
    if not len(rows):
        raise FrameError(
            f"No answer says its {' or '.join(names)}.",
            expected="at least one answer with a value in each column of `by`",
            found="only empty cells",
        )
    codes, shape = [], []
    for name in names:
        column = columns[name].cat.remove_unused_categories()
        columns[name] = column
        codes.append(column.cat.codes.to_numpy(np.intp))
        shape.append(len(column.cat.categories))
    flat = np.ravel_multi_index(codes, shape)
    used, number = np.unique(flat, return_inverse=True)
    places = np.unravel_index(used, shape)
    groups = pd.DataFrame(
        {n: columns[n].cat.categories.to_numpy()[p] for n, p in zip(names, places, strict=True)}
    )
    return rows, groups, number, notes


def _left_out(count: int, names: list[str]) -> Words:
    wanted = " / ".join(names)
    return Words(
        fi=f"Vastauksia, joista puuttuu tieto ({wanted}) ja jotka jäivät pois: {count}.",
        en=f"Answers left out because they lack a value ({wanted}): {count}.",
    )


def _group_column(rows: pd.DataFrame, name: str) -> pd.Series:
    if name in _CALENDAR and name not in rows.columns:
        return pd.Series(pd.Categorical(_calendar(rows, name), ordered=True), index=rows.index)
    if name not in rows.columns:
        raise FrameError(
            f"The answers can't be grouped by `{name}`.",
            expected=f"a column `{name}`",
            found=", ".join(map(str, rows.columns)),
        )
    column = rows[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    known = column.dropna().unique()
    order = sorted(known) if name in _IN_TIME else list(known)
    return pd.Series(pd.Categorical(column, categories=order), index=rows.index)


def _calendar(rows: pd.DataFrame, name: str) -> pd.Series:
    if "answered_at" not in rows.columns:
        raise FrameError(
            f"The answers can't be grouped by {name}: they have no dates.",
            expected="a column `answered_at`",
            found=", ".join(map(str, rows.columns)),
        )
    when = pd.to_datetime(rows["answered_at"])
    if when.dt.tz is not None:
        when = when.dt.tz_localize(None)
    return when.dt.to_period(_CALENDAR[name]).dt.start_time


def group_label(
    group: Mapping[str, object], language: str, names: Mapping[str, Words] | None = None
) -> str:
    """A group's name for a reader: the study's own words where there are any, else the id."""
    parts = []
    for value in group.values():
        if isinstance(value, pd.Timestamp):
            parts.append(f"{value.month}/{value.year}" if language == "fi" else f"{value:%Y-%m}")
        else:
            words = (names or {}).get(str(value))
            parts.append(words.to(language) if words is not None else str(value))
    return " · ".join(parts)
