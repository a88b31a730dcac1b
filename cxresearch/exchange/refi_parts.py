"""What a project brought and a study does not model: as rows to keep, and as extras again."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ..model import ImportRefusedError
from .refi_project import RefiExtras, RefiProject, empty_table

__all__ = ["MAX_KEPT_BYTES", "pack_parts", "unpack_parts"]

MAX_KEPT_BYTES = 64 * 1024**2
"""Pictures, recordings and rich texts that a study keeps of one project; more stay in its file."""

_COLUMNS = ["project", "part", "document", "respondent", "value"]


def pack_parts(
    project: RefiProject, *, facets: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[pd.DataFrame, int]:
    """Rows that hold all of a project that a study has no table for.

    Parameters
    ----------
    project : RefiProject
        As read, with the ids that the study will know.
    facets : mapping, optional
        Coding to facets that the study does not know.

    Returns
    -------
    parts : pandas.DataFrame
        `project`, `part`, `document` and `respondent` (whose it is; missing for the project's
        own), `value`: JSON, or a file in base64. What belongs to a document or a respondent stands
        in rows of its own, so that it can be erased with them.
    left_out : int
        Bytes of files that were over `MAX_KEPT_BYTES` together and are not in the rows.
    """
    whose = _owners(project)
    own: dict[tuple[str, str], dict[str, Any]] = {}
    for what in ("children", "attributes"):
        for guid, value in getattr(project.extras, what).items():
            key = whose.get(guid[-36:], ("project", ""))
            own.setdefault(key, {}).setdefault(what, {})[guid] = (
                list(value) if what == "children" else dict(value)
            )
    for (kind, name), guid in project.extras.guids.items():
        place = (kind, name) if kind in ("document", "respondent") else ("project", "")
        own.setdefault(place, {}).setdefault("guids", []).append([kind, name, guid])
    for row in project.extras.selections.to_dict("records"):
        kept = [int(row["start"]), int(row["end"]), str(row["xml"])]
        own.setdefault(("document", row["document"]), {}).setdefault("kept", []).append(kept)
    if "selection" in project.codings:
        for row in project.codings[["document", "coding", "selection"]].to_dict("records"):
            own.setdefault(("document", row["document"]), {}).setdefault("selections", {})[
                row["coding"]
            ] = row["selection"]
    of = dict(zip(project.codings["coding"], project.codings["document"], strict=True))
    for coding, values in (facets or {}).items():
        place = ("document", of[coding])
        own.setdefault(place, {}).setdefault("facets", {})[coding] = dict(values)
    own.setdefault(("project", ""), {}).update(_of_project(project))
    files, left_out = _files(project, whose)
    rows = [(project.name, *_place(kind, key), _json(value)) for (kind, key), value in own.items()]
    return pd.DataFrame([*rows, *files], columns=_COLUMNS), left_out


def _owners(project: RefiProject) -> dict[str, tuple[str, str]]:
    """Document or respondent of each GUID that belongs to one."""
    whose = {
        guid: (kind, key)
        for (kind, key), guid in project.extras.guids.items()
        if kind in ("document", "respondent")
    }
    for column in ("coding", "selection"):
        if column in project.codings:
            for guid, document in zip(
                project.codings[column], project.codings["document"], strict=True
            ):
                whose.setdefault(str(guid), ("document", document))
    return whose


def _place(kind: str, key: str) -> tuple[str, str | None, str | None]:
    return (
        kind if kind == "project" else f"{kind}/{key}",
        key if kind == "document" else None,
        key if kind == "respondent" else None,
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _of_project(project: RefiProject) -> dict[str, Any]:
    notes = project.memos.astype(object).where(project.memos.notna(), None).to_dict("records")
    return {
        "coders": list(project.coders),
        "sets": project.sets.astype(object).where(project.sets.notna(), None).to_dict("records"),
        "sources": list(project.extras.sources),
        "not_codable": sorted(project.extras.not_codable),
        "created_at": None if project.created_at is None else project.created_at.isoformat(),
        "description": project.description,
        # memos of selections have no place in a study; of the others the names of the notes
        "selection_memos": [n for n in notes if n["about"] == "selection"],
        "notes": [
            {k: n.get(k) for k in ("about", "target", "coder", "memo", "title")}
            for n in notes
            if n["about"] != "selection"
        ],
    }


def _files(
    project: RefiProject, whose: Mapping[str, tuple[str, str]]
) -> tuple[list[tuple[str, str, str | None, str | None, str]], int]:
    total = sum(map(len, project.extras.files.values()))
    if total > MAX_KEPT_BYTES:
        return [], total
    owner = {}
    for guid, given in project.extras.attributes.items():
        for value in given.values():
            owner[value.rpartition("/")[2].casefold()] = whose.get(guid[-36:], ("project", ""))
    rows: list[tuple[str, str, str | None, str | None, str]] = []
    for path, content in project.extras.files.items():
        kind, key = owner.get(path.rpartition("/")[2].casefold(), ("project", ""))
        document = key if kind == "document" else None
        encoded = base64.b64encode(content).decode("ascii")
        rows.append((project.name, f"file/{path}", document, None, encoded))
    return rows, 0


def unpack_parts(project: RefiProject, parts: pd.DataFrame) -> RefiProject:
    """Put what was kept back into a project that is made of a study's tables.

    Parameters
    ----------
    project : RefiProject
        Made of the study's tables.
    parts : pandas.DataFrame
        Rows of `pack_parts`, of one project or several; of several the first keeps its GUID and
        what hangs on the project itself.

    Returns
    -------
    RefiProject
        With `extras`, sets, coders without codings, memos of selections, and the selections of the
        codings that are still there.

    Raises
    ------
    ImportRefusedError
        The rows are not those of `pack_parts`.
    """
    extras: dict[str, Any] = {"guids": {}, "children": {}, "attributes": {}}
    kept: list[tuple[str, int, int, str]] = []
    selections: dict[str, str] = {}
    facets: dict[str, dict[str, str]] = {}
    files: dict[str, bytes] = {}
    tops: list[dict[str, Any]] = []
    documents = set(project.documents["document"])
    try:
        for row in parts.to_dict("records"):
            if row["part"].startswith("file/"):
                files[row["part"][5:]] = base64.b64decode(row["value"], validate=True)
                continue
            told = json.loads(row["value"])
            for kind, key, guid in told.get("guids", []):
                extras["guids"].setdefault((kind, key), guid)
            for name in ("children", "attributes"):
                for guid, value in told.get(name, {}).items():
                    if name == "attributes" or guid != "project" or not tops:
                        extras[name].setdefault(guid, value)
            if isinstance(row["document"], str) and row["document"] in documents:
                kept += [(row["document"], *place) for place in told.get("kept", [])]
                selections |= told.get("selections", {})
                facets |= told.get("facets", {})
            if row["part"] == "project":
                tops.append(told)
    except (ValueError, TypeError, AttributeError, KeyError, binascii.Error) as error:
        raise ImportRefusedError(
            "What was kept of another program's project can't be read.",
            expected="rows as they were kept",
            found=type(error).__name__,
        ) from error
    made = replace(
        project,
        codings=_with_facets(_with_selections(project.codings, selections), facets),
        extras=RefiExtras(
            guids=extras["guids"],
            children={k: tuple(v) for k, v in extras["children"].items()},
            attributes=extras["attributes"],
            sources=tuple(s for top in tops for s in top.get("sources", [])),
            selections=_kept_table(kept, project.documents),
            files=files,
            not_codable=frozenset(c for top in tops for c in top.get("not_codable", [])),
        ),
    )
    return _with_tops(made, tops)


def _with_selections(codings: pd.DataFrame, selections: Mapping[str, str]) -> pd.DataFrame:
    if not selections:
        return codings
    found = codings["coding"].map(selections).astype(object)
    return codings.assign(selection=found.where(found.notna(), None))


def _with_facets(codings: pd.DataFrame, facets: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Facets that the study did not know, where a person has given none since."""
    made = codings.copy()
    for name in {facet for given in facets.values() for facet in given}:
        kept = made["coding"].map({c: given.get(name) for c, given in facets.items()})
        there = made[name].astype(object) if name in made else pd.Series(None, index=made.index)
        made[name] = there.where(there.notna(), kept.where(kept.notna(), None))
    return made


