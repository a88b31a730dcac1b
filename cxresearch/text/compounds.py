"""Parts of compound words, so that `palvelu` finds `asiakaspalvelu`."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .lemmas import known_lemma
from .tokens import LONE_HALF

__all__ = ["compound_parts", "voikko_available"]

_SHORTEST_HEAD = 3
_SHORTEST_TAIL = 4
_SHORTEST_COMPOUND = 8
_LONGEST = 60

# no parts, though they look like it (pala + veri, kalu + sto …), and tails that are endings
_WHOLE = frozenset(
    "palaveri kalusto alusta asiakas portaali kalenteri materiaali automaatti asetukset "
    "hallinto kokonaisuus mahdollisuus tilaisuus luottamus tietokanta yhteydenotto".split()
)
_NO_TAILS = frozenset(
    "uusi suus uude llinen inen iste isto asto isti aali aatti eeri ismi minen mies nainen sanat "
    "alla alta asti asta ensa anto olla olit olio onto osto ansa arvo-ansa laita lasta".split()
)


@lru_cache(maxsize=1)
def _voikko() -> Any:
    try:
        import libvoikko

        return libvoikko.Voikko("fi")
    except (ImportError, OSError):
        return None
    except Exception as error:
        if type(error).__name__ == "VoikkoException":  # the library is there, its Finnish is not
            return None
        raise


def voikko_available() -> bool:
    """Whether Voikko with its Finnish vocabulary is installed on this machine."""
    return _voikko() is not None


def voikko_words(word: str) -> list[dict[str, str]]:
    """Voikko's analyses of a word; [] where Voikko is missing or does not know the word."""
    speller = _voikko()
    strange = len(word) > _LONGEST or LONE_HALF.search(word) or "\0" in word
    return [] if speller is None or strange else list(speller.analyze(word))


def compound_parts(lemma: str, language: str = "fi") -> tuple[str, ...]:
    """The parts of a compound word as lemmas; () where the word is no compound or nobody knows.

    Parameters
    ----------
    lemma : str
        A lemma in lower case.
    language : str
        "fi" and "sv" split closed compounds, every language splits at hyphens.

    Returns
    -------
    tuple of str
        Each part as a lemma, then heads and tails of several parts: `salasananvaihto` gives
        sala, sana, vaihto, salasana, sanavaihto.

    Notes
    -----
    With Voikko its own analysis is used. Without it, and for Swedish, the word is cut where both
    sides are dictionary words of three and four letters or more, the longest tail first. The cut
    errs both ways (rare compounds are missed, some simple words are cut): fit for finding,
    not for counting parts.
    """
    if len(lemma) > _LONGEST or LONE_HALF.search(lemma):
        return ()
    return _parts(lemma, language)


@lru_cache(maxsize=200_000)
def _parts(lemma: str, language: str) -> tuple[str, ...]:
    if "-" in lemma:
        pieces = [p for p in lemma.split("-") if p]
        inner = [q for p in pieces for q in _parts(p, language)]
        return tuple(dict.fromkeys([*pieces, *inner])) if len(pieces) > 1 else ()
    if len(lemma) < _SHORTEST_COMPOUND - 1 or language not in ("fi", "sv"):
        return ()
    if language == "fi" and _voikko() is not None:
        parts = _voikko_parts(lemma)
    else:
        parts = () if lemma in _WHOLE else tuple(_cut(lemma, language))
    tails = ["".join(parts[n:]) for n in range(1, len(parts) - 1)]
    heads = [
        known
        for n in range(1, len(parts) - 1)
        if (known := known_lemma(lemma[: len(lemma) - len("".join(parts[n + 1 :]))], language))
    ]
    return tuple(dict.fromkeys([*parts, *heads, *tails]))


_BASE = re.compile(r"\+([^(+]+)\(([^)]*)\)")


def _voikko_parts(lemma: str) -> tuple[str, ...]:
    """Parts by Voikko; derivations (palvel+u, valvo+nta) are put together again."""
    analyses = _voikko().analyze(lemma)
    if not analyses:
        return tuple(_cut(lemma, "fi"))
    fewest = min(analyses, key=lambda a: a.get("STRUCTURE", "").count("="))
    structure = fewest.get("STRUCTURE", "")
    if structure.count("=") < 2:
        return ()
    lengths = [len(piece) for piece in structure.split("=")[1:]]
    return tuple(_part_lemmas(lemma, lengths))


def _part_lemmas(lemma: str, lengths: list[int]) -> list[str]:
    """Cut by lengths (syllable signs do not count) and bring each part to its lemma."""
    parts, place = [], 0
    for number, length in enumerate(lengths):
        last = number == len(lengths) - 1
        piece = lemma[place:] if last else lemma[place : place + length]
        place += length
        parts.append(piece if last else (known_lemma(piece, "fi") or piece))
    return [p for p in parts if p]


def _cut(word: str, language: str) -> list[str]:
    """Cut at the first place that leaves two dictionary words; the head may be a compound."""
    if word in _WHOLE or len(word) < _SHORTEST_COMPOUND - 1:
        return []
    if known_lemma(word, language) not in (None, word):
        return []
    shortest_tail = 3 if language == "sv" else _SHORTEST_TAIL
    for place in range(_SHORTEST_HEAD, len(word) - shortest_tail + 1):
        head, tail = word[:place], word[place:]
        lemma = known_lemma(tail, language)
        if tail in _NO_TAILS or lemma is None or (lemma != tail and language != "sv"):
            continue
        base = _head_lemma(head, language)
        if base is not None:
            return [base, tail]
        inner = _cut(head, language)
        if inner:
            return [*inner, tail]
    return []


def _head_lemma(head: str, language: str) -> str | None:
    """The lemma of a head: nominative or genitive in Finnish, with or without s in Swedish."""
    found = known_lemma(head, language)
    if language == "fi":
        return found if found == head or (found and head.endswith("n")) else None
    if found == head:
        return found
    return known_lemma(head[:-1], language) if head.endswith("s") else None
