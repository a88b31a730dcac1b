"""Codebooks as REFI-QDA writes them: codes as a tree, in a .qdc file and inside a project."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import Code, Codebook, ImportRefusedError, Words
from ..model.frames import CODE_KINDS
from .archives import parse_xml
from .drafts import slug_of
from .free_names import FreeNames
from .refi_xml import (
    CODEBOOK_SPACE,
    bare,
    children,
    clean,
    element,
    guid_for,
    guid_of,
    to_bytes,
)
from .source_text import read_bytes

__all__ = [
    "ReadCodes",
    "code_elements",
    "code_names",
    "read_code_elements",
    "read_refi_codebook",
    "write_refi_codebook",
    "write_whole",
]

MAX_CODES = 10_000
_RULE = "– – –"
_LABEL = re.compile(r"^([A-Z][a-z]+)(?: \(([a-z]{2,3})\))?: ?(.*)$")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_WORDS = {"Kind": "kind", "Id": "code", "Key": "shortcut", "Colour": "colour"}
_TEXTS = {"Include": "include", "Exclude": "exclude", "Example": "example"}


def write_refi_codebook(
    path: str | Path, codebook: Codebook, *, name: str = "codebook", language: str = "en"
) -> Path:
    """Write a codebook as .qdc, valid against the schema of REFI-QDA 1.0.

    Parameters
    ----------
    path : path
        File to write.
    codebook : Codebook
        At least one code: the schema knows no empty codebook.
    name : str
        Name of the study. The GUIDs are made of it and of the codes' ids, so that they stay the
        same at each export, and the same as in the project of that name.
    language : str
        Language of the names that other programs show.

    Returns
    -------
    Path

    Raises
    ------
    ImportRefusedError
        The codebook is empty.

    Notes
    -----
    The description of a code holds its definition and, below a line of dashes, one labelled line
    for each further field (include, exclude, example, kind, id, names, key, valence, terms):
    people read them in any program, and `read_refi_codebook` takes them back.
    """
    if not len(codebook):
        raise ImportRefusedError(
            "The codebook has no codes.",
            expected="at least one code",
            found="none",
            next_step="Add a code first: REFI-QDA has no empty codebooks.",
        )
    root = element("CodeBook", origin="cxresearch")
    codes = element("Codes", root)
    guids = {c.code: guid_for(name, "code", c.code) for c in codebook}
    for node in code_elements(codebook, code_names(codebook, language), guids):
        codes.append(node)
    return write_whole(path, to_bytes(root, CODEBOOK_SPACE))


def read_refi_codebook(path: str | Path, *, language: str = "en") -> Codebook:
    """Read a .qdc codebook of any program.

    Parameters
    ----------
    path : path
        A .qdc file; its namespace may be of any version, `<Sets/>` may be empty.
    language : str
        Language of the names in a file that another program wrote.

    Returns
    -------
    Codebook
        Ids are made of the names where the file has none; `kind` is `theme` where the file does
        not tell. In a file of Taguette, whose codebook is flat, `a.b` is put below `a`.

    Raises
    ------
    ImportRefusedError
        Not a codebook; broken or hostile XML; over 10,000 codes or 60 levels.
    """
    name = Path(path).name
    root = bare(parse_xml(read_bytes(path), where=name), where=name)
    if root.tag not in ("CodeBook", "Codebook"):
        raise ImportRefusedError(
            "This is not a REFI-QDA codebook.",
            expected="a CodeBook",
            found=str(root.tag)[:60],
            where=name,
            next_step="A project (.qdpx) is read with read_refi_project.",
        )
    found = read_code_elements(next(children(root, "Codes"), None), language=language, where=name)
    if "taguette" in root.get("origin", "").casefold():
        from .taguette import nested_by_dots

        return nested_by_dots(found.codebook)
    return found.codebook


# ------------------------------------------------------------------------------------- writing


def code_names(
    codebook: Codebook, language: str, taken: frozenset[str] = frozenset()
) -> dict[str, str]:
    """A name for each code that no other code has (peers lose codings of a name used twice)."""
    free = FreeNames(taken=taken, key=str.casefold)
    return {c.code: free.take(clean(c.name.to(language)).strip() or c.code) for c in codebook}


def code_elements(
    codebook: Codebook,
    names: Mapping[str, str],
    guids: Mapping[str, str],
    not_codable: frozenset[str] = frozenset(),
) -> list[Any]:
    """The Code elements of the top, with those below inside them, in the order of the codebook."""
    nodes = {}
    for code in codebook:
        node = element(
            "Code",
            guid=guids[code.code],
            name=names[code.code],
            isCodable="false" if code.code in not_codable else "true",
            color=code.colour if code.colour and _COLOUR.fullmatch(code.colour) else None,
        )
        element("Description", node, text=description_of(code, names[code.code]))
        nodes[code.code] = node
    for code in codebook:
        if code.parent is not None:
            nodes[code.parent].append(nodes[code.code])
    return [nodes[c.code] for c in codebook if c.parent is None]


def description_of(code: Code, shown: str) -> str:
    """Definition, and a labelled line for each further field."""
    fields = [(label, getattr(code, name)) for label, name in _TEXTS.items()]
    fields += [("Kind", code.kind), ("Id", code.code)]
    fields += [(f"Name ({x})", code.name[x]) for x in code.name]
    fields += [("Key", code.shortcut), ("Valence", code.valence)]
    fields += [(f"Terms ({x})", ", ".join(words)) for x, words in code.terms.items()]
    if code.colour and not _COLOUR.fullmatch(code.colour):
        fields.append(("Colour", code.colour))
    lines = [
        f"{label}: " + clean(value).replace("\n", "\n  ")
        for label, value in fields
        if value is not None and value != ""
    ]
    return "\n".join([*([clean(code.definition)] if code.definition else []), _RULE, *lines])


def write_whole(path: str | Path, content: bytes) -> Path:
    """Write a file so that it is either whole or not there."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(scratch).replace(target)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return target


