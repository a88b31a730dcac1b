"""Reading bytes from strangers: what a file is, its hash, its encoding, its text."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from ..model import ImportRefusedError, Words, normalise_text
from .failures import Failure
from .limits import MAX_FILE_BYTES

__all__ = ["SourceText", "binary_kind", "decode", "read_bytes", "read_text", "sha256_of"]

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or an office file under another name)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (doc, xls or ppt)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
    (b"ARROW1", "an Arrow table"),
    (b"$FL2@(#)", "an SPSS data file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"ID3", "a sound recording (MP3)"),
    (b"OggS", "a sound recording (Ogg)"),
    (b"fLaC", "a sound recording (FLAC)"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
# letters and signs that western European text in one byte a letter is made of
_WESTERN = set(
    "åäöÅÄÖéèêëáàâãíìîïóòôõúùûüýÿñçßæøœšžÉÈÊËÁÀÂÃÍÓÒÔÕÚÜÑÇÆØŒŠŽ€£§©®°±·–—‘’“”„…«»•½¼¾²³µ\xa0\xad´¨™†¿¡"
)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SURROGATE_OR_NUL = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class SourceText:
    """The text of a file and how it was found.

    Attributes
    ----------
    text : str
        Normalised: NFC, LF, no byte-order mark, no NUL.
    encoding : str
        utf-8, utf-16, utf-32, windows-1252, or what charset-normalizer named; `mixed` where
        single lines are not UTF-8.
    newline : str
        LF, CRLF or CR, as found in the file.
    sha256 : str
        Hash of the bytes.
    reason : Words
        Why this encoding.
    failures : tuple of Failure
        One for each line that is not in the encoding of the others, with how it was read.
    """

    text: str
    encoding: str
    newline: str
    sha256: str
    reason: Words
    failures: tuple[Failure, ...] = ()


def sha256_of(path: str | Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal, read in pieces of 1 MB."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def binary_kind(start: bytes) -> str | None:
    """Say what a file is whose first bytes (some hundreds) are given; None where it may be text."""
    if start[:4] == b"RIFF" and start[8:12] in (b"WAVE", b"WEBP", b"AVI "):
        return {
            b"WAVE": "a sound recording (WAV)",
            b"WEBP": "a WebP picture",
            b"AVI ": "a video",
        }[start[8:12]]
    if start[4:8] == b"ftyp":
        return "a video or sound recording (MP4)"
    for magic, what in _MAGIC:
        if start.startswith(magic):
            return what
    return None


def read_bytes(path: str | Path) -> bytes:
    """Read a whole file, refusing what is missing, unreadable, empty or over `MAX_FILE_BYTES`."""
    path = Path(path)
    try:
        if path.is_dir():
            raise _refused(path, "This is a folder.", expected="a file", found="a folder")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise _refused(
                path,
                "The file is too large.",
                expected=f"at most {MAX_FILE_BYTES:,} bytes",
                found=f"{size:,} bytes",
                next_step="Split the file, or give it as Parquet in parts.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise _refused(
            path,
            "The file can't be opened.",
            expected="a file that can be read",
            found=error.strerror or type(error).__name__,
            next_step="Check the name and the rights of the file.",
        ) from error
    if not content:
        raise _refused(
            path, "The file is empty.", expected="some content", found="empty file: 0 bytes"
        )
    return content


def read_text(path: str | Path, *, encoding: str | None = None) -> SourceText:
    """Read a text file of unknown encoding without losing or inventing a character.

    Parameters
    ----------
    path : path
        The file.
    encoding : str, optional
        Where known; otherwise found from the byte-order mark, then UTF-8, then UTF-16 without a
        mark, then windows-1252 where its letters make sense, then charset-normalizer's guess.

    Returns
    -------
    SourceText
        Text, encoding, hash, reason, and one failure for each line that had to be read otherwise.

    Raises
    ------
    ImportRefusedError
        The file is missing, empty, binary (the error names what it is), too large, holds a NUL,
        or can't be decoded. Nothing is ever replaced in silence.
    """
    return decode(read_bytes(path), name=Path(path).name, encoding=encoding)


def decode(content: bytes, *, name: str, encoding: str | None = None) -> SourceText:
    """Turn bytes into normalised text; see `read_text`. `name` is used in errors."""
    kind = binary_kind(content[:512])
    if kind is not None:
        raise _refused(
            name,
            "This is not a text file.",
            expected="text",
            found=f"not text: {kind}",
            next_step="Give the file its right ending, or export it again as text.",
        )
    raw, found, reason, failures = _decoded(content, name, encoding)
    if not raw.strip("\ufeff \t\r\n"):
        raise _refused(name, "The file is empty.", expected="some text", found="only white space")
    if len(_CONTROL.findall(content[:65536])) > max(3, len(content[:65536]) // 100) and (
        found not in ("utf-16", "utf-32")
    ):
        raise _refused(
            name, "This is not a text file.", expected="text", found="not text: binary data"
        )
    return SourceText(
        text=_normalised(raw, name),
        encoding=found,
        newline="CRLF" if "\r\n" in raw else "CR" if "\r" in raw and "\n" not in raw else "LF",
        sha256=hashlib.sha256(content).hexdigest(),
        reason=reason,
        failures=tuple(failures),
    )


def _refused(where: str | Path, what: str, **parts: str) -> ImportRefusedError:
    name = where.name if isinstance(where, Path) else where
    return ImportRefusedError(what, where=name, **parts)


def _normalised(raw: str, name: str) -> str:
    return normalise_text(raw, where=name)


def _decoded(
    content: bytes, name: str, encoding: str | None
) -> tuple[str, str, Words, list[Failure]]:
    if encoding is not None:
        reason = Words(fi="merkistö annettu asetuksissa", en="encoding given in the settings")
        return _strict(content, encoding, name), encoding, reason, []
    for mark, found, codec in _BOMS:
        if content.startswith(mark):
            reason = Words(
                fi="tiedoston alussa on tavujärjestysmerkki",
                en="the file starts with a byte-order mark",
            )
            if found == "utf-8":
                try:
                    return content.decode(codec), found, reason, []
                except UnicodeDecodeError:
                    text, failures = _line_by_line(content.removeprefix(mark), name)
                    return text, "mixed", reason, failures
            return _strict(content, codec, name), found, reason, []
    wide = _utf16_without_mark(content)
    if wide is not None:
        reason = Words(
            fi="joka toinen tavu on nolla: UTF-16 ilman merkkiä",
            en="every second byte is zero: UTF-16 without a mark",
        )
        return _strict(content, wide, name), "utf-16", reason, []
    try:
        reason = Words(fi="kaikki tavut ovat UTF-8:aa", en="all bytes are valid UTF-8")
        return content.decode("utf-8"), "utf-8", reason, []
    except UnicodeDecodeError:
        return _one_byte_or_mixed(content, name)


def _strict(content: bytes, codec: str, name: str) -> str:
    try:
        return content.decode(codec)
    except (UnicodeDecodeError, LookupError) as error:
        start = getattr(error, "start", 0)
        line = content.count(b"\n", 0, start) + 1
        raise _refused(
            name,
            f"The file can't be read as {codec}.",
            expected=f"text in {codec}",
            found=f"{getattr(error, 'reason', 'no such encoding')} at byte {start}, line {line}",
            next_step="Save the file again as UTF-8.",
        ) from error


def _utf16_without_mark(content: bytes) -> str | None:
    start = content[:4096]
    if len(start) < 8:
        return None
    even, odd = start[0::2].count(0) / len(start[0::2]), start[1::2].count(0) / len(start[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    if even > 0.4 and odd < 0.05:
        return "utf-16-be"
    return None


def _one_byte_or_mixed(content: bytes, name: str) -> tuple[str, str, Words, list[Failure]]:
    """Tell a file in one byte a letter from a UTF-8 file with some foreign lines."""
    if _has_utf8_line(content):
        text, failures = _line_by_line(content, name)
        reason = Words(
            fi=f"UTF-8, mutta {len(failures)} riviä on muuta merkistöä",
            en=f"UTF-8, but {len(failures)} line(s) are in another encoding",
        )
        return text, "mixed", reason, failures
    text = content.decode("cp1252", errors="surrogateescape")
    foreign = [c for c in text if c > "\x7f"]
    western = sum(c in _WESTERN for c in foreign) / max(1, len(foreign))
    if western > 0.95 and not _SURROGATE_OR_NUL.search(text):
        reason = Words(
            fi="ei UTF-8:aa; kirjaimet ovat järkeviä Windows-1252:na",
            en="not UTF-8; the letters make sense as Windows-1252",
        )
        return text, "windows-1252", reason, []
    return _asked_charset_normalizer(content, name)


def _has_utf8_line(content: bytes) -> bool:
    for line in content.split(b"\n"):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def _line_by_line(content: bytes, name: str) -> tuple[str, list[Failure]]:
    lines, failures = [], []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            codec = "cp1252"
            try:
                lines.append(line.decode(codec))
            except UnicodeDecodeError:
                codec = "latin-1"
                lines.append(line.decode(codec))
            shown = {"cp1252": "windows-1252"}.get(codec, codec)
            failures.append(
                Failure(name, number, None, f"bytes that are not UTF-8; read as {shown}", "UTF-8")
            )
    return "\n".join(lines), failures


def _asked_charset_normalizer(content: bytes, name: str) -> tuple[str, str, Words, list[Failure]]:
    from charset_normalizer import from_bytes

    best = from_bytes(content[: 1 << 20]).best()
    if best is None:
        raise _refused(
            name,
            "The encoding of the file can't be told.",
            expected="UTF-8, UTF-16 or Windows-1252",
            found="bytes that fit none of the known encodings",
            next_step="Save the file again as UTF-8 from the program that made it.",
        )
    reason = Words(
        fi=f"ei UTF-8:aa eikä Windows-1252:ta; arvaus {best.encoding}: tarkista ääkköset",
        en=f"neither UTF-8 nor Windows-1252; guessed {best.encoding}: check the letters",
    )
    remark = Failure(name, None, None, f"encoding guessed as {best.encoding}", "UTF-8")
    return _strict(content, best.encoding, name), best.encoding, reason, [remark]
