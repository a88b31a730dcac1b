"""Words that set a group's texts apart from the rest: weighted log-odds with a prior."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words, number
from .lemmas import token_table

__all__ = ["STOP_WORDS", "bonferroni", "keywords"]

_Z = 1.959963984540054

# words too common to set anything apart; kept short, lemmas
STOP_WORDS = frozenset(
    """olla ei ja se että minä sinä hän me te he tämä tuo niin kun jos kuin mutta tai joka
    mikä kuka jo nyt
    sitten siis no joo voida pitää tulla saada mennä myös vain kyllä ihan tosi niinku joku jokin
    kaikki
    oma muu itse aika vielä ettei sellainen tällainen tuollainen vaan koska sekä eli kuitenkin jopa
    the a an be and or of to in on at for with that this it i you he she we they not do have as
    but if so my
    our your their will would can could from by there what which who when all very just about
    och att det den en ett är vara i på av för med som inte jag du han hon vi ni de ha har om men
    så kan
    man till från vid när var skola sin min vår er alla också bara mycket""".split()
)


def keywords(
    texts: pd.DataFrame,
    *,
    by: str,
    tokens: pd.DataFrame | None = None,
    prior: float = 0.01,
    minimum: int = 5,
    most: int = 20,
) -> Finding:
    """Key words of each group against all the rest.

    Parameters
    ----------
    texts : pandas.DataFrame
        `document`, `text`, `language` where known, and the column `by`. A document may stand in
        several rows, one a passage: then its passages may belong to different groups, as quotations
        of different phases do.
    by : str
        The group: phase, segment, kind, wave … Texts without one are left out.
    tokens : pandas.DataFrame, optional
        What `token_table` gave for these very rows, to spare the work.
    prior : float
        Weight of the prior: pseudo-words as a share of the corpus, spread as the whole corpus is
        (informative Dirichlet prior). More draws rare words to the mean.
    minimum : int
        Words in fewer documents are left out.
    most : int
        Words kept for each group.

    Returns
    -------
    Finding
        The group's column, `lemma`, `log_odds` (positive: more common in the group), `low`, `high`
        (95 %), `z`, `certain` (|z| beyond the Bonferroni bound over all words and groups), `count`,
        `rest`, `documents`. Best words first. Words of each group in the sentence.

    Notes
    -----
    Monroe, Colaresi & Quinn (2008), doi 10.1093/pan/mpn018, equations 16 to 22. Words are counted
    as independent, though one talkative document can carry a word: look at `documents` too.
    """
    if by not in texts.columns:
        raise FrameError("No such group.", expected=f"column {by}", found=", ".join(texts.columns))
    if tokens is None:
        tokens = token_table(texts)
    words = tokens[(tokens["kind"] == "word") & ~tokens["lemma"].isin(STOP_WORDS)]
    words = words[words["lemma"].str.len() > 1]
    words = words.assign(group=texts[by].to_numpy()[words["row"].to_numpy(np.int64)])
    words = words.dropna(subset=["group"])
    spread = words.groupby("lemma")["document"].nunique()
    words = words[words["lemma"].isin(spread.index[spread >= minimum])]
    counts = pd.crosstab(words["lemma"], words["group"])
    table = _log_odds(counts, prior)
    table["documents"] = table["lemma"].map(spread)
    bound = bonferroni(len(table))
    table["certain"] = table["z"].abs() > bound
    table = table[table["log_odds"] > 0]
    table = table.sort_values(["group", "z", "lemma"], ascending=[True, False, True])
    table = table.groupby("group", sort=False).head(most).rename(columns={"group": by})
    columns = [by, "lemma", "log_odds", "low", "high", "z", "certain", "count", "rest", "documents"]
    table = table[columns].reset_index(drop=True)
    return Finding(
        table, _sentence(table, by), (), {"bound": bound, "tiers": tokens.attrs.get("tiers")}
    )


def _log_odds(counts: pd.DataFrame, prior: float) -> pd.DataFrame:
    total = counts.sum(axis=1).to_numpy(float)
    whole = total.sum()
    # the prior: the corpus's own distribution, `prior` of its size, at least a hundredth of a word
    pseudo = np.maximum(prior * total, 0.01)
    pieces = []
    for group in counts.columns:
        own = counts[group].to_numpy(float)
        rest = total - own
        n_own, n_rest, n_pseudo = own.sum(), whole - own.sum(), pseudo.sum()
        odds_own = (own + pseudo) / (n_own + n_pseudo - own - pseudo)
        odds_rest = (rest + pseudo) / (n_rest + n_pseudo - rest - pseudo)
        delta = np.log(odds_own) - np.log(odds_rest)
        error = np.sqrt(1 / (own + pseudo) + 1 / (rest + pseudo))
        pieces.append(
            pd.DataFrame(
                {"group": group, "lemma": counts.index, "log_odds": delta,
                "low": delta - _Z * error,
                 "high": delta + _Z * error, "z": delta / error, "count": own.astype(int),
                 "rest": rest.astype(int)}
            )
        )  # fmt: skip
    if not pieces:
        return pd.DataFrame(
            columns=["group", "lemma", "log_odds", "low", "high", "z", "count", "rest"]
        )
    return pd.concat(pieces, ignore_index=True)


def bonferroni(tests: int) -> float:
    """The |z| beyond which one of so many tests stands at 5 %, two-sided."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(1 - 0.025 / max(tests, 1))


def _sentence(table: pd.DataFrame, by: str) -> Words:
    parts: dict[str, list[str]] = {"fi": [], "en": []}
    for group, rows in table[table["certain"]].groupby(by, sort=False):
        top = ", ".join(rows["lemma"].head(4))
        parts["fi"].append(f"{group}: {top}")
        parts["en"].append(f"{group}: {top}")
    if not parts["en"]:
        return Words(
            fi="Yksikään sana ei erota ryhmiä selvästi, kun monta sanaa testataan yhtä aikaa.",
            en="No word sets the groups apart clearly, given how many words are tested at once.",
        )
    count = int(table["certain"].sum())
    return Words(
        fi=f"Sanat, jotka erottavat ryhmät muista ({number(count, 'fi')} kestää monen testin "
        f"korjauksen): "
        + "; ".join(parts["fi"]) + ".",
        en=f"Words that set groups apart ({number(count)} stand correction for many tests): "
        + "; ".join(parts["en"]) + ".",
    )  # fmt: skip
