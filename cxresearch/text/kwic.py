"""A word in its contexts, found by lemma: `lasku` finds laskussa, laskunsa and laskuvirhe."""

from __future__ import annotations

import pandas as pd

from .lemmas import lemmatiser
from .phrases import Phrase, find_phrases
from .tokens import index_tokens

__all__ = ["keyword_in_context"]


def keyword_in_context(
    texts: pd.DataFrame,
    phrase: str,
    *,
    language: str = "fi",
    width: int = 60,
    exact: bool = False,
    codings: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Each place of a lemma phrase with the words around it.

    Parameters
    ----------
    texts : pandas.DataFrame
        `document`, `text`, and `language` where texts are in several (only those in `language`,
        or without a known one, are read).
    phrase : str
        Lemmas as in a codebook: `väärä lasku`, `hälyt*`, `lasku + väärin`.
    language : str
        Language of the phrase.
    width : int
        Code points shown on each side.
    exact : bool
        True leaves out matches by a part of a compound.
    codings : pandas.DataFrame, optional
        A `codings` frame: each hit then tells which quotations it lies in.

    Returns
    -------
    pandas.DataFrame
        `document`, `start`, `end` (of the match, code points), `left`, `match`, `right`, in
        the order of the texts; with `codings` also `codings` and `codes`: ids of the quotations
        that the match lies in and their codes, lists, empty where nobody coded it.
    """
    if "language" in texts.columns:
        others = {"fi", "en", "sv"} - {language}
        texts = texts[~texts["language"].isin(others)]
    documents, bodies = texts["document"].tolist(), texts["text"].astype(str).tolist()
    index = index_tokens(bodies)
    found = find_phrases(index, lemmatiser(language), [Phrase.parse("kwic", phrase)])
    if exact:
        found = found[found["strength"] >= 0.9]
    rows = []
    for first, last in zip(found["first"], found["last"], strict=True):
        body = bodies[index.text[first]]
        start, end = int(index.start[first]), int(index.end[last])
        left = body[max(0, start - width) : start].replace("\n", " ")
        right = body[end : end + width].replace("\n", " ")
        place = int(index.text[first])
        rows.append((place, documents[place], start, end, left, body[start:end], right))
    columns = ["place", "document", "start", "end", "left", "match", "right"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["place", "start"], kind="stable")
    table = table.drop(columns="place").drop_duplicates(ignore_index=True)
    return table if codings is None else _with_quotations(table, codings)


def _with_quotations(hits: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Ids and codes of the quotations that each hit lies in."""
    places = codings[["document", "coding", "code", "start", "end"]]
    pairs = hits.reset_index(names="hit").merge(places, on="document", suffixes=("", "_of"))
    inside = pairs[(pairs["start_of"] <= pairs["start"]) & (pairs["end"] <= pairs["end_of"])]
    grouped = inside.groupby("hit")
    return hits.assign(
        **{
            name: [found.get(n, []) for n in range(len(hits))]
            for name, found in (
                ("codings", grouped["coding"].agg(list).to_dict()),
                ("codes", grouped["code"].agg(lambda c: list(dict.fromkeys(c))).to_dict()),
            )
        }
    )
