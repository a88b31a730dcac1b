"""Phrases of lemmas found in many texts at once: codes' terms, stage cues, touchpoint terms."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..model import SettingsError
from ..model.codebook import Terms
from .compounds import compound_parts
from .lemmas import Lemmatiser
from .scope import NEGATORS, negated_positions
from .tokens import KINDS, TokenIndex

__all__ = ["Phrase", "find_phrases", "phrases_of"]

_WINDOW = 6  # words between the sides of a + phrase
_PREFIX, _PART = 0.9, 0.8  # strength of a match by ending-less word, by part of a compound

# words that may stand between the words of a phrase: "lasku oli niinku ihan väärä"
_FILLERS = {
    "fi": frozenset(
        """niinku niinko niinkun niin kuin tota tuota siis no joo ihan tosi aika vähän
        nyt sit sitten
        taas aina vaan vain kyllä kyl jo vielä todella erittäin aivan semmonen sellainen semmosen
        sellaisen semmosia sellaisia jotenkin joku jokin ne se ni sitä niitä mun meidän meiän mä
        minä me""".split()
    ),
    "en": frozenset(
        """very really just like so quite rather the a an our their my your its this that these
        some any still""".split()
    ),
    "sv": frozenset("väldigt ganska bara typ liksom en ett den det de vår våra så riktigt".split()),
}


@dataclass(frozen=True)
class Phrase:
    """One phrase of lemmas that stands for a label.

    Written as words with blanks between: consecutive lemmas, fillers skipped. `*` at the end of
    a word matches any ending. ` + ` between sides: both in one sentence, at most six words
    apart, in any order.
    """

    label: str
    text: str
    sides: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, label: str, text: str) -> Phrase:
        """Read a phrase as it stands in the settings."""
        sides = tuple(tuple(side.lower().split()) for side in text.split(" + "))
        if not all(sides) or any(word == "*" for side in sides for word in side):
            raise SettingsError(
                f"A term of `{label}` is empty.",
                expected="words, `*` only after letters, ` + ` between two sides",
                found=repr(text),
            )
        return cls(label, text, sides)


def phrases_of(terms: Iterable[tuple[str, Terms]], language: str) -> list[Phrase]:
    """The phrases of a language from (label, terms) pairs; every language's for another one."""
    found: list[Phrase] = []
    for label, by_language in terms:
        for name, texts in by_language.items():
            if name == language or language not in ("fi", "en", "sv"):
                found.extend(Phrase.parse(label, text) for text in texts)
    return found


