"""One study: its settings, its file, its tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from ..model import Codebook, Quotation, StudyFileError, check_frame
from . import tables
from .frames import empty_frame, frame_of
from .processed import Processed
from .storage import Storage

if TYPE_CHECKING:
    from .settings import StudySettings

__all__ = ["Study", "codes_of"]


def _parquet(name: str, what: str) -> Callable[[Study], pd.DataFrame]:
    def read(self: Study) -> pd.DataFrame:
        return check_frame(self.read_frame(name), name)

    read.__name__ = read.__qualname__ = name
    read.__doc__ = (
        f"{what}\n\n        Returns\n        -------\n        pandas.DataFrame\n"
        f"            Columns of `model.FRAMES[{name!r}]`; no rows before the step that makes it."
    )
    return read


class Study:
    """An open study; `open_study` gives one.

    Two sides: the study file holds what people gave and made (interviews, codings, memos); Parquet
    tables in data/processed hold what can be rebuilt (survey answers, comments, suggestions). Every
    change of the study file goes through `cxresearch.study.act`.

    Attributes
    ----------
    settings : StudySettings
        study.toml and the codebook file.
    coder : str
        Who acts when an act names nobody.
    folder_processed, folder_published : Path
        data/processed/NAME and data/published/NAME; made when first written to.
    storage : Storage
        The study file or database.
    processed : Processed
        The Parquet side.
    now, new_id : callable
        Clock (UTC, ISO text) and maker of ids for acts by hand.
    write_frame, read_frame, step_is_current, mark_step
        As in `Processed`.

    Examples
    --------
    >>> with open_study("studies/kelohavu") as study:  # doctest: +SKIP
    ...     study.codings().groupby("code").size()
    """

    def __init__(
        self,
        settings: StudySettings,
        storage: Storage,
        *,
        coder: str,
        now: Callable[[], str],
        new_id: Callable[[], str],
    ) -> None:
        self.settings = settings
        self.storage = storage
        self.coder = coder
        self.now = now
        self.new_id = new_id
        name = settings.study.name
        self.folder_processed: Path = settings.data_folder / "processed" / name
        self.folder_published: Path = settings.data_folder / "published" / name
        self.processed = Processed(self.folder_processed, now)
        self.write_frame = self.processed.write_frame
        self.read_frame = self.processed.read_frame
        self.step_is_current = self.processed.step_is_current
        self.mark_step = self.processed.mark_step
        self.held_steps: list[str] = []

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Study({self.settings.study.name!r}, {self.storage.where})"

    def close(self) -> None:
        """Let go of the study file. Nothing is lost without it: every act was on disk already."""
        self.storage.close()

    answers = _parquet("answers", "Closed answers, one row an answer.")
    customers = _parquet("customers", "One row a customer with attributes and outcomes.")
    kpis = _parquet("kpis", "Business KPIs, one row a unit, period and KPI.")
    membership = _parquet("membership", "To which segment and profile a customer belongs.")

    def comments(self) -> pd.DataFrame:
        """Open survey comments, each with its normalised text and its language.

        Returns
        -------
        pandas.DataFrame
            Columns of the `comments` contract. A language that a person corrected (act
            `set_language`) stands instead of the guess.
        """
        found = check_frame(self.read_frame("comments"), "comments")
        query = sa.select(tables.document.c.document, tables.document.c.language)
        corrected = (tables.document.c.kind == "comment") & (
            tables.document.c.language_confidence == 1.0
        )
        with self.storage.reading() as connection:
            by_hand = {r.document: r.language for r in connection.execute(query.where(corrected))}
        if not by_hand:
            return found
        language = found["document"].map(by_hand)
        sure = pd.Series(1.0, index=found.index)
        guessed = found.get("language_confidence", pd.Series(np.nan, index=found.index))
        return found.assign(
            language=language.fillna(found["language"]),
            language_confidence=guessed.where(language.isna(), sure),
        )

    def suggestions(self) -> pd.DataFrame:
        """Codings that the machine suggests, apart from those of people.

        Returns
        -------
        pandas.DataFrame
            Columns of the `codings` contract with `origin` "suggested", `score` and `rule`.
            Written by `write_frame("suggestions", …)`. Those that a person has accepted or
            rejected are still there; `decisions(study)` tells which.
        """
        return check_frame(self.read_frame("suggestions"), "codings")

    def documents(self) -> pd.DataFrame:
        """Interviews, notes, diaries and workshops; survey comments are in `comments`.

        Returns
        -------
        pandas.DataFrame
            Columns of the `documents` contract, in the order of their ids.
        """
        found = _table(self, tables.document, tables.document.c.kind != "comment")
        return check_frame(found, "documents")

    def turns(self, document: str | None = None) -> pd.DataFrame:
        """Speaker turns of one document, or of all.

        Returns
        -------
        pandas.DataFrame
            Columns of the `turns` contract, by document and turn. An unknown document has none.
        """
        where = () if document is None else (tables.turn.c.document == document,)
        return check_frame(_table(self, tables.turn, *where), "turns")

    def respondents(self) -> pd.DataFrame:
        """Who speaks or answers: interviewed people from the study file, then survey respondents.

        Returns
        -------
        pandas.DataFrame
            Columns of the `respondents` contract, then one column an attribute. Survey respondents
            come from the Parquet table `respondents`; where both know an id, the study file wins.
        """
        people = _table(self, tables.respondent)
        long = _table(self, tables.attribute)
        if len(long):
            wide = long.pivot(index="respondent", columns="attribute", values="value")
            wide = wide.infer_objects().reset_index().rename_axis(columns=None)
            people = people.merge(wide, on="respondent", how="left", validate="one_to_one")
        if self.processed.count("respondents"):
            survey = self.read_frame("respondents")
            survey = survey[~survey["respondent"].isin(people["respondent"])]
            people = pd.concat([people, survey], ignore_index=True) if len(people) else survey
        return check_frame(people.reset_index(drop=True), "respondents")

    def codebook(self) -> pd.DataFrame:
        """The codes as they stand in the study file, in their order.

        Returns
        -------
        pandas.DataFrame
            Columns of the `codebook` contract, and `position`, `name_sv`, `valence`, `terms`
            (a dict of language to lemma phrases). `codes_of(study)` gives the same as a Codebook.
        """
        found = _table(self, tables.code).sort_values(["position", "code"], ignore_index=True)
        return check_frame(found, "codebook")

    def codings(self, origin: str | None = None) -> pd.DataFrame:
        """Codings that people made or agreed on.

        Parameters
        ----------
        origin : {"human", "consensus", "suggested"}, optional
            Only these. "suggested" gives `suggestions()`; None gives human and consensus.

        Returns
        -------
        pandas.DataFrame
            Columns of the `codings` contract, by document and place; `coded_at` in UTC. Codings
            that lost their place when a text changed are in `unplaced(study)`, not here.

        Raises
        ------
        DriftError
            The words at a coding's place are not the words that were coded.
        """
        if origin == "suggested":
            return self.suggestions()
        coding, document = tables.coding, tables.document
        where = [coding.c.state == "placed"]
        if origin is not None:
            where.append(coding.c.origin == origin)
        with self.storage.reading() as connection:
            rows = connection.execute(
                sa.select(coding)
                .where(*where)
                .order_by(coding.c.document, coding.c.start, coding.c.end, coding.c.coding)
            ).mappings()
            found = frame_of(rows, coding, times=("coded_at",))
            coded = document.c.document.in_(sa.select(coding.c.document).where(*where))
            query = sa.select(document.c.document, document.c.text).where(coded)
            texts = {row.document: row.text for row in connection.execute(query)}
        places = ("document", "start", "end", "quote")
        for name, start, end, quote in zip(*(found[n] for n in places), strict=True):
            if texts[name][start:end] != quote:
                Quotation(name, start, end, quote).check(texts[name])
        return check_frame(_with_turn(self, found).drop(columns="state"), "codings")

    def stages(self) -> pd.DataFrame:
        """Phases and stages in the order of the journey; columns of the `stages` contract.

        A phase without stages of its own is one row whose stage has the phase's id and name.
        """
        rows: list[dict[str, Any]] = []
        for phase in self.settings.journey():
            steps = [(s.stage, s.name) for s in phase.stages] or [(phase.phase, phase.name)]
            for stage, name in steps:
                names = {f"phase_{x}": phase.name.get(x) for x in ("fi", "en")}
                names |= {f"stage_{x}": name.get(x) for x in ("fi", "en")}
                rows.append({"phase": phase.phase, "stage": stage, "position": len(rows), **names})
        return _contract_frame("stages", rows)

    def touchpoints(self) -> pd.DataFrame:
        """Touchpoints in the order of study.toml; columns of the `touchpoints` contract."""
        rows = [
            {
                "touchpoint": t.touchpoint,
                "ownership": t.ownership,
                "channel": t.channel or None,
                "name_fi": t.name.get("fi"),
                "name_en": t.name.get("en"),
                "critical": t.critical,
                "stages": " ".join(t.stages) or None,
            }
            for t in self.settings.encounters()
        ]
        return _contract_frame("touchpoints", rows)

    def text_of(self, document: str) -> str:
        """The normalised text of a document or of a survey comment.

        Raises
        ------
        StudyFileError
            There is no such document.
        """
        query = sa.select(tables.document.c.text).where(tables.document.c.document == document)
        with self.storage.reading() as connection:
            text = connection.execute(query).scalar()
        if text is None:
            found = self.processed.find_rows("comments", "document", [document])
            text = found[0]["text"] if found else None
        if text is None:
            raise StudyFileError(
                "The study has no such document.",
                expected="an id from study.documents() or study.comments()",
                found=document[:80],
                next_step="Run the import, or correct the id.",
            )
        return str(text)

    def status(self) -> pd.DataFrame:
        """Where the study stands.

        Returns
        -------
        pandas.DataFrame
            Columns `part` (documents, codings, comments, step:import, …), `rows` (how many, or
            empty), `changed_at` (UTC text, or empty) and `note`.
        """
        from .status import status_table

        return status_table(self)


def _table(study: Study, table: sa.Table, *where: Any) -> pd.DataFrame:
    query = sa.select(table).where(*where).order_by(*table.primary_key.columns)
    with study.storage.reading() as connection:
        return frame_of(connection.execute(query).mappings(), table)


def _with_turn(study: Study, codings: pd.DataFrame) -> pd.DataFrame:
    """Add the turn where each quotation starts; empty between turns and in comments."""
    turns = _table(study, tables.turn)[["document", "turn", "start", "end"]]
    if codings.empty or turns.empty:
        return codings.assign(turn=pd.Series(pd.NA, index=codings.index, dtype="Int64"))
    found = pd.merge_asof(
        codings[["document", "start"]].reset_index().sort_values("start"),
        turns.rename(columns={"end": "turn_end"}).sort_values("start"),
        on="start",
        by="document",
    ).set_index("index")
    turn = found["turn"].where(found["start"] < found["turn_end"]).astype("Int64")
    return codings.assign(turn=turn.reindex(codings.index))


def _contract_frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    empty = empty_frame(name)
    if not rows:
        return empty
    found = pd.DataFrame(rows, columns=list(empty.columns)).astype(empty.dtypes.to_dict())
    return check_frame(found, name)


def codes_of(study: Study) -> Codebook:
    """The codebook as it stands in the study file, as nouns with terms for the suggester."""
    from ..model import Code, Words
    from .frames import plain_rows

    frame = study.codebook()
    codes = []
    for row in plain_rows(frame.drop(columns="terms")):
        terms = frame.loc[frame["code"] == row["code"], "terms"].iloc[0] or {}
        names = {x: row.pop(f"name_{x}") for x in ("fi", "en", "sv")}
        row.pop("position")
        texts = ("definition", "include", "exclude", "example")
        row |= {name: row[name] or "" for name in texts}
        codes.append(
            Code(
                **row,
                name=Words({x: name for x, name in names.items() if name}),
                terms={language: tuple(words) for language, words in terms.items()},
            )
        )
    return Codebook(tuple(codes))
