"""What is packed into a .qdpx file: ids that stay, files, and what was kept from reading."""

from __future__ import annotations

from typing import Any

from .refi_project import RefiProject
from .refi_xml import date_text, fragment, guid_for, guid_of

__all__ = ["CASE", "PROJECT_KEY", "Guids", "Packing"]

PROJECT_KEY = "project"
CASE = "case "
"""Before the GUID of a case where extras are kept: in NVivo a case and its code share a GUID."""


class Guids:
    """GUIDs that stay the same at each export and never come twice."""

    def __init__(self, project: RefiProject) -> None:
        self._name = project.name
        self._known = project.extras.guids
        self._given: dict[tuple[str, str], str] = {}
        self._used: set[str] = set()
        self._codes: set[str] = set()

    def of(self, kind: str, key: str) -> str:
        """The GUID of a thing that is named in several places."""
        if (kind, key) not in self._given:
            wanted = self._known.get((kind, key))
            shared = kind == "respondent" and wanted in self._codes
            made = str(wanted) if shared else self.fresh(wanted, kind, key)
            self._given[kind, key] = made
            if kind == "code":
                self._codes.add(made)
        return self._given[kind, key]

    def fresh(self, wanted: object, *parts: object) -> str:
        """The wanted GUID where it is one and free, otherwise one made of the parts."""
        guid = guid_of(wanted) if isinstance(wanted, str) else None
        number = 0
        while guid is None or guid in self._used:
            guid = guid_for(self._name, *parts, *([number] if number else []))
            number += 1
        self._used.add(guid)
        return guid


class Packing:
    """State of one writing: the project, its profile, its GUIDs and the files of the archive."""

    def __init__(self, project: RefiProject, *, nvivo: bool, language: str) -> None:
        self.project = project
        self.extras = project.extras
        self.nvivo = nvivo
        self.language = language
        self.guids = Guids(project)
        self.files: dict[str, bytes] = {}
        self.coders = _coders(project)
        self.created = date_text(project.created_at)
        self.code_guids = {c.code: self.guids.of("code", c.code) for c in project.codebook}
        for document in project.documents["document"]:
            self.guids.of("document", document)

    def coder_guid(self, coder: str) -> str:
        """The GUID of a coder."""
        return self.guids.of("coder", coder)

    @property
    def first_coder(self) -> str | None:
        """The GUID of the coder who stands for all where the study does not tell."""
        return self.coder_guid(self.coders[0]) if self.coders else None

    def add_extras(self, node: Any, guid: str) -> Any:
        """Give an element back the children and attributes that are not modelled."""
        for name, value in self.extras.attributes.get(guid, {}).items():
            node.set(name, value)
        node.extend([fragment(text) for text in self.extras.children.get(guid, ())])
        return node

    def write_text(self, guid: str, text: str) -> None:
        """Put a text under the name of its GUID, in the line ends of the profile."""
        if self.nvivo:
            text = "\ufeff" + text.replace("\n", "\r\n")
        self.files[f"sources/{guid}.txt"] = text.encode()


def _coders(project: RefiProject) -> list[str]:
    memos = project.memos["coder"].dropna().tolist()
    return list(dict.fromkeys([*project.coders, *project.codings["coder"].tolist(), *memos]))
