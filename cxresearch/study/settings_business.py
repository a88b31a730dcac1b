"""Parts of study.toml about measures, the business, and what is done about it."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..model.frames import IMPROVEMENT_STATES

if TYPE_CHECKING:
    from .settings import StudySettings

__all__ = [
    "BusinessPart",
    "CustomersPart",
    "FrameworkPart",
    "ImprovementPart",
    "IndexPart",
    "KpisPart",
    "LinkPart",
    "LoopPart",
    "MeasurePart",
    "PromisePart",
    "PurchasesPart",
    "Slug",
    "SmileysPart",
    "TargetsPart",
    "Texts",
    "check_business_names",
    "require_known",
]

Texts = dict[str, str]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]

Scored = Literal["nps", "csat", "ces", "goal", "score"]
Cadence = Literal["weekly", "monthly", "quarterly", "yearly"]


class BusinessPart(BaseModel):
    """A table of study.toml: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomersPart(BusinessPart):
    """[customers]: one row a customer. `outcomes` are KPIs kept out of segmentation.

    `left` is the column of the day of leaving (empty for those who stayed), watched until
    `observed_until`; `started` that of the first day, `tenure` that of time as a customer.
    """

    file: str
    sheet: str | None = None
    customer: str
    attributes: list[str] = []
    outcomes: list[str] = []
    started: str | None = None
    left: str | None = None
    observed_until: dt.date | None = None
    personal: list[str] = []
    types: dict[str, Literal["numeric", "count", "ordinal", "nominal"]] = {}
    names: dict[str, Texts] = {}


class KpisPart(BusinessPart):
    """[kpis]: a table of business KPIs, one column each, or long with `kpi` and `value`.

    `metrics` names those of the columns that are experience metrics kept month by month; the others
    are linked with them.
    """

    file: str
    sheet: str | None = None
    period: str
    unit: str | None = None
    kpi: str | None = None
    value: str | None = None
    columns: list[str] = []
    metrics: list[str] = []
    names: dict[str, Texts] = {}


class LinkPart(BusinessPart):
    """[link]: confounders for partial correlation, and lags in periods fixed before looking.

    `weight_by` names columns of the customer table: answers are weighted to its shares beside the
    unweighted figure. `models` maps outcomes to families where the guess (true/false: logit, whole
    numbers: poisson, above 0: gamma) is wrong; "none" leaves one out.
    """

    confounders: list[str] = []
    lags: list[int] = [0, 1, 2, 3]
    weight_by: list[str] = []
    models: dict[str, Literal["logit", "poisson", "gamma", "none"]] = {}


class PurchasesPart(BusinessPart):
    """[purchases]: one row a purchase; gives observed and expected lifetime value.

    `margin` is the share of a purchase that is margin, `horizon` how many months to look ahead,
    `discount` interest a year, `until` the last day of the data (the last purchase by default).
    """

    file: str
    sheet: str | None = None
    customer: str
    date: str
    value: str
    margin: float = Field(default=1.0, gt=0, le=1)
    horizon: float = Field(default=12, gt=0, le=120)
    discount: float = Field(default=0.0, ge=0, le=1)
    until: dt.date | None = None


class SmileysPart(BusinessPart):
    """[[smileys]]: counts of pressed faces, one column a face.

    `faces` lists the columns from the saddest to the happiest; the happiest `smiling` of them
    count as smiling. `touchpoints` maps places to touchpoints, `names` names the others.
    """

    file: str
    sheet: str | None = None
    period: str
    unit: str | None = None
    place: str | None = None
    faces: list[str] = Field(min_length=2, max_length=7)
    smiling: int = Field(default=2, ge=1)
    touchpoints: dict[str, Slug] = {}
    names: dict[str, Texts] = {}

    @model_validator(mode="after")
    def _some_face_does_not_smile(self) -> SmileysPart:
        if self.smiling >= len(self.faces):
            raise ValueError("`smiling` must be fewer than all faces")
        return self


class IndexComponent(BusinessPart):
    """[[index.parts]]: a question of the index; `part` says what it stands for."""

    question: str
    weight: float = Field(default=1.0, gt=0)
    part: Literal["need_fulfilment", "ease", "emotion", "efficiency", "other"] = "other"


class IndexPart(BusinessPart):
    """[index]: the CX index, a weighted mix of questions as 0-100.

    With `estimate` (a metric such as nps) the weights are the drivers' shares of that metric;
    otherwise those given. A response counts when its parts carry at least `least` of the weight.
    """

    name: Texts = {}
    parts: list[IndexComponent] = Field(min_length=2)
    least: float = Field(default=0.5, gt=0, le=1)
    estimate: str | None = None


class FrameworkPart(BusinessPart):
    """[[framework]]: one chain from strategy to method; `kpi` and `metric` are ids."""

    strategy: Texts = {}
    goal: Texts = {}
    kpi: str = ""
    metric: str = ""
    method: Texts = {}


