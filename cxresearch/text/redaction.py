"""Personal text found: names, contacts and codes, for a person to confirm."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import pandas as pd

from .codes import find_codes
from .compounds import voikko_words
from .name_model import KINDS_OF_NAME, name_model
from .names import NameStems
from .redaction_view import seen_text

__all__ = ["find_personal"]

PERSON = "person"
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
_LONGEST_REST = 7  # letters that a form may be longer than the name's stem
_LONGEST_WORD = 80
# A chance from which a word counts as part of a person's name, and of a name at all; chosen on the
# development half of the Turku NER corpus. Keys: thorough, text in lower case.
_CHANCES = {
    (True, False): (0.036, 0.30), (True, True): (0.012, 0.06),
    (False, False): (0.40, 0.60), (False, True): (0.40, 0.60),
}  # fmt: skip
_SMALL = 0.30  # chance that a lower-case word of a text with capitals needs
_OTHERS = KINDS_OF_NAME[2:]
_LABEL_END = re.compile(r"\d{0,2}:")  # of a speaker's label: H:, V1:
_INITIALS_BEFORE = re.compile(r"(?<![^\W\d_])(?:[A-ZÅÄÖ]\.[ -]?){1,3}$")
_INITIAL_AFTER = re.compile(r" [A-ZÅÄÖ]\.(?=\W|$)")


def find_personal(
    text: str,
    *,
    known_names: Iterable[str] | Mapping[str, str] = (),
    keep: Iterable[str] = (),
    thorough: bool = True,
    language: str = "fi",
    customer_number: str | None = None,
    entities: Callable[[str], Iterable[tuple[int, int, str]]] | None = None,
    leave: Iterable[str] = (),
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
        True finds as many as it can and shows more that are none: fit for what will be published
        or sent out. False takes only what is more likely a name than not.
    language : str
        Of the text.
    customer_number : str, optional
        A regular expression for the study's customer numbers.
    entities : callable, optional
        Named entities of the full tier: text to (start, end, kind).
    leave : iterable of str
        Kinds that stay as they are unless they are on the list: organisation, place, name. What
        may be a person's name is then a person's, and never stays as one of these.

    Returns
    -------
    pandas.DataFrame
        `start`, `end` (code points), `kind`, `canonical` (whom or what it means, lower case),
        `ending` (Finnish case ending that the name carries), `source` (known name, code,
        introduced, read, entity, neighbour, repeated), `verified` (False: wrong check digit).
        In order, not overlapping. Kind "name" is a name of another sort (a product, an event). A
        name that was read is called by its likeliest kind.

    Notes
    -----
    Codes and names on the list are found in every form that the rules make, in lower case, with
    clitics, joined by a hyphen and split by invisible signs. In a text with capitals a common word
    in lower case that is also a form of a listed name (onni, mäen) stays; in a text typed without
    capitals it is replaced, since nobody can tell. Other names are read by a small model
    (`NameModel`) and some stay unseen; README says how many. Nothing is published unread.
    """
    view = seen_text(text)
    seen = view.seen
    found = [(c.start, c.end, c.kind, "", "", "code", c.verified) for c in find_codes(seen)]
    if customer_number is not None:
        found += [
            (m.start(), m.end(), "customer_number", "", "", "code", True)
            for m in re.finditer(customer_number, seen)
        ]
    words = _free_words(seen, found)
    kept = NameStems((part, name) for name in keep for part in _WORD.findall(name))
    stays = set(leave)
    hits, doubtful, lower = _guessed(seen, words, thorough=thorough, stays=stays)
    if entities is not None:
        _add_entities(hits, words, entities(seen))
    hits = {n: h for n, h in hits.items() if h[0] not in stays and not kept.find(words[n][2])}
    hits |= _listed(words, _Names(known_names), lower=lower)
    _neighbours(seen, words, hits, kept)
    _repeated(words, hits, kept)
    _likelier_kinds(words, hits, doubtful)
    _name_bases(words, hits)
    for number, (kind, canonical, ending, source) in sorted(hits.items()):
        start, end, _ = words[number]
        found.append((start, end, kind, canonical, ending, source, True))
    rows = [_with_initials(seen, row) for row in _joined(seen, _without_overlap(found))]
    return pd.DataFrame(
        [(*view.back(row[0], row[1]), *row[2:]) for row in rows],
        columns=["start", "end", "kind", "canonical", "ending", "source", "verified"],
    )


