"""A journey map and a service blueprint as frozen data; renderers read them, nothing else does.

Each change gives a copy. `to_json` and `from_json` keep all of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from ..model import ImportRefusedError, SettingsError, Words

__all__ = [
    "LANE_KINDS",
    "SCHEMA",
    "STATES",
    "VIEWS",
    "Cell",
    "Grid",
    "Item",
    "JourneyMap",
    "Lane",
    "ServiceBlueprint",
    "StageColumn",
]

SCHEMA = 1
LANE_KINDS = ("touchpoints", "themes", "curve", "metrics", "quotes", "texts")
STATES = ("current", "proposed")
VIEWS = ("outside_in", "inside_out")


@dataclass(frozen=True)
class StageColumn:
    """A column of the map: a stage with the phase that it belongs to."""

    stage: str
    name: Words
    phase: str
    phase_name: Words


@dataclass(frozen=True)
class Item:
    """One thing in a cell: a touchpoint, a theme, a metric, a quote or a text of one's own.

    Attributes
    ----------
    key : str
        Id of the touchpoint, code or metric; a number for free texts.
    text : Words
        Its words.
    n : int, optional
        Quotations (or answers, for a metric) behind it; 0 for a planned touchpoint that nobody
        speaks of; None for a text that was written, not counted.
    sources : int, optional
        Distinct people or documents behind it.
    value, low, high : float, optional
        Mean valence -2..2 (or the metric's value) and its 95 % interval.
    critical, planned : bool
        A moment of truth; a touchpoint that the study's settings place in this stage.
    hidden : bool
        Its numbers were taken out because too few stand behind them.
    unit : str
        For a metric, its id (nps, csat …); it says how the value is written.
    evidence : tuple of str
        Ids of codings (or places of quotes) behind it.
    """

    key: str
    text: Words
    n: int | None = None
    sources: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    critical: bool = False
    planned: bool = False
    hidden: bool = False
    unit: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Planned here, yet nobody speaks of it."""
        return self.n == 0


@dataclass(frozen=True)
class Cell:
    """One lane at one stage. `value` with its interval belongs to the curve."""

    stage: str
    items: tuple[Item, ...] = ()
    n: int | None = None
    sources: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    hidden: bool = False
    evidence: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nobody says or manages anything here: that is a finding."""
        return not self.hidden and not self.n and all(item.silent for item in self.items)

    @property
    def texts(self) -> tuple[Words, ...]:
        """The words of its items."""
        return tuple(item.text for item in self.items)


@dataclass(frozen=True)
class Lane:
    """A row of the map: one cell for each stage, in the map's order."""

    lane: str
    name: Words
    kind: str
    cells: tuple[Cell, ...]
    group: str = ""

    def __post_init__(self) -> None:
        if self.kind not in LANE_KINDS:
            raise SettingsError(
                f"Lane `{self.lane}` has a kind that isn't known.",
                expected=" | ".join(LANE_KINDS),
                found=self.kind,
            )


@dataclass(frozen=True)
class Grid:
    """Stages across, lanes down: what a journey map and a blueprint share.

    Attributes
    ----------
    title, audience : Words
        What the map shows, and whose journey it is (a segment, a profile, employees …).
    state : str
        `current` or `proposed`.
    view : str
        `outside_in` (what customers say) or `inside_out` (what the organisation thinks).
    minimum : int
        Fewest people or documents for which a valence is shown.
    sources : int, optional
        Distinct people or documents behind the whole map.
    notes : tuple of Words
        What a reader must know: what was left out and why.
    """

    stages: tuple[StageColumn, ...]
    lanes: tuple[Lane, ...] = ()
    title: Words = Words()  # noqa: RUF009 - Words never changes
    audience: Words = Words()  # noqa: RUF009
    state: str = "current"
    view: str = "outside_in"
    minimum: int = 5
    sources: int | None = None
    notes: tuple[Words, ...] = ()

    kind: ClassVar[str] = "grid"

    def __post_init__(self) -> None:
        ids = self.stage_ids
        _refuse_doubles(ids, "stages")
        _refuse_doubles(tuple(lane.lane for lane in self.lanes), "lanes")
        _one_of(self.state, STATES, "state")
        _one_of(self.view, VIEWS, "view")
        for lane in self.lanes:
            found = tuple(cell.stage for cell in lane.cells)
            if found != ids:
                raise SettingsError(
                    f"Lane `{lane.lane}` doesn't have one cell for each stage, in their order.",
                    expected=", ".join(ids),
                    found=", ".join(found) or "no cells",
                )

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """Ids of the stages in order."""
        return tuple(column.stage for column in self.stages)

    def lane(self, lane: str) -> Lane:
        """The lane with this id."""
        for candidate in self.lanes:
            if candidate.lane == lane:
                return candidate
        raise SettingsError(
            f"The map has no lane `{lane}`.",
            expected=_nearest(lane, [each.lane for each in self.lanes]),
            found=lane,
        )

    def cell(self, lane: str, stage: str) -> Cell:
        """The cell of a lane at a stage."""
        for candidate in self.lane(lane).cells:
            if candidate.stage == stage:
                return candidate
        raise SettingsError(
            f"The map has no stage `{stage}`.",
            expected=_nearest(stage, list(self.stage_ids)),
            found=stage,
        )

    def with_lane(self, lane: Lane) -> Self:
        """A copy with the lane in place of the one with its id, or at the end."""
        ids = [each.lane for each in self.lanes]
        if lane.lane in ids:
            lanes = tuple(lane if each.lane == lane.lane else each for each in self.lanes)
        else:
            lanes = (*self.lanes, lane)
        return replace(self, lanes=lanes)

    def without_lane(self, lane: str) -> Self:
        """A copy without the lane."""
        gone = self.lane(lane)
        return replace(self, lanes=tuple(each for each in self.lanes if each is not gone))

    def with_cell(self, lane: str, cell: Cell) -> Self:
        """A copy where the cell stands in the lane at its stage."""
        self.cell(lane, cell.stage)
        changed = self.lane(lane)
        cells = tuple(cell if each.stage == cell.stage else each for each in changed.cells)
        return self.with_lane(replace(changed, cells=cells))

    def described(self, **changes: Any) -> Self:
        """A copy with another title, audience, state, view or notes."""
        known = ("title", "audience", "state", "view", "notes", "minimum")
        for name in changes:
            _one_of(name, known, "description")
        return replace(self, **changes)

    def without_evidence(self) -> Self:
        """A copy that holds no ids of codings, for publishing."""

        def bare(cell: Cell) -> Cell:
            items = tuple(replace(item, evidence=()) for item in cell.items)
            return replace(cell, items=items, evidence=())

        return self._each_cell(bare)

    def hide_small(self, minimum: int) -> Self:
        """A copy without any number that fewer than `minimum` people or documents stand behind.

        Words stay (a theme is still named), numbers and ids go, and `hidden` is set. Items that
        nobody counted (texts, approved quotes) stay as they are.
        """

        def few(thing: Item | Cell) -> bool:
            behind = thing.n if thing.sources is None else thing.sources
            return bool(thing.n) and behind is not None and behind < minimum

        def covered(cell: Cell) -> Cell:
            items = tuple(_covered(item) if few(item) else item for item in cell.items)
            cell = replace(cell, items=items)
            return _covered(cell) if few(cell) else cell

        return replace(self._each_cell(covered), minimum=minimum)

    def _each_cell(self, change: Any) -> Self:
        lanes = tuple(
            replace(lane, cells=tuple(change(cell) for cell in lane.cells)) for lane in self.lanes
        )
        return replace(self, lanes=lanes)

    def to_json(self) -> str:
        """The whole map as JSON with its schema version."""
        content = {"schema": SCHEMA, "kind": self.kind, **_plain(self)}
        return json.dumps(content, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A map from what `to_json` gave.

        Raises
        ------
        ImportRefusedError
            The text isn't JSON, holds another kind of map, or a newer schema.
        """
        content = _read_json(text, cls.kind)
        try:
            return cls(
                stages=tuple(_stage(each) for each in content["stages"]),
                lanes=tuple(_lane(each) for each in content["lanes"]),
                title=Words(content["title"]),
                audience=Words(content["audience"]),
                state=content["state"],
                view=content["view"],
                minimum=content["minimum"],
                sources=content["sources"],
                notes=tuple(Words(each) for each in content["notes"]),
            )
        except (KeyError, TypeError) as error:
            raise ImportRefusedError(
                "The map's file lacks a part, or a part has another form.",
                expected="what to_json wrote",
                found=str(error),
            ) from error


@dataclass(frozen=True)
class JourneyMap(Grid):
    """A customer's, employee's or machine customer's journey, stage by stage."""

    kind: ClassVar[str] = "journey_map"


@dataclass(frozen=True)
class ServiceBlueprint(Grid):
    """A service as it is delivered: what is seen, what isn't, and what holds it up.

    Bitner, Ostrom & Morgan (2008), doi:10.2307/41166446.
    """

    kind: ClassVar[str] = "service_blueprint"


def _covered(thing: Any) -> Any:
    return replace(
        thing, n=None, sources=None, value=None, low=None, high=None, hidden=True, evidence=()
    )


def _refuse_doubles(ids: tuple[str, ...], what: str) -> None:
    doubled = sorted({each for each in ids if ids.count(each) > 1})
    if doubled:
        raise SettingsError(f"Two {what} of the map share an id.", found=", ".join(doubled))


def _one_of(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise SettingsError(
            f"The {what} of a map isn't known.", expected=" | ".join(known), found=str(value)
        )


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=3) or known[:8]
    return "one of " + ", ".join(near)


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Words):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _read_json(text: str, kind: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ImportRefusedError(
            "The map's file isn't JSON.",
            expected="what to_json wrote",
            where=f"line {error.lineno}",
        ) from error
    found = content.get("kind") if isinstance(content, dict) else type(content).__name__
    if found != kind:
        raise ImportRefusedError("The file holds something else.", expected=kind, found=str(found))
    if content.get("schema") != SCHEMA:
        raise ImportRefusedError(
            "The map was written by another version of cxresearch.",
            expected=f"schema {SCHEMA}",
            found=f"schema {content.get('schema')}",
            next_step="Update cxresearch, or build the map again from the study.",
        )
    return content


def _stage(content: Mapping[str, Any]) -> StageColumn:
    return StageColumn(
        content["stage"],
        Words(content["name"]),
        content["phase"],
        Words(content["phase_name"]),
    )


def _item(content: Mapping[str, Any]) -> Item:
    rest = {k: v for k, v in content.items() if k not in ("text", "evidence")}
    return Item(**rest, text=Words(content["text"]), evidence=tuple(content["evidence"]))


def _cell(content: Mapping[str, Any]) -> Cell:
    rest = {k: v for k, v in content.items() if k not in ("items", "evidence")}
    items = tuple(_item(each) for each in content["items"])
    return Cell(**rest, items=items, evidence=tuple(content["evidence"]))


def _lane(content: Mapping[str, Any]) -> Lane:
    return Lane(
        content["lane"],
        Words(content["name"]),
        content["kind"],
        tuple(_cell(each) for each in content["cells"]),
        content["group"],
    )
