"""The one door for changes: an act writes its change and its event in one transaction."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from . import (  # noqa: F401 (registers)
    acts_autocode,
    acts_codebook,
    acts_codings,
    acts_consensus,
    acts_content,
    acts_documents,
    acts_erasing,
    acts_improvement,
    acts_people,
    acts_projects,
    acts_review,
    acts_segments,
)
from .ledger import Ledger
from .outcome import Outcome
from .registry import ACTS, Work, refuse_unknown

if TYPE_CHECKING:
    from .study import Study

__all__ = ["act"]


def act(
    study: Study,
    name: str,
    /,
    *,
    who: str | None = None,
    lane: str | None = None,
    seen: int | None = None,
    **fields: Any,
) -> Outcome:
    """Change the study: all of the act and its event, or nothing.

    When this returns, the act is on disk. `undo` takes it back.

    Parameters
    ----------
    study : Study
    name : str
        A key of `ACTS`; `ACTS[name].fields` lists its fields.
    who : str, optional
        Who acts; the study's coder when not given.
    lane : {"hand", "review", "import"}, optional
        Whose undo it belongs to: coders', reviewers', or that of steps. Each act has a fitting
        default.
    seen : int, optional
        The newest event that the person's window shows. When somebody else has changed one of the
        rows after it, the act is refused instead of writing over their work.
    **fields
        The act's own fields, typed.

    Returns
    -------
    Outcome
        Its `event` is None when there was nothing to change.

    Raises
    ------
    ActRefusedError
        Unknown act or field, a wrong kind, a code, document or phase that does not exist, a place
        outside the text, or others changed the row meanwhile. Nothing was changed.
    DriftError
        A quote given along is not what stands at its place.
    StudyBusyError, StudyFileError
        The file is held by another process for long, is full, read-only or damaged.

    Examples
    --------
    >>> done = act(study, "add_coding", document="h01", start=10, end=42, code="laskutus",
    ...            phase="post_purchase", valence=-2)  # doctest: +SKIP
    >>> act(study, "change_coding", coding=done.id, valence=-1)  # doctest: +SKIP
    """
    refuse_unknown([name], ACTS, "act")
    chosen = ACTS[name]
    with study.storage.writing() as connection:
        ledger = Ledger(connection, who=who or study.coder, at=study.now(), seen=seen)
        outcome = chosen.call(Work(study, ledger), fields)
        number = ledger.close(name, lane or chosen.lane)
    rows = len(ledger.changes) + ledger.withheld
    return dataclasses.replace(outcome, event=number, act=name, rows=rows)
