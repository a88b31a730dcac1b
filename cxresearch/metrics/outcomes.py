"""Regression of business outcomes on metrics: churn, counts, money, and time to leaving."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..model import Finding, FrameError, SettingsError, Words, interval, number, p_value
from .intervals import wilson

__all__ = ["churn_after_answer", "model_outcome"]

EVENTS_PER_COEFFICIENT = 10


def model_outcome(
    table: pd.DataFrame, *, outcome: str, predictors: Sequence[str], family: str = "logit"
) -> Finding:
    """How an outcome goes with metrics when they stand together, with robust errors.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer (see `join_customers`). Rows with anything missing are left out and
        counted.
    outcome : str
        true/false or 0/1 for `logit` (churned); a count for `poisson` (purchases, support
        calls); above 0 for `gamma` (revenue).
    predictors : sequence of str
        Metrics and confounders. Numbers enter as they are; text and categories as 0/1 columns
        against their first category.
    family : str
        `logit`, `poisson` (log link) or `gamma` (log link).

    Returns
    -------
    Finding
        `table`: `term`, `coefficient` (log odds or log ratio for one unit), `se` (robust, HC0),
        `ci_low`, `ci_high` (95 %), `p`, `ratio` (odds ratio or ratio of means), `ratio_low`,
        `ratio_high`. `details`: `n`, `events` (logit), `log_likelihood`, `left_out`;
        `calibration` (logit: `predicted`, `observed`, `n`, `ci_low`, `ci_high` by tenths of
        prediction, in sample and so flattering).

    Raises
    ------
    FrameError
        A column is missing or of the wrong kind; the outcome doesn't vary; a predictor parts the
        outcome perfectly, or is a combination of others.
    SettingsError
        Fewer than 10 events (or rows, for the others) a coefficient: the model would be fitted to
        noise.

    Notes
    -----
    Checked against R 4.2.2 glm and sandwich 3.0-2 sandwich(). Events per variable: Peduzzi et
    al. (1996), doi:10.1016/S0895-4356(96)00236-3.
    """
    y, design, left_out = _prepared(table, outcome, predictors)
    _check_outcome(y, outcome, family)
    events = int(min(y.sum(), len(y) - y.sum())) if family == "logit" else len(y)
    _check_events(events, design.shape[1], family)
    fit = _fit_glm(y, design, family)
    result = _terms(fit.params, fit.bse, ["(intercept)", *design.columns])
    details = {"n": len(y), "log_likelihood": float(fit.llf), "left_out": left_out}
    if family == "logit":
        details["events"] = events
        details["calibration"] = _calibration(y, np.asarray(fit.fittedvalues))
    kind = ("vedonlyöntisuhde", "odds ratio") if family == "logit" else ("suhde", "ratio")
    told = _words(result, Words(fi=outcome, en=outcome), len(y), kind)
    return Finding(result, told, tuple(_left(left_out)), details)


def _prepared(
    table: pd.DataFrame, outcome: str, predictors: Sequence[str]
) -> tuple[NDArray[np.float64], pd.DataFrame, int]:
    wanted = [outcome, *predictors]
    absent = [c for c in wanted if c not in table.columns]
    if absent or not len(predictors):
        raise FrameError(
            "The table lacks the outcome or a predictor.",
            expected=", ".join(wanted),
            found="no " + (", ".join(absent) or "predictors"),
        )
    if not pd.api.types.is_numeric_dtype(table[outcome]):
        raise FrameError(
            f"The outcome `{outcome}` should hold numbers, or true and false.",
            expected="numbers",
            found=str(table[outcome].dtype),
        )
    data = table[wanted].dropna()
    columns: dict[str, NDArray[np.float64]] = {}
    for name in predictors:
        column = data[name]
        if pd.api.types.is_numeric_dtype(column):
            columns[name] = column.to_numpy(float)
        else:
            _check_categories(column)
            marks = pd.get_dummies(column, drop_first=True, dtype=float)
            columns |= {f"{name}={c}": marks[c].to_numpy() for c in marks.columns}
    design = pd.DataFrame(columns, index=data.index)
    flat = [c for c in design if np.ptp(design[c].to_numpy()) == 0] if len(design) else list(design)
    rank = (
        np.linalg.matrix_rank(np.column_stack([np.ones(len(design)), design])) if len(design) else 0
    )
    if flat or rank < design.shape[1] + 1:
        raise FrameError(
            "The predictors can't be told apart.",
            expected="predictors that vary and are no combination of the others",
            found="constant: " + ", ".join(flat) if flat else "an exact combination",
        )
    return data[outcome].to_numpy(float), design, len(table) - len(data)


def _check_categories(column: pd.Series, most: int = 50) -> None:
    """Text that is mostly numbers, or has very many values, is a mistake and no category."""
    text = column.astype(str)
    bad = pd.to_numeric(text, errors="coerce").isna()
    if len(text) and bad.mean() < 0.5 and text.nunique() > 2:
        rows = column.index[bad]
        raise FrameError(
            f"Column `{column.name}` holds numbers written as text.",
            expected="numbers",
            found=f"{len(rows)} cells that are no number" if len(rows) else "text",
            where="rows " + ", ".join(map(str, rows[:5])) if len(rows) else None,
            next_step="Empty or correct these cells and make the column numeric.",
        )
    if text.nunique() > most:
        raise FrameError(
            f"Column `{column.name}` has too many categories to be a predictor.",
            expected=f"at most {most}",
            found=str(text.nunique()),
            next_step="Join rare categories, or leave the column out.",
        )


def _check_outcome(y: NDArray[np.float64], outcome: str, family: str) -> None:
    rules = {
        "logit": (lambda v: np.isin(v, (0, 1)), "0 and 1, or true and false"),
        "poisson": (lambda v: (v >= 0) & (v == np.floor(v)), "counts 0, 1, 2, …"),
        "gamma": (lambda v: v > 0, "numbers above 0"),
    }
    if family not in rules:
        raise SettingsError("The family isn't known.", expected=" | ".join(rules), found=family)
    rule, expected = rules[family]
    bad = int((~rule(y)).sum())
    if bad or np.ptp(y) == 0:
        raise FrameError(
            f"The outcome `{outcome}` doesn't fit the family {family}.",
            expected=expected + ", not all the same",
            found=f"{bad} other values" if bad else "one value only",
        )


def _check_events(events: int, coefficients: int, family: str) -> None:
    if events < EVENTS_PER_COEFFICIENT * coefficients:
        what = "events" if family in ("logit", "cox") else "rows"
        raise SettingsError(
            f"There are too few {what} for so many predictors.",
            expected=f"at least {EVENTS_PER_COEFFICIENT} a coefficient: "
            f"{EVENTS_PER_COEFFICIENT * coefficients}",
            found=f"{events} {what}, {coefficients} coefficients",
            next_step="Leave predictors out, or use rank correlations (link_customers).",
        )


def _fit_glm(y: NDArray[np.float64], design: pd.DataFrame, family: str):  # type: ignore[no-untyped-def]
    import warnings

    import statsmodels.api as sm

    kinds = {
        "logit": sm.families.Binomial(),
        "poisson": sm.families.Poisson(),
        "gamma": sm.families.Gamma(sm.families.links.Log()),
    }
    model = sm.GLM(y, sm.add_constant(design.to_numpy(float), has_constant="add"), kinds[family])
    with warnings.catch_warnings():
        # separation is looked for below, on the fit itself
        warnings.simplefilter("ignore")
        fit = model.fit(maxiter=200, tol=1e-12, cov_type="HC0")
    parted = family == "logit" and np.abs(fit.fittedvalues - y).max() < 1e-4
    if parted or not np.isfinite(fit.bse).all() or np.abs(fit.params).max() > 1e4:
        raise FrameError(
            "The predictors part the outcome perfectly, so no ratio can be estimated.",
            expected="both outcomes at similar values of the predictors",
            found="perfect separation",
            next_step="Leave out what only those with the outcome can have.",
        )
    return fit


def _terms(
    values: NDArray[np.float64], errors: NDArray[np.float64], names: Sequence[str]
) -> pd.DataFrame:
    half = stats.norm.ppf(0.975) * errors
    return pd.DataFrame(
        {
            "term": list(names),
            "coefficient": values,
            "se": errors,
            "ci_low": values - half,
            "ci_high": values + half,
            "p": 2 * stats.norm.sf(np.abs(values) / errors),
            "ratio": np.exp(values),
            "ratio_low": np.exp(values - half),
            "ratio_high": np.exp(values + half),
        }
    )


def _calibration(y: NDArray[np.float64], predicted: NDArray[np.float64]) -> pd.DataFrame:
    """Predicted against observed; customers with the same prediction stay together."""
    parts = min(10, max(1, len(y) // 20))
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, parts + 1)[1:-1]).round(12))
    place = np.searchsorted(edges, predicted.round(12), side="left")
    rows = pd.DataFrame({"predicted": predicted, "observed": y}).groupby(place)
    table = rows.mean().assign(n=rows.size()).reset_index(drop=True)
    table["ci_low"], table["ci_high"] = wilson(table["observed"] * table["n"], table["n"])
    return table


def _left(left_out: int) -> list[Words]:
    if not left_out:
        return []
    return [
        Words(
            fi=f"Rivejä, joista puuttui jotakin ja jotka jäivät pois: {left_out}.",
            en=f"Rows with something missing, left out: {left_out}.",
        )
    ]


def _words(result: pd.DataFrame, outcome: Words, n: int, kind: tuple[str, str]) -> Words:
    """One sentence on the first predictor (the metric)."""
    row = result[result["term"] != "(intercept)"].iloc[0]

    def told(language: str) -> tuple[str, str, str]:
        p = p_value(row["p"], language)
        return (
            number(row["ratio"], language, decimals=2),
            interval(row["ratio_low"], row["ratio_high"], language, decimals=2),
            p if p.startswith("<") else f"= {p}",
        )

    fi, en = told("fi"), told("en")
    return Words(
        fi=(
            f"Yhden yksikön nousuun ({row['term']}) liittyy {outcome.to('fi')}: {kind[0]} {fi[0]} "
            f"(95 %:n luottamusväli {fi[1]}, p {fi[2]}, n = {number(n, 'fi')}), muut pidetty "
            "samoina. Yhteys ei kerro syystä."
        ),
        en=(
            f"One unit more of {row['term']} goes with {outcome.to('en')}: {kind[1]} {en[0]} "
            f"(95% interval {en[1]}, p {en[2]}, n = {number(n, 'en')}), the others held equal. "
            "Association, not cause."
        ),
    )


def churn_after_answer(
    table: pd.DataFrame,
    *,
    predictors: Sequence[str],
    answered: str = "answered_at",
    left: str = "left_at",
    until: str = "observed_until",
) -> Finding:
    """Time from the answer to leaving: Cox's proportional hazards, counted from the survey on.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer: three dates and the predictors.
    predictors : sequence of str
        Metrics and confounders, as in `model_outcome`.
    answered, left, until : str
        Day of the answer; day of leaving (empty for those who stayed); last day of watching.

    Returns
    -------
    Finding
        `table`: as `model_outcome`, `ratio` being the hazard ratio; and `ph_p`, a test of whether
        the ratio drifts over time (small = it does). `details`: `n`, `events`,
        `log_likelihood`, `left_before` (left before or on the day of answering: left out),
        `left_out` (something missing).

    Raises
    ------
    FrameError
        A column is missing or holds no dates, or watching ended before the answer.
    SettingsError
        Fewer than 10 leavers a coefficient.

    Notes
    -----
    Efron's ties. Checked against R survival 3.5-3 coxph. `ph_p` correlates Schoenfeld residuals
    with the rank of time (Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515; the simple form,
    one coefficient at a time). Cox (1972), doi:10.1111/j.2517-6161.1972.tb00899.x.
    """
    absent = [c for c in (answered, left, until) if c not in table.columns]
    wrong = [c for c in (answered, left, until) if c not in absent and table[c].dtype.kind != "M"]
    if absent or wrong:
        raise FrameError(
            "The dates of answering, leaving and watching are needed.",
            expected=f"{answered}, {left}, {until} as dates",
            found="no " + ", ".join(absent) if absent else "no dates in " + ", ".join(wrong),
        )
    gone = table[left].notna() & (table[left] <= table[until])
    end = table[left].where(gone, table[until])
    days = (end - table[answered]).dt.total_seconds() / 86400
    before = table[left].notna() & (table[left] <= table[answered])
    if ((days <= 0) & ~before).any():
        rows = table.index[(days <= 0) & ~before]
        raise FrameError(
            "Watching ended before the answer was given.",
            expected=f"{until} after {answered}",
            found=f"{len(rows)} customers",
            where="rows " + ", ".join(map(str, rows[:5])),
        )
    rows = table.assign(_event=gone.astype(float), _days=days)[~before & days.notna()]
    event, design, missing = _prepared(rows, "_event", predictors)
    time = rows.loc[design.index, "_days"].to_numpy(float)
    result, likelihood = _cox(time, event, design)
    details = {
        "n": len(event),
        "events": int(event.sum()),
        "log_likelihood": likelihood,
        "left_before": int(before.sum()),
        "left_out": missing + int((~before & days.isna()).sum()),
    }
    leaving = Words(fi="lähteminen", en="leaving")
    words = _words(result, leaving, len(event), ("riskisuhde", "hazard ratio"))
    return Finding(result, words, tuple(_left(int(details["left_out"]))), details)


def _cox(
    time: NDArray[np.float64], event: NDArray[np.float64], design: pd.DataFrame
) -> tuple[pd.DataFrame, float]:
    from statsmodels.duration.hazard_regression import PHReg

    _check_events(int(event.sum()), design.shape[1], "cox")
    x = design.to_numpy(float)
    centre, spread = x.mean(axis=0), x.std(axis=0)
    fit = PHReg(time, (x - centre) / spread, status=event, ties="efron").fit(disp=False)
    if not np.isfinite(fit.bse).all() or np.abs(fit.params).max() > 50:
        raise FrameError(
            "The predictors part the leavers from the rest perfectly.",
            expected="leavers and stayers at similar values of the predictors",
            found="perfect separation",
        )
    result = _terms(fit.params / spread, fit.bse / spread, list(design.columns))
    drift = fit.schoenfeld_residuals
    known = np.isfinite(drift).all(axis=1)
    rank = stats.rankdata(time[known])
    result["ph_p"] = [stats.pearsonr(column, rank).pvalue for column in drift[known].T]
    return result, float(fit.llf)
