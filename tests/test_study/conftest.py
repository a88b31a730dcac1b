"""A small study on each database that is there: SQLite always, PostgreSQL when its url is given."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from cxresearch.study import Study, act, open_study

POSTGRES = os.environ.get("CXRESEARCH_TEST_POSTGRES")

SETTINGS = """
schema = 1
[study]
name = "{name}"
title = {{fi = "Koe", en = "Trial"}}
[[phases]]
phase = "pre_purchase"
name = {{fi = "Ennen ostoa", en = "Before buying"}}
[[phases.stages]]
stage = "search"
name = {{fi = "Tiedonhaku", en = "Search"}}
[[phases]]
phase = "post_purchase"
name = {{fi = "Oston jälkeen", en = "After buying"}}
[[touchpoints]]
touchpoint = "portal"
name = {{fi = "Portaali", en = "Portal"}}
ownership = "brand_owned"
channel = "web"
stages = ["search"]
"""

CODEBOOK = """
[[codes]]
code = "billing-error"
parent = "billing"
kind = "pain"
name = {fi = "Virhe laskussa", en = "Billing error"}
[[codes]]
code = "billing"
kind = "theme"
name = {fi = "Laskutus", en = "Billing"}
definition = "Anything about invoices."
terms = {fi = ["lasku*"]}
[[codes]]
code = "speed"
kind = "delight"
name = {fi = "Nopeus", en = "Speed"}
shortcut = "s"
"""

TEXT = "Lasku oli väärin 😡, soitin heti. Vastaus tuli nopeasti. Lasku korjattiin."


@pytest.fixture
def study_folder(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(SETTINGS.format(name="trial"), encoding="utf-8")
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    return tmp_path


def _ticking() -> Callable[[], str]:
    """A clock that moves a second each time it is looked at."""
    moments = iter(pd.date_range("2026-01-01", periods=10**6, freq="s"))
    return lambda: next(moments).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture(params=["sqlite", "postgres"] if POSTGRES else ["sqlite"])
def open_it(request: pytest.FixtureRequest, study_folder: Path) -> Iterator[Callable[..., Study]]:
    """Opens the same study as often as asked, by whatever coder."""
    url = None
    name = f"t{uuid.uuid4().hex[:20]}"
    if request.param == "postgres":
        url = POSTGRES
        (study_folder / "study.toml").write_text(SETTINGS.format(name=name), encoding="utf-8")
    opened: list[Study] = []
    clock = _ticking()

    def opener(coder: str = "aino", **options: object) -> Study:
        opened.append(open_study(study_folder, coder=coder, url=url, now=clock, **options))
        return opened[-1]

    yield opener
    for study in opened:
        study.close()
    if url is not None:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
        engine.dispose()


@pytest.fixture
def study(open_it: Callable[..., Study]) -> Study:
    return open_it()


@pytest.fixture
def interview() -> dict[str, pd.DataFrame]:
    documents = pd.DataFrame(
        [
            {
                "document": "h01",
                "kind": "interview",
                "text": TEXT,
                "language": "fi",
                "source": "h01.txt",
                "sha256": "a" * 64,
            }
        ]
    )
    second = TEXT.index("Vastaus")
    turns = pd.DataFrame(
        [
            {"document": "h01", "turn": 0, "start": 0, "end": second - 1, "role": "customer"},
            {"document": "h01", "turn": 1, "start": second, "end": len(TEXT), "role": "customer"},
        ]
    )
    return {"documents": documents, "turns": turns}


@pytest.fixture
def coded(study: Study, interview: dict[str, pd.DataFrame]) -> Study:
    """One interview with two codings of one coder."""
    act(study, "import_documents", **interview)
    place = TEXT.index("Vastaus")
    act(
        study, "add_coding", document="h01", start=0, end=5, code="billing", valence=-2, coding="c1"
    )
    act(study, "add_coding", document="h01", start=place, end=place + 7, code="speed", coding="c2")
    return study


@pytest.fixture
def comments() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": ["s/1/open", "s/2/open"],
            "response": ["1", "2"],
            "question": ["open", "open"],
            "text": ["Hyvä palvelu!", "Lasku myöhässä"],
            "respondent": ["r1", "r2"],
            "language": ["fi", "fi"],
        }
    )
