"""Steady pseudonyms: one for each person in the whole study, and the text written with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..model import moved_range
from .name_forms import fictional_name, same_ending
from .names import NameStems
from .redaction import PERSON, find_personal

__all__ = ["PseudonymKey", "move_span", "pseudonymise"]

_LABELS: dict[str, dict[str, str]] = {
    "person": {"fi": "H", "en": "P", "sv": "P"},
    "organisation": {"fi": "yritys", "en": "company", "sv": "företag"},
    "place": {"fi": "paikka", "en": "place", "sv": "plats"},
    "name": {"fi": "nimi", "en": "name", "sv": "namn"},
    "phone": {"fi": "puhelin", "en": "phone", "sv": "telefon"},
    "email": {"fi": "sähköposti", "en": "e-mail", "sv": "e-post"},
    "url": {"fi": "verkko-osoite", "en": "web address", "sv": "webbadress"},
    "hetu": {"fi": "henkilötunnus", "en": "identity code", "sv": "personbeteckning"},
    "personnummer": {"fi": "henkilötunnus", "en": "identity code", "sv": "personnummer"},
    "iban": {"fi": "tilinumero", "en": "account number", "sv": "kontonummer"},
    "card": {"fi": "korttinumero", "en": "card number", "sv": "kortnummer"},
    "business_id": {"fi": "Y-tunnus", "en": "business id", "sv": "FO-nummer"},
    "birth": {"fi": "syntymäaika", "en": "date of birth", "sv": "födelsedatum"},
    "address": {"fi": "osoite", "en": "address", "sv": "adress"},
    "postcode": {"fi": "postiosoite", "en": "postal address", "sv": "postadress"},
    "plate": {"fi": "rekisterinumero", "en": "plate", "sv": "registernummer"},
    "handle": {"fi": "nimimerkki", "en": "user name", "sv": "användarnamn"},
    "customer_number": {"fi": "asiakasnumero", "en": "customer number", "sv": "kundnummer"},
}
_REPLACED = ["start", "end", "new_start", "new_end", "kind", "pseudonym", "source", "verified"]
_TAKES_ENDING = re.compile(
    r"^(?:n|a|ä|ta|tä|ssa|ssä|sta|stä|lla|llä|lle|lta|ltä|ksi|na|nä|en|kin|han|hän)$"
)


@dataclass
class PseudonymKey:
    """Which pseudonym stands for whom, in the whole study. Kept in the study file, never exported.

    `persons` maps a canonical name (lower case) to its label; `others` does so by kind. `style`
    "labels" gives "H3", "names" a fictional name that bends like the real one (Virtasen: Koskisen)
    and "H3" where there is none of its kind.
    """

    language: str = "fi"
    persons: dict[str, str] = field(default_factory=dict)
    others: dict[str, dict[str, str]] = field(default_factory=dict)
    style: str = "labels"

    def label(self, kind: str, canonical: str) -> str:
        """The steady pseudonym; a new one is minted in order of appearance."""
        word = _LABELS.get(kind, {}).get(self.language) or _LABELS.get(kind, {}).get("en", kind)
        canonical = canonical.lower()
        if kind == PERSON:
            return self.persons.setdefault(
                canonical, f"{word}{len(set(self.persons.values())) + 1}"
            )
        if kind in ("organisation", "place", "name"):
            table = self.others.setdefault(kind, {})
            return table.setdefault(canonical, f"[{word} {len(set(table.values())) + 1}]")
        return f"[{word}]"

    def fictional(self, name: str) -> str | None:
        """The fictional name that stands for a first or last name in the whole study, or None."""
        table = self.others.setdefault("fictional", {})
        if name not in table:
            real = {part for person in self.persons for part in person.split()}
            drawn = fictional_name(name, {*table.values(), *real})
            if drawn is None:
                return None
            table[name] = drawn
        return table[name]


def pseudonymise(
    text: str,
    *,
    key: PseudonymKey | None = None,
    language: str = "fi",
    found: pd.DataFrame | None = None,
    **how: Any,
) -> tuple[str, pd.DataFrame]:
    """A text with personal words replaced by steady pseudonyms.

    Parameters
    ----------
    text : str
        Normalised text.
    key : PseudonymKey, optional
        The study's key: the same person gets the same pseudonym in every text read with it.
    language : str
        Of the text, and of the pseudonyms where no key is given.
    found : pandas.DataFrame, optional
        What to replace, with the columns that `find_personal` gives; nothing else is looked for.
    **how
        `known_names`, `keep`, `thorough`, `leave`, `customer_number`, `entities`, as in
        `find_personal`.

    Returns
    -------
    text : str
        "H1" for a person ("H1:lle" where the name carried a case ending), "[yritys 1]",
        "[puhelin]" and so on, in the key's language.
    replacements : pandas.DataFrame
        `start`, `end` in the old text and `new_start`, `new_end` in the new one, so that
        quotations can be moved with the text; `kind`, `pseudonym`, `source`, `verified`. The old
        words are not in it.
    """
    key = key if key is not None else PseudonymKey(language)
    if found is None:
        found = find_personal(text, language=language, **how)
    known = _same_person(key)
    pieces: list[str] = []
    replacements: list[tuple[int, int, int, int, str, str, str, bool]] = []
    at = length = 0
    for row in found.itertuples(index=False):
        canonical = known(row.canonical) if row.kind == PERSON else row.canonical
        name = key.label(row.kind, canonical)
        if row.kind == PERSON:
            name = _written(text[row.start : row.end], row.ending, canonical, name, key)
        pieces += [text[at : row.start], name]
        length += row.start - at
        place = (row.start, row.end, length, length + len(name))
        replacements.append((*place, row.kind, name, row.source, bool(row.verified)))
        length += len(name)
        at = row.end
    return "".join([*pieces, text[at:]]), pd.DataFrame(replacements, columns=_REPLACED)


def _written(found: str, ending: str, canonical: str, label: str, key: PseudonymKey) -> str:
    """A person's pseudonym as this place needs it: with the case ending that the name carried."""
    if key.style == "names":
        bases, forms = canonical.split(), found.split()
        drawn = [key.fictional(base) for base in bases]
        if drawn and all(drawn):
            pairs = zip(forms, bases[-len(forms) :], drawn[-len(forms) :], strict=False)
            if len(forms) == 1:  # a lone word of a full name: which part it is, its form says
                pairs = zip(forms * len(bases), bases, drawn, strict=True)
            names = [same_ending(form, base, str(name)) or "" for form, base, name in pairs]
            names = [n for n in names if n][:1] if len(forms) == 1 else names
            if names and all(names):
                return " ".join(names)
    if key.language == "fi" and _TAKES_ENDING.match(ending):
        return f"{label}:{ending}"
    return label


