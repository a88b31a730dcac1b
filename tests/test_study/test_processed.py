import json
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.model import FrameError, StudyFileError
from cxresearch.study import Processed, fingerprint


@pytest.fixture
def processed(tmp_path):
    return Processed(tmp_path / "processed" / "trial", lambda: "2026-01-01T00:00:00.000000Z")


def test_what_is_written_is_what_is_read(processed):
    frame = pd.DataFrame(
        {
            "text": ["ä", None],
            "n": pd.array([1, None], dtype="Int64"),
            "at": pd.to_datetime(["2026-01-01", None]),
            "yes": [True, False],
            "kind": pd.Categorical(["b", "a"], categories=["b", "a"], ordered=True),
        }
    )
    processed.write_frame("things", frame)
    pd.testing.assert_frame_equal(processed.read_frame("things"), frame, check_dtype=False)
    assert processed.count("things") == 2
    assert processed.names() == ["things"]


def test_a_table_that_breaks_its_contract_is_not_written(processed):
    with pytest.raises(FrameError):
        processed.write_frame("answers", pd.DataFrame({"response": ["1"]}))
    assert processed.names() == []


@pytest.mark.parametrize("name", ["../x", "A", "a/b", "", ".hidden", "a.b"])
def test_a_name_can_be_no_path(processed, name):
    with pytest.raises(StudyFileError, match="name"):
        processed.write_frame(name, pd.DataFrame({"a": [1]}))


def test_a_table_that_is_not_there_says_what_to_do(processed):
    with pytest.raises(StudyFileError, match="cxresearch run"):
        processed.read_frame("things")
    assert processed.count("things") is None
    assert processed.read_frame("answers", columns=["value"]).columns.tolist() == ["value"]


def test_a_spoilt_table_says_that_it_can_be_rebuilt(processed):
    path = processed.write_frame("things", pd.DataFrame({"a": range(1000)}))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(StudyFileError, match="rebuilt"):
        processed.read_frame("things")


def test_ctrl_c_while_writing_keeps_the_old_table_and_leaves_nothing(processed, monkeypatch):
    processed.write_frame("things", pd.DataFrame({"a": [1]}))

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            processed.write_frame("things", pd.DataFrame({"a": [2]}))
    assert processed.read_frame("things")["a"].tolist() == [1]
    assert [p.name for p in processed.folder.iterdir()] == ["things.parquet"]


def test_rows_are_found_without_reading_all(processed):
    processed.write_frame("things", pd.DataFrame({"id": ["a", "b", "c"], "n": [1, 2, 3]}))
    found = processed.find_rows("things", "id", ["c", "a", "zz"])
    assert sorted(row["n"] for row in found) == [1, 3]
    assert processed.find_rows("nothing", "id", ["a"]) == []


class TestSteps:
    def test_a_step_is_current_until_its_inputs_or_tables_change(self, processed):
        processed.write_frame("things", pd.DataFrame({"a": [1]}))
        assert not processed.step_is_current("import", "one")
        processed.mark_step("import", "one", {"rows": 1}, frames=("things",))
        assert processed.step_is_current("import", "one")
        assert not processed.step_is_current("import", "two")
        assert not processed.step_is_current("code", "one")
        (processed.folder / "things.parquet").unlink()
        assert not processed.step_is_current("import", "one")

    def test_a_step_can_be_forgotten(self, processed):
        processed.mark_step("import", "one")
        processed.mark_step("code", "two")
        processed.forget_step("import")
        assert list(processed.steps()) == ["code"]

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"steps": 3}', '{"steps": []}'])
    def test_a_spoilt_manifest_only_means_that_steps_run_again(self, processed, content):
        processed.mark_step("import", "one")
        (processed.folder / "manifest.json").write_text(content, encoding="utf-8")
        assert not processed.step_is_current("import", "one")
        processed.mark_step("import", "one")
        assert processed.step_is_current("import", "one")

    def test_the_manifest_is_for_people_too(self, processed):
        processed.mark_step("import", "one", {"rows": 3})
        content = json.loads((processed.folder / "manifest.json").read_text("utf-8"))
        assert content["steps"]["import"]["summary"] == {"rows": 3}


class TestFingerprint:
    def test_files_count_by_content_not_by_time(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("x")
        before = fingerprint(path)
        os.utime(path, (1, 1))
        assert fingerprint(path) == before
        path.write_text("y")
        assert fingerprint(path) != before
        assert fingerprint(tmp_path / "none") != before

    def test_a_folder_counts_by_its_files(self, tmp_path):
        (tmp_path / "b").write_text("1")
        before = fingerprint(tmp_path)
        (tmp_path / "c").write_text("")
        assert fingerprint(tmp_path) != before

    def test_tables_count_by_rows_and_columns(self):
        frame = pd.DataFrame({"a": [1, 2]})
        assert fingerprint(frame) == fingerprint(frame.copy())
        assert fingerprint(frame) != fingerprint(frame.rename(columns={"a": "b"}))
        assert fingerprint(frame) != fingerprint(frame * 2)

    @given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=6))
    def test_order_of_a_dict_does_not_count(self, things):
        turned = dict(reversed(list(things.items())))
        assert fingerprint(things) == fingerprint(turned)

    def test_things_do_not_run_into_each_other(self):
        assert fingerprint("a", "b") != fingerprint("ab")
        assert fingerprint(1) != fingerprint("1")


def test_large_tables_are_quick_enough_to_be_no_matter(processed):
    frame = pd.DataFrame({"a": np.arange(200_000), "b": "sama sana"})
    processed.write_frame("things", frame)
    assert processed.count("things") == 200_000
