"""Agreement of the coders of a study, code by code, at character, turn and comment level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words, check_frame, interval, number
from .agreement import MEASURES, _bounds, _is_paradox
from .passages import passages
from .retrieval import filled
from .unitising import disagreement_on_one_code

__all__ = ["OVERALL", "coder_agreement", "valence_ratings"]

OVERALL = "all"
UNITS = ("character", "turn", "document")
_COLUMNS = [
    "code", "unit", "n", "coders", "prevalence", "percent", "kappa", "alpha", "alpha_low",
    "alpha_high", "ac1", "ac1_low", "ac1_high", "unitising_alpha", "paradox",
]  # fmt: skip


def coder_agreement(
    codings: pd.DataFrame,
    texts: pd.DataFrame,
    *,
    turns: pd.DataFrame | None = None,
    unit: str = "turn",
    bootstraps: int = 500,
    random_state: int = 0,
) -> Finding:
    """How well coders agree, for each code and over all, on documents that two or more coded.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame. Who coded is `coder`; a coder without any coding on a document is taken
        not to have read it.
    texts : pandas.DataFrame
        `documents` or `comments` frame.
    turns : pandas.DataFrame, optional
        `turns` frame: an interviewer's words are then no unit.
    unit : {"character", "turn", "document"}
        What is compared. A comment is a document. Characters weigh long quotations and boundaries;
        turns ask only whether the code is there. Say which one a figure is of.
    bootstraps : int
        Resamples: of turns or documents themselves; at character level of whole documents,
        since neighbouring characters are not independent (without intervals under 2 documents).
    random_state : int
        Seed.

    Returns
    -------
    Finding
        One row a code and one `all` (each unit and code a decision, pooled): `code`, `unit`, `n`
        units, `coders`, `prevalence` (share of decisions that gave the code), `percent`, `kappa`
        (Cohen's for two coders, Fleiss' for more), `alpha` with `alpha_low` and `alpha_high`, `ac1`
        with bounds, `unitising_alpha` (at character level only, pooled over documents as
        1 - sum of Do / sum of De), `paradox`.

    Raises
    ------
    FrameError
        No document was coded by two coders.

    Notes
    -----
    Decisions are present or absent, so alpha is nominal. Suggested codings are left in if their
    coder is: filter `origin` before calling.
    """
    check_frame(codings, "codings")
    if unit not in UNITS:
        raise FrameError("No such unit.", expected=", ".join(UNITS), found=unit)
    pieces = passages(texts, turns=turns)
    pieces = pieces[pieces["coded"].astype(bool)]
    shared = _shared(codings)
    codings = codings[codings["document"].isin(shared)]
    pieces = pieces[pieces["document"].isin(shared)]
    coders = sorted(codings["coder"].unique())
    read = {d: set(g) for d, g in codings.groupby("document")["coder"]}
    cells = _decisions(codings, pieces, coders, read, unit)
    units = _unitising(codings, pieces, read) if unit == "character" else {}
    rows = []
    for code, patterns in [*cells.items(), (OVERALL, _pooled(cells))]:
        row = _row(patterns, bootstraps, random_state)
        row["unitising_alpha"] = units.get(code, float("nan"))
        rows.append({"code": code, "unit": unit, "coders": len(coders), **row})
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return Finding(table, _sentence(table, len(shared)), _warnings(table), {"documents": shared})


def _shared(codings: pd.DataFrame) -> list[str]:
    count = codings.groupby("document")["coder"].nunique()
    shared = sorted(count.index[count >= 2])
    if not shared:
        raise FrameError(
            "No document was coded by two coders, so there is no agreement to count.",
            expected="a document with codings of two coders",
            found=f"{codings['coder'].nunique()} coder(s), no shared document",
            next_step="Let a second person code some documents, blind to the first.",
        )
    return shared


# (pattern of ratings by coder, -1 not read; number of units; cluster) as arrays
_Patterns = tuple[np.ndarray, np.ndarray, np.ndarray]


def _decisions(
    codings: pd.DataFrame,
    pieces: pd.DataFrame,
    coders: Sequence[str],
    read: dict[str, set[str]],
    unit: str,
) -> dict[str, _Patterns]:
    """For each code, who gave it to which unit; equal stretches are held once with a weight."""
    number = {coder: n for n, coder in enumerate(coders)}
    base = {d: np.array([0 if c in read[d] else -1 for c in coders], dtype=np.int64) for d in read}
    by_place = dict(iter(codings.groupby(["code", "document"])))
    by_document = {
        document: (own["offset"].to_numpy(np.int64), own["text"].str.len().to_numpy(np.int64))
        for document, own in pieces.groupby("document", sort=True)
    }
    found: dict[str, _Patterns] = {}
    for code in sorted(codings["code"].unique()):
        parts: list[np.ndarray] = []
        weights: list[np.ndarray] = []
        clusters: list[np.ndarray] = []
        for place, (document, (starts, lengths)) in enumerate(by_document.items()):
            ends = starts + lengths
            spans = by_place.get((code, document))
            if unit == "document":
                starts, ends = starts[:1], ends[-1:]
            matrix, weight = _matrix(spans, starts, ends, base[document], number, unit)
            parts.append(matrix)
            weights.append(weight)
            clusters.append(np.full(len(weight), place))
        found[code] = np.concatenate(parts), np.concatenate(weights), np.concatenate(clusters)
    return found


def _matrix(
    spans: pd.DataFrame | None,
    starts: np.ndarray,
    ends: np.ndarray,
    base: np.ndarray,
    number: dict[str, int],
    unit: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Units x coders of one document and code, with weights (characters, or 1)."""
    own = spans if spans is not None else pd.DataFrame(columns=["coder", "start", "end"])
    if unit == "character":
        edges = np.unique(np.concatenate([starts, ends, own["start"].to_numpy(np.int64),
                                          own["end"].to_numpy(np.int64)]))  # fmt: skip
        low, high = edges[:-1], edges[1:]
        # only stretches inside the passages that may be coded
        holder = np.searchsorted(starts, low, side="right") - 1
        inside = (holder >= 0) & (high <= ends[np.maximum(holder, 0)])
        low, high = low[inside], high[inside]
        weight = (high - low).astype(float)
    else:
        low, high = starts, ends
        weight = np.ones(len(low))
    matrix = np.repeat(base[None, :], len(low), axis=0)
    for coder, start, end in zip(own["coder"], own["start"], own["end"], strict=True):
        first = np.searchsorted(high, start, side="right")
        last = np.searchsorted(low, end, side="left")
        matrix[first:last, number[coder]] = 1
    return matrix, weight


