"""What the business knows: the customer table and KPI series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..exchange import Table, duplicated_ids, to_booleans, to_dates, to_numbers
from .sources import Keys, Reading, column_of, read_source

if TYPE_CHECKING:
    from ..study import StudySettings
    from ..study.settings import CustomersPart, KpisPart

__all__ = ["read_customers", "read_kpis"]

_NUMERIC_SHARE = 0.95


def read_customers(settings: StudySettings, keys: Keys) -> Reading:
    """Read the customer table: `customers` with typed attributes and outcomes, and `personal`."""
    part = settings.customers
    if part is None:
        return Reading()
    table = read_source(settings, part.file, sheet=part.sheet)
    reading = Reading(sources=[(part.file, table.sha256, "customers")])
    reading.failures.append(table.failures)
    reading.remarks.append(table.remarks)
    given = column_of(table, part.customer, part="[customers]").str.strip()
    reading.failures.append(duplicated_ids(given, lines=table.lines, file=table.name))
    first = (given != "") & ~given.duplicated()
    frame = pd.DataFrame({"customer": keys(given[first])})
    for name in dict.fromkeys([*part.attributes, *part.outcomes]):
        column = column_of(table, name, part="[customers]")
        frame[name] = _typed(column, part.types.get(name), table, reading)[first]
    reading.frames["customers"] = frame.reset_index(drop=True)
    reading.frames["personal"] = _personal(table, part, keys(given), first)
    reading.lines.append(f"Customers: {len(frame)} with {frame.shape[1] - 1} columns.")
    return reading


def _typed(column: pd.Series, declared: str | None, table: Table, reading: Reading) -> pd.Series:
    """Numbers where nearly all cells are numbers, 0/1 for yes and no, dates, else words."""
    where: dict[str, Any] = {"lines": table.lines, "file": table.name}
    if declared in ("nominal", "ordinal"):
        return _words(column)
    filled = int((column.str.strip() != "").sum())
    for reader in (to_booleans, to_numbers, to_dates):
        if declared in ("numeric", "count") and reader is not to_numbers:
            continue
        found = reader(column, **where)
        known = int(found.values.notna().sum())
        lost = len(found.failures)
        if declared or (known and known >= _NUMERIC_SHARE * max(1, filled - found.missing + lost)):
            if reader is to_booleans and not declared and _looks_numeric(column):
                continue
            reading.failures.append(found.failures)
            return found.values
    return _words(column)


def _looks_numeric(column: pd.Series) -> bool:
    """0 and 1 alone may be yes and no; any other number makes the column numeric."""
    return bool(column.str.strip().str.fullmatch(r"\d+").all())


def _words(column: pd.Series) -> pd.Series:
    cells = column.str.strip()
    return cells.where(cells != "", None)


def _personal(
    table: Table, part: CustomersPart, owners: pd.Series, first: pd.Series
) -> pd.DataFrame:
    long = []
    for name in part.personal:
        cells = column_of(table, name, part="[customers]").str.strip()
        rows = pd.DataFrame({"owner": owners, "field": name, "value": cells})[first]
        long.append(rows[rows["value"] != ""])
    columns = ["owner_kind", "owner", "field", "value"]
    if not long:
        return pd.DataFrame(columns=columns)
    return pd.concat(long, ignore_index=True).assign(owner_kind="customer")[columns]


def read_kpis(settings: StudySettings) -> Reading:
    """Read KPI series into the contract `kpis`: unit, period, kpi, value."""
    part = settings.kpis
    if part is None:
        return Reading()
    table = read_source(settings, part.file, sheet=part.sheet)
    reading = Reading(sources=[(part.file, table.sha256, "kpis")])
    reading.failures.append(table.failures)
    reading.remarks.append(table.remarks)
    frame = _long_kpis(table, part, reading)
    repeated = frame.duplicated(["unit", "period", "kpi"])
    if repeated.any():
        reading.failures.append(
            duplicated_ids(
                frame["unit"] + " " + frame["period"].dt.strftime("%Y-%m-%d") + " " + frame["kpi"],
                lines=frame["line"],
                file=table.name,
            )
        )
    frame = frame[~repeated & frame["period"].notna()].drop(columns="line")
    reading.frames["kpis"] = frame.reset_index(drop=True)
    reading.lines.append(
        f"KPIs: {frame['kpi'].nunique()} of {frame['unit'].nunique()} unit(s) "
        f"over {frame['period'].nunique()} periods."
    )
    return reading


def _long_kpis(table: Table, part: KpisPart, reading: Reading) -> pd.DataFrame:
    where: dict[str, Any] = {"lines": table.lines, "file": table.name}
    dates = to_dates(column_of(table, part.period, part="[kpis]"), **where)
    reading.failures.append(dates.failures)
    unit = column_of(table, part.unit, part="[kpis]").str.strip() if part.unit else "all"
    base = pd.DataFrame({"unit": unit, "period": dates.values, "line": table.lines})
    base["period"] = base["period"].astype("datetime64[us]")
    names = [part.value] if part.value else list(dict.fromkeys([*part.columns, *part.metrics]))
    long = []
    for name in names:
        numbers = to_numbers(column_of(table, name, part="[kpis]"), **where)
        reading.failures.append(numbers.failures)
        kpi = column_of(table, part.kpi, part="[kpis]").str.strip() if part.kpi else name
        long.append(base.assign(kpi=kpi, value=numbers.values))
    columns = ["unit", "period", "kpi", "value", "line"]
    return pd.concat(long, ignore_index=True)[columns] if long else pd.DataFrame(columns=columns)
