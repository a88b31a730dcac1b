"""Customer segments and profiles that hold: features, engines, stability, explanation."""

from .cards import Measure, ProfileCard, Saying, card_html, profile_card
from .drift import compare_waves, moves, stability_index
from .factors import MixedFactors
from .features import KINDS, Feature, FeatureError, FeatureSet, declare_features, tenure_months
from .levels import segment_customers
from .mixture import MixedLatentClass
from .numbers import compare_numbers
from .profiles import name_proposals, set_apart, trait_text, typical_members
from .rules import membership_rules
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
    "MixedLatentClass",
    "ProfileCard",
    "Saying",
    "Segmentation",
    "SegmentationFileError",
    "bootstrap_jaccard",
    "card_html",
    "compare_numbers",
    "compare_waves",
    "declare_features",
    "gap_statistic",
    "membership_rules",
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
]
