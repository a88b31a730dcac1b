"""What a person reads when an act is refused, in the language of the widget.

Errors are written in English where they arise. `refusals.toml` has the Finnish of the sentences
that a person at a widget can meet: each English sentence with `*` where values stand.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from ..model import CxresearchError

__all__ = ["refusal_for", "refusals", "words_for"]


@cache
def refusals() -> list[tuple[re.Pattern[str], str]]:
    """English sentences as patterns, each with its Finnish; `{1}` is the first value."""
    source = Path(__file__).with_name("refusals.toml").read_text(encoding="utf-8")
    pairs = tomllib.loads(source)["refusal"]
    return [
        (re.compile("(.*)".join(map(re.escape, p["en"].split("*"))), re.DOTALL), p["fi"])
        for p in pairs
    ]


def words_for(sentence: str, language: str) -> str:
    """A sentence in the person's language; in English where nobody has translated it."""
    if language != "fi":
        return sentence
    for pattern, finnish in refusals():
        if (found := pattern.fullmatch(sentence)) is not None:
            return re.sub(r"\{(\d)\}", lambda m: found.group(int(m[1])), finnish)
    return sentence


def refusal_for(error: CxresearchError, language: str) -> str:
    """An error as a few short lines in the person's language.

    Parameters
    ----------
    error : CxresearchError
        What was refused.
    language : {"fi", "en"}

    Returns
    -------
    str
        What is wrong and what to do next. In English also what was expected and found: those are
        ids and numbers that a person at a Finnish screen can do without.
    """
    if language != "fi":
        return error.message
    lines = [words_for(error.what, language)]
    if error.next_step is not None:
        steps = re.split(r"(?<=\.)\s+(?=[A-ZÅÄÖ`])", error.next_step)
        lines.append(" ".join(words_for(step, language) for step in steps))
    return "\n".join(lines)
