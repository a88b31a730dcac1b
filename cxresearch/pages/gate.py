"""The publishing gate: reads every byte of a bundle and refuses what must not leave the study."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..model import UnsafeBundleError

__all__ = ["Secrets", "check_bundle", "scan_bundle"]

_WORDS_IN_ROW = 6
_SHORTEST_NAME = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_TAG = re.compile(r"<[^>]+>")
_DATA = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


@dataclass(frozen=True)
class Secrets:
    """What must not be found in a bundle.

    Attributes
    ----------
    texts : pandas.Series
        Raw texts by document id: six words in a row of one of them, in the same order, are a leak
        unless they stand in `allowed`.
    names : tuple of str
        Names of people as they are written.
    values : tuple of str
        Other personal values (phones, addresses, firms) that may not occur as they are.
    allowed : tuple of str
        Approved wordings, and the study's own texts (codebook, settings).
    """

    texts: pd.Series
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


def check_bundle(folder: Path, secrets: Secrets) -> None:
    """Refuse a bundle that holds something secret.

    Raises
    ------
    UnsafeBundleError
        Names the file and the kind of what was found, never the words themselves.
    """
    found = scan_bundle(folder, secrets)
    if found.empty:
        return
    shown = [f"{row.file}: {row.kind} ({row.clue})" for row in found.head(10).itertuples()]
    raise UnsafeBundleError(
        f"The bundle holds {len(found)} thing(s) that must not be published; nothing was.",
        found="; ".join(shown),
        next_step="Correct the published wording of the quote, or remove the name from study.toml "
        "or the codebook; then publish again.",
    )


def scan_bundle(folder: Path, secrets: Secrets) -> pd.DataFrame:
    """Everything secret that a bundle holds.

    Returns
    -------
    pandas.DataFrame
        `file`, `kind` (raw text, name, personal value, e-mail), `clue` (the document whose words
        they are, or the first letter and length of a name). No row means clean.
    """
    rows: list[tuple[str, str, str]] = []
    pages = {path: _readable(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    allowed = _Allowed(secrets.allowed)
    for path, text in pages.items():
        name = path.relative_to(folder).as_posix()
        rows += [(name, "name", _clue(n)) for n in _names_in(text, secrets.names)]
        rows += [(name, "personal value", _clue(v)) for v in _values_in(text, secrets.values)]
        rows += [(name, "e-mail", _clue(m)) for m in set(_EMAIL.findall(text))]
    everywhere = {p: set(_rows_of_words(text)) for p, text in pages.items()}
    rows += _raw_words(folder, everywhere, secrets.texts, allowed)
    return pd.DataFrame(rows, columns=["file", "kind", "clue"])


class _Allowed:
    """Approved wordings: a row of words is fine inside one, or where two of them meet.

    Two may stand beside each other, or one may be cut short before the next: then each part of the
    row is an approved row of words by itself.
    """

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._rows: set[tuple[str, ...]] = set()
        for text in texts:
            words = [w.casefold() for w in _WORD.findall(text)]
            for length in range(1, _WORDS_IN_ROW + 1):
                self._rows.update(_in_rows(words, length))

    def __contains__(self, row: tuple[str, ...]) -> bool:
        return row in self._rows or any(
            row[:cut] in self._rows and row[cut:] in self._rows for cut in range(1, len(row))
        )


def _raw_words(
    folder: Path, pages: dict[Path, set[tuple[str, ...]]], texts: pd.Series, allowed: _Allowed
) -> list[tuple[str, str, str]]:
    together = set().union(*pages.values()) if pages else set()
    found = []
    for document, text in texts.items():
        shared = together.intersection(_rows_of_words(str(text)))
        shared = {row for row in shared if row not in allowed}
        if shared:
            holders = [p for p, words in pages.items() if shared & words]
            where = ", ".join(p.relative_to(folder).as_posix() for p in holders)
            found.append((where, "raw text", f"{len(shared)} row(s) of words of {document}"))
    return found


def _rows_of_words(text: str) -> Iterator[tuple[str, ...]]:
    """Six words in a row, from each word on; fewer words are what anybody may say."""
    return _in_rows([w.casefold() for w in _WORD.findall(text)], _WORDS_IN_ROW)


def _in_rows(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - length + 1):
        yield tuple(words[start : start + length])


def _names_in(text: str, names: Iterable[str]) -> list[str]:
    """Whole names, and first or last names alone where they are written with a capital."""
    there = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text))
    lower = text.casefold()
    found = []
    for name in names:
        parts = [p for p in re.split(r"[\s,]+", name) if len(p) >= _SHORTEST_NAME]
        whole = len(name) >= _SHORTEST_NAME and " " in name and name.casefold() in lower
        if whole or any(p in there and p[:1].isupper() for p in parts):
            found.append(name)
    return found


def _values_in(text: str, values: Iterable[str]) -> list[str]:
    lower = re.sub(r"\s+", " ", text.casefold())
    digits = re.sub(r"[\s()-]", "", lower)
    found = []
    for value in values:
        plain = re.sub(r"\s+", " ", value.casefold()).strip()
        bare = re.sub(r"[\s()-]", "", plain)
        is_number = len(bare) >= 7 and bare.lstrip("+").isdigit()
        if (len(plain) >= 6 and plain in lower) or (is_number and bare in digits):
            found.append(value)
    return found


def _readable(path: Path) -> str:
    """The words of a file as a reader would see them, plus the words inside pictures of ours."""
    raw = path.read_bytes()
    text = raw.decode("utf-8", errors="replace")
    if path.suffix in (".json", ".ipynb"):
        text = "\n".join(_strings(json.loads(text)))
    pictures = [_unpacked(match.group(0)) for match in _DATA.finditer(text)]
    whole = " ".join([_DATA.sub(" ", text), *pictures])
    return html.unescape(_TAG.sub(" ", whole) + " " + " ".join(_attributes(whole)))


def _attributes(text: str) -> list[str]:
    return re.findall(r'(?:alt|title|aria-label|content)="([^"]*)"', text)


def _unpacked(address: str) -> str:
    import base64

    if not address.startswith("data:image/svg"):
        return ""
    return base64.b64decode(address.partition(",")[2]).decode("utf-8", errors="replace")


def _strings(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _strings(value)


def _clue(secret: str) -> str:
    return f"{secret[:1]}… ({len(secret)} characters)"
