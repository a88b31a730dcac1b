"""Agreement between coders: percent, kappas, Krippendorff's alpha, AC1, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words, interval, number, percent

__all__ = [
    "MEASURES",
    "agreement_of_ratings",
    "cohen_kappa",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "percent_agreement",
]

LEVELS = ("nominal", "ordinal", "interval", "ratio")
WEIGHTS = ("identity", "linear", "quadratic")
_FEW_UNITS = 30
_PARADOX = 0.2  # AC1 above kappa by so much, at high percent agreement, is called a paradox


@dataclass(frozen=True)
class _Counts:
    """Units by category: how many raters chose each; equal units are held once with a weight."""

    table: np.ndarray
    weight: np.ndarray
    values: np.ndarray

    @property
    def raters(self) -> np.ndarray:
        return self.table.sum(axis=1)


def _as_array(ratings: pd.DataFrame | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ratings as integer categories (-1 where there is none) and the sorted category values."""
    frame = pd.DataFrame(ratings)
    if frame.shape[1] < 2:
        raise FrameError(
            "Agreement needs two raters or more.",
            expected="one column a rater",
            found=f"{frame.shape[1]} column(s)",
        )
    flat = pd.Series(np.concatenate([frame[c].to_numpy() for c in frame.columns]))
    codes, values = pd.factorize(flat, sort=True)
    return codes.reshape(frame.shape[1], len(frame)).T, np.asarray(values)


def _counted(codes: np.ndarray, size: int) -> np.ndarray:
    """Units x categories: how many raters chose each category."""
    units = codes.shape[0]
    table = np.zeros((units, max(size, 1)), dtype=np.int32)
    rows = np.arange(units)
    for rater in range(codes.shape[1]):
        seen = codes[:, rater] >= 0
        table[rows[seen], codes[seen, rater]] += 1
    return table


