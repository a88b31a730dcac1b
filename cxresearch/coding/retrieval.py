"""Back to the words: quotes by any facet, combined with and, or, not and nearness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..model import Codebook, FrameError, check_frame

__all__ = ["Condition", "add_context", "near", "retrieve_quotes", "where"]

_Test = Callable[[pd.DataFrame, Codebook | None], np.ndarray]
_FEELINGS = ("negative", "positive", "mixed", "unknown")
QUOTE_COLUMNS = [
    "document", "turn", "speaker", "respondent", "coder", "code", "quote", "start", "end", "phase",
    "stage", "touchpoint", "valence", "origin", "score", "memo",
]  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """What a coding must be like; `&` is and, `|` is or, `~` is not. `where` and `near` make one.

    Attributes
    ----------
    test : callable
        Takes the codings and the codebook (or None); gives one True or False a coding.

    Examples
    --------
    >>> bad = where(code="pain", valence="negative")
    >>> bad & ~where(phase="purchase") & near(where(code="price"), within=300)  # doctest: +SKIP
    """

    test: _Test

    def __and__(self, other: Condition) -> Condition:
        return Condition(lambda rows, book: self.test(rows, book) & other.test(rows, book))

    def __or__(self, other: Condition) -> Condition:
        return Condition(lambda rows, book: self.test(rows, book) | other.test(rows, book))

    def __invert__(self) -> Condition:
        return Condition(lambda rows, book: ~self.test(rows, book))


def where(
    *,
    code: str | Sequence[str] | None = None,
    valence: str | Sequence[int] | None = None,
    **facets: object,
) -> Condition:
    """A condition on codings: all that is named here must hold.

    Parameters
    ----------
    code : str or sequence, optional
        One of these codes; where a codebook is at hand, also the codes below them.
    valence : {"negative", "positive", "mixed", "unknown"} or sequence of int, optional
        Which feeling; `mixed` is 0, `unknown` is a coding without one.
    **facets
        Any column of the codings and the value it must have, one of several values, or a function
        that tells of a value: `phase="purchase"`, `coder=["a", "b"]`, `speaker="Matti"`,
        `touchpoint=…`, `kind="customer"`, `tenure_years=lambda years: years < 2`. None asks for
        empty cells; an empty cell never has a value.

    Returns
    -------
    Condition

    Raises
    ------
    FrameError
        No such word for a feeling. A column that is not there is refused when quotes are chosen.
    """
    if isinstance(valence, str) and valence not in _FEELINGS:
        raise FrameError("No such valence.", expected=", ".join(_FEELINGS), found=valence)

    def test(rows: pd.DataFrame, codebook: Codebook | None) -> np.ndarray:
        keep = np.ones(len(rows), dtype=bool)
        names = wanted_codes(codebook, code)
        if names is not None:
            keep &= rows["code"].isin(names).to_numpy(dtype=bool)
        if valence is not None:
            keep &= _has_valence(filled(rows, "valence"), valence)
        for name, value in facets.items():
            keep &= _has_value(rows, name, value)
        return keep

    return Condition(test)


def near(
    other: Condition | str, *, within: int | None = None, turns: int | None = None
) -> Condition:
    """A condition: another coding that fits stands near by in the same document.

    Parameters
    ----------
    other : Condition or str
        What the other coding must be like; a code's id stands for `where(code=…)`.
    within : int, optional
        Code points between the two quotations at most: 0 where they touch or overlap.
    turns : int, optional
        How many turns apart at most: 0 is the same turn. A coding without a turn is near none.
        Without `within` and `turns` the two share a character or the turn.

    Returns
    -------
    Condition
        Of the coding that has such a neighbour. A coding is never its own neighbour.

    Raises
    ------
    FrameError
        A distance below 0, or both distances at once (join two conditions with `|` or `&`).
    """
    if within is not None and turns is not None:
        raise FrameError(
            "Nearness has one measure at a time.",
            expected="within=… or turns=…",
            found="both",
            next_step="Join two with | or &.",
        )
    if min(within or 0, turns or 0) < 0:
        raise FrameError(
            "A distance can't be below 0.", expected="0 or more", found=f"{within}, {turns}"
        )
    wanted = where(code=other) if isinstance(other, str) else other

    def test(rows: pd.DataFrame, codebook: Codebook | None) -> np.ndarray:
        fits = wanted.test(rows, codebook)
        if within is not None:
            return _neighbours(rows, fits, "start", "end", within)
        if turns is not None:
            return _neighbours(rows, fits, "turn", "turn", turns)
        share = _neighbours(rows, fits, "start", "end", -1)
        return share | _neighbours(rows, fits, "turn", "turn", 0)

    return Condition(test)


def _neighbours(
    rows: pd.DataFrame, fits: np.ndarray, first: str, last: str, reach: int
) -> np.ndarray:
    """Whether another coding that fits lies at most `reach` from first..last (-1: they overlap)."""
    found = np.zeros(len(rows), dtype=bool)
    low = filled(rows, first).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    high = filled(rows, last).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    placed = np.isfinite(low)
    by_document = pd.Series(np.arange(len(rows))).groupby(rows["document"].to_numpy()).indices
    for places in by_document.values():
        own = places[placed[places]]
        others = own[fits[own]]
        if not len(others):
            continue
        # all that start soon enough, less those that ended too early, less the coding itself
        begun = np.searchsorted(np.sort(low[others]), high[own] + reach, side="right")
        ended = np.searchsorted(np.sort(high[others]), low[own] - reach, side="left")
        found[own] = begun - ended - fits[own] > 0
    return found


def retrieve_quotes(
    codings: pd.DataFrame,
    condition: Condition | None = None,
    *,
    code: str | Sequence[str] | None = None,
    codebook: Codebook | None = None,
    valence: str | Sequence[int] | None = None,
    **facets: object,
) -> pd.DataFrame:
    """Quotes that fit, always with document, turn and coder.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame. `add_context` gives it speaker, respondent and the respondent's
        attributes, so that they can be asked for too.
    condition : Condition, optional
        From `where` and `near`, joined with `&`, `|` and `~`.
    code : str or sequence, optional
        Codes; with `codebook` also those below them.
    codebook : Codebook, optional
        The tree: a code above stands for those below it, in `condition` as well.
    valence : {"negative", "positive", "mixed", "unknown"} or sequence of int, optional
        Which feeling.
    **facets
        As in `where`; they must hold beside the condition.

    Returns
    -------
    pandas.DataFrame
        `document`, `turn`, `speaker`, `respondent`, `coder`, `code`, `quote`, `start`, `end`,
        `phase`, `stage`, `touchpoint`, `valence`, `origin`, `score`, `memo`, then the other columns
        of the codings; in the order of ids of documents and of places in them. Absent ones of the
        named columns are empty.

    Raises
    ------
    FrameError
        A facet that is no column of the codings, or a code that is not in the codebook.
    """
    check_frame(codings, "codings")
    rows = codings.reset_index(drop=True)
    keep = where(code=code, valence=valence, **facets).test(rows, codebook)
    if condition is not None:
        keep &= condition.test(rows, codebook)
    found = rows[keep].copy()
    for name in QUOTE_COLUMNS:
        if name not in found.columns:
            found[name] = pd.NA
    rest = [name for name in found.columns if name not in QUOTE_COLUMNS]
    found = found.sort_values(["document", "start", "end", "code", "coder"], kind="stable")
    return found[QUOTE_COLUMNS + rest].reset_index(drop=True)


def add_context(
    codings: pd.DataFrame,
    texts: pd.DataFrame,
    *,
    turns: pd.DataFrame | None = None,
    respondents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Codings with who spoke: turn, speaker and role, respondent and the respondent's attributes.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    texts : pandas.DataFrame
        `document` and, where known, `respondent` and `kind`: documents, comments, or both below
        each other.
    turns : pandas.DataFrame, optional
        A `turns` frame.
    respondents : pandas.DataFrame, optional
        A `respondents` frame; its further columns are attributes.

    Returns
    -------
    pandas.DataFrame
        The codings in their order, and `document_kind`, `turn` (the turn in which the quotation
        starts; kept where it was known), `speaker`, `role`, `respondent`, `kind` (of the
        respondent) and one column an attribute. Empty where nobody knows. A column that the
        codings have already is kept as it is.

    Raises
    ------
    FrameError
        `texts` has no column `document`.
    """
    check_frame(codings, "codings")
    if "document" not in texts.columns:
        raise FrameError(
            "The texts lack their ids.",
            expected="document",
            found=", ".join(map(str, texts.columns)),
        )
    found = codings.reset_index(drop=True)
    known = texts.drop_duplicates("document").set_index("document")
    for source, name in (("kind", "document_kind"), ("respondent", "respondent")):
        if source in known.columns and name not in found.columns:
            found[name] = found["document"].map(known[source])
    if turns is not None and len(turns):
        check_frame(turns, "turns")
        found = _with_turns(found, turns)
    if respondents is not None and "respondent" in found.columns:
        check_frame(respondents, "respondents")
        people = respondents.set_index("respondent").drop(columns="customer", errors="ignore")
        for name in people.columns:
            if name not in found.columns:
                found[name] = found["respondent"].map(people[name])
    return found


