"""The cards of a content analysis over a study file: kept across kernels, and out as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxresearch.coding import content_analysis
from cxresearch.exchange import write_content_analysis
from cxresearch.steps import open_content_analysis
from cxresearch.steps.card_desk import CardDesk
from cxresearch.study import Study, act, expressions, open_study, undo
from cxresearch.widgets import CardHandler, ContentAnalysisCards

SETTINGS = """
schema = 1
[study]
name = "cards"
title = {fi = "Koe", en = "Trial"}
"""
CODEBOOK = """
[[codes]]
code = "billing"
kind = "theme"
name = {fi = "Laskutus", en = "Billing"}
[[codes]]
code = "billing-error"
parent = "billing"
kind = "pain"
name = {fi = "Virhe laskussa", en = "Billing error"}
[[codes]]
code = "speed"
kind = "delight"
name = {fi = "Nopeus", en = "Speed"}
"""
TEXT = "Lasku oli väärin 😡, soitin heti. Vastaus tuli nopeasti."


def place(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"document": "h1", "start": start, "end": start + len(words)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    with open_study(tmp_path, coder="aino") as study:
        act(study, "import_codebook")
        documents = pd.DataFrame([{"document": "h1", "kind": "interview", "text": TEXT}])
        act(study, "import_documents", documents=documents)
        act(study, "add_coding", **place("Lasku oli väärin"), code="billing-error", coding="c1")
        act(study, "add_coding", **place("tuli nopeasti"), code="speed", coding="c2")
        act(study, "add_coding", **place("soitin"), code="speed", coding="e1", who="eero")
    return tmp_path


def sent(board: ContentAnalysisCards, what: str, **fields: Any) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    board.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    board._handle_custom_msg({"id": 1, "act": what, **fields}, [])
    return told[-1]


def shown(study: Study, **more: Any) -> list[str]:
    return [row["quote"] for row in CardDesk(study, **more).cards().quotations]


def test_cards_are_kept_across_kernels_and_come_out_as_a_table(folder: Path) -> None:
    with open_study(folder, coder="aino") as study:
        board = open_content_analysis(study)
        assert isinstance(board._handler, CardHandler)
        assert sent(board, "open_cards")["content"]["reductions"] == []
        made = sent(board, "add_reduction", coding="c1", reduced="Virheellinen lasku")["content"]
        card = made["reductions"][0]["reduction"]
        lower = sent(board, "add_class", level="lower", name="Laskut", members=[card])["content"]
        (known,) = lower["classes"]
        sent(board, "add_class", level="upper", name="Luottamus", members=[known["category"]])
        refused = sent(board, "group_reductions", reductions=[card], into="none")
        assert refused["error"].startswith("Kohdetta ei ole enää tutkimuksessa")
    with open_study(folder, coder="aino") as study:
        board = open_content_analysis(study)
        content = sent(board, "open_cards")["content"]
        assert [c["name"] for c in content["classes"]] == ["Laskut", "Luottamus"]
        assert content["can_undo"]
        sent(board, "undo")
        assert [c["name"] for c in sent(board, "redo")["content"]["classes"]][-1] == "Luottamus"
        finding = content_analysis(expressions(study))
        written = write_content_analysis(finding, folder / "analysis.xlsx")
        rows = pd.read_excel(written).astype(str).to_numpy().ravel().tolist()
        assert {"Luottamus", "Laskut", "Virheellinen lasku"} <= set(rows)
        # codings and cards have undos of their own
        undo(study)
        assert len(expressions(study)) == 1


def test_the_board_shows_one_code_with_those_below_and_nothing_blind(folder: Path) -> None:
    with open_study(folder, coder="aino") as study:
        assert shown(study, code="billing") == ["Lasku oli väärin"]
        assert shown(study) == ["Lasku oli väärin", "tuli nopeasti"]
        act(study, "add_reduction", coding="e1", reduced="Soitto", who="eero")
        assert CardDesk(study).cards().reductions.empty
        act(study, "open_codings")
        assert shown(study, code="billing") == ["Lasku oli väärin", "soitin"]
        assert len(CardDesk(study).cards().reductions) == 1
