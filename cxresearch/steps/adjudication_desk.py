"""The adjudication view over a study: two coders' codings, and the consensus layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import ActRefusedError, SettingsError
from ..study import act as do
from ..study import adjudications, open_documents, redo, seen_codings, titles, undo, undo_state
from ..widgets import Act, Adjudication, AdjudicationContent

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["AdjudicationDesk", "open_adjudication"]

_ACTS = ("adjudicate", "undo", "redo")


def open_adjudication(
    study: Study,
    coders: tuple[str, str],
    *,
    document: str | None = None,
    who: str | None = None,
    language: str | None = None,
) -> Adjudication:
    """Settle what two coders coded differently, side by side, in JupyterLab.

    Parameters
    ----------
    study : Study
    coders : tuple of str
        Who is shown on the left and on the right.
    document : str, optional
        Which to open; the first that both have coded when not given.
    who : str, optional
        Who decides; the study's coder when not given.
    language : {"fi", "en"}, optional
        Of the texts on the screen; the study's first language when not given.

    Returns
    -------
    Adjudication
        Decisions make codings of origin `consensus`; both originals stay as they are.

    Raises
    ------
    SettingsError
        There is no document that both have coded and whose codings are open to all:
        `act(study, "open_codings", documents=[…])` opens them.
    """
    desk = AdjudicationDesk(study, coders, who=who)
    chosen = language or study.settings.study.languages[0]
    return Adjudication(desk, document=document, language=chosen)


class AdjudicationDesk:
    """Holds two coders' codings for the adjudication view.

    Parameters
    ----------
    study : Study
    coders : tuple of str
        Left and right.
    who : str, optional
        Who decides; the study's coder when not given.
    """

    def __init__(self, study: Study, coders: tuple[str, str], *, who: str | None = None) -> None:
        if len(set(coders)) != 2:
            raise SettingsError(
                "Two coders are needed.", expected="two different names", found=str(len(coders))
            )
        self.study = study
        self.coders = coders
        self.who = who or study.coder
        if not self.documents():
            raise SettingsError(
                "There is no document with open codings of both coders.",
                expected=f"codings of {coders[0]} and {coders[1]} on one document, opened",
                next_step='When both have coded, run act(study, "open_codings").',
            )

    def documents(self) -> list[dict[str, Any]]:
        """Documents that both have coded and whose codings are open."""
        opened = open_documents(self.study)
        found: dict[str, set[str]] = {}
        for row in seen_codings(self.study, None):
            if row["origin"] == "human" and ("*" in opened or row["document"] in opened):
                found.setdefault(row["document"], set()).add(row["coder"])
        called = titles(self.study)
        return [
            {"document": name, "title": called.get(name, name)}
            for name, coders in sorted(found.items())
            if set(self.coders) <= coders
        ]

    def content(self, document: str) -> AdjudicationContent:
        """One document with the codings of both, the consensus layer and what was decided."""
        called = {row["document"]: row["title"] for row in self.documents()}
        if document not in called:
            raise ActRefusedError(
                "There is no such document.",
                expected="one that both have coded and whose codings are open",
                next_step="Nothing was changed. Choose another.",
            )
        rows = seen_codings(self.study, None, [document])
        frame = pd.DataFrame([r for r in rows if r["origin"] == "human"], columns=_columns(rows))
        left, right = (frame[frame["coder"] == name] for name in self.coders)
        ids = {row["coding"] for row in rows}
        back, again = undo_state(self.study, self.who)
        return AdjudicationContent(
            document=document,
            title=called[document],
            text=self.study.text_of(document),
            left_coder=self.coders[0],
            right_coder=self.coders[1],
            left=left,
            right=right,
            consensus=[row for row in rows if row["origin"] == "consensus"],
            decisions=[row for row in adjudications(self.study) if row["original"] in ids],
            turns=self.study.turns(document),
            codes=self.study.codebook().drop(columns=["terms"]),
            stages=self.study.stages(),
            can_undo=back,
            can_redo=again,
        )

    def perform(self, act: Act) -> None:
        """Do `adjudicate`, `undo` or `redo`; when this returns, it is on disk."""
        if act.act not in _ACTS:
            raise ActRefusedError("There is no such act.", expected=", ".join(_ACTS))
        if act.act == "adjudicate":
            do(self.study, "adjudicate", who=self.who, **act.fields)
        else:
            (undo if act.act == "undo" else redo)(self.study, who=self.who)


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(rows[0]) if rows else ["coding", "coder", "origin"]
