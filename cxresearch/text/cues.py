"""Which label's terms are strongest in each sentence: stages by their cues, touchpoints by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from ..model.codebook import Terms
from .lemmas import Lemmatiser
from .phrases import find_phrases, phrases_of
from .tokens import TokenIndex

__all__ = ["strongest_labels"]

_SEVERAL_WORDS = 1.5  # weight of a cue of several words against one word
_WEAK = 0.5


def strongest_labels(
    index: TokenIndex,
    engine: Lemmatiser,
    terms: Iterable[tuple[str, Terms]],
    *,
    weak: Collection[str] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """The label with the strongest terms in each sentence, and the term that decided.

    Parameters
    ----------
    index : TokenIndex
        Texts in one language.
    engine : Lemmatiser
        Of that language.
    terms : iterable of (label, terms)
        Labels with their phrases by language, the more important first: it wins a tie.
    weak : collection of str
        Labels whose terms count half: cues of a whole phase beside those of its stages.

    Returns
    -------
    label, term : numpy.ndarray of object
        By number of the sentence: the label (None where no term occurs) and the phrase as written
        in the settings ("" where none).
    """
    size = int(index.sentence[-1]) + 1 if len(index) else 0
    label = np.full(size, None, dtype=object)
    term = np.full(size, "", dtype=object)
    phrases = phrases_of(terms, engine.language)
    found = find_phrases(index, engine, phrases) if phrases and size else pd.DataFrame()
    if not len(found):
        return label, term
    names = list(dict.fromkeys(p.label for p in phrases))
    of_phrase = np.array([names.index(p.label) for p in phrases])
    long = np.array([len(p.text.replace(" + ", " ").split()) > 1 for p in phrases])
    factor = np.array([_WEAK if name in weak else 1.0 for name in names])[of_phrase]
    factor = np.where(long, _SEVERAL_WORDS, 1.0) * factor
    number = found["phrase"].to_numpy()
    key = found["sentence"].to_numpy() * len(names) + of_phrase[number]
    keys, inverse = np.unique(key, return_inverse=True)
    score = np.bincount(inverse, weights=found["strength"].to_numpy() * factor[number])
    first = pd.Series(number).groupby(inverse).first().to_numpy()
    sentence, which = keys // len(names), keys % len(names)
    order = np.lexsort((which, -score, sentence))
    best = order[np.r_[True, sentence[order][1:] != sentence[order][:-1]]]
    label[sentence[best]] = np.array(names, dtype=object)[which[best]]
    term[sentence[best]] = [phrases[n].text for n in first[best]]
    return label, term
