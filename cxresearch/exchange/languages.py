"""Which language a column or document is in, by votes of its longer texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

__all__ = ["language_of"]

_SAMPLE = 200
_LONG_ENOUGH = 20
_KNOWN = ("fi", "en", "sv")


@lru_cache(maxsize=1)
def _guesser() -> Callable[[str], tuple[str, float]]:
    """The text room's guess; py3langid with the three languages where that room has none."""
    try:
        from ..text import guess_language
    except ImportError:
        return _by_py3langid()
    return guess_language


def _by_py3langid() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_KNOWN)

    def guess(text: str) -> tuple[str, float]:
        language, confidence = identifier.classify(text)
        return str(language), float(confidence)

    return guess


def language_of(texts: Iterable[str]) -> tuple[str, float]:
    """Language of most texts and the share of letters in it.

    Parameters
    ----------
    texts : iterable of str
        Answers or lines. At most 200 of those with 20 characters or more are looked at, spread
        evenly; where none is that long, all together are looked at as one.

    Returns
    -------
    tuple of str and float
        fi, en, sv or other, and the share 0..1; ("other", 0.0) where there are no letters.
    """
    every = [t for t in texts if any(c.isalpha() for c in t)]
    if not every:
        return "other", 0.0
    long = [t for t in every if len(t) >= _LONG_ENOUGH]
    sample = long[:: max(1, len(long) // _SAMPLE)][:_SAMPLE] or [" ".join(every)[:2000]]
    guess = _guesser()
    letters: Counter[str] = Counter()
    for text in sample:
        language, _ = guess(text[:1000])
        letters[language if language in _KNOWN else "other"] += min(len(text), 1000)
    language, most = letters.most_common(1)[0]
    return language, most / sum(letters.values())
