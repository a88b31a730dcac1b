"""The review widgets joined to a real study: an answered decision is in the study file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import ActRefusedError
from ..widgets import (
    Act,
    PersonalDelta,
    PersonalReview,
    QuoteReview,
    ReviewDelta,
    personal_rows,
)
from .personal_words import KeyDesk, PersonalWords, replaced_text
from .quotes import quote_candidates

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["PersonalDesk", "QuoteDesk", "open_personal_review", "open_quote_review"]

Row = dict[str, Any]
_LANE = "review"


def open_personal_review(
    study: Study, *, language: str | None = None, height: int = 560
) -> PersonalReview:
    """Review a study's interviews and notes for personal words, one key each.

    Each word that may be personal is shown in its place: A takes it for personal, R says that it is
    no secret, with Shift for every place like it in the study; words that the machine missed are
    added by selecting them and pressing A. F says that a document has been read; only then may its
    quotes be published. Every decision is in the study file when the window says so.

    Parameters
    ----------
    study : Study
    language : {"fi", "en"}, optional
        Of the texts on the screen; the study's first language when not given.
    height : int
        Height in pixels.
    """
    chosen = language or study.settings.study.languages[0]
    return PersonalReview(PersonalDesk(study), language=chosen, height=height)


def open_quote_review(
    study: Study, *, language: str | None = None, height: int = 480
) -> QuoteReview:
    """Approve quotes for readers outside the study, one key each.

    Shows candidates of reviewed documents and of comments, and all that were decided before.
    Parameters as in `open_personal_review`.
    """
    chosen = language or study.settings.study.languages[0]
    return QuoteReview(QuoteDesk(study), language=chosen, height=height)


def _step(study: Study, name: str) -> None:
    """Undo or redo among the reviewer's own decisions."""
    from ..study import redo, undo

    (undo if name == "undo" else redo)(study, lane=_LANE)


def _may(study: Study) -> Row:
    """Whether the reviewer has something to take back, or to do again."""
    from ..study import history

    log = history(study)
    mine = log[(log["who"] == study.coder) & (log["lane"] == _LANE)]
    acts = mine[mine["undoes"].isna()]
    undone = acts["undone_by"].notna()
    newest = acts.loc[~undone, "event"].max()
    again = acts.loc[undone, "event"]
    can_redo = bool((again > newest).any()) if pd.notna(newest) else bool(len(again))
    return {"can_undo": bool((~undone).any()), "can_redo": can_redo}


