"""What a reader of names looks at: a word's form, its company, and the same word elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .compounds import voikko_words
from .lemmas import dictionary_has
from .names import FIRST_NAMES, NameStems

__all__ = [
    "CASE_COLUMNS",
    "WINDOW",
    "TextTokens",
    "form_marks",
    "form_rows",
    "in_document",
    "in_window",
    "pipeline_folder",
    "shapes",
    "text_tokens",
    "titled",
    "word_vectors",
]

TextTokens = list[tuple[int, int, str]]
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*|\d+|\n|[^\w\s]|_")
_CLASSES = ("etunimi", "sukunimi", "paikannimi", "nimi", "nimisana", "teonsana", "laatusana",
            "nimisana_laatusana", "")  # fmt: skip
_SIGNS = '.,:;!?()"-@/&\n'
_SHAPES = 9 + len(_SIGNS) + 1
CASE_COLUMNS = [1, 2, 7]  # what a text in lower case does not show
WINDOW = 3  # neighbours on each side that a first reading sees
_MARKS = 2 * (len(_CLASSES) + 1) + 11
_BESIDE = [*range(48), *range(-_MARKS, 0)]  # of a word's numbers, those its neighbours see
_LONGEST_FORM = 60
_RAREST = -18.0


def text_tokens(text: str) -> TextTokens:
    """Words, numbers and single signs with their places; other than blanks nothing is left out."""
    return [(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]


def titled(low: str) -> str:
    """A lower-case form written as a name: each part of maija-liisa with a capital."""
    return "-".join(part[:1].upper() + part[1:] for part in low.split("-"))


@lru_cache(maxsize=1)
def _first_names() -> NameStems:
    return NameStems((name, name) for name in sorted(FIRST_NAMES))


def pipeline_folder() -> Path | None:
    """The folder of the Finnish pipeline's model, or None where it is not installed."""
    spec = find_spec("spacy_fi_experimental_web_md")
    if spec is None or spec.origin is None:
        return None
    held = sorted(Path(spec.origin).parent.glob("fi_*/vocab/vectors"))
    return held[-1].parent.parent if held else None


@lru_cache(maxsize=1)
def _vectors() -> Any:
    from spacy.vectors import Vectors

    folder = pipeline_folder()
    data = None if folder is None else np.load(folder / "vocab" / "vectors")
    return Vectors(
        data=data, mode="floret", minn=4, maxn=5, hash_count=2, hash_seed=2166136261,
        bow="<", eow=">",
    )  # fmt: skip


def word_vectors(words: list[str]) -> np.ndarray:
    """Subword vectors (floret) out of the Finnish pipeline, one row of length 1 a word."""
    found = np.asarray(_vectors().get_batch(words), np.float32)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)


@lru_cache(maxsize=1)
def _chances() -> Any:
    """Log probabilities of 500,000 written forms, from the Finnish pipeline; {} without it."""
    folder = pipeline_folder()
    if folder is None:
        return {}
    from spacy.lookups import Lookups

    lookups = Lookups().from_disk(folder / "vocab")
    return lookups.get_table("lexeme_prob") if "lexeme_prob" in lookups.tables else {}


def _classes(word: str) -> list[float]:
    from .compounds import voikko_available

    if not voikko_available():
        return [0.0] * (len(_CLASSES) + 1)
    seen = {a.get("CLASS", "") for a in voikko_words(word)}
    marks = [float(name in seen) for name in _CLASSES[:-1]]
    return [*marks, float(bool(seen - set(_CLASSES[:-1]))), float(not seen)]


def form_marks(low: str) -> np.ndarray:
    """What dictionaries say of a lower-case form: 31 numbers, zeros for what is no word."""
    if not low[:1].isalpha() or len(low) > _LONGEST_FORM:
        return np.zeros(_MARKS, np.float32)
    from spacy.strings import get_string_id

    title = titled(low)
    name, word = (_chances().get(get_string_id(form)) for form in (title, low))
    rarer, rare = (_RAREST if c is None else c for c in (name, word))
    known = [dictionary_has(low, language) for language in ("fi", "en", "sv")]
    return np.array(
        [
            *_classes(low), *_classes(title), *known,
            _first_names().find(low) is not None, low in FIRST_NAMES,
            (rarer - _RAREST) / 4, (rare - _RAREST) / 4, np.clip(rarer - rare, -6, 6) / 3,
            name is None, word is None, name is not None and rarer > rare,
        ],
        np.float32,
    )  # fmt: skip


