"""Quotes for readers outside the study: proposed in pseudonymised form, decided by people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import read_table
from ..model import ImportRefusedError
from .coding import all_codings, coded_texts
from .reports import StepReport

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["approve_quotes", "known_names", "propose_quotes"]

_COLUMNS = ("document", "quote", "published", "decision", "note")
_NAME_FIELDS = ("name", "nimi", "namn", "contact", "yhteys", "first", "last", "etunimi", "sukunimi")
_PER_CELL = 3
_LENGTH = (25, 320)


def known_names(study: Study) -> list[str]:
    """Names of people in the study's personal columns; for finding them in texts."""
    from ..study import personal

    held = personal(study)
    if held.empty:
        return []
    is_name = held["field"].str.lower().map(lambda f: any(part in f for part in _NAME_FIELDS))
    return sorted(set(held.loc[is_name, "value"]))


def propose_quotes(study: Study, target: str | Path) -> StepReport:
    """Write candidates to a csv, a few for each code and stage, with names and contacts replaced.

    The file has the columns `document`, `quote` (the exact words: keep the file private),
    `published` (the pseudonymised words; edit them freely), `decision` (write approve or reject),
    `note` (what was replaced), `code`, `stage` and `valence`. Give it back to `approve_quotes`.
    Quotes that have a decision already are left out.
    """
    from ..study import approvals
    from ..text import PseudonymKey, pseudonymise

    codings = all_codings(study)
    low, high = _LENGTH
    fits = codings["quote"].str.len().between(low, high)
    score = codings["score"].fillna(1.0) if "score" in codings else 1.0
    ranked = (
        codings[fits].assign(_score=score).sort_values("_score", ascending=False, kind="stable")
    )
    ranked = ranked.drop_duplicates(["document", "start", "end"])
    chosen = ranked.groupby(["code", "stage"], dropna=False, sort=False).head(_PER_CELL)
    done = approvals(study)
    decided = set(zip(done["document"], done["start"], done["end"], strict=True))
    chosen = chosen[
        [
            (d, s, e) not in decided
            for d, s, e in zip(chosen["document"], chosen["start"], chosen["end"], strict=True)
        ]
    ]
    names = known_names(study)
    languages = coded_texts(study).set_index("document")["language"]
    keys = {x: PseudonymKey(language=x) for x in ("fi", "en", "sv")}
    keep = study.settings.publish.keep
    rows = []
    for row in chosen.itertuples():
        language = languages.get(row.document)
        language = language if language in keys else "en"
        published, replaced = pseudonymise(
            row.quote, key=keys[language], language=language, known_names=names, keep=keep
        )
        kinds = ", ".join(sorted(set(replaced["kind"]))) if len(replaced) else ""
        rows.append(
            (row.document, row.quote, published, "", kinds, row.code, row.stage, row.valence)
        )
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "code", "stage", "valence"])
    table.to_csv(target, index=False, encoding="utf-8-sig")
    lines = (
        f"Wrote {len(table)} candidates to {target}. It holds raw words: keep it private.",
        "Write approve or reject in the column `decision`, edit `published`, then run "
        f"`cxresearch quotes --approve {target}`.",
    )
    return StepReport("quotes", lines, table=table)


def approve_quotes(study: Study, source: str | Path) -> StepReport:
    """Take decisions on quotes from a csv with `quote`, `published`, `decision`, maybe `document`.

    Rows with `approve` may be published in the words of `published`; an approved quote that is now
    rejected is withdrawn. Rows without a decision are skipped. Reading the same file again changes
    nothing.

    Raises
    ------
    ImportRefusedError
        A column is absent, a decision is another word, or a quote's words can't be found, or are
        found in several places. Nothing is approved then.
    """
    from ..study import act, approvals

    table = read_table(source)
    wanted = _decisions(table)
    places = _placed(study, wanted, table.name)
    before = approvals(study)
    old = dict(
        zip(zip(before["document"], before["start"], strict=True), before["approval"], strict=True)
    )
    counts = {"approve": 0, "reject": 0}
    for (document, start, end), row in zip(places, wanted.itertuples(), strict=True):
        counts[row.decision] += 1
        if row.decision == "approve":
            words = {"start": start, "end": end, "published_text": row.published}
            act(study, "approve_quote", document=document, **words)
        elif (document, start) in old:
            act(study, "withdraw_quote", approval=old[document, start])
    line = f"Quotes: {counts['approve']} approved, {counts['reject']} rejected."
    return StepReport("quotes", (line,), table=wanted)


def _decisions(table) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    frame = table.frame.assign(line=table.lines)
    absent = [c for c in ("quote", "published", "decision") if c not in frame.columns]
    if absent:
        raise ImportRefusedError(
            f"The quotes lack the column(s) {', '.join(absent)}.",
            expected=", ".join(_COLUMNS),
            found=", ".join(map(str, table.frame.columns)),
            where=table.name,
        )
    if "document" not in frame.columns:
        frame["document"] = ""
    frame["decision"] = frame["decision"].str.strip().str.lower()
    frame = frame[frame["decision"] != ""]
    strange = frame[~frame["decision"].isin(["approve", "reject"])]
    if len(strange):
        raise ImportRefusedError(
            f"{len(strange)} row(s) have a decision that is not known.",
            expected="approve or reject",
            found="other words on row " + ", ".join(map(str, strange["line"].head(8))),
            where=table.name,
        )
    return frame.reset_index(drop=True)


def _placed(study: Study, wanted: pd.DataFrame, name: str) -> list[tuple[str, int, int]]:
    """Where each quote stands; every row is looked up before any is approved."""
    texts = coded_texts(study).set_index("document")["text"]
    places, lost = [], []
    for row in wanted.itertuples():
        quote = row.quote.strip()
        where = texts.loc[[row.document]] if row.document in texts.index else texts
        holders = where[where.str.contains(quote, regex=False)]
        if row.document and row.document not in texts.index:
            holders = holders.iloc[:0]
        # the same words in several comments are one quote: the first place stands for all
        if holders.empty or (row.document and holders.iloc[0].count(quote) > 1):
            lost.append(row.line)
            continue
        start = int(holders.iloc[0].index(quote))
        places.append((str(holders.index[0]), start, start + len(quote)))
    if lost:
        raise ImportRefusedError(
            f"The words of {len(lost)} quote(s) can't be found in one certain place.",
            expected="the exact words of a document or comment, standing there once",
            found="row " + ", ".join(map(str, lost[:12])),
            where=name,
            next_step="Copy the words from the text again, or name the document. Nothing was done.",
        )
    return places
