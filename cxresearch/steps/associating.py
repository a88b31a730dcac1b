"""What goes with what: metrics with KPIs, themes, drivers; each with its guards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, SettingsError, Words
from .features import feature_labels
from .results import forget_finding, forget_findings, write_finding
from .scoring import metrics_in, minimum_of, people_only, study_names

if TYPE_CHECKING:
    from ..study import Study

__all__ = [
    "outcomes_of",
    "scores_of_customers",
    "write_customer_links",
    "write_drivers",
    "write_series",
    "write_themes",
]

_NEEDED = 24
_UNDATED = Words(
    fi="Tuloksilla ei ole päivää, joten niiden jälkeen annettuja vastauksia ei voi erottaa muista.",
    en="The outcomes have no day, so answers given after them can't be told from the others.",
)


def _metric_names(metrics: Sequence[str]) -> dict[str, Words]:
    from ..metrics import answer_name

    return {m: answer_name(m) for m in metrics}


def scores_of_customers(study: Study, answers: pd.DataFrame) -> Finding | None:
    """One row a customer and a column a metric, of people only; None where nobody is known.

    Answers given on the day that the customer left, or later, are left out and counted: they can't
    tell of what was still ahead.
    """
    from ..metrics import customer_scores

    people = people_only(answers)
    if not len(people) or people["customer"].isna().all():
        return None
    metrics = [m for m in metrics_in(people) if m != "expectation"]
    if not metrics:
        return None
    left = _day_of_leaving(study)
    if left is None or "answered_at" not in people:
        return customer_scores(people, metrics=metrics)
    return customer_scores(people, metrics=metrics, before=left, outcomes=study.customers())


def _day_of_leaving(study: Study) -> str | None:
    """The column that dates the outcome, where study.toml names one and somebody has left."""
    part = study.settings.customers
    table = study.customers()
    named = part.left if part else None
    return named if named in table and table[named].notna().any() else None


def outcomes_of(study: Study) -> tuple[pd.DataFrame, list[str]]:
    """The customer table with segments, and its numeric outcomes."""
    part = study.settings.customers
    table = study.customers()
    segments = study.membership().set_index("customer")["segment"]
    table = table.assign(segment=table["customer"].map(segments))
    wanted = part.outcomes if part else []
    return table, [k for k in wanted if table[k].dtype.kind in "iufb"]


def write_customer_links(study: Study, answers: pd.DataFrame) -> list[str]:
    """`customers` (the whole screen), `ten-points`, and `joins`: what could be joined.

    Each metric against each outcome over customers, with the Simpson check by segment.
    """
    from ..metrics import join_customers, link_customers

    scored = scores_of_customers(study, answers)
    table, numeric = outcomes_of(study)
    if scored is None or not numeric or table.empty:
        for name in ("customers", "ten-points", "joins"):
            forget_finding(study, name)
        return []
    try:
        if scored.table.empty:
            raise FrameError("All answers were given after the outcome.", found=_late(scored))
        joined = join_customers(scored.table, table)
    except FrameError as error:
        for name in ("customers", "ten-points", "joins"):
            forget_finding(study, name)
        return [f"Customers: not linked. {error.what} ({error.found})"]
    told = _write_joins(study, scored, joined, answers)
    metrics = [c for c in scored.table.columns if c != "customer"]
    names = {**feature_labels(study), **_metric_names(metrics)}
    found = link_customers(
        scored.table,
        table,
        kpis=numeric,
        confounders=[c for c in study.settings.link.confounders if c in table],
        segment="segment" if table["segment"].notna().any() else None,
        names=names,
        random_state=study.settings.study.random_state,
    )
    write_finding(study, "customers", found)
    lines = [told, found.sentence("en")]
    if "nps" in metrics:
        lines += _ten_points(study, joined.table, numeric, names)
    return lines


def _late(scored: Finding) -> str:
    count = scored.details["report"].set_index("what")["count"].get("after_the_outcome", 0)
    return f"{count} answers on the day of the outcome or later"


def _ten_points(
    study: Study, joined: pd.DataFrame, kpis: list[str], names: dict[str, Words]
) -> list[str]:
    """What ten points more of NPS would go with, for each outcome."""
    from ..metrics import ten_nps_points

    tables, told = [], []
    for kpi in kpis:
        try:
            found = ten_nps_points(joined["nps"].to_numpy(float), joined[kpi].to_numpy(float))
        except FrameError:
            # too few promoters or detractors with this outcome: the table leaves it out
            continue
        name = names.get(kpi, Words(kpi))
        said = ten_nps_points(joined["nps"].to_numpy(float), joined[kpi].to_numpy(float), name=name)
        tables.append(found.table.assign(kpi=kpi, fi=said.sentence("fi"), en=said.sentence("en")))
        told.append(said)
    if not tables:
        forget_finding(study, "ten-points")
        return []
    table = pd.concat(tables, ignore_index=True)
    write_finding(study, "ten-points", Finding(table, told[0].sentences))
    return [told[0].sentence("en")]


def _write_joins(study: Study, scored: Finding, joined: Finding, answers: pd.DataFrame) -> str:
    """`joins`: how many answers and customers matched, and what was left out and why."""
    parts = [scored.details["report"].assign(join="answers"), joined.details["report"]]
    parts[1] = parts[1].assign(join="customers")
    dates = pd.to_datetime(answers["answered_at"]) if "answered_at" in answers else None
    zones = "none" if dates is None or dates.dt.tz is None else str(dates.dt.tz)
    purchases = study.read_frame("purchases")
    known = set(study.customers()["customer"])
    if len(purchases):
        buyers = set(purchases["customer"])
        counts = {"buyers": len(buyers), "buyers_unknown": len(buyers - known)}
        parts.append(
            pd.DataFrame(counts.items(), columns=["what", "count"]).assign(join="purchases")
        )
    kpis = study.kpis()
    if len(kpis) and dates is not None:
        parts.append(_period_join(answers, kpis))
    table = pd.concat(parts, ignore_index=True)[["join", "what", "count"]]
    words = Words(
        fi=f"{scored.sentence('fi')} {joined.sentence('fi')}",
        en=f"{scored.sentence('en')} {joined.sentence('en')}",
    )
    notes = [*scored.warnings, *joined.warnings]
    if "after_the_outcome" not in set(table["what"]):
        notes.append(_UNDATED)
    write_finding(study, "joins", Finding(table, words, tuple(notes), {"time_zone": zones}))
    return words.to("en")


def _period_join(answers: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """Unit-months that answers and KPIs share."""
    dated = answers[answers["answered_at"].notna()]
    month = dated["answered_at"].dt.to_period("M").dt.start_time
    units = set(kpis["unit"])
    unit = dated["unit"] if len(units) > 1 and "unit" in dated else next(iter(units))
    mine = set(zip(pd.Series(unit, index=dated.index).fillna(""), month, strict=True))
    theirs = set(zip(kpis["unit"], kpis["period"], strict=True))
    counts = {
        "matched": len(mine & theirs),
        "only_in_answers": len(mine - theirs),
        "only_in_kpis": len(theirs - mine),
    }
    return pd.DataFrame(counts.items(), columns=["what", "count"]).assign(join="unit_months")


def write_series(study: Study, answers: pd.DataFrame) -> list[str]:
    """Monthly metrics of the KPI table against its KPIs: over time, and inside units."""
    from ..metrics import adjust_p, link_periods

    forget_findings(study, "periods-")
    forget_findings(study, "panel-")
    part = study.settings.kpis
    kpis = study.kpis()
    if part is None or not part.metrics or kpis.empty:
        return []
    wide = kpis.pivot(index=["unit", "period"], columns="kpi", values="value").reset_index()
    seed, lags = study.settings.study.random_state, study.settings.link.lags
    lines, screen = [], []
    forget_findings(study, "trend-kpi-")
    for metric in part.metrics:
        lines += _trend_of_metric(study, wide, metric)
        for kpi in [k for k in wide.columns if k not in ("unit", "period", *part.metrics)]:
            mean = wide.groupby("period")[[metric, kpi]].mean()
            try:
                over_time = link_periods(
                    mean[metric], mean[kpi], lags=lags, season=_season(mean), random_state=seed
                )
            except (FrameError, SettingsError) as error:
                lines.append(f"{metric} and {kpi}: not linked over time. {error.what}")
                continue
            over_time = _named_series(study, over_time, metric, kpi)
            write_finding(study, f"periods-{metric}-{kpi}", over_time)
            lines.append(over_time.sentence("en"))
            screen.append(_best_lag(over_time, metric, kpi))
            if wide["unit"].nunique() > 1:
                _write_panel(study, wide, metric, kpi)
    if screen:
        table = pd.DataFrame(screen)
        table["p_screen"] = adjust_p(table["p_corrected"], "bh")
        write_finding(study, "periods", Finding(table, _screen_words(study, table)))
    return lines


def _write_panel(study: Study, wide: pd.DataFrame, metric: str, kpi: str) -> None:
    """`panel-METRIC-KPI`: inside units, at each lag, with its placebo."""
    from ..metrics import link_panel

    seed, lags = study.settings.study.random_state, study.settings.link.lags
    found = [
        link_panel(wide, metric=metric, kpi=kpi, lag=lag, random_state=seed)
        for lag in lags
        if lag >= 0
    ]
    panel = _named_series(study, _over_lags(found, lags), metric, kpi)
    write_finding(study, f"panel-{metric}-{kpi}", panel)


def _trend_of_metric(study: Study, wide: pd.DataFrame, metric: str) -> list[str]:
    """`trend-kpi-METRIC`: the mean of the units by period, with control limits."""
    from ..metrics import control_limits

    mean = wide.groupby("period")[metric].mean().rename("value").reset_index()
    if mean["value"].notna().sum() < 2:
        return []
    found = control_limits(mean, period="period")
    name = _series_names(study).get(metric, Words(metric))
    told = Words({x: f"{name.to(x)}: {found.sentence(x)}" for x in ("fi", "en")})
    write_finding(study, f"trend-kpi-{metric}", Finding(found.table, told, found.warnings))
    return [told.to("en")]


def _season(mean: pd.DataFrame) -> int | None:
    """The year is taken away where there are two of them, by months."""
    return 12 if len(mean) >= _NEEDED else None


def _best_lag(found: Finding, metric: str, kpi: str) -> dict[str, object]:
    table = found.table
    known = table["p_corrected"].notna()
    row = table.loc[table["p_corrected"].idxmin()] if known.any() else table.iloc[0]
    kept = ("lag", "n", "r", "ci_low", "ci_high", "p_corrected")
    return {"metric": metric, "kpi": kpi} | {c: row[c] for c in kept}


def _screen_words(study: Study, table: pd.DataFrame) -> Words:
    """Over all pairs: how many stand out when the number of KPIs is counted in as well."""
    names = _series_names(study)
    clear = table[table["p_screen"] < 0.05]
    tested = int(table["p_corrected"].notna().sum())
    told = {}
    for language in ("fi", "en"):
        pairs = ", ".join(
            f"{names.get(r.metric, Words(r.metric)).to(language)} × "
            f"{names.get(r.kpi, Words(r.kpi)).to(language)}"
            for r in clear.itertuples()
        )
        told[language] = (
            f"Ajassa {len(clear)} / {tested} parista erottuu sattumasta, kun viiveiden ja KPI:iden "
            f"määrä otetaan huomioon{': ' + pairs if pairs else ''}."
            if language == "fi"
            else f"Over time {len(clear)} of {tested} pairs stand out once the number of lags and "
            f"KPIs is counted in{': ' + pairs if pairs else ''}."
        )
    return Words(told)


def _series_names(study: Study) -> dict[str, Words]:
    part = study.settings.kpis
    return {k: Words(texts) for k, texts in (part.names if part else {}).items()}


def _named_series(study: Study, found: Finding, metric: str, kpi: str) -> Finding:
    """The sentence with the names of metric and KPI instead of their ids, or before it."""
    names = _series_names(study)
    told = {}
    for language in ("fi", "en"):
        text, labels = found.sentence(language), {}
        for key in (metric, kpi):
            labels[key] = names.get(key, Words(key)).to(language)
        if metric in text or kpi in text:
            for key, label in labels.items():
                text = text.replace(f" {key} ", f" {label} ").replace(f" {key} (", f" {label} (")
            told[language] = text.replace(f"of {kpi} ", f"of {labels[kpi]} ")
        else:
            told[language] = f"{labels[metric]} – {labels[kpi]}: {text}"
    return Finding(found.table, Words(told), found.warnings, found.details)


def _over_lags(found: Sequence[Finding], lags: Sequence[int]) -> Finding:
    """Panel results of several lags under each other, p corrected for their number.

    The placebo of each lag (the metric one period after the KPI) stands beside it.
    """
    used = [lag for lag in lags if lag >= 0]
    rows = []
    for lag, one in zip(used, found, strict=True):
        row = one.table[one.table["term"] != "placebo"].iloc[0].to_dict()
        placebo = one.table[one.table["term"] == "placebo"].iloc[0]
        rows.append(
            {"lag": lag, **row, "placebo": placebo["coefficient"], "placebo_p": placebo["p"]}
        )
    table = pd.DataFrame(rows)
    p = table["p_wild"].where(table["p_wild"].notna(), table["p"])
    table["p_corrected"] = np.minimum(p * len(used), 1.0)
    strongest = int(table["p_corrected"].argmin())
    return Finding(table, found[strongest].sentences, found[strongest].warnings)


def write_themes(study: Study, answers: pd.DataFrame) -> list[str]:
    """`themes-METRIC`: what goes with themes, by the field's definitions side by side."""
    from ..metrics import join_themes, theme_impact

    comments, suggestions = study.comments(), study.suggestions()
    mine = suggestions[suggestions["document"].isin(comments["document"])]
    forget_findings(study, "themes-")
    if not len(answers) or mine.empty:
        return []
    people, lines = people_only(answers), []
    for metric in [m for m in ("nps",) if m in set(people["metric"])]:
        try:
            joined = join_themes(
                people, comments, mine, metric=metric, minimum=max(10, minimum_of(study))
            )
            themes = joined.details["themes"]
            if not themes:
                return []
            found = theme_impact(
                joined.table,
                themes=themes,
                names=feature_labels(study),
                random_state=study.settings.study.random_state,
            )
        except FrameError as error:
            return [f"Themes and NPS: not linked. {error.what}"]
        write_finding(study, f"themes-{metric}", found)
        lines.append(found.sentence("en"))
    return lines