def form_rows(forms: list[str], projections: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Numbers of lower-case forms: vectors written as a name and small, then `form_marks`.

    Parameters
    ----------
    forms : list of str
        One or more forms.
    projections : sequence of (mean, directions)
        What makes a vector shorter: of the form written as a name, then of it in lower case.
    """
    # half a surrogate pair has no bytes to make a vector of
    short = [form[:_LONGEST_FORM].encode("utf-8", "replace").decode() for form in forms]
    spelt = ([titled(form) for form in short], short)
    parts = [
        (word_vectors(words) - mean) @ directions
        for words, (mean, directions) in zip(spelt, projections, strict=True)
    ]
    marks = np.stack([form_marks(form) for form in forms])
    return np.concatenate([*parts, marks], 1).astype(np.float32)


def in_window(
    rows: np.ndarray, written: np.ndarray, at: np.ndarray, lower: np.ndarray
) -> np.ndarray:
    """What a first reading sees of tokens: each one's numbers and its neighbours' on both sides.

    Parameters
    ----------
    rows, written : numpy.ndarray
        `form_rows` and `shapes` of each token, `WINDOW` rows of zeros before and after a text.
    at : numpy.ndarray
        Which rows are wanted.
    lower : numpy.ndarray
        For each of these, whether its text is in lower case.
    """
    parts = [rows[at]]
    for step in range(-WINDOW, WINDOW + 1):
        parts.append(written[at + step])
        if step:
            parts.append(rows[at + step][:, _BESIDE])
    parts.append(lower[:, None].astype(np.float32))
    return np.concatenate(parts, 1)


def shapes(tokens: TextTokens) -> np.ndarray:
    """How each token is written: capitals, length, sign, glued to the one before."""
    table = np.zeros((len(tokens), _SHAPES), np.float32)
    end = -1
    for row, (start, stop, word) in zip(table, tokens, strict=True):
        if word[0].isalpha():
            inner = any(sign.isupper() for sign in word[1:]) and not word.isupper()
            shouted = word.isupper() and len(word) > 1
            row[:8] = (
                1, word[0].isupper(), shouted, len(word) == 1, "-" in word or "'" in word,
                ":" in word, min(len(word), 15) / 15, inner,
            )  # fmt: skip
        elif word[0].isdigit():
            row[8] = 1
        else:
            plain = '"' if word in "”“»«’'" else "-" if word in "–—" else word
            row[9 + _SIGNS.index(plain) if plain in _SIGNS else 7] = plain in _SIGNS
        row[-1] = start == end
        end = stop
    return table


def _moved(table: np.ndarray, by: int) -> np.ndarray:
    moved = np.zeros_like(table)
    if by > 0:
        moved[:-by] = table[by:]
    else:
        moved[-by:] = table[:by]
    return moved


def logits(chances: np.ndarray) -> np.ndarray:
    """Log odds between -3 and 3."""
    inside = np.clip(chances, 1e-5, 1)
    rest = np.clip(1 - chances, 1e-5, 1)
    return np.clip(np.log(inside) - np.log(rest), -9, 9) / 3


def _group(low: str) -> str:
    """Forms of one word in one text: the word less its last three letters, four kept."""
    low = low.split(":")[0]
    return low[: max(4, len(low) - 3)] if len(low) > 4 else low


def in_document(
    forms: list[str], written: np.ndarray, chances: np.ndarray, marks: np.ndarray
) -> np.ndarray:
    """What the whole text says of each token: its neighbours, its other forms, how it is typed.

    Parameters
    ----------
    forms : list of str
        The text's tokens in lower case.
    written : numpy.ndarray
        Their shapes.
    chances : numpy.ndarray
        Chances of the five kinds by the first reading, shape (tokens, 5).
    marks : numpy.ndarray
        `form_marks` of each token.
    """
    capital, is_word = written[:, 1], written[:, 0]
    odds = logits(chances)
    beside = np.concatenate([odds, written[:, [0, 1, 9, 10, 12]]], 1)
    parts = [odds, *(_moved(beside, by) for by in (-3, -2, -1, 1, 2, 3))]
    groups = np.unique([_group(form) for form in forms], return_inverse=True)[1].reshape(-1)
    for weight in (np.ones(len(forms)), capital.astype(float)):
        parts += _elsewhere(groups, weight, chances)
    words = max(float(is_word.sum()), 1.0)
    share, density = float(capital.sum()) / words, float(chances[:, 1].sum()) / words
    whole = np.array([[share * 5, min(share * 20, 1), density * 10]])
    parts += [np.repeat(whole, len(forms), axis=0), written, marks]
    return np.concatenate(parts, 1).astype(np.float32)


def _elsewhere(groups: np.ndarray, weight: np.ndarray, chances: np.ndarray) -> list[np.ndarray]:
    """Highest and mean chance of each name kind among the same word's forms in the text."""
    size = int(groups.max()) + 1 if len(groups) else 0
    total = np.bincount(groups, weight, size)
    parts = []
    for kind in (1, 2, 3, 4):
        weighed = chances[:, kind] * weight
        highest = np.zeros(size)
        np.maximum.at(highest, groups, weighed)
        others = np.bincount(groups, weighed, size)[groups] - weighed
        mean = others / np.maximum(total[groups] - weight, 1)
        parts.append(np.stack([logits(highest[groups]), mean], 1))
    return [*parts, np.log1p(total[groups])[:, None]]
