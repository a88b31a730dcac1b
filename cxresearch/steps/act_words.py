"""What an act is called when it is taken back or done again."""

from __future__ import annotations

from ..model import Words

__all__ = ["words_of_act"]

_NAMES = {
    "add_coding": ("koodaus", "coding"),
    "add_codings": ("koodaukset", "codings"),
    "change_coding": ("koodauksen muutos", "change of a coding"),
    "change_codings": ("koodausten muutos", "change of codings"),
    "remove_coding": ("koodauksen poisto", "removal of a coding"),
    "remove_codings": ("koodausten poisto", "removal of codings"),
    "add_code": ("uusi koodi", "new code"),
    "change_code": ("koodin muutos", "change of a code"),
    "move_code": ("koodin siirto", "move of a code"),
    "merge_codes": ("koodien yhdistäminen", "merging of codes"),
    "split_code": ("koodin jakaminen", "splitting of a code"),
    "remove_code": ("koodin poisto", "removal of a code"),
    "set_memo": ("muistio", "memo"),
    "accept_suggestions": ("ehdotuksen hyväksyminen", "accepting of a suggestion"),
    "reject_suggestions": ("ehdotuksen hylkääminen", "rejecting of a suggestion"),
    "autocode": ("automaattinen koodaus", "autocoding"),
    "edit_text": ("tekstin muutos", "edit of the text"),
    "open_codings": ("koodausten avaaminen", "opening of codings"),
    "adjudicate": ("koodausten sovittelu", "settling of codings"),
}


def words_of_act(step: str, act: str) -> Words:
    """What undo or redo (`step`) did to an act, in Finnish and English."""
    fi, en = _NAMES.get(act, ("teko", "act"))
    if step == "undo":
        return Words(fi=f"Kumottu: {fi}", en=f"Taken back: {en}")
    return Words(fi=f"Tehty uudelleen: {fi}", en=f"Done again: {en}")
