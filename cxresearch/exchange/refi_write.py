"""A whole project as .qdpx, in the profile that every other program reads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..model import SettingsError
from .limits import MAX_ARCHIVE_BYTES
from .refi_codebook import write_whole
from .refi_facets import facet_names
from .refi_packing import PROJECT_KEY, Packing
from .refi_project import RefiProject, check_project
from .refi_write_notes import NotesOut
from .refi_write_people import (
    add_codebook,
    case_elements,
    set_elements,
    user_elements,
    variable_elements,
    variables_in,
)
from .refi_write_texts import source_elements
from .refi_xml import PROJECT_SPACE, clean, element, in_order, to_bytes

__all__ = ["PROFILES", "write_refi_project"]

PROFILES = ("peers", "nvivo")


def write_refi_project(
    path: str | Path, project: RefiProject, *, profile: str = "peers", language: str = "en"
) -> Path:
    """Write a project as .qdpx (REFI-QDA 1.0), valid against the schema.

    Parameters
    ----------
    path : path
        File to write; it is whole or not there.
    project : RefiProject
        Texts are brought to their stored form (NFC, LF) and the codings move with them.
    profile : {"peers", "nvivo"}
        `peers`: LF, no byte-order mark, places in code points; QualCoder, potato, qdapy and others
        read it exactly. `nvivo`: CRLF, a mark that is not counted, places in UTF-16 units, as NVivo
        for Windows writes. In both the end is exclusive and a selection's name is its words.
    language : str
        Language of the code names that other programs show.

    Returns
    -------
    Path

    Raises
    ------
    FrameError
        A table breaks its contract.
    DriftError
        The quote of a coding is not at its place.
    SettingsError
        No such profile.

    Notes
    -----
    Phase, stage, touchpoint, valence, importance and an origin other than human become codes of
    the branch `cxresearch: facets` on the same selection. There is one selection for a place and
    coder, unless their codings differ in facets or memo: a selection holds what belongs together.
    Coders become Users; memos Notes (the memo of a coding is the Description of its selection);
    respondents Cases; columns typed Variables. `turn`, `score` and `rule` are not written. GUIDs
    are those of `project.extras`, or made of the project's name and the ids: the same at each
    export. The file holds no time of writing: equal projects give equal bytes.

    Of peers tested, QualCoder drops notes on codings, links of cases with documents, Graphs and
    Links, and takes integer variables as numbers with decimals.
    """
    if profile not in PROFILES:
        raise SettingsError(
            "There is no such profile.", expected=" or ".join(PROFILES), found=str(profile)[:40]
        )
    packing = Packing(check_project(project), nvivo=profile == "nvivo", language=language)
    return write_whole(path, _archive(packing))


def _archive(packing: Packing) -> bytes:
    root = _root(packing)
    kept = packing.extras.files
    total = sum(map(len, packing.files.values())) + sum(map(len, kept.values()))
    if total > MAX_ARCHIVE_BYTES:
        raise SettingsError(
            "The project is too large for one file.",
            expected=f"at most {MAX_ARCHIVE_BYTES:,} bytes",
            found=f"{total:,} bytes",
            next_step="Export the documents in two parts.",
        )
    members = {"project.qde": to_bytes(root, PROJECT_SPACE), **packing.files}
    for name, content in kept.items():
        members.setdefault(name, content)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 6)
    return made.getvalue()


def _root(packing: Packing) -> Any:
    project = packing.project
    notes = NotesOut(packing)
    root = element(
        "Project",
        name=clean(project.name),
        origin="cxresearch (as NVivo)" if packing.nvivo else "cxresearch",
        creatingUserGUID=packing.first_coder,
        creationDateTime=packing.created,
    )
    packing.add_extras(root, PROJECT_KEY)
    _add_group(root, "Users", user_elements(packing))
    facets = facet_names(project.codings)
    add_codebook(packing, notes, root, {n for row in facets for n in row})
    documents, respondents = variables_in(packing)
    _add_group(root, "Variables", variable_elements(packing, [*documents, *respondents]))
    _add_group(root, "Cases", case_elements(packing, respondents))
    _add_group(root, "Sources", source_elements(packing, notes, documents, facets))
    _add_group(root, "Notes", notes.elements())
    _add_group(root, "Links", notes.links())
    _add_group(root, "Sets", set_elements(packing, notes.known))
    if project.description:
        element("Description", root, text=clean(project.description))
    notes.attach(root, "study", "")
    return in_order(root)


def _add_group(root: Any, tag: str, nodes: Iterable[Any]) -> None:
    """Put elements under their group; an empty group is not valid and left out."""
    made = list(nodes)
    if made:
        group = next((g for g in root if g.tag == tag), None)
        group = element(tag, root) if group is None else group
        group.extend(made)
