"""Models of outcomes: regression with confounders, time to leaving, who stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..model import CxresearchError, Finding, FrameError, Words
from .associating import outcomes_of, scores_of_customers
from .features import feature_labels
from .results import forget_findings, write_finding
from .scoring import minimum_of, people_only

if TYPE_CHECKING:
    from ..study import Study
    from ..study.settings_business import CustomersPart

__all__ = ["write_models"]


def write_models(study: Study, answers: pd.DataFrame) -> list[str]:
    """`model-METRIC-KPI`: regression with confounders; `survival-METRIC`: leaving after answering.

    A model that the data can't carry (too few events, perfect separation) is written as a sentence
    that says so, never as empty numbers.
    """
    forget_findings(study, "model-")
    forget_findings(study, "survival-")
    forget_findings(study, "retention")
    forget_findings(study, "models")
    scored = scores_of_customers(study, answers)
    table, numeric = outcomes_of(study)
    if scored is None or table.empty:
        return []
    joined = table.merge(scored.table, on="customer", how="inner")
    confounders = [c for c in study.settings.link.confounders if c in table]
    found: dict[tuple[str, str, str], Finding] = {}
    for metric in [m for m in ("nps", "csat", "ces") if m in scored.table]:
        for kpi in numeric:
            family = _family(study, table[kpi], kpi)
            if family != "none":
                what = (metric, kpi, family)
                found[what] = _model(study, joined, what, confounders)
        survival = _survival(study, answers, metric, confounders)
        if survival is not None:
            found[metric, "leaving", "cox"] = survival
    whole = _write_screen(study, found, confounders)
    lines = [f.sentence("en") for (metric, _, _), f in found.items() if metric == "nps"]
    return [*lines, *whole, *_retention(study, table)]


def _write_screen(
    study: Study, found: dict[tuple[str, str, str], Finding], confounders: list[str]
) -> list[str]:
    """`models`: the metric's ratio in each model, p corrected for their number."""
    from ..metrics import adjust_p

    kept = ("ratio", "ratio_low", "ratio_high", "p")
    rows = []
    for (metric, kpi, family), one in found.items():
        row: dict[str, object] = {"metric": metric, "kpi": kpi, "family": family, "n": 0}
        if len(one.table):
            own = one.table[one.table["term"] == metric].iloc[0]
            row |= {"n": one.details["n"]} | {c: own[c] for c in kept}
        rows.append(row | {"fi": one.sentence("fi"), "en": one.sentence("en")})
    if not rows:
        return []
    table = pd.DataFrame(rows).reindex(columns=["metric", "kpi", "family", "n", *kept, "fi", "en"])
    table["p"] = table["p"].astype(float)
    table["p_corrected"] = adjust_p(table["p"], "bh")
    clear, tested = int((table["p_corrected"] < 0.05).sum()), int(table["p"].notna().sum())
    names = feature_labels(study)
    held = {x: ", ".join(names.get(c, Words(c)).to(x) for c in confounders) for x in ("fi", "en")}
    words = Words(
        fi=f"{clear} / {tested} mallissa yhteys erottuu sattumasta, kun mallien määrä otetaan "
        f"huomioon; vakioituna {held['fi'] or 'ei mitään'}.",
        en=f"In {clear} of {tested} models the association stands out once their number is counted "
        f"in; held equal: {held['en'] or 'nothing'}.",
    )
    notes = {w.to("en"): w for one in found.values() for w in one.warnings if len(one.table)}
    kept_notes = [w for text, w in notes.items() if "Rows with" not in text]
    write_finding(study, "models", Finding(table, words, tuple(kept_notes)))
    return [words.to("en")]


def _family(study: Study, column: pd.Series, name: str) -> str:
    """The family given in study.toml, else the one that the numbers look like."""
    given = study.settings.link.models.get(name)
    if given is not None:
        return str(given)
    known = column.dropna().astype(float)
    if known.isin((0, 1)).all():
        return "logit"
    if (known >= 0).all() and (known % 1 == 0).all():
        return "poisson"
    return "gamma" if (known > 0).all() else "none"


def _model(
    study: Study, joined: pd.DataFrame, what: tuple[str, str, str], confounders: list[str]
) -> Finding:
    from ..metrics import model_outcome

    metric, kpi, family = what
    names = feature_labels(study)
    label = names.get(kpi, Words(kpi))
    data = joined.assign(**{kpi: joined[kpi].astype(float)})
    try:
        found = model_outcome(data, outcome=kpi, predictors=[metric, *confounders], family=family)
    except CxresearchError as error:
        found = _not_modelled(error, metric, label)
        write_finding(study, f"model-{metric}-{kpi}", found)
        return found
    told = _renamed(found, metric, {kpi: label})
    details = found.details | {"family": family, "metric": metric, "kpi": kpi}
    kept = Finding(found.table, told, found.warnings, details)
    write_finding(study, f"model-{metric}-{kpi}", kept)
    return kept


