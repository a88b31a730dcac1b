"""Draw the numbers of the sample study from a written model. Everything in it is fictional.

Run by hand, from anywhere:  python scripts/draw_sample.py [--to FOLDER]

Reads written_comments.csv (written by people) and interviewees.csv; writes customers.csv,
survey.csv, kpis.csv, pulse.csv, smileys.csv, purchases.csv and truth.csv. The same seed gives the
same bytes. No step of a study runs this: it is here so that what a tool finds can be held
against what was put in.

The model, planted truths (the README of data/raw/kelohavu gives what came out of the draw)
-------------------------------------------------------------------------------------------
T1  Four segments: small 0.36, careful 0.30, managed 0.22, mobile 0.12 of 700 customers; sensors
    around 8 / 90 / 25 / 45, support hours around 1.5 / 12 / 3.6 / 6, tenure around 20 / 60 / 40 /
    8 months; own mixes of plan and industry; revenue follows sensors and plan.
T2  Two attitude profiles in each of the two largest segments, by what they expected (1-5):
    small: installation 4.5 and support 2.4 (60 %), or 2.4 and 4.5 (40 %);
    careful: 4.6 and 4.6 (55 %), or 2.8 and 2.8 (45 %). Others around 3.6 and 3.5.
    A profile also speaks of themes of its own, four times as gladly (PROFILE_THEMES).
T3  Support satisfaction +1 goes with NPS answer +0.6; invoice satisfaction +1 with +0.7.
T4  A response that lives with false alarms: NPS answer -1.5, satisfaction with alarm messages -1.5.
    Groceries 45 %, food industry and logistics 20 %, others 10 %.
T5  Confounder: customers with many support hours are happier over all customers, unhappier inside
    each segment, because the large careful customers use support much and are happy.
T6  Churn: log odds -0.9 for each standard deviation of satisfaction.
T7  Monthly NPS of a unit goes before its churn share by 2 months: +15 points, -0.5 points of share.
    The other KPIs have nothing to do with it (the stream was chosen so that none does by chance).
T8  Wave 2025-10, unit Itä: latent support satisfaction -1.1.
T9  Installation satisfaction: own 4.2, partners 3.4; the target is 4.0.
T10 Industry `muu`: 4 customers, 4 responses. Must be hidden wherever a table has that cell.
T11 About 4 % of cells are missing in the customer table; questions are missing by design (support
    only when one had contact, installation when it is recent or by chance, expectations 90 %).
T12 Invoice errors lower invoice satisfaction by 1.2: property 50 %, others 12 %.
    Waiting lowers support satisfaction by 0.7: 30 % everywhere.
T13 From 2025-04 on the unit Länsi has a new guide: its support hours fall by 25 %.
T14 Share of wallet: small 0.72, managed 0.62, careful 0.55, mobile 0.45 on average.
T15 Of people, 60 % let themselves be contacted about their answer; 1 in 3 requests for a quotation
    becomes an order.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from sample_customers import (
    INDUSTRIES,
    SEGMENTS,
    UNITS,
    Row,
    clipped,
    customer_rows,
    draw_customers,
    draw_purchases,
    pick,
    purchase_rows,
    stream,
)

RAW = Path(__file__).resolve().parents[1] / "data" / "raw" / "kelohavu"
WAVES = ("2025-02", "2025-06", "2025-10")
HUMANS_IN_WAVE = (372, 390, 364)
CHANNELS = ("tekstiviesti", "puhelin", "portaali", "sähköposti", "mobiilisovellus", "kumppani")
OPEN_COLUMNS = {
    "what_worked": "mika_toimi",
    "what_to_improve": "mita_parantaa",
    "touchpoint_comment": "tuki_kommentti",
}
SURVEY_HEADER = (
    "vastaus_id,vastaaja_id,asiakas_id,vastaajatyyppi,vastattu,aalto,alue,kieli,nps,csat_asennus,"
    "csat_portaali,csat_halytys,csat_tuki,csat_lasku,ces_tuki,tavoite_onnistui,odotus_asennus,odotus_tuki,"
    "kanava_valinnat,mika_toimi,mita_parantaa,tuki_kommentti,saa_ottaa_yhteytta"
)
SURVEY_COLUMNS = SURVEY_HEADER.split(",")
FALSE_ALARMS = {"päivittäistavarakauppa": 0.45, "elintarviketeollisuus": 0.2, "logistiikka": 0.2}
TOPICS = {
    "pain_false_alarms": "false_alarms",
    "pain_invoice_errors": "invoice_errors",
    "pain_waiting": "waiting",
}
PROFILE_THEMES = {
    "easy_start": ("expect_easy_start", "delight_easy_use", "pain_installation", "pain_login"),
    "fast_help": ("expect_fast_response", "pain_waiting", "pain_false_alarms"),
    "demanding": ("need_compliance", "pain_information_gap", "communication", "pain_battery"),
    "trusting": ("need_certainty", "delight_expert_help", "value_relational", "partnership"),
}
GUIDE_FROM = "2025-04"
MONTHS = [f"{m // 12}-{m % 12 + 1:02d}" for m in range(2022 * 12 + 10, 2025 * 12 + 10)]


# survey


def draw_survey(customers: list[Row]) -> list[Row]:
    """Draw who answers in which wave, and what: humans, machine customers, partners."""
    rng = stream(5)
    languages = {c["key"]: draw_language(rng, c["industry"]) for c in customers}
    machines = [c for c in customers if c["segment"] in ("careful", "mobile")][5:21]
    rows = []
    for number, wave in enumerate(WAVES):
        for c in answering(rng, customers, number):
            rows.append(human_answer(rng, c, wave) | {"kieli": languages[c["key"]]})
        chosen = rng.permutation(len(machines))[: (14, 13, 13)[number]]
        rows += [machine_answer(rng, machines[i], wave) for i in sorted(chosen)]
        chosen = sorted(rng.permutation(12)[:10])
        rows += [partner_answer(rng, f"P{i + 1:02d}", wave) for i in chosen]
    rows.sort(key=lambda r: (r["vastattu"], r["vastaaja_id"]))
    consents = stream(22)
    for number, row in enumerate(rows, 1):
        row["vastaus_id"] = f"S{number:04d}"
        agrees = consents.random() < 0.6 and row["vastaajatyyppi"] != "kone"  # T15
        row["saa_ottaa_yhteytta"] = "kyllä" if agrees else "ei"
    return rows


def draw_language(rng: np.random.Generator, industry: str) -> str:
    swedish = {"hoiva ja terveys": 0.14, "päivittäistavarakauppa": 0.06}.get(industry, 0.06)
    english = {"logistiikka": 0.20, "elintarviketeollisuus": 0.16}.get(industry, 0.05)
    return pick(rng, ("sv", "en", "fi"), (swedish, english, 1 - swedish - english))


def answering(rng: np.random.Generator, customers: list[Row], number: int) -> list[Row]:
    """Choose customers of a wave: started, not gone; `muu` answers in the last wave only (T10)."""
    day = datetime.fromisoformat(f"{WAVES[number]}-01").date()
    here = [c for c in customers if c["start"] <= day and (c["left"] is None or c["left"] > day)]
    others = [c for c in here if c["industry"] != "muu"]
    fixed = [c for c in customers if c["industry"] == "muu" and number == 2]
    size = HUMANS_IN_WAVE[number]
    told = [i for i, c in enumerate(others) if int(c["key"][1:]) <= 13 and number == 1]
    rest = [i for i in range(len(others)) if i not in told]
    chosen = rng.choice(rest, size - len(told), replace=False)
    return fixed + [others[i] for i in sorted([*told, *chosen.tolist()])]


def moment(rng: np.random.Generator, wave: str) -> str:
    start = datetime.fromisoformat(f"{wave}-03T07:00:00")
    minutes = int(rng.integers(0, 19)) * 1440 + int(rng.integers(0, 13 * 60))
    return (start + timedelta(minutes=minutes, seconds=int(rng.integers(0, 60)))).isoformat()


def human_answer(rng: np.random.Generator, c: Row, wave: str) -> Row:
    spec = SEGMENTS[c["segment"]]
    alarms = rng.random() < FALSE_ALARMS.get(c["industry"], 0.1)
    invoices = rng.random() < (0.5 if c["industry"] == "kiinteistöt" else 0.12)
    waits = rng.random() < 0.30
    fall = 1.1 if wave == WAVES[2] and c["unit"] == "Itä" else 0.0  # T8
    support = spec["support"] + 0.2 - 0.4 * c["trouble"] - 0.7 * waits - fall + 0.75 * rng.normal()
    invoice = 4.1 - 1.2 * invoices + 0.7 * rng.normal()
    installed = (3.4 if c["channel"] == "kumppani" else 4.2) + 0.8 * rng.normal()  # T9
    nps = (
        spec["nps"]
        + 0.6 * (support - spec["support"])  # T3
        + 0.7 * (invoice - 3.9)
        - 1.5 * alarms  # T4
        - 0.5 * c["trouble"]
        + c["own"]
        + 0.7 * rng.normal()
    )
    row = empty_answer(rng, wave, c["unit"]) | {
        "vastaaja_id": f"V{c['key'][1:]}",
        "asiakas_id": c["key"],
        "vastaajatyyppi": "asiakas",
        "nps": clipped(nps, 0, 10),
        "_feeling": (nps - 7.5) / 1.5,
        "_industry": c["industry"],
        "_themes": PROFILE_THEMES.get(c["profile"], ()),
        "_topics": {"false_alarms": alarms, "invoice_errors": invoices, "waiting": waits},
    }
    portal = 3.8 + 0.15 * (nps - 7) + 0.8 * rng.normal()
    row |= closed_answers(rng, c, wave, (support, invoice, installed, portal))
    if rng.random() < 0.85:
        row["csat_halytys"] = clipped(4.3 - 1.5 * alarms + 0.7 * rng.normal(), 1, 5)  # T4
    if rng.random() < 0.02:
        row["nps"] = ""
    return row


def closed_answers(rng: np.random.Generator, c: Row, wave: str, latent: tuple[float, ...]) -> Row:
    """Ask only what the customer can know (T11)."""
    support, invoice, installed, portal = latent
    _, place, help_ = SEGMENTS[c["segment"]]["profiles"][c["profile"]]
    row: Row = {}
    since = (datetime.fromisoformat(f"{wave}-01").date() - c["start"]).days / 30.4
    if since <= 24 or rng.random() < 0.35:
        row["csat_asennus"] = clipped(installed, 1, 5)
    if rng.random() < 0.85:
        row["csat_portaali"] = clipped(portal, 1, 5)
    if rng.random() < min(0.95, max(0.35, 1 - math.exp(-c["hours"] / 3))):
        row["csat_tuki"] = clipped(support, 1, 5)
        row["ces_tuki"] = clipped(support - 0.2 + 0.6 * rng.normal(), 1, 5)
        reached = rng.random() < 1 / (1 + math.exp(-1.3 * (support - 2.6)))
        row["tavoite_onnistui"] = "kyllä" if reached else "ei"
    if rng.random() < 0.88:
        row["csat_lasku"] = clipped(invoice, 1, 5)
    if rng.random() < 0.90:
        row["odotus_asennus"] = clipped(place + 0.45 * rng.normal(), 1, 5)
        row["odotus_tuki"] = clipped(help_ + 0.45 * rng.normal(), 1, 5)
    odds = [0.75, 0.55, 0.5, 0.45, 0.75 if c["segment"] == "mobile" else 0.2, 0.25]
    chosen = [n for n, p in zip(CHANNELS, odds, strict=True) if rng.random() < p]
    row["kanava_valinnat"] = ";".join(chosen)
    return row


def empty_answer(rng: np.random.Generator, wave: str, unit: str) -> Row:
    row: Row = dict.fromkeys(SURVEY_COLUMNS, "")
    return row | {"vastattu": moment(rng, wave), "aalto": wave, "alue": unit, "kieli": "fi"}


def machine_answer(rng: np.random.Generator, c: Row, wave: str) -> Row:
    """Draw what a purchasing bot reports: numbers, no expectations, no channels."""
    works = rng.normal()
    return empty_answer(rng, wave, c["unit"]) | {
        "vastaaja_id": f"B{c['key'][1:]}",
        "asiakas_id": c["key"],
        "vastaajatyyppi": "kone",
        "kieli": "other",
        "nps": clipped(5.2 + 1.6 * works, 0, 10),
        "csat_portaali": clipped(2.6 + 0.6 * works, 1, 5),
        "csat_lasku": clipped(3.2 + 0.8 * works, 1, 5),
        "ces_tuki": clipped(2.4 + 0.5 * works, 1, 5),
        "tavoite_onnistui": "kyllä" if works > 0.1 else "ei",
        "_feeling": works,
        "_industry": "any",
        "_themes": (),
        "_topics": {},
    }


def partner_answer(rng: np.random.Generator, key: str, wave: str) -> Row:
    feels = rng.normal()
    return empty_answer(rng, wave, "Kumppanimyynti") | {
        "vastaaja_id": key,
        "vastaajatyyppi": "kumppani",
        "nps": clipped(6.8 + 1.5 * feels, 0, 10),
        "csat_portaali": clipped(3.0 + 0.7 * feels, 1, 5),
        "csat_tuki": clipped(3.1 + 0.7 * feels, 1, 5),
        "_feeling": feels,
        "_industry": "any",
        "_themes": (),
        "_topics": {},
    }


# written comments to responses


def spread_comments(rows: list[Row], comments: list[Row]) -> None:
    """Give each written comment to one response that it fits; then repeat the short ones."""
    rng = stream(6)
    for i in rng.permutation(len(comments)):
        place_comment(rng, rows, comments[i])
    short = [c for c in comments if len(c["text"].split()) <= 2 and c["industry"] == "any"]
    again = [c for c in short if c["kind"] == "customer" and "pain_" not in c["themes"]]
    for _ in range(170):
        place_comment(rng, rows, again[int(rng.integers(len(again)))])
    machines = [c for c in comments if c["kind"] == "machine"]
    for _ in range(45):
        place_comment(rng, rows, machines[int(rng.integers(len(machines)))])


def place_comment(rng: np.random.Generator, rows: list[Row], comment: Row) -> None:
    column = OPEN_COLUMNS[comment["question"]]
    kind = {"customer": "asiakas", "machine": "kone", "partner": "kumppani"}[comment["kind"]]
    industry = INDUSTRIES.get(comment["industry"], "any")
    open_to = [
        r
        for r in rows
        if r[column] == ""
        and r["vastaajatyyppi"] == kind
        and r["kieli"] == comment["language"]
        and (industry == "any" or r["_industry"] == industry)
        and (column != "tuki_kommentti" or kind == "kone" or r["csat_tuki"] != "")
    ]
    if not open_to:
        if kind == "kone":
            return
        raise ValueError(f"no response has room for {comment['comment_id']}")
    weights = np.array([fit(r, comment) for r in open_to])
    row = open_to[int(rng.choice(len(open_to), p=weights / weights.sum()))]
    row[column] = comment["text"]


def fit(row: Row, comment: Row) -> float:
    """Weigh how well a comment's mood and topics go with a response and its profile."""
    distance = max(-2.0, min(2.0, row["_feeling"])) - int(comment["mood"])
    weight = math.exp(-(distance**2) / 1.5)
    themes = comment["themes"].split(";")
    if any(theme in row["_themes"] for theme in themes):
        weight *= 4.0
    for theme, topic in TOPICS.items():
        if theme in themes:
            weight *= 12.0 if row["_topics"].get(topic) else 0.3
    return weight + 1e-9


