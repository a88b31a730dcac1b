"""Saturation after Guest, Namey & Chen (2020): how much the last interviews still added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..model import Finding, FrameError, Words, check_frame, interval, percent
from .passages import texts_by

__all__ = ["new_codes_by_document", "saturation", "saturation_by_group"]


def new_codes_by_document(codings: pd.DataFrame, *, order: Sequence[str]) -> pd.DataFrame:
    """Codes seen for the first time in each document.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    order : sequence of str
        Documents in the order in which they were held or analysed; documents without codings
        count as adding nothing.

    Returns
    -------
    pandas.DataFrame
        `position` (from 1), `document`, `codes` (different codes in it), `new`, `cumulative`.
    """
    seen: set[str] = set()
    by_document = codings.groupby("document")["code"].agg(set).to_dict()
    rows = []
    for position, document in enumerate(order, start=1):
        own = by_document.get(document, set())
        new = own - seen
        seen |= own
        rows.append((position, document, len(own), len(new), len(seen)))
    return pd.DataFrame(rows, columns=["position", "document", "codes", "new", "cumulative"])


def saturation(
    codings: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    base: int = 4,
    run: int = 2,
    threshold: float = 0.05,
    bootstraps: int = 1000,
    random_state: int = 0,
) -> Finding:
    """After how many interviews the share of new codes falls to the threshold.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame of the documents of one kind (interviews).
    order : sequence of str, optional
        Documents in order; order of first appearance otherwise.
    base : int
        First documents, whose different codes are the base.
    run : int
        Documents in a run. The paper speaks of base 4 to 6, run 2 or 3.
    threshold : float
        New codes in a run / codes in the base at which saturation is called: 0.05 or 0.
    bootstraps : int
        Random orders of the documents, drawn without putting back (another order of the same
        interviews, not other interviews).
    random_state : int
        Seed of the orders.

    Returns
    -------
    Finding
        One row a document: `position`, `document`, `codes`, `new`, `cumulative`, `run_new`
        (codes new in the run that ends here), `ratio` (run_new / base codes; missing before the
        first whole run), `curve_mean`, `curve_low`, `curve_high` (cumulative codes over the random
        orders, 95 %). `details`: `base_codes`, `reached` (documents heard before the run that met
        the threshold, or None), `notation` ("6+2": reached + run), `by_order` (reached over the
        orders; NaN where never), `share_reached`.

    Raises
    ------
    FrameError
        Fewer documents than base + run.

    Notes
    -----
    Runs overlap by all but one document and start right after the base. Codes of the base count
    all different codes of its documents. The rule is that of doi 10.1371/journal.pone.0232076.
    Saturation of codes is not saturation of meaning, and depends on how finely one codes.
    """
    check_frame(codings, "codings")
    documents = list(order) if order is not None else list(codings["document"].unique())
    if len(documents) < base + run:
        raise FrameError(
            "There are too few documents to tell saturation.",
            expected=f"at least base + run = {base + run} documents",
            found=str(len(documents)),
            next_step="Use a smaller base or run, or hold more interviews.",
        )
    table = new_codes_by_document(codings, order=documents)
    table["run_new"], table["ratio"], base_codes, reached = _runs(
        table["new"].to_numpy(), base, run, threshold
    )
    curves, by_order = _orders(codings, documents, (base, run, threshold), bootstraps, random_state)
    table["curve_mean"] = curves.mean(axis=0)
    table["curve_low"], table["curve_high"] = np.quantile(curves, [0.025, 0.975], axis=0)
    details: dict[str, Any] = {
        "base_codes": base_codes,
        "base": base,
        "run": run,
        "threshold": threshold,
        "reached": reached,
        "notation": None if reached is None else f"{reached}+{run}",
        "by_order": by_order,
        "share_reached": float(np.isfinite(by_order).mean()),
    }
    return Finding(table, _sentence(table, details), _warnings(details), details)


def saturation_by_group(
    codings: pd.DataFrame,
    texts: pd.DataFrame,
    *,
    by: str,
    rule: tuple[int, int, float] = (4, 2, 0.05),
    bootstraps: int = 1000,
    random_state: int = 0,
) -> Finding:
    """Whether each group (segment, kind, industry) has been heard enough, and what each adds.

    Parameters
    ----------
    codings : pandas.DataFrame
        A `codings` frame.
    texts : pandas.DataFrame
        `document` and the column `by`, one row a document in the order in which they were held.
    by : str
        The column of groups. Documents without a group are left out.
    rule : tuple
        Base, run and threshold, as in `saturation`.
    bootstraps, random_state
        As in `saturation`.

    Returns
    -------
    Finding
        One row a group, in the order of their first documents: the group, `documents`, `codes`
        (different ones), `own` (codes that no other group has), `new` (codes that no group before
        it had), `base_codes`, `reached`, `notation`, `last_ratio` (new codes of its last run / base
        codes), `share_reached` (of random orders). The last five are missing where a group has
        fewer documents than base + run. `details["by_document"]`: `new_codes_by_document` of each
        group, with the group; `new_in_study` counts codes new to the whole study in the order of
        `texts`.

    Raises
    ------
    FrameError
        The column `by` is not there.
    """
    check_frame(codings, "codings")
    known = texts_by(texts, by)
    codes_of = {
        group: set(codings.loc[codings["document"].isin(own["document"]), "code"])
        for group, own in known.groupby(by, sort=False)
    }
    columns = [by, "documents", "codes", "own", "new", "base_codes", "reached", "notation",
               "last_ratio", "share_reached"]  # fmt: skip
    rows = []
    before: set[str] = set()
    for group, own in known.groupby(by, sort=False):
        others: set[str] = set().union(*(c for g, c in codes_of.items() if g != group))
        mine = codes_of[group]
        counts = (group, len(own), len(mine), len(mine - others), len(mine - before))
        tested = _tested(codings, own["document"].tolist(), rule, bootstraps, random_state)
        rows.append({**dict(zip(columns[:5], counts, strict=True)), **tested})
        before |= mine
    table = pd.DataFrame(rows, columns=columns)
    return Finding(
        table,
        _group_sentence(table, rule),
        _small_groups(table, by, rule),
        {"by_document": _group_curves(codings, known, by)},
    )


def _tested(
    codings: pd.DataFrame, order: list[str], rule: tuple[int, int, float], bootstraps: int,
    random_state: int,
) -> dict[str, object]:  # fmt: skip
    """Saturation of one group; nothing where it has too few documents."""
    base, run, threshold = rule
    if len(order) < base + run:
        return {}
    found = saturation(
        codings, order=order, base=base, run=run, threshold=threshold,
        bootstraps=bootstraps, random_state=random_state,
    )  # fmt: skip
    told = {n: found.details[n] for n in ("base_codes", "reached", "notation", "share_reached")}
    return {**told, "last_ratio": float(found.table["ratio"].iloc[-1])}


def _group_curves(codings: pd.DataFrame, known: pd.DataFrame, by: str) -> pd.DataFrame:
    whole = new_codes_by_document(codings, order=known["document"].tolist())
    in_study = whole.set_index("document")["new"]
    curves = [
        new_codes_by_document(codings, order=own["document"].tolist()).assign(**{by: group})
        for group, own in known.groupby(by, sort=False)
    ]
    joined = pd.concat(curves, ignore_index=True) if curves else whole
    return joined.assign(new_in_study=joined["document"].map(in_study))


def _group_sentence(table: pd.DataFrame, rule: tuple[int, int, float]) -> Words:
    tested = table[table["base_codes"].notna()]
    reached = int(tested["reached"].notna().sum())
    alone = int((table["own"] > 0).sum())
    return Words(
        fi=f"Ryhmiä on {len(table)}; kyllääntymistä voi arvioida {len(tested)} ryhmässä (vähintään "
        f"{rule[0] + rule[1]} dokumenttia), ja se saavutettiin niistä {reached} ryhmässä (raja "
        f"{percent(rule[2], 'fi')}). Koodeja, joita muilla ei ole, on {alone} ryhmällä.",
        en=f"There are {len(table)} groups; saturation can be judged in {len(tested)} of them (at "
        f"least {rule[0] + rule[1]} documents) and was reached in {reached} (threshold "
        f"{percent(rule[2])}). Groups with codes that no other group has: {alone}.",
    )


def _small_groups(table: pd.DataFrame, by: str, rule: tuple[int, int, float]) -> tuple[Words, ...]:
    small = [str(g) for g in table.loc[table["base_codes"].isna(), by]]
    if not small:
        return ()
    names = ", ".join(small[:6]) + (" …" if len(small) > 6 else "")
    return (
        Words(
            fi=f"Alle {rule[0] + rule[1]} dokumentin ryhmistä ei voi sanoa, riittävätkö ne: "
            f"{names}.",
            en=f"Groups of fewer than {rule[0] + rule[1]} documents can't be judged: {names}.",
        ),
    )


def _runs(
    new: np.ndarray, base: int, run: int, threshold: float
) -> tuple[np.ndarray, np.ndarray, int, int | None]:
    """New codes of each run that ends at a document, its ratio, and where the threshold was met."""
    base_codes = int(new[:base].sum())
    size = len(new)
    run_new = np.full(size, np.nan)
    for end in range(base + run, size + 1):
        run_new[end - 1] = new[end - run : end].sum()
    ratio = run_new / base_codes if base_codes else np.full(size, np.nan)
    met = np.flatnonzero(ratio <= threshold + 1e-12)
    return run_new, ratio, base_codes, int(met[0]) + 1 - run if len(met) else None


def _orders(
    codings: pd.DataFrame,
    documents: list[str],
    rule: tuple[int, int, float],
    bootstraps: int,
    random_state: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative codes and the saturation point over random orders of the documents."""
    random = np.random.default_rng(random_state)
    inside = codings[codings["document"].isin(documents)]
    row = pd.Index(documents).get_indexer(inside["document"])
    column, codes = pd.factorize(inside["code"])
    has = np.zeros((len(documents), max(len(codes), 1)), dtype=bool)
    has[row, column] = True
    curves = np.zeros((max(bootstraps, 1), len(documents)))
    reached = np.full(max(bootstraps, 1), np.nan)
    for number_of in range(len(curves)):
        order = random.permutation(len(documents)) if bootstraps else np.arange(len(documents))
        curves[number_of] = np.logical_or.accumulate(has[order], axis=0).sum(axis=1)
        point = _runs(np.diff(curves[number_of], prepend=0), *rule)[3]
        reached[number_of] = np.nan if point is None else point
    return curves, reached


