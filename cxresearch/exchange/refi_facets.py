"""Facets of codings as codes of a marked branch: all programs keep codes, none keeps facets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from .refi_xml import children, clean, element, guid_of

__all__ = ["FACET_COLUMNS", "facet_branch", "facet_names", "facets_of_codes", "settle_facets"]

FACET_COLUMNS = ("phase", "stage", "touchpoint", "valence", "origin", "important")
BRANCH = "cxresearch: facets"
_MARK = "Facet of the codings on the same place by the same coder; written by cxresearch."
_NAME = re.compile(rf"({'|'.join(FACET_COLUMNS)}): (.+)", re.DOTALL)


def facet_names(codings: pd.DataFrame) -> list[tuple[str, ...]]:
    """The facets of each coding as names of codes: `phase: purchase`, `valence: -2`.

    `origin: human` is what every other program takes for granted and is not written.
    """
    columns = []
    for facet in FACET_COLUMNS:
        if facet in codings.columns:
            values = codings[facet]
            columns.append(
                [
                    None if missing else _shown(facet, value)
                    for value, missing in zip(values.tolist(), values.isna().tolist(), strict=True)
                ]
            )
    if not columns:
        return [()] * len(codings)
    return [tuple(n for n in row if n is not None) for row in zip(*columns, strict=True)]


def _shown(facet: str, value: Any) -> str | None:
    if facet == "valence":
        return f"valence: {int(value)}"
    if facet == "important":
        return "important: yes" if value else None
    if (facet == "origin" and value == "human") or value == "":
        return None
    return f"{facet}: {clean(value)}"


def facet_branch(names: Iterable[str], guid: Callable[[str], str]) -> Any:
    """The branch with a code for each facet in use; None where there is none.

    `guid` gives the id for a name.
    """
    used = sorted(set(names), key=_facet_order)
    if not used:
        return None
    root = element("Code", guid=guid(BRANCH), name=BRANCH, isCodable="false")
    element("Description", root, text=_MARK)
    groups: dict[str, Any] = {}
    for name in used:
        facet = name.partition(":")[0]
        if facet not in groups:
            shown = f"cxresearch: {facet}"
            groups[facet] = element("Code", root, guid=guid(shown), name=shown, isCodable="false")
            element("Description", groups[facet], text=_MARK)
        leaf = element("Code", groups[facet], guid=guid(name), name=name, isCodable="true")
        element("Description", leaf, text=_MARK)
    return root


def _facet_order(name: str) -> tuple[int, float, str]:
    facet, _, value = name.partition(": ")
    number = float(value) if facet == "valence" else 0.0
    return FACET_COLUMNS.index(facet), number, value


def facets_of_codes(top: Any) -> tuple[dict[str, tuple[str, Any]], frozenset[str]]:
    """Find the facets among the codes of a file.

    Returns
    -------
    facets : dict
        GUID of a code to (facet, value).
    branches : frozenset of str
        GUIDs of all codes that are no codes of the study, leaves and groups.
    """
    facets: dict[str, tuple[str, Any]] = {}
    branches: set[str] = set()
    stack = [(node, False) for node in children(top, "Code")]
    while stack:
        node, inside = stack.pop()
        name = (node.get("name") or "").strip()
        marked = any((d.text or "").strip() == _MARK for d in children(node, "Description"))
        inside = inside or name == BRANCH
        guid = guid_of(node.get("guid"))
        found = _NAME.fullmatch(name)
        if guid and (inside or marked):
            value = _value(found[1], found[2]) if found else None
            if value is not None and found is not None:
                facets[guid] = (found[1], value)
                branches.add(guid)
            elif name == BRANCH or name.removeprefix("cxresearch: ") in FACET_COLUMNS:
                branches.add(guid)
        stack.extend((child, inside) for child in children(node, "Code"))
    return facets, frozenset(branches)


def _value(facet: str, text: str) -> Any:
    if facet == "valence":
        return int(text) if re.fullmatch(r"-?[0-2]", text) else None
    if facet == "origin":
        return text if text in ("suggested", "consensus") else None
    return True if facet == "important" else text


def settle_facets(
    rows: list[dict[str, Any]], loose: list[tuple[tuple[Any, ...], str, Any]]
) -> list[tuple[Any, ...]]:
    """Give facets whose selection holds no code to the codings of the same place and coder.

    Programs that write a selection for each code part them. `rows` are changed.

    Parameters
    ----------
    rows : list of dict
        Codings with document, start, end, coder.
    loose : list of (place, facet, value)
        `place` is (document, start, end, coder).

    Returns
    -------
    list of places
        Where a facet had several values, or no coding stands: nothing was given there.
    """
    if not loose:
        return []
    by_place: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        place = (row["document"], row["start"], row["end"], row["coder"])
        by_place.setdefault(place, []).append(row)
    values: dict[tuple[Any, ...], set[Any]] = {}
    for place, facet, value in loose:
        values.setdefault((*place, facet), set()).add(value)
    unclear = []
    for (*spot, facet), found in values.items():
        at = by_place.get(tuple(spot), [])
        if len(found) > 1 or not at:
            unclear.append((*spot, facet))
            continue
        for row in at:
            row.setdefault(facet, next(iter(found)))
    return unclear
