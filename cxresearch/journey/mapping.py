"""From a study's codings, touchpoints, scores and approved quotes to a journey map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ..model import Codebook, FrameError, SettingsError, Words, check_frame, number
from ..text import valence_caution
from .evidence import (
    check_ids,
    codebook_table,
    count_sources,
    emotional_curve,
    summarise,
)
from .phrases import LANES, METRIC_NAMES
from .spec import Cell, Item, JourneyMap, Lane, StageColumn

__all__ = ["map_journey", "stage_columns", "text_lane", "words_of"]

_OWNERSHIPS = ("brand_owned", "partner_owned", "customer_owned", "social")
_THEME_LANES = {
    "needs": ("need", "think"),
    "expectations": ("expectation", "think"),
    "themes": ("theme", "think"),
    "value": ("value", "think"),
    "pains": ("pain", "feel"),
    "delights": ("delight", "feel"),
}
_SCORES = ("metric", "n", "value", "ci_low", "ci_high")
_QUOTES = ("document", "start", "end", "published", "stage")


def map_journey(
    codings: pd.DataFrame,
    *,
    stages: pd.DataFrame,
    touchpoints: pd.DataFrame,
    codebook: Codebook | pd.DataFrame | None = None,
    scores: pd.DataFrame | None = None,
    quotes: pd.DataFrame | None = None,
    minimum: int = 5,
) -> JourneyMap:
    """The journey as the codings tell it; what nobody speaks of stays visible as an empty cell.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract "codings". Filter it first for a segment, a kind of respondent or a period.
        Codings without a stage are left out and counted in `notes`. A column `respondent`, where
        there is one, says who speaks; else each document counts as one source. A column `language`
        tells the note on machine valence of which languages to speak.
    stages, touchpoints : pandas.DataFrame
        The contracts of those names; their order is the map's order.
    codebook : Codebook or pandas.DataFrame, optional
        Names and kinds of the codes. Without it, codes of negative mean valence stand as pain
        points and of positive as delights.
    scores : pandas.DataFrame, optional
        `metric`, `n`, `value`, `ci_low`, `ci_high` and `stage` or `touchpoint` (or both). A score
        of a touchpoint alone stands at the first stage of the touchpoint.
    quotes : pandas.DataFrame, optional
        Approved quotes only: `document`, `start`, `end`, `published` (the words as they may be
        shown), `stage`, and where known `code` and `valence`. No other words of a person reach
        the map: not the column `quote` of the codings.
    minimum : int
        Fewest people or documents for which a valence or a score is shown.

    Returns
    -------
    JourneyMap
        Lanes: touchpoints by ownership (those planned for a stage that nobody speaks of have
        n = 0), needs, expectations, themes, value, curve, pains, delights (each ranked by the
        number of sources, then of quotations), quotes, metrics. A lane of themes, quotes or
        metrics that has nothing at any stage is left out where the study has no such codes.

    Raises
    ------
    FrameError
        A table breaks its contract, or names a stage or touchpoint that the study doesn't have.

    See Also
    --------
    empty_cells : what is empty, as a sentence.
    summarise : how n, sources and the interval are counted.
    """
    _check_inputs(codings, stages, touchpoints, minimum)
    columns = stage_columns(stages)
    placed, notes = _placed(codings, stages)
    lanes = [
        *_touchpoint_lanes(placed, columns, touchpoints, minimum),
        *_theme_lanes(placed, columns, codebook_table(codebook), minimum),
        _curve_lane(placed, stages, columns, minimum),
    ]
    if quotes is not None:
        lanes.append(_quote_lane(quotes, columns))
    if scores is not None:
        lanes.append(_metric_lane(scores, columns, touchpoints, minimum))
    order = {name: place for place, name in enumerate(LANES)}
    lanes.sort(key=lambda lane: order.get(lane.lane, len(order)))
    return JourneyMap(
        stages=columns,
        lanes=tuple(lanes),
        minimum=minimum,
        sources=count_sources(codings),
        notes=(*_caution(placed), *notes, *_unplaced(placed, touchpoints)),
    )


def _check_inputs(
    codings: pd.DataFrame, stages: pd.DataFrame, touchpoints: pd.DataFrame, minimum: int
) -> None:
    check_frame(codings, "codings")
    check_frame(stages, "stages")
    check_frame(touchpoints, "touchpoints")
    if minimum < 1:
        raise SettingsError(
            "The minimum is a count of people.", expected=">= 1", found=str(minimum)
        )
    if not len(stages):
        raise FrameError("A journey needs at least one stage.", found="an empty table `stages`")
    if "stage" in codings.columns:
        check_ids(codings["stage"], list(stages["stage"]), column="stage")
    if "touchpoint" in codings.columns:
        check_ids(codings["touchpoint"], list(touchpoints["touchpoint"]), column="touchpoint")


def words_of(row: Mapping[str, Any], stem: str, fallback: object) -> Words:
    """The names `{stem}_fi`, `{stem}_en` … of a row, or the fallback where it has none."""
    given = {
        language: str(row[f"{stem}_{language}"])
        for language in ("fi", "en", "sv")
        if f"{stem}_{language}" in row and not pd.isna(row[f"{stem}_{language}"])
    }
    return Words(given or str(fallback))


def stage_columns(stages: pd.DataFrame) -> tuple[StageColumn, ...]:
    """The map's columns from the contract "stages", in the order of `position`."""
    rows = stages.sort_values("position").to_dict("records")
    return tuple(
        StageColumn(
            str(row["stage"]),
            words_of(row, "stage", row["stage"]),
            str(row["phase"]),
            words_of(row, "phase", row["phase"]),
        )
        for row in rows
    )


