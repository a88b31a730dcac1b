"""Words that stand for an answer or for no answer, in Finnish, English and Swedish."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["LIKERT", "NO_ANSWER", "NO_WORDS", "PROPER_NO", "PROPER_YES", "folded", "is_no_answer"]

NO_ANSWER = frozenset(
    """
    na n/a n.a. -na nan null none nil . .. ... - -- --- – — ? x/x
    tyhjä puuttuu ei-vastausta eos missing refused blank empty
    #nimi? #name? #namn? #arvo! #value! #värde! #viittaus! #ref! #jako/0! #div/0! #puuttuu! #n/a
    #luku! #num! #tyhjä! #null! #saknas! #ogiltigt!
    """.split()  # noqa: SIM905
) | {
    "ei vastausta", "ei vastannut", "ei vastaa", "ei osaa sanoa", "en osaa sanoa", "en tiedä",
    "ohita kysymys", "en halua vastata", "en halua sanoa", "ei kokemusta", "ei koske minua",
    "ei tietoa", "no answer", "not answered", "don't know", "do not know", "dont know",
    "not applicable", "prefer not to say", "prefer not to answer", "no response", "skip question",
    "skipped", "no experience", "can't say", "cannot say", "inget svar", "vet ej", "vet inte",
    "ej svar", "vill inte svara", "kan inte säga", "ej aktuellt", "hoppa över frågan",
}  # fmt: skip
"""Cells that say that there is no answer in a closed question."""

NO_WORDS = frozenset(
    [
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "..",
        "...",
        "?",
        "tyhjä",
        "#nimi?",
        "#name?",
        "#namn?",
        "#arvo!",
        "#value!",
        "#värde!",
        "#viittaus!",
        "#ref!",
        "#n/a",
        "#puuttuu!",
        "#jako/0!",
        "#div/0!",
        "#luku!",
        "#num!",
        "#null!",
        "#saknas!",
        "nan",
        "null",
    ]
)
"""Cells that say nothing in an open question; "NA" and "none" are answers there and stay."""

# (from the lowest to the highest answer); each step may be worded in many ways
_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    # agreement, five steps
    (
        ("täysin eri mieltä", "strongly disagree", "completely disagree", "helt av annan åsikt",
         "tar helt avstånd", "instämmer inte alls", "stämmer inte alls", "totally disagree"),
        ("jokseenkin eri mieltä", "osittain eri mieltä", "melko eri mieltä", "eri mieltä",
         "disagree",
         "somewhat disagree", "delvis av annan åsikt", "av annan åsikt", "instämmer delvis inte",
         "tar delvis avstånd", "stämmer ganska dåligt"),
        ("en samaa enkä eri mieltä", "ei samaa eikä eri mieltä", "en osaa sanoa", "neutraali",
         "neither agree nor disagree", "neutral", "undecided", "varken eller",
         "varken av samma eller annan åsikt"),
        ("jokseenkin samaa mieltä", "osittain samaa mieltä", "melko samaa mieltä", "samaa mieltä",
         "agree", "somewhat agree", "delvis av samma åsikt", "av samma åsikt", "instämmer delvis",
         "stämmer ganska bra"),
        ("täysin samaa mieltä", "strongly agree", "completely agree", "totally agree",
         "helt av samma åsikt", "instämmer helt", "stämmer helt", "instämmer helt och hållet"),
    ),
    # satisfaction
    (
        ("erittäin tyytymätön", "hyvin tyytymätön", "very dissatisfied", "very unsatisfied",
         "extremely dissatisfied", "mycket missnöjd"),
        ("melko tyytymätön", "jokseenkin tyytymätön", "tyytymätön", "dissatisfied", "unsatisfied",
         "somewhat dissatisfied", "ganska missnöjd", "missnöjd"),
        ("ei tyytyväinen eikä tyytymätön", "en tyytyväinen enkä tyytymätön", "en osaa sanoa",
         "neither satisfied nor dissatisfied", "neutral", "varken nöjd eller missnöjd",
         "neutraali"),
        ("melko tyytyväinen", "jokseenkin tyytyväinen", "tyytyväinen", "satisfied",
         "somewhat satisfied", "ganska nöjd", "nöjd"),
        ("erittäin tyytyväinen", "hyvin tyytyväinen", "very satisfied", "extremely satisfied",
         "mycket nöjd"),
    ),
    # ease
    (
        ("erittäin vaikea", "erittäin vaikeaa", "hyvin vaikea", "hyvin vaikeaa", "very difficult",
         "very hard", "extremely difficult", "mycket svårt", "mycket svår"),
        ("melko vaikea", "melko vaikeaa", "vaikea", "vaikeaa", "difficult", "hard",
         "somewhat difficult", "ganska svårt", "svårt", "ganska svår"),
        ("ei helppo eikä vaikea", "ei helppoa eikä vaikeaa", "neither easy nor difficult",
         "neutral",
         "varken lätt eller svårt", "neutraali"),
        ("melko helppo", "melko helppoa", "helppo", "helppoa", "easy", "somewhat easy",
         "ganska lätt", "lätt", "enkelt", "ganska enkelt"),
        ("erittäin helppo", "erittäin helppoa", "hyvin helppo", "hyvin helppoa", "very easy",
         "extremely easy", "mycket lätt", "mycket enkelt"),
    ),
    # quality
    (
        ("erittäin huono", "erittäin huonosti", "hyvin huono", "very poor", "very bad",
         "very badly",
         "mycket dålig", "mycket dåligt", "terrible"),
        ("melko huono", "melko huonosti", "huono", "huonosti", "poor", "bad", "fairly poor",
         "dålig",
         "dåligt", "ganska dåligt", "ganska dålig"),
        ("kohtalainen", "kohtalaisesti", "keskinkertainen", "ei hyvä eikä huono", "fair", "average",
         "neither good nor poor", "neither good nor bad", "neutral", "okay",
         "varken bra eller dålig",
         "varken bra eller dåligt", "medelmåttig"),
        ("melko hyvä", "melko hyvin", "hyvä", "hyvin", "good", "fairly good", "well", "bra",
         "ganska bra"),
        ("erittäin hyvä", "erittäin hyvin", "excellent", "very good", "very well", "mycket bra",
         "utmärkt", "erinomainen"),
    ),
    # likelihood
    (
        ("erittäin epätodennäköisesti", "hyvin epätodennäköisesti", "very unlikely",
         "extremely unlikely", "mycket osannolikt"),
        ("melko epätodennäköisesti", "epätodennäköisesti", "unlikely", "somewhat unlikely",
         "ganska osannolikt", "osannolikt"),
        ("ehkä", "neither likely nor unlikely", "neutral", "maybe", "kanske",
         "varken sannolikt eller osannolikt"),
        ("melko todennäköisesti", "todennäköisesti", "likely", "somewhat likely",
         "ganska sannolikt", "sannolikt"),
        ("erittäin todennäköisesti", "hyvin todennäköisesti", "very likely", "extremely likely",
         "mycket sannolikt"),
    ),
    # frequency
    (
        ("ei koskaan", "en koskaan", "never", "aldrig"),
        ("harvoin", "rarely", "seldom", "sällan"),
        ("joskus", "silloin tällöin", "sometimes", "occasionally", "ibland", "då och då"),
        ("usein", "often", "frequently", "ofta"),
        ("aina", "always", "alltid"),
    ),
    # importance
    (
        ("ei lainkaan tärkeä", "ei lainkaan tärkeää", "not at all important", "inte alls viktigt"),
        ("ei kovin tärkeä", "ei kovin tärkeää", "vähän tärkeä", "slightly important",
         "not very important", "inte särskilt viktigt"),
        ("jonkin verran tärkeä", "melko tärkeä", "melko tärkeää", "moderately important",
         "somewhat important", "ganska viktigt"),
        ("tärkeä", "tärkeää", "important", "viktigt"),
        ("erittäin tärkeä", "erittäin tärkeää", "very important", "extremely important",
         "mycket viktigt"),
    ),
    # amount: not at all … very much
    (
        ("en lainkaan", "ei lainkaan", "ei yhtään", "not at all", "inte alls"),
        ("vähän", "hieman", "slightly", "a little", "lite", "litet"),
        ("jonkin verran", "kohtalaisesti", "moderately", "somewhat", "i någon mån", "något"),
        ("paljon", "melko paljon", "a lot", "quite a lot", "ganska mycket", "mycket"),
        ("erittäin paljon", "hyvin paljon", "extremely", "very much", "väldigt mycket"),
    ),
)  # fmt: skip

PROPER_YES = frozenset(
    [
        "kyllä",
        "joo",
        "yes",
        "y",
        "ja",
        "k",
        "true",
        "tosi",
        "1",
        "x",
        "valittu",
        "selected",
        "checked",
        "vald",
    ]
)
PROPER_NO = frozenset(
    ["ei", "en", "no", "n", "nej", "e", "false", "epätosi", "0", "-", "not_selected", "unchecked"]
) | {"not selected", "ei valittu", "ej vald"}


def folded(text: str) -> str:
    """A cell as it is compared: NFC, lower case, single spaces, no full stop at the end."""
    text = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", text).strip().rstrip(".!").strip() or text.strip()


LIKERT: tuple[dict[str, int], ...] = tuple(
    {folded(word): step for step, words in enumerate(scale, start=1) for word in words}
    for scale in _SCALES
)
"""For each scale of five steps: folded word to 1 (lowest) … 5 (highest)."""


def is_no_answer(cell: str) -> bool:
    """Whether a cell of a closed question says that there is no answer; empty counts."""
    if len(cell) > 60 and not cell.isspace():
        return False  # far longer than any of the words
    word = folded(cell)
    return not word or word in NO_ANSWER
