"""The steps of a study, from given files to findings; notebooks and the shell call them."""

from .adjudication_desk import open_adjudication
from .answering import cases_to_answer, take_cases, write_cases
from .assigning import assign_customers, compare_customers
from .card_desk import open_content_analysis
from .coding import all_codings, code, coded_texts
from .coding_desk import open_coder
from .data_protection import write_data_protection
from .exporting import export, export_quotes
from .features import customer_features, feature_labels, key_of_respondents
from .grid_desk import open_grid
from .group_names import name_group, name_groups
from .importing import import_sources
from .importing_projects import import_project
from .linking import answers_with_segments, link, scale_of
from .personal_review import propose_review, pseudonymise_documents, take_review
from .profile_cards import profile_cards, write_profile_cards
from .quotes import approve_quotes, propose_quotes
from .reports import StepReport
from .results import read_finding, write_finding
from .retention import purge_due, retention_dates
from .review_desks import open_personal_review, open_quote_review
from .segmenting import read_segmentation, segment
from .small_groups import rare_combinations, small_groups
from .withdrawal import withdraw

__all__ = [
    "StepReport",
    "all_codings",
    "answers_with_segments",
    "approve_quotes",
    "assign_customers",
    "cases_to_answer",
    "code",
    "coded_texts",
    "compare_customers",
    "customer_features",
    "export",
    "export_quotes",
    "feature_labels",
    "import_project",
    "import_sources",
    "key_of_respondents",
    "link",
    "name_group",
    "name_groups",
    "open_adjudication",
    "open_coder",
    "open_content_analysis",
    "open_grid",
    "open_personal_review",
    "open_quote_review",
    "profile_cards",
    "propose_quotes",
    "propose_review",
    "pseudonymise_documents",
    "purge_due",
    "rare_combinations",
    "read_finding",
    "read_segmentation",
    "retention_dates",
    "scale_of",
    "segment",
    "small_groups",
    "take_cases",
    "take_review",
    "withdraw",
    "write_cases",
    "write_data_protection",
    "write_finding",
    "write_profile_cards",
]
