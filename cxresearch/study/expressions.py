"""What a content analysis holds so far: expressions with their classes, each with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from . import tables
from .frames import frame_of

if TYPE_CHECKING:
    from .study import Study

__all__ = ["categories", "expressions"]


def expressions(study: Study) -> pd.DataFrame:
    """Reduced expressions with the words that they come from: what `content_analysis` takes.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        One row a reduced expression, in the order in which they were written: `reduction`,
        `coding`, `document`, `start`, `end`, `quote` (the words said), `code`, `reduced`
        (pelkistetty ilmaus), `lower` (alaluokka), `upper` (yläluokka), `main` (pääluokka),
        `category` (id of the lower class), `reduced_by`. Classes are missing while the work goes
        on. Expressions whose quotation has lost its place are left out until it is placed again.

    Notes
    -----
    For researchers: it holds what people said.
    """
    reduction, coding = tables.reduction, tables.coding
    lower, upper, main = (tables.category.alias(name) for name in ("lower", "upper", "main"))
    query = (
        sa.select(reduction.c.reduction, reduction.c.coding, coding.c.document)
        .add_columns(coding.c.start, coding.c.end, coding.c.quote, coding.c.code)
        .add_columns(reduction.c.reduced)
        .add_columns(*(t.c.name.label(n) for t, n in ((lower, "lower"), (upper, "upper"))))
        .add_columns(main.c.name.label("main"), reduction.c.category, reduction.c.reduced_by)
        .join_from(reduction, coding, reduction.c.coding == coding.c.coding)
        .outerjoin(lower, reduction.c.category == lower.c.category)
        .outerjoin(upper, lower.c.parent == upper.c.category)
        .outerjoin(main, upper.c.parent == main.c.category)
        .where(coding.c.state == "placed")
        .order_by(reduction.c.position, reduction.c.reduction)
    )
    with study.storage.reading() as connection:
        found = connection.execute(query)
        names = list(found.keys())
        rows = [tuple(row) for row in found]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({"start": "int64", "end": "int64"})


def categories(study: Study) -> pd.DataFrame:
    """The classes of the content analysis: `category`, `level`, `name`, `parent`, `position`."""
    query = sa.select(tables.category).order_by(tables.category.c.position)
    with study.storage.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return frame_of(rows, tables.category)