def _kept_table(kept: list[tuple[str, int, int, str]], documents: pd.DataFrame) -> pd.DataFrame:
    """Kept selections whose place is still inside the text."""
    length = dict(zip(documents["document"], documents["text"].str.len(), strict=True))
    inside = [row for row in kept if 0 <= row[1] <= row[2] <= length[row[0]]]
    if not inside:
        return empty_table("selections")
    return pd.DataFrame(inside, columns=["document", "start", "end", "xml"])


def _with_tops(project: RefiProject, tops: list[dict[str, Any]]) -> RefiProject:
    if not tops:
        return project
    codes = {c.code for c in project.codebook}
    known = {"code": codes, "document": set(project.documents["document"])}
    sets = [
        row
        for top in tops
        for row in top["sets"]
        if row["about"] not in known or row["member"] in known[row["about"]]
    ]
    notes = {(n["about"], n["target"], n["coder"]): n for top in tops for n in top["notes"]}
    memos = project.memos.to_dict("records")
    for memo in memos:
        note = notes.pop((memo["about"], memo["target"], memo["coder"]), None)
        if note is not None:
            memo.update({k: note[k] for k in ("memo", "title") if note.get(k)})
    memos += [m for top in tops for m in top["selection_memos"]]
    first = tops[0]
    return replace(
        project,
        sets=pd.DataFrame(sets) if sets else project.sets,
        memos=pd.DataFrame(memos) if memos else project.memos,
        coders=tuple(dict.fromkeys([*project.coders, *(c for t in tops for c in t["coders"])])),
        description=project.description or first["description"],
        created_at=pd.Timestamp(first["created_at"]) if first["created_at"] else None,
    )
