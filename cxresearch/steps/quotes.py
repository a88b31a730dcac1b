"""Quotes for readers outside the study: proposed in pseudonymised form, decided by people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..exchange import read_table
from ..model import ImportRefusedError
from .coding import all_codings, coded_texts
from .erased_rows import erased_lines
from .personal_words import KeyDesk, PersonalWords, replaced_text
from .reports import StepReport

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["approve_quotes", "propose_quotes", "quote_candidates"]

_COLUMNS = ("document", "quote", "published", "decision", "note")
_FACETS = ("code", "stage", "valence")
_PER_CELL = 3
_LENGTH = (25, 320)


def quote_candidates(study: Study) -> pd.DataFrame:
    """Quotes that could be shown to readers outside, a few for each code and stage.

    Only documents whose review for personal words is finished, and survey comments (short answers
    that are read whole when they are decided on). Personal words, and words on which nobody has
    decided, are replaced by the study's steady pseudonyms.

    Returns
    -------
    pandas.DataFrame
        `document`, `start`, `end`, `quote` (the exact words), `published` (the words for readers),
        `note` (what kinds were replaced), `code`, `stage`, `valence`. Without those that people
        have decided on. `attrs["unreviewed"]` counts documents that were left out.
    """
    from ..study import marks, quote_decisions, reviews

    codings = _ranked(all_codings(study))
    texts = coded_texts(study).set_index("document")
    read = reviews(study)
    read = set(read.loc[read["current"], "document"])
    open_to = texts["kind"].eq("comment") | texts.index.isin(read)
    allowed = codings["document"].map(open_to).fillna(False).astype(bool)
    chosen = codings[allowed].groupby(["code", "stage"], dropna=False, sort=False).head(_PER_CELL)
    done = quote_decisions(study)
    decided = set(zip(done["document"], done["start"], done["end"], strict=True))
    words, key, decisions = PersonalWords(study), KeyDesk(study), marks(study)
    by_document = dict(list(decisions.groupby("document")))
    rows = []
    for row in chosen.itertuples():
        if (row.document, row.start, row.end) in decided:
            continue
        text = texts.loc[row.document]
        mine = by_document.get(row.document, decisions.iloc[:0])
        found = words.of(row.document, text["text"], text["language"], mine)
        published, note = _published(row, found, key, text["language"])
        place = (row.document, row.start, row.end, row.quote)
        rows.append((*place, published, note, row.code, row.stage, row.valence))
    key.keep()
    columns = ["document", "start", "end", "quote", "published", "note", *_FACETS]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["unreviewed"] = int(codings.loc[~allowed, "document"].nunique())
    return table


def _ranked(codings: pd.DataFrame) -> pd.DataFrame:
    """Codings of a length to be read, the surest first, one a place."""
    low, high = _LENGTH
    fits = codings["quote"].str.len().between(low, high)
    score = codings["score"].fillna(1.0) if "score" in codings else 1.0
    ranked = codings[fits].assign(_score=score)
    ranked = ranked.sort_values("_score", ascending=False, kind="stable")
    return ranked.drop_duplicates(["document", "start", "end"])


def _published(row: Any, found: pd.DataFrame, key: KeyDesk, language: str) -> tuple[str, str]:
    """The quote with its personal words replaced, and the kinds of what was."""
    inside = found[(found["start"] < row.end) & (found["end"] > row.start)]
    size = row.end - row.start
    inside = inside.assign(
        start=(inside["start"] - row.start).clip(lower=0),
        end=(inside["end"] - row.start).clip(upper=size),
    )
    published, replaced = replaced_text(row.quote, inside, key.of(language), language)
    return published, ", ".join(sorted(set(replaced["kind"]))) if len(replaced) else ""


def propose_quotes(study: Study, target: str | Path) -> StepReport:
    """Write candidates to a csv, a few for each code and stage, with names and contacts replaced.

    The file has the columns `document`, `quote` (the exact words: keep the file private),
    `published` (the pseudonymised words; edit them freely), `decision` (write approve or reject),
    `note` (what was replaced), `code`, `stage` and `valence`. Give it back to `approve_quotes`.
    Quotes that have a decision already are left out, and those of interviews and notes that nobody
    has reviewed for personal words.
    """
    table = quote_candidates(study)
    unreviewed = table.attrs["unreviewed"]
    table = table.assign(decision="")[[*_COLUMNS, *_FACETS]]
    table.to_csv(target, index=False, encoding="utf-8-sig")
    lines = [
        f"Wrote {len(table)} candidates to {target}. It holds raw words: keep it private.",
        "Write approve or reject in the column `decision`, edit `published`, then run "
        f"`cxresearch quotes --approve {target}`.",
    ]
    if unreviewed:
        lines.append(
            f"Left out: quotes of {unreviewed} document(s) that nobody has reviewed for personal "
            "words; see `cxresearch review`."
        )
    return StepReport("quotes", tuple(lines), table=table)


def approve_quotes(
    study: Study, source: str | Path, *, skip_unreviewed: bool = False
) -> StepReport:
    """Take decisions on quotes from a csv with `quote`, `published`, `decision`, maybe `document`.

    Rows with `approve` may be published in the words of `published`; an approved quote that is now
    rejected is withdrawn. Rows without a decision are skipped, and those of documents that were
    erased since. Reading the same file again changes nothing.

    Parameters
    ----------
    study : Study
    source : path
        The csv.
    skip_unreviewed : bool
        Leave out quotes of documents that nobody has reviewed for personal words, and say so,
        instead of refusing the file.

    Raises
    ------
    ImportRefusedError
        A column is absent, a decision is another word, a quote's words can't be found, or are
        found in several places, or a document has not been reviewed. Nothing is approved then.
    """
    from ..study import act, erased

    table = read_table(source)
    wanted = _decisions(table)
    wanted = wanted[~wanted["line"].isin(erased_lines(study, source))].reset_index(drop=True)
    places, lost = _placed(study, wanted)
    if lost and erased(study).empty:
        raise _lost_words(lost, table.name)
    unread = _unreviewed(study, wanted, places)
    if unread and not skip_unreviewed:
        raise _unread_documents(unread, table.name)
    counts = {"approve": 0, "reject": 0}
    for row in wanted.itertuples():
        if row.line not in places or places[row.line][0] in unread:
            continue
        document, start, end = places[row.line]
        counts[row.decision] += 1
        if row.decision == "approve":
            words = {"start": start, "end": end, "published_text": row.published}
            act(study, "approve_quote", document=document, lane="import", **words)
        else:
            act(study, "reject_quote", document=document, start=start, end=end, lane="import")
    lines = [f"Quotes: {counts['approve']} approved, {counts['reject']} rejected."]
    if unread:
        shown = ", ".join(unread[:12])
        lines.append(f"Left out: quotes of documents that nobody has reviewed: {shown}.")
    if lost:
        lines.append(f"Left out: {len(lost)} quote(s) whose text was erased or has changed.")
    return StepReport("quotes", tuple(lines), table=wanted)


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


def _placed(
    study: Study, wanted: pd.DataFrame
) -> tuple[dict[int, tuple[str, int, int]], list[int]]:
    """Where the quote of each row stands; and the rows whose words have no certain place."""
    texts = coded_texts(study).set_index("document")["text"]
    places: dict[int, tuple[str, int, int]] = {}
    lost = []
    for row in wanted.itertuples():
        quote = row.quote.strip()
        where = texts.loc[[row.document]] if row.document in texts.index else texts
        holders = where[where.str.contains(quote, regex=False)]
        if row.document and row.document not in texts.index:
            holders = holders.iloc[:0]
        # the same words in several comments are one quote: the first place stands for all
        if holders.empty or (row.document and holders.iloc[0].count(quote) > 1):
            lost.append(int(row.line))
            continue
        start = int(holders.iloc[0].index(quote))
        places[int(row.line)] = (str(holders.index[0]), start, start + len(quote))
    return places, lost


def _unreviewed(
    study: Study, wanted: pd.DataFrame, places: dict[int, tuple[str, int, int]]
) -> list[str]:
    """Documents of approved rows that nobody has read for personal words, as they stand."""
    from ..study import reviews

    approved = wanted.loc[wanted["decision"] == "approve", "line"]
    named = {places[line][0] for line in map(int, approved) if line in places}
    read = reviews(study)
    read = set(read.loc[read["current"], "document"])
    return [name for name in study.documents()["document"] if name in named - read]


def _lost_words(lost: list[int], name: str) -> ImportRefusedError:
    return ImportRefusedError(
        f"The words of {len(lost)} quote(s) can't be found in one certain place.",
        expected="the exact words of a document or comment, standing there once",
        found="row " + ", ".join(map(str, lost[:12])),
        where=name,
        next_step="Copy the words from the text again, or name the document. Nothing was done.",
    )


def _unread_documents(unread: list[str], name: str) -> ImportRefusedError:
    return ImportRefusedError(
        f"Quotes of {len(unread)} document(s) can't be approved: nobody has reviewed them for "
        "personal words, or their text has changed since.",
        expected="documents whose review is finished",
        found=", ".join(unread[:12]),
        where=name,
        next_step="Nothing was approved. Review them: open_personal_review(study) in a notebook, "
        "or `cxresearch review`.",
    )
