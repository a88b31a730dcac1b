"""Segment: customers in two levels, with the stability of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import StudyFileError, Words
from .features import customer_features, feature_labels, feature_types
from .marks import settings_mark
from .reports import Progress, StepReport, silent
from .results import write_finding

if TYPE_CHECKING:
    from ..segments import FeatureSet, Segmentation
    from ..study import Study

__all__ = ["read_segmentation", "segment"]

_FILE = "segmentation.json"


def segment(study: Study, *, progress: Progress = silent) -> StepReport:
    """Group customers as [segments] in study.toml says; the model is kept as JSON.

    Writes the tables `membership` and `features`, the findings `segments`, `numbers` and `apart`,
    and segmentation.json. A study without `level1` columns has no segments, and says so.
    """
    from ..segments import segment_customers
    from ..study import fingerprint, long_step

    part = study.settings.segments
    if not part.level1:
        line = "Segments: none, because [segments] in study.toml names no level1 columns."
        return StepReport("segment", (line,), changed=False)
    with long_step(study, "segment"):
        table = customer_features(study, [*part.level1, *part.level2])
        mark = fingerprint("segment-1", settings_mark(study, "segment"), table)
        if study.step_is_current("segment", mark):
            return StepReport("segment", ("Segments: up to date.",), changed=False)
        found = segment_customers(
            table,
            level1=_declared(study, table, part.level1),
            level2=_declared(study, table, part.level2) if part.level2 else None,
            numbers=part.numbers,
            bootstraps=part.bootstraps,
            random_state=study.settings.study.random_state,
            progress=progress,
        )
        found = _with_names(study, found, table)
        study.write_frame("membership", found.membership)
        study.write_frame("features", table)
        write_finding(study, "segments", found.finding())
        write_finding(study, "numbers", found.comparison)
        _keep(study, found)
        sentence = found.finding().sentence("en")
        frames = ("membership", "features")
        study.mark_step("segment", mark, {"sentence": sentence}, frames=frames)
    return StepReport("segment", (f"Segments: {sentence}",), table=found.segments)


def read_segmentation(study: Study) -> Segmentation:
    """The segmentation that the step kept.

    Raises
    ------
    StudyFileError
        The step was not run.
    """
    from ..segments import Segmentation

    path = study.folder_processed / _FILE
    if not path.exists():
        raise StudyFileError(
            "The study has no segments yet.",
            next_step="Name level1 columns in study.toml and run `cxresearch segment`.",
        )
    return Segmentation.from_json(path.read_text(encoding="utf-8"))


def _declared(study: Study, table, names: list[str]) -> FeatureSet:  # type: ignore[no-untyped-def]
    from ..segments import declare_features

    part = study.settings.customers
    return declare_features(
        table,
        columns=names,
        types=feature_types(study, names),
        outcomes=[n for n in (part.outcomes if part else ()) if n in table.columns],
        personal=[n for n in (part.personal if part else ()) if n in table.columns],
        labels=feature_labels(study),
    )


def _with_names(study: Study, found: Segmentation, table) -> Segmentation:  # type: ignore[no-untyped-def]
    """Names from the strongest traits; those in study.toml win."""
    from ..segments import name_proposals, set_apart

    given = {name: Words(texts) for name, texts in study.settings.segments.names.items()}
    if found.number < 2:
        return found.named(given)
    apart = set_apart(table, found.membership, features=found.features)
    write_finding(study, "apart", apart)
    return found.named({**name_proposals(apart.table, found.features), **given})


def _keep(study: Study, found: Segmentation) -> None:
    path = study.folder_processed / _FILE
    temporary = path.with_suffix(".part")
    temporary.write_text(found.to_json(), encoding="utf-8")
    temporary.replace(path)
