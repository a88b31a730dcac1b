"""Customers drawn from written models, so that what is found can be checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

KNOWN = Path(__file__).parents[3] / "shared" / "known_answers" / "csv"


@pytest.fixture(scope="session")
def known():
    def read(name: str) -> pd.DataFrame:
        path = KNOWN / name
        if not path.exists():
            pytest.skip(f"the reference data set {name} is not beside the repository")
        return pd.read_csv(path)

    return read


def draw_customers(n: int, seed: int, *, missing: float = 0.06) -> tuple[pd.DataFrame, np.ndarray]:
    """Four kinds of customers; inside each, two attitudes seen in theme counts."""
    random = np.random.default_rng(seed)
    kind = random.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    revenue = np.exp(random.normal(np.array([7, 8.5, 9.5, 6.5])[kind], 0.4))
    statuses = np.array([[0.5, 0.4, 0.1], [0.1, 0.85, 0.05], [0.05, 0.9, 0.05], [0.1, 0.2, 0.7]])
    plans = np.array([[0.7, 0.25, 0.05], [0.2, 0.6, 0.2], [0.05, 0.25, 0.7], [0.8, 0.15, 0.05]])
    attitude = random.random(n) < 0.5
    table = pd.DataFrame(
        {
            "customer": [f"k{i:05d}" for i in range(n)],
            "status": np.array(["new", "repeat", "lapsed"])[_levels(random, statuses[kind])],
            "plan": np.array(["basic", "plus", "pro"])[_levels(random, plans[kind])],
            "tenure_months": random.normal(np.array([14, 50, 80, 40])[kind], 12).round().clip(1),
            "revenue": revenue.round(),
            "purchases": random.poisson(np.array([3, 9, 6, 1])[kind]),
            "theme_price": random.poisson(np.where(attitude, 2.5, 0.4)),
            "theme_portal": random.poisson(1.0, n),
            "theme_service": random.poisson(np.where(attitude, 0.4, 2.5)),
        }
    )
    table.loc[random.random(n) < missing, "revenue"] = np.nan
    table.loc[random.random(n) < missing, "status"] = None
    return table, kind


def _levels(random: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    return (random.random(len(shares))[:, None] > shares.cumsum(axis=1)).sum(axis=1).clip(0, 2)


LEVEL1 = ["status", "plan", "tenure_months", "revenue", "purchases"]
LEVEL2 = ["theme_price", "theme_service", "theme_portal"]


@pytest.fixture(scope="session")
def customers() -> tuple[pd.DataFrame, np.ndarray]:
    return draw_customers(600, seed=1)


@pytest.fixture(scope="session")
def segmentation(customers):
    from cxresearch.segments import segment_customers

    return segment_customers(
        customers[0],
        level1=LEVEL1,
        level2=LEVEL2,
        numbers=range(2, 6),
        minimum_group=40,
        bootstraps=10,
        random_state=1,
    )
