"""Widgets for JupyterLab: plain data in, named acts out; no SQL, no study file."""

from .acts import CODER_ACTS, REVIEW_ACTS, Act, ActKind, read_act
from .coder import TranscriptCoder
from .content import ActHandler, CoderContent, Delta
from .grid_content import GridContent, GridHandler
from .memory_desk import MemoryDesk
from .quote_review import MemoryReview, QuoteReview, ReviewDelta, ReviewHandler
from .survey_grid import SurveyGrid

__all__ = [
    "CODER_ACTS",
    "REVIEW_ACTS",
    "Act",
    "ActHandler",
    "ActKind",
    "CoderContent",
    "Delta",
    "GridContent",
    "GridHandler",
    "MemoryDesk",
    "MemoryReview",
    "QuoteReview",
    "ReviewDelta",
    "ReviewHandler",
    "SurveyGrid",
    "TranscriptCoder",
    "read_act",
]
