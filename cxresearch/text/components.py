"""spaCy components of our own: lemmas, cues of the journey, touchpoints, scope, valence, roles.

Importing this module registers the factories and the extensions; `study_pipeline` puts them
together. Words are matched by the same functions that the coder uses, so a component and a
suggested coding never disagree about what a word is.
"""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.pipeline import EntityRuler
from spacy.tokens import Doc, Span, Token

from ..model import FrameError
from .cues import strongest_labels
from .lemmas import FastLemmatiser
from .phrases import phrases_of, ruler_patterns, words_matched
from .scope import hedged_positions, negated_positions
from .settling import settled_lemma
from .tokens import TokenIndex, index_tokens
from .valence import sentence_valence

__all__ = ["CUES", "LEMMAS", "ROLES", "SCOPE", "TOUCHPOINTS", "VALENCE"]

LEMMAS = "cxresearch_lemmas"
CUES = "cxresearch_phase_cues"
TOUCHPOINTS = "cxresearch_touchpoints"
SCOPE = "cxresearch_scope"
VALENCE = "cxresearch_valence"
ROLES = "cxresearch_speaker_roles"

Terms = dict[str, dict[str, list[str]]]  # label -> language -> phrases

_EXTENSIONS: tuple[tuple[Any, str, Any], ...] = (
    (Token, "cx_negated", False),
    (Token, "cx_hedged", False),
    (Token, "cx_role", ""),
    (Token, "cx_terms", ()),
    (Token, "cx_idle", False),
    (Span, "cx_phase", None),
    (Span, "cx_stage", None),
    (Span, "cx_rule", ""),
    (Span, "cx_valence", None),
    (Span, "cx_role", ""),
    (Span, "cx_speaker", ""),
    (Doc, "cx_turns", ()),
)
for _owner, _name, _default in _EXTENSIONS:
    if not _owner.has_extension(_name):
        _owner.set_extension(_name, default=_default)


@Language.factory(LEMMAS)
def make_lemmas(nlp: Language, name: str) -> _Lemmas:
    """Lemmas that are believed: spaCy's, the dictionary's or the spoken layer's."""
    return _Lemmas(_language(nlp))


@Language.factory(SCOPE)
def make_scope(nlp: Language, name: str) -> _Scope:
    """`token._.cx_negated` and `token._.cx_hedged`: under a not, or a perhaps, of its clause."""
    return _Scope(_language(nlp))


@Language.factory(CUES, default_config={"cues": {}, "phase_of": {}})
def make_phase_cues(nlp: Language, name: str, cues: Terms, phase_of: dict[str, str]) -> _PhaseCues:
    """`doc.spans["phase_cues"]`: sentences that a cue places on the journey."""
    return _PhaseCues(_language(nlp), cues, phase_of)


@Language.factory(TOUCHPOINTS, default_config={"terms": {}})
def make_touchpoints(nlp: Language, name: str, terms: Terms) -> _Touchpoints:
    """`doc.ents` with label TOUCHPOINT and the touchpoint's id in `ent_id_`."""
    return _Touchpoints(nlp, name, terms)


@Language.factory(VALENCE)
def make_valence(nlp: Language, name: str) -> _Valence:
    """`doc.spans["valence"]`: sentences with a word of the lexicon, graded -2..2."""
    return _Valence(_language(nlp))


@Language.factory(ROLES)
def make_speaker_roles(nlp: Language, name: str) -> _SpeakerRoles:
    """`doc.spans["turns"]` and `token._.cx_role` from the turns in `doc._.cx_turns`."""
    return _SpeakerRoles()


class _Lemmas:
    def __init__(self, language: str) -> None:
        self._language = language
        self._fast = FastLemmatiser(language)

    def __call__(self, document: Doc) -> Doc:
        fast = self._fast.of_forms([token.text for token in document])
        for token, own in zip(document, fast, strict=True):
            if not any(sign.isalpha() for sign in token.text):
                token.lemma_ = token.text
                continue
            lemma = token.lemma_.replace("#", "").lower()
            if self._language == "fi":
                case = token.morph.get("Case", [])
                lemma = settled_lemma(token.text, lemma, token.pos_, own, case[0] if case else "")
            token.lemma_ = lemma or own
        return document


