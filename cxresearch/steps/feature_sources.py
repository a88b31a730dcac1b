"""Columns of the feature table that are made, not given: themes, tone, choices, purchases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..model import FrameError, SettingsError, Words
from .coding import all_codings

if TYPE_CHECKING:
    from ..study import Study

__all__ = [
    "BEHAVIOUR",
    "TONE",
    "behaviour",
    "choice_columns",
    "made_labels",
    "spoken_by",
    "theme_columns",
]

TONE = "valence"
TONE_WORDS = {
    "": Words(fi="sävy", en="tone"),
    "=high": Words(fi="myönteinen sävy", en="positive tone"),
    "=low": Words(fi="kielteinen sävy", en="negative tone"),
}
_YEAR = 12.0  # months: what a customer is expected to buy in the coming year
BEHAVIOUR = {
    "recency_days": Words(fi="päiviä viime ostosta", en="days since last purchase"),
    "purchases": Words(fi="ostoja", en="purchases"),
    "mean_purchase": Words(fi="keskiostos", en="mean purchase"),
    "spent": Words(fi="ostoja yhteensä", en="spent in all"),
    "clv": Words(fi="odotettu arvo 12 kk (CLV)", en="expected value, 12 months (CLV)"),
}


def spoken_by(study: Study, keys: pd.Series) -> pd.DataFrame:
    """Each text with the customer who said it: document, customer, comment (bool).

    A document whose respondent is not known is its own customer.
    """
    comments, documents = study.comments(), study.documents()
    parts = []
    if len(comments):
        own = comments.get("customer", None)
        mapped = comments["respondent"].map(keys)
        who = mapped if own is None else own.where(own.notna(), mapped)
        parts.append(
            pd.DataFrame({"document": comments["document"], "customer": who, "comment": True})
        )
    if len(documents):
        who = documents["respondent"].map(keys)
        who = who.where(who.notna(), documents["respondent"])
        who = who.where(who.notna(), documents["document"])
        parts.append(
            pd.DataFrame({"document": documents["document"], "customer": who, "comment": False})
        )
    columns = ["document", "customer", "comment"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def theme_columns(
    study: Study, names: list[str], customers: pd.Series, keys: pd.Series
) -> dict[str, pd.Series]:
    """Theme counts (`code`, `code@phase`) and mean tone (`valence`, `valence@phase`).

    A comment counts once for a code, an interview as often as it was coded. Customers who said
    nothing have missing values; customers who said something else have 0.
    """
    spoken = spoken_by(study, keys)
    codings = all_codings(study).merge(spoken, on="document", how="inner")
    place = codings["start"].where(~codings["comment"].astype(bool), 0)
    codings = codings.assign(_place=place.astype(str) + "-" + codings["document"])
    heard = customers.isin(set(spoken["customer"].dropna()))
    found = {}
    for name in names:
        theme, _, phase = name.partition("@")
        rows = codings[codings["phase"] == phase] if phase else codings
        if theme == TONE:
            mean = rows.dropna(subset=["valence"]).groupby("customer")["valence"]
            found[name] = customers.map(mean.mean().astype(float))
            continue
        counts = rows[rows["code"] == theme].groupby("customer")["_place"].nunique()
        values = customers.map(counts).astype(float).fillna(0.0)
        found[name] = values.where(heard)
    return found


def choice_columns(
    study: Study, question: str, customers: pd.Series, keys: pd.Series
) -> dict[str, pd.Series]:
    """One yes/no column an option (`question=option`) of a question with several answers.

    Yes where the customer chose it in any response; missing where they did not answer the survey.
    """
    chosen = study.read_frame("choices")
    chosen = chosen[chosen["question"] == question]
    answers = study.answers()
    who = answers.drop_duplicates("response").set_index("response")
    key = who["customer"].where(who["customer"].notna(), who["respondent"].map(keys))
    chosen = chosen.assign(customer=chosen["response"].map(key))
    answered = customers.isin(set(key.dropna()))
    found = {}
    for option in sorted(chosen["option"].unique()):
        yes = set(chosen.loc[chosen["option"] == option, "customer"].dropna())
        said = pd.Series("no", index=customers.index).mask(customers.isin(yes), "yes")
        found[f"{question}={option}"] = said.where(answered)
    return found


def behaviour(purchases: pd.DataFrame, customers: pd.Series) -> dict[str, pd.Series]:
    """Recency, frequency and value of purchases, and the value to expect (BG/NBD, gamma-gamma).

    Days are counted to the last purchase of the whole table. A customer without purchases has 0
    purchases, and the rest missing. Where the model can't be fitted (nobody bought again,
    or hardly any customer stops) there is no `clv`.
    """
    from ..metrics import lifetime_value, purchase_histories

    table = purchase_histories(purchases).table.set_index("customer")
    last = purchases.groupby("customer")["bought_at"].max()
    found = {
        "recency_days": customers.map((purchases["bought_at"].max() - last).dt.days.astype(float)),
        "purchases": customers.map(table["purchases"]).astype(float).fillna(0.0),
        "mean_purchase": customers.map(table["value"] / table["purchases"]),
        "spent": customers.map(table["value"]),
    }
    try:
        value = lifetime_value(table.reset_index(), horizon=_YEAR).table
    except (FrameError, SettingsError):
        # too few came back, or hardly any stop: there is nothing to fit an expectation to
        return found
    found["clv"] = customers.map(value.set_index("customer")["lifetime_value"])
    return found


def made_labels(
    codes: Mapping[str, Words], phases: Mapping[str, Words], names: list[str]
) -> dict[str, Words]:
    """Names of the made columns for sentences and figures."""
    found = {name: words for name, words in BEHAVIOUR.items() if name in names}
    for end, words in TONE_WORDS.items():
        found[f"{TONE}{end}"] = words
        found |= {f"{TONE}@{p}{end}": _inside(words, name) for p, name in phases.items()}
    for name in names:
        theme, _, phase = name.partition("@")
        if theme in codes and phase in phases:
            found[name] = _inside(codes[theme], phases[phase])
    return found


def _inside(words: Words, phase: Words) -> Words:
    return Words({x: f"{words.to(x)} ({phase.to(x)})" for x in ("fi", "en")})
