"""The link between experience metrics and business KPIs at customer level, with its guards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..model import (
    Finding,
    FrameError,
    SettingsError,
    Words,
    check_frame,
    interval,
    number,
    p_value,
)
from .correlation import partial_spearman, rank_correlation
from .intervals import adjust_p
from .simpson import SimpsonCheck, simpson_check

__all__ = ["CONTEXT", "FEW", "TOO_FEW", "link_customers"]

FEW = 100
"""Below this many customers a link is flagged."""
TOO_FEW = 30
"""Below this many customers no p-value is given."""

CONTEXT: tuple[tuple[str, Words], ...] = (
    (
        "Keiningham et al. 2007, doi:10.1509/jmkg.71.3.039",
        Words(
            fi=(
                "21 yritystä, yli 15 500 haastattelua: NPS ei ennustanut kasvua muita mittareita "
                "paremmin."
            ),
            en=(
                "21 firms, over 15,500 interviews: NPS did not predict growth better than other "
                "metrics."
            ),
        ),
    ),
    (
        "Morgan & Rego 2006, doi:10.1287/mksc.1050.0180",
        Words(
            fi=(
                "Keskimääräinen tyytyväisyys ennusti tulosta parhaiten, suosittelumittarit "
                "heikosti."
            ),
            en="Average satisfaction predicted results best; recommendation metrics did so poorly.",
        ),
    ),
    (
        "Baehre et al. 2022, doi:10.1007/s11747-021-00790-2",
        Words(
            fi=(
                "7 brändiä, 5 vuotta: NPS ennusti myyntiä vain, kun vastaajina olivat kaikki "
                "mahdolliset asiakkaat."
            ),
            en=(
                "7 brands, 5 years: NPS predicted sales only when asked of all potential customers."
            ),
        ),
    ),
    (
        "Dixon, Freeman & Toman 2010 (HBR)",
        Words(
            fi=(
                "Vaivattomuuden yhteys uskollisuuteen perustuu ilmoitettuihin aikeisiin, ei "
                "tekoihin."
            ),
            en="The link of ease to loyalty rests on stated intentions, not on behaviour.",
        ),
    ),
)
"""Published evidence to show beside any link, most of it against easy conclusions."""


def link_customers(
    scores: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    kpis: Sequence[str],
    confounders: Sequence[str] = (),
    segment: str | None = None,
    names: Mapping[str, Words] | None = None,
    replicates: int = 1000,
    random_state: int = 0,
) -> Finding:
    """How each metric goes with each KPI over customers, with everything that may fool us.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row a customer: `customer` and one numeric column a metric (see `customer_scores`).
    outcomes : pandas.DataFrame
        The contract "customers": `customer`, the KPI columns, confounders, segment.
    kpis : sequence of str
        Numeric or true/false columns of `outcomes`.
    confounders : sequence of str
        Columns of `outcomes` to hold equal (tenure, plan, region) in the partial correlation.
    segment : str, optional
        Column of `outcomes` for the Simpson check.
    names : mapping, optional
        Names of metrics and KPIs in several languages, for the sentences.
    replicates : int
        Bootstrap resamples of customers for each interval.
    random_state : int
        Where the draws start from.

    Returns
    -------
    Finding
        `table`, one row a metric and KPI, strongest first: `metric`, `kpi`, `n`, `rho`
        (Spearman), `ci_low`, `ci_high` (95 %, bootstrap), `tau` (Kendall), `p`, `p_corrected`
        (Benjamini-Hochberg over the whole table; both empty under 30 customers), `partial_rho`,
        `partial_low`, `partial_high`, `partial_p_corrected` (confounders held equal), `simpson`
        (agrees, differs,
        reversed, unclear, not_checked; see `simpson_check`), `note` (`` , few, too_few, constant).
        `details`: `sentences` (Words, in the table's order), `segments` (the correlation inside
        each segment), `context` (published evidence), `customers` (matched, and left on each side).

    Raises
    ------
    FrameError
        A column is missing or holds text, a customer is doubled, or no customer is in both.
    SettingsError
        A KPI is also a confounder, or there is nothing to link.

    Notes
    -----
    Customers are matched by key; a pair uses the customers who have both numbers. The result is
    association, not effect: nothing here rules out what was not measured.
    """
    joined, counts = _join(scores, outcomes, kpis, confounders, segment)
    metrics = [c for c in scores.columns if c != "customer"]
    if not metrics or not len(kpis):
        raise SettingsError(
            "There is nothing to link.",
            expected="at least one metric and one KPI",
            found=f"{len(metrics)} metrics, {len(kpis)} KPIs",
        )
    rng = np.random.default_rng(random_state)
    rows, checks = [], []
    for metric in metrics:
        for kpi in kpis:
            row, check = _pair(joined, metric, kpi, confounders, segment, replicates, rng)
            rows.append(row)
            checks.append(check)
    table = pd.DataFrame(rows)
    table["p_corrected"] = adjust_p(table["p"], "bh")
    table["partial_p_corrected"] = adjust_p(table.pop("partial_p"), "bh")
    table = table[[*_COLUMNS]]
    order = np.argsort(-table["rho"].abs().fillna(-1).to_numpy(), kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    checks = [checks[i] for i in order]
    told = [
        _words(row, check, names) for (_, row), check in zip(table.iterrows(), checks, strict=True)
    ]
    return Finding(
        table,
        _headline(table, told),
        tuple(_warnings(table, names)),
        {
            "sentences": told,
            "segments": _segment_table(table, checks),
            "context": CONTEXT,
            "customers": counts,
        },
    )


_COLUMNS = [
    "metric",
    "kpi",
    "n",
    "rho",
    "ci_low",
    "ci_high",
    "tau",
    "p",
    "p_corrected",
    "partial_rho",
    "partial_low",
    "partial_high",
    "partial_p_corrected",
    "simpson",
    "note",
]


def _join(
    scores: pd.DataFrame,
    outcomes: pd.DataFrame,
    kpis: Sequence[str],
    confounders: Sequence[str],
    segment: str | None,
) -> tuple[pd.DataFrame, dict[str, int]]:
    check_frame(scores, "customers")
    check_frame(outcomes, "customers")
    both = sorted(set(kpis) & set(confounders))
    if both:
        raise SettingsError("A KPI can't be held equal to itself.", found=", ".join(both))
    wanted = [*kpis, *confounders, *([segment] if segment else [])]
    absent = [c for c in wanted if c not in outcomes.columns]
    if absent:
        raise FrameError(
            "The customer table lacks columns to link.",
            expected=", ".join(wanted),
            found="no " + ", ".join(absent),
        )
    for name in (c for c in scores.columns if c != "customer"):
        _require_numbers(scores[name])
    for name in kpis:
        _require_numbers(outcomes[name])
    clash = [c for c in scores.columns if c != "customer" and c in wanted]
    if clash:
        raise SettingsError("A metric and a KPI share a name.", found=", ".join(clash))
    columns = ["customer", *dict.fromkeys(wanted)]
    joined = scores.merge(outcomes[columns], on="customer", how="inner", validate="one_to_one")
    counts = {
        "matched": len(joined),
        "only_in_scores": len(scores) - len(joined),
        "only_in_outcomes": len(outcomes) - len(joined),
    }
    if not len(joined):
        raise FrameError(
            "No customer is both among the answers and in the customer table.",
            expected="the same customer keys on both sides",
            found=f"{len(scores)} and {len(outcomes)} customers, none in common",
            next_step="Check that both keys were hashed with the same salt.",
        )
    return joined, counts


def _require_numbers(column: pd.Series) -> None:
    if column.dtype.kind in "iufb" or pd.api.types.is_numeric_dtype(column):
        return
    kept = pd.to_numeric(column, errors="coerce")
    bad = column.index[kept.isna() & column.notna()]
    raise FrameError(
        f"Column `{column.name}` should hold numbers, but holds {column.dtype}.",
        expected="numbers, or true and false",
        found=f"{len(bad)} cells that are no number",
        where="rows " + ", ".join(map(str, bad[:5])) + (" …" if len(bad) > 5 else ""),
        next_step="Correct these cells, or empty them.",
    )


def _pair(
    joined: pd.DataFrame,
    metric: str,
    kpi: str,
    confounders: Sequence[str],
    segment: str | None,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[dict[str, object], SimpsonCheck | None]:
    x = joined[metric].astype(float).to_numpy()
    y = joined[kpi].astype(float).to_numpy()
    found = rank_correlation(x, y, replicates=replicates, random_state=rng)
    row: dict[str, object] = {
        "metric": metric,
        "kpi": kpi,
        "n": found.n,
        "rho": found.rho,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "tau": found.tau,
        "p": found.p if found.n >= TOO_FEW else np.nan,
        "partial_rho": np.nan,
        "partial_low": np.nan,
        "partial_high": np.nan,
        "partial_p": np.nan,
        "simpson": "not_checked",
        "note": _note(found.n, found.rho),
    }
    if confounders:
        held = partial_spearman(x, y, joined[list(confounders)])
        row |= {"partial_rho": held.rho, "partial_low": held.ci_low, "partial_high": held.ci_high}
        row["partial_p"] = held.p if held.n >= TOO_FEW else np.nan
    check = simpson_check(x, y, joined[segment]) if segment else None
    if check is not None:
        row["simpson"] = check.flag
    return row, check


def _note(n: int, rho: float) -> str:
    if n < TOO_FEW:
        return "too_few"
    if not np.isfinite(rho):
        return "constant"
    return "few" if n < FEW else ""


def _segment_table(table: pd.DataFrame, checks: list[SimpsonCheck | None]) -> pd.DataFrame:
    parts = [
        check.segments.assign(metric=row["metric"], kpi=row["kpi"])
        for (_, row), check in zip(table.iterrows(), checks, strict=True)
        if check is not None
    ]
    columns = ["metric", "kpi", "segment", "n", "rho", "ci_low", "ci_high"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _named(key: str, language: str, names: Mapping[str, Words] | None) -> str:
    words = (names or {}).get(key)
    return key if words is None else words.to(language)


_STRENGTH = (
    (0.1, {"fi": "hyvin heikko", "en": "very weak"}),
    (0.3, {"fi": "heikko", "en": "weak"}),
    (0.5, {"fi": "kohtalainen", "en": "moderate"}),
    (1.1, {"fi": "vahva", "en": "strong"}),
)


def _words(row: pd.Series, check: SimpsonCheck | None, names: Mapping[str, Words] | None) -> Words:
    return Words(fi=_tell(row, check, names, "fi"), en=_tell(row, check, names, "en"))


def _tell(
    row: pd.Series,
    check: SimpsonCheck | None,
    names: Mapping[str, Words] | None,
    language: str,
) -> str:
    fi = language == "fi"
    pair = f"{_named(row['metric'], language, names)} × {_named(row['kpi'], language, names)}"
    if not np.isfinite(row["rho"]):
        reason = (
            "yhteyttä ei voi laskea, koska arvot eivät vaihtele tai asiakkaita on liian vähän"
            if fi
            else "no link can be computed: the values don't vary, or there are too few customers"
        )
        return f"{pair}: {reason} (n = {row['n']})."
    ends = interval(row["ci_low"], row["ci_high"], language, decimals=2)
    parts = [
        f"ρ = {number(row['rho'], language, decimals=2)}",
        f"95 %:n luottamusväli {ends}" if fi else f"95% interval {ends}",
        f"n = {number(row['n'], language)}",
    ]
    if np.isfinite(row["p_corrected"]):
        p = p_value(row["p_corrected"], language)
        parts.append(f"{'korjattu' if fi else 'corrected'} p {p if p[0] == '<' else '= ' + p}")
    text = f"{pair}: {_kind(row, language)} ({', '.join(parts)})."
    return text + _held(row, language) + _turn(check, language) + _small(row["note"], language)


def _kind(row: pd.Series, language: str) -> str:
    strength = next(words[language] for limit, words in _STRENGTH if abs(row["rho"]) < limit)
    up = row["rho"] > 0
    if not row["p_corrected"] < 0.05:
        return (
            "yhteyttä ei voi erottaa sattumasta"
            if language == "fi"
            else "no association that stands out from chance"
        )
    if language == "fi":
        end = "korkea" if up else "matala"
        return f"{strength} yhteys: kun toinen on korkea, toinen on keskimäärin {end}"
    end = "high" if up else "low"
    return f"a {strength} association: where one is high, the other tends to be {end}"


def _held(row: pd.Series, language: str) -> str:
    """What is left of a clear association with the confounders held equal."""
    if not np.isfinite(row["partial_rho"]) or not row["p_corrected"] < 0.05:
        return ""
    rho = number(row["partial_rho"], language, decimals=2)
    ends = interval(row["partial_low"], row["partial_high"], language, decimals=2)
    if language == "fi":
        return f" Taustatekijät vakioituina ρ = {rho} ({ends})."
    return f" With the confounders held equal ρ = {rho} ({ends})."


def _turn(check: SimpsonCheck | None, language: str) -> str:
    if check is None or check.flag not in ("reversed", "differs"):
        return ""
    within = number(check.within, language, decimals=2)
    ends = interval(check.within_low, check.within_high, language, decimals=2)
    if language == "fi":
        sure = "on päinvastainen" if check.flag == "reversed" else "näyttää erisuuntaiselta"
        return f" Huomio: segmenttien sisällä yhteys {sure} (ρ = {within}, {ends})."
    sure = "turns round" if check.flag == "reversed" else "seems to point the other way"
    return f" Beware: inside the segments the association {sure} (ρ = {within}, {ends})."


def _small(note: str, language: str) -> str:
    if note == "few":
        return " Aineisto on pieni." if language == "fi" else " The sample is small."
    if note == "too_few":
        return (
            " Asiakkaita on liian vähän testiin."
            if language == "fi"
            else " Too few customers for a test."
        )
    return ""


def _headline(table: pd.DataFrame, told: list[Words]) -> Words:
    tested = int(table["p"].notna().sum())
    clear = np.flatnonzero((table["p_corrected"] < 0.05).to_numpy())
    if not len(clear):
        return Words(
            fi=(
                f"Yksikään {tested} testatusta parista ei erotu sattumasta, kun testien määrä "
                "otetaan huomioon."
            ),
            en=(
                f"None of {tested} tested pairs stands out from chance once the number of tests "
                "is counted in."
            ),
        )
    first = told[clear[0]]
    return Words(
        fi=(
            f"{len(clear)} / {tested} parista erottuu sattumasta. Vahvin: {first.to('fi')} "
            "Yhteys ei kerro syystä."
        ),
        en=(
            f"{len(clear)} of {tested} pairs stand out from chance. Strongest: {first.to('en')} "
            "Association, not cause."
        ),
    )


def _pairs(rows: pd.DataFrame, names: Mapping[str, Words] | None, language: str) -> str:
    """The first pairs of a table in words."""
    told = [
        f"{_named(m, language, names)} × {_named(k, language, names)}"
        for m, k in zip(rows["metric"], rows["kpi"], strict=True)
    ]
    return ", ".join(told[:5]) + (" …" if len(told) > 5 else "")


def _warnings(table: pd.DataFrame, names: Mapping[str, Words] | None) -> list[Words]:
    notes = []
    for note, fi, en in (
        ("constant", "Arvot eivät vaihtele", "Values that don't vary"),
        (
            "too_few",
            f"Alle {TOO_FEW} asiakasta, p-arvoa ei anneta",
            f"Under {TOO_FEW} customers, no p-value",
        ),
        ("few", f"Alle {FEW} asiakasta", f"Under {FEW} customers"),
    ):
        rows = table[table["note"] == note]
        if len(rows):
            shown = {x: _pairs(rows, names, x) for x in ("fi", "en")}
            notes.append(Words(fi=f"{fi}: {shown['fi']}.", en=f"{en}: {shown['en']}."))
    turned = table[table["simpson"] == "reversed"]
    if len(turned):
        shown = {x: _pairs(turned, names, x) for x in ("fi", "en")}
        notes.append(
            Words(
                fi=(
                    "Yhteys kääntyy segmenttien sisällä päinvastaiseksi (Simpsonin paradoksi): "
                    f"{shown['fi']}."
                ),
                en="The association turns round inside the segments (Simpson's paradox): "
                f"{shown['en']}.",
            )
        )
    return notes