def write_drivers(study: Study, answers: pd.DataFrame) -> list[str]:
    """`drivers`, `drivers-segment` and `asymmetry`: which touchpoint ratings NPS goes with."""
    from ..metrics import drivers, drivers_by_group, penalty_reward

    for name in ("drivers", "drivers-segment", "asymmetry"):
        forget_finding(study, name)
    wide, predictors = _rated(study, people_only(answers))
    if len(predictors) < 2:
        return []
    names = {f"csat:{name}": words for name, words in study_names(study).items()}
    if len(wide[["nps", *predictors]].dropna()) < 10 * len(predictors):
        return [
            "Drivers of NPS: not estimated, because only "
            f"{len(wide[['nps', *predictors]].dropna())} customers rated every touchpoint."
        ]
    seed = study.settings.study.random_state
    lines = []
    for name, job in (
        (
            "drivers",
            lambda: drivers(
                wide, target="nps", predictors=predictors, names=names, random_state=seed
            ),
        ),
        (
            "drivers-segment",
            lambda: drivers_by_group(
                wide, target="nps", predictors=predictors, names=names, random_state=seed
            ),
        ),
        ("asymmetry", lambda: penalty_reward(wide, target="nps", predictors=predictors)),
    ):
        try:
            found = _with_names(job(), names)
        except FrameError as error:
            lines.append(f"{name}: not estimated. {error.what} ({error.found})")
            continue
        write_finding(study, name, found)
        lines.append(found.sentence("en"))
    return lines


