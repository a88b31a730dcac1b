"""Alpha for unitising: do coders mark the same stretches of text with the same codes?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from ..model import FrameError

__all__ = ["unitising_alpha"]


def unitising_alpha(
    spans: pd.DataFrame, *, length: int, coders: list[str] | None = None, relevance: bool = False
) -> dict[str, float]:
    """Krippendorff's alpha for unitising a continuum, nominal codes (u-alpha, 2016).

    Parameters
    ----------
    spans : pandas.DataFrame
        `coder`, `code`, `start`, `end` (code points, end exclusive) in one continuum. Spans of one
        coder that overlap are refused unless they share the code (then they are joined).
    length : int
        Length of the continuum.
    coders : list of str, optional
        All coders, also those who marked nothing.
    relevance : bool
        True asks only whether a stretch was marked at all, whatever the code.

    Returns
    -------
    dict
        `alpha`, `observed`, `expected` (disagreement in code points), `coders`, `spans`. Alpha is
        NaN where nobody marked anything or everything is one unit.

    Raises
    ------
    FrameError
        A span outside the continuum or empty, one coder only, different codes on the same
        characters by one coder (ask code by code instead).

    Notes
    -----
    With m coders, lengths n_c by code (gaps among them), Do = pairs of unlike stretches / (m - 1),
    De = mL sum(n_c n_k) / ((mL)^2 - sum of squared unit lengths - total gap length). Checked
    against the package krippendorff-unitized-alpha and an independent program on four cases.
    Krippendorff, Mathet, Bouvry & Widlöcher (2016), doi 10.1007/s11135-015-0266-1.
    """
    everybody = sorted(set(spans["coder"]) | set(coders or []))
    if len(everybody) < 2:
        raise FrameError(
            "Agreement needs two coders or more.", expected="2 coders", found=str(len(everybody))
        )
    wrong = (spans["start"] < 0) | (spans["end"] > length) | (spans["start"] >= spans["end"])
    if wrong.any():
        raise FrameError(
            f"{int(wrong.sum())} span(s) are empty or lie outside the text.",
            expected=f"0 <= start < end <= {length}",
            found=", ".join(map(str, spans.index[wrong][:5])),
        )
    codes = {code: n for n, code in enumerate(sorted(map(str, set(spans["code"]))))}
    number = dict.fromkeys(codes, 0) if relevance else codes
    rows = {
        coder: _merged(
            [(number[str(c)], int(a), int(b))
             for c, a, b in zip(group["code"], group["start"], group["end"], strict=True)],
            coder,
        )
        for coder, group in spans.groupby("coder", sort=True)
    }  # fmt: skip
    units = [rows.get(coder, []) for coder in everybody]
    return _alpha_of_units(units, length, max(len(codes), 1))


_Unit = tuple[int, int, int]


def disagreement_on_one_code(
    spans: Iterable[tuple[str, int, int]], *, length: int, coders: Sequence[str]
) -> tuple[float, float]:
    """Observed and expected disagreement on one code: spans are coder, start, end, in the text."""
    rows: dict[str, list[_Unit]] = {coder: [] for coder in coders}
    for coder, start, end in spans:
        rows[coder].append((0, start, end))
    found = _alpha_of_units([_merged(units, c) for c, units in rows.items()], length, 1)
    return found["observed"], found["expected"]


def _merged(spans: list[_Unit], coder: object) -> list[_Unit]:
    """Units of one coder in order; touching stays apart, overlap of the same code is joined."""
    units: list[_Unit] = []
    for code, start, end in sorted(spans, key=lambda unit: (unit[1], unit[2])):
        if units and start < units[-1][2]:
            if units[-1][0] != code:
                raise FrameError(
                    "One coder gave different codes to the same characters.",
                    expected="spans that do not overlap, or one code at a time",
                    found=f"coder {coder}, from {start}",
                )
            units[-1] = (code, units[-1][1], max(units[-1][2], end))
        else:
            units.append((code, start, end))
    return units


def _alpha_of_units(units: list[list[_Unit]], length: int, size: int) -> dict[str, float]:
    many = len(units)
    edges = np.unique(
        np.concatenate([[0, length], *[[e for u in row for e in u[1:]] for row in units]])
    ).astype(np.int64)
    widths = np.diff(edges).astype(float)
    category = np.full((many, len(widths)), size, dtype=np.int64)  # `size` stands for a gap
    for number, row in enumerate(units):
        for code, start, end in row:
            category[number, np.searchsorted(edges, start) : np.searchsorted(edges, end)] = code
    # per stretch: ordered pairs of coders who differ
    counts = np.stack([(category == c).sum(axis=0) for c in range(size + 1)])
    unlike = many * (many - 1) - (counts * (counts - 1)).sum(axis=0)
    observed = float((unlike * widths).sum()) / (many - 1)
    by_code = (counts * widths).sum(axis=1)
    total = many * length
    squares = sum(float(end - start) ** 2 for row in units for _, start, end in row)
    pairs = total**2 - squares - by_code[size]
    unlike_expected = total**2 - float((by_code**2).sum())
    expected = total * unlike_expected / pairs if pairs > 0 else 0.0
    alpha = 1 - observed / expected if expected > 0 else float("nan")
    return {
        "alpha": alpha,
        "observed": observed,
        "expected": expected,
        "coders": many,
        "spans": sum(map(len, units)),
    }
