"""Public corpora of names as running text with spans, for train_names.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

__all__ = ["Document", "brat_documents", "turku_one_documents", "uner_documents"]

# the kinds of `KINDS_OF_NAME` by the labels of the corpora; dates, numbers and peoples are none
_KIND = {
    "PER": 1, "PERSON": 1, "ORG": 2, "LOC": 3, "GPE": 3, "FAC": 3, "PRO": 4, "PRODUCT": 4,
    "EVENT": 4, "WORK_OF_ART": 4,
}  # fmt: skip
_MARK = re.compile(r"T\d+\t(\w+) (\d+) (\d+)\t")
_CLOSING = re.compile(r"[.,!?;:)\]%»”…]+")
_SENTENCES = 25  # that make a document where the corpus tells of none

Sentence = list[tuple[str, str]]


class Document(NamedTuple):
    """A text and its names: (start, end, number of the kind)."""

    text: str
    names: list[tuple[int, int, int]]


def brat_documents(folder: Path) -> list[Document]:
    """NAME.txt with NAME.ann beside it, in the order of their names."""
    documents = []
    for path in sorted(folder.glob("*.txt")):
        marks = path.with_suffix(".ann").read_text(encoding="utf-8").splitlines()
        found = [(m[1], int(m[2]), int(m[3])) for line in marks if (m := _MARK.match(line))]
        names = [(start, end, _KIND[label]) for label, start, end in found if label in _KIND]
        documents.append(Document(path.read_text(encoding="utf-8"), names))
    return documents


def turku_one_documents(path: Path, turku_ner: Path) -> list[Document]:
    """TurkuONE's sentences less those of the Turku NER corpus (train, dev and test)."""
    parts = ("train", "dev", "test")
    files = [turku_ner / "conll" / f"{part}.tsv" for part in parts]
    known = {_words(sentence) for file in files for _, sentence in _sentences(file, 0)}
    rest = [sentence for _, sentence in _sentences(path, 0) if _words(sentence) not in known]
    return [_running(rest[first : first + _SENTENCES]) for first in range(0, len(rest), _SENTENCES)]


def uner_documents(path: Path) -> list[Document]:
    """The documents of a Universal NER file (iob2)."""
    named = [
        (name or number // _SENTENCES, sentence)
        for number, (name, sentence) in enumerate(_sentences(path, 1))
    ]
    return [
        _running(sentence for _, sentence in group) for _, group in groupby(named, lambda n: n[0])
    ]


def _words(sentence: Sentence) -> str:
    return " ".join(word for word, _ in sentence)


def _sentences(path: Path, column: int) -> Iterator[tuple[str, Sentence]]:
    """Document's name ("" where none is told) and (word, tag) of each sentence of a column file."""
    name, sentence = "", []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        cells = line.split("\t")
        if line.startswith("# newdoc id"):
            name = line.partition("=")[2].strip()
        if len(cells) > column + 1 and cells[0] != "-DOCSTART-":
            sentence.append((cells[column], cells[column + 1]))
        elif not line and sentence:
            yield name, sentence
            sentence = []


def _running(sentences: Iterable[Sentence]) -> Document:
    """Sentences as lines of text with the blanks that people write."""
    text, names = "", []
    for sentence in sentences:
        before, quoted, kind = "", False, 0
        for word, tag in sentence:
            if before and not _glued(word, before, quoted):
                text += " "
            quoted ^= word == '"'
            start, last, kind = len(text), kind, _KIND.get(tag[2:], 0)
            text += word
            if kind and kind == last and tag.startswith("I"):
                names[-1] = (names[-1][0], len(text), kind)
            elif kind:
                names.append((start, len(text), kind))
            before = word
        text += "\n"
    return Document(text, names)


def _glued(word: str, before: str, quoted: bool) -> bool:
    """Whether no blank stands between two words of a sentence."""
    quotes = quoted and '"' in (word, before)
    return bool(_CLOSING.fullmatch(word)) or before in ("(", "[", "“") or quotes
