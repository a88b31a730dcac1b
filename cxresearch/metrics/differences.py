"""Do groups or waves differ: differences with intervals and corrected p-values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Finding, SettingsError, Words, interval, number, p_value
from .grouping import group_label, grouped, select_answers
from .intervals import adjust_p, nps_parts, wilson
from .scales import Scale, scale_for
from .scores import count_people, people_of, tally

__all__ = ["compare_groups"]


def compare_groups(
    answers: pd.DataFrame,
    *,
    metric: str,
    by: str | Sequence[str],
    pairs: str = "all",
    correction: str = "holm",
    minimum_cell: int = 5,
    scale: Scale | str | None = None,
) -> Finding:
    """Differences of a metric between groups or waves, each with interval and corrected p.

    Parameters
    ----------
    answers : pandas.DataFrame
        The contract "answers".
    metric, by, minimum_cell, scale
        As in `score`.
    pairs : str
        `all` pairs; `successive` (each against the one before: waves, months); `first` (each
        against the first); `rest` (each against everyone else).
    correction : str
        `holm` (default), `bh`, `by` or `bonferroni`, over all differences in the table.

    Returns
    -------
    Finding
        `table`: `group`, `against`, `n`, `n_against`, `difference` (group minus against, in the
        metric's unit; shares as 0..1), `ci_low`, `ci_high` (95 %, not corrected), `p`,
        `p_corrected`, `hidden` (one of the two is under the minimum cell), `metric`.

    Raises
    ------
    FrameError, SettingsError
        As in `score`; also when there is only one group.

    Notes
    -----
    NPS: both groups adjusted (+3 answers), normal test. Shares: Newcombe's interval from two
    Wilson intervals, pooled normal test (equal to R 4.2.2 prop.test(correct=FALSE)). Means: Welch.
    Where people answered several times within a group, the group counts as n / design effect
    answers, as in `score`. People who answered in both groups are taken as different people,
    which makes the test cautious when their answers go together.
    """
    chosen = scale_for(metric, scale)
    rows, notes = select_answers(answers, chosen)
    rows, groups, place, left_out = grouped(rows, by)
    if len(groups) < 2:
        raise SettingsError(
            "There is only one group, so there is nothing to compare.",
            expected="at least two groups",
            found=f"{len(groups)} group in {by}",
        )
    values = rows["value"].to_numpy(float)
    labels = [group_label(row.to_dict(), "en") for _, row in groups.iterrows()]
    who = people_of(rows)
    people = count_people(place, who, len(groups))
    effect = tally(values, place, len(groups), chosen, who)["design_effect"].to_numpy()
    sums = _sums(values, place, len(groups), chosen)
    # the last two columns: answers and people, to report and to hide by
    sums = np.column_stack([sums / effect[:, None], sums[:, 0], people])
    table = pd.DataFrame(
        [
            _difference(labels[a], other, sums[a], against, chosen)
            for a, other, against in _pairs(sums, labels, pairs)
        ]
    )
    table["hidden"] = table.pop("people") < minimum_cell
    table.loc[table["hidden"], ["difference", "ci_low", "ci_high", "p"]] = np.nan
    table["p_corrected"] = adjust_p(table["p"], correction)
    table["metric"] = metric
    order = ["group", "against", "n", "n_against", "difference", "ci_low", "ci_high", "p"]
    table = table[[*order, "p_corrected", "hidden", "metric"]]
    return Finding(
        table,
        Words(fi=_sentence(table, chosen, "fi"), en=_sentence(table, chosen, "en")),
        tuple(notes + left_out),
        {"correction": correction, "scale": chosen},
    )


def _sums(values: np.ndarray, place: np.ndarray, groups: int, scale: Scale) -> np.ndarray:
    """One row a group of sums that add up over groups: n, first, second (see `_difference`)."""
    if scale.statistic == "nps":
        first, second = (values >= 9).astype(float), (values <= 6).astype(float)
    elif scale.statistic == "top":
        first = (values >= scale.top).astype(float)
        second = first
    else:
        first, second = values, values**2
    columns = (np.ones(len(values)), first, second)
    return np.stack([np.bincount(place, weights=c, minlength=groups) for c in columns], axis=1)


def _pairs(sums: np.ndarray, labels: list[str], pairs: str) -> list[tuple[int, str, np.ndarray]]:
    count = len(sums)
    if pairs == "all":
        return [(b, labels[a], sums[a]) for a, b in combinations(range(count), 2)]
    if pairs == "successive":
        return [(b, labels[a], sums[a]) for a, b in pairwise(range(count))]
    if pairs == "first":
        return [(b, labels[0], sums[0]) for b in range(1, count)]
    if pairs == "rest":
        total = sums.sum(axis=0)
        return [(a, "rest", total - sums[a]) for a in range(count)]
    raise SettingsError(
        "The pairs to compare aren't known.",
        expected="all | successive | first | rest",
        found=pairs,
    )


def _difference(
    label: str, other: str, mine: np.ndarray, theirs: np.ndarray, scale: Scale
) -> dict[str, object]:
    test = {"nps": _nps_test, "top": _share_test, "mean": _mean_test}[scale.statistic]
    value, low, high, p = test(mine, theirs)
    return {
        "group": label,
        "against": other,
        "n": round(mine[3]),
        "n_against": round(theirs[3]),
        "people": min(mine[4], theirs[4]),
        "difference": value,
        "ci_low": low,
        "ci_high": high,
        "p": p,
    }


def _nps_test(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float, float]:
    if min(a[0], b[0]) < 1:
        return (np.nan,) * 4
    (ca, ea), (cb, eb) = (nps_parts(g[1], g[2], g[0]) for g in (a, b))
    shift, error = float(ca - cb), float(np.hypot(ea, eb))
    half = stats.norm.ppf(0.975) * error
    value = 100 * ((a[1] - a[2]) / a[0] - (b[1] - b[2]) / b[0])
    p = 2 * stats.norm.sf(abs(shift) / error)
    return float(value), max(shift - half, -200.0), min(shift + half, 200.0), float(p)


def _share_test(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float, float]:
    if min(a[0], b[0]) < 1:
        return (np.nan,) * 4
    pa, pb = a[1] / a[0], b[1] / b[0]
    (la, ua), (lb, ub) = (tuple(float(v) for v in wilson(g[1], g[0])) for g in (a, b))
    gap = pa - pb
    low = gap - np.hypot(pa - la, ub - pb)
    high = gap + np.hypot(ua - pa, pb - lb)
    pooled = (a[1] + b[1]) / (a[0] + b[0])
    error = np.sqrt(pooled * (1 - pooled) * (1 / a[0] + 1 / b[0]))
    p = 1.0 if error == 0 else 2 * stats.norm.sf(abs(gap) / error)
    return float(gap), float(low), float(high), float(p)


def _mean_test(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float, float]:
    if min(a[0], b[0]) < 2:
        return (np.nan,) * 4
    means = [g[1] / g[0] for g in (a, b)]
    parts = [
        max(g[2] - g[0] * m**2, 0.0) / (g[0] - 1) / g[0] for g, m in zip((a, b), means, strict=True)
    ]
    gap, error = means[0] - means[1], np.sqrt(sum(parts))
    if error == 0:
        # two constant groups: no spread to test with, so no p-value is claimed
        return float(gap), np.nan, np.nan, np.nan
    df = sum(parts) ** 2 / sum(v**2 / (g[0] - 1) for v, g in zip(parts, (a, b), strict=True))
    half = stats.t.ppf(0.975, df) * error
    return float(gap), gap - half, gap + half, float(2 * stats.t.sf(abs(gap) / error, df))


def _sentence(table: pd.DataFrame, scale: Scale, language: str) -> str:
    name = scale.name.to(language)
    clear = table[table["p_corrected"] < 0.05]
    tested = int(table["p"].notna().sum())
    if not len(clear):
        return (
            f"{name}: yksikään {tested} vertailusta ei erotu satunnaisvaihtelusta (korjattu "
            "p ≥ 0,05)."
            if language == "fi"
            else (
                f"{name}: none of {tested} comparisons stands out from chance (corrected p ≥ 0.05)."
            )
        )
    top = clear.loc[clear["difference"].abs().idxmax()]
    factor, decimals = (
        (100, 0) if scale.statistic == "top" else (1, 0 if scale.statistic == "nps" else 2)
    )
    size = number(factor * top["difference"], language, decimals=decimals, sign=True)
    ends = interval(factor * top["ci_low"], factor * top["ci_high"], language, decimals=decimals)
    p = p_value(top["p_corrected"], language)
    if language == "fi":
        unit = {"nps": "pistettä", "top": "prosenttiyksikköä", "mean": "asteikon yksikköä"}
        return (
            f"{name}: {len(clear)} / {tested} vertailusta erottuu satunnaisvaihtelusta. "
            "Suurin ero: "
            f"{top['group']} – {top['against']} {size} {unit[scale.statistic]} "
            f"(95\N{NO-BREAK SPACE}%:n luottamusväli {ends}, korjattu p {_is(p)})."
        )
    unit = {"nps": "points", "top": "percentage points", "mean": "scale units"}
    return (
        f"{name}: {len(clear)} of {tested} comparisons stand out from chance. Largest: "
        f"{top['group']} against {top['against']} {size} {unit[scale.statistic]} "
        f"(95% interval {ends}, corrected p {_is(p)})."
    )


def _is(p: str) -> str:
    return p if p.startswith("<") else f"= {p}"