def _placed(codings: pd.DataFrame, stages: pd.DataFrame) -> tuple[pd.DataFrame, list[Words]]:
    """Codings that have a stage; a phase of a single stage gives the stage away."""
    rows = codings.copy()
    for column in ("stage", "phase", "touchpoint"):
        if column not in rows.columns:
            rows[column] = pd.Series(pd.NA, index=rows.index, dtype="string")
    only = stages.groupby("phase")["stage"].agg(["size", "first"])
    sole = only.loc[only["size"] == 1, "first"].to_dict()
    rows["stage"] = rows["stage"].where(rows["stage"].notna(), rows["phase"].map(sole))
    lost = int(rows["stage"].isna().sum())
    if not lost:
        return rows, []
    total = len(rows)
    note = Words(
        fi=(
            f"{number(lost, 'fi')}/{number(total, 'fi')} koodausta ei kuulu mihinkään polun "
            "kohtaan eikä näy kartalla."
        ),
        en=(
            f"{number(lost, 'en')} of {number(total, 'en')} codings belong to no stage and are "
            "not on the map."
        ),
    )
    return rows[rows["stage"].notna()], [note]


def _caution(placed: pd.DataFrame) -> list[Words]:
    """The error of machine valence: the curve and the marks are never drawn without it."""
    caution = valence_caution(placed)
    return [] if caution is None else [caution]


def _unplaced(placed: pd.DataFrame, touchpoints: pd.DataFrame) -> list[Words]:
    """A note of touchpoints that neither settings nor codings put anywhere."""
    spoken = set(placed["touchpoint"].dropna().astype(str))
    names = [
        words_of(row, "name", row["touchpoint"])
        for row in touchpoints.to_dict("records")
        if str(row["touchpoint"]) not in spoken and not _planned_stages(row)
    ]
    if not names:
        return []
    listed = {lang: ", ".join(name.to(lang) for name in names) for lang in ("fi", "en")}
    return [
        Words(
            fi=f"Kukaan ei puhu näistä, eikä niillä ole paikkaa polulla: {listed['fi']}.",
            en=f"Nobody speaks of these, and they have no place on the journey: {listed['en']}.",
        )
    ]


def _planned_stages(touchpoint: Mapping[str, Any]) -> list[str]:
    stages = touchpoint.get("stages")
    return [] if stages is None or pd.isna(stages) else str(stages).split()


def _counted(row: Mapping[str, Any], minimum: int) -> dict[str, Any]:
    """n, sources, valence and evidence of an item; a valence of too few is withheld."""
    enough = row["valued_sources"] is not None and row["valued_sources"] >= minimum
    return {
        "n": int(row["n"]),
        "sources": int(row["sources"]),
        "value": _float(row["value"]) if enough else None,
        "low": _float(row["ci_low"]) if enough else None,
        "high": _float(row["ci_high"]) if enough else None,
        "evidence": row["evidence"],
    }


def _float(value: Any) -> float | None:
    # six decimals survive csv and xlsx, where seventeen don't
    return None if value is None or pd.isna(value) else round(float(value), 6)


def _ranked(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (-(item.sources or 0), -(item.n or 0), item.key)))