def _with_turns(codings: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    """Turn, speaker and role by the place where each quotation starts."""
    wanted = [n for n in ("speaker", "role") if n in turns.columns and n not in codings.columns]
    spoken = turns[["document", "turn", "start", *wanted]].rename(
        columns={"start": "turn_start", "turn": "its_turn"}
    )
    order = codings.assign(row=np.arange(len(codings))).sort_values("start", kind="stable")
    order["turn_start"] = order["start"].astype("int64")
    spoken = spoken.assign(turn_start=spoken["turn_start"].astype("int64"))
    joined = pd.merge_asof(
        order, spoken.sort_values("turn_start", kind="stable"), on="turn_start", by="document"
    )
    joined = joined.sort_values("row", kind="stable", ignore_index=True)
    own = filled(joined, "turn").astype("Int64")
    joined["turn"] = own.where(own.notna(), joined["its_turn"].astype("Int64"))
    return joined.drop(columns=["row", "turn_start", "its_turn"])


def wanted_codes(codebook: Codebook | None, code: str | Sequence[str] | None) -> list[str] | None:
    """Ids of the codes asked for, with those below them; None when none is asked for."""
    if code is None:
        return None
    names = [code] if isinstance(code, str) else list(code)
    if codebook is None:
        return names
    return list(dict.fromkeys(below for name in names for below in codebook.below(name)))


def filled(codings: pd.DataFrame, name: str) -> pd.Series:
    """A column, or empty cells where there is no such column."""
    if name in codings.columns:
        return codings[name]
    return pd.Series(pd.NA, index=codings.index, dtype=object)


def _has_value(rows: pd.DataFrame, name: str, value: object) -> np.ndarray:
    if name not in rows.columns and name not in QUOTE_COLUMNS:
        raise FrameError(
            "Quotes can't be chosen by a column that is not there.",
            expected=", ".join(map(str, rows.columns)),
            found=name,
            next_step="add_context adds speakers, respondents and their attributes.",
        )
    cells = filled(rows, name)
    if value is None:
        return cells.isna().to_numpy(dtype=bool)
    if callable(value):
        return np.array([bool(pd.notna(cell) and value(cell)) for cell in cells], dtype=bool)
    wanted = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    return cells.isin(wanted).fillna(False).to_numpy(dtype=bool)


def _has_valence(values: pd.Series, wanted: str | Sequence[int]) -> np.ndarray:
    known = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    if isinstance(wanted, str):
        return {
            "negative": known < 0,
            "positive": known > 0,
            "mixed": known == 0,
            "unknown": np.isnan(known),
        }[wanted]
    return np.isin(known, [float(v) for v in wanted])
