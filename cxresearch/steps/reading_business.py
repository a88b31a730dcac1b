"""What the business knows: the customer table, purchases, KPI series and smiley counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ..exchange import Table, duplicated_ids, to_booleans, to_dates, to_numbers
from .sources import Keys, Reading, column_of, read_source

if TYPE_CHECKING:
    from ..study import StudySettings
    from ..study.settings_business import CustomersPart, KpisPart, SmileysPart

__all__ = ["read_customers", "read_kpis", "read_purchases", "read_smileys"]

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
    for day in (part.started, part.left):
        if day is not None:
            dates = to_dates(
                column_of(table, day, part="[customers]"), lines=table.lines, file=table.name
            )
            reading.failures.append(dates.failures)
            frame[day] = dates.values.astype("datetime64[us]")[first]
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


def read_purchases(settings: StudySettings, keys: Keys) -> Reading:
    """Read purchases into the contract `purchases`: purchase, customer, bought_at, value.

    A purchase without a customer is left out with a remark: it belongs to nobody's history. One
    without a day or a value, or with a negative value, is a failure.
    """
    part = settings.purchases
    if part is None:
        return Reading()
    table = read_source(settings, part.file, sheet=part.sheet)
    reading = Reading(sources=[(part.file, table.sha256, "purchases")])
    reading.remarks.append(table.remarks)
    where: dict[str, Any] = {"lines": table.lines, "file": table.name}
    owner = column_of(table, part.customer, part="[purchases]").str.strip()
    dates = to_dates(column_of(table, part.date, part="[purchases]"), **where)
    values = to_numbers(column_of(table, part.value, part="[purchases]"), **where)
    frame = pd.DataFrame(
        {
            "purchase": pd.Series(table.lines, index=table.frame.index).astype(str),
            "customer": keys(owner.where(owner != "", None)),
            "bought_at": dates.values.astype("datetime64[us]"),
            "value": values.values.astype(float),
        }
    )
    lacking = {
        "a day": (part.date, frame["bought_at"].isna()),
        "a number": (part.value, frame["value"].isna()),
        "0 or more": (part.value, frame["value"] < 0),
    }
    for expected, (name, bad) in lacking.items():
        failed = _failed(table, name, bad, expected, dates.failures, values.failures)
        reading.failures.append(failed)
    reading.failures += [table.failures, dates.failures, values.failures]
    reading.remarks.append(
        _failed(table, part.customer, frame["customer"].isna(), "a customer; left out")
    )
    good = frame["customer"].notna() & frame["bought_at"].notna() & (frame["value"] >= 0)
    frame = frame[good].reset_index(drop=True)
    reading.frames["purchases"] = frame
    reading.lines.append(f"Purchases: {len(frame)} of {frame['customer'].nunique()} customers.")
    return reading


def _failed(
    table: Table, column: str, bad: pd.Series, expected: str, *known: pd.DataFrame
) -> pd.DataFrame:
    """Rows of the contract `failures` for cells that are not listed yet."""
    listed = {row for f in known for row in f["row"]}
    lines = pd.Series(table.lines, index=table.frame.index)[bad.to_numpy(bool)]
    lines = lines[~lines.isin(listed)]
    found = table.frame.loc[lines.index, column].str.strip().replace("", "an empty cell")
    rows = {"file": table.name, "row": lines, "column": column, "found": found}
    return pd.DataFrame(rows | {"expected": expected}).reset_index(drop=True)


def read_smileys(settings: StudySettings) -> list[Reading]:
    """Read smiley counts into the contract `smileys`: unit, place, period, face, count."""
    return [_read_smileys(settings, part) for part in settings.smileys]


def _read_smileys(settings: StudySettings, part: SmileysPart) -> Reading:
    table = read_source(settings, part.file, sheet=part.sheet)
    reading = Reading(sources=[(part.file, table.sha256, "smileys")])
    reading.failures.append(table.failures)
    reading.remarks.append(table.remarks)
    where: dict[str, Any] = {"lines": table.lines, "file": table.name}
    dates = to_dates(column_of(table, part.period, part="[[smileys]]"), **where)
    reading.failures.append(dates.failures)
    base = pd.DataFrame({"period": dates.values.astype("datetime64[us]"), "line": table.lines})
    for name, column in (("unit", part.unit), ("place", part.place)):
        cells = column_of(table, column, part="[[smileys]]").str.strip() if column else "all"
        base[name] = cells
    base["place"] = base["place"].replace(dict(part.touchpoints))
    long = []
    for face, name in enumerate(part.faces, start=1):
        counts = to_numbers(column_of(table, name, part="[[smileys]]"), **where)
        reading.failures.append(counts.failures)
        numbers = counts.values.astype(float)
        odd = (numbers < 0) | (numbers % 1 != 0) & numbers.notna()
        reading.failures.append(_failed(table, name, odd, "a count: 0, 1, 2, …"))
        long.append(base.assign(face=face, count=numbers.mask(odd).fillna(0).astype("int64")))
    frame = pd.concat(long, ignore_index=True)
    doubled = frame.duplicated(["unit", "place", "period", "face"])
    if doubled.any():
        rows = frame[doubled].drop_duplicates("line")
        found = "the same place and period again"
        failed = {"file": table.name, "row": rows["line"], "column": part.place or part.period}
        reading.failures.append(pd.DataFrame(failed | {"found": found, "expected": "once"}))
    frame = frame[~doubled & frame["period"].notna()].drop(columns="line")
    reading.frames["smileys"] = frame.reset_index(drop=True)
    reading.lines.append(
        f"Smileys: {int(frame['count'].sum())} presses at {frame['place'].nunique()} place(s) "
        f"over {frame['period'].nunique()} periods."
    )
    return reading