# ------------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class ReadCodes:
    """Codes of a file: the codebook, GUID to id, and what has to be kept beside it."""

    codebook: Codebook
    ids: Mapping[str, str]
    nodes: Mapping[str, Any]
    not_codable: frozenset[str]


def read_code_elements(
    top: Any, *, language: str, where: str, leave_out: frozenset[str] = frozenset()
) -> ReadCodes:
    """Read the Code elements below `top`; branches whose GUID is in `leave_out` are not codes."""
    made: list[Code] = []
    ids: dict[str, str] = {}
    nodes: dict[str, Any] = {}
    fixed: set[str] = set()
    free = FreeNames("{}_{}")
    for node, parent in _walk(top, leave_out):
        if len(made) >= MAX_CODES:
            raise ImportRefusedError(
                "The codebook has too many codes.",
                expected=f"at most {MAX_CODES:,}",
                found="more codes",
                where=where,
            )
        name = " ".join(clean(node.get("name")).split())
        fields = _fields(next((d.text or "" for d in children(node, "Description")), ""))
        code = free.take(fields.pop("code", None) or slug_of(name or "code"))
        guid = guid_of(node.get("guid")) or guid_for(where, "code", code)
        above = None if parent is None else ids.get(_key(parent))
        made.append(_code(node, code, above, name, fields, language))
        ids.setdefault(guid, code)
        ids[_key(node)] = code
        nodes[code] = node
        if node.get("isCodable", "true").strip() in ("false", "0"):
            fixed.add(code)
    return ReadCodes(Codebook(tuple(made)), ids, nodes, frozenset(fixed))


def _key(node: Any) -> str:
    return f"node {id(node)}"


def _walk(top: Any, leave_out: frozenset[str]) -> Iterator[tuple[Any, Any]]:
    stack = [(node, None) for node in children(top, "Code")][::-1]
    while stack:
        node, parent = stack.pop()
        if guid_of(node.get("guid")) in leave_out:
            continue
        yield node, parent
        stack.extend([(child, node) for child in children(node, "Code")][::-1])


def _code(
    node: Any, code: str, parent: str | None, name: str, fields: dict[str, Any], language: str
) -> Code:
    names = fields.pop("names")
    known = {*(" ".join(n.split()) for n in names.values()), code}
    if names and name and not known & {name, re.sub(r" \(\d+\)$", "", name)}:
        names = {language: name}  # renamed in another program
    colour = (node.get("color") or "").strip()
    fields.setdefault("colour", colour if _COLOUR.fullmatch(colour) else None)
    kind = fields.pop("kind", "theme")
    return Code(
        code=code,
        kind=kind if kind in CODE_KINDS else "theme",
        name=Words(names or ({language: name} if name else {})),
        parent=parent,
        **fields,
    )


def _fields(description: str) -> dict[str, Any]:
    """The fields in a description; all of it is the definition where no labelled lines are."""
    text = clean(description)
    lines = text.split("\n")
    rules = [i for i, line in enumerate(lines) if line == _RULE]
    if not rules:
        return {"definition": text, "names": {}}
    fields: dict[str, Any] = {"definition": "\n".join(lines[: rules[-1]]), "names": {}, "terms": {}}
    for label, language, value in _labelled(lines[rules[-1] + 1 :]):
        if label in _TEXTS:
            fields[_TEXTS[label]] = value
        elif label == "Name" and language:
            fields["names"][language] = value
        elif label == "Terms" and language:
            fields["terms"][language] = tuple(t for t in value.split(", ") if t)
        elif label == "Valence" and re.fullmatch(r"-?[0-2]", value):
            fields["valence"] = int(value)
        elif label in _WORDS and value:
            fields[_WORDS[label]] = value
    return fields


def _labelled(lines: list[str]) -> list[tuple[str, str | None, str]]:
    found: list[list[Any]] = []
    for line in lines:
        label = _LABEL.match(line)
        if label:
            found.append([label[1], label[2], [label[3]]])
        elif found:
            found[-1][2].append(line.removeprefix("  "))
    return [(label, language, "\n".join(parts)) for label, language, parts in found]
