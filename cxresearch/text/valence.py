"""Valence of sentences, -2 very bad … +2 very good, by a small lexicon of our own with negation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..model import Finding, Words, interval, number, percent
from .lemmas import Lemmatiser, lemmatiser
from .scope import (
    INTENSIFIERS,
    WISHES,
    forms_in,
    hedged_positions,
    negated_positions,
    reached_positions,
)
from .tokens import TokenIndex, index_tokens
from .valence_words import EMOJI, WORDS

__all__ = [
    "VALENCE_ACCURACY",
    "sentence_valence",
    "valence_caution",
    "valence_error",
    "valence_of",
]


@dataclass(frozen=True)
class Accuracy:
    """How well the lexicon does on texts that other people labelled.

    `n` is the number of texts with a known sign, `coverage` the share of them that got a sign at
    all, `accuracy` the share of right signs among those with its 95 % interval `low`..`high`
    (Wilson), `macro_f1` the mean F1 of the two signs among them.
    """

    data: str
    language: str
    n: int
    coverage: float
    accuracy: float
    low: float
    high: float
    macro_f1: float


# The half of each set that nobody looked at while writing (benchmarks/valence.py). Film subtitles
# with emotions (XED): joy, trust against anger, disgust, fear, sadness. Patients' answers (NHS
# Friends and Family Test): sign of the criticality given by hand.
VALENCE_ACCURACY: tuple[Accuracy, ...] = (
    Accuracy("XED", "fi", 5_764, 0.387, 0.840, 0.824, 0.854, 0.839),
    Accuracy("XED", "en", 6_746, 0.461, 0.798, 0.784, 0.812, 0.795),
    Accuracy("XED", "sv", 1_862, 0.347, 0.788, 0.755, 0.818, 0.783),
    Accuracy("NHS", "en", 3_296, 0.793, 0.848, 0.833, 0.861, 0.765),
)
_DATA = {
    "XED": Words(fi="elokuvien tekstitykset (XED)", en="film subtitles (XED)"),
    "NHS": Words(fi="potilaiden vastaukset (NHS)", en="patients' answers (NHS)"),
}

_LANGUAGES = {
    "fi": Words(fi="suomi", en="Finnish"),
    "en": Words(fi="englanti", en="English"),
    "sv": Words(fi="ruotsi", en="Swedish"),
}


def valence_error(language: str) -> Finding:
    """The stated error of valence in a language: show it wherever valence is shown.

    Parameters
    ----------
    language : str
        Language of the texts: "fi", "en" or "sv". Any other gives all rows.

    Returns
    -------
    Finding
        `data`, `language`, `n`, `cant_tell` (share of texts without a sign), `accuracy`, `low`,
        `high` (95 %), `macro_f1`; and a sentence in Finnish and English.

    Notes
    -----
    Two signs only, on texts that have one. Sources: Öhman et al. (2020),
    doi 10.18653/v1/2020.coling-main.575; NHS England, Friends and Family Test answers in
    pxtextmining. On a study's own texts the error may be larger: of
    sentences read one by one the sign was right in 35 of 54 where candidates and members of
    parliament argue, and in 40 of 49 of patients' answers and interviews. Most faults were neutral
    sentences that hold a good word. Compare with hand codings.
    """
    mine = [a for a in VALENCE_ACCURACY if a.language == language] or list(VALENCE_ACCURACY)
    rows = [
        {"data": a.data, "language": a.language, "n": a.n, "cant_tell": round(1 - a.coverage, 3),
         "accuracy": a.accuracy, "low": a.low, "high": a.high, "macro_f1": a.macro_f1}
        for a in mine
    ]  # fmt: skip
    parts = {to: "; ".join(_told(a, to) for a in mine) for to in ("fi", "en")}
    return Finding(
        pd.DataFrame(rows),
        Words(
            fi=f"Koneen päättelemä sävy on suuntaa-antava. Etumerkki osui oikeaan: {parts['fi']}.",
            en=f"Valence by machine is a rough guide. Its sign was right in: {parts['en']}.",
        ),
    )


def valence_caution(codings: pd.DataFrame) -> Words | None:
    """A short sentence of how far the valence of these codings can be believed.

    For captions, legends and notes; `valence_error` says it with its data and intervals.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract "codings". A column `language`, where there is one, says in which languages
        the texts are; else all known ones are named.

    Returns
    -------
    Words or None
        Share of right signs in Finnish and English; None where no valence is by machine (codings
        of origin `suggested`).
    """
    if not {"origin", "valence"} <= set(codings.columns):
        return None
    mine = codings[(codings["origin"] == "suggested") & codings["valence"].notna()]
    if mine.empty:
        return None
    spoken = set(mine["language"].dropna().astype(str)) if "language" in mine.columns else set()
    known = {a.language for a in VALENCE_ACCURACY}
    right: dict[str, list[float]] = {}
    for row in VALENCE_ACCURACY:
        if row.language in (spoken & known or known):
            right.setdefault(row.language, []).append(row.accuracy)
    fi, en = (
        ", ".join(f"{_LANGUAGES[a].to(to)} {_span(shares, to)}" for a, shares in right.items())
        for to in ("fi", "en")
    )
    return Words(
        fi="Koneen päättelemä sävy on suuntaa-antava: etumerkki osui vertailuteksteissä oikeaan "
        f"({fi}).",
        en=f"Valence by machine is a rough guide: its sign was right in test texts ({en}).",
    )


def _span(shares: list[float], to: str) -> str:
    low, high = percent(min(shares), to), percent(max(shares), to)
    if low == high:
        return low
    return f"{number(100 * min(shares), to)}–{high}"


def _told(row: Accuracy, to: str) -> str:
    span = interval(100 * row.low, 100 * row.high, to)
    share, silent = percent(row.accuracy, to), percent(1 - row.coverage, to)
    what, n = _DATA[row.data].to(to), number(row.n, to)
    language = _LANGUAGES[row.language].to(to)
    if to == "fi":
        return f"{language}, {what} {share} ({span}; n = {n}, ei osannut sanoa {silent})"
    return f"{language}, {what} {share} ({span}; n = {n}, could not tell {silent})"


_NEGATED = -0.75
_STRONGER = 1.6
_HEDGED = 0.7
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
    lemmas = index.lemmas or engine.of_forms(index.forms)
    values = _word_values(index, lemmas, language)[index.form]
    negated = negated_positions(index.forms, index.form, index.sentence, language=language)
    values = np.where(negated, values * _NEGATED, values)
    wished = reached_positions(
        index.forms, index.form, index.sentence, words=WISHES, language=language
    )
    values = np.where(wished & (values > 0) & ~negated, values * _WISHED, values)
    values = np.where(wished & (values < 0) & negated, -values, values)
    hedged = hedged_positions(index.forms, index.form, index.sentence, language=language)
    values = np.where(hedged, values * _HEDGED, values)
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
    A hand-written lexicon of 500 to 800 words a language, lemmas, negation within five words of
    its clause, and words that strengthen. It is an aid for sorting and reading, never a metric:
    always show `valence_error` with it. It can't see irony, comparison or what is left out
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
