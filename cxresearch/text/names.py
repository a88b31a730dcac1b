"""Names in all their Finnish cases: stems of a name, and whether a word is a form of it."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["FIRST_NAMES", "NameStems", "name_stems"]

_V = "aeiouyäöåé"
_CASES = (
    "n|t|a|ä|ta|tä|tta|ttä|ssa|ssä|sta|stä|lla|llä|lle|lta|ltä|ksi|kse|na|nä|tta|ttä|en|in|an|än|on|ön|un|"
    f"yn|h[{_V}]n|seen|siin|ien|iden|itten|jen|ja|jä|ia|iä|issa|issä|ista|istä|illa|illä|ille|ilta|iltä|"
    "ihin|iin|iksi|ineen|s|st|l|lt|ks|e|ee|aa|ää|oo|uu"
)
_ENDING = re.compile(
    rf"(?:{_CASES})?(?:ni|si|nsa|nsä|mme|nne)?(?:kin|kaan|kään|han|hän|ko|kö|pa|pä|kos|ki|s)?$"
)
_GENITIVE = re.compile(r"(?:'s|’s|s|:[a-zäöå]{1,6})?$")
_WEAK = (
    ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("mp", "mm"), ("kk", "k"), ("pp", "p"),
    ("tt", "t"), ("lk", "l"), ("rk", "r"), ("ht", "hd"), ("t", "d"), ("p", "v"), ("k", ""), ("k",
    "j"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def name_stems(name: str) -> frozenset[str]:
    """Stems that a Finnish case ending may follow, in lower case, the name itself among them.

    -nen names (Virtanen: virtase-, virtas-), consonant gradation (Mäki: mäe-, Lahti: lahde-,
    Hiidenkangas: hiidenkankaa-), -i names by both patterns (Niemi: nieme-, Matti: mati-), names
    that end
    in a consonant (Mikael: mikaeli-, Markus: markukse-).
    """
    low = name.lower()
    stems = {low}
    if low.endswith("nen"):
        stems |= {low[:-3] + "se", low[:-3] + "s", low[:-3] + "si"}
    elif low[-1:] in _V:
        bases = {low} | ({low[:-1] + "e"} if low.endswith("i") else set())
        for base in bases:
            stems.add(base)
            stems |= _graded(base)
        if low.endswith("e"):
            stems.add(low + "e")
        if low.endswith(("ti", "si")):  # Uusi-, Vesi-: vede-, vete-
            stems |= {low[:-2] + "de", low[:-2] + "te"}
        if low.endswith(("a", "ä")):
            stems |= {low[:-1] + "o", low[:-1] + "i", low[:-1] + "oi"}
    else:
        stems |= {low + "i", low + "e"}
        stems |= _consonant_final(low)
    return frozenset(stems)


def _graded(stem: str) -> set[str]:
    """Weak (or strong) grades of the last syllable: lahti -> lahdi, mäke -> mäe."""
    match = re.match(rf"(.*?)([^{_V}]+)([{_V}]+)$", stem)
    if not match:
        return set()
    head, cluster, vowels = match.groups()
    return {
        head + cluster[: len(cluster) - len(strong)] + weak + vowels
        for strong, weak in _WEAK
        if cluster.endswith(strong)
    } | {
        head + cluster[: len(cluster) - len(weak)] + strong + vowels
        for strong, weak in _WEAK
        if weak and cluster.endswith(weak)
    }


def _consonant_final(low: str) -> set[str]:
    stems: set[str] = set()
    if low.endswith("s"):
        stems |= {low[:-1] + "kse", low[:-1] + "ks", low[:-1] + "de"}
        long = low[:-1] + low[-2:-1]  # kangas -> kankaa, Tuomas -> Tuomaa
        stems |= {long} | _graded(long) | {low[:-1]} | _graded(low[:-1])
    if low.endswith(("n", "l", "r")):
        stems |= {low[:-1] + "me", low + "ee"}
    return stems


class NameStems:
    """Known names by their stems, to ask whether a word is a form of one of them.

    Parameters
    ----------
    names : iterable of (name, label)
        A name part (one word) and what it stands for.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        for name, label in names:
            self.add(name, label)

    def add(self, name: str, label: str) -> None:
        """Take one more name; a name or stem that is there already keeps its label."""
        self._exact.setdefault(name.lower(), label)
        for stem in name_stems(name):
            if len(stem) >= 3:
                self._stems.setdefault(stem, label)

    def __len__(self) -> int:
        return len(self._exact)

    def find(self, word: str) -> tuple[str, str] | None:
        """What a word stands for and the case ending it carries, or None."""
        low = word.lower()
        if low in self._exact:
            return self._exact[low], ""
        base, colon, rest = low.partition(":")
        if colon and base in self._exact:
            return self._exact[base], rest
        for length in range(len(low), 1, -1):
            head, tail = low[:length], low[length:]
            if head in self._exact and _GENITIVE.match(tail):
                return self._exact[head], tail.lstrip("'’:")
            if head in self._stems and _ENDING.match(tail):
                return self._stems[head], tail
        return None


