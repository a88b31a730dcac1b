"""Content analysis after Tuomi & Sarajärvi: from the words said to main categories, traceably."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from ..model import Finding, FrameError, Words, number

__all__ = ["content_analysis"]

LEVELS = ("reduced", "lower", "upper", "main")
_PLACE = ("document", "start", "end", "quote")


def content_analysis(expressions: pd.DataFrame) -> Finding:
    """The table of a content analysis, each step checked and traceable to the words said.

    Parameters
    ----------
    expressions : pandas.DataFrame
        One row an original expression and its reduced expression: `document`, `start`, `end`,
        `quote` (the exact words), `reduced` (pelkistetty ilmaus), `lower` (alaluokka), `upper`
        (yläluokka), `main` (pääluokka). The last three may be empty while the work goes on.

    Returns
    -------
    Finding
        The expressions in the order main, upper, lower, reduced: the table of a thesis.
        `details["classes"]`: `level`, `name`, `above`, `expressions` (different quotations in the
        union of what is below), `documents`. `details["loose"]`: reduced expressions without a
        class yet.

    Raises
    ------
    FrameError
        A reduced expression without its source, an expression in two lower classes, a class
        under two classes above it, or a class above without the one below.

    Notes
    -----
    A higher class counts the union of its quotations: one that was reduced twice counts once.
    Tuomi & Sarajärvi, Laadullinen tutkimus ja sisällönanalyysi (2018), p. 122.
    """
    absent = [c for c in (*_PLACE, *LEVELS) if c not in expressions.columns]
    if absent:
        raise FrameError(
            "The table of expressions lacks columns.",
            expected=", ".join((*_PLACE, *LEVELS)),
            found=", ".join(map(str, expressions.columns)),
        )
    rows = expressions.assign(**{level: _tidy(expressions[level]) for level in LEVELS})
    _check(rows)
    table = rows.sort_values(
        [*reversed(LEVELS), "document", "start"], kind="stable", na_position="last"
    ).reset_index(drop=True)
    classes = pd.concat([_classes(rows, n) for n in range(1, len(LEVELS))], ignore_index=True)
    loose = table[table["lower"].isna()].reset_index(drop=True)
    columns = [*reversed(LEVELS), *_PLACE]
    return Finding(
        table[columns],
        _sentence(rows, classes),
        _unfinished(loose),
        {"classes": classes, "loose": loose},
    )


def _tidy(values: pd.Series) -> pd.Series:
    """Names without blanks around them; empty ones missing."""
    text = values.astype(object).where(values.notna(), None)
    return text.map(lambda v: v.strip() or None if isinstance(v, str) else None).astype(object)


def _check(rows: pd.DataFrame) -> None:
    unsourced = rows["document"].isna() | rows["start"].isna() | rows["end"].isna()
    unsourced |= rows["quote"].isna() | rows["reduced"].isna()
    if unsourced.any():
        raise FrameError(
            f"{int(unsourced.sum())} row(s) lack the words said or the reduced expression.",
            expected="document, start, end, quote and reduced in each row",
            found="rows " + ", ".join(map(str, rows.index[unsourced][:5])),
            next_step="Give each reduced expression the quotation that it comes from.",
        )
    for below, above in pairwise(LEVELS):
        gap = rows[below].isna() & rows[above].notna()
        if gap.any():
            raise FrameError(
                f"{int(gap.sum())} row(s) have a class at `{above}` and none at `{below}`.",
                expected="classes filled from below",
                found="rows " + ", ".join(map(str, rows.index[gap][:5])),
            )
        # a quotation's reduced expression, and each class, has one class above it
        keys = [*_PLACE[:3], "reduced"] if below == "reduced" else [below]
        parents = rows.dropna(subset=[above]).groupby(keys, sort=True)[above].nunique()
        torn = parents.index[parents > 1]
        if len(torn):
            first = torn[0] if below != "reduced" else torn[0][3]
            raise FrameError(
                f"{len(torn)} name(s) at `{below}` stand under two classes at `{above}`.",
                expected=f"one `{above}` for each `{below}`",
                found=f"“{first}” and others" if len(torn) > 1 else f"“{first}”",
                next_step="Move it to one class, or split it into two names.",
            )


def _classes(rows: pd.DataFrame, level: int) -> pd.DataFrame:
    name = LEVELS[level]
    above = LEVELS[level + 1] if level + 1 < len(LEVELS) else None
    found = [
        {
            "level": name,
            "name": label,
            "above": None if above is None else group[above].iloc[0],
            "expressions": len(group.drop_duplicates(list(_PLACE[:3]))),
            "documents": group["document"].nunique(),
        }
        for label, group in rows.dropna(subset=[name]).groupby(name, sort=True)
    ]
    return pd.DataFrame(found, columns=["level", "name", "above", "expressions", "documents"])


def _sentence(rows: pd.DataFrame, classes: pd.DataFrame) -> Words:
    said = len(rows.drop_duplicates(list(_PLACE[:3])))
    count = {level: int((classes["level"] == level).sum()) for level in LEVELS[1:]}
    documents = rows["document"].nunique()
    return Words(
        fi=f"{number(said, 'fi')} alkuperäistä ilmausta {number(documents, 'fi')} dokumentista "
        f"pelkistettiin ja "
        f"ryhmiteltiin {count['lower']} alaluokkaan, {count['upper']} yläluokkaan ja "
        f"{count['main']} pääluokkaan.",
        en=f"{number(said)} original expressions from {number(documents)} documents were "
        f"reduced and grouped "
        f"into {_classed(count['lower'], 'lower')}, {_classed(count['upper'], 'upper')} and "
        f"{_classed(count['main'], 'main')}.",
    )


def _classed(count: int, level: str) -> str:
    return f"{count} {level} {'class' if count == 1 else 'classes'}"


def _unfinished(loose: pd.DataFrame) -> tuple[Words, ...]:
    if not len(loose):
        return ()
    return (
        Words(
            fi=f"{len(loose)} pelkistettyä ilmausta on vielä ilman alaluokkaa.",
            en=f"{len(loose)} reduced expressions have no lower class yet.",
        ),
    )