def _pooled(cells: dict[str, _Patterns]) -> _Patterns:
    parts = list(cells.values())
    return (
        np.concatenate([p[0] for p in parts]),
        np.concatenate([p[1] for p in parts]),
        np.concatenate([p[2] for p in parts]),
    )


def _row(patterns: _Patterns, bootstraps: int, random_state: int) -> dict[str, object]:
    """Measures of one code with intervals from resampled clusters (documents) or units."""
    matrix, weight, cluster = patterns
    rows, inverse = _distinct(matrix)
    total = np.bincount(inverse, weights=weight, minlength=len(rows))
    values = np.array([0.0, 1.0])
    two = ((matrix >= 0).sum(axis=0) > 0).sum() == 2
    measures = {n: MEASURES[n](rows, total, values) for n in ("percent", "alpha", "ac1")}
    kappa_name = "cohen_kappa" if two and matrix.shape[1] == 2 else "fleiss_kappa"
    kappa = MEASURES[kappa_name](rows, total, values)
    seen = rows >= 0
    given = float(
        ((rows == 1).sum(axis=1) * total).sum() / max((seen.sum(axis=1) * total).sum(), 1)
    )
    draws = _draws(inverse, weight, cluster, len(rows), bootstraps, random_state)
    low_high = {
        name: _bounds(np.array([MEASURES[name](rows, drawn, values) for drawn in draws]))
        for name in ("alpha", "ac1")
    }
    paradox = _is_paradox(
        pd.DataFrame(
            {"measure": ["percent", "fleiss_kappa", "ac1"],
             "value": [measures["percent"], kappa, measures["ac1"]]}
        )
    )  # fmt: skip
    return {
        "n": int(total[(seen.sum(axis=1) >= 2)].sum()),
        "prevalence": given,
        "percent": measures["percent"],
        "kappa": kappa,
        "alpha": measures["alpha"],
        "alpha_low": low_high["alpha"][0],
        "alpha_high": low_high["alpha"][1],
        "ac1": measures["ac1"],
        "ac1_low": low_high["ac1"][0],
        "ac1_high": low_high["ac1"][1],
        "paradox": paradox,
    }


