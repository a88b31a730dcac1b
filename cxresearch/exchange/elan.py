"""ELAN's .eaf: annotations in time on tiers, one tier a speaker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..model import ImportRefusedError
from .archives import parse_xml
from .captions import Cue, in_order
from .failures import Failure
from .source_text import read_bytes

__all__ = ["read_elan"]

_LONGEST_CHAIN = 100  # annotations that depend on each other; ELAN's own go some steps


def read_elan(path: str | Path) -> tuple[list[Cue], list[Failure]]:
    """Read the words of an ELAN annotation file as cues in order of their start.

    Parameters
    ----------
    path : path
        The .eaf. Media that it names are not opened.

    Returns
    -------
    cues : list of Cue
        From tiers that depend on no other; of a tier without words its dependent tiers are read
        instead. The speaker is the tier's participant, or its name. A slot without time takes the
        time of the annotation before it.
    failures : list of Failure
        Tiers that were not read (translations, glosses), annotations without time.

    Raises
    ------
    ImportRefusedError
        Broken or hostile XML, no ELAN file, or no words.
    """
    name = Path(path).name
    root = parse_xml(read_bytes(path), where=name)
    if root.tag != "ANNOTATION_DOCUMENT":
        raise ImportRefusedError(
            "This is not an ELAN file.",
            expected="an ANNOTATION_DOCUMENT",
            found=str(root.tag)[:60],
            where=name,
        )
    times = _times(root)
    tiers = root.findall("TIER")
    children: dict[str, list[Any]] = {}
    for tier in tiers:
        children.setdefault(tier.get("PARENT_REF", ""), []).append(tier)
    owners = _spans(tiers, times)
    cues: list[Cue] = []
    unread = untimed = 0
    for tier in children.get("", []):
        source = _with_words(tier, children)
        unread += len(children.get(tier.get("TIER_ID", ""), []))
        if source is None:
            continue
        unread -= source is not tier
        found, without = _cues_of(source, tier, owners)
        cues.extend(found)
        untimed += without
    if not cues:
        raise ImportRefusedError(
            "The ELAN file holds no words.",
            expected="annotations with text",
            found="none",
            where=name,
        )
    return in_order(cues, name, failures := _told(name, unread, untimed)), failures


def _told(name: str, unread: int, untimed: int) -> list[Failure]:
    failures = []
    if unread > 0:
        failures.append(
            Failure(name, None, None, f"{unread} dependent tier(s); not read", "one tier a speaker")
        )
    if untimed:
        failures.append(Failure(name, None, None, f"{untimed} annotation(s) without time", "times"))
    return failures


def _times(root: Any) -> dict[str, float]:
    """Seconds by time slot; slots without a time are left out."""
    found = {}
    for slot in root.iterfind("TIME_ORDER/TIME_SLOT"):
        value = slot.get("TIME_VALUE", "")
        if value.isdigit() and len(value) < 13:
            found[slot.get("TIME_SLOT_ID", "")] = int(value) / 1000
    return found


def _spans(tiers: list[Any], times: dict[str, float]) -> dict[str, tuple[float, float] | None]:
    """Start and end of each annotation; a dependent one has those of what it belongs to."""
    spans: dict[str, tuple[float, float] | None] = {}
    owner: dict[str, str] = {}
    for tier in tiers:
        for note in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
            start, end = (times.get(note.get(f"TIME_SLOT_REF{n}", "")) for n in (1, 2))
            known = [t for t in (start, end) if t is not None]
            spans[note.get("ANNOTATION_ID", "")] = (min(known), max(known)) if known else None
        for note in tier.iterfind("ANNOTATION/REF_ANNOTATION"):
            owner[note.get("ANNOTATION_ID", "")] = note.get("ANNOTATION_REF", "")
    for note in owner:
        chain, above = [note], owner[note]
        while (
            above in owner and above not in spans and above not in chain[-1:] and len(chain) < 100
        ):
            chain.append(above)
            above = owner[above]
        for below in chain:
            spans[below] = spans.get(above)
    return spans


def _with_words(tier: Any, children: dict[str, list[Any]]) -> Any | None:
    """The tier, or the first one below it, that has words."""
    waiting, seen = [tier], set()
    while waiting:
        current = waiting.pop()
        if any((v.text or "").strip() for v in current.iter("ANNOTATION_VALUE")):
            return current
        name = current.get("TIER_ID", "")
        if name and name not in seen:
            seen.add(name)
            waiting.extend(reversed(children.get(name, [])))
    return None


def _cues_of(
    source: Any, tier: Any, owners: dict[str, tuple[float, float] | None]
) -> tuple[list[Cue], int]:
    speaker = (tier.get("PARTICIPANT") or tier.get("TIER_ID") or "").strip() or None
    cues: list[Cue] = []
    untimed = 0
    last = 0.0
    for annotation in source.iterfind("ANNOTATION/*"):
        value = annotation.find("ANNOTATION_VALUE")
        words = " ".join(((value.text if value is not None else "") or "").split())
        if not words:
            continue
        span = owners.get(annotation.get("ANNOTATION_ID", ""))
        untimed += span is None
        start, end = span or (last, last)
        last = end
        cues.append(Cue(start, end, words, speaker))
    return cues, untimed
