"""A project through two whole studies and out of each: the second trip changes nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxresearch import open_study
from cxresearch.exchange import RefiProject, read_refi_project, write_refi_project
from cxresearch.model import Code, Codebook, Words
from cxresearch.steps import export, import_project

STUDY = """\
schema = 1

[study]
name = "trip"
title = { fi = "Matka", en = "Trip" }

[[phases]]
phase = "use"
name = { fi = "Käyttö", en = "Use" }
"""
PIECES = [
    "H: mitä?", "V: no", " ", "\n", "\r\n", "😀", "e\u0301", "\u0301", "👨\u200d👩\u200d👧",
    "&<\"'>", "\u212b", "\u2028", "Odotin ",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), min_size=2, max_size=12).map("".join)
START = "H: e\u0301\r\nV: 😀 "  # in each example, whatever else is drawn
words = st.text("abåö&<\"'😀", min_size=1, max_size=5)
share = st.floats(0, 1, allow_nan=False)
codings = st.fixed_dictionaries(
    {
        "at": st.tuples(st.integers(0, 1), share, share),
        "code": st.integers(0, 3),
        "phase": st.sampled_from([None, "use", "unheard_of"]),
        "valence": st.sampled_from([None, -2, 1]),
        "memo": st.sampled_from([None, "muistio\n😀", "toinen & <muu>"]),
        "coders": st.sampled_from([("anna",), ("bert",), ("anna", "bert")]),
    }
)
# over that start, of two coders
ALWAYS = {
    "at": (0, 0.1, 0.6), "code": 3, "phase": "use", "valence": -2, "memo": None,
    "coders": ("anna", "bert"),
}  # fmt: skip


def _coding_rows(raw: list[str], drawn: list[dict[str, Any]]) -> pd.DataFrame:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in drawn:
        number, first, wide = one["at"]
        start = int(first * (len(raw[number]) - 1))
        end = start + 1 + int(wide * (len(raw[number]) - start - 1))
        for coder in one["coders"]:
            rows.setdefault(
                (number, start, end, one["code"], coder),
                {"coding": f"c{len(rows)}", "document": f"d{number}", "start": start, "end": end,
                 "quote": raw[number][start:end], "code": f"k{one['code']}", "coder": coder,
                 "origin": "human", "phase": one["phase"], "valence": one["valence"],
                 "memo": one["memo"]},
            )  # fmt: skip
    return pd.DataFrame(list(rows.values())).astype({"valence": "Int64"})


@st.composite
def projects(draw: Any) -> RefiProject:
    raw = [START + draw(texts), draw(texts)]
    nested = tuple(
        Code(f"k{n}", "pain", Words(fi=f"{n} {draw(words)}"), parent=f"k{n - 1}" if n else None,
             definition=draw(words))
        for n in range(4)
    )  # fmt: skip
    drawn = [ALWAYS, *draw(st.lists(codings, max_size=5))]
    return RefiProject(
        "Koe",
        pd.DataFrame({"document": ["d0", "d1"], "kind": "interview", "text": raw,
                      "respondent": ["P1", None]}),
        Codebook(nested),
        _coding_rows(raw, drawn),
        memos=pd.DataFrame({"about": ["document", "code"], "target": ["d0", "k1"],
                            "coder": ["anna", "bert"], "text": [draw(texts), draw(texts)]}),
        respondents=pd.DataFrame({"respondent": ["P1"], "kind": ["customer"],
                                  "ala": [draw(words)]}),
        sets=pd.DataFrame({"set": ["S"], "about": ["document"], "member": ["d1"]}),
    )  # fmt: skip


def _through_a_study(folder: Path, source: Path) -> Path:
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    with open_study(folder, coder="pirjo") as study:
        import_project(study, source)
        export(study, "qdpx", folder / "out.qdpx")
    return folder / "out.qdpx"


def _facts(project: RefiProject) -> list[tuple[Any, ...]]:
    columns = ["document", "start", "end", "quote", "code", "coder", "phase", "valence", "memo"]
    table = project.codings.reindex(columns=columns).astype(object)
    return sorted(table.where(table.notna(), None).itertuples(index=False, name=None), key=repr)


def _rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    named = ("document", "kind", "text", "respondent", "about", "target", "coder", "ala", "member")
    kept = table[[n for n in named if n in table]].astype(object)
    return sorted(kept.where(kept.notna(), None).itertuples(index=False, name=None), key=repr)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a project takes minutes
)
@given(project=projects())
def test_the_second_trip_through_two_studies_is_lossless(project: RefiProject) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        first = write_refi_project(folder / "first.qdpx", project)
        once = _through_a_study(folder / "one", first)
        twice = _through_a_study(folder / "two", once)
        came, a, b = (read_refi_project(path)[0] for path in (first, once, twice))
        # the first trip keeps what was brought; the second gives an equal project
        assert _facts(a) == _facts(came)
        assert a.codebook == came.codebook
        for name in ("documents", "memos", "respondents", "sets"):
            assert _rows(getattr(a, name)) == _rows(getattr(came, name)), name
        for name in ("documents", "codings", "memos", "respondents", "sets"):
            pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name))
        assert (a.codebook, set(a.coders)) == (b.codebook, set(b.coders))
        assert once.read_bytes() == twice.read_bytes()