# Common first names; a capitalised word that is a form of one of them is taken for a name.
FIRST_NAMES = frozenset(
    """
    aada aaro aino aki aku aleksi alina anita anja anna anne anneli anni annika antero antti anu
    ari arja
    arto arttu arvo asta atte aulis auli birgit eelis eero eetu eeva eija eila eino elias elina
    elisa
    ella elli elsa emil emilia emma emmi erja erkki erno essi ester esa eveliina hanna hannele hannu
    harri heidi heikki heini helena heli helmi henna henri henrik hilkka hilla iida iiris iiro
    ilari ilkka
    ilmari ilona ilpo immi inka inkeri irene irja irma isto jaakko jaana jalmari jani janika
    janina janne
    jari jarkko jarmo jarno jasmin jenna jenni jere jesse joel johanna johannes joni jonna joona
    joonas
    jorma jouko jouni juha juhani juho jukka julia juri jussi jutta juuso jyrki kaarina kaija
    kaisa kalervo
    kalevi kalle kari karri katariina kati katja katri kauko keijo kerttu kimmo kirsi konsta
    krista kristian
    kyllikki kyösti laila lari lasse lassi laura lauri leena leevi leila lenni liisa linnea lotta
    maarit maija mailis maire marianne marika marja marjatta marjo marjut marko markku markus martta
    martti matias matti mauno mauri meeri meiju merja mervi miia mika mikael mikko milla minna
    mira mirja
    miro miska mirka niilo niina niko nina noora oili olavi olli onerva oskari osmo otso otto outi
    paavo pasi pauli pauliina paula pekka pentti perttu petra petri petteri piia pirjo pirkko päivi
    raija raili raimo rainer raisa rami rasmus rauno reetta reijo reino riikka risto ritva roope
    roni saana
    saara sakari salla sami samuli sanna sanni santeri sari satu seija seppo silja simo sini
    sinikka sirkka
    sirpa sofia sohvi soile suvi taina tanja tapani tapio tarja taru teemu teija tellervo teppo
    terhi tero
    tiina timo toini tommi toni topi touko tuija tuire tuomas tuomo tuula tytti ulla unto urho
    valtteri
    veera veijo veikko venla vesa vieno viivi vilho viljami ville vilma väinö yrjö åke anders
    björn camilla
    carl carola christer erik fredrik gunilla gustav göran håkan ingrid johan karin kerstin kjell
    lars lena magnus margareta mats mikaela nils olof per pia stefan susanne sven torsten ulf ulrika
    adam alexander alice andrew anjali daniel david emily george hannah helen james jennifer
    jessica john
    joseph karen kevin laura linda lisa maria mark mary michael nancy patricia paul peter
    riitta minttu gunnar brian sean alain nadja ronja oona marketta mirva pirjetta ahti senja airi
    rachel rebecca richard robert sarah stephen steven susan thomas william femke pieter
    """.split()
)
