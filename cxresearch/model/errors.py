"""Errors as people read them: what was expected, what was found and where, what to do next."""

from __future__ import annotations

__all__ = [
    "ActRefusedError",
    "CxresearchError",
    "DriftError",
    "FrameError",
    "ImportRefusedError",
    "MissingModelError",
    "SettingsError",
    "StudyBusyError",
    "StudyFileError",
    "UnsafeBundleError",
]


class CxresearchError(Exception):
    """The parent of every error that cxresearch raises on purpose.

    Parameters
    ----------
    what : str
        One sentence: what went wrong.
    expected, found : str, optional
        What was expected and what was found instead. Never personal text: a value is
        quoted only when it comes from settings or from a structural cell.
    where : str, optional
        File, row, column or offset.
    next_step : str, optional
        What the person can do now.
    """

    def __init__(
        self,
        what: str,
        *,
        expected: str | None = None,
        found: str | None = None,
        where: str | None = None,
        next_step: str | None = None,
    ) -> None:
        self.what = what
        self.expected = expected
        self.found = found
        self.where = where
        self.next_step = next_step
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole error as a few short lines."""
        lines = [self.what if self.where is None else f"{self.what} ({self.where})"]
        if self.expected is not None:
            lines.append(f"  expected: {self.expected}")
        if self.found is not None:
            lines.append(f"  found:    {self.found}")
        if self.next_step is not None:
            lines.append(f"  next:     {self.next_step}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.message


class FrameError(CxresearchError):
    """A table lacks a column, or a column holds what its contract forbids."""


class SettingsError(CxresearchError):
    """study.toml or the codebook file says something that can't be right."""


class ImportRefusedError(CxresearchError):
    """A source file can't be read safely; nothing of it was imported."""


class DriftError(CxresearchError):
    """A quotation's stored words are not the words at its place in the document."""


class StudyFileError(CxresearchError):
    """The study file is missing, damaged, newer than this program, or can't be written."""


class ActRefusedError(CxresearchError):
    """An act on the study can't be done as asked; nothing was changed."""


class StudyBusyError(CxresearchError):
    """Another process holds the study for longer than we were willing to wait."""


class MissingModelError(CxresearchError):
    """A language model or a system library named in study.toml is not installed."""


class UnsafeBundleError(CxresearchError):
    """The publishing gate found something in the bundle that must not leave the study."""
