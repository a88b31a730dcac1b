"""The act of the plain autocoder: one code for every place of words, one undo."""

from __future__ import annotations

from typing import Literal

from ..model import ActRefusedError
from .acts_codings import insert_codings
from .outcome import Outcome
from .registry import Work, an_act
from .search import HOW, UNITS, autocode_places

__all__: list[str] = []

MOST_PLACES = 20_000


@an_act()
def autocode(
    work: Work,
    words: str,
    how: Literal[HOW],  # type: ignore[valid-type]
    code: str,
    unit: Literal[UNITS] = "words",  # type: ignore[valid-type]
    document: str | None = None,
    phase: str | None = None,
    in_code: str | None = None,
    speaker: str | None = None,
    role: str | None = None,
    respondent: str | None = None,
) -> Outcome:
    """Give a code to every place that `find_places` finds, or to the sentence or turn around it.

    `preview_autocode` shows what it would code. Places that the coder has coded so already stay
    as they are. The codings are the coder's own, and keep the words as their `rule`.
    """
    fields = {name: value for name, value in locals().items() if name != "work"}
    found = autocode_places(work.study, fields, coder=work.ledger.who)
    fresh = [hit for hit, there in found if not there]
    if len(fresh) > MOST_PLACES:
        raise ActRefusedError(
            "The words stand in too many places to be coded at once.",
            expected=f"at most {MOST_PLACES}",
            found=str(len(fresh)),
            next_step="Nothing was changed. Narrow the search, or code the comments by the "
            "codebook's terms: `cxresearch code`.",
        )
    rows = [
        {
            "coding": work.study.new_id(),
            "document": hit.passage["document"],
            "start": hit.start,
            "end": hit.end,
            "code": code,
            "origin": "human",
            "rule": f"{how}: {words}",
        }
        for hit in fresh
    ]
    insert_codings(work, rows)
    return Outcome(None, "", ids=tuple(str(row["coding"]) for row in rows))
