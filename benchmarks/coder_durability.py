"""How long an act takes until it is durable: 20,000 turns, 5,000 quotations.

Run: OMP_NUM_THREADS=1 python benchmarks/coder_durability.py [--folder FOLDER] [--acts 200]
Makes a study file in FOLDER (a temporary one on the disk of the system when not given), does acts
at the desk as the coder does them (the time counts until the answer for the window is ready, after
commit with synchronous=FULL), and prints p50, p95 and the slowest for each, then the search.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.steps.coding_desk import StudyDesk
from cxresearch.study import Study, act, open_study
from cxresearch.widgets import Act

SETTINGS = """
schema = 1
[study]
name = "large"
title = {fi = "Suuri", en = "Large"}
[[phases]]
phase = "post_purchase"
name = {fi = "Oston jälkeen", en = "After buying"}
"""
WORDS = (
    *("lasku", "tuli", "myöhässä", "ja", "soitin", "asiakaspalveluun"),
    *("josta", "vastattiin", "nopeasti", "kiitos"),
)
TURNS, QUOTATIONS, CODES, COMMENTS = 20_000, 5_000, 40, 20_000


def filled(folder: Path) -> Study:
    """One document of 20,000 turns with 5,000 quotations of two coders, and 20,000 comments."""
    random = np.random.default_rng(1)
    codes = [
        f'[[codes]]\ncode = "c{n}"\nkind = "theme"\nname = {{fi = "C{n}"}}' for n in range(CODES)
    ]
    (folder / "study.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "codebook.toml").write_text("\n".join(codes), encoding="utf-8")
    said = [" ".join(random.choice(WORDS, 12)) + "." for _ in range(TURNS)]
    ends = np.cumsum([len(words) + 1 for words in said])
    turns = pd.DataFrame({"document": "h01", "turn": range(TURNS), "start": [0, *ends[:-1]]})
    turns = turns.assign(end=ends - 1, speaker=np.where(turns["turn"] % 2, "A", "B"))
    text = "\n".join(said)
    document = {"document": "h01", "kind": "interview", "text": text, "language": "fi"}
    study = open_study(folder, coder="aino")
    act(study, "import_documents", documents=pd.DataFrame([document]), turns=turns)
    start = random.integers(0, len(text) - 200, QUOTATIONS)
    codings = pd.DataFrame({"document": "h01", "start": start, "end": start + 80})
    codings["code"] = [f"c{n}" for n in random.integers(0, CODES, QUOTATIONS)]
    act(study, "add_codings", codings=codings)
    comments = pd.DataFrame({"document": [f"s/{n}/q" for n in range(COMMENTS)], "question": "q"})
    comments["response"] = [str(n) for n in range(COMMENTS)]
    comments["text"] = [" ".join(random.choice(WORDS, 15)) for _ in range(COMMENTS)]
    study.write_frame("comments", comments.assign(language="fi"))
    return study


def timed(what: str, work: Callable[[int], object], times: int) -> None:
    taken = []
    for n in range(times):
        start = time.perf_counter()
        work(n)
        taken.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(taken, [50, 95])
    print(f"{what:34} p50 {p50:8.1f} ms   p95 {p95:8.1f} ms   slowest {max(taken):8.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--acts", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        study = filled(Path(folder))
        desk = StudyDesk(study)
        made: list[str] = []

        def do(name: str, **fields: Any) -> Any:
            return desk.perform(Act(1, name, fields))

        def add(n: int) -> None:
            place = {"document": "h01", "start": 40 * n, "end": 40 * n + 30}
            made.append(do("add_coding", **place, code="c1").codings[0]["coding"])

        timed("open the document", lambda n: desk.content("h01").as_message(), 5)
        timed("add_coding", add, given.acts)
        timed("change_coding", lambda n: do("change_coding", coding=made[n], valence=1), given.acts)
        timed("undo", lambda n: do("undo"), given.acts // 2)
        timed("redo", lambda n: do("redo"), given.acts // 2)
        timed("remove_coding", lambda n: do("remove_coding", coding=made[n]), given.acts)
        timed("change_code", lambda n: do("change_code", code="c3", definition=f"{n}"), 50)
        timed("merge_codes and undo", lambda n: (
            do("merge_codes", codes=[f"c{n + 5}"], into="c2"), do("undo")), 5)  # fmt: skip
        timed("edit_text, all quotations move", lambda n: do(
            "edit_text", document="h01", start=0, end=1, text="ab"[n % 2]), 5)  # fmt: skip
        timed("changes_since, nothing new", lambda n: desk.changes_since(desk.seen), 200)
        timed("find: the index is made", lambda n: desk.find("lasku", "exact"), 1)
        timed("find, exact", lambda n: desk.find("lasku tuli", "exact"), 20)
        timed("find, lemma", lambda n: desk.find("laskuissa", "lemma"), 20)
        timed("find, rare lemma phrase", lambda n: desk.find("kiitos kiitos lasku", "lemma"), 20)
        timed("find, regex", lambda n: desk.find(r"kiitos lasku\w* tuli", "regex"), 10)
        timed("find, exact, by code", lambda n: desk.find("lasku", "exact", {"in_code": "c7"}), 10)
        study.close()


if __name__ == "__main__":
    main()
