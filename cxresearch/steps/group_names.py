"""Names of segments and profiles: proposed, given by people, and carried on to new groups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..exchange import read_table
from ..model import ImportRefusedError, Words
from .reports import StepReport

if TYPE_CHECKING:
    from ..segments import Segmentation
    from ..study import Study

__all__ = ["carry_names", "given_names", "name_group", "name_groups"]

_COLUMNS = ("group", "fi", "en")
_SAME = 0.5  # Jaccard of old and new members from which a group is still the same


def given_names(study: Study) -> dict[str, Words]:
    """Names that people gave: those of study.toml, and over them those kept in the study file."""
    from ..study import group_names

    named = {name: Words(texts) for name, texts in study.settings.segments.names.items()}
    for row in group_names(study).to_dict("records"):
        texts = {x: row[f"name_{x}"] for x in ("fi", "en", "sv")}
        named[row["group"]] = Words({x: t for x, t in texts.items() if isinstance(t, str)})
    return named


def name_group(study: Study, group: str, **names: str) -> StepReport:
    """Name a segment or a profile, as `name_group(study, "S1.P1", fi="Varmistajat")`.

    The name is kept in the study file (undo takes it back), shown everywhere, and follows the
    group's members when the segments are made anew. Without names the given ones are taken away.

    Raises
    ------
    ImportRefusedError
        The segments have no such group.
    ActRefusedError
        A language is not known, or a name is empty or longer than 120 characters.
    """
    return _keep_names(study, {group: names})


def name_groups(study: Study, source: str | Path) -> StepReport:
    """Name segments and profiles from a csv with the columns `group`, `fi` and `en`.

    A row without names takes the given ones away; groups that have no row keep theirs.

    Raises
    ------
    ImportRefusedError
        A column is absent, or the segments have no such group. Nothing was named then.
    """
    table = read_table(source)
    frame = table.frame
    if "group" not in frame.columns or not {"fi", "en"} & set(frame.columns):
        raise ImportRefusedError(
            "The table of names lacks a column.",
            expected=", ".join(_COLUMNS),
            found=", ".join(map(str, frame.columns)),
            where=table.name,
        )
    wanted = {}
    for row in frame.to_dict("records"):
        texts = {x: str(row.get(x) or "").strip() for x in ("fi", "en")}
        wanted[str(row["group"]).strip()] = {x: t for x, t in texts.items() if t}
    return _keep_names(study, wanted)


def _keep_names(study: Study, wanted: dict[str, dict[str, str]]) -> StepReport:
    """Keep names by group; every group is looked up before any is named."""
    from ..study import act
    from .segmenting import keep_segmentation, read_segmentation

    found = read_segmentation(study)
    known = _groups(found)
    strange = sorted(set(wanted) - set(known))
    if strange:
        raise ImportRefusedError(
            "The segments have no such group.",
            expected=", ".join(known),
            found=", ".join(strange[:8]),
            next_step="Nothing was named. Look at the groups with `cxresearch segment`.",
        )
    for group, names in wanted.items():
        act(study, "name_group", group=group, names=names)
    keep_segmentation(study, found.named(given_names(study)))
    return StepReport("names", (f"Names: {len(wanted)} group(s) named.",))


def _groups(found: Segmentation) -> list[str]:
    profiles = found.profiles["profile"] if len(found.profiles) else []
    return [*map(str, found.segments["segment"]), *map(str, profiles)]


def carry_names(study: Study, before: Segmentation, after: Segmentation) -> list[str]:
    """Give the names of people on to the new groups that hold most of the same customers.

    Returns lines for the report; a name whose members were scattered is dropped and named there.
    """
    from ..study import act, group_names

    held = group_names(study)
    if held.empty:
        return []
    moved = _heirs(before.membership, after.membership, list(held["group"]))
    act(study, "move_group_names", moved=moved)
    lost = [g for g in held["group"] if g not in moved]
    renamed = [f"{old} is now {new}" for old, new in moved.items() if old != new]
    lines = [f"Names follow their members: {', '.join(renamed)}."] if renamed else []
    if lost:
        lines.append(
            f"The names of {', '.join(lost)} were dropped: their customers are no longer together."
        )
    return lines


def _heirs(before: pd.DataFrame, after: pd.DataFrame, groups: list[str]) -> dict[str, str]:
    both = before.merge(after, on="customer", suffixes=("_old", "_new"))
    found: dict[str, tuple[float, str]] = {}
    for group in groups:
        level = "profile" if "." in group else "segment"
        old = both[f"{level}_old"] == group
        best: tuple[float, Any] = (0.0, None)
        for name in both.loc[old, f"{level}_new"].dropna().unique():
            new = both[f"{level}_new"] == name
            shared = float((old & new).sum() / (old | new).sum())
            if name != "unassigned":
                best = max(best, (shared, str(name)))
        if best[0] >= _SAME and best[1] not in {heir for _, heir in found.values()}:
            found[group] = best
    return {group: heir for group, (_, heir) in found.items()}
