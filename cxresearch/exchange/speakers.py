"""Who speaks: labels at the start of a line, and the roles that their names suggest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["LabelledLine", "choose_labels", "guess_roles", "kind_of", "parse_line", "seconds_of"]

_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
_BRACKETED = rf"[\[(<]\s*\#?{_TIME}(?:\s*[-–]+>?\s*{_TIME})?\s*\#?[\])>]"
_LINE = re.compile(
    rf"""^[ \t>*_-]*
    (?:(?P<before>{_BRACKETED}|\#?{_TIME}\#?)[ \t]*[-–]?[ \t]*)?
    (?P<open>\*\*|__)?
    (?P<label>[^\W\d_](?:[^\n:*\[\]()<>"“”!?;,]{{0,39}}?[^\s:*\[\]()<>"“”!?;,.–-]|))
    (?P<inner>\*\*|__)?
    (?:[ \t]*(?P<after>{_BRACKETED}))?
    [ \t]*(?:\*\*|__)?:(?:\*\*|__)?
    (?:[ \t]*(?P<late>{_BRACKETED}))?
    (?P<space>[ \t]*)(?P<rest>.*)$""",
    re.VERBOSE,
)
_TIMES = re.compile(_TIME)

# labels by role, in Finnish, English and Swedish; a number may follow each of them
_BY_ROLE: dict[str, frozenset[str]] = {
    role: frozenset(names.split())
    for role, names in {
        "interviewer": """h haast haastattelija i int interviewer q m mod moderator moderaattori
            host facilitator fasilitaattori tutkija researcher intervjuare intervjuaren forskare
            frågeställare interviewer/moderator kysyjä""",
        "customer": "asiakas customer client kund user käyttäjä användare",
        "partner": "kumppani yhteistyökumppani partner",
        "employee": "työntekijä employee staff medarbetare anställd",
        "expert": "asiantuntija expert sakkunnig",
        "observer": "havainnoija observer observatör kirjuri notetaker",
        "machine": "botti bot chatbot assistant tekoäly ai",
    }.items()
}
_RESPONDENT = frozenset(
    """v vast vastaaja haastateltava p r a s respondent participant interviewee guest vieras
    ip intervjuperson deltagare informant informantti osallistuja o""".split()  # noqa: SIM905
)
# letters that mean a role only beside their pair: kysymys/vastaus, fråga/svar
_PAIRED = {("k", "v"): "k", ("f", "s"): "f"}
_NUMBERED = re.compile(r"^(.*?)[\s_-]*\d{0,2}$")


@dataclass(frozen=True)
class LabelledLine:
    """A line that looks like `label: words`, with offsets inside the line."""

    label: str
    words_start: int
    seconds: float | None
    marked: bool
    alone: bool = False


def seconds_of(time: str) -> float | None:
    """Seconds of a time written as mm:ss or hh:mm:ss, with or without parts; None without one."""
    found = _TIMES.search(time)
    if found is None:
        return None
    total = 0.0
    for part in found.group().replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def parse_line(line: str) -> LabelledLine | None:
    """Take a line apart where it may start a turn; None for a line that plainly doesn't."""
    match = _LINE.match(line)
    if match is None:
        return None
    label = " ".join(match["label"].split())
    rest = match["rest"]
    if len(label.split()) > 4 or rest.startswith("//") or not _may_be_a_name(label):
        return None
    if not match["space"] and rest and not (match["open"] or match["late"]):
        return None  # a time of day, a ratio, a smiley: something:like-this
    time = match["before"] or match["after"] or match["late"]
    return LabelledLine(
        label=label,
        words_start=match.start("rest"),
        seconds=None if time is None else seconds_of(time),
        marked=bool(match["open"] or time or not rest.strip()),
        alone=not (match["open"] or time or rest.strip()),
    )


def _may_be_a_name(label: str) -> bool:
    return label[0].isupper() or is_known(label)


def _stem(label: str) -> str:
    found = _NUMBERED.match(label.casefold().strip(" ."))
    return found.group(1).strip(" .") if found else label.casefold()


def is_known(label: str) -> bool:
    """Whether the label is one that transcripts commonly use."""
    stem = _stem(label)
    return stem in _RESPONDENT or stem in ("k", "f") or any(stem in v for v in _BY_ROLE.values())


def kind_of(word: str) -> str | None:
    """The kind of respondent that a word names (asiakas, partner, kone …), or None."""
    stem = (
        word.strip().casefold().removesuffix("s")
        if word.strip().isascii()
        else word.strip().casefold()
    )
    plain = {"kone": "machine", "konea": "machine", "machine": "machine", "maskin": "machine"}
    for kind in ("customer", "partner", "employee", "expert", "machine"):
        if stem in _BY_ROLE[kind] or word.strip().casefold() in _BY_ROLE[kind]:
            return kind
    return plain.get(stem) or plain.get(word.strip().casefold())


def choose_labels(
    lines: Sequence[tuple[int, LabelledLine]], roles: Mapping[str, str]
) -> tuple[set[str], list[tuple[int, str]]]:
    """Decide which labels are speakers, looking at the whole document.

    A label is a speaker when `roles` names it, when it comes twice or more, or when it is a common
    one (`H`, `V1`, `Interviewer`). A word met once before the first repeated label whose role that
    one has already is a header line (`Participant: …` above turns of `P`); an unknown
    one met once later is not taken, but told.

    Returns
    -------
    tuple
        The labels, and (line number, label) of the lines that looked like a turn but were not
        taken.
    """
    counts = Counter(part.label for _, part in lines)
    marked = Counter(part.label for _, part in lines if part.marked)
    repeated = {
        label
        for label, n in counts.items()
        if n >= 2 and (is_known(label) or n >= 3 or marked[label] >= 2)
    }
    first = min((number for number, p in lines if p.label in repeated), default=None)
    alone = any(part.alone for _, part in lines if part.label in repeated)
    chosen: set[str] = set(roles) & set(counts)
    strangers: list[tuple[int, str]] = []
    for number, part in lines:
        later = first is None or number > first
        known = is_known(part.label) and (later or not _is_header(part.label, repeated))
        if part.label in repeated or known:
            chosen.add(part.label)
        elif part.marked and first is not None and later and alone >= part.alone:
            # `Name (12:03):`, or `Name:` alone on its line where others stand alone too
            chosen.add(part.label)
    for number, part in lines:
        if part.label not in chosen and first is not None and number > first:
            strangers.append((number, part.label))
    return chosen, strangers


def _is_header(label: str, repeated: set[str]) -> bool:
    """Whether a common label before the talk is a word whose role the talk gives to another."""
    if len(label) <= 3:
        return False
    roles, _ = guess_roles([label, *repeated])
    return roles[label] in {roles[other] for other in repeated}


def guess_roles(
    labels: Iterable[str],
    *,
    roles: Mapping[str, str] | None = None,
    questions: Mapping[str, float] | None = None,
    default: str = "customer",
) -> tuple[dict[str, str], list[str]]:
    """Give each speaker label a role.

    Parameters
    ----------
    labels : iterable of str
        Labels as in the file.
    roles : mapping, optional
        What the person said: label to role. Always wins.
    questions : mapping, optional
        Label to the share of its turns that end with a question mark; used only where no label
        says who interviews.
    default : str
        Role of those who answer.

    Returns
    -------
    tuple
        Label to role, and the labels whose role is only a guess from the questions or the default.
    """
    given = {k.casefold(): v for k, v in (roles or {}).items()}
    labels = list(dict.fromkeys(labels))
    stems = {label: _stem(label) for label in labels}
    found: dict[str, str] = {}
    unsure: list[str] = []
    asking = {
        letter
        for (first, second), letter in _PAIRED.items()
        if {first, second} <= set(stems.values())
    }
    for label in labels:
        role = given.get(label.casefold()) or _role_of(stems[label], asking, default)
        if role is None:
            unsure.append(label)
        else:
            found[label] = role
    if unsure and "interviewer" not in found.values():
        asker = _asker(unsure, found, questions or {})
        if asker is not None:
            found[asker] = "interviewer"
    for label in unsure:
        found.setdefault(label, default)
    return found, unsure


def _role_of(stem: str, asking: set[str], default: str) -> str | None:
    if stem in asking:
        return "interviewer"
    for role, names in _BY_ROLE.items():
        if stem in names:
            return role
    return default if stem in _RESPONDENT else None


def _asker(
    unsure: list[str], found: Mapping[str, str], questions: Mapping[str, float]
) -> str | None:
    """The one who asks: the only unknown beside known respondents, or clearly most questions."""
    if len(unsure) == 1 and found:
        return unsure[0]
    ranked = sorted(unsure, key=lambda label: -questions.get(label, 0.0))
    if len(ranked) < 2:
        return None
    top, second = (questions.get(label, 0.0) for label in ranked[:2])
    return ranked[0] if top >= 0.3 and top >= 2 * second else None
