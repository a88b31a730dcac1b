"""The script that trains the reader of names reads its corpora right and gives what is read."""

import sys
from pathlib import Path

import numpy as np
import pytest

from cxresearch.text.name_features import pipeline_folder
from cxresearch.text.name_model import KINDS_OF_NAME, NameModel

SCRIPTS = Path(__file__).parents[2] / "scripts"
SENTENCES = (
    "Eilen Maija Keksitty soitti.",
    "Hinta nousi.",
    "Siitä Onni Mallinen kirjoitti.",
    "Kone toimi hyvin.",
)


@pytest.fixture
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.delitem(sys.modules, "train_names", raising=False)
    monkeypatch.delitem(sys.modules, "name_corpora", raising=False)


def brat(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(6):
        text = " ".join(SENTENCES)
        (folder / f"d{number}.txt").write_text(text, encoding="utf-8")
        marks = [("PER", "Maija Keksitty"), ("DATE", "Eilen"), ("PER", "Onni Mallinen")]
        lines = [
            f"T{n}\t{label} {text.index(name)} {text.index(name) + len(name)}\t{name}"
            for n, (label, name) in enumerate(marks)
        ]
        (folder / f"d{number}.ann").write_text("\n".join(lines), encoding="utf-8")


def columns(path: Path, sentences: list[list[str]], start: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = ["\n".join(start + pair.replace(" ", "\t") for pair in s) for s in sentences]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


def test_words_become_text_with_the_blanks_of_people_and_names_keep_their_place(scripts, tmp_path):
    from name_corpora import uner_documents

    said = ['" O', "Jag O", '" O', "sa O", "Anna B-PER", "Ek I-PER", "Bo B-PER", "( O", "Åbo B-LOC",
            ") O", ". O"]  # fmt: skip
    path = columns(tmp_path / "sv.iob2", [said, ["Hej O", "! O"]], "1\t")
    (document,) = uner_documents(path)
    assert document.text == '"Jag" sa Anna Ek Bo (Åbo).\nHej!\n'
    named = [(document.text[a:b], KINDS_OF_NAME[kind]) for a, b, kind in document.names]
    assert named == [("Anna Ek", "person"), ("Bo", "person"), ("Åbo", "place")]


def test_sentences_of_the_other_corpus_its_test_part_too_are_left_out(scripts, tmp_path):
    from name_corpora import turku_one_documents

    kept, tested = ["Uusi O", "lause O"], ["Vanha O", "lause O"]
    for part in ("train", "dev", "test"):
        columns(tmp_path / "conll" / f"{part}.tsv", [tested if part == "test" else ["Muu O"]])
    one = columns(tmp_path / "one.tsv", [tested, kept])
    assert [d.text for d in turku_one_documents(one, tmp_path)] == ["Uusi lause\n"]


def test_a_trained_file_reads_texts_and_the_same_seeds_give_the_same_file(scripts, tmp_path):
    if pipeline_folder() is None:
        pytest.skip("the Finnish pipeline is not installed")
    from name_corpora import brat_documents
    from train_names import best_f1, train

    brat(tmp_path / "train")
    documents = brat_documents(tmp_path / "train")
    for name in ("one.npz", "other.npz"):
        train(documents, tmp_path / name)
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "other.npz") as other:
        assert sorted(one.files) == sorted(other.files)
        assert all(np.array_equal(one[name], other[name]) for name in one.files)
    model = NameModel(tmp_path / "one.npz")
    tokens, chances, _ = model.read(documents[0].text)
    assert chances.shape == (len(tokens), len(KINDS_OF_NAME))
    assert best_f1(model, documents, lower=False)[1] > 0