@dataclass(frozen=True)
class _Vocabulary:
    """Which forms each word of the phrases matches: sorted pairs word * size + form."""

    words: dict[str, int]
    pairs: np.ndarray
    strength: np.ndarray
    size: int

    def forms_of(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        number = self.words[word]
        low, high = np.searchsorted(self.pairs, [number * self.size, (number + 1) * self.size])
        return self.pairs[low:high] - number * self.size, self.strength[low:high]

    def strengths(self, word: str, form: np.ndarray) -> np.ndarray:
        """Strength of the match of each form with a word; 0 where there is none."""
        if not len(self.pairs):
            return np.zeros(len(form))
        wanted = self.words[word] * self.size + form
        place = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        return np.where(self.pairs[place] == wanted, self.strength[place], 0.0)


def _vocabulary(
    words: Sequence[str], index: TokenIndex, lemmas: Sequence[str], language: str
) -> _Vocabulary:
    by_key: dict[str, list[tuple[int, float]]] = {}
    for number, (form, lemma) in enumerate(zip(index.forms, lemmas, strict=True)):
        if index.kind[number] == KINDS.index("mark"):
            continue
        keys = dict.fromkeys(compound_parts(lemma, language), _PART)
        keys[form.lower()] = keys[lemma] = 1.0
        for key, strength in keys.items():
            by_key.setdefault(key, []).append((number, strength))
    ordered = sorted(by_key)
    size = len(index.forms) + 1
    best: dict[int, float] = {}
    numbers = {word: n for n, word in enumerate(dict.fromkeys(words))}
    for word, n in numbers.items():
        for key, factor in _matching_keys(word, ordered, by_key):
            for form_number, strength in by_key[key]:
                pair = n * size + form_number
                best[pair] = max(best.get(pair, 0.0), strength * factor)
    pairs = np.array(sorted(best), dtype=np.int64)
    strengths = np.array([best[p] for p in pairs.tolist()], dtype=float)
    return _Vocabulary(numbers, pairs, strengths, size)


def _matching_keys(
    word: str, ordered: list[str], by_key: dict[str, list[tuple[int, float]]]
) -> Iterable[tuple[str, float]]:
    if not word.endswith("*"):
        if word in by_key:
            yield word, 1.0
        return
    stem = word[:-1]
    for key in ordered[bisect_left(ordered, stem) :]:
        if not key.startswith(stem):
            return
        yield key, _PREFIX


def find_phrases(
    index: TokenIndex, lemmatiser: Lemmatiser, phrases: Sequence[Phrase]
) -> pd.DataFrame:
    """Every place where a phrase occurs.

    Parameters
    ----------
    index : TokenIndex
        Texts in one language.
    lemmatiser : Lemmatiser
        Of that language; its `of_forms` is used where the index has no lemmas yet.
    phrases : sequence of Phrase
        What to look for.

    Returns
    -------
    pandas.DataFrame
        One row a match: `phrase` (position in `phrases`), `sentence`, `first` and `last` (token
        positions in the index), `strength` (1 lemma or form; 0.9 with `*`; 0.8 by a part of a
        compound; the weakest word of the phrase counts), `negated` (under a negation that is
        not part of the phrase).

    Notes
    -----
    Work per different form and per match, not per token and phrase: 100 phrases more cost no
    more time unless they match.
    """
    lemmas = index.lemmas or lemmatiser.of_forms(index.forms)
    language = lemmatiser.language
    sides = list(dict.fromkeys(side for phrase in phrases for side in phrase.sides))
    vocabulary = _vocabulary([w for side in sides for w in side], index, lemmas, language)
    places = np.flatnonzero(~_idle(index, language, sides))
    negated = negated_positions(index.forms, index.form, index.sentence, language=language)
    words = _Places.of(index.form[places], len(index.forms))
    found = {side: _find_side(side, vocabulary, words, index.sentence[places]) for side in sides}
    negators = NEGATORS.get(language) or frozenset().union(*NEGATORS.values())
    rows = []
    for number, phrase in enumerate(phrases):
        first, last, strength = _join_sides(
            [found[side] for side in phrase.sides], index.sentence[places]
        )
        if not len(first):
            continue
        own = any(w in negators for side in phrase.sides for w in side)
        start = places[first]
        under = np.zeros(len(start), bool) if own else negated[start] | negated[places[last]]
        rows.append((np.full(len(start), number), index.sentence[start], start, places[last],
                     strength, under))  # fmt: skip
    names = ["phrase", "sentence", "first", "last", "strength", "negated"]
    if not rows:
        empty = [np.zeros(0, np.int64)] * 4 + [np.zeros(0), np.zeros(0, bool)]
        return pd.DataFrame(dict(zip(names, empty, strict=True)))
    return pd.DataFrame(
        {name: np.concatenate([row[n] for row in rows]) for n, name in enumerate(names)}
    )


def _idle(index: TokenIndex, language: str, sides: Sequence[tuple[str, ...]]) -> np.ndarray:
    """Tokens that may stand inside a phrase: marks, and fillers that no phrase asks for."""
    if not len(index):
        return np.zeros(0, dtype=bool)
    asked = {w.rstrip("*") for side in sides for w in side}
    fillers = _FILLERS.get(language, frozenset()) - asked
    filler = np.array([f.lower() in fillers for f in index.forms], dtype=bool)
    kind = index.kinds()
    return filler[index.form] | (kind == KINDS.index("mark")) | (kind == KINDS.index("break"))


def words_matched(
    index: TokenIndex, lemmatiser: Lemmatiser, phrases: Sequence[Phrase]
) -> tuple[list[list[str]], np.ndarray]:
    """Which words of the phrases each form matches, and which tokens may stand inside a phrase.

    For matchers that go token by token; forms match exactly as in `find_phrases`.
    """
    sides = [side for phrase in phrases for side in phrase.sides]
    words = list(dict.fromkeys(w for side in sides for w in side))
    lemmas = index.lemmas or lemmatiser.of_forms(index.forms)
    vocabulary = _vocabulary(words, index, lemmas, lemmatiser.language)
    matched: list[list[str]] = [[] for _ in index.forms]
    for word in words:
        for form in vocabulary.forms_of(word)[0].tolist():
            matched[form].append(word)
    sentence = index.sentence
    goes_on = np.append(sentence[1:] == sentence[:-1], False) if len(index) else np.zeros(0, bool)
    return matched, _idle(index, lemmatiser.language, sides) & goes_on


def ruler_patterns(phrases: Sequence[Phrase]) -> list[dict[str, str | list[dict[str, Any]]]]:
    """Patterns of spaCy's EntityRuler for phrases, over the extensions `cx_terms` and `cx_idle`."""
    between: dict[str, Any] = {"_": {"cx_idle": True}, "OP": "*"}
    same_sentence: dict[str, Any] = {
        "TEXT": {"NOT_IN": [".", "!", "?", "\u2026", "\n"]},
        "OP": f"{{0,{_WINDOW}}}",
    }
    patterns: list[dict[str, str | list[dict[str, Any]]]] = []
    for phrase in phrases:
        sides = []
        for side in phrase.sides:
            tokens: list[dict[str, Any]] = []
            for word in side:
                tokens += [between] if tokens else []
                tokens.append({"_": {"cx_terms": {"INTERSECTS": [word]}}})
            sides.append(tokens)
        for order in dict.fromkeys((tuple(range(len(sides))), tuple(range(len(sides)))[::-1])):
            pattern: list[dict[str, Any]] = list(sides[order[0]])
            for number in order[1:]:
                pattern += [same_sentence, *sides[number]]
            patterns.append({"label": "TOUCHPOINT", "id": phrase.label, "pattern": pattern})
    return patterns


_Found = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class _Places:
    """The form at each place, and the places of each form (sorted by form)."""

    form: np.ndarray
    order: np.ndarray
    bounds: np.ndarray

    @classmethod
    def of(cls, form: np.ndarray, size: int) -> _Places:
        counts = np.bincount(form, minlength=size) if len(form) else np.zeros(size, np.int64)
        return cls(form, np.argsort(form, kind="stable"), np.r_[0, np.cumsum(counts)])

    def of_forms(self, forms: np.ndarray) -> np.ndarray:
        pieces = [self.order[self.bounds[f] : self.bounds[f + 1]] for f in forms.tolist()]
        return np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, np.int64)