def _renamed(found: Finding, metric: str, labels: dict[str, Words]) -> Words:
    """The sentence with names of metric and outcome instead of their ids."""
    from ..metrics import answer_name

    told = {}
    name = answer_name(metric)
    for language in ("fi", "en"):
        text = found.sentence(language).replace(f"({metric})", f"({name.to('fi')})")
        text = text.replace(f" of {metric} ", f" of {name.to('en')} ")
        for key, words in labels.items():
            text = text.replace(f" {key}: ", f" {words.to(language)}: ")
        told[language] = text
    return Words(told)


def _not_modelled(error: CxresearchError, metric: str, label: Words) -> Finding:
    reason = f"{error.what} ({error.found})" if error.found else error.what
    words = Words(
        fi=f"{metric.upper()} ja {label.to('fi')}: mallia ei sovitettu, koska aineisto ei riitä "
        "siihen.",
        en=f"{metric.upper()} and {label.to('en')}: not modelled. {reason}",
    )
    return Finding(pd.DataFrame(), words, (words,))


def _survival(
    study: Study, answers: pd.DataFrame, metric: str, confounders: list[str]
) -> Finding | None:
    """Cox from the first answer on; those who had left before answering are not in it."""
    from ..metrics import churn_after_answer

    part = study.settings.customers
    people = people_only(answers)
    if part is None or part.left is None or "answered_at" not in people:
        return None
    table = _first_answers(study, people, metric, part)
    late = table["answered_at"] >= table["observed_until"]
    try:
        found = churn_after_answer(table[~late], predictors=[metric, *confounders])
    except CxresearchError as error:
        found = _not_modelled(error, metric, Words(fi="lähteminen", en="leaving"))
        write_finding(study, f"survival-{metric}", found)
        return found
    notes = [*found.warnings, *_survival_notes(found, int(late.sum()))]
    told = _renamed(found, metric, {})
    kept = Finding(found.table, told, tuple(notes), found.details)
    write_finding(study, f"survival-{metric}", kept)
    return kept


def _first_answers(
    study: Study, people: pd.DataFrame, metric: str, part: CustomersPart
) -> pd.DataFrame:
    """Customers with their first answer, the day of leaving and the last day of watching."""
    rows = people[(people["metric"] == metric) & people["customer"].notna()]
    rows = rows[rows["answered_at"].notna() & rows["value"].notna()].sort_values("answered_at")
    first = rows.groupby("customer")[["answered_at", "value"]].first()
    table = study.customers().merge(first, on="customer", how="inner")
    table = table.rename(columns={"value": metric, part.left or "": "left_at"})
    table["answered_at"] = pd.to_datetime(table["answered_at"])
    last = max(table["left_at"].max(), table["answered_at"].max())
    return table.assign(observed_until=pd.Timestamp(part.observed_until or last))


def _survival_notes(found: Finding, late: int) -> list[Words]:
    notes = []
    for count, fi, en in (
        (
            int(found.details["left_before"]),
            "Lähteneitä jo ennen vastausta, jätetty pois",
            "Had left before answering, left out",
        ),
        (late, "Vastanneita vasta seurannan päätyttyä", "Answered after watching ended"),
    ):
        if count:
            notes.append(Words(fi=f"{fi}: {count}.", en=f"{en}: {count}."))
    if (found.table["ph_p"] < 0.05).any():
        notes.append(
            Words(
                fi="Riskisuhde näyttää muuttuvan ajan myötä: lue se keskiarvona.",
                en="The hazard ratio seems to drift with time: read it as an average.",
            )
        )
    return notes


def _retention(study: Study, table: pd.DataFrame) -> list[str]:
    """`retention`: who is still there as months go by, by segment."""
    from ..metrics import retention_curve

    part = study.settings.customers
    if part is None or part.left is None or part.started is None:
        return []
    last = pd.Timestamp(part.observed_until) if part.observed_until else table[part.left].max()
    gone = table[part.left].notna() & (table[part.left] <= last)
    end = table[part.left].where(gone, last)
    months = (end - table[part.started]).dt.days / (365.25 / 12)
    data = table.assign(months=months, gone=gone.astype(float))
    data = data[data["months"] > 0]
    by = "segment" if data["segment"].notna().any() else None
    try:
        found = retention_curve(
            data,
            duration="months",
            left="gone",
            by=by,
            at=[t for t in (12, 24, 36, 48, 60, 120) if t <= data["months"].max()],
            minimum_cell=minimum_of(study),
        )
    except FrameError as error:
        return [f"Retention: not computed. {error.what}"]
    write_finding(study, "retention", found)
    return [found.sentence("en")]
