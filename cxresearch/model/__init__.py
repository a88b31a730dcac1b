"""Nouns and column contracts of a study; standard library only."""

from .codebook import Code, Codebook, Phase, Stage
from .corpus import Document, Quotation, Turn, moved_range, normalise_text
from .errors import (
    ActRefusedError,
    CxresearchError,
    DriftError,
    FrameError,
    ImportRefusedError,
    MissingModelError,
    SettingsError,
    StudyBusyError,
    StudyFileError,
    UnsafeBundleError,
)
from .frames import FRAMES, Column, Contract, check_frame
from .people import Target, Touchpoint
from .shares import wilson_interval
from .wording import LANGUAGES, Finding, Words, date, interval, number, p_value, percent

__all__ = [
    "FRAMES",
    "LANGUAGES",
    "ActRefusedError",
    "Code",
    "Codebook",
    "Column",
    "Contract",
    "CxresearchError",
    "Document",
    "DriftError",
    "Finding",
    "FrameError",
    "ImportRefusedError",
    "MissingModelError",
    "Phase",
    "Quotation",
    "SettingsError",
    "Stage",
    "StudyBusyError",
    "StudyFileError",
    "Target",
    "Touchpoint",
    "Turn",
    "UnsafeBundleError",
    "Words",
    "check_frame",
    "date",
    "interval",
    "moved_range",
    "normalise_text",
    "number",
    "p_value",
    "percent",
    "wilson_interval",
]
