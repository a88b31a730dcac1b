"""Names that a study knows from the start: its personal columns and the lists of study.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["NAME_FIELDS", "known_kinds", "known_names"]

# parts of column names that tell of a person's name
NAME_FIELDS = ("name", "nimi", "namn", "contact", "yhteys", "first", "last", "etunimi", "sukunimi")


def known_names(study: Study, *, owner_kind: str | None = None) -> list[str]:
    """Names of people in the study's personal columns; for finding them in texts.

    `owner_kind` takes only those of respondents or of customers. Contact columns may hold
    addresses; those are found by their form.
    """
    from ..study import personal

    held = personal(study)
    if owner_kind is not None:
        held = held[held["owner_kind"] == owner_kind]
    if held.empty:
        return []
    is_name = held["field"].str.lower().map(lambda f: any(part in f for part in NAME_FIELDS))
    return sorted(set(held.loc[is_name, "value"]))


def known_kinds(study: Study) -> dict[str, str]:
    """Every known name with its kind: person, organisation or place; study.toml has the last word.

    Firms of the customer table are not among them: their names are made of common words. List those
    that must go under `known_organisations` of `[privacy]`.
    """
    listed = study.settings.privacy.listed()
    people = dict.fromkeys(known_names(study), "person")
    return {**{name: kind for name, kind in people.items() if name not in listed}, **listed}
