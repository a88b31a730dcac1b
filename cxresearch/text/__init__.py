"""Language: tokens, lemmas, phrases, valence, key words and personal text."""

from .codes import CodeSpan, find_codes
from .collocations import collocations
from .compounds import compound_parts, voikko_available
from .cues import strongest_labels
from .figures import keyword_figure
from .keywords import keywords
from .kwic import keyword_in_context
from .languages import KNOWN_LANGUAGES, guess_language, guess_languages
from .lemmas import DEFAULT_MODELS, FastLemmatiser, Lemmatiser, TierInUse, lemmatiser, token_table
from .names import NameStems, name_stems
from .phrases import Phrase, find_phrases, phrases_of
from .redaction import find_personal
from .redaction_key import PseudonymKey, move_span, pseudonymise
from .search import lemma_query, lemma_spans, lemma_spans_in, lemmas_of
from .spoken import standard_candidates
from .study_pipeline import read_document_with, study_pipeline
from .tokens import TokenIndex, index_tokens, sentence_spans, token_spans
from .valence import (
    VALENCE_ACCURACY,
    sentence_valence,
    valence_caution,
    valence_error,
    valence_of,
)

__all__ = [
    "DEFAULT_MODELS",
    "KNOWN_LANGUAGES",
    "VALENCE_ACCURACY",
    "CodeSpan",
    "FastLemmatiser",
    "Lemmatiser",
    "NameStems",
    "Phrase",
    "PseudonymKey",
    "TierInUse",
    "TokenIndex",
    "collocations",
    "compound_parts",
    "find_codes",
    "find_personal",
    "find_phrases",
    "guess_language",
    "guess_languages",
    "index_tokens",
    "keyword_figure",
    "keyword_in_context",
    "keywords",
    "lemma_query",
    "lemma_spans",
    "lemma_spans_in",
    "lemmas_of",
    "lemmatiser",
    "move_span",
    "name_stems",
    "phrases_of",
    "pseudonymise",
    "read_document_with",
    "sentence_spans",
    "sentence_valence",
    "standard_candidates",
    "strongest_labels",
    "study_pipeline",
    "token_spans",
    "token_table",
    "valence_caution",
    "valence_error",
    "valence_of",
    "voikko_available",
]
