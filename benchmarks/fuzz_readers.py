"""Thousands of damaged files for each reader: every one is read or refused, none crashes or hangs.

    python benchmarks/fuzz_readers.py [--examples 10000] [--seed 1] [--readers pdf,sav] [--keep DIR]

Each reader gets so many files, damaged by seed and number: bytes flipped, cut, doubled, replaced by
hostile ones; of zip containers also the members, of XML also the tree. Anything but a result or a
CxresearchError, more than 5 s, or a file left behind, is a fault; its seed is printed and the file
kept. A reader in native code may take the process down: each batch runs in a process of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from fuzz_refi import damaged, damaged_tree
from fuzz_refi import prepared as refi_samples

from cxresearch.exchange import (
    foreign_project,
    inspect_sources,
    read_codings,
    read_document,
    read_refi_codebook,
    read_refi_project,
    read_table,
    read_taguette_codebook,
    unpack,
)
from cxresearch.model import CxresearchError
from cxresearch.study import foreign_tables

SECONDS = 5
TALK = "H: Mitä tapahtui? 😀\nV: Odotin pitkään.\nH: Entä sitten?\nV1: Soitin [nauraa].\n"
TABLE = (
    "id;pvm;nps;tyytyväisyys;avoin\n1;2.3.2026;9;4 Tyytyväinen;Hyvä, mutta hidas\n"
    '2;3.3.2026;3;"1 Erittäin tyytymätön";"rivi\ntoinen"\n3;4.3.2026;10;5;\n'
)
VTT = (
    "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Haastattelija>Mitä?</v>\n\n"
    "00:00:02.500 --> 00:00:04.000\n<v Anna K>Odotin</v>\n"
)
SRT = "1\n00:00:01,000 --> 00:00:03,000\n[Puhuja 1] Mitä?\n\n2\n00:00:03,000 --> 00:00:04,000\nNo\n"
HTML = (
    "<html><head><meta charset='utf-8'><style>p{}</style></head><body><p><b>H:</b> Mitä?<br>No"
    "<p>V: Odotin &amp; &#128512;<script>x</script><table><tr><td>a<td>b</table></body></html>"
)
EAF = (
    '<?xml version="1.0"?><ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" '
    'TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="900"/></TIME_ORDER><TIER TIER_ID="H">'
    '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2">'
    "<ANNOTATION_VALUE>Mitä?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER><TIER "
    'TIER_ID="V" PARENT_REF="H"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="b" ANNOTATION_REF="a">'
    "<ANNOTATION_VALUE>No</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>"
    "</ANNOTATION_DOCUMENT>"
)
RTF = (
    "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 H: Mit\\'e4 \\u-10179?\\u-8704?\\par "
    "V: Odotin.\\par}"
)
Sample = bytes | dict[str, bytes]


def pdf() -> bytes:
    """A small PDF of one page with two lines."""
    stream = "BT /F1 12 Tf 1 0 0 1 50 700 Tm (H: Mita tapahtui?) Tj 1 0 0 1 50 680 Tm (V: No) Tj ET"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 << /Type "
        "/Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Contents 4 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"xref\n0 5\n0000000000 65535 f \n{table}{end}".encode()


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def docx_sample() -> dict[str, bytes]:
    from docx import Document

    made = Document()
    for line in TALK.splitlines():
        made.add_paragraph(line)
    held = io.BytesIO()
    made.save(held)
    return members_of(held.getvalue())


def odt_sample(folder: Path) -> dict[str, bytes]:
    from odf.opendocument import OpenDocumentText
    from odf.text import P

    made = OpenDocumentText()
    for line in TALK.splitlines():
        made.text.addElement(P(text=line))
    made.save(str(folder / "s.odt"))
    return members_of((folder / "s.odt").read_bytes())


def table_samples(folder: Path) -> dict[str, Sample]:
    import pyreadstat

    frame = read_table(write(folder / "s.csv", TABLE.encode())).frame
    frame.to_excel(folder / "s.xlsx", index=False)
    frame.to_excel(folder / "s.ods", index=False, engine="odf")
    frame.to_parquet(folder / "s.parquet")
    numbers = frame.assign(nps=frame["nps"].astype(float))
    labels = {"nps": {0.0: "en", 10.0: "kyllä"}}
    pyreadstat.write_sav(numbers, folder / "s.sav", variable_value_labels=labels, compress=False)
    pyreadstat.write_sav(numbers, folder / "s.zsav", variable_value_labels=labels, compress=True)
    return {
        "csv": TABLE.encode(),
        "xlsx": members_of((folder / "s.xlsx").read_bytes()),
        "ods": members_of((folder / "s.ods").read_bytes()),
        "parquet": (folder / "s.parquet").read_bytes(),
        "sav": (folder / "s.sav").read_bytes(),
        "zsav": (folder / "s.zsav").read_bytes(),
    }


def database(path: Path, script: str) -> bytes:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path.read_bytes()


TAGUETTE = """
CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT, description TEXT);
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, project_id INTEGER, contents TEXT);
CREATE TABLE highlights (id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER,
  end_offset INTEGER, snippet TEXT);
