"""Search a study's texts by exact words, by lemma or by regular expression; code what is found."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from ..model import ActRefusedError
from . import tables
from .registry import refuse_unknown
from .search_index import COLUMNS, searching
from .window import seen_codings

if TYPE_CHECKING:
    from .study import Study

__all__ = [
    "FILTERS",
    "HOW",
    "UNITS",
    "autocode_places",
    "find_places",
    "preview_autocode",
    "quotes_in_place",
]

FILTERS = ("document", "phase", "in_code", "speaker", "role", "respondent")
HOW = ("exact", "lemma", "regex")
UNITS = ("words", "sentence", "turn")
AROUND = 40
_SHOWN = ("document", "title", "turn", "start", "end", "speaker", "role", "respondent")
# the trigram index knows nothing of shorter words
_TRIGRAM = 3
# interviews and notes first, then by document and place
_ORDER = "p.survey, p.document, p.start"


@dataclass(frozen=True)
class Hit:
    """A place in a passage: what was found, and the passage's own columns."""

    start: int
    end: int
    passage: Mapping[str, Any]


def find_places(
    study: Study,
    words: str,
    *,
    how: str = "exact",
    filters: Mapping[str, str] | None = None,
    coder: str | None = None,
    most: int | None = None,
) -> pd.DataFrame:
    """Every place in interviews, notes and survey comments where words stand.

    Parameters
    ----------
    study : Study
    words : str
        What to look for.
    how : {"exact", "lemma", "regex"}
        exact: these signs, capital or small; lemma: any inflected form and compounds (`lasku`
        finds laskussa, laskunsa, laskuvirhe; `hälyt*` any ending; `lasku + väärin` both in one
        sentence); regex: a regular expression, stopped when it takes more than five seconds.
    filters : mapping, optional
        Only places of a `document`, `speaker`, `role` or `respondent`, or that a coding with a
        `phase` or the code `in_code` touches.
    coder : str, optional
        Whose codings count for `phase` and `in_code`: those that this coder may see; all of the
        study when not given.
    most : int, optional
        Stop after so many.

    Returns
    -------
    pandas.DataFrame
        Columns `document`, `title`, `turn` (empty in comments and between turns), `start`, `end`,
        `speaker`, `role`, `respondent`, `before` (up to 40 signs), `words`, `after`; by document
        and place, interviews first. No place goes across two turns.

    Raises
    ------
    ActRefusedError
        Nothing was asked for, an unknown `how` or filter, or a regular expression that can't be
        read or takes too long.

    Notes
    -----
    The first search after texts have changed brings an index in data/processed up to date.
    """
    found = islice(hits(study, words, how=how, filters=filters, coder=coder), most)
    rows = hit_rows(study, found)
    names = [*_SHOWN, "before", "words", "after"]
    table = pd.DataFrame(rows, columns=names)
    return table.astype({"turn": "Int64", "start": "int64", "end": "int64"})


def hits(
    study: Study,
    words: str,
    *,
    how: str = "exact",
    filters: Mapping[str, str] | None = None,
    coder: str | None = None,
) -> Iterator[Hit]:
    """The places one after another, as `find_places` tells of them."""
    filters = {name: value for name, value in (filters or {}).items() if value is not None}
    refuse_unknown([how], HOW, "way of searching")
    refuse_unknown(filters, FILTERS, "filter of the search")
    if not words.strip():
        raise ActRefusedError(
            "There is nothing to look for.",
            expected="words, or a pattern",
            next_step="Nothing was changed. Write what to find.",
        )
    touching = _coded_ranges(study, filters, coder)
    with searching(study) as index:
        passages = _narrowed(_candidates(index, words, how, filters), touching)
        for row, spans in _with_spans(passages, words, how):
            for start, end in spans:
                hit = Hit(row["start"] + start, row["start"] + end, row)
                if touching is None or _touches(hit, touching[row["document"]]):
                    yield hit