_Word = tuple[int, int, str]
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


def _free_words(text: str, found: list[_Row]) -> list[_Word]:
    """Words that no code covers."""
    covered = bytearray(len(text))
    for start, end, *_ in found:
        covered[start:end] = b"\1" * (end - start)
    return [
        (m.start(), m.end(), m.group())
        for m in _WORD.finditer(text)
        if not any(covered[m.start() : m.end()])
    ]


def _listed(words: list[_Word], people: _Names, *, lower: bool) -> dict[int, _Hit]:
    hits: dict[int, _Hit] = {}
    if not len(people.stems):
        return hits
    for number, (_, _, word) in enumerate(words):
        if len(word) > _LONGEST_WORD:
            continue
        for piece in (word, *re.split(r"[-'’]", word)) if not word.isalpha() else (word,):
            match = people.stems.find(piece)
            certain = lower or piece[:1].isupper()
            if match is not None and not certain and _is_common_word(piece.lower()):
                match = None  # "onni suosi": the word, not the man
            name = match[0] if match else (people.long_prefix(piece) if certain else None)
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


def _guessed(
    text: str, words: list[_Word], *, thorough: bool, stays: set[str]
) -> tuple[dict[int, _Hit], dict[int, str], bool]:
    """Names by the reading model and by what introduces them; those of the persons that are more
    likely of another kind, with that kind; whether the text has no capitals.
    """
    hits: dict[int, _Hit] = {}
    doubtful: dict[int, str] = {}
    model = name_model()
    lower = not any(word[0].isupper() for _, _, word in words)
    if model is not None and words:
        tokens, chances, lower = model.read(text)
        place = {start: row for row, (start, _, _) in enumerate(tokens)}
        person, any_name = _CHANCES[thorough, lower]
        for number, (start, end, word) in enumerate(words):
            row = chances[place[start]] if start in place else None
            label = len(word) == 1 and _LABEL_END.match(text, end)
            if row is None or label or len(word) > _LONGEST_WORD:
                continue
            small = not lower and word[0].islower()  # where names have capitals, it has none
            if row[1] >= max(person, small * _SMALL):
                hits[number] = (PERSON, word.lower(), "", "read")
                # a kind that stays in the text never takes a word from the persons
                others = {k: c for k, c in zip(_OTHERS, row[2:], strict=True) if k not in stays}
                likeliest = max(others, key=lambda kind: others[kind], default="")
                if likeliest and row[1] < others[likeliest]:
                    doubtful[number] = likeliest
            elif 1 - row[0] >= max(any_name, small * 2 * _SMALL):
                kind = _OTHERS[int(row[2:].argmax())]
                if not (word.lower() in _NO_SECRET or (kind == "name" and not thorough)):
                    hits[number] = (kind, word.lower(), "", "read")
    _introduced(text, words, hits)
    return hits, doubtful, lower


def _introduced(text: str, words: list[_Word], hits: dict[int, _Hit]) -> None:
    """Names after what introduces them: my name is, regards."""
    for number, (start, _, word) in enumerate(words):
        opened = number not in hits and _OPENING.search(text[max(0, start - 40) : start])
        if opened and (word[0].isupper() or not _is_common_word(word.lower())):
            hits[number] = (PERSON, word.lower(), "", "introduced")


def _add_entities(
    hits: dict[int, _Hit], words: list[_Word], seen: Iterable[tuple[int, int, str]]
) -> None:
    starts = [start for start, _, _ in words]
    for start, end, kind in seen:
        for number in range(bisect_left(starts, start), bisect_left(starts, end)):
            word = words[number][2]
            if number not in hits and word[0].isupper():
                hits[number] = (kind, word.lower(), "", "entity")


def _neighbours(text: str, words: list[_Word], hits: dict[int, _Hit], kept: NameStems) -> None:
    """A capitalised word one blank after a person's name belongs to it."""
    for number in sorted(hits):
        beside = number + 1
        if hits[number][0] != PERSON or beside >= len(words) or beside in hits:
            continue
        word = words[beside][2]
        gap = text[words[number][1] : words[beside][0]]
        if gap == " " and word[0].isupper() and len(word) > 1 and not kept.find(word):
            hits[beside] = (PERSON, hits[number][1], "", "neighbour")


