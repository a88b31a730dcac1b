"""The line between a widget and its browser half: acts in, answers out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..model import ActRefusedError, CxresearchError, DriftError, Quotation
from .acts import Act, ActKind, read_act
from .refusals import refusal_for, words_for

if TYPE_CHECKING:
    import anywidget

__all__ = ["Wire", "with_own_quote"]

_log = logging.getLogger(__name__)


class Wire:
    """Reads each message as an act, has it answered, and answers with the same id.

    Parameters
    ----------
    widget : anywidget.AnyWidget
        Whose messages to read.
    kinds : mapping of str to ActKind
        The acts and questions that it knows; anything else is refused.
    answer : callable
        Takes an `Act`, gives the fields of the answer. A `CxresearchError` becomes an answer
        that the person reads. Any other error is told in the browser without its text, and
        raised again, so that it is seen in the notebook's log.
    language : {"fi", "en"}
        Language of the refusals.
    """

    def __init__(
        self,
        widget: anywidget.AnyWidget,
        kinds: Mapping[str, ActKind],
        answer: Callable[[Act], Mapping[str, Any]],
        language: str = "en",
    ) -> None:
        self._language = language
        self._widget = widget
        self._kinds = kinds
        self._answer = answer
        self.browser_errors: list[str] = []
        widget.on_msg(self._receive)

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        sent = message if isinstance(message, Mapping) else {}
        head = {"id": sent.get("id"), "act": str(sent.get("act"))[:60]}
        try:
            act = read_act(message, self._kinds)
            if act.act == "browser_error":
                self.browser_errors.append(act["what"])
                _log.warning("A fault in the browser: %s", act["what"])
                return
            answer = self._answer(act)
        except CxresearchError as error:
            self.tell({**head, "ok": False, "error": refusal_for(error, self._language)})
        except Exception as error:
            fault = f"The kernel failed ({type(error).__name__}). Nothing is known to be saved."
            self.tell({**head, "ok": False, "error": words_for(fault, self._language)})
            raise
        else:
            self.tell({**head, "ok": True, **answer})

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a message to every window that shows the widget."""
        self._widget.send({"cx": 1, **message})


def with_own_quote(act: Act, texts: Mapping[str, str]) -> Act:
    """Cut the words of a new coding out of our own text; the browser's words must be the same.

    Raises
    ------
    ActRefusedError
        The document is none of those that are shown.
    DriftError
        The place lies outside the text, or the browser saw other words there.
    """
    document = act["document"]
    if document not in texts:
        raise ActRefusedError(
            "This document is not open, or its text has changed.",
            next_step="Nothing was changed. Open the document again.",
        )
    place = Quotation.of(document, texts[document], act["start"], act["end"])
    if act.get("quote", place.quote) != place.quote:
        raise DriftError(
            "The words selected are not the words of the document at that place.",
            where=f"{document}, {place.start}..{place.end}",
            next_step="Nothing was changed. Open the document again.",
        )
    return Act(act.id, act.act, {**act.fields, "quote": place.quote})