def hit_rows(study: Study, found: Iterable[Hit]) -> list[dict[str, Any]]:
    """Places as rows with their titles and the words around them."""
    listed = list(found)
    names = {hit.passage["document"] for hit in listed}
    document = tables.document
    with study.storage.reading() as connection:
        query = sa.select(document.c.document, document.c.title)
        titles = {r.document: r.title for r in connection.execute(query) if r.document in names}
    rows = []
    for hit in listed:
        passage, body = hit.passage, hit.passage["body"]
        start, end = hit.start - passage["start"], hit.end - passage["start"]
        rows.append(
            {
                **{name: passage[name] for name in _SHOWN if name in passage},
                "title": titles.get(passage["document"]) or passage["document"],
                "start": hit.start,
                "end": hit.end,
                "before": body[max(0, start - AROUND) : start],
                "words": body[start:end],
                "after": body[end : end + AROUND],
            }
        )
    return rows


def _candidates(
    index: sqlite3.Connection, words: str, how: str, filters: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Passages that can hold the words: what the index says, or all where it can't tell."""
    columns = ", ".join(f'p."{name}"' for name in COLUMNS)
    own = [name for name in ("document", "speaker", "role", "respondent") if name in filters]
    where = [f'p."{name}" = ?' for name in own]
    values: list[Any] = [filters[name] for name in own]
    asked = [("", where, values)]
    if how == "exact" and len(words) >= _TRIGRAM:
        joined = "JOIN exact f ON f.rowid = p.passage"
        asked = [(joined, [*where, "exact MATCH ?"], [*values, _quoted(words)])]
    elif how == "lemma":
        joined = "JOIN lemma f ON f.rowid = p.passage"
        asked = [
            (joined, [*where, "coalesce(p.language, 'other') = ?", "lemma MATCH ?"],
             [*values, language, _lemma_match(words, language)])
            for language in _languages(index)
        ]  # fmt: skip
    found: list[tuple[Any, ...]] = []
    for join, conditions, given in asked:
        which = " AND ".join(conditions) or "1"
        query = f"SELECT p.survey, {columns} FROM passage p {join} WHERE {which} ORDER BY {_ORDER}"
        found += index.execute(query, given)
    if len(asked) > 1:
        found.sort(key=lambda row: (row[0], row[1], row[3]))
    for row in found:
        yield dict(zip(COLUMNS, row[1:], strict=True))


def _languages(index: sqlite3.Connection) -> list[str]:
    query = "SELECT DISTINCT coalesce(language, 'other') FROM passage"
    return sorted(row[0] for row in index.execute(query))


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _lemma_match(words: str, language: str) -> str:
    """What to ask the index of lemmas: all words, in any order; their places are seen later."""
    from ..text import lemma_query

    sought = [word for word in lemma_query(words, language=language).split() if word != "+"]
    return " AND ".join(
        f"{_quoted(word[:-1])} *" if word.endswith("*") else _quoted(word) for word in sought
    )


def _with_spans(
    passages: Iterator[dict[str, Any]], words: str, how: str
) -> Iterator[tuple[dict[str, Any], list[tuple[int, int]]]]:
    from ..text.patterns import pattern_spans

    if how == "regex":
        rows = list(passages)
        yield from zip(rows, pattern_spans([row["body"] for row in rows], words), strict=True)
        return
    if how == "lemma":
        for rows in _blocks(passages):
            yield from zip(rows, _lemma_places(rows, words), strict=True)
        return
    wanted = re.compile(re.escape(words), re.IGNORECASE)
    for row in passages:
        yield row, [found.span() for found in wanted.finditer(row["body"])]


def _blocks(passages: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Passages in growing blocks: the first hits come at once, many are read together."""
    size = 50
    while block := list(islice(passages, size)):
        yield block
        size = min(size * 4, 3200)


def _lemma_places(rows: list[dict[str, Any]], words: str) -> list[list[tuple[int, int]]]:
    from ..text import lemma_spans_in

    places: list[list[tuple[int, int]]] = [[] for _ in rows]
    tongues = [row["language"] or "other" for row in rows]
    for language in dict.fromkeys(tongues):
        chosen = [i for i, tongue in enumerate(tongues) if tongue == language]
        found = lemma_spans_in([rows[i]["body"] for i in chosen], words, language=language)
        for i, spans in zip(chosen, found, strict=True):
            places[i] = spans
    return places


def _coded_ranges(
    study: Study, filters: Mapping[str, str], coder: str | None
) -> dict[str, list[tuple[int, int]]] | None:
    """Where codings of the phase and code asked for stand; None when no such thing was asked."""
    asked = {field: filters[name] for name, field in _FACETS.items() if name in filters}
    if not asked:
        return None
    ranges: dict[str, list[tuple[int, int]]] = {}
    for row in seen_codings(study, coder):
        if all(row[field] == value for field, value in asked.items()):
            ranges.setdefault(row["document"], []).append((row["start"], row["end"]))
    return ranges


_FACETS = {"phase": "phase", "in_code": "code"}


def _narrowed(
    passages: Iterator[dict[str, Any]], touching: dict[str, list[tuple[int, int]]] | None
) -> Iterator[dict[str, Any]]:
    return (row for row in passages if touching is None or row["document"] in touching)


def _touches(hit: Hit, ranges: list[tuple[int, int]]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in ranges)


def quotes_in_place(study: Study, code: str, *, coder: str | None = None) -> list[dict[str, Any]]:
    """Quotations of a code with the words around them, by document and place.

    Parameters
    ----------
    study : Study
    code : str
    coder : str, optional
        Only what this coder may see.

    Returns
    -------
    list of dict
        `coding`, `coder`, `document`, `title`, `start`, `end`, `before`, `words`, `after`.
    """
    rows = [row for row in seen_codings(study, coder) if row["code"] == code]
    document = tables.document
    query = sa.select(document.c.document, document.c.title, document.c.text)
    coded = document.c.document.in_({row["document"] for row in rows})
    with study.storage.reading() as connection:
        known = {row.document: row for row in connection.execute(query.where(coded))}
    return [
        {
            **{name: row[name] for name in ("coding", "coder", "document", "start", "end")},
            "title": known[row["document"]].title or row["document"],
            "before": known[row["document"]].text[max(0, row["start"] - AROUND) : row["start"]],
            "words": row["quote"],
            "after": known[row["document"]].text[row["end"] : row["end"] + AROUND],
        }
        for row in rows
    ]


def autocode_places(
    study: Study, fields: Mapping[str, Any], *, coder: str
) -> list[tuple[Hit, bool]]:
    """Places that the act `autocode` means, each once, and whether the coder has coded it so."""
    refuse_unknown([fields.get("unit", "words")], UNITS, "unit of autocoding")
    filters = {name: fields[name] for name in FILTERS if fields.get(name) is not None}
    found = hits(study, fields["words"], how=fields["how"], filters=filters, coder=coder)
    wide: dict[tuple[str, int, int], Hit] = {}
    for hit in found:
        grown = _widened(hit, fields.get("unit", "words"))
        wide.setdefault((hit.passage["document"], grown.start, grown.end), grown)
    coding = tables.coding
    mine = (coding.c.coder == coder, coding.c.code == fields["code"], coding.c.origin == "human")
    query = sa.select(coding.c.document, coding.c.start, coding.c.end).where(*mine)
    with study.storage.reading() as connection:
        there = {tuple(row) for row in connection.execute(query.where(coding.c.state == "placed"))}
    return [(hit, place in there) for place, hit in wide.items()]


def _widened(hit: Hit, unit: str) -> Hit:
    if unit == "words":
        return hit
    at, body = hit.passage["start"], hit.passage["body"]
    if unit == "turn":
        return Hit(at, at + len(body), hit.passage)
    from ..text import sentence_spans

    for start, end in sentence_spans(body):
        if at + start <= hit.start < at + end:
            return Hit(at + start, max(hit.end, at + end), hit.passage)
    return hit


def preview_autocode(
    study: Study, words: str, *, how: str, code: str, unit: str = "words", **filters: str
) -> pd.DataFrame:
    """What the act `autocode` with the same fields would code; nothing is changed.

    Parameters
    ----------
    study : Study
    words, how, **filters
        As in `find_places`.
    code : str
        Which code to give.
    unit : {"words", "sentence", "turn"}
        What is coded: the words found, or the sentence or turn around them.

    Returns
    -------
    pandas.DataFrame
        Columns of `find_places` and `coded`: True where the study's coder has coded just that
        place so already; `autocode` leaves these as they are.

    Raises
    ------
    ActRefusedError
        As in `find_places`.
    """
    fields = {"words": words, "how": how, "code": code, "unit": unit, **filters}
    found = autocode_places(study, fields, coder=study.coder)
    table = pd.DataFrame(
        hit_rows(study, (hit for hit, _ in found)), columns=[*_SHOWN, "before", "words", "after"]
    )
    return table.assign(coded=[there for _, there in found])
