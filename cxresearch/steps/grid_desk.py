"""The survey grid over a study: comments beside closed answers, coded in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import SettingsError
from ..study import edited_comments, search_choices, seen_codings
from ..widgets import GridContent, SurveyGrid
from .coding_desk import StudyDesk

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["GridDesk", "open_grid"]

# what a browser window holds and a person reads; more is coded by terms and by samples
MOST_COMMENTS = 50_000
MOST_COLUMNS = 8


def open_grid(
    study: Study,
    survey: str | None = None,
    question: str | None = None,
    *,
    columns: Sequence[str] | None = None,
    coder: str | None = None,
    language: str | None = None,
) -> SurveyGrid:
    """Code a survey's open comments in JupyterLab, one respondent a row.

    Parameters
    ----------
    study : Study
    survey, question : str, optional
        Only comments of this survey, and of this open question; of all when not given.
    columns : sequence of str, optional
        Closed questions to show beside each comment, at most eight; when not given, those that
        most respondents have answered.
    coder : str, optional
        Who codes; the study's coder when not given.
    language : {"fi", "en"}, optional
        Of the texts on the screen; the study's first language when not given.

    Returns
    -------
    SurveyGrid
        Acts, undo and blindness are those of `open_coder`.

    Raises
    ------
    SettingsError
        There is no such comment, or there are more than 50,000; too many or unknown columns.
    """
    desk = GridDesk(study, survey, question, columns=columns, coder=coder)
    return SurveyGrid(desk, language=language or study.settings.study.languages[0])


class GridDesk(StudyDesk):
    """Holds the comments of a study for one coder's grid.

    Parameters
    ----------
    study, survey, question, columns, coder
        As in `open_grid`.
    """

    def __init__(
        self,
        study: Study,
        survey: str | None = None,
        question: str | None = None,
        *,
        columns: Sequence[str] | None = None,
        coder: str | None = None,
    ) -> None:
        super().__init__(study, coder=coder)
        found = study.comments()
        for name, value in (("survey", survey), ("question", question)):
            if value is not None:
                found = found[found[name] == value] if name in found else found.iloc[:0]
        _refuse_size(len(found))
        self._comments = found.reset_index(drop=True)
        self._closed = _closed_answers(study.answers(), self._comments, columns)
        self._titles = _titles(study)

    def grid(self) -> GridContent:
        """The comments as they stand now, with what this coder may see."""
        last = self._asked()
        names = self._comments["document"].tolist()
        edited = edited_comments(self.study)
        texts = [
            edited.get(name, text) for name, text in zip(names, self._comments["text"], strict=True)
        ]
        self._shown = set(names)
        known = dict(zip(names, texts, strict=True))
        return GridContent(
            comments=[{"document": n, "text": t} for n, t in known.items()],
            closed=self._closed,
            titles=self._titles,
            codings=seen_codings(self.study, self.coder, names),
            suggestions=self._suggestions(names, known),
            choices=search_choices(self.study),
            event=last,
            **self.everywhere(),
        )


def _refuse_size(comments: int) -> None:
    if not 0 < comments <= MOST_COMMENTS:
        raise SettingsError(
            "The survey grid can't show these comments.",
            expected=f"1 … {MOST_COMMENTS} comments",
            found=str(comments),
            next_step="Choose another survey or question; `cxresearch import` takes surveys in.",
        )


def _closed_answers(
    answers: pd.DataFrame, comments: pd.DataFrame, columns: Sequence[str] | None
) -> pd.DataFrame:
    """One row a comment, one column a closed question of the same response."""
    here = answers[answers["response"].isin(set(comments["response"]))]
    asked = here["question"].value_counts()
    chosen = list(asked.index[:MOST_COLUMNS]) if columns is None else list(columns)
    strange = [name for name in chosen if name not in asked.index]
    if strange or len(chosen) > MOST_COLUMNS:
        raise SettingsError(
            "The survey grid can't show these columns.",
            expected=f"at most {MOST_COLUMNS} of " + ", ".join(map(str, asked.index)),
            found=", ".join(map(str, strange)) or str(len(chosen)),
        )
    wide = here.pivot_table(index="response", columns="question", values="value", aggfunc="first")
    rows = comments[["document", "response"]].merge(
        wide.reindex(columns=chosen).reset_index(), on="response", how="left", validate="m:1"
    )
    return rows.drop(columns="response")


def _titles(study: Study) -> dict[str, str]:
    language = study.settings.study.languages[0]
    questions: list[Any] = [q for survey in study.settings.surveys for q in survey.questions]
    return {q.question: q.text[language] for q in questions if q.text.get(language)}