class PersonalDesk:
    """Holds the review of one study; the widget's `PersonalHandler`.

    Parameters
    ----------
    study : Study
        Opened by the reviewer; its `coder` is who decides.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._words = PersonalWords(study)
        self._key = KeyDesk(study)

    def documents(self) -> list[Row]:
        """Interviews and notes with how many words wait, and whether they have been read."""
        from ..study import marks, reviews

        decided, read = marks(self._study), reviews(self._study)
        current = set(read.loc[read["current"], "document"])
        by_document = dict(list(decided.groupby("document")))
        rows = []
        for row in self._study.documents().itertuples():
            mine = by_document.get(row.document, decided.iloc[:0])
            found = self._words.of(row.document, row.text, row.language, mine)
            rows.append(
                {
                    "document": row.document,
                    "title": row.title or row.document,
                    "open": int((found["state"] == "").sum()),
                    "words": len(found),
                    "reviewed": row.document in current,
                }
            )
        return rows

    def content(self, document: str) -> PersonalDelta:
        """One document: its text, and its personal words with their state."""
        text, language = self._text(document)
        return PersonalDelta(
            document=document,
            text=text,
            words=self._shown(document, text, language),
            documents=self.documents(),
            **_may(self._study),
        )

    def perform(self, act: Act) -> PersonalDelta:
        """Write a decision; when this returns, it is in the study file."""
        from ..study import act as do

        shown = act.get("document")
        if act.act in ("undo", "redo"):
            _step(self._study, act.act)
        elif act.act == "decide_passages":
            passages = self._meant(act)
            do(self._study, "decide_passages", passages=passages)
        elif act.act == "reopen_passages":
            do(self._study, "reopen_passages", marks=list(act["marks"]))
        else:
            do(self._study, act.act, document=act["document"])
        return self.content(shown)

    def _meant(self, act: Act) -> pd.DataFrame:
        """The place of the act, and with `everywhere` all places like it in the study."""
        text, _ = self._text(act["document"])
        chosen = {
            "document": act["document"],
            "start": act["start"],
            "end": act["end"],
            "kind": act["kind"],
            "state": act["state"],
        }
        rows = [{**chosen, "quote": act["quote"]}]
        if act.get("everywhere"):
            rows += [{**place, "state": act["state"]} for place in self._alike(chosen, text)]
        return pd.DataFrame(rows).drop_duplicates(["document", "start", "end"])

    def _alike(self, chosen: Row, text: str) -> list[Row]:
        """Places of the same person (or the same words) in every document."""
        from ..study import marks

        words = text[chosen["start"] : chosen["end"]].casefold()
        decided = marks(self._study)
        mine = self._words.of(
            chosen["document"], text, self._text(chosen["document"])[1], decided.iloc[:0]
        )
        here = mine[(mine["start"] == chosen["start"]) & (mine["end"] == chosen["end"])]
        whom = here["canonical"].iloc[0] if len(here) else ""
        found = []
        for row in self._study.documents().itertuples():
            there = self._words.of(row.document, row.text, row.language, decided.iloc[:0])
            same = there["quote"].str.casefold() == words
            if whom:
                same |= (there["canonical"] == whom) & (there["kind"] == chosen["kind"])
            found += [
                {
                    "document": row.document,
                    "start": int(word.start),
                    "end": int(word.end),
                    "kind": word.kind,
                    "quote": word.quote,
                }
                for word in there[same].itertuples()
            ]
        return found

    def _text(self, document: str) -> tuple[str, str]:
        rows = self._study.documents()
        rows = rows[rows["document"] == document]
        if rows.empty:
            raise ActRefusedError(
                "The study has no such document.", next_step="Open the review again."
            )
        return str(rows["text"].iloc[0]), str(rows["language"].iloc[0])

    def _shown(self, document: str, text: str, language: str) -> list[Row]:
        from ..study import marks

        found = self._words.of(document, text, language, marks(self._study, document))
        key = self._key.of(language)
        names = []
        for word in found.itertuples():
            one = found.loc[[word.Index]].assign(start=0, end=len(word.quote), state="")
            names.append(replaced_text(word.quote, one, key, language)[0])
        self._key.keep()
        return personal_rows(found.assign(pseudonym=names))


class QuoteDesk:
    """Holds the candidates for publishing of one study; the widget's `ReviewHandler`."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._rows: dict[tuple[str, int, int], Row] = {}

    def review(self) -> ReviewDelta:
        """All candidates, and what was decided before."""
        decided = self._decided()
        candidates = quote_candidates(self._study)
        titles = self._study.documents().set_index("document")["title"].to_dict()
        names, stages = self._names(), self._stages()
        self._rows = {}
        for row in [*candidates.to_dict("records"), *decided.values()]:
            place = (row["document"], row["start"], row["end"])
            extra = {
                "proposed": row["published"],
                "title": titles.get(row["document"], row["document"]),
                "code_name": names.get(row.get("code"), ""),
                "stage_name": stages.get(row.get("stage"), ""),
            }
            self._rows[place] = {"state": "", **extra, **row}
        return ReviewDelta(list(self._rows.values()), **_may(self._study))

    def perform(self, act: Act) -> ReviewDelta:
        """Write a decision; when this returns, it is in the study file."""
        from ..study import act as do

        before = self._decided()
        if act.act in ("undo", "redo"):
            _step(self._study, act.act)
        elif act.act == "approve_quote":
            do(self._study, "approve_quote", lane=_LANE, **self._fields(act))
        else:
            fields = {name: act[name] for name in ("document", "start", "end", "quote")}
            do(self._study, "reject_quote", **fields)
        after = self._decided()
        changed = [p for p in {**before, **after} if before.get(p) != after.get(p)]
        for place in changed:
            shown = self._rows.get(place, {})
            now = after.get(place, {"state": "", "published": shown.get("proposed", "")})
            self._rows[place] = {**shown, **now}
        return ReviewDelta([self._rows[place] for place in changed], **_may(self._study))

    def _fields(self, act: Act) -> Mapping[str, Any]:
        names = ("document", "start", "end", "quote", "published_text")
        return {name: act[name] for name in names}

    def _decided(self) -> dict[tuple[str, int, int], Row]:
        """Decisions that stand, by place; a rejected quote shows its very words."""
        from ..study import quote_decisions

        rows = {}
        for row in quote_decisions(self._study).itertuples():
            approved = row.state == "placed"
            rows[row.document, row.start, row.end] = {
                "document": row.document,
                "start": int(row.start),
                "end": int(row.end),
                "quote": row.quote,
                "published": row.published_text if approved else row.quote,
                "state": "approved" if approved else "rejected",
            }
        return rows

    def _stages(self) -> dict[Any, str]:
        stages = self._study.stages()
        language = self._study.settings.study.languages[0]
        return dict(zip(stages["stage"], stages[f"stage_{language}"], strict=True))

    def _names(self) -> dict[Any, str]:
        codes = self._study.codebook()
        language = self._study.settings.study.languages[0]
        names = codes[f"name_{language}"].fillna(codes["name_en"]).fillna(codes["code"])
        return dict(zip(codes["code"], names, strict=True))