def _patterns(codes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows of ratings with their counts: all that any of the measures depends on."""
    base = size + 1
    if base ** codes.shape[1] < 2**62:
        key = np.zeros(len(codes), dtype=np.int64)
        for rater in range(codes.shape[1]):
            key = key * base + (codes[:, rater] + 1)
        _, first, count = np.unique(key, return_index=True, return_counts=True)
        return codes[first], count.astype(float)
    rows, count = np.unique(codes, axis=0, return_counts=True)
    return rows, count.astype(float)


def _credit(values: np.ndarray, weights: str) -> np.ndarray:
    """How much two categories agree, 0..1: fully only when equal, or partly by their distance."""
    if weights not in WEIGHTS:
        raise FrameError("No such weights.", expected=", ".join(WEIGHTS), found=weights)
    if weights == "identity" or len(values) < 2:
        return np.eye(len(values))
    numeric = np.issubdtype(np.asarray(values).dtype, np.number)
    place = np.asarray(values, dtype=float) if numeric else np.arange(len(values), dtype=float)
    distance = np.abs(np.subtract.outer(place, place)) / (place.max() - place.min())
    return 1 - (distance if weights == "linear" else distance**2)


def _percent(
    rows: np.ndarray, weight: np.ndarray, values: np.ndarray, *, weights: str = "identity"
) -> float:
    table = _counted(rows, len(values)).astype(float)
    n = table.sum(axis=1)
    fit = n >= 2
    if not (fit & (weight > 0)).any():
        return float("nan")
    table, n = table[fit], n[fit]
    near = table if weights == "identity" else table @ _credit(values, weights)
    share = (table * (near - 1)).sum(axis=1) / (n * (n - 1))
    return float(np.average(share, weights=weight[fit]))


def _cohen(
    rows: np.ndarray, weight: np.ndarray, values: np.ndarray, *, weights: str = "identity"
) -> float:
    if rows.shape[1] != 2:
        return float("nan")
    both = (rows >= 0).all(axis=1)
    size = max(len(values), 1)
    cells = np.bincount(
        rows[both, 0] * size + rows[both, 1], weights=weight[both], minlength=size * size
    ).reshape(size, size)
    total = cells.sum()
    if total == 0:
        return float("nan")
    credit = _credit(values, weights)
    expected = float(cells.sum(axis=1) @ credit @ cells.sum(axis=0)) / total**2
    observed = float((cells * credit).sum()) / total
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")


def _fleiss(
    rows: np.ndarray, weight: np.ndarray, values: np.ndarray, *, weights: str = "identity"
) -> float:
    """Fleiss (1971), as generalised by Gwet to gaps: each unit's shares count alike."""
    table = _counted(rows, len(values)).astype(float)
    n = table.sum(axis=1)
    some = n >= 1
    if not (weight[some] > 0).any():
        return float("nan")
    shares = np.average(table[some] / n[some, None], axis=0, weights=weight[some])
    expected = float(shares @ _credit(values, weights) @ shares)
    observed = _percent(rows, weight, values, weights=weights)
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")


def _ac1(
    rows: np.ndarray, weight: np.ndarray, values: np.ndarray, *, weights: str = "identity"
) -> float:
    table = _counted(rows, len(values)).astype(float)
    n = table.sum(axis=1)
    some = n >= 1
    if len(values) < 2 or not (weight[some] > 0).any():
        return float("nan")
    shares = np.average(table[some] / n[some, None], axis=0, weights=weight[some])
    size = len(values)
    credit = _credit(values, weights).sum() / (size * (size - 1))
    expected = float((shares * (1 - shares)).sum()) * float(credit)
    observed = _percent(rows, weight, values, weights=weights)
    return (observed - expected) / (1 - expected)


def _alpha(
    rows: np.ndarray, weight: np.ndarray, values: np.ndarray, *, level: str = "nominal"
) -> float:
    """Krippendorff's alpha from the coincidence matrix; units with one rating do not count."""
    table = _counted(rows, len(values)).astype(float)
    n = table.sum(axis=1)
    fit = n >= 2
    table, pairs = table[fit], weight[fit] / (n[fit] - 1)
    coincidences = (table * pairs[:, None]).T @ table
    coincidences -= np.diag((table * pairs[:, None]).sum(axis=0))
    marginal = coincidences.sum(axis=1)
    total = marginal.sum()
    if total <= 1:
        return float("nan")
    distance = _distance(values, marginal, level)
    expected = float(marginal @ distance @ marginal) / (total - 1)
    observed = float((coincidences * distance).sum())
    return 1 - observed / expected if expected > 0 else float("nan")


def _distance(values: np.ndarray, marginal: np.ndarray, level: str) -> np.ndarray:
    """Squared difference of each pair of categories at a level of measurement."""
    if level not in LEVELS:
        raise FrameError("No such level of measurement.", expected=", ".join(LEVELS), found=level)
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        below = np.cumsum(marginal) - marginal / 2
        return np.subtract.outer(below, below) ** 2
    try:
        number_of = np.asarray(values, dtype=float)
    except ValueError:
        raise FrameError(
            f"The level `{level}` needs numbers.", expected="numeric ratings", found="words"
        ) from None
    difference = np.subtract.outer(number_of, number_of)
    if level == "interval":
        return difference**2
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (difference / np.add.outer(number_of, number_of)) ** 2
    return np.nan_to_num(ratio, nan=0.0)


def _one(
    ratings: pd.DataFrame | np.ndarray,
    measure: Callable[..., float],
    *,
    categories: Sequence[object] | None = None,
    **how: str,
) -> float:
    codes, values = _as_array(ratings)
    if categories is not None:
        codes, values = _on_scale(codes, values, categories)
    rows, weight = _patterns(codes, len(values))
    return float(measure(rows, weight, values, **how))


def _on_scale(
    codes: np.ndarray, values: np.ndarray, categories: Sequence[object]
) -> tuple[np.ndarray, np.ndarray]:
    """Ratings as places on a whole scale, also those that nobody used."""
    scale = pd.Index(categories)
    place = scale.get_indexer(pd.Index(values))
    if (place < 0).any():
        raise FrameError(
            "A rating is not on the scale.",
            expected=", ".join(map(str, categories)),
            found=", ".join(str(v) for v in values[place < 0][:5]),
        )
    return np.where(codes >= 0, place[np.maximum(codes, 0)], -1), scale.to_numpy()


def percent_agreement(
    ratings: pd.DataFrame | np.ndarray,
    *,
    weights: str = "identity",
    categories: Sequence[object] | None = None,
) -> float:
    """Share of agreeing pairs of raters, 0..1, averaged over units with two ratings or more.

    `ratings`: one row a unit, one column a rater; missing where a rater did not rate. `weights` and
    `categories` as in `cohen_kappa`. It is not corrected for chance: never report it alone. Checked
    against R irrCAC `pa.coeff.raw`.
    """
    return _one(ratings, _percent, categories=categories, weights=weights)


def cohen_kappa(
    ratings: pd.DataFrame | np.ndarray,
    *,
    weights: str = "identity",
    categories: Sequence[object] | None = None,
) -> float:
    """Cohen's kappa of two raters: (po - pe) / (1 - pe), pe from each rater's own shares.

    Parameters
    ----------
    ratings : pandas.DataFrame or array
        One row a unit, two columns; units that one of the two left out do not count.
    weights : {"identity", "linear", "quadratic"}
        For ordered ratings: how much nearness counts as agreement, by the distance of numbers, or
        of ranks where the ratings are words.
    categories : sequence, optional
        The whole scale in order, where nobody may have used an end of it: weights then reach from
        end to end. Those that occur otherwise.

    Returns
    -------
    float
        NaN for other than two raters, and where both used one category only.

    Raises
    ------
    FrameError
        Fewer than two columns, unknown weights, a rating outside `categories`.

    Notes
    -----
    Checked against R irr `kappa2` with weight unweighted, equal, squared. Cohen (1960), doi
    10.1177/001316446002000104; weights Cohen (1968), doi 10.1037/h0026256.
    """
    return _one(ratings, _cohen, categories=categories, weights=weights)


def fleiss_kappa(
    ratings: pd.DataFrame | np.ndarray,
    *,
    weights: str = "identity",
    categories: Sequence[object] | None = None,
) -> float:
    """Fleiss' kappa for any number of raters; gaps by Gwet's generalisation.

    `weights` and `categories` as in `cohen_kappa`. Checked against R irr `kappam.fleiss` and irrCAC
    `fleiss.kappa.raw` (weights linear, quadratic). Fleiss (1971), doi 10.1037/h0031619.
    """
    return _one(ratings, _fleiss, categories=categories, weights=weights)


def gwet_ac1(
    ratings: pd.DataFrame | np.ndarray,
    *,
    weights: str = "identity",
    categories: Sequence[object] | None = None,
) -> float:
    """Gwet's AC1, which stays sane where nearly everything falls in one category.

    With linear or quadratic `weights` it is AC2; `categories` as in `cohen_kappa`, those that occur
    otherwise. Checked against R irrCAC `gwet.ac1.raw` (weights unweighted, linear, quadratic). Gwet
    (2008), doi 10.1348/000711006X126600.
    """
    return _one(ratings, _ac1, categories=categories, weights=weights)


def krippendorff_alpha(ratings: pd.DataFrame | np.ndarray, *, level: str = "nominal") -> float:
    """Krippendorff's alpha: 1 - observed / expected disagreement, gaps allowed.

    Parameters
    ----------
    ratings : pandas.DataFrame or array
        One row a unit, one column a rater; missing where a rater did not rate.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Level of measurement; the last two need numbers.

    Returns
    -------
    float
        1 full agreement, 0 as by chance, below 0 worse than chance. NaN when everybody used
        one category only, or no unit has two ratings.

    Notes
    -----
    Checked against the PyPI package krippendorff and R irr `kripp.alpha` (not with more
    than two complete raters, where irr 0.84.1 errs). Krippendorff, Content Analysis, chapter 12;
    Hayes & Krippendorff (2007), doi 10.1080/19312450709336664.
    """
    return _one(ratings, _alpha, level=level)


MEASURES: dict[str, Callable[..., float]] = {
    "percent": _percent,
    "cohen_kappa": _cohen,
    "fleiss_kappa": _fleiss,
    "alpha": _alpha,
    "ac1": _ac1,
}


def agreement_of_ratings(
    ratings: pd.DataFrame | np.ndarray,
    *,
    level: str = "nominal",
    bootstraps: int = 1000,
    random_state: int = 0,
    what: Words | None = None,
) -> Finding:
    """All measures of agreement of a table of ratings, with 95 % bootstrap intervals.

    Parameters
    ----------
    ratings : pandas.DataFrame or array
        One row a unit, one column a rater; missing where a rater did not rate.
    level : str
        Level of measurement for alpha.
    bootstraps : int
        Resamples of units; 0 leaves the intervals out. Units are drawn by their distinct
        patterns, which is exact and does not grow with the number of units.
    random_state : int
        Seed of the resampling.
    what : Words, optional
        What was rated, for the sentence.

    Returns
    -------
    Finding
        Table: `measure` (percent, cohen_kappa for two raters, fleiss_kappa, alpha, ac1), `value`,
        `low`, `high`, `n` (units with two ratings or more), `raters`. `details["paradox"]` says
        whether kappa and AC1 part because nearly all units fall in one category.

    Notes
    -----
    Units are taken as independent: neighbouring characters of a text are not, so intervals at
    character level are too narrow; report turns or comments beside them.
    """
    codes, values = _as_array(ratings)
    rows, weight = _patterns(codes, len(values))
    rated = ((rows >= 0).sum(axis=1) >= 2) @ weight
    names = [m for m in MEASURES if m != "cohen_kappa" or codes.shape[1] == 2]
    draws = _resampled(rows, weight, values, names, level, bootstraps, random_state)
    table = pd.DataFrame(
        [
            (m, _measure(m, rows, weight, values, level), *_bounds(draws[m]), int(rated),
             codes.shape[1])
            for m in names
        ],
        columns=["measure", "value", "low", "high", "n", "raters"],
    )  # fmt: skip
    paradox = _is_paradox(table)
    return Finding(
        table,
        _sentence(table, what or Words(fi="Yksimielisyys", en="Agreement")),
        _warnings(table, paradox),
        {"paradox": paradox, "categories": [str(v) for v in values]},
    )


def _measure(
    name: str, rows: np.ndarray, weight: np.ndarray, values: np.ndarray, level: str
) -> float:
    how = {"level": level} if name == "alpha" else {}
    return MEASURES[name](rows, weight, values, **how)


def _resampled(
    rows: np.ndarray, weight: np.ndarray, values: np.ndarray, names: Sequence[str], level: str,
    bootstraps: int, random_state: int,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Measures on multinomial draws of the pattern counts: the same as resampling units."""
    random = np.random.default_rng(random_state)
    total = int(weight.sum())
    found: dict[str, list[float]] = {name: [] for name in names}
    if total:
        for drawn in random.multinomial(total, weight / total, size=bootstraps):
            kept = drawn > 0
            for name in names:
                found[name].append(
                    _measure(name, rows[kept], drawn[kept].astype(float), values, level)
                )
    return {name: np.asarray(draws, dtype=float) for name, draws in found.items()}


def _bounds(draws: np.ndarray) -> tuple[float, float]:
    draws = draws[np.isfinite(draws)]
    if not len(draws):
        return float("nan"), float("nan")
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def _is_paradox(table: pd.DataFrame) -> bool:
    value = table.set_index("measure")["value"]
    kappa = value.get("cohen_kappa", value["fleiss_kappa"])
    return bool(value["percent"] >= 0.8 and value["ac1"] - kappa >= _PARADOX)


def _sentence(table: pd.DataFrame, what: Words) -> Words:
    row = table.set_index("measure")
    alpha, raw = row.loc["alpha"], row.loc["percent"]
    texts = {}
    for language, template in {
        "fi": "{what}: Krippendorffin alfa on {a} (95 %:n väli {i}), raaka yksimielisyys {p}, "
        "kun {r} koodaajaa koodasi {n} yksikköä.",
        "en": "{what}: Krippendorff's alpha is {a} (95% interval {i}), raw agreement {p}, over {n} "
        "units and {r} coders.",
    }.items():
        texts[language] = template.format(
            what=what.to(language),
            a=number(alpha["value"], language, decimals=2),
            i=interval(alpha["low"], alpha["high"], language, decimals=2),
            p=percent(raw["value"], language),
            r=int(alpha["raters"]),
            n=number(alpha["n"], language),
        )
    return Words(texts)


def _warnings(table: pd.DataFrame, paradox: bool) -> tuple[Words, ...]:
    found = []
    n = int(table["n"].iloc[0])
    row = table.set_index("measure")["value"]
    if n < _FEW_UNITS:
        found.append(
            Words(
                fi=f"Vain {n} yksikköä on koodattu vähintään kahteen kertaan: luvut heiluvat "
                f"paljon.",
                en=f"Only {n} units were coded twice or more: the figures move a lot.",
            )
        )
    if paradox:
        kappa = row.get("cohen_kappa", row["fleiss_kappa"])
        found.append(
            Words(
                fi=f"Kappa ({number(kappa, 'fi', decimals=2)}) on pieni, vaikka koodaajat ovat "
                f"samaa mieltä "
                f"{percent(row['percent'], 'fi')} tapauksista: lähes kaikki yksiköt kuuluvat "
                f"samaan luokkaan, "
                "ja silloin kappa rankaisee yksittäisistä eroista. AC1 "
                f"({number(row['ac1'], 'fi', decimals=2)}) ei ole yhtä herkkä tälle. "
                "Raportoi molemmat ja luokan yleisyys.",
                en=f"Kappa ({number(kappa, decimals=2)}) is low although the coders agree on "
                f"{percent(row['percent'])} of units: nearly all units fall in one category, "
                f"and kappa "
                f"then punishes single differences. AC1 ({number(row['ac1'], decimals=2)}) is "
                f"less sensitive "
                "to this. Report both, with how common the category is.",
            )
        )
    return tuple(found)
