"""A workbench for customer-experience research, driven from notebooks and published with Voila.

`open_study` is the door: it opens the study that a study.toml describes. Nothing heavy is imported
before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .study import Study

__all__ = ["__version__", "open_study"]
__version__ = "0.1.0"


def open_study(where: str | Path = ".", **options: object) -> Study:
    """Open a study: a study.toml, or a folder that holds one; see `cxresearch.study.open_study`."""
    from .study import open_study as _open_study

    return _open_study(where, **options)  # type: ignore[arg-type]
