"""What a look at somebody's files found: guesses, each with its reason and certainty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from ..model import Code, Words

__all__ = ["ColumnGuess", "SourceGuess", "StudyDraft", "slug_of", "unique_slugs"]


@dataclass(frozen=True)
class ColumnGuess:
    """What one column seems to be.

    Attributes
    ----------
    column : str
        Name as `read_table` gives it.
    role : str
        response, respondent, customer, document, date, wave, comment, question, multi_choice,
        attribute, outcome, personal, unit, channel, kind, period, kpi, kpi_name, kpi_value, or
        `unused`.
    reason : Words
        Why.
    confidence : float
        0..1; under 0.6 the person should look.
    metric : str or None
        For a question: nps, csat, ces, goal, expectation, smiley, score or question.
    low, high : float or None
        Ends of its scale.
    reverse : bool
        A low answer seems to be the good one.
    language : str or None
        For a comment: fi, en, sv, other, or auto where they are mixed.
    options : tuple of str
        For multi-choice: the columns that belong together, or the options in the cells; for a
        kind: its values.
    type : str or None
        For an attribute: numeric, count, ordinal or nominal. For multi-choice: `cell` where one
        cell lists the options, `columns` where each has its own.
    text : str
        The question's text, where it differs from the column's name.
    answered : float
        Share of the rows that have something in this column.
    """

    column: str
    role: str
    reason: Words
    confidence: float
    metric: str | None = None
    low: float | None = None
    high: float | None = None
    reverse: bool = False
    language: str | None = None
    options: tuple[str, ...] = ()
    type: str | None = None
    text: str = ""
    answered: float = 1.0


@dataclass(frozen=True)
class SourceGuess:
    """What one file seems to be.

    Attributes
    ----------
    path : str
        The file as given.
    kind : str
        interview, observation, diary, workshop, feedback, survey, customers, kpis, codings,
        codebook, respondents, project, duplicate, refused or unknown.
    reason : Words
        Why.
    confidence : float
        0..1.
    columns : tuple of ColumnGuess
        For tables.
    roles : dict
        For documents: speaker label to role.
    rows : int
        Rows of a table, turns of a document.
    language : str or None
        Of a document.
    how : tuple of Words
        Encoding, separator, sheet, header: how the file was read.
    codes : tuple of Code
        For a codebook or codings: the codes in it, as themes without terms.
    sheet : str or None
        Sheet of a workbook with several.
    failures : pandas.DataFrame or None
        The contract `failures`.
    """

    path: str
    kind: str
    reason: Words
    confidence: float
    columns: tuple[ColumnGuess, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    language: str | None = None
    how: tuple[Words, ...] = ()
    sheet: str | None = None
    codes: tuple[Code, ...] = ()
    failures: pd.DataFrame | None = field(default=None, compare=False)

    def column(self, role: str) -> str | None:
        """The name of the first column in a role."""
        return next((c.column for c in self.columns if c.role == role), None)

    def columns_as(self, *roles: str) -> tuple[ColumnGuess, ...]:
        """All columns in one of these roles, in the file's order."""
        return tuple(c for c in self.columns if c.role in roles)


@dataclass(frozen=True)
class StudyDraft:
    """A study as it could be: its sources with guesses, ready to be written as study.toml."""

    name: str
    sources: tuple[SourceGuess, ...]

    def of_kind(self, *kinds: str) -> tuple[SourceGuess, ...]:
        """The sources of these kinds, in order."""
        return tuple(s for s in self.sources if s.kind in kinds)

    def guesses(self) -> pd.DataFrame:
        """All guesses as a table, one row a file and one a column.

        Columns: file, kind, column, role, metric, low, high, language, confidence, reason_fi,
        reason_en.
        """
        rows = []
        for source in self.sources:
            rows.append(
                {
                    "file": source.path,
                    "kind": source.kind,
                    "column": None,
                    "role": None,
                    "confidence": source.confidence,
                    "reason_fi": source.reason.to("fi"),
                    "reason_en": source.reason.to("en"),
                    "language": source.language,
                }
            )
            rows.extend(
                {
                    "file": source.path,
                    "kind": source.kind,
                    "column": c.column,
                    "role": c.role,
                    "metric": c.metric,
                    "low": c.low,
                    "high": c.high,
                    "language": c.language,
                    "confidence": c.confidence,
                    "reason_fi": c.reason.to("fi"),
                    "reason_en": c.reason.to("en"),
                }
                for c in source.columns
            )
        names = "file kind column role metric low high language confidence reason_fi reason_en"
        return pd.DataFrame(rows, columns=names.split())


def slug_of(text: str, *, length: int = 40) -> str:
    """An id from any text: lower case a-z, 0-9 and _; `question` where nothing is left."""
    text = re.sub(r"<[^>]*>", " ", text)
    text = text.casefold().replace("ß", "ss").replace("æ", "ae").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if len(words) > length:
        words = words[:length].rsplit("_", 1)[0] or words[:length]
    return words or "question"


def unique_slugs(texts: Iterable[str]) -> list[str]:
    """`slug_of` for each text, with _2, _3 … where two would be alike."""
    taken: set[str] = set()
    made = []
    for text in texts:
        slug = base = slug_of(text)
        number = 2
        while slug in taken:
            slug = f"{base}_{number}"
            number += 1
        taken.add(slug)
        made.append(slug)
    return made
