"""What is empty on a map, and what two maps of the same journey see differently."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..model import Finding, SettingsError, Words, number, percent
from .spec import Grid, Item

__all__ = ["compare_maps", "compare_states", "empty_cells"]


def empty_cells(journey_map: Grid, *, lane: str | None = None) -> Finding:
    """Where nobody is: the stages at which a lane has nothing.

    Parameters
    ----------
    journey_map : JourneyMap or ServiceBlueprint
        The map.
    lane : str, optional
        The lane that the sentence is about: `brand_owned` on a map and `onstage` on a blueprint
        when not given.

    Returns
    -------
    Finding
        `table`: one row for each lane and stage: `lane`, `stage`, `stage_fi`, `stage_en`,
        `empty`, `planned` (touchpoints that the settings place here), `silent` (those of them
        that nobody speaks of), `sources` (the most that any item of the cell has). `details`:
        `lanes`, the number of empty cells by lane; `unheard`, see Notes.

    Notes
    -----
    Silence of few people is weak proof. With n sources, something that a share p of people would
    tell of stays unheard with probability (1 - p)^n; `unheard` = 1 - 0.05^(1/n) is the largest
    share that could stay unheard with 5 % (Hanley & Lippman-Hand 1983,
    doi:10.1001/jama.1983.03330370053031). It supposes that people were free to speak of it.
    """
    chosen = lane or ("onstage" if journey_map.kind == "service_blueprint" else "brand_owned")
    names = {column.stage: column.name for column in journey_map.stages}
    rows = [
        {
            "lane": each.lane,
            "stage": cell.stage,
            "stage_fi": names[cell.stage].to("fi"),
            "stage_en": names[cell.stage].to("en"),
            "empty": cell.empty,
            "planned": sum(item.planned for item in cell.items),
            "silent": sum(item.silent for item in cell.items),
            "sources": max([cell.sources or 0, *(item.sources or 0 for item in cell.items)]),
        }
        for each in journey_map.lanes
        for cell in each.cells
    ]
    table = pd.DataFrame(rows)
    mine = table[table["lane"] == journey_map.lane(chosen).lane]
    unheard = None
    if journey_map.kind == "journey_map" and journey_map.sources:
        unheard = 1 - 0.05 ** (1 / journey_map.sources)
    sentences = Words(
        fi=_empty_fi(mine, journey_map, chosen), en=_empty_en(mine, journey_map, chosen)
    )
    return Finding(
        table=table,
        sentences=sentences,
        warnings=_silence(journey_map.sources, unheard) if mine["empty"].any() else (),
        details={
            "lanes": table.groupby("lane", sort=False)["empty"].sum().to_dict(),
            "unheard": unheard,
        },
    )


def _silence(sources: int | None, unheard: float | None) -> tuple[Words, ...]:
    if unheard is None or sources is None:
        return ()
    return (
        Words(
            fi=(
                f"Kartta perustuu {number(sources, 'fi')} lähteeseen: asia, jonka alle "
                f"{percent(unheard, 'fi')} ihmisistä ottaisi puheeksi, on voinut jäädä kuulematta."
            ),
            en=(
                f"The map rests on {number(sources, 'en')} sources: something that fewer than "
                f"{percent(unheard, 'en')} of people would bring up may have stayed unheard."
            ),
        ),
    )


def _empty_fi(mine: pd.DataFrame, grid: Grid, lane: str) -> str:
    empty, total = mine[mine["empty"]], len(mine)
    name = grid.lane(lane).name.to("fi").lower()
    if grid.kind == "service_blueprint":
        if empty.empty:
            return f"Kaistalla ”{name}” on joku polun jokaisessa kohdassa ({total} kohtaa)."
        start = f"Polun {total} kohdasta {len(empty)} on kaistalla ”{name}” tyhjiä"
        return f"{start}: {_listed(empty['stage_fi'], 'ja')}. Kukaan ei hoida niitä."
    what = {
        "brand_owned": "yrityksen omista kosketuspisteistä",
        "partner_owned": "kumppanien kosketuspisteistä",
        "customer_owned": "asiakkaiden omista kosketuspisteistä",
        "social": "sosiaalisista kosketuspisteistä",
    }.get(lane, f"kaistan ”{name}” asioista")
    if empty.empty:
        return f"Polun jokaisessa {total} kohdassa joku puhuu {what}."
    start = f"Polun {total} kohdasta {len(empty)} on sellaisia, joissa kukaan ei puhu {what}"
    silent = empty[empty["silent"] > 0]
    sentence = f"{start}: {_listed(empty['stage_fi'], 'ja')}."
    if len(silent):
        sentence += (
            f" Kosketuspiste on suunniteltu mutta siitä ei puhuta: "
            f"{_listed(silent['stage_fi'], 'ja')}."
        )
    return sentence


def _empty_en(mine: pd.DataFrame, grid: Grid, lane: str) -> str:
    empty, total = mine[mine["empty"]], len(mine)
    name = grid.lane(lane).name.to("en").lower()
    if grid.kind == "service_blueprint":
        if empty.empty:
            return f"Somebody is in the lane “{name}” at each of the {total} stages."
        start = f"In {len(empty)} of {total} stages nobody is in the lane “{name}”"
        return f"{start}: {_listed(empty['stage_en'], 'and')}."
    if empty.empty:
        return f"Somebody speaks of {name} at each of the {total} stages."
    start = f"In {len(empty)} of {total} stages nobody speaks of {name}"
    silent = empty[empty["silent"] > 0]
    sentence = f"{start}: {_listed(empty['stage_en'], 'and')}."
    if len(silent):
        planned = _listed(silent["stage_en"], "and")
        sentence += f" A touchpoint is planned there, but goes unmentioned: {planned}."
    return sentence


def _listed(names: Sequence[str] | pd.Series, last: str) -> str:
    words = list(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _spoken(grid: Grid, lanes: Sequence[str]) -> dict[str, dict[str, Item]]:
    """Touchpoints or themes that somebody speaks of, by stage."""
    found: dict[str, dict[str, Item]] = {}
    for lane in grid.lanes:
        if lane.lane in lanes or (not lanes and lane.kind == "themes"):
            for cell in lane.cells:
                for item in cell.items:
                    if not item.silent:
                        found.setdefault(item.key, {})[cell.stage] = item
    return found


_MOST_NAMED = 6
_OWNED = ("brand_owned", "partner_owned", "customer_owned", "social")


def compare_maps(inside_out: Grid, outside_in: Grid) -> Finding:
    """What the organisation sees against what customers say: touchpoints only one side knows.

    Parameters
    ----------
    inside_out : JourneyMap
        Built from what employees (or partners) said, or drew.
    outside_in : JourneyMap
        Built from what customers said. Both have the same stages.

    Returns
    -------
    Finding
        `table`: one row a touchpoint that either side speaks of: `touchpoint`, `ownership`,
        `name_fi`, `name_en`, `seen_by` (both, inside, outside), `inside_sources`,
        `outside_sources` (the most at any stage), `inside_stages` and `outside_stages` (ids
        separated by a blank), `critical`. Touchpoints that settings plan but neither side
        mentions are not in it. `details`: `themes`, the same for themes; `curve`, each stage's
        mean valence on both sides with intervals, their difference, and `apart` (the intervals
        don't overlap: a strict sign that the views differ).

    Raises
    ------
    SettingsError
        The maps have other stages.
    """
    _same_stages(inside_out, outside_in)
    table = _sides(inside_out, outside_in, _OWNED).rename(columns={"key": "touchpoint"})
    themes = _sides(inside_out, outside_in, ()).rename(columns={"key": "theme"})
    sentences = Words(
        fi=_sides_fi(table, inside_out, outside_in), en=_sides_en(table, inside_out, outside_in)
    )
    few = min(inside_out.sources or 0, outside_in.sources or 0)
    warnings: tuple[Words, ...] = ()
    if few < 5:
        warnings = (
            Words(
                fi=f"Toisella puolella on vain {few} lähdettä: ero voi olla sattumaa.",
                en=f"One side has only {few} sources: a difference may be chance.",
            ),
        )
    details = {"themes": themes, "curve": _curves(inside_out, outside_in)}
    return Finding(table=table, sentences=sentences, warnings=warnings, details=details)


def _same_stages(one: Grid, other: Grid) -> None:
    if one.stage_ids != other.stage_ids:
        raise SettingsError(
            "Two maps can be compared when their stages are the same.",
            expected=", ".join(one.stage_ids),
            found=", ".join(other.stage_ids),
        )


def _sides(inside: Grid, outside: Grid, lanes: Sequence[str]) -> pd.DataFrame:
    ins, outs = _spoken(inside, lanes), _spoken(outside, lanes)
    lane_of = {
        item.key: lane.lane
        for grid in (inside, outside)
        for lane in grid.lanes
        for cell in lane.cells
        for item in cell.items
    }
    rows = []
    for key in dict.fromkeys([*outs, *ins]):
        mine, theirs = ins.get(key, {}), outs.get(key, {})
        item = next(iter((theirs or mine).values()))
        rows.append(
            {
                "key": key,
                "ownership" if lanes else "lane": lane_of[key],
                "name_fi": item.text.to("fi"),
                "name_en": item.text.to("en"),
                "seen_by": "both" if mine and theirs else "inside" if mine else "outside",
                "inside_sources": max((each.sources or 0 for each in mine.values()), default=0),
                "outside_sources": max((each.sources or 0 for each in theirs.values()), default=0),
                "inside_stages": " ".join(s for s in inside.stage_ids if s in mine),
                "outside_stages": " ".join(s for s in outside.stage_ids if s in theirs),
                "critical": item.critical,
            }
        )
    columns = ["key", "ownership" if lanes else "lane", "name_fi", "name_en", "seen_by"]
    columns += ["inside_sources", "outside_sources", "inside_stages", "outside_stages", "critical"]
    table = pd.DataFrame(rows, columns=columns)
    order = table["seen_by"].map({"outside": 0, "inside": 1, "both": 2})
    ranked = table.assign(order=order).sort_values(
        ["order", "outside_sources", "inside_sources"],
        ascending=[True, False, False],
        kind="stable",
    )
    return ranked.drop(columns="order").reset_index(drop=True)


def _named(table: pd.DataFrame, seen_by: str, language: str) -> list[str]:
    rows = table[table["seen_by"] == seen_by]
    named = [
        f"{name} ({number(count, language)})"
        for name, count in zip(rows[f"name_{language}"], rows[f"{seen_by}_sources"], strict=True)
    ]
    if len(named) <= _MOST_NAMED + 1:
        return named
    rest = len(named) - _MOST_NAMED
    return [*named[:_MOST_NAMED], f"{rest} muuta" if language == "fi" else f"{rest} others"]


def _sides_fi(table: pd.DataFrame, inside: Grid, outside: Grid) -> str:
    both = int((table["seen_by"] == "both").sum())
    only_out, only_in = _named(table, "outside", "fi"), _named(table, "inside", "fi")
    parts = [f"Molemmat puolet tuntevat {both}/{len(table)} kosketuspistettä."]
    if only_out:
        parts.append(f"Vain asiakkaat puhuvat näistä: {_listed(only_out, 'ja')}.")
    if only_in:
        parts.append(f"Vain organisaatio puhuu näistä: {_listed(only_in, 'ja')}.")
    base = f"{number(outside.sources, 'fi')} asiakaslähdettä"
    parts.append(f"(Aineisto: {base}, {number(inside.sources, 'fi')} organisaation lähdettä.)")
    return " ".join(parts)


def _sides_en(table: pd.DataFrame, inside: Grid, outside: Grid) -> str:
    both = int((table["seen_by"] == "both").sum())
    only_out, only_in = _named(table, "outside", "en"), _named(table, "inside", "en")
    parts = [f"Both sides know {both} of {len(table)} touchpoints."]
    if only_out:
        parts.append(f"Only customers speak of {_listed(only_out, 'and')}.")
    if only_in:
        parts.append(f"Only the organisation speaks of {_listed(only_in, 'and')}.")
    base = f"{number(outside.sources, 'en')} customer sources"
    parts.append(f"(Data: {base}, {number(inside.sources, 'en')} sources of the organisation.)")
    return " ".join(parts)


def _curves(inside: Grid, outside: Grid) -> pd.DataFrame:
    columns = ["stage", "inside", "outside", "difference", "apart"]
    if not all(any(lane.lane == "curve" for lane in grid.lanes) for grid in (inside, outside)):
        return pd.DataFrame(columns=columns)
    rows = []
    for stage in inside.stage_ids:
        one, other = inside.cell("curve", stage), outside.cell("curve", stage)
        known = None not in (one.value, one.low, one.high, other.value, other.low, other.high)
        rows.append(
            {
                "stage": stage,
                "inside": one.value,
                "outside": other.value,
                "difference": one.value - other.value if known else None,  # type: ignore[operator]
                "apart": bool(known and (one.low > other.high or other.low > one.high)),  # type: ignore[operator]
            }
        )
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"inside": float, "outside": float, "difference": float})


def compare_states(current: Grid, proposed: Grid) -> Finding:
    """What a proposed state adds, removes and fills against the current one.

    Parameters
    ----------
    current, proposed : JourneyMap or ServiceBlueprint
        Two states with the same stages. Items are the same when their words (blueprint texts) or
        their ids (touchpoints, themes) are.

    Returns
    -------
    Finding
        `table`: one row a change: `lane`, `stage`, `change` (added, removed), `text_fi`,
        `text_en`, `fills` (the cell was empty). `details`: `filled` and `emptied`, pairs of lane
        and stage.

    Raises
    ------
    SettingsError
        The maps have other stages.
    """
    _same_stages(current, proposed)
    lanes = dict.fromkeys([*(e.lane for e in current.lanes), *(e.lane for e in proposed.lanes)])
    rows, filled, emptied = [], [], []
    for lane in lanes:
        for stage in current.stage_ids:
            before, after = _things(current, lane, stage), _things(proposed, lane, stage)
            if after and not before:
                filled.append((lane, stage))
            if before and not after:
                emptied.append((lane, stage))
            rows += [
                _change(lane, stage, "added", text, fills=not before)
                for key, text in after.items()
                if key not in before
            ]
            rows += [
                _change(lane, stage, "removed", text, fills=False)
                for key, text in before.items()
                if key not in after
            ]
    columns = ["lane", "stage", "change", "text_fi", "text_en", "fills"]
    table = pd.DataFrame(rows, columns=columns)
    added, removed = ((table["change"] == c).sum() for c in ("added", "removed"))
    sentences = Words(
        fi=(
            f"Tavoitetilassa lisättyjä asioita on {added} ja poistettuja {removed}; tyhjiä kohtia "
            f"täyttyy {len(filled)}."
        ),
        en=(
            f"Added in the proposed state: {added}; removed: {removed}; empty cells filled: "
            f"{len(filled)}."
        ),
    )
    return Finding(table, sentences, details={"filled": filled, "emptied": emptied})


def _things(grid: Grid, lane: str, stage: str) -> dict[str, Words]:
    if all(each.lane != lane for each in grid.lanes):
        return {}
    written = grid.lane(lane).kind == "texts"
    return {
        item.text.to("fi").strip().casefold() if written else item.key: item.text
        for item in grid.cell(lane, stage).items
        if not item.silent
    }


def _change(lane: str, stage: str, change: str, text: Words, *, fills: bool) -> dict[str, object]:
    return {
        "lane": lane,
        "stage": stage,
        "change": change,
        "text_fi": text.to("fi"),
        "text_en": text.to("en"),
        "fills": fills,
    }
