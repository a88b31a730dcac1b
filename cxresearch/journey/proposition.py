"""A draft of the value proposition: what each segment needs, values and suffers from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ..metrics.intervals import adjust_p, wilson
from ..model import Codebook, Finding, FrameError, Words, number, percent
from .evidence import codebook_table, source_ids
from .mapping import words_of

__all__ = ["draft_propositions"]

_KINDS = ("need", "expectation", "delight", "value", "pain")
_VERBS = {
    "need": Words(fi="tarvitsee", en="needs"),
    "expectation": Words(fi="odottaa", en="expects"),
    "delight": Words(fi="ilahtuu", en="is delighted by"),
    "value": Words(fi="arvostaa", en="values"),
    "pain": Words(fi="kärsii", en="suffers from"),
}
_MOST_NAMED = 2


def draft_propositions(
    codings: pd.DataFrame,
    *,
    segments: pd.DataFrame,
    codebook: Codebook | pd.DataFrame,
    quotes: pd.DataFrame | None = None,
    minimum: int = 5,
) -> Finding:
    """Needs, expectations, delights, values and pains by segment, each with its evidence.

    Parameters
    ----------
    codings : pandas.DataFrame
        The contract "codings".
    segments : pandas.DataFrame
        `source` (respondent, or document where the codings have no respondents) and `segment`;
        `segment_fi`, `segment_en` where they have names.
    codebook : Codebook or pandas.DataFrame
        Kinds and names of the codes.
    quotes : pandas.DataFrame, optional
        Approved quotes: `document`, `published`, `code` (and `respondent`, as in the codings).
    minimum : int
        Segments of fewer sources are left out and named in a warning.

    Returns
    -------
    Finding
        `table`: `segment`, `segment_fi`, `segment_en`, `kind`, `code`, `name_fi`, `name_en`;
        `sources` of the segment that speak of it, of `n`; `share` with Wilson's 95 % `ci_low`,
        `ci_high`; `rest_share`, the same among the others; `difference`; `p`, Fisher's exact
        test against the rest, Benjamini-Hochberg corrected over all rows; `sets_apart` (p < .05
        and more than the rest); `met`, mean valence where they speak of it (an expectation below
        0 is a promise that wasn't lived up to); `strength` (strong: at least half of the segment
        and 5 sources; moderate: a quarter and 3; else thin); `quote`. `details["drafts"]`: a
        sentence for each segment.

    Raises
    ------
    FrameError
        A column is missing, or a source stands in two segments.

    Notes
    -----
    What is not spoken of in an interview isn't thereby unimportant. It is a draft to be tested
    with customers.
    """
    _check(segments, quotes)
    rows = codings.assign(source=source_ids(codings))
    rows = rows.merge(segments[["source", "segment"]].astype(str), on="source", how="inner")
    codes = codebook_table(codebook)
    codes = codes[codes["kind"].isin(_KINDS)].drop_duplicates("code")
    size = rows.groupby("segment", sort=False)["source"].nunique()
    small = sorted(size[size < minimum].index)
    size = size[size >= minimum]
    table = _counted(rows, codes, size)
    table = _named(table, codes, segments)
    table["quote"] = _quotes(table, quotes, segments)
    drafts = {segment: _draft(part) for segment, part in table.groupby("segment", sort=False)}
    return Finding(
        table=table,
        sentences=_together(drafts),
        warnings=_left_out(small, minimum),
        details={"drafts": drafts, "sources": size.to_dict()},
    )


def _check(segments: pd.DataFrame, quotes: pd.DataFrame | None) -> None:
    needs: list[tuple[str, pd.DataFrame, tuple[str, ...]]] = [
        ("segments", segments, ("source", "segment"))
    ]
    if quotes is not None:
        needs.append(("quotes", quotes, ("document", "published", "code")))
    for name, table, columns in needs:
        absent = [c for c in columns if c not in table.columns]
        if absent:
            raise FrameError(
                f"The table `{name}` lacks {', '.join(absent)}.",
                expected=", ".join(columns),
                found=", ".join(map(str, table.columns)) or "no columns",
            )
    doubled = segments["source"].duplicated()
    if doubled.any():
        raise FrameError(
            f"{int(doubled.sum())} source(s) stand in two segments.",
            expected="one row a source in `segments`",
        )


def _counted(rows: pd.DataFrame, codes: pd.DataFrame, size: pd.Series) -> pd.DataFrame:
    rows = rows[rows["segment"].isin(size.index)]
    said = rows.groupby(["segment", "code"])["source"].nunique()
    everyone, total = rows.groupby("code")["source"].nunique(), int(size.sum())
    valence = rows["valence"] if "valence" in rows.columns else np.nan
    rows = rows.assign(valence=pd.to_numeric(valence)).astype({"valence": float})
    met = rows.groupby(["segment", "code"])["valence"].mean()
    found = []
    for segment, n in size.items():
        for code, kind in zip(codes["code"], codes["kind"], strict=True):
            count = int(said.get((segment, code), 0))
            if not count:
                continue
            others, rest = int(everyone[code]) - count, total - int(n)
            p = np.nan
            if rest:
                square = [[count, int(n) - count], [others, rest - others]]
                p = stats.fisher_exact(square).pvalue
            found.append(
                {
                    "segment": segment,
                    "kind": kind,
                    "code": code,
                    "sources": count,
                    "n": int(n),
                    "share": count / n,
                    "rest_share": others / rest if rest else np.nan,
                    "p": p,
                    "met": met[(segment, code)],
                }
            )
    columns = ["segment", "kind", "code", "sources", "n", "share", "rest_share", "p", "met"]
    table = pd.DataFrame(found, columns=columns)
    table["ci_low"], table["ci_high"] = wilson(table["sources"], table["n"])
    table["difference"] = table["share"] - table["rest_share"]
    table["p"] = adjust_p(table["p"].astype(float))
    table["sets_apart"] = (table["p"] < 0.05) & (table["difference"] > 0)
    strong = (table["share"] >= 0.5) & (table["sources"] >= 5)
    moderate = (table["share"] >= 0.25) & (table["sources"] >= 3)
    table["strength"] = np.where(strong, "strong", np.where(moderate, "moderate", "thin"))
    return table


def _named(table: pd.DataFrame, codes: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    by_code = codes.set_index("code").to_dict("index")
    by_segment = segments.astype({"segment": str}).drop_duplicates("segment")
    known = by_segment.set_index("segment").to_dict("index")
    names = [words_of(by_code[code], "name", code) for code in table["code"]]
    groups = [words_of(known[segment], "segment", segment) for segment in table["segment"]]
    for language in ("fi", "en"):
        table[f"name_{language}"] = [name.to(language) for name in names]
        table[f"segment_{language}"] = [name.to(language) for name in groups]
    order = {kind: place for place, kind in enumerate(_KINDS)}
    place = {segment: at for at, segment in enumerate(dict.fromkeys(table["segment"]))}
    ranked = table.assign(
        at=table["segment"].map(place), kind_at=table["kind"].map(order), less=-table["sources"]
    ).sort_values(["at", "kind_at", "less", "code"], kind="stable")
    head = ["segment", "segment_fi", "segment_en", "kind", "code", "name_fi", "name_en"]
    rest = ["sources", "n", "share", "ci_low", "ci_high", "rest_share", "difference", "p"]
    return ranked[[*head, *rest, "sets_apart", "met", "strength"]].reset_index(drop=True)


def _quotes(
    table: pd.DataFrame, quotes: pd.DataFrame | None, segments: pd.DataFrame
) -> list[str | None]:
    if quotes is None or quotes.empty:
        return [None] * len(table)
    said = quotes.assign(source=source_ids(quotes)).merge(
        segments[["source", "segment"]].astype(str), on="source"
    )
    said = said.assign(length=said["published"].str.len()).sort_values("length", kind="stable")
    first = said.drop_duplicates(["segment", "code"]).set_index(["segment", "code"])["published"]
    return [
        first.get((segment, code))
        for segment, code in zip(table["segment"], table["code"], strict=True)
    ]


def _draft(part: pd.DataFrame) -> Words:
    """One sentence of a segment: the firmest things of each kind, with how many say so."""
    texts = {}
    for language in ("fi", "en"):
        pieces = []
        for kind in _KINDS:
            firm = part[(part["kind"] == kind) & (part["strength"] != "thin")].head(_MOST_NAMED)
            if len(firm):
                named = ", ".join(
                    f"{row[f'name_{language}']} ({percent(row['share'], language)})"
                    for row in firm.to_dict("records")
                )
                pieces.append(f"{_VERBS[kind].to(language)}: {named}")
        n = number(int(part["n"].iloc[0]), language)
        base = f"n = {n}"
        name = part[f"segment_{language}"].iloc[0]
        nothing = {"fi": "aineisto on ohut", "en": "the evidence is thin"}[language]
        texts[language] = f"{name} ({base}) {'; '.join(pieces) or nothing}."
    return Words(texts)


def _together(drafts: dict[str, Words]) -> Words:
    if not drafts:
        return Words(
            fi="Yhdestäkään segmentistä ei ole riittävästi aineistoa.",
            en="No segment has enough data.",
        )
    return Words({lang: " ".join(w.to(lang) for w in drafts.values()) for lang in ("fi", "en")})


def _left_out(small: list[str], minimum: int) -> tuple[Words, ...]:
    if not small:
        return ()
    listed = ", ".join(small)
    return (
        Words(
            fi=f"Näissä segmenteissä on alle {minimum} lähdettä, eikä niitä näytetä: {listed}.",
            en=f"These segments have fewer than {minimum} sources and aren't shown: {listed}.",
        ),
    )