def _same_person(key: PseudonymKey) -> Callable[[str], str]:
    """Which person of the key a name means: itself, or the only one that it may be.

    Two ways of writing are one person when their last names are forms of one name and the first
    names are too, or one is the other's initial ("M. Virtanen", "Matti V."), or one is missing.
    A lone first or last name is the person who bears it while the key holds only one such; where
    it holds two, the lone name stays a person of its own.
    """

    def canonical(name: str) -> str:
        if name in key.persons:
            return name
        fits = [known for known in key.persons if _may_be(name.split(), known.split())]
        return fits[0] if len({key.persons[k] for k in fits}) == 1 else name

    return canonical


def _may_be(one: list[str], other: list[str]) -> bool:
    if not one or not other:
        return False
    if len(one) > 1 and len(other) > 1:
        return _same_part(one[-1], other[-1]) and _same_part(one[0], other[0])
    lone, full = (one, other) if len(one) == 1 else (other, one)
    return any(_same_part(lone[0], part) for part in full if len(part) > 1)


def _same_part(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    short, long = sorted((one, other), key=len)
    return one == other or any(
        NameStems([(base, base)]).find(form) is not None
        for base, form in ((short, long), (long, short))
    )


def move_span(replacements: pd.DataFrame, start: int, end: int) -> tuple[int, int]:
    """Where a range of the old text stands in the pseudonymised one.

    Parameters
    ----------
    replacements : pandas.DataFrame
        The second result of `pseudonymise`.
    start, end : int
        A range of the old text (code points, end exclusive).

    Returns
    -------
    tuple of int
        The range in the new text. A range that begins or ends inside a replaced name takes the
        whole pseudonym in, so that no half of it is cut off.
    """
    length = replacements["new_end"] - replacements["new_start"]
    columns = (replacements["start"], replacements["end"], length)
    return moved_range(start, end, zip(*(c.tolist() for c in columns), strict=True))
