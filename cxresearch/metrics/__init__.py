"""Experience metrics, their drivers, and what they have to do with the business."""

from .asymmetry import penalty_reward
from .bootstrap import BootstrapInterval, bootstrap_counts
from .correlation import Correlation, partial_spearman, rank_correlation
from .differences import compare_groups
from .driver_figures import driver_figure, importance_figure, theme_figure
from .driver_groups import drivers_by_group
from .drivers import drivers, johnson_weights, lmg_shares, variance_inflation
from .effects import kpi_before_after, metric_before_after
from .figures import score_figure, trend_figure
from .framework import check_framework, prioritise
from .framework_figure import framework_figure
from .index import cx_index, index_weights, shrunken_scores
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
from .priority_figure import priority_figure
from .promises import Promise, promise_gap
from .purchases import observed_value, purchase_histories
from .ratios import ratio_of_sums
from .retention import retention_curve
from .scales import PEOPLE, SCALES, Scale, answer_name, scale_for
from .scores import score
from .simpson import MantelHaenszel, SimpsonCheck, mantel_haenszel, simpson_check
from .smileys import smiley_shares, smiley_trend
from .suppression import protect_small, suppress_small
from .target_history import target_history
from .targets import STATUS_WORDS, against_targets, control_limits, expectation_gap
from .ten_points import ten_nps_points
from .themes import theme_impact
from .touchpoints import touchpoint_scores
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
    "Promise",
    "Scale",
    "SimpsonCheck",
    "adjust_p",
    "against_targets",
    "answer_name",
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
    "drivers_by_group",
    "expectation_gap",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "framework_figure",
    "importance_figure",
    "index_weights",
    "johnson_weights",
    "join_customers",
    "join_periods",
    "join_themes",
    "kish_n",
    "kpi_before_after",
    "lifetime_value",
    "link_customers",
    "link_panel",
    "link_periods",
    "linkage_figure",
    "lmg_shares",
    "mantel_haenszel",
    "mean_interval",
    "metric_before_after",
    "model_outcome",
    "nps_interval",
    "observed_value",
    "partial_spearman",
    "penalty_reward",
    "prioritise",
    "priority_figure",
    "promise_gap",
    "protect_small",
    "purchase_histories",
    "rake",
    "rank_correlation",
    "ratio_of_sums",
    "retention_curve",
    "scale_for",
    "score",
    "score_figure",
    "shrunken_scores",
    "simpson_check",
    "smiley_shares",
    "smiley_trend",
    "suppress_small",
    "target_history",
    "ten_nps_points",
    "theme_figure",
    "theme_impact",
    "touchpoint_scores",
    "trend_figure",
    "variance_inflation",
    "weighted_score",
    "wilson",
    "within_regression",
]
