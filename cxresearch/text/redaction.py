"""Personal text found and replaced by steady pseudonyms; a person confirms before publishing."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from .codes import find_codes
from .compounds import voikko_words
from .names import FIRST_NAMES, NameStems, name_stems

__all__ = ["PseudonymKey", "find_personal", "pseudonymise"]

PERSON = "person"
_LABELS: dict[str, dict[str, str]] = {
    "person": {"fi": "H", "en": "P", "sv": "P"},
    "organisation": {"fi": "yritys", "en": "company", "sv": "företag"},
    "place": {"fi": "paikka", "en": "place", "sv": "plats"},
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
_WORD = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*")
_OPENING = re.compile(
    r"(?i:\b(?:nimeni on|nimi on|mun nimi on|terv(?:eisin|\.)?|yst\. ?terv\.?|my name is|"
    r"i am called|regards|"
    r"jag heter|mitt namn är|hälsningar|mvh|mr\.?|mrs\.?|ms\.?|herra|rouva|neiti))[ ,:]{1,3}$"
)
_NO_SECRET = frozenset(
    """excel word teams google facebook whatsapp linkedin instagram iphone android windows outlook
    youtube netflix suomi ruotsi finland sverige eurooppa pohjoismaat joulu juhannus pääsiäinen
    internet bluetooth wifi""".split()
)
_REPLACED = ["start", "end", "new_start", "new_end", "kind", "pseudonym", "source", "verified"]
_ALSO_WORDS = frozenset(
    "onni toivo helmi satu taru suvi vieno touko armas ilona mark tuuli usko sade aamu".split()
)
_TAKES_ENDING = re.compile(
    r"^(?:n|a|ä|ta|tä|ssa|ssä|sta|stä|lla|llä|lle|lta|ltä|ksi|na|nä|en|kin|han|hän)$"
)
_LONGEST_REST = 7  # letters that a form may be longer than the name's stem


@dataclass
class PseudonymKey:
    """Which pseudonym stands for whom, in the whole study. Kept in the study file, never exported.

    `persons` maps a canonical name (lower case) to its label; `others` does so by kind.
    """

    language: str = "fi"
    persons: dict[str, str] = field(default_factory=dict)
    others: dict[str, dict[str, str]] = field(default_factory=dict)

    def label(self, kind: str, canonical: str) -> str:
        """The steady pseudonym; a new one is minted in order of appearance."""
        word = _LABELS.get(kind, {}).get(self.language) or _LABELS.get(kind, {}).get("en", kind)
        canonical = canonical.lower()
        if kind == PERSON:
            return self.persons.setdefault(
                canonical, f"{word}{len(set(self.persons.values())) + 1}"
            )
        if kind in ("organisation", "place"):
            table = self.others.setdefault(kind, {})
            return table.setdefault(canonical, f"[{word} {len(set(table.values())) + 1}]")
        return f"[{word}]"


def find_personal(
    text: str,
    *,
    known_names: Iterable[str] | Mapping[str, str] = (),
    keep: Iterable[str] = (),
    thorough: bool = True,
    language: str = "fi",
    customer_number: str | None = None,
    entities: Callable[[str], Iterable[tuple[int, int, str]]] | None = None,
) -> pd.DataFrame:
    """Names, contacts and codes in a text, for a person to accept or reject.

    Parameters
    ----------
    text : str
        Normalised text.
    known_names : iterable of str, or mapping of name to kind
        The study's own list: people who took part, staff, companies. "Maija Virtanen" covers
        Maija, Virtanen and both in all cases. A mapping gives the kind: person, organisation,
        place.
    keep : iterable of str
        Names that are no secret: the company, its products and services; in all their cases.
    thorough : bool
        Also takes capitalised words that no dictionary knows for names, and in Finnish and Swedish
        every capital inside a sentence. Finds most foreign and rare names, and many that are
        none: fit for what will be published or sent out.
    language : str
        Of the text.
    customer_number : str, optional
        A regular expression for the study's customer numbers.
    entities : callable, optional
        Named entities of the full tier: text to (start, end, kind).

    Returns
    -------
    pandas.DataFrame
        `start`, `end` (code points), `kind`, `canonical` (whom or what it means, lower case),
        `ending` (Finnish case ending that the name carries), `source` (known name, code, first
        name,
        introduced, Voikko, entity, unknown word, capital,
        neighbour, repeated), `verified` (False: wrong check digit).
        In order, not overlapping.

    Notes
    -----
    Codes and names on the list are found in every form that the rules make; other names are
    guesses from several sources and some stay unseen. On the test half of the Turku NER corpus
    (51 documents with persons, every kind replaced counts): 92 % of the words of persons' names
    found, a leak in 31 % of documents; with the full tier's entities 95 % and 18 %. Two of
    three words found so are no person's name. Nothing is published unread.
    """
    found = [(s.start, s.end, s.kind, "", "", "code", s.verified) for s in find_codes(text)]
    if customer_number is not None:
        found += [
            (m.start(), m.end(), "customer_number", "", "", "code", True)
            for m in re.finditer(customer_number, text)
        ]
    taken = sorted(found)
    words = [
        (m.start(), m.end(), m.group())
        for m in _WORD.finditer(text)
        if all(m.end() <= row[0] or row[1] <= m.start() for row in taken)
    ]
    people = _Names(known_names)
    kept = NameStems((part, name) for name in keep for part in _WORD.findall(name))
    hits = _guessed(text, words, people, entities)
    if thorough:
        hits |= _strange(text, words, hits, capitals=language != "en")
    _neighbours(text, words, hits)
    _repeated(words, hits)
    for number in [n for n in hits if hits[n][3] != "known name" and kept.find(words[n][2])]:
        del hits[number]
    for number, (kind, canonical, ending, source) in sorted(hits.items()):
        start, end, _ = words[number]
        found.append((start, end, kind, canonical, ending, source, True))
    rows = _without_overlap(found)
    return pd.DataFrame(
        _joined(text, rows),
        columns=["start", "end", "kind", "canonical", "ending", "source", "verified"],
    )


_Hit = tuple[str, str, str, str]
_Row = tuple[int, int, str, str, str, str, bool]


class _Names:
    """The study's list: each part of each name by its stems, and the kind of each entry."""

    def __init__(self, known: Iterable[str] | Mapping[str, str]) -> None:
        kinds = dict(known) if isinstance(known, Mapping) else dict.fromkeys(known, PERSON)
        self.kinds = {name.lower(): kind for name, kind in kinds.items()}
        parts = [
            (part, name.lower())
            for name in sorted(kinds, key=lambda n: (-n.count(" "), n))
            for part in _WORD.findall(name)
            if len(part) > 1
        ]
        self.stems = NameStems(parts)
        self.parts = [(p.lower(), name) for p, name in parts]

    def long_prefix(self, word: str) -> str | None:
        """A capitalised word that begins like a long name on the list, in a form no rule made."""
        low = word.lower()
        for part, name in self.parts:
            stem = part[:-2]
            if len(part) >= 6 and low.startswith(stem) and len(low) - len(stem) <= _LONGEST_REST:
                return name
        return None


