"""Questions that the coder and the survey grid ask in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .acts import Act
from .content import ActHandler, plain_rows
from .grid_content import GridHandler

__all__ = ["answered"]

_NARROWED_BY = ("document", "phase", "in_code", "speaker", "role", "respondent")


def answered(handler: ActHandler | GridHandler, act: Act) -> Mapping[str, Any] | None:
    """The answer to a question about the study; None when it is no such question."""
    if act.act == "find":
        filters = {name: act[name] for name in _NARROWED_BY if name in act.fields}
        return {"hits": plain_rows(handler.find(act["words"], act["how"], filters))}
    if act.act == "preview_autocode":
        return {"preview": handler.preview_autocode(act.fields).as_message()}
    if act.act == "code_quotes":
        return {"hits": plain_rows(handler.code_quotes(act["code"]))}
    return None
