"""How this was done: material, agreement, saturation, what was hidden, what it can't say."""

from __future__ import annotations

from ..model import date, number
from . import markup
from .material import Material
from .section_overview import period
from .sections import Section, by_name
from .texts import say

__all__ = ["method_section", "suggestion_note", "valence_note"]


def method_section(material: Material, language: str) -> Section:
    """The method, short enough to be read."""
    pieces = [f"<h3>{say('material', language)}</h3>", _material(material, language)]
    for name in ("agreement", "saturation"):
        found = material.findings.get(name)
        if found is not None:
            pieces.append(f"<h3>{say(name, language)}</h3>")
            codes = found.table["code"] if "paradox" in found.table else []
            told = markup.warnings_of(found, language)
            pieces.append(markup.paragraph(found.sentence(language), kind="lead"))
            pieces.append(by_name(told, codes, material, language))
    pieces.append(f"<h3>{say('limits', language)}</h3>")
    pieces.append(markup.paragraph(say("min_cell_note", language, minimum=material.minimum_cell)))
    pieces.append(markup.paragraph(_anonymity(material, language)))
    pieces.append(markup.paragraph(suggestion_note(material, language)))
    pieces.append(markup.paragraph(valence_note(material, language)))
    pieces.append(markup.paragraph(say("association", language)))
    pieces += [markup.paragraph(note, kind="soft") for note in _tier_notes(material, language)]
    return Section("method", say("method", language), {"": "".join(pieces)})


def _material(material: Material, language: str) -> str:
    counts = material.counts
    items = []
    for kind, n in counts["documents"].items():
        items.append(f"{say(f'source_{kind}', language)}: {number(n, language)}")
    for name, n in (
        ("responses", counts["responses"]),
        ("respondents", counts["respondents"]),
        ("comments", counts["comments"]),
        ("customers", counts["customers"]),
        ("hand_codings", counts["hand_codings"]),
        ("suggestions", counts["suggestions"]),
        ("approved_quotes", len(material.quotes)),
    ):
        if n:
            items.append(f"{say(name, language)}: {number(n, language)}")
    days = period(material)
    if days is not None:
        first, last = (date(day.date(), language) for day in days)
        items.append(f"{say('answered', language)}: {first} – {last}")
    return markup.bulleted(items)


def _anonymity(material: Material, language: str) -> str:
    """How many rare combinations of attributes there are; which ones stays inside."""
    rare = material.counts["rare"]
    people, k, n = (number(rare[x], language) for x in ("in_rare", "k", "respondents"))
    if not rare["combinations"]:
        return say("anonymity_none", language, k=k, n=n)
    if rare["in_rare"] < material.minimum_cell:
        people = say("hidden", language, minimum=number(material.minimum_cell, language))
    combinations = number(rare["combinations"], language)
    return say("anonymity", language, combinations=combinations, k=k, n=n, people=people)


def suggestion_note(material: Material, language: str) -> str:
    """What stands behind machine suggestions: how often they agree with people."""
    found = material.findings.get("suggestion-check")
    if found is None:
        return say("suggested_note", language, check=say("suggested_unchecked", language))
    return say("suggested_note", language, check=found.sentence(language))


def valence_note(material: Material, language: str) -> str:
    """How far machine valence can be believed, for the languages that people spoke most."""
    from ..text import valence_error

    spoken = material.codings["language"].value_counts()
    known = [str(x) for x in spoken.index if x in ("fi", "en", "sv")][:1] or ["fi"]
    return " ".join(valence_error(x).sentence(language) for x in known)


def _tier_notes(material: Material, language: str) -> list[str]:
    found = material.findings.get("language-tiers")
    return [] if found is None else [w.to(language) for w in found.warnings]
