"""What each column of a stranger's table seems to be, from its name and its cells."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..model import Words
from . import column_names
from .answer_words import LIKERT, PROPER_NO, PROPER_YES, folded, is_no_answer
from .column_settling import alike_scales, one_of_each
from .columns import option_separator, scale_in_name, to_numbers, to_scale
from .dates import to_dates
from .drafts import ColumnGuess
from .languages import language_of
from .speakers import kind_of
from .tables import Table

__all__ = ["guess_columns"]

_SAMPLE = 5000


@dataclass(frozen=True)
class _Facts:
    """What a column's cells look like; computed once from at most 5,000 rows."""

    column: str
    label: str
    cells: pd.Series
    filled: pd.Series
    distinct: int

    @property
    def name(self) -> str:
        """Name and question text together."""
        return f"{self.column} {self.label}".strip()

    @property
    def asks(self) -> bool:
        """Whether the name is a whole question or statement rather than a short field name."""
        return len(re.split(r"[\s_]+", self.name.strip())) >= 5

    @property
    def ratio(self) -> float:
        return self.distinct / max(1, len(self.filled))

    def share(self, pattern: re.Pattern[str]) -> float:
        if not len(self.filled):
            return 0.0
        return float(np.mean([bool(pattern.search(c)) for c in self.filled.head(500)]))

    @property
    def words(self) -> float:
        return (
            float(np.mean([len(c.split()) for c in self.filled.head(500)]))
            if len(self.filled)
            else 0.0
        )


