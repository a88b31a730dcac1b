"""Customer keys outside the study file are salted hashes; the salt stays in the study file."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from .tables import study_info

if TYPE_CHECKING:
    from .study import Study

__all__ = ["customer_keys"]

_FIELD = "customer_salt"
_DIGITS = 16


def customer_keys(study: Study, values: pd.Series) -> pd.Series:
    """Pseudonymous keys for the customer numbers (or names, or addresses) of a source file.

    The same customer has the same key in every table of this study and another key in every other
    study. Without the study file nobody can find out whose key it is.

    Parameters
    ----------
    study : Study
    values : pandas.Series
        Keys as given. Blanks around them don't count, 1001.0 is 1001; an empty cell stays empty.

    Returns
    -------
    pandas.Series
        Same index; "c" and 16 hexadecimal digits (64 bits: among a million customers a clash has a
        chance of 1 in 37 million). Their order says nothing: keep the order of the file where order
        matters, so that results don't hang on the salt.

    Notes
    -----
    BLAKE2b keyed with 32 random bytes that were drawn when the study was made.
    """
    salt = salt_of(study)
    known = {value: _key(value, salt) for value in values.dropna().unique()}
    keys = [known.get(v) if v is not None and v == v else None for v in values.tolist()]
    from .frames import TEXT

    return pd.Series(keys, index=values.index, name="customer", dtype=TEXT)


def _key(value: object, salt: bytes) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if not text:
        return None
    digest = hashlib.blake2b(text.encode(), key=salt, digest_size=_DIGITS // 2).hexdigest()
    return f"c{digest}"


def new_salt() -> str:
    """Thirty-two random bytes, drawn once for a study."""
    return secrets.token_hex(32)


def salt_of(study: Study, connection: sa.Connection | None = None) -> bytes:
    """The study's own salt; read inside an act through the act's connection."""
    query = sa.select(study_info.c.value).where(study_info.c.field == _FIELD)
    if connection is not None:
        return bytes.fromhex(connection.execute(query).scalar_one())
    with study.storage.reading() as reader:
        return bytes.fromhex(reader.execute(query).scalar_one())
