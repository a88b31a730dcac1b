"""Coders, codes, variables, respondents and sets as elements of a project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .refi_codebook import code_elements, code_names
from .refi_facets import facet_branch
from .refi_packing import CASE, Packing
from .refi_variables import Variable, add_values, variables_of
from .refi_write_notes import NotesOut
from .refi_xml import clean, element, in_order

__all__ = [
    "add_codebook",
    "case_elements",
    "set_elements",
    "user_elements",
    "variable_elements",
    "variables_in",
]


def user_elements(packing: Packing) -> Iterator[Any]:
    """A User for each coder."""
    for coder in packing.coders:
        guid = packing.coder_guid(coder)
        yield packing.add_extras(element("User", guid=guid, name=clean(coder)), guid)


def add_codebook(packing: Packing, notes: NotesOut, root: Any, facets: Iterable[str]) -> None:
    """Add the codes, and the branch of the facets in use after them."""
    codebook, fixed = packing.project.codebook, packing.extras.not_codable
    fixed -= frozenset(packing.project.codings["code"])
    branch = facet_branch(facets, lambda name: packing.guids.of("facet", name))
    taken = () if branch is None else (str(n.get("name")) for n in branch.iter("Code"))
    names = code_names(codebook, packing.language, frozenset(taken))
    nodes = code_elements(codebook, names, packing.code_guids, fixed)
    by_guid = {n.get("guid"): n for top in nodes for n in top.iter("Code")}
    for code, guid in packing.code_guids.items():
        packing.add_extras(by_guid[guid], guid)
        notes.attach(by_guid[guid], "code", code)
        in_order(by_guid[guid])
    if branch is not None:
        nodes.append(branch)
    if nodes:
        element("Codes", element("CodeBook", root)).extend(nodes)


def variables_in(packing: Packing) -> tuple[list[Variable], list[Variable]]:
    """The variables of documents, and those of respondents."""
    documents, respondents = packing.project.documents, packing.project.respondents
    both = frozenset(map(str, documents.columns)) & frozenset(map(str, respondents.columns))
    of_people = variables_of(respondents, "respondents") if len(respondents) else []
    return variables_of(documents, "documents", taken=both), of_people


def variable_elements(packing: Packing, variables: list[Variable]) -> Iterator[Any]:
    """A Variable for each column in use."""
    for variable in variables:
        guid = packing.guids.of("variable", variable.key)
        node = element("Variable", guid=guid, name=variable.name, typeOfVariable=variable.kind)
        yield in_order(packing.add_extras(node, guid))


def case_elements(packing: Packing, variables: list[Variable]) -> Iterator[Any]:
    """A Case for each respondent, with attributes and documents."""
    documents, guids = packing.project.documents, packing.guids
    spoken: dict[str, list[str]] = {}
    if "respondent" in documents:
        for document, who in zip(documents["document"], documents["respondent"], strict=True):
            spoken.setdefault(who, []).append(document)
    for row, respondent in enumerate(packing.project.respondents["respondent"]):
        guid = guids.of("respondent", respondent)
        node = element("Case", guid=guid, name=clean(respondent))
        packing.add_extras(node, CASE + guid)
        add_values(node, variables, row, guids)
        for document in spoken.get(respondent, ()):
            element("SourceRef", node, targetGUID=guids.of("document", document))
        yield in_order(node)


def set_elements(packing: Packing, notes: set[str]) -> Iterator[Any]:
    """A Set for each set; members that are not there any more are left out."""
    kinds = {"code": "MemberCode", "document": "MemberSource", "memo": "MemberNote"}
    there = {
        "code": set(packing.code_guids),
        "document": set(packing.project.documents["document"]),
        "memo": notes,
    }
    for name, rows in packing.project.sets.groupby("set", sort=False):
        guid = packing.guids.of("set", str(name))
        node = packing.add_extras(element("Set", guid=guid, name=clean(name)), guid)
        if "description" in rows and rows["description"].notna().any():
            element("Description", node, text=clean(rows["description"].dropna().iloc[0]))
        for about, member in zip(rows["about"], rows["member"], strict=True):
            if about in kinds and member in there[about]:
                target = member if about == "memo" else packing.guids.of(about, member)
                element(kinds[about], node, targetGUID=target)
        yield in_order(node)
