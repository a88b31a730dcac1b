"""The review of personal words as a table: written for people to decide, and read back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..exchange import Table, read_table
from ..model import ImportRefusedError
from .coding import coded_texts
from .erased_rows import erased_lines
from .personal_words import KeyDesk, PersonalWords, replaced_text
from .reports import Progress, StepReport, silent

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["propose_review", "pseudonymise_documents", "take_review"]

_COLUMNS = ("document", "words", "kind", "decision", "text")
_DECISIONS = ("personal", "open", "reviewed")
_AROUND = 40
_DIGITS = 16


def propose_review(study: Study, target: str | Path, *, progress: Progress = silent) -> StepReport:
    """Write the personal words that were found in interviews and notes to a csv, for a decision.

    Columns: `document`, `words` (as they stand: keep the file private), `kind`, `decision` (write
    personal or open; empty counts as personal), `text` (for the reviewed row: the hash of the
    text), and for the eye `pseudonym`, `before`, `after`. Each document ends with a row of its own:
    write `reviewed` there when the whole document has been read. Words that the machine missed are
    added as new rows. Give the file back to `take_review`. Words decided before, and documents that
    are reviewed, are left out.
    """
    from ..study import marks, reviews

    read = reviews(study)
    done = set(read.loc[read["current"], "document"])
    documents = study.documents()
    documents = documents[~documents["document"].isin(done)]
    words, key, rows = PersonalWords(study), KeyDesk(study), []
    for n, row in enumerate(documents.itertuples(), start=1):
        found = words.of(row.document, row.text, row.language, marks(study, row.document))
        open_ones = found[found["state"] == ""]
        for word in open_ones.itertuples():
            shown = replaced_text(
                word.quote,
                open_ones.loc[[word.Index]].assign(start=0, end=len(word.quote)),
                key.of(row.language),
                row.language,
            )[0]
            before = row.text[max(0, word.start - _AROUND) : word.start]
            after = row.text[word.end : word.end + _AROUND]
            rows.append((row.document, word.quote, word.kind, "", "", shown, before, after))
        rows.append((row.document, "", "", "", _hash(row.text), "", "", ""))
        progress("review", n, len(documents))
    key.keep()
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "pseudonym", "before", "after"])
    table.to_csv(target, index=False, encoding="utf-8-sig")
    lines = (
        f"Wrote {len(table) - len(documents)} words of {len(documents)} document(s) to {target}. "
        "It holds raw words: keep it private.",
        "Write personal or open beside the words, and reviewed on the last row of each document "
        f"that you have read; then run `cxresearch review --take {target}`.",
    )
    return StepReport("review", lines, table=table)


def _hash(text: str) -> str:
    from ..study import text_mark

    return text_mark(text)[:_DIGITS]


def take_review(study: Study, source: str | Path) -> StepReport:
    """Take decisions on personal words from a csv: `document`, `words`, `kind`, `decision`, `text`.

    A row with `personal` or `open` decides on every place of the exact words in its document, or in
    all documents when `document` is empty. A row with `reviewed` says that the document has been
    read whole; it counts only while the text has the hash in `text` (where that is given). Reading
    the same file again changes nothing.

    Raises
    ------
    ImportRefusedError
        A column is absent, a decision is another word, a document does not exist, or words can't be
        found. Nothing is done then.
    """
    from ..study import act

    table = read_table(source)
    rows = _decided_rows(study, table, erased_lines(study, source))
    texts = coded_texts(study).set_index("document")["text"]
    passages, lost = _passages(study, rows, texts)
    if lost:
        raise ImportRefusedError(
            f"{len(lost)} row(s) name a document or words that can't be found.",
            expected="ids of documents, and words as they stand in them",
            found="row " + ", ".join(map(str, lost[:12])),
            where=table.name,
            next_step="Correct the rows, or delete them. Nothing was done.",
        )
    if len(passages):
        act(study, "decide_passages", passages=passages, lane="import")
    finished, stale = 0, []
    for row in rows[rows["decision"] == "reviewed"].itertuples():
        if row.text and row.text[:_DIGITS] != _hash(texts[row.document]):
            stale.append(row.document)
            continue
        act(study, "finish_review", document=row.document, lane="import")
        finished += 1
    lines = [f"Review: {len(passages)} passage(s) decided, {finished} document(s) read."]
    if stale:
        lines.append(f"Changed since they were read, read them again: {', '.join(stale[:12])}.")
    return StepReport("review", tuple(lines), table=rows)


def _decided_rows(study: Study, table: Table, erased: set[int]) -> pd.DataFrame:
    absent = [c for c in ("document", "words", "decision") if c not in table.frame.columns]
    if absent:
        raise ImportRefusedError(
            f"The review lacks the column(s) {', '.join(absent)}.",
            expected=", ".join(_COLUMNS),
            found=", ".join(map(str, table.frame.columns)),
            where=table.name,
        )
    rows = table.frame.assign(line=table.lines)
    for name in _COLUMNS:
        rows[name] = rows[name].str.strip() if name in rows else ""
    rows["decision"] = rows["decision"].str.lower()
    rows = rows[(rows["decision"] != "") & ~rows["line"].isin(erased)]
    strange = rows[~rows["decision"].isin(_DECISIONS)]
    if len(strange):
        raise ImportRefusedError(
            f"{len(strange)} row(s) have a decision that is not known.",
            expected=" | ".join(_DECISIONS),
            found="other words on row " + ", ".join(map(str, strange["line"].head(8))),
            where=table.name,
        )
    return rows.reset_index(drop=True)


def _passages(study: Study, rows: pd.DataFrame, texts: pd.Series) -> tuple[pd.DataFrame, list[int]]:
    """Every place of the decided words; and the rows whose document or words are not there."""
    everywhere = list(study.documents()["document"])
    found: list[dict[str, object]] = []
    lost: list[int] = []
    for row in rows.itertuples():
        if row.document and row.document not in texts.index:
            lost.append(int(row.line))
        elif row.decision == "reviewed":
            if not row.document:
                lost.append(int(row.line))
        else:
            documents = [row.document] if row.document else everywhere
            places = [(d, at) for d in documents for at in _places(texts[d], row.words)]
            if not places:
                lost.append(int(row.line))
            found += [
                {
                    "document": document,
                    "start": at,
                    "end": at + len(row.words),
                    "kind": row.kind or "person",
                    "state": row.decision,
                }
                for document, at in places
            ]
    columns = ["document", "start", "end", "kind", "state"]
    return pd.DataFrame(found, columns=columns), lost


def _places(text: str, words: str) -> list[int]:
    """Where words stand, not as a part of a longer word."""
    if not words:
        return []
    pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
    return [match.start() for match in re.finditer(pattern, text)]


def pseudonymise_documents(
    study: Study,
    *,
    documents: list[str] | None = None,
    for_good: bool = False,
    progress: Progress = silent,
) -> StepReport:
    """Replace the personal words in the texts of reviewed documents by the study's pseudonyms.

    Codings, turns and approved quotes keep their place; the reviews stay. Each document is one act
    that `undo(study, lane="review")` takes back.

    Parameters
    ----------
    study : Study
    documents : list of str, optional
        Only these; else every document whose review is finished.
    for_good : bool
        The old words leave the study file's event log, journal and backups too. The history of
        these documents can't be undone any more. Files in data/raw still hold the words.
    progress : callable
        Called with what is being done, how many documents are done, and of how many.

    Raises
    ------
    ActRefusedError
        One of `documents` is unknown. Nothing of it was changed.
    """
    from ..study import act, erase_traces, long_step, marks, reviews

    with long_step(study, "pseudonymise"):
        read = reviews(study)
        read = set(read.loc[read["current"], "document"])
        texts = study.documents()
        wanted = read if documents is None else read & set(documents)
        texts = texts[texts["document"].isin(wanted)]
        words, key, replaced, changed = PersonalWords(study), KeyDesk(study), 0, 0
        for n, row in enumerate(texts.itertuples(), start=1):
            found = words.of(row.document, row.text, row.language, marks(study, row.document))
            new, cuts = replaced_text(row.text, found, key.of(row.language), row.language)
            if len(cuts):
                key.keep()  # before the text: a pseudonym in a text must be known
                told = [new[a:b] for a, b in zip(cuts["new_start"], cuts["new_end"], strict=True)]
                passages = cuts[["start", "end"]].assign(text=told)
                fields = {"passages": passages, "for_good": for_good}
                act(study, "replace_passages", document=row.document, **fields)
                replaced, changed = replaced + len(cuts), changed + 1
            progress("pseudonyms", n, len(texts))
        if for_good:
            erase_traces(study)
    unread = len(study.documents()) - len(read)
    lines = [f"Replaced {replaced} passage(s) in {changed} document(s)."]
    if documents is None and unread:
        lines.append(f"{unread} document(s) wait for their review and were left as they are.")
    return StepReport("review", tuple(lines), changed=bool(replaced))
