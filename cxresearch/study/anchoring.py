"""Where a quotation goes when its text changes: to a certain place, or to a person's decision."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import moved_range

__all__ = ["Cut", "edited_place", "found_again", "place_after"]

Cut = tuple[int, int, str]
"""Characters from … to (exclusive) of a text, and what stands there afterwards."""

# characters on either side that tell two places with the same words apart
CONTEXT = 60


def found_again(old: str | None, start: int, end: int, quote: str, new: str) -> int | None:
    """The start of a quotation in a new version of its text; None where it is not certain.

    The exact words must be there. When they are there once, that is the place. When they are there
    several times, the one place whose surroundings (up to 60 characters on either side) are as
    they were wins; the surroundings are shortened by halves until exactly one place fits.
    """
    places = _all_places(new, quote)
    if len(places) == 1:
        return places[0]
    if not places or old is None:
        return None
    width = CONTEXT
    while width >= 8:
        before, after = old[max(0, start - width) : start], old[end : end + width]
        fitting = [
            p
            for p in places
            if new.endswith(before, 0, p) and new.startswith(after, p + len(quote))
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return None  # shorter surroundings can only fit more places
        width //= 2
    return None


def _all_places(text: str, words: str) -> list[int]:
    places, at = [], text.find(words)
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    return places


def edited_place(start: int, end: int, cut: tuple[int, int], added: int) -> tuple[int, int] | None:
    """Where a range goes when `cut` (start, end) is replaced by `added` characters.

    A range before or after the cut keeps its words; a cut inside it, or of just its words, changes
    them; a cut across one of its ends, or that leaves it empty, gives None.
    """
    first, last = cut
    shift = added - (last - first)
    if end <= first:
        return start, end
    if start >= last:
        return start + shift, end + shift
    if start <= first and last <= end and end + shift > start:
        return start, end + shift
    return None


def place_after(start: int, end: int, cuts: Sequence[Cut]) -> tuple[int, int]:
    """Where a range goes when words are replaced by others: always to a certain place.

    `cuts` are in order and do not overlap; see `model.moved_range`.
    """
    return moved_range(start, end, [(first, last, len(words)) for first, last, words in cuts])