def _sentence(table: pd.DataFrame, details: dict[str, Any]) -> Words:
    n, codes = len(table), int(table["cumulative"].iloc[-1])
    reached, run = details["reached"], details["run"]
    last = table["ratio"].iloc[-1]
    by_order = np.asarray(details["by_order"], dtype=float)
    known = by_order[np.isfinite(by_order)]
    if reached is None:
        return Words(
            fi=f"Kyllääntymistä ei saavutettu {n} dokumentissa: viimeiset {run} toivat vielä "
            f"{percent(last, 'fi')} peruskoodeihin nähden (raja "
            f"{percent(details['threshold'], 'fi')}). "
            f"Koodeja on {codes}.",
            en=f"Saturation was not reached in {n} documents: the last {run} still added "
            f"{percent(last)} of the base codes (threshold {percent(details['threshold'])}). "
            f"There are {codes} codes.",
        )
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    spread_fi, spread_en = f"välille {interval(low, high, 'fi')}", f"at {interval(low, high)}"
    if low == high:
        spread_fi, spread_en = f"aina kohtaan {low:g}", f"at {low:g} every time"
    return Words(
        fi=f"Kyllääntyminen saavutettiin {reached} dokumentin jälkeen (merkintä "
        f"{details['notation']}, raja "
        f"{percent(details['threshold'], 'fi')}): seuraavat {run} eivät tuoneet juuri uusia "
        f"koodeja. "
        f"Satunnaisissa järjestyksissä piste osuu {spread_fi}. "
        f"Dokumentteja on {n} ja "
        f"koodeja {codes}.",
        en=f"Saturation was reached after {reached} documents (written {details['notation']}, "
        f"threshold "
        f"{percent(details['threshold'])}): the next {run} added next to no new codes. In "
        f"random orders "
        f"the point falls {spread_en}. There are {n} documents and {codes} "
        f"codes.",
    )


def _warnings(details: dict[str, Any]) -> tuple[Words, ...]:
    share = float(details["share_reached"])
    if share >= 0.9:
        return ()
    return (
        Words(
            fi=f"Raja saavutetaan vain {percent(share, 'fi')}:ssa satunnaisista järjestyksistä: "
            f"tulos riippuu siitä, "
            "missä järjestyksessä haastattelut luettiin.",
            en=f"The threshold is met in only {percent(share)} of random orders: the result "
            f"depends on the "
            f"order in which the interviews were read.",
        ),
    )
