"""What customers are worth and what the business counts: lifetime value, measures, smileys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..model import CxresearchError, Finding, FrameError, SettingsError, Words
from .results import forget_finding, forget_findings, write_finding
from .scoring import minimum_of

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["write_measures", "write_smileys", "write_value"]


def _segment_of(study: Study, customers: pd.Series) -> pd.Series:
    return customers.map(study.membership().set_index("customer")["segment"])


def write_value(study: Study, answers: pd.DataFrame) -> list[str]:
    """`value-observed` and `value-expected`: lifetime value so far and to come.

    Expected value is written by segment only: for a single customer it says little.
    """
    from ..metrics import lifetime_value, observed_value, purchase_histories

    forget_findings(study, "value-")
    part = study.settings.purchases
    purchases = study.read_frame("purchases")
    if part is None or purchases.empty:
        return []
    until = pd.Timestamp(part.until) if part.until else None
    histories = purchase_histories(purchases, until=until)
    table = histories.table.assign(segment=_segment_of(study, histories.table["customer"]))
    by = "segment" if table["segment"].notna().any() else None
    observed = observed_value(table, margin=part.margin, by=by, minimum_cell=minimum_of(study))
    details = {"report": histories.details["report"], "until": histories.details["until"]}
    write_finding(study, "value-observed", Finding(observed.table, observed.sentences, (), details))
    lines = [observed.sentence("en")]
    try:
        expected = lifetime_value(
            table,
            horizon=part.horizon,
            margin=part.margin,
            discount=(1 + part.discount) ** (1 / 12) - 1,
        )
    except CxresearchError as error:
        reason = Words(
            fi="Odotettua elinkaariarvoa ei voi arvioida: ostoissa on liian vähän vaihtelua tai "
            "toistoa mallille.",
            en=f"Expected lifetime value: not fitted. {error.what}",
        )
        write_finding(study, "value-expected", Finding(pd.DataFrame(), reason, (reason,)))
        return [*lines, reason.to("en")]
    return [*lines, _write_expected(study, expected, by)]


def _write_expected(study: Study, expected: Finding, by: str | None) -> str:
    """`value-expected`: the mean of everyone and of each segment."""
    from ..metrics import ratio_of_sums

    part = study.settings.purchases
    worth = expected.table.assign(segment=_segment_of(study, expected.table["customer"]))
    months = f"{part.horizon:g}" if part else ""
    name = Words(
        fi=f"Odotettu kate asiakasta kohden seuraavat {months} kk",
        en=f"Expected margin a customer, next {months} months",
    )
    shown = ratio_of_sums(
        worth, numerator="lifetime_value", by=by, name=name, minimum_cell=minimum_of(study)
    )
    both = Words({x: f"{shown.sentence(x)} {expected.sentence(x)}" for x in ("fi", "en")})
    fitted = expected.details["bg_nbd"], expected.details["gamma_gamma"]
    details = {
        "bg_nbd": {k: float(getattr(fitted[0], k)) for k in ("r", "alpha", "a", "b")},
        "gamma_gamma": {k: float(getattr(fitted[1], k)) for k in ("p", "q", "gamma")},
        "alive": float(worth["alive"].mean()),
    }
    write_finding(study, "value-expected", Finding(shown.table, both, expected.warnings, details))
    return shown.sentence("en")


def write_measures(study: Study, answers: pd.DataFrame) -> list[str]:
    """`measure-NAME` for each [[measures]]: share of wallet, conversion, average purchase, …"""
    from ..metrics import ratio_of_sums

    forget_findings(study, "measure-")
    lines = []
    for part in study.settings.measures:
        table = _measured(study, part.source)
        where = f"[[measures]] {part.measure}"
        if table.empty:
            lines.append(f"{where}: not computed, because the study has no {part.source}.")
            continue
        _require_columns(table, [part.numerator, part.denominator, part.by], where)
        try:
            found = ratio_of_sums(
                table,
                numerator=part.numerator,
                denominator=part.denominator,
                by=part.by if part.by and table[part.by].notna().any() else None,
                share=part.share,
                name=Words(part.name),
                minimum_cell=1 if part.source == "kpis" else minimum_of(study),
            )
        except FrameError as error:
            lines.append(f"{where}: not computed. {error.what} {error.found or ''}".strip())
            continue
        details = {"kind": part.kind, "share": part.share, "name": dict(part.name)}
        write_finding(
            study,
            f"measure-{part.measure}",
            Finding(found.table, found.sentences, found.warnings, details),
        )
        lines.append(found.sentence("en"))
    return lines


def _require_columns(table: pd.DataFrame, wanted: list[str | None], where: str) -> None:
    absent = [c for c in wanted if c is not None and c not in table]
    if absent:
        raise SettingsError(
            "study.toml measures a column that is not there.",
            expected=", ".join(map(str, table.columns)),
            found=", ".join(absent),
            where=where,
            next_step="Name the column among [customers] outcomes or [kpis] columns.",
        )


def _measured(study: Study, source: str) -> pd.DataFrame:
    """The table that a measure is taken from, with the segment of each customer."""
    if source == "kpis":
        kpis = study.kpis()
        if kpis.empty:
            return pd.DataFrame()
        wide = kpis.pivot(index=["unit", "period"], columns="kpi", values="value")
        return wide.reset_index().rename_axis(columns=None)
    if source == "purchases":
        purchases = study.read_frame("purchases")
        if purchases.empty:
            return pd.DataFrame()
        sums = purchases.groupby("customer")["value"].agg(["sum", "size"]).reset_index()
        table = sums.rename(columns={"sum": "value", "size": "purchases"})
    else:
        table = study.customers()
    return table.assign(segment=_segment_of(study, table["customer"])) if len(table) else table


def write_smileys(study: Study, answers: pd.DataFrame) -> list[str]:
    """`smileys` by place and `smileys-PLACE` over time with control limits."""
    from ..metrics import smiley_shares, smiley_trend

    forget_findings(study, "smileys")
    counts = study.read_frame("smileys")
    if counts.empty or not study.settings.smileys:
        forget_finding(study, "smileys")
        return []
    parts = study.settings.smileys
    good = len(parts[0].faces) - parts[0].smiling + 1
    names = {t.touchpoint: t.name for t in study.settings.encounters()}
    for part in parts:
        names |= {place: Words(texts) for place, texts in part.names.items()}
    given = {"good": good, "minimum_cell": minimum_of(study)}
    found = smiley_shares(counts, names=names, **given)  # type: ignore[arg-type]
    labels = {str(k): dict(names[k]) for k in found.table["place"] if k in names}
    write_finding(study, "smileys", Finding(found.table, found.sentences, (), {"names": labels}))
    for place, rows in counts.groupby("place", sort=True):
        if rows["period"].nunique() < 3:
            continue
        trend = smiley_trend(rows, **given)  # type: ignore[arg-type]
        write_finding(study, f"smileys-{place}", trend)
    return [found.sentence("en")]
