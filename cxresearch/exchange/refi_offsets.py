"""Which way a program counted the places of its selections: found out, with evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .refi_xml import clean

__all__ = ["Convention", "CountedText", "decide_conventions"]

Places = NDArray[np.int64]
_BLANKS = re.compile(r"\s+")
_CUT = re.compile(r"\s*(?:…|\.\.\.)\s*$")
_ENOUGH = 5
_NAMES_MATTER = 0.2  # names of selections are no quotations where fewer than these fit


@dataclass(frozen=True)
class Convention:
    """How places are counted.

    Attributes
    ----------
    unit : {"code points", "UTF-16 units", "UTF-8 bytes"}
    newline : {"as in the file", "CRLF as 1", "LF as 2"}
    bom : {"not counted", "counted"}
        Whether the byte-order mark has a place of its own.
    end : {"exclusive", "inclusive"}
    """

    unit: str = "code points"
    newline: str = "as in the file"
    bom: str = "not counted"
    end: str = "exclusive"


UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
NEWLINES = ("as in the file", "CRLF as 1", "LF as 2")


@dataclass(frozen=True)
class _Reading:
    """The selections of a text under one convention, as raw code points; -1 where impossible."""

    starts: Places
    ends: Places
    names: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    edges: NDArray[np.bool_]
    tight: NDArray[np.bool_]

    @property
    def score(self) -> tuple[int, int, int]:
        """Names, names to the letter, edges; one without a blank at its ends counts twice."""
        edges = int(self.edges.sum()) + int(self.tight.sum())
        return int(self.names.sum()), int(self.exact.sum()), edges


@dataclass
class CountedText:
    """A raw text with its selections, tried under each convention that differs in it.

    Parameters
    ----------
    document : str
        Id for the evidence.
    raw : str
        The text as in the file: with its mark and its line ends.
    starts, ends : array of int
        As the file states them.
    names : sequence of str
        What the file says the words are; "" where it does not.
    """

    document: str
    raw: str
    starts: Places
    ends: Places
    names: Sequence[str]
    readings: dict[Convention, _Reading] = field(default_factory=dict)

    def read_all(self) -> None:
        """Try every convention; those that mean the same here share a reading."""
        points = np.frombuffer(self.raw.encode("utf-32-le"), dtype=np.uint32)
        spaces = {
            (unit, newline, bom): _counted(points, unit, newline, bom)
            for unit in _units_that_differ(points)
            for newline in _newlines_that_differ(self.raw)
            for bom in (
                ("not counted", "counted") if self.raw[:1] == "\ufeff" else ("not counted",)
            )
        }
        seen: dict[bytes, _Reading] = {}
        for (unit, newline, bom), counted in spaces.items():
            for end in ("exclusive", "inclusive"):
                starts = _raw_places(counted, self.starts, side="right")
                ends = _raw_places(counted, self.ends + (end == "inclusive"), side="left")
                ends = np.where(self.ends + (end == "inclusive") == self.starts, starts, ends)
                bad = (starts < 0) | (ends < 0) | (starts > ends)
                starts, ends = np.where(bad, -1, starts), np.where(bad, -1, ends)
                key = starts.tobytes() + ends.tobytes()
                if key not in seen:
                    seen[key] = self._reading(points, starts, ends)
                self.readings[Convention(unit, newline, bom, end)] = seen[key]

    def _reading(self, points: NDArray[np.uint32], starts: Places, ends: Places) -> _Reading:
        fits = [
            _name_fits(name, self.raw, a, b)
            for name, a, b in zip(self.names, starts.tolist(), ends.tolist(), strict=True)
        ]
        marks = np.array(fits, dtype=np.int8).reshape(-1)
        return _Reading(starts, ends, marks > 0, marks > 1, *_at_edges(points, starts, ends))

    def of(self, convention: Convention) -> _Reading:
        """The reading under a convention, or under the one that means the same in this text."""
        for newline in (convention.newline, "as in the file"):
            for unit in (convention.unit, "code points"):
                for bom in (convention.bom, "not counted"):
                    near = Convention(unit, newline, bom, convention.end)
                    if near in self.readings:
                        return self.readings[near]
        raise KeyError(convention)


def _units_that_differ(points: NDArray[np.uint32]) -> list[str]:
    high = int(points.max()) if len(points) else 0
    return (
        list(UNITS[: 3 if high > 0xFFFF else 1])
        if high > 0xFFFF
        else (["code points", "UTF-8 bytes"] if high > 0x7F else ["code points"])
    )


def _newlines_that_differ(raw: str) -> list[str]:
    if "\r\n" in raw:
        return ["as in the file", "CRLF as 1"]
    return ["as in the file", "LF as 2"] if "\n" in raw else ["as in the file"]


def _differs(newline: str, raw: str) -> bool:
    return newline in _newlines_that_differ(raw)


def _counted(points: NDArray[np.uint32], unit: str, newline: str, bom: str) -> Places:
    """The place of each code point, and of the end, in the units of the convention."""
    widths = np.ones(len(points), dtype=np.int64)
    if unit == "UTF-16 units":
        widths += points > 0xFFFF
    elif unit == "UTF-8 bytes":
        widths += points > 0x7F
        widths += points > 0x7FF
        widths += points > 0xFFFF
    if newline == "CRLF as 1":
        widths[:-1][(points[:-1] == 13) & (points[1:] == 10)] = 0
    elif newline == "LF as 2":
        widths[points == 10] += 1
    if bom == "not counted" and len(points) and points[0] == 0xFEFF:
        widths[0] = 0
    return np.concatenate([[0], np.cumsum(widths)])


def _raw_places(counted: Places, places: Places, *, side: Literal["left", "right"]) -> Places:
    """Code points for counted places; -1 for one outside the text or inside a character.

    A mark or CR without width shares its place with what follows: it stays outside on both sides.
    """
    first = np.searchsorted(counted, places, side="left")
    there = counted[np.minimum(first, len(counted) - 1)] == places
    at = first if side == "left" else np.searchsorted(counted, places, side="right") - 1
    return np.where(there & (places >= 0), at, -1)


def _name_fits(name: str, raw: str, start: int, end: int) -> int:
    """2 where the name is the words, 1 where they are alike but for blanks or a cut, else 0."""
    if not name or start < 0 or start == end:
        return 0
    words = raw[start:end]
    if words == name:
        return 2
    begun = name.lstrip()[:1]
    if words[:64].lstrip()[:1] != begun and begun != "\ufffd":
        return 0  # quickly: most readings are wrong ones
    words, name = clean(words), clean(name)
    if words == name:
        return 2
    if len(name) > len(words) + 8:
        return 0
    words, name = _BLANKS.sub(" ", words[: 4 * len(name) + 16]), _BLANKS.sub(" ", name)
    if words.strip() == name.strip():
        return 1
    begun = _CUT.sub("", name).strip()
    cut = begun != name.strip() or len(name) >= 40
    return int(cut and len(begun) >= 8 and words.strip().startswith(begun))


def _at_edges(
    points: NDArray[np.uint32], starts: Places, ends: Places
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a selection starts and ends at the edge of a word; and not with a blank either."""
    fits = (starts >= 0) & (ends > starts)
    if not len(points) or not fits.any():
        none = np.zeros(len(starts), dtype=bool)
        return none, none
    size = len(points)
    first, last = np.clip(starts, 0, size - 1), np.clip(ends - 1, 0, size - 1)
    before, after = np.clip(starts - 1, 0, size - 1), np.clip(ends, 0, size - 1)
    word, blank = _kinds(points, np.concatenate([first, last, before, after]))
    w = word.reshape(4, -1)
    b = blank.reshape(4, -1)
    left = ~w[0] | ~w[2] | (starts == 0)
    right = ~w[1] | ~w[3] | (ends == size)
    edges = fits & left & right
    return edges, edges & ~b[0] & ~b[1]


