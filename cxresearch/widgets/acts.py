"""Named, typed acts: the only thing that a widget may ask of Python.

A message from the browser is `{"id": 7, "act": "add_coding", "document": …, "start": …}`. It
becomes an `Act` when the act is known, each field is declared and holds what its rule allows;
otherwise it is refused and nothing is done. No message holds code, SQL or a path.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from ..model import ActRefusedError
from ..model.frames import CODE_KINDS

__all__ = [
    "ADJUDICATION_ACTS",
    "ADJUDICATION_ASKS",
    "CARD_ACTS",
    "CARD_ASKS",
    "CODER_ACTS",
    "CODER_ASKS",
    "GRID_ASKS",
    "PERSONAL_ACTS",
    "PERSONAL_ASKS",
    "REVIEW_ACTS",
    "REVIEW_ASKS",
    "SHORTCUT",
    "Act",
    "ActKind",
    "Rule",
    "read_act",
]

# small letters and digits: signs and capitals are keys of the coder itself; recent codes have the
# digits that no code has
SHORTCUT = "[a-zåäö1-9]"
LONGEST_ID = 300
LONGEST_NAME = 200
LONGEST_NOTE = 100_000
LONGEST_TEXT = 2_000_000


@dataclass(frozen=True)
class Rule:
    """What one field may hold.

    `kind` is text, whole (a whole number), flag (true or false) or ids (a list of ids, which may
    be an empty list when `low` is 0). `empty` says whether null is allowed: it empties the field.
    A field that is not `required` may be left out: then it stays as it is.
    """

    kind: str
    required: bool = True
    empty: bool = False
    low: int | None = None
    high: int | None = None
    longest: int = LONGEST_ID
    allowed: tuple[str, ...] = ()
    pattern: str = ""

    def fault(self, value: object) -> str | None:
        """What is wrong with a value, or None. The value itself is never repeated."""
        if value is None:
            return None if self.empty else "a value, not null"
        return {
            "text": self._text_fault,
            "whole": self._whole_fault,
            "flag": lambda v: None if isinstance(v, bool) else "true or false",
            "ids": self._ids_fault,
        }[self.kind](value)

    def _text_fault(self, value: object) -> str | None:
        if not isinstance(value, str):
            return "text"
        if len(value) > self.longest:
            return f"at most {self.longest} characters"
        if any(_unwanted(sign) for sign in value):
            return "text without control characters"
        if self.allowed and value not in self.allowed:
            return " | ".join(self.allowed)
        if self.pattern and not re.fullmatch(self.pattern, value):
            return f"text like {self.pattern}"
        if self.longest <= LONGEST_ID and not value.strip():
            return "text that is not blank"
        return None

    def _whole_fault(self, value: object) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return "a whole number"
        if self.low is not None and value < self.low:
            return f"a whole number >= {self.low}"
        if self.high is not None and value > self.high:
            return f"a whole number <= {self.high}"
        return None

    def _ids_fault(self, value: object) -> str | None:
        if not isinstance(value, list) or len(value) > 100_000:
            return "a list of ids"
        if not value and self.low != 0:
            return "a list of at least one id"
        one = Rule("text")
        return next((f for f in map(one.fault, value) if f), None)


def _unwanted(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cs")


@dataclass(frozen=True)
class ActKind:
    """One act that a widget knows: its name, what it does, and its fields."""

    name: str
    what: str
    fields: Mapping[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """An act whose name and fields have been checked.

    `fields` holds only what was sent: a field left out stays as it is, None empties it.
    """

    id: int
    act: str
    fields: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The field's value, or `otherwise` when it was not sent."""
        return self.fields.get(name, otherwise)


def read_act(message: object, kinds: Mapping[str, ActKind]) -> Act:
    """Turn a message from the browser into an act.

    Parameters
    ----------
    message : object
        What came over the wire.
    kinds : mapping of str to ActKind
        The acts that the widget knows.

    Returns
    -------
    Act

    Raises
    ------
    ActRefusedError
        It is no message, the act or a field is unknown, a field is missing or holds something
        else than it may. Nothing was done.
    """
    if not isinstance(message, Mapping):
        raise _refused("This is no act.", expected="a mapping with id and act")
    number, name = message.get("id"), message.get("act")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**53:
        raise _refused("The act has no number.", expected="id: a whole number")
    if not isinstance(name, str) or name not in kinds:
        raise _refused("There is no such act.", expected=_nearest(str(name)[:60], kinds))
    rules = kinds[name].fields
    sent = {str(key): value for key, value in message.items() if key not in ("id", "act")}
    strange = sorted(set(sent) - set(rules))
    if strange:
        raise _refused(
            f"The act `{name}` has no field `{strange[0][:60]}`.",
            expected=_nearest(strange[0], rules),
        )
    for key, rule in rules.items():
        if key not in sent:
            if rule.required:
                raise _refused(f"The act `{name}` lacks the field `{key}`.", expected=key)
        elif (fault := rule.fault(sent[key])) is not None:
            raise _refused(f"The act `{name}` can't use its field `{key}`.", expected=fault)
    return Act(number, name, MappingProxyType(sent))


