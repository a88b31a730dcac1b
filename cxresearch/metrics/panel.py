"""Units by periods: does a unit whose metric rises more than the others' see its KPI do so too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, interval, number, p_value

__all__ = ["link_panel", "within_regression"]

FEW_CLUSTERS = 30


@dataclass(frozen=True)
class WithinFit:
    """A fixed-effects regression.

    Attributes
    ----------
    coefficients, errors : numpy.ndarray
        Slopes and their cluster-robust standard errors.
    n, units, r2 : int, int, float
        Rows, clusters, and R² within.
    """

    coefficients: NDArray[np.float64]
    errors: NDArray[np.float64]
    n: int
    units: int
    r2: float
    left: NDArray[np.float64]
    design: NDArray[np.float64]


def within_regression(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    unit: NDArray[np.intp],
    period: NDArray[np.intp],
    *,
    two_ways: bool = True,
    small_sample: str = "sss",
) -> WithinFit:
    """Least squares with unit (and period) effects taken away, errors clustered by unit.

    Parameters
    ----------
    y, x : numpy.ndarray
        The KPI, and one column a regressor.
    unit, period : numpy.ndarray
        Number of the unit and period of each row.
    two_ways : bool
        False leaves the period effects in.
    small_sample : str
        `sss`: variance times G/(G-1) (n-1)/(n-k), k the slopes; `hc0`: no factor.

    Returns
    -------
    WithinFit

    Notes
    -----
    Unbalanced panels are demeaned in turns until nothing changes. Checked against R plm 2.6-2
    plm(model="within", effect="twoways") and vcovHC(method="arellano", type="HC0"|"sss").
    Arellano (1987), doi:10.1111/j.1468-0084.1987.mp49004006.x.
    """
    ways = (unit, period) if two_ways else (unit,)
    both = _demeaned(np.column_stack([y, x]), ways)
    target, design = both[:, 0], both[:, 1:]
    n, k = design.shape
    gram = design.T @ design
    scale = np.sqrt((x - x.mean(axis=0)).var(axis=0) * n)
    flat = np.sqrt(np.diag(gram)) < 1e-8 * np.where(scale > 0, scale, 1)
    if flat.any() or np.linalg.matrix_rank(design) < k:
        raise FrameError(
            "A regressor does not vary once unit and period are held equal.",
            expected="values that differ between units in a way that changes over time",
            found=f"{int(flat.sum()) or 'some'} column(s) without such variation",
        )
    inverse = np.linalg.inv(gram)
    slopes = inverse @ (design.T @ target)
    left = target - design @ slopes
    scores = np.zeros((unit.max() + 1, k))
    np.add.at(scores, unit, design * left[:, None])
    groups = len(np.unique(unit))
    factor = groups / (groups - 1) * (n - 1) / (n - k) if small_sample == "sss" else 1.0
    errors = np.sqrt(factor * np.diag(inverse @ (scores.T @ scores) @ inverse))
    r2 = 1 - left @ left / (target @ target)
    return WithinFit(slopes, errors, n, groups, float(r2), left, design)


def _demeaned(values: NDArray[np.float64], ways: Sequence[NDArray[np.intp]]) -> NDArray[np.float64]:
    result = values - values.mean(axis=0)
    size = np.abs(result).max() + 1e-300
    counts = [np.bincount(w).astype(float) for w in ways]
    for _ in range(1000):
        before = result
        for way, count in zip(ways, counts, strict=True):
            sums = np.zeros((len(count), result.shape[1]))
            np.add.at(sums, way, result)
            result = result - (sums / np.maximum(count, 1)[:, None])[way]
        if np.abs(result - before).max() < 1e-12 * size:
            break
    return result


def link_panel(
    table: pd.DataFrame,
    *,
    metric: str,
    kpi: str,
    controls: Sequence[str] = (),
    lag: int = 0,
    replicates: int = 999,
    random_state: int = 0,
) -> Finding:
    """How a KPI goes with a metric inside units, with what all units share in a period taken away.

    Parameters
    ----------
    table : pandas.DataFrame
        `unit`, `period` and the columns named; one row a unit and period (see `join_periods`).
        Rows with anything missing are left out and counted.
    metric, kpi : str
        Columns.
    controls : sequence of str
        Further numeric columns to hold equal.
    lag : int
        Periods by which the metric leads (0 or more).
    replicates : int
        Wild-bootstrap draws, used under 30 units.
    random_state : int
        Where the draws start from.

    Returns
    -------
    Finding
        `table`: `term` (metric, each control, `placebo`), `coefficient` (KPI units a metric
        unit), `se` (clustered by unit), `ci_low`, `ci_high` (t with units - 1), `p`, `p_wild`
        (wild cluster bootstrap under 30 units, else empty), `n`, `units`. The placebo is the
        metric one period *after* the KPI, beside the metric itself: what comes later should not
        matter. `details`: `r2_within`, `pooled_r` (plain correlation over all
        rows), `within_r` (without unit, period and controls), `left_out`.

    Raises
    ------
    FrameError
        A column is missing, a unit-period is doubled, there are fewer than two units or periods,
        or the metric doesn't vary within units.

    Notes
    -----
    Two-way fixed effects; Arellano errors with small-sample factor. With few units the cluster
    errors are too small even so: read `p_wild` (null imposed, Webb's six-point weights).
    Cameron, Gelbach & Miller (2008), doi:10.1162/rest.90.3.414.
    """
    data, left_out = _rows(table, metric, kpi, controls, lag)
    names = [metric, *controls]
    y, unit, period = data[kpi].to_numpy(float), *_codes(data)
    main = within_regression(y, data[names].to_numpy(float), unit, period)
    rng = np.random.default_rng(random_state)
    few = main.units < FEW_CLUSTERS
    wild = _wild_p(main, y, unit, period, replicates, rng) if few else np.nan
    rows = [_term(name, main, j, wild if j == 0 else np.nan) for j, name in enumerate(names)]
    rows.append(_placebo(data, metric, kpi, controls))
    result = pd.DataFrame(rows)
    pooled = float(np.corrcoef(data[metric].astype(float), y)[0, 1])
    details = {
        "r2_within": main.r2,
        "pooled_r": pooled,
        "within_r": _within_r(main),
        "left_out": left_out,
    }
    return Finding(
        result, _words(result, metric, kpi), tuple(_warnings(result, few, details)), details
    )


def _rows(
    table: pd.DataFrame, metric: str, kpi: str, controls: Sequence[str], lag: int
) -> tuple[pd.DataFrame, int]:
    wanted = ["unit", "period", metric, kpi, *controls]
    absent = [c for c in wanted if c not in table.columns]
    if absent:
        raise FrameError(
            "The panel lacks columns.", expected=", ".join(wanted), found="no " + ", ".join(absent)
        )
    if lag < 0:
        raise SettingsError("The metric can't follow the KPI.", expected="lag >= 0", found=str(lag))
    data = table[wanted].sort_values(["unit", "period"]).reset_index(drop=True)
    if data.duplicated(["unit", "period"]).any():
        raise FrameError(
            "A unit has a period twice.",
            expected="one row a unit and period",
            found=f"{int(data.duplicated(['unit', 'period']).sum())} repeated rows",
        )
    step = data["period"].rank(method="dense").astype(int)
    data["step"] = step
    value = data.set_index(["unit", "step"])[metric]
    for name, shift in ((metric, -lag), ("_lead", 1)):
        keys = pd.MultiIndex.from_arrays([data["unit"], data["step"] + shift])
        data[name] = value.reindex(keys).to_numpy()
    known = data[[metric, kpi, *controls]].notna().all(axis=1)
    kept = data[known]
    if kept["unit"].nunique() < 2 or kept["period"].nunique() < 2:
        raise FrameError(
            "A panel needs several units and periods.",
            expected="at least 2 units and 2 periods with values",
            found=f"{kept['unit'].nunique()} units, {kept['period'].nunique()} periods",
        )
    return kept, int((~known).sum())


def _codes(data: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return pd.factorize(data["unit"])[0], pd.factorize(data["period"])[0]


def _term(name: str, fit: WithinFit, j: int, wild: float) -> dict[str, object]:
    value, error = float(fit.coefficients[j]), float(fit.errors[j])
    half = stats.t.ppf(0.975, fit.units - 1) * error
    p = 2 * stats.t.sf(abs(value) / error, fit.units - 1) if error > 0 else np.nan
    return {
        "term": name,
        "coefficient": value,
        "se": error,
        "ci_low": value - half,
        "ci_high": value + half,
        "p": float(p),
        "p_wild": wild,
        "n": fit.n,
        "units": fit.units,
    }


def _placebo(
    data: pd.DataFrame, metric: str, kpi: str, controls: Sequence[str]
) -> dict[str, object]:
    kept = data[data["_lead"].notna()]
    empty = dict.fromkeys(("coefficient", "se", "ci_low", "ci_high", "p", "p_wild"), np.nan)
    if kept["unit"].nunique() < 2 or kept["period"].nunique() < 3:
        return {"term": "placebo", **empty, "n": len(kept), "units": kept["unit"].nunique()}
    x = kept[["_lead", metric, *controls]].to_numpy(float)
    fit = within_regression(kept[kpi].to_numpy(float), x, *_codes(kept))
    return _term("placebo", fit, 0, np.nan)


_WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])


def _wild_p(
    fit: WithinFit,
    y: NDArray[np.float64],
    unit: NDArray[np.intp],
    period: NDArray[np.intp],
    replicates: int,
    rng: np.random.Generator,
) -> float:
    """P of the first slope by the wild cluster bootstrap with the null imposed."""
    first, others = fit.design[:, 0], fit.design[:, 1:]
    target = fit.left + fit.design @ fit.coefficients
    project = others @ np.linalg.pinv(others) if others.shape[1] else np.zeros((1, 1))

    def without(v: NDArray[np.float64]) -> NDArray[np.float64]:
        return v - project @ v if others.shape[1] else v

    x, null = without(first), without(target)
    weights = rng.choice(_WEBB, size=(unit.max() + 1, replicates))
    drawn = np.column_stack([null, null[:, None] * weights[unit]])
    drawn = without(_demeaned(drawn, (unit, period)))
    slopes = x @ drawn / (x @ x)
    left = drawn - x[:, None] * slopes
    scores = np.zeros((unit.max() + 1, drawn.shape[1]))
    np.add.at(scores, unit, x[:, None] * left)
    error = np.sqrt((scores**2).sum(axis=0))
    t = np.abs(slopes) / np.where(error > 0, error, np.inf)
    return float((1 + (t[1:] >= t[0] - 1e-12).sum()) / (replicates + 1))


def _within_r(fit: WithinFit) -> float:
    """Correlation of metric and KPI once effects and controls are taken away."""
    share = fit.coefficients[0] * fit.design[:, 0]
    rest = fit.left + share
    spread = np.sqrt((rest @ rest) * (share @ share))
    return float(np.sign(fit.coefficients[0]) * (rest @ share) / spread) if spread > 0 else 0.0


def _warnings(result: pd.DataFrame, few: bool, details: dict[str, float]) -> list[Words]:
    left_out, units = details["left_out"], int(result["units"].iloc[0])
    pooled, within = details["pooled_r"], details["within_r"]
    fi, en = (
        [number(r, language, decimals=2) for r in (pooled, within)] for language in ("fi", "en")
    )
    told = (
        (
            left_out > 0,
            f"Rivejä, joista puuttui jotakin ja jotka jäivät pois: {left_out}.",
            f"Rows with something missing, left out: {left_out}.",
        ),
        (
            few,
            f"Yksiköitä on vain {units}: lue uudelleenotannan p (p_wild), ei tavallista.",
            f"There are only {units} units: read the bootstrap p (p_wild), not the plain one.",
        ),
        (
            abs(pooled) > 0.1 and abs(within) < 0.5 * abs(pooled),
            f"Suurin osa yhteydestä (r = {fi[0]}) on yksiköiden pysyviä eroja tai yhteistä "
            f"kehitystä: niiden jälkeen r = {fi[1]}.",
            f"Most of the association (r = {en[0]}) is standing differences between units or a "
            f"shared trend: without them r = {en[1]}.",
        ),
        (
            result.loc[result["term"] == "placebo", "p"].item() < 0.05,
            "Lumetesti ei läpäise: myöhempi mittari on yhteydessä aiempaan KPI:hin, joten yhteys "
            "voi olla näennäinen.",
            "The placebo fails: the later metric goes with the earlier KPI, so the link may be "
            "spurious.",
        ),
    )
    return [Words(fi=fi, en=en) for holds, fi, en in told if holds]


def _words(result: pd.DataFrame, metric: str, kpi: str) -> Words:
    row = result.iloc[0]
    p = row["p_wild"] if np.isfinite(row["p_wild"]) else row["p"]
    size = max(abs(row["coefficient"]), 1e-300)
    decimals = int(np.clip(2 - np.floor(np.log10(size)), 0, 6))

    def told(language: str) -> tuple[str, str, str]:
        text = p_value(p, language)
        return (
            number(row["coefficient"], language, decimals=decimals, sign=True),
            interval(row["ci_low"], row["ci_high"], language, decimals=decimals),
            text if text.startswith("<") else f"= {text}",
        )

    fi, en = told("fi"), told("en")
    return Words(
        fi=(
            f"Yksiköiden sisällä mittarin {metric} yhden yksikön nousuun liittyy {kpi} {fi[0]} "
            f"(95 %:n luottamusväli {fi[1]}, p {fi[2]}, "
            f"{row['units']} liiketoimintayksikköä, n = {row['n']}). "
            "Yhteys ei kerro syystä."
        ),
        en=(
            f"Within units, one unit more of {metric} goes with {en[0]} of {kpi} "
            f"(95% interval {en[1]}, p {en[2]}, {row['units']} units, n = {row['n']}). "
            "Association, not cause."
        ),
    )
