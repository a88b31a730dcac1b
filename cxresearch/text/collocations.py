"""Words that keep company: pairs of lemmas that stand together more than chance would have it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..model import Finding, Words, number
from .keywords import STOP_WORDS, bonferroni
from .lemmas import token_table

__all__ = ["collocations"]

_Z = 1.959963984540054


def collocations(
    texts: pd.DataFrame,
    *,
    tokens: pd.DataFrame | None = None,
    window: int = 2,
    minimum: int = 5,
    most: int = 30,
) -> Finding:
    """Pairs of words that stand near each other in one sentence more often than by chance.

    Parameters
    ----------
    texts : pandas.DataFrame
        `document`, `text`, and `language` where known.
    tokens : pandas.DataFrame, optional
        What `token_table` gave for these texts, to spare the work.
    window : int
        Furthest distance in words, words too common to tell anything left out: 1 is the next word.
    minimum : int
        Pairs seen fewer times are left out.
    most : int
        Pairs kept, the strongest first.

    Returns
    -------
    Finding
        `first`, `second` (lemmas in the order in which they stand), `count` (times together),
        `first_count`, `second_count`, `expected` (times together by chance), `g2` (log-likelihood
        ratio), `log_odds` with `low` and `high` (95 %), `certain` (its z beyond the Bonferroni
        bound over all pairs), `documents`. Only pairs that attract each other.

    Notes
    -----
    G2 after Dunning (1993), doi 10.5555/972450.972454, on the table of all pairs within the window;
    the log-odds ratio is its effect size (Haldane's half added to each cell). Pairs are counted as
    independent, though one document can carry a pair: look at `documents`.
    """
    if tokens is None:
        tokens = token_table(texts)
    pairs = _pairs(tokens, window)
    table = _measured(pairs)
    bound = bonferroni(max(len(table), 1))
    table["certain"] = table["z"].abs() > bound
    table = table[(table["count"] >= minimum) & (table["log_odds"] > 0)]
    table = table.sort_values(["g2", "first", "second"], ascending=[False, True, True]).head(most)
    table = table.drop(columns="z").reset_index(drop=True)
    return Finding(table, _sentence(table), (), {"bound": bound, "pairs": len(pairs)})


def _pairs(tokens: pd.DataFrame, window: int) -> pd.DataFrame:
    """Each pair of telling words at most `window` apart in a sentence."""
    words = tokens[(tokens["kind"] == "word") & ~tokens["lemma"].isin(STOP_WORDS)]
    words = words[words["lemma"].str.len() > 1]
    lemma, row = words["lemma"].to_numpy(), words["row"].to_numpy(np.int64)
    sentence, document = words["sentence"].to_numpy(np.int64), words["document"].to_numpy()
    pieces = []
    for gap in range(1, window + 1):
        if len(lemma) <= gap:
            break
        same = (row[gap:] == row[:-gap]) & (sentence[gap:] == sentence[:-gap])
        same &= lemma[gap:] != lemma[:-gap]
        pieces.append((lemma[:-gap][same], lemma[gap:][same], document[gap:][same]))
    columns = ("first", "second", "document")
    if not pieces:
        return pd.DataFrame({name: np.array([], dtype=str) for name in columns})
    return pd.DataFrame(
        {name: np.concatenate([p[n] for p in pieces]) for n, name in enumerate(columns)}
    )


def _measured(pairs: pd.DataFrame) -> pd.DataFrame:
    grouped = pairs.groupby(["first", "second"])["document"]
    table = grouped.agg(count="size", documents="nunique").reset_index()
    total = float(max(len(pairs), 1))
    table["first_count"] = table["first"].map(pairs["first"].value_counts())
    table["second_count"] = table["second"].map(pairs["second"].value_counts())
    a = table["count"].to_numpy(float)
    b = table["first_count"].to_numpy(float) - a
    c = table["second_count"].to_numpy(float) - a
    d = np.maximum(total - a - b - c, 0.0)
    table["expected"] = (a + b) * (a + c) / total
    table["g2"] = 2 * sum(
        (_term(x, r * s / total) for x, r, s in
         ((a, a + b, a + c), (b, a + b, b + d), (c, c + d, a + c), (d, c + d, b + d))),
        np.zeros(len(table)),
    )  # fmt: skip
    half = [x + 0.5 for x in (a, b, c, d)]
    table["log_odds"] = np.log(half[0] * half[3] / (half[1] * half[2]))
    error = np.sqrt(sum((1 / x for x in half), np.zeros(len(table))))
    table["low"], table["high"] = table["log_odds"] - _Z * error, table["log_odds"] + _Z * error
    table["z"] = table["log_odds"] / error
    columns = ["first", "second", "count", "first_count", "second_count", "expected", "g2"]
    return table[[*columns, "log_odds", "low", "high", "documents", "z"]]


def _term(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Seen times the log of seen over expected; nothing seen adds nothing."""
    filled = np.where(seen > 0, seen, 1.0)
    return np.where(seen > 0, seen * np.log(filled / np.maximum(expected, 1e-12)), 0.0)


def _sentence(table: pd.DataFrame) -> Words:
    sure = table[table["certain"]]
    if sure.empty:
        return Words(
            fi="Mikään sanapari ei erotu sattumasta, kun monta paria testataan yhtä aikaa.",
            en="No pair of words stands out from chance, given how many pairs are tested at once.",
        )
    best = sure.head(5)
    named = ", ".join(
        f"“{first} {second}” ({n})"
        for first, second, n in zip(best["first"], best["second"], best["count"], strict=True)
    )
    return Words(
        fi=f"Sanapareja, jotka kulkevat yhdessä sattumaa useammin: {number(len(sure), 'fi')}, "
        f"vahvimmat {named}.",
        en=f"Pairs of words found together more often than by chance: {number(len(sure))}, "
        f"the strongest {named}.",
    )