def _repeated(words: list[_Word], hits: dict[int, _Hit], kept: NameStems) -> None:
    """Other forms of persons' names found in the same text, in lower case too."""
    sure = ("known name", "introduced", "read")
    seen = [
        (words[n][2], hit)
        for n, hit in hits.items()
        if hit[0] == PERSON and hit[3] in sure and len(words[n][2]) > 3
    ]
    stems = NameStems((word, str(place)) for place, (word, _) in enumerate(seen))
    for number, (_, _, word) in enumerate(words):
        if not seen or number in hits or len(word) > _LONGEST_WORD or kept.find(word):
            continue
        match = stems.find(word)
        same = match is not None and seen[int(match[0])][0] == word
        if match is None or (not same and _is_common_word(word.lower())):
            continue
        kind, canonical, _, _ = seen[int(match[0])][1]
        hits[number] = (kind, canonical, match[1], "repeated")


def _likelier_kinds(words: list[_Word], hits: dict[int, _Hit], doubtful: Mapping[int, str]) -> None:
    """What may be a person's name but is more likely of another kind is called by that kind.

    It is replaced all the same. A word beside a surer person's name, or a form of one, stays a
    person's, so that one person keeps one pseudonym.
    """
    people = {n for n, h in hits.items() if h[0] == PERSON and n not in doubtful}
    sure = {n for n in people if hits[n][3] not in ("repeated", "neighbour")}
    names = NameStems((words[n][2], "") for n in sorted(sure))
    kinds: dict[str, str] = {}
    for number in sorted(doubtful):
        _, canonical, _, source = hits.get(number, ("", "", "", ""))
        beside = any(
            n in sure and words[max(n, number)][0] - words[min(n, number)][1] == 1
            for n in (number - 1, number + 1)
        )
        if source == "read" and not beside and names.find(words[number][2]) is None:
            kinds[canonical] = doubtful[number]
            hits[number] = (doubtful[number], *hits[number][1:])
    for number in people - sure:
        if hits[number][1] in kinds:
            hits[number] = (kinds[hits[number][1]], *hits[number][1:])


def _name_bases(words: list[_Word], hits: dict[int, _Hit]) -> None:
    """Each guessed name in its base form: by Voikko, else the shortest form in this text."""
    guessed = sorted(
        (n for n, h in hits.items() if h[3] != "known name"),
        key=lambda n: (len(words[n][2]), words[n][0]),
    )
    bases = NameStems(())
    for number in guessed:
        kind, _, ending, source = hits[number]
        low = words[number][2].lower()
        match = bases.find(low)
        if match is None and kind in (PERSON, "place"):
            base = _voikko_base(low, kind)
            bases.add(base, base)
            match = bases.find(low) if base != low else None
        elif match is None:
            bases.add(low, low)
        base, rest = match if match is not None else (low, ending)
        hits[number] = (kind, base, rest, source)


@lru_cache(maxsize=50_000)
def _voikko_base(low: str, kind: str) -> str:
    wanted = ("etunimi", "sukunimi") if kind == PERSON else ("paikannimi",)
    for analysis in voikko_words(low[:1].upper() + low[1:]):
        if analysis.get("CLASS") in wanted:
            return analysis.get("BASEFORM", low).lower()
    return low


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
            # "kysy virtaselta": a guess typed small does not grow a listed name
            and not (text[last[0]].islower() and "known name" in {row[5], last[5]} != {last[5]})
        ):
            listed = [r[3] for r in (last, row) if r[5] == "known name"]
            whole = listed[0] if listed else " ".join(dict.fromkeys((last[3], row[3])))
            joined[-1] = (last[0], row[1], row[2], whole, row[4], last[5], True)
        else:
            joined.append(row)
    return joined


def _with_initials(text: str, row: _Row) -> _Row:
    """M. Virtanen and Matti V. are one name each: a person's initials belong to it."""
    start, end, kind, canonical, *rest = row
    if kind != PERSON:
        return row
    before = _INITIALS_BEFORE.search(text[max(0, start - 12) : start])
    after = _INITIAL_AFTER.match(text, end)
    if before is not None:
        start -= before.end() - before.start()
        canonical = canonical if " " in canonical else f"{before.group()[0].lower()} {canonical}"
    elif after is not None:
        end = after.end()
        canonical = canonical if " " in canonical else f"{canonical} {after.group()[1].lower()}"
    return (start, end, kind, canonical, *rest)  # type: ignore[return-value]
