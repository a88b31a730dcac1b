"""What each step depends on, so that it runs again only when that has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exchange import sha256_of
from .sources import listed_files

if TYPE_CHECKING:
    from ..study import Study, StudySettings

__all__ = ["settings_mark", "source_hashes"]

_PARTS = {
    "import": {"documents", "respondents", "surveys", "customers", "kpis", "codings"}
    | {"purchases", "smileys"},
    "code": {"phases", "touchpoints"},
    "segment": {"segments", "customers"},
    "link": {"link", "customers", "kpis", "touchpoints", "phases", "surveys"}
    | {"purchases", "smileys", "index", "framework", "targets", "promises", "measures"}
    | {"improvements"},
}


def settings_mark(study: Study, step: str) -> list[Any]:
    """The parts of study.toml that a step reads; for import also the hash of each source file."""
    from .. import __version__

    whole = study.settings.model_dump(mode="json", exclude={"root", "codes"})
    mark: list[Any] = [__version__, {name: whole[name] for name in sorted(_PARTS[step])}]
    mark.append([whole["study"]["random_state"], whole["study"]["minimum_cell"]])
    if step == "code":
        mark.append([whole["study"]["full_pipeline"], whole["study"]["models"]])
    if step == "import":
        mark.append(source_hashes(study.settings))
    return mark


def source_hashes(settings: StudySettings) -> list[tuple[str, str]]:
    """Name and hash of each source file that study.toml names, in order."""
    patterns = [p.files for p in settings.documents]
    patterns += [p.file for p in settings.respondents]
    patterns += [p.file for p in settings.surveys]
    patterns += [p.file for p in settings.codings]
    patterns += [p.file for p in settings.smileys]
    business = (settings.customers, settings.purchases, settings.kpis)
    patterns += [p.file for p in business if p is not None]
    files = [path for pattern in patterns for path in listed_files(settings, pattern)]
    return [(path.name, sha256_of(path)) for path in files]