def _facts(table: Table, column: str) -> _Facts:
    cells = table.frame[column]
    if len(cells) > _SAMPLE:
        cells = cells.iloc[:: len(cells) // _SAMPLE].head(_SAMPLE)
    filled = cells[[not is_no_answer(c) for c in cells]]
    label = re.sub(r"<[^>]*>", " ", table.labels.get(column, ""))
    return _Facts(column, label if label != column else "", cells, filled, filled.nunique())


def _guess(
    facts: _Facts, role: str, confidence: float, fi: str, en: str, **more: object
) -> ColumnGuess:
    return ColumnGuess(
        facts.column,
        role,
        Words(fi=fi, en=en),
        confidence,
        text=facts.label,
        answered=len(facts.filled) / max(1, len(facts.cells)),
        **more,  # type: ignore[arg-type]
    )


def guess_columns(table: Table) -> tuple[ColumnGuess, ...]:
    """Guess what each column of a table is.

    Parameters
    ----------
    table : Table
        As `read_table` gives it.

    Returns
    -------
    tuple of ColumnGuess
        One for each column in order; option columns of one multi-choice question are one guess.
        At most one column is the response id, one the respondent, one the customer, one the date.
    """
    grouped = _option_groups(table)
    inside = {c: stem for stem, columns in grouped.items() for c in columns}
    guesses: list[ColumnGuess] = []
    told: set[str] = set()
    for column in map(str, table.frame.columns):
        stem = inside.get(column)
        if stem is not None:
            if stem not in told:
                told.add(stem)
                guesses.append(_multi_choice(stem, grouped[stem], table))
            continue
        guesses.append(_guess_column(_facts(table, column)))
    return one_of_each(alike_scales(guesses, len(table)))


def _multi_choice(stem: str, columns: list[str], table: Table) -> ColumnGuess:
    return ColumnGuess(
        stem,
        "multi_choice",
        Words(
            fi=f"{len(columns)} saraketta, yksi kutakin vaihtoehtoa kohti",
            en=f"{len(columns)} columns, one for each option",
        ),
        0.85,
        type="columns",
        options=tuple(columns),
        # LimeSurvey puts the option before the question: [Phone] Which channels?
        text=re.sub(r"^\[[^\]]*\]\s*", "", table.labels.get(columns[0], "")),
    )


def _option_groups(table: Table) -> dict[str, list[str]]:
    """Columns that are the options of one question: one stem, and cells that only tick."""
    stems: dict[str, list[str]] = defaultdict(list)
    for column in map(str, table.frame.columns):
        coded = column_names.OPTION_CODED.match(column)
        match = column_names.OPTION_NAME.match(column) or column_names.OPTION_NUMBER.match(column)
        if (coded or match) and _only_ticks(table.frame[column]):
            stem = (coded["stem"] or coded["code"]) if coded else match["stem"]  # type: ignore[index]
            stems[stem.strip()].append(column)
    return {stem: columns for stem, columns in stems.items() if len(columns) >= 2}


def _only_ticks(cells: pd.Series) -> bool:
    words = {folded(c) for c in cells.unique()} - {""}
    if not words:
        return False
    return words <= (PROPER_YES | PROPER_NO) or len(words) == 1


def _guess_column(facts: _Facts) -> ColumnGuess:
    if not len(facts.filled):
        return _guess(facts, "unused", 0.9, "sarake on tyhjä", "the column is empty")
    for attempt in (
        _as_personal,
        _as_id,
        _as_derived,
        _as_named,
        _as_date,
        _as_choice,
        _as_scale,
        _as_comment,
    ):
        found = attempt(facts)
        if found is not None:
            return found
    return _as_attribute(facts)


def _as_personal(facts: _Facts) -> ColumnGuess | None:
    for pattern, fi, en in (
        (column_names.EMAIL, "sähköpostiosoitteita", "e-mail addresses"),
        (column_names.PHONE, "puhelinnumeroita", "phone numbers"),
        (column_names.IP, "IP-osoitteita", "IP addresses"),
        (column_names.HETU, "henkilötunnuksia", "personal identity codes"),
    ):
        if facts.share(pattern) > 0.5 and facts.words < 5:
            return _guess(facts, "personal", 0.95, f"sisältää: {fi}", f"holds {en}")
    if column_names.PERSONAL.search(facts.column) or (
        facts.label and column_names.PERSONAL.search(facts.label) and facts.words < 4
    ):
        open_answer = column_names.OPEN.search(facts.column) is not None
        if facts.words < 8 and not open_answer and not _ticks_or_scale(facts):
            return _guess(
                facts,
                "personal",
                0.8,
                "nimi viittaa henkilötietoon",
                "the name points to personal data",
            )
    if (
        column_names.PERSONAL_COMPANY.search(facts.column)
        and facts.ratio > 0.8
        and len(facts.filled) > 20
    ):
        return _guess(
            facts,
            "personal",
            0.7,
            "organisaation nimi yksilöi asiakkaan",
            "an organisation's name tells who it is",
        )
    return None


def _ticks_or_scale(facts: _Facts) -> bool:
    return facts.distinct <= 11 and all(len(c) <= 3 for c in facts.filled.unique())


def _as_id(facts: _Facts) -> ColumnGuess | None:
    short = facts.filled.str.len().median() <= 40 and facts.words < 1.6
    full = len(facts.filled) >= 0.95 * len(facts.cells)
    if not short:
        return None
    if column_names.CUSTOMER.search(facts.column) and facts.ratio > 0.1:
        return _guess(
            facts, "customer", 0.85, "nimi viittaa asiakkaaseen", "the name points to the customer"
        )
    if column_names.DOCUMENT.search(facts.column):
        return _guess(
            facts, "document", 0.8, "nimi viittaa asiakirjaan", "the name points to a document"
        )
    return _as_row_id(facts) if full else None


def _as_row_id(facts: _Facts) -> ColumnGuess | None:
    """An id of the respondent or of the response: short, in every row."""
    share = f"{facts.ratio:.0%}"
    unique = "kaikki eri arvoja" if facts.ratio == 1 else f"{share[:-1]} % eri arvoja"
    different = "all values differ" if facts.ratio == 1 else f"{share} of the values differ"
    if column_names.RESPONDENT.search(facts.column) and facts.ratio > 0.02:
        return _guess(
            facts,
            "respondent",
            0.9,
            f"nimi viittaa vastaajaan; {unique}",
            f"the name points to the respondent; {different}",
        )
    if column_names.RESPONSE.search(facts.column) and facts.ratio > 0.9:
        return _guess(
            facts,
            "response",
            0.9,
            f"nimi viittaa tunnisteeseen; {unique}",
            f"the name points to an id; {different}",
        )
    if (
        facts.ratio == 1
        and len(facts.filled) >= 10
        and re.search(r"(?i)(^|[ _.-])id$|tunnus|tunniste|ID$", facts.column)
    ):
        return _guess(
            facts, "response", 0.75, "tunniste, kaikki eri arvoja", "an id, all values differ"
        )
    return None


def _as_derived(facts: _Facts) -> ColumnGuess | None:
    if (
        len(facts.column.split()) < 5
        and facts.column.count("_") < 4
        and column_names.DERIVED.search(facts.column)
    ):
        return _guess(
            facts,
            "unused",
            0.8,
            "kyselyohjelman oma tai johdettu tieto",
            "the survey program's own or derived field",
        )
    return None


def _as_named(facts: _Facts) -> ColumnGuess | None:
    few = facts.distinct <= 60
    for pattern, role, fi, en in (
        (column_names.WAVE, "wave", "mittausaalto", "survey wave"),
        (column_names.UNIT, "unit", "yksikkö", "unit"),
        (column_names.CHANNEL, "channel", "kanava", "channel"),
        (column_names.KIND, "kind", "vastaajan laji", "kind of respondent"),
        (column_names.KPI_NAME, "kpi_name", "mittarin nimi", "name of a KPI"),
    ):
        if few and pattern.search(facts.column) and not option_separator(facts.filled):
            values = tuple(sorted(facts.filled.str.strip().unique()))
            if role == "kind" and any(kind_of(v) is None for v in values):
                continue
            more = {"options": values} if role == "kind" else {}
            return _guess(
                facts, role, 0.7, f"nimi viittaa: {fi}", f"the name points to: {en}", **more
            )
    return None


def _as_date(facts: _Facts) -> ColumnGuess | None:
    digits = facts.share(re.compile(r"\d"))
    if digits < 0.8:
        return None
    sample = facts.filled.head(1000)
    converted = to_dates(sample)
    share = converted.values.notna().mean()
    if share < 0.9:
        return None
    note = converted.reason
    period = (
        column_names.PERIOD.search(facts.column) and (converted.values.dropna().dt.day == 1).all()
    )
    return _guess(
        facts,
        "period" if period else "date",
        0.9 if column_names.DATE.search(facts.name) or period else 0.75,
        f"{note.to('fi')}; {share:.0%} arvoista".replace("%", " %"),
        f"{note.to('en')}; {share:.0%} of the values",
    )


def _as_choice(facts: _Facts) -> ColumnGuess | None:
    if facts.distinct < 2:
        return None
    separator = option_separator(facts.filled)
    if separator is None or (separator == ", " and column_names.OPEN.search(facts.name)):
        return None
    shown = {"\n": "\\n", ", ": ","}.get(separator, separator)
    given = Counter(p.strip() for c in facts.filled for p in c.split(separator) if p.strip())
    return _guess(
        facts, "multi_choice", 0.8, f"monta vaihtoehtoa yhdessä solussa, erotin {shown}",
        f"several options in one cell, separated by {shown}",
        options=tuple(option for option, n in given.items() if n >= 3), type="cell",
    )  # fmt: skip


def _as_scale(facts: _Facts) -> ColumnGuess | None:
    words = {folded(c) for c in facts.filled.unique()}
    if len(words) == 2 and words <= (PROPER_YES | PROPER_NO):
        return _as_goal(facts)
    if facts.distinct > 40 or len(facts.filled) < 5:
        return None
    if not facts.asks and column_names.COUNTED.search(facts.column):
        return None
    converted = to_scale(facts.cells.rename(facts.name))
    values = converted.values.dropna()
    low, high = converted.details["low"], converted.details["high"]
    if (
        low is None
        or len(values) < 0.85 * len(facts.filled)
        or values.nunique() < (1 if facts.asks and len(values) < 30 else 3)
    ):
        return None
    if set(values) <= {0.0, 1.0}:
        return None
    if scale_in_name(facts.name) is None and (values % 1 != 0).any():
        return None
    worded = words & set().union(*LIKERT)
    metric, confidence, fi, en = _metric(facts, low, high, worded)
    ends = f"{low:g}–{high:g}"
    unfit = len(converted.failures) / len(facts.cells)
    if unfit:
        fi += f"; {max(1, round(100 * unfit))} % vastauksista ei sovi asteikkoon"
        en += f"; {max(1, round(100 * unfit))}% of the answers do not fit the scale"
    reverse = metric == "ces" and bool(column_names.EFFORT.search(facts.name)) and not worded
    return _guess(
        facts, "question", confidence, f"asteikko {ends}; {fi}", f"scale {ends}; {en}",
        metric=metric, low=low, high=high, reverse=reverse,
    )  # fmt: skip


def _as_goal(facts: _Facts) -> ColumnGuess | None:
    if not column_names.GOAL.search(facts.name):
        return None
    fi, en = "kyllä tai ei; kysyy onnistumista", "yes or no; asks whether the goal was reached"
    return _guess(facts, "question", 0.75, fi, en, metric="goal", low=0, high=1)


def _metric(
    facts: _Facts, low: float, high: float, worded: set[str]
) -> tuple[str, float, str, str]:
    """Which metric a scaled question feeds: from its words, then from the words of its answers."""
    name = facts.name
    if column_names.NPS.search(name) and (low, high) == (0, 10):
        return "nps", 0.95, "nimi viittaa suositteluun", "the name points to recommending"
    if facts.asks and column_names.STATEMENT.search(name) and not worded:
        return (
            "question",
            0.5,
            "väittämä: aineisto ei kerro, kumpi pää on hyvä; katso myös asteikon päät",
            "a statement: the data don't say which end is good; look at the scale's ends as well",
        )
    if column_names.EXPECT.search(name):
        return "expectation", 0.7, "nimi viittaa odotuksiin", "the name points to expectations"
    if column_names.SMILEY.search(name):
        return "smiley", 0.8, "nimi viittaa hymiöihin", "the name points to smileys"
    easy, satisfied = (
        (column_names.ASKS_EASE, column_names.ASKS_SATISFACTION)
        if facts.asks
        else (column_names.CES, column_names.CSAT)
    )
    if satisfied.search(name):
        return "csat", 0.8, "kysyy tyytyväisyyttä", "asks about satisfaction"
    if easy.search(name):
        return "ces", 0.8, "kysyy helppoutta tai vaivaa", "asks about ease or effort"
    if worded & set(LIKERT[1]) - {"neutral", "neutraali", "en osaa sanoa"}:
        return "csat", 0.7, "vastaukset kertovat tyytyväisyydestä", "answers tell of satisfaction"
    if worded & set(LIKERT[2]) - {"neutral", "neutraali"}:
        return "ces", 0.7, "vastaukset kertovat helppoudesta", "answers tell of ease"
    if column_names.SCORE.search(name):
        return "score", 0.7, "nimi viittaa arvosanaan", "the name points to a score"
    if (low, high) == (0, 10):
        return (
            "score",
            0.5,
            "0–10, mutta nimi ei kerro mitä kysytään",
            "0-10, but the name does not say what is asked",
        )
    return "question", 0.6, "asteikollinen kysymys", "a question with a scale"


def _as_comment(facts: _Facts) -> ColumnGuess | None:
    filled = facts.filled
    longest = max(len(c.split()) for c in filled)
    hint = bool(column_names.OPEN.search(facts.name))
    varied = facts.ratio >= 0.15 and facts.distinct >= 5
    long = facts.words >= 4 and longest >= 6
    hinted = hint and longest >= 3 and facts.distinct >= 3 and facts.words >= 1.5
    named = column_names.OPEN_NAME.match(facts.column) is not None and longest >= 2
    if not (hinted or named or (varied and long)):
        return None
    language, share = language_of(filled)
    known = language if share >= 0.95 else "auto"
    fi = f"vapaata tekstiä, keskimäärin {facts.words:.0f} sanaa"
    en = f"free text, {facts.words:.0f} words on average"
    if hint:
        fi, en = f"{fi}; nimi viittaa avoimeen", f"{en}; the name points to an open answer"
    fi += f"; kieli {language} ({share:.0%})".replace("%", " %")
    en += f"; language {language} ({share:.0%})"
    return _guess(facts, "comment", 0.9 if hint and varied else 0.75, fi, en, language=known)


def _as_attribute(facts: _Facts) -> ColumnGuess:
    if facts.distinct == 1:
        return _guess(facts, "unused", 0.7, "sama arvo kaikilla", "one value throughout")
    numbers = to_numbers(facts.filled)
    role = "outcome" if column_names.OUTCOME.search(facts.column) else "attribute"
    if numbers.values.notna().mean() >= 0.95:
        whole = bool((numbers.values.dropna() % 1 == 0).all())
        if whole and numbers.values.nunique() == 2 and set(numbers.values.dropna()) == {0.0, 1.0}:
            # an outcome such as churn is counted with; a feature is a group
            kind = "count" if role == "outcome" else "nominal"
            return _guess(facts, role, 0.7, "0 tai 1", "0 or 1", type=kind)
        kind = "count" if whole else "numeric"
        kind = "nominal" if column_names.CODED.search(facts.column) else kind
        return _guess(facts, role, 0.7, numbers.reason.to("fi"), numbers.reason.to("en"), type=kind)
    if role == "outcome" and {folded(c) for c in facts.filled.unique()} <= PROPER_YES | PROPER_NO:
        return _guess(facts, role, 0.7, "kyllä tai ei", "yes or no")
    if facts.distinct <= 60 and (facts.ratio <= 0.5 or (facts.distinct <= 12 and facts.ratio < 1)):
        return _guess(
            facts,
            role,
            0.7,
            f"{facts.distinct} eri luokkaa",
            f"{facts.distinct} categories",
            type="nominal",
        )
    return _guess(
        facts,
        "unused",
        0.5,
        f"{facts.distinct} eri arvoa: ei luokittelua eikä vapaata tekstiä",
        f"{facts.distinct} values: neither categories nor free text",
    )
