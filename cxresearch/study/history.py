"""Undo, redo and the audit trail, all from the event table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ..model import ActRefusedError
from .frames import frame_of
from .ledger import Ledger, Row, key_of, key_text, table_named
from .outcome import Outcome
from .tables import event, event_change

if TYPE_CHECKING:
    import pandas as pd

    from .study import Study

__all__ = ["history", "last_event", "redo", "row_history", "table_as_of", "undo"]


def undo(study: Study, *, who: str | None = None, lane: str = "hand") -> Outcome:
    """Take back the last act of one person that still stands.

    Works across restarts: the acts are in the study file. Each coder has an undo of their own;
    decisions of reviewers (`lane="review"`) and the imports of steps (`lane="import"`) are apart
    from what people do by hand.

    Parameters
    ----------
    study : Study
    who : str, optional
        Whose act; the study's coder when not given.
    lane : {"hand", "review", "import"}
        Acts at the screen, reviewers' decisions, or acts of steps.

    Returns
    -------
    Outcome
        `event` is the number of the undo's own event, or None when there is nothing to undo;
        `act` names the act that was taken back.

    Raises
    ------
    ActRefusedError
        Somebody has changed the same rows since, or something new hangs on them.
    """
    who = who or study.coder
    with study.storage.writing() as connection:
        last = connection.execute(standing_act(who, lane)).mappings().first()
        if last is None:
            return Outcome(None, "nothing to undo")
        if not last["can_undo"]:
            raise ActRefusedError(
                f"The act `{last['act']}` can't be undone: it keeps no copy of personal data.",
                where=f"event {last['event']}",
                next_step="Do the opposite act by hand, or go back to a backup.",
            )
        ledger = Ledger(connection, who=who, at=study.now())
        _apply(ledger, _changes(connection, last["event"])[::-1], forward=False)
        return _close(ledger, last, lane, undone=True)


def redo(study: Study, *, who: str | None = None, lane: str = "hand") -> Outcome:
    """Do again what `undo` took back last; any new act of the same person ends the possibility.

    Parameters and errors are those of `undo`.
    """
    who = who or study.coder
    with study.storage.writing() as connection:
        last = connection.execute(undone_act(who, lane)).mappings().first()
        if last is None:
            return Outcome(None, "nothing to redo")
        ledger = Ledger(connection, who=who, at=study.now())
        _apply(ledger, _changes(connection, last["event"]), forward=True)
        return _close(ledger, last, lane, undone=False)


def standing_act(who: str, lane: str) -> sa.Select[Any]:
    """The last act of one person that still stands."""
    return (
        sa.select(event)
        .where(event.c.who == who, event.c.lane == lane)
        .where(event.c.undoes.is_(None), event.c.undone_by.is_(None))
        .order_by(event.c.event.desc())
        .limit(1)
    )


def undone_act(who: str, lane: str) -> sa.Select[Any]:
    """The act that one person took back last, unless a new one came after it."""
    mine = (event.c.who == who, event.c.lane == lane)
    newest = sa.select(sa.func.coalesce(sa.func.max(event.c.event), 0)).where(
        *mine, event.c.undoes.is_(None), event.c.undone_by.is_(None), event.c.act != "undo"
    )
    return (
        sa.select(event)
        .where(*mine, event.c.undone_by.is_not(None))
        .where(event.c.event > newest.scalar_subquery())
        .order_by(event.c.undone_by.desc())
        .limit(1)
    )


def _close(ledger: Ledger, act: Any, lane: str, *, undone: bool) -> Outcome:
    number = ledger.close("undo" if undone else "redo", lane, undoes=act["event"])
    ledger.connection.execute(
        sa.update(event)
        .where(event.c.event == act["event"])
        .values(undone_by=number if undone else None)
    )
    return Outcome(number, act["act"], rows=len(ledger.changes))


def _changes(connection: sa.Connection, number: int) -> list[Row]:
    query = (
        sa.select(event_change)
        .where(event_change.c.event == number)
        .order_by(event_change.c.position)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _apply(ledger: Ledger, changes: Sequence[Row], *, forward: bool) -> None:
    """Apply changes, or their reverse, after seeing that the rows are as the act left them."""
    for group in _alike(changes, forward):
        table = table_named(group[0]["table"])
        keys = [tuple(json.loads(change["key"])) for change in group]
        there = ledger.rows_by_key(table, keys)
        pairs = []
        for key, change in zip(keys, group, strict=True):
            old, new = _old_new(change, forward)
            row = there.get(key)
            if not _stands(row, old):
                raise _changed_since(change)
            pairs.append((row, new))
        if pairs[0][0] is None:
            ledger.insert(table, [new for _, new in pairs if new is not None])
        elif pairs[0][1] is None:
            ledger.delete(table, [row for row, _ in pairs if row is not None])
        else:
            ledger.update(
                table, [(r, new) for r, new in pairs if r is not None and new is not None]
            )


def _old_new(change: Row, forward: bool) -> tuple[Row | None, Row | None]:
    old, new = change["before"], change["after"]
    return (old, new) if forward else (new, old)


def _alike(changes: Sequence[Row], forward: bool) -> Iterator[list[Row]]:
    """Runs of changes that one statement can do: same table, same direction, no row twice."""
    run: list[Row] = []
    sort: tuple[Any, ...] = ()
    keys: set[str] = set()
    for change in changes:
        old, new = _old_new(change, forward)
        this = (change["table"], old is None, new is None)
        if run and (this != sort or change["key"] in keys):
            yield run
            run, keys = [], set()
        sort = this
        run.append(change)
        keys.add(change["key"])
    if run:
        yield run


def _stands(row: Row | None, old: Row | None) -> bool:
    """Whether a row is as the act left it: gone, or with the same values in the noted columns."""
    if row is None or old is None:
        return row is old
    return all(row[name] == value for name, value in old.items())


def _changed_since(change: Row) -> ActRefusedError:
    return ActRefusedError(
        f"This {change['table']} has been changed since the act.",
        where=f"event {change['event']}",
        next_step="Nothing was changed. See `history(study)` for who changed it and when.",
    )


def history(study: Study, since: int | None = None) -> pd.DataFrame:
    """The audit trail: who did what when.

    Parameters
    ----------
    study : Study
    since : int, optional
        Only events after this number.

    Returns
    -------
    pandas.DataFrame
        Columns `event` (number, rising), `at` (UTC), `who`, `act`, `lane` (hand or import), `rows`
        (how many rows it changed), `undoes` (event that it took back or did again), `undone_by`.
        No values: it may be exported. `row_history` shows the values of one row.
    """
    query = sa.select(event).order_by(event.c.event)
    if since is not None:
        query = query.where(event.c.event > since)
    with study.storage.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return frame_of(rows, event, times=("at",)).drop(columns="can_undo")


def last_event(study: Study) -> int:
    """The number of the newest event; 0 in a fresh study. Cheap: a window may ask each second."""
    with study.storage.reading() as connection:
        return int(connection.execute(sa.select(sa.func.max(event.c.event))).scalar() or 0)


def row_history(study: Study, table: str, *key: Any) -> pd.DataFrame:
    """How one row came to be what it is, for instance a code's definition.

    Parameters
    ----------
    study : Study
    table : str
        A table of the study file: `code`, `coding`, `memo`, `document`, …
    *key
        The row's key, for instance the id of the code.

    Returns
    -------
    pandas.DataFrame
        Columns `event`, `at`, `who`, `act`, `column`, `before`, `after`; one row a changed column.
        For researchers only: it may hold what people said.
    """
    query = (
        sa.select(event.c.event, event.c.at, event.c.who, event.c.act)
        .add_columns(event_change.c.before, event_change.c.after)
        .join_from(event_change, event, event.c.event == event_change.c.event)
        .where(event_change.c.table == table, event_change.c.key == key_text(key))
        .order_by(event.c.event, event_change.c.position)
    )
    with study.storage.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return _long(rows)


def table_as_of(study: Study, table: str, number: int) -> pd.DataFrame:
    """A table of the study file as it stood right after an event.

    Parameters
    ----------
    study : Study
    table : str
        code, coding, document, turn, respondent, attribute, memo, decision, approval or source.
    number : int
        Number of the event; see `history`.

    Returns
    -------
    pandas.DataFrame
        The table's columns; times are UTC text. What was erased for good since is missing.
    """
    chosen = table_named(table)
    later = (
        sa.select(event_change)
        .where(event_change.c.event > number, event_change.c.table == table)
        .order_by(event_change.c.event.desc(), event_change.c.position.desc())
    )
    with study.storage.reading() as connection:
        ledger = Ledger(connection, who="", at="")
        rows = {key_text(key_of(chosen, row)): row for row in ledger.rows(chosen)}
        for change in connection.execute(later).mappings():
            if change["before"] is None:
                rows.pop(change["key"], None)
            else:
                rows[change["key"]] = {**rows.get(change["key"], {}), **change["before"]}
    return frame_of([rows[key] for key in sorted(rows)], chosen)


def _long(rows: Sequence[Any]) -> pd.DataFrame:
    import pandas as pd

    lines = []
    for row in rows:
        before, after = row["before"] or {}, row["after"] or {}
        for column in dict.fromkeys([*before, *after]):
            lines.append(
                {
                    **{name: row[name] for name in ("event", "at", "who", "act")},
                    "column": column,
                    "before": before.get(column),
                    "after": after.get(column),
                }
            )
    columns = ["event", "at", "who", "act", "column", "before", "after"]
    table = pd.DataFrame(lines, columns=columns)
    table["at"] = pd.to_datetime(table["at"], format="ISO8601")
    return table
