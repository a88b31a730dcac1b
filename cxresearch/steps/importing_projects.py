"""A project of another program comes into the study in one act."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import (
    RefiProject,
    failures_table,
    foreign_project,
    pack_parts,
    read_refi_codebook,
    read_refi_project,
    turns_of,
)
from ..model import Code, Codebook, ImportRefusedError
from ..text import guess_language
from .reports import StepReport

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["PROJECT_ENDINGS", "import_project"]

PROJECT_ENDINGS = (".qdpx", ".qdc", ".qda", ".sqlite3", ".sqlite", ".db")


def import_project(study: Study, path: str | Path) -> StepReport:
    """Take a project of NVivo, ATLAS.ti, MAXQDA, QualCoder or Taguette into the study.

    Parameters
    ----------
    study : Study
    path : path
        .qdpx (REFI-QDA project), .qdc (REFI-QDA codebook), .qda (QualCoder's folder) or .sqlite3
        (Taguette).

    Returns
    -------
    StepReport
        `lines` say how places are counted in the file, and with how much evidence; `table` is the
        contract `failures`: what could not be placed, and facets that the study does not know.

    Raises
    ------
    ImportRefusedError
        The file can't be read or trusted. Nothing was changed.

    Notes
    -----
    A code with the id or the name of one that the study has is that code. A document with the id
    of another text gets a number behind it. Phases, stages and touchpoints that study.toml does
    not name are told, and kept aside. All comes in as one act of the lane `import`: one undo takes
    it back. What the study has no table for is kept, and `export(study, "qdpx", …)` writes it back.
    """
    from ..study import act, codes_of

    project, lines, failures = _read(Path(path), str(study.settings.study.languages[0]))
    project = _with_study_ids(study, project, codes_of(study))
    project, aside, told = _with_known_facets(study, project)
    parts, left_out = pack_parts(project, facets=aside)
    if left_out:
        told.append(
            ("files", f"{left_out:,} bytes of pictures and recordings; not kept", "fewer bytes")
        )
    documents = _with_languages(project.documents)
    done = act(
        study,
        "import_project",
        documents=documents,
        turns=_turns(project.documents),
        codes=_codebook_table(project.codebook),
        codings=_study_codings(project),
        respondents=_study_people(project.respondents),
        memos=_study_memos(project.memos),
        parts=parts,
    )
    lines.append(
        f"Took in {len(documents)} document(s), {len(project.codebook)} code(s), "
        f"{len(done.ids)} new coding(s) of {project.codings['coder'].nunique()} coder(s)"
        + (f"; {len(done.kept)} were there already." if done.kept else ".")
    )
    table = pd.concat([failures, _told_table(Path(path).name, told)], ignore_index=True)
    if len(table):
        lines.append(f"Look at {len(table)} remark(s) in the report's table.")
    return StepReport("import-project", tuple(lines), changed=done.event is not None, table=table)


def _read(path: Path, language: str) -> tuple[RefiProject, list[str], pd.DataFrame]:
    ending = path.suffix.lower()
    if ending == ".qdpx":
        project, evidence, failures = read_refi_project(path, language=language)
        lines = [evidence.sentence("en"), *(w.to("en") for w in evidence.warnings)]
        return project, lines, failures
    if ending == ".qdc":
        codebook = read_refi_codebook(path, language=language)
        return _only_codes(path.stem, codebook), [], failures_table([])
    if ending in PROJECT_ENDINGS:
        from ..study import foreign_tables

        program, tables = foreign_tables(path)
        name = path.parent.stem if path.name == "data.qda" else path.stem
        project, failures = foreign_project(program, tables, name=name, language=language)
        return project, [f"Read as a project of {project.origin}."], failures
    raise ImportRefusedError(
        "Projects of this kind are not read.",
        expected=", ".join(PROJECT_ENDINGS[:4]),
        found=ending or "no ending",
        where=path.name,
        next_step="Export the project as REFI-QDA (.qdpx) from its own program.",
    )


def _only_codes(name: str, codebook: Codebook) -> RefiProject:
    documents = pd.DataFrame(columns=["document", "kind", "text", "title"])
    columns = ["coding", "document", "start", "end", "quote", "code", "coder", "origin"]
    return RefiProject(name, documents, codebook, pd.DataFrame(columns=columns))


def _with_known_facets(
    study: Study, project: RefiProject
) -> tuple[RefiProject, dict[str, dict[str, str]], list[tuple[str, str, str]]]:
    """The project with facets that the study knows; the others by coding, and what to tell."""
    journey = study.settings.journey()
    stages = [s.stage for p in journey for s in p.stages]
    known = {
        "phase": [p.phase for p in journey],
        "stage": [*stages, *(p.phase for p in journey)],
        "touchpoint": [t.touchpoint for t in study.settings.encounters()],
    }
    codings = project.codings.copy()
    aside: dict[str, dict[str, str]] = {}
    told: list[tuple[str, str, str]] = []
    for facet, allowed in known.items():
        if facet not in codings:
            continue
        strange = codings[facet].notna() & ~codings[facet].isin(allowed)
        if strange.any():
            told.append((facet, f"{int(strange.sum())} unknown to study.toml; kept aside", facet))
        for coding, value in codings.loc[strange, ["coding", facet]].itertuples(index=False):
            aside.setdefault(coding, {})[facet] = value
        codings[facet] = codings[facet].astype(object).where(~strange, None)
    return replace(project, codings=codings), aside, told


def _with_study_ids(study: Study, project: RefiProject, there: Codebook) -> RefiProject:
    codes = _code_ids(project.codebook, there)
    texts = study.documents().set_index("document")["text"].to_dict()
    comments = dict.fromkeys(study.comments()["document"])
    names = _document_ids(project.documents, {**texts, **comments})
    moved = {"code": codes, "document": names}
    old = project.extras
    extras = replace(
        old,
        guids={(kind, moved.get(kind, {}).get(k, k)): g for (kind, k), g in old.guids.items()},
        selections=old.selections.assign(document=old.selections["document"].map(names)),
        not_codable=frozenset(codes.get(c, c) for c in old.not_codable),
    )
    return replace(
        project,
        documents=project.documents.assign(document=project.documents["document"].map(names)),
        codings=project.codings.assign(
            code=project.codings["code"].map(codes),
            document=project.codings["document"].map(names),
        ),
        codebook=_renamed(project.codebook, codes, there),
        memos=_moved(project.memos, "target", moved),
        sets=_moved(project.sets, "member", moved),
        extras=extras,
    )


def _code_ids(codebook: Codebook, there: Codebook) -> dict[str, str]:
    """Ids in the study: by id, then by a name that one code there has."""
    by_name: dict[str, str] = {}
    for code in there:
        for name in code.name.values():
            by_name.setdefault(name.casefold(), code.code)
    found = {}
    for code in codebook:
        names = (n.casefold() for n in code.name.values())
        alike = next((by_name[n] for n in names if n in by_name), None)
        found[code.code] = code.code if code.code in there else alike or code.code
    return found


def _renamed(codebook: Codebook, ids: dict[str, str], there: Codebook) -> Codebook:
    new = [
        replace(c, code=ids[c.code], parent=None if c.parent is None else ids[c.parent])
        for c in codebook
        if ids[c.code] not in there
    ]
    return Codebook((*there, *_once(new)))


def _once(codes: list[Code]) -> list[Code]:
    return list({code.code: code for code in codes}.values())


def _document_ids(documents: pd.DataFrame, texts: dict[str, str | None]) -> dict[str, str]:
    """Ids in the study: the same id stands for the same text only."""
    taken = dict(texts)
    found = {}
    for name, text in zip(documents["document"], documents["text"], strict=True):
        free, number = name, 2
        while free in taken and taken[free] != text:
            free, number = f"{name}-{number}", number + 1
        taken[free] = text
        found[name] = free
    return found


def _moved(table: pd.DataFrame, column: str, ids: dict[str, dict[str, str]]) -> pd.DataFrame:
    if not len(table):
        return table
    moved = [
        ids.get(about, {}).get(key, key)
        for about, key in zip(table["about"], table[column], strict=True)
    ]
    return table.assign(**{column: moved})


def _with_languages(documents: pd.DataFrame) -> pd.DataFrame:
    guessed = [guess_language(text[:2000]) for text in documents["text"]]
    kept = [c for c in ("document", "kind", "text", "title", "respondent") if c in documents]
    made = documents[kept].copy()
    made["language"] = [language for language, _ in guessed]
    made["language_confidence"] = [confidence for _, confidence in guessed]
    return made


def _turns(documents: pd.DataFrame) -> pd.DataFrame | None:
    found = [
        turns_of(text, document=name, kind=kind)
        for name, kind, text in zip(
            documents["document"], documents["kind"], documents["text"], strict=True
        )
    ]
    found = [turns for turns in found if len(turns)]
    return pd.concat(found, ignore_index=True) if found else None


def _codebook_table(codebook: Codebook) -> pd.DataFrame:
    columns = ("code", "kind", "parent", "definition", "include", "exclude", "example", "colour",
               "shortcut", "valence")  # fmt: skip
    rows = [
        {n: getattr(c, n) or None for n in columns}
        | {f"name_{x}": c.name.get(x) for x in ("fi", "en", "sv")}
        for c in codebook
    ]
    return pd.DataFrame(rows, columns=[*columns, "name_fi", "name_en", "name_sv"])


def _study_codings(project: RefiProject) -> pd.DataFrame:
    columns = ["coding", "document", "start", "end", "quote", "code", "coder", "origin", "phase",
               "stage", "touchpoint", "valence", "memo", "important", "coded_at"]  # fmt: skip
    codings = project.codings[[c for c in columns if c in project.codings]]
    # ids of the file are kept where they are of the whole world, not numbers of one database
    return codings if codings["coding"].str.len().ge(32).all() else codings.drop(columns="coding")


def _study_people(respondents: pd.DataFrame) -> pd.DataFrame | None:
    if not len(respondents):
        return None
    plain = respondents.copy()
    for name in plain.columns:
        if plain[name].dtype.kind == "M":
            plain[name] = plain[name].dt.strftime("%Y-%m-%d").astype(object)
    return plain.astype(object).where(plain.notna(), None)


def _study_memos(memos: pd.DataFrame) -> pd.DataFrame | None:
    kept = memos[memos["about"].isin(("study", "document", "code", "respondent"))]
    if not len(kept):
        return None
    return kept.assign(coder=kept["coder"].where(kept["coder"].notna(), "unknown"))


def _told_table(name: str, told: list[tuple[str, str, str]]) -> pd.DataFrame:
    from ..exchange import Failure

    return failures_table(Failure(name, None, column, found, what) for column, found, what in told)
