"""Files in and out: transcripts, surveys, KPI tables, hand codings, quote books."""

from .analysis_tables import write_content_analysis, write_theme_table
from .answer_words import is_no_answer
from .archives import SafeArchive, parse_xml, unpack
from .codings import CODINGS_COLUMNS, code_id, read_codings, write_codings
from .columns import (
    Converted,
    detect_scale,
    duplicated_ids,
    option_separator,
    scale_in_name,
    split_options,
    to_booleans,
    to_comments,
    to_numbers,
    to_scale,
)
from .dates import to_dates
from .defaults import default_codebook, default_journey, default_touchpoints
from .drafts import ColumnGuess, SourceGuess, StudyDraft
from .failures import Failure, failures_table
from .foreign_projects import foreign_project
from .front_matter import people_of_front_matter
from .gexf import write_gexf
from .inspecting import inspect_sources
from .languages import language_of
from .quote_books import write_quote_book, write_safe_csv, write_tidy_parquet
from .refi_codebook import read_refi_codebook, write_refi_codebook
from .refi_parts import pack_parts, unpack_parts
from .refi_project import RefiExtras, RefiProject
from .refi_read import read_refi_project
from .refi_write import write_refi_project
from .source_text import SourceText, binary_kind, decode, read_text, sha256_of
from .spoken_tables import SPOKEN_TABLE_ENDINGS, is_spoken_table
from .study_toml import study_toml, write_study_toml
from .tables import TABLE_ENDINGS, Table, read_table
from .taguette import read_taguette_codebook, write_taguette_codebook
from .transcripts import TRANSCRIPT_ENDINGS, find_turns, front_matter_of, read_document, turns_of

__all__ = [
    "CODINGS_COLUMNS",
    "SPOKEN_TABLE_ENDINGS",
    "TABLE_ENDINGS",
    "TRANSCRIPT_ENDINGS",
    "ColumnGuess",
    "Converted",
    "Failure",
    "RefiExtras",
    "RefiProject",
    "SafeArchive",
    "SourceGuess",
    "SourceText",
    "StudyDraft",
    "Table",
    "binary_kind",
    "code_id",
    "decode",
    "default_codebook",
    "default_journey",
    "default_touchpoints",
    "detect_scale",
    "duplicated_ids",
    "failures_table",
    "find_turns",
    "foreign_project",
    "front_matter_of",
    "inspect_sources",
    "is_no_answer",
    "is_spoken_table",
    "language_of",
    "option_separator",
    "pack_parts",
    "parse_xml",
    "people_of_front_matter",
    "read_codings",
    "read_document",
    "read_refi_codebook",
    "read_refi_project",
    "read_table",
    "read_taguette_codebook",
    "read_text",
    "scale_in_name",
    "sha256_of",
    "split_options",
    "study_toml",
    "to_booleans",
    "to_comments",
    "to_dates",
    "to_numbers",
    "to_scale",
    "turns_of",
    "unpack",
    "unpack_parts",
    "write_codings",
    "write_content_analysis",
    "write_gexf",
    "write_quote_book",
    "write_refi_codebook",
    "write_refi_project",
    "write_safe_csv",
    "write_study_toml",
    "write_taguette_codebook",
    "write_theme_table",
    "write_tidy_parquet",
]
