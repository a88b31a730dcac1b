"""Train the reader of names anew: the weights in cxresearch/text/name_model.npz.

    python scripts/train_names.py --turku-ner turku-ner-corpus/data \
        --uner-sv UNER_Swedish-Talbanken/sv_talbanken-ud-train.iob2 \
        --uner-en UNER_English-EWT/en_ewt-ud-dev.iob2 --to weights.npz

Run by hand, three minutes on one core; no step of a study runs it. Needs the Finnish pipeline
(its word vectors) and Voikko. `--documents 20` takes only the first 20 documents of each corpus,
to see in a minute that everything works.

Corpora (not shipped; repositories on GitHub)
---------------------------------------------
TurkuNLP/turku-ner-corpus            Finnish: data/standoff/train; dev is only measured, test never
                                     read but to keep its sentences out. CC BY-SA 4.0
UniversalNER/UNER_Swedish-Talbanken  Swedish: the train file. CC BY-SA 4.0
UniversalNER/UNER_English-EWT        English: the dev file. CC BY-SA 4.0
TurkuNLP/turku-one                   Finnish, only where `--turku-one data/conll/train.tsv` is
                                     given, less every sentence of the Turku NER corpus. What is
                                     left is news text of Digitoday, CC BY-ND-NC 1.0; the annotation
                                     is CC BY-SA 4.0. See cxresearch/text/name_model.md

Recipe
------
1. Word vectors of every third form are made shorter by principal components (128).
2. Three nets read a word with its neighbours (seeds 10, 11, 12). In each epoch a third of the
   documents is shown in lower case, and 3 of 10 of the easy words (lower case, no name).
3. Three more (seeds 0, 1, 2) each leave out every third document and read it afterwards. Of these
   chances, which no net had seen the answers to, two nets learn the second reading (seeds 0, 1).
The seeds fix every draw; other versions of numpy and its linear algebra differ in the last digits.
At the end the best F1 of words of persons' names in the dev part is printed, as it is and in lower
case, for the new weights and for those that are shipped.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from name_corpora import Document, brat_documents, turku_one_documents, uner_documents

from cxresearch.text.name_features import (
    CASE_COLUMNS,
    WINDOW,
    TextTokens,
    form_rows,
    in_document,
    in_window,
    shapes,
    text_tokens,
    titled,
    word_vectors,
)
from cxresearch.text.name_model import KINDS_OF_NAME, NameModel, name_model

VERSION = 1
COMPONENTS = 128
FIRST_SEEDS, CROSS_SEEDS, SECOND_SEEDS = (10, 11, 12), (0, 1, 2), (0, 1)
LOWER, EASY = 0.35, 0.3  # share of documents in lower case, of easy words shown
SURE = 0.995  # a chance of "no name" from which a word is easy for the second reading
CHUNK = 4096

Projections = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Recipe:
    """How a net learns: sizes, how often it sees all, and what is left out by chance."""

    hidden: tuple[int, ...]
    epochs: int
    batch: int
    rate: float
    dropped: float
    dropped_inputs: float
    person: float  # weight of the words of persons' names


FIRST = Recipe((256, 64), 6, 1024, 2e-3, 0.3, 0.1, 3.0)
SECOND = Recipe((64,), 8, 512, 1.5e-3, 0.2, 0.05, 1.5)


class Net:
    """A feed-forward net (ReLU, softmax) that learns by Adam with dropout.

    scikit-learn's has neither dropout nor weights of kinds, and both matter here.
    """

    def __init__(self, inputs: int, recipe: Recipe, seed: int) -> None:
        self.recipe = recipe
        self.random = np.random.default_rng(seed)
        sizes = (inputs, *recipe.hidden, len(KINDS_OF_NAME))
        draws = [
            self.random.standard_normal((above, below)) * np.sqrt(2 / above)
            for above, below in pairwise(sizes)
        ]
        self.weights = [draw.astype(np.float32) for draw in draws]
        self.biases = [np.zeros(size, np.float32) for size in sizes[1:]]
        self._means = [np.zeros_like(p) for p in (*self.weights, *self.biases)]
        self._squares = [np.zeros_like(p) for p in (*self.weights, *self.biases)]
        self._steps = 0

    def _kept(self, shape: tuple[int, ...], dropped: float) -> np.ndarray:
        return (self.random.random(shape, dtype=np.float32) > dropped) / np.float32(1 - dropped)

    def _layers(self, inputs: np.ndarray, dropped: float = 0.0) -> list[np.ndarray]:
        layers = [inputs]
        for number, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            out = layers[-1] @ weights + bias
            if number < len(self.weights) - 1:
                out = np.maximum(out, 0)
                out = out * self._kept(out.shape, dropped) if dropped else out
            layers.append(out)
        raised = np.exp(layers[-1] - layers[-1].max(1, keepdims=True))
        layers[-1] = raised / raised.sum(1, keepdims=True)
        return layers

    def chances(self, inputs: np.ndarray) -> np.ndarray:
        """The chance of each kind."""
        return self._layers(inputs)[-1]

    def learn(self, inputs: np.ndarray, kinds: np.ndarray, done: float) -> None:
        """One step; `done` is the share of the training that lies behind."""
        recipe = self.recipe
        inputs = inputs * self._kept(inputs.shape, recipe.dropped_inputs)
        *layers, slope = self._layers(inputs, recipe.dropped)
        slope[np.arange(len(kinds)), kinds] -= 1
        slope *= np.where(kinds == 1, recipe.person, 1).astype(np.float32)[:, None] / len(kinds)
        of_weights, of_biases = [], []
        for number in reversed(range(len(layers))):
            of_weights.insert(0, layers[number].T @ slope)
            of_biases.insert(0, slope.sum(0))
            if number:
                back = slope @ self.weights[number].T
                slope = back * (layers[number] > 0) / (1 - recipe.dropped)
        self._adam([*of_weights, *of_biases], recipe.rate * (1 - done))

    def _adam(self, slopes: list[np.ndarray], rate: float) -> None:
        self._steps += 1
        even, even_square = 1 - 0.9**self._steps, 1 - 0.999**self._steps
        for number, (held, slope) in enumerate(
            zip((*self.weights, *self.biases), slopes, strict=True)
        ):
            mean, square = self._means[number], self._squares[number]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            held -= rate * (mean / even / (np.sqrt(square / even_square) + 1e-8) + 1e-4 * held)


@dataclass(frozen=True)
class Corpus:
    """All documents one after another, `WINDOW` empty rows between them."""

    forms: list[list[str]]  # of each document
    places: list[np.ndarray]  # of each document: its rows
    rows: np.ndarray
    written: np.ndarray
    kinds: np.ndarray
    document: np.ndarray  # of each row; -1 for an empty one

    def lowered(self, lower: np.ndarray) -> np.ndarray:
        """How words are written where `lower` says which documents have no capitals."""
        written = self.written.copy()
        rows = np.flatnonzero(lower[self.document] & (self.document >= 0))
        written[np.ix_(rows, CASE_COLUMNS)] = 0
        return written


def projections(forms: list[str]) -> Projections:
    """Mean and principal components of word vectors: as a name, in lower case."""
    made = []
    for words in ([titled(form) for form in forms], forms):
        vectors = np.concatenate(
            [word_vectors(words[first : first + CHUNK]) for first in range(0, len(words), CHUNK)]
        )
        mean = vectors.mean(0)
        spread = vectors - mean
        directions = np.linalg.eigh(spread.T @ spread)[1][:, ::-1][:, :COMPONENTS]
        made.append((mean, directions / (spread @ directions).std()))
    return made


def kinds_of(tokens: TextTokens, document: Document) -> np.ndarray:
    """The kind of name that each token is part of; a person's name goes before others."""
    kinds = np.zeros(len(tokens), np.int8)
    starts = np.array([start for start, _, _ in tokens])
    ends = np.array([end for _, end, _ in tokens])
    for start, end, kind in document.names:
        inside = (starts < end) & (ends > start) & (kinds != 1)
        kinds[inside] = kind
    return kinds


