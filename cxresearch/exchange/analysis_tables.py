"""Tables of an analysis as they go into a thesis or a report: content analysis and themes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ..model import Codebook, Finding, FrameError, ImportRefusedError, Phase, number
from .quote_books import write_sheets
from .word_documents import add_table, new_document, save_document

__all__ = ["write_content_analysis", "write_theme_table"]

_CONTENT = {
    "fi": {
        "title": "Sisällönanalyysi", "classes": "Luokat", "quote": "Alkuperäinen ilmaus",
        "reduced": "Pelkistetty ilmaus", "lower": "Alaluokka", "upper": "Yläluokka",
        "main": "Pääluokka", "document": "Asiakirja", "start": "Alku", "end": "Loppu",
        "level": "Taso", "name": "Luokka", "above": "Ylempi luokka",
        "expressions": "Alkuperäisiä ilmauksia", "documents": "Asiakirjoja",
    },
    "en": {
        "title": "Content analysis", "classes": "Classes", "quote": "Original expression",
        "reduced": "Reduced expression", "lower": "Lower class", "upper": "Upper class",
        "main": "Main class", "document": "Document", "start": "Start", "end": "End",
        "level": "Level", "name": "Class", "above": "Class above",
        "expressions": "Original expressions", "documents": "Documents",
    },
}  # fmt: skip
_THEMES = {
    "fi": {
        "title": "Teemat vaiheittain", "theme": "Teema", "phase": "Vaihe", "stage": "Alavaihe",
        "codings": "Koodauksia", "documents": "Asiakirjoja", "respondents": "Puhujia",
        "valence": "Sävy (−2…2)", "strength": "Voimakkuus (0…2)", "who": "Kuka puhui",
        "quotes": "Sanottua", "no_phase": "ei vaihetta",
    },
    "en": {
        "title": "Themes by phase", "theme": "Theme", "phase": "Phase", "stage": "Stage",
        "codings": "Codings", "documents": "Documents", "respondents": "Speakers",
        "valence": "Valence (−2…2)", "strength": "Strength (0…2)", "who": "Who spoke",
        "quotes": "What was said", "no_phase": "no phase",
    },
}  # fmt: skip
_NAMED = 12  # speakers named in a cell; the rest are counted


def write_content_analysis(finding: Finding, path: str | Path, *, language: str = "fi") -> Path:
    """Write the table of a content analysis as it goes into a thesis: docx or xlsx.

    Parameters
    ----------
    finding : Finding
        What `coding.content_analysis` gave.
    path : path
        Ends in .docx or .xlsx.
    language : {"fi", "en"}
        Of the headings.

    Returns
    -------
    Path
        Docx: original expression (with document and place), reduced expression, lower, upper and
        main class, equal classes merged, each with the number of original expressions in the union
        below it. Xlsx: a sheet of all rows and a sheet of the classes with their counts. Each row
        keeps the exact words and where they stand: it holds raw words of respondents.

    Raises
    ------
    FrameError
        The finding is no content analysis.
    ImportRefusedError
        The ending is neither docx nor xlsx; nothing was written.
    """
    say = _CONTENT.get(language, _CONTENT["en"])
    if "classes" not in finding.details or "reduced" not in finding.table.columns:
        raise FrameError(
            "This is no content analysis.",
            expected="what content_analysis gives",
            found=", ".join(map(str, finding.table.columns)),
        )
    target = _target(path)
    table, classes = finding.table, finding.details["classes"]
    named = classes.assign(level=classes["level"].map(say))
    if target.suffix.lower() == ".xlsx":
        columns = ["quote", "reduced", "lower", "upper", "main", "document", "start", "end"]
        sheets = {say["title"]: table[columns], say["classes"]: named}
        return write_sheets(sheets, target, headings=say, wide=("quote", "reduced"))
    document = new_document(say["title"], landscape=True, language=language)
    document.add_paragraph(finding.sentence(language))
    levels = ("lower", "upper", "main")
    add_table(
        document,
        [say[c] for c in ("quote", "reduced", *levels)],
        _thesis_rows(table, classes, levels, language),
        widths=(92, 50, 38, 38, 38),
        merged=(2, 3, 4),
    )
    return save_document(document, target)


def _target(path: str | Path) -> Path:
    target = Path(path)
    if target.suffix.lower() not in (".docx", ".xlsx"):
        raise ImportRefusedError(
            "This table is written as docx or xlsx.",
            expected=".docx or .xlsx",
            found=target.suffix,
            where=target.name,
        )
    return target


def _thesis_rows(
    table: pd.DataFrame, classes: pd.DataFrame, levels: Sequence[str], language: str
) -> list[list[str]]:
    count = {(r.level, r.name): r.expressions for r in classes.itertuples(index=False)}
    rows = []
    for row in table.to_dict("records"):
        place = f"{row['document']}, {row['start']:.0f}–{row['end']:.0f}"
        names = [
            "" if not isinstance(row[level], str) else f"{row[level]} ({count[level, row[level]]})"
            for level in levels
        ]
        rows.append([f"{_quoted(row['quote'], language)} ({place})", str(row["reduced"]), *names])
    return rows


def write_theme_table(
    finding: Finding,
    path: str | Path,
    *,
    codebook: Codebook,
    phases: Sequence[Phase] = (),
    language: str = "fi",
) -> Path:
    """Write themes by phase (teemoittelu) with what was said, by whom and how: docx or xlsx.

    Parameters
    ----------
    finding : Finding
        What `coding.theme_table` gave.
    path : path
        Ends in .docx or .xlsx.
    codebook : Codebook
        For the names of themes.
    phases : sequence of Phase
        For the names of phases and stages.
    language : {"fi", "en"}
        Of headings and names.

    Returns
    -------
    Path
        One row a theme and phase: codings, documents, speakers (with their ids), valence, strength
        and quotations with document, turn and coder; at most twelve speakers are named. It holds
        raw words of respondents.

    Raises
    ------
    FrameError
        The finding is no theme table.
    ImportRefusedError
        The ending is neither docx nor xlsx; nothing was written.
    """
    say = _THEMES.get(language, _THEMES["en"])
    if not {"quotes", "who"} <= set(finding.table.columns):
        raise FrameError(
            "This is no table of themes.",
            expected="what theme_table gives",
            found=", ".join(map(str, finding.table.columns)),
        )
    target = _target(path)
    by = "stage" if "stage" in finding.table.columns else "phase"
    rows = _theme_rows(finding.table, by, codebook, _places(phases, say, language), language)
    columns = ["theme", by, "codings", "documents", "respondents", "valence", "strength", "who",
               "quotes"]  # fmt: skip
    shown = pd.DataFrame(rows, columns=columns)
    if target.suffix.lower() == ".xlsx":
        return write_sheets({say["title"]: shown}, target, headings=say, wide=("quotes", "who"))
    document = new_document(say["title"], landscape=True, language=language)
    document.add_paragraph(finding.sentence(language))
    add_table(
        document,
        [say[c] for c in columns],
        shown.astype(str).to_numpy().tolist(),
        widths=(34, 28, 18, 18, 16, 17, 19, 30, 78),
    )
    return save_document(document, target)


def _places(phases: Sequence[Phase], say: Mapping[str, str], language: str) -> dict[str, str]:
    names = {p.phase: p.name.to(language) for p in phases}
    names |= {s.stage: s.name.to(language) for p in phases for s in p.stages}
    return {**names, "no_phase": say["no_phase"]}


def _theme_rows(
    table: pd.DataFrame, by: str, codebook: Codebook, places: Mapping[str, str], language: str
) -> list[list[object]]:
    rows: list[list[object]] = []
    for row in table.to_dict("records"):
        code = row["code"]
        quotes = "\n".join(f"{_quoted(q['quote'], language)} ({_source(q)})" for q in row["quotes"])
        who = [str(name) for name in row["who"]]
        more = f" … (+{len(who) - _NAMED})" if len(who) > _NAMED else ""
        feeling = [
            "" if math.isnan(row[n]) else number(row[n], language, decimals=1)
            for n in ("valence", "strength")
        ]
        rows.append([
            codebook[code].name.to(language) if code in codebook else code,
            places.get(row[by], row[by]), row["codings"], row["documents"], row["respondents"],
            *feeling, ", ".join(who[:_NAMED]) + more, quotes,
        ])  # fmt: skip
    return rows


def _source(quote: Mapping[str, object]) -> str:
    parts = (quote[name] for name in ("document", "turn", "coder"))
    return ", ".join(
        f"{part:.0f}" if isinstance(part, (int, float)) else str(part)
        for part in parts
        if part is not None
    )


def _quoted(words: object, language: str) -> str:
    return f"”{words}”" if language == "fi" else f"“{words}”"
