"""Where on the journey a sentence is: stage and touchpoint by cues, context and question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..model import Phase, Touchpoint
from ..text import Lemmatiser, TokenIndex, strongest_labels

__all__ = ["place_sentences"]

_CARRY = 4  # sentences that a cue reaches forward in the same turn
_PHASE = "phase:"  # label of a cue of a whole phase


def place_sentences(
    index: TokenIndex,
    engine: Lemmatiser,
    pieces: pd.DataFrame,
    *,
    phases: Sequence[Phase],
    touchpoints: Sequence[Touchpoint],
) -> pd.DataFrame:
    """Stage, phase and touchpoint of each sentence of each passage.

    Parameters
    ----------
    index : TokenIndex
        The different texts of the passages, in one language.
    engine : Lemmatiser
        Of that language.
    pieces : pandas.DataFrame
        Passages (see `passages`) in order, with `copy`: which text of the index each one is.
    phases, touchpoints : sequences
        With cues and terms.

    Returns
    -------
    pandas.DataFrame
        `piece` (row of `pieces`), `sentence` (number in the index), `phase`, `stage`,
        `touchpoint` (None where unknown), `place_rule` (words to add to a rule, "" where none).
    """
    sentences = index.sentence_table()
    size = int(index.sentence[-1]) + 1 if len(index) else 0
    cues = [(s.stage, s.cues) for p in phases for s in p.stages]
    whole = [(_PHASE + p.phase, p.cues) for p in phases]
    stage, stage_rule = strongest_labels(
        index, engine, cues + whole, weak={label for label, _ in whole}
    )
    touch, _ = strongest_labels(index, engine, [(t.touchpoint, t.terms) for t in touchpoints])
    only_stage = {t.touchpoint: t.stages[0] for t in touchpoints if len(t.stages) == 1}
    frame = pieces.reset_index(drop=True).rename_axis("piece").reset_index()
    rows = frame[
        ["piece", "copy", "turn", "linked", "coded", "phase", "stage", "touchpoint"]
    ].merge(sentences.rename(columns={"text": "copy"})[["copy", "sentence"]], on="copy")
    rows = rows.sort_values(["piece", "sentence"], kind="stable", ignore_index=True)
    own = stage[rows["sentence"].to_numpy()] if size else np.array([], dtype=object)
    rule = stage_rule[rows["sentence"].to_numpy()] if size else np.array([], dtype=object)
    seen = touch[rows["sentence"].to_numpy()] if size else np.array([], dtype=object)
    rows["seen_touchpoint"] = pd.Series(seen, dtype=object)
    rows["cue"] = pd.Series(own, dtype=object)
    rows["cue_rule"] = pd.Series(rule, dtype=object)
    rows["by_touchpoint"] = rows["seen_touchpoint"].map(only_stage)
    return _resolve(rows, phases)


def _resolve(rows: pd.DataFrame, phases: Sequence[Phase]) -> pd.DataFrame:
    """Own cue, touchpoint's stage, sentences before it, the question asked, the survey's own."""
    piece = rows["piece"].to_numpy()
    cue = rows["cue"].where(rows["cue"].notna(), rows["by_touchpoint"])
    carried = cue.groupby(piece).ffill(limit=_CARRY)
    asked = _question_cue(rows, cue)
    survey = rows["stage"].where(
        rows["stage"].notna(), _PHASE + rows["phase"].where(rows["phase"].notna(), None)
    )
    before = asked if rows["linked"].any() else pd.Series(None, index=rows.index, dtype=object)
    found = carried.where(carried.notna(), before)
    found = found.where(found.notna(), survey)
    phase_of = {s.stage: p.phase for p in phases for s in p.stages}
    phase_of |= {_PHASE + p.phase: p.phase for p in phases}
    whole = found.astype(object).map(lambda v: isinstance(v, str) and v.startswith(_PHASE))
    phase = found.map(phase_of)
    phase = phase.where(phase.notna(), rows["phase"])
    source = np.select(
        [rows["cue"].notna(), cue.notna(), carried.notna(), before.notna(), survey.notna()],
        ["cue", "touchpoint", "sentence before", "question asked", "survey question"],
        "",
    )
    touchpoint = rows["seen_touchpoint"].where(rows["seen_touchpoint"].notna(), rows["touchpoint"])
    text = [
        "" if not isinstance(f, str)
        else f"; {f.removeprefix(_PHASE)} by {s}" + (f' "{c}"' if s == "cue" else "")
        for f, s, c in zip(found, source, rows["cue_rule"], strict=True)
    ]  # fmt: skip
    none = pd.Series(None, index=rows.index, dtype=object)
    return pd.DataFrame(
        {
            "piece": rows["piece"],
            "sentence": rows["sentence"],
            "phase": phase.astype(object).where(phase.notna(), none),
            "stage": found.astype(object).where(found.notna() & ~whole, none),
            "touchpoint": touchpoint.astype(object).where(touchpoint.notna(), none),
            "place_rule": text,
        }
    )


def _question_cue(rows: pd.DataFrame, cue: pd.Series) -> pd.Series:
    """For each sentence the last cue of the interviewer's latest turn before it."""
    spoken = cue.where(~rows["coded"].astype(bool))
    last = spoken.groupby(rows["piece"]).last()
    asked = last.where(~rows.groupby("piece")["coded"].first().astype(bool))
    starts = ~rows.groupby("piece")["linked"].first().astype(bool)
    document = starts.cumsum()
    # an interviewer's turn without a cue ("Hm.") keeps the theme that was asked before it
    known = asked.groupby(document).ffill(limit=6)
    return rows["piece"].map(known)
