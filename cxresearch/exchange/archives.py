"""Zip archives and the office files inside them, opened without trusting them."""

from __future__ import annotations

import io
import re
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from ..model import ImportRefusedError
from .limits import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_MEMBERS, MAX_ARCHIVE_RATIO
from .source_text import read_bytes

__all__ = ["SafeArchive", "parse_xml", "unpack"]

_MACRO = re.compile(r"(^|/)(vbaproject\.bin|macrosheets/|basic/|scripts/)", re.IGNORECASE)
_LARGE_MEMBER = 10 * 1024**2


class SafeArchive:
    """A zip whose members were all checked before the first was read.

    Parameters
    ----------
    path : path
        A zip, docx, odt, xlsx or ods.
    office : bool
        Refuse macros and document type declarations too.

    Raises
    ------
    ImportRefusedError
        Not a zip; a password; too many members; too large unpacked; packed too tightly (a zip
        bomb); a path that climbs out, is absolute or is a link; one name twice; a macro; an XML
        entity.
    """

    def __init__(self, path: str | Path, *, office: bool = True) -> None:
        self.name = Path(path).name
        self.content = read_bytes(path)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(self.content))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise self._refused(
                "This is not a whole office file or zip archive.",
                expected="a zip container",
                found=str(error) or type(error).__name__,
                next_step="Open the file in its own program and save it again.",
            ) from error
        # not is_dir(): it fails on a member without a name, which is refused below
        every = [info.filename for info in self._zip.infolist()]
        self.names = [name for name in every if not name.endswith("/")]
        self._check_members()
        if office:
            self._check_office()

    def read(self, member: str) -> bytes:
        """The bytes of one member; refused when they are more than the archive says."""
        info = self._info(member)
        try:
            with self._zip.open(info) as file:
                content = file.read(info.file_size + 1)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            ValueError,
            OSError,
            EOFError,
            zlib.error,
        ) as error:
            raise self._damaged(member, error) from error
        if len(content) > info.file_size:
            raise self._refused("A member is larger than it says.", found=member)
        return content

    def xml(self, member: str) -> Any:
        """The root element of an XML member."""
        return parse_xml(self.read(member), where=f"{self.name}, {member}")

    def _info(self, member: str) -> zipfile.ZipInfo:
        try:
            return self._zip.getinfo(member)
        except KeyError:
            raise self._refused(
                "The file lacks a part that it must have.", expected=member, found="no such part"
            ) from None

    def _damaged(self, member: str, error: Exception) -> ImportRefusedError:
        return self._refused(
            "A part of the file can't be unpacked.",
            expected="a whole file",
            found=f"{member}: {error}",
        )

    def _check_members(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > MAX_ARCHIVE_MEMBERS:
            raise self._refused(
                "The archive holds too many files.",
                expected=f"at most {MAX_ARCHIVE_MEMBERS:,}",
                found=f"{len(infos):,}",
            )
        total = sum(info.file_size for info in infos)
        if total > MAX_ARCHIVE_BYTES:
            raise self._refused(
                "The archive is too large when unpacked.",
                expected=f"at most {MAX_ARCHIVE_BYTES:,} bytes",
                found=f"{total:,} bytes",
            )
        for info in infos:
            self._check_member(info)
        if len(set(self.names)) < len(self.names):
            raise self._refused("Two files in the archive share a name.", found="a name twice")

    def _check_member(self, info: zipfile.ZipInfo) -> None:
        path = PurePosixPath(info.orig_filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", str(path)):
            raise self._refused(
                "A member path leaves the archive.",
                expected="paths inside the archive",
                found="a path that climbs out",
            )
        if not info.filename.strip("/"):
            raise self._refused("A file in the archive has no name.", expected="names")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise self._refused("The archive holds a link.", expected="files", found="a link")
        if info.flag_bits & 1:
            raise self._refused(
                "The file is locked with a password.",
                expected="a file without password",
                found="an encrypted part",
                next_step="Save a copy without password.",
            )
        ratio = info.file_size / max(1, info.compress_size)
        if info.file_size > _LARGE_MEMBER and ratio > MAX_ARCHIVE_RATIO:
            raise self._refused(
                "The archive is packed too tightly: it may be a zip bomb.",
                expected=f"at most {MAX_ARCHIVE_RATIO} : 1",
                found=f"{ratio:.0f} : 1",
            )

    def _check_office(self) -> None:
        for member in self.names:
            if _MACRO.search(member):
                raise self._refused(
                    "The file holds a macro.",
                    expected="a file without macros",
                    found=member,
                    next_step="Save it as docx, xlsx, odt or ods without macros.",
                )

    def _refused(self, what: str, **parts: str) -> ImportRefusedError:
        return ImportRefusedError(what, where=self.name, **parts)


def parse_xml(content: bytes, *, where: str) -> Any:
    """Parse XML that may be hostile: no document type, no entity, nothing fetched.

    Raises
    ------
    ImportRefusedError
        A document type or entity is declared, or the XML is broken.
    """
    import xml.etree.ElementTree as Plain

    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        return ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ImportRefusedError(
            "The XML declares a document type or an entity.",
            expected="XML without declarations",
            found=type(error).__name__,
            where=where,
            next_step="Save the file again from the program that made it.",
        ) from error
    except (Plain.ParseError, ValueError, LookupError) as error:
        raise ImportRefusedError(
            "The XML is broken.", expected="well-formed XML", found=str(error), where=where
        ) from error


def unpack(path: str | Path, into: str | Path) -> list[Path]:
    """Unpack a zip of sources into a new folder; everything is checked before anything is written.

    Returns
    -------
    list of Path
        The files written, in the order of the archive. Hidden files and `__MACOSX` are left out.

    Raises
    ------
    ImportRefusedError
        See `SafeArchive`; also a zip inside the zip. Nothing is written then.
    """
    archive = SafeArchive(path, office=False)
    target = Path(into)
    wanted = [
        n for n in archive.names if not any(p.startswith((".", "__MACOSX")) for p in n.split("/"))
    ]
    nested = [n for n in wanted if n.lower().endswith((".zip", ".7z", ".rar"))]
    if nested:
        raise ImportRefusedError(
            "The archive holds another archive.",
            expected="files",
            found=nested[0],
            where=archive.name,
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpack-") as scratch:
        for member in wanted:
            place = Path(scratch) / "new" / member.replace("\\", "/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(member))
        (Path(scratch) / "new").mkdir(exist_ok=True)
        if target.exists():
            raise ImportRefusedError(
                "The folder to unpack into exists already.",
                expected="a new folder",
                found=target.name,
                where=archive.name,
            )
        (Path(scratch) / "new").rename(target)
    return [target / member.replace("\\", "/") for member in wanted]
