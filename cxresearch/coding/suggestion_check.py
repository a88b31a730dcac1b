"""How often suggested codings agree with people's, in documents that people coded."""

from __future__ import annotations

import pandas as pd

from ..model import (
    Finding,
    FrameError,
    Words,
    check_frame,
    interval,
    number,
    percent,
    wilson_interval,
)

__all__ = ["check_suggestions"]


def check_suggestions(suggested: pd.DataFrame, hand: pd.DataFrame, *, minimum: int = 10) -> Finding:
    """Compare suggestions with hand codings, code by code, wherever they touch.

    Parameters
    ----------
    suggested, hand : pandas.DataFrame
        The contract `codings`. Only documents that people coded are looked at. Where several people
        coded a document, a suggestion agrees when one of them agrees.
    minimum : int
        Fewest suggestions or codings of a code for its shares to be shown.

    Returns
    -------
    Finding
        `table`, one row a code and one `all`: `code`; `n_suggested`, suggestions; `precision` with
        `precision_low`, `precision_high`, the share of them that overlap a hand coding of the same
        code; `n_hand`, hand codings; `recall` with `recall_low`, `recall_high`, the share of them
        that a suggestion of the same code overlaps. Shares are empty under `minimum`. Intervals are
        Wilson's, 95 %, and take each coding as one decision: codings of one interview hang
        together, so they are somewhat too narrow.

    Raises
    ------
    FrameError
        No document was coded by hand.
    """
    check_frame(suggested, "codings")
    check_frame(hand, "codings")
    if hand.empty:
        raise FrameError(
            "There is nothing to compare suggestions with.",
            expected="hand codings of at least one document",
            found="none",
        )
    mine = suggested[suggested["document"].isin(set(hand["document"]))]
    agreed = mine["coding"].isin(_touching(mine, hand))
    found = hand["coding"].isin(_touching(hand, mine))
    codes = [*sorted(set(mine["code"]) | set(hand["code"])), "all"]
    rows = []
    for code in codes:
        of_code = slice(None) if code == "all" else None
        p = agreed if of_code else agreed[mine["code"] == code]
        r = found if of_code else found[hand["code"] == code]
        rows.append(
            {
                "code": code,
                **_share("precision", "n_suggested", p, minimum),
                **_share("recall", "n_hand", r, minimum),
            }
        )
    table = pd.DataFrame(rows)
    return Finding(table, _sentence(table.iloc[-1]))


def _touching(these: pd.DataFrame, those: pd.DataFrame) -> set[str]:
    """Ids of these codings that overlap one of those with the same code in the same document."""
    keys = ["document", "code"]
    pairs = these[["coding", *keys, "start", "end"]].merge(
        those[[*keys, "start", "end"]], on=keys, suffixes=("", "_other")
    )
    overlap = (pairs["start"] < pairs["end_other"]) & (pairs["start_other"] < pairs["end"])
    return set(pairs.loc[overlap, "coding"])


def _share(name: str, count: str, hits: pd.Series, minimum: int) -> dict[str, float]:
    n, k = len(hits), int(hits.sum())
    low, high = wilson_interval(k, n)
    enough = n >= minimum
    return {
        count: n,
        name: k / n if enough else float("nan"),
        f"{name}_low": low if enough else float("nan"),
        f"{name}_high": high if enough else float("nan"),
    }


def _sentence(row: pd.Series) -> Words:
    def told(name: str, language: str) -> str:
        span = interval(row[f"{name}_low"] * 100, row[f"{name}_high"] * 100, language)
        return f"{percent(row[name], language)} ({span})"

    suggested, hand = int(row["n_suggested"]), int(row["n_hand"])
    return Words(
        fi=f"Käsin koodatuissa dokumenteissa {told('precision', 'fi')} ehdotuksista osui yhteen "
        f"ihmisen koodauksen kanssa (n = {number(suggested, 'fi')}), ja {told('recall', 'fi')} "
        f"ihmisten koodauksista löytyi ehdotuksista (n = {number(hand, 'fi')}).",
        en=f"In documents coded by hand, {told('precision', 'en')} of the suggestions agreed with "
        f"a person's coding (n = {number(suggested)}), and {told('recall', 'en')} of people's "
        f"codings were found among the suggestions (n = {number(hand)}).",
    )
