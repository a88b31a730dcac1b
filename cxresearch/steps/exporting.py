"""Export: a study's work in the formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..exchange import (
    RefiProject,
    unpack_parts,
    write_codings,
    write_content_analysis,
    write_gexf,
    write_quote_book,
    write_refi_codebook,
    write_refi_project,
    write_safe_csv,
    write_theme_table,
    write_tidy_parquet,
)
from ..model import StudyFileError
from .coding import all_codings, coded_texts
from .profile_cards import write_profile_cards
from .reports import StepReport

if TYPE_CHECKING:
    from ..coding import Condition
    from ..study import Study

__all__ = ["EXPORTS", "export", "export_quotes"]

EXPORTS = (
    *("qdpx", "qdc", "xlsx", "docx", "csv", "parquet", "gexf", "themes", "content", "cards"),
    "audit",
)
_WITHIN = 300  # code points between quotations that meet, for `near` and for the network


def export(study: Study, to: str, target: str | Path, *, profile: str = "peers") -> StepReport:
    """Write what people made in a format that other programs read.

    Parameters
    ----------
    study : Study
    to : {"qdpx", "qdc", "xlsx", "docx", "csv", "parquet", "gexf", "themes", "content", "cards", \
            "audit"}
        A REFI-QDA project or codebook, a quote book (xlsx, docx), codings in the long format, every
        table, the network of codes that meet, the table of themes by phase or of the content
        analysis (their targets end in .docx or .xlsx), or a card of each segment and profile (html,
        docx, png), or a csv of who changed which coding or code when. All but `qdc`, `gexf`,
        `cards` and `audit` hold the raw words of respondents: keep them
        private.
    target : path
        The file, or the folder for parquet and cards.
    profile : {"peers", "nvivo"}
        Of a REFI-QDA project: what most programs read, or how NVivo for Windows counts.

    Raises
    ------
    StudyFileError
        There is no such format.
    """
    from ..study import codes_of

    if to not in EXPORTS:
        raise StudyFileError("There is no such format.", expected=", ".join(EXPORTS), found=to)
    if to in ("xlsx", "docx"):
        return export_quotes(study, target)
    if to == "cards":
        return write_profile_cards(study, target)
    if to == "audit":
        return _write_audit(study, target)
    if to == "content":
        return _write_content_analysis(study, target)
    codings, codebook = study.codings(), codes_of(study)
    if to == "qdpx":
        write_refi_project(target, _project(study, codings), profile=profile)
    elif to == "qdc":
        write_refi_codebook(target, codebook, name=study.settings.study.name)
    elif to == "csv":
        write_codings(codings, target)
    elif to in ("gexf", "themes"):
        codings = _write_analysis(study, to, target)
    else:
        tables = {n: study.read_frame(n) for n in study.processed.names()}
        tables |= {"documents": study.documents(), "turns": study.turns(), "codings": codings}
        write_tidy_parquet(tables, target)
    return StepReport("export", (f"Wrote {target} ({len(codings)} codings).",))


def _write_audit(study: Study, target: str | Path) -> StepReport:
    from ..study import audit_trail

    trail = audit_trail(study)
    write_safe_csv(trail, target)
    return StepReport("export", (f"Wrote {target} ({len(trail)} changes, nobody's words).",))


def export_quotes(
    study: Study, target: str | Path, *, wanted: Sequence[str] = (), near: str | None = None
) -> StepReport:
    """Write the quotations that fit as a quote book.

    Parameters
    ----------
    study : Study
    target : path
        Ends in .docx, .xlsx or .csv.
    wanted : sequence of str
        `field=value` or `field!=value`: code (with those below it), phase, stage, touchpoint,
        valence (a number, or negative, positive, mixed, unknown), coder, document, speaker, role,
        respondent, kind, or an attribute of the respondents. The same field twice with `=` means
        either; different fields must all hold.
    near : str, optional
        A code: only quotations with another coding of it at most 300 characters away.

    Raises
    ------
    StudyFileError
        A condition can't be read.
    FrameError
        There is no such field or code.
    """
    from ..coding import add_context, retrieve_quotes, where
    from ..coding import near as near_code
    from ..study import codes_of

    codebook = codes_of(study)
    rows = add_context(
        study.codings(), coded_texts(study), turns=study.turns(), respondents=study.respondents()
    )
    condition = _condition(wanted)
    if near is not None:
        # a code above others stands for those below it
        beside = near_code(where(code=near), within=_WITHIN)
        condition = beside if condition is None else condition & beside
    quotes = retrieve_quotes(rows, condition, codebook=codebook)
    language = _language(study)
    names = {p.phase: p.name.to(language) for p in study.settings.journey()}
    names |= {s.stage: s.name.to(language) for p in study.settings.journey() for s in p.stages}
    names |= {t.touchpoint: t.name.to(language) for t in study.settings.encounters()}
    write_quote_book(quotes, target, codebook=codebook, names=names, language=language)
    return StepReport("export", (f"Wrote {target} ({len(quotes)} quotations).",), table=quotes)


def _condition(wanted: Sequence[str]) -> Condition | None:
    """`field=value` and `field!=value` as one condition; None where nothing is asked for."""
    from ..coding import where

    either: dict[str, list[Any]] = {}
    parts: list[Condition] = []
    for text in wanted:
        field, sign, value = text.partition("=")
        if not sign or not field.strip("! "):
            raise StudyFileError(
                "A condition on quotations can't be read.",
                expected="field=value or field!=value",
                found=text,
            )
        name, told = field.rstrip("!").strip(), _value(field.rstrip("!").strip(), value.strip())
        if field.endswith("!"):
            parts.append(~where(**{name: told}))
        else:
            either.setdefault(name, []).append(told)
    for name, values in either.items():
        choice = where(**{name: values[0]})
        for told in values[1:]:
            choice = choice | where(**{name: told})
        parts.append(choice)
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part
    return whole


def _value(name: str, text: str) -> Any:
    number = text.replace("−", "-")
    if name == "valence" and number.lstrip("+-").isdigit():
        return [int(number)]
    if name == "turn" and number.isdigit():
        return int(number)
    return text


def _project(study: Study, codings: pd.DataFrame) -> RefiProject:
    from ..study import codes_of, foreign_parts, memos

    people = study.respondents().drop(columns="customer", errors="ignore")
    spoken = set(study.documents()["respondent"].dropna())
    project = RefiProject(
        study.settings.study.name,
        study.documents(),
        codes_of(study),
        codings[codings["document"].isin(study.documents()["document"])],
        memos=memos(study),
        respondents=people[people["respondent"].isin(spoken)].reset_index(drop=True),
    )
    return unpack_parts(project, foreign_parts(study))


def _write_analysis(study: Study, to: str, target: str | Path) -> pd.DataFrame:
    """The network of codes, or themes by phase, of all codings that count."""
    from ..coding import cooccurrence, theme_table
    from ..study import codes_of

    codings, codebook = all_codings(study), codes_of(study)
    if to == "gexf":
        pairs = cooccurrence(codings, way="proximity", distance=_WITHIN, same_coder=False)
        write_gexf(target, codebook, pairs.table, language=_language(study), hierarchy=True)
    else:
        phases = study.settings.journey()
        themes = theme_table(
            codings, codebook=codebook, phases=phases, respondents=coded_texts(study)
        )
        write_theme_table(
            themes, target, codebook=codebook, phases=phases, language=_language(study)
        )
    return codings


def _write_content_analysis(study: Study, target: str | Path) -> StepReport:
    from ..coding import content_analysis
    from ..study import expressions

    analysis = content_analysis(expressions(study))
    write_content_analysis(analysis, target, language=_language(study))
    return StepReport("export", (f"Wrote {target}. {analysis.sentence('en')}",))


def _language(study: Study) -> str:
    return str(study.settings.study.languages[0])
