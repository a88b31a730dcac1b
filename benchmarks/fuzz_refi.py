"""Thousands of damaged projects and codebooks: each is read or refused, none crashes or hangs.

    python benchmarks/fuzz_refi.py [--examples 10000] [--seed 1] [--keep FOLDER]

A damaged file that raises anything but a CxresearchError, or takes over 5 s, is kept.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import tempfile
import time
import xml.etree.ElementTree as Plain
import zipfile
from pathlib import Path

import pandas as pd

from cxresearch.exchange.refi_codebook import read_refi_codebook, write_refi_codebook
from cxresearch.exchange.refi_project import RefiProject
from cxresearch.exchange.refi_read import read_refi_project
from cxresearch.exchange.refi_write import write_refi_project
from cxresearch.exchange.taguette import read_taguette_codebook, write_taguette_codebook
from cxresearch.model import Code, Codebook, CxresearchError, Words

SECONDS = 5.0
HOSTILE = [
    b"", b"-1", b"99999999999999999999", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"&#0;",
    b"&#xD800;", b"{", b"}", b"1e9", b"NaN", b"0001-01-01T00:00:00Z", b"99999-01-01", b"../../x",
    b"internal://", b'<Code guid="x" name="" isCodable="maybe">', b"<PlainTextContent/>",
    b"</Codes>", b"\xf0\x9f\x98\x80", b'xmlns="urn:QDA-XML:project:0:4"', b"<Set/>",
    b"<Cases><Case/></Cases>", b"<VariableValue/>",
]  # fmt: skip
VALUES = [
    "", "-1", "0", "3", "99999999999999999999", "{}", "true", "NaN", "0001-01-01T00:00:00Z",
    "99999-01-01", "2026-13-40", "internal://", "absolute:///etc/passwd", "Integer", "Date",
    "😀", "\ufffd", "a" * 5000, "– – –\nId: wait\nKind: pain", "cxresearch: facets", "valence: 9",
]  # fmt: skip


def sample() -> RefiProject:
    text = "H: Moi 😀\nV: Odotin pitkään ja hinta nousi.\n"
    rows = [
        {"coding": f"c{i}", "document": "i1", "start": text.index(q),
         "end": text.index(q) + len(q), "quote": q, "code": code, "coder": coder,
         "origin": "human", "phase": "use", "valence": -1, "memo": "muistio",
         "coded_at": pd.Timestamp("2026-01-02")}
        for i, (q, code, coder) in enumerate(
            [("Odotin", "wait", "anna"), ("Odotin", "price", "bert"), ("hinta", "price", "anna")]
        )
    ]  # fmt: skip
    codebook = Codebook(
        (
            Code("wait", "pain", Words(fi="Odotus"), definition="Jonot", colour="#E69F00"),
            Code("price", "theme", Words(fi="Hinta"), parent="wait", include="kaikki"),
        )
    )
    return RefiProject(
        "Fuzz",
        pd.DataFrame(
            {"document": ["i1"], "kind": ["interview"], "text": [text], "respondent": ["P1"]}
        ),
        codebook,
        pd.DataFrame(rows),
        memos=pd.DataFrame(
            {"about": ["respondent"], "target": ["P1"], "coder": ["anna"], "text": ["x"]}
        ),
        respondents=pd.DataFrame(
            {
                "respondent": ["P1"],
                "kind": ["customer"],
                "age": [40],
                "since": pd.to_datetime(["2026-01-01"]),
            }
        ),
        sets=pd.DataFrame({"set": ["S"], "about": ["code"], "member": ["wait"]}),
    )


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Some bytes removed, doubled, moved, flipped or replaced by hostile ones."""
    made = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        if not made:
            break
        at, length = draw.randrange(len(made)), draw.choice([1, 1, 3, 20, 200])
        piece = bytes(made[at : at + length])
        act = draw.randrange(5)
        if act == 0:
            del made[at : at + length]
        elif act == 1:
            made[at:at] = piece * draw.choice([1, 2, 50])
        elif act == 2:
            made[at] ^= 1 << draw.randrange(8)
        elif act == 3:
            made[at:at] = draw.choice(HOSTILE)
        else:
            quotes = [i for i, b in enumerate(made) if b == 34]
            if len(quotes) > 1:
                first = draw.randrange(len(quotes) - 1)
                made[quotes[first] + 1 : quotes[first + 1]] = draw.choice(HOSTILE)
    return bytes(made)


