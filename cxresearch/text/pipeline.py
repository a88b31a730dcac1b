"""The full tier: spaCy in context, its lemma checked against dictionary and Voikko."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..model import MissingModelError, Words
from .lemmas import FastLemmatiser, TierInUse, lemma_table
from .tokens import KINDS, LONE_HALF, TokenIndex, index_tokens

__all__ = ["FullLemmatiser"]

_ENTITY_KINDS = {
    "PERSON": "person", "PER": "person", "ORG": "organisation", "GPE": "place", "LOC": "place",
    "FAC": "place",
}  # fmt: skip
_LONGEST = 200_000  # characters of one text that spaCy is given at once; longer ones go by form


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
        The model does not load: for Finnish mostly because Voikko is missing; or it was made for
        another spaCy.

    Notes
    -----
    A text that spaCy can't take (over 200,000 characters, half a surrogate pair) is read by the
    fast tier.
    """

    def __init__(self, language: str, model: str) -> None:
        from .components import LEMMAS

        self.language = language
        self._fast = FastLemmatiser(language)
        self._model, note = _load(language, model)
        if LEMMAS not in self._model.pipe_names:
            self._model.add_pipe(LEMMAS)
        version = self._model.meta.get("version", "")
        self.tier_in_use = TierInUse(language, "full", "full", f"{model} {version}", note)

    def of_forms(self, forms: Iterable[str]) -> list[str]:
        """The lemma of each form out of context: the fast tier's."""
        return self._fast.of_forms(forms)

    def index(self, texts: Iterable[str]) -> TokenIndex:
        """Tokens of many texts as arrays; a form stands once for each lemma it has in context.

        Tokens are this program's own (so offsets are those of the fast tier); each takes the
        lemma of the spaCy token that covers the same characters, else the fast tier's.
        """
        return self._read(list(texts))[0]

    def table(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Tokens with lemmas in context, and `pos` (universal part of speech)."""
        index, classes = self._read(texts["text"].tolist())
        keep = index.kinds() != KINDS.index("break")
        return lemma_table(index, texts["document"].tolist()).assign(pos=classes[keep])

    def _read(self, bodies: Sequence[str]) -> tuple[TokenIndex, np.ndarray]:
        index = index_tokens(bodies)
        fit = [n for n, body in enumerate(bodies) if _readable(body)]
        lemma_of_form = self.of_forms(index.forms)
        lemmas = np.array(lemma_of_form, dtype=object)[index.form]
        classes = np.full(len(index), "", dtype=object)
        bounds = np.searchsorted(index.text, np.arange(len(bodies) + 1))
        word = index.kinds() == KINDS.index("word")
        with self._model.select_pipes(disable=self._unneeded()):
            documents = self._model.pipe(bodies[n] for n in fit)
            for number, document in zip(fit, documents, strict=True):
                seen = {(t.idx, t.idx + len(t.text)): (t.lemma_, t.pos_) for t in document}
                for place in range(bounds[number], bounds[number + 1]):
                    found = seen.get((int(index.start[place]), int(index.end[place])))
                    if found is not None and word[place]:
                        lemmas[place], classes[place] = found
        return index.with_lemmas(lemmas.tolist()), classes

    @property
    def model(self) -> Any:
        """The spaCy `Language`, with this program's lemmas as its last component."""
        return self._model

    def entities(self, text: str) -> list[tuple[int, int, str]]:
        """Named entities of a text as (start, end, kind): person, organisation, place."""
        return [
            (e.start_char, e.end_char, _ENTITY_KINDS[e.label_])
            for e in self._model(text).ents
            if e.label_ in _ENTITY_KINDS
        ]

    def _unneeded(self) -> list[str]:
        return [n for n in ("parser", "ner", "senter") if n in self._model.pipe_names]


def _readable(text: str) -> bool:
    """Whether spaCy can take a text: it keeps it as bytes, and needs memory by its length."""
    return len(text) <= _LONGEST and not LONE_HALF.search(text)


def _load(language: str, model: str) -> tuple[Any, Words]:
    """The loaded model, and a note where it was made for another version of spaCy."""
    import spacy

    _refuse_other_language(language, model)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            loaded = spacy.load(model)
    except OSError as error:
        raise MissingModelError(
            f"The language model `{model}` can't be loaded.",
            expected="the model, and for Finnish Voikko with its Finnish vocabulary",
            found=type(error).__name__,
            next_step="Install libvoikko1 and voikko-fi (Debian) or libvoikko (conda).",
        ) from error
    except (ImportError, AttributeError, KeyError, TypeError, ValueError) as error:
        # what spaCy raises for a package that is no model, or one made for another spaCy
        raise MissingModelError(
            f"The language model `{model}` does not fit the installed spaCy.",
            expected=f"a model made for spaCy {spacy.__version__}",
            found=type(error).__name__,
            next_step="Install the model's version for this spaCy, or name another in "
            "[study.models] of study.toml.",
        ) from error
    other = any("[W095]" in str(warning.message) for warning in told)
    return loaded, _OTHER_VERSION if other else Words()


def _refuse_other_language(language: str, model: str) -> None:
    """Read the model's own description before its megabytes."""
    from spacy.util import get_model_meta, get_package_path

    path = get_package_path(model)
    if not (path / "meta.json").is_file():
        raise MissingModelError(
            f"`{model}` is no spaCy model.",
            expected="a package with a spaCy pipeline",
            found="a package without one",
            next_step="Correct [study.models] in study.toml.",
        )
    found = str(get_model_meta(path).get("lang"))
    if found != language:
        raise MissingModelError(
            f"The language model `{model}` is of another language.",
            expected=language,
            found=found,
            next_step="Correct [study.models] in study.toml.",
        )


_OTHER_VERSION = Words(
    fi="Kielimalli on tehty toiselle spaCyn versiolle: se toimii, mutta tarkkuus voi poiketa "
    "mitatusta.",
    en="The language model was made for another version of spaCy: it works, but its accuracy may "
    "differ from what was measured.",
)
