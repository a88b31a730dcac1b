"""What may be coded: respondents' turns and comments as passages with their own facets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..model import FrameError, check_frame

__all__ = ["SILENT_ROLES", "passages", "texts_by"]

SILENT_ROLES = ("interviewer",)  # heard for context, never coded
PASSAGE_COLUMNS = [
    "document", "turn", "offset", "text", "language", "coded", "phase", "stage", "touchpoint",
    "linked",
]  # fmt: skip


def passages(texts: pd.DataFrame, *, turns: pd.DataFrame | None = None) -> pd.DataFrame:
    """Cut documents to turns, or take comments as they are.

    Parameters
    ----------
    texts : pandas.DataFrame
        A `documents` or a `comments` frame.
    turns : pandas.DataFrame, optional
        A `turns` frame for documents. Documents without turns are one passage.

    Returns
    -------
    pandas.DataFrame
        `document`, `turn` (-1 where there is none), `offset` (of the passage in the document),
        `text`, `language`, `coded` (False for an interviewer's turn), `phase`, `stage`,
        `touchpoint` (the question's own, empty for interviews), `linked` (whether the passage
        before it is context, as in an interview).
    """
    is_comments = "response" in texts.columns
    check_frame(texts, "comments" if is_comments else "documents")
    texts = texts[texts["text"].notna()]
    whole = _whole(texts)
    if turns is None or is_comments:
        return whole
    check_frame(turns, "turns")
    inside = _cut(texts, turns)
    alone = whole[~whole["document"].isin(inside["document"])]
    return pd.concat([inside, alone], ignore_index=True)


def _column(texts: pd.DataFrame, name: str) -> pd.Series:
    if name in texts.columns:
        return texts[name].astype(object).where(texts[name].notna(), None)
    return pd.Series([None] * len(texts), index=texts.index, dtype=object)


def _whole(texts: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame({"document": texts["document"].to_numpy(), "turn": -1, "offset": 0})
    frame["text"] = texts["text"].to_numpy()
    for name in ("language", "phase", "stage", "touchpoint"):
        frame[name] = _column(texts, name).to_numpy()
    frame["coded"], frame["linked"] = True, False
    return frame[PASSAGE_COLUMNS]


def _cut(texts: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    wanted = ["document", "turn", "start", "end"] + (["role"] if "role" in turns.columns else [])
    rows = turns[wanted].merge(texts[["document"]].assign(language=_column(texts, "language")),
                               on="document")  # fmt: skip
    rows = rows.sort_values(["document", "turn"], kind="stable", ignore_index=True)
    text = dict(zip(texts["document"], texts["text"], strict=True))
    pieces = [
        text[document][start:end]
        for document, start, end in zip(rows["document"], rows["start"], rows["end"], strict=True)
    ]
    role = rows["role"] if "role" in rows.columns else pd.Series([None] * len(rows), dtype=object)
    none = np.full(len(rows), None, dtype=object)
    same = rows["document"].eq(rows["document"].shift())
    frame = pd.DataFrame(
        {
            "document": rows["document"], "turn": rows["turn"].astype("int64"),
            "offset": rows["start"].astype("int64"), "text": pieces,
            "language": rows["language"], "coded": ~role.isin(SILENT_ROLES),
            "phase": none, "stage": none, "touchpoint": none, "linked": same,
        }
    )  # fmt: skip
    return frame[PASSAGE_COLUMNS]


def texts_by(texts: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row a document that has a value in the column to group by.

    Raises
    ------
    FrameError
        The column is not there.
    """
    absent = [c for c in ("document", by) if c not in texts.columns]
    if absent:
        raise FrameError(
            "The texts lack the column to group by.",
            expected=f"columns document, {by}",
            found=", ".join(map(str, texts.columns)),
        )
    return texts.dropna(subset=["document", by]).drop_duplicates("document")
