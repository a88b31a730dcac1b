"""Searching the texts of the memory desk, and what an autocoding there would code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..model import ActRefusedError
from ..text import lemma_spans, sentence_spans
from .memory_acts import Tables, in_text_order

__all__ = ["autocode_places", "code_quote_rows", "hit_row", "places_of"]

Row = dict[str, Any]
Place = tuple[str, int, int]
AROUND = 40


def places_of(desk: Tables, words: str, how: str, filters: Mapping[str, str]) -> Iterator[Place]:
    """Places of words in the texts, narrowed by filters, in order."""
    for name, row in desk.rows["text"].items():
        if filters.get("document") not in (None, name):
            continue
        if filters.get("respondent") not in (None, row.get("respondent")):
            continue
        for start, end in _spans(row["text"], words, how):
            if start < end and _fits(desk, name, start, end, filters):
                yield name, start, end


def _spans(text: str, words: str, how: str) -> Iterable[tuple[int, int]]:
    if how == "lemma":
        return lemma_spans(text, words)
    try:
        wanted = re.compile(words if how == "regex" else re.escape(words), re.IGNORECASE)
    except re.error as error:
        raise ActRefusedError(
            "The regular expression can't be read.", found=str(error), next_step="Correct it."
        ) from None
    return (found.span() for found in wanted.finditer(text))


def _fits(desk: Tables, name: str, start: int, end: int, filters: Mapping[str, str]) -> bool:
    turn = next((t for t in desk.turns_of(name) if t["start"] <= start < t["end"]), {})
    if any(filters.get(k) not in (None, turn.get(k)) for k in ("speaker", "role")):
        return False
    coded = {"phase": "phase", "in_code": "code"}
    asked = {coded[k]: v for k, v in filters.items() if k in coded}
    return not asked or any(
        c["document"] == name
        and c["start"] < end
        and c["end"] > start
        and all(c.get(k) == v for k, v in asked.items())
        for c in desk.rows["coding"].values()
    )


def autocode_places(desk: Tables, fields: Mapping[str, Any]) -> list[tuple[Place, bool]]:
    """Each place that an autocoding means, and whether the coder has coded it so already."""
    names = ("document", "phase", "in_code", "speaker", "role", "respondent")
    filters = {name: fields[name] for name in names if name in fields}
    found = places_of(desk, fields["words"], fields["how"], filters)
    wide = dict.fromkeys(_widened(desk, place, fields["unit"]) for place in found)
    mine = {
        (c["document"], c["start"], c["end"])
        for c in desk.rows["coding"].values()
        if c["code"] == fields["code"] and c.get("coder") == desk.coder
    }
    return [(place, place in mine) for place in wide]


def _widened(desk: Tables, place: Place, unit: str) -> Place:
    name, start, end = place
    if unit == "words":
        return place
    text = desk.rows["text"][name]["text"]
    turns = [(t["start"], t["end"]) for t in desk.turns_of(name)] or [(0, len(text))]
    turn = next(((a, b) for a, b in turns if a <= start < b), (start, end))
    if unit == "turn":
        return (name, turn[0], max(end, turn[1]))
    inside = text[turn[0] : turn[1]]
    for a, b in sentence_spans(inside):
        if a + turn[0] <= start < b + turn[0]:
            return (name, a + turn[0], max(end, b + turn[0]))
    return place


def hit_row(desk: Tables, place: Place) -> Row:
    """A place as the window lists it, with the words around it."""
    name, start, end = place
    row = desk.rows["text"][name]
    text = row["text"]
    return {
        "document": name,
        "title": row.get("title") or name,
        "start": start,
        "end": end,
        "before": text[max(0, start - AROUND) : start],
        "words": text[start:end],
        "after": text[end : end + AROUND],
    }


def code_quote_rows(desk: Tables, code: str) -> list[Row]:
    """All quotations of a code with their words."""
    found = [c for c in desk.rows["coding"].values() if c["code"] == code]
    placed = in_text_order([c for c in found if c.get("state") != "unplaced"])
    return [
        hit_row(desk, (c["document"], c["start"], c["end"]))
        | {"coding": c["coding"], "coder": c.get("coder")}
        for c in placed
    ]
