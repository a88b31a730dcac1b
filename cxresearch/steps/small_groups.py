"""Small groups: combinations of attributes that so few respondents share that they are known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..model import Finding, SettingsError, Words, check_frame, number, percent
from .features import key_of_respondents

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["rare_combinations", "small_groups"]

_MOST_VALUES = 30


def rare_combinations(
    respondents: pd.DataFrame,
    *,
    attributes: Sequence[str] | None = None,
    k: int = 5,
    most_attributes: int = 3,
) -> Finding:
    """Combinations of attributes that fewer than k respondents share (k-anonymity).

    Somebody who knows a few facts about a person can find that person's row when few rows have
    these facts. Each rare combination is listed once, by the fewest attributes that make it rare:
    what contains a rarer part is rare as well and is not repeated.

    Parameters
    ----------
    respondents : pandas.DataFrame
        Contract `respondents`, with one column an attribute.
    attributes : sequence of str, optional
        Columns that an outsider might know. By default the kind and all columns of words with at
        most 30 values; numbers and free text are left out and named in a warning.
    k : int
        Groups below this size are rare; 5 by default.
    most_attributes : int
        How many attributes an outsider may know at once, 1 to 4.

    Returns
    -------
    Finding
        `table`: `attributes` and `values` (joined by " + "), `n` (how many respondents share them),
        rarest first. Details: `respondents` (n), `in_rare` (respondents with at least one rare
        combination), `smallest` (size of the smallest group over all attributes at once, an
        empty cell being a value of its own), `attributes`, `left_out`. All respondents of
        the study are counted, so there is no interval.

    Raises
    ------
    SettingsError
        An attribute is no column, `k` is below 2 or `most_attributes` is not 1 … 4.

    Notes
    -----
    An empty cell matches nothing: combinations with it are not counted. The report says nothing of
    what outsiders really know, and hides nothing by itself. Group sizes over all attributes were
    checked against pycanon 1.3.6, `pycanon.anonymity.k_anonymity(data, quasi_identifiers)`.

    References
    ----------
    Sweeney, L. (2002). k-anonymity: a model for protecting privacy. International Journal of
    Uncertainty, Fuzziness and Knowledge-Based Systems 10(5). doi:10.1142/S0218488502001648
    """
    check_frame(respondents, "respondents")
    chosen, left_out = _chosen(respondents, attributes)
    if k < 2 or not 1 <= most_attributes <= 4:
        raise SettingsError(
            "Rare groups can't be looked for like this.",
            expected="k >= 2 and 1 <= most_attributes <= 4",
            found=f"k = {k}, most_attributes = {most_attributes}",
        )
    frame = respondents[chosen].astype("object").reset_index(drop=True)
    rows, exposed = _rare(frame, chosen, k, most_attributes)
    table = pd.DataFrame(rows, columns=["attributes", "values", "n"]).astype({"n": "int64"})
    table = table.sort_values(["n", "attributes", "values"], kind="stable", ignore_index=True)
    whole = pd.Series(dtype=int)
    if chosen:
        whole = frame.groupby(chosen, observed=True, dropna=False).size()
    facts = {
        "respondents": len(frame),
        "in_rare": int(exposed.sum()),
        "smallest": int(whole.min()) if len(whole) else 0,
        "k": k,
        "attributes": chosen,
        "left_out": left_out,
    }
    return Finding(table, _sentences(len(table), facts), _warnings(left_out), facts)


def _chosen(
    respondents: pd.DataFrame, attributes: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    columns = [c for c in respondents.columns if c not in ("respondent", "customer")]
    if attributes is not None:
        strange = [a for a in attributes if a not in respondents.columns]
        if strange:
            raise SettingsError(
                "The respondents have no such attribute.",
                expected=", ".join(columns),
                found=", ".join(strange),
            )
        return list(attributes), []
    kept = []
    for name in columns:
        words = not pd.api.types.is_numeric_dtype(respondents[name].infer_objects())
        words = words and not pd.api.types.is_datetime64_any_dtype(respondents[name])
        if (words and respondents[name].nunique() <= _MOST_VALUES) or (
            pd.api.types.is_bool_dtype(respondents[name])
        ):
            kept.append(name)
    return kept, [c for c in columns if c not in kept]


def _rare(
    frame: pd.DataFrame, chosen: list[str], k: int, most: int
) -> tuple[list[tuple[str, str, int]], pd.Series]:
    """Minimal rare combinations, smallest sets of attributes first, and whom they expose."""
    rows: list[tuple[str, str, int]] = []
    rare_in: dict[frozenset[str], pd.Series] = {}
    exposed = pd.Series(False, index=frame.index)
    for size in range(1, min(most, len(chosen)) + 1):
        for names in combinations(chosen, size):
            given = frame[list(names)].notna().all(axis=1)
            n = frame[given].groupby(list(names), observed=True)[names[0]].transform("size")
            rare = n.reindex(frame.index).lt(k).fillna(False) & given
            parts = pd.Series(False, index=frame.index)
            for part, mask in rare_in.items():
                if part < frozenset(names):
                    parts |= mask
            rare_in[frozenset(names)] = rare
            exposed |= rare
            fresh = frame[list(names)].assign(_n=n)[rare & ~parts]
            for row in fresh.drop_duplicates(list(names)).itertuples(index=False, name=None):
                rows.append((" + ".join(names), " + ".join(map(str, row[:-1])), int(row[-1])))
    return rows, exposed


def _sentences(found: int, facts: dict[str, Any]) -> Words:
    n, exposed, k, smallest = (facts[x] for x in ("respondents", "in_rare", "k", "smallest"))
    share = exposed / n if n else 0.0
    return Words(
        fi=f"{number(found, 'fi')} ominaisuuksien yhdistelmää on harvinaisia: niissä on alle {k} "
        f"vastaajaa. Ne koskevat {number(exposed, 'fi')} vastaajaa {number(n, 'fi')}:sta "
        f"({percent(share, 'fi')}); pienimmässä ryhmässä kaikkien ominaisuuksien mukaan on "
        f"{smallest}.",
        en=f"{number(found)} combinations of attributes are rare: fewer than {k} respondents share "
        f"them. They concern {number(exposed)} of {number(n)} respondents ({percent(share)}); the "
        f"smallest group over all attributes has {smallest}.",
    )


def _warnings(left_out: list[str]) -> tuple[Words, ...]:
    if not left_out:
        return ()
    names = ", ".join(left_out)
    return (
        Words(
            fi=f"Laskematta jäivät luvut, päivät ja moniarvoiset sarakkeet: {names}. Nekin voivat "
            "paljastaa vastaajan.",
            en=f"Numbers, dates and columns of many values were not counted: {names}. They may "
            "give a respondent away as well.",
        ),
    )


def small_groups(
    study: Study, *, attributes: Sequence[str] | None = None, k: int | None = None
) -> Finding:
    """Rare combinations among a study's respondents, with the attributes of their customers.

    Parameters
    ----------
    study : Study
    attributes : sequence of str, optional
        As in `rare_combinations`; columns of the customer table may be named too.
    k : int, optional
        `[privacy] k` of study.toml when not given.

    Returns
    -------
    Finding
        As `rare_combinations`. The values in the table may point to single people: keep it inside.
    """
    people = study.respondents()
    customers = study.customers()
    if len(customers):
        part = study.settings.customers
        facts = [a for a in (part.attributes if part else []) if a in customers]
        extra = customers[["customer", *[a for a in facts if a not in people]]]
        keys = people["respondent"].map(key_of_respondents(study)).to_numpy()
        extra = extra.set_index("customer").reindex(keys).reset_index(drop=True)
        people = pd.concat([people.reset_index(drop=True), extra], axis=1)
    wanted = k if k is not None else study.settings.privacy.k
    return rare_combinations(people, attributes=attributes, k=wanted)
