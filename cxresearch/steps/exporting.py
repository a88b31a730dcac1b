"""Export: a study's work in the formats of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..exchange import (
    RefiProject,
    write_codings,
    write_quote_book,
    write_refi_codebook,
    write_refi_project,
    write_tidy_parquet,
)
from ..model import StudyFileError
from .reports import StepReport

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["EXPORTS", "export"]

EXPORTS = ("qdpx", "qdc", "xlsx", "csv", "parquet")


def export(study: Study, to: str, target: str | Path, *, profile: str = "peers") -> StepReport:
    """Write what people made in a format that other programs read.

    Parameters
    ----------
    study : Study
    to : {"qdpx", "qdc", "xlsx", "csv", "parquet"}
        A REFI-QDA project or codebook, a quote book, codings in the long format, or every table.
        All but `qdc` hold the raw words of respondents: keep them private.
    target : path
        The file, or the folder for parquet.
    profile : {"peers", "nvivo"}
        Of a REFI-QDA project: what most programs read, or how NVivo for Windows counts.

    Raises
    ------
    StudyFileError
        There is no such format.
    """
    from ..study import codes_of, memos

    if to not in EXPORTS:
        raise StudyFileError("There is no such format.", expected=", ".join(EXPORTS), found=to)
    codings, codebook = study.codings(), codes_of(study)
    name = study.settings.study.name
    if to == "qdpx":
        people = study.respondents().drop(columns="customer", errors="ignore")
        spoken = set(study.documents()["respondent"].dropna())
        project = RefiProject(
            name,
            study.documents(),
            codebook,
            codings[codings["document"].isin(study.documents()["document"])],
            memos=memos(study),
            respondents=people[people["respondent"].isin(spoken)].reset_index(drop=True),
        )
        write_refi_project(target, project, profile=profile)
    elif to == "qdc":
        write_refi_codebook(target, codebook, name=name)
    elif to == "xlsx":
        write_quote_book(codings, target, codebook=codebook, language=_language(study))
    elif to == "csv":
        write_codings(codings, target)
    else:
        tables = {n: study.read_frame(n) for n in study.processed.names()}
        tables |= {"documents": study.documents(), "turns": study.turns(), "codings": codings}
        write_tidy_parquet(tables, target)
    return StepReport("export", (f"Wrote {target} ({len(codings)} codings).",))


def _language(study: Study) -> str:
    return str(study.settings.study.languages[0])
