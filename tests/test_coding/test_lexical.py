from pathlib import Path

import pandas as pd
import pytest

from cxresearch.coding import passages, suggest_codings
from cxresearch.model import (
    Code,
    Codebook,
    FrameError,
    Phase,
    Stage,
    Touchpoint,
    Words,
    check_frame,
)

CODES = Codebook(
    (
        Code(
            "pain_invoice_errors", "pain", Words(en="Invoice errors"), valence=-1,
            terms={"fi": ("väärä lasku", "lasku + väärin"), "en": ("wrong invoice",)},
        ),
        Code(
            "delight_easy_use", "delight", Words(en="Easy"), valence=1,
            terms={"fi": ("helppo käyttää",), "sv": ("lätt att använda",)},
        ),
        Code("service", "theme", Words(en="Service"), terms={"fi": ("palvelu",)}),
    )
)  # fmt: skip
PHASES = (
    Phase(
        "purchase",
        Words(en="Purchase"),
        (Stage("quotation", Words(en="Q"), {"fi": ("tarjous*",)}),),
    ),
    Phase(
        "post_purchase",
        Words(en="After"),
        (
            Stage("billing", Words(en="Billing"), {"fi": ("lasku",)}),
            Stage("onboarding", Words(en="Start"), {"fi": ("asennus",)}),
        ),
        {"fi": ("jälkeen",)},
    ),
)
TOUCHPOINTS = (
    Touchpoint("invoice", Words(en="Invoice"), "brand_owned", "document", ("billing",),
               terms={"fi": ("lasku",)}),
)  # fmt: skip


def interview(lines):
    text = "\n".join(words for _, words in lines)
    turns, at = [], 0
    for number, (role, words) in enumerate(lines):
        turns.append(
            {"document": "h1", "turn": number, "start": at, "end": at + len(words), "role": role}
        )
        at += len(words) + 1
    documents = pd.DataFrame(
        {"document": ["h1"], "kind": "interview", "text": [text], "language": "fi"}
    )
    return documents, pd.DataFrame(turns)


def suggested(lines, **more):
    documents, turns = interview(lines)
    found = suggest_codings(
        documents, codebook=CODES, phases=PHASES, touchpoints=TOUCHPOINTS, turns=turns, **more
    )
    text = documents["text"].iloc[0]
    for row in found.itertuples():
        assert text[row.start : row.end] == row.quote
    return check_frame(found, "codings")


def test_quotation_is_the_sentence_and_the_rule_can_be_read():
    found = suggested([("customer", "No niin. Tuli taas väärä lasku, siis. Kiitos 👍")])
    row = found.iloc[0]
    assert row["quote"] == "Tuli taas väärä lasku, siis."
    assert 'lemma phrase "väärä lasku" → pain_invoice_errors' in row["rule"]
    assert 'billing by cue "lasku"' in row["rule"]
    assert (row["stage"], row["phase"], row["touchpoint"]) == (
        "billing",
        "post_purchase",
        "invoice",
    )
    assert row["valence"] == -1
    assert row["origin"] == "suggested"


def test_the_interviewer_is_heard_and_never_coded():
    found = suggested(
        [
            ("interviewer", "Miten asennus meni, oliko helppo käyttää?"),
            ("customer", "Joo, oli helppo käyttää."),
            ("interviewer", "Hm."),
            ("customer", "Se palvelu oli surkea."),
        ]
    )
    assert found["turn"].tolist() == [1, 3]
    assert found["stage"].tolist() == ["onboarding", "onboarding"]
    assert "question asked" in found["rule"].iloc[0]


def test_own_cue_comes_before_the_question_and_reaches_on_in_the_turn():
    found = suggested(
        [
            ("interviewer", "Miten asennus meni?"),
            ("customer", "Tarjouksesta aloitan. Siinä oli hyvä palvelu."),
        ]
    )
    assert found["stage"].tolist() == ["quotation"]
    assert found["phase"].tolist() == ["purchase"]


def test_negated_terms_are_kept_only_on_request():
    lines = [("customer", "Se ei ole helppo käyttää.")]
    assert len(suggested(lines)) == 0
    low = suggested(lines, min_score=0.0)
    assert low["score"].iloc[0] < 0.3
    assert "negated" in low["rule"].iloc[0]


def test_a_code_without_valence_takes_the_sentences_or_none():
    found = suggested([("customer", "Surkea palvelu. Palvelu on Lahdessa.")])
    assert found["valence"].isna().tolist() == [False, True]
    assert found["valence"].iloc[0] == -2


def comments(texts, languages, **columns):
    return pd.DataFrame(
        {
            "document": [f"s/{n}/q" for n in range(len(texts))],
            "response": [str(n) for n in range(len(texts))],
            "question": "q",
            "text": texts,
            "language": languages,
            **columns,
        }
    )


