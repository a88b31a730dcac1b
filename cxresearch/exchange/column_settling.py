"""Guesses of one table brought into agreement with each other."""

from __future__ import annotations

from dataclasses import replace

from ..model import Words
from .columns import scale_in_name
from .drafts import ColumnGuess

__all__ = ["alike_scales", "one_of_each"]


def alike_scales(guesses: list[ColumnGuess], rows: int) -> list[ColumnGuess]:
    """Questions of one table that start at 1 share the widest scale among them, 1-5 or 1-7.

    One question with a 6 or 7 is enough where there are few rows.
    """
    sure = [
        g for g in guesses if g.role == "question" and scale_in_name(f"{g.column} {g.text}") is None
    ]
    wide = [g for g in sure if (g.low, g.high) == (1, 7)]
    if not wide or (rows >= 30 and 2 * len(wide) <= len(sure)):
        return guesses
    return [replace(g, high=7.0) if g in sure and (g.low, g.high) == (1, 5) else g for g in guesses]


def one_of_each(guesses: list[ColumnGuess]) -> tuple[ColumnGuess, ...]:
    """Keep the surest response, respondent, customer, date and the like; the others step down."""
    made = list(guesses)
    for role, instead in (
        ("response", "unused"), ("respondent", "unused"), ("customer", "attribute"),
        ("document", "unused"),
        ("wave", "attribute"), ("unit", "attribute"), ("channel", "attribute"),
        ("kind", "attribute"),
        ("kpi_name", "attribute"), ("date", "unused"), ("period", "unused"),
    ):  # fmt: skip
        places = [i for i, g in enumerate(made) if g.role == role]
        if len(places) < 2:
            continue
        best = max(places, key=lambda i: (made[i].confidence, -i))
        for i in places:
            if i != best:
                made[i] = ColumnGuess(
                    made[i].column,
                    instead,
                    Words(
                        fi=f"{made[i].reason.to('fi')}; `{made[best].column}` sopii paremmin",
                        en=f"{made[i].reason.to('en')}; `{made[best].column}` fits better",
                    ),
                    0.5,
                    type="nominal" if instead == "attribute" else None,
                    text=made[i].text,
                )
    return tuple(made)