def _refused(what: str, *, expected: str) -> ActRefusedError:
    return ActRefusedError(what, expected=expected, next_step="Nothing was changed.")


def _nearest(word: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(word, list(known), n=3) or list(known)[:12]
    return "one of " + ", ".join(near) if near else "no fields"


_ID = Rule("text")
_IDS = Rule("ids")
_MAYBE_ID = Rule("text", required=False, empty=True)
_NOTE = Rule("text", required=False, empty=True, longest=LONGEST_NOTE)
_QUOTE = Rule("text", required=False, longest=LONGEST_TEXT)
_START = Rule("whole", low=0)
_END = Rule("whole", low=1)
_PLACE = {"document": _ID, "start": _START, "end": _END, "quote": _QUOTE}
_HOW = Rule("text", allowed=("exact", "lemma", "regex"))
_PATTERN = Rule("text", longest=LONGEST_NAME)
_VALENCE = Rule("whole", required=False, empty=True, low=-2, high=2)
_FACETS = {
    "phase": _MAYBE_ID,
    "stage": _MAYBE_ID,
    "touchpoint": _MAYBE_ID,
    "valence": _VALENCE,
    "memo": _NOTE,
    "important": Rule("flag", required=False),
}
_NAME = Rule("text", required=False, empty=True, longest=LONGEST_NAME)
_ABOUT_A_CODE = {
    "kind": Rule("text", required=False, allowed=CODE_KINDS),
    "name_fi": _NAME,
    "name_en": _NAME,
    "name_sv": _NAME,
    "definition": _NOTE,
    "include": _NOTE,
    "exclude": _NOTE,
    "example": _NOTE,
    "colour": Rule("text", required=False, empty=True, longest=7, pattern="#[0-9A-Fa-f]{6}"),
    "shortcut": Rule("text", required=False, empty=True, longest=1, pattern=SHORTCUT),
}
# what a search or an autocoding is narrowed to
_FILTERS = {
    name: Rule("text", required=False)
    for name in ("document", "phase", "in_code", "speaker", "role", "respondent")
}
_AUTOCODE = {
    "words": _PATTERN,
    "how": _HOW,
    "code": _ID,
    "unit": Rule("text", allowed=("words", "sentence", "turn")),
    **_FILTERS,
}
_LANGUAGES = {f"name_{language}": _NAME for language in ("fi", "en", "sv")}


def _kinds(*kinds: tuple[str, str, Mapping[str, Rule]]) -> Mapping[str, ActKind]:
    return MappingProxyType({name: ActKind(name, what, fields) for name, what, fields in kinds})


CODER_ACTS: Mapping[str, ActKind] = _kinds(
    ("add_coding", "give a code to a range of a document", {**_PLACE, "code": _ID, **_FACETS}),
    ("change_coding", "recode, move a border, set phase, valence, memo or importance", {
        "coding": _ID, "code": Rule("text", required=False),
        "start": Rule("whole", required=False, low=0), "end": Rule("whole", required=False, low=1),
        **_FACETS}),
    ("remove_coding", "remove a coding", {"coding": _ID}),
    ("add_code", "add a code to the codebook", {"code": _ID, "parent": _MAYBE_ID, **_ABOUT_A_CODE}),
    ("change_code", "change a code's name, definition, colour or key", {
        "code": _ID, **_ABOUT_A_CODE}),
    ("move_code", "hang a code under another, or put it right before another", {
        "code": _ID, "parent": _MAYBE_ID, "before": Rule("text", required=False)}),
    ("merge_codes", "give the codings of codes to another code", {"codes": _IDS, "into": _ID}),
    ("split_code", "give some codings of a code to a new code beside it", {
        "code": _ID, "into": _ID, "codings": _IDS, **_LANGUAGES}),
    ("remove_code", "remove a code", {"code": _ID, "with_codings": Rule("flag", required=False)}),
    ("set_memo", "write a memo on a code, a document or the study", {
        "about": Rule("text", allowed=("code", "document", "study")), "target": _ID,
        "text": Rule("text", longest=LONGEST_NOTE)}),
    ("accept_suggestions", "make codings of suggestions", {
        "suggestions": _IDS, "code": Rule("text", required=False),
        "phase": _MAYBE_ID, "valence": _VALENCE}),
    ("reject_suggestions", "say that suggestions are wrong", {"suggestions": _IDS}),
    ("autocode", "give a code to all places of words", _AUTOCODE),
    ("edit_text", "correct the text of a document; quotations move along", {
        "document": _ID, "start": _START, "end": Rule("whole", low=0),
        "text": Rule("text", longest=LONGEST_TEXT), "quote": _QUOTE}),
    ("undo", "take back the last act", {}),
    ("redo", "do again what was taken back", {}),
)  # fmt: skip

# what the browser may ask without changing anything
CODER_ASKS: Mapping[str, ActKind] = _kinds(
    ("open_document", "show a document; the one shown last when none is named", {
        "document": Rule("text", required=False)}),
    ("find", "find words in the whole study", {
        "words": _PATTERN, "how": _HOW, **_FILTERS}),
    ("preview_autocode", "show what `autocode` would code", _AUTOCODE),
    ("code_quotes", "show the quotations of a code in the whole study", {"code": _ID}),
    ("changes_since", "show what others have changed", {"event": Rule("whole", low=0)}),
    ("browser_error", "tell of a fault in the browser", {
        "what": Rule("text", longest=LONGEST_NOTE)}),
)  # fmt: skip

GRID_ASKS: Mapping[str, ActKind] = MappingProxyType({
    "open_grid": ActKind("open_grid", "show the comments with their closed answers"),
    **{name: kind for name, kind in CODER_ASKS.items() if name != "open_document"},
})  # fmt: skip

REVIEW_ACTS: Mapping[str, ActKind] = _kinds(
    ("approve_quote", "let readers outside the study see a quote, in these words", {
        **_PLACE, "published_text": Rule("text", longest=LONGEST_TEXT)}),
    ("reject_quote", "keep a quote inside the study", _PLACE),
    ("undo", "take back the last decision", {}),
    ("redo", "do again what was taken back", {}),
)  # fmt: skip

REVIEW_ASKS: Mapping[str, ActKind] = _kinds(
    ("open_review", "show the candidates", {}),
    ("browser_error", CODER_ASKS["browser_error"].what, CODER_ASKS["browser_error"].fields),
)

ADJUDICATION_ACTS: Mapping[str, ActKind] = _kinds(
    ("adjudicate", "settle codings of two coders: those taken go to the consensus layer", {
        "take": Rule("ids", low=0), "drop": Rule("ids", low=0),
        # what is different in the consensus
        "start": Rule("whole", required=False, low=0), "end": Rule("whole", required=False, low=1),
        "code": Rule("text", required=False), "phase": _MAYBE_ID, "valence": _VALENCE,
        "memo": _NOTE}),
    ("undo", "take back the last act", {}),
    ("redo", "do again what was taken back", {}),
)  # fmt: skip

ADJUDICATION_ASKS: Mapping[str, ActKind] = _kinds(
    ("open_adjudication", "show a document with the codings of both coders", {
        "document": Rule("text", required=False)}),
    ("browser_error", CODER_ASKS["browser_error"].what, CODER_ASKS["browser_error"].fields),
)  # fmt: skip

_LEVEL = Rule("text", allowed=("lower", "upper", "main"))
_CLASS_NAME = Rule("text", longest=LONGEST_NAME)

CARD_ACTS: Mapping[str, ActKind] = _kinds(
    ("add_reduction", "reduce words that were coded to a simpler expression", {
        "coding": _ID, "reduced": _CLASS_NAME}),
    ("change_reduction", "word a reduced expression anew", {
        "reduction": _ID, "reduced": _CLASS_NAME}),
    ("remove_reduction", "remove a reduced expression", {"reduction": _ID}),
    ("group_reductions", "put reduced expressions into a lower class, or take them out", {
        "reductions": _IDS, "into": Rule("text", empty=True)}),
    ("add_class", "make a class, of cards that are put into it", {
        "level": _LEVEL, "name": _CLASS_NAME, "members": Rule("ids", required=False, low=0),
        "into": _MAYBE_ID}),
    ("change_class", "name a class anew", {"category": _ID, "name": _CLASS_NAME}),
    ("group_classes", "put classes into one of the level above, or take them out", {
        "categories": _IDS, "into": Rule("text", empty=True)}),
    ("remove_class", "remove a class; what it held becomes loose", {"category": _ID}),
    ("undo", "take back the last act", {}),
    ("redo", "do again what was taken back", {}),
)  # fmt: skip

CARD_ASKS: Mapping[str, ActKind] = _kinds(
    ("open_cards", "show the content analysis as it stands", {}),
    ("browser_error", CODER_ASKS["browser_error"].what, CODER_ASKS["browser_error"].fields),
)

_SHOWN = {"document": _ID}

PERSONAL_ACTS: Mapping[str, ActKind] = _kinds(
    ("decide_passages", "say whether words are personal, here or at every place like it", {
        **_PLACE, "kind": _ID, "state": Rule("text", allowed=("personal", "open")),
        "everywhere": Rule("flag", required=False)}),
    ("reopen_passages", "take decisions away", {**_SHOWN, "marks": _IDS}),
    ("finish_review", "say that a document has been read for personal words", _SHOWN),
    ("reopen_review", "say that a document has to be read again", _SHOWN),
    ("undo", "take back the last decision", _SHOWN),
    ("redo", "do again what was taken back", _SHOWN),
)  # fmt: skip

PERSONAL_ASKS: Mapping[str, ActKind] = _kinds(
    ("open_personal", "show a document; the first that waits when none is named", {
        "document": Rule("text", required=False)}),
    ("browser_error", CODER_ASKS["browser_error"].what, CODER_ASKS["browser_error"].fields),
)  # fmt: skip
