"""Names of persons found in foreign text, beside spaCy-fi's NER alone; codes' false alarms.

    python benchmarks/names.py
    python benchmarks/names.py --corpus turku-ner-corpus/data/standoff/test --texts comments.csv

Without a corpus two trials are run: the sample study (interviews, notes and diary; comments; with
the names of those who took part on the study's list, as a study has them) and sixty fictional
chats and e-mails (`name_trials.py`). Only persons' names are marked in these, so that what is
replaced as another kind of name is neither right nor wrong there.

`--corpus` is a folder of brat files (NAME.txt, NAME.ann), such as a part of the Turku NER corpus
(CC BY-SA, github.com/TurkuNLP/turku-ner-corpus), which is not shipped. Every text is read as it is
and in lower case (chat). For persons' names, by word: recall (any kind replaced hides the name),
recall and precision of the kind person, F1 of persons, the precision of all that is replaced (a
name of any kind), texts where a name leaks, all with Wilson's 95 % interval (words of one text are
alike, so the true intervals of words are wider); words a second. "Persons only" leaves
organisations, places and other names in the text, so that only what is called a person is hidden.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cxresearch.text import find_codes, find_personal

sys.path.insert(0, str(Path(__file__).parent))
from name_trials import messages, sample

WORD = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*")
LINE = re.compile(r"T\d+\t(\w+) (\d+) (\d+)\t")
NAMES = {"PER", "ORG", "LOC", "PRO", "EVENT"}
OURS = (
    "sample study, interviews, notes and diary",
    "sample study, comments",
    "fictional chats and e-mails",
)
SAMPLE = Path(__file__).parents[1] / "data" / "raw" / "kelohavu"
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


def report(
    name: str, read: list[tuple[str, list[Span]]], finder: Finder, *, all_kinds: bool = True
) -> None:
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
    whole = f"  all replaced: precision {share(sum(map(bool, replaced)), len(replaced))}"
    print(
        f"{name:30} replaced {share(sum(map(bool, persons)), len(persons))}"
        f"  person: recall {share(right, len(persons))} precision {share(right, len(called))}"
        f" F1 {2 * right / (len(persons) + len(called)):.3f}{whole if all_kinds else ''}"
        f"  leak {leaks}/{len(read)} = {share(leaks, len(read))}"
        f"  {len(pairs) / seconds:,.0f} words/s"
    )


def share(count: int, of: int) -> str:
    low, high = wilson(count, max(of, 1))
    return f"{count / max(of, 1):.1%} [{low:.1%}, {high:.1%}]"


def wilson(count: int, of: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, of, method="wilson")
    return float(low), float(high)


def own(*, entities: Finder | None = None, **how: Any) -> Finder:
    def finder(text: str) -> Iterable[Span]:
        table = find_personal(text, entities=entities, **how)
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
    arguments.add_argument("--corpus", type=Path)
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    given = arguments.parse_args()
    spacy = spacy_alone()
    finders = {
        "spaCy-fi NER alone": spacy,
        "cxresearch": own(),
        "cxresearch, thorough=False": own(thorough=False),
        "cxresearch with spaCy-fi NER": own(entities=spacy),
        "cxresearch, persons only": own(leave=("organisation", "place", "name")),
    }
    own()("Tervetuloa, Maija.")  # so that loading is not in the first one's time
    interviews, comments, people = sample(SAMPLE)
    listed = {
        **finders,
        "cxresearch with the study's list": own(known_names=people, keep=["Kelohavu"]),
    }
    trials = list(
        zip(OURS, (interviews, comments, messages()), (listed, finders, finders), strict=True)
    )
    if given.corpus is not None:
        trials.insert(0, (given.corpus.name, documents(given.corpus), finders))
    for name, texts, readers in trials:
        lower = [(text.lower(), spans) for text, spans in texts]
        for label, written in (("as written", texts), ("lower case", lower)):
            named = sum(any(kind == "PER" for *_, kind in spans) for _, spans in written)
            print(f"{name}, {label}: {len(written)} texts, {named} with a person's name")
            for reader, finder in readers.items():
                report(f"  {reader}", written, finder, all_kinds=name not in OURS)
    for path in given.texts:
        false_alarms(path)


if __name__ == "__main__":
    main()