def _find_side(
    side: tuple[str, ...], vocabulary: _Vocabulary, words: _Places, sentence: np.ndarray
) -> _Found:
    """First and last place and strength of consecutive words."""
    form = words.form
    first = words.of_forms(vocabulary.forms_of(side[0])[0])
    strength = vocabulary.strengths(side[0], form[first])
    for step, word in enumerate(side[1:], start=1):
        fits = first + step < len(form)
        first, strength = first[fits], strength[fits]
        next_strength = vocabulary.strengths(word, form[first + step])
        fits = (next_strength > 0) & (sentence[first + step] == sentence[first])
        first, strength = first[fits], np.minimum(strength, next_strength)[fits]
    return first, first + len(side) - 1, strength


def _join_sides(sides: list[_Found], sentence: np.ndarray) -> _Found:
    """Matches of all sides in one sentence within the window; the nearest pair counts."""
    first, last, strength = sides[0]
    for other_first, other_last, other_strength in sides[1:]:
        if not len(first) or not len(other_first):
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        after = np.searchsorted(other_first, first)
        best = np.full(len(first), _WINDOW + 1)
        chosen = np.zeros(len(first), np.int64)
        for candidate in (after, after - 1):
            inside = np.clip(candidate, 0, len(other_first) - 1)
            gap = np.abs(other_first[inside] - first)
            near = (sentence[other_first[inside]] == sentence[first]) & (gap < best) & (gap > 0)
            near &= candidate == inside
            best, chosen = np.where(near, gap, best), np.where(near, inside, chosen)
        fits = best <= _WINDOW
        pick = chosen[fits]
        strength = np.minimum(strength[fits], other_strength[pick])
        low = np.minimum(first[fits], other_first[pick])
        last = np.maximum(last[fits], other_last[pick])
        first = low
    return first, last, strength
