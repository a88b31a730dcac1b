"""Lemmas by two tiers behind one interface: fast (a dictionary by form) and full (in context)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from ..model import FrameError, MissingModelError, Words
from .spoken import SPOKEN_LEMMAS, standard_candidates
from .tokens import KINDS, LONE_HALF, TokenIndex, index_tokens

__all__ = [
    "DEFAULT_MODELS",
    "FastLemmatiser",
    "Lemmatiser",
    "TierInUse",
    "lemmatiser",
    "token_table",
]

DEFAULT_MODELS: Mapping[str, str] = {"fi": "spacy_fi_experimental_web_md"}
# spaCy's own models, taken where one is installed and study.toml names no other
_OFFICIAL = {
    "en": ("en_core_web_lg", "en_core_web_md", "en_core_web_sm"),
    "sv": ("sv_core_news_lg", "sv_core_news_md", "sv_core_news_sm"),
}
_GENITIVES = {"fi": "Suomen", "en": "Englannin", "sv": "Ruotsin"}
_NAMES = {"fi": "Finnish", "en": "English", "sv": "Swedish"}
TOKEN_COLUMNS = ["document", "start", "end", "form", "kind", "sentence", "lemma", "row"]
_DICTIONARIES = ("fi", "en", "sv")
_LONGEST = 60  # letters of a word that is looked up at all
_UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])  # inside words
_DICTIONARY_SLIPS = {"palvelus": "palvelu"}  # palvelusta is of palvelu, hardly ever of palvelus


@dataclass(frozen=True)
class TierInUse:
    """Which engine lemmatises, what was asked for, and a note where the two differ."""

    language: str
    wanted: str
    used: str
    engine: str
    note: Words = field(default_factory=Words)

    @property
    def fell_back(self) -> bool:
        """Whether the full tier was asked for and the fast one works instead."""
        return self.wanted != self.used


@runtime_checkable
class Lemmatiser(Protocol):
    """What both tiers offer."""

    language: str
    tier_in_use: TierInUse

    def of_forms(self, forms: Iterable[str]) -> list[str]:
        """The lemma of each form out of context."""
        ...

    def index(self, texts: Iterable[str]) -> TokenIndex:
        """Tokens of many texts as arrays, with the lemma of each entry."""
        ...

    def table(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Tokens with lemmas of `document` and `text`; columns as in `token_table`."""
        ...


@lru_cache(maxsize=1)
def _simplemma() -> Any:
    from simplemma import Lemmatizer

    # our own cache is by form and never forgets; theirs only has to exist
    return Lemmatizer(cache_max_size=1)


@lru_cache(maxsize=1)
def _lookup() -> Any:
    from simplemma.strategies import DictionaryLookupStrategy

    return DictionaryLookupStrategy()


def known_lemma(form: str, language: str) -> str | None:
    """The dictionary's lemma of a form, lower case; None where the dictionary lacks the form."""
    found = _lookup().get_lemma(form, language)
    return None if found is None else _DICTIONARY_SLIPS.get(found.lower(), found.lower())


def dictionary_has(form: str, language: str) -> bool:
    """Whether the dictionary holds this very form, its case included."""
    return bool(_lookup().is_dictionary_member(form, language))


