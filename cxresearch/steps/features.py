"""One row a customer: attributes, mean answers and theme counts, as study.toml names them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from ..model import SettingsError, Words

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["customer_features", "feature_labels", "feature_types", "key_of_respondents"]


def customer_features(study: Study, names: Sequence[str]) -> pd.DataFrame:
    """The table that customers are grouped on.

    Parameters
    ----------
    study : Study
    names : sequence of str
        Columns of the customer table or respondents' attributes; ids of closed questions (the
        customer's mean answer); ids of codes (how many of the customer's comments carry it).

    Returns
    -------
    pandas.DataFrame
        `customer` and one column a name, in the order of the customer table. Where a study has no
        customer table, a respondent is a customer. An answer never given is missing; a customer
        without any comment has no theme counts (missing), one with comments has 0 or more.

    Raises
    ------
    SettingsError
        A name is neither a column, a question nor a code.
    """
    base = _base(study)
    answers, comments = _by_customer(study, "answers"), _by_customer(study, "comments")
    questions = set(answers["question"]) if len(answers) else set()
    codes = set(study.codebook()["code"])
    wanted = base[["customer"]].copy()
    for name in names:
        if name in base.columns:
            wanted[name] = base[name]
        elif name in questions:
            wanted[name] = _mean_answer(answers, name, base["customer"])
        elif name in codes:
            wanted[name] = _theme_count(study, comments, name, base["customer"])
        else:
            known = [*map(str, base.columns), *sorted(questions), *sorted(codes)]
            raise SettingsError(
                "study.toml groups customers on something that the study does not have.",
                expected="; near are: " + ", ".join(get_close_matches(name, known, n=4) or known),
                found=name,
                where="[segments]",
            )
    return wanted


def feature_types(study: Study, names: Sequence[str]) -> dict[str, str]:
    """Declared types: those of study.toml, and counts for themes."""
    part = study.settings.customers
    declared = dict(part.types) if part is not None else {}
    codes = set(study.codebook()["code"])
    return {n: declared.get(n, "count") for n in names if n in declared or n in codes}


def feature_labels(study: Study) -> dict[str, Words]:
    """Names of columns, questions and codes for sentences and figures."""
    part = study.settings.customers
    labels = {name: Words(texts) for name, texts in (part.names if part else {}).items()}
    for survey in study.settings.surveys:
        labels |= {q.question: Words(q.text) for q in survey.questions if q.text}
    for row in study.codebook().itertuples():
        names = {"fi": row.name_fi, "en": row.name_en}
        # a code may have a name in one language only
        labels[row.code] = Words({x: n for x, n in names.items() if isinstance(n, str) and n})
    return labels


def key_of_respondents(study: Study) -> pd.Series:
    """Respondent to customer key; a respondent without one is their own customer."""
    people = study.respondents()
    customer = people["customer"] if "customer" in people else pd.Series(None, index=people.index)
    keys = customer.where(customer.notna(), people["respondent"])
    return pd.Series(keys.to_numpy(), index=people["respondent"].to_numpy())


def _base(study: Study) -> pd.DataFrame:
    customers = study.customers()
    if len(customers):
        return customers
    people = study.read_frame("respondents")
    people = people.assign(customer=people["respondent"])
    return people.drop(columns=["respondent", "kind"]).drop_duplicates("customer")


def _by_customer(study: Study, name: str) -> pd.DataFrame:
    frame = study.read_frame(name)
    if frame.empty:
        return frame.assign(customer=pd.Series(dtype=object))
    keys = key_of_respondents(study)
    given = frame["customer"] if "customer" in frame else pd.Series(None, index=frame.index)
    return frame.assign(customer=given.where(given.notna(), frame["respondent"].map(keys)))


def _mean_answer(answers: pd.DataFrame, question: str, customers: pd.Series) -> pd.Series:
    rows = answers[answers["question"] == question]
    return customers.map(rows.groupby("customer")["value"].mean())


def _theme_count(
    study: Study, comments: pd.DataFrame, code: str, customers: pd.Series
) -> pd.Series:
    found = study.suggestions()
    spoken = set(found.loc[found["code"] == code, "document"])
    counts = comments["document"].isin(spoken).groupby(comments["customer"]).sum()
    return customers.map(counts)
