"""Which improvements to start with, and how sure that order is."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from ..model import Codebook, Finding, FrameError, SettingsError, Words, number, percent
from .evidence import check_ids, codebook_table, source_ids
from .mapping import words_of

__all__ = ["rank_improvements"]

_REPEATS = 2000
_Z = 1.959964
PARTS = ("pain", "gap", "driver")


def rank_improvements(
    codings: pd.DataFrame,
    *,
    improvements: pd.DataFrame | None = None,
    codebook: Codebook | pd.DataFrame | None = None,
    signals: pd.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
    random_state: int = 0,
) -> Finding:
    """Improvements ranked by what they would ease for the effort they take.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract "codings", with `valence`; all codings, not only of pain points: the sources
        without a complaint count as well.
    improvements : pandas.DataFrame, optional
        What people propose: `improvement` (id), `name_fi`, `name_en`, `effort` (above 0, such as
        1..5 or person-weeks; empty where not known), and what it would ease: `codes`, and where
        wanted `touchpoints` and `stages` (ids separated by blanks; all that are given must
        match). Without it, each pain code is an improvement of unknown effort.
    codebook : Codebook or pandas.DataFrame, optional
        Needed without `improvements`; gives their names.
    signals : pandas.DataFrame, optional
        Further reasons: `improvement`, `part` (gap: expected minus lived; driver: importance of
        a driver), `value` (0 or above), `ci_low`, `ci_high`.
    weights : mapping, optional
        Weight of pain, gap and driver; equal when not given.
    random_state : int
        Seed of the bootstrap.

    Returns
    -------
    Finding
        `table`, best first: `rank`; `improvement`, `name_fi`, `name_en`; `sources`, people or
        documents that complain, and `share` of all; `pain`, mean over all sources of the worst
        complaint (0 none … 2 very bad), with `pain_low`, `pain_high` (95 %); `gap`, `driver`
        where given; `impact` 0..1; `effort`; `priority`; `rank_low`, `rank_high` (95 % of
        repeats); `top3`, share of repeats among the first three; `ahead`, share of repeats
        before the next one in the table (a tie counts half). `details`: `sources`, `repeats`.

    Raises
    ------
    FrameError
        A column is missing, an effort isn't above 0, or a signal names an unknown improvement.
    SettingsError
        There is nothing to rank, or a weight is negative or of an unknown part.

    Notes
    -----
    impact = weighted mean of pain, gap and driver, each divided by its largest value over the
    improvements (a part that nobody has is left out; one that an improvement lacks is 0 for it);
    priority = impact / effort, or impact where no effort is given (an unknown effort among known
    ones is taken as their median, and warned about). Each of 2,000 repeats draws the sources with
    replacement and the signals from normal distributions of their intervals, and ranks anew
    (bootstrap of ranks: Goldstein & Spiegelhalter 1996, doi:10.2307/2983325; intervals of ranks
    are often wide, and that is the news). It says which complaints weigh most, not what an
    improvement will bring about: measure again after it.
    """
    plan = _plan(improvements, codebook)
    people = sorted(set(source_ids(codings)))
    if not people or plan.empty:
        raise SettingsError(
            "There is nothing to rank.",
            expected="codings, and improvements or a codebook with pain codes",
            found=f"{len(codings)} codings, {len(plan)} improvements",
        )
    complaints = _complaints(codings, plan, people)
    known = _signals(signals, plan)
    use = _weights(weights, known)
    effort, notes = _effort(plan)
    table = plan[["improvement", "name_fi", "name_en"]].copy()
    table["sources"] = (complaints > 0).sum(axis=0)
    table["share"] = table["sources"] / len(people)
    table["pain"] = complaints.mean(axis=0)
    for part, values in known.items():
        table[part] = values["value"]
    impact = _impact({"pain": table["pain"].to_numpy()} | _values(known), use)
    table["impact"], table["effort"] = impact, plan["effort"].to_numpy()
    table["priority"] = impact / effort
    repeats = _repeats(complaints, known, use, effort, random_state)
    return _told(table, repeats, notes, len(people))


def _plan(
    improvements: pd.DataFrame | None, codebook: Codebook | pd.DataFrame | None
) -> pd.DataFrame:
    codes = codebook_table(codebook)
    if improvements is None:
        # a code with codes below it is a heading, not a complaint
        pains = codes[(codes["kind"] == "pain") & ~codes["code"].isin(codes["parent"].dropna())]
        plan = pains.rename(columns={"code": "improvement"}).assign(
            codes=pains["code"], effort=np.nan
        )
    else:
        absent = [c for c in ("improvement", "codes") if c not in improvements.columns]
        if absent:
            raise FrameError(
                f"The table of improvements lacks {', '.join(absent)}.",
                expected="improvement, codes, and where known name_fi, name_en, effort",
                found=", ".join(map(str, improvements.columns)) or "no columns",
            )
        plan = improvements
        if len(codes):
            given = plan["codes"].dropna().astype(str).str.split().explode()
            check_ids(given, list(codes["code"]), column="code")
    columns = ["improvement", "name_fi", "name_en", "codes", "touchpoints", "stages", "effort"]
    plan = plan.reindex(columns=columns).reset_index(drop=True)
    if plan["improvement"].duplicated().any():
        raise FrameError("Two improvements share an id.", expected="one row an improvement")
    names = [words_of(row, "name", row["improvement"]) for row in plan.to_dict("records")]
    plan = plan.assign(name_fi=[n.to("fi") for n in names], name_en=[n.to("en") for n in names])
    plan["effort"] = pd.to_numeric(plan["effort"]).astype(float)
    if (plan["effort"] <= 0).any():
        raise FrameError(
            "An effort must be above 0.",
            expected="> 0, or empty where not known",
            found=str(plan["effort"].min()),
        )
    return plan


def _complaints(codings: pd.DataFrame, plan: pd.DataFrame, people: list[str]) -> np.ndarray:
    """Worst complaint 0..2 of each source (rows) that each improvement (columns) would ease."""
    if "valence" not in codings.columns:
        raise FrameError("Ranking needs the valence of codings.", expected="a column `valence`")
    rows = codings.assign(source=source_ids(codings))
    rows = rows.assign(worst=-pd.to_numeric(rows["valence"]).astype(float))
    rows = rows[rows["worst"] > 0]
    place = {source: i for i, source in enumerate(people)}
    worst = np.zeros((len(people), len(plan)))
    for column, row in enumerate(plan.to_dict("records")):
        mine = rows
        for name, ids in (("code", "codes"), ("touchpoint", "touchpoints"), ("stage", "stages")):
            if not pd.isna(row[ids]):
                if name not in mine.columns:
                    raise FrameError(
                        f"Improvements name {ids}, but the codings have no `{name}`.",
                        expected=f"a column `{name}`",
                    )
                mine = mine[mine[name].isin(str(row[ids]).split())]
        each = mine.groupby("source")["worst"].max()
        worst[[place[s] for s in each.index], column] = each.to_numpy()
    return worst


def _signals(signals: pd.DataFrame | None, plan: pd.DataFrame) -> dict[str, pd.DataFrame]:
    if signals is None or signals.empty:
        return {}
    needed = ("improvement", "part", "value", "ci_low", "ci_high")
    absent = [c for c in needed if c not in signals.columns]
    if absent:
        raise FrameError(
            f"The table of signals lacks {', '.join(absent)}.", expected=", ".join(needed)
        )
    check_ids(signals["improvement"], list(plan["improvement"]), column="improvement")
    check_ids(signals["part"], PARTS[1:], column="part")
    found = {}
    for part, rows in signals.groupby("part", sort=False):
        each = rows.groupby("improvement")[["value", "ci_low", "ci_high"]].max()
        found[str(part)] = each.reindex(plan["improvement"]).fillna(0.0).reset_index(drop=True)
    return found


def _values(known: dict[str, pd.DataFrame]) -> dict[str, np.ndarray]:
    return {part: values["value"].to_numpy(float) for part, values in known.items()}


def _weights(
    weights: Mapping[str, float] | None, known: dict[str, pd.DataFrame]
) -> dict[str, float]:
    given = dict.fromkeys(PARTS, 1.0) if weights is None else dict(weights)
    wrong = [part for part, weight in given.items() if part not in PARTS or weight < 0]
    if wrong:
        raise SettingsError(
            "A weight can't be used.", expected="pain, gap, driver; >= 0", found=", ".join(wrong)
        )
    return {part: given.get(part, 0.0) for part in ("pain", *known)}


def _impact(parts: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """Weighted mean of the parts, each in shares of its largest; the last axis is improvements."""
    total, summed = 0.0, np.zeros_like(next(iter(parts.values())))
    for part, values in parts.items():
        largest = values.max(axis=-1, keepdims=True)
        shares = np.divide(values, largest, out=np.zeros_like(values), where=largest > 0)
        summed = summed + weights[part] * shares
        total += weights[part]
    return summed / total if total else summed


def _effort(plan: pd.DataFrame) -> tuple[np.ndarray, list[Words]]:
    effort = plan["effort"].to_numpy(float)
    unknown = np.isnan(effort)
    if unknown.all():
        note = Words(
            fi="Työmääriä ei ole annettu: järjestys perustuu vain vaikutukseen.",
            en="No efforts are given: the order rests on impact alone.",
        )
        return np.ones(len(plan)), [note]
    if not unknown.any():
        return effort, []
    listed = ", ".join(plan.loc[unknown, "improvement"].astype(str))
    note = Words(
        fi=f"Työmäärä puuttuu, ja sen tilalla on muiden mediaani: {listed}.",
        en=f"Effort is missing, and the median of the others stands in: {listed}.",
    )
    return np.where(unknown, np.nanmedian(effort), effort), [note]


def _repeats(
    complaints: np.ndarray,
    known: dict[str, pd.DataFrame],
    weights: dict[str, float],
    effort: np.ndarray,
    random_state: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Pain (2000 x improvements) and priority of each repeat."""
    random = np.random.default_rng(random_state)
    pain = _resampled_pain(complaints, random)
    parts = {"pain": pain}
    for part, values in known.items():
        spread = (values["ci_high"] - values["ci_low"]).to_numpy(float) / (2 * _Z)
        noise = random.normal(size=pain.shape) * spread
        parts[part] = np.maximum(values["value"].to_numpy(float) + noise, 0.0)
    return pain, _impact(parts, weights) / effort