def test_comments_in_mixed_languages_take_their_question_s_phase():
    frame = comments(
        ["wrong invoices again", "Lasku väärin", "Lätt att använda!", "wrong invoice", None],
        ["en", "fi", "sv", "other", None],
        phase="post_purchase",
    )
    frame = frame[frame["text"].notna()]
    found = suggest_codings(frame, codebook=CODES, phases=PHASES)
    assert found["code"].tolist() == [
        "pain_invoice_errors", "pain_invoice_errors", "delight_easy_use", "pain_invoice_errors",
    ]  # fmt: skip
    assert set(found["phase"]) == {"post_purchase"}
    assert found["turn"].isna().all()


def test_equal_comments_get_rows_of_their_own_and_a_second_run_the_same_ids():
    frame = comments(["Väärä lasku."] * 3, ["fi"] * 3)
    first = suggest_codings(frame, codebook=CODES, phases=PHASES)
    second = suggest_codings(frame.iloc[::-1], codebook=CODES, phases=PHASES)
    assert len(first) == 3
    assert set(first["coding"]) == set(second["coding"])
    assert first["coding"].is_unique


def test_no_texts_no_terms_and_odd_texts_give_an_empty_frame():
    empty = comments([], [])
    assert list(suggest_codings(empty.astype({"text": str}), codebook=CODES).columns)[:2] == [
        "coding",
        "document",
    ]
    odd = comments(["", "👍👍", "a" * 100_000, "שלום"], ["fi", "other", "fi", "other"])
    assert len(suggest_codings(odd, codebook=CODES, phases=PHASES)) == 0
    assert len(suggest_codings(odd, codebook=Codebook(()))) == 0


def test_a_table_that_is_neither_is_refused():
    with pytest.raises(FrameError):
        suggest_codings(pd.DataFrame({"words": ["x"]}), codebook=CODES)


def test_passages_keep_offsets_and_documents_without_turns():
    documents, turns = interview([("customer", "Yksi."), ("interviewer", "Kaksi.")])
    note = pd.DataFrame(
        {"document": ["n1"], "kind": "observation", "text": ["Havainto."], "language": "fi"}
    )
    found = passages(pd.concat([documents, note]), turns=turns)
    assert found["coded"].tolist() == [True, False, True]
    assert found["turn"].tolist() == [0, 1, -1]
    assert found["offset"].tolist() == [0, 6, 0]


CODEBOOK = Path(__file__).parents[2] / "studies" / "kelohavu" / "codebook.toml"


@pytest.mark.skipif(not CODEBOOK.exists(), reason="the sample study is not in this checkout")
def test_the_sample_codebook_suggests_what_its_examples_say():
    import tomllib

    codes = tomllib.loads(CODEBOOK.read_text(encoding="utf-8"))["codes"]
    book = Codebook(
        tuple(
            Code(c["code"], c["kind"], Words(c["name"]), c.get("parent"), valence=c.get("valence"),
                 terms={k: tuple(v) for k, v in c.get("terms", {}).items()})
            for c in codes
        )
    )  # fmt: skip
    leaves = {c.code for c in book if not book.children(c.code)}
    examples = {
        "fi": {
            "Asiakaspalvelussa joutuu jonottamaan puoli tuntia.": "pain_waiting",
            "Taas tuli väärä lasku, jo kolmas.": "pain_invoice_errors",
            "Turhia hälytyksiä yöllä, nukuttais.": "pain_false_alarms",
            "Patterit loppuu aina pakkasella.": "pain_battery",
            "Salasana ei kelpaa": "pain_login",
            "Kukaan ei ilmoittanut mitään.": "pain_information_gap",
            "Raportti tulee ihan itsestään sähköpostiin.": "delight_automatic_report",
            "Hälytys pelasti koko pakastimen.": "delight_alarm_saved",
            "Sovellus on tosi helppo käyttää.": "delight_easy_use",
            "Ystävällinen ja asiantunteva ihminen tuessa.": "delight_expert_help",
        },
        "en": {
            "The invoice was wrong again.": "pain_invoice_errors",
            "I waited an hour on hold": "pain_waiting",
        },
        "sv": {
            "Onödiga larm på natten.": "pain_false_alarms",
            "Fakturan var fel.": "pain_invoice_errors",
        },
    }
    assert len(leaves) == 24
    for language, pairs in examples.items():
        frame = comments(list(pairs), [language] * len(pairs))
        found = suggest_codings(frame, codebook=book).groupby("document")["code"].agg(set)
        for document, code in zip(frame["document"], pairs.values(), strict=True):
            assert code in found.get(document, set()), (document, code, found.get(document))
