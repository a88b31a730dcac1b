"""What people talk about and the metric: the impact of each theme by the field's definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, interval, number

__all__ = ["theme_impact"]

_CELLS_AT_ONCE = 4_000_000


def theme_impact(
    table: pd.DataFrame,
    *,
    themes: Sequence[str],
    value: str = "value",
    statistic: str = "nps",
    names: Mapping[str, Words] | None = None,
    replicates: int = 1000,
    random_state: int = 0,
) -> Finding:
    """How many points of a metric go with each theme, by three definitions side by side.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a response with a comment (see `join_themes`). Rows without a value are left out.
    themes : sequence of str
        True/false columns: did the comment speak of the theme.
    value : str
        Column of the metric's answer.
    statistic : str
        `nps` (answers 0-10) or `mean`.
    names : mapping, optional
        Names of the themes, for the sentence.
    replicates : int
        Bootstrap resamples of responses.
    random_state : int
        Where the draws start from.

    Returns
    -------
    Finding
        `table`, most harmful first: `theme`; `n` responses with it; `share` of responses;
        `score_with`, `score_without` (the metric with and without the theme); `removal` (the
        metric minus the metric with all its comments removed; negative = the theme goes with a
        lower metric), `ci_low`, `ci_high` (95 %, bootstrap); `formula`
        (n_t (NPS_t - NPS) / (N - n_t), which equals `removal` by algebra and is shown because
        tools name it apart); `regression` (coefficient x share: other themes held equal),
        `regression_low`, `regression_high` (95 %, HC1); `coefficient` (points where the theme is
        spoken of, others held equal).
        `details`: `score`, `n`.

    Raises
    ------
    FrameError
        A column is missing, a theme is not true/false or never (or always) occurs.
    SettingsError
        The statistic isn't known.

    Notes
    -----
    All three are associations: people who speak of a theme differ in other ways too, and a theme
    that everybody suffers from silently has no impact here.
    """
    scored, marks, left_out = _checked(table, themes, value, statistic)
    n, total = len(scored), float(scored.mean())
    count = marks.sum(axis=0)
    with_theme = marks.T @ scored / count
    removal = _removal(count, marks.T @ scored, n, scored.sum())
    low, high = _bootstrap(scored, marks, replicates, np.random.default_rng(random_state))
    slope, error = _regression(scored, marks)
    share = count / n
    half = stats.norm.ppf(0.975) * error
    result = pd.DataFrame(
        {
            "theme": list(themes),
            "n": count.astype(int),
            "share": share,
            "score_with": with_theme,
            "score_without": (scored.sum() - marks.T @ scored) / (n - count),
            "removal": removal,
            "ci_low": low,
            "ci_high": high,
            "formula": count * (with_theme - total) / (n - count),
            "regression": slope * share,
            "regression_low": (slope - half) * share,
            "regression_high": (slope + half) * share,
            "coefficient": slope,
        }
    ).sort_values("removal", kind="stable", ignore_index=True)
    notes = []
    if left_out:
        notes.append(
            Words(
                fi=f"Vastauksia ilman arvoa, jätetty pois: {left_out}.",
                en=f"Responses without a value, left out: {left_out}.",
            )
        )
    return Finding(
        result,
        Words(fi=_sentence(result, names, "fi", n), en=_sentence(result, names, "en", n)),
        tuple(notes),
        {"score": total, "n": n},
    )


def _checked(
    table: pd.DataFrame, themes: Sequence[str], value: str, statistic: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    if statistic not in ("nps", "mean"):
        raise SettingsError("The statistic isn't known.", expected="nps | mean", found=statistic)
    absent = [c for c in (value, *themes) if c not in table.columns]
    if absent or not len(themes):
        raise FrameError(
            "The table lacks the value or a theme.",
            expected=", ".join((value, *themes)),
            found="no " + (", ".join(absent) or "themes"),
        )
    known = table[value].notna().to_numpy(bool)
    answers = table.loc[known, value].to_numpy(float)
    if statistic == "nps":
        bad = (answers < 0) | (answers > 10) | (answers != np.floor(answers))
        if bad.any():
            rows = table.index[known][bad]
            raise FrameError(
                f"{int(bad.sum())} answer(s) lie outside the NPS scale.",
                expected="whole numbers 0..10",
                found=", ".join(f"{v:g}" for v in np.unique(answers[bad])[:5]),
                where="rows " + ", ".join(map(str, rows[:5])),
            )
        answers = 100.0 * (answers >= 9) - 100.0 * (answers <= 6)
    marks = table.loc[known, list(themes)].to_numpy(float)
    off = [t for t, c in zip(themes, marks.T, strict=True) if not np.isin(c, (0, 1)).all()]
    if off:
        raise FrameError(
            "A theme is not true or false.", expected="true | false", found=", ".join(off)
        )
    flat = [t for t, c in zip(themes, marks.T, strict=True) if c.sum() in (0, len(c))]
    if flat:
        raise FrameError(
            "A theme stands in no response, or in every one, so it can't be set apart.",
            expected="some responses with it and some without",
            found=", ".join(flat),
            next_step="Leave it out.",
        )
    return answers, marks, int((~known).sum())


def _removal(count: NDArray, sums: NDArray, n: NDArray | float, total: NDArray | float) -> NDArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / n - (total - sums) / (n - count)


def _bootstrap(
    scored: NDArray[np.float64],
    marks: NDArray[np.float64],
    replicates: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile ends of the removal, by counts of distinct rows (value and themes)."""
    cells, counts = np.unique(np.column_stack([scored, marks]), axis=0, return_counts=True)
    value, mark = cells[:, 0], cells[:, 1:]
    products = np.column_stack([mark, mark * value[:, None], value])
    n, t = int(counts.sum()), marks.shape[1]
    step = max(1, _CELLS_AT_ONCE // len(cells))
    drawn = []
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        weights = rng.multinomial(n, counts / n, size=size).astype(float)
        sums = weights @ products
        drawn.append(_removal(sums[:, :t], sums[:, t : 2 * t], n, sums[:, -1:]))
    low, high = np.nanquantile(np.concatenate(drawn), [0.025, 0.975], axis=0)
    return low, high


def _regression(
    scored: NDArray[np.float64], marks: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients of the themes together and their HC1 errors."""
    x = np.column_stack([np.ones(len(scored)), marks])
    inverse = np.linalg.pinv(x.T @ x, hermitian=True)
    slope = inverse @ (x.T @ scored)
    left = scored - x @ slope
    n, k = x.shape
    meat = x.T @ (x * (left**2)[:, None])
    error = np.sqrt(np.maximum(np.diag(inverse @ meat @ inverse), 0) * n / max(n - k, 1))
    return slope[1:], error[1:]


def _sentence(
    result: pd.DataFrame, names: Mapping[str, Words] | None, language: str, n: int
) -> str:
    def told(row: pd.Series) -> str:
        name = (names or {}).get(row["theme"], Words(str(row["theme"]))).to(language)
        size = number(row["removal"], language, decimals=1, sign=True)
        ends = interval(row["ci_low"], row["ci_high"], language, decimals=1)
        return (
            f"{name} ({size}, {'95 %:n luottamusväli' if language == 'fi' else '95% interval'} "
            f"{ends}, n = {row['n']})"
        )

    worst, best = result.iloc[0], result.iloc[-1]
    parts = []
    if worst["removal"] < 0:
        parts.append(
            ("matalampaan tulokseen liittyy eniten ", "a lower score goes most with ", worst)
        )
    if best["removal"] > 0:
        parts.append(("korkeampaan ", "a higher one with ", best))
    if not parts:
        return (
            "Teemat eivät liity tulokseen."
            if language == "fi"
            else "The themes don't go with the score."
        )
    text = "; ".join((fi if language == "fi" else en) + told(row) for fi, en, row in parts)
    text = text[0].upper() + text[1:]
    end = (
        f". Luvut ovat pisteitä koko tuloksesta (N = {number(n, 'fi')}); yhteys ei kerro syystä."
        if language == "fi"
        else f". Points of the whole score (N = {number(n, 'en')}); association, not cause."
    )
    return text + end
