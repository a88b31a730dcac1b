"""Pages: builds and serves the published bundle, and what a visitor's kernel shows.

Names are loaded when asked for: a visitor's kernel must not pay for pandas or seaborn.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "open_findings": "findings",
    "publish": "publishing",
    "serve": "serving",
    "served": "serving",
}
__all__ = ["open_findings", "publish", "serve", "served"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
