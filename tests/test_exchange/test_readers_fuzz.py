"""Damaged files of every kind are read or refused: none crashes, hangs or leaves a file behind."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz_readers.py"


@pytest.fixture(scope="module")
def fuzzing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, Any], Path]:
    spec = importlib.util.spec_from_file_location("fuzz_readers", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # what a damaged file makes other packages warn of is no fault
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = module.samples(tmp_path_factory.mktemp("whole"))
    return module, made, tmp_path_factory.mktemp("damaged")


READERS = [
    "txt",
    "md",
    "vtt",
    "srt",
    "json",
    "docx",
    "odt",
    "rtf",
    "pdf",
    "html",
    "eaf",
    "spoken",
    "csv",
    "xlsx",
    "ods",
    "parquet",
    "sav",
    "zsav",
    "codings",
    "zip",
    "qdpx",
    "qdc",
    "tags",
    "sqlite3",
    "qda",
]


def test_every_reader_is_there_and_reads_a_whole_file(
    fuzzing: tuple[Any, dict[str, Any], Path], tmp_path: Path
) -> None:
    module, made, _ = fuzzing
    assert sorted(module.READERS) == sorted(READERS)
    for reader, sample in made.items():
        path = tmp_path / f"whole.{module.ENDING.get(reader, reader)}"
        path.write_bytes(module.whole(sample))
        module.READERS[reader](path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_file_is_read_or_refused(
    fuzzing: tuple[Any, dict[str, Any], Path], reader: str
) -> None:
    module, made, folder = fuzzing
    for number in range(20):
        told, _ = module.one(reader, number, 11, folder, made[reader])
        assert told in ("read", "refused"), (reader, number)


def test_a_crash_and_a_file_left_behind_would_be_seen(
    fuzzing: tuple[Any, dict[str, Any], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, made, folder = fuzzing
    monkeypatch.setitem(module.READERS, "txt", lambda path: 1 / 0)
    assert "ZeroDivisionError" in module.one("txt", 1, 1, folder, made["txt"])[0]
    monkeypatch.setitem(module.READERS, "txt", lambda path: (path.parent / "left").touch())
    assert module.one("txt", 1, 1, folder, made["txt"])[0] == "left a file behind"
    (folder / "left").unlink()
