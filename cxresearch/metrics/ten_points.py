"""What ten points more of NPS would go with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, Words, interval, number

__all__ = ["ten_nps_points"]


def ten_nps_points(recommend: Sequence[float], kpi: Sequence[float]) -> Finding:
    """What ten points more of NPS would go with, if detractors were like promoters.

    Parameters
    ----------
    recommend : sequence of float
        Answers 0..10, one a customer.
    kpi : sequence of float
        The KPI of the same customers, higher or lower; pairs with a missing value are left out.

    Returns
    -------
    Finding
        `table`, one row: `n_promoters`, `n_detractors`, `mean_promoters`, `mean_detractors`,
        `change` (of the KPI's mean per customer), `ci_low`, `ci_high` (95 %).

    Raises
    ------
    FrameError
        An answer lies outside 0..10, or there are fewer than five promoters or detractors.

    Notes
    -----
    NPS rises by ten points when 5 % of customers move from detractors to promoters, so the
    change is 0.05 times the difference of the two groups' means (Welch interval). It describes
    how customers differ today; customers whose answer is raised need not come to behave alike.
    """
    high, low = _groups(np.asarray(recommend, float), np.asarray(kpi, float))
    gap = 0.05 * (high.mean() - low.mean())
    parts = np.array([high.var(ddof=1) / len(high), low.var(ddof=1) / len(low)])
    half = 0.0
    if parts.sum() > 0:
        sizes = np.array([len(high) - 1, len(low) - 1])
        df = parts.sum() ** 2 / (parts**2 / sizes).sum()
        half = float(stats.t.ppf(0.975, df) * 0.05 * np.sqrt(parts.sum()))
    table = pd.DataFrame(
        {
            "n_promoters": [len(high)],
            "n_detractors": [len(low)],
            "mean_promoters": [high.mean()],
            "mean_detractors": [low.mean()],
            "change": [gap],
            "ci_low": [gap - half],
            "ci_high": [gap + half],
        }
    )
    return Finding(table, _words(float(gap), half))


def _groups(answer: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """KPI values of promoters and of detractors."""
    if ((answer < 0) | (answer > 10)).any():
        raise FrameError(
            "Recommendation lies outside its scale.",
            expected="0..10",
            found=f"{np.nanmin(answer):g}..{np.nanmax(answer):g}",
        )
    known = np.isfinite(answer) & np.isfinite(value)
    high, low = value[known & (answer >= 9)], value[known & (answer <= 6)]
    if min(len(high), len(low)) < 5:
        raise FrameError(
            "There are too few promoters or detractors to compare.",
            expected="at least 5 of each",
            found=f"{len(high)} promoters, {len(low)} detractors",
        )
    return high, low


def _words(gap: float, half: float) -> Words:
    decimals = 0 if abs(gap) >= 10 else 2 if abs(gap) >= 0.1 else 4

    def told(language: str) -> tuple[str, str]:
        return (
            number(gap, language, decimals=decimals, sign=True),
            interval(gap - half, gap + half, language, decimals=decimals),
        )

    (fi, fi_ends), (en, en_ends) = told("fi"), told("en")
    return Words(
        fi=(
            f"Kymmenen pistettä korkeampaan NPS:ään liittyy keskimäärin {fi} asiakasta kohden "
            f"(95 %:n luottamusväli {fi_ends}). Tämä kuvaa asiakkaiden nykyisiä eroja, ei "
            "muutoksen vaikutusta."
        ),
        en=(
            f"Ten points more of NPS go with {en} per customer on average (95% interval "
            f"{en_ends}). This describes how customers differ today, not what a change would do."
        ),
    )