def _listed(words: list[tuple[int, int, str]], people: _Names) -> dict[int, _Hit]:
    hits: dict[int, _Hit] = {}
    if not len(people.stems):
        return hits
    for number, (_, _, word) in enumerate(words):
        for piece in (word, *word.split("-")) if "-" in word else (word,):
            match = people.stems.find(piece)
            capital = piece[:1].isupper()
            if match is not None and not capital and _is_common_word(piece.lower()):
                match = None  # "onni suosi": the word, not the man
            name = match[0] if match else (people.long_prefix(piece) if capital else None)
            if name is not None:
                ending = match[1] if match else ""
                hits[number] = (people.kinds[name], name, ending, "known name")
                break
    return hits


@lru_cache(maxsize=50_000)
def _is_common_word(low: str) -> bool:
    """Whether a lower-case word stands in the dictionary as a common word."""
    from .lemmas import dictionary_has

    return dictionary_has(low, "fi") or dictionary_has(low, "en")


@lru_cache(maxsize=1)
def _first_names() -> NameStems:
    return NameStems((name, name) for name in sorted(FIRST_NAMES))


def _guessed(
    text: str,
    words: list[tuple[int, int, str]],
    people: _Names,
    entities: Callable[[str], Iterable[tuple[int, int, str]]] | None,
) -> dict[int, _Hit]:
    hits: dict[int, _Hit] = {}
    listed = _listed(words, people)
    for number, (start, _, word) in enumerate(words):
        if number in listed:
            continue
        introduced = _OPENING.search(text[max(0, start - 40) : start])
        if introduced and (word[0].isupper() or not _is_common_word(word.lower())):
            hits[number] = (PERSON, word.lower(), "", "introduced")
        elif word[0].isupper() and len(word) > 2:
            hit = _by_lists(word, first_in_sentence=_opens_sentence(text, start))
            if hit is not None:
                hits[number] = hit
    for start, end, kind in entities(text) if entities is not None else ():
        for number, (a, b, word) in enumerate(words):
            free = number not in listed and number not in hits
            if free and start <= a and b <= end and word[0].isupper():
                hits[number] = (kind, word.lower(), "", "entity")
    return hits | listed


