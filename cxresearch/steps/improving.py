"""The outer loop: the register of improvements, their order, and the measures before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import CxresearchError, Finding, FrameError, Words, number
from .coding import all_codings
from .results import forget_findings, write_finding
from .scoring import minimum_of, people_only, scale_of

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["STATE_WORDS", "take_improvements", "write_improvements"]

STATE_WORDS: dict[str, Words] = {
    "proposed": Words(fi="ehdotettu", en="proposed"),
    "decided": Words(fi="päätetty", en="decided"),
    "started": Words(fi="aloitettu", en="started"),
    "done": Words(fi="tehty", en="done"),
    "dropped": Words(fi="hylätty", en="dropped"),
}
"""How the status of an improvement is said."""
# of these KPIs less is better; others are taken as more is better
_LESS = ("tuki", "support", "poistu", "churn", "valit", "complain", "klag", "reklam")


def take_improvements(study: Study) -> None:
    """Take [[improvements]] of study.toml into the study's register; hand edits stay."""
    from ..study import act

    if study.settings.improvements:
        act(study, "import_improvements")


def write_improvements(study: Study, answers: pd.DataFrame) -> list[str]:
    """`improvements` (the register with evidence), `effects` (before, after), `priorities`."""
    from ..study import improvements

    for name in ("improvements", "effects", "priorities"):
        forget_findings(study, name)
    register = improvements(study)
    if register.empty:
        return []
    people = people_only(answers)
    effects, lines = _effects(study, people, register), []
    evidence = _evidence(study, register)
    table = register.merge(evidence, on="improvement", how="left")
    for name in ("name", "root_cause", "owner", "told_customers", "told_staff"):
        for language in ("fi", "en"):
            texts = [Words(v or {}).to(language) for v in table[name]]
            table[f"{name}_{language}"] = texts
        table = table.drop(columns=name)
    counts = table["status"].value_counts()
    told = {
        x: ", ".join(f"{STATE_WORDS[s].to(x)} {counts[s]}" for s in STATE_WORDS if s in counts)
        for x in ("fi", "en")
    }
    words = Words(
        fi=f"Parannuksia on {len(table)}: {told['fi']}.", en=f"Improvements: {told['en']}."
    )
    write_finding(study, "improvements", Finding(table, words, tuple(_gaps(table))))
    lines.append(words.to("en"))
    if len(effects):
        said = Words({x: " ".join(effects[x]) for x in ("fi", "en")})
        write_finding(study, "effects", Finding(effects, said))
        lines += list(effects["en"])
    return lines + _priorities(study, people, table)


def _gaps(table: pd.DataFrame) -> list[Words]:
    """Improvements that lack what the outer loop needs."""
    found = []
    for column, states, fi, en in (
        ("owner_en", ("decided", "started", "done"), "Ilman vastuuta", "Without an owner"),
        ("root_cause_en", ("decided", "started", "done"), "Ilman juurisyytä", "No root cause"),
        ("told_customers_en", ("done",), "Asiakkaille ei ole kerrottu", "Customers not told"),
        ("told_staff_en", ("done",), "Henkilöstölle ei ole kerrottu", "Staff not told"),
    ):
        lacking = table[table["status"].isin(states) & (table[column] == "")]
        if len(lacking):
            names = {x: ", ".join(lacking[f"name_{x}"]) for x in ("fi", "en")}
            found.append(Words(fi=f"{fi}: {names['fi']}.", en=f"{en}: {names['en']}."))
    return found


def _split(ids: object) -> list[str]:
    return ids.split() if isinstance(ids, str) else []


def _evidence(study: Study, register: pd.DataFrame) -> pd.DataFrame:
    """How many people speak of each improvement's codes, in how many quotations."""
    codings = all_codings(study)
    respondents = _speakers(study)
    who = codings["document"].map(respondents)
    codings = codings.assign(who=who.where(who.notna(), codings["document"]))
    rows = []
    for row in register.itertuples():
        mine = codings[codings["code"].isin(_split(row.codes))]
        people = int(mine["who"].nunique())
        shown = people >= minimum_of(study)
        rows.append(
            {
                "improvement": row.improvement,
                "speakers": people if shown else None,
                "quotations": len(mine.drop_duplicates(["document", "start"])) if shown else None,
            }
        )
    return pd.DataFrame(rows)


def _speakers(study: Study) -> pd.Series:
    parts = [
        f.reindex(columns=["document", "respondent"]) for f in (study.documents(), study.comments())
    ]
    both = pd.concat(parts, ignore_index=True).drop_duplicates("document")
    return both.set_index("document")["respondent"]


