"""New customers: to which segment each belongs, and whether the segments still fit."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import read_table
from ..model import Finding, FrameError, ImportRefusedError, SettingsError, Words
from .importing import refusal, stacked
from .reading_business import read_customers
from .reports import StepReport
from .segmenting import read_segmentation
from .sources import column_of

if TYPE_CHECKING:
    from ..segments import Segmentation
    from ..study import Study

__all__ = ["assign_customers", "compare_customers"]


def assign_customers(study: Study, source: str | Path, target: str | Path) -> StepReport:
    """Say of each customer of a newer customer file in which segment and profile they are.

    Parameters
    ----------
    study : Study
        With segments; `[customers]` in study.toml says how the file's columns are called.
    source : path
        A customer table like the study's own, with new customers, later values, or both.
    target : path
        csv: the customer's id as in the file, segment, name, stability, profile, profile_name,
        probability (of the segment). It holds ids of customers: keep it private.

    Returns
    -------
    StepReport
        Its table is the drift report: what, psi, shift (see `compare_waves`). The lines say how
        many stay unassigned and whether the segments still describe the customers.

    Raises
    ------
    ImportRefusedError
        The file can't be read, a column is absent, a customer stands there twice. Nothing is
        written.
    StudyFileError
        The study has no segments yet.
    """
    found = read_segmentation(study)
    new, given, unknown = _new_customers(study, found, Path(source))
    drift = _compared(study, found, new, unknown)
    members = drift.details["membership_after"]
    held = found.segments.set_index("segment")["verdict"]
    names = {g: found.title(g, _language(study)) for g in members["segment"].unique()}
    table = pd.DataFrame(
        {
            given.name: given.to_numpy(),
            "segment": members["segment"].to_numpy(),
            "name": members["segment"].map(names).to_numpy(),
            "stability": members["segment"].map(held).to_numpy(),
            "profile": members["profile"].to_numpy(),
            "profile_name": [
                found.title(p, _language(study)) if isinstance(p, str) else None
                for p in members["profile"]
            ],
            "probability": members["probability"].round(4).to_numpy(),
        }
    )
    _write(table, Path(target))
    lines = (
        f"Wrote {len(table)} customers to {target}. It holds ids of customers: keep it private.",
        drift.sentence("en"),
        *(w.to("en") for w in drift.warnings),
    )
    return StepReport("assign", lines, table=drift.table)


def compare_customers(study: Study, source: str | Path) -> Finding:
    """The drift report between the customers that were segmented and those of a newer file.

    Returns
    -------
    Finding
        As `segments.compare_waves`; `details["moves"]` are the customers who are in both, for
        `segments.movers_figure`.

    Raises
    ------
    ImportRefusedError, StudyFileError
        As in `assign_customers`.
    """
    found = read_segmentation(study)
    new, _, unknown = _new_customers(study, found, Path(source))
    return _compared(study, found, new, unknown)


def _compared(study: Study, found: Segmentation, new: pd.DataFrame, unknown: list[str]) -> Finding:
    from dataclasses import replace

    from ..segments import compare_waves

    waves = compare_waves(found, study.read_frame("features"), new)
    if not unknown:
        return waves
    names = ", ".join(unknown)
    note = Words(
        fi=f"Uusista asiakkaista ei tiedetä: {names}. Sijoitus perustuu muihin piirteisiin.",
        en=f"Not known of the new customers: {names}. They are placed by the other features.",
    )
    return replace(waves, warnings=(*waves.warnings, note))


def _new_customers(
    study: Study, found: Segmentation, source: Path
) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """The features of the file's customers, their ids as given, features that it does not hold."""
    from ..study import customer_keys

    part = study.settings.customers
    if part is None:
        raise SettingsError(
            "study.toml does not say how a customer table looks.",
            expected="a part [customers]",
            next_step="Only studies with a customer table can place new customers.",
        )
    if not source.is_file():
        raise ImportRefusedError("There is no such file.", found=source.name)
    settings = study.settings.model_copy(
        update={"customers": part.model_copy(update={"file": str(source.resolve())})}
    )
    reading = read_customers(settings, lambda values: customer_keys(study, values))
    failures = stacked(reading.failures)
    if len(failures):
        raise refusal(failures)
    frame = reading.frames["customers"]
    table = read_table(source, sheet=part.sheet)
    given = column_of(table, part.customer, part="[customers]").str.strip()
    given = given[(given != "") & ~given.duplicated()].reset_index(drop=True)
    needed = {f.name for m in (found.model, *found.profile_models.values()) for f in m.features_}
    unknown = sorted(needed - set(frame.columns))
    if needed <= set(unknown):
        raise FrameError(
            "The file holds none of the features that the segments were made of.",
            expected=", ".join(sorted(needed)),
            found=", ".join(map(str, frame.columns)),
            where=source.name,
        )
    for name in unknown:
        frame[name] = pd.Series(float("nan"), index=frame.index)
    return frame, given.rename(part.customer), unknown


def _write(table: pd.DataFrame, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".assign-", dir=target.parent) as draft:
            made = Path(draft) / target.name
            table.to_csv(made, index=False, encoding="utf-8-sig")
            made.replace(target)
    except OSError as problem:
        raise ImportRefusedError(
            "The table of segments could not be written.",
            found=problem.strerror or type(problem).__name__,
            where=target.name,
            next_step="Name another file, or give the right to write.",
        ) from problem


def _language(study: Study) -> str:
    return str(study.settings.study.languages[0])
