"""The coder: a transcript beside its codebook, coded with the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..model import SettingsError
from .acts import CODER_ACTS, CODER_ASKS, Act
from .content import ActHandler, plain_rows
from .sources import joined_script, joined_style
from .window import CodingWindow

__all__ = ["TranscriptCoder"]


class TranscriptCoder(CodingWindow):
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
    _called = "coder"
    _kinds: ClassVar = {**CODER_ACTS, **CODER_ASKS}

    def __init__(
        self,
        handler: ActHandler,
        *,
        document: str | None = None,
        language: str = "fi",
        height: int = 640,
    ) -> None:
        super().__init__(handler, language=language, height=height)
        self.document = document or self._first_document()

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
        return super()._answer(act)

    def _opened(self, document: str) -> Mapping[str, Any]:
        content = self._handler.content(document)
        message = content.as_message()
        self.document = document
        self._seen[document] = content.text
        return {"content": message, "documents": plain_rows(self._handler.documents())}
