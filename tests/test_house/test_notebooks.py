"""Notebooks call, show and explain: no logic, no outputs, short cells, public names only."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STORY = (
    "01_import",
    "02_coding",
    "03_agreement",
    "04_segments",
    "05_metrics",
    "06_journey",
)
LOGIC = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.Try,
    ast.TryStar,
    ast.If,
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|usr|mnt|opt|Users|var)/|\b[A-Z]:\\")

every = pytest.mark.parametrize("name", [*STORY, "findings"])
told = pytest.mark.parametrize("name", STORY)


def _notebook(name: str) -> dict[str, Any]:
    return json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))


def _sources(name: str, kind: str) -> list[str]:
    cells = _notebook(name)["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == kind]


def _code(source: str) -> ast.Module:
    lines = ["" if line.startswith("%") else line for line in source.splitlines()]
    return ast.parse("\n".join(lines))


def test_the_notebooks_are_those_of_the_story_and_the_findings() -> None:
    assert sorted(p.stem for p in NOTEBOOKS.glob("*.ipynb")) == [*STORY, "findings"]


@every
def test_a_notebook_holds_no_output_and_no_trace_of_a_run(name: str) -> None:
    for cell in _notebook(name)["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        assert cell["metadata"] == {}


@every
def test_cells_are_few_and_their_ids_and_kernel_are_steady(name: str) -> None:
    notebook = _notebook(name)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert ids == [f"cell-{place:02d}" for place in range(len(ids))]
    assert len(ids) <= 36
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "title"}
    assert notebook["nbformat"] == 4
    assert notebook["nbformat_minor"] >= 5


@every
def test_a_notebook_calls_and_shows_and_has_no_logic_of_its_own(name: str) -> None:
    for source in _sources(name, "code"):
        found = [type(node).__name__ for node in ast.walk(_code(source)) if isinstance(node, LOGIC)]
        assert found == [], source


@every
def test_code_cells_are_at_most_eight_lines(name: str) -> None:
    for source in _sources(name, "code"):
        assert len([line for line in source.splitlines() if line.strip()]) <= 8, source


@every
def test_a_notebook_uses_public_names_of_rooms_only(name: str) -> None:
    for source in _sources(name, "code"):
        for node in ast.walk(_code(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cxresearch"):
                assert len((node.module or "").split(".")) <= 2, source
                assert not [alias.name for alias in node.names if alias.name.startswith("_")]
            if isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), source


@every
def test_a_notebook_names_no_place_of_a_machine(name: str) -> None:
    for source in (*_sources(name, "code"), *_sources(name, "markdown")):
        assert MACHINE_PATH.findall(source) == []


@told
def test_a_story_opens_the_sample_study_beside_it(name: str) -> None:
    code = "\n".join(_sources(name, "code"))
    assert 'open_study("../studies/kelohavu")' in code


@told
def test_a_story_says_what_to_look_at_what_it_does_not_mean_and_what_to_try(name: str) -> None:
    first, *others = _sources(name, "markdown")
    number = int(name[:2])
    assert first.startswith(f"# {number}. ")
    text = "\n".join([first, *others]).lower()
    assert text.count("look at") >= 3
    assert re.search(r"\*\*(does not|do not|no proof)", text)
    assert "try it" in text


@told
def test_each_result_of_a_story_is_introduced_in_words(name: str) -> None:
    kinds = [cell["cell_type"] for cell in _notebook(name)["cells"]]
    # the first two cells of code set up: names and the study; after that words come between
    runs = "".join(kind[0] for kind in kinds[3:])
    assert "ccc" not in runs