def _touchpoint_lanes(
    placed: pd.DataFrame,
    columns: tuple[StageColumn, ...],
    touchpoints: pd.DataFrame,
    minimum: int,
) -> list[Lane]:
    """A lane for each ownership class; a class that the study doesn't have shows as empty."""
    counts = summarise(placed, ["stage", "touchpoint"]).to_dict("records")
    spoken = {(str(row["stage"]), str(row["touchpoint"])): row for row in counts}
    known = touchpoints.to_dict("records")
    lanes = []
    for ownership in _OWNERSHIPS:
        mine = [row for row in known if row["ownership"] == ownership]
        cells = tuple(
            Cell(column.stage, _touchpoints_at(column.stage, mine, spoken, minimum))
            for column in columns
        )
        lanes.append(Lane(ownership, LANES[ownership], "touchpoints", cells, "do"))
    return lanes


def _touchpoints_at(
    stage: str,
    touchpoints: list[dict[str, Any]],
    spoken: Mapping[tuple[str, str], Mapping[str, Any]],
    minimum: int,
) -> tuple[Item, ...]:
    items = []
    for row in touchpoints:
        key = str(row["touchpoint"])
        planned, count = stage in _planned_stages(row), spoken.get((stage, key))
        if not planned and count is None:
            continue
        numbers = {"n": 0, "sources": 0} if count is None else _counted(count, minimum)
        item = Item(
            key,
            words_of(row, "name", key),
            critical=bool(row["critical"]),
            planned=planned,
            **numbers,
        )
        items.append(item)
    return _ranked(items)


def _theme_lanes(
    placed: pd.DataFrame, columns: tuple[StageColumn, ...], codes: pd.DataFrame, minimum: int
) -> list[Lane]:
    rows = placed.merge(codes.drop_duplicates("code"), on="code", how="left")
    if codes.empty:
        mean = rows.assign(valence=_valence(rows)).groupby("code")["valence"].mean()
        rows["kind"] = rows["code"].map(mean.map(_kind_by_valence))
    counts = summarise(rows, ["kind", "stage", "code"]).to_dict("records")
    known = codes.drop_duplicates("code").set_index("code").to_dict("index")
    cells: dict[tuple[str, str], list[Item]] = {}
    for row in counts:
        name = words_of(known.get(row["code"], {}), "name", row["code"])
        item = Item(str(row["code"]), name, **_counted(row, minimum))
        cells.setdefault((str(row["kind"]), str(row["stage"])), []).append(item)
    present = set(rows["kind"].dropna()) | set(codes["kind"].dropna())
    lanes = []
    for lane, (kind, group) in _THEME_LANES.items():
        if kind in present:
            found = tuple(Cell(c.stage, _ranked(cells.get((kind, c.stage), ()))) for c in columns)
            lanes.append(Lane(lane, LANES[lane], "themes", found, group))
    return lanes


def _valence(rows: pd.DataFrame) -> pd.Series:
    if "valence" not in rows.columns:
        return pd.Series(float("nan"), index=rows.index)
    return pd.to_numeric(rows["valence"]).astype(float)


def _kind_by_valence(mean: float) -> str:
    return "pain" if mean < 0 else "delight" if mean > 0 else "theme"


def _curve_lane(
    placed: pd.DataFrame, stages: pd.DataFrame, columns: tuple[StageColumn, ...], minimum: int
) -> Lane:
    table = emotional_curve(placed, stages=stages, minimum=minimum)
    rows = {str(row["stage"]): row for row in table.to_dict("records")}
    cells = []
    for column in columns:
        row = rows[column.stage]
        cells.append(
            Cell(
                column.stage,
                n=int(row["n"]),
                sources=int(row["sources"]),
                value=_float(row["value"]),
                low=_float(row["ci_low"]),
                high=_float(row["ci_high"]),
                hidden=bool(row["hidden"]),
                evidence=row["evidence"],
            )
        )
    return Lane("curve", LANES["curve"], "curve", tuple(cells), "feel")


def _quote_lane(quotes: pd.DataFrame, columns: tuple[StageColumn, ...]) -> Lane:
    _need(quotes, _QUOTES, "quotes")
    check_ids(quotes["stage"], [c.stage for c in columns], column="stage")
    cells: dict[str, list[Item]] = {}
    optional = {"code": "", "valence": None}
    rows = quotes.assign(**{k: v for k, v in optional.items() if k not in quotes.columns})
    rows = rows[rows["stage"].notna()].drop_duplicates(["stage", "document", "start", "end"])
    for row in rows.to_dict("records"):
        place = f"{row['document']}:{int(row['start'])}-{int(row['end'])}"
        valence = _float(row["valence"])
        item = Item(place, Words(fi=str(row["published"])), value=valence, evidence=(place,))
        cells.setdefault(str(row["stage"]), []).append(item)
    found = tuple(Cell(c.stage, _striking(cells.get(c.stage, []))) for c in columns)
    return Lane("quotes", LANES["quotes"], "quotes", found, "feel")