# units and months


def draw_months() -> tuple[list[Row], list[Row], list[Row]]:
    """Draw KPIs, monthly NPS and smileys of each unit; churn follows NPS by two months (T7)."""
    rng = stream(11)  # a draw in which no other KPI happens to go with NPS
    asked = stream(23)
    kpis, pulse, smileys = [], [], []
    bases = zip(UNITS, (22, 18, 8, 26, 2), (410, 300, 240, 170, 205), strict=True)
    for unit, level, revenue in bases:
        mood = drifting(rng, len(MONTHS) + 2)
        for t, month in enumerate(MONTHS):
            now, before = mood[t + 2], mood[t]
            where = {"kuukausi": month, "yksikko": unit}
            votes = pulse_votes(rng, level + now)
            nps = 100 * (votes[2] - votes[0]) / votes.sum()
            pulse.append(where | dict(zip(PULSE, [*votes.tolist(), f"{nps:.2f}"], strict=True)))
            kpi = kpi_month(rng, t, revenue)
            churn = 0.024 - 0.0006 * (level - 15) / 15 - 0.005 * before / 15
            kpi["poistuma_osuus"] = f"{max(0.001, churn + 0.0016 * rng.normal()):.4f}"
            if unit == "Länsi" and month >= GUIDE_FROM and kpi["tukitunnit"]:  # T13
                kpi["tukitunnit"] = f"{0.75 * float(kpi['tukitunnit']):.1f}"
            orders = kpi["uudet_tilaukset"]
            kpi["tarjouspyynnot"] = orders + int(asked.poisson(2 * orders + 1))  # T15
            kpis.append(where | kpi | {"nps_kuukausi": f"{nps:.2f}"})
            for place, visitors in (("huoltopiste", 130), ("koulutustila", 45)):
                faces = rng.multinomial(rng.poisson(visitors), face_shares(level + now))
                row = where | {"paikka": place}
                smileys.append(row | dict(zip(FACES, faces.tolist(), strict=True)))
    return kpis, pulse, smileys


