"""Acts of the inner loop (customers to answer) and the outer loop (what is mended for all)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ..model import ActRefusedError
from ..model.frames import CASE_STATES, IMPROVEMENT_STATES, METRICS
from . import tables
from .ledger import Row, key_text, keys_changed
from .outcome import Outcome
from .registry import KEEP, Keep, Work, an_act, refuse_unknown

__all__: list[str] = []

CaseState = Literal[CASE_STATES]  # type: ignore[valid-type]
ImprovementState = Literal[IMPROVEMENT_STATES]  # type: ignore[valid-type]
_LOOP = "loop"
_LISTS = ("codes", "touchpoints")


@an_act(lane=_LOOP)
def set_case(
    work: Work,
    case: str,
    status: CaseState | Keep = KEEP,
    owner: str | Keep | None = KEEP,
    root_cause: str | Keep | None = KEEP,
) -> Outcome:
    """Say how it stands with a disappointed respondent's answer; no names and no words of theirs.

    `case` is the id of the response, `owner` a role, `root_cause` a code of the codebook.
    """
    _check_case(work, case)
    if isinstance(root_cause, str):
        known = [row["code"] for row in work.ledger.rows(tables.code)]
        refuse_unknown([root_cause], known, "code")
    given = {"status": status, "owner": owner, "root_cause": root_cause}
    fields: dict[str, Any] = {n: v for n, v in given.items() if v is not KEEP}
    there = work.ledger.row(tables.customer_case, case)
    if there is None:
        fields = {"status": "open", "owner": None, "root_cause": None} | fields
        row = {"case": case, **fields, "changed_at": work.study.now()}
        work.ledger.insert(tables.customer_case, [row])
    elif any(there[n] != v for n, v in fields.items()):
        work.ledger.update(
            tables.customer_case, [(there, fields | {"changed_at": work.study.now()})]
        )
    return Outcome(None, "", ids=(case,))


def _check_case(work: Work, case: str) -> None:
    found = work.study.processed.find_rows("contact_consents", "response", [case])
    if not found:
        raise ActRefusedError(
            "There is no such case to answer.",
            expected="the id of a response whose respondent let us get in touch",
            found=case[:60],
            next_step="Nothing was changed. `cxresearch loop` lists the cases.",
        )


@an_act(lane="import")
def import_improvements(work: Work) -> Outcome:
    """Take the improvements of study.toml into the register.

    New ones are added, those that nobody has edited here follow the file, and edited ones are
    listed in `kept`. One that left the file stays.
    """
    there = {row["improvement"]: row for row in work.ledger.rows(tables.improvement)}
    edited = _edited_by_hand(work)
    fresh: list[Row] = []
    changes: list[tuple[Row, Row]] = []
    kept: list[str] = []
    start = 1 + max((row["position"] for row in there.values()), default=-1)
    for part in work.study.settings.improvements:
        row = _row_of(part)
        name = part.improvement
        if name not in there:
            fresh.append(row | {"position": start + len(fresh)})
        elif name in edited:
            kept.append(name)
        else:
            changes.append((there[name], row))
    work.ledger.insert(tables.improvement, fresh)
    work.ledger.update(tables.improvement, changes)
    return Outcome(None, "", ids=tuple(r["improvement"] for r in fresh), kept=tuple(kept))


def _row_of(part: Any) -> Row:
    row = part.model_dump(mode="json")
    row |= {name: " ".join(row[name]) or None for name in _LISTS}
    texts = ("root_cause", "owner", "told_customers", "told_staff")
    return row | {name: row[name] or None for name in texts}


def _edited_by_hand(work: Work) -> set[str]:
    by_people = tables.event.c.lane != "import"
    keys = keys_changed(work.ledger.connection, "improvement", by_people)
    rows = work.ledger.rows(tables.improvement)
    return {r["improvement"] for r in rows if key_text((r["improvement"],)) in keys}


@an_act(lane=_LOOP)
def add_improvement(
    work: Work,
    improvement: str,
    name: dict[str, str],
    root_cause: dict[str, str] | None = None,
    codes: list[str] | None = None,
    touchpoints: list[str] | None = None,
    effort: float | None = None,
    owner: dict[str, str] | None = None,
) -> Outcome:
    """Add an improvement to the register; `owner` is a role, `codes` are what it would ease."""
    if not improvement.strip() or work.ledger.row(tables.improvement, improvement) is not None:
        raise ActRefusedError(
            "A new improvement needs an id of its own.",
            found=f"`{improvement[:60]}`",
            next_step="Nothing was changed. Choose another id.",
        )
    rows = work.ledger.rows(tables.improvement)
    fields = {
        "name": name,
        "root_cause": root_cause,
        "codes": codes,
        "touchpoints": touchpoints,
        "effort": effort,
        "owner": owner,
    }
    position = 1 + max((row["position"] for row in rows), default=-1)
    row = {"improvement": improvement, "position": position, "status": "proposed"}
    work.ledger.insert(tables.improvement, [row | _checked(work, fields)])
    return Outcome(None, "", ids=(improvement,))


@an_act(lane=_LOOP)
def change_improvement(
    work: Work,
    improvement: str,
    status: ImprovementState | Keep = KEEP,
    name: dict[str, str] | Keep = KEEP,
    root_cause: dict[str, str] | Keep | None = KEEP,
    codes: list[str] | Keep | None = KEEP,
    touchpoints: list[str] | Keep | None = KEEP,
    effort: float | int | Keep | None = KEEP,
    owner: dict[str, str] | Keep | None = KEEP,
    done_at: str | Keep | None = KEEP,
    told_customers: dict[str, str] | Keep | None = KEEP,
    told_staff: dict[str, str] | Keep | None = KEEP,
    metric: str | Keep | None = KEEP,
    kpi: str | Keep | None = KEEP,
    unit: str | Keep | None = KEEP,
) -> Outcome:
    """Change an improvement: its status, what was told to whom, how it is measured.

    A done improvement needs `done_at`, the ISO day since when it holds.
    """
    fields = {
        n: v for n, v in locals().items() if v is not KEEP and n not in ("work", "improvement")
    }
    there = _there(work, improvement)
    fields = _checked(work, fields)
    after = there | fields
    if after["status"] == "done" and not after["done_at"]:
        raise ActRefusedError(
            "A done improvement needs the day since when it holds.",
            expected="done_at, such as 2026-03-01",
            found="no day",
            next_step="Nothing was changed.",
        )
    work.ledger.update(tables.improvement, [(there, fields)])
    return Outcome(None, "", ids=(improvement,))


@an_act(lane=_LOOP)
def remove_improvement(work: Work, improvement: str) -> Outcome:
    """Take an improvement out of the register; undo brings it back."""
    work.ledger.delete(tables.improvement, [_there(work, improvement)])
    return Outcome(None, "", ids=(improvement,))


def _there(work: Work, improvement: str) -> Row:
    row = work.ledger.row(tables.improvement, improvement)
    if row is None:
        known = [r["improvement"] for r in work.ledger.rows(tables.improvement)]
        refuse_unknown([improvement], known, "improvement")
        raise ActRefusedError("There is no such improvement.", found=improvement[:60])
    return row


def _checked(work: Work, fields: dict[str, Any]) -> Row:
    """Fields as the table holds them; ids that don't exist, bad days and efforts are refused."""
    known = {
        "codes": [row["code"] for row in work.ledger.rows(tables.code)],
        "touchpoints": [t.touchpoint for t in work.study.settings.encounters()],
    }
    row: Row = dict(fields)
    for name in _LISTS:
        if fields.get(name):
            refuse_unknown(fields[name], known[name], name.removesuffix("s"))
        if name in fields:
            row[name] = " ".join(fields[name] or ()) or None
    if fields.get("metric"):
        refuse_unknown([fields["metric"]], METRICS, "metric")
    if fields.get("effort") is not None:
        row["effort"] = float(fields["effort"])
    fault = _fault(row)
    if fault:
        raise ActRefusedError(
            "The improvement can't be kept so.", found=fault, next_step="Nothing was changed."
        )
    return row


def _fault(row: Row) -> str | None:
    if row.get("effort") is not None and not row["effort"] > 0:
        return "an effort that is not above 0"
    if "name" in row and not any(str(v).strip() for v in row["name"].values()):
        return "no name in any language"
    if row.get("done_at"):
        try:
            dt.date.fromisoformat(row["done_at"])
        except ValueError:
            return "done_at that is no ISO day"
    return None