def _strange(
    text: str, words: list[tuple[int, int, str]], hits: dict[int, _Hit], *, capitals: bool
) -> dict[int, _Hit]:
    """Capitalised words that nobody knows, and capitals inside a sentence; acronyms left out."""
    found: dict[int, _Hit] = {}
    for number, (start, _, word) in enumerate(words):
        low = word.lower()
        if number in hits or not word[0].isupper() or len(word) < 3:
            continue
        shouted = (word.isupper() and len(word) < 5) or (
            ":" in word and word.split(":")[0].isupper()
        )
        if shouted or _open_names().find(low) is not None:
            continue
        opens = _opens_sentence(text, start)
        inside = capitals and not opens
        # a strange word that opens a sentence is mostly dialect, unless another capital follows
        following = words[number + 1][2][:1] if number + 1 < len(words) else ""
        if inside or (not (opens and not following.isupper()) and not _is_known_word(word)):
            place = _voikko_classes(word)[0] == {"paikannimi"}
            kind = "place" if place else PERSON
            found[number] = (kind, low, "", "capital" if inside else "unknown word")
    return found


@lru_cache(maxsize=1)
def _open_names() -> NameStems:
    return NameStems((name, name) for name in sorted(_NO_SECRET))


@lru_cache(maxsize=50_000)
def _is_known_word(word: str) -> bool:
    """Whether any of the languages' dictionaries, or Voikko, knows a word or each of its parts."""
    from .lemmas import dictionary_has

    low = word.lower()
    if any(dictionary_has(low, language) for language in ("fi", "en", "sv")) or voikko_words(low):
        return True
    if any(a.get("CLASS") not in ("etunimi", "sukunimi") for a in voikko_words(word)):
        return True
    parts = [p for p in re.split(r"[-'’:]", word) if p]
    return len(parts) > 1 and all(_is_known_word(p) for p in parts if len(p) > 2)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“”([*-–—")
    return not before or before[-1] in ".!?:\n…)]"


def _by_lists(word: str, *, first_in_sentence: bool) -> _Hit | None:
    """A first name of the list, or a name class of Voikko; careful where any word is capital."""
    low = word.lower()
    for piece in dict.fromkeys((word, *word.split("-"))):
        match = _first_names().find(piece)
        # "Onni" may be a man in the middle of a sentence, and is a word at its start; "annan" is I
        # give before it is of Anna
        itself = piece.lower() in FIRST_NAMES and piece.lower() not in _ALSO_WORDS
        doubtful = not itself and _is_common_word(piece.lower())
        doubtful = doubtful and (first_in_sentence or piece.lower() not in FIRST_NAMES)
        if match is not None and not doubtful and piece[:1].isupper():
            return PERSON, match[0], match[1], "first name"
    classes, base = _voikko_classes(word)
    if classes & {"etunimi", "sukunimi"} and not (first_in_sentence and _has_common_reading(low)):
        return PERSON, base, low[len(base) :] if low.startswith(base) else "", "Voikko"
    return None


@lru_cache(maxsize=50_000)
def _has_common_reading(low: str) -> bool:
    return _is_common_word(low) or bool(voikko_words(low))


@lru_cache(maxsize=50_000)
def _voikko_classes(word: str) -> tuple[frozenset[str], str]:
    analyses = voikko_words(word)
    names = [a for a in analyses if a.get("CLASS") in ("etunimi", "sukunimi")]
    base = (names or analyses or [{}])[0].get("BASEFORM", word).lower()
    return frozenset(a.get("CLASS", "") for a in analyses), base


def _neighbours(text: str, words: list[tuple[int, int, str]], hits: dict[int, _Hit]) -> None:
    """A capitalised word one blank after (or before) a first name belongs to the name."""
    for number in sorted(hits):
        if hits[number][0] != PERSON or hits[number][3] == "Voikko place":
            continue
        beside = number + 1
        if beside < len(words) and beside not in hits:
            gap = text[words[number][1] : words[beside][0]]
            word = words[beside][2]
            if gap == " " and word[0].isupper() and len(word) > 1:
                hits[beside] = (PERSON, hits[number][1], "", "neighbour")


def _repeated(words: list[tuple[int, int, str]], hits: dict[int, _Hit]) -> None:
    """Other forms of names found in the same text (Kuusilahti … Kuusilahdelle)."""
    seen = [(words[n][2], hits[n]) for n in hits if hits[n][0] == PERSON and len(words[n][2]) > 3]
    if not seen:
        return
    stems = NameStems((word, str(place)) for place, (word, _) in enumerate(seen))
    for number, (_, _, word) in enumerate(words):
        if number in hits or not word[0].isupper():
            continue
        match = stems.find(word)
        same = match is not None and seen[int(match[0])][0] == word
        if match is not None and (same or not _is_common_word(word.lower())):
            kind, canonical, _, _ = seen[int(match[0])][1]
            hits[number] = (kind, canonical, match[1], "repeated")


def _without_overlap(found: list[_Row]) -> list[_Row]:
    kept: list[_Row] = []
    for row in sorted(found, key=lambda r: (r[0], -(r[1] - r[0]))):
        if not kept or row[0] >= kept[-1][1]:
            kept.append(row)
    return kept


def _joined(text: str, rows: list[_Row]) -> list[_Row]:
    """First and last name side by side are one person; the last one's ending counts."""
    joined: list[_Row] = []
    for row in rows:
        last = joined[-1] if joined else None
        if (
            last is not None
            and row[2] == last[2]
            and row[2] in (PERSON, "organisation")
            and text[last[1] : row[0]] == " "
            and (row[3] == last[3] or not row[5] == last[5] == "known name")
        ):
            listed = [r[3] for r in (last, row) if r[5] == "known name"]
            whole = listed[0] if listed else " ".join(dict.fromkeys((last[3], row[3])))
            joined[-1] = (last[0], row[1], row[2], whole, row[4], last[5], True)
        else:
            joined.append(row)
    return joined


def pseudonymise(
    text: str, *, key: PseudonymKey | None = None, language: str = "fi", **how: Any
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
    **how
        `known_names`, `keep`, `thorough`, `customer_number`, `entities`, as in `find_personal`.

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
    found = find_personal(text, language=language, **how)
    known = _same_person(key)
    pieces: list[str] = []
    replacements: list[tuple[int, int, int, int, str, str, str, bool]] = []
    at = length = 0
    for row in found.itertuples(index=False):
        canonical = known(row.canonical) if row.kind == PERSON else row.canonical
        name = key.label(row.kind, canonical)
        if row.kind == PERSON and key.language == "fi" and _TAKES_ENDING.match(row.ending):
            name = f"{name}:{row.ending}"
        pieces += [text[at : row.start], name]
        length += row.start - at
        place = (row.start, row.end, length, length + len(name))
        replacements.append((*place, row.kind, name, row.source, bool(row.verified)))
        length += len(name)
        at = row.end
    return "".join([*pieces, text[at:]]), pd.DataFrame(replacements, columns=_REPLACED)


def _same_person(key: PseudonymKey) -> Callable[[str], str]:
    """Maija after Maija Virtanen is the same person while only one such is known."""

    def canonical(name: str) -> str:
        if name in key.persons:
            return name
        parts = set(name.split())
        fits = [known for known in key.persons if _parts_fit(parts, set(known.split()))]
        return fits[0] if len({key.persons[k] for k in fits}) == 1 else name

    return canonical


def _parts_fit(parts: set[str], known: set[str]) -> bool:
    if parts <= known or known <= parts:
        return True
    return len(parts) == 1 == len(known) and bool(
        name_stems(next(iter(parts))) & {next(iter(known))}
    )
