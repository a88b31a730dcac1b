"""A small reader of names: for each word of a text, the chance that it is part of one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from .name_features import (
    CASE_COLUMNS,
    WINDOW,
    TextTokens,
    form_rows,
    in_document,
    in_window,
    pipeline_folder,
    shapes,
    text_tokens,
)

__all__ = ["KINDS_OF_NAME", "NameModel", "name_model"]

KINDS_OF_NAME = ("", "person", "organisation", "place", "name")
_LOWER_CASE = 0.02  # a text with fewer capital words than this is typed in lower case
_KEPT_FORMS = 60_000
_BATCH = 4096


class NameModel:
    """Two readings of a text by small feed-forward nets; parameters from a npz file.

    The first reads a word with three neighbours on each side (subword vectors of the form and of
    the form with a capital, what dictionaries and Voikko say, how it is typed); the second reads
    the chances so found together with those of the same word elsewhere in the text. Trained on the
    training parts of the Turku NER and TurkuONE corpora, UNER Swedish Talbanken and the development
    part of UNER English EWT, a third of the texts in lower case; the second reading learned from
    chances of nets that had not seen the text. The file holds weights, no words; name_model.md
    beside it names the corpora with their licences.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            held = {name: stored[name].astype(np.float32) for name in stored.files}
        self.version = int(held.pop("version"))
        self._project = [(held[f"mean_{v}"], held[f"project_{v}"]) for v in ("title", "low")]
        self._first = _nets(held, "first")
        self._second = _nets(held, "second")
        self._rows: dict[str, np.ndarray] = {}

    def read(self, text: str) -> tuple[TextTokens, np.ndarray, bool]:
        """Tokens, the chance of each kind for each, and whether the text is in lower case.

        Columns are `KINDS_OF_NAME`: none, person, organisation, place, another name.
        """
        tokens = text_tokens(text)
        if not tokens:
            return [], np.zeros((0, len(KINDS_OF_NAME)), np.float32), False
        forms = [word.lower() for _, _, word in tokens]
        written = shapes(tokens)
        words = max(float(written[:, 0].sum()), 1.0)
        lower = float(written[:, 1].sum()) / words < _LOWER_CASE
        if lower:
            written[:, CASE_COLUMNS] = 0
        rows = self._of_forms(forms)
        chances = self._first_reading(rows, written, lower)
        size = self._project[0][1].shape[1] * 2
        inputs = in_document(forms, written, chances, rows[:, size:])
        return tokens, _mean(self._second, inputs), lower

    def _of_forms(self, forms: list[str]) -> np.ndarray:
        if len(self._rows) > _KEPT_FORMS:
            self._rows.clear()
        new = sorted({form for form in forms if form not in self._rows})
        if new:
            for form, row in zip(new, form_rows(new, self._project), strict=True):
                self._rows[form] = row
        return np.stack([self._rows[form] for form in forms])

    def _first_reading(self, rows: np.ndarray, written: np.ndarray, lower: bool) -> np.ndarray:
        pad = ((WINDOW, WINDOW), (0, 0))
        rows, written = np.pad(rows, pad), np.pad(written, pad)
        end = len(rows) - WINDOW
        found = []
        for first in range(WINDOW, end, _BATCH):
            at = np.arange(first, min(first + _BATCH, end))
            inputs = in_window(rows, written, at, np.full(len(at), lower))
            found.append(_mean(self._first, inputs))
        return np.concatenate(found)


_Net = list[tuple[np.ndarray, np.ndarray]]


def _nets(held: dict[str, np.ndarray], name: str) -> list[_Net]:
    nets: list[_Net] = []
    while f"{name}_{len(nets)}_0_weights" in held:
        start = f"{name}_{len(nets)}"
        layers = sum(key.startswith(f"{start}_") and key.endswith("weights") for key in held)
        nets.append(
            [(held[f"{start}_{n}_weights"], held[f"{start}_{n}_bias"]) for n in range(layers)]
        )
    return nets


def _mean(nets: Iterable[_Net], inputs: np.ndarray) -> np.ndarray:
    """The mean of the nets' chances."""
    answers = []
    for net in nets:
        x = inputs
        for number, (weights, bias) in enumerate(net):
            x = x @ weights + bias
            if number < len(net) - 1:
                x = np.maximum(x, 0)
        raised = np.exp(x - x.max(1, keepdims=True))
        answers.append(raised / raised.sum(1, keepdims=True))
    return np.mean(answers, axis=0)


@lru_cache(maxsize=1)
def name_model() -> NameModel | None:
    """The reader of names; None where the Finnish pipeline, whose vectors it needs, is missing."""
    if pipeline_folder() is None:
        return None
    return NameModel(Path(__file__).with_name("name_model.npz"))
