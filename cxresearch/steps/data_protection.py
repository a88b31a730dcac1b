"""A data-protection summary: what a study holds, why, until when, where, and who worked on it."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..model import StudyFileError, date, number
from .data_protection_texts import say
from .reports import StepReport
from .retention import retention_dates
from .small_groups import small_groups

if TYPE_CHECKING:
    from docx.document import Document

    from ..study import Study

__all__ = ["write_data_protection"]

_STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.15rem;"
    "margin-top:2rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;"
    "vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid #bbb}"
    "td:last-child,th:last-child{padding-right:0}.n{text-align:right;white-space:nowrap}"
)


@dataclass(frozen=True)
class _Chapter:
    """A heading, sentences under it, and a table of rows (the last cell may be a number)."""

    title: str
    sentences: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def write_data_protection(
    study: Study, target: str | Path, *, today: dt.date, language: str | None = None
) -> StepReport:
    """Write the summary of what personal data a study holds, for its files or an authority.

    What is held and how much of it, why and on which ground, until when, where the files lie, who
    has worked on it, what was done to protect people (pseudonyms, reviews, small groups), and what
    was erased. Counts, dates and names of fields only: no respondent's words, names or contacts.

    Parameters
    ----------
    study : Study
        Purpose, legal ground and controller come from `[privacy]` of study.toml; what is missing
        there is said to be missing.
    target : path
        A docx or html file; one that is there is replaced.
    today : datetime.date
        The day of the summary.
    language : {"fi", "en"}, optional
        The study's first language when not given.

    Raises
    ------
    StudyFileError
        The ending is neither docx nor html, or the file can't be written.
    """
    path = Path(target)
    if path.suffix.lower() not in (".docx", ".html"):
        raise StudyFileError(
            "The summary is written as docx or html.", expected=".docx or .html", found=path.suffix
        )
    language = language or study.settings.study.languages[0]
    title = study.settings.study.title.get(language) or study.settings.study.name
    chapters = _chapters(study, language, today)
    lead = say("lead", language, day=date(today, language))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".docx":
            _docx(title, lead, chapters, language).save(str(path))
        else:
            path.write_text(_html(title, lead, chapters, language), encoding="utf-8")
    except OSError as error:
        raise StudyFileError(
            "The summary can't be written.",
            found=error.strerror or type(error).__name__,
            where=path.name,
        ) from None
    return StepReport("data-protection", (f"Wrote {path}",))


def _chapters(study: Study, language: str, today: dt.date) -> list[_Chapter]:
    privacy = study.settings.privacy
    why = [
        (say("controller", language), privacy.controller or say("unsaid", language)),
        (say("purpose", language), privacy.purpose.get(language) or say("unsaid", language)),
        (say("ground", language), privacy.legal_basis.get(language) or say("unsaid", language)),
    ]
    return [
        _Chapter(say("why", language), rows=why),
        _held(study, language),
        _until(study, language, today),
        _where(study, language),
        _who(study, language),
        _protection(study, language),
        _erased(study, language),
        _Chapter(say("rights", language), [say("rights_how", language)]),
    ]


def _held(study: Study, language: str) -> _Chapter:
    from ..study import memos, personal, pseudonyms

    documents, held = study.documents(), personal(study)
    counts: list[tuple[str, int]] = [
        (say(f"documents_{kind}", language), n)
        for kind, n in documents["kind"].value_counts().items()
    ]
    counts += [
        (say("people", language), study.respondents()["respondent"].nunique()),
        (say("comments", language), len(study.comments())),
        (say("answers", language), len(study.answers())),
        (say("customers", language), len(study.customers())),
        (say("codings", language), len(study.codings())),
        (say("memos", language), len(memos(study))),
        (say("key", language), len(pseudonyms(study))),
    ]
    fields = held.groupby(["owner_kind", "field"]).size()
    counts += [
        (say("personal_field", language, whose=say(f"of_{whose}", language), field=field), int(n))
        for (whose, field), n in fields.items()
    ]
    rows = [(what, number(n, language)) for what, n in counts if n]
    return _Chapter(say("held", language), [say("held_note", language)], rows)


def _until(study: Study, language: str, today: dt.date) -> _Chapter:
    table = retention_dates(study, today=today)
    rows = []
    for (what, day), group in table.groupby(["what", "keep_until"], dropna=False):
        shown = date(day.date(), language) if pd.notna(day) else say("no_day", language)
        if len(group) and bool(group["due"].any()):
            shown += f" – {say('overdue', language)}"
        whose = ", ".join(group["id"].head(20)) if what == "comments" else ""
        label = say(f"until_{what}", language) + (f": {whose}" if whose else "")
        rows.append((label, number(int(group["texts"].sum()), language), shown))
    consented = table.loc[table["what"] == "document", "consented_on"].notna()
    sentence = say(
        "consents", language, n=number(int(consented.sum()), language),
        all=number(len(consented), language),
    )  # fmt: skip
    return _Chapter(say("until", language), [sentence], rows)


def _where(study: Study, language: str) -> _Chapter:
    name = study.settings.study.name
    lies = [
        (say("study_file", language), f"data/studies/{name}.sqlite"
         if study.storage.path is not None else study.storage.where),
        (say("backups", language), f"data/studies/backups/{name}/"),
        (say("processed", language), f"data/processed/{name}/"),
        (say("published", language), f"data/published/{name}/"),
        (say("raw", language), f"data/raw/{name}/"),
        (say("receipts", language), "data/studies/receipts/"),
    ]  # fmt: skip
    return _Chapter(say("where", language), [say("where_note", language)], lies)


def _who(study: Study, language: str) -> _Chapter:
    from ..study import history

    log = history(study)
    people = log[log["lane"] != "import"].groupby("who")["event"].count()
    people = people[people.index != "codebook file"]
    counts = [(str(who), number(int(n), language)) for who, n in people.items()]
    rows = [(who, say("acts", language, n=n)) for who, n in counts]
    sentence = say("who_note", language) if rows else say("nobody", language)
    return _Chapter(say("who", language), [sentence], rows)


def _protection(study: Study, language: str) -> _Chapter:
    from ..study import approvals, marks, reviews

    documents = set(study.documents()["document"])
    read = reviews(study)
    read = set(read.loc[read["current"], "document"]) & documents
    states = marks(study)["state"].value_counts()
    minimum = study.settings.study.minimum_cell
    rare = small_groups(study)
    sentences = [
        say("hashed", language),
        say(
            "reviewed",
            language,
            n=number(len(read), language),
            all=number(len(documents), language),
            personal=number(int(states.get("personal", 0) + states.get("replaced", 0)), language),
        ),
        say("quotes", language, n=number(len(approvals(study)), language)),
        say("cells", language, minimum=minimum),
        rare.sentence(language),
        say("offline", language),
    ]
    return _Chapter(say("protection", language), sentences)


def _erased(study: Study, language: str) -> _Chapter:
    from ..study import erased, kept_counts

    gone = erased(study)
    people = gone[(gone["reason"] == "withdrawal") & (gone["what"] == "respondent")]
    texts = gone[gone["reason"] == "retention"]
    counted = int(kept_counts(study)["n"].sum())
    return _Chapter(
        say("erased", language),
        [
            say("withdrawn", language, n=number(len(people), language)),
            say("purged", language, n=number(len(texts), language),
                counted=number(counted, language)),
        ],
    )  # fmt: skip


def _html(title: str, lead: str, chapters: list[_Chapter], language: str) -> str:
    said = html.escape
    heading = f"{say('title', language)}: {title}"
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{said(heading)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{said(heading)}</h1><p>{said(lead)}</p>"
    ]
    for chapter in chapters:
        parts.append(f"<h2>{said(chapter.title)}</h2>")
        parts += [f"<p>{said(sentence)}</p>" for sentence in chapter.sentences]
        if chapter.rows:
            lines = [_html_row(row) for row in chapter.rows]
            parts.append(f"<table><tbody>{''.join(lines)}</tbody></table>")
    return "".join([*parts, "</main></body></html>\n"])


def _html_row(row: Sequence[str]) -> str:
    first, *others = map(html.escape, row)
    cells = [f'<td class="n">{c}</td>' if _is_number(c) else f"<td>{c}</td>" for c in others]
    return f'<tr><th scope="row">{first}</th>{"".join(cells)}</tr>'


def _is_number(cell: str) -> bool:
    return cell.replace("\N{NO-BREAK SPACE}", "").replace(",", "").isdigit()


def _docx(title: str, lead: str, chapters: list[_Chapter], language: str) -> Document:
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.title = f"{say('title', language)}: {title}"
    document.core_properties.author = ""
    document.add_heading(f"{say('title', language)}: {title}", level=1)
    document.add_paragraph(lead)
    for chapter in chapters:
        document.add_heading(chapter.title, level=2)
        for sentence in chapter.sentences:
            document.add_paragraph(sentence)
        if not chapter.rows:
            continue
        table = document.add_table(rows=0, cols=len(chapter.rows[0]))
        table.style = "Light List"
        for row in chapter.rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                cell.text = text
                if _is_number(text):
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document
