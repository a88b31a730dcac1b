"""The survey grid: comments beside closed answers, coded in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from ..model import SettingsError
from .acts import CODER_ACTS, GRID_ASKS, Act
from .content import Delta
from .grid_content import GridHandler
from .questions import answered
from .sources import joined_script, joined_style
from .texts import texts_of
from .wire import Wire, with_own_quote

__all__ = ["SurveyGrid"]


class SurveyGrid(anywidget.AnyWidget):
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
    _texts = traitlets.Dict().tag(sync=True)
    _language = traitlets.Unicode("fi").tag(sync=True)
    _height = traitlets.Int(640).tag(sync=True)

    def __init__(self, handler: GridHandler, *, language: str = "fi", height: int = 640) -> None:
        if not 320 <= height <= 4000:
            raise SettingsError(
                "The survey grid can't have this height.", expected="320 … 4000", found=str(height)
            )
        super().__init__(_texts=texts_of(language), _language=language, _height=height)
        self._handler = handler
        self._seen: dict[str, str] = {}
        self._wire = Wire(self, {**CODER_ACTS, **GRID_ASKS}, self._answer, language)

    @property
    def browser_errors(self) -> list[str]:
        """Faults that the browser half has met, oldest first; empty when all is well."""
        return self._wire.browser_errors

    def show(self, delta: Delta) -> None:
        """Show what somebody else has changed; with `reload=True` the comments are read anew."""
        self._wire.tell({"id": None, "act": "show", "ok": True, "delta": self._kept(delta)})

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act == "open_grid":
            message = self._handler.grid().as_message()
            self._seen = {row["document"]: row["text"] for row in message["rows"]}
            return {"grid": message}
        if act.act == "changes_since":
            return {"delta": self._kept(self._handler.changes_since(act["event"]))}
        if (answer := answered(self._handler, act)) is not None:
            return answer
        if act.act == "add_coding":
            act = with_own_quote(act, self._seen)
        return {"delta": self._kept(self._handler.perform(act))}

    def _kept(self, delta: Delta) -> Mapping[str, Any]:
        if delta.reload:
            self._seen.clear()
        return delta.as_message()
