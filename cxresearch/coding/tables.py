"""What was said, where on the journey, by how many and how: tables and quotes from codings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..model import (
    Codebook,
    Finding,
    FrameError,
    Phase,
    Words,
    check_frame,
    number,
    percent,
    wilson_interval,
)
from ..text import valence_caution
from .retrieval import filled

__all__ = ["cross_tab", "theme_table"]

NO_PHASE = "no_phase"


def theme_table(
    codings: pd.DataFrame,
    *,
    codebook: Codebook,
    phases: Sequence[Phase] = (),
    by: str = "phase",
    respondents: pd.DataFrame | None = None,
    quotes: int = 2,
) -> Finding:
    """Theme by phase (teemoittelu): how often, by how many, how felt, with quotes.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame; choose human or suggested ones before calling.
    codebook : Codebook
        Codes in order. A code above others counts the union of theirs.
    phases : sequence of Phase
        The journey, for the order of columns and for moments that nobody spoke of.
    by : {"phase", "stage"}
        How fine the journey is cut.
    respondents : pandas.DataFrame, optional
        `document` and `respondent`: several documents of one respondent count once.
    quotes : int
        How many quotes each cell keeps: important ones first, then the most certain, from
        different documents while there are any.

    Returns
    -------
    Finding
        Table, one row a code and phase that occur: `code`, `name_fi`, `name_en`, `phase` (or
        `stage`; `no_phase` where unknown), `codings`, `documents`, `respondents`, `valence` (mean
        -2..2 of codings that have one), `strength` (mean of its size 0..2, whichever the sign: 0
        lukewarm, 2 strong), `negative`, `positive`, `told` (their numbers), `who` (list of the
        respondents, or documents where nobody is named, most codings first),
        `quotes` (list of dicts: quote, document, turn, coder, valence). `details["matrix"]`
        is documents by code and phase, all phases in order, zeros kept; `details["silent"]` lists
        phases or stages without a coding; `details["caution"]` is a sentence on the error of
        machine valence, None where people gave it all.
    """
    check_frame(codings, "codings")
    order = (
        [s.stage for p in phases for s in p.stages] if by == "stage" else [p.phase for p in phases]
    )
    place = filled(codings, by).astype(object)
    rows = codings.assign(
        place=place.where(place.notna(), NO_PHASE),
        who=_who(codings, respondents),
        valence=filled(codings, "valence").astype("Float64"),
    )
    table = pd.DataFrame(_theme_rows(rows, codebook, by, quotes), columns=_theme_columns(by))
    places = [*order, *sorted(set(table[by]) - set(order))]
    rank = {name: n for n, name in enumerate(places)}
    code_rank = {c.code: n for n, c in enumerate(codebook)}
    table = table.sort_values(
        ["code", by],
        key=lambda s: s.map(code_rank if s.name == "code" else rank),
        ignore_index=True,
    )
    matrix = (
        table.pivot_table(index="code", columns=by, values="documents", aggfunc="sum", fill_value=0)
        .reindex(index=[c.code for c in codebook], columns=places, fill_value=0)
        .astype(int)
    )
    silent = [name for name in order if not (matrix[name] > 0).any()]
    return Finding(
        table,
        _theme_sentence(rows, table, codebook, by),
        _silence(silent, phases, by),
        {"matrix": matrix, "silent": silent, "caution": valence_caution(codings)},
    )


def _theme_columns(by: str) -> list[str]:
    return [
        "code", "name_fi", "name_en", by, "codings", "documents", "respondents", "valence",
        "strength", "negative", "positive", "told", "who", "quotes",
    ]  # fmt: skip


def _theme_rows(
    rows: pd.DataFrame, codebook: Codebook, by: str, quotes: int
) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for code in codebook:
        own = rows[rows["code"].isin(codebook.below(code.code))]
        # the same quotation under two codes below is one coding of the code above
        own = own.drop_duplicates(["document", "start", "end", "coder", "place"])
        for name, cell in own.groupby("place", sort=False):
            found.append(
                {
                    "code": code.code,
                    "name_fi": code.name.to("fi"),
                    "name_en": code.name.to("en"),
                    by: name,
                    **_cell(cell, quotes),
                }
            )
    return found


def _who(codings: pd.DataFrame, respondents: pd.DataFrame | None) -> pd.Series:
    """Who speaks: the respondent, or the document where nobody is named."""
    if respondents is not None:
        known = respondents.drop_duplicates("document").set_index("document")["respondent"]
        who = codings["document"].map(known)
        return who.where(who.notna(), codings["document"])
    if "respondent" in codings.columns:
        return codings["respondent"].where(codings["respondent"].notna(), codings["document"])
    return codings["document"]


def _cell(cell: pd.DataFrame, quotes: int) -> dict[str, object]:
    told = cell["valence"].dropna().astype(float)
    return {
        "codings": len(cell),
        "documents": cell["document"].nunique(),
        "respondents": cell["who"].nunique(),
        "valence": float(told.mean()) if len(told) else np.nan,
        "strength": float(told.abs().mean()) if len(told) else np.nan,
        "negative": int((told < 0).sum()),
        "positive": int((told > 0).sum()),
        "told": len(told),
        "who": cell["who"]
        .value_counts(sort=False)
        .sort_values(ascending=False, kind="stable")
        .index.tolist(),
        "quotes": _best_quotes(cell, quotes),
    }


def _best_quotes(cell: pd.DataFrame, count: int) -> list[dict[str, object]]:
    important = filled(cell, "important").fillna(False).astype(bool)
    score = filled(cell, "score").astype("Float64").fillna(1.0).astype(float)
    # a readable quotation is neither a word nor a page
    readable = cell["quote"].str.len().between(25, 300)
    ranked = cell.assign(i=~important, s=-score, r=~readable, turn=filled(cell, "turn"))
    ranked = ranked.sort_values(["i", "r", "s", "document", "start"], kind="stable")
    ranked["again"] = ranked.groupby("document").cumcount()
    ranked = ranked.sort_values(["again"], kind="stable").drop_duplicates("quote")
    keep = ranked.head(count)[["quote", "document", "turn", "coder", "valence"]]
    return [
        {k: (None if pd.isna(v) else v) for k, v in row.items()} for row in keep.to_dict("records")
    ]


def _theme_sentence(rows: pd.DataFrame, table: pd.DataFrame, codebook: Codebook, by: str) -> Words:
    leaves = [c for c in codebook if not codebook.children(c.code)]
    counts = {c.code: rows.loc[rows["code"] == c.code, "document"].nunique() for c in leaves}
    if not counts or not len(table):
        return Words(fi="Yhtään koodausta ei ole.", en="There are no codings.")
    top = max(counts, key=lambda c: counts[c])
    name = codebook[top].name
    total = rows["document"].nunique()
    share = counts[top] / total if total else float("nan")
    return Words(
        fi=f"Yleisin teema on ”{name.to('fi')}”: siitä puhutaan {number(counts[top], 'fi')} "
        f"dokumentissa "
        f"{number(total, 'fi')} koodatusta ({percent(share, 'fi')}). Koodauksia on kaikkiaan "
        f"{number(len(rows), 'fi')}.",
        en=f"The most common theme is “{name.to('en')}”: it is spoken of in "
        f"{number(counts[top])} of "
        f"{number(total)} coded documents ({percent(share)}). There are {number(len(rows))} "
        f"codings in all.",
    )


def _silence(silent: list[str], phases: Sequence[Phase], by: str) -> tuple[Words, ...]:
    if not silent:
        return ()
    names = {p.phase: p.name for p in phases} | {s.stage: s.name for p in phases for s in p.stages}
    fi = ", ".join(names[s].to("fi") for s in silent)
    en = ", ".join(names[s].to("en") for s in silent)
    return (
        Words(
            fi=f"Yhtään koodausta ei ole kohdissa: {fi}. Tyhjä kohta voi olla löydös: kukaan ei "
            f"hoida sitä hetkeä.",
            en=f"There is no coding at: {en}. An empty place can be a finding: nobody manages "
            f"that moment.",
        ),
    )


def cross_tab(
    codings: pd.DataFrame,
    attributes: pd.DataFrame,
    *,
    attribute: str,
    codebook: Codebook,
    minimum_cell: int = 5,
) -> Finding:
    """Codes by an attribute of the respondents: what each group speaks of.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    attributes : pandas.DataFrame
        `document` and the attribute, one row a document that could have been coded: also those
        without any coding, so that shares are of everybody.
    attribute : str
        Column of `attributes`.
    codebook : Codebook
        Codes in order; codes above count what is below them.
    minimum_cell : int
        Groups of fewer documents are hidden.

    Returns
    -------
    Finding
        `code`, `name_fi`, `name_en`, the attribute, `documents` (with the code), `n` (in the
        group),
        `share`, `low`, `high` (95 % Wilson). `details["hidden"]` lists groups left out.
    """
    check_frame(codings, "codings")
    absent = [c for c in ("document", attribute) if c not in attributes.columns]
    if absent:
        raise FrameError(
            "The attribute can't be found.",
            expected=f"columns document, {attribute}",
            found=", ".join(map(str, attributes.columns)),
        )
    known = attributes.dropna(subset=[attribute]).drop_duplicates("document")
    size = known[attribute].value_counts(sort=False)
    groups = sorted(size.index[size >= minimum_cell], key=str)
    hidden = sorted(map(str, size.index[size < minimum_cell]))
    group_of = known.set_index("document")[attribute]
    rows = []
    for code in codebook:
        documents = codings.loc[
            codings["code"].isin(codebook.below(code.code)), "document"
        ].unique()
        with_code = pd.Series(documents).map(group_of).value_counts()
        for group in groups:
            k, n = int(with_code.get(group, 0)), int(size[group])
            low, high = wilson_interval(k, n)
            rows.append(
                (code.code, code.name.to("fi"), code.name.to("en"), group, k, n, k / n, low, high)
            )
    columns = ["code", "name_fi", "name_en", attribute, "documents", "n", "share", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return Finding(
        table, _cross_sentence(table, attribute), _hidden_words(hidden, minimum_cell),
        {"hidden": hidden},
    )  # fmt: skip


def _cross_sentence(table: pd.DataFrame, attribute: str) -> Words:
    if not len(table):
        return Words(fi="Yhtään riittävän suurta ryhmää ei ole.", en="No group is large enough.")
    spread = table.groupby("code")["share"].agg(lambda s: s.max() - s.min())
    code = str(spread.idxmax())
    rows = table[table["code"] == code].sort_values("share")
    top, bottom = rows.iloc[-1], rows.iloc[0]
    return Words(
        fi=f"Ryhmät eroavat eniten teemassa ”{top['name_fi']}”: {top[attribute]} "
        f"{percent(top['share'], 'fi')} "
        f"(n = {top['n']}), {bottom[attribute]} {percent(bottom['share'], 'fi')} (n = "
        f"{bottom['n']}). "
        "Eroja ei ole testattu; suurin ero on usein sattumaa.",
        en=f"Groups differ most on “{top['name_en']}”: {top[attribute]} {percent(top['share'])} "
        f"(n = {top['n']}), "
        f"{bottom[attribute]} {percent(bottom['share'])} (n = {bottom['n']}). "
        "Differences are not tested; the largest of many is often chance.",
    )


def _hidden_words(hidden: list[str], minimum_cell: int) -> tuple[Words, ...]:
    if not hidden:
        return ()
    return (
        Words(
            fi=f"Alle {minimum_cell} dokumentin ryhmiä on piilotettu {len(hidden)}.",
            en=f"{len(hidden)} group(s) of fewer than {minimum_cell} documents are hidden.",
        ),
    )
