"""Codebooks of Taguette: a flat list of tags whose dots stand for a tree."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..model import Code, Codebook, ImportRefusedError, Words
from .drafts import slug_of
from .free_names import FreeNames
from .refi_codebook import MAX_CODES, code_names, write_whole
from .tables import read_table

__all__ = ["nested_by_dots", "read_taguette_codebook", "write_taguette_codebook"]

_TAG = ("tag", "path", "name", "code", "koodi")
_DESCRIPTION = ("description", "definition", "kuvaus", "määritelmä")


def read_taguette_codebook(path: str | Path, *, language: str = "en") -> Codebook:
    """Read the codebook table that Taguette exports: `tag`, `description`, `number of highlights`.

    Parameters
    ----------
    path : path
        csv or xlsx, with a header. Other columns are ignored.
    language : str
        Language of the tags.

    Returns
    -------
    Codebook
        In the order of the file; ids are made of the tags. `a.b` is put below `a`, which is made
        where the file has no such tag. A dot before a blank is part of a name. `kind` is `theme`.

    Raises
    ------
    ImportRefusedError
        No column of tags, no tag, or over 10,000.

    Notes
    -----
    Codings come from Taguette's table of highlights (`id`, `document`, `tag`, `content`) with
    `read_codings`.
    """
    table = read_table(path)
    by_name = {str(c).strip().casefold(): c for c in table.frame.columns}
    tag = next((by_name[n] for n in _TAG if n in by_name), None)
    if tag is None:
        raise ImportRefusedError(
            "The codebook has no column of tags.",
            expected="a column `tag`",
            found=", ".join(map(str, table.frame.columns))[:200],
            where=table.name,
        )
    about = next((by_name[n] for n in _DESCRIPTION if n in by_name), None)
    rows = table.frame.fillna("").astype(str)
    names = [" ".join(n.split()) for n in rows[tag]]
    texts = rows[about].tolist() if about is not None else [""] * len(names)
    found = {name: text for name, text in zip(names, texts, strict=True) if name}
    if not 0 < len(found) <= MAX_CODES:
        raise ImportRefusedError(
            "The codebook has no tags, or too many.",
            expected=f"1 to {MAX_CODES:,} tags",
            found=f"{len(found):,}",
            where=table.name,
        )
    codes: dict[str, Code] = {}
    free = FreeNames("{}_{}")
    for name, text in found.items():
        code = free.take(slug_of(name))
        codes[code] = Code(code, "theme", Words({language: name}), definition=text.strip())
    return nested_by_dots(Codebook(tuple(codes.values())))


def nested_by_dots(codebook: Codebook) -> Codebook:
    """Put a code named `a.b` below the code named `a`; parents that are absent are made.

    Only codes at the top are moved. Their names become the part after the last dot.
    """
    language = {c.code: next(iter(c.name), "en") for c in codebook}
    paths = {c.code: _parts(c.name.to(language[c.code])) for c in codebook if c.parent is None}
    ids = {parts: code for code, parts in paths.items()}
    free = FreeNames("{}_{}", taken=[c.code for c in codebook])
    made: list[Code] = []
    for code in codebook:
        parts = paths.get(code.code, ())
        if len(parts) < 2:
            made.append(code)
            continue
        parent = None
        for depth in range(1, len(parts)):
            above = parts[:depth]
            if above not in ids:
                ids[above] = free.take(slug_of(" ".join(above)))
                name = Words({language[code.code]: above[-1]})
                made.append(Code(ids[above], "theme", name, parent=parent))
            parent = ids[above]
        made.append(replace(code, parent=parent, name=Words({language[code.code]: parts[-1]})))
    return Codebook(tuple(made))


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a dotted path; a name with a blank after a dot, or dots at its ends, has one."""
    parts = tuple(name.split("."))
    whole = any(not p.strip() or p != p.strip() for p in parts)
    return (name,) if whole else parts


def write_taguette_codebook(
    path: str | Path,
    codebook: Codebook,
    *,
    codings: pd.DataFrame | None = None,
    language: str = "en",
) -> Path:
    """Write a codebook as the csv that Taguette imports: `tag`, `description`, and the counts.

    Parameters
    ----------
    path : path
        File to write, UTF-8.
    codebook : Codebook
        A code below another becomes `parent.child`; dots inside names become blanks.
    codings : pandas.DataFrame, optional
        For `number of highlights`: the distinct places of each code; 0 without codings.
    language : str
        Language of the names.

    Returns
    -------
    Path
    """
    counts: dict[str, int] = {}
    if codings is not None and len(codings):
        places = codings.drop_duplicates(["document", "start", "end", "code"])
        counts = places["code"].value_counts().to_dict()
    names = code_names(codebook, language)
    parents = {c.code: c.parent for c in codebook}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["tag", "description", "number of highlights"])
    for code in codebook:
        parts, at = [], code.code
        while at is not None:
            parts.append(" ".join(names[at].replace(".", " ").split()))
            at = parents[at]  # type: ignore[assignment]
        writer.writerow([".".join(parts[::-1]), code.definition, counts.get(code.code, 0)])
    return write_whole(path, text.getvalue().encode())
