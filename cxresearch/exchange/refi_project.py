"""A REFI-QDA project in the words of cxresearch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ..model import Codebook, FrameError, check_frame

__all__ = ["MEMO_ABOUT", "RefiExtras", "RefiProject", "check_project", "empty_table"]

MEMO_ABOUT = ("study", "document", "code", "respondent", "coding", "selection")
"""What a memo may be about; `study` also holds memos that are attached to nothing."""


@dataclass(frozen=True, eq=False)
class RefiExtras:
    """What a project brought that cxresearch does not model, kept to be written back unchanged.

    Attributes
    ----------
    guids : mapping
        (kind, id) to the GUID of the file; kinds are project, coder, code, document, respondent,
        variable, set.
    children : mapping
        GUID of an element to the XML of its children that are not modelled (Graphs and Links are
        children of the project).
    attributes : mapping
        GUID of an element to its attributes that are not modelled.
    sources : tuple of str
        XML of pictures, PDF, audio, video, and of texts that are not inside the archive.
    selections : pandas.DataFrame
        `document`, `start`, `end`, `xml`: selections without a code (comments, annotations) and
        those of no length.
    files : mapping
        Path in the archive to bytes: rich texts, pictures, recordings.
    not_codable : frozenset of str
        Codes that only group others.
    """

    guids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    selections: pd.DataFrame = field(default_factory=lambda: empty_table("selections"))
    files: Mapping[str, bytes] = field(default_factory=dict)
    not_codable: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class RefiProject:
    """All that goes into, and comes out of, a .qdpx file.

    Attributes
    ----------
    name : str
        Name of the project; with it the stable GUIDs are made.
    documents : pandas.DataFrame
        The contract `documents`; further columns become variables of the source.
    codebook : Codebook
        Codes as a tree.
    codings : pandas.DataFrame
        The contract `codings`. Read from a file it also has `selection`, the GUID of the
        selection, shared by codings of one place and coder.
    coders : tuple of str
        All coders, also those without codings.
    memos : pandas.DataFrame
        `about` (`MEMO_ABOUT`), `target` (id of what it is about), `coder`, `text`, and optional
        `written_at`, `memo` (GUID) and `title`. The memo of a coding is the column `memo` of the
        codings.
    respondents : pandas.DataFrame
        The contract `respondents`; every further column is an attribute, with its type.
    sets : pandas.DataFrame
        `set`, `about` (code, document or memo), `member`, and optional `description`.
    description : str
        Of the project.
    created_at : pandas.Timestamp or None
        When the project was made, UTC.
    origin : str
        The program that wrote the file; set by reading.
    extras : RefiExtras
        What is kept without being modelled.
    """

    name: str
    documents: pd.DataFrame
    codebook: Codebook
    codings: pd.DataFrame
    coders: tuple[str, ...] = ()
    memos: pd.DataFrame = field(default_factory=lambda: empty_table("memos"))
    respondents: pd.DataFrame = field(default_factory=lambda: empty_table("respondents"))
    sets: pd.DataFrame = field(default_factory=lambda: empty_table("sets"))
    description: str = ""
    created_at: pd.Timestamp | None = None
    origin: str = ""
    extras: RefiExtras = field(default_factory=RefiExtras)


_TABLES = {
    "selections": {"document": "str", "start": "int64", "end": "int64", "xml": "str"},
    "memos": dict.fromkeys(("about", "target", "coder", "text"), "str"),
    "respondents": dict.fromkeys(("respondent", "kind"), "str"),
    "sets": dict.fromkeys(("set", "about", "member"), "str"),
}


def empty_table(name: str) -> pd.DataFrame:
    """A table of a project without rows."""
    return pd.DataFrame({n: pd.Series(dtype=d) for n, d in _TABLES[name].items()})


def check_project(project: RefiProject) -> RefiProject:
    """Check the tables and that codings, memos and respondents name what is there.

    Raises
    ------
    FrameError
        A table breaks its contract, or a coding names a document or code that is not there.
    DriftError
        The quote of a coding is not at its place.
    """
    check_frame(project.documents, "documents")
    check_frame(project.codings, "codings")
    if len(project.respondents):
        check_frame(project.respondents, "respondents")
    for table, named in (("memos", project.memos), ("sets", project.sets)):
        absent = [c for c in _TABLES[table] if c not in named.columns]
        if absent:
            raise FrameError(
                f"The table `{table}` lacks {', '.join(absent)}.",
                expected=", ".join(_TABLES[table]),
                found=", ".join(map(str, named.columns)),
            )
    _refuse_unknown(project.codings["document"], set(project.documents["document"]), "document")
    _refuse_unknown(project.codings["code"], {c.code for c in project.codebook}, "code")
    return project


def _refuse_unknown(used: pd.Series, known: set[str], what: str) -> None:
    unknown = sorted(set(used) - known)
    if unknown:
        raise FrameError(
            f"Codings name a {what} that is not in the project.",
            expected=f"a {what} of the project",
            found=", ".join(unknown[:5]) if what == "code" else f"{len(unknown)} unknown {what}(s)",
            next_step=f"Add the {what} to the project, or leave these codings out.",
        )
