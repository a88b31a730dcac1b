"""The gate: what may not leave a study is found wherever it hides, and nothing else is."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.model import UnsafeBundleError
from cxresearch.pages.gate import Secrets, check_bundle, scan_bundle

RAW = "No mä soitin sinne tukeen ja jouduin odottamaan neljäkymmentä minuuttia ihan turhaan"
QUOTE = "jouduin odottamaan neljäkymmentä minuuttia"


def secrets(**more: object) -> Secrets:
    texts = pd.Series({"i1": RAW, "i2": "hyvä"})
    return Secrets(**{"texts": texts, "allowed": (QUOTE,), **more})


def bundle(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_clean_bundle_passes(tmp_path: Path) -> None:
    content = json.dumps({"html": f"<p>Odotus oli pitkä.</p><blockquote>{QUOTE}</blockquote>"})
    check_bundle(bundle(tmp_path, content_json=content), secrets())


@pytest.mark.parametrize(
    "text",
    [
        RAW,
        RAW.upper(),
        "<p>No mä soitin <b>sinne</b> tukeen ja jouduin</p>",
        "<text>No mä soitin</text><text>sinne tukeen ja</text>",
        "<img alt='' /><img alt=\"mä soitin sinne tukeen ja jouduin\">",
        "N&#111; m&auml; soitin sinne tukeen ja",
    ],
)
def test_raw_words_are_found_in_any_dress(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnsafeBundleError, match="raw text") as caught:
        check_bundle(bundle(tmp_path, content_json=json.dumps([text])), secrets())
    assert "i1" in str(caught.value)
    assert "soitin" not in str(caught.value)


def test_raw_words_inside_a_picture_are_found(tmp_path: Path) -> None:
    svg = base64.b64encode(f"<svg><text>{RAW}</text></svg>".encode()).decode()
    page = f'<img src="data:image/svg+xml;base64,{svg}">'
    with pytest.raises(UnsafeBundleError, match="raw text"):
        check_bundle(bundle(tmp_path, content_json=json.dumps(page)), secrets())


@given(st.integers(0, 7), st.integers(6, 12))
def test_any_six_words_in_a_row_are_enough(start: int, count: int) -> None:
    import tempfile

    words = RAW.split()[start : start + count]
    with tempfile.TemporaryDirectory() as folder:
        found = scan_bundle(bundle(Path(folder), a_csv=" ".join(words)), secrets())
    leaks = len(words) >= 6 and " ".join(words) not in QUOTE
    assert (len(found) > 0) == leaks


def test_approved_words_may_stand_beside_each_other(tmp_path: Path) -> None:
    approved = ("mä soitin sinne tukeen", "ja jouduin odottamaan neljäkymmentä minuuttia")
    text = " ".join(approved)
    check_bundle(bundle(tmp_path, a_csv=text), secrets(allowed=approved))


@pytest.mark.parametrize("text", ["Kerttu Vaahtomäki", "kerttu vaahtomäki", "Terveisin Vaahtomäki"])
def test_names_are_found_whole_and_in_part(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnsafeBundleError, match="name") as caught:
        check_bundle(bundle(tmp_path, a_csv=text), secrets(names=("Kerttu Vaahtomäki",)))
    assert "Vaahtomäki" not in str(caught.value)


def test_a_name_that_is_a_common_word_does_not_stop_a_sentence(tmp_path: Path) -> None:
    check_bundle(bundle(tmp_path, a_csv="virta katkesi"), secrets(names=("Aino Virta",)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("soita 0405550142", "personal value"),
        ("soita 040 555 0142", "personal value"),
        ("kirjoita joku@yritys.example", "e-mail"),
        ("Lumipallo Oy sanoi", "personal value"),
    ],
)
def test_contacts_and_firms_are_found(tmp_path: Path, text: str, kind: str) -> None:
    held = secrets(values=("040 555 0142", "Lumipallo Oy"))
    found = scan_bundle(bundle(tmp_path, a_csv=text), held)
    assert found["kind"].tolist() == [kind]
