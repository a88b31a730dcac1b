"""Column contracts: one column, one name, everywhere.

Every table that crosses a room's door is named here. `check_frame` is called at public
entrances only; inside a room, tables are trusted. Optional columns may be absent; when present
they obey their kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import FrameError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FRAMES", "Column", "Contract", "check_frame"]


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    `kind` is one of: text, integer, number, boolean, time (a timestamp). `missing` says whether
    empty cells are allowed. `low` and `high` bound numbers, both inclusive. `allowed` lists the
    only values that a text column may hold.
    """

    name: str
    kind: str
    what: str
    missing: bool = False
    required: bool = True
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """A named table: its columns and the columns that identify a row."""

    name: str
    what: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column_names(self, *, required_only: bool = False) -> list[str]:
        """Names in the order of the contract."""
        return [c.name for c in self.columns if c.required or not required_only]


DOCUMENT_KINDS = ("interview", "observation", "diary", "workshop", "comment", "feedback")
ROLES = ("interviewer", "customer", "partner", "employee", "expert", "observer", "machine", "other")
RESPONDENT_KINDS = ("customer", "partner", "employee", "expert", "machine")
ORIGINS = ("human", "suggested", "consensus")
METRICS = ("nps", "csat", "ces", "goal", "expectation", "smiley", "score", "question")
CODE_KINDS = ("theme", "need", "expectation", "pain", "delight", "value")
CASE_STATES = ("open", "contacted", "solved", "closed", "not_reached")
IMPROVEMENT_STATES = ("proposed", "decided", "started", "done", "dropped")
OWNERSHIPS = ("brand_owned", "partner_owned", "customer_owned", "social")


def _text(name: str, what: str, **rules: object) -> Column:
    return Column(name, "text", what, **rules)  # type: ignore[arg-type]


def _maybe(name: str, kind: str, what: str, **rules: object) -> Column:
    return Column(name, kind, what, missing=True, required=False, **rules)  # type: ignore[arg-type]


_PLACE = (
    _text("document", "id of the document"),
    Column("start", "integer", "first code point, from 0", low=0),
    Column("end", "integer", "code point after the last", low=0),
)

