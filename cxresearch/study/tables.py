"""The tables of a study file: what people made or gave by hand, and who changed it when.

Columns are named as in `cxresearch.model.frames`. Times are UTC in ISO 8601 text, so that SQLite,
PostgreSQL and the event log hold the very same value.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["METADATA", "SCHEMA", "WITHHELD", "names_of"]

SCHEMA = 1
METADATA = sa.MetaData()


def _text(name: str, *args: object, **options: object) -> sa.Column:
    return sa.Column(name, sa.Text, *args, **{"nullable": False, **options})  # type: ignore[arg-type]


def _maybe(name: str, kind: object = sa.Text) -> sa.Column:
    return sa.Column(name, kind, nullable=True)  # type: ignore[arg-type]


def _number(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})  # type: ignore[arg-type]


def _document() -> sa.Column:
    return _text("document", sa.ForeignKey("document.document"))


# schema version, name of the study, when it was created, the salt of customer keys, fingerprints
study_info = sa.Table("study_info", METADATA, _text("field", primary_key=True), _text("value"))

migration = sa.Table(
    "migration", METADATA, _text("migration", primary_key=True), _text("applied_at")
)

source = sa.Table(
    "source",
    METADATA,
    _text("file", primary_key=True),
    _text("part", primary_key=True),
    _text("sha256"),
    _text("imported_at"),
)

document = sa.Table(
    "document",
    METADATA,
    _text("document", primary_key=True),
    _text("kind"),
    _text("text"),
    _maybe("title"),
    _maybe("language"),
    _maybe("language_confidence", sa.Float),
    _maybe("respondent"),
    _maybe("source"),
    _maybe("sha256"),
)

turn = sa.Table(
    "turn",
    METADATA,
    sa.Column(
        "document", sa.Text, sa.ForeignKey("document.document"), primary_key=True, nullable=False
    ),
    _number("turn", primary_key=True, autoincrement=False),
    _number("start"),
    _number("end"),
    _maybe("speaker"),
    _maybe("role"),
    _maybe("seconds", sa.Float),
    _maybe("seconds_end", sa.Float),
)

respondent = sa.Table(
    "respondent",
    METADATA,
    _text("respondent", primary_key=True),
    _text("kind"),
    _maybe("customer"),
)

attribute = sa.Table(
    "attribute",
    METADATA,
    sa.Column(
        "respondent",
        sa.Text,
        sa.ForeignKey("respondent.respondent"),
        primary_key=True,
        nullable=False,
    ),
    _text("attribute", primary_key=True),
    _maybe("value", sa.JSON(none_as_null=True)),
)

# names and contacts: the only place where personal columns are kept
personal = sa.Table(
    "personal",
    METADATA,
    _text("owner_kind", primary_key=True),
    _text("owner", primary_key=True),
    _text("field", primary_key=True),
    _text("value"),
)

pseudonym = sa.Table(
    "pseudonym",
    METADATA,
    _text("entity", primary_key=True),
    _text("kind", primary_key=True),
    _text("pseudonym"),
)

code = sa.Table(
    "code",
    METADATA,
    _text("code", primary_key=True),
    _text("kind"),
    _maybe("name_fi"),
    _maybe("name_en"),
    _maybe("name_sv"),
    sa.Column("parent", sa.Text, sa.ForeignKey("code.code"), nullable=True),
    _number("position"),
    _maybe("definition"),
    _maybe("include"),
    _maybe("exclude"),
    _maybe("example"),
    _maybe("colour"),
    _maybe("shortcut"),
    _maybe("valence", sa.Integer),
    _maybe("terms", sa.JSON(none_as_null=True)),
)

coding = sa.Table(
    "coding",
    METADATA,
    _text("coding", primary_key=True),
    _document(),
    _number("start"),
    _number("end"),
    _text("quote"),
    _text("code", sa.ForeignKey("code.code")),
    _text("coder"),
    _text("origin"),
    # placed: the quote is at its place; unplaced: the text changed, a person must decide
    _text("state"),
    _maybe("phase"),
    _maybe("stage"),
    _maybe("touchpoint"),
    _maybe("valence", sa.Integer),
    _maybe("score", sa.Float),
    _maybe("rule"),
    _maybe("memo"),
    _maybe("important", sa.Boolean),
    _text("coded_at"),
    sa.Index("coding_by_document", "document", "start"),
    sa.Index("coding_by_code", "code"),
)

memo = sa.Table(
    "memo",
    METADATA,
    _text("about", primary_key=True),
    _text("target", primary_key=True),
    _text("coder", primary_key=True),
    _text("text"),
    _text("written_at"),
)

# what a person decided about a machine's suggestion
decision = sa.Table(
    "decision",
    METADATA,
    _text("suggestion", primary_key=True),
    _text("coder", primary_key=True),
    _text("decision"),
    _maybe("coding"),
    _text("decided_at"),
)

# documents whose codings every coder may see; `*` stands for all
opened = sa.Table(
    "opened",
    METADATA,
    _text("document", primary_key=True),
    _text("opened_by"),
    _text("opened_at"),
)

# what was decided about coders' own codings; the consensus layer is made of codings of its own, so
# both originals stay as they are
adjudication = sa.Table(
    "adjudication",
    METADATA,
    _text("original", primary_key=True),
    # taken | dropped
    _text("decision"),
    _maybe("coding"),
    _text("decided_by"),
    _text("decided_at"),
)

# quotes that a person has approved for readers outside the study
approval = sa.Table(
    "approval",
    METADATA,
    _text("approval", primary_key=True),
    _document(),
    _number("start"),
    _number("end"),
    _text("quote"),
    _text("published_text"),
    _text("approved_by"),
    _text("approved_at"),
    _text("state"),
)

# what a person decided on words that may be personal; comments may stand in Parquet only, so there
# is no reference to the document
mark = sa.Table(
    "mark",
    METADATA,
    _text("mark", primary_key=True),
    _text("document"),
    _number("start"),
    _number("end"),
    _text("quote"),
    _text("kind"),
    # personal: to be replaced; open: no secret; unplaced: the text has changed there
    _text("state"),
    _text("decided_by"),
    _text("decided_at"),
    sa.Index("mark_by_document", "document", "start"),
)

# documents that a person has read for personal words, and the hash of the text that was read
review = sa.Table(
    "review",
    METADATA,
    _text("document", primary_key=True),
    _text("text_sha256"),
    _text("reviewed_by"),
    _text("reviewed_at"),
)

# since when a document may be kept, and until when; dates as ISO text
consent = sa.Table(
    "consent",
    METADATA,
    _text("document", primary_key=True),
    _maybe("consented_on"),
    _maybe("keep_until"),
)

# what was erased for good, by a salted hash: source files that still hold it are told by it
gone = sa.Table(
    "gone",
    METADATA,
    _text("what", primary_key=True),
    _text("key", primary_key=True),
    _text("reason"),
    _text("gone_at"),
)

# how often the codes stood in documents whose text was purged
kept_count = sa.Table(
    "kept_count",
    METADATA,
    _text("document", primary_key=True),
    _number("position", primary_key=True, autoincrement=False),
    _text("code"),
    _text("coder"),
    _text("origin"),
    _maybe("phase"),
    _maybe("stage"),
    _maybe("touchpoint"),
    _maybe("valence", sa.Integer),
    _number("n"),
)

# names that people gave to segments and profiles
group_name = sa.Table(
    "group_name",
    METADATA,
    _text("group", primary_key=True),
    _maybe("name_fi"),
    _maybe("name_en"),
    _maybe("name_sv"),
)

# the inner loop: how it stands with a disappointed respondent's answer; no words of theirs
customer_case = sa.Table(
    "customer_case",
    METADATA,
    _text("case", primary_key=True),
    _text("status"),
    _maybe("owner"),
    # a code of the codebook: what the outer loop counts
    _maybe("root_cause"),
    _text("changed_at"),
)

# the outer loop: what is being mended and why; owners are roles, texts are by language
improvement = sa.Table(
    "improvement",
    METADATA,
    _text("improvement", primary_key=True),
    _number("position"),
    sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
    _maybe("root_cause", sa.JSON(none_as_null=True)),
    # ids separated by blanks
    _maybe("codes"),
    _maybe("touchpoints"),
    _maybe("effort", sa.Float),
    _maybe("owner", sa.JSON(none_as_null=True)),
    _text("status"),
    _maybe("done_at"),
    _maybe("told_customers", sa.JSON(none_as_null=True)),
    _maybe("told_staff", sa.JSON(none_as_null=True)),
    _maybe("metric"),
    _maybe("kpi"),
    _maybe("unit"),
)

# content analysis: classes of three levels, and what was reduced from words that were coded
category = sa.Table(
    "category",
    METADATA,
    _text("category", primary_key=True),
    # lower, upper or main
    _text("level"),
    _text("name"),
    sa.Column("parent", sa.Text, sa.ForeignKey("category.category"), nullable=True),
    _number("position"),
)

reduction = sa.Table(
    "reduction",
    METADATA,
    _text("reduction", primary_key=True),
    # the words that it comes from: where they stand is the coding's to know
    _text("coding", sa.ForeignKey("coding.coding")),
    _text("document"),
    _text("reduced"),
    sa.Column("category", sa.Text, sa.ForeignKey("category.category"), nullable=True),
    _text("reduced_by"),
    _number("position"),
    sa.Index("reduction_by_coding", "coding"),
)

# what a project of another program brought and the study does not model: kept for the way back;
# `document` and `respondent` say whose it is, so that it goes when they are erased
foreign_part = sa.Table(
    "foreign_part",
    METADATA,
    _text("project", primary_key=True),
    _text("part", primary_key=True),
    _maybe("document"),
    _maybe("respondent"),
    _text("value"),
    sa.Index("foreign_part_by_document", "document"),
)

event = sa.Table(
    "event",
    METADATA,
    sa.Column("event", sa.Integer, primary_key=True, autoincrement=True),
    _text("at"),
    _text("who"),
    _text("act"),
    # hand: acts of people at the screen; review: their decisions on quotes and personal words;
    # import: acts of steps. Each has its own undo.
    _text("lane"),
    _number("rows"),
    sa.Column("undoes", sa.Integer, sa.ForeignKey("event.event"), nullable=True),
    sa.Column("undone_by", sa.Integer, sa.ForeignKey("event.event"), nullable=True),
    sa.Column("can_undo", sa.Boolean, nullable=False),
    sa.Index("event_by_who", "who", "lane", "event"),
    sqlite_autoincrement=True,
)

# the rows that an event changed: whole rows for what came or went, changed columns otherwise
event_change = sa.Table(
    "event_change",
    METADATA,
    sa.Column(
        "event", sa.Integer, sa.ForeignKey("event.event"), primary_key=True, autoincrement=False
    ),
    _number("position", primary_key=True, autoincrement=False),
    _text("table"),
    _text("key"),
    _maybe("before", sa.JSON(none_as_null=True)),
    _maybe("after", sa.JSON(none_as_null=True)),
    sa.Index("event_change_by_row", "table", "key"),
)

# who holds a long step, where there is no lock file that all can see (PostgreSQL)
step_lock = sa.Table(
    "step_lock",
    METADATA,
    _text("lock", primary_key=True),
    _text("step"),
    _number("pid"),
    _text("host"),
    _text("since"),
)

# tables whose values are never copied into the event log
WITHHELD = ("personal", "pseudonym", "gone")


def names_of(table: sa.Table) -> tuple[str, ...]:
    """The names of a table's columns."""
    return tuple(table.columns.keys())
