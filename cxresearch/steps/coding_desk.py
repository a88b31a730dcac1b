"""The coder over a study: what its window shows, and its acts, each on disk before it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..model import ActRefusedError
from ..study import (
    act as do,
)
from ..study import (
    changes_since,
    counts_seen,
    decided,
    last_event,
    memos,
    quotes_in_place,
    redo,
    search_choices,
    seen_codings,
    titles,
    undo,
    undo_state,
)
from ..study.search import autocode_places, hit_rows, hits
from ..widgets import Act, AutocodePreview, CoderContent, Delta, TranscriptCoder
from .act_words import words_of_act

if TYPE_CHECKING:
    from ..study import Changes, Study

__all__ = ["StudyDesk", "open_coder"]

Row = dict[str, Any]
MOST_HITS = 200
_UNPLACED = ("coding", "document", "code", "coder", "quote")


def open_coder(
    study: Study,
    document: str | None = None,
    *,
    coder: str | None = None,
    language: str | None = None,
    height: int = 640,
) -> TranscriptCoder:
    """Code a study's documents in JupyterLab.

    Parameters
    ----------
    study : Study
    document : str, optional
        Which to open; the first one when not given.
    coder : str, optional
        Who codes; the study's coder when not given.
    language : {"fi", "en"}, optional
        Of the texts on the screen; the study's first language when not given.
    height : int
        Height in pixels, 320 to 4000.

    Returns
    -------
    TranscriptCoder
        Each act is in the study file when the window shows it as saved. Undo and redo reach back
        beyond a restart of the kernel. The window shows the coder's own codings only, until
        `act(study, "open_codings")` shows each coder those of all.

    Raises
    ------
    SettingsError
        There is no document, or the height is out of range.
    StudyFileError
        The study has no such document.

    Examples
    --------
    >>> open_coder(study, "h04", coder="aino")  # doctest: +SKIP
    """
    desk = StudyDesk(study, coder=coder)
    if document is not None:
        study.text_of(document)
    chosen = language or study.settings.study.languages[0]
    return TranscriptCoder(desk, document=document, language=chosen, height=height)


class StudyDesk:
    """Holds a study for one coder's window; what `TranscriptCoder` asks and does goes through it.

    Parameters
    ----------
    study : Study
    coder : str, optional
        Who codes; the study's coder when not given.
    """

    def __init__(self, study: Study, *, coder: str | None = None) -> None:

        self.study = study
        self.coder = coder or study.coder
        # the newest event that the window has been told of
        self.seen = last_event(study)
        self._shown: set[str] = set()
        # whether the window lists codings that wait for a place
        self._lost = True

    # what the window asks

    def documents(self) -> list[Row]:
        """Interviews, notes, diaries and workshops, with how many codings the coder sees."""
        counts = counts_seen(self.study, self.coder, by="document")
        return [
            {"document": name, "title": title, "codings": counts.get(name, 0)}
            for name, title in titles(self.study).items()
        ]

    def content(self, document: str) -> CoderContent:
        """One document as this coder may see it."""
        last = self._asked()
        text = self.study.text_of(document)
        self._shown.add(document)
        lost = seen_codings(self.study, self.coder, [document], state="unplaced")
        return CoderContent(
            document=document,
            title=titles(self.study).get(document, document),
            text=text,
            turns=self.study.turns(document),
            codings=seen_codings(self.study, self.coder, [document]),
            suggestions=self._suggestions([document], {document: text}),
            unplaced=[{name: row[name] for name in _UNPLACED} for row in lost],
            choices=search_choices(self.study),
            event=last,
            **self.everywhere(),
        )

    def everywhere(self) -> dict[str, Any]:
        """What is alike in each document's content: codebook, stages, memos, counts, undo."""
        notes = memos(self.study)
        back, again = undo_state(self.study, self.coder)
        return {
            "codes": self._codes(),
            "stages": self.study.stages(),
            "memos": notes.loc[notes["coder"] == self.coder, ["about", "target", "text"]],
            "counts": self._counts(),
            "can_undo": back,
            "can_redo": again,
        }

    def find(self, words: str, how: str, filters: Mapping[str, str] | None = None) -> list[Row]:
        """The first two hundred places of words in the whole study."""
        found = hits(self.study, words, how=how, filters=filters, coder=self.coder)
        return hit_rows(self.study, islice(found, MOST_HITS))

    def preview_autocode(self, fields: Mapping[str, Any]) -> AutocodePreview:
        """What the act `autocode` with these fields would code."""
        found = autocode_places(self.study, fields, coder=self.coder)
        rows = hit_rows(self.study, (hit for hit, _ in found))
        documents: dict[str, Row] = {}
        for row in rows:
            name = row["document"]
            there = {"document": name, "title": row["title"], "hits": 0}
            documents.setdefault(name, there)["hits"] += 1
        marked = [row | {"coded": there} for row, (_, there) in zip(rows, found, strict=True)]
        return AutocodePreview(
            hits=marked[:MOST_HITS],
            documents=list(documents.values()),
            total=len(rows),
            fresh=sum(not there for _, there in found),
        )

    def code_quotes(self, code: str) -> list[Row]:
        """Quotations of a code that the coder may see, each with the words around it."""
        return quotes_in_place(self.study, code, coder=self.coder)

    def changes_since(self, event: int) -> Delta:
        """What anybody has changed after an event, as far as this coder may see it."""
        return self._delta(changes_since(self.study, event))

    # what the window does

    def perform(self, act: Act) -> Delta:
        """Do an act; when this returns, it is on disk. A refused act has changed nothing."""
        since = self.seen
        if act.act in ("undo", "redo"):
            step = undo if act.act == "undo" else redo
            outcome = step(self.study, who=self.coder)
            said = words_of_act(act.act, outcome.act) if outcome.event else {}
        else:
            self._refuse_foreign(act)
            do(self.study, act.act, who=self.coder, seen=since, **act.fields)
            said = {}
        return self._delta(changes_since(self.study, since), said)

    def _refuse_foreign(self, act: Act) -> None:
        """A coder changes their own codings and the consensus; of others they see, not change."""
        if act.act not in ("change_coding", "remove_coding"):
            return
        rows = seen_codings(self.study, None, ids=[act["coding"]], state=None)
        if any(r["coder"] != self.coder and r["origin"] != "consensus" for r in rows):
            raise ActRefusedError(
                "This coding belongs to another coder.",
                expected=f"a coding of {self.coder}, or of the consensus layer",
                next_step="Nothing was changed. Add a coding of your own, or settle both in the "
                "adjudication view.",
            )

    # how changes are told

    def _delta(self, changes: Changes, said: Mapping[str, str] | None = None) -> Delta:

        self.seen = max(self.seen, changes.last)
        back, again = undo_state(self.study, self.coder)
        rows = changes.rows
        reload = bool({"opened"} & set(changes.touched)) or bool(
            {key[0] for name in ("document", "turn") for key in changes.touched.get(name, ())}
            & self._shown
        )
        told: dict[str, Any] = {} if reload else self._coding_news(rows.get("coding", {}))
        if "decision" in rows and not reload:
            told |= self._decision_news(rows["decision"])
        if "coding" in rows:
            told["counts"] = self._counts()
            if (
                reload
                or self._lost
                or any(r and r["state"] != "placed" for r in rows["coding"].values())
            ):
                told["unplaced"] = self._unplaced()
        return Delta(
            codes=self._codes() if "code" in rows else (),
            memos=self._memo_news(rows.get("memo", {})),
            reload=reload,
            event=self.seen,
            said=said or {},
            can_undo=back,
            can_redo=again,
            **told,
        )

    def _coding_news(self, rows: Mapping[tuple[Any, ...], Row | None]) -> dict[str, Any]:

        names = [key[0] for key in rows]
        came = seen_codings(self.study, self.coder, ids=names) if names else []
        there = {row["coding"] for row in came}
        return {"codings": came, "codings_gone": [name for name in names if name not in there]}

    def _decision_news(self, rows: Mapping[tuple[Any, ...], Row | None]) -> dict[str, Any]:
        mine = {key[0]: row for key, row in rows.items() if key[1] == self.coder}
        back = [name for name, row in mine.items() if row is None]
        found = self.study.processed.find_rows("suggestions", "coding", back)
        return {
            "suggestions": self._still_there(found),
            "suggestions_gone": [name for name, row in mine.items() if row is not None],
        }

    def _memo_news(self, rows: Mapping[tuple[Any, ...], Row | None]) -> list[Row]:
        return [
            {"about": key[0], "target": key[1], "text": row["text"] if row else ""}
            for key, row in rows.items()
            if key[2] == self.coder
        ]

    def _asked(self) -> int:
        """Before anything is read: what comes later is told by `changes_since`."""
        last = last_event(self.study)
        self.seen = max(self.seen, last)
        return last

    def _suggestions(self, documents: Sequence[str], texts: Mapping[str, str]) -> list[Row]:
        """Suggestions that wait for the coder, where the words are still those that were read."""
        found = self.study.processed.find_rows("suggestions", "document", list(documents))
        return self._still_there(found, texts)

    def _still_there(
        self, rows: Sequence[Row], texts: Mapping[str, str] | None = None
    ) -> list[Row]:

        done = decided(self.study, self.coder)
        known = dict(texts or {})
        kept = []
        for row in rows:
            if row["document"] not in known:
                known[row["document"]] = self.study.text_of(row["document"])
            words = known[row["document"]][row["start"] : row["end"]]
            if row["coding"] not in done and words == row["quote"]:
                kept.append(row)
        return kept

    def _codes(self) -> Any:
        return self.study.codebook().drop(columns=["terms"])

    def _counts(self) -> dict[str, int]:

        return counts_seen(self.study, self.coder)

    def _unplaced(self) -> list[Row]:

        lost = seen_codings(self.study, self.coder, state="unplaced")
        self._lost = bool(lost)
        return [{name: row[name] for name in _UNPLACED} for row in lost]