FRAMES: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        Contract(
            "documents",
            "interviews, notes, diaries: one row a document, with its normalised text",
            ("document",),
            (
                _text("document", "id, the file's stem unless two files share it"),
                _text("kind", "what kind of source it is", allowed=DOCUMENT_KINDS),
                _text("text", "normalised text: NFC, LF, no BOM, no NUL"),
                _maybe("title", "text", "title shown to researchers"),
                _maybe("language", "text", "fi, en, sv or other"),
                _maybe("language_confidence", "number", "0..1", low=0, high=1),
                _maybe("respondent", "text", "id of the respondent who speaks"),
                _maybe("source", "text", "file as given, relative to the study"),
                _maybe("sha256", "text", "hash of the file's bytes"),
            ),
        ),
        Contract(
            "turns",
            "speaker turns inside documents",
            ("document", "turn"),
            (
                _text("document", "id of the document"),
                Column("turn", "integer", "order in the document, from 0", low=0),
                Column("start", "integer", "first code point of the words said", low=0),
                Column("end", "integer", "code point after the last", low=0),
                _maybe("speaker", "text", "label in the file"),
                _maybe("role", "text", "who speaks", allowed=ROLES),
                _maybe("seconds", "number", "start time in the recording", low=0),
                _maybe("seconds_end", "number", "end time in the recording", low=0),
            ),
        ),
        Contract(
            "comments",
            "open survey comments: each is a small document of its own",
            ("document",),
            (
                _text("document", "id: survey/response/question"),
                _text("response", "id of the response"),
                _text("question", "id of the open question"),
                _text("text", "normalised text"),
                _maybe("respondent", "text", "id of the respondent"),
                _maybe("survey", "text", "id of the survey"),
                _maybe("language", "text", "fi, en, sv or other"),
                _maybe("language_confidence", "number", "0..1", low=0, high=1),
                _maybe("phase", "text", "phase that the question asks about"),
                _maybe("stage", "text", "stage that the question asks about"),
                _maybe("touchpoint", "text", "touchpoint that the question asks about"),
                _maybe("wave", "text", "wave of the survey"),
                _maybe("answered_at", "time", "when it was answered"),
            ),
        ),
        Contract(
            "respondents",
            "who speaks or answers; never a name",
            ("respondent",),
            (
                _text("respondent", "id"),
                _text("kind", "what the respondent is", allowed=RESPONDENT_KINDS),
                _maybe("customer", "text", "customer key (salted hash) for joining"),
            ),
        ),
        Contract(
            "customers",
            "one row a customer; every further column is an attribute or an outcome",
            ("customer",),
            (_text("customer", "customer key (salted hash)"),),
        ),
        Contract(
            "answers",
            "closed answers, long: one row an answer to a question",
            ("response", "question"),
            (
                _text("response", "id of the response"),
                _text("question", "id of the question"),
                _text("metric", "which experience metric it feeds", allowed=METRICS),
                Column("value", "number", "the answer as a number", missing=True),
                _maybe("respondent", "text", "id of the respondent"),
                _maybe("customer", "text", "customer key"),
                _maybe("kind", "text", "kind of the respondent", allowed=RESPONDENT_KINDS),
                _maybe("survey", "text", "id of the survey"),
                _maybe("wave", "text", "wave of the survey"),
                _maybe("answered_at", "time", "when it was answered"),
                _maybe("phase", "text", "phase asked about; empty at relationship level"),
                _maybe("stage", "text", "stage asked about"),
                _maybe("touchpoint", "text", "touchpoint asked about"),
                _maybe("channel", "text", "channel of the touchpoint"),
                _maybe("unit", "text", "business unit"),
                _maybe("segment", "text", "segment of the customer"),
            ),
        ),
        Contract(
            "kpis",
            "business KPIs: one row a unit, period and KPI",
            ("unit", "period", "kpi"),
            (
                _text("unit", "business unit; `all` where there is one"),
                Column("period", "time", "first day of the period"),
                _text("kpi", "id of the KPI"),
                Column("value", "number", "its value", missing=True),
            ),
        ),
        Contract(
            "purchases",
            "what customers bought: one row a purchase",
            ("purchase",),
            (
                _text("purchase", "id of the purchase"),
                _text("customer", "customer key (salted hash)"),
                Column("bought_at", "time", "day of the purchase"),
                Column("value", "number", "what it cost; 0 or above", low=0),
            ),
        ),
        Contract(
            "smileys",
            "presses of smiley terminals: one row a place, period and face",
            ("unit", "place", "period", "face"),
            (
                _text("unit", "business unit; `all` where there is one"),
                _text("place", "id of the touchpoint, or the terminal's place"),
                Column("period", "time", "first day of the period"),
                Column("face", "integer", "which face, 1 = the saddest", low=1),
                Column("count", "integer", "how many presses", low=0),
            ),
        ),
        Contract(
            "codebook",
            "codes as a tree",
            ("code",),
            (
                _text("code", "id"),
                _text("kind", "what kind of code it is", allowed=CODE_KINDS),
                _text("name_fi", "Finnish name", missing=True),
                _text("name_en", "English name", missing=True),
                _maybe("parent", "text", "id of the code above; empty at the top"),
                _maybe("definition", "text", "what it means"),
                _maybe("include", "text", "when to use it"),
                _maybe("exclude", "text", "when not to use it"),
                _maybe("example", "text", "an example"),
                _maybe("colour", "text", "#RRGGBB"),
                _maybe("shortcut", "text", "key in the coder"),
            ),
        ),
        Contract(
            "codings",
            "who gave which code to which quotation, with its facets",
            ("coding",),
            (
                _text("coding", "id"),
                *_PLACE,
                _text("quote", "the exact words; checked against the document on read"),
                _text("code", "id of the code"),
                _text("coder", "who or what coded"),
                _text("origin", "human, suggested or consensus", allowed=ORIGINS),
                _maybe("turn", "integer", "turn where the quotation starts", low=0),
                _maybe("phase", "text", "phase facet"),
                _maybe("stage", "text", "stage facet"),
                _maybe("touchpoint", "text", "touchpoint facet"),
                _maybe("valence", "integer", "-2 very bad … +2 very good", low=-2, high=2),
                _maybe("score", "number", "certainty of a suggestion, 0..1", low=0, high=1),
                _maybe("rule", "text", "the rule that fired, for a suggestion"),
                _maybe("memo", "text", "the coder's note"),
                _maybe("important", "boolean", "marked as important"),
                _maybe("coded_at", "time", "when it was coded"),
            ),
        ),
        Contract(
            "membership",
            "to which segment and profile a customer belongs",
            ("customer",),
            (
                _text("customer", "customer key"),
                _text("segment", "id of the segment; `unassigned` under the threshold"),
                _maybe("profile", "text", "id of the profile inside the segment"),
                Column("probability", "number", "posterior of the segment", low=0, high=1),
            ),
        ),
        Contract(
            "touchpoints",
            "encounters by ownership and channel, in the study's order",
            ("touchpoint",),
            (
                _text("touchpoint", "id"),
                _text("ownership", "who owns it", allowed=OWNERSHIPS),
                _text("channel", "in which channel", missing=True),
                _text("name_fi", "Finnish name", missing=True),
                _text("name_en", "English name", missing=True),
                Column("critical", "boolean", "a moment of truth"),
                _maybe("stages", "text", "ids of its stages, separated by a blank"),
            ),
        ),
        Contract(
            "stages",
            "the journey: phases and their stages in the study's order",
            ("stage",),
            (
                _text("phase", "id of the phase"),
                _text("stage", "id of the stage"),
                Column("position", "integer", "order, from 0", low=0),
                _text("phase_fi", "Finnish name of the phase", missing=True),
                _text("phase_en", "English name of the phase", missing=True),
                _text("stage_fi", "Finnish name of the stage", missing=True),
                _text("stage_en", "English name of the stage", missing=True),
            ),
        ),
        Contract(
            "failures",
            "rows or files that an import could not take",
            (),
            (
                _text("file", "file as given"),
                Column("row", "integer", "line in the file, header included", missing=True),
                _text("column", "column where it failed", missing=True),
                _text("found", "what stood there, shortened; `…` where it may be personal"),
                _text("expected", "what was expected"),
            ),
        ),
    )
}

