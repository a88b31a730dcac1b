"""Search by lemma over whole texts: words for a full-text index, and the places in a text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from .compounds import compound_parts
from .lemmas import lemmatiser
from .phrases import Phrase, find_phrases
from .tokens import KINDS, index_tokens

__all__ = ["lemma_query", "lemma_spans", "lemma_spans_in", "lemmas_of"]

_SOUGHT = frozenset(KINDS.index(kind) for kind in ("word", "number", "emoji", "emoticon"))


def lemmas_of(texts: Iterable[str], *, language: str = "fi", parts: bool = True) -> list[str]:
    """What to put into a full-text index so that `lasku` finds laskussa, laskunsa, laskuvirhe.

    Parameters
    ----------
    texts : iterable of str
        Texts in one language; an empty text gives "".
    language : str
        "fi", "en", "sv"; any other keeps the lower-case forms.
    parts : bool
        Whether the parts of compounds stand after their word.

    Returns
    -------
    list of str
        For each text its lemmas in order, lower case, with blanks between; marks and links are
        left out. A word that is a compound is followed by its parts, so neighbours in the result
        are not always neighbours in the text: check the place with `lemma_spans`.

    Notes
    -----
    Each different form is looked up once: hundreds of thousands of tokens a second after warm-up.
    """
    bodies = [str(text) for text in texts]
    index = index_tokens(bodies)
    lemmas = lemmatiser(language).of_forms(index.forms)
    words = []
    for lemma, kind in zip(lemmas, index.kind.tolist(), strict=True):
        more = compound_parts(lemma, language) if parts and kind == KINDS.index("word") else ()
        words.append(" ".join(dict.fromkeys([lemma, *more])) if kind in _SOUGHT else "")
    bounds = np.searchsorted(index.text, np.arange(len(bodies) + 1)).tolist()
    form = index.form.tolist()
    return [
        " ".join(filter(None, (words[f] for f in form[first:last])))
        for first, last in pairwise(bounds)
    ]


def lemma_query(query: str, *, language: str = "fi") -> str:
    """What a person typed, with each word as its lemma: `laskuissa` → `lasku`.

    `*` (any ending) and ` + ` (both in one sentence) stay; a word with `*` is not touched.
    """
    engine = lemmatiser(language)
    words = query.split()
    return " ".join(
        word if word == "+" or word.endswith("*") else engine.of_forms([word])[0] for word in words
    )


def lemma_spans(
    text: str, query: str, *, language: str = "fi", exact: bool = False
) -> list[tuple[int, int]]:
    """Every place of a text where a lemma phrase stands, whatever its endings.

    Parameters
    ----------
    text : str
        The original text, inflected, spoken or misspelt as it is.
    query : str
        Lemmas or forms: `lasku`, `laskuissa`, `väärä lasku`, `hälyt*`, `lasku + väärin`. Each word
        finds its lemma in any form, compounds that hold it, and the very form that was typed.
    language : str
        "fi", "en", "sv" or "other" (forms only).
    exact : bool
        True leaves out compounds that only hold the word as a part.

    Returns
    -------
    list of tuple of int
        `(start, end)` in code points, end exclusive, in order and without repeats.

    Raises
    ------
    SettingsError
        The query is empty, or has a lone `*` or ` + `.
    """
    return lemma_spans_in([text], query, language=language, exact=exact)[0]


def lemma_spans_in(
    texts: Iterable[str], query: str, *, language: str = "fi", exact: bool = False
) -> list[list[tuple[int, int]]]:
    """The places of `lemma_spans` in many texts of one language, one list a text.

    Parameters, errors and rules are those of `lemma_spans`; the texts are read together, which
    takes a hundredth of the time of asking them one by one.
    """
    phrases = [Phrase.parse("search", query)]
    asked = Phrase.parse("search", lemma_query(query, language=language))
    if asked.sides != phrases[0].sides:
        phrases.append(asked)
    bodies = [str(text) for text in texts]
    index = index_tokens(bodies)
    found = find_phrases(index, lemmatiser(language), phrases)
    if exact:
        found = found[found["strength"] >= 0.9]
    first = found["first"].to_numpy(np.int64)
    ends = index.end[found["last"].to_numpy(np.int64)].tolist()
    spans: list[set[tuple[int, int]]] = [set() for _ in bodies]
    for text, start, end in zip(
        index.text[first].tolist(), index.start[first].tolist(), ends, strict=True
    ):
        spans[text].add((start, end))
    return [sorted(places) for places in spans]
