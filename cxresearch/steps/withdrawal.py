"""Withdrawal: everything of one respondent goes, everywhere, and a receipt says what went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from ..model import ActRefusedError, Words
from .erased_rows import clean_processed
from .names_known import NAME_FIELDS, known_names
from .receipts import write_receipt
from .reports import Progress, StepReport, silent
from .source_rows import Wanted, source_places

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["take_down_bundle", "withdraw"]

_STEPS = 5


@dataclass(frozen=True)
class _Theirs:
    """What belongs to the people who withdraw."""

    respondents: list[str]
    documents: list[str]
    customers: list[str]
    shared: int
    responses: list[str]
    suggestions: list[str]
    values: list[str]
    names: list[str]
    quotes: int


def withdraw(
    study: Study,
    respondents: Sequence[str],
    *,
    whole_customer: bool = False,
    progress: Progress = silent,
) -> StepReport:
    """Erase everything of respondents who withdraw their consent.

    Documents with turns and codings, survey answers and comments, decisions, approved quotes,
    memos, personal columns, their entries in the pseudonym key, their row in the customer table
    (where no other respondent belongs to that customer): from the study file and its event log,
    its journal, its backups, data/processed and, where it holds a quote of theirs, the published
    bundle. What is computed from others and them together is removed and made anew by the next
    `cxresearch run`. Files in data/raw are never touched: the receipt lists the files and rows that
    still hold them, and a later import leaves those out.

    Interrupted, it can be run again with the same ids and goes on.

    Parameters
    ----------
    study : Study
    respondents : sequence of str
        Ids as given in the source files (or as the study shows them).
    whole_customer : bool
        Also every other respondent of the same customers.
    progress : callable
        Called with what is being done, how many parts are done, and of how many.

    Returns
    -------
    StepReport
        Counts, the receipt's file, and what is left to do by hand.

    Raises
    ------
    ActRefusedError
        The study knows none of these ids, and has not erased it before. Nothing was changed.
    StudyBusyError
        Another program works on the study or keeps its file open.
    """
    from ..study import act, customer_keys, erase_traces, long_step

    with long_step(study, "withdraw"):
        theirs = _theirs(study, respondents, whole_customer)
        places = _places(study, theirs, lambda values: customer_keys(study, values))
        lines = _counts(study, theirs)
        mentions = _mentions(study, theirs)
        progress("withdrawal", 1, _STEPS)
        if theirs is not None:
            fields = ("respondents", "documents", "customers", "responses", "suggestions")
            given = {name: getattr(theirs, name) for name in fields}
            act(study, "erase_people", **given, names=[*theirs.names, *theirs.values])
        progress("withdrawal", 2, _STEPS)
        dropped = clean_processed(study)
        progress("withdrawal", 3, _STEPS)
        bundle = take_down_bundle(study, always=theirs is None or bool(theirs.quotes))
        progress("withdrawal", 4, _STEPS)
        copies = erase_traces(study)
        progress("withdrawal", 5, _STEPS)
        lines += [_rows_line(dropped), _copies_line(copies), bundle, *mentions, *places]
        receipt = write_receipt(study, "withdrawal", lines)
    told = [line.to("en") for line in lines]
    return StepReport("withdraw", (*told, f"Receipt: {receipt}", "Next: cxresearch run"))


def _theirs(study: Study, ids: Sequence[str], whole_customer: bool) -> _Theirs | None:
    """Everything of theirs; None where they were erased before."""
    from ..study import personal, pseudonyms, quote_decisions

    people = study.respondents()
    found = _resolved(study, people, ids)
    if not found:
        return None
    mine = people[people["respondent"].isin(found)]
    customers = set(mine["customer"].dropna())
    if whole_customer:
        mine = people[people["respondent"].isin(found) | people["customer"].isin(customers)]
    respondents = set(mine["respondent"])
    others = people[~people["respondent"].isin(respondents)]
    alone = customers - set(others["customer"].dropna())
    documents, comments = study.documents(), study.comments()
    texts = pd.concat([f.loc[f["respondent"].isin(respondents), "document"].astype(object)
                       for f in (documents, comments)])  # fmt: skip
    names = set(texts)
    answers = pd.concat([study.answers(), comments])[["response", "respondent"]]
    responses = set(answers.loc[answers["respondent"].isin(respondents), "response"])
    suggested = study.suggestions()
    held = personal(study)
    own = held["owner_kind"].isin(["respondent", "response"]) & held["owner"].isin(respondents)
    own |= (held["owner_kind"] == "customer") & held["owner"].isin(alone)
    fields = held["field"].str.lower().map(lambda f: any(part in f for part in NAME_FIELDS))
    called = [str(value) for value in held.loc[own & fields, "value"]]
    words = [set(name.lower().split()) for name in called]
    entities = pseudonyms(study)["entity"]
    decided = quote_decisions(study)
    return _Theirs(
        respondents=sorted(respondents),
        documents=sorted(names),
        customers=sorted(alone),
        shared=len(customers - alone),
        responses=sorted(responses),
        suggestions=sorted(suggested.loc[suggested["document"].isin(names), "coding"]),
        values=sorted(set(held.loc[own, "value"])),
        names=sorted(e for e in entities if any(set(e.lower().split()) <= w for w in words)),
        quotes=int((decided["document"].isin(names) & (decided["state"] == "placed")).sum()),
    )


def _resolved(study: Study, people: pd.DataFrame, ids: Sequence[str]) -> set[str]:
    """Respondents by the ids given, which may be those of a source file; all or none."""
    from ..study import customer_keys, erased, erased_keys

    known = set(people["respondent"])
    hashed = customer_keys(study, pd.Series(list(ids), dtype=object))
    found, before, strange = set(), 0, 0
    gone = set(erased(study)["key"])
    for given, key in zip(ids, hashed, strict=True):
        fits = [one for one in (given, key) if one in known]
        keys = erased_keys(study, "respondent", [given, str(key)]).values()
        found |= set(fits[:1])
        before += not fits and bool(gone & set(keys))
        strange += not fits and not gone & set(keys)
    if strange or not ids:
        raise ActRefusedError(
            f"The study has no respondent for {strange} of {len(ids)} id(s).",
            expected="ids of respondents as in the source files",
            next_step="Nothing was changed. study.respondents() lists the ids.",
        )
    return found


def _places(study: Study, theirs: _Theirs | None, keys) -> list[Words]:  # type: ignore[no-untyped-def]
    if theirs is None:
        return []
    wanted = Wanted(
        documents=frozenset(theirs.documents),
        respondents=frozenset(theirs.respondents),
        customers=frozenset(theirs.customers),
        responses=frozenset(theirs.responses),
        names=tuple(theirs.values),
    )
    return [
        Words(
            fi=f"Poista käsin lähdeaineistosta: {place}",
            en=f"Delete by hand from the source files: {place}",
        )
        for place in source_places(study.settings, wanted, keys)
    ] + [
        Words(
            fi="Tarkista myös muualle viedyt tiedostot, sähköpostit, tallenteet ja koneen omat "
            "varmuuskopiot.",
            en="Look also at exported files, e-mails, recordings and this machine's own backups.",
        )
    ]


def _counts(study: Study, theirs: _Theirs | None) -> list[Words]:
    if theirs is None:
        return [Words(fi="Poistettu jo aiemmin; siivottu uudelleen.",
                      en="Erased before; cleaned again.")]  # fmt: skip
    interviews = [d for d in theirs.documents if "/" not in d]
    comments = len(theirs.documents) - len(interviews)
    codings = study.codings()
    coded = int(codings["document"].isin(theirs.documents).sum())
    numbers = {
        "respondents": len(theirs.respondents), "documents": len(interviews),
        "comments": comments, "responses": len(theirs.responses), "codings": coded,
        "quotes": theirs.quotes, "personal": len(theirs.values), "customers": len(theirs.customers),
    }  # fmt: skip
    fi = (
        "Poistettu: {respondents} vastaajaa, {documents} aineistoa, {comments} avovastausta, "
        "{responses} vastauslomaketta, {codings} koodausta, {quotes} julkaisuluvan saanutta "
        "sitaattia, {personal} henkilötietoa, {customers} asiakasriviä."
    )
    en = (
        "Erased: {respondents} respondent(s), {documents} document(s), {comments} comment(s), "
        "{responses} response(s), {codings} coding(s), {quotes} approved quote(s), "
        "{personal} personal value(s), {customers} customer row(s)."
    )
    lines = [Words(fi=fi.format(**numbers), en=en.format(**numbers))]
    if theirs.shared:
        lines.append(
            Words(
                fi=f"{theirs.shared} asiakasriviä jäi: samalla asiakkaalla on muita vastaajia.",
                en=f"{theirs.shared} customer row(s) stay: that customer has other respondents.",
            )
        )
    return lines


def _mentions(study: Study, theirs: _Theirs | None) -> list[Words]:
    """Where others speak of them by name: ids of documents and codes only."""
    from ..text import find_personal

    names = [n for n in known_names(study) if theirs is not None and n in theirs.values]
    if not names:
        return []
    documents = study.documents()
    documents = documents[~documents["document"].isin(theirs.documents)]  # type: ignore[union-attr]
    stems = [part.casefold()[:4] for name in names for part in name.split() if len(part) > 2]
    found = []
    for row in documents.itertuples():
        low = row.text.casefold()
        if any(stem in low for stem in stems):
            hits = find_personal(row.text, known_names=names, thorough=False)
            if (hits["source"] == "known name").any():
                found.append(row.document)
    if not found:
        return []
    shown = ", ".join(found[:20])
    return [
        Words(
            fi=f"Nimi on yhä muiden aineistoissa, tarkista: {shown}",
            en=f"Others say their name, look at: {shown}",
        )
    ]


def _rows_line(dropped: int) -> Words:
    return Words(
        fi=f"Rakennettavista taulukoista poistui {dropped} riviä; lasketut tulokset poistettiin.",
        en=f"{dropped} row(s) went from data/processed; all computed results were removed.",
    )


def _copies_line(copies: int) -> Words:
    return Words(
        fi=f"Varmuuskopiot: {copies} vanhaa poistettu, 1 uusi tehty poiston jälkeen.",
        en=f"Backups: {copies} older one(s) deleted, 1 new one made after the erasing.",
    )


def take_down_bundle(study: Study, *, always: bool) -> Words:
    """Remove the published bundle where it may hold words of the erased; else say that it is stale.

    `always` where the erased had quotes in it, or nobody knows.
    """
    import shutil

    folder = study.folder_published
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return Words(fi="Julkaistua sivua ei ollut.", en="There was no published page.")
    if always and json.loads(manifest.read_text(encoding="utf-8"))["quotes"]:
        shutil.rmtree(folder)
        return Words(
            fi="Julkaistu sivu poistettiin, koska siinä oli tai saattoi olla sitaatteja heiltä; "
            "julkaise uudelleen.",
            en="The published page was taken down, as it held or may have held quotes of theirs; "
            "publish again.",
        )
    return Words(
        fi="Julkaistu sivu on vanhentunut: siinä on koosteita, joissa he ovat mukana; julkaise "
        "uudelleen.",
        en="The published page is stale: its totals still count them; publish again.",
    )
