"""The coder: a transcript beside its codebook, coded with the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from ..model import SettingsError
from .acts import CODER_ACTS, CODER_ASKS, Act
from .content import ActHandler, Delta, plain_rows
from .questions import answered
from .sources import joined_script, joined_style
from .texts import texts_of
from .wire import Wire, with_own_quote

__all__ = ["TranscriptCoder"]


class TranscriptCoder(anywidget.AnyWidget):
    """Code transcripts in JupyterLab.

    Every act goes to the handler and is shown as saved only after the handler has answered. The
    texts travel as messages, never as widget state: a notebook that stores its widgets' state
    stores no word of an interview, and no other visitor of the kernel can ask for it.

    Parameters
    ----------
    handler : ActHandler
        Who holds the study: `MemoryDesk` to try things out; `cxresearch.steps.open_coder` gives one
        of a study.
    document : str, optional
        Id of the document to open; the first one when not given.
    language : {"fi", "en"}
        Language of the texts on the screen.
    height : int
        Height in pixels, 320 to 4000.

    Raises
    ------
    SettingsError
        There is no document, the language is unknown or the height is out of range.

    Examples
    --------
    >>> from cxresearch.widgets import MemoryDesk, TranscriptCoder
    >>> desk = MemoryDesk([{"document": "a", "text": "Lasku oli väärin."}],
    ...                   codes=[{"code": "billing", "name_fi": "Laskutus", "shortcut": "l"}])
    >>> coder = TranscriptCoder(desk)
    >>> coder.document
    'a'
    """

    _esm = joined_script("coder")
    _css = joined_style("coder")
    _texts = traitlets.Dict().tag(sync=True)
    _language = traitlets.Unicode("fi").tag(sync=True)
    _height = traitlets.Int(640).tag(sync=True)

    def __init__(
        self,
        handler: ActHandler,
        *,
        document: str | None = None,
        language: str = "fi",
        height: int = 640,
    ) -> None:
        if not 320 <= height <= 4000:
            raise SettingsError(
                "The coder can't have this height.", expected="320 … 4000", found=str(height)
            )
        super().__init__(_texts=texts_of(language), _language=language, _height=height)
        self._handler = handler
        self._seen: dict[str, str] = {}
        self.document = document or self._first_document()
        self._wire = Wire(self, {**CODER_ACTS, **CODER_ASKS}, self._answer, language)

    @property
    def browser_errors(self) -> list[str]:
        """Faults that the browser half has met, oldest first; empty when all is well."""
        return self._wire.browser_errors

    def show(self, delta: Delta) -> None:
        """Show what somebody else has changed, in every window that shows this coder.

        Parameters
        ----------
        delta : Delta
            What changed; with `reload=True` the windows read the document anew.
        """
        self._wire.tell({"id": None, "act": "show", "ok": True, "delta": self._kept(delta)})

    def _first_document(self) -> str:
        documents = plain_rows(self._handler.documents())
        if not documents:
            raise SettingsError(
                "There is no document to code.", next_step="Run the import step first."
            )
        return str(documents[0]["document"])

    def _answer(self, act: Act) -> Mapping[str, Any]:
        if act.act == "open_document":
            return self._opened(act.get("document", self.document))
        if act.act == "changes_since":
            return {"delta": self._kept(self._handler.changes_since(act["event"]))}
        if (answer := answered(self._handler, act)) is not None:
            return answer
        if act.act == "add_coding":
            act = with_own_quote(act, self._seen)
        return {"delta": self._kept(self._handler.perform(act))}

    def _opened(self, document: str) -> Mapping[str, Any]:
        content = self._handler.content(document)
        message = content.as_message()
        self.document = document
        self._seen[document] = content.text
        return {"content": message, "documents": plain_rows(self._handler.documents())}

    def _kept(self, delta: Delta) -> Mapping[str, Any]:
        if delta.reload:
            self._seen.clear()
        return delta.as_message()