def _resampled_pain(complaints: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mean complaint of each repeat.

    Sources with the same complaints are drawn together, as one multinomial count: the same
    distribution as drawing them one by one, for a fraction of the work.
    """
    people = len(complaints)
    patterns, counts = np.unique(complaints, axis=0, return_counts=True)
    step = max(1, 4_000_000 // len(patterns))
    parts = [
        random.multinomial(people, counts / people, size=min(step, _REPEATS - start)) @ patterns
        for start in range(0, _REPEATS, step)
    ]
    return np.vstack(parts) / people


def _told(
    table: pd.DataFrame, repeats: tuple[np.ndarray, np.ndarray], notes: list[Words], people: int
) -> Finding:
    pain, priority = repeats
    ranks = stats.rankdata(-priority, method="average", axis=1)
    table["pain_low"], table["pain_high"] = np.quantile(pain, [0.025, 0.975], axis=0)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    table["rank_low"], table["rank_high"] = np.floor(low).astype(int), np.ceil(high).astype(int)
    table["top3"] = (ranks <= 3).mean(axis=0)
    order = table.sort_values(["priority", "top3"], ascending=False, kind="stable").index
    better = [_ahead(priority[:, a], priority[:, b]) for a, b in pairwise(order)]
    table = table.loc[order].reset_index(drop=True)
    table["ahead"] = [*better, np.nan]
    table.insert(0, "rank", stats.rankdata(-table["priority"], method="min").astype(int))
    if people < 10:
        notes = [*notes, _few(people)]
    return Finding(
        table=table,
        sentences=Words(fi=_sentence_fi(table, people), en=_sentence_en(table, people)),
        warnings=tuple(notes),
        details={"sources": people, "repeats": len(pain)},
    )


def _ahead(one: np.ndarray, other: np.ndarray) -> float:
    return float((one > other).mean() + 0.5 * (one == other).mean())


def _few(people: int) -> Words:
    return Words(
        fi=f"Lähteitä on vain {people}: järjestys on suuntaa antava.",
        en=f"There are only {people} sources: take the order as a hint.",
    )


def _sentence_fi(table: pd.DataFrame, people: int) -> str:
    first = table.iloc[0]
    start = (
        f"Ensimmäisenä on ”{first['name_fi']}”: siitä valittaa {int(first['sources'])}/"
        f"{number(people, 'fi')} lähdettä, ja se on kolmen kärjessä "
        f"{percent(first['top3'], 'fi')}:ssa uusinta-aineistoista."
    )
    if len(table) == 1:
        return start
    second, ahead = table.iloc[1], first["ahead"]
    sure = "selvä" if ahead >= 0.95 else "todennäköinen" if ahead >= 0.8 else "epävarma"
    return (
        f"{start} Ero seuraavaan (”{second['name_fi']}”) on {sure}: ensimmäinen on edellä "
        f"{percent(ahead, 'fi')}:ssa."
    )


def _sentence_en(table: pd.DataFrame, people: int) -> str:
    first = table.iloc[0]
    start = (
        f"“{first['name_en']}” comes first: {int(first['sources'])} of "
        f"{number(people, 'en')} sources complain of it, and it is among the first three in "
        f"{percent(first['top3'], 'en')} of resampled data."
    )
    if len(table) == 1:
        return start
    second, ahead = table.iloc[1], first["ahead"]
    sure = "clear" if ahead >= 0.95 else "likely" if ahead >= 0.8 else "uncertain"
    return (
        f"{start} Its lead over the next (“{second['name_en']}”) is {sure}: it is ahead in "
        f"{percent(ahead, 'en')}."
    )
