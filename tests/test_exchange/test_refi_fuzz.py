"""Damaged projects and codebooks are read or refused; none crashes, none hangs."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz_refi.py"


@pytest.fixture(scope="module")
def fuzzing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, object], Path]:
    spec = importlib.util.spec_from_file_location("fuzz_refi", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("fuzz")
    return module, module.prepared(folder), folder


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**40))
def test_a_damaged_file_is_read_or_refused(
    fuzzing: tuple[Any, dict[str, object], Path], number: int
) -> None:
    module, sources, folder = fuzzing
    assert module.one(number, 7, folder, sources) is None


def test_a_crash_would_be_seen(
    fuzzing: tuple[Any, dict[str, object], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, sources, folder = fuzzing

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    for reader in ("read_refi_project", "read_refi_codebook", "read_taguette_codebook"):
        monkeypatch.setattr(module, reader, crash)
    assert "ZeroDivisionError" in module.one(1, 1, folder, sources)
