"""Link: experience scores, and what they have to do with the business."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .aiming import write_frameworks, write_gaps, write_targets
from .associating import write_customer_links, write_drivers, write_series, write_themes
from .features import key_of_respondents
from .improving import take_improvements, write_improvements
from .marks import settings_mark
from .modelling import write_models
from .reports import Progress, StepReport, silent
from .scoring import scale_of, write_index, write_scores, write_touchpoints
from .valuing import write_measures, write_smileys, write_value

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["answers_with_segments", "link", "scale_of"]

_VERSION = "link-11"
_JOBS = (
    write_scores,
    write_touchpoints,
    write_index,
    write_targets,
    write_gaps,
    write_frameworks,
    write_smileys,
    write_customer_links,
    write_models,
    write_series,
    write_themes,
    write_drivers,
    write_value,
    write_measures,
    write_improvements,
)


def link(study: Study, *, progress: Progress = silent) -> StepReport:
    """Score every metric on every level and link metrics with KPIs.

    Writes findings. The experience: `score-METRIC`, `score-METRIC-LEVEL`, `score-METRIC-machines`,
    `touchpoints-METRIC`, `trend-METRIC`, `weighted-METRIC`, `index`, `targets` and `target-NN`,
    `gap`, `promises`, `framework`, `smileys`. Links: `customers` (metric against outcome, the whole
    screen), `ten-points`, `joins`, `model-METRIC-KPI`, `survival-METRIC`, `retention`, `periods`
    and `periods-METRIC-KPI`, `panel-METRIC-KPI`, `themes-nps`, `drivers`, `drivers-segment`,
    `asymmetry`. The business: `value-observed`, `value-expected`, `measure-NAME`. What is done:
    `improvements`, `effects`, `priorities`. What a study has no data for is left out and named in
    the report. Headlines are of people; machine customers stand beside them.
    """
    from ..study import fingerprint, improvements, long_step

    with long_step(study, "link"):
        take_improvements(study)
        answers = answers_with_segments(study)
        inputs = (answers, study.customers(), study.kpis(), study.suggestions())
        business = (study.read_frame("purchases"), study.read_frame("smileys"))
        register = improvements(study).astype(str)
        mark = fingerprint(_VERSION, settings_mark(study, "link"), *inputs, *business, register)
        if study.step_is_current("link", mark):
            return StepReport("link", ("Scores and links: up to date.",), changed=False)
        lines: list[str] = []
        for done, job in enumerate(_JOBS, start=1):
            lines += job(study, answers)
            progress("scores and links", done, len(_JOBS))
        study.mark_step("link", mark, {"lines": lines})
    return StepReport("link", tuple(lines))


def answers_with_segments(study: Study) -> pd.DataFrame:
    """The contract `answers` with the segment and profile of each answer's customer."""
    answers = study.answers()
    membership = study.membership()
    if membership.empty or answers.empty:
        return answers.assign(segment=pd.Series(None, index=answers.index, dtype=object))
    keys = answers["customer"].where(
        answers["customer"].notna(), answers["respondent"].map(key_of_respondents(study))
    )
    groups = membership.set_index("customer")
    profile = keys.map(groups["profile"]) if "profile" in groups else None
    return answers.assign(customer=keys, segment=keys.map(groups["segment"]), profile=profile)
