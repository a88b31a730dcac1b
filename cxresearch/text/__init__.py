"""Language: tokens, lemmas, phrases, valence, key words and personal text."""

from .codes import CodeSpan, find_codes
from .compounds import compound_parts, voikko_available
from .keywords import keywords
from .kwic import keyword_in_context
from .languages import KNOWN_LANGUAGES, guess_language, guess_languages
from .lemmas import DEFAULT_MODELS, FastLemmatiser, Lemmatiser, TierInUse, lemmatiser, token_table
from .names import NameStems, name_stems
from .phrases import Phrase, find_phrases, phrases_of
from .redaction import PseudonymKey, find_personal, pseudonymise
from .spoken import standard_candidates
from .tokens import TokenIndex, index_tokens, sentence_spans, token_spans
from .valence import VALENCE_ACCURACY, sentence_valence, valence_of

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
    "compound_parts",
    "find_codes",
    "find_personal",
    "find_phrases",
    "guess_language",
    "guess_languages",
    "index_tokens",
    "keyword_in_context",
    "keywords",
    "lemmatiser",
    "name_stems",
    "phrases_of",
    "pseudonymise",
    "sentence_spans",
    "sentence_valence",
    "standard_candidates",
    "token_spans",
    "token_table",
    "valence_of",
    "voikko_available",
]
