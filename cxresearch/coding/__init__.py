"""Thematic coding: suggest, retrieve, tabulate, agree, saturate, co-occur."""

from .agreement import (
    agreement_of_ratings,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from .coder_agreement import coder_agreement, valence_ratings
from .content_analysis import content_analysis
from .cooccurrence import c_coefficient, cooccurrence
from .figures import agreement_figure, saturation_figure, theme_figure
from .lexical import CODER, suggest_codings
from .matrices import code_by_document, code_matrix
from .network_figure import network_figure
from .passages import passages
from .retrieval import Condition, add_context, near, retrieve_quotes, where
from .saturation import new_codes_by_document, saturation, saturation_by_group
from .suggestion_check import check_suggestions
from .tables import NO_PHASE, cross_tab, theme_table
from .unitising import unitising_alpha

__all__ = [
    "CODER",
    "NO_PHASE",
    "Condition",
    "add_context",
    "agreement_figure",
    "agreement_of_ratings",
    "c_coefficient",
    "check_suggestions",
    "code_by_document",
    "code_matrix",
    "coder_agreement",
    "cohen_kappa",
    "content_analysis",
    "cooccurrence",
    "cross_tab",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "near",
    "network_figure",
    "new_codes_by_document",
    "passages",
    "percent_agreement",
    "retrieve_quotes",
    "saturation",
    "saturation_by_group",
    "saturation_figure",
    "suggest_codings",
    "theme_figure",
    "theme_table",
    "unitising_alpha",
    "valence_ratings",
    "where",
]
