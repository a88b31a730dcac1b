"""Valence of sentences, -2 very bad … +2 very good, by a small lexicon of our own with negation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .lemmas import Lemmatiser, lemmatiser
from .scope import INTENSIFIERS, WISHES, forms_in, negated_positions, reached_positions
from .tokens import TokenIndex, index_tokens
from .valence_words import EMOJI, WORDS

__all__ = ["VALENCE_ACCURACY", "sentence_valence", "valence_of"]


@dataclass(frozen=True)
class Accuracy:
    """How well the lexicon does on data that it was not written on.

    `coverage` is the share of texts that got a sign at all, `accuracy` the share of right signs
    among those, `n` the number of texts with a known sign.
    """

    data: str
    language: str
    n: int
    coverage: float
    accuracy: float


# Positive against negative. Film subtitles with emotions (XED): joy, trust against anger, disgust,
# fear, sadness. Patients' answers (NHS Friends and Family Test): sign of the criticality given by
# hand; the rule for wishes was written with these before the eyes.
VALENCE_ACCURACY: tuple[Accuracy, ...] = (
    Accuracy("XED film subtitles", "fi", 11_500, 0.293, 0.820),
    Accuracy("XED film subtitles", "en", 13_520, 0.393, 0.777),
    Accuracy("XED film subtitles", "sv", 3_659, 0.266, 0.746),
    Accuracy("NHS patient experience", "en", 6_351, 0.770, 0.849),
)

_NEGATED = -0.75
_STRONGER = 1.6
_WISHED = -0.6  # "could be better"; "could not be better" is praise all the same


def _lexicon(language: str) -> Mapping[str, int]:
    if language in WORDS:
        return {**EMOJI, **WORDS[language]}
    merged: dict[str, int] = dict(EMOJI)
    for words in WORDS.values():
        merged.update(words)
    return merged


def _word_values(index: TokenIndex, lemmas: Sequence[str], language: str) -> np.ndarray:
    """Value of each form: its own, or its lemma's; 0 where the lexicon has neither."""
    lexicon = _lexicon(language)
    values = [
        lexicon.get(form.lower(), lexicon.get(lemma, lexicon.get(form, 0)))
        for form, lemma in zip(index.forms, lemmas, strict=True)
    ]
    return np.array(values, dtype=float)


def sentence_valence(index: TokenIndex, engine: Lemmatiser) -> pd.DataFrame:
    """Valence of each sentence that holds a word of the lexicon.

    Parameters
    ----------
    index : TokenIndex
        Texts in one language.
    engine : Lemmatiser
        Of that language.

    Returns
    -------
    pandas.DataFrame
        `sentence` (number in the index), `valence` (-2..2), `words` (words of the lexicon seen).
        Sentences without any are absent: nobody can tell.
    """
    if not len(index):
        return pd.DataFrame({"sentence": np.zeros(0, int), "valence": np.zeros(0, int),
                             "words": np.zeros(0, int)})  # fmt: skip
    language = engine.language
    values = _word_values(index, engine.of_forms(index.forms), language)[index.form]
    negated = negated_positions(index.forms, index.form, index.sentence, language=language)
    values = np.where(negated, values * _NEGATED, values)
    wished = reached_positions(
        index.forms, index.form, index.sentence, words=WISHES, language=language
    )
    values = np.where(wished & (values > 0) & ~negated, values * _WISHED, values)
    values = np.where(wished & (values < 0) & negated, -values, values)
    strong = forms_in(index.forms, INTENSIFIERS, language)[index.form]
    before = np.r_[False, strong[:-1]] & np.r_[False, index.sentence[1:] == index.sentence[:-1]]
    values = np.where(before, values * _STRONGER, values)
    hit = values != 0
    sentence = index.sentence[hit]
    size = int(index.sentence[-1]) + 1
    count = np.bincount(sentence, minlength=size)
    total = np.bincount(sentence, weights=values[hit], minlength=size)
    peak = np.zeros(size)
    np.maximum.at(peak, sentence, np.abs(values[hit]))
    seen = np.flatnonzero(count)
    return pd.DataFrame(
        {
            "sentence": seen,
            "valence": _graded(total[seen], peak[seen]),
            "words": count[seen],
        }
    )


def _graded(total: np.ndarray, peak: np.ndarray) -> np.ndarray:
    """Sum of a text's values to -2..2: two where a very strong word or several words agree."""
    size = np.where((np.abs(total) >= 3) | ((peak >= 1.9) & (np.abs(total) >= 1.4)), 2, 1)
    return np.where(np.abs(total) < 0.5, 0, np.sign(total) * size).astype(int)


def valence_of(texts: pd.Series, *, language: str | pd.Series = "fi") -> pd.Series:
    """Valence of whole texts.

    Parameters
    ----------
    texts : pandas.Series
        Texts; an empty cell can't be told.
    language : str or pandas.Series
        Language of all texts, or of each ("other": all lexicons together).

    Returns
    -------
    pandas.Series of Int8
        -2 very bad, -1, 0 mixed, 1, 2 very good; missing where the lexicon can't tell.

    Notes
    -----
    A hand-written lexicon of about 200 words a language, lemmas, negation within five words of
    its clause, and words that strengthen. It is an aid for sorting and reading, never a metric:
    always show `VALENCE_ACCURACY` with it. It can't see irony, comparison or what is left out
    ("I waited for two hours").
    """
    names = language if isinstance(language, pd.Series) else pd.Series(language, index=texts.index)
    result = pd.Series(pd.NA, index=texts.index, dtype="Int8")
    filled = texts.notna() & names.notna()
    for name, group in texts[filled].groupby(names[filled], sort=True):
        codes, unique = pd.factorize(group)
        index = index_tokens(map(str, unique))
        found = _text_valence(index, lemmatiser(str(name)), len(unique))
        result.loc[group.index] = found[codes]
    return result


def _text_valence(index: TokenIndex, engine: Lemmatiser, size: int) -> pd.arrays.IntegerArray:
    """Valence by text: sentences' values added, so that one sentence can't hide another."""
    table = sentence_valence(index, engine)
    values = pd.array([pd.NA] * size, dtype="Int8")
    if not len(table):
        return values
    text_of_sentence = np.zeros(int(index.sentence[-1]) + 1, dtype=np.int64)
    text_of_sentence[index.sentence] = index.text
    text = text_of_sentence[table["sentence"].to_numpy()]
    valence = table["valence"].to_numpy(dtype=float)
    total = np.bincount(text, weights=valence, minlength=size)
    peak = np.zeros(size)
    np.maximum.at(peak, text, np.abs(valence))
    seen = np.unique(text)
    size_of = np.where(np.abs(total[seen]) >= 2, 2, 1)
    values[seen] = np.where(total[seen] == 0, 0, np.sign(total[seen]) * size_of).astype(int)
    return values
