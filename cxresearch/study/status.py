"""Where a study stands, and smaller tables of the study file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from . import tables
from .acts_review import text_mark
from .frames import frame_of

if TYPE_CHECKING:
    from .study import Study

__all__ = [
    "approvals",
    "consents",
    "customer_cases",
    "decisions",
    "foreign_parts",
    "group_names",
    "improvements",
    "marks",
    "memos",
    "personal",
    "pseudonyms",
    "published_is_stale",
    "quote_decisions",
    "reviews",
    "sources",
    "unplaced",
]


def status_table(study: Study) -> pd.DataFrame:
    """The table behind `Study.status`."""
    coding = tables.coding
    counts: list[tuple[str, Any, str]] = [
        ("documents", _count(tables.document, tables.document.c.kind != "comment"), ""),
        ("turns", _count(tables.turn), ""),
        ("respondents", _count(tables.respondent), "of interviews and notes"),
        ("codes", _count(tables.code), ""),
        ("codings", _count(coding, coding.c.state == "placed"), "by people"),
        ("unplaced", _count(coding, coding.c.state == "unplaced"), "wait for a decision"),
        ("memos", _count(tables.memo), ""),
        ("approved quotes", _count(tables.approval, tables.approval.c.state == "placed"), ""),
        ("reviewed", _count(tables.review), "documents read for personal words"),
        ("events", _count(tables.event), "acts and imports"),
    ]
    with study.storage.reading() as connection:
        rows = [
            (part, connection.execute(query).scalar(), None, note) for part, query, note in counts
        ]
        latest = connection.execute(sa.select(sa.func.max(tables.event.c.at))).scalar()
    rows[-1] = (*rows[-1][:2], latest, rows[-1][3])
    for name in study.processed.names():
        rows.append((name, study.processed.count(name), None, "rebuildable"))
    if (study.folder_published / "manifest.json").exists() and published_is_stale(study):
        rows.append(("published page", None, None, "stale: `cxresearch publish` makes it anew"))
    for step, done in study.processed.steps().items():
        note = ", ".join(f"{k} {v}" for k, v in done.get("summary", {}).items())
        rows.append((f"step:{step}", None, done.get("at"), note))
    found = pd.DataFrame(rows, columns=["part", "rows", "changed_at", "note"])
    return found.astype({"rows": "Int64"})


def published_is_stale(study: Study) -> bool:
    """Whether the published page was made before something was erased for good."""
    return "publish" not in study.processed.steps()


def _count(table: sa.Table, *where: Any) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table).where(*where)


def unplaced(study: Study) -> pd.DataFrame:
    """Codings whose words are no longer where they were, for a person to decide.

    Returns
    -------
    pandas.DataFrame
        Columns of the `codings` contract; `start` and `end` are the last known place, `quote` the
        words that were coded. Place one by `act(study, "change_coding", coding=…, start=…, end=…)`
        or take it away by `remove_coding`.
    """
    found = _read(study, tables.coding, tables.coding.c.state == "unplaced", times=("coded_at",))
    return found.drop(columns="state")


def approvals(study: Study) -> pd.DataFrame:
    """Quotes that may be published, each checked to stand where it was approved.

    Returns
    -------
    pandas.DataFrame
        Columns `approval`, `document`, `start`, `end`, `quote`, `published_text`, `approved_by`,
        `approved_at` (UTC). Only `published_text` may leave the study. An approval whose words have
        changed is left out until it is given anew, and one of a document that nobody has reviewed
        for personal words (or whose text has changed since) until somebody has; see `reviews`.
    """
    found = quote_decisions(study)
    found = found[(found["state"] == "placed") & found["reviewed"]]
    return found.drop(columns=["state", "reviewed"]).reset_index(drop=True)


def quote_decisions(study: Study) -> pd.DataFrame:
    """Every decision on a quote that still stands at its place.

    Returns
    -------
    pandas.DataFrame
        The columns of `approvals`, `state` (placed: approved; rejected) and `reviewed`: whether
        the document, as it stands, has been read for personal words.
    """
    approval, document = tables.approval, tables.document
    there = sa.func.substr(document.c.text, approval.c.start + 1, approval.c.end - approval.c.start)
    query = (
        sa.select(approval)
        .join_from(approval, document)
        .where(approval.c.state != "unplaced", there == approval.c.quote)
        .order_by(approval.c.document, approval.c.start, approval.c.end)
    )
    with study.storage.reading() as connection:
        rows = connection.execute(query).mappings().all()
    found = frame_of(rows, approval, times=("approved_at",))
    return found.assign(reviewed=found["document"].isin(_reviewed(study, found["document"])))


def _reviewed(study: Study, documents: pd.Series) -> set[str]:
    read = reviews(study)
    return set(read.loc[read["current"] & read["document"].isin(set(documents)), "document"])


def reviews(study: Study) -> pd.DataFrame:
    """Documents that a person has read for personal words.

    Returns
    -------
    pandas.DataFrame
        `document`, `reviewed_by`, `reviewed_at` (UTC) and `current`: False where the text has
        changed since, so that it has to be read again.
    """
    found = _read(study, tables.review, times=("reviewed_at",))
    query = sa.select(tables.document.c.document, tables.document.c.text).where(
        tables.document.c.document.in_(sa.select(tables.review.c.document))
    )
    with study.storage.reading() as connection:
        texts = {row.document: row.text for row in connection.execute(query)}
    absent = [name for name in found["document"] if name not in texts]
    for row in study.processed.find_rows("comments", "document", absent):
        texts[row["document"]] = row["text"]
    now = [text_mark(texts[n]) if n in texts else None for n in found["document"]]
    known = found.pop("text_sha256")
    return found.assign(current=[a == b for a, b in zip(known, now, strict=True)])


def marks(study: Study, document: str | None = None) -> pd.DataFrame:
    """What people decided on words that may be personal; raw words, for researchers only.

    Returns
    -------
    pandas.DataFrame
        `mark` (id), `document`, `start`, `end`, `quote`, `kind`, `state` (personal, open: no
        secret, replaced, unplaced: the text changed there), `decided_by`, `decided_at` (UTC).
    """
    where = () if document is None else (tables.mark.c.document == document,)
    found = _read(study, tables.mark, *where, times=("decided_at",))
    return found.sort_values(["document", "start", "end"], ignore_index=True)


def consents(study: Study) -> pd.DataFrame:
    """Dates of documents: `document`, `consented_on`, `keep_until` (ISO text; may be empty)."""
    return _read(study, tables.consent)


def memos(study: Study, about: str | None = None) -> pd.DataFrame:
    """Memos: columns `about`, `target`, `coder`, `text`, `written_at` (UTC)."""
    where = () if about is None else (tables.memo.c.about == about,)
    return _read(study, tables.memo, *where, times=("written_at",))


def decisions(study: Study) -> pd.DataFrame:
    """What people decided on suggestions.

    Columns `suggestion`, `coder`, `decision` (accepted or rejected), `coding`, `decided_at` (UTC).
    """
    return _read(study, tables.decision, times=("decided_at",))


def sources(study: Study) -> pd.DataFrame:
    """Files that were imported: `file`, `part`, `sha256`, `imported_at` (UTC)."""
    return _read(study, tables.source, times=("imported_at",))


def personal(study: Study) -> pd.DataFrame:
    """Personal columns: `owner_kind`, `owner`, `field`, `value`. Never write this to a file."""
    return _read(study, tables.personal)


def group_names(study: Study) -> pd.DataFrame:
    """Names that people gave to segments and profiles: `group`, `name_fi`, `name_en`, `name_sv`."""
    return _read(study, tables.group_name)


def foreign_parts(study: Study) -> pd.DataFrame:
    """What projects of other programs brought and the study does not model.

    Columns `project`, `part`, `document`, `respondent`, `value` (JSON, or a file in base64);
    `exchange.unpack_parts` makes a project's extras of them again.
    """
    return _read(study, tables.foreign_part)


def customer_cases(study: Study) -> pd.DataFrame:
    """The inner loop as people left it.

    Columns `case` (id of the response), `status` (open, contacted, solved, closed, not_reached),
    `owner` (a role), `root_cause` (a code), `changed_at` (UTC). A case nobody touched has no row.
    """
    return _read(study, tables.customer_case, times=("changed_at",))


def improvements(study: Study) -> pd.DataFrame:
    """The register of improvements in its order.

    Columns as in [[improvements]] of study.toml; texts are dicts by language, `codes` and
    `touchpoints` ids separated by blanks, `done_at` an ISO day or empty.
    """
    found = _read(study, tables.improvement)
    return found.sort_values(["position", "improvement"], ignore_index=True)


def pseudonyms(study: Study) -> pd.DataFrame:
    """Who is called what: `entity`, `kind`, `pseudonym`. Never write this to a file."""
    return _read(study, tables.pseudonym)


def _read(study: Study, table: sa.Table, *where: Any, times: tuple[str, ...] = ()) -> pd.DataFrame:
    query = sa.select(table).where(*where).order_by(*table.primary_key.columns)
    with study.storage.reading() as connection:
        return frame_of(connection.execute(query).mappings(), table, times=times)
