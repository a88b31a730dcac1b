"""The desk on which a project is taken apart: what was found, kept, and could not be read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

from .archives import SafeArchive
from .failures import Failure
from .free_names import FreeNames
from .refi_xml import children, clean, guid_for, guid_of, kept

__all__ = ["Desk"]


class Desk:
    """State of one reading: users, codes, variables by GUID, and everything that is kept."""

    def __init__(self, archive: SafeArchive, *, project_file: str) -> None:
        self.archive = archive
        self.name = archive.name
        self.failures: list[Failure] = []
        self.guids: dict[tuple[str, str], str] = {}
        self.children: dict[str, list[str]] = {}
        self.attributes: dict[str, dict[str, str]] = {}
        self.sources: list[str] = []
        self.users: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.facets: dict[str, tuple[str, Any]] = {}
        self.variables: dict[str, Any] = {}
        self.documents: dict[str, str] = {}
        self.document_names = FreeNames()
        self.people: dict[str, str] = {}
        self.note_targets: dict[str, list[tuple[str, str]]] = {}
        self.note_ids: set[str] = set()
        self.links_of_people: set[int] = set()
        self._read = {project_file}
        self._members: dict[str, str] = {}
        self._used: set[str] = set()
        for member in archive.names:
            self._members.setdefault(member.rpartition("/")[2].casefold(), member)

    def fail(self, where: str, column: str | None, found: str, expected: str) -> None:
        """Note what could not be read; never with words of people."""
        self.failures.append(Failure(where, None, column, found, expected))

    def fresh(self, guid: str | None, *parts: object) -> str:
        """The GUID where it is one and free, otherwise one made of the parts."""
        number = 0
        while guid is None or guid in self._used:
            guid = guid_for(self.name, *parts, *([number] if number else []))
            number += 1
        self._used.add(guid)
        return guid

    def know(self, kind: str, key: str, node: Any) -> str:
        """Remember the GUID of a thing, so that it keeps it when it is written again."""
        guid = guid_of(node.get("guid")) or guid_for(self.name, kind, key)
        self.guids[kind, key] = guid
        return guid

    def keep(
        self,
        node: Any,
        *,
        modelled: Collection[str],
        attributes: Collection[str] = (),
        owner: str = "",
    ) -> None:
        """Keep the children that are not modelled, and the named attributes.

        `owner` tells a case from the code that has the same GUID.
        """
        guid = guid_of(node.get("guid"))
        if guid is None:
            return
        guid = owner + guid
        rest = [kept(c) for c in node if c.tag not in modelled]
        if rest:
            self.children.setdefault(guid, []).extend(rest)
        given = {
            name: clean(node.get(name))
            for name in sorted(attributes)
            if node.get(name) and (not name.endswith("User") or self.user(node, name))
        }
        if given:
            self.attributes[guid] = given

    def user(self, node: Any, *names: str) -> str | None:
        """The coder in the first of some attributes that names one; None where none does."""
        for name in names or ("creatingUser", "modifyingUser"):
            coder = self.users.get(guid_of(node.get(name)) or "")
            if coder is not None:
                return coder
        return None

    def refer_notes(self, node: Any, about: str, target: str) -> None:
        """Remember which notes an element references."""
        for reference in children(node, "NoteRef"):
            guid = guid_of(reference.get("targetGUID"))
            if guid is not None:
                self.note_targets.setdefault(guid, []).append((about, target))

    def text_member(self, path: str | None) -> str | None:
        """The member of the archive that a path means; None where it lies outside or is absent."""
        if not path or path.startswith(("relative:", "absolute:")):
            return None
        name = path.removeprefix("internal:").replace("\\", "/").rpartition("/")[2]
        return self._members.get(name.casefold()) or self._members.get(unquote(name).casefold())

    def raw_text(self, member: str, where: str) -> str:
        """The text of a member as it is: with its mark and its line ends."""
        self._read.add(member)
        content = self.archive.read(member)
        for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            if content.startswith(mark) and len(content) % 2 == 0:
                return content.decode(codec, errors="replace")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            self.fail(where, None, "bytes that are not UTF-8; read as windows-1252", "UTF-8")
            return content.decode("cp1252", errors="replace")

    def forget(self, member: str | None) -> None:
        """A text that could not be taken is kept as a file."""
        self._read.discard(member or "")

    def unread_files(self) -> dict[str, bytes]:
        """Rich texts, pictures, recordings: every member that was not read as project or text."""
        return {
            member.replace("Sources/", "sources/", 1): self.archive.read(member)
            for member in self.archive.names
            if member not in self._read and "__MACOSX" not in member
        }
