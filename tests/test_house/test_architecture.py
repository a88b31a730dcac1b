"""ARCHITECTURE.md's tree and arrows are those of the code; heavy packages stay in their rooms."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cxresearch"
ROOMS = sorted(p.name for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").exists())


def _block(kind: str) -> list[str]:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return re.search(rf"```{kind}\n(.*?)```", text, flags=re.S).group(1).splitlines()


def test_the_tree_lists_every_room_and_no_other() -> None:
    named = {line.split()[0].rstrip("/") for line in _block("tree")[1:]}
    there = {p.name for p in PACKAGE.iterdir() if p.name not in ("__init__.py", "__pycache__")}
    assert named == there - {"py.typed"}


def test_the_arrows_are_those_that_the_linter_holds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    assert [line.strip() for line in _block("arrows")] == contract["layers"]
    assert contract["exhaustive"] is True
    assert contract["containers"] == ["cxresearch"]


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found


def test_only_the_study_room_speaks_sql() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] != "study":
            assert not _imported(path) & {"sqlalchemy", "sqlite3", "psycopg"}, path


def test_the_model_room_uses_the_standard_library_only() -> None:
    for path in (PACKAGE / "model").rglob("*.py"):
        outside = _imported(path) - set(sys.stdlib_module_names) - {"pandas"}
        assert outside == set(), path


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_lists_its_public_names(room: str) -> None:
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    assert any(
        isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        for node in tree.body
    ), room


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "pandas numpy scipy sklearn spacy seaborn matplotlib sqlalchemy pydantic"
    code = f"import sys, cxresearch; print([m for m in {heavy.split()!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_a_visitors_kernel_loads_no_pandas_and_no_seaborn() -> None:
    heavy = "pandas numpy scipy sklearn spacy seaborn matplotlib sqlalchemy"
    code = (
        "import sys; from cxresearch.pages import open_findings\n"
        f"print([m for m in {heavy.split()!r} if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_names_that_mean_nothing_are_not_used() -> None:
    forbidden = re.compile(r"(utils?|helpers?|common|manager|processor)s?$", re.I)
    bad = [p for p in PACKAGE.rglob("*.py") if forbidden.search(p.stem)]
    assert bad == []