# dtype.kind letters that pandas 2 and 3, numpy and Arrow extension types give
_KINDS = {
    "text": "OUS",
    "integer": "iu",
    "number": "iuf",
    "boolean": "b",
    "time": "M",
}


def check_frame(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Check a table against its contract and give it back unchanged.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table. Columns beyond the contract are welcome.
    name : str
        A name in `FRAMES`.

    Returns
    -------
    pandas.DataFrame
        The same object.

    Raises
    ------
    FrameError
        A required column is absent (the message lists the difference), a column has the wrong
        kind, cells are empty that may not be, a value lies outside its range or list, or two
        rows share the key.
    """
    contract = FRAMES[name]
    present = list(map(str, frame.columns))
    absent = [c for c in contract.column_names(required_only=True) if c not in present]
    if absent:
        raise FrameError(
            f"The table `{name}` lacks {len(absent)} column(s): {', '.join(absent)}.",
            expected=", ".join(contract.column_names(required_only=True)),
            found=", ".join(present) or "no columns",
            next_step="Rename or add the columns; model/frames.py says what each holds.",
        )
    for column in contract.columns:
        if column.name in present:
            _check_column(frame[column.name], column, name)
    _check_key(frame, contract)
    return frame


def _fault(name: str, column: Column, *, expected: str, found: str) -> FrameError:
    return FrameError(
        f"Column `{column.name}` of the table `{name}` ({column.what}) can't be used.",
        expected=expected,
        found=found,
        next_step="Correct these rows, or leave them out, before calling again.",
    )


def _check_column(values: pd.Series, column: Column, name: str) -> None:
    empty = values.isna()
    if empty.all():
        if len(values) and not column.missing:
            raise _fault(name, column, expected="a value in each row", found="only empty cells")
        return
    kind = values.dtype.kind
    whole_floats = column.kind == "integer" and kind == "f" and not (values.dropna() % 1).any()
    if kind not in _KINDS[column.kind] and not whole_floats:
        # an object column may hold the right things all the same
        kinds = {type(v).__name__ for v in values[~empty].head(1000)}
        fits = {"text": {"str"}, "integer": {"int"}, "number": {"int", "float"}}.get(
            column.kind, {"bool"} if column.kind == "boolean" else {"Timestamp", "datetime"}
        )
        if not kinds <= fits:
            raise _fault(name, column, expected=column.kind, found=f"{values.dtype} ({kinds})")
    if empty.any() and not column.missing:
        rows = ", ".join(map(str, values.index[empty][:5]))
        raise _fault(
            name, column, expected="a value in each row", found=f"{int(empty.sum())} empty: {rows}"
        )
    known = values[~empty]
    if column.low is not None and (known < column.low).any():
        raise _fault(name, column, expected=f">= {column.low}", found=str(known.min()))
    if column.high is not None and (known > column.high).any():
        raise _fault(name, column, expected=f"<= {column.high}", found=str(known.max()))
    if column.allowed:
        strange = sorted(set(map(str, known.unique())) - set(column.allowed))
        if strange:
            raise _fault(
                name, column, expected=" | ".join(column.allowed), found=", ".join(strange[:5])
            )


def _check_key(frame: pd.DataFrame, contract: Contract) -> None:
    if not contract.key or not len(frame):
        return
    doubled = frame.duplicated(list(contract.key))
    if doubled.any():
        first = frame.loc[doubled, list(contract.key)].iloc[0]
        raise FrameError(
            f"{int(doubled.sum())} row(s) of the table `{contract.name}` repeat a key.",
            expected=f"one row for each {' + '.join(contract.key)}",
            found=", ".join(f"{k}={first[k]}" for k in contract.key),
            next_step="Remove the repetition, or give the rows ids of their own.",
        )
