"""How long a large project takes out to .qdpx and back, and how much memory.

    python benchmarks/refi_project.py [--interviews 200] [--codings 50000] [--megabytes 20]
                                       [--profile peers|nvivo]

Bars: import under 30 s and 1 GB, export under 15 s.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cxresearch.exchange.refi_project import RefiProject
from cxresearch.exchange.refi_read import read_refi_project
from cxresearch.exchange.refi_write import PROFILES, write_refi_project
from cxresearch.model import Code, Codebook, Words

WORDS = [
    "asiakas", "odotti", "tukea", "pitkään", "mutta", "palvelu", "toimi", "lopulta", "hyvin", "ja",
    "hinta", "oli", "kohtuullinen", "tarjous", "myöhästyi", "viikolla", "😀", "sähköposti",
    "hukkui", "kärsivällisyys", "loppui", "öljynvaihto", "nopeasti",
]  # fmt: skip
EXPORT_SECONDS, IMPORT_SECONDS, IMPORT_MEGABYTES = 15.0, 30.0, 1024.0


def generated(interviews: int, codings: int, megabytes: float) -> RefiProject:
    draw = np.random.default_rng(8)
    length = int(megabytes * 1e6 / interviews)
    texts = []
    for _ in range(interviews):
        words = draw.choice(WORDS, size=length // 8)
        lines = [" ".join(words[i : i + 40]) for i in range(0, len(words), 40)]
        texts.append("\n".join(f"{'HV'[i % 2]}: {line}." for i, line in enumerate(lines)))
    documents = pd.DataFrame(
        {
            "document": [f"haastattelu_{i:03d}" for i in range(interviews)],
            "kind": "interview",
            "text": texts,
            "respondent": [f"P{i:03d}" for i in range(interviews)],
        }
    )
    parents = [None, *[f"code_{i // 4:03d}" for i in range(4, 120, 4)]]
    codes = tuple(
        Code(f"code_{i:03d}", "theme", Words(en=f"Code {i}"), parent=parents[i % 3] and "code_000")
        for i in range(120)
    )
    which = np.sort(draw.integers(0, interviews, codings))
    starts = (draw.random(codings) * (length * 0.8)).astype(int)
    ends = starts + draw.integers(5, 300, codings)
    frame = pd.DataFrame(
        {
            "coding": [f"c{i}" for i in range(codings)],
            "document": documents["document"].to_numpy()[which],
            "start": starts,
            "end": ends,
            "quote": [texts[d][a:b] for d, a, b in zip(which, starts, ends, strict=True)],
            "code": [f"code_{i:03d}" for i in draw.integers(0, 120, codings)],
            "coder": draw.choice(["anna", "bert"], codings),
            "origin": "human",
            "phase": draw.choice(["pre_purchase", "purchase", "post_purchase"], codings),
            "valence": draw.integers(-2, 3, codings),
            "coded_at": pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(codings), unit="s"),
        }
    )
    people = pd.DataFrame(
        {
            "respondent": documents["respondent"],
            "kind": "customer",
            "age": draw.integers(18, 90, interviews),
        }
    )
    return RefiProject("Benchmark", documents, Codebook(codes), frame, respondents=people)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--interviews", type=int, default=200)
    options.add_argument("--codings", type=int, default=50_000)
    options.add_argument("--megabytes", type=float, default=20)
    options.add_argument("--profile", choices=PROFILES, default="peers")
    options.add_argument("--read", type=Path, help="only read this file, in a process of its own")
    given = options.parse_args()
    if given.read:
        started = time.perf_counter()
        project, evidence, failures = read_refi_project(given.read)
        seconds = time.perf_counter() - started
        # getrusage would tell the peak of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        print(evidence.sentence())
        print(f"import: {seconds:.1f} s, {peak:.0f} MB, {len(project.codings):,} codings, "
              f"{len(failures)} failures")  # fmt: skip
        return int(seconds > IMPORT_SECONDS or peak > IMPORT_MEGABYTES)
    project = generated(given.interviews, given.codings, given.megabytes)
    characters = int(project.documents["text"].str.len().sum())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.qdpx"
        started = time.perf_counter()
        write_refi_project(path, project, profile=given.profile)
        seconds = time.perf_counter() - started
        print(f"{given.interviews} interviews, {characters:,} characters, "
              f"{given.codings:,} codings: {path.stat().st_size / 1e6:.1f} MB")  # fmt: skip
        print(f"export: {seconds:.1f} s")
        command = [sys.executable, __file__, "--read", str(path)]
        return int(seconds > EXPORT_SECONDS) | subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