def damaged_tree(content: bytes, draw: random.Random) -> bytes:
    """Well-formed XML with elements removed, doubled or moved and values exchanged."""
    root = Plain.fromstring(content)
    for _ in range(draw.randint(1, 6)):
        nodes = list(root.iter())
        node, other = draw.choice(nodes), draw.choice(nodes)
        act = draw.randrange(6)
        if act == 0 and len(node):
            node.remove(draw.choice(list(node)))
        elif act == 1 and len(node):
            node.append(copy.deepcopy(draw.choice(list(node))))
        elif act == 2 and other not in list(node.iter()) and len(other) < 50:
            node.append(copy.deepcopy(other))
        elif act == 3 and node.attrib:
            name = draw.choice(list(node.attrib))
            values = [*other.attrib.values(), *VALUES]
            node.set(name, draw.choice(values))
        elif act == 4 and node.attrib:
            del node.attrib[draw.choice(list(node.attrib))]
        else:
            node.text = draw.choice(VALUES)
    return Plain.tostring(root, encoding="utf-8")


def damaged_archive(path: Path, members: dict[str, bytes], draw: random.Random) -> None:
    """An archive with one damaged member; now and then the archive itself is damaged."""
    victim = draw.choice([*members, "project.qde", "project.qde"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if name == victim:
                by_tree = name.endswith(".qde") and draw.random() < 0.7
                content = (damaged_tree if by_tree else damaged)(content, draw)
            archive.writestr(name, content)
    if draw.random() < 0.15:
        path.write_bytes(damaged(path.read_bytes(), draw))


def one(number: int, seed: int, folder: Path, sources: dict[str, object]) -> str | None:
    """Damage and read one file; what went wrong, or None."""
    draw = random.Random(seed * 1_000_003 + number)
    kind = draw.choice(["qdpx", "qdpx", "qdpx", "qdc", "csv"])
    path = folder / f"damaged.{kind}"
    started = time.perf_counter()
    try:
        if kind == "qdpx":
            damaged_archive(path, sources["qdpx"], draw)  # type: ignore[arg-type]
            told = _written_again(read_refi_project(path)[0], folder)
            if told is not None:
                return told
        else:
            path.write_bytes(damaged(sources[kind], draw))  # type: ignore[arg-type]
            read = read_refi_codebook if kind == "qdc" else read_taguette_codebook
            read(path)
    except CxresearchError:
        sources["refused"] = int(sources["refused"]) + 1  # type: ignore[call-overload]
    except Exception as error:  # this is what the fuzzing is for
        return f"{kind}: {type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    return f"{kind}: {seconds:.1f} s" if seconds > SECONDS else None


def _written_again(project: RefiProject, folder: Path) -> str | None:
    """What was read must also go out and come back with every coding."""
    try:
        write_refi_project(folder / "again.qdpx", project)
        again, _, _ = read_refi_project(folder / "again.qdpx")
    except CxresearchError as error:
        return f"qdpx: read, but not written again: {error}"
    if again.codings["quote"].tolist() != project.codings["quote"].tolist():
        return "qdpx: other quotations after writing again"
    return None


def prepared(folder: Path) -> dict[str, object]:
    project = sample()
    qdpx = write_refi_project(folder / "whole.qdpx", project)
    with zipfile.ZipFile(qdpx) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    qdc = write_refi_codebook(folder / "whole.qdc", project.codebook).read_bytes()
    csv = write_taguette_codebook(folder / "whole.csv", project.codebook).read_bytes()
    return {"qdpx": members, "qdc": qdc, "csv": csv, "refused": 0}


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--examples", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    wrong = 0
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = prepared(folder)
        for number in range(given.examples):
            told = one(number, given.seed, folder, sources)
            if told is not None:
                wrong += 1
                print(f"example {number}, seed {given.seed}: {told}")
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    kind = told.partition(":")[0]
                    kept = given.keep / f"{given.seed}_{number}.{kind}"
                    kept.write_bytes((folder / f"damaged.{kind}").read_bytes())
    seconds = time.perf_counter() - started
    print(f"{given.examples:,} damaged files in {seconds:.0f} s: {sources['refused']:,} refused, "
          f"{wrong} went wrong, the others read")  # fmt: skip
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