def corpus(documents: Sequence[Document]) -> tuple[Corpus, Projections]:
    """Everything that the nets see of the documents, and what made the vectors shorter."""
    tokens = [text_tokens(document.text) for document in documents]
    forms = [[word.lower() for _, _, word in words] for words in tokens]
    vocabulary = list(dict.fromkeys(chain.from_iterable(forms)))
    number = {form: place for place, form in enumerate(vocabulary)}
    shorter = projections(vocabulary[::3])
    table = np.concatenate(
        [
            form_rows(vocabulary[first : first + CHUNK], shorter)
            for first in range(0, len(vocabulary), CHUNK)
        ]
    )
    starts = np.cumsum([WINDOW, *(len(words) + WINDOW for words in tokens)])
    places = [start + np.arange(len(words)) for start, words in zip(starts, tokens, strict=False)]
    at, size = np.concatenate(places), int(starts[-1])

    def spread(values: np.ndarray, empty: int = 0) -> np.ndarray:
        whole = np.full((size, *values.shape[1:]), empty, values.dtype)
        whole[at] = values
        return whole

    return Corpus(
        forms,
        places,
        spread(table[[number[form] for form in chain.from_iterable(forms)]]),
        spread(np.concatenate([shapes(words) for words in tokens])),
        spread(np.concatenate([kinds_of(*pair) for pair in zip(tokens, documents, strict=True)])),
        spread(np.repeat(np.arange(len(tokens)), [len(words) for words in tokens]), -1),
    ), shorter


