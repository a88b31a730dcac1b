"""Which codes occur together: overlap, inclusion, proximity, and the c-coefficient."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words, check_frame, number

__all__ = ["c_coefficient", "cooccurrence"]

WAYS = ("overlap", "inclusion", "proximity")
_UNEVEN = 5  # ratio of frequencies above which c says little


def c_coefficient(n1: float, n2: float, n12: float) -> float:
    """n12 / (n1 + n2 - n12): 0 never together, 1 always. ATLAS.ti's c-coefficient; Jaccard's index.

    It leaves 0..1 when spans of one code meet several spans of the other; NaN when neither occurs.
    c(100, 10, 5) = 5/105.
    """
    together = n1 + n2 - n12
    return n12 / together if together > 0 else float("nan")


def cooccurrence(
    codings: pd.DataFrame,
    *,
    way: str = "overlap",
    distance: int = 200,
    same_coder: bool = True,
    minimum: int = 1,
) -> Finding:
    """Pairs of codes whose quotations meet.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    way : {"overlap", "inclusion", "proximity"}
        Quotations share a character; one holds the other; or they stand at most `distance` code
        points apart in one document (overlap included).
    distance : int
        For proximity.
    same_coder : bool
        Whether only quotations of the same coder meet.
    minimum : int
        Pairs met less often are left out.

    Returns
    -------
    Finding
        `code_a`, `code_b` (in alphabetical order; for inclusion a holds b), `n_a`, `n_b`
        (quotations), `n_ab` (pairs of quotations that meet), `documents` (where they do), `c`
        (c-coefficient), `uneven` (one code is over five times as common: c then says little).
        Most frequent pairs first.

    Notes
    -----
    Each document and coder costs a sort and the pairs that meet. Meeting is nearness in the text,
    not that one thing goes with the other in people's lives.
    """
    check_frame(codings, "codings")
    if way not in WAYS:
        raise FrameError("No such way to meet.", expected=", ".join(WAYS), found=way)
    keys = ["document", "coder"] if same_coder else ["document"]
    spans = codings.drop_duplicates([*keys, "start", "end", "code"])
    codes, names = pd.factorize(spans["code"], sort=True)
    spans = spans.assign(number=codes)
    pairs = [
        found.assign(document=key[0])
        for key, group in spans.groupby(keys, sort=False)
        if len(found := _meeting(group, way, distance))
    ]
    counts = np.bincount(codes, minlength=len(names)) if len(codes) else np.zeros(0, int)
    columns = ["code_a", "code_b", "n_a", "n_b", "n_ab", "documents", "c", "uneven"]
    if not pairs:
        table = pd.DataFrame(columns=columns)
        return Finding(table, Words(fi="Koodit eivät kohtaa toisiaan.", en="No codes meet."))
    met = (
        pd.concat(pairs, ignore_index=True).groupby(["a", "b"])["document"].agg(["size", "nunique"])
    )
    table = met.reset_index().rename(columns={"size": "n_ab", "nunique": "documents"})
    table["n_a"], table["n_b"] = counts[table["a"]], counts[table["b"]]
    table["code_a"], table["code_b"] = names[table["a"]], names[table["b"]]
    table["c"] = [
        c_coefficient(*v) for v in zip(table["n_a"], table["n_b"], table["n_ab"], strict=True)
    ]
    table["uneven"] = table[["n_a", "n_b"]].max(axis=1) > _UNEVEN * table[["n_a", "n_b"]].min(
        axis=1
    )
    table = table[table["n_ab"] >= minimum].sort_values(
        ["n_ab", "c", "code_a", "code_b"], ascending=[False, False, True, True], ignore_index=True
    )
    return Finding(table[columns], _sentence(table), (), {"way": way})


def _meeting(group: pd.DataFrame, way: str, distance: int) -> pd.DataFrame:
    """Pairs of quotations of different codes that meet, by a sweep over starts."""
    group = group.sort_values(["start", "end"], kind="stable")
    start, end = group["start"].to_numpy(np.int64), group["end"].to_numpy(np.int64)
    code = group["number"].to_numpy()
    reach = distance if way == "proximity" else 0
    # the quotations after this one that start before it (and its reach) ends
    stop = np.searchsorted(start, end + reach, side="right" if way == "proximity" else "left")
    follow = np.maximum(stop - np.arange(len(start)) - 1, 0)
    first = np.repeat(np.arange(len(start)), follow)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(follow) - follow, follow)
    second = first + 1 + offset
    keep = code[first] != code[second]
    first, second = first[keep], second[keep]
    a, b = code[first], code[second]
    if way == "inclusion":
        holds = end[second] <= end[first]
        held = (start[first] == start[second]) & (end[first] <= end[second])
        a, b = np.r_[a[holds], b[held]], np.r_[b[holds], a[held]]
        return pd.DataFrame({"a": a, "b": b})
    return pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b)})


def _sentence(table: pd.DataFrame) -> Words:
    if not len(table):
        return Words(fi="Koodit eivät kohtaa toisiaan.", en="No codes meet.")
    top = table.iloc[0]
    return Words(
        fi=f"Useimmin kohtaavat koodit {top['code_a']} ja {top['code_b']}: "
        f"{number(top['n_ab'], 'fi')} kertaa "
        f"{number(top['documents'], 'fi')} dokumentissa (c = "
        f"{number(top['c'], 'fi', decimals=2)}).",
        en=f"The codes that meet most often are {top['code_a']} and {top['code_b']}: "
        f"{number(top['n_ab'])} "
        f"times in {number(top['documents'])} documents (c = {number(top['c'], decimals=2)}).",
    )
