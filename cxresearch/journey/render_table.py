"""A map as a table for csv and xlsx, and back."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

import pandas as pd

from ..model import FrameError, Words
from .phrases import BLUEPRINT_LANES, LANES
from .spec import Cell, Grid, Item, JourneyMap, Lane, ServiceBlueprint, StageColumn

__all__ = ["read_map_table", "render_table"]

_LANGUAGES = ("fi", "en", "sv")
_STAGE = ("phase", "stage")
_NUMBERS = ("n", "sources", "value", "ci_low", "ci_high")
_FLAGS = ("critical", "planned", "hidden")
_NEEDED = ("stage", "lane", "text_fi")
_ITEM_COLUMNS = ("key", "text", *_NUMBERS, *_FLAGS, "unit", "evidence")


def render_table(journey_map: Grid) -> pd.DataFrame:
    """Every cell of a map as rows, so that it can be read, sorted and edited in a spreadsheet.

    Parameters
    ----------
    journey_map : JourneyMap or ServiceBlueprint
        The map.

    Returns
    -------
    pandas.DataFrame
        One row an item, and one row for a cell that has none (then `key` is empty). Columns:
        `phase`, `stage` (ids) and their names `phase_fi`, `phase_en`, `phase_sv`, `stage_fi` …;
        `lane`, `lane_kind`, `group`, `lane_fi` …; `key`, `text_fi`, `text_en`, `text_sv`; `n`,
        `sources`, `value`, `ci_low`, `ci_high`; `critical`, `planned`, `hidden`, `empty` (the
        whole cell); `unit`; `evidence`, ids separated by a blank. Missing cells are None or NaN.
        `read_map_table` reads it back.
    """
    rows = []
    for lane in journey_map.lanes:
        for column, cell in zip(journey_map.stages, lane.cells, strict=True):
            things: list[Item | Cell] = [*cell.items]
            if not things or cell.n is not None or cell.hidden:
                things.insert(0, cell)
            rows += [_row(thing, cell, column, lane) for thing in things]
    table = pd.DataFrame(rows, columns=_columns())
    for name in ("n", "sources"):
        table[name] = table[name].astype("Int64")
    return table


def _columns() -> list[str]:
    named = [f"{stem}_{lang}" for stem in ("phase", "stage", "lane") for lang in _LANGUAGES]
    texts = [f"text_{lang}" for lang in _LANGUAGES]
    head = ["phase", "stage", "lane", "lane_kind", "group", *named, "key", *texts]
    return [*head, *_NUMBERS, *_FLAGS, "empty", "unit", "evidence"]


def _row(thing: Item | Cell, cell: Cell, column: StageColumn, lane: Lane) -> dict[str, object]:
    row: dict[str, Any] = {
        "phase": column.phase,
        "stage": column.stage,
        "lane": lane.lane,
        "lane_kind": lane.kind,
        "group": lane.group,
        "n": thing.n,
        "sources": thing.sources,
        "value": thing.value,
        "ci_low": thing.low,
        "ci_high": thing.high,
        "hidden": thing.hidden,
        "empty": cell.empty,
        "critical": False,
        "planned": False,
        "evidence": " ".join(thing.evidence),
    }
    for stem, words in (
        ("phase", column.phase_name),
        ("stage", column.name),
        ("lane", lane.name),
    ):
        row |= {f"{stem}_{lang}": words.get(lang) for lang in _LANGUAGES}
    if isinstance(thing, Item):
        row |= {"key": thing.key, "critical": thing.critical, "planned": thing.planned}
        row |= {"unit": thing.unit}
        row |= {f"text_{lang}": thing.text.get(lang) for lang in _LANGUAGES}
    return row


def read_map_table(
    table: pd.DataFrame, *, kind: str = "journey_map", stages: tuple[StageColumn, ...] = ()
) -> JourneyMap | ServiceBlueprint:
    """A map from the table that `render_table` gave, or that people wrote by hand.

    Parameters
    ----------
    table : pandas.DataFrame
        At least `stage`, `lane` and `text_fi` or `text_en` (or `text`); every other column of
        `render_table` is optional. Lanes and stages stand in the order of the rows.
    kind : str
        journey_map or service_blueprint.
    stages : tuple of StageColumn, optional
        The study's stages in order; without them the stages are those of the table.

    Returns
    -------
    JourneyMap or ServiceBlueprint
        With default title, state and view; `described` sets them.

    Raises
    ------
    FrameError
        A column is missing, a stage is not among `stages`, a number or a flag can't be read.
    """
    rows = _tidy(table)
    columns = stages or _stage_columns(rows)
    known = {column.stage for column in columns}
    strange = rows.loc[~rows["stage"].isin(known), "stage"]
    if len(strange):
        raise FrameError(
            "The map's table names a stage that the study doesn't have.",
            expected=", ".join(column.stage for column in columns),
            found=", ".join(map(str, strange.unique()[:5])),
            where=f"row {strange.index[0]}",
            next_step="Correct the column `stage`.",
        )
    lanes = tuple(
        _lane(rows[rows["lane"] == lane], columns) for lane in rows["lane"].drop_duplicates()
    )
    shape = ServiceBlueprint if kind == "service_blueprint" else JourneyMap
    return shape(stages=columns, lanes=lanes)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.rename(columns={"text": "text_fi"} if "text_fi" not in table.columns else {})
    if "text_fi" not in rows.columns and "text_en" in rows.columns:
        rows = rows.assign(text_fi=None)
    absent = [name for name in _NEEDED if name not in rows.columns]
    if absent:
        raise FrameError(
            f"The map's table lacks {len(absent)} column(s): {', '.join(absent)}.",
            expected=", ".join(_NEEDED),
            found=", ".join(map(str, table.columns)) or "no columns",
        )
    rows = rows.reindex(columns=[*dict.fromkeys([*_columns(), *rows.columns])])
    rows = rows[rows["stage"].notna() & rows["lane"].notna()]
    rows = rows.assign(stage=rows["stage"].astype(str), lane=rows["lane"].astype(str))
    for name in _NUMBERS:
        numbers = pd.to_numeric(rows[name], errors="coerce").astype("Float64")
        bad = numbers.isna() & rows[name].notna() & (rows[name].astype(str).str.strip() != "")
        if bad.any():
            raise FrameError(
                f"Column `{name}` of the map's table holds something that isn't a number.",
                expected="a number or an empty cell",
                where=f"row {rows.index[bad][0]}",
            )
        rows = rows.assign(**{name: numbers})
    return rows


def _words(row: dict[str, Any], stem: str) -> Words:
    given = {lang: row.get(f"{stem}_{lang}") for lang in _LANGUAGES}
    return Words({k: str(v) for k, v in given.items() if not pd.isna(v) and str(v) != ""})


def _stage_columns(rows: pd.DataFrame) -> tuple[StageColumn, ...]:
    found: dict[str, StageColumn] = {}
    for row in rows.to_dict("records"):
        phase = "" if pd.isna(row["phase"]) else str(row["phase"])
        name = _words(row, "stage") or Words(row["stage"])
        column = StageColumn(row["stage"], name, phase, _words(row, "phase") or Words(phase))
        found.setdefault(row["stage"], column)
    return tuple(found.values())


def _lane(rows: pd.DataFrame, columns: tuple[StageColumn, ...]) -> Lane:
    records = rows.to_dict("records")
    first = records[0]
    standard = LANES | BLUEPRINT_LANES
    lane = str(first["lane"])
    name = _words(first, "lane") or standard.get(lane, Words(lane))
    cells = {column.stage: Cell(column.stage) for column in columns}
    for stage, its_rows in groupby(
        sorted(records, key=lambda row: list(cells).index(row["stage"])),
        key=lambda row: row["stage"],
    ):
        for place, row in enumerate(its_rows):
            cells[stage] = _with_row(cells[stage], row, place)
    kind = "texts" if pd.isna(first["lane_kind"]) else str(first["lane_kind"])
    group = "" if pd.isna(first["group"]) else str(first["group"])
    return Lane(lane, name, kind, tuple(cells.values()), group)


def _with_row(cell: Cell, row: dict[str, Any], place: int) -> Cell:
    numbers = {
        "n": _whole(row["n"]),
        "sources": _whole(row["sources"]),
        "value": _number(row["value"]),
        "low": _number(row["ci_low"]),
        "high": _number(row["ci_high"]),
        "hidden": _flag(row, "hidden"),
        "evidence": () if pd.isna(row["evidence"]) else tuple(str(row["evidence"]).split()),
    }
    text = _words(row, "text")
    if not text and pd.isna(row["key"]):
        return replace(cell, **numbers)  # type: ignore[arg-type]
    item = Item(
        str(place) if pd.isna(row["key"]) else str(row["key"]),
        text,
        critical=_flag(row, "critical"),
        planned=_flag(row, "planned"),
        unit="" if pd.isna(row["unit"]) else str(row["unit"]),
        **numbers,  # type: ignore[arg-type]
    )
    return replace(cell, items=(*cell.items, item))


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _flag(row: dict[str, Any], name: str) -> bool:
    value = row[name]
    if pd.isna(value):
        return False
    words = str(value).strip().lower()
    if words in ("true", "1", "1.0", "x", "kyllä", "yes"):
        return True
    if words in ("false", "0", "0.0", "", "ei", "no"):
        return False
    raise FrameError(
        f"Column `{name}` of the map's table holds something that isn't yes or no.",
        expected="true or false",
    )
