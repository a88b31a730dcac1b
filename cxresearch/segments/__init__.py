"""Customer segments and profiles that hold: features, engines, stability, explanation."""

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
    "MixedFactors",
    "MixedLatentClass",
    "Segmentation",
    "SegmentationFileError",
    "bootstrap_jaccard",
    "compare_numbers",
    "declare_features",
    "gap_statistic",
    "membership_rules",
    "name_proposals",
    "prediction_strength",
    "segment_customers",
    "set_apart",
    "silhouette",
    "tenure_months",
    "trait_text",
    "typical_members",
    "verdict",
]
