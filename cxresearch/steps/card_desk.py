"""Content analysis of a study by cards: what the board shows, and its acts, each on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..study import Study
    from ..widgets import Act, CardContent, ContentAnalysisCards

__all__ = ["CardDesk", "open_content_analysis"]

_LANE = "content"


def open_content_analysis(
    study: Study, *, coder: str | None = None, code: str | None = None, height: int = 640
) -> ContentAnalysisCards:
    """Reduce and group what was coded, after Tuomi & Sarajärvi, by moving cards in JupyterLab.

    Parameters
    ----------
    study : Study
    coder : str, optional
        Who analyses; the study's coder when not given.
    code : str, optional
        Only quotations of this code and of the codes below it; of all when not given.
    height : int
        Height in pixels, 320 to 4000.

    Returns
    -------
    ContentAnalysisCards
        Each act is in the study file when the board shows it as saved; undo and redo reach back
        beyond a restart of the kernel and leave codings alone. The table of the result:
        `content_analysis(expressions(study))`, and `write_content_analysis` for a thesis.

    Raises
    ------
    SettingsError
        The height is out of range.

    Examples
    --------
    >>> open_content_analysis(study, code="billing")  # doctest: +SKIP
    """
    from ..widgets import ContentAnalysisCards

    desk = CardDesk(study, coder=coder, code=code)
    spoken = [name for name in study.settings.study.languages if name in ("fi", "en")]
    return ContentAnalysisCards(desk, language=(spoken or ["fi"])[0], height=height)


class CardDesk:
    """Holds a study for the board of cards; shows what the coder may see.

    Parameters
    ----------
    study : Study
    coder : str, optional
        Who analyses; the study's coder when not given.
    code : str, optional
        Only quotations of this code and of the codes below it.
    """

    def __init__(self, study: Study, *, coder: str | None = None, code: str | None = None) -> None:
        self.study = study
        self.coder = coder or study.coder
        self.code = code

    def cards(self) -> CardContent:
        """The analysis as it stands; cards of codings that the coder may not see are left out."""
        from ..study import categories, expressions, seen_codings, undo_state
        from ..widgets import CardContent

        found = seen_codings(self.study, self.coder)
        seen = {row["coding"] for row in found}
        cards = expressions(self.study)
        cards = cards[cards["coding"].isin(seen) | (cards["reduced_by"] == self.coder)]
        wanted, used = self._codes(), set(cards["coding"])
        kept = [r for r in found if r["code"] in wanted or r["coding"] in used]
        titles = self._titles()
        back, again = undo_state(self.study, self.coder, lane=_LANE)
        return CardContent(
            quotations=[_told(row, titles) for row in kept],
            reductions=cards[["reduction", "coding", "reduced", "category"]],
            classes=categories(self.study),
            codes=self.study.codebook().drop(columns=["terms"]),
            can_undo=back,
            can_redo=again,
        )

    def perform(self, act: Act) -> None:
        """Do an act; when this returns, it is on disk. A refused act has changed nothing."""
        from ..study import act as do
        from ..study import redo, undo

        if act.act in ("undo", "redo"):
            (undo if act.act == "undo" else redo)(self.study, who=self.coder, lane=_LANE)
        else:
            do(self.study, act.act, who=self.coder, **act.fields)

    def _codes(self) -> set[str]:
        codebook = self.study.codebook()
        if self.code is None:
            return set(codebook["code"])
        wanted = {self.code}
        for _ in range(len(codebook)):
            below = set(codebook.loc[codebook["parent"].isin(wanted), "code"]) - wanted
            if not below:
                break
            wanted |= below
        return wanted

    def _titles(self) -> dict[str, Any]:
        documents = self.study.documents()
        if "title" not in documents:
            return {}
        return dict(zip(documents["document"], documents["title"], strict=True))


def _told(row: dict[str, Any], titles: dict[str, Any]) -> dict[str, Any]:
    names = ("coding", "document", "start", "quote", "code")
    return {name: row[name] for name in names} | {"title": titles.get(row["document"])}
