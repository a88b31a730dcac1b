"""Fictional names that bend like the real ones, so that Finnish case endings survive."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["fictional_name", "same_ending"]

_FRONT = re.compile("[äöy]")
# what a name's last letters must be for its forms to be made alike, and names that end so; the
# letters before never change. Back vowels first, front vowels second.
_ALIKE: tuple[tuple[str, str, str], ...] = (
    ("nen", "Koskinen Rautionen Salminen Harjunen Kallionen Laaksonen Saarinen Vuorinen Rantanen",
     "Hyrsynen Kettunen Mäyrönen Pyssynen Tähtynen Syrjänen Lepistönen Järvinen"),
    ("tti", "Martti Pertti Antti", ""), ("kka", "Jukka Pekka Ilkka", ""),
    ("kko", "Jaakko Mikko Veikko", ""), ("kki", "Erkki Saukki", "Heikki Höökki"),
    ("ppo", "Teppo Seppo", ""), ("ttu", "Arttu Perttu", ""), ("tto", "Otto Juhotto", ""),
    ("ski", "Koski Kalliokoski Myllykoski Harjukoski", ""),
    ("mäki", "", "Harjumäki Kalliomäki Myllymäki Rantamäki"),
    ("lahti", "Kivilahti Saarilahti Haukilahti", ""),
    ("niemi", "Kurkiniemi Haukiniemi Kariniemi", ""),
    ("la", "Harjula Rantala Mikkola Uotila Hannula", ""),
    ("lä", "", "Mäkelä Hyssälä Pyhälä Kylmälä"),
    ("ja", "Maija Raija Saija", ""), ("na", "Hanna Elina Leena Marjaana", ""),
    ("ra", "Saara Klaara", ""), ("sa", "Elsa Vanessa Anelsa", ""), ("mo", "Jarmo Raimo Armo", ""),
    ("no", "Arno Eino", ""), ("ri", "Kari Jari Ilmari", ""), ("ni", "Joni Toni Jani", ""),
    ("li", "Pauli Olli", ""), ("ael", "Ismael Rafael", ""), ("an", "Johan Roman", ""),
    ("nus", "Linus Magnus", ""), ("kus", "Markus Rokus", ""),
)  # fmt: skip


def _alike(low: str) -> tuple[str, list[str]] | None:
    for ending, back, front in sorted(_ALIKE, key=lambda row: -len(row[0])):
        if low.endswith(ending) and len(low) > len(ending):
            names = (front if _FRONT.search(low) else back).split()
            return (ending, names) if names else None
    return None


def fictional_name(name: str, taken: Collection[str] = ()) -> str | None:
    """A fictional name of the same inflection class, or None where none is left.

    Parameters
    ----------
    name : str
        A first or last name in its base form.
    taken : collection of str
        Names that stand for others already, and the real ones; none of them is given.
    """
    found = _alike(name.lower())
    used = {other.lower() for other in taken} | {name.lower()}
    free = [other for other in (found[1] if found else []) if other.lower() not in used]
    return free[0] if free else None


def same_ending(form: str, name: str, fictional: str) -> str | None:
    """The fictional name in the form that the real one has here (Virtaselle: Koskiselle).

    None where the form is not made of the part of the name that never changes.
    """
    found = _alike(name.lower())
    if found is None:
        return None
    fixed = len(name) - len(found[0])
    if form[:fixed].lower() != name[:fixed].lower():
        return None
    base = fictional[: len(fictional) - len(found[0])]
    if form.isupper():
        return (base + form[fixed:]).upper()
    return (base if form[:1].isupper() else base.lower()) + form[fixed:]
