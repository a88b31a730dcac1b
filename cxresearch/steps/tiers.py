"""Which engine read the study's words: the full tier for interviews, the fast one for comments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from ..model import Finding, Words
from .results import write_finding

if TYPE_CHECKING:
    from ..study import Study
    from ..text import Lemmatiser

__all__ = ["document_reader", "write_tiers"]

_NAMES = {
    "fi": Words(fi="suomi", en="Finnish"),
    "en": Words(fi="englanti", en="English"),
    "sv": Words(fi="ruotsi", en="Swedish"),
}


def document_reader(study: Study) -> Callable[[str], Lemmatiser]:
    """Language to the lemmatiser that reads interviews: as `[study]` of study.toml says.

    `full_pipeline = true` (the default) asks for spaCy in context, with the models that
    `[study.models]` names; a language without an installed model is read by the fast tier.
    """
    from ..text import lemmatiser

    settings = study.settings.study
    tier = "full" if settings.full_pipeline else "fast"
    return partial(lemmatiser, tier=tier, models=settings.models)


def write_tiers(study: Study, documents: pd.DataFrame, comments: pd.DataFrame) -> Finding:
    """Keep the finding `language-tiers`: what read each language, and what to know of it.

    Its table has a row for each language and kind of text: `language`, `part` (documents,
    comments), `texts`, `wanted`, `used` (full, fast), `engine`. Warnings tell where the full tier
    was asked for and is not installed.
    """
    from ..text import lemmatiser

    rows, notes = [], []
    parts = (("documents", documents, document_reader(study)), ("comments", comments, lemmatiser))
    for part, texts, reader in parts:
        counts = texts["language"].fillna("other").value_counts() if len(texts) else {}
        for language, count in sorted(dict(counts).items()):
            seen = reader(str(language)).tier_in_use
            rows.append((language, part, int(count), seen.wanted, seen.used, seen.engine))
            if language in _NAMES and seen.note:
                notes.append(seen.note)
    columns = ["language", "part", "texts", "wanted", "used", "engine"]
    table = pd.DataFrame(rows, columns=columns)
    finding = Finding(table, _sentence(table), tuple(dict.fromkeys(notes)))
    write_finding(study, "language-tiers", finding)
    return finding


def _sentence(table: pd.DataFrame) -> Words:
    full = [x for x in table.loc[table["used"] == "full", "language"].unique() if x in _NAMES]
    said = {to: ", ".join(_NAMES[x].to(to) for x in full) for to in ("fi", "en")}
    if not full:
        return Words(
            fi="Sanat on luettu muoto kerrallaan sanakirjasta (nopea taso).",
            en="Words were read form by form from a dictionary (fast tier).",
        )
    return Words(
        fi=f"Haastattelut on luettu lauseyhteydessä (täysi taso: {said['fi']}), muut tekstit muoto "
        "kerrallaan sanakirjasta.",
        en=f"Interviews were read in context (full tier: {said['en']}), other texts form by form "
        "from a dictionary.",
    )
