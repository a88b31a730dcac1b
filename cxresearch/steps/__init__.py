"""The steps of a study, from given files to findings; notebooks and the shell call them."""

from .coding import all_codings, code, coded_texts
from .exporting import export
from .features import customer_features, feature_labels, key_of_respondents
from .importing import import_sources
from .linking import answers_with_segments, link, scale_of
from .quotes import approve_quotes, propose_quotes
from .reports import StepReport
from .results import read_finding, write_finding
from .segmenting import read_segmentation, segment

__all__ = [
    "StepReport",
    "all_codings",
    "answers_with_segments",
    "approve_quotes",
    "code",
    "coded_texts",
    "customer_features",
    "export",
    "feature_labels",
    "import_sources",
    "key_of_respondents",
    "link",
    "propose_quotes",
    "read_finding",
    "read_segmentation",
    "scale_of",
    "segment",
    "write_finding",
]