def _striking(quotes: list[Item]) -> tuple[Item, ...]:
    """The strongest quotes first, bad and good in turn, short before long."""
    strong = sorted(quotes, key=lambda q: (-abs(q.value or 0), len(q.text.to("fi")), q.key))
    bad = [q for q in strong if (q.value or 0) < 0]
    good = [q for q in strong if (q.value or 0) >= 0]
    found: list[Item] = []
    for place in range(max(len(bad), len(good))):
        found += bad[place : place + 1] + good[place : place + 1]
    return tuple(found)


def _metric_lane(
    scores: pd.DataFrame,
    columns: tuple[StageColumn, ...],
    touchpoints: pd.DataFrame,
    minimum: int,
) -> Lane:
    _need(scores, _SCORES, "scores")
    known = {str(row["touchpoint"]): row for row in touchpoints.to_dict("records")}
    stages = [c.stage for c in columns]
    cells: dict[str, list[Item]] = {}
    for row in scores.to_dict("records"):
        touchpoint = row.get("touchpoint")
        touchpoint = None if touchpoint is None or pd.isna(touchpoint) else str(touchpoint)
        if touchpoint is not None and touchpoint not in known:
            check_ids(scores["touchpoint"], list(known), column="touchpoint")
        stage = row.get("stage")
        if stage is None or pd.isna(stage):
            planned = _planned_stages(known[touchpoint]) if touchpoint else []
            stage = planned[0] if planned else None
        if stage is None:
            continue
        check_ids(pd.Series([str(stage)]), stages, column="stage")
        cells.setdefault(str(stage), []).append(_score(row, touchpoint, known, minimum))
    found = tuple(Cell(c.stage, tuple(cells.get(c.stage, ()))) for c in columns)
    return Lane("metrics", LANES["metrics"], "metrics", found, "measure")


def _score(
    row: Mapping[str, Any],
    touchpoint: str | None,
    touchpoints: Mapping[str, Mapping[str, Any]],
    minimum: int,
) -> Item:
    metric = str(row["metric"])
    name = METRIC_NAMES.get(metric, Words(metric))
    if touchpoint:
        of = words_of(touchpoints[touchpoint], "name", touchpoint)
        name = Words({lang: f"{name.to(lang)}: {of.to(lang)}" for lang in ("fi", "en")})
    n = int(row["n"])
    hidden = n < minimum or bool(row.get("hidden", False))
    numbers = [None] * 3 if hidden else [_float(row[c]) for c in ("value", "ci_low", "ci_high")]
    return Item(
        f"{metric}/{touchpoint}" if touchpoint else metric,
        name,
        n=None if hidden else n,
        sources=None if hidden else n,
        value=numbers[0],
        low=numbers[1],
        high=numbers[2],
        critical=bool(touchpoint and touchpoints[touchpoint]["critical"]),
        hidden=hidden,
        unit=metric,
    )


def _need(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    absent = [c for c in columns if c not in table.columns]
    if absent:
        raise FrameError(
            f"The table `{name}` lacks {len(absent)} column(s): {', '.join(absent)}.",
            expected=", ".join(columns),
            found=", ".join(map(str, table.columns)) or "no columns",
        )


def text_lane(
    journey_map: JourneyMap, texts: Mapping[str, Iterable[Words]], *, lane: str, name: Words
) -> JourneyMap:
    """A copy with a lane of one's own words, such as what customers do at each stage.

    Parameters
    ----------
    journey_map : JourneyMap
        The map.
    texts : mapping
        Stage id to the texts of its cell; stages left out stay empty.
    lane : str
        Id of the lane.
    name : Words
        What the lane is called.
    """
    check_ids(pd.Series(list(texts), dtype="object"), journey_map.stage_ids, column="stage")
    cells = tuple(
        Cell(stage, tuple(Item(str(i), text) for i, text in enumerate(texts.get(stage, ()))))
        for stage in journey_map.stage_ids
    )
    return journey_map.with_lane(Lane(lane, name, "texts", cells, "do"))
