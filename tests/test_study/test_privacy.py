"""Nothing personal leaves the study file: not into tables, manifests, errors or logs."""

import logging

import pandas as pd
import pytest
import sqlalchemy as sa

from cxresearch.model import CxresearchError
from cxresearch.study import act, customer_keys, history, redo, undo
from cxresearch.study.tables import METADATA, pseudonym

CANARY = "Helmi Kuusinen"


@pytest.fixture
def with_secrets(coded):
    personal = pd.DataFrame(
        {"owner_kind": ["customer"], "owner": ["k1"], "field": ["name"], "value": [CANARY]}
    )
    act(coded, "set_personal", personal=personal)
    pseudonyms = pd.DataFrame({"entity": [CANARY], "kind": ["PERSON"], "pseudonym": ["Person 1"]})
    act(coded, "set_pseudonyms", pseudonyms=pseudonyms)
    return coded


def test_processed_tables_and_manifest_hold_no_name(with_secrets):
    study = with_secrets
    keys = customer_keys(study, pd.Series([CANARY, "x"]))
    study.write_frame("customers", pd.DataFrame({"customer": keys, "plan": ["a", "b"]}))
    study.mark_step("import", "f", {"customers": 2}, frames=("customers",))
    for path in study.folder_processed.rglob("*"):
        assert CANARY.encode() not in path.read_bytes()
    assert CANARY not in study.status().to_csv() + history(study).to_csv()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("add_coding", {"document": "h01", "start": 0, "end": 5, "code": "speed", "quote": CANARY}),
        ("add_coding", {"document": "h01", "start": CANARY, "end": 5, "code": "speed"}),
        ("add_coding", {"document": "h01", "start": 0, "end": 5, "code": "speed", "coding": "c1"}),
        ("edit_text", {"document": "h01", "start": 0, "end": 5, "text": "a\u0308" + CANARY}),
        ("edit_text", {"document": "h01", "start": 0, "end": 5, "text": "", "quote": CANARY}),
        ("approve_quote", {"document": "h01", "start": 0, "end": 5, "published_text": {CANARY: 1}}),
        ("set_memo", {"about": CANARY, "target": "x", "text": "y"}),
        ("set_personal", {"personal": pd.DataFrame({"owner": [CANARY]})}),
    ],
)
def test_refusals_show_no_value(with_secrets, name, fields, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CxresearchError) as caught:
        act(with_secrets, name, **fields)
    assert CANARY not in str(caught.value)
    assert CANARY not in caplog.text
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_databases_own_errors_show_no_value(with_secrets, caplog):
    caplog.set_level(logging.DEBUG)
    row = {"entity": CANARY, "kind": "PERSON", "pseudonym": "x"}
    with (
        pytest.raises(CxresearchError) as caught,
        with_secrets.storage.writing() as connection,
    ):
        connection.execute(sa.insert(pseudonym).values(row))
    assert CANARY not in str(caught.value) + caplog.text
    assert caught.value.__suppress_context__


def test_an_erased_document_is_nowhere_in_the_study_file(coded):
    words = "Vastaus tuli nopeasti"
    act(coded, "set_memo", about="document", target="h01", text=f"muistio: {words}")
    act(
        coded, "add_coding", document="h01", start=0, end=9, code="speed", coding="gone", memo=words
    )
    act(coded, "remove_coding", coding="gone")
    act(coded, "edit_text", document="h01", start=0, end=5, text="Paperi")
    act(coded, "finish_review", document="h01")
    act(coded, "approve_quote", document="h01", start=0, end=6, published_text=words)
    act(coded, "erase_document", document="h01")
    assert coded.documents().empty
    assert coded.codings().empty
    with coded.storage.reading() as connection:
        for table in METADATA.sorted_tables:
            assert words not in str(connection.execute(sa.select(table)).all()), table.name
    with pytest.raises(CxresearchError, match="can't be undone"):
        undo(coded)
    if coded.storage.path is not None:
        coded.close()
        for path in coded.storage.path.parent.glob("*.sqlite*"):
            assert words.encode() not in path.read_bytes()


def test_erasing_one_document_leaves_the_others_and_their_undo(coded, interview):
    other = interview["documents"].assign(document="h02", source="h02.txt", sha256="c" * 64)
    act(coded, "import_documents", documents=other)
    act(coded, "add_coding", document="h02", start=0, end=5, code="speed", coding="stays")
    act(coded, "erase_document", document="h01", who="veikko")
    assert coded.codings()["coding"].tolist() == ["stays"]
    assert undo(coded).act == "add_coding"
    assert redo(coded).act == "add_coding"
    assert coded.codings()["coding"].tolist() == ["stays"]