class TargetsPart(BusinessPart):
    """[[targets]]: a target beyond those written at touchpoints.

    `level` relationship needs no `group`; otherwise `group` is the id at that level.
    """

    metric: Scored
    value: float
    level: Literal["relationship", "phase", "stage", "touchpoint", "unit", "segment"] = (
        "relationship"
    )
    group: str = ""
    cadence: Cadence = "monthly"
    reaction: Texts = {}

    @model_validator(mode="after")
    def _group_fits_level(self) -> TargetsPart:
        if (self.level == "relationship") != (self.group == ""):
            raise ValueError("`group` names the touchpoint, phase, … and is empty for relationship")
        return self


class PromisePart(BusinessPart):
    """[[promises]]: what is promised at a touchpoint, as the answer that a kept promise gets."""

    touchpoint: Slug
    metric: Literal["csat", "ces", "goal", "score"] = "csat"
    value: float
    text: Texts = {}


class MeasurePart(BusinessPart):
    """[[measures]]: a ratio of sums from the customer table, the KPI table or purchases.

    Of purchases there are the columns `value` (what a customer bought in all) and `purchases` (how
    often). Share of wallet and conversion are shares of a whole; the other kinds are not.
    """

    measure: Slug
    kind: Literal["share_of_wallet", "conversion", "average_purchase", "support_hours", "other"] = (
        "other"
    )
    name: Texts
    source: Literal["customers", "kpis", "purchases"] = "customers"
    numerator: str
    denominator: str | None = None
    by: str | None = None

    @property
    def share(self) -> bool:
        """Whether the numerator is a part of the denominator."""
        return self.kind in ("share_of_wallet", "conversion")


class LoopPart(BusinessPart):
    """[loop]: the inner loop, answering customers one by one.

    A response is a case when NPS is at most `nps_at_most`, or a satisfaction answer at a
    touchpoint at most `csat_at_most`, and its respondent let us get in touch (`consent` of the
    survey). `owners` maps touchpoints to the role that answers; `owner` answers the rest within
    `days`.
    """

    nps_at_most: int = Field(default=6, ge=0, le=10)
    csat_at_most: float = 2
    days: int = Field(default=3, ge=1, le=90)
    owner: Texts = {"fi": "asiakaspalvelu", "en": "customer service"}
    owners: dict[Slug, Texts] = {}


class ImprovementPart(BusinessPart):
    """[[improvements]]: the outer loop's register as it starts; acts in the study go on from it.

    `metric` (at `touchpoints`) and `kpi` are what is measured before and after `done_at`, in `unit`
    if only one is concerned. `owner` is a role, never a person.
    """

    improvement: Slug
    name: Texts
    root_cause: Texts = {}
    codes: list[Slug] = []
    touchpoints: list[Slug] = []
    effort: float | None = Field(default=None, gt=0)
    owner: Texts = {}
    status: Literal[IMPROVEMENT_STATES] = "proposed"  # type: ignore[valid-type]
    done_at: dt.date | None = None
    told_customers: Texts = {}
    told_staff: Texts = {}
    metric: Scored | None = None
    kpi: str | None = None
    unit: str | None = None

    @model_validator(mode="after")
    def _done_has_a_day(self) -> ImprovementPart:
        if self.status == "done" and self.done_at is None:
            raise ValueError("a done improvement needs `done_at`, the day since when it holds")
        return self


def require_known(value: str | None, known: list[str], place: str) -> None:
    """Refuse a name that does not exist, with the nearest ones."""
    if value is not None and value not in known:
        near = get_close_matches(value, known, n=3) or known
        raise ValueError(f"{place} `{value}` does not exist; there are: {', '.join(near)}")


def check_business_names(
    settings: StudySettings, touchpoints: list[str], phases: list[str], stages: list[str]
) -> None:
    """Refuse touchpoints, phases and stages that parts of the business name but nobody has."""
    known = {"touchpoint": touchpoints, "phase": phases, "stage": stages}
    for target in settings.targets:
        if target.level in known:
            place = f"[[targets]] of `{target.metric}`: {target.level}"
            require_known(target.group, known[target.level], place)
    for promise in settings.promises:
        require_known(promise.touchpoint, touchpoints, "[[promises]]: touchpoint")
    for owned in settings.loop.owners:
        require_known(owned, touchpoints, "[loop.owners]: touchpoint")
    for smileys in settings.smileys:
        for touchpoint in smileys.touchpoints.values():
            require_known(touchpoint, touchpoints, "[[smileys]]: touchpoint")
    for improvement in settings.improvements:
        for touchpoint in improvement.touchpoints:
            place = f"improvement `{improvement.improvement}`: touchpoint"
            require_known(touchpoint, touchpoints, place)
    ids = [i.improvement for i in settings.improvements]
    if len(ids) > len(set(ids)):
        raise ValueError("two entries share the improvement id")