def _distinct(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different rows, and which of them each row is."""
    coders = matrix.shape[1]
    if coders > 39:  # a row no longer fits in one 64-bit number
        return np.unique(matrix, axis=0, return_inverse=True)
    # three values a coder (not read, no, yes): one number stands for a whole row
    key = (matrix + 1) @ 3 ** np.arange(coders, dtype=np.int64)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return matrix[first], inverse


def _draws(
    inverse: np.ndarray,
    weight: np.ndarray,
    cluster: np.ndarray,
    size: int,
    bootstraps: int,
    random_state: int,
) -> list[np.ndarray]:
    """Weights of the patterns in each resample; clusters are drawn where units weigh unequally."""
    random = np.random.default_rng(random_state)
    if (weight == 1).all():
        total = np.bincount(inverse, weights=weight, minlength=size)
        count = int(total.sum())
        if not count:
            return []
        drawn = random.multinomial(count, total / count, size=bootstraps)
        return [d.astype(float) for d in drawn]
    many = int(cluster.max()) + 1 if len(cluster) else 0
    if many < 2:
        return []
    by_cluster = np.zeros((many, size))
    np.add.at(by_cluster, (cluster, inverse), weight)
    picks = random.multinomial(many, np.full(many, 1 / many), size=bootstraps)
    return list(picks @ by_cluster)


def _unitising(
    codings: pd.DataFrame, pieces: pd.DataFrame, read: dict[str, set[str]]
) -> dict[str, float]:
    """1 - sum of Do / sum of De over documents, of each code and of all: a continuum each."""
    ends = pieces["offset"] + pieces["text"].str.len()
    lengths = ends.groupby(pieces["document"]).max().to_dict()
    spans: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for document, code, *span in zip(
        codings["document"], codings["code"], codings["coder"], codings["start"].astype(int),
        codings["end"].astype(int), strict=True,
    ):  # fmt: skip
        spans.setdefault((document, code), []).append((span[0], span[1], span[2]))
    observed: dict[str, float] = {}
    expected: dict[str, float] = {}
    for (document, code), own in spans.items():
        length = max(int(lengths.get(document, 0)), *(end for _, _, end in own))
        found = disagreement_on_one_code(own, length=length, coders=sorted(read[document]))
        for name in (code, OVERALL):
            observed[name] = observed.get(name, 0.0) + found[0]
            expected[name] = expected.get(name, 0.0) + found[1]
    return {
        name: 1 - observed[name] / expected[name] if expected[name] > 0 else float("nan")
        for name in expected
    }


def _sentence(table: pd.DataFrame, documents: int) -> Words:
    whole = table[table["code"] == OVERALL].iloc[0]
    codes = table[table["code"] != OVERALL]
    weak = int((codes["alpha"] < 0.667).sum())
    unit = {
        "fi": {"character": "merkkiä", "turn": "puheenvuoroa", "document": "tekstiä"},
        "en": {"character": "characters", "turn": "turns", "document": "texts"},
    }
    said = {}
    for language, template in {
        "fi": "Krippendorffin alfa on kaikkiaan {a} (95 %:n väli {i}); vertailtavana oli {d} "
        "yhteistä "
        "dokumenttia. {c} koodista {w} jää alle rajan 0,667.",
        "en": "Krippendorff's alpha is {a} over all codes (95% interval {i}), compared on {d} "
        "shared "
        "documents. Of {c} codes, {w} stay below 0.667.",
    }.items():
        said[language] = (
            template.format(
                a=number(whole["alpha"], language, decimals=2),
                i=interval(whole["alpha_low"], whole["alpha_high"], language, decimals=2),
                d=number(documents, language),
                c=len(codes),
                w=weak,
            )
            + {
                "fi": f" Yksikkönä {number(whole['n'] / max(len(codes), 1), 'fi')} "
                f"{unit['fi'][whole['unit']]}.",
                "en": f" The units are {number(whole['n'] / max(len(codes), 1))} "
                f"{unit['en'][whole['unit']]}.",
            }[language]
        )
    return Words(said)


def _warnings(table: pd.DataFrame) -> tuple[Words, ...]:
    codes = table[table["code"] != OVERALL]
    odd = codes.loc[codes["paradox"].astype(bool), "code"].tolist()
    found = []
    if odd:
        names = ", ".join(odd[:6]) + (" …" if len(odd) > 6 else "")
        found.append(
            Words(
                fi=f"Kappa ja AC1 eroavat koodeissa {names}: koodi on harvinainen, joten "
                f"koodaajat ovat "
                "enimmäkseen samaa mieltä siitä, että sitä ei ole, ja kappa rankaisee "
                "yksittäisistä "
                "eroista. Lue molemmat luvut koodin yleisyyden rinnalla.",
                en=f"Kappa and AC1 part on {names}: the code is rare, so coders mostly agree "
                f"that it "
                "is absent, and kappa punishes single differences. Read both beside the "
                "prevalence.",
            )
        )
    return tuple(found)


def valence_ratings(codings: pd.DataFrame) -> pd.DataFrame:
    """How each coder felt the same thing: one row a turn and code, one column a coder.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame with `valence`. Without `turn` a document (a comment) is the unit.

    Returns
    -------
    pandas.DataFrame
        Index `document`, `turn` (-1 where there is none), `code`; the mean valence -2..2 that each
        coder gave there, missing where they did not give the code or no valence. Only units that
        two coders or more rated. For `agreement_of_ratings` with the level `ordinal` or `interval`:
        do coders who find the same thing also hear the same feeling in it?

    Raises
    ------
    FrameError
        There is no valence, or no unit that two coders rated.
    """
    check_frame(codings, "codings")
    if "valence" not in codings.columns:
        raise FrameError(
            "The codings have no valence.",
            expected="a column valence",
            found=", ".join(map(str, codings.columns)),
        )
    rows = codings.assign(
        turn=filled(codings, "turn").astype("Int64").fillna(-1).astype("int64"),
        valence=codings["valence"].astype("Float64").astype("float64"),
    ).dropna(subset=["valence"])
    found = rows.pivot_table(
        index=["document", "turn", "code"], columns="coder", values="valence", aggfunc="mean"
    )
    found = found[found.notna().sum(axis=1) >= 2]
    if not len(found):
        raise FrameError(
            "No turn and code was given a valence by two coders.",
            expected="codings of two coders on the same turns, with valence",
            found="none",
        )
    return found
