"""Which Finnish lemma to believe: the one in context, the dictionary's, or Voikko's."""

from __future__ import annotations

from .compounds import voikko_words
from .lemmas import known_lemma
from .spoken import SPOKEN_LEMMAS

__all__ = ["settled_lemma"]

# spaCy's usual slips on these forms; written from the development half of UD Finnish-TDT
_EXCEPTIONS = {
    ("vuosi", ""): "vuosi", ("vuotta", ""): "vuosi", ("vuoteen", ""): "vuosi",
    ("vuosina", ""): "vuosi", ("tilanne", ""): "tilanne", ("häntä", "PRON"): "hän",
    ("sinä", "PRON"): "sinä", ("et", "SCONJ"): "että", ("ett", "SCONJ"): "että",
    ("sitte", ""): "sitten", ("ni", ""): "niin", ("jne", ""): "jne.", ("sitä", "ADV"): "sitä",
    ("lisää", "ADV"): "lisää", ("mitenkään", "ADV"): "mitenkään",
    ("sittenkin", "ADV"): "sittenkin", ("tulossa", "VERB"): "tulla", ("soi", "VERB"): "soida",
    ("jotakin", "PRON"): "jokin", ("joitakin", "PRON"): "jokin", ("sitä", "CCONJ"): "sitä",
    ("molemmat", "PRON"): "molemmat", ("molempien", "PRON"): "molemmat",
}  # fmt: skip


def settled_lemma(form: str, lemma: str, pos: str, fast: str, case: str = "") -> str:
    """spaCy's Finnish lemma, unless neither dictionary nor Voikko knows it as one of this form.

    Then the dictionary's, Voikko's or the spoken layer's stands, where there is one. `fast` is the
    lemma of the fast tier, `case` the case that spaCy sees.
    """
    low = form.lower()
    exception = _EXCEPTIONS.get((low, pos)) or _EXCEPTIONS.get((low, ""))
    if exception is not None:
        return exception
    if not lemma or (low.endswith("-") and len(low) > 1):
        return fast
    analyses = voikko_words(form)
    bases = {a.get("BASEFORM", "").lower() for a in analyses}
    known = known_lemma(form, "fi")
    if lemma == low and pos in _UNBENT:
        return _unbent(low, fast, known, bases)
    if pos in ("NOUN", "PROPN") and (known == lemma + "t" or lemma in _PLURAL):
        return _PLURAL.get(lemma, lemma + "t")  # markkinat, aivot: words without a singular
    if any(lemma.endswith(slip) and fast.endswith(right) for slip, right in _SLIPS):
        return fast
    if lemma in bases or known_lemma(lemma, "fi") == lemma:
        return lemma
    if known is not None:
        return SPOKEN_LEMMAS.get(low, known)
    if len(bases) == 1 and pos != "PROPN":
        return bases.pop()
    if lemma == low and not bases and pos != "PROPN" and fast != low:
        return fast  # kertonu, selkee: spoken forms that spaCy leaves as they are
    if case and not bases and lemma == low:
        return bare_name(low, case)
    return SPOKEN_LEMMAS.get(low, lemma)


_UNBENT = ("ADV", "SCONJ", "CCONJ", "ADP", "INTJ")
# ends of lemmas that spaCy confuses where Voikko knows both: muutosta, turvan, tilanteessa
_SLIPS = (
    ("tto", "tos"), ("ttö", "tös"), ("turpa", "turva"), ("tila", "tilanne"), ("tietie", "tiede"),
)  # fmt: skip
_PLURAL = {
    "vaali": "vaalit",
    "markkina": "markkinat",
    "kasvo": "kasvot",
    "yhdysvalta": "yhdysvallat",
}
_TAILS = frozenset(
    [
        "ni",
        "si",
        "sa",
        "sä",
        "nsa",
        "nsä",
        "an",
        "än",
        "en",
        "mme",
        "nne",
        "kaan",
        "kään",
        "kin",
        "han",
        "hän",
        "pa",
        "pä",
        "ko",
        "kö",
    ]
)


def _unbent(low: str, fast: str, known: str | None, bases: set[str]) -> str:
    """Adverbs and their like: a word of its own (sillä, ikään), or one with a tail (mukaansa)."""
    if low.startswith(fast) and low[len(fast) :] in _TAILS:
        classes = {a.get("CLASS") for a in voikko_words(fast)}
        if classes & {"seikkasana", "suhdesana", "sidesana"}:
            return fast
    if known is None and not bases and fast != low:
        return fast
    return low


_ENDINGS = {
    "Gen": ("n",), "Par": ("ta", "tä", "a", "ä"), "Ine": ("ssa", "ssä"), "Ela": ("sta", "stä"),
    "Ill": ("seen", "n"), "Ade": ("lla", "llä"), "Abl": ("lta", "ltä"), "All": ("lle",),
    "Ess": ("na", "nä"), "Tra": ("ksi",),
}  # fmt: skip


def bare_name(low: str, case: str) -> str:
    """A word that no dictionary knows (Leafin, Kalymnoksella), without the ending of its case."""
    for ending in _ENDINGS.get(case, ()):
        stem = low.removesuffix(ending)
        if stem == low or len(stem) < 3:
            continue
        if case == "Ill" and ending == "n" and stem[-1] == stem[-2]:
            stem = stem[:-1]
        if stem.endswith("kse") and len(stem) > 5:
            return stem[:-3] + "s"
        if stem.endswith("se") and len(stem) > 5 and case != "Par":
            return stem[:-2] + "nen"
        # a foreign word that ends in a consonant takes i before its endings
        if stem[-1] == "i" and stem[-2] not in "aeiouyäö":
            return stem[:-1]
        return stem
    return low
