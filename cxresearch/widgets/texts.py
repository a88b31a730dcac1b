"""Texts on the screen of the widgets, in Finnish and English; they stand in texts.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from ..model import SettingsError, Words

__all__ = ["all_texts", "texts_of"]


@cache
def all_texts() -> dict[str, Words]:
    """Every text by its key."""
    source = Path(__file__).with_name("texts.toml").read_text(encoding="utf-8")
    return {key: Words(words) for key, words in tomllib.loads(source).items()}


def texts_of(language: str) -> dict[str, str]:
    """The texts of the widgets in one language.

    Raises
    ------
    SettingsError
        The language is neither fi nor en.
    """
    if language not in ("fi", "en"):
        raise SettingsError(
            "The widgets don't speak this language.", expected="fi | en", found=str(language)[:20]
        )
    return {key: words.to(language) for key, words in all_texts().items()}
