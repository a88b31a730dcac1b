"""Lemma accuracy and speed of both tiers on Universal Dependencies files that you give.

    python benchmarks/lemmas.py --ud fi_tdt-ud-test.conllu fi_ood-ud-test.conllu

Prints, for each file: share of right lemmas (case ignored, compound marks left out) of the fast
tier, of simplemma alone, and, where the full tier is installed, of the full tier and of spaCy
alone; content words (NOUN, VERB, ADJ, ADV, PROPN) apart; tokens a second.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import simplemma

from cxresearch.text import lemmatiser

CONTENT = {"NOUN", "VERB", "ADJ", "ADV", "PROPN"}


def sentences(path: Path) -> list[list[tuple[str, str, str]]]:
    found: list[list[tuple[str, str, str]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 10 and cells[0].isdigit():
            found[-1].append((cells[1], cells[2].replace("#", "").lower(), cells[3]))
        elif not line and found[-1]:
            found.append([])
    return [s for s in found if s]


def shares(gold: list[tuple[str, str, str]], lemmas: list[str]) -> tuple[float, float]:
    right = [g == lemma for (_, g, _), lemma in zip(gold, lemmas, strict=True)]
    content = [r for (_, _, pos), r in zip(gold, right, strict=True) if pos in CONTENT]
    return sum(right) / len(right), sum(content) / max(len(content), 1)


def report(name: str, gold: list[tuple[str, str, str]], lemmas: list[str], seconds: float) -> None:
    all_words, content = shares(gold, lemmas)
    rate = f"{len(gold) / seconds:>10,.0f} tokens/s"
    print(f"  {name:12} {all_words:.4f}  content {content:.4f}  {rate}")


def full_tier(read: list[list[tuple[str, str, str]]], language: str) -> None:
    from spacy.tokens import Doc

    from cxresearch.text.pipeline import FullLemmatiser

    engine = lemmatiser(language, tier="full")
    if not isinstance(engine, FullLemmatiser):
        print("  full tier is not installed")
        return
    gold = [word for s in read for word in s]
    began = time.process_time()
    lemmas, plain = engine.of_documents(
        [Doc(engine.vocab, words=[w for w, _, _ in s]) for s in read]
    )
    report("full", gold, lemmas, time.process_time() - began)
    report("spaCy alone", gold, plain, time.process_time() - began)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--ud", nargs="+", type=Path, required=True)
    arguments.add_argument("--language", default="fi")
    given = arguments.parse_args()
    for path in given.ud:
        read = sentences(path)
        gold = [word for s in read for word in s]
        print(f"{path.name}: {len(gold)} tokens")
        fast = lemmatiser(given.language)
        forms = [form for form, _, _ in gold]
        fast.of_forms(forms[:1])
        began = time.process_time()
        report("fast", gold, fast.of_forms(forms), time.process_time() - began)
        began = time.process_time()
        alone = [simplemma.lemmatize(f, lang=given.language).lower() for f in forms]
        report("simplemma", gold, alone, time.process_time() - began)
        full_tier(read, given.language)


if __name__ == "__main__":
    main()
