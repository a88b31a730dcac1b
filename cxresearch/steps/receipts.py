"""Receipts of what was erased: how much, when and by whom; never whose words or names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..model import StudyFileError, Words

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["write_receipt"]

_TITLES = {
    "withdrawal": Words(
        fi="Kuitti: osallistuja on poistettu", en="Receipt: a respondent was erased"
    ),
    "retention": Words(
        fi="Kuitti: säilytysajan ylittäneet tekstit on poistettu",
        en="Receipt: texts past their time were erased",
    ),
}


def write_receipt(study: Study, kind: str, lines: Sequence[Words]) -> Path:
    """Write a receipt as a text file in each language of the study, one file.

    It stays in data/studies/receipts, beside the backups, and is told by study and time. `lines`
    must hold counts, file names and row numbers only.
    """
    name, at = study.settings.study.name, study.now()
    stamp = "".join(sign for sign in at[:23] if sign.isdigit())
    folder = study.settings.data_folder / "studies" / "receipts"
    target = folder / f"{name}-{kind}-{stamp}.txt"
    parts = []
    for language in study.settings.study.languages:
        when = f"{name} · {at[:16].replace('T', ' ')} UTC · {study.coder}"
        told = [f"- {line.to(language)}" for line in lines]
        parts.append("\n".join([_TITLES[kind].to(language), when, "", *told]))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    except OSError as error:
        raise StudyFileError(
            "The receipt could not be written; what it tells of was done.",
            found=error.strerror or type(error).__name__,
            where=folder.name,
            next_step="Free some space, then run the same command again for a receipt.",
        ) from None
    return target
