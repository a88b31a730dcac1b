"""A service blueprint from the table that people write together in a workshop."""

from __future__ import annotations

import pandas as pd

from ..model import FrameError, Words, check_frame
from .evidence import check_ids
from .mapping import stage_columns
from .phrases import BLUEPRINT_LANES
from .spec import STATES, Cell, Item, Lane, ServiceBlueprint

__all__ = ["blueprint_template", "map_blueprint"]

_NEEDED = ("stage", "lane", "text")


def map_blueprint(
    rows: pd.DataFrame,
    *,
    stages: pd.DataFrame,
    touchpoints: pd.DataFrame | None = None,
    state: str = "current",
) -> ServiceBlueprint:
    """A blueprint from what people wrote: stage, lane, text.

    Parameters
    ----------
    rows : pandas.DataFrame
        `stage` (id or name), `lane` (physical_evidence, customer_actions, onstage, backstage,
        support, or their standard names in Finnish or English), `text`; where wanted `text_en`,
        `touchpoint` (an id: its critical mark is shown) and `state` (current or proposed; empty
        means both). Rows without a text are left out.
    stages : pandas.DataFrame
        The contract "stages".
    touchpoints : pandas.DataFrame, optional
        The contract "touchpoints".
    state : str
        The state to build.

    Returns
    -------
    ServiceBlueprint
        Five lanes; the lines of interaction, of visibility and of internal interaction stand
        above onstage, backstage and support when it is rendered. Empty cells stay: nobody
        manages that moment.

    Raises
    ------
    FrameError
        A column is missing, or a stage, lane, touchpoint or state isn't known; the message names
        the row.
    """
    check_frame(stages, "stages")
    absent = [name for name in _NEEDED if name not in rows.columns]
    if absent:
        raise FrameError(
            f"The blueprint's table lacks {len(absent)} column(s): {', '.join(absent)}.",
            expected=", ".join(_NEEDED),
            found=", ".join(map(str, rows.columns)) or "no columns",
        )
    table = _tidy(rows, stages, state)
    critical = _critical(table, touchpoints)
    columns = stage_columns(stages)
    lanes = []
    for lane, name in BLUEPRINT_LANES.items():
        mine = table[table["lane"] == lane]
        cells = tuple(
            Cell(column.stage, _items(mine[mine["stage"] == column.stage], critical))
            for column in columns
        )
        lanes.append(Lane(lane, name, "texts", cells))
    return ServiceBlueprint(stages=columns, lanes=tuple(lanes), state=state)


def blueprint_template(stages: pd.DataFrame, *, language: str = "fi") -> pd.DataFrame:
    """A table to fill in a workshop, which `map_blueprint` reads.

    Parameters
    ----------
    stages : pandas.DataFrame
        The contract "stages".
    language : str
        fi or en: in which language stages and lanes are named.

    Returns
    -------
    pandas.DataFrame
        A row for each stage and lane: `stage`, `lane`, and the empty `text`, `touchpoint` and
        `state`. A cell may get several rows; rows left empty become empty cells.
    """
    check_frame(stages, "stages")
    rows = [
        (column.name.to(language), name.to(language), None, None, None)
        for column in stage_columns(stages)
        for name in BLUEPRINT_LANES.values()
    ]
    return pd.DataFrame(rows, columns=["stage", "lane", "text", "touchpoint", "state"])


def _tidy(rows: pd.DataFrame, stages: pd.DataFrame, state: str) -> pd.DataFrame:
    table = rows[rows["text"].notna() & (rows["text"].astype(str).str.strip() != "")]
    table = table.reindex(
        columns=[*dict.fromkeys([*rows.columns, "text_en", "touchpoint", "state"])]
    )
    stage_names = {str(stage): str(stage) for stage in stages["stage"]}
    for column in ("stage_fi", "stage_en"):
        pairs = zip(stages[column], stages["stage"], strict=True)
        stage_names |= {str(name).casefold(): str(stage) for name, stage in pairs if pd.notna(name)}
    lane_names = {lane: lane for lane in BLUEPRINT_LANES}
    for lane, words in BLUEPRINT_LANES.items():
        lane_names |= {name.casefold(): lane for name in words.values()}
    table = table.assign(
        stage=_resolved(table["stage"], stage_names, list(stages["stage"]), "stage"),
        lane=_resolved(table["lane"], lane_names, list(BLUEPRINT_LANES), "lane"),
        state=table["state"].where(table["state"].notna(), None),
    )
    known = {each: each for each in STATES}
    written = table["state"].notna()
    _resolved(table.loc[written, "state"], known, list(STATES), "state")
    return table[~written | (table["state"].astype(str).str.strip().str.casefold() == state)]


def _resolved(
    values: pd.Series, known: dict[str, str], expected: list[str], column: str
) -> pd.Series:
    """Ids for what people wrote: case and blanks around don't matter."""
    found = values.map(lambda v: known.get("" if pd.isna(v) else str(v).strip().casefold()))
    bad = values[found.isna()]
    if len(bad):
        raise FrameError(
            f"Column `{column}` of the blueprint's table holds something that isn't known.",
            expected=" | ".join(expected),
            found="an empty cell" if pd.isna(bad.iloc[0]) else str(bad.iloc[0])[:40],
            where=f"row {bad.index[0]}",
            next_step="Correct these rows before building the blueprint.",
        )
    return found


def _critical(table: pd.DataFrame, touchpoints: pd.DataFrame | None) -> set[str]:
    if touchpoints is None:
        return set()
    check_frame(touchpoints, "touchpoints")
    check_ids(table["touchpoint"], list(touchpoints["touchpoint"]), column="touchpoint")
    return set(touchpoints.loc[touchpoints["critical"], "touchpoint"].astype(str))


def _items(rows: pd.DataFrame, critical: set[str]) -> tuple[Item, ...]:
    items = []
    for place, row in enumerate(rows.to_dict("records")):
        text = {"fi": str(row["text"])}
        if not pd.isna(row["text_en"]):
            text["en"] = str(row["text_en"])
        touchpoint = "" if pd.isna(row["touchpoint"]) else str(row["touchpoint"])
        items.append(
            Item(
                f"{place}/{touchpoint}" if touchpoint else str(place),
                Words(text),
                critical=touchpoint in critical,
            )
        )
    return tuple(items)
