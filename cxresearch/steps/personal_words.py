"""Personal words of a study's texts: found by machine, decided by people, and named anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from .names_known import known_kinds, known_names
from .tiers import document_reader

if TYPE_CHECKING:
    from ..study import Study
    from ..text import PseudonymKey

__all__ = ["KeyDesk", "PersonalWords", "replaced_text"]

_COLUMNS = ["start", "end", "quote", "kind", "canonical", "ending", "source", "verified"]
_SHORTEST, _SURE = 3, ("known name", "code")
_LANGUAGES = ("fi", "en", "sv")


class PersonalWords:
    """Finds personal words in the texts of one study and joins them with people's decisions.

    Parameters
    ----------
    study : Study
        Its `[privacy]` and `[publish] keep` say what counts; names of respondents and customers in
        the personal columns are known from the start.
    """

    def __init__(self, study: Study) -> None:
        privacy = study.settings.privacy
        self._study = study
        self._reader = document_reader(study)
        self._options: dict[str, Any] = {
            "known_names": known_kinds(study),
            "keep": study.settings.publish.keep,
            "leave": privacy.left(),
            "customer_number": privacy.customer_number(),
        }
        self._found: dict[tuple[str, int], pd.DataFrame] = {}
        self._joined: dict[tuple[Any, ...], pd.DataFrame] = {}

    def of(self, document: str, text: str, language: str, marks: pd.DataFrame) -> pd.DataFrame:
        """Personal words of one text with their state.

        Parameters
        ----------
        document, text, language : str
        marks : pandas.DataFrame
            The decisions on this document, as `study.marks` gives them.

        Returns
        -------
        pandas.DataFrame
            `start`, `end`, `quote`, `kind`, `canonical`, `ending`, `source`, `verified`, `state`
            ("" undecided, personal, open, replaced) and `mark` (id of the decision, or ""). In
            order; words that a decision covers are not repeated. Undecided words are replaced like
            personal ones wherever they would be published.
        """
        found = self._machine(document, text, language)
        names = ("mark", "state", "kind", "start", "end")
        seen = (document, hash(text), *zip(*(marks[name].tolist() for name in names), strict=True))
        if seen not in self._joined:
            self._joined[seen] = self._join(found, text, marks)
        return self._joined[seen]

    def _join(self, found: pd.DataFrame, text: str, marks: pd.DataFrame) -> pd.DataFrame:
        decided = [
            row
            for row in marks.itertuples(index=False)
            if row.state != "unplaced" and text[row.start : row.end] == row.quote
        ]
        known = {(r.start, r.end): r for r in found.itertuples(index=False)}
        rows = [_decided_row(row, known.get((row.start, row.end)), text) for row in decided]
        free = [
            {**dict(zip(_COLUMNS, row, strict=True)), "state": "", "mark": ""}
            for row in found[_COLUMNS].itertuples(index=False, name=None)
            if not any(d.start < row[1] and row[0] < d.end for d in decided)
        ]
        whole = pd.DataFrame([*rows, *free], columns=[*_COLUMNS, "state", "mark"])
        return whole.sort_values(["start", "end"], kind="stable", ignore_index=True)

    def _machine(self, document: str, text: str, language: str) -> pd.DataFrame:
        from ..text import find_personal

        key = (document, hash(text))
        if key not in self._found:
            language = language if language in _LANGUAGES else "en"
            # the full tier's named entities, where it is installed, add what reading missed
            entities = getattr(self._reader(language), "entities", None)
            found = find_personal(text, language=language, entities=entities, **self._options)
            # one or two letters are labels of speakers (H:, V:), unless they are on a list
            label = (found["end"] - found["start"] < _SHORTEST) & ~found["source"].isin(_SURE)
            found = found[~label]
            places = zip(found["start"], found["end"], strict=True)
            self._found[key] = found.assign(quote=[text[a:b] for a, b in places])
        return self._found[key]


def _decided_row(row: Any, machine: Any, text: str) -> dict[str, Any]:
    return {
        "start": row.start,
        "end": row.end,
        "quote": row.quote,
        "kind": row.kind,
        "canonical": machine.canonical if machine is not None else row.quote.lower(),
        "ending": machine.ending if machine is not None else "",
        "source": machine.source if machine is not None else "added",
        "verified": bool(machine.verified) if machine is not None else True,
        "state": row.state,
        "mark": row.mark,
    }


class KeyDesk:
    """The study's pseudonym key: read from the study file, and kept there when it grows.

    The same person has the same pseudonym in every text and language of the study. Respondents and
    the names that study.toml lists have theirs from the start.
    """

    def __init__(self, study: Study) -> None:
        from ..study import pseudonyms
        from ..text import PseudonymKey

        self._study = study
        held = pseudonyms(study)
        self._persons: dict[str, str] = {}
        self._others: dict[str, dict[str, str]] = {}
        for row in held.itertuples():
            table = self._persons if row.kind == "person" else self._others.setdefault(row.kind, {})
            table[row.entity] = row.pseudonym
        self._kept = self._pairs()
        style = _style(study.settings.privacy.pseudonyms)
        self._keys = {
            language: PseudonymKey(language, self._persons, self._others, **style)
            for language in _LANGUAGES
        }
        first = self.of(study.settings.study.languages[0])
        people = dict.fromkeys(known_names(study, owner_kind="respondent"), "person")
        for name, kind in {**people, **study.settings.privacy.listed()}.items():
            first.label(kind, name)

    def of(self, language: str | None) -> PseudonymKey:
        """The key for texts of a language."""
        return self._keys[language if language in self._keys else "en"]

    def keep(self) -> None:
        """Write pseudonyms that are new into the study file, the only place that holds them."""
        from ..study import act

        fresh = self._pairs() - self._kept
        if fresh:
            rows = pd.DataFrame(sorted(fresh), columns=["entity", "kind", "pseudonym"])
            act(self._study, "set_pseudonyms", pseudonyms=rows)
            self._kept |= fresh

    def _pairs(self) -> set[tuple[str, str, str]]:
        people = {(entity, "person", name) for entity, name in self._persons.items()}
        return people | {
            (entity, kind, name)
            for kind, table in self._others.items()
            for entity, name in table.items()
        }


def _style(pseudonyms: str) -> Mapping[str, Any]:
    """How the key is told to make fictional names instead of labels."""
    import dataclasses

    from ..text import PseudonymKey

    fields = {field.name for field in dataclasses.fields(PseudonymKey)}
    return {"style": pseudonyms} if "style" in fields else {}


def replaced_text(
    text: str, words: pd.DataFrame, key: PseudonymKey, language: str
) -> tuple[str, pd.DataFrame]:
    """A text with its personal and its undecided words replaced; open ones stay.

    `words` are those of `PersonalWords.of`, with places in `text`. Gives the new text, and the
    replacements as `pseudonymise` lists them.
    """
    from ..text import pseudonymise

    meant = words[words["state"].isin(["", "personal"])]
    kept, end = [], 0
    for row in meant.itertuples():  # a decision may lie across another: the first one counts
        if row.start >= end:
            kept.append(row.Index)
            end = row.end
    return pseudonymise(text, key=key, language=language, found=meant.loc[kept])
