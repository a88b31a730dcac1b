from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def answers() -> Callable[..., pd.DataFrame]:
    """A table in the contract "answers" from a list of values and further columns."""

    def build(values: Sequence[float], *, metric: str = "nps", **columns: object) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "response": [f"{metric}-{i}" for i in range(len(values))],
                "question": f"q_{metric}",
                "metric": metric,
                "value": np.asarray(values, float),
                **columns,
            }
        )

    return build


@pytest.fixture
def with_correlations() -> Callable[..., pd.DataFrame]:
    """Rows whose correlations are exactly those of a lower triangle (without the diagonal)."""

    def build(names: Sequence[str], lower: Sequence[float], n: int) -> pd.DataFrame:
        k = len(names)
        target = np.eye(k)
        target[np.tril_indices(k, -1)] = lower
        target = target + target.T - np.eye(k)
        noise = np.random.default_rng(5).normal(size=(n, k))
        noise -= noise.mean(axis=0)
        white = np.linalg.qr(noise)[0] * np.sqrt(n)
        return pd.DataFrame(white @ np.linalg.cholesky(target).T, columns=list(names))

    return build