def _kinds(points: NDArray[np.uint32], at: Places) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    import unicodedata

    signs, which = np.unique(points[at], return_inverse=True)
    categories = [unicodedata.category(chr(s)) for s in signs]
    word = np.array([c[0] in "LMN" for c in categories])
    blank = np.array([c[0] in "ZC" for c in categories])
    return word[which.reshape(-1)], blank[which.reshape(-1)]


def _preferences(origin: str) -> list[Convention]:
    """All conventions, the likeliest for the program first: the order decides between equals."""
    name = origin.casefold()
    units = UNITS
    if "nvivo" in name:
        units = ("UTF-16 units", "code points", "UTF-8 bytes")
    newlines = NEWLINES
    if "atlas" in name or "qualcoder" in name:
        newlines = ("CRLF as 1", "as in the file", "LF as 2")
    return [
        Convention(unit, newline, bom, end)
        for end in ("exclusive", "inclusive")
        for bom in ("not counted", "counted")
        for newline in newlines
        for unit in units
    ]


def _own_way(origin: str) -> Convention | None:
    """How cxresearch itself counts, in a file that it wrote."""
    if not origin.startswith("cxresearch"):
        return None
    return Convention("UTF-16 units" if "NVivo" in origin else "code points")


def decide_conventions(
    texts: Iterable[CountedText], *, origin: str = ""
) -> tuple[dict[str, Convention], pd.DataFrame]:
    """Find the convention of each text: the project's, unless a text's own names say otherwise.

    Parameters
    ----------
    texts : iterable of CountedText
        With their selections.
    origin : str
        The program that wrote the project; it only decides between conventions that fit alike.

    Returns
    -------
    conventions : dict
        Document to its `Convention`.
    evidence : pandas.DataFrame
        One row a document: `document`, `selections`, `unit`, `newline`, `bom`, `end`, `named`
        (selections with a name), `names_fit`, `edges_fit` (start and end at the edge of a word),
        `share` (0..1 of what decided), `decided_by` (names, edges, or nothing), `other_share`
        (the best convention that reads otherwise; missing where none does), `tied` (it fits as
        well). An edge with a blank inside counts as none where most have none.
    """
    texts = list(texts)
    for text in texts:
        text.read_all()
    order = _preferences(origin)
    totals = {c: np.zeros(3, dtype=np.int64) for c in order}
    for text in texts:
        for convention in order:
            totals[convention] += text.of(convention).score
    named = sum(bool(name) for text in texts for name in text.names)
    by_names = max(t[0] for t in totals.values()) >= max(1, _NAMES_MATTER * named)
    first = 0 if by_names else 2
    own_way = _own_way(origin)
    if own_way is not None and 2 * totals[own_way][0] >= named:
        order = [own_way]
    best = max(order, key=lambda c: (*totals[c].tolist()[first:], -order.index(c)))
    chosen, rows = {}, []
    for text in texts:
        own = max(order, key=lambda c: (*text.of(c).score[first:], -order.index(c)))
        chosen[text.document] = own if _own_is_better(text, own, best, by_names) else best
        rows.append(_evidence(text, chosen[text.document], order, by_names))
    return chosen, pd.DataFrame(rows, columns=_EVIDENCE).astype(_EVIDENCE)


