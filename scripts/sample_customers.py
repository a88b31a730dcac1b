"""Customers and purchases of the sample study: the written model in code. See draw_sample.py."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np

SEED = 20250901
Row = dict[str, Any]

LAST_DAY = date(2025, 10, 31)
UNITS = {"Etelä": 0.28, "Länsi": 0.22, "Itä": 0.20, "Pohjoinen": 0.14, "Kumppanimyynti": 0.16}
INDUSTRIES = {
    "grocery": "päivittäistavarakauppa",
    "food_industry": "elintarviketeollisuus",
    "care": "hoiva ja terveys",
    "property": "kiinteistöt",
    "logistics": "logistiikka",
}
PLANS = {"Perus": 11.9, "Plus": 14.9, "Huoleton": 19.9}
SEGMENTS: dict[str, Row] = {
    "small": {
        "size": 252, "sensors": 8, "hours": 1.5, "tenure": (20, 7), "nps": 6.8, "support": 3.4,
        "plans": (0.75, 0.22, 0.03), "industries": (0.60, 0.06, 0.12, 0.18, 0.04),
        "buys": 0.30, "amount": 120,
        "profiles": {"easy_start": (0.60, 4.5, 2.4), "fast_help": (0.40, 2.4, 4.5)},
    },
    "careful": {
        "size": 210, "sensors": 90, "hours": 12, "tenure": (60, 11), "nps": 9.1, "support": 4.2,
        "plans": (0.05, 0.35, 0.60), "industries": (0.08, 0.36, 0.48, 0.04, 0.04),
        "buys": 0.62, "amount": 480,
        "profiles": {"demanding": (0.55, 4.6, 4.6), "trusting": (0.45, 2.8, 2.8)},
    },
    "managed": {
        "size": 154, "sensors": 25, "hours": 3.6, "tenure": (40, 8), "nps": 7.8, "support": 3.6,
        "plans": (0.20, 0.72, 0.08), "industries": (0.12, 0.08, 0.06, 0.70, 0.04),
        "buys": 0.36, "amount": 260, "profiles": {"managed": (1.0, 3.6, 3.5)},
    },
    "mobile": {
        "size": 84, "sensors": 45, "hours": 6, "tenure": (8, 3), "nps": 8.3, "support": 3.8,
        "plans": (0.50, 0.45, 0.05), "industries": (0.10, 0.06, 0.02, 0.04, 0.78),
        "buys": 0.50, "amount": 310, "profiles": {"mobile": (1.0, 3.6, 3.5)},
    },
}  # fmt: skip
# Those who were interviewed are customers too: sensors, tenure, segment, unit, firm as told.
INTERVIEWED: dict[str, tuple[int, int, str, str, str]] = {
    "K0001": (34, 30, "managed", "Etelä", "Kurjenpolven Kauppa"),
    "K0002": (22, 25, "small", "Etelä", "Lähivakka Riihimäki"),
    "K0003": (9, 24, "small", "Itä", "Hoivakoti Lumpeenkehto"),
    "K0004": (86, 41, "careful", "Länsi", "Tervaharjun Eines Oy"),
    "K0005": (137, 31, "careful", "Länsi", "Karinkulman Isännöinti Oy"),
    "K0006": (38, 20, "mobile", "Länsi", "Hallapyörä Kuljetus Oy"),
    "K0010": (46, 46, "managed", "Etelä", "Brinkvoort Finland Oy"),
    "K0011": (118, 26, "mobile", "Etelä", "Keravan Kylmäterminaali Oy"),
    "K0012": (22, 41, "managed", "Länsi", "Havtornsgården"),
    "K0013": (16, 25, "small", "Itä", "Hoivakoti Utuharju"),
}
OTHER_INDUSTRY = ("K0101", "K0202", "K0303", "K0404")  # T10
FIRST_NAMES_TEXT = (
    "Aino Arto Birgitta Eero Eeva Elina Esko Hanna Harri Heidi Ilkka Inka Jaana Jani Johanna Jouko "
    "Juha Kaisa Kalle Kari Katja Kirsi Lasse Leena Maarit Marko Merja Mikko Niina Olli Outi Pasi "
    "Pekka Petra Päivi Raija Riku Sari Satu Sirpa Tanja Tapio Teemu Tiina Tuomas Ulla Veera Ville"
)
NAME_STARTS_TEXT = (
    "Halla Harmaa Honka Huurre Kaarna Kalvas Karpalo Kelo Kuusi Lumi Musta Palo Rimpi Routa Savu "
    "Suopursu Terva Tuohi Usva Varpu"
)
NAME_ENDS_TEXT = "harju kangas lampi lehto maa niemi nurmi pelto ranta salo suo vaara"
FIRST_NAMES, NAME_STARTS, NAME_ENDS = (
    text.split() for text in (FIRST_NAMES_TEXT, NAME_STARTS_TEXT, NAME_ENDS_TEXT)
)
FIRM_WORDS = {
    "päivittäistavarakauppa": ("Lähikauppa", "Kyläkauppa", "Ruokatalo"),
    "elintarviketeollisuus": ("Eines Oy", "Leipomo Oy", "Juustola Oy"),
    "hoiva ja terveys": ("Hoivakoti", "Palvelutalo", "Terveystalo"),
    "kiinteistöt": ("Isännöinti Oy", "Kiinteistöt Oy", "Huolto Oy"),
    "logistiikka": ("Kuljetus Oy", "Kylmäterminaali Oy", "Logistiikka Oy"),
    "muu": ("Puutarha Oy", "Museo", "Laboratorio Oy"),
}
PURCHASES_FROM = date(2022, 11, 1)


def stream(number: int) -> np.random.Generator:
    """Give each table its own generator: a change in one leaves the others alone."""
    return np.random.Generator(np.random.PCG64([SEED, number]))


def pick(rng: np.random.Generator, names: Any, shares: Any) -> str:
    edges = np.cumsum(np.asarray(list(shares), dtype=float))
    return list(names)[int(np.searchsorted(edges / edges[-1], rng.random(), side="right"))]


def clipped(value: float, low: int, high: int) -> int:
    return int(min(high, max(low, math.floor(value + 0.5))))


def months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


# customers


def draw_customers(people: dict[str, Row]) -> list[Row]:
    """Draw the hidden truth and the visible attributes of each customer."""
    rng = stream(1)
    left = [s for s, spec in SEGMENTS.items() for _ in range(spec["size"])]
    for _, _, segment, _, _ in INTERVIEWED.values():
        left.remove(segment)
    order = iter([left[i] for i in rng.permutation(len(left))])
    customers = []
    for number in range(1, 701):
        key = f"K{number:04d}"
        told = INTERVIEWED.get(key)
        customers.append(draw_customer(rng, key, told[2] if told else next(order), told))
    centre = np.array([c["liking"] for c in customers])
    for customer in customers:
        draw_status(rng, customer, (customer["liking"] - centre.mean()) / centre.std())
    name_customers(customers, people)
    return customers


def draw_customer(rng: np.random.Generator, key: str, segment: str, told: Any) -> Row:
    spec = SEGMENTS[segment]
    trouble, liking = rng.normal(size=2)
    sensors = max(2, round(spec["sensors"] * math.exp(0.30 * rng.normal())))
    tenure = max(1, round(rng.normal(*spec["tenure"])))
    hours = round(spec["hours"] * math.exp(0.5 * trouble + 0.15 * rng.normal()), 1)
    unit = pick(rng, UNITS, UNITS.values())
    industry = pick(rng, INDUSTRIES.values(), spec["industries"])
    partner = rng.random() < 0.40
    if told:
        sensors, tenure, unit = told[0], told[1], told[3]
    customer = {
        "key": key,
        "segment": segment,
        "profile": pick(rng, spec["profiles"], [p[0] for p in spec["profiles"].values()]),
        "trouble": trouble,
        "own": 0.6 * liking,
        "liking": spec["nps"] - 0.75 * trouble + 0.6 * liking,
        "industry": "muu" if key in OTHER_INDUSTRY else industry,
        "sensors": sensors,
        "tenure": tenure,
        "hours": max(0.1, hours),
        "unit": unit,
        "channel": "kumppani" if partner or unit == "Kumppanimyynti" else "oma myynti",
        "plan": pick(rng, PLANS, spec["plans"]),
        "start": months_before(LAST_DAY, tenure) + timedelta(days=int(rng.integers(0, 20))),
    }
    customer["start"] = min(customer["start"], date(2025, 10, 1))
    return customer


def draw_status(rng: np.random.Generator, customer: Row, satisfied: float) -> None:
    leaves = rng.random() < 1 / (1 + math.exp(1.95 + 0.9 * satisfied))  # T6
    if customer["key"] in INTERVIEWED:
        leaves = False
    customer["left"] = None
    if leaves:
        day = date(2025, 3, 1) + timedelta(days=int(rng.integers(0, 240)))
        customer["left"] = max(day, customer["start"] + timedelta(days=20))
        customer["status"] = "poistunut"
    elif customer["tenure"] <= 6:
        customer["status"] = "uusi"
    else:
        customer["status"] = "vaarassa" if satisfied < -1.2 else "aktiivinen"


def name_customers(customers: list[Row], people: dict[str, Row]) -> None:
    rng = stream(2)
    used: set[str] = set()
    for customer in customers:
        words = FIRM_WORDS[customer["industry"]]
        while True:
            place = pick(rng, NAME_STARTS, [1] * 20) + pick(rng, NAME_ENDS, [1] * 12)
            word = pick(rng, words, [1] * 3)
            firm = f"{place}n {word}" if word.endswith("Oy") else f"{word} {place}"
            if firm not in used:
                break
        surname = pick(rng, NAME_STARTS, [1] * 20) + pick(rng, NAME_ENDS, [1] * 12)
        person = f"{pick(rng, FIRST_NAMES, [1] * len(FIRST_NAMES))} {surname}"
        phone = f"040 555 {1000 + int(customer['key'][1:])}"
        if customer["key"] in INTERVIEWED:
            told = people[customer["key"]]
            firm, person = INTERVIEWED[customer["key"]][4], told["name"]
            phone = told["phone"] or phone
            customer["industry"] = told["toimiala"]
        used.add(firm)
        customer |= {"firm": firm, "person": person, "phone": phone}


def customer_rows(customers: list[Row], purchases: list[Row]) -> list[Row]:
    """Build the CRM export: Finnish words, decimal commas, holes (T11)."""
    rng, elsewhere = stream(3), stream(21)
    since = months_before(LAST_DAY, 12)
    recent: dict[str, list[float]] = {}
    for purchase in purchases:
        if purchase["day"] > since:
            recent.setdefault(purchase["key"], []).append(purchase["amount"])
    rows = []
    for c in customers:
        bought = recent.get(c["key"], [])
        fees = c["sensors"] * PLANS[c["plan"]] * min(12, c["tenure"])
        revenue = fees * math.exp(0.06 * rng.normal()) + sum(bought)
        row = {
            "asiakas_id": c["key"],
            "yritys": c["firm"],
            "yhteyshenkilo": c["person"],
            "sahkoposti": address(c),
            "puhelin": c["phone"],
            "toimiala": c["industry"],
            "tila": c["status"],
            "alkupvm": finnish_day(c["start"]),
            "asiakkuus_kk": c["tenure"],
            "palvelutaso": c["plan"],
            "antureita": c["sensors"],
            "liikevaihto_eur": comma(revenue, 2),
            "tilauksia_12kk": len(bought),
            "tukitunnit_12kk": comma(c["hours"], 1),
            "poistui": "kyllä" if c["left"] else "ei",
            "paattyi_pvm": finnish_day(c["left"]) if c["left"] else "",
            "hankinnat_eur": comma(revenue / wallet_share(elsewhere, c), 2),
            "kanava": c["channel"],
            "alue": c["unit"],
        }
        holes = ["puhelin", "asiakkuus_kk", "palvelutaso", "antureita", "liikevaihto_eur"]
        for column in [*holes, "tukitunnit_12kk", "toimiala"]:
            lost = rng.random() < 0.04
            if lost and c["industry"] != "muu" and c["key"] not in INTERVIEWED:
                row[column] = ""
        rows.append(row)
    return rows


def wallet_share(rng: np.random.Generator, customer: Row) -> float:
    """Draw which share of all such purchases comes to Kelohavu (T14)."""
    mean = {"small": 0.72, "careful": 0.55, "managed": 0.62, "mobile": 0.45}[customer["segment"]]
    return float(rng.beta(12 * mean, 12 * (1 - mean)))


def address(customer: Row) -> str:
    plain = str.maketrans({"ä": "a", "ö": "o", "å": "a", " ": ".", "-": "."})
    person = customer["person"].lower().translate(plain)
    firm = customer["firm"].lower().replace(" oy", "").translate(plain).replace(".", "-")
    return f"{person}@{firm}.example"


def comma(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def finnish_day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


# purchases


def draw_purchases(customers: list[Row]) -> list[Row]:
    """Buy at a rate of one's own, from the first day until leaving or the last day."""
    rng = stream(4)
    purchases = []
    for c in customers:
        spec = SEGMENTS[c["segment"]]
        rate = spec["buys"] * rng.gamma(2.5, 1 / 2.5)
        mean = spec["amount"] / rng.gamma(5.0, 1 / 4.0)
        start = max(c["start"], PURCHASES_FROM)
        end = min(c["left"] or LAST_DAY, LAST_DAY)
        day = float(rng.integers(0, 10))
        while start + timedelta(days=int(day)) <= end:
            amount = max(9.9, mean * rng.gamma(6.0, 1 / 6.0))
            bought = start + timedelta(days=int(day))
            purchases.append({"key": c["key"], "day": bought, "amount": round(amount, 2)})
            day += max(1.0, rng.exponential(30.4 / rate))
    return sorted(purchases, key=lambda p: (p["day"], p["key"]))


def purchase_rows(purchases: list[Row]) -> list[Row]:
    return [
        {
            "asiakas_id": p["key"],
            "pvm": finnish_day(p["day"]),
            "summa_eur": comma(p["amount"], 2),
        }
        for p in purchases
    ]