def _with_names(found: Finding, names: dict[str, Words]) -> Finding:
    """Ids of drivers in the sentences and warnings replaced by their names."""
    ordered = sorted(names.items(), key=lambda pair: -len(pair[0]))

    def said(given: Words) -> Words:
        told = {}
        for language in ("fi", "en"):
            text = given.to(language)
            for key, words in ordered:
                text = text.replace(key, words.to(language))
            told[language] = text
        return Words(told)

    notes = tuple(said(w) for w in found.warnings)
    return Finding(found.table, said(found.sentences), notes, found.details)


def _rated(study: Study, answers: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """One row a customer: NPS, mean rating of each touchpoint, segment."""
    from ..metrics import customer_scores

    rated = answers[(answers["metric"] == "csat") & answers["touchpoint"].notna()]
    if "nps" not in set(answers["metric"]) or rated["touchpoint"].nunique() < 2:
        return pd.DataFrame(), []
    who = "customer" if answers["customer"].notna().any() else "respondent"
    keyed = answers.assign(customer=answers[who])
    keyed = keyed[keyed["customer"].notna()]
    ratings = customer_scores(
        keyed[(keyed["metric"] == "csat") & keyed["touchpoint"].notna()],
        metrics=["csat"],
        by="touchpoint",
    ).table
    nps = customer_scores(keyed[keyed["metric"] == "nps"], metrics=["nps"]).table
    wide = ratings.merge(nps, on="customer")
    segment = keyed.drop_duplicates("customer").set_index("customer")["segment"]
    predictors = [c for c in ratings.columns if c != "customer"]
    return wide.assign(segment=wide["customer"].map(segment)), predictors
