"""Users, variables and cases of a project."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.frames import DOCUMENT_KINDS, RESPONDENT_KINDS
from .free_names import FreeNames
from .refi_desk import Desk
from .refi_packing import CASE
from .refi_variables import ReadVariable, column_name, typed_column, value_of
from .refi_xml import children, clean, guid_of, kept

__all__ = ["read_people", "read_users", "read_variables"]

_ALLOWED = {("documents", "kind"): DOCUMENT_KINDS, ("respondents", "kind"): RESPONDENT_KINDS}
_FALLBACK = {"documents": "interview", "respondents": "customer"}


def read_users(desk: Desk, root: Any) -> None:
    """Coders by GUID; one without a name gets its id, or a number."""
    free = FreeNames()
    for node in next(children(root, "Users"), ()):
        guid = guid_of(node.get("guid"))
        if node.tag != "User" or guid is None or guid in desk.users:
            continue
        name = clean(node.get("name")).strip() or clean(node.get("id")).strip()
        coder = free.take(name or f"coder {len(desk.users) + 1}")
        desk.users[guid] = coder
        desk.know("coder", coder, node)
        desk.keep(node, modelled=set(), attributes={"id"})


def read_variables(desk: Desk, root: Any) -> None:
    """Variables by GUID."""
    for node in next(children(root, "Variables"), ()):
        guid = guid_of(node.get("guid"))
        if guid is None or node.tag != "Variable":
            continue
        name = clean(node.get("name")).strip() or f"variable {len(desk.variables) + 1}"
        desk.variables[guid] = ReadVariable(guid, name, node.get("typeOfVariable") or "Text")
        desk.keep(node, modelled=set(), attributes={"name"})


def read_people(
    desk: Desk,
    root: Any,
    documents: pd.DataFrame,
    values: list[dict[str, str | None]],
    codings: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Respondents with their attributes, and documents with theirs.

    Returns
    -------
    respondents, documents : pandas.DataFrame
        `documents.respondent` is the case that references the document, or whose code (NVivo
        codes what a case says) is the only one of a case in it, or the variable that cxresearch
        wrote.
    """
    free = FreeNames()
    names: list[str] = []
    cells: list[dict[str, str | None]] = []
    speaks: dict[str, str] = {}
    by_code: dict[str, str] = {}
    rows = {document: i for i, document in enumerate(documents["document"])}
    for node in next(children(root, "Cases"), ()):
        found = dict(value_of(v) for v in children(node, "VariableValue"))
        sources = [_document(desk, ref) for ref in children(node, "SourceRef")]
        name = clean(node.get("name")).strip()
        if not name and len(sources) == 1 and sources[0] is not None:
            # a case without name and with one source: variables of a document
            values[rows[sources[0]]].update(found)
            continue
        name = free.take(name or f"case {len(names) + 1}")
        names.append(name)
        cells.append(found)
        desk.people[desk.know("respondent", name, node)] = name
        _take_sources(desk, node, name, speaks)
        refs = [
            desk.codes.get(guid_of(r.get("targetGUID")) or "") for r in children(node, "CodeRef")
        ]
        for code in (desk.codes.get(desk.guids["respondent", name]), *refs):
            if code is not None:
                by_code[code] = name
    _take_codes(codings, by_code, speaks)
    respondents = _with_columns(desk, pd.DataFrame({"respondent": names}), "respondents", cells)
    documents = _with_columns(desk, documents, "documents", values)
    if speaks:
        own = documents.get("respondent", pd.Series([None] * len(documents), dtype=object))
        given = documents["document"].map(speaks)
        documents["respondent"] = given.where(given.notna(), own)
    return respondents, documents


def _document(desk: Desk, reference: Any) -> str | None:
    return desk.documents.get(guid_of(reference.get("targetGUID")) or "")


def _take_sources(desk: Desk, node: Any, name: str, speaks: dict[str, str]) -> None:
    """A document belongs to the first case that names it; further references are kept."""
    desk.keep(node, modelled={"VariableValue", "SourceRef"}, owner=CASE)
    guid = CASE + desk.guids["respondent", name]
    for reference in children(node, "SourceRef"):
        document = _document(desk, reference)
        if document is None or speaks.setdefault(document, name) != name:
            desk.children.setdefault(guid, []).append(kept(reference))


def _take_codes(codings: pd.DataFrame, by_code: dict[str, str], speaks: dict[str, str]) -> None:
    said = codings.loc[codings["code"].isin(list(by_code)), ["document", "code"]].drop_duplicates()
    for document, codes in said.groupby("document")["code"]:
        people = {by_code[c] for c in codes}
        if len(people) == 1:
            speaks.setdefault(str(document), people.pop())


def _with_columns(
    desk: Desk, frame: pd.DataFrame, contract: str, cells: list[dict[str, str | None]]
) -> pd.DataFrame:
    """Add a column for each variable in use, in the order of the file."""
    text = "str" if pd.__version__ >= "3" else object
    frame = frame.astype({frame.columns[0]: text})
    if contract == "respondents":
        frame["kind"] = pd.Series(["customer"] * len(frame), dtype=text)
    by_guid: dict[str, dict[int, str | None]] = {}
    for row, found in enumerate(cells):
        for guid, value in found.items():
            by_guid.setdefault(guid_of(guid) or "", {})[row] = value
    for guid, variable in desk.variables.items():
        if guid not in by_guid:
            continue
        added = [c for c in frame.columns if c != "kind"]
        name = column_name(variable.name, variable.kind, contract, added)
        column, bad = typed_column(by_guid[guid], len(frame), variable.kind)
        if bad:
            desk.fail(desk.name, name, f"{bad} values that are no {variable.kind}", variable.kind)
        allowed = _ALLOWED.get((contract, name))
        if allowed is not None:
            column = column.where(column.isin(allowed), _FALLBACK[contract])
        frame[name] = column
        desk.guids["variable", f"{contract}/{name}"] = guid
    return frame
