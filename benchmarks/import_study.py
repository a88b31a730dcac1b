"""How long a whole import takes: 100,000 survey rows with three open columns, start to study file.

    python benchmarks/import_study.py [--rows 100000]

It writes its own survey to a scratch folder, runs `cxresearch init` and `cxresearch import` as a
person would, and prints seconds and the peak memory of the processes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

WORDS = [
    "tuki",
    "vastasi",
    "nopeasti",
    "mutta",
    "lasku",
    "oli",
    "taas",
    "väärin",
    "ja",
    "jouduin",
    "odottamaan",
    "puhelimessa",
    "kauan",
    "portaali",
    "toimii",
    "hyvin",
    "raportti",
    "syntyi",
    "itse",
    "asentaja",
    "myöhästyi",
    "viikon",
    "eikä",
    "kukaan",
    "kertonut",
]


def write_survey(path: Path, rows: int) -> None:
    draw = np.random.default_rng(3)
    lengths = draw.integers(4, 30, rows * 3)
    words = draw.choice(WORDS, lengths.sum())
    ends = np.cumsum(lengths)
    texts = [" ".join(words[end - n : end]) for n, end in zip(lengths, ends, strict=True)]
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 300, rows), unit="D")
    table = pd.DataFrame(
        {
            "response_id": [f"R{i}" for i in range(rows)],
            "customer_id": [f"K{i % 60_000}" for i in range(rows)],
            "answered_at": days.strftime("%Y-%m-%d"),
            "nps_0_10": draw.integers(0, 11, rows),
            "satisfaction_1_5": draw.integers(1, 6, rows),
            **{f"comment_{k}": texts[i::3] for i, k in enumerate(("good", "bad", "else"))},
        }
    )
    table.to_csv(path, index=False)


def timed(*command: str, folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "cxresearch.cli", *command], cwd=folder, check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_survey(folder / "survey.csv", rows)
        size = (folder / "survey.csv").stat().st_size / 2**20
        init = timed("init", "survey.csv", folder=folder)
        whole = timed("import", folder=folder)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{rows} rows, {size:.0f} MB: init {init:.1f} s, import {whole:.1f} s, peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
