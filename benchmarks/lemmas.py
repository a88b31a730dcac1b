"""Lemma accuracy, speed and memory of both tiers on Universal Dependencies files that you give.

    python benchmarks/lemmas.py --ud fi_tdt-ud-test.conllu fi_ood-ud-test.conllu
        en_ewt-ud-test.conllu sv_talbanken-ud-test.conllu

The language is the start of a file's name. Prints, for each file and engine: share of right lemmas
(case ignored, compound marks left out), content words (NOUN, VERB, ADJ, ADV, PROPN) apart, tokens a
second of processor time, and MB that the engine added when it was loaded. Engines: the fast tier
(first and second time over the same text), simplemma alone, Voikko's first base form (Finnish,
where it is installed), the full tier and its spaCy model alone (where a model is installed).
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path

import simplemma

from cxresearch.text import lemmatiser
from cxresearch.text.compounds import voikko_available, voikko_words

CONTENT = {"NOUN", "VERB", "ADJ", "ADV", "PROPN"}
Words = list[tuple[str, str, str]]


def sentences(path: Path) -> list[Words]:
    found: list[Words] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 10 and cells[0].isdigit():
            found[-1].append((cells[1], cells[2].replace("#", "").lower(), cells[3]))
        elif not line and found[-1]:
            found.append([])
    return [s for s in found if s]


def shares(gold: Words, lemmas: list[str]) -> tuple[float, float]:
    right = [g == lemma for (_, g, _), lemma in zip(gold, lemmas, strict=True)]
    content = [r for (_, _, pos), r in zip(gold, right, strict=True) if pos in CONTENT]
    return sum(right) / len(right), sum(content) / max(len(content), 1)


def megabytes() -> float:
    """Memory that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def report(name: str, gold: Words, work: Callable[[], list[str]], grown: float) -> None:
    began = time.process_time()
    lemmas = work()
    seconds = max(time.process_time() - began, 1e-9)
    all_words, content = shares(gold, lemmas)
    rate = f"{len(gold) / seconds:>10,.0f} tokens/s"
    print(f"  {name:18} {all_words:.4f}  content {content:.4f}  {rate}  +{grown:,.0f} MB")


def voikko_lemma(form: str) -> str:
    found = voikko_words(form)
    return found[0].get("BASEFORM", form).lower() if found else form.lower()


def full_tier(read: list[Words], gold: Words, language: str) -> None:
    from spacy.tokens import Doc

    from cxresearch.text.components import LEMMAS
    from cxresearch.text.pipeline import FullLemmatiser

    before = megabytes()
    engine = lemmatiser(language, tier="full")
    if not isinstance(engine, FullLemmatiser):
        print("  full tier: no spaCy model of this language is installed; the fast tier stands in")
        return
    grown = megabytes() - before

    def lemmas(*off: str) -> list[str]:
        documents = [Doc(engine.model.vocab, words=[w for w, _, _ in s]) for s in read]
        with engine.model.select_pipes(disable=["parser", "ner", *off]):
            done = list(engine.model.pipe(documents))
        return [t.lemma_.replace("#", "").lower() for d in done for t in d]

    report("full", gold, lemmas, grown)
    report("spaCy alone", gold, lambda: lemmas(LEMMAS), grown)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--ud", nargs="+", type=Path, required=True)
    given = arguments.parse_args()
    for path in given.ud:
        language = path.name[:2]
        read = sentences(path)
        gold = [word for s in read for word in s]
        forms = [form for form, _, _ in gold]
        print(f"{path.name}: {len(gold)} tokens")
        before = megabytes()
        fast = lemmatiser(language)
        fast.of_forms(forms[:1])
        grown = megabytes() - before
        report("fast", gold, lambda f=forms, e=fast: e.of_forms(f), grown)
        report("fast, warm", gold, lambda f=forms, e=fast: e.of_forms(f), grown)
        report(
            "simplemma alone",
            gold,
            lambda f=forms, x=language: [simplemma.lemmatize(w, lang=x).lower() for w in f],
            0.0,
        )
        if language == "fi" and voikko_available():
            report("Voikko alone", gold, lambda f=forms: [voikko_lemma(w) for w in f], 0.0)
        full_tier(read, gold, language)


if __name__ == "__main__":
    main()
