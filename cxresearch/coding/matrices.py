"""Codes against documents, comments, respondents and their attributes, for further analysis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..model import Codebook, check_frame
from .passages import texts_by

__all__ = ["code_by_document", "code_matrix"]


def code_by_document(
    codings: pd.DataFrame,
    *,
    codebook: Codebook | None = None,
    documents: Sequence[str] | None = None,
    binary: bool = True,
) -> pd.DataFrame:
    """Documents or comments by codes: 1 where the code is there (or how many times), 0 elsewhere.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    codebook : Codebook, optional
        Its codes are all columns, in order; codes above count what is below them.
    documents : sequence of str, optional
        All that could have been coded (`comments["document"]`): those without any coding are rows
        of zeros, and codings of others are left out. Only coded ones otherwise, which makes every
        share too high: give them whenever you reckon shares.
    binary : bool
        False gives numbers of different quotations, whoever coded them.

    Returns
    -------
    pandas.DataFrame
        Index `document` in the order given (or of appearance), one integer column a code.
    """
    check_frame(codings, "codings")
    rows = pd.Index(
        codings["document"].unique() if documents is None else pd.unique(pd.Series(documents)),
        name="document",
    )
    spans = codings.drop_duplicates(["document", "start", "end", "code"])
    row = rows.get_indexer(spans["document"])
    codes = sorted(codings["code"].unique()) if codebook is None else [c.code for c in codebook]
    columns = {}
    for code in codes:
        below = [code] if codebook is None else list(codebook.below(code))
        own = np.flatnonzero(spans["code"].isin(below).to_numpy() & (row >= 0))
        # the same quotation under two codes below is one of the code above
        again = spans.iloc[own].duplicated(["document", "start", "end"]).to_numpy()
        counted = np.bincount(row[own[~again]], minlength=len(rows))
        columns[code] = (counted > 0).astype(int) if binary else counted
    return pd.DataFrame(columns, index=rows)


def code_matrix(
    codings: pd.DataFrame, texts: pd.DataFrame, *, by: str, codebook: Codebook
) -> pd.DataFrame:
    """Codes by document, respondent or any attribute, long and with its zeros: one row a cell.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    texts : pandas.DataFrame
        `document` and the column `by`, one row a document that could have been coded, also those
        without any coding. Documents without a value are left out.
    by : str
        `document`, `respondent`, or an attribute: `segment`, `industry`, `wave`.
    codebook : Codebook
        Codes in order; codes above count what is below them.

    Returns
    -------
    pandas.DataFrame
        `code`, the column `by`, `quotations` (different ones, whoever coded them), `documents`
        (with the code), `n` (documents of that group), `share` (documents / n). For charts and
        models; it hides no small group: `cross_tab` does, and gives intervals.

    Raises
    ------
    FrameError
        The column `by` is not there.
    """
    known = texts_by(texts, by)
    counts = code_by_document(
        codings, codebook=codebook, documents=known["document"].tolist(), binary=False
    )
    group = known[by].to_numpy()
    sizes = pd.Series(group).groupby(group).size()
    cells = _long(counts.groupby(group).sum(), by, "quotations")
    cells["documents"] = _long((counts > 0).groupby(group).sum(), by, "documents")["documents"]
    cells["n"] = cells[by].map(sizes).astype(int)
    cells["share"] = cells["documents"] / cells["n"]
    rank = {code.code: n for n, code in enumerate(codebook)}
    cells = cells.sort_values("code", key=lambda s: s.map(rank), kind="stable", ignore_index=True)
    return cells[["code", by, "quotations", "documents", "n", "share"]]


def _long(wide: pd.DataFrame, by: str, name: str) -> pd.DataFrame:
    return wide.rename_axis(index=by).reset_index().melt(by, var_name="code", value_name=name)
