"""The survey grid: comments beside closed answers, coded in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .acts import CODER_ACTS, GRID_ASKS, Act
from .grid_content import GridHandler
from .sources import joined_script, joined_style
from .window import CodingWindow

__all__ = ["SurveyGrid"]


class SurveyGrid(CodingWindow):
    """Code the comments of a survey in JupyterLab, one respondent a row.

    Keys are those of `TranscriptCoder`; without a selection a code goes to the whole comment.
    Columns of closed answers sort by a click and filter by `9`, `>=9`, `0-6`, `text`, `!text`.
    The texts travel as messages, never as widget state.

    Parameters
    ----------
    handler : GridHandler
        Who holds the comments; `cxresearch.steps.open_grid` gives one of a study.
    language : {"fi", "en"}
        Language of the texts on the screen.
    height : int
        Height in pixels, 320 to 4000.

    Raises
    ------
    SettingsError
        The language is unknown or the height is out of range.
    """

    _esm = joined_script("survey_grid")
    _css = joined_style("coder")
    _called = "survey grid"
    _kinds: ClassVar = {**CODER_ACTS, **GRID_ASKS}

    def __init__(self, handler: GridHandler, *, language: str = "fi", height: int = 640) -> None:
        super().__init__(handler, language=language, height=height)

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act == "open_grid":
            message = self._handler.grid().as_message()
            self._seen = {row["document"]: row["text"] for row in message["rows"]}
            return {"grid": message}
        return super()._answer(act)
