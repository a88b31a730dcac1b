"""What the experience is held against: framework, targets, expectations and promises of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import Finding, FrameError, Target, Words
from .results import forget_finding, write_finding
from .scoring import metrics_in, minimum_of, people_only, scale_of, study_names

if TYPE_CHECKING:
    from ..study import Study

__all__ = [
    "framework_table",
    "targets_of",
    "write_frameworks",
    "write_gaps",
    "write_targets",
]


def framework_table(study: Study, language: str = "en") -> pd.DataFrame:
    """[[framework]] of study.toml as a table: strategy, goal, kpi, metric, method."""
    rows = [
        {
            "strategy": Words(p.strategy).to(language),
            "goal": Words(p.goal).to(language),
            "kpi": p.kpi,
            "metric": p.metric,
            "method": Words(p.method).to(language),
        }
        for p in study.settings.framework
    ]
    return pd.DataFrame(rows, columns=["strategy", "goal", "kpi", "metric", "method"])


def write_frameworks(study: Study, answers: pd.DataFrame) -> list[str]:
    """`framework`: chains from strategy to method, and the gaps in them."""
    from ..metrics import check_framework
    from ..metrics.framework import framework_words

    if not study.settings.framework:
        forget_finding(study, "framework")
        return []
    customers, kpis = study.settings.customers, study.settings.kpis
    known = set(customers.outcomes if customers else ())
    known |= set(study.kpis()["kpi"]) if kpis else set()
    known -= set(kpis.metrics if kpis else ())
    measured = {*metrics_in(answers), *(kpis.metrics if kpis else ())} - {"expectation"}
    questions = set(answers["question"]) if len(answers) else set()
    named = {p.metric for p in study.settings.framework}
    found = check_framework(
        framework_table(study), measured=measured | (named & questions), kpis=known
    )
    details = {f"chains_{x}": framework_table(study, x) for x in ("fi", "en")}
    table = found.table
    if kpis:
        # outcomes of single customers stand behind the KPIs of the business: no chain of their own
        own = {*kpis.columns, *set(study.kpis()["kpi"])}
        table = table[(table["problem"] != "kpi_orphan") | table["what"].isin(own)]
    table = table.reset_index(drop=True)
    table = table.assign(what_fi=table["what"], what_en=table["what"])
    pairs = [
        (Words(g).to("en"), Words(g).to("fi"))
        for p in study.settings.framework
        for g in (p.strategy, p.goal, p.method)
    ]
    table["what_fi"] = table["what"].map(lambda w: dict(pairs).get(w, w))
    words = framework_words(len({w for w in details["chains_en"]["goal"] if w}), len(table))
    write_finding(study, "framework", Finding(table, words, (), details))
    return [words.to("en")]


def targets_of(study: Study) -> list[tuple[str, str, Target]]:
    """Every target: level, group (touchpoint, phase, …; `all` for the relationship), target."""
    found = [
        ("touchpoint", t.touchpoint, t.target) for t in study.settings.encounters() if t.target
    ]
    for part in study.settings.targets:
        target = Target(part.metric, part.value, part.cadence, Words(part.reaction))
        found.append((part.level, part.group or "all", target))
    return found


def write_targets(study: Study, answers: pd.DataFrame) -> list[str]:
    """`targets` over all answers, and `target-N` at each target's own cadence."""
    from ..metrics import against_targets, protect_small, score, target_history

    people = people_only(answers)
    tables, numbered, lines = [], targets_of(study), []
    names = study_names(study) | {"all": Words(fi="Koko suhde", en="The whole relationship")}
    for place, (level, group, target) in enumerate(numbered):
        scale = scale_of(study, target.metric)
        given: dict[str, Any] = {"minimum_cell": minimum_of(study), "scale": scale}
        rows = people[(people["metric"] == target.metric).to_numpy(bool)]
        by = None if level == "relationship" else level
        scored = None
        if len(rows) and (by is None or (by in rows and rows[by].notna().any())):
            scored = protect_small(score(rows, metric=target.metric, by=by, **given)).table
            scored = scored.assign(touchpoint="all" if by is None else scored[by].astype(str))
        empty = pd.DataFrame(
            columns=["touchpoint", "n", "value", "ci_low", "ci_high", "hidden", "metric"]
        )
        judged = against_targets(empty if scored is None else scored, {group: target}, names=names)
        tables.append(judged.table.assign(level=level))
        mine = rows
        if by is not None:
            mine = rows[(rows[by] == group).to_numpy(bool)] if by in rows else rows[:0]
        if "answered_at" in mine and mine["answered_at"].notna().any():
            history = target_history(
                mine,
                target,
                group=group,
                name=names.get(group),
                minimum_cell=minimum_of(study),
                scale=scale,
            )
            write_finding(study, f"target-{place + 1:02d}", history)
        else:
            forget_finding(study, f"target-{place + 1:02d}")
    lacking = [t.name for t in study.settings.encounters() if t.critical and t.target is None]
    if tables:
        lines.append(_write_targets(study, tables, names, lacking))
    return lines


def _write_targets(
    study: Study, tables: list[pd.DataFrame], names: dict[str, Words], lacking: list[Words]
) -> str:
    from ..metrics.targets import target_words

    table = pd.concat(tables, ignore_index=True)
    notes = []
    if lacking:
        listed = {x: ", ".join(w.to(x) for w in lacking) for x in ("fi", "en")}
        notes.append(
            Words(
                fi=f"Kriittisiä kosketuspisteitä ilman tavoitetta: {listed['fi']}.",
                en=f"Critical touchpoints without a target: {listed['en']}.",
            )
        )
    found = Finding(table, target_words(table, names=names), tuple(notes))
    write_finding(study, "targets", found)
    return found.sentence("en")


def write_gaps(study: Study, answers: pd.DataFrame) -> list[str]:
    """`gap` of expectation and experience, and `promises` against experience."""
    from ..metrics import Promise, expectation_gap, promise_gap

    people, names, lines = people_only(answers), study_names(study), []
    both = people[people["metric"].isin(["expectation", "csat"]) & people["touchpoint"].notna()]
    if both["metric"].nunique() == 2:
        found = expectation_gap(both, minimum_cell=minimum_of(study), names=names)
        write_finding(study, "gap", found)
        lines.append(found.sentence("en"))
    else:
        forget_finding(study, "gap")
    parts = study.settings.promises
    if not parts or not len(people):
        forget_finding(study, "promises")
        return lines
    promises = [Promise(p.touchpoint, p.metric, p.value, Words(p.text)) for p in parts]
    scales: dict[str, Any] = {
        p.metric: s for p in parts if (s := scale_of(study, p.metric)) is not None
    }
    try:
        found = promise_gap(
            people, promises, scales=scales, names=names, minimum_cell=minimum_of(study)
        )
    except FrameError as error:
        return [*lines, f"Promises: not compared. {error.what}"]
    write_finding(study, "promises", found)
    return [*lines, found.sentence("en")]
