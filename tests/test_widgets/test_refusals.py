"""Refusals in the language of the widget: what a person can meet is there in Finnish."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cxresearch
from cxresearch.model import ActRefusedError
from cxresearch.widgets.refusals import refusal_for, refusals, words_for

ROOT = Path(cxresearch.__file__).parent
# what acts of the widgets call
SOURCES = (
    *("study/acts_codings.py", "study/acts_codebook.py", "study/acts_consensus.py"),
    *("study/acts_content.py", "study/acts_autocode.py", "study/ledger.py", "study/history.py"),
    *("study/storage.py", "widgets/memory_acts.py", "widgets/memory_cards.py", "widgets/wire.py"),
    *("widgets/memory_adjudication.py", "widgets/memory_search.py", "steps/coding_desk.py"),
    *("widgets/quote_review.py", "widgets/personal_review.py", "steps/review_desks.py"),
    *("study/acts_review.py",),
)
KINDS = ("ActRefusedError", "DriftError", "StudyBusyError", "_refused")
# told of programs, never of what a person does at a widget
BUT = re.compile("address of the study's database|There is no such approval|Correct CXRESEARCH")


def literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else "7" for v in node.values)
    return None


def sentences(source: Path) -> Iterator[str]:
    """What is wrong and what to do next, sentence by sentence."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in KINDS:
            continue
        what = literal(node.args[0]) if node.args else None
        if what:
            yield what
        steps = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "next_step")]
        for step in filter(None, map(literal, steps)):
            yield from re.split(r"(?<=\.)\s+(?=[A-ZÅÄÖ`])", step)


@pytest.mark.parametrize("name", SOURCES)
def test_every_refusal_of_an_act_has_its_finnish(name: str) -> None:
    source = ROOT / name
    if not source.exists():
        pytest.skip(f"no {name}")
    absent = {s for s in sentences(source) if words_for(s, "fi") == s and not BUT.search(s)}
    assert absent == set()


def test_values_find_their_place_and_english_stays_whole() -> None:
    error = ActRefusedError(
        "The study has no such coding: 3 id(s).",
        found="a, b, c",
        next_step="Nothing was changed. Reload, or correct the ids.",
    )
    assert refusal_for(error, "fi") == (
        "Kohdetta ei ole enää tutkimuksessa (3 kpl). Joku muu on voinut poistaa sen.\n"
        "Mitään ei muutettu. Avaa aineisto uudelleen."
    )
    assert refusal_for(error, "en") == error.message
    assert words_for("Something quite new.", "fi") == "Something quite new."


def test_each_pattern_is_there_once_and_its_places_are_filled() -> None:
    patterns = [pattern.pattern for pattern, _ in refusals()]
    assert len(patterns) == len(set(patterns))
    for pattern, finnish in refusals():
        assert all(int(n) <= pattern.groups for n in re.findall(r"\{(\d)\}", finnish))