class _Reader:
    """What the components share: the document's tokens as the coder sees them."""

    def __init__(self, language: str) -> None:
        self._engine = FastLemmatiser(language)

    def _index(self, document: Doc) -> TokenIndex:
        """This program's tokens with the lemmas that stand in the document."""
        index = index_tokens([document.text])
        lemmas = self._engine.of_forms(index.forms)
        own = {(t.idx, t.idx + len(t.text)): t.lemma_ for t in document}
        spans = zip(index.start.tolist(), index.end.tolist(), index.form.tolist(), strict=True)
        each = [own.get((a, b)) or lemmas[f] for a, b, f in spans]
        return index.with_lemmas(each)


class _Scope(_Reader):
    def __call__(self, document: Doc) -> Doc:
        index = index_tokens([document.text])
        language = self._engine.language
        place = {int(start): n for n, start in enumerate(index.start)}
        negated = negated_positions(index.forms, index.form, index.sentence, language=language)
        hedged = hedged_positions(index.forms, index.form, index.sentence, language=language)
        for token in document:
            at = place.get(token.idx)
            if at is not None:
                token._.cx_negated, token._.cx_hedged = bool(negated[at]), bool(hedged[at])
        return document


class _PhaseCues(_Reader):
    def __init__(self, language: str, cues: Terms, phase_of: dict[str, str]) -> None:
        super().__init__(language)
        self._cues, self._phase_of = cues, phase_of

    def __call__(self, document: Doc) -> Doc:
        index = self._index(document)
        whole = {label for label in self._cues if label not in self._phase_of}
        label, rule = strongest_labels(index, self._engine, _pairs(self._cues), weak=whole)
        spans = []
        for sentence in index.sentence_table().itertuples():
            found = label[sentence.sentence]
            if found is not None:
                span = _span(document, sentence.start, sentence.end, found)
                span._.cx_stage = found if found in self._phase_of else None
                span._.cx_phase = self._phase_of.get(found, found)
                span._.cx_rule = rule[sentence.sentence]
                spans.append(span)
        document.spans["phase_cues"] = spans
        return document


class _Touchpoints(EntityRuler):
    """spaCy's EntityRuler over the study's own terms; a longer mention wins over one inside it."""

    def __init__(self, nlp: Language, name: str, terms: Terms) -> None:
        super().__init__(nlp, name, overwrite_ents=True)
        self._reader = _Reader(_language(nlp))
        self._phrases = phrases_of(_pairs(terms), _language(nlp))
        self.add_patterns(ruler_patterns(self._phrases))

    def __call__(self, document: Doc) -> Doc:
        index = self._reader._index(document)
        words, idle = words_matched(index, self._reader._engine, self._phrases)
        place = {int(start): n for n, start in enumerate(index.start)}
        for token in document:
            at = place.get(token.idx)
            if at is not None:
                token._.cx_terms, token._.cx_idle = words[index.form[at]], bool(idle[at])
        return super().__call__(document)


class _Valence(_Reader):
    def __call__(self, document: Doc) -> Doc:
        index = self._index(document)
        value = sentence_valence(index, self._engine).set_index("sentence")["valence"]
        spans = []
        for sentence in index.sentence_table().itertuples():
            if sentence.sentence in value.index:
                grade = int(value[sentence.sentence])
                span = _span(document, sentence.start, sentence.end, f"{grade:+d}")
                span._.cx_valence = grade
                spans.append(span)
        document.spans["valence"] = spans
        return document


class _SpeakerRoles:
    def __call__(self, document: Doc) -> Doc:
        spans = []
        for start, end, role, speaker in document._.cx_turns:
            if end > start:
                span = _span(document, start, end, role)
                span._.cx_role, span._.cx_speaker = role, speaker
                for token in span:
                    token._.cx_role = role
                spans.append(span)
        document.spans["turns"] = spans
        return document


def _span(document: Doc, start: int, end: int, label: str) -> Span:
    span = document.char_span(start, end, label=label, alignment_mode="expand")
    if span is None:  # places come from this very text: only a foreign turn can lie outside
        raise FrameError(
            "A place lies outside its document.",
            expected=f"0 <= start < end <= {len(document.text)}",
            found=f"start={start}, end={end}",
        )
    return span


def _language(nlp: Language) -> str:
    return nlp.lang or "xx"


def _pairs(terms: Terms) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    return [(label, {k: tuple(v) for k, v in by.items()}) for label, by in terms.items()]
