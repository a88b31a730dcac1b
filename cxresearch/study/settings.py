"""study.toml and codebook.toml: what a study is made of, checked before anything is read."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..model import Code, Codebook, Phase, SettingsError, Stage, Target, Touchpoint, Words
from ..model.frames import CODE_KINDS, DOCUMENT_KINDS, METRICS, OWNERSHIPS, RESPONDENT_KINDS, ROLES
from .settings_business import (
    BusinessPart,
    CustomersPart,
    FrameworkPart,
    ImprovementPart,
    IndexPart,
    KpisPart,
    LinkPart,
    LoopPart,
    MeasurePart,
    PromisePart,
    PurchasesPart,
    Slug,
    SmileysPart,
    TargetsPart,
    Texts,
    check_business_names,
    require_known,
)

__all__ = ["SCHEMA_VERSION", "StudySettings", "load_settings"]

SCHEMA_VERSION = 1
Cues = dict[str, list[str]]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)]


def _a_pattern(pattern: str) -> str:
    try:
        matches_nothing = re.compile(pattern).match("") is not None
    except re.error as error:
        raise ValueError(f"`{pattern}` is no regular expression: {error}") from None
    if matches_nothing:
        raise ValueError(f"`{pattern}` matches the empty text, so it would match everywhere")
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_a_pattern)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StudyPart(_Part):
    """[study]: name, title, languages, folders and guards."""

    name: Slug
    title: Texts
    languages: list[Literal["fi", "en"]] = ["fi", "en"]
    data: str = "data"
    codebook: str = "codebook.toml"
    notice: Texts = {}
    minimum_cell: int = Field(default=5, ge=2, le=100)
    random_state: int = 20250901
    full_pipeline: bool = True
    models: dict[str, str] = {}


class StagePart(_Part):
    """[[phases.stages]]."""

    stage: Slug
    name: Texts
    cues: Cues = {}


class PhasePart(_Part):
    """[[phases]], in the order of the journey."""

    phase: Slug
    name: Texts
    cues: Cues = {}
    stages: list[StagePart] = []


class TargetPart(_Part):
    """What a touchpoint must reach."""

    metric: Literal["nps", "csat", "ces", "goal", "score"]
    value: float
    cadence: Literal["weekly", "monthly", "quarterly", "yearly"] = "monthly"
    reaction: Texts = {}


class TouchpointPart(_Part):
    """[[touchpoints]]: `terms` are lemma phrases that mention it."""

    touchpoint: Slug
    name: Texts
    ownership: Literal[OWNERSHIPS]  # type: ignore[valid-type]
    channel: str = ""
    stages: list[Slug] = []
    critical: bool = False
    target: TargetPart | None = None
    terms: Cues = {}


class DocumentsPart(_Part):
    """[[documents]]: interviews, notes, diaries, workshop notes.

    `files` is a path or a pattern relative to study.toml. `roles` maps speaker labels to roles.
    `consent` is the day of consent, `keep_until` the last day on which the texts may be kept.
    """

    files: str
    kind: Literal[tuple(k for k in DOCUMENT_KINDS if k != "comment")] = "interview"  # type: ignore[valid-type]
    language: Literal["auto", "fi", "en", "sv", "other"] = "auto"
    roles: dict[str, Literal[ROLES]] = {}  # type: ignore[valid-type]
    consent: dt.date | None = None
    keep_until: dt.date | None = None


class RespondentsPart(_Part):
    """[respondents]: a table that says who speaks in which document.

    Columns are named as they are in the file. `personal` columns stay in the study file. `consent`
    and `keep_until` are columns of dates: when consent was given, and the last day of keeping.
    """

    file: str
    document: str = "document"
    respondent: str = "respondent"
    kind: str | None = None
    customer: str | None = None
    consent: str | None = None
    keep_until: str | None = None
    attributes: list[str] = []
    personal: list[str] = []


class QuestionPart(_Part):
    """[[surveys.questions]]: a closed question. `reverse` where a low answer is the good one."""

    column: str
    question: Slug
    metric: Literal[METRICS] = "question"  # type: ignore[valid-type]
    low: float = 0
    high: float = 10
    reverse: bool = False
    phase: Slug | None = None
    stage: Slug | None = None
    touchpoint: Slug | None = None
    text: Texts = {}


class CommentPart(_Part):
    """[[surveys.comments]]: an open question."""

    column: str
    question: Slug
    language: Literal["auto", "fi", "en", "sv", "other"] = "auto"
    phase: Slug | None = None
    stage: Slug | None = None
    touchpoint: Slug | None = None
    text: Texts = {}


class SurveyPart(_Part):
    """[[surveys]]: one table of responses.

    `response` None numbers the rows; `respondent` None makes each response its own respondent.
    `multi_choice` maps a column whose cells list options to these options, or an id of your own to
    the columns that hold one option each. `consent` says yes where we may get in touch about it.
    Comments are kept until the end of the day `keep_until`.
    """

    survey: Slug
    file: str
    sheet: str | None = None
    response: str | None = None
    respondent: str | None = None
    customer: str | None = None
    answered_at: str | None = None
    wave: str | None = None
    kind: str | None = None
    kinds: dict[str, Literal[RESPONDENT_KINDS]] = {}  # type: ignore[valid-type]
    unit: str | None = None
    channel: str | None = None
    consent: str | None = None
    keep_until: dt.date | None = None
    attributes: list[str] = []
    personal: list[str] = []
    multi_choice: dict[str, list[str]] = {}
    questions: list[QuestionPart] = []
    comments: list[CommentPart] = []


class CodingsPart(_Part):
    """[[codings]]: hand codings in the documented long csv format."""

    file: str
    coder: str | None = None


class SegmentsPart(_Part):
    """[segments]: which columns make segments, which make the profiles inside them.

    `engine` "auto" takes the tree (ward) under 100 customers, else latent classes; "gaussian" is
    for numbers that go together inside groups. `minimum_group` is the fewest customers of a
    segment: by default 50, with the tree a tenth of the people, 3 at least. `names` holds names by
    group: `S1`, or `"S1.P1"` in quotes for a profile; those of `cxresearch segment --names` win.
    """

    level1: list[str] = []
    level2: list[str] = []
    numbers: list[int] = [2, 3, 4, 5, 6]
    engine: Literal["auto", "latent_class", "gaussian", "ward"] = "auto"
    minimum_group: int | None = Field(default=None, ge=2)
    bootstraps: int = Field(default=100, ge=10, le=1000)
    names: dict[str, Texts] = {}


class PublishPart(_Part):
    """[publish]: what stakeholders may read.

    `approvals` is a csv of people's decisions on quotes: document, quote, published, decision.
    `keep` lists names that are no secret: the company, its products and services.
    """

    approvals: str | None = None
    keep: list[str] = []


class PrivacyPart(_Part):
    """[privacy]: what counts as personal in this study's texts, and how it is replaced.

    `known_names`, `known_organisations` and `known_places` are found in every form, in lower case
    too. `organisations` and `places` False leave such names as they are (those on the lists are
    replaced all the same). `customer_numbers` are regular expressions. `pseudonyms` is "labels"
    ("H3", "[yritys 2]") or "names" (fictional names that bend like the real one).
    `reviewed` is a csv of what people decided on personal words: document, words, kind, decision.
    Groups smaller than `k` respondents are listed as rare. `keep_until` is the last day of what
    has no day of its own; the other keys are said in the data-protection summary.
    """

    known_names: list[str] = []
    known_organisations: list[str] = []
    known_places: list[str] = []
    organisations: bool = True
    places: bool = True
    customer_numbers: list[Pattern] = []
    pseudonyms: Literal["labels", "names"] = "labels"
    reviewed: str | None = None
    k: int = Field(default=5, ge=2, le=100)
    controller: str = ""
    purpose: Texts = {}
    legal_basis: Texts = {}
    keep_until: dt.date | None = None

    def listed(self) -> dict[str, str]:
        """Each name on the lists with its kind, as `find_personal` takes them."""
        return {
            **dict.fromkeys(self.known_places, "place"),
            **dict.fromkeys(self.known_organisations, "organisation"),
            **dict.fromkeys(self.known_names, "person"),
        }

    def left(self) -> tuple[str, ...]:
        """Kinds that stay in the text unless they are on a list."""
        kinds = {"organisation": self.organisations, "place": self.places}
        return tuple(kind for kind, replaced in kinds.items() if not replaced)

    def customer_number(self) -> str | None:
        """The patterns of customer numbers as one, or None."""
        return "|".join(f"(?:{pattern})" for pattern in self.customer_numbers) or None


class StudySettings(_Part):
    """Everything in study.toml, plus the codebook; `root` is the folder of study.toml."""

    schema_version: int = Field(alias="schema")
    study: StudyPart
    phases: list[PhasePart] = []
    touchpoints: list[TouchpointPart] = []
    documents: list[DocumentsPart] = []
    respondents: list[RespondentsPart] = []
    surveys: list[SurveyPart] = []
    customers: CustomersPart | None = None
    kpis: KpisPart | None = None
    codings: list[CodingsPart] = []
    segments: SegmentsPart = SegmentsPart()
    link: LinkPart = LinkPart()
    purchases: PurchasesPart | None = None
    smileys: list[SmileysPart] = []
    index: IndexPart | None = None
    framework: list[FrameworkPart] = []
    targets: list[TargetsPart] = []
    promises: list[PromisePart] = []
    measures: list[MeasurePart] = []
    loop: LoopPart = LoopPart()
    improvements: list[ImprovementPart] = []
    publish: PublishPart = PublishPart()
    privacy: PrivacyPart = PrivacyPart()
    root: Path = Path()
    codes: Codebook = Codebook(())
    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )

    @model_validator(mode="after")
    def _names_exist(self) -> StudySettings:
        phases = [p.phase for p in self.phases]
        stages = [s.stage for p in self.phases for s in p.stages]
        touchpoints = [t.touchpoint for t in self.touchpoints]
        for kind, ids in (("phase", phases), ("stage", stages), ("touchpoint", touchpoints)):
            doubled = sorted({i for i in ids if ids.count(i) > 1})
            if doubled:
                raise ValueError(f"two entries share the {kind} id {', '.join(doubled)}")
        for touchpoint in self.touchpoints:
            for stage in touchpoint.stages:
                require_known(stage, stages, f"touchpoint `{touchpoint.touchpoint}`: stage")
        for survey in self.surveys:
            parts: list[QuestionPart | CommentPart] = [*survey.questions, *survey.comments]
            for part in parts:
                place = f"survey `{survey.survey}`, column `{part.column}`"
                require_known(part.phase, phases, f"{place}: phase")
                require_known(part.stage, stages, f"{place}: stage")
                require_known(part.touchpoint, touchpoints, f"{place}: touchpoint")
        check_business_names(self, touchpoints, phases, stages)
        return self

    @property
    def data_folder(self) -> Path:
        """The folder that holds raw, processed, studies and published."""
        return (self.root / self.study.data).resolve()

    def journey(self) -> tuple[Phase, ...]:
        """Phases and stages as nouns, in order."""
        return tuple(
            Phase(
                p.phase,
                Words(p.name),
                tuple(Stage(s.stage, Words(s.name), _terms(s.cues)) for s in p.stages),
                _terms(p.cues),
            )
            for p in self.phases
        )

    def encounters(self) -> tuple[Touchpoint, ...]:
        """Touchpoints as nouns, in order."""
        return tuple(
            Touchpoint(
                t.touchpoint,
                Words(t.name),
                t.ownership,
                t.channel,
                tuple(t.stages),
                t.critical,
                None
                if t.target is None
                else Target(
                    t.target.metric, t.target.value, t.target.cadence, Words(t.target.reaction)
                ),
                _terms(t.terms),
            )
            for t in self.touchpoints
        )


def _terms(cues: Cues) -> dict[str, tuple[str, ...]]:
    return {language: tuple(words) for language, words in cues.items()}


class _CodePart(_Part):
    code: Slug
    kind: Literal[CODE_KINDS]  # type: ignore[valid-type]
    name: Texts
    parent: Slug | None = None
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    colour: str | None = Field(default=None, pattern=r"^#[0-9A-Fa-f]{6}$")
    shortcut: str | None = Field(default=None, max_length=1)
    valence: int | None = Field(default=None, ge=-2, le=2)
    terms: Cues = {}


class _CodebookFile(_Part):
    codes: list[_CodePart]


def load_settings(where: str | Path) -> StudySettings:
    """Read study.toml and its codebook.

    Parameters
    ----------
    where : path
        A study.toml, or a folder that holds one.

    Returns
    -------
    StudySettings
        Checked settings; unknown keys and names that don't exist are refused.

    Raises
    ------
    SettingsError
        No such file, not TOML (with line), an unknown key (with the nearest known one), a phase,
        stage, touchpoint or parent code that does not exist, a schema newer than this program.
    """
    path = Path(where)
    path = path / "study.toml" if path.is_dir() else path
    content = _read_toml(path)
    if content.get("schema", 0) != SCHEMA_VERSION:
        raise SettingsError(
            "The settings have a schema that this program does not know.",
            expected=f"schema = {SCHEMA_VERSION}",
            found=f"schema = {content.get('schema', 'missing')}",
            where=path.name,
            next_step="Write `schema = 1` first in the file, or update cxresearch.",
        )
    root = path.resolve().parent
    settings = _validated(StudySettings, content, path)
    codebook_path = root / settings.study.codebook
    codes = Codebook(())
    if codebook_path.exists():
        part = _validated(_CodebookFile, _read_toml(codebook_path), codebook_path)
        codes = Codebook(tuple(_code(c) for c in part.codes))
    return settings.model_copy(update={"root": root, "codes": codes})


def _code(part: _CodePart) -> Code:
    fields = part.model_dump()
    fields["name"] = Words(fields["name"])
    fields["terms"] = _terms(fields["terms"])
    return Code(**fields)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            f"There is no {path.name} here.",
            expected=f"the file {path.name}",
            found=f"nothing at {path}",
            next_step="Run `cxresearch init FILE_OR_FOLDER` to write one.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path.name} is not valid TOML.",
            expected="TOML in UTF-8",
            found=str(error),
            where=path.name,
            next_step="Correct the line that the message names.",
        ) from None


def _validated(model: type[_Part], content: dict[str, Any], path: Path) -> Any:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = error.errors()
        raise SettingsError(
            f"{path.name} has {len(faults)} fault(s).",
            found="; ".join(_fault(f, model) for f in faults[:6]),
            where=path.name,
            next_step="Correct the file and run the same command again.",
        ) from None


def _fault(fault: Any, model: type[BaseModel]) -> str:
    place = ".".join(str(p) for p in fault["loc"]) or "file"
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(str(fault["loc"][-1]), _all_keys(model), n=2)
        hint = f" (did you mean `{'` or `'.join(near)}`?)" if near else ""
        return f"unknown key `{place}`{hint}"
    return f"{place}: {fault['msg'].removeprefix('Value error, ')}"


def _all_keys(model: type[BaseModel]) -> list[str]:
    keys = set(model.model_fields)
    for part in (*_Part.__subclasses__(), *BusinessPart.__subclasses__()):
        keys |= set(part.model_fields)
    return sorted(keys - {"root", "codes"})