PULSE = ("arvostelijat", "neutraalit", "suosittelijat", "nps_kuukausi")
FACES = ("erittain_tyytyvainen", "tyytyvainen", "tyytymaton", "erittain_tyytymaton")


def drifting(rng: np.random.Generator, length: int) -> list[float]:
    """Draw a monthly NPS away from its level: standard deviation 15, short memory."""
    values, value = [], 0.0
    for _ in range(length):
        value = 0.25 * value + 15 * math.sqrt(1 - 0.25**2) * rng.normal()
        values.append(value)
    return values


def pulse_votes(rng: np.random.Generator, nps: float) -> np.ndarray:
    share = min(95.0, max(-95.0, nps)) / 100
    middle = 0.30 * (1 - abs(share))
    promoters = (1 - middle + share) / 2
    return rng.multinomial(
        90 + int(rng.integers(0, 60)), (1 - middle - promoters, middle, promoters)
    )


def face_shares(nps: float) -> list[float]:
    good = 1 / (1 + math.exp(-(0.7 + nps / 60)))
    return [good * 0.55, good * 0.45, (1 - good) * 0.6, (1 - good) * 0.4]


def kpi_month(rng: np.random.Generator, t: int, revenue: float) -> Row:
    season = math.sin(2 * math.pi * (t + 10 - 4) / 12)  # top in July and August
    level = revenue * (1 + 0.005 * t) * (1 + 0.05 * season) * math.exp(0.02 * rng.normal())
    hours = revenue * 0.35 * (1 + 0.25 * season) * math.exp(0.06 * rng.normal())
    return {
        "liikevaihto_keur": f"{level:.1f}",
        "uudet_tilaukset": int(rng.poisson(revenue / 18 * (1 + 0.004 * t) * (1 + 0.2 * season))),
        "poistuma_osuus": "",
        "tukitunnit": f"{hours:.1f}" if rng.random() >= 0.02 else "",
    }


