"""What ten points more of NPS would go with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, FrameError, Words, interval, number

__all__ = ["ten_nps_points"]


def ten_nps_points(
    recommend: Sequence[float], kpi: Sequence[float], *, name: Words | None = None
) -> Finding:
    """What ten points more of NPS would go with, if detractors were like promoters.

    Parameters
    ----------
    recommend : sequence of float
        Answers 0..10, one a customer.
    kpi : sequence of float
        The KPI of the same customers, higher or lower; pairs with a missing value are left out.
    name : Words, optional
        What the KPI is called in the sentence.

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
    n = len(high) + len(low)
    share = bool(np.isin(np.concatenate([high, low]), (0, 1)).all())
    return Finding(
        table, _words((float(gap), half), n, share, name or Words(fi="KPI", en="the KPI"))
    )


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


def _words(change: tuple[float, float], n: int, share: bool, name: Words) -> Words:
    """A yes/no KPI changes by percentage points, another by its own unit a customer."""
    gap, half = (100 * v if share else v for v in change)
    decimals = 1 if share else 0 if abs(gap) >= 10 else 2 if abs(gap) >= 0.1 else 4

    def told(language: str) -> tuple[str, str]:
        unit = {"fi": " prosenttiyksikköä", "en": " percentage points"}[language] if share else ""
        return (
            number(gap, language, decimals=decimals, sign=True) + unit,
            interval(gap - half, gap + half, language, decimals=decimals),
        )

    (fi, fi_ends), (en, en_ends) = told("fi"), told("en")
    return Words(
        fi=(
            f"Kun NPS on kymmenen pistettä korkeampi, {name.to('fi')} on asiakasta kohden {fi} "
            f"(95 %:n luottamusväli {fi_ends}, n = {number(n, 'fi')}). Tämä kuvaa asiakkaiden "
            "nykyisiä eroja, ei muutoksen vaikutusta."
        ),
        en=(
            f"Ten points more of NPS go with {en} of {name.to('en')} per customer (95% interval "
            f"{en_ends}, n = {number(n, 'en')}). This describes how customers differ today, not "
            "what a change would do."
        ),
    )
