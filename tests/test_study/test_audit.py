"""The audit trail: who coded what when, how a code got its definition, and nobody's words."""

from __future__ import annotations

from cxresearch.study import act, audit_trail, undo


def test_who_coded_what_when(coded):
    act(coded, "change_coding", coding="c1", valence=-1, memo="A secret of hers.", who="veikko")
    found = audit_trail(coded).query("row == 'c1'")
    assert found["change"].tolist() == ["added", "changed", "changed"]
    first = found.iloc[0]
    assert (first["who"], first["act"], first["code"]) == ("aino", "add_coding", "billing")
    assert (first["document"], first["start"], first["end"]) == ("h01", 0, 5)
    valence = found[found["column"] == "valence"].iloc[0]
    assert (valence["who"], valence["before"], valence["after"]) == ("veikko", "-2", "-1")
    assert found["at"].is_monotonic_increasing


def test_the_history_of_a_definition_and_what_was_taken_back(coded):
    act(coded, "change_code", code="billing", definition="Invoices and refunds.")
    undo(coded)
    found = audit_trail(coded).query("row == 'billing' and column == 'definition'")
    assert found["after"].tolist() == ["Invoices and refunds.", "Anything about invoices."]
    first, second = found["event"].tolist()
    assert found["undone_by"].iloc[0] == second
    assert found["undoes"].iloc[1] == first


def test_no_words_of_respondents_are_in_it(coded):
    act(coded, "edit_text", document="h01", start=0, end=5, text="Kuitti")
    act(coded, "set_memo", about="document", target="h01", text="Salaisuus")
    act(coded, "remove_coding", coding="c2")
    written = audit_trail(coded).to_csv()
    for words in ("Lasku", "Kuitti", "Salaisuus", "Vastaus", "väärin"):
        assert words not in written
    assert "(words)" in written
