"""Which language a text is in: Finnish, English, Swedish or other, with a confidence."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["KNOWN_LANGUAGES", "guess_language", "guess_languages"]

KNOWN_LANGUAGES = ("fi", "en", "sv")

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 240  # characters looked at: more hardly changes the answer
_UNSURE = 0.25  # under this a single text is called `other`
_LEAN_BELOW = 0.5  # under this a text of a column takes the column's own language
_LEAN_SHARE = 0.8  # if so much of the column's sure texts share it
_OTHER_FROM_WORDS = 5  # shorter texts are never called `other` for being, say, Estonian-like

# Words that settle a short text. Words that two of the languages share are left out.
_FUNCTION_WORDS = {
    "fi": """ja on ei se että oli mutta kun niin en kyllä ihan hyvä hyvin huono huonosti tosi liian
        mä minä sä te me he ne tämä tää nyt sit sitten jos kiitos kiitti moi hei terve joo juu
        hienoa hieno mukava mukavaa paras parasta kaikki mitään tyytyväinen tyytyväisiä palvelu
        palvelua toimii toimi ok-tasoa lasku laskut kallis hinta hidas nopea nopeasti aina vielä
        enemmän vähemmän pitkä jono jonotus hälytys hälytykset anturi raportti ei-mitään mikään
        olen ollut oon ette emme meille minulle asia asiat kanssa kuin myös vain siis no pitäisi
        voisi paljon vähän jotain joku sama siellä täällä kun""",
    "en": """the and is it was but not very good bad thanks thank you nothing none great nice fine
        service works work worked yes no we our they your this that with for of to my have had
        are were from more less too slow fast easy hard price invoice alarm support helpful
        friendly never always could should would don't doesn't didn't can't excellent awful
        poor best worst staff wait waiting me he on i""",
    "sv": """och är det att som inte men på jag vi ni har var mycket bra dålig dåligt tack hej
        ja nej ingenting inget fungerar fungerade från med för av den ett en också bara när alltid
        aldrig snabb snabbt långsam lätt svår pris faktura larm stöd support hjälp hjälpsam
        vänlig kunde skulle vår våra er mer mindre sämre bättre bäst allt larmet fakturan""",
}


def _word_votes() -> dict[str, str]:
    votes: dict[str, str] = {}
    shared: set[str] = set()
    for language, words in _FUNCTION_WORDS.items():
        for word in set(words.split()):
            if word in votes:
                shared.add(word)
            votes[word] = language
    return {w: language for w, language in votes.items() if w not in shared}


_VOTES = _word_votes()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=1)
def _columns() -> np.ndarray:
    return np.array([_identifier().nb_classes.index(language) for language in KNOWN_LANGUAGES])


def guess_language(text: str) -> tuple[str, float]:
    """The language of one text, and how sure the guess is.

    Parameters
    ----------
    text : str
        Any text. Only its first 240 characters are looked at.

    Returns
    -------
    language : str
        "fi", "en", "sv" or "other". A text without letters (numbers, emoji) is "other" with
        confidence 0.
    confidence : float
        0..1. Under 0.7 a person should look: texts of one or two words seldom reach it. It is an
        ordering of sureness, not a measured probability.

    Notes
    -----
    py3langid over its 97 languages; the best of fi/en/sv wins unless another language is far
    ahead in a text of five words or more. In texts of up to three words common words vote
    first. Do not use it to tell dialects, or languages inside one sentence.
    """
    text = text[:_LONGEST]
    words = [w.lower() for w in _WORD.findall(text)]
    if not words:
        return "other", 0.0
    votes = dict.fromkeys(KNOWN_LANGUAGES, 0)
    for word in words:
        if word in _VOTES:
            votes[_VOTES[word]] += 1
    voted = max(votes, key=lambda language: votes[language])
    clear = votes[voted] > 0 and sum(votes.values()) == votes[voted]
    if clear and len(words) <= 3:
        return voted, round(min(0.6 + 0.15 * votes[voted], 0.95), 3)
    nearly = votes[voted] >= 4 and 8 * (sum(votes.values()) - votes[voted]) <= votes[voted]
    if nearly and 8 * votes[voted] >= len(words):
        return voted, 0.97
    probabilities = _identifier()._decide(" ".join(words))
    three = probabilities[_columns()]
    best = KNOWN_LANGUAGES[int(three.argmax())]
    among_three = float(three.max() / three.sum()) if three.sum() > 0 else 0.0
    elsewhere = float(probabilities.max())
    if (
        len(words) >= _OTHER_FROM_WORDS
        and votes[best] <= len(words) // 8
        and elsewhere > 0.5
        and elsewhere > 5 * float(three.max())
    ):
        return "other", round(elsewhere, 3)
    if clear and voted != best and votes[voted] >= 2 and among_three < 0.9:
        best, among_three = voted, 0.6
    confidence = round(among_three * _shortness(words), 3)
    return best if confidence >= _UNSURE else "other", confidence


def _shortness(words: list[str]) -> float:
    """Short texts can't be sure."""
    letters = sum(map(len, words))
    return float(min(1.0, 0.45 + letters / 40)) if letters < 22 else 1.0


def guess_languages(texts: pd.Series, *, lean: bool = True) -> pd.DataFrame:
    """The language of each text; equal texts are looked at once.

    Parameters
    ----------
    texts : pandas.Series
        Texts; empty cells are allowed.
    lean : bool
        Texts that can't be told by themselves ("ok", "no") take the language that at least 80 %
        of the sure texts share; their confidence stays as low as it was.

    Returns
    -------
    pandas.DataFrame
        Columns `language` and `language_confidence` with the index of `texts`. An empty cell
        is "other" with confidence 0.
    """
    codes, unique = pd.factorize(texts)
    guesses = [guess_language(str(text)) for text in unique] + [("other", 0.0)]
    # factorize gives -1 to empty cells: the last guess
    languages = np.array([g[0] for g in guesses], dtype=object)
    confidences = np.array([g[1] for g in guesses], dtype=float)
    if lean:
        languages = _leaning(
            languages, confidences, np.bincount(codes[codes >= 0], minlength=len(guesses))
        )
    return pd.DataFrame(
        {"language": languages[codes], "language_confidence": confidences[codes]},
        index=texts.index,
    )


def _leaning(languages: np.ndarray, confidences: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Unsure texts with letters take the language of nearly all sure ones."""
    sure = confidences >= _LEAN_BELOW
    total = counts[sure].sum()
    for language in KNOWN_LANGUAGES:
        if total and counts[sure & (languages == language)].sum() >= _LEAN_SHARE * total:
            return np.where(~sure & (confidences > 0), language, languages)
    return languages
