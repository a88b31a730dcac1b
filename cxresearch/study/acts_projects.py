"""The act that takes another program's project into the study: all of it, or nothing."""

from __future__ import annotations

import pandas as pd

from ..model import FrameError, check_frame
from . import tables
from .acts_codebook import parents_first
from .acts_codings import add_codings
from .acts_documents import import_documents
from .acts_people import set_respondents
from .frames import plain_rows
from .ledger import key_of
from .outcome import Outcome
from .registry import Work, an_act

__all__: list[str] = []

_MEMO = ("about", "target", "coder", "text", "written_at")


@an_act(lane="import")
def import_project(
    work: Work,
    documents: pd.DataFrame,
    codes: pd.DataFrame,
    codings: pd.DataFrame,
    turns: pd.DataFrame | None = None,
    respondents: pd.DataFrame | None = None,
    memos: pd.DataFrame | None = None,
    parts: pd.DataFrame | None = None,
) -> Outcome:
    """Take documents, codes, codings, respondents and memos of a project into the study as one act.

    What is there already (same id) stays as it is. `memos` has about, target, coder, text and
    maybe written_at; `parts` (project, part, document, value) is what the study doesn't model and
    keeps for the way back. `ids` of the outcome are the new codings.
    """
    import_documents(work, documents=documents, turns=turns)
    check_frame(codes, "codebook")
    there = {row["code"]: row for row in work.ledger.rows(tables.code)}
    start = 1 + max((row["position"] for row in there.values()), default=-1)
    fresh = [row for row in plain_rows(codes) if row["code"] not in there]
    placed = [row | {"position": start + n} for n, row in enumerate(fresh)]
    work.ledger.insert(tables.code, parents_first(placed))
    if respondents is not None and len(respondents):
        known = {row["respondent"] for row in work.ledger.rows(tables.respondent)}
        new = respondents[~respondents["respondent"].isin(known)]
        if len(new):
            set_respondents(work, respondents=new)
    done = add_codings(work, codings=codings)
    if memos is not None:
        _add_memos(work, memos)
    if parts is not None:
        _keep_parts(work, parts)
    return Outcome(None, "", ids=done.ids, kept=done.kept)


def _add_memos(work: Work, memos: pd.DataFrame) -> None:
    absent = [n for n in _MEMO[:4] if n not in memos.columns]
    if absent:
        raise FrameError(
            f"The memos lack {', '.join(absent)}.",
            expected=", ".join(_MEMO[:4]),
            found=", ".join(map(str, memos.columns)),
        )
    there = {key_of(tables.memo, row) for row in work.ledger.rows(tables.memo)}
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for row in plain_rows(memos[[n for n in _MEMO if n in memos.columns]]):
        key = (row["about"], row["target"], row["coder"])
        if key in rows:  # several memos of one coder on one thing stand in one
            rows[key]["text"] = f"{rows[key]['text']}\n\n{row['text']}"
        elif key not in there:
            rows[key] = row | {"written_at": row.get("written_at") or work.ledger.at}
    work.ledger.insert(tables.memo, list(rows.values()))


def _keep_parts(work: Work, parts: pd.DataFrame) -> None:
    there = {key_of(tables.foreign_part, row) for row in work.ledger.rows(tables.foreign_part)}
    rows = [r for r in plain_rows(parts) if (r["project"], r["part"]) not in there]
    work.ledger.insert(tables.foreign_part, rows)
