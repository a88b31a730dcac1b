"""The Python half of the coder: it trusts its own text, not the browser's."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxresearch.widgets
from cxresearch.model import ActRefusedError, SettingsError, StudyBusyError
from cxresearch.widgets import Act, ActHandler, CoderContent, Delta, MemoryDesk, TranscriptCoder
from cxresearch.widgets.content import plain_rows
from cxresearch.widgets.sources import joined_script
from cxresearch.widgets.texts import all_texts

TEXT = "Eka 👨‍👩‍👧 puhui. Lasku oli väärin."
STATIC = Path(cxresearch.widgets.__file__).parent / "static"


def desk(**more: Any) -> MemoryDesk:
    texts = pd.DataFrame({"document": ["a", "b"], "text": [TEXT, "Toinen."]})
    codes = pd.DataFrame(
        {
            "code": ["billing", "error", "other"],
            "kind": ["theme", "pain", "theme"],
            "name_fi": ["Laskutus", "Virhe", None],
            "parent": [None, "billing", None],
            "shortcut": ["l", None, None],
        }
    )
    return MemoryDesk(texts, codes=codes, **more)


def sent(coder: TranscriptCoder, **message: Any) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    coder.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    coder._handle_custom_msg({"id": 5, **message}, [])
    return told[-1]


def opened(made: MemoryDesk | None = None) -> TranscriptCoder:
    coder = TranscriptCoder(made or desk())
    assert sent(coder, act="open_document")["ok"]
    return coder


def place(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"document": "a", "start": start, "end": start + len(words)}


def test_the_quote_is_cut_by_python_and_answered_with_the_same_id() -> None:
    made = desk()
    answer = sent(opened(made), act="add_coding", code="billing", quote="Lasku", **place("Lasku"))
    assert (answer["id"], answer["act"], answer["ok"]) == (5, "add_coding", True)
    (row,) = answer["delta"]["codings"]
    assert (row["start"], row["end"], row["document"]) == (17, 22, "a")
    assert answer["delta"]["counts"]["billing"] == 1
    assert answer["delta"]["can_undo"] is True
    assert made.codings_made()[0]["quote"] == "Lasku"


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "lasku"},
        {"end": 10_000, "start": 0},
        {"start": 8, "end": 8},
        {"start": 9, "end": 8},
        {"document": "b"},
        {"document": "nowhere"},
        {"code": "nothing"},
        {"act": "add_codings"},
        {"path": "x"},
    ],
)
def test_a_wrong_act_is_refused_and_nothing_changes(wrong: dict[str, Any]) -> None:
    made = desk()
    message = {"act": "add_coding", "code": "billing", **place("Lasku"), **wrong}
    answer = sent(opened(made), **message)
    assert answer["ok"] is False
    assert answer["error"]
    assert made.codings_made() == []
    assert made.content("a").can_undo is False


def test_the_state_of_the_widget_holds_no_word_of_the_interview() -> None:
    coder = opened()
    sent(coder, act="add_coding", code="billing", **place("Lasku"))
    assert "väärin" not in repr(coder.get_state())
    assert set(coder.get_state()) >= {"_esm", "_css", "_texts", "_language"}


def test_the_content_counts_code_points_and_leaves_quotes_out() -> None:
    made = desk()
    coder = opened(made)
    sent(coder, act="add_coding", code="billing", **place("Lasku"))
    content = sent(coder, act="open_document", document="a")["content"]
    assert content["points"] == len(TEXT)
    assert content["turns"]["end"] == [len(TEXT)]
    assert "quote" not in content["codings"][0]
    assert content["codes"][2]["name_fi"] is None
    assert sent(coder, act="open_document", document="b")["content"]["codings"] == []
    assert sent(coder, act="open_document", document="c")["ok"] is False


def test_missing_values_of_every_kind_are_empty() -> None:
    table = pd.DataFrame({"a": [pd.NA, 1], "b": [pd.NaT, "x"], "c": [float("nan"), 2.5]})
    first, second = plain_rows(table.astype(object))
    assert first == {"a": None, "b": None, "c": None}
    assert second == {"a": 1, "b": "x", "c": 2.5}


def test_a_fault_of_the_kernel_is_told_without_its_text_and_raised() -> None:
    class Broken(MemoryDesk):
        def perform(self, act: Act) -> Delta:
            raise KeyError("Salainen nimi")

    coder = opened(Broken(pd.DataFrame({"document": ["a"], "text": [TEXT]})))
    told: list[dict[str, Any]] = []
    coder.send = lambda content, buffers=None: told.append(content)  # type: ignore[method-assign]
    with pytest.raises(KeyError):
        coder._wire._receive(coder, {"id": 1, "act": "undo"}, [])
    assert "KeyError" in told[0]["error"]
    assert "Salainen" not in told[0]["error"]


def test_a_busy_study_is_an_answer_people_can_read() -> None:
    class Busy(MemoryDesk):
        def perform(self, act: Act) -> Delta:
            raise StudyBusyError(
                "Another process has been writing to the study for a long time.",
                next_step="Nothing was changed. Wait for the other program, then try again.",
            )

    desk = Busy([{"document": "a", "text": TEXT}])
    assert sent(opened(desk), act="undo")["error"] == (
        "Toinen ohjelma on kirjoittanut tutkimukseen jo pitkään.\n"
        "Mitään ei muutettu. Odota toista ohjelmaa ja yritä uudelleen."
    )
    english = sent(TranscriptCoder(desk, language="en"), act="undo")["error"]
    assert english.startswith("Another process has been writing")


def test_after_a_reload_the_old_text_is_not_trusted() -> None:
    coder = opened()
    coder.send = lambda content, buffers=None: None  # type: ignore[method-assign]
    coder.show(Delta(reload=True))
    answer = sent(coder, act="add_coding", code="billing", **place("Lasku"))
    assert answer["ok"] is False
    assert sent(coder, act="open_document")["ok"]
    assert sent(coder, act="add_coding", code="billing", **place("Lasku"))["ok"]


def test_faults_of_the_browser_reach_the_notebook(caplog: Any) -> None:
    coder = opened()
    coder._handle_custom_msg({"id": 0, "act": "browser_error", "what": "TypeError: x"}, [])
    assert coder.browser_errors == ["TypeError: x"]
    assert "TypeError" in caplog.text


def test_settings_are_checked() -> None:
    with pytest.raises(SettingsError):
        TranscriptCoder(desk(), language="sv")
    with pytest.raises(SettingsError):
        TranscriptCoder(desk(), height=100)
    with pytest.raises(SettingsError):
        TranscriptCoder(MemoryDesk(()))
    turns = [{"start": 0, "end": 3}, {"start": 2, "end": 5}]
    overlapping = CoderContent("a", "abcdef", turns=turns)
    with pytest.raises(SettingsError):
        overlapping.as_message()
    assert isinstance(desk(), ActHandler)


def test_codes_are_moved_merged_and_removed_and_undo_brings_all_back() -> None:
    made = desk()
    coder = opened(made)
    sent(coder, act="add_coding", code="error", **place("väärin"))
    sent(coder, act="add_coding", code="other", **place("Lasku"))
    before = (made.codings_made(), made.content("a").codes)
    assert sent(coder, act="move_code", code="billing", parent="error")["ok"] is False
    assert sent(coder, act="remove_code", code="billing")["ok"] is False
    assert sent(coder, act="merge_codes", codes=["billing"], into="error")["ok"] is False
    merged = sent(coder, act="merge_codes", codes=["other"], into="error")
    assert merged["delta"]["counts"] == {"billing": 0, "error": 2}
    moved = sent(coder, act="move_code", code="error", parent=None, before="billing")
    assert [c["code"] for c in moved["delta"]["codes"]] == ["error", "billing"]
    assert sent(coder, act="change_code", code="error", shortcut="l")["ok"] is False
    assert sent(coder, act="remove_code", code="error", with_codings=True)["ok"]
    assert made.codings_made() == []
    for _ in range(3):
        sent(coder, act="undo")
    assert (made.codings_made(), made.content("a").codes) == before


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), max_size=14), st.randoms(use_true_random=False))
def test_undo_of_everything_gives_the_beginning_and_redo_the_end(
    steps: list[int], rng: Any
) -> None:
    made = desk()
    for step in steps:
        made_ids = [c["coding"] for c in made.codings_made()]
        start = rng.randrange(len(TEXT) - 1)
        there = {"document": "a", "start": start, "end": rng.randint(start + 1, len(TEXT))}
        known = rng.choice(made_ids) if made_ids else "none"
        acts: list[tuple[str, dict[str, Any]]] = [
            ("add_coding", {**there, "code": "billing"}),
            ("add_coding", {**there, "code": "error"}),
            ("change_coding", {"coding": known, "start": 0, "end": 4}),
            ("change_coding", {"coding": known, "valence": 1, "code": "other"}),
            ("remove_coding", {"coding": known}),
            ("merge_codes", {"codes": ["error"], "into": "other"}),
            ("set_memo", {"about": "code", "target": "billing", "text": "m"}),
            ("move_code", {"code": "other", "before": "billing"}),
        ]
        try:
            made.perform(Act(1, *acts[step]))
        except ActRefusedError:
            continue
    text = made.content("a").text
    assert all(text[c["start"] : c["end"]] == c["quote"] for c in made.codings_made())
    end = (made.codings_made(), replace(made.content("a"), event=None))
    while made.content("a").can_undo:
        made.perform(Act(1, "undo", {}))
    assert made.codings_made() == []
    assert [c["code"] for c in made.content("a").codes] == ["billing", "error", "other"]
    while made.content("a").can_redo:
        made.perform(Act(1, "redo", {}))
    assert (made.codings_made(), replace(made.content("a"), event=None)) == end


# ----- the browser's sources


@pytest.mark.parametrize("entry", ["coder", "quote_review", "survey_grid"])
def test_joined_scripts_have_no_imports_and_no_name_twice(entry: str) -> None:
    script = joined_script(entry)
    assert not re.findall(r"^import ", script, re.MULTILINE)
    assert script.count("export default") == 1
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names))


def test_nothing_is_fetched_and_no_text_becomes_markup() -> None:
    for source in [*STATIC.glob("*.js"), *STATIC.glob("*.css")]:
        code = source.read_text(encoding="utf-8")
        assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttp|eval\(", code), source.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", code)
        assert code.count("\n") <= 500


def test_every_class_is_prefixed() -> None:
    style = (STATIC / "coder.css").read_text(encoding="utf-8")
    classes = set(re.findall(r"\.([a-z][\w-]*)(?=[\s,.:\[{>)])", re.sub(r"\d\.\d+", "", style)))
    assert {name for name in classes if name != "cxc" and not name.startswith("cxc-")} == set()


def test_every_text_that_the_sources_ask_for_is_there_in_both_languages() -> None:
    wanted = set()
    for source in STATIC.glob("*.js"):
        wanted |= set(re.findall(r'texts\("(\w[\w-]*)"', source.read_text(encoding="utf-8")))
    assert wanted - set(all_texts()) == set()
    for key, words in all_texts().items():
        assert words["fi"].strip(), key
        assert words["en"].strip(), key
        holes = [sorted(re.findall(r"\{(\w+)\}", words[x])) for x in ("fi", "en")]
        assert holes[0] == holes[1], key
