"""Projects of Taguette and QualCoder, from the tables of their databases."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..model import Code, Codebook, ImportRefusedError, Words
from .drafts import slug_of
from .failures import Failure, failures_table
from .free_names import FreeNames
from .refi_project import RefiProject
from .refi_text import MovedText, move_text

__all__ = ["foreign_project"]

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>|<!--.*?-->", re.DOTALL)
_BLOCK = frozenset(
    """p div h1 h2 h3 h4 h5 h6 li ul ol blockquote pre table tr section article hr br dd
    dt""".split()  # noqa: SIM905
)
_CODINGS = ["coding", "document", "start", "end", "quote", "code", "coder", "origin", "memo",
            "important", "coded_at"]  # fmt: skip
_NOBODY = "unknown"


def foreign_project(
    program: str, tables: Mapping[str, pd.DataFrame], *, name: str, language: str = "en"
) -> tuple[RefiProject, pd.DataFrame]:
    """Bring what another program's database holds to the words of cxresearch.

    Parameters
    ----------
    program : {"taguette", "qualcoder"}
        Whose tables they are.
    tables : mapping of pandas.DataFrame
        As `study.foreign_tables` gives them.
    name : str
        Name of the project where the database has none; and in failures.
    language : str
        Language of the codes' names.

    Returns
    -------
    project : RefiProject
        Documents in stored form, codes as a tree, codings with their coders, memos, respondents
        (QualCoder's cases) with attributes. Taguette counts UTF-8 bytes of the text without its
        tags; QualCoder counts code points.
    failures : pandas.DataFrame
        The contract `failures`: sources without text, places outside their text, words that are not
        those that the program kept.

    Raises
    ------
    ImportRefusedError
        Not one of the programs, several Taguette projects in one database, or a cell of another
        kind than its column.
    """
    takers = {"taguette": _of_taguette, "qualcoder": _of_qualcoder}
    if program not in takers:
        raise ImportRefusedError(
            "There is no such program.", expected=", ".join(takers), found=program
        )
    failures: list[Failure] = []
    try:
        project = takers[program](tables, name, language, failures)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise ImportRefusedError(
            "The database holds cells that can't be used.",
            expected=f"tables as {program} writes them",
            found=type(error).__name__,
            where=name,
        ) from error
    return project, failures_table(failures)


def _text(value: Any) -> str:
    """A cell as text; bytes and empty cells as nothing."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _rows(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    if table is None:
        return []
    return table.astype(object).where(table.notna(), None).to_dict("records")


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError("an id that is no whole number")
    return int(value)


class _Pieces:
    """What every program's project is gathered into."""

    def __init__(self, name: str, failures: list[Failure]) -> None:
        self.name = name
        self.failures = failures
        self.documents: dict[int, tuple[str, str, MovedText]] = {}
        self.codes: dict[int, str] = {}
        self.codings: list[tuple[Any, ...]] = []
        self._document_names = FreeNames(key=str.casefold)
        self._code_names = FreeNames("{}_{}")

    def add_document(self, number: int, title: str, raw: str) -> None:
        stem = re.sub(r"\.(txt|docx?|odt|pdf|html?|md|rtf|epub)$", "", title.strip(), flags=re.I)
        moved = move_text(raw.replace("\0", ""), where=self.name)
        self.documents[number] = (self._document_names.take(stem or "document"), title, moved)

    def code_id(self, number: int, title: str) -> str:
        self.codes[number] = self._code_names.take(slug_of(title))
        return self.codes[number]

    def add_coding(
        self, document: int, code: int, place: tuple[int, int], *, coder: str, memo: str = "",
        at: str = "", important: Any = None, said: str | None = None,
    ) -> None:  # fmt: skip
        """Add a coding by raw places; one outside the text is told, not taken."""
        if document not in self.documents or code not in self.codes:
            self._fail("a coding of an unknown document or code", "known ones")
            return
        title, _, moved = self.documents[document]
        start = int(moved.move(np.array([place[0]], dtype=np.int64), is_end=False)[0])
        end = int(moved.move(np.array([place[1]], dtype=np.int64), is_end=True)[0])
        if not 0 <= start < end <= len(moved.text):
            self._fail("a coding outside its text or of no length", f"0 … {len(moved.text)}")
            return
        quote = moved.text[start:end]
        if said and " ".join(said.split()) != " ".join(quote.split()):
            self._fail("a coding whose words are not those that were kept", "the same words")
        self.codings.append(
            (str(len(self.codings)), title, start, end, quote, self.codes[code], coder or _NOBODY,
             "human", memo or None, bool(important) if important is not None else None, at or None)
        )  # fmt: skip

    def _fail(self, found: str, expected: str) -> None:
        self.failures.append(Failure(self.name, None, None, found, expected))

    def project(self, codes: Iterable[Code], **more: Any) -> RefiProject:
        frame = pd.DataFrame(self.codings, columns=_CODINGS)
        frame["coded_at"] = pd.to_datetime(
            frame["coded_at"], utc=True, errors="coerce", format="mixed"
        )
        frame = frame.drop_duplicates(["document", "start", "end", "code", "coder"])
        documents = pd.DataFrame(
            [(d, "interview", m.text, t) for d, t, m in self.documents.values()],
            columns=["document", "kind", "text", "title"],
        )
        return RefiProject(
            more.pop("name", None) or self.name,
            documents,
            Codebook(tuple(codes)),
            frame.reset_index(drop=True),
            coders=tuple(dict.fromkeys(frame["coder"])),
            **more,
        )


def _of_taguette(
    tables: Mapping[str, pd.DataFrame], name: str, language: str, failures: list[Failure]
) -> RefiProject:
    projects = _rows(tables["projects"])
    if len(projects) != 1:
        raise ImportRefusedError(
            "The database holds no single Taguette project.",
            expected="one project",
            found=f"{len(projects)} projects",
            where=name,
            next_step="Export the project by itself: Taguette, project info, export as SQLite3.",
        )
    pieces = _Pieces(name, failures)
    places: dict[int, np.ndarray] = {}
    for row in _rows(tables["documents"]):
        text, places[_id(row["id"])] = _words_of_html(_text(row["contents"]))
        pieces.add_document(_id(row["id"]), _text(row["name"]), text)
    codes = _dotted_codes(_rows(tables["tags"]), pieces, language)
    who = _taguette_coders(_rows(tables.get("commands")))
    tags: dict[int, list[int]] = {}
    for row in _rows(tables["highlight_tags"]):
        tags.setdefault(_id(row["highlight_id"]), []).append(_id(row["tag_id"]))
    for row in _rows(tables["highlights"]):
        number, document = _id(row["id"]), _id(row["document_id"])
        place = _places(row["start_offset"], row["end_offset"], places.get(document))
        said = _words_of_html(_text(row["snippet"]))[0] if row["snippet"] else None
        coder, at = who.get(number, ("", ""))
        for tag in tags.get(number, []):
            pieces.add_coding(document, tag, place, coder=coder, at=at, said=said)
    about = _text(projects[0]["description"])
    title = _text(projects[0]["name"])
    return pieces.project(codes, name=title, description=about, origin="Taguette")


def _places(start: Any, end: Any, offsets: np.ndarray | None) -> tuple[int, int]:
    """UTF-8 bytes of the words as places in the text with its line ends; -1 outside."""
    if offsets is None:
        return -1, -1
    low, high = _id(start), _id(end)
    if not 0 <= low < high < len(offsets):
        return -1, -1
    # the end is the place after the last byte's letter, before a line end that follows
    return int(offsets[low]), int(offsets[high - 1]) + 1


def _words_of_html(source: str) -> tuple[str, np.ndarray]:
    """Text of Taguette's HTML with a line a block, and for each UTF-8 byte of its words the place.

    Bytes are counted over the words alone: tags and line ends between blocks count nothing.
    """
    made: list[str] = []
    at = 0
    last = 0
    broken = True  # no line end before the first words
    offsets: list[np.ndarray] = []
    for match in [*_TAG.finditer(source), None]:
        words = html.unescape(source[last : match.start() if match else len(source)])
        if words:
            made.append(words)
            counted = np.frombuffer(words.encode("utf-8", "surrogatepass"), dtype=np.uint8)
            offsets.append(at + np.cumsum((counted & 0xC0) != 0x80) - 1)
            at += len(words)
            broken = broken and not words.strip()
        if match is None:
            break
        last = match.end()
        if (match[2] or "").lower() in _BLOCK and not broken:
            made.append("\n")
            at += 1
            broken = True
    places = np.concatenate([*offsets, [at]]) if offsets else np.array([0])
    return "".join(made), places.astype(np.int64)


def _dotted_codes(rows: list[dict[str, Any]], pieces: _Pieces, language: str) -> list[Code]:
    """Taguette's tags; `a.b` hangs below `a` where there is one."""
    by_path = {_text(r["path"]): pieces.code_id(_id(r["id"]), _text(r["path"])) for r in rows}
    codes = []
    for row in rows:
        path = _text(row["path"])
        above = path.rpartition(".")[0]
        while above and above not in by_path:
            above = above.rpartition(".")[0]
        title = path[len(above) + 1 :] if above else path
        codes.append(
            Code(pieces.codes[_id(row["id"])], "theme", Words({language: title or path}),
                 parent=by_path.get(above), definition=_text(row["description"]))
        )  # fmt: skip
    return codes


def _taguette_coders(commands: list[dict[str, Any]]) -> dict[int, tuple[str, str]]:
    """Who made or last changed each highlight, and when, from the log of commands."""
    found: dict[int, tuple[str, str]] = {}
    for row in commands:
        try:
            payload = json.loads(_text(row["payload"]))
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(payload, dict) and payload.get("type") == "highlight_add":
            number = payload.get("highlight_id", payload.get("id"))
            if isinstance(number, int):
                found[number] = (_text(row["user_login"]), _text(row["date"]))
    return found


def _of_qualcoder(
    tables: Mapping[str, pd.DataFrame], name: str, language: str, failures: list[Failure]
) -> RefiProject:
    pieces = _Pieces(name, failures)
    unread = 0
    for row in _rows(tables["source"]):
        if _text(row["fulltext"]).strip():
            pieces.add_document(_id(row["id"]), _text(row["name"]), _text(row["fulltext"]))
        else:
            unread += 1
    if unread:
        failures.append(
            Failure(name, None, None, f"{unread} source(s) without text; not taken", "texts")
        )
    codes = _qualcoder_codes(tables, pieces, language)
    for row in _rows(tables["code_text"]):
        pieces.add_coding(
            _id(row["fid"]), _id(row["cid"]), (_id(row["pos0"]), _id(row["pos1"])),
            coder=_text(row["owner"]), memo=_text(row["memo"]), at=_text(row["date"]),
            important=row["important"], said=_text(row["seltext"]) or None,
        )  # fmt: skip
    memos = _qualcoder_memos(tables, pieces)
    about = next((_text(r["memo"]) for r in _rows(tables.get("project"))), "")
    people = _cases(tables, pieces)
    project = pieces.project(codes, description=about, origin="QualCoder", respondents=people[0])
    project.documents["respondent"] = project.documents["document"].map(people[1])
    return replace(project, memos=memos) if len(memos) else project


def _qualcoder_memos(tables: Mapping[str, pd.DataFrame], pieces: _Pieces) -> pd.DataFrame:
    """Memos of sources, and entries of the journal as memos of the study."""
    memos = []
    for row in _rows(tables["source"]):
        if _text(row["memo"]).strip() and _id(row["id"]) in pieces.documents:
            about = ("document", pieces.documents[_id(row["id"])][0])
            memos.append((*about, _text(row["owner"]) or _NOBODY, _text(row["memo"])))
    for row in _rows(tables.get("journal")):
        if _text(row["jentry"]).strip():
            text = f"{_text(row['name'])}\n{_text(row['jentry'])}".strip()
            memos.append(("study", "", _text(row["owner"]) or _NOBODY, text))
    return pd.DataFrame(memos, columns=["about", "target", "coder", "text"])


def _qualcoder_codes(
    tables: Mapping[str, pd.DataFrame], pieces: _Pieces, language: str
) -> list[Code]:
    """Categories stand above codes; a code may stand below another."""
    categories = {_id(r["catid"]): r for r in _rows(tables["code_cat"])}
    names = {n: pieces.code_id(-1 - n, _text(r["name"])) for n, r in categories.items()}
    codes = [
        Code(names[n], "theme", Words({language: _text(r["name"])}), definition=_text(r["memo"]),
             parent=names.get(r["supercatid"]))
        for n, r in categories.items()
    ]  # fmt: skip
    rows = _rows(tables["code_name"])
    own = {_id(r["cid"]): pieces.code_id(_id(r["cid"]), _text(r["name"])) for r in rows}
    for row in rows:
        colour = _text(row["color"])
        codes.append(
            Code(own[_id(row["cid"])], "theme", Words({language: _text(row["name"])}),
                 definition=_text(row["memo"]),
                 parent=own.get(row["supercid"]) or names.get(row["catid"]),
                 colour=colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else None)
        )  # fmt: skip
    return codes


def _cases(
    tables: Mapping[str, pd.DataFrame], pieces: _Pieces
) -> tuple[pd.DataFrame, dict[str, str]]:
    """QualCoder's cases as respondents, with their attributes, and who speaks in a document."""
    taken = FreeNames()
    names = {
        _id(r["caseid"]): taken.take(_text(r["name"]) or "case") for r in _rows(tables["cases"])
    }
    numeric = {
        _text(r["name"]) for r in _rows(tables.get("attribute_type")) if r["valuetype"] == "numeric"
    }
    people: dict[int, dict[str, Any]] = {
        n: {"respondent": title, "kind": "customer"} for n, title in names.items()
    }
    for row in _rows(tables.get("attribute")):
        if row["attr_type"] != "case" or row["id"] not in people or not _text(row["value"]):
            continue
        value: Any = _text(row["value"])
        if _text(row["name"]) in numeric and re.fullmatch(r"[-+]?\d{1,15}(\.\d+)?", value):
            value = float(value)
        if _text(row["name"]) not in ("respondent", "kind"):
            people[row["id"]][_text(row["name"])] = value
    speaks: dict[str, str] = {}
    for row in _rows(tables["case_text"]):
        if row["fid"] in pieces.documents and row["caseid"] in names:
            speaks.setdefault(pieces.documents[row["fid"]][0], names[row["caseid"]])
    frame = pd.DataFrame(list(people.values()))
    return (frame if len(frame) else pd.DataFrame(columns=["respondent", "kind"])), speaks
