from pathlib import Path

import pytest

from cxresearch.model import SettingsError
from cxresearch.study import load_settings


def refused(folder: Path, addition: str = "", *, codebook: str | None = None) -> str:
    if addition:
        path = folder / "study.toml"
        path.write_text(path.read_text("utf-8") + addition, encoding="utf-8")
    if codebook is not None:
        (folder / "codebook.toml").write_text(codebook, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(folder)
    return str(caught.value)


def test_a_folder_and_its_study_toml_are_the_same_door(study_folder):
    assert load_settings(study_folder) == load_settings(study_folder / "study.toml")


def test_journey_keeps_its_own_order(study_folder):
    settings = load_settings(study_folder)
    assert [p.phase for p in settings.journey()] == ["pre_purchase", "post_purchase"]
    assert [c.code for c in settings.codes] == ["billing-error", "billing", "speed"]
    assert settings.data_folder == study_folder.resolve() / "data"


def test_no_settings_says_how_to_make_them(tmp_path):
    assert "cxresearch init" in refused(tmp_path)


def test_an_unknown_key_names_the_nearest_known_one(study_folder):
    message = refused(study_folder, '[segments]\nbootstrap = 20\nlevel1 = ["a"]\n')
    assert "unknown key `segments.bootstrap`" in message
    assert "bootstraps" in message


def test_a_phase_that_does_not_exist_names_the_ones_that_do(study_folder):
    survey = """
[[surveys]]
survey = "wave1"
file = "s.csv"
[[surveys.questions]]
column = "q1"
question = "ease"
phase = "purchase"
"""
    message = refused(study_folder, survey)
    assert "survey `wave1`, column `q1`: phase `purchase` does not exist" in message
    assert "pre_purchase" in message


def test_a_touchpoint_at_an_unknown_stage_is_refused(study_folder):
    touchpoint = """
[[touchpoints]]
touchpoint = "desk"
name = {en = "Desk"}
ownership = "brand_owned"
stages = ["serch"]
"""
    assert "stage `serch` does not exist; there are: search" in refused(study_folder, touchpoint)


def test_two_phases_alike_are_refused(study_folder):
    phase = '[[phases]]\nphase = "pre_purchase"\nname = {en = "Again"}\n'
    assert "share the phase id pre_purchase" in refused(study_folder, phase)


def test_a_circle_in_the_codebook_is_refused(study_folder):
    circle = """
[[codes]]
code = "a"
kind = "theme"
parent = "b"
name = {en = "A"}
[[codes]]
code = "b"
kind = "theme"
parent = "a"
name = {en = "B"}
"""
    assert "circle" in refused(study_folder, codebook=circle)


def test_a_parent_code_that_does_not_exist_is_refused(study_folder):
    orphan = '[[codes]]\ncode = "a"\nkind = "theme"\nparent = "bb"\nname = {en = "A"}\n'
    assert "parent that does not exist" in refused(study_folder, codebook=orphan)


def test_broken_toml_names_the_line(study_folder):
    assert "line" in refused(study_folder, "\n[study\n")


def test_settings_of_a_newer_program_are_refused(study_folder):
    path = study_folder / "study.toml"
    path.write_text(path.read_text("utf-8").replace("schema = 1", "schema = 9"), encoding="utf-8")
    assert "schema = 9" in refused(study_folder)


def test_a_study_name_can_be_no_path(study_folder):
    path = study_folder / "study.toml"
    path.write_text(path.read_text("utf-8").replace('"trial"', '"../trial"'), encoding="utf-8")
    assert "study.name" in refused(study_folder)
