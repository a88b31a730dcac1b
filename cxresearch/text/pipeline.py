"""The full tier: spaCy in context, its lemma checked against dictionary and Voikko."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

import pandas as pd

from ..model import MissingModelError
from .compounds import voikko_words
from .lemmas import FastLemmatiser, TierInUse, known_lemma
from .spoken import SPOKEN_LEMMAS
from .tokens import KINDS, index_tokens

__all__ = ["FullLemmatiser"]

# spaCy's usual slips on these forms; written from the development half of UD Finnish-TDT
_EXCEPTIONS = {
    ("vuosi", ""): "vuosi", ("vuotta", ""): "vuosi", ("vuoteen", ""): "vuosi",
    ("vuosina", ""): "vuosi", ("tilanne", ""): "tilanne", ("häntä", "PRON"): "hän",
    ("sinä", "PRON"): "sinä", ("et", "SCONJ"): "että", ("ett", "SCONJ"): "että",
    ("sitte", ""): "sitten", ("ni", ""): "niin", ("jne", ""): "jne.", ("sitä", "ADV"): "sitä",
    ("lisää", "ADV"): "lisää", ("mitenkään", "ADV"): "mitenkään",
    ("sittenkin", "ADV"): "sittenkin",
}  # fmt: skip
_ENTITY_KINDS = {
    "PERSON": "person", "PER": "person", "ORG": "organisation", "GPE": "place", "LOC": "place",
    "FAC": "place",
}  # fmt: skip


class FullLemmatiser:
    """Lemmas and word classes by a spaCy model; the forms' own tier stands behind it.

    Parameters
    ----------
    language : str
        The language.
    model : str
        Name of an installed spaCy package.

    Raises
    ------
    MissingModelError
        The model does not load: for Finnish mostly because Voikko is missing.
    """

    def __init__(self, language: str, model: str) -> None:
        self.language = language
        self._fast = FastLemmatiser(language)
        self._model = _load(language, model)
        version = self._model.meta.get("version", "")
        self.tier_in_use = TierInUse(language, "full", "full", f"{model} {version}")

    def of_forms(self, forms: Iterable[str]) -> list[str]:
        """The lemma of each form out of context: the fast tier's."""
        return self._fast.of_forms(forms)

    def table(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Tokens with lemmas in context, and `pos` (universal part of speech).

        Tokens are this program's own (so offsets are those of the fast tier); each takes the
        lemma of the spaCy token that starts where it does, else the fast tier's.
        """
        bodies = texts["text"].tolist()
        index = index_tokens(bodies)
        tokens = index.frame(texts["document"].tolist())
        keep = index.kinds() != KINDS.index("break")
        place = index.text[keep]
        with self._model.select_pipes(disable=self._unneeded()):
            documents = list(self._model.pipe(bodies))
        seen = [
            {t.idx: (len(t.text), t.lemma_, t.pos_, _case(t)) for t in document}
            for document in documents
        ]
        fast = self.of_forms(tokens["form"])
        lemmas, classes = [], []
        for number, start, end, form, kind, own in zip(
            place, tokens["start"], tokens["end"], tokens["form"], tokens["kind"], fast, strict=True
        ):
            length, lemma, pos, case = seen[number].get(start, (0, "", "", ""))
            same = length == end - start
            classes.append(pos if same else "")
            lemmas.append(
                self._settle(form, lemma, pos, own, case) if same and kind == "word"
                else own if kind == "word" else form
            )  # fmt: skip
        return tokens.assign(lemma=lemmas, pos=classes)

    @property
    def vocab(self) -> Any:
        """The vocabulary of the spaCy model."""
        return self._model.vocab

    def of_documents(self, documents: list[Any]) -> tuple[list[str], list[str]]:
        """Settled lemmas and spaCy's own of spaCy documents that are tokenised already."""
        with self._model.select_pipes(disable=self._unneeded()):
            tokens = [t for document in self._model.pipe(documents) for t in document]
        fast = self.of_forms(t.text for t in tokens)
        plain = [t.lemma_.replace("#", "").lower() for t in tokens]
        settled = [
            self._settle(t.text, t.lemma_, t.pos_, own, _case(t))
            if any(sign.isalpha() for sign in t.text)
            else t.text.lower()
            for t, own in zip(tokens, fast, strict=True)
        ]
        return settled, plain

    def entities(self, text: str) -> list[tuple[int, int, str]]:
        """Named entities of a text as (start, end, kind): person, organisation, place."""
        return [
            (e.start_char, e.end_char, _ENTITY_KINDS[e.label_])
            for e in self._model(text).ents
            if e.label_ in _ENTITY_KINDS
        ]

    def _unneeded(self) -> list[str]:
        return [n for n in ("parser", "ner", "senter") if n in self._model.pipe_names]

    def _settle(self, form: str, lemma: str, pos: str, fast: str, case: str) -> str:
        """Which lemma to believe."""
        lemma = lemma.replace("#", "").lower()
        if self.language != "fi":
            return lemma or fast
        return settled_lemma(form, lemma, pos, fast, case)


def settled_lemma(form: str, lemma: str, pos: str, fast: str, case: str = "") -> str:
    """spaCy's Finnish lemma, unless neither dictionary nor Voikko knows it as one of this form.

    Then the dictionary's (or the spoken layer's) stands, where there is one.
    """
    low = form.lower()
    exception = _EXCEPTIONS.get((low, pos)) or _EXCEPTIONS.get((low, ""))
    if exception is not None:
        return exception
    if not lemma:
        return fast
    if lemma == low and pos in ("ADV", "SCONJ", "CCONJ", "ADP", "INTJ"):
        return lemma  # sillä, ikään, kunnon: stiffened forms are words of their own
    known = known_lemma(form, "fi")
    if known == lemma + "t" and pos in ("NOUN", "PROPN"):
        return known  # markkinat, aivot: words without a singular
    bases = {a.get("BASEFORM", "").lower() for a in voikko_words(form)}
    if lemma in bases or known_lemma(lemma, "fi") == lemma:
        return lemma
    if known is not None:
        return SPOKEN_LEMMAS.get(low, known)
    if case and not bases and lemma == low:
        return bare_name(low, case)
    return SPOKEN_LEMMAS.get(low, lemma)


_ENDINGS = {
    "Gen": ("n",), "Par": ("ta", "tä", "a", "ä"), "Ine": ("ssa", "ssä"), "Ela": ("sta", "stä"),
    "Ill": ("seen", "n"), "Ade": ("lla", "llä"), "Abl": ("lta", "ltä"), "All": ("lle",),
    "Ess": ("na", "nä"), "Tra": ("ksi",),
}  # fmt: skip


def bare_name(low: str, case: str) -> str:
    """A word that no dictionary knows (Leafin, Kalymnoksella), without the ending of its case."""
    for ending in _ENDINGS.get(case, ()):
        stem = low.removesuffix(ending)
        if stem == low or len(stem) < 3:
            continue
        if case == "Ill" and ending == "n" and stem[-1] == stem[-2]:
            stem = stem[:-1]
        if stem.endswith("kse") and len(stem) > 5:
            return stem[:-3] + "s"
        if stem.endswith("se") and len(stem) > 5 and case != "Par":
            return stem[:-2] + "nen"
        # a foreign word that ends in a consonant takes i before its endings
        if stem[-1] == "i" and stem[-2] not in "aeiouyäö":
            return stem[:-1]
        return stem
    return low


def _case(token: Any) -> str:
    """The Finnish case that the model sees on a token, or nothing."""
    found = token.morph.get("Case", [])
    return found[0] if found else ""


def _load(language: str, model: str) -> Any:
    try:
        import spacy

        return importlib.import_module(model).load() if language == "fi" else spacy.load(model)
    except OSError as error:
        raise MissingModelError(
            f"The language model `{model}` can't be loaded.",
            expected="the model, and for Finnish Voikko with its Finnish vocabulary",
            found=type(error).__name__,
            next_step="Install libvoikko1 and voikko-fi (Debian) or libvoikko (conda).",
        ) from error
