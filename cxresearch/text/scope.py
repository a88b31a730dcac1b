"""Negation scope: which words stand under a `not` of their own clause."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import numpy as np

__all__ = [
    "CLAUSE_BREAKS", "HEDGES", "INTENSIFIERS", "NEGATORS", "WISHES", "hedged_positions",
    "negated_positions", "reached_positions",
]  # fmt: skip

NEGATORS = {
    "fi": frozenset(
        "ei en et emme ette eivät älä älkää ettei ilman eikä enkä etkä emmekä ettekä eivätkä "
        "etteikö eiku".split()
    ),
    "en": frozenset(
        "not no never none nobody nothing without don't doesn't didn't isn't wasn't aren't weren't "
        "can't cannot couldn't won't wouldn't hasn't haven't hadn't shouldn't hardly".split()
    ),
    "sv": frozenset("inte ej icke aldrig ingen inget inga utan varken knappast".split()),
}
CLAUSE_BREAKS = {
    "fi": frozenset("mutta vaan vaikka koska kun jos joten paitsi ja tai mut ku".split()),
    "en": frozenset("but although though because when if so except and or".split()),
    "sv": frozenset("men fast eftersom när om så förutom och eller".split()),
}
INTENSIFIERS = {
    "fi": frozenset(
        "tosi todella erittäin hirveän hirveesti älyttömän aivan niin liian ihan_kamalan törkeän "
        "sairaan mielettömän äärimmäisen aina jatkuvasti ikinä järjettömän kamalan".split()
    ),
    "en": frozenset("very really extremely so too absolutely always constantly totally".split()),
    "sv": frozenset("mycket väldigt jätte otroligt så för alltid ständigt verkligen".split()),
}
# "could be better": a good word under a wish tells of a lack
WISHES = {
    "fi": frozenset(
        "voisi vois saisi sais pitäisi pitäis pitäs toivoisin toivottavasti olisi ois kaipaisin "
        "kaipaan toivoa toivon haluaisin".split()
    ),
    "en": frozenset("could would should wish wished maybe perhaps".split()),
    "sv": frozenset("kunde skulle sku borde önskar hoppas gärna".split()),
}
# "perhaps it works": what is said under it counts half
HEDGES = {
    "fi": frozenset(
        "ehkä kai kaiketi kenties luultavasti varmaan varmaankin mahdollisesti taitaa taisi tuskin "
        "melko suht suhteellisen vähän hieman hiukan jokseenkin periaatteessa luulisin".split()
    ),
    "en": frozenset(
        "probably possibly seemingly apparently somewhat fairly slightly sometimes "
        "presumably mostly kinda sorta".split()
    ),
    "sv": frozenset(
        "kanske nog troligen möjligen förmodligen eventuellt lite något ganska rätt ibland".split()
    ),
}
_REACH = 5  # words: "en ole saanut yhtään vastausta"
_MARKS = frozenset(",;:()–—")


def forms_in(forms: list[str], words: dict[str, frozenset[str]], language: str) -> np.ndarray:
    """Which forms are among the words of a language; all languages for an unknown one."""
    known = words.get(language) or frozenset().union(*words.values())
    return np.array([form.lower().replace("\u2019", "'") in known for form in forms], dtype=bool)


def negated_positions(
    forms: list[str], form: np.ndarray, sentence: np.ndarray, *, language: str
) -> np.ndarray:
    """For each token, whether a negation stands up to five words before it in its clause.

    Parameters
    ----------
    forms : list of str
        Different forms.
    form, sentence : numpy.ndarray of int
        For each token its form and its sentence.
    language : str
        "fi", "en" or "sv"; all three's words together for any other.

    Returns
    -------
    numpy.ndarray of bool
        True under negation; the negation itself is False.
    """
    return reached_positions(forms, form, sentence, words=NEGATORS, language=language)


def hedged_positions(
    forms: list[str], form: np.ndarray, sentence: np.ndarray, *, language: str
) -> np.ndarray:
    """For each token, whether a `perhaps` stands up to five words before it in its clause.

    Parameters and result as in `negated_positions`.
    """
    return reached_positions(forms, form, sentence, words=HEDGES, language=language)


def reached_positions(
    forms: list[str],
    form: np.ndarray,
    sentence: np.ndarray,
    *,
    words: dict[str, frozenset[str]],
    language: str,
) -> np.ndarray:
    """For each token, whether one of `words` stands up to five words before it in its clause."""
    if not len(form):
        return np.zeros(0, dtype=bool)
    opener = forms_in(forms, words, language)[form]
    mark = np.array([f in _MARKS for f in forms], dtype=bool)
    breaks = (forms_in(forms, CLAUSE_BREAKS, language) | mark)[form]
    clause = np.cumsum(breaks | np.r_[True, sentence[1:] != sentence[:-1]])
    place = np.arange(len(form))
    last = np.maximum.accumulate(np.where(opener, place, -1))
    near = (last >= 0) & (place - last <= _REACH) & (place > last)
    return near & (clause[np.maximum(last, 0)] == clause)
