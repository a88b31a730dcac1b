"""Captions with times: WebVTT, SRT and Whisper's JSON, merged into turns."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..model import ImportRefusedError
from .failures import Failure
from .speakers import parse_line

__all__ = ["Cue", "merge_cues", "read_captions", "read_whisper"]

_ARROW = re.compile(
    r"^\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})"
)
_VOICE = re.compile(
    r"<v(?:\.[^ >\t]*)?[ \t]+([^>]*)>(.*?)(?=<v[ .\t]|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}")
_BRACKETED_SPEAKER = re.compile(r"^\s*[\[(]([^\])\d]{1,40}?\s?\d{0,3})[\])]:?\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*$")
_LONG_TURN = 600
_PAUSE = 2.5


@dataclass(frozen=True)
class Cue:
    """One caption: when, who (where it says) and what."""

    start: float
    end: float
    text: str
    speaker: str | None = None


def read_captions(text: str, *, name: str) -> tuple[list[Cue], list[Failure]]:
    """Read WebVTT or SRT; `text` is normalised. Speakers from voice tags, `[Name]` and `Name:`.

    Returns
    -------
    tuple
        Cues in order of their start, and failures: blocks without a time line, times that run
        backwards, and how many cues overlap.
    """
    cues: list[Cue] = []
    failures: list[Failure] = []
    line = 1
    for block in re.split(r"(\n[ \t]*\n+)", text):
        if block.strip():
            _read_block(block, line, name, cues, failures)
        line += block.count("\n")
    if not cues:
        raise ImportRefusedError(
            "The file holds no captions.",
            expected="blocks with `00:00:01.000 --> 00:00:04.000`",
            found="no time line",
            where=name,
        )
    return in_order(_without_rolling(cues), name, failures), failures


def _read_block(block: str, line: int, name: str, cues: list[Cue], failures: list[Failure]) -> None:
    lines = block.strip("\n").split("\n")
    at = next((i for i, content in enumerate(lines[:3]) if "-->" in content), None)
    if at is None:
        if not re.match(r"(\ufeff)?(WEBVTT|NOTE|STYLE|REGION|X-TIMESTAMP)", lines[0].strip()):
            failures.append(Failure(name, line, None, "a block without a time line", "a caption"))
        return
    times = _ARROW.match(lines[at])
    if times is None:
        failures.append(
            Failure(name, line + at, None, "a time line that can't be read", "hh:mm:ss.mmm --> …")
        )
        return
    start, end = (_seconds(t) for t in times.groups())
    if end < start:
        failures.append(
            Failure(name, line + at, None, "a cue ends before it starts", "end > start")
        )
        end = start
    body = "\n".join(lines[at + 1 :])
    cues.extend(Cue(start, end, said, who) for who, said in _voices(body) if said)


def _seconds(time: str) -> float:
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def _voices(body: str) -> Iterable[tuple[str | None, str]]:
    if re.search(r"<v[ .\t]", body, re.IGNORECASE):
        before = re.split(r"<v[ .\t]", body, maxsplit=1, flags=re.IGNORECASE)[0]
        if _plain(before):
            yield None, _plain(before)
        for match in _VOICE.finditer(body):
            yield _plain(match[1]) or None, _plain(match[2])
        return
    speaker: str | None = None
    words: list[str] = []
    for line in body.split("\n"):
        who, said = _speaker_in(
            _plain(line).lstrip("-–— ") if line.lstrip()[:1] in "-–—" else _plain(line)
        )
        if who is not None and words:
            yield speaker, " ".join(words)
            words = []
        speaker = who if who is not None else speaker
        if said:
            words.append(said)
    if words:
        yield speaker, " ".join(words)


def _speaker_in(line: str) -> tuple[str | None, str]:
    bracketed = _BRACKETED_SPEAKER.match(line)
    if bracketed and not re.match(
        r"(?i)\s*[\[(](music|musiikki|musik|laugh|naura|applause|skratt|inaudible)", line
    ):
        return bracketed[1].strip(), line[bracketed.end() :].strip()
    part = parse_line(line)
    if part is None:
        return None, line
    return part.label, line[part.words_start :].strip()


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).replace("\0", "").split())


def _without_rolling(cues: list[Cue]) -> list[Cue]:
    """Drop what automatic captions repeat: a cue that begins with the whole of the one before."""
    kept: list[Cue] = []
    for cue in cues:
        before = kept[-1] if kept else None
        if before is not None and before.speaker == cue.speaker and cue.start <= before.end + 0.1:
            if cue.text == before.text:
                kept[-1] = Cue(before.start, max(before.end, cue.end), before.text, before.speaker)
                continue
            if cue.text.startswith(before.text + " ") and len(before.text) > 8:
                cue = Cue(cue.start, cue.end, cue.text[len(before.text) + 1 :], cue.speaker)
        kept.append(cue)
    return kept


def in_order(cues: list[Cue], name: str, failures: list[Failure]) -> list[Cue]:
    """Cues by their start; how many of them overlap is added to the failures."""
    ordered = sorted(cues, key=lambda cue: cue.start)
    overlaps = sum(b.start < a.end - 1e-9 for a, b in pairwise(ordered))
    if overlaps:
        failures.append(
            Failure(
                name,
                None,
                None,
                f"{overlaps} cue(s) overlap; kept in order of start",
                "cues in turn",
            )
        )
    return ordered


def read_whisper(text: str, *, name: str) -> tuple[list[Cue], list[Failure]]:
    """Read the JSON of Whisper and its kin: `segments` with start, end, text and maybe speaker."""
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _not_whisper(name, f"not JSON: {error}") from error
    segments = content.get("segments") if isinstance(content, dict) else None
    if not isinstance(segments, list):
        raise _not_whisper(name, "JSON without a list `segments`")
    cues: list[Cue] = []
    failures: list[Failure] = []
    for number, segment in enumerate(segments, start=1):
        cue = _cue_of(segment)
        if cue is None:
            failures.append(
                Failure(
                    name,
                    None,
                    f"segments[{number - 1}]",
                    "a segment that can't be read",
                    "start, end, text",
                )
            )
        elif cue.text:
            cues.append(cue)
    if not cues:
        raise _not_whisper(name, "no segment with words")
    return in_order(cues, name, failures), failures


def _cue_of(segment: Any) -> Cue | None:
    if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
        return None
    start: Any = segment.get("start")
    end: Any = segment.get("end")
    if not all(
        isinstance(t, int | float) and not isinstance(t, bool) and t >= 0 for t in (start, end)
    ):
        return None
    speaker = segment.get("speaker")
    who = speaker.strip() if isinstance(speaker, str) and speaker.strip() else None
    return Cue(float(start), max(float(start), float(end)), " ".join(segment["text"].split()), who)


def _not_whisper(name: str, found: str) -> ImportRefusedError:
    return ImportRefusedError(
        "This is not a transcript in Whisper's JSON.",
        expected='{"segments": [{"start": …, "end": …, "text": …}]}',
        found=found,
        where=name,
    )


def merge_cues(cues: list[Cue]) -> list[Cue]:
    """Merge cues into turns.

    Cues of one speaker in a row become one turn. Where nobody is named, a turn ends with a
    sentence, at a pause of 2.5 s, or at 600 characters.
    """
    named = any(cue.speaker for cue in cues)
    turns: list[Cue] = []
    for cue in cues:
        last = turns[-1] if turns else None
        if last is not None and _goes_on(last, cue, named):
            text = f"{last.text} {cue.text}"
            turns[-1] = Cue(last.start, max(last.end, cue.end), text, last.speaker)
        else:
            turns.append(cue)
    return turns


def _goes_on(last: Cue, cue: Cue, named: bool) -> bool:
    if named:
        return cue.speaker is None or cue.speaker == last.speaker
    return not (
        _SENTENCE_END.search(last.text)
        or cue.start - last.end > _PAUSE
        or len(last.text) > _LONG_TURN
    )
