"""How often the valence lexicon is right on texts that others labelled, on files that you give.

    python benchmarks/valence.py --xed fi=fi-annotated.tsv en=en-annotated.tsv sv=sv-projections.tsv
        --nhs text_data.csv

XED: Helsinki-NLP/XED, film subtitles with Plutchik's emotions (CC BY 4.0); joy and trust against
anger, disgust, fear and sadness; texts with both are left out. NHS: the-strategy-unit/pxtextmining,
answers of the Friends and Family Test (MIT); sign of the criticality that people gave.

Texts are split by a hash of their words. The lexicon was written with the half `seen` in view; only
the half `unseen` is reported as its error. Prints for each: n, the share that it can't tell,
accuracy among the rest with its Wilson interval, macro-F1 among the rest and over all (a text that
can't be told counts as missed), texts a second.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cxresearch.model import wilson_interval
from cxresearch.text import valence_of

GOOD, BAD = {"5", "8"}, {"1", "3", "4", "6"}


def xed(path: Path) -> pd.DataFrame:
    """Text and sign of each clean row."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        labels = set(cells[-1].replace(" ", "").split(",")) if len(cells) == 2 else set()
        good, bad = bool(labels & GOOD), bool(labels & BAD)
        if good != bad:
            rows.append((cells[0], 1 if good else -1))
    return pd.DataFrame(rows, columns=["text", "sign"]).drop_duplicates("text")


def nhs(path: Path) -> pd.DataFrame:
    """Text and sign of each answer with a criticality inside the scale, other than 0."""
    given = pd.read_csv(path, keep_default_na=False)
    number = pd.to_numeric(given["criticality"], errors="coerce")
    fits = number.between(-5, 5) & (number != 0) & (given["feedback"].str.strip() != "")
    rows = pd.DataFrame({"text": given["feedback"], "sign": np.sign(number)})[fits]
    return rows.drop_duplicates("text")


def half(texts: pd.Series) -> pd.Series:
    digests = [hashlib.sha256(t.encode()).digest()[0] for t in texts]
    return pd.Series(np.where(np.array(digests) % 2, "unseen", "seen"), index=texts.index)


def macro_f1(gold: np.ndarray, said: np.ndarray) -> float:
    scores = []
    for sign in (-1, 1):
        right = int(((gold == sign) & (said == sign)).sum())
        both = int((gold == sign).sum() + (said == sign).sum())
        scores.append(2 * right / both if both else 0.0)
    return float(np.mean(scores))


def report(name: str, rows: pd.DataFrame, language: str) -> None:
    parts = half(rows["text"])
    for part in ("seen", "unseen"):
        mine = rows[parts == part]
        began = time.process_time()
        told = valence_of(mine["text"], language=language).fillna(0)
        seconds = time.process_time() - began
        said, gold = np.sign(told.to_numpy(int)), mine["sign"].to_numpy(int)
        sure = said != 0
        right = int((said == gold)[sure].sum())
        low, high = wilson_interval(right, int(sure.sum()))
        print(
            f"{name:5}{language:3}{part:7} n {len(mine):>6,}  can't tell {1 - sure.mean():.3f}  "
            f"accuracy {right / sure.sum():.3f} ({low:.3f}-{high:.3f})  macro-F1 "
            f"{macro_f1(gold[sure], said[sure]):.3f} (over all {macro_f1(gold, said):.3f})  "
            f"{len(mine) / max(seconds, 1e-9):,.0f} texts/s"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--xed", nargs="*", default=[], metavar="LANGUAGE=PATH")
    arguments.add_argument("--nhs", type=Path)
    given = arguments.parse_args()
    for item in given.xed:
        language, _, path = item.partition("=")
        report("XED", xed(Path(path)), language)
    if given.nhs:
        report("NHS", nhs(given.nhs), "en")


if __name__ == "__main__":
    main()
