"""Agreement of a million units and three coders: every measure, beside the package krippendorff.

Run: OMP_NUM_THREADS=1 python benchmarks/agreement.py [--units 1000000] [--codings 50000]
Prints the time of alpha at each level of measurement here and in the package krippendorff, in one
run on the same ratings, with their ratio and the difference of the values; of all measures with
bootstrap intervals; and of agreement code by code on a study of so many codings.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import krippendorff
import numpy as np
import pandas as pd

from cxresearch.coding import agreement_of_ratings, coder_agreement, krippendorff_alpha

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def best(work: Callable[[], object], rounds: int) -> tuple[float, object]:
    taken = [timed(work) for _ in range(rounds)]
    return min(seconds for seconds, _ in taken), taken[0][1]


def ratings(units: int) -> np.ndarray:
    """Three coders, five categories, agreement well above chance, one rating in ten missing."""
    random = np.random.default_rng(1)
    truth = random.choice(5, size=units, p=[0.5, 0.2, 0.15, 0.1, 0.05])
    given = np.repeat(truth[:, None], 3, axis=1)
    slip = random.random(given.shape) < 0.25
    given[slip] = random.integers(0, 5, slip.sum())
    table = given + 1.0
    table[random.random(table.shape) < 0.1] = np.nan
    return table


def study(codings: int, documents: int = 200, length: int = 100_000) -> tuple[pd.DataFrame, ...]:
    """Three coders over the same documents; the second and third move the first one's borders."""
    random = np.random.default_rng(2)
    size = codings // 3
    document = random.integers(0, documents, size)
    start, wide = random.integers(100, length - 900, size), random.integers(60, 400, size)
    code = random.integers(0, 30, size)
    parts = [
        pd.DataFrame(
            {"document": [f"d{d:03d}" for d in document], "coder": coder,
             "code": [f"k{k:02d}" for k in code], "start": start + random.integers(-20, 20, size),
             "end": start + wide + random.integers(-15, 20, size)}
        )
        for coder in ("a", "b", "c")
    ]  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    rows["coding"] = rows.index.astype(str)
    rows["quote"], rows["origin"] = "x", "human"
    texts = pd.DataFrame(
        {"document": [f"d{d:03d}" for d in range(documents)], "kind": "interview",
         "text": "x" * length}
    )  # fmt: skip
    turn = np.arange(0, length, 250)
    turns = pd.DataFrame(
        {"document": np.repeat(texts["document"].to_numpy(), len(turn)),
         "turn": np.tile(np.arange(len(turn)), documents), "start": np.tile(turn, documents),
         "end": np.tile(turn + 249, documents)}
    )  # fmt: skip
    return rows, texts, turns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--codings", type=int, default=50_000)
    given = parser.parse_args()
    table = ratings(given.units)
    krippendorff_alpha(table[:1000])
    krippendorff.alpha(reliability_data=table[:1000].T, level_of_measurement="nominal")
    print(f"{given.units:,} units x 3 coders, 5 categories, one rating in ten missing")
    for level in LEVELS:
        ours, value = best(lambda level=level: krippendorff_alpha(table, level=level), 3)
        theirs, other = best(
            lambda level=level: krippendorff.alpha(
                reliability_data=table.T, level_of_measurement=level
            ),
            2,
        )
        print(
            f"  alpha {level:9} {value:.6f}  here {ours:6.2f} s  krippendorff {theirs:6.2f} s  "
            f"ratio {theirs / ours:5.1f}  difference {abs(value - other):.1e}"
        )
    seconds, found = timed(lambda: agreement_of_ratings(table, bootstraps=1000))
    print(f"  all measures with 1,000 resamples: {seconds:.2f} s")
    print(found.table.round(4).to_string(index=False))
    rows, texts, turns = study(given.codings)
    print(f"{len(rows):,} codings of 3 coders and 30 codes on {len(texts)} documents")
    for unit in ("turn", "character"):
        seconds, found = timed(
            lambda unit=unit: coder_agreement(rows, texts, turns=turns, unit=unit, bootstraps=200)
        )
        whole = found.table.set_index("code").loc["all"]
        print(f"  by {unit:9} {seconds:6.2f} s  n {whole['n']:,}  alpha {whole['alpha']:.3f}")


if __name__ == "__main__":
    main()
