"""Two coders' codings side by side; what is settled goes to a consensus layer of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from ..model import SettingsError
from .acts import ADJUDICATION_ACTS, ADJUDICATION_ASKS, Act
from .content import coding_rows, phase_rows, plain_rows
from .sources import joined_script, joined_style
from .window import Window

__all__ = ["Adjudication", "AdjudicationContent", "AdjudicationHandler", "cases_of"]

Row = dict[str, Any]
_FACETS = ("phase", "stage", "touchpoint", "valence")
# two quotations with different codes are one disagreement when they share half of their words
_SHARED = 0.5


@dataclass(frozen=True)
class AdjudicationContent:
    """One document with the codings of two coders and what was settled so far.

    Attributes
    ----------
    document, title, text : str
    left_coder, right_coder : str
        Names of the coders.
    left, right, consensus : DataFrame or rows
        Codings of the two and of the consensus layer; columns of the `codings` contract.
    decisions : rows
        `original` (id of a coding of a coder), `decision` (taken or dropped), `coding` (id of the
        consensus coding, missing when dropped).
    turns, codes, stages
        As in `CoderContent`.
    can_undo, can_redo : bool
    """

    document: str
    text: str
    left_coder: str
    right_coder: str
    title: str = ""
    left: Any = ()
    right: Any = ()
    consensus: Any = ()
    decisions: Any = ()
    turns: Any = ()
    codes: Any = ()
    stages: Any = ()
    can_undo: bool = False
    can_redo: bool = False

    def as_message(self) -> Row:
        """The content as one JSON message, with the cases to decide on."""
        left, right = coding_rows(self.left), coding_rows(self.right)
        decided = {row["original"]: row for row in plain_rows(self.decisions)}
        return {
            "document": self.document,
            "title": self.title or self.document,
            "text": self.text,
            "points": len(self.text),
            "coders": [self.left_coder, self.right_coder],
            "codings": {row["coding"]: row for row in [*left, *right]},
            "consensus": {row["coding"]: row for row in coding_rows(self.consensus)},
            "cases": [_told(case, decided) for case in cases_of(left, right)],
            "turns": plain_rows(self.turns),
            "codes": plain_rows(self.codes),
            "phases": phase_rows(self.stages),
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


def _told(case: Row, decided: Mapping[str, Row]) -> Row:
    ids = [*case["left"], *case["right"]]
    known = [decided[name] for name in ids if name in decided]
    made = dict.fromkeys(row["coding"] for row in known if row.get("coding"))
    return {**case, "settled": len(known) == len(ids), "consensus": list(made)}


def cases_of(left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """What two coders have to agree on: codings that belong together, in the order of the text.

    Parameters
    ----------
    left, right : sequence of dict
        Codings of one document: `coding`, `start`, `end`, `code`, and facets where given.

    Returns
    -------
    list of dict
        `left` and `right` (ids), `start`, `end` (the whole range) and `kind`: `same` (place, code
        and facets are alike), `facets` (only phase or valence differ), `place` (one code, other
        borders), `code` (half of the words shared, other codes), `alone` (one of them has nothing
        there).
    """
    groups = _alike(left, right)
    used = {row["coding"] for group in groups for side in group for row in side}
    rest = (
        [r for r in left if r["coding"] not in used],
        [r for r in right if r["coding"] not in used],
    )
    groups += _other_codes(*rest)
    used |= {row["coding"] for group in groups for side in group for row in side}
    groups += [([row], []) for row in rest[0] if row["coding"] not in used]
    groups += [([], [row]) for row in rest[1] if row["coding"] not in used]
    cases = [_case(*group) for group in groups]
    return sorted(cases, key=lambda case: (case["start"], case["end"], case["left"], case["right"]))


def _alike(left: Sequence[Row], right: Sequence[Row]) -> list[tuple[list[Row], list[Row]]]:
    """Codings of one code that touch each other, whoever made them, where both have some."""
    marked = [(0, row) for row in left] + [(1, row) for row in right]
    marked.sort(key=lambda item: (item[1]["code"], item[1]["start"], item[1]["end"], item[0]))
    groups: list[tuple[list[Row], list[Row]]] = []
    code, reach = None, -1
    for side, row in marked:
        if row["code"] != code or row["start"] >= reach:
            groups.append(([], []))
            code, reach = row["code"], row["end"]
        groups[-1][side].append(row)
        reach = max(reach, row["end"])
    return [group for group in groups if group[0] and group[1]]


def _other_codes(left: Sequence[Row], right: Sequence[Row]) -> list[tuple[list[Row], list[Row]]]:
    pairs = sorted(
        ((_share(a, b), i, j) for i, a in enumerate(left) for j, b in enumerate(right)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    found, taken = [], (set[int](), set[int]())
    for share, i, j in pairs:
        if share >= _SHARED and i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append(([left[i]], [right[j]]))
    return found


def _share(a: Row, b: Row) -> float:
    both = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return max(0, both) / (max(a["end"], b["end"]) - min(a["start"], b["start"]))


def _case(left: list[Row], right: list[Row]) -> Row:
    rows = [*left, *right]
    places = {(row["start"], row["end"]) for row in rows}
    facets = {tuple(row.get(name) for name in _FACETS) for row in rows}
    if not left or not right:
        kind = "alone"
    elif len({row["code"] for row in rows}) > 1:
        kind = "code"
    elif len(places) > 1 or len(left) > 1 or len(right) > 1:
        kind = "place"
    else:
        kind = "same" if len(facets) == 1 else "facets"
    return {
        "left": [row["coding"] for row in left],
        "right": [row["coding"] for row in right],
        "start": min(row["start"] for row in rows),
        "end": max(row["end"] for row in rows),
        "kind": kind,
    }


@runtime_checkable
class AdjudicationHandler(Protocol):
    """Who holds the codings and writes the decisions; refuses with a `CxresearchError`."""

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """Documents that both have coded: `document`, `title`."""
        ...

    def content(self, document: str) -> AdjudicationContent:
        """One document as it stands now."""
        ...

    def perform(self, act: Act) -> object:
        """Do the act (`adjudicate`, `undo`, `redo`); when this returns, it is safe."""
        ...


class Adjudication(Window):
    """Settle, side by side, what two coders coded differently.

    Each disagreement is decided by one key: take the left, the right, both, none, or an edited
    coding. Decisions go to the consensus layer; both originals stay as they are. Texts travel as
    messages, never as widget state.

    Parameters
    ----------
    handler : AdjudicationHandler
        Who holds the codings; `cxresearch.steps.open_adjudication` gives one of a study.
    document : str, optional
        Id of the document to open; the first one when not given.
    language : {"fi", "en"}
        Language of the texts on the screen.
    height : int
        Height in pixels, 320 to 4000.

    Raises
    ------
    SettingsError
        There is no document that both have coded, the language is unknown or the height is out of
        range.
    """

    _esm = joined_script("adjudication")
    _css = joined_style("coder", "boards")
    _called = "view"
    _kinds: ClassVar = {**ADJUDICATION_ACTS, **ADJUDICATION_ASKS}

    def __init__(
        self,
        handler: AdjudicationHandler,
        *,
        document: str | None = None,
        language: str = "fi",
        height: int = 640,
    ) -> None:
        super().__init__(handler, language=language, height=height)
        known = plain_rows(handler.documents())
        if not known:
            raise SettingsError(
                "There is no document that both coders have coded.",
                next_step="Let both code a document, then open their codings.",
            )
        self.document = document or str(known[0]["document"])

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act == "open_adjudication":
            content = self._handler.content(act.get("document", self.document))
            self.document = content.document
            documents = plain_rows(self._handler.documents())
            return {"content": content.as_message(), "documents": documents}
        self._handler.perform(act)
        return {"content": self._handler.content(self.document).as_message()}
