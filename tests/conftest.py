"""A small study that a test may spoil, and the sample study built once for all workers."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]

STUDY_TOML = """\
schema = 1

[study]
name = "small"
title = { fi = "Pieni tutkimus", en = "Small study" }
random_state = 7

[[phases]]
phase = "purchase"
name = { fi = "Ostaminen", en = "Purchase" }
[[phases.stages]]
stage = "quote"
name = { fi = "Tarjous", en = "Quote" }
cues = { fi = ["tarjous*"] }

[[phases]]
phase = "use"
name = { fi = "Käyttö", en = "Use" }
[[phases.stages]]
stage = "support"
name = { fi = "Tuki", en = "Support" }
cues = { fi = ["tuki", "soittaa"] }

[[touchpoints]]
touchpoint = "support_line"
name = { fi = "Tukipuhelin", en = "Support line" }
ownership = "brand_owned"
channel = "phone"
stages = ["support"]
critical = true
target = { metric = "csat", value = 0.8 }
terms = { fi = ["tuki", "tukipuhelin"] }

[[documents]]
files = "raw/interviews/*"

[[respondents]]
file = "raw/people.csv"
kind = "kind"
personal = ["name"]

[[surveys]]
survey = "survey"
file = "raw/survey.csv"
response = "id"
respondent = "who"
customer = "who"
answered_at = "date"
wave = "wave"
[[surveys.questions]]
column = "nps"
question = "nps"
metric = "nps"
[[surveys.questions]]
column = "support"
question = "csat_support"
metric = "csat"
low = 1
high = 5
stage = "support"
touchpoint = "support_line"
[[surveys.comments]]
column = "comment"
question = "why"
language = "fi"

[customers]
file = "raw/customers.csv"
customer = "who"
attributes = ["industry", "sensors"]
outcomes = ["churn"]
personal = ["contact"]

[kpis]
file = "raw/kpis.csv"
period = "month"
columns = ["revenue"]

[segments]
level1 = ["industry", "sensors"]
numbers = [2, 3]
bootstraps = 10
"""

CODEBOOK_TOML = """\
[[codes]]
code = "waiting"
kind = "pain"
name = { fi = "Odottaminen", en = "Waiting" }
valence = -1
terms = { fi = ["jonottaa", "odottaa", "jono*"] }

[[codes]]
code = "help"
kind = "delight"
name = { fi = "Apu", en = "Help" }
valence = 2
terms = { fi = ["auttaa", "ystävällinen", "apu"] }
"""

INTERVIEW = """\
Haastattelu {n}, 3.2.2025

H: Kerro, miten tuki toimii?

V: No mä soitin tukeen ja jouduin odottamaan neljäkymmentä minuuttia, se oli ihan turhaa aikaa.

H: Entä sitten?

V: Sitten Tuulikki Ristolehto auttoi heti ja oli tosi ystävällinen. Tarjous tuli kyllä myöhässä.
"""


def write_small_study(folder: Path, *, rows: int = 120) -> Path:
    """Write a complete little study with planted differences between two kinds of customers."""
    draw = np.random.default_rng(11)
    raw = folder / "raw"
    (raw / "interviews").mkdir(parents=True)
    for n in (1, 2):
        text = INTERVIEW.format(n=n)
        (raw / "interviews" / f"i{n}.txt").write_text(text, encoding="utf-8")
    people = "document,respondent,kind,name\ni1,P1,customer,Kerttu Vaahtomäki\ni2,P2,customer,\n"
    (raw / "people.csv").write_text(people, encoding="utf-8")
    who = [f"K{i:03d}" for i in range(rows)]
    large = np.arange(rows) % 2 == 0
    comments = np.where(
        draw.random(rows) < 0.5, "Jouduin jonottamaan tukeen.", "Tuki auttoi ystävällisesti."
    )
    survey = pd.DataFrame(
        {
            "id": [f"R{i}" for i in range(rows)],
            "who": who,
            "date": pd.date_range("2025-01-01", periods=rows, freq="D").strftime("%d.%m.%Y"),
            "wave": np.where(np.arange(rows) < rows / 2, "1", "2"),
            "nps": np.where(large, draw.integers(7, 11, rows), draw.integers(2, 9, rows)),
            "support": draw.integers(1, 6, rows),
            "comment": comments,
        }
    )
    survey.to_csv(raw / "survey.csv", sep=";", index=False)
    customers = pd.DataFrame(
        {
            "who": who,
            "industry": np.where(large, "hoiva", "kauppa"),
            "sensors": np.where(large, draw.normal(90, 5, rows), draw.normal(10, 2, rows)).round(),
            "churn": np.where(draw.random(rows) < 0.2, "kyllä", "ei"),
            "contact": [f"henkilo{i}@esimerkki.example" for i in range(rows)],
        }
    )
    customers.to_csv(raw / "customers.csv", index=False)
    months = pd.date_range("2023-01-01", periods=24, freq="MS").strftime("%Y-%m")
    revenue = draw.normal(100, 5, 24).round(1)
    pd.DataFrame({"month": months, "revenue": revenue}).to_csv(raw / "kpis.csv", index=False)
    (folder / "study.toml").write_text(STUDY_TOML, encoding="utf-8")
    (folder / "codebook.toml").write_text(CODEBOOK_TOML, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def make_small_study() -> Callable[..., Path]:
    """Writes a small study into a folder, for fixtures that live longer than a test."""
    return write_small_study


@pytest.fixture
def small_study(tmp_path: Path) -> Path:
    """The folder of a small study, not yet imported."""
    return write_small_study(tmp_path / "small")


@pytest.fixture(scope="session")
def sample_study(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the sample study, run through every step once for all test workers."""
    base = tmp_path_factory.getbasetemp()
    workspace = (base if worker_id == "master" else base.parent) / "sample"
    with (workspace.parent / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (workspace / "done").exists():
            _build_sample(workspace)
            (workspace / "done").touch()
    return workspace / "studies" / "kelohavu"


def _build_sample(workspace: Path) -> None:
    from cxresearch import open_study
    from cxresearch.pages import publish
    from cxresearch.steps import code, import_sources, link, segment

    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(ROOT / "studies" / "kelohavu", workspace / "studies" / "kelohavu")
    shutil.copytree(ROOT / "data" / "raw" / "kelohavu", workspace / "data" / "raw" / "kelohavu")
    with open_study(workspace / "studies" / "kelohavu", coder="tester") as study:
        for step in (import_sources, code, segment, link, publish):
            step(study)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of the xdist worker; `master` without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


def chromium() -> str | None:
    """Where Debian's chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
