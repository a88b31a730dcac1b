"""What an act gives back."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What an act did; it is on disk when you hold this.

    Attributes
    ----------
    event : int or None
        Number of the event; None when there was nothing to change.
    act : str
        Name of the act.
    rows : int
        How many rows it changed.
    ids : tuple of str
        Ids that the act added or changed (codings, documents, codes).
    kept : tuple of str
        Ids that were left as they are: there already, or edited by a person since.
    changed : tuple of str
        Documents whose source file differs from what was imported; left alone until replaced.
    unplaced : tuple of str
        Codings and approvals that wait for a decision since the text changed.
    """

    event: int | None
    act: str
    rows: int = 0
    ids: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The only id that the act added or changed."""
        if len(self.ids) != 1:
            raise ValueError(f"`{self.act}` touched {len(self.ids)} ids, not one")
        return self.ids[0]
