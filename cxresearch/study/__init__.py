"""The study file: tables, migrations, events; the only SQL."""

from .acts import act
from .acts_codings import coding_id
from .backups import backup, newest_backup
from .customer_key import customer_keys
from .history import history, last_event, redo, row_history, table_as_of, undo
from .locking import long_step
from .opening import open_study
from .outcome import Outcome
from .processed import Processed, fingerprint
from .registry import ACTS
from .settings import StudySettings, load_settings
from .status import approvals, decisions, memos, personal, pseudonyms, sources, unplaced
from .study import Study, codes_of

__all__ = [
    "ACTS",
    "Outcome",
    "Processed",
    "Study",
    "StudySettings",
    "act",
    "approvals",
    "backup",
    "codes_of",
    "coding_id",
    "customer_keys",
    "decisions",
    "fingerprint",
    "history",
    "last_event",
    "load_settings",
    "long_step",
    "memos",
    "newest_backup",
    "open_study",
    "personal",
    "pseudonyms",
    "redo",
    "row_history",
    "sources",
    "table_as_of",
    "undo",
    "unplaced",
]