# files


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write(path: Path, rows: list[Row], *, separator: str = ",", encoding: str = "utf-8") -> None:
    columns = [c for c in rows[0] if not c.startswith("_")]
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(
            handle, columns, delimiter=separator, lineterminator="\n", extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(rows)


def draw(source: Path, target: Path, say: Callable[[str], None]) -> None:
    """Draw every table and write it."""
    people = {p["customer"]: p for p in read(source / "interviewees.csv") if p["customer"]}
    customers = draw_customers(people)
    purchases = draw_purchases(customers)
    survey = draw_survey(customers)
    spread_comments(survey, read(source / "written_comments.csv"))
    kpis, pulse, smileys = draw_months()
    truth = [
        {"asiakas_id": c["key"], "segment": c["segment"], "profile": c["profile"]}
        for c in customers
    ]
    target.mkdir(parents=True, exist_ok=True)
    crm = {"separator": ";", "encoding": "utf-8-sig"}
    write(target / "customers.csv", customer_rows(customers, purchases), **crm)
    write(target / "purchases.csv", purchase_rows(purchases), **crm)
    write(target / "survey.csv", [{k: r[k] for k in SURVEY_COLUMNS} for r in survey])
    for name, rows in (("kpis", kpis), ("pulse", pulse), ("smileys", smileys), ("truth", truth)):
        write(target / f"{name}.csv", rows)
    say(f"{len(customers)} customers, {len(survey)} responses, {len(purchases)} purchases")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw the numbers of the sample study.")
    parser.add_argument("--to", type=Path, default=RAW, help="folder that gets the files")
    draw(RAW, parser.parse_args().to, print)
