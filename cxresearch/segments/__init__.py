"""Customer segments and profiles that hold: features, engines, stability, explanation."""

from .card_figure import card_figure
from .card_files import cards_docx, cards_page, write_cards
from .cards import Measure, ProfileCard, Saying, card_html, profile_card
from .dendrogram import dendrogram_figure
from .drift import compare_waves, moves, stability_index
from .factors import MixedFactors
from .features import KINDS, Feature, FeatureError, FeatureSet, declare_features, tenure_months
from .flow import movers_figure
from .levels import segment_customers
from .mixture import MixedLatentClass
from .numbers import compare_numbers
from .profiles import name_proposals, set_apart, trait_text, typical_members
from .rules import membership_rules
from .score_engines import MixedGaussian, MixedWard
from .segmentation import UNASSIGNED, Segmentation, SegmentationFileError
from .stability import (
    bootstrap_jaccard,
    gap_statistic,
    prediction_strength,
    silhouette,
    verdict,
)

__all__ = [
    "KINDS",
    "UNASSIGNED",
    "Feature",
    "FeatureError",
    "FeatureSet",
    "Measure",
    "MixedFactors",
    "MixedGaussian",
    "MixedLatentClass",
    "MixedWard",
    "ProfileCard",
    "Saying",
    "Segmentation",
    "SegmentationFileError",
    "bootstrap_jaccard",
    "card_figure",
    "card_html",
    "cards_docx",
    "cards_page",
    "compare_numbers",
    "compare_waves",
    "declare_features",
    "dendrogram_figure",
    "gap_statistic",
    "membership_rules",
    "movers_figure",
    "moves",
    "name_proposals",
    "prediction_strength",
    "profile_card",
    "segment_customers",
    "set_apart",
    "silhouette",
    "stability_index",
    "tenure_months",
    "trait_text",
    "typical_members",
    "verdict",
    "write_cards",
]
