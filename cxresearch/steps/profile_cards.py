"""Cards of segments and profiles, with what the study knows of their members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import Words, number
from .coding import all_codings, coded_texts
from .feature_sources import spoken_by
from .features import feature_labels, key_of_respondents
from .reports import StepReport
from .results import read_finding
from .segmenting import group_features, read_segmentation

if TYPE_CHECKING:
    from ..segments import Measure, ProfileCard, Saying, Segmentation
    from ..study import Study

__all__ = ["profile_cards", "write_profile_cards"]

_LINES = 5
_SAYINGS = 3
_SCORED = ("nps", "csat", "ces", "goal")
_SHORT = {
    "nps": Words(fi="NPS", en="NPS"),
    "csat": Words(fi="Tyytyväisiä (CSAT)", en="Satisfied (CSAT)"),
    "ces": Words(fi="Helppous (CES)", en="Ease (CES)"),
    "goal": Words(fi="Saavutti tavoitteensa", en="Reached their goal"),
    "expectation": Words(fi="Odotus", en="Expectation"),
}
_KINDS = {
    "interview": Words(fi="haastattelu", en="interview"),
    "observation": Words(fi="havainnointi", en="observation"),
    "diary": Words(fi="päiväkirja", en="diary"),
    "workshop": Words(fi="työpaja", en="workshop"),
    "comment": Words(fi="avoin vastaus", en="open comment"),
    "feedback": Words(fi="palaute", en="feedback"),
}
_TITLE = Words(fi="Asiakasprofiilit", en="Customer profiles")
Names = dict[str, Words]


def write_profile_cards(study: Study, folder: str | Path) -> StepReport:
    """Write a card of each segment and profile as html, docx and png, in the study's languages.

    Parameters
    ----------
    study : Study
        With segments; needs, pains, metrics and quotes are filled in where the study has them.
    folder : path
        Made when it is not there.

    Returns
    -------
    StepReport
        Its table names the cards: group, name, n, jaccard, verdict.

    Raises
    ------
    StudyFileError
        The study has no segments yet.
    """
    from ..segments import write_cards

    cards = profile_cards(study)
    languages = [str(x) for x in study.settings.study.languages]
    title = {x: f"{_TITLE.to(x)}: {Words(study.settings.study.title).to(x)}" for x in languages}
    made = write_cards(cards, folder, title=title, languages=languages)
    rows = [(c.group, c.name.to(languages[0]), c.n, c.jaccard, c.verdict) for c in cards]
    table = pd.DataFrame(rows, columns=["group", "name", "n", "jaccard", "verdict"])
    line = f"Wrote {len(cards)} cards ({len(made)} files) to {folder}."
    return StepReport("cards", (line,), table=table)


def profile_cards(study: Study) -> list[ProfileCard]:
    """A card of each segment, followed by those of its profiles.

    Needs, goals, ways of acting, expectations and pains come from the codings of the members, each
    with the number of people; metrics with n and 95 % interval from their answers; quotes are
    approved ones only. Groups of people smaller than `minimum_cell` are not counted, and groups of
    members smaller than it have no metrics and no quotes.
    """
    from ..segments import profile_card

    found = read_segmentation(study)
    known = _Known.of(study, found)
    apart = _traits(study, found)
    features = group_features(study, study.read_frame("features"), found)
    cards = []
    for level, group in _groups(found):
        members = set(found.membership.loc[found.membership[level] == group, "customer"])
        cards.append(
            profile_card(
                found,
                group,
                traits=apart[level],
                features=features if level == "profile" else found.features,
                parts=_parts(known, members) if known.speaks else {},
                measures=_measures(known, members),
                sayings=_sayings(known, members),
            )
        )
    return cards


def _groups(found: Segmentation) -> list[tuple[str, str]]:
    listed = []
    for segment in found.segments["segment"]:
        listed.append(("segment", str(segment)))
        mine = found.profiles[found.profiles["segment"] == segment]
        listed += [("profile", str(p)) for p in mine["profile"]]
    return listed


def _traits(study: Study, found: Segmentation) -> dict[str, pd.DataFrame]:
    from ..segments.profiles import TRAIT_COLUMNS

    empty = pd.DataFrame(columns=list(TRAIT_COLUMNS))
    tables = {"segment": empty, "profile": empty}
    if found.number >= 2:
        tables["segment"] = read_finding(study, "apart").table
    if found.membership["profile"].nunique() >= 2:
        tables["profile"] = read_finding(study, "profiles-apart").table
    return tables


@dataclass(frozen=True)
class _Known:
    """What is known of every customer, gathered once for all cards."""

    codings: pd.DataFrame
    answers: pd.DataFrame
    choices: pd.DataFrame
    quotes: pd.DataFrame
    speaks: bool
    heard: set[str]
    minimum: int
    tiny: bool
    phases: Names
    touchpoints: Names
    labels: Names
    scale: Callable[[str], Any]

    @classmethod
    def of(cls, study: Study, found: Segmentation) -> _Known:
        from ..segments import MixedWard
        from .linking import answers_with_segments, scale_of

        keys = key_of_respondents(study)
        spoken = spoken_by(study, keys)
        codings = all_codings(study).merge(spoken, on="document")
        kinds = study.codebook().set_index("code")["kind"]
        answers = answers_with_segments(study)
        choices = study.read_frame("choices") if study.processed.count("choices") else None
        if choices is None:
            choices = pd.DataFrame(columns=["response", "question", "option"])
        owner = answers.drop_duplicates("response").set_index("response")["customer"]
        return cls(
            codings=codings.assign(kind=codings["code"].map(kinds)),
            answers=answers,
            choices=choices.assign(customer=choices["response"].map(owner)),
            quotes=_approved(study, spoken),
            speaks=len(codings) > 0,
            heard=set(spoken["customer"].dropna()),
            minimum=int(study.settings.study.minimum_cell),
            tiny=isinstance(found.model, MixedWard),
            phases={p.phase: p.name for p in study.settings.journey()},
            touchpoints={t.touchpoint: t.name for t in study.settings.encounters()},
            labels=feature_labels(study),
            scale=lambda metric: scale_of(study, metric),
        )


def _approved(study: Study, spoken: pd.DataFrame) -> pd.DataFrame:
    """Approved quotes with customer, kind of source and the phase of the coding they overlap."""
    from ..study import approvals

    quotes = approvals(study).merge(spoken[["document", "customer"]], on="document")
    kinds = coded_texts(study).set_index("document")["kind"]
    quotes["kind"] = quotes["document"].map(kinds)
    codings = all_codings(study)[["document", "start", "end", "phase"]].dropna(subset=["phase"])
    pairs = quotes.merge(codings, on="document", suffixes=("", "_coding"))
    inside = (pairs["start_coding"] < pairs["end"]) & (pairs["end_coding"] > pairs["start"])
    phase = pairs[inside].drop_duplicates("approval").set_index("approval")["phase"]
    return quotes.assign(phase=quotes["approval"].map(phase))


def _parts(known: _Known, members: set[str]) -> dict[str, tuple[Words, ...]]:
    mine = known.codings[known.codings["customer"].isin(members)]
    heard = len(members & known.heard)
    bad = mine[(mine["kind"] == "pain") | (mine["valence"] <= -1)]
    answers = known.answers[known.answers["customer"].isin(members)]
    return {
        "needs": _told(known, mine[mine["kind"] == "need"], "code", heard),
        "goals": _told(known, mine[mine["kind"] == "value"], "code", heard),
        "ways": (
            *_told(known, mine.dropna(subset=["touchpoint"]), "touchpoint", heard),
            *_chosen(known, members, answers),
        ),
        "expectations": (
            *_told(known, mine[mine["kind"] == "expectation"], "code", heard),
            *_expected(known, answers),
        ),
        "pains": _pains(known, bad[bad["kind"].isin(["pain", "theme"])], heard),
    }


def _told(known: _Known, rows: pd.DataFrame, column: str, heard: int) -> tuple[Words, ...]:
    """What most of the members who were heard spoke of, with how many of them."""
    people = rows.groupby(column)["customer"].nunique().sort_values(ascending=False, kind="stable")
    names = known.touchpoints if column == "touchpoint" else known.labels
    lines = [
        _count(known, names.get(str(key), Words(str(key))), int(n), heard)
        for key, n in people.items()
    ]
    return tuple(line for line in lines if line is not None)[:_LINES]


def _count(known: _Known, name: Words, n: int, heard: int) -> Words | None:
    """A line with its number; in a small study without the number, elsewhere not at all."""
    if n < known.minimum:
        return name if known.tiny and n >= 2 else None
    return Words(
        fi=f"{name.to('fi')} ({number(n, 'fi')} / {number(heard, 'fi')} kuullusta)",
        en=f"{name.to('en')} ({number(n)} of {number(heard)} heard)",
    )


def _pains(known: _Known, rows: pd.DataFrame, heard: int) -> tuple[Words, ...]:
    """In the order of the journey; what has no phase comes last."""
    lines: list[Words] = []
    for phase in (*known.phases, None):
        here = rows[rows["phase"] == phase] if phase else rows[rows["phase"].isna()]
        name = known.phases[phase] if phase else Words(fi="vaihe ei tiedossa", en="phase unknown")
        for line in _told(known, here, "code", heard)[:3]:
            lines.append(Words({x: f"{name.to(x)}: {line.to(x)}" for x in ("fi", "en")}))
    return tuple(lines)


def _chosen(known: _Known, members: set[str], answers: pd.DataFrame) -> list[Words]:
    """Options that members chose most, of questions with several answers."""
    mine = known.choices[known.choices["customer"].isin(members)]
    asked = answers["customer"].nunique()
    lines = []
    for _, rows in mine.groupby("question"):
        people = rows.groupby("option")["customer"].nunique().sort_values(ascending=False)
        for option, n in people.head(2).items():
            if n >= known.minimum:
                lines.append(
                    Words(
                        fi=f"{option} ({number(n, 'fi')} / {number(asked, 'fi')} vastaajasta)",
                        en=f"{option} ({number(n)} of {number(asked)} who answered)",
                    )
                )
    return lines


def _expected(known: _Known, answers: pd.DataFrame) -> list[Words]:
    """What members expect of touchpoints, by the answers on expectations."""
    asked = answers[answers["metric"] == "expectation"].dropna(subset=["touchpoint"])
    rows = _scores(known, asked, "expectation", by="touchpoint")
    rows.sort(key=lambda row: -row[1].value)
    return [
        Words(
            {
                x: f"{known.touchpoints.get(name, Words(name)).to(x)}: {text.to(x)} "
                f"(n = {number(row.n, x)})"
                for x in ("fi", "en")
            }
        )
        for name, row, text in rows[:3]
    ]


def _measures(known: _Known, members: set[str]) -> list[Measure]:
    from ..segments import Measure

    if len(members) < known.minimum:
        return []
    mine = known.answers[known.answers["customer"].isin(members)]
    found = []
    for metric in _SCORED:
        for _, row, text in _scores(known, mine[mine["metric"] == metric], metric):
            found.append(Measure(_SHORT[metric], text, int(row.n)))
    return found


def _scores(
    known: _Known, rows: pd.DataFrame, metric: str, by: str | None = None
) -> list[tuple[str, Any, Words]]:
    """Group, row of the score's table, and the value with its interval in words."""
    from ..metrics import SCALES, score
    from ..metrics.scores import format_interval, format_score

    if rows["value"].notna().sum() == 0:
        return []
    scale = known.scale(metric) or SCALES[metric]
    table = score(rows, metric=metric, by=by, minimum_cell=known.minimum, scale=scale).table
    found = []
    for row in table.dropna(subset=["value"]).itertuples():
        text = {
            x: f"{format_score(row.value, scale, x)} "
            f"({format_interval(row.ci_low, row.ci_high, scale, x)})"
            for x in ("fi", "en")
        }
        found.append((str(getattr(row, by)) if by else "", row, Words(text)))
    return found


def _sayings(known: _Known, members: set[str]) -> list[Saying]:
    from ..segments import Saying

    if len(members) < known.minimum:
        return []
    mine = known.quotes[known.quotes["customer"].isin(members)]
    found = []
    # at most one of a person, so that nobody's story is told
    for row in mine.drop_duplicates("customer").head(_SAYINGS).itertuples():
        kind = _KINDS.get(str(row.kind), Words(fi="aineisto", en="material"))
        phase = known.phases.get(str(row.phase), Words())
        source = {x: ", ".join(t for t in (kind.to(x), phase.to(x)) if t) for x in ("fi", "en")}
        found.append(Saying(str(row.published_text), Words(source)))
    return found
