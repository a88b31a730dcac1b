"""study.toml and codebook.toml: what a study is made of, checked before anything is read."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..model import Code, Codebook, Phase, SettingsError, Stage, Target, Touchpoint, Words
from ..model.frames import CODE_KINDS, DOCUMENT_KINDS, METRICS, OWNERSHIPS, RESPONDENT_KINDS, ROLES

__all__ = ["SCHEMA_VERSION", "StudySettings", "load_settings"]

SCHEMA_VERSION = 1
Texts = dict[str, str]
Cues = dict[str, list[str]]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]


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
    """

    files: str
    kind: Literal[tuple(k for k in DOCUMENT_KINDS if k != "comment")] = "interview"  # type: ignore[valid-type]
    language: Literal["auto", "fi", "en", "sv", "other"] = "auto"
    roles: dict[str, Literal[ROLES]] = {}  # type: ignore[valid-type]


class RespondentsPart(_Part):
    """[respondents]: a table that says who speaks in which document.

    Columns are named as they are in the file. `personal` columns stay in the study file.
    """

    file: str
    document: str = "document"
    respondent: str = "respondent"
    kind: str | None = None
    customer: str | None = None
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
    the columns that hold one option each.
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
    attributes: list[str] = []
    personal: list[str] = []
    multi_choice: dict[str, list[str]] = {}
    questions: list[QuestionPart] = []
    comments: list[CommentPart] = []


class CustomersPart(_Part):
    """[customers]: one row a customer. `outcomes` are KPIs kept out of segmentation."""

    file: str
    sheet: str | None = None
    customer: str
    attributes: list[str] = []
    outcomes: list[str] = []
    personal: list[str] = []
    types: dict[str, Literal["numeric", "count", "ordinal", "nominal"]] = {}
    names: dict[str, Texts] = {}


class KpisPart(_Part):
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


class CodingsPart(_Part):
    """[[codings]]: hand codings in the documented long csv format."""

    file: str
    coder: str | None = None


class SegmentsPart(_Part):
    """[segments]: which columns make segments, which make the profiles inside them."""

    level1: list[str] = []
    level2: list[str] = []
    numbers: list[int] = [2, 3, 4, 5, 6]
    bootstraps: int = Field(default=100, ge=10, le=1000)
    names: dict[str, Texts] = {}


class LinkPart(_Part):
    """[link]: confounders for partial correlation, and lags in periods fixed before looking."""

    confounders: list[str] = []
    lags: list[int] = [0, 1, 2, 3]


class PublishPart(_Part):
    """[publish]: what stakeholders may read.

    `approvals` is a csv of people's decisions on quotes: document, quote, published, decision.
    `keep` lists names that are no secret: the company, its products and services.
    """

    approvals: str | None = None
    keep: list[str] = []


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
    publish: PublishPart = PublishPart()
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
                _known(stage, stages, f"touchpoint `{touchpoint.touchpoint}`: stage")
        for survey in self.surveys:
            parts: list[QuestionPart | CommentPart] = [*survey.questions, *survey.comments]
            for part in parts:
                place = f"survey `{survey.survey}`, column `{part.column}`"
                _known(part.phase, phases, f"{place}: phase")
                _known(part.stage, stages, f"{place}: stage")
                _known(part.touchpoint, touchpoints, f"{place}: touchpoint")
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


def _known(value: str | None, known: list[str], place: str) -> None:
    if value is not None and value not in known:
        near = get_close_matches(value, known, n=3) or known
        raise ValueError(f"{place} `{value}` does not exist; there are: {', '.join(near)}")


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
    for part in _Part.__subclasses__():
        keys |= set(part.model_fields)
    return sorted(keys - {"root", "codes"})
