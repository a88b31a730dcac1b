import pandas as pd
import pytest

from cxresearch.coding import content_analysis
from cxresearch.model import FrameError

COLUMNS = ["document", "start", "end", "quote", "reduced", "lower", "upper", "main"]
ROWS = [
    ("h1", 0, 9, "ootin tunnin", "odotti tunnin", "Jonottaminen", "Tuki", "Palvelu"),
    ("h1", 0, 9, "ootin tunnin", "aika hukkaan", "Jonottaminen", "Tuki", "Palvelu"),
    ("h2", 4, 8, "kukaan ei vastaa", "ei vastausta", "Vastaamattomuus", "Tuki", "Palvelu"),
    ("h3", 1, 5, "Noora auttoi", "sai apua", "Asiantuntemus", "Ihmiset", "Palvelu"),
    ("h3", 9, 12, "joskus", "ajoittaisuus", None, None, None),
]


def frame(rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def test_a_higher_class_counts_the_union_of_its_quotations():
    found = content_analysis(frame(ROWS))
    classes = found.details["classes"].set_index(["level", "name"])
    assert classes.loc[("lower", "Jonottaminen"), "expressions"] == 1
    assert classes.loc[("upper", "Tuki"), "expressions"] == 2
    assert classes.loc[("main", "Palvelu"), "expressions"] == 3
    assert classes.loc[("upper", "Tuki"), "above"] == "Palvelu"
    assert found.details["loose"]["reduced"].tolist() == ["ajoittaisuus"]
    assert "3 alaluokkaan" in found.sentence("fi")
    assert "yhtä" not in found.sentence("fi")


def test_every_row_still_holds_its_words_and_place():
    table = content_analysis(frame(ROWS)).table
    assert table.columns.tolist() == [
        "main",
        "upper",
        "lower",
        "reduced",
        "document",
        "start",
        "end",
        "quote",
    ]
    assert len(table) == len(ROWS)


@pytest.mark.parametrize(
    "row",
    [
        ("h9", None, None, None, "ilman lähdettä", "X", "Y", "Z"),
        ("h2", 4, 8, "kukaan ei vastaa", "ei vastausta", "Jonottaminen", "Tuki", "Palvelu"),
        ("h9", 1, 2, "x", "y", "Jonottaminen", "Ihmiset", "Palvelu"),
        ("h9", 1, 2, "x", "y", None, "Ihmiset", "Palvelu"),
    ],
)
def test_broken_chains_are_refused(row):
    with pytest.raises(FrameError):
        content_analysis(frame([*ROWS, row]))


def test_missing_columns_are_named():
    with pytest.raises(FrameError) as error:
        content_analysis(pd.DataFrame({"quote": ["x"]}))
    assert "reduced" in str(error.value)