def first_net(held: Corpus, documents: np.ndarray, seed: int) -> Net:
    """A net that reads a word with its neighbours, from some of the documents."""
    random = np.random.default_rng(seed)
    chosen = np.flatnonzero(np.isin(held.document, documents))
    inputs = in_window(held.rows, held.written, chosen[:1], np.zeros(1)).shape[1]
    net = Net(inputs, FIRST, seed)
    for epoch in range(FIRST.epochs):
        low = random.random(len(held.places)) < LOWER
        written, lower = held.lowered(low), low[held.document]
        easy = (held.kinds[chosen] == 0) & (held.written[chosen, 1] == 0) & ~lower[chosen]
        shown = chosen[~easy | (random.random(len(chosen)) < EASY)]
        random.shuffle(shown)
        for at, done in batches(shown, FIRST, epoch):
            net.learn(in_window(held.rows, written, at, lower[at]), held.kinds[at], done)
    return net


def batches(shown: np.ndarray, recipe: Recipe, epoch: int) -> Iterator[tuple[np.ndarray, float]]:
    """Rows of each step, less a short rest, and the share of the training done before it."""
    for first in range(0, max(1, len(shown) - recipe.batch // 2), recipe.batch):
        done = (epoch + first / len(shown)) / recipe.epochs
        yield shown[first : first + recipe.batch], done


def second_inputs(
    held: Corpus, nets: Sequence[Net], lower: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, kinds and weights for the second reading; net n reads documents n, n + 3, n + 6 …"""
    written = held.lowered(np.full(len(held.places), lower))
    marks = -held.rows.shape[1] + 2 * COMPONENTS
    inputs, kinds, weights = [], [], []
    for number, (forms, places) in enumerate(zip(held.forms, held.places, strict=True)):
        if not forms:
            continue
        seen = in_window(held.rows, written, places, np.full(len(places), lower))
        chances = nets[number % len(nets)].chances(seen)
        inputs.append(in_document(forms, written[places], chances, held.rows[places, marks:]))
        kinds.append(held.kinds[places])
        easy = (chances[:, 0] > SURE) & (kinds[-1] == 0)
        weights.append(np.where(easy, 0.15, 1.0) * (0.5 if lower else 1.0))
    return np.concatenate(inputs), np.concatenate(kinds), np.concatenate(weights)


def second_net(inputs: np.ndarray, kinds: np.ndarray, weights: np.ndarray, seed: int) -> Net:
    """A net that reads the first chances of a word beside those of its text."""
    random = np.random.default_rng(seed)
    net = Net(inputs.shape[1], SECOND, seed)
    for epoch in range(SECOND.epochs):
        shown = random.permutation(np.flatnonzero(weights > random.random(len(weights))))
        for at, done in batches(shown, SECOND, epoch):
            net.learn(inputs[at], kinds[at], done)
    return net


def write(path: Path, shorter: Projections, first: Sequence[Net], second: Sequence[Net]) -> None:
    """The file that `NameModel` reads."""
    out = {"version": np.array(VERSION)}
    for name, (mean, directions) in zip(("title", "low"), shorter, strict=True):
        out[f"mean_{name}"] = mean.astype(np.float32)
        out[f"project_{name}"] = directions.astype(np.float16)
    for reading, nets in (("first", first), ("second", second)):
        for number, net in enumerate(nets):
            for layer, (weights, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
                start = f"{reading}_{number}_{layer}"
                out[f"{start}_weights"] = weights.astype(np.float16)
                out[f"{start}_bias"] = bias.astype(np.float32)
    np.savez_compressed(path, **out)


def best_f1(model: NameModel, documents: Sequence[Document], lower: bool) -> tuple[float, ...]:
    """Highest F1 of words of persons' names over thresholds, with its recall and precision."""
    chances, truth = [], []
    for document in documents:
        tokens, read, _ = model.read(document.text.lower() if lower else document.text)
        words = np.array([word[0].isalpha() for _, _, word in tokens])
        chances.append(read[words, 1])
        truth.append(kinds_of(tokens, document)[words] == 1)
    chance, person = np.concatenate(chances), np.concatenate(truth)
    found = []
    for threshold in np.linspace(0.05, 0.95, 19):
        called = chance >= threshold
        right = int((called & person).sum())
        recall, precision = right / max(person.sum(), 1), right / max(called.sum(), 1)
        found.append((2 * right / max(called.sum() + person.sum(), 1), recall, precision))
    return max(found)


def read_corpora(options: argparse.Namespace) -> list[Document]:
    """The documents to learn from."""
    turku = options.turku_ner
    parts = [
        brat_documents(turku / "standoff" / "train"),
        turku_one_documents(options.turku_one, turku) if options.turku_one else [],
        uner_documents(options.uner_sv),
        uner_documents(options.uner_en),
    ]
    return [document for part in parts for document in part[: options.documents]]


def train(documents: list[Document], to: Path) -> None:
    """Both readings, written to a file."""
    began = time.perf_counter()

    def tell(what: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {what}", flush=True)

    held, shorter = corpus(documents)
    numbers = np.arange(len(documents))
    tell(f"{len(documents)} documents, {int((held.document >= 0).sum())} tokens")
    first = []
    for seed in FIRST_SEEDS:
        first.append(first_net(held, numbers, seed))
        tell(f"first reading, seed {seed}")
    apart = []
    for seed in CROSS_SEEDS:
        apart.append(first_net(held, numbers[numbers % len(CROSS_SEEDS) != seed], seed))
        tell(f"first reading without every third document, seed {seed}")
    shown = [second_inputs(held, apart, lower) for lower in (False, True)]
    inputs, kinds, weights = (np.concatenate(pair) for pair in zip(*shown, strict=True))
    second = [second_net(inputs, kinds, weights, seed) for seed in SECOND_SEEDS]
    tell("second reading")
    write(to, shorter, first, second)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turku-ner", type=Path, required=True)
    parser.add_argument("--turku-one", type=Path)
    parser.add_argument("--uner-sv", type=Path, required=True)
    parser.add_argument("--uner-en", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--documents", type=int, help="of each corpus, for a trial")
    options = parser.parse_args()
    train(read_corpora(options), options.to)
    measured = brat_documents(options.turku_ner / "standoff" / "dev")[: options.documents]
    for name, model in (("new", NameModel(options.to)), ("shipped", name_model())):
        for lower in (False, True):
            f1, recall, precision = best_f1(model, measured, lower)
            case = "lower case" if lower else "as it is"
            print(f"{name}, {case}: F1 {f1:.3f}, recall {recall:.3f}, precision {precision:.3f}")


if __name__ == "__main__":
    main()