CREATE TABLE tags (id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT, description TEXT);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);
INSERT INTO projects VALUES (1, 'P', '');
INSERT INTO documents VALUES (1, 'h', 1, '<p>Moi &amp; ääk</p><p>hei</p>');
INSERT INTO tags VALUES (1, 1, 'a.b', 'x');
INSERT INTO highlights VALUES (1, 1, 2, 8, 'i');
INSERT INTO highlight_tags VALUES (1, 1);
"""
QUALCODER = """
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT);
CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT, catid INTEGER, color TEXT);
CREATE TABLE code_cat (catid INTEGER PRIMARY KEY, name TEXT, supercatid INTEGER);
CREATE TABLE code_text (cid INTEGER, fid INTEGER, pos0 INTEGER, pos1 INTEGER, owner TEXT);
CREATE TABLE cases (caseid INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE case_text (caseid INTEGER, fid INTEGER);
INSERT INTO source VALUES (1, 'h.txt', 'H: Moi. V: Odotin.');
INSERT INTO code_cat VALUES (1, 'ylä', NULL);
INSERT INTO code_name VALUES (1, 'odotus', 1, '#00FF00');
INSERT INTO code_text VALUES (1, 1, 11, 17, 'a');
INSERT INTO cases VALUES (1, 'c');
INSERT INTO case_text VALUES (1, 1);
"""


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def samples(folder: Path) -> dict[str, Sample]:
    """A whole file for each reader; containers as their members."""
    refi = refi_samples(folder)
    whisper = {"segments": [{"start": 0, "end": 1.5, "text": " Mitä?", "speaker": "S0"}]}
    return {
        "txt": TALK.encode(),
        "md": ("---\nrespondent: P1\nala: hoiva\n---\n" + TALK).encode(),
        "vtt": VTT.encode(),
        "srt": SRT.encode(),
        "json": json.dumps(whisper).encode(),
        "docx": docx_sample(),
        "odt": odt_sample(folder),
        "rtf": RTF.encode(),
        "pdf": pdf(),
        "html": HTML.encode(),
        "eaf": EAF.encode(),
        "spoken": "puhuja;teksti;alku\nH;Mitä?;0:01\nV;No;0:02\nH;Niin?;0:04\n".encode(),
        **table_samples(folder),
        "codings": b"document;quote;code;coder\nh;Odotin;jono;a\nh;Soitin;puhelu;b\n",
        "zip": {"h1.txt": TALK.encode(), "sub/h2.vtt": VTT.encode()},
        "qdpx": refi["qdpx"],  # type: ignore[dict-item]
        "qdc": refi["qdc"],  # type: ignore[dict-item]
        "tags": refi["csv"],  # type: ignore[dict-item]
        "sqlite3": database(folder / "s.sqlite3", TAGUETTE),
        "qda": database(folder / "s.qda", QUALCODER),
    }


def _document(path: Path) -> None:
    made, turns, _ = read_document(path)
    for start, end in zip(turns["start"], turns["end"], strict=True):
        if not 0 <= start < end <= len(made.text):
            raise AssertionError("a turn outside its text")


def _foreign(path: Path) -> None:
    program, tables = foreign_tables(path)
    project, _ = foreign_project(program, tables, name="f")
    texts = dict(zip(project.documents["document"], project.documents["text"], strict=True))
    for row in project.codings.itertuples():
        if texts[row.document][row.start : row.end] != row.quote:
            raise AssertionError("a quotation that is not at its place")


def _zip(path: Path) -> None:
    target = path.parent / "unpacked"
    try:
        unpack(path, target)
    finally:
        if target.exists():
            import shutil

            shutil.rmtree(target)
    inspect_sources([path])


def _codings(path: Path) -> None:
    read_codings(path, pd.Series({"h": TALK}))


ENDING = {"spoken": "csv", "codings": "csv", "tags": "csv"}
READERS: dict[str, Callable[[Path], object]] = {
    **dict.fromkeys(
        ("txt", "md", "vtt", "srt", "json", "docx", "odt", "rtf", "pdf", "html", "eaf", "spoken"),
        _document,
    ),
    **dict.fromkeys(("csv", "xlsx", "ods", "parquet", "sav", "zsav"), read_table),
    "codings": _codings,
    "zip": _zip,
    "qdpx": read_refi_project,
    "qdc": read_refi_codebook,
    "tags": read_taguette_codebook,
    "sqlite3": _foreign,
    "qda": _foreign,
}


def whole(sample: Sample) -> bytes:
    """The file undamaged: it must be read."""
    if isinstance(sample, bytes):
        return sample
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sample.items():
            archive.writestr(name, content)
    return held.getvalue()


def mutated(sample: Sample, draw: random.Random) -> bytes:
    """A damaged file; of a container one member, and now and then the container itself."""
    if isinstance(sample, bytes):
        if sample.lstrip()[:5] in (b"<?xml", b"<Code") and draw.random() < 0.5:
            return damaged_tree(sample, draw)
        return damaged(sample, draw)
    victim = draw.choice(list(sample))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sample.items():
            if name == victim:
                tree = content.lstrip()[:1] == b"<" and draw.random() < 0.6
                content = (damaged_tree if tree else damaged)(content, draw)
            archive.writestr(name, content)
    made = held.getvalue()
    return damaged(made, draw) if draw.random() < 0.2 else made


def _too_long(*_: object) -> None:
    raise TimeoutError(f"over {SECONDS} s")


def one(reader: str, number: int, seed: int, folder: Path, sample: Sample) -> tuple[str, bytes]:
    """Damage and read one file: `read`, `refused`, or what went wrong; and the file."""
    draw = random.Random(f"{reader} {seed} {number}")
    content = mutated(sample, draw)
    path = write(folder / f"damaged.{ENDING.get(reader, reader)}", content)
    before = sorted(p.name for p in folder.iterdir())
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        with redirect_stdout(io.StringIO()):  # openpyxl prints of styles it doesn't find
            READERS[reader](path)
        told = "read"
    except CxresearchError:
        told = "refused"
    except Exception as error:  # this is what the fuzzing is for
        told = " ".join(f"{type(error).__name__}: {error}".split())
    finally:
        signal.alarm(0)
    if sorted(p.name for p in folder.iterdir()) != before:
        told = "left a file behind"
    return told, content


def batch(reader: str, first: int, last: int, seed: int, keep: Path) -> None:
    """Read damaged files first..last; each number is told before it is tried."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as held:
        sample = samples(Path(made))[reader]
        READERS[reader](write(Path(held) / f"whole.{ENDING.get(reader, reader)}", whole(sample)))
        for number in range(first, last):
            print(f"try {number}", flush=number % 50 == 0)
            told, content = one(reader, number, seed, Path(held), sample)
            print(f"{number} {told[:200]}")
            if told not in ("read", "refused"):
                keep.mkdir(parents=True, exist_ok=True)
                write(keep / f"{reader}_{seed}_{number}", content)


def run(reader: str, examples: int, seed: int, keep: Path) -> tuple[int, int, list[str]]:
    """All examples of a reader in processes of their own: read, refused, faults."""
    counts = {"read": 0, "refused": 0}
    faults: list[str] = []
    first = 0
    while first < examples:
        last = min(first + 2000, examples)
        words = [sys.executable, "-X", "faulthandler", __file__, "--batch", reader, str(first),
                 str(last), "--seed", str(seed), "--keep", str(keep)]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        at = first
        for line in done.stdout.splitlines():
            number, _, told = line.partition(" ")
            if number == "try":
                at = int(told)
            elif told in counts:
                counts[told] += 1
            else:
                faults.append(f"{reader}, seed {seed}, example {number}: {told}")
        if done.returncode:
            faults.append(f"{reader}, seed {seed}, about example {at}: exit {done.returncode}")
            print(done.stderr[-1500:], file=sys.stderr)
        first = last
    return counts["read"], counts["refused"], faults


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--readers", default=",".join(READERS))
    options.add_argument("--keep", type=Path, default=Path("damaged"))
    options.add_argument("--batch", nargs=3, metavar=("READER", "FIRST", "LAST"))
    given = options.parse_args()
    warnings.simplefilter("ignore")
    if given.batch:
        batch(given.batch[0], int(given.batch[1]), int(given.batch[2]), given.seed, given.keep)
        return 0
    wrong = 0
    for reader in given.readers.split(","):
        started = time.perf_counter()
        read, refused, faults = run(reader, given.examples, given.seed, given.keep)
        wrong += len(faults)
        seconds = time.perf_counter() - started
        print(f"{reader:8} {given.examples:,} damaged files in {seconds:5.0f} s: {refused:,} "
              f"refused, {read:,} read, {len(faults)} faults", flush=True)  # fmt: skip
        for fault in faults[:20]:
            print("   " + fault)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
