"""The study file: tables, migrations, events; the only SQL."""

from .acts import act
from .acts_codings import coding_id
from .acts_review import text_mark
from .audit import audit_trail
from .backups import backup, newest_backup
from .customer_key import customer_keys
from .erasing import erase_traces, erased, erased_keys, kept_counts, without_erased
from .expressions import categories, expressions
from .foreign_databases import foreign_tables
from .history import history, last_event, redo, row_history, table_as_of, undo
from .locking import long_step
from .opening import open_study
from .outcome import Outcome
from .processed import Processed, fingerprint
from .registry import ACTS
from .search import find_places, preview_autocode, quotes_in_place
from .search_index import forget_index
from .settings import StudySettings, load_settings
from .status import (
    approvals,
    consents,
    customer_cases,
    decisions,
    foreign_parts,
    group_names,
    improvements,
    marks,
    memos,
    personal,
    pseudonyms,
    published_is_stale,
    quote_decisions,
    reviews,
    sources,
    unplaced,
)
from .study import Study, codes_of
from .window import (
    Changes,
    adjudications,
    changes_since,
    counts_seen,
    decided,
    edited_comments,
    open_documents,
    search_choices,
    seen_codings,
    titles,
    undo_state,
)

__all__ = [
    "ACTS",
    "Changes",
    "Outcome",
    "Processed",
    "Study",
    "StudySettings",
    "act",
    "adjudications",
    "approvals",
    "audit_trail",
    "backup",
    "categories",
    "changes_since",
    "codes_of",
    "coding_id",
    "consents",
    "counts_seen",
    "customer_cases",
    "customer_keys",
    "decided",
    "decisions",
    "edited_comments",
    "erase_traces",
    "erased",
    "erased_keys",
    "expressions",
    "find_places",
    "fingerprint",
    "foreign_parts",
    "foreign_tables",
    "forget_index",
    "group_names",
    "history",
    "improvements",
    "kept_counts",
    "last_event",
    "load_settings",
    "long_step",
    "marks",
    "memos",
    "newest_backup",
    "open_documents",
    "open_study",
    "personal",
    "preview_autocode",
    "pseudonyms",
    "published_is_stale",
    "quote_decisions",
    "quotes_in_place",
    "redo",
    "reviews",
    "row_history",
    "search_choices",
    "seen_codings",
    "sources",
    "table_as_of",
    "text_mark",
    "titles",
    "undo",
    "undo_state",
    "unplaced",
    "without_erased",
]
