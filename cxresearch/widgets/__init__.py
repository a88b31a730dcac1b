"""Widgets for JupyterLab: plain data in, named acts out; no SQL, no study file."""

from .acts import (
    ADJUDICATION_ACTS,
    CARD_ACTS,
    CODER_ACTS,
    PERSONAL_ACTS,
    REVIEW_ACTS,
    Act,
    ActKind,
    read_act,
)
from .adjudication import Adjudication, AdjudicationContent, AdjudicationHandler, cases_of
from .cards import CardContent, CardHandler, ContentAnalysisCards
from .coder import TranscriptCoder
from .content import ActHandler, AutocodePreview, CoderContent, Delta
from .grid_content import GridContent, GridHandler
from .memory_adjudication import MemoryAdjudication
from .memory_cards import MemoryCards
from .memory_desk import MemoryDesk
from .personal_review import (
    MemoryPersonal,
    PersonalDelta,
    PersonalHandler,
    PersonalReview,
    personal_rows,
)
from .quote_review import MemoryReview, QuoteReview, ReviewDelta, ReviewHandler
from .survey_grid import SurveyGrid

__all__ = [
    "ADJUDICATION_ACTS",
    "CARD_ACTS",
    "CODER_ACTS",
    "PERSONAL_ACTS",
    "REVIEW_ACTS",
    "Act",
    "ActHandler",
    "ActKind",
    "Adjudication",
    "AdjudicationContent",
    "AdjudicationHandler",
    "AutocodePreview",
    "CardContent",
    "CardHandler",
    "CoderContent",
    "ContentAnalysisCards",
    "Delta",
    "GridContent",
    "GridHandler",
    "MemoryAdjudication",
    "MemoryCards",
    "MemoryDesk",
    "MemoryPersonal",
    "MemoryReview",
    "PersonalDelta",
    "PersonalHandler",
    "PersonalReview",
    "QuoteReview",
    "ReviewDelta",
    "ReviewHandler",
    "SurveyGrid",
    "TranscriptCoder",
    "cases_of",
    "personal_rows",
    "read_act",
]