_EVIDENCE = {
    "document": object,
    "selections": "int64",
    "unit": object,
    "newline": object,
    "bom": object,
    "end": object,
    "named": "int64",
    "names_fit": "int64",
    "edges_fit": "int64",
    "share": "float64",
    "decided_by": object,
    "other_share": "float64",
    "tied": bool,
}


def _own_is_better(text: CountedText, own: Convention, best: Convention, by_names: bool) -> bool:
    mine, theirs = text.of(own).score, text.of(best).score
    if by_names and mine[0] != theirs[0]:
        return mine[0] > theirs[0]
    settled = by_names and mine[0] > 0
    return not settled and mine[2] - theirs[2] >= max(_ENOUGH, len(text.names) // 3)


def _evidence(
    text: CountedText, chosen: Convention, order: Sequence[Convention], by_names: bool
) -> dict[str, object]:
    reading = text.of(chosen)
    named = sum(bool(n) for n in text.names)
    by = "edges" if reading.edges.any() else "nothing"
    if by_names and reading.names.any():
        by = "names"
    # blanks at the ends tell the end apart, unless a program selects whole lines
    measure = "tight" if 2 * reading.tight.sum() >= reading.edges.sum() else "edges"
    if by == "names":
        measure = "exact" if reading.exact.any() else "names"
    count = int((reading.names if by == "names" else getattr(reading, measure)).sum())
    of = named if by == "names" else len(text.names)
    others = [r for r in (text.of(c) for c in order) if r is not reading]
    first = 0 if by == "names" else 2
    other = max(others, key=lambda r: r.score[first:], default=None)
    rival = np.nan if other is None or not of else int(getattr(other, measure).sum()) / of
    return {
        "document": text.document,
        "selections": len(text.names),
        "unit": chosen.unit,
        "newline": chosen.newline if _differs(chosen.newline, text.raw) else NEWLINES[0],
        "bom": chosen.bom,
        "end": chosen.end,
        "named": named,
        "names_fit": int(reading.names.sum()),
        "edges_fit": count if by == "edges" else int(reading.edges.sum()),
        "share": count / of if of else np.nan,
        "decided_by": by,
        "other_share": rival,
        "tied": other is not None and by != "nothing" and other.score >= reading.score,
    }
