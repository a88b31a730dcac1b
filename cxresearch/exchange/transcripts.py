"""Interviews, notes and diaries: from a file to a document and its turns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..model import Document, ImportRefusedError, Turn, normalise_text
from ..model.frames import DOCUMENT_KINDS, ROLES
from .captions import Cue, merge_cues, read_captions, read_whisper
from .elan import read_elan
from .failures import Failure, failures_table
from .front_matter import split_front_matter
from .limits import MAX_DOCUMENT_CHARACTERS
from .office_text import docx_paragraphs, odt_paragraphs, rtf_paragraphs
from .page_text import html_paragraphs, pdf_paragraphs
from .source_text import read_text, sha256_of
from .speakers import LabelledLine, choose_labels, guess_roles, parse_line
from .spoken_tables import SPOKEN_TABLE_ENDINGS, read_spoken_table

__all__ = ["TRANSCRIPT_ENDINGS", "find_turns", "front_matter_of", "read_document", "turns_of"]

TRANSCRIPT_ENDINGS = (
    ".txt", ".md", ".docx", ".odt", ".rtf", ".pdf", ".html", ".htm", ".vtt", ".srt", ".json",
    ".eaf",
)  # fmt: skip
_OFFICE = {
    ".docx": docx_paragraphs,
    ".odt": odt_paragraphs,
    ".rtf": rtf_paragraphs,
    ".html": html_paragraphs,
    ".htm": html_paragraphs,
}
_TIMED = (".vtt", ".srt", ".json", ".eaf", *SPOKEN_TABLE_ENDINGS)
# a line that is only a remark of the transcriber: (nauraa), [pause], *skrattar*
_REMARK = re.compile(r"^\s*(?:\([^()]*\)|\[[^\[\]]*\]|\*[^*]+\*)[.\s]*$")
# a heading, a rule, a page number, or a numbered question of the interview guide
_STRUCTURE = re.compile(r"^\s*(?:#{1,6}\s|[-=_*]{3,}\s*$|\d{1,4}\s*/\s*\d{1,4}\s*$)")
_GUIDE = re.compile(r"^\s*\d{1,2}(?:\.?[a-z]|\.\d{1,2})?[.)]?\s+\S")
_WITHOUT_TURNS = ("observation", "diary", "workshop", "feedback", "comment")


@dataclass(frozen=True)
class _Line:
    number: int
    start: int
    text: str
    part: LabelledLine | None

    @property
    def words(self) -> tuple[int, int]:
        """Offsets of the words without the white space around them."""
        left = len(self.text) - len(self.text.lstrip())
        return self.start + left, self.start + len(self.text.rstrip())


def read_document(
    path: str | Path,
    *,
    kind: str = "interview",
    roles: Mapping[str, str] | None = None,
    document: str | None = None,
    default_role: str = "customer",
) -> tuple[Document, pd.DataFrame, pd.DataFrame]:
    """Read one interview, note or diary and find out who says what.

    Parameters
    ----------
    path : path
        txt, md, docx, odt, rtf, pdf with a text layer, html, vtt, srt, json as Whisper writes it,
        eaf of ELAN, or a table (csv, tsv, xlsx, ods) with columns of speakers and words.
    kind : str
        interview, observation, diary, workshop or feedback.
    roles : mapping, optional
        Speaker label to role. A label given here is always taken as a speaker.
    document : str, optional
        Id of the document; the file's stem otherwise.
    default_role : str
        Role of those who answer.

    Returns
    -------
    document : Document
        Its normalised text without front matter (see `front_matter_of`). Captions are written out
        as `Speaker: words`, one turn a paragraph.
    turns : pandas.DataFrame
        The contract `turns`: document, turn (from 0), start, end (code points of the words said,
        without label, time and white space around), speaker, role, seconds, seconds_end. Missing
        where the file does not say.
    failures : pandas.DataFrame
        The contract `failures`: lines in another encoding, lines that look like a turn but were
        not taken, roles that were guessed, cues that overlap.

    Raises
    ------
    ImportRefusedError
        The file is empty, binary, locked, holds a macro, a NUL, is over `MAX_DOCUMENT_CHARACTERS`,
        or is of a kind that is not read (doc, pages).
    """
    path = Path(path)
    _check_choice("kind", kind, DOCUMENT_KINDS)
    for role in (default_role, *(roles or {}).values()):
        _check_choice("role", role, ROLES)
    name, ending = path.name, path.suffix.lower()
    failures: list[Failure] = []
    front: dict[str, str] = {}
    if ending in _TIMED:
        cues, timed = _cues(path, ending, failures)
        text, turns = _written_out(cues, timed=timed)
    else:
        front, text = split_front_matter(_plain_text(path, ending, failures))
        if not text.strip():
            raise _without_words(name)
        turns, remarks = find_turns(text, kind=kind, roles=roles, name=name)
        failures.extend(remarks)
    _check_length(text, name)
    turns = _with_roles(turns, text, kind, roles or {}, default_role, name, failures)
    made = Document(
        document or path.stem,
        kind,
        text,
        title=_named(front) or _title(text, path, turns),
        source=name,
        sha256=sha256_of(path),
    )
    return made, _turns_table(made.document, turns), failures_table(failures)


def _cues(path: Path, ending: str, failures: list[Failure]) -> tuple[list[Cue], bool]:
    """What was said, merged to turns, and whether the file tells times."""
    if ending in SPOKEN_TABLE_ENDINGS:
        cues, remarks = read_spoken_table(path)
        failures.extend(remarks)
        timed = any(cue.end for cue in cues)
        # without speakers each row stays an utterance of its own
        return (merge_cues(cues) if any(cue.speaker for cue in cues) else cues), timed
    if ending == ".eaf":
        cues, remarks = read_elan(path)
    else:
        source = read_text(path)
        failures.extend(source.failures)
        reader = read_whisper if ending == ".json" else read_captions
        cues, remarks = reader(source.text, name=path.name)
    failures.extend(remarks)
    return merge_cues(cues), True


def _check_choice(what: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ImportRefusedError(
            f"There is no such {what}.", expected=" | ".join(allowed), found=str(value)
        )


def _plain_text(path: Path, ending: str, failures: list[Failure]) -> str:
    if ending in _OFFICE or ending == ".pdf":
        if ending == ".pdf":
            paragraphs, remarks = pdf_paragraphs(path)
            failures.extend(remarks)
        else:
            paragraphs = _OFFICE[ending](path)
        joined = "\n".join(paragraphs)
        text = normalise_text(joined, where=path.name)
        if not text.strip():
            raise _without_words(path.name)
        return text
    if ending in (".doc", ".pages"):
        raise ImportRefusedError(
            f"Transcripts in {ending} are not read.",
            expected=", ".join(TRANSCRIPT_ENDINGS),
            found=ending,
            where=path.name,
            next_step="Open it in its own program and save it as docx or txt.",
        )
    source = read_text(path)
    failures.extend(source.failures)
    return source.text


def _without_words(name: str) -> ImportRefusedError:
    return ImportRefusedError(
        "The document holds no text.", expected="some text", found="no words", where=name
    )


def front_matter_of(path: str | Path) -> dict[str, str]:
    """The lines `key: value` between `---` at the top of a text file; {} where there are none.

    `read_document` leaves them out of the text. Who speaks and their attributes can stand there:
    `respondent: P7`, `kind: partner`, `industry: care`. Raises what `read_document` does.
    """
    path = Path(path)
    if path.suffix.lower() not in (".txt", ".md", *_OFFICE):
        return {}
    return split_front_matter(_plain_text(path, path.suffix.lower(), []))[0]


def _named(front: Mapping[str, str]) -> str:
    return next((front[k] for k in ("title", "otsikko", "titel") if front.get(k)), "")


def _check_length(text: str, name: str) -> None:
    if len(text) > MAX_DOCUMENT_CHARACTERS:
        raise ImportRefusedError(
            "The document is too long.",
            expected=f"at most {MAX_DOCUMENT_CHARACTERS:,} characters",
            found=f"{len(text):,} characters",
            where=name,
            next_step="Split it into the interviews that it holds.",
        )


def _title(text: str, path: Path, turns: Sequence[Turn]) -> str:
    """The first line that stands before the first words said, where it is short."""
    speakers = {turn.speaker for turn in turns if turn.speaker}
    before = text[: turns[0].start] if turns and speakers else text
    for line in before.split("\n")[:-1] if speakers else before.split("\n", 4)[:4]:
        part = parse_line(line)
        if part is not None and part.label in speakers:
            return path.stem
        words = line.strip(" #*\t")
        if words and not re.fullmatch(r"\d+\s*/?\s*\d*", words):
            return words if len(words) <= 120 and not _REMARK.match(line) else path.stem
    return path.stem


def find_turns(
    text: str,
    *,
    kind: str = "interview",
    roles: Mapping[str, str] | None = None,
    name: str = "",
) -> tuple[list[Turn], list[Failure]]:
    """Find the turns of a normalised text.

    `H:`, `V1:`, `Haastattelija:`, `[00:12:03] V:`, `**Haastattelija:**`, `Name (12:03):` start a
    turn; a line without label goes on with it. Headings, page numbers and lines that are only a
    remark in brackets belong to nobody. A colon inside a sentence is no speaker: a label must come
    again and again, or be a common one. Where one label (a moderator's) marks some lines and most
    have none, the unmarked lines are the other's. Where there are no labels, each paragraph is a
    turn.

    Returns
    -------
    tuple
        Turns without roles, and failures for lines that look like a turn but were not taken.
    """
    lines = _lines(text)
    labelled = [(line.number, line.part) for line in lines if line.part is not None]
    if kind in _WITHOUT_TURNS and not roles and not _talks(labelled, lines):
        labelled = []
    labels, strangers = choose_labels(labelled, roles or {})
    failures = [
        Failure(
            name, number, None, "a line that looks like a turn; kept as words", "a known speaker"
        )
        for number, _ in strangers[:50]
    ]
    if not labels:
        return _paragraphs(lines), failures
    if _one_marked(lines, labels):
        return _numbered(_marked_turns(lines, labels)), failures
    return _numbered(_speaker_turns(lines, labels)), failures


def turns_of(text: str, *, document: str, kind: str = "interview", name: str = "") -> pd.DataFrame:
    """The turns of a normalised text that came from another program, with guessed roles.

    Returns the contract `turns`, as `read_document` does; without times where the text has none.
    """
    turns, failures = find_turns(text, kind=kind, name=name)
    with_roles = _with_roles(turns, text, kind, {}, "customer", name, failures)
    return _turns_table(document, with_roles)


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for number, content in enumerate(text.split("\n"), start=1):
        lines.append(_Line(number, start, content, parse_line(content)))
        start += len(content) + 1
    return lines


def _talks(labelled: Sequence[tuple[int, LabelledLine]], lines: Sequence[_Line]) -> bool:
    """Notes and diaries have turns only where a third of their lines are labelled."""
    written = sum(bool(line.text.strip()) for line in lines)
    known = len({part.label for _, part in labelled})
    return known >= 2 and len(labelled) * 3 >= written and len(labelled) >= 2 * known


def _one_marked(lines: Sequence[_Line], labels: set[str]) -> bool:
    if len(labels) != 1:
        return False
    role, _ = guess_roles(labels, default="customer")
    marked = sum(_is(line, labels) for line in lines)
    plain = sum(_is_words(line) and not _is(line, labels) for line in lines)
    return next(iter(role.values())) == "interviewer" and plain > 2 * marked


def _is(line: _Line, labels: set[str]) -> bool:
    return line.part is not None and line.part.label in labels


def _is_words(line: _Line) -> bool:
    return (
        bool(line.text.strip()) and not _REMARK.match(line.text) and not _STRUCTURE.match(line.text)
    )


def _speaker_turns(lines: Sequence[_Line], labels: set[str]) -> list[Turn]:
    turns: list[Turn] = []
    for line in lines:
        if _is(line, labels):
            turns.append(_opened(line))
        elif turns and (_is_words(line) or (_REMARK.match(line.text) and _is_empty(turns[-1]))):
            # a turn of nothing but (unintelligible) stays a turn
            turns[-1] = _longer(turns[-1], line)
    return turns


def _is_empty(turn: Turn) -> bool:
    return turn.start == turn.end


def _opened(line: _Line) -> Turn:
    part = line.part
    if part is None:  # only called for labelled lines
        raise ValueError("a line without label can't open a turn")
    said = line.text[part.words_start :]
    left = line.start + part.words_start + len(said) - len(said.lstrip())
    right = line.start + part.words_start + len(said.rstrip())
    return Turn(0, left, max(left, right), speaker=part.label, seconds=part.seconds)


def _longer(turn: Turn, line: _Line) -> Turn:
    left, right = line.words
    return replace(turn, start=left if _is_empty(turn) else turn.start, end=right)


def _marked_turns(lines: Sequence[_Line], labels: set[str]) -> list[Turn]:
    """One speaker is marked, the other's lines are not: a labelled line is one turn."""
    turns: list[Turn] = []
    open_turn = False
    for line in lines:
        if _is(line, labels):
            turns.append(_opened(line))
            open_turn = False
        elif not _is_words(line) or _GUIDE.match(line.text):
            open_turn = False
        elif open_turn:
            turns[-1] = _longer(turns[-1], line)
        else:
            left, right = line.words
            turns.append(Turn(0, left, right))
            open_turn = True
    return turns


def _paragraphs(lines: Sequence[_Line]) -> list[Turn]:
    """Each paragraph a turn of nobody; without empty lines, each line."""
    blocks = sum(
        _is_words(line) and (not i or not _is_words(lines[i - 1])) for i, line in enumerate(lines)
    )
    # notes of short lines, seldom an empty one: each line says something of its own
    spaced = sum(_is_words(line) for line in lines) <= 6 * blocks
    turns: list[Turn] = []
    going_on = False
    for line in lines:
        if not _is_words(line):
            going_on = False
        elif going_on and spaced:
            turns[-1] = replace(turns[-1], end=line.words[1])
        else:
            left, right = line.words
            turns.append(Turn(0, left, right))
            going_on = True
    return _numbered(turns)


def _numbered(turns: Sequence[Turn]) -> list[Turn]:
    """Number the turns, leave out those without words, and end each time where the next starts."""
    spoken = [turn for turn in turns if turn.end > turn.start]
    made = []
    for number, turn in enumerate(spoken):
        following = spoken[number + 1].seconds if number + 1 < len(spoken) else None
        ends = turn.seconds_end
        if ends is None and turn.seconds is not None and following is not None:
            ends = following if following >= turn.seconds else None
        made.append(replace(turn, turn=number, seconds_end=ends))
    return made


def _written_out(cues: Sequence[Cue], *, timed: bool = True) -> tuple[str, list[Turn]]:
    """The text of captions and the turns in it."""
    pieces: list[str] = []
    turns: list[Turn] = []
    at = 0
    for cue in cues:
        said = normalise_text(cue.text)
        speaker = normalise_text(cue.speaker) if cue.speaker else None
        before = f"{speaker}: " if speaker else ""
        start = at + len(before)
        turns.append(
            Turn(
                0,
                start,
                start + len(said),
                speaker=speaker,
                seconds=cue.start if timed else None,
                seconds_end=cue.end if timed else None,
            )
        )
        pieces.append(before + said)
        at = start + len(said) + 2
    return "\n\n".join(pieces) + "\n", _numbered(turns)


def _with_roles(
    turns: Sequence[Turn],
    text: str,
    kind: str,
    roles: Mapping[str, str],
    default_role: str,
    name: str,
    failures: list[Failure],
) -> list[Turn]:
    by_label: dict[str, list[bool]] = {}
    for turn in turns:
        if turn.speaker is not None:
            by_label.setdefault(turn.speaker, []).append(text[turn.start : turn.end].endswith("?"))
    questions = {label: sum(asked) / len(asked) for label, asked in by_label.items()}
    found, unsure = guess_roles(by_label, roles=roles, questions=questions, default=default_role)
    for label in unsure:
        failures.append(
            Failure(
                name,
                None,
                "speaker",
                f"a label without known role, taken as {found[label]}",
                "roles in study.toml",
            )
        )
    nobody = "observer" if kind in ("observation", "workshop") else default_role
    return [
        replace(turn, role=found[turn.speaker] if turn.speaker is not None else nobody)
        for turn in turns
    ]


def _turns_table(document: str, turns: Sequence[Turn]) -> pd.DataFrame:
    text = "str" if pd.__version__ >= "3" else object
    return pd.DataFrame(
        {
            "document": pd.Series([document] * len(turns), dtype=text),
            "turn": pd.Series([t.turn for t in turns], dtype="int64"),
            "start": pd.Series([t.start for t in turns], dtype="int64"),
            "end": pd.Series([t.end for t in turns], dtype="int64"),
            "speaker": pd.Series([t.speaker for t in turns], dtype=text),
            "role": pd.Series([t.role for t in turns], dtype=text),
            "seconds": pd.Series([t.seconds for t in turns], dtype="float64"),
            "seconds_end": pd.Series([t.seconds_end for t in turns], dtype="float64"),
        }
    )
