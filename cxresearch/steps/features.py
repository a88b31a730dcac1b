"""One row a customer: what study.toml names of what they are, buy, answer and say."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from ..model import SettingsError, Words
from .feature_sources import (
    BEHAVIOUR,
    TONE,
    behaviour,
    choice_columns,
    made_labels,
    theme_columns,
)

if TYPE_CHECKING:
    from ..study import Study

__all__ = [
    "customer_features",
    "feature_columns",
    "feature_labels",
    "feature_types",
    "key_of_respondents",
]


def customer_features(study: Study, names: Sequence[str]) -> pd.DataFrame:
    """The table that customers are grouped on.

    Parameters
    ----------
    study : Study
    names : sequence of str
        Columns of the customer table or respondents' attributes; ids of closed questions (the
        customer's mean answer); ids of questions with several answers, as benefits sought (one
        yes/no column an option, called `question=option`); `code` or `code@phase` (how often the
        customer spoke of it: comments that carry the code, and codings of interviews); `valence`
        or `valence@phase` (mean tone -2..2 of what they said); of their purchases `recency_days`,
        `purchases`, `mean_purchase`, `spent` and `clv` (expected in the coming 12 months).

    Returns
    -------
    pandas.DataFrame
        `customer` and the columns of each name, in the order of the customer table. Where a study
        has no customer table, a respondent is a customer; where it knows no respondents, a
        document is. An answer never given is missing; a customer who said nothing has no theme
        counts (missing), one who said something has 0 or more.

    Raises
    ------
    SettingsError
        A name is none of these.
    """
    base = _base(study)
    keys = key_of_respondents(study)
    answers = _answers_by_customer(study, keys)
    wanted = [base[["customer"]]]
    bought: dict[str, pd.Series] = {}
    if any(n in BEHAVIOUR and n not in base.columns for n in names):
        purchases = study.read_frame("purchases")
        bought = behaviour(purchases, base["customer"]) if len(purchases) else {}
    known = _Known(study, base, answers)
    spoken = theme_columns(
        study, [n for n in names if known.kind(n) == "theme"], base["customer"], keys
    )
    for name in names:
        kind = known.kind(name)
        if kind == "column":
            wanted.append(base[[name]])
        elif kind == "question":
            wanted.append(_mean_answer(answers, name, base["customer"]).to_frame(name))
        elif kind == "theme":
            wanted.append(spoken[name].to_frame(name))
        elif kind == "choices":
            wanted.append(pd.DataFrame(choice_columns(study, name, base["customer"], keys)))
        elif name in bought:
            wanted.append(bought[name].to_frame(name))
        else:
            raise _unknown(name, known)
    found = pd.concat(wanted, axis=1)
    return found.loc[:, ~found.columns.duplicated()]


class _Known:
    """What a name of a feature may stand for in this study."""

    def __init__(self, study: Study, base: pd.DataFrame, answers: pd.DataFrame) -> None:
        choices = study.read_frame("choices") if study.processed.count("choices") else None
        self.columns = [str(c) for c in base.columns if c != "customer"]
        self.questions = set(answers["question"]) if len(answers) else set()
        self.choices = set() if choices is None else set(choices["question"])
        self.themes = {TONE, *study.codebook()["code"]}
        self.phases = {p.phase for p in study.settings.journey()}

    def kind(self, name: str) -> str:
        """Which source a name is of; empty where it is none, or is of purchases."""
        theme, at, phase = name.partition("@")
        if name in self.columns:
            return "column"
        if name in self.questions:
            return "question"
        if theme in self.themes and (not at or phase in self.phases):
            return "theme"
        return "choices" if name in self.choices else ""

    def all(self) -> list[str]:
        """Every name that may be used, without the themes by phase."""
        rest = sorted(self.questions | self.choices | self.themes)
        return [*self.columns, *rest, *BEHAVIOUR]


def _unknown(name: str, known: _Known) -> SettingsError:
    if name in BEHAVIOUR:
        return SettingsError(
            f"The feature `{name}` is made of purchases, and the study has none that fit.",
            expected="a [purchases] table; for clv, customers who came back and some who stopped",
            found=name,
            where="[segments]",
        )
    every = known.all()
    theme, at, _ = name.partition("@")
    near = [f"{theme}@{p}" for p in sorted(known.phases)] if at and theme in known.themes else []
    near = near or get_close_matches(name, every, n=4) or every
    return SettingsError(
        "study.toml groups customers on something that the study does not have.",
        expected="; near are: " + ", ".join(near),
        found=name,
        where="[segments]",
    )


def feature_columns(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """The columns of a table of `customer_features` that some names stand for."""
    return [
        str(c)
        for name in names
        for c in table.columns
        if c == name or (str(c).startswith(f"{name}=") and name not in table.columns)
    ]


def feature_types(study: Study, names: Sequence[str]) -> dict[str, str]:
    """Declared types: those of study.toml, and counts for themes."""
    part = study.settings.customers
    declared = dict(part.types) if part is not None else {}
    codes = set(study.codebook()["code"])
    found = {n: "count" for n in names if n.partition("@")[0] in codes}
    found |= {n: "numeric" for n in names if n.partition("@")[0] == TONE}
    return {**found, **{n: declared[n] for n in names if n in declared}}


def feature_labels(study: Study) -> dict[str, Words]:
    """Names of columns, KPIs, questions, options, codes and purchases for sentences and figures."""
    part, used = study.settings.customers, study.settings.segments
    kpis = study.settings.kpis
    labels = {name: Words(texts) for name, texts in (kpis.names if kpis else {}).items()}
    labels |= {name: Words(texts) for name, texts in (part.names if part else {}).items()}
    for survey in study.settings.surveys:
        labels |= {q.question: Words(q.text) for q in survey.questions if q.text}
    codes = {}
    for row in study.codebook().itertuples():
        names = {"fi": row.name_fi, "en": row.name_en}
        # a code may have a name in one language only
        codes[str(row.code)] = Words({x: n for x, n in names.items() if isinstance(n, str) and n})
    phases = {p.phase: p.name for p in study.settings.journey()}
    made = made_labels(codes, phases, [*used.level1, *used.level2])
    yes_no = {"yes": Words(fi="kyllä", en="yes"), "no": Words(fi="ei", en="no")}
    for survey in study.settings.surveys:
        for question in survey.multi_choice:
            if question in (*used.level1, *used.level2):
                chosen = study.read_frame("choices")
                for option in sorted(chosen.loc[chosen["question"] == question, "option"].unique()):
                    name = f"{question}={option}"
                    labels[name] = Words(fi=str(option), en=str(option))
                    labels |= {f"{name}={level}": words for level, words in yes_no.items()}
    return {**made, **labels, **codes}


def key_of_respondents(study: Study) -> pd.Series:
    """Respondent to customer key; a respondent without one is their own customer.

    In a study of interviews alone every respondent is: it is people who are compared there.
    """
    people = study.respondents()
    if not study.processed.count("customers") and not study.processed.count("answers"):
        return pd.Series(people["respondent"].to_numpy(), index=people["respondent"].to_numpy())
    customer = people["customer"] if "customer" in people else pd.Series(None, index=people.index)
    keys = customer.where(customer.notna(), people["respondent"])
    return pd.Series(keys.to_numpy(), index=people["respondent"].to_numpy())


def _base(study: Study) -> pd.DataFrame:
    customers = study.customers()
    if len(customers):
        return customers
    people, documents = study.respondents(), study.documents()
    if people.empty:
        unknown = documents[documents["kind"].isin(["interview", "diary", "feedback"])]
        return pd.DataFrame({"customer": unknown["document"]}).reset_index(drop=True)
    keys = people["respondent"].map(key_of_respondents(study))
    people = people.assign(customer=keys.to_numpy())
    kept = people.drop(columns=["respondent", "kind"]).drop_duplicates("customer")
    return kept.reset_index(drop=True)


def _answers_by_customer(study: Study, keys: pd.Series) -> pd.DataFrame:
    frame = study.read_frame("answers")
    if frame.empty:
        return frame.assign(customer=pd.Series(dtype=object))
    given = frame["customer"] if "customer" in frame else pd.Series(None, index=frame.index)
    return frame.assign(customer=given.where(given.notna(), frame["respondent"].map(keys)))


def _mean_answer(answers: pd.DataFrame, question: str, customers: pd.Series) -> pd.Series:
    rows = answers[answers["question"] == question]
    return customers.map(rows.groupby("customer")["value"].mean())