def _effects(study: Study, answers: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """One row a measure of a done improvement: before, after, difference with interval."""
    rows: list[dict[str, Any]] = []
    for row in register[register["status"] == "done"].itertuples():
        since = pd.Timestamp(row.done_at)
        for found in _measured(study, answers, row, since):
            table = found.table.iloc[0].to_dict()
            rows.append(
                {"improvement": row.improvement, "unit": row.unit, "since": since.isoformat()[:10]}
                | table
                | {"fi": found.sentence("fi"), "en": found.sentence("en")}
            )
    return pd.DataFrame(rows)


def _measured(study: Study, answers: pd.DataFrame, row: Any, since: pd.Timestamp) -> list[Finding]:
    from ..metrics import kpi_before_after, metric_before_after

    found = []
    if isinstance(row.metric, str):
        mine = answers[(answers["metric"] == row.metric).to_numpy(bool)]
        if _split(row.touchpoints) and row.metric != "nps":
            mine = mine[mine["touchpoint"].isin(_split(row.touchpoints))]
        if isinstance(row.unit, str) and "unit" in mine:
            mine = mine[(mine["unit"] == row.unit).to_numpy(bool)]
        scale = scale_of(study, row.metric)
        try:
            found.append(
                metric_before_after(
                    mine, since, metric=row.metric, scale=scale, minimum_cell=minimum_of(study)
                )
            )
        except CxresearchError as error:
            found.append(_unmeasured(row.metric, error))
    if isinstance(row.kpi, str):
        names = study.settings.kpis.names if study.settings.kpis else {}
        unit = row.unit if isinstance(row.unit, str) else None
        try:
            found.append(
                kpi_before_after(
                    study.kpis(),
                    since,
                    kpi=row.kpi,
                    unit=unit,
                    less_is_better=any(part in row.kpi.lower() for part in _LESS),
                    name=Words(names.get(row.kpi, {"en": row.kpi})),
                )
            )
        except CxresearchError as error:
            found.append(_unmeasured(row.kpi, error))
    return found


def _unmeasured(measure: str, error: CxresearchError) -> Finding:
    words = Words(
        fi=f"{measure}: ei voi verrata ennen ja jälkeen, koska tietoja on liian vähän.",
        en=f"{measure}: before and after can't be compared. {error.what}",
    )
    return Finding(pd.DataFrame([{"measure": measure, "verdict": "not_measured"}]), words)


def _priorities(study: Study, answers: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """`priorities`: what to do next, by impact (themes, drivers), effort and experience today."""
    from ..metrics import prioritise

    ahead = table[table["status"].isin(["proposed", "decided", "started"])]
    rows = []
    for row in ahead.itertuples():
        impact = _impact(study, row)
        if impact is None or pd.isna(row.effort):
            continue
        rows.append(
            {
                "improvement": row.improvement,
                "name_fi": row.name_fi,
                "name_en": row.name_en,
                **impact,
                "effort": float(row.effort),
                "experience": _badness(study, answers, _split(row.touchpoints)),
            }
        )
    left_out = len(ahead) - len(rows)
    if not rows:
        return []
    found = prioritise(pd.DataFrame(rows), random_state=study.settings.study.random_state)
    note = Words(
        fi=f"Parannuksia ilman työmäärää tai mitattua vaikutusta, järjestyksen ulkopuolella: "
        f"{left_out}.",
        en=f"Improvements without effort or measured impact, not ranked: {left_out}.",
    )
    first = found.table.iloc[0]
    told = {
        x: found.sentence(x).replace(str(first["improvement"]), str(first[f"name_{x}"]), 1)
        for x in ("fi", "en")
    }
    words = Words(
        fi=f"{told['fi']} Ensimmäinen se on {number(100 * first['first'], 'fi')} %:ssa arvotuista "
        "järjestyksistä. Vaikutus on yhteys, ei lupaus.",
        en=f"{told['en']} It comes first in {number(100 * first['first'])}% of drawn orders. "
        "Impact is association, no promise.",
    )
    write_finding(study, "priorities", Finding(found.table, words, (note,) if left_out else ()))
    return [words.to("en")]


def _impact(study: Study, row: Any) -> dict[str, float | str] | None:
    """Points of NPS that go with the improvement's themes: what their removal would move.

    The strongest theme of its codes counts, or the driver share of its touchpoint where no theme
    is measured (share of explained variation times 100 points is no NPS: it is left apart).
    """
    from .results import read_finding

    try:
        themes = read_finding(study, "themes-nps").table.set_index("theme")
    except CxresearchError:
        # the step found no theme to link: there is no impact to rank by
        return None
    mine = themes.reindex([c for c in _split(row.codes) if c in themes.index])
    mine = mine[mine["removal"] < 0]
    if mine.empty:
        return None
    worst = mine.loc[mine["removal"].idxmin()]
    return {
        "theme": str(worst.name),
        "impact": float(-worst["removal"]),
        "impact_low": float(min(-worst["ci_high"], -worst["removal"])),
        "impact_high": float(max(-worst["ci_low"], -worst["removal"])),
    }


def _badness(study: Study, answers: pd.DataFrame, touchpoints: list[str]) -> float:
    """How bad the touchpoints are today: 1 minus the share of satisfied; 0.5 where not asked."""
    from ..metrics import score

    rows = answers[(answers["metric"] == "csat") & answers["touchpoint"].isin(touchpoints)]
    if rows.empty:
        return 0.5
    try:
        found = score(rows, metric="csat", scale=scale_of(study, "csat")).table.iloc[0]
    except FrameError:
        # answers outside the scale were told of when they were scored
        return 0.5
    return 0.5 if pd.isna(found["value"]) else float(1 - found["value"])
