"""A .qdpx project of any program, with the way it counts places found out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from ..model import Finding, ImportRefusedError, Words, percent
from .archives import SafeArchive
from .failures import failures_table
from .refi_codebook import ReadCodes, read_code_elements
from .refi_desk import Desk
from .refi_facets import facets_of_codes
from .refi_notes import read_notes, read_sets
from .refi_people import read_people, read_users, read_variables
from .refi_project import RefiExtras, RefiProject
from .refi_sources import read_sources
from .refi_xml import bare, children, clean, dates_of, guid_of, kept

__all__ = ["read_refi_project"]

_MODELLED = {
    "Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Sets", "Description", "NoteRef",
}  # fmt: skip
_MODELLED_ATTRIBUTES = {"name", "origin", "creationDateTime"}


def read_refi_project(
    path: str | Path, *, language: str = "en"
) -> tuple[RefiProject, Finding, pd.DataFrame]:
    """Read a .qdpx project that NVivo, ATLAS.ti, MAXQDA, QualCoder or another program wrote.

    Parameters
    ----------
    path : path
        The archive. Nothing outside it is opened, whatever its paths say.
    language : str
        Language of the code names in a file that another program wrote.

    Returns
    -------
    project : RefiProject
        Texts in stored form (NFC, LF), places in code points with exclusive end, the quote of each
        coding cut from the text. `codings` also has `selection`.
    evidence : Finding
        How places are counted. One row a document: `document`, `selections`, `unit`, `newline`,
        `bom`, `end`, `named` (selections that tell their words), `names_fit`, `edges_fit` (start
        and end at the edge of a word), `share` (0..1 of what decided), `decided_by` (names, edges,
        nothing), `other_share` (the best convention that reads otherwise; missing where none),
        `tied` (that one fits as well: the convention usual for the program was taken).
    failures : pandas.DataFrame
        The contract `failures`: texts outside the archive, selections of no length or outside
        their text, selections whose words are not their name, codings of unknown codes.

    Raises
    ------
    ImportRefusedError
        Not a whole archive, hostile or broken XML, no or several projects inside, a text with NUL.
        Nothing of it is read then.

    Notes
    -----
    The standard says code points but not whether the end counts, nor how line ends and the
    byte-order mark count, and programs differ. Every combination of unit (code points, UTF-16,
    UTF-8), line end, mark and end is tried on each text; the one under which most selections read
    as their names wins, then the one under which most start and end at the edge of a word.
    A selection that is not at its place, but whose name stands in the text, is found by its name.
    """
    archive = SafeArchive(path, office=False)
    try:
        return _read(archive, language)
    except (RecursionError, OverflowError) as error:
        raise ImportRefusedError(
            "The project can't be read.",
            expected="a REFI-QDA project",
            found=type(error).__name__,
            where=archive.name,
        ) from error


def _read(archive: SafeArchive, language: str) -> tuple[RefiProject, Finding, pd.DataFrame]:
    root, desk = _opened(archive)
    read_users(desk, root)
    top = next(children(next(children(root, "CodeBook"), None), "Codes"), None)
    desk.facets, branches = facets_of_codes(top)
    codes = read_code_elements(top, language=language, where=desk.name, leave_out=branches)
    _take_codes(desk, codes)
    read_variables(desk, root)
    texts = read_sources(desk, root)
    respondents, documents = read_people(desk, root, texts.documents, texts.values, texts.codings)
    desk.refer_notes(root, "study", "")
    memos = read_notes(desk, root)
    sets = read_sets(desk, root)
    _keep_root(desk, root)
    extras = RefiExtras(
        guids=desk.guids,
        children={k: tuple(v) for k, v in desk.children.items()},
        attributes=desk.attributes,
        sources=tuple(desk.sources),
        selections=texts.kept,
        files=desk.unread_files(),
        not_codable=codes.not_codable,
    )
    project = RefiProject(
        name=clean(root.get("name")) or Path(desk.name).stem,
        documents=documents,
        codebook=codes.codebook,
        codings=texts.codings,
        coders=tuple(dict.fromkeys(desk.users.values())),
        memos=memos,
        respondents=respondents,
        sets=sets,
        description=clean(next((d.text for d in children(root, "Description")), "")),
        created_at=_created(root),
        origin=clean(root.get("origin")),
        extras=extras,
    )
    return project, _finding(texts.evidence, project), failures_table(desk.failures)


def _take_codes(desk: Desk, codes: ReadCodes) -> None:
    desk.codes = dict(codes.ids)
    for code, node in codes.nodes.items():
        desk.know("code", code, node)
        desk.keep(node, modelled={"Description", "Code", "NoteRef"})
        desk.refer_notes(node, "code", code)


def _opened(archive: SafeArchive) -> tuple[Any, Desk]:
    names = [n for n in archive.names if n.lower().endswith(".qde") and "__MACOSX" not in n]
    if len(names) > 1:
        names = [n for n in names if n.lower() == "project.qde"]
    if len(names) != 1:
        raise ImportRefusedError(
            "The archive holds no single REFI-QDA project.",
            expected="one .qde file",
            found=f"{len(names)} .qde files",
            where=archive.name,
            next_step="Export the project again as REFI-QDA (.qdpx).",
        )
    root = archive.xml(names[0])
    root = bare(root, where=archive.name)
    if root.tag != "Project":
        raise ImportRefusedError(
            "This is not a REFI-QDA project.",
            expected="a Project",
            found=str(root.tag)[:60],
            where=archive.name,
        )
    return root, Desk(archive, project_file=names[0])


def _created(root: Any) -> pd.Timestamp | None:
    at = dates_of([root.get("creationDateTime")]).iloc[0]
    return None if pd.isna(at) else at


def _keep_root(desk: Desk, root: Any) -> None:
    known = set(desk.users)
    attributes = {
        name: clean(value)
        for name, value in root.attrib.items()
        if name not in _MODELLED_ATTRIBUTES and not name.startswith("{")
    }
    for name in ("creatingUserGUID", "modifyingUserGUID"):
        if name in attributes and guid_of(attributes[name]) not in known:
            del attributes[name]
    if attributes:
        desk.attributes["project"] = attributes
    for child in root:
        if child.tag == "Links":
            for link in [n for n in child if id(n) in desk.links_of_people]:
                child.remove(link)
            if not len(child):
                continue
        if child.tag not in _MODELLED:
            desk.children.setdefault("project", []).append(kept(child))


def _finding(evidence: pd.DataFrame, project: RefiProject) -> Finding:
    total = int(evidence["selections"].sum())
    by_name = evidence["decided_by"] == "names"
    tried = evidence[evidence["decided_by"] != "nothing"]
    fits = int(tried["names_fit"].where(by_name, tried["edges_fit"]).sum())
    of = int(tried["named"].where(by_name, tried["selections"]).sum())
    if not len(tried):
        sentence = Words(
            fi=f"{len(evidence)} asiakirjaa; ei valintoja, joista laskutavan näkisi.",
            en=f"{len(evidence)} document(s); no selections that show how places are counted.",
        )
        return Finding(evidence, sentence)
    counted = tried.groupby(["unit", "newline", "bom", "end"])["selections"].sum().idxmax()
    share = fits / of if of else 0.0
    sentence = Words(
        fi=f"{len(evidence)} asiakirjaa ja {total} valintaa; "
        f"paikat on laskettu näin: {_fi(counted)}. "
        f"Näin luettuna {percent(share, 'fi')} ({fits}/{of}) valinnoista osuu kohdalleen.",
        en=f"{len(evidence)} document(s) and {total} selection(s); places are counted as "
        f"{_en(counted)}. "
        f"Read so, {percent(share, 'en')} ({fits}/{of}) of the selections fit.",
    )
    return Finding(evidence, sentence, warnings=tuple(_warnings(share, tried, by_name)))


_FINNISH = {
    "code points": "merkkeinä",
    "UTF-16 units": "UTF-16-yksikköinä",
    "UTF-8 bytes": "UTF-8-tavuina",
    "as in the file": "rivinvaihdot kuten tiedostossa",
    "CRLF as 1": "CRLF yhtenä merkkinä",
    "LF as 2": "LF kahtena merkkinä",
    "not counted": "alkumerkkiä ei lasketa",
    "counted": "alkumerkki lasketaan",
    "exclusive": "loppu ei kuulu mukaan",
    "inclusive": "loppu kuuluu mukaan",
}


def _en(parts: Iterable[str]) -> str:
    unit, newline, bom, end = parts
    return f"{unit}, line ends {newline}, byte-order mark {bom}, end {end}"


def _fi(parts: Iterable[str]) -> str:
    return ", ".join(_FINNISH[p] for p in parts)


def _warnings(share: float, tried: pd.DataFrame, by_name: pd.Series) -> Iterable[Words]:
    if share < 0.9:
        yield Words(
            fi="Alle 90 % valinnoista osuu kohdalleen: tarkista sitaatit ennen kuin jatkat.",
            en="Under 90% of the selections fit: check the quotations before you go on.",
        )
    if not by_name.reindex(tried.index).all():
        yield Words(
            fi="Osa päätelmistä nojaa vain sanojen rajoihin, koska valinnoilla ei ole nimiä.",
            en="Part of this rests on the edges of words alone, as selections have no names.",
        )
    tied = int(tried["tied"].sum())
    if tied:
        yield Words(
            fi=f"{tied} asiakirjassa toinen laskutapa sopii yhtä hyvin: "
            "käytettiin ohjelmalle tavallista.",
            en=f"In {tied} document(s) another way of counting fits as well: "
            "the one usual for the program was taken.",
        )
