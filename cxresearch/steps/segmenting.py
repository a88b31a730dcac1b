"""Segment: customers in two levels, with the stability of each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import Finding, StudyFileError, Words, number
from .features import customer_features, feature_columns, feature_labels, feature_types
from .group_names import carry_names, given_names
from .marks import settings_mark
from .reports import Progress, StepReport, silent
from .results import forget_finding, write_finding

if TYPE_CHECKING:
    from ..segments import FeatureSet, Segmentation
    from ..study import Study

__all__ = ["group_features", "keep_segmentation", "read_segmentation", "segment"]

_FILE = "segmentation.json"
_SMALL = 100  # customers under which the tree is taken
_FEWEST = 5  # people of whom a typology is made
_CLOSE = 0.95  # rank correlation from which a feature is an outcome in disguise


def segment(study: Study, *, progress: Progress = silent) -> StepReport:
    """Group customers as [segments] in study.toml says; the model is kept as JSON.

    A study of interviews alone, without `level1` columns, is grouped on what its people spoke of:
    a typology of these people. Writes the tables `membership` and `features`, the findings
    `segments`, `numbers`, `apart`, `profiles-apart` and, when the customers have changed since
    the last time, `drift`; and segmentation.json.
    """
    from ..segments import segment_customers
    from ..study import fingerprint, long_step

    part = study.settings.segments
    level1 = list(part.level1) or _typology(study)
    if not level1:
        line = "Segments: none, because [segments] in study.toml names no level1 columns."
        return StepReport("segment", (line,), changed=False)
    with long_step(study, "segment"):
        table = customer_features(study, [*level1, *part.level2])
        mark = fingerprint("segment-3", settings_mark(study, "segment"), table)
        if study.step_is_current("segment", mark):
            return StepReport("segment", ("Segments: up to date.",), changed=False)
        engine = _engine(part.engine, len(table))
        found = segment_customers(
            table,
            level1=_declared(study, table, level1),
            level2=_declared(study, table, part.level2) if part.level2 else None,
            numbers=part.numbers,
            minimum_group=part.minimum_group or (50 if engine != "ward" else _least(len(table))),
            bootstraps=part.bootstraps,
            random_state=study.settings.study.random_state,
            engine=engine,
            progress=progress,
        )
        lines = _since_last_time(study, found, table)
        found = _with_names(study, found, table)
        study.write_frame("membership", found.membership)
        study.write_frame("features", table)
        write_finding(study, "segments", found.finding())
        write_finding(study, "numbers", found.comparison)
        keep_segmentation(study, found)
        sentence = found.finding().sentence("en")
        frames = ("membership", "features")
        study.mark_step("segment", mark, {"sentence": sentence}, frames=frames)
    return StepReport("segment", (f"Segments: {sentence}", *lines), table=found.segments)


def read_segmentation(study: Study) -> Segmentation:
    """The segmentation that the step kept.

    Raises
    ------
    StudyFileError
        The step was not run.
    SegmentationFileError
        The file is damaged, or a newer version wrote it.
    """
    from ..segments import Segmentation

    path = study.folder_processed / _FILE
    if not path.exists():
        raise StudyFileError(
            "The study has no segments yet.",
            next_step="Name level1 columns in study.toml and run `cxresearch segment`.",
        )
    return Segmentation.from_json(path.read_text(encoding="utf-8"))


def keep_segmentation(study: Study, found: Segmentation) -> None:
    """Write segmentation.json in one move."""
    path = study.folder_processed / _FILE
    temporary = path.with_suffix(".part")
    temporary.write_text(found.to_json(), encoding="utf-8")
    temporary.replace(path)


def group_features(study: Study, table: pd.DataFrame, found: Segmentation) -> FeatureSet:
    """Every feature of both levels, as declared, for describing the groups."""
    names = [n for n in table.columns if n != "customer"]
    second = _declared(study, table, names, given=True)
    return second if found.profile_models else found.features


def _typology(study: Study) -> list[str]:
    """Features of people who were interviewed: what they spoke of, and in which tone."""
    if len(study.customers()) or len(study.answers()):
        return []
    spoken = _people_by_code(study)
    if spoken.empty or spoken["who"].nunique() < _FEWEST:
        return []
    people = spoken.groupby("code")["who"].nunique()
    told = people[(people >= 2)].index
    return [*(c for c in study.codebook()["code"] if c in set(told)), "valence"]


def _people_by_code(study: Study) -> pd.DataFrame:
    from .coding import all_codings
    from .feature_sources import spoken_by
    from .features import key_of_respondents

    codings = all_codings(study)
    spoken = spoken_by(study, key_of_respondents(study))
    return codings.merge(spoken, on="document").rename(columns={"customer": "who"})


def _engine(wanted: str, rows: int) -> str:
    if wanted != "auto":
        return wanted
    return "ward" if rows < _SMALL else "latent_class"


def _least(rows: int) -> int:
    """A pair always comes back when the people are shaken, so a type has three at least."""
    return max(3, rows // 10)


def _declared(
    study: Study, table: pd.DataFrame, names: Sequence[str], *, given: bool = False
) -> FeatureSet:
    from dataclasses import replace

    from ..segments import declare_features

    part = study.settings.customers
    columns = list(names) if given else feature_columns(table, names)
    found = declare_features(
        table,
        columns=columns,
        types=feature_types(study, columns),
        outcomes=[n for n in (part.outcomes if part else ()) if n in table.columns],
        personal=[n for n in (part.personal if part else ()) if n in table.columns],
        labels=feature_labels(study),
    )
    return replace(found, warnings=(*found.warnings, *_disguised(study, table, columns)))


def _disguised(study: Study, table: pd.DataFrame, columns: list[str]) -> list[Words]:
    """Features that say nearly the same as an outcome: a link with it would be circular."""
    part, customers = study.settings.customers, study.customers()
    if part is None or customers.empty:
        return []
    outcomes = customers.set_index("customer").reindex(table["customer"]).reset_index(drop=True)
    found = []
    for outcome in part.outcomes:
        for name in columns:
            pair = outcomes[outcome], table[name].reset_index(drop=True)
            if any(v.dtype.kind not in "iuf" for v in pair):
                continue
            close = pair[0].rank().corr(pair[1].rank(), min_periods=10)
            if abs(close) >= _CLOSE:
                r = {x: number(close, x, decimals=2) for x in ("fi", "en")}
                found.append(
                    Words(
                        fi=f"{name} kertoo lähes samaa kuin tulosmuuttuja {outcome} (järjestys"
                        f"korrelaatio {r['fi']}): sen yhteyttä segmentteihin ei voi tulkita.",
                        en=f"{name} says nearly the same as the outcome {outcome} (rank "
                        f"correlation {r['en']}): its link with the segments can't be read.",
                    )
                )
    return found


def _with_names(study: Study, found: Segmentation, table: pd.DataFrame) -> Segmentation:
    """Names from the strongest traits; those that people gave win."""
    from ..segments import name_proposals, set_apart

    proposed: dict[str, Words] = {}
    if found.number >= 2:
        apart = set_apart(table, found.membership, features=found.features)
        write_finding(study, "apart", apart)
        proposed |= name_proposals(apart.table, found.features)
    forget_finding(study, "profiles-apart")
    if found.membership["profile"].nunique() >= 2:
        features = group_features(study, table, found)
        apart = set_apart(table, found.membership, features=features, level="profile")
        write_finding(study, "profiles-apart", apart)
        wanted = study.settings.segments.level2
        made_of = set(feature_columns(table, wanted))
        own = apart.table[apart.table["feature"].isin(made_of)]
        proposed |= name_proposals(own, features)
    return found.proposing(proposed).named(given_names(study))


def _since_last_time(study: Study, found: Segmentation, table: pd.DataFrame) -> list[str]:
    """Names carried on, and how the customers have shifted since the segments were last made."""
    if not (study.folder_processed / _FILE).exists() or not study.processed.count("features"):
        return []
    from ..segments import SegmentationFileError

    try:
        before = read_segmentation(study)
    except SegmentationFileError:
        # another version's, or damaged: there is nothing to compare with
        return []
    lines = carry_names(study, before, found)
    drift = _drift(before, study.read_frame("features"), table)
    if drift is None:
        forget_finding(study, "drift")
        return lines
    write_finding(study, "drift", drift)
    return [*lines, f"Since the last time: {drift.sentence('en')}"]


def _drift(before: Segmentation, old: pd.DataFrame, new: pd.DataFrame) -> Finding | None:
    """The earlier segments on the earlier and on today's customers; None where nothing changed."""
    from ..segments import compare_waves

    names = before.features.names
    if not set(names) <= set(old.columns) & set(new.columns) or old[["customer", *names]].equals(
        new[["customer", *names]]
    ):
        return None
    waves = compare_waves(before, old, new)
    kept: dict[str, Any] = {k: waves.details[k] for k in ("shares", "moves")}
    return Finding(waves.table, waves.sentences, waves.warnings, kept)
