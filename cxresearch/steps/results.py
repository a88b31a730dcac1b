"""Findings kept between steps: JSON in data/processed, readable without this program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..model import Finding, StudyFileError, Words

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["forget_finding", "forget_findings", "read_finding", "write_finding"]

_SCHEMA = 1


def _path(study: Study, name: str) -> Path:
    return study.folder_processed / "findings" / f"{name}.json"


def write_finding(study: Study, name: str, finding: Finding) -> Path:
    """Keep a finding as NAME.json: table, sentences, warnings and the tables among its details.

    Details that are neither tables nor plain values are left out: they can be computed again.
    The file is replaced in one move, so a reader never sees half of it.
    """
    path = _path(study, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "schema": _SCHEMA,
        "table": _packed(finding.table),
        "sentences": dict(finding.sentences),
        "warnings": [dict(w) for w in finding.warnings],
        "details": {k: v for k, v in ((k, _detail(v)) for k, v in finding.details.items()) if v},
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=_plain)
    temporary = path.with_suffix(".part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path


def forget_finding(study: Study, name: str) -> None:
    """Remove a finding that no longer holds; nothing happens where there is none."""
    _path(study, name).unlink(missing_ok=True)


def forget_findings(study: Study, start: str) -> None:
    """Remove all findings whose names start so; the step that calls writes those that hold."""
    for path in (study.folder_processed / "findings").glob(f"{start}*.json"):
        path.unlink(missing_ok=True)


def read_finding(study: Study, name: str) -> Finding:
    """Read a finding written by `write_finding`.

    Raises
    ------
    StudyFileError
        The step that makes it was not run.
    """
    path = _path(study, name)
    if not path.exists():
        raise StudyFileError(
            f"The study has no finding `{name}` yet.",
            found=", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "no findings",
            next_step="Run `cxresearch run`.",
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    return Finding(
        _unpacked(content["table"]),
        Words(content["sentences"]),
        tuple(Words(w) for w in content["warnings"]),
        {
            name: _unpacked(detail["table"]) if "table" in detail else detail["value"]
            for name, detail in content["details"].items()
        },
    )


def _detail(value: Any) -> dict[str, Any] | None:
    if isinstance(value, pd.DataFrame):
        return {"table": _packed(value)}
    if isinstance(value, str | int | float | bool | list | dict | np.generic):
        try:
            json.dumps(value, default=_plain)
        except TypeError:
            return None
        return {"value": _finite(value)}
    return None


def _finite(value: Any) -> Any:
    """The same with empty cells for numbers that JSON does not know, at any depth."""
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _packed(table: pd.DataFrame) -> dict[str, Any]:
    frame = table.reset_index(drop=isinstance(table.index, pd.RangeIndex))
    kinds = {str(c): frame[c].dtype.kind for c in frame}
    for column in frame.columns:
        if frame[column].dtype.kind == "M":
            frame[column] = frame[column].dt.strftime("%Y-%m-%dT%H:%M:%S")
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype(str)
    cells = frame.astype(object).where(frame.notna(), None)
    return {
        "columns": list(map(str, frame.columns)),
        "kinds": kinds,
        "rows": [list(map(_cell, row)) for row in cells.itertuples(index=False, name=None)],
    }


def _cell(value: Any) -> Any:
    return _plain(value) if isinstance(value, np.generic | Words | tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
        return None if isinstance(value, float) and not np.isfinite(value) else value
    if isinstance(value, Words):
        return dict(value)
    if isinstance(value, tuple | set | frozenset | np.ndarray):
        return list(value)
    raise TypeError(f"{type(value).__name__} can't be kept as JSON")


def _unpacked(packed: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(packed["rows"], columns=packed["columns"])
    for column, kind in packed["kinds"].items():
        if kind == "M":
            frame[column] = pd.to_datetime(frame[column])
        elif kind == "f":
            frame[column] = frame[column].astype(float)
    return frame
