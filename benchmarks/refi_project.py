"""How long a large project takes out to .qdpx and back, and how much memory.

    python benchmarks/refi_project.py [--interviews 200] [--codings 50000] [--megabytes 20]
                                       [--profile peers|nvivo] [--study]

With --study the project goes into a whole study and out of it, as the commands import-project and
export do. Bars: import under 30 s and 1 GB (of the file alone), export under 15 s.
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

from cxresearch import open_study
from cxresearch.exchange.refi_project import RefiProject
from cxresearch.exchange.refi_read import read_refi_project
from cxresearch.exchange.refi_write import PROFILES, write_refi_project
from cxresearch.model import Code, Codebook, Words
from cxresearch.steps import export, import_project

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


def through_a_study(folder: Path, path: Path, profile: str) -> int:
    """Take the file into an empty study and write the study out; both timed."""
    folder.mkdir()
    settings = '[study]\nname = "large"\ntitle = { en = "Large" }\n'
    for phase in ("pre_purchase", "purchase", "post_purchase"):
        settings += f'[[phases]]\nphase = "{phase}"\nname = {{ en = "{phase}" }}\n'
    (folder / "study.toml").write_text("schema = 1\n" + settings, encoding="utf-8")
    taken = []
    with open_study(folder, coder="benchmark") as study:
        for told, step in (
            ("import-project", lambda: import_project(study, path)),
            ("export", lambda: export(study, "qdpx", folder / "out.qdpx", profile=profile)),
        ):
            started, worked = time.perf_counter(), time.process_time()
            step()
            taken.append(time.perf_counter() - started)
            print(f"whole study, {told}: {taken[-1]:.1f} s, "
                  f"{time.process_time() - worked:.1f} s of processor")  # fmt: skip
        print(f"whole study: {len(study.codings()):,} codings")
    return int(taken[0] > IMPORT_SECONDS or taken[1] > EXPORT_SECONDS)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--interviews", type=int, default=200)
    options.add_argument("--codings", type=int, default=50_000)
    options.add_argument("--megabytes", type=float, default=20)
    options.add_argument("--profile", choices=PROFILES, default="peers")
    options.add_argument("--study", action="store_true", help="through a whole study as well")
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
        started, worked = time.perf_counter(), time.process_time()
        write_refi_project(path, project, profile=given.profile)
        seconds = time.perf_counter() - started
        worked = time.process_time() - worked
        print(f"{given.interviews} interviews, {characters:,} characters, "
              f"{given.codings:,} codings: {path.stat().st_size / 1e6:.1f} MB")  # fmt: skip
        print(f"export: {seconds:.1f} s, {worked:.1f} s of processor")
        command = [sys.executable, __file__, "--read", str(path)]
        wrong = int(seconds > EXPORT_SECONDS) | subprocess.run(command, check=False).returncode
        if given.study:
            wrong |= through_a_study(Path(folder) / "study", path, given.profile)
        return wrong


if __name__ == "__main__":
    sys.exit(main())
