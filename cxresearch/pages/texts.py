"""What findings pages say around the findings, in Finnish and English."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from ..model import Words

__all__ = ["say", "texts"]


@lru_cache(maxsize=1)
def texts() -> dict[str, Words]:
    """All texts by name, from texts.toml."""
    content = tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))
    return {name: Words(by_language) for name, by_language in content.items()}


def say(name: str, language: str, **values: object) -> str:
    """A text of the pages; `values` fill its {places}."""
    text = texts()[name].to(language)
    return text.format(**values) if values else text