class FastLemmatiser:
    """Lemmas from a dictionary, each different form looked up once.

    Parameters
    ----------
    language : str
        "fi", "en", "sv"; any other keeps the lower-case form as its lemma.
    wanted : str
        The tier that was asked for; "full" when this one stands in for it.
    note : Words
        Why it stands in.

    Notes
    -----
    simplemma's dictionary and rules, with a layer for spoken Finnish before them (`spoken.py`).
    Lemmas are lower case. A form has one lemma whatever the context: "soitin" is always the verb.
    """

    def __init__(self, language: str, *, wanted: str = "fast", note: Words | None = None) -> None:
        self.language = language
        engine = "simplemma" if language in _DICTIONARIES else "lower case"
        self.tier_in_use = TierInUse(language, wanted, "fast", engine, note or Words())
        self._cache: dict[str, str] = {}

    def of_forms(self, forms: Iterable[str]) -> list[str]:
        """The lemma of each form, lower case."""
        cache = self._cache
        found = []
        for form in forms:
            lemma = cache.get(form)
            if lemma is None:
                lemma = cache[form] = self._look_up(form)
            found.append(lemma)
        return found

    def index(self, texts: Iterable[str]) -> TokenIndex:
        """Tokens of many texts as arrays, with the lemma of each form."""
        index = index_tokens(texts)
        return replace(index, lemmas=self.of_forms(index.forms))

    def table(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Tokens with lemmas of `document` and `text`; columns as in `token_table`."""
        return lemma_table(self.index(texts["text"]), texts["document"].tolist())

    def _look_up(self, form: str) -> str:
        form = form.translate(_UNSEEN) if form[0].isalnum() else form
        lower = form.lower().replace("\u2019", "'").replace("\u2011", "-")
        if self.language not in _DICTIONARIES or len(form) > _LONGEST or LONE_HALF.search(form):
            return lower
        if self.language == "fi":
            return _finnish_lemma(form, lower)
        return str(_simplemma().lemmatize(form, lang=self.language)).lower()


def lemma_table(index: TokenIndex, documents: Sequence[str]) -> pd.DataFrame:
    """The tokens of an index as a table with lemmas; signs that are no words keep their form."""
    word = KINDS.index("word")
    lemmas = np.array(
        [
            lemma if kind == word else form
            for form, kind, lemma in zip(
                index.forms, index.kind, index.lemmas or index.forms, strict=True
            )
        ],
        dtype=object,
    )
    keep = index.kinds() != KINDS.index("break")
    return index.frame(documents).assign(lemma=lemmas[index.form[keep]])


def _finnish_lemma(form: str, lower: str) -> str:
    spoken = SPOKEN_LEMMAS.get(lower)
    if spoken is not None:
        return spoken
    known = known_lemma(form, "fi")
    if known is not None:
        return known
    bare = lower.strip("-")
    if bare != lower and bare:  # kala- ja lihatuotteet; Excel -taulukko
        return _finnish_lemma(bare, bare)
    if ":" in lower and lower[0].isalpha():  # EU:n, kpl:tta: the ending is no part of the word
        return lower.split(":", 1)[0]
    if "-" in lower:
        head, _, tail = lower.rpartition("-")
        return f"{head}-{_finnish_lemma(tail, tail)}" if tail and head else lower
    for candidate in standard_candidates(lower):
        found = SPOKEN_LEMMAS.get(candidate) or known_lemma(candidate, "fi")
        if found is not None:
            return found
    for candidate in standard_candidates(lower):
        # asiakaspalvelus is asiakaspalvelussa said short, before it is an unheard-of palvelus
        short = candidate.startswith(lower) and lower.endswith(("s", "st", "l", "lt"))
        found = _compound_lemma(candidate) if short else None
        if found is not None:
            return found
    return _compound_lemma(lower) or str(_simplemma().lemmatize(form, lang="fi")).lower()


def _compound_lemma(lower: str) -> str | None:
    """The lemma of an unlisted compound: its head as written, and the lemma of its tail."""
    for place in range(3, len(lower) - 3):
        tail = known_lemma(lower[place:], "fi")
        if tail is None:
            continue
        head = lower[:place]
        base = known_lemma(head, "fi")
        if base is not None and (base == head or head.endswith("n")):
            return head + tail
    return None


def lemmatiser(
    language: str,
    *,
    tier: str = "fast",
    models: Mapping[str, str] | None = None,
    fallback: bool = True,
) -> Lemmatiser:
    """A lemmatiser for a language.

    Parameters
    ----------
    language : str
        "fi", "en", "sv" or "other".
    tier : {"fast", "full"}
        "fast": by form, for comments (hundreds of thousands of tokens a second). "full": spaCy
        in context, for interviews (thousands a second).
    models : mapping, optional
        Language to the name of an installed spaCy model. For the rest `DEFAULT_MODELS`, then
        spaCy's own English and Swedish models where one is installed.
    fallback : bool
        Whether the fast tier may stand in where the full one is not installed;
        `tier_in_use` then says so, with the reason in Finnish and English.

    Returns
    -------
    Lemmatiser
        Kept by language, tier and model: calling again is free.

    Raises
    ------
    MissingModelError
        The full tier's model, or Voikko that the Finnish one needs, is missing and
        `fallback` is False.
    """
    if tier not in ("fast", "full"):
        raise FrameError("There is no such tier.", expected="fast or full", found=tier)
    model = {**DEFAULT_MODELS, **(models or {})}.get(language) or _installed(language)
    if tier == "fast":
        return _kept_fast(language)
    try:
        return _kept_full(language, model)
    except MissingModelError:
        if not fallback:
            raise
        return FastLemmatiser(language, wanted="full", note=_fallback_note(language))


def _installed(language: str) -> str | None:
    """The largest of spaCy's own models of a language that is installed."""
    names = _OFFICIAL.get(language, ())
    return next((name for name in names if importlib.util.find_spec(name)), None)


def _fallback_note(language: str) -> Words:
    needs = _FINNISH_NEEDS if language == "fi" else _MODEL_NEEDS
    return Words(
        fi=f"{_GENITIVES.get(language, language)} kielen täysi analyysi ei ole käytössä, joten "
        f"perusmuodot on haettu sanakirjasta ilman lauseyhteyttä. {needs.to('fi')}",
        en=f"The full analysis of {_NAMES.get(language, language)} is not available, so lemmas "
        f"come from a dictionary without context. {needs.to('en')}",
    )


_FINNISH_NEEDS = Words(
    fi="Se tarvitsee mallin lisäksi Voikon (Debianissa libvoikko1 ja voikko-fi, condassa "
    "libvoikko).",
    en="Besides its model it needs Voikko (libvoikko1 and voikko-fi on Debian, libvoikko in "
    "conda).",
)
_MODEL_NEEDS = Words(
    fi="Asennetun spaCy-mallin voi nimetä study.toml-tiedoston kohdassa [study.models].",
    en="An installed spaCy model can be named under [study.models] in study.toml.",
)


@lru_cache(maxsize=8)
def _kept_fast(language: str) -> FastLemmatiser:
    return FastLemmatiser(language)


@lru_cache(maxsize=4)
def _kept_full(language: str, model: str | None) -> Lemmatiser:
    from .pipeline import FullLemmatiser

    if model is None or importlib.util.find_spec(model) is None:
        raise MissingModelError(
            f"No spaCy model for `{language}` is installed.",
            expected=model or "a model named under [study.models] in study.toml",
            found="nothing",
            next_step="Install the model, or go on with the fast tier.",
        )
    return FullLemmatiser(language, model)


def token_table(
    texts: pd.DataFrame,
    *,
    tier: str = "fast",
    models: Mapping[str, str] | None = None,
    default_language: str = "fi",
) -> pd.DataFrame:
    """All tokens of some texts with their lemmas.

    Parameters
    ----------
    texts : pandas.DataFrame
        Columns `document`, `text` and, where known, `language`. Languages may be mixed; a text
        without one (or "other") is read in `default_language`.
    tier, models
        As in `lemmatiser`; the fast tier stands in for a missing model. Which tier worked is in
        `attrs["tiers"]` of the result, a list of `TierInUse`.
    default_language : str
        For texts whose language is missing or "other".

    Returns
    -------
    pandas.DataFrame
        `document`, `start`, `end` (code points, end exclusive), `form` (as written), `kind`
        (word, number, emoji, emoticon, link, mark), `sentence` (number in the text), `lemma` (lower
        case), `row` (which row of `texts`: passages of one document may share its id); in the full
        tier also `pos`. In the order of `texts`.
    """
    if not {"document", "text"} <= set(texts.columns):
        raise FrameError(
            "The texts can't be read.",
            expected="columns document, text",
            found=", ".join(map(str, texts.columns)),
        )
    language = pd.Series(default_language, index=texts.index)
    if "language" in texts.columns:
        named = texts["language"].where(texts["language"].isin(_DICTIONARIES))
        language = named.fillna(default_language)
    tables, tiers = [], []
    # rows are numbered while they are read: passages of one document share its id
    numbered = texts.assign(document=np.arange(len(texts)))
    for name, group in numbered.groupby(language, sort=False):
        engine = lemmatiser(str(name), tier=tier, models=models)
        tiers.append(engine.tier_in_use)
        tables.append(engine.table(group[["document", "text"]]))
    if not tables:
        return pd.DataFrame(columns=TOKEN_COLUMNS)
    tokens = pd.concat(tables, ignore_index=True)
    if len(tables) > 1:
        tokens = tokens.sort_values(["document", "start"], kind="stable", ignore_index=True)
    row = tokens["document"].to_numpy(np.int64)
    tokens = tokens.assign(document=texts["document"].to_numpy()[row], row=row)
    tokens.attrs["tiers"] = tiers
    return tokens
