"""What every widget has: its texts, its height, and the line to its browser half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import anywidget
import traitlets

from ..model import SettingsError
from .acts import Act, ActKind
from .content import Delta
from .questions import answered
from .texts import texts_of
from .wire import Wire, with_own_quote

__all__ = ["CodingWindow", "Window"]

_HIGHEST = 4000


class Window(anywidget.AnyWidget):
    """A widget whose browser half asks by acts, each answered by `_answer`.

    Texts of respondents travel as messages, never as widget state. A widget sets `_esm`, `_css`,
    `_called` (what errors call it) and `_kinds` (the acts and questions that it knows).
    """

    _texts = traitlets.Dict().tag(sync=True)
    _language = traitlets.Unicode("fi").tag(sync=True)
    _height = traitlets.Int(640).tag(sync=True)
    _called: ClassVar[str]
    _lowest: ClassVar[int] = 320
    _kinds: ClassVar[Mapping[str, ActKind]]

    def __init__(self, handler: Any, *, language: str, height: int) -> None:
        if not self._lowest <= height <= _HIGHEST:
            raise SettingsError(
                f"The {self._called} can't have this height.",
                expected=f"{self._lowest} … {_HIGHEST}",
                found=str(height),
            )
        super().__init__(_texts=texts_of(language), _language=language, _height=height)
        self._handler = handler
        self._wire = Wire(self, self._kinds, self._answer, language)

    @property
    def browser_errors(self) -> list[str]:
        """Faults that the browser half has met, oldest first; empty when all is well."""
        return self._wire.browser_errors

    def _answer(self, act: Act) -> Mapping[str, Any]:
        raise NotImplementedError


class CodingWindow(Window):
    """A window in which texts are coded: acts become deltas, shown in every view of it."""

    def __init__(self, handler: Any, *, language: str, height: int) -> None:
        super().__init__(handler, language=language, height=height)
        self._seen: dict[str, str] = {}

    def show(self, delta: Delta) -> None:
        """Show what somebody else has changed, in every view of this window.

        Parameters
        ----------
        delta : Delta
            What changed; with `reload=True` the views read everything anew.
        """
        self._wire.tell({"id": None, "act": "show", "ok": True, "delta": self._kept(delta)})

    def _answer(self, act: Act) -> Mapping[str, Any]:
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
