"""A transparent coder: phrases of lemmas suggest codes, and each suggestion names its rule."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..model import Codebook, Phase, Touchpoint
from ..text import KNOWN_LANGUAGES, Lemmatiser, find_phrases, lemmatiser, phrases_of
from ..text.valence import sentence_valence
from .passages import passages
from .places import place_sentences

__all__ = ["CODER", "suggest_codings"]

CODER = "lexical"
CODING_COLUMNS = [
    "coding", "document", "start", "end", "quote", "code", "coder", "origin", "turn", "phase",
    "stage", "touchpoint", "valence", "score", "rule",
]  # fmt: skip
_BLOCK = 60_000  # comments read at a time
_ONE_WORD, _SEVERAL_WORDS, _NEGATED = 0.6, 0.8, 0.25


@dataclass(frozen=True)
class _Rules:
    """Everything that looks for phrases, by language."""

    codes: Codebook
    phases: Sequence[Phase]
    touchpoints: Sequence[Touchpoint]
    reader: Callable[[str], Lemmatiser]


def suggest_codings(
    texts: pd.DataFrame,
    *,
    codebook: Codebook,
    phases: Sequence[Phase] = (),
    touchpoints: Sequence[Touchpoint] = (),
    turns: pd.DataFrame | None = None,
    min_score: float = 0.3,
    reader: Callable[[str], Lemmatiser] = lemmatiser,
) -> pd.DataFrame:
    """Suggested codings by the codebook's own terms, sentence by sentence.

    Parameters
    ----------
    texts : pandas.DataFrame
        A `documents` frame (give `turns` too: an interviewer's words are context, never coded)
        or a `comments` frame. `language` fi/en/sv chooses the terms; any other language is
        matched by exact forms against the terms of all languages.
    codebook : Codebook
        Codes with `terms`: consecutive lemmas, `*` for any ending, ` + ` for two sides in
        one sentence. A term also finds compounds that it is a part of.
    phases, touchpoints : sequences
        The journey's phases with stages and cues, and touchpoints with terms: they give a
        suggestion its facets.
    turns : pandas.DataFrame, optional
        A `turns` frame.
    min_score : float
        Suggestions below are left out. 0.3 leaves out terms that stand under a negation.
    reader : callable
        Language to the lemmatiser that reads it. The default is the fast tier; for interviews give
        `functools.partial(lemmatiser, tier="full", models=…)`, which reads words in context.

    Returns
    -------
    pandas.DataFrame
        A `codings` frame: origin "suggested", coder "lexical", one row per sentence and code. The
        quotation is the sentence. `score` 0..1 orders suggestions by certainty: 0.8 for a phrase
        of several words, 0.6 for one word, less for `*` and parts of compounds, more when several
        terms agree, 0.25 of that under a negation; it is no probability. `rule` says in words
        what fired. `stage` comes from cues in the sentence, else from the touchpoint, from the
        sentences before it in the same turn, from the interviewer's question, else from the
        survey question; `phase` follows. `valence` is the code's own, graded by
        the sentence's words; for codes without one it is the lexicon's, missing where nobody can
        tell. Ids depend only on place and code, so a second run gives the same rows.

    Notes
    -----
    It can't see irony, or anything said without the terms. Its suggestions are for people to
    accept or reject; report its agreement with hand codings beside every count made of them.
    """
    pieces = passages(texts, turns=turns)
    rules = _Rules(codebook, phases, touchpoints, reader)
    language = pieces["language"].where(pieces["language"].isin(KNOWN_LANGUAGES), "other")
    found = [
        _suggest_in(block.reset_index(), str(name), rules)
        for name, group in pieces.groupby(language, sort=True)
        for block in _blocks(group)
    ]
    rows = pd.concat(found, ignore_index=True) if found else _suggest_in(pieces, "fi", rules)
    rows = rows[rows["score"] >= min_score]
    rows = rows.sort_values(["position", "start", "code"], kind="stable", ignore_index=True)
    rows.insert(0, "coding", _ids(rows))
    return rows[CODING_COLUMNS]


def _blocks(group: pd.DataFrame) -> list[pd.DataFrame]:
    """Comments in blocks, so that memory stays bounded; turns of interviews stay together."""
    if group["linked"].any() or len(group) <= _BLOCK:
        return [group]
    return [group.iloc[first : first + _BLOCK] for first in range(0, len(group), _BLOCK)]


def _ids(rows: pd.DataFrame) -> list[str]:
    """Ids that depend on place and code only."""
    keys = zip(rows["document"], rows["start"], rows["end"], rows["code"], strict=True)
    return [
        "s" + hashlib.blake2b(f"{d}\0{a}\0{b}\0{c}".encode(), digest_size=10).hexdigest()
        for d, a, b, c in keys
    ]


def _suggest_in(pieces: pd.DataFrame, language: str, rules: _Rules) -> pd.DataFrame:
    """Suggestions in passages of one language; equal texts are read once."""
    position = pieces["index"] if "index" in pieces.columns else pd.Series(range(len(pieces)))
    copies, unique = pd.factorize(pieces["text"])
    engine = rules.reader(language)
    index = engine.index(map(str, unique))
    sentences = index.sentence_table().set_index("sentence")
    terms = [(code.code, code.terms) for code in rules.codes]
    phrases = phrases_of(terms, language)
    matches = find_phrases(index, engine, phrases)
    labels = np.array([p.label for p in phrases], dtype=object)
    scored = _scored(matches, labels, [p.text for p in phrases])
    scored = scored.join(sentences[["text", "start", "end"]], on="sentence")
    # sentence number -> valence by the lexicon
    told = sentence_valence(index, engine).set_index("sentence")["valence"]
    scored["told"] = scored["sentence"].map(told)
    scored["valence"] = _valence(scored, rules.codes)
    where = place_sentences(
        index,
        engine,
        pieces.assign(copy=copies),
        phases=rules.phases,
        touchpoints=rules.touchpoints,
    )
    # each passage that holds the text gets its rows, with the facets of its own place
    rows = scored.rename(columns={"text": "copy"}).merge(
        pieces.assign(copy=copies, position=position.to_numpy(), piece=range(len(pieces)))[
            ["copy", "piece", "position", "document", "turn", "offset", "text", "coded"]
        ],
        on="copy",
    )
    rows = rows[rows["coded"].astype(bool)]
    rows = rows.merge(where, on=["piece", "sentence"], how="left")
    return _as_codings(rows)


def _scored(matches: pd.DataFrame, labels: np.ndarray, texts: list[str]) -> pd.DataFrame:
    """One row a sentence and code: joint score and the terms that fired, strongest first."""
    words = np.array([len(t.replace(" + ", " ").split()) for t in texts], dtype=int)
    rows = matches.assign(
        code=labels[matches["phrase"]] if len(labels) else [],
        score=np.where(words[matches["phrase"]] > 1, _SEVERAL_WORDS, _ONE_WORD)
        * matches["strength"]
        * np.where(matches["negated"], _NEGATED, 1.0),
    )
    rows = rows.sort_values(["sentence", "code", "score", "phrase"],
                            ascending=[True, True, False, True], kind="stable")  # fmt: skip
    rows = rows.drop_duplicates(["sentence", "code", "phrase"])
    # parts of compounds and prefixes say less: the rule names how the term fired
    how = np.select(
        [rows["negated"], rows["strength"] >= 1, rows["strength"] >= 0.89],
        ["negated: ", "", "ending: "],
        "in compound: ",
    )
    text = np.array(texts, dtype=object)[rows["phrase"]] if texts else np.array([], dtype=object)
    rows["term"] = [f'{h}"{t}"' for h, t in zip(how, text, strict=True)]
    rows["miss"] = np.log1p(-np.minimum(rows["score"], 0.99))
    keys = rows["sentence"].astype(str) + "\0" + rows["code"].astype(str)
    group, _ = pd.factorize(keys)
    first = ~pd.Series(group).duplicated().to_numpy()
    terms: list[list[str]] = [[] for _ in range(int(first.sum()))]
    for g, term in zip(group, rows["term"], strict=True):
        if len(terms[g]) < 4:
            terms[g].append(term)
    total = np.bincount(group, weights=rows["miss"], minlength=len(terms))
    result = rows.loc[first, ["sentence", "code"]].reset_index(drop=True)
    result["score"] = np.round(np.minimum(1 - np.exp(total), 0.95), 3)
    result["rule"] = [
        f"lemma phrase {', '.join(t)} → {c}" for t, c in zip(terms, result["code"], strict=True)
    ]
    return result


def _valence(rows: pd.DataFrame, codebook: Codebook) -> pd.Series:
    """The code's own valence, at ±2 where the sentence agrees strongly; else the lexicon's."""
    own = rows["code"].map({c.code: c.valence for c in codebook}).astype(float)
    told = rows["told"].astype(float)
    agrees = (np.sign(own) == np.sign(told)) & (told.abs() == 2)
    value = own.where(~agrees, told).fillna(told)
    return value.astype("Int8")


def _as_codings(rows: pd.DataFrame) -> pd.DataFrame:
    text = rows["text"].tolist()
    start, end = rows["start"].to_numpy(np.int64), rows["end"].to_numpy(np.int64)
    offset = rows["offset"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "position": rows["position"].to_numpy(),
            "document": rows["document"].to_numpy(),
            "start": start + offset,
            "end": end + offset,
            "quote": [t[a:b] for t, a, b in zip(text, start, end, strict=True)],
            "code": rows["code"].to_numpy(),
            "coder": CODER,
            "origin": "suggested",
            "turn": rows["turn"].where(rows["turn"] >= 0).astype("Int64").to_numpy(),
            "phase": rows["phase"].to_numpy(),
            "stage": rows["stage"].to_numpy(),
            "touchpoint": rows["touchpoint"].to_numpy(),
            "valence": rows["valence"].to_numpy(),
            "score": rows["score"].to_numpy(float),
            "rule": rows["rule"].to_numpy() + rows["place_rule"].fillna("").to_numpy(),
        }
    )
