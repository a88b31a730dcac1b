"""Experience metrics, their drivers, and what they have to do with the business."""

from .asymmetry import penalty_reward
from .bootstrap import BootstrapInterval, bootstrap_counts
from .correlation import Correlation, partial_spearman, rank_correlation
from .differences import compare_groups
from .driver_figures import driver_figure, importance_figure, theme_figure
from .drivers import drivers, johnson_weights, lmg_shares, variance_inflation
from .figures import score_figure, trend_figure
from .framework import check_framework, prioritise
from .index import cx_index, shrunken_scores
from .intervals import adjust_p, mean_interval, nps_interval, wilson
from .joining import customer_scores, join_customers, join_periods, join_themes
from .lifetime import (
    BgNbd,
    GammaGamma,
    fit_bg_nbd,
    fit_gamma_gamma,
    lifetime_value,
)
from .linkage import CONTEXT, link_customers
from .linkage_figures import linkage_figure
from .outcomes import churn_after_answer, model_outcome
from .panel import link_panel, within_regression
from .periods import cross_correlation, link_periods
from .retention import retention_curve
from .scales import PEOPLE, SCALES, Scale, scale_for
from .scores import score
from .simpson import MantelHaenszel, SimpsonCheck, mantel_haenszel, simpson_check
from .targets import STATUS_WORDS, against_targets, control_limits, expectation_gap
from .ten_points import ten_nps_points
from .themes import theme_impact
from .weighting import kish_n, rake, weighted_score

__all__ = [
    "CONTEXT",
    "PEOPLE",
    "SCALES",
    "STATUS_WORDS",
    "BgNbd",
    "BootstrapInterval",
    "Correlation",
    "GammaGamma",
    "MantelHaenszel",
    "Scale",
    "SimpsonCheck",
    "adjust_p",
    "against_targets",
    "bootstrap_counts",
    "check_framework",
    "churn_after_answer",
    "compare_groups",
    "control_limits",
    "cross_correlation",
    "customer_scores",
    "cx_index",
    "driver_figure",
    "drivers",
    "expectation_gap",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "importance_figure",
    "johnson_weights",
    "join_customers",
    "join_periods",
    "join_themes",
    "kish_n",
    "lifetime_value",
    "link_customers",
    "link_panel",
    "link_periods",
    "linkage_figure",
    "lmg_shares",
    "mantel_haenszel",
    "mean_interval",
    "model_outcome",
    "nps_interval",
    "partial_spearman",
    "penalty_reward",
    "prioritise",
    "rake",
    "rank_correlation",
    "retention_curve",
    "scale_for",
    "score",
    "score_figure",
    "shrunken_scores",
    "simpson_check",
    "ten_nps_points",
    "theme_figure",
    "theme_impact",
    "trend_figure",
    "variance_inflation",
    "weighted_score",
    "wilson",
    "within_regression",
]
