import numpy as np
import pandas as pd
import pytest

from cxresearch.text import collocations


def texts_of(bodies):
    return pd.DataFrame({"document": range(len(bodies)), "text": bodies, "language": "fi"})


def test_words_that_keep_company_are_found_and_chance_is_not():
    rng = np.random.default_rng(3)
    words = ["anturi", "lasku", "tuki", "hinta", "ovi", "puhelin", "sopimus", "portaali"]
    noise = [" ".join(rng.permutation(words)) for _ in range(60)]
    bodies = [f"turha hälytys {text}." for text in noise[:30]] + noise[30:]
    found = collocations(texts_of(bodies)).table
    assert tuple(found.iloc[0][["first", "second"]]) == ("turha", "hälytys")
    assert found.iloc[0]["count"] == 30
    assert found["certain"].sum() <= 2
    assert not collocations(texts_of(noise)).table["certain"].any()


def test_numbers_are_those_of_the_two_by_two_table():
    # scipy.stats.chi2_contingency([[4, 1], [2, 5]],
    # correction=False, lambda_="log-likelihood").statistic (SciPy 1.17.1)
    bodies = ["kirjava kissa"] * 4 + ["kirjava koira"] + ["pieni kissa"] * 2 + ["pieni koira"] * 5
    found = collocations(texts_of(bodies), window=1, minimum=1).table
    pair = found[(found["first"] == "kirjava") & (found["second"] == "kissa")].iloc[0]
    assert pair["expected"] == pytest.approx(5 * 6 / 12)
    assert pair["g2"] == pytest.approx(3.2557338578632082)
    assert pair["log_odds"] == pytest.approx(np.log(4.5 * 5.5 / (1.5 * 2.5)))
    assert pair["low"] < pair["log_odds"] < pair["high"]


def test_pairs_do_not_cross_sentences_texts_or_common_words():
    found = collocations(texts_of(["Lasku. Väärin tuli."] * 6 + ["lasku", "väärin"] * 6))
    assert found.table.empty or not (found.table["first"] == "lasku").any()
    found = collocations(texts_of(["lasku oli väärin"] * 8))
    assert len(collocations(texts_of([])).table) == 0
    assert "Mikään" in found.sentence("fi") or "lasku väärin" in found.sentence("fi")
