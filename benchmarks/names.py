"""Names of persons found in foreign text, beside spaCy-fi's NER alone; codes' false alarms.

    python benchmarks/names.py --corpus turku-ner-corpus/data/standoff/test
    python benchmarks/names.py --corpus turku-ner-corpus/data/standoff/test --texts comments.csv

`--corpus` is a folder of brat files (NAME.txt, NAME.ann), such as a part of the Turku NER corpus
(CC BY-SA, github.com/TurkuNLP/turku-ner-corpus), which is not shipped. Every text is read as it is
and in lower case (chat). For persons' names, by word: recall (any kind replaced hides the name),
recall and precision of the kind person, the precision of all that is replaced (a name of any
kind), F1 of persons, documents where a name leaks with Wilson's 95 % interval, words a second.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from cxresearch.text import find_codes, find_personal

WORD = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*")
LINE = re.compile(r"T\d+\t(\w+) (\d+) (\d+)\t")
NAMES = {"PER", "ORG", "LOC", "PRO", "EVENT"}
Span = tuple[int, int, str]
Finder = Callable[[str], Iterable[Span]]


def documents(folder: Path) -> list[tuple[str, list[Span]]]:
    found = []
    for path in sorted(folder.glob("*.txt")):
        lines = path.with_suffix(".ann").read_text(encoding="utf-8").splitlines()
        marks = [m for line in lines if (m := LINE.match(line)) and m[1] in NAMES]
        spans = [(int(m[2]), int(m[3]), m[1]) for m in marks]
        found.append((path.read_text(encoding="utf-8"), spans))
    return found


def kinds(words: list[tuple[int, int]], spans: Iterable[Span], first: str) -> list[str]:
    marks = [""] * len(words)
    for start, end, kind in spans:
        for number, (a, b) in enumerate(words):
            if a < end and start < b and marks[number] != first:
                marks[number] = kind
    return marks


def report(name: str, read: list[tuple[str, list[Span]]], finder: Finder) -> None:
    pairs, leaks, seconds = [], 0, 0.0
    for text, spans in read:
        began = time.perf_counter()
        found = list(finder(text))
        seconds += time.perf_counter() - began
        words = [m.span() for m in WORD.finditer(text)]
        both = list(zip(kinds(words, spans, "PER"), kinds(words, found, "person"), strict=True))
        leaks += any(gold == "PER" and not seen for gold, seen in both)
        pairs += both
    persons = [seen for gold, seen in pairs if gold == "PER"]
    called = [gold for gold, seen in pairs if seen == "person"]
    replaced = [gold for gold, seen in pairs if seen]
    right = sum(gold == "PER" for gold in called)
    recall, precision = right / len(persons), right / max(len(called), 1)
    low, high = wilson(leaks, len(read))
    print(
        f"{name:34} replaced {sum(map(bool, persons)) / len(persons):.3f}"
        f"  person: recall {recall:.3f} precision {precision:.3f}"
        f" F1 {2 * right / (len(persons) + len(called)):.3f}"
        f"  all replaced: precision {sum(map(bool, replaced)) / max(len(replaced), 1):.3f}"
        f"  leak {leaks}/{len(read)} = {leaks / len(read):.1%} [{low:.1%}, {high:.1%}]"
        f"  {len(pairs) / seconds:,.0f} words/s"
    )


def wilson(count: int, of: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, of, method="wilson")
    return float(low), float(high)


def own(thorough: bool, entities: Finder | None = None) -> Finder:
    def finder(text: str) -> Iterable[Span]:
        table = find_personal(text, thorough=thorough, entities=entities)
        return zip(table["start"], table["end"], table["kind"], strict=True)

    return finder


def spacy_alone() -> Finder:
    from cxresearch.text import lemmatiser

    return lemmatiser("fi", tier="full").entities  # type: ignore[attr-defined]


def false_alarms(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        texts = [max(row, key=len) for row in csv.reader(file) if row][1:]
    alarms = [t for t in texts if any(code.kind != "url" for code in find_codes(t))]
    print(f"{path.name}: a code other than a web address in {len(alarms)} of {len(texts)} texts")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--corpus", type=Path, required=True)
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    given = arguments.parse_args()
    read = documents(given.corpus)
    spacy = spacy_alone()
    own(True)(read[0][0])
    finders = {
        "spaCy-fi NER alone": spacy,
        "cxresearch": own(True),
        "cxresearch, thorough=False": own(False),
        "cxresearch with spaCy-fi NER": own(True, spacy),
    }
    for label, texts in (
        ("as written", read),
        ("lower case", [(text.lower(), spans) for text, spans in read]),
    ):
        print(f"{len(read)} texts, {label}")
        for name, finder in finders.items():
            report(f"  {name}", texts, finder)
    for path in given.texts:
        false_alarms(path)


if __name__ == "__main__":
    main()
