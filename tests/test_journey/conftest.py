"""A small invented study: stages, touchpoints, codes and codings with what must be found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

STAGES = (
    ("pre", "search", "Ennen ostoa", "Before purchase", "Tiedonhaku", "Information search"),
    ("pre", "advice", "Ennen ostoa", "Before purchase", "Suosittelut", "Recommendations"),
    ("buy", "contract", "Ostotapahtuma", "Purchase", "Sopimus", "Contract"),
    ("post", "use", "Oston jälkeen", "After purchase", "Käyttö", "Use"),
    ("post", "support", "Oston jälkeen", "After purchase", "Tukipyynnöt", "Support requests"),
    ("post", "renewal", "Oston jälkeen", "After purchase", "Uusiminen", "Renewal"),
)
TOUCHPOINTS = (
    ("website", "brand_owned", "digital", "Verkkosivut", "Website", False, "search"),
    ("portal", "brand_owned", "digital", "Portaali", "Portal", True, "use"),
    ("support_line", "brand_owned", "phone", "Tuki", "Support line", True, "support"),
    ("newsletter", "brand_owned", "email", "Uutiskirje", "Newsletter", False, "renewal"),
    ("installer", "partner_owned", "in_person", "Asentaja", "Installer", False, "contract"),
    ("own_sheet", "customer_owned", "document", "Oma vihko", "Own log sheet", False, None),
    ("peer", "social", "word_of_mouth", "Kollegan suositus", "Peer", False, None),
    ("fair", "brand_owned", "in_person", "Messut", "Trade fair", False, None),
)
CODES = (
    ("need_certainty", "need", "Varmuus", "Certainty"),
    ("expect_fast", "expectation", "Nopea vastaus", "Fast response"),
    ("pain_waiting", "pain", "Odottaminen", "Waiting"),
    ("pain_login", "pain", "Kirjautuminen", "Logging in"),
    ("delight_help", "delight", "Asiantunteva apu", "Expert help"),
    ("value_trust", "value", "Luottamus", "Trust"),
)
# code, stage, touchpoint, one valence for each document
SAID = (
    ("need_certainty", "search", "website", (0, 0, 1, 0, 0, 1)),
    ("value_trust", "advice", "peer", (2, 2, 1, 2, 2, 1)),
    ("pain_login", "use", "portal", (-1, -2, -1, -1)),
    ("need_certainty", "use", "own_sheet", (0, 1, 0, 0, 0)),
    ("pain_waiting", "support", "support_line", (-2, -2, -1, -2, -2, -2, -1, -2)),
    ("delight_help", "support", "support_line", (2, 2, 1, 2, 1)),
    ("expect_fast", "support", "support_line", (-1, -1)),
    ("pain_waiting", "renewal", None, (-2, -2)),
)


@pytest.fixture
def stages() -> pd.DataFrame:
    columns = ["phase", "stage", "phase_fi", "phase_en", "stage_fi", "stage_en"]
    table = pd.DataFrame(STAGES, columns=columns)
    return table.assign(position=range(len(table)))


@pytest.fixture
def touchpoints() -> pd.DataFrame:
    columns = ["touchpoint", "ownership", "channel", "name_fi", "name_en", "critical", "stages"]
    return pd.DataFrame(TOUCHPOINTS, columns=columns)


@pytest.fixture
def codebook() -> pd.DataFrame:
    return pd.DataFrame(CODES, columns=["code", "kind", "name_fi", "name_en"])


@pytest.fixture
def codings() -> pd.DataFrame:
    rows = []
    for code, stage, touchpoint, valences in SAID:
        for person, valence in enumerate(valences):
            place = 1000 * len(rows)
            rows.append(
                {
                    "coding": f"c{len(rows):03d}",
                    "document": f"h{person:02d}",
                    "start": place,
                    "end": place + 50,
                    "quote": "kanarialintu ei saa näkyä kartalla",
                    "code": code,
                    "coder": "mk",
                    "origin": "human",
                    "stage": stage,
                    "touchpoint": touchpoint,
                    "valence": valence,
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture
def quotes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": ["h01", "h02"],
            "start": [0, 100],
            "end": [40, 160],
            "published": ["Jonotin <puhelimessa> vartin & kyllästyin", "Ihminen tiesi heti"],
            "code": ["pain_waiting", "delight_help"],
            "stage": ["support", "support"],
            "valence": [-2, 2],
        }
    )


@pytest.fixture
def scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": ["nps", "csat", "ces", "goal"],
            "stage": ["use", None, "support", "renewal"],
            "touchpoint": [None, "portal", "support_line", None],
            "n": [120, 80, 60, 3],
            "value": [23.0, 0.62, 3.6, 0.3],
            "ci_low": [10.0, 0.51, 3.2, 0.1],
            "ci_high": [36.0, 0.72, 4.0, 0.7],
        }
    )


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)
